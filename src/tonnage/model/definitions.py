"""Definitions: which figures a name is about, and what may be done with two of them.

The registry is data (definitions.toml). Nothing else in the package names a commodity.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from tonnage.errors import CodeError, DefinitionError, few, nearest
from tonnage.model import scopes
from tonnage.model.scopes import Scope

__all__ = [
    "Comparison",
    "Definition",
    "comparable",
    "definition",
    "derived_as",
    "line",
    "lines",
    "parse_registry",
    "registry",
    "share_goods",
]

Operation = Literal["difference", "sum"]
_KINDS: Final = ("line", "codes", "difference")
_OTHER_LANGUAGES: Final = ("zh", "ja")
_SAID: Final = frozenset(("printed_as", "covers", "hides", "incomparable"))


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of the registry; definitions.toml says what each field means."""

    id: str
    title: Mapping[str, str]
    kind: str
    reporter: str
    flow: str
    stages: tuple[str, ...]
    printed_as: str
    covers: str
    hides: str
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quoted_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minuend: str = ""
    subtrahend: str = ""
    contains: tuple[str, ...] = ()
    incomparable: Mapping[str, str] = field(default_factory=dict)
    breaks: Mapping[dt.date, str] = field(default_factory=dict)
    materials: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def said(self, field: Literal["printed_as", "covers", "hides"], language: str) -> str:
        """Return one of its texts in a language, or in English where the registry has no other."""
        text: str = self.words.get(language, {}).get(field) or getattr(self, field)
        return text

    def why_apart(self, other: str, language: str) -> str:
        """Return why it may not be compared with another definition, in a language if the registry has it."""
        told: Mapping[str, str] = self.words.get(language, {}).get("incomparable", {})
        return told.get(other) or self.incomparable[other]

    @property
    def parts(self) -> tuple[str, ...]:
        """The definitions a difference is made of, minuend first; empty for any other kind."""
        return (self.minuend, self.subtrahend) if self.kind == "difference" else ()

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """The codes by classification and years, followed through the concordances."""
        return scopes.scopes(self.codes)

    @property
    def families(self) -> frozenset[str]:
        """The families of classifications in which it has codes: GACC8, JP9, CN, a publisher's table."""
        return frozenset(one.family.rstrip("-") for one in self.scopes if one.codes)

    def break_between(self, first: dt.date, last: dt.date) -> str | None:
        """Return why months from `first` to `last` are not one series, or None if they are."""
        for at, reason in sorted(self.breaks.items()):
            if first < at <= last:
                return f"break in {self.id} at {at:%Y-%m}: {reason}"
        return None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether two definitions may be put side by side, and why (not)."""

    ok: bool
    reason: str

    def __bool__(self) -> bool:
        """Return `ok`, so that `if comparable(a, b):` reads as it should."""
        return self.ok


@cache
def registry() -> Mapping[str, Definition]:
    """Return every definition by id."""
    return parse_registry(_document())


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(files("tonnage.model").joinpath("definitions.toml").read_text("utf-8"))


def parse_registry(document: Mapping[str, Any]) -> dict[str, Definition]:
    """Return the definitions of a parsed TOML document, checked against each other.

    Raises:
        DefinitionError: an entry has an unknown or missing field, or names a definition that is not there.
    """
    found = {name: _parse(name, entry) for name, entry in document["definition"].items()}
    for entry in found.values():
        for other in (*entry.parts, *entry.contains, *entry.incomparable):
            if other not in found:
                raise DefinitionError(f"definitions.toml: {entry.id} names {other!r}, which is not defined")
    return found


def _parse(name: str, entry: Mapping[str, Any]) -> Definition:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    for table in ("codes", "quoted_as"):
        values[table] = {family: tuple(codes) for family, codes in entry.get(table, {}).items()}
    try:
        breaks = entry.get("breaks", {}).items()
        values["breaks"] = {dt.date.fromisoformat(f"{at}-01"): why for at, why in breaks}
        made = Definition(id=name, **values)
    except (TypeError, ValueError) as fault:
        raise DefinitionError(f"definitions.toml: {name}: {fault}") from None
    _check_words(made)
    if faults := [told for name, listed in made.codes.items() if (told := scopes.fault(name, listed))]:
        raise DefinitionError(f"definitions.toml: {made.id}: {faults[0]}")
    expected = made.kind in _KINDS and bool(made.codes) == (made.kind != "difference")
    if not expected or (made.kind == "difference") != all((made.minuend, made.subtrahend)):
        raise DefinitionError(
            f"definitions.toml: {name}: kind must be one of {list(_KINDS)};"
            " 'line' and 'codes' need codes, 'difference' needs minuend and subtrahend"
        )
    return made


def _check_words(made: Definition) -> None:
    for language, said in made.words.items():
        if language not in _OTHER_LANGUAGES or not set(said) <= _SAID:
            raise DefinitionError(
                f"definitions.toml: {made.id}: words.{language}: expected {list(_OTHER_LANGUAGES)} with"
                f" some of {sorted(_SAID)}, found {few(said)}"
            )
        if unknown := set(said.get("incomparable", ())) - set(made.incomparable):
            raise DefinitionError(
                f"definitions.toml: {made.id}: words.{language}.incomparable: {few(sorted(unknown))}: not in"
                " incomparable"
            )


def definition(name: str) -> Definition:
    """Return a definition by id or alias.

    Raises:
        DefinitionError: no definition has that name; the nearest are offered.
    """
    known = registry()
    if name in known:
        return known[name]
    by_alias = {alias: d for d in known.values() for alias in d.aliases}
    if name.lower() in by_alias:
        return by_alias[name.lower()]
    hint = nearest(name, [*known, *by_alias])
    listed = ", ".join(sorted(known))
    raise DefinitionError(f"definition {name!r}: not in the registry{hint or '.'} Known: {listed}")


def lines(classification: str) -> Mapping[str, tuple[str, ...]]:
    """Return the lines of a classification that is a publisher's own table: slug -> its printed names."""
    held = _document()["lines"].get(classification, {})
    return {
        slug: tuple(
            n for names in by_language.values() for n in ([names] if isinstance(names, str) else names)
        )
        for slug, by_language in held.items()
    }


def line(classification: str, name: str) -> str:
    """Return the slug of a line given by slug or by its name in any language.

    Raises:
        CodeError: the registry has no such line; the nearest are offered.
    """
    known = lines(classification)
    for slug, names in known.items():
        if name == slug or name in names:
            return slug
    shown = [*known, *(n for names in known.values() for n in names)]
    raise CodeError(
        f"line {name!r}: not in the lines of {classification} in definitions.toml{nearest(name, shown)}"
    )


def comparable(a: str, b: str) -> Comparison:
    """Return whether figures of two definitions may stand side by side as the same kind of quantity.

    A definition and a part of it may (a share is meaningful); two that share no goods, or of which one
    hides a break, may not.

    Raises:
        DefinitionError: one of the two is not in the registry.
    """
    first, second = definition(a), definition(b)
    if first.id == second.id:
        return Comparison(ok=True, reason="the same definition")
    why = first.incomparable.get(second.id) or second.incomparable.get(first.id)
    if why:
        return Comparison(ok=False, reason=f"{first.id} and {second.id} must not be compared: {why}")
    for whole, part in ((first, second), (second, first)):
        if part.id in _parts_of(whole.id):
            return Comparison(ok=True, reason=f"{part.id} is part of {whole.id}: a share, not a change")
    return Comparison(
        ok=False, reason=f"the registry declares no relation between {first.id} and {second.id}"
    )


def _parts_of(name: str) -> set[str]:
    """Return every definition contained in `name`, at any depth."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for part in registry()[waiting.pop()].contains:
            if part not in found:
                found.add(part)
                waiting.append(part)
    return found


def share_goods(a: str, b: str) -> bool:
    """Return whether two definitions are known to hold goods in common: one holds the other, or both a third.

    Raises:
        DefinitionError: one of the two is not in the registry.
    """
    first, second = ({d.id} | _parts_of(d.id) for d in (definition(a), definition(b)))
    return bool(first & second)


def derived_as(operation: Operation, a: str, b: str) -> Definition:
    """Return the definition that is the difference `a - b` or the sum `a + b`.

    Raises:
        DefinitionError: the registry declares no such definition; the message says why it may not.
    """
    first, second = definition(a), definition(b)
    for entry in registry().values():
        if operation == "difference" and entry.parts == (first.id, second.id):
            return entry
        if (
            operation == "sum"
            and entry.kind == "difference"
            and {first.id, second.id} == {entry.id, entry.subtrahend}
        ):
            return registry()[entry.minuend]
    raise DefinitionError(_refusal(operation, first, second))


def _refusal(operation: Operation, first: Definition, second: Definition) -> str:
    sign = {"difference": "-", "sum": "+"}[operation]
    asked = f"{operation} {first.id} {sign} {second.id}: not declared in the registry"
    why = first.incomparable.get(second.id) or second.incomparable.get(first.id)
    if why is None and operation == "sum" and second.id in _parts_of(first.id) | {first.id}:
        why = f"{second.id} is already in {first.id}: the sum would count it twice"
    if why is None and operation == "sum" and first.id in _parts_of(second.id):
        why = f"{first.id} is already in {second.id}: the sum would count it twice"
    if why is None:
        why = "nothing says that what is left would be one kind of goods, printed at one stage"
    declared = [
        f"{d.id} = {d.minuend} - {d.subtrahend}" for d in registry().values() if d.kind == "difference"
    ]
    return f"{asked}: {why}. Declared: {'; '.join(declared)}"
