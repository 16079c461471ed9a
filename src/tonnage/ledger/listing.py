"""build.json: what the last build made, and whether data/processed still is that.

The list names the size and the SHA-256 of every processed file, and carries a hash of itself, so that a file
that was cut short, changed or lost is noticed. Everything it lists can be made again: run `tonnage build`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from tonnage.errors import StoreError
from tonnage.ledger import disk, unchanged
from tonnage.model import flows, packed
from tonnage.sources.base import raw_id

__all__ = [
    "HASHED",
    "MANIFEST",
    "PACKED",
    "Built",
    "Content",
    "Listing",
    "content",
    "damage",
    "damage_told",
    "drop_damaged",
    "flow_rows",
    "read",
    "refuse_cut",
    "sound",
    "values",
    "write",
]

MANIFEST: Final = "build.json"

#: Where the processed files lie whose rows are packed.
PACKED: Final = "packed/"

#: Up to so many bytes what is asked for is hashed before it is read; beyond that, only by a deep check.
HASHED: Final = 64 * 2**20

# The first line names the hash of all that follows.
_SEAL: Final = re.compile(rb'\{"sha256": "([0-9a-f]{64})",\n')


@dataclass(frozen=True, slots=True)
class Content:
    """A processed file as it was written: its place in data/processed, size and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Built:
    """One raw file as the build left it: an entry of build.json.

    Attributes:
        sidecar: hash of what its sidecar said.
        made: table -> the processed file.
        first, last: of FLOWS, the days of release of its prints, ISO; "" if it has none.
        height: of FLOWS, rows of the processed file.
        closed: of FLOWS, the day from which no print of it counts any more, ISO; "" while one does.
    """

    source: str
    file: str
    raw: str
    key: str
    table: str
    records: int
    rows: int
    set_aside: int
    sidecar: str
    made: dict[str, Content]
    first: str = ""
    last: str = ""
    height: int = 0
    closed: str = ""

    @property
    def name(self) -> str:
        """The name its processed files share."""
        return f"{self.raw}-{self.key}.parquet"


@dataclass(frozen=True, slots=True)
class Listing:
    """What one build made; read once, so that it is never half of one build and half of the next.

    Attributes:
        apart: the file of prints in conflict.
        corrections: hash of the corrections that were in force.
    """

    entries: tuple[Built, ...]
    apart: Content
    corrections: str

    @property
    def contents(self) -> list[Content]:
        """Every processed file."""
        return [self.apart, *(content for entry in self.entries for content in entry.made.values())]

    @property
    def digest(self) -> str:
        """A hash of everything built: equal digests give equal answers."""
        parts = sorted(f"{e.source} {e.file} {e.raw} {e.key}" for e in self.entries)
        if self.corrections:
            parts.append(f"corrections {self.corrections}")
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def values(root: Path) -> dict[str, Any]:
    """Return what the last build wrote down, nothing if there has been none.

    Raises:
        StoreError: the list is damaged, or of another version.
    """
    path = root / "processed" / MANIFEST
    if not path.exists():
        return {}
    text = path.read_bytes()
    seal = _SEAL.match(text)
    if not seal or seal[1].decode() != raw_id(text[seal.end() :]):
        raise StoreError(f"{path}: not a list of built files of this version, or damaged; run: tonnage build")
    found: dict[str, Any] = json.loads(text)
    return found


def read(root: Path) -> Listing:
    """Return what the last build made.

    Raises:
        StoreError: there has been no build, or its list is damaged or of another version.
    """
    found = values(root)
    if not found:
        raise StoreError(f"{root / 'processed'}: nothing is built yet; run: tonnage build")
    try:
        entries = tuple(_entry(entry) for entry in found["files"])
        return Listing(entries, Content(**found["apart"]), found["corrections"])
    except (KeyError, TypeError) as fault:
        path = root / "processed" / MANIFEST
        raise StoreError(f"{path}: written by another version ({fault}); run: tonnage build") from None


def _entry(entry: Mapping[str, Any]) -> Built:
    made = {table: Content(**content) for table, content in entry["made"].items()}
    return Built(**{**entry, "made": made})


def write(root: Path, entries: Iterable[Built], apart: Content, **more: Any) -> None:
    """Replace the list: the point at which a build counts."""
    head = "".join(
        f"{_text(name)}: {_text(value)},\n" for name, value in (*more.items(), ("apart", asdict(apart)))
    )
    lines = ",\n".join(_text(asdict(entry)) for entry in entries)
    body = f'{head}"files": [\n{lines}\n]}}\n'.encode()
    disk.write_atomic(root / "processed" / MANIFEST, b'{"sha256": "%s",\n' % raw_id(body).encode() + body)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def drop_damaged(root: Path) -> None:
    """Remove a list that cannot be trusted, so that everything is built anew."""
    try:
        if values(root):
            read(root)
    except StoreError:
        with disk.told(root / "processed"):
            (root / "processed" / MANIFEST).unlink()


def damage(root: Path, content: Content, hashed: Callable[[Path], str] | None = disk.hashed) -> str:
    """Return what is wrong with a processed file, "" if nothing is.

    Args:
        root: the data folder.
        content: the file as it was written.
        hashed: gives its SHA-256; None looks at its size only.
    """
    path = root / "processed" / content.path
    try:
        size = path.stat().st_size
        found = hashed(path) if hashed and size == content.bytes else content.sha256
    except FileNotFoundError:
        return f"{content.path} is missing"
    except OSError as fault:
        return f"{content.path} cannot be read: {fault.strerror}"
    if size != content.bytes:
        return f"{content.path}: expected {content.bytes:,} bytes, found {size:,}"
    if found != content.sha256:
        return f"{content.path}: expected SHA-256 {content.sha256[:16]}..., found {found[:16]}..."
    return ""


def content(root: Path, path: str) -> Content:
    """Return a processed file as it stands on the disk now."""
    written = root / "processed" / path
    return Content(path, written.stat().st_size, disk.hashed(written))


def flow_rows(root: Path, contents: Iterable[Content]) -> pl.LazyFrame:
    """Return the stored FLOWS rows of processed files lazily, those of packed files unpacked."""
    every = [(content.path.startswith(PACKED), root / "processed" / content.path) for content in contents]
    plain = [path for is_packed, path in every if not is_packed]
    bundled = [path for is_packed, path in every if is_packed]
    found = [pl.scan_parquet(plain)] if plain else []
    found += [packed.unpack(pl.scan_parquet(bundled))] if bundled else []
    return pl.concat(found) if found else flows.to_storage(flows.SCHEMA.to_frame()).lazy()


def refuse_cut(root: Path, listing: Listing) -> None:
    """Refuse a build of which a file is missing or of another size; a look at each, nothing is read.

    Raises:
        StoreError: that is so.
    """
    _refuse(root, [damage(root, content, None) for content in listing.contents])


def sound(root: Path, contents: Iterable[Content]) -> list[Path]:
    """Return the paths of processed files that are as they were written, to be read now.

    Their bytes are hashed if they are few (`HASHED`), once in a process while the disk tells no change of
    them; of many, only the sizes are looked at.

    Raises:
        StoreError: one is not.
    """
    every = list(contents)
    hashed = unchanged.hashed if sum(content.bytes for content in every) <= HASHED else None
    _refuse(root, [damage(root, content, hashed) for content in every])
    return [root / "processed" / content.path for content in every]


def _refuse(root: Path, found: Iterable[str]) -> None:
    faults = [fault for fault in found if fault]
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        raise StoreError(
            f"{root / 'processed'}: {faults[0]}{more}; run: tonnage build, which makes it again from raw;"
            " then open the ledger again"
        )


@contextmanager
def damage_told(root: Path, listing: Listing) -> Iterator[None]:
    """Turn an error of the engine into one that names the damaged file, if there is one.

    Raises:
        StoreError: a processed file is not what the build made.
    """
    try:
        yield
    except (pl.exceptions.PolarsError, FileNotFoundError):
        _refuse(root, [damage(root, content) for content in listing.contents])
        raise
