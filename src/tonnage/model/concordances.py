"""Which codes of one classification hold the goods of a code of another: many to many, code by code.

The pairs are data (concordances.txt), made from the publishers' own tables by `concordance_files`. Only what
changed is written there. In a step from an older classification to the next:

- a code that is listed holds goods that are in the codes it is listed with, itself among them or not;
- a code that is only listed as holding another's goods is new;
- every other code is in both, with the same goods.

A code keeps its number while its goods change: 811292 lost hafnium and rhenium in HS 2022. So a number that
is in both is the same goods only where this module says so.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, Literal

import polars as pl

from tonnage.errors import CodeError, nearest

__all__ = [
    "DIGITS",
    "TABLE",
    "Followed",
    "Kind",
    "Pairs",
    "Relation",
    "classifications",
    "follow",
    "neighbours",
    "parse_steps",
    "predecessors",
    "relation",
    "render_steps",
    "steps",
    "successors",
    "table",
]

#: How many codes share goods with how many: 1:n is a split, n:1 a merge, n:m both at once.
Kind = Literal["1:1", "1:n", "n:1", "n:m", "none"]

#: Digits of the codes that the concordances are about, by family; a shorter code is a heading.
DIGITS: Final = {"CN": 8, "HS": 6}

#: Older code -> codes that hold its goods in the newer classification.
Pairs = Mapping[str, tuple[str, ...]]

#: One pair of codes that share goods, and the kind of the change as seen from the older code.
TABLE: Final = pl.Schema({"older": pl.String(), "newer": pl.String(), "kind": pl.String()})


@dataclass(frozen=True, slots=True)
class Relation:
    """What became of a code.

    Attributes:
        kind: "1:1" where both hold the same goods, "none" where the code is not in its classification.
        codes: the codes of the other classification that hold its goods.
        others: further codes of its own classification whose goods are in them too.
    """

    kind: Kind
    codes: tuple[str, ...]
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """A set of codes in another classification.

    Attributes:
        codes: every code there that holds goods of the set; empty where the set cannot be followed.
        reason: why not, or "".
    """

    codes: frozenset[str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Step:
    """One step between two classifications, read both ways."""

    ahead: Pairs
    back: Pairs

    def to_newer(self, code: str) -> tuple[str, ...]:
        """Return the newer codes with goods of an older one."""
        if code in self.ahead:
            return self.ahead[code]
        return () if code in self.back else (code,)

    def to_older(self, code: str) -> tuple[str, ...]:
        """Return the older codes with goods of a newer one."""
        if code in self.back:
            return self.back[code]
        return () if code in self.ahead else (code,)


@cache
def _text() -> str:
    return files("tonnage.model").joinpath("concordances.txt").read_text("utf-8")


@cache
def _pairs() -> Mapping[tuple[str, str], Pairs]:
    return parse_steps(_text())


def parse_steps(text: str) -> dict[tuple[str, str], Pairs]:
    """Return older code -> newer codes by step, of a text as `render_steps` writes it.

    A line "older > newer" opens a step; a line "code code ..." says where the goods of the first code are. A
    code is written as its difference from the first: "28053020 21 29" is 28053021 and 28053029.

    Raises:
        CodeError: a line stands before any step, is no list of codes, or names a code twice.
    """
    made: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    current: dict[str, tuple[str, ...]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        words = line.split(" ")
        if ">" in words:
            current = made.setdefault((words[0], words[2]), {})
            continue
        code, ends = words[0], words[1:]
        if current is None or not line.replace(" ", "").isdigit() or not ends or code in current:
            raise CodeError(f"concordances.txt: line {number}: expected a code and the codes of its goods")
        current[code] = tuple(code[: len(code) - len(end)] + end for end in ends)
    return dict(made)


def render_steps(steps: Mapping[tuple[str, str], Pairs], head: str) -> str:
    """Return the text of the steps: sorted, only what changed, each line of `head` as a comment."""
    lines = [f"# {line}".rstrip() for line in head.splitlines()]
    for (older, newer), pairs in sorted(steps.items()):
        lines += ["", f"{older} > {newer}"]
        lines += [" ".join([code, *(_end(code, to) for to in pairs[code])]) for code in sorted(pairs)]
    return "\n".join(lines) + "\n"


def _end(code: str, other: str) -> str:
    """Return what has to be written over the end of a code to have another of the same length."""
    same = next((i for i, (a, b) in enumerate(zip(code, other, strict=True)) if a != b), len(code) - 1)
    return other[same:]


@cache
def _step(older: str, newer: str) -> _Step:
    ahead = _pairs()[older, newer]
    back: dict[str, list[str]] = {}
    for code, targets in ahead.items():
        for target in targets:
            back.setdefault(target, []).append(code)
    return _Step(ahead, {code: tuple(sorted(found)) for code, found in back.items()})


@cache
def steps() -> tuple[tuple[str, str], ...]:
    """Return the steps that are held: (older, newer) classification."""
    return tuple(sorted(_pairs()))


@cache
def classifications(family: str) -> tuple[str, ...]:
    """Return the classifications of a family (HS, CN) that a step leads to or from, oldest first."""
    return tuple(sorted({name for step in steps() for name in step if name.startswith(family)}))


@cache
def neighbours(name: str) -> tuple[str, ...]:
    """Return the classifications one step away."""
    return tuple(sorted({b if a == name else a for a, b in steps() if name in (a, b)}))


def _path(start: str, end: str) -> list[str]:
    """Return the shortest way from one classification to another, both included."""
    came: dict[str, str] = {start: start}
    waiting = deque([start])
    while waiting:
        at = waiting.popleft()
        for near in neighbours(at):
            if near not in came:
                came[near] = at
                waiting.append(near)
    if end not in came or not neighbours(start):
        held = sorted({name for step in steps() for name in step})
        unknown = next((name for name in (start, end) if name not in held), end)
        raise CodeError(
            f"concordance {start} to {end}: none is held{nearest(unknown, held)};"
            f" held are {held[0]} to {classifications('CN')[-1]}, {', '.join(classifications('HS'))}"
        )
    way = [end]
    while way[-1] != start:
        way.append(came[way[-1]])
    return way[::-1]


def _carried(code: str, since: str, to: str) -> tuple[str, ...]:
    """Return the codes of `to` that share goods with a code of `since`, in either direction of time."""
    found = {code}
    way = _path(since, to)
    for here, there in pairwise(way):
        found = {target for one in found for target in _moved(one, here, there)}
    return tuple(sorted(found))


def _moved(code: str, here: str, there: str) -> tuple[str, ...]:
    if (here, there) in _pairs():
        return _step(here, there).to_newer(code)
    return _step(there, here).to_older(code)


def successors(code: str, since: str, to: str) -> tuple[str, ...]:
    """Return the codes of a newer classification that hold goods of a code; none where there is no such code.

    A code that no step mentions is taken to be in both: whether it exists is for the publisher's list.

    Args:
        code: as printed, without blanks.
        since: the classification it is a code of, such as "CN2022".
        to: the newer one.

    Raises:
        CodeError: no concordance between the two is held, or `to` is the older.
    """
    _in_order(since, to, "predecessors")
    return _carried(code, since, to)


def predecessors(code: str, since: str, to: str) -> tuple[str, ...]:
    """Return the codes of an older classification that held goods of a code; none where it was not yet.

    Raises:
        CodeError: no concordance between the two is held, or `to` is the newer.
    """
    _in_order(to, since, "successors")
    return _carried(code, since, to)


def _in_order(older: str, newer: str, other: str) -> None:
    if older > newer:
        raise CodeError(f"{newer} is older than {older}: expected the other order, or {other}")


def relation(code: str, since: str, to: str) -> Relation:
    """Return what became of a code in another classification, newer or older.

    Raises:
        CodeError: no concordance between the two is held.
    """
    found = _carried(code, since, to)
    mixed = {back for target in found for back in _carried(target, to, since)} - {code}
    kinds: dict[tuple[bool, bool], Kind] = {
        (False, False): "1:1",
        (True, False): "1:n",
        (False, True): "n:1",
        (True, True): "n:m",
    }
    kind = kinds[len(found) > 1, bool(mixed)] if found else "none"
    return Relation(kind, found, tuple(sorted(mixed)))


def follow(codes: Iterable[str], here: str, there: str) -> Followed:
    """Return the same goods one step away, or why no set of codes there holds just these goods.

    Args:
        codes: a set of codes of `here`.
        here: the classification they are of.
        there: one with a step between the two, newer or older.

    Raises:
        CodeError: no step between the two is held.
    """
    own = frozenset(codes)
    if there not in neighbours(here):
        raise CodeError(f"concordance {here} to {there}: expected one of {list(neighbours(here))}")
    if headings := sorted(code for code in own if len(code) != DIGITS[here[:2]]):
        told = (
            f"{headings[0]} of {here} is a heading: only codes of {DIGITS[here[:2]]} digits can be followed"
        )
        return Followed(frozenset(), told)
    if absent := sorted(code for code in own if not _moved(code, here, there)):
        return Followed(frozenset(), f"{here} has no code {absent[0]}")
    found = frozenset(target for code in own for target in _moved(code, here, there))
    for target in sorted(found):
        foreign = sorted(set(_moved(target, there, here)) - own)
        if foreign:
            shown = ", ".join(foreign[:3]) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
            return Followed(
                frozenset(), f"{target} of {there} holds goods of {shown} of {here} too, which are not in it"
            )
    return Followed(found)


def table(older: str, newer: str) -> pl.DataFrame:
    """Return every pair of codes that changed in a step (`TABLE`); codes not in it are in both.

    Raises:
        CodeError: no such step is held.
    """
    if (older, newer) not in _pairs():
        raise CodeError(f"concordance {older} to {newer}: expected one of {list(steps())}")
    pairs = _pairs()[older, newer]
    rows = [(a, b, relation(a, older, newer).kind) for a, targets in pairs.items() for b in targets]
    return pl.DataFrame(rows, schema=TABLE, orient="row").sort("older", "newer")
