"""Which releases speak of a definition and a partner, and which of them can show an event first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.errors import NoDataError, nearest
from tonnage.ledger.calendar import AGENDA, Expected, Release, as_frame, months_on
from tonnage.model.codes import country_name
from tonnage.model.definitions import Definition
from tonnage.model.flows import OFFICIAL
from tonnage.model.release_rules import Series, Stage, rules

__all__ = [
    "EVIDENCE",
    "Addition",
    "addition",
    "event_day",
    "exposure",
    "followed",
    "mirrors",
    "planned",
    "speaking",
    "table",
]

#: The flow under which the other side counts the same goods.
_OPPOSITE: Final = {"export": "import", "import": "export", "re-export": "import", "re-import": "export"}

#: The agenda, and what a release can say of an event: whose figures they are, of whom (`scope`: the partner,
#: or WLD where the stage gives the world alone), whether the registry names codes of that nomenclature, and
#: how many days of the period lie on or after the day of the event.
EVIDENCE: Final = pl.Schema(
    {
        "kind": pl.String(),
        "reporter": pl.String(),
        "scope": pl.String(),
        **AGENDA,
        "codes_declared": pl.Boolean(),
        "days": pl.Int32(),
        "exposed_days": pl.Int32(),
        "exposure": pl.Float64(),
        "exposed": pl.String(),
    }
)


@dataclass(frozen=True, slots=True)
class Addition:
    """The next release that adds to a definition and a partner.

    Attributes:
        expected: the release, with the days between which it is expected.
        adds: what it adds, in words.
        note: what the expected days rest on.
    """

    expected: Expected
    adds: str
    note: str


# -- which releases --------------------------------------------------------------------------------


def mirrors(entry: Definition, partner: str) -> list[Series]:
    """Return the publishers whose figures are the other side of a definition's trade with a partner."""
    flow = _OPPOSITE[entry.flow]
    return [s for s in rules().values() if partner in s.reporters and flow in s.flows and _shows(s)]


def followed(entry: Definition | None, partner: str) -> list[Series]:
    """Return the publishers without a calendar that speak of a definition, its own side and the mirror."""
    if entry is None:
        return []
    own = [s for s in rules().values() if _is_own(s, entry) and _shows(s)]
    every = {s.id: s for s in [*own, *mirrors(entry, partner)]}
    return [s for s in every.values() if any(stage.timed for stage in s.stages.values())]


def _shows(series: Series) -> bool:
    return any(stage.evidence for stage in series.stages.values())


def _is_own(series: Series, entry: Definition) -> bool:
    return entry.reporter in series.reporters and entry.flow in series.flows


def _own_stage(release: Release, entry: Definition) -> Stage | None:
    """Return the stage of a release if it prints a definition."""
    named = release.expected.stage
    if not _is_own(release.series, entry) or named not in entry.stages:
        return None
    return release.series.stages.get(named)


def speaking(releases: Iterable[Release], entry: Definition, partner: str) -> list[Release]:
    """Return the releases that give figures of a definition for a partner, and those of the mirror."""
    return [r for r in releases if _scope(r, entry, partner) == partner]


def _scope(release: Release, entry: Definition, partner: str) -> str | None:
    """Return whom a release speaks of: the partner, the world alone, or (None) nothing in question."""
    own = _own_stage(release, entry)
    if own:
        return partner if own.partners or partner == "WLD" else "WLD"
    mirror = partner in release.series.reporters and _OPPOSITE[entry.flow] in release.series.flows
    stage = release.series.stages.get(release.expected.stage)
    return partner if mirror and stage and stage.partners and stage.evidence else None


# -- what a release adds ---------------------------------------------------------------------------


def addition(
    releases: Iterable[Release],
    entry: Definition,
    partner: str,
    days: Mapping[str, dt.date],
    held: pl.DataFrame,
) -> Addition:
    """Return the next release that adds figures of a definition for a partner.

    Args:
        releases: the agenda of the day.
        entry: the definition.
        partner: the partner; WLD for the world.
        days: source -> the day, in the zone of the source; the release is to come after it.
        held: the series as known on the day; empty where nothing was out.

    Raises:
        NoDataError: no stage of the definition gives the partner, or no day can be planned.
    """
    own = [r for r in releases if _own_stage(r, entry)]
    giving = [r for r in own if _scope(r, entry, partner) == partner]
    coming = [r for r in giving if r.state in ("due", "coming") and r.expected.last > days[r.series.id]]
    if not coming:
        raise NoDataError(_no_release(entry, partner, giving))
    first = min(coming, key=lambda r: (r.expected.first, r.expected.last, OFFICIAL.index(r.expected.stage)))
    return Addition(first.expected, _adds(first.expected, entry, partner, held), first.note)


def _no_release(entry: Definition, partner: str, giving: list[Release]) -> str:
    what = f"{entry.id} to {partner}" if partner != "WLD" else entry.id
    stages = ", ".join(entry.stages)
    if partner != "WLD" and not giving:
        return f"{what}: no release adds to it; its stages ({stages}) give the world total only"
    return f"{what}: no release can be planned; the calendar holds no printed year of its stages ({stages})"


def _adds(expected: Expected, entry: Definition, partner: str, held: pl.DataFrame) -> str:
    span = _span(expected)
    to = "" if partner == "WLD" else f", {country_name(partner)}"
    covered = held.filter(
        pl.col("period") <= expected.period, pl.col("period").dt.offset_by("1mo") > expected.period
    )
    kind = "the figure that settles" if covered.height else "the first figure of"
    months: list[dt.date] = held["period"].sort().to_list()
    until = f"; known until now to {months[-1]:%Y-%m}" if months else "; nothing is known until now"
    return f"{entry.title['en']}{to}: {kind} {span} ({expected.stage}){until}"


def _span(expected: Expected) -> str:
    if expected.months == 1:
        return f"{expected.period:%Y-%m}"
    joint = "and" if expected.months == len(("January", "February")) else "to"
    return f"{expected.period:%Y-%m} {joint} {expected.end:%Y-%m} together"


# -- which release shows an event first ------------------------------------------------------------


def event_day(events: pl.DataFrame, event: str | dt.date) -> dt.date:
    """Return the day from which an event may show in the figures.

    An event known to a month or a span of days counts from its last day: before that it may not have begun.

    Args:
        events: EVENTS.
        event: an event_id, or a day (a date or its ISO text).

    Raises:
        NoDataError: the register has no such event, or it has no day.
    """
    if isinstance(event, dt.date):
        return event
    found = events.filter(pl.col("event_id") == event)
    if not found.height:
        raise NoDataError(
            f"event {event!r}: not in the register as known on the day{nearest(event, events['event_id'])}"
        )
    row = found.row(0, named=True)
    day: dt.date | None = row["date_end"] or row["date_start"]
    if day is None:
        raise NoDataError(f"event {event!r}: the register gives it no day; ask with a day instead")
    return day


def exposure(period: dt.date, months: int, day: dt.date) -> list[tuple[dt.date, int, int]]:
    """Return, for each month covered, its first day, its days, and how many are on or after a day.

    The day itself counts: a measure in force on it can hold back that day's shipments.
    """
    found = []
    for first in (months_on(period, n) for n in range(months)):
        length = (months_on(first, 1) - first).days
        exposed = (months_on(first, 1) - max(day, first)).days
        found.append((first, length, max(exposed, 0)))
    return found


def planned(
    releases: Iterable[Release], entry: Definition, partner: str, day: dt.date
) -> list[tuple[Release, str]]:
    """Return the releases that can show an event of a day, each with its scope.

    Of every publisher and stage: those with some days exposed, up to the first that is wholly exposed.
    """
    found: list[tuple[Release, str]] = []
    done: set[tuple[str, str]] = set()
    for release in sorted(releases, key=lambda r: r.expected.end):
        track = (release.series.id, release.expected.stage)
        scope = _scope(release, entry, partner)
        if track in done or scope is None or release.state == "overtaken":
            continue
        days = exposure(release.expected.period, release.expected.months, day)
        if any(exposed for _, _, exposed in days):
            found.append((release, scope))
        if all(exposed == length for _, length, exposed in days):
            done.add(track)
    return sorted(found, key=lambda pair: (*pair[0].days, pair[0].series.id, pair[1] != partner))


def table(
    pairs: Iterable[tuple[Release, str]], entry: Definition, partner: str, day: dt.date
) -> pl.DataFrame:
    """Return releases that can show an event as a table (`EVIDENCE`), in their order."""
    chosen = list(pairs)
    plan = as_frame(release for release, _ in chosen)
    own = pl.DataFrame(
        [_evidence(release, scope, entry, partner, day) for release, scope in chosen],
        schema={name: kind for name, kind in EVIDENCE.items() if name not in AGENDA},
    )
    return pl.concat([own, plan], how="horizontal").select(EVIDENCE.names())


def _evidence(release: Release, scope: str, entry: Definition, partner: str, day: dt.date) -> dict[str, Any]:
    own = _own_stage(release, entry) is not None
    days = exposure(release.expected.period, release.expected.months, day)
    length, exposed = sum(d for _, d, _ in days), sum(e for _, _, e in days)
    return {
        "kind": "own" if own else "mirror",
        "reporter": entry.reporter if own else partner,
        "scope": scope,
        # A line of the publisher's own table needs no codes; the other side counts by its own nomenclature.
        "codes_declared": own or release.series.family in entry.families,
        "days": length,
        "exposed_days": exposed,
        "exposure": exposed / length,
        "exposed": "; ".join(f"{first:%Y-%m}: {e} of {d} days" for first, d, e in days if e),
    }
