"""A treated partner beside its donors: printed against the mixture, and the gap among the placebos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.wording import month
from tonnage.charts.style import (
    DARK,
    GREY,
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
    import datetime as dt
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tonnage.analysis.synthetic import Synthetic

__all__ = ["DONOR_LABELS", "alt_donors", "donors"]

#: Words in the chart; a caller passes its own for another language.
DONOR_LABELS: Final[Mapping[str, str]] = {
    "unit": "tonnes a month",
    "observed": "printed",
    "counterfactual": "mixture of donors",
    "gap_log": "gap to the mixture, %",
    "gap_level": "gap to the mixture, % of the usual month",
    "placebo": "each donor as a placebo",
    "event": "event",
}

#: The gap of a placebo is cut here, in the unit of the scale; beyond it the treated partner is not seen.
_CUT: Final = 3.0
_DASHES: Final[Any] = (0, (2, 1.5))
_THIN: Final[Any] = (0, (4, 2))

_Points = list[tuple["dt.date", int, float]]


def donors(
    result: Synthetic, *, labels: Mapping[str, str] = DONOR_LABELS, family: str = "sans-serif"
) -> Figure:
    """Draw what was shipped beside the mixture of donors, and the gap between them among the placebos' gaps.

    Args:
        result: an answered comparison.
        labels: the words in the chart, as `DONOR_LABELS`.
        family: a font family registered with matplotlib.

    Raises:
        NoDataError: there is no answer, so there is nothing to draw.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if not result.answered:
        raise NoDataError(f"donors: nothing to draw, there is no answer: {result.reason}")
    with mpl.rc_context(style(family)):  # type: ignore[arg-type]
        figure = Figure(figsize=SIZE, layout="constrained")
        left, right = figure.subplots(1, 2)
        _levels(left, result, labels)
        _gaps(right, result, labels)
        for axes in (left, right):
            axes.axvline(on_axis(result.event), color=LINE, linewidth=0.7, linestyle=_THIN, zorder=1)
            _months(axes, result)
    return figure


def alt_donors(result: Synthetic) -> str:
    """Return what the chart of a comparison shows, in words, with its months after and heaviest donors.

    Raises:
        NoDataError: there is no answer.
    """
    if not result.answered:
        raise NoDataError(f"donors: nothing to tell, there is no answer: {result.reason}")
    after = result.path.filter(pl.col("role") != "before").iter_rows(named=True)
    told = [
        f"{month(row['period'], 'en', row['months'])}: {row['observed']:,.0f} t against"
        f" {row['counterfactual']:,.0f} t of the mixture"
        for row in after
    ]
    heavy = result.donors.head(5).select("partner", "weight").iter_rows()
    weights = ", ".join(f"{name} {100 * weight:.0f}%" for name, weight in heavy)
    return f"Event on {result.event}. {'; '.join(told)}. Heaviest donors: {weights}. {result.verdict}"


def _levels(axes: Axes, result: Synthetic, labels: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D

    for x, y in runs(_points(result, "observed")):
        axes.plot(x, y, color=DARK, linewidth=1.1, zorder=3)
    for x, y in runs(_points(result, "counterfactual")):
        axes.plot(x, y, color=DARK, linewidth=1.0, linestyle=_DASHES, zorder=2.5)
    axes.set_ylim(bottom=0)
    name_values(axes, labels["unit"])
    legend(
        axes,
        [
            Line2D([], [], color=DARK, linewidth=1.1, label=labels["observed"]),
            Line2D([], [], color=DARK, linewidth=1.0, linestyle=_DASHES, label=labels["counterfactual"]),
        ],
    )


def _points(result: Synthetic, column: str) -> _Points:
    rows = result.path.select("period", "months", pl.col(column) / pl.col("months"))
    return list(rows.iter_rows())


def _gaps(axes: Axes, result: Synthetic, labels: Mapping[str, str]) -> None:
    """Draw the gap of every placebo in grey and that of the treated partners over them."""
    from matplotlib.lines import Line2D

    for name, points in _each_gap(result).items():
        own = name == ""
        for x, y in runs(points):
            axes.plot(
                x,
                y,
                color=DARK if own else GREY,
                linewidth=1.2 if own else 0.5,
                alpha=1.0 if own else 0.7,
                zorder=3 if own else 2,
            )
    axes.axhline(0, color=LIGHT, linewidth=0.8, zorder=1)
    name_values(axes, labels[f"gap_{result.scale}"])
    legend(
        axes,
        [
            Line2D([], [], color=DARK, linewidth=1.2, label=", ".join(result.treated)),
            Line2D([], [], color=GREY, linewidth=0.7, label=labels["placebo"]),
            Line2D([], [], color=LINE, linewidth=0.7, linestyle=_THIN, label=labels["event"]),
        ],
    )


def _each_gap(result: Synthetic) -> dict[str, _Points]:
    """Return the gaps in per cent of what was expected (log) or of the usual month (level)."""
    gap = pl.col("gap").clip(-_CUT, _CUT)
    shown = 100 * (gap.exp() - 1).clip(upper_bound=_CUT) if result.scale == "log" else 100 * gap
    rows = result.gaps.join(result.path.select("period", "months"), on="period", maintain_order="left")
    parts = rows.select("partner", "period", "months", shown).partition_by("partner", maintain_order=True)
    return {part["partner"][0]: list(part.drop("partner").iter_rows()) for part in parts}


def _months(axes: Axes, result: Synthetic) -> None:
    rows = _points(result, "observed")
    first, last = middle(rows[0][0], 1), middle(rows[-1][0], 1) + rows[-1][1] - 1
    axes.set_xlim(first - 0.7, last + 0.7)
    wide = range(int(first), int(last) + 1)
    # half the width of a chart: every other name
    name_months(axes, wide)
    ticks = list(axes.get_xticks())[::2]
    axes.set_xticks(ticks, [f"{int(m) // 12}-{int(m) % 12 + 1:02d}" for m in ticks], fontsize=7)
