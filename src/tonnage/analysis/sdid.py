"""Synthetic control, synthetic and plain differences in differences: a matrix in, weights and effect out.

D. Arkhangelsky, S. Athey, D. A. Hirshberg, G. W. Imbens and S. Wager, "Synthetic difference-in-differences",
American Economic Review 111(12), 2021, equations 4 to 8; A. Abadie, A. Diamond and J. Hainmueller, "Synthetic
control methods for comparative case studies", Journal of the American Statistical Association 105(490), 2010.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from tonnage.analysis.simplex import closest
from tonnage.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["ESTIMATORS", "Estimator", "Fit", "fit"]

Estimator = Literal["sdid", "sc", "did"]

#: What `estimator` may be.
ESTIMATORS: Final[dict[str, str]] = {
    "sdid": "synthetic differences in differences (Arkhangelsky and others 2021)",
    "sc": "synthetic control (Abadie and others 2010)",
    "did": "differences in differences with equal weights",
}

#: The ridge that only makes an answer unique, in units of the noise: the paper's.
_TINY: Final = 1e-6


class Fit(NamedTuple):
    """What an estimator finds.

    Attributes:
        effect: average over the times after, weighted as asked.
        weights: of the donors, shape (donors,); none negative, their sum 1.
        time_weights: of the times before; all 0 for synthetic control, which compares levels.
        gaps: of each treated unit, its outcome less the mixture of the donors and less the gap of the times
            before (by `time_weights`): shape (treated, times). Those after, averaged, are the effect.
        miss: root mean square of the mixture's error in the times before, about the estimator's own constant.
    """

    effect: float
    weights: Array
    time_weights: Array
    gaps: Array
    miss: float


def fit(
    outcomes: Array,
    before: int,
    estimator: Estimator = "sdid",
    *,
    treated: int = 1,
    after: Array | None = None,
) -> Fit:
    """Return the effect on treated units, the donors being mixed to follow them before.

    Args:
        outcomes: one row a unit, donors first, treated ones last; one column a time, those before first.
        before: how many columns are before.
        estimator: a key of `ESTIMATORS`.
        treated: how many rows are treated; they count alike.
        after: weight of each column that is not before, their sum 1; by default alike. A column of weight 0
            has its gap and takes no part in the effect.

    Raises:
        ParameterError: the estimator is unknown, there is no donor, or there are fewer than two times before.
    """
    import numpy as np

    if estimator not in ESTIMATORS:
        raise ParameterError(f"estimator={estimator!r}: expected one of {sorted(ESTIMATORS)}")
    count, times = len(outcomes) - treated, outcomes.shape[1] - before
    if count < 1 or treated < 1 or before < 2 or times < 1:
        raise ParameterError(
            f"expected a donor, a treated unit, two times before and one after, found {count}, {treated},"
            f" {before} and {times}"
        )
    weights_after = np.full(times, 1 / times) if after is None else after
    donors, own = outcomes[:count], outcomes[count:]
    weights, time_weights = _weights(donors, own.mean(axis=0), before, estimator, treated, weights_after)
    raw = own - weights @ donors
    gaps = raw - (raw[:, :before] @ time_weights)[:, None]
    error = raw.mean(axis=0)[:before]
    if estimator != "sc":
        error = error - error.mean()
    return Fit(
        effect=float(gaps[:, before:].mean(axis=0) @ weights_after),
        weights=weights,
        time_weights=time_weights,
        gaps=gaps,
        miss=float(np.sqrt((error**2).mean())),
    )


def _weights(
    donors: Array, own: Array, before: int, estimator: Estimator, treated: int, after: Array
) -> tuple[Array, Array]:
    """Return the weights of the donors and those of the times before."""
    import numpy as np

    count = len(donors)
    if estimator == "did":
        return np.full(count, 1 / count), np.full(before, 1 / before)
    past = donors[:, :before]
    steps = np.diff(past, axis=1)
    noise = float(steps.std(ddof=1)) if steps.size > 1 else 0.0
    if estimator == "sc":
        found = closest(past.T, own[:before], before * (_TINY * noise) ** 2)
        return found, np.zeros(before)
    # the paper's zeta^2 = sqrt(treated units x times after) x the variance of one step
    wide = before * float(np.sqrt(treated * np.count_nonzero(after))) * noise**2
    found = closest(past.T, own[:before], wide, intercept=True)
    later = donors[:, before:] @ after
    return found, closest(past, later, count * (_TINY * noise) ** 2, intercept=True)
