"""What a notebook shows of a result, and what a report prints of that cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import tonnage as tn
from tonnage.reports.blocks import MIME, Box, Chart, Front, Table, Text
from tonnage.reports.notebook import document

DAY = "2026-01-21"


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> tn.Ledger:
    return tn.open(workspace / "data")


def bundle(result: Any) -> dict[str, Any]:
    shown: dict[str, Any] = result._repr_mimebundle_()
    return shown


def printed(shown: dict[str, Any]) -> tuple[Any, ...]:
    output = {"output_type": "display_data", "data": shown, "metadata": {}}
    cell = {"cell_type": "code", "source": "result", "outputs": [output], "metadata": {}}
    return document({"cells": [cell]}, front=Front("A title", "", "en", DAY)).blocks


def test_a_result_is_a_sentence_a_chart_and_what_it_takes_for_granted(ledger: tn.Ledger) -> None:
    result = tn.impact(ledger.series("rare-earth-products", as_of=DAY, unit="t"), "2025-04-04")
    shown = bundle(result)
    assert shown["text/plain"].startswith(f"**{result.sentence()}**")
    assert "<svg" in shown["text/html"]
    assert "receipts=" not in shown["text/plain"]
    text, chart, box, method = printed(shown)
    assert isinstance(text, Text)
    assert isinstance(chart, Chart)
    assert "2025-05: 2,117 t against" in chart.alt
    assert chart.source.startswith("GACC, bulletin, 2025-11-18, ")
    assert isinstance(box, Box)
    assert set(result.assumptions) <= set(box.paragraphs)
    assert all(not told[0].islower() and told.endswith(".") for told in box.paragraphs)
    assert method.role == "note"
    assert str(result) == result.sentence()


def test_a_result_with_rows_has_them_as_a_table(ledger: tn.Ledger) -> None:
    result = tn.anomalies(ledger.series("rare-earth-products", as_of=DAY, unit="t"))
    tables = [block for block in printed(bundle(result)) if isinstance(block, Table)]
    assert [table.notes for table in tables] == [("the last 12 of 22 rows",)]


def test_what_cannot_be_drawn_is_said(ledger: tn.Ledger) -> None:
    few = ledger.series("rare-earth-magnets", partner="JPN", as_of=DAY, unit="t")
    blocks = printed(bundle(tn.impact(few, "2025-10-09")))
    assert not [block for block in blocks if isinstance(block, Chart)]
    assert "too short" in blocks[0].markdown


def test_claims_are_a_table_with_the_line_each_rests_on(ledger: tn.Ledger) -> None:
    said = "280 tons of magnets went to Japan in December, down 8% from November"
    found = tn.check_claim(said, DAY, ledger)
    (made,) = printed(bundle(found))
    assert [(row[0], row[1], row[3]) for row in made.rows] == [
        ("280 tons", "exact", "60934f93:331"),
        ("8%", "rounded", "60934f93:331; 60934f93:308"),
    ]
    assert isinstance(found, tuple)
    assert MIME in bundle(found)
    assert "No figure" in bundle(tn.check_claim("hello", DAY, ledger))["text/plain"]
