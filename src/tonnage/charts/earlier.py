"""A change among earlier ones: the base rate as dots."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

from tonnage.charts.style import DARK, GREY, SIZE, legend, style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tonnage.analysis.base_rate import BaseRate

__all__ = ["LABELS", "alt_base_rate", "base_rate"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {
    "mom": "change on the month before, %",
    "yoy": "change on a year before, %",
    "earlier": "earlier changes compared",
    "this": "this change",
}

_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_COLUMNS: Final = 40


def base_rate(result: BaseRate, *, labels: Mapping[str, str] = LABELS, family: str = "sans-serif") -> Figure:
    """Draw each earlier comparable change as a dot, stacked by size, with the one in question marked.

    Args:
        result: a base rate, also one with too few changes to be told.
        labels: the words in the chart, as `LABELS`.
        family: a font family registered with matplotlib.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=(SIZE[0], 1.6), layout="constrained")
        axes = figure.add_subplot()
        step = _step(result)
        stacked: Counter[int] = Counter()
        for _, change in result.compared:
            axes.plot(*_place(change, step, stacked), marker="o", markersize=4.5, color=GREY, zorder=2)
        here = _place(result.change_pct, step, stacked)
        axes.plot(*here, marker="D", markersize=5.5, color=DARK, zorder=3)
        _mark(axes, here, f"{result.period:%Y-%m}: {result.change_pct:+.1f}%")
        _axes(axes, max(stacked.values()), labels[result.basis])
        _legend(axes, labels)
    return figure


def alt_base_rate(result: BaseRate) -> str:
    """Return what the chart of a base rate shows, in words."""
    changes = sorted(change for _, change in result.compared)
    if not changes:
        return f"No earlier change to compare with. {result.sentence()}"
    return (
        f"{len(changes)} earlier changes from {changes[0]:+.0f}% to {changes[-1]:+.0f}%; the one of"
        f" {result.period:%Y-%m}, {result.change_pct:+.1f}%, is marked. {result.sentence()}"
    )


def _step(result: BaseRate) -> int:
    """Return the width of a stack, so that the dots fill at most `_COLUMNS` of them."""
    values = [result.change_pct, 0.0, *(change for _, change in result.compared)]
    width = (max(values) - min(values)) / _COLUMNS
    return next((s for s in _STEPS if s >= width), _STEPS[-1])


def _place(change: float, step: int, stacked: Counter[int]) -> tuple[float, float]:
    column = math.floor(change / step)
    stacked[column] += 1
    return (column + 0.5) * step, float(stacked[column])


def _mark(axes: Axes, at: tuple[float, float], text: str) -> None:
    axes.annotate(text, at, xytext=(0, 6), textcoords="offset points", ha="center", fontsize=7, zorder=4)


def _axes(axes: Axes, highest: int, name: str) -> None:
    axes.axvline(0, color=GREY, linewidth=0.6, zorder=1)
    axes.set_ylim(0.2, highest + 1.8)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.08)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+,.0f}" if value else "0")
    axes.tick_params(axis="x", labelsize=7)
    axes.set_title(name, fontsize=7, loc="left")


def _legend(axes: Axes, labels: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D

    dots = ((GREY, "o", labels["earlier"]), (DARK, "D", labels["this"]))
    handles = [
        Line2D([], [], linestyle="none", marker=m, markersize=4.5, color=c, label=t) for c, m, t in dots
    ]
    legend(axes, handles, below=0.22)
