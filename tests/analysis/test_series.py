"""Series described: tables in, tables out, with the customs bulletin's own figures."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.analysis.figures import (
    CHILD,
    CHILD_MONEY,
    MAGNETS_TO_JAPAN,
    PARENT,
    PRODUCTS,
    bulletin,
    flagged,
    frame,
    month,
    months,
    together,
    until,
    without,
)

from tonnage.analysis import series
from tonnage.errors import ContractError, DefinitionError, NoDataError, ParameterError


def cell(made: pl.DataFrame, at: str, column: str) -> Any:
    return made.filter(pl.col("period") == month(at))[column].item()


# --- monthly


def test_monthly_sorts_and_adds_what_a_plain_frame_lacks() -> None:
    made = series.monthly(bulletin(CHILD[:2]).reverse())
    assert made["value"].to_list() == [5854, 2920]
    assert made["months"].to_list() == [1, 1]
    assert made["flags"].to_list() == [[], []]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda f: f.drop("value"), "'value'"),
        (lambda f: f.with_columns(pl.col("period").cast(pl.Datetime)), "expected Date, found Datetime"),
        (lambda f: f.with_columns(pl.col("value").cast(pl.String)), "expected numbers, found String"),
        (lambda f: f.with_columns(pl.col("period") + dt.timedelta(days=1)), "found 2024-01-02; monthly"),
        (lambda f: pl.concat([f, f]), "2024-01: expected one row a month"),
        (lambda f: f.with_columns(value=pl.lit(math.inf)), "found inf at 2024-01"),
        (lambda f: f.with_columns(value=pl.lit(math.nan)), "found nan at 2024-01"),
        (lambda f: f.with_columns(value=pl.lit(-1.0)), "found -1.0 at 2024-01"),
        (lambda f: f.with_columns(months=pl.lit(3)), "found 3 at 2024-01"),
        (lambda f: f.tail(1).with_columns(months=pl.lit(2)), "found 2 at 2024-02"),
        (lambda f: f.with_columns(unit=pl.Series(["t", "kg"])), "expected one unit, found kg, t"),
        (lambda f: f.with_columns(partner=pl.Series(["JPN", "USA"])), "one partner, found JPN, USA"),
        (lambda f: f.with_columns(period=pl.lit(None, dtype=pl.Date)), "found null"),
        (lambda f: f.to_dicts(), "expected a polars DataFrame, found list"),
    ],
)
def test_monthly_names_what_is_wrong(spoil: Any, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        series.monthly(spoil(bulletin(CHILD[:2])))


def test_two_definitions_are_not_one_series() -> None:
    two = bulletin(CHILD[:2]).with_columns(definition=pl.Series(["rare-earths", "rare-earth-products"]))
    with pytest.raises(DefinitionError, match="found rare-earth-products, rare-earths"):
        series.monthly(two)


def test_no_rows_is_no_data() -> None:
    with pytest.raises(NoDataError):
        series.monthly(bulletin([]))


def test_suspect_figures_are_shown_but_not_used() -> None:
    odd = flagged(bulletin(CHILD[:4]), "2024-03", "suspect")
    assert series.monthly(odd)["value"][2] == 4710
    assert series.usable(odd)["value"][2] is None
    assert cell(series.changes(odd), "2024-04", "mom_pct") is None


# --- January and February


def test_january_and_february_2025_are_8511_t_together() -> None:
    made = series.pair_january_february(bulletin(CHILD))
    assert cell(made, "2025-01", "value") == 5294 + 3217 == 8511
    assert cell(made, "2025-01", "months") == 2
    assert made.filter(pl.col("months") == 2)["flags"].to_list() == [["derived"]] * 3
    assert month("2025-02") not in made["period"].to_list()


def test_a_pair_has_the_receipts_of_both_the_later_day_and_the_less_settled_stage() -> None:
    rows = bulletin(CHILD[12:14], first="2025-01").with_columns(
        stage=pl.Series(["detail", "bulletin"]),
        published=pl.Series([dt.date(2025, 3, 20), dt.date(2025, 3, 18)]),
        receipt=pl.Series([[{"raw": "aa", "line": 1}], [{"raw": "bb", "line": 2}]]),
    )
    made = series.pair_january_february(rows).row(0, named=True)
    assert made["receipt"] == [{"raw": "aa", "line": 1}, {"raw": "bb", "line": 2}]
    assert (made["stage"], made["published"]) == ("bulletin", dt.date(2025, 3, 20))


def test_two_months_printed_together_stay_and_stand_for_a_lone_january() -> None:
    rest = series.monthly(bulletin(CHILD[14:16], first="2025-03"))
    lone = series.monthly(bulletin([5294], first="2025-01"))
    made = series.pair_january_february(pl.concat([lone, together(2025, 8511), rest]))
    assert made["value"].to_list() == [8511, 5666, 4785]
    assert made["flags"].to_list() == [[], [], []]


def test_a_lone_january_and_a_break_in_february_are_not_paired() -> None:
    alone = bulletin(CHILD[:1])
    assert series.pair_january_february(alone)["months"].to_list() == [1]
    broken = flagged(bulletin(CHILD[:3]), "2024-02", "break")
    assert series.pair_january_february(broken)["value"].to_list() == [5854, 2920, 4710]


@given(st.lists(st.integers(0, 10**9).map(lambda n: n / 1000), min_size=1, max_size=40), st.integers(0, 11))
def test_pairing_keeps_the_total(values: list[float], start: int) -> None:
    rows = frame(months(f"2019-{start + 1:02d}", len(values)), values)
    paired = series.pair_january_february(rows)
    assert math.isclose(paired["value"].sum(), sum(values), rel_tol=1e-12)
    assert paired["months"].sum() == len(values)
    assert_frame_equal(series.pair_january_february(paired), paired)


# --- changes


def test_products_fell_by_3_1_percent_in_december_2025() -> None:
    made = series.changes(bulletin(PRODUCTS))
    assert cell(made, "2025-12", "value") == 6745
    assert cell(made, "2025-12", "previous") == 6958
    assert cell(made, "2025-12", "mom_pct") == pytest.approx(-3.1, abs=0.05)
    assert cell(made, "2025-12", "yoy_pct") == pytest.approx(7.7, abs=0.05)


def test_magnets_to_japan_fell_by_8_2_percent_and_no_change_crosses_the_gap() -> None:
    japan = frame([month(p) for p in MAGNETS_TO_JAPAN], list(MAGNETS_TO_JAPAN.values()))
    made = series.changes(japan)
    assert cell(made, "2025-12", "mom_pct") == pytest.approx(-8.2, abs=0.05)
    assert cell(made, "2025-09", "mom_pct") is None
    assert made["yoy_pct"].null_count() == made.height


def test_the_printed_changes_of_the_bulletin_come_out() -> None:
    made = series.changes(bulletin(PARENT))
    assert cell(made, "2025-12", "yoy_pct") == pytest.approx(16.1, abs=0.05)


def test_two_months_compare_with_two_months_however_they_were_printed() -> None:
    year_before = series.monthly(bulletin(CHILD[:2]))
    made = series.changes(pl.concat([year_before, together(2025, 8511)]))
    pair = made.filter(pl.col("months") == 2).row(0, named=True)
    assert pair["year_ago"] == 5854 + 2920
    assert pair["yoy_pct"] == pytest.approx(-3.0, abs=0.05)
    assert pair["previous"] is None
    assert pair["mom_pct"] is None


def test_nothing_is_compared_across_a_break() -> None:
    made = series.changes(flagged(bulletin(CHILD), "2025-03", "break"))
    assert cell(made, "2025-03", "mom_pct") is None
    assert cell(made, "2025-04", "mom_pct") is not None
    assert cell(made, "2025-04", "yoy_pct") is None
    assert cell(made, "2026-03", "yoy_pct") is not None


def test_null_is_no_zero_and_a_percentage_of_zero_is_null() -> None:
    made = series.changes(bulletin([26.037, None, 0.0, 1.4, 0.0]))
    assert made["mom_pct"].to_list() == [None, None, None, None, -100.0]
    assert made["previous"].to_list() == [None, 26.037, None, 0.0, 1.4]


@given(st.floats(1e-3, 1e6), st.lists(st.integers(1, 10**6), min_size=14, max_size=40))
def test_changes_do_not_depend_on_the_unit(factor: float, values: list[int]) -> None:
    columns = ("mom_pct", "yoy_pct")
    small = series.changes(bulletin(values)).select(columns)
    large = series.changes(bulletin([v * factor for v in values])).select(columns)
    assert_frame_equal(small, large, rel_tol=1e-6, abs_tol=1e-6)


# --- sums


def test_year_to_date_is_the_flash_total_of_two_months() -> None:
    made = series.year_to_date(bulletin(CHILD))
    assert cell(made, "2025-02", "ytd") == 8511
    assert cell(made, "2025-12", "ytd") == sum(CHILD[12:24]) == 62584
    assert cell(made, "2025-02", "ytd_pct") == pytest.approx(100 * (8511 / 8774 - 1))
    march = series.monthly(bulletin([5666], first="2025-03"))
    assert series.year_to_date(pl.concat([together(2025, 8511), march]))["ytd"].to_list() == [8511, 14177]


def test_a_missing_month_leaves_the_year_to_date_empty() -> None:
    made = series.year_to_date(without(bulletin(CHILD[:6]), "2024-03"))
    assert made["ytd"].to_list() == [5854, 8774, None, None, None]


def test_rolling_has_full_windows_only() -> None:
    made = series.rolling(bulletin(CHILD))
    assert made["rolling_12"].null_count() == 11
    assert cell(made, "2025-12", "rolling_12") == 62584
    gap = series.rolling(without(bulletin(CHILD), "2025-06"), 3)
    assert cell(gap, "2025-08", "rolling_3") is None
    assert cell(gap, "2025-09", "rolling_3") == 5994 + 5792 + 4000
    with pytest.raises(ParameterError, match="months=1"):
        series.rolling(bulletin(CHILD), 1)


def test_a_window_does_not_cut_a_pair_nor_a_break() -> None:
    before, after = bulletin(CHILD[:12]), bulletin(CHILD[14:], first="2025-03")
    rows = pl.concat([series.monthly(before), together(2025, 8511), series.monthly(after)])
    made = series.rolling(rows, 3).filter(pl.col("period") > dt.date(2025, 1, 1))
    assert made["rolling_3"].to_list()[:3] == [8511 + 5666, None, 5666 + 4785 + 5865]
    broken = series.rolling(flagged(bulletin(CHILD), "2024-06", "break"), 3)
    assert cell(broken, "2024-07", "rolling_3") is None
    assert cell(broken, "2024-08", "rolling_3") == 4829 + 4937 + 4723


def test_index_of_a_year_averages_100() -> None:
    made = series.index(bulletin(CHILD), 2024)
    assert until(made, "2024-12")["index"].mean() == pytest.approx(100)
    assert cell(series.index(bulletin(CHILD), month("2025-12")), "2025-11", "index") == pytest.approx(
        125.09, abs=0.01
    )


def test_index_needs_its_whole_base() -> None:
    with pytest.raises(NoDataError, match="base 2026"):
        series.index(bulletin(CHILD), 2026)
    with pytest.raises(NoDataError, match="a total of 0"):
        series.index(bulletin([0.0, 1.0]), month("2024-01"))


def test_gaps_are_listed_with_their_reason() -> None:
    rows = flagged(without(bulletin([1.0, 2.0, 3.0, None, 5.0, 6.0]), "2024-02"), "2024-05", "suspect")
    assert series.gaps(rows).rows() == [
        (month("2024-02"), "no row"),
        (month("2024-04"), "no number printed"),
        (month("2024-05"), "suspect"),
    ]
    assert series.gaps(together(2025, 8511)).is_empty()


# --- value and quantity


def money(values: Any = CHILD_MONEY) -> pl.DataFrame:
    return bulletin([v * 10_000 for v in values], "CNY")


def test_unit_value_of_rare_earths_in_december_2025() -> None:
    made = series.unit_value(bulletin(CHILD), money())
    assert cell(made, "2025-12", "unit_value") == pytest.approx(447_160_000 / 4392)
    assert made["unit"].unique().to_list() == ["CNY/t"]
    assert set(made["reason"]) == {""}


def test_unit_value_refuses_zero_missing_and_estimated() -> None:
    mass = flagged(bulletin([0.0, None, 3.0, 4.0]), "2024-03", "estimated")
    made = series.unit_value(mass, bulletin([1.0, 2.0, 3.0], "USD"))
    assert made["unit_value"].null_count() == 4
    assert made["reason"].to_list() == ["mass is 0", "no mass printed", "estimated", "no money printed"]


def test_unit_value_needs_mass_then_money_of_one_trade() -> None:
    with pytest.raises(ContractError, match="expected a mass, then money"):
        series.unit_value(money(), bulletin(CHILD))
    japan, america = (
        f.with_columns(partner=pl.lit(p)) for f, p in ((bulletin(CHILD), "JPN"), (money(), "USA"))
    )
    with pytest.raises(ContractError, match="partner: expected the same"):
        series.unit_value(japan, america)


def test_value_fell_by_price_when_the_heavy_rare_earths_vanished() -> None:
    made = series.decompose(money(), bulletin(CHILD))
    may = made.filter(pl.col("period") == month("2025-05")).row(0, named=True)
    assert may["log_quantity"] == pytest.approx(math.log(5865 / 6217))
    assert may["log_value"] == pytest.approx(math.log(13473 / 25698))
    assert may["log_unit_value"] < -0.5
    assert made["log_value"].null_count() == 12


@given(st.lists(st.tuples(st.floats(1e-3, 1e9), st.floats(1e-3, 1e9)), min_size=2, max_size=30))
def test_decompose_is_exact(pairs: list[tuple[float, float]]) -> None:
    made = series.decompose(
        bulletin([p[0] for p in pairs], "USD"), bulletin([p[1] for p in pairs]), basis="mom"
    )
    for value, quantity, unit in made.select("log_value", "log_quantity", "log_unit_value").rows()[1:]:
        assert math.isclose(value, quantity + unit, abs_tol=1e-12)


def test_decompose_knows_two_bases() -> None:
    with pytest.raises(ParameterError, match="basis='qoq'"):
        series.decompose(money(), bulletin(CHILD), basis="qoq")  # type: ignore[arg-type]


# --- parts of a whole


def parts(values: dict[str, list[float | None]], first: str = "2025-11") -> pl.DataFrame:
    tables = [bulletin(v, first=first).with_columns(partner=pl.lit(p)) for p, v in values.items()]
    return pl.concat(tables)


MAGNETS = bulletin([6150, 5952], first="2025-11")


def test_shares_of_magnets_and_the_rest() -> None:
    made = series.shares(parts({"JPN": [305, 280], "USA": [582, 564]}), MAGNETS)
    december = made.filter(pl.col("period") == month("2025-12"))
    assert december["partner"].to_list() == ["JPN", "USA", series.REST]
    assert december["value"].to_list() == [280, 564, 5108]
    assert december["share_pct"].sum() == pytest.approx(100)
    assert december["share_pct"][0] == pytest.approx(4.7, abs=0.05)


def test_a_bloc_has_a_share_but_is_not_taken_from_the_rest() -> None:
    made = series.shares(parts({"EU27": [2569.0], "DEU": [1000.0]}), bulletin([6150], first="2025-11"))
    assert made.filter(pl.col("partner") == series.REST)["value"].item() == 5150


def test_the_world_is_no_part() -> None:
    with pytest.raises(ContractError, match="'WLD', the total itself"):
        series.shares(parts({"WLD": [6150.0]}), MAGNETS)
    with pytest.raises(ContractError, match="column 'partner'"):
        series.shares(MAGNETS, MAGNETS)
    with pytest.raises(ContractError, match="JPN: expected the unit"):
        series.shares(parts({"JPN": [305.0]}).with_columns(unit=pl.lit("kg")), MAGNETS)


def test_contributions_add_up_to_the_change_of_the_whole() -> None:
    made = series.contribution(parts({"JPN": [305, 280], "USA": [582, 564]}), MAGNETS, basis="mom")
    december = made.filter(pl.col("period") == month("2025-12"))
    assert december["contribution_pp"].sum() == pytest.approx(december["whole_pct"][0])
    assert december["whole_pct"][0] == pytest.approx(-3.2, abs=0.05)
    assert december["change"].to_list() == [-25, -18, -155]


def test_an_unprinted_part_is_left_to_the_rest() -> None:
    made = series.contribution(parts({"JPN": [None, 280], "USA": [582, 564]}), MAGNETS, basis="mom")
    december = made.filter(pl.col("period") == month("2025-12"))
    assert december["contribution_pp"].to_list()[0] is None
    assert december["change"].to_list()[2] == -180


def test_input_is_never_changed() -> None:
    rows = bulletin(CHILD)
    kept = rows.clone()
    for function in (series.changes, series.pair_january_february, series.rolling, series.gaps):
        function(rows)
    assert_frame_equal(rows, kept)
