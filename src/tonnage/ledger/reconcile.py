"""Does it add up? Each identity is computed on the rows as they stood on a day; every residual is a row."""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.ledger import series as ledger_series

__all__ = ["SCHEMA", "months_against_totals", "part_within_whole"]

#: One row an identity: what was compared, by how much it misses, and what that means.
SCHEMA: Final = pl.Schema(
    {
        "identity": pl.String(),
        "definition": pl.String(),
        "period": pl.Date(),
        "months": pl.Int8(),
        "expected": pl.Float64(),
        "found": pl.Float64(),
        "residual": pl.Float64(),
        "tolerance": pl.Float64(),
        "unit": pl.String(),
        "verdict": pl.String(),
        "blocks": pl.Boolean(),
        "receipt": pl.List(ledger_series.RECEIPT),
    }
)

#: Each printed number may be half a unit of its last digit off; table 13 prints whole tonnes.
_HALF_UNIT_KG: Final = 500.0


def months_against_totals(monthly: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Compare the printed months of a year with its printed year-to-date figures.

    Args:
        monthly: series of single months, in kg.
        totals: series of spans that start in January, in kg.

    Returns:
        `SCHEMA`, one row a total whose months are all printed. A gap beyond the rounding of the terms is
        `unexplained`: earlier months may have been revised in the total. It never blocks a report.
    """
    singles = monthly.filter(pl.col("months") == 1)
    spans = totals.filter(pl.col("months") > 1, pl.col("value").is_not_null()).select(
        "period", "months", "value", "definition", "unit", "receipt"
    )
    end = pl.col("period_total").dt.offset_by(pl.format("{}mo", pl.col("months_total") - 1))
    terms = (
        spans.rename({"period": "period_total", "months": "months_total"})
        .join(singles.select("period", month_value="value", month_receipt="receipt"), how="cross")
        .filter(pl.col("period") >= pl.col("period_total"), pl.col("period") <= end)
    )
    sums = terms.group_by(
        "period_total", "months_total", "definition", "unit", "value", maintain_order=True
    ).agg(
        found=pl.col("month_value").sum(),
        printed=pl.col("month_value").count(),
        receipt=pl.concat_list(
            pl.col("receipt").first(), pl.col("month_receipt").explode().implode()
        ).first(),
    )
    full = sums.filter(pl.col("printed") == pl.col("months_total"))
    return _rows(
        full.rename({"period_total": "period", "months_total": "months", "value": "expected"}),
        "months against year to date",
        tolerance=_HALF_UNIT_KG * (pl.col("months").cast(pl.Float64) + 1),
        blocking=False,
    )


def part_within_whole(part: pl.DataFrame, whole: pl.DataFrame) -> pl.DataFrame:
    """Check that a part is never larger than what contains it, span by span. A larger part blocks a report.

    Args:
        part: series in kg.
        whole: series in kg of a definition that contains the part's.
    """
    both = part.join(
        whole.select("period", "months", "value", "receipt"), on=["period", "months"], suffix="_whole"
    ).drop_nulls(["value", "value_whole"])
    over = both.select(
        "period",
        "months",
        "definition",
        "unit",
        expected=pl.col("value_whole"),
        found=pl.max_horizontal("value", "value_whole"),
        receipt=pl.concat_list("receipt", "receipt_whole"),
    )
    return _rows(over, "part within whole", tolerance=pl.lit(2 * _HALF_UNIT_KG), blocking=True)


def _rows(found: pl.DataFrame, identity: str, tolerance: pl.Expr, *, blocking: bool) -> pl.DataFrame:
    rows = found.with_columns(
        identity=pl.lit(identity), residual=pl.col("found") - pl.col("expected"), tolerance=tolerance
    )
    size = pl.col("residual").abs()
    verdict = (
        pl.when(size == 0).then(pl.lit("exact")).when(size <= pl.col("tolerance")).then(pl.lit("rounding"))
    )
    rows = rows.with_columns(verdict=verdict.otherwise(pl.lit("unexplained")))
    rows = rows.with_columns(blocks=pl.lit(blocking) & (pl.col("verdict") == "unexplained"))
    return rows.select(SCHEMA.names()).cast(SCHEMA)
