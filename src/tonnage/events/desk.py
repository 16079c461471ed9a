"""Where a person decides: candidates beside what is held, accepted, joined, refused; records amended.

The terminal and the notebook are faces of this. Nothing is decided here by itself, and nothing accepted is
changed without an entry that says who, when and why.
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ContractError, ParameterError, nearest
from tonnage.events import drafts
from tonnage.events.candidates import Candidate, Evidence, Queue
from tonnage.events.neighbours import Neighbour, neighbours
from tonnage.events.reading import text_of
from tonnage.events.register import Register
from tonnage.model import acts, events
from tonnage.model.acts import Deed
from tonnage.model.evidence import grade

__all__ = ["EDITABLE", "Desk", "Passage", "edited", "reviewer"]

_PROPERTIES: Final = events.json_schema()["properties"]
_SOURCE: Final = tuple(events.SOURCES.to_schema())
_LISTS: Final = ("commodities", "hs", "flags")
#: What stays as it was given once: the ids, and what this desk writes itself.
_FIXED: Final = ("sources", "codes", "reviewer", "reviewed_at")

#: The fields that a person may set, in the order of the contract.
EDITABLE: Final = tuple(name for name in _PROPERTIES if name not in _FIXED)

#: How much text is shown before and after a sentence.
_AROUND: Final = 160


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a document says it, to be looked at and not to be kept.

    Attributes:
        evidence: where it stands.
        publisher, headline, url: of the document, as its source has them.
        text: some text around the sentence, "" where the file is gone or changed.
        sentence, words: places in `text` of the sentence and of the words of the date.
    """

    evidence: Evidence
    publisher: str
    headline: str
    url: str
    text: str
    sentence: tuple[int, int] = (0, 0)
    words: tuple[int, int] = (0, 0)


def reviewer() -> str:
    """Return who sits at this machine, for the history."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Desk:
    """The queue and the register of a workspace, for one person on one day."""

    def __init__(self, root: Path, by: str = "", on: dt.date | None = None) -> None:
        self.root = root
        self.by = by or reviewer()
        self.on = (on or dt.date.today()).isoformat()  # noqa: DTZ011 - the reviewer's own day
        self.queue = Queue(root)
        self.register = Register(root)

    def neighbours(self, candidate: Candidate) -> list[Neighbour]:
        """Return the events that a person should see beside a candidate."""
        return neighbours(candidate.record, (held.record for held in self.register))

    def rivals(self, candidate: Candidate) -> list[Candidate]:
        """Return the open candidates that name another day for the same stage."""
        return [other for other in self.queue.open() if other.id in candidate.against]

    def passages(self, candidate: Candidate) -> list[Passage]:
        """Return the text around each finding, read from its file now."""
        by_doc = {s.get("doc_id"): s for s in candidate.record.get("sources", ())}
        return [self._passage(e, by_doc.get(e.doc_id, {})) for e in candidate.evidence]

    def _passage(self, evidence: Evidence, source: Mapping[str, Any]) -> Passage:
        publisher, headline, url = (str(source.get(name) or "") for name in ("publisher", "headline", "url"))
        text = text_of(self.root, evidence.file, evidence.raw, evidence.doc_id) if evidence.file else None
        if text is None:
            return Passage(evidence, publisher, headline, url, "")
        first = max(0, evidence.opens - _AROUND)
        shown = text[first : evidence.closes + _AROUND]
        return Passage(
            evidence, publisher, headline, url, shown,
            (evidence.opens - first, evidence.closes - first), (evidence.start - first, evidence.end - first),
        )  # fmt: skip

    # -- decisions -----------------------------------------------------------------------------------

    def accept(
        self,
        candidate: Candidate,
        edits: Mapping[str, str] | None = None,
        sources: Iterable[Mapping[str, Any]] = (),
        why: str = "",
    ) -> str:
        """Make a candidate a record of the register, or add its sources to the record it joins.

        Returns:
            The event_id.

        Raises:
            ContractError: the record would break the contract; nothing is changed.
            ParameterError: the candidate was decided before, or an edit names no field.
        """
        self._refuse_decided(candidate)
        held = self._begun(candidate)
        if held is None and candidate.joins and not edits:
            held = self._joined(candidate, why)
        if held is None:
            held = self._new(candidate, edits or {}, sources, why)
        self.queue.decide(candidate, "accepted", by=self.by, at=self.on, why=why, event_id=held)
        return held

    def reject(self, candidate: Candidate, why: str) -> None:
        """Refuse a candidate; it stays in the queue's folder, so that it is not proposed again.

        Raises:
            ParameterError: it was decided before, or no reason is given.
        """
        self._refuse_decided(candidate)
        if not why.strip():
            raise ParameterError(f"candidate {candidate.id}: say why it is refused (--why)")
        self.queue.decide(candidate, "rejected", by=self.by, at=self.on, why=why)

    def amend(
        self,
        name: str,
        edits: Mapping[str, str],
        why: str,
        sources: Iterable[Mapping[str, Any]] = (),
        did: str = "edited",
    ) -> tuple[str, ...]:
        """Change an accepted record and tell it in its history: who, when, why, and each field old and new.

        Returns:
            What was changed, "field: old -> new"; nothing if it was so already.

        Raises:
            NoDataError: no record has that id.
            ParameterError: no reason is given, or an edit names no field.
            ContractError: the record would break the contract; nothing is changed.
        """
        if not why.strip():
            raise ParameterError(f"event {name}: an accepted record is changed with a reason (--why)")
        held = self.register.get(name)
        if edits.get("event_id", name) != name:
            raise ContractError(
                f"event {name!r}: event_id: stays what it is; accept a new record that supersedes it"
            )
        record = edited(held.record, edits)
        record["sources"] = [*record["sources"], *sources]
        changed = _changes(held.record, record)
        if not changed:
            return ()
        events.validate(record)
        self.register.write(
            acts.sealed(record, held.stage.history, Deed(did, self.on, self.by, why, changed))
        )
        return changed

    def adopt(self, name: str, why: str) -> None:
        """Seal a record that was changed by hand as it is written now, with who, when and why.

        Raises:
            ContractError: it breaks the contract; nothing is changed.
            NoDataError: no block has that id.
            ParameterError: no reason is given.
        """
        if not why.strip():
            raise ParameterError(f"event {name}: a change by hand is taken in with a reason (--why)")
        self.register.adopt(name, Deed("edited", self.on, self.by, why, ("changed by hand",)))

    def _refuse_decided(self, candidate: Candidate) -> None:
        if candidate.state != "open":
            told = ", ".join(f"{k} {v}" for k, v in candidate.told.items())
            raise ParameterError(f"candidate {candidate.id}: {candidate.state} before ({told})")

    def _begun(self, candidate: Candidate) -> str | None:
        """Return the event that a run which was killed made of a candidate."""
        mark = _mark(candidate, "")
        deeds = ((h.record["event_id"], h.stage.history) for h in self.register)
        return next((name for name, history in deeds if any(mark in d.why for d in history)), None)

    def _joined(self, candidate: Candidate, why: str) -> str:
        name = str(candidate.joins)
        held = self.register.get(name).record
        have = {s.get("doc_id") for s in held["sources"]}
        new = [s for s in candidate.record["sources"] if s.get("doc_id") not in have]
        flags = sorted(
            {
                *(held.get("flags") or ()),
                *(f for f in candidate.record.get("flags", ()) if f == "sources_disagree"),
            }
        )
        self.amend(name, {"flags": ";".join(flags)}, _mark(candidate, why), new)
        return name

    def _new(
        self, candidate: Candidate, edits: Mapping[str, str], sources: Iterable[Mapping[str, Any]], why: str
    ) -> str:
        record = self.draft(candidate, edits, sources)
        events.validate(record)
        if record["event_id"] in self.register:
            raise ContractError(
                f"event {record['event_id']!r}: event_id: is in the register; ids are never reused"
            )
        deed = Deed("accepted", self.on, self.by, _mark(candidate, why))
        self.register.write(acts.sealed(record, (), deed))
        return str(record["event_id"])

    def draft(
        self,
        candidate: Candidate,
        edits: Mapping[str, str] | None = None,
        sources: Iterable[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        """Return the record a candidate would become, edited; it may still break the contract."""
        record = edited(candidate.record, {"status": "accepted", **(edits or {})})
        record["sources"] = [*record.get("sources", ()), *sources]
        asked = set(edits or {})
        if asked & {"type", "stage"} and not asked & {"direction"}:
            record |= drafts.classify(record)
        if (
            asked & {"type", "stage", "actor", "target", "commodities", "legal_ref"}
            and "summary" not in asked
        ):
            record["summary"] = drafts.summary(record)
        record |= {"reviewer": self.by, "reviewed_at": self.on}
        if not record.get("event_id"):
            record["event_id"] = drafts.event_id(record, self.register)
        return record

    def grade(self, candidate: Candidate) -> str:
        """Return what a candidate rests on, as if it were accepted."""
        return grade(candidate.record)


def _mark(candidate: Candidate, why: str) -> str:
    return f"{why} ({candidate.id})".strip()


def edited(record: Mapping[str, Any], edits: Mapping[str, str]) -> dict[str, Any]:
    """Return a record with fields set from text: lists are parted by ";", nothing is null.

    Raises:
        ParameterError: there is no such field, or it is not set this way; near names are offered.
    """
    made = dict(record)
    for name, text in edits.items():
        if name.startswith("codes."):
            made["codes"] = {**(made.get("codes") or {}), **_code(name.removeprefix("codes."), text)}
            continue
        if name not in EDITABLE:
            raise ParameterError(f"{name}: expected one of {list(EDITABLE)}{nearest(name, EDITABLE)}")
        if name in _LISTS:
            made[name] = [part.strip() for part in text.split(";") if part.strip()]
        else:
            made[name] = text.strip() or None
    return made


def _code(name: str, text: str) -> dict[str, Any]:
    known = tuple(_PROPERTIES["codes"]["properties"])
    if name not in known:
        raise ParameterError(f"codes.{name}: expected one of {list(known)}{nearest(name, known)}")
    return {name: int(text) if name == "gta_type" and text.isascii() and text.isdigit() else text}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    names = [name for name in _PROPERTIES if (old.get(name) or None) != (new.get(name) or None)]
    return tuple(f"{name}: {_said(old.get(name))} -> {_said(new.get(name))}" for name in names)


def _said(value: Any) -> str:
    if not value:
        return "none"
    if isinstance(value, Sequence) and not isinstance(value, str):
        whole = all(isinstance(item, str) for item in value)
        return "; ".join(value) if whole else f"{len(value)} sources"
    return str(value)
