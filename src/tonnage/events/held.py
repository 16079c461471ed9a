"""What a ledger held of a definition on a day: the rows a claim is judged by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

import polars as pl

from tonnage.errors import CodeError, NoDataError
from tonnage.ledger import facts
from tonnage.ledger.ledger import Ledger
from tonnage.model.definitions import Definition, definition, registry

__all__ = ["Held", "Row", "Span", "moved", "neighbours", "span_of"]

Row = Mapping[str, Any]
#: First day of the first month, and how many months.
Span = tuple[dt.date, int]

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


class Held:
    """A ledger as claims ask it; the answers of one check are kept.

    Attributes:
        day: the day of knowledge.
    """

    def __init__(self, ledger: Ledger, day: dt.date) -> None:
        self.day = day
        self._ledger = ledger
        self._partners: dict[str, list[str]] = {}
        self._trade: dict[str, pl.DataFrame] = {}
        self._rows: dict[tuple[str, str, dt.date], dict[Span, Row]] = {}
        self._prints: dict[tuple[str, str], pl.DataFrame] = {}

    def row(self, name: str, partner: str, span: Span | None) -> Row | None:
        """Return the row of a span as known on the day."""
        return self.rows(name, partner).get(span) if span else None

    def rows(self, name: str, partner: str) -> dict[Span, Row]:
        """Return every span as known on the day."""
        return self._asked(name, partner, self.day)

    def partners(self, name: str) -> list[str]:
        """Return the partners a definition had figures for on the day."""
        if name not in self._partners:
            self._partners[name] = self._ledger.partners(name, as_of=self.day)
        return self._partners[name]

    def earlier(self, name: str, partner: str, span: Span) -> Iterator[Row]:
        """Yield the row of a span as it stood before the day, the latest state first."""
        for out in sorted((d for d in self._days(name, partner, span) if d < self.day), reverse=True):
            if row := self._asked(name, partner, out).get(span):
                yield row

    def later(self, name: str, partner: str, span: Span) -> Iterator[Row]:
        """Yield the row of a span as it stood after the day, the first state first: for "not yet" alone."""
        for out in sorted(d for d in self._days(name, partner, span) if d > self.day):
            if row := self._asked(name, partner, out).get(span):
                yield row

    def prints(self, name: str, partner: str, span: Span) -> list[Row]:
        """Return every print out by the day, in tonnes, also those kept as suspect and never used."""
        prints = self._printed(name, partner).filter(
            pl.col("period") == span[0], pl.col("months") == span[1], pl.col("published") <= self.day
        )
        return [*prints.sort("published", "publisher", "line").iter_rows(named=True)]

    def _days(self, name: str, partner: str, span: Span) -> list[dt.date]:
        found: set[dt.date] = set()
        for part in definition(name).parts or (name,):
            prints = self._printed(part, partner)
            own = prints.filter(pl.col("period") == span[0], pl.col("months") == span[1])
            found.update(own["published"])
        return sorted(found)

    def _printed(self, name: str, partner: str) -> pl.DataFrame:
        if (name, partner) not in self._prints:
            entry = definition(name)
            trade = self._traded(partner)
            prints = trade.filter(pl.col("reporter") == entry.reporter)
            named = facts.labels(prints, [entry], quoted=True)
            self._prints[name, partner] = prints.join(named, on=["classification", "commodity"], how="semi")
        return self._prints[name, partner]

    def _asked(self, name: str, partner: str, day: dt.date) -> dict[Span, Row]:
        if (name, partner, day) not in self._rows:
            found: dict[Span, Row] = {}
            for spans in ("year_to_date", "monthly"):
                found.update(self._series(name, partner, day, spans))
            self._rows[name, partner, day] = found
        return self._rows[name, partner, day]

    def _series(
        self, name: str, partner: str, day: dt.date, spans: Literal["monthly", "year_to_date"]
    ) -> dict[Span, Row]:
        # What is not there is not asked for: the ledger would look for the day it comes.
        if not all(self._out(part, partner, day, spans) for part in definition(name).parts or (name,)):
            return {}
        try:
            rows = self._ledger.series(name, partner, as_of=day, unit="t", spans=spans)
        except (CodeError, NoDataError):
            return {}
        dicts = rows.drop_nulls("value").iter_rows(named=True)
        return {(row["period"], row["months"]): row for row in dicts}

    def _out(self, name: str, partner: str, day: dt.date, spans: str) -> bool:
        january = pl.col("period").dt.month() == 1
        single = (pl.col("months") == 1) | (january & (pl.col("months") == 2))
        usable = ~pl.col("flags").list.contains("suspect") & (pl.col("published") <= day)
        kept = single if spans == "monthly" else january
        return self._printed(name, partner).filter(usable, kept).height > 0

    def _traded(self, partner: str) -> pl.DataFrame:
        if partner not in self._trade:
            own = self._ledger.prints().filter(pl.col("partner") == partner, pl.col("unit") == "kg")
            self._trade[partner] = own.with_columns(value=pl.col("value") / 1000).collect()
        return self._trade[partner]
