"""Comext: the bulk files of Eurostat in, rows out."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from pathlib import Path

import polars as pl
import py7zr
import pytest
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.ledger.ingest import read
from tonnage.sources.base import Sidecar, raw_id
from tonnage.sources.comext import SOURCE

SPECIMEN = ROOT / "tests" / "specimens" / "comext" / "full_v2_202402.dat"
SAMPLES = ROOT.parent / "shared" / "samples" / "comext"
DAY = "2024-04-15"


def test_the_figures_of_a_month_in_euro_kilograms_and_supplementary_units() -> None:
    reading = read("comext", SPECIMEN, published=DAY)
    frame = reading.frame
    assert reading.records == 9
    assert reading.set_aside.height == 0
    assert frame.select("classification", "period", "months", "stage", "published").unique().rows() == [
        ("CN2024", dt.date(2024, 2, 1), 1, "detail", dt.date(2024, 4, 15))
    ]
    first = frame.filter(pl.col("line") == 2).sort("unit")
    assert first.select("reporter", "partner", "flow", "commodity", "unit", "value").rows() == [
        ("AUT", "AND", "export", "38089490", "EUR", 2700.0),
        ("AUT", "AND", "export", "38089490", "kg", 136.0),
    ]


def test_procedures_of_one_figure_are_added_up_and_said_to_be() -> None:
    reading = read("comext", SPECIMEN, published=DAY)
    magnets = reading.frame.filter(pl.col("line") == 7).sort("unit")
    assert magnets.select("unit", "value", "flags").rows() == [
        ("EUR", 1300.0, ["derived"]),
        ("kg", 60.0, ["derived"]),
        ("u", 9.0, ["derived"]),
    ]
    assert any("9 records make 8 rows: statistical procedures" in note for note in reading.notes)


def test_namibia_is_not_a_missing_value_and_greece_is_one_country_under_two_codes() -> None:
    frame = read("comext", SPECIMEN, published=DAY).frame
    assert frame.filter(pl.col("line") == 6)["reporter"].unique().to_list() == ["GRC"]
    assert frame.filter(pl.col("line") == 6)["partner"].unique().to_list() == ["NAM"]
    assert frame.filter(pl.col("line") == 7)["partner"].unique().to_list() == ["GRC"]


def test_no_kilograms_beside_a_value_are_unknown_and_not_zero() -> None:
    frame = read("comext", SPECIMEN, published=DAY).frame
    assert frame.filter(pl.col("line") == 4).sort("unit").select("unit", "value", "flags").rows() == [
        ("EUR", 15.0, []),
        ("kg", None, ["rounded"]),
    ]


def test_secret_products_and_partners_stay_and_sums_are_flagged() -> None:
    frame = read("comext", SPECIMEN, published=DAY).frame
    said = dict(frame.filter(pl.col("unit") == "EUR").select("line", "flags").iter_rows())
    assert said[5] == ["confidential"]
    assert said[9] == ["confidential"]
    assert said[10] == ["aggregate"]
    assert frame.filter(pl.col("line") == 9)["partner"].unique().to_list() == ["XXS"]


def test_the_file_of_a_year_covers_twelve_months_and_is_an_aggregate() -> None:
    text = SPECIMEN.read_text().replace("202402", "202452")
    raw = text.encode()
    sidecar = Sidecar(
        "comext", "full_v2_202452.dat", raw_id(raw), published=dt.date(2025, 4, 1), basis="given"
    )
    frame = SOURCE.read(raw, sidecar).frame
    assert frame.select("period", "months").unique().rows() == [(dt.date(2024, 1, 1), 12)]
    assert frame["flags"].list.contains("aggregate").all()


@pytest.mark.parametrize("form", ["7z", "gz", "zip"])
def test_a_compressed_file_reads_as_the_file_in_it(form: str, tmp_path: Path) -> None:
    packed = tmp_path / f"full_v2_202402.{form}"
    if form == "7z":
        with py7zr.SevenZipFile(packed, "w") as archive:
            archive.write(SPECIMEN, SPECIMEN.name)
    elif form == "zip":
        with zipfile.ZipFile(packed, "w") as zipped:
            zipped.write(SPECIMEN, SPECIMEN.name)
    else:
        packed.write_bytes(gzip.compress(SPECIMEN.read_bytes()))
    rows = read("comext", packed, published=DAY).frame.drop("raw")
    assert rows.equals(read("comext", SPECIMEN, published=DAY).frame.drop("raw"))


@pytest.mark.parametrize("form", ["7z", "gz", "zip"])
def test_a_compressed_file_that_was_cut_short_is_an_error(form: str, tmp_path: Path) -> None:
    test_a_compressed_file_reads_as_the_file_in_it(form, tmp_path)
    packed = tmp_path / f"full_v2_202402.{form}"
    packed.write_bytes(packed.read_bytes()[: packed.stat().st_size // 2])
    with pytest.raises(ReadError, match="fetch it again"):
        read("comext", packed, published=DAY)


def test_the_web_page_the_server_sends_for_a_month_that_is_not_out_is_told(tmp_path: Path) -> None:
    page = tmp_path / "full_v2_202612.7z"
    page.write_bytes(b"<!DOCTYPE html><html><body>Not found</body></html>")
    with pytest.raises(ReadError, match="a web page and not data"):
        read("comext", page, published=DAY)


def test_bad_records_are_set_aside_and_the_others_read(tmp_path: Path) -> None:
    lines = SPECIMEN.read_text().splitlines()
    lines[1] = lines[1].replace("AT,AD", "AT,Q9")
    lines[2] += ",1"
    lines[3] = lines[3].replace(",15,15,", ",15x,15,")
    lines[6] = lines[6].rpartition(",")[0]
    lines[8] = lines[8].replace(",2,1,NAR", ",3,1,NAR")
    damaged = tmp_path / "full_v2_202402.dat"
    damaged.write_text("\n".join(lines) + "\n\n")
    reading = read("comext", damaged, published=DAY)
    assert reading.records == 9
    assert reading.set_aside.select("line", "reason").rows() == [
        (2, "partner code 'Q9': not in the scheme 'geonom' of partners.toml"),
        (3, "expected 18 fields, found 19"),
        (4, "VALUE_EUR '15x': expected a number"),
        (7, "expected 18 fields, found 17"),
        (9, "flow '3': expected 1 (import) or 2 (export)"),
    ]
    assert reading.set_aside["text"][0] == lines[1]
    kept = reading.frame.filter(pl.col("unit") == "EUR")["line"].to_list()
    assert sorted(kept) == [5, 6, 8, 10]


def test_a_file_that_does_not_say_its_day_is_refused() -> None:
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read("comext", SPECIMEN)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    other = tmp_path / "x.dat"
    other.write_text(SPECIMEN.read_text().replace("QUANTITY_KG", "QUANTITY_T"))
    with pytest.raises(ReadError, match=r"missing: \['QUANTITY_KG'\]"):
        read("comext", other, published=DAY)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not at hand")
def test_every_row_of_the_sample_is_read_and_its_totals_are_those_of_the_file() -> None:
    path = SAMPLES / "full_v2_202402.AT-AD-exports.excerpt.csv"
    reading = read("comext", path, published=DAY)
    printed = pl.read_csv(io.BytesIO(path.read_bytes()))
    sums = dict(reading.frame.group_by("unit").agg(pl.col("value").sum()).iter_rows())
    assert reading.records == printed.height == 13
    assert reading.set_aside.height == 0
    assert sums == {"EUR": printed["VALUE_EUR"].sum(), "kg": printed["QUANTITY_KG"].sum()}
