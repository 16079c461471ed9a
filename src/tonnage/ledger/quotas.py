"""Quotas: the rounds of a year against the year, and two publishers of one year."""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.ledger.identities import ROW

__all__ = ["IDENTITY", "rounds_against_year"]

IDENTITY: Final = "quota rounds against the year"
_PUBLISHERS: Final = "quota: publisher against publisher"
_KG: Final = 1000.0


def rounds_against_year(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the rounds of a quota with its year, and two numbers for one year (`identities.ROW`).

    Args:
        rows: quotas as their source reads them: reporter, commodity, year, round, tonnes, publisher.
    """
    if not rows.height:
        return ROW.to_frame()
    keys = ["reporter", "commodity", "year"]
    halves = rows.filter(pl.col("round") != "full_year").unique([*keys, "round", "tonnes"])
    sums = (
        halves.group_by(keys).agg(found=pl.col("tonnes").sum(), rounds=pl.len()).filter(pl.col("rounds") == 2)
    )
    years = rows.filter(pl.col("round") == "full_year").sort(*keys, "tonnes")
    added = years.join(sums, on=keys).with_columns(
        identity=pl.lit(IDENTITY),
        tolerance=pl.lit(1.5),
        reason=pl.lit("two rounds and the year, in whole tonnes"),
        expected="tonnes",
    )
    first = years.with_columns(
        expected=pl.col("tonnes").first().over(keys), _who=pl.col("publisher").first().over(keys)
    )
    twice = first.filter(pl.len().over(keys) > 1, pl.int_range(pl.len()).over(keys) > 0).with_columns(
        identity=pl.lit(_PUBLISHERS),
        found="tonnes",
        tolerance=pl.lit(1.0),
        reason=pl.format("{} against {}, in whole tonnes", "publisher", "_who"),
    )
    columns = ["identity", "reporter", "commodity", "year", "expected", "found", "tolerance", "reason"]
    return _judged(pl.concat([added.select(columns), twice.select(columns)]))


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    size = (pl.col("found") - pl.col("expected")).abs()
    verdict = (
        pl.when(size == 0).then(pl.lit("exact")).when(size <= pl.col("tolerance")).then(pl.lit("rounding"))
    )
    empty = pl.lit([], dtype=pl.List(pl.UInt32))
    return rows.select(
        "identity",
        definition=pl.format("quota:{}", "commodity"),
        reporter="reporter",
        partner=pl.lit("WLD"),
        flow=pl.lit("export"),
        unit=pl.lit("kg"),
        period=pl.date(pl.col("year"), 1, 1),
        months=pl.lit(12),
        expected=pl.col("expected") * _KG,
        found=pl.col("found") * _KG,
        tolerance=pl.col("tolerance") * _KG,
        verdict=verdict.otherwise(pl.lit("unexplained")),
        reason="reason",
        blocks=pl.lit(value=False),
        expected_prints=empty,
        found_prints=empty,
    ).cast(ROW)
