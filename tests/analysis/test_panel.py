"""Staggered dates: the wrong estimator is refused, and so is a panel too small for clustered errors."""

from __future__ import annotations

import datetime as dt
import math
import random

import polars as pl
import pytest
from tests import extras

from tonnage.analysis.panel import panel_effect
from tonnage.errors import ContractError, NoDataError, ParameterError

EFFECT = -0.4


def made(units: int = 30, treated: int = 15, months: int = 24) -> pl.DataFrame:
    """Units treated from month 10 or 16 on, by a third less, growing by the month."""
    draw = random.Random(7)  # noqa: S311 - nothing secret
    rows = []
    for unit in range(units):
        level, start = draw.gauss(5, 1), (10 if unit % 2 else 16) if unit < treated else None
        for month in range(months):
            effect = EFFECT if start is not None and month >= start else 0.0
            value = math.exp(level + 0.01 * month + effect + draw.gauss(0, 0.1))
            rows.append((f"P{unit:02d}", _day(month), None if start is None else _day(start), value))
    return pl.DataFrame(rows, schema=["partner", "period", "start", "value"], orient="row")


def _day(month: int) -> dt.date:
    return dt.date(2020 + month // 12, month % 12 + 1, 1)


@extras.needs("pyfixest")
def test_a_planted_effect_is_found() -> None:
    found = panel_effect(made())
    assert found.low < EFFECT < found.high
    assert found.effect == pytest.approx(EFFECT, abs=0.05)
    assert found.effect_pct == pytest.approx(100 * math.expm1(found.effect))
    assert found.p_value < 0.001
    assert (found.units, found.treated, found.dates) == (30, 15, 2)
    assert found == panel_effect(made())


@pytest.mark.parametrize("name", ["twfe", "TWFE", "feols"])
def test_static_two_way_effects_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ParameterError, match="wrong sign"):
        panel_effect(made(), estimator=name)


@pytest.mark.parametrize(
    ("frame", "error", "told"),
    [
        (made(units=10, treated=6), NoDataError, "at least 20 units"),
        (made(treated=3), NoDataError, "5 treated"),
        (made(treated=30), NoDataError, "never treated"),
        (made().drop("start"), ContractError, "'start'"),
        (pl.concat([made(), made().head(1)]), ContractError, "one row a unit and month"),
        (made().with_columns(pl.lit(0.0).alias("value")), ContractError, "above 0"),
        (made().with_columns(pl.col("period").alias("start")), ContractError, "one date a unit"),
    ],
)
def test_what_cannot_be_answered_is_refused(frame: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        panel_effect(frame)
