"""The register for other programs: records as JSON, a table as CSV, days as a calendar."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tonnage.errors import NoDataError
from tonnage.ledger import ics
from tonnage.model import events
from tonnage.model.evidence import grade, origins

__all__ = ["COLUMNS", "FORMATS", "export", "known_by"]

FORMATS: Final = ("csv", "json", "ics")

#: Columns of the CSV: the fields of the contract that hold no fields themselves, then what it rests on.
COLUMNS: Final = (
    *(name for name in events.json_schema()["properties"] if name not in ("sources", "codes")),
    *(f"codes.{name}" for name in events.CODES.to_schema()),
    "evidence", "origins", "publishers", "urls",
)  # fmt: skip

Record = Mapping[str, Any]


def known_by(records: Iterable[Record], day: dt.date | None) -> list[Record]:
    """Return the records that stand and were knowable at the end of a day, of None all that stand."""
    standing = [r for r in records if r["status"] not in ("rejected", "superseded")]
    if day is None or not standing:
        return standing
    known = events.frame(standing)["known_at"]
    return [record for record, at in zip(standing, known, strict=True) if at <= day]


def export(records: Iterable[Record], form: str, on: dt.date) -> bytes:
    """Return records in one of `FORMATS`; the same records on the same day give the same bytes.

    Args:
        records: of the register.
        form: csv, json (a list that keeps the contract) or ics.
        on: the day of knowledge; it stamps the entries of a calendar.

    Raises:
        NoDataError: a calendar was asked for and no record has a day.
    """
    rows = list(records)
    if form == "json":
        return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
    return _csv(rows) if form == "csv" else _ics(rows, on)


def _csv(rows: Iterable[Record]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(_value(row, name)) for name in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _value(row: Record, name: str) -> Any:
    sources = row["sources"]
    match name:
        case "evidence":
            return grade(row)
        case "origins":
            return origins(sources)
        case "publishers":
            return [source["publisher"] for source in sources]
        case "urls":
            return [source.get("url") or "" for source in sources]
    table, _, field = name.partition(".")
    return (row.get("codes") or {}).get(field) if field else row.get(table)


def _cell(value: Any) -> str:
    text = ";".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    # A spreadsheet would run what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _ics(rows: Iterable[Record], on: dt.date) -> bytes:
    dated = [row for row in rows if row["date_start"]]
    if not dated:
        raise NoDataError("no event with a day to write in a calendar; ask for another day")
    return ics.calendar("event register", (line for row in dated for line in _entry(row, on)))


def _entry(row: Record, on: dt.date) -> Iterator[str]:
    first = dt.date.fromisoformat(row["date_start"])
    last = dt.date.fromisoformat(row["date_end"] or row["date_start"])
    stamp = f"{on:%Y%m%d}T000000Z"
    yield "BEGIN:VEVENT"
    yield f"UID:{ics.escaped(row['event_id'])}@tonnage"
    yield f"DTSTAMP:{stamp}"
    yield f"LAST-MODIFIED:{stamp}"
    yield f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{last + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{ics.escaped(row['summary'])}"
    yield f"DESCRIPTION:{ics.escaped(_described(row))}"
    yield f"CATEGORIES:{ics.escaped(row['type'])},{row['stage']}"
    unsure = row["status"] == "disputed" or row["stage"] == "scheduled"
    yield f"STATUS:{'TENTATIVE' if unsure else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _described(row: Record) -> str:
    told = [
        f"Stage: {row['stage']}; precision of the day: {row['precision']}.",
        f"Known from {row['known_at'][:10]}. Rests on: {grade(row)}.",
    ]
    if row.get("act_id"):
        told.append(f"Act: {row['act_id']}.")
    if row.get("legal_ref"):
        told.append(f"Reference: {row['legal_ref']}.")
    told += [f"{source['publisher']} {source.get('url') or ''}".strip() for source in row["sources"]]
    if row.get("note"):
        told.append(row["note"])
    return "\n".join(told)
