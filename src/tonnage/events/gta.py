"""Interventions of Global Trade Alert, from the CSV of its data centre, as candidates.

One intervention is up to three stages: announced, effective, lifted. Names of columns are read with any
sign between their words ("Date Announced", date_announced, date.announced).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import CodeError, ReadError, few
from tonnage.events import drafts
from tonnage.events.candidates import Candidate, Evidence, candidate_id
from tonnage.events.reading import Failure
from tonnage.model import codes

__all__ = ["COLUMNS", "candidates"]

#: Field -> the names it has in the files of the data centre, of its interface and of its R library.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "intervention": ("intervention_id",),
    "act": ("state_act_id", "measure_id"),
    "title": ("state_act_title", "title", "measure_title"),
    "evaluation": ("gta_evaluation", "evaluation"),
    "type": ("intervention_type",),
    "mast": ("mast_chapter", "mast_chapter_id", "mast_subchapter_id"),
    "implementing": ("implementing_jurisdictions", "implementing_jurisdiction"),
    "affected": ("affected_jurisdictions", "affected_jurisdiction"),
    "products": ("affected_products", "affected_product"),
    "announced": ("date_announced", "announcement_date", "announced_date"),
    "published": ("date_published", "publication_date"),
    "implemented": ("date_implemented", "inception_date", "implementation_date"),
    "removed": ("date_removed", "removal_date"),
    "url": ("intervention_url", "state_act_url", "url", "gta_url"),
}
_NEEDED: Final = ("intervention", "type", "implementing", "announced")
_TYPES: Final = {
    "export ban": "export_restriction.ban",
    "export licensing requirement": "export_restriction.licensing",
    "export quota": "export_restriction.quota",
    "export tariff quota": "export_restriction.quota",
    "export tax": "export_restriction.tax",
}
_EVALUATION: Final = {"red": "restrictive", "amber": "restrictive", "green": "liberalising"}
_STAGES: Final = {"announced": "announced", "implemented": "effective", "removed": "lifted"}
_NAMES: Final = {
    "united states of america": "USA",
    "european union": "EU",
    "republic of korea": "KOR",
    "uk": "GBR",
}
_MOST_TARGETS: Final = 20
_LONGEST: Final = 50_000_000
_CELL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Row:
    """One intervention, its fields by our names."""

    line: int
    values: Mapping[str, str]
    file: str


def candidates(path: Path) -> tuple[list[Candidate], list[Failure]]:
    """Return the interventions of a file as candidates, and the rows that are none with their reason.

    Raises:
        ReadError: the file is not a CSV with these columns.
    """
    found: list[Candidate] = []
    aside: list[Failure] = []
    for row in _rows(path):
        try:
            found.extend(_stages(row))
        except (ReadError, CodeError) as fault:
            aside.append(Failure(f"{path}:{row.line}", str(fault)))
    return found, aside


def _rows(path: Path) -> Iterator[_Row]:
    text = _text(path)
    csv.field_size_limit(_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        names = _columns(path, next(reader, []))
        for cells in reader:
            if any(cells):
                values = {name: cells[at].strip() for name, at in names.items() if at < len(cells)}
                yield _Row(reader.line_num, values, str(path))
    except csv.Error as fault:
        raise ReadError(f"{path}: line {reader.line_num}: not a CSV record: {fault}") from None


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LONGEST:
            raise ReadError(f"{path}: expected at most {_LONGEST:,} bytes; export a part of it")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as fault:
        raise ReadError(f"{path}: cannot be read: {fault.strerror}") from None
    except UnicodeDecodeError:
        raise ReadError(f"{path}: expected text in UTF-8; some bytes of it are not") from None
    if "\x00" in text or not text.strip():
        raise ReadError(
            f"{path}: expected a CSV of interventions, found {'bytes' if text.strip() else 'nothing'}"
        )
    return text


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    plain = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in header]
    found = {
        field: plain.index(name)
        for field, known in COLUMNS.items()
        for name in (next((n for n in known if n in plain), None),)
        if name is not None
    }
    missing = [COLUMNS[field][0] for field in _NEEDED if field not in found]
    if missing:
        raise ReadError(
            f"{path}: line 1: expected the columns of Global Trade Alert; missing: {few(missing)}"
        )
    return found


def _stages(row: _Row) -> Iterator[Candidate]:
    number = row.values["intervention"]
    if not number.isdigit():
        raise ReadError(f"intervention {number!r}: expected a number")
    days = {name: _day(row.values.get(name, "")) for name in (*_STAGES, "published")}
    if not any(days[name] for name in _STAGES):
        raise ReadError(f"intervention {number}: no day of announcement, of start or of end")
    base = _base(row)
    for name, stage in _STAGES.items():
        if (start := days[name]) is not None:
            yield _candidate(row, base, stage, start, days)


def _base(row: _Row) -> dict[str, Any]:
    values = row.values
    affected = _countries(values.get("affected", ""))
    target = "WLD" if not affected or len(affected) > _MOST_TARGETS else ";".join(affected)
    actors = _countries(values["implementing"])
    if not actors:
        raise ReadError("implementing jurisdiction: expected a country, found none")
    act = values.get("act", "")
    return {
        "type": _type(values["type"]),
        "actor": ";".join(actors),
        "target": target,
        "commodities": [],
        "hs": sorted(
            {code for code in re.findall(r"\d+", values.get("products", "")) if 2 <= len(code) <= 10}
        ),
        "act_id": f"GTA-{act}" if act.isdigit() else None,
    }


def _candidate(
    row: _Row, base: Mapping[str, Any], stage: str, start: dt.date, days: Mapping[str, dt.date | None]
) -> Candidate:
    number = row.values["intervention"]
    known = days["announced"] or days["published"] or start
    basis = "official_publication" if days["announced"] else "page_date" if days["published"] else "reviewer"
    record: dict[str, Any] = {
        **base, "stage": stage, "date_start": start.isoformat(), "date_end": start.isoformat(),
        "precision": "day", "date_rule": "gta.table", "known_at": known.isoformat(), "known_at_basis": basis,
        "confidence": "medium", "flags": ["second_hand"], "status": "candidate",
        "sources": [_source(row, days)],
    }  # fmt: skip
    record |= drafts.classify(record)
    told = _EVALUATION.get(row.values.get("evaluation", "").lower().split(" ")[0])
    if told and stage != "lifted":
        record["direction"] = told
    record["summary"] = drafts.summary(record)
    evidence = Evidence(
        f"gta:{number}", row.file, rules=("gta.table",), confidence="medium", flags=("second_hand",)
    )
    return Candidate(candidate_id("gta", number, stage, start), record, (evidence,))


def _source(row: _Row, days: Mapping[str, dt.date | None]) -> dict[str, Any]:
    published = days["published"]
    made = {
        "publisher": "Global Trade Alert",
        "headline": row.values.get("title", "")[:200] or None,
        "url": row.values.get("url") or None,
        "published": published.isoformat() if published else None,
        "published_precision": "day" if published else "unknown",
        "role": "trade_press",
        "doc_id": f"gta:{row.values['intervention']}",
    }
    return {name: value for name, value in made.items() if value is not None or name in ("url", "published")}


def _type(text: str) -> str:
    plain = text.lower().strip()
    if plain in _TYPES:
        return _TYPES[plain]
    if plain.startswith("export") and "subsid" not in plain and "incentive" not in plain:
        return "export_restriction"
    return "import_restriction" if plain.startswith(("import", "anti-", "safeguard")) else "other"


def _countries(text: str) -> list[str]:
    """Return the codes of names parted by comma, semicolon or bar, also of a list in brackets.

    Raises:
        CodeError: a name is not that of a country.
    """
    names = [part.strip(" []'\"") for part in re.split(r"[,;|]", text)]
    return list(dict.fromkeys(_country(name) for name in names if name))


def _country(name: str) -> str:
    return _NAMES.get(name.lower()) or codes.resolve_country(name)


def _day(text: str) -> dt.date | None:
    """Return a day, None for what is empty.

    Raises:
        ReadError: it is not a day.
    """
    plain = text.strip().strip('"')
    if plain.lower() in ("", "na", "none", "null", "n/a"):
        return None
    try:
        return dt.date.fromisoformat(plain[: len("2026-01-06")])
    except ValueError:
        raise ReadError(f"day {text!r}: expected YYYY-MM-DD") from None
