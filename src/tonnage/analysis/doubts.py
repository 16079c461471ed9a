"""What a reader must be told with a comparison of partners: where it leans, and what may spoil it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.comparison import HEAVY
from tonnage.analysis.diversion import HUBS
from tonnage.analysis.verdicts import EARLY

if TYPE_CHECKING:
    from tonnage.analysis.comparison import Comparison

__all__ = ["doubts", "targets"]

#: A donor whose own effect is this many usual ones, the other way, may hold diverted goods.
_UNUSUAL: Final = 3.0
#: The median of the absolute value of a standard normal variable.
_MEDIAN: Final = 0.6745
#: More of the weight than this on one donor, and it is a comparison of two.
_MOST_ON_ONE: Final = 0.5
_FOLLOWED_BETTER: Final = 0.9


def doubts(
    found: Comparison, table: pl.DataFrame, ends: tuple[float, float, float], level: float
) -> tuple[str, ...]:
    """Return the warnings, one sentence each.

    Args:
        found: the comparison.
        table: its donors, as `Synthetic.donors`.
        ends: low, estimate and high, per cent.
        level: of the interval.
    """
    return (
        *_few(found, level),
        *_fitted(found, ends[1]),
        *_diverted(found, table),
        *_leaning(table, ends),
        *_early(found.months("after")),
    )


def targets(event: Any, treated: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the target that the register has of an event says against the donors."""
    target = event.get("target") if isinstance(event, Mapping) else None
    if not target or target in treated:
        return ()
    if target == "WLD":
        return (
            "the measure is on all destinations: the donors are under it too, so only what set the treated"
            " partner apart from them is seen",
        )
    return (f"the event names {target} as its target, and the treated are {', '.join(treated)}",)


def _few(found: Comparison, level: float) -> Iterator[str]:
    sets = found.sets
    if not found.among.by_ranks:
        yield (
            f"few donors: with {sets} placebos no p-value can fall below 1/{sets + 1} ="
            f" {1 / (sets + 1):.2f}, and"
            f" ranks give no {100 * level:g}% interval; this one rests on a t distribution of the placebos"
        )
    gone = len(found.panel.left_out)
    if gone:
        yield f"{gone} partner{'s are' if gone > 1 else ' is'} not among the donors: left_out says why"


def _fitted(found: Comparison, effect_pct: float) -> Iterator[str]:
    own, others = found.own, found.singles
    if abs(own.effect) <= own.miss:
        yield (
            f"poor fit before: the mixture misses by {found.miss_pct:.0f}% in a usual month before the event,"
            f" against an effect of {effect_pct:+.0f}%"
        )
    if found.panel.scale == "level":
        yield (
            "compared in tonnes over the usual month: the interval in per cent holds less often than it says;"
            " where months of nothing are common, ask tn.impact, which counts them"
        )
    better = sum(one.miss < own.miss for one in others)
    if better >= _FOLLOWED_BETTER * len(others):
        yield (
            f"{better} of {len(others)} donors are followed better before than the treated"
            f" partner: no mixture"
            " of the donors moves as it does"
        )
    if found.data.season is None:
        yield "too few months before to know a partner's own season: only what partners share cancels"


def _diverted(found: Comparison, table: pl.DataFrame) -> Iterator[str]:
    heavy = table.filter(pl.col("weight") >= HEAVY)
    hubs = [name for name in heavy["partner"].to_list() if name in HUBS]
    if hubs:
        yield f"entrepots among the donors ({', '.join(hubs)}): donors may be absorbing diverted tonnage"
    scores = table["score"].abs().to_list()
    usual = sorted(scores)[len(scores) // 2] / _MEDIAN
    sign = math.copysign(1.0, found.own.effect)
    against = heavy.drop_nulls("without_pct").filter(pl.col("score") * -sign > _UNUSUAL * usual)
    if against.height:
        named = "; ".join(
            f"{row['partner']} {row['effect_pct']:+.0f}% with weight {row['weight']:.2f}, the"
            f" effect without it"
            f" {row['without_pct']:+.0f}%"
            for row in against.iter_rows(named=True)
        )
        yield f"donors that moved the other way may be absorbing diverted tonnage: {named}"


def _leaning(table: pl.DataFrame, ends: tuple[float, float, float]) -> Iterator[str]:
    first = table.row(0, named=True)
    if first["weight"] > _MOST_ON_ONE:
        yield f"{first['partner']} has {100 * first['weight']:.0f}% of the weight: it is a comparison of two"
    moved = table.filter(~pl.col("without_pct").is_between(ends[0], ends[2]))
    if moved.height:
        named = ", ".join(f"{n} {v:+.0f}%" for n, v in moved.select("partner", "without_pct").iter_rows())
        yield f"without one donor the effect leaves its own interval: {named}"


def _early(months: int) -> Iterator[str]:
    if months < EARLY:
        yield f"only {months} full month{'s' * (months > 1)} after: the next release may change this"
