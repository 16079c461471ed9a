"""What the ledger says to the question of a briefing: computed once, printed in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from tonnage.analysis import relevance
from tonnage.ledger.calendar import months_on
from tonnage.model.definitions import Definition, registry
from tonnage.reports.asked import Asked, Row
from tonnage.reports.citations import Citations
from tonnage.reports.wording import month

__all__ = ["Findings", "find"]

_EVENTS: Final = 4


@dataclass(frozen=True, slots=True)
class Findings:
    """The question, its figure, and what stands around it.

    Attributes:
        row: the figure of the month: the definition towards the world.
        world: its series, in tonnes.
        detail: the definition that has the partner: the one asked for, or a part of it; None if neither has.
        events: EVENTS as knowable on the day; `shown` are those that stand in the chart.
        check: the identities of the definitions concerned.
        cite: hands out the footnote keys, in the order of printing.
    """

    asked: Asked
    row: Row
    world: pl.DataFrame
    detail: Definition | None
    events: pl.DataFrame
    shown: pl.DataFrame
    check: pl.DataFrame
    cite: Citations

    @property
    def language(self) -> str:
        """The language of headings and labels."""
        return self.asked.language

    @property
    def definitions(self) -> list[Definition]:
        """The definition asked for, and the one that has the partner."""
        both = [self.asked.entry, self.detail] if self.detail else [self.asked.entry]
        return list({d.id: d for d in both}.values())

    @property
    def pairs(self) -> list[tuple[Definition, str]]:
        """Definition and partner of each series the briefing speaks of."""
        found = [(self.asked.entry, "WLD")]
        if self.detail and self.asked.partner != "WLD":
            found.append((self.detail, self.asked.partner))
        return found

    @property
    def month(self) -> str:
        """The month reported on, in words."""
        return month(self.row["period"], self.language, self.row["months"])


def find(asked: Asked, row: Row) -> Findings:
    """Return what the ledger says to a question whose figure is out."""
    detail = _detail(asked)
    events = asked.ledger.events(asked.day)
    first = months_on(asked.period, 1 - asked.months)
    shown = relevance.relevant(events, asked.entry.id, asked.partner, first, asked.day, _EVENTS)
    names = [name for d in (asked.entry, detail) if d for name in (d.id, *d.parts)]
    return Findings(
        asked=asked,
        row=row,
        world=asked.known(asked.entry.id, "WLD"),
        detail=detail,
        events=events,
        shown=shown,
        check=asked.ledger.check(asked.day, dict.fromkeys(names)),
        cite=Citations(asked.language),
    )


def _detail(asked: Asked) -> Definition | None:
    for name in (asked.entry.id, *asked.entry.contains):
        held = asked.ledger.partners(name, asked.day)
        if asked.partner in held if asked.partner != "WLD" else len(held) > 1:
            return registry()[name]
    return None
