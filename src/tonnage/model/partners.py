"""Partner countries: what the codes of each publisher mean. The table is data (partners.toml).

A scheme is one publisher's list of codes. A code that is not in it is an error here and a row set aside in
a source: a country is never guessed from a name or a neighbour.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tonnage.errors import CodeError, nearest
from tonnage.model import codes

__all__ = ["PartnerCode", "parse_schemes", "partner_codes", "resolve", "schemes"]


@dataclass(frozen=True, slots=True)
class PartnerCode:
    """What one code of a scheme means.

    Attributes:
        iso: ISO 3166-1 alpha-3 (or of ISO 3166-3 for a country that is no more), or a special code.
        since, until: first and last year in which the code means that, None where not known.
        note: why, where the reader could expect something else.
    """

    iso: str
    since: int | None = None
    until: int | None = None
    note: str = ""

    def holds_in(self, year: int) -> bool:
        """Return whether the code has this meaning in a year."""
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)


@cache
def _schemes() -> Mapping[str, Mapping[str, PartnerCode]]:
    return parse_schemes(tomllib.loads(files("tonnage.model").joinpath("partners.toml").read_text("utf-8")))


def parse_schemes(document: Mapping[str, Any]) -> dict[str, dict[str, PartnerCode]]:
    """Return code -> meaning by scheme, of a parsed TOML document.

    Raises:
        CodeError: an entry has an unknown field, or its country is none.
    """
    return {
        scheme: {code: _parse(scheme, code, entry) for code, entry in table["codes"].items()}
        for scheme, table in document.items()
    }


def _parse(scheme: str, code: str, entry: Any) -> PartnerCode:
    try:
        made = PartnerCode(entry) if isinstance(entry, str) else PartnerCode(**entry)
    except TypeError as fault:
        raise CodeError(f"partners.toml: {scheme} {code!r}: {fault}") from None
    if made.iso not in codes.known_countries() | _withdrawn():
        raise CodeError(
            f"partners.toml: {scheme} {code!r}: {made.iso!r} is neither an ISO nor a special code"
        )
    return made


@cache
def _withdrawn() -> frozenset[str]:
    """Return the codes of countries that are no more (ISO 3166-3)."""
    import pycountry

    return frozenset(country.alpha_3 for country in pycountry.historic_countries)


def schemes() -> tuple[str, ...]:
    """Return the names of the schemes."""
    return tuple(sorted(_schemes()))


def partner_codes(scheme: str) -> Mapping[str, PartnerCode]:
    """Return every code of a scheme.

    Raises:
        CodeError: there is no such scheme.
    """
    if scheme not in _schemes():
        raise CodeError(
            f"partner scheme {scheme!r}: expected one of {list(schemes())}{nearest(scheme, schemes())}"
        )
    return _schemes()[scheme]


def resolve(scheme: str, code: str, year: int | None = None) -> str:
    """Return the ISO alpha-3 or special code that a publisher's code means.

    Args:
        scheme: whose code it is.
        code: the code as printed, as text.
        year: a year in which it must have that meaning; None where that is not to be checked.

    Raises:
        CodeError: the scheme has no such code, or not in that year.
    """
    found = partner_codes(scheme).get(code)
    if found is None:
        raise CodeError(f"partner code {code!r}: not in the scheme {scheme!r} of partners.toml")
    if year is not None and not found.holds_in(year):
        spell = f"{found.since or ''}-{found.until or ''}"
        raise CodeError(
            f"partner code {code!r} of {scheme!r} means {found.iso} in {spell} only, not in {year}"
        )
    return found.iso
