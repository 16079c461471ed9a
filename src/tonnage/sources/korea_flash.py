"""Korea customs: the first ten and twenty days of a month and the month, as soon as they are over.

The portal's chart answer (JSON) holds, for each month, the total and each good or country, as sums from the
first day. What covers less than a month has a classification and a flag of its own, so that it is never taken
for one. The trade by item of data.go.kr (XML) is read as well, see `korea_items`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from tonnage.errors import CodeError, ReadError
from tonnage.sources import korea_items, sheets
from tonnage.sources.base import Reading, Sidecar, Source, refuse_details
from tonnage.sources.cells import RESERVED, named, parse_json

__all__ = ["SOURCE"]

PUBLISHER: Final = "Korea Customs Service"

#: Field -> the classification of its figures, and the last day covered (0: the whole month).
_WINDOWS: Final = {
    "itemUsdAmt1": ("KR-flash-d10", 10),
    "itemUsdAmt2": ("KR-flash-d20", 20),
    "itemUsdAmt3": ("KR-flash-month", 0),
}
_TOTAL: Final = "TOTAL"
_EU27: Final = "2020"  # the first year without the United Kingdom
_THOUSAND: Final = 1000  # values are in thousands of dollars

#: Countries as the portal names them.
_UNION: Final = ("유럽연합", "유럽연합(EU)", "EU")
_COUNTRIES: Final = {
    "중국": "CHN",
    "미국": "USA",
    "베트남": "VNM",
    "홍콩": "HKG",
    "일본": "JPN",
    "대만": "TWN",
    "인도": "IND",
    "싱가포르": "SGP",
    "말레이시아": "MYS",
    "호주": "AUS",
    "사우디아라비아": "SAU",
    "러시아": "RUS",
    "러시아연방": "RUS",
}


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS: of the chart answer stage `flash`, in USD; of the trade by item stage `detail`, with kg.

    Raises:
        ReadError: it is neither answer, it tells of an error, or the flow or the day of release is not given.
    """
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return korea_items.read(raw, sidecar, SOURCE.id, PUBLISHER)
    refuse_details(sidecar, ("flow",))
    flow = sidecar.detail("flow", ("export", "import"))
    records = _records(parse_json(raw, sidecar), sidecar)
    printed = named(records, ("lwprId", "uprId", "curTitle", *_WINDOWS), sidecar)
    cells = pl.concat([_cells(printed, field) for field in _WINDOWS])
    cells = cells.with_columns(to_come=(pl.col("value").is_in(["0", ""])).all().over("month", "family"))
    by_country = bool(cells["title"].is_in([*_UNION, *_COUNTRIES]).any())
    notes = ["by country" if by_country else "by good", "sums from the first day of each month"]
    sheet = _sheet(cells, flow, by_country=by_country)
    return sheets.read_sheet(cells, sheet, sidecar, SOURCE.id, PUBLISHER, notes)


def _records(document: Any, sidecar: Sidecar) -> list[Any]:
    items = document.get("items") if isinstance(document, Mapping) else document
    if not isinstance(items, list) or not items:
        told = str(document)[:200]
        raise ReadError(
            f"{sidecar.file}: expected the chart answer of the portal, a list 'items'; found {told!r}"
        )
    fields = {name for item in items if isinstance(item, Mapping) for name in item}
    if not fields & set(_WINDOWS):
        hint = ""
        if "itemUsdAmt00" in fields:
            hint = (
                "; this is the table whose columns are goods or countries by their place, and it does not say"
                " which: take the chart answer (retrieveChartTentativeValues)"
            )
        raise ReadError(f"{sidecar.file}: expected {list(_WINDOWS)} in the items{hint}")
    return items


def _cells(printed: pl.DataFrame, field: str) -> pl.DataFrame:
    """Return the cells of one window; a row whose parent is a month is a good or country of it."""
    family, last = _WINDOWS[field]
    parent, own = (pl.col(name).fill_null("").str.strip_chars() for name in ("uprId", "lwprId"))
    month = pl.when(parent != "").then(parent).otherwise(own)
    first = (month + "01").str.to_date("%Y%m%d", strict=False)
    over = first.dt.offset_by("1mo") if last == 0 else first.dt.offset_by(f"{last}d")
    return printed.select(
        *RESERVED,
        month=month,
        title=pl.when(parent == "").then(pl.lit(_TOTAL)).otherwise(pl.col("curTitle").str.strip_chars()),
        value=pl.col(field).fill_null("").str.strip_chars(),
        family=pl.lit(family),
        part=pl.lit(last != 0),
        first=first,
        over=over,
    ).with_columns(who=pl.format("{}|{}", "title", pl.col("month").str.slice(0, 4)))


def _sheet(cells: pl.DataFrame, flow: str, *, by_country: bool) -> sheets.Sheet:
    title, first = pl.col("title"), pl.col("first")
    world = sheets.said("WLD")
    partner = sheets.code(cells, "who", _country, "country") if by_country else world
    commodity = pl.lit(_TOTAL) if by_country else title
    value = sheets.number("value", _THOUSAND, commas=True)
    to_come = pl.col("to_come")
    shown = sheets.Read(pl.when(~to_come).then(value.value), value.refusals)
    strange = pl.format("month '{}': expected YYYYMM", "month")
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("KOR"),
            "partner": partner,
            "flow": sheets.said(flow),
            "classification": sheets.said(pl.col("family")),
            "commodity": sheets.Read(commodity, ((title.fill_null("") == "", pl.lit("no name of a good")),)),
            "period": sheets.Read(first, ((first.is_null(), strange),)),
            "months": sheets.said(pl.lit(1, dtype=pl.Int8)),
        },
        figures=[sheets.Figure(sheets.said("USD"), shown)],
        stage=sheets.said("flash"),
        flags={
            "aggregate": pl.lit(value=True),
            "not_yet_published": to_come,
            "part_month": pl.col("part"),
        },
        over=pl.col("over"),
        unfolded=True,
    )


def _country(who: str) -> str:
    title, year = who.rsplit("|", 1)
    if title == _TOTAL:
        return "WLD"
    if title in _UNION:
        return "XEU" if year < _EU27 else "EU27"
    if title not in _COUNTRIES:
        raise CodeError(f"partner code {title!r}: not a country the flash is known to name")
    return _COUNTRIES[title]


SOURCE = Source(
    id="korea-flash",
    title="Korea customs: ten and twenty days of a month, and the month by item and country",
    table="flows",
    licence="Korea Customs Service; public data of the Republic of Korea (KOGL), use with the source named",
    how="Save the chart answer of tradedata.go.kr (JSON) or the answer of data.go.kr by item (XML), and"
    " ingest it with --published; for the chart also with --detail flow=export|import, which it does not say",
    read=read,
    suffixes=(".json", ".xml"),
)
