"""Monthly tonnage as the impact method reads it, from any frame; whatever is not that is refused."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import narwhals as nw

from tonnage.analysis.series import UNUSED
from tonnage.errors import CodeError, DefinitionError, NoDataError, ParameterError
from tonnage.model.codes import MASS_KG

__all__ = [
    "Observations",
    "day_of",
    "event_day",
    "exposure",
    "month_number",
    "month_start",
    "read",
    "role",
]

_COLUMNS: Final = ("period", "value", "months", "unit", "definition", "flags", "stage", "receipt")
_PAIR: Final = 2
#: A month as text: "2025-04", or "202504" as UN Comtrade writes it.
_MONTH: Final = re.compile(r"(\d{4})-?(0[1-9]|1[0-2])")
_BARRED: Final = frozenset(UNUSED)


@dataclass(frozen=True, slots=True)
class Observations:
    """Rows in order of time; a month without a printed number has none.

    Attributes:
        rows: (first month, months covered); a month is year * 12 + month - 1.
        tonnes: of the whole row.
        breaks: months at which the definition changed.
        covered: first and last month of the frame, printed or not.
        receipts: of each row; empty where the frame has none.
        stages: of each row as the frame names it ("flash", "bulletin" ...), else "".
    """

    rows: tuple[tuple[int, int], ...]
    tonnes: tuple[float, ...]
    breaks: tuple[int, ...]
    covered: tuple[int, int]
    receipts: tuple[tuple[Any, ...], ...]
    stages: tuple[str, ...]


def month_number(day: dt.date) -> int:
    """Return year * 12 + month - 1."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> dt.date:
    """Return the first day of a month given by its number."""
    return dt.date(number // 12, number % 12 + 1, 1)


def exposure(row: tuple[int, int], day: dt.date) -> float:
    """Return the share of a row's days from a day on; a row is its first month and the months it covers."""
    first, end = month_start(row[0]), month_start(row[0] + row[1])
    return min(max((end - day).days / (end - first).days, 0.0), 1.0)


def role(row: tuple[int, int], day: dt.date, anticipation: int) -> str:
    """Return what a row is to an event: before, anticipation (may hold stockpiling), event or after."""
    share = exposure(row, day)
    if share == 1:
        return "after"
    if share > 0:
        return "event"
    return "anticipation" if row[0] + row[1] > month_number(day) - anticipation else "before"


def read(frame: Any, what: str = "series") -> Observations:
    """Return the observations of a frame, sorted.

    Args:
        frame: polars, pandas or Arrow frame (any that narwhals knows), or a mapping of columns: `period`
            (first day of a month, "YYYY-MM", "YYYYMM" or a monthly period of pandas, whose index may hold it)
            and `value` (tonnes); optional `months` (1; 2 for January and February together), `unit` (a mass),
            `definition`, `flags`, `stage`, `receipt`. A null value, which in pandas may be NaN, is a month
            that was not printed. Where January and February stand there singly and together, the single
            months are taken.
        what: what to call the frame in an error.

    Raises:
        ParameterError: a column is missing, a period is not a month or is there twice, months is not 1 or 2,
            or a value is negative, infinite or not a number.
        CodeError: the unit is not a mass, or there are two units.
        DefinitionError: there are two definitions.
        NoDataError: no row, or no printed number.
    """
    columns = _columns(frame, what)
    factor = _factor(columns, what)
    _one_definition(columns, what)
    starts = [_month(value, what) for value in columns["period"]]
    if not starts:
        raise NoDataError(f"{what}: expected monthly rows, found none")
    lengths = [_length(value, what) for value in columns.get("months", [1] * len(starts))]
    flags = [frozenset(_flags(value)) for value in columns.get("flags", [()] * len(starts))]
    values = [_tonnes(v, factor, f, s, what) for v, f, s in zip(columns["value"], flags, starts, strict=True)]
    _no_duplicates(list(zip(starts, lengths, strict=True)), what)
    printed = {(s, n): v for s, n, v in zip(starts, lengths, values, strict=True) if v is not None}
    seen = zip(starts, lengths, columns.get("receipt", [None] * len(starts)), strict=True)
    receipts = {(s, n): _receipts(held) for s, n, held in seen}
    named = zip(starts, lengths, columns.get("stage", [None] * len(starts)), strict=True)
    stages = {(s, n): str(stage or "") for s, n, stage in named}
    rows = sorted(_unpaired(printed, what))
    if not rows:
        raise NoDataError(
            f"{what}: expected at least one printed number, found {len(starts)} rows without one"
        )
    return Observations(
        rows=tuple(rows),
        tonnes=tuple(printed[row] for row in rows),
        breaks=tuple(sorted(s for s, f in zip(starts, flags, strict=True) if "break" in f)),
        covered=(min(starts), max(s + n - 1 for s, n in zip(starts, lengths, strict=True))),
        receipts=tuple(receipts[row] for row in rows),
        stages=tuple(stages[row] for row in rows),
    )


def event_day(event: Any) -> dt.date:
    """Return the day from which an event can have worked: its start, or the day it was known if later.

    Args:
        event: a date, "YYYY-MM-DD", or a row of the EVENTS register with `date_start` and `known_at`.

    Raises:
        ParameterError: it is none of these, or its start is unknown.
    """
    if not isinstance(event, Mapping):
        return day_of(event, "event")
    name = event.get("event_id", "event")
    if event.get("date_start") is None:
        raise ParameterError(
            f"{name}: date_start: expected a day, found none: it cannot be placed in a series"
        )
    days = [day_of(event[key], f"{name}: {key}") for key in ("date_start", "known_at") if event.get(key)]
    return max(days)


def day_of(value: Any, where: str) -> dt.date:
    """Return the calendar day of a date, a time or its ISO text.

    Raises:
        ParameterError: it is neither.
    """
    try:
        if isinstance(value, dt.datetime):
            return value.date()
        # a time of numpy writes itself in ISO
        return value if isinstance(value, dt.date) else dt.datetime.fromisoformat(f"{value}").date()
    except ValueError:
        raise ParameterError(f"{where}: expected a day such as 2025-04-04, found {value!r}") from None


def _columns(frame: Any, what: str) -> dict[str, list[Any]]:
    table = frame if isinstance(frame, Mapping) else _table(frame)
    names = list(getattr(table, "columns", table if isinstance(table, Mapping) else ()))
    missing = [name for name in ("period", "value") if name not in names]
    if missing:
        raise ParameterError(f"{what}: expected a frame with period and value, found {names or type(frame)}")
    return {name: _listed(table[name]) for name in _COLUMNS if name in names}


def _table(frame: Any) -> Any:
    """Return a frame of any library as narwhals knows it, with what the index of pandas tells as a column."""
    # a series has no columns: its values are, and a pandas one has the months beside them
    table = nw.from_native(frame.to_frame("value") if _is_series(frame) else frame, pass_through=True)
    if isinstance(table, nw.LazyFrame):
        return table.collect()
    if not isinstance(table, nw.DataFrame) or "period" in table.columns:
        return table
    index = nw.maybe_get_index(table)
    if hasattr(index, "freq") or getattr(index, "name", None) == "period":
        return nw.from_native(table.to_native().rename_axis("period").reset_index())
    return table


def _is_series(frame: Any) -> bool:
    return hasattr(frame, "to_frame") and not hasattr(frame, "columns")


def _listed(column: Any) -> list[Any]:
    """Return the values of a column; what pandas writes for null (NaN, NA, NaT) is None."""
    if not isinstance(column, nw.Series):
        return list(column)
    values: list[Any] = column.to_list()
    if not column.implementation.is_pandas_like():
        return values
    return [None if null else v for v, null in zip(values, column.is_null().to_list(), strict=True)]


def _factor(columns: Mapping[str, list[Any]], what: str) -> float:
    """Return tonnes in one unit of the values."""
    units = sorted(set(map(str, columns.get("unit", ["t"]))) or {"t"})
    if len(units) > 1:
        raise CodeError(
            f"{what}: unit: expected one, found {units}; convert them before, or take one of them"
        )
    if units[0] not in MASS_KG:
        raise CodeError(f"{what}: unit: expected a mass, one of {sorted(MASS_KG)}, found {units[0]!r}")
    return float(MASS_KG[units[0]] / 1000)


def _one_definition(columns: Mapping[str, list[Any]], what: str) -> None:
    found = sorted(set(map(str, columns.get("definition", []))))
    if len(found) > 1:
        raise DefinitionError(f"{what}: definition: expected one, found {found}: they are different goods")


def _month(value: Any, what: str) -> int:
    # a monthly period of pandas writes itself like this too
    month = _MONTH.fullmatch(f"{value}")
    day = day_of(f"{month[1]}-{month[2]}-01" if month else value, f"{what}: period")
    if day.day != 1:
        raise ParameterError(
            f"{what}: period {day}: expected the first of a month; the figures must be monthly"
        )
    return month_number(day)


def _length(value: Any, what: str) -> int:
    if value not in (1, _PAIR):
        raise ParameterError(f"{what}: months: expected 1, or 2 for two months together, found {value!r}")
    return int(value)


def _flags(value: Any) -> Iterable[str]:
    if value is None:
        return ()
    return value.split(",") if isinstance(value, str) else value


def _receipts(held: Any) -> tuple[Any, ...]:
    if held is None:
        return ()
    return (held,) if isinstance(held, str) or not isinstance(held, Iterable) else tuple(held)


def _tonnes(value: Any, factor: float, flags: frozenset[str], month: int, what: str) -> float | None:
    """Return tonnes, or None for a month that was not printed or may not be used."""
    if value is None or flags & _BARRED:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ParameterError(
            f"{what}: {month_start(month):%Y-%m}: value: expected a number or null, found {value!r}"
        ) from None
    if not math.isfinite(number) or number < 0:
        raise ParameterError(
            f"{what}: {month_start(month):%Y-%m}: value: expected tonnes, 0 or more, found {value!r};"
            " a month without a figure is null"
        )
    return number * factor


def _no_duplicates(rows: list[tuple[int, int]], what: str) -> None:
    twice = sorted({row for row in rows if rows.count(row) > 1}) if len(set(rows)) < len(rows) else []
    if twice:
        months = [f"{month_start(start):%Y-%m}" for start, _ in twice]
        raise ParameterError(f"{what}: period: expected each month once, found {months} more than once")


def _unpaired(printed: Mapping[tuple[int, int], float], what: str) -> list[tuple[int, int]]:
    """Return rows that cover no month twice: single months before the row that has both."""
    pairs = [row for row in printed if row[1] == _PAIR]
    singles = {row for row in printed if row[1] == 1}
    kept = []
    for start, months in pairs:
        inside = {(start, 1), (start + 1, 1)} & singles
        if (start + 1, _PAIR) in printed:
            raise ParameterError(f"{what}: two-month rows overlap at {month_start(start + 1):%Y-%m}")
        if len(inside) < _PAIR:
            singles -= inside
            kept.append((start, months))
    return [*singles, *kept]
