"""UN Comtrade: bulk files (.gz of tab-separated text), pages of the API as JSON, and CSV of the same rows.

All forms have the same columns; the CSV of the web page and of clients may lack some. A record by mode of
transport, customs procedure or second partner is a part of a figure that has a record of its own: it is set
aside, never added.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import IO, Any, Final

import numpy as np
import polars as pl

from tonnage.errors import CodeError, ReadError, few
from tonnage.model import codes, partners
from tonnage.sources import archives, cells
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.bulk import Bulk, Ids, Layout, Numbers, Part, Printed, Truths

__all__ = ["LIMITS", "SOURCE"]

#: Rows at which an answer is cut: of the preview, of a free key, of a paid one.
LIMITS: Final = (500, 100_000, 250_000)

_FLOWS: Final = {
    "M": "import",
    "X": "export",
    "RM": "re-import",
    "RX": "re-export",
    "Import": "import",
    "Export": "export",
    "Re-import": "re-import",
    "Re-export": "re-export",
}
_CLASSIFICATIONS: Final = {
    "H0": "HS1992",
    "H1": "HS1996",
    "H2": "HS2002",
    "H3": "HS2007",
    "H4": "HS2012",
    "H5": "HS2017",
    "H6": "HS2022",
    **{f"S{revision}": f"SITC{revision}" for revision in range(1, 5)},
}
_PERIOD: Final = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])?")
_PRODUCT: Final = {
    "H": re.compile(r"TOTAL|[0-9]{2}|[0-9]{4}|[0-9A-Z]{6}"),
    "S": re.compile(r"TOTAL|[0-9A-Z]{1,5}"),
}
_DIGITS: Final = {"H": 6, "S": 5}
_DAY: Final = re.compile(r"\[([0-9]{4}-[0-9]{2}-[0-9]{2})\]")

#: What a record of the whole says of each breakdown, and what the others are.
_WHOLE: Final = {
    "motCode": (frozenset({"", "0"}), "mode of transport"),
    "customsCode": (frozenset({"", "C00"}), "customs procedure"),
    "partner2Code": (frozenset({"", "0"}), "second partner"),
    "mosCode": (frozenset({"", "0"}), "mode of supply"),
}

#: Quantity units by code: the unit other sources use, and how many of it one is (times ten thousand if mass).
_UNITS: Final = {
    "2": ("m2", 1),
    "3": ("1000 kWh", 1),
    "4": ("m", 1),
    "5": ("u", 1),
    "6": ("2u", 1),
    "7": ("l", 1),
    "9": ("u", 1000),
    "10": ("packages", 1),
    "11": ("u", 12),
    "12": ("m3", 1),
}
_NO_UNIT: Final = ("", "-1", "1")
_KG: Final = "8"
_CARAT: Final = "13"  # a fifth of a gram
_TRUE: Final = ("1", "true", "True", "TRUE")
_SECRET: Final = ("XXS",)

_BY_NAME: Final = (".csv", ".json", ".csv.gz", ".json.gz")

# Column of the layout -> columns of a CSV or JSON that say it; the first that says something counts.
_SAID_BY: Final = {
    "reporterCode": ("reporterCode", "reporterISO"),
    "partnerCode": ("partnerCode", "partnerISO"),
    "flowCode": ("flowCode", "flowDesc"),
    "period": ("period", "refYear"),
}
_NEEDED: Final = (*_SAID_BY, "cmdCode", "primaryValue")


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS: primary value in USD, net weight in kg, and the quantity where its unit is no mass.

    Raises:
        ReadError: nothing says the day of release, or the classification; the file is an error of the
            publisher or a web page, has no rows, is damaged, or lacks a column.
    """
    if _bulk(sidecar.file):
        return _BULK.read(raw, sidecar)
    text = _opened(io.BytesIO(raw), sidecar).read()
    sidecar.release_day()
    sidecar.day_assumed()
    if text.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        printed, notes = _json(text, sidecar)
    else:
        printed, notes = cells.delimited(text, sidecar, ("utf-8-sig", "latin-1"), ",;\t")
    if printed.height in LIMITS:
        notes.append(
            f"exactly {printed.height:,} rows, which is where the publisher cuts an answer: it is likely that"
            " others are missing; ask again in parts"
        )
    return _BULK.read_cells(_standard(printed, sidecar), sidecar, notes)


def _bulk(name: str) -> Bulk | None:
    return None if name.lower().endswith(_BY_NAME) else _BULK


def _day_in_name(name: str) -> dt.date | None:
    """Return the day in brackets in the name of a bulk file: COMTRADE-FINAL-...[2025-12-04].gz."""
    found = _DAY.search(name)
    try:
        return dt.date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _json(text: bytes, sidecar: Sidecar) -> tuple[pl.DataFrame, list[str]]:
    """Return the rows of one answer, of several in a list, or of a bare list of rows."""
    found = cells.parse_json(text, sidecar)
    pages = found if isinstance(found, list) and any(_is_page(one) for one in found) else [found]
    rows: list[Any] = []
    notes: list[str] = []
    for page in pages:
        data = page if isinstance(page, list) else _data(page, sidecar)
        rows += data
        said = page.get("count") if isinstance(page, Mapping) else None
        if said not in (None, str(len(data))):
            notes.append(f"the answer says it has {said} rows and holds {len(data):,}")
        if len(pages) > 1 and len(data) in LIMITS:
            notes.append(f"a page of exactly {len(data):,} rows, which is where the publisher cuts")
    if not rows:
        raise ReadError(
            f"{sidecar.file}: the answer has no rows: nothing was traded, it is not out, or one of the codes"
            " asked for is not known, which the publisher answers in the same way"
        )
    names = dict.fromkeys(name for row in rows[:1] if isinstance(row, Mapping) for name in row)
    return cells.named(rows, list(names), sidecar), notes


def _is_page(document: Any) -> bool:
    return isinstance(document, Mapping) and isinstance(document.get("data"), list)


def _data(page: Any, sidecar: Sidecar) -> list[Any]:
    if _is_page(page):
        rows: list[Any] = page["data"]
        return rows
    told = page
    for name in ("errorObject", "errorMessage", "error", "message"):
        told = told.get(name) or told if isinstance(told, Mapping) else told
    raise ReadError(
        f"{sidecar.file}: expected an answer with a list 'data'; the publisher says: {str(told)[:200]!r}"
    )


def _standard(printed: pl.DataFrame, sidecar: Sidecar) -> pl.DataFrame:
    """Return the cells under the names of the layout; what the file does not have is empty."""
    lacking = [
        " or ".join(_SAID_BY.get(name, (name,)))
        for name in _NEEDED
        if not set(_SAID_BY.get(name, (name,))) & set(printed.columns)
    ]
    if lacking:
        raise ReadError(
            f"{sidecar.file}: expected the columns of UN Comtrade; missing: {few(lacking)}; found:"
            f" {few(name for name in printed.columns if name not in cells.RESERVED)}"
        )
    held = {name: _first(_SAID_BY.get(name, (name,)), printed) for name in (*_CODES, *_NUMBERS)}
    if "classificationCode" not in printed.columns:
        by_name = {name: code for code, name in _CLASSIFICATIONS.items()}
        held["classificationCode"] = pl.lit(by_name[sidecar.detail("classification", by_name)])
    return printed.select(*cells.RESERVED, **held)


def _first(names: Sequence[str], printed: pl.DataFrame) -> pl.Expr:
    there = [pl.col(name).str.strip_chars() for name in names if name in printed.columns]
    return pl.coalesce(*(pl.when(cell != "").then(cell) for cell in there), pl.lit(""))


def _rows(printed: Printed, _sidecar: Sidecar) -> tuple[Mapping[str, Ids], Sequence[Part]]:
    _refuse_others(printed)
    words = {
        "span": printed.code("period", "span", _span),
        "classification": printed.code("classificationCode", "classification", _classification),
        "flow": printed.code("flowCode", "flow", _flow),
        "reporter": printed.code_in("reporterCode", "period", "reporter", _country),
        "partner": printed.code_in("partnerCode", "period", "partner", _country),
        "commodity": printed.code_in("cmdCode", "classificationCode", "commodity", _product),
    }
    value = printed.numbers("primaryValue")
    quantity = _quantity(printed, value)
    weighed = _known(printed.numbers("netWgt"), value)
    in_mass = printed.where("qtyUnitCode", _is_mass)
    by_quantity = np.isnan(weighed) & in_mass & (quantity > 0)
    # Flags of both ages: 2 and 6 are of the quantity, 4 and 6 of the weight.
    guessed = printed.where("isQtyEstimated", _is_true) | printed.where("legacyEstimationFlag", _is_qty)
    guessed_mass = (
        (by_quantity & guessed)
        | (in_mass & printed.where("legacyEstimationFlag", _is_qty))
        | printed.where("isNetWgtEstimated", _is_true)
        | printed.where("legacyEstimationFlag", _is_weight)
    )
    flags = {
        "aggregate": _sums(printed)
        | printed.words("partner", words["partner"], codes.AGGREGATES.__contains__)
        | printed.words("reporter", words["reporter"], codes.AGGREGATES.__contains__),
        "confidential": printed.words("partner", words["partner"], _SECRET.__contains__),
    }
    kg = printed.word("unit_2", "kg")
    weights = ~np.isnan(printed.numbers("netWgt")) | printed.where("qtyUnitCode", _is_unit)
    return words, (
        Part(printed.word("unit_1", "USD"), value, flags),
        Part(
            np.where(weights, kg, 0).astype(np.uint32),
            np.where(by_quantity, quantity, weighed),
            {**flags, "estimated": guessed_mass},
        ),
        Part(printed.code("qtyUnitCode", "unit_3", _unit), quantity, {**flags, "estimated": guessed}),
    )


def _refuse_others(printed: Printed) -> None:
    """Set aside what is no figure of goods traded, and parts of figures that have records of their own."""
    printed.refuse_code("typeCode", _is_other, lambda code: f"typeCode {code!r}: services, not goods")
    for cell, holds in _PARTS.items():
        printed.refuse_code(cell, holds, partial(_part_told, cell))
    years, said = printed.where("period", _is_year), printed.where("freqCode", _is_printed)
    wrong = said & (printed.where("freqCode", _is_annual) != years)
    printed.refuse(wrong, partial(_mismatch, printed))


def _is_part(cell: str, code: str) -> bool:
    return code not in _WHOLE[cell][0]


_PARTS: Final[dict[str, Callable[[str], bool]]] = {cell: partial(_is_part, cell) for cell in _WHOLE}


def _part_told(cell: str, code: str) -> str:
    what = _WHOLE[cell][1]
    return f"{cell} {code!r}: a part of a figure, by {what}; the whole has a record of its own"


def _mismatch(printed: Printed, row: int) -> str:
    return f"freqCode {printed.cells['freqCode'][row]!r}: does not go with its period"


def _quantity(printed: Printed, value: Numbers) -> Numbers:
    """Return the quantity in its unit; a mass in kilograms."""
    quantity = printed.numbers("qty")
    for factor, holds in _FACTORS.items():
        there = printed.where("qtyUnitCode", holds)
        if there.any():
            quantity = np.where(there, printed.scaled("qty", factor), quantity)
    carats = printed.where("qtyUnitCode", _is_carat)
    if carats.any():
        quantity = np.where(carats, printed.scaled("qty", 2) / 10_000, quantity)
    return _known(quantity, value)


def _known(quantity: Numbers, value: Numbers) -> Numbers:
    """Return quantities without the zeros that stand beside a value: they are not known."""
    return np.where((quantity == 0) & (value > 0), np.nan, quantity)


def _sums(printed: Printed) -> Truths:
    """Return where a product is a heading or the total."""
    sums = np.zeros(len(printed), np.bool_)
    for family, holds in _HEADINGS.items():
        sums |= printed.where("classificationCode", _OF_FAMILY[family]) & printed.where("cmdCode", holds)
    return sums


def _is_heading(digits: int, product: str) -> bool:
    return product == "TOTAL" or len(product) < digits


_HEADINGS: Final[dict[str, Callable[[str], bool]]] = {
    family: partial(_is_heading, digits) for family, digits in _DIGITS.items()
}


def _is_of(family: str, classification: str) -> bool:
    return classification.startswith(family)


_OF_FAMILY: Final[dict[str, Callable[[str], bool]]] = {family: partial(_is_of, family) for family in _DIGITS}


def _has_factor(factor: int, code: str) -> bool:
    return code in _UNITS and _UNITS[code][1] == factor


_FACTORS: Final[dict[int, Callable[[str], bool]]] = {
    factor: partial(_has_factor, factor) for factor in sorted({scale for _, scale in _UNITS.values()} - {1})
}


def _is_other(text: str) -> bool:
    return text not in ("", "C")


def _is_printed(text: str) -> bool:
    return text != ""


def _is_annual(text: str) -> bool:
    return text == "A"


def _is_year(period: str) -> bool:
    return len(period) == len("2024")


def _is_true(text: str) -> bool:
    return text in _TRUE


def _is_qty(text: str) -> bool:
    return text in ("2", "6")


def _is_weight(text: str) -> bool:
    return text in ("4", "6")


def _is_mass(text: str) -> bool:
    return text in (_KG, _CARAT)


def _is_carat(text: str) -> bool:
    return text == _CARAT


def _is_unit(text: str) -> bool:
    return text not in _NO_UNIT


def _unit(text: str) -> str:
    if text in _NO_UNIT or _is_mass(text):
        return ""
    if text not in _UNITS:
        raise CodeError(f"qtyUnitCode {text!r}: expected a unit of quantity of UN Comtrade, -1 to 13")
    return _UNITS[text][0]


def _period(text: str) -> tuple[str, str | None]:
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise CodeError(f"period {text!r}: expected YYYY or YYYYMM")
    return match[1], match[2]


def _span(text: str) -> str:
    year, month = _period(text)
    return f"{year}-{month}-01/1" if month else f"{year}-01-01/12"


def _country(period: str, code: str) -> str:
    year = int(_period(period)[0])
    if code.isdecimal():
        return partners.resolve("m49", code.lstrip("0") or "0", year)
    return partners.resolve("comtrade-iso", code, year)


def _flow(text: str) -> str:
    if text not in _FLOWS:
        raise CodeError(
            f"flowCode {text!r}: a part of another flow, or none of M, X, RM, RX; not in the FLOWS table"
        )
    return _FLOWS[text]


def _classification(text: str) -> str:
    if text not in _CLASSIFICATIONS:
        raise CodeError(f"classificationCode {text!r}: expected one of {', '.join(_CLASSIFICATIONS)}")
    return _CLASSIFICATIONS[text]


def _product(classification: str, text: str) -> str:
    form = _PRODUCT.get(classification[:1])
    if form is not None and not form.fullmatch(text):
        raise CodeError(f"cmdCode {text!r}: expected a code of {classification}, or TOTAL")
    return text


def _fixed(sidecar: Sidecar) -> Mapping[str, str]:
    if "stage" in sidecar.details:
        sidecar.detail("stage", ("detail", "final"))
    stage = sidecar.details.get("stage", "detail")
    return {"source": SOURCE.id, "publisher": sidecar.publisher or "UN Comtrade", "stage": stage}


def _opened(file: IO[bytes], sidecar: Sidecar) -> IO[bytes]:
    return archives.opened(file, sidecar, lambda name: name.lower().endswith((".txt", ".tsv", ".csv")))


_CODES: Final = (
    *("typeCode", "freqCode", "period", "reporterCode", "flowCode", "partnerCode", "classificationCode"),
    *("cmdCode", *_WHOLE, "qtyUnitCode", "isQtyEstimated", "isNetWgtEstimated", "legacyEstimationFlag"),
)
_NUMBERS: Final = ("primaryValue", "netWgt", "qty")

_BULK: Final = Bulk(
    Layout(
        separator="\t",
        codes=_CODES,
        numbers=_NUMBERS,
        rows=_rows,
        added=codes.POOLS.__contains__,
        note="partners of which no one country is told share a code here, and are added up",
    ),
    _fixed,
    _opened,
)

SOURCE: Final = Source(
    id="comtrade",
    title="UN Comtrade: trade of any reporter by HS or SITC code and partner, monthly and annual",
    table="flows",
    licence="UN Comtrade: free for reuse with the source named; bulk re-dissemination needs permission",
    how="`tonnage pull comtrade`, or ingest what the API, the bulk download or the web page of Comtrade Plus"
    " gave, with --published unless the file name says the day in brackets",
    read=read,
    suffixes=(".gz", ".json", ".csv", ".txt", ".tsv", ".zip"),
    bulk=_bulk,
    day_in_name=_day_in_name,
)
