"""Months that nobody printed and that printed totals imply: derived, with bounds, never loaded as figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.ledger import facts
from tonnage.ledger.facts import TRADE
from tonnage.ledger.series import RECEIPT

__all__ = ["DERIVED", "IMPLIED", "months"]

#: One way to a month: a printed total less printed figures. `low` and `high` come from their rounding;
#: `prints` are the numbers of the prints it is derived from.
DERIVED: Final = pl.Schema(
    {
        **dict.fromkeys(TRADE, pl.String()),
        "period": pl.Date(),
        "months": pl.Int64(),
        "value": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "derivation": pl.String(),
        "agrees": pl.Boolean(),
        "prints": pl.List(pl.UInt32()),
    }
)

#: The same with the receipts of these prints.
IMPLIED: Final = pl.Schema(
    {**{k: v for k, v in DERIVED.items() if k != "prints"}, "receipt": pl.List(RECEIPT)}
)


@dataclass(frozen=True, slots=True)
class _Term:
    start: dt.date
    months: int
    value: float
    slack: float
    prints: list[int]

    @property
    def span(self) -> set[dt.date]:
        """The months covered, by their first days."""
        return {_later(self.start, step) for step in range(self.months)}


def months(rows: pl.DataFrame) -> pl.DataFrame:
    """Return every month that a printed total and printed months leave alone (`DERIVED`).

    January and February are told together where only the two are left.

    Args:
        rows: `facts.FIGURES` of a few lines of trade.

    Returns:
        One row a derivation; `agrees` is False where two derivations of a month exclude each other.
    """
    printed = rows.filter(pl.col("value").is_not_null())
    tiles = facts.monthly(rows)
    made: list[dict[str, Any]] = []
    for key, group in printed.group_by(TRADE, maintain_order=True):
        names = dict(zip(TRADE, key, strict=True))
        known = tiles.filter(*(pl.col(name) == value for name, value in names.items()))
        totals = group.filter(pl.col("months") > 1, pl.col("period").dt.month() == 1)
        made.extend({**names, **found} for found in _derived(_terms(totals), _terms(known)))
    found = pl.DataFrame(made, schema={k: v for k, v in DERIVED.items() if k != "agrees"})
    span = [*TRADE, "period", "months"]
    agrees = pl.col("low").max().over(span) <= pl.col("high").min().over(span)
    return found.with_columns(agrees=agrees).select(DERIVED.names()).sort(*span, "derivation")


def _terms(rows: pl.DataFrame) -> list[_Term]:
    columns = ("period", "months", "value", "slack", "prints")
    return [_Term(*row) for row in rows.sort("period", "months").select(columns).iter_rows()]


def _derived(totals: list[_Term], known: list[_Term]) -> Iterator[Mapping[str, Any]]:
    for index, total in enumerate(totals):
        earlier = [t for t in totals[:index] if t.start == total.start]
        for before in (None, *earlier[-1:]):
            found = _left(total, before, known)
            if found:
                yield found


def _left(total: _Term, before: _Term | None, known: list[_Term]) -> Mapping[str, Any] | None:
    """Return what an earlier total and the printed months leave of a total, if it is one month (or two)."""
    gap = total.span - (before.span if before else set())
    inside = [t for t in known if t.span <= gap and not (t.start == total.start and t.months == total.months)]
    missing = sorted(gap.difference(*(t.span for t in inside)))
    opening = len(missing) == 2 and [m.month for m in missing] == [1, 2]
    if not (len(missing) == 1 or (opening and total.months > 2)):
        return None
    less = [*([before] if before else []), *inside]
    value = total.value - sum(t.value for t in less)
    slack = total.slack + sum(t.slack for t in less)
    taken = f"{total.months} months less {_named(before, inside)}"
    prints = [p for t in (total, *less) for p in t.prints]
    bounds = {"value": value, "low": value - slack, "high": value + slack}
    return {"period": missing[0], "months": len(missing), **bounds, "derivation": taken, "prints": prints}


def _named(before: _Term | None, inside: list[_Term]) -> str:
    total = [f"{before.months} months"] if before else []
    count = sum(t.months for t in inside)
    return " and ".join([*total, *([f"{count} printed"] if count else [])])


def _later(start: dt.date, step: int) -> dt.date:
    year, month = divmod(start.month - 1 + step, 12)
    return start.replace(year=start.year + year, month=month + 1)
