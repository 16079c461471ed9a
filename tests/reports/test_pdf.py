"""The PDF: the same bytes twice, readable by eye, by machine and by ear, literal whatever the data say."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from tests.reports.sample import bars, document

from tonnage.errors import TonnageError
from tonnage.reports import fonts
from tonnage.reports.blocks import Block, Box, Chart, Column, Document, Front, Strip, Table, Text
from tonnage.reports.pdf import MISSING, pdf, typst_inputs

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 1, 21, 12, tzinfo=UTC)


def reader(report: Document) -> Any:
    return PdfReader(io.BytesIO(pdf(report, timestamp=NOON)))


def words(report: Document) -> str:
    return "\n".join(page.extract_text() for page in reader(report).pages)


def one(*blocks: Block, title: str = "T") -> Document:
    return Document(Front(title, "", "en", "2026-01-21"), blocks)


@pytest.mark.parametrize("language", ["en", "zh", "ja"])
def test_the_same_report_is_the_same_bytes(language: str) -> None:
    first = pdf(document(language), timestamp=NOON)
    assert first == pdf(document(language), timestamp=NOON)
    assert len(first) <= 300_000


def test_another_timestamp_is_another_file() -> None:
    assert pdf(document(), timestamp=NOON) != pdf(document(), timestamp=NOON.replace(hour=13))


def test_a_timestamp_needs_a_zone() -> None:
    with pytest.raises(TonnageError, match="time zone, found 2026-01-21T12:00:00"):
        pdf(document(), timestamp=NOON.replace(tzinfo=None))


@pytest.mark.parametrize(("language", "tag"), [("en", "en-GB"), ("zh", "zh-CN"), ("ja", "ja-JP")])
def test_the_file_says_what_it_is(language: str, tag: str) -> None:
    report = reader(document(language))
    assert report.metadata is not None
    assert report.metadata.title == document(language).front.title
    assert report.metadata.author == document(language).front.author
    assert report.metadata["/Keywords"] == "rare earths, magnets, China"
    assert report.trailer["/Root"]["/Lang"] == tag
    assert report.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712  # pypdf's own boolean
    xmp = report.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)
    assert re.search(r"pdfuaid:part>1<", xmp)


def test_text_can_be_selected_in_prose_tables_and_charts() -> None:
    said = words(document())
    for part in (
        "5,952 t",
        "Viet Nam",
        "+21.4%",
        "tonnes",
        "2024-01",
        "third-highest",
        "1 / 1",
        "Run 7f3a9c21",
    ):
        assert part in said


def test_pages_are_a4_and_numbered() -> None:
    long = replace(document(), blocks=document().blocks * 2)
    pages = reader(long).pages
    assert [round(float(x)) for x in pages[0].mediabox[2:]] == [595, 842]
    assert f"2 / {len(pages)}" in pages[1].extract_text()


def test_every_font_is_inside_and_a_subset() -> None:
    found = set()
    for page in reader(document("zh")).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found.add(inner["/BaseFont"].partition("+")[2])
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])
    assert any("NotoSansCJKtc" in name for name in found)


def tags(report: Document) -> list[tuple[str, str]]:
    """Return (role, alt text) of the structure tree in reading order."""
    found = []

    def walk(node: object) -> None:
        node = getattr(node, "get_object", lambda: node)()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict) and "/S" in node:
            found.append((str(node["/S"]), str(node.get("/Alt", ""))))
            walk(node.get("/K", []))

    walk(reader(report).trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_a_reader_that_speaks_finds_alt_text_and_real_tables() -> None:
    found = tags(document())
    roles = [role for role, _ in found]
    assert any("falling to 1,238 in May 2025" in alt for role, alt in found if role == "/Figure")
    assert roles.count("/Table") == 1
    assert roles.count("/TH") == 5
    assert roles.count("/TD") == 30
    assert {"/Title", "/H1", "/L", "/Link"} <= set(roles)


def test_a_banner_stands_first_and_marks_every_page() -> None:
    draft = "DRAFT – check failed: parts against total"
    pages = reader(replace(document(draft=draft), blocks=document(draft=draft).blocks * 2)).pages
    assert pages[0].extract_text().startswith(draft)
    assert "DRAFT · e estimated" in pages[1].extract_text()
    assert "DRAFT" not in words(document())


ACTIVE = r"""#[]*_$@<>\"'`~=/- + 1. #panic("x") // /* */ #import "x" \u{41} <label> @ref $x$ ---"""


def test_what_looks_like_markup_is_printed_as_written() -> None:
    table = Table(ACTIVE, (Column(ACTIVE),), ((ACTIVE,),), source="`" + "x#y" + "`")
    report = one(table, Strip(((ACTIVE, ACTIVE),)), Box(ACTIVE, ()), Text("    " + ACTIVE), title=ACTIVE)
    flat = re.sub(r"\s", "", words(report))
    assert flat.count(re.sub(r"\s", "", ACTIVE)) == 7
    assert re.sub(r"\s", "", ACTIVE.upper()) in flat  # the strip's label, in capitals


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(st.characters(), max_size=30),
    st.text(st.characters(codec="ascii", categories=["L", "P", "S"]), max_size=20),
)
@example("\ud800\ue000\ufffe\x00\u202e\u200d", "")
@example("\U0001f3fb", "x")
@example("a\u20dd 👨\u200d👩 ก 😀", "#x")
def test_any_text_is_set(text: str, ascii_text: str) -> None:
    table = Table(text, (Column(text, "right", text),), ((text,),), (text,), text)
    report = one(
        table, Text(text, "answer"), Box(text, (text,)), Strip(((text, ascii_text),)), title="T" + text
    )
    assert re.sub(r"\s", "", ascii_text) in re.sub(r"\s", "", words(report))


def test_a_character_no_font_has_is_marked() -> None:
    assert f"before {MISSING} after" in words(one(Text("before 😀 after")))
    assert "Erdoğan" in words(one(Text("Erdoğan")))


def test_a_letter_before_a_missing_mark_stays() -> None:
    assert f"中国, 中{MISSING}" in words(one(Text("中国, 中\U0001f3fb")))
    assert f"T{MISSING} is 10 t" in words(one(Text("T\U0001f3fb is 10 t\ufe0f")))


def test_a_character_no_font_has_is_marked_in_a_chart() -> None:
    chart = Chart(bars().replace(">tonnes<", ">t 😀 ก<"), "C", "bars")
    assert f"t {MISSING} {MISSING}" in words(one(chart))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_told_and_does_not_hang() -> None:
    code = (
        "import os; from tests.reports import test_pdf as t\n"
        "t.pdf(t.one(), timestamp=t.NOON)\n"
        "if os.fork() == 0:\n"
        "    try: t.pdf(t.one(t.Text('x')), timestamp=t.NOON)\n"
        "    except t.TonnageError as error: print(error, flush=True)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    assert (
        done.stdout
        == "pdf: this process was forked from one that had set a PDF; fork first, or start it anew\n"
    )


def test_reports_may_be_set_in_several_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: pdf(document(), timestamp=NOON), range(8)))
    assert len(made) == 1


def test_memory_stays_flat() -> None:
    psutil = pytest.importorskip("psutil")
    used = []
    for number in range(120):
        pdf(one(Text(f"report {number}"), document().blocks[2]), timestamp=NOON)
        if number % 40 == 39:
            used.append(psutil.Process().memory_info().rss)
    assert used[-1] < used[0] * 1.1


@pytest.mark.parametrize("empty", ["#", "# \u202e", "# \ufe0f"])
def test_a_heading_without_a_word_is_not_set(empty: str) -> None:
    assert "after" in words(one(Text(f"{empty}\n\nafter")))


def test_an_invisible_control_is_left_out() -> None:
    assert "safetext" in words(one(Text("safe\u202etext")))


def test_bad_svg_is_told() -> None:
    with pytest.raises(TonnageError, match="Typst refused the document: failed to parse SVG"):
        pdf(one(Chart("<svg", "C", "bars")), timestamp=NOON)


def test_inputs_are_plain_json() -> None:
    found = typst_inputs(document(draft="D"))
    assert json.loads(json.dumps(found))["banners"] == ["D"]
    assert [b["block"] for b in found["blocks"]] == ["text", "strip", "chart", "text", "table", "box", "text"]


@pytest.mark.parametrize(
    ("rows", "widths"),
    [
        ((("Japan", "280"),), [9, 7]),
        ((("x" * 200, "280"),), [60, 0]),
    ],
)
def test_words_give_way_to_numbers(rows: tuple[tuple[str, ...], ...], widths: list[int]) -> None:
    table = Table("T", (Column("Partner"), Column("t", "right")), rows)
    assert typst_inputs(one(table))["blocks"][0]["widths"] == widths


def test_a_long_table_breaks_over_pages_and_repeats_its_head() -> None:
    table = Table(
        "Long", (Column("Partner"), Column("Exports", "right")), tuple((f"P{n}", str(n)) for n in range(150))
    )
    pages = reader(one(table)).pages
    assert len(pages) > 2
    assert all("Exports" in page.extract_text() for page in pages)


@pytest.mark.parametrize(("rows", "broken"), [(6, False), (14, False), (15, True), (24, True)])
def test_only_a_long_table_breaks_at_the_foot_of_a_page(rows: int, broken: bool) -> None:
    table = Table(
        "Partners",
        (Column("Partner"), Column("Exports", "right")),
        tuple((f"P{n}", str(n)) for n in range(rows)),
    )
    above = Text("\n\n".join("Words above." for _ in range(43)))
    first, second = (page.extract_text() for page in reader(one(above, table)).pages)
    assert ("P0" in first, "Partners" in first, "Exports" in first) == (broken, broken, broken)
    assert "Exports" in second
    assert f"P{rows - 1}" in second


@pytest.mark.parametrize("lines", range(46, 60))
def test_a_title_stays_with_its_table(lines: int) -> None:
    table = Table("Partners", (Column("Partner"),), tuple((f"P{n}",) for n in range(20)))
    pages = reader(one(Text("\n\n".join("Words above." for _ in range(lines))), table)).pages
    (home,) = (text for page in pages if "Partners" in (text := page.extract_text()))
    assert "P0" in home


def test_the_next_report_is_quick() -> None:
    pdf(document(), timestamp=NOON)
    used = []
    for number in range(5):
        report = replace(document(), front=replace(document().front, run=str(number)))
        start = time.process_time()
        pdf(report, timestamp=NOON)
        used.append(time.process_time() - start)
    assert min(used) < 0.2  # 0.05 on a quiet machine; this one may be busy


def test_a_missing_font_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    with pytest.raises(TonnageError, match="pip install cvttf-notosanscjk-regular"):
        fonts.font_dirs()


def test_an_empty_font_package_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()
    spec = type("Spec", (), {"origin": str(tmp_path / "__init__.py")})
    monkeypatch.setattr(fonts, "find_spec", lambda name: spec)
    with pytest.raises(TonnageError, match="expected package cvttf-notosanscjk-regular"):
        fonts.font_dirs()


def test_matplotlib_learns_the_family_once() -> None:
    from matplotlib import font_manager

    fonts.register_matplotlib()
    before = len(font_manager.fontManager.ttflist)
    fonts.register_matplotlib()
    assert len(font_manager.fontManager.ttflist) == before
    assert {e.weight for e in font_manager.fontManager.ttflist if e.name == fonts.FAMILY} == {400, 700}
