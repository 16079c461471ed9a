"""The registry proves what it claims, on the shipped figures and on made-up ones; composition is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.build_rows import print_of, prints

from tonnage.ledger import composition, facts, proofs
from tonnage.ledger.ledger import Ledger
from tonnage.model.definitions import definition, registry

T = 1000.0


@pytest.fixture(scope="module")
def proved(shipped: Ledger) -> pl.DataFrame:
    return shipped.proofs()


def test_no_declared_relation_is_violated_by_the_shipped_figures(proved: pl.DataFrame) -> None:
    assert set(proved["verdict"]) == {"proved", "not tried"}
    assert proofs.violations(proved) == []
    untried = proved.filter(pl.col("verdict") == "not tried")
    # The label of January 2011 was printed in no month in which today's lines were; figures of the Combined
    # Nomenclature and of all metal magnets are in files that are not shipped.
    lacking = {"rare-earths-and-products-2011", "metal-magnets", "codes"}
    assert all(lacking & set(row) for row in untried.select("definition", "relation", "other").rows())


def relation(rows: pl.DataFrame, name: str, what: str, other: str) -> dict[str, Any]:
    return rows.filter(
        pl.col("definition") == name, pl.col("relation") == what, pl.col("other") == other
    ).row(0, named=True)


@pytest.mark.parametrize(
    ("name", "what", "other", "told"),
    [
        (
            "rare-earth-products",
            "difference of",
            "rare-earths-and-products - rare-earths",
            "5,865,000 of 7,982,000 kg in 2025-05 is the most",
        ),
        (
            "rare-earth-products",
            "contains",
            "rare-earth-magnets",
            "5,278,000 of 5,911,000 kg in 2024-07 is the most",
        ),
        ("rare-earths", "break", "2011-01", "4,087,000 against 646,800 kg in 2011-01"),
        (
            "magnets-powder-alloy",
            "contains",
            "rare-earth-magnets",
            "226,000 of 538,000 kg in 2025-10 is the most",
        ),
    ],
)
def test_the_figure_that_shows_it_best_is_named(
    proved: pl.DataFrame, name: str, what: str, other: str, told: str
) -> None:
    row = relation(proved, name, what, other)
    assert (row["verdict"], row["told"]) == ("proved", told)
    assert row["tried"] == row["held"] >= 1


def test_magnets_that_exceed_the_products_violate_the_registry() -> None:
    """December 2025 with 7,952 t of magnets in place of 5,952 t."""
    rows = [
        print_of(4392 * T),
        print_of(11137 * T, commodity="rare_earths_and_products"),
        print_of(7952 * T, classification="GACC8-2025", commodity="85051110", stage="detail"),
    ]
    found = proofs.prove([facts.numbered(prints(*rows).collect())], registry())
    assert proofs.violations(found) == [
        "rare-earth-products: declared contains rare-earth-magnets:"
        " 7,952,000 kg in 2025-12 is more than 6,745,000"
    ]


def test_a_relation_is_not_tried_before_its_figures_are_out(shipped: Ledger) -> None:
    early = shipped.proofs(as_of="2011-02-20")
    assert relation(early, "rare-earths", "break", "2011-01")["verdict"] == "not tried"
    late = shipped.proofs(as_of="2011-02-22")
    assert relation(late, "rare-earths", "break", "2011-01")["verdict"] == "proved"


# --- composition -------------------------------------------------------------------------------------


def magnets(tonnes: float, partner: str, month: str, **more: Any) -> dict[str, Any]:
    return print_of(
        tonnes * T, partner=partner, period=f"{month}-01", classification="GACC8-2025", commodity="85051110",
        stage="detail", **more,
    )  # fmt: skip


def test_who_appears_and_who_vanishes_is_told_with_the_share_that_is_known() -> None:
    """Magnets of November and December 2025 to the world, Japan and the States; then a made-up month."""
    rows = [
        magnets(6150, "WLD", "2025-11"),
        magnets(305, "JPN", "2025-11"),
        magnets(582, "USA", "2025-11"),
        magnets(5952, "WLD", "2025-12"),
        magnets(280, "JPN", "2025-12"),
        magnets(564, "USA", "2025-12"),
        magnets(2569, "EU27", "2025-12"),
        magnets(5000, "WLD", "2026-01"),
        magnets(500, "USA", "2026-01"),
        magnets(250, "VNM", "2026-01"),
    ]
    found = composition.changes(prints(*rows), definition("rare-earth-magnets"))
    shown = found.select("period", "previous", "name", "change", "value", "share_pct", "known_pct")
    january, december = dt.date(2026, 1, 1), dt.date(2025, 12, 1)
    assert shown.rows() == [
        (january, december, "VNM", "appeared", 250 * T, 5.0, 15.0),
        (january, december, "JPN", "vanished", 280 * T, 4.7, 15.0),
    ]


def test_a_code_that_vanishes_is_told() -> None:
    rows = [
        print_of(1 * T, classification="HTS10-2025", commodity="8505110050", period="2025-11-01"),
        print_of(2 * T, classification="HTS10-2025", commodity="8505110070", period="2025-11-01"),
        print_of(3 * T, classification="HTS10-2025", commodity="8505110070", period="2025-12-01"),
    ]
    found = composition.changes(prints(*rows), definition("rare-earth-magnets"))
    assert found.select("what", "name", "change").rows() == [("code", "8505110050", "vanished")]


def test_the_ledger_tells_that_germany_vanished_from_the_magnets_of_november_2025(shipped: Ledger) -> None:
    rows = shipped.composition("rare-earth-magnets").filter(pl.col("period") == dt.date(2025, 11, 1))
    assert rows.filter(pl.col("name") == "DEU").select("change", "share_pct", "known_pct").rows() == [
        ("vanished", 20.4, 14.4)
    ]
    assert shipped.composition("rare-earth-magnets", as_of="2010-01-01").is_empty()


# --- codes that change their numbers -----------------------------------------------------------------


def code(year: int, commodity: str, value: float = 5 * T, **changes: Any) -> dict[str, Any]:
    scheme = {"classification": f"CN{year}", "commodity": commodity, "period": f"{year}-01-01"}
    mine = {"reporter": "DEU", "flow": "import", "stage": "detail", "published": f"{year}-03-20"}
    return print_of(value, **{**scheme, **mine, "line": year + int(commodity) % 100, **changes})


SPLIT = [code(2022, "28053020"), code(2023, "28053021", 2 * T), code(2023, "28053029", 3 * T)]


def codes_proof(*rows: dict[str, Any]) -> dict[str, Any]:
    found = proofs.prove([facts.numbered(prints(*rows).collect())], registry())
    return relation(found, "rare-earth-metals", "codes", "CN2022 to CN2023")


def test_a_split_is_proved_where_both_years_are_held() -> None:
    row = codes_proof(*SPLIT)
    assert (row["verdict"], row["tried"], row["held"]) == ("proved", 3, 3)
    assert row["told"] == (
        "28053020, 28053030 and 28053021, 28053029, 28053031, 28053039 each stand in their own years only"
    )


def test_a_split_is_not_tried_where_one_year_is_held() -> None:
    assert codes_proof(*SPLIT[:1])["verdict"] == "not tried"
    other = code(2023, "28053021", reporter="FRA")
    assert codes_proof(SPLIT[0], other)["verdict"] == "not tried"


def test_a_code_printed_after_its_end_violates_the_concordance() -> None:
    row = codes_proof(*SPLIT, code(2023, "28053020"))
    assert (row["verdict"], row["held"], row["tried"]) == ("violated", 3, 4)
    assert row["told"] == "28053020 is printed in CN2023, where it is not a code"


def test_the_build_reads_the_codes_that_changed() -> None:
    read = proofs.commodities(registry())
    assert {"28053020", "28053021", "28469010", "28469040", "85051100"} <= set(read)
    assert "28053010" not in read  # the same in every year


def test_a_code_that_appears_or_vanishes_with_a_split_says_where_its_goods_are() -> None:
    rows = [code(2022, "28053020", period="2022-12-01"), *SPLIT[1:], code(2023, "28053010")]
    entry = definition("rare-earth-metals")
    china = prints(*(row | {"reporter": "CHN"} for row in rows))
    found = composition.changes(china, entry).filter(pl.col("what") == "code")
    assert dict(found.select("name", "told").iter_rows()) == {
        "28053010": "",
        "28053020": "in CN2023 its goods are in 28053021, 28053029",
        "28053021": "in CN2022 its goods are in 28053020 together with 28053029",
        "28053029": "in CN2022 its goods are in 28053020 together with 28053021",
    }
