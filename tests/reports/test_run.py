"""A notebook becomes a whole report or leaves the last good one alone."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from tonnage import errors
from tonnage.errors import NotYetReleased, ParameterError, TonnageError
from tonnage.reports import kernel
from tonnage.reports import run as module
from tonnage.reports.run import FORMATS, Report, plan, run

GIVEN = {"as_of": "2026-01-20", "partner": "Japan"}
FOLDER = "rare-earth-magnets_JPN_2025-12_as-of-2026-01-20"

PARAMETERS = """\
definition: str = "rare-earth-magnets"  # which figures
partner: str = "WLD"  # to whom
period: str = "2025-12"  # the month
as_of: str = ""  # the day of knowledge
note: str = ""  # any text
"""
READS = "seen = [definition, partner, period, as_of, note]"
FRONT = "from tonnage.reports.blocks import *\nFront('Magnets', 'to Japan', 'en', as_of)"
TABLE = (
    "import warnings\nwarnings.warn('for the analyst only')\n"
    "figure = Figure('Japan', 304.0, 't', definition, period, 'detail', '2026-01-20')\n"
    "Table('Exports', (Column('to'), Column('t', 'right')), (('Japan', '304'),), figures=(figure,))"
)
CHART = (
    "import io, matplotlib.pyplot as plt\n"
    "figure, axes = plt.subplots()\naxes.plot([1, 2], marker='o')\nplt.close(figure)\nsvg = io.StringIO()\n"
    "figure.savefig(svg, format='svg', metadata={'Date': None})\n"
    "Chart(svg.getvalue(), 'Months', 'Two months, the second higher')"
)
WIDGET = "raise RuntimeError('a cell of the lab is not run')"


def write(workspace: Path, *cells: str, tags: dict[int, list[str]] | None = None) -> Path:
    """Write the notebook `briefing` of the workspace: its parameters, then `cells`."""
    tagged = {0: ["parameters"]} | (tags or {})
    made = [
        nbformat.v4.new_code_cell(text, id=f"c{n}", metadata={"tags": tagged.get(n, [])})  # type: ignore[no-untyped-call]
        for n, text in enumerate((PARAMETERS, READS, *cells))
    ]
    path = workspace / "briefing.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)  # type: ignore[no-untyped-call]
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file under a folder, by name."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(autouse=True)
def steady(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold still what a run id depends on and these tests are not about."""
    monkeypatch.setattr(module, "_digest", lambda data: "d" * 64)
    monkeypatch.setattr(module, "_code", lambda: "c" * 64)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def papermill(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stand in for papermill: every cell is run, or what `fault` says happens."""
    fake = SimpleNamespace(runs=0, edit=lambda node: None, fault=None)

    def execute(job: kernel.Job, live: Any, room: Path, say: Any) -> None:
        fake.runs += 1
        live.node = nbformat.from_dict(kernel._to_run(job.notebook))  # type: ignore[no-untyped-call]
        for number, cell in enumerate(live.node.cells, 1):
            cell.execution_count = number
        fake.edit(live.node)
        if fake.fault:
            raise fake.fault

    monkeypatch.setattr(kernel, "_papermill", execute)
    return fake


def made_in(workspace: Path, *cells: str, **options: Any) -> Report:
    """Run the notebook of `cells` without printing it."""
    options = {"formats": ("ipynb",), "given": GIVEN} | options
    return run(write(workspace, *cells), workspace / "data", options.pop("given"), **options)


# What is planned.


def test_the_plan_names_the_checked_parameters_and_the_folder(workspace: Path) -> None:
    found = plan(write(workspace), workspace / "data", GIVEN)
    assert found.parameters["partner"] == "JPN"
    assert found.folder == workspace / "reports" / "briefing" / FOLDER
    assert found.formats == FORMATS
    assert len(found.run) == 12
    assert not (workspace / "reports").exists()


def test_the_run_id_is_that_of_what_decides_the_bytes(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(*cells: str, given: dict[str, str] = GIVEN, formats: tuple[str, ...] = ("pdf",)) -> str:
        return plan(write(workspace, *cells), workspace / "data", given, formats).run

    base = of()
    same = [of(given={"partner": "jpn", "as_of": "2026-01-20"}), of(formats=("json", "ipynb", "pdf"))]
    other = [of("1"), of(given={**GIVEN, "note": "x"}), of(formats=("html",))]
    monkeypatch.setattr(module, "_digest", lambda data: "e" * 64)
    other.append(of())
    monkeypatch.setattr(module, "_code", lambda: "f" * 64)
    other.append(of())
    assert same == [base, base]
    assert len({base, *other}) == 6


def test_outputs_in_the_source_do_not_change_the_run(workspace: Path) -> None:
    path = write(workspace, "1")
    before = plan(path, workspace / "data", GIVEN).run
    node = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    node.cells[2].execution_count = 7
    node.cells[2].outputs = [nbformat.v4.new_output("stream", text="seen")]  # type: ignore[no-untyped-call]
    nbformat.write(node, path)  # type: ignore[no-untyped-call]
    assert plan(path, workspace / "data", GIVEN).run == before


@pytest.mark.parametrize("note", ["x", "../../etc", "a/b", "a-b", "稀土", "." * 300, "-"])
def test_another_value_has_another_folder_with_a_name_every_disk_takes(workspace: Path, note: str) -> None:
    home = workspace / "reports" / "briefing"
    found = plan(write(workspace), workspace / "data", {**GIVEN, "note": note}).folder
    assert found.parent == home
    assert found != home / FOLDER
    assert found.name.isascii()
    assert len(found.name) < 140


def test_an_unknown_format_is_told(workspace: Path) -> None:
    with pytest.raises(ParameterError, match="format 'pfd': not known; did you mean 'pdf'"):
        plan(write(workspace), workspace / "data", GIVEN, ["pfd"])


def test_the_code_hash_is_that_of_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert module._code() == module._code()


@pytest.mark.parametrize("name", ["reports/pdf.py", "model/definitions.toml", "reports/page.typ"])
def test_the_code_hash_counts_every_kind_of_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(errors, "__file__", str(tmp_path / "errors.py"))
    (tmp_path / name).parent.mkdir()
    hashes = set()
    for text in ("one", "two"):
        (tmp_path / name).write_text(text)
        hashes.add(module._code())
    assert len(hashes) == 2


# What stands in the folder.


def test_a_whole_report_is_not_made_again(workspace: Path, papermill: SimpleNamespace) -> None:
    first = made_in(workspace)
    second = made_in(workspace)
    assert (first.reused, second.reused, papermill.runs) == (False, True, 1)
    assert first.files == second.files == {"ipynb": first.folder / "briefing.ipynb"}
    assert sorted(contents(first.folder)) == ["briefing.ipynb", "manifest.json"]


def test_force_makes_it_again_and_archives_only_what_differs(
    workspace: Path, papermill: SimpleNamespace
) -> None:
    first = contents(made_in(workspace).folder)
    again = made_in(workspace, force=True)
    assert (again.reused, papermill.runs) == (False, 2)
    assert contents(again.folder) == first


def test_the_report_before_is_archived_under_its_run_id(workspace: Path, papermill: SimpleNamespace) -> None:
    reports = [made_in(workspace, cell) for cell in ("1", "2", "3")]
    folder, shelf = reports[0].folder, reports[0].folder / "superseded"
    assert {r.folder for r in reports} == {folder}
    assert sorted(p.name for p in shelf.iterdir()) == sorted(r.run for r in reports[:2])
    kept = json.loads((shelf / reports[0].run / "manifest.json").read_text())
    assert kept["run"] == reports[0].run
    assert b'"1"' in (shelf / reports[0].run / "briefing.ipynb").read_bytes()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]  # no lock, no temporary folder


@pytest.mark.parametrize("name", ["briefing.ipynb", "manifest.json"])
def test_a_changed_file_is_told_kept_and_made_again(
    workspace: Path, papermill: SimpleNamespace, name: str
) -> None:
    first = made_in(workspace)
    good = contents(first.folder)
    (first.folder / name).write_text("my own remarks")
    said: list[str] = []
    again = made_in(workspace, progress=said.append)
    assert f"earlier report damaged ({name})" in said[0]
    assert {n: b for n, b in contents(again.folder).items() if "/" not in n} == good
    (kept,) = (again.folder / "superseded").iterdir()
    assert kept.name.endswith("-damaged")
    assert (kept / name).read_text() == "my own remarks"


def test_the_manifest_holds_no_clock_no_user_no_place(workspace: Path, papermill: SimpleNamespace) -> None:
    report = made_in(workspace)
    text = (report.folder / "manifest.json").read_text()
    found = json.loads(text)
    assert found["run"] == report.run
    assert found["parameters"]["partner"] == "JPN"
    assert sorted(found["files"]) == ["briefing.ipynb"]
    assert sorted(found["versions"]) == ["papermill", "python", "tonnage", "typst"]
    assert str(workspace) not in text


def test_what_a_killed_run_left_is_put_right(workspace: Path, papermill: SimpleNamespace) -> None:
    report = made_in(workspace)
    good = contents(report.folder)
    report.folder.rename(report.folder.parent / f".{FOLDER}.old")  # killed between the two renames
    (report.folder.parent / f".{FOLDER}.new").mkdir()
    assert made_in(workspace).reused
    assert contents(report.folder) == good
    assert [p.name for p in report.folder.parent.iterdir()] == [FOLDER]


def test_a_second_run_of_the_same_report_waits_and_finds_it(
    workspace: Path, papermill: SimpleNamespace
) -> None:
    home = workspace / "reports" / "briefing"
    home.mkdir(parents=True)
    with (home / f".{FOLDER}.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        said: list[str] = []
        waiting = threading.Event()

        def say(text: str) -> None:
            said.append(text)
            waiting.set()

        worker = threading.Thread(target=made_in, args=(workspace,), kwargs={"progress": say})
        worker.start()
        assert waiting.wait(10)
        assert papermill.runs == 0
    worker.join(10)
    assert (said[0], papermill.runs) == ("waiting for another run of the same report", 1)
    assert made_in(workspace).reused


def test_reports_go_where_they_are_asked_to(workspace: Path, papermill: SimpleNamespace) -> None:
    report = made_in(workspace, out=workspace / "elsewhere")
    assert report.folder == workspace / "elsewhere" / "briefing" / FOLDER
    assert not (workspace / "reports").exists()


# What ends a run. The last good report stands, and the notebook is kept.


def failure(workspace: Path, *cells: str, **options: Any) -> tuple[TonnageError, dict[str, bytes]]:
    """Return the error of a failed run and what is kept under reports/failed; nothing else has changed."""
    home = workspace / "reports" / "briefing"
    before = contents(home)
    with pytest.raises(TonnageError) as caught:
        made_in(workspace, *cells, **options)
    assert contents(home) == before
    assert not [p for p in home.rglob(".*") if p.name.startswith(f".{FOLDER}")]
    return caught.value, contents(workspace / "reports" / "failed")


def raising(name: str, message: str) -> Any:
    """Return an edit that gives the third cell the output of a raised error."""

    def edit(node: Any) -> None:
        output = nbformat.v4.new_output("error", ename=name, evalue=message, traceback=[])  # type: ignore[no-untyped-call]
        node.cells[2].outputs = [output]

    return edit


def test_a_wrong_parameter_starts_nothing(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        pytest.fail("a kernel was started")

    monkeypatch.setattr(kernel._library(), "execute_notebook", never)
    with pytest.raises(ParameterError):
        made_in(workspace, given={**GIVEN, "months": "12"})
    assert not (workspace / "reports").exists()


def test_completed_is_not_believed(workspace: Path, papermill: SimpleNamespace) -> None:
    made_in(workspace)

    def skip_last(node: Any) -> None:
        node.metadata.papermill = {"exception": None, "status": "completed"}
        node.cells[-1].execution_count = None

    papermill.edit = skip_last
    fault, kept = failure(workspace, "1 + 1")
    assert str(fault).startswith("briefing.ipynb, cell 3: expected every cell to be run")
    assert len(kept) == 1


def test_blank_cells_need_not_run(workspace: Path, papermill: SimpleNamespace) -> None:
    papermill.edit = lambda node: node.cells[-1].update(execution_count=None)
    assert not made_in(workspace, " \n").reused


@pytest.mark.parametrize("name", ["DefinitionError", "StoreError", "NoDataError", "ParameterError"])
def test_our_own_errors_come_out_as_themselves(
    workspace: Path, papermill: SimpleNamespace, name: str
) -> None:
    papermill.edit = raising(name, "what it said")
    fault, kept = failure(workspace, "1")
    assert type(fault) is getattr(errors, name)
    (path,) = kept
    place = f"the notebook as it stood is kept: reports/failed/{path}"
    assert str(fault) == f"briefing.ipynb, cell 3: what it said; {place}"


@pytest.mark.parametrize("name", ["nearest", "Iterable", "annotations", "NoSuchThing"])
def test_any_other_error_is_told_with_its_name(
    workspace: Path, papermill: SimpleNamespace, name: str
) -> None:
    papermill.edit = raising(name, "\x1b[31mcolour\x1b[0m")
    fault, _ = failure(workspace, "1")
    assert type(fault) is TonnageError
    assert str(fault).startswith(f"briefing.ipynb, cell 3: {name}: colour; the notebook as it stood")


def test_not_yet_released_is_told_as_it_is_and_nothing_is_kept(
    workspace: Path, papermill: SimpleNamespace
) -> None:
    papermill.edit = raising("NotYetReleased", "due on 2026-01-20")
    fault, kept = failure(workspace, "1")
    assert (type(fault), str(fault), kept) == (NotYetReleased, "due on 2026-01-20", {})


def test_an_error_of_papermill_itself_is_told(workspace: Path, papermill: SimpleNamespace) -> None:
    papermill.fault = RuntimeError("no engine")
    fault, _ = failure(workspace)
    assert str(fault).startswith("briefing.ipynb: RuntimeError: no engine")


def test_a_report_that_cannot_be_printed_is_no_report(workspace: Path, papermill: SimpleNamespace) -> None:
    fault, kept = failure(workspace, formats=("html",))
    assert "expected one front" in str(fault)
    assert len(kept) == 1


def test_the_kept_notebook_goes_when_the_same_run_succeeds(
    workspace: Path, papermill: SimpleNamespace
) -> None:
    papermill.fault = RuntimeError("a hiccup")
    failure(workspace)
    papermill.fault = None
    made_in(workspace)
    assert contents(workspace / "reports" / "failed") == {}


# With real kernels.

NASTY = 'q"uo\'te \\ \\n \n\t{as_of} %s $HOME `ls` \x00\x1b 稀土 🧲 010121 NO 1e5 """'


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    """The same report made in two workspaces, one with a data folder of another name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_digest", lambda data: "d" * 64)
        patch.setattr(module, "_code", lambda: "c" * 64)
        patch.setenv("PYTHONHASHSEED", "7")
        return tuple(_real(tmp_path_factory.mktemp("w"), data) for data in ("data", "store"))  # type: ignore[return-value]


def _real(workspace: Path, data: str) -> Report:
    (workspace / data).mkdir()
    witness = (
        "import json, os, pathlib, IPython\n"
        "known = {k: os.environ[k] for k in ('SOURCE_DATE_EPOCH', 'PYTHONHASHSEED', 'TONNAGE_DATA')}\n"
        "pathlib.Path('witness.json').write_text(json.dumps([seen, os.getcwd(), known]))\n"
        "None"
    )
    path = write(workspace, FRONT, TABLE, WIDGET, witness, CHART, tags={4: ["lab-only"]})
    return run(path, workspace / data, {**GIVEN, "note": NASTY})


def test_two_runs_give_the_same_bytes(real: tuple[Report, Report]) -> None:
    first, second = (contents(report.folder) for report in real)
    assert sorted(first) == ["briefing.html", "briefing.ipynb", "briefing.json", *sorted(first)[3:]]
    assert len(first) == 6
    assert first == second
    assert first["briefing.pdf"].startswith(b"%PDF-")
    assert real[0].run.encode() in first["briefing.html"]


def test_typed_values_reach_the_notebook_unchanged(real: tuple[Report, Report]) -> None:
    for report, data in zip(real, ("data", "store"), strict=True):
        workspace = report.folder.parents[2]
        seen, cwd, known = json.loads((workspace / "witness.json").read_text())
        assert seen == ["rare-earth-magnets", "JPN", "2025-12", "2026-01-20", NASTY]
        assert Path(cwd) == workspace
        epoch = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "1768867200"}
        assert known == epoch | {"TONNAGE_DATA": str(workspace / data)}


def test_the_saved_notebook_holds_no_clock_no_place_no_process(real: tuple[Report, Report]) -> None:
    text = real[0].files["ipynb"].read_text()
    node = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    assert [c.id for c in node.cells] == ["c0", "injected-parameters", "c1", "c2", "c3", "c4", "c5", "c6"]
    assert node.cells[5].execution_count is None
    assert set(node.metadata.papermill) == {"parameters", "version"}
    assert "<cell>:2: UserWarning: for the analyst only" in text
    for word in ("start_time", "duration", "ipykernel_", str(real[0].folder.parents[2])):
        assert word not in text


def test_the_seconds_of_every_step_are_told(real: tuple[Report, Report]) -> None:
    assert set(real[0].seconds) == {"notebook", "pdf", "html", "xlsx", "json"}


def test_nothing_is_left_in_this_process(real: tuple[Report, Report]) -> None:
    assert all(
        sys.modules.get(name, self) is not None for name, self in dict.fromkeys(kernel._SLOW, 1).items()
    )
    assert os.environ.get("TONNAGE_DATA") is None
    assert any(isinstance(h, logging.NullHandler) for h in logging.getLogger("papermill").handlers)


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("raise ValueError('no rows')", "cell 3: ValueError: no rows"),
        ("import sys; sys.exit(0)", "cell 3: ended by sys.exit(0); a report runs to its last cell"),
        (
            "import os, signal; os.write(2, b'out of memory\\n'); os.kill(os.getpid(), signal.SIGKILL)",
            "cell 3: the kernel died by SIGKILL (out of memory?)",
        ),
    ],
)
def test_a_notebook_that_ends_early_is_an_error(
    workspace: Path, papermill: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, cell: str, told: str
) -> None:
    made_in(workspace)
    monkeypatch.undo()
    steady_again = {"_digest": lambda data: "d" * 64, "_code": lambda: "c" * 64}
    for name, held in steady_again.items():
        monkeypatch.setattr(module, name, held)
    fault, kept = failure(workspace, cell, "'never run'")
    assert told in str(fault)
    (name,) = kept
    assert name in str(fault)
    assert "never run" in kept[name].decode()


def test_a_run_has_a_limit_as_a_whole(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "RUN_SECONDS", 2)
    fault, _ = failure(workspace, "import time; time.sleep(60)")
    assert "stopped: the run took longer than 2 s" in str(fault)
