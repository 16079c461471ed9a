"""A series as printed beside what an analysis made of it, with the months it points at."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.charts.style import DARK, GREY, LINE, SIZE, legend, middle, name_months, name_values, runs, style
from tonnage.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["lines"]

_MARKED: Final = "marked"


def lines(
    table: pl.DataFrame,
    beside: str,
    *,
    labels: Mapping[str, str],
    marked: pl.Expr | None = None,
    steps: bool = False,
    family: str = "sans-serif",
) -> Figure:
    """Draw the months as printed and a second line beside them; a gap breaks a line.

    Args:
        table: `period`, `months`, `value` and the column `beside`; a row of two months is drawn at its
            monthly average.
        beside: the column of the second line, of the whole row as `value` is.
        labels: "unit", "value", "beside", and "marked" where rows are marked.
        marked: which rows bear a ring.
        steps: draw the second line as levels.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: no row has a value.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if table["value"].drop_nulls().is_empty():
        raise NoDataError("lines: nothing to draw: no month has a figure")
    looks = _looks(labels)
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for x, y in runs(_points(table, "value")):
            axes.plot(x, y, **looks["value"])
        _second(axes, table, beside, looks["beside"], steps)
        if marked is not None:
            points = _points(table.filter(marked), "value")
            axes.plot([middle(p, n) for p, n, _ in points], [v for _, _, v in points], **looks[_MARKED])
        first, last = _ends(table)
        axes.set_xlim(first - 0.7, last + 0.7)
        axes.set_ylim(bottom=0)
        name_months(axes, range(int(first), int(last + 1)))
        name_values(axes, labels["unit"])
        shown = [look for name, look in looks.items() if name != _MARKED or marked is not None]
        legend(axes, [_handle(look) for look in shown])
    return figure


def _looks(labels: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    ring = {"marker": "o", "markersize": 8, "markerfacecolor": "none", "markeredgecolor": DARK}
    return {
        "value": {
            "color": GREY,
            "linewidth": 0.9,
            "marker": "o",
            "markersize": 2.6,
            "zorder": 2,
            "label": labels["value"],
        },
        "beside": {"color": DARK, "linewidth": 1.2, "zorder": 3, "label": labels["beside"]},
        _MARKED: {"color": LINE, "linestyle": "none", **ring, "zorder": 4, "label": labels.get(_MARKED, "")},
    }


def _handle(look: dict[str, Any]) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], **look)


def _second(axes: Axes, table: pl.DataFrame, beside: str, look: dict[str, Any], steps: bool) -> None:
    for x, y in runs(_points(table, beside)):
        if steps:
            axes.step(x, y, where="mid", **look)
        else:
            axes.plot(x, y, **look)


def _ends(table: pl.DataFrame) -> tuple[float, float]:
    spans = table.select("period", "months").iter_rows()
    at = [(middle(p, 1), middle(p, 1) + n - 1) for p, n in spans]
    return min(a for a, _ in at), max(b for _, b in at)


def _points(table: pl.DataFrame, column: str) -> list[tuple[dt.date, int, float]]:
    rows = table.drop_nulls(column).sort("period").select("period", "months", column).iter_rows()
    return [(period, months, value / months) for period, months, value in rows]
