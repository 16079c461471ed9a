"""The question a briefing answers, and the rows that answer it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from tonnage.errors import NoDataError, NotYetReleased, ParameterError
from tonnage.ledger.calendar import Expected, months_on
from tonnage.model.codes import country_name, resolve_country
from tonnage.model.definitions import Definition, definition
from tonnage.reports import sentences

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["Asked", "Row", "covering", "lagged", "month_row", "recent"]

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, parsed, and the ledger that answers it."""

    ledger: Ledger
    entry: Definition
    partner: str
    period: dt.date
    day: dt.date
    months: int
    language: str
    since: dt.date

    @classmethod
    def of(
        cls,
        ledger: Ledger,
        name: str,
        partner: str,
        period: str,
        as_of: str,
        months: int,
        language: str,
        since: str,
    ) -> Asked:
        """Return the question in words as a question in codes and days.

        Raises:
            DefinitionError, CodeError, ParameterError: a name or a day is not one.
        """
        if language not in ("en", "zh", "ja"):
            raise ParameterError(f"language {language!r}: expected one of ['en', 'zh', 'ja']")
        try:
            first = dt.date.fromisoformat(f"{period}-01")
            day = dt.date.fromisoformat(as_of)
            before = dt.date.fromisoformat(since) if since else _month_before(day)
        except ValueError as fault:
            raise ParameterError(f"period {period!r}, as_of {as_of!r}, since {since!r}: {fault}") from None
        return cls(ledger, definition(name), resolve_country(partner), first, day, months, language, before)

    def series(self, name: str, partner: str, as_of: dt.date | None = None) -> pl.DataFrame | None:
        """Return a series in tonnes as known on the day, or None where nothing was out."""
        try:
            return self.ledger.series(name, partner=partner, as_of=as_of or self.day, unit="t")
        except NoDataError:
            return None

    def known(self, name: str, partner: str) -> pl.DataFrame:
        """Return a series in tonnes that must be there.

        Raises:
            NoDataError: nothing of it was out on the day.
        """
        return self.ledger.series(name, partner=partner, as_of=self.day, unit="t")

    def row(self, name: str, partner: str, at: dt.date | None = None) -> Row | None:
        """Return the figure of a month: its own, or the one of January and February together."""
        rows = self.series(name, partner)
        return None if rows is None else covering(rows, at or self.period)

    def due(self, language: str) -> str:
        """Return the releases to come that cover the month, in words; "" where none is expected."""
        coming = [e for e in self.ledger.next_releases(self.entry.id, self.day) if _covers(e, self.period)]
        return "; ".join(sentences.expected(e, language) for e in coming)

    def missing(self) -> NoDataError:
        """Return why there is no figure of the month, and when there will be."""
        what = f"{self.entry.id}, {self.period:%Y-%m}"
        latest = self.series(self.entry.id, "WLD", dt.date.max)
        known = None if latest is None else covering(latest, self.period)
        if due := self.due("en"):
            return NotYetReleased(f"{what}: not out on {self.day}. Expected: {due}")
        if known:
            return NotYetReleased(f"{what}: not out on {self.day}; it came on {known['published']}")
        if latest is None:
            held = [country_name(p) for p in self.ledger.partners(self.entry.id, dt.date.max)]
            only = f", figures only of {', '.join(held)}; a briefing starts from the total" if held else ""
            return NoDataError(f"{what}: the ledger holds no world total of any month{only}")
        span = f"{latest['period'][0]:%Y-%m} to {latest['period'][-1]:%Y-%m}"
        return NoDataError(f"{what}: the ledger holds no figure of that month; it holds {span}")


def covering(rows: pl.DataFrame, at: dt.date) -> Row | None:
    """Return the row of a month, or of the two months that hold it."""
    single = month_row(rows, at)
    if single is not None:
        return single
    pairs = rows.filter(pl.col("months") == 2, pl.col("period").is_in([at, months_on(at, -1)]))
    return pairs.row(0, named=True) if pairs.height else None


def month_row(rows: pl.DataFrame, at: dt.date) -> Row | None:
    """Return the row of a single month, or None."""
    found = rows.filter(pl.col("period") == at, pl.col("months") == 1)
    return found.row(0, named=True) if found.height else None


def lagged(rows: pl.DataFrame, row: Row, lag: int) -> Row | None:
    """Return the printed row a change is counted from."""
    at = months_on(row["period"], -lag)
    if row["months"] == 1:
        return month_row(rows, at)
    found = rows.filter(pl.col("period") == at, pl.col("months") == row["months"])
    return found.row(0, named=True) if found.height and lag == 12 else None


def recent(rows: pl.DataFrame, at: dt.date) -> bool:
    """Return whether a figure of the month or of the one before is there."""
    span = pl.col("period").is_between(months_on(at, -1), at)
    return bool(rows.filter(span).drop_nulls("value").height)


def _covers(expected: Expected, at: dt.date) -> bool:
    return expected.period <= at < months_on(expected.period, expected.months)


def _month_before(day: dt.date) -> dt.date:
    first = months_on(day, -1)
    return min(first + dt.timedelta(days=day.day - 1), months_on(day, 0) - dt.timedelta(days=1))
