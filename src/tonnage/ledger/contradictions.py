"""What a release calendar says that cannot be true, by file and line."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from tonnage.errors import ContractError
from tonnage.ledger.calendar import months_on
from tonnage.model.flows import OFFICIAL

__all__ = ["Fault", "check_calendar", "contradictions"]

#: What is wrong, and the raw file and line of each row that says so.
Fault = tuple[str, list[tuple[str, int]]]


def contradictions(calendar: pl.DataFrame) -> list[Fault]:
    """Return what cannot be true in a calendar, each fault with the raw file and line of its rows."""
    faults: list[Fault] = []
    for row in calendar.iter_rows(named=True):
        day, after = row["published"] or row["due"], months_on(row["period"], row["months"])
        if day < after:
            faults.append((f"{_named(row)} on {day}, before the period has ended", [_place(row)]))
    rows = calendar.filter(pl.col("basis") == "printed_calendar").sort("period", "months", "due")
    for part in rows.partition_by("source", "stage", "publisher", maintain_order=True):
        ordered = list(part.iter_rows(named=True))
        faults += [f for a, b in pairwise(ordered) if (f := _at_odds(a, b))]
    for part in rows.partition_by("source", "period", "months", "publisher", maintain_order=True):
        ladder = sorted(part.iter_rows(named=True), key=lambda r: OFFICIAL.index(r["stage"]))
        faults += [f for a, b in pairwise(ladder) if (f := _off_ladder(a, b))]
    return faults


def _at_odds(a: Mapping[str, Any], b: Mapping[str, Any]) -> Fault | None:
    places = [_place(a), _place(b)]
    if (a["period"], a["months"]) == (b["period"], b["months"]):
        if a["due"] == b["due"]:
            return None
        return f"{_named(a)} has two printed days, {a['due']} and {b['due']}", places
    if b["due"] <= a["due"]:
        return f"{_named(b)} is due on {b['due']}, not after {_named(a)} on {a['due']}", places
    return None


def _off_ladder(a: Mapping[str, Any], b: Mapping[str, Any]) -> Fault | None:
    if a["stage"] == b["stage"] or a["due"] <= b["due"]:
        return None
    told = f"{_named(b)} is due on {b['due']}, before the {a['stage']} on {a['due']}"
    return told, [_place(a), _place(b)]


def check_calendar(calendar: pl.DataFrame, files: Mapping[str, str]) -> None:
    """Accept a calendar, or say what in it cannot be true.

    Args:
        calendar: RELEASES.
        files: raw -> file as a receipt names it.

    Raises:
        ContractError: it contradicts itself; the message names files and lines.
    """
    faults = contradictions(calendar)
    if faults:
        told, places = faults[0]
        where = " and ".join(f"{files.get(raw, raw)}:{line}" for raw, line in places)
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise ContractError(f"{where}: {told}{more}; correct the calendar or remove one of the rows")


def _named(row: Mapping[str, Any]) -> str:
    end = months_on(row["period"], row["months"] - 1)
    span = f"{row['period']:%Y-%m}" + (f" to {end:%Y-%m}" if row["months"] > 1 else "")
    return f"{row['source']} {row['stage']} of {span}"


def _place(row: Mapping[str, Any]) -> tuple[str, int]:
    return row["raw"], row["line"]
