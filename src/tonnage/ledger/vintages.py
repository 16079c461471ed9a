"""Vintages: of all prints of a figure, the one that counted on a day.

A figure is what `flows.FIGURE` names: reporter, partner, flow, classification, commodity, period, months,
unit. Its prints differ in publisher, stage and day. `as_of` keeps one, by the first of these that decides:

1. known: published on or before the day; a `suspect` print never counts;
2. out: a number or an empty cell over the place holder of a month that is not out (`not_yet_published`);
3. stage: final over detail over bulletin over flash over quoted, so that what the agency printed itself
   stands over what a newspaper says of it;
4. soundness: a number over an empty cell, a clean print over one cut, rounded, estimated or printed with
   "about", and any of these over one in conflict with others;
5. own print: over a comparative (a previous or year-ago value printed later);
6. day: the later over the earlier;
7. publisher: wire agencies over others, then the alphabet, then raw file, line and the smaller number.

The functions take FLOWS rows of any engine that narwhals knows and return rows of that engine, lazily: a
polars LazyFrame, a DuckDB relation, a Spark DataFrame.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import narwhals as nw
from narwhals.typing import IntoLazyFrameT

from tonnage.model import flows

__all__ = [
    "ORDER",
    "VIA",
    "WIRES",
    "as_of",
    "day_number",
    "first_release",
    "known",
    "latest",
    "ranked",
    "revisions",
    "stage_number",
]

#: Agencies whose figures others repeat.
WIRES: Final = ("Reuters", "Bloomberg", "Kyodo", "Jiji", "Xinhua", "AFP", "TASS")

#: What follows the agency in the name of a publisher that passes its number on: "Reuters via Kitco".
VIA: Final = r"( via | \().*$"

_TIES: Final = ("publisher", "raw", "line", "value", "source")

#: What puts the prints of a figure in order, the one that counts first (`ranked`).
ORDER: Final = ("_suspect", "_depth", *_TIES)


def _has(flag: str) -> nw.Expr:
    return nw.col("flags").list.contains(flag)


def day_number() -> nw.Expr:
    """Return a whole number below 2**22 that grows with the day of release."""
    day = nw.col("published").dt
    return day.year().cast(nw.Int64) * 372 + day.month().cast(nw.Int64) * 31 + day.day().cast(nw.Int64)


# What decides between prints: (limit, [(weight, test or whole number)]); the sum stays below the limit.
_Rung = tuple[int, list[tuple[int, nw.Expr]]]
_NUMBER: Final = ~nw.col("value").is_null()
_AGREED: Final = _NUMBER & ~_has("conflict")
_CLEAN: Final = _AGREED & ~_has("rounded") & ~_has("approximate") & ~_has("estimated")
_DAYS: Final = 2**22
_OUT: Final[_Rung] = (2, [(1, _NUMBER | ~_has("not_yet_published"))])
_STAGE: Final[_Rung] = (
    len(flows.STAGES),
    [(place, nw.col("stage") == stage) for place, stage in enumerate(flows.STAGES) if place],
)
_SOUND: Final[_Rung] = (
    4,
    [(1, _NUMBER), (1, _AGREED), (1, _CLEAN)],
)
_OWN: Final[_Rung] = (2, [(1, ~_has("comparative"))])
_DAY: Final[_Rung] = (_DAYS, [(1, day_number())])
_EARLY: Final[_Rung] = (_DAYS, [(1, _DAYS - 1 - day_number())])
_WIRE: Final[_Rung] = (2, [(1, nw.col("publisher").str.contains("|".join(WIRES)))])
_AS_OF: Final = (_OUT, _STAGE, _SOUND, _OWN, _DAY, _WIRE)


def _height(*ladder: _Rung) -> nw.Expr:
    """Return how high a print stands as one number, in which an earlier rung outweighs all later ones."""
    weight, parts = 1, []
    for limit, tests in reversed(ladder):
        parts += [test.cast(nw.Int64) * (weight * part) for part, test in tests]
        weight *= limit
    return nw.sum_horizontal(*parts)


def stage_number() -> nw.Expr:
    """Return the place of a stage on the ladder, 0 for the lowest."""
    return _height(_STAGE)


def known(prints: IntoLazyFrameT, day: dt.date | None = None, *, assumed_days: bool = True) -> IntoLazyFrameT:
    """Return the prints that could be used on a day: out by then, and not suspect.

    Args:
        prints: FLOWS rows.
        day: None for everything the ledger holds.
        assumed_days: False leaves out prints whose release day is inferred.
    """
    return _known(nw.from_native(prints), day, assumed_days=assumed_days).to_native()


def as_of(prints: IntoLazyFrameT, day: dt.date | None = None, *, assumed_days: bool = True) -> IntoLazyFrameT:
    """Return one FLOWS row a figure: the print that counted at the end of `day`."""
    rows = _known(nw.from_native(prints), day, assumed_days=assumed_days)
    return _best(rows, _height(*_AS_OF)).to_native()


def ranked(prints: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return FLOWS rows with the columns of `ORDER`: sorted by them, the first of a figure is what counts.

    What is not out yet on a day drops out of the order; suspect prints come last.
    """
    rows = nw.from_native(prints).with_columns(_suspect=_has("suspect"), _depth=-_height(*_AS_OF))
    return rows.to_native()


def latest(prints: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return one FLOWS row a figure: the print that counts of all there are."""
    return as_of(prints)


def first_release(prints: IntoLazyFrameT, *, assumed_days: bool = True) -> IntoLazyFrameT:
    """Return one FLOWS row a figure: its first own print, by day and then as `as_of` orders."""
    rows = _known(nw.from_native(prints), None, assumed_days=assumed_days)
    return _best(rows, _height(_OUT, _OWN, _EARLY, _STAGE, _SOUND, _WIRE)).to_native()


def revisions(prints: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return the prints of every figure that has more than one value, oldest first.

    A difference of stage or of rounding shows here as well; nothing is judged.
    """
    value, empty = nw.col("value"), nw.col("value").is_null().cast(nw.Int8)
    rows = _known(nw.from_native(prints), None).with_columns(
        _low=value.min().over(*flows.FIGURE),
        _high=value.max().over(*flows.FIGURE),
        _none=empty.max().over(*flows.FIGURE),
        _all=empty.min().over(*flows.FIGURE),
        _stage=stage_number(),
    )
    several = rows.filter((nw.col("_high") > nw.col("_low")) | (nw.col("_none") > nw.col("_all")))
    order = (*flows.FIGURE, "published", "_stage", "publisher", "raw", "line", "value")
    return several.sort(*order).select(*flows.SCHEMA.names()).to_native()


def _known(
    rows: nw.LazyFrame[IntoLazyFrameT], day: dt.date | None, *, assumed_days: bool = True
) -> nw.LazyFrame[IntoLazyFrameT]:
    usable = ~_has("suspect")
    if day is not None:
        usable &= nw.col("published") <= day
    if not assumed_days:
        usable &= ~_has("day_assumed")
    return rows.filter(usable)


def _best(rows: nw.LazyFrame[IntoLazyFrameT], height: nw.Expr) -> nw.LazyFrame[IntoLazyFrameT]:
    """Return one row a figure: the highest one; only what is equally high is put in order, by `_TIES`."""
    ranked = rows.with_columns(_height=height)
    highest = ranked.filter(nw.col("_height") == nw.col("_height").max().over(*flows.FIGURE))
    place = nw.col("line").cum_count().over(*flows.FIGURE, order_by=list(_TIES))
    return highest.with_columns(_place=place).filter(nw.col("_place") == 1).drop("_height", "_place")
