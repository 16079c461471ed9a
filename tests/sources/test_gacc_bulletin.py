"""GACC's tables of December 2025: the flash of 14 January and bulletin table 13 of 18 January 2026."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.build_rows import BULLETIN, FLASH, as_csv, day, records, sidecar

from tonnage.errors import ReadError
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading

SOURCE = SOURCES["gacc-bulletin"]


def read(raw: bytes, file: str = BULLETIN.name, **changes: Any) -> Reading:
    return SOURCE.read(raw, sidecar("gacc-bulletin", file, raw, **changes))


def one(**cells: str) -> Reading:
    """The reading of the bulletin's line "rare earths" alone, with some cells changed."""
    return read(as_csv([records(BULLETIN)[1] | cells]))


@pytest.mark.parametrize("path", [BULLETIN, FLASH], ids=lambda p: p.stem)
def test_every_printed_figure_is_read_and_no_other(path: Path) -> None:
    expected = pl.read_csv(
        path.with_suffix(".expected.csv"), try_parse_dates=True, schema_overrides={"value": pl.Float64}
    )
    reading = read(path.read_bytes(), path.name)
    rows = reading.frame.select(expected.columns).sort("line", "commodity", "period", "unit")
    assert rows.rows() == expected.rows()
    assert reading.set_aside.is_empty()


def test_a_row_says_who_printed_what_and_when() -> None:
    row = read(BULLETIN.read_bytes()).frame.filter(pl.col("line") == 3).row(0, named=True)
    named = ("publisher", "reporter", "partner", "flow", "classification", "commodity", "stage", "published")
    assert [row[name] for name in named] == [
        "GACC",
        "CHN",
        "WLD",
        "export",
        "GACC-lines",
        "rare_earths",
        "bulletin",
        dt.date(2026, 1, 18),
    ]


def test_the_same_months_a_year_before_are_comparative() -> None:
    """55,431.1 t for 2024, printed by GACC's flash of 14 January 2026."""
    frame = read(FLASH.read_bytes(), FLASH.name).frame
    by_year = {row["period"].year: row["flags"] for row in frame.iter_rows(named=True)}
    assert by_year == {2024: ["aggregate", "comparative"], 2025: ["aggregate"]}


def test_january_is_its_own_year_to_date_and_one_row() -> None:
    """5,854 t, in both columns of the bulletin of March 2024."""
    cells = {
        "period": "2025-01",
        "ytd_quantity": "5854",
        "month_quantity": "5854",
        "month_amount": "",
        "ytd_amount": "",
    }
    assert one(**cells).frame.select("period", "months", "value", "flags").rows() == [
        (dt.date(2025, 1, 1), 1, 5_854_000.0, ["aggregate"])
    ]


def test_a_january_that_differs_from_its_year_to_date_is_two_rows_in_conflict() -> None:
    cells = {
        "period": "2025-01",
        "ytd_quantity": "5855",
        "month_quantity": "5854",
        "month_amount": "",
        "ytd_amount": "",
    }
    frame = one(**cells).frame.sort("value")
    assert frame["value"].to_list() == [5_854_000.0, 5_855_000.0]
    assert frame["flags"].to_list() == [["aggregate", "conflict"]] * 2


def test_an_empty_cell_is_no_row_and_a_printed_zero_is_one() -> None:
    frame = one(month_quantity="0", ytd_quantity="", month_amount="", ytd_amount="").frame
    assert frame.select("months", "unit", "value").rows() == [(1, "kg", 0.0)]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"line": "rare_earth"}, "line 'rare_earth': not in the lines of GACC-lines"),
        ({"line_printed": "钨品"}, "line 'rare_earths' is printed as '钨品': two lines"),
        ({"line_printed": "希土"}, "line '希土': not in the lines"),
        ({"quantity_unit": "公斤"}, "unit '公斤': expected a mass, one of"),
        ({"amount_unit": "万美元"}, "unit '万美元': expected money, one of"),
        ({"month_quantity": "4,392"}, "number '4,392': expected digits and one decimal point"),
        ({"flags": "suspicious"}, "found ['suspicious']; did you mean 'suspect'"),
        ({"period": "2026-01"}, "day 2026-01-18: expected 2026-02-01 or later"),
    ],
    ids=lambda v: next(iter(v)) if isinstance(v, dict) else "",
)
def test_a_bad_cell_sets_its_row_aside_and_no_other(cells: dict[str, str], reason: str) -> None:
    rows = records(BULLETIN)
    reading = read(as_csv([rows[0], rows[1] | cells, rows[2]]))
    assert reading.set_aside["line"].to_list() == [3]
    assert reason in reading.set_aside["reason"][0]
    assert sorted(reading.frame["line"].unique()) == [2, 4]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"details": {"flow": "export"}}, "detail 'stage': expected one of .*it is missing"),
        ({"details": {"stage": "detail", "flow": "export"}}, ".*found 'detail'; give stage="),
        ({"details": {"stage": "bulletin"}}, "detail 'flow': expected one of .*it is missing"),
        ({"published": None}, "the day of release is neither in the file nor given"),
        ({"basis": "row"}, "basis: expected one of"),
    ],
)
def test_what_the_file_cannot_say_must_be_given(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ReadError, match=rf"^2026-01-18_bulletin\.csv: {told}"):
        read(BULLETIN.read_bytes(), **changes)


@pytest.mark.parametrize(("basis", "flags"), [("page", []), ("usual_day", ["day_assumed"])])
def test_a_row_of_an_inferred_day_is_flagged(basis: str, flags: list[str]) -> None:
    frame = read(BULLETIN.read_bytes(), basis=basis).frame
    assert frame["flags"].to_list() == [["aggregate", *flags]] * 12


def test_a_receipt_names_address_basis_and_note() -> None:
    rows = [records(BULLETIN)[1] | {"note": "cut"}, records(BULLETIN)[2] | {"address": ""}]
    raw = as_csv(rows)
    card = replace(sidecar("gacc-bulletin", BULLETIN.name, raw), url="https://customs.example/t13")
    receipts = SOURCE.read(raw, card).receipts
    assert receipts.select("line", "basis", "note").rows() == [(2, "page", "cut"), (3, "page", "")]
    assert receipts["address"].to_list() == [rows[0]["address"], "https://customs.example/t13"]


def test_an_import_table_is_read_as_imports() -> None:
    details = {"stage": "bulletin", "flow": "import"}
    assert read(BULLETIN.read_bytes(), details=details).frame["flow"].unique().to_list() == ["import"]


def test_the_release_day_is_the_vintage() -> None:
    frame = read(BULLETIN.read_bytes(), published=day("2026-01-19")).frame
    assert frame["published"].unique().to_list() == [dt.date(2026, 1, 19)]


def test_a_table_given_without_a_publisher_was_printed_by_customs() -> None:
    assert read(BULLETIN.read_bytes(), publisher="").frame["publisher"].unique().to_list() == ["GACC"]
