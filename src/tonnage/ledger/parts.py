"""Numbered prints: those that a question is about, at once or a part at a time, never the whole ledger.

How finely a number is printed is told by the page it stands on, so that the pages of the releases asked about
are looked at as well: of them one row each is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

from tonnage.ledger import facts, precision, slices

__all__ = ["ROWS", "chosen", "parts"]

#: Rows of a part: the identities of a check take about 2,000 bytes a row.
ROWS: Final = 200_000


def chosen(prints: pl.LazyFrame, *which: pl.Expr) -> pl.DataFrame:
    """Return the prints of a choice, numbered (`facts.numbered`), as they would be among all others.

    Args:
        prints: FLOWS rows known on a day, suspect ones included.
        which: the choice; without any, every print.
    """
    rows = prints.filter(*which).collect()
    return facts.numbered(rows, _pages(prints, rows.lazy() if which else None))


def parts(
    prints: pl.LazyFrame, *which: pl.Expr, by: str = "commodity", together: Callable[[str], str] = str
) -> Iterator[pl.DataFrame]:
    """Return the prints of a choice in parts that can be asked one by one, each numbered.

    Args:
        prints: FLOWS rows known on a day, suspect ones included.
        which: the choice; without any, every print.
        by: the column of which a part holds some values whole: "commodity", or "partner" where nothing that
            is compared goes from one partner to another.
        together: gives a value the name of the group that has to stay together; by default its own.
    """
    asked = prints.filter(*which)
    pages = _pages(prints, asked if which else None)
    for part in slices.slices(asked, ROWS, by, together):
        yield facts.numbered(part.collect(), pages)


def _pages(prints: pl.LazyFrame, rows: pl.LazyFrame | None) -> pl.DataFrame:
    """Return the pages (`precision.pages`) on which some rows stand; None for all pages."""
    if rows is not None:
        on = rows.select(pl.col("raw", "unit").unique().implode()).collect(engine="streaming")
        # Each file is one release: what is known of its rows leaves out the others unread.
        prints = prints.filter(pl.col(name).is_in(on[name].item().to_list()) for name in on.columns)
    return precision.pages(prints).collect(engine="streaming")
