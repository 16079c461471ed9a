"""`tonnage events`: the verbs of the register. Thin: each asks the desk and prints what it says."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tonnage.errors import ParameterError, TonnageError

if TYPE_CHECKING:
    from tonnage.events.candidates import Candidate
    from tonnage.events.desk import Desk

__all__ = ["HELP", "add"]

HELP: Final = "the event register: read documents, review what they say, keep the records"

_KEYS: Final = "a accept, e FIELD=VALUE edit, r WHY reject, s skip, q quit"


def add(verbs: Any) -> None:
    """Add the verbs that read and write the register to `tonnage events`."""
    _propose(verbs)
    _review(verbs)
    _accept(verbs)
    _reject(verbs)
    _show(verbs)
    _verify(verbs)
    _import(verbs)
    _export(verbs)


def _desk(asked: argparse.Namespace) -> Desk:
    from tonnage.events.desk import Desk
    from tonnage.ledger import store

    return Desk(store.find_root(asked.data), getattr(asked, "by", None) or "")


def _verb(verbs: Any, name: str, told: str, run: Callable[[argparse.Namespace], int]) -> Any:
    verb = verbs.add_parser(name, help=told, allow_abbrev=False)
    verb.set_defaults(run=run)
    return verb


# -- propose and import ------------------------------------------------------------------------------


def _propose(verbs: Any) -> None:
    verb = _verb(verbs, "propose", "candidates from documents, queued for review", _run_propose)
    verb.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="articles, feeds or folders (default: those in data/raw)",
    )
    verb.add_argument("--published", metavar="DAY", help="the day of publication of files that do not say it")
    verb.add_argument(
        "--edit",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="no document: a candidate from these fields",
    )
    verb.add_argument("--source", action="append", default=[], metavar="FIELD=VALUE;...", help="its sources")


def _run_propose(asked: argparse.Namespace) -> int:
    from tonnage.events import propose
    from tonnage.ledger import store

    root = store.find_root(asked.data)
    if asked.edit or asked.source:
        if asked.files:
            raise ParameterError("events propose: give files, or --edit and --source for a candidate by hand")
        done = propose.Proposed()
        propose.queue_up(root, [propose.by_hand(_pairs(asked.edit), _sources(asked.source))], done)
    else:
        done = propose.propose(root, asked.files, asked.published)
    return _told(done)


def _told(done: Any) -> int:
    for failure in done.failures:
        print(f"{failure.file}: {failure.reason}", file=sys.stderr)
    for candidate in [*done.new, *done.grown]:
        told = candidate.record.get("date_start") or "no day"
        print(f"{candidate.id}  {told}  {candidate.record['summary']}")
    grown = f"{len(done.grown)} with more sources"
    print(f"{done.documents} documents read: {len(done.new)} new candidates, {grown}")
    print(
        f"{done.silent} documents propose nothing on their own, {done.undated} statements have no day,"
        f" {len(done.failures)} not read"
    )
    if done.new or done.grown:
        print("next: tonnage events review")
    return 1 if done.failures and not done.documents and not done.new else 0


def _import(verbs: Any) -> None:
    verb = _verb(verbs, "import", "interventions of Global Trade Alert (CSV) as candidates", _run_import)
    verb.add_argument("file", type=Path, metavar="FILE", help="a CSV of its data centre")


def _run_import(asked: argparse.Namespace) -> int:
    from tonnage.events import gta, propose
    from tonnage.ledger import store

    done = propose.Proposed()
    found, done.failures = gta.candidates(asked.file)
    propose.queue_up(store.find_root(asked.data), found, done)
    return _told(done)


# -- review ------------------------------------------------------------------------------------------


def _review(verbs: Any) -> None:
    verb = _verb(verbs, "review", "walk through the candidates and decide", _run_review)
    verb.add_argument("--by", metavar="NAME", help="who decides (default: the user of this machine)")


def _run_review(asked: argparse.Namespace) -> int:
    desk = _desk(asked)
    waiting = desk.queue.open()
    print(f"{len(waiting)} candidates wait. {_KEYS}")
    for number, candidate in enumerate(waiting, 1):
        print(f"\n[{number}/{len(waiting)}]")
        if not _decided(desk, candidate):
            break
    print(f"{len(desk.queue.open())} candidates wait")
    return 0


def _decided(desk: Desk, candidate: Candidate) -> bool:
    """Ask about one candidate until it is decided or skipped; False ends the review."""
    from tonnage.events.shown import candidate_lines

    edits: dict[str, str] = {}
    print("\n".join(candidate_lines(candidate, desk, colour=sys.stdout.isatty())))
    while True:
        key, _, rest = _asked().partition(" ")
        try:
            match key:
                case "a":
                    print(f"accepted: {desk.accept(candidate, edits, why=rest)}")
                    return True
                case "e":
                    tried = edits | _pairs([rest])
                    print(f"  {desk.draft(candidate, tried)['event_id']}: {', '.join(tried)}")
                    edits = tried
                case "r":
                    desk.reject(candidate, rest)
                    return True
                case "s" | "q":
                    return key == "s"
                case _:
                    print(_KEYS)
        except TonnageError as told:
            print(f"  {told}")


def _asked() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return "q"


# -- decisions in a script ---------------------------------------------------------------------------


def _accept(verbs: Any) -> None:
    verb = _verb(verbs, "accept", "make a candidate a record, or amend a record", _run_accept)
    verb.add_argument("name", metavar="ID", help="a candidate (c-...), or an event_id to amend")
    verb.add_argument(
        "--edit", action="append", default=[], metavar="FIELD=VALUE", help="a field as it should be"
    )
    verb.add_argument(
        "--source", action="append", default=[], metavar="FIELD=VALUE;...", help="one more source"
    )
    verb.add_argument("--why", default="", help="the reason; needed to amend a record")
    verb.add_argument("--as-written", action="store_true", help="take in a record that was changed by hand")
    verb.add_argument("--by", metavar="NAME", help="who decides (default: the user of this machine)")


def _run_accept(asked: argparse.Namespace) -> int:
    desk = _desk(asked)
    edits, sources = _pairs(asked.edit), _sources(asked.source)
    if asked.name.startswith("c-"):
        name = desk.accept(desk.queue.get(asked.name), edits, sources, asked.why)
        print(f"accepted: {name}; next: tonnage build")
        return 0
    if asked.as_written:
        desk.adopt(asked.name, asked.why)
        print(f"{asked.name}: taken in as it is written; next: tonnage build")
        return 0
    changed = desk.amend(asked.name, edits, asked.why, sources)
    for line in changed:
        print(f"{asked.name}: {line}")
    print(f"{len(changed)} fields changed{'; next: tonnage build' if changed else ''}")
    return 0


def _reject(verbs: Any) -> None:
    verb = _verb(verbs, "reject", "refuse a candidate", _run_reject)
    verb.add_argument("name", metavar="ID", help="a candidate (c-...)")
    verb.add_argument("--why", required=True, help="the reason")
    verb.add_argument("--by", metavar="NAME", help="who decides (default: the user of this machine)")


def _run_reject(asked: argparse.Namespace) -> int:
    desk = _desk(asked)
    desk.reject(desk.queue.get(asked.name), asked.why)
    print(f"rejected: {asked.name}")
    return 0


# -- look, verify, export ----------------------------------------------------------------------------


def _show(verbs: Any) -> None:
    verb = _verb(verbs, "show", "one candidate, event or act with all that is known of it", _run_show)
    verb.add_argument("name", metavar="ID", help="a candidate (c-...), an event_id or an act_id")


def _run_show(asked: argparse.Namespace) -> int:
    from tonnage.events.shown import candidate_lines, held_lines

    desk = _desk(asked)
    if asked.name.startswith("c-"):
        print("\n".join(candidate_lines(desk.queue.get(asked.name), desk, colour=sys.stdout.isatty())))
        return 0
    for held in desk.register.act(asked.name) or [desk.register.get(asked.name)]:
        print("\n".join(held_lines(held)))
    return 0


def _verify(verbs: Any) -> None:
    _verb(verbs, "verify", "every record against its contract, its history and the others", _run_verify)


def _run_verify(asked: argparse.Namespace) -> int:
    from tonnage.events.verify import verify
    from tonnage.ledger import store

    register, faults = verify(store.find_root(asked.data))
    for fault in faults:
        print(f"{fault.where}: {fault.reason}", file=sys.stderr)
    print(f"{len(register)} records in {register.files()} files, {len(faults)} faults")
    return 1 if faults else 0


def _export(verbs: Any) -> None:
    verb = _verb(verbs, "export", "the register as CSV, JSON or a calendar", _run_export)
    verb.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .csv, .json or .ics")
    verb.add_argument("--as-of", metavar="DAY", help="only what was knowable by the end of that day")


def _run_export(asked: argparse.Namespace) -> int:
    from tonnage.events.export import FORMATS, export, known_by
    from tonnage.ledger.disk import write_atomic
    from tonnage.sources.base import day

    form = asked.out.suffix.removeprefix(".").lower()
    if form not in FORMATS:
        raise ParameterError(f"--out {asked.out}: expected a name that ends in one of {list(FORMATS)}")
    desk = _desk(asked)
    on = day(asked.as_of) if asked.as_of else None
    rows = known_by((held.record for held in desk.register), on)
    write_atomic(asked.out, export(rows, form, on or dt.date.fromisoformat(desk.on)))
    print(f"{asked.out}: {len(rows)} events written")
    return 0


# -- what is typed -----------------------------------------------------------------------------------


def _pairs(given: Iterable[str]) -> dict[str, str]:
    return dict(_pair(text) for text in given)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ParameterError(f"{text!r}: expected FIELD=VALUE")
    return name.strip(), value


def _sources(given: Iterable[str]) -> list[Mapping[str, Any]]:
    return list(_read_sources(given))


def _read_sources(given: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    from tonnage.errors import nearest
    from tonnage.model import events

    known = list(events.SOURCES.to_schema())
    for text in given:
        # An address may hold a semicolon: a part without "=" belongs to the one before it.
        parts = _pairs(_split(text, known))
        for name in parts:
            if name not in known:
                raise ParameterError(f"--source {name}: expected one of {known}{nearest(name, known)}")
        yield {"published": None, **{name: value.strip() or None for name, value in parts.items()}}


def _split(text: str, known: Iterable[str]) -> list[str]:
    import re

    names = "|".join(known)
    return [part for part in re.split(rf";\s*(?=(?:{names})\s*=)", text) if part.strip()]
