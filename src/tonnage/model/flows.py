"""The FLOWS table: one row is one figure as printed once."""

from __future__ import annotations

import datetime as dt
from typing import Final, TypedDict

import polars as pl

from tonnage.errors import ContractError

__all__ = [
    "FIGURE",
    "FLAGS",
    "FLOWS",
    "KEY",
    "OFFICIAL",
    "SCHEMA",
    "STAGES",
    "FlowRow",
    "check",
    "months_later",
    "to_contract",
    "to_storage",
]

#: What crossed the border, seen from the reporter.
FLOWS: Final = ("export", "import", "re-export", "re-import")

#: The ladder every publisher's own stages are mapped to, from the least to the most settled.
STAGES: Final = ("quoted", "flash", "bulletin", "detail", "final")

#: Stages printed by the agency itself.
OFFICIAL: Final = STAGES[1:]

#: The closed list of flags, each with its meaning.
FLAGS: Final[dict[str, str]] = {
    "aggregate": "a sum made by the publisher (World, a bloc, a chapter): never added to its parts",
    "approximate": "printed with a word such as 'about'",
    "break": "the definition changed here: not comparable with what stands before",
    "comparative": "printed later, as a previous or year-ago value",
    "confidential": "suppressed or pooled by the publisher for secrecy",
    "conflict": "at odds with another print of the same figure",
    "corrected": "changed by an entry of the corrections file",
    "day_assumed": "the release day is inferred, not printed on the page or in a calendar",
    "derived": "computed from other printed figures; has the receipts of its parts",
    "estimated": "estimated or imputed by the publisher",
    "not_yet_published": "a place holder of the file for a month that is not out",
    "part_month": "covers only the first days of its month, as its classification says: never the month",
    "partial": "a sum in which some codes of the definition have no print for these months",
    "revised": "called revised by its publisher",
    "rounded": "cut or rounded by its publisher below the precision of the release",
    "suspect": "looks invented or mislabelled: kept, never used",
    "unit_suspect": "the unit as printed cannot be right",
}

SCHEMA: Final = pl.Schema(
    {
        "source": pl.String(),
        "publisher": pl.String(),
        "reporter": pl.String(),
        "partner": pl.String(),
        "flow": pl.Enum(list(FLOWS)),
        "classification": pl.String(),
        "commodity": pl.String(),
        "period": pl.Date(),
        "months": pl.Int8(),
        "stage": pl.Enum(list(STAGES)),
        "published": pl.Date(),
        "unit": pl.String(),
        "value": pl.Float64(),
        "flags": pl.List(pl.String()),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

#: One print: everything but the number and where it stands.
KEY: Final = tuple(c for c in SCHEMA if c not in ("value", "flags", "raw", "line"))

#: One figure, whoever printed it and whenever.
FIGURE: Final = tuple(c for c in KEY if c not in ("source", "publisher", "stage", "published"))

_NULLABLE: Final = ("value",)


class FlowRow(TypedDict):
    """One FLOWS row as an adapter hands it over; `raw` and `line` are added by the reader."""

    source: str
    publisher: str
    reporter: str
    partner: str
    flow: str
    classification: str
    commodity: str
    period: dt.date
    months: int
    stage: str
    published: dt.date
    unit: str
    value: float | None
    flags: list[str]


def months_later(period: str, months: pl.Expr) -> pl.Expr:
    """Return the day some months after a day: a column of dates, a whole number of months."""
    # Not pl.format: asked of a filtered scan of several files, polars 2.1 panics in it.
    return pl.col(period).dt.offset_by(pl.concat_str(months, pl.lit("mo")))


def to_storage(frame: pl.DataFrame) -> pl.DataFrame:
    """Return FLOWS as it is written: Enum columns as String, so that a query can skip row groups."""
    return frame.with_columns(pl.col("flow", "stage").cast(pl.String))


def to_contract(lazy: pl.LazyFrame) -> pl.LazyFrame:
    """Return stored rows with the types of the contract."""
    return lazy.with_columns(pl.col("flow").cast(SCHEMA["flow"]), pl.col("stage").cast(SCHEMA["stage"]))


def check(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return `frame` unchanged if it keeps the FLOWS contract.

    Args:
        frame: rows with the columns of `SCHEMA`, in its order.
        where: what to name in an error, usually the raw file.

    Raises:
        ContractError: a column or type differs, a cell is null that may not be, a flag is not in
            `FLAGS`, a period does not start on the first of a month, `months` is below 1, or a value
            is not finite.
    """
    if frame.schema != SCHEMA:
        raise ContractError(f"{where}: expected columns {dict(SCHEMA)}, found {dict(frame.schema)}")
    nulls = [c for c in frame.columns if c not in _NULLABLE and frame[c].null_count()]
    if nulls:
        raise ContractError(f"{where}: columns {nulls} hold nulls; only {list(_NULLABLE)} may")
    unknown = set(frame["flags"].explode(empty_as_null=True).drop_nulls().unique()) - set(FLAGS)
    if unknown:
        raise ContractError(f"{where}: unknown flags {sorted(unknown)}; known are {sorted(FLAGS)}")
    faulty = frame.filter(
        (pl.col("period").dt.day() != 1)
        | (pl.col("months") < 1)
        | pl.col("value").is_infinite()
        | pl.col("value").is_nan()
    )
    if faulty.height:
        line = faulty["line"][0]
        raise ContractError(
            f"{where}: line {line}: expected a period that is the first of a month, months of at least 1"
            " and a finite value or none"
        )
    return frame
