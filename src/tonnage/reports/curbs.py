"""A worked case: did a list of dated acts show in one series, and what could be said on each release day?

The list of events is given before the figures are looked at and its hash is printed; every event of it is
reported, found or not.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.base_rate import BaseRate, base_rate
from tonnage.analysis.changepoints import changepoints
from tonnage.analysis.impact import Impact, impact
from tonnage.analysis.multiplicity import holm
from tonnage.errors import NoDataError, ParameterError, nearest
from tonnage.model.codes import country_name
from tonnage.model.definitions import Definition, definition
from tonnage.reports.blocks import Box, Chart, Column, Figure, Front, Table, Text
from tonnage.reports.citations import Citations, source_line
from tonnage.reports.sentences import definition_box, upper
from tonnage.reports.wording import NOT_AVAILABLE, day_name, month, number, percent

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["Case", "Curbs", "curbs"]

Row = Mapping[str, Any]

_TOO_LARGE: Final = 999
_TABLE_NOTE: Final = (
    "Effect: average of the full months after, against what the months before lead one to expect. p, Holm:"
    " adjusted for the number of events asked about. Rank p: against fake dates before the event, where the"
    " series is long enough for any."
)
_WORLD: Final = (
    "A total for the world says little of one country: goods may go to others instead, and a share of the"
    " past applied to a total of today cannot show an effect on that share."
)


@dataclass(frozen=True, slots=True)
class Case:
    """One event: its place in the list, its row of the register, its impact on the last day, its charts."""

    number: int
    event: Row
    day: dt.date
    result: Impact
    path: Chart | None
    before: Chart | None

    @property
    def name(self) -> str:
        """Number and day."""
        return f"Event {self.number}, {day_name(self.day, 'en')}"


@dataclass(frozen=True, slots=True)
class Curbs:
    """The blocks of a worked case, in reading order; None where there is nothing to show."""

    front: Front
    answer: Text
    verdicts: Table
    cases: tuple[Case, ...]
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

    Raises:
        ParameterError: an event is not in the register or not known on the day, or the list is empty.
        NotYetReleased: nothing of the definition was out on that day.
        DefinitionError, CodeError, NoDataError: as `Ledger.series`.
    """
    asked = _Asked.of(ledger, definition, events, as_of)
    cite = Citations("en")
    cases = tuple(asked.case(number, row) for number, row in enumerate(asked.events, start=1))
    return Curbs(
        front=_front(asked, title),
        answer=_answer(cases),
        verdicts=_verdicts(asked, cases, cite),
        cases=cases,
        releases=_releases(asked, cases),
        levels=_levels(asked.rows),
        partner=_partner(asked, cases, detail or asked.entry.id, partner),
        limits=_limits(asked, cases),
        definition=definition_box([asked.entry], "en"),
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

    @classmethod
    def of(cls, ledger: Ledger, name: str, events: Sequence[str], as_of: str) -> _Asked:
        try:
            day = dt.date.fromisoformat(as_of)
        except ValueError as fault:
            raise ParameterError(f"as_of {as_of!r}: {fault}") from None
        rows = ledger.series(name, as_of=day, unit="t")
        return cls(ledger, definition(name), tuple(_found(ledger, day, events)), day, rows)

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
        subtitle=f"{upper(asked.entry.title['en'])}, as known on {day_name(asked.day, 'en')}",
        language="en",
        as_of=asked.day.isoformat(),
        author="tonnage",
        keywords=(asked.entry.id, asked.digest),
    )


def _answer(cases: Sequence[Case]) -> Text:
    found = [f"{c.name}: {c.event['summary']}. {c.result.verdict}" for c in cases if c.result.significant]
    rest = [f"{c.name}: {_word(c.result).lower()}." for c in cases if not c.result.significant]
    said = found or ["None of the events shows in the figures."]
    return Text(" ".join([*said, *rest]), role="answer")


def _word(result: Impact) -> str:
    """Return the verdict in a few words."""
    if result.significant:
        return f"{'Below' if (result.effect_pct or 0) < 0 else 'Above'} what was expected"
    if not result.answered:
        return f"Cannot be answered: {result.reason.partition(':')[0]}"
    return result.verdict.partition(":")[0]


def _verdicts(asked: _Asked, cases: Sequence[Case], cite: Citations) -> Table:
    answered = [case for case in cases if case.result.p_value is not None]
    adjusted = dict(
        zip((c.number for c in answered), holm([c.result.p_value or 0.0 for c in answered]), strict=True)
    )
    heads = (
        "Event",
        "Months",
        "Effect",
        "95% interval",
        "Tonnes",
        "p",
        "p, Holm",
        "Rank p",
        "Verdict",
    )
    columns = tuple(Column(h, "left" if h in ("Event", "Verdict") else "right") for h in heads)
    figures = tuple(figure for case in cases for figure in _cited(asked, case, cite))
    rows = tuple(_verdict_row(case, adjusted.get(case.number)) for case in cases)
    acts = [f"{case.name}: {case.event['summary']}." for case in cases]
    notes = (
        *acts,
        _TABLE_NOTE,
        f"The list of events has the sha256 {asked.digest}; another list has another.",
    )
    return Table("What the figures say of each event", columns, rows, notes, source_line(figures), figures)


def _verdict_row(case: Case, adjusted: float | None) -> tuple[str, ...]:
    r = case.result
    return (
        case.name,
        str(r.months_after) if r.answered else NOT_AVAILABLE,
        percent(r.effect_pct),
        _interval(r),
        NOT_AVAILABLE if r.tonnes is None else number(round(r.tonnes)),
        _p(r.p_value),
        _p(adjusted),
        _p(r.placebo_p_value),
        _word(r),
    )


def _cited(asked: _Asked, case: Case, cite: Citations) -> Iterator[Figure]:
    """Yield the printed figures of the event month and those after, which the receipts then hold."""
    months = case.result.path["period"].to_list()
    for row in asked.rows.filter(pl.col("period").is_in(months)).iter_rows(named=True):
        yield cite.key(row)[1]


def _interval(result: Impact) -> str:
    if result.low_pct is None or result.high_pct is None:
        return NOT_AVAILABLE
    high = f"over +{_TOO_LARGE}%" if result.high_pct > _TOO_LARGE else percent(result.high_pct)
    return f"{percent(result.low_pct)} to {high}"


def _p(value: float | None) -> str:
    if value is None:
        return NOT_AVAILABLE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def _releases(asked: _Asked, cases: Sequence[Case]) -> Table:
    """Return the verdict on every release day from the first that followed each event."""
    days = sorted(set(asked.rows["published"].to_list()))
    rows = tuple(row for case in cases for row in _said(asked, case, days))
    heads = ("Event", "Released", "Newest month", "Months after", "Effect", "95% interval", "Could be said")
    columns = tuple(Column(h, "right" if h in heads[3:6] else "left") for h in heads)
    notes = (
        "Each line uses the figures that were out at the end of that day and nothing later. Releases that"
        " changed nothing are left out.",
        "Release days of some months are assumed, not printed (flag day_assumed).",
    )
    return Table("What could be said, release by release", columns, rows, notes)


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
        day_name(day, "en"),
        month(rows["period"][-1], "en"),
        str(r.months_after) if r.answered else "0",
        percent(r.effect_pct),
        _interval(r),
        _word(r),
    )


def _path(asked: _Asked, case: int, result: Impact) -> Chart | None:
    if not result.answered:
        return None
    from tonnage.charts import alt_path, path

    figures = tuple(_cited_rows(asked))
    return Chart(
        svg=_svg(path, result, asked.rows),
        title=f"Event {case}: printed months and what was expected without it",
        alt=alt_path(result),
        caption="Bands: the interval of each month alone, cut at the top of the chart; that of the average is"
        " narrower.",
        source=source_line(figures),
        figures=figures,
    )


def _cited_rows(asked: _Asked) -> Iterator[Figure]:
    cite = Citations("en")
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
        svg=_svg(drawn, found),
        title=f"Event {case}: the change in its month among earlier ones",
        alt=alt_base_rate(found),
        caption=found.sentence(),
    )


def _svg(chart: Any, *found: Any) -> str:
    from tonnage.charts import svg
    from tonnage.reports import fonts

    fonts.register_matplotlib()
    return svg(chart(*found, family=fonts.FAMILY))


def _rate(rows: pl.DataFrame, at: dt.date) -> BaseRate | None:
    try:
        return base_rate(rows.filter(pl.col("period") <= at), period=at)
    except NoDataError:
        return None


def _levels(rows: pl.DataFrame) -> Text:
    try:
        found = changepoints(rows)
    except NoDataError as fault:
        return Text(f"**Without any date given.** {upper(str(fault))}.")
    return Text(
        "**Without any date given.** A search for changes of level that is told of no event:"
        f" {found.sentence()} {found.assumptions[0]}"
    )


def _partner(asked: _Asked, cases: Sequence[Case], detail: str, partner: str) -> Box:
    """Return what the figures of the partner itself allow, which is often nothing."""
    name, entry = country_name(partner), definition(detail)
    title = f"What the figures of {name} itself allow"
    try:
        rows = asked.ledger.series(detail, partner=partner, as_of=asked.day, unit="t")
    except NoDataError as fault:
        return Box(title, (f"{fault}.",))
    last = rows.drop_nulls("value").row(-1, named=True)
    told = [
        f"{upper(entry.title['en'])} to {name}: {rows.height} monthly figures are in the ledger, the last one"
        f" {number(last['value'])} t in {month(last['period'], 'en', last['months'])}."
    ]
    told.extend(f"Event {case.number}. {impact(rows, case.event).verdict}" for case in cases)
    told.append(_WORLD)
    return Box(title, tuple(told))


def _limits(asked: _Asked, cases: Sequence[Case]) -> Box:
    warned = dict.fromkeys(f"{upper(w)}." for case in cases for w in case.result.warnings)
    assumed = dict.fromkeys(a for case in cases for a in case.result.assumptions)
    return Box("What this cannot show", (asked.entry.hides, *_overlaps(cases), *assumed, *warned))


def _overlaps(cases: Sequence[Case]) -> Iterator[str]:
    """Yield which events lie in the months that another one is measured against."""
    for case in cases:
        inside = [c for c in cases if c.day < case.day and c.result.significant]
        if case.result.answered and inside:
            names = " and ".join(f"event {c.number}" for c in inside)
            yield (
                f"The months before event {case.number} hold {names}: what it moved counts as noise there,"
                " and the band is as wide as it is because of it."
            )


def _method(asked: _Asked, cases: Sequence[Case]) -> Box:
    methods = dict.fromkeys(case.result.method for case in cases if case.result.method)
    known = [f"Event {c.number}: {c.event['event_id']}, known on {day_name(c.day, 'en')}." for c in cases]
    return Box("How it was done", (*methods, *known, f"Ledger {asked.ledger.digest[:12]}."))
