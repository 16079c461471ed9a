"""A notebook run to its last cell, by papermill inside this process.

papermill runs the cells; what it leaves open is closed here: a limit for the whole run, a kernel that never
outlives it, a look at every cell instead of the word "completed", and a saved notebook that holds no clock.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from subprocess import Popen
from typing import Any, Final

from tonnage import errors
from tonnage.errors import NotYetReleased, TonnageError
from tonnage.model.lean import IRI_GRAMMAR, without
from tonnage.reports.parameters import SKIPPED, Notebook, Value

__all__ = ["Job", "executed", "text"]

CELL_SECONDS: Final = 600
RUN_SECONDS: Final = 1800


@dataclass(frozen=True, slots=True)
class Job:
    """A notebook to be run: its data folder and its checked parameters."""

    notebook: Notebook
    data: Path
    parameters: Mapping[str, Value]

    @property
    def workspace(self) -> Path:
        """The folder in which the notebook runs."""
        return self.data.parent

    @property
    def day(self) -> dt.datetime:
        """The day of the report: its as-of day, never the clock."""
        return dt.datetime.fromisoformat(str(self.parameters.get("as_of", "1980-01-01"))).replace(
            tzinfo=dt.UTC
        )


def executed(job: Job, say: Callable[[str], None], keep: Callable[[Any], str]) -> Any:
    """Return the executed notebook, stripped of everything that differs from run to run.

    Args:
        job: what is run.
        say: told every step in a few words.
        keep: given the notebook of a failed run as it stood; what it returns ends the error's message.

    Raises:
        NotYetReleased: a cell asked for a figure that is not out; the notebook is not kept.
        TonnageError: a cell failed or was not run, the kernel died or the run took too long; the message
            names the cell.
    """
    live, cause = _Live(job.notebook.name), None
    with ExitStack() as stack:
        room = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="tonnage-", ignore_cleanup_errors=True))
        )
        done = threading.Event()
        stack.callback(done.set)
        stack.callback(live.end)
        threading.Thread(target=live.watch, args=(done,), daemon=True).start()
        try:
            _papermill(job, live, room, say)
        except Exception as fault:  # noqa: BLE001  # whatever ends a run becomes one told error
            cause = fault
            _without_markers(live.node)
        words = _last_words(room)
    told = _fault(live, cause, words)
    if told is None:
        return _stripped(job, live.node)
    if live.node is not None and not isinstance(told, NotYetReleased):
        told = type(told)(f"{told}{keep(_stripped(job, live.node))}")
    raise told from cause


def text(node: Any) -> str:
    """Return a notebook as the text of its file."""
    import nbformat

    return str(nbformat.writes(node)) + "\n"  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class _Live:
    """What is known of a run while it goes on: the notebook, the cell, the kernel."""

    name: str
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


def _papermill(job: Job, live: _Live, room: Path, say: Callable[[str], None]) -> None:
    papermill = _library()
    from nbformat import from_dict

    def started(notebook: Any) -> None:
        live.node = notebook

    def begun(cell: Any, cell_index: int) -> None:  # noqa: ARG001  # the hook's own signature
        live.cell = cell_index
        say(f"cell {cell_index + 1} of {len(live.node.cells)}")

    live.node = from_dict(_to_run(job.notebook))  # type: ignore[no-untyped-call]
    say("starting the kernel")
    papermill.execute_notebook(
        live.node,
        None,  # papermill writes nothing: it would begin by overwriting
        dict(job.parameters),
        kernel_name="python3",
        language="python",
        progress_bar=False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        execution_timeout=CELL_SECONDS,
        kernel_manager_class=_kernel_class(live, room, job.workspace, _environment(job, room)),
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
_SLOW: Final = (IRI_GRAMMAR, "pyarrow.fs")


@cache
def _library() -> Any:
    """Return papermill, imported without its slow optional parts and quiet unless logging is set up."""
    import logging

    with without(*_SLOW):
        papermill = import_module("papermill")
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return papermill


def _environment(job: Job, room: Path) -> dict[str, str]:
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
        "SOURCE_DATE_EPOCH": str(int(job.day.timestamp())),
        "TONNAGE_DATA": str(job.data),
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


def _fault(live: _Live, cause: Exception | None, words: str) -> TonnageError | None:
    """Return why the run is no report, or None. papermill's own "completed" is not asked."""
    raised = next(
        ((n, o) for n, cell in _code_cells(live.node) for o in cell.outputs if o.output_type == "error"), None
    )
    if raised:
        return _raised(live, *raised)
    if cause is not None:
        return TonnageError(f"{_where(live, live.cell)}: {_ended(live, cause, words)}")
    for number, cell in _code_cells(live.node):
        if cell.execution_count is None and cell.source.strip():
            return TonnageError(f"{_where(live, number)}: expected every cell to be run, this one was not")
    return None


def _code_cells(node: Any) -> Iterable[tuple[int, Any]]:
    cells = enumerate(node.cells) if node is not None else ()
    return ((n, c) for n, c in cells if c.cell_type == "code" and SKIPPED.isdisjoint(c.metadata.tags))


def _where(live: _Live, index: int) -> str:
    """Return the notebook and the cell as its author counts them: from 1, without the injected one."""
    before = live.node.cells[: index + 1] if live.node is not None else []
    number = sum("injected-parameters" not in cell.metadata.tags for cell in before)
    return f"{live.name}, cell {number}" if number else live.name


def _raised(live: _Live, index: int, output: Any) -> TonnageError:
    where, name, said = _where(live, index), output.ename, _without_colour(output.evalue)
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


# What stays in the saved notebook.

_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")


def _stripped(job: Job, node: Any) -> Any:
    """Return the notebook without clock times, paths, process numbers and chance ids."""
    for cell in node.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.tags:
            cell.id = "injected-parameters"
        for output in cell.get("outputs", ()):
            if output.output_type == "stream":
                output.text = _CELL_FILE.sub("<cell>", output.text)
    node.metadata.papermill = {"parameters": dict(job.parameters), "version": version("papermill")}
    return node
