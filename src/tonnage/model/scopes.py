"""Which codes a definition has in each classification: declared for one year, followed to the others.

Codes of a nomenclature are declared with their year (`CN2023 = [...]`) and followed through the concordances
to the years around it. Where no set of codes holds just the same goods, the definition is refused for those
years with the reason: their figures are never put beside its own, so that no split is read as a change. A
family declared without a year (`GACC8 = [...]`, a publisher's line) means the same codes in every year.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from typing import Final, Literal

import polars as pl

from tonnage.model import codes, concordances

__all__ = [
    "DIGITS",
    "Basis",
    "Scope",
    "based",
    "breaks",
    "codes_in",
    "counted",
    "every_code",
    "fault",
    "scopes",
    "selected",
]

#: declared: in the registry. followed: through the concordances. assumed: newer than every concordance held,
#: the codes taken as they were. refused: the same goods cannot be told apart there.
Basis = Literal["declared", "followed", "assumed", "refused"]

#: Digits of the longest code, by family; shorter ones are headings.
DIGITS: Final = {**concordances.DIGITS, "GACC8-": 8, "HTS10-": 10, "JP9-": 9, "ScheduleB-": 10}

_YEAR: Final = "[0-9]{4}"
_DATED: Final = re.compile(f"(.*?)({_YEAR})")


@dataclass(frozen=True, slots=True)
class Scope:
    """The codes of a definition in one stretch of years of a classification.

    Attributes:
        family: "CN", "HS", "GACC8-", or the name itself where it has no year (GACC-lines, GACC8, quoted).
        first, last: years it holds in, both included; None where open.
        codes: empty where refused.
        basis: how they are known.
        base: the declaration they come from: scopes of one base hold the same goods.
        reason: why refused, or what is assumed.
    """

    family: str
    first: int | None
    last: int | None
    codes: tuple[str, ...]
    basis: Basis
    base: str
    reason: str = ""

    @property
    def dated(self) -> bool:
        """Whether the family has years."""
        return self.first is not None or self.last is not None

    def holds(self) -> pl.Expr:
        """Return whether a FLOWS row is of this classification and years."""
        scheme = pl.col("classification")
        if not self.dated:
            return (scheme == self.family) | scheme.str.starts_with(f"{self.family}-")
        own = scheme.str.contains(f"^{re.escape(self.family)}{_YEAR}$")
        year = scheme.str.slice(len(self.family)).cast(pl.Int32, strict=False)
        if self.first is not None:
            own &= year >= self.first
        if self.last is not None:
            own &= year <= self.last
        return own

    def takes_in(self, classification: str) -> bool:
        """Return whether a classification as a row names it is of this family and years."""
        if not self.dated:
            return classification == self.family or classification.startswith(f"{self.family}-")
        found = re.fullmatch(f"{re.escape(self.family)}({_YEAR})", classification)
        if not found:
            return False
        year = int(found[1])
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)


def fault(name: str, listed: tuple[str, ...]) -> str:
    """Return what is wrong with the codes declared for a classification, or "" where nothing is."""
    family = next((one for one in codes.NOMENCLATURES if name.startswith(one.rstrip("-"))), None)
    if family is None:
        return ""  # a publisher's own table
    found = _DATED.fullmatch(name)
    if not (found and found[1] == family) and (name != family.rstrip("-") or family in concordances.DIGITS):
        years = (
            ""
            if family in concordances.DIGITS
            else f", or {family.rstrip('-')} for the same codes in every year"
        )
        return f"classification {name!r}: expected {family} with its year, as {family}2023{years}"
    wrong = [code for code in listed if not code.isdigit() or len(code) > DIGITS[family]]
    return f"code {wrong[0]!r} of {name}: expected at most {DIGITS[family]} digits" if wrong else ""


def scopes(declared: Mapping[str, tuple[str, ...]]) -> tuple[Scope, ...]:
    """Return every scope of the codes of a definition, by family and years.

    Args:
        declared: classification -> codes, as in the registry.
    """
    return _scopes(tuple(sorted(declared.items())))


@cache
def _scopes(declared: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[Scope, ...]:
    plain: list[Scope] = []
    families: dict[str, dict[int, tuple[str, ...]]] = {}
    for name, own in declared:
        found = _DATED.fullmatch(name)
        if found and found[1] in codes.NOMENCLATURES:
            families.setdefault(found[1], {})[int(found[2])] = tuple(sorted(own))
        else:
            plain.append(Scope(name, None, None, own, "declared", name))
    return (*plain, *(one for family, by_year in families.items() for one in _of_family(family, by_year)))


def _of_family(family: str, by_year: Mapping[int, tuple[str, ...]]) -> Iterator[Scope]:
    """Yield the scopes of a family that has years, oldest first; together they cover every year."""
    years = sorted(int(name.removeprefix(family)) for name in concordances.classifications(family))
    stretches = _stretches(family, years, _spread(family, by_year)) if years else _declared(family, by_year)
    merged: list[Scope] = []
    for one in stretches:
        if merged and replace(merged[-1], first=None, last=None) == replace(one, first=None, last=None):
            merged[-1] = replace(merged[-1], last=one.last)
        else:
            merged.append(one)
    yield from merged


def _stretches(family: str, years: list[int], found: Mapping[int, Scope]) -> Iterator[Scope]:
    """Yield the scopes of a family with concordances: before them, of each classification, and after them."""
    oldest, newest = found[years[0]], found[years[-1]]
    told = f"no concordance before {family}{years[0]} is held"
    yield replace(oldest, last=years[0] - 1, codes=(), basis="refused", reason=told)
    for year, following in pairwise([*years, years[-1] + 1]):
        yield replace(found[year], first=year, last=following - 1)
    told = f"no concordance after {family}{years[-1]} is held: its codes are taken as they were"
    basis: Basis = "assumed" if newest.codes else "refused"
    yield replace(newest, first=years[-1] + 1, basis=basis, reason=newest.reason or told)


def _declared(family: str, by_year: Mapping[int, tuple[str, ...]]) -> Iterator[Scope]:
    """Yield the scopes of a family without concordances: from each declared year to the next."""
    years = sorted(by_year)
    lacking = f"no concordance of {family.rstrip('-')} is held"
    told = f"{lacking}: declare the codes of the years before {years[0]}"
    yield Scope(family, None, years[0] - 1, (), "refused", f"{family}{years[0]}", told)
    for at, year in enumerate(years):
        base, last = f"{family}{year}", years[at + 1] - 1 if at + 1 < len(years) else None
        yield Scope(family, year, year, by_year[year], "declared", base)
        if last != year:
            told = f"{lacking}: the codes of {base} are taken as they were"
            yield Scope(family, year + 1, last, by_year[year], "assumed", base, told)


def _spread(family: str, by_year: Mapping[int, tuple[str, ...]]) -> dict[int, Scope]:
    """Return the scope of each year that a concordance leads to, from the declared years outwards.

    The newest declaration goes first and as far as it can be followed; an older one has the years it leaves.
    A declaration that says what the newer one is followed to is part of its series.
    """
    found: dict[int, Scope] = {}
    for base_year in sorted(by_year, reverse=True):
        base = f"{family}{base_year}"
        if base_year in found and found[base_year].codes:
            continue
        found[base_year] = Scope(family, None, None, by_year[base_year], "declared", base)
        waiting = deque([base_year])
        while waiting:
            here = waiting.popleft()
            for there in _near(family, here):
                scope = _moved(found[here], here, there)
                if not _taken(found.get(there), scope, by_year.get(there)):
                    found[there] = scope
                    waiting.append(there)
    return found


def _near(family: str, year: int) -> list[int]:
    return [int(name.removeprefix(family)) for name in concordances.neighbours(f"{family}{year}")]


def _moved(scope: Scope, here: int, there: int) -> Scope:
    """Return the scope of the year one step away: the same goods, or why there is none."""
    if not scope.codes:
        return scope  # beyond a year that is refused
    made = concordances.follow(scope.codes, f"{scope.family}{here}", f"{scope.family}{there}")
    basis: Basis = "followed" if made.codes else "refused"
    return replace(scope, codes=tuple(sorted(made.codes)), basis=basis, reason=made.reason)


def _taken(held: Scope | None, scope: Scope, declared: tuple[str, ...] | None) -> bool:
    """Return whether a year stays with what is known: a declaration of its own, or codes of a newer one."""
    if declared is not None and scope.codes != declared:
        return True
    return held is not None and (bool(held.codes) or not scope.codes)


def codes_in(declared: Mapping[str, tuple[str, ...]], classification: str) -> tuple[str, ...]:
    """Return the codes of a definition in a classification as a FLOWS row names it, none where refused."""
    return tuple(code for one in scopes(declared) if one.takes_in(classification) for code in one.codes)


def every_code(declared: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return every code a definition has in any year: for a first, quick choice of rows."""
    return sorted({code for one in scopes(declared) for code in one.codes})


def selected(declared: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Return whether a FLOWS row is a figure of a definition."""
    own = pl.lit(value=False)
    for listed, group in _by_codes(declared).items():
        own |= pl.any_horizontal(one.holds() for one in group) & pl.col("commodity").is_in(list(listed))
    return own


def counted(declared: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Return how many codes a definition has in the classification of a FLOWS row."""
    count = pl.lit(0)
    for listed, group in _by_codes(declared).items():
        count = pl.when(pl.any_horizontal(one.holds() for one in group)).then(len(listed)).otherwise(count)
    return count


def _by_codes(declared: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, ...], list[Scope]]:
    found: dict[tuple[str, ...], list[Scope]] = {}
    for one in scopes(declared):
        if one.codes:
            found.setdefault(one.codes, []).append(one)
    return found


def based(declared: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Return the declaration that the codes of a FLOWS row come from ("CN2023"); null where it has no year.

    Two rows of one family with different declarations are not the same goods.
    """
    made = pl.lit(None, dtype=pl.String)
    for one in scopes(declared):
        if one.dated and one.codes:
            made = pl.when(one.holds()).then(pl.lit(one.base)).otherwise(made)
    return made


def breaks(declared: Mapping[str, tuple[str, ...]]) -> dict[str, dict[dt.date, str]]:
    """Return the breaks that follow from the codes: family -> first day of other goods -> why.

    At a break the definition begins, ends, or goes on with other goods; it is derived, never written by hand.
    """
    found: dict[str, dict[dt.date, str]] = {}
    for older, newer in pairwise(scopes(declared)):
        if older.first is None or newer.first is None or older.family != newer.family:
            continue  # what came before the first concordance is not known to be other goods
        if older.base != newer.base or bool(older.codes) != bool(newer.codes):
            found.setdefault(newer.family, {})[dt.date(newer.first, 1, 1)] = _why(older, newer)
    return found


def _why(older: Scope, newer: Scope) -> str:
    """Return why two neighbouring scopes are not the same goods."""
    if not (older.codes and newer.codes):
        return (older if newer.codes else newer).reason
    here, there = f"{newer.family}{newer.first}", f"{older.family}{older.first}"
    near = there in concordances.neighbours(here)
    told = concordances.follow(newer.codes, here, there).reason if near else ""
    return told or f"the codes declared for {older.base} and {newer.base} are not the same goods"
