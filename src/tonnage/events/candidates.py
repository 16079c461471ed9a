"""The queue: candidates that wait for a person, a file each, apart from the register.

A candidate holds what a record will hold, and where it was read: the document by its id and hash, the place
in its text as offsets, the hash of the sentence, and never the sentence. `data/candidates/<id>.json`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tonnage.errors import NoDataError, ReadError, nearest
from tonnage.ledger import disk

__all__ = ["STATES", "Candidate", "Evidence", "Queue", "candidate_id"]

#: What became of a candidate.
STATES: Final = ("open", "accepted", "rejected")

_ID: Final = re.compile(r"c-[0-9a-f]{10}")
_LONGEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where one document says it.

    Attributes:
        doc_id: id of the document; `gta:<id>` of an imported intervention; "" for a word of a person.
        file, raw: the file it was read from, and the first 16 hex digits of its hash.
        start, end: place of the date's words in the text of the document.
        opens, closes: place of the sentence.
        sentence: first 16 hex digits of the sentence's hash, to find a text that was changed since.
        says: the words of the date, at most 60 characters.
        rules, confidence, flags: of the extraction.
        copy_of: doc_id of the document it copies.
    """

    doc_id: str
    file: str = ""
    raw: str = ""
    start: int = 0
    end: int = 0
    opens: int = 0
    closes: int = 0
    sentence: str = ""
    says: str | None = None
    rules: tuple[str, ...] = ()
    confidence: str = "low"
    flags: tuple[str, ...] = ()
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One stage of an act as documents tell it.

    Attributes:
        id: stays the same for the same event, so that nothing is asked twice.
        record: the fields of the contract as far as they are known; a person fills the rest.
        evidence: where it was read.
        joins: the accepted event whose stage this is: then its sources are what is new.
        against: events and candidates that say otherwise.
        state: one of `STATES`.
        told: who decided, when, why, and the event_id it became.
    """

    id: str
    record: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()
    joins: str | None = None
    against: tuple[str, ...] = ()
    state: str = "open"
    told: Mapping[str, str] = field(default_factory=dict)


def candidate_id(*parts: object) -> str:
    """Return the id of a candidate: the same for the same parts."""
    text = json.dumps([None if part is None else str(part) for part in parts], ensure_ascii=False)
    return f"c-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:10]}"


class Queue:
    """The candidates of a workspace."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "candidates"

    def __iter__(self) -> Iterator[Candidate]:
        """Yield every candidate, by the day of its event; a file that is none is an error of its own."""
        found = [self._read(path) for path in sorted(self.folder.glob("c-*.json"))]
        yield from sorted(found, key=lambda c: (c.record.get("date_start") or "9999", c.id))

    def open(self) -> list[Candidate]:
        """Return those that wait for a decision."""
        return [candidate for candidate in self if candidate.state == "open"]

    def get(self, name: str) -> Candidate:
        """Return one candidate.

        Raises:
            NoDataError: there is none of that id.
            ReadError: its file cannot be read.
        """
        path = self.folder / f"{name}.json"
        if not _ID.fullmatch(name) or not path.exists():
            known = [p.stem for p in self.folder.glob("c-*.json")]
            raise NoDataError(f"candidate {name!r}: not in {self.folder}{nearest(name, known)}")
        return self._read(path)

    def put(self, candidate: Candidate) -> None:
        """Write a candidate: the old file or the new one is there, whatever happens.

        Raises:
            StoreError: the disk failed.
        """
        text = json.dumps(dataclasses.asdict(candidate), ensure_ascii=False, indent=1, sort_keys=True)
        disk.write_atomic(self.folder / f"{candidate.id}.json", f"{text}\n".encode("utf-8", "replace"))

    def decide(self, candidate: Candidate, state: str, **told: str) -> Candidate:
        """Write down what became of a candidate; it stays, so that it is not proposed again."""
        decided = replace(candidate, state=state, told={k: v for k, v in told.items() if v})
        self.put(decided)
        return decided

    def _read(self, path: Path) -> Candidate:
        try:
            if path.stat().st_size > _LONGEST:
                raise ReadError(f"{path}: expected at most {_LONGEST:,} bytes")
            made = json.loads(path.read_text("utf-8"))
            evidence = tuple(_evidence(row) for row in made.pop("evidence"))
            against = tuple(made.pop("against"))
            candidate = Candidate(evidence=evidence, against=against, **made)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            raise ReadError(f"{path}: not a candidate: {fault}; remove the file and propose again") from None
        if candidate.id != path.stem or candidate.state not in STATES:
            raise ReadError(f"{path}: expected id {path.stem} and a state of {list(STATES)}")
        if not isinstance(candidate.record, dict):
            raise ReadError(f"{path}: record: expected an object")
        return candidate


def _evidence(row: Mapping[str, Any]) -> Evidence:
    lists = {name: tuple(row[name]) for name in ("rules", "flags")}
    return Evidence(**{**row, **lists})
