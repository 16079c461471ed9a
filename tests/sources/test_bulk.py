"""Big files: numbers that are scaled, and days that cannot be."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonnage.errors import ReadError
from tonnage.sources.base import Sidecar
from tonnage.sources.bulk import (
    _BITS,
    _FIELD,
    SHARED,
    WORDS,
    Coding,
    Printed,
    Settled,
    _Column,
    _ordered,
    _State,
)
from tonnage.sources.comext import SOURCE


def scaled(printed: list[str], factor: int) -> list[float]:
    cells = pl.DataFrame({"v": pl.Series(printed).cast(pl.Float64)})
    return list(Printed(cells, _State()).scaled("v", factor))


def test_a_tonne_and_a_kilogram_are_1001_kilograms() -> None:
    assert scaled(["1.001", "0.29", "64.1", "1234567890.123"], 1000) == [1001, 290, 64100, 1234567890123]
    assert np.isnan(Printed(pl.DataFrame({"v": [None]}, schema={"v": pl.Float64}), _State()).scaled("v", 10))


@given(
    st.lists(st.decimals(0, 10**9, places=3, allow_nan=False), min_size=1, max_size=40),
    st.integers(0, 3),
    st.sampled_from([2, 12, 100, 1000]),
)
def test_a_product_is_the_one_in_decimals(numbers: list[Decimal], more: int, factor: int) -> None:
    printed = [str(number / 10**more) for number in numbers if number < 10 ** (9 - more)]
    assert scaled(printed, factor) == [float(Decimal(text) * factor) for text in printed]


def test_a_month_that_is_not_over_on_its_day_of_release_is_refused() -> None:
    raw = (
        b"REPORTER,PARTNER,PRODUCT_NC,FLOW,SUPPL_UNIT,PERIOD,VALUE_EUR,QUANTITY_KG,QUANTITY_SUPPL_UNIT\n"
        b"AT,CN,85051110,1,NO_SU,202402,5,1,0\n"
    )
    day = dt.date(2024, 2, 29)
    sidecar = Sidecar("comext", "full_v2_202402.dat", "0" * 64, published=day, basis="given")
    with pytest.raises(ReadError, match="expected 2024-03-01 or later, after the months covered"):
        SOURCE.read(raw, sidecar)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=50), st.sampled_from([0, 40, 61]))
def test_keys_are_put_in_order_and_those_alike_stay_as_they_came(keys: list[int], shift: int) -> None:
    unordered = np.array(keys, np.uint64) << np.uint64(shift)
    key, order = _ordered(unordered)
    assert list(order) == sorted(range(len(keys)), key=keys.__getitem__)
    assert list(key) == sorted(unordered)


@given(st.lists(st.lists(st.sampled_from(["", "a", "b"]), min_size=1, max_size=4), max_size=6))
def test_a_code_has_one_number_however_often_it_is_repeated(blocks: list[list[str]]) -> None:
    column = _Column("code")
    for cells in blocks:
        assert [column.printed[n] for n in column.ids(pl.Series(cells))] == cells


def test_blocks_of_rows_with_a_suspect_figure_or_two_in_one_unit_are_told_apart() -> None:
    coding = Coding()
    words = ("26", "CHN", "JPN", "import", "HS2022", "2024-01-01/1")
    for column, word in zip(WORDS, words, strict=True):
        coding.id(column, word)
    for word in ("JPN", "KOR", "DEU"):
        coding.id("reporter", word)
    ranks, (shift, _) = coding.ranks("reporter"), coding.field("reporter")
    rest = sum(1 << coding.field(column)[0] for column in ("commodity", "partner", *SHARED[1:]))
    key = np.array(
        [rest | int(ranks[coding.id("reporter", w)]) << shift for w in ("DEU", "JPN", "KOR")], np.uint64
    )
    units = (np.array([1, 1, 1], np.uint32), np.array([2, 1, 2], np.uint32), np.zeros(3, np.uint32))
    flags = np.array([0, 0, _BITS["suspect"] << 2 * _FIELD], np.uint64)
    values = (np.zeros(3),) * 3
    every, odd = Settled(key, units, values, flags, np.arange(3, dtype=np.uint32), coding).blocks()
    rest_of = words[3:]
    assert every == {(reporter, *rest_of) for reporter in ("DEU", "JPN", "KOR")}
    assert odd == {(reporter, *rest_of) for reporter in ("JPN", "KOR")}
