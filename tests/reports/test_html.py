"""The page needs nothing but itself, says what it shows, and lets no data act."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.sample import bars, blocks, document

from tonnage.errors import TonnageError
from tonnage.reports.blocks import Banner, Block, Box, Chart, Column, Document, Front, Strip, Table, Text
from tonnage.reports.html import _CSS, _LAB_CSS, fragment, html

EVIL = """<script>alert(1)</script><img src=x onerror=alert(1)>"&'"""


def soup(report: Document) -> BeautifulSoup:
    return BeautifulSoup(html(report), "html.parser")


def one(*blocks: Block, title: str = "T") -> Document:
    return Document(Front(title, "", "en", "2026-01-21"), blocks)


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-CN"), ("ja", "ja")])
def test_the_page_says_its_language_and_title(language: str, tag: str) -> None:
    page = soup(document(language))
    assert page.html is not None
    assert page.html["lang"] == tag
    assert page.title is not None
    assert page.title.text == document(language).front.title
    assert [h.text for h in page.find_all("h1")] == [document(language).front.title]


def test_a_day_in_a_table_is_not_broken_at_its_hyphens() -> None:
    columns = (Column("month"), Column("published"), Column("told"))
    page = soup(one(Table("T", columns, (("2025-12", "2026-01-20", "on 2026-01-20"),))))
    assert [span.text for span in page.find_all("span", class_="day")] == ["2025-12", "2026-01-20"]


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    page = soup(document())
    assert not page.find_all(["script", "link", "iframe", "object", "img"])
    assert not [a for tag in page.find_all() for a in tag.attrs if a.startswith("on") or a == "src"]
    assert not re.search(r"@import|url\((?!#)", html(document()))
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})
    assert policy is not None
    assert str(policy["content"]).startswith("default-src 'none'")
    assert [a["href"] for a in page.find_all("a")] == ["https://example.org/a?b=1&c=2"]


def test_a_table_is_one_that_can_be_read_aloud() -> None:
    table = soup(document()).find("table")
    assert table is not None
    assert table.caption is not None
    assert table.caption.text == "Where it went, December 2025"
    assert [th["scope"] for th in table.find_all("th")] == ["col"] * 5 + ["row"] * 6
    assert [td.text for td in table.find_all("tr")[5].find_all("td")] == ["280", "−8.2%", "+4.4%", "4.7%"]


def test_a_chart_is_inline_named_and_told() -> None:
    chart = soup(document()).find("svg")
    assert chart is not None
    assert chart["role"] == "img"
    assert "falling to 1,238" in str(chart["aria-label"])
    assert [child.name for child in chart.find_all(recursive=False)][:2] == ["title", "desc"]
    assert "<?xml" not in html(document())
    assert html(document()).count("<!DOCTYPE") == 1


def test_ids_are_unique_when_a_chart_comes_twice() -> None:
    report = document()
    page = soup(replace(report, blocks=report.blocks * 2))
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    used = re.findall(r"url\(#([^)]+)\)", str(page)) + [
        str(t["xlink:href"])[1:] for t in page.find_all(lambda tag: tag.has_attr("xlink:href"))
    ]
    assert used
    assert set(used) <= set(ids)


def test_of_an_svg_only_what_draws_is_kept() -> None:
    svg = (
        '<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x "y">]>'
        '<svg xmlns="http://www.w3.org/2000/svg" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)"><script>alert(2)</script>'
        '<style>*{fill:red}@import "http://a";</style><a xlink:href="javascript:3"><text>no</text></a><use xlink:href="http://b#c"/>'
        '<rect id="r" style="fill:url(http://c)" clip-path="url(#r)" onclick="x()"/><foreignObject/></svg>'
    )
    drawn = fragment(Chart(svg, "C", "bars")).partition("<svg")[2]
    for gone in (
        "script",
        "alert",
        "javascript",
        "http://a",
        "http://b",
        "http://c",
        "onclick",
        "foreignObject",
        "no<",
    ):
        assert gone not in drawn
    assert re.search(r'id="(b\w+)-r" style="fill:none" clip-path="url\(#\1-r\)"', drawn)
    assert re.search(r"#b\w+ \*\{fill:red\}", drawn)


@pytest.mark.parametrize("svg", ["<svg>", "<svg>&x;</svg>", "<svg>\ud800</svg>"])
def test_bad_svg_is_told(svg: str) -> None:
    with pytest.raises(TonnageError, match="chart 'C': expected well-formed SVG"):
        fragment(Chart(svg, "C", "bars"))


def test_data_are_text() -> None:
    table = Table(EVIL, (Column(EVIL, "right", EVIL),), ((EVIL,),), (EVIL,), EVIL)
    chart = Chart("<svg xmlns='http://www.w3.org/2000/svg'/>", EVIL, EVIL, EVIL, (EVIL,), EVIL)
    blocks = (
        table,
        chart,
        Text(EVIL),
        Text(f"x {EVIL}", "note"),
        Strip(((EVIL, EVIL),)),
        Box(EVIL, (EVIL,)),
        Banner(EVIL),
    )
    page = soup(one(*blocks, title=EVIL))
    assert not page.find_all(["script", "img"])
    assert page.text.count("<script>alert(1)</script>") >= 15


@given(st.text(st.characters(exclude_categories=[]), max_size=20))
def test_any_text_is_a_page_that_can_be_written(text: str) -> None:
    page = html(one(Table(text, (Column(text),), ((text,),)), Text(text), Banner(text), title="T" + text))
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", page)
    page.encode("utf-8")


def test_a_banner_stands_before_the_title() -> None:
    page = html(document(draft="DRAFT – check failed"))
    assert page.index("DRAFT – check failed") < page.index("<h1>")


def test_markdown_is_drawn() -> None:
    page = html(one(Text("# H\n\n> q\n\n1. a\n\n---\n\n| a | b |\n|---|--:|\n| 1 | **2** |\n\n    code <x>")))
    for part in (
        "<h2>H</h2>",
        "<blockquote><p>q</p>",
        "<ol><li>",
        "<hr>",
        "<strong>2</strong>",
        "<pre>code &lt;x&gt;",
    ):
        assert part in page


def test_a_cell_output_follows_the_labs_theme() -> None:
    shown = fragment(Chart(bars(), "C", "bars"))
    assert "var(--jp-content-font-color1" in shown
    assert "<html" not in shown
    assert fragment(Chart(bars(), "C", "bars")) == shown


@pytest.mark.parametrize(
    "block",
    [
        *blocks(),
        document().front,
        Banner("x"),
        Text("# H\n\n### I\n\n> q^1^\n\n1. a\n\n| a | b |\n|---|--:|\n| 1 | [c](https://d.e) |\n\n    code"),
    ],
    ids=lambda block: block.kind,
)
def test_a_cell_output_carries_the_rules_it_needs_and_few_others(block: Block) -> None:
    shown = fragment(block)
    page = BeautifulSoup(shown, "html.parser")
    rules = [rule.replace("\n", "") + "}" for rule in (_CSS + _LAB_CSS).split("}") if rule.strip()]
    needed = [rule for rule in rules if page.select(rule.partition("{")[0])]
    assert ".tonnage{color" in needed[0]
    assert [rule for rule in needed if rule not in shown] == []
    assert sum(map(len, needed)) < sum(map(len, rules)) * 0.8
    assert shown.count("{", 0, shown.index("</style>")) <= len(needed) + 3


@pytest.mark.parametrize(
    ("language", "families"),
    [
        ("en", ("Hiragino Sans", "Yu Gothic", "PingFang SC", "Microsoft YaHei")),
        ("zh", ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei")),
        ("ja", ("Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Meiryo")),
    ],
)
def test_each_language_names_fonts_of_every_system(language: str, families: tuple[str, ...]) -> None:
    selector = ".tonnage" if language == "en" else f".tonnage:lang({language})"
    _, _, rest = html(document(language)).partition(selector + "{")
    rule = rest.partition("}")[0]
    assert [family for family in families if family not in rule] == []
    assert "sans-serif" in rule
