"""The two families of an effect: Poisson (PPML) for series with zeros, logarithms for those without.

Both predict the months after the event from those before, with the errors of `serial`; both return the
average of the monthly effects, as the logarithm of observed over expected, with the interval of a mixture.
"""
# ruff: noqa: N803, N806 - matrices bear the capital letters of the method note

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tonnage.analysis import serial
from tonnage.analysis.serial import Design, Mixture, Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Estimate", "by_logarithm", "by_poisson", "design_of", "is_short", "pseudo_maximum_likelihood"]

# A control is one of two things: untouched by the event, or touched (diverted goods, a common cause), and
# then of no use. Both are fitted; the control's own move at the event shifts the weight between them.
_UNTOUCHED: Final = 0.9
_TOUCH: Final = 0.15

#: Prior width of a month's seasonal effect in the Poisson fit, log points; the mixture then finds its own.
_SEASONAL_WIDTH: Final = 0.3

# A sum of few shipments: its logarithm is too low on average, and none at all has no logarithm. A third of a
# shipment (variance over mean) is added to the sum: by that much the median of a Poisson count, which is what
# a symmetric interval needs, lies below its mean.
_CONTINUITY: Final = 1 / 3

# Where an effect leaves fewer shipments, noise grows relative to their mean: between not at all (smaller
# shipments) and in inverse proportion (fewer shipments of the same size). It is bounded this far below the
# estimate, or the lower end of an interval would often be minus infinity.
_GROWTH: Final = 1.0
_BOUND: Final = 1.0

# The working response is a straight line through the likelihood's maximum, and holds near it only: a month
# of twenty times what was expected is cut to that, and no prediction is moved by more than a factor of 150.
_OUTLIER: Final = 20.0
_FURTHEST: Final = 5.0

_TWICE: Final = 24
_ROUNDS: Final = 40
_CONVERGED: Final = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """Effects in logarithms of observed over expected; arrays have one entry a row apart.

    Attributes:
        effect: average effect; `low` to `high` its interval, minus infinity where nothing was shipped.
        p_value: of no effect, two-sided.
        spread: half widths below and above the estimate, of what would have been shipped with no effect.
        expected: tonnes that would have been shipped, by row; `lows` to `highs` bound observed over expected.
        response: (n + a,) what was regressed, for placebos: logarithms, or shares of the expected.
        point: the likeliest (rho, noise).
        moved: the control's own log effect at the event, and its p-value.
    """

    effect: float
    low: float
    high: float
    p_value: float
    spread: tuple[float, float]
    expected: Array
    lows: Array
    highs: Array
    response: Array
    point: tuple[float, float]
    moved: tuple[float, float] | None


def by_logarithm(shape: Shape, tonnes: Array, control: Array | None, level: float) -> Estimate:
    """Return the effect on the logarithms: the more robust family where no month is zero.

    Args:
        shape: n rows before, a rows apart.
        tonnes: (n + a,) positive, of the whole row.
        control: (n + a,) logarithm of the control's tonnes.
        level: of the interval, such as 0.95.
    """
    import numpy as np

    made = design_of(shape)
    months = _months(shape)
    observed = np.log(tonnes / months)
    correction = _curvature(made, observed, months)
    response = observed - correction
    n = len(shape.before)
    mixture, moved = _with_control(made, response[:n], control, n)
    location = made.forms @ response[n:] - mixture.mean
    rows = _rows(mixture, location[:, 1:], np.zeros(len(shape.apart), dtype=bool), 0.0, level)
    expected = np.exp(observed[n:] - rows[0]) * months[n:]
    found = _estimate(mixture, location[:, 0], 0.0, level, False)
    return Estimate(**found, expected=expected, lows=rows[1], highs=rows[2], response=response, moved=moved)


def by_poisson(shape: Shape, tonnes: Array, control: Array | None, level: float) -> Estimate:
    """Return the effect by Poisson pseudo maximum likelihood, then GLS of its working response.

    Zeros enter as they are. The average effect is that of the sum over the months, so that a month without
    a shipment has no logarithm to lose. Arguments as in `by_logarithm`; tonnes may be zero.

    Source: Santos Silva and Tenreyro, The Log of Gravity (2006), for the estimator.
    """
    import numpy as np

    made = design_of(shape)
    months, n = _months(shape), len(shape.before)
    scale = float(tonnes[:n].sum() / months[:n].sum())
    y = tonnes / months / scale
    coefficients = _lumpy_fit(made, y[:n], control)
    monthly, X = _columns(made, control)
    mean = made.averaging @ np.exp(monthly @ coefficients)
    linear = X @ coefficients
    response = np.minimum(y[:n] / mean[:n] - 1, _OUTLIER) + linear[:n]
    mixture, moved = _with_control(made, response, control, n)
    base = np.concatenate([[np.log(made.forms[0] @ mean[n:])], np.log(mean[n:])])
    log_expected = np.clip(mixture.mean - made.forms @ linear[n:], -_FURTHEST, _FURTHEST) + base
    noise = mixture.scale[:, None] * mixture.noise
    seen = np.log(made.forms @ y[n:] + _CONTINUITY * noise * np.exp(log_expected))
    # the mean expected is without bias, so its logarithm is too low by half the variance it has
    location = seen - log_expected - (mixture.scale[:, None] * mixture.total - noise) / 2
    nothing = made.forms @ y[n:] == 0
    rows = _rows(mixture, location[:, 1:], nothing[1:], _GROWTH, level)
    expected = np.exp(mixture.weight @ log_expected[:, 1:]) * months[n:] * scale
    relative = y / mean - 1 + linear
    found = _estimate(mixture, location[:, 0], _GROWTH, level, bool(nothing[0]))
    return Estimate(**found, expected=expected, lows=rows[1], highs=rows[2], response=relative, moved=moved)


def design_of(shape: Shape) -> Design:
    """Return the design both families use: the trend is free where two years or more are known."""
    return serial.design(shape, 1 if is_short(shape) else 2)


def is_short(shape: Shape) -> bool:
    """Whether the rows before cover less than every calendar month twice, so that no season can be learnt."""
    return sum(months for _, months in shape.before) < _TWICE


def pseudo_maximum_likelihood(
    X: Array, y: Array, penalty: Array, averaging: Array | None = None, start: Array | None = None
) -> Array:
    """Return the coefficients b of E[y] = averaging @ exp(X b), by Newton steps on the Poisson likelihood.

    Args:
        X: (m, p) regressors by month.
        y: (n,) not negative, not all zero, of mean near 1.
        penalty: (p,) inverse prior variances; 0 leaves a coefficient free.
        averaging: (n, m) which months a row is the mean of; by default each is a row.
        start: (p,) where to begin; by default at the mean.
    """
    import numpy as np

    b = np.zeros(X.shape[1])
    b[0] = np.log(y.mean())
    b = b if start is None else start
    for _ in range(_ROUNDS):
        each = np.exp(np.clip(X @ b, -30, 30))
        mean, slopes = each, X * each[:, None]
        if averaging is not None:
            mean, slopes = averaging @ each, averaging @ slopes
        gradient = slopes.T @ (y / mean - 1) - penalty * b
        # the expected information, not the observed one: it stays positive with rows of two months
        information = slopes.T @ (slopes / mean[:, None]) + np.diag(penalty)
        step = np.linalg.solve(information, gradient)
        largest = float(abs(X @ step).max())
        b = b + step * min(1.0, 2.0 / max(largest, 1e-300))
        if largest < _CONVERGED:
            break
    return b


def _lumpy_fit(made: Design, y: Array, control: Array | None) -> Array:
    """Return the coefficients, the seasonal pattern held to its prior width."""
    import numpy as np

    n = len(y)
    monthly, _ = _columns(made, control)
    averaging = made.averaging[:n]
    used = averaging.any(axis=0)
    # with no row of two months the averaging is the identity, and the shorter way is taken
    plain = averaging.shape[0] == int(used.sum())
    kept = None if plain else averaging[:, used]
    dispersion = 0.6
    b = np.concatenate([[np.log(y.mean())], np.zeros(monthly.shape[1] - 1)])
    for _ in range(2):
        # a prior of log points against a likelihood that counts in shipments; never wholly free, for a
        # calendar month that never had a shipment has no finite coefficient
        weight = float(np.clip(dispersion / _SEASONAL_WIDTH**2, 0.02, 20.0))
        penalty = np.array([1e-6, 1e-4] + [weight] * 11 + [weight / 4] * 3 + [1e-3] * (monthly.shape[1] - 16))
        b = pseudo_maximum_likelihood(monthly[used], y, penalty, kept, b)
        mean = averaging @ np.exp(np.clip(monthly @ b, -30, 30))
        dispersion = float(((y - mean) ** 2 / mean).mean())
    return b


def _columns(made: Design, control: Array | None) -> tuple[Array, Array]:
    """Return regressors by month and by row, with the control where there is one."""
    import numpy as np

    if control is None:
        return made.monthly, made.regressors
    owner = made.averaging.argmax(axis=0)
    monthly = np.column_stack([made.monthly, control[owner]])
    return monthly, np.column_stack([made.regressors, control])


def _with_control(
    made: Design, response: Array, control: Array | None, n: int
) -> tuple[Mixture, tuple[float, float] | None]:
    """Return the mixture over both readings of a control, and the control's own move with its p-value."""
    import numpy as np

    if control is None:
        return serial.predict(made, response), None
    using, alone, own = serial.predict_with(made, response, (control[:n], control[n:]))
    move = made.forms[0] @ control[n:] - own.mean[:, 0]
    spread = own.scale * own.total[:, 0]
    shift, variance = _moments(own, move, spread)
    touched = variance + _TOUCH**2
    odds = np.sqrt(variance / touched) * math.exp(
        min(float(0.5 * shift**2 * (1 / variance - 1 / touched)), 500.0)
    )
    trusted = _UNTOUCHED / (_UNTOUCHED + (1 - _UNTOUCHED) * odds)
    below = serial.tail(own, move, _root(spread), 0.0)
    return serial.mixed(using, alone, float(trusted)), (float(shift), 2 * min(below, 1 - below))


def _curvature(made: Design, observed: Array, months: Array) -> Array:
    """Return log of the mean less mean of the logs, of the months in each row: zero for rows of one month."""
    import numpy as np

    if (months == 1).all():
        return np.zeros(len(observed))
    n = made.residual.shape[1]
    correction = np.zeros(len(observed))
    for _ in range(3):
        b, *_ = np.linalg.lstsq(made.regressors[:n], (observed - correction)[:n], rcond=1e-8)
        each = made.monthly @ b
        correction = np.log(made.averaging @ np.exp(each)) - made.averaging @ each
    return correction


def _months(shape: Shape) -> Array:
    import numpy as np

    return np.array([float(months) for _, months in (*shape.before, *shape.apart)])


def _root(values: Array) -> Array:
    import numpy as np

    result: Array = np.sqrt(np.maximum(values, 1e-24))
    return result


def _moments(mixture: Mixture, location: Array, variance: Array) -> tuple[Array, Array]:
    """Return mean and variance of a mixture, of one form (c,) or several (c, f)."""
    mean = mixture.weight @ location
    return mean, mixture.weight @ (variance + (location - mean) ** 2)


def _rows(
    mixture: Mixture, location: Array, nothing: Array, growth: float, level: float
) -> tuple[Array, Array, Array]:
    """Return effect, low and high of each row, from the mixture's mean and variance."""
    import numpy as np

    noise = mixture.scale[:, None] * mixture.noise[:, 1:]
    fitted = mixture.scale[:, None] * mixture.total[:, 1:] - noise
    mean = mixture.weight @ location
    grown = fitted + noise * np.exp(-growth * np.clip(mean, -20, 0))
    _, variance = _moments(mixture, location, grown)
    half = _half_width(mixture, variance, level)
    return mean, np.where(nothing, -np.inf, mean - half), mean + half


def _half_width(mixture: Mixture, variance: Any, level: float) -> Any:
    """Return half the interval of one t distribution that has the mixture's variance."""
    from scipy.special import stdtrit

    return stdtrit(mixture.degrees.min(), (1 + level) / 2) * _root(variance)


def _estimate(
    mixture: Mixture, location: Array, growth: float, level: float, nothing: bool
) -> dict[str, Any]:
    """Return the average effect; test and interval are one pivot, whose noise may grow with the effect."""
    import numpy as np

    noise = mixture.scale * mixture.noise[:, 0]
    fitted = mixture.scale * mixture.total[:, 0] - noise
    effect = float(mixture.weight @ location)
    plain = _root(fitted + noise)

    def spread(supposed: float) -> Array:
        depth = min(max(supposed, effect - _BOUND), 0.0)
        return _root(fitted + noise * np.exp(-growth * depth)) if growth else plain

    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = (serial.quantile(mixture, location, spread, t) for t in tails)
    half = _half_width(mixture, _moments(mixture, location, plain**2)[1], level)
    below = serial.tail(mixture, location, plain, 0.0)
    return {
        "effect": effect,
        "low": -np.inf if nothing else low,
        "high": high,
        "p_value": 2 * min(below, 1 - below),
        "spread": (half, half) if growth else (effect - low, high - effect),
        "point": mixture.best,
    }
