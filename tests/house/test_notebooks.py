"""Notebooks hold parameters, calls and prose: no outputs, no logic; and each one runs."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from tests.house.tree import ROOT, Cell, code_cells, notebooks, shown

LINES_A_CELL = 6
LOGIC = (
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.DictComp,
    ast.For,
    ast.FunctionDef,
    ast.GeneratorExp,
    ast.If,
    ast.IfExp,
    ast.ImportFrom,
    ast.Lambda,
    ast.ListComp,
    ast.Match,
    ast.SetComp,
    ast.Try,
    ast.While,
    ast.With,
)

each_notebook = pytest.mark.parametrize("path", notebooks(), ids=shown)
each_cell = pytest.mark.parametrize("cell", list(code_cells()), ids=lambda c: c.where)


def test_the_briefing_is_among_them() -> None:
    assert ROOT / "notebooks" / "briefing.ipynb" in notebooks()


@each_notebook
def test_stripped(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    nbformat.validate(document)
    assert set(document["metadata"]) <= {"kernelspec", "language_info"}
    assert document["metadata"]["kernelspec"]["name"] == "python3"
    for number, cell in enumerate(document["cells"], start=1):
        assert set(cell["metadata"]) <= {"tags"}, f"cell {number}: stray metadata"
        assert not cell.get("outputs"), f"cell {number}: outputs"
        assert cell.get("execution_count") is None, f"cell {number}: an execution count"


@each_cell
def test_thin(cell: Cell) -> None:
    tree = ast.parse(cell.source)
    found = sorted({type(node).__name__ for node in ast.walk(tree) if isinstance(node, LOGIC)})
    assert not found, f"{cell.where}: {found} belong in src/tonnage"
    lines = [line for line in cell.source.splitlines() if line.strip() and not line.strip().startswith("#")]
    if "parameters" not in cell.tags:
        assert len(lines) <= LINES_A_CELL, f"{cell.where}: {len(lines)} lines, at most {LINES_A_CELL}"


@each_cell
def test_tonnage_is_imported_as_tn(cell: Cell) -> None:
    names = [
        (alias.name, alias.asname)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == "tonnage"
    ]
    assert names in ([], [("tonnage", "tn")]), f"{cell.where}: only `import tonnage as tn`"


@each_cell
def test_parameters_are_typed_literals(cell: Cell) -> None:
    if "parameters" not in cell.tags:
        return
    for node in ast.parse(cell.source).body:
        told = f"{cell.where} line {node.lineno}: expected `name: type = literal  # what it is`"
        assert isinstance(node, ast.AnnAssign), told
        assert node.value is not None, told
        ast.literal_eval(node.value)
        assert "#" in cell.source.splitlines()[node.lineno - 1], told


@each_notebook
def test_runs(path: Path, workspace: Path, tmp_path: Path) -> None:
    """Every notebook runs with its own defaults, in a workspace as a user has it."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (tmp_path / "data").symlink_to(workspace / "data")
    copy = shutil.copy(path, folder)
    document = nbformat.read(copy, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(document, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
