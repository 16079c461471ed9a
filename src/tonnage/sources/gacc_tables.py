"""China customs (GACC), national tables by line, as published: HTML pages and XLS workbooks.

The flash table (重点商品量值表) and bulletin tables 13 and 14 (主要商品量值表), Chinese or English, in
renminbi or dollars. What a table is comes from the words of its title, what a column is from its heading,
the scale of money from the line that states the unit; nothing from a position.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from tonnage.errors import ReadError, TonnageError
from tonnage.model import definitions, flows
from tonnage.sources import gacc_countries, gacc_grids, gacc_titles, gacc_units
from tonnage.sources.base import Reading, Sidecar, flag_conflicts, records_reading
from tonnage.sources.gacc_grids import Cell, Document, Grid
from tonnage.sources.gacc_titles import CHANGE, Facts, folded, numbered, span_of
from tonnage.sources.gacc_transcript import SOURCE_ID

__all__ = ["read_html", "read_xls", "read_xlsx"]

CLASSIFICATION: Final = "GACC-lines"

_OTHER_TABLE: Final = re.compile(r"国别|地区|贸易方式|by (?:major )?(?:country|region|trade mode)|总值", re.I)

_NAME: Final = re.compile(r"商品名称|商品|commodit(?:y|ies)|description", re.I)
_UNIT: Final = re.compile(r"(?:数量)?(?:计量)?单位|(?:quantity)?units?|unitsofquantity", re.I)
_MEASURES: Final = {"quantity": re.compile("数量|quantity", re.I), "amount": re.compile("金额|value", re.I)}
_LAYOUT_ROWS: Final = 3  # a table of no more rows only arranges a page
_DETAILS: Final = ("stage", "flow", "period", "unit")

_OF_WHICH: Final = re.compile(r"(?:其中:?|of which:?)\s*", re.I)
_NOTE: Final = re.compile(r"备?注\d*[:.、]|说明:|资料来源|数据来源|\*|notes?\b|source\b", re.I)
_BETWEEN_CHINESE: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")

#: What a column holds: the span of months and the measure; None for a change in per cent.
Column = tuple[str, str] | None


@dataclass(slots=True)
class _Line:
    """One line of a table."""

    facts: Facts
    name: str
    parent: str
    overlaps: bool
    unit: str
    figures: dict[tuple[str, str], str]
    changes: list[str] = field(default_factory=list)
    commodity: str = ""


def read_html(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of a page.

    Raises:
        ReadError: the page holds no such table, its table is a picture, or title, unit and columns do not
            say in one voice what it prints.
    """
    return _read(gacc_grids.from_html(raw, sidecar), sidecar)


def read_xls(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of a workbook, all of its sheets.

    Raises:
        ReadError: as for `read_html`.
    """
    return _read(gacc_grids.from_xls(raw, sidecar), sidecar)


def read_xlsx(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of a workbook of today's Excel, all of its sheets.

    Raises:
        ReadError: as for `read_html`.
    """
    return _read(gacc_grids.from_xlsx(raw, sidecar), sidecar)


def _read(document: Document, sidecar: Sidecar) -> Reading:
    if gacc_countries.is_one(document):
        return gacc_countries.read(document, sidecar)
    unknown = [name for name in sidecar.details if name not in _DETAILS]
    if unknown:
        raise ReadError(f"{sidecar.file}: detail {unknown[0]!r}: expected one of {list(_DETAILS)}")
    heads = [(grid, head) for grid in document.grids if (head := _head(grid)) is not None]
    if not heads:
        raise ReadError(f"{sidecar.file}: {_why_no_table(document)}")
    sidecar, notes = gacc_titles.dated(document, sidecar)
    records: list[tuple[int, str, _Line | ReadError]] = []
    first = 1
    for grid, head in heads:
        facts = gacc_titles.facts(document, grid[: head[0]], sidecar)
        columns, body = _columns(grid, head, facts, sidecar)
        found, told = _lines(grid, head, body, columns, facts)
        records += [(first + y, shown, line) for y, shown, line in found]
        notes += told
        first += len(grid)
    _name(records)
    notes += _near_names(records)
    notes = [*document.notes, *notes]
    reading = records_reading(records, sidecar, _figures(sidecar), _receipt(sidecar), notes)
    return _once(reading, sidecar)


def _why_no_table(document: Document) -> str:
    if document.pictures and not any(len(grid) > _LAYOUT_ROWS for grid in document.grids):
        return (
            f"the table is a picture ({document.pictures[0]}): no figure can be read from it;"
            " take the XLS file of the release, or transcribe its rows (see the docs)"
        )
    other = next((title for title in document.titles if _OTHER_TABLE.search(title)), "")
    if other:
        return f"expected the table by commodity (量值表, Quantity and Value), found another table: {other!r}"
    return (
        "expected a table whose heading has 商品名称 or Commodity beside quantity and value, found none in"
        f" {len(document.grids)} tables"
    )


# --- the columns --------------------------------------------------------------------------------------


def _bare(cell: Cell) -> str:
    return folded(cell.text).replace(" ", "")


def _head(grid: Grid) -> tuple[int, int] | None:
    """Return row and column of the heading of the commodity column, or None."""
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            if _NAME.fullmatch(_bare(cell)) and any(_UNIT.fullmatch(_bare(other)) for other in row[x + 1 :]):
                return y, x
    return None


def _columns(
    grid: Grid, head: tuple[int, int], facts: Facts, sidecar: Sidecar
) -> tuple[dict[int, Column], int]:
    """Return what each column holds, by its heading, and the row below the headings."""
    top, name = head
    body = top + 1
    while body < len(grid) and _is_heading(grid[body], grid[top], name):
        body += 1
    unit = _unit_column(grid, head)
    labels = [_labels(grid[y], unit + 1, spread=y == top) for y in range(top, body)]
    columns: dict[int, Column] = {}
    for x in range(unit + 1, len(grid[top])):
        # A column has a heading of its own in one of the rows; a group's alone may reach past its columns.
        if any(row[x].text for row in grid[top:body]):
            _refuse_short([row[x] for row in grid[top:body]], sidecar)
            columns[x] = _column([row[x] for row in labels if row[x]], facts, sidecar)
    _check_columns(columns, sidecar)
    return columns, body


def _refuse_short(headings: list[Cell], sidecar: Sidecar) -> None:
    """Refuse a row of headings with a cell missing: what is left would stand over the wrong columns."""
    if any(cell.home == gacc_grids.NOWHERE for cell in headings):
        shown = next(cell.text for cell in headings if cell.text)
        raise ReadError(
            f"{sidecar.file}: the headings are short: nothing stands above or below {shown!r}, so that a"
            " heading may stand over a column that is not its own"
        )


def _is_heading(row: list[Cell], top: list[Cell], name: int) -> bool:
    below = row[name].text in ("", top[name].text)
    return below and any(p.search(cell.text) for cell in row[name + 1 :] for p in _MEASURES.values())


def _unit_column(grid: Grid, head: tuple[int, int]) -> int:
    top, name = head
    return max(x for x in range(name + 1, len(grid[top])) if _UNIT.fullmatch(_bare(grid[top][x])))


def _labels(row: list[Cell], start: int, *, spread: bool) -> list[str]:
    """Return the headings of a row; a group's heading stands over the columns to its right."""
    labels, last = [], ""
    for x, cell in enumerate(row):
        text = folded(cell.text) if x >= start else ""
        last = text or (last if spread else "")
        labels.append(last)
    return labels


def _column(label: list[str], facts: Facts, sidecar: Sidecar) -> Column:
    text = " ".join(dict.fromkeys(label))
    if CHANGE.search(text):
        return None
    measures = [name for name, words in _MEASURES.items() if words.search(text)]
    if len(measures) == 1:
        bare = re.sub("数量|金额|quantity|value", "", numbered(text), flags=re.I)
        span = span_of(bare, facts.last)
        if span:
            return span, measures[0]
    raise ReadError(
        f"{sidecar.file}: column {text!r}: expected the quantity or the value of {facts.last:%Y-%m}, of"
        " January to that month, of a year before, or a change in %"
    )


def _check_columns(columns: dict[int, Column], sidecar: Sidecar) -> None:
    held = [column for column in columns.values() if column]
    twice = sorted({f"{span} {measure}" for span, measure in held if held.count((span, measure)) > 1})
    if twice or not held:
        raise ReadError(
            f"{sidecar.file}: expected each column of figures once; twice: {twice}, in all: {len(held)}"
        )


# --- the lines ----------------------------------------------------------------------------------------


def _lines(
    grid: Grid, head: tuple[int, int], body: int, columns: dict[int, Column], facts: Facts
) -> tuple[list[tuple[int, str, _Line | ReadError]], list[str]]:
    """Return (row, text, line or why there is none) for each row below the headings, and the notes there."""
    found: list[tuple[int, str, _Line | ReadError]] = []
    notes: list[str] = []
    above: list[tuple[int, str]] = []
    name, unit = head[1], _unit_column(grid, head)
    for y in range(body, len(grid)):
        row = grid[y]
        texts = list(dict.fromkeys((cell.home, cell.text) for cell in row if cell.text))
        if not texts:
            continue
        shown = " | ".join(text for _, text in texts)
        if _is_note(row, name, columns):
            notes.append(f"row {y + 1} is a note: {shown[:120]}")
            continue
        try:
            found.append((y, shown, _line(row, y, name, unit, columns, facts, above)))
        except TonnageError as fault:
            found.append((y, shown, ReadError(str(fault))))
    return found, notes


def _is_note(row: list[Cell], name: int, columns: dict[int, Column]) -> bool:
    """Whether a row is text below the table: no figure in it, and words of a note or one cell across."""
    figures = [row[x] for x in columns if row[x].text]
    across = len({cell.home for cell in row if cell.text}) == 1 and bool(figures)
    plain = not [cell for cell in figures if cell.home != row[name].home]
    lead = next((cell.text for cell in row if cell.text), "")
    return plain and (across or bool(_NOTE.match(folded(lead))))


def _line(
    row: list[Cell],
    y: int,
    name: int,
    unit: int,
    columns: dict[int, Column],
    facts: Facts,
    above: list[tuple[int, str]],
) -> _Line:
    printed = row[name]
    text = folded(printed.text)
    of_which = _OF_WHICH.match(text)
    bare = text[of_which.end() :] if of_which else text
    # The first of the parts stands behind the words, the others below it.
    behind = printed.text[: of_which.end()] if of_which else ""
    indent = printed.indent + gacc_grids.width_of(behind)
    plain = _BETWEEN_CHINESE.sub("", " ".join(bare.split())).rstrip("*").strip()
    if not plain:
        raise ReadError("a row without the name of a line")
    while above and above[-1][0] >= indent:
        above.pop()
    parent = above[-1][1] if above else ""
    above.append((indent, plain))
    _refuse_strays(row, unit, columns)
    cells = {x: _own(row[x], y, x) for x in columns}
    return _Line(
        facts=facts,
        name=plain,
        parent=parent,
        overlaps=bare.rstrip().endswith("*"),
        unit=row[unit].text,
        figures={held: cells[x] for x, held in columns.items() if held},
        changes=[cells[x] for x, held in columns.items() if held is None],
    )


def _own(cell: Cell, y: int, x: int) -> str:
    """Return the text of a figure's cell.

    Raises:
        ReadError: the row is short, so that its cells may stand under headings that are not theirs; or the
            cell spans others and could be the figure of any of them.
    """
    if cell.home == gacc_grids.NOWHERE:
        raise ReadError(f"the row is short: no cell stands in column {x + 1}")
    if cell.home != (y, x):
        raise ReadError(f"the cell {cell.text!r} spans more than one column or row of figures")
    return cell.text


def _refuse_strays(row: list[Cell], unit: int, columns: dict[int, Column]) -> None:
    """Refuse a row that is longer than the headings."""
    stray = [cell.text for x, cell in enumerate(row) if x > unit and x not in columns and cell.text]
    if stray:
        raise ReadError(f"the cell {stray[0]!r} stands under no heading")


def _name(records: Sequence[tuple[int, str, _Line | ReadError]]) -> None:
    """Give each line its commodity: the registry's slug, or the printed text, with its parent if need be.

    A text that stands under two parents (其他) is two lines: those are told apart by the parent.
    """
    lines = [line for _, _, line in records if isinstance(line, _Line)]
    parents: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        parents[line.name].add(line.parent)
    for line in lines:
        apart = len(parents[line.name]) > 1 and line.parent
        printed = f"{line.parent} > {line.name}" if apart else line.name
        line.commodity = _slugs().get(line.name.lower(), printed)


def _slugs() -> dict[str, str]:
    known = definitions.lines(CLASSIFICATION)
    return {folded(name).lower(): slug for slug, names in known.items() for name in names}


def _near_names(records: Sequence[tuple[int, str, _Line | ReadError]]) -> list[str]:
    """Tell of lines the registry does not know but nearly does: a respelt name would end a series unseen."""
    from difflib import get_close_matches

    known = _slugs()
    notes, seen = [], set()
    for _, _, line in records:
        if isinstance(line, _Line) and line.commodity not in known.values() and line.name not in seen:
            seen.add(line.name)
            near = get_close_matches(line.name.lower(), known, n=1, cutoff=0.8)
            if near:
                notes.append(f"line {line.name!r} is not in the registry; it is near to {near[0]!r}")
    return notes


# --- the figures --------------------------------------------------------------------------------------


def _figures(sidecar: Sidecar) -> Callable[[_Line], Iterator[flows.FlowRow]]:
    def figures(line: _Line) -> Iterator[flows.FlowRow]:
        for (span, measure), text in line.figures.items():
            value = gacc_units.number(text) if text else None
            unit = _measure(line, measure, value)
            if text and unit:
                yield _row(line, sidecar, span, unit, value)

    return figures


def _measure(line: _Line, measure: str, value: Decimal | None) -> gacc_units.Measure | None:
    """Return the unit and scale of a figure; None where a line has no quantity at all."""
    if measure == "amount":
        return line.facts.currency, line.facts.scale
    if line.unit not in ("", *gacc_units.NO_NUMBER):
        return gacc_units.quantity(line.unit)
    if value is not None:
        raise ReadError(f"quantity {value} is printed without a unit")
    return None


def _row(
    line: _Line, sidecar: Sidecar, span: str, unit: gacc_units.Measure, value: Decimal | None
) -> flows.FlowRow:
    last = line.facts.last
    months = 1 if span.endswith("month") else last.month
    start = last.replace(month=1) if span.endswith("ytd") else last
    prior = span.startswith("prior")
    flags = [
        "aggregate",  # the publisher's world total
        *(["comparative"] if prior else []),
        *(["day_assumed"] if sidecar.day_assumed() else []),
    ]
    return {
        "source": SOURCE_ID,
        "publisher": sidecar.publisher or "GACC",
        "reporter": "CHN",
        "partner": "WLD",
        "flow": line.facts.flow,
        "classification": CLASSIFICATION,
        "commodity": line.commodity,
        "period": start.replace(year=start.year - 1) if prior else start,
        "months": months,
        "stage": line.facts.stage,
        "published": sidecar.release_day(),
        "unit": unit[0],
        "value": gacc_units.scaled(value, unit[1]),
        "flags": flags,
    }


def _receipt(sidecar: Sidecar) -> Callable[[_Line], tuple[str, str, str]]:
    def receipt(line: _Line) -> tuple[str, str, str]:
        under = f"under {line.parent}" if line.parent else ""
        changes = f"changes printed, %: {', '.join(line.changes)}" if any(line.changes) else ""
        marked = "marked *: overlaps other lines" if line.overlaps else ""
        return sidecar.url, sidecar.basis, "; ".join(filter(None, (line.name, under, marked, changes)))

    return receipt


def _once(reading: Reading, sidecar: Sidecar) -> Reading:
    """Drop a figure that a second line prints again: tyres in pieces and in tonnes have one value."""
    frame = reading.frame.unique(subset=[*flows.KEY, "value"], keep="first", maintain_order=True)
    frame = flows.check(flag_conflicts(frame), sidecar.file)
    again = reading.frame.height - frame.height
    notes = (
        (*reading.notes, f"{again} figures stand there twice and are taken once") if again else reading.notes
    )
    return replace(reading, frame=frame, notes=notes)
