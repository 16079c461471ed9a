"""Blocks to HTML: one page that needs nothing but itself, and the cell output JupyterLab shows.

No script, no font, no picture is fetched, and the page forbids its browser to try. All text of data is
escaped; of the SVG only what draws is kept.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any

from tonnage.errors import TonnageError
from tonnage.reports.blocks import (
    LABELS,
    Banner,
    Block,
    Box,
    Chart,
    Document,
    Front,
    Strip,
    Table,
    Text,
    chart_notes,
)
from tonnage.reports.prose import Node, spans, tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree.ElementTree import Element

__all__ = ["fragment", "html"]

# No font is in the page: the stacks name what Linux, macOS and Windows draw Chinese and Japanese with.
_CSS = """
.tonnage{color:var(--ink);font:16px/1.5 "Noto Sans CJK TC","Noto Sans",system-ui,"Hiragino Sans","Yu Gothic",
Meiryo,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC","Noto Sans CJK JP","Noto Sans JP",
"WenQuanYi Micro Hei",sans-serif;overflow-wrap:break-word}
.tonnage h1{font-size:1.9em;line-height:1.2;margin:.5em 0 .2em}
.tonnage h2{font-size:1.25em;margin:1.4em 0 .4em}
.tonnage h3,.tonnage h4,.tonnage h5,.tonnage h6{font-size:1.05em;margin:1.2em 0 .4em}
.tonnage p{margin:.6em 0}
.tonnage a{color:inherit}
.tonnage .kicker{display:flex;justify-content:space-between;gap:1em;
border-bottom:2px solid var(--ink);padding-bottom:.4em}
.tonnage .kicker,.tonnage dt{font-size:.72em;letter-spacing:.07em;text-transform:uppercase;color:var(--grey)}
.tonnage .subtitle{color:var(--grey);margin:0}
.tonnage .banner{background:#000;color:#fff;border:2px solid #fff;outline:2px solid #000;font-weight:700;
font-size:1.25em;padding:.6em .8em;margin:0 0 1em}
.tonnage .answer{font-size:1.35em;line-height:1.35;margin:.8em 0}
.tonnage .note,.tonnage .under{font-size:.8em;line-height:1.4;color:var(--grey)}
.tonnage .under p{margin:.25em 0}
.tonnage dl.strip{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5em,1fr));gap:.5em 1.4em;
margin:1.2em 0;padding:.6em 0;border-top:1px solid var(--hair);border-bottom:1px solid var(--hair)}
.tonnage dl.strip div{margin:0}
.tonnage dl.strip dt{font-weight:400;float:none;clear:none;width:auto;margin:0}
.tonnage dl.strip dd{margin:0;font-size:.93em}
.tonnage figure{margin:1.4em 0;overflow-x:auto}
.tonnage caption,.tonnage figcaption{text-align:left;font-weight:700;padding:0 0 .4em;color:var(--ink);
caption-side:top}
.tonnage table{border-collapse:collapse;width:100%;font-size:.9em;border-top:1.5px solid var(--ink);
border-bottom:1.5px solid var(--ink);font-variant-numeric:tabular-nums lining-nums;margin:0;color:inherit}
.tonnage table.prose{margin:1em 0}
.tonnage tr,.tonnage tr:nth-child(odd),.tonnage tr:nth-child(even){background:none}
.tonnage th,.tonnage td{padding:.25em .7em;text-align:left;vertical-align:top;border:0;white-space:normal;
max-width:none}
.tonnage thead th{vertical-align:bottom;border-bottom:1px solid var(--hair)}
.tonnage tbody th{font-weight:400}
.tonnage th:first-child,.tonnage td:first-child{padding-left:0}
.tonnage th:last-child,.tonnage td:last-child{padding-right:0}
.tonnage .right{text-align:right}
.tonnage .unit{display:block;font-weight:400;font-size:.85em;color:var(--grey)}
.tonnage .day{white-space:nowrap}
.tonnage sup{font-size:.65em;line-height:0}
.tonnage .chart svg{display:block;width:100%;height:auto;background:#fff}
.tonnage .chart svg text,.tonnage .chart svg tspan{font-family:inherit!important}
.tonnage ol.events{columns:2;column-gap:2em;font-size:.87em;padding-left:1.4em;margin:.6em 0}
.tonnage ol.events li{break-inside:avoid}
.tonnage .box{border:1px solid var(--hair);padding:.7em 1em;margin:1.4em 0;font-size:.93em}
.tonnage .box p{margin:.4em 0}
.tonnage pre{white-space:pre-wrap;font-size:.87em;background:none;color:inherit}
.tonnage footer{margin-top:2em;padding-top:.5em;border-top:1px solid var(--hair);font-size:.8em;
color:var(--grey)}
"""

_PAGE_CSS = """
.tonnage:lang(zh){font-family:"Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC","PingFang SC",
"Hiragino Sans GB","Microsoft YaHei","WenQuanYi Micro Hei",SimHei,sans-serif}
.tonnage:lang(ja){font-family:"Noto Sans CJK JP","Noto Sans JP","Source Han Sans","Hiragino Sans",
"Hiragino Kaku Gothic ProN","Yu Gothic",YuGothic,Meiryo,"MS PGothic",IPAexGothic,sans-serif}
:root{color-scheme:light dark;--ink:#111;--paper:#fff;--grey:#595959;--hair:#999}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#161616;--grey:#a8a8a8;--hair:#6a6a6a}}
body{margin:0;background:var(--paper)}
main.tonnage{max-width:46em;margin:0 auto;padding:2em 1.2em}
@media (max-width:34em){.tonnage ol.events{columns:1}}
@media print{:root{--ink:#000;--paper:#fff;--grey:#444;--hair:#888}@page{size:A4;margin:18mm}
main.tonnage{max-width:none;padding:0;font-size:10pt}
.tonnage figure,.tonnage .box,.tonnage tr{break-inside:avoid}
.tonnage h2,.tonnage h3{break-after:avoid}
.tonnage .banner{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

_LAB_CSS = """
.tonnage.lab{--ink:var(--jp-content-font-color1,CanvasText);--grey:var(--jp-content-font-color2,GrayText);
--hair:var(--jp-border-color1,#999);max-width:60em;font-size:14px}
.tonnage.lab table{table-layout:auto}
.tonnage.lab th,.tonnage.lab td{text-align:left!important}
.tonnage.lab .right{text-align:right!important}
"""

_PAGE = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="author" content="{author}">
<meta name="keywords" content="{keywords}">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<main class="tonnage" lang="{lang}">
{body}
<footer>{footer}</footer>
</main>
</body>
</html>
"""

_DAY = re.compile(r"\A\d{4}-\d{2}(?:-\d{2})?\Z", re.ASCII)
_LANG = {"en": "en", "zh": "zh-CN", "ja": "ja"}


def html(document: Document) -> str:
    """Return the document as one self-contained page: no script and nothing from the network.

    Raises:
        TonnageError: when a chart's SVG is not well formed.
    """
    front, writer = document.front, _Writer(document.front.language)
    blocks = [*document.banners, front, *document.body]
    return _PAGE.format(
        lang=_LANG[front.language],
        author=_escape(front.author),
        keywords=_escape(", ".join(front.keywords)),
        title=_escape(front.title),
        css=_CSS + _PAGE_CSS,
        body="\n".join(writer.draw(block, f"b{n}") for n, block in enumerate(blocks, start=1)),
        footer=_escape(_footer(front)),
    )


def fragment(block: Block) -> str:
    """Return one block as a cell output that follows JupyterLab's light or dark theme."""
    # Several outputs share the lab's page: the block's hash keeps the ids of one chart from those of the
    # next.
    key = "b" + sha256(repr(block).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    shown = f'<div class="tonnage lab">{_Writer("en").draw(block, key)}</div>'
    return f"<style>{_needed(shown)}</style>{shown}"


def _needed(shown: str) -> str:
    """Return the rules of the style sheet that some element shown here can follow."""
    there = set(re.findall(r"<(\w+)", shown))
    there.update(f".{name}" for names in re.findall(r'class="([^"]*)"', shown) for name in names.split())
    return "".join(rule for rule, needs in _rules() if any(each <= there for each in needs))


@cache
def _rules() -> list[tuple[str, list[set[str]]]]:
    """Return each rule with the elements and classes that each of its selectors asks for."""
    rules = [f"{rule}}}".replace("\n", "") for rule in (_CSS + _LAB_CSS).split("}") if rule.strip()]
    return [(rule, [_asked(each) for each in rule.partition("{")[0].split(",")]) for rule in rules]


def _asked(selector: str) -> set[str]:
    return set(re.findall(r"\.?\w+", re.sub(r":[\w-]+(\(\w+\))?", "", selector)))


def _escape(text: str) -> str:
    return escape("".join(c if _allowed(c) else "\N{REPLACEMENT CHARACTER}" for c in text))


def _allowed(char: str) -> bool:
    return char in "\n\t" or not (char < " " or "\x7f" <= char <= "\x9f" or "\ud800" <= char <= "\udfff")


def _footer(front: Front) -> str:
    labels = LABELS[front.language]
    run = f"{labels['run']} {front.run}" if front.run else ""
    return " · ".join(part for part in (front.footer, run, f"{labels['as_of']} {front.as_of}") if part)


class _Writer:
    """Draws the blocks of one page in the words of its language; `key` begins the ids of a chart."""

    def __init__(self, language: str) -> None:
        self.labels = LABELS[language]

    def draw(self, block: Block, key: str) -> str:
        """Return one block as HTML."""
        return self.chart(block, key) if isinstance(block, Chart) else _DRAW[type(block)](self, block)

    def front(self, front: Front) -> str:
        as_of = f"<span>{self.labels['as_of']} {_escape(front.as_of)}</span>"
        kicker = f'<div class="kicker"><span>{_escape(front.author)}</span>{as_of}</div>'
        subtitle = f'<p class="subtitle">{_escape(front.subtitle)}</p>' if front.subtitle else ""
        return f"{kicker}\n<h1>{_escape(front.title)}</h1>{subtitle}"

    def text(self, text: Text) -> str:
        body = _nodes(tree(text.markdown))
        return body if text.role == "body" else f'<div class="{text.role}">{body}</div>'

    def strip(self, strip: Strip) -> str:
        cells = (
            f"<div><dt>{_escape(name)}</dt><dd>{_escape(value)}</dd></div>" for name, value in strip.items
        )
        return f'<dl class="strip">{"".join(cells)}</dl>'

    def table(self, table: Table) -> str:
        sides = [_side(column.align) for column in table.columns]
        heads = zip(table.columns, sides, strict=True)
        head = "".join(f'<th scope="col"{side}>{_escape(c.name)}{_unit(c.unit)}</th>' for c, side in heads)
        body = "\n".join(f"<tr>{_row(row, sides)}</tr>" for row in table.rows)
        caption = f"<caption>{_escape(table.title)}</caption>" if table.title else ""
        grid = f"{caption}\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"
        return f"<figure><table>{grid}</table>{self.under(table.notes, table.source)}</figure>"

    def chart(self, chart: Chart, key: str) -> str:
        title = f"<figcaption>{_escape(chart.title)}</figcaption>" if chart.title else ""
        notes = "".join(f"<li>{_inline(spans(note))}</li>" for note in chart_notes(chart.notes))
        events = f'<ol class="events">{notes}</ol>' if notes else ""
        under = self.under((chart.caption,), chart.source)
        return f'<figure class="chart">{title}{_picture(chart, key)}{events}{under}</figure>'

    def box(self, box: Box) -> str:
        title = f"<p><strong>{_escape(box.title)}</strong></p>" if box.title else ""
        paragraphs = "".join(f"<p>{_inline(spans(text))}</p>" for text in box.paragraphs)
        return f'<div class="box">{title}{paragraphs}</div>'

    def banner(self, banner: Banner) -> str:
        return f'<div class="banner" role="alert">{_escape(banner.text)}</div>'

    def under(self, notes: Sequence[str], source: str) -> str:
        lines = [_inline(spans(note)) for note in notes if note]
        lines += [f"{self.labels['source']}: {_inline(spans(source))}"] if source else []
        return f'<div class="under">{"".join(f"<p>{line}</p>" for line in lines)}</div>' if lines else ""


_DRAW: dict[type[Any], Callable[[_Writer, Any], str]] = {
    Front: _Writer.front,
    Text: _Writer.text,
    Strip: _Writer.strip,
    Table: _Writer.table,
    Box: _Writer.box,
    Banner: _Writer.banner,
}


def _row(row: Sequence[str], sides: Sequence[str]) -> str:
    first = f'<th scope="row"{sides[0]}>{_cell(row[0])}</th>'
    cells = zip(row[1:], sides[1:], strict=True)
    return first + "".join(f"<td{side}>{_cell(cell)}</td>" for cell, side in cells)


def _cell(text: str) -> str:
    # A day or a month is not broken at its hyphens.
    return f'<span class="day">{text}</span>' if _DAY.match(text) else _escape(text)


def _side(align: str) -> str:
    return ' class="right"' if align == "right" else ""


def _unit(unit: str) -> str:
    return f' <span class="unit">{_escape(unit)}</span>' if unit else ""


def _nodes(nodes: Sequence[Node]) -> str:
    return "\n".join(_node(node) for node in nodes)


def _node(node: Node) -> str:
    kind = node["t"]
    if kind in ("ul", "ol"):
        return f"<{kind}>{''.join(f'<li>{_nodes(item)}</li>' for item in node['c'])}</{kind}>"
    if kind == "h":
        level = min(node["level"] + 1, 6)  # the page's own title is the one h1
        return f"<h{level}>{_inline(node['c'])}</h{level}>"
    if kind == "table":
        return _prose_table(node)
    if kind == "rule":
        return "<hr>"
    return _SIMPLE[kind](node)


_SIMPLE: dict[str, Callable[[Node], str]] = {
    "p": lambda node: f"<p>{_inline(node['c'])}</p>",
    "quote": lambda node: f"<blockquote>{_nodes(node['c'])}</blockquote>",
    "code": lambda node: f"<pre>{_escape(node['s'])}</pre>",
}


def _prose_table(node: Node) -> str:
    sides = [_side(align) for align in node["align"]]
    head = "".join(f'<th scope="col"{s}>{_inline(c)}</th>' for c, s in zip(node["head"], sides, strict=True))
    rows = (
        "".join(f"<td{s}>{_inline(c)}</td>" for c, s in zip(row, sides, strict=True)) for row in node["rows"]
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f'<table class="prose"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


_TAGS = {"b": "strong", "i": "em", "sup": "sup"}


def _inline(nodes: Sequence[Node]) -> str:
    return "".join(map(_span, nodes))


def _span(node: Node) -> str:
    kind = node["t"]
    if kind == "s":
        return _escape(node["s"])
    if kind == "a":
        return f'<a href="{_escape(node["href"])}" rel="noreferrer">{_inline(node["c"])}</a>'
    if kind == "code":
        return f"<code>{_escape(node['s'])}</code>"
    return "<br>" if kind == "br" else f"<{_TAGS[kind]}>{_inline(node['c'])}</{_TAGS[kind]}>"


_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_PROLOG = re.compile(r"\A.*?(?=<svg)", re.DOTALL)
_LOCAL = re.compile(r"url\(\s*['\"]?#([^'\")]+)['\"]?\s*\)")
_AWAY = re.compile(r"url\((?!#)[^)]*\)|@import[^;]*;?")
_DROPPED = {
    "script",
    "foreignObject",
    "metadata",
    "a",
    "title",
    "desc",
    "iframe",
    "set",
    "animate",
    "handler",
}


def _picture(chart: Chart, key: str) -> str:
    """Return the chart's SVG for a page: named for readers that speak, ids its own, nothing that acts."""
    from xml.etree import ElementTree as ET

    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", _XLINK)
    try:
        # The prolog goes first, and with it any entity declaration: what is left cannot expand.
        root = ET.fromstring(_PROLOG.sub("", chart.svg))  # noqa: S314
    except (ET.ParseError, UnicodeError) as error:
        raise TonnageError(f"chart {chart.title!r}: expected well-formed SVG, found {error}") from None
    _prune(root)
    for element in root.iter():
        _own(element, key)
    for place, name, text in ((0, "title", chart.title or chart.alt), (1, "desc", chart.alt)):
        spoken = ET.Element(f"{{{_SVG}}}{name}", {"id": f"{key}-{name}"})
        spoken.text = text
        root.insert(place, spoken)
    root.attrib |= {"role": "img", "id": key, "aria-label": chart.alt, "aria-describedby": f"{key}-desc"}
    return ET.tostring(root, encoding="unicode")


def _prune(parent: Element) -> None:
    for child in list(parent):
        if str(child.tag).rpartition("}")[2] in _DROPPED:
            parent.remove(child)
        else:
            _prune(child)


def _own(element: Element, key: str) -> None:
    if str(element.tag).endswith("}style") and element.text:
        # A style sheet inside an SVG rules the whole page unless it is told to stay in its chart.
        element.text = _AWAY.sub("", element.text).replace("*{", f"#{key} *{{")
    for name, value in list(element.attrib.items()):
        short = name.rpartition("}")[2]
        if short.startswith("on") or (short == "href" and not value.startswith(("#", "data:image/"))):
            del element.attrib[name]
        else:
            element.attrib[name] = _renamed(short, value, key)


def _renamed(name: str, value: str, key: str) -> str:
    if name == "id":
        return f"{key}-{value}"
    if name == "href" and value.startswith("#"):
        return f"#{key}-{value[1:]}"
    return _AWAY.sub("none", _LOCAL.sub(rf"url(#{key}-\1)", value)) if "url(" in value else value
