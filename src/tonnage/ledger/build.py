"""Raw to processed: offline, repeatable, one processed file a raw file, only what changed.

The same raw bytes, sidecar and readers give the same processed bytes. `build.json` is the point at which a
build counts: it is replaced last, and readers look only at the files it lists. Whether a processed file is
used again is decided by hashes: of its raw file, its sidecar, the readers, and of what it holds itself.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import polars as pl

from tonnage.errors import StoreError, TonnageError, nearest
from tonnage.ledger import bulk, corrections, disk, listing, proofs, slices, standing, store, vintages
from tonnage.ledger.listing import Built, Content
from tonnage.model import flows
from tonnage.model.definitions import registry
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading, raw_id, whole_receipt
from tonnage.sources.bulk import Bulk

__all__ = ["Build", "Built", "build", "current", "digest", "manifest", "reader_print", "stale"]

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
class Build:
    """What a build did.

    Attributes:
        built, reused: entries read anew, and those taken over as they were.
        orphans: files in data/raw without a sidecar, which are never read.
        conflicts: prints that share a key with another value in another file.
        violated: relations declared in the registry that the figures contradict, a line each.
        gone: raw files of the last build that are not there any more.
        resaid: raw files whose sidecar says something else than at the last build.
        repaired: what was wrong with processed files of the last build, which were made again.
    """

    built: tuple[Built, ...]
    reused: tuple[Built, ...]
    orphans: tuple[str, ...]
    conflicts: int
    seconds: float
    violated: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    resaid: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()

    @property
    def set_aside(self) -> int:
        """Rows set aside in all files."""
        return sum(entry.set_aside for entry in (*self.built, *self.reused))


def build(root: Path) -> Build:
    """Bring data/processed up to date with data/raw.

    Raises:
        StoreError: a raw file is missing or is not the one its sidecar speaks of, the corrections have a
            mistake, or one of them matches no row.
            The disk is full or read-only, or another process is writing.
        ReadError: a raw file cannot be read by its source. Nothing is changed in any of these cases.
    """
    start = time.perf_counter()
    with disk.locked(root):
        listing.drop_damaged(root)
        before = _entries(root)
        try:
            built, reused, repaired = _brought(root, before)
        finally:
            _sweep(root)
        violated = tuple(_told(root, "violated", []))
        conflicts = _told(root, "conflicts", 0)
        shown = tuple(str(p.relative_to(root.parent)) for p in store.orphans(root))
    gone, resaid = _unlike(before, [*built, *reused])
    return Build(
        built=tuple(built),
        reused=tuple(reused),
        orphans=shown,
        conflicts=conflicts,
        seconds=time.perf_counter() - start,
        violated=violated,
        gone=gone,
        resaid=resaid,
        repaired=tuple(repaired),
    )


def _brought(root: Path, before: list[Built]) -> tuple[list[Built], list[Built], list[str]]:
    """Build what is new or damaged, and commit it; return what was built, reused, and found damaged."""
    known = {(e.raw, e.key): e for e in before}
    made = corrections.load(root)
    wanted = store.raw_files(root)
    for file in wanted:
        store.verify(file)
    _refuse_twins(wanted)
    built, reused, repaired = [], [], []
    for file in wanted:
        key = _key(file)
        held = known.get((file.sidecar.raw, key))
        found = _faults(root, held) if held and held.file == file.shown else None
        if held and found == []:
            reused.append(held)
        else:
            repaired.extend(found or [])
            built.append(_made(root, file, key))
    entries = sorted([*built, *reused], key=lambda e: e.file)
    corrections.refuse_idle(_flows(root, entries), made)
    amended = corrections.digest(made)
    if built or len(entries) != len(before) or not _has_lists(root, amended):
        # What a file said that is gone, or was read differently, may have superseded any other.
        fresh = built if len(reused) == len(before) else entries
        synced = {content for entry in reused for content in entry.made.values()}
        _commit(root, entries, fresh, synced, amended, made)
    return built, reused, repaired


def _faults(root: Path, entry: Built) -> list[str]:
    return [fault for content in entry.made.values() if (fault := listing.damage(root, content))]


def _has_lists(root: Path, amended: str) -> bool:
    """Whether what is made of all files together is there and is of these corrections."""
    if not listing.values(root):
        return False
    found = listing.read(root)
    return found.corrections == amended and not listing.damage(root, found.apart)


def _unlike(before: list[Built], now: list[Built]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return raw files that are not there any more, and those of which something else is said now."""
    said = {e.file: (e.raw, e.sidecar) for e in now}
    gone = tuple(e.file for e in before if e.file not in said)
    resaid = [e.file for e in before if e.file in said and said[e.file] != (e.raw, e.sidecar)]
    # What is kept has no sidecar, and is meant to change.
    return gone, tuple(file for file in resaid if not store.is_kept(Path(file)))


def _flows(root: Path, entries: Iterable[Built]) -> pl.LazyFrame:
    contents = [entry.made["flows"] for entry in entries if entry.table == "flows"]
    return flows.to_contract(listing.flow_rows(root, contents))


def _violated(rows: pl.LazyFrame) -> list[str]:
    """Return the declared relations that the figures contradict; only the lines they speak of are read."""
    return proofs.violations(proofs.prove(proofs.parts(rows, registry()), registry()))


def _told(root: Path, name: str, default: Any) -> Any:
    """Return what the last build wrote down under a name."""
    return listing.values(root).get(name, default)


def _made(root: Path, file: store.RawFile, key: str) -> Built:
    """Read a raw file and write what it gives."""
    name = file.sidecar.source
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        raise StoreError(f"{file.shown}: no source {name!r}{nearest(name, SOURCES) or '.'} Known: {known}")
    chosen = SOURCES[name].bulk(file.path.name)
    try:
        if chosen:
            return _streamed(root, file, key, chosen)
        reading = SOURCES[name].read(store.verified(file), file.sidecar)
    except StoreError:
        raise
    except TonnageError as fault:
        raise type(fault)(f"data/raw/{name}/{fault}") from fault
    return _write(root, file, key, reading)


def _refuse_twins(every: Iterable[store.RawFile]) -> None:
    # A receipt names a file by its hash alone, so this holds over all sources.
    seen: dict[str, str] = {}
    for file in every:
        twin = seen.setdefault(file.sidecar.raw, file.shown)
        if twin != file.shown:
            raise StoreError(f"{file.shown}: holds the same bytes as {twin}; remove one with its sidecar")


def _write(root: Path, file: store.RawFile, key: str, reading: Reading) -> Built:
    source = SOURCES[file.sidecar.source]
    frame = reading.frame
    if source.table == "flows":
        frame = flows.to_storage(frame.sort(_SORT["flows"]))
    tables = {source.table: frame, "receipts": reading.receipts, "set_aside": reading.set_aside}
    name = f"{file.sidecar.raw}-{key}.parquet"
    told: dict[str, Any] = {}
    if source.table == "flows":
        tables["blocks"], told = standing.summary(frame)
    return Built(
        source=source.id,
        file=file.shown,
        raw=file.sidecar.raw,
        key=key,
        table=source.table,
        records=reading.records,
        rows=reading.frame.height,
        set_aside=reading.set_aside.height,
        sidecar=_said(file),
        made={t: _place(root, f"{t}/{source.id}/{name}", _parquet(f)) for t, f in tables.items()},
        **told,
    )


def _streamed(root: Path, file: store.RawFile, key: str, chosen: Bulk) -> Built:
    """Write what a large file gives block by block: its rows packed, one receipt for all of them."""
    source, name = file.sidecar.source, f"{file.sidecar.raw}-{key}.parquet"
    paths = {"flows": f"packed/{source}/{name}", "set_aside": f"set_aside/{source}/{name}"}
    rows, aside = (root / "processed" / path for path in paths.values())
    with store.opened(file) as raw:
        done = bulk.write(raw, file.sidecar, chosen, rows, aside, root)
    made = {table: listing.content(root, path) for table, path in paths.items()}
    tables = {"receipts": whole_receipt(file.sidecar), "blocks": done.blocks}
    day = file.sidecar.release_day().isoformat()
    made |= {t: _place(root, f"{t}/{source}/{name}", _parquet(f)) for t, f in tables.items()}
    return Built(
        source=source,
        file=file.shown,
        raw=file.sidecar.raw,
        key=key,
        table="flows",
        records=done.records,
        rows=done.figures,
        set_aside=done.set_aside,
        sidecar=_said(file),
        made=made,
        first=day,
        last=day,
        height=done.rows,
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


def _place(root: Path, path: str, content: bytes) -> Content:
    disk.place(root / "processed" / path, content)
    return Content(path, len(content), raw_id(content))


def _write_conflicts(root: Path, entries: list[Built]) -> tuple[pl.DataFrame, Content]:
    """Find prints of one key with another value in another file; they are kept and flagged.

    The file is named by what it holds: the one the last build lists stays as it is until this build counts.
    """
    columns = ("raw", "line", *flows.KEY)
    found = [flows.SCHEMA.to_frame().select(columns)]
    several = pl.len().over(flows.KEY) > 1
    for group in _on_one_day(entries):
        rows = _flows(root, group).select(*columns, "value")
        for part in slices.slices(rows, slices.ROWS):
            prints = part.filter(several).collect()
            found.append(prints.filter(pl.col("value").n_unique().over(flows.KEY) > 1).select(columns))
    apart = flows.to_storage(pl.concat(found).unique().sort(columns))
    content = _parquet(apart)
    return apart, _place(root, f"conflicts-{raw_id(content)[:16]}.parquet", content)


def _on_one_day(entries: Iterable[Built]) -> list[list[Built]]:
    """Return the files of a source that may print a figure on the same day, two or more together.

    A file that conflicts with itself was flagged when it was read.
    """
    days = [(e.source, e.first, e.last, e) for e in entries if e.table == "flows"]
    groups: list[list[Built]] = []
    end = ("", "")
    for source, first, last, entry in sorted(days, key=lambda d: (*d[:3], d[3].file)):
        if (source, first) <= end:
            groups[-1].append(entry)
            end = max(end, (source, last))
        else:
            groups.append([entry])
            end = (source, last)
    return [group for group in groups if len(group) > 1]


def _commit(
    root: Path,
    entries: list[Built],
    fresh: list[Built],
    synced: set[Content],
    amended: str,
    made: Sequence[corrections.Correction],
) -> None:
    processed = root / "processed"
    conflicts, apart = _write_conflicts(root, entries)
    settled = standing.settle(root, entries, fresh, conflicts)
    violated = _violated(corrections.apply(_flows(root, entries), made))
    # Everything the list will name is on the disk before the list is.
    new = {apart, *(content for entry in settled for content in entry.made.values())} - synced
    disk.sync((processed / content.path for content in new), processed)
    more = {
        "reader": reader_print(),
        "conflicts": conflicts.height,
        "corrections": amended,
        "violated": violated,
    }
    listing.write(root, settled, apart, **more)


def _sweep(root: Path) -> None:
    """Remove what no list speaks of: files of an older build, or of one that failed or was killed."""
    processed = root / "processed"
    listed = {content.path for content in listing.read(root).contents} if listing.values(root) else set()
    for path in [*processed.glob("*.parquet"), *processed.glob("*/*/*.parquet")]:
        if path.relative_to(processed).as_posix() not in listed:
            # What cannot be removed does no harm: no reader looks at it.
            with suppress(OSError):
                path.unlink()


def manifest(root: Path) -> list[Built]:
    """Return what the last build made of each raw file.

    Raises:
        StoreError: there has been no build.
    """
    return list(listing.read(root).entries)


def _entries(root: Path) -> list[Built]:
    return manifest(root) if listing.values(root) else []


def current(root: Path) -> None:
    """Accept a build that is up to date with data/raw (by sidecars, not by bytes) and with the readers.

    Of its own files, all are there and none was cut short; what they hold is looked at when it is read.

    Raises:
        StoreError: there is no build, or it is not up to date; the message says why.
    """
    changed = stale(root)
    if changed and _told(root, "reader", "") != reader_print():
        raise StoreError(f"{root}: built by another version of the readers; run: tonnage build")
    if changed:
        shown = ", ".join(changed[:3]) + (" ..." if len(changed) > 3 else "")
        raise StoreError(
            f"{root}: {len(changed)} raw files differ from the last build ({shown}); run: tonnage build"
        )
    if corrections.digest(corrections.load(root)) != _told(root, "corrections", ""):
        raise StoreError(f"{root}: {corrections.FILE} has changed since the last build; run: tonnage build")
    listing.refuse_cut(root, listing.read(root))


def stale(root: Path) -> list[str]:
    """Return the raw files that the last build has not seen as they are now (by sidecar, not by bytes)."""
    known = {(e.file, e.raw, e.key) for e in manifest(root)}
    now = {(f.shown, f.sidecar.raw, _key(f)) for f in store.raw_files(root)}
    return sorted({name for name, *_ in known ^ now})


def digest(root: Path) -> str:
    """Return a hash of everything built: equal digests give equal answers."""
    return listing.read(root).digest


def _key(file: store.RawFile) -> str:
    """Return a hash of what, besides the raw bytes, decides the processed bytes."""
    parts = [reader_print(), store.sidecar_text(file.sidecar, 0)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def _said(file: store.RawFile) -> str:
    return raw_id(store.sidecar_text(file.sidecar, 0).encode())[:16]


@cache
def reader_print() -> str:
    """Return a hash of all that turns bytes into rows and rows into files: code, registry, engine."""
    found = [f"polars {pl.__version__}", f"pyarrow {version('pyarrow')}"]
    found += [
        f"{p.name} {raw_id(p.read_bytes())}"
        for p in map(Path, (__file__, bulk.__file__, standing.__file__, vintages.__file__))
    ]
    for room in ("model", "sources"):
        paths = sorted(files("tonnage").joinpath(room).iterdir(), key=lambda p: p.name)
        kept = [p for p in paths if p.name.endswith((".py", ".toml", ".json"))]
        found.extend(f"{room}/{p.name} {raw_id(p.read_bytes())}" for p in kept)
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:16]
