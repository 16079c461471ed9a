"""A worked case: did a list of dated acts show in one series, and what could be said on each release day?

The list of events is given before the figures are looked at and its hash is printed; every event of it is
reported, found or not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.base_rate import BaseRate, base_rate
from tonnage.analysis.changepoints import changepoints
from tonnage.analysis.impact import Impact, impact
from tonnage.analysis.multiplicity import holm
from tonnage.analysis.verdicts import assumptions, brief
from tonnage.analysis.wording import LANGUAGES, Language
from tonnage.errors import NoDataError, ParameterError, nearest
from tonnage.model.codes import country_name
from tonnage.model.definitions import Definition, definition
from tonnage.reports.blocks import Box, Chart, Column, Figure, Front, Table, Text
from tonnage.reports.case_wording import BASE_RATE, HEADS, PATH, RELEASE_HEADS, say
from tonnage.reports.citations import Citations, source_line
from tonnage.reports.sentences import definition_box, lower, upper
from tonnage.reports.wording import NOT_AVAILABLE, day_name, month, number, percent

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["Case", "Curbs", "curbs"]

Row = Mapping[str, Any]

_TOO_LARGE: Final = 999


@dataclass(frozen=True, slots=True)
class Case:
    """One event: its place in the list, its row of the register, its impact on the last day, its charts."""

    number: int
    event: Row
    day: dt.date
    result: Impact
    path: Chart | None
    before: Chart | None
    language: str

    @property
    def name(self) -> str:
        """Number and day."""
        return say("event_day", self.language, number=self.number, day=day_name(self.day, self.language))


@dataclass(frozen=True, slots=True)
class Curbs:
    """The blocks of a worked case, in reading order; None where there is nothing to show."""

    front: Front
    answer: Text
    about: Text
    verdicts: Table
    sure: Text
    disputed: Text
    cases: tuple[Case, ...]
    by_release: Text
    releases: Table
    levels: Text
    partner: Box
    limits: Box
    definition: Box
    method: Box
    receipts: Table


def curbs(
    ledger: Ledger,
    definition: str,
    events: Sequence[str],
    *,
    as_of: str,
    detail: str = "",
    partner: str = "WLD",
    title: str = "Did the curbs bite?",
    language: Language = "en",
) -> Curbs:
    """Return what can be said of each event in a list, as of a day and as of every release before it.

    Args:
        ledger: an open ledger.
        definition: id or alias of the definition whose world series is asked.
        events: ids of the register, in the order they are to be told; frozen before looking.
        as_of: the day of knowledge, YYYY-MM-DD.
        detail: a definition that has partners, for `partner`; "" for `definition` itself.
        partner: the country an event aimed at; WLD for none.
        title: of the report.
        language: "en", "zh" or "ja"; what the register says of an event, the paragraph on the method and the
            warnings stay English, and so does a definition to which the registry gives no other words.

    Raises:
        ParameterError: an event is not in the register or not known on the day, the list is empty, or the
            language is another one.
        NotYetReleased: nothing of the definition was out on that day.
        DefinitionError, CodeError, NoDataError: as `Ledger.series`.
    """
    asked = _Asked.of(ledger, definition, events, as_of, language)
    cite = Citations(language)
    cases = tuple(asked.case(number, row) for number, row in enumerate(asked.events, start=1))
    return Curbs(
        front=_front(asked, title),
        answer=_answer(cases),
        about=Text(say("about", language)),
        sure=_headed("sure", language),
        disputed=_headed("disputed", language),
        by_release=_headed("by_release", language),
        verdicts=_verdicts(asked, cases, cite),
        cases=cases,
        releases=_releases(asked, cases),
        levels=_levels(asked.rows, language),
        partner=_partner(asked, cases, detail or asked.entry.id, partner),
        limits=_limits(asked, cases),
        definition=definition_box([asked.entry], language),
        method=_method(asked, cases),
        receipts=cite.table(),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question, and the rows that answer it."""

    ledger: Ledger
    entry: Definition
    events: tuple[Row, ...]
    day: dt.date
    rows: pl.DataFrame
    language: Language

    @classmethod
    def of(cls, ledger: Ledger, name: str, events: Sequence[str], as_of: str, language: Language) -> _Asked:
        if language not in LANGUAGES:
            raise ParameterError(
                f"language {language!r}: expected one of {list(LANGUAGES)}{nearest(language, LANGUAGES)}"
            )
        try:
            day = dt.date.fromisoformat(as_of)
        except ValueError as fault:
            raise ParameterError(f"as_of {as_of!r}: {fault}") from None
        rows = ledger.series(name, as_of=day, unit="t")
        return cls(ledger, definition(name), tuple(_found(ledger, day, events)), day, rows, language)

    @property
    def digest(self) -> str:
        """The hash of the list of events."""
        listed = "\n".join(row["event_id"] for row in self.events)
        return hashlib.sha256(listed.encode()).hexdigest()[:12]

    def on(self, day: dt.date) -> pl.DataFrame:
        return self.ledger.series(self.entry.id, as_of=day, unit="t")

    def case(self, number: int, event: Row) -> Case:
        result = impact(self.rows, event)
        return Case(
            number=number,
            event=event,
            day=result.event,
            result=result,
            path=_path(self, number, result),
            before=_before(self, number, result.event),
            language=self.language,
        )


def _found(ledger: Ledger, day: dt.date, events: Sequence[str]) -> Iterator[Row]:
    known = {row["event_id"]: row for row in ledger.events(as_of=day).iter_rows(named=True)}
    if not events:
        raise ParameterError("events: expected at least one id of the register, found none")
    for name in events:
        if name not in known:
            raise ParameterError(
                f"event {name!r}: not in the register as known on {day}{nearest(name, known)}"
            )
        yield known[name]


def _front(asked: _Asked, title: str) -> Front:
    return Front(
        title=title,
        subtitle=say(
            "subtitle",
            asked.language,
            definition=upper(asked.entry.title[asked.language]),
            day=day_name(asked.day, asked.language),
        ),
        language=asked.language,
        as_of=asked.day.isoformat(),
        author="tonnage",
        keywords=(asked.entry.id, asked.digest),
    )


def _headed(key: str, language: str) -> Text:
    """Return a heading, with the note below it where it has one."""
    heading = f"## {say(key, language)}"
    return Text(heading if key == "sure" else f"{heading}\n\n{say(f'{key}_note', language)}")


def _answer(cases: Sequence[Case]) -> Text:
    language = cases[0].language
    colon, stop, gap = (say(key, language) for key in ("between", "stop", "gap"))
    found = [
        f"{c.name}{colon}{c.event['summary']}. {c.result.sentence(language)}"
        for c in cases
        if c.result.significant
    ]
    rest = [
        f"{c.name}{colon}{lower(brief(c.result, language))}{stop}" for c in cases if not c.result.significant
    ]
    said = found or [say("none_shows", language)]
    return Text(gap.join([*said, *rest]), role="answer")


def _verdicts(asked: _Asked, cases: Sequence[Case], cite: Citations) -> Table:
    answered = [case for case in cases if case.result.p_value is not None]
    adjusted = dict(
        zip((c.number for c in answered), holm([c.result.p_value or 0.0 for c in answered]), strict=True)
    )
    language = asked.language
    heads = HEADS[language]
    columns = tuple(Column(h, "left" if h in (heads[0], heads[-1]) else "right") for h in heads)
    figures = tuple(figure for case in cases for figure in _cited(asked, case, cite))
    rows = tuple(_verdict_row(case, adjusted.get(case.number)) for case in cases)
    acts = [f"{case.name}{say('between', language)}{case.event['summary']}." for case in cases]
    notes = (*acts, say("verdict_note", language), say("hash_note", language, digest=asked.digest))
    return Table(say("verdicts", language), columns, rows, notes, source_line(figures, language), figures)


def _verdict_row(case: Case, adjusted: float | None) -> tuple[str, ...]:
    r = case.result
    return (
        case.name,
        str(r.months_after) if r.answered else NOT_AVAILABLE,
        percent(r.effect_pct),
        _interval(r, case.language),
        NOT_AVAILABLE if r.tonnes is None else _signed(r.tonnes),
        _p(r.p_value),
        _p(adjusted),
        _p(r.placebo_p_value),
        brief(r, case.language),
    )


def _cited(asked: _Asked, case: Case, cite: Citations) -> Iterator[Figure]:
    """Yield the printed figures of the event month and those after, which the receipts then hold."""
    months = case.result.path["period"].to_list()
    for row in asked.rows.filter(pl.col("period").is_in(months)).iter_rows(named=True):
        yield cite.key(row)[1]


def _interval(result: Impact, language: str) -> str:
    if result.low_pct is None or result.high_pct is None:
        return NOT_AVAILABLE
    high = percent(min(result.high_pct, _TOO_LARGE))
    if result.high_pct > _TOO_LARGE:
        high = say("over", language, high=f"+{_TOO_LARGE}%")
    return say("to", language, low=percent(result.low_pct), high=high)


def _p(value: float | None) -> str:
    if value is None:
        return NOT_AVAILABLE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _signed(tonnes: float) -> str:
    return f"{'+' if tonnes >= 0.5 else ''}{number(round(tonnes))}"


def _releases(asked: _Asked, cases: Sequence[Case]) -> Table:
    """Return the verdict on every release day from the first that followed each event."""
    days = sorted(set(asked.rows["published"].to_list()))
    rows = tuple(row for case in cases for row in _said(asked, case, days))
    heads = RELEASE_HEADS[asked.language]
    columns = tuple(Column(h, "right" if h in heads[3:6] else "left") for h in heads)
    notes = (say("releases_note", asked.language), say("assumed_days", asked.language))
    return Table(say("releases", asked.language), columns, rows, notes)


def _said(asked: _Asked, case: Case, days: Sequence[dt.date]) -> Iterator[tuple[str, ...]]:
    """Yield a line for each release that held the month of the event and changed the answer."""
    last: tuple[str, ...] = ()
    for day in days:
        if day <= case.day or asked.on(day)["period"][-1] < case.day.replace(day=1):
            continue
        row = _release_row(asked, case, day)
        if row[3:] != last:
            yield row
        last = row[3:]


def _release_row(asked: _Asked, case: Case, day: dt.date) -> tuple[str, ...]:
    rows = asked.on(day)
    r = impact(rows, case.event)
    return (
        str(case.number),
        day_name(day, asked.language),
        month(rows["period"][-1], asked.language),
        str(r.months_after) if r.answered else "0",
        percent(r.effect_pct),
        _interval(r, asked.language),
        brief(r, asked.language),
    )


def _path(asked: _Asked, case: int, result: Impact) -> Chart | None:
    if not result.answered:
        return None
    from tonnage.charts import alt_path, path

    figures = tuple(_cited_rows(asked))
    return Chart(
        svg=_svg(path, result, asked.rows, labels=PATH[asked.language]),
        title=say("path", asked.language, number=case),
        alt=alt_path(result),
        caption=say("path_note", asked.language),
        source=source_line(figures),
        figures=figures,
    )


def _cited_rows(asked: _Asked) -> Iterator[Figure]:
    cite = Citations(asked.language)
    for row in asked.rows.iter_rows(named=True):
        yield cite.key(row)[1]


def _before(asked: _Asked, case: int, day: dt.date) -> Chart | None:
    """Return the change in the month of the event among earlier changes, or None where it cannot be told."""
    found = _rate(asked.rows, day.replace(day=1))
    if found is None or not found.word:
        return None
    from tonnage.charts import alt_base_rate
    from tonnage.charts import base_rate as drawn

    return Chart(
        svg=_svg(drawn, found, labels=BASE_RATE[asked.language]),
        title=say("before", asked.language, number=case),
        alt=alt_base_rate(found),
        caption=found.sentence(asked.language),
    )


def _svg(chart: Any, *found: Any, labels: Mapping[str, str]) -> str:
    from tonnage.charts import svg
    from tonnage.reports import fonts

    fonts.register_matplotlib()
    return svg(chart(*found, labels=labels, family=fonts.FAMILY))


def _rate(rows: pl.DataFrame, at: dt.date) -> BaseRate | None:
    try:
        return base_rate(rows.filter(pl.col("period") <= at), period=at)
    except NoDataError:
        return None


def _levels(rows: pl.DataFrame, language: str) -> Text:
    try:
        found = changepoints(rows)
    except NoDataError as fault:
        return Text(say("no_levels", language, why=upper(str(fault)) if language == "en" else fault))
    told = (
        f"{found.sentence(language)} {found.assumptions[0]}" if language == "en" else found.sentence(language)
    )
    return Text(say("levels", language, found=told))


def _partner(asked: _Asked, cases: Sequence[Case], detail: str, partner: str) -> Box:
    """Return what the figures of the partner itself allow, which is often nothing."""
    language = asked.language
    name, entry = country_name(partner, language), definition(detail)
    title = say("partner", language, name=name)
    try:
        rows = asked.ledger.series(detail, partner=partner, as_of=asked.day, unit="t")
    except NoDataError as fault:
        return Box(title, (say("partner_none", language, why=fault),))
    last = rows.drop_nulls("value").row(-1, named=True)
    held = say(
        "partner_held",
        language,
        definition=upper(entry.title[language]),
        name=name,
        n=rows.height,
        value=number(last["value"]),
        month=month(last["period"], language, last["months"]),
    )
    said = [
        f"{say('event', language, number=case.number)}{say('stop', language)}{say('gap', language)}"
        f"{impact(rows, case.event).sentence(language)}"
        for case in cases
    ]
    return Box(title, (held, *said, say("world", language)))


def _limits(asked: _Asked, cases: Sequence[Case]) -> Box:
    language = asked.language
    warned = _warned(cases)
    assumed = dict.fromkeys(a for case in cases for a in assumptions(case.result, language))
    told = (asked.entry.said("hides", language), *_overlaps(cases), *assumed, *warned)
    return Box(say("limits", language), told)


def _warned(cases: Sequence[Case]) -> Iterator[str]:
    """Yield each warning once, before it the events it is about."""
    about: dict[str, list[Case]] = {}
    for case in cases:
        for warning in case.result.warnings:
            about.setdefault(warning, []).append(case)
    for warning, warned in about.items():
        yield f"{_names(warned)}{say('between', warned[0].language)}{warning}."


def _names(cases: Sequence[Case]) -> str:
    language = cases[0].language
    named = [say("event", language, number=case.number) for case in cases]
    return say("and", language).join([named[0], *map(lower, named[1:])])


def _overlaps(cases: Sequence[Case]) -> Iterator[str]:
    """Yield which events lie in the months that another one is measured against."""
    for case in cases:
        inside = [c for c in cases if c.day < case.day and c.result.significant]
        if case.result.answered and inside:
            named = [lower(say("event", case.language, number=c.number)) for c in inside]
            others = say("and", case.language).join(named)
            yield say("overlap", case.language, number=case.number, others=others)


def _method(asked: _Asked, cases: Sequence[Case]) -> Box:
    language = asked.language
    methods = tuple(_methods(cases))
    known = [
        say("known", language, number=c.number, id=c.event["event_id"], day=day_name(c.day, language))
        for c in cases
    ]
    return Box(
        say("method", language),
        (*methods, *known, say("ledger", language, digest=asked.ledger.digest[:12])),
    )


def _methods(cases: Sequence[Case]) -> Iterator[str]:
    """Yield the paragraph on each method once; of an event that differs in its months alone, those."""
    first: dict[str, Case] = {}
    for case in cases:
        if not (told := case.result.method):
            continue
        shape = re.sub(r"\d+ months before", "", re.sub(r"The \d+ full months after", "", told))
        if shape not in first:
            first[shape] = case
            yield f"**{case.name}.** {told}" if case.language == "en" else f"**{case.name}**：{told}"
        elif told != first[shape].result.method:
            before, after = case.result.months_before, case.result.months_after
            yield say(
                "same_method",
                case.language,
                number=case.number,
                first=first[shape].number,
                before=before,
                after=after,
            )
