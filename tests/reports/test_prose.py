"""Markdown is read as both outputs need it."""

from __future__ import annotations

from typing import Any

import pytest

from tonnage.reports.prose import spans, tree


def test_markdown_becomes_the_small_tree() -> None:
    assert tree("# One\n\n#### Two\n\n- **a**\n- *b* `c`") == [
        {"t": "h", "level": 1, "c": [{"t": "s", "s": "One"}]},
        {"t": "h", "level": 2, "c": [{"t": "s", "s": "Two"}]},
        {
            "t": "ul",
            "c": [
                [{"t": "p", "c": [{"t": "b", "c": [{"t": "s", "s": "a"}]}]}],
                [
                    {
                        "t": "p",
                        "c": [
                            {"t": "i", "c": [{"t": "s", "s": "b"}]},
                            {"t": "s", "s": " "},
                            {"t": "code", "s": "c"},
                        ],
                    }
                ],
            ],
        },
    ]


@pytest.mark.parametrize(
    ("markdown", "nodes"),
    [
        ("[x](https://a.b/?c=1)", [{"t": "a", "href": "https://a.b/?c=1", "c": [{"t": "s", "s": "x"}]}]),
        ("[x](javascript:alert(1))", [{"t": "s", "s": "x"}]),
        ("[x](file.md)", [{"t": "s", "s": "x"}]),
        ("![bars](x.png)", [{"t": "s", "s": "bars"}]),
        ("1. not a list", [{"t": "s", "s": "1. not a list"}]),
        ("a<br>b", [{"t": "s", "s": "a"}, {"t": "br"}, {"t": "s", "s": "b"}]),
        ("a<!-- b -->", [{"t": "s", "s": "a"}]),
        ("", []),
        ("<b>", [{"t": "s", "s": "<b>"}]),
        ("t^1^", [{"t": "s", "s": "t"}, {"t": "sup", "c": [{"t": "s", "s": "1"}]}]),
        ("中国\n日本", [{"t": "s", "s": "中国"}, {"t": "s", "s": "日本"}]),
        ("a\nb", [{"t": "s", "s": "a"}, {"t": "s", "s": " "}, {"t": "s", "s": "b"}]),
    ],
)
def test_a_sentence_becomes_spans(markdown: str, nodes: list[dict[str, Any]]) -> None:
    assert spans(markdown) == nodes


@pytest.mark.parametrize("empty", ["#", "## ##", "# <!-- x -->", "# **<br>**"])
def test_a_heading_without_a_word_is_none(empty: str) -> None:
    assert [(n["t"], n.get("level")) for n in tree(f"{empty}\n\n## Two")] == [("h", 1)]
