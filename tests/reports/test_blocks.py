"""Blocks keep their contract and travel as JSON without loss."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.sample import blocks, document, figure

from tonnage.errors import ContractError
from tonnage.reports.blocks import (
    MIME,
    Banner,
    Block,
    Box,
    Chart,
    Column,
    Figure,
    Front,
    Receipt,
    Strip,
    Table,
    Text,
    block_from_json,
    chart_notes,
)

WORDS = st.text(max_size=12)
RECEIPTS = st.builds(Receipt, *[WORDS] * 5, st.integers(0, 9**9), WORDS, WORDS, st.booleans())
NUMBERS = st.none() | st.floats(allow_nan=False, allow_infinity=False)
FIGURES = st.lists(
    st.builds(Figure, WORDS, NUMBERS, *[WORDS] * 5, st.lists(RECEIPTS, max_size=2).map(tuple), WORDS),
    max_size=2,
).map(tuple)
SOME = st.lists(WORDS, max_size=3).map(tuple)
SAID = WORDS.filter(str.strip)
COLUMNS = st.builds(Column, WORDS, st.sampled_from(["left", "right"]), WORDS)


@st.composite
def tables(draw: Any) -> Table:
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=3).map(tuple))
    row = st.tuples(*[WORDS] * len(columns))
    return Table(
        draw(WORDS),
        columns,
        draw(st.lists(row, max_size=3).map(tuple)),
        draw(SOME),
        draw(WORDS),
        draw(FIGURES),
    )


BLOCKS = st.one_of(
    st.builds(
        Front,
        SAID,
        WORDS,
        st.sampled_from(["en", "zh", "ja"]),
        st.dates().map(str),
        run=WORDS,
        footer=WORDS,
        author=WORDS,
        keywords=SOME,
    ),
    st.builds(Text, WORDS, st.sampled_from(["body", "answer", "note"]), FIGURES),
    st.builds(Strip, st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=3).map(tuple), FIGURES),
    tables(),
    st.builds(
        Chart,
        st.text("ab 中😀", max_size=9).map("<svg>{}</svg>".format),
        WORDS,
        SAID,
        WORDS,
        SOME,
        WORDS,
        FIGURES,
    ),
    st.builds(Box, WORDS, SOME, FIGURES),
    st.builds(Banner, WORDS),
)


@given(BLOCKS)
def test_a_block_comes_back_from_json_as_it_went(block: Block) -> None:
    assert block_from_json(json.loads(json.dumps(block.to_json(), allow_nan=False))) == block


@given(BLOCKS)
def test_every_block_shows_itself_three_ways(block: Block) -> None:
    bundle = block._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", MIME}
    assert bundle[MIME] == block.to_json()


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"block": "poem"}, "expected one of banner, box"),
        ({}, "found None"),
        ({"block": "banner", "text": "x", "size": 3}, "unknown field size; known are text"),
        ({"block": "box", "title": "x"}, "paragraphs"),
    ],
)
def test_json_that_is_no_block_is_refused(found: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=told):
        block_from_json(found)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Front("", "", "en", "2026-01-20"), "expected a title"),
        (lambda: Front("x", "", "fr", "2026-01-20"), "language as one of en, zh, ja, found 'fr'"),  # type: ignore[arg-type]
        (lambda: Front("x", "", "en", "20 January"), "as_of as YYYY-MM-DD, found '20 January'"),
        (lambda: Text("x", "poem"), "role as one of body, answer, note"),  # type: ignore[arg-type]
        (lambda: Strip(()), "at least one"),
        (lambda: Table("t", (), ()), "at least one column"),
        (lambda: Table("t", (Column("a"),), (("1",), ("1", "2"))), "row 2: expected 1 cells, found 2"),
        (lambda: Column("a", "middle"), "align as one of left, right"),  # type: ignore[arg-type]
        (lambda: Chart("<svg/>", "t", " "), "expected alt text"),
        (lambda: Chart("png", "t", "bars"), "expected SVG text, found 'png'"),
        (lambda: figure("x", float("nan")), "finite value or None, found nan"),
    ],
)
def test_a_block_that_breaks_its_contract_is_refused(make: Any, told: str) -> None:
    with pytest.raises(ContractError, match=told):
        make()


def test_figures_are_told_once_in_the_order_of_printing() -> None:
    labels = [f.label for f in document().figures]
    assert labels == ["World, exports", "Germany, exports", "Japan, exports"]


def test_a_banner_is_kept_apart_from_the_body() -> None:
    report = document(draft="DRAFT")
    assert [b.text for b in report.banners] == ["DRAFT"]
    assert report.body == blocks()


def test_a_table_is_plain_text_with_columns_in_line() -> None:
    table = Table(
        "T", (Column("Partner"), Column("Exports", "right", "t")), (("Japan", "280"), ("World", "5,952"))
    )
    assert table.plain() == "T\nPartner  Exports (t)\nJapan            280\nWorld          5,952"


def test_notes_lose_the_number_every_output_prints_itself() -> None:
    notes = ("1 Licences", "(2) List", "③ Pause", "4. Resumed", "2025 is a year")
    assert chart_notes(notes) == ["Licences", "List", "Pause", "Resumed", "2025 is a year"]


def test_blocks_load_nothing_heavy() -> None:
    heavy = "typst bs4 mistune xlsxwriter nbformat matplotlib polars pandas"
    code = f"import sys, tonnage.reports.blocks; print([m for m in {heavy.split()!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
