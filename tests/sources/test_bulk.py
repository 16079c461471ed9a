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
from tonnage.sources.bulk import Printed, _State
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
