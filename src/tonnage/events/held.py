"""What a ledger held of a definition on a day: the rows a claim is judged by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import polars as pl

from tonnage.errors import CodeError, NoDataError
from tonnage.ledger import facts
from tonnage.ledger.ledger import Ledger
from tonnage.model.definitions import Definition, definition, registry

__all__ = ["Held", "Row", "Span", "moved", "neighbours", "span_of"]

Row = Mapping[str, Any]
#: First day of the first month, and how many months.
Span = tuple[dt.date, int]

_Spans = Literal["monthly", "year_to_date"]
_Table = dict[str, dict[Span, list[Row]]]

_YEAR: Final = 12


def span_of(period: str | None) -> Span | None:
    """Return the months of a period as `extract` writes it; None where it is not whole months."""
    ends = (period or "").split("/")
    try:
        if len(ends) == 1 and len(ends[0]) == len("2025"):
            return dt.date(int(ends[0]), 1, 1), _YEAR
        first, last = (dt.date.fromisoformat(f"{end}-01") for end in (ends[0], ends[-1]))
    except ValueError:
        return None
    months = (last.year - first.year) * _YEAR + last.month - first.month + 1
    return (first, months) if 1 <= months <= _YEAR else None


def moved(span: Span, months: int) -> Span | None:
    """Return the span some months later; None outside the calendar."""
    index = span[0].year * _YEAR + span[0].month - 1 + months
    if not dt.MINYEAR <= index // _YEAR <= dt.MAXYEAR:
        return None
    return dt.date(index // _YEAR, index % _YEAR + 1, 1), span[1]


def neighbours(entry: Definition) -> list[Definition]:
    """Return the definitions that may be taken for this one: parts, wholes, and never-to-be-compared."""
    near = {*entry.parts, *entry.contains, *entry.incomparable}
    near |= {d.id for d in registry().values() if entry.id in (*d.contains, *d.incomparable, *d.parts)}
    same = [d for d in registry().values() if d.id in near - {entry.id}]
    return [d for d in same if (d.reporter, d.flow) == (entry.reporter, entry.flow)]


#: What was printed of each definition with one partner, by ledger: prints never change while it is open.
_PRINTS: Final[WeakKeyDictionary[Ledger, dict[str, _Table]]] = WeakKeyDictionary()


class Held:
    """A ledger as claims ask it; the answers of one check are kept.

    Attributes:
        day: the day of knowledge.
    """

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self.day = day
        self._ledger = ledger
        self._partners: dict[str, list[str]] = {}
        self._rows: dict[tuple[str, str, dt.date, str], dict[Span, Row]] = {}

    def row(self, name: str, partner: str, span: Span | None) -> Row | None:
        """Return the row of a span as known on the day."""
        return self._row(name, partner, span, self.day) if span else None

    def rows(self, name: str, partner: str, months: int) -> dict[Span, Row]:
        """Return every span of so many months as known on the day."""
        found: dict[Span, Row] = {}
        for spans in reversed(_ways((dt.date(2000, 1, 1), months))):
            found.update(self._asked(name, partner, self.day, spans))
        return {span: row for span, row in found.items() if span[1] == months}

    def summed(self, name: str, partner: str, span: Span | None) -> Row | None:
        """Return the sum of the months of a span that nobody prints, None unless each of them is held.

        January and February printed only together count as one of its parts.
        """
        if span is None or span[1] == 1:
            return None
        monthly = self._asked(name, partner, self.day, "monthly")
        parts = _tiles(span, monthly)
        if not parts:
            return None
        flags = {flag for part in parts for flag in part["flags"]} | {"derived", "summed"}
        return {
            **parts[-1],
            "period": span[0],
            "months": span[1],
            "value": sum(part["value"] for part in parts),
            "published": max(part["published"] for part in parts),
            "flags": sorted(flags),
            "receipt": [receipt for part in parts for receipt in part["receipt"]],
        }

    def partners(self, name: str) -> list[str]:
        """Return the partners a definition had figures for on the day."""
        if name not in self._partners:
            self._partners[name] = self._ledger.partners(name, as_of=self.day)
        return self._partners[name]

    def may_hold(self, name: str, partner: str, span: Span | None, fits: Callable[[float], bool]) -> bool:
        """Tell at once whether any print could give a span a value that fits; a yes is to be looked at.

        For a difference every print of the one part is tried against every print of the other.
        """
        if span is None:
            return False
        parts = definition(name).parts or (name,)
        values = [{p["value"] for p in self._prints(part, partner).get(span, ())} for part in parts]
        if len(values) == 1:
            return any(fits(value) for value in values[0] if value is not None)
        return any(fits(a - b) for a in values[0] for b in values[1] if a is not None and b is not None)

    def earlier(self, name: str, partner: str, span: Span) -> Iterator[Row]:
        """Yield the row of a span as it stood before the day, the latest state first."""
        for out in sorted((d for d in self._days(name, partner, span) if d < self.day), reverse=True):
            if row := self._row(name, partner, span, out):
                yield row

    def later(self, name: str, partner: str, span: Span) -> Iterator[Row]:
        """Yield the row of a span as it stood after the day, the first state first: for "not yet" alone."""
        for out in sorted(d for d in self._days(name, partner, span) if d > self.day):
            if row := self._row(name, partner, span, out):
                yield row

    def prints(self, name: str, partner: str, span: Span) -> list[Row]:
        """Return every print out by the day, in tonnes, also those kept as suspect and never used."""
        found = [p for p in self._prints(name, partner).get(span, ()) if p["published"] <= self.day]
        return sorted(found, key=lambda p: (p["published"], p["publisher"], p["line"]))

    def _days(self, name: str, partner: str, span: Span) -> list[dt.date]:
        parts = definition(name).parts or (name,)
        return sorted({p["published"] for part in parts for p in self._prints(part, partner).get(span, ())})

    def _row(self, name: str, partner: str, span: Span, day: dt.date) -> Row | None:
        answers = (self._asked(name, partner, day, spans).get(span) for spans in _ways(span))
        return next((row for row in answers if row), None)

    def _prints(self, name: str, partner: str) -> dict[Span, list[Row]]:
        tables = _PRINTS.setdefault(self._ledger, {})
        if partner not in tables:
            tables[partner] = _printed(self._ledger, partner)
        return tables[partner].get(name, {})

    def _asked(self, name: str, partner: str, day: dt.date, spans: _Spans) -> dict[Span, Row]:
        if (name, partner, day, spans) not in self._rows:
            self._rows[name, partner, day, spans] = self._series(name, partner, day, spans)
        return self._rows[name, partner, day, spans]

    def _series(self, name: str, partner: str, day: dt.date, spans: _Spans) -> dict[Span, Row]:
        # What is not there is not asked for: the ledger would look for the day it comes.
        if not all(self._out(part, partner, day, spans) for part in definition(name).parts or (name,)):
            return {}
        try:
            rows = self._ledger.series(name, partner, as_of=day, unit="t", spans=spans)
        except (CodeError, NoDataError):
            return {}
        dicts = rows.drop_nulls("value").iter_rows(named=True)
        return {(row["period"], row["months"]): row for row in dicts}

    def _out(self, name: str, partner: str, day: dt.date, spans: _Spans) -> bool:
        return any(
            spans in _ways(span)
            and any(p["published"] <= day and "suspect" not in p["flags"] for p in prints)
            for span, prints in self._prints(name, partner).items()
        )


def _ways(span: Span) -> tuple[_Spans, ...]:
    """Return how a span may be printed: as months, as a total since January, the likelier first."""
    if span[1] == 1:
        return ("monthly", "year_to_date") if span[0].month == 1 else ("monthly",)
    if span[1] == len(("January", "February")) and span[0].month == 1:
        return ("monthly", "year_to_date")
    return ("year_to_date",)


def _tiles(span: Span, monthly: Mapping[Span, Row]) -> list[Row]:
    """Return the rows that make up a span without a gap; none if a month of it is missing."""
    at, left, found = span[0], span[1], []
    while left > 0:
        months = next((n for n in (1, 2) if n <= left and (at, n) in monthly), 0)
        following = moved((at, 1), months)
        if not months or following is None:
            return []
        found.append(monthly[at, months])
        at, left = following[0], left - months
    return found


def _printed(ledger: Ledger, partner: str) -> _Table:
    """Return every print of every definition with a partner, in tonnes, by definition and span."""
    entries = list(registry().values())
    own = ledger.prints().filter(pl.col("partner") == partner, pl.col("unit") == "kg")
    prints = own.with_columns(value=pl.col("value") / 1000).collect()
    sides = pl.DataFrame({"definition": [d.id for d in entries], "reporter": [d.reporter for d in entries]})
    named = facts.labels(prints, entries, quoted=True).join(sides, on="definition")
    rows = prints.join(named, on=["classification", "commodity", "reporter"])
    found: _Table = {}
    for row in rows.iter_rows(named=True):
        span = (row["period"], row["months"])
        found.setdefault(row["definition"], {}).setdefault(span, []).append(row)
    return found
