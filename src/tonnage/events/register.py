"""The register on disk: its acts as they stand, written one block at a time, and verified as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ContractError, NoDataError, ReadError, StoreError, TonnageError, nearest
from tonnage.ledger import disk
from tonnage.model import acts, events
from tonnage.model.acts import Deed, Stage
from tonnage.sources.acts import Refused, stages
from tonnage.sources.base import Sidecar, raw_id

__all__ = ["Fault", "Held", "Register"]

_FOLDER: Final = "events"


@dataclass(frozen=True, slots=True)
class Held:
    """A record of the register: the file and line it stands on, and what was done to it."""

    file: str
    line: int
    stage: Stage

    @property
    def record(self) -> Mapping[str, Any]:
        """The record as the contract has it."""
        return self.stage.record


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the register: where, and the reason."""

    where: str
    reason: str


class Register:
    """The acts of a workspace, read when it is made and again after each write.

    Attributes:
        folder: where the acts stand.
        faults: blocks and files that cannot be read; they are left as they are, whatever is written.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.folder = root / "raw" / _FOLDER
        self.faults: list[Fault] = []
        self._held: dict[str, Held] = {}
        self.read()

    def read(self) -> None:
        """Read every act anew."""
        self.faults, self._held = [], {}
        for path in sorted(self.folder.glob("*.toml")):
            if path.name.startswith("."):
                continue
            try:
                for line, found in _stages(path):
                    self._take(path.name, line, found)
            except TonnageError as fault:
                self.faults.append(Fault(f"data/raw/{_FOLDER}/{path.name}", str(fault)))

    def _take(self, file: str, line: int, found: Stage | Refused) -> None:
        where = f"data/raw/{_FOLDER}/{file}:{line}"
        if isinstance(found, Refused):
            self.faults.append(Fault(where, found.reason))
            return
        name = found.record["event_id"]
        if (twin := self._held.get(name)) is not None:
            self.faults.append(Fault(where, f"event_id: {name} stands in {twin.file}:{twin.line} as well"))
            return
        self._held[name] = Held(file, line, found)

    def __iter__(self) -> Iterator[Held]:
        return iter(sorted(self._held.values(), key=_order))

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def get(self, name: str) -> Held:
        """Return the record of an event_id.

        Raises:
            NoDataError: there is none; the nearest are offered.
        """
        if name not in self._held:
            raise NoDataError(f"event {name!r}: not in the register{nearest(name, self._held)}")
        return self._held[name]

    def act(self, name: str) -> list[Held]:
        """Return the stages of an act by day, none if there is no such act."""
        return [held for held in self if held.record.get("act_id") == name]

    def files(self) -> int:
        """Return how many files the records stand in."""
        return len({held.file for held in self._held.values()})

    def write(self, stage: Stage, title: str = "") -> Held:
        """Add a record, or put it in the place of the one with its id; no other block is touched.

        Args:
            stage: the record with its history, sealed.
            title: of the act, where its file is new.

        Raises:
            StoreError: the file holds a block that cannot be read, or the disk failed; nothing is changed.
            ContractError: the record breaks the contract, or has another act than before; nothing is changed.
        """
        name, file = stage.record["event_id"], acts.file_of(stage.record)
        with disk.locked(self._root):
            self.read()
            self._refuse_faults(file)
            held = self._held.get(name)
            if held is not None and held.file != file:
                raise ContractError(
                    f"event {name!r}: act_id: stays what it is once accepted; accept a new record that"
                    " supersedes this one"
                )
            self._place(file, _with(self._text(file, stage, title), stage))
        self.read()
        return self.get(name)

    def adopt(self, name: str, deed: Deed) -> None:
        """Seal a block that was changed by hand, as it is written now.

        Raises:
            NoDataError: no block has that id.
            ContractError, StoreError: it is not a good record; nothing is changed.
        """
        with disk.locked(self._root):
            path, stage = self._by_hand(name)
            events.validate(stage.record)
            self._place(path.name, _with(_read_text(path), acts.sealed(stage.record, stage.history, deed)))
        self.read()

    def _by_hand(self, name: str) -> tuple[Path, Stage]:
        for path in sorted(self.folder.glob("*.toml")):
            for _, block in acts.blocks(_read_text(path))[1]:
                with suppress(ReadError):
                    stage = acts.parse(block)
                    if stage.record.get("event_id") == name:
                        return path, stage
        raise NoDataError(f"event {name!r}: not in the register{nearest(name, self._held)}")

    def _place(self, file: str, text: str) -> None:
        """Write a file that reads back without a fault."""
        raw = text.encode()
        bad = [f for _, f in stages(raw, _sidecar(file, raw)) if isinstance(f, Refused)]
        if bad:
            raise StoreError(f"{file}: line {bad[0].line}: {bad[0].reason}; nothing was changed")
        disk.write_atomic(self.folder / file, raw)

    def _text(self, file: str, stage: Stage, title: str) -> str:
        path = self.folder / file
        if path.exists():
            return _read_text(path)
        shown = title or (stage.record["summary"] if stage.record.get("act_id") else _of_year(file))
        return f"title = {acts.quoted(shown)}\n\n"

    def _refuse_faults(self, file: str) -> None:
        for fault in self.faults:
            if fault.where.partition(f"{_FOLDER}/")[2].partition(":")[0] == file:
                raise StoreError(f"{fault.where}: {fault.reason}; mend that first, nothing was changed")


def _of_year(file: str) -> str:
    return f"Events of {file.removesuffix('.toml')} that belong to no act"


def _order(held: Held) -> tuple[str, str]:
    return held.record["date_start"] or "9999", held.record["event_id"]


def _stages(path: Path) -> Iterator[tuple[int, Stage | Refused]]:
    with disk.told(path):
        raw = path.read_bytes() if path.stat().st_size <= acts.LONGEST else b"x" * (acts.LONGEST + 1)
    yield from stages(raw, _sidecar(path.name, raw))


def _sidecar(file: str, raw: bytes) -> Sidecar:
    return Sidecar(_FOLDER, file, raw_id(raw))


def _read_text(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def _with(text: str, stage: Stage) -> str:
    """Return a file with a block in the place of the one of its event, or after those of earlier days."""
    head, found = acts.blocks(text)
    pieces = [block for _, block in found]
    names = [acts.parse(piece).record.get("event_id") for piece in pieces]
    new, name = acts.render(stage), stage.record["event_id"]
    if name in names:
        pieces[names.index(name)] = new
    else:
        days = [acts.parse(piece).record.get("date_start") or "9999" for piece in pieces]
        own = stage.record["date_start"] or "9999"
        at = next((n for n, day in enumerate(days) if day > own), len(pieces))
        pieces[:] = [piece.rstrip("\n") + "\n\n" for piece in pieces]
        pieces.insert(at, new)
    return (head + "".join(pieces)).rstrip("\n") + "\n"
