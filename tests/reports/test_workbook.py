"""The workbook and the JSON hold every printed number in full, and nothing in them acts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from tests.reports.sample import document, figure

from tonnage.reports.blocks import Column, Document, Front, Strip, Table, Text
from tonnage.reports.workbook import figures_json, workbook

if TYPE_CHECKING:
    from pathlib import Path


def sheets(report: Document, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    workbook(report, folder / "x.xlsx")
    book = load_workbook(folder / "x.xlsx")
    return {name: [tuple(c.value for c in row) for row in book[name].iter_rows()] for name in book.sheetnames}


def one(*tables: Table) -> Document:
    return Document(Front("T", "", "en", "2026-01-21"), tables)


def test_the_workbook_holds_the_report(tmp_path: Path) -> None:
    found = sheets(document(), tmp_path)
    assert list(found) == ["Read me", "1 Where it went, December 2025", "Figures", "Receipts"]
    told = dict(row for row in found["Read me"] if row[0])
    assert told["Title"] == "China’s rare-earth exports, December 2025"
    assert told["As of"] == "2026-01-21"
    assert told["Run"] == "7f3a9c21"
    assert told["Units"] == "t"


def test_a_printed_number_is_the_figure_in_full(tmp_path: Path) -> None:
    rows = {row[0]: row for row in sheets(document(), tmp_path)["1 Where it went, December 2025"]}
    assert rows["Partner"] == ("Partner", "Exports (t)", "On month (%)", "On year (%)", "Share (%)")
    assert rows["World"] == ("World", 5952.118, "−3.2%", "+2.6%", "100%")
    assert rows["Japan"][1] == 279.6
    assert rows["United States"][1] == "564"  # no figure stands behind it: as printed
    assert "¹ Shares of the publisher’s own world total." in rows


def test_the_figures_and_their_receipts(tmp_path: Path) -> None:
    found = sheets(document(), tmp_path)
    assert found["Figures"][1][:8] == (
        *(1, "World, exports", 5952.118, "t", "rare-earth-magnets", "2025-12", "detail", "2026-01-20"),
    )
    assert len(found["Figures"]) == 4
    assert found["Receipts"][1] == (
        *(1, "World, exports", "General Administration of Customs", "2026-01-20", "detail", "gacc-query"),
        *("0123456789abcdef", 118, "gacc-query/2025-12.csv", None, True),
    )


@pytest.mark.parametrize(
    ("printed", "value", "cell", "shape"),
    [
        ("5,952", 5952.118, 5952.118, "#,##0"),
        ("5952", 5952.118, 5952.118, "0"),
        ("−8.2%", -8.197, -8.197, '#,##0.0"%"'),
        ("-8.2 %", -8.197, -8.197, '#,##0.0" %"'),
        ("+4.4%", 4.4, 4.4, '+#,##0.0"%";-#,##0.0"%"'),
        ("280 p", 279.6, 279.6, '#,##0" p"'),
        ("0", 0.0, 0, "#,##0"),
        ("281", 279.6, "281", "General"),
        ("–", 0.0, "–", "General"),
        ("..", None, "..", "General"),
        ("1.2.3", 1.2, "1.2.3", "General"),
        ("2025-12", 2025.0, "2025-12", "General"),
    ],
)
def test_a_cell_is_a_number_only_when_a_figure_rounds_to_it(
    printed: str, value: float | None, cell: Any, shape: str, tmp_path: Path
) -> None:
    table = Table(
        "T", (Column("Partner"), Column("x")), (("Japan", printed),), figures=(figure("Japan", value),)
    )
    workbook(one(table), tmp_path / "x.xlsx")
    found = load_workbook(tmp_path / "x.xlsx")["1 T"]["B4"]
    assert (found.value, found.number_format) == (cell, shape)


def test_of_two_figures_the_one_of_the_row_is_taken_and_a_tie_is_not_guessed(tmp_path: Path) -> None:
    figures = (figure("Japan", 280.1), figure("Korea", 279.9))
    table = Table(
        "T", (Column("Partner"), Column("x")), (("Japan", "280"), ("Other", "280")), figures=figures
    )
    rows = sheets(one(table), tmp_path)["1 T"]
    assert rows[3] == ("Japan", 280.1)
    assert rows[4] == ("Other", "280")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "http://a.b", "{=1}", "123", "\x00\ud800"])
def test_text_stays_text(text: str, tmp_path: Path) -> None:
    workbook(one(Table(text, (Column(text),), ((text,),), (text,), text)), tmp_path / "x.xlsx")
    page = load_workbook(tmp_path / "x.xlsx").worksheets[1]
    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} <= {"s"}
    assert page["A4"].hyperlink is None


def test_sheets_get_names_excel_allows(tmp_path: Path) -> None:
    titles = ["a[b]:*?/\\c", "x" * 60, "x" * 60, "'", "history"]
    tables = [Table(title, (Column("a"),), ()) for title in titles]
    names = list(sheets(one(*tables), tmp_path))
    assert len({n.casefold() for n in names}) == len(titles) + 3
    assert all(len(name) <= 31 for name in names)


def test_the_same_report_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        workbook(document("zh", draft="DRAFT"), tmp_path / f"{name}.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert load_workbook(tmp_path / "a.xlsx").properties.created == datetime(2026, 1, 21)  # noqa: DTZ001


def test_a_banner_is_told_on_the_first_sheet(tmp_path: Path) -> None:
    assert sheets(document(draft="DRAFT"), tmp_path)["Read me"][0] == ("Warning", "DRAFT")


def test_the_json_is_stable_and_whole() -> None:
    text = figures_json(document())
    found = json.loads(text)
    assert text == figures_json(document())
    assert text == json.dumps(found, sort_keys=True, indent=1) + "\n"
    assert found["as_of"] == "2026-01-21"
    assert [f["value"] for f in found["figures"]] == [5952.118, 963.214, 279.6]
    assert found["figures"][0]["receipts"][0]["line"] == 118


def test_a_number_nobody_printed_stays_empty(tmp_path: Path) -> None:
    report = replace(document(), blocks=(Strip((("x", ".."),), (figure("x", None),)), Text("x")))
    assert sheets(report, tmp_path)["Figures"][1][2] is None
    assert json.loads(figures_json(report))["figures"][0]["value"] is None
