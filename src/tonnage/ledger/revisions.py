"""What was printed anew: by line, by the age of the month, in units and in percent."""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.ledger import precision
from tonnage.model import flows

__all__ = ["KINDS", "ORDER", "SUMMARY", "TABLE", "summary", "table"]

#: Why a later number may differ from the first one.
KINDS: Final[dict[str, str]] = {
    "comparative": "restated later, as a previous or year-ago number: revised without a word",
    "correction": "changed by an entry of the corrections file",
    "revision": "printed anew at the same stage, or by another publisher, beyond rounding",
    "rounding": "the same number, rounded or cut",
    "stage step": "a later stage of the agency differs from the earlier one beyond rounding",
}

#: One later number of one figure beside its first.
TABLE: Final = pl.Schema(
    {
        **{name: kind for name, kind in flows.SCHEMA.items() if name in flows.FIGURE},
        "first_value": pl.Float64(),
        "first_published": pl.Date(),
        "first_stage": pl.String(),
        "first_publisher": pl.String(),
        "value": pl.Float64(),
        "published": pl.Date(),
        "stage": pl.String(),
        "publisher": pl.String(),
        "days": pl.Int32(),
        "age_months": pl.Int32(),
        "change": pl.Float64(),
        "pct": pl.Float64(),
        "kind": pl.String(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

#: The order of the rows.
ORDER: Final = (*flows.FIGURE, "published", "publisher", "line", "value", "stage", "raw")

#: Later numbers counted.
SUMMARY: Final = pl.Schema(
    {
        "classification": pl.String(),
        "commodity": pl.String(),
        "unit": pl.String(),
        "age": pl.String(),
        "kind": pl.String(),
        "figures": pl.UInt32(),
        "median_change": pl.Float64(),
        "largest_change": pl.Float64(),
        "median_pct": pl.Float64(),
        "largest_pct": pl.Float64(),
    }
)


def table(prints: pl.DataFrame) -> pl.DataFrame:
    """Return each later number beside the first print of its figure (`TABLE`), oldest figure first.

    Args:
        prints: FLOWS rows with every print of each figure, `vintages.revisions` for one. The pages they stand
            on say how finely they are printed, so that a number cut to tonnes is no revision.
    """
    rows = prints if "step" in prints.columns else precision.with_step(prints)
    rows = rows.filter(pl.col("value").is_not_null(), ~_has("suspect"))
    rows = rows.with_columns(pl.col("stage").cast(pl.String))
    # A figure is first printed by its own release; a comparative comes first only if nothing else is held.
    ordered = rows.with_columns(_late=_has("comparative")).sort(
        "_late", "published", "stage", "publisher", "line", "raw", "value"
    )
    first = ordered.unique(flows.FIGURE, keep="first", maintain_order=True).select(
        *flows.FIGURE,
        first_value="value",
        first_published="published",
        first_stage="stage",
        first_publisher="publisher",
        first_value_step="step",
    )
    both = rows.join(first, on=flows.FIGURE).filter(
        pl.col("value") != pl.col("first_value"), pl.col("published") >= pl.col("first_published")
    )
    both = both.rename({"step": "value_step"}).with_columns(**_measures()).with_columns(kind=_kind())
    return both.select(TABLE.names()).cast(TABLE).sort(ORDER)


def _measures() -> dict[str, pl.Expr]:
    change = pl.col("value") - pl.col("first_value")
    end = flows.months_later("period", pl.col("months"))
    apart = (pl.col("published").dt.year() - end.dt.year()) * 12
    return {
        "change": change,
        "pct": pl.when(pl.col("first_value") != 0).then(change / pl.col("first_value") * 100),
        "days": (pl.col("published") - pl.col("first_published")).dt.total_days(),
        "age_months": apart + pl.col("published").dt.month() - end.dt.month(),
    }


def _kind() -> pl.Expr:
    official = list(flows.OFFICIAL)
    step = pl.col("stage").is_in(official) & pl.col("first_stage").is_in(official)
    return (
        pl.when(_has("corrected"))
        .then(pl.lit("correction"))
        .when(precision.near("value", "first_value"))
        .then(pl.lit("rounding"))
        .when(_has("comparative"))
        .then(pl.lit("comparative"))
        .when(step & (pl.col("stage") != pl.col("first_stage")))
        .then(pl.lit("stage step"))
        .otherwise(pl.lit("revision"))
    )


def summary(rows: pl.DataFrame) -> pl.DataFrame:
    """Count later numbers by line, unit, kind and age of the month at the later print (`SUMMARY`).

    Args:
        rows: `TABLE`.
    """
    age = pl.col("age_months")
    bucket = (
        pl.when(age <= 0)
        .then(pl.lit("0 in the month after"))
        .when(age <= 2)
        .then(pl.lit("1 to 2 months"))
        .when(age < 11)
        .then(pl.lit("3 to 10 months"))
        .otherwise(pl.lit("a year and more"))
    )
    keys = ["classification", "commodity", "unit", "age", "kind"]
    size, pct = pl.col("change").abs(), pl.col("pct").abs()
    return (
        rows.with_columns(age=bucket)
        .group_by(keys)
        .agg(
            figures=pl.struct(flows.FIGURE).n_unique(),
            median_change=size.median(),
            largest_change=size.max(),
            median_pct=pct.median(),
            largest_pct=pct.max(),
        )
        .select(SUMMARY.names())
        .cast(SUMMARY)
        .sort(keys)
    )


def _has(flag: str) -> pl.Expr:
    return pl.col("flags").list.contains(flag)
