"""A table larger than memory, a part at a time: each part holds some commodities, or partners, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import polars as pl

__all__ = ["ROWS", "slices"]

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


def _of(rows: pl.LazyFrame, by: str, values: list[str]) -> pl.LazyFrame:
    # The range by itself, so that row groups are told apart by their least and greatest.
    name = pl.col(by)
    near = name.is_between(pl.lit(min(values)), pl.lit(max(values)))
    return rows.filter(near, name.is_in(values))
