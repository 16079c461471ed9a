"""The parts of the reference that are made from the code: `{generated} NAME` in a page."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, ClassVar

import polars as pl
from docutils import nodes  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import tonnage
from tonnage import cli
from tonnage.events import claims
from tonnage.model import documents, events, evidence, flows, releases
from tonnage.model.definitions import Definition, registry
from tonnage.sources import SOURCES
from tonnage.sources.pulls import BY_HAND, PULLS


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    cells = [*head]
    yield f"| {' | '.join(cells)} |"
    yield f"|{' --- |' * len(cells)}"
    for row in rows:
        escaped = [cell.replace("|", "\\|") for cell in row]
        yield f"| {' | '.join(escaped)} |"
    yield ""


# -- the command line --------------------------------------------------------------------------------


def command_line() -> Iterator[str]:
    """Every verb of the command with its usage and options."""
    top = cli.parser()
    yield from ("## tonnage", "", "Options that stand before the verb.", "")
    yield from ("```text", top.format_usage().strip(), "```", "")
    yield from _options(top)
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {a.dest: a.help or "" for a in action._choices_actions}
            for verb, parser in action.choices.items():
                yield from _verb(f"tonnage {verb}", said[verb], parser, "##")


def _verb(name: str, said: str, parser: argparse.ArgumentParser, mark: str) -> Iterator[str]:
    """One verb, and below it the actions it has."""
    yield from (f"{mark} {name}", "", f"{said[:1].upper()}{said[1:]}.", "")
    yield from ("```text", parser.format_usage().strip(), "```", "")
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not actions:
        yield from _options(parser)
    for action in actions:
        told = {a.dest: a.help or "" for a in action._choices_actions}
        for verb, inner in action.choices.items():
            yield from _verb(f"{name} {verb}", told[verb], inner, f"{mark}#")


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    shown = [a for a in parser._actions if a.dest not in ("help", "verb")]
    if shown:
        yield from _table(("argument", "what it is"), ((_written(a), _told(a)) for a in shown))


def _written(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    value = f" {action.metavar}" if action.option_strings and action.metavar else ""
    return f"`{names}{value}`"


def _told(action: argparse.Action) -> str:
    choices = f"one of {', '.join(map(str, action.choices))}" if action.choices else ""
    said = action.help or ""
    silent = not isinstance(action.default, str) or action.default in (argparse.SUPPRESS, "")
    default = "" if silent or "default" in said else f"default {action.default}"
    return "; ".join(filter(None, (said, choices, default)))


# -- tables ------------------------------------------------------------------------------------------


def _columns(schema: pl.Schema) -> Iterator[str]:
    yield from _table(("column", "type"), ((f"`{name}`", _type(kind)) for name, kind in schema.items()))


def _type(kind: Any) -> str:
    if isinstance(kind, pl.Enum):
        return f"Enum: {', '.join(kind.categories)}"
    if isinstance(kind, pl.List):
        return f"List of {_type(kind.inner)}"
    if isinstance(kind, pl.Struct):
        return f"Struct of {', '.join(field.name for field in kind.fields)}"
    return str(kind)


def flags() -> Iterator[str]:
    """The closed list of flags."""
    rows = ((f"`{name}`", said) for name, said in sorted(flows.FLAGS.items()))
    yield from _table(("flag", "meaning"), rows)


def sources() -> Iterator[str]:
    """Every source, what it reads, and how a file of it is got."""
    for source in SOURCES.values():
        yield from (f"`{source.id}`", f": {source.title}. Rows of {source.table}; files ending in")
        yield from (f"  {', '.join(source.suffixes)}. {source.how}. Licence: {source.licence}.", "")


def pulls() -> Iterator[str]:
    """Every source that is pulled: its key, its limits, and what may be asked."""
    for way in PULLS.values():
        yield from (f"### {way.source}", "")
        key = "none"
        if way.key:
            needed = "needed" if way.key.needed else "not needed"
            key = f"`{way.key.variable}`, {needed}: {way.key.where}"
        yield from (f"Key: {key}.", "", f"Limits: {way.limits}.", "")
        yield from _table(("parameter", "what it is"), ((f"`--{n}`", said) for n, said in way.takes.items()))
    for name, why in BY_HAND.items():
        yield from (f"### {name}", "", f"Not pulled: {why}.", "")


def figure_columns() -> Iterator[str]:
    """The columns that name a figure, and those that name one print of it."""
    yield f"One **figure** is named by: {', '.join(f'`{c}`' for c in flows.FIGURE)}."
    yield ""
    own = [c for c in flows.KEY if c not in flows.FIGURE]
    yield f"One **print** of it is named by these and: {', '.join(f'`{c}`' for c in own)}."
    yield ""


# -- definitions -------------------------------------------------------------------------------------


def definitions() -> Iterator[str]:
    """Every definition of the registry."""
    for entry in registry().values():
        yield from (f"## {entry.id}", "")
        yield from _table(("", ""), _entry(entry))


def _entry(entry: Definition) -> Iterator[tuple[str, str]]:
    yield "title", ", ".join(entry.title.values())
    yield "printed as", entry.printed_as
    if entry.parts:
        yield "computed as", f"`{entry.minuend}` minus `{entry.subtrahend}`"
    yield from _codes(entry)
    yield "stages", ", ".join(entry.stages)
    yield "reporter, flow", f"{entry.reporter}, {entry.flow}"
    yield "covers", entry.covers
    yield "hides", entry.hides
    if entry.contains:
        yield "contains", ", ".join(f"`{name}`" for name in entry.contains)
    for other, why in entry.incomparable.items():
        yield f"not to be compared with `{other}`", why
    for at, why in entry.breaks.items():
        yield f"break {at:%Y-%m}", why
    if entry.aliases:
        yield "other names", ", ".join(entry.aliases)


def _codes(entry: Definition) -> Iterator[tuple[str, str]]:
    """Yield the codes by classification; years with the same goods under the same codes are one row."""
    known = (one for one in entry.scopes if not (one.dated and one.first is None))
    for (family, codes, _), group in groupby(known, lambda one: (one.family, one.codes, one.base)):
        stretch = list(group)
        first, last = stretch[0].first, stretch[-1].last
        years = "" if first is None else f" {first}" if first == last else f" {first}–{last or ''}"
        shown = ", ".join(f"`{code}`" for code in codes)
        yield f"codes in {family.rstrip('-')}{years}", shown or f"none: {stretch[0].reason}"


# -- the Python names --------------------------------------------------------------------------------


def python() -> Iterator[str]:
    """Every public name, by autodoc."""
    named = {name: getattr(tonnage, name) for name in tonnage.__all__ if name != "__version__"}
    types = {name: value for name, value in named.items() if isinstance(value, type)}
    errors = [name for name, value in types.items() if issubclass(value, Exception)]
    classes = [name for name in types if name not in errors]
    functions = [name for name in named if name not in (*errors, *classes) and callable(named[name])]
    for title, names, kind in (
        ("Functions", functions, "autofunction"),
        ("Classes", classes, "autoclass"),
        ("Errors", errors, "autoexception"),
    ):
        yield from (f"## {title}", "", "```{eval-rst}")
        for name in names:
            yield f".. {kind}:: tonnage.{name}"
            if kind == "autoclass":
                yield "   :members:"
            yield ""
        yield from ("```", "")


PARTS: dict[str, Callable[[], Iterator[str]]] = {
    "command-line": command_line,
    "definitions": definitions,
    "claims": lambda: _columns(claims.SCHEMA),
    "documents": lambda: _columns(documents.SCHEMA),
    "events": lambda: _columns(events.SCHEMA),
    "figure": figure_columns,
    "flags": flags,
    "grades": lambda: _table(("grade", "meaning"), ((f"`{n}`", m) for n, m in evidence.GRADES.items())),
    "flows": lambda: _columns(flows.SCHEMA),
    "pulls": pulls,
    "python": python,
    "releases": lambda: _columns(releases.SCHEMA),
    "sources": sources,
    "verdicts": lambda: _table(("verdict", "meaning"), ((f"`{n}`", m) for n, m in claims.VERDICTS.items())),
}


class Generated(SphinxDirective):
    """Put a part that is made from the code into a page."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """Return the part as parsed Markdown."""
        lines = "\n".join(PARTS[self.arguments[0]]())
        return self.parse_text_to_nodes(lines, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True}
