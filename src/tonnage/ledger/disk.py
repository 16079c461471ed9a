"""How bytes reach the disk: whole or not at all, by one process at a time, and a failure says what to do.

A file is written under a temporary name in its own folder and renamed into place. Nothing here asks a clock
for the time of day or a file for its age: what is done depends on bytes alone.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from tonnage.errors import StoreError, TonnageError

__all__ = [
    "WAIT",
    "alone",
    "flush",
    "hashed",
    "locked",
    "place",
    "placing",
    "spool",
    "sync",
    "told",
    "write_atomic",
]

#: Seconds a writer waits for another one: an ingest takes a moment, and a build should not fail for it.
WAIT: Final = 10.0

_POLL: Final = 0.05
_SYNCS_AT_ONCE: Final = 8
_TEMPORARY: Final = re.compile(r"\..+\.[0-9]+\.tmp")

_FULL: Final = "make room on that disk, then run the same command again; what was there before is unchanged"
_CLOSED: Final = "make the folder writable or use a copy of the workspace (--data DIR); nothing was changed"
_NO_LOCKS: Final = "this file system has no locks; keep the workspace on a local disk"
_OTHER: Final = "see to the disk, then run the same command again; what was there before is unchanged"
_ADVICE: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), _CLOSED),
    **dict.fromkeys((errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF), _NO_LOCKS),
}


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn a failure of the disk into one that names the folder and says what to do.

    Raises:
        StoreError: in place of an OSError.
    """
    try:
        yield
    except TonnageError:
        raise  # a StoreError is an OSError too, and has said it already
    except OSError as fault:
        advice = _ADVICE.get(fault.errno or 0, _OTHER)
        raise StoreError(f"{folder}: cannot be written: {fault.strerror or fault}; {advice}") from fault


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits; however large, it is not held in memory."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old bytes or the new ones, never a part, whatever happens.

    Raises:
        StoreError: the disk is full, the folder is read-only, ...; the old bytes are there.
    """
    with told(path.parent):
        _write(path, content, synced=True)
        flush(path.parent)


def place(path: Path, content: bytes) -> None:
    """Write a file as `write_atomic` does, but leave it to `sync` to make it outlast a loss of power.

    Raises:
        StoreError: as `write_atomic`.
    """
    with told(path.parent):
        _write(path, content, synced=False)


@contextmanager
def placing(path: Path) -> Iterator[Path]:
    """Give a temporary name to write a large file under; it takes its place when all went well.

    Leaves it to `sync`, as `place` does, to make it outlast a loss of power.

    Raises:
        StoreError: as `write_atomic`.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with told(path.parent):
        try:
            _make_folder(path.parent)
            yield temporary
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise


@contextmanager
def spool(root: Path) -> Iterator[Path]:
    """Give a folder for what does not fit into memory; it is removed at the end, or by the next writer.

    Raises:
        StoreError: as `write_atomic`.
    """
    folder = root / "processed" / f".spool.{os.getpid()}.tmp"
    with told(folder.parent):
        try:
            folder.mkdir(parents=True)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def sync(paths: Iterable[Path], top: Path) -> None:
    """Make files outlast a loss of power, with their names in the folders up to `top`.

    Many at once: the file system then writes them out together, and each folder is synced only once.

    Raises:
        StoreError: the disk failed.
    """
    every = list(paths)
    folders = {folder for path in every for folder in path.parents if folder.is_relative_to(top)}
    with told(top), ThreadPoolExecutor(_SYNCS_AT_ONCE) as pool:
        list(pool.map(flush, every))
        list(pool.map(flush, folders))


def _write(path: Path, content: bytes, *, synced: bool) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        _make_folder(path.parent)
        with temporary.open("wb") as handle:
            handle.write(content)
            if synced:
                handle.flush()
                os.fsync(handle.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        flush(folder.parent)


def flush(path: Path) -> None:
    """Make one file, or the names in one folder, outlast a loss of power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold a workspace for one writer, build or ingest; what a killed one left half written is removed.

    The lock is the kernel's: it ends with the process that holds it, however that ends.

    Raises:
        StoreError: another process holds it, and still does after `WAIT` seconds.
    """
    path = root / "processed" / ".lock"
    with told(path.parent):
        handle = _lock(path)
    try:
        _clear(root)
        yield
    finally:
        handle.close()


@contextmanager
def alone(path: Path, busy: str) -> Iterator[None]:
    """Hold a file for one process, as `locked` holds a workspace, but without waiting for another one.

    Args:
        path: the file; it is made and stays.
        busy: what is told if another process holds it.

    Raises:
        StoreError: another process holds it.
    """
    with told(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
        if not _acquired(handle, path):
            handle.close()
            raise StoreError(f"{path.parent}: {busy}")
    try:
        yield
    finally:
        handle.close()


def _lock(path: Path) -> IO[str]:
    end = time.monotonic() + WAIT
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a")
        if _acquired(handle, path):
            return handle
        handle.close()
        if time.monotonic() >= end:
            raise StoreError(
                f"{path.parent}: another tonnage process is writing here; waited {WAIT:g} s for it;"
                " run the same command again when it is done"
            )
        time.sleep(_POLL)


def _acquired(handle: IO[str], path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        handle.close()
        raise
    # Whoever deleted data/processed took the lock's name away: then it keeps nobody out.
    return path.exists() and os.path.samestat(os.fstat(handle.fileno()), path.stat())


def _clear(root: Path) -> None:
    """Remove the temporary files of runs that were killed: nobody else writes while the lock is held."""
    for part in ("raw/*", "processed", "processed/*/*"):
        for path in root.glob(f"{part}/.*.tmp"):
            if _TEMPORARY.fullmatch(path.name):
                # What cannot be removed does no harm: no reader looks at it.
                with suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
