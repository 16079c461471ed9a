"""Hashes for readers: a file is hashed once a process, and again when it is another file or was written to.

Readers alone use this. What is written is decided by bytes, never by the time of a file.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from tonnage.ledger import disk

__all__ = ["hashed"]


def hashed(path: Path) -> str:
    """Return the SHA-256 of a file as `disk.hashed` does.

    Raises:
        OSError: it cannot be read.
    """
    now = path.stat()
    # The time of the last change of an inode is set by the kernel alone; that of its content by anyone.
    return _hashed(path, now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)


@lru_cache(maxsize=4096)
def _hashed(path: Path, *_: int) -> str:
    return disk.hashed(path)
