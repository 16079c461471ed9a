"""The typed, strict parameters of a notebook, checked before anything is started.

A notebook declares its parameters in one cell tagged `parameters`, by annotated literals with a comment each:

    definition: str = "rare-earth-magnets"  # which figures
    months: int = 24  # how far back the chart looks

The cell is read as text, never run. Words from the command line are read by the declared type and by nothing
else, so "010121" stays text; a name means the same in every notebook (`TERMS`).
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import math
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tonnage.errors import ParameterError, TonnageError, nearest

__all__ = [
    "LANGUAGES",
    "SKIPPED",
    "TERMS",
    "Notebook",
    "Parameter",
    "Term",
    "Value",
    "check",
    "declared",
    "load",
]

Value = str | int | float | bool | list[str]

LANGUAGES: Final = ("en", "zh", "ja")

#: A cell with one of these tags belongs to the lab (widgets, scratch) and is not run in a report.
SKIPPED: Final = frozenset({"lab-only", "skip-execution"})

_TAG = "parameters"
_INJECTED = "injected-parameters"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter; `type` is its annotation: str, int, float, bool or list[str]."""

    name: str
    type: str
    default: Value
    help: str


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as it is before a run: outputs gone, every cell with an id and its text in one piece."""

    path: Path
    document: dict[str, Any]

    @property
    def name(self) -> str:
        """The file's name, as messages tell it."""
        return self.path.name

    @property
    def cells(self) -> list[dict[str, Any]]:
        """The cells, in order."""
        return self.document["cells"]  # type: ignore[no-any-return]

    @property
    def lab_only(self) -> bool:
        """Whether every cell that could print something is tagged lab-only."""
        said = [cell for cell in self.cells if not _silent(cell)]
        return bool(said) and all("lab-only" in _tags(cell) for cell in said)


@dataclass(frozen=True, slots=True)
class Term:
    """What a parameter name means in every notebook: its type, what is allowed, how it is made regular."""

    type: str
    expects: str
    read: Callable[[Any], Value]


def load(notebook: Path) -> Notebook:
    """Return the notebook without its outputs.

    Raises:
        TonnageError: the file is missing or is not a notebook of format 4.
    """
    try:
        document = json.loads(notebook.read_bytes())
        cells = [_cell(number, cell) for number, cell in enumerate(document["cells"], 1)]
    except FileNotFoundError:
        others = sorted(p.name for p in notebook.parent.glob("*.ipynb"))
        raise TonnageError(
            f"notebook {notebook.name}: there is no such file{nearest(notebook.name, others)}"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
        raise TonnageError(
            f"notebook {notebook.name}: expected a notebook of format 4, found {fault}"
        ) from None
    seen: set[str] = set()
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number}" if cell["id"] in seen else cell["id"]
        seen.add(cell["id"])
    kept = {k: v for k, v in document.get("metadata", {}).items() if k not in ("papermill", "widgets")}
    return Notebook(notebook, {"cells": cells, "metadata": kept, "nbformat": 4, "nbformat_minor": 5})


def _cell(number: int, cell: Mapping[str, Any]) -> dict[str, Any]:
    source = cell["source"]
    metadata = {k: v for k, v in cell.get("metadata", {}).items() if k not in ("papermill", "execution")}
    metadata["tags"] = list(metadata.get("tags", []))
    made = {**cell, "metadata": metadata, "source": source if isinstance(source, str) else "".join(source)}
    made["id"] = cell.get("id", f"cell-{number}")
    return {**made, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else made


def declared(notebook: Path | Notebook) -> tuple[Parameter, ...]:
    """Return the parameters a notebook declares, in order.

    Raises:
        TonnageError: the file is not a notebook.
        ParameterError: there is no cell tagged `parameters` or more than one, or a line of it is not an
            annotated literal; every fault is told, one a line.
    """
    source = _loaded(notebook)
    number, text = _parameters_cell(source)
    where = f"{source.name}, cell {number}"
    comments = dict(_comments(text))
    found: dict[str, Parameter] = {}
    faults = []
    for node in _parsed(text, where).body:
        try:
            # A list may run over several lines, with its comment behind the first or the last.
            lines = (node.end_lineno or node.lineno, node.lineno)
            made = _declaration(node, next((comments[n] for n in lines if n in comments), ""))
            if made.name in found:
                raise ParameterError(f"parameter {made.name!r} is declared twice; keep one")
            found[made.name] = made
        except ParameterError as fault:
            faults.append(f"{where}, line {node.lineno}: {fault}")
    _raise(faults)
    return tuple(found.values())


def _loaded(notebook: Path | Notebook) -> Notebook:
    return notebook if isinstance(notebook, Notebook) else load(notebook)


def _raise(faults: list[str]) -> None:
    if faults:
        raise ParameterError("\n".join(faults))


def _parameters_cell(notebook: Notebook) -> tuple[int, str]:
    tagged = [
        n for n, cell in enumerate(notebook.cells, 1) if _TAG in _tags(cell) and cell["cell_type"] == "code"
    ]
    if any(_INJECTED in _tags(cell) for cell in notebook.cells):
        raise ParameterError(
            f"{notebook.name}: expected a notebook to run, found a finished report; give its source"
        )
    if len(tagged) != 1:
        cells = f"cells {tagged}" if tagged else "none"
        raise ParameterError(
            f"{notebook.name}: expected one code cell tagged '{_TAG}', found {cells}; tag one"
        )
    return tagged[0], notebook.cells[tagged[0] - 1]["source"]


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell["metadata"]["tags"]  # type: ignore[no-any-return]


def _silent(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell only declares parameters or imports: such a cell prints nothing."""
    if cell["cell_type"] != "code" or _TAG in _tags(cell):
        return cell["cell_type"] != "markdown" or not cell["source"].strip()
    try:
        return all(isinstance(line, ast.Import | ast.ImportFrom) for line in ast.parse(cell["source"]).body)
    except SyntaxError:
        return False


def _parsed(text: str, where: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as fault:
        line = f", line {fault.lineno}" if isinstance(fault, SyntaxError) else ""
        raise ParameterError(
            f"{where}{line}: expected Python, found {getattr(fault, 'msg', fault)}"
        ) from None


def _comments(text: str) -> Iterator[tuple[int, str]]:
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string.lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):  # the parser tells it better
        return


_EXPECTED = "expected NAME: TYPE = LITERAL  # help, such as months: int = 24  # how far back"


def _declaration(node: ast.stmt, comment: str) -> Parameter:
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
        raise ParameterError(f"{_EXPECTED}; found {ast.unparse(node)[:60]!r}")
    name, kind = node.target.id, ast.unparse(node.annotation)
    if kind not in _TYPES:
        raise ParameterError(f"parameter {name!r}: expected a type of {', '.join(_TYPES)}; found {kind!r}")
    if node.value is None:
        raise ParameterError(f"parameter {name!r}: expected a default, found none; {_EXPECTED}")
    try:
        return Parameter(name, kind, _TYPES[kind].typed(_literal(node.value)), comment)
    except ValueError:
        found = ast.unparse(node.value)[:60]
        raise ParameterError(
            f"parameter {name!r}: expected {_TYPES[kind].expects}, written out; found {found}"
        ) from None


def _literal(node: ast.expr) -> Any:
    """Return a constant, a negative number or a list of constants.

    Raises:
        ValueError: it is anything that would have to be computed.
    """
    bare = node.operand if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else node
    if isinstance(bare, ast.Constant) or (isinstance(node, ast.List) and _constants(node.elts)):
        return ast.literal_eval(node)
    raise ValueError("computed")


def _constants(nodes: list[ast.expr]) -> bool:
    return all(isinstance(node, ast.Constant) for node in nodes)


# The types. `typed` takes a value of Python, `parse` takes text; both raise ValueError when it does not fit.


@dataclass(frozen=True, slots=True)
class _Type:
    expects: str
    typed: Callable[[Any], Value]
    parse: Callable[[str], Value]


def _only(*kinds: type) -> Callable[[Any], Any]:
    def typed(value: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(value)
        return value

    return typed


def _str(value: Any) -> str:
    text: str = _only(str)(value)
    text.encode()  # text no file can hold is refused here, not after the run
    return text


def _float(value: Any) -> float:
    number = float(_only(float, int)(value))
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _list(value: Any) -> list[str]:
    return [_str(item) for item in _only(list, tuple)(value)]


def _parse_int(text: str) -> int:
    return int(_matching(r"[+-]?[0-9]{1,18}", text))


def _parse_float(text: str) -> float:
    return _float(float(_matching(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text)))


def _parse_bool(text: str) -> bool:
    return {"true": True, "false": False}[_matching("true|false", text)]


def _parse_list(text: str) -> list[str]:
    return [_matching(r"(?s).+", _str(item.strip())) for item in text.split(",")] if text else []


def _matching(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


_TYPES: Final[dict[str, _Type]] = {
    "str": _Type("text", _str, _str),
    "int": _Type("a whole number in decimal digits", _only(int), _parse_int),
    "float": _Type("a finite number", _float, _parse_float),
    "bool": _Type("true or false", _only(bool), _parse_bool),
    "list[str]": _Type("texts separated by commas", _list, _parse_list),
}


# The field's standard terms.


def _day(text: str) -> str:
    day = dt.date.fromisoformat(_matching(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text))
    _within(day.year, 1990, 2100)
    return text


def _day_or_empty(text: str) -> str:
    return _day(text) if text else ""


def _month(text: str) -> str:
    _day(_matching(r"[0-9]{4}-[0-9]{2}", text) + "-01")
    return text


def _within(number: int, low: int, high: int) -> int:
    if not low <= number <= high:
        raise ValueError(number)
    return number


def _country(text: str) -> str:
    from tonnage.model.codes import resolve_country

    return resolve_country(text)


def _definition(text: str) -> str:
    from tonnage.model.definitions import definition

    return definition(text).id


def _flow(text: str) -> str:
    from tonnage.model.flows import FLOWS

    return FLOWS[FLOWS.index(text)]


#: What a name means in every notebook that declares it.
TERMS: Final[dict[str, Term]] = {
    "as_of": Term("str", "the day of knowledge as YYYY-MM-DD, 1990 to 2100; a report always has one", _day),
    "definition": Term("str", "a definition of the registry", _definition),
    "flow": Term("str", "export, import, re-export or re-import", _flow),
    "language": Term("str", f"one of {', '.join(LANGUAGES)}", lambda text: LANGUAGES[LANGUAGES.index(text)]),
    "months": Term("int", "a number of months from 1 to 600", lambda number: _within(number, 1, 600)),
    "partner": Term("str", "a country by ISO code or English name, or WLD", _country),
    "period": Term("str", "a month as YYYY-MM, 1990 to 2100", _month),
    "reporter": Term("str", "a country by ISO code or English name", _country),
    "since": Term("str", 'a day as YYYY-MM-DD, 1990 to 2100, or "" for none', _day_or_empty),
}


def check(notebook: Path | Notebook, given: Mapping[str, Any]) -> dict[str, Value]:
    """Return every declared parameter's value, made regular: the one given, or else the default.

    Args:
        notebook: the notebook, whose cells are read and never run.
        given: name -> text as typed on a command line, or a value of the declared type.

    Raises:
        TonnageError: the file is not a notebook.
        ParameterError: a name is unknown, a value is mistyped or impossible, two values contradict each
            other, or a declared parameter is read by no later cell; every fault is told, one a line.
    """
    source = _loaded(notebook)
    parameters = declared(source)
    faults = [*_unknown(parameters, given), *_unused(source, parameters)]
    values: dict[str, Value] = {}
    for parameter in parameters:
        try:
            values[parameter.name] = _value(parameter, given)
        except ParameterError as fault:
            faults.append(str(fault))
    faults.extend(_contradictions(values))
    _raise([f"{source.name}: {fault}" for fault in faults])
    return values


def _unknown(parameters: tuple[Parameter, ...], given: Mapping[str, Any]) -> Iterator[str]:
    names = [p.name for p in parameters]
    for name in given:
        if name not in names:
            hint = nearest(name, names) or ";"
            yield f"parameter {name!r}: not declared{hint} declared are {', '.join(names) or 'none'}"


def _value(parameter: Parameter, given: Mapping[str, Any]) -> Value:
    kind = _TYPES[parameter.type]
    found = given.get(parameter.name, parameter.default)
    origin = "" if parameter.name in given else " (the notebook's default)"
    try:
        value = kind.parse(found) if isinstance(found, str) else kind.typed(found)
    except ValueError:
        fault = f"expected {kind.expects} ({parameter.type}), found {type(found).__name__} {found!r}{origin}"
        raise ParameterError(f"parameter {parameter.name!r}: {fault}") from None
    term = TERMS.get(parameter.name)
    return _meant(parameter, term, value, origin) if term else value


def _meant(parameter: Parameter, term: Term, value: Value, origin: str) -> Value:
    where = f"parameter {parameter.name!r}"
    if parameter.type != term.type:
        raise ParameterError(
            f"{where}: expected the annotation {term.type}, found {parameter.type}; change the notebook"
        )
    try:
        return term.read(value)
    except TonnageError as fault:
        raise ParameterError(f"{where}: {fault}{origin}") from None
    except ValueError:
        raise ParameterError(f"{where}: expected {term.expects}; found {value!r}{origin}") from None


def _contradictions(values: Mapping[str, Value]) -> Iterator[str]:
    as_of, since, period = (str(values.get(name, "")) for name in ("as_of", "since", "period"))
    if as_of and since >= as_of:
        yield f"parameter 'since': expected a day before as_of {as_of}, found {since}"
    if as_of and period > as_of[:7]:
        yield f"parameter 'period': expected a month begun by the as_of day {as_of}, found {period}"


def _unused(notebook: Notebook, parameters: tuple[Parameter, ...]) -> Iterator[str]:
    first, _ = _parameters_cell(notebook)
    read: set[str] = set()
    for number, cell in enumerate(notebook.cells[first:], first + 1):
        if cell["cell_type"] == "code" and SKIPPED.isdisjoint(_tags(cell)):
            read |= _names_read(cell["source"], f"{notebook.name}, cell {number}")
    for parameter in parameters:
        if parameter.name not in read:
            yield f"parameter {parameter.name!r}: unused: no later code cell reads it; use it or delete it"


_MAGIC = re.compile(r"^([ \t]*)(?:[\w, ]+=[ \t]*)?(?:[%!].*|[\w.]+\?{1,2})$", re.MULTILINE)


def _names_read(text: str, where: str) -> set[str]:
    """Return the names a cell reads; on lines of magic or shell, every word of the line."""
    try:
        tree, words = ast.parse(text), set()
    except SyntaxError:
        words = {word for line in _MAGIC.finditer(text) for word in re.findall(r"\w+", line[0])}
        tree = _parsed(_MAGIC.sub(r"\1pass", text), where)
    return words.union(*(_reads(node) for node in ast.walk(tree)))


def _reads(node: ast.AST) -> set[str]:
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return {node.id} if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else set()
