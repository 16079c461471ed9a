"""Raw to processed: offline, repeatable, one processed file a raw file, only what changed.

The same raw bytes, sidecar and readers give the same processed bytes. `build.json` is the point at which a
build counts: it is replaced last, and readers look only at the files it lists.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import polars as pl

from tonnage.errors import StoreError, TonnageError, nearest
from tonnage.ledger import store
from tonnage.model import flows
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading, raw_id

__all__ = ["Build", "Built", "build", "current", "digest", "manifest", "reader_print", "stale"]

MANIFEST: Final = "build.json"
CONFLICTS: Final = "conflicts.parquet"
_SORT: Final = {
    "flows": [
        "classification",
        "commodity",
        "partner",
        "period",
        "months",
        "unit",
        "publisher",
        "line",
        "value",
    ],
}


@dataclass(frozen=True, slots=True)
class Built:
    """One raw file as the build left it: an entry of build.json."""

    source: str
    file: str
    raw: str
    key: str
    table: str
    records: int
    rows: int
    set_aside: int

    @property
    def name(self) -> str:
        """The name its processed files share."""
        return f"{self.raw}-{self.key}.parquet"


@dataclass(frozen=True, slots=True)
class Build:
    """What a build did.

    Attributes:
        built, reused: entries read anew, and those taken over as they were.
        orphans: files in data/raw without a sidecar, which are never read.
        conflicts: figures that share a key with another value.
    """

    built: tuple[Built, ...]
    reused: tuple[Built, ...]
    orphans: tuple[str, ...]
    conflicts: int
    seconds: float

    @property
    def set_aside(self) -> int:
        """Rows set aside in all files."""
        return sum(entry.set_aside for entry in (*self.built, *self.reused))


def build(root: Path) -> Build:
    """Bring data/processed up to date with data/raw.

    Raises:
        StoreError: a raw file is missing or is not the one its sidecar speaks of.
        ReadError: a raw file cannot be read by its source. Nothing is changed in either case.
    """
    start = time.perf_counter()
    processed = root / "processed"
    with store.locked(processed):
        before = {(e.raw, e.key): e for e in _entries(root)}
        wanted = [(file, store.verified(file)) for file in store.raw_files(root)]
        _refuse_twins(file for file, _ in wanted)
        built, reused = [], []
        try:
            for file, raw in wanted:
                key = _key(file)
                known = before.get((file.sidecar.raw, key))
                if known and known.file == file.shown and _complete(processed, known):
                    reused.append(known)
                else:
                    built.append(_write(processed, file, key, _read(file, raw)))
        except BaseException:
            _sweep(processed, before.values())
            raise
        entries = sorted([*built, *reused], key=lambda e: e.file)
        whole = all((processed / name).exists() for name in (MANIFEST, CONFLICTS))
        changed = built or len(entries) != len(before) or not whole
        conflicts = _write_conflicts(processed, entries) if changed else _conflicts(root)
        if changed:
            _commit(processed, entries, conflicts)
    shown = tuple(str(p.relative_to(root.parent)) for p in store.orphans(root))
    return Build(tuple(built), tuple(reused), shown, conflicts, time.perf_counter() - start)


def _read(file: store.RawFile, raw: bytes) -> Reading:
    name = file.sidecar.source
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        raise StoreError(f"{file.shown}: no source {name!r}{nearest(name, SOURCES) or '.'} Known: {known}")
    try:
        return SOURCES[name].read(raw, file.sidecar)
    except TonnageError as fault:
        raise type(fault)(f"data/raw/{file.sidecar.source}/{fault}") from fault


def _refuse_twins(every: Iterable[store.RawFile]) -> None:
    # A receipt names a file by its hash alone, so this holds over all sources.
    seen: dict[str, str] = {}
    for file in every:
        twin = seen.setdefault(file.sidecar.raw, file.shown)
        if twin != file.shown:
            raise StoreError(f"{file.shown}: holds the same bytes as {twin}; remove one with its sidecar")


def _write(processed: Path, file: store.RawFile, key: str, reading: Reading) -> Built:
    source = SOURCES[file.sidecar.source]
    entry = Built(
        source=source.id,
        file=file.shown,
        raw=file.sidecar.raw,
        key=key,
        table=source.table,
        records=reading.records,
        rows=reading.frame.height,
        set_aside=reading.set_aside.height,
    )
    frame = reading.frame
    if source.table == "flows":
        frame = flows.to_storage(frame.sort(_SORT["flows"]))
    tables = {source.table: frame, "receipts": reading.receipts, "set_aside": reading.set_aside}
    for table, content in tables.items():
        _write_parquet(processed / table / source.id / entry.name, content)
    return entry


def _write_parquet(path: Path, frame: pl.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    store.write_atomic(path, buffer.getvalue())


def _complete(processed: Path, entry: Built) -> bool:
    tables = (entry.table, "receipts", "set_aside")
    return all((processed / table / entry.source / entry.name).exists() for table in tables)


def _write_conflicts(processed: Path, entries: list[Built]) -> int:
    """Find prints of one key with another value in another file; they are kept and flagged."""
    paths = [processed / "flows" / e.source / e.name for e in entries if e.table == "flows"]
    columns = ("raw", "line", *flows.KEY)
    if not paths:
        found = flows.to_storage(flows.SCHEMA.to_frame()).select(columns)
    else:
        rows = pl.scan_parquet(paths).select(*columns, "value")
        apart = pl.col("value").n_unique().over(flows.KEY) > 1
        found = rows.filter(apart).select(columns).unique().sort(columns).collect()
    _write_parquet(processed / CONFLICTS, found)
    return found.height


def _commit(processed: Path, entries: list[Built], conflicts: int) -> None:
    values = {
        "reader": reader_print(),
        "conflicts": conflicts,
        "files": [{name: getattr(e, name) for name in Built.__dataclass_fields__} for e in entries],
    }
    store.write_atomic(
        processed / MANIFEST, (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()
    )
    _sweep(processed, entries)


def _sweep(processed: Path, entries: Iterable[Built]) -> None:
    """Remove what no entry speaks of: files of an older build, or of one that failed."""
    listed = {e.name for e in entries}
    for path in processed.glob("*/*/*.parquet"):
        if path.name not in listed:
            path.unlink()


def manifest(root: Path) -> list[Built]:
    """Return what the last build made.

    Raises:
        StoreError: there has been no build.
    """
    if not (root / "processed" / MANIFEST).exists():
        raise StoreError(f"{root / 'processed'}: nothing is built yet; run: tonnage build")
    return _entries(root)


def _entries(root: Path) -> list[Built]:
    path = root / "processed" / MANIFEST
    if not path.exists():
        return []
    try:
        return [Built(**entry) for entry in store.read_json(path)["files"]]
    except (KeyError, TypeError):
        raise StoreError(
            f"{path}: not a list of built files of this version; delete {path.parent} and run: tonnage build"
        ) from None


def _conflicts(root: Path) -> int:
    return int(store.read_json(root / "processed" / MANIFEST)["conflicts"])


def current(root: Path) -> None:
    """Accept a build that is up to date with data/raw (by sidecars, not by bytes) and with the readers.

    Raises:
        StoreError: there is no build, or it is not up to date; the message says why.
    """
    changed = stale(root)
    if changed and store.read_json(root / "processed" / MANIFEST)["reader"] != reader_print():
        raise StoreError(f"{root}: built by another version of the readers; run: tonnage build")
    if changed:
        shown = ", ".join(changed[:3]) + (" ..." if len(changed) > 3 else "")
        raise StoreError(
            f"{root}: {len(changed)} raw files differ from the last build ({shown}); run: tonnage build"
        )


def stale(root: Path) -> list[str]:
    """Return the raw files that the last build has not seen as they are now (by sidecar, not by bytes)."""
    known = {(e.file, e.raw, e.key) for e in manifest(root)}
    now = {(f.shown, f.sidecar.raw, _key(f)) for f in store.raw_files(root)}
    return sorted({name for name, *_ in known ^ now})


def digest(root: Path) -> str:
    """Return a hash of everything built: equal digests give equal answers."""
    parts = sorted(f"{e.source} {e.file} {e.raw} {e.key}" for e in manifest(root))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _key(file: store.RawFile) -> str:
    """Return a hash of what, besides the raw bytes, decides the processed bytes."""
    parts: list[Any] = [reader_print(), store.sidecar_text(file.sidecar, 0)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


@cache
def reader_print() -> str:
    """Return a hash of the code and the registry that turn bytes into rows."""
    found: list[str] = []
    for room in ("model", "sources"):
        paths = sorted(files("tonnage").joinpath(room).iterdir(), key=lambda p: p.name)
        kept = [p for p in paths if p.name.endswith((".py", ".toml", ".json"))]
        found.extend(f"{room}/{p.name} {raw_id(p.read_bytes())}" for p in kept)
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
