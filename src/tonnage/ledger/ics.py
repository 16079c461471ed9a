"""Releases, or other days, as an iCalendar file (RFC 5545) that a calendar program imports.

The same releases on the same day give the same bytes. A release keeps its UID from plan to publication, so
that a newer file replaces what an older one put into the calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Final

from tonnage.errors import NoDataError
from tonnage.ledger.calendar import Release

__all__ = ["as_ics", "calendar", "escaped"]

_OCTETS: Final = 75  # of a line, without its end
_PASSED: Final = {
    "late": "Not seen by the day of this file.",
    "gap": "Not seen by the day of this file.",
    "unfollowed": "Nothing of this publisher is held, so it is not known whether it came.",
}
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def as_ics(releases: Iterable[Release], as_of: dt.date) -> bytes:
    """Return releases as an iCalendar file.

    Args:
        releases: the agenda of a day, or a part of it; what was overtaken is left out.
        as_of: the day of knowledge; it stamps every entry.

    Raises:
        NoDataError: there is no release to write: a calendar without entries is no calendar.
    """
    entries = [r for r in releases if r.state != "overtaken"]
    if not entries:
        raise NoDataError("no release to write in a calendar; ask for other days or another definition")
    return calendar("release calendar", (line for release in entries for line in _event(release, as_of)))


def calendar(name: str, entries: Iterable[str]) -> bytes:
    """Return an iCalendar file.

    Args:
        name: what kind of calendar it is.
        entries: the lines of its events, each from BEGIN:VEVENT to END:VEVENT, texts `escaped`.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//tonnage//{name}//EN"]
    lines += ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", *entries, "END:VCALENDAR"]
    return b"".join(_folded(line) for line in lines)


def _event(release: Release, as_of: dt.date) -> Iterator[str]:
    plan = release.expected
    stamp = f"{as_of:%Y%m%d}T000000Z"
    yield "BEGIN:VEVENT"
    yield f"UID:{plan.source}-{plan.stage}-{plan.end:%Y-%m}@tonnage"
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield from _times(release)
    yield f"SUMMARY:{escaped(_summary(release))}"
    yield f"DESCRIPTION:{escaped(_description(release))}"
    yield f"CATEGORIES:{escaped(release.series.publisher)},{plan.stage}"
    yield f"STATUS:{'CONFIRMED' if _sure(release) else 'TENTATIVE'}"
    # Nobody is busy because a table comes out.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _times(release: Release) -> Iterator[str]:
    """Return the days, the end being the day after the last; or the moment, where a fact gives the clock."""
    first, last = release.days
    clock = release.series.clock
    if clock is not None and first == last:
        moment = dt.datetime.combine(first, clock, release.series.zone).astimezone(dt.UTC)
        yield f"DTSTART:{moment:%Y%m%dT%H%M%SZ}"
        return
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + dt.timedelta(days=1):%Y%m%d}"


def _sure(release: Release) -> bool:
    """Return whether the day is one that a page or a calendar states."""
    if release.seen is not None:
        return release.seen_by != "figures_day_assumed"
    return release.expected.basis == "printed_calendar" and release.state != "late"


def _summary(release: Release) -> str:
    mark = {"late": "late: ", "gap": "not held: "}.get(release.state, "")
    return f"{mark}{release.series.title}, {release.expected.stage}: {_span(release)}"


def _span(release: Release) -> str:
    plan = release.expected
    return f"{plan.period:%Y-%m}" + (f" to {plan.end:%Y-%m}" if plan.months > 1 else "")


def _description(release: Release) -> str:
    plan = release.expected
    between = f"on {plan.first}" if plan.first == plan.last else f"between {plan.first} and {plan.last}"
    told = [f"Expected {between} ({plan.basis.replace('_', ' ')}), days in {release.series.zone.key}."]
    if release.seen:
        told.append(f"Out on {release.seen} ({release.seen_by.replace('_', ' ')}).")
    elif release.state in _PASSED:
        told.append(_PASSED[release.state])
    if release.note:
        told.append(f"{release.note[:1].upper()}{release.note[1:]}.")
    told.append(f"Certainty of the rule: {release.series.status}.")
    return "\n".join(told)


def escaped(text: str) -> str:
    """Return a text as a value of a calendar line."""
    printable = "".join(c for c in text if c == "\n" or c.isprintable())
    return printable.translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """Return a line in pieces of at most 75 octets, no character cut, each but the first after a space."""
    pieces, piece = [], b""
    for character in line:
        octets = character.encode()
        if len(piece) + len(octets) > _OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
