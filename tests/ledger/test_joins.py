"""Figures side by side, with printed numbers."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from tests.build_rows import print_of, prints

from tonnage.ledger import joins, vintages
from tonnage.ledger.ledger import Ledger

T = 1000.0


def test_shares_are_of_the_printed_world_total_and_blocs_are_no_partners() -> None:
    """Magnets of December 2025: 5,952 t, of which 280 t to Japan."""
    rows = prints(
        print_of(5952 * T),
        print_of(280 * T, partner="JPN"),
        print_of(2000 * T, partner="EU27"),
        print_of(None, partner="USA"),
        print_of(7 * T, partner="KOR", period="2025-11-01"),
    )
    found = joins.shares(rows).collect()
    assert found.columns == list(joins.SHARES)
    assert found.select("partner", "value", "world").rows() == [("JPN", 280 * T, 5952 * T)]
    assert found["share"].item() == pytest.approx(0.04704, abs=1e-5)


def test_a_mirror_adds_up_to_six_digits_and_turns_the_importer_round() -> None:
    chn = {"classification": "GACC8-2025", "partner": "JPN"}
    jpn = {"classification": "JP9-2025", "reporter": "JPN", "partner": "CHN", "flow": "import"}
    rows = prints(
        print_of(280 * T, commodity="85051110", **chn),
        print_of(20 * T, commodity="85051190", **chn),
        print_of(9 * T, commodity="28461010", **chn),
        print_of(290 * T, commodity="850511000", **jpn),
        print_of(1 * T, commodity="rare_earths", **jpn),
    )
    (found,) = joins.mirrored(rows).collect().rows()
    assert found == ("CHN", "JPN", "850511", dt.date(2025, 12, 1), 1, "kg", 300 * T, 290 * T)


def test_months_are_added_up_beside_each_total_that_they_fill() -> None:
    def row(period: str, months: int, tonnes: float) -> dict[str, object]:
        return print_of(tonnes * T, period=period, months=months)

    rows = prints(
        row("2025-01-01", 2, 10),
        row("2025-01-01", 1, 4),  # of the two months only one is printed: they stand together
        row("2025-03-01", 1, 5),
        row("2025-01-01", 3, 16),
        row("2025-01-01", 5, 30),  # April is not printed
        row("2025-05-01", 1, 7),
        row("2024-01-01", 1, 1),
        row("2024-02-01", 1, 2),
        row("2024-01-01", 2, 3),
    )
    found = joins.totals(rows).collect().sort("period")
    assert found.select("period", "months", "value", "added", "terms", "residual").rows() == [
        (dt.date(2024, 1, 1), 2, 3 * T, 3 * T, 2, 0.0),
        (dt.date(2025, 1, 1), 3, 16 * T, 15 * T, 2, -1 * T),
    ]


def test_the_misprint_of_september_2025_is_found_in_the_shipped_ledger(shipped: Ledger) -> None:
    """95,875 t for January to September; the months make 95,471 t."""
    rows = joins.totals(shipped.flows()).filter(pl.col("unit") == "kg", pl.col("residual").abs() > 100 * T)
    found = rows.filter(pl.col("period") == dt.date(2025, 1, 1), pl.col("months") == 9).collect()
    assert found["residual"].to_list() == [-404 * T]


def test_every_print_apart_from_the_one_that_counts_is_given_with_it(shipped: Ledger) -> None:
    known = vintages.known(shipped.prints())
    found = joins.apart(known).collect()
    assert found.height
    assert (found["value"] != found["counts"]).all()
    several = vintages.revisions(known).select("raw", "line", "value").collect()
    assert found.join(several, on=["raw", "line", "value"], how="anti").is_empty()
