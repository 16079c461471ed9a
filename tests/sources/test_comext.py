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
from hypothesis import given, settings
from hypothesis import strategies as st
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
    with pytest.raises(ReadError, match=r"missing: QUANTITY_KG;"):
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


ANSWER = SPECIMEN.parent / "DS-045409_2024.csv"


def figures(frame: pl.DataFrame, **where: str) -> list[tuple[object, ...]]:
    chosen = frame.filter(*(pl.col(name) == text for name, text in where.items())).sort("unit")
    return chosen.select("unit", "value", "flags").rows()


def test_an_answer_of_the_api_says_its_day_and_hundreds_of_kilograms_are_kilograms() -> None:
    reading = read("comext", ANSWER)
    frame = reading.frame
    assert reading.records == 17
    assert frame.select("published", "stage", "publisher").unique().rows() == [
        (dt.date(2026, 9, 15), "detail", "Eurostat")
    ]
    assert figures(frame, reporter="GRC") == [
        ("EUR", 1200.0, []),
        ("kg", 29.0, []),
        ("supplementary", 40.0, []),
    ]
    assert frame.filter(pl.col("reporter") == "GRC")["partner"].unique().to_list() == ["NAM"]
    assert figures(frame, reporter="DEU", partner="VNM") == [
        ("EUR", 32_313_884.0, ["aggregate"]),
        ("kg", 9_021_263.0, ["aggregate"]),
    ]


def test_years_and_months_of_an_answer_are_apart_and_a_year_under_a_month_is_refused() -> None:
    reading = read("comext", ANSWER)
    spans = reading.frame.select("classification", "period", "months").unique().sort("months", "period")
    assert spans.rows() == [
        ("CN2023", dt.date(2023, 9, 1), 1),
        ("CN2024", dt.date(2024, 2, 1), 1),
        ("CN2024", dt.date(2024, 1, 1), 12),
    ]
    assert reading.set_aside.select("line", "reason").rows() == [
        (
            18,
            "freq 'A': does not go with TIME_PERIOD '2024-02'; expected A with YYYY, M with YYYY-MM",
        )
    ]


def test_an_empty_observation_is_null_and_no_kilograms_beside_a_value_are_unknown() -> None:
    frame = read("comext", ANSWER).frame
    assert figures(frame, reporter="FRA") == [("EUR", None, ["aggregate"])]
    assert figures(frame, partner="GRC") == [("EUR", 9.0, []), ("kg", None, ["rounded"])]


def test_secret_partners_of_an_answer_are_added_up_and_blocs_are_sums() -> None:
    frame = read("comext", ANSWER).frame
    assert figures(frame, partner="XXS") == [
        ("EUR", 350.0, ["confidential", "derived"]),
        ("kg", 150.0, ["confidential"]),
    ]
    assert figures(frame, reporter="EU27", partner="XEX") == [("EUR", 5000.0, ["aggregate"])]


def test_the_day_that_is_given_counts_and_a_file_that_says_none_is_refused(tmp_path: Path) -> None:
    assert read("comext", ANSWER, published="2026-10-01").frame["published"][0] == dt.date(2026, 10, 1)
    other = tmp_path / "x.csv"
    other.write_text(ANSWER.read_text().replace("15/09/26 11:00:00", ""))
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read("comext", other)
    other.write_text(ANSWER.read_text().replace("indicators", "measure"))
    with pytest.raises(ReadError, match=r"missing columns: \['indicators'\]"):
        read("comext", other)


def test_a_bulk_file_under_another_name_is_still_one(tmp_path: Path) -> None:
    other = tmp_path / "february.csv"
    other.write_bytes(SPECIMEN.read_bytes())
    frame = read("comext", other, published=DAY).frame
    assert frame.drop("raw").equals(read("comext", SPECIMEN, published=DAY).frame.drop("raw"))


@given(
    st.lists(st.tuples(st.integers(1, 17), st.integers(2, 9), st.sampled_from(["", "x", "-1", "NaN", "é"])))
)
@settings(max_examples=20, deadline=None)
def test_whatever_is_done_to_an_answer_each_record_is_read_or_set_aside(
    changes: list[tuple[int, int, str]],
) -> None:
    rows = [line.split(",") for line in ANSWER.read_text().splitlines()]
    for row, cell, text in changes:
        rows[row][cell] = text
    raw = "\n".join(",".join(row) for row in rows).encode()
    sidecar = Sidecar("comext", "x.csv", raw_id(raw))
    try:
        reading = SOURCE.read(raw, sidecar)
    except ReadError as fault:
        assert "not one of" in str(fault)  # noqa: PT017
        return
    assert reading.records <= 17
    aside = set(reading.set_aside["line"])
    assert not aside & set(reading.frame["line"])
    euros = [row for at, row in enumerate(rows[1:], 2) if at not in aside and row[7] == "VALUE_IN_EUROS"]
    printed = sum(float(row[9]) for row in euros if row[9])
    found = reading.frame.filter(pl.col("unit") == "EUR")
    if not found.filter(pl.col("partner") == "XXS")["value"].null_count():
        assert found["value"].sum() == pytest.approx(printed)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not at hand")
def test_every_row_of_the_sample_answer_is_read() -> None:
    reading = read("comext", SAMPLES / "sdmx_csv_DS-045409.excerpt.csv")
    assert (reading.records, reading.frame.height, reading.set_aside.height) == (7, 7, 0)
    assert reading.frame.filter(pl.col("unit") == "kg")["value"].sum() == 9_021_263 + 11_348_195 + 177_290
