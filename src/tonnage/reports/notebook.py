"""An executed notebook to a document: prose and outputs in order, code never.

Outputs that carry a block are taken as they are. What other libraries display is converted as far as a reader
is served by it: tables become tables, pictures become charts when somebody said what they show.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from tonnage.errors import TonnageError
from tonnage.reports.blocks import MIME, Block, Chart, Column, Document, Front, Table, Text, block_from_json

if TYPE_CHECKING:
    from bs4 import Tag

__all__ = ["Document", "document"]

_CELL_TAGS = frozenset({"remove", "remove-cell", "lab-only", "parameters", "injected-parameters"})
_OUTPUT_TAGS = frozenset({"remove-output"})
_WIDGET = "application/vnd.jupyter.widget-view+json"
_NUMBER = re.compile(r"\A[+\-−]?[\d,. ]*\d[\d,. ]*\s*%?\Z|\A(?:–|\.\.|nan|null|None|)\Z")
_REPR = re.compile(r"\A(?:<.*>|\[<.*>\]|None|Figure\(.*\))\Z", re.DOTALL)


def document(nb: Mapping[str, Any], *, front: Front | None = None) -> Document:
    """Return the report an executed notebook holds.

    Args:
        nb: the notebook as nbformat reads it, version 4.
        front: used when the notebook displays no front of its own.

    Raises:
        TonnageError: when a cell failed, a picture has no alt text, a widget would print nothing, or there is
            not exactly one front; the message names the cell.
    """
    cells = [_Cell(number, cell) for number, cell in enumerate(nb["cells"], start=1)]
    for cell in cells:
        cell.stop_if_failed()
    blocks = list(chain.from_iterable(cell.blocks() for cell in cells))
    fronts = [block for block in blocks if isinstance(block, Front)] or ([front] if front else [])
    if len(fronts) != 1:
        raise TonnageError(
            f"notebook: expected one front (title, language, as-of day), found {len(fronts)}; display one"
        )
    rest = tuple(b for b in blocks if not isinstance(b, Front) and not _repeats(b, fronts[0]))
    return Document(fronts[0], rest)


def _repeats(block: Block, front: Front) -> bool:
    # A notebook opens with its title for those who read it in the lab; the front already prints it.
    return isinstance(block, Text) and block.markdown.strip().lstrip("# ") == front.title


class _Cell:
    """One cell and the name under which errors speak of it."""

    def __init__(self, number: int, cell: Mapping[str, Any]) -> None:
        self.cell = cell
        self.code = cell["cell_type"] == "code"
        self.metadata = cell.get("metadata", {})
        self.tags = frozenset(self.metadata.get("tags", ()))
        count = cell.get("execution_count")
        first = _joined(cell.get("source", "")).strip().partition("\n")[0][:60]
        self.name = f"cell {number}{f' [{count}]' if count else ''}{f' ({first})' if first else ''}"

    def stop_if_failed(self) -> None:
        """Refuse a notebook in which this cell failed, shown or not."""
        for output in self._outputs():
            if output["output_type"] == "error":
                said = f"{output.get('ename', 'error')}: {output.get('evalue', '')}"[:300]
                raise TonnageError(
                    f"{self.name}: the notebook stopped here with {said}; a report needs a whole run"
                )

    def blocks(self) -> Iterator[Block]:
        """Yield what this cell prints."""
        if self.tags & _CELL_TAGS:
            return
        if self.cell["cell_type"] == "markdown" and (text := _joined(self.cell["source"]).strip()):
            yield Text(text)
        if not self.tags & _OUTPUT_TAGS:
            for output in self._outputs():
                yield from self._converted(output)

    def _outputs(self) -> Sequence[Mapping[str, Any]]:
        outputs: Sequence[Mapping[str, Any]] = self.cell.get("outputs", ()) if self.code else ()
        return outputs

    def _converted(self, output: Mapping[str, Any]) -> Iterator[Block]:
        if output["output_type"] == "stream":
            # Standard error is for the person who runs the notebook, not for the one who reads the report.
            yield from _literal(_joined(output["text"])) if output["name"] == "stdout" else ()
            return
        data = output.get("data", {})
        if MIME in data:
            held = data[MIME]  # one block, or those of a result
            yield from map(block_from_json, held if isinstance(held, list) else [held])
            return
        if _WIDGET in data:
            raise TonnageError(f"{self.name}: a widget prints nothing; tag the cell lab-only")
        yield from self._foreign(
            {mime: _joined(text) for mime, text in data.items()}, output.get("metadata", {})
        )

    def _foreign(self, data: Mapping[str, str], metadata: Mapping[str, Any]) -> Iterator[Block]:
        # The first of these that is there: the richest form a reader can be given on paper.
        if svg := data.get("image/svg+xml"):
            yield self.picture(svg, "image/svg+xml", metadata)
        elif png := data.get("image/png"):
            yield self.picture(_framed(png, metadata.get("image/png")), "image/png", metadata)
        elif html := data.get("text/html"):
            yield from _html(html, str(self.metadata.get("title", "")))
        elif markdown := data.get("text/markdown"):
            yield Text(markdown)
        elif not _REPR.match(text := data.get("text/plain", "").strip()):
            yield from _literal(text)  # what a plotting call returns speaks to nobody

    def picture(self, svg: str, mime: str, metadata: Mapping[str, Any]) -> Chart:
        """Return a picture with the words its output or its cell says it in."""
        own = metadata.get(mime, {})
        places = (own if isinstance(own, Mapping) else {}, metadata, self.metadata)
        said = {
            name: next((str(p[name]) for p in places if p.get(name)), "")
            for name in ("alt", "title", "caption")
        }
        if not said["alt"].strip():
            raise TonnageError(
                f"{self.name}: a picture without alt text; display a Chart, or say what it shows under "
                "'alt' in the cell's metadata"
            )
        return Chart(svg, said["title"], said["alt"], said["caption"])


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _literal(text: str) -> Iterator[Block]:
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    if any(lines):
        # Indented, a text is code to Markdown, whatever stands in it.
        yield Text("\n".join("    " + line if line else "" for line in lines))


def _framed(base64: str, size: Any) -> str:
    """Return a PNG inside an SVG, so that every picture takes the same way to paper."""
    picture = b64decode(base64)
    if picture[:8] != b"\x89PNG\r\n\x1a\n":
        raise TonnageError(f"picture: expected PNG bytes, found {picture[:8]!r}")
    width, height = int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
    shown = float(size.get("width", width)) if isinstance(size, Mapping) else float(width)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{shown:g}" height="{shown * height / width:g}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" '
        f'xlink:href="data:image/png;base64,{b64encode(picture).decode()}"/></svg>'
    )


def _html(text: str, title: str) -> Iterator[Block]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(text, "html.parser")
    for hidden in soup(["script", "style"]):
        hidden.decompose()
    tables = [table for table in soup.find_all("table") if not table.find_parent("table")]
    if tables:
        yield from (_table(table, title) for table in tables)
    else:
        yield from _literal(soup.get_text("\n", strip=True))


def _table(found: Tag, title: str) -> Table:
    """Return an HTML table as a block; merged cells are repeated, several heading rows are joined."""
    head = [row for part in found.find_all("thead") for row in part.find_all("tr")]
    body = [row for row in found.find_all("tr") if row not in head]
    # Polars prints each column's type in a second heading row of plain cells: the reader has no use for it.
    head = [row for n, row in enumerate(head) if n == 0 or row.find("th")] or body[:1]
    body = [row for row in body if row not in head]
    grid = _grid(head)
    rows = _grid(body)
    width = max(map(len, [*grid, *rows]), default=1)
    names = [
        " ".join(dict.fromkeys(filter(None, column))) for column in zip(*_even(grid, width), strict=True)
    ]
    even = _unquoted(_even(rows, width))
    sides = [_side(cells) for cells in zip(*even, strict=True)] if even else ["left"] * width
    caption = found.find("caption")
    columns = tuple(
        Column(name, "right" if side == "right" else "left") for name, side in zip(names, sides, strict=True)
    )
    return Table(caption.get_text(strip=True) if caption else title, columns, tuple(map(tuple, even)))


def _grid(rows: Sequence[Tag]) -> list[list[str]]:
    """Return the texts of rows with row and column spans laid out."""
    held: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row.find_all(["th", "td"], recursive=False):
            while (y, x) in held:
                x += 1
            text = " ".join(cell.get_text(" ", strip=True).split())
            for down in range(_span(cell, "rowspan")):
                for across in range(_span(cell, "colspan")):
                    held[y + down, x + across] = text
            x += _span(cell, "colspan")
    widths = [max((x for at, x in held if at == y), default=-1) + 1 for y in range(len(rows))]
    return [[held.get((y, x), "") for x in range(width)] for y, width in enumerate(widths)]


def _span(cell: Tag, name: str) -> int:
    found = str(cell.get(name, "1"))
    return max(1, min(int(found), 1000)) if found.isdigit() else 1


def _even(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _unquoted(rows: list[list[str]]) -> list[list[str]]:
    """Return rows without the quotation marks Polars sets round text, where a whole column has them."""
    quoted = [
        all(cell == "null" or (cell[:1] == cell[-1:] == '"' and len(cell) > 1) for cell in cells)
        for cells in zip(*rows, strict=True)
    ]
    return [
        [cell[1:-1] if q and cell != "null" else cell for cell, q in zip(row, quoted, strict=True)]
        for row in rows
    ]


def _side(cells: Sequence[str]) -> str:
    return "right" if any(cells) and all(_NUMBER.match(cell) for cell in cells) else "left"
