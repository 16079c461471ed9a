"""Does it add up? Exact, within rounding, or unexplained; a part larger than its whole stops a report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.build_rows import BULLETIN, as_csv, day, put, records

from tonnage.errors import DefinitionError
from tonnage.ledger import reconcile
from tonnage.ledger import series as ledger_series
from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger

ADDED = "months against year to date"
WITHIN = "part within whole"


def series(*figures: tuple[str, int, float | None], name: str = "rare-earths") -> pl.DataFrame:
    """A series in kg of (first month, months, tonnes), each with a receipt of its own line."""
    rows: list[dict[str, Any]] = []
    for line, (period, months, tonnes) in enumerate(figures, start=2):
        receipt = {field.name: None for field in ledger_series.RECEIPT.fields} | {"line": line}
        rows.append(
            {
                "period": day(f"{period}-01"),
                "months": months,
                "value": None if tonnes is None else tonnes * 1000,
                "definition": name,
                "unit": "kg",
                "flags": [],
                "receipt": [receipt],
            }
        )
    return pl.DataFrame(rows, schema=ledger_series.SCHEMA)


FIRST = [("2025-01", 1, 5294.0), ("2025-02", 1, 3217.0), ("2025-03", 1, 5666.0)]


def added(
    *totals: tuple[str, int, float | None], months: list[tuple[str, int, float | None]] | None = None
) -> pl.DataFrame:
    return reconcile.months_against_totals(series(*(FIRST if months is None else months)), series(*totals))


def told(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select("months", "residual", "verdict", "blocks").sort("months").rows()


@pytest.mark.parametrize(
    ("printed", "residual", "verdict"),
    [
        (14177.0, 0.0, "exact"),
        (14178.0, -1000.0, "rounding"),  # what table 13 printed for January to March 2025
        (14175.0, 2000.0, "rounding"),
        (14174.9, 2100.0, "unexplained"),
        (14581.0, -404_000.0, "unexplained"),
    ],
)
def test_months_against_their_total(printed: float, residual: float, verdict: str) -> None:
    ((months, found, said, blocks),) = told(added(("2025-01", 3, printed)))
    assert (months, round(found, 3), said, blocks) == (3, residual, verdict, False)


def test_every_term_may_be_half_a_tonne_off() -> None:
    assert added(("2025-01", 2, 8511.0), ("2025-01", 3, 14178.0))["tolerance"].sort().to_list() == [
        1500.0,
        2000.0,
    ]


def test_a_total_is_compared_only_if_all_its_months_are_printed() -> None:
    months: list[tuple[str, int, float | None]] = [("2025-01", 1, 5294.0), ("2025-03", 1, 5666.0)]
    assert added(("2025-01", 3, 14178.0), months=months).is_empty()
    assert added(("2025-01", 3, 14178.0), months=[*months, ("2025-02", 1, None)]).is_empty()
    assert added(("2025-01", 3, None)).is_empty()


def test_months_of_another_year_are_not_added() -> None:
    assert told(added(("2024-01", 3, 14178.0))) == []


def test_january_alone_is_its_own_total() -> None:
    assert added(("2025-01", 1, 5294.0)).is_empty()


def test_an_identity_has_the_receipts_of_all_its_terms_the_total_first() -> None:
    (receipts,) = added(("2025-01", 2, 8511.0))["receipt"].to_list()
    assert [r["line"] for r in receipts] == [2, 2, 3]


@pytest.mark.parametrize(
    ("part", "verdict", "blocks"),
    [
        (4392.0, "exact", False),
        (11137.0, "exact", False),
        (11138.0, "rounding", False),
        (11138.1, "unexplained", True),
    ],
)
def test_a_part_larger_than_its_whole_blocks(part: float, verdict: str, blocks: bool) -> None:
    whole = series(("2025-12", 1, 11137.0), name="rare-earths-and-products")
    found = reconcile.part_within_whole(series(("2025-12", 1, part)), whole)
    assert found.select("definition", "verdict", "blocks").rows() == [("rare-earths", verdict, blocks)]


@pytest.mark.parametrize(("part", "whole"), [(None, 11137.0), (4392.0, None)])
def test_an_unprinted_part_or_whole_is_not_compared(part: float | None, whole: float | None) -> None:
    found = reconcile.part_within_whole(series(("2025-12", 1, part)), series(("2025-12", 1, whole)))
    assert found.is_empty()


def test_a_part_and_a_whole_of_other_months_are_not_compared() -> None:
    part = series(("2025-12", 1, 4392.0), ("2025-01", 12, 62585.0))
    assert reconcile.part_within_whole(part, series(("2025-11", 1, 1.0))).is_empty()


# --- the shipped data --------------------------------------------------------------------------------


def misses(ledger: Ledger, **options: Any) -> dict[tuple[str, str, int], float]:
    found = ledger.check(**options).filter(pl.col("verdict") == "unexplained")
    rows = found.select("definition", pl.col("period").dt.strftime("%Y"), "months", pl.col("residual") / 1000)
    return {(name, year, months): residual for name, year, months, residual in rows.iter_rows()}


def test_the_totals_that_table_13_prints_and_its_months_do_not_give(shipped: Ledger) -> None:
    """GACC revises months in the year to date and never prints the new month."""
    assert misses(shipped) == {
        ("rare-earths-and-products", "2024", 8): 5.0,
        ("rare-earths-and-products", "2024", 9): 6.0,
        ("rare-earths-and-products", "2024", 10): 6.0,
        ("rare-earths-and-products", "2025", 9): -404.0,
        ("rare-earths-and-products", "2025", 11): -8.0,
        ("rare-earths-and-products", "2025", 12): -7.0,
        ("rare-earth-products", "2025", 9): -403.0,
        ("rare-earth-products", "2025", 11): -7.0,
    }


def test_september_2025_is_short_by_404_t_of_a_printed_95875_t(shipped: Ledger) -> None:
    row = shipped.check(names=["rare-earths-and-products"]).filter(
        pl.col("verdict") == "unexplained", pl.col("period") == dt.date(2025, 1, 1), pl.col("months") == 9
    )
    assert row.select("expected", "found", "residual").rows() == [(95_875_000.0, 95_471_000.0, -404_000.0)]
    receipts = row["receipt"].item().to_list()
    assert {r["stage"] for r in receipts} == {"bulletin"}
    assert len({r["file"] for r in receipts}) >= 8  # one release a month, January and February in one


def test_nothing_shipped_stops_a_report(shipped: Ledger) -> None:
    assert not shipped.check()["blocks"].any()


def test_a_miss_is_not_known_before_the_total_is_out(shipped: Ledger) -> None:
    before = misses(shipped, as_of="2025-10-17", names=["rare-earths-and-products"])
    after = misses(shipped, as_of="2025-10-18", names=["rare-earths-and-products"])
    key = ("rare-earths-and-products", "2025", 9)
    assert (key in before, after[key]) == (False, -404.0)


def test_every_year_to_date_of_the_three_lines_was_compared(shipped: Ledger) -> None:
    done = shipped.check().filter(pl.col("identity") == ADDED).group_by("definition").len()
    lines = {"rare-earths", "rare-earths-and-products", "tungsten-products", "rare-earth-products"}
    assert dict(done.iter_rows()) == dict.fromkeys(lines, 28)  # 2 to 12 of two years, 2 to 7 of 2026


def test_the_parts_of_the_parent_line_were_compared(shipped: Ledger) -> None:
    done = shipped.check(names=["rare-earths-and-products"]).filter(pl.col("identity") == WITHIN)
    assert set(done["definition"]) == {"rare-earths", "rare-earth-products"}


def test_a_definition_that_does_not_exist_cannot_be_checked(shipped: Ledger) -> None:
    with pytest.raises(DefinitionError, match="'rare-erths': not in the registry"):
        shipped.check(names=["rare-erths"])


def test_a_misprint_that_makes_the_part_larger_than_the_whole_blocks(data: Path) -> None:
    """Child and parent line of the bulletin of 18 January 2026, exchanged."""
    rows = records(BULLETIN)[:2]
    swapped = [rows[0] | {"month_quantity": "4392"}, rows[1] | {"month_quantity": "11137"}]
    put(data, "gacc-bulletin", BULLETIN.name, as_csv(swapped))
    build(data)
    blocking = open_ledger(data).check().filter(pl.col("blocks"))
    assert blocking.select("identity", "definition", "period", "residual").rows() == [
        (WITHIN, "rare-earths", dt.date(2025, 12, 1), 6_745_000.0)
    ]
