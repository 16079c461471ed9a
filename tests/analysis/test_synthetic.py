"""The call an analyst makes: an answer with its donors and doubts, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import polars as pl
import pytest

import tonnage as tn
from tonnage.analysis.partner_panels import PartnerPanel, partner_panel
from tonnage.analysis.synthetic import Synthetic
from tonnage.errors import CodeError, DefinitionError, NoDataError, ParameterError


def ask(panel: PartnerPanel, **options: Any) -> Synthetic:
    return tn.synthetic(panel.series, panel.event, panel.treated, **options)


def edit(panel: PartnerPanel, partner: str, value: pl.Expr, *where: pl.Expr) -> PartnerPanel:
    changed = pl.when(pl.col("partner") == partner, *where).then(value).otherwise(pl.col("value"))
    series = panel.series.with_columns(changed.alias("value"))
    return PartnerPanel(series, panel.treated, panel.event, panel.effect_pct)


def without(panel: PartnerPanel, *where: pl.Expr) -> PartnerPanel:
    return PartnerPanel(
        panel.series.filter(~pl.all_horizontal(*where)), panel.treated, panel.event, panel.effect_pct
    )


STRUCK = partner_panel("walk", 4, -50.0, donors=20)
FOUND = ask(STRUCK)
BEFORE = pl.col("period") < STRUCK.event


def test_a_planted_effect_is_found() -> None:
    assert FOUND.answered
    assert FOUND.significant
    assert FOUND.low_pct is not None
    assert FOUND.high_pct is not None
    assert FOUND.low_pct < -50 < FOUND.high_pct < 0
    assert FOUND.floor == pytest.approx(1 / 21)
    assert FOUND.p_value == FOUND.floor
    assert "the least that 20 placebos allow" in FOUND.sentence()
    assert (FOUND.months_before, FOUND.months_after, FOUND.scale) == (54, 6, "log")


def test_the_numbers_agree_with_each_other() -> None:
    after = FOUND.path.filter(pl.col("role") == "after")
    logs = [math.log1p(v / 100) for v in after["effect_pct"].to_list()]
    assert FOUND.effect_pct == pytest.approx(100 * math.expm1(sum(logs) / 6))
    gone = sum(after["observed"].to_list()) - sum(after["counterfactual"].to_list())
    assert FOUND.tonnes == pytest.approx(gone)
    assert FOUND.tonnes_low is not None
    assert FOUND.tonnes_high is not None
    assert FOUND.tonnes_low < gone < FOUND.tonnes_high < 0
    ratio = (after["observed"] / after["counterfactual"]).to_list()
    assert after["effect_pct"].to_list() == pytest.approx([100 * (r - 1) for r in ratio])
    assert FOUND.donors["weight"].sum() == pytest.approx(1)
    assert FOUND.time_weights["weight"].sum() == pytest.approx(1)
    assert FOUND.gaps["partner"].n_unique() == 21


def test_it_is_the_same_again_and_whatever_the_order_or_form() -> None:
    assert ask(STRUCK) == FOUND
    frames = {str(p["partner"][0]): p for p in STRUCK.series.partition_by("partner")}
    assert tn.synthetic(dict(reversed(frames.items())), STRUCK.event, "P00") == FOUND
    assert tn.synthetic(STRUCK.series.to_pandas(), STRUCK.event, ["P00"]) == FOUND


def test_kilograms_are_tonnes() -> None:
    kilograms = STRUCK.series.with_columns(pl.col("value") * 1000, unit=pl.lit("kg"))
    found = tn.synthetic(kilograms, STRUCK.event, "P00")
    assert found.tonnes == pytest.approx(FOUND.tonnes)
    assert found.effect_pct == pytest.approx(FOUND.effect_pct)


def test_what_all_partners_share_changes_nothing() -> None:
    """A season and a holiday that all share, of any size, cancel with equal weights to the last digit."""
    month = pl.col("period").dt.month()
    shared = STRUCK.series.with_columns(pl.col("value") * (1 + 0.5 * (month == 2) + 0.1 * month))
    plain = ask(STRUCK, estimator="did")
    assert tn.synthetic(shared, STRUCK.event, "P00", estimator="did").effect_pct == pytest.approx(
        plain.effect_pct
    )


def test_a_season_of_its_own_is_taken_out() -> None:
    panel = partner_panel("seasons", 8, donors=20)
    own = edit(panel, "P00", pl.col("value") * 3, pl.col("period").dt.month() > 6)
    assert panel.event.month == 7
    found = ask(own)
    assert found.effect_pct == pytest.approx(ask(panel).effect_pct, abs=12)
    assert "of its own season" in found.method


def test_few_donors_leave_it_open_and_the_floor_is_told() -> None:
    found = ask(STRUCK, donors=[f"P{k:02d}" for k in range(1, 9)])
    assert not found.significant
    assert not found.by_ranks
    assert found.floor == pytest.approx(1 / 9)
    assert any("no p-value can fall below 1/9 = 0.11" in w for w in found.warnings)
    assert found.sentence().startswith("This does not settle it")
    assert "if noise is normal" in found.sentence()
    assert "正态" in found.sentence("zh")


@pytest.mark.parametrize(("count", "answered"), [(2, False), (3, True)])
def test_fewer_than_three_donors_cannot_answer(count: int, answered: bool) -> None:
    found = ask(STRUCK, donors=[f"P{k:02d}" for k in range(1, count + 1)])
    assert found.answered is answered
    assert answered or "too few donors: 2" in found.reason
    assert answered or (found.effect_pct is None and "比較できる相手" in found.sentence("ja"))


def test_as_many_donors_as_treated_are_no_placebo() -> None:
    donors = ["P03", "P04", "P05"]
    found = tn.synthetic(STRUCK.series, STRUCK.event, ["P00", "P01"], donors)
    assert "too few donors: 3" in found.reason
    assert "at least 4" in found.reason
    assert tn.synthetic(STRUCK.series, STRUCK.event, ["P00", "P01"], [*donors, "P06"]).answered


def test_a_mixture_below_nothing_has_no_per_cent() -> None:
    """Nothing went to it for two years; each donor rose by a part of its own, and fell to less than half."""
    panel = partner_panel("calm", 1, donors=5, months=42)
    risen = 1 + pl.col("partner").str.slice(1).cast(pl.Int64)
    late = pl.col("period").is_between(dt.date(2021, 1, 1), dt.date(2021, 12, 1))
    after = pl.col("period") >= dt.date(2022, 1, 1)
    fallen = panel.series.with_columns(
        pl.when(pl.col("partner") == "P00")
        .then(pl.when(pl.col("period") < dt.date(2020, 1, 1)).then(pl.col("value")).otherwise(0.0))
        .otherwise(pl.col("value") * pl.when(late).then(risen).when(after).then(0.4 * risen).otherwise(1.0))
        .alias("value")
    )
    found = tn.synthetic(fallen, dt.date(2022, 1, 1), "P00")
    assert not found.answered
    assert found.reason.startswith("the donors lead one to expect nothing")
    assert found.sentence("zh").startswith("现有数据无法回答")


def test_a_zero_makes_it_tonnes_over_the_usual_month() -> None:
    stopped = edit(STRUCK, "P00", pl.lit(0.0), pl.col("period") >= STRUCK.event)
    found = ask(stopped)
    assert found.scale == "level"
    assert found.effect_pct == pytest.approx(-100)
    assert any("ask tn.impact" in w for w in found.warnings)
    with pytest.raises(ParameterError, match="no value for a month of 0 t"):
        ask(stopped, scale="log")
    after = found.path.filter(pl.col("role") == "after")
    assert found.tonnes == pytest.approx(-sum(after["counterfactual"].to_list()))


def test_both_scales_agree_on_a_calm_panel() -> None:
    panel = partner_panel("calm", 2, -30.0, donors=25)
    level, log = (ask(panel, scale=scale).effect_pct for scale in ("level", "log"))
    assert level == pytest.approx(log, abs=5)


def test_a_lumpy_donor_is_left_out_of_logarithms_for_what_was_before_only() -> None:
    one = dt.date(2020, 3, 1)
    lumpy = edit(STRUCK, "P03", pl.lit(0.0), pl.col("period") == one)
    found = ask(lumpy)
    assert found.left_out.rows() == [("P03", "a month of 0 t before the event")]
    stopped = edit(STRUCK, "P03", pl.lit(0.0), pl.col("period") == STRUCK.event)
    assert ask(stopped).scale == "level"


def test_missing_months_leave_out_the_donor_or_the_month_and_never_fill() -> None:
    gone = without(STRUCK, pl.col("partner") == "P05", pl.col("period") < dt.date(2020, 1, 1))
    assert ask(gone).left_out.rows() == [("P05", "12 of 54 months before not printed")]
    late = without(STRUCK, pl.col("partner") == "P05", pl.col("period") == STRUCK.event)
    assert ask(late).left_out.rows() == [("P05", "1 of 6 months after not printed")]
    hole = without(STRUCK, pl.col("partner") == "P05", pl.col("period") == dt.date(2020, 5, 1))
    found = ask(hole)
    assert found.months_before == 53
    assert any("left out for all (2020-05)" in w for w in found.warnings)
    null = edit(STRUCK, "P00", pl.lit(None, pl.Float64), pl.col("period") == dt.date(2020, 5, 1))
    assert any("missing for the treated partner (2020-05)" in w for w in ask(null).warnings)


def test_january_and_february_together_for_one_are_together_for_all() -> None:
    year, month = pl.col("period").dt.year(), pl.col("period").dt.month()
    first = (pl.col("partner") == "P02") & (year == 2022) & (month <= 2)
    pair = STRUCK.series.filter(first)
    both = pair.select(
        pl.col("partner").first(), pl.col("period").min(), pl.col("value").sum(), months=pl.lit(2, pl.Int64)
    )
    rest = STRUCK.series.filter(~first).with_columns(months=pl.lit(1, pl.Int64))
    found = tn.synthetic(pl.concat([rest, both]), STRUCK.event, "P00")
    assert any("one figure in every year, because P02" in w for w in found.warnings)
    assert found.path.filter(pl.col("months") == 2).height == 5
    assert found.months_before == 54
    assert found.effect_pct == pytest.approx(FOUND.effect_pct, abs=8)


def test_the_month_of_the_event_is_apart_and_so_is_anticipation() -> None:
    found = tn.synthetic(STRUCK.series, dt.date(2023, 7, 11), "P00", anticipation=2)
    roles = found.path["role"].to_list()
    assert roles.count("anticipation") == 2
    assert roles.count("event") == 1
    assert found.months_after == 5
    assert found.path.filter(pl.col("role") == "event")["exposed"].to_list() == pytest.approx([21 / 31])


def test_a_poor_fit_is_told_beside_the_effect() -> None:
    wild = edit(
        partner_panel("alike", 5, donors=20),
        "P00",
        pl.col("value") * (1 + 3 * (pl.col("period").dt.day() + pl.int_range(pl.len()) % 7 == 1)),
    )
    found = ask(wild)
    assert any("poor fit before: the mixture misses by" in w for w in found.warnings)
    assert any("followed better before than the treated partner" in w for w in found.warnings)


def test_donors_that_absorb_diverted_tonnage_are_named() -> None:
    panel = partner_panel("alike", 7, -40.0, donors=20)
    names = {"P00": "JPN", "P01": "SGP"}
    renamed = panel.series.with_columns(pl.col("partner").replace(names))
    taker = edit(
        PartnerPanel(renamed, "JPN", panel.event, -40.0),
        "P02",
        pl.col("value") * 4,
        pl.col("period") >= panel.event,
    )
    found = ask(taker)
    told = [w for w in found.warnings if "absorbing diverted tonnage" in w]
    assert any("SGP" in w for w in told)
    assert any("P02" in w and "the effect without it" in w for w in told)
    assert "traded with Japan" in found.sentence()


def test_the_target_that_the_register_names_is_held_against_the_donors() -> None:
    event = {"event_id": "x", "date_start": STRUCK.event, "known_at": None, "target": "WLD"}
    told = tn.synthetic(STRUCK.series, event, "P00").warnings
    assert any("the donors are under it too" in w for w in told)
    told = tn.synthetic(STRUCK.series, {**event, "target": "JPN"}, "P00").warnings
    assert any("names JPN as its target" in w for w in told)
    assert not tn.synthetic(STRUCK.series, {**event, "target": "P00"}, "P00").warnings


def test_several_treated_partners_are_averaged_and_their_tonnes_added() -> None:
    found = tn.synthetic(STRUCK.series, STRUCK.event, ["P00", "P01"], estimator="did")
    donors = [f"P{k:02d}" for k in range(2, 21)]
    each = [
        tn.synthetic(STRUCK.series, STRUCK.event, name, donors, estimator="did") for name in ("P00", "P01")
    ]
    logs = [math.log1p((one.effect_pct or 0) / 100) for one in each]
    # the seasons of the partners are judged together, and these are not the same sets
    assert found.effect_pct == pytest.approx(100 * math.expm1(sum(logs) / 2), abs=1)
    assert found.tonnes == pytest.approx(sum(one.tonnes or 0 for one in each), rel=0.1)
    assert found.floor == pytest.approx(1 / 172)
    assert found == tn.synthetic(STRUCK.series, STRUCK.event, ["P00", "P01"], estimator="did")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (dt.date(2018, 1, 1), "outside the months covered"),
        (dt.date(2023, 12, 15), "too early to say"),
        (dt.date(2019, 6, 1), "too short"),
    ],
)
def test_what_cannot_be_answered_says_why(event: dt.date, reason: str) -> None:
    found = tn.synthetic(STRUCK.series, event, "P00")
    assert not found.answered
    assert reason in found.reason
    assert found.to_frame()["effect_pct"].to_list() == [None]
    with pytest.raises(NoDataError, match="nothing to draw"):
        found.plot()


def _named(name: str) -> pl.DataFrame:
    return STRUCK.series.with_columns(pl.col("partner").replace({"P07": name}))


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"series": _named("WLD")}, ParameterError, "expected single countries, found \\['WLD'\\]"),
        ({"series": _named("EU27")}, ParameterError, "expected single countries"),
        ({"series": _named("XXS")}, ParameterError, "expected single countries"),
        ({"treated": "P77"}, ParameterError, "not among the 21 partners"),
        ({"donors": ["P00", "P01"]}, ParameterError, "each partner once"),
        ({"donors": ["P01", "P01"]}, ParameterError, "each partner once"),
        ({"treated": []}, ParameterError, "each partner once"),
        ({"by": "country"}, ParameterError, "expected a column of the series"),
        ({"series": 3}, ParameterError, "expected a definition, a frame"),
        ({"series": STRUCK.series.with_columns(unit=pl.lit("USD"))}, CodeError, "expected a mass"),
        (
            {"series": STRUCK.series.with_columns(definition=pl.col("partner"))},
            DefinitionError,
            "expected one for all partners",
        ),
        (
            {"series": STRUCK.series.with_columns(reporter=pl.col("partner"))},
            ParameterError,
            "expected one for all partners",
        ),
        ({"estimator": "twfe"}, ParameterError, "expected one of"),
        ({"scale": "sqrt"}, ParameterError, "expected 'log', 'level' or None"),
        ({"after": 0}, ParameterError, "after"),
        ({"anticipation": -1}, ParameterError, "anticipation"),
        ({"before": 3}, ParameterError, "before"),
        ({"level": 1.0}, ParameterError, "level"),
        ({"as_of": "2026-01-20"}, ParameterError, "only with a definition"),
        ({"series": pl.concat([STRUCK.series, STRUCK.series])}, ParameterError, "more than once"),
    ],
)
def test_what_is_no_comparison_is_refused(
    change: dict[str, Any], kind: type[Exception], message: str
) -> None:
    asked = {"series": STRUCK.series, "event": STRUCK.event, "treated": "P00", **change}
    with pytest.raises(kind, match=message):
        tn.synthetic(**asked)


def test_a_definition_break_of_the_treated_is_no_answer() -> None:
    flagged = STRUCK.series.with_columns(
        flags=pl.when(pl.col("period") == dt.date(2022, 1, 1), pl.col("partner") == "P00")
        .then(pl.lit("break"))
        .otherwise(None)
    )
    assert "the definition changes" in tn.synthetic(flagged, STRUCK.event, "P00").reason
