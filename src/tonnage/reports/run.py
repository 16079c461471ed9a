"""A notebook run into a finished report: one folder, all of it or nothing.

Parameters are checked before a kernel starts, a run counts only when every cell has run, and the last good
report stays in its place until the next one is whole. The same notebook, parameters, ledger and code have the
same run id and give the same bytes: a repeated run does nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from tonnage import errors
from tonnage.errors import ParameterError, TonnageError, nearest
from tonnage.reports import kernel
from tonnage.reports.folder import ARCHIVE, earlier, locked, replaced, write_manifest
from tonnage.reports.parameters import Notebook, Value, check, declared, load

__all__ = ["FORMATS", "Plan", "Report", "plan", "run"]

#: What a report can be made into. The notebook is always kept, and the figures (json) with the first three.
FORMATS: Final = ("pdf", "html", "xlsx", "json", "ipynb")

_PRINTED: Final = FORMATS[:3]
_NAMING: Final = ("definition", "partner", "period", "as_of")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan(kernel.Job):
    """What a run would do: the checked parameters, the run id and the folder it would fill."""

    formats: tuple[str, ...]
    ledger: str
    code: str
    run: str
    folder: Path

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
        TonnageError: the notebook or the ledger cannot be read, or the notebook is for JupyterLab alone.
    """
    source = load(notebook)
    if source.lab_only:
        raise TonnageError(
            f"{source.name}: is for JupyterLab, nothing of it can be printed; open it there: jupyter lab"
        )
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
    with locked(made.folder, say):
        before = earlier(made.folder)
        if before.run == made.run and not before.damaged and not force:
            say(f"run {made.run} is there and whole: nothing to do")
            return Report(made.folder, _files(made), made.run, reused=True)
        if before.damaged:
            say(f"earlier report damaged ({', '.join(before.damaged)}): kept under {ARCHIVE}, made again")
        with replaced(made.folder, before) as new:
            seconds = _fill(made, new, say)
        made.failed.unlink(missing_ok=True)
        return Report(made.folder, _files(made), made.run, reused=False, seconds=seconds)


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
    """Return the hash of the package's own source files, as the kernel will import and read them."""
    home = Path(errors.__file__).parent
    sources = sorted(path for ending in ("*.py", "*.toml", "*.typ") for path in home.rglob(ending))
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


# The files of a report.


def _keep(made: Plan, node: Any) -> str:
    """Keep the notebook of a failed run as it stood, and return how to tell where."""
    made.failed.parent.mkdir(parents=True, exist_ok=True)
    made.failed.write_text(kernel.text(node), "utf-8")
    home = made.folder.parents[1]
    return f"; the notebook as it stood is kept: {made.failed.relative_to(home.parent)}"


def _fill(made: Plan, folder: Path, say: Say) -> dict[str, float]:
    seconds: dict[str, float] = {}
    with _timed(seconds, "notebook"):
        node = kernel.executed(made, say, lambda node: _keep(made, node))
    (folder / f"{made.stem}.ipynb").write_text(kernel.text(node), "utf-8")
    try:
        _print(made, node, folder, seconds, say)
    except TonnageError as fault:
        raise TonnageError(f"{made.notebook.name}: {fault}{_keep(made, node)}") from fault
    write_manifest(folder, _identity(made))
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
            _WRITERS[ending](document, folder / f"{made.stem}.{ending}", made.day)


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


def _identity(made: Plan) -> dict[str, Any]:
    return {
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
    }
