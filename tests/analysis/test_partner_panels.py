"""The panels have the effect that was planted in them, and nothing else changes with it."""

from __future__ import annotations

import polars as pl
import pytest

from tonnage.analysis.partner_panels import PARTNER_KINDS, partner_panel
from tonnage.errors import ParameterError


@pytest.mark.parametrize("kind", PARTNER_KINDS)
def test_only_the_treated_months_differ(kind: str) -> None:
    quiet, struck = (partner_panel(kind, 3, effect, donors=10) for effect in (0.0, -40.0))
    assert quiet.series.equals(partner_panel(kind, 3, donors=10).series)
    assert quiet.series["partner"].n_unique() == 11
    both = quiet.series.join(struck.series, on=["partner", "period"], suffix="_struck")
    moved = both.filter(pl.col("value") != pl.col("value_struck"))
    takers = {"P01", "P02"} if kind == "spill" else set()
    assert set(moved["partner"].to_list()) <= {"P00"} | takers
    assert not moved.filter(pl.col("period") < struck.event).height
    own = moved.filter(pl.col("partner") == "P00")
    if kind == "lumpy":
        assert own["value_struck"].sum() < own["value"].sum()
    else:
        assert (own["value_struck"] / own["value"]).to_list() == pytest.approx([0.6] * 6)


def test_lumpy_partners_have_months_without_a_shipment() -> None:
    values = partner_panel("lumpy", 1, donors=30).series["value"].to_list()
    assert 0.01 < values.count(0.0) / len(values) < 0.15


@pytest.mark.parametrize(
    ("kind", "options"), [("alikes", {}), ("alike", {"effect_pct": -100.0}), ("alike", {"donors": 0})]
)
def test_impossible_panels_are_refused(kind: str, options: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="expected"):
        partner_panel(kind, 1, **options)  # type: ignore[arg-type]
