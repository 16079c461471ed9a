"""China customs (GACC), total trade by country and region, as published: exports and imports side by side.

Section 4 of the preliminary release and table 2 of the bulletin, Chinese or English. Blocs and continents
stand among the countries and overlap them; the column of both flows together is a sum and only checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from tonnage.errors import CodeError, ReadError, TonnageError, nearest
from tonnage.model import codes, flows
from tonnage.sources import gacc_titles, gacc_units
from tonnage.sources.base import Reading, Sidecar, flag_conflicts, records_reading, refuse_details
from tonnage.sources.gacc_grids import NOWHERE, Cell, Document, Grid
from tonnage.sources.gacc_titles import CHANGE, Facts, folded
from tonnage.sources.gacc_transcript import SOURCE_ID

__all__ = ["is_one", "read"]

CLASSIFICATION: Final = "GACC-total"
COMMODITY: Final = "TOTAL"

_BOTH: Final = re.compile(r"export ?(?:&|and) ?import|import ?(?:&|and) ?export|进出口", re.I)
_FLOWS: Final = {"export": re.compile("export|出口", re.I), "import": re.compile("import|进口", re.I)}
_OF_WHICH: Final = re.compile(r"(?:其中:?|of which:?)\s*", re.I)
_IN_BRACKETS: Final = re.compile(r"\s*\([A-Z.]{2,}\)$")
_NEAR: Final = 2  # last digits by which a sum of two rounded figures may be off

#: Names as the tables print them, small letters, that are not ISO's.
_NAMES: Final = {
    "WLD": ("total", "总值", "合计", "总计"),
    "ASEAN": ("asean", "association of southeast asian nations", "东盟", "东南亚国家联盟"),
    "LATAM": ("latin america", "拉丁美洲"),
    "AFRICA": ("africa", "非洲"),
    "RCEP": (
        "regional comprehensive economic partnership",
        "rcep",
        "区域全面经济伙伴关系协定",
        "区域全面经济伙伴关系协定(rcep)",
    ),
    "BRI": (
        "jointly build the countries along belt and road routes",
        "belt and road countries",
        "共建“一带一路”国家",
        "共建'一带一路'国家",
        '共建"一带一路"国家',
    ),
    "AUS": ("澳大利亚",),
    "BRA": ("巴西",),
    "CAN": ("加拿大",),
    "DEU": ("德国",),
    "FRA": ("法国",),
    "GBR": ("england", "英国"),
    "HKG": ("hong kong, china", "hong kong", "中国香港", "香港"),
    "IDN": ("印度尼西亚",),
    "IND": ("印度",),
    "ITA": ("意大利",),
    "JPN": ("日本",),
    "KOR": ("r. o. korea", "r.o. korea", "republic of korea", "korea", "korea, rep.", "韩国"),
    "MYS": ("马来西亚",),
    "NLD": ("荷兰",),
    "NZL": ("新西兰",),
    "PHL": ("菲律宾",),
    "RUS": ("russian federation", "russia", "俄罗斯联邦", "俄罗斯"),
    "SGP": ("新加坡",),
    "THA": ("泰国",),
    "TWN": ("taiwan, china", "taiwan", "中国台湾", "台湾"),
    "USA": ("united states", "美国"),
    "VNM": ("vietnam", "越南"),
    "ZAF": ("南非",),
}
_UNION: Final = ("european union", "欧盟", "欧洲联盟")
_PARTNERS: Final = {name: code for code, names in _NAMES.items() for name in names}
_WITHOUT_UK: Final = 2020  # since then the Union's figures leave the United Kingdom out

#: What a column holds: the flow ("both" for the sum) and the span of months; None for a change in per cent.
Column = tuple[str, str] | None


@dataclass(slots=True)
class _Row:
    """One country or group."""

    facts: Facts
    name: str
    figures: dict[tuple[str, str], str]
    changes: list[str] = field(default_factory=list)


def is_one(document: Document) -> bool:
    """Return whether a page or workbook holds a table of total trade by country."""
    return any(_head(grid) is not None for grid in document.grids)


def read(document: Document, sidecar: Sidecar) -> Reading:
    """Return FLOWS of the commodity `TOTAL`, in money; exports and imports of each country and group.

    Raises:
        ReadError: title, unit and columns do not say in one voice what the table prints.
    """
    refuse_details(sidecar, ("stage", "period", "unit"))
    sidecar, notes = gacc_titles.dated(document, sidecar)
    records: list[tuple[int, str, _Row | ReadError]] = []
    first = 1
    for grid in document.grids:
        if (head := _head(grid)) is not None:
            facts = gacc_titles.country_facts(document, grid[:head], sidecar)
            columns, body = _columns(grid, head, facts, sidecar)
            found, told = _rows(grid, body, columns, facts)
            records += [(first + y, shown, row) for y, shown, row in found]
            notes += told
        first += len(grid)
    notes = [*document.notes, *notes, *_sums_told(records)]
    reading = records_reading(records, sidecar, _figures(sidecar), _receipt(sidecar), notes)
    frame = flows.check(flag_conflicts(reading.frame), sidecar.file)
    return Reading(frame, reading.set_aside, reading.notes, reading.records, reading.receipts)


def _flow(text: str) -> str | None:
    """Return the flow a heading names; "both" for the sum of the two."""
    if _BOTH.search(text):
        return "both"
    found = [name for name, words in _FLOWS.items() if words.search(text)]
    return found[0] if len(found) == 1 else None


def _head(grid: Grid) -> int | None:
    """Return the first row of the headings: one that names both flows, each of them and their sum."""
    for y, row in enumerate(grid):
        named = {_flow(folded(cell.text)) for cell in row[1:] if cell.text and len(cell.text) < len("x" * 40)}
        if named >= {"both", "export", "import"}:
            return y
    return None


def _columns(grid: Grid, head: int, facts: Facts, sidecar: Sidecar) -> tuple[dict[int, Column], int]:
    """Return what each column holds, by the headings over it, and the row below them."""
    body = head + 1
    while body < len(grid) and not _is_figures(grid[body]):
        body += 1
    columns: dict[int, Column] = {}
    for x in range(1, len(grid[head])):
        texts = [folded(row[x].text) for row in grid[head:body] if row[x].text]
        if texts:
            columns[x] = _column(" ".join(dict.fromkeys(texts)), facts, sidecar)
    held = [column for column in columns.values() if column]
    if len(held) != len(set(held)) or not held:
        raise ReadError(f"{sidecar.file}: expected each column of figures once, found {held}")
    return columns, body


def _is_figures(row: list[Cell]) -> bool:
    texts = [cell.text for cell in row[1:] if cell.text]
    return bool(row[0].text) and bool(texts) and all(re.fullmatch(r"[-+0-9.,%—]+", text) for text in texts)


def _column(text: str, facts: Facts, sidecar: Sidecar) -> Column:
    if CHANGE.search(text):
        return None
    flow = _flow(text)
    bare = _BOTH.sub("", text)
    for words in _FLOWS.values():
        bare = words.sub("", bare)
    span = gacc_titles.span_of(gacc_titles.numbered(bare), facts.last)
    if flow is None or span is None:
        raise ReadError(
            f"{sidecar.file}: column {text!r}: expected exports, imports or both, of {facts.last:%Y-%m} or of"
            " January to that month, or a change in %"
        )
    return flow, span


def _rows(
    grid: Grid, body: int, columns: dict[int, Column], facts: Facts
) -> tuple[list[tuple[int, str, _Row | ReadError]], list[str]]:
    found: list[tuple[int, str, _Row | ReadError]] = []
    notes: list[str] = []
    for y in range(body, len(grid)):
        texts = list(dict.fromkeys((cell.home, cell.text) for cell in grid[y] if cell.text))
        shown = " | ".join(text for _, text in texts)
        if len(texts) == 1:
            notes.append(f"row {y + 1} is a note: {shown[:120]}")
        elif texts:
            try:
                found.append((y, shown, _row(grid[y], columns, facts)))
            except TonnageError as fault:
                found.append((y, shown, ReadError(str(fault))))
    return found, notes


def _row(row: list[Cell], columns: dict[int, Column], facts: Facts) -> _Row:
    name = _OF_WHICH.sub("", folded(row[0].text))
    short = [x for x in columns if row[x].home == NOWHERE]
    stray = [cell.text for x, cell in enumerate(row) if x and x not in columns and cell.text]
    if not name or short or stray:
        raise ReadError("the row has no name, is short, or has a cell under no heading")
    return _Row(
        facts=facts,
        name=" ".join(name.split()),
        figures={held: row[x].text for x, held in columns.items() if held},
        changes=[row[x].text for x, held in columns.items() if held is None],
    )


def _partner(name: str, year: int) -> str:
    """Return the code of a country or group as the tables name it.

    Raises:
        CodeError: the name is not one that is known; a country is never guessed.
    """
    plain = _IN_BRACKETS.sub("", name).lower()
    if plain in _UNION:
        return "XEU" if year < _WITHOUT_UK else "EU27"
    if plain in _PARTNERS:
        return _PARTNERS[plain]
    try:
        return codes.resolve_country(plain)
    except CodeError:
        raise CodeError(f"partner name {name!r}: not one that is known{nearest(plain, _PARTNERS)}") from None


def _figures(sidecar: Sidecar) -> Callable[[_Row], Iterator[flows.FlowRow]]:
    def figures(row: _Row) -> Iterator[flows.FlowRow]:
        partner = _partner(row.name, row.facts.last.year)
        for (flow, span), text in row.figures.items():
            if flow != "both" and text:
                yield _made(row, sidecar, partner, flow, span, text)

    return figures


def _made(row: _Row, sidecar: Sidecar, partner: str, flow: str, span: str, text: str) -> flows.FlowRow:
    last = row.facts.last
    start = last.replace(month=1) if span.endswith("ytd") else last
    prior = span.startswith("prior")
    flags = ["aggregate", *(["comparative"] if prior else [])]
    return {
        "source": SOURCE_ID,
        "publisher": sidecar.publisher or "GACC",
        "reporter": "CHN",
        "partner": partner,
        "flow": flow,
        "classification": CLASSIFICATION,
        "commodity": COMMODITY,
        "period": start.replace(year=start.year - 1) if prior else start,
        "months": last.month if span.endswith("ytd") else 1,
        "stage": row.facts.stage,
        "published": sidecar.release_day(),
        "unit": row.facts.currency,
        "value": gacc_units.scaled(gacc_units.number(text), row.facts.scale),
        "flags": [*flags, "day_assumed"] if sidecar.day_assumed() else flags,
    }


def _receipt(sidecar: Sidecar) -> Callable[[_Row], tuple[str, str, str]]:
    def receipt(row: _Row) -> tuple[str, str, str]:
        changes = f"changes printed, %: {', '.join(row.changes)}" if any(row.changes) else ""
        return sidecar.url, sidecar.basis, "; ".join(filter(None, (row.name, changes)))

    return receipt


def _sums_told(records: list[tuple[int, str, _Row | ReadError]]) -> list[str]:
    """Tell whether the sum of both flows that each row prints is that of its exports and imports."""
    count, apart = 0, []
    for line, _, row in records:
        if isinstance(row, _Row):
            for span in {span for _, span in row.figures}:
                right = _adds_up(row, span)
                count += right is not None
                apart += [line] if right is False else []
    if not count:
        return []
    told = f"both flows together are exports and imports in {count - len(apart)} of {count} figures"
    return [f"{told}; not in row {apart[0]}" if apart else told]


def _adds_up(row: _Row, span: str) -> bool | None:
    texts = [row.figures.get((flow, span), "") for flow in ("both", "export", "import")]
    try:
        both, *parts = (gacc_units.number(text) if text else None for text in texts)
    except CodeError:
        return None
    if both is None or None in parts:
        return None
    step = Decimal(1).scaleb(int(both.as_tuple().exponent))
    return abs(both - sum(part for part in parts if part is not None)) <= _NEAR * step
