"""Eurostat Comext: the monthly bulk files of the detailed trade of EU countries, as .dat, .csv or .7z.

A record is one reporter, partner, product, flow and statistical procedure. The procedures (normal, inward and
outward processing) are parts of one figure: they are added up and the sum is flagged `derived`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import IO, Final

import numpy as np

from tonnage.errors import CodeError
from tonnage.model import codes, partners
from tonnage.sources import archives
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.bulk import Bulk, Ids, Layout, Part, Printed

__all__ = ["SOURCE"]

_FLOWS: Final = {"1": "import", "2": "export"}
_PERIOD: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2]|52)")
_YEAR: Final = "52"  # the thirteenth file of a year holds the whole of it
_PRODUCT: Final = re.compile(r"[0-9]{2,8}|[0-9X]{2,8}|(?:000)?TOTAL")
_FULL_DIGITS: Final = 8
_SECRET: Final = ("XXS",)
_UNIT: Final = re.compile(r"[A-Z0-9_]{1,8}")

#: Supplementary units of the Combined Nomenclature under the names other sources use for them.
_UNITS: Final = {
    "": "",
    "NO_SU": "",
    "NAR": "u",
    "NPR": "2u",
    "MTK": "m2",
    "MTQ": "m3",
    "MTR": "m",
    "LTR": "l",
}


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `detail`: EUR, kg, and the supplementary unit where a product has one.

    Raises:
        ReadError: nothing says the day of release; the file is a web page, which the server sends for a
            month that is not out; it is damaged; or the header lacks a column.
    """
    return _BULK.read(raw, sidecar)


def _rows(printed: Printed, _sidecar: Sidecar) -> tuple[Mapping[str, Ids], Sequence[Part]]:
    words = {
        "classification": printed.code("PERIOD", "classification", lambda p: f"CN{_period(p)[0]}"),
        "commodity": printed.code("PRODUCT_NC", "commodity", _product),
        "partner": printed.code_in("PARTNER", "PERIOD", "partner", _country),
        "reporter": printed.code_in("REPORTER", "PERIOD", "reporter", _country),
        "flow": printed.code("FLOW", "flow", _flow),
        "span": printed.code("PERIOD", "span", _span),
    }
    value, mass = printed.numbers("VALUE_EUR"), printed.numbers("QUANTITY_KG")
    flags = {
        "aggregate": printed.where("PRODUCT_NC", _is_sum)
        | printed.words("partner", words["partner"], codes.AGGREGATES.__contains__)
        | printed.where("PERIOD", _is_year),
        "confidential": printed.where("PRODUCT_NC", _is_secret)
        | printed.words("partner", words["partner"], _SECRET.__contains__),
    }
    # Below one kilogram, or not known: the file prints 0 for both.
    unknown = (mass == 0) & (value > 0)
    return words, (
        Part(printed.word("unit_1", "EUR"), value, flags),
        Part(printed.word("unit_2", "kg"), np.where(unknown, np.nan, mass), {**flags, "rounded": unknown}),
        Part(printed.code("SUPPL_UNIT", "unit_3", _unit), printed.numbers("QUANTITY_SUPPL_UNIT"), flags),
    )


def _period(text: str) -> tuple[str, str]:
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise CodeError(f"period {text!r}: expected YYYYMM, or YYYY52 for a whole year")
    return match[1], match[2]


def _span(text: str) -> str:
    year, month = _period(text)
    return f"{year}-01-01/12" if month == _YEAR else f"{year}-{month}-01/1"


def _is_year(text: str) -> bool:
    return text.endswith(_YEAR)


def _country(period: str, code: str) -> str:
    return partners.resolve("geonom", code, int(_period(period)[0]))


def _flow(text: str) -> str:
    if text not in _FLOWS:
        raise CodeError(f"flow {text!r}: expected 1 (import) or 2 (export)")
    return _FLOWS[text]


def _product(text: str) -> str:
    if not _PRODUCT.fullmatch(text):
        raise CodeError(f"product {text!r}: expected 2 to 8 digits, X where it is secret, or TOTAL")
    return text


def _is_sum(product: str) -> bool:
    return product.endswith("TOTAL") or (len(product) < _FULL_DIGITS and not _is_secret(product))


def _is_secret(product: str) -> bool:
    return "X" in product


def _unit(text: str) -> str:
    if text in _UNITS:
        return _UNITS[text]
    if not _UNIT.fullmatch(text):
        raise CodeError(
            f"supplementary unit {text!r}: expected a code such as NAR, NO_SU where there is none"
        )
    return text


def _fixed(sidecar: Sidecar) -> Mapping[str, str]:
    if "stage" in sidecar.details:
        sidecar.detail("stage", ("detail", "final"))
    stage = sidecar.details.get("stage", "detail")
    return {"source": SOURCE.id, "publisher": sidecar.publisher or "Eurostat", "stage": stage}


def _opened(file: IO[bytes], sidecar: Sidecar) -> IO[bytes]:
    return archives.opened(file, sidecar, lambda name: name.lower().endswith((".dat", ".csv", ".txt")))


_BULK: Final = Bulk(
    Layout(
        separator=",",
        codes=("REPORTER", "PARTNER", "PRODUCT_NC", "FLOW", "SUPPL_UNIT", "PERIOD"),
        numbers=("VALUE_EUR", "QUANTITY_KG", "QUANTITY_SUPPL_UNIT"),
        rows=_rows,
        added=lambda _partner: True,
        note="statistical procedures (normal, inward and outward processing) of one figure are added up",
    ),
    _fixed,
    _opened,
)

SOURCE: Final = Source(
    id="comext",
    title="Eurostat Comext, detailed trade of EU countries by CN8 and partner",
    table="flows",
    licence="Eurostat: reuse with the source named (Commission Decision 2011/833/EU)",
    how="Download full_v2_YYYYMM.7z from Eurostat's bulk folder comext/COMEXT_DATA/PRODUCTS and ingest it"
    " with --published",
    read=read,
    suffixes=(".7z", ".dat", ".csv", ".txt", ".gz", ".zip"),
    bulk=lambda _name: _BULK,
)
