"""Which definition a text names: the registry's titles, ids and aliases, the longest name first."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from tonnage.model.definitions import Definition, registry

__all__ = ["Label", "find_labels", "label_at"]

#: What in a title is a remark on it: "(2011)", ", as quoted".
_REMARK: Final = re.compile(r"[(（].*|, as quoted.*")
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_ASCII: Final = re.compile(r"[ -~]+")
_OF: Final = re.compile(r"\s*(?:\b(?:of|de|von|an|di)\b|d')\s*(?:[^\W\d_]+[\s'-]+){0,3}", re.IGNORECASE)
_GLUE: Final = re.compile(r"[\s-]*")
_CODE_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Label:
    """A name of a definition in a text; `open` if longer names begin with it, so that it may be cut short."""

    start: int
    end: int
    definition: str
    open: bool


def find_labels(text: str) -> list[Label]:
    """Return the names of definitions in normalised text, in order; none inside another.

    Of two names that touch ("rare-earth permanent magnets") the latter says what the goods are.
    """
    known = _names()
    found: list[Label] = []
    for match in _pattern().finditer(text):
        words = _key(match.group())
        label = Label(match.start(), match.end(), known[words], _begins_others(words))
        if found and _GLUE.fullmatch(text, found[-1].end, label.start):
            label = Label(found.pop().start, label.end, label.definition, label.open)
        found.append(label)
    return found


def label_at(
    text: str, labels: Sequence[Label], span: tuple[int, int], sentence: tuple[int, int]
) -> Label | None:
    """Return the name a figure counts: "tons of X", else the last X before it, else the next after it."""
    at = bisect_left(labels, span[1], key=lambda label: label.start)
    after = labels[at] if at < len(labels) and labels[at].end <= sentence[1] else None
    if after and _OF.fullmatch(text, span[1], after.start):
        return after
    before = labels[at - 1] if at else None
    if before and before.start >= sentence[0]:
        return before
    return after or before


@cache
def _names() -> Mapping[str, str]:
    """Return every name, as `_key` writes it -> definition; a name of its own goes before a shortened one."""
    entries = list(registry().values())
    whole = [(name, d.id) for d in entries for name in (d.id, *d.title.values(), *_spoken(d))]
    cut = [(_REMARK.sub("", title), d.id) for d in entries for title in d.title.values()]
    found: dict[str, str] = {}
    for name, owner in (*whole, *cut):
        if _key(name):
            found.setdefault(_key(name), owner)
    return found


def _spoken(entry: Definition) -> list[str]:
    """Return the aliases a running text can use: those that share a word with the title, and long codes.

    "total" and "headline" say something in a table only.
    """
    title = set(_key(entry.title["en"]).split())
    return [
        alias
        for alias in entry.aliases
        if title & set(_key(alias).split()) or (alias.isdigit() and len(alias) >= _CODE_DIGITS)
    ]


def _key(name: str) -> str:
    """Return the words of a name in one form: lower case, no hyphens, no plural."""
    return " ".join(word.removesuffix("s") for word in _WORD.findall(name.lower()))


def _begins_others(key: str) -> bool:
    return any(other != key and other.startswith(key) for other in _names())


@cache
def _pattern() -> re.Pattern[str]:
    ordered = sorted(_names(), key=len, reverse=True)
    return re.compile("|".join(_written(key) for key in ordered), re.IGNORECASE)


def _written(key: str) -> str:
    if not _ASCII.fullmatch(key):
        return r"\W{0,2}".join(map(re.escape, key.split()))
    return r"\b" + r"[\s,'-]{1,3}".join(f"{re.escape(word)}s?" for word in key.split()) + r"\b"
