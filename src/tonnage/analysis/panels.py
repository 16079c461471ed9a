"""Synthetic panels with a planted effect: what a method is tried on before it is believed.

Every panel is made from its kind and its seed alone, so that a result can be repeated. The same noise is used
whatever the effect planted: with and without differ by the effect only.
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
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["KINDS", "Panel", "panel"]

#: Kind -> what makes it hard.
KINDS: Final[dict[str, str]] = {
    "dense": "60 months, a trend, seasons, Chinese New Year, mild serial correlation, noise of 19%",
    "short": "the same with 36 months",
    "single": "the same with one month after the event",
    "lumpy": "about two shipments a month, one month in seven without any; an effect means fewer shipments",
    "heavy": "noise with a t distribution of 3 degrees",
    "walk": "logarithms that are a random walk",
    "airline": "the seasonal ARIMA (0,1,1)(0,1,1) of the airline series, theta 0.4 and 0.6",
    "spill": "the control gains three tenths of the rate that the series loses",
    "holiday": "holiday windows that are not those of the model, and a stronger holiday",
}

_LEVEL_T: Final = 2000.0
_CONTROL_T: Final = 50_000.0
_TREND: Final = 0.002
_SHIPMENTS: Final = 2.0
_SHIPMENT_T: Final = 40.0
_SPILLED: Final = 0.3
#: Windows of the kind "holiday", in days from the first day of the year.
_OTHER_WINDOWS: Final = ((-10, 4), (-4, 10), (2, 25))
_WARM_UP: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A series with its control, the event, and the truth.

    Attributes:
        series: `period` and `value` (tonnes).
        control: the same months; moved by the event only in the kind "spill".
        event: first day of the first month that bears the effect.
        effect_pct: what was planted.
    """

    series: pl.DataFrame
    control: pl.DataFrame
    event: dt.date
    effect_pct: float


def panel(
    kind: str,
    seed: int,
    effect_pct: float = 0.0,
    *,
    start: dt.date = dt.date(2019, 1, 1),
    months: int | None = None,
    after: int | None = None,
) -> Panel:
    """Return a panel.

    Args:
        kind: one of `KINDS`.
        seed: of everything random in it.
        effect_pct: planted on every month after the event, above -100.
        start: its first month.
        months: how many, before and after together; by default 60, or 36 in the kind "short".
        after: months that bear the effect; by default 6, or 1 in the kind "single".

    Raises:
        ParameterError: the kind is unknown, or the effect is -100 or less.
    """
    import numpy as np

    if kind not in KINDS:
        raise ParameterError(f"kind {kind!r}: expected one of {list(KINDS)}{nearest(kind, KINDS)}")
    if effect_pct <= -100:
        raise ParameterError(f"effect_pct: expected above -100, found {effect_pct}")
    size = months or (36 if kind == "short" else 60)
    treated = after or (1 if kind == "single" else 6)
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    common = _autoregressive(random, size, 0.3, 0.12)
    logarithm = _LOGARITHMS.get(kind, _stationary)(random, start, size, common)
    step = np.zeros(size)
    step[size - treated :] = math.log1p(effect_pct / 100)
    control_noise, *lots = random.spawn(3)
    value = _LEVEL_T * np.exp(logarithm + step)
    if kind == "lumpy":
        # drawn apart before and after, or an effect would change the luck of the months before it
        halves = np.split(logarithm + step, [size - treated])
        value = np.concatenate([_shipments(r, half) for r, half in zip(lots, halves, strict=True)])
    control = _CONTROL_T * np.exp(_control(control_noise, start, size, common))
    if kind == "spill":
        control[size - treated :] *= 1 - _SPILLED * effect_pct / 100
    first = start.year * 12 + start.month - 1
    period = [dt.date((first + t) // 12, (first + t) % 12 + 1, 1) for t in range(size)]
    return Panel(
        series=pl.DataFrame({"period": period, "value": value}),
        control=pl.DataFrame({"period": period, "value": control}),
        event=period[size - treated],
        effect_pct=effect_pct,
    )


def _autoregressive(
    random: np.random.Generator, size: int, rho: float, deviation: float, shocks: Array | None = None
) -> Array:
    """Return a stationary AR1 of a given standard deviation."""
    import numpy as np

    drawn = random.standard_normal(size + _WARM_UP) if shocks is None else shocks
    result = np.zeros(size + _WARM_UP)
    for t in range(1, len(result)):
        result[t] = rho * result[t - 1] + math.sqrt(1 - rho**2) * deviation * drawn[t]
    return result[_WARM_UP:]


def _season(random: np.random.Generator, start: dt.date, size: int) -> Array:
    import numpy as np

    pattern: Array = random.normal(0, 0.12, 12)
    return pattern[(start.month - 1 + np.arange(size)) % 12]


def _holiday(random: np.random.Generator, start: dt.date, size: int, strength: float = 0.25) -> Array:
    import numpy as np

    profile = np.array([0.5, -1.0, -0.3]) * strength * random.uniform(0.5, 1.5)
    result: Array = newyear.regressors(start, size) @ profile
    return result


def _frame(random: np.random.Generator, start: dt.date, size: int) -> Array:
    """Return trend, season and holiday of the ordinary kinds."""
    import numpy as np

    return _TREND * np.arange(size) + _season(random, start, size) + _holiday(random, start, size)


def _stationary(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    own = _autoregressive(random, size, 0.2, 0.12)
    return _frame(random, start, size) + common + own + random.normal(0, 0.08, size)


def _heavy(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    drawn = random.standard_t(3, size + _WARM_UP) / math.sqrt(3)
    own = _autoregressive(random, size, 0.2, 0.12, drawn)
    return _frame(random, start, size) + common + own + 0.08 * random.standard_t(3, size) / math.sqrt(3)


def _walk(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    steps: Array = random.normal(0, 0.08, size).cumsum()
    return _frame(random, start, size) + 0.3 * common + steps


def _airline(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    import numpy as np

    shock = random.normal(0, 0.1, size + _WARM_UP)
    result = np.zeros(size + _WARM_UP)
    for t in range(13, len(result)):
        moved = shock[t] - 0.4 * shock[t - 1] - 0.6 * shock[t - 12] + 0.24 * shock[t - 13]
        result[t] = moved + result[t - 1] + result[t - 12] - result[t - 13]
    centred: Array = result[_WARM_UP:] - result[_WARM_UP:].mean()
    return centred + _holiday(random, start, size) + 0.3 * common


def _other_holiday(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    import numpy as np

    first = start.year * 12 + start.month - 1
    felt = np.zeros(size)
    for day in newyear.DATES:
        for (begin, end), weight in zip(_OTHER_WINDOWS, (0.2, -0.5, -0.15), strict=True):
            for offset in range(begin, end + 1):
                moved = day + dt.timedelta(days=offset)
                index = moved.year * 12 + moved.month - 1 - first
                if 0 <= index < size:
                    felt[index] += weight / (end - begin + 1)
    own = _autoregressive(random, size, 0.2, 0.12)
    calm = _TREND * np.arange(size) + _season(random, start, size)
    return calm + felt + common + own + random.normal(0, 0.08, size)


def _shipments(random: np.random.Generator, logarithm: Array) -> Array:
    """Return tonnes of a Poisson number of shipments of uneven size."""
    import numpy as np

    count = random.poisson(_SHIPMENTS * np.exp(logarithm))
    size = random.gamma(np.maximum(4.0 * count, 1e-9), _SHIPMENT_T / 4)
    return np.where(count > 0, size, 0.0)


def _control(random: np.random.Generator, start: dt.date, size: int, common: Array) -> Array:
    own = _autoregressive(random, size, 0.4, 0.05)
    return _frame(random, start, size) + common + own + random.normal(0, 0.05, size)


_LOGARITHMS: Final[dict[str, Callable[[np.random.Generator, dt.date, int, Array], Array]]] = {
    "heavy": _heavy,
    "walk": _walk,
    "airline": _airline,
    "holiday": _other_holiday,
}
