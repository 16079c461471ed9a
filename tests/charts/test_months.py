"""Bars: one a month, a pair is one wide bar, flash is hollow, an empty month stays empty."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import tonnage as tn


def frame(rows: list[tuple[str, int, float | None, str]]) -> pl.DataFrame:
    made = pl.DataFrame(rows, schema=["period", "months", "value", "stage"], orient="row")
    return made.with_columns(pl.col("period").str.to_date("%Y-%m-%d"))


def bars(figure: Figure) -> list[Rectangle]:
    return [p for p in figure.axes[0].patches if isinstance(p, Rectangle)]


def event(number: int, day: str, *, in_force: bool) -> dict[str, object]:
    return {"number": number, "date": dt.date.fromisoformat(day), "announced": True, "in_force": in_force}


ROWS = frame(
    [
        ("2025-12-01", 1, 6745.0, "bulletin"),
        ("2026-01-01", 2, 12277.0, "bulletin"),
        ("2026-03-01", 1, None, "bulletin"),
        ("2026-04-01", 1, 5732.0, "flash"),
    ]
)


def test_january_and_february_are_one_bar_twice_as_wide_at_their_monthly_average() -> None:
    single, pair, _ = bars(tn.charts.monthly(ROWS))
    assert single.get_height() == 6745.0
    assert pair.get_height() == 12277.0 / 2
    assert pair.get_width() == single.get_width() + 1
    assert pair.get_hatch()


def test_a_month_without_a_figure_has_no_bar() -> None:
    assert len(bars(tn.charts.monthly(ROWS))) == 3


def test_a_provisional_month_is_hollow() -> None:
    assert to_hex(bars(tn.charts.monthly(ROWS))[-1].get_facecolor()) == "#ffffff"


def test_an_announcement_is_hollow_and_a_day_of_force_is_filled() -> None:
    events = pl.DataFrame([event(1, "2025-12-05", in_force=False), event(2, "2026-01-06", in_force=True)])
    axes = tn.charts.monthly(ROWS, events).axes[0]
    markers = [line for line in axes.lines if line.get_marker() == "o"]
    assert [to_hex(m.get_markerfacecolor()) for m in markers] == ["#ffffff", "#1a1a1a"]
    legend = axes.get_legend()
    assert legend is not None
    assert {"announced", "in force"} <= {t.get_text() for t in legend.get_texts()}


def test_an_event_after_the_last_month_lies_to_the_right_of_its_bar() -> None:
    december = ROWS.head(1)
    events = pl.DataFrame([event(1, "2026-01-06", in_force=True)])
    figure = tn.charts.monthly(december, events, until=dt.date(2026, 1, 21))
    axes = figure.axes[0]
    marker = next(line for line in axes.lines if line.get_marker() == "o")
    at = float(np.asarray(marker.get_xdata())[0])
    bar = bars(figure)[0]
    assert at > bar.get_x() + bar.get_width()
    assert axes.get_xlim()[1] > at


def test_the_same_table_gives_the_same_bytes() -> None:
    assert tn.charts.svg(tn.charts.monthly(ROWS)) == tn.charts.svg(tn.charts.monthly(ROWS))


def test_an_event_before_the_first_month_is_on_the_axis() -> None:
    events = pl.DataFrame([event(1, "2025-08-15", in_force=True)])
    axes = tn.charts.monthly(ROWS, events).axes[0]
    (marker,) = [line for line in axes.lines if line.get_marker() == "o"]
    assert axes.get_xlim()[0] < float(np.asarray(marker.get_xdata())[0])


def test_a_small_figure_keeps_its_decimals() -> None:
    drawn = tn.charts.monthly(frame([("2025-07-01", 1, 9.007, "quoted")]))
    assert [text.get_text() for text in drawn.axes[0].texts] == ["9.007"]
