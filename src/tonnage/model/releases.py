"""The RELEASES table: one row is one release as a calendar expects it or a page shows it to have come."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.errors import ContractError, nearest
from tonnage.model import flows

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BASES", "KEY", "SCHEMA", "STAGES", "check", "first_day", "months_on", "validate"]

#: How the day is known -> the column it fills. A plan is not proof that a release came.
BASES: Final[dict[str, str]] = {
    "printed_calendar": "due",
    "usual_day": "due",
    "page": "published",
    "file_name": "published",
}

#: Stages that an agency releases; a quotation is no release.
STAGES: Final = flows.OFFICIAL

#: `period` and `months` mean what they mean in FLOWS: the first day covered, and the months of new content
#: (2 for January and February together, 12 for a yearbook).
SCHEMA: Final = pl.Schema(
    {
        "source": pl.String(),
        "stage": flows.SCHEMA["stage"],
        "period": pl.Date(),
        "months": pl.Int8(),
        "due": pl.Date(),
        "published": pl.Date(),
        "basis": pl.String(),
        "publisher": pl.String(),
        "address": pl.String(),
        "note": pl.String(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

#: One statement about one release; two pages may each state the day of the same one.
KEY: Final = tuple(c for c in SCHEMA if c not in ("note", "raw", "line"))

_NULLABLE: Final = ("due", "published")


def first_day(last_month: dt.date, months: int) -> dt.date:
    """Return the first day covered by `months` months that end with `last_month`."""
    return months_on(last_month.replace(day=1), 1 - months)


def validate(row: Mapping[str, Any]) -> None:
    """Accept one release, or say what is wrong with it.

    Raises:
        ContractError: stage or basis is not in its list, the period is not a run of whole months, the day
            stands in the wrong column, or it falls before the period has ended.
    """
    _check_lists(row)
    _check_period(row)
    column = BASES[row["basis"]]
    other = "published" if column == "due" else "due"
    if row[column] is None or row[other] is not None:
        raise ContractError(f"{column}: basis {row['basis']!r} expects a day there and none under {other}")
    end = months_on(row["period"], row["months"])
    if row[column] < end:
        raise ContractError(f"{column}: expected {end} or later, after the period; found {row[column]}")


def check(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return `frame` unchanged if it keeps the RELEASES contract.

    Args:
        frame: rows with the columns of `SCHEMA`, in its order.
        where: what to name in an error, usually the raw file.

    Raises:
        ContractError: a column or type differs, a cell is null that may not be, a row is one that `validate`
            refuses, or a row stands there twice.
    """
    if frame.schema != SCHEMA:
        raise ContractError(f"{where}: expected columns {dict(SCHEMA)}, found {dict(frame.schema)}")
    nulls = [c for c in frame.columns if c not in _NULLABLE and frame[c].null_count()]
    if nulls:
        raise ContractError(f"{where}: columns {nulls} hold nulls; only {list(_NULLABLE)} may")
    for row in frame.iter_rows(named=True):
        try:
            validate(row)
        except ContractError as fault:
            raise ContractError(f"{where}: line {row['line']}: {fault}") from None
    twice = frame.filter(pl.struct(KEY).is_duplicated())["line"].to_list()
    if twice:
        raise ContractError(f"{where}: expected each release once a page, found lines {twice} alike")
    return frame


def _check_lists(row: Mapping[str, Any]) -> None:
    for column, allowed in (("stage", STAGES), ("basis", tuple(BASES))):
        value = row[column]
        if value not in allowed:
            hint = nearest(value, allowed)
            raise ContractError(f"{column}: expected one of {list(allowed)}, found {value!r}{hint}")


def _check_period(row: Mapping[str, Any]) -> None:
    if row["period"].day != 1:
        raise ContractError(f"period: expected the first of a month, found {row['period']}")
    if not 1 <= row["months"] <= 12:
        raise ContractError(f"months: expected 1 to 12, found {row['months']}")


def months_on(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month `months` later."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(years, month + 1, day.day)
