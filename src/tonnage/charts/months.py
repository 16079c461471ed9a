"""Months as bars, with the events that bear on them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.charts.style import (
    DARK,
    GREY,
    LINE,
    SIZE,
    legend,
    middle,
    name_months,
    name_values,
    on_axis,
    style,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LABELS", "monthly"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {
    "unit": "tonnes",
    "pair": "January and February together, drawn at their monthly average",
    "provisional": "provisional (flash)",
    "announced": "announced",
    "in_force": "in force",
    "none": "not out yet",
}

_WIDTH: Final = 0.72
_PAIR: Final = 2
_WHOLE: Final = 1000  # tonnes: below, a figure is not told without its decimals


def monthly(
    series: pl.DataFrame,
    events: pl.DataFrame | None = None,
    *,
    until: dt.date | None = None,
    labels: Mapping[str, str] = LABELS,
    family: str = "sans-serif",
) -> Figure:
    """Draw a series as bars, one a month, readable in grey print.

    A row of two months is one wide hatched bar at its monthly average; a row of stage `flash` is hollow; the
    last bar is dark and bears its number. A month without a figure stays empty.

    Args:
        series: period, months, value (tonnes), stage; one row a span of one or two months.
        events: number, date, announced, in_force: numbered lines; a hollow marker for what was announced, a
            filled one for what came into force. At most four are readable. The axis holds them all.
        until: the day the time axis ends; by default the end of the last month.
        labels: the words in the chart, as `LABELS`.
        family: a font family registered with matplotlib.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        rows = series.drop_nulls("value").sort("period")
        _bars(axes, rows)
        _number(axes, rows)
        _axes(axes, rows, events, until, labels)
        if events is not None and events.height:
            _events(axes, events)
        _legend(axes, rows, events, labels)
    return figure


def _bars(axes: Axes, rows: pl.DataFrame) -> None:
    last = rows.height - 1
    for place, row in enumerate(rows.iter_rows(named=True)):
        hollow = row["stage"] == "flash"
        colour = DARK if place == last else GREY
        axes.bar(
            middle(row["period"], row["months"]),
            row["value"] / row["months"],
            width=row["months"] - 1 + _WIDTH,
            facecolor="white" if hollow else colour,
            # The hatch is drawn in the colour of the edge.
            edgecolor=GREY if place == last and not hollow else DARK,
            linewidth=0.7 if hollow or row["months"] == _PAIR else 0,
            hatch="////" if row["months"] == _PAIR else None,
            zorder=2,
        )


def _number(axes: Axes, rows: pl.DataFrame) -> None:
    for row in rows.tail(1).iter_rows(named=True):
        if row["months"] == 1:
            axes.annotate(
                f"{row['value']:,.0f}" if row["value"] >= _WHOLE else f"{row['value']:,.4g}",
                (middle(row["period"], 1), row["value"]),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                zorder=4,
            )


def _axes(
    axes: Axes,
    rows: pl.DataFrame,
    events: pl.DataFrame | None,
    until: dt.date | None,
    labels: Mapping[str, str],
) -> None:
    first = middle(rows["period"][0], 1) - 0.7
    if events is not None and events.height:
        # An event before the first printed month has its place on the axis too.
        first = min(first, on_axis(events["date"].min()) - 0.4)  # type: ignore[arg-type]
    end = middle(rows["period"][-1], 1) + rows["months"][-1] - 1 + 0.7
    last = max(end, on_axis(until) + 0.4) if until else end
    axes.set_xlim(first, last)
    months = range(int(first + 1), int(last + 1))
    name_months(axes, months)
    top = (rows["value"] / rows["months"]).max()
    axes.set_ylim(0, float(top) * 1.3 if top else 1)  # type: ignore[arg-type]
    name_values(axes, labels["unit"])


def _events(axes: Axes, events: pl.DataFrame) -> None:
    top = axes.get_ylim()[1]
    taken: list[float] = []
    for row in events.sort("date").iter_rows(named=True):
        at = on_axis(row["date"])
        # Two events of one month would hide each other's number: the later one stands lower.
        height = top * (0.97 - 0.1 * sum(abs(at - other) < 0.9 for other in taken))
        taken.append(at)
        axes.axvline(at, color=LINE, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
        filled = row["in_force"]
        axes.plot(
            at,
            height,
            marker="o",
            markersize=9.5,
            markerfacecolor=DARK if filled else "white",
            markeredgecolor=DARK,
            markeredgewidth=0.8,
            clip_on=False,
            zorder=5,
        )
        axes.annotate(
            str(row["number"]),
            (at, height),
            ha="center",
            va="center_baseline",
            fontsize=6.5,
            color="white" if filled else DARK,
            zorder=6,
        )


def _legend(axes: Axes, rows: pl.DataFrame, events: pl.DataFrame | None, labels: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    found: list[Any] = []
    if (rows["months"] == _PAIR).any():
        found.append(Patch(facecolor=GREY, edgecolor=DARK, hatch="////", linewidth=0.7, label=labels["pair"]))
    if (rows["stage"] == "flash").any():
        found.append(Patch(facecolor="white", edgecolor=DARK, linewidth=0.7, label=labels["provisional"]))
    for column, colour in (("announced", "white"), ("in_force", DARK)):
        if events is not None and _shows(events, column):
            marker = {"marker": "o", "markersize": 5, "linestyle": "none", "markeredgewidth": 0.8}
            found.append(
                Line2D([], [], markerfacecolor=colour, markeredgecolor=DARK, label=labels[column], **marker)  # type: ignore[arg-type]
            )
    if found:
        legend(axes, found)


def _shows(events: pl.DataFrame, column: str) -> bool:
    shown = events["in_force"] if column == "in_force" else ~events["in_force"]
    return bool(shown.any())
