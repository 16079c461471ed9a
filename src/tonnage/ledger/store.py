"""The folders of a workspace: data/raw is written once, data/processed can always be made again.

    data/raw/<source>/<file>                 the bytes of a release
    data/raw/<source>/<file>.json            its sidecar
    data/processed/<table>/<source>/<raw>-<reader>.parquet
    data/processed/build.json                what the last build made: readers see only what it lists

Every write goes to a temporary name in the same folder, is synced, and is renamed into place.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import StoreError, nearest
from tonnage.sources.base import Sidecar, raw_id

__all__ = [
    "RawFile",
    "find_root",
    "locked",
    "orphans",
    "raw_files",
    "read_json",
    "sidecar_text",
    "verified",
    "write_atomic",
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
    raise StoreError(
        f"{candidates[0]}: expected a workspace (a folder that holds raw/), found none;"
        " make one with: tonnage init DIR"
    )


def raw_files(root: Path) -> list[RawFile]:
    """Return every raw file that has a sidecar, in order of path."""
    every = sorted((root / "raw").glob("*/*.json"))
    # A release may be JSON itself; then it has a sidecar of its own.
    sidecars = [path for path in every if not path.with_name(f"{path.name}.json").exists()]
    return [RawFile(path.with_suffix(""), _sidecar(path)) for path in sidecars]


def orphans(root: Path) -> list[Path]:
    """Return files in data/raw that no sidecar speaks of; they are never read."""
    every = (p for p in (root / "raw").glob("*/*") if p.is_file() and not p.name.startswith("."))
    return sorted(p for p in every if p.suffix != ".json" and not p.with_name(f"{p.name}.json").exists())


def _sidecar(path: Path) -> Sidecar:
    entry = read_json(path)
    unknown = sorted(set(entry) - set(_FIELDS))
    missing = [name for name in _NEEDED if name not in entry]
    if unknown or missing:
        hints = "".join(nearest(name, _FIELDS) for name in unknown)
        raise StoreError(
            f"{path}: expected the fields {list(_FIELDS)}; unknown: {unknown}, missing: {missing}{hints}"
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
        StoreError: the file is missing or its hash is another.
    """
    try:
        raw = file.path.read_bytes()
    except FileNotFoundError:
        raise StoreError(f"{file.shown}: the sidecar is there, the file is not; restore it") from None
    found = raw_id(raw)
    if found != file.sidecar.sha256:
        raise StoreError(
            f"{file.shown}: expected SHA-256 {file.sidecar.sha256[:16]}..., found {found[:16]}...:"
            " the file was changed after it was stored. Restore it;"
            " to add a changed release, ingest it as a new file"
        )
    return raw


def write_raw(root: Path, sidecar: Sidecar, raw: bytes) -> RawFile:
    """Store the bytes of a release with its sidecar; the sidecar comes last and makes it count.

    Raises:
        StoreError: another file has that name already.
    """
    folder = root / "raw" / sidecar.source
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / sidecar.file
    if path.exists() and raw_id(path.read_bytes()) != sidecar.sha256:
        raise StoreError(
            f"{path}: a file of that name is stored with other bytes; give the new one another name"
        )
    write_atomic(path, raw)
    write_atomic(folder / f"{sidecar.file}.json", sidecar_text(sidecar, len(raw)).encode())
    return RawFile(path, sidecar)


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


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the workspace for one writer.

    Raises:
        StoreError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"{folder}: another tonnage process is writing here; wait for it") from None
        yield
