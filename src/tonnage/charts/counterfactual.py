"""What was shipped against what would have been: the path of an impact."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.wording import month
from tonnage.charts.style import (
    DARK,
    LIGHT,
    LINE,
    SIZE,
    legend,
    middle,
    name_months,
    name_values,
    on_axis,
    runs,
    style,
)
from tonnage.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tonnage.analysis.impact import Impact

__all__ = ["LABELS", "alt_path", "path"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {
    "unit": "tonnes a month",
    "observed": "printed",
    "counterfactual": "expected without the event",
    "interval": "95% interval of each month",
    "event": "event",
}

Row = dict[str, Any]


def path(
    result: Impact,
    series: pl.DataFrame | None = None,
    *,
    labels: Mapping[str, str] = LABELS,
    family: str = "sans-serif",
) -> Figure:
    """Draw the months of an impact as printed and as expected without the event, the event marked.

    Args:
        result: an answered impact.
        series: the series it was asked of, in tonnes: shows all its months; without it, the fitted ones
            before the event.
        labels: the words in the chart, as `LABELS`.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: the impact has no answer, so there is nothing to draw.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = _rows(result)
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        printed = _printed(result, rows, series)
        top = max(value for _, _, value in printed + _points(rows, "counterfactual"))
        _band(axes, rows, 1.6 * top)
        _lines(axes, printed, rows)
        axes.axvline(on_axis(result.event), color=LINE, linewidth=0.7, linestyle=(0, (4, 2)), zorder=1)
        _axes(axes, printed, 1.35 * top, labels["unit"])
        _legend(axes, labels)
    return figure


def alt_path(result: Impact) -> str:
    """Return what the chart of an impact shows, in words, with the numbers of every month.

    Raises:
        NoDataError: the impact has no answer.
    """
    rows = _rows(result)
    told = [
        f"{month(row['period'], 'en', row['months'])}: {row['observed']:,.0f} t against"
        f" {row['counterfactual']:,.0f} t expected"
        for row in rows
    ]
    return f"Event on {result.event}. {'; '.join(told)}. {result.verdict}"


def _rows(result: Impact) -> list[Row]:
    if not result.answered:
        raise NoDataError(f"path: nothing to draw, the impact has no answer: {result.reason}")
    return result.path.to_dicts()


def _points(rows: list[Row], column: str) -> list[tuple[dt.date, int, float]]:
    return [(r["period"], r["months"], r[column] / r["months"]) for r in rows]


def _printed(
    result: Impact, rows: list[Row], series: pl.DataFrame | None
) -> list[tuple[dt.date, int, float]]:
    """Return the months of the path, with those before it, and all others where the series is given."""
    own = _points(rows, "observed")
    if series is None:
        return [*_points(result.fitted.to_dicts(), "observed"), *own]
    within = {number for period, months, _ in own for number in _numbers(period, months)}
    months = pl.col("months") if "months" in series.columns else pl.lit(1)
    held = series.drop_nulls("value").select("period", months.alias("months"), "value").iter_rows()
    others = [(period, n, value / n) for period, n, value in held if not within & _numbers(period, n)]
    return sorted([*others, *own])


def _numbers(period: dt.date, months: int) -> set[int]:
    start = period.year * 12 + period.month
    return set(range(start, start + months))


def _band(axes: Axes, rows: list[Row], ceiling: float) -> None:
    """Draw, month by month, what would have been printed without the event, by the month's own interval."""
    from matplotlib.patches import Rectangle

    for row in rows:
        low, high = _ends(row, ceiling)
        left = middle(row["period"], row["months"]) - row["months"] / 2
        axes.add_patch(
            Rectangle((left, low), row["months"], high - low, facecolor=LIGHT, linewidth=0, zorder=0.5)
        )


def _ends(row: Row, ceiling: float) -> tuple[float, float]:
    """Return the interval of the expected month: what was printed without the effects not ruled out."""
    value = row["observed"] / row["months"]
    if value == 0:
        return 0.0, ceiling
    least, most = 1 + row["low_pct"] / 100, 1 + row["high_pct"] / 100
    return value / most if math.isfinite(most) else 0.0, min(value / least, ceiling) if least > 0 else ceiling


def _lines(axes: Axes, printed: list[tuple[dt.date, int, float]], rows: list[Row]) -> None:
    for x, y in runs(printed):
        axes.plot(x, y, color=DARK, linewidth=1.1, marker="o", markersize=2.6, zorder=3)
    for x, y in runs(_points(rows, "counterfactual")):
        axes.plot(
            x,
            y,
            color=DARK,
            linewidth=1.0,
            linestyle=(0, (2, 1.5)),
            zorder=2.5,
            marker="s",
            markersize=2.2,
            markerfacecolor="white",
        )


def _axes(axes: Axes, printed: list[tuple[dt.date, int, float]], top: float, unit: str) -> None:
    first = middle(printed[0][0], 1) - 0.7
    last = middle(printed[-1][0], 1) + printed[-1][1] - 1 + 0.7
    axes.set_xlim(first, last)
    axes.set_ylim(0, top or 1)
    name_months(axes, range(int(first + 1), int(last + 1)))
    name_values(axes, unit)


def _legend(axes: Axes, labels: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    dashes: Any = (0, (2, 1.5))
    thin: Any = (0, (4, 2))
    legend(
        axes,
        [
            Line2D([], [], color=DARK, linewidth=1.1, marker="o", markersize=2.6, label=labels["observed"]),
            Line2D(
                [],
                [],
                color=DARK,
                linewidth=1.0,
                linestyle=dashes,
                marker="s",
                markersize=2.2,
                markerfacecolor="white",
                label=labels["counterfactual"],
            ),
            Patch(facecolor=LIGHT, label=labels["interval"]),
            Line2D([], [], color=LINE, linewidth=0.7, linestyle=thin, label=labels["event"]),
        ],
    )
