"""The verdict on an event: what is planted is found, and what cannot be known is refused."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.analysis.figures import CHILD, PARENT

from tonnage.analysis import impact as module
from tonnage.analysis.impact import Impact
from tonnage.analysis.impacts import fingerprint, impacts, over_events
from tonnage.analysis.panels import KINDS, panel
from tonnage.errors import CodeError, DefinitionError, NoDataError, ParameterError

DENSE = panel("dense", 3, -50.0)
LUMPY = panel("lumpy", 3, -70.0)
PERIODS = DENSE.series["period"].to_list()


def impact(*arguments: Any, **options: Any) -> Any:
    """Return the result untyped: a test that expects a number need not first say that it is not None."""
    return module.impact(*arguments, **options)


def _months(first: dt.date, count: int) -> list[dt.date]:
    start = first.year * 12 + first.month - 1
    return [dt.date((start + t) // 12, (start + t) % 12 + 1, 1) for t in range(count)]


def _numbers(result: Impact) -> list[float]:
    """Return the numbers that do not depend on the unit."""
    assert result.effect_pct is not None
    return [getattr(result, name) for name in ("effect_pct", "low_pct", "high_pct", "p_value")]


# --- what is planted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [DENSE, LUMPY], ids=["dense", "lumpy"])
def test_a_planted_effect_is_found(made: Any) -> None:
    found = impact(made.series, made.event)
    assert found.answered
    assert found.significant
    assert found.low_pct <= made.effect_pct <= found.high_pct
    assert found.tonnes < 0
    assert "below" in found.verdict


def test_nothing_planted_is_seldom_found() -> None:
    """A test of 5% finds something in more than six of 40 panels once in a hundred, in eight never."""
    for kind in ("dense", "walk"):
        found = [impact(made.series, made.event) for made in (panel(kind, seed) for seed in range(40))]
        assert sum(result.significant for result in found) <= 8


def test_the_interval_holds_the_truth_at_its_level() -> None:
    panels = [panel("dense", seed, -30.0) for seed in range(60)]
    found = [impact(made.series, made.event, made.control) for made in panels]
    held = sum(result.low_pct <= -30.0 <= result.high_pct for result in found)
    assert held >= 51
    mean = np.mean([math.log1p(result.effect_pct / 100) for result in found])
    assert mean == pytest.approx(math.log(0.7), abs=0.06)


def test_a_control_narrows_the_interval() -> None:
    alone, beside = impact(DENSE.series, DENSE.event), impact(DENSE.series, DENSE.event, DENSE.control)
    assert beside.high_pct - beside.low_pct < alone.high_pct - alone.low_pct
    assert alone.control_p_value is None
    assert 0 < beside.control_p_value <= 1
    assert len(beside.assumptions) == len(alone.assumptions) + 1


def test_a_control_that_moves_at_the_event_is_told() -> None:
    moved = DENSE.control.with_columns(
        value=pl.when(pl.col("period") >= DENSE.event).then(pl.col("value") * 3).otherwise(pl.col("value"))
    )
    found = impact(DENSE.series, DENSE.event, moved)
    assert any("the control moved" in warning for warning in found.warnings)
    # and it is not believed: the estimate stays near that without it
    assert found.effect_pct == pytest.approx(impact(DENSE.series, DENSE.event).effect_pct, abs=8)


# --- what must change nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [DENSE, LUMPY], ids=["dense", "lumpy"])
def test_scaling_changes_only_tonnes(made: Any) -> None:
    one = impact(made.series, made.event)
    thousand = impact(made.series.with_columns(pl.col("value") * 1000), made.event)
    assert _numbers(thousand) == pytest.approx(_numbers(one), rel=1e-6)
    assert thousand.tonnes == pytest.approx(1000 * one.tonnes, rel=1e-6)


@pytest.mark.parametrize("made", [DENSE, LUMPY], ids=["dense", "lumpy"])
def test_the_order_of_rows_changes_nothing(made: Any) -> None:
    shuffled = made.series.sample(fraction=1, shuffle=True, seed=1)
    assert impact(shuffled, made.event, made.control) == impact(made.series, made.event, made.control)


def test_the_frame_given_is_not_changed() -> None:
    before = DENSE.series.clone()
    impact(DENSE.series, DENSE.event)
    assert DENSE.series.equals(before)


def test_pandas_mappings_and_text_say_the_same() -> None:
    expected = impact(DENSE.series, DENSE.event)
    plain = {
        "period": [f"{p:%Y-%m}" for p in DENSE.series["period"]],
        "value": DENSE.series["value"].to_list(),
    }
    assert impact(DENSE.series.to_pandas(), "2023-07-01") == expected
    assert impact(plain, DENSE.event) == expected


_FORMS: dict[str, Any] = {
    "Arrow": DENSE.series.to_arrow(),
    "lazy": DENSE.series.lazy(),
    "YYYYMM": DENSE.series.with_columns(pl.col("period").dt.strftime("%Y%m")),
    "numbers YYYYMM": DENSE.series.with_columns(pl.col("period").dt.strftime("%Y%m").cast(pl.Int64)),
    "times": DENSE.series.with_columns(pl.col("period").cast(pl.Datetime)),
    "numpy": {
        "period": np.array(PERIODS, dtype="datetime64[M]"),
        "value": DENSE.series["value"].to_numpy(),
    },
    "months of pandas": DENSE.series.to_pandas().assign(period=lambda f: f["period"].dt.to_period("M")),
    "index of pandas": DENSE.series.to_pandas().set_index("period").rename_axis(None),
    "index of months": DENSE.series.to_pandas().set_index("period").to_period("M"),
    "series of pandas": DENSE.series.to_pandas().set_index("period")["value"],
}


@pytest.mark.parametrize("form", _FORMS)
def test_every_way_to_write_a_month_says_the_same(form: str) -> None:
    assert impact(_FORMS[form], np.datetime64(DENSE.event)) == impact(DENSE.series, DENSE.event)


def test_what_pandas_writes_for_null_is_a_month_that_is_missing() -> None:
    null = DENSE.series.with_columns(
        value=pl.when(pl.int_range(60) == 5).then(None).otherwise(pl.col("value").round()),
        flags=pl.when(pl.int_range(60) == 9).then(pl.lit("estimated")),
    )
    expected = impact(null, DENSE.event)
    assert expected.warnings[0].startswith("1 month is missing (2019-06)")
    frame = null.to_pandas()
    assert impact(frame, DENSE.event) == expected
    assert impact(frame.astype({"value": "Int64"}), DENSE.event) == expected


def test_kilograms_are_tonnes() -> None:
    kilograms = DENSE.series.with_columns(pl.col("value") * 1000, unit=pl.lit("kg"))
    assert impact(kilograms, DENSE.event).tonnes == pytest.approx(
        impact(DENSE.series, DENSE.event).tonnes, rel=1e-9
    )


def test_january_and_february_together_are_one_observation_of_equal_information() -> None:
    paired = (
        DENSE.series.with_columns(
            period=pl.when(pl.col("period").dt.month() == 2)
            .then(pl.col("period").dt.offset_by("-1mo"))
            .otherwise(pl.col("period"))
        )
        .group_by("period", maintain_order=True)
        .agg(pl.col("value").sum(), months=pl.len().cast(pl.Int8))
    )
    assert paired["months"].max() == 2
    together, apart = impact(paired, DENSE.event), impact(DENSE.series, DENSE.event)
    assert together.months_before == apart.months_before == 54
    assert together.effect_pct == pytest.approx(apart.effect_pct, abs=4)
    widths = [math.log1p(r.high_pct / 100) - math.log1p(r.low_pct / 100) for r in (together, apart)]
    assert widths[0] == pytest.approx(widths[1], rel=0.25)


def test_a_pair_after_the_event_counts_two_months() -> None:
    frame = DENSE.series.with_columns(months=pl.lit(1))
    pair = pl.DataFrame({"period": [dt.date(2023, 1, 1)], "value": [4000.0], "months": [2]})
    rest = frame.filter(pl.col("period") < dt.date(2023, 1, 1))
    found = impact(pl.concat([rest, pair.cast(rest.schema)]), "2023-01-01")
    assert found.months_after == 2
    assert found.path["months"].to_list() == [2]


def test_single_months_are_taken_before_the_row_that_has_both() -> None:
    both = pl.DataFrame({"period": [dt.date(2022, 1, 1)], "value": [1.0], "months": [2]})
    frame = DENSE.series.with_columns(months=pl.lit(1))
    assert impact(pl.concat([frame, both.cast(frame.schema)]), DENSE.event) == impact(frame, DENSE.event)


def test_a_missing_month_is_missing_and_told() -> None:
    gap = DENSE.series.filter(pl.col("period") != dt.date(2021, 5, 1))
    null = DENSE.series.with_columns(
        value=pl.when(pl.col("period") == dt.date(2021, 5, 1)).then(None).otherwise(pl.col("value"))
    )
    found = impact(gap, DENSE.event)
    assert found == impact(null, DENSE.event)
    assert found.months_before == 53
    assert "2021-05" in found.warnings[0]


def test_figures_of_several_stages_are_told() -> None:
    late = pl.when(pl.int_range(60) == 59).then(pl.lit("flash")).otherwise(pl.lit("bulletin"))
    found = impact(DENSE.series.with_columns(stage=late), DENSE.event)
    assert any("several stages (59 bulletin, 1 flash)" in warning for warning in found.warnings)
    whole = impact(DENSE.series.with_columns(stage=pl.lit("bulletin")), DENSE.event)
    assert not any("stages" in warning for warning in whole.warnings)


def test_a_calendar_month_never_seen_is_allowed_for_and_told() -> None:
    known = impact(DENSE.series, DENSE.event)
    blind = DENSE.series.filter((pl.col("period").dt.month() != 8) | (pl.col("period") >= DENSE.event))
    found = impact(blind, DENSE.event)
    assert any(warning.startswith("08: never printed") for warning in found.warnings)
    width = found.path.select((pl.col("high_pct") + 100) / (pl.col("low_pct") + 100)).to_series().to_list()
    assert width[1] > width[0]
    assert width[1] > width[2]
    assert found.effect_pct == pytest.approx(known.effect_pct, abs=15)


def test_pairs_in_every_year_are_read() -> None:
    """January and February never printed apart: their two seasons are one."""
    months = _months(dt.date(2019, 1, 1), 60)
    rows = [(p, v) for p, v in zip(months, DENSE.series["value"].to_list(), strict=True) if p.month != 2]
    frame = {
        "period": [p for p, _ in rows],
        "value": [v * (1 + (p.month == 1)) for p, v in rows],
        "months": [1 + (p.month == 1) for p, _ in rows],
    }
    found = impact(frame, DENSE.event)
    assert found.months_before == 54
    assert found.significant


def test_many_series_are_as_each_alone_on_any_number_of_workers() -> None:
    frames = {str(seed): panel("dense", seed).series for seed in range(3)}
    done: list[int] = []
    one = impacts(frames, DENSE.event, progress=lambda n, _: done.append(n))
    stacked = pl.concat([f.with_columns(partner=pl.lit(name)) for name, f in frames.items()])
    assert done == [1, 2, 3]
    assert dict(one) == {name: impact(f, DENSE.event) for name, f in frames.items()}
    assert one == impacts(stacked, DENSE.event, by="partner", workers=2)


def test_a_bar_is_shown_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    impacts({"a": DENSE.series}, DENSE.event)
    assert capsys.readouterr().err == ""
    impacts({"a": DENSE.series}, DENSE.event, progress=True)
    assert "/1 [" in capsys.readouterr().err


# --- the months ---------------------------------------------------------------------------------------------


def test_the_month_of_the_event_is_shown_apart() -> None:
    found = impact(DENSE.series, "2023-06-16")
    month = found.event_month
    assert month is not None
    assert month.period == dt.date(2023, 6, 1)
    assert month.exposed == pytest.approx(15 / 30)
    assert month.exposed_pct == pytest.approx(max(month.effect_pct / 0.5, -100))
    assert found.path["role"].to_list() == ["event"] + ["after"] * 6
    assert found.months_after == 6


def test_an_event_on_the_first_has_no_month_apart() -> None:
    found = impact(DENSE.series, DENSE.event)
    assert found.event_month is None
    assert found.path["exposed"].to_list() == [1.0] * 6


def test_stockpiling_months_are_set_apart() -> None:
    found = impact(DENSE.series, DENSE.event, anticipation=2)
    assert found.path["role"].to_list() == ["anticipation"] * 2 + ["after"] * 6
    assert found.months_before == 52


def test_an_event_counts_from_when_it_was_known() -> None:
    row = {
        "event_id": "2023-05-01_x",
        "date_start": dt.date(2023, 5, 1),
        "known_at": "2023-07-01T09:00:00+08:00",
    }
    assert impact(DENSE.series, row) == impact(DENSE.series, dt.date(2023, 7, 1))


def test_the_path_agrees_with_the_sum() -> None:
    found = impact(DENSE.series, DENSE.event)
    assert found.tonnes == pytest.approx((found.path["observed"] - found.path["counterfactual"]).sum())
    assert found.tonnes_low < found.tonnes < found.tonnes_high < 0
    mean = found.path.select((1 + pl.col("effect_pct") / 100).log().mean()).item()
    assert found.effect_pct == pytest.approx(100 * math.expm1(mean))


def test_the_average_covers_the_months_asked_for() -> None:
    three = impact(DENSE.series, DENSE.event, after=3)
    assert three.months_after == 3
    assert three.path.height == 3
    assert "3 later figures" in three.warnings[0]
    cut = DENSE.series.filter(pl.col("period") < dt.date(2023, 10, 1))
    assert _numbers(impact(cut, DENSE.event)) == _numbers(three)


def test_fake_dates_know_nothing_of_what_came_later() -> None:
    found = impact(DENSE.series, DENSE.event)
    assert 1 < len(found.placebos) <= 8
    assert max(p.day for p in found.placebos) <= dt.date(2023, 1, 1)
    assert found.placebo_p_value == pytest.approx(1 / (1 + len(found.placebos)))
    assert all(p.low_pct < p.effect_pct < p.high_pct for p in found.placebos)


# --- zeros -----------------------------------------------------------------------------------------------


def test_zeros_choose_the_family_and_stop_logarithms() -> None:
    assert impact(DENSE.series, DENSE.event).family == "log"
    assert impact(LUMPY.series, LUMPY.event).family == "poisson"
    with pytest.raises(ParameterError, match="'poisson'"):
        impact(LUMPY.series, LUMPY.event, family="log")


def test_both_families_agree_where_there_is_no_zero() -> None:
    one, other = (impact(DENSE.series, DENSE.event, family=f) for f in ("log", "poisson"))
    assert one.effect_pct == pytest.approx(other.effect_pct, abs=6)


def test_nothing_shipped_afterwards_is_a_bound() -> None:
    stopped = DENSE.series.with_columns(
        value=pl.when(pl.col("period") >= DENSE.event).then(0.0).otherwise(pl.col("value"))
    )
    found = impact(stopped, DENSE.event)
    assert found.low_pct == -100
    assert -100 < found.effect_pct < found.high_pct < -80
    assert found.path["effect_pct"].to_list() == [-100.0] * 6
    assert any("bound" in warning for warning in found.warnings)


# --- what is refused ---------------------------------------------------------------------------------------

_OK: dict[str, Any] = {"period": PERIODS, "value": DENSE.series["value"].to_list()}
_BAD: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no value": ({"period": PERIODS}, ParameterError, "period and value"),
    "empty": ({"period": [], "value": []}, NoDataError, "none"),
    "all null": ({**_OK, "value": [None] * 60}, NoDataError, "without one"),
    "duplicated": ({**_OK, "period": [*PERIODS[:-1], PERIODS[0]]}, ParameterError, "2019-01"),
    "not the first": ({**_OK, "period": [p.replace(day=15) for p in PERIODS]}, ParameterError, "monthly"),
    "no date": ({**_OK, "period": ["soon"] * 60}, ParameterError, "'soon'"),
    "negative": ({**_OK, "value": [-1.0, *_OK["value"][1:]]}, ParameterError, "2019-01"),
    "infinite": ({**_OK, "value": [math.inf, *_OK["value"][1:]]}, ParameterError, "inf"),
    "not a number": ({**_OK, "value": [math.nan, *_OK["value"][1:]]}, ParameterError, "nan"),
    "text": ({**_OK, "value": ["many", *_OK["value"][1:]]}, ParameterError, "'many'"),
    "a year to date": ({**_OK, "months": [12] + [1] * 59}, ParameterError, "months"),
    "two units": ({**_OK, "unit": ["kg"] + ["t"] * 59}, CodeError, "expected one"),
    "money": ({**_OK, "unit": ["USD"] * 60}, CodeError, "a mass"),
    "two definitions": ({**_OK, "definition": ["a"] + ["b"] * 59}, DefinitionError, "different goods"),
}


@pytest.mark.parametrize("case", _BAD)
def test_what_is_not_monthly_tonnage_is_refused(case: str) -> None:
    frame, error, text = _BAD[case]
    with pytest.raises(error, match=text):
        impact(frame, DENSE.event)
    if case != "two definitions":
        with pytest.raises(error, match="control"):
            impact(DENSE.series, DENSE.event, frame)


_SHORT = DENSE.series.tail(17)
_UNANSWERED: dict[str, tuple[pl.DataFrame, Any, str]] = {
    "too short": (_SHORT, DENSE.event, "too short: 11 months"),
    "event too late": (
        DENSE.series,
        "2024-02-01",
        "too early to say: the event of 2024-02-01 is outside the months covered, 2019-01 to 2023-12",
    ),
    "event too early": (DENSE.series, "2018-12-01", "outside the months covered"),
    "event in the last month": (DENSE.series, "2023-12-05", "too early to say"),
    "all zero": (DENSE.series.with_columns(value=pl.lit(0.0)), DENSE.event, "nothing was shipped"),
    "quarterly": (
        DENSE.series.filter(pl.col("period").dt.month() % 3 == 1),
        DENSE.event,
        "not monthly enough",
    ),
    "few shipments": (
        DENSE.series.with_columns(value=pl.when(pl.int_range(60) % 12 == 3).then(5.0).otherwise(0.0)),
        DENSE.event,
        "too lumpy",
    ),
    "a break": (
        DENSE.series.with_columns(
            flags=pl.when(pl.int_range(60) == 30).then(pl.lit("break")).otherwise(None)
        ),
        DENSE.event,
        "definition changes",
    ),
}


@pytest.mark.parametrize("case", _UNANSWERED)
def test_what_cannot_be_answered_has_a_reason_and_no_number(case: str) -> None:
    frame, event, reason = _UNANSWERED[case]
    found = impact(frame, event)
    assert not found.answered
    assert reason in found.reason
    assert reason in found.verdict
    numbers = ("effect_pct", "low_pct", "high_pct", "p_value", "tonnes", "tonnes_low", "tonnes_high")
    assert all(getattr(found, name) is None for name in numbers)
    assert found.path.is_empty()
    assert not found.significant
    assert found.to_frame()["effect_pct"].to_list() == [None]


def test_a_break_on_the_first_row_is_no_break_inside() -> None:
    flagged = DENSE.series.with_columns(
        flags=pl.when(pl.int_range(60) == 0).then(pl.lit("break")).otherwise(None)
    )
    assert impact(flagged, DENSE.event).answered


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"after": 0}, "after"),
        ({"anticipation": -1}, "anticipation"),
        ({"family": "gamma"}, "family"),
        ({"level": 1.0}, "level"),
        ({"before": 3}, "before"),
    ],
)
def test_impossible_options_are_refused(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ParameterError, match=text):
        impact(DENSE.series, DENSE.event, **options)


@pytest.mark.parametrize("event", ["soon", "2023-07", 2023, None, {"event_id": "x", "date_start": None}])
def test_an_event_without_a_day_is_refused(event: Any) -> None:
    with pytest.raises(ParameterError, match="expected a day"):
        impact(DENSE.series, event)


def test_a_useless_control_is_refused() -> None:
    for value in (0.0, 7.0):
        with pytest.raises(ParameterError, match="vary"):
            impact(DENSE.series, DENSE.event, DENSE.control.with_columns(value=pl.lit(value)))
    for made in (DENSE, LUMPY):
        with pytest.raises(ParameterError, match="times a number"):
            impact(made.series, made.event, made.series.with_columns(pl.col("value") * 3))


def test_a_control_with_a_month_of_zero_is_used_and_told() -> None:
    zero = DENSE.control.with_columns(
        value=pl.when(pl.int_range(60) == 5).then(0.0).otherwise(pl.col("value"))
    )
    found = impact(DENSE.series, DENSE.event, zero)
    assert found.answered
    assert any("months of 0 t" in warning for warning in found.warnings)
    assert found.effect_pct == pytest.approx(impact(DENSE.series, DENSE.event).effect_pct, abs=8)


def test_goods_without_the_holiday_need_no_table_of_it() -> None:
    old = DENSE.series.with_columns(pl.col("period").dt.offset_by("-50y"))
    with pytest.raises(ParameterError, match="1990 to 2040"):
        impact(old, "1973-07-01")
    found = impact(old, "1973-07-01", holiday=False)
    assert found.significant
    assert "no moving holiday" in found.method


def test_a_series_that_never_varies_is_told() -> None:
    flat = DENSE.series.with_columns(value=pl.lit(100.0))
    found = impact(flat, DENSE.event)
    assert found.effect_pct == pytest.approx(0, abs=1e-6)
    assert any("do not vary" in warning for warning in found.warnings)


# --- what is said -----------------------------------------------------------------------------------------


def test_a_noisy_month_is_too_early_to_say() -> None:
    made = panel("single", 1)
    found = impact(made.series, made.event)
    assert found.verdict.startswith("Too early to say")
    assert any("only 1 full month after" in warning for warning in found.warnings)


def test_the_verdict_is_said_in_three_languages() -> None:
    found = impact(DENSE.series, DENSE.event)
    size = f"{abs(found.effect_pct):.0f}%"
    assert all(size in found.sentence(language) for language in ("en", "zh", "ja"))
    with pytest.raises(ParameterError, match="language"):
        found.sentence("fr")


def test_the_result_is_one_row_of_numbers() -> None:
    row = impact(DENSE.series, DENSE.event, DENSE.control).to_frame()
    assert row.height == 1
    assert row["family"].item() == "log"
    assert row["verdict"].item().startswith("In the 6 months")


def test_results_differ_when_a_number_does() -> None:
    assert impact(DENSE.series, DENSE.event) != impact(DENSE.series, DENSE.event, level=0.9)
    assert impact(DENSE.series, DENSE.event) != "an impact"


def test_a_list_of_dates_is_corrected_for_the_looking() -> None:
    events = {"a": "2022-07-01", "b": "2022-11-01", "c": "2023-07-01", "early": "2019-06-01"}
    table = over_events(DENSE.series, events)
    assert table["name"].to_list() == list(events)
    assert table["p_holm"].null_count() == 1
    assert (table["p_holm"].drop_nulls() >= table["p_value"].drop_nulls()).all()
    assert set(table["event_list"]) == {fingerprint(events)}
    assert fingerprint(events) == fingerprint(dict(reversed(events.items())))
    assert fingerprint(events) != fingerprint({**events, "a": "2022-07-02"})


# --- published figures (customs bulletin table 13, General Administration of Customs of China, tonnes) ---


def _bulletin(values: Any) -> pl.DataFrame:
    return pl.DataFrame(
        {"period": _months(dt.date(2024, 1, 1), len(values)), "value": [float(v) for v in values]}
    )


def test_the_licences_of_april_2025_show_in_products() -> None:
    """Licences of 4 April 2025 on magnets with dysprosium or terbium, which have one code with all others.

    "Rare earths and products" less "rare earths" is nine tenths magnets.
    """
    products = _bulletin([whole - part for whole, part in zip(PARENT, CHILD, strict=True)])
    found = impact(products, "2025-04-04", after=2)
    assert found.significant
    assert found.effect_pct < -40
    assert found.event_month is not None
    assert found.event_month.exposed == pytest.approx(27 / 30)
    assert any("less than two years" in warning for warning in found.warnings)


def test_nothing_can_be_said_of_january_2026_from_the_headline_line() -> None:
    found = impact(_bulletin(CHILD), "2026-01-06")
    assert found.answered
    assert not found.significant
    assert found.verdict.startswith("Too early to say")


# --- panels -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_panel_is_made_from_its_seed_and_effects_differ_by_the_effect_only(kind: str) -> None:
    one, again, struck = panel(kind, 5), panel(kind, 5), panel(kind, 5, -40.0)
    assert one.series.equals(again.series)
    assert one.control.equals(again.control)
    before = pl.col("period") < one.event
    assert one.series.filter(before).equals(struck.series.filter(before))
    assert impact(struck.series, struck.event).answered


def test_an_unknown_panel_is_refused() -> None:
    with pytest.raises(ParameterError, match="did you mean 'dense'"):
        panel("dens", 1)
    with pytest.raises(ParameterError, match="-100"):
        panel("dense", 1, -100.0)
