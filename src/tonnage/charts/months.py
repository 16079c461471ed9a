"""Months as bars, with the events that bear on them."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LABELS", "monthly", "svg"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {
    "unit": "tonnes",
    "pair": "January and February together, drawn at their monthly average",
    "provisional": "provisional (flash)",
    "announced": "announced",
    "in_force": "in force",
    "none": "not out yet",
}

_DARK: Final = "#1a1a1a"
_BAR: Final = "#9aa3ab"
_LINE: Final = "#6b7177"
_WIDTH: Final = 0.72
_PAIR: Final = 2


#: Text stays text, and the same chart gives the same bytes.
_SVG: Final = {"svg.fonttype": "none", "svg.hashsalt": "tonnage"}


def svg(figure: Figure) -> str:
    """Return a figure as SVG text; the same figure gives the same text."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context(_SVG):  # type: ignore[arg-type]
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def _style(family: str) -> dict[str, Any]:
    return {
        "font.family": family,
        "font.size": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.linewidth": 0.6,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "hatch.linewidth": 0.5,
    }


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
            filled one for what came into force. At most four are readable.
        until: the day the time axis ends; by default the end of the last month.
        labels: the words in the chart, as `LABELS`.
        family: a font family registered with matplotlib.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=(6.77, 2.6), layout="constrained")
        axes = figure.add_subplot()
        rows = series.drop_nulls("value").sort("period")
        _bars(axes, rows)
        _number(axes, rows)
        _axes(axes, rows, until, labels)
        if events is not None and events.height:
            _events(axes, events)
        _legend(axes, rows, events, labels)
    return figure


def _index(day: dt.date) -> float:
    """Return a day on the axis: months since year 0, a month being one wide from -0.5 to 0.5."""
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    length = (following - day.replace(day=1)).days
    return day.year * 12 + day.month - 1 + (day.day - 1) / length - 0.5


def _middle(period: dt.date, months: int) -> float:
    return period.year * 12 + period.month - 1 + (months - 1) / 2


def _bars(axes: Axes, rows: pl.DataFrame) -> None:
    last = rows.height - 1
    for place, row in enumerate(rows.iter_rows(named=True)):
        hollow = row["stage"] == "flash"
        colour = _DARK if place == last else _BAR
        axes.bar(
            _middle(row["period"], row["months"]),
            row["value"] / row["months"],
            width=row["months"] - 1 + _WIDTH,
            facecolor="white" if hollow else colour,
            # The hatch is drawn in the colour of the edge.
            edgecolor=_BAR if place == last and not hollow else _DARK,
            linewidth=0.7 if hollow or row["months"] == _PAIR else 0,
            hatch="////" if row["months"] == _PAIR else None,
            zorder=2,
        )


def _number(axes: Axes, rows: pl.DataFrame) -> None:
    for row in rows.tail(1).iter_rows(named=True):
        if row["months"] == 1:
            axes.annotate(
                f"{row['value']:,.0f}",
                (_middle(row["period"], 1), row["value"]),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                va="bottom",
                fontsize=7,
                zorder=4,
            )


def _axes(axes: Axes, rows: pl.DataFrame, until: dt.date | None, labels: Mapping[str, str]) -> None:
    first = _middle(rows["period"][0], 1) - 0.7
    end = _middle(rows["period"][-1], 1) + rows["months"][-1] - 1 + 0.7
    last = max(end, _index(until) + 0.4) if until else end
    axes.set_xlim(first, last)
    months = range(int(first + 1), int(last + 1))
    marked = [m for m in months if m % 3 == 0]
    names = [f"{m // 12}-{m % 12 + 1:02d}" for m in marked]
    axes.set_xticks(marked, names, fontsize=7)
    axes.set_xticks(list(months), minor=True)
    axes.tick_params(axis="x", which="minor", length=1.5)
    top = (rows["value"] / rows["months"]).max()
    axes.set_ylim(0, float(top) * 1.3 if top else 1)  # type: ignore[arg-type]
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(axis="y", labelsize=7)
    axes.set_ylabel(labels["unit"], fontsize=7)
    axes.grid(axis="y", color="#dddddd", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)


def _events(axes: Axes, events: pl.DataFrame) -> None:
    top = axes.get_ylim()[1]
    taken: list[float] = []
    for row in events.sort("date").iter_rows(named=True):
        at = _index(row["date"])
        # Two events of one month would hide each other's number: the later one stands lower.
        height = top * (0.97 - 0.1 * sum(abs(at - other) < 0.9 for other in taken))
        taken.append(at)
        axes.axvline(at, color=_LINE, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
        filled = row["in_force"]
        axes.plot(
            at,
            height,
            marker="o",
            markersize=9.5,
            markerfacecolor=_DARK if filled else "white",
            markeredgecolor=_DARK,
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
            color="white" if filled else _DARK,
            zorder=6,
        )


def _legend(axes: Axes, rows: pl.DataFrame, events: pl.DataFrame | None, labels: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    found: list[Any] = []
    if (rows["months"] == _PAIR).any():
        found.append(
            Patch(facecolor=_BAR, edgecolor=_DARK, hatch="////", linewidth=0.7, label=labels["pair"])
        )
    if (rows["stage"] == "flash").any():
        found.append(Patch(facecolor="white", edgecolor=_DARK, linewidth=0.7, label=labels["provisional"]))
    for column, colour in (("announced", "white"), ("in_force", _DARK)):
        if events is not None and _shows(events, column):
            marker = {"marker": "o", "markersize": 5, "linestyle": "none", "markeredgewidth": 0.8}
            found.append(
                Line2D([], [], markerfacecolor=colour, markeredgecolor=_DARK, label=labels[column], **marker)  # type: ignore[arg-type]
            )
    if found:
        axes.legend(
            handles=found,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.11),
            ncols=len(found),
            frameon=False,
            fontsize=7,
            handlelength=1.6,
            columnspacing=3.2,
        )


def _shows(events: pl.DataFrame, column: str) -> bool:
    shown = events["in_force"] if column == "in_force" else ~events["in_force"]
    return bool(shown.any())
