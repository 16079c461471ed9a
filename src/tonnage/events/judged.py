"""A stated mass against what was held on the day: the verdict, the row it rests on, and one sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tonnage.events.agreement import Printed, agrees
from tonnage.events.held import Held, Row, Span, moved, neighbours
from tonnage.model.codes import country_name
from tonnage.model.definitions import comparable, definition, registry

__all__ = ["Judged", "Stated", "judge", "mirrored", "month", "tonnes", "two_definitions", "what"]

#: With fewer digits than this a number agrees with another figure by chance.
_TELLING: Final = 3
_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Stated:
    """A mass as a text states it; `printed` in tonnes. `dated`: the text prints the month itself."""

    words: str
    printed: Printed
    span: Span | None
    partner: str
    definition: str | None
    dated: bool = True

    def fits(self, value: float) -> bool:
        """Tell whether a figure held would agree with it, without the last-digit allowance."""
        return agrees(self.printed, value, strict=True) is not None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a statement: `row` is the row it was matched to or is contradicted by."""

    verdict: str
    sentence: str
    matched: str | None = None
    partner: str = "WLD"
    span: Span | None = None
    row: Row | None = None
    deviation: float | None = None
    flags: tuple[str, ...] = field(default=())


def tonnes(value: float) -> str:
    """Return a mass in tonnes as it is printed: digits that are nought are left out."""
    return f"{value:,.3f}".rstrip("0").rstrip(".") + " t"


def month(span: Span) -> str:
    """Return the months of a span in words."""
    first, months = span
    if months == 1:
        return f"{first:%B %Y}"
    if months == _YEAR and first.month == 1:
        return f"{first:%Y}"
    last = moved((first, 1), months - 1) or (first, 1)
    return f"{first:%B %Y} to {last[0]:%B %Y}"


def what(name: str, partner: str, span: Span | None) -> str:
    """Return a definition, partner and span in words."""
    entry = definition(name)
    who, title = country_name(entry.reporter), entry.title["en"]
    trade = title if title.startswith(who) else f"{who}'s {entry.flow}s of {title}"
    side = "from" if entry.flow.endswith("import") else "to"
    other = "" if partner == "WLD" else f" {side} {country_name(partner)}"
    return f"{trade}{other}{f' in {month(span)}' if span else ''}"


def _beside(held: Held, name: str, partner: str, span: Span) -> str:
    """Return which figures of the same months stand near this one, each of another definition."""
    entry = definition(name)
    told: list[str] = []
    if entry.parts and (made := _parts_told(held, entry.parts, partner, span)):
        told.append(made)
    for other in neighbours(entry):
        if other.id in entry.parts and told:
            continue
        row = held.row(other.id, partner, span)
        title = f"{other.title['en']}{', part of it,' if other.id in entry.contains else ''}"
        if row:
            told.append(f"{title} were {tonnes(row['value'])}")
        elif _current(held, other.id, partner, span):
            told.append(f"{title} had no figure out by {held.day}")
    return "; ".join(told)


def _parts_told(held: Held, parts: tuple[str, ...], partner: str, span: Span) -> str:
    rows = [held.row(part, partner, span) for part in parts]
    told = [
        f"{definition(p).title['en']} {tonnes(r['value'])}" for p, r in zip(parts, rows, strict=True) if r
    ]
    return f"it is derived: {' minus '.join(told)}" if len(told) == len(parts) else ""


def _current(held: Held, name: str, partner: str, span: Span) -> bool:
    """Tell whether a definition is printed these months: it had a figure in the year before."""
    since = moved(span, -_YEAR)
    return since is not None and any(since[0] <= at < span[0] for at, _ in held.rows(name, partner, span[1]))


_Step = Callable[[Stated, Span, Held], Judged | None]


def judge(stated: Stated, held: Held) -> Judged:
    """Return the verdict on a mass."""
    if stated.span is None:
        return Judged(
            "unsupported", f"{stated.words} has no month that can be known: nothing to compare it with."
        )
    steps: tuple[_Step, ...] = (_right, _elsewhere) if stated.definition else (_unlabelled,)
    for step in (*steps, _not_yet, _contradicted):
        if found := step(stated, stated.span, held):
            return found
    of = what(stated.definition, stated.partner, stated.span) if stated.definition else month(stated.span)
    return Judged(
        "unsupported", f"{stated.words} is unsupported: the ledger held no figure of {of} by {held.day}.",
        flags=() if stated.definition else ("label_missing",), span=stated.span, partner=stated.partner,
    )  # fmt: skip


def _right(stated: Stated, span: Span, held: Held) -> Judged | None:
    """Match the definition stated: as known on the day, as known before, in the month a loose word means."""
    name, partner = str(stated.definition), stated.partner
    if found := _match(stated, held.row(name, partner, span), held, name):
        return found
    near = held.may_hold(name, partner, span, lambda value: agrees(stated.printed, value) is not None)
    for row in held.earlier(name, partner, span) if near else ():
        if found := _match(stated, row, held, name, "earlier_print"):
            return found
    if found := _match(stated, held.summed(name, partner, span), held, name):
        return found
    if stated.dated:
        return None
    around = (held.row(name, partner, moved(span, by)) for by in (-1, 1, -_YEAR))
    matches = (_match(stated, row, held, name, "period_inferred", strict=True) for row in around)
    return next(filter(None, matches), None)


def _match(
    stated: Stated, row: Row | None, held: Held, name: str, *flags: str, strict: bool = False
) -> Judged | None:
    agreed = agrees(stated.printed, row["value"], strict=strict) if row else None
    if row is None or agreed is None:
        return None
    span = (row["period"], row["months"])
    how = {"exact": "is right", "rounded": "is right, rounded", "truncated": "is right, truncated"}[agreed]
    near = _beside(held, name, row["partner"], span) if definition(name).parts else ""
    added = _added(row, held)
    sentence = (
        f"{stated.words} {how}: {what(name, row['partner'], span)} were {tonnes(row['value'])}"
        f" ({_source(row)}{added}){'; ' if near else ''}{near}."
    )
    return Judged(
        agreed, sentence, name, row["partner"], span, row, stated.printed.value - row["value"],
        (*row["flags"], *flags),
    )  # fmt: skip


def _added(row: Row, held: Held) -> str:
    return f"; the sum of its months, each as held by {held.day}" if "summed" in row["flags"] else ""


def _source(row: Row) -> str:
    first = row["receipt"][0]["publisher"] if row["receipt"] else "no receipt"
    return f"{first}, {row['published']}"


def _elsewhere(stated: Stated, span: Span, held: Held) -> Judged | None:
    """Find the number under another definition, month or partner: a right number with a wrong label."""
    if stated.printed.digits < _TELLING:
        return None
    for flag, row in _others(stated, span, held):
        if agrees(stated.printed, row["value"], strict=True):
            return _mislabelled(stated, span, row, held, flag)
    return None


def _others(stated: Stated, span: Span, held: Held) -> Iterator[tuple[str, Row]]:
    name, partner = str(stated.definition), stated.partner
    for other in _nearest_first(name):
        if held.may_hold(other, partner, span, stated.fits) and (row := held.row(other, partner, span)):
            yield "wrong_definition", row
    # A figure that is not out yet is not sought in other months: the number may be that figure.
    if held.row(name, partner, span) is None and _comes_later(stated, span, held, name):
        return
    since = moved(span, -_YEAR - 1)
    if since:
        months = sorted(held.rows(name, partner, span[1]).items(), reverse=True)
        yield from (("wrong_period", row) for at, row in months if at[0] >= since[0])
    for other in held.partners(name):
        if held.may_hold(name, other, span, stated.fits) and (row := held.row(name, other, span)):
            yield "wrong_partner", row


def _comes_later(stated: Stated, span: Span, held: Held, name: str) -> bool:
    return any(
        agrees(stated.printed, row["value"], strict=True) for row in held.later(name, stated.partner, span)
    )


def _nearest_first(name: str | None) -> list[str]:
    near = [d.id for d in neighbours(definition(name))] if name else []
    return list(dict.fromkeys([*near, *(other for other in registry() if other != name)]))


def _mislabelled(stated: Stated, span: Span, row: Row, held: Held, flag: str) -> Judged:
    name, at = row["definition"], (row["period"], row["months"])
    own = held.row(str(stated.definition), stated.partner, span)
    wrong = what(str(stated.definition), stated.partner, span)
    stood = f" (that was {tonnes(own['value'])})" if own else ""
    near = _beside(held, name, row["partner"], at) if flag == "wrong_definition" else ""
    sentence = (
        f"{stated.words} is a right number with a wrong label: it is not {wrong}{stood}"
        f" but {what(name, row['partner'], at)} ({_source(row)}){'; ' if near else ''}{near}."
    )
    return Judged(
        "mislabelled", sentence, name, row["partner"], at, row, stated.printed.value - row["value"],
        (*row["flags"], flag),
    )  # fmt: skip


def _unlabelled(stated: Stated, span: Span, held: Held) -> Judged | None:
    """Try every definition for a figure whose goods the text does not name."""
    names = [name for name in registry() if held.may_hold(name, stated.partner, span, stated.fits)]
    found = [_match(stated, held.row(name, stated.partner, span), held, name, "label_missing", strict=True)
             for name in names]  # fmt: skip
    matches = [match for match in found if match and stated.printed.digits >= _TELLING]
    return min(matches, key=lambda match: abs(match.deviation or 0.0), default=None)


def _not_yet(stated: Stated, span: Span, held: Held) -> Judged | None:
    """Find the number in what came out after the day."""
    telling = stated.printed.digits >= _TELLING
    names: Iterable[str] = [stated.definition] if stated.definition else []
    for name in [*names, *(_nearest_first(stated.definition) if telling else [])]:
        if not held.may_hold(name, stated.partner, span, stated.fits):
            continue
        for row in held.later(name, stated.partner, span):
            if agrees(stated.printed, row["value"], strict=True):
                return _told_later(stated, row, held.day)
    return None


def _told_later(stated: Stated, row: Row, day: dt.date) -> Judged:
    name, at = row["definition"], (row["period"], row["months"])
    sentence = (
        f"{stated.words} could not be known on {day}: {what(name, row['partner'], at)},"
        f" {tonnes(row['value'])}, came out on {row['published']} ({_source(row)})."
    )
    flags = () if name == stated.definition else ("wrong_definition",)
    return Judged(
        "not_yet_knowable", sentence, name, row["partner"], at, row, stated.printed.value - row["value"],
        (*row["flags"], *flags),
    )  # fmt: skip


def _contradicted(stated: Stated, span: Span, held: Held) -> Judged | None:
    name = stated.definition
    row = _any_row(held, name, stated.partner, span) if name else None
    if name is None or row is None:
        return None
    off = stated.printed.value - row["value"]
    share = f" ({100 * off / row['value']:+.1f}%)" if row["value"] else ""
    others = [p for p in held.prints(name, stated.partner, span) if _given(stated, p)]
    kept = [p for p in others if "suspect" in p["flags"]]
    printed = "".join(_printed_by(p) for p in (kept or others)[:1])
    sentence = (
        f"{stated.words} is contradicted: {what(name, stated.partner, span)} were {tonnes(row['value'])}"
        f" ({_source(row)}{_added(row, held)}), so the number is off by {off:+,.10g} t{share}{printed}."
    )
    flags = (*row["flags"], *(["suspect_print"] if kept else ["other_print"] if others else []))
    return Judged("contradicted", sentence, name, stated.partner, span, row, off, flags)


def _any_row(held: Held, name: str, partner: str, span: Span) -> Row | None:
    return held.row(name, partner, span) or held.summed(name, partner, span)


def _printed_by(row: Row) -> str:
    """Return who printed a number that does not count, and why it does not."""
    use = "is kept as suspect and never used" if "suspect" in row["flags"] else "does not stand over that"
    return f"; {tonnes(row['value'])} by {row['publisher']}, {row['published']}, {use}"


def _given(stated: Stated, print_: Row) -> bool:
    return print_["value"] is not None and agrees(stated.printed, print_["value"]) is not None


def mirrored(stated: Stated, counter: str, name: str, held: Held) -> Judged | None:
    """Return the verdict on a figure of one side beside what the other counted, None if that is not held.

    Args:
        stated: the figure, as counted by `counter`.
        counter: who is said to have counted it.
        name: the definition of the other side.
        held: what was held on the day.
    """
    row = _any_row(held, name, counter, stated.span) if stated.span else None
    if row is None:
        return None
    entry, off = definition(name), stated.printed.value - row["value"]
    theirs = f"{what(name, counter, stated.span)} were {tonnes(row['value'])} ({_source(row)})"
    who = country_name(counter)
    if stated.printed.digits >= _TELLING - 1 and stated.fits(row["value"]):
        sentence = (
            f"{stated.words} is a right number with a wrong label: it is no count of {who}; as"
            f" {country_name(entry.reporter)} counts, {theirs}."
        )
        flags = (*row["flags"], "mirror")
        return Judged("mislabelled", sentence, name, counter, stated.span, row, off, flags)
    share = f" ({100 * off / row['value']:+.1f}%)" if row["value"] else ""
    sentence = (
        f"{stated.words} is unsupported: the ledger holds no count of {who} for it. On the other side"
        f" {theirs}, {off:+,.10g} t apart{share}; two sides of a trade need not agree."
    )
    return Judged("unsupported", sentence, None, counter, stated.span, row, off, (*row["flags"], "mirror"))


def two_definitions(words: str, first: Judged, second: Judged) -> str | None:
    """Return why two matched figures must not be compared, or None if they may.

    A part and its whole may be set side by side as a share; a change from one to the other is none.
    """
    if first.matched is None or second.matched is None or first.span is None or second.span is None:
        return None
    if first.matched != second.matched:
        reason = comparable(first.matched, second.matched).reason
    else:
        days = sorted((first.span[0], second.span[0]))
        broken = definition(first.matched).break_between(days[0], days[1])
        if broken is None:
            return None
        reason = broken
    told = " and ".join(f"{what(j.matched, j.partner, j.span)}" for j in (first, second) if j.matched)
    return f"{words} compares two definitions: {told}; {reason}."
