"""Regression with serial correlation that is averaged over, not chosen.

The errors are V = AR1(rho) + noise. Every (rho, noise) of a fixed grid is fitted by generalised least squares on
the months before the event, weighted by its restricted likelihood, and the months after are predicted: effects
follow a mixture of t distributions. Nothing is drawn at random. What depends on the calendar alone (factors of
V, projections) is computed once per shape of the panel and shared by all series of that shape.
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

__all__ = ["Design", "Mixture", "Shape", "design", "mixed", "placebo", "predict", "quantiles", "tail"]

#: Grid of the serial correlation and of the ratio of noise to the AR1's own innovations, both as variances.
RHO: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.94, 0.98, 0.995)
NOISE: Final = (0.0, 0.5, 2.0, 8.0, 32.0)

# Prior weights of the grid: a series is either mildly correlated or close to a random walk, and seldom between.
# A flat prior loses a tenth of the power on stationary series and still undercovers random walks, whose rho
# the restricted likelihood of 54 months pulls down. docs/method/calibration.md holds what this choice attains.
_STATIONARY: Final = (0.30, 0.30, 0.10, 0.20, 0.10)
_PERSISTENT: Final = (0.60, 0.15, 0.05, 0.05, 0.15)
_BY_RHO: Final = (1.0, 1.0, 1.0, 1.0, 0.35, 0.35, 0.35, 0.35, 1.5, 1.5, 0.5)

#: Variance of a month's seasonal effect over that of the noise, where the seasonal pattern is random.
SEASONAL: Final = (0.02, 0.1, 0.5, 3.0)
#: The holiday regressors span about half of what a month dummy does: their prior is twice as wide.
_HOLIDAY: Final = 4.0

#: Components below this share of the mixture are left out: they move no quantile by more than rounding.
_NEGLIGIBLE: Final = 1e-5


class Shape(NamedTuple):
    """When the rows of a panel are, and which of them are before the event: all a design depends on.

    Attributes:
        before: (first month, months covered) of each row before; a month is year * 12 + month - 1.
        apart: the same for each row that is shown and never fitted: anticipation, event and after.
        weights: of each row apart in the average effect; they sum to 1.
    """

    before: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is common to all series of one shape. n rows before, a rows apart, g points of the grid.

    Attributes:
        regressors: (n + a, 16) intercept, trend in years, eleven months, three holiday windows, by row.
        monthly: (m, 16) the same of each month that a row covers, row by row.
        averaging: (n + a, m) the mean of a row's months.
        estimable: whether the rows before determine what is expected of the rows apart.
        degrees: n less the fixed regressors.
        residual: (g, n, n) projection whose quadratic form is the weighted residual sum of squares.
        forms: (1 + a, a) the average effect, then each row apart.
        expected: (g, 1 + a, n) weights that predict each form from the rows before.
        total: (g, 1 + a) variance of form less prediction, in units of the error variance.
        noise: (g, 1 + a) the part of it that is noise of the rows apart.
        log_prior: (g,) prior and determinants of the restricted likelihood, as a logarithm.
    """

    regressors: Array
    monthly: Array
    averaging: Array
    estimable: bool
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


@lru_cache(maxsize=8)
def design(shape: Shape, random_season: bool = False) -> Design:
    """Return what all series of one shape share.

    Args:
        shape: the rows before and apart.
        random_season: the seasonal pattern and the holiday have a prior of unknown width, a third dimension
            of the grid, instead of being free: for lumpy series, where fourteen free numbers cost more than
            they explain.
    """
    import numpy as np

    monthly, averaging, span = _regressors(shape)
    X = averaging @ monthly
    n = len(shape.before)
    fixed = X[:, :2] if random_season else X[:, _independent(X[:n])]
    V = _covariances(span)
    noise = V
    log_prior = np.log(_prior())
    if random_season:
        S = _seasonal(shape, span, X)
        V = np.concatenate([V + ratio * S for ratio in SEASONAL])
        noise = np.concatenate([noise] * len(SEASONAL))
        log_prior = np.tile(log_prior, len(SEASONAL))
    estimable = random_season or _within(fixed[:n], fixed[n:])
    degrees = n - (np.linalg.matrix_rank(X[:n]) if not random_season else fixed.shape[1])
    forms = np.vstack([np.array(shape.weights), np.eye(len(shape.apart))])
    if degrees < 1:
        none: Any = np.zeros((0, 0, 0))
        parts = (none, none, none[:, :, 0], none[:, :, 0], none[:, 0, 0])
    else:
        parts = _projected(fixed, V, noise, len(shape.before), forms)
    residual, expected, total, plain, determinants = parts
    return Design(
        regressors=X,
        monthly=monthly,
        averaging=averaging,
        estimable=estimable,
        degrees=int(degrees),
        residual=residual,
        forms=forms,
        expected=expected,
        total=total,
        noise=plain,
        log_prior=log_prior[: len(determinants)] - determinants,
    )


def _regressors(shape: Shape) -> tuple[Array, Array, Array]:
    """Return regressors by month (m, 16), the mean of a row's months (rows, m) and of the calendar (rows, span)."""
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
    holiday = newyear.regressors(dt.date(first // 12, first % 12 + 1, 1), length)
    monthly = np.column_stack([np.ones(length), (number - middle) / 12, calendar, holiday])
    covered = span.any(axis=0)
    return monthly[covered], span[:, covered], span


def _independent(X: Array) -> list[int]:
    """Return columns that span those of X: January and February always printed together have one effect."""
    from scipy.linalg import qr

    _, R, order = qr(X, mode="economic", pivoting=True)
    diagonal = abs(R.diagonal())
    rank = int((diagonal > 1e-9 * diagonal[0]).sum())
    return sorted(int(i) for i in order[:rank])


def _within(X: Array, other: Array) -> bool:
    import numpy as np

    full, *_ = np.linalg.lstsq(X.T, other.T, rcond=1e-10)
    return bool(np.allclose(X.T @ full, other.T, atol=1e-6))


def _prior() -> Array:
    import numpy as np

    mild, strong = np.array(_STATIONARY), np.array(_PERSISTENT)
    rows = [mild] * 4 + [(mild + strong) / 2] * 4 + [strong] * 3
    result: Array = (np.array(rows) * np.array(_BY_RHO)[:, None]).ravel()
    return result


def _covariances(A: Array) -> Array:
    """Return the error covariance of the rows, (g, rows, rows), each scaled to unit variance of a month."""
    import numpy as np

    number = np.arange(A.shape[1])
    lag = abs(number[:, None] - number)
    kinds = []
    for rho in RHO:
        correlated = A @ (rho**lag) @ A.T / (1 - rho**2)
        kinds += [(correlated + ratio * A @ A.T) / (1 / (1 - rho**2) + ratio) for ratio in NOISE]
    return np.array(kinds)


def _seasonal(shape: Shape, A: Array, X: Array) -> Array:
    """Return the covariance, over that of the noise, that a random seasonal pattern adds to the rows."""
    import numpy as np

    first = min(start for start, _ in (*shape.before, *shape.apart))
    calendar = ((first + np.arange(A.shape[1]))[:, None] % 12 == np.arange(12)).astype(float)
    S, holiday = A @ calendar, X[:, -3:]
    result: Array = S @ S.T + _HOLIDAY * holiday @ holiday.T
    return result


def _projected(
    fixed: Array, V: Array, noise: Array, n: int, forms: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Return residual, expected, total, noise and determinants of a `Design`."""
    import numpy as np

    Xb, Xa = fixed[:n], fixed[n:]
    L = np.linalg.cholesky(V[:, :n, :n])
    W = np.linalg.inv(L)
    Q, R = np.linalg.qr(W @ Xb)
    whole = np.swapaxes(W, 1, 2) @ W
    half = np.swapaxes(Q, 1, 2) @ W
    M = whole - np.swapaxes(half, 1, 2) @ half
    cross = V[:, n:, :n]
    expected = forms @ (Xa @ np.linalg.solve(R, half) + cross @ M)
    # what the fitted coefficients add to the variance of a prediction
    slack = np.linalg.solve(np.swapaxes(R, 1, 2), np.swapaxes(Xa - cross @ whole @ Xb, 1, 2))
    total = _conditional(V, whole, n) + np.swapaxes(slack, 1, 2) @ slack
    plain = whole if noise is V else np.linalg.inv(noise[:, :n, :n])
    return (
        (M + np.swapaxes(M, 1, 2)) / 2,
        expected,
        _quadratic(forms, total),
        _quadratic(forms, _conditional(noise, plain, n)),
        _log_diagonal(L) + _log_diagonal(R),
    )


def _conditional(V: Array, inverse: Array, n: int) -> Array:
    """Return the covariance of the rows apart given those before."""
    import numpy as np

    cross = V[:, n:, :n]
    result: Array = V[:, n:, n:] - cross @ inverse @ np.swapaxes(cross, 1, 2)
    return result


def _quadratic(forms: Array, V: Array) -> Array:
    import numpy as np

    result: Array = np.einsum("fa,gab,fb->gf", forms, V, forms)
    return result


def _log_diagonal(triangles: Array) -> Array:
    import numpy as np

    result: Array = np.log(abs(np.diagonal(triangles, axis1=1, axis2=2))).sum(axis=1)
    return result


def predict(made: Design, before: Array, control: tuple[Array, Array] | None = None) -> Mixture:
    """Return the forms as the rows before predict them, by component, with the weight of each component.

    Args:
        made: the design of the panel's shape.
        before: (n,) the response: logarithms, or the working response of a Poisson fit.
        control: (n,) before and (a,) apart of one more regressor, which enters by the theorem of Frisch,
            Waugh and Lovell, so that the design is shared by series with different controls.
    """
    import numpy as np

    mean, total, extra = made.expected @ before, made.total, 0.0
    weighted = made.residual @ before
    squares = weighted @ before
    degrees = made.degrees
    if control is not None:
        after = made.forms @ control[1] - made.expected @ control[0]
        projected = made.residual @ control[0]
        length = projected @ control[0]
        slope = (weighted @ control[0]) / length
        squares = squares - slope**2 * length
        mean = mean + slope[:, None] * after
        total = total + after**2 / length[:, None]
        extra = -0.5 * np.log(length)
        degrees -= 1
    # an exact fit (a constant series) leaves rounding, which may be negative
    squares = np.maximum(squares, 1e-18)
    weight = _normalised(made.log_prior + extra - 0.5 * degrees * np.log(squares))
    kept = weight > _NEGLIGIBLE
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

    def join(name: str) -> Any:
        return np.concatenate([getattr(first, name), getattr(second, name)])

    weight = np.concatenate([share * first.weight, (1 - share) * second.weight])
    return Mixture(join("mean"), join("total"), join("noise"), join("scale"), weight, join("degrees"), first.best)


def placebo(
    shape: Shape, regressors: Array, response: Array, point: tuple[float, float], first: int, last: int
) -> tuple[float, float]:
    """Return the step, and its standard error, of rows `first` to `last` as if the event had come then.

    Rows after `last` are not looked at: a fake date knows no more than the real one does.

    Args:
        shape: only its rows' dates are used.
        regressors: (rows, p) of all rows in order of time.
        response: (rows,).
        point: (rho, noise) at which the errors are taken.
        first: first row of the window.
        last: last row of the window, itself included.
    """
    import numpy as np

    rows = (*shape.before, *shape.apart)[: last + 1]
    middle = np.array([start + (months - 1) / 2 for start, months in rows])
    rho, ratio = point
    lag = abs(middle[:, None] - middle)
    V = rho**lag / (1 - rho**2) + ratio * np.diag([1 / months for _, months in rows])
    W = np.linalg.inv(np.linalg.cholesky(V))
    step = (np.arange(last + 1) >= first).astype(float)
    X = W @ np.column_stack([step, regressors[: last + 1]])
    z = W @ response[: last + 1]
    cross = np.linalg.pinv(X.T @ X, rcond=1e-12, hermitian=True)
    b = cross @ (X.T @ z)
    degrees = max(len(z) - int(np.linalg.matrix_rank(X)), 1)
    variance = ((z - X @ b) ** 2).sum() / degrees * cross[0, 0]
    return float(b[0]), float(max(variance, 1e-24) ** 0.5)


def tail(mixture: Mixture, location: Array, spread: Array, at: float) -> float:
    """Return the probability below `at` of a mixture of t distributions, (c,) location and spread."""
    from scipy.special import stdtr

    return float(mixture.weight @ stdtr(mixture.degrees, (at - location) / spread))


def quantiles(
    mixture: Mixture, location: Array, spread: Callable[[Array], Array], tails: tuple[float, ...], reach: float
) -> Array:
    """Return the points of a mixture of t distributions with the given probabilities below.

    Args:
        mixture: weights and degrees of the components.
        location: (c,) of the components.
        spread: gives (c, t) for t points, since the noise may depend on the effect that is supposed.
        tails: t probabilities.
        reach: how far to look on either side of the locations.
    """
    import numpy as np
    from scipy.special import stdtr

    wanted = np.array(tails)
    low = np.full(len(wanted), float(location.min()) - reach)
    high = np.full(len(wanted), float(location.max()) + reach)
    degrees, places = mixture.degrees[:, None], location[:, None]
    # a fixed number of halvings, to a 1e-12th of the reach: the same result on every machine
    for _ in range(40):
        middle = (low + high) / 2
        short = mixture.weight @ stdtr(degrees, (middle - places) / spread(middle)) < wanted
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    result: Array = (low + high) / 2
    return result
