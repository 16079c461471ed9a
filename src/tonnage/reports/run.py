"""A notebook run into a finished report: one folder, all of it or nothing.

papermill runs the notebook; what it leaves open is closed here. Parameters are checked before a kernel
starts, a run counts only when every cell has run, and the last good report stays in its place until the next
one is whole. The same notebook, parameters, ledger and code have the same run id and give the same bytes: a
repeated run does nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from subprocess import Popen
from typing import Any, Final

from tonnage import errors
from tonnage.errors import NotYetReleased, ParameterError, TonnageError, nearest
from tonnage.reports.parameters import SKIPPED, Notebook, Value, check, declared, load

__all__ = ["FORMATS", "Plan", "Report", "plan", "run"]

#: What a report can be made into. The notebook is always kept, and the figures (json) with the first three.
FORMATS: Final = ("pdf", "html", "xlsx", "json", "ipynb")

CELL_SECONDS: Final = 600
RUN_SECONDS: Final = 1800

_PRINTED: Final = FORMATS[:3]
_NAMING: Final = ("definition", "partner", "period", "as_of")
_MANIFEST: Final = "manifest.json"
_ARCHIVE: Final = "superseded"

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do: the checked parameters, the run id and the folder it would fill."""

    notebook: Notebook
    data: Path
    parameters: Mapping[str, Value]
    formats: tuple[str, ...]
    ledger: str
    code: str
    run: str
    folder: Path

    @property
    def workspace(self) -> Path:
        """The folder in which the notebook runs."""
        return self.data.parent

    @property
    def stem(self) -> str:
        """The name of every file of the report, without its ending."""
        return self.notebook.path.stem

    @property
    def failed(self) -> Path:
        """Where the notebook of this run is kept if it fails."""
        return self.folder.parents[1] / "failed" / f"{self.stem}-{self.run}.ipynb"


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report; `files` is ending -> path, `seconds` is step -> time (empty when reused)."""

    folder: Path
    files: Mapping[str, Path]
    run: str
    reused: bool
    seconds: Mapping[str, float] = field(default_factory=dict)


def plan(
    notebook: Path,
    ledger_path: Path,
    given: Mapping[str, Any],
    formats: Sequence[str] = _PRINTED,
    out: Path | None = None,
) -> Plan:
    """Return what `run` would do, without starting anything.

    Args:
        notebook: the stripped notebook.
        ledger_path: the workspace's data folder.
        given: parameter name -> text, or a value of the declared type.
        formats: of `FORMATS`.
        out: the folder that holds all reports; by default `reports` in the workspace.

    Raises:
        ParameterError: a parameter or a format is unknown, mistyped, impossible or unused.
        TonnageError: the notebook or the ledger cannot be read.
    """
    source = load(notebook)
    made = _formats(formats)
    values = check(source, given)
    data = ledger_path.absolute()
    digest, code = _digest(data), _code()
    identity = [source.path.stem, _cells_hash(source), values, digest, _version(), code, made]
    home = (out or data.parent / "reports").absolute() / source.path.stem
    run_id = _hash(json.dumps(identity, sort_keys=True).encode())[:12]
    return Plan(source, data, values, made, digest, code, run_id, home / _folder_name(source, values))


def run(
    notebook: Path,
    ledger_path: Path,
    given: Mapping[str, Any],
    formats: Sequence[str] = _PRINTED,
    out: Path | None = None,
    force: bool = False,
    progress: Say | None = None,
) -> Report:
    """Run a notebook into a finished report; one that is there and whole is not made again.

    Args:
        notebook: the stripped notebook.
        ledger_path: the workspace's data folder; the notebook runs in the folder above it.
        given: parameter name -> text, or a value of the declared type.
        formats: of `FORMATS`.
        out: the folder that holds all reports; by default `reports` in the workspace.
        force: make it again even if the same run is there.
        progress: told every step in a few words.

    Raises:
        ParameterError: a parameter or a format is unknown, mistyped, impossible or unused; nothing ran.
        NotYetReleased: the notebook asked for a figure that is not out on its as-of day.
        TonnageError: the notebook failed, died, took too long or cannot be printed; the message names the
            cell, the last good report is untouched, and the notebook as it stood is kept.
    """
    say = progress or (lambda _: None)
    made = plan(notebook, ledger_path, given, formats, out)
    with _locked(made.folder, say):
        earlier = _earlier(made.folder)
        if earlier.run == made.run and not earlier.damaged and not force:
            say(f"run {made.run} is there and whole: nothing to do")
            return Report(made.folder, _files(made), made.run, reused=True)
        if earlier.damaged:
            say(f"earlier report damaged ({', '.join(earlier.damaged)}): kept under {_ARCHIVE}, made again")
        return Report(made.folder, _files(made), made.run, reused=False, seconds=_build(made, earlier, say))


def _formats(asked: Sequence[str]) -> tuple[str, ...]:
    for name in asked:
        if name not in FORMATS:
            hint = nearest(name, FORMATS) or ";"
            raise ParameterError(f"format {name!r}: not known{hint} known are {', '.join(FORMATS)}")
    wanted = {*asked, "ipynb"} | ({"json"} if set(asked) & set(_PRINTED) else set())
    return tuple(name for name in FORMATS if name in wanted)


# What identifies a run, and where it goes.


def _digest(data: Path) -> str:
    from tonnage.ledger.ledger import open_ledger

    return open_ledger(data).digest


def _code() -> str:
    """Return the hash of the package's own source files, as the kernel will import them."""
    home = Path(errors.__file__).parent
    sources = sorted(path for ending in ("*.py", "*.toml") for path in home.rglob(ending))
    return _hash(
        *(part for path in sources for part in (str(path.relative_to(home)).encode(), path.read_bytes()))
    )


def _version() -> str:
    return str(sys.modules["tonnage"].__version__)


def _cells_hash(notebook: Notebook) -> str:
    return _hash(
        *(json.dumps([c["cell_type"], c["source"], c["metadata"]["tags"]]).encode() for c in notebook.cells)
    )


def _hash(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def _folder_name(notebook: Notebook, values: Mapping[str, Value]) -> str:
    """Return the four names of a briefing, then every other parameter that is not at its default."""
    defaults = {p.name: p.default for p in declared(notebook)}
    others = [name for name in defaults if name not in _NAMING and values[name] != defaults[name]]
    naming = [name for name in _NAMING if name in values]
    labels = {"as_of": "as-of-"} | {name: f"{name}-" for name in others}
    parts = [_safe(labels.get(name, "") + _shown(values[name])) for name in (*naming, *others)]
    return _safe("_".join(parts), longest=120) if parts else "report"


def _shown(value: Value) -> str:
    return "+".join(value) if isinstance(value, list) else str(value)


def _safe(text: str, longest: int = 60) -> str:
    """Return a file name for `text`; two texts never share one."""
    name = re.sub(r"[^A-Za-z0-9._+-]+", "-", text).strip("-.")[:longest]
    return name if name == text else f"{name}-{_hash(text.encode())[:6]}"


def _files(made: Plan) -> dict[str, Path]:
    return {ending: made.folder / f"{made.stem}.{ending}" for ending in made.formats}


# The folder: locked while it is filled, swapped in whole.


@dataclass(frozen=True, slots=True)
class _Earlier:
    run: str = ""
    damaged: tuple[str, ...] = ()
    manifest: bytes = b""


def _earlier(folder: Path) -> _Earlier:
    """Return what stands in the folder: nothing, a whole report, or one whose files were changed."""
    if not folder.is_dir():
        return _Earlier()
    try:
        content = (folder / _MANIFEST).read_bytes()
        found = json.loads(content)
        run_id, files = str(found["run"]), dict(found["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return _Earlier("unknown", (_MANIFEST,))
    return _Earlier(
        run_id, tuple(name for name in files if _file_hash(folder / name) != files[name]), content
    )


def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@contextmanager
def _locked(folder: Path, say: Say) -> Iterator[None]:
    """Hold the folder for one run; what a killed run left beside it is put right first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = folder.parent / f".{folder.name}.lock"
    handle = _lock(lock, say)
    try:
        _recover(folder)
        yield
    finally:
        lock.unlink(missing_ok=True)
        os.close(handle)


def _lock(lock: Path, say: Say) -> int:
    import fcntl

    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another run of the same report")
            fcntl.flock(handle, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.fstat(handle).st_ino == lock.stat().st_ino:
                return handle
        os.close(handle)  # the run before ours has taken its lock file away


def _recover(folder: Path) -> None:
    old = _beside(folder, "old")
    if old.is_dir() and not folder.exists():
        old.rename(folder)
    for left in (old, _beside(folder, "new")):
        shutil.rmtree(left, ignore_errors=True)


def _beside(folder: Path, role: str) -> Path:
    return folder.parent / f".{folder.name}.{role}"


def _build(made: Plan, earlier: _Earlier, say: Say) -> dict[str, float]:
    new = _beside(made.folder, "new")
    new.mkdir()
    try:
        seconds = _fill(made, new, say)
        _archive(made, earlier, new)
        _settle(new)
        _swap(new, made.folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    made.failed.unlink(missing_ok=True)
    return seconds


def _archive(made: Plan, earlier: _Earlier, new: Path) -> None:
    """Put what stands in the folder, and what it superseded, into the new one; nothing is ever dropped."""
    shelf = new / _ARCHIVE
    if (made.folder / _ARCHIVE).is_dir():
        shutil.copytree(made.folder / _ARCHIVE, shelf, copy_function=_link)
    unchanged = not earlier.damaged and earlier.manifest == (new / _MANIFEST).read_bytes()
    if earlier.run and not unchanged:
        place = _free(shelf, earlier.run + ("-damaged" if earlier.damaged else ""))
        shutil.copytree(made.folder, place, copy_function=_link, ignore=shutil.ignore_patterns(_ARCHIVE))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _free(shelf: Path, name: str) -> Path:
    names = (name, *(f"{name}-{n}" for n in range(2, 1000)))
    return next(shelf / each for each in names if not (shelf / each).exists())


def _settle(folder: Path) -> None:
    """Force every file of the folder onto the disk."""
    for path in (*folder.iterdir(), folder):
        _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(new: Path, folder: Path) -> None:
    old = _beside(folder, "old")
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    _sync(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


# The files of a report.


def _fill(made: Plan, folder: Path, say: Say) -> dict[str, float]:
    seconds: dict[str, float] = {}
    with _timed(seconds, "notebook"):
        node = _executed(made, say)
    (folder / f"{made.stem}.ipynb").write_text(_text(node), "utf-8")
    try:
        _print(made, node, folder, seconds, say)
    except TonnageError as fault:
        raise TonnageError(f"{made.notebook.name}: {fault}{_keep(made, node)}") from fault
    (folder / _MANIFEST).write_text(_manifest(made, folder), "utf-8")
    return seconds


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - start, 3)


def _print(made: Plan, node: Any, folder: Path, seconds: dict[str, float], say: Say) -> None:
    wanted = [ending for ending in made.formats if ending != "ipynb"]
    if not wanted:
        return
    from tonnage.reports import notebook

    document = notebook.document(node)
    document = replace(document, front=replace(document.front, run=document.front.run or made.run))
    for ending in wanted:
        say(ending)
        with _timed(seconds, ending):
            _WRITERS[ending](document, folder / f"{made.stem}.{ending}", _day(made))


def _pdf(document: Any, path: Path, day: dt.datetime) -> None:
    from tonnage.reports import pdf

    path.write_bytes(pdf.pdf(document, timestamp=day))


def _html(document: Any, path: Path, _: dt.datetime) -> None:
    from tonnage.reports import html

    path.write_text(html.html(document), "utf-8")


def _xlsx(document: Any, path: Path, _: dt.datetime) -> None:
    from tonnage.reports import workbook

    workbook.workbook(document, path)


def _json(document: Any, path: Path, _: dt.datetime) -> None:
    from tonnage.reports import workbook

    path.write_text(workbook.figures_json(document), "utf-8")


_WRITERS: Final = {"pdf": _pdf, "html": _html, "xlsx": _xlsx, "json": _json}


def _day(made: Plan) -> dt.datetime:
    """Return the day of the report: its as-of day, never the clock."""
    return dt.datetime.fromisoformat(str(made.parameters.get("as_of", "1980-01-01"))).replace(tzinfo=dt.UTC)


def _manifest(made: Plan, folder: Path) -> str:
    content = {
        "run": made.run,
        "notebook": {"name": made.notebook.name, "sha256": _cells_hash(made.notebook)},
        "parameters": made.parameters,
        "formats": made.formats,
        "ledger": made.ledger,
        "code": made.code,
        "versions": {
            "papermill": version("papermill"),
            "python": platform.python_version(),
            "tonnage": _version(),
            "typst": version("typst"),
        },
        "files": {path.name: _file_hash(path) for path in sorted(folder.iterdir())},
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


# The run itself.


@dataclass(slots=True)
class _Live:
    """What is known of a run while it goes on: the notebook, the cell, the kernel."""

    node: Any = None
    cell: int = -1
    process: Popen[bytes] | None = None
    late: bool = False

    def watch(self, done: threading.Event) -> None:
        """End the kernel if the run is not done in time; papermill has no limit for a whole run."""
        if done.wait(RUN_SECONDS):
            return
        self.late = True
        while not done.wait(1):  # again, should it be starting only now
            self.end()

    def end(self) -> None:
        """Leave no kernel behind, whatever became of the run."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def _executed(made: Plan, say: Say) -> Any:
    """Return the executed notebook, stripped of everything that differs from run to run."""
    live, cause = _Live(), None
    with ExitStack() as stack:
        room = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tonnage-", ignore_cleanup_errors=True))
        )
        done = threading.Event()
        stack.callback(done.set)
        stack.callback(live.end)
        threading.Thread(target=live.watch, args=(done,), daemon=True).start()
        try:
            _papermill(made, live, room, say)
        except Exception as fault:  # noqa: BLE001  # whatever ends a run becomes one told error
            cause = fault
            _without_markers(live.node)
        words = _last_words(room)
    told = _fault(made, live, cause, words)
    if told is None:
        return _stripped(made, live.node)
    if not isinstance(told, NotYetReleased):
        told = type(told)(f"{told}{_keep(made, live.node)}")
    raise told from cause


def _papermill(made: Plan, live: _Live, room: Path, say: Say) -> None:
    papermill = _library()
    from nbformat import from_dict

    def started(notebook: Any) -> None:
        live.node = notebook

    def begun(cell: Any, cell_index: int) -> None:  # noqa: ARG001  # the hook's own signature
        live.cell = cell_index
        say(f"cell {cell_index + 1} of {len(live.node.cells)}")

    live.node = from_dict(_to_run(made.notebook))  # type: ignore[no-untyped-call]
    say("starting the kernel")
    papermill.execute_notebook(
        live.node,
        None,  # papermill writes nothing: it would begin by overwriting
        dict(made.parameters),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        execution_timeout=CELL_SECONDS,
        kernel_manager_class=_kernel_class(live, room, made.workspace, _environment(made, room)),
        on_notebook_start=started,
        on_cell_start=begun,
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        shutdown_kernel="immediate",
    )


def _to_run(notebook: Notebook) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, **notebook.document["metadata"]}
    return {**notebook.document, "metadata": metadata, "cells": [_tagged(cell) for cell in notebook.cells]}


def _tagged(cell: Mapping[str, Any]) -> dict[str, Any]:
    tags = cell["metadata"]["tags"]
    skip = [] if SKIPPED.isdisjoint(tags) or "skip-execution" in tags else ["skip-execution"]
    return {**cell, "metadata": {**cell["metadata"], "tags": [*tags, *skip]}}


# Optional parts papermill and jsonschema ask for at import and a report never uses: checks of international
# web addresses, and Hadoop. Without them the import takes less than half the time.
_SLOW: Final = ("rfc3987_syntax", "pyarrow.fs")


@cache
def _library() -> Any:
    """Return papermill, imported without its slow optional parts and quiet unless logging is set up."""
    import logging

    hidden = [name for name in _SLOW if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes an import of the name fail
    try:
        papermill = import_module("papermill")
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return papermill


def _environment(made: Plan, room: Path) -> dict[str, str]:
    path = [
        str(Path(entry).absolute()) for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry
    ]
    style = room / "matplotlibrc"
    style.write_text("svg.hashsalt: tonnage\n")  # without it the ids in a chart are chance
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),  # the kernel starts in another folder
        "IPYTHONDIR": str(room),  # nobody's own start-up files, and nobody's own styles
        "MATPLOTLIBRC": str(style),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONHASHSEED": "0",
        "SOURCE_DATE_EPOCH": str(int(_day(made).timestamp())),
        "TONNAGE_DATA": str(made.data),
    }


def _kernel_class(live: _Live, room: Path, cwd: Path, environment: Mapping[str, str]) -> type[Any]:
    """Return a kernel manager with a place, an environment and sockets of its own.

    Files as sockets: ports clash in parallel runs. Nothing of this process is changed, so runs may share it.
    """
    from jupyter_client.manager import AsyncKernelManager

    class Kernel(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.transport = "ipc" if os.name == "posix" else "tcp"
            self.connection_file = str(room / "k")

        def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
            return [sys.executable, *super().format_kernel_cmd(extra_arguments)[1:]]

        async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]  # as its parent's is
            with (room / "words").open("wb") as words:
                options |= {"env": dict(environment), "cwd": str(cwd), "stdout": words, "stderr": words}
                await super().start_kernel(**options)
            live.process = getattr(self.provisioner, "process", None)

    return Kernel


def _last_words(room: Path) -> str:
    """Return what the kernel's process said outside its cells, the last lines of it."""
    with suppress(OSError):
        lines = (room / "words").read_text("utf-8", "replace").strip().splitlines()
        return " | ".join(line.strip() for line in lines[-3:])
    return ""


def _without_markers(node: Any) -> None:
    """Take out the cells papermill puts into a failed notebook: they would be counted."""
    if node is not None:
        node.cells = [c for c in node.cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]


def _fault(made: Plan, live: _Live, cause: Exception | None, words: str) -> TonnageError | None:
    """Return why the run is no report, or None. papermill's own "completed" is not asked."""
    raised = next(
        ((n, o) for n, cell in _code_cells(live.node) for o in cell.outputs if o.output_type == "error"), None
    )
    if raised:
        return _raised(made, live, *raised)
    if cause is not None:
        return TonnageError(f"{_where(made, live, live.cell)}: {_ended(live, cause, words)}")
    for number, cell in _code_cells(live.node):
        if cell.execution_count is None and cell.source.strip():
            return TonnageError(
                f"{_where(made, live, number)}: expected every cell to be run, this one was not"
            )
    return None


def _code_cells(node: Any) -> Iterable[tuple[int, Any]]:
    cells = enumerate(node.cells) if node is not None else ()
    return ((n, c) for n, c in cells if c.cell_type == "code" and SKIPPED.isdisjoint(c.metadata.tags))


def _where(made: Plan, live: _Live, index: int) -> str:
    """Return the notebook and the cell as its author counts them: from 1, without the injected one."""
    before = live.node.cells[: index + 1] if live.node is not None else []
    number = sum("injected-parameters" not in cell.metadata.tags for cell in before)
    return f"{made.notebook.name}, cell {number}" if number else made.notebook.name


def _raised(made: Plan, live: _Live, index: int, output: Any) -> TonnageError:
    where, name, said = _where(made, live, index), output.ename, _without_colour(output.evalue)
    if name == "SystemExit":
        return TonnageError(f"{where}: ended by sys.exit({said}); a report runs to its last cell")
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, TonnageError)):
        return TonnageError(f"{where}: {name}: {said}")
    return kind(said if kind is NotYetReleased else f"{where}: {said}")


def _without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _ended(live: _Live, cause: Exception, words: str) -> str:
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    if live.late:
        return f"stopped: the run took longer than {RUN_SECONDS} s"
    if isinstance(cause, CellTimeoutError):
        return f"stopped: the cell took longer than {CELL_SECONDS} s"
    if isinstance(cause, DeadKernelError) or "Kernel died" in str(cause):
        return f"the kernel died{_exit(live.process)}{words and ': '}{words}"
    return f"{type(cause).__name__}: {_without_colour(str(cause))}"


def _exit(process: Popen[bytes] | None) -> str:
    code = process.returncode if process is not None else None
    if code == -signal.SIGKILL:
        return " by SIGKILL (out of memory?)"
    return (
        f" by {signal.Signals(-code).name}" if code is not None and code < 0 else f" with exit status {code}"
    )


def _keep(made: Plan, node: Any) -> str:
    """Keep the notebook of a failed run as it stood, and return how to tell where."""
    if node is None:
        return ""
    made.failed.parent.mkdir(parents=True, exist_ok=True)
    made.failed.write_text(_text(_stripped(made, node)), "utf-8")
    home = made.folder.parents[1]
    return f"; the notebook as it stood is kept: {made.failed.relative_to(home.parent)}"


# What stays in the saved notebook.

_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")


def _stripped(made: Plan, node: Any) -> Any:
    """Return the notebook without clock times, paths, process numbers and chance ids."""
    for cell in node.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.tags:
            cell.id = "injected-parameters"
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = _CELL_FILE.sub("<cell>", output.text)
    node.metadata.papermill = {"parameters": dict(made.parameters), "version": version("papermill")}
    return node


def _text(node: Any) -> str:
    import nbformat

    return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]
