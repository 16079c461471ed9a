"""A control by name: the right figures of the right day, and never goods of the series itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import tonnage as tn
from tonnage.errors import ParameterError

DAY = dt.date(2026, 1, 20)


@pytest.fixture
def shipped(workspace: Path) -> tn.Ledger:
    return tn.open(workspace / "data")


@pytest.fixture
def products(shipped: tn.Ledger) -> pl.DataFrame:
    return shipped.series("rare-earth-products", as_of=DAY, unit="t")


def test_a_definition_is_the_control_as_known_on_the_day_of_the_series(
    shipped: tn.Ledger, products: pl.DataFrame
) -> None:
    named = tn.impact(products, "2025-04-04", "rare-earths", ledger=shipped)
    newest = products["published"].max()
    assert isinstance(newest, dt.date)
    frame = shipped.series("rare-earths", as_of=newest, unit="t")
    given = tn.impact(products, "2025-04-04", frame)
    assert (named.effect_pct, named.p_value) == (given.effect_pct, given.p_value)
    assert named.receipts == given.receipts
    assert f"the control is rare-earths to WLD as known on {newest}" in named.warnings


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("rare-earths-and-products", "share some"),
        ("rare-earth-products", "share some"),
        ("JPN", "a partner whose goods are not in the series"),
        ("tungsten-product", "expected a definition or a country"),
    ],
)
def test_goods_of_the_series_and_unknown_names_are_refused(
    shipped: tn.Ledger, products: pl.DataFrame, name: str, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        tn.impact(products, "2025-04-04", name, ledger=shipped)


def test_a_plain_frame_has_no_control_by_name(shipped: tn.Ledger, products: pl.DataFrame) -> None:
    with pytest.raises(ParameterError, match="give the control as a frame"):
        tn.impact(products.select("period", "value"), "2025-04-04", "rare-earths", ledger=shipped)
