"""Eurostat Comext: the detailed trade of EU countries, as monthly bulk files or as SDMX-CSV of the API.

A record of a bulk file is one reporter, partner, product, flow and statistical procedure. The procedures
(normal, inward and outward processing) are parts of one figure: they are added up and the sum is flagged
`derived`. A record of the API is one indicator of a figure: euros, kilograms or the supplementary quantity.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import IO, Final

import numpy as np
import polars as pl

from tonnage.errors import CodeError, ReadError
from tonnage.model import codes, partners
from tonnage.sources import archives, cells
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.bulk import Bulk, Ids, Layout, Numbers, Part, Printed, Truths

__all__ = ["SOURCE"]

_FLOWS: Final = {"1": "import", "2": "export"}
_PERIOD: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2]|52)")
_API_PERIOD: Final = re.compile(r"((?:19|20)[0-9]{2})(?:-(0[1-9]|1[0-2]))?")
_UPDATED: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{2})(?: .*)?")
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


#: Indicators of the API -> the figure they are, and how many of its unit one is.
_EUROS: Final = frozenset({"VALUE_IN_EUROS", "VALUE_EUR"})
_KILOGRAMS: Final = frozenset({"QUANTITY_KG", "QUANTITY_IN_KG"})
_HUNDREDS: Final = frozenset({"QUANTITY_IN_100KG"})
_SUPPLEMENTARY: Final = frozenset({"SUPPLEMENTARY_QUANTITY", "QUANTITY_SUPPL_UNIT"})
_INDICATORS: Final = (*sorted(_EUROS | _KILOGRAMS | _HUNDREDS | _SUPPLEMENTARY),)
_API: Final = ("freq", "reporter", "partner", "product", "flow", "indicators", "TIME_PERIOD")
_FIGURE: Final = tuple(name for name in _API if name != "indicators")
_UPDATE: Final = "LAST UPDATE"


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `detail`: EUR, kg, and the supplementary unit where a product has one.

    Raises:
        ReadError: nothing says the day of release; the file is a web page, which the server sends for a
            month that is not out; it is damaged; or the header lacks a column.
    """
    if _bulk(sidecar.file):
        return _BULK.read(raw, sidecar)
    text = _opened(io.BytesIO(raw), sidecar).read()
    if b"OBS_VALUE" not in text.partition(b"\n")[0]:
        return _BULK.read(raw, sidecar)
    printed, notes = cells.delimited(text, sidecar, separators=",;\t")
    sidecar = _dated(printed, sidecar)
    return _ANSWER.read_cells(_standard(printed, sidecar), sidecar, notes)


def _bulk(name: str) -> Bulk | None:
    """Return how a big file is read: all but text under a name that is none of a bulk file."""
    lowered = name.lower()
    return None if lowered.endswith((".csv", ".csv.gz")) and not lowered.startswith("full") else _BULK


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


def _dated(printed: pl.DataFrame, sidecar: Sidecar) -> Sidecar:
    """Return the sidecar with the day on which the publisher last changed the data, where none is given."""
    if sidecar.published is not None or _UPDATE not in printed.columns:
        return sidecar
    said = sorted(day for day in map(_day, printed[_UPDATE].unique().to_list()) if day is not None)
    if not said:
        return sidecar
    return replace(sidecar, published=said[-1], basis="page")


def _day(text: str | None) -> dt.date | None:
    found = _UPDATED.fullmatch(text or "")
    try:
        return dt.date(2000 + int(found[3]), int(found[2]), int(found[1])) if found else None
    except ValueError:
        return None


def _standard(printed: pl.DataFrame, sidecar: Sidecar) -> pl.DataFrame:
    lacking = [name for name in (*_API, "OBS_VALUE") if name not in printed.columns]
    if lacking:
        raise ReadError(f"{sidecar.file}: expected SDMX-CSV of Comext; missing columns: {lacking}")
    flagged = "OBS_FLAG" if "OBS_FLAG" in printed.columns else pl.lit("").alias("OBS_FLAG")
    stripped = (pl.col(name).str.strip_chars() for name in (*_API, "OBS_VALUE"))
    return printed.select(*cells.RESERVED, *stripped, flagged)


def _answered(printed: Printed, _sidecar: Sidecar) -> tuple[Mapping[str, Ids], Sequence[Part]]:
    """Read the records of the API: of the three figures, each prints one."""
    years = printed.where("TIME_PERIOD", _is_whole)
    wrong = printed.where("freq", _is_annual) != years
    printed.refuse(wrong, partial(_unlike, printed))
    printed.code("indicators", "indicator", _indicator)
    words = {
        "classification": printed.code("TIME_PERIOD", "classification", lambda p: f"CN{_observed(p)[0]}"),
        "commodity": printed.code("product", "commodity", _product),
        "partner": printed.code_in("partner", "TIME_PERIOD", "partner", _area),
        "reporter": printed.code_in("reporter", "TIME_PERIOD", "reporter", _area),
        "flow": printed.code("flow", "flow", _flow),
        "span": printed.code("TIME_PERIOD", "span", _observed_span),
    }
    flags = {
        "aggregate": printed.where("product", _is_sum)
        | printed.words("partner", words["partner"], codes.AGGREGATES.__contains__)
        | printed.words("reporter", words["reporter"], codes.AGGREGATES.__contains__)
        | years,
        "confidential": printed.where("product", _is_secret)
        | printed.words("partner", words["partner"], _SECRET.__contains__)
        | printed.where("OBS_FLAG", _is_confidential),
        "estimated": printed.where("OBS_FLAG", _is_estimated),
        "revised": printed.where("OBS_FLAG", _is_revised),
    }
    observed = printed.numbers("OBS_VALUE")
    hundreds = printed.where("indicators", _HUNDREDS.__contains__)
    mass = np.where(hundreds, printed.scaled("OBS_VALUE", 100), observed)
    in_kg = hundreds | printed.where("indicators", _KILOGRAMS.__contains__)
    unknown = in_kg & (mass == 0) & (_beside(printed) > 0)

    def unit(slot: str, word: str, there: Truths) -> Ids:
        return np.where(there, printed.word(slot, word), 0).astype(np.uint32)

    return words, (
        Part(unit("unit_1", "EUR", printed.where("indicators", _EUROS.__contains__)), observed, flags),
        Part(unit("unit_2", "kg", in_kg), np.where(unknown, np.nan, mass), {**flags, "rounded": unknown}),
        Part(
            unit("unit_3", "supplementary", printed.where("indicators", _SUPPLEMENTARY.__contains__)),
            observed,
            flags,
        ),
    )


def _beside(printed: Printed) -> Numbers:
    """Return the euros of the same figure, 0 where none are printed."""
    euros = pl.when(pl.col("indicators").is_in(list(_EUROS))).then(pl.col("OBS_VALUE"))
    return printed.cells.select(euros.sum().over(_FIGURE)).to_series().to_numpy()


def _observed(text: str) -> tuple[str, str | None]:
    match = _API_PERIOD.fullmatch(text)
    if match is None:
        raise CodeError(f"TIME_PERIOD {text!r}: expected YYYY-MM, or YYYY for a whole year")
    return match[1], match[2]


def _observed_span(text: str) -> str:
    year, month = _observed(text)
    return f"{year}-{month}-01/1" if month else f"{year}-01-01/12"


def _area(period: str, code: str) -> str:
    return partners.resolve("geonom", code, int(_observed(period)[0]))


def _indicator(text: str) -> str:
    if text not in _INDICATORS:
        raise CodeError(f"indicators {text!r}: expected one of {', '.join(_INDICATORS)}")
    return text


def _unlike(printed: Printed, row: int) -> str:
    freq, period = printed.cells["freq"][row], printed.cells["TIME_PERIOD"][row]
    return f"freq {freq!r}: does not go with TIME_PERIOD {period!r}; expected A with YYYY, M with YYYY-MM"


def _is_annual(freq: str) -> bool:
    return freq == "A"


def _is_whole(period: str) -> bool:
    return "-" not in period


def _is_confidential(flags: str) -> bool:
    return "c" in flags


def _is_estimated(flags: str) -> bool:
    return "e" in flags


def _is_revised(flags: str) -> bool:
    return "r" in flags


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

_ANSWER: Final = Bulk(
    Layout(
        separator=",",
        codes=(*_API, "OBS_FLAG"),
        numbers=("OBS_VALUE",),
        rows=_answered,
        added=codes.POOLS.__contains__,
        missing=(":",),
    ),
    _fixed,
    _opened,
)

SOURCE: Final = Source(
    id="comext",
    title="Eurostat Comext, detailed trade of EU countries by CN8 and partner",
    table="flows",
    licence="Eurostat: reuse with the source named (Commission Decision 2011/833/EU)",
    how="`tonnage pull comext`, or ingest full_v2_YYYYMM.7z of Eurostat's bulk folder with --published, or"
    " SDMX-CSV of the API, which says its own day",
    read=read,
    suffixes=(".7z", ".dat", ".csv", ".txt", ".gz", ".zip"),
    bulk=_bulk,
)
