"""CEPII BACI: world trade by exporter, importer and HS code, a year a file or an archive of all of them.

What exporters and importers reported to UN Comtrade, reconciled into one figure a flow: free on board, in
thousands of dollars, and tonnes. It is the publisher's estimate, not what any customs office printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import IO, Final

import numpy as np

from tonnage.errors import CodeError, ReadError
from tonnage.model import codes, partners
from tonnage.sources import archives
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.bulk import Bulk, Ids, Layout, Part, Printed

__all__ = ["SOURCE"]

_SCHEMES: Final = {
    "HS92": "HS1992",
    "HS96": "HS1996",
    "HS02": "HS2002",
    "HS07": "HS2007",
    "HS12": "HS2012",
    "HS17": "HS2017",
    "HS22": "HS2022",
}
_NAME: Final = re.compile(r"BACI_(HS[0-9]{2})_(?:Y[0-9]{4}_)?V[0-9]{6}[0-9a-z]?")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_PRODUCT: Final = re.compile(r"[0-9]{1,6}")
_FULL_DIGITS: Final = 6
_THOUSAND: Final = 1000  # dollars, and kilograms in a tonne


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of exports in USD and kg, all flagged `estimated`.

    Raises:
        ReadError: nothing says the day of release, the file name lacks the nomenclature (BACI_HS92_...) or
            names one that is not known, or the file is damaged or lacks a column.
    """
    return _BULK.read(raw, sidecar)


def _rows(printed: Printed, sidecar: Sidecar) -> tuple[Mapping[str, Ids], Sequence[Part]]:
    words = {
        "span": printed.code("t", "span", _span),
        "classification": printed.word("classification", _classification(sidecar)),
        "flow": printed.word("flow", "export"),
        "reporter": printed.code_in("i", "t", "reporter", _country),
        "partner": printed.code_in("j", "t", "partner", _country),
        "commodity": printed.code("k", "commodity", _product),
    }
    flags = {
        "estimated": printed.where("t", _always),
        "aggregate": printed.words("partner", words["partner"], codes.AGGREGATES.__contains__),
    }
    value, mass = printed.scaled("v", _THOUSAND), printed.scaled("q", _THOUSAND)
    unknown = (mass == 0) & (value > 0)  # below half a kilogram, or not known
    return words, (
        Part(printed.word("unit_1", "USD"), value, flags),
        Part(printed.word("unit_2", "kg"), np.where(unknown, np.nan, mass), {**flags, "rounded": unknown}),
    )


def _always(_text: str) -> bool:
    return True


def _span(text: str) -> str:
    return f"{_year(text)}-01-01/12"


def _year(text: str) -> str:
    if not _YEAR.fullmatch(text.strip()):
        raise CodeError(f"year {text!r}: expected YYYY")
    return text.strip()


def _country(year: str, code: str) -> str:
    return partners.resolve("m49", code.strip().lstrip("0"), int(_year(year)))


def _product(text: str) -> str:
    """Return the code with the zeros that a file of numbers loses."""
    if not _PRODUCT.fullmatch(text.strip()):
        raise CodeError(f"product {text!r}: expected up to six digits")
    return text.strip().zfill(_FULL_DIGITS)


def _classification(sidecar: Sidecar) -> str:
    found = _NAME.search(sidecar.file)
    if found is None or found[1] not in _SCHEMES:
        raise ReadError(
            f"{sidecar.file}: expected the name the publisher gives, BACI_HS92_Y2022_V202501.csv, with one"
            f" of {', '.join(_SCHEMES)}: nothing else says the nomenclature and the release"
        )
    return _SCHEMES[found[1]]


def _fixed(sidecar: Sidecar) -> Mapping[str, str]:
    _classification(sidecar)
    if "stage" in sidecar.details:
        sidecar.detail("stage", ("detail", "final"))
    stage = sidecar.details.get("stage", "detail")
    return {"source": SOURCE.id, "publisher": sidecar.publisher or "CEPII", "stage": stage}


def _is_year(name: str) -> bool:
    return _NAME.search(name) is not None and name.lower().endswith(".csv")


def _opened(file: IO[bytes], sidecar: Sidecar) -> IO[bytes]:
    return archives.opened(file, sidecar, _is_year)


_BULK: Final = Bulk(
    Layout(
        separator=",",
        codes=("t", "i", "j", "k"),
        numbers=("v", "q"),
        rows=_rows,
        added=codes.POOLS.__contains__,
        note="partners of which no one country is told share a code here, and are added up",
        missing=("NA",),
    ),
    _fixed,
    _opened,
)

SOURCE: Final = Source(
    id="baci",
    title="CEPII BACI: yearly trade of all countries by HS code, reports of both sides reconciled",
    table="flows",
    licence="Etalab Open Licence 2.0; name BACI, CEPII and UN Comtrade",
    how="`tonnage pull baci --release 202501`, or ingest BACI_HS92_V202501.zip,"
    " or a year of it, with --published",
    read=read,
    suffixes=(".csv", ".zip", ".gz"),
    bulk=lambda _name: _BULK,
)
