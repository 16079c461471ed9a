"""The EVENTS contract: records in, rows out; a bad record is refused with its field and what was found."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tonnage.errors import ContractError
from tonnage.model import events


def record(**changes: Any) -> dict[str, Any]:
    """Announcement 1 of 2026, with some fields changed."""
    return {
        "event_id": "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-effective",
        "act_id": "CN-MOFCOM-2026-001",
        "type": "export_restriction.ban",
        "stage": "effective",
        "direction": "restrictive",
        "date_start": "2026-01-06",
        "date_end": "2026-01-06",
        "precision": "day",
        "date_zone": "Asia/Shanghai",
        "known_at": "2026-01-06",
        "known_at_basis": "official_publication",
        "actor": "CHN",
        "target": "JPN",
        "commodities": ["dual-use goods"],
        "summary": "MOFCOM announcement 1 of 2026 bans dual-use exports to Japanese military users and uses",
        "codes": {"gta_type": 19, "mast": "P31", "cameo": "163"},
        "sources": [{"publisher": "Geopolitechs", "url": None, "published": None, "role": "commentary"}],
        "status": "accepted",
        **changes,
    }


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in record().items() if key != name}


def occurred(**changes: Any) -> dict[str, Any]:
    return record(stage="occurred", **changes)


BAD = {
    "unknown type": (
        record(type="export_ban"),
        "type",
        "one of .*, found 'export_ban'; did you mean",
    ),
    "unknown stage": (record(stage="in force"), "stage", "expected one of"),
    "end before start": (
        record(date_end="2026-01-05"),
        "date_end",
        "expected no day before date_start 2026-01-06, found 2026-01-05",
    ),
    "no such day": (record(date_end="2026-02-30"), "date_end", "expected a date written YYYY-MM-DD, found"),
    "two days of precision day": (
        record(date_end="2026-01-07"),
        "date_end",
        "the precision being day, found 2026-01-07",
    ),
    "no source": (record(sources=[]), "sources", "expected at least 1, found 0"),
    "sources missing": (without("sources"), "sources", "expected a value, found none"),
    "role missing": (
        record(sources=[{"publisher": "Kyodo", "published": None}]),
        r"sources\[0\]\.role",
        "expected a value, found none",
    ),
    "unknown role": (
        record(sources=[{"publisher": "Kyodo", "published": None, "role": "wires"}]),
        r"sources\[0\]\.role",
        "found 'wires'; did you mean 'wire'",
    ),
    "bad event_id": (record(event_id="2026-01-06 CN ban"), "event_id", "expected text of the form"),
    "id of another day": (
        record(event_id="2026-01-07_CN_export_restriction.ban_dual-use-to-japan"),
        "event_id",
        "expected an id that opens with 2026-01-06 .*, found 2026-01-07",
    ),
    "id of a day for a month": (
        record(precision="month", date_start="2026-01-01", date_end="2026-01-31"),
        "event_id",
        "expected an id that opens with 2026-01 ",
    ),
    "field of another name": (record(kind="ban"), "record", r"found \['kind'\]"),
    "summary too long": (record(summary="x" * 241), "summary", "expected at most 240 characters, found 241"),
    "not a list": (record(hs="8505"), "hs", "expected type array, found '8505'"),
    "known before it occurred": (
        occurred(known_at="2026-01-05"),
        "known_at",
        "expected no day before date_start 2026-01-06, the stage being occurred, found 2026-01-05",
    ),
    "known at no day": (record(known_at="2026-13-01"), "known_at", "expected an ISO date, or date-time"),
    "known at a time without offset": (
        record(known_at="2026-01-06T10:00:00"),
        "known_at",
        "expected a date-time with its offset",
    ),
    "known in no zone": (
        record(known_at="2026-01-06T10:00:00+08:00", date_zone="Asia/Peking2"),
        "date_zone",
        "expected an IANA zone",
    ),
}


@pytest.mark.parametrize(("bad", "field", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_record_is_refused_with_its_field(bad: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(ContractError, match=f"^event '.*': {field}: .*{told}"):
        events.validate(bad)


def test_a_record_without_an_id_is_refused() -> None:
    with pytest.raises(ContractError, match=r"^event None: event_id: expected a value, found none"):
        events.validate(without("event_id"))


def test_all_faults_are_counted() -> None:
    with pytest.raises(ContractError, match=r"\(and 1 more faults\)"):
        events.validate(record(type="ban", stage="in force"))


def test_validate_leaves_the_record_as_it_is() -> None:
    given = record()
    events.validate(given)
    assert given == record()


@pytest.mark.parametrize("stage", ["scheduled", "effective", "expires", "suspended", "lifted"])
def test_a_start_or_an_end_may_be_known_ahead(stage: str) -> None:
    events.validate(record(stage=stage, known_at="2025-10-09"))


def test_a_day_is_counted_in_the_zone_of_the_act() -> None:
    # 17:00 on the 5th in London is one in the morning of the 6th in Beijing.
    events.validate(occurred(known_at="2026-01-05T17:00:00+00:00"))
    with pytest.raises(ContractError, match=r"found 2026-01-05$"):
        events.validate(occurred(known_at="2026-01-05T15:00:00+00:00"))


def test_an_undated_record_keeps_its_id() -> None:
    events.validate(record(date_start=None, date_end=None, precision="unknown", known_at="2026-01-06"))


def test_a_record_becomes_one_row() -> None:
    frame = events.frame([record()], raw="0123456789abcdef", lines=[7])
    assert frame.schema == events.SCHEMA
    row = frame.row(0, named=True)
    assert row["date_start"] == dt.date(2026, 1, 6)
    assert row["known_at"] == dt.date(2026, 1, 6)
    assert row["codes"] == {"gta_type": 19, "mast": "P31", "cameo": "163"}
    assert row["sources"][0]["publisher"] == "Geopolitechs"
    assert row["sources"][0]["doc_id"] is None
    assert (row["hs"], row["flags"], row["note"]) == ([], [], None)
    assert (row["raw"], row["line"]) == ("0123456789abcdef", 7)


def test_known_at_is_a_day_of_the_zone_of_the_act() -> None:
    frame = events.frame([record(known_at="2026-01-05T17:00:00+00:00")])
    assert frame["known_at"].to_list() == [dt.date(2026, 1, 6)]


def test_no_records_make_an_empty_table() -> None:
    assert events.frame([]).schema == events.SCHEMA


def test_every_property_of_the_contract_is_a_column() -> None:
    assert list(events.SCHEMA) == [
        *events.json_schema()["properties"],
        "evidence",
        "origins",
        "raw",
        "line",
    ]


def test_an_id_is_used_once() -> None:
    once = events.frame([record()])
    assert events.check(once, "register").equals(once)
    with pytest.raises(ContractError, match=r"event_id: expected each once, found \['2026-01-06_CN"):
        events.check(pl.concat([once, once]), "register")


def test_a_table_of_other_columns_is_refused() -> None:
    with pytest.raises(ContractError, match="expected columns"):
        events.check(events.frame([record()]).drop("note"), "register")
