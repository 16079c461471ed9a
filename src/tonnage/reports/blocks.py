"""What a notebook cell of a report displays.

A report is a notebook, and what it prints are these few blocks. Each shows itself in JupyterLab as
`text/html`, in a terminal as `text/plain` and, under `MIME`, as the JSON from which the PDF, the page and the
workbook are made. So what the analyst saw in the lab is what the reader holds.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from tonnage.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "LABELS",
    "MIME",
    "Banner",
    "Block",
    "Box",
    "Chart",
    "Column",
    "Document",
    "Figure",
    "Front",
    "Receipt",
    "Strip",
    "Table",
    "Text",
    "block_from_json",
    "chart_notes",
]

MIME = "application/vnd.tonnage.block.v1+json"

LABELS: dict[str, dict[str, str]] = {
    "en": {"as_of": "As of", "source": "Source", "run": "Run", "draft": "DRAFT"},
    "zh": {"as_of": "截至", "source": "来源", "run": "批次", "draft": "草稿"},
    "ja": {"as_of": "時点", "source": "出典", "run": "実行", "draft": "草稿"},
}


@dataclass(frozen=True)
class Receipt:
    """Where one printed number was read: publisher, release, file and line."""

    publisher: str
    published: str
    stage: str
    source: str
    raw: str
    line: int
    file: str
    address: str = ""
    day_sure: bool = True


@dataclass(frozen=True)
class Figure:
    """One printed number at full precision, with its unit, definition, period and receipts.

    Raises:
        ContractError: when `value` is not a finite number; a number that is not there is None.
    """

    label: str
    value: float | None
    unit: str
    definition: str
    period: str
    stage: str
    published: str
    receipts: tuple[Receipt, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ContractError(f"figure {self.label!r}: expected a finite value or None, found {self.value}")


@dataclass(frozen=True)
class Column:
    """One column of a `Table`: heading, side on which its cells stand, unit printed under the heading."""

    name: str
    align: Literal["left", "right"] = "left"
    unit: str = ""

    def __post_init__(self) -> None:
        _one_of("column", self.name, "align", self.align, ("left", "right"))


class _Shown:
    """The ways a block shows itself; every block derives from it."""

    kind: ClassVar[str] = ""

    def to_json(self) -> dict[str, Any]:
        """Return the block as plain JSON values, the kind under "block"."""
        return {"block": self.kind, **_plain(self)}

    def plain(self) -> str:
        """Return the block as text for a terminal."""
        text: str = _PLAIN[self.kind](self)
        return text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        from tonnage.reports.html import fragment

        shown = fragment(self)  # type: ignore[arg-type]  # Block is all who derive from this
        return {"text/plain": self.plain(), "text/html": shown, MIME: self.to_json()}


@dataclass(frozen=True)
class Front(_Shown):
    """The document's own data: title, language, as-of day. The first block of a report.

    Raises:
        ContractError: when the title is empty, the language is not en, zh or ja, or `as_of` is no ISO day.
    """

    kind: ClassVar[str] = "front"
    title: str
    subtitle: str
    language: Literal["en", "zh", "ja"]
    as_of: str
    run: str = ""
    footer: str = ""
    author: str = ""
    keywords: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _one_of("front", self.title, "language", self.language, tuple(LABELS))
        if not self.title.strip():
            raise ContractError("front: expected a title, found an empty one")
        try:
            date.fromisoformat(self.as_of)
        except ValueError:
            raise ContractError(f"front: expected as_of as YYYY-MM-DD, found {self.as_of!r}") from None


@dataclass(frozen=True)
class Text(_Shown):
    """Paragraphs in Markdown. `answer` is the one big sentence at the top, `note` is small print."""

    kind: ClassVar[str] = "text"
    markdown: str
    role: Literal["body", "answer", "note"] = "body"
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        _one_of("text", self.markdown[:30], "role", self.role, ("body", "answer", "note"))


@dataclass(frozen=True)
class Strip(_Shown):
    """The status strip: a thin row of (label, value) cells."""

    kind: ClassVar[str] = "strip"
    items: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        if not self.items:
            raise ContractError("strip: expected at least one (label, value), found none")


@dataclass(frozen=True)
class Table(_Shown):
    """A table of cells as printed; `rows` has shape (rows, columns) and `notes` stand under it.

    Raises:
        ContractError: when there is no column, or a row has not one cell for each column.
    """

    kind: ClassVar[str] = "table"
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    source: str = ""
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        if not self.columns:
            raise ContractError(f"table {self.title!r}: expected at least one column, found none")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                where = f"table {self.title!r}, row {number}"
                raise ContractError(f"{where}: expected {len(self.columns)} cells, found {len(row)}")


@dataclass(frozen=True)
class Chart(_Shown):
    """A chart as SVG text, with what it shows in words (`alt`) and its numbered event notes.

    Raises:
        ContractError: when `svg` holds no SVG or `alt` is empty: a chart no one can hear is not printed.
    """

    kind: ClassVar[str] = "chart"
    svg: str
    title: str
    alt: str
    caption: str = ""
    notes: tuple[str, ...] = ()
    source: str = ""
    figures: tuple[Figure, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ContractError(
                f"chart {self.title!r}: expected alt text, found none; say in alt= what it shows"
            )
        if "<svg" not in self.svg:
            raise ContractError(f"chart {self.title!r}: expected SVG text, found {self.svg[:40]!r}")


@dataclass(frozen=True)
class Box(_Shown):
    """A framed box: what a definition holds, or what changed since the last briefing."""

    kind: ClassVar[str] = "box"
    title: str
    paragraphs: tuple[str, ...]
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Banner(_Shown):
    """A warning across the top of page 1, wherever in the notebook it was displayed."""

    kind: ClassVar[str] = "banner"
    text: str


Block = Text | Strip | Table | Chart | Box | Banner | Front

_KINDS: dict[str, type[Any]] = {c.kind: c for c in (Front, Text, Strip, Table, Chart, Box, Banner)}
_PARTS: dict[str, type[Any]] = {"columns": Column, "figures": Figure, "receipts": Receipt}


@dataclass(frozen=True)
class Document:
    """A whole report: its front and its other blocks in reading order."""

    front: Front
    blocks: tuple[Block, ...]

    @property
    def banners(self) -> tuple[Banner, ...]:
        """The banners, which every output puts first."""
        return tuple(b for b in self.blocks if isinstance(b, Banner))

    @property
    def body(self) -> tuple[Block, ...]:
        """The blocks in reading order without the banners."""
        return tuple(b for b in self.blocks if not isinstance(b, Banner))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every printed number once, in the order of first printing."""
        return tuple(dict.fromkeys(f for block in self.blocks for f in getattr(block, "figures", ())))


def block_from_json(found: Mapping[str, Any]) -> Block:
    """Return the block that `to_json` wrote.

    Raises:
        ContractError: when the kind or a field is unknown, or one is missing.
    """
    rest = dict(found)
    kind = rest.pop("block", None)
    if kind not in _KINDS:
        raise ContractError(f"block: expected one of {', '.join(sorted(_KINDS))}, found {kind!r}")
    block: Block = _build(_KINDS[kind], rest)
    return block


def chart_notes(notes: Sequence[str]) -> list[str]:
    """Return event notes without the number they may carry: every output prints 1, 2, 3 itself."""
    return [
        re.sub(rf"\A\s*(?:\(?{n}[.):]?\s+|{chr(0x245F + n)}\s*)", "", note) for n, note in enumerate(notes, 1)
    ]


def _build(part: type[Any], found: Mapping[str, Any]) -> Any:
    known = {f.name for f in fields(part)}
    if unknown := sorted(set(found) - known):
        raise ContractError(
            f"{part.__name__}: unknown field {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )
    try:
        return part(**{name: _frozen(name, value) for name, value in found.items()})
    except TypeError as error:
        raise ContractError(f"{part.__name__}: {error}") from None


def _frozen(name: str, value: Any) -> Any:
    if name in _PARTS:
        return tuple(_build(_PARTS[name], each) for each in value)
    return tuple(_frozen("", each) for each in value) if isinstance(value, list | tuple) else value


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _one_of(block: str, where: str, field: str, found: str, allowed: Sequence[str]) -> None:
    if found not in allowed:
        raise ContractError(
            f"{block} {where!r}: expected {field} as one of {', '.join(allowed)}, found {found!r}"
        )


def _plain_table(table: Table) -> str:
    head = tuple(f"{c.name} ({c.unit})" if c.unit else c.name for c in table.columns)
    grid = (head, *table.rows)
    widths = [max(len(row[i]) for row in grid) for i in range(len(head))]
    sides = [str.rjust if c.align == "right" else str.ljust for c in table.columns]
    lines = [
        "  ".join(side(cell, width) for side, cell, width in zip(sides, row, widths, strict=True))
        for row in grid
    ]
    return "\n".join([table.title, *lines, *table.notes, table.source]).strip()


def _plain_front(front: Front) -> str:
    return "\n".join(
        filter(None, (front.title, front.subtitle, f"{LABELS[front.language]['as_of']} {front.as_of}"))
    )


_PLAIN: dict[str, Any] = {
    "front": _plain_front,
    "text": lambda text: text.markdown,
    "strip": lambda strip: " | ".join(f"{label}: {value}" for label, value in strip.items),
    "table": _plain_table,
    "chart": lambda chart: "\n".join(filter(None, (chart.title, chart.alt, *chart.notes, chart.source))),
    "box": lambda box: "\n".join((box.title, *box.paragraphs)),
    "banner": lambda banner: banner.text,
}
