"""The content of a briefing: one definition, one partner, one month, as known on a day.

Everything is computed when the briefing is made, in one fixed order, so that the cells of a notebook may be
run in any order and print the same. A block that the data do not allow is None, which displays nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from tonnage.analysis import series as tools
from tonnage.analysis.base_rate import base_rate
from tonnage.errors import NoDataError
from tonnage.ledger.calendar import months_on
from tonnage.model.codes import country_name
from tonnage.model.definitions import Definition
from tonnage.reports import boxes, exhibits
from tonnage.reports.asked import Asked, Row, covering, lagged
from tonnage.reports.blocks import Banner, Box, Chart, Figure, Front, Strip, Table, Text
from tonnage.reports.findings import Findings, find
from tonnage.reports.sentences import (
    clause,
    definition_box,
    expected,
    legend,
    lower,
    released,
    sentence,
    stage,
    upper,
)
from tonnage.reports.wording import day_name, month, tonnes, word

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["Briefing", "briefing"]


@dataclass(frozen=True, slots=True)
class Briefing:
    """The blocks of a briefing, in reading order; None where there is nothing to show."""

    front: Front
    banner: Banner | None
    answer: Text
    status: Strip | None
    chart: Chart | None
    base_rate: Text | None
    partners: Table | None
    numbers: Table | None
    unknown: Box | None
    changed: Box | None
    definition: Box
    receipts: Table | None
    legend: Text


def briefing(
    ledger: Ledger,
    definition: str,
    partner: str = "WLD",
    *,
    period: str,
    as_of: str,
    months: int = 24,
    language: str = "en",
    since: str = "",
    notice: bool = False,
) -> Briefing:
    """Return the briefing on a definition and a partner for a month, as known at the end of a day.

    Args:
        ledger: an open ledger.
        definition: id or alias of a definition.
        partner: code or English name; WLD for the world alone.
        period: the month reported on, YYYY-MM.
        as_of: the day of knowledge, YYYY-MM-DD.
        months: how many months the chart shows, up to the month reported on.
        language: of headings, labels and the answer: en, zh or ja.
        since: the day changes are counted from; "" for a month before `as_of`.
        notice: a one-page notice instead of `NotYetReleased` when the month is not out.

    Raises:
        NotYetReleased: no figure of the month was out on that day; the message says when it is due.
        NoDataError: the ledger holds no such figure at all.
        DefinitionError, CodeError, ParameterError: a name or a day is not one.
    """
    asked = Asked.of(ledger, definition, partner, period, as_of, months, language, since)
    row = asked.row(asked.entry.id, "WLD")
    if row is None:
        told = asked.missing()
        if not notice:
            raise told
        return _notice(asked, str(told))
    f = find(asked, row)
    # The order below is the order in which footnote keys are handed out.
    return Briefing(
        front=_front(asked, f.month),
        banner=boxes.banner(f),
        answer=_answer(f),
        status=_status(f),
        chart=exhibits.chart(f),
        base_rate=_base_rate(f),
        partners=exhibits.partners(f),
        numbers=exhibits.numbers(f),
        unknown=boxes.unknown(f),
        changed=boxes.changed(f),
        definition=definition_box(f.definitions, f.language),
        receipts=f.cite.table(),
        legend=legend(f.language),
    )


def _front(asked: Asked, when: str) -> Front:
    """Return the head of the document."""
    entry, language = asked.entry, asked.language
    title = word(
        "title",
        language,
        reporter=country_name(entry.reporter, language),
        flow=word(entry.flow, language),
        definition=entry.title[language],
        month=when,
    )
    kind = "subtitle_world" if asked.partner == "WLD" else "subtitle"
    under = word(
        kind, language, partner=country_name(asked.partner, language), day=day_name(asked.day, language)
    )
    return Front(
        title=title,
        subtitle=under,
        language=language,  # type: ignore[arg-type]
        as_of=asked.day.isoformat(),
        author="tonnage",
        keywords=(entry.id, entry.reporter, asked.partner, f"{asked.period:%Y-%m}"),
    )


def _notice(asked: Asked, told: str) -> Briefing:
    """Return the one page that says nothing is out yet."""
    stop = "." if asked.language == "en" else "。"
    if due := asked.due(asked.language):
        told = word("due", asked.language, due=due)
    return Briefing(
        front=_front(asked, month(asked.period, asked.language)),
        banner=None,
        answer=Text(
            f"**{word('nothing_yet', asked.language)}{stop}** {told.rstrip('.')}{stop}", role="answer"
        ),
        status=None,
        chart=None,
        base_rate=None,
        partners=None,
        numbers=None,
        unknown=None,
        changed=None,
        definition=definition_box([asked.entry], asked.language),
        receipts=None,
        legend=legend(asked.language),
    )


def _answer(f: Findings) -> Text:
    figures: list[Figure] = []
    sentences = [_moved(f, f.asked.entry, "WLD", f.world, figures)]
    if f.detail and f.asked.partner != "WLD":
        rows = f.asked.known(f.detail.id, f.asked.partner)
        if covering(rows, f.asked.period):
            sentences.append(_moved(f, f.detail, f.asked.partner, rows, figures))
    sentences.append(_cannot_show(f))
    return Text(" ".join(sentences), role="answer", figures=tuple(figures))


def _moved(f: Findings, entry: Definition, partner: str, rows: pl.DataFrame, figures: list[Figure]) -> str:
    """Return a sentence: how much, and how much more or less than before; collects its figures."""
    row = covering(rows, f.asked.period)
    if row is None:
        return ""
    changed = (
        tools.changes(rows)
        .filter(pl.col("period") == row["period"], pl.col("months") == row["months"])
        .row(0, named=True)
    )
    key, figure = f.cite.key(row)
    figures.append(figure)
    clauses = []
    for name, lag in (("mom", 1), ("yoy", 12)):
        before = lagged(rows, row, lag)
        if before is not None and changed[f"{name}_pct"] is not None:
            before_key, before_figure = f.cite.key(before)
            figures.append(before_figure)
            clauses.append(clause(name, changed[f"{name}_pct"], before, before_key, f.language))
    first = _first_print(f, row, entry, partner)
    return sentence(entry, partner, row, f"{first} {key}", clauses, f.language)


def _first_print(f: Findings, row: Row, entry: Definition, partner: str) -> str:
    """Return " (first print x t)" where the figure was first printed with another number."""
    before = f.asked.series(entry.id, partner, row["published"])
    first = None if before is None else covering(before, row["period"])
    if first is None or first["value"] is None or row["value"] is None:
        return ""
    changed = abs(first["value"] - row["value"]) > boxes.ROUNDING
    return word("first_print", f.language, value=tonnes(first["value"])) if changed else ""


def _cannot_show(f: Findings) -> str:
    late = f.shown.filter(pl.col("in_force"), pl.col("date") >= months_on(f.row["period"], f.row["months"]))
    if not late.height:
        return word("cannot_show", f.language, hides=lower(f.asked.entry.said("hides", f.language)))
    event = late.row(0, named=True)
    when = day_name(event["date"], f.language)
    return word("before_event", f.language, month=f.month, day=when, summary=event["summary"])


def _status(f: Findings) -> Strip:
    language = f.language
    rows = [(f.asked.entry, f.row)]
    if f.detail and f.detail.id != f.asked.entry.id:
        found = f.asked.row(f.detail.id, f.asked.partner) or f.asked.row(f.detail.id, "WLD")
        if found:
            rows.append((f.detail, found))
    stages = "; ".join(f"{upper(d.title[language])}: {stage(row, language)}" for d, row in rows)
    days = "; ".join(dict.fromkeys(released(row, language) for _, row in rows))
    unexplained = f.check.filter(pl.col("verdict") == "unexplained").height
    counts = {"right": str(f.check.height - unexplained), "all": str(f.check.height)}
    adds = word("identities", f.language, **counts) if f.check.height else ".."
    return Strip(
        (
            (word("stage", language), stages),
            (
                word("released", language),
                f"{days} ({word('retrieved', language)} {_retrieved(f, rows)})",
            ),
            (word("next", language), _next(f)),
            (word("sure", language), adds),
        )
    )


def _retrieved(f: Findings, rows: list[tuple[Definition, Row]]) -> str:
    raws = {receipt["raw"] for _, row in rows for receipt in row["receipt"]}
    return ", ".join(sorted({f.asked.ledger.sidecar(raw).retrieved or ".." for raw in raws}))


def _next(f: Findings) -> str:
    stages = {e for d in f.definitions for e in f.asked.ledger.next_releases(d.id, f.asked.day)}
    coming = sorted(stages, key=lambda e: (e.first, e.last))
    if not coming:
        return ".."
    shown = "; ".join(expected(e, f.language) for e in coming)
    usual = word("usual_days", f.language) if any(e.basis == "usual_day" for e in coming) else ""
    return f"{shown}{usual}"


def _base_rate(f: Findings) -> Text | None:
    sentences = []
    for entry, partner in f.pairs:
        rows = f.asked.series(entry.id, partner)
        if rows is None or covering(rows, f.asked.period) is None:
            continue
        upto = rows.filter(pl.col("period") <= f.asked.period)
        where = "" if partner == "WLD" else f", {country_name(partner, f.language)}"
        try:
            told = base_rate(upto, period=f.row["period"]).sentence(f.language)
        except NoDataError:
            continue
        sentences.append(f"**{upper(entry.title[f.language])}{where}:** {told}")
    return Text(" ".join(sentences), role="body") if sentences else None
