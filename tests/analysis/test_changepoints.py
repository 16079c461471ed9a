"""Change points: planted ones are found, quiet series have none, and the search is the exact one."""

from __future__ import annotations

import datetime as dt
import math
import random

import polars as pl
import pytest
from tests import extras
from tests.analysis import figures

from tonnage.analysis import changepoints as module
from tonnage.analysis.changepoints import changepoints, shifts
from tonnage.errors import NoDataError, ParameterError


def noise(seed: int, size: int, rho: float = 0.0, spread: float = 0.15) -> list[float]:
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    found, last = [], 0.0
    for _ in range(size):
        last = rho * last + draw.gauss(0, 1)
        found.append(spread * last)
    return found


def test_the_spring_of_2025_is_found_without_being_told() -> None:
    found = changepoints(figures.bulletin(figures.PRODUCTS))
    assert [p.period for p in found.points] == [dt.date(2025, 4, 1), dt.date(2025, 7, 1)]
    assert found.points[0].change_pct == pytest.approx(-38, abs=3)
    assert all(p.strength > 1 for p in found.points)
    assert found.to_frame().height == 2


def test_a_step_is_found_at_its_month_in_half_of_all_noise_and_within_two_months_in_all() -> None:
    months = figures.months("2018-01", 60)
    at = [
        changepoints(
            figures.frame(months, [1000 * math.exp(v - 0.5 * (i >= 36)) for i, v in enumerate(noise(s, 60))])
        )
        for s in range(10)
    ]
    distance = [min(abs((p.period.year - 2021) * 12 + p.period.month - 1) for p in f.points) for f in at]
    assert max(distance) <= 2
    assert sum(d == 0 for d in distance) >= 5


@pytest.mark.parametrize(("rho", "most"), [(0.0, 2), (0.3, 4)])
def test_quiet_series_have_none(rho: float, most: int) -> None:
    """40 series of 60 values: at most one in twenty, and one in ten with serial correlation of 0.3."""
    assert sum(bool(shifts(noise(seed, 60, rho))) for seed in range(40)) <= most


def test_one_odd_month_is_no_new_level() -> None:
    values = noise(1, 60)
    values[30] -= 5
    assert shifts(values) == ()


def test_the_search_is_exact() -> None:
    """The same answer as ruptures' PELT, a published implementation, where it is installed."""
    ruptures = extras.load("ruptures")
    import numpy as np

    for seed in range(5):
        values = [v + 0.2 * (i > 20) for i, v in enumerate(noise(seed, 45))]
        theirs = ruptures.Pelt(model="l1", min_size=module.LEAST, jump=1).fit(np.array(values)[:, None])
        for penalty in (0.3, 0.8, 2.0):
            ours = module._best(module._costs(values), penalty)
            assert ours == tuple(theirs.predict(pen=penalty)[:-1])


def test_a_printed_pair_is_one_observation() -> None:
    singles = figures.bulletin(figures.PRODUCTS)
    pair = pl.concat(
        [
            singles.filter(pl.col("period").dt.year() < 2026).with_columns(
                pl.lit(1, dtype=pl.Int8).alias("months"), pl.lit([], dtype=pl.List(pl.String)).alias("flags")
            ),
            figures.together(2026, 12277.0).select("period", "value", "unit", "months", "flags"),
        ]
    )
    found = changepoints(pair)
    assert found.n == 23
    assert found.last == dt.date(2026, 2, 1)


def test_gaps_are_told() -> None:
    found = changepoints(figures.without(figures.bulletin(figures.PRODUCTS), "2025-10"))
    assert "Months without a figure: 1" in found.assumptions[-1]


def test_sentences_never_say_why() -> None:
    found = changepoints(figures.bulletin(figures.PRODUCTS))
    assert found.sentence().endswith("The figures do not say why.")
    assert "2025年4月" in found.sentence("zh")
    assert "2025年4月" in found.sentence("ja")
    quiet = changepoints(figures.frame(figures.months("2018-01", 24), [1000 + v for v in noise(0, 24)]))
    assert quiet.points == ()
    assert "No change of level can be told in 22 observations" in quiet.sentence()
    with pytest.raises(ParameterError):
        found.sentence("fr")


def test_too_short_and_not_finite_are_refused() -> None:
    with pytest.raises(NoDataError, match="at least 12"):
        changepoints(figures.bulletin(figures.PRODUCTS[:8]))
    with pytest.raises(NoDataError, match="at least 12"):
        shifts([1.0, 2.0])
    with pytest.raises(ParameterError, match="finite"):
        shifts([float("nan")] * 20)


def test_the_same_series_gives_the_same_result() -> None:
    series = figures.bulletin(figures.PRODUCTS)
    assert changepoints(series) == changepoints(series.sample(fraction=1.0, shuffle=True, seed=1))
