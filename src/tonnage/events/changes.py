"""A stated or implied change in percent, recomputed from the rows of the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from tonnage.events import figure_cues
from tonnage.events.agreement import Printed, agrees
from tonnage.events.figures import Change
from tonnage.events.held import Held, Row, moved
from tonnage.events.judged import Judged, Stated, month, tonnes, what

__all__ = ["Pair", "implied", "in_order", "judge_change"]

_BACK: Final = {"mom": -1, "qoq": -3, "yoy": -12}
_NAMES: Final = {"mom": "the month before", "qoq": "the quarter before", "yoy": "a year before"}
#: How many months a figure covers that is set against the one before.
_LONG: Final = {"mom": 1, "qoq": 3}
_CLAUSE: Final = re.compile(r"[,;，、；%％]|\band\b|\.\s")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two masses that a sentence sets against each other; `refused` tells why it must not."""

    first: Stated
    second: Stated
    one: Judged
    two: Judged
    at: tuple[int, int]
    refused: str | None


def in_order(pair: Pair) -> Pair:
    """Return a pair with the figure of the later months first, however the sentence has them."""
    one, two = pair.one.span, pair.two.span
    if one is None or two is None or one[0] >= two[0]:
        return pair
    return replace(pair, first=pair.second, second=pair.first, one=pair.two, two=pair.one)


def implied(pair: Pair, clause: str = "") -> tuple[Judged, float]:
    """Return the verdict on the change two figures imply, and the change in percent with one decimal.

    Args:
        pair: two masses.
        clause: the words about them: "rose" beside figures that fell is contradicted.
    """
    pair = in_order(pair)
    pct = _percent(pair.first.printed.value, pair.second.printed.value)
    if pair.refused:
        return replace(pair.one, verdict="two_definitions", sentence=pair.refused, deviation=None), pct
    wrong = [j for j in (pair.one, pair.two) if j.verdict in ("mislabelled", "not_yet_knowable")]
    verdict = wrong[0].verdict if wrong else "exact"
    how = {
        "exact": "both figures are right",
        "mislabelled": f"{'both figures are' if len(wrong) > 1 else 'one figure is'} under a wrong label",
        "not_yet_knowable": "it could not be known on that day",
    }[verdict]
    sentence = (
        f"From {pair.second.words} to {pair.first.words} is {pct:+.1f}%, computed here: {how}, and both are"
        f" {what(str(pair.one.matched), pair.one.partner, None)}."
    )
    flags = pair.one.flags
    if verdict == "exact" and (word := _against(clause, pct)):
        verdict, flags = "contradicted", (*flags, "wrong_direction")
        sentence = f"{word!r} is contradicted: from {pair.second.words} to {pair.first.words} is {pct:+.1f}%."
    row = _both(pair.one.row, pair.two.row)
    return replace(pair.one, verdict=verdict, sentence=sentence, deviation=None, row=row, flags=flags), pct


def _against(clause: str, pct: float) -> str:
    """Return the word of a clause that says the opposite of a change, "" where none or both ways are said."""
    up, down = re.search(figure_cues.UP, clause), re.search(figure_cues.DOWN, clause)
    if up and not down and pct < 0:
        return up.group()
    return down.group() if down and not up and pct > 0 else ""


def _percent(value: float, base: float) -> float:
    return round(100 * (value / base - 1), 1) if base else 0.0


def _both(row: Row | None, base: Row | None) -> Row | None:
    if row is None or base is None:
        return row or base
    return {**row, "receipt": [*row["receipt"], *base["receipt"]]}


def judge_change(
    change: Change,
    sentence: str,
    at: int,
    stated: Stated | None,
    of: Judged | None,
    pair: Pair | None,
    held: Held,
) -> Judged:
    """Return the verdict on a percentage.

    Args:
        change: the percentage as read.
        sentence: the sentence it stands in.
        at: where in that sentence.
        stated: the mass of the sentence nearest to it.
        of: what became of that mass.
        pair: two masses the sentence compares.
        held: what was held on the day.
    """
    printed = Printed.of(re.split(r"[^\d.,]", change.text.strip(), maxsplit=1)[0], change.pct)
    if of is None or stated is None or of.span is None:
        return Judged(
            "unsupported", f"{change.text} is not judged: its sentence names no goods and month of its own.",
        )  # fmt: skip
    name = of.matched or stated.definition
    if of.verdict == "not_yet_knowable" or name is None or _nothing(held, name, of):
        return replace(of, verdict="unsupported", matched=None, row=None, deviation=None,
                       sentence=_no_base(change, held))  # fmt: skip
    tried = list(_recomputed(change, name, of, held))
    basis = _basis(sentence, at, at + len(change.text))
    found = [t for t in tried if agrees(printed, t[1])]
    if pair and pair.refused and not found:
        return replace(pair.one, verdict="two_definitions", sentence=pair.refused, deviation=None)
    if not found and (turned := [t for t in tried if basis == t[0] and agrees(_turned(printed), t[1])]):
        return _wrong_way(change, turned[0], of)
    right = [t for t in found if basis in (None, t[0])]
    if right or found:
        return _agreed(change, printed, (right or found)[0], of, wrong=not right)
    wanted = basis or (change.basis if change.basis in _BACK else None)
    against = [t for t in tried if wanted in (None, t[0])]
    if not against:
        return replace(of, verdict="unsupported", row=None, deviation=None, sentence=_no_base(change, held))
    return _contradicted(change, against, of)


def _nothing(held: Held, name: str, of: Judged) -> bool:
    return held.row(name, of.partner, of.span) is None and held.summed(name, of.partner, of.span) is None


_Tried = tuple[str, float, Row, Row]


def _recomputed(change: Change, name: str, of: Judged, held: Held) -> Iterator[_Tried]:
    """Yield the change against the month before and the year before, as held; the basis as read first."""
    row = held.row(name, of.partner, of.span) or held.summed(name, of.partner, of.span)
    for basis in sorted(_BACK, key=lambda b: b != change.basis):
        base_span = moved(of.span, _BACK[basis]) if of.span else None
        if of.span and _LONG.get(basis, of.span[1]) != of.span[1]:
            continue
        base = held.row(name, of.partner, base_span) or held.summed(name, of.partner, base_span)
        if row and base and base["value"]:
            yield basis, 100 * (row["value"] / base["value"] - 1), row, base


def _basis(sentence: str, start: int, end: int) -> str | None:
    """Return the basis printed in the clause of a percentage itself; None where the clause has none."""
    stop = _CLAUSE.search(sentence, end)
    after = sentence[end : stop.start() if stop else len(sentence)]
    cuts = [m.end() for m in _CLAUSE.finditer(sentence, 0, start)]
    before = sentence[cuts[-1] if cuts else 0 : start]
    for clause in (after, before):
        named = [basis for basis, cue in figure_cues.BASES.items() if re.search(cue, clause)]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _told(tried: _Tried) -> str:
    basis, pct, row, base = tried
    months = month((base["period"], base["months"]))
    both = f"{tonnes(row['value'])} after {tonnes(base['value'])} in {months}"
    return f"{pct:+.1f}% against {_NAMES[basis]} ({both})"


def _agreed(change: Change, printed: Printed, tried: _Tried, of: Judged, *, wrong: bool) -> Judged:
    _, pct, row, base = tried
    exact = abs(printed.value - round(pct, 1)) < printed.step / 1e6
    verdict = "exact" if exact else str(agrees(printed, pct))
    flags: tuple[str, ...] = (*row["flags"], "recomputed")
    if wrong or of.verdict == "mislabelled":
        verdict, flags = "mislabelled", (*flags, "wrong_basis" if wrong else "wrong_definition")
    how = {"exact": "is right", "rounded": "is right, rounded", "truncated": "is right, truncated",
           "mislabelled": "is a right number with a wrong label"}[verdict]  # fmt: skip
    of_what = what(row["definition"], row["partner"], (row["period"], row["months"]))
    return Judged(
        verdict, f"{change.text} {how}: {of_what} changed by {_told(tried)}.", row["definition"],
        row["partner"], of.span, _both(row, base), change.pct - pct, tuple(dict.fromkeys(flags)),
    )  # fmt: skip


def _turned(printed: Printed) -> Printed:
    return replace(printed, value=-printed.value)


def _wrong_way(change: Change, tried: _Tried, of: Judged) -> Judged:
    _, pct, row, base = tried
    of_what = what(row["definition"], row["partner"], (row["period"], row["months"]))
    return Judged(
        "contradicted", f"{change.text} is of the right size in the wrong direction: {of_what} changed by"
        f" {_told(tried)}.", row["definition"], row["partner"], of.span, _both(row, base), change.pct - pct,
        (*row["flags"], "recomputed", "wrong_direction"),
    )  # fmt: skip


def _contradicted(change: Change, tried: list[_Tried], of: Judged) -> Judged:
    _, pct, row, base = tried[0]
    of_what = what(row["definition"], row["partner"], (row["period"], row["months"]))
    told = " and by ".join(_told(t) for t in tried)
    return Judged(
        "contradicted", f"{change.text} is contradicted: {of_what} changed by {told}.", row["definition"],
        row["partner"], of.span, _both(row, base), change.pct - pct, (*row["flags"], "recomputed"),
    )  # fmt: skip


def _no_base(change: Change, held: Held) -> str:
    return f"{change.text} is unsupported: the two figures it needs were not both held by {held.day}."
