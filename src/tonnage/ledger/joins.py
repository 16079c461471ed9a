"""Figures put side by side: shares, mirrors, months and totals; on any engine (see `vintages`).

What goes in is one FLOWS row a figure, as `vintages.as_of` gives it; what comes out is lazy as well.
`ledger.check` judges such pairs with receipts and tolerances on one machine; these give the numbers alone, on
any size.
"""

from __future__ import annotations

from typing import Final

import narwhals as nw
from narwhals.typing import IntoLazyFrameT

from tonnage.ledger import vintages
from tonnage.model import codes, flows

__all__ = ["MIRROR", "SHARES", "TOTALS", "apart", "mirrored", "shares", "totals"]

_LINE: Final = ("flow", "classification", "commodity")
_PLACE: Final = ("reporter", "partner")
_SPAN: Final = ("period", "months", "unit")
_YEAR: Final = (*_PLACE, *_LINE, "unit", "_year")
_SUBHEADING: Final = 6  # digits of a code that all countries share

#: Columns of `shares`: what a partner has of the publisher's own world total, 0 to 1.
SHARES: Final = (*flows.FIGURE, "value", "world", "share")

#: Columns of `mirrored`: `reporter` counts what leaves for `partner`, which counts what arrives.
MIRROR: Final = (*_PLACE, "code", *_SPAN, "exported", "imported")

#: Columns of `totals`: a printed total since January, and what the printed months inside it add up to.
TOTALS: Final = (*flows.FIGURE, "value", "added", "terms", "residual")


def shares(figures: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return each partner's share of the printed world total (`SHARES`); blocs and the world are no partners.

    A figure whose world total is not printed, or is 0, has no row.
    """
    rows = _printed(figures)
    on = [name for name in flows.FIGURE if name != "partner"]
    world = rows.filter(nw.col("partner") == "WLD", nw.col("value") != 0).select(*on, world=nw.col("value"))
    parts = rows.filter(~nw.col("partner").is_in(list(codes.AGGREGATES)))
    both = parts.join(world, on=on, how="inner").with_columns(share=nw.col("value") / nw.col("world"))
    return both.select(*SHARES).to_native()


def mirrored(figures: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return what one country counts as exports beside what the other counts as imports (`MIRROR`).

    Codes are added up to the six digits that all countries share. FOB stands beside CIF, destination beside
    origin, the month of leaving beside that of arriving: the two are never judged equal.
    """
    rows = _printed(figures).filter(nw.col("commodity").str.contains(r"^[0-9]{6,}$"))
    coded = rows.with_columns(code=nw.col("commodity").str.slice(0, _SUBHEADING))
    keys = ["reporter", "partner", "code", *_SPAN]
    exported = coded.filter(nw.col("flow") == "export").group_by(*keys).agg(exported=nw.col("value").sum())
    imported = coded.filter(nw.col("flow") == "import").group_by(*keys).agg(imported=nw.col("value").sum())
    swapped = imported.rename({"reporter": "_there", "partner": "_here"})
    swapped = swapped.rename({"_there": "partner", "_here": "reporter"})
    return exported.join(swapped, on=keys, how="inner").select(*MIRROR).to_native()


def totals(figures: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return each total since January of which all months are printed, beside their sum (`TOTALS`).

    January and February printed together stand for the two, unless both are printed singly.
    """
    month = nw.col("period").dt.month().cast(nw.Int64)
    rows = _printed(figures).with_columns(
        _year=nw.col("period").dt.year(), _month=month, _end=month + nw.col("months").cast(nw.Int64) - 1
    )
    whole = rows.filter(nw.col("months") > 1, nw.col("_month") == 1)
    tiles = _tiles(rows).select(*_YEAR, _value="value", _until="_end", _covers="months")
    inside = whole.join(tiles, on=list(_YEAR), how="inner").filter(nw.col("_until") <= nw.col("_end"))
    added = inside.group_by(*flows.FIGURE, "value").agg(
        added=nw.col("_value").sum(),
        terms=nw.col("_value").count(),
        _covered=nw.col("_covers").cast(nw.Int64).sum(),
    )
    full = added.filter(
        nw.col("_covered") == nw.col("months"), (nw.col("terms") > 1) | (nw.col("months") > 2)
    )
    return full.with_columns(residual=nw.col("added") - nw.col("value")).select(*TOTALS).to_native()


def _tiles(rows: nw.LazyFrame[IntoLazyFrameT]) -> nw.LazyFrame[IntoLazyFrameT]:
    """Return the figures that tile a year: single months, January with February where one is missing."""
    single, pair = nw.col("months") == 1, (nw.col("months") == 2) & (nw.col("_month") == 1)
    opening = single & (nw.col("_month") <= 2)
    counted = rows.with_columns(
        _single=single,
        _pair=pair,
        _opening=opening,
        _openings=opening.cast(nw.Int64).sum().over(*_YEAR),
        _pairs=pair.cast(nw.Int64).sum().over(*_YEAR),
    )
    together = (nw.col("_pairs") > 0) & (nw.col("_openings") < 2)
    alone = nw.col("_single") & ~(nw.col("_opening") & together)
    return counted.filter(alone | (nw.col("_pair") & together))


def apart(prints: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return every print with another number than the print that counts, with that number as `counts`.

    Args:
        prints: FLOWS rows known on a day, every print of a figure.
    """
    counting = nw.from_native(vintages.as_of(prints)).select(*flows.FIGURE, counts=nw.col("value"))
    both = nw.from_native(prints).join(counting, on=list(flows.FIGURE), how="inner")
    return both.filter(nw.col("value") != nw.col("counts")).to_native()


def _printed(figures: IntoLazyFrameT) -> nw.LazyFrame[IntoLazyFrameT]:
    return nw.from_native(figures).filter(~nw.col("value").is_null())
