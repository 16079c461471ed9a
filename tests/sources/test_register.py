"""The files kept by hand: the shipped ones read to the last line; bad lines are set aside with a reason."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tonnage.errors import ReadError
from tonnage.model import events, releases
from tonnage.sources import register
from tonnage.sources.base import Reading, Sidecar, Source, raw_id

RAW = Path(__file__).parents[2] / "data" / "raw"
FILES = {
    "events": (register.EVENTS, RAW / "events" / "register.jsonl"),
    "gacc-calendar": (register.CALENDAR, RAW / "gacc-calendar" / "releases.csv"),
    "quotas": (register.QUOTAS, RAW / "quotas" / "china_rare_earth_export_quotas.csv"),
}


def read(source: Source, raw: bytes) -> Reading:
    return source.read(
        raw, Sidecar(source=source.id, file="a.file", sha256=raw_id(raw), url="https://a.org/")
    )


@cache
def shipped(name: str) -> Reading:
    source, path = FILES[name]
    return read(source, path.read_bytes())


def days(frame: pl.DataFrame, **chosen: str) -> list[tuple[Any, ...]]:
    rows = frame.filter(*[pl.col(c).cast(pl.String) == v for c, v in chosen.items()])
    return rows.select(pl.col("stage").cast(pl.String), "date_start", "known_at").rows()


# --- the shipped files -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "records"), [("events", 144), ("gacc-calendar", 175), ("quotas", 10)])
def test_every_line_is_read(name: str, records: int) -> None:
    reading = shipped(name)
    assert reading.set_aside.height == 0
    assert reading.frame.height == reading.records == reading.receipts.height == records


def test_every_fact_is_represented() -> None:
    named = shipped("events").frame["sources"].explode().struct.field("doc_id").unique()
    assert sorted(named) == [f"facts:E{n:03}" for n in range(1, 130)]


def test_the_register_is_sorted() -> None:
    keys = shipped("events").frame.select("date_start", "event_id").rows()
    assert keys == sorted(keys)


def test_announcement_1_of_2026_was_announced_effective_and_known_on_one_day() -> None:
    sixth = dt.date(2026, 1, 6)
    assert days(shipped("events").frame, act_id="CN-MOFCOM-2026-001") == [
        ("announced", sixth, sixth),
        ("effective", sixth, sixth),
    ]


def test_the_october_package_never_took_effect_as_scheduled() -> None:
    told, stopped = dt.date(2025, 10, 9), dt.date(2025, 11, 7)
    stages = days(shipped("events").frame, act_id="CN-MOFCOM-2025-10-09")
    assert [s for s in stages if s[1] > told] == [
        ("suspended", stopped, stopped),
        ("scheduled", dt.date(2025, 11, 8), told),
        ("scheduled", dt.date(2025, 12, 1), told),
    ]


def test_the_end_of_a_suspension_is_known_from_its_start() -> None:
    assert days(shipped("events").frame, act_id="CN-MOFCOM-2025-070", stage="expires") == [
        ("expires", dt.date(2026, 11, 10), dt.date(2025, 11, 7))
    ]


def test_licences_for_gallium_were_known_a_month_before_they_began() -> None:
    july = dt.date(2023, 7, 3)
    assert days(shipped("events").frame, act_id="CN-MOFCOM-2023-023") == [
        ("announced", july, july),
        ("effective", dt.date(2023, 8, 1), july),
    ]


def test_a_month_is_known_at_its_end_unless_a_page_says_better() -> None:
    months = shipped("events").frame.filter(pl.col("precision") == "month")
    better = months.filter(pl.col("known_at") != pl.col("date_end")).select("event_id", "known_at").rows()
    assert months.height == 14
    assert better == [
        ("2014-07_CN_export_restriction.quota_rare-earth-quota-2014-second-half", dt.date(2014, 7, 18)),
        ("2025-12_CN_licence_practice_first-general-licences", dt.date(2025, 12, 8)),
    ]


def test_what_was_alleged_is_disputed() -> None:
    disputed = shipped("events").frame.filter(pl.col("status") == "disputed")
    docs = disputed["sources"].list.first().struct.field("doc_id")
    assert docs.to_list() == ["facts:E004", "facts:E127"]


def test_a_seed_has_no_address() -> None:
    sources = shipped("events").frame["sources"].explode()
    assert not sources.struct.field("url").drop_nulls().str.starts_with("seed:").any()
    assert not shipped("gacc-calendar").frame["address"].str.starts_with("seed:").any()


def test_january_and_february_2025_come_together() -> None:
    frame = shipped("gacc-calendar").frame.filter(pl.col("period") == dt.date(2025, 1, 1))
    assert frame["months"].to_list() == [2, 2, 2, 2]
    assert frame["stage"].cast(pl.String).to_list() == ["flash", "flash", "bulletin", "detail"]


def test_every_observed_day_matches_the_printed_calendar_of_its_year() -> None:
    frame = shipped("gacc-calendar").frame
    release = ["source", "stage", "period", "months"]
    seen = frame.filter(pl.col("basis") == "page").drop("due")
    plan = frame.filter(pl.col("basis") == "printed_calendar").select(*release, "due")
    both = seen.join(plan, on=release)
    assert both.height == 27
    assert both.filter(pl.col("due") != pl.col("published")).height == 0


def test_days_of_2026_known_from_file_names() -> None:
    frame = shipped("gacc-calendar").frame.filter(pl.col("basis") == "file_name")
    assert frame.select("period", "months", "published").rows() == [
        (dt.date(2026, 1, 1), 2, dt.date(2026, 3, 10)),
        (dt.date(2026, 3, 1), 1, dt.date(2026, 4, 14)),
        (dt.date(2026, 5, 1), 1, dt.date(2026, 6, 9)),
        (dt.date(2026, 6, 1), 1, dt.date(2026, 7, 14)),
        (dt.date(2026, 7, 1), 1, dt.date(2026, 8, 7)),
    ]


def test_two_quotas_of_one_year_are_flagged_and_kept() -> None:
    frame = shipped("quotas").frame.filter(pl.col("year") == 2012)
    assert frame.select("tonnes", "flags").rows() == [(30996.0, ["conflict"]), (30966.0, ["conflict"])]


def test_the_rounds_of_2014_do_not_quite_make_the_year() -> None:
    frame = shipped("quotas").frame.filter(pl.col("year") == 2014)
    assert dict(frame.select("round", "tonnes").iter_rows()) == {
        "first_half": 15110.0,
        "second_half": 15501.0,
        "full_year": 30611.0,
    }


# --- bad lines ---------------------------------------------------------------------------------------


def first_record() -> dict[str, Any]:
    _, path = FILES["events"]
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    return record


GOOD = json.dumps(first_record())
BAD_EVENTS = {
    "unknown type": (json.dumps({**first_record(), "type": "incident"}), "type: expected one of"),
    "end before start": (
        json.dumps({**first_record(), "date_end": "2010-09-06"}),
        "date_end: expected no day before date_start 2010-09-07, found 2010-09-06",
    ),
    "missing source": (json.dumps({**first_record(), "sources": []}), "sources: expected at least 1"),
    "bad event_id": (
        json.dumps({**first_record(), "event_id": "senkaku"}),
        "event 'senkaku': event_id: expected text of the form",
    ),
    "id used twice": (GOOD, "event_id: expected each once, found the same again: 2010-09-07_JP_other"),
    "field twice": ('{"event_id": 1, "event_id": 2}', r"fields \['event_id'\] stand there twice"),
    "cut off": (GOOD[:-10], "not a JSON record: .* at character"),
    "not an object": ("[1, 2]", "expected a JSON object, found list"),
}


@pytest.mark.parametrize(("text", "reason"), BAD_EVENTS.values(), ids=BAD_EVENTS.keys())
def test_a_bad_event_is_set_aside_with_line_and_reason(text: str, reason: str) -> None:
    reading = read(register.EVENTS, f"{GOOD}\n\n{text}\n".encode())
    assert reading.records == reading.frame.height + reading.set_aside.height == 2
    assert reading.set_aside.select("line", "text").rows() == [(3, text)]
    assert reading.set_aside["reason"].str.contains(reason).all()


def test_line_and_receipt_of_an_event() -> None:
    reading = read(register.EVENTS, f"\n{GOOD}\n".encode())
    address = "http://en.wikipedia.org./wiki/2010_Senkaku_boat_collision_incident"
    assert reading.frame["line"].to_list() == [2]
    assert reading.receipts.select("line", "address", "basis").rows() == [(2, address, "page_date")]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"[]\n", b"\xff\xfe"])
def test_a_file_without_events_is_refused(raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"^a\.file: "):
        read(register.EVENTS, raw)


CALENDAR = "source,stage,period,months,due,published,basis,publisher,address,note\n"
RELEASE = "gacc-bulletin,flash,2025-02,2,2025-03-07,,printed_calendar,GACC,,\n"
BAD_RELEASES = {
    "month": ("gacc-bulletin,flash,2025-2x,1,2025-03-07,,printed_calendar,GACC,,", "month '2025-2x'"),
    "months": ("gacc-bulletin,flash,2025-02,two,2025-03-07,,printed_calendar,GACC,,", "months 'two'"),
    "day": ("gacc-bulletin,flash,2025-02,2,7 March,,printed_calendar,GACC,,", "day '7 March'"),
    "stage": ("gacc-bulletin,express,2025-02,2,2025-03-07,,printed_calendar,GACC,,", "stage: expected"),
    "too early": ("gacc-bulletin,flash,2025-02,2,2025-02-07,,printed_calendar,GACC,,", "after the period"),
    "no source": (",flash,2025-02,2,2025-03-07,,printed_calendar,GACC,,", "source: expected"),
    "twice": (RELEASE.strip(), "release: expected each once"),
    "ragged": ("gacc-bulletin,flash", "expected 10 fields, found 2"),
}


@pytest.mark.parametrize(("text", "reason"), BAD_RELEASES.values(), ids=BAD_RELEASES.keys())
def test_a_bad_release_is_set_aside(text: str, reason: str) -> None:
    reading = read(register.CALENDAR, f"{CALENDAR}{RELEASE}{text}\n".encode())
    assert reading.frame.height == 1
    assert reading.set_aside["line"].to_list() == [3]
    assert reading.set_aside["reason"].str.contains(reason, literal=True).all()


def test_a_release_takes_the_sidecars_address() -> None:
    receipts = read(register.CALENDAR, (CALENDAR + RELEASE).encode()).receipts
    assert receipts.select("address", "basis").rows() == [("https://a.org/", "printed_calendar")]


QUOTA_HEAD = "reporter,commodity,year,round,tonnes,publisher,address,flags,note\n"
QUOTA = "CHN,rare earths,2014,first_half,15110,TMR,,,\n"
BAD_QUOTAS = {
    "reporter": ("CN,rare earths,2014,first_half,15110,TMR,,,", "country 'CN'"),
    "year": ("CHN,rare earths,14,first_half,15110,TMR,,,", "year '14': expected four digits"),
    "round": ("CHN,rare earths,2014,H1,15110,TMR,,,", "round: expected one of"),
    "tonnes": ('CHN,rare earths,2014,first_half,"15,110",TMR,,,', "number '15,110'"),
    "no tonnes": ("CHN,rare earths,2014,first_half,,TMR,,,", "tonnes ''"),
    "flags": ("CHN,rare earths,2014,first_half,15110,AFP,,conflicts,", "did you mean 'conflict'"),
    "twice": (QUOTA.strip(), "quota: expected each once"),
}


@pytest.mark.parametrize(("text", "reason"), BAD_QUOTAS.values(), ids=BAD_QUOTAS.keys())
def test_a_bad_quota_is_set_aside(text: str, reason: str) -> None:
    reading = read(register.QUOTAS, f"{QUOTA_HEAD}{QUOTA}{text}\n".encode())
    assert reading.frame.height == 1
    assert reading.set_aside["line"].to_list() == [3]
    assert reading.set_aside["reason"].str.contains(reason, literal=True).all()


@pytest.mark.parametrize("source", [register.CALENDAR, register.QUOTAS], ids=lambda s: s.id)
def test_a_file_of_other_columns_is_refused(source: Source) -> None:
    with pytest.raises(ReadError, match=r"a\.file: line 1: expected the columns"):
        read(source, b"period,tonnes\n2025-02,1\n")


def test_frames_keep_their_contracts() -> None:
    assert shipped("events").frame.schema == events.SCHEMA
    assert shipped("gacc-calendar").frame.schema == releases.SCHEMA
    assert shipped("quotas").frame.schema == register.QUOTAS_SCHEMA
