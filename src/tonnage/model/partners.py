"""Partner countries: what the codes of each publisher mean. The table is data (partners.toml).

A scheme is one publisher's list of codes. A code that is not in it is an error here and a row set aside in
a source: a country is never guessed from a name or a neighbour. `resolve` answers for one code, `table` and
`table_in` for a join of many; all three read the same entries.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

import polars as pl

from tonnage.errors import CodeError, nearest
from tonnage.model import codes

__all__ = [
    "TABLE",
    "Meanings",
    "PartnerCode",
    "parse_schemes",
    "partner_codes",
    "resolve",
    "schemes",
    "table",
    "table_in",
    "unmapped_note",
]

#: Columns of `table`. `aggregate`: its rows get the flag `aggregate` and are never added to others.
TABLE: Final = pl.Schema(
    {
        "code": pl.String(),
        "iso": pl.String(),
        "aggregate": pl.Boolean(),
        "since": pl.Int32(),
        "until": pl.Int32(),
        "note": pl.String(),
    }
)

_BASES: Final = ("alpha_2", "alpha_3", "numeric")


@dataclass(frozen=True, slots=True)
class PartnerCode:
    """What one code of a scheme means.

    Attributes:
        iso: ISO 3166-1 alpha-3 (or of ISO 3166-3 for a country that is no more), or a special code.
        since: first year in which the code means that, None where not known.
        until: last year of it in the publisher's list, None where it goes on or is not known.
        note: why, where the reader could expect something else.
    """

    iso: str
    since: int | None = None
    until: int | None = None
    note: str = ""

    @property
    def aggregate(self) -> bool:
        """Whether the partner overlaps others of its publisher (World, a bloc, a continent)."""
        return self.iso in codes.AGGREGATES

    def begun_by(self, year: int) -> bool:
        """Return whether the code meant this by a year; it may outlive its country, never precede it."""
        return self.since is None or self.since <= year


#: The meanings of one code, oldest first; most codes have one.
Meanings = tuple[PartnerCode, ...]


@cache
def _schemes() -> Mapping[str, Mapping[str, Meanings]]:
    return parse_schemes(tomllib.loads(files("tonnage.model").joinpath("partners.toml").read_text("utf-8")))


def parse_schemes(document: Mapping[str, Any]) -> dict[str, dict[str, Meanings]]:
    """Return code -> its meanings, oldest first, by scheme, of a parsed TOML document.

    Raises:
        CodeError: an entry has an unknown field, its country is none, its meanings are out of order, or the
            base of the scheme is none.
    """
    return {
        scheme: _base(scheme, entry.get("base"))
        | {code: _parse(scheme, code, said) for code, said in entry["codes"].items()}
        for scheme, entry in document.items()
    }


def _base(scheme: str, form: str | None) -> dict[str, Meanings]:
    """Return every code of ISO 3166-1 in one form, each with its own meaning."""
    import pycountry

    if form is None:
        return {}
    if form not in _BASES:
        raise CodeError(f"partners.toml: {scheme}: base {form!r}: expected one of {list(_BASES)}")
    return {getattr(c, form).lstrip("0"): (PartnerCode(c.alpha_3),) for c in pycountry.countries}


def _parse(scheme: str, code: str, entry: Any) -> Meanings:
    said = entry if isinstance(entry, list) else [entry]
    try:
        made = tuple(PartnerCode(one) if isinstance(one, str) else PartnerCode(**one) for one in said)
    except TypeError as fault:
        raise CodeError(f"partners.toml: {scheme} {code!r}: {fault}") from None
    for one in made:
        if one.iso not in codes.known_countries():
            raise CodeError(
                f"partners.toml: {scheme} {code!r}: {one.iso!r} is neither an ISO nor a special code"
            )
    starts = [one.since for one in made[1:]]
    if None in starts or starts != sorted(set(starts)):  # type: ignore[type-var]
        raise CodeError(
            f"partners.toml: {scheme} {code!r}: expected meanings oldest first, all but the first with since"
        )
    return made


def schemes() -> tuple[str, ...]:
    """Return the names of the schemes."""
    return tuple(sorted(_schemes()))


def partner_codes(scheme: str) -> Mapping[str, Meanings]:
    """Return the meanings of every code of a scheme, oldest first.

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
        code: the code as printed, as text; a number without leading zeros where the scheme's base is numeric.
        year: the year of the figure: it settles which meaning a code has that was used twice, and a code that
            had no meaning yet is refused. None where the code has only ever meant one thing.

    Raises:
        CodeError: the scheme has no such code, or not yet in that year, or the year is needed and not given.
    """
    meanings = partner_codes(scheme).get(code)
    if meanings is None:
        raise CodeError(f"partner code {code!r}: not in the scheme {scheme!r} of partners.toml")
    if year is None:
        if len({one.iso for one in meanings}) > 1:
            raise CodeError(f"partner code {code!r} of {scheme!r} means {_spells(meanings)}: give the year")
        return meanings[-1].iso
    found = _in_year(meanings, year)
    if found is None:
        raise CodeError(f"partner code {code!r} of {scheme!r} means {_spells(meanings)} only, not in {year}")
    return found.iso


def _in_year(meanings: Meanings, year: int) -> PartnerCode | None:
    """Return the meaning that had begun last by a year."""
    return next((one for one in reversed(meanings) if one.begun_by(year)), None)


def _spells(meanings: Meanings) -> str:
    return ", ".join(f"{one.iso} in {one.since or ''}-{one.until or ''}" for one in meanings)


def table(scheme: str) -> pl.DataFrame:
    """Return every meaning of every code of a scheme, in the columns of `TABLE`, sorted by code and since.

    A code with several meanings has a row for each: join on it through `table_in`.

    Raises:
        CodeError: there is no such scheme.
    """
    rows = [
        (code, one.iso, one.aggregate, one.since, one.until, one.note)
        for code, meanings in sorted(partner_codes(scheme).items())
        for one in meanings
    ]
    return pl.DataFrame(rows, schema=TABLE, orient="row")


def table_in(scheme: str, years: Iterable[int]) -> pl.DataFrame:
    """Return what the codes of a scheme mean in each of some years, as `resolve` answers with the year.

    Columns year (Int32), code, iso, aggregate; at most one row a year and code, so that a left join never
    multiplies rows. What finds no partner in the join is unmapped.

    Raises:
        CodeError: there is no such scheme.
    """
    rows = [
        (year, code, found.iso, found.aggregate)
        for year in sorted(set(years))
        for code, meanings in sorted(partner_codes(scheme).items())
        if (found := _in_year(meanings, year)) is not None
    ]
    schema = {"year": pl.Int32(), **{name: TABLE[name] for name in ("code", "iso", "aggregate")}}
    return pl.DataFrame(rows, schema=schema, orient="row")


def unmapped_note(code: str, records: int, value: Decimal | float, printed: Decimal | float) -> str:
    """Return the sentence by which a source tells of a code that is in no scheme.

    Args:
        code: the code as printed.
        records: how many records with it were set aside.
        value: their value.
        printed: the value of the whole file, in the same unit.
    """
    share = f"{100 * float(value) / float(printed):.2f}%" if printed else "no part"
    return (
        f"partner code {code!r} is not in the table of codes: {records} records set aside,"
        f" {share} of the value printed"
    )
