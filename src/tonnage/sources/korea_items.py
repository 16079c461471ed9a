"""Korea customs on data.go.kr: trade by item and country (XML), exports and imports in one record.

XML is read with defusedxml: entity declarations and external entities are refused.
"""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from tonnage.errors import ReadError
from tonnage.model import codes, partners
from tonnage.sources import sheets
from tonnage.sources.base import Reading, Sidecar, refuse_details
from tonnage.sources.cells import RESERVED, named

__all__ = ["read"]

_FLOWS: Final = {"export": ("expDlr", "expWgt"), "import": ("impDlr", "impWgt")}
_MEASURES: Final = tuple(name for pair in _FLOWS.values() for name in pair)
_CODES: Final = ("hsCd", "hsCode")
_NAMES: Final = ("year", *_CODES, "statCd", *_MEASURES)
_TOTALS: Final = ("총계", "total")
_WORLD: Final = "-"
_FULL_DIGITS: Final = 10


def read(raw: bytes, sidecar: Sidecar, source: str, publisher: str) -> Reading:
    """Return FLOWS of stage `detail`: net weight in kg and USD, exports and imports of each record.

    Raises:
        ReadError: it is no such answer, it tells of an error, it was cut, or the day of release is not given.
    """
    refuse_details(sidecar, ())
    root = _root(raw, sidecar)
    items = [{child.tag: (child.text or "").strip() for child in item} for item in root.iter("item")]
    _refuse_other(root, items, sidecar)
    printed = named(items, _NAMES, sidecar)
    cells = pl.concat([_cells(printed, flow) for flow in _FLOWS])
    reading = sheets.read_sheet(cells, _sheet(cells), sidecar, source, publisher, _totals_told(printed))
    return sheets.with_world_told(reading)


def _root(raw: bytes, sidecar: Sidecar) -> Any:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]

    try:
        return fromstring(raw)
    except (ParseError, DefusedXmlException, ValueError) as fault:
        start = " ".join(raw[:120].decode("utf-8", "replace").split())
        raise ReadError(
            f"{sidecar.file}: expected a whole XML answer of data.go.kr: {fault or type(fault).__name__}; it"
            f" begins {start!r}"
        ) from None


def _refuse_other(root: Any, items: list[dict[str, str]], sidecar: Sidecar) -> None:
    told = {e.tag: (e.text or "").strip() for e in root.iter() if e.tag.startswith(("result", "return"))}
    code = told.get("resultCode") or told.get("returnReasonCode") or ""
    if code.strip("0"):
        words = told.get("resultMsg") or told.get("returnAuthMsg") or ""
        raise ReadError(f"{sidecar.file}: the service tells of an error: {code} {words}".rstrip())
    if not any(set(item) & set(_MEASURES) for item in items):
        raise ReadError(
            f"{sidecar.file}: expected items with {list(_MEASURES)}; the answer holds none: nothing was"
            " traded, the month is not out, or it is an answer of another service"
        )
    count = next((e.text or "" for e in root.iter("totalCount")), "").strip()
    if count.isdecimal() and int(count) > len(items):
        raise ReadError(
            f"{sidecar.file}: the answer holds {len(items)} of {count} items: ask for the rest, or for fewer"
        )


def _cells(printed: pl.DataFrame, flow: str) -> pl.DataFrame:
    value, mass = _FLOWS[flow]
    digits = pl.col("year").str.replace_all(r"[.\-]", "")
    country = pl.col("statCd").fill_null(_WORLD)
    return printed.select(
        *RESERVED,
        month="year",
        period=pl.when(digits.str.contains("^[0-9]{6}$")).then(
            (digits + "01").str.to_date("%Y%m%d", strict=False)
        ),
        code=pl.coalesce(_CODES),
        country=pl.when(country == "").then(pl.lit(_WORLD)).otherwise(country),
        value=pl.col(value).str.strip_chars(),
        mass=pl.col(mass).str.strip_chars(),
        flow=pl.lit(flow),
    )


def _sheet(cells: pl.DataFrame) -> sheets.Sheet:
    code, period = pl.col("code"), pl.col("period")
    partner = sheets.code(cells, "country", lambda one: partners.resolve("korea", one), "partner code")
    value, mass = sheets.number("value", commas=True), sheets.number("mass", commas=True)
    digits = code.str.contains("^([0-9]{2}){1,5}$").fill_null(value=False)
    strange = pl.format("commodity code '{}': expected 2, 4, 6 or 10 digits", code.fill_null(""))
    overlaps = partner.value.is_in(list(codes.AGGREGATES))
    total = pl.col("month").str.to_lowercase().is_in(list(_TOTALS))
    printed = (pl.when(pl.col(name).is_not_null()) for name in ("value", "mass"))
    usd, kg = (there.then(pl.lit(unit)) for there, unit in zip(printed, ("USD", "kg"), strict=True))
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("KOR"),
            "partner": partner,
            "flow": sheets.said(pl.col("flow")),
            "classification": sheets.said(pl.format("HSK10-{}", pl.col("month").str.slice(0, 4))),
            "commodity": sheets.Read(code, ((~digits, strange),)),
            "period": sheets.Read(
                period, ((period.is_null(), pl.format("year '{}': expected YYYY.MM", "month")),)
            ),
            "months": sheets.said(pl.lit(1, dtype=pl.Int8)),
        },
        figures=[
            sheets.Figure(sheets.said(usd), value),
            sheets.Figure(sheets.said(kg), mass, {"rounded": (mass.value == 0) & (value.value > 0)}),
        ],
        stage=sheets.said("detail"),
        flags={"aggregate": overlaps | (code.str.len_chars() < _FULL_DIGITS)},
        refusals=[(total, pl.lit("the row of totals of the answer: no code and no month of its own"))],
        weight=pl.when(~overlaps).then(value.value),
        unfolded=True,
    )


def _totals_told(printed: pl.DataFrame) -> list[str]:
    """Tell whether the row of totals is the sum of the records, in every measure it prints."""
    numbers = [sheets.number(name, missing=("", "-"), commas=True).value.alias(name) for name in _MEASURES]
    rows = printed.select(pl.col("year").str.to_lowercase().is_in(list(_TOTALS)).alias("total"), *numbers)
    if rows["total"].sum() != 1:
        return []
    whole = rows.filter("total").row(0, named=True)
    parts = rows.filter(~pl.col("total")).sum().row(0, named=True)
    apart = [name for name in _MEASURES if whole[name] is not None and whole[name] != parts[name]]
    if not apart:
        return ["the row of totals is the sum of the records"]
    name = apart[0]
    return [f"the row of totals prints {name} {whole[name]:,.0f}, the records add up to {parts[name]:,.0f}"]
