"""Who and what a total is made of, and what came into it or left it: to be read before any aggregate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from tonnage.errors import CodeError
from tonnage.ledger import selection, vintages
from tonnage.model import codes, concordances
from tonnage.model.definitions import Definition

__all__ = ["COMPOSITION", "changes"]

#: One partner or code that stands in a month and not in the month printed before it, or the other way round.
COMPOSITION: Final = pl.Schema(
    {
        "period": pl.Date(),
        "previous": pl.Date(),
        "what": pl.String(),
        "name": pl.String(),
        "change": pl.String(),
        "value": pl.Float64(),
        "share_pct": pl.Float64(),
        "known_pct": pl.Float64(),
        "unit": pl.String(),
        "told": pl.String(),
    }
)


def changes(
    prints: pl.LazyFrame, entry: Definition, day: dt.date | None = None, unit: str = "kg"
) -> pl.DataFrame:
    """Return the partners and codes that appear or vanish, month against the month before (`COMPOSITION`).

    Args:
        prints: FLOWS rows, of which only those of the definition are read.
        entry: a definition; of a difference there is nothing to tell.
        day: only what was out by then.
        unit: of the figures that are compared.

    Returns:
        `value` is that of the month in which it is printed; `share_pct` its part of the world total of that
        month; `known_pct` how much of the world total of `period` is printed by partner. Both are null where
        no world total is printed. `told` says of a code what the concordances have become of it, or "".
    """
    own = selection.lines(prints, entry).filter(
        pl.col("months") == 1, pl.col("unit") == unit, pl.col("reporter") == entry.reporter
    )
    known = vintages.as_of(own, day).filter(pl.col("value").is_not_null()).collect()
    parts = known.filter(~pl.col("partner").is_in(list(codes.AGGREGATES)))
    world = known.filter(pl.col("partner") == "WLD").group_by("period").agg(world=pl.col("value").sum())
    sums = parts.group_by("period").agg(added=pl.col("value").sum())
    share = sums.join(world, on="period").select(
        "period", known_pct=(pl.col("added") / pl.col("world") * 100).round(1)
    )
    found = [_moved(parts, "partner", world), _moved(known, "commodity", world)]
    rows = pl.concat(found).join(share, on="period", how="left").with_columns(unit=pl.lit(unit))
    rows = rows.with_columns(told=pl.Series(_renumbered(rows, known), dtype=pl.String))
    return rows.select(COMPOSITION.names()).cast(COMPOSITION).sort("period", "what", "change", "name")


def _renumbered(rows: pl.DataFrame, known: pl.DataFrame) -> list[str]:
    """Return for each change where the goods of the code were or are, "" where the numbers did not change."""
    schemes = dict(known.sort("classification").select("period", "classification").iter_rows())
    told = []
    for row in rows.iter_rows(named=True):
        now, before = schemes[row["period"]], schemes[row["previous"]]
        here, there = (now, before) if row["change"] == "appeared" else (before, now)
        told.append("" if row["what"] == "partner" or here == there else _elsewhere(row["name"], here, there))
    return told


def _elsewhere(code: str, here: str, there: str) -> str:
    try:
        found = concordances.relation(code, here, there)
    except CodeError:
        return f"{here} and {there}: no concordance between them is held"
    if found.codes == (code,):
        return ""
    with_ = f" together with {', '.join(found.others)}" if found.others else ""
    return f"in {there} its goods are in {', '.join(found.codes)}{with_}"


def _moved(rows: pl.DataFrame, column: str, world: pl.DataFrame) -> pl.DataFrame:
    """Return what is there in one printed month and not in the one before it, either way."""
    what = "partner" if column == "partner" else "code"
    held = rows.group_by("period", name=pl.col(column)).agg(value=pl.col("value").sum())
    held = held.join(world, on="period", how="left").with_columns(
        share_pct=(pl.col("value") / pl.col("world") * 100).round(1)
    )
    months = held.select("period").unique().sort("period").with_columns(previous=pl.col("period").shift(1))
    steps = months.drop_nulls()
    now = steps.join(held, on="period")
    before = steps.join(held.rename({"period": "previous"}), on="previous")
    pairs: Sequence[tuple[str, pl.DataFrame, pl.DataFrame]] = (
        ("appeared", now, before),
        ("vanished", before, now),
    )
    return pl.concat(
        one.join(other, on=["period", "name"], how="anti").select(
            "period", "previous", "name", "value", "share_pct", what=pl.lit(what), change=pl.lit(change)
        )
        for change, one, other in pairs
    )
