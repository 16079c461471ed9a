"""UK HMRC, overseas trade statistics: the pages of the OData service, one record a code, country and port.

A figure is printed in parts, one for each port; the service has no row for the whole, so the parts are added
up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

import polars as pl

from tonnage.errors import ReadError
from tonnage.model import partners
from tonnage.sources import sheets
from tonnage.sources.base import Reading, Sidecar, Source, refuse_details
from tonnage.sources.cells import RESERVED, documents, named

__all__ = ["LIMIT", "SOURCE"]

#: Rows of a page; a full one is followed by another.
LIMIT: Final = 10_000

_FLOWS: Final = {"1": "import", "2": "export", "3": "import", "4": "export"}
_NEEDED: Final = ("MonthId", "FlowTypeId", "CountryId", "Value", "NetMass")
_COLUMNS: Final = (*_NEEDED, "SuppressionIndex", "CommodityId", "CommoditySitcId", "PortId", "Commodity")
_FULL_DIGITS: Final = 8
_SKIPPED: Final = re.compile(r"\$skip=(\d+)")
_PARTS: Final = ("CountryId", "PortId", "FlowTypeId", "SuppressionIndex", "CommoditySitcId", "CommodityId")

#: Reasons that leave no sum short: all figures of the code are lacking, or the record is held already.
_APART: Final = ("partner code ", "commodity code ", "the same record ")


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `detail` or the stage given: net mass in kg, value in GBP; ports added up.

    Raises:
        ReadError: it is not a page of the service, its last page is full (the rest is lacking), it was asked
            without the codes, or nothing says the day of release.
    """
    refuse_details(sidecar, ("stage", "confirmed"))
    _refuse_later_page(sidecar)
    pages = [_page(document, sidecar) for document in _pages(documents(raw, sidecar))]
    _refuse_cut(pages, sidecar)
    records = [record for page in pages for record in page]
    _refuse_other(records, sidecar)
    cells = _cells(named([_flat(record) for record in records], (*_COLUMNS, "Cn8Code"), sidecar), sidecar)
    notes = [f"pages: {len(pages)}, the last of {len(pages[-1]):,} records"]
    if any(isinstance(record, Mapping) and "SuppUnit" in record for record in records):
        notes.append("SuppUnit is not read: the service does not say its unit")
    reading = sheets.read_sheet(cells, _sheet(cells, sidecar), sidecar, SOURCE.id, "HMRC", notes)
    sheets.refuse_gaps(reading, sidecar, apart=_APART)
    return reading


def _refuse_later_page(sidecar: Sidecar) -> None:
    """Refuse a page that was asked for alone: figures that began on the page before would be short."""
    skipped = _SKIPPED.search(unquote(sidecar.url))
    if skipped and int(skipped[1]):
        raise ReadError(
            f"{sidecar.file}: this is a later page ($skip={skipped[1]}): ports of one figure may stand on"
            " both sides of the break; put the pages into one file, or ask for less at once"
        )


def _pages(found: list[Any]) -> list[Any]:
    """Return the pages: documents one after the other, or a list of them."""
    if len(found) == 1 and isinstance(found[0], list) and all(_is_page(one) for one in found[0]) and found[0]:
        return list(found[0])
    return found


def _is_page(document: Any) -> bool:
    return isinstance(document, Mapping) and isinstance(document.get("value"), list)


def _page(document: Any, sidecar: Sidecar) -> list[Any]:
    if _is_page(document):
        records: list[Any] = document["value"]
        return records
    if isinstance(document, list):
        return document
    told = document.get("error", document) if isinstance(document, Mapping) else document
    raise ReadError(
        f"{sidecar.file}: expected pages of the service, each with a list 'value'; found {str(told)[:200]!r}"
    )


def _refuse_cut(pages: list[list[Any]], sidecar: Sidecar) -> None:
    if not pages or not any(pages):
        raise ReadError(
            f"{sidecar.file}: the answer holds no record: nothing was traded, or the month is not out"
        )
    full = len(pages[-1]) % LIMIT == 0
    if full and sidecar.details.get("confirmed") != "yes":
        raise ReadError(
            f"{sidecar.file}: the last page is full ({LIMIT:,} records, the most the service gives): ask for"
            f" the next with $skip={sum(map(len, pages))} and add it, or give confirmed=yes if there is none"
        )


def _refuse_other(records: list[Any], sidecar: Sidecar) -> None:
    first = next((record for record in records if isinstance(record, Mapping)), {})
    lacking = [name for name in _NEEDED if name not in first]
    if lacking:
        raise ReadError(f"{sidecar.file}: expected records of OTS with {list(_NEEDED)}; lacking: {lacking}")


def _flat(record: Any) -> Any:
    """Return a record with the code of its commodity beside the other fields."""
    if isinstance(record, Mapping) and isinstance(record.get("Commodity"), Mapping):
        return {**record, "Cn8Code": record["Commodity"].get("Cn8Code")}
    return record


def _cells(printed: pl.DataFrame, sidecar: Sidecar) -> pl.DataFrame:
    """Return the cells with the code: that of the commodity, or its number with the zeros put back.

    A number below a million may be a chapter as well as a code, so that it is not taken.
    """
    number = pl.col("CommodityId")
    long = number.str.contains("^[0-9]{7,8}$")
    code = pl.coalesce(
        pl.col("Cn8Code").str.strip_chars(), pl.when(long).then(number.str.zfill(_FULL_DIGITS))
    )
    if not printed.select(code.is_not_null().any()).item():
        raise ReadError(
            f"{sidecar.file}: no record has a code of its commodity; ask the service with $expand=Commodity"
        )
    parts = pl.concat_str([pl.col(name).fill_null("-") for name in _PARTS], separator="/")
    return printed.select(
        *RESERVED,
        flow="FlowTypeId",
        month="MonthId",
        value="Value",
        mass="NetMass",
        country="CountryId",
        suppression=pl.col("SuppressionIndex").fill_null("0"),
        number=number,
        code=code,
        part=parts,
        who=pl.format("{} {}", "CountryId", pl.col("MonthId").str.slice(0, 4)),
    )


def _sheet(cells: pl.DataFrame, sidecar: Sidecar) -> sheets.Sheet:
    month = pl.col("month")
    period = pl.when(month.str.contains("^[0-9]{6}$")).then(
        (month + "01").str.to_date("%Y%m%d", strict=False)
    )
    code = pl.col("code")
    digits = code.str.contains("^([0-9]{2}){1,4}$").fill_null(value=False)
    strange = pl.format(
        "commodity code '{}' (number {}): expected 2, 4, 6 or 8 digits",
        code.fill_null(""),
        pl.col("number").fill_null(""),
    )
    value = sheets.number("value")
    mass = sheets.number("mass")
    suppression = pl.col("suppression")
    stage = sidecar.detail("stage", ("detail", "final")) if "stage" in sidecar.details else "detail"
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("GBR"),
            "partner": sheets.code(cells, "who", _partner, "partner code"),
            "flow": sheets.code(cells, "flow", _FLOWS, "FlowTypeId"),
            "classification": sheets.said(pl.format("CN{}", month.str.slice(0, 4))),
            "commodity": sheets.Read(code, ((~digits, strange),)),
            "period": sheets.Read(
                period, ((period.is_null(), pl.format("MonthId '{}': expected YYYYMM", month)),)
            ),
            "months": sheets.said(pl.lit(1, dtype=pl.Int8)),
        },
        figures=[
            sheets.Figure(sheets.said("GBP"), value),
            sheets.Figure(
                sheets.said("kg"),
                mass,
                {"rounded": (mass.value == 0) & (value.value > 0) & (suppression == "0")},
            ),
        ],
        stage=sheets.said(stage),
        flags={
            "aggregate": code.str.len_chars() < _FULL_DIGITS,
            "confidential": suppression != "0",
        },
        refusals=[
            sheets.twice(),
            (
                ~suppression.str.contains("^[0-9]+$"),
                pl.format("SuppressionIndex '{}': expected a number", suppression),
            ),
        ],
        weight=value.value,
        part="part",
        part_is="ports",
    )


def _partner(who: str) -> str:
    code, year = who.split(" ")
    return partners.resolve("hmrc", code, int(year) if year.isdecimal() else None)


SOURCE = Source(
    id="hmrc",
    title="UK HMRC, overseas trade statistics: by 8-digit code, country and month",
    table="flows",
    licence="Crown copyright, Open Government Licence v3.0; name HM Revenue and Customs as the source",
    how="Ask api.uktradeinfo.com/OTS with $expand=Commodity, page by page until a page is short, save the"
    " pages one after the other and ingest them with --published",
    read=read,
    suffixes=(".json",),
)
