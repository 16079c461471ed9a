"""A file of a release goes in: read first, then stored; a file that cannot be read changes nothing."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from tonnage.errors import ReadError, StoreError, nearest
from tonnage.ledger import bulk, disk, store
from tonnage.model import flows
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading, Sidecar, Source, raw_id

__all__ = ["DETAILS", "Ingested", "ingest", "read", "sidecar_of", "source", "take"]

_SIDECAR_DETAILS: Final = ("publisher", "title", "url", "licence", "basis", "retrieved")
_NEVER_DETAILS: Final = ("source", "published", "value", "flags", "raw", "line")
_WORDS_OF_SOURCES: Final = ("confirmed", "regime", "place")

#: What may be said of a file: FLOWS columns it may lack, what its sidecar holds, words of single sources.
DETAILS: Final = tuple(
    dict.fromkeys(
        (*(c for c in flows.SCHEMA if c not in _NEVER_DETAILS), *_SIDECAR_DETAILS, *_WORDS_OF_SOURCES)
    )
)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file.

    Attributes:
        file: where it is stored.
        records, rows: records in it, and FLOWS (or other) rows they give.
        set_aside: `SET_ASIDE`: records that could not be read; of a large file the first of them.
        aside: how many there are in all.
        notes: what was told.
        known: its bytes were stored already; then nothing is changed.
        restored: ... but the stored file was lost or damaged, and is now as its sidecar says.
        differs: what was said of it now that its sidecar says otherwise; the sidecar stands.
    """

    file: store.RawFile
    records: int
    rows: int
    set_aside: pl.DataFrame
    aside: int
    notes: tuple[str, ...]
    known: bool
    restored: bool = False
    differs: tuple[str, ...] = ()


def source(name: str) -> Source:
    """Return a source by id.

    Raises:
        ReadError: there is none of that name; the nearest are offered.
    """
    if name not in SOURCES:
        known = ", ".join(sorted(SOURCES))
        raise ReadError(
            f"source {name!r}: not one of the sources{nearest(name, SOURCES) or '.'} Known: {known}"
        )
    return SOURCES[name]


def read(name: str, path: str | Path, /, published: str | dt.date | None = None, **details: str) -> Reading:
    """Read one raw file; pure: no store is needed and nothing is written.

    Args:
        name: id of the source, see `tonnage sources`.
        path: the file.
        published: day of release, where the file does not say it (ISO day or date).
        details: what the file cannot say itself, named as the FLOWS columns (stage, flow, partner ...), and
            publisher, title, url, licence, basis, retrieved.

    Returns:
        The reading: `frame`, `set_aside`, `notes`; records of the two add up to `records`.

    Raises:
        ReadError: the source is unknown, the file is missing, or it cannot be read as a whole.
    """
    raw = _bytes(Path(path))
    return source(name).read(raw, sidecar_of(name, Path(path).name, raw_id(raw), published, details))


def ingest(
    root: Path, name: str, path: str | Path, /, published: str | dt.date | None = None, **details: str
) -> Ingested:
    """Store a file of a release in data/raw with its sidecar. The same bytes again change nothing.

    Raises:
        ReadError: as `read` does; nothing is stored.
        StoreError: another file of that name is stored with other bytes, the same bytes are stored under
            another source, or the disk failed; nothing is changed.
    """
    path = Path(path)
    return take(root, sidecar_of(name, path.name, _hash(path), published, details), path)


def take(root: Path, sidecar: Sidecar, raw: bytes | Path) -> Ingested:
    """Store the bytes of a release, or a copy of a file, under its sidecar, once they could be read.

    Raises:
        ReadError, StoreError: as `ingest`.
    """
    reader = source(sidecar.source)
    if reader.kept:
        raise ReadError(f"source {reader.id} is kept, not ingested. {reader.how}")
    with disk.locked(root):
        known = _stored(root, sidecar)
        if known:
            return _again(known, sidecar, raw)
        sidecar = replace(sidecar, file=_name(root, sidecar))
        looked = _looked_through(raw, sidecar)
        return replace(looked, file=store.write_raw(root, sidecar, raw))


def _looked_through(raw: bytes | Path, sidecar: Sidecar) -> Ingested:
    """Read what is not stored yet; a large file is not held in memory."""
    file = store.RawFile(Path(sidecar.file), sidecar)
    chosen = source(sidecar.source).bulk(sidecar.file)
    if chosen:
        with raw.open("rb") if isinstance(raw, Path) else io.BytesIO(raw) as opened:
            done, first = bulk.count(opened, sidecar, chosen)
        return Ingested(file, done.records, done.figures, first, done.set_aside, done.notes, known=False)
    reading = source(sidecar.source).read(_bytes(raw) if isinstance(raw, Path) else raw, sidecar)
    aside = reading.set_aside
    rows = reading.frame.height
    return Ingested(file, reading.records, rows, aside, aside.height, reading.notes, known=False)


def _stored(root: Path, sidecar: Sidecar) -> store.RawFile | None:
    for file in store.raw_files(root):
        if file.sidecar.sha256 == sidecar.sha256:
            if file.sidecar.source != sidecar.source:
                raise StoreError(
                    f"{sidecar.file}: the same bytes are stored as {file.shown}, and bytes have one source;"
                    f" to make it {sidecar.source}, remove that file with its sidecar first"
                )
            return file
    return None


def _again(known: store.RawFile, sidecar: Sidecar, raw: bytes | Path) -> Ingested:
    looked = _looked_through(raw, known.sidecar)
    lost = not store.intact(known)
    if lost:
        store.restore(known, raw)
    return replace(looked, file=known, known=True, restored=lost, differs=_differs(sidecar, known.sidecar))


def _differs(new: Sidecar, held: Sidecar) -> tuple[str, ...]:
    said: dict[str, object] = {**new.details, **({"published": new.published} if new.published else {})}
    stands: dict[str, object] = {**held.details, "published": held.published}
    return tuple(f"{k}: {stands.get(k)}, not {v}" for k, v in said.items() if v != stands.get(k))


def _name(root: Path, sidecar: Sidecar) -> str:
    """Return the name the file has in the store: that of its bytes, if a killed run left them there."""
    for path in store.orphans(root):
        fits = path.parent.name == sidecar.source and path.name.endswith(source(sidecar.source).suffixes)
        if fits and disk.hashed(path) == sidecar.sha256:
            return path.name
    return sidecar.file


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read: {fault.strerror}") from None


def _hash(path: Path) -> str:
    try:
        return disk.hashed(path)
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read: {fault.strerror}") from None


def sidecar_of(
    name: str, file: str, sha256: str, published: str | dt.date | None, details: Mapping[str, str]
) -> Sidecar:
    """Return the sidecar of a file, of what is said of it.

    Raises:
        ReadError: its source reads no files of such a name, a detail is unknown, or the day is none.
    """
    suffixes = source(name).suffixes
    if not file.endswith(suffixes):
        raise ReadError(f"{file}: source {name} reads files ending in {' or '.join(suffixes)}")
    _refuse_unknown(file, details)
    own = {k: v for k, v in details.items() if k in _SIDECAR_DETAILS}
    day, basis = _day(file, published), "given"
    if day is None:
        day, basis = source(name).day_in_name(file), "file_name"
    basis = own.pop("basis", basis if day else "row")
    rest = {k: v for k, v in details.items() if k not in _SIDECAR_DETAILS}
    return Sidecar(name, file, sha256, published=day, basis=basis, details=rest, **own)


def _refuse_unknown(file: str, details: Mapping[str, str]) -> None:
    for name in details:
        if name not in DETAILS:
            raise ReadError(
                f"{file}: detail {name!r}: expected one of {list(DETAILS)}{nearest(name, DETAILS)}"
            )


def _day(file: str, published: str | dt.date | None) -> dt.date | None:
    if published is None or isinstance(published, dt.date):
        return published
    try:
        return dt.date.fromisoformat(published)
    except ValueError:
        raise ReadError(f"{file}: published {published!r}: expected YYYY-MM-DD") from None
