"""Which events belong beside a series: a handful, chosen by stated rules, none before it was known."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from tonnage.model.definitions import definition

__all__ = ["GENERIC", "SCHEMA", "WEIGHTS", "evidence", "relevant"]

#: What an event adds by its type; a type that is not here never stands beside a series.
WEIGHTS: Final[dict[str, int]] = {
    "export_restriction.ban": 4,
    "export_restriction.licensing": 4,
    "export_restriction.quota": 3,
    "export_restriction.tax": 3,
    "export_restriction.entity_list": 2,
    "export_restriction": 1,
    "licence_practice": 1,
}

#: Words of the register that cover so much that they say little of one commodity.
GENERIC: Final = ("dual-use goods", "critical minerals")

_IN_FORCE: Final = ("effective", "suspended", "resumed", "lifted", "amended")
_SHOWN: Final = ("announced", *_IN_FORCE, "reported")

#: One row a marker: a day on which one actor did something.
SCHEMA: Final = pl.Schema(
    {
        "number": pl.Int32(),
        "date": pl.Date(),
        "announced": pl.Boolean(),
        "in_force": pl.Boolean(),
        "direction": pl.String(),
        "target": pl.String(),
        "summary": pl.String(),
        "evidence": pl.String(),
        "score": pl.Int32(),
        "event_ids": pl.List(pl.String()),
    }
)


def relevant(
    events: pl.DataFrame, name: str, partner: str, first: dt.date, last: dt.date, limit: int = 4
) -> pl.DataFrame:
    """Return the events that bear most on a series, oldest first, numbered from 1 (`SCHEMA`).

    Scored by type (`WEIGHTS`), by an official act over a report (+2), by a day of force or announcement over
    a report (+1), by the partner in question (+2) or the world (+1) as target, and by naming a material of
    the definition that is not `GENERIC` (+2). What one actor did on one day is one event.

    Args:
        events: EVENTS as knowable on the day of the report.
        name: a definition; its materials and its reporter select.
        partner: the partner in question; WLD takes in every target.
        first: the first day an event may bear.
        last: the last one.
        limit: how many to keep.
    """
    entry = definition(name)
    materials = pl.lit(list(entry.materials))
    text = [pl.col(c).cast(pl.String) for c in ("type", "stage", "known_at_basis", "direction")]
    rows = events.with_columns(text).filter(
        pl.col("date_start").is_between(first, last),
        pl.col("precision").cast(pl.String) == "day",
        pl.col("actor") == entry.reporter,
        pl.col("type").is_in(list(WEIGHTS)),
        pl.col("stage").is_in(list(_SHOWN)),
        pl.col("status").cast(pl.String) == "accepted",
        pl.col("commodities").list.set_intersection(materials).list.len() > 0,
    )
    if partner != "WLD":
        rows = rows.filter(pl.col("target").is_in([partner, "WLD"]))
    scored = rows.with_columns(score=_score(list(entry.materials), partner), evidence=evidence())
    best = scored.sort(
        "score", pl.col("stage") == "announced", "event_id", descending=[True, True, False], nulls_last=True
    )
    days = best.group_by("date_start", maintain_order=True).agg(
        announced=(pl.col("stage") == "announced").any(),
        in_force=pl.col("stage").is_in(list(_IN_FORCE)).any(),
        direction=pl.col("direction").first(),
        target=pl.col("target").first(),
        summary=pl.col("summary").first(),
        evidence=pl.col("evidence").first(),
        score=pl.col("score").first(),
        event_ids=pl.col("event_id"),
    )
    kept = days.sort("score", "date_start", descending=True).head(limit).sort("date_start")
    numbered = kept.with_row_index("number", offset=1).rename({"date_start": "date"})
    return numbered.select(SCHEMA.names()).cast(SCHEMA)


def _score(materials: list[str], partner: str) -> pl.Expr:
    weight = pl.col("type").replace_strict(WEIGHTS, return_dtype=pl.Int32)
    named = pl.lit([m for m in materials if m not in GENERIC])
    parts = [
        weight,
        pl.when(pl.col("known_at_basis") == "official_publication").then(2).otherwise(0),
        pl.when(pl.col("stage") == "reported").then(0).otherwise(1),
        pl.when(pl.col("target") == partner).then(2).when(pl.col("target") == "WLD").then(1).otherwise(0),
        pl.when(pl.col("commodities").list.set_intersection(named).list.len() > 0).then(2).otherwise(0),
    ]
    return pl.sum_horizontal(part.cast(pl.Int32) for part in parts)


def evidence() -> pl.Expr:
    """Return what an EVENTS row rests on, in words: its grade, and how many reports are independent."""
    grade = pl.col("evidence").cast(pl.String)
    counted = pl.format("{} independent reports", pl.col("origins"))
    return pl.when(grade == "independent reports").then(counted).otherwise(grade)
