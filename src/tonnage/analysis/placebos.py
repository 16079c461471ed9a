"""Placebo in space: every donor treated as if the event had been its own, and what that says of the event.

D. Arkhangelsky and others (2021), algorithm 4, for the standard error; T. G. Conley and C. R. Taber,
"Inference with 'difference in differences' with a small number of policy changes", Review of Economics and
Statistics 93(1), 2011, for the ranks, here of effects in units of each unit's own error before.
"""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from tonnage.analysis.multiplicity import rank_p_value
from tonnage.analysis.sdid import Estimator, Fit, fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["MOST", "Standing", "placebos", "standing"]

#: More sets of placebo units than this are not tried: then as many are drawn, always the same.
MOST: Final = 200
_SEED: Final = 20211201
#: A unit that the mixture follows almost exactly before is measured by this share of the usual error instead.
_LEAST_MISS: Final = 0.1


class Standing(NamedTuple):
    """Where an effect stands among placebos, in the unit of the outcome.

    Attributes:
        p_value: rank of the effect over its own error before; never below 1 / (placebos + 1).
        half: half the width of the interval of the effect.
        halves: of each time after.
        by_ranks: False: too few placebos for ranks at this level, so the widths rest on a t distribution.
        error: placebo standard error, algorithm 4.
        scores: of the placebos, effect over error before; the treated one's last.
    """

    p_value: float
    half: float
    halves: Array
    by_ranks: bool
    error: float
    scores: Array


def placebos(
    donors: Array, before: int, estimator: Estimator, *, treated: int = 1, after: Array | None = None
) -> list[Fit]:
    """Return the fit of each set of as many donors as were treated, the other donors being theirs.

    With one treated unit that is each donor in turn, in order; with several, every set, or `MOST` of them.

    Args:
        donors: one row a donor, one column a time; the truly treated are not among them.
        before: as in `fit`.
        estimator: as in `fit`.
        treated: how many were treated; fewer than there are donors.
        after: as in `fit`.
    """
    import numpy as np

    found = []
    for chosen in _sets(len(donors), treated):
        others = np.delete(donors, chosen, axis=0)
        panel = np.vstack([others, donors[list(chosen)]])
        found.append(fit(panel, before, estimator, treated=treated, after=after))
    return found


def standing(own: Fit, others: list[Fit], before: int, level: float) -> Standing:
    """Return where a fit stands among its placebos.

    Each effect is taken over the unit's own error before, so that noisy units stand for calm ones. The
    interval holds every effect that the ranks do not refuse. Fewer than level / (1 - level) placebos never
    refuse any: the width is then that of a t distribution with as many degrees as there are placebos.
    """
    import numpy as np

    usual = float(np.median([one.miss for one in others]))
    unit = [max(one.miss, _LEAST_MISS * usual, 1e-12) for one in (*others, own)]
    scores = np.array([one.effect for one in (*others, own)]) / unit
    monthly = np.array([one.gaps[:, before:].mean(axis=0) for one in others]) / np.array(unit[:-1])[:, None]
    widths = [_width(np.abs(column), level) for column in (scores[:-1], *monthly.T)]
    return Standing(
        p_value=rank_p_value(float(scores[-1]), scores[:-1].tolist()),
        half=widths[0] * unit[-1],
        halves=np.array(widths[1:]) * unit[-1],
        by_ranks=_place(len(others), level) <= len(others),
        error=float(np.std([one.effect for one in others])),
        scores=scores,
    )


def _sets(count: int, size: int) -> list[tuple[int, ...]]:
    if math.comb(count, size) <= MOST:
        return list(combinations(range(count), size))
    import numpy as np

    random = np.random.default_rng(_SEED)
    drawn: set[tuple[int, ...]] = set()
    while len(drawn) < MOST:
        drawn.add(tuple(sorted(random.choice(count, size, replace=False).tolist())))
    return sorted(drawn)


def _place(count: int, level: float) -> int:
    """Return which of the ordered placebos bounds the interval; beyond the last there is no bound."""
    return math.ceil(level * (count + 1) - 1e-9)


def _width(scores: Array, level: float) -> float:
    import numpy as np

    place = _place(len(scores), level)
    if place <= len(scores):
        return float(np.sort(scores)[place - 1])
    from scipy.stats import t

    return float(t.ppf((1 + level) / 2, len(scores)) * np.sqrt((scores**2).mean()))
