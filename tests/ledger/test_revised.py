"""What was printed anew, what printed percentages give away, what totals imply, and who rounds or cuts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.build_rows import day, print_of, prints
from tests.ledger.test_identities import figures

from tonnage.errors import DefinitionError
from tonnage.ledger import facts, implied, percentages, precision, revisions
from tonnage.ledger.ledger import Ledger
from tonnage.model.definitions import registry

T = 1000.0


# --- prints and later prints -------------------------------------------------------------------------


def quoted(tonnes: float, publisher: str, published: str, **more: Any) -> dict[str, Any]:
    return print_of(tonnes * T, publisher=publisher, published=published, stage="quoted", **more)


def kinds(*rows: dict[str, Any]) -> list[tuple[float, str]]:
    found = revisions.table(prints(*rows).collect())
    return found.select(pl.col("change") / T, "kind").rows()


AUGUST = {"commodity": "rare_earth_products", "classification": "quoted", "period": "2025-08-01"}


def test_bloomberg_7338_t_of_18_september_was_7336_t_on_18_december() -> None:
    first = quoted(7338, "Bloomberg", "2025-09-18", raw="a", **AUGUST)
    later = quoted(7336, "Bloomberg", "2025-12-18", raw="b", flags=["revised"], **AUGUST)
    found = revisions.table(prints(later, first).collect()).row(0, named=True)
    assert (found["first_value"], found["value"], found["kind"]) == (7338 * T, 7336 * T, "revision")
    assert (found["days"], found["age_months"], round(found["pct"], 3)) == (91, 3, -0.027)


@pytest.mark.parametrize(
    ("later", "kind"),
    [
        (print_of(4392 * T), "rounding"),  # bulletin of 18 January 2026 after 4,392.1 t in the flash
        (print_of(4397 * T), "stage step"),
        (print_of(4397 * T, flags=["comparative"], published="2027-01-18"), "comparative"),
        (print_of(4397.2 * T, stage="flash", published="2026-02-10"), "revision"),
        (print_of(4397.2 * T, stage="flash", flags=["corrected"]), "correction"),
    ],
)
def test_why_a_later_number_differs(later: dict[str, Any], kind: str) -> None:
    flash = print_of(4392.1 * T, stage="flash", published="2026-01-14", raw="f")
    assert [k for _, k in kinds(flash, later)] == [kind]


def test_a_suspect_number_revises_nothing() -> None:
    assert (
        kinds(quoted(280, "Reuters", "2026-01-20"), quoted(411.3, "Spark", "2026-01-21", flags=["suspect"]))
        == []
    )


def test_customs_restated_the_value_of_early_2025_by_310_000_yuan(shipped: Ledger) -> None:
    """Flash tables of April to July 2026, beside the flash of 14 April and the bulletins of 2025."""
    rows = shipped.revised("rare-earths").filter(pl.col("kind") == "comparative")
    found = (
        rows.select("unit", "months", (pl.col("change") / 10_000).round(), "age_months")
        .sort("unit", "months")
        .rows()
    )
    assert found == [
        ("CNY", 3, 31.0, 12),
        ("CNY", 4, 31.0, 12),
        ("CNY", 5, 31.0, 12),
        ("CNY", 6, 31.0, 12),
        ("kg", 3, 0.0, 12),
    ]
    assert rows.filter(pl.col("unit") == "kg")["change"].to_list() == [120.0]
    assert (
        shipped.revised("rare-earths", as_of="2026-04-13").filter(pl.col("kind") == "comparative").is_empty()
    )


def test_later_numbers_are_counted_by_line_age_and_kind(shipped: Ledger) -> None:
    found = revisions.summary(shipped.revised())
    assert found.schema == revisions.SUMMARY
    row = found.filter(pl.col("kind") == "comparative", pl.col("unit") == "CNY").row(0, named=True)
    assert (row["commodity"], row["age"], row["figures"]) == ("rare_earths", "a year and more", 4)
    assert set(found["kind"]) <= set(revisions.KINDS)


def test_an_unknown_definition_is_refused(shipped: Ledger) -> None:
    with pytest.raises(DefinitionError, match="did you mean 'rare-earths'"):
        shipped.revised("rare-erths")


# --- printed percentages -----------------------------------------------------------------------------


def bounded(pct: float, value: float, year_ago: float) -> pl.DataFrame:
    """A month of `value` tonnes printed with a change of `pct` on a year ago, first printed as `year_ago`."""
    rows = [
        print_of(year_ago * T, period="2024-11-01", published="2024-12-18", raw="a", line=2),
        print_of(value * T, period="2025-11-01", published="2025-12-18", raw="b", line=2),
    ]
    numbered = facts.numbered(prints(*rows).collect())
    days = day("2025-12-18"), day("2025-11-01")
    pcts = pl.DataFrame(
        [("b", 2, "rare_earths", "export", "bulletin", *days, 1, "kg", value * T, pct, 0.05)],
        schema=percentages.PRINTED,
        orient="row",
    )  # fmt: skip
    named = facts.labels(numbered, list(registry().values()))
    return percentages.against_year_ago(pcts, numbered, named).with_columns(
        inferred=pl.lit(percentages.inferred(pcts, numbered, named).height)
    )


@pytest.mark.parametrize(
    ("pct", "value", "year_ago", "verdict"),
    [
        (24.4, 5494, 4416, "exact"),  # rare earths, November 2025
        (22.7, 12452, 10155, "revision"),  # rare earths and products: at most 10,152.9 t allow 22.7%
        (22.6, 12452, 10155, "exact"),
        (22.7, 12452, 10152, "exact"),
    ],
)
def test_a_percentage_that_the_first_print_does_not_allow_reveals_a_revision(
    pct: float, value: float, year_ago: float, verdict: str
) -> None:
    found = bounded(pct, value, year_ago)
    assert found["verdict"].to_list() == [verdict]
    assert found["inferred"].to_list() == [int(verdict == "revision")]


def test_what_percentages_give_away_is_listed_with_bounds_apart_from_figures(shipped: Ledger) -> None:
    found = shipped.inferred().filter(pl.col("unit") == "kg")
    shown = found.select(
        "definition",
        "period",
        pl.col("first_value") / T,
        (pl.col("low") / T).round(1),
        (pl.col("high") / T).round(1),
        "pct",
    )
    whole = "rare-earths-and-products"
    assert shown.rows() == [
        (whole, dt.date(2024, 1, 1), 12144.0, 12129.6, 12142.3, 3.7),
        (whole, dt.date(2024, 11, 1), 10155.0, 10143.8, 10152.9, 22.7),
        (whole, dt.date(2025, 4, 1), 8167.0, 8169.1, 8175.9, 35.1),
    ]
    assert shipped.inferred(as_of="2025-03-17").is_empty()
    assert shipped.prints().filter(pl.col("value").is_in(found["low"].to_list())).collect().is_empty()


# --- implied months ----------------------------------------------------------------------------------


def test_the_magnets_of_february_2025_are_3587_t_by_seven_totals_that_agree(shipped: Ledger) -> None:
    found = shipped.implied("rare-earth-magnets").filter(pl.col("period") == dt.date(2025, 2, 1))
    assert found.height == 7
    assert found["agrees"].all()
    assert (found["low"].max(), found["high"].min()) == (3584.5 * T, 3589.0 * T)
    assert set(found["value"]) == {3586 * T, 3587 * T}
    # Derived months are offered, never loaded.
    assert shipped.flows().filter(pl.col("value").is_in([3586 * T, 3587 * T])).collect().is_empty()


def test_two_totals_of_2023_exclude_each_other(shipped: Ledger) -> None:
    """11,837 t for January to March leave 7,391 t for the first two; every later total leaves 7,631 t."""
    found = shipped.implied("rare-earths").filter(pl.col("period") == dt.date(2023, 1, 1))
    assert set(found["agrees"]) == {False}
    assert sorted({round(v / T) for v in found["value"]}) == [7391, 7630, 7631]


def test_a_month_between_two_totals_needs_no_other_month() -> None:
    """35,447.5 t for 2020 less 31,280 t to November (Global Times)."""
    rows = figures(("2020-01", 11, 31280.0), ("2020-01", 12, 35447.5))
    found = implied.months(rows).row(0, named=True)
    assert (found["period"], found["value"] / T, found["low"] / T, found["high"] / T) == (
        dt.date(2020, 12, 1),
        4167.5,
        4166.5,
        4168.5,
    )
    assert found["derivation"] == "12 months less 11 months"


def test_nothing_is_implied_where_two_months_are_missing_or_none_is() -> None:
    totals = [("2025-01", 5, 25.0)]
    assert implied.months(figures(*[(f"2025-0{m}", 1, 5.0) for m in (1, 2, 3)], *totals)).is_empty()
    assert implied.months(figures(*[(f"2025-0{m}", 1, 5.0) for m in range(1, 6)], *totals)).is_empty()


# --- who rounds and who cuts -------------------------------------------------------------------------


def test_reuters_and_customs_round_kyodo_and_tass_cut(shipped: Ledger) -> None:
    found = shipped.publishers().filter(pl.col("unit") == "kg")
    style = dict(found.select("publisher", "style").iter_rows())
    assert {name: style[name] for name in ("Reuters", "GACC", "Kyodo", "TASS", "AsiaCity News")} == {
        "Reuters": "rounds",
        "GACC": "rounds",
        "Kyodo": "cuts",
        "TASS": "cuts",
        "AsiaCity News": "cuts",
    }
    reuters = found.filter(pl.col("publisher") == "Reuters").row(0, named=True)
    assert reuters["compared"] >= 10
    assert reuters["rounded"] > 5 * reuters["cut"]


@pytest.mark.parametrize(
    ("known", "step", "found", "found_step", "near"),
    [
        (10468.3, 0.1, 10460.0, 10.0, True),  # cut
        (10468.3, 0.1, 10470.0, 10.0, True),  # rounded
        (10468.3, 0.1, 10450.0, 10.0, False),
        (3188.0, 1.0, 3187.0, 1.0, True),  # one rounds, the other cuts
        (3188.0, 1.0, 3186.0, 1.0, False),
        (22736.0, 1.0, 22800.0, 100.0, False),  # 22,700 either way
        (4343.5, 0.1, 4345.5, 0.1, False),
    ],
)
def test_a_number_is_another_rounded_or_cut(
    known: float, step: float, found: float, found_step: float, near: bool
) -> None:
    row = pl.DataFrame({"known": [known], "known_step": [step], "value": [found], "value_step": [found_step]})
    assert row.select(precision.near()).item() is near
    assert (abs(found - known) <= row.select(precision.room()).item() + 1e-6) is near


def test_a_page_of_tonnes_that_ends_in_zeros_is_no_page_of_tens() -> None:
    rows = [print_of(v * T, period=f"2025-0{m}-01") for m, v in enumerate((4000, 4343, 5490), start=1)]
    assert set(facts.numbered(prints(*rows).collect())["step"]) == {1000.0}
