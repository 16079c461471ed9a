"""The folder of a report: locked while it is filled, swapped in whole, and nothing in it ever dropped.

A manifest beside the files says what they are and holds their hashes: by it a report is found to be there,
and whole, or to have been changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.ledger import disk

__all__ = ["ARCHIVE", "Earlier", "earlier", "locked", "replaced", "write_manifest"]

#: The folder inside a report's folder that keeps what stood there before.
ARCHIVE: Final = "superseded"

_MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Earlier:
    """What stands in a folder: the run it came from ("" when nothing does), the files that were changed."""

    run: str = ""
    damaged: tuple[str, ...] = ()
    manifest: bytes = b""


def earlier(folder: Path) -> Earlier:
    """Return what stands in the folder: nothing, a whole report, or one whose files were changed."""
    if not folder.is_dir():
        return Earlier()
    try:
        content = (folder / _MANIFEST).read_bytes()
        found = json.loads(content)
        run_id, files = str(found["run"]), dict(found["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return Earlier("unknown", (_MANIFEST,))
    return Earlier(run_id, tuple(name for name in files if _file_hash(folder / name) != files[name]), content)


def write_manifest(folder: Path, identity: Mapping[str, Any]) -> None:
    """Write beside the files of a report what they are: its identity, and the hash of each."""
    content = {**identity, "files": {path.name: _file_hash(path) for path in sorted(folder.iterdir())}}
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / _MANIFEST).write_text(text, "utf-8")


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@contextmanager
def locked(folder: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder for one run; what a killed run left beside it is put right first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.parent / f".{folder.name}.lock"
    handle = _lock(lock, say)
    try:
        _recover(folder)
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def replaced(folder: Path, before: Earlier) -> Iterator[Path]:
    """Give an empty folder to fill; filled without an error it takes the place of `folder`, all at once."""
    new = _beside(folder, "new")
    new.mkdir()
    try:
        yield new
        _archive(folder, before, new)
        _settle(new)
        _swap(new, folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _lock(lock: Path, say: Callable[[str], None]) -> int:
    import fcntl

    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run of the same report")
            fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == lock.stat().st_ino:
                return handle
        os.close(handle)  # the run before ours has taken its lock file away


def _recover(folder: Path) -> None:
    old = _beside(folder, "old")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    for left in (old, _beside(folder, "new")):
        shutil.rmtree(left, ignore_errors=True)


def _beside(folder: Path, role: str) -> Path:
    return folder.parent / f".{folder.name}.{role}"


def _archive(folder: Path, before: Earlier, new: Path) -> None:
    """Put what stands in the folder, and what it superseded, into the new one; nothing is ever dropped."""
    shelf = new / ARCHIVE
    if (folder / ARCHIVE).is_dir():
        shutil.copytree(folder / ARCHIVE, shelf, copy_function=_link)
    unchanged = not before.damaged and before.manifest == (new / _MANIFEST).read_bytes()
    if before.run and not unchanged:
        place = _free(shelf, before.run + ("-damaged" if before.damaged else ""))
        shutil.copytree(folder, place, copy_function=_link, ignore=shutil.ignore_patterns(ARCHIVE))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _free(shelf: Path, name: str) -> Path:
    names = (name, *(f"{name}-{n}" for n in range(2, 1000)))
    return next(shelf / each for each in names if not (shelf / each).exists())


def _settle(folder: Path) -> None:
    """Force every file of the folder onto the disk."""
    for path in (*folder.iterdir(), folder):
        disk.flush(path)


def _swap(new: Path, folder: Path) -> None:
    old = _beside(folder, "old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    disk.flush(folder.parent)
    shutil.rmtree(old, ignore_errors=True)
