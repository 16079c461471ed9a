"""Regression with serial correlation that is averaged over, not chosen.

The errors are V = AR1(rho) + noise. Every (rho, noise) of a fixed grid is fitted by generalised least
squares on the months before the event, weighted by its restricted likelihood, and the months after are
predicted: effects follow a mixture of t distributions. Nothing is drawn at random. What depends on the
calendar alone (factors of V, projections) is computed once per shape of the panel and shared by all series
of that shape.
"""
# ruff: noqa: N803, N806 - matrices bear the capital letters of the method note

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tonnage.analysis import newyear

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = [
    "Design",
    "Mixture",
    "Shape",
    "design",
    "first_coefficient",
    "mixed",
    "predict",
    "predict_with",
    "quantile",
    "tail",
    "whitened",
]

#: Grid of the serial correlation, and of the variance of the noise over that of the AR1's innovations.
RHO: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98, 0.995)
NOISE: Final = (0.0, 0.5, 2.0, 8.0, 32.0)

# Prior weights of the grid: a series is either mildly correlated or close to a random walk, seldom between.
# A flat prior loses a tenth of the power on stationary series and still undercovers random walks, whose rho
# the restricted likelihood of 54 months pulls down. docs/method/calibration.md holds what this attains.
_STATIONARY: Final = (0.30, 0.30, 0.10, 0.20, 0.10)
_PERSISTENT: Final = (0.60, 0.15, 0.05, 0.05, 0.15)
_BY_RHO: Final = (1.0, 1.0, 1.0, 1.0, 0.2, 0.2, 0.2, 0.2, 0.75, 1.0, 0.75)

#: Prior variance of a month's seasonal effect (and of a year's trend, if not free) over that of the noise.
SEASONAL: Final = (0.03, 0.25, 2.0, 20.0)
#: Where the level wanders (rho from here on) the season wanders too: correlation of a month's effect with
#: that of a year before. A season held still makes the intervals of an airline model too narrow; one that is
#: much less sure of next year than of this is pulled to nought, and does so too.
_WANDERING: Final = 0.6
_YEAR_TO_YEAR: Final = 0.99
#: Near a random walk the slope wanders as well: the variance of its monthly change over that of the level's.
_LOCAL: Final = 0.94
_SLOPE: Final = 0.002
#: Where the trend is not free (less than two years before) how far a level wanders is hardly seen: the
#: variance of its predictions is this many times what the fit says.
_UNSEEN: Final = 1.3
#: The holiday regressors span about half of what a month dummy does: their prior is twice as wide.
_HOLIDAY: Final = 4.0

#: Rows up to which numpy's linear algebra works in one thread.
_SMALL: Final = 64

#: Share of the mixture that is kept, likeliest components first: the rest has tails too, and moves one of
#: 2.5% by hundredths of a per cent.
_KEPT: Final = 0.995


class Shape(NamedTuple):
    """When the rows of a panel are, and which of them are before the event: all a design depends on.

    Attributes:
        before: (first month, months covered) of each row before; a month is year * 12 + month - 1.
        apart: the same for each row that is shown and never fitted: anticipation, event and after.
        weights: of each row apart in the average effect; they sum to 1.
        holiday: whether the series knows Chinese New Year.
    """

    before: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    weights: tuple[float, ...]
    holiday: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is common to all series of one shape. n rows before, a rows apart, g points of the grid.

    Attributes:
        regressors: (n + a, 16) intercept, trend in years, eleven months, three holiday windows, by row.
        monthly: (m, 16) the same of each month that a row covers, row by row.
        averaging: (n + a, m) the mean of a row's months.
        degrees: n less the fixed regressors.
        residual: (g, n, n) gives residuals without serial correlation, whose squares are summed.
        forms: (1 + a, a) the average effect, then each row apart.
        expected: (g, 1 + a, n) weights that predict each form from the rows before.
        total: (g, 1 + a) variance of form less prediction, in units of the error variance.
        noise: (g, 1 + a) the part of it that is noise of the rows apart.
        log_prior: (g,) prior and determinants of the restricted likelihood, as a logarithm.
    """

    regressors: Array
    monthly: Array
    averaging: Array
    degrees: int
    residual: Array
    forms: Array
    expected: Array
    total: Array
    noise: Array
    log_prior: Array


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Predictions of the forms, one a component: mean (c, 1 + a), total and noise variances, weight, degrees.

    `best` is the (rho, noise) of the largest weight.
    """

    mean: Array
    total: Array
    noise: Array
    scale: Array
    weight: Array
    degrees: Array
    best: tuple[float, float]


@lru_cache(maxsize=16)
def design(shape: Shape, free: int = 2) -> Design:
    """Return what all series of one shape share.

    Season and holiday have a prior of unknown width, a third dimension of the grid: fourteen free numbers
    would cost a short or lumpy series more than they explain, and a long one learns them all the same.

    Args:
        shape: the rows before and apart.
        free: how many regressors are free of the prior: 2 for level and trend, 1 for the level alone.
    """
    import numpy as np

    monthly, averaging, span = _regressors(shape)
    regressors = averaging @ monthly
    n = len(shape.before)
    noise = _covariances(span)
    loose = _loose(shape, span, regressors[:, free:])
    V = np.concatenate([noise + ratio * loose for ratio in SEASONAL])
    forms = np.vstack([np.array(shape.weights), np.eye(len(shape.apart))])
    residual, expected, total, determinants = _projected(regressors[:, :free], V, n, forms)
    if free == 1:
        wider = [[_UNSEEN if rho >= _WANDERING else 1.0] for rho in RHO for _ in NOISE]
        total *= np.tile(wider, (len(SEASONAL), 1))
    plain = _quadratic(forms, _conditional(noise, _inverse(np.linalg.cholesky(noise[:, :n, :n])), n))
    return Design(
        regressors=regressors,
        monthly=monthly,
        averaging=averaging,
        degrees=n - free,
        residual=residual,
        forms=forms,
        expected=expected,
        total=total,
        noise=np.tile(plain, (len(SEASONAL), 1)),
        log_prior=np.tile(np.log(_prior()), len(SEASONAL)) - determinants,
    )


def _regressors(shape: Shape) -> tuple[Array, Array, Array]:
    """Return regressors by month (m, 16), and what averages a row's months (rows, m) and the calendar's."""
    import numpy as np

    rows = (*shape.before, *shape.apart)
    first = min(start for start, _ in rows)
    length = max(start + months for start, months in rows) - first
    span = np.zeros((len(rows), length))
    for row, (start, months) in enumerate(rows):
        span[row, start - first : start - first + months] = 1 / months
    number = first + np.arange(length)
    middle = np.mean([start for start, _ in shape.before])
    calendar = (number[:, None] % 12 == np.arange(11)).astype(float)
    holiday = np.zeros((length, len(newyear.WINDOWS)))
    if shape.holiday:
        holiday = newyear.regressors(dt.date(first // 12, first % 12 + 1, 1), length)
    monthly = np.column_stack([np.ones(length), (number - middle) / 12, calendar, holiday])
    covered = span.any(axis=0)
    return monthly[covered], span[:, covered], span


def _prior() -> Array:
    import numpy as np

    mild, strong = np.array(_STATIONARY), np.array(_PERSISTENT)
    rows = [mild] * 4 + [(mild + strong) / 2] * 4 + [strong] * 3
    result: Array = (np.array(rows) * np.array(_BY_RHO)[:, None]).ravel()
    return result


def _covariances(A: Array) -> Array:
    """Return the error covariance of the rows, (g, rows, rows), over the variance of AR1 and noise."""
    import numpy as np

    number = np.arange(A.shape[1])
    lag = abs(number[:, None] - number)
    kinds = []
    # two sums of what is drawn anew each month; where it starts is for level and trend to say
    slope = np.linalg.matrix_power(np.tri(len(number)), 2)
    bent = _SLOPE * A @ slope @ slope.T @ A.T
    for rho in RHO:
        correlated = A @ (rho**lag) @ A.T / (1 - rho**2) + (bent if rho >= _LOCAL else 0.0)
        kinds += [(correlated + ratio * A @ A.T) / (1 / (1 - rho**2) + ratio) for ratio in NOISE]
    return np.array(kinds)


def _loose(shape: Shape, A: Array, X: Array) -> Array:
    """Return the covariance, over that of the noise, that effects with a prior add, (g, rows, rows).

    Args:
        shape: the rows.
        A: (rows, span) means over the calendar.
        X: (rows, k) the trend in years if it is not free, calendar months (taken anew, all twelve), holiday.
    """
    import numpy as np

    number = min(start for start, _ in (*shape.before, *shape.apart)) + np.arange(A.shape[1])
    same = (number[:, None] % 12 == number % 12).astype(float)
    holiday, trend = X[:, -3:], X[:, : X.shape[1] - 14]
    others = _HOLIDAY * holiday @ holiday.T + trend @ trend.T
    still = A @ same @ A.T + others
    wandering = A @ (same * _YEAR_TO_YEAR ** (abs(number[:, None] - number) / 12)) @ A.T + others
    return np.array([wandering if rho >= _WANDERING else still for rho in RHO for _ in NOISE])


def _projected(fixed: Array, V: Array, n: int, forms: Array) -> tuple[Array, Array, Array, Array]:
    """Return residual, expected, total and determinants of a `Design`."""
    import numpy as np

    Xb, Xa = fixed[:n], fixed[n:]
    L = np.linalg.cholesky(V[:, :n, :n])
    W = _inverse(L)
    Q: Array
    R: Array
    residual: Array
    Q, R = np.linalg.qr(W @ Xb)
    half = np.swapaxes(Q, 1, 2) @ W
    residual = W - Q @ half
    explained = V[:, n:, :n] @ np.swapaxes(W, 1, 2)
    expected = forms @ (Xa @ np.linalg.solve(R, half) + explained @ residual)
    # what the fitted coefficients add to the variance of a prediction
    slack = np.linalg.solve(np.swapaxes(R, 1, 2), np.swapaxes(Xa - explained @ (W @ Xb), 1, 2))
    total = _conditional(V, W, n) + np.swapaxes(slack, 1, 2) @ slack
    return (
        residual,
        expected,
        _quadratic(forms, total),
        _log_diagonal(L) + _log_diagonal(R),
    )


def _conditional(V: Array, W: Array, n: int) -> Array:
    """Return the covariance of the rows apart given those before, W the inverse of whose Cholesky factor."""
    import numpy as np

    explained = V[:, n:, :n] @ np.swapaxes(W, 1, 2)
    result: Array = V[:, n:, n:] - explained @ np.swapaxes(explained, 1, 2)
    return result


def _inverse(L: NDArray[np.floating[Any]]) -> Array:
    """Return the inverses of lower triangles, halved until they are too small for threads.

    For matrices of this size threads cost more than they give, ten times as much on a busy machine.
    """
    import numpy as np

    n = L.shape[-1]
    if n <= _SMALL:
        result: Array = np.linalg.inv(L)
        return result
    half = n // 2
    first, second = _inverse(L[..., :half, :half]), _inverse(L[..., half:, half:])
    inverse = np.zeros(L.shape)
    inverse[..., :half, :half] = first
    inverse[..., half:, half:] = second
    inverse[..., half:, :half] = -second @ L[..., half:, :half] @ first
    return inverse


def _quadratic(forms: Array, V: Array) -> Array:
    import numpy as np

    result: Array = np.einsum("fa,gab,fb->gf", forms, V, forms)
    return result


def _log_diagonal(triangles: Any) -> Array:
    import numpy as np

    result: Array = np.log(abs(np.diagonal(triangles, axis1=1, axis2=2))).sum(axis=1)
    return result


def predict(made: Design, before: Array) -> Mixture:
    """Return the forms as the rows before predict them, by component, with the weight of each component.

    Args:
        made: the design of the panel's shape.
        before: (n,) the response: logarithms, or the working response of a Poisson fit.
    """
    squares = ((made.residual @ before) ** 2).sum(axis=1)
    return _mixture(made, made.expected @ before, made.total, squares, 0.0, made.degrees)


def predict_with(
    made: Design, before: Array, control: tuple[Array, Array]
) -> tuple[Mixture, Mixture, Mixture]:
    """Return three mixtures: with one more regressor, without it, and that regressor's own.

    It enters by the theorem of Frisch, Waugh and Lovell, so that the design is shared by series with
    different controls.

    Args:
        made: the design of the panel's shape.
        before: (n,) the response.
        control: (n,) before and (a,) apart.
    """
    import numpy as np

    both = np.column_stack([before, control[0]])
    # a column at a time: a product with a matrix of two columns takes five times as long
    left, beside = (made.residual @ column for column in both.T)
    means = made.expected @ both
    squares, across, length = (left**2).sum(axis=1), (left * beside).sum(axis=1), (beside**2).sum(axis=1)
    slope = across / length
    after = made.forms @ control[1] - means[:, :, 1]
    using = _mixture(
        made,
        means[:, :, 0] + slope[:, None] * after,
        made.total + after**2 / length[:, None],
        squares - slope * across,
        -0.5 * np.log(length),
        made.degrees - 1,
    )
    alone = _mixture(made, means[:, :, 0], made.total, squares, 0.0, made.degrees)
    own = _mixture(made, means[:, :, 1], made.total, length, 0.0, made.degrees)
    return using, alone, own


def _mixture(
    made: Design, mean: Array, total: Array, squares: Array, extra: Array | float, degrees: int
) -> Mixture:
    """Return the components that matter, weighted by restricted likelihood."""
    import numpy as np

    # an exact fit (a constant series) leaves rounding, which may be negative
    squares = np.maximum(squares, 1e-18)
    weight = _normalised(made.log_prior + extra - 0.5 * degrees * np.log(squares))
    kept = _likeliest(weight)
    share = weight[kept] / weight[kept].sum()
    return Mixture(
        mean[kept],
        total[kept],
        made.noise[kept],
        squares[kept] / degrees,
        share,
        np.full(share.size, float(degrees)),
        _point(int(weight.argmax())),
    )


def _likeliest(weight: Array) -> NDArray[np.intp]:
    """Return the places of the fewest weights that hold `_KEPT` of the whole, largest first."""
    import numpy as np

    order = weight.argsort(kind="stable")[::-1]
    return order[: int(np.searchsorted(weight[order].cumsum(), _KEPT)) + 1]


def _point(index: int) -> tuple[float, float]:
    """Return (rho, noise) of a component; the seasonal ratio, the slowest index, is left out."""
    within = index % (len(RHO) * len(NOISE))
    return RHO[within // len(NOISE)], NOISE[within % len(NOISE)]


def _normalised(logarithm: Array) -> Array:
    import numpy as np

    weight = np.exp(logarithm - logarithm.max())
    result: Array = weight / weight.sum()
    return result


def mixed(first: Mixture, second: Mixture, share: float) -> Mixture:
    """Return one mixture of two, `share` of it from the first."""
    import numpy as np

    weight = np.concatenate([share * first.weight, (1 - share) * second.weight])
    kept = _likeliest(weight)

    def join(name: str) -> Any:
        return np.concatenate([getattr(first, name), getattr(second, name)])[kept]

    return Mixture(
        join("mean"),
        join("total"),
        join("noise"),
        join("scale"),
        weight[kept] / weight[kept].sum(),
        join("degrees"),
        first.best,
    )


def whitened(shape: Shape, columns: Array, point: tuple[float, float]) -> Array:
    """Return columns, one row a row of the panel in order of time, with the serial correlation taken out.

    The first k rows of the result depend on the first k rows of the argument alone, so that a fit of them
    knows nothing of what came later.

    Args:
        shape: the dates of the rows.
        columns: (n + a, k).
        point: the (rho, noise) to take out.
    """
    result: Array = _whitener(shape, point) @ columns
    return result


@lru_cache(maxsize=64)
def _whitener(shape: Shape, point: tuple[float, float]) -> Array:
    """Return the inverse of the Cholesky factor of the errors, (n + a, n + a)."""
    import numpy as np

    rows = (*shape.before, *shape.apart)
    middle = np.array([start + (months - 1) / 2 for start, months in rows])
    rho, ratio = point
    lag = abs(middle[:, None] - middle)
    V = rho**lag / (1 - rho**2) + ratio * np.diag([1 / months for _, months in rows])
    return _inverse(np.linalg.cholesky(V))


def first_coefficient(X: Array, z: Array) -> tuple[float, float, int]:
    """Return the coefficient of the first column of least squares, its standard error and degrees.

    Columns may depend on each other (a calendar month not yet seen); a ridge too small to matter elsewhere
    keeps the equations solvable.
    """
    import numpy as np

    squares = X.T @ X
    squares[np.diag_indices(len(squares))] += 1e-9 * squares.trace() / len(squares)
    first = np.zeros(len(squares))
    first[0] = 1.0
    solved = np.linalg.solve(squares, np.column_stack([X.T @ z, first]))
    degrees = max(len(z) - len(squares), 1)
    variance = float(((z - X @ solved[:, 0]) ** 2).sum()) / degrees * float(solved[0, 1])
    return float(solved[0, 0]), max(variance, 1e-24) ** 0.5, degrees


def tail(mixture: Mixture, location: Array, spread: Array, at: float) -> float:
    """Return the probability below `at` of a mixture of t distributions, (c,) location and spread."""
    from scipy.special import stdtr

    return float(mixture.weight @ stdtr(mixture.degrees, (at - location) / spread))


def quantile(mixture: Mixture, location: Array, spread: Callable[[float], Array], below: float) -> float:
    """Return the point of a mixture of t distributions with a given probability below it.

    Args:
        mixture: weights and degrees of the components.
        location: (c,) of the components.
        spread: gives (c,) at a point, since the noise may depend on the effect that is supposed.
        below: the probability.
    """
    from scipy.optimize import brentq
    from scipy.special import stdtrit

    known: dict[float, float] = {}

    def excess(at: float) -> float:
        if at not in known:
            known[at] = tail(mixture, location, spread(at), at) - below
        return known[at]

    # one t with the mixture's mean and variance is near: look there first
    centre = float(mixture.weight @ location)
    variance = mixture.weight @ (spread(centre) ** 2 + (location - centre) ** 2)
    guess = centre + float(stdtrit(mixture.degrees[0], below) * variance**0.5)
    reach = 0.2 * float(variance**0.5)
    low, high = guess - reach, guess + reach
    while excess(low) > 0:
        low, high, reach = low - reach, low, 2 * reach
    while excess(high) < 0:
        low, high, reach = high, high + reach, 2 * reach
    return float(brentq(excess, low, high, xtol=1e-7 * reach))
