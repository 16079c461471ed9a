"""`__all__` is sorted everywhere, holds what is there, and each name in it says what it is."""

from __future__ import annotations

import ast

import pytest
from tests.house.tree import Module, modules, shown

PUBLIC = [module for module in modules() if module.public is not None]


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order ruff puts `__all__` in."""
    if name.isupper():
        return 0, name
    return (1, name) if name[0].isupper() else (2, name)


@pytest.mark.parametrize("module", PUBLIC, ids=lambda m: m.name)
def test_all_is_sorted(module: Module) -> None:
    assert module.public == sorted(module.public or [], key=_order), shown(module.path)


@pytest.mark.parametrize("module", PUBLIC, ids=lambda m: m.name)
def test_public_functions_and_classes_are_described(module: Module) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    silent = [
        node.name
        for node in module.tree.body
        if isinstance(node, kinds) and node.name in (module.public or []) and not ast.get_docstring(node)
    ]
    assert not silent, f"{shown(module.path)}: no docstring: {silent}"
