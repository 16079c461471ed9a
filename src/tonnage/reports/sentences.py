"""The sentences, notes and boxes of a briefing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from tonnage.ledger.calendar import Expected
from tonnage.model.codes import country_name
from tonnage.model.definitions import Definition, registry
from tonnage.reports import wording
from tonnage.reports.blocks import Box, Text
from tonnage.reports.wording import day_name, month, percent, tonnes, word

__all__ = [
    "alt_text",
    "clause",
    "definition_box",
    "event_note",
    "evidence",
    "expected",
    "legend",
    "lower",
    "marked",
    "neighbours",
    "released",
    "sentence",
    "stage",
    "to",
    "upper",
]

Row = Mapping[str, Any]

#: Marks behind a number, by flag or stage.
_MARKS: Final = {"estimated": "e", "approximate": "e", "revised": "r", "confidential": "c"}


def stage(row: Row, language: str) -> str:
    """Return the stage of a row in words, with "derived" where it is."""
    named = word(row["stage"], language)
    return f"{named}, {word('derived', language)}" if "derived" in row["flags"] else named


def released(row: Row, language: str) -> str:
    """Return the day of release of a row, and that it is assumed where it is."""
    assumed = word("day_assumed", language) if "day_assumed" in row["flags"] else ""
    return f"{day_name(row['published'], language)}{assumed}"


def expected(expected: Expected, language: str) -> str:
    """Return a release to come: its days, its stage and what it covers."""
    first, last = expected.first, expected.last
    span = day_name(last, language) if first == last else f"{first.day}–{day_name(last, language)}"
    return f"{span}: {word(expected.stage, language)}, {month(expected.period, language, expected.months)}"


def upper(text: str) -> str:
    """Return the text with its first letter upper case."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Return the text with its first letter lower case."""
    return text[:1].lower() + text[1:]


def clause(name: str, change: float, before: Row, key: str, language: str) -> str:
    """Return how a figure compares with an earlier one."""
    against = month(before["period"], language, before["months"])
    value = tonnes(before["value"])
    if language == "en":
        how = "less than" if change < 0 else "more than"
        when = f"in {before['period']:%B}" if name == "mom" else "a year before"
        return f"{percent(change, signed=False)} {how} {when} ({value} {key})"
    what = {"zh": {"mom": "环比", "yoy": "同比"}, "ja": {"mom": "前月比", "yoy": "前年同月比"}}[language][
        name
    ]
    return f"{what}{percent(change)}（{against}{value} {key}）"


def sentence(entry: Definition, partner: str, row: Row, key: str, clauses: list[str], language: str) -> str:
    """Return how much went from whom to whom in a month, and how that compares."""
    value = f"**{tonnes(row['value'])}**{key}"
    when = month(row["period"], language, row["months"])
    who = country_name(entry.reporter, language)
    to = country_name(partner, language)
    title = entry.title[language]
    if language == "en":
        verb, side = ("imported", "from") if entry.flow.endswith("import") else ("exported", "to")
        compared = f", {' and '.join(clauses)}" if clauses else ""
        if partner == "WLD":
            return f"{who} {verb} {value} of {title} in {when}{compared}."
        # The first sentence names the month; two months printed as one are another span, so they are named.
        span = f" in {when}" if row["months"] > 1 else ""
        return f"{upper(title)} {side} {to}: {value}{span}{compared}."
    if language == "zh":
        start = f"{when}{who}{'' if partner == 'WLD' else f'对{to}'}{word(entry.flow, 'zh')}{title}{value}"
        return f"{start}{'，' if clauses else ''}{'，'.join(clauses)}。"
    start = (
        f"{when}の{who}の{'' if partner == 'WLD' else f'{to}向け'}{title}{word(entry.flow, 'ja')}は{value}"
    )
    return f"{start}{'、' if clauses else ''}{'、'.join(clauses)}。"


def event_note(row: Row, end: dt.date, language: str) -> str:
    """Return the note of a numbered event; `end` is the day after the months shown."""
    acts = [word(name, language) for name in ("announced", "in_force") if row[name]]
    return word(
        "event_note",
        language,
        day=day_name(row["date"], language),
        acts=word("acts_and", language).join(acts) or word("reported", language),
        after=word("after_shown", language) if row["date"] >= end else "",
        summary=row["summary"],
        evidence=evidence(row["evidence"], language),
    )


def evidence(told: str, language: str) -> str:
    """Return what an event rests on, as `relevance.evidence` words it, in a language."""
    count, _, kind = told.partition(" ")
    return word(kind, language, count=count) if count.isdigit() else word(told, language)


def to(partner: str, language: str) -> str:
    """Return " to Japan", or nothing for the world."""
    return "" if partner == "WLD" else word("to", language, partner=country_name(partner, language))


def alt_text(rows: pl.DataFrame, events: pl.DataFrame, entry: Definition) -> str:
    """Return what the chart shows, for a reader who cannot see it."""
    known = rows.drop_nulls("value").with_columns(rate=pl.col("value") / pl.col("months"))
    low, high = known.sort("rate").row(0, named=True), known.sort("rate").row(-1, named=True)
    first, last = known.row(0, named=True), known.row(-1, named=True)

    def told(row: Row) -> str:
        each = " a month" if row["months"] > 1 else ""
        return f"{wording.number(row['rate'])} t{each} in {month(row['period'], 'en', row['months'])}"

    named = "; ".join(f"{e['number']}, {day_name(e['date'], 'en')}" for e in events.iter_rows(named=True))
    lines = f" Numbered lines mark events: {named}." if named else ""
    return (
        f"Bar chart of {entry.title['en']}, tonnes a month, {month(first['period'], 'en')} to"
        f" {month(last['period'], 'en')}. Lowest {told(low)}; highest {told(high)}; last {told(last)}.{lines}"
    )


def definition_box(entries: list[Definition], language: str) -> Box:
    """Return what the definitions hold, hide and must not be compared with."""
    return Box(word("definition", language), tuple(_defined(entry, language) for entry in entries))


def _defined(entry: Definition, language: str) -> str:
    codes = "; ".join(f"{family} {', '.join(listed)}" for family, listed in entry.codes.items())
    apart = "; ".join(
        word(
            "apart_one",
            language,
            definition=registry()[name].title[language],
            why=entry.why_apart(name, language),
        )
        for name in entry.incomparable
    )
    breaks = "; ".join(f"{at:%Y-%m}: {why}" for at, why in entry.breaks.items())
    stop = "." if language == "en" else "。"
    parts = [
        f"**{upper(entry.title[language])}** ({entry.id}): {entry.said('printed_as', language)}{stop}",
        entry.said("covers", language),
        word("codes", language, codes=codes) if codes else "",
        word("hidden", language, hides=lower(entry.said("hides", language))),
        word("apart", language, others=apart) if apart else "",
        word("break", language, breaks=breaks) if breaks else "",
    ]
    return (" " if language == "en" else "").join(filter(None, parts))


def legend(language: str) -> Text:
    """Return the one line of units and symbols that holds for the whole document."""
    signs = {"zero": wording.ZERO, "none": wording.NOT_AVAILABLE}
    return Text(word("legend", language, **signs), role="note")


def marked(row: Row | None) -> str:
    """Return the number of a row with the marks of its flags."""
    if row is None:
        return wording.NOT_AVAILABLE
    marks = {_MARKS[f] for f in row["flags"] if f in _MARKS} | ({"p"} if row["stage"] == "flash" else set())
    return " ".join([wording.number(row["value"]), *sorted(marks)])


def neighbours(entry: Definition) -> list[Definition]:
    """Return the definitions a reader may take for this one: parts, wholes, and never-to-be-compared."""
    known = registry()
    near = {entry.id, *entry.parts, *entry.contains, *entry.incomparable}
    near |= {d.id for d in known.values() if entry.id in (*d.contains, *d.incomparable, *d.parts)}
    same = [d for d in known.values() if d.id in near]
    return [d for d in same if (d.reporter, d.flow) == (entry.reporter, entry.flow)]
