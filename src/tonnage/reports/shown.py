"""Results as blocks: what a notebook shows of them, and what a report prints of such a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tonnage.analysis.base_rate import BaseRate
from tonnage.analysis.impact import Impact
from tonnage.analysis.mirror import Mirror
from tonnage.analysis.results import Result
from tonnage.errors import NoDataError
from tonnage.events.claims import Claim, Claims
from tonnage.reports.blocks import MIME, Block, Box, Chart, Column, Table, Text
from tonnage.reports.citations import receipt, sources
from tonnage.reports.html import fragment
from tonnage.reports.sentences import upper
from tonnage.reports.tables import table

__all__ = ["blocks", "bundle"]

_MOST: Final = 12


def bundle(result: Result | Claims) -> dict[str, Any]:
    """Return a result as the output of a cell: text for a terminal, HTML for the lab, blocks for a report."""
    made = blocks(result)
    return {
        "text/plain": "\n\n".join(block.plain() for block in made if not isinstance(block, Chart)),
        "text/html": "".join(fragment(block) for block in made),
        MIME: [block.to_json() for block in made],
    }


def blocks(result: Result | Claims) -> tuple[Block, ...]:
    """Return a result as blocks: the sentence, the chart, the rows, and what it takes for granted."""
    return (_claims(result),) if isinstance(result, Claims) else tuple(_result(result))


def _result(result: Result) -> Iterator[Block]:
    yield Text(f"**{result.sentence()}**")
    if drawn := _chart(result):
        yield drawn
    rows = result.to_frame()
    if rows.height > 1:
        yield table(rows, most=_MOST)
    granted = (*getattr(result, "warnings", ()), *getattr(result, "assumptions", ()))
    if granted:
        yield Box("What this takes for granted", tuple(dict.fromkeys(map(_whole, granted))))
    if method := getattr(result, "method", ""):
        yield Text(method, role="note")


def _whole(told: str) -> str:
    return f"{upper(told).rstrip('.')}."


def _chart(result: Result) -> Chart | None:
    from tonnage.charts import svg
    from tonnage.reports import fonts

    fonts.register_matplotlib()
    try:
        drawn = svg(result.plot(family=fonts.FAMILY))
    except NoDataError:
        return None
    found = tuple(receipt(r) for r in getattr(result, "receipts", ()) if isinstance(r, Mapping))
    return Chart(drawn, "", _alt(result), source=sources(found))


def _alt(result: Result) -> str:
    from tonnage import charts

    said: dict[type, Callable[[Any], str]] = {
        BaseRate: charts.alt_base_rate,
        Impact: charts.alt_path,
        Mirror: charts.alt_mirror,
    }
    return said[type(result)](result) if type(result) in said else result.sentence()


def _claims(found: Claims) -> Block:
    if not found:
        return Text("No figure and no percentage change was read in the text.")
    heads = tuple(Column(name) for name in ("Claim", "Verdict", "Why", "File and line"))
    return Table("", heads, tuple(_judged(claim) for claim in found))


def _judged(claim: Claim) -> tuple[str, str, str, str]:
    where = "; ".join(dict.fromkeys(f"{r['raw'][:8]}:{r['line']}" for r in claim.receipts))
    return claim.text, claim.verdict.replace("_", " "), claim.sentence, where
