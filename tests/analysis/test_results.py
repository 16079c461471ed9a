"""Every result can be said, tabled, drawn and compared, and keeps its receipts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

import tonnage as tn
from tonnage.analysis.panels import panel
from tonnage.analysis.partner_panels import partner_panel
from tonnage.analysis.results import Result
from tonnage.errors import NoDataError, ParameterError

EVENT = dt.date(2023, 7, 1)


def _series(seed: int = 1, **context: str) -> pl.DataFrame:
    made = panel("dense", seed).series
    receipts = [[f"{context.get('partner', 'WLD')}-{day:%Y-%m}"] for day in made["period"].to_list()]
    columns = {
        "definition": "made-up",
        "reporter": "CHN",
        "flow": "export",
        "unit": "t",
        "partner": "WLD",
        **context,
    }
    return made.with_columns(
        pl.Series("receipt", receipts), *(pl.lit(v).alias(k) for k, v in columns.items())
    )


def _partners() -> pl.DataFrame:
    rows = [("WLD", 100.0), ("JPN", 40.0), ("DEU", 30.0), ("USA", None), ("XXS", 5.0)]
    frame = pl.DataFrame(rows, schema=["partner", "value"], orient="row")
    return frame.with_columns(
        pl.lit(EVENT).alias("period"),
        pl.lit("export").alias("flow"),
        pl.lit("CHN").alias("reporter"),
        pl.concat_list(pl.col("partner")).alias("receipt"),
    )


def _partner_panel() -> pl.DataFrame:
    made = partner_panel("alike", 1, -40.0, donors=19).series
    receipt = pl.concat_list(pl.format("{}-{}", "partner", pl.col("period").dt.to_string("%Y-%m")))
    return made.with_columns(receipt=receipt)


def _results() -> dict[str, Any]:
    own = _series(partner="JPN")
    others = pl.concat([_series(n, partner=p) for n, p in ((2, "KOR"), (3, "NLD"))])
    imports = _series(4, flow="import", reporter="JPN", partner="CHN")
    return {
        "adjusted": tn.seasonally_adjusted(own),
        "anomalies": tn.anomalies(own),
        "base_rate": tn.base_rate(own),
        "changepoints": tn.changepoints(own),
        "concentration": tn.concentration(_partners()),
        "dependence": tn.dependence(_partners(), "JPN"),
        "diversion": tn.diversion(own, others, EVENT),
        "impact": tn.impact(own, EVENT),
        "impacts": tn.impacts(others, EVENT, by="partner"),
        "mirror": tn.mirror(own, imports),
        "nowcast": tn.nowcast(own, _series(5)),
        "synthetic": tn.synthetic(_partner_panel(), EVENT, "P00"),
    }


RESULTS = _results()


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_says_what_it_found_in_three_languages(name: str) -> None:
    result = RESULTS[name]
    assert isinstance(result, Result)
    told = {language: result.sentence(language) for language in ("en", "zh", "ja")}
    assert len(set(told.values())) == 3
    assert all(text[-1] in ".。" for text in told.values())
    with pytest.raises(ParameterError, match="language"):
        result.sentence("fr")


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_its_method_assumptions_and_receipts(name: str) -> None:
    result = RESULTS[name]
    assert len(result.method) > 80
    assert result.assumptions
    assert all(isinstance(text, str) and text.endswith(".") for text in result.assumptions)
    # anomalies have those of what stands out, and nothing does in a quiet series
    assert result.receipts or name == "anomalies"
    assert result.to_frame().height > 0 or name == "changepoints"


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_equal_when_made_again_and_only_then(name: str) -> None:
    assert RESULTS[name] == _results_again()[name]
    assert all(RESULTS[name] != other for key, other in RESULTS.items() if key != name)


def _results_again(held: dict[str, Any] = {}) -> dict[str, Any]:  # noqa: B006 - made once for all cases
    if not held:
        held.update(_results())
    return held


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_drawn(name: str) -> None:
    figure = RESULTS[name].plot()
    assert figure.axes
    assert len(tn.charts.svg(figure)) > 2000


def test_what_has_no_answer_is_not_drawn() -> None:
    early = tn.impact(_series(), dt.date(2018, 1, 1))
    assert early.sentence("ja").startswith("現在のデータでは答えられない")
    with pytest.raises(NoDataError, match="outside the months covered"):
        early.plot()
    with pytest.raises(ParameterError, match="expected a result"):
        tn.charts.plot(3)


def test_the_receipts_of_an_impact_are_those_of_its_months_and_of_the_control() -> None:
    control = panel("dense", 1).control.with_columns(
        receipt=pl.format("control-{}", pl.col("period").dt.to_string("%Y-%m"))
    )
    found = tn.impact(_series(), EVENT, control)
    months = found.path["period"].to_list()
    assert found.receipts == (*(f"WLD-{m:%Y-%m}" for m in months), *(f"control-{m:%Y-%m}" for m in months))


def test_many_impacts_are_corrected_ranked_and_found_by_name() -> None:
    frames = {f"quiet {n}": panel("dense", n).series for n in range(9)}
    frames["struck"] = panel("dense", 20, -60.0).series
    found = tn.impacts(frames, panel("dense", 0).event)
    assert found.rank("struck") == 1 / 10
    assert found.p_bh["struck"] < 0.01
    assert found.to_frame()["p_bh"].to_list() == list(found.p_bh.values())
    assert "struck" in found.sentence()
    assert len(found.plot().axes[0].get_yticklabels()) == 10
    with pytest.raises(KeyError, match="strack"):
        found["strack"]
