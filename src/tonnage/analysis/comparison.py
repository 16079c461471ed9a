"""A treated partner beside its donors: everything a comparison computes, before words and tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tonnage.analysis.outcomes import Outcomes, lasting, outcomes, percent
from tonnage.analysis.placebos import Standing, placebos, standing
from tonnage.analysis.sdid import Estimator, Fit, fit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tonnage.analysis.donors import SideBySide

    Array = NDArray[np.float64]

__all__ = ["HEAVY", "Comparison", "compared"]

#: A donor with less weight than this is not tried without, and no warning names it.
HEAVY: Final = 0.02
_MOST_TRIED: Final = 12


@dataclass(frozen=True, slots=True)
class Comparison:
    """The panel, the fit on the treated partners, and the placebos.

    Attributes:
        panel: what was compared.
        data: its outcomes.
        estimator: which.
        own: the fit on the treated partners.
        singles: each donor as a placebo, in the order of the panel.
        sets: how many placebos the ranks are among: the donors, or sets of them where several were treated.
        among: where the effect stands among those.
        after: weight of each row from the event on; months after count by their length.
    """

    panel: SideBySide
    data: Outcomes
    estimator: Estimator
    own: Fit
    singles: list[Fit]
    sets: int
    among: Standing
    after: Array

    @property
    def donors(self) -> int:
        """How many donors there are."""
        return len(self.panel.names) - self.panel.treated

    @property
    def miss_pct(self) -> float:
        """How far the mixture is from the treated partners in a month before, per cent."""
        return 100 * (math.expm1(self.own.miss) if self.panel.scale == "log" else self.own.miss)

    def months(self, role: str) -> int:
        """Return how many months have a role."""
        return sum(n for (_, n), r in zip(self.panel.rows, self.panel.roles, strict=True) if r == role)

    def percent(self, effect: float) -> float:
        """Return an average effect on the treated partners in per cent."""
        shipped = self.data.index[self.donors :, self.panel.before :].mean(axis=0) @ self.after
        return percent(effect, float(shipped), self.panel.scale)

    def donor_percent(self, place: int) -> float:
        """Return the effect that a donor has as a placebo, in per cent."""
        shipped = self.data.index[place, self.panel.before :] @ self.after
        return percent(self.singles[place].effect, float(shipped), self.panel.scale)

    def expected(self, shift: float = 0.0) -> Array:
        """Return what each treated partner would have been shipped by row, tonnes, the effect shifted."""
        import numpy as np

        index, usual = self.data.index[self.donors :], self.data.usual[self.donors :]
        months = np.array([n for _, n in self.panel.rows])
        would: Array = lasting(self.own.gaps + shift, index, self.panel.scale) * usual[:, None] * months
        return would

    def tonnes(self) -> tuple[float, float, float]:
        """Return the tonnes of the months after less what would have been: low, estimate, high."""
        import numpy as np

        kept = np.array(self.panel.roles) == "after"
        shipped = float(np.array(self.panel.tonnes[self.donors :])[:, kept].sum())
        shifts = (-self.among.half, 0.0, self.among.half)
        low, own, high = (shipped - float(self.expected(shift)[:, kept].sum()) for shift in shifts)
        return low, own, high

    def without(self) -> dict[int, float]:
        """Return the effect in per cent without each of the heavy donors, by its place in the panel."""
        import numpy as np

        weights = self.own.weights
        heavy = [k for k in np.argsort(-weights, kind="stable").tolist() if weights[k] >= HEAVY]
        return {k: self.percent(self._without(k).effect) for k in heavy[:_MOST_TRIED]}

    def _without(self, place: int) -> Fit:
        import numpy as np

        values = np.delete(self.data.values, place, axis=0)
        before, treated = self.panel.before, self.panel.treated
        return fit(values, before, self.estimator, treated=treated, after=self.after)


def compared(panel: SideBySide, estimator: Estimator, level: float) -> Comparison:
    """Return the comparison of a panel; `level` is that of the intervals."""
    import numpy as np

    data = outcomes(panel)
    counted = [n if role == "after" else 0 for (_, n), role in zip(panel.rows, panel.roles, strict=True)]
    after = np.array(counted[panel.before :]) / sum(counted)
    own = fit(data.values, panel.before, estimator, treated=panel.treated, after=after)
    donors = data.values[: len(panel.names) - panel.treated]
    singles = placebos(donors, panel.before, estimator, after=after)
    sets = singles
    if panel.treated > 1:
        sets = placebos(donors, panel.before, estimator, treated=panel.treated, after=after)
    among = standing(own, sets, panel.before, level)
    return Comparison(panel, data, estimator, own, singles, len(sets), among, after)
