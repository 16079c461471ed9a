"""Charts of results: drawn is what the result holds, a gap is no line, the words hold the numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from tests.analysis import figures

from tonnage import charts
from tonnage.analysis import series as tools
from tonnage.analysis.base_rate import BaseRate, base_rate
from tonnage.analysis.impact import Impact, impact
from tonnage.analysis.mirror import Mirror, mirror
from tonnage.errors import NoDataError

PRODUCTS = figures.bulletin(figures.PRODUCTS)


@pytest.fixture(scope="module")
def found() -> Impact:
    return impact(PRODUCTS, "2025-04-04")


@pytest.fixture(scope="module")
def rate() -> BaseRate:
    return base_rate(figures.until(PRODUCTS, "2025-04"))


@pytest.fixture(scope="module")
def sides() -> Mirror:
    context = {"definition": "rare-earth-magnets", "unit": "t"}
    out = figures.bulletin(figures.CHILD[:24]).with_columns(
        **{
            k: pl.lit(v)
            for k, v in {**context, "flow": "export", "reporter": "CHN", "partner": "JPN"}.items()
        }
    )
    into = out.with_columns(
        pl.col("value") * 1.1, flow=pl.lit("import"), reporter=pl.lit("JPN"), partner=pl.lit("CHN")
    )
    return mirror(out, figures.without(into, "2024-07"))


def parts() -> pl.DataFrame:
    whole = figures.bulletin(figures.PARENT[:24])
    listed = [
        whole.select(
            "period", pl.lit(f"P{i}").alias("partner"), (pl.col("value") / (i + 2) ** 2).alias("value")
        )
        for i in range(8)
    ]
    return tools.shares(pl.concat(listed), whole)


def data_lines(figure: Figure) -> list[Line2D]:
    return [line for line in figure.axes[0].lines if len(line.get_xdata()) > 1]  # type: ignore[arg-type]


def heights(line: Line2D) -> list[float]:
    drawn: Any = line.get_ydata()
    return [float(v) for v in drawn]


def test_the_path_is_drawn_as_printed_and_as_expected(found: Impact) -> None:
    printed, expected = data_lines(charts.path(found))[:2]
    fitted = found.fitted["observed"].to_list()
    assert len(fitted) == found.months_before
    assert heights(printed) == [*fitted, *found.path["observed"].to_list()]
    assert heights(expected) == found.path["counterfactual"].to_list()


def test_all_months_are_there_where_the_series_is_given(found: Impact) -> None:
    printed = data_lines(charts.path(found, PRODUCTS))[0]
    assert heights(printed) == PRODUCTS["value"].to_list()


def test_a_month_has_a_band_that_holds_what_was_expected(found: Impact) -> None:
    figure = charts.path(found)
    bands = [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]
    assert len(bands) == found.path.height
    for band, expected in zip(bands, found.path["counterfactual"].to_list(), strict=True):
        assert band.get_y() < expected < band.get_y() + band.get_height()


def test_no_answer_has_no_chart() -> None:
    none = impact(PRODUCTS, "2026-07-31")
    with pytest.raises(NoDataError, match="no answer"):
        charts.path(none)
    with pytest.raises(NoDataError, match="no answer"):
        charts.alt_path(none)


def test_the_words_of_the_path_hold_its_numbers(found: Impact) -> None:
    told = charts.alt_path(found)
    assert "2025-05: 2,117 t against" in told
    assert told.endswith(found.verdict)


def test_each_earlier_change_is_a_dot_and_this_one_is_marked(rate: BaseRate) -> None:
    axes = charts.base_rate(rate).axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    marked = [line for line in axes.lines if line.get_marker() == "D"]
    assert (len(dots), len(marked)) == (rate.n, 1)
    assert "-43.7%" in axes.texts[0].get_text()
    assert rate.sentence() in charts.alt_base_rate(rate)


def test_a_change_without_earlier_ones_is_drawn_alone() -> None:
    alone = base_rate(PRODUCTS.head(3), -5.0, period=dt.date(2024, 6, 1))
    assert len(charts.base_rate(alone).axes[0].lines) >= 1
    assert charts.alt_base_rate(alone)


def test_the_largest_shares_are_lines_and_named() -> None:
    frame = parts()
    figure = charts.shares(frame, names={"P0": "Japan"})
    assert len(data_lines(figure)) == 6
    assert any(t.get_text().startswith("Japan 25.0") for t in figure.axes[0].texts)
    assert charts.alt_shares(frame).endswith("3 smaller ones are not drawn.")


def test_no_share_is_refused() -> None:
    with pytest.raises(NoDataError, match="found none"):
        charts.shares(parts().with_columns(pl.lit(None, dtype=pl.Float64).alias("share_pct")))


def test_a_month_that_one_side_does_not_print_breaks_its_line(sides: Mirror) -> None:
    lines = data_lines(charts.mirror(sides))
    assert [len(heights(line)) for line in lines] == [24, 6, 17]
    assert "China" in charts.mirror(sides).axes[0].get_legend().get_texts()[0].get_text()  # type: ignore[union-attr]
    assert "24 months, of which 23 are printed by both" in charts.alt_mirror(sides)


def test_two_months_together_stand_at_their_monthly_average(sides: Mirror) -> None:
    paired = mirror(*(tools.pair_january_february(_side(sides, name)) for name in ("export_t", "import_t")))
    first = heights(data_lines(charts.mirror(paired))[0])[0]
    assert first == (figures.CHILD[0] + figures.CHILD[1]) / 2


def _side(sides: Mirror, name: str) -> pl.DataFrame:
    return sides.table.select("period", pl.col(name).alias("value"), pl.lit("t").alias("unit")).drop_nulls()


def test_all_is_grey_and_the_same_twice(found: Impact, rate: BaseRate, sides: Mirror) -> None:
    drawn: list[tuple[Any, Any]] = [
        (charts.path, found),
        (charts.base_rate, rate),
        (charts.mirror, sides),
        (charts.shares, parts()),
    ]
    for chart, result in drawn:
        figure = chart(result)
        for line in figure.axes[0].lines:
            red, green, blue = to_rgb(line.get_color())
            assert max(red, green, blue) - min(red, green, blue) < 0.08
        assert charts.svg(figure) == charts.svg(chart(result))
