"""The register for other programs: JSON keeps the contract, CSV starts no formula, a calendar can be read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import icalendar
import pytest
from tests.events.desk_rows import workspace

from tonnage.errors import NoDataError
from tonnage.events.export import COLUMNS, export, known_by
from tonnage.events.register import Register
from tonnage.model import events

DAY = dt.date(2026, 1, 21)


@pytest.fixture
def records(tmp_path: Path) -> list[Any]:
    return [held.record for held in Register(workspace(tmp_path))]


def test_json_keeps_the_contract(records: list[Any]) -> None:
    made = json.loads(export(records, "json", DAY))
    assert len(made) == len(records) > 8
    for record in made:
        events.validate(record)


def test_csv(records: list[Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(export(records, "csv", DAY).decode())))
    assert tuple(rows[0]) == COLUMNS
    ban = next(r for r in rows if r["stage"] == "effective" and r["act_id"] == "CN-MOFCOM-2026-001")
    assert (ban["codes.mast"], ban["evidence"], ban["origins"]) == (
        "P31",
        "official act, read in the press",
        "0",
    )


def test_a_cell_is_no_formula(records: list[Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(export([{**records[0], "summary": "=1+1"}], "csv", DAY).decode())))
    assert rows[0]["summary"] == "'=1+1"


def test_a_calendar(records: list[Any]) -> None:
    raw = export(records, "ics", DAY)
    calendar: Any = icalendar.Calendar.from_ical(raw)
    entries = calendar.walk("VEVENT")
    assert len(entries) == len(records)
    ban = next(e for e in entries if "dual-use-to-japan-announced" in e["UID"])
    assert (ban["DTSTART"].dt, ban["DTEND"].dt) == (dt.date(2026, 1, 6), dt.date(2026, 1, 7))
    assert "CN-MOFCOM-2026-001" in ban["DESCRIPTION"]
    assert raw == export(records, "ics", DAY)
    assert {str(e["STATUS"]) for e in entries} == {"CONFIRMED", "TENTATIVE"}
    with pytest.raises(NoDataError):
        export([], "ics", DAY)


def test_only_what_was_knowable(records: list[Any]) -> None:
    assert {r["act_id"] for r in known_by(records, dt.date(2026, 1, 5))} == {
        "CN-MOFCOM-2025-10-09",
        "CN-MOFCOM-2025-070",
    }
    assert len(known_by(records, DAY)) == len([r for r in records if r["status"] != "superseded"])
