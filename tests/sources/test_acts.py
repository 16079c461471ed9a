"""The register as text: the shipped acts are read whole; a bad block is refused with line and reason."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tonnage.errors import ReadError
from tonnage.model import acts, events
from tonnage.model.acts import Deed, Stage
from tonnage.model.definitions import registry
from tonnage.sources import acts as source
from tonnage.sources.base import Reading, Sidecar, raw_id

FOLDER = Path(__file__).parents[2] / "data" / "raw" / "events"


def read(raw: bytes, name: str) -> Reading:
    return source.read(raw, Sidecar(source="events", file=name, sha256=raw_id(raw)))


@cache
def shipped() -> pl.DataFrame:
    readings = [read(path.read_bytes(), path.name) for path in sorted(FOLDER.glob("*.toml"))]
    assert [reading.set_aside.rows() for reading in readings if reading.set_aside.height] == []
    return pl.concat([reading.frame for reading in readings])


def standing() -> pl.DataFrame:
    return shipped().filter(pl.col("status") != "superseded").sort("date_start", "event_id")


def days(frame: pl.DataFrame, **chosen: str) -> list[tuple[Any, ...]]:
    rows = frame.filter(*[pl.col(c).cast(pl.String) == v for c, v in chosen.items()])
    return rows.select(pl.col("stage").cast(pl.String), "date_start", "known_at").rows()


# --- the shipped acts --------------------------------------------------------------------------------


def test_the_shipped_register() -> None:
    assert (shipped().height, standing().height) == (147, 140)
    assert shipped().schema == events.SCHEMA
    assert events.check(shipped(), "register") is not None


def test_every_fact_is_represented() -> None:
    named = standing()["sources"].explode().struct.field("doc_id").drop_nulls().unique()
    assert sorted(named) == [f"facts:E{n:03}" for n in range(1, 130)]


def test_announcement_1_of_2026_was_announced_effective_and_known_on_one_day() -> None:
    sixth = dt.date(2026, 1, 6)
    assert days(standing(), act_id="CN-MOFCOM-2026-001") == [
        ("announced", sixth, sixth),
        ("effective", sixth, sixth),
    ]


def test_the_october_package_never_took_effect_as_scheduled() -> None:
    told, stopped = dt.date(2025, 10, 9), dt.date(2025, 11, 7)
    stages = days(standing(), act_id="CN-MOFCOM-2025-10-09")
    assert [s for s in stages if s[1] > told] == [
        ("suspended", stopped, stopped),
        ("scheduled", dt.date(2025, 11, 8), told),
        ("scheduled", dt.date(2025, 12, 1), told),
    ]


def test_the_end_of_a_suspension_is_known_from_its_start() -> None:
    last = standing().filter(pl.col("stage") == "expires")
    assert last.select("date_start", "known_at").rows() == [
        (dt.date(2026, 11, 10), dt.date(2025, 11, 7)),
        (dt.date(2026, 11, 27), dt.date(2025, 11, 9)),
    ]


def test_licences_for_gallium_were_known_a_month_before_they_began() -> None:
    july = dt.date(2023, 7, 3)
    assert days(standing(), act_id="CN-MOFCOM-2023-023") == [
        ("announced", july, july),
        ("effective", dt.date(2023, 8, 1), july),
    ]


def test_one_stage_told_by_several_records_stands_once() -> None:
    """Announcement 70 of 2025 stood as announced, effective and suspended: one thing on one day."""
    seventh = standing().filter(pl.col("date_start") == dt.date(2025, 11, 7), pl.col("actor") == "CHN")
    assert seventh.filter(pl.col("type").cast(pl.String).str.starts_with("export"))["stage"].to_list() == [
        "suspended"
    ]
    twice = (
        standing().filter(pl.col("act_id").is_not_null()).select("act_id", "stage", "date_start", "legal_ref")
    )
    assert twice.filter(twice.is_duplicated()).rows() == []


def test_a_record_that_was_replaced_names_its_heir() -> None:
    heirs = standing().filter(pl.col("supersedes").is_not_null())
    old = shipped().filter(pl.col("status") == "superseded")["event_id"]
    assert set(heirs["supersedes"]) <= set(old)
    assert "2014-03-26_WTO_other_panel-ruling-rare-earths" in heirs["event_id"].to_list()


def test_a_month_is_known_at_its_end_unless_a_page_says_better() -> None:
    months = standing().filter(pl.col("precision") == "month")
    better = months.filter(pl.col("known_at") != pl.col("date_end")).select("event_id", "known_at").rows()
    assert months.height == 11
    assert better == [
        ("2014-07_CN_export_restriction.quota_rare-earth-quota-2014-second-half", dt.date(2014, 7, 18)),
        ("2025-12_CN_licence_practice_first-general-licences", dt.date(2025, 12, 8)),
    ]


def test_what_was_alleged_is_disputed() -> None:
    disputed = standing().filter(pl.col("status") == "disputed")
    docs = disputed["sources"].list.first().struct.field("doc_id")
    assert docs.to_list() == ["facts:E004", "facts:E127"]
    assert disputed["evidence"].to_list() == ["disputed", "disputed"]


def test_every_act_has_a_direction_and_goods_by_their_definition() -> None:
    restricting = standing().filter(pl.col("type").cast(pl.String).str.starts_with("export_restriction"))
    assert restricting.filter(pl.col("direction").is_in(["unknown", None])).height == 0
    goods = set(standing()["commodities"].explode().drop_nulls())
    known = set(registry()) | {word for entry in registry().values() for word in entry.materials}
    assert goods & {"rare earths", "rare earth magnets", "rare earth products"} == set()
    assert {"rare-earths", "rare-earth-magnets", "rare-earth-products", "gallium"} <= goods & known


def test_no_source_is_a_place_on_our_own_disk() -> None:
    assert not shipped()["sources"].explode().struct.field("url").drop_nulls().str.starts_with("seed:").any()


# --- blocks ------------------------------------------------------------------------------------------

RECORD: dict[str, Any] = {
    "event_id": "2026-01-20_CN_official_statement_questions",
    "act_id": "CN-MOFCOM-2026-001",
    "type": "official_statement",
    "stage": "occurred",
    "date_start": "2026-01-20",
    "date_end": "2026-01-20",
    "precision": "day",
    "known_at": "2026-01-20T15:00:00+08:00",
    "known_at_basis": "official_publication",
    "actor": "CHN",
    "target": "JPN",
    "commodities": ["dual-use goods"],
    "summary": 'Questions on "Announcement 1" \\ answered',
    "sources": [{"publisher": "MOFCOM", "published": None, "role": "official"}],
    "status": "accepted",
}
NAME = "CN-MOFCOM-2026-001.toml"


def block(**changes: Any) -> str:
    record = {**RECORD, **changes}
    return acts.render(acts.sealed(record, (), Deed("accepted", "2026-01-20", "a person", "seen")))


def test_what_is_written_is_read_again() -> None:
    stage = acts.parse(block())
    assert stage.intact
    assert dict(stage.record) == RECORD
    assert acts.render(stage) == block()


def test_line_and_receipt_of_an_event() -> None:
    reading = read(f'title = "An act"\n\n{block()}'.encode(), NAME)
    assert reading.frame.select("line", "known_at").rows() == [(3, dt.date(2026, 1, 20))]
    assert reading.receipts.select("line", "basis").rows() == [(3, "official_publication")]


def test_a_day_without_quotes_is_a_day() -> None:
    assert (
        acts.parse(block().replace('"2026-01-20"\ndate_end', "2026-01-20\ndate_end")).record["date_start"]
        == "2026-01-20"
    )


BAD = {
    "changed by hand": (
        block().replace('"JPN"', '"USA"'),
        "changed after 2026-01-20, and its history does not tell",
    ),
    "never accepted": (acts.render(Stage(RECORD)), "never accepted"),
    "a candidate": (block(status="candidate"), "status: expected a person's word"),
    "unknown type": (block(type="incident"), "type: expected one of"),
    "end before start": (block(date_end="2026-01-19"), "date_end: expected no day before date_start"),
    "no source": (block(sources=[]), "sources: expected"),
    "another act": (block(act_id="CN-MOFCOM-2026-002"), "expected this record in CN-MOFCOM-2026-002.toml"),
    "an act that is a path": (block(act_id="../../x"), "act_id: expected letters"),
    "id used twice": (block(), "event_id: expected each once"),
    "a field twice": (block().replace('type = "', 'type = "x"\ntype = "', 1), "not TOML"),
    "cut off": (block()[:200], "not TOML"),
    "another table": (block() + "[other]\na = 1\n", r"expected one \[\[stage\]\]"),
    "nested without end": (block() + f"x = {'[' * 5000}\n", "not TOML"),
    "a history that is none": (block().replace('did = "accepted"', 'did = "blessed"'), "history: expected"),
}


@pytest.mark.parametrize(("text", "reason"), BAD.values(), ids=BAD.keys())
def test_a_bad_block_is_set_aside_with_line_and_reason(text: str, reason: str) -> None:
    good = block()
    reading = read((good + text).encode(), NAME)
    assert reading.records == reading.frame.height + reading.set_aside.height == 2
    line = reading.set_aside["line"].item()
    assert line >= good.count("\n") + 1
    assert reading.set_aside["reason"].str.contains(reason).all()


def test_the_line_is_that_of_the_field() -> None:
    text = block(type="incident")
    with pytest.raises(ReadError, match="of line 4: "):
        read(text.encode(), NAME)
    assert text.splitlines()[3].startswith("type")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty file"),
        (b"\n\n", "empty file"),
        (b"\xff\xfe", "expected text"),
        (b"\x00title = 1", "NUL"),
        (b"title = 'x'\n", "it holds no"),
        (b"colour = 'x'\n", "expected a title"),
        (b"- a list\n", "not TOML"),
        (b"title = 'x'\n" + b"# " + b"x" * acts.LONGEST, "expected at most"),
    ],
)
def test_a_file_that_is_no_act_is_refused(raw: bytes, told: str) -> None:
    with pytest.raises(ReadError, match=rf"^{NAME.replace('.', '.')}: .*{told}"):
        read(raw, NAME)
