"""A drop folder: every file in it is recognised, read and stored, and only then moved aside.

    FILE             what was dropped
    FILE.json        what is known of it, if anything: source, published, details ... as in a sidecar
    FILE.why.txt     why it is still here
    done/            what is stored

A file that is not recognised or cannot be read stays where it is, and so does what lies beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ReadError, StoreError, TonnageError, nearest
from tonnage.ledger import disk, ingest, store
from tonnage.sources import SOURCES
from tonnage.sources.recognise import HEAD, recognised

__all__ = ["Dropped", "inbox"]

_DONE: Final = "done"
_WHY: Final = ".why.txt"
#: What may be said of a file beside it: what a sidecar holds, so that one may be dropped with its file.
_SAID: Final = (
    *("source", "published", "publisher", "title", "url", "licence", "basis", "retrieved", "details"),
    *("file", "sha256", "bytes"),
)
_CHECKED: Final = ("file", "sha256", "bytes")


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of a file.

    Attributes:
        path: where it was dropped.
        source: the source it is of, "" if that is not clear.
        done: what was stored, None if it stays.
        why: why it stays, "" if it does not.
    """

    path: Path
    source: str
    done: ingest.Ingested | None = None
    why: str = ""


def inbox(root: Path, folder: Path) -> Iterator[Dropped]:
    """Take in what was dropped into a folder, file by file in order of name.

    Args:
        root: the data folder of the workspace.
        folder: the drop folder.

    Raises:
        StoreError: the folder is not there, or the disk failed; each file is stored or still there.
    """
    if not folder.is_dir():
        raise StoreError(
            f"{folder}: expected a folder to look into, found none; make it, or name another one"
        )
    for path in _files(folder):
        found = _taken(root, path)
        why = path.with_name(f"{path.name}{_WHY}")
        if found.done is None:
            disk.write_atomic(why, f"{found.why}\n".encode())
        else:
            _move_aside(path, found.done.file.sidecar.sha256)
            with suppress(FileNotFoundError):
                why.unlink()
        yield found


def _files(folder: Path) -> list[Path]:
    every = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    return [path for path in every if not path.name.endswith(_WHY) and not _is_card(path)]


def _is_card(path: Path) -> bool:
    return path.suffix == ".json" and path.with_suffix("").is_file()


def _taken(root: Path, path: Path) -> Dropped:
    source = ""
    try:
        head, sha256 = _looked_at(path)
        said = _said(path, sha256)
        source = said.pop("source", "") or _source(path.name, head)
        published = said.pop("published", None)
        sidecar = ingest.sidecar_of(source, path.name, sha256, published, said)
        return Dropped(path, source, ingest.take(root, sidecar, path))
    except TonnageError as told:
        if isinstance(told, StoreError) and told.__cause__:
            raise  # the disk: no other file will fare better
        return Dropped(path, source, why=str(told))


def _looked_at(path: Path) -> tuple[bytes, str]:
    """Return the beginning of a file and the hash of all of it.

    Raises:
        ReadError: it is empty, cannot be read, or is being written.
    """
    try:
        before = path.stat()
        with path.open("rb") as file:
            head = file.read(HEAD)
        sha256 = disk.hashed(path)
        after = path.stat()
    except OSError as fault:
        raise ReadError(f"{path.name}: cannot be read: {fault.strerror}") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise ReadError(f"{path.name}: is being written; it stays until it is whole")
    if not head:
        raise ReadError(f"{path.name}: expected figures, found an empty file")
    return head, sha256


def _source(name: str, head: bytes) -> str:
    """Return the one source a file is of.

    Raises:
        ReadError: there is none, or more than one; or that source does not read files of such a name.
    """
    readers = [source.id for source in SOURCES.values() if not source.kept]
    found = recognised(name, head, readers)
    hint = f'say which beside it: {name}.json with {{"source": "..."}}'
    if not found:
        raise ReadError(f"{name}: is of no source that is known by its beginning; {hint}, one of {readers}")
    if len(found) > 1:
        raise ReadError(f"{name}: may be of {' or '.join(found)}; {hint}")
    return found[0]


def _said(path: Path, sha256: str) -> dict[str, Any]:
    """Return what is said of a file beside it, flat.

    Raises:
        ReadError: a field is unknown or no text, or it speaks of other bytes.
    """
    card = store.card(path)
    if not card.is_file():
        return {}
    said = store.read_json(card)
    unknown = [name for name in said if name not in _SAID]
    if unknown:
        hint = nearest(unknown[0], _SAID)
        raise ReadError(f"{card.name}: expected the fields {list(_SAID)}; unknown: {unknown[0]!r}{hint}")
    if said.get("sha256", sha256) != sha256:
        raise ReadError(f"{card.name}: speaks of other bytes than those of {path.name}; correct or remove it")
    details = said.pop("details", {})
    flat = {name: value for name, value in said.items() if name not in _CHECKED and value}
    if not isinstance(details, dict) or not all(
        isinstance(v, str) for v in (*details.values(), *flat.values())
    ):
        raise ReadError(f"{card.name}: expected text in every field, and an object of texts in details")
    return {**details, **flat}


def _move_aside(path: Path, sha256: str) -> None:
    """Move a stored file, with what was said of it, into done/; another one of that name there stays."""
    done = path.parent / _DONE
    with disk.told(path.parent):
        done.mkdir(exist_ok=True)
        name = path.name if not (done / path.name).exists() else f"{path.stem}_{sha256[:8]}{path.suffix}"
        card = store.card(path)
        path.replace(done / name)
        if card.is_file():
            card.replace(store.card(done / name))
    disk.sync([], path.parent)
