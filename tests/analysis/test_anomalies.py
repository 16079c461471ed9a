"""What stands out is pointed at, never removed."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.figures import PRODUCTS, bulletin, flagged, month

from tonnage.analysis import series
from tonnage.analysis.anomalies import anomalies
from tonnage.errors import ParameterError


def test_the_licences_of_april_2025_stand_out_and_new_year_does_not() -> None:
    made = anomalies(bulletin(PRODUCTS)).table
    assert made.filter("unusual")["period"].to_list() == [month(f"2025-0{m}") for m in (4, 5, 6)]
    assert made.filter(pl.col("months") == 2)["unusual"].any() is False
    assert made["value"].sum() == sum(PRODUCTS)


def test_the_threshold_is_the_callers() -> None:
    assert anomalies(bulletin(PRODUCTS), threshold=100).unusual.is_empty()
    with pytest.raises(ParameterError, match="threshold=0"):
        anomalies(bulletin(PRODUCTS), threshold=0)


def test_what_cannot_be_scored_says_why() -> None:
    short = anomalies(bulletin([1.0, 0.0, 3.0, None])).table
    assert short["note"].to_list() == ["too few to compare", "too few to compare", "no number printed"]
    assert short["score"].null_count() == short.height
    odd = anomalies(flagged(bulletin([*PRODUCTS, 0.0, None]), "2025-12", "suspect")).table
    notes = dict(odd.select("period", "note").iter_rows())
    assert notes[month("2025-12")] == "suspect"
    assert notes[month("2026-08")] == "printed zero"
    assert notes[month("2026-09")] == "no number printed"


def test_levels_on_two_sides_of_a_break_are_not_neighbours() -> None:
    stepped = bulletin([(100 if i < 12 else 1000) * (1 + 0.1 * (i % 3)) for i in range(24)])
    assert not anomalies(stepped).unusual.is_empty()
    assert anomalies(flagged(stepped, "2025-01", "break")).unusual.is_empty()


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_no_figure_is_dropped_or_changed(values: list[int]) -> None:
    made = anomalies(bulletin(values)).table
    paired = series.pair_january_february(bulletin(values))
    assert made.select(paired.columns).equals(paired)
