"""The release calendar: what was out on a day, and what comes next."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["ZONES", "Expected", "months_on", "next_releases", "released_on"]

#: The calendar day of a release is a day in the zone of its publisher.
ZONES: Final = {"gacc-bulletin": "Asia/Shanghai"}

_AHEAD: Final = 15  # months looked ahead for a release


@dataclass(frozen=True, slots=True)
class Expected:
    """A release that is still to come.

    Attributes:
        stage, period, months: what it is; `period` is the first day covered.
        first, last: the days between which it is expected; one day where a calendar prints it.
        basis: printed_calendar, or usual_day where no calendar for that year is held.
    """

    source: str
    stage: str
    period: dt.date
    months: int
    first: dt.date
    last: dt.date
    basis: str


def released_on(calendar: pl.DataFrame, stage: str, period: dt.date, as_of: dt.date) -> dt.date | None:
    """Return the day on which a stage of a month came out, by a page or else by the printed calendar."""
    rows = _covering(calendar, stage, period).filter(pl.coalesce("published", "due") <= as_of)
    seen = rows["published"].drop_nulls()
    days = seen if seen.len() else rows["due"].drop_nulls()
    return days.min() if days.len() else None  # type: ignore[return-value]


def _covering(calendar: pl.DataFrame, stage: str, period: dt.date) -> pl.DataFrame:
    end = pl.col("period").dt.offset_by(pl.format("{}mo", pl.col("months") - 1))
    return calendar.filter(
        pl.col("stage").cast(pl.String) == stage, pl.col("period") <= period, end >= period
    )


def next_releases(calendar: pl.DataFrame, stages: Sequence[str], as_of: dt.date) -> list[Expected]:
    """Return the next release of each stage after a day, soonest first.

    A day printed in a calendar is taken as it is. Without one, the days of the last printed year give the
    range: those of the same stage in all its months, moved to the month in question.
    """
    found = [expected for stage in stages if (expected := _next(calendar, stage, as_of))]
    return sorted(found, key=lambda e: (e.first, e.last))


def _next(calendar: pl.DataFrame, stage: str, as_of: dt.date) -> Expected | None:
    rows = calendar.filter(pl.col("stage").cast(pl.String) == stage)
    printed = rows.filter(pl.col("due") > as_of).sort("due")
    if printed.height:
        row = printed.row(0, named=True)
        return Expected(
            row["source"], stage, row["period"], row["months"], row["due"], row["due"], row["basis"]
        )
    plan = rows.filter(pl.col("due").is_not_null() & (pl.col("due") <= as_of))
    if not plan.height:
        return None
    year = plan["due"].dt.year().max()
    last = plan.filter(pl.col("due").dt.year() == year)
    days = last["due"].dt.day()
    for ahead in range(_AHEAD):
        expected = _usual(last, stage, months_on(as_of.replace(day=1), ahead), (_low(days), _high(days)))
        if expected and expected.last > as_of and not _out(rows, expected, as_of):
            return expected
    return None


def _out(rows: pl.DataFrame, expected: Expected, as_of: dt.date) -> bool:
    """Return whether a page shows that the release has come by then."""
    same = (pl.col("period") == expected.period) & (pl.col("months") == expected.months)
    return rows.filter(same, pl.col("published") <= as_of).height > 0


def _usual(last: pl.DataFrame, stage: str, month: dt.date, days: tuple[int, int]) -> Expected | None:
    """Return the release expected in a month because the last printed year had one in that month."""
    same = last.filter(pl.col("due").dt.month() == month.month)
    if not same.height:
        return None
    row = same.row(0, named=True)
    years = month.year - row["due"].year
    period = row["period"].replace(year=row["period"].year + years)
    end = monthrange(month.year, month.month)[1]
    first, until = (month.replace(day=min(day, end)) for day in days)
    return Expected(row["source"], stage, period, row["months"], first, until, "usual_day")


def _low(days: pl.Series) -> int:
    return int(days.min())  # type: ignore[arg-type]


def _high(days: pl.Series) -> int:
    return int(days.max())  # type: ignore[arg-type]


def months_on(day: dt.date, months: int) -> dt.date:
    """Return the first of the month that is `months` after the month of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(years, month + 1, 1)
