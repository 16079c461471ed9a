"""Frames as tables a person reads."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import tonnage as tn
from tonnage.errors import ParameterError


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> tn.Ledger:
    return tn.open(workspace / "data")


def test_a_series_tells_what_is_the_same_once_and_who_printed_it(ledger: tn.Ledger) -> None:
    rows = ledger.series("rare-earth-products", as_of="2026-03-31", unit="kg")
    made = tn.table(rows.tail(3), "Products")
    assert made.title == "Products: rare-earth-products, CHN, WLD, export, t"
    assert [c.name for c in made.columns] == ["month", "value", "stage", "published", "flags"]
    assert [row[:2] for row in made.rows] == [
        ("2025-12", "6,745"),
        ("2026-01", "6,805"),
        ("2026-02", "5,472"),
    ]
    assert made.source.startswith("GACC, bulletin, 2026-03-18, ")


def test_money_stays_as_printed_beside_mass_in_tonnes(ledger: tn.Ledger) -> None:
    made = tn.table(ledger.revised("rare-earths"), columns=("period", "unit", "value", "raw"))
    by_unit = {row[1]: row for row in made.rows}
    assert set(by_unit) == {"t", "CNY"}
    assert made.title == "CHN, WLD, export"
    assert by_unit["CNY"][2] == "354,970,000"
    assert by_unit["t"][:3] == ("2026-07", "t", "4,223")
    assert by_unit["t"][3] == "0c5bfdd4:3"
    assert made.notes[0].startswith("the last 24 of ")


def test_two_months_as_one_a_gap_and_a_printed_zero_are_told_apart() -> None:
    rows = pl.DataFrame({"period": ["2025-11-01"] * 3, "months": [1, 2, 3], "value": [None, 0.0, -1234.5]})
    made = tn.table(rows.with_columns(pl.col("period").str.to_date()))
    assert made.rows == (("2025-11", ".."), ("2025-11 to 2025-12", "0"), ("2025-11 to 2026-01", "−1,234.5"))


def test_a_frame_without_a_row_is_an_empty_table() -> None:
    assert tn.table(pl.LazyFrame(schema={"period": pl.Date, "unit": pl.String})).rows == ()


def test_a_column_that_is_not_there_is_told(ledger: tn.Ledger) -> None:
    with pytest.raises(ParameterError, match="no column 'valu'; did you mean 'value'"):
        tn.table(ledger.series("rare-earths"), columns=["valu"])
