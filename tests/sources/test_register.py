"""The tables kept by hand: the shipped ones read to the last line; bad lines are set aside with a reason."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tonnage.errors import ReadError
from tonnage.model import releases
from tonnage.sources import register
from tonnage.sources.base import Reading, Sidecar, Source, raw_id

RAW = Path(__file__).parents[2] / "data" / "raw"
FILES = {
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


# --- the shipped files -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "records"), [("gacc-calendar", 175), ("quotas", 10)])
def test_every_line_is_read(name: str, records: int) -> None:
    reading = shipped(name)
    assert reading.set_aside.height == 0
    assert reading.frame.height == reading.records == reading.receipts.height == records


def test_a_seed_has_no_address() -> None:
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
    with pytest.raises(
        ReadError, match=r"a\.file: line 1: expected the \d+ columns of this source; unknown: "
    ):
        read(source, b"period,tonnes\n2025-02,1\n")


def test_frames_keep_their_contracts() -> None:
    assert shipped("gacc-calendar").frame.schema == releases.SCHEMA
    assert shipped("quotas").frame.schema == register.QUOTAS_SCHEMA
