"""The event register as text: one file an act, one block a stage, in TOML, made to be read and compared.

    title = "Dual-use ban against Japan"

    [[stage]]                the record, as `event.schema.json` has it; what is not known is left out
    [[stage.sources]]        who says so
    [[stage.history]]        what was done to the record: when, by whom, why; the last entry seals it

A seal is a hash over the entry, the seal before it and the record as it stood after it. A record that was
changed without an entry does not fit its seal. That guards against a slip and not against intent: the history
of the folder itself (git) does that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from tonnage.errors import ContractError, ReadError
from tonnage.model import events

__all__ = [
    "DEEDS",
    "LONGEST",
    "Deed",
    "Stage",
    "blocks",
    "field_line",
    "file_of",
    "parse",
    "render",
    "sealed",
]

#: Largest file of one act in bytes. The largest one in use is a hundredth of it.
LONGEST: Final = 1_000_000

#: What can be done to a record of the register.
DEEDS: Final = ("accepted", "edited", "merged")

_BLOCK: Final = re.compile(r"^\[\[stage\]\][ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_FILE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_SEAL: Final = 16
_PROPERTIES: Final = tuple(events.json_schema()["properties"])
_SOURCE: Final = tuple(events.SOURCES.to_schema())
_NULLABLE: Final = ("date_start", "date_end")


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that was done to a record.

    Attributes:
        did: one of `DEEDS`.
        at: the day.
        by: who did it.
        why: in a few words.
        changed: "field: old -> new", for an edit.
        seal: 16 hex digits, see the head of the module.
    """

    did: str
    at: str
    by: str
    why: str = ""
    changed: tuple[str, ...] = ()
    seal: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A record of the register with what was done to it."""

    record: Mapping[str, Any]
    history: tuple[Deed, ...] = ()

    @property
    def intact(self) -> bool:
        """Whether the record is the one that its last entry seals."""
        if not self.history:
            return False
        before = self.history[-2].seal if len(self.history) > 1 else ""
        return self.history[-1].seal == _seal(self.history[-1], before, self.record)


def sealed(record: Mapping[str, Any], history: Iterable[Deed], deed: Deed) -> Stage:
    """Return a record after one more deed, sealed."""
    past = tuple(history)
    made = replace(deed, seal="")
    seal = _seal(made, past[-1].seal if past else "", record)
    return Stage(dict(record), (*past, replace(made, seal=seal)))


def _seal(deed: Deed, before: str, record: Mapping[str, Any]) -> str:
    told = [before, deed.did, deed.at, deed.by, deed.why, list(deed.changed), _bare(record)]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_SEAL]


def _bare(value: Any) -> Any:
    """Return a value without what is empty: a field left out and a null are the same."""
    if isinstance(value, Mapping):
        kept = {name: _bare(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in (None, [], {})}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value


def file_of(record: Mapping[str, Any]) -> str:
    """Return the file a record stands in: that of its act, else that of its year.

    Raises:
        ContractError: the act_id cannot be a file name.
    """
    act = record.get("act_id")
    name = act or str(record["event_id"])[:4]
    if not _FILE.fullmatch(name):
        raise ContractError(
            f"event {record.get('event_id')!r}: act_id: expected letters, digits, '-', '.' and '_', such as"
            f" CN-MOFCOM-2026-001, found {act!r}"
        )
    return f"{name}.toml"


# -- text to records ---------------------------------------------------------------------------------


def blocks(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the head of a file and its blocks, each with the line it begins on.

    The pieces put together are the text, so that one block can be changed and no other is touched.
    """
    starts = [found.start() for found in _BLOCK.finditer(text)]
    if not starts:
        return text, []
    ends = [*starts[1:], len(text)]
    found = [(text.count("\n", 0, a) + 1, text[a:b]) for a, b in zip(starts, ends, strict=True)]
    return text[: starts[0]], found


def parse(block: str) -> Stage:
    """Return the record of one block with its history. The record is not validated.

    Raises:
        ReadError: the block is not TOML, or its history is not of the form.
    """
    try:
        made = tomllib.loads(block)
    except tomllib.TOMLDecodeError as fault:
        raise ReadError(f"not TOML: {fault}") from None
    except (RecursionError, ValueError):
        raise ReadError(
            "not TOML of the register: nested too deep, or a number or date that is none"
        ) from None
    rows = made.pop("stage", None)
    if made or not isinstance(rows, list) or len(rows) != 1 or not isinstance(rows[0], dict):
        raise ReadError(f"expected one [[stage]] with its fields, found also {sorted(made)}")
    values = {name: _plain(value) for name, value in rows[0].items()}
    history = _history(values.pop("history", []))
    for name in _NULLABLE:
        values.setdefault(name, None)
    for source in values.get("sources") or ():
        if isinstance(source, dict):
            source.setdefault("published", None)
    return Stage(values, history)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: a day that is written without quotes is text."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date | dt.time) else value


def _history(rows: Any) -> tuple[Deed, ...]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ReadError("history: expected [[stage.history]] with its fields")
    return tuple(_deed(row) for row in rows)


def _deed(row: Mapping[str, Any]) -> Deed:
    known = set(Deed.__slots__)
    texts = {name: value for name, value in row.items() if name != "changed"}
    changed = row.get("changed", [])
    lists = isinstance(changed, list) and all(isinstance(c, str) for c in changed)
    if set(row) - known or not {"did", "at", "by", "seal"} <= set(row) or not lists:
        raise ReadError(f"history: expected did, at, by, why, changed, seal; found {sorted(row)}")
    if not all(isinstance(value, str) for value in texts.values()) or row["did"] not in DEEDS:
        raise ReadError(f"history: expected text, did being one of {list(DEEDS)}; found {row['did']!r}")
    return Deed(**{**texts, "changed": tuple(changed)})


def field_line(block: str, told: str) -> int:
    """Return how many lines below the head of a block the field stands that a message speaks of."""
    named = re.search(r"event [^:]*: ([a-z_]+)", told)
    found = named and re.search(rf"^{named[1]}[ \t]*=", block, re.MULTILINE)
    return block.count("\n", 0, found.start()) if found else 0


# -- records to text ---------------------------------------------------------------------------------


def render(stage: Stage) -> str:
    """Return a stage as its block; the same stage gives the same text, one field a line.

    Raises:
        ContractError: a text cannot be written (half of a surrogate pair).
    """
    record = stage.record
    lines = ["[[stage]]"]
    lines += [f"{n} = {_value(record[n])}" for n in _ordered(record, _PROPERTIES) if n != "sources"]
    for source in record.get("sources") or ():
        lines += ["", "[[stage.sources]]"]
        lines += [f"{n} = {_value(source[n])}" for n in _ordered(source, _SOURCE)]
    for deed in stage.history:
        lines += ["", "[[stage.history]]", *_deed_lines(deed)]
    text = "\n".join(lines) + "\n\n"
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ContractError(f"event {record.get('event_id')!r}: holds a character that is none") from None
    return text


def _deed_lines(deed: Deed) -> Iterator[str]:
    for name in Deed.__slots__:
        value = getattr(deed, name)
        if value:
            yield f"{name} = {_value(value)}"


def _ordered(values: Mapping[str, Any], order: tuple[str, ...]) -> list[str]:
    names = [*order, *(name for name in values if name not in order)]
    return [name for name in names if values.get(name) not in (None, [], {}, ())]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{n} = {_value(v)}" for n, v in value.items() if v is not None) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return quoted(value)


def quoted(value: Any) -> str:
    """Return a text or a number as TOML has it."""
    # A JSON string is a TOML string, but for one control character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
