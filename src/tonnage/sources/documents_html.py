"""Saved HTML: the list of links of a news item, and a page with its own statement of headline, link and day.

Beautiful Soup over the parser of the standard library: nothing is executed, nothing is loaded.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from tonnage.errors import ReadError
from tonnage.sources import documents_names as names
from tonnage.sources.base import Sidecar
from tonnage.sources.documents_common import MAX_RECORDS, Found
from tonnage.sources.documents_dates import first, stamp

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

__all__ = ["cluster", "page", "plain"]

#: Longest markup in characters without scripts, styles and embedded pictures, and most tags and entities in
#: it. A news page has a tenth of either.
_MARKUP: Final = 1_000_000
_TAGS: Final = 20_000
_ENTITIES: Final = 50_000

#: A tag as far as it can be read in one pass. On anything else that opens with < the parser of the standard
#: library looks ahead to the end of the file, again and again.
_TAG: Final = re.compile(r"<(?!/?[A-Za-z][^<>]{0,20000}>)")
_DECLARATION: Final = re.compile(r"<[!?][^<>]{0,2000}>")

_EMBEDDED: Final = re.compile(r"data:[\w/+.;=-]{1,80},[A-Za-z0-9+/=%]{80,}")
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\(\d+\)(\S{1,4000})\s*-->", re.IGNORECASE)

#: A link of a news item to all reports of a story, which is no article.
_COVERAGE: Final = re.compile(r"/stories/|^View Full Coverage", re.IGNORECASE)

#: Where pages say it, most reliable first. A day of change is not the day of publication.
_TITLES: Final = ("og:title", "twitter:title", "dc.title", "citation_title")
_DAYS: Final = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.created",
    "dc.date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publication_date",
    "parsely-pub-date",
    "sailthru.date",
    "date",
)
_SITES: Final = ("og:site_name", "citation_publisher", "dc.publisher", "application-name")
_ARTICLE_TYPES: Final = re.compile(
    r"(?:News|Opinion|Reportage|Analysis|Review)?(?:Article|BlogPosting|NewsArticle)$"
)

#: Parts of a page that are never the article.
_ASIDE: Final = (
    "script", "style", "noscript", "template", "nav", "aside", "footer", "header", "form", "button", "iframe",
    "svg", "figcaption", "select", "textarea", "object", "dialog",
)  # fmt: skip
_ASIDE_CLASS: Final = re.compile(
    r"related|recommend|newsletter|subscri|share|social|promo|sidebar|comment|advert|cookie|breadcrumb|tags?$|footer|most-read",
    re.IGNORECASE,
)
_PARAGRAPHS: Final = ("p", "h2", "h3", "li", "blockquote", "pre")


def plain(markup: str) -> str:
    """Return a short piece of markup (a description of a feed) as plain text."""
    if "<" not in markup:
        return " ".join(html.unescape(markup).split())
    return _words(_soup(markup, "a description"))


def cluster(markup: str, line: int, sidecar: Sidecar) -> list[Found]:
    """Return the articles that a list of links holds: headline and link of each, publisher beside it."""
    soup = _soup(markup, sidecar.file)
    items = soup.find_all("li") or soup.find_all("a")
    if len(items) > MAX_RECORDS:
        raise ReadError(
            f"{sidecar.file}: expected at most {MAX_RECORDS:,} articles an item, found {len(items):,}"
        )
    return [_of_item(item, line) for item in items if not _is_coverage(item)]


def _is_coverage(item: Tag) -> bool:
    anchor = _anchor(item)
    told = f"{anchor.get('href', '')} {anchor.get_text()}" if anchor else ""
    return _font(item) is None and bool(_COVERAGE.search(told))


def _anchor(item: Tag) -> Tag | None:
    return item if item.name == "a" else item.find("a")


def _font(item: Tag) -> Tag | None:
    return item.find("font") if item.name == "li" else item.find_next_sibling("font")


def _of_item(item: Tag, line: int) -> Found:
    anchor, font = _anchor(item), _font(item)
    return Found(
        line=line + (item.sourceline or 1) - 1,
        title=_words(anchor or item),
        publisher=_words(font) if font else "",
        url=str(anchor.get("href") or "") if anchor else None,
    )


def page(markup: str, line: int, sidecar: Sidecar) -> Found:
    """Return the article of a saved page, with the text of its paragraphs.

    Raises:
        ReadError: the page is larger than is read.
    """
    soup = _soup(markup, sidecar.file)
    stated = _stated(soup)
    meta = _meta(soup)
    language = str(soup.html.get("lang") or "") if soup.html else ""
    printed = [str(stated.get("datePublished") or ""), *(meta.get(name, "") for name in _DAYS), *_times(soup)]
    date = first(*printed)
    return Found(
        line=line,
        title=_text(stated.get("headline"))
        or _first(meta, _TITLES)
        or _tag_words(soup, "h1")
        or _tag_words(soup, "title"),
        publisher=_publisher(stated) or _first(meta, _SITES),
        url=_address(soup, meta, markup) or sidecar.url,
        text=_text(stated.get("articleBody")) or _article(soup),
        stamp=date,
        basis="page" if date else "none",
        declared=language or meta.get("og:locale", ""),
        flags=_page_flags(stated, printed, dated=date is not None),
    )


def _page_flags(stated: dict[str, Any], printed: list[str], *, dated: bool) -> frozenset[str]:
    opinion = {"opinion"} if "Opinion" in str(stated.get("@type")) else set()
    unclear = {"date_unclear"} if not dated and any(printed) else set()
    return frozenset(opinion | unclear)


def _soup(markup: str, file: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    lean = _EMBEDDED.sub("data:,", _without(_without(markup, "style"), "script"))
    tags, entities = lean.count("<"), lean.count("&")
    if len(lean) > _MARKUP or tags > _TAGS or entities > _ENTITIES:
        raise ReadError(
            f"{file}: expected at most {_MARKUP:,} characters, {_TAGS:,} tags and {_ENTITIES:,} entities of"
            f" markup, found {len(lean):,}, {tags:,} and {entities:,}; save the page as text"
        )
    lean = _DECLARATION.sub("", _without_comments(lean))
    return BeautifulSoup(_TAG.sub("&lt;", lean), "html.parser")


def _without_comments(markup: str) -> str:
    """Return markup without comments, line breaks kept; one that is not closed runs to the end."""
    kept: list[str] = []
    place = 0
    while (start := markup.find("<!--", place)) >= 0:
        end = markup.find("-->", start)
        end = len(markup) if end < 0 else end + len("-->")
        kept.append(markup[place:start] + "\n" * markup.count("\n", start, end))
        place = end
    return "".join((*kept, markup[place:]))


def _without(markup: str, tag: str) -> str:
    """Return markup without scripts or styles, line breaks kept; structured data (JSON-LD) is no script."""
    kept: list[str] = []
    lower, place = markup.lower(), 0
    while (start := lower.find(f"<{tag}", place)) >= 0:
        end = lower.find(f"</{tag}", start)
        end = len(markup) if end < 0 else end
        head = lower[start : lower.find(">", start, end) + 1]
        if "ld+json" in head:
            kept.append(markup[place:end])
        else:
            kept.append(markup[place:start] + "\n" * markup.count("\n", start, end) + f"<{tag}>")
        place = end
        if end == len(markup):
            break
    return "".join((*kept, markup[place:]))


def _words(tag: Tag) -> str:
    # A space between tags, but none where a tag ended before a comma.
    return re.sub(r" (?=[,.;:!?])", "", " ".join(tag.get_text(" ").split()))


def _tag_words(soup: BeautifulSoup, name: str) -> str:
    found = soup.find(name)
    return _words(found) if found else ""


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _first(meta: dict[str, str], wanted: tuple[str, ...]) -> str:
    return next((meta[name] for name in wanted if meta.get(name)), "")


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    """Return what the page says of itself, by name in lower case; of several the first."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        found.setdefault(name, str(tag.get("content") or "").strip())
    return found


def _stated(soup: BeautifulSoup) -> dict[str, Any]:
    """Return the structured data (JSON-LD) of the article, or {}."""
    for tag in soup.find_all("script", type="application/ld+json"):
        try:
            data = json.loads(tag.string or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for entry in _entries(data):
            types = entry.get("@type")
            if any(_ARTICLE_TYPES.search(str(t)) for t in (types if isinstance(types, list) else [types])):
                return entry
    return {}


def _entries(data: object) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        yield from (entry for entry in data if isinstance(entry, dict))
    elif isinstance(data, dict):
        yield data
        yield from _entries(data.get("@graph")) if isinstance(data.get("@graph"), list) else ()


def _publisher(stated: dict[str, Any]) -> str:
    told = stated.get("publisher")
    return _text(told.get("name")) if isinstance(told, dict) else _text(told)


def _address(soup: BeautifulSoup, meta: dict[str, str], markup: str) -> str | None:
    canonical = soup.find("link", rel="canonical")
    saved = _SAVED_FROM.search(markup[:10_000])
    told = (
        str(canonical.get("href") or "") if canonical else "",
        meta.get("og:url", ""),
        saved[1] if saved else "",
    )
    return next(filter(None, map(names.link, told)), None)


def _times(soup: BeautifulSoup) -> list[str]:
    """Return the one day that the page's own <time> elements print; several are of several articles."""
    tags = (soup.find("article") or soup).find_all("time", limit=50)
    found = list(dict.fromkeys(str(tag.get("datetime") or _words(tag)) for tag in tags))
    dates = {date.text for date in map(stamp, found) if date}
    return found if len(dates) == 1 else []


def _article(soup: BeautifulSoup) -> str:
    """Return the paragraphs of the article: of its own element, or of the one that holds most of them."""
    for tag in soup.find_all(_ASIDE):
        tag.extract()
    for tag in soup.find_all(class_=_ASIDE_CLASS):
        if tag.name not in ("html", "body", "article", "main"):
            tag.extract()
    own = soup.find(itemprop="articleBody") or soup.find("article") or soup.find("main") or _fullest(soup)
    paragraphs = [_words(p) for p in own.find_all(_PARAGRAPHS) if not p.find(_PARAGRAPHS)]
    return "\n".join(filter(None, paragraphs)) or _words(own)


def _fullest(soup: BeautifulSoup) -> Tag:
    weights: dict[int, int] = {}
    parents: dict[int, Tag] = {}
    for paragraph in soup.find_all("p"):
        parent = paragraph.parent
        if parent is not None:
            parents[id(parent)] = parent
            weights[id(parent)] = weights.get(id(parent), 0) + len(paragraph.get_text())
    if not weights:
        return soup.body or soup
    return parents[max(weights, key=lambda key: weights[key])]
