r"""Blocks to Typst to PDF.

The Typst source below never changes: a document reaches it as JSON, through `sys.inputs`, and every word of
data is a string there, never markup. So `#[]*_$@<>\` in a headline prints as it is written, and nothing in
it can act. The compiler is inside the `typst` wheel, needs neither network nor system fonts, and refuses
what a reader could not use: the PDF is PDF/A-2a (kept for decades) and PDF/UA-1 (read aloud), so a chart
without alt text does not compile.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from functools import cache
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
    spans,
    tree,
)
from tonnage.reports.fonts import FAMILY, font_dirs

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

_SOURCE = r"""
#let doc = json(bytes(sys.inputs.document))
#let front = doc.front
#let label = doc.labels
#let region = (en: "GB", zh: "CN", ja: "JP").at(front.language)
#let grey = luma(95)
#let hair = 0.4pt + luma(140)
#let ink = 0.8pt + black

#set document(title: front.title, author: front.author, keywords: front.keywords, description: front.subtitle)

// Figures and labels are set in the family. Its minus is as wide as a Chinese character: the book face
// lends its own.
#let plain = ((name: "Libertinus Serif", covers: regex("[−]")), sys.inputs.family, "Libertinus Serif")
#let latin = front.language == "en"
#let book = if latin { ("Libertinus Serif", sys.inputs.family) } else { plain }
#let prose(size, body) = text(font: book, size: if latin { size * 1.1 } else { size }, body)
#set text(font: plain, lang: front.language, region: region, size: 9.2pt)
#set text(features: ("pwid", "lnum")) if latin // quotation marks of the Latin width
#set text(script: "hani") if not latin // else a comma has no script, and takes the form of Taiwan
#show regex("[A-Za-z]’[A-Za-z]"): set text(features: ("pwid",)) if not latin

// In an English text a Chinese or Japanese name keeps the forms of its country, and is read aloud in its
// language.
#let kana = regex("[\p{Hiragana}\p{Katakana}]")
#show regex("[\p{Han}\p{Hiragana}\p{Katakana}ー]+"): it => {
  if not latin { it }
  else if it.text.contains(kana) { text(lang: "ja", region: "JP", it) }
  else { text(lang: "zh", region: "CN", it) }
}
#set par(leading: 0.58em, spacing: 0.85em, justify: false)
#show raw: set text(font: plain, size: 1.15em) // raw text is set at 0.8 of the size around it
#show emph: set text(weight: "bold") if not latin // Chinese and Japanese have no italics
#show link: underline.with(stroke: 0.3pt, offset: 1.6pt)
#set list(marker: [•], indent: 0.2em, body-indent: 0.6em, spacing: 0.6em)
#set enum(indent: 0.2em, body-indent: 0.6em, spacing: 0.6em)
#set super(size: 0.65em)

#let caps(body) = text(size: 6.7pt, fill: grey, tracking: 0.07em, upper(body))

#set page(
  paper: "a4",
  margin: (x: 19mm, top: 15mm, bottom: 18mm),
  footer-descent: 5mm,
  footer: context {
    let run = if front.run != "" { label.run + " " + front.run }
    let parts = (front.footer, run, label.as_of + " " + front.as_of)
    let shown = parts.filter(p => p != none and p != "")
    set text(size: 7.3pt, fill: grey)
    line(length: 100%, stroke: hair)
    v(-0.5em)
    grid(
      columns: (1fr, auto), column-gutter: 8mm,
      { if doc.banners.len() > 0 { strong(text(fill: black, label.draft)); [ · ] }; shown.join(" · ") },
      [#counter(page).get().first() / #counter(page).final().first()],
    )
  },
)

#show heading: set text(weight: "bold")
#show heading.where(level: 1): set text(size: 11.5pt)
#show heading.where(level: 2): set text(size: 10pt)
#show heading.where(level: 3): set text(size: 9.2pt)
#show heading: set block(above: 1.3em, below: 0.65em, sticky: true)
#show title: set text(size: 19pt, weight: "bold", font: book)
#show title: set block(above: 0pt, below: 0pt)
#set figure(numbering: none, gap: 0.55em)
#show figure: set block(above: 4.5mm, below: 2.5mm)
#show figure: set align(left)
#set figure.caption(position: top, separator: none)
#show figure.caption: it => text(weight: "bold", size: 9.2pt, it.body)

#let inline(nodes) = nodes.map(n => {
  if n.t == "s" { n.s }
  else if n.t == "b" { strong(inline(n.c)) }
  else if n.t == "i" { emph(inline(n.c)) }
  else if n.t == "sup" { super(inline(n.c)) }
  else if n.t == "code" { raw(n.s) }
  else if n.t == "a" { link(n.href, inline(n.c)) }
  else if n.t == "br" { linebreak() }
}).join()

#let ruled(align, head, rows, widths: auto) = table(
  columns: if widths == auto { align.len() } else { widths },
  align: (x, y) => (if align.at(x) == "right" { right } else { left }) + (if y == 0 { bottom } else { top }),
  stroke: none,
  inset: (x, y) => (
    left: if x == 0 { 0pt } else { 5pt }, right: if x == align.len() - 1 { 0pt } else { 5pt }, y: 2.9pt,
  ),
  table.hline(stroke: ink),
  table.header(..head),
  table.hline(stroke: hair),
  ..rows.flatten(),
  table.hline(stroke: ink),
)

#let flow(nodes) = nodes.map(n => {
  if n.t == "p" { par(inline(n.c)) }
  else if n.t == "h" { heading(level: n.level, inline(n.c)) }
  else if n.t == "ul" { list(..n.c.map(flow)) }
  else if n.t == "ol" { enum(..n.c.map(flow)) }
  else if n.t == "quote" { quote(block: true, flow(n.c)) }
  else if n.t == "code" { block(raw(n.s, block: true)) }
  else if n.t == "rule" { line(length: 100%, stroke: hair) }
  else if n.t == "table" { block(ruled(n.align, n.head.map(inline), n.rows.map(r => r.map(inline)))) }
}).join()

#let paras(items) = items.map(p => par(inline(p))).join()

// Small print under a table or chart: notes, then the source line.
#let under(notes, source) = if notes.len() > 0 or source.len() > 0 {
  set text(size: 7.3pt, fill: grey)
  set par(leading: 0.5em, spacing: 0.55em)
  block(above: 1.6mm, below: 4.5mm, {
    notes.map(n => par(n)).join()
    if source.len() > 0 { par({ label.source; if latin [: ] else [：]; inline(source) }) }
  })
}

#let draw-text(b) = {
  if b.role == "answer" {
    set par(leading: 0.52em)
    block(above: 5mm, below: 5mm, prose(13.5pt, flow(b.nodes)))
  } else if b.role == "note" {
    set text(size: 7.3pt, fill: grey)
    set par(leading: 0.5em, spacing: 0.55em)
    flow(b.nodes)
  } else { prose(9.2pt, flow(b.nodes)) }
}

#let draw-strip(b) = {
  let wide = calc.min(b.items.len(), 4)
  if b.items.len() > 4 { wide = if calc.rem(b.items.len(), 3) == 0 { 3 } else { 4 } }
  block(
    above: 1.2em, below: 1.2em, width: 100%, breakable: false,
    stroke: (top: hair, bottom: hair), inset: (y: 5pt),
    grid(
      columns: (1fr,) * wide, column-gutter: 5mm, row-gutter: 6pt,
      ..b.items.map(((name, value)) => { caps(name); linebreak(); text(size: 8.8pt, value) }),
    ),
  )
}

#let head-cell(c) = {
  set text(size: 8pt, weight: "bold")
  c.name
  if c.unit != "" { linebreak(); text(size: 7pt, weight: "regular", fill: grey, c.unit) }
}

#let draw-table(b) = {
  set text(size: 8.6pt)
  set par(leading: 0.45em)
  let widths = b.widths.map(w => if w == 0 { auto } else { w * 1fr })
  show figure: set block(breakable: b.rows.len() > 24)
  let grown = ruled(b.columns.map(c => c.align), b.columns.map(head-cell), b.rows, widths: widths)
  figure(grown, kind: table, supplement: none, caption: if b.title != "" { b.title })
  under(b.notes.map(inline), b.source)
}

#let draw-chart(b) = {
  let drawn = image(bytes(b.svg), format: "svg", alt: b.alt)
  figure(drawn, kind: image, supplement: none, caption: if b.title != "" { b.title })
  if b.notes.len() > 0 {
    set text(size: 7.8pt)
    set par(leading: 0.48em)
    block(above: 2mm, below: 2mm, breakable: false, grid(
      columns: if b.notes.len() > 1 { (1fr, 1fr) } else { (1fr,) }, column-gutter: 6mm, row-gutter: 0.7em,
      ..b.notes.enumerate(start: 1).map(((i, n)) => grid(columns: (1.3em, 1fr), strong(str(i)), inline(n))),
    ))
  }
  under(if b.caption.len() > 0 { (inline(b.caption),) } else { () }, b.source)
}

#let draw-box(b) = block(
  above: 1.2em, below: 1.2em, width: 100%, stroke: hair, inset: (x: 8pt, y: 7pt), breakable: false,
  {
    set text(size: 8.6pt)
    set par(leading: 0.5em, spacing: 0.65em)
    if b.title != "" { par(strong(b.title)) }
    prose(8.6pt, paras(b.paragraphs))
  },
)

#let draw = (text: draw-text, strip: draw-strip, table: draw-table, chart: draw-chart, box: draw-box)

#for banner in doc.banners {
  block(
    width: 100%, fill: black, inset: (x: 10pt, y: 9pt), below: 5mm,
    text(fill: white, weight: "bold", size: 13pt, banner),
  )
}
#block(below: 2.2mm, grid(columns: (1fr, auto), caps(front.author), caps(label.as_of + " " + front.as_of)))
#line(length: 100%, stroke: ink)
#block(above: 3.6mm, below: 0pt, title())
#if front.subtitle != "" { block(above: 2.4mm, below: 0pt, text(fill: grey, prose(10.2pt, front.subtitle))) }
#for b in doc.blocks { (draw.at(b.block))(b) }
"""


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
    return {"block": "text", "role": text.role, "nodes": tree(text.markdown)}


def _strip(strip: Strip) -> dict[str, Any]:
    return {"block": "strip", "items": strip.items}


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
                input=_SOURCE.encode(),
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
def _compiler() -> typst.Compiler:
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(font_dirs()))
    return typst.Compiler(_SOURCE.encode(), font_paths=fonts, ignore_system_fonts=True)


@cache
def _home() -> int:
    return os.getpid()


def _stop_if_forked() -> None:
    # Typst keeps threads, which a fork does not copy: a child that went on would wait for them for ever.
    if _home() != os.getpid():
        raise TonnageError(
            "pdf: this process was forked from one that had set a PDF; fork first, or start it anew"
        )
