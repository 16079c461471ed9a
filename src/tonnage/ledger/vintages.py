"""Vintages: of all prints of a figure, the one that counted on a day.

A figure is what `flows.FIGURE` names: reporter, partner, flow, classification, commodity, period, months,
unit. Its prints differ in publisher, stage and day. `as_of` keeps one, by the first of these that decides:

1. known: published on or before the day; a `suspect` print never counts;
2. stage: final over detail over bulletin over flash over quoted, so that what the agency printed itself
   stands over what a newspaper says of it;
3. soundness: a number over an empty cell, a clean print over one cut, rounded or printed with "about",
   and any of these over one in conflict with others;
4. own print: over a comparative (a previous or year-ago value printed later);
5. day: the later over the earlier;
6. publisher: wire agencies over others, then the alphabet, then raw file, line and the smaller number.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from tonnage.model import flows

__all__ = ["WIRES", "as_of", "first_release", "known", "revisions"]

#: Agencies whose figures others repeat.
WIRES: Final = ("Reuters", "Bloomberg", "Kyodo", "Jiji", "Xinhua", "AFP", "TASS")


def known(prints: pl.LazyFrame, day: dt.date | None = None, *, assumed_days: bool = True) -> pl.LazyFrame:
    """Return the prints that could be used on a day: out by then, and not suspect.

    Args:
        prints: FLOWS rows.
        day: None for everything the ledger holds.
        assumed_days: False leaves out prints whose release day is inferred.
    """
    usable = ~_has("suspect")
    if day is not None:
        usable &= pl.col("published") <= day
    if not assumed_days:
        usable &= ~_has("day_assumed")
    return prints.filter(usable)


def as_of(prints: pl.LazyFrame, day: dt.date | None = None, *, assumed_days: bool = True) -> pl.LazyFrame:
    """Return one FLOWS row a figure: the print that counted at the end of `day`."""
    return _last(known(prints, day, assumed_days=assumed_days), _order("published"))


def first_release(prints: pl.LazyFrame, *, assumed_days: bool = True) -> pl.LazyFrame:
    """Return one FLOWS row a figure: its first own print, by day and then as `as_of` orders."""
    own = known(prints, assumed_days=assumed_days).with_columns(_age=-pl.col("published").cast(pl.Int32))
    return _last(own, [~_has("comparative"), pl.col("_age"), *_order("_age")]).drop("_age", strict=False)


def revisions(prints: pl.LazyFrame) -> pl.LazyFrame:
    """Return the prints of every figure that has more than one value, oldest first.

    A difference of stage or of rounding shows here as well; nothing is judged.
    """
    several = pl.col("value").n_unique().over(flows.FIGURE) > 1
    return (
        known(prints)
        .filter(several)
        .sort(*flows.FIGURE, "published", "stage", "publisher", "raw", "line", "value")
    )


def _has(flag: str) -> pl.Expr:
    return pl.col("flags").list.contains(flag)


def _order(day: str) -> list[pl.Expr]:
    """Return what decides between prints of one figure; the print that sorts last counts."""
    cut = _has("rounded") | _has("approximate")
    sound = (
        pl.when(pl.col("value").is_null())
        .then(0)
        .when(_has("conflict"))
        .then(1)
        .when(cut)
        .then(2)
        .otherwise(3)
    )
    wire = pl.col("publisher").str.contains_any(list(WIRES))
    return [pl.col("stage").to_physical(), sound.cast(pl.Int8), ~_has("comparative"), pl.col(day), wire]


def _last(prints: pl.LazyFrame, order: list[pl.Expr]) -> pl.LazyFrame:
    # Ties count from their beginning: sorted downwards, the first comes last.
    ties = ["publisher", "raw", "line", "value"]
    ranked = prints.sort([*order, *ties], descending=[*(False for _ in order), *(True for _ in ties)])
    return ranked.unique(flows.FIGURE, keep="last", maintain_order=True)
