"""BACI: thousands of dollars and tonnes in, dollars and kilograms out, to the last digit."""

from __future__ import annotations

import csv
import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.ledger.build import build
from tonnage.ledger.ingest import ingest, read
from tonnage.ledger.ledger import open_ledger
from tonnage.sources.baci import SOURCE
from tonnage.sources.base import Sidecar, raw_id

SPECIMEN = ROOT / "tests" / "specimens" / "baci" / "BACI_HS92_Y2022_V202501.csv"
SAMPLE = ROOT.parent / "shared" / "samples" / "baci" / "FUZZED_BACI_HS92_Y2022_V202501.csv"
DAY = "2025-01-30"


def test_dollars_and_kilograms_are_those_printed_without_dust() -> None:
    reading = read("baci", SPECIMEN, published=DAY)
    assert (reading.records, reading.set_aside.height) == (5, 0)
    frame = reading.frame.sort("line", "unit")
    assert frame.select("partner", "commodity", "unit", "value").rows() == [
        ("USA", "020329", "USD", 1001.0),
        ("USA", "020329", "kg", 290.0),
        ("TWN", "284690", "USD", 64_100.0),
        ("TWN", "284690", "kg", 1001.0),
        ("CHE", "850511", "USD", 1_234_567.0),
        ("CHE", "850511", "kg", None),
        ("NOR", "280530", "USD", 1.0),
        ("NOR", "280530", "kg", None),
        ("NAM", "711319", "USD", 12_345.0),
        ("NAM", "711319", "kg", None),
    ]


def test_all_of_it_is_an_estimate_of_exports_of_a_year_in_the_nomenclature_of_the_name() -> None:
    frame = read("baci", SPECIMEN, published=DAY).frame
    same = frame.select("flow", "classification", "period", "months", "stage", "publisher").unique()
    assert same.rows() == [("export", "HS1992", dt.date(2022, 1, 1), 12, "detail", "CEPII")]
    none = frame.filter(pl.col("partner") == "NOR", pl.col("unit") == "kg")["flags"].to_list()
    assert none == [["estimated", "rounded"]]
    assert frame["flags"].list.contains("estimated").all()
    assert sorted(frame["reporter"].unique()) == ["CHN", "FRA", "IND", "USA"]


def test_the_years_of_an_archive_are_one_release_and_lists_of_codes_no_records(
    tmp_path: Path,
) -> None:
    text = SPECIMEN.read_text()
    archive = tmp_path / "BACI_HS92_V202501.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("BACI_HS92_Y2021_V202501.csv", text.replace("\n2022,", "\n2021,"))
        zipped.writestr("BACI_HS92_Y2022_V202501.csv", text)
        zipped.writestr("country_codes_V202501.csv", "country_code,country_name\n4,Afghanistan\n")
        zipped.writestr("Readme.txt", "BACI")
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    done = ingest(root, "baci", archive, published=DAY)
    assert (done.records, done.rows, done.aside) == (10, 20, 0)
    build(root)
    rows = open_ledger(root).flows().filter(pl.col("source") == "baci").collect()
    assert sorted(rows["period"].unique()) == [dt.date(2021, 1, 1), dt.date(2022, 1, 1)]
    pork = rows.filter(pl.col("commodity") == "020329", pl.col("unit") == "kg")
    assert pork["value"].to_list() == [290, 290]


def test_what_the_name_does_not_say_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read("baci", SPECIMEN)
    other = tmp_path / "trade.csv"
    other.write_bytes(SPECIMEN.read_bytes())
    with pytest.raises(ReadError, match="nothing else says the nomenclature"):
        read("baci", other, published=DAY)


def test_padded_cells_and_numbers_of_many_places_are_read_and_bad_ones_set_aside() -> None:
    raw = (
        b"t,i,j,k,v,q\n2022,156,842,20329,       1.0005,          NA\n2022,156,842,20330,1.0e,2\n"
        b"2022,156,9999,20329,1,1\n2022,156,842,2032999,1,1\n22,156,842,20329,1,1\n2022,156,842,20329,1\n"
    )
    sidecar = Sidecar("baci", SPECIMEN.name, raw_id(raw), published=dt.date(2025, 1, 30), basis="given")
    reading = SOURCE.read(raw, sidecar)
    assert reading.frame.select("unit", "value").rows() == [("USD", 1000.5), ("kg", None)]
    assert reading.set_aside.select("line", "reason").rows() == [
        (3, "v '1.0e': expected a number"),
        (4, "partner code '9999': not in the scheme 'm49' of partners.toml"),
        (5, "product '2032999': expected up to six digits"),
        (6, "year '22': expected YYYY"),
        (7, "expected 6 fields, found 5"),
    ]


@given(st.lists(st.tuples(st.integers(0, 10**11), st.one_of(st.none(), st.integers(0, 10**9))), min_size=1))
@settings(max_examples=25, deadline=None)
def test_sums_are_exactly_those_of_the_file(numbers: list[tuple[int, int | None]]) -> None:
    lines = [
        f"2022,156,842,{code},{Decimal(v) / 1000},{'' if q is None else Decimal(q) / 1000}"
        for code, (v, q) in enumerate(numbers, 10_000)
    ]
    raw = "\n".join(["t,i,j,k,v,q", *lines]).encode()
    sidecar = Sidecar("baci", SPECIMEN.name, raw_id(raw), published=dt.date(2025, 1, 30), basis="given")
    frame = SOURCE.read(raw, sidecar).frame
    for unit, place in (("USD", 0), ("kg", 1)):
        found = frame.filter(pl.col("unit") == unit).sort("commodity")["value"].to_list()
        assert found == [None if place and v and not q else (v, q)[place] for v, q in numbers]


@pytest.mark.skipif(not SAMPLE.exists(), reason="the samples are not at hand")
def test_every_row_of_the_sample_is_read_and_its_totals_are_those_of_the_file() -> None:
    reading = read("baci", SAMPLE, published=DAY)
    with SAMPLE.open() as file:
        rows = list(csv.DictReader(file))
    assert (reading.records, reading.set_aside.height) == (len(rows), 0)
    for unit, name in (("USD", "v"), ("kg", "q")):
        printed = sum(Decimal(row[name]) for row in rows if row[name])
        found = reading.frame.filter(pl.col("unit") == unit)["value"]
        assert sum(Decimal(value) for value in found.drop_nulls()) == printed * 1000
        gone = sum(not row[name] or (name == "q" and float(row[name]) == 0) for row in rows)
        assert found.null_count() == gone
    assert reading.frame["commodity"].str.len_chars().unique().to_list() == [6]
