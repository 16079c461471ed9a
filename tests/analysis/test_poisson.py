"""The numbers under `impact`: Poisson likelihood, serial correlation, mixtures; and many tests at once."""

# ruff: noqa: N806 - matrices bear the capital letters of the method note

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
    made: Any, response: NDArray[np.float64], columns: NDArray[np.float64], point: int
) -> tuple[float, float]:
    """Return the average effect's expectation and variance by the formulas of generalised least squares."""
    calendar = (np.arange(54)[:, None] % 12 == np.arange(12)).astype(float)
    holiday = made.regressors[:, -3:]
    ratio = serial.SEASONAL[point // (len(serial.RHO) * len(serial.NOISE))]
    V = np.eye(54) + ratio * (calendar @ calendar.T + 4 * holiday @ holiday.T)
    V_inverse = np.linalg.inv(V[:48, :48])
    inverse = np.linalg.inv(columns[:48].T @ V_inverse @ columns[:48])
    b = inverse @ columns[:48].T @ V_inverse @ response
    residual = V_inverse @ (response - columns[:48] @ b)
    mean = made.forms[0] @ (columns[48:] @ b + V[48:, :48] @ residual)
    gap = made.forms[0] @ (columns[48:] - V[48:, :48] @ V_inverse @ columns[:48])
    unknown = V[48:, 48:] - V[48:, :48] @ V_inverse @ V[:48, 48:]
    return mean, made.forms[0] @ unknown @ made.forms[0] + gap @ inverse @ gap


@pytest.mark.parametrize("ratio", range(4))
def test_a_design_is_generalised_least_squares(ratio: int) -> None:
    """At rho 0 and no further noise, against matrices written down one by one."""
    made = serial.design(_shape())
    response = np.random.default_rng(4).standard_normal(48)
    point = ratio * len(serial.RHO) * len(serial.NOISE)
    mean, variance = _brute_force(made, response, made.regressors[:, :2], point)
    assert made.expected[point, 0] @ response == pytest.approx(mean)
    assert made.total[point, 0] == pytest.approx(variance)
    assert made.noise[point, 0] == pytest.approx(1 / 6)


def test_a_control_by_projection_is_a_control_in_the_regression() -> None:
    """Frisch, Waugh and Lovell: the shared design gives what one more column would."""
    made = serial.design(_shape())
    random = np.random.default_rng(4)
    control, response = random.standard_normal(54), random.standard_normal(48)
    using, alone, own = serial.predict_with(made, response, (control[:48], control[48:]))
    columns = np.column_stack([made.regressors[:, :2], control])
    mean, variance = _brute_force(made, response, columns, 0)
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
