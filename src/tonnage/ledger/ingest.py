"""A file of a release goes in: read first, then stored; a file that cannot be read changes nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tonnage.errors import ReadError, StoreError, nearest
from tonnage.ledger import store
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading, Sidecar, Source, raw_id

__all__ = ["Ingested", "ingest", "read", "source"]

_SIDECAR_DETAILS = ("publisher", "title", "url", "licence", "basis")


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of a file: where it is stored, how it read, and whether it was there before."""

    file: store.RawFile
    reading: Reading
    known: bool


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


def read(name: str, path: str | Path, published: str | dt.date | None = None, **details: str) -> Reading:
    """Read one raw file; pure: no store is needed and nothing is written.

    Args:
        name: id of the source, see `tonnage sources`.
        path: the file.
        published: day of release, where the file does not say it (ISO day or date).
        details: what the file cannot say itself, named as the FLOWS columns (stage, flow, partner ...), and
            publisher, title, url, licence, basis.

    Returns:
        The reading: `frame`, `set_aside`, `notes`; records of the two add up to `records`.

    Raises:
        ReadError: the source is unknown, the file is missing, or it cannot be read as a whole.
    """
    raw = _bytes(Path(path))
    return source(name).read(raw, _sidecar(name, Path(path).name, raw, published, details))


def ingest(
    root: Path, name: str, path: str | Path, published: str | dt.date | None = None, **details: str
) -> Ingested:
    """Store a file of a release in data/raw with its sidecar. The same bytes again change nothing.

    Raises:
        ReadError: as `read` does; nothing is stored.
        StoreError: another file of that name is stored with other bytes.
    """
    raw = _bytes(Path(path))
    sidecar = _sidecar(name, Path(path).name, raw, published, details)
    with store.locked(root / "raw"):
        for known in store.raw_files(root):
            if (known.sidecar.source, known.sidecar.sha256) == (sidecar.source, sidecar.sha256):
                return Ingested(known, source(name).read(raw, known.sidecar), known=True)
        reading = source(name).read(raw, sidecar)
        return Ingested(store.write_raw(root, sidecar, raw), reading, known=False)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read: {fault.strerror}") from None


def _sidecar(
    name: str, file: str, raw: bytes, published: str | dt.date | None, details: Mapping[str, str]
) -> Sidecar:
    suffixes = source(name).suffixes
    if not file.endswith(suffixes):
        raise ReadError(f"{file}: source {name} reads files ending in {' or '.join(suffixes)}")
    own = {k: v for k, v in details.items() if k in _SIDECAR_DETAILS}
    day = _day(file, published)
    basis = own.pop("basis", "given" if day else "row")
    rest = {k: v for k, v in details.items() if k not in _SIDECAR_DETAILS}
    return Sidecar(name, file, raw_id(raw), published=day, basis=basis, details=rest, **own)


def _day(file: str, published: str | dt.date | None) -> dt.date | None:
    if published is None or isinstance(published, dt.date):
        return published
    try:
        return dt.date.fromisoformat(published)
    except ValueError:
        raise ReadError(f"{file}: published {published!r}: expected YYYY-MM-DD") from None
