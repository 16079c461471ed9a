"""December 2025 has four correct numbers; each is known from its own day on, with its receipt."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tonnage.analysis.series import changes
from tonnage.errors import NoDataError
from tonnage.ledger.ledger import Ledger, open_ledger

DECEMBER = dt.date(2025, 12, 1)
NUMBERS = {
    ("rare-earths", "WLD"): 4392,
    ("rare-earths-and-products", "WLD"): 11137,
    ("rare-earth-products", "WLD"): 6745,
    ("rare-earth-magnets", "WLD"): 5952,
    ("rare-earth-magnets", "JPN"): 280,
}


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


def december(ledger: Ledger, name: str, partner: str, day: str) -> dict[str, Any] | None:
    rows = ledger.series(name, partner=partner, as_of=day, unit="t").filter(pl.col("period") == DECEMBER)
    assert rows.height <= 1
    return rows.row(0, named=True) if rows.height else None


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2026-01-13", []),
        ("2026-01-15", [("rare-earths", "WLD")]),
        ("2026-01-19", [n for n in NUMBERS if n[0] != "rare-earth-magnets"]),
        ("2026-01-21", list(NUMBERS)),
    ],
)
def test_each_number_is_known_from_its_day_on_and_nothing_else_is(
    ledger: Ledger, day: str, known: list[tuple[str, str]]
) -> None:
    found = {key: december(ledger, *key, day) for key in NUMBERS}
    assert {k: round(row["value"]) for k, row in found.items() if row} == {k: NUMBERS[k] for k in known}


def test_the_flash_of_14_january_prints_a_decimal_that_the_bulletin_rounds_away(ledger: Ledger) -> None:
    flash, bulletin = (december(ledger, "rare-earths", "WLD", d) for d in ("2026-01-15", "2026-01-19"))
    assert flash is not None
    assert bulletin is not None
    assert (flash["value"], flash["stage"], flash["published"]) == (4392.1, "flash", dt.date(2026, 1, 14))
    assert (bulletin["value"], bulletin["stage"], bulletin["published"]) == (
        4392.0,
        "bulletin",
        dt.date(2026, 1, 18),
    )


def test_products_are_derived_from_two_lines_of_one_bulletin_and_hold_both_receipts(ledger: Ledger) -> None:
    row = december(ledger, "rare-earth-products", "WLD", "2026-01-19")
    assert row is not None
    assert row["flags"] == ["aggregate", "derived"]
    parts = [(r["commodity"], r["value"], r["unit"], r["publisher"], r["line"]) for r in row["receipt"]]
    assert parts == [
        ("rare_earths_and_products", 11_137_000.0, "kg", "GACC", 2),
        ("rare_earths", 4_392_000.0, "kg", "GACC", 3),
    ]
    assert {r["file"] for r in row["receipt"]} == {"data/raw/gacc-bulletin/2026-01-18_bulletin.csv"}


def test_products_fell_by_3_1_percent_from_6958_t_in_november(ledger: Ledger) -> None:
    rows = ledger.series("rare-earth-products", as_of="2026-01-19", unit="t")
    row = changes(rows).filter(pl.col("period") == DECEMBER).row(0, named=True)
    assert row["previous"] == 6958.0
    assert round(row["mom_pct"], 1) == -3.1


def test_magnets_to_japan_were_305_t_in_november_though_one_outlet_cut_it_to_304(ledger: Ledger) -> None:
    rows = ledger.series("rare-earth-magnets", partner="JPN", as_of="2026-01-21", unit="t")
    assert rows.filter(pl.col("period") == dt.date(2025, 11, 1))["value"].to_list() == [305.0]
    prints = ledger.prints().filter(
        pl.col("commodity") == "85051110",
        pl.col("partner") == "JPN",
        pl.col("period") == dt.date(2025, 11, 1),
    )
    assert sorted(set(prints.collect()["value"].to_list())) == [304_000.0, 305_000.0]


def test_every_number_leads_to_the_line_on_which_it_stands(ledger: Ledger) -> None:
    for key, tonnes in NUMBERS.items():
        row = december(ledger, *key, "2026-01-21")
        assert row is not None
        for receipt in row["receipt"]:
            printed = ledger.raw_text(receipt["raw"], receipt["line"]).split(",")
            assert f"{receipt['value'] / 1000:g}" in printed, (key, tonnes, printed)


def test_the_invented_411_3_t_to_japan_is_kept_and_never_used(ledger: Ledger) -> None:
    kept = ledger.prints().filter(pl.col("value") == 411_300.0).collect()
    assert kept["publisher"].to_list() == ["GlobalSpark News"]
    assert "suspect" in kept["flags"][0].to_list()
    assert ledger.flows().filter(pl.col("value") == 411_300.0).collect().is_empty()


def test_table_13_gives_no_partner_and_the_message_says_so(ledger: Ledger) -> None:
    with pytest.raises(
        NoDataError, match=r"export to JPN in kg: the ledger holds no monthly figure; .*holds: WLD"
    ):
        ledger.series("rare-earth-products", partner="JPN")
