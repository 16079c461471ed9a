"""Footnote keys: every number a briefing prints, once, with its receipts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tonnage.model.definitions import definition
from tonnage.reports import wording
from tonnage.reports.blocks import Column, Figure, Receipt, Table

__all__ = ["Citations", "figure", "receipt", "source_line", "sources"]

Row = Mapping[str, Any]


def figure(row: Row, label: str) -> Figure:
    """Return a row of a ledger series as a printed figure with its receipts."""
    return Figure(
        label=label,
        value=row["value"],
        unit=row["unit"],
        definition=row["definition"],
        period=_span(row),
        stage=row["stage"],
        published=row["published"].isoformat(),
        receipts=tuple(receipt(r) for r in row["receipt"]),
        note=", ".join(row["flags"]),
    )


def _span(row: Row) -> str:
    start = f"{row['period']:%Y-%m}"
    return start if row["months"] == 1 else f"{start}, {row['months']} months"


def receipt(found: Row) -> Receipt:
    """Return a receipt of a ledger series as a report keeps it."""
    return Receipt(
        publisher=found["publisher"],
        published=found["published"].isoformat(),
        stage=found["stage"],
        source=found["source"],
        raw=found["raw"],
        line=found["line"],
        file=found["file"],
        address=found["address"] or "",
        day_sure=found["basis"] not in ("usual_day", "unverified"),
    )


def source_line(figures: tuple[Figure, ...], language: str = "en") -> str:
    """Return who printed some figures and in which file: "GACC, bulletin, 2026-01-18, b03a7633"."""
    return sources((r for f in figures for r in f.receipts), language)


def sources(receipts: Iterable[Receipt], language: str = "en") -> str:
    """Return the newest release of each publisher and stage, three at most, and how many more there are."""
    newest: dict[tuple[str, str], Receipt] = {}
    for found in receipts:
        key = (found.publisher, found.stage)
        if key not in newest or newest[key].published < found.published:
            newest[key] = found
    shown = [
        f"{who}, {wording.word(stage, language)}, {r.published}, {r.raw[:8]}"
        for (who, stage), r in newest.items()
    ]
    more = wording.word("more_publishers", language, count=str(len(shown) - 3)) if len(shown) > 3 else ""
    return "; ".join(shown[:3]) + more


class Citations:
    """Hands out footnote keys in the order of first printing, one a figure."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._keys: dict[tuple[Any, ...], int] = {}
        self._rows: list[tuple[Figure, str]] = []

    def key(self, row: Row) -> tuple[str, Figure]:
        """Return the key "[n]" of a series row and the figure behind it."""
        name = self._name(row)
        made = figure(row, name)
        identity = (
            row["definition"],
            row["reporter"],
            row["partner"],
            row["flow"],
            row["period"],
            row["months"],
        )
        if identity not in self._keys:
            self._keys[identity] = len(self._rows) + 1
            self._rows.append((made, name))
        return f"[{self._keys[identity]}]", made

    def _name(self, row: Row) -> str:
        from tonnage.model.codes import country_name

        title = definition(row["definition"]).title[self._language]
        to = "" if row["partner"] == "WLD" else f", {country_name(row['partner'], self._language)}"
        return f"{title}{to}, {_span(row)}"

    def table(self) -> Table:
        """Return the receipts of every key: who printed it, on which day, in which file and line."""
        language = self._language
        heads = (
            ("key", "left"),
            ("figure", "left"),
            ("tonnes", "right"),
            ("printed_by", "left"),
            ("where", "left"),
        )
        columns = tuple(Column(wording.word(head, language), side) for head, side in heads)  # type: ignore[arg-type]
        rows = tuple(
            (f"[{number}]", name, wording.number(made.value), _printers(made, language), _places(made))
            for number, (made, name) in enumerate(self._rows, start=1)
        )
        figures = tuple(made for made, _ in self._rows)
        files = {r.raw[:8]: r.file for f in figures for r in f.receipts}
        note = "; ".join(f"{raw} {file}" for raw, file in files.items())
        return Table(wording.word("receipts", language), columns, rows, (note,), figures=figures)


def _printers(made: Figure, language: str) -> str:
    shown: dict[str, None] = {}
    for found in made.receipts:
        assumed = "" if found.day_sure else wording.word("day_assumed", language)
        stage = wording.word(found.stage, language)
        shown[f"{found.publisher}, {stage}, {found.published}{assumed}"] = None
    return "; ".join(shown)


def _places(made: Figure) -> str:
    """Return file hash and lines, a file once: "b03a7633:2,3"."""
    lines: dict[str, list[str]] = {}
    for found in made.receipts:
        lines.setdefault(found.raw[:8], []).append(str(found.line))
    return "; ".join(f"{raw}:{','.join(found)}" for raw, found in lines.items())
