"""Weights on the simplex are the best there are: no step from one series to another comes closer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonnage.analysis.simplex import closest


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(1, 40),
    count=st.integers(1, 30),
    scale=st.sampled_from([1e-6, 1.0, 1e6]),
    ridge=st.sampled_from([0.0, 1e-6, 0.3, 10.0]),
    intercept=st.booleans(),
)
def test_the_weights_are_the_minimum(
    seed: int, rows: int, count: int, scale: float, ridge: float, intercept: bool
) -> None:
    random = np.random.default_rng(seed)
    points = scale * (random.normal(size=(rows, count)) + random.normal(size=(rows, 1)))
    target = scale * random.normal(size=rows)
    weights = closest(points, target, ridge * scale**2, intercept=intercept)
    assert weights.min() >= 0
    assert weights.sum() == pytest.approx(1)
    away = points - target[:, None]
    if intercept:
        away = away - away.mean(axis=0)
    # of a convex function on a simplex: the slope is the same where there is weight, and nowhere lower
    slope = away.T @ (away @ weights) + ridge * scale**2 * weights
    size = scale**2 * max(rows, 1)
    assert slope.min() == pytest.approx(slope @ weights, abs=1e-6 * size)


def test_one_series_has_all_the_weight_and_equal_ones_share_it() -> None:
    assert closest(np.ones((5, 1)), np.zeros(5)).tolist() == [1.0]
    alike = np.tile(np.arange(5.0)[:, None], (1, 4))
    assert closest(alike, np.ones(5), 0.1) == pytest.approx([0.25] * 4)
