"""China customs (GACC), online query: one row a commodity, partner and month, as downloaded.

The columns are those that were ticked, in any order. What the file cannot say is given as details: the flow
always; months, partner or commodity where that column was not ticked. A figure that is printed in parts (by
customs regime, or by place of the trader) is added up only when that is asked for.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeVar

import polars as pl

from tonnage.errors import CodeError, ReadError, TonnageError, nearest
from tonnage.model import codes, flows, partners
from tonnage.sources import gacc_units, sheets
from tonnage.sources.base import (
    Reading,
    Row,
    Sidecar,
    Source,
    decode,
    flag_conflicts,
    month,
    records_reading,
    refuse_details,
)

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["SOURCE"]

Said = TypeVar("Said")

#: Rows of one download; what is over is cut without a word.
LIMIT: Final = 10_000

_HEADINGS: Final[dict[str, tuple[str, ...]]] = {
    "month": ("数据年月", "月份", "Date of data"),
    "code": ("商品编码", "Commodity code"),
    "name": ("商品名称", "Commodity"),
    "partner": ("贸易伙伴编码", "Trading partner code"),
    "partner_name": ("贸易伙伴名称", "Trading partner"),
    "regime": ("贸易方式编码", "Customs Regime code"),
    "regime_name": ("贸易方式名称", "Customs Regime"),
    "place": (
        "注册地编码",
        "收发货人注册地编码",
        "Locations of importers and exporters code",
    ),
    "place_name": ("注册地名称", "收发货人注册地名称", "Locations of importers and exporters"),
    "quantity_1": ("第一数量", "Quantity"),
    "unit_1": ("第一计量单位", "Unit"),
    "quantity_2": ("第二数量", "Supplimentary Quantity", "Supplementary Quantity"),
    "unit_2": ("第二计量单位", "Supplimentary Unit", "Supplementary Unit"),
    "USD": ("美元", "US dollar"),
    "CNY": ("人民币", "Renminbi Yuan"),
}
_COLUMN: Final = {text.lower(): name for name, texts in _HEADINGS.items() for text in texts}
_PAIRS: Final = (("quantity_1", "unit_1"), ("quantity_2", "unit_2"))
_MONEY: Final = ("USD", "CNY")
#: Columns that split one figure of FLOWS into parts.
_SPLITS: Final = ("regime", "place")
_DETAILS: Final = (
    "flow",
    "period",
    "months",
    "partner",
    "commodity",
    "stage",
    "confirmed",
    *_SPLITS,
)
_MISSING: Final = ("", "?")
_CODE: Final = re.compile(r"(?:[0-9]{2}){1,5}")
_MONTH: Final = re.compile(r"([0-9]{4})-?([0-9]{2})")
_FULL_DIGITS: Final = 8  # a shorter code is a heading: a sum the publisher made


@dataclass(slots=True)
class _Table:
    """What is the same for all records of a file, and what is learned while they are read."""

    sidecar: Sidecar
    columns: tuple[str, ...]
    period: tuple[dt.date, int] | None
    partner: str | None
    commodity: str | None
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    parts: dict[int, tuple[str, ...]] = field(default_factory=dict)
    unmapped: dict[str, list[Decimal]] = field(default_factory=lambda: defaultdict(list))
    printed: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of the file: its line and its cells by column."""

    line: int
    cells: Row


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `detail`; mass in kg, other units under their own code, money in its currency.

    Raises:
        ReadError: the sidecar does not give the flow, the day of release or what a missing column would
            say; a column is unknown; the file is as long as a download that was cut; or figures are in parts.
    """
    _check_details(sidecar)
    text, notes = _text(raw, sidecar)
    columns, rows = _open(text, sidecar)
    table = _table(sidecar, columns)
    records = list(_records(rows, columns))
    notes += _length_notes(len(records), sidecar)
    reading = records_reading(records, sidecar, _figures(table), _receipt(sidecar), notes)
    if any(name in columns for name in _SPLITS):
        sheets.refuse_gaps(reading, sidecar)
    frame, summed = _added_up(reading.frame, table)
    frame = flows.check(flag_conflicts(frame), sidecar.file)
    told = (*reading.notes, *_unmapped_notes(table), *summed)
    return replace(reading, frame=frame, notes=told)


def _check_details(sidecar: Sidecar) -> None:
    refuse_details(sidecar, _DETAILS)
    if "months" in sidecar.details and "period" not in sidecar.details:
        raise ReadError(f"{sidecar.file}: detail 'months' says nothing without period=YYYY-MM")
    sidecar.detail("flow", flows.FLOWS)
    if "stage" in sidecar.details:
        sidecar.detail("stage", ("detail",))
    sidecar.release_day()
    sidecar.day_assumed()


def _text(raw: bytes, sidecar: Sidecar) -> tuple[str, list[str]]:
    """Return the text; a NUL byte stands, in the files of 2017, where a name is missing."""
    text, encoding = decode(raw.replace(b"\x00", b"?"), sidecar, ("utf-8-sig", "gb18030"))
    notes = [f"encoding {encoding}"]
    if nuls := raw.count(b"\x00"):
        notes.append(f"{nuls} NUL bytes read as '?', the file's own sign for what is missing")
    return text, notes


def _open(text: str, sidecar: Sidecar) -> tuple[tuple[str, ...], Iterator[tuple[int, list[str]]]]:
    """Return the columns by our names, and the records below the header as (first line, cells)."""
    lines = _cells(text, sidecar)
    line, header = next(lines, (1, []))
    if header and header[-1] == "":
        header = header[:-1]  # every line ends with a comma
    names = [" ".join(cell.split()).lower() for cell in header]
    unknown = [cell for cell, name in zip(header, names, strict=True) if name not in _COLUMN]
    if unknown or not names:
        raise ReadError(
            f"{sidecar.file}: line {line}: expected columns of the customs query such as 商品编码 or"
            f" 'Commodity code'; unknown: {unknown}{nearest(unknown[0], _COLUMN) if unknown else ''}"
        )
    columns = tuple(_COLUMN[name] for name in names)
    _check_columns(columns, sidecar)
    return columns, lines


def _cells(text: str, sidecar: Sidecar) -> Iterator[tuple[int, list[str]]]:
    first = text.split("\n", 1)[0]
    delimiter = next((sign for sign in ",;\t" if sign in first), ",")  # re-saved by a spreadsheet
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as fault:
        raise ReadError(f"{sidecar.file}: line {reader.line_num}: not a CSV record: {fault}") from fault


def _check_columns(columns: tuple[str, ...], sidecar: Sidecar) -> None:
    twice = sorted({_HEADINGS[name][-1] for name in columns if columns.count(name) > 1})
    if twice:
        raise ReadError(f"{sidecar.file}: line 1: expected each column once; twice there: {twice}")
    if not {"quantity_1", "quantity_2", *_MONEY} & set(columns):
        raise ReadError(
            f"{sidecar.file}: line 1: expected a quantity or a value among the columns, found none"
        )
    for quantity, unit in _PAIRS:
        if quantity in columns and unit not in columns:
            wanted = _HEADINGS[unit]
            raise ReadError(
                f"{sidecar.file}: line 1: {_HEADINGS[quantity][0]!r} has no column of its unit; tick"
                f" {wanted[0]!r} ({wanted[-1]!r}) and download again: a unit is not assumed"
            )


def _table(sidecar: Sidecar, columns: tuple[str, ...]) -> _Table:
    """Settle what a column says and what a detail says; exactly one of the two must."""
    for split in _SPLITS:
        _check_split(split, sidecar, columns)
    return _Table(
        sidecar,
        columns,
        period=_instead(sidecar, columns, "month", "period", _period),
        partner=_instead(sidecar, columns, "partner", "partner", lambda d: codes.partner(d["partner"])),
        commodity=_instead(sidecar, columns, "code", "commodity", lambda d: _code(d["commodity"])),
    )


def _check_split(split: str, sidecar: Sidecar, columns: tuple[str, ...]) -> None:
    there = split in columns or f"{split}_name" in columns
    asked = sidecar.details.get(split, "")
    if there and asked != "sum":
        raise ReadError(
            f"{sidecar.file}: each figure is printed in parts, one for each of {_HEADINGS[split][-1]!r};"
            f" download it without that column, or give {split}=sum to have the parts added up and flagged"
        )
    if there and split not in columns:
        raise ReadError(f"{sidecar.file}: line 1: expected {_HEADINGS[split][-1]!r} beside its name")
    if asked and not there:
        raise ReadError(f"{sidecar.file}: detail {split}={asked}: the file has no such column to add up")


def _instead(
    sidecar: Sidecar,
    columns: tuple[str, ...],
    column: str,
    detail: str,
    parse: Callable[[Mapping[str, str]], Said],
) -> Said | None:
    if (column in columns) == (detail in sidecar.details):
        state = "both say it" if column in columns else "neither says it"
        raise ReadError(
            f"{sidecar.file}: {detail}: expected from the column {_HEADINGS[column][-1]!r} or from"
            f" {detail}=..., {state}"
        )
    if column in columns:
        return None
    try:
        return parse(sidecar.details)
    except TonnageError as fault:
        raise ReadError(f"{sidecar.file}: detail {detail!r}: {fault}") from fault


def _period(details: Mapping[str, str]) -> tuple[dt.date, int]:
    """Return the first day and the months: `2016` is a year, `2016-01` a month unless months says more."""
    given, text = details.get("months", ""), details["period"]
    if re.fullmatch("[0-9]{4}", text):
        return month(f"{text}-01"), _months(given or "12")
    return month(text), _months(given or "1")


def _months(text: str) -> int:
    if text not in {str(n) for n in range(1, 13)}:
        raise ReadError(f"months {text!r}: expected 1 to 12")
    return int(text)


def _records(
    rows: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]
) -> Iterator[tuple[int, str, _Record | ReadError]]:
    for line, cells in rows:
        shown = ",".join(cells)
        whole = cells[:-1] if len(cells) == len(columns) + 1 and cells[-1] == "" else cells
        if len(whole) != len(columns):
            yield line, shown, ReadError(f"expected {len(columns)} fields, found {len(whole)}")
        else:
            values = dict(zip(columns, (cell.strip() for cell in whole), strict=True))
            yield line, shown, _Record(line, values)


def _length_notes(count: int, sidecar: Sidecar) -> list[str]:
    if count != LIMIT:
        return []
    if sidecar.details.get("confirmed") != "yes":
        raise ReadError(
            f"{sidecar.file}: exactly {LIMIT:,} rows, the most the query gives: what is over was cut without"
            " a word; download it in parts (by partner, by month), or give confirmed=yes if it is whole"
        )
    return [f"exactly {LIMIT:,} rows, the most the query gives; said to be whole (confirmed=yes)"]


def _figures(table: _Table) -> Callable[[_Record], list[flows.FlowRow]]:
    def figures(record: _Record) -> list[flows.FlowRow]:
        cells = record.cells
        value = _value(cells)
        table.printed += value
        _refuse_twin(record, table)
        common = _common(cells, table, value)
        table.parts[record.line] = _part(cells)
        return [*_quantities(cells, common), *_values(cells, common)]

    return figures


def _value(cells: Row) -> Decimal:
    """Return the value printed in a record, for shares of the file's total; 0 where there is none."""
    found = [number for name in _MONEY if name in cells and (number := _number(cells[name])) is not None]
    return found[0] if found else Decimal(0)


def _number(text: str) -> Decimal | None:
    return None if text in _MISSING else gacc_units.number(text)


def _refuse_twin(record: _Record, table: _Table) -> None:
    first = table.lines.setdefault(tuple(record.cells.values()), record.line)
    if first != record.line:
        raise ReadError(f"the same record stands on line {first}: a figure is taken once")


def _part(cells: Row) -> tuple[str, ...]:
    return tuple(cells.get(name, "") for name in ("partner", *_SPLITS))


def _common(cells: Row, table: _Table, value: Decimal) -> flows.FlowRow:
    sidecar = table.sidecar
    start, months = table.period or _printed_month(cells["month"])
    commodity = table.commodity or _code(cells["code"])
    flags = ["aggregate"] if len(commodity) < _FULL_DIGITS else []
    return {
        "source": SOURCE.id,
        "publisher": sidecar.publisher or "GACC",
        "reporter": "CHN",
        "partner": table.partner or _partner(cells["partner"], table, value),
        "flow": sidecar.detail("flow", flows.FLOWS),
        "classification": f"GACC8-{start.year}",
        "commodity": commodity,
        "period": start,
        "months": months,
        "stage": "detail",
        "published": sidecar.release_day(),
        "unit": "",
        "value": None,
        "flags": [*flags, "day_assumed"] if sidecar.day_assumed() else flags,
    }


def _printed_month(text: str) -> tuple[dt.date, int]:
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ReadError(f"month {text!r}: expected YYYYMM")
    return month(f"{match[1]}-{match[2]}"), 1


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        hint = "; has a spreadsheet taken its leading zero away?" if len(text) % 2 else ""
        raise CodeError(f"commodity code {text!r}: expected 2, 4, 6 or 8 digits as text{hint}")
    return text


def _partner(code: str, table: _Table, value: Decimal) -> str:
    try:
        return partners.resolve("gacc", code)
    except CodeError:
        table.unmapped[code].append(value)
        raise


def _quantities(cells: Row, common: flows.FlowRow) -> Iterator[flows.FlowRow]:
    for quantity, unit in _PAIRS:
        if quantity not in cells:
            continue
        value = _number(cells[quantity])
        if cells[unit] in _MISSING:
            # A good without a second unit: "?" beside "?", in some years beside "0".
            if value:
                raise ReadError(f"quantity {cells[quantity]!r} is printed without a unit")
            continue
        name, scale = gacc_units.quantity(cells[unit])
        yield {**common, "unit": name, "value": gacc_units.scaled(value, scale)}


def _values(cells: Row, common: flows.FlowRow) -> Iterator[flows.FlowRow]:
    for name in _MONEY:
        if name in cells:
            yield {**common, "unit": name, "value": gacc_units.scaled(_number(cells[name]), Decimal(1))}


def _receipt(sidecar: Sidecar) -> Callable[[_Record], tuple[str, str, str]]:
    def receipt(record: _Record) -> tuple[str, str, str]:
        printed = [f"{name} {record.cells[name]}" for name in ("partner", *_SPLITS) if name in record.cells]
        return sidecar.url, sidecar.basis, ", ".join(printed)

    return receipt


def _added_up(frame: pl.DataFrame, table: _Table) -> tuple[pl.DataFrame, list[str]]:
    """Add up figures that are printed in parts: by regime or place (asked for), or by partner code.

    Several codes of GACC may be one partner: the Canary Islands are part of Spain.
    """
    twins = pl.struct(flows.KEY).is_duplicated()
    whole, split = frame.filter(~twins), frame.filter(twins)
    made: list[pl.DataFrame] = []
    told: dict[str, set[str]] = defaultdict(set)
    for rows in split.partition_by(flows.KEY, maintain_order=True):
        parts = [table.parts[line] for line in rows["line"]]
        if len(set(parts)) < len(parts):
            _refuse_parts(rows, table)
            made.append(rows)  # one figure printed twice: kept, and flagged as a conflict
            continue
        made.append(_sum(rows))
        told[rows["partner"][0]].update(part[0] for part in parts)
    notes = [
        f"partner {iso}: the figures of codes {', '.join(sorted(found))} are added up"
        for iso, found in sorted(told.items())
        if len(found) > 1
    ]
    notes += [
        f"parts by {name} are added up ({name}=sum): {len({table.parts[n][i] for n in table.parts})} of them"
        " in the file; whether those are all is not known from it"
        for i, name in enumerate(_SPLITS, start=1)
        if name in table.columns
    ]
    return pl.concat([whole, *made]).sort("line", maintain_order=True), notes


def _refuse_parts(rows: pl.DataFrame, table: _Table) -> None:
    if any(name in table.columns for name in _SPLITS):
        raise ReadError(
            f"{table.sidecar.file}: lines {rows['line'].to_list()} print one part of a figure twice:"
            " the parts cannot be added up"
        )


def _sum(rows: pl.DataFrame) -> pl.DataFrame:
    """Return one row for the parts; null where one of them is, and at the line of the first."""
    whole = rows["value"].null_count() == 0
    flags = sorted({*(flag for each in rows["flags"] for flag in each), "derived"})
    total = rows["value"].sum() if whole else None
    return rows.head(1).with_columns(
        value=pl.lit(total, pl.Float64), flags=pl.Series([flags], dtype=pl.List(pl.String))
    )


def _unmapped_notes(table: _Table) -> list[str]:
    return [
        partners.unmapped_note(code, len(values), sum(values, Decimal(0)), table.printed)
        for code, values in sorted(table.unmapped.items())
    ]


SOURCE = Source(
    id="gacc-query",
    title="China customs, online query: by commodity code, partner and month",
    table="flows",
    licence="Statistics of the General Administration of Customs of China; quote with the source named",
    how="Download the CSV by hand from the customs online query (the site must not be automated) and ingest"
    " it with --published and --detail flow=export|import; the docs say which other details a file may need",
    read=read,
)
