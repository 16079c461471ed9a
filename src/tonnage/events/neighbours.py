"""Which events stand near a candidate: its own stage, another stage of its act, the same days."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tonnage.model.evidence import grade

__all__ = ["RELATIONS", "Neighbour", "neighbours", "relation", "same_law"]

#: How two records may stand to each other, the nearest first, each with its meaning.
RELATIONS: Final[dict[str, str]] = {
    "same stage": "the same stage of the same act on the same day",
    "contradicts": "the same stage of what looks like the same act, on another day",
    "same act": "another stage of what looks like the same act",
    "near": "the same actor within a week",
}

Record = Mapping[str, Any]

_SAME_ACT: Final = 90
_MONTH: Final = 30
_NEAR: Final = 7
#: Stages of which an act has one: told with two days, one of them is wrong.
_ONCE: Final = ("announced", "effective", "suspended", "lifted", "expires")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An event near a candidate: `relation` is one of `RELATIONS`, `grade` says what it rests on."""

    event_id: str
    relation: str
    grade: str
    record: Record


def neighbours(candidate: Record, register: Iterable[Record], most: int = 8) -> list[Neighbour]:
    """Return the events that a person should see beside a candidate, the nearest first."""
    found = []
    for record in register:
        how = None if record["status"] in ("rejected", "superseded") else relation(candidate, record)
        if how:
            found.append(Neighbour(record["event_id"], how, grade(record), record))
    order = list(RELATIONS)
    found.sort(key=lambda n: (order.index(n.relation), _apart(candidate, n.record) or 0, n.event_id))
    return found[:most]


def relation(one: Record, other: Record) -> str | None:
    """Return how a record stands to another: one of `RELATIONS`, or None."""
    if not _shared(one.get("actor"), other.get("actor")):
        return None
    apart = _apart(one, other)
    law = same_law(one, other)
    alike = law or (_kin(one["type"], other["type"]) and _goes_with(one, other))
    if alike and one["stage"] == other["stage"] and apart is not None:
        if _same_days(one, other):
            return "same stage"
        if one["stage"] in _ONCE and _restricts(one) and apart <= (_SAME_ACT if law else _NEAR):
            return "contradicts"
    if alike and _restricts(one) and (law or (apart is not None and apart <= _reach(one, other))):
        return "same act"
    return "near" if apart is not None and apart <= _NEAR else None


def same_law(one: Record, other: Record) -> bool:
    """Tell whether two records name one legal reference, in whatever words."""
    return bool(_law(one)) and _law(one) == _law(other)


def _restricts(record: Record) -> bool:
    return str(record["type"]).startswith(("export_restriction", "import_restriction"))


def _law(record: Record) -> tuple[str, ...]:
    """Return the numbers of a legal reference: what stays when it is put in other words."""
    return tuple(sorted(set(re.findall(r"\d+", record.get("legal_ref") or ""))))


def _shared(one: str | None, other: str | None) -> bool:
    return bool(set((one or "").split(";")) & set((other or "").split(";")) - {""})


def _kin(one: str, other: str) -> bool:
    """Tell whether two types may be one: a text may call a licence duty a curb."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    return longer.startswith(f"{shorter}.")


def _goes_with(one: Record, other: Record) -> bool:
    """Tell whether targets and goods allow that two records are of one act; what is not named, does."""
    targets = not one.get("target") or not other.get("target") or _shared(one["target"], other["target"])
    mine, theirs = set(one.get("commodities") or ()), set(other.get("commodities") or ())
    return targets and (
        not mine or not theirs or bool(mine & theirs) or _words(mine) & _words(theirs) != set()
    )


def _reach(one: Record, other: Record) -> int:
    """Return how many days two stages of one act may lie apart: more, where both name goods."""
    return _SAME_ACT if one.get("commodities") and other.get("commodities") else _MONTH


def _words(goods: set[str]) -> set[str]:
    """Return the goods by their first words: a text speaks of rare earths where an act lists magnets."""
    return {" ".join(good.replace("-", " ").split()[:2]) for good in goods}


def _days(record: Record) -> tuple[dt.date, dt.date] | None:
    start = record.get("date_start")
    if not start:
        return None
    first = dt.date.fromisoformat(start)
    last = dt.date.fromisoformat(record.get("date_end") or start)
    return first, max(first, last)


def _apart(one: Record, other: Record) -> int | None:
    """Return the days between two records, 0 where they overlap; None where one has no day."""
    mine, theirs = _days(one), _days(other)
    if mine is None or theirs is None:
        return None
    return max(0, (max(mine[0], theirs[0]) - min(mine[1], theirs[1])).days)


def _same_days(one: Record, other: Record) -> bool:
    return _apart(one, other) == 0
