"""An effect by months before and after an event that came at different dates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import polars as pl

from tonnage.charts.style import DARK, GREY, LINE, SIZE, style
from tonnage.errors import NoDataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tonnage.analysis.panel import PanelEffect

__all__ = ["EVENT_TIME_LABELS", "event_time"]

#: Words in the chart; a caller passes its own for another language.
EVENT_TIME_LABELS: Final[Mapping[str, str]] = {
    "percent": "effect, %",
    "unit": "effect, in the unit of the outcome",
    "month": "months since the event",
}

#: Months before and after beyond which no more are drawn.
_REACH: Final = 24


def event_time(
    result: PanelEffect,
    *,
    labels: Mapping[str, str] = EVENT_TIME_LABELS,
    reach: int = _REACH,
    family: str = "sans-serif",
) -> Figure:
    """Draw the effect of each month before and after the event with its 95% interval.

    Args:
        result: the effect over a panel.
        labels: the words in the chart, as `EVENT_TIME_LABELS`.
        reach: months before and after the event that are drawn.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: there is no month within reach.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = result.path.filter(pl.col("month").is_between(-reach, reach - 1))
    if shown.is_empty():
        raise NoDataError(f"event_time: nothing to draw: expected a month within {reach} of the event")
    scale = (lambda value: 100 * math.expm1(value)) if result.log else float
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for month, effect, low, high in shown.select("month", "effect", "low", "high").iter_rows():
            axes.plot([month, month], [scale(low), scale(high)], color=LINE, linewidth=1.2, zorder=2)
            axes.plot([month], [scale(effect)], marker="o", markersize=3.5, color=DARK, zorder=3)
        axes.axhline(0, color=GREY, linewidth=0.6, zorder=1)
        axes.axvline(-0.5, color=LINE, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
        axes.set_xlabel(labels["month"], fontsize=7)
        axes.set_ylabel(labels["percent" if result.log else "unit"], fontsize=7)
        axes.tick_params(labelsize=7)
    return figure
