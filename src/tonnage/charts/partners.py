"""Partners' shares, month by month, as lines told apart without colour."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.charts.style import DARK, GREY, LINE, SIZE, middle, name_months, name_values, runs, style
from tonnage.errors import NoDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["LABELS", "MOST", "alt_shares", "shares"]

#: Words in the chart; a caller passes its own for another language.
LABELS: Final[Mapping[str, str]] = {"share": "share of the whole, %"}

#: More lines than this cannot be told apart in grey.
MOST: Final = 6

_MARKS: Final[tuple[tuple[str, str, Any], ...]] = (
    (DARK, "o", "-"),
    (DARK, "s", (0, (4, 1.5))),
    (LINE, "^", "-"),
    (LINE, "D", (0, (4, 1.5))),
    (GREY, "v", "-"),
    (GREY, "x", (0, (4, 1.5))),
)
_CLOSE: Final = 0.055


def shares(
    frame: pl.DataFrame,
    by: str = "partner",
    *,
    names: Mapping[str, str] | None = None,
    labels: Mapping[str, str] = LABELS,
    family: str = "sans-serif",
) -> Figure:
    """Draw the largest shares (`MOST`) over months; a month without a share breaks its line.

    Args:
        frame: as `analysis.series.shares` returns it: `period`, `months`, the `by` column, `share_pct`.
        by: the column that names a part.
        names: what to print for a part; by default its code.
        labels: the words in the chart, as `LABELS`.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: no share is there.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    drawn = _largest(frame, by)
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        axes = figure.add_subplot()
        for (colour, marker, dashes), points in zip(_MARKS, drawn.values(), strict=False):
            look: dict[str, Any] = {"color": colour, "marker": marker, "markersize": 2.8, "linestyle": dashes}
            for x, y in runs(points):
                axes.plot(x, y, linewidth=1.0, zorder=3, **look)
        _axes(axes, drawn, labels["share"])
        _names(axes, drawn, names or {})
    return figure


def alt_shares(frame: pl.DataFrame, by: str = "partner", *, names: Mapping[str, str] | None = None) -> str:
    """Return what the chart of shares shows, in words: first and last share, and who is left out.

    Raises:
        NoDataError: no share is there.
    """
    drawn, called = _largest(frame, by), names or {}
    told = [
        f"{called.get(name, name)}: {points[0][2]:.1f}% in {points[0][0]:%Y-%m}, {points[-1][2]:.1f}% in"
        f" {points[-1][0]:%Y-%m}"
        for name, points in drawn.items()
    ]
    others = frame.drop_nulls("share_pct")[by].n_unique() - len(drawn)
    return "; ".join(told) + (f"; {others} smaller ones are not drawn." if others else ".")


def _largest(frame: pl.DataFrame, by: str) -> dict[str, list[tuple[dt.date, int, float]]]:
    """Return the points of the largest shares on average, largest first."""
    held = frame.drop_nulls("share_pct").sort("period")
    if held.is_empty():
        raise NoDataError("shares: expected at least one share, found none")
    means = held.group_by(by).agg(pl.col("share_pct").mean()).sort("share_pct", by, descending=[True, False])
    found = {}
    for name in means[by].head(MOST).to_list():
        rows = held.filter(pl.col(by) == name)
        found[name] = list(rows.select("period", "months", "share_pct").iter_rows())
    return found


def _axes(axes: Axes, drawn: Mapping[str, list[tuple[dt.date, int, float]]], name: str) -> None:
    points = [point for line in drawn.values() for point in line]
    first = min(middle(p, 1) for p, _, _ in points) - 0.7
    last = max(middle(p, n) for p, n, _ in points)
    axes.set_xlim(first, last + 0.2 * (last - first) + 0.7)
    values = [v for _, _, v in points]
    axes.set_ylim(min(0.0, *values, 0.0), max(*values, 1.0) * 1.15)
    name_months(axes, range(int(first + 1), int(last + 1)))
    name_values(axes, name)


def _names(
    axes: Axes, drawn: Mapping[str, list[tuple[dt.date, int, float]]], names: Mapping[str, str]
) -> None:
    """Name each line at its end, moved apart where two would cover each other."""
    low, high = axes.get_ylim()
    at = low
    for name, points in sorted(drawn.items(), key=lambda item: item[1][-1][2]):
        period, months, value = points[-1]
        at = max(value, at + _CLOSE * (high - low)) if at > low else value
        text = f"{names.get(name, name)} {value:.1f}"
        axes.annotate(text, (middle(period, months) + 0.3, at), fontsize=7, va="center", color=DARK)
