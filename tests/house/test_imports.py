"""Data flows one way: a module imports from its own room or from rooms above it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.tree import Module, modules, shown

ROOMS = (
    "errors",
    "model",
    "sources",
    "ledger",
    "events",
    "analysis",
    "charts",
    "reports",
    "starter",
    "cli",
    "__init__",
)


def imported_rooms(module: Module) -> Iterator[tuple[int, str]]:
    """The line and room of every import of tonnage, also in functions and under TYPE_CHECKING."""
    for node in ast.walk(module.tree):
        for name in _names(node, module):
            parts = name.split(".")
            if parts[0] == "tonnage":
                yield node.lineno, parts[1] if len(parts) > 1 and parts[1] in ROOMS else "__init__"  # type: ignore[attr-defined]


def _names(node: ast.AST, module: Module) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        package = module.name if module.path.stem == "__init__" else module.name.rpartition(".")[0]
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{base}.{alias.name}" for alias in node.names] if base == "tonnage" else [base]
    return []


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_imports_go_one_way(module: Module) -> None:
    assert module.room in ROOMS, f"{shown(module.path)}: which room is this? DESIGN names {ROOMS}"
    allowed = ROOMS[: ROOMS.index(module.room) + 1]
    wrong = [f"line {line}: {room}" for line, room in imported_rooms(module) if room not in allowed]
    assert not wrong, f"{shown(module.path)} is in {module.room} and imports from below it: {wrong}"


@pytest.mark.parametrize(
    ("code", "rooms"),
    [
        ("from tonnage.model import flows", ["model"]),
        ("import tonnage.ledger.build", ["ledger"]),
        ("from tonnage import reports", ["reports"]),
        ("import tonnage as tn", ["__init__"]),
        ("from ..reports import pdf", ["reports"]),
        ("from . import flows", ["model"]),
        ("def f():\n    from tonnage.cli import main", ["cli"]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from tonnage import Ledger", ["__init__"]),
    ],
)
def test_every_form_of_import_is_seen(code: str, rooms: list[str]) -> None:
    here = modules()[0].path.parent / "model" / "made_up.py"
    module = Module(here, "tonnage.model.made_up", ast.parse(code))
    assert [room for _, room in imported_rooms(module)] == rooms
