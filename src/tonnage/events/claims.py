"""The figures of a news text, each against the ledger as it stood on a day."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from tonnage.events import figure_cues
from tonnage.events.agreement import Printed
from tonnage.events.changes import Pair, implied, in_order, judge_change
from tonnage.events.dates import parse_published
from tonnage.events.extract import extract
from tonnage.events.figures import Change, Figure
from tonnage.events.held import Held, moved, span_of
from tonnage.events.held import Span as Months
from tonnage.events.judged import Judged, Stated, judge, mirrored, two_definitions
from tonnage.events.labels import Label, find_labels, label_at
from tonnage.events.language import CJK
from tonnage.events.mentions import find_mentions
from tonnage.events.page import read_page
from tonnage.events.periods import Context, period_of
from tonnage.events.text import normalise, sentences
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.ledger.series import RECEIPT
from tonnage.model.definitions import Definition, definition, registry
from tonnage.model.shown import Shown
from tonnage.sources.base import day

__all__ = ["SCHEMA", "VERDICTS", "Claim", "Claims", "check_claim", "to_frame"]

#: What can be said of a claim, each with its meaning.
VERDICTS: Final = {
    "exact": "the number held",
    "rounded": "the number held, rounded at its last printed digit",
    "truncated": "the number held, cut at its last printed digit",
    "mislabelled": "a right number under a wrong definition, month or partner",
    "two_definitions": "compares figures of definitions that must not be compared",
    "contradicted": "the ledger held another number",
    "not_yet_knowable": "the number came out after the day",
    "unsupported": "nothing held by the day bears on it",
}

#: How many figures of a text are judged.
_MOST: Final = 200
_TRADE: Final = {"export_volume": "export", "import_volume": "import"}
_COMPARED: Final = re.compile(
    rf"{figure_cues.UP}|{figure_cues.DOWN}|(?i:\b(?:from|than|against|compared|versus|vs)\b)|比"
)
_AROUND: Final = 60
#: Words before a month that make it the one compared with.
_BASE: Final = re.compile(
    r"(?i:\b(?:from|than|against|versus|vs\.?|over|on)\s+(?:in\s+|that\s+of\s+)?)$|[比较較]$"
)
_BEFORE: Final = 20

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """One figure or percentage of a text, judged.

    Attributes:
        text: the words of the claim.
        value: the number as written; in percent for a change.
        unit: the unit as written, "%" for a change.
        kg: the mass; None for a change.
        period: the months it speaks of, as `extract` writes them.
        measure: export_volume, import_volume ...
        partner: with whom the trade was; WLD is the world.
        stated: the definition the words name, if they name one.
        matched: the definition of the row it was matched to or is contradicted by.
        verdict: one of `VERDICTS`.
        deviation: stated less held, in tonnes or percentage points; None where nothing is held.
        stage: the stage of the row.
        vintage: the day the row was out.
        sentence: the verdict in one sentence.
        receipts: where the row was printed.
        flags: those of the row, of the extraction, and `implied` for a change the text does not print.
        start: where it begins in the text.
        end: where it ends.
    """

    text: str
    value: float
    unit: str
    kg: float | None
    period: str | None
    measure: str
    partner: str | None
    stated: str | None
    matched: str | None
    verdict: str
    deviation: float | None
    stage: str | None
    vintage: dt.date | None
    sentence: str
    receipts: tuple[dict[str, Any], ...]
    flags: tuple[str, ...]
    start: int
    end: int


class Claims(Shown, tuple[Claim, ...]):
    """The claims of a text, in its order; a notebook shows them as a table."""

    __slots__ = ()


#: The columns of `to_frame`.
SCHEMA: Final = pl.Schema(
    {
        "text": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "kg": pl.Float64(),
        **dict.fromkeys(("period", "measure", "partner", "stated", "matched", "verdict"), pl.String()),
        "deviation": pl.Float64(),
        "stage": pl.String(),
        "vintage": pl.Date(),
        "sentence": pl.String(),
        "receipts": pl.List(RECEIPT),
        "flags": pl.List(pl.String()),
        "start": pl.Int64(),
        "end": pl.Int64(),
    }
)


def to_frame(claims: Sequence[Claim]) -> pl.DataFrame:
    """Return claims as a table (`SCHEMA`), one row each."""
    rows = [{name: getattr(claim, name) for name in SCHEMA} for claim in claims]
    for row in rows:
        row.update(receipts=list(row["receipts"]), flags=list(row["flags"]))
    return pl.DataFrame(rows, schema=SCHEMA)


def check_claim(
    text: str, published: dt.date | str, ledger: Ledger | None = None, language: str | None = None
) -> Claims:
    """Return each mass and each percentage change of a text, judged by what was out on a day.

    Nothing that came out later counts, but to say that a number came later (`not_yet_knowable`). It rests on
    `extract`: what that does not read is not judged.

    Args:
        text: a sentence or an article.
        published: the day the text came out; a month without a year is the last one before it.
        ledger: whose figures; None opens the workspace here or in a folder above.
        language: code of the language; guessed from the text if None.

    Returns:
        The claims in the order of the text. A change that two figures of a sentence imply follows them.

    Raises:
        ReadError: `text` is not a str, or `published` is no day of the years 1900 to 2100.
        CodeError: `language` is not one the rules read.
        StoreError: there is no workspace to open.
    """
    on = _day(published)
    found = extract(text, on, language)
    if not (found.figures or found.changes):
        return Claims()
    reader = _Reader(normalise(text), found.language, Held(ledger or open_ledger(), on))
    figures = found.figures[:_MOST]
    judged = [reader.judged(figure) for figure in figures]
    pairs = reader.paired(figures, judged)
    claims = [_claim(f, s, j) for f, (s, j) in zip(figures, judged, strict=True)]
    claims += [reader.change(c, figures, judged, pairs) for c in found.changes[:_MOST]]
    claims += [_implied(pair, reader) for pair in pairs if not _printed(pair, found.changes, reader)]
    return Claims(sorted(claims, key=lambda claim: (claim.end, "implied" in claim.flags)))


def _day(published: dt.date | str) -> dt.date:
    if isinstance(published, dt.datetime):
        return published.date()
    return published if isinstance(published, dt.date) else day(published)


_Pairs = list[Pair]
_Row = tuple[Stated, Judged]


class _Reader:
    """A text and what was held on its day."""

    def __init__(self, text: str, language: str, held: Held) -> None:
        self.text, self.held = text, held
        self._cjk = language in CJK
        self._spans = sentences(text)
        self._page = read_page(text, language)
        self._context = Context(parse_published(held.day))
        self._mentions = find_mentions(text, language)
        self._labels = find_labels(text)

    def sentence(self, at: int) -> Span:
        return next(((a, b) for a, b in self._spans if a <= at < b), (0, len(self.text)))

    def judged(self, figure: Figure) -> _Row:
        named = self._named(figure)
        stated = Stated(
            self.text[figure.start : figure.end].strip() or figure.text,
            Printed.of(figure.text, figure.value, _scale(figure), approx=figure.approx),
            span_of(figure.period), figure.partner or "WLD", named.id if named else None,
            dated=any(rule.startswith("period.month") for rule in figure.rules),
        )  # fmt: skip
        refused = _not_trade(figure, stated, named)
        if not refused:
            return stated, judge(stated, self.held)
        unsupported = Judged("unsupported", refused, span=stated.span)
        if named is None or not _mirror(figure, named):
            return stated, unsupported
        return stated, mirrored(stated, str(figure.reporter), named.id, self.held) or unsupported

    def _named(self, figure: Figure) -> Definition | None:
        span = (figure.start, figure.end)
        label = label_at(self.text, self._labels, span, self.sentence(figure.start))
        known = figure.commodity if figure.commodity in registry() else None
        name = known if label is None or self._cut_short(label, known) else label.definition
        return _of_side(definition(name), figure) if name else None

    def _cut_short(self, label: Label, known: str | None) -> bool:
        """Tell whether a name in a script without spaces may be the beginning of a longer one."""
        return self._cjk and label.open and known is not None

    def paired(self, figures: Sequence[Figure], judged: list[_Row]) -> _Pairs:
        """Return the figures set against each other; one of another definition gets the verdict for it."""
        pairs: _Pairs = []
        for at in range(len(figures) - 1):
            if not self._compared(figures[at], figures[at + 1]):
                continue
            (first, one), (second, two) = judged[at], judged[at + 1]
            if "contradicted" in (one.verdict, two.verdict):
                continue
            span = (figures[at].start, figures[at + 1].end)
            words = f"{first.words} beside {second.words}"
            why = two_definitions(words, one, two)
            if why:
                judged[at] = (first, _refused(one, why))
                judged[at + 1] = (second, _refused(two, why))
            if one.matched and two.matched and one.span != two.span:
                pairs.append(Pair(first, second, one, two, span, why))
        return pairs

    def _compared(self, first: Figure, second: Figure) -> bool:
        start, end = self.sentence(first.start)
        if second.start >= end or first.measure != second.measure or first.period == second.period:
            return False
        near = self.text[max(start, first.start - _AROUND) : min(end, second.end + _AROUND)]
        return first.partner == second.partner and bool(_COMPARED.search(near))

    def change(self, change: Change, figures: Sequence[Figure], judged: list[_Row], pairs: _Pairs) -> Claim:
        inside = self.sentence(change.start)
        own = [(abs(f.start - change.start), i) for i, f in enumerate(figures)
               if inside[0] <= f.start < inside[1]]  # fmt: skip
        stated, of = judged[min(own)[1]] if own else self._alone(change, inside)
        pair = next((p for p in pairs if inside[0] <= p.at[0] < inside[1]), None)
        found = judge_change(
            change, self.text[slice(*inside)], change.start - inside[0], stated, of, pair, self.held
        )
        return Claim(
            change.text, change.pct, "%", None, change.period or _written(found.span), change.measure,
            found.partner if of else None, stated.definition if stated else None, found.matched,
            found.verdict, found.deviation, *_out(found), found.sentence, _receipts(found),
            tuple(dict.fromkeys((*found.flags, *change.flags))), change.start, change.end,
        )  # fmt: skip

    def _alone(self, change: Change, inside: Span) -> tuple[Stated | None, Judged | None]:
        """Return what a percentage is of, where no mass stands in its sentence: goods, partner and months."""
        label = label_at(self.text, self._labels, (change.start, change.end), inside)
        span = span_of(change.period) or self._months(change, inside)
        if label is None or span is None:
            return None, None
        named = definition(label.definition)
        others = {code for _, code in self._page.countries_in(*inside)} - {named.reporter}
        if len(others) > 1:
            return None, None
        partner = next(iter(others), "WLD")
        stated = Stated(change.text, Printed.of("", 0.0), span, partner, named.id)
        return stated, Judged("exact", "", named.id, partner, span)

    def _months(self, change: Change, inside: Span) -> Months | None:
        """Return the months a sentence names nearest to a percentage, but those it is compared with."""
        named = [
            (abs(mention.start - change.start), period_of(mention, self._context))
            for mention in self._mentions
            if inside[0] <= mention.start < inside[1]
            and not _BASE.search(self.text[max(inside[0], mention.start - _BEFORE) : mention.start])
        ]
        near = min((n for n in named if n[1] is not None), key=lambda n: n[0], default=None)
        return span_of(str(near[1])) if near else None


def _written(span: Months | None) -> str | None:
    """Return a span as `extract` writes a period."""
    last = moved((span[0], 1), span[1] - 1) if span else None
    if span is None or last is None:
        return None
    return f"{span[0]:%Y-%m}" if span[1] == 1 else f"{span[0]:%Y-%m}/{last[0]:%Y-%m}"


def _scale(figure: Figure) -> float:
    return figure.value_t / figure.value if figure.value else 1.0


def _of_side(named: Definition, figure: Figure) -> Definition:
    """Return the definition on the side of the trade the text speaks of, if the registry has one like it."""
    flow = _TRADE.get(figure.measure, named.flow)
    if flow == named.flow:
        return named
    alike = [
        d for d in registry().values()
        if d.flow == flow and d.reporter == figure.reporter and named.id in d.materials
    ]  # fmt: skip
    return alike[0] if len(alike) == 1 else named


def _not_trade(figure: Figure, stated: Stated, named: Definition | None) -> str:
    """Return why the ledger's series cannot speak of a figure at all, or ""."""
    flow = _TRADE.get(figure.measure)
    if flow is None:
        kind = figure.measure.replace("_", " ")
        return f"{stated.words} is not judged: it is a figure of {kind}, and the series hold trade only."
    if named is None:
        return ""
    if flow != named.flow or figure.reporter not in (None, named.reporter):
        counted = f"{named.flow}s of {named.title['en']} as counted by {named.reporter}"
        who = figure.reporter or "another side"
        return f"{stated.words} is unsupported: the ledger holds {counted}, not {flow}s as counted by {who}."
    return ""


def _mirror(figure: Figure, named: Definition) -> bool:
    """Tell whether a figure is the other side of a trade that a definition counts."""
    sides = {_TRADE.get(figure.measure), named.flow}
    return sides == {"import", "export"} and figure.partner == named.reporter and bool(figure.reporter)


def _refused(judged: Judged, why: str) -> Judged:
    """Return the verdict of a figure that a comparison drew from another definition than the one named."""
    if judged.verdict != "mislabelled":
        return judged
    return replace(judged, verdict="two_definitions", sentence=why)


def _claim(figure: Figure, stated: Stated, judged: Judged) -> Claim:
    return Claim(
        stated.words, figure.value, figure.unit, figure.value_t * 1000, figure.period, figure.measure,
        figure.partner, stated.definition, judged.matched, judged.verdict, judged.deviation, *_out(judged),
        judged.sentence, _receipts(judged), tuple(dict.fromkeys((*judged.flags, *figure.flags))),
        figure.start, figure.end,
    )  # fmt: skip


def _out(judged: Judged) -> tuple[str | None, dt.date | None]:
    return (judged.row["stage"], judged.row["published"]) if judged.row else (None, None)


def _receipts(judged: Judged) -> tuple[dict[str, Any], ...]:
    return tuple(judged.row["receipt"]) if judged.row else ()


def _printed(pair: Pair, changes: Sequence[Change], reader: _Reader) -> bool:
    """Tell whether the sentence of a pair prints its change itself."""
    start, end = reader.sentence(pair.at[0])
    return any(start <= change.start < end for change in changes)


def _implied(pair: Pair, reader: _Reader) -> Claim:
    start, end = reader.sentence(pair.at[0])
    clause = reader.text[max(start, pair.at[0] - _AROUND) : min(end, pair.at[1])]
    found, pct = implied(pair, clause)
    pair = replace(in_order(pair), at=pair.at)
    return Claim(
        f"{pair.first.words} beside {pair.second.words}", pct, "%", None,
        f"{pair.one.span[0]:%Y-%m}" if pair.one.span else None, "export_volume", pair.one.partner,
        pair.first.definition, found.matched, found.verdict, found.deviation, *_out(found), found.sentence,
        _receipts(found), tuple(dict.fromkeys((*found.flags, "implied"))), *pair.at,
    )  # fmt: skip
