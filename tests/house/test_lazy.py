"""What goes into a scan: `pl.format` does not. Polars 2.1 panicked in it on a filtered scan of several files.

It may stand in functions of frames that are there, and in sources, which scan no stored files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from tests.house.tree import modules, shown

ROOMS = ("model", "ledger")


def formats_in_scans(tree: ast.Module) -> Iterator[int]:
    """The lines of each `pl.format` in a function that takes or gives a lazy frame or an expression."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and _lazy(node):
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pl.format":
                    yield call.lineno


def _lazy(node: ast.FunctionDef) -> bool:
    given = ast.unparse(node.args)
    made = ast.unparse(node.returns) if node.returns else ""
    return "LazyFrame" in given + made or "Expr" in made


@pytest.mark.parametrize("room", ROOMS)
def test_no_scan_holds_a_format(room: str) -> None:
    here = [module for module in modules() if module.room == room]
    wrong = [f"{shown(module.path)} line {line}" for module in here for line in formats_in_scans(module.tree)]
    assert here
    assert not wrong, f"pl.format in a lazy function; use pl.concat_str: {wrong}"


@pytest.mark.parametrize(
    ("signature", "found"),
    [
        ("rows: pl.LazyFrame", 1),
        ("rows: pl.DataFrame) -> pl.LazyFrame", 1),
        (") -> pl.Expr", 1),
        ("rows: pl.DataFrame) -> pl.DataFrame", 0),
    ],
)
def test_each_form_of_a_lazy_function_is_seen(signature: str, found: int) -> None:
    head = signature if ")" in signature else f"{signature})"
    code = f"def one({head}:\n    return pl.format('{{}}', 'a')"
    assert len(list(formats_in_scans(ast.parse(code)))) == found
