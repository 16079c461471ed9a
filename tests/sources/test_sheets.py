"""Sheets: text cells in, rows of the contract and reasons out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonnage.errors import ReadError
from tonnage.model import flows
from tonnage.sources import sheets
from tonnage.sources.base import Reading, Sidecar

SIDECAR = Sidecar("port", "port.csv", "ab" * 32, published=dt.date(2026, 6, 5), basis="given")
PARTNERS = {"5880": "JPN", "5700": "CHN", "-": "WLD"}
MASS = {"KG": 1, "T": 1000}


def sheet(cells: pl.DataFrame) -> sheets.Sheet:
    scale = pl.col("unit").replace_strict(MASS, default=None, return_dtype=pl.Int64)
    mass = pl.when(scale.is_not_null()).then(pl.lit("kg"))
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("USA"),
            "partner": sheets.code(cells, "partner", PARTNERS, "partner code"),
            "flow": sheets.said("export"),
            "classification": sheets.said("HTS10-2026"),
            "commodity": sheets.said("8505110070"),
            "period": sheets.said(pl.lit(dt.date(2026, 4, 1))),
            "months": sheets.said(pl.lit(1, dtype=pl.Int8)),
        },
        figures=[
            sheets.Figure(sheets.said("USD"), sheets.number("value")),
            sheets.Figure(
                sheets.said(mass),
                sheets.number("quantity", scale, ("", "-")),
                {"estimated": pl.col("unit") == "T"},
            ),
        ],
        stage=sheets.said("detail"),
        flags={"aggregate": pl.col("partner") == "-"},
        weight=sheets.number("value").value,
    )


def table(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    cells = pl.DataFrame(rows, schema=["partner", "value", "quantity", "unit"], orient="row")
    text = pl.concat_str(pl.all(), separator=",")
    return cells.with_columns(text=text).with_row_index("line", 2)


def read(*rows: tuple[str, str, str, str], sidecar: Sidecar = SIDECAR) -> Reading:
    cells = table(*rows)
    return sheets.read_sheet(cells, sheet(cells), sidecar, "port", "Port Office", ["encoding utf-8"])


def test_each_figure_of_a_record_is_a_row_and_a_count_is_no_mass() -> None:
    reading = read(("5880", "1250", "12.5", "T"), ("-", "0", "3", "NO"), ("5700", "7", "-", "KG"))
    shown = reading.frame.select("partner", "unit", "value", "flags", "line").rows()
    assert shown == [
        ("JPN", "USD", 1250.0, [], 2),
        ("JPN", "kg", 12500.0, ["estimated"], 2),
        ("WLD", "USD", 0.0, ["aggregate"], 3),
        ("CHN", "USD", 7.0, [], 4),
        ("CHN", "kg", None, [], 4),
    ]
    assert reading.frame.schema == flows.SCHEMA
    assert reading.receipts["line"].to_list() == [2, 3, 4]


def test_a_record_that_cannot_be_read_is_set_aside_with_its_reason_and_its_share_is_told() -> None:
    reading = read(("9999", "25", "1", "KG"), ("5880", "75", "1", "KG"), ("5880", "1e5", "1", "KG"))
    assert reading.records == 3
    assert reading.set_aside.rows() == [
        (2, "9999,25,1,KG", "partner code '9999': not one that is known"),
        (4, "5880,1e5,1,KG", "value '1e5': expected a plain number of at most 15 digits"),
    ]
    assert (
        "1 set aside, 25.00% of the value printed: partner code '9999': not one that is known"
        in reading.notes
    )


def test_a_sheet_of_which_nothing_can_be_read_is_an_error_that_says_why() -> None:
    with pytest.raises(ReadError, match=r"not one of 1 records could be read.*line 2: partner code 'XX'"):
        read(("XX", "1", "1", "KG"))


def test_a_figure_printed_before_its_month_is_over_is_set_aside() -> None:
    early = Sidecar("port", "port.csv", "ab" * 32, published=dt.date(2026, 4, 30), basis="given")
    with pytest.raises(ReadError, match="day 2026-04-30: expected 2026-05-01 or later"):
        read(("5880", "1", "1", "KG"), sidecar=early)


def test_an_inferred_day_is_flagged_on_every_figure() -> None:
    usual = Sidecar("port", "port.csv", "ab" * 32, published=dt.date(2026, 6, 5), basis="usual_day")
    assert read(("5880", "1", "1", "T"), sidecar=usual).frame["flags"].to_list() == [
        ["day_assumed"],
        ["day_assumed", "estimated"],
    ]


def test_two_records_of_one_key_with_other_values_are_both_kept_and_flagged() -> None:
    reading = read(("5880", "1", "-", "NO"), ("5880", "2", "-", "NO"), ("5700", "2", "-", "NO"))
    assert reading.frame["flags"].to_list() == [["conflict"], ["conflict"], []]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.decimals(min_value=0, max_value=10**9, places=3), min_size=1, max_size=30))
def test_what_is_printed_is_what_is_read_to_the_last_digit(printed: list[Decimal]) -> None:
    reading = read(*(("5880", "1", f"{value}", "T") for value in printed))
    found = reading.frame.filter(pl.col("unit") == "kg")["value"].to_list()
    assert found == [float(value * 1000) for value in printed]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=20))
def test_whatever_stands_in_a_cell_no_record_is_lost(garbage: list[str]) -> None:
    rows = [("5880", "1", "1", "KG"), *(("5880", text, "1", "KG") for text in garbage)]
    reading = read(*rows)
    assert reading.frame["line"].n_unique() + reading.set_aside.height == reading.records == len(rows)


def test_a_record_that_was_not_split_is_refused_for_that() -> None:
    cells = table(("5880", "1", "1", "KG"), ("5880", "1", "1", "KG")).with_columns(
        fault=pl.Series([None, "expected 4 fields, found 3"], dtype=pl.String)
    )
    reading = sheets.read_sheet(cells, sheet(cells), SIDECAR, "port", "Port Office", [])
    assert reading.set_aside["reason"].to_list() == ["expected 4 fields, found 3"]


def unfolded(*rows: tuple[int, str, str]) -> Reading:
    """A record of several months: (line, month, value)."""
    cells = pl.DataFrame(
        rows, schema={"line": pl.UInt32, "month": pl.String, "value": pl.String}, orient="row"
    )
    cells = cells.with_columns(text=pl.lit("as printed"), partner=pl.lit("5880"))
    cells = cells.with_columns(quantity=pl.lit("-"), unit=pl.lit("NO"))
    period = pl.format("{}-01", "month").str.to_date("%Y-%m-%d")
    made = sheet(cells)
    made = replace(
        made,
        columns={**made.columns, "period": sheets.said(period)},
        flags={"not_yet_published": pl.col("value") == "-"},
        figures=[sheets.Figure(sheets.said("USD"), sheets.number("value", missing=("-",)))],
        unfolded=True,
    )
    return sheets.read_sheet(cells, made, SIDECAR, "port", "Port Office", [])


def test_a_record_on_several_rows_is_refused_as_one() -> None:
    reading = unfolded((2, "2026-01", "5"), (2, "2026-02", "six"), (3, "2026-01", "7"), (3, "2026-02", "8"))
    assert reading.records == 2
    assert reading.set_aside.select("line", "text").rows() == [(2, "as printed")]
    assert reading.frame["value"].to_list() == [7.0, 8.0]
    assert reading.receipts["line"].to_list() == [3]


def test_a_figure_that_stands_twice_in_a_record_is_one_and_two_values_are_a_conflict() -> None:
    reading = unfolded((2, "2026-01", "5"), (2, "2026-01", "5"), (3, "2026-02", "7"), (3, "2026-02", "8"))
    assert reading.frame.select("value", "flags").rows() == [
        (5.0, []),
        (7.0, ["conflict"]),
        (8.0, ["conflict"]),
    ]


def test_a_month_that_is_not_out_holds_no_number_and_is_no_figure_printed_too_early() -> None:
    reading = unfolded((2, "2026-01", "5"), (2, "2026-12", "-"))
    assert reading.frame.select("value", "flags").rows() == [(5.0, []), (None, ["not_yet_published"])]


@pytest.mark.parametrize(
    ("printed", "value"),
    [("1,234,567", 1_234_567.0), ("-1,234.5", -1234.5), ("1234", 1234.0), ("12,5.0", None), ("1,23", None)],
)
def test_commas_set_off_thousands_and_nothing_else(printed: str, value: float | None) -> None:
    read = sheets.number("v", commas=True)
    when, _ = read.refusals[0]
    row = pl.DataFrame({"v": [printed]}).select(value=read.value, refused=when).row(0)
    assert row == (value, value is None)
