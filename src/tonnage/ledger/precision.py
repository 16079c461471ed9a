"""How finely a number is printed, and whether its publisher rounds or cuts.

A number says of itself how many zeros it ends in; the numbers printed beside it say whether that is chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from tonnage.ledger import vintages
from tonnage.model import flows

__all__ = ["MASS_STEP", "STYLES", "agency", "near", "pages", "room", "styles", "with_step"]

#: Masses are taken to be printed to the tonne or finer, unless the numbers printed with them say otherwise.
MASS_STEP: Final = 1000.0

#: One row a publisher: how it shortens, and on how many comparisons that rests.
STYLES: Final = pl.Schema(
    {
        "publisher": pl.String(),
        "unit": pl.String(),
        "style": pl.String(),
        "step": pl.Float64(),
        "prints": pl.UInt32(),
        "compared": pl.UInt32(),
        "rounded": pl.UInt32(),
        "cut": pl.UInt32(),
        "neither": pl.UInt32(),
    }
)

_COUNTS: Final = ("prints", "compared", "rounded", "cut", "neither")
_RELEASE: Final = ("raw", "publisher", "published", "unit")
_FINEST: Final = 3  # decimals of the stored unit: grams of a kilogram
_ZEROS: Final = 12
# Two trailing zeros over all numbers of a page are chance in one of a hundred pages.
_EVIDENCE: Final = 2
_TINY: Final = 1e-6
_MOSTLY: Final = 5


def pages(prints: pl.LazyFrame) -> pl.LazyFrame:
    """Return, for each page (a release of a publisher in one unit), what `with_step` has to know of it.

    Args:
        prints: FLOWS rows; all prints of a page, so that one number ending in zeros is not taken for rounded.
    """
    return prints.group_by(_RELEASE).agg(_page=_zeros().min(), _count=pl.len())


def _zeros() -> pl.Expr:
    """Return in how many zeros a number ends, counted from its last stored decimal; null for 0 and null."""
    scaled = (pl.col("value").abs() * 10**_FINEST).round().cast(pl.Int64)
    zeros = pl.sum_horizontal((scaled % 10**k == 0).cast(pl.Int8) for k in range(1, _ZEROS + 1))
    return pl.when(scaled > 0).then(zeros)


def with_step(prints: pl.DataFrame, known: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add how finely each number is printed.

    Args:
        prints: FLOWS rows.
        known: `pages` of all prints; by default these rows are taken for all of them.

    Returns:
        The rows with `step` (the unit of the last digit of the page the number stands on) and `slack` (how
        far the true number may be from the printed one, as far as a sum is concerned).
    """
    known = pages(prints.lazy()).collect() if known is None else known
    page = prints.with_columns(_own=_zeros()).join(known, on=_RELEASE, how="left", maintain_order="left")
    power = pl.col("_page").fill_null(_FINEST).cast(pl.Float64) - _FINEST
    step = 10.0**power
    shown = (pl.col("_page") - _FINEST - 3) * pl.col("_count").cast(pl.Int64) >= _EVIDENCE
    mass = (pl.col("unit") == "kg") & ~shown.fill_null(value=False)
    # A page without one whole tonne shortens each number as it likes.
    loose = (pl.col("unit") == "kg") & (step > MASS_STEP)
    marked = _has("rounded") | _has("approximate")
    coarse = 10.0 ** (pl.col("_own").fill_null(_FINEST).cast(pl.Float64) - _FINEST)
    used = pl.when(mass).then(pl.min_horizontal(step, pl.lit(MASS_STEP))).otherwise(step)
    # A marked number was cut or rounded, nobody knows which: a whole step either way.
    slack = pl.when(marked).then(pl.max_horizontal(coarse, step)).otherwise(used / 2)
    found = page.with_columns(step=pl.when(marked | loose).then(coarse).otherwise(step), slack=slack)
    return found.drop("_own", "_page", "_count")


def near(found: str = "value", known: str = "known") -> pl.Expr:
    """Return whether one number is another one rounded or cut, whichever of the two is the coarser.

    Args:
        found: column of one number; its step is in `{found}_step`.
        known: column of the other; its step is in `{known}_step`.
    """
    own, other = pl.col(f"{found}_step"), pl.col(f"{known}_step")
    step = pl.max_horizontal(own, other)
    coarse = pl.when(own >= other).then(pl.col(found)).otherwise(pl.col(known))
    fine = pl.when(own >= other).then(pl.col(known)).otherwise(pl.col(found))
    gap = fine - coarse
    tiny = step * _TINY
    # Printed equally fine, one may have rounded up what the other cut.
    equal = (own == other) & (gap.abs() <= step + tiny)
    return equal | (gap.abs() <= step / 2 + tiny) | ((gap >= 0) & (gap < step - tiny))


def room(found: str = "value", known: str = "known") -> pl.Expr:
    """Return how far apart two numbers may be for `near` to hold, on the side on which they are.

    The coarser one may lie half its step above the finer one (rounded), and almost a whole step below (cut).
    """
    own, other = pl.col(f"{found}_step"), pl.col(f"{known}_step")
    step, finer = pl.max_horizontal(own, other), pl.min_horizontal(own, other)
    above = pl.when(own >= other).then(pl.col(found) > pl.col(known)).otherwise(pl.col(known) > pl.col(found))
    return pl.when(own == other).then(step).when(above).then(step / 2).otherwise(step - finer)


def agency(publisher: str = "publisher") -> pl.Expr:
    """Return who counted a number first: "Reuters" for "Reuters via Kitco"."""
    return pl.col(publisher).str.replace(vintages.VIA, "")


def styles(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return how each publisher shortens (`STYLES`), as far as its prints show.

    A print is compared with the finest print of the same figure, and with prints as fine as itself: where two
    of these differ by one step, the lower one is cut and the higher one rounded.

    Args:
        parts: FLOWS rows with `step`; all prints of a figure are in one part.
    """
    kinds = pl.Schema({name: kind for name, kind in STYLES.items() if name != "style"})
    counted = pl.concat(
        [kinds.to_frame(), *(_counted(prints).select(kinds.names()).cast(kinds) for prints in parts)]
    )
    every = counted.group_by("publisher", "unit").agg(pl.col("step").min(), pl.col(_COUNTS).sum())
    table = every.with_columns(style=_style()).select(STYLES.names()).cast(STYLES)
    return table.sort("compared", "publisher", "unit", descending=[True, False, False])


def _counted(prints: pl.DataFrame) -> pl.DataFrame:
    """Return what the prints of some figures show of each publisher: its finest step, and the counts."""
    rows = prints.filter(pl.col("value").is_not_null(), ~_has("suspect"), ~_has("conflict"))
    rows = rows.with_columns(publisher=agency()).select(*flows.FIGURE, "publisher", "value", "step")
    # Each number once a publisher: how often it is printed says nothing of how it is shortened.
    several = pl.col("publisher").n_unique().over(flows.FIGURE) > 1
    own = rows.filter(several).unique()
    others = own.rename({"publisher": "other", "value": "known", "step": "known_step"})
    pairs = own.join(others, on=flows.FIGURE).filter(
        pl.col("publisher") != pl.col("other"), pl.col("known_step") <= pl.col("step")
    )
    who = ["publisher", "unit"]
    judged = pairs.select(*flows.FIGURE, "publisher", seen=_evidence()).unique()
    seen = judged.filter(pl.col("seen") != "silent")
    counts = seen.group_by(who).agg(
        compared=pl.struct(flows.FIGURE).n_unique(),
        **{name: (pl.col("seen") == name).sum() for name in ("rounded", "cut", "neither")},
    )
    held = rows.group_by(who).agg(prints=pl.len(), step=pl.col("step").min())
    table = held.join(counts, on=who, how="left")
    return table.with_columns(pl.col(_COUNTS).fill_null(0))


def _evidence() -> pl.Expr:
    """Return what a pair of prints says of the coarser one; "silent" where both styles give the same."""
    step, gap = pl.col("step"), pl.col("known") - pl.col("value")
    one_up, one_down = (gap + step).abs() < step * _TINY, (gap - step).abs() < step * _TINY
    same = (
        pl.when(gap == 0)
        .then(pl.lit("silent"))
        .when(one_up)
        .then(pl.lit("rounded"))
        .when(one_down)
        .then(pl.lit("cut"))
    )
    finer = (
        pl.when((gap > step / 2) & (gap < step))
        .then(pl.lit("cut"))
        .when((gap < 0) & (gap >= -step / 2))
        .then(pl.lit("rounded"))
        .when(gap.abs() <= step / 2)
        .then(pl.lit("silent"))
    )
    neither = pl.lit("neither")
    equal = pl.col("known_step") == step
    return pl.when(equal).then(same.otherwise(neither)).otherwise(finer.otherwise(neither))


def _style() -> pl.Expr:
    rounded, cut = pl.col("rounded"), pl.col("cut")
    return (
        pl.when((rounded > 0) & (rounded >= _MOSTLY * cut))
        .then(pl.lit("rounds"))
        .when((cut > 0) & (cut >= _MOSTLY * rounded))
        .then(pl.lit("cuts"))
        .when(rounded + cut > 0)
        .then(pl.lit("mixed"))
        .otherwise(pl.lit("not shown"))
    )


def _has(flag: str) -> pl.Expr:
    return pl.col("flags").list.contains(flag)
