"""A text to what it says: figures, changes and stages of acts, each with the rules that found it."""

from __future__ import annotations

import datetime as dt
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from tonnage.errors import ReadError, TonnageError
from tonnage.events import kinds
from tonnage.events.dates import Anchor, EventDate, find_anchor, parse_published, resolve
from tonnage.events.figures import Change, Figure, find_changes, find_figures
from tonnage.events.language import guess, known
from tonnage.events.mentions import Mention, find_mentions
from tonnage.events.page import Page, read_page
from tonnage.events.periods import Context
from tonnage.events.text import LIMIT, checked, normalise, sentences

__all__ = ["Candidate", "Change", "Extraction", "Figure", "extract", "extract_jsonl"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One stage of an act as a text tells it, for a person to accept or refuse.

    Dates are None where nothing in the text fixes them. `rules` names the date rule, the type rule and the
    stage rule; `date_text` holds the words of the date.
    """

    type: str
    stage: str
    date_start: dt.date | None
    date_end: dt.date | None
    precision: str
    date_text: str | None
    actor: str | None
    target: str | None
    commodities: tuple[str, ...]
    legal_ref: str | None
    rules: tuple[str, ...]
    confidence: str
    flags: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one text says.

    `figures` holds records only; `set_aside` the masses that are none, with their kind.
    """

    language: str
    anchor: dt.date | None
    anchor_basis: str | None
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    events: tuple[Candidate, ...]
    set_aside: tuple[Figure, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return everything as JSON-able values; days as YYYY-MM-DD."""
        values: dict[str, Any] = _plain(asdict(self))
        return values

    def to_prediction(self, name: object = None) -> dict[str, Any]:
        """Return the line that stands for this text in a file of predictions, under the id `name`."""
        return {
            "id": name,
            "figures": [_figure_line(f) for f in self.figures],
            "events": [_event_line(e) for e in self.events],
            "flags": list(self.flags),
        }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _figure_line(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value, "unit": figure.unit, "value_t": figure.value_t, "period": figure.period,
        "measure": figure.measure, "commodity": figure.commodity, "reporter": figure.reporter,
        "partner": figure.partner, "rules": list(figure.rules), "confidence": figure.confidence,
        "flags": list(figure.flags),
    }  # fmt: skip


def _event_line(event: Candidate) -> dict[str, Any]:
    return {
        "date_start": _plain(event.date_start), "date_end": _plain(event.date_end),
        "precision": event.precision,
        "type": event.type, "stage": event.stage, "date_text": event.date_text, "actor": event.actor,
        "target": event.target, "commodities": list(event.commodities), "legal_ref": event.legal_ref,
        "rules": list(event.rules), "confidence": event.confidence, "flags": list(event.flags),
    }  # fmt: skip


def extract(
    text: str,
    published: dt.date | str | None = None,
    language: str | None = None,
    *,
    precision: str | None = None,
    zone: str | None = None,
) -> Extraction:
    """Return the figures, changes and dated events a news text states.

    Rules only: the same text gives the same answer, no network, no clock. Relative words count from the
    dateline in the text if there is one, else from `published`; with neither they have no date.

    Args:
        text: the article without its boilerplate, in one of `language.LANGUAGES`. Only the first
            `text.LIMIT` characters are read; the flag `text_cut` tells that there were more.
        published: day of publication; "YYYY-MM" if only the month is known.
        language: code of the language; guessed from the text if None.
        precision: "day", "month" or "unknown": how well `published` is known, where its form does not say.
        zone: IANA zone of the page. In an American zone tomorrow's weekday can be meant.

    Raises:
        ReadError: `text` is not a str, or `published` is not a date.
        CodeError: `language` is not one the rules read.
    """
    plain = normalise(checked(text))
    code = known(language) if language else guess(plain)
    anchor = parse_published(published, precision)
    if anchor and zone:
        anchor = replace(anchor, zone=zone)
    mentions = find_mentions(plain, code)
    anchor, dateline = find_anchor(plain, mentions, anchor)
    mentions = [m for m in mentions if m is not dateline]
    spans = sentences(plain)
    page = read_page(plain, code)
    figures = find_figures(page, spans, mentions, Context(anchor, fiscal_start=_fiscal_start(page)))
    records = tuple(f for f in figures if f.kind == "stated")
    changes = tuple(find_changes(plain, code, records[:200]))
    events = tuple(_events(page, spans, mentions, anchor, (*figures, *changes)))
    return Extraction(
        code, anchor.day if anchor else None, anchor.basis if anchor else None, records, changes, events,
        tuple(f for f in figures if f.kind != "stated"),
        _all_flags(records, changes, events, plain, cut=len(text) > LIMIT),
    )  # fmt: skip


def _fiscal_start(page: Page) -> int:
    """Return the month a fiscal year begins in: crops and Australia July, US October, else April."""
    if "marketing year" in page.text or "Wirtschaftsjahr" in page.text:
        return 7
    named = {code for _, code in page.countries_in(0, 4_000)}
    if "AUS" in named:
        return 7
    return 10 if named == {"USA"} else 4


def _all_flags(
    figures: Sequence[Figure], changes: Sequence[Change], events: Sequence[Candidate], text: str, *, cut: bool
) -> tuple[str, ...]:
    rows: tuple[Figure | Change | Candidate, ...] = (*figures, *changes, *events)
    flags = {flag for row in rows for flag in row.flags}
    if kinds.second_hand(text):
        flags.add("second_hand")
    if cut:
        flags.add("text_cut")
    return tuple(sorted(flags))


_DAYS: Final = frozenset({"day", "dayonly", "weekday", "relday", "week", "weekend", "earlier"})
_MONTHS: Final = frozenset({"month", "shift", "months", "year"})
_RESTRICTIONS: Final = ("export_restriction", "import_restriction")


def _events(
    page: Page,
    spans: Sequence[tuple[int, int]],
    mentions: Sequence[Mention],
    anchor: Anchor | None,
    rows: Sequence[Figure | Change],
) -> Iterator[Candidate]:
    counted = {_sentence_of(spans, row.start) for row in rows}
    memory = _Memory(page.language)
    last: list[Candidate] = []
    at = 0
    for number, (start, end) in enumerate(spans):
        found: list[Candidate] = []
        at, inside = _up_to(mentions, at, end)
        inside = inside[:_MOST]
        days = [(m.start - start, m.end - start) for m in inside if m.kind in _DAYS]
        for mention in inside:
            place = _Place(page, mention, (start, end), number in counted, days)
            candidate = _candidate(place, anchor, memory)
            found += [candidate] if candidate else []
        yield from found
        yield from _at_once(page.text[start:end], found or last)
        last = found
        if not any(c.type.startswith(_RESTRICTIONS) for c in found):
            memory.pass_over(page.text[start:end])


#: Times of one sentence that are looked at: a list longer than that is no prose.
_MOST: Final = 40


def _up_to(mentions: Sequence[Mention], at: int, end: int) -> tuple[int, Sequence[Mention]]:
    stop = at
    while stop < len(mentions) and mentions[stop].start < end:
        stop += 1
    return stop, mentions[at:stop]


def _sentence_of(spans: Sequence[tuple[int, int]], at: int) -> int:
    return bisect_right(spans, at, key=lambda span: span[0]) - 1


@dataclass(slots=True)
class _Memory:
    """What earlier sentences spoke of: the last date, the last act that restricts, the last kind of event."""

    language: str
    date: EventDate | None = None
    kind: kinds.Kind | None = None
    _act: kinds.Kind | None = None
    _unread: list[str] = field(default_factory=list)

    def keep(self, kind: kinds.Kind, date: EventDate | None) -> None:
        self.date = date or self.date
        self.kind = kind
        if kind.type.startswith(_RESTRICTIONS):
            self._act = kind
            self._unread.clear()

    def pass_over(self, sentence: str) -> None:
        """Keep a sentence without events; it is searched for an act only if a later one leans on it."""
        self._unread.append(sentence)

    @property
    def act(self) -> kinds.Kind | None:
        """The last act that restricts."""
        while self._unread:
            found = kinds.act_in(self._unread.pop(), self.language)
            if found:
                self._act = found
                self._unread.clear()
        return self._act


@dataclass(frozen=True, slots=True)
class _Place:
    """A mention in its sentence, with the places of the sentence's days."""

    page: Page
    mention: Mention
    span: tuple[int, int]
    counted: bool
    days: Sequence[tuple[int, int]]

    @property
    def others(self) -> list[tuple[int, int]]:
        """The sentence's other days."""
        return [day for day in self.days if day[0] != self.start]

    @property
    def sentence(self) -> str:
        return self.page.text[self.span[0] : self.span[1]]

    @property
    def start(self) -> int:
        return self.mention.start - self.span[0]

    @property
    def end(self) -> int:
        return self.mention.end - self.span[0]


def _candidate(place: _Place, anchor: Anchor | None, memory: _Memory) -> Candidate | None:
    sentence, mention, start, end = place.sentence, place.mention, place.start, place.end
    if not _may_be_event(sentence, mention, start, end, counted=place.counted):
        return None
    kind = _kind(place, memory)
    if kind is None or (mention.kind in _MONTHS and not _month_event(kind)):
        return None
    if mention.kind == "year" and not _year_event(place):
        return None
    restricts = kind.type.startswith(_RESTRICTIONS)
    ahead = kinds.ahead_of(sentence, start, end)
    leans = restricts or kind.type == "agreement"
    date = resolve(mention, anchor, ahead=ahead if leans else bool(ahead), before=memory.date)
    stage, rule = kinds.stage_at(sentence, start, end, kind, place.others)
    if restricts and rule == "stage.default" and date and anchor and date.start > anchor.day:
        stage, rule = "effective", "stage.ahead"
    past = date is not None and (anchor is None or date.start <= anchor.day)
    memory.keep(kind, date if past and not kinds.named_by_day(sentence, start) else None)
    return _made(place, kind, stage, rule, date)


def _kind(place: _Place, memory: _Memory) -> kinds.Kind | None:
    """Return the type of event at a date; "the move takes effect on Monday" is about the act told before."""
    sentence, start, end = place.sentence, place.start, place.end
    kind = kinds.kind_at(
        sentence, start, end, place.page.language, counted=place.counted, alone=not place.others
    )
    if (kind is None or kind.type == "official_statement") and kinds.of_measures(sentence) and memory.act:
        return replace(memory.act, rule="type.act_before", distance=kind.distance if kind else 30.0)
    if kind and kind.type.startswith(_RESTRICTIONS) and _told_by_another(place):
        return replace(kind, type="official_statement", rule="type.told_by_another")
    if kinds.announced_then(sentence, start):
        act = kinds.act_in(sentence, place.page.language)
        kind = replace(act, distance=20.0) if act else kind
    weak = kind is None or kind.type in ("official_statement", "media_report", "data_release")
    if weak and not place.counted and kinds.starts_or_ends(sentence, start, end) and memory.act:
        return replace(memory.act, rule="type.act_before")
    if kind is None and kinds.of_measures(sentence) and kinds.starts_or_ends(sentence, start, end):
        return kinds.Kind("export_restriction", "type.measures", "", 30.0)
    if kind is None and memory.kind and kinds.expected(sentence, start, end):
        return replace(memory.kind, rule="type.kind_before")
    return kind or _default_kind(place, memory)


def _default_kind(place: _Place, memory: _Memory) -> kinds.Kind | None:
    """Return the type of a day of which nothing known is said, in a text on trade: it was told."""
    if place.mention.kind not in _DAYS or place.counted:
        return None
    if memory.act and kinds.announced_at(place.sentence, place.start, place.end):
        return replace(memory.act, rule="type.act_before", distance=60.0)
    if memory.kind or place.page.countries or place.page.goods:
        return kinds.Kind("official_statement", "type.default", "", 60.0)
    return None


def _told_by_another(place: _Place) -> bool:
    """Tell whether one country tells what another does ("Tokyo said on Friday that China halted")."""
    text, (start, end) = place.page.text, place.span
    named = place.page.countries_in(start, end)
    first = next((code for at, code in named if at < place.mention.start), None)
    for at, code in named:
        if at > place.mention.start and kinds.tells_of(text[start:at], place.start, place.end):
            return first is not None and code != first
    return False


def _may_be_event(sentence: str, mention: Mention, start: int, end: int, *, counted: bool) -> bool:
    if kinds.no_event(sentence, start):
        return False
    if mention.kind in _DAYS:
        return not counted or (mention.part != "year" and mention.to_day is None)
    if mention.kind not in _MONTHS or mention.base != "anchor":
        return False
    if counted:
        return mention.kind == "month" and kinds.acts(sentence, start, end)
    return not kinds.statistical(sentence, start, end)


def _month_event(kind: kinds.Kind) -> bool:
    return kind.type not in ("data_release", "media_report") and kind.distance <= 60


_OF_YEAR: Final = re.compile(r"(?i)\b(?:in|en|em|im jahr|for|für|para|pour|năm) $")


def _year_event(place: _Place) -> bool:
    """Tell whether a year is that of an act, and not of the goods or quotas named beside it."""
    before = place.sentence[max(0, place.start - 20) : place.start]
    return bool(_OF_YEAR.search(before)) or kinds.starts_or_ends(place.sentence, place.start, place.end)


def _made(place: _Place, kind: kinds.Kind, stage: str, rule: str, date: EventDate | None) -> Candidate:
    mention, sentence = place.mention, place.sentence
    named = list(dict.fromkeys(code for _, code in place.page.countries_in(*place.span)))
    flags = list(date.flags) if date else []
    if kinds.second_hand(sentence):
        flags.append("second_hand")
    return Candidate(
        type=kind.type,
        stage=stage,
        date_start=date.start if date else None,
        date_end=date.end if date else None,
        precision=date.precision if date else "unknown",
        date_text=mention.text.strip(),
        actor=named[0] if named else None,
        target=named[1] if len(named) > 1 else None,
        commodities=tuple(dict.fromkeys(code for _, code in place.page.goods_in(*place.span))),
        legal_ref=kinds.legal_reference(sentence),
        rules=(f"date.{mention.rule}", kind.rule, rule),
        confidence=_confidence(kind, date, flags),
        flags=tuple(flags),
        start=mention.start,
        end=mention.end,
    )


def _confidence(kind: kinds.Kind, date: EventDate | None, flags: Sequence[str]) -> str:
    if date is None or flags:
        return "low"
    return "high" if kind.distance <= 40 and date.precision == "day" else "medium"


def _at_once(sentence: str, found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Yield the effective stage of an act announced "with immediate effect" on a stated day."""
    if not kinds.immediate(sentence):
        return
    begun = {c.date_start for c in found if c.stage == "effective"}
    for candidate in found:
        if (
            candidate.type.startswith(_RESTRICTIONS)
            and candidate.stage == "announced"
            and candidate.date_start
            and candidate.date_start not in begun
        ):
            yield replace(candidate, stage="effective", rules=(*candidate.rules, "stage.immediate"))
            return


_FIELDS: Final = {
    "published": (str, type(None)), "lang": (str, type(None)), "published_precision": (str, type(None)),
    "published_tz": (str, type(None)),
}  # fmt: skip


def extract_jsonl(lines: Iterable[str]) -> Iterator[str]:
    """Yield one prediction line for each input line.

    An input line is a JSON object with `id` and `text`, and if known `published`, `lang`,
    `published_precision` and `published_tz`. Blank lines are passed over.

    Raises:
        ReadError: a line is not such an object; the message names the line.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield json.dumps(_prediction(number, line), ensure_ascii=False)


def _prediction(number: int, line: str) -> dict[str, Any]:
    row = _row(number, line)
    try:
        found = extract(
            row["text"], row.get("published"), row.get("lang"), precision=row.get("published_precision"),
            zone=row.get("published_tz"),
        )  # fmt: skip
    except TonnageError as fault:
        raise ReadError(f"line {number}: {fault}") from None
    return found.to_prediction(row["id"])


def _row(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise ReadError(f"line {number}: expected a JSON object, found {line.strip()[:40]!r}") from None
    if not isinstance(row, dict) or "id" not in row or "text" not in row:
        raise ReadError(f"line {number}: expected an object with id and text, found {line.strip()[:40]!r}")
    for name, types in _FIELDS.items():
        if not isinstance(row.get(name), types):
            raise ReadError(f"line {number}: {name}: expected text or null, found {row[name]!r}")
    return row
