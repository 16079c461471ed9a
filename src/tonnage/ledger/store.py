"""The folders of a workspace: data/raw is written once, data/processed can always be made again.

    data/raw/<source>/<file>                 the bytes of a release
    data/raw/<source>/<file>.json            its sidecar
    data/raw/events/<act>.toml               the event register: kept text, which changes and has no sidecar
    data/processed/<table>/<source>/<raw>-<reader>.parquet
    data/processed/build.json                what the last build made: readers see only what it lists

The bytes of a release are stored first and its sidecar last: the sidecar makes them count. Bytes that a
killed run left without one are an orphan: told, never read, and completed when the file is ingested again.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from tonnage.errors import StoreError, TonnageError, few, nearest
from tonnage.ledger import disk
from tonnage.sources import SOURCES
from tonnage.sources.base import Sidecar, raw_id

__all__ = [
    "RawFile",
    "card",
    "find_root",
    "intact",
    "is_kept",
    "opened",
    "orphans",
    "raw_files",
    "read_json",
    "restore",
    "sidecar_text",
    "verified",
    "verify",
    "write_raw",
]

_FIELDS: Final = (
    "source",
    "file",
    "sha256",
    "bytes",
    "publisher",
    "published",
    "basis",
    "title",
    "url",
    "retrieved",
    "licence",
    "details",
)
_NEEDED: Final = ("source", "file", "sha256")


@dataclass(frozen=True, slots=True)
class RawFile:
    """One raw file of the store and its sidecar."""

    path: Path
    sidecar: Sidecar

    @property
    def shown(self) -> str:
        """The file as a receipt names it: relative to the workspace."""
        return f"data/raw/{self.sidecar.source}/{self.path.name}"


def find_root(path: str | Path | None = None) -> Path:
    """Return the data folder of a workspace.

    Without a path: the environment variable TONNAGE_DATA, else `data` here or in a folder above, so that
    a notebook opened from notebooks/ finds it.

    Raises:
        StoreError: there is no data/raw there.
    """
    asked = path or os.environ.get("TONNAGE_DATA")
    if asked:
        candidates = [Path(asked)]
    else:
        here = Path.cwd()
        candidates = [folder / "data" for folder in (here, *here.parents)]
    for folder in candidates:
        if (folder / "raw").is_dir():
            return folder.resolve()
    above = "" if asked else " here or above"
    raise StoreError(
        f"{candidates[0]}: expected the data folder of a workspace (one that holds raw/), found none{above};"
        " start in the workspace, name the folder (tonnage --data, tn.open(), TONNAGE_DATA), or make one:"
        " tonnage init DIR"
    )


def raw_files(root: Path) -> list[RawFile]:
    """Return every raw file that has a sidecar, and the kept ones as they are now, in order of path."""
    every = sorted((root / "raw").glob("*/*.json"))
    carded = [RawFile(path.with_suffix(""), _sidecar(path)) for path in every if _is_sidecar(path)]
    return sorted([*carded, *_kept(root)], key=lambda file: file.path)


def _kept(root: Path) -> Iterator[RawFile]:
    """Yield the files of sources that need no sidecar: what it would say is known."""
    for source in SOURCES.values():
        for path in sorted((root / "raw" / source.id).glob("*")) if source.kept else ():
            if is_kept(path):
                raw = path.read_bytes()
                yield RawFile(path, Sidecar(source.id, path.name, raw_id(raw), licence=source.licence))


def is_kept(path: Path) -> bool:
    """Return whether a file is text that tonnage keeps itself, by its folder and name."""
    source = SOURCES.get(path.parent.name)
    named = source is not None and source.kept and path.name.endswith(source.suffixes)
    return named and not path.name.startswith(".")


def orphans(root: Path) -> list[Path]:
    """Return files in data/raw that no sidecar speaks of; they are never read."""
    every = (p for p in (root / "raw").glob("*/*") if p.is_file() and not p.name.startswith("."))
    return sorted(p for p in every if not card(p).exists() and not _is_sidecar(p) and not is_kept(p))


def card(path: Path) -> Path:
    """Return where the sidecar of a raw file stands."""
    return path.with_name(f"{path.name}.json")


def _is_sidecar(path: Path) -> bool:
    # A release may be JSON itself; then it has a sidecar of its own, or a killed run left it without one.
    if path.suffix != ".json" or card(path).exists():
        return False
    return path.with_suffix("").is_file() or _speaks_of(path) is not None


def _speaks_of(path: Path) -> str | None:
    """Return the hash a sidecar names, None for any other file."""
    with suppress(StoreError):
        entry = read_json(path)
        return str(entry["sha256"]) if all(name in entry for name in _NEEDED) else None
    return None


def _sidecar(path: Path) -> Sidecar:
    entry = read_json(path)
    unknown = sorted(set(entry) - set(_FIELDS))
    missing = [name for name in _NEEDED if name not in entry]
    if unknown or missing:
        hints = "".join(nearest(name, _FIELDS) for name in unknown)
        raise StoreError(
            f"{path}: expected the fields of a sidecar;"
            f" unknown: {few(unknown)}; missing: {few(missing)}{hints}"
        )
    _check_texts(path, entry)
    if (entry["source"], f"{entry['file']}.json") != (path.parent.name, path.name):
        raise StoreError(
            f"{path}: names source {entry['source']!r} and file {entry['file']!r}; expected those of its"
            f" place, {path.parent.name!r} and {path.stem!r}; move it or correct it"
        )
    values: dict[str, Any] = {k: v for k, v in entry.items() if k != "bytes"}
    try:
        values["published"] = dt.date.fromisoformat(entry["published"]) if entry.get("published") else None
    except ValueError:
        found = entry["published"]
        raise StoreError(f"{path}: published: expected YYYY-MM-DD, found {found!r}") from None
    return Sidecar(**values)


def _check_texts(path: Path, entry: Mapping[str, Any]) -> None:
    texts = {name: value for name, value in entry.items() if name not in ("bytes", "details")}
    details = entry.get("details", {})
    if isinstance(details, Mapping):
        texts |= {f"details.{name}": value for name, value in details.items()}
    wrong = [name for name, value in texts.items() if not isinstance(value, str)]
    if texts.get("published", "") is None:
        wrong.remove("published")
    if wrong or not isinstance(details, Mapping):
        raise StoreError(
            f"{path}: expected text in {wrong}" if wrong else f"{path}: details: expected an object"
        )


def verified(file: RawFile) -> bytes:
    """Return the bytes of a raw file, which are those its sidecar speaks of.

    Raises:
        StoreError: the file is missing, cannot be read, or its hash is another.
    """
    with _readable(file):
        raw = file.path.read_bytes()
    _refuse_changed(file, raw_id(raw))
    return raw


def verify(file: RawFile) -> None:
    """Accept a raw file whose bytes are those its sidecar speaks of; however large, it is not held in memory.

    Raises:
        StoreError: as `verified`.
    """
    with _readable(file):
        found = disk.hashed(file.path)
    _refuse_changed(file, found)


@contextmanager
def opened(file: RawFile) -> Iterator[IO[bytes]]:
    """Give a raw file to be read piece by piece.

    Raises:
        StoreError: it is missing or cannot be read.
    """
    with _readable(file), file.path.open("rb") as handle:
        yield handle


@contextmanager
def _readable(file: RawFile) -> Iterator[None]:
    try:
        yield
    except TonnageError:
        raise  # a StoreError is an OSError too, and has said it already
    except FileNotFoundError:
        raise StoreError(f"{file.shown}: the sidecar is there, the file is not; restore it") from None
    except OSError as fault:
        raise StoreError(f"{file.shown}: cannot be read: {fault.strerror or fault}") from fault


def _refuse_changed(file: RawFile, found: str) -> None:
    if found != file.sidecar.sha256:
        raise StoreError(
            f"{file.shown}: expected SHA-256 {file.sidecar.sha256[:16]}..., found {found[:16]}...:"
            " the file was changed after it was stored. Restore it;"
            " to do so, ingest the true file again; to add a changed release, ingest it as a new file"
        )


def intact(file: RawFile) -> bool:
    """Return whether the bytes of a raw file are there and are those its sidecar speaks of."""
    return file.path.is_file() and disk.hashed(file.path) == file.sidecar.sha256


def write_raw(root: Path, sidecar: Sidecar, raw: bytes | Path) -> RawFile:
    """Store the bytes of a release, or a copy of a file; its sidecar comes last and makes it count.

    Raises:
        StoreError: that name is taken, or the disk failed; nothing is changed in either case.
    """
    file = RawFile(root / "raw" / sidecar.source / sidecar.file, sidecar)
    own = card(file.path)
    held = file.path.exists()
    if held and not intact(file):
        raise StoreError(
            f"{file.path}: a file of that name is stored with other bytes; give the new one another name"
        )
    if own.exists() and _speaks_of(own) != sidecar.sha256:
        raise StoreError(f"{own}: is there already and speaks of other bytes; give the new file another name")
    try:
        if not held:
            _store(file, raw)
        size = len(raw) if isinstance(raw, bytes) else file.path.stat().st_size
        disk.write_atomic(own, sidecar_text(sidecar, size).encode())
    except BaseException:
        if not held and not own.exists():
            with suppress(OSError):
                file.path.unlink(missing_ok=True)
        raise
    return file


def _store(file: RawFile, raw: bytes | Path) -> None:
    if isinstance(raw, bytes):
        disk.write_atomic(file.path, raw)
        return
    with disk.placing(file.path) as temporary:
        shutil.copyfile(raw, temporary)
        if disk.hashed(temporary) != file.sidecar.sha256:
            raise StoreError(f"{raw}: changed while it was read; ingest it again when it is whole")
    disk.sync([file.path], file.path.parent)


def restore(file: RawFile, raw: bytes | Path) -> None:
    """Put bytes, or a copy of a file, in place of stored bytes that were lost or damaged.

    Raises:
        StoreError: the disk failed, or the file is not the one the sidecar speaks of.
    """
    _store(file, raw)


def sidecar_text(sidecar: Sidecar, size: int) -> str:
    """Return a sidecar as it is written."""
    values = {name: size if name == "bytes" else getattr(sidecar, name) for name in _FIELDS}
    values["published"] = sidecar.published.isoformat() if sidecar.published else None
    values["details"] = dict(sidecar.details)
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        StoreError: the file is not one.
    """
    try:
        entry = json.loads(path.read_text("utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as fault:
        raise StoreError(f"{path}: expected a JSON object: {fault}") from None
    if not isinstance(entry, Mapping):
        raise StoreError(f"{path}: expected a JSON object, found {type(entry).__name__}")
    return dict(entry)
