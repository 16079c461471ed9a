"""Figures side by side: parts, partners, months, stages, publishers, mirrors; on any engine (see `vintages`).

What goes in is FLOWS rows, one a figure as `vintages.as_of` gives them unless something else is said; what
comes out is lazy as well. `ledger.check` adds to such pairs their receipts, tolerances and verdicts, on one
machine; these give the numbers alone, on any size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import narwhals as nw
from narwhals.typing import IntoLazyFrameT

from tonnage.ledger import selection, vintages
from tonnage.model import codes, flows
from tonnage.model.definitions import Definition, definition

__all__ = [
    "BESIDE",
    "LATER",
    "MIRROR",
    "PARTNERS",
    "PUBLISHERS",
    "SERIES",
    "SHARES",
    "STAGES",
    "TOTALS",
    "WITHIN",
    "apart",
    "beside",
    "mirrored",
    "partners",
    "series",
    "shares",
    "tiles",
    "totals",
    "within",
]

_LINE: Final = ("flow", "classification", "commodity")
_PLACE: Final = ("reporter", "partner")
_SPAN: Final = ("period", "months", "unit")
_TRADE: Final = (*_PLACE, *_LINE, "unit")
_SUBHEADING: Final = 6  # digits of a code that all countries share

#: Columns of `shares`: what a partner has of the publisher's own world total, 0 to 1.
SHARES: Final = (*flows.FIGURE, "value", "world", "share")

#: Columns of `mirrored`: `reporter` counts what leaves for `partner`, which counts what arrives.
MIRROR: Final = (*_PLACE, "code", *_SPAN, "exported", "imported")

#: Columns of `totals`: a printed total since January, and what the printed months inside it add up to.
TOTALS: Final = (*flows.FIGURE, "value", "added", "terms", "residual")

#: Columns of `partners`: the printed world total, what its printed partners add up to, and how many they are.
PARTNERS: Final = (*flows.FIGURE, "value", "added", "terms", "residual")

#: Columns of `series`: one row a span of a definition; `value` is null where a part of it is not printed.
SERIES: Final = (*selection.SPAN, "value")

#: Columns of `within`: a definition beside one that contains it.
WITHIN: Final = (*selection.SPAN, "value", "whole", "residual")

#: What two prints of one figure differ in: two stages of the agency, two of its releases, or anything else.
STAGES: Final = "stage against stage"
LATER: Final = "first print against later print"
PUBLISHERS: Final = "publisher against publisher"

#: What `beside` adds to FLOWS: the number that counts, its stage, publisher and day, what the two differ in.
BESIDE: Final = ("counts", "counts_stage", "counts_publisher", "counts_published", "between")


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


def partners(figures: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return each printed world total beside the sum of its printed partners (`PARTNERS`); a bloc is no part.

    Partners that are not printed may make up the rest: only an excess is at odds with the total.
    """
    rows = _printed(figures)
    on = [name for name in flows.FIGURE if name != "partner"]
    world = rows.filter(nw.col("partner") == "WLD").select(*flows.FIGURE, "value")
    parts = rows.filter(~nw.col("partner").is_in(list(codes.AGGREGATES)))
    added = parts.group_by(*on).agg(added=nw.col("value").sum(), terms=nw.col("value").count())
    both = world.join(added, on=on, how="inner")
    return both.with_columns(residual=nw.col("added") - nw.col("value")).select(*PARTNERS).to_native()


def series(prints: IntoLazyFrameT, name: str, day: dt.date | None = None) -> IntoLazyFrameT:
    """Return the figures of a definition (`SERIES`), a line, codes added up, or a difference of two.

    Args:
        prints: FLOWS rows, every print.
        name: id or alias of a definition.
        day: only what was out by the end of that day.
    """
    entry = definition(name)
    if not entry.parts:
        return _added(prints, entry, day).select(*SERIES).to_native()
    # Parts of one release only: a bulletin line minus a flash line would mix two vintages.
    same = nw.from_native(prints).filter(nw.col("stage").is_in(list(entry.stages)))
    whole, less = (_added(same.to_native(), definition(part), day) for part in entry.parts)
    both = whole.join(less.rename({"value": "_less"}), on=list(selection.SPAN), how="inner")
    return both.with_columns(value=nw.col("value") - nw.col("_less")).select(*SERIES).to_native()


def _added(prints: IntoLazyFrameT, entry: Definition, day: dt.date | None) -> nw.LazyFrame[IntoLazyFrameT]:
    own = selection.one_scheme(vintages.as_of(selection.lines(prints, entry), day))
    rows = nw.from_native(own).with_columns(_empty=nw.col("value").is_null().cast(nw.Int64))
    sums = rows.group_by(*selection.SPAN).agg(nw.col("value").sum(), nw.col("_empty").sum())
    # A sum with an unprinted part is no number.
    return sums.with_columns(value=nw.when(nw.col("_empty") == 0).then(nw.col("value"))).drop("_empty")


def within(prints: IntoLazyFrameT, part: str, whole: str, day: dt.date | None = None) -> IntoLazyFrameT:
    """Return a definition beside one that contains it, span by span (`WITHIN`); `residual` is what is left.

    Args:
        prints: FLOWS rows, every print.
        part: id or alias of a definition.
        whole: id or alias of one that contains it, as the registry says.
        day: only what was out by the end of that day.
    """
    inner, outer = (_printed(series(prints, name, day)) for name in (part, whole))
    both = inner.join(outer.rename({"value": "whole"}), on=list(selection.SPAN), how="inner")
    return both.with_columns(residual=nw.col("whole") - nw.col("value")).select(*WITHIN).to_native()


def totals(figures: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return each total since January of which all months are printed, beside their sum (`TOTALS`).

    January and February printed together stand for the two, unless both are printed singly.
    """
    year = [*_TRADE, "_year"]
    rows = _dated(_printed(figures))
    whole = rows.filter(nw.col("months") > 1, nw.col("_month") == 1)
    terms = _dated(nw.from_native(tiles(figures)))
    terms = terms.select(*year, _value="value", _until="_end", _covers="months")
    inside = whole.join(terms, on=year, how="inner").filter(nw.col("_until") <= nw.col("_end"))
    added = inside.group_by(*flows.FIGURE, "value").agg(
        added=nw.col("_value").sum(),
        terms=nw.col("_value").count(),
        _covered=nw.col("_covers").cast(nw.Int64).sum(),
    )
    full = added.filter(
        nw.col("_covered") == nw.col("months"), (nw.col("terms") > 1) | (nw.col("months") > 2)
    )
    return full.with_columns(residual=nw.col("added") - nw.col("value")).select(*TOTALS).to_native()


def tiles(figures: IntoLazyFrameT, trade: Sequence[str] = _TRADE) -> IntoLazyFrameT:
    """Return the printed figures that tile a year: single months, January with February where one is missing.

    Args:
        figures: one row a figure, with period, months, value.
        trade: what the months of one year have in common.
    """
    year = [*trade, "_year"]
    rows = _dated(_printed(figures))
    single, pair = nw.col("months") == 1, (nw.col("months") == 2) & (nw.col("_month") == 1)
    opening = single & (nw.col("_month") <= 2)
    counted = rows.with_columns(
        _single=single,
        _pair=pair,
        _opening=opening,
        _openings=opening.cast(nw.Int64).sum().over(*year),
        _pairs=pair.cast(nw.Int64).sum().over(*year),
    )
    together = (nw.col("_pairs") > 0) & (nw.col("_openings") < 2)
    alone = nw.col("_single") & ~(nw.col("_opening") & together)
    own = counted.filter(alone | (nw.col("_pair") & together))
    made = ("_year", "_month", "_end", "_single", "_pair", "_opening", "_openings", "_pairs")
    return own.drop(*made).to_native()


def _dated(rows: nw.LazyFrame[IntoLazyFrameT]) -> nw.LazyFrame[IntoLazyFrameT]:
    """Add the year, and the numbers of the first and last month in it."""
    month = nw.col("period").dt.month().cast(nw.Int64)
    end = month + nw.col("months").cast(nw.Int64) - 1
    return rows.with_columns(_year=nw.col("period").dt.year(), _month=month, _end=end)


def beside(prints: IntoLazyFrameT, more: Sequence[str] = ()) -> IntoLazyFrameT:
    """Return every printed number beside the one that counts of its figure: the rows, with `BESIDE`.

    Args:
        prints: FLOWS rows known on a day, every print of a figure.
        more: further columns to have of the print that counts, as `counts_{column}`.
    """
    of_it = {f"counts_{name}": name for name in ("stage", "publisher", "published", *more)}
    known = _printed(vintages.as_of(prints)).select(*flows.FIGURE, counts="value", **of_it)
    both = _printed(prints).join(known, on=list(flows.FIGURE), how="inner")
    official = [nw.col(name).is_in(list(flows.OFFICIAL)) for name in ("stage", "counts_stage")]
    same = (nw.col("stage") == nw.col("counts_stage")) & (_agency("publisher") == _agency("counts_publisher"))
    kind = nw.when(same).then(nw.lit(LATER)).otherwise(nw.lit(STAGES))
    between = nw.when(official[0] & official[1]).then(kind).otherwise(nw.lit(PUBLISHERS))
    return both.with_columns(between=between).to_native()


def _agency(publisher: str) -> nw.Expr:
    return nw.col(publisher).str.replace_all(vintages.VIA, "")


def apart(prints: IntoLazyFrameT) -> IntoLazyFrameT:
    """Return every print with another number than the print that counts, beside it (`BESIDE`).

    Args:
        prints: FLOWS rows known on a day, every print of a figure.
    """
    return nw.from_native(beside(prints)).filter(nw.col("value") != nw.col("counts")).to_native()


def _printed(figures: IntoLazyFrameT) -> nw.LazyFrame[IntoLazyFrameT]:
    return nw.from_native(figures).filter(~nw.col("value").is_null())
