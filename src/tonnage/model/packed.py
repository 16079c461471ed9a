"""Packed rows: the figures one record prints stand beside each other, each with its unit and flags.

A publisher's record holds a mass, a value and often a quantity in a unit of its own. FLOWS has a row for
each; packed, they are one row with the key once. Files of millions of records are stored packed, and
`unpack` gives FLOWS of them, lazily, so that a filter reaches the file.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.model import flows

__all__ = ["KEY", "SCHEMA", "SLOTS", "figures", "join_flags", "slot", "unpack"]

#: How many figures one record can hold.
SLOTS: Final = 3


def slot(number: int) -> tuple[str, str, str]:
    """Return the columns of a figure of the record: its unit (null: none is printed), value and flags."""
    return f"unit_{number}", f"value_{number}", f"flags_{number}"


def _schema() -> pl.Schema:
    # Nothing is computed here: the engine would start its threads at import, and a fork would then hang.
    text = (pl.Enum, pl.String)
    stored = {name: pl.String() if isinstance(kind, text) else kind for name, kind in flows.SCHEMA.items()}
    own = ("unit", "value", "flags")
    columns = {name: kind for name, kind in stored.items() if name not in (*own, "raw", "line")}
    for number in range(1, SLOTS + 1):
        columns |= dict(zip(slot(number), (pl.String(), pl.Float64(), pl.String()), strict=True))
    return pl.Schema({**columns, "raw": stored["raw"], "line": stored["line"]})


#: FLOWS with (unit, value, flags) `SLOTS` times; flags joined by semicolons, in order, "" for none.
SCHEMA: Final = _schema()

#: What the figures of one record share.
KEY: Final = tuple(name for name in flows.KEY if name != "unit")


def unpack(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return packed rows as FLOWS, in the form they are stored in: a row a figure that is printed."""
    return pl.concat([figures(rows, number) for number in range(1, SLOTS + 1)])


def figures(rows: pl.LazyFrame, number: int, *more: str) -> pl.LazyFrame:
    """Return one figure of each record that prints it, as `unpack`; with more columns of the record."""
    unit, value, flags = slot(number)
    none = pl.lit([], dtype=pl.List(pl.String))
    named = {"unit": pl.col(unit), "value": pl.col(value)}
    split = pl.when(pl.col(flags) == "").then(none).otherwise(pl.col(flags).str.split(";"))
    columns = {name: pl.col(name) for name in flows.SCHEMA} | named | {"flags": split}
    return rows.filter(pl.col(unit).is_not_null()).select(*more, **columns)


def join_flags(said: dict[str, pl.Expr]) -> pl.Expr:
    """Return flags as packed rows hold them: of each flag, the condition under which it is set."""
    unknown = sorted(set(said) - set(flows.FLAGS))
    if unknown:
        raise ValueError(f"flags {unknown}: expected flags of {sorted(flows.FLAGS)}")
    if not said:
        return pl.lit("")
    set_here = [pl.when(said[flag]).then(pl.lit(flag)) for flag in sorted(said)]
    return pl.concat_str(set_here, separator=";", ignore_nulls=True)
