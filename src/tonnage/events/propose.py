"""Documents to candidates: what texts say is gathered by event, matched to the register, and queued.

One event told by ten copies of one report is one candidate with one independent source. Texts that name
another day for the same stage are another candidate beside it, and both say so. An opinion piece or a
machine's text proposes nothing; where another document does, it is named as a source that does not count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ParameterError, TonnageError
from tonnage.events import drafts, extract
from tonnage.events.candidates import Candidate, Evidence, Queue, candidate_id
from tonnage.events.desk import edited
from tonnage.events.language import LANGUAGES
from tonnage.events.neighbours import relation, same_law
from tonnage.events.reading import Document, Failure, documents
from tonnage.events.register import Register
from tonnage.events.text import normalise, sentences
from tonnage.model.definitions import registry
from tonnage.sources.documents_copies import copies
from tonnage.sources.documents_names import wire_tag

__all__ = ["Proposed", "by_hand", "from_documents", "propose", "queue_up"]

#: Kinds of document that propose nothing on their own.
_SILENT: Final = ("commentary", "machine_text")
#: What an extraction calls a thing and the register does not.
_TYPES: Final = {"media_report": "other"}
_ROLES: Final = {"machine_text": "machine_generated"}
_FLAGS: Final = (
    "weekday_mismatch",
    "edge_weekday",
    "year_inferred",
    "sources_disagree",
    "unit_suspect",
    "second_hand",
)
_SAYS: Final = 60
_RANK: Final = ("low", "medium", "high")


@dataclass(slots=True)
class Proposed:
    """What a run of `propose` did.

    Attributes:
        new: candidates that were not in the queue.
        grown: candidates that have a source more.
        documents: articles read.
        silent: articles that propose nothing on their own: opinion, machine text.
        undated: statements without a day, which are left out unless they name a restriction.
        failures: files and articles that could not be read.
    """

    new: list[Candidate] = field(default_factory=list)
    grown: list[Candidate] = field(default_factory=list)
    documents: int = 0
    silent: int = 0
    undated: int = 0
    failures: list[Failure] = field(default_factory=list)


def propose(root: Path, files: Iterable[Path] = (), published: str | None = None) -> Proposed:
    """Read documents and queue what they tell; the register is not touched.

    Args:
        root: the data folder.
        files: files or folders of articles and feeds; by default those held in data/raw.
        published: the day of publication of files that do not say it.

    Raises:
        StoreError: the queue cannot be written.
    """
    done = Proposed()
    read: list[Document] = []
    for found in documents(root, files, published):
        if isinstance(found, Failure):
            done.failures.append(found)
        else:
            read.append(found)
    done.documents = len(read)
    queue_up(root, from_documents(_linked(read), done), done)
    return done


def by_hand(edits: Mapping[str, str], sources: Iterable[Mapping[str, Any]]) -> Candidate:
    """Return a candidate from fields that a person gives, such as a ministry's answers read just now.

    Raises:
        ParameterError: a field is unknown, or one that every event has is missing.
    """
    record = edited({"stage": "occurred", "flags": [], "status": "candidate"}, edits)
    missing = [name for name in ("type", "actor", "date_start") if not record.get(name)]
    if missing:
        raise ParameterError(f"a candidate by hand: expected also {missing}, as --edit {missing[0]}=...")
    record.setdefault("date_end", record["date_start"])
    record.setdefault("precision", "day")
    record["sources"] = [dict(source) for source in sources]
    known = _known(record["sources"]) or {"known_at": record["date_start"], "known_at_basis": "reviewer"}
    record = {**known, **drafts.classify(record), **record}
    record.setdefault("summary", drafts.summary(record))
    record.setdefault("confidence", "medium")
    record.setdefault("act_id", drafts.act_id(record))
    parts = [record.get(name) for name in ("type", "stage", "actor", "target", "date_start", "summary")]
    return Candidate(candidate_id("by hand", *parts), record, (Evidence("", rules=("by hand",)),))


def queue_up(root: Path, found: Iterable[Candidate], done: Proposed) -> None:
    """Match candidates to the register and to each other, and put what is new into the queue."""
    queue, register = Queue(root), Register(root)
    known = {candidate.id: candidate for candidate in queue}
    records = [held.record for held in register]
    fresh = [_matched(candidate, records) for candidate in found]
    everyone = {**known, **{c.id: c for c in fresh}}
    for candidate in fresh:
        candidate = _set_against(candidate, everyone.values())
        held = known.get(candidate.id)
        if held is None:
            if _adds(candidate, register):
                queue.put(candidate)
                done.new.append(candidate)
        elif held.state == "open" and (grown := _grown(held, candidate)):
            queue.put(grown)
            done.grown.append(grown)


def _matched(candidate: Candidate, records: Sequence[Mapping[str, Any]]) -> Candidate:
    standing = [r for r in records if r["status"] not in ("rejected", "superseded")]
    how = [(relation(candidate.record, r), r) for r in standing]
    same = next((r["event_id"] for told, r in how if told == "same stage"), None)
    against = tuple(r["event_id"] for told, r in how if told == "contradicts")
    kin = [r for told, r in how if told == "same stage" or same_law(candidate.record, r)]
    act = next((r["act_id"] for r in kin if r.get("act_id")), None)
    record = {**candidate.record, **({"act_id": act} if act else {})}
    return replace(candidate, record=record, joins=same, against=against)


def _set_against(candidate: Candidate, others: Iterable[Candidate]) -> Candidate:
    """Put candidates that name another day for the same stage side by side."""
    apart = [
        other.id
        for other in others
        if other.id != candidate.id
        and other.state == "open"
        and relation(candidate.record, other.record) == "contradicts"
    ]
    if not apart and not candidate.against:
        return candidate
    flags = sorted({*candidate.record.get("flags", ()), "sources_disagree"})
    against = tuple(dict.fromkeys([*candidate.against, *apart]))
    return replace(candidate, record={**candidate.record, "flags": flags}, against=against)


def _adds(candidate: Candidate, register: Register) -> bool:
    """Tell whether a candidate says anything the register does not hold already."""
    if candidate.joins is None:
        return True
    held = register.get(candidate.joins).record
    have = {s.get("doc_id") for s in held["sources"]} | {
        s.get("url") for s in held["sources"] if s.get("url")
    }
    return any(s.get("doc_id") not in have and s.get("url") not in have for s in candidate.record["sources"])


def _grown(held: Candidate, found: Candidate) -> Candidate | None:
    """Return a queued candidate with the documents that are new to it; what a person typed stays."""
    have = {e.doc_id for e in held.evidence}
    new = [e for e in found.evidence if e.doc_id not in have]
    if not new:
        return None
    names = {e.doc_id for e in new}
    sources = [s for s in found.record["sources"] if s["doc_id"] in names]
    record = {**held.record, "sources": [*held.record["sources"], *sources]}
    if record.get("known_at_basis") != "reviewer":
        record |= _known(record["sources"])
    return replace(held, record=record, evidence=(*held.evidence, *new))


# -- what documents say ------------------------------------------------------------------------------


def _linked(read: Sequence[Document]) -> list[Document]:
    """Name whose report each document carries: of the agency in its dateline, or of the one it copies."""
    order = [document.row["published"] or document.row["item_date"] or "9" for document in read]
    made: list[Document] = []
    for document, earliest in zip(read, copies([d.text for d in read], order), strict=True):
        first = document if earliest is None else read[earliest]
        whose = wire_tag(_below(first)) or first.row["publisher"]
        own = document.row["publisher"]
        carried = whose and whose.casefold() not in own.casefold()
        row = {**document.row, "publisher": f"{whose} via {own}" if carried and own else whose or own}
        if earliest is not None:
            row["copy_of"] = first.row["doc_id"]
        made.append(replace(document, row=row))
    return made


def _below(document: Document) -> str:
    """Return the text below the headline."""
    return document.text.removeprefix(document.row["headline"] or "").lstrip()


@dataclass(frozen=True, slots=True)
class _Told:
    """One event in one document."""

    event: extract.Candidate
    document: Document
    evidence: Evidence


def from_documents(read: Sequence[Document], done: Proposed | None = None) -> list[Candidate]:
    """Return the candidates that documents tell together, without a look at register or queue."""
    count = done or Proposed()
    told: dict[tuple[Any, ...], list[_Told]] = {}
    quiet: list[_Told] = []
    for document in read:
        silent = document.row["kind"] in _SILENT or {"opinion", "machine_text"} & set(document.row["flags"])
        count.silent += bool(silent)
        for event in _finest(list(_events(document, count))):
            one = _Told(event, document, _evidence(event, document))
            if silent:
                quiet.append(one)
            else:
                told.setdefault(_key(event), []).append(one)
    for one in quiet:
        if (key := _key(one.event)) in told:
            told[key].append(one)
    return _in_acts([_candidate(group) for group in told.values()])


def _in_acts(found: Sequence[Candidate]) -> list[Candidate]:
    """Give the stages that one document tells of one act the act_id of its announcement."""
    first = {
        (evidence.doc_id, *_act(candidate.record)): candidate.record["act_id"]
        for candidate in found
        if candidate.record["stage"] == "announced" and candidate.record["act_id"]
        for evidence in candidate.evidence
    }
    made = []
    for candidate in found:
        keys = [(evidence.doc_id, *_act(candidate.record)) for evidence in candidate.evidence]
        act = next((first[key] for key in keys if key in first), candidate.record["act_id"])
        made.append(replace(candidate, record={**candidate.record, "act_id": act}))
    return made


def _act(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return record["type"], record["actor"], record["target"], record["legal_ref"]


def _events(document: Document, done: Proposed) -> Iterator[extract.Candidate]:
    row = document.row
    language = row["language"] if row["language"] in LANGUAGES else None
    day = row["published"][:10] if row["published"] else None
    try:
        found = extract.extract(document.text, day, language)
    except TonnageError as fault:
        done.failures.append(Failure(document.file, str(fault)))
        return
    for event in found.events:
        if event.actor is None:
            continue
        if event.date_start is None and not event.type.startswith(("export_", "import_", "licence_")):
            done.undated += 1
            continue
        yield replace(event, type=_TYPES.get(event.type, event.type))


def _finest(events: Sequence[extract.Candidate]) -> Iterator[extract.Candidate]:
    """Leave out what a document tells again with a coarser date: the year in the number of an act."""
    for event in events:
        if not any(_within(other, event) for other in events):
            yield event


def _within(fine: extract.Candidate, coarse: extract.Candidate) -> bool:
    same = (fine.type, fine.stage, fine.actor) == (coarse.type, coarse.stage, coarse.actor)
    if not same or not (fine.date_start and fine.date_end and coarse.date_start and coarse.date_end):
        return False
    inside = coarse.date_start <= fine.date_start and fine.date_end <= coarse.date_end
    return inside and (fine.date_start, fine.date_end) != (coarse.date_start, coarse.date_end)


def _key(event: extract.Candidate) -> tuple[Any, ...]:
    return (
        event.type,
        event.stage,
        event.actor,
        event.target,
        event.date_start,
        event.date_end,
        event.legal_ref,
    )


def _evidence(event: extract.Candidate, document: Document) -> Evidence:
    text, row = document.text, document.row
    spans = sentences(normalise(text))
    opens, closes = next(((a, b) for a, b in spans if a <= event.start < b), (event.start, event.end))
    return Evidence(
        doc_id=row["doc_id"], file=document.file, raw=row["raw"], start=event.start, end=event.end,
        opens=opens, closes=closes, sentence=hashlib.sha256(text[opens:closes].encode()).hexdigest()[:16],
        says=(event.date_text or "")[:_SAYS] or None, rules=event.rules, confidence=event.confidence,
        flags=event.flags, copy_of=row["copy_of"],
    )  # fmt: skip


def _candidate(group: Sequence[_Told]) -> Candidate:
    # One document may tell an event in three sentences; the surest one stands.
    by_document: dict[str, _Told] = {}
    for one in sorted(group, key=lambda t: -_RANK.index(t.evidence.confidence)):
        by_document.setdefault(one.evidence.doc_id, one)
    tellers = sorted(by_document.values(), key=_when)
    event = max(tellers, key=lambda t: _RANK.index(t.evidence.confidence)).event
    record: dict[str, Any] = {
        "type": event.type,
        "stage": event.stage,
        "date_start": _iso(event.date_start),
        "date_end": _iso(event.date_end),
        "precision": event.precision,
        "date_text": (event.date_text or "")[:_SAYS] or None,
        "date_rule": event.rules[0] if event.rules else None,
        "actor": event.actor,
        "target": event.target,
        "commodities": list(dict.fromkeys(_goods(c) for t in tellers for c in t.event.commodities)),
        "legal_ref": event.legal_ref,
        "sources": [_source(t) for t in tellers],
        "confidence": _confidence(tellers),
        "flags": sorted({f for t in tellers for f in t.event.flags if f in _FLAGS}),
        "status": "candidate",
    }
    record |= _known(record["sources"])
    record |= drafts.classify(record)
    record["summary"] = drafts.summary(record)
    record["act_id"] = drafts.act_id(record)
    return Candidate(candidate_id(*_key(event)), record, tuple(t.evidence for t in tellers))


@cache
def _vocabulary() -> dict[str, str]:
    """Return the words the register has for goods, by how an extraction may write them."""
    words = [word for entry in registry().values() for word in entry.materials]
    return {word.replace(" ", "-"): word for word in words} | {name: name for name in registry()}


def _goods(code: str) -> str:
    return _vocabulary().get(code, code)


def _when(told: _Told) -> tuple[str, str]:
    return told.document.row["published"] or "9", told.evidence.doc_id


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _source(told: _Told) -> dict[str, Any]:
    row = told.document.row
    made = {
        "publisher": row["publisher"] or "unnamed",
        "headline": (row["headline"] or "")[:200] or None,
        "url": row["url"],
        "published": row["published"] or row["item_date"],
        "published_precision": row["published_precision"] if row["published"] else "unknown",
        "lang": row["language"],
        "role": _ROLES.get(row["kind"], row["kind"]),
        "doc_id": row["doc_id"],
        "says": told.evidence.says,
    }
    return {name: value for name, value in made.items() if value is not None or name in ("url", "published")}


def _confidence(tellers: Sequence[_Told]) -> str:
    """Return the best confidence of a document; two independent ones raise it by a step."""
    from tonnage.model.evidence import origins

    best = max(_RANK.index(t.evidence.confidence) for t in tellers)
    alone = [t for t in tellers if t.evidence.copy_of is None]
    return _RANK[min(2, best + (origins([_source(t) for t in alone]) > 1))]


def _known(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return when the first of the sources made it known, and how that is known."""
    dated = [source for source in sources if source.get("published")]
    if not dated:
        return {}
    first = min(dated, key=lambda source: _instant(source["published"]))
    text = first["published"]
    if first.get("published_precision") == "unknown":
        return {"known_at": _month_end(text), "known_at_basis": "collection_time"}
    if first["role"] == "official":
        basis = "official_publication"
    elif "T" in text:
        basis = "wire_timestamp" if first["role"] == "wire" else "page_timestamp"
    else:
        basis = "page_date"
    return {"known_at": _month_end(text), "known_at_basis": basis}


def _instant(text: str) -> dt.datetime:
    """Return a moment to sort by: a day, which may be any hour of it, counts as its end."""
    if "T" in text:
        return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
    day = dt.date.fromisoformat(_month_end(text))
    return dt.datetime.combine(day, dt.time.max, dt.UTC)


def _month_end(text: str) -> str:
    """Return a day or time as it is; of a month the last day, by which it was known at the latest."""
    if len(text) != len("2026-01"):
        return text
    first = dt.date.fromisoformat(f"{text}-01")
    return ((first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)).isoformat()
