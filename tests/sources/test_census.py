"""US Census: the table of the API, as JSON or CSV; partners that overlap are never added to each other."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, read_given
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.model import codes
from tonnage.sources.base import Reading

SPECIMEN = SPECIMENS / "census" / "2026-04_exports_381800.json"
SAMPLES = ROOT.parent / "shared" / "samples" / "census"
WORLD = 136_720_637  # the row TOTAL FOR ALL COUNTRIES of doped wafers, April 2026

#: Invented figures; the form is that of the API.
MAGNETS = {
    "I_COMMODITY": "8505110070",
    "COMM_LVL": "HS10",
    "CTY_CODE": "5700",
    "YEAR": "2026",
    "MONTH": "03",
    "GEN_VAL_MO": "2500000",
    "GEN_QY1_MO": "51000",
    "UNIT_QY1": "KG",
}


def read(raw: bytes | str, published: str = "2026-06-05", **details: str) -> Reading:
    return read_given("census", raw, published, **details)


def answer(*rows: Mapping[str, str | None]) -> str:
    """What the API answers: a list of lists, the names first."""
    return json.dumps([list(rows[0]), *(list(row.values()) for row in rows)])


def test_one_month_of_exports_by_country_is_read_whole() -> None:
    reading = read(SPECIMEN.read_bytes())
    frame = reading.frame
    assert (reading.records, frame.height, reading.set_aside.height) == (67, 67, 0)
    assert frame.select(
        "flow", "classification", "commodity", "period", "months", "unit"
    ).unique().rows() == [("export", "ScheduleB-2026", "381800", day("2026-04-01"), 1, "USD")]
    named = dict(frame.select("partner", "value").iter_rows())
    assert (named["CHN"], named["KOR"], named["WLD"]) == (9_573_950, 31_636_369, WORLD)
    assert "world total and sum of countries: equal in 1 of 1 figures" in reading.notes


def test_partners_that_overlap_are_told_from_countries() -> None:
    """All rows of the file are 5.84 times the total, and those of level DET twice the total."""
    printed = json.loads(SPECIMEN.read_text("utf-8"))
    level, value = printed[0].index("SUMMARY_LVL"), printed[0].index("ALL_VAL_MO")
    detail = sum(int(row[value]) for row in printed[1:] if row[level] == "DET")
    frame = read(SPECIMEN.read_bytes()).frame
    countries = frame.filter(~pl.col("partner").is_in(list(codes.AGGREGATES)))
    assert countries["value"].sum() == WORLD
    assert detail == 2 * WORLD
    assert round(frame["value"].sum() / WORLD, 2) == 5.84


def test_columns_that_the_service_repeats_are_taken_once() -> None:
    """What is both asked for and chosen by comes back twice."""
    names, cells = list(MAGNETS), list(MAGNETS.values())
    raw = json.dumps([[*names, "CTY_CODE", "I_COMMODITY"], [*cells, "5700", "8505110070"]])
    assert read(raw).frame["value"].to_list() == [2_500_000, 51_000]


def test_a_unit_of_mass_gives_kilograms_and_the_full_code_is_no_aggregate() -> None:
    tonnes = {**MAGNETS, "CTY_CODE": "5880", "GEN_QY1_MO": "51.5", "UNIT_QY1": "T"}
    frame = read(answer(MAGNETS, tonnes, {**MAGNETS, "CTY_CODE": "-", "GEN_QY1_MO": "102500"})).frame
    assert frame.select("classification", "partner", "unit", "value", "flags").rows() == [
        ("HTS10-2026", "CHN", "USD", 2_500_000, []),
        ("HTS10-2026", "CHN", "kg", 51_000, []),
        ("HTS10-2026", "JPN", "USD", 2_500_000, []),
        ("HTS10-2026", "JPN", "kg", 51_500, []),
        ("HTS10-2026", "WLD", "USD", 2_500_000, ["aggregate"]),
        ("HTS10-2026", "WLD", "kg", 102_500, ["aggregate"]),
    ]


@pytest.mark.parametrize(
    ("quantity", "unit", "rows"),
    [
        ("12", "DOZ", [("u", 144.0, [])]),
        ("7", "CKG", [("CKG", 7.0, [])]),
        ("0", "-", []),
        (None, None, []),
        (None, "KG", []),
        ("0", "KG", [("kg", 0.0, ["rounded"])]),
    ],
)
def test_a_count_gives_no_mass_and_no_unit_no_quantity(
    quantity: str | None, unit: str | None, rows: list[tuple[str, float, list[str]]]
) -> None:
    frame = read(answer({**MAGNETS, "GEN_QY1_MO": quantity, "UNIT_QY1": unit})).frame
    assert frame.filter(pl.col("unit") != "USD").select("unit", "value", "flags").rows() == rows


def test_a_quantity_that_is_flagged_as_missing_is_no_number() -> None:
    row = {**MAGNETS, "GEN_QY1_MO": "0", "GEN_QY1_MO_FLAG": "M"}
    frame = read(answer(row, {**row, "CTY_CODE": "5880", "GEN_QY1_MO_FLAG": None})).frame
    kilograms = frame.filter(pl.col("unit") == "kg")
    assert kilograms.select("value", "flags").rows() == [(None, []), (0.0, ["rounded"])]


def test_general_imports_and_imports_for_consumption_are_never_one_series() -> None:
    frame = read(answer({**MAGNETS, "CON_VAL_MO": "1900000", "CON_QY1_MO": "40000"})).frame
    assert frame.select("classification", "unit", "value").sort("classification", "unit").rows() == [
        ("HTS10-2026", "USD", 2_500_000),
        ("HTS10-2026", "kg", 51_000),
        ("consumption-HTS10-2026", "USD", 1_900_000),
        ("consumption-HTS10-2026", "kg", 40_000),
    ]


def test_a_year_to_date_covers_its_months_and_january_is_one_figure() -> None:
    march = {**MAGNETS, "GEN_VAL_YR": "7100000"}
    january = {**MAGNETS, "MONTH": "01", "GEN_VAL_YR": "2500000"}
    frame = read(answer(march, january)).frame.filter(pl.col("unit") == "USD")
    assert frame.select("period", "months", "value").rows() == [
        (day("2026-03-01"), 1, 2_500_000),
        (day("2026-01-01"), 3, 7_100_000),
        (day("2026-01-01"), 1, 2_500_000),
    ]


def test_several_codes_of_one_partner_are_added_up_and_told() -> None:
    rows = [
        {**MAGNETS, "CTY_CODE": code, "GEN_VAL_MO": value} for code, value in (("5082", "5"), ("5083", "7"))
    ]
    reading = read(answer(*rows))
    money = reading.frame.filter(pl.col("unit") == "USD")
    assert money.select("partner", "value", "flags").rows() == [("PSE", 12.0, ["derived"])]
    assert "partner PSE: the figures of codes 5082, 5083 are added up" in reading.notes


def test_a_code_printed_twice_is_a_conflict_and_no_sum() -> None:
    reading = read(answer(MAGNETS, {**MAGNETS, "GEN_VAL_MO": "9"}))
    assert reading.frame.filter(pl.col("unit") == "USD").select("value", "flags").rows() == [
        (2_500_000.0, ["conflict"]),
        (9.0, ["conflict"]),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"CTY_CODE": "9999"}, "partner code '9999': not in the scheme 'census4'"),
        ({"CTY_CODE": None}, "partner code: nothing is printed"),
        ({"I_COMMODITY": "5051100"}, "has a spreadsheet taken its leading zero away"),
        ({"COMM_LVL": "HS6"}, "the level HS6 has another number of digits"),
        ({"COMM_LVL": "HS8"}, "level 'HS8': expected one of HS2 HS4 HS6 HS10"),
        ({"MONTH": "13"}, "month '2026-13': expected a year and a month"),
        ({"UNIT_QY1": "STONE"}, "unit 'STONE': not one that is known"),
        ({"UNIT_QY1": "-"}, "quantity_1 51000: printed without a unit"),
        ({"GEN_VAL_MO": "2.5e6"}, "value '2.5e6': expected a plain number"),
        ({"GEN_QY1_MO_FLAG": "A"}, "quantity flag 'A': expected nothing or M"),
        ({"DISTRICT": "10"}, "DISTRICT 10: a part of the figure"),
    ],
)
def test_a_record_that_is_not_plain_is_set_aside_with_its_reason(
    changes: dict[str, str | None], reason: str
) -> None:
    whole = {**MAGNETS, "CTY_CODE": "5880", **dict.fromkeys(set(changes) - set(MAGNETS))}
    reading = read(answer(whole, {**whole, **changes}))
    assert reading.records == 2
    assert reading.set_aside["line"].to_list() == [3]
    assert reason in reading.set_aside["reason"][0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("error: unknown variable 'GEN_VAL'", "expected a whole JSON document"),
        ("<html>Invalid key</html>", "expected a whole JSON document"),
        (answer(MAGNETS)[:-20], "was the answer cut"),
        ("", "the file is empty"),
        ("[]", "expected a list of lists"),
        (answer({"I_COMMODITY": "01", "CTY_CODE": "5880"}), "YEAR and MONTH or time"),
        (answer({**MAGNETS, "E_COMMODITY": "01"}), "one of I_COMMODITY and E_COMMODITY"),
        (answer({k: v for k, v in MAGNETS.items() if "GEN" not in k}), "expected a value or a quantity"),
    ],
)
def test_what_is_not_the_table_of_the_api_is_an_error(raw: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(raw)


def test_the_day_of_release_has_to_be_given_and_a_detail_to_be_one_that_is_asked_for() -> None:
    raw = answer(MAGNETS)
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read_given("census", raw, None)
    with pytest.raises(ReadError, match="detail 'partner': expected one of"):
        read(raw, partner="JPN")
    assert read(raw, stage="final").frame["stage"].unique().to_list() == ["final"]


def as_csv(rows: list[list[str | None]], separator: str = ",", end: str = "\n") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator=end).writerows(rows)
    return buffer.getvalue().encode()


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False), st.sampled_from(["json", "csv", "bom", "crlf"]))
def test_the_order_of_rows_and_columns_and_the_dress_change_no_figure(random: object, dress: str) -> None:
    names, *rows = json.loads(SPECIMEN.read_text("utf-8"))
    order = list(range(len(names)))
    random.shuffle(order)  # type: ignore[attr-defined]
    random.shuffle(rows)  # type: ignore[attr-defined]
    mixed = [[row[i] for i in order] for row in [names, *rows]]
    dressed = {
        "json": lambda: json.dumps(mixed).encode(),
        "csv": lambda: as_csv(mixed),
        "bom": lambda: b"\xef\xbb\xbf" + as_csv(mixed),
        "crlf": lambda: as_csv(mixed, end="\r\n"),
    }
    figures = ["partner", "period", "unit", "value", "flags"]
    found = read(dressed[dress]()).frame.select(figures).sort("partner")
    assert found.equals(read(SPECIMEN.read_bytes()).frame.select(figures).sort("partner"))


GARBAGE = st.sampled_from(["", "-", "NA", "1e9", "12,5", "0x1", "9999", "５", "null", "-5", "KG", "2026"])


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 67), st.integers(0, 8), GARBAGE), max_size=12))
def test_garbage_in_a_cell_costs_its_record_and_no_other(spoilt: list[tuple[int, int, str]]) -> None:
    rows = json.loads(SPECIMEN.read_text("utf-8"))
    for row, column, text in spoilt:
        rows[row][column] = text
    reading = read(json.dumps(rows))
    kept = set(reading.frame["line"])
    aside = set(reading.set_aside["line"])
    touched = {row + 1 for row, *_ in spoilt}
    derived = reading.frame.filter(pl.col("flags").list.contains("derived")).height
    assert aside <= touched
    assert not kept & aside
    assert reading.records == 67
    assert reading.receipts.height + len(aside) == 67
    assert derived or len(kept) + len(aside) == 67


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize(("name", "records"), [("api_exports_hs_381800_2026-04.json", 67)])
def test_the_sample_of_the_api_is_read_whole(name: str, records: int) -> None:
    reading = read((SAMPLES / name).read_bytes())
    assert (reading.records, reading.set_aside.height) == (records, 0)
    printed = json.loads((SAMPLES / name).read_text("utf-8"))
    value = printed[0].index("ALL_VAL_MO")
    assert reading.frame["value"].sum() == sum(int(row[value]) for row in printed[1:])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not here")
def test_two_years_of_imports_by_chapter_and_country_are_read_whole() -> None:
    raw = gzip.decompress((SAMPLES / "us_census_monthly_hs2_country_2023_2024.csv.gz").read_bytes())
    reading = read(raw, published="2025-02-05")
    assert (reading.records, reading.set_aside.height) == (285_711, 0)
    printed = sum(Decimal(row["GEN_VAL_MO"]) for row in csv.DictReader(io.StringIO(raw.decode())))
    assert Decimal(reading.frame["value"].sum()) == printed
    assert "world total and sum of countries: equal in 2,352 of 2,352 figures" in reading.notes
    assert reading.receipts.height == 285_711


def test_it_is_ingested_built_and_asked_by_name(tmp_path: Path) -> None:
    from tonnage.ledger.build import build
    from tonnage.ledger.ingest import ingest
    from tonnage.ledger.ledger import open_ledger

    data = tmp_path / "data"
    (data / "raw").mkdir(parents=True)
    path = tmp_path / "magnets.json"
    path.write_text(answer(MAGNETS, {**MAGNETS, "I_COMMODITY": "8505110050", "GEN_QY1_MO": "9000"}), "utf-8")
    ingest(data, "census", path, published="2026-05-05")
    build(data)
    series = open_ledger(data).series(
        "rare-earth-magnets", partner="CHN", reporter="USA", flow="import", unit="t"
    )
    assert series.select("period", "value", "stage").rows() == [(day("2026-03-01"), 60.0, "detail")]
