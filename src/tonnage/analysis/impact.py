"""The effect of a dated event on monthly tonnage, with an interval that holds: method M1.

docs/method/impact.md tells the method in words and formulas; docs/method/calibration.md what it attains.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from tonnage.analysis import observations, poisson, serial, verdicts
from tonnage.analysis.controls import named_control
from tonnage.analysis.observations import Observations
from tonnage.analysis.results import Result
from tonnage.analysis.serial import Shape
from tonnage.analysis.verdicts import Reason, reason
from tonnage.analysis.wording import pick
from tonnage.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tonnage.analysis.poisson import Estimate
    from tonnage.ledger.ledger import Ledger

    Array = NDArray[np.float64]

__all__ = ["EventMonth", "Family", "Impact", "Placebo", "impact"]

Family = Literal["log", "poisson"]

#: Months after the event that the average is taken over, where the caller does not say.
AFTER: Final = 6
#: Months before the event that are used at most: a straight trend does not hold for longer.
BEFORE: Final = 120
#: The fewest months before: a year. Below two the season is not learnt but allowed for.
_FEWEST: Final = 12
_TWO_YEARS: Final = 24
_FEWEST_NONZERO: Final = 8
#: Share of the months before that must have been printed.
_PRINTED: Final = 2 / 3
#: Fake dates tried at most, spread evenly over the months where one fits.
_FAKE_DATES: Final = 8

_PATH: Final[dict[str, Any]] = {
    "period": pl.Date,
    "months": pl.Int8,
    "role": pl.Enum(["anticipation", "event", "after"]),
    "observed": pl.Float64,
    "counterfactual": pl.Float64,
    "effect_pct": pl.Float64,
    "low_pct": pl.Float64,
    "high_pct": pl.Float64,
    "exposed": pl.Float64,
}

_FITTED: Final = {name: _PATH[name] for name in ("period", "months", "observed")}

_SHORT: Final = (
    "less than two years before the event: season, holiday and trend cannot be learnt and are allowed for as"
    " uncertainty of unknown size; that other years' season was no larger is an assumption"
)


_LUMPY_CONTROL: Final = (
    "the control has months of 0 t: the logarithm is of its tonnes plus their mean; a control without zeros"
    " tells more"
)


@dataclass(frozen=True, slots=True)
class Placebo:
    """A date on which nothing happened, treated like the event, with the figures known by then."""

    day: dt.date
    effect_pct: float
    low_pct: float
    high_pct: float


@dataclass(frozen=True, slots=True)
class EventMonth:
    """The month (or two-month row) in which the event fell: part before, part after.

    Attributes:
        period: its first day.
        exposed: share of its days from the event on.
        effect_pct: of the whole row, from `low_pct` to `high_pct`.
        exposed_pct: the same effect as if borne by the exposed days alone, at least -100.
    """

    period: dt.date
    exposed: float
    effect_pct: float
    low_pct: float
    high_pct: float
    exposed_pct: float


@dataclass(frozen=True, slots=True, eq=False)
class Impact(Result):
    """What can be said about an event, or why nothing can.

    Attributes:
        answered: False: the figures cannot answer, `reason` says why, and every number is None.
        reason: why not; "" when answered.
        event: day from which the event can have worked.
        effect_pct: average effect on the full months after, per cent of what would have been shipped.
        low_pct: lower end of the interval, -100 where nothing was shipped at all.
        high_pct: upper end.
        level: of all intervals.
        p_value: of no effect, two-sided.
        tonnes: shipped less what would have been, summed over the full months after.
        tonnes_low: lower end of its interval.
        tonnes_high: upper end.
        months_after: full months after that entered the average.
        months_before: months before that were fitted.
        family: "log" or "poisson".
        path: one row a month from the first anticipation month on: period, months, role, observed and
            counterfactual (tonnes), effect_pct with low_pct and high_pct (of that month alone, its own noise
            included), exposed (share of days).
        fitted: one row a month before that was fitted: period, months, observed (tonnes).
        event_month: the month of the event where it is only partly exposed.
        placebos: fake dates before the event.
        placebo_p_value: rank of the event among them; never below 1 / (number + 1).
        control_p_value: of no move of the control at the event; small = it is no clean control.
        method: how it was done, in one paragraph.
        assumptions: what has to hold.
        warnings: what a reader must be told with the number.
        receipts: those of the figures of `path`, then those of the control's in the same months.
        reason_in: `reason` by language; empty when answered.
    """

    answered: bool
    reason: str
    event: dt.date
    level: float
    effect_pct: float | None = None
    low_pct: float | None = None
    high_pct: float | None = None
    p_value: float | None = None
    tonnes: float | None = None
    tonnes_low: float | None = None
    tonnes_high: float | None = None
    months_after: int = 0
    months_before: int = 0
    family: Family | None = None
    path: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PATH))
    fitted: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_FITTED))
    event_month: EventMonth | None = None
    placebos: tuple[Placebo, ...] = ()
    placebo_p_value: float | None = None
    control_p_value: float | None = None
    method: str = ""
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    receipts: tuple[Any, ...] = ()
    reason_in: Mapping[str, str] = field(default_factory=dict)

    @property
    def significant(self) -> bool:
        """Whether the interval excludes no effect; False when nothing could be answered."""
        return self.p_value is not None and self.p_value < 1 - self.level

    @property
    def verdict(self) -> str:
        """What may be said, in one English sentence or two."""
        return self.sentence("en")

    def sentence(self, language: str = "en") -> str:
        """Return the verdict in English, Chinese or Japanese.

        Raises:
            ParameterError: another language.
        """
        return pick(verdicts.sentences(self), language)

    def to_frame(self) -> pl.DataFrame:
        """Return one row with the numbers and the verdict; the months are in `path`."""
        tables = ("path", "fitted", "event_month", "placebos")
        left_out = (*tables, "assumptions", "warnings", "receipts", "reason_in")
        row = {f.name: getattr(self, f.name) for f in fields(Impact) if f.name not in left_out}
        numbers = {name: pl.Float64 for name in row if name.endswith(("_pct", "_value")) or "tonnes" in name}
        return pl.DataFrame(
            {**row, "verdict": self.verdict, "warnings": [list(self.warnings)]},
            schema_overrides={**numbers, "family": pl.String, "warnings": pl.List(pl.String)},
        )


def impact(
    series: Any,
    event: Any,
    control: Any = None,
    *,
    after: int | None = None,
    anticipation: int = 0,
    family: Family | None = None,
    level: float = 0.95,
    before: int = BEFORE,
    holiday: bool = True,
    ledger: Ledger | None = None,
) -> Impact:
    """Return the average effect of an event on monthly tonnage, in per cent and in tonnes.

    Args:
        series: polars, pandas or Arrow frame, or mapping of columns: `period` (a month) and `value`
            (tonnes); optional `months` (1; 2 for January and February printed together, one observation),
            `unit` (converted to tonnes), `definition`, `flags`. Missing months stay missing.
        event: a date, "YYYY-MM-DD", or a row of the EVENTS register: max(date_start, known_at) counts.
        control: a frame of the same shape that the event does not touch and that shares no goods with the
            series; never a transform of it. Its logarithm enters as a regressor. For a series of the ledger
            also a name: another definition to the same partner, or another partner of the same definition.
        after: full months after the event in the average; by default those observed, at most 6.
        anticipation: months before the event that may hold stockpiling: shown, not fitted.
        family: "poisson" or "log"; by default Poisson where a month used is zero, logarithms elsewhere.
        level: of the intervals, from 0.5 to 0.999.
        before: months before the event that are fitted at most.
        holiday: False where Chinese New Year plays no part, and for years outside its table (1990 to 2040).
        ledger: where a control given by name is looked up; by default that of the workspace here.

    Returns:
        An `Impact`; with `answered` False, a `reason` and no number where the figures cannot answer: too few
        months before or after, the event outside the months covered, nothing shipped, a break inside.

    Raises:
        ParameterError: the frame is not monthly tonnage, an option is impossible, or a control given by name
            is neither a definition nor a country or holds goods of the series.
        CodeError: the unit is not a mass, or there are two.
        DefinitionError: there are two definitions.
        NoDataError: the frame has no number at all, or the ledger none of the control.
    """
    _check_options(after, anticipation, family, level, before)
    day = observations.event_day(event)
    observed = observations.read(series)
    told = ""
    if isinstance(control, str):
        control, told = named_control(series, control, ledger)
    beside = None if control is None else observations.read(control, "control")
    plan = _plan(observed, beside, day, AFTER if after is None else after, anticipation, before)
    if isinstance(plan, dict):
        return Impact(answered=False, reason=plan["en"], event=day, level=level, reason_in=plan)
    notes = (*plan.notes, told) if told else plan.notes
    plan = replace(plan, shape=plan.shape._replace(holiday=holiday), notes=notes)
    return _answer(plan, day, family, level)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The rows of one question. Roles, exposure and receipts are of the rows apart."""

    shape: Shape
    tonnes: tuple[float, ...]
    control: tuple[float, ...] | None
    roles: tuple[str, ...]
    exposed: tuple[float, ...]
    notes: tuple[str, ...]
    receipts: tuple[Any, ...]


def _check_options(
    after: int | None, anticipation: int, family: str | None, level: float, before: int
) -> None:
    if after is not None and after < 1:
        raise ParameterError(f"after: expected at least 1 month, found {after}")
    if anticipation < 0:
        raise ParameterError(f"anticipation: expected 0 or more months, found {anticipation}")
    if family not in (None, "log", "poisson"):
        raise ParameterError(f"family: expected 'log', 'poisson' or None, found {family!r}")
    if not 0.5 <= level <= 0.999:
        raise ParameterError(f"level: expected 0.5 to 0.999, found {level}")
    if before < _FEWEST:
        raise ParameterError(f"before: expected at least {_FEWEST} months, found {before}")


def _plan(
    series: Observations,
    control: Observations | None,
    day: dt.date,
    after: int,
    anticipation: int,
    before: int,
) -> _Plan | Reason:
    """Return the rows to use and their roles, or why there is no answer."""
    month = observations.month_number(day)
    if not series.covered[0] <= month <= series.covered[1]:
        first, last = (f"{observations.month_start(n):%Y-%m}" for n in series.covered)
        later = month > series.covered[1]
        return reason("ahead" if later else "outside", day=day, first=first, last=last)
    full = month if day.day == 1 else month + 1
    start = month - anticipation
    used, roles, exposed = [], [], []
    for index, row in enumerate(series.rows):
        if row[0] >= full + after or row[0] < start - before:
            continue
        used.append(index)
        roles.append(observations.role(row, day, anticipation))
        exposed.append(observations.exposure(row, day))
    return _checked(series, control, used, roles, exposed, _notes(series, used, full, after))


def _notes(series: Observations, used: list[int], full: int, after: int) -> tuple[str, ...]:
    notes = []
    seen = {m for i in used for m in range(series.rows[i][0], sum(series.rows[i]))}
    if not seen:
        return ()
    gaps = sorted(set(range(min(seen), max(seen) + 1)) - seen)
    if gaps:
        named = ", ".join(f"{observations.month_start(n):%Y-%m}" for n in gaps[:6])
        one = "1 month is" if len(gaps) == 1 else f"{len(gaps)} months are"
        notes.append(f"{one} missing ({named}{', ...' if len(gaps) > 6 else ''}); none was filled")
    later = sum(start >= full + after for start, _ in series.rows)
    if later:
        notes.append(
            f"{later} later figures are not in the average, which covers {after} months after the event"
        )
    counted = Counter(series.stages[i] for i in used)
    if len(counted) > 1:
        told = ", ".join(f"{n} {stage or 'of no stage'}" for stage, n in sorted(counted.items()))
        notes.append(
            f"the figures are of several stages ({told}): a flash figure may be revised or cut otherwise"
        )
    return tuple(notes)


def _checked(
    series: Observations,
    control: Observations | None,
    used: list[int],
    roles: list[str],
    exposed: list[float],
    notes: tuple[str, ...],
) -> _Plan | Reason:
    rows = [series.rows[i] for i in used]
    if any(rows[0][0] < at <= rows[-1][0] for at in series.breaks) if rows else False:
        return reason("break")
    values: tuple[float, ...] | None = None
    if control is not None:
        kept = _matched(rows, control)
        notes = (*notes, *_dropped(len(rows) - len(kept)))
        rows, used, roles, exposed = ([x[i] for i in kept] for x in (rows, used, roles, exposed))  # type: ignore[assignment]
        values = tuple(_control_value(rows, control))
        notes = (*notes, _LUMPY_CONTROL) if 0 in values else notes
    plan = _Plan(
        shape=_shape(rows, roles),
        tonnes=tuple(series.tonnes[i] for i in used),
        control=values,
        roles=tuple(r for r in roles if r != "before"),
        exposed=tuple(e for e, r in zip(exposed, roles, strict=True) if r != "before"),
        notes=notes,
        receipts=_receipts(series, used, roles, control),
    )
    _check_control(plan)
    return _unanswerable(plan) or plan


def _receipts(
    series: Observations, used: list[int], roles: list[str], control: Observations | None
) -> tuple[Any, ...]:
    """Return the receipts of the rows apart, those of the control after those of the series."""
    apart = [index for index, role in zip(used, roles, strict=True) if role != "before"]
    own = [receipt for index in apart for receipt in series.receipts[index]]
    if control is None:
        return tuple(own)
    months = {m for index in apart for m in range(series.rows[index][0], sum(series.rows[index]))}
    beside = zip(control.rows, control.receipts, strict=True)
    return (*own, *(receipt for (start, _), held in beside if start in months for receipt in held))


def _check_control(plan: _Plan) -> None:
    """Refuse a control that never varies, or that is the series in another unit."""
    if not plan.control or not plan.shape.before:
        return
    if max(plan.control) - min(plan.control) <= 1e-9 * max(plan.control):
        raise ParameterError("control: expected figures that vary, found one number in every month")
    months = [n for _, n in plan.shape.before]
    monthly = [t / n for t, n in zip(plan.tonnes, months, strict=False)]
    ratios = [t / c if c else math.inf for t, c in zip(monthly, plan.control, strict=False) if t or c]
    if max(ratios) - min(ratios) <= 1e-9 * max(ratios) < math.inf:
        raise ParameterError(
            "control: expected goods other than the series', found the series times a number"
        )


def _matched(rows: list[tuple[int, int]], control: Observations) -> list[int]:
    """Return the rows whose months the control has too."""
    printed = set(control.rows)
    return [i for i, row in enumerate(rows) if row in printed or set(_singles(row)) <= printed]


def _singles(row: tuple[int, int]) -> list[tuple[int, int]]:
    return [(row[0] + k, 1) for k in range(row[1])]


def _dropped(count: int) -> tuple[str, ...]:
    return (f"{count} rows are left out because the control has no figure for them",) if count else ()


def _control_value(rows: list[tuple[int, int]], control: Observations) -> list[float]:
    """Return the control's tonnes a month, by row of the series."""
    printed = dict(zip(control.rows, control.tonnes, strict=True))
    return [(printed[r] if r in printed else sum(printed[s] for s in _singles(r))) / r[1] for r in rows]


def _shape(rows: list[tuple[int, int]], roles: list[str]) -> Shape:
    apart = [(row, role) for row, role in zip(rows, roles, strict=True) if role != "before"]
    months = sum(row[1] for row, role in apart if role == "after")
    return Shape(
        before=tuple(row for row, role in zip(rows, roles, strict=True) if role == "before"),
        apart=tuple(row for row, _ in apart),
        weights=tuple(row[1] / months if role == "after" else 0.0 for row, role in apart),
    )


def _unanswerable(plan: _Plan) -> Reason | None:
    """Return why the figures cannot answer, or None if they can."""
    before = plan.shape.before
    if "after" not in plan.roles:
        return reason("early")
    months = sum(n for _, n in before)
    if months < _FEWEST:
        return reason("short", months=months, least=_FEWEST)
    span = before[-1][0] + before[-1][1] - before[0][0]
    if months < _PRINTED * span:
        return reason("gaps", months=months, span=span)
    fitted = plan.tonnes[: len(before)]
    if not any(plan.tonnes):
        return reason("nothing")
    nonzero = sum(value > 0 for value in fitted)
    if nonzero < _FEWEST_NONZERO:
        return reason("lumpy", months=nonzero, least=_FEWEST_NONZERO)
    return None


def _answer(plan: _Plan, day: dt.date, family: Family | None, level: float) -> Impact:
    import numpy as np

    zeros = sum(value == 0 for value in plan.tonnes)
    if family == "log" and zeros:
        raise ParameterError(f"family: 'log' has no value for a month of 0 t, found {zeros}; use 'poisson'")
    chosen: Family = family or ("poisson" if zeros else "log")
    tonnes = np.array(plan.tonnes)
    control = None if plan.control is None else _regressor(np.array(plan.control), len(plan.shape.before))
    fit = poisson.by_poisson if chosen == "poisson" else poisson.by_logarithm
    found = fit(plan.shape, tonnes, control, level)
    placebos, rank = _placebos(plan, found, control, level)
    path = _path(plan, found)
    short = tonnes[len(plan.shape.before) :] - found.expected
    lost = float(short @ (np.array(plan.shape.weights) > 0))
    expected = float(found.expected @ (np.array(plan.shape.weights) > 0))
    months = sum(n for (_, n), role in zip(plan.shape.apart, plan.roles, strict=True) if role == "after")
    return Impact(
        answered=True,
        reason="",
        event=day,
        level=level,
        effect_pct=_percent(found.effect),
        low_pct=_percent(found.low),
        high_pct=_percent(found.high),
        p_value=found.p_value,
        tonnes=lost,
        tonnes_low=lost - expected * (math.exp(found.spread[0]) - 1),
        tonnes_high=lost + expected * (1 - math.exp(-found.spread[1])),
        months_after=months,
        months_before=sum(n for _, n in plan.shape.before),
        family=chosen,
        path=path,
        fitted=_fitted(plan),
        event_month=_event_month(path),
        placebos=placebos,
        placebo_p_value=rank,
        control_p_value=None if found.moved is None else found.moved[1],
        method=_method(chosen, plan, months, level),
        assumptions=_assumptions(control is not None),
        warnings=_warnings(plan, found, months, rank, level),
        receipts=plan.receipts,
    )


def _fitted(plan: _Plan) -> pl.DataFrame:
    rows = plan.shape.before
    columns = {
        "period": [observations.month_start(start) for start, _ in rows],
        "months": [months for _, months in rows],
        "observed": plan.tonnes[: len(rows)],
    }
    return pl.DataFrame(columns, schema=_FITTED)


def _assumptions(controlled: bool) -> tuple[str, ...]:
    held = (*verdicts.ASSUMED, verdicts.CONTROL_ASSUMED) if controlled else verdicts.ASSUMED
    return tuple(text["en"] for text in held)


def _regressor(tonnes: Array, n: int) -> Array:
    """Return the logarithm of the control, less its mean over the n rows before."""
    import numpy as np

    # a month of 0 t has no logarithm: the control's mean is added to every month, so that 0 is log 2 below it
    values = np.log(tonnes if tonnes.all() else tonnes + tonnes[:n].mean())
    result: Array = values - values[:n].mean()
    return result


def _percent(logarithm: float) -> float:
    return 100 * math.expm1(min(logarithm, 50.0))


def _path(plan: _Plan, found: Estimate) -> pl.DataFrame:
    n = len(plan.shape.before)
    observed = plan.tonnes[n:]
    return pl.DataFrame(
        {
            "period": [observations.month_start(start) for start, _ in plan.shape.apart],
            "months": [months for _, months in plan.shape.apart],
            "role": plan.roles,
            "observed": observed,
            "counterfactual": found.expected.tolist(),
            "effect_pct": [100 * (o / e - 1) for o, e in zip(observed, found.expected.tolist(), strict=True)],
            "low_pct": [_percent(v) for v in found.lows.tolist()],
            "high_pct": [_percent(v) for v in found.highs.tolist()],
            "exposed": plan.exposed,
        },
        schema=_PATH,
    )


def _event_month(path: pl.DataFrame) -> EventMonth | None:
    rows = [row for row in path.iter_rows(named=True) if row["role"] == "event"]
    if not rows:
        return None
    row = rows[0]
    names = ("period", "exposed", "effect_pct", "low_pct", "high_pct")
    alone = max(row["effect_pct"] / row["exposed"], -100.0)
    return EventMonth(**{name: row[name] for name in names}, exposed_pct=alone)


def _placebos(
    plan: _Plan, found: Estimate, control: Array | None, level: float
) -> tuple[tuple[Placebo, ...], float | None]:
    """Return fake dates among the months before, and the rank of the event among them."""
    import numpy as np
    from scipy.special import stdtr, stdtrit

    before = plan.shape.before
    width = plan.roles.count("after")
    picks = _fake_starts(before, width)
    if not picks:
        return (), None
    regressors = poisson.design_of(plan.shape).regressors
    columns = [regressors] if control is None else [regressors, control]
    fitted = regressors.shape[1] + len(columns) - 1
    everything = np.column_stack([*columns, _windows(plan, picks), found.response])
    white = serial.whitened(plan.shape, everything, found.point)
    others = [fitted + k for k in range(len(plan.roles) - width)]
    step = fitted + len(others)

    def tried(column: int, rows: int, more: list[int]) -> tuple[float, float, int]:
        used = [column, *range(fitted), *more]
        return serial.first_coefficient(white[:rows, used], white[:rows, -1])

    def distance(effect: float, error: float, degrees: int) -> float:
        return float(stdtr(degrees, -abs(effect) / error))

    real = distance(*tried(step, len(white), others))
    told, beyond = [], 0
    for k, start in enumerate(picks):
        effect, error, degrees = tried(step + 1 + k, start + width, [])
        beyond += distance(effect, error, degrees) <= real
        half = error * float(stdtrit(degrees, (1 + level) / 2))
        day = observations.month_start(before[start][0])
        told.append(Placebo(day, _percent(effect), _percent(effect - half), _percent(effect + half)))
    return tuple(told), (1 + beyond) / (1 + len(told)) if told else None


def _fake_starts(before: tuple[tuple[int, int], ...], width: int) -> list[int]:
    """Return rows where a fake event has enough months before it and its window before the real one."""
    first = 0
    months = 0
    while first < len(before) and months < _TWO_YEARS:
        months += before[first][1]
        first += 1
    last = len(before) - width
    if first > last:
        return []
    count = min(_FAKE_DATES, last - first + 1)
    return sorted({first + round(k * (last - first) / max(count - 1, 1)) for k in range(count)})


def _windows(plan: _Plan, picks: list[int]) -> Array:
    """Return columns that are 1 in a window: other rows apart, the months after, each fake date."""
    import numpy as np

    n, width = len(plan.shape.before), plan.roles.count("after")
    size = n + len(plan.roles)
    apart = [n + k for k, role in enumerate(plan.roles) if role != "after"]
    after = [n + k for k, role in enumerate(plan.roles) if role == "after"]
    windows = [[row] for row in apart] + [after] + [list(range(i, i + width)) for i in picks]
    columns = np.zeros((size, len(windows)))
    for column, rows in enumerate(windows):
        columns[rows, column] = 1.0
    return columns


def _warnings(
    plan: _Plan,
    found: Estimate,
    months: int,
    rank: float | None,
    level: float,
) -> tuple[str, ...]:
    told = list(plan.notes)
    if poisson.is_short(plan.shape):
        told.append(_SHORT)
    elif _unseen(plan.shape):
        told.append(f"{_unseen(plan.shape)}: never printed before the event, so the season is allowed for")
    if months < verdicts.EARLY:
        told.append(
            f"only {months} full month{'s' * (months > 1)} after the event: the next release may change this"
        )
    if found.moved is not None and found.moved[1] < 0.1:
        told.append(
            f"the control moved by {_percent(found.moved[0]):+.0f}% at the event itself"
            f" (p = {found.moved[1]:.2f}):"
            " it may hold diverted goods, and its weight is reduced"
        )
    if found.p_value < 1 - level and rank is not None and rank > 0.25:
        told.append(f"fake dates do as much: rank p = {rank:.2f}; read the interval with care")
    fitted = plan.tonnes[: len(plan.shape.before)]
    if max(fitted) > 0.5 * sum(fitted):
        told.append("one month holds more than half of all tonnes before the event: the average rests on it")
    if math.isinf(found.low):
        told.append("nothing was shipped after the event: the estimate is a bound, not a measurement")
    if found.spread[0] < 1e-6:
        told.append("the months before do not vary at all: the interval means nothing")
    return tuple(told)


def _unseen(shape: Shape) -> str:
    """Return the calendar months of the rows apart that no row before covers, as "08, 09"."""
    before, apart = (
        {(start + k) % 12 + 1 for start, n in rows for k in range(n)} for rows in (shape.before, shape.apart)
    )
    return ", ".join(f"{month:02d}" for month in sorted(apart - before))


def _method(family: Family, plan: _Plan, months: int, level: float) -> str:
    fit = {
        "log": "least squares on the logarithm of tonnes",
        "poisson": "Poisson pseudo maximum likelihood (zeros kept) and its working response",
    }[family]
    holiday = "three Chinese New Year regressors" if plan.shape.holiday else "no moving holiday"
    beside = "" if plan.control is None else ", the logarithm of the control"
    before = sum(n for _, n in plan.shape.before)
    return (
        f"Interrupted time series by {fit}: {before} months before the event fitted with a level, a trend,"
        f" calendar months, {holiday}{beside}; errors AR1 plus noise, averaged over a"
        f" fixed grid by restricted likelihood; the width of the season is averaged"
        f" over too. The {months} full months after are predicted; the effect is the"
        f" average of their monthly effects, with the {100 * level:g}% interval of the mixture of t"
        " distributions. No random draws."
    )
