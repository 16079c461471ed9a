"""The deep check: every byte is hashed, and what was built is built again from raw and compared.

It writes nothing to the workspace: the second build is made in a temporary folder (TMPDIR), from links to the
raw files, and is removed.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from tonnage.errors import StoreError, TonnageError
from tonnage.ledger import build, disk, listing, store
from tonnage.ledger.listing import Content

__all__ = ["Verified", "verify"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a deep check found.

    Attributes:
        raw, processed: files whose bytes were hashed.
        rebuilt: processed files that were made again and hashed.
        faults: what is wrong, a line each, with what to do.
    """

    raw: int
    processed: int
    rebuilt: int
    faults: tuple[str, ...]


def verify(root: Path) -> Verified:
    """Hash every raw and processed file, and prove that raw gives the same processed bytes again.

    Raises:
        StoreError: there is no build to prove, it is not of these raw files, or another was made meanwhile.
    """
    before = listing.read(root)
    _refuse_stale(root)
    files = store.raw_files(root)
    lost = {file.path: fault for file in files if (fault := _raw_fault(file))}
    damaged = {c.path: fault for c in before.contents if (fault := listing.damage(root, c))}
    again, failed = _made_again(root, lost)
    if listing.values(root) and listing.read(root) != before:
        raise StoreError(f"{root}: another build was made during the check; run: tonnage check --deep again")
    faults = [*lost.values(), *(f"data/processed/{fault}; run: tonnage build" for fault in damaged.values())]
    return Verified(len(files), len(before.contents), again, (*faults, *failed))


def _refuse_stale(root: Path) -> None:
    if changed := build.stale(root):
        raise StoreError(f"{root}: {changed[0]} differs from the last build; run: tonnage build")


def _raw_fault(file: store.RawFile) -> str:
    try:
        store.verify(file)
    except StoreError as told:
        return str(told)
    if store.is_kept(file.path):
        return ""  # has no sidecar: what is there is what is kept
    size, said = file.path.stat().st_size, store.read_json(store.card(file.path)).get("bytes", 0)
    if said not in (0, size):
        return f"{file.shown}.json: states {said} bytes, the file is whole and has {size}; correct it"
    return ""


def _made_again(root: Path, lost: dict[Path, str]) -> tuple[int, list[str]]:
    """Build from raw elsewhere; return how many files that gave, and which are not those of the build."""
    if lost:
        return 0, ["not built again: that takes every raw file as it was stored"]
    with disk.told(Path(tempfile.gettempdir())), tempfile.TemporaryDirectory(prefix="tonnage-") as folder:
        other = Path(folder) / "data"
        _link(root / "raw", other / "raw")
        try:
            build.build(other)
        except TonnageError as told:
            return 0, [f"not built again: {told}"]
        return _compared(root, other)


def _link(raw: Path, other: Path) -> None:
    # Links to files, not to folders: a writer clears its folders of temporary files, and these are not its.
    other.mkdir(parents=True)
    for path in [*raw.glob("*"), *raw.glob("*/*")]:
        if path.is_file() and not path.name.startswith("."):
            target = other / path.relative_to(raw)
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(path.resolve())


def _compared(root: Path, other: Path) -> tuple[int, list[str]]:
    before, after = _by_path(root), _by_path(other)
    odd = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    told = [
        f"data/processed/{path}: built again from raw it is {_shown(after.get(path))}, the build has"
        f" {_shown(before.get(path))}; delete data/processed and run: tonnage build"
        for path in odd
    ]
    if not told and listing.values(root) != listing.values(other):
        told = ["data/processed/build.json: built again from raw it says something else; run: tonnage build"]
    return len(after), told


def _by_path(root: Path) -> dict[str, Content]:
    return {content.path: content for content in listing.read(root).contents}


def _shown(content: Content | None) -> str:
    return f"{content.bytes:,} bytes, SHA-256 {content.sha256[:16]}..." if content else "not there"
