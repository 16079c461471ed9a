"""Rows, files and workspaces for tests: the bulletin of 18 January 2026, with what a test changes in it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tonnage.ledger import store
from tonnage.model import flows
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading, Sidecar, raw_id

SPECIMENS = Path(__file__).parent / "specimens"

BULLETIN = SPECIMENS / "gacc-bulletin" / "2026-01-18_bulletin.csv"
FLASH = SPECIMENS / "gacc-bulletin" / "2026-01-14_flash.csv"
PRESS = SPECIMENS / "press" / "december_2025.csv"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def print_of(value: float | None, **changes: Any) -> dict[str, Any]:
    """One FLOWS row: the line "rare earths" of December 2025, in kg, as GACC's bulletin prints it."""
    row = {
        "source": "gacc-bulletin",
        "publisher": "GACC",
        "reporter": "CHN",
        "partner": "WLD",
        "flow": "export",
        "classification": "GACC-lines",
        "commodity": "rare_earths",
        "period": day("2025-12-01"),
        "months": 1,
        "stage": "bulletin",
        "published": day("2026-01-18"),
        "unit": "kg",
        "value": value,
        "flags": [],
        "raw": "b03a7633cca6b97c",
        "line": 3,
    }
    made = {
        k: day(v) if k in ("period", "published") and isinstance(v, str) else v for k, v in changes.items()
    }
    assert set(made) <= set(row)
    return {**row, **made}


def prints(*rows: Mapping[str, Any]) -> pl.LazyFrame:
    return pl.DataFrame(list(rows), schema=flows.SCHEMA).lazy()


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def as_csv(rows: Sequence[Mapping[str, str]], columns: Sequence[str] | None = None) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def sidecar(source: str, file: str, raw: bytes, **changes: Any) -> Sidecar:
    """The sidecar of a bulletin, or of a file whose rows say everything themselves."""
    own: dict[str, Any] = {}
    if source == "gacc-bulletin":
        details = {"stage": "flash" if "flash" in file else "bulletin", "flow": "export"}
        published = day(file[:10]) if file[:2] == "20" else day("2026-01-18")
        own = {"publisher": "GACC", "published": published, "basis": "page", "details": details}
    return Sidecar(**{"source": source, "file": file, "sha256": raw_id(raw), **own, **changes})


def read_given(
    source: str, raw: bytes | str, published: str | None, *, title: str = "", **details: str
) -> Reading:
    """Read bytes of which the day, the title and the details are given, as on the command line."""
    data = raw if isinstance(raw, bytes) else raw.encode()
    own = {"published": day(published) if published else None, "basis": "given", "title": title}
    return SOURCES[source].read(data, sidecar(source, "given", data, **own, details=details))


def put(root: Path, source: str, file: str, raw: bytes, **changes: Any) -> Path:
    """Store a raw file with its sidecar, as ingest does."""
    return store.write_raw(root, sidecar(source, file, raw, **changes), raw).path


def edit_sidecar(raw_file: Path, **changes: Any) -> None:
    path = raw_file.with_name(f"{raw_file.name}.json")
    entry = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({k: v for k, v in entry.items() if v is not ...}), "utf-8")


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder but locks: its bytes and when they were written."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]
    return {str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns) for p in files}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: raw for name, (raw, _) in tree(folder).items()}
