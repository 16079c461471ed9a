"""The schedule of a workspace: what is asked of publishers when it is due, and the reports that follow.

One pass takes in the drop folder, asks for what is due and not held, builds, and makes each report whose
figures are there and have changed since it was last made. It may be run as often as one likes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ComeBackLater, NotYetReleased, ParameterError, StoreError, TonnageError, nearest
from tonnage.ledger import build, calendar, disk, inbox, pull, store
from tonnage.ledger.ledger import open_ledger
from tonnage.model.release_rules import rules
from tonnage.model.releases import months_on
from tonnage.reports import run
from tonnage.sources.pulls.base import PARAMETERS

__all__ = ["FILE", "STATES", "Ask", "Schedule", "Step", "Wanted", "load", "watch"]

#: Name of the schedule, beside the data folder.
FILE: Final = "watch.toml"

#: What a step may come to.
STATES: Final[dict[str, str]] = {
    "done": "something new is there",
    "same": "there was nothing to do",
    "not yet": "a release is not out, or a publisher asks to come back later",
    "failed": "it needs someone to look at it",
}

#: States of a release that is asked for.
_WANTED: Final = ("due", "late", "unfollowed")
_LAG: Final = 3  # months by which the slowest rule follows its month
_MADE: Final = ".watch.json"
_ASK: Final = ("source", "series", "months")
_REPORT: Final = ("notebook", "parameters", "to")
_FORMATS: Final = ("pdf", "html", "xlsx")
_PLACE: Final = re.compile(r"\{(today|month-([0-9]+))\}")


@dataclass(frozen=True, slots=True)
class Ask:
    """One pull of a schedule.

    Attributes:
        source: id of the source.
        series: the release rule that says when it is due (default: that of the source); "" to ask every time.
        months: how many of the newest months are asked for at most.
        given: the other parameters of the pull.
    """

    name: str
    source: str
    series: str = ""
    months: int = 3
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One report of a schedule; in its parameters {today} and {month-1} stand for days and months."""

    name: str
    notebook: Path
    parameters: Mapping[str, Any] = field(default_factory=dict)
    formats: tuple[str, ...] = _FORMATS


@dataclass(frozen=True, slots=True)
class Schedule:
    """What a workspace watches."""

    asks: tuple[Ask, ...]
    reports: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step came to: its name, one of `STATES`, and what is told of it."""

    name: str
    state: str
    said: str


def load(path: Path) -> Schedule:
    """Return the schedule of a file.

    Raises:
        StoreError: there is no such file.
        ParameterError: it is no TOML, or says something that is not known.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: expected a schedule, found none; docs/how-to/watch.md shows one") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ParameterError(f"{path}: expected TOML: {fault}") from None
    _known(path, document, ("pulls", "reports"))
    asks = tuple(_ask(where, name, said) for where, name, said in _tables(path, document, "pulls"))
    wanted = [_wanted(*entry, path.parent) for entry in _tables(path, document, "reports")]
    return Schedule(asks, tuple(wanted))


def _tables(path: Path, document: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str, Any]]:
    tables = document.get(kind, {})
    if not isinstance(tables, dict):
        raise ParameterError(f"{path}: {kind}: expected a table of tables, found {tables!r}")
    for name, said in tables.items():
        yield f"{path}: {kind}.{name}", name, said


def _known(where: object, said: Any, names: tuple[str, ...]) -> None:
    if not isinstance(said, dict):
        raise ParameterError(f"{where}: expected a table, found {said!r}")
    for name in said:
        if name not in names:
            raise ParameterError(
                f"{where}: expected some of {list(names)}, found {name!r}{nearest(name, names)}"
            )


def _ask(where: str, name: str, said: Any) -> Ask:
    _known(where, said, (*_ASK, *(p for p in PARAMETERS if p != "period")))
    given = {k: v for k, v in said.items() if k not in _ASK}
    source = said.get("source")
    series, months = said.get("series", source if source in rules() else ""), said.get("months", 3)
    if series and series not in rules():
        raise ParameterError(
            f"{where}: series {series!r}: expected one of {list(rules())}{nearest(series, rules())}"
        )
    if not isinstance(months, int) or months < 1:
        raise ParameterError(f"{where}: months: expected a number from 1, found {months!r}")
    wrong = [k for k, v in given.items() if not isinstance(v, str)]
    if wrong or not isinstance(source, str):
        raise ParameterError(f"{where}: expected text for {wrong[0] if wrong else 'source'}")
    pull.protocol(source).check(given)
    return Ask(name, source, series, months, given)


def _wanted(where: str, name: str, said: Any, folder: Path) -> Wanted:
    _known(where, said, _REPORT)
    parameters, formats = said.get("parameters", {}), said.get("to", list(_FORMATS))
    if not isinstance(said.get("notebook"), str):
        raise ParameterError(f"{where}: notebook: expected the path of a notebook")
    if not isinstance(parameters, dict) or not isinstance(formats, list):
        raise ParameterError(f"{where}: expected a table under parameters and a list under to")
    return Wanted(name, folder / said["notebook"], parameters, tuple(formats))


def watch(
    root: Path, schedule: Schedule, now: dt.datetime, connect: pull.Connect | None = None
) -> Iterator[Step]:
    """Go through a schedule once; a step that fails does not keep the others from being done.

    Args:
        root: the data folder of the workspace.
        schedule: what is to be done.
        now: the time, with its offset.
        connect: makes the client for a pull (default: `web.Client`).
    """
    yield from _guarded("inbox", partial(_inbox, root))
    yield from _guarded("build", partial(_build, root))
    for ask in schedule.asks:
        yield from _guarded(ask.name, partial(_pull, root, ask, now, connect))
    if schedule.asks:
        yield from _guarded("build", partial(_build, root))
    for wanted in schedule.reports:
        yield from _guarded(wanted.name, partial(_report, root, wanted, now))


def _guarded(name: str, work: Callable[[], tuple[str, str]]) -> Iterator[Step]:
    try:
        yield Step(name, *work())
    except (NotYetReleased, ComeBackLater) as told:
        yield Step(name, "not yet", str(told))
    except TonnageError as told:
        yield Step(name, "failed", str(told))


def _inbox(root: Path) -> tuple[str, str]:
    folder = root / "inbox"
    found = list(inbox.inbox(root, folder)) if folder.is_dir() else []
    stay = [one for one in found if one.done is None]
    if stay:
        return "failed", f"{len(stay)} files stay in {folder}: {stay[0].why}"
    return ("done", f"{len(found)} files taken in") if found else ("same", "nothing was dropped")


def _build(root: Path) -> tuple[str, str]:
    done = build.build(root)
    said = f"{len(done.built)} files built, {len(done.reused)} reused"
    return ("done" if done.built or done.gone else "same"), said


def _pull(root: Path, ask: Ask, now: dt.datetime, connect: pull.Connect | None) -> tuple[str, str]:
    months = _months(root, ask, now)
    if not months:
        return "same", f"nothing of {ask.series} is due"
    period = f"{months[0]:%Y-%m}:{months[-1]:%Y-%m}"
    done = pull.pull(root, ask.source, {**ask.given, "period": period}, connect=connect)
    done.settle()
    said = f"{len(done.stored)} files stored for {period}"
    return ("done" if done.stored else "same"), said


def _months(root: Path, ask: Ask, now: dt.datetime) -> list[dt.date]:
    """Return the months to ask for: those due and not held, or the newest ones where no rule is named."""
    this = calendar.local_day(now, dt.UTC).replace(day=1)
    if not ask.series:
        return [months_on(this, -back) for back in range(ask.months, 0, -1)]
    ledger, series = open_ledger(root), rules()[ask.series]
    day = calendar.local_day(now, series.zone)
    since = months_on(this, -ask.months - _LAG)
    found = calendar.agenda(ledger.calendar(), ledger.releases_held(), now, day, [series], since)
    due = {
        r.expected.end
        for r in found
        if r.series.id == series.id and r.state in _WANTED and r.expected.end >= since
    }
    return sorted(due)[-ask.months :]


def _report(root: Path, wanted: Wanted, now: dt.datetime) -> tuple[str, str]:
    given = {name: _placed(value, now) for name, value in wanted.parameters.items()}
    fixed = {name: value for name, value in given.items() if "{today}" not in str(wanted.parameters[name])}
    state = [str(wanted.notebook), fixed, wanted.formats, build.digest(root)]
    print_ = hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()[:16]
    made = _made(root)
    if made.get(wanted.name) == print_:
        return "same", "made already from these figures"
    done = run.run(wanted.notebook, root, given, formats=wanted.formats)
    disk.write_atomic(_made_file(root), json.dumps({**made, wanted.name: print_}, indent=2).encode())
    return "done", ", ".join(str(path) for path in done.files.values())


def _placed(value: Any, now: dt.datetime) -> Any:
    """Return a parameter with days and months in the places of their names."""

    def named(match: re.Match[str]) -> str:
        today = calendar.local_day(now, dt.UTC)
        back = match[2]
        return f"{months_on(today.replace(day=1), -int(back)):%Y-%m}" if back else today.isoformat()

    return _PLACE.sub(named, value) if isinstance(value, str) else value


def _made_file(root: Path) -> Path:
    return root.parent / "reports" / _MADE


def _made(root: Path) -> dict[str, Any]:
    with suppress(StoreError, FileNotFoundError):
        return store.read_json(_made_file(root))
    return {}
