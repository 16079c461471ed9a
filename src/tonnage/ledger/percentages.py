"""Printed changes on a year ago: evidence of revisions, never figures.

A percentage and the number it stands beside bound the number of a year ago. Where the first print of that
number is outside the bounds, it was revised in between: the bounds are inferred and stay apart from figures.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

import polars as pl

from tonnage.errors import CodeError
from tonnage.ledger import store
from tonnage.ledger.identities import ROW
from tonnage.model import codes, definitions, flows

__all__ = ["INFERRED", "PRINTED", "SOURCE", "against_year_ago", "inferred", "printed", "read"]

#: The source whose transcription holds printed percentages.
SOURCE: Final = "gacc-bulletin"

#: One printed percentage beside the number it belongs to.
PRINTED: Final = pl.Schema(
    {
        "raw": pl.String(),
        "line": pl.UInt32(),
        "commodity": pl.String(),
        "flow": pl.String(),
        "stage": pl.String(),
        "published": pl.Date(),
        "period": pl.Date(),
        "months": pl.Int64(),
        "unit": pl.String(),
        "value": pl.Float64(),
        "pct": pl.Float64(),
        "pct_slack": pl.Float64(),
    }
)

#: One number of a year ago that its first print does not allow: what it must be by now.
INFERRED: Final = pl.Schema(
    {
        "definition": pl.String(),
        "period": pl.Date(),
        "months": pl.Int64(),
        "unit": pl.String(),
        "first_value": pl.Float64(),
        "first_published": pl.Date(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "change_pct_low": pl.Float64(),
        "change_pct_high": pl.Float64(),
        "pct": pl.Float64(),
        "beside": pl.Float64(),
        "seen": pl.Date(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

IDENTITY: Final = "printed change against year-ago print"
_SPANS: Final = ("month", "ytd")
_MEASURES: Final = ("quantity", "amount")


def printed(files: Iterable[store.RawFile]) -> pl.DataFrame:
    """Return the percentages (`PRINTED`) of the transcribed releases of customs table 13 and of the flash."""
    own = [f for f in files if f.sidecar.source == SOURCE and f.path.suffix == ".csv"]
    rows = [row for file in own for row in read(store.verified(file), file)]
    return pl.DataFrame(rows, schema=PRINTED, orient="row")


def read(raw: bytes, file: store.RawFile) -> Iterator[tuple[object, ...]]:
    """Yield the percentages of one transcription, in the columns of `PRINTED`; another form holds none."""
    reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig", errors="replace"), newline=""))
    if "change_month_quantity_pct" not in (reader.fieldnames or ()):
        return
    start = 2
    for row in reader:
        line, start = start, reader.line_num + 1
        for span in _SPANS:
            for measure in _MEASURES:
                try:
                    found = _percentage(row, span, measure)
                except (CodeError, ValueError):
                    continue  # the reader of the release has set this record aside
                if found:
                    side = file.sidecar
                    stage, flow = side.details.get("stage", ""), side.details.get("flow", "")
                    name = definitions.line("GACC-lines", row["line"])
                    yield (side.raw, line, name, flow, stage, side.published, *found)


def _percentage(row: Mapping[str, str], span: str, measure: str) -> tuple[object, ...] | None:
    written = row.get(f"change_{span}_{measure}_pct") or ""
    beside = codes.number(row.get(f"{span}_{measure}") or "")
    pct = codes.number(written)
    if pct is None or beside is None:
        return None
    last = dt.date.fromisoformat(f"{row['period']}-01")
    period, months = (last, 1) if span == "month" else (last.replace(month=1), last.month)
    if measure == "quantity":
        unit, value = "kg", codes.mass_kg(beside, row["quantity_unit"])
    else:
        unit, value = codes.money(beside, row["amount_unit"])
    # The tables print one decimal; a file drops its zero ("29" is 29.0).
    slack = min(Decimal("0.05"), Decimal(10) ** -_decimals(written) / 2)
    return period, months, unit, value, float(pct), float(slack)


def _decimals(text: str) -> int:
    return max(1, len(text.partition(".")[2]))


def against_year_ago(pcts: pl.DataFrame, prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Compare each printed percentage with the first print of the number of a year ago (`identities.ROW`).

    Args:
        pcts: `PRINTED`.
        prints: numbered prints known on the day.
        named: `facts.labels`.
    """
    both = _bounded(pcts, prints, named)
    value, low, high = pl.col("year_ago"), pl.col("low"), pl.col("high")
    slack = pl.col("year_ago_slack")
    nearest = value.clip(low, high)
    outside = (value - nearest).abs() > slack * (1 + 1e-6)
    verdict = pl.when(value == nearest).then(pl.lit("exact")).when(~outside).then(pl.lit("rounding"))
    told = pl.format(
        "{}% printed on {} allows {} to {} {}",
        "pct",
        "published",
        low.round(0).cast(pl.Int64),
        high.round(0).cast(pl.Int64),
        "unit",
    )
    return both.select(
        identity=pl.lit(IDENTITY),
        definition="definition",
        reporter="reporter",
        partner="partner",
        flow="flow",
        unit="unit",
        period="year_before",
        months="months",
        expected="year_ago",
        found=nearest,
        tolerance=slack,
        verdict=verdict.otherwise(pl.lit("revision")),
        reason=told,
        blocks=pl.lit(value=False),
        expected_prints=pl.concat_list("year_ago_print"),
        found_prints=pl.concat_list("print"),
    ).cast(ROW)


def inferred(pcts: pl.DataFrame, prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers that must have been revised (`INFERRED`): bounds, apart from figures.

    Args:
        pcts: `PRINTED`.
        prints: numbered prints known on the day.
        named: `facts.labels`.
    """
    both = _bounded(pcts, prints, named)
    value, slack = pl.col("year_ago"), pl.col("year_ago_slack")
    below, above = pl.col("high") < value - slack, pl.col("low") > value + slack
    ends = [((pl.col(end) / value - 1) * 100).round(2).alias(f"change_pct_{end}") for end in ("low", "high")]
    found = both.filter(below | above).select(
        "definition", pl.col("year_before").alias("period"), "months", "unit",
        value.alias("first_value"), pl.col("year_ago_day").alias("first_published"),
        "low", "high", *ends, "pct", pl.col("value").alias("beside"), pl.col("published").alias("seen"),
        "raw", "line",
    )  # fmt: skip
    return found.cast(INFERRED).sort("definition", "unit", "period", "seen")


def _bounded(pcts: pl.DataFrame, prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return each percentage with the print beside it, the bounds it sets, and the first print a year ago."""
    rows = prints.with_columns(pl.col("flow", "stage").cast(pl.String), pl.col("months").cast(pl.Int64))
    beside = ["raw", "line", "commodity", "flow", "period", "months", "unit", "value"]
    own = pcts.drop("stage", "published").join(rows, on=beside)
    factor = [1 + (pl.col("pct") + sign * pl.col("pct_slack")) / 100 for sign in (1, -1)]
    bounds = own.with_columns(
        low=(pl.col("value") - pl.col("slack")) / factor[0],
        high=(pl.col("value") + pl.col("slack")) / factor[1],
        year_before=pl.col("period").dt.offset_by("-12mo"),
    )
    figure = [c for c in flows.FIGURE if c != "period"]
    first = (
        rows.filter(pl.col("value").is_not_null(), ~pl.col("flags").list.contains("comparative"))
        .sort("published", "print")
        .unique([*flows.FIGURE, "source"], keep="first", maintain_order=True)
        .select(
            *figure,
            "source",
            year_before="period",
            year_ago="value",
            year_ago_slack="slack",
            year_ago_print="print",
            year_ago_day="published",
        )
    )
    # The agency's own first print, from tables of the same form.
    both = bounds.join(first, on=[*figure, "source", "year_before"]).filter(pl.col("pct") > -100)
    once = named.unique(["classification", "commodity"], keep="first", maintain_order=True)
    return both.join(once, on=["classification", "commodity"])
