"""Staggered dates: the wrong estimator is refused, and so is a panel too small for clustered errors."""

from __future__ import annotations

import datetime as dt
import math
import random

import polars as pl
import pytest
from tests import extras

from tonnage.analysis.panel import ESTIMATORS, panel_effect
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
@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_a_planted_effect_is_found(estimator: str) -> None:
    found = panel_effect(made(), estimator=estimator)
    assert found.low < EFFECT < found.high
    assert found.effect == pytest.approx(EFFECT, abs=0.07)
    assert found.effect_pct == pytest.approx(100 * math.expm1(found.effect))
    assert found.p_value < 0.001
    assert (found.units, found.treated, found.dates) == (30, 15, 2)
    assert found == panel_effect(made().sample(fraction=1, shuffle=True, seed=1), estimator=estimator)
    assert found != panel_effect(made(treated=14), estimator=estimator)


@extras.needs("pyfixest")
@pytest.mark.parametrize("estimator", sorted(ESTIMATORS))
def test_the_path_is_none_before_and_the_effect_after(estimator: str) -> None:
    """The months of the early date reach from -10 to 13, those of the late one from -16 to 7."""
    path = panel_effect(made(), estimator=estimator).path
    reference = [-1] if estimator == "sun-abraham" else []
    assert path["month"].to_list() == [month for month in range(-16, 14) if month not in reference]
    assert dict(path.select("month", "units").iter_rows())[13] == 7
    assert dict(path.select("month", "units").iter_rows())[0] == 15
    for month, effect, low, high in path.select("month", "effect", "low", "high").iter_rows():
        assert low < effect < high
        assert effect == pytest.approx(EFFECT if month >= 0 else 0, abs=0.12)


@extras.needs("pyfixest")
def test_sun_and_abraham_is_the_mean_of_differences_of_differences() -> None:
    """Their definition, by arithmetic alone: each date against the never treated, since the month before."""
    frame = made()
    found = panel_effect(frame, estimator="sun-abraham")
    logs = frame.with_columns(y=pl.col("value").log())
    means = {
        (start, period): y
        for start, period, y in logs.group_by("start", "period").agg(pl.col("y").mean()).iter_rows()
    }
    by_month: dict[int, list[tuple[int, float]]] = {}
    for start, size in ((10, 7), (16, 8)):
        base = (means[_day(start), _day(start - 1)], means[None, _day(start - 1)])
        for month in range(24):
            moved = means[_day(start), _day(month)] - base[0] - (means[None, _day(month)] - base[1])
            by_month.setdefault(month - start, []).append((size, moved))
    averages = {m: sum(n * v for n, v in cells) / sum(n for n, _ in cells) for m, cells in by_month.items()}
    assert dict(found.path.select("month", "effect").iter_rows()) == pytest.approx(
        {month: value for month, value in averages.items() if month != -1}, abs=1e-8
    )
    after = [cell for month, cells in by_month.items() if month >= 0 for cell in cells]
    assert found.effect == pytest.approx(sum(n * v for n, v in after) / sum(n for n, _ in after), abs=1e-8)


@extras.needs("pyfixest")
def test_a_date_after_the_last_month_is_never() -> None:
    """The units to come are untreated as far as the figures reach, by either estimator."""
    later = made(treated=10).with_columns(
        pl.when(pl.col("partner") == "P29").then(_day(30)).otherwise(pl.col("start")).alias("start")
    )
    for estimator in ESTIMATORS:
        assert panel_effect(later, estimator=estimator) == panel_effect(made(treated=10), estimator=estimator)


@extras.needs("pyfixest")
def test_it_is_said_in_three_languages_and_drawn() -> None:
    found = panel_effect(made(), estimator="sun-abraham")
    assert "Over 15 of 30 units and 2 dates" in found.sentence()
    assert "95%区间" in found.sentence("zh")
    assert "95%区間" in found.sentence("ja")
    drawn = found.plot().axes[0]
    points = [line for line in drawn.lines if line.get_marker() == "o"]
    assert len(points) == found.path.height
    assert drawn.get_ylabel() == "effect, %"
    with pytest.raises(NoDataError, match="expected a month within 0"):
        found.plot(reach=0)


@pytest.mark.parametrize("name", ["twfe", "TWFE", "feols"])
def test_static_two_way_effects_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(ParameterError, match="wrong sign"):
        panel_effect(made(), estimator=name)


@pytest.mark.parametrize(
    ("frame", "error", "told"),
    [
        (made(units=10, treated=6), NoDataError, "at least 20 units"),
        (made(treated=3), NoDataError, "5 treated"),
        (made(treated=30), NoDataError, "5 never treated, found 30, 30 and 0"),
        (made(treated=27), NoDataError, "5 never treated, found 30, 27 and 3"),
        (
            made().filter(pl.col("period") != _day(4)),
            ContractError,
            "each of 24 months, found 690 rows of 720",
        ),
        (made()[:-1], ContractError, r"found 719 rows of 720 \(unit P29: 23\)"),
        (
            made().filter(pl.col("period") >= _day(10)),
            NoDataError,
            "expected a month before the event .* in 7",
        ),
        (made().drop("start"), ContractError, "'start'"),
        (pl.concat([made(), made().head(1)]), ContractError, "one row a unit and month"),
        (made().with_columns(pl.lit(0.0).alias("value")), ContractError, "above 0"),
        (made().with_columns(pl.col("period").alias("start")), ContractError, "one date a unit"),
    ],
)
def test_what_cannot_be_answered_is_refused(frame: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        panel_effect(frame)


def test_a_date_of_one_unit_has_no_effect_of_its_own() -> None:
    alone = made().with_columns(
        pl.when(pl.col("partner") == "P00").then(_day(12)).otherwise(pl.col("start")).alias("start")
    )
    with pytest.raises(NoDataError, match="at least 2 units of each date, found 1"):
        panel_effect(alone, estimator="sun-abraham")


def test_a_near_name_is_offered() -> None:
    with pytest.raises(ParameterError, match="did you mean 'sun-abraham'"):
        panel_effect(made(), estimator="sunabraham")
