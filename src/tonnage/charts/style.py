"""The house style: greys that survive a copier, months on the axis, text that stays text."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "DARK",
    "GREY",
    "LIGHT",
    "LINE",
    "SIZE",
    "legend",
    "middle",
    "name_months",
    "name_values",
    "on_axis",
    "runs",
    "style",
    "svg",
]

#: What is spoken of; what surrounds it; a band; a thin line.
DARK: Final = "#1a1a1a"
GREY: Final = "#9aa3ab"
LIGHT: Final = "#dfe2e5"
LINE: Final = "#6b7177"

#: Width and height in inches: the text width of the PDF.
SIZE: Final = (6.77, 2.6)

#: Text stays text, and the same chart gives the same bytes.
_SVG: Final = {"svg.fonttype": "none", "svg.hashsalt": "tonnage"}
#: Months between two names, and how many names have room.
_EVERY: Final = (3, 6, 12, 24, 60, 120)
_NAMED: Final = 12


def svg(figure: Figure) -> str:
    """Return a figure as SVG text; the same figure gives the same text."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context(_SVG):  # type: ignore[arg-type]
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def style(family: str) -> dict[str, Any]:
    """Return matplotlib's settings for every chart, in a font family registered with it."""
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


def on_axis(day: dt.date) -> float:
    """Return a day on the axis: months since year 0, a month being one wide from -0.5 to 0.5."""
    following = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    length = (following - day.replace(day=1)).days
    return day.year * 12 + day.month - 1 + (day.day - 1) / length - 0.5


def middle(period: dt.date, months: int) -> float:
    """Return the middle of a span of months on the axis."""
    return period.year * 12 + period.month - 1 + (months - 1) / 2


def name_months(axes: Axes, months: Sequence[int]) -> None:
    """Name every third month on the axis, or fewer where the names would touch; every month has its tick."""
    every = next(e for e in _EVERY if len(months) <= _NAMED * e or e == _EVERY[-1])
    marked = [m for m in months if m % every == 0]
    axes.set_xticks(marked, [f"{m // 12}-{m % 12 + 1:02d}" for m in marked], fontsize=7)
    axes.set_xticks(list(months), minor=True)
    axes.tick_params(axis="x", which="minor", length=1.5)


def name_values(axes: Axes, unit: str) -> None:
    """Give the value axis its numbers, its unit and a light grid."""
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(axis="y", labelsize=7)
    axes.set_ylabel(unit, fontsize=7)
    axes.grid(axis="y", color="#dddddd", linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)


def legend(axes: Axes, handles: Sequence[Any], below: float = 0.11) -> None:
    """Put a legend under the axis, in one row; `below` in heights of the axes."""
    axes.legend(
        handles=list(handles),
        loc="upper center",
        bbox_to_anchor=(0.5, -below),
        ncols=len(handles),
        frameon=False,
        fontsize=7,
        handlelength=1.6,
        columnspacing=1.6,
    )


def runs(points: Sequence[tuple[dt.date, int, float]]) -> Iterator[tuple[list[float], list[float]]]:
    """Yield x and y of each unbroken run of months, so that no line is drawn across a gap.

    Args:
        points: first month, months covered and value a month, in order.
    """
    x: list[float] = []
    y: list[float] = []
    due: int | None = None
    for period, months, value in points:
        start = period.year * 12 + period.month - 1
        if due is not None and start != due:
            yield x, y
            x, y = [], []
        x.append(middle(period, months))
        y.append(value)
        due = start + months
    if x:
        yield x, y
