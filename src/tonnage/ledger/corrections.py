"""Corrections are data: what is wrong, where, why, who says so and since when.

They stand in `data/raw/corrections.toml`, text under version control. Raw files stay as they are; so do
processed files: a correction is applied when the ledger is asked, so a changed entry rebuilds nothing and
nothing is lost. The build checks every entry against the rows and keeps the hash of the file, so that equal
digests give equal answers.

An entry counts from its day `when` on: asked as of an earlier day, the ledger answers as it did then. With
`retroactive = true` it counts on every day, as a mistake of ours in copying a figure should.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from tonnage.errors import StoreError, nearest
from tonnage.model import flows

__all__ = ["ACTIONS", "FILE", "Correction", "apply", "digest", "load", "noted", "refuse_idle"]

#: Where the entries stand in the data folder.
FILE: Final = "raw/corrections.toml"

#: What an entry does with the rows it matches.
ACTIONS: Final[dict[str, str]] = {
    "drop": "leaves them out of every answer",
    "flag": "adds flags to them",
    "override": "puts a corrected row beside them, which counts, and marks them suspect",
}

_FIELDS: Final = ("match", "action", "reason", "who", "when", "value", "flags", "retroactive")
_NEEDED: Final = ("match", "action", "reason", "who", "when")
_MATCHED: Final = tuple(c for c in flows.SCHEMA if c != "flags")


@dataclass(frozen=True, slots=True)
class Correction:
    """One entry of the file.

    Attributes:
        match: FLOWS column -> value; all must agree.
        action: one of `ACTIONS`.
        reason, who, when: why, who made the entry, and from which day it counts.
        line: where the entry stands in the file.
        value: the corrected value, of an override, in the unit of the row.
        flags: the flags to add, of a flag.
        retroactive: whether it counts before `when` too.
    """

    match: Mapping[str, Any]
    action: str
    reason: str
    who: str
    when: dt.date
    line: int
    value: float | None = None
    flags: tuple[str, ...] = ()
    retroactive: bool = False
    where: str = field(default=FILE)

    @property
    def rows(self) -> pl.Expr:
        """The rows it is about."""
        tests = [pl.col(name).cast(_plain(name)) == pl.lit(value) for name, value in self.match.items()]
        return pl.all_horizontal(tests)

    def counts_on(self, day: dt.date | None) -> bool:
        """Return whether it is made by a day; None is today and later."""
        return self.retroactive or day is None or self.when <= day


def _plain(name: str) -> pl.DataType:
    kind = flows.SCHEMA[name]
    return pl.String() if isinstance(kind, pl.Enum) else kind


def load(root: Path) -> tuple[Correction, ...]:
    """Return the corrections of a data folder, none if it has no file.

    Raises:
        StoreError: the file has a mistake; the message names file, line and what is expected.
    """
    path = root / FILE
    if not path.exists():
        return ()
    shown = f"data/{FILE}"
    text = path.read_text("utf-8")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise StoreError(f"{shown}: not TOML: {fault}") from None
    unknown = sorted(set(document) - {"correction"})
    if unknown:
        raise StoreError(
            f"{shown}: line {_line_of(text, unknown[0])}: expected [[correction]] only, found {unknown}"
        )
    entries = document.get("correction", [])
    starts = [
        n for n, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*correction\s*\]\]", line)
    ]
    if not isinstance(entries, list) or len(entries) != len(starts):
        raise StoreError(f"{shown}: expected each entry to begin with a line [[correction]]")
    ends = [*starts, len(text.splitlines()) + 1][1:]
    return tuple(
        _parsed(entry, _Place(shown, text, start, end))
        for entry, start, end in zip(entries, starts, ends, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands, so that a mistake in it can be pointed at."""

    shown: str
    text: str
    start: int
    end: int

    def fault(self, name: str, told: str) -> StoreError:
        block = self.text.splitlines()[self.start - 1 : self.end - 1]
        offset = _line_of("\n".join(block), name)
        return StoreError(f"{self.shown}: line {self.start - 1 + offset}: {told}")


def _line_of(text: str, name: str) -> int:
    """Return the line of a text on which a key stands, the first line if it stands nowhere."""
    lines = [line.partition("#")[0] for line in text.splitlines()]
    own, inside = rf"\s*\[*{re.escape(name)}\s*[=\].]", rf".*[\s{{,]{re.escape(name)}\s*="
    found = (n for key in (own, inside) for n, line in enumerate(lines, 1) if re.match(key, line))
    return next(found, 1)


def _parsed(entry: Mapping[str, Any], place: _Place) -> Correction:
    for name in entry:
        if name not in _FIELDS:
            raise place.fault(name, f"unknown field {name!r}{nearest(name, _FIELDS)}; known: {list(_FIELDS)}")
    for name in _NEEDED:
        if not entry.get(name):
            raise place.fault(name, f"{name} is missing: expected {', '.join(_NEEDED)}")
    action = entry["action"]
    if action not in ACTIONS:
        raise place.fault(
            "action",
            f"action: expected one of {list(ACTIONS)}, found {action!r}{nearest(str(action), ACTIONS)}",
        )
    for name in ("reason", "who"):
        if not isinstance(entry[name], str) or not entry[name].strip():
            raise place.fault(name, f"{name}: expected words, found {entry[name]!r}")
    return Correction(
        match=_match(entry["match"], place),
        action=action,
        reason=entry["reason"].strip(),
        who=entry["who"].strip(),
        when=_day(entry["when"], "when", place),
        line=place.start,
        value=_value(entry, place),
        flags=_flags(entry, place),
        retroactive=_truth(entry, place),
        where=place.shown,
    )


def _match(match: Any, place: _Place) -> dict[str, Any]:
    if not isinstance(match, Mapping):
        raise place.fault("match", f"match: expected columns and values, found {match!r}")
    for name in match:
        if name not in _MATCHED:
            raise place.fault(
                name, f"match: unknown column {name!r}{nearest(name, _MATCHED)}; known: {list(_MATCHED)}"
            )
    return {name: _typed(name, value, place) for name, value in match.items()}


def _typed(name: str, value: Any, place: _Place) -> Any:
    kind = _plain(name)
    if kind == pl.Date():
        return _day(value, name, place)
    if kind.is_numeric():
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        return value if fits else _refuse(place, name, "a number", value)
    return value if isinstance(value, str) else _refuse(place, name, "text", value)


def _refuse(place: _Place, name: str, expected: str, found: Any) -> None:
    raise place.fault(name, f"{name}: expected {expected}, found {found!r}")


def _day(value: Any, name: str, place: _Place) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise place.fault(name, f"{name}: expected a day YYYY-MM-DD, found {value!r}")


def _value(entry: Mapping[str, Any], place: _Place) -> float | None:
    value = entry.get("value")
    if entry["action"] != "override":
        if value is not None:
            raise place.fault("value", f"value: only an override has one, found action {entry['action']!r}")
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise place.fault("value", f"value: an override needs the corrected number, found {value!r}")
    return float(value)


def _flags(entry: Mapping[str, Any], place: _Place) -> tuple[str, ...]:
    found = entry.get("flags", [])
    if entry["action"] != "flag":
        if found:
            raise place.fault("flags", f"flags: only a flag has them, found action {entry['action']!r}")
        return ()
    if not isinstance(found, list) or not found or set(map(str, found)) - set(flows.FLAGS):
        raise place.fault("flags", f"flags: expected some of {sorted(flows.FLAGS)}, found {found!r}")
    return tuple(found)


def _truth(entry: Mapping[str, Any], place: _Place) -> bool:
    found = entry.get("retroactive", False)
    if not isinstance(found, bool):
        raise place.fault("retroactive", f"retroactive: expected true or false, found {found!r}")
    return found


def digest(corrections: Sequence[Correction]) -> str:
    """Return a hash of what the corrections do, not of how they are written; "" for none."""
    if not corrections:
        return ""
    parts = [
        [sorted((k, str(v)) for k, v in c.match.items()), c.action, c.reason, c.who, str(c.when), c.value,
         sorted(c.flags), c.retroactive]
        for c in corrections
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


def apply(
    prints: pl.LazyFrame, corrections: Sequence[Correction], day: dt.date | None = None
) -> pl.LazyFrame:
    """Return FLOWS with the corrections that were made by a day; lazily, row by row.

    A flag adds its flags and `corrected`. A dropped row is left out. An override keeps the printed row,
    `suspect` from now on, and puts beside it the same row with the corrected value, flagged `corrected`.

    Args:
        prints: FLOWS rows.
        corrections: in the order of the file; each is about the rows as they are printed.
        day: None for all of them.
    """
    made = [c for c in corrections if c.counts_on(day)]
    if not made:
        return prints
    dropped = [c.rows for c in made if c.action == "drop"]
    kept = prints.filter(~pl.any_horizontal(dropped)) if dropped else prints
    overridden = [c for c in made if c.action == "override"]
    added = [_replaced(kept, c) for c in overridden]
    marks = [(c.rows, ("corrected", *c.flags)) for c in made if c.action == "flag"]
    marks += [(c.rows, ("suspect",)) for c in overridden]
    for rows, flags in marks:
        kept = kept.with_columns(flags=pl.when(rows).then(_with(flags)).otherwise(pl.col("flags")))
    return pl.concat([kept, *added]) if added else kept


def _replaced(rows: pl.LazyFrame, correction: Correction) -> pl.LazyFrame:
    made = rows.filter(correction.rows)
    return made.with_columns(value=pl.lit(correction.value, pl.Float64), flags=_with(("corrected",)))


def _with(flags: Sequence[str]) -> pl.Expr:
    added = pl.lit(list(flags), dtype=pl.List(pl.String))
    return pl.concat_list(pl.col("flags"), added).list.unique().list.sort()


def noted(rows: pl.DataFrame, corrections: Sequence[Correction]) -> pl.DataFrame:
    """Add to the note of a corrected row what was printed, why it was changed, by whom and when.

    Args:
        rows: FLOWS rows with `note`.
        corrections: as loaded.
    """
    for made in corrections:
        if made.action == "drop":
            continue
        printed = made.match.get("value")
        was = f" (printed: {printed:,.15g})" if printed is not None else ""
        told = f"{made.action}{was}: {made.reason}; {made.who}, {made.when}; {made.where} line {made.line}"
        # The value of a row that was overridden is no longer the one that is matched.
        same = [pl.col(k).cast(_plain(k)) == pl.lit(v) for k, v in made.match.items() if k != "value"]
        about = pl.all_horizontal([*same, pl.col("flags").list.contains("corrected")])
        note = pl.concat_str(
            [pl.col("note"), pl.lit(told)], separator="; ", ignore_nulls=True
        ).str.strip_prefix("; ")
        rows = rows.with_columns(note=pl.when(about).then(note).otherwise(pl.col("note")))
    return rows


def refuse_idle(prints: pl.LazyFrame, corrections: Sequence[Correction]) -> None:
    """Accept corrections each of which is about at least one row.

    Raises:
        StoreError: one matches none: the mistake was corrected at the source, or the match is wrong.
    """
    if not corrections:
        return
    counts = prints.select(c.rows.sum().alias(str(index)) for index, c in enumerate(corrections)).collect()
    for index, made in enumerate(corrections):
        if not counts[str(index)].item():
            raise StoreError(
                f"{made.where}: line {made.line}: this correction matches no row (reason: {made.reason});"
                " the row was changed or the match is wrong: correct the entry or remove it"
            )
