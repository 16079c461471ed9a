"""Tables of a page or a workbook as grids of cells: what stands where, before it means anything."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tonnage.errors import ReadError
from tonnage.sources.base import Sidecar, decode

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["NOWHERE", "Cell", "Document", "Grid", "from_html", "from_xls", "from_xlsx", "kind_of", "width_of"]

_MAGIC: Final = {
    b"\xd0\xcf\x11\xe0": "xls",
    b"\x09\x08": "xls",
    b"\x09\x04": "xls",
    b"\x09\x02": "xls",
    b"\x09\x00": "xls",
    b"PK\x03\x04": "xlsx",
    b"%PDF": "pdf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"GIF8": "picture",
}
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div|meta)\b", re.I)
_TITLE_PLACES: Final = ".atcl-ttl, .easysite-news-title, h1, title"  # below stand links to other months
_DAY_PLACES: Final = (".atcl-date", 'meta[name="PubDate"]', 'meta[name="pubdate"]', ".easysite-news-time")
_LAYOUT: Final = " \t\r\n"  # white space of the mark-up, which a page does not show
_SHOWN_SPACE: Final = " \u00a0\u3000"
_MOST_CELLS: Final = 200_000  # a damaged row number makes a sheet of 65,536 rows; a true one has 300
_WIDEST: Final = 200  # columns a cell may span: a larger number is a fault of the page

#: The home of a cell that a short row does not have.
NOWHERE: Final = (-1, -1)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid.

    Attributes:
        text: what is shown, without space around it.
        indent: width of the space before it; it tells a line's level.
        home: the row and column where the cell begins; a cell that spans others stands in them too.
    """

    text: str = ""
    indent: int = 0
    home: tuple[int, int] = NOWHERE


Grid = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Document:
    """A page or a workbook.

    Attributes:
        grids: its tables.
        titles: texts that may be the title, the nearest to the tables first.
        lines: other lines of text, where a unit may be stated.
        days: texts that state the day of the page.
        pictures: addresses of pictures in the body of the article.
        notes: what is told of the file.
    """

    grids: tuple[Grid, ...]
    titles: tuple[str, ...]
    lines: tuple[str, ...]
    days: tuple[str, ...]
    pictures: tuple[str, ...]
    notes: tuple[str, ...]


def kind_of(raw: bytes) -> str:
    """Return xls, xlsx, pdf, picture, html or text, by content: a name may lie."""
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            return kind
    return "html" if _MARKUP.search(raw[:4096]) else "text"


def from_html(raw: bytes, sidecar: Sidecar) -> Document:
    """Return the tables of a page, with what may be its title, its unit and its day."""
    import bs4

    text, encoding = decode(raw, sidecar, ("utf-8-sig", "gb18030"))
    page = bs4.BeautifulSoup(text, "html.parser")
    for tag in page.find_all(["script", "style"]):
        tag.decompose()
    for tag in page.find_all("br"):
        tag.replace_with("\n")
    # A table that holds another only arranges the page.
    tables = [table for table in page.find_all("table") if table.find("table") is None]
    return Document(
        grids=tuple(_html_grid(table) for table in tables),
        titles=tuple(_plain(tag.get_text()) for tag in page.select(_TITLE_PLACES)),
        lines=tuple(_plain(line) for line in page.get_text("\n").split("\n") if line.strip()),
        days=_days(page),
        pictures=_pictures(page),
        notes=(f"HTML, encoding {encoding}",),
    )


def _days(page: BeautifulSoup) -> tuple[str, ...]:
    found = (tag for place in _DAY_PLACES for tag in page.select(place))
    return tuple(_plain(str(tag.get("content") or tag.get_text())) for tag in found)


def _pictures(page: BeautifulSoup) -> tuple[str, ...]:
    body = page.select_one(".atcl-cnt, .easysite-news-content, article")
    return tuple(str(tag.get("src", "")) for tag in body.find_all("img")) if body else ()


def _html_grid(table: Tag) -> Grid:
    taken: dict[tuple[int, int], Cell] = {}
    width = 0
    rows = table.find_all("tr")
    for y, row in enumerate(rows):
        x = 0
        for tag in row.find_all(["td", "th"]):
            while (y, x) in taken:
                x += 1
            cell = _html_cell(tag.get_text(), (y, x))
            for place in _span(tag, y, x, len(rows)):
                taken.setdefault(place, cell)
            x += 1
    if taken:
        width = 1 + max(x for _, x in taken)
    return [[taken.get((y, x), Cell()) for x in range(width)] for y in range(len(rows))]


def _span(tag: Tag, y: int, x: int, height: int) -> Iterable[tuple[int, int]]:
    down, across = (_number(tag.get(name)) for name in ("rowspan", "colspan"))
    return [(y + dy, x + dx) for dy in range(min(down, height - y)) for dx in range(across)]


def _number(value: object) -> int:
    text = str(value or "1").strip()
    return min(max(int(text), 1), _WIDEST) if text.isascii() and text.isdigit() else 1


def _html_cell(text: str, home: tuple[int, int]) -> Cell:
    shown = re.sub(f"[{_LAYOUT}]+", " ", text).strip(_LAYOUT)
    return _cell(shown, home)


def _cell(shown: str, home: tuple[int, int], level: int = 0) -> Cell:
    bare = shown.lstrip(_SHOWN_SPACE)
    space = shown[: len(shown) - len(bare)]
    return Cell(_plain(bare), width_of(space) + 2 * level, home)


def width_of(text: str) -> int:
    """Return how wide a text is shown: a Chinese character is as wide as two Latin ones."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _plain(text: str) -> str:
    return " ".join(text.split())


def from_xls(raw: bytes, sidecar: Sidecar) -> Document:
    """Return the sheets of a legacy Excel workbook.

    Raises:
        ReadError: it cannot be opened.
    """
    import xlrd  # type: ignore[import-untyped]

    # xlrd raises whatever a damaged record leads it to.
    try:
        # Formatting holds the merged cells and the indent of a line, which is its level. Rows stay ragged:
        # a damaged row number would else have xlrd fill a sheet of millions of cells.
        book = xlrd.open_workbook(
            file_contents=raw, formatting_info=True, ragged_rows=True, logfile=_Silence()
        )
        grids = tuple(_xls_grid(sheet, book) for sheet in book.sheets())
    except Exception as fault:
        raise ReadError(f"{sidecar.file}: not an Excel workbook that can be read: {fault!r}") from fault
    return _workbook(grids, f"XLS, sheets {', '.join(book.sheet_names())}")


def _workbook(grids: tuple[Grid, ...], note: str) -> Document:
    filled = tuple(grid for grid in grids if grid)
    return Document(grids=filled, titles=(), lines=(), days=(), pictures=(), notes=(note,))


class _Silence:
    """A log that keeps nothing: xlrd writes its warnings to the screen."""

    def write(self, text: str) -> None:
        """Take a text."""

    def flush(self) -> None:
        """Do nothing."""


def _xls_grid(sheet: Any, book: Any) -> Grid:
    if sheet.nrows * sheet.ncols > _MOST_CELLS:
        raise ValueError(f"{sheet.nrows} rows of {sheet.ncols} columns are no table of this kind")
    grid = [[_xls_cell(sheet, book, y, x) for x in range(sheet.ncols)] for y in range(sheet.nrows)]
    for top, bottom, left, right in sheet.merged_cells:
        for y in range(top, min(bottom, sheet.nrows)):
            grid[y][left:right] = [grid[top][left]] * len(grid[y][left:right])
    return grid


def _xls_cell(sheet: Any, book: Any, y: int, x: int) -> Cell:
    import xlrd

    if x >= sheet.row_len(y):
        return Cell("", 0, (y, x))
    cell = sheet.cell(y, x)
    if cell.ctype == xlrd.XL_CELL_NUMBER:
        # 15 digits are what a printed number gives back; an Excel number may carry noise after them.
        return Cell(f"{cell.value:.15g}", 0, (y, x))
    if cell.ctype == xlrd.XL_CELL_TEXT:
        style = book.xf_list[cell.xf_index]
        return _cell(cell.value.replace("\n", " "), (y, x), style.alignment.indent_level)
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return Cell("", 0, (y, x))
    # A date, a truth value or an error is no figure: shown as it is, so that it is refused as one.
    return Cell(f"<{cell.value!r}>", 0, (y, x))


def from_xlsx(raw: bytes, sidecar: Sidecar) -> Document:
    """Return the sheets of a workbook of today's Excel, with what their cells last showed.

    Raises:
        ReadError: it cannot be opened.
    """
    import warnings

    import openpyxl

    # openpyxl raises whatever a damaged part leads it to, and warns of styles it does not know.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True)
        grids = tuple(_xlsx_grid(sheet) for sheet in book.worksheets)
    except Exception as fault:
        raise ReadError(f"{sidecar.file}: not an Excel workbook that can be read: {fault!r}") from fault
    return _workbook(grids, f"XLSX, sheets {', '.join(book.sheetnames)}")


def _xlsx_grid(sheet: Any) -> Grid:
    if sheet.max_row * sheet.max_column > _MOST_CELLS:
        raise ValueError(f"{sheet.max_row} rows of {sheet.max_column} columns are no table of this kind")
    grid = [
        [_xlsx_cell(cell, (y, x)) for x, cell in enumerate(row)] for y, row in enumerate(sheet.iter_rows())
    ]
    for span in sheet.merged_cells.ranges:
        left, top, right, bottom = span.bounds
        for y in range(top - 1, min(bottom, len(grid))):
            grid[y][left - 1 : right] = [grid[top - 1][left - 1]] * len(grid[y][left - 1 : right])
    return grid


def _xlsx_cell(cell: Any, home: tuple[int, int]) -> Cell:
    value = cell.value
    if value is None:
        return Cell("", 0, home)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(f"{value:.15g}", 0, home)
    if isinstance(value, str) and cell.data_type in ("s", "inlineStr", "str"):
        return _cell(value.replace("\n", " "), home, int(cell.alignment.indent or 0))
    # A date, a truth value or an error is no figure: shown as it is, so that it is refused as one.
    return Cell(f"<{value!r}>", 0, home)
