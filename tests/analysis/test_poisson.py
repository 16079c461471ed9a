"""The numbers under `impact`: Poisson likelihood, serial correlation, mixtures; and many tests at once."""

# ruff: noqa: N803, N806 - matrices bear the capital letters of the method note

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tonnage.analysis import multiplicity, poisson, serial
from tonnage.analysis.serial import Shape
from tonnage.errors import ParameterError

FIRST = 12 * 2020


def _shape(before: int = 48, after: int = 6) -> Shape:
    rows = tuple((FIRST + t, 1) for t in range(before + after))
    return Shape(rows[:before], rows[before:], (1 / after,) * after)


def _series(seed: int, size: int) -> NDArray[np.float64]:
    return 1000 * np.exp(0.2 * np.random.default_rng(seed).standard_normal(size))


def test_poisson_coefficients_meet_the_first_order_condition() -> None:
    random = np.random.default_rng(1)
    x = np.column_stack([np.ones(4000), random.standard_normal((4000, 2))])
    y = random.poisson(np.exp(x @ [0.3, 0.5, -0.2])).astype(float)
    b = poisson.pseudo_maximum_likelihood(x, y, np.zeros(3))
    assert np.allclose(x.T @ (y - np.exp(x @ b)), 0, atol=1e-6)
    assert b == pytest.approx([0.3, 0.5, -0.2], abs=0.05)


def test_poisson_of_two_month_rows_finds_the_monthly_coefficients() -> None:
    random = np.random.default_rng(3)
    x = np.column_stack([np.ones(120), random.standard_normal(120)])
    monthly = np.exp(x @ [0.0, 0.4])
    pairs = np.kron(np.eye(60), np.full((1, 2), 0.5))
    b = poisson.pseudo_maximum_likelihood(x, pairs @ monthly, np.zeros(2), pairs)
    assert b == pytest.approx([0.0, 0.4], abs=1e-6)


def _brute_force(
    made: Any, response: NDArray[np.float64], columns: NDArray[np.float64], V: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the average effect's expectation and variance by the formulas of generalised least squares."""
    n = len(response)
    V_inverse = np.linalg.inv(V[:n, :n])
    inverse = np.linalg.inv(columns[:n].T @ V_inverse @ columns[:n])
    b = inverse @ columns[:n].T @ V_inverse @ response
    residual = V_inverse @ (response - columns[:n] @ b)
    mean = made.forms[0] @ (columns[n:] @ b + V[n:, :n] @ residual)
    gap = made.forms[0] @ (columns[n:] - V[n:, :n] @ V_inverse @ columns[:n])
    unknown = V[n:, n:] - V[n:, :n] @ V_inverse @ V[:n, n:]
    return mean, made.forms[0] @ unknown @ made.forms[0] + gap @ inverse @ gap


def _independent(made: Any, ratio: int) -> NDArray[np.float64]:
    """Return the covariance at rho 0 and no further noise."""
    size = len(made.regressors)
    calendar = (np.arange(size)[:, None] % 12 == np.arange(12)).astype(float)
    holiday = made.regressors[:, -3:]
    loose: NDArray[np.float64] = calendar @ calendar.T + 4 * holiday @ holiday.T
    return np.eye(size) + serial.SEASONAL[ratio] * loose


@pytest.mark.parametrize("ratio", range(4))
@pytest.mark.parametrize("before", [48, 99])
def test_a_design_is_generalised_least_squares(ratio: int, before: int) -> None:
    """At rho 0 and no further noise, against matrices written down one by one."""
    made = serial.design(_shape(before))
    response = np.random.default_rng(4).standard_normal(before)
    point = ratio * len(serial.RHO) * len(serial.NOISE)
    mean, variance = _brute_force(made, response, made.regressors[:, :2], _independent(made, ratio))
    assert made.expected[point, 0] @ response == pytest.approx(mean)
    assert made.total[point, 0] == pytest.approx(variance)
    assert made.noise[point, 0] == pytest.approx(1 / 6)


def _wandering(made: Any, rho: float, ratio: int) -> tuple[NDArray[np.float64], int]:
    """Return the covariance near a random walk, with no further noise, and its place in the grid."""
    size = len(made.regressors)
    V = serial.SEASONAL[ratio] * 4 * made.regressors[:, -3:] @ made.regressors[:, -3:].T
    for s in range(size):
        for t in range(size):
            # a slope drawn anew in month u has bent month t by t - u + 1 of it
            bent = sum((s - u + 1) * (t - u + 1) for u in range(min(s, t) + 1))
            V[s, t] += rho ** abs(s - t) + 0.002 * (1 - rho**2) * bent
            V[s, t] += serial.SEASONAL[ratio] * 0.99 ** (abs(s - t) / 12) * (s % 12 == t % 12)
    return V, (ratio * len(serial.RHO) + serial.RHO.index(rho)) * len(serial.NOISE)


def test_near_a_random_walk_season_and_slope_wander() -> None:
    made = serial.design(_shape())
    V, point = _wandering(made, 0.98, 2)
    response = np.random.default_rng(8).standard_normal(48).cumsum()
    mean, variance = _brute_force(made, response, made.regressors[:, :2], V)
    assert made.expected[point, 0] @ response == pytest.approx(mean)
    assert made.total[point, 0] == pytest.approx(variance)


def test_with_less_than_two_years_a_wandering_level_is_allowed_more() -> None:
    made = serial.design(_shape(18), 1)
    V, point = _wandering(made, 0.98, 2)
    trend = made.regressors[:, 1:2]
    V += serial.SEASONAL[2] * trend @ trend.T
    mean, variance = _brute_force(made, np.ones(18), made.regressors[:, :1], V)
    assert mean == pytest.approx(1)
    assert made.total[point, 0] == pytest.approx(1.3 * variance)


def test_a_control_by_projection_is_a_control_in_the_regression() -> None:
    """Frisch, Waugh and Lovell: the shared design gives what one more column would."""
    made = serial.design(_shape())
    random = np.random.default_rng(4)
    control, response = random.standard_normal(54), random.standard_normal(48)
    using, alone, own = serial.predict_with(made, response, (control[:48], control[48:]))
    columns = np.column_stack([made.regressors[:, :2], control])
    mean, variance = _brute_force(made, response, columns, _independent(made, 0))
    assert abs(using.mean[:, 0] - mean).min() == pytest.approx(0, abs=1e-9)
    assert abs(using.total[:, 0] - variance).min() == pytest.approx(0, abs=1e-9)
    assert (using.degrees == 45).all()
    assert (alone.degrees == 46).all()
    assert own.mean.shape[1] == 7


def test_what_is_free_is_followed_exactly() -> None:
    made = serial.design(_shape())
    straight = made.regressors[:, :2] @ [3.0, -0.5]
    assert np.allclose(made.expected @ straight[:48], made.forms @ straight[48:])
    assert np.allclose(made.residual @ straight[:48], 0, atol=1e-8)


def test_weights_sum_to_one_and_follow_the_correlation() -> None:
    made, random = serial.design(_shape()), np.random.default_rng(5)
    shocks = random.standard_normal(48)
    quiet, walk = serial.predict(made, shocks), serial.predict(made, shocks.cumsum())
    assert quiet.weight.sum() == pytest.approx(1)
    assert walk.best[0] > 0.9
    assert walk.best[1] <= 0.5
    # noise is a low rho, or any rho drowned in noise
    assert quiet.best[0] <= 0.45 or quiet.best[1] >= 8


def test_a_quantile_is_the_inverse_of_the_tail() -> None:
    mixture = serial.predict(serial.design(_shape()), _series(6, 48))
    location, spread = mixture.mean[:, 0], np.sqrt(mixture.scale * mixture.total[:, 0])
    for below in (0.025, 0.5, 0.975):
        at = serial.quantile(mixture, location, lambda _: spread, below)
        assert serial.tail(mixture, location, spread, at) == pytest.approx(below, abs=1e-7)


def test_whitened_rows_do_not_look_ahead() -> None:
    shape, columns = _shape(), np.random.default_rng(7).standard_normal((54, 2))
    later = columns.copy()
    later[30:] += 5
    one, other = (serial.whitened(shape, c, (0.6, 0.5)) for c in (columns, later))
    assert np.array_equal(one[:30], other[:30])


def test_whitened_rows_are_those_of_the_cholesky_factor() -> None:
    shape, columns = _shape(124), np.random.default_rng(7).standard_normal((130, 2))
    lag = abs(np.arange(130)[:, None] - np.arange(130))
    factor = np.linalg.cholesky(0.6**lag / (1 - 0.6**2) + 0.5 * np.eye(130))
    assert np.allclose(factor @ serial.whitened(shape, columns, (0.6, 0.5)), columns)


def test_holm_and_benjamini_hochberg_as_published() -> None:
    """Holm's own order, and the fifteen p-values of Benjamini and Hochberg (1995), section 3.2."""
    published = (
        *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
        *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0),
    )
    assert sum(p <= 0.05 for p in multiplicity.benjamini_hochberg(published)) == 4
    assert sum(p <= 0.05 for p in multiplicity.holm(published)) == 3
    assert multiplicity.holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert multiplicity.holm([]) == []


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_p_value_is_refused(wrong: float) -> None:
    with pytest.raises(ParameterError, match="from 0 to 1"):
        multiplicity.holm([0.1, wrong])


def test_a_rank_has_a_floor() -> None:
    assert multiplicity.rank_p_value(-9.0, [0.1, -0.4, 1.2]) == 1 / 4
    assert multiplicity.rank_p_value(0.2, {"DEU": 0.1, "USA": -0.4, "KOR": 1.2}) == 3 / 4
    with pytest.raises(ParameterError, match="at least one unit"):
        multiplicity.rank_p_value(1.0, [])
