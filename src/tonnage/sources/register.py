"""Tables kept by hand: the release calendar and the export quotas.

Both are text under version control, so a person can read a change to them line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.errors import CodeError, ReadError, nearest
from tonnage.model import codes, releases
from tonnage.sources.base import (
    Reading,
    Row,
    Sidecar,
    Source,
    build_reading,
    day,
    flag_list,
    month,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterator, Mapping

__all__ = ["CALENDAR", "QUOTAS", "QUOTAS_SCHEMA"]

#: One row is one quota as one publisher gives it. `tonnes` is what was allowed, never what was shipped.
QUOTAS_SCHEMA: Final = pl.Schema(
    {
        "reporter": pl.String(),
        "commodity": pl.String(),
        "year": pl.Int16(),
        "round": pl.String(),
        "tonnes": pl.Float64(),
        "publisher": pl.String(),
        "address": pl.String(),
        "flags": pl.List(pl.String),
        "note": pl.String(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

_ROUNDS: Final = ("full_year", "first_half", "second_half")
_QUOTA_COLUMNS: Final = tuple(c for c in QUOTAS_SCHEMA if c not in ("raw", "line"))
_CALENDAR_COLUMNS: Final = tuple(c for c in releases.SCHEMA if c not in ("raw", "line"))


def read_calendar(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return RELEASES from a CSV with the columns of the contract.

    The file writes `period` as the last month covered (YYYY-MM), as a calendar does; the frame holds the
    first day covered, as FLOWS does.

    Raises:
        ReadError: the file is not of this form.
    """
    refuse = _twins("release")

    def parse(row: Row) -> Iterator[Mapping[str, Any]]:
        release = _release(row)
        releases.validate(release)
        refuse(tuple(release[c] for c in releases.KEY))
        yield release

    reading = build_reading(raw, sidecar, _CALENDAR_COLUMNS, parse, _receipt, releases.SCHEMA)
    releases.check(reading.frame, sidecar.file)
    return reading


def _release(row: Row) -> dict[str, Any]:
    months = row["months"]
    if not (months.isascii() and months.isdigit() and 1 <= int(months) <= 12):
        raise ReadError(f"months {months!r}: expected 1 to 12")
    if not row["source"]:
        raise ReadError("source: expected the id of the source released, found none")
    period = releases.first_day(month(row["period"]), int(months))
    days = {"due": _day_or_none(row["due"]), "published": _day_or_none(row["published"])}
    return {**row, **days, "period": period, "months": int(months)}


def _day_or_none(text: str) -> dt.date | None:
    return day(text) if text else None


def read_quotas(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return quotas (`QUOTAS_SCHEMA`) from a CSV with its columns.

    Raises:
        ReadError: the file is not of this form.
    """
    refuse = _twins("quota")

    def parse(row: Row) -> Iterator[Mapping[str, Any]]:
        quota = _quota(row)
        refuse(tuple(row[c] for c in ("reporter", "commodity", "year", "round", "tonnes", "publisher")))
        yield quota

    return build_reading(raw, sidecar, _QUOTA_COLUMNS, parse, _quota_receipt, QUOTAS_SCHEMA)


def _quota(row: Row) -> dict[str, Any]:
    year, tonnes = row["year"], codes.number(row["tonnes"])
    if not (year.isascii() and year.isdigit() and len(year) == len("2014")):
        raise ReadError(f"year {year!r}: expected four digits")
    if row["round"] not in _ROUNDS:
        found = f"{row['round']!r}{nearest(row['round'], _ROUNDS)}"
        raise CodeError(f"round: expected one of {list(_ROUNDS)}, found {found}")
    if tonnes is None or tonnes < 0:
        raise ReadError(f"tonnes {row['tonnes']!r}: expected a number, 0 or more")
    reporter, flags = codes.partner(row["reporter"]), sorted(flag_list(row["flags"]))
    return {**row, "reporter": reporter, "year": int(year), "tonnes": float(tonnes), "flags": flags}


def _receipt(row: Row, sidecar: Sidecar) -> tuple[str, str, str]:
    return row["address"] or sidecar.url, row["basis"], row["note"]


def _quota_receipt(row: Row, sidecar: Sidecar) -> tuple[str, str, str]:
    return row["address"] or sidecar.url, sidecar.basis, row["note"]


def _twins(what: str) -> Callable[[Hashable], None]:
    """Return a function that refuses a key it was handed before."""
    seen: set[Hashable] = set()

    def refuse(key: Hashable) -> None:
        if key in seen:
            raise ReadError(f"{what}: expected each once, found the same again: {key}")
        seen.add(key)

    return refuse


CALENDAR = Source(
    id="gacc-calendar",
    title="China customs, release calendar: days printed ahead and days observed",
    table="releases",
    licence="Dates are facts; quote with the source named",
    how="Add one row a release to data/raw/gacc-calendar and ingest the file",
    read=read_calendar,
    days_in_file=True,
)

QUOTAS = Source(
    id="quotas",
    title="Export quotas as published or quoted",
    table="quotas",
    licence="Figures are facts; no text of the publishers is held",
    how="Add one row a quota to data/raw/quotas and ingest the file",
    read=read_quotas,
    days_in_file=True,
)
