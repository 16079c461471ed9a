r"""Blocks to Typst to PDF.

The Typst source, page.typ, never changes: a document reaches it as JSON, through `sys.inputs`, and every
word of data is a string there, never markup. So `#[]*_$@<>\` in a headline prints as it is written, and
nothing in it can act. The compiler is inside the `typst` wheel, needs neither network nor system fonts, and
refuses what a reader could not use: the PDF is PDF/A-2a (kept for decades) and PDF/UA-1 (read aloud), so a
chart without alt text does not compile.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from tonnage.errors import TonnageError
from tonnage.reports.blocks import (
    LABELS,
    Box,
    Chart,
    Document,
    Strip,
    Table,
    Text,
    chart_notes,
)
from tonnage.reports.fonts import FAMILY, font_dirs
from tonnage.reports.prose import spans, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import typst

__all__ = ["MISSING", "STANDARDS", "pdf", "typst_inputs"]

MISSING = "〓"  # the geta mark: what East Asian printers set where a sort is missing from the case
STANDARDS: tuple[Literal["a-2a"], Literal["ua-1"]] = ("a-2a", "ua-1")

_ROOM = 92  # characters of table text across the page
_WORDS = 24  # a cell longer than this may be broken into lines
_TRIES = 20  # missing characters are named all at once in text, one by one in pictures


def pdf(document: Document, *, timestamp: datetime) -> bytes:
    """Return the document as an A4 PDF, the same bytes for the same document and `timestamp`.

    A character no font here can draw is printed as `MISSING`; invisible control characters are left out. The
    workbook and the JSON keep the text as it came.

    Args:
        document: the report.
        timestamp: the day and time written into the file; with a time zone.

    Raises:
        TonnageError: when `timestamp` has no zone, a font package is missing, Typst refuses the document, or
            this process was forked from one that had already set a PDF.
    """
    if timestamp.tzinfo is None:
        raise TonnageError(f"pdf: expected a timestamp with a time zone, found {timestamp.isoformat()}")
    text = json.dumps(_printable(typst_inputs(document)), ensure_ascii=False)
    for _ in range(_TRIES):
        try:
            return _compile(text, timestamp)
        except _Missing as missing:
            text = text.translate(missing.marks)
    raise TonnageError(
        f"pdf: characters no font draws remain after {_TRIES} tries; look for them in the charts"
    )


def typst_inputs(document: Document) -> dict[str, Any]:
    """Return the document as the JSON values the Typst source reads: Markdown parsed, nothing escaped."""
    return {
        "front": {**document.front.to_json(), "keywords": list(document.front.keywords)},
        "labels": LABELS[document.front.language],
        "banners": [banner.text for banner in document.banners],
        "blocks": [_READY[type(block)](block) for block in document.body],
    }


def _text(text: Text) -> dict[str, Any]:
    return {"block": "text", "role": text.role, "nodes": tree(_printable(text.markdown))}


def _strip(strip: Strip) -> dict[str, Any]:
    return {"block": "strip", "items": strip.items, "shares": _shares(strip)}


def _shares(strip: Strip) -> list[int]:
    """Return each column's share of a strip's width: a long text gets more, a short one is not squeezed."""
    count = len(strip.items)
    across = count if count <= 4 else 3 if count % 3 == 0 else 4
    lengths = [max(_width(name), _width(value), 16) for name, value in strip.items]
    return [round(10 * max(lengths[place::across]) ** 0.5) for place in range(across)]


def _table(table: Table) -> dict[str, Any]:
    return {
        "block": "table",
        "title": table.title,
        "columns": [{"name": c.name, "align": c.align, "unit": c.unit} for c in table.columns],
        "widths": _widths(table),
        "rows": table.rows,
        "notes": [spans(note) for note in table.notes],
        "source": spans(table.source),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "block": "chart",
        "title": chart.title,
        "svg": chart.svg,
        "alt": chart.alt,
        "caption": spans(chart.caption),
        "notes": [spans(note) for note in chart_notes(chart.notes)],
        "source": spans(chart.source),
    }


def _box(box: Box) -> dict[str, Any]:
    return {"block": "box", "title": box.title, "paragraphs": [spans(text) for text in box.paragraphs]}


_READY: dict[type[Any], Callable[[Any], dict[str, Any]]] = {
    Text: _text,
    Strip: _strip,
    Table: _table,
    Chart: _chart,
    Box: _box,
}


def _widths(table: Table) -> list[int]:
    """Return each column's share of the page's width; 0 is a column as wide as its longest cell.

    A table that fits spreads over the page, each column by its longest cell. In one that does not, numbers
    keep their width and lines of words are broken.
    """
    grid = [[c.name for c in table.columns], [c.unit for c in table.columns], *table.rows]
    longest = [max(map(_width, cells)) for cells in zip(*grid, strict=True)]
    if sum(longest) + 3 * len(longest) <= _ROOM:
        return [max(length, 5) + 2 for length in longest]
    shares = [
        min(length, 60) if column.align == "left" and length > _WORDS else 0
        for column, length in zip(table.columns, longest, strict=True)
    ]
    return shares if any(shares) else [1, *shares[1:]]


def _width(text: str) -> int:
    return max(1, sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text))


def _printable(value: Any) -> Any:
    """Return JSON values whose strings hold nothing PDF/A forbids and nothing that acts unseen."""
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else "".join(map(_shown, value))
    if isinstance(value, dict):
        return {key: _printable(each) for key, each in value.items()}
    return [_printable(each) for each in value] if isinstance(value, list | tuple) else value


def _shown(char: str) -> str:
    if char in "\n\t":
        return char
    category = unicodedata.category(char)
    if category in ("Cc", "Cf") or "\ufe00" <= char <= "\ufe0f":  # also what turns the direction of reading
        return ""
    return MISSING if category in ("Cs", "Co", "Cn") else char


class _Missing(Exception):  # noqa: N818  # not an error yet: the document is set once more without them
    def __init__(self, chars: Iterable[str]) -> None:
        super().__init__()
        self.marks = {ord(char): MISSING for char in chars}


_CLUSTER = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")
_LEANING = frozenset({"Mn", "Mc", "Me", "Sk"})


def _missing(told: str) -> set[str]:
    """Return the characters to mark, read from what the compiler said.

    It also names the letter before a mark it cannot draw, as "e" with an unknown accent. So the marks that
    lean on a letter go first, and the letter only if it is still named without them.
    """
    named = {char for found in _CLUSTER.findall(told) for char in _ESCAPE.sub(_character, found)}
    beyond = {char for char in named if not char.isascii()}
    return {char for char in beyond if unicodedata.category(char) in _LEANING} or beyond


def _character(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def _compile(text: str, timestamp: datetime) -> bytes:
    import typst

    _stop_if_forked()
    with _ONE:
        try:
            made = _compiler().compile(
                input=_source(),
                format="pdf",
                sys_inputs={"document": text, "family": FAMILY},
                pdf_standards=list(STANDARDS),
                timestamp=timestamp,
            )
        except typst.TypstError as error:
            raise _told(error) from None
    if not isinstance(made, bytes):
        raise TonnageError(f"pdf: expected one file from Typst, found {type(made).__name__}")
    return made


def _told(error: typst.TypstError) -> Exception:
    if missing := _missing(f"{error.diagnostic} {error.message}"):
        return _Missing(missing)
    hints = "".join(f"; {hint}" for hint in error.hints)
    return TonnageError(f"pdf: Typst refused the document: {error.message}{hints}")


# One compiler for the process, one document at a time: a new compiler for each would keep memory for each.
_ONE = Lock()


@cache
def _source() -> bytes:
    return files("tonnage.reports").joinpath("page.typ").read_bytes()


@cache
def _compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(font_dirs()))
    return typst.Compiler(_source(), font_paths=fonts, ignore_system_fonts=True)


@cache
def _home() -> int:
    return os.getpid()


def _stop_if_forked() -> None:
    # Typst keeps threads, which a fork does not copy: a child that went on would wait for them for ever.
    if _home() != os.getpid():
        raise TonnageError(
            "pdf: this process was forked from one that had set a PDF; fork first, or start it anew"
        )
