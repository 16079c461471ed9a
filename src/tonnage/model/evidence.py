"""What an event rests on: whose report each source is, how many of them are independent, and a grade."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["GRADES", "grade", "origin", "origins"]

#: How well an event is founded, the best first, each with its meaning.
GRADES: Final[dict[str, str]] = {
    "official text": "the text of the act itself is among the sources",
    "official act, read in the press": "the actor made it public; only reports of that were seen",
    "independent reports": "two or more reports, none of which repeats another",
    "one report": "one report, however often it was copied",
    "comment alone": "commentary, a site that gathers, or a machine, and nobody else",
    "disputed": "sources contradict each other, or the one that says it is not to be relied on",
}

#: Roles that tell an event on their own.
_TELLING: Final = ("official", "wire", "news", "trade_press")
_VIA: Final = re.compile(r"\s+(?:via|through)\s+", re.IGNORECASE)
_BRACKET: Final = re.compile(r"^(?P<carrier>[^(]+)\((?:citing |from )?(?P<inside>[^)]+)\)\s*$")
_NO_ORIGIN: Final = re.compile(r"^(?:mirror|seed|copy|archive|translation|print|online)\b", re.IGNORECASE)
_KIND_OF_TEXT: Final = re.compile(r"\s+(?:Q&A|statement|release|table|data)$", re.IGNORECASE)


def origin(publisher: str) -> str:
    """Return whose report a publisher carries: "Reuters via Kitco" and "Taipei Times (Reuters)" are Reuters.

    Of several names in brackets the last is the origin. A publisher that names nobody is its own.
    """
    return _origin(publisher)[0]


def _origin(publisher: str) -> tuple[str, bool]:
    """Return the origin, and whether somebody else carries it."""
    first, *carrier = _VIA.split(publisher.strip(), maxsplit=1)
    bracket = _BRACKET.match(first)
    if bracket is None:
        return first, bool(carrier)
    inside = bracket["inside"].split(",")[-1].strip()
    if _NO_ORIGIN.match(inside):
        return bracket["carrier"].strip(), bool(carrier)
    return _KIND_OF_TEXT.sub("", inside), True


def origins(sources: Sequence[Mapping[str, Any]]) -> int:
    """Return how many sources tell an event independently: ten copies of one wire report are one.

    Commentary, gatherers and machine text count only where they name whose report they carry.
    """
    return len(_independent(sources))


def _independent(sources: Sequence[Mapping[str, Any]]) -> set[str]:
    found = set()
    for source in sources:
        whose, carried = _origin(source.get("publisher") or "")
        if source.get("role") in _TELLING or carried:
            found.add(whose.casefold())
    return found


def grade(record: Mapping[str, Any]) -> str:
    """Return the grade of a record: one of `GRADES`."""
    sources = record.get("sources") or ()
    if record.get("status") == "disputed":
        return "disputed"
    if any(source.get("role") == "official" for source in sources):
        return "official text"
    if record.get("known_at_basis") == "official_publication":
        return "official act, read in the press"
    independent = len(_independent(sources))
    if independent > 1:
        return "independent reports"
    return "one report" if independent else "comment alone"
