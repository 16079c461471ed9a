"""What the calendar answers, asked of a ledger: due, late, next, and which release shows an event first."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import polars as pl

from tonnage.errors import NoDataError
from tonnage.ledger import calendar, evidence
from tonnage.ledger.calendar import HELD, Moment, Release, local_day
from tonnage.ledger.contradictions import check_calendar
from tonnage.model import flows
from tonnage.model.codes import resolve_country
from tonnage.model.definitions import Definition, definition
from tonnage.model.release_rules import Series, rules
from tonnage.sources import base

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["due", "first_evidence", "held", "late", "next_release"]

_AHEAD: Final = 15  # months
_BEHIND: Final = 3  # months before a day that may be released on it

#: Rows that say nothing of whether a month is out.
_NO_RELEASE: Final = ("comparative", "not_yet_published")

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: Where a day begins first: no publisher's day is later than the day there.
_EASTMOST: Final = dt.timezone(dt.timedelta(hours=14))


def held(prints: pl.LazyFrame) -> pl.DataFrame:
    """Return what a ledger holds of each release (`HELD`): the first day on which it had figures of it."""
    end = flows.months_later("period", pl.col("months") - 1)
    own = prints.filter(
        pl.col("stage").is_in(list(flows.OFFICIAL)),
        *(~pl.col("flags").list.contains(flag) for flag in _NO_RELEASE),
    )
    rows = own.select(
        "reporter",
        pl.col("flow").cast(pl.String),
        pl.col("classification").str.replace("-?[0-9]{4}$", "").alias("scheme"),
        pl.col("stage").cast(pl.String),
        end.alias("end"),
        pl.col("published").alias("day"),
        pl.col("flags").list.contains("day_assumed").alias("assumed"),
    )
    first = rows.group_by("reporter", "flow", "scheme", "stage", "end", "assumed").agg(pl.col("day").min())
    return first.select(HELD.names()).sort(HELD.names()).collect()


def due(
    ledger: Ledger,
    on: Moment,
    since: dt.date | None,
    until: dt.date | None,
    name: str | None,
    partner: str,
) -> list[Release]:
    """Return the releases of some days; `Ledger.due` says more."""
    entry, code = _asked(name, partner)
    horizon = max(until or dt.date.min, local_day(on, _EASTMOST))
    months = None if since is None else calendar.months_on(since, -_BEHIND)
    found = _agenda(ledger, on, horizon, _series(ledger, entry, code), months)
    chosen: list[Release] = []
    for release in _about(found, entry, code):
        day = local_day(on, release.series.zone)
        chosen += calendar.due([release], since or min(day, until or day), until or max(day, since or day))
    return chosen


def late(ledger: Ledger, on: Moment, name: str | None, partner: str) -> list[Release]:
    """Return what is missing on a day; `Ledger.late` says more."""
    entry, code = _asked(name, partner)
    found = _agenda(ledger, on, local_day(on, _EASTMOST), _held_series(ledger), None)
    return calendar.late(_about(found, entry, code))


def next_release(ledger: Ledger, name: str, partner: str, as_of: Moment) -> evidence.Addition:
    """Return the next release of a definition and partner; `Ledger.next_release` says more."""
    entry, code = definition(name), resolve_country(partner)
    series = evidence.followed(entry, code)
    until = calendar.later(local_day(as_of, _EASTMOST), _AHEAD)
    found = _agenda(ledger, as_of, until, series, None)
    days = {r.series.id: local_day(as_of, r.series.zone) for r in found}
    return evidence.addition(found, entry, code, days, _known(ledger, entry, code, as_of))


def first_evidence(
    ledger: Ledger, event: str | dt.date, name: str, partner: str, as_of: Moment | None
) -> pl.DataFrame:
    """Return the releases that can show an event, the first one first; `Ledger.first_evidence` says more."""
    entry, code = definition(name), resolve_country(partner)
    known = None if as_of is None else local_day(as_of, _zone(entry))
    day = _event_day(ledger, event, known, _zone(entry))
    on = as_of or max(_latest(ledger), day)
    until = calendar.later(day, _AHEAD)
    found = _agenda(ledger, on, until, evidence.followed(entry, code), day)
    pairs = evidence.planned(found, entry, code, day)
    if not pairs:
        raise NoDataError(
            f"{entry.id} with {code}: no release that could show {event} can be planned: no printed calendar"
            f" of {entry.reporter} is held for {day.year} or before, and no release rule covers {code}"
        )
    return evidence.table(pairs, entry, code, day)


def _asked(name: str | None, partner: str) -> tuple[Definition | None, str]:
    return (None if name is None else definition(name)), resolve_country(partner)


def _about(found: list[Release], entry: Definition | None, partner: str) -> list[Release]:
    return found if entry is None else evidence.speaking(found, entry, partner)


def _agenda(
    ledger: Ledger, on: Moment, until: dt.date, series: list[Series], since: dt.date | None
) -> list[Release]:
    rows = ledger.calendar()
    check_calendar(rows, ledger.raw_names())
    return calendar.agenda(rows, ledger.releases_held(), on, until, series, since)


def _series(ledger: Ledger, entry: Definition | None, partner: str) -> list[Series]:
    """Return the publishers without a calendar to plan for: those held, and those of the question."""
    asked = [*_held_series(ledger), *evidence.followed(entry, partner)]
    return list({series.id: series for series in asked}.values())


def _held_series(ledger: Ledger) -> list[Series]:
    """Return the publishers without a calendar of whom the ledger holds figures."""
    rows = ledger.releases_held().select("reporter", "flow", "scheme", "stage").unique()
    return [series for series in rules().values() if any(_prints(series, *row) for row in rows.iter_rows())]


def _prints(series: Series, reporter: str, flow: str, scheme: str, stage: str) -> bool:
    """Whether figures of a stage are those of a series whose days a rule gives."""
    own = series.stages.get(stage)
    mine = reporter in series.reporters and flow in series.flows and series.scheme in ("", scheme)
    return mine and own is not None and own.timed


def _known(ledger: Ledger, entry: Definition, partner: str, as_of: Moment) -> pl.DataFrame:
    try:
        return ledger.series(entry.id, partner=partner, as_of=local_day(as_of, _zone(entry)))
    except NoDataError:
        return pl.DataFrame(schema={"period": pl.Date, "months": pl.Int8})


def _zone(entry: Definition) -> dt.tzinfo:
    """Return the zone of the customs that counts a definition."""
    zones = [s.zone for s in rules().values() if entry.reporter in s.reporters and entry.flow in s.flows]
    return zones[0] if zones else dt.UTC


def _event_day(ledger: Ledger, event: str | dt.date, known: dt.date | None, zone: dt.tzinfo) -> dt.date:
    if isinstance(event, str) and _DAY.fullmatch(event):
        event = base.day(event)
    if isinstance(event, dt.datetime):
        event = local_day(event, zone)
    return evidence.event_day(ledger.events(known), event)


def _latest(ledger: Ledger) -> dt.date:
    """Return the last day on which the ledger saw anything."""
    days = [ledger.calendar()["published"], ledger.releases_held()["day"]]
    return max((day for column in days for day in column.drop_nulls()), default=dt.date.min)
