"""Which printed lines make a definition, in which scheme; on any engine (see `vintages`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import narwhals as nw
from narwhals.typing import IntoLazyFrameT

from tonnage.ledger.vintages import day_number, stage_number
from tonnage.model import scopes
from tonnage.model.definitions import Definition

__all__ = ["SPAN", "lines", "one_scheme"]

#: What a series has one row for: the months covered, of one trade.
SPAN: Final = ("reporter", "partner", "flow", "unit", "period", "months")

_DAYS: Final = 2**22  # more than the number of any day


def lines(rows: IntoLazyFrameT, entry: Definition) -> IntoLazyFrameT:
    """Return the FLOWS rows of a definition that is printed as it is: a line, or codes, in every year.

    What `scopes.selected` says in polars, for any engine.
    """
    own = nw.lit(value=False)
    for scope in entry.scopes:
        own |= _holds(scope) & nw.col("commodity").is_in(list(scope.codes))
    # The codes by themselves too, so that a file is read only where it has them.
    every = nw.col("commodity").is_in(scopes.every_code(entry.codes))
    return nw.from_native(rows).filter(every, own).to_native()


def _holds(scope: scopes.Scope) -> nw.Expr:
    scheme = nw.col("classification")
    if not scope.dated:
        return (scheme == scope.family) | scheme.str.starts_with(f"{scope.family}-")
    # Years have four digits: as text they are in the order of time.
    year = scheme.str.slice(len(scope.family))
    own = scheme.str.contains(f"^{re.escape(scope.family)}[0-9]{{4}}$")
    if scope.first is not None:
        own &= year >= str(scope.first)
    if scope.last is not None:
        own &= year <= str(scope.last)
    return own


def one_scheme(figures: IntoLazyFrameT, span: Sequence[str] = SPAN) -> IntoLazyFrameT:
    """Keep one classification a span: codes of two years' schemes are the same goods twice, never a sum.

    The more settled stage decides, then the later day, then the newer scheme.

    Args:
        figures: one FLOWS row a figure, of one definition.
        span: what is to have one scheme.
    """
    scheme = nw.col("classification")
    rows = nw.from_native(figures).with_columns(_stage=stage_number(), _day=day_number())
    best = nw.col("_stage").max().over(*span, "classification") * _DAYS
    rows = rows.with_columns(_best=best + nw.col("_day").max().over(*span, "classification"))
    rows = rows.filter(nw.col("_best") == nw.col("_best").max().over(*span))
    newest = rows.with_columns(_newest=scheme.max().over(*span)).filter(scheme == nw.col("_newest"))
    return newest.drop("_stage", "_day", "_best", "_newest").to_native()
