"""The chart of any result: what `result.plot()` draws."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.anomalies import Anomalies
from tonnage.analysis.base_rate import BaseRate
from tonnage.analysis.changepoints import Changepoints
from tonnage.analysis.concentration import Concentration, Dependence
from tonnage.analysis.diversion import Diversion
from tonnage.analysis.gravity import GravityEffect
from tonnage.analysis.impact import Impact
from tonnage.analysis.impacts import Impacts
from tonnage.analysis.mirror import Mirror
from tonnage.analysis.nowcast import Nowcast
from tonnage.analysis.panel import PanelEffect
from tonnage.analysis.seasonal import Adjusted
from tonnage.analysis.synthetic import Synthetic
from tonnage.analysis.wording import month
from tonnage.charts.counterfactual import path
from tonnage.charts.donors import donors
from tonnage.charts.earlier import base_rate
from tonnage.charts.eventtime import event_time
from tonnage.charts.lines import lines
from tonnage.charts.ranges import Range, ranges
from tonnage.charts.sides import mirror
from tonnage.errors import ParameterError
from tonnage.model.codes import country_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

__all__ = ["plot"]

#: Effects beyond this many per cent are cut at the edge of the chart.
_CUT: Final = 200.0


def plot(result: Any, **options: Any) -> Figure:
    """Draw a result.

    Args:
        result: of any analysis of tonnage.
        options: `family`, and those of the function that draws this kind: `path` for an impact, `base_rate`,
            `donors`, `mirror`, `lines` or `ranges`.

    Raises:
        ParameterError: it is no result.
        NoDataError: there is nothing to draw.
    """
    for kind, draw in _CHARTS.items():
        if isinstance(result, kind):
            return draw(result, **options)
    named = sorted(kind.__name__ for kind in _CHARTS)
    raise ParameterError(f"plot: expected a result, one of {named}, found {type(result).__name__}")


def _concentration(result: Concentration, **options: Any) -> Figure:
    rows = [
        Range(s.partner, s.low_pct if s.value is not None else None, s.low_pct, s.high_pct)
        for s in result.shares
    ]
    rows.append(Range("(unlisted)", result.unlisted_pct, None, None))
    return ranges(rows, **{"unit": "share of the world total, %", **options})


def _dependence(result: Dependence, **options: Any) -> Figure:
    known = result.low_pct if result.value is not None else None
    rows = [Range(country_name(result.partner), known, result.low_pct, result.high_pct)]
    if result.next_partner:
        rows.append(Range(country_name(result.next_partner), result.next_pct, None, None))
    return ranges(
        rows, **{"unit": f"share of {result.flow or 'trade'}, %", "limits": (-2.0, 102.0), **options}
    )


def _diversion(result: Diversion, **options: Any) -> Figure:
    rows = [
        Range("direct flow", -result.drop_t, None, None),
        Range("third countries", result.excess_t, None, None),
        Range("earlier windows of theirs", None, result.low_t, result.high_t),
    ]
    return ranges(rows, **{"unit": "change on a year before, t", **options})


def _nowcast(result: Nowcast, **options: Any) -> Figure:
    row = Range(f"{month(result.period, 'en')}, guessed", result.estimate, result.low, result.high)
    return ranges([row], **{"unit": result.unit or "as the series", **options})


def _impacts(result: Impacts, **options: Any) -> Figure:
    rows = [
        Range(name, one.effect_pct, one.low_pct, one.high_pct)
        if one.answered
        else Range(f"{name} (no answer)", None, None, None)
        for name, one in result.items()
    ]
    return ranges(rows, **{"unit": "effect, %", "limits": _limits(rows), **options})


def _gravity(result: GravityEffect, **options: Any) -> Figure:
    row = Range(
        f"{result.treated} of {result.pairs} pairs",
        *(100 * math.expm1(value) for value in (result.effect, result.low, result.high)),
    )
    return ranges([row], **{"unit": "effect, %", **options})


def _limits(rows: list[Range]) -> tuple[float, float]:
    """Return the limits of the axis: the whole of the bounds, up to twice as much again as a doubling."""
    ends = [min(v, _CUT) for row in rows for v in row[1:] if v is not None]
    return min([*ends, -10.0]) - 5, max([*ends, 10.0]) + 5


def _anomalies(result: Anomalies, **options: Any) -> Figure:
    labels = {
        "unit": result.unit or "a month",
        "value": "printed",
        "beside": "median of the neighbours",
        "marked": "unusual",
    }
    return lines(result.table, "expected", marked=pl.col("unusual"), **{"labels": labels, **options})


def _adjusted(result: Adjusted, **options: Any) -> Figure:
    labels = {"unit": "a month", "value": "printed", "beside": "adjusted for season and Chinese New Year"}
    return lines(result.table, "adjusted", **{"labels": labels, **options})


def _changepoints(result: Changepoints, **options: Any) -> Figure:
    labels = {"unit": result.unit or "a month", "value": "printed", "beside": "level, season taken out"}
    return lines(result.table, "level", steps=True, **{"labels": labels, **options})


_CHARTS: Final[dict[type, Callable[..., Figure]]] = {
    Adjusted: _adjusted,
    Anomalies: _anomalies,
    BaseRate: base_rate,
    Changepoints: _changepoints,
    Concentration: _concentration,
    Dependence: _dependence,
    Diversion: _diversion,
    GravityEffect: _gravity,
    Impact: path,
    Impacts: _impacts,
    Mirror: mirror,
    Nowcast: _nowcast,
    PanelEffect: event_time,
    Synthetic: donors,
}
