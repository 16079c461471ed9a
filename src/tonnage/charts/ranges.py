"""Numbers with their bounds, one a line: shares, effects, guesses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from tonnage.charts.style import DARK, GREY, LINE, SIZE, style
from tonnage.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST", "Range", "ranges"]

#: More lines than this are not drawn; the largest come first in every result.
MOST: Final = 30

_LINE_HEIGHT: Final = 0.21
_EDGES: Final = 0.75


class Range(NamedTuple):
    """A number with its bounds: `value` None = only the bounds are known; a bound None = not known."""

    name: str
    value: float | None
    low: float | None
    high: float | None


def ranges(
    rows: Sequence[Range],
    *,
    unit: str,
    zero: bool = True,
    limits: tuple[float, float] | None = None,
    family: str = "sans-serif",
) -> Figure:
    """Draw numbers with their bounds, the first line at the top.

    Args:
        rows: at most `MOST` of them are drawn.
        unit: what the axis is in.
        zero: whether a thin line marks 0.
        limits: of the axis; a bound beyond it is cut there.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: there is no row.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if not rows:
        raise NoDataError("ranges: nothing to draw: expected at least one row")
    shown = list(rows[:MOST])
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=(SIZE[0], _EDGES + _LINE_HEIGHT * len(shown)), layout="constrained")
        axes = figure.add_subplot()
        for place, row in enumerate(shown):
            _line(axes, place, row, limits)
        if zero:
            axes.axvline(0, color=GREY, linewidth=0.6, zorder=1)
        axes.set_yticks(range(len(shown)), [row.name for row in shown], fontsize=7)
        axes.set_ylim(len(shown) - 0.4, -0.6)
        if limits:
            axes.set_xlim(*limits)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.tick_params(axis="x", labelsize=7)
        axes.tick_params(axis="y", length=0)
        axes.grid(axis="x", color="#dddddd", linewidth=0.5, zorder=0)
        axes.set_axisbelow(True)
        axes.set_xlabel(unit, fontsize=7)
    return figure


def _line(axes: Axes, place: int, row: Range, limits: tuple[float, float] | None) -> None:
    ends = [end for end in (row.low, row.high) if end is not None]
    if len(ends) > 1:
        low, high = limits or (-math.inf, math.inf)
        axes.plot(
            [min(max(end, low), high) for end in ends],
            [place, place],
            color=LINE,
            linewidth=1.4,
            marker="|",
            markersize=5,
            zorder=2,
        )
    if row.value is not None:
        axes.plot([row.value], [place], marker="o", markersize=4.5, color=DARK, zorder=3)
