"""Files kept by hand: the event register, the release calendar, the export quotas.

All three are text under version control, so a person can read a change to them line by line.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.errors import CodeError, ReadError, TonnageError, nearest
from tonnage.model import codes, events, releases
from tonnage.sources.base import (
    RECEIPTS,
    SET_ASIDE,
    Reading,
    Row,
    Sidecar,
    Source,
    build_reading,
    day,
    decode,
    flag_list,
    month,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterator, Mapping

__all__ = ["CALENDAR", "EVENTS", "QUOTAS", "QUOTAS_SCHEMA"]

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


def read_events(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return EVENTS from JSON Lines: one record a line; blank lines are no records.

    Raises:
        ReadError: the file is not text, or not one record of it can be read.
    """
    text, encoding = decode(raw, sidecar)
    lines = [(n, t) for n, t in enumerate(text.split("\n"), start=1) if t.strip()]
    kept, aside = _records(lines)
    if not kept:
        first = f"the first reason, of line {aside[0][0]}: {aside[0][2]}" if aside else "the file is empty"
        raise ReadError(f"{sidecar.file}: not one of {len(lines)} records could be read; {first}")
    frame = events.frame(kept.values(), sidecar.raw, list(kept))
    receipts = [_event_receipt(record, sidecar.raw, line) for line, record in kept.items()]
    return Reading(
        frame=events.check(frame, sidecar.file),
        set_aside=pl.DataFrame(aside, schema=SET_ASIDE, orient="row"),
        notes=(f"encoding {encoding}",),
        records=len(lines),
        receipts=pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
    )


def _records(lines: list[tuple[int, str]]) -> tuple[dict[int, dict[str, Any]], list[tuple[int, str, str]]]:
    """Return the good records by line, and the others with their reason."""
    kept: dict[int, dict[str, Any]] = {}
    aside: list[tuple[int, str, str]] = []
    refuse = _twins("event_id")
    for number, text in lines:
        try:
            record = _record(text)
            refuse(record["event_id"])
        except TonnageError as fault:
            aside.append((number, text.strip(), str(fault)))
        else:
            kept[number] = record
    return kept, aside


def _record(text: str) -> dict[str, Any]:
    try:
        record = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as fault:
        raise ReadError(f"not a JSON record: {fault.msg} at character {fault.pos + 1}") from None
    if not isinstance(record, dict):
        raise ReadError(f"expected a JSON object, found {type(record).__name__}")
    events.validate(record)
    return record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that holds a field twice: JSON would silently keep the last."""
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        raise ReadError(f"fields {sorted({n for n in names if names.count(n) > 1})} stand there twice")
    return record


def _event_receipt(record: Mapping[str, Any], raw: str, line: int) -> tuple[str, int, str, str, str]:
    first = record["sources"][0]
    return raw, line, first.get("url") or "", record.get("known_at_basis") or "", record.get("note") or ""


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


EVENTS = Source(
    id="events",
    title="Register of trade events: acts by stage, with their sources and when they became known",
    table="events",
    licence="Dates and facts in our own words; no text of the publishers is held",
    how="Add one JSON object a line to data/raw/events, valid against event.schema.json, and ingest the file",
    read=read_events,
    suffixes=(".jsonl",),
    days_in_file=True,
)

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
