"""Where the level of a series moved; never why."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.observations import month_start
from tonnage.analysis.results import Result
from tonnage.analysis.seasonal import Row, effects, rows_of
from tonnage.analysis.series import pair_january_february, receipts_of, usable
from tonnage.analysis.wording import month, pick
from tonnage.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["LEAST", "METHOD", "PENALTY", "SHORTEST", "Changepoint", "Changepoints", "changepoints", "shifts"]

#: The fewest observations a level is made of: two odd figures are no new level.
LEAST: Final = 3
#: The fewest observations in which a change is looked for.
SHORTEST: Final = 12
#: Penalty of one change, in units of scale x log(n): fewer than one quiet series in twenty shows a change.
PENALTY: Final = 2.4

METHOD: Final = (
    "Logarithms of the value a month, January and February as one, less season and Chinese New Year where"
    " every calendar month is there twice. The levels are medians of at least {least} observations; an exact"
    " search (dynamic programming) takes the changes whose gain in absolute deviation exceeds {penalty} x"
    " scale x log(n), the scale from the residuals and raised for their serial correlation. Season and levels"
    " are found in turn until neither moves. No random draws."
)

_A_YEAR: Final = 11
_ROUNDS: Final = 8
_MOST_RHO: Final = 0.7
_NONE: Final = {
    "en": "No change of level can be told in {n} observations, {first} to {last}.",
    "zh": "{first}至{last}的{n}个观测值中，看不出水平变化。",
    "ja": "{first}〜{last}の{n}個の観測値に水準の変化は認められない。",
}
_SOME: Final = {"en": "The level moved {told}.", "zh": "水平变动：{told}。", "ja": "水準の変化：{told}。"}
_ONE: Final = {
    "en": "from {at} ({before:,.0f} to {after:,.0f}{unit} a month, {change:+.0f}%)",
    "zh": "自{at}起（每月{before:,.0f}至{after:,.0f}{unit}，{change:+.0f}%）",
    "ja": "{at}から（月{before:,.0f}→{after:,.0f}{unit}、{change:+.0f}%）",
}
_WHY: Final = {
    "en": " The figures do not say why.",
    "zh": "数字本身不能说明原因。",
    "ja": "理由は数字からは分からない。",
}


@dataclass(frozen=True, slots=True)
class Changepoint:
    """A month from which the level is another one.

    Attributes:
        period: first month (or January with February) of the new level.
        before: median level until then, a month, in the unit of the series.
        after: median level from then on.
        change_pct: the second against the first.
        strength: gain in fit over what is asked of a change; 1 is just enough.
    """

    period: dt.date
    before: float
    after: float
    change_pct: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class Changepoints(Result):
    """The changes of level in a series, oldest first.

    Attributes:
        points: one entry a change.
        n: observations used.
        first, last: the first and the last month used.
        seasonal: whether season and holiday were taken out.
        unit: of the levels; "" where the series names none.
        table: `period`, `months`, `value` and `level` (median of its stretch), both of the whole row.
        assumptions: one sentence each.
        receipts: those of the series.
    """

    points: tuple[Changepoint, ...]
    n: int
    first: dt.date
    last: dt.date
    seasonal: bool
    unit: str
    table: pl.DataFrame
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD.format(least=LEAST, penalty=PENALTY)

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        none, some = pick(_NONE, language), pick(_SOME, language)
        span = {"first": month(self.first, language), "last": month(self.last, language), "n": self.n}
        if not self.points:
            return none.format(**span)
        told = [
            pick(_ONE, language).format(
                at=month(p.period, language),
                before=p.before,
                after=p.after,
                change=p.change_pct,
                unit=f" {self.unit}".rstrip(),
            )
            for p in self.points
        ]
        joined = " and ".join(told) if language == "en" else "、".join(told)
        return some.format(told=joined) + pick(_WHY, language)

    def to_frame(self) -> pl.DataFrame:
        """Return one row a change: `period`, `before`, `after`, `change_pct`, `strength`."""
        schema = {
            "period": pl.Date,
            **dict.fromkeys(("before", "after", "change_pct", "strength"), pl.Float64),
        }
        return pl.DataFrame([{name: getattr(p, name) for name in schema} for p in self.points], schema=schema)


def changepoints(series: pl.DataFrame) -> Changepoints:
    """Return where the level of a monthly series moved.

    A steady trend is a row of small moves to this method: for a series that grows for years, read the first
    and the last as "the level is not what it was" and no more.

    Args:
        series: as `series.monthly` takes it, above 0 in every month used.

    Raises:
        NoDataError: fewer than `SHORTEST` observations, a printed zero, or a `break` inside.
        ContractError, DefinitionError: as `series.monthly`.
    """
    paired = pair_january_february(usable(series))
    rows = rows_of(paired)
    if len(rows) < SHORTEST:
        raise NoDataError(f"changepoints: expected at least {SHORTEST} observations, found {len(rows)}")
    seasonal = all(sum(row.place == place for row in rows) > 1 for place in range(_A_YEAR))
    breaks, calm = _in_turn(rows) if seasonal else (shifts([r.log for r in rows]), [r.log for r in rows])
    return Changepoints(
        points=_points(rows, calm, breaks),
        n=len(rows),
        first=month_start(rows[0].start),
        last=month_start(rows[-1].start + rows[-1].months - 1),
        seasonal=seasonal,
        unit=_unit(paired),
        table=_table(rows, calm, breaks),
        assumptions=_assumptions(rows, seasonal),
        receipts=receipts_of(paired),
    )


def shifts(values: Sequence[float]) -> tuple[int, ...]:
    """Return the places at which a sequence takes another level: the index of the first value of each.

    Args:
        values: evenly spaced numbers without season, such as logarithms of yearly totals.

    Raises:
        ParameterError: a value is not finite.
        NoDataError: fewer than `SHORTEST` values.
    """
    if not all(math.isfinite(v) for v in values):
        raise ParameterError("shifts: expected finite numbers")
    if len(values) < SHORTEST:
        raise NoDataError(f"shifts: expected at least {SHORTEST} values, found {len(values)}")
    return _searched(values)[0]


def _searched(values: Sequence[float], fitted: int = 0) -> tuple[tuple[int, ...], float]:
    """Return the changes and the penalty they had to beat; `fitted` effects were taken out before."""
    costs = _costs(values)
    # differences are blind to changes of level: the first guess at the noise
    guess = statistics.median(abs(b - a) for a, b in pairwise(values)) / math.sqrt(2) * 1.2
    breaks: tuple[int, ...] = ()
    penalty = 0.0
    seen: set[tuple[int, ...]] = set()
    for _ in range(_ROUNDS):
        penalty = PENALTY * max(guess, 1e-9) * math.log(len(values))
        breaks = _best(costs, penalty)
        if breaks in seen:
            break
        seen.add(breaks)
        guess = _scale(values, breaks, fitted)
    return breaks, penalty


def _costs(values: Sequence[float]) -> Array:
    """Return the absolute deviations of values[a:b] from their median, summed: (n + 1, n + 1) by a and b."""
    import numpy as np

    y = np.array(values)
    costs = np.full((len(y) + 1, len(y) + 1), np.inf)
    for size in range(LEAST, len(y) + 1):
        ordered = np.sort(np.lib.stride_tricks.sliding_window_view(y, size), axis=1)
        half = size // 2
        starts = np.arange(len(y) - size + 1)
        costs[starts, starts + size] = ordered[:, size - half :].sum(axis=1) - ordered[:, :half].sum(axis=1)
    return costs


def _best(costs: Array, penalty: float) -> tuple[int, ...]:
    """Return the changes that cost least in all, each at a penalty: exact, by dynamic programming."""
    import numpy as np

    n = len(costs) - 1
    least = np.full(n + 1, np.inf)
    least[0] = -penalty
    came = np.zeros(n + 1, dtype=int)
    for end in range(1, n + 1):
        whole = least[:end] + costs[:end, end] + penalty
        came[end] = int(whole.argmin())
        least[end] = whole[came[end]]
    found = []
    end = int(came[n])
    while end:
        found.append(end)
        end = int(came[end])
    return tuple(reversed(found))


def _scale(values: Sequence[float], breaks: Sequence[int], fitted: int) -> float:
    """Return the mean absolute residual, for the parameters spent and raised for serial correlation."""
    residual = [v - level for v, level in zip(values, _levels(values, breaks), strict=True)]
    free = max(len(values) - fitted - len(breaks) - 1, len(values) / 4)
    size = sum(map(abs, residual)) / free
    square = sum(r * r for r in residual)
    rho = sum(a * b for a, b in pairwise(residual)) / square if square > 0 else 0.0
    rho = min(max(rho, 0.0), _MOST_RHO)
    return size * math.sqrt((1 + rho) / (1 - rho))


def _levels(values: Sequence[float], breaks: Sequence[int]) -> list[float]:
    cuts = [0, *breaks, len(values)]
    return [m for a, b in pairwise(cuts) for m in [statistics.median(values[a:b])] * (b - a)]


def _in_turn(rows: list[Row]) -> tuple[tuple[int, ...], list[float]]:
    """Return the changes and the logs without season, each found given the other."""
    groups = [row.start // 12 for row in rows]
    seen: set[tuple[int, ...]] = set()
    for _ in range(_ROUNDS):
        found = effects(rows, groups)
        calm = [r.log - s - h for r, s, h in zip(rows, found.season, found.holiday, strict=True)]
        breaks, _penalty = _searched(calm, _A_YEAR - 1)
        if breaks in seen:
            break
        seen.add(breaks)
        groups = [sum(i >= b for b in breaks) for i in range(len(rows))]
    return breaks, calm


def _points(rows: list[Row], calm: list[float], breaks: Sequence[int]) -> tuple[Changepoint, ...]:
    _, penalty = _searched(calm, _A_YEAR - 1)
    levels = _levels(calm, breaks)
    found = []
    for i in breaks:
        others = [b for b in breaks if b != i]
        gain = _cost(calm, others) - _cost(calm, breaks)
        before, after = math.exp(levels[i - 1]), math.exp(levels[i])
        found.append(
            Changepoint(month_start(rows[i].start), before, after, 100 * (after / before - 1), gain / penalty)
        )
    return tuple(found)


def _table(rows: list[Row], calm: list[float], breaks: Sequence[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [month_start(row.start) for row in rows],
            "months": [row.months for row in rows],
            "value": [row.months * math.exp(row.log) for row in rows],
            "level": [r.months * math.exp(v) for r, v in zip(rows, _levels(calm, breaks), strict=True)],
        },
        schema={"period": pl.Date, "months": pl.Int8, "value": pl.Float64, "level": pl.Float64},
    )


def _cost(values: Sequence[float], breaks: Sequence[int]) -> float:
    return sum(abs(v - m) for v, m in zip(values, _levels(values, breaks), strict=True))


def _unit(paired: pl.DataFrame) -> str:
    held = paired["unit"].drop_nulls().to_list() if "unit" in paired.columns else []
    return str(held[0]) if held else ""


def _assumptions(rows: list[Row], seasonal: bool) -> tuple[str, ...]:
    told = ["The level stays and then moves at once: a steady trend would show as a row of moves."]
    if not seasonal:
        told.append("The season was not taken out: not every calendar month is there twice.")
    span = rows[-1].start + rows[-1].months - rows[0].start
    missing = span - sum(row.months for row in rows)
    if missing > 0:
        told.append(f"Months without a figure: {missing}; a change may lie anywhere within such a gap.")
    return tuple(told)
