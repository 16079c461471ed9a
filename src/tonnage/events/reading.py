"""Documents as the register reads them: articles and feeds, each article with its text in passing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ReadError, StoreError, TonnageError
from tonnage.ledger import store
from tonnage.sources import articles, feeds
from tonnage.sources.base import Sidecar, Source, raw_id
from tonnage.sources.documents_common import MAX_BYTES

__all__ = ["Document", "Failure", "documents", "held_files", "text_of"]

_READERS: Final[tuple[Source, ...]] = (articles.SOURCE, feeds.SOURCE)
_TEXTS: Final = {articles.SOURCE.id: articles.texts, feeds.SOURCE.id: feeds.texts}


@dataclass(frozen=True, slots=True)
class Document:
    """One article: its DOCUMENTS row, its text, which nobody stores, and the file both came from."""

    row: Mapping[str, Any]
    text: str
    file: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A file or an article that could not be read, and why."""

    file: str
    reason: str


def held_files(root: Path) -> list[tuple[Path, Sidecar]]:
    """Return the articles and feeds held in data/raw."""
    ours = {source.id for source in _READERS}
    return [(f.path, f.sidecar) for f in store.raw_files(root) if f.sidecar.source in ours]


def documents(
    root: Path, files: Iterable[Path] = (), published: str | None = None
) -> Iterator[Document | Failure]:
    """Yield each article of the files given, of those held in data/raw if none is; then the failures.

    A file that cannot be read is one failure and stops nothing. A folder is all files in it that a source
    reads.

    Args:
        root: the data folder.
        files: files or folders.
        published: the day of publication of files that do not say it.
    """
    given = list(files)
    cards = [card for path in given for card in _given(path, published)] if given else held_files(root)
    for path, sidecar in cards:
        shown = _shown(root, path)
        try:
            yield from _read(path, sidecar, shown)
        except TonnageError as fault:
            yield Failure(shown, str(fault))


def _given(path: Path, published: str | None) -> Iterator[tuple[Path, Sidecar]]:
    from tonnage.sources.base import day

    inside = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    for file in inside:
        source = next((s for s in _READERS if file.name.lower().endswith(s.suffixes)), None)
        if source is None and path.is_dir():
            continue
        name = source.id if source else articles.SOURCE.id
        yield file, Sidecar(name, file.name, "", published=day(published) if published else None)


def _read(path: Path, sidecar: Sidecar, shown: str) -> Iterator[Document | Failure]:
    from dataclasses import replace

    raw = _bytes(path)
    card = replace(sidecar, sha256=raw_id(raw))
    source = next(s for s in _READERS if s.id == sidecar.source)
    reading = source.read(raw, card)
    texts = dict(_TEXTS[source.id](raw, card))
    for row in reading.frame.iter_rows(named=True):
        yield Document(row, texts[row["doc_id"]], shown)
    for row in reading.set_aside.iter_rows(named=True):
        yield Failure(f"{shown}:{row['line']}", row["reason"])


def _bytes(path: Path) -> bytes:
    """Return the bytes of a file, but not more than a document may have."""
    try:
        if path.stat().st_size > MAX_BYTES:
            found = path.stat().st_size
            raise ReadError(f"{path.name}: expected at most {MAX_BYTES:,} bytes, found {found:,}; split it")
        return path.read_bytes()
    except OSError as fault:
        raise StoreError(f"{path}: cannot be read: {fault.strerror or fault}") from None


def _shown(root: Path, path: Path) -> str:
    """Return a file as it is written down: from the workspace if it lies there."""
    full = path.resolve()
    return full.relative_to(root.parent).as_posix() if full.is_relative_to(root.parent) else str(full)


def text_of(root: Path, file: str, raw: str, doc_id: str) -> str | None:
    """Return the text of a document again, None if its file is gone or is another now."""
    path = Path(file) if Path(file).is_absolute() else root.parent / file
    cards = dict(held_files(root))
    card = cards.get(path) or next(iter(_given(path, None)), (path, Sidecar("articles", path.name, "")))[1]
    try:
        if raw_id(_bytes(path))[:16] != raw:
            return None
        found = [d for d in _read(path, card, file) if isinstance(d, Document)]
    except TonnageError:
        return None
    return next((d.text for d in found if d.row["doc_id"] == doc_id), None)
