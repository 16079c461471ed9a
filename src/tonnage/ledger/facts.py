"""The figures that identities are about: one row a definition and span, with the prints it is made of."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import polars as pl

from tonnage.ledger import joins, precision, selection, vintages
from tonnage.model import scopes
from tonnage.model.definitions import Definition

__all__ = ["FIGURES", "TRADE", "closure", "figures", "labels", "listed", "monthly", "numbered", "together"]

#: Whose trade in what: a row of one figure has these in common with the row of another month.
TRADE: Final = ("definition", "reporter", "partner", "flow", "unit")

#: One row a figure of a definition as known on a day; `prints` are the numbers of the prints it is made of.
FIGURES: Final = pl.Schema(
    {
        **dict.fromkeys(TRADE, pl.String()),
        "period": pl.Date(),
        "months": pl.Int64(),
        "value": pl.Float64(),
        "slack": pl.Float64(),
        "prints": pl.List(pl.UInt32()),
    }
)

_LINE: Final = ("classification", "commodity")
_SUBHEADING: Final = 6  # digits of a code that all countries share
_CODE: Final = re.compile(r"[0-9]{6,}")
_SPAN: Final = (*TRADE, "period", "months")


def numbered(prints: pl.DataFrame, pages: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return FLOWS rows with a number each (`print`) and how finely they are printed (`step`, `slack`).

    Args:
        prints: FLOWS rows.
        pages: `precision.pages` of all prints, where these are a part of them.
    """
    return precision.with_step(prints, pages).with_row_index("print")


def together(registry: Mapping[str, Definition]) -> Callable[[str], str]:
    """Return what gives a commodity the name of the group it is checked with.

    Codes that definitions add up, subtract, contain or quote belong together, at any distance; so do codes of
    one HS subheading, which mirrors compare.
    """
    root: dict[str, str] = {}

    def find(name: str) -> str:
        while root.setdefault(name, name) != name:
            name = root[name]
        return name

    def group(commodity: str) -> str:
        return find(commodity[:_SUBHEADING] if _CODE.fullmatch(commodity) else commodity)

    for entry in registry.values():
        first, *others = [group(code) for part in closure([entry], registry) for code in listed(part)]
        for other in others:
            root[find(other)] = find(first)
    return group


def listed(entry: Definition) -> list[str]:
    """Return the commodities of a definition in every year, those under which it is quoted included."""
    return [*scopes.every_code(entry.codes), *scopes.every_code(entry.quoted_as)]


def closure(entries: Iterable[Definition], registry: Mapping[str, Definition]) -> list[Definition]:
    """Return the definitions with everything that an identity of theirs needs: parts, at any depth."""
    found: dict[str, Definition] = {}
    waiting = list(entries)
    while waiting:
        entry = waiting.pop()
        if entry.id not in found:
            found[entry.id] = entry
            waiting.extend(registry[name] for name in (*entry.contains, *entry.parts))
    return list(found.values())


def labels(
    prints: pl.DataFrame, entries: Sequence[Definition], *, unnamed: bool = False, quoted: bool = False
) -> pl.DataFrame:
    """Return which definitions each printed line belongs to: classification, commodity, definition.

    Args:
        prints: FLOWS rows.
        entries: definitions.
        unnamed: also give a line that no definition names, as "classification:commodity".
        quoted: also give the lines under which a difference is quoted.
    """
    lines = prints.select(_LINE).unique()
    codes = [
        (classification, code, entry.id)
        for classification in lines["classification"].unique()
        for entry in entries
        for table in (entry.codes, entry.quoted_as if quoted else {})
        for code in scopes.codes_in(table, classification)
    ]
    known = pl.DataFrame(codes, dict.fromkeys((*_LINE, "definition"), pl.String()), orient="row")
    named = lines.join(known, on=_LINE).unique()
    if unnamed:
        rest = lines.join(named, on=_LINE, how="anti")
        named = pl.concat([named, rest.with_columns(definition=pl.format("{}:{}", *_LINE))])
    return named.sort(*_LINE, "definition")


def figures(
    prints: pl.DataFrame,
    entries: Sequence[Definition],
    day: dt.date | None = None,
    *,
    unnamed: bool = False,
) -> pl.DataFrame:
    """Return the figures (`FIGURES`) of definitions as known on a day.

    Args:
        prints: numbered prints.
        entries: definitions; the parts of a difference are among them.
        day: only what was out by then.
        unnamed: also lines that no definition names.
    """
    named = labels(prints, entries, unnamed=unnamed)
    found = [_direct(prints.join(named.select(_LINE).unique(), on=_LINE, how="semi"), named, day)]
    for entry in entries:
        if entry.parts:
            # Parts of one release only: a bulletin line minus a flash line would mix two vintages.
            parts = named.filter(pl.col("definition").is_in(list(entry.parts)))
            same = prints.filter(pl.col("stage").cast(pl.String).is_in(list(entry.stages)))
            both = _direct(same.join(parts.select(_LINE).unique(), on=_LINE, how="semi"), parts, day)
            found.append(_difference(both, entry))
    return pl.concat(found).sort(_SPAN)


def _direct(prints: pl.DataFrame, named: pl.DataFrame, day: dt.date | None) -> pl.DataFrame:
    known = vintages.as_of(prints.lazy(), day).collect()
    rows = known.join(named, on=_LINE).with_columns(
        pl.col("flow").cast(pl.String), pl.col("months").cast(pl.Int64)
    )
    return _summed(selection.one_scheme(rows.lazy(), _SPAN).collect())


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    empty = pl.col("value").null_count() > 0
    grouped = rows.group_by(_SPAN).agg(
        # A sum with an unprinted part is no number.
        value=pl.when(empty).then(None).otherwise(pl.col("value").sum()),
        slack=pl.col("slack").sum(),
        prints=pl.col("print").sort(),
    )
    return grouped.select(FIGURES.names()).cast(FIGURES)


def _difference(parts: pl.DataFrame, entry: Definition) -> pl.DataFrame:
    keys = [k for k in _SPAN if k != "definition"]
    less = parts.filter(pl.col("definition") == entry.subtrahend).drop("definition")
    both = parts.filter(pl.col("definition") == entry.minuend).join(less, on=keys, suffix="_less")
    return both.with_columns(
        definition=pl.lit(entry.id),
        value=pl.col("value") - pl.col("value_less"),
        slack=pl.col("slack") + pl.col("slack_less"),
        prints=pl.concat_list("prints", "prints_less"),
    ).select(FIGURES.names())


def monthly(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the printed figures that tile a year: single months, January with February where one is missing.

    Args:
        rows: `FIGURES`.
    """
    return joins.tiles(rows.lazy(), TRADE).collect()
