"""Candidates, records and passages as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tonnage.events.candidates import Candidate
from tonnage.events.desk import EDITABLE, Desk, Passage
from tonnage.events.neighbours import Neighbour
from tonnage.events.register import Held
from tonnage.model.evidence import grade, origins

__all__ = [
    "candidate_lines",
    "days",
    "held_lines",
    "highlighted",
    "neighbour_line",
    "record_lines",
    "visible",
]

_MARK: Final = ("\x1b[7m", "\x1b[0m")
_PLAIN: Final = ("[", "]")


def visible(text: str) -> str:
    """Return a text on one line without the controls that would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def highlighted(passage: Passage, *, colour: bool) -> str:
    """Return the text of a passage with the words of its date marked."""
    if not passage.text:
        return "(the document is not at hand, or is another now; its place stands in the candidate)"
    start, end = passage.words
    opening, closing = _MARK if colour else _PLAIN
    before, words, after = (
        visible(p) for p in (passage.text[:start], passage.text[start:end], passage.text[end:])
    )
    return f"...{before} {opening}{words}{closing} {after}..."


def candidate_lines(candidate: Candidate, desk: Desk, *, colour: bool = False) -> Iterator[str]:
    """Yield what a person needs to decide: the text, the fields, and what stands beside it."""
    record = candidate.record
    count = origins(record.get("sources", ()))
    told = f"{count} independent of {len(candidate.evidence)}"
    yield f"{candidate.id}  {candidate.state}  {desk.grade(candidate)}, {told}"
    yield f"  {visible(str(record.get('summary') or ''))}"
    for passage in desk.passages(candidate):
        copied = f", a copy of {passage.evidence.copy_of}" if passage.evidence.copy_of else ""
        yield f"  {visible(passage.publisher)}: {visible(passage.headline)}{copied}"
        if passage.evidence.file:
            yield f"    {highlighted(passage, colour=colour)}"
        yield f"    {', '.join(passage.evidence.rules)}; {passage.evidence.confidence}"
    yield from record_lines(record, "  ")
    if candidate.joins:
        yield f"  is told already: {candidate.joins}; accepting adds its sources there"
    for neighbour in desk.neighbours(candidate):
        yield f"  {neighbour_line(neighbour)}"
    for rival in desk.rivals(candidate):
        says = ", ".join(sorted({e.says for e in rival.evidence if e.says}))
        yield f"  says otherwise: {rival.id}, {days(rival.record)} ({says}), {desk.grade(rival)}"
    if candidate.told:
        yield f"  {candidate.state}: {', '.join(f'{k} {v}' for k, v in candidate.told.items())}"


def neighbour_line(neighbour: Neighbour) -> str:
    """Return an event beside a candidate in one line."""
    record = neighbour.record
    return (
        f"{neighbour.relation}: {neighbour.event_id}, {days(record)}, known {record['known_at'][:10]}"
        f" ({neighbour.grade}): {visible(record['summary'])}"
    )


def days(record: Mapping[str, Any]) -> str:
    """Return the days of a record in words."""
    start, end = record.get("date_start"), record.get("date_end")
    if not start:
        return "no day"
    return str(start) if end in (None, start) else f"{start} to {end}"


def record_lines(record: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """Yield the fields of a record that are known."""
    for name in EDITABLE:
        value = record.get(name)
        if value not in (None, [], "") and name != "summary":
            yield f"{indent}{name:<15}{visible('; '.join(value) if isinstance(value, list) else str(value))}"


def held_lines(held: Held) -> Iterator[str]:
    """Yield a record of the register with its sources and its history."""
    record = held.record
    yield f"{record['event_id']}  data/raw/events/{held.file}:{held.line}"
    yield f"  {visible(record['summary'])}"
    yield from record_lines(record, "  ")
    count = origins(record["sources"])
    yield f"  rests on       {grade(record)}; {count} independent of {len(record['sources'])} sources"
    for source in record["sources"]:
        says = f" says {source['says']!r}" if source.get("says") else ""
        told = [source["role"], source.get("published") or "undated", source.get("url") or "no address"]
        yield f"    {visible(source['publisher'])}: {visible(', '.join(told))}{says}"
    for deed in held.stage.history:
        yield f"  {deed.at} {deed.did} by {visible(deed.by)}: {visible(deed.why)}"
        yield from (f"    {visible(change)}" for change in deed.changed)
