"""From tonnes to what is compared: logarithms or shares of the usual month, own seasons taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tonnage.analysis.donors import Scale, SideBySide

    Array = NDArray[np.float64]

__all__ = ["Outcomes", "lasting", "outcomes", "percent"]

#: Months before without which no season is learnt.
_SEASON: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What is compared, one row a partner.

    Attributes:
        values: logarithm of tonnes a month, or tonnes a month over the usual month before; its mean before
            and what is believed of its own season are taken out of each.
        index: tonnes a month over the usual (mean) month before.
        usual: tonnes of the usual month before.
        season: share of the partners' own seasons that is believed, from 0 to 1; None: too few months to
            tell.
    """

    values: Array
    index: Array
    usual: Array
    season: float | None


def outcomes(panel: SideBySide) -> Outcomes:
    """Return what is compared of a panel."""
    import numpy as np

    months = np.array([n for _, n in panel.rows])
    monthly = np.array(panel.tonnes) / months
    before = np.array([role == "before" for role in panel.roles])
    usual = monthly[:, before].mean(axis=1)
    index = monthly / usual[:, None]
    values = np.log(monthly) if panel.scale == "log" else index
    values = values - values[:, before].mean(axis=1, keepdims=True)
    slots = np.array([start % 12 for start, _ in panel.rows])
    seasonal, believed = _own_season(values, before, slots, int(months[before].sum()))
    return Outcomes(values - seasonal, index, usual, believed)


def percent(effect: float, index: float, scale: Scale) -> float:
    """Return an effect in per cent of what would have been; inf where that is not above 0.

    Args:
        effect: in the unit of the outcome.
        index: what was shipped over the usual month; of a `level` only.
        scale: of the outcome.
    """
    if scale == "log":
        return 100 * math.expm1(min(effect, 50.0))
    expected = index - effect
    return 100 * (index / expected - 1) if expected > 0 else math.inf


def lasting(effect: Array, index: Array, scale: Scale) -> Array:
    """Return what would have been shipped over the usual month, at least 0, for effects of that shape."""
    import numpy as np

    found: Array = index * np.exp(-effect) if scale == "log" else np.maximum(index - effect, 0.0)
    return found


def _own_season(values: Array, before: Array, slots: Array, months: int) -> tuple[Array, float | None]:
    """Return what is believed of each partner's own season, and how much of it on average.

    What the calendar months of a partner differ from those of all partners is partly season, partly the noise
    of a few years. The share of season in it is estimated over all partners together, from the months before
    alone: the treated partner and the donors are treated alike.
    """
    import numpy as np

    past = slots[before]
    found, counts = np.unique(past, return_counts=True)
    if months < _SEASON or counts.min() < 2 or not set(slots.tolist()) <= set(found.tolist()):
        return np.zeros_like(values), None
    own = (values - values.mean(axis=0))[:, before]
    own = own - own.mean(axis=1, keepdims=True)
    means = np.column_stack([own[:, past == slot].mean(axis=1) for slot in found])
    place = np.searchsorted(found, slots)
    rest = own - means[:, place[before]]
    noise = float((rest**2).sum()) / (len(values) * (len(past) - len(found)))
    season = max(float((means**2).mean()) - noise * float((1 / counts).mean()), 0.0)
    believed = season / (season + noise / counts) if season > 0 else np.zeros(len(counts))
    return (means * believed)[:, place], float(believed.mean())
