"""Markdown to a small tree.

Both outputs draw the same tree, so that a sentence reads the same on paper and on screen. A node is
{"t": kind, ...}: blocks p, h, ul, ol, code, quote, rule, table; inline s (text), b, i, sup, code, a, br.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Node", "spans", "tree"]

Node = dict[str, Any]

_WEB = re.compile(r"https?://[^\s]+\Z")
_BREAK = re.compile(r"<br\s*/?>\s*\Z", re.IGNORECASE)
_WIDE = 0x2E80  # from here on writing needs no space where a line of the source ended


def tree(markdown: str) -> list[Node]:
    """Return Markdown as block nodes; headings have words and skip no level, only web links stay links."""
    return _level([node for token in _parser()(markdown) for node in _block(token)])


def spans(markdown: str) -> list[Node]:
    """Return one paragraph of Markdown as inline nodes; list and heading marks stay literal."""
    parser = _parser().inline
    state = parser.state_cls({})
    state.src = markdown
    return _inline(parser.parse(state))


@cache
def _parser() -> Any:
    import mistune

    return mistune.create_markdown(renderer="ast", plugins=["table", "superscript"])


def _level(nodes: list[Node]) -> list[Node]:
    last = 0
    for node in nodes:
        if node["t"] == "h":
            node["level"] = last = min(node["level"], last + 1)
    return nodes


def _block(token: Mapping[str, Any]) -> Iterator[Node]:
    kind = token["type"]
    if kind in ("paragraph", "block_text"):
        yield {"t": "p", "c": _inline(token["children"])}
    elif kind == "heading":
        words = _inline(token["children"])
        if _said(words):  # a heading without a word is one nobody can find, and no PDF/UA
            yield {"t": "h", "level": token["attrs"]["level"], "c": words}
    elif kind == "list":
        yield {"t": "ol" if token["attrs"]["ordered"] else "ul", "c": [_blocks(i) for i in token["children"]]}
    elif kind == "block_quote":
        yield {"t": "quote", "c": _blocks(token)}
    elif kind == "table":
        yield _markdown_table(token)
    elif kind == "thematic_break":
        yield {"t": "rule"}
    elif kind == "block_code" or (kind == "block_html" and not token["raw"].startswith("<!--")):
        # HTML in Markdown is printed as it is written: nothing of it may act.
        yield {"t": "code", "s": token["raw"].rstrip("\n")}


def _blocks(token: Mapping[str, Any]) -> list[Node]:
    return [node for child in token["children"] for node in _block(child)]


def _markdown_table(token: Mapping[str, Any]) -> Node:
    head, *body = token["children"]
    rows = [row["children"] for part in body for row in part["children"]]
    return {
        "t": "table",
        "align": ["right" if cell["attrs"]["align"] == "right" else "left" for cell in head["children"]],
        "head": [_inline(cell["children"]) for cell in head["children"]],
        "rows": [[_inline(cell["children"]) for cell in row] for row in rows],
    }


def _inline(tokens: Sequence[Mapping[str, Any]]) -> list[Node]:
    nodes: list[Node] = []
    for token in tokens:
        nodes.extend(_softbreak(nodes) if token["type"] == "softbreak" else _span(token))
    return nodes


def _softbreak(before: list[Node]) -> list[Node]:
    text = before[-1].get("s", "") if before else ""
    return [] if text and ord(text[-1]) >= _WIDE else [{"t": "s", "s": " "}]


def _said(nodes: Sequence[Node]) -> bool:
    return any(_said(node["c"]) if "c" in node else node.get("s", "").strip() for node in nodes)


_NAMES = {"strong": "b", "emphasis": "i", "superscript": "sup"}


def _span(token: Mapping[str, Any]) -> list[Node]:
    kind = token["type"]
    if kind in _NAMES:
        return [{"t": _NAMES[kind], "c": _inline(token["children"])}]
    if kind == "link":
        inner = _inline(token["children"])
        url = token["attrs"]["url"]
        return [{"t": "a", "href": url, "c": inner}] if _WEB.match(url) else inner
    if kind == "image":
        return _inline(token["children"])  # a picture is a Chart; in a sentence its words stand for it
    if kind == "linebreak" or (kind == "inline_html" and _BREAK.match(token["raw"])):
        return [{"t": "br"}]
    if kind == "inline_html" and token["raw"].startswith("<!--"):
        return []
    return [{"t": "code" if kind == "codespan" else "s", "s": token["raw"]}] if token["raw"] else []
