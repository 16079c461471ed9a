"""What the house rules look at: the files of the repository, its modules and its code cells."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "tonnage"


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@cache
def repository_files() -> list[Path]:
    """Every file that is in the repository or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return sorted({path for path in paths if path.is_file()})


def text(path: Path) -> str | None:
    """The text of a file, or None if it is not text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Module:
    """One module of the package, parsed and not imported."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first name under tonnage; `__init__` for the package itself."""
        return [*self.name.split("."), "__init__"][1]

    @property
    def public(self) -> list[str] | None:
        """The value of `__all__`, or None."""
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and [ast.unparse(t) for t in node.targets] == ["__all__"]:
                return list(ast.literal_eval(node.value))
        return None


@cache
def modules() -> list[Module]:
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = ("tonnage", *path.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(path, name, ast.parse(path.read_text("utf-8"))))
    return found


@dataclass(frozen=True)
class Cell:
    """One code cell of a notebook or of an executed page."""

    where: str
    source: str
    tags: tuple[str, ...]


def notebooks() -> list[Path]:
    return [p for p in repository_files() if p.suffix == ".ipynb"]


def code_cells() -> Iterator[Cell]:
    """Every code cell: of notebooks, and of the pages of the book that are executed when it is built."""
    for path in notebooks():
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], start=1):
            if cell["cell_type"] == "code":
                tags = tuple(cell["metadata"].get("tags", ()))
                yield Cell(f"{shown(path)} cell {number}", "".join(cell["source"]), tags)
    fence = re.compile(r"^```\{code-cell\}[^\n]*\n(?::[^\n]*\n)*(?P<source>.*?)^```", re.M | re.S)
    for path in sorted((ROOT / "docs").rglob("*.md")):
        page = path.read_text("utf-8")
        for found in fence.finditer(page):
            line = page[: found.start()].count("\n") + 1
            yield Cell(f"{shown(path)} line {line}", found["source"], ())
