"""The release calendar: what was out on a day, what is due or late, and what comes next.

A release is planned by the calendar its publisher printed for the year; in a year without one, by the days of
the last printed year and those seen since; for a publisher without any calendar, by a rule of
release_rules.toml. Nothing is used before it could be known: a printed calendar counts from the first of
January of its year, an observed day from that day on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.errors import ReadError
from tonnage.ledger.plans import (
    Expected,
    Plan,
    Track,
    by_day,
    by_rule,
    expected_of,
    joined,
    last_month,
    months_on,
    once,
    tracks_of,
)
from tonnage.model import flows
from tonnage.model.release_rules import Series, rule, rules
from tonnage.sources import base

__all__ = [
    "AGENDA",
    "HELD",
    "STATES",
    "Expected",
    "Moment",
    "Release",
    "agenda",
    "as_frame",
    "due",
    "known",
    "late",
    "later",
    "local_day",
    "months_on",
    "next_releases",
    "released_on",
]

#: A day of the calendar, or a time with its offset, which is a day in the zone of each publisher.
Moment = str | dt.date | dt.datetime

_AHEAD: Final = 15  # months looked ahead for a release
_WAITED: Final = 366  # days after which nobody waits for a release any more
_BEHIND: Final = 3  # months after which every publisher with a rule has released

#: What a release may be on a day.
STATES: Final[dict[str, str]] = {
    "coming": "its first expected day is still to come",
    "due": "the day is among its expected days",
    "late": "its last expected day has passed, and neither it nor a later one of the stage has been seen",
    "gap": "not seen either, but a later one of the stage has been, or more than a year has gone by",
    "unfollowed": "its expected days have passed, and the ledger holds nothing of this publisher's stage",
    "seen": "a page states its day, or the ledger holds figures of it",
    "overtaken": "planned, and then published as part of another release",
}

#: One row a release, as it stands on a day. `first` and `last` are one day where a calendar prints it;
#: `slip_days` counts from the expected days, and is null where the day seen is itself assumed.
AGENDA: Final = pl.Schema(
    {
        "source": pl.String(),
        "publisher": pl.String(),
        "stage": pl.Enum(list(flows.OFFICIAL)),
        "period": pl.Date(),
        "months": pl.Int8(),
        "first": pl.Date(),
        "last": pl.Date(),
        "basis": pl.String(),
        "state": pl.Enum(list(STATES)),
        "seen": pl.Date(),
        "seen_by": pl.String(),
        "slip_days": pl.Int32(),
        "status": pl.String(),
        "note": pl.String(),
    }
)

#: What the ledger holds of a release: the first day on which figures up to a month were out. `scheme` is the
#: classification without its year.
HELD: Final = pl.Schema(
    {
        "reporter": pl.String(),
        "flow": pl.String(),
        "scheme": pl.String(),
        "stage": pl.String(),
        "end": pl.Date(),
        "day": pl.Date(),
        "assumed": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class Release:
    """A release as it stands on a day: the plan, and what has been seen of it."""

    expected: Expected
    series: Series
    state: str
    note: str
    seen: dt.date | None = None
    seen_by: str = ""

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and last day on which it may fall: the day seen, or else the expected ones."""
        return (self.seen, self.seen) if self.seen else (self.expected.first, self.expected.last)

    @property
    def slip_days(self) -> int | None:
        """Days after the last expected day, or before the first (negative); None if not known."""
        if self.seen is None or self.seen_by == "figures_day_assumed":
            return None
        first, last = self.expected.first, self.expected.last
        return max((self.seen - last).days, 0) or min((self.seen - first).days, 0)


# -- what was out ----------------------------------------------------------------------------------


def known(calendar: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Return the RELEASES rows that could be known at the end of a day.

    The day on which a calendar was printed is not held: it counts from the first of January of its year.
    """
    return calendar.filter((pl.col("published") <= day) | (pl.col("due").dt.year() <= day.year))


def released_on(calendar: pl.DataFrame, stage: str, period: dt.date, as_of: dt.date) -> dt.date | None:
    """Return the day on which a stage of a month came out, by a page or else by the printed calendar."""
    rows = _covering(calendar, stage, period).filter(pl.coalesce("published", "due") <= as_of)
    seen = rows["published"].drop_nulls()
    days = seen if seen.len() else rows["due"].drop_nulls()
    return days.min() if days.len() else None  # type: ignore[return-value]


def _covering(calendar: pl.DataFrame, stage: str, period: dt.date) -> pl.DataFrame:
    end = flows.months_later("period", pl.col("months") - 1)
    return calendar.filter(
        pl.col("stage").cast(pl.String) == stage, pl.col("period") <= period, end >= period
    )


# -- what comes ------------------------------------------------------------------------------------


def next_releases(calendar: pl.DataFrame, stages: Sequence[str], as_of: dt.date) -> list[Expected]:
    """Return the next release of each stage after a day, soonest first.

    A day printed in a calendar is taken as it is. Without one, the days of the last printed year and those
    seen since give the range, moved to the month in question.
    """
    tracks = tracks_of(known(calendar, as_of))
    ahead = [
        _next(track, rules().get(source), as_of)
        for (source, stage), track in tracks.items()
        if stage in stages
    ]
    soonest: dict[str, Expected] = {}
    for found in sorted(filter(None, ahead), key=by_day):
        soonest.setdefault(found.stage, found)
    return sorted(soonest.values(), key=by_day)


def _next(track: Track, series: Series | None, as_of: dt.date) -> Expected | None:
    seen = {last_month(row) for row in track.observed}
    plans = (joined(plan, series, as_of) for plan in track.plans(later(as_of, _AHEAD)))
    ahead = [p.expected for p in plans if p.expected.last > as_of and not p.overtaken]
    return min((e for e in ahead if e.end not in seen), key=by_day, default=None)


# -- the agenda of a day ---------------------------------------------------------------------------


def agenda(
    calendar: pl.DataFrame,
    held: pl.DataFrame,
    on: Moment,
    until: dt.date,
    followed: Iterable[Series] = (),
    since: dt.date | None = None,
) -> list[Release]:
    """Return every release planned or seen, as it stands at the end of a day, by day.

    Args:
        calendar: RELEASES.
        held: what the ledger holds of releases (`HELD`).
        on: the day of knowledge, or a time with its offset.
        until: how far ahead to plan.
        followed: publishers whose days a rule gives, to plan as well.
        since: the first month to plan for those; by default the first one held, or else that of the day.

    Raises:
        ContractError: a source of the calendar has no release rule.
        ReadError: a time without an offset.
    """
    found: list[Release] = []
    for series in {s: rule(s) for s in calendar["source"].unique().sort()}.values():
        day = local_day(on, series.zone)
        rows = known(calendar.filter(pl.col("source") == series.id), day)
        for (_, stage), track in tracks_of(rows).items():
            found += _standing(series, stage, track, held, day, until)
    for series in followed:
        found += _from_rule(series, held, local_day(on, series.zone), since, until)
    return sorted(found, key=lambda r: (*r.days, r.expected.source, flows.OFFICIAL.index(r.expected.stage)))


def _standing(
    series: Series, stage: str, track: Track, held: pl.DataFrame, day: dt.date, until: dt.date
) -> Iterator[Release]:
    seen = _figures(series, stage, held, day)
    # A page tells the day itself; figures tell it only if their own day is not assumed.
    for row in sorted(track.observed, key=lambda r: r["published"], reverse=True):
        seen[last_month(row)] = (row["published"], row["basis"])
    plans = once(joined(plan, series, day) for plan in track.plans(until))
    ends = {plan.expected.end for plan in plans if not plan.overtaken}
    for row in track.observed:
        if last_month(row) not in ends:
            ends.add(last_month(row))
            first, basis = seen[last_month(row)]
            plans.append(Plan(expected_of(row, first, first, basis), "seen; no calendar planned it"))
    yield from _releases(series, plans, seen, day)


def _from_rule(
    series: Series, held: pl.DataFrame, day: dt.date, since: dt.date | None, until: dt.date
) -> Iterator[Release]:
    for name, stage in series.stages.items():
        if not stage.timed:
            continue
        seen = _figures(series, name, held, day)
        month = months_on(since or min(seen, default=months_on(min(day, until), -_BEHIND)), 0)
        plans = []
        while month <= until:
            plans.append(by_rule(series, name, stage, month, day))
            month = months_on(month, 1)
        yield from _releases(series, plans, seen, day, followed=bool(seen))


def _figures(
    series: Series, stage: str, held: pl.DataFrame, day: dt.date
) -> dict[dt.date, tuple[dt.date, str]]:
    """Return last month covered -> day and how it is known, of the figures held by the end of a day."""
    rows = held.filter(
        pl.col("reporter").is_in(list(series.reporters)),
        pl.col("flow").is_in(list(series.flows)),
        pl.lit(value=True) if not series.scheme else pl.col("scheme") == series.scheme,
        pl.col("stage") == stage,
        pl.col("day") <= day,
    )
    best = rows.sort("assumed", "day").unique("end", keep="first", maintain_order=True)
    return {
        row["end"]: (row["day"], "figures_day_assumed" if row["assumed"] else "figures")
        for row in best.iter_rows(named=True)
    }


def _releases(
    series: Series,
    plans: Iterable[Plan],
    seen: Mapping[dt.date, tuple[dt.date, str]],
    day: dt.date,
    *,
    followed: bool = True,
) -> Iterator[Release]:
    newest = max(seen, default=dt.date.min)
    for plan in plans:
        there = None if plan.overtaken else seen.get(plan.expected.end)
        state = _state(plan, day, newest, seen=there is not None)
        if not followed and state in ("late", "gap"):
            state = "unfollowed"
        at, by = there or (None, "")
        yield Release(plan.expected, series, state, plan.note, at, by)


def _state(plan: Plan, day: dt.date, newest: dt.date, *, seen: bool) -> str:
    """Return what a release is on a day (`STATES`); `newest` is the last month seen at its stage."""
    if plan.overtaken:
        return "overtaken"
    if seen:
        return "seen"
    if plan.expected.last < day:
        passed = plan.expected.end < newest or (day - plan.expected.last).days > _WAITED
        return "gap" if passed else "late"
    return "due" if plan.expected.first <= day else "coming"


def due(releases: Iterable[Release], since: dt.date, until: dt.date) -> list[Release]:
    """Return the releases that fall, or may fall, on one of the days from `since` to `until`."""
    return [r for r in releases if r.days[0] <= until and r.days[1] >= since and r.state != "overtaken"]


def late(releases: Iterable[Release]) -> list[Release]:
    """Return the releases whose expected days have passed and that were not seen (late or gap)."""
    return [r for r in releases if r.state in ("late", "gap")]


def as_frame(releases: Iterable[Release]) -> pl.DataFrame:
    """Return releases as a table (`AGENDA`)."""
    return pl.DataFrame([_row(r) for r in releases], schema=AGENDA)


def _row(release: Release) -> dict[str, Any]:
    plan = {name: getattr(release.expected, name) for name in Expected.__dataclass_fields__}
    own = {name: getattr(release, name) for name in ("state", "seen", "seen_by", "slip_days", "note")}
    return {**plan, **own, "publisher": release.series.publisher, "status": release.series.status}


# -- days ------------------------------------------------------------------------------------------


def local_day(moment: Moment, zone: dt.tzinfo) -> dt.date:
    """Return the calendar day of a moment in a zone; a day is the same day everywhere.

    Raises:
        ReadError: it is no ISO day, or a time without an offset.
    """
    if isinstance(moment, str):
        moment = _moment(moment)
    if not isinstance(moment, dt.datetime):
        return moment
    if moment.tzinfo is None:
        raise ReadError(f"time {moment.isoformat()}: expected an offset such as +08:00, or a day alone")
    return moment.astimezone(zone).date()


def _moment(text: str) -> dt.date | dt.datetime:
    if "T" not in text:
        return base.day(text)
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise ReadError(f"time {text!r}: expected YYYY-MM-DDTHH:MM and an offset such as +08:00") from None


def later(day: dt.date, months: int) -> dt.date:
    """Return the first of a later month; the last month there is, if there is none so late."""
    last = dt.date(dt.MAXYEAR - 1, 12, 1)
    return last if day >= last else min(months_on(day, months), last)
