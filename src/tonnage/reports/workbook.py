"""Blocks to a workbook and to JSON: every printed number, with the file and line it came from."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tonnage.reports.blocks import Document, Figure, Front, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["figures_json", "workbook"]

_READ_ME = (
    (
        "How to read",
        "Each table of the report has a sheet, as printed; a number backed by a figure is a number.",
    ),
    (
        "",
        "'Figures' holds every printed number in full, with unit, definition, period, stage and release.",
    ),
    (
        "",
        "'Receipts' leads each figure to its file: the file's hash (first 16 digits) and the line in it.",
    ),
    ("", "An empty value is a number nobody printed; 0 is a printed zero. Nothing here is a formula."),
)
_FIGURE_HEAD = ("figure", "label", "value", "unit", "definition", "period", "stage", "published", "note")
_RECEIPT_HEAD = (
    *(
        "figure",
        "label",
        "publisher",
        "published",
        "stage",
        "source",
        "raw",
        "line",
        "file",
        "address",
        "day_sure",
    ),
)
_CELL = re.compile(
    r"\A(?P<sign>[+\-−]?)(?P<whole>\d{1,3}(?:[, ]?\d{3})*)(?:\.(?P<part>\d+))?"
    r"(?P<tail>\s*%?\s*[a-z¹²³]{0,3})\Z"
)
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def workbook(document: Document, path: str | Path) -> None:
    """Write the document as an xlsx file, the same bytes for the same document.

    Sheets: "Read me", one for each table, "Figures" (one row a figure), "Receipts" (one row a figure and
    receipt). Text that begins with = + - or @ stays text.

    Args:
        document: the report.
        path: the file to write; one that exists is replaced.
    """
    import xlsxwriter

    # In memory, for a temporary file would carry the clock; and a string is never a formula, a number or a
    # link.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        _properties(book, document.front)
        pen = _Pen(book)
        pen.sheet("Read me", (), _read_me(document), widths=(16, 110))
        for number, table in enumerate((b for b in document.body if isinstance(b, Table)), start=1):
            _table(pen, number, table)
        pen.sheet(
            "Figures",
            _FIGURE_HEAD,
            _figure_rows(document.figures),
            widths=(8, 44, 16, 10, 26, 12, 12, 12, 30),
        )
        receipts = _receipt_rows(document.figures)
        pen.sheet("Receipts", _RECEIPT_HEAD, receipts, widths=(8, 44, 30, 12, 12, 16, 18, 8, 40, 40, 9))


def figures_json(document: Document) -> str:
    """Return every printed number as JSON text, keys sorted, figures in the order of first printing."""
    front = document.front
    whole = {
        "title": front.title,
        "as_of": front.as_of,
        "run": front.run,
        "language": front.language,
        "figures": [asdict(figure) for figure in document.figures],
    }
    return json.dumps(whole, ensure_ascii=True, sort_keys=True, indent=1, allow_nan=False) + "\n"


class _Pen:
    """Writes rows into sheets with names Excel allows."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.names: set[str] = set()
        self.formats: dict[str, Any] = {}

    def sheet(
        self,
        name: str,
        head: Sequence[str],
        rows: Iterable[Sequence[Any]],
        *,
        widths: Sequence[int],
        title: str = "",
    ) -> None:
        """Write one sheet: a title line if there is one, the headings, the rows."""
        page = self.book.add_worksheet(self._name(name))
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        top = 0
        if title:
            page.write_string(0, 0, _clean(title))
            top = 2
        for column, text in enumerate(head):
            page.write_string(top, column, _clean(text), self.bold)
        if head:
            page.freeze_panes(top + 1, 0)
        for y, row in enumerate(rows, start=top + bool(head)):
            for x, value in enumerate(row):
                self._write(page, y, x, value)

    def _write(self, page: Any, y: int, x: int, value: Any) -> None:
        if isinstance(value, tuple):
            page.write_number(y, x, value[0], self._format(value[1]))
        elif isinstance(value, bool):
            page.write_boolean(y, x, value)
        elif isinstance(value, int | float):
            page.write_number(y, x, value)
        elif value is not None and value != "":
            page.write_string(y, x, _clean(value))

    def _format(self, pattern: str) -> Any:
        if pattern not in self.formats:
            self.formats[pattern] = self.book.add_format({"num_format": pattern, "align": "right"})
        return self.formats[pattern]

    def _name(self, wanted: str) -> str:
        base = _FORBIDDEN.sub(" ", wanted).strip(" '")[:31].strip(" '") or "Table"
        name, number = base, 1
        while name.casefold() in self.names or name.casefold() == "history":
            number += 1
            name = f"{base[:27]} {number}"
        self.names.add(name.casefold())
        return name


def _clean(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)[:32767]  # the longest text a cell may hold


def _properties(book: Any, front: Front) -> None:
    book.set_properties(
        {
            "title": _clean(front.title),
            "subject": _clean(front.subtitle),
            "author": _clean(front.author),
            "keywords": _clean(", ".join(front.keywords)),
            "created": datetime.fromisoformat(front.as_of),
        }
    )


def _read_me(document: Document) -> list[tuple[str, str]]:
    front = document.front
    units = ", ".join(sorted({figure.unit for figure in document.figures if figure.unit}))
    known = [("Title", front.title), ("Subtitle", front.subtitle), ("As of", front.as_of), ("Run", front.run)]
    drafts = [("Warning", banner.text) for banner in document.banners]
    return [*drafts, *known, ("Units", units), ("Symbols", front.footer), *_READ_ME]


def _table(pen: _Pen, number: int, table: Table) -> None:
    head = [f"{c.name} ({c.unit})" if c.unit else c.name for c in table.columns]
    under = [
        (),
        *((note,) for note in table.notes),
        *(((f"Source: {table.source}",),) if table.source else ()),
    ]
    rows = [[_cell(table, row, x) for x in range(len(row))] for row in table.rows]
    widths = [36 if column.align == "left" else 14 for column in table.columns]
    pen.sheet(f"{number} {table.title}", head, [*rows, *under], widths=widths, title=table.title)


def _cell(table: Table, row: Sequence[str], x: int) -> str | tuple[float, str]:
    """Return a cell as (full value, number format) when one figure stands behind it, else as printed."""
    printed = row[x]
    hit = _CELL.match(printed.strip())
    if hit is None:
        return printed
    decimals = len(hit["part"] or "")
    minus = "-" if hit["sign"] in ("-", "−") else ""
    shown = float(f"{minus}{re.sub('[, ]', '', hit['whole'])}.{hit['part'] or 0}")
    behind = _behind(table.figures, shown, decimals, row[0], table.columns[x].name)
    return printed if behind is None else (behind, _pattern(hit, decimals))


def _behind(figures: Sequence[Figure], shown: float, decimals: int, row: str, column: str) -> float | None:
    """Return the one value that rounds to the printed number; of several, the one labelled as the row is."""
    half = 0.5 * 10.0**-decimals * (1 + 1e-9)
    ranked = [
        ((row.casefold() in f.label.casefold()) * 2 + (column.casefold() in f.label.casefold()), f.value)
        for f in figures
        if f.value is not None and abs(f.value - shown) <= half
    ]
    best = max((rank for rank, _ in ranked), default=0)
    values = {value for rank, value in ranked if rank == best}
    return values.pop() if len(values) == 1 else None


def _pattern(hit: re.Match[str], decimals: int) -> str:
    number = ("#,##0" if "," in hit["whole"] or len(hit["whole"]) < 4 else "0") + (
        "." + "0" * decimals if decimals else ""
    )
    tail = (
        f'"{hit["tail"]}"' if hit["tail"] else ""
    )  # in quotes, else a percent sign would multiply by a hundred
    plus = "+" if hit["sign"] == "+" else ""
    return f"{plus}{number}{tail};-{number}{tail}" if plus else f"{number}{tail}"


def _figure_rows(figures: Sequence[Figure]) -> list[tuple[Any, ...]]:
    return [
        (n, f.label, f.value, f.unit, f.definition, f.period, f.stage, f.published, f.note)
        for n, f in enumerate(figures, start=1)
    ]


def _receipt_rows(figures: Sequence[Figure]) -> list[tuple[Any, ...]]:
    return [
        (
            n,
            f.label,
            r.publisher,
            r.published,
            r.stage,
            r.source,
            r.raw,
            r.line,
            r.file,
            r.address,
            r.day_sure,
        )
        for n, f in enumerate(figures, start=1)
        for r in f.receipts
    ]
