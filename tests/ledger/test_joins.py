"""Figures side by side, with printed numbers."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.build_rows import print_of, prints

from tonnage.ledger import facts, joins, vintages
from tonnage.ledger.ledger import Ledger
from tonnage.model.definitions import definition, registry

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


def test_partners_are_added_up_beside_the_printed_world_total() -> None:
    """Magnets of December 2025: 5,952 t, of which 280 t to Japan."""
    rows = prints(
        print_of(5952 * T),
        print_of(280 * T, partner="JPN"),
        print_of(564 * T, partner="USA"),
        print_of(2569 * T, partner="EU27"),
        print_of(None, partner="KOR"),
        print_of(305 * T, partner="JPN", period="2025-11-01"),
    )
    found = joins.partners(rows).collect()
    assert found.columns == list(joins.PARTNERS)
    assert found.select("value", "added", "terms", "residual").rows() == [(5952 * T, 844 * T, 2, -5108 * T)]


def test_products_are_the_parent_line_less_its_child_of_one_bulletin(shipped: Ledger) -> None:
    """6,745 = 11,137 - 4,392; 11,136 t of the flash is no part of it."""
    december = {"period": dt.date(2025, 12, 1), "months": 1, "unit": "kg"}
    rows = joins.within(shipped.prints(), "rare-earths", "rare-earths-and-products").filter(**december)
    assert rows.select("value", "whole", "residual").collect().rows() == [(4392 * T, 11137 * T, 6745 * T)]
    products = joins.series(shipped.prints(), "rare-earth-products").filter(**december).collect()
    assert products["value"].to_list() == [6745 * T]


@pytest.mark.parametrize("name", ["rare-earths", "rare-earth-products", "rare-earth-magnets"])
def test_a_series_on_any_engine_has_the_figures_that_a_check_is_about(shipped: Ledger, name: str) -> None:
    day = dt.date(2026, 1, 20)
    own = facts.figures(
        facts.numbered(shipped.prints().collect()), facts.closure([definition(name)], registry()), day
    )
    own = own.filter(pl.col("definition") == name)
    found = joins.series(shipped.prints(), name, day).with_columns(pl.col("flow").cast(pl.String)).collect()
    assert_frame_equal(found, own.select(joins.SERIES), check_row_order=False, check_dtypes=False)


@pytest.mark.parametrize("identity", [joins.STAGES, joins.PUBLISHERS])
def test_prints_that_a_check_finds_apart_are_apart_on_any_engine(shipped: Ledger, identity: str) -> None:
    odd = (
        shipped.check(identities=[joins.PUBLISHERS]).filter(identity=identity).filter(pl.col("residual") != 0)
    )
    found = joins.apart(shipped.prints()).filter(pl.col("between") == identity)
    pairs = ["unit", "period", "months", "expected", "found"]
    both = found.select(*pairs[:3], expected="counts", found="value").collect().unique()
    assert odd.height
    assert both.sort(pairs).rows() == odd.select(pairs).unique().sort(pairs).rows()


def test_sums_that_a_check_finds_are_found_on_any_engine(shipped: Ledger) -> None:
    """Of lines that are printed as they are; a check adds receipts, tolerances and verdicts."""
    lines = {code: e.id for e in registry().values() for code in e.codes.get("GACC-lines", ())}
    world = joins.totals(shipped.flows()).filter(pl.col("unit") == "kg", pl.col("partner") == "WLD").collect()
    named = world.with_columns(definition=pl.col("commodity").replace_strict(lines, default=None))
    months = shipped.check(identities=["months against year to date"]).filter(
        pl.col("definition").is_in(lines.values())
    )
    columns = ["definition", "period", "months", "residual"]
    own = named.filter(pl.col("definition").is_in(months["definition"].unique().implode()))
    assert own.height
    assert own.select(columns).sort(columns).rows() == months.select(columns).sort(columns).rows()
    part, whole = "rare-earth-magnets", "rare-earth-products"
    parts = shipped.check(identities=["part within whole"]).filter(pl.col("definition") == part)
    inside = joins.within(shipped.prints(), part, whole).filter(
        pl.col("partner") == "WLD", pl.col("unit") == "kg"
    )
    assert inside.collect().height == parts.height > 0
    spans = ["unit", "period", "months", "expected"]
    beside = joins.partners(shipped.flows()).rename({"value": "expected"}).select(spans).collect()
    world = shipped.check(identities=["partners within world"]).select(spans)
    assert beside.unique().sort(spans).rows() == world.unique().sort(spans).rows()
