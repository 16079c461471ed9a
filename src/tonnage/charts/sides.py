"""Two countries' figures of one trade, side by side and never blended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from tonnage.charts.style import DARK, LINE, SIZE, legend, middle, name_months, name_values, runs, style
from tonnage.model.codes import country_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure

    from tonnage.analysis.mirror import Mirror

__all__ = ["LABELS", "alt_mirror", "mirror"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {
    "unit": "tonnes a month",
    "export_t": "exports, as {exporter} prints them",
    "import_t": "imports, as {importer} prints them",
}

_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "export_t": {"color": DARK, "marker": "o", "markersize": 2.8, "linewidth": 1.1},
    "import_t": {
        "color": LINE,
        "marker": "s",
        "markersize": 2.8,
        "linewidth": 1.1,
        "linestyle": (0, (3, 1.5)),
        "markerfacecolor": "white",
    },
}


def mirror(result: Mirror, *, labels: Mapping[str, str] = LABELS, family: str = "sans-serif") -> Figure:
    """Draw both sides as lines of their own; a month that a side does not print breaks its line.

    Args:
        result: two countries' figures.
        labels: the words in the chart, as `LABELS`, with {exporter} and {importer} in them.
        family: a font family registered with matplotlib.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

    named = {"exporter": _name(result.exporter), "importer": _name(result.importer)}
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for side, look in _LOOKS.items():
            for x, y in runs(_points(result, side)):
                axes.plot(x, y, zorder=3, **look)
        points = [p for side in _LOOKS for p in _points(result, side)]
        first, last = min(middle(p, 1) for p, _, _ in points), max(middle(p, n) for p, n, _ in points)
        axes.set_xlim(first - 0.7, last + 0.7)
        axes.set_ylim(0, 1.15 * max(value for _, _, value in points) or 1)
        name_months(axes, range(int(first), int(last + 1)))
        name_values(axes, labels["unit"])
        legend(
            axes,
            [Line2D([], [], label=labels[side].format(**named), **look) for side, look in _LOOKS.items()],
        )
    return figure


def alt_mirror(result: Mirror) -> str:
    """Return what the chart of two sides shows, in words."""
    months = result.table.height
    return f"Two lines over {months} months, of which {result.n} are printed by both. {result.sentence()}"


def _name(code: str) -> str:
    return country_name(code) if code else "?"


def _points(result: Mirror, side: str) -> list[tuple[dt.date, int, float]]:
    rows = result.table.drop_nulls(side).select("period", "months", side).iter_rows()
    return [(period, months, value / months) for period, months, value in rows]
