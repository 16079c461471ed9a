"""A pass over a schedule: what is due is asked for, what is there is reported; a second pass does nothing."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.build_rows import PRESS
from tests.ledger.publisher import Publisher, Reply, Seen, publishing
from tests.ledger.pulling import connect, taking_all
from tests.reports.test_run import FRONT, TABLE, write

from tonnage import cli
from tonnage.errors import NotYetReleased, ParameterError, StoreError
from tonnage.ledger import web
from tonnage.model.release_rules import rules
from tonnage.reports import run, watch
from tonnage.sources import SOURCES

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)

RULE = next(series.id for series in rules().values() if series.reporters == ("USA",))

SCHEDULE = f"""
[pulls.us-magnets]
source = "census"
series = "{RULE}"
commodity = "8505110070"
flow = "import"
months = 2

[reports.magnets]
notebook = "briefing.ipynb"
to = ["html"]

[reports.magnets.parameters]
partner = "Japan"
period = "{{month-11}}"
as_of = "{{today}}"
"""


def census(seen: Seen) -> Reply:
    if seen.params["time"] > "2026-08":
        return Reply(b"", 204)
    return Reply(json.dumps([["CTY_CODE", "time"], ["5700", seen.params["time"]]]).encode())


@pytest.fixture
def home(workspace: Path, tmp_path: Path) -> Path:
    """A workspace of its own, with a schedule and a small notebook."""
    shutil.copytree(workspace / "data", tmp_path / "data")
    write(tmp_path, FRONT, TABLE)
    (tmp_path / watch.FILE).write_text(SCHEDULE, "utf-8")
    return tmp_path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setitem(SOURCES, "census", taking_all("census"))
    monkeypatch.setenv("TONNAGE_CENSUS_KEY", "the-k3y")
    with publishing(census) as found:
        yield found


def passed(home: Path, server: Publisher | None = None) -> dict[str, tuple[str, str]]:
    schedule = watch.load(home / watch.FILE)
    make = connect(server.url) if server else None
    return {step.name: (step.state, step.said) for step in watch.watch(home / "data", schedule, NOW, make)}


def test_a_pass_pulls_builds_and_reports_and_the_next_one_does_nothing_new(
    home: Path, server: Publisher
) -> None:
    first = passed(home, server)
    assert first["us-magnets"] == ("not yet", "census: not out yet: 2026-09")
    assert [seen.params["time"] for seen in server.seen] == ["2026-08", "2026-09"]
    assert first["build"][0] == "done"
    assert first["magnets"][0] == "done"
    made = [Path(name) for name in first["magnets"][1].split(", ")]
    assert all(path.is_file() for path in made)
    assert made[0].suffix == ".html"
    assert "2025-12_as-of-2026-11-22" in str(made[0])
    second = passed(home, server)
    assert second["magnets"] == ("same", "made already from these figures")
    assert second["build"][0] == second["inbox"][0] == "same"
    assert len(list((home / "data" / "raw" / "census").glob("*.json"))) == 2


def test_new_figures_make_the_report_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []

    def fake(notebook: Path, root: Path, given: dict[str, Any], formats: tuple[str, ...]) -> run.Report:
        made.append(given)
        return run.Report(home, {"html": home / "x.html"}, "r", reused=False)

    monkeypatch.setattr(run, "run", fake)
    (home / watch.FILE).write_text(SCHEDULE[SCHEDULE.index("[reports") :], "utf-8")
    assert passed(home)["magnets"][0] == "done"
    assert passed(home)["magnets"][0] == "same"
    (home / "data" / "inbox").mkdir()
    shutil.copy(PRESS, home / "data" / "inbox")
    found = passed(home)
    assert (found["inbox"], found["magnets"][0]) == (("done", "1 files taken in"), "done")
    assert made == [{"partner": "Japan", "period": "2025-12", "as_of": "2026-11-22"}] * 2


def test_a_report_whose_figures_are_not_out_waits_and_the_others_are_made(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(notebook: Path, root: Path, given: dict[str, Any], formats: tuple[str, ...]) -> run.Report:
        if given.get("period") == "2026-10":
            raise NotYetReleased("rare-earth-magnets 2026-10: due 2026-11-20")
        return run.Report(home, {}, "r", reused=False)

    monkeypatch.setattr(run, "run", fake)
    two = '[reports.a]\nnotebook = "x"\nparameters = {period = "{month-1}"}\n[reports.b]\nnotebook = "x"\n'
    (home / watch.FILE).write_text(two, "utf-8")
    found = passed(home)
    assert (found["a"][0], found["b"][0]) == ("not yet", "done")
    assert passed(home)["a"][0] == "not yet"


def test_a_step_that_fails_does_not_keep_the_others(home: Path, server: Publisher) -> None:
    server.replies = lambda seen: Reply(b"error: unknown variable", 400)
    found = passed(home, server)
    assert found["us-magnets"][0] == "failed"
    assert "unknown variable" in found["us-magnets"][1]
    assert found["magnets"][0] == "done"


def test_what_is_not_due_is_not_asked_for(home: Path, server: Publisher) -> None:
    early = watch.Ask("x", "census", RULE, 1, {"commodity": "280530"})
    schedule = watch.Schedule((early,), ())
    steps = {s.name: s for s in watch.watch(home / "data", schedule, NOW, connect(server.url))}
    assert {seen.params["time"] for seen in server.seen} == {"2026-09"}
    assert steps["x"].state == "not yet"


def test_without_a_rule_the_newest_months_are_asked_every_time(home: Path, server: Publisher) -> None:
    asks = (watch.Ask("x", "census", "", 2, {"commodity": "280530", "flow": "import"}),)
    list(watch.watch(home / "data", watch.Schedule(asks, ()), NOW, connect(server.url)))
    assert [seen.params["time"] for seen in server.seen] == ["2026-09", "2026-10"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[pull.x]\n", "did you mean 'pulls'"),
        ("x = ", "expected TOML"),
        (f'[pulls.x]\nsource = "census"\nseries = "{RULE}x"\n', f"did you mean '{RULE}'"),
        ('[pulls.x]\nsource = "census"\nmonths = 0\n', "months: expected a number from 1"),
        ('[pulls.x]\nsource = "census"\ncommodity = 280530\n', "expected text for commodity"),
        ('[pulls.x]\nsource = "census"\nreporter = "USA"\n', "census takes"),
        ('[pulls.x]\nsource = "census"\nperiod = "2026-01"\n', "found 'period'"),
        ("[pulls.x]\n", "expected text for source"),
        ("[reports.x]\n", "notebook: expected the path"),
        ('[reports.x]\nnotebook = "a"\nparameters = 1\n', "expected a table under parameters"),
        ("pulls = 1\n", "expected a table"),
    ],
)
def test_a_wrong_schedule_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    monkeypatch.setitem(SOURCES, "census", taking_all("census"))
    path = tmp_path / watch.FILE
    path.write_text(text, "utf-8")
    with pytest.raises(ParameterError, match=told):
        watch.load(path)


def test_no_schedule_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="expected a schedule, found none"):
        watch.load(tmp_path / watch.FILE)


def test_the_command(
    home: Path, server: Publisher, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(web, "Client", connect(server.url, now=lambda: dt.datetime.now(dt.UTC)))
    server.replies = lambda seen: Reply(b"", 204)
    text = '[pulls.x]\nsource = "census"\ncommodity = "280530"\nmonths = {}\n'
    data = ["--data", str(home / "data")]
    (home / watch.FILE).write_text(text.format(1), "utf-8")
    assert cli.main([*data, "watch"]) == 75
    assert "x: not yet: census: not out yet: " in capsys.readouterr().err
    server.replies = lambda seen: Reply(b"no", 400)
    assert cli.main([*data, "watch", str(home / watch.FILE)]) == 1
    (home / watch.FILE).write_text("", "utf-8")
    assert cli.main([*data, "watch"]) == 0
    assert "inbox: same: nothing was dropped" in capsys.readouterr().out
    assert cli.main([*data, "watch", str(home / "none.toml")]) == 1
