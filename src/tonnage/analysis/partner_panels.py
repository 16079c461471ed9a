"""Synthetic panels of partners with a planted effect: what a design with donors is tried on first.

Every panel is made from its kind and its seed alone. The same noise is used whatever the effect planted: with
and without differ by the effect only.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from tonnage.analysis import newyear
from tonnage.errors import ParameterError, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["PARTNER_KINDS", "PartnerPanel", "partner_panel"]

#: Kind -> what makes it hard.
PARTNER_KINDS: Final[dict[str, str]] = {
    "alike": "season, holiday and demand mostly shared; 15% noise of a partner's own",
    "factors": "two slow movements of demand that partners share in unequal parts: no parallel trends",
    "seasons": "each partner has a season of its own, of 20%",
    "heavy": "own noise with a t distribution of 3 degrees",
    "walk": "own noise that is a random walk",
    "noisy": "the treated partner is twice as noisy as the donors",
    "calm": "the treated partner is half as noisy as the donors",
    "spill": "a fifth of the donors share seven tenths of what a large treated partner loses",
    "lumpy": "about three shipments a month to a partner, one month in twenty without any",
}

_LEVEL_T: Final = 300.0
_OWN: Final = 0.15
_COMMON: Final = 0.12
_SHIPMENTS: Final = 3.0
_SPILLED: Final = 0.7
#: Logarithm of the size of a partner whose losses are large to those who take them.
_LARGE: Final = 1.5
_WARM_UP: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class PartnerPanel:
    """Partners of one definition, the event, and the truth.

    Attributes:
        series: `partner`, `period` and `value` (tonnes), one row a partner and month.
        treated: the partner that bears the effect, "P00"; the others are "P01" and on.
        event: first day of the first month that bears it.
        effect_pct: what was planted.
    """

    series: pl.DataFrame
    treated: str
    event: dt.date
    effect_pct: float


def partner_panel(
    kind: str,
    seed: int,
    effect_pct: float = 0.0,
    *,
    donors: int = 20,
    start: dt.date = dt.date(2019, 1, 1),
    months: int = 60,
    after: int = 6,
) -> PartnerPanel:
    """Return a panel of one treated partner and its donors.

    Args:
        kind: one of `PARTNER_KINDS`.
        seed: of everything random in it.
        effect_pct: planted on the treated partner in every month after the event, above -100.
        donors: how many partners beside it, at least 1.
        start: its first month.
        months: how many, before and after together.
        after: months that bear the effect.

    Raises:
        ParameterError: the kind is unknown, the effect is -100 or less, or there is no donor.
    """
    import numpy as np

    if kind not in PARTNER_KINDS:
        raise ParameterError(
            f"kind {kind!r}: expected one of {list(PARTNER_KINDS)}{nearest(kind, PARTNER_KINDS)}"
        )
    if effect_pct <= -100 or donors < 1:
        raise ParameterError(
            f"expected an effect above -100 and at least 1 donor, found {effect_pct} and {donors}"
        )
    random = np.random.default_rng([seed, list(PARTNER_KINDS).index(kind), donors])
    shipments, *parts = random.spawn(4)
    count = donors + 1
    sizes = parts[0].normal(0, 0.8, (count, 1))
    if kind == "spill":
        sizes[0] = _LARGE
    logarithm = (
        math.log(_LEVEL_T)
        + sizes
        + _shared(parts[1], kind, start, count, months)
        + _own(parts[2], kind, count, months)
    )
    effect = np.zeros((count, months))
    effect[0, months - after :] = math.log1p(effect_pct / 100)
    value = np.exp(logarithm + effect)
    if kind == "lumpy":
        value = _shipped(shipments, logarithm - logarithm.mean(axis=1, keepdims=True), effect)
    if kind == "spill":
        lost = np.exp(logarithm[0]) - value[0]
        takers = 1 + np.arange(max(donors // 5, 1))
        value[takers] += _SPILLED * lost / len(takers)
    first = start.year * 12 + start.month - 1
    period = [dt.date((first + t) // 12, (first + t) % 12 + 1, 1) for t in range(months)]
    frames = [
        pl.DataFrame({"partner": [f"P{i:02d}"] * months, "period": period, "value": value[i]})
        for i in range(count)
    ]
    return PartnerPanel(pl.concat(frames), "P00", period[months - after], effect_pct)


def _shared(random: np.random.Generator, kind: str, start: dt.date, count: int, months: int) -> Array:
    """Return season, holiday, trend and demand that partners have in common, with what differs in them."""
    import numpy as np

    month = (start.month - 1 + np.arange(months)) % 12
    season = random.normal(0, 0.12, 12) + random.normal(0, 0.2 if kind == "seasons" else 0.05, (count, 12))
    profile = np.array([0.5, -1.0, -0.3]) * 0.25
    holiday = newyear.regressors(start, months) @ profile
    felt = random.uniform(0.6, 1.4, (count, 1)) * holiday
    trend = random.normal(0.002, 0.001, (count, 1)) * np.arange(months)
    demand = _autoregressive(random, 1, months, 0.3) * _COMMON
    if kind == "factors":
        parts = random.uniform(0, 2, (count, 2))
        demand = parts @ (_autoregressive(random, 2, months, 0.95) * 0.2)
    result: Array = season[:, month] + felt + trend + demand
    return result


def _own(random: np.random.Generator, kind: str, count: int, months: int) -> Array:
    """Return the noise of each partner, whose size differs between partners by a third."""
    size = _OWN * random.uniform(0.67, 1.33, (count, 1))
    size[0] = {"noisy": 2 * _OWN, "calm": 0.5 * _OWN}.get(kind, size[0, 0])
    if kind == "walk":
        walked: Array = random.normal(0, 0.4, (count, months)).cumsum(axis=1) * size
        return walked
    drawn = None
    if kind == "heavy":
        drawn = random.standard_t(3, (count, months + _WARM_UP)) / math.sqrt(3)
    result: Array = size * _autoregressive(random, count, months, 0.3, drawn)
    return result


def _autoregressive(
    random: np.random.Generator, count: int, months: int, rho: float, drawn: Array | None = None
) -> Array:
    """Return stationary AR1 of unit variance, one a row."""
    import numpy as np

    shocks = random.standard_normal((count, months + _WARM_UP)) if drawn is None else drawn
    result = np.zeros((count, months + _WARM_UP))
    for t in range(1, months + _WARM_UP):
        result[:, t] = rho * result[:, t - 1] + math.sqrt(1 - rho**2) * shocks[:, t]
    return result[:, _WARM_UP:]


def _shipped(random: np.random.Generator, logarithm: Array, effect: Array) -> Array:
    """Return tonnes of a Poisson number of shipments; an effect thins them, so it changes no other month."""
    import numpy as np

    count = random.poisson(_SHIPMENTS * np.exp(logarithm))
    size = random.gamma(4.0, 10.0, logarithm.shape)
    kept = np.where(effect < 0, random.binomial(count, np.exp(np.minimum(effect, 0))), count)
    kept = kept + np.where(effect > 0, random.poisson(_SHIPMENTS * np.expm1(np.maximum(effect, 0))), 0)
    return kept * size
