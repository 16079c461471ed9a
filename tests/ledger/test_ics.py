"""The iCalendar file: read back by rules of RFC 5545 that are written down here, not by our writer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.build_rows import day

from tonnage.cli import main
from tonnage.errors import NoDataError
from tonnage.ledger import planning
from tonnage.ledger.calendar import Release
from tonnage.ledger.ics import as_ics
from tonnage.ledger.ledger import Ledger


def releases(
    ledger: Ledger, on: str, until: str, name: str | None = None, partner: str = "WLD"
) -> list[Release]:
    return planning.due(ledger, on, day(on), day(until), name, partner)


def parsed(raw: bytes) -> list[dict[str, str]]:
    """The entries of a file: unfolded, one property a line, texts unescaped."""
    text = re.sub("\r\n[ \t]", "", raw.decode("utf-8"))
    entries: list[dict[str, str]] = []
    for line in text.split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            entries.append({})
        elif entries and name not in ("END", ""):
            assert name not in entries[-1], line
            entries[-1][name] = re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)
    return entries


def test_the_spring_of_2026_as_a_calendar_program_reads_it(shipped: Ledger) -> None:
    entries = parsed(as_ics(releases(shipped, "2026-01-21", "2026-03-31"), day("2026-01-21")))
    flash, bulletin, detail = entries
    assert detail == {
        "UID": "gacc-bulletin-detail-2026-02@tonnage",
        "DTSTAMP": "20260121T000000Z",
        "LAST-MODIFIED": "20260121T000000Z",
        "DTSTART;VALUE=DATE": "20260320",
        "DTEND;VALUE=DATE": "20260321",
        "SUMMARY": "China customs, detail: 2026-01 to 2026-02",
        "DESCRIPTION": "Expected on 2026-03-20 (usual day), days in Asia/Shanghai.\n"
        "Usual day 20 of the month: the calendar of 2025 and 8 days seen since.\n"
        "Certainty of the rule: seen.",
        "CATEGORIES": "GACC,detail",
        "STATUS": "TENTATIVE",
        "TRANSP": "TRANSPARENT",
    }
    assert (flash["DTSTART;VALUE=DATE"], flash["DTEND;VALUE=DATE"]) == ("20260307", "20260315")
    assert "between 2026-03-07 and 2026-03-14" in flash["DESCRIPTION"]
    assert bulletin["STATUS"] == "TENTATIVE"


def test_a_release_keeps_its_uid_from_plan_to_publication(shipped: Ledger) -> None:
    (plan,) = parsed(as_ics(releases(shipped, "2026-01-19", "2026-01-20")[-1:], day("2026-01-19")))
    (seen,) = parsed(as_ics(releases(shipped, "2026-01-20", "2026-01-20"), day("2026-01-20")))
    assert plan["UID"] == seen["UID"] == "gacc-bulletin-detail-2025-12@tonnage"
    assert (plan["STATUS"], seen["STATUS"]) == ("TENTATIVE", "CONFIRMED")
    assert "Out on 2026-01-20 (page)." in seen["DESCRIPTION"]
    assert plan["DTSTAMP"] < seen["DTSTAMP"]


def test_a_printed_day_is_confirmed_and_an_assumed_one_is_not(shipped: Ledger) -> None:
    (printed,) = parsed(as_ics(releases(shipped, "2025-11-30", "2025-12-08"), day("2025-11-30")))
    (assumed,) = parsed(as_ics(releases(shipped, "2026-03-18", "2026-03-18"), day("2026-03-18")))
    assert (printed["STATUS"], assumed["STATUS"]) == ("CONFIRMED", "TENTATIVE")


def test_a_time_is_written_only_where_a_fact_gives_it(shipped: Ledger) -> None:
    """Eurostat releases at 11:00, which in March is 10:00 UTC; for China no page states a time."""
    rows = releases(shipped, "2026-03-01", "2026-04-18", "magnets", "DEU")
    entries = {e["UID"]: e for e in parsed(as_ics(rows, day("2026-03-01")))}
    assert entries["comext-detail-2026-01@tonnage"]["DTSTART"] == "20260320T100000Z"
    assert entries["comext-detail-2026-02@tonnage"]["DTSTART"] == "20260417T090000Z"
    assert "DTSTART;VALUE=DATE" in entries["gacc-bulletin-detail-2026-02@tonnage"]


def test_a_late_release_says_so(shipped: Ledger) -> None:
    late = [r for r in planning.late(shipped, "2026-04-01", None, "WLD") if r.state == "late"]
    entries = parsed(as_ics(late, day("2026-04-01")))
    assert "late: China customs, detail: 2026-01 to 2026-02" in [e["SUMMARY"] for e in entries]
    assert all("Not seen by the day of this file." in e["DESCRIPTION"] for e in entries)


def test_lines_end_in_crlf_and_are_folded_at_75_octets(shipped: Ledger) -> None:
    raw = as_ics(releases(shipped, "2026-01-21", "2026-06-30", "magnets", "JPN"), day("2026-01-21"))
    lines = raw.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) == 75
    for line in lines:
        line.decode("utf-8")  # no character is cut
    assert lines[:3] == [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//tonnage//release calendar//EN"]
    assert lines[-2] == b"END:VCALENDAR"
    assert raw.count(b"BEGIN:VEVENT") == raw.count(b"END:VEVENT") > 1


def test_signs_with_a_meaning_are_escaped(shipped: Ledger) -> None:
    (release,) = releases(shipped, "2026-01-20", "2026-01-20")
    odd = replace(release, note="稀土, " * 20 + r"a;b\c" + "\x07 and\r\nmore")
    raw = as_ics([odd], day("2026-01-20"))
    assert rb"a\;b\\c" in raw.replace(b"\r\n ", b"")
    (entry,) = parsed(raw)
    assert "稀土, " * 20 + "a;b\\c and\nmore." in entry["DESCRIPTION"]


def test_the_same_day_gives_the_same_bytes(shipped: Ledger) -> None:
    first, again = (releases(shipped, "2026-01-21", "2026-12-31") for _ in range(2))
    assert as_ics(first, day("2026-01-21")) == as_ics(again, day("2026-01-21"))
    uids = [e["UID"] for e in parsed(as_ics(first, day("2026-01-21")))]
    assert len(set(uids)) == len(uids)


def test_a_calendar_without_releases_is_refused(shipped: Ledger) -> None:
    with pytest.raises(NoDataError, match="no release to write"):
        as_ics(releases(shipped, "2026-02-18", "2026-02-20"), day("2026-02-18"))


def test_an_independent_parser_reads_it(shipped: Ledger) -> None:
    icalendar = pytest.importorskip("icalendar")
    rows = releases(shipped, "2026-01-21", "2026-06-30", "magnets", "DEU")
    read = icalendar.Calendar.from_ical(as_ics(rows, day("2026-01-21")))
    events = list(read.walk("VEVENT"))
    assert len(events) == len(rows)
    assert [e.errors for e in events] == [[]] * len(rows)
    days = {str(e["UID"]): e["DTSTART"].dt for e in events}
    assert days["gacc-bulletin-detail-2026-02@tonnage"] == day("2026-03-20")


# --- the command -------------------------------------------------------------------------------------


def run(workspace: Path, *asked: str) -> int:
    return main(["--data", str(workspace / "data"), "calendar", *asked])


def test_the_command_shows_what_is_due(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "--on", "2026-01-19", "--to", "2026-01-20") == 0
    told = capsys.readouterr().out
    assert "2026-01-20 | 2026-01-20 | coming | gacc-bulletin | detail | 2025-12-01" in told
    assert run(workspace, "--on", "2026-02-18", "--to", "2026-02-20") == 0
    assert capsys.readouterr().out == "no release\n"
    assert run(workspace) == 0


def test_the_command_shows_what_is_late(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "--on", "2026-04-01", "--late", "--format", "csv") == 0
    told = capsys.readouterr()
    assert "detail,2026-01-01,2,2026-03-20,2026-03-20,usual_day,late" in told.out
    assert ",gap," not in told.out
    assert "older releases are not held" in told.err


def test_the_command_writes_a_calendar(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "releases.ics"
    asked = ("--on", "2026-01-21", "--definition", "magnets", "--partner", "Japan", "--ics", str(path))
    assert run(workspace, *asked) == 0
    assert capsys.readouterr().out == f"{path}: 5 releases written\n"
    assert len(parsed(path.read_bytes())) == 5
    assert run(workspace, "--on", "2026-02-18", "--to", "2026-02-20", "--ics", str(path)) == 1
    assert len(parsed(path.read_bytes())) == 5


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (("--late", "--to", "2026-01-31"), 2, "leave out --from and --to"),
        (("--partner", "JPN"), 2, "expected a --definition with it"),
        (("--on", "2026-01-20", "--to", "2026-01-19"), 2, "expected 2026-01-20 or later"),
        (("--on", "20 January"), 1, "expected YYYY-MM-DD"),
        (("--definition", "magnet"), 1, "did you mean"),
    ],
)
def test_a_wrong_question_is_told(
    workspace: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...], code: int, told: str
) -> None:
    assert run(workspace, *asked) == code
    assert told in capsys.readouterr().err
