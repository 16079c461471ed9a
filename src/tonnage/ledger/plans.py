"""When a release is expected: by a printed calendar, by the usual days, or by a rule."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tonnage.model.release_rules import Series, Stage

__all__ = [
    "Expected",
    "Plan",
    "Track",
    "by_day",
    "by_rule",
    "expected_of",
    "joined",
    "last_month",
    "months_on",
    "once",
    "tracks_of",
]


@dataclass(frozen=True, slots=True)
class Expected:
    """A release that is still to come.

    Attributes:
        stage, period, months: what it is; `period` is the first day covered.
        first, last: the days between which it is expected; one day where a calendar prints it.
        basis: printed_calendar; usual_day where no calendar for that year is held; rule for a publisher
            without a calendar; page or file_name for a release seen without having been planned.
    """

    source: str
    stage: str
    period: dt.date
    months: int
    first: dt.date
    last: dt.date
    basis: str

    @property
    def end(self) -> dt.date:
        """First day of the last month covered."""
        return months_on(self.period, self.months - 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """An expected release, and why its days are those."""

    expected: Expected
    note: str
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Track:
    """What is known of one stage of one source: rows of RELEASES by the year of their plan, and pages."""

    printed: Mapping[int, Sequence[Mapping[str, Any]]]
    observed: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> Track:
        """Return the rows of one stage of one source, sorted out."""
        printed: dict[int, list[Mapping[str, Any]]] = {}
        observed = []
        for row in rows.iter_rows(named=True):
            if row["due"] is not None:
                printed.setdefault(row["due"].year, []).append(row)
            else:
                observed.append(row)
        return cls(printed, observed)

    def plans(self, until: dt.date) -> Iterator[Plan]:
        """Return every release planned for the months from the first printed one to that of a day."""
        if not self.printed:
            return
        month = dt.date(min(self.printed), 1, 1)
        while month <= until:
            yield from self._printed(month) if month.year in self.printed else self._usual(month)
            month = months_on(month, 1)

    def _printed(self, month: dt.date) -> Iterator[Plan]:
        for row in self.printed[month.year]:
            if row["due"].month == month.month:
                yield Plan(expected_of(row, row["due"], row["due"], row["basis"]), row["note"])

    def _usual(self, month: dt.date) -> Iterator[Plan]:
        """Return what is expected in a month because the last printed year had it in that month."""
        year = max(y for y in self.printed if y < month.year)
        like = [row for row in self.printed[year] if row["due"].month == month.month]
        if not like:
            return
        low, high, seen = self._spread(year)
        length = monthrange(month.year, month.month)[1]
        first, last = month.replace(day=min(low, length)), month.replace(day=min(high, length))
        shown = f"day {low}" if low == high else f"days {low} to {high}"
        note = f"usual {shown} of the month: the calendar of {year} and {seen} days seen since"
        for row in like:
            moved = {**row, "period": months_on(row["period"], 12 * (month.year - year))}
            yield Plan(expected_of(moved, first, last, "usual_day"), note)

    def _spread(self, year: int) -> tuple[int, int, int]:
        """Return the first and last day of the month in and since a printed year, and how many were seen."""
        until = min((y for y in self.printed if y > year), default=dt.MAXYEAR)
        lags = {_lag(row, row["due"]) for row in self.printed[year]}
        days = [(row["published"], _lag(row, row["published"])) for row in self.observed]
        # A release that slips into another month says nothing of the usual day.
        seen = {day for day, lag in days if year <= day.year < until and lag in lags}
        every = [row["due"].day for row in self.printed[year]] + [day.day for day in seen]
        return min(every), max(every), len(seen)


def _lag(row: Mapping[str, Any], day: dt.date) -> int:
    """Return how many months after the last month covered a day lies."""
    end = last_month(row)
    return (day.year - end.year) * 12 + day.month - end.month


def expected_of(row: Mapping[str, Any], first: dt.date, last: dt.date, basis: str) -> Expected:
    """Return a row of RELEASES as a release expected between two days."""
    return Expected(row["source"], row["stage"], row["period"], row["months"], first, last, basis)


def tracks_of(calendar: pl.DataFrame) -> dict[tuple[str, str], Track]:
    """Return the rows of RELEASES by source and stage."""
    rows = calendar.with_columns(pl.col("stage").cast(pl.String))
    parts = rows.partition_by("source", "stage", as_dict=True, maintain_order=True)
    return {(str(source), str(stage)): Track.of(part) for (source, stage), part in parts.items()}


def by_day(expected: Expected) -> tuple[dt.date, dt.date]:
    """Return what puts the soonest release first."""
    return expected.first, expected.last


def joined(plan: Plan, series: Series | None, as_of: dt.date) -> Plan:
    """Return a plan as it stands once months are known to come out together."""
    expected = plan.expected
    if series is None or expected.months != 1:
        return plan
    for joint in series.together:
        covers = expected.period.month in joint.months and expected.period.year >= joint.since
        if covers and as_of >= joint.known:
            if expected.period.month != joint.months[-1]:
                return replace(plan, note=joint.why, overtaken=True)
            count = len(joint.months)
            whole = replace(expected, period=months_on(expected.period, 1 - count), months=count)
            return replace(plan, expected=whole)
    return plan


def once(plans: Iterable[Plan]) -> list[Plan]:
    """Return one plan a release: where two publishers print a calendar, the earlier of their days."""
    ordered = sorted(plans, key=lambda p: by_day(p.expected))
    return list({(p.expected.end, p.overtaken): p for p in reversed(ordered)}.values())


def by_rule(series: Series, name: str, stage: Stage, month: dt.date, day: dt.date) -> Plan:
    """Return the release of a month by a publisher without a calendar, as known on a day."""
    printed = series.printed.get(month)
    note = "; ".join(filter(None, (stage.part and f"{stage.part} only", series.basis, series.note)))
    if printed and printed.year <= day.year:
        return Plan(Expected(series.id, name, month, 1, printed, printed, "printed_calendar"), series.note)
    first, last = _rule_days(stage, month)
    if not series.weekends:
        first, last = _working(first, last)
    return Plan(Expected(series.id, name, month, 1, first, last, "rule"), note)


def _rule_days(stage: Stage, month: dt.date) -> tuple[dt.date, dt.date]:
    if stage.days_after is not None:
        end = months_on(month, 1) - dt.timedelta(days=1)
        least, most = stage.days_after
        return end + dt.timedelta(days=least), end + dt.timedelta(days=most)
    at = months_on(month, stage.month_after or 0)
    length = monthrange(at.year, at.month)[1]
    low, high = stage.days or (1, length)
    return at.replace(day=min(low, length)), at.replace(day=min(high, length))


def _working(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """Return the working days of a span; one that is all weekend moves to the Monday after."""
    begin = first + dt.timedelta(days=(7 - first.weekday()) if first.weekday() > 4 else 0)
    finish = last - dt.timedelta(days=max(last.weekday() - 4, 0))
    return (begin, finish) if begin <= finish else (begin, begin)


def months_on(day: dt.date, months: int) -> dt.date:
    """Return the first of the month that is `months` after the month of `day`."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(years, month + 1, 1)


def last_month(row: Mapping[str, Any]) -> dt.date:
    """Return the first day of the last month that a row of RELEASES covers."""
    return months_on(row["period"], row["months"] - 1)
