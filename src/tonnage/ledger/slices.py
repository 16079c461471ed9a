"""A table larger than memory, a part at a time: each part holds some commodities, or partners, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import polars as pl
from polars.io.plugins import register_io_source

from tonnage.model import flows

__all__ = ["ROWS", "each", "slices"]

#: Rows that are worked on at once. A window over the key of a print takes about 500 bytes a row.
ROWS: Final = 1_000_000


def slices(
    rows: pl.LazyFrame, at_most: int, by: str = "commodity", together: Callable[[str], str] = str
) -> Iterator[pl.LazyFrame]:
    """Return the rows in parts of neighbouring commodities, as many of them as stay within a size.

    Processed files are sorted by commodity, and then by partner, so that each part reads its own row groups
    only. A commodity is never divided, nor is a group of them: one that has more rows is a part of its own.

    Args:
        rows: FLOWS rows, stored or not.
        at_most: rows a part.
        by: the column whose values stay whole, another one than the commodity if need be.
        together: gives a value the name of the group that has to stay together; by default its own.
    """
    counts = rows.group_by(by).agg(rows=pl.len()).sort(by).collect(engine="streaming")
    groups: dict[str, tuple[list[str], int]] = {}
    for value, count in counts.iter_rows():
        names, held = groups.get(together(value), ([], 0))
        groups[together(value)] = ([*names, value], held + count)
    part: list[str] = []
    size = 0
    for names, count in groups.values():
        if part and size + count > at_most:
            yield _of(rows, by, part)
            part, size = [], 0
        part, size = [*part, *names], size + count
    if part:
        yield _of(rows, by, part)


def each(rows: pl.LazyFrame, ask: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.LazyFrame:
    """Return FLOWS lazily: what is asked of all rows, asked of one part after the other.

    Memory holds one part, whatever reads the answer as a stream. A later choice of lines, partners or months
    reaches the rows.

    Args:
        rows: FLOWS rows.
        ask: gives FLOWS rows; those of a figure depend on the rows of that figure alone.
    """

    def parts(
        columns: list[str] | None, wanted: pl.Expr | None, most: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        keep = pl.lit(value=True) if wanted is None else wanted
        # What is chosen by figures can be chosen beforehand.
        before = keep if set(keep.meta.root_names()) <= set(flows.FIGURE) else pl.lit(value=True)
        left = most
        for part in slices(rows.filter(before), ROWS):
            found = ask(part).filter(keep).select(columns or flows.SCHEMA.names())
            made = (found if left is None else found.head(left)).collect(engine="streaming")
            yield made
            if left is not None and (left := left - made.height) <= 0:
                return

    return register_io_source(parts, schema=flows.SCHEMA)


def _of(rows: pl.LazyFrame, by: str, values: list[str]) -> pl.LazyFrame:
    # The range by itself, so that row groups are told apart by their least and greatest.
    name = pl.col(by)
    near = name.is_between(pl.lit(min(values)), pl.lit(max(values)))
    return rows.filter(near, name.is_in(values))
