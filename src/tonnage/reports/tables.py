"""A frame as a table a person reads: one unit, months by name, where each figure is printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from tonnage.errors import ParameterError, few, nearest
from tonnage.reports.blocks import Column, Receipt, Table
from tonnage.reports.citations import receipt, sources
from tonnage.reports.wording import NOT_AVAILABLE

__all__ = ["table"]

_HEADED: Final = ("definition", "reporter", "partner", "flow", "unit")
_MONEY_OR_MASS: Final = frozenset(
    ("value", "first_value", "change", "expected", "found", "residual", "tolerance", "level")
)
#: The address of a print is in its receipt.
_LEFT_OUT: Final = ("address",)
_MOST: Final = 24


def table(
    frame: pl.DataFrame | pl.LazyFrame,
    title: str = "",
    *,
    columns: Sequence[str] | None = None,
    most: int = _MOST,
) -> Table:
    """Return a frame of the ledger or of a result as a table for the lab and for a report.

    Mass is told in tonnes. Columns that say the same in every row stand in the title, a period and its months
    are one column, raw file and line are one, receipts become the source line, what is empty is left out. The
    frame keeps every digit.

    Args:
        frame: rows as `Ledger.series`, `calendar`, `check`, `revised`, `events` or a result's `to_frame` give
            them, or any other.
        title: before what is the same in every row.
        columns: which columns, in which order; None for all that say something.
        most: how many rows are shown, the last ones; a note tells how many there are.

    Raises:
        ParameterError: a column is not in the frame.
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    shown = rows.tail(most)
    apart = [c for c in _HEADED if c in rows.columns and c not in (columns or ())]
    same = [c for c in apart if rows.height and rows[c].n_unique() == 1]
    heads = _columns(shown, same, columns)
    told = ", ".join(_told(c, shown[c][0], shown) for c in same)
    records = shown.to_dicts()
    return Table(
        ": ".join(filter(None, (title, told))),
        tuple(Column(_head(c), "right" if shown.schema[c].is_numeric() else "left") for c in heads),
        tuple(tuple(_cell(c, row) for c in heads) for row in records),
        (f"the last {shown.height} of {rows.height} rows",) if rows.height > shown.height else (),
        sources(_receipts(records)),
    )


def _columns(shown: pl.DataFrame, same: Sequence[str], asked: Sequence[str] | None) -> list[str]:
    if asked is not None:
        unknown = [name for name in asked if name not in shown.columns]
        if unknown:
            hint = nearest(unknown[0], shown.columns)
            raise ParameterError(
                f"table: no column {unknown[0]!r}{hint or ';'} known: {few(shown.columns, 30)}"
            )
        return list(asked)
    joined = [own for own, other in (("months", "period"), ("line", "raw")) if other in shown.columns]
    out = {*same, *joined, *_LEFT_OUT}
    return [c for c, kind in shown.schema.items() if c not in out and not _nested(kind) and _says(shown[c])]


def _says(column: pl.Series) -> bool:
    return column.is_empty() or any(value not in (None, "", []) for value in column.to_list())


def _nested(kind: pl.DataType) -> bool:
    return isinstance(kind, pl.Struct) or (isinstance(kind, pl.List) and kind.inner != pl.String)


def _told(column: str, value: Any, rows: pl.DataFrame) -> str:
    if column != "unit":
        return str(value)
    return "t" if value == "kg" and _MONEY_OR_MASS & set(rows.columns) else str(value)


def _head(column: str) -> str:
    return {"period": "month", "raw": "file and line"}.get(column, column.replace("_", " "))


def _cell(column: str, row: Mapping[str, Any]) -> str:
    value = row[column]
    if value is None:
        return NOT_AVAILABLE
    if column == "period" and isinstance(value, dt.date):
        return _month(value, row.get("months") or 1)
    if column == "raw":
        return f"{value[:8]}:{row['line']}" if row.get("line") else value[:8]
    mass = row.get("unit") == "kg"
    if column == "unit" and mass:
        return "t"
    return _text(value / 1000 if mass and column in _MONEY_OR_MASS else value)


def _month(first: dt.date, months: int) -> str:
    if months == 1:
        return f"{first:%Y-%m}"
    last = first.month + months - 2
    return f"{first:%Y-%m} to {first.year + last // 12}-{last % 12 + 1:02}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".").replace("-", "\u2212")
    if isinstance(value, list):
        return "; ".join(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def _receipts(records: Sequence[Mapping[str, Any]]) -> tuple[Receipt, ...]:
    found = (r for row in records for r in row.get("receipt") or ())
    return tuple(receipt(r) for r in found if isinstance(r, Mapping))
