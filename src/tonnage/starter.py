"""`tonnage init`: the starter data and the notebooks in a folder of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from tonnage.errors import StoreError

__all__ = ["PARTS", "init"]

#: What a workspace starts with, as folders of the repository or of the installed package.
PARTS: Final = ("data/raw", "notebooks")


def init(folder: Path) -> list[Path]:
    """Copy the starter data and the notebooks into a folder, made if need be.

    Returns:
        The files written.

    Raises:
        StoreError: one of them is there already, or the installation has none; nothing is written.
    """
    pairs = [(path, folder / path.relative_to(home)) for home, path in _shipped()]
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder}: is a file; give a new or empty folder (nothing was written)")
    taken = [str(target) for _, target in pairs if target.exists()]
    if taken:
        raise StoreError(f"{taken[0]}: is there already; give a new or empty folder (nothing was written)")
    for path, target in pairs:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return [target for _, target in pairs]


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
