"""A table larger than memory, a part at a time: each part holds some commodities whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

__all__ = ["ROWS", "slices"]

#: Rows that are worked on at once. A window over the key of a print takes about 500 bytes a row.
ROWS: Final = 1_000_000


def slices(rows: pl.LazyFrame, at_most: int) -> Iterator[pl.LazyFrame]:
    """Return the rows in parts of neighbouring commodities, as many of them as stay within a size.

    Processed files are sorted by commodity, so that each part reads its own row groups only. A commodity is
    never divided: one that has more rows is a part of its own.

    Args:
        rows: FLOWS rows, stored or not.
        at_most: rows a part.
    """
    counts = rows.group_by("commodity").agg(rows=pl.len()).sort("commodity").collect(engine="streaming")
    first, held, last = "", 0, ""
    for commodity, count in counts.iter_rows():
        if held and held + count > at_most:
            yield rows.filter(pl.col("commodity").is_between(pl.lit(first), pl.lit(last)))
            held = 0
        first, last, held = (first if held else commodity), commodity, held + count
    if held:
        yield rows.filter(pl.col("commodity").is_between(pl.lit(first), pl.lit(last)))
