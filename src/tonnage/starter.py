"""`tonnage init`: the starter data and the notebooks in a folder of one's own."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from tonnage.errors import StoreError
from tonnage.ledger import disk

__all__ = ["PARTS", "init"]

#: What a workspace starts with, as folders of the repository or of the installed package.
PARTS: Final = ("data/raw", "notebooks")

_STAGED: Final = re.compile(r"\.tonnage-init\.([0-9]+)\.tmp")


def init(folder: Path) -> list[Path]:
    """Copy the starter data and the notebooks into a folder, made if need be.

    Everything is copied beside its place first, and `data` is moved into place last: until then there is no
    workspace. What was stopped halfway is completed when it is run again.

    Returns:
        The files written.

    Raises:
        StoreError: one of them is there already and is another, all of them are there, the disk failed, or
            the installation has none; nothing is written.
    """
    folder = folder.absolute()
    shipped = [(path, path.relative_to(home)) for home, path in _shipped()]
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file; give a new or empty folder (nothing was written)")
    missing = [(path, name) for path, name in shipped if not (folder / name).exists()]
    held = [(path, name) for path, name in shipped if (folder / name).exists()]
    taken = [name for path, name in held if path.read_bytes() != (folder / name).read_bytes()]
    if taken or not missing:
        first = taken[0] if taken else held[0][1]
        raise StoreError(
            f"{folder / first}: is there already; give a new or empty folder (nothing was written)"
        )
    with disk.told(folder):
        _copied(missing, folder)
    return [folder / name for _, name in missing]


def _copied(files: list[tuple[Path, Path]], folder: Path) -> None:
    staged = folder / f".tonnage-init.{os.getpid()}.tmp"
    made = not folder.exists()
    try:
        for path, name in files:
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, staged / name)
        disk.sync((staged / name for _, name in files), staged)
        for part in sorted(staged.iterdir(), reverse=True):  # notebooks before data
            _move(part, folder / part.name)
        disk.sync((folder / name for _, name in files), folder)
    except OSError:
        shutil.rmtree(staged, ignore_errors=True)
        if made:
            with suppress(OSError):
                folder.rmdir()
        raise
    for path in folder.iterdir():
        if (found := _STAGED.fullmatch(path.name)) and not _alive(int(found[1])):
            shutil.rmtree(path, ignore_errors=True)


def _move(path: Path, target: Path) -> None:
    """Move into place: a folder whole, or file by file into one that is there, a sidecar after its file."""
    if path.is_dir() and target.exists():
        for child in sorted(path.iterdir()):
            _move(child, target / child.name)
    else:
        path.rename(target)


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return False  # this run is done with its own
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _shipped() -> list[tuple[Path, Path]]:
    here = Path(__file__).parent
    # A wheel carries them in the package; a clone has them two folders up.
    for home in (here / "starter", here.parent.parent):
        found = [p for part in PARTS for p in sorted((home / part).rglob("*")) if _wanted(p, home)]
        if found:
            return [(home, path) for path in found]
    raise StoreError(
        f"{here}: this installation has no starter data; install the wheel or clone the repository"
    )


def _wanted(path: Path, home: Path) -> bool:
    hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(home).parts)
    return path.is_file() and not hidden
