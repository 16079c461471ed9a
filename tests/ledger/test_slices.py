"""A table in parts: every row once, every commodity whole."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tonnage.ledger.slices import slices


@given(st.lists(st.sampled_from(["1", "10", "2805", "28053011", "x", "希土"])), st.integers(1, 8))
def test_every_row_is_in_one_part_and_every_commodity_whole(commodities: list[str], at_most: int) -> None:
    rows = pl.LazyFrame({"commodity": commodities}, {"commodity": pl.String}).with_row_index()
    parts = [part.collect() for part in slices(rows, at_most)]
    assert sorted(index for part in parts for index in part["index"]) == list(range(len(commodities)))
    held = [name for part in parts for name in part["commodity"].unique()]
    assert sorted(held) == sorted(set(commodities))
    for part in parts:
        assert part.height <= at_most or part["commodity"].n_unique() == 1


def test_parts_are_as_large_as_they_may_be() -> None:
    rows = pl.LazyFrame({"commodity": [str(n) for n in range(10)]})
    assert [part.collect().height for part in slices(rows, 4)] == [4, 4, 2]
