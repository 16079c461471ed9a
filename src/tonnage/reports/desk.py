"""The review desk in JupyterLab: the text, the candidate, what stands beside it, a decision in a few keys.

A thin face: what is shown comes from `tonnage.events.desk`, and every decision goes there.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import ipywidgets as widgets

from tonnage.errors import TonnageError
from tonnage.events.candidates import Candidate
from tonnage.events.desk import Desk, Passage
from tonnage.events.neighbours import Neighbour
from tonnage.events.propose import propose
from tonnage.events.shown import days
from tonnage.ledger import store
from tonnage.model import events
from tonnage.model.evidence import origins

__all__ = ["ReviewDesk", "review"]

#: The fields that are set by hand most, in the order they are read.
_FIELDS: Final = (
    "type", "stage", "direction", "date_start", "date_end", "precision", "actor", "target", "commodities",
    "legal_ref", "act_id", "known_at", "known_at_basis", "summary", "note",
)  # fmt: skip
_WIDE: Final = ("summary", "note")
_KEYS: Final = "a accept · r why: reject · s skip · e field=value edit"
_STYLE: Final = "font-size:13px;line-height:1.45"
_NARROW: Final = "white-space:nowrap"
_MARK: Final = "background:#ffe58a;color:#000;font-weight:600"
_QUOTE: Final = "border-left:3px solid #ccc;padding:2px 10px;margin:6px 0"
_SENTENCE: Final = "background:rgba(255,229,138,.25)"


def review(path: str | Path | None = None, documents: str | Path | None = None, by: str = "") -> ReviewDesk:
    """Return the review desk of a workspace, to be shown in a notebook.

    Args:
        path: its data folder; by default `data` here or in a folder above.
        documents: a file or folder of articles and feeds to propose from first.
        by: who decides; by default the user of this machine.

    Raises:
        StoreError: there is no workspace.
    """
    root = store.find_root(path)
    if documents:
        propose(root, [Path(documents)])
    return ReviewDesk(Desk(root, by))


class ReviewDesk(widgets.VBox):  # type: ignore[misc]
    """Candidates that wait, one at a time.

    Attributes:
        desk: what decides and writes.
        candidate: the one that is shown, None when all are decided.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.candidate: Candidate | None = None
        self._skipped: list[str] = []
        self._loading = False
        self._done = ""
        self._head, self._text, self._beside, self._told = (widgets.HTML() for _ in range(4))
        self._fields = {name: _field(name) for name in _FIELDS}
        self._why = widgets.Text(placeholder="why (needed to reject)", layout={"width": "99%"})
        self._key = widgets.Text(placeholder=_KEYS, continuous_update=False, layout={"width": "99%"})
        for field in self._fields.values():
            field.observe(lambda _: self._tell(), "value")
        self._key.observe(lambda change: self._typed(change["new"]), "value")
        buttons = [
            _button("Accept", "success", self.accept),
            _button("Reject", "danger", self.reject),
            _button("Skip", "", self.skip),
        ]
        narrow = [self._fields[name] for name in _FIELDS if name not in _WIDE]
        grid = widgets.GridBox(narrow, layout={"grid_template_columns": "repeat(3, 1fr)", "width": "100%"})
        wide = [self._fields[name] for name in _WIDE]
        self._work = widgets.VBox(
            [self._text, grid, *wide, self._told, self._beside, self._why, widgets.HBox(buttons), self._key]
        )
        super().__init__([self._head, self._work], layout={"max_width": "1100px"})
        self.next()

    # -- what is shown -------------------------------------------------------------------------------

    def next(self) -> None:
        """Show the next candidate that waits and was not skipped."""
        waiting = self.desk.queue.open()
        left = [c for c in waiting if c.id not in self._skipped] or waiting
        if left and left[0].id in self._skipped:
            self._skipped.clear()
        self._show(left[0] if left else None, len(waiting))

    def _show(self, candidate: Candidate | None, waiting: int) -> None:
        self.candidate = candidate
        self._work.layout.display = None if candidate else "none"
        if candidate is None:
            none = "No candidate waits. Propose some: <code>tonnage events propose FILE</code>"
            self._head.value = _said(self._done + none)
            return
        self._head.value = _said(self._done + _heading(candidate, waiting, self.desk))
        self._text.value = "".join(_passage(passage) for passage in self.desk.passages(candidate))
        self._beside.value = _beside(candidate, self.desk)
        self._why.value = ""
        self._fill(candidate)

    def _fill(self, candidate: Candidate) -> None:
        self._loading = True
        for name, field in self._fields.items():
            field.value = _as_text(candidate.record.get(name), field)
        self._loading = False
        self._tell()

    def edits(self) -> dict[str, str]:
        """Return the fields that differ from the candidate, as text."""
        if self.candidate is None:
            return {}
        record = self.candidate.record
        values = {name: field.value for name, field in self._fields.items()}
        return {n: v for n, v in values.items() if v != _as_text(record.get(n), self._fields[n])}

    def _tell(self) -> None:
        """Say what would be accepted, or why it cannot be."""
        if self._loading or self.candidate is None:
            return
        edits = self.edits()
        try:
            record = self.desk.draft(self.candidate, edits)
            events.validate(record)
        except TonnageError as fault:
            self._told.value = _said(f"<span style='color:#b00020'>{html.escape(str(fault))}</span>")
            return
        joins = self.candidate.joins if not edits else None
        told = f"adds its sources to {joins}" if joins else f"becomes {record['event_id']}"
        self._told.value = _said(f"Accepting {html.escape(told)}")

    # -- what is decided -----------------------------------------------------------------------------

    def accept(self) -> None:
        """Accept the candidate as its fields stand."""
        why = self._why.value
        self._decide(lambda c: f"accepted: {self.desk.accept(c, self.edits(), why=why)}")

    def reject(self) -> None:
        """Refuse the candidate, for the reason in the field."""

        def refuse(candidate: Candidate) -> str:
            self.desk.reject(candidate, self._why.value)
            return f"rejected: {candidate.id}"

        self._decide(refuse)

    def skip(self) -> None:
        """Leave the candidate for later."""
        if self.candidate is not None:
            self._skipped.append(self.candidate.id)
            self.next()

    def _decide(self, decision: Callable[[Candidate], str]) -> None:
        if self.candidate is None:
            return
        try:
            done = decision(self.candidate)
        except TonnageError as fault:
            self._told.value = _said(f"<span style='color:#b00020'>{html.escape(str(fault))}</span>")
            return
        self._done = f"<div style='color:#2e7d32'>{html.escape(done)}</div>"
        self.next()

    def _typed(self, line: str) -> None:
        """Do what a line of keys says, as in the terminal."""
        key, _, rest = line.strip().partition(" ")
        if key in ("a", "r") and rest:
            self._why.value = rest
        name, _, value = rest.partition("=")
        if key == "e" and name.strip() in self._fields:
            self._set(name.strip(), value)
        elif key in ("a", "r", "s"):
            {"a": self.accept, "r": self.reject, "s": self.skip}[key]()
        elif key:
            self._told.value = _said(f"{html.escape(line)!r}: expected {_KEYS}")
        self._key.value = ""

    def _set(self, name: str, value: str) -> None:
        field = self._fields[name]
        allowed = getattr(field, "options", None)
        if allowed is not None and value not in allowed:
            self._told.value = _said(f"{html.escape(name)}: expected one of {', '.join(allowed)}")
        else:
            field.value = value


def _field(name: str) -> Any:
    style = {"description_width": "105px"}
    layout = {"width": "99%"}
    if name in events.ENUMS:
        options = ["", *events.ENUMS[name]]
        return widgets.Dropdown(options=options, description=name, style=style, layout=layout)
    return widgets.Text(description=name, style=style, layout=layout)


def _button(name: str, style: str, run: Callable[[], None]) -> Any:
    button = widgets.Button(description=name, button_style=style)
    button.on_click(lambda _: run())
    return button


def _as_text(value: Any, field: Any) -> str:
    text = "; ".join(value) if isinstance(value, list) else str(value or "")
    options = getattr(field, "options", None)
    return text if options is None or text in options else ""


def _said(text: str) -> str:
    return f"<div style='{_STYLE}'>{text}</div>"


def _heading(candidate: Candidate, waiting: int, desk: Desk) -> str:
    record = candidate.record
    count = origins(record.get("sources", ()))
    rests = f"{desk.grade(candidate)}, {count} independent of {len(candidate.evidence)}"
    told = [candidate.id, rests, f"confidence {record.get('confidence')}", *(record.get("flags") or ())]
    return f"<b>{waiting} waiting</b> · {' · '.join(html.escape(text) for text in told)}"


def _passage(passage: Passage) -> str:
    """Return a passage with its sentence and the words of the date marked; nothing of it is markup."""
    title = html.escape(f"{passage.publisher}: {passage.headline}")
    copied = " (a copy)" if passage.evidence.copy_of else ""
    if not passage.text:
        body = "<i>The document is not at hand, or is another now.</i>"
    else:
        cuts = (0, passage.sentence[0], *passage.words, passage.sentence[1], len(passage.text))
        before, opening, words, closing, after = (html.escape(passage.text[a:b]) for a, b in pairwise(cuts))
        sentence = f"{opening}<mark style='{_MARK}'>{words}</mark>{closing}"
        body = f"…{before}<span style='{_SENTENCE}'>{sentence}</span>{after}…"
    rules = html.escape(", ".join(passage.evidence.rules))
    inside = f"<b>{title}</b>{copied}<div>{body}</div><small style='color:#666'>{rules}</small>"
    return f"<div style='{_STYLE};{_QUOTE}'>{inside}</div>"


def _beside(candidate: Candidate, desk: Desk) -> str:
    rows = [*map(_neighbour, desk.neighbours(candidate)), *(_rival(c, desk) for c in desk.rivals(candidate))]
    if not rows:
        return _said("Nothing in the register stands beside it.")
    return _said(f"<table style='{_STYLE};border-spacing:10px 1px'>{''.join(rows)}</table>")


def _neighbour(neighbour: Neighbour) -> str:
    record = neighbour.record
    told = (days(record), record["stage"], record["summary"], neighbour.grade)
    return _row((neighbour.relation, *told))


def _rival(candidate: Candidate, desk: Desk) -> str:
    record = candidate.record
    told = (days(record), record["stage"], record.get("summary"), desk.grade(candidate))
    return _row((f"says otherwise: {candidate.id}", *told))


def _row(cells: Iterable[object]) -> str:
    first, day, *rest = (html.escape(str(cell)) for cell in cells)
    told = "".join(f"<td>{cell}</td>" for cell in rest)
    return f"<tr><td style='{_NARROW}'>{first}</td><td style='{_NARROW}'>{day}</td>{told}</tr>"
