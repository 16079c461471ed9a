"""How each publisher releases its statistics: stages, days, zone. The table is data (release_rules.toml)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tonnage.errors import ContractError, nearest
from tonnage.model import codes, flows
from tonnage.model.releases import first_day

__all__ = ["STATUSES", "Series", "Stage", "Together", "parse_rules", "rule", "rules"]

#: How sure a rule is, from the surest.
STATUSES: Final = ("seen", "untagged", "guess")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a series; release_rules.toml says what each field means."""

    partners: bool
    evidence: bool = True
    part: str = ""
    days_after: tuple[int, int] | None = None
    month_after: int | None = None
    days: tuple[int, int] | None = None

    @property
    def timed(self) -> bool:
        """Whether the rule itself gives the days; otherwise a calendar has to."""
        return self.days_after is not None or self.days is not None


@dataclass(frozen=True, slots=True)
class Together:
    """Months that come out as one release."""

    months: tuple[int, ...]
    since: int
    known: dt.date
    why: str


@dataclass(frozen=True, slots=True)
class Series:
    """One publisher's releases; release_rules.toml says what each field means."""

    id: str
    title: str
    publisher: str
    reporters: tuple[str, ...]
    flows: tuple[str, ...]
    family: str
    zone: ZoneInfo
    weekends: bool
    status: str
    basis: str
    note: str
    stages: Mapping[str, Stage]
    scheme: str = ""
    clock: dt.time | None = None
    printed: Mapping[dt.date, dt.date] = field(default_factory=dict)
    together: tuple[Together, ...] = ()


@cache
def rules() -> Mapping[str, Series]:
    """Return every series by id."""
    return parse_rules(
        tomllib.loads(files("tonnage.model").joinpath("release_rules.toml").read_text("utf-8"))
    )


def rule(source: str) -> Series:
    """Return the series that RELEASES calls `source`.

    Raises:
        ContractError: the rules have no such series.
    """
    if source not in rules():
        raise ContractError(
            f"release_rules.toml: expected a table for the source {source!r} of the calendar, found none"
            f"{nearest(source, rules())}; add its zone, reporters and stages there"
        )
    return rules()[source]


def parse_rules(document: Mapping[str, Any]) -> dict[str, Series]:
    """Return the series of a parsed TOML document.

    Raises:
        ContractError: an entry has an unknown or missing field, or a value that cannot be.
    """
    found = {}
    for name, entry in document.items():
        try:
            found[name] = _series(name, entry)
        except (TypeError, ValueError, KeyError, ZoneInfoNotFoundError) as fault:
            raise ContractError(f"release_rules.toml: {name}: {fault}") from None
    return found


def _series(name: str, entry: Mapping[str, Any]) -> Series:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    values["zone"] = ZoneInfo(entry["zone"])
    values["clock"] = dt.time.fromisoformat(entry["clock"]) if "clock" in entry else None
    values["stages"] = {stage: _stage(timing) for stage, timing in entry["stages"].items()}
    values["printed"] = {_month(m): day for m, day in entry.get("printed", {}).items()}
    values["together"] = tuple(
        Together(**{**t, "months": tuple(t["months"])}) for t in entry.get("together", ())
    )
    made = Series(id=name, **values)
    _check(made)
    return made


def _stage(entry: Mapping[str, Any]) -> Stage:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    made = Stage(**values)
    if made.days_after is not None and made.days is not None:
        raise ValueError("expected one of days_after and days, found both")
    if (made.days is None) != (made.month_after is None):
        raise ValueError("days and month_after: expected both or neither")
    for span in (made.days_after, made.days):
        if span is not None and (len(span) != len(("least", "most")) or not 0 < span[0] <= span[1]):
            raise ValueError(f"expected [least, most] days, found {list(span)}")
    return made


def _month(text: str) -> dt.date:
    return first_day(dt.date.fromisoformat(f"{text}-01"), 1)


def _check(made: Series) -> None:
    lists = (
        ("status", (made.status,), STATUSES),
        ("flows", made.flows, flows.FLOWS),
        ("stages", tuple(made.stages), flows.OFFICIAL),
    )
    for what, values, allowed in lists:
        unknown = [value for value in values if value not in allowed]
        if unknown:
            hint = nearest(unknown[0], allowed)
            raise ValueError(f"{what}: expected some of {list(allowed)}, found {unknown[0]!r}{hint}")
    strangers = sorted(set(made.reporters) - codes.known_countries())
    if strangers or not made.reporters:
        raise ValueError(f"reporters: expected ISO alpha-3 or special codes, found {strangers or 'none'}")
