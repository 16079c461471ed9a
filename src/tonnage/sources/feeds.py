"""Feeds and lists of articles: RSS 2.0 and 1.0, Atom, Google News RSS, lists of the GDELT DOC API.

XML is read with defusedxml's SAX reader: entity declarations and external entities are refused before they
are expanded, lines are known, and reading stops at the limits. General feed libraries were not taken: the one
is slow and reads some Asian dates wrong, the other assumes UTC where no zone is printed.
"""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import InputSource

from tonnage.errors import ReadError
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.documents_common import (
    MAX_RECORDS,
    Decoded,
    Found,
    Table,
    decoded,
    item_id,
    reading,
    table,
)
from tonnage.sources.documents_dates import Stamp, first, stamp
from tonnage.sources.documents_html import cluster, plain
from tonnage.sources.documents_text import body

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl, Locator

__all__ = ["SOURCE", "headlines", "read", "texts"]

#: The DOC API cuts a list here without a word.
_GDELT_ROWS: Final = 250

_DEPTH: Final = 64

#: What a description must say besides headline and publisher, in characters.
_REST: Final = 8

_ITEMS: Final = ("item", "entry")
_TEXTS: Final = ("description", "summary", "content", "content:encoded", "encoded")
_DAYS: Final = ("pubdate", "published", "issued", "dc:date")
_ENTITY: Final = re.compile(r"&(?!#?\w{1,32};)|&(?!(?:amp|lt|gt|quot|apos);)(?P<name>[A-Za-z]\w{1,31});")
_NO_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

#: A description of Google News that lists several reports: one item, several articles.
_LIST: Final = re.compile(r"\s*<(?:ol|ul)[\s>]", re.IGNORECASE)


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return DOCUMENTS, one row an article; `line` is the line of its item, or the record of a JSON list.

    Raises:
        ReadError: the file is no feed or list, is not well formed beyond mending, holds entity declarations,
            or nothing in it is an article.
    """
    made, notes = _table(raw, sidecar)
    return reading(made, sidecar, notes)


def texts(raw: bytes, sidecar: Sidecar) -> list[tuple[str, str]]:
    """Return (doc_id, text) of each row of `read`, in its order: the headline, and below it the description.

    Raises:
        ReadError: as `read` does.
    """
    made, _ = _table(raw, sidecar)
    reading(made, sidecar, ())
    return made.texts


def _table(raw: bytes, sidecar: Sidecar) -> tuple[Table, list[str]]:
    file = decoded(raw, sidecar)
    notes = [file.note]
    if file.text.lstrip().startswith(("{", "[")):
        found = _gdelt(file, sidecar, notes)
    else:
        found = _feed(file, sidecar, notes)
    return table(found, sidecar), notes


def headlines(raw: bytes) -> bytes:
    """Return a feed of the same articles with their headlines, links, publishers and dates, and no text.

    It reads as the one given does. A list of several articles in a description stays a list of links.
    A list of the DOC API holds no text and stays as it is.

    Raises:
        ReadError: as `read`.
    """
    sidecar = Sidecar(SOURCE.id, "the feed", "")
    file = decoded(raw, sidecar)
    if file.text.lstrip().startswith(("{", "[")):
        read(raw, sidecar)
        return raw
    notes: list[str] = []
    channel = _parsed(file.text, sidecar, notes)
    read(raw, sidecar)
    items = "".join(_bare(item, sidecar) for item in channel.items)
    told = "".join(_element(name, channel.fields.get(name, "")) for name in ("title", "language"))
    return f'<rss version="2.0"><channel>\n{told}\n{items}</channel></rss>\n'.encode()


def _bare(item: _Item, sidecar: Sidecar) -> str:
    told = item.fields
    described = next((told[name] for name in _TEXTS if told.get(name)), "")
    links = ""
    if _LIST.match(described):
        rows = "".join(
            f'<li><a href="{html.escape(one.url or "")}">{html.escape(one.title)}</a>'
            f" <font>{html.escape(one.publisher)}</font></li>"
            for one in cluster(described, item.line, sidecar)
        )
        links = _element("description", f"<ol>{rows}</ol>")
    date = next((told[name] for name in _DAYS if told.get(name)), "")
    fields = {
        "title": told.get("title", ""),
        "link": item.link or told.get("guid") or told.get("id") or "",
        "pubDate": date,
        "source": told.get("source") or told.get("dc:publisher") or "",
        "language": told.get("language") or told.get("dc:language") or "",
    }
    inside = "".join(_element(name, value) for name, value in fields.items())
    return f"<item>{inside}{links}</item>\n"


def _element(name: str, text: str) -> str:
    return f"<{name}>{html.escape(text)}</{name}>" if text else ""


# -- RSS and Atom ------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Item:
    """One item of a feed: the text of its fields by name, each once."""

    line: int
    fields: dict[str, str] = field(default_factory=dict)
    link: str = ""


@dataclass(slots=True)
class _Channel:
    """What a feed says: its own title and language, and its items."""

    root: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    items: list[_Item] = field(default_factory=list)


def _feed(file: Decoded, sidecar: Sidecar, notes: list[str]) -> list[Found]:
    channel = _parsed(file.text, sidecar, notes)
    if channel.root not in ("rss", "feed", "rdf"):
        raise ReadError(
            f"{sidecar.file}: expected RSS, Atom or a GDELT list, found <{channel.root}>;"
            " read a saved page with source 'articles'"
        )
    found: list[Found] = []
    for item in channel.items:
        found.extend(_of_item(item, channel, file, sidecar))
        if len(found) > MAX_RECORDS:
            raise ReadError(
                f"{sidecar.file}: expected at most {MAX_RECORDS:,} articles, found more; split it"
            )
    return found


def _of_item(item: _Item, channel: _Channel, file: Decoded, sidecar: Sidecar) -> list[Found]:
    told = item.fields
    printed = [told.get(name) for name in _DAYS]
    date = first(*printed)
    described = next((told[name] for name in _TEXTS if told.get(name)), "")
    declared = told.get("language") or told.get("dc:language") or channel.fields.get("language", "")
    if _LIST.match(described):
        return _of_list(described, item, date, declared, file, sidecar)
    title = plain(told.get("title", "")) if "&" in told.get("title", "") else told.get("title", "")
    publisher = told.get("source") or told.get("dc:publisher") or ""
    found = Found(
        line=item.line,
        title=title,
        publisher=publisher or _channel_name(channel),
        url=item.link or told.get("guid") or told.get("id"),
        text=_description(described, title, publisher),
        stamp=date,
        basis="feed" if date else "none",
        declared=declared,
        flags=file.flags | ({"date_unclear"} if any(printed) and not date else set()),
    )
    return [found]


def _of_list(
    described: str, item: _Item, date: Stamp | None, declared: str, file: Decoded, sidecar: Sidecar
) -> list[Found]:
    listed = cluster(described, item.line, sidecar)
    articles = [replace(one, line=item.line, declared=declared, flags=file.flags) for one in listed]
    if len(articles) == 1:
        return [replace(articles[0], stamp=date, basis="feed" if date else "none")]
    basis = "feed_of_cluster" if date else "none"
    name = item_id(item.link, item.fields.get("title"))
    return [replace(one, basis=basis, item_date=date, cluster=name) for one in articles]


def _channel_name(channel: _Channel) -> str:
    """Return the feed's own title as publisher, unless it is a search or a portal's feed."""
    title = channel.fields.get("title", "")
    return "" if "Google News" in title or " - " in title or '"' in title else title


def _description(described: str, title: str, publisher: str) -> str:
    text = plain(described)
    # Google News repeats headline and publisher as the description.
    rest = text.removeprefix(title.rpartition(" - ")[0] or title).replace(publisher, "", 1)
    return body(text).text if len(rest.strip()) > _REST else ""


def _parsed(text: str, sidecar: Sidecar, notes: list[str]) -> _Channel:
    try:
        return _sax(text, sidecar)
    except _NotWellFormed as fault:
        mended = _NO_XML.sub("", _ENTITY.sub(_escaped, text))
        if mended == text:
            raise ReadError(f"{sidecar.file}: {fault}") from None
    try:
        channel = _sax(mended, sidecar)
    except _NotWellFormed as fault:
        raise ReadError(f"{sidecar.file}: {fault}") from None
    notes.append("not well-formed XML: stray signs escaped")
    return channel


def _escaped(found: re.Match[str]) -> str:
    """Return a bare ampersand escaped, and an entity of HTML as its character."""
    if found["name"] is None:
        return "&amp;"
    char = html.unescape(found[0])
    return char if char != found[0] else f"&amp;{found['name']};"


class _NotWellFormed(Exception):  # noqa: N818 - leaves this module as a ReadError only
    """A feed is not well-formed XML; the text says where."""


def _sax(text: str, sidecar: Sidecar) -> _Channel:
    from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
    from defusedxml.sax import make_parser  # type: ignore[import-untyped]

    handler = _Handler(sidecar)
    parser = make_parser()
    parser.setContentHandler(handler)
    source = InputSource()
    source.setCharacterStream(io.StringIO(text))
    try:
        parser.parse(source)
    except DefusedXmlException as fault:
        what = type(fault).__name__
        raise ReadError(
            f"{sidecar.file}: expected a feed without entity declarations: refused ({what})"
        ) from None
    except SAXParseException as fault:
        where = f"line {fault.getLineNumber()}, column {fault.getColumnNumber()}"
        raise _NotWellFormed(f"{where}: not well-formed XML: {fault.getMessage()}") from None
    return handler.channel


class _Handler(ContentHandler):
    """Collects the items of a feed, within the limits."""

    def __init__(self, sidecar: Sidecar) -> None:
        super().__init__()
        self.sidecar = sidecar
        self.channel = _Channel()
        self.path: list[str] = []
        self.item: _Item | None = None
        self.name = ""
        self.parts: list[str] = []
        self.locator: Locator | None = None

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX names it
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802
        short = _short(name)
        self.path.append(short)
        if len(self.path) == 1:
            self.channel.root = short
        if len(self.path) > _DEPTH:
            raise ReadError(f"{self.sidecar.file}: expected at most {_DEPTH} levels of XML, found more")
        if short in _ITEMS and self.item is None:
            self._open()
        elif self._is_field():
            self.name, self.parts = short, []
            if short == "link" and self.item is not None:
                self._link(attrs)
        elif self.name == "source":
            # In Atom it holds the fields of another feed, in RSS the name of the publisher.
            self.name = ""

    def _open(self) -> None:
        line = self.locator.getLineNumber() if self.locator else 0
        self.item = _Item(line or len(self.channel.items) + 1)
        self.channel.items.append(self.item)
        self.name = ""
        if len(self.channel.items) > MAX_RECORDS:
            raise ReadError(
                f"{self.sidecar.file}: expected at most {MAX_RECORDS:,} items, found more; split it"
            )

    def _is_field(self) -> bool:
        """Whether the element is a field: right under the item, or right under the channel."""
        above = self.path[-2] if len(self.path) > 1 else ""
        return above in _ITEMS if self.item is not None else above in ("channel", "feed")

    def _link(self, attrs: AttributesImpl) -> None:
        if attrs.get("href") and attrs.get("rel", "alternate") == "alternate" and self.item is not None:
            self.item.link = self.item.link or str(attrs.get("href"))

    def characters(self, content: str) -> None:
        if self.name:
            self.parts.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        short = _short(name)
        if self.name and short == self.name and self._is_field():
            self._keep("".join(self.parts).strip())
        if short in _ITEMS and self.item is not None and not any(n in _ITEMS for n in self.path[:-1]):
            self.item = None
        self.path.pop()

    def _keep(self, text: str) -> None:
        if self.item is None:
            self.channel.fields.setdefault(self.name, text)
        elif self.name == "link":
            self.item.link = self.item.link or text
        elif text:
            self.item.fields.setdefault(self.name, text)
        self.name = ""


def _short(name: str) -> str:
    """Return an element's name without its prefix, but for the two vocabularies that repeat names."""
    prefix, _, local = name.lower().rpartition(":")
    return f"{prefix}:{local}" if prefix in ("dc", "content", "media", "itunes") else local


# -- GDELT -------------------------------------------------------------------------------------------


def _gdelt(file: Decoded, sidecar: Sidecar, notes: list[str]) -> list[Found]:
    listed = _json(file.text, sidecar, notes)
    articles = listed.get("articles") if isinstance(listed, dict) else None
    if not isinstance(articles, list):
        raise ReadError(f"{sidecar.file}: expected a GDELT list, an object with 'articles'; found none")
    if len(articles) > MAX_RECORDS:
        raise ReadError(f"{sidecar.file}: expected at most {MAX_RECORDS:,} articles, found {len(articles):,}")
    if len(articles) == _GDELT_ROWS:
        notes.append(
            f"{_GDELT_ROWS} articles: the DOC API gives no more, so the list may be cut; ask for less time"
        )
    notes.append(
        "seendate is when GDELT saw a page, not when it was published; sourcecountry (FIPS) is not read"
    )
    return [_of_record(entry, line, file) for line, entry in enumerate(articles, start=1)]


def _of_record(entry: object, line: int, file: Decoded) -> Found:
    told = {k: v for k, v in entry.items() if isinstance(v, str)} if isinstance(entry, dict) else {}
    seen = stamp(told.get("seendate"))
    return Found(
        line=line,
        title=_spaced(told.get("title", "")),
        publisher=told.get("domain", ""),
        url=told.get("url"),
        basis="seendate" if seen else "none",
        item_date=seen,
        declared=told.get("language", ""),
        flags=file.flags,
    )


def _spaced(title: str) -> str:
    # GDELT sets signs apart ("U . S .", "12 , 5 %"); numbers are put together again, words are left.
    return re.sub(r"(?<=\d) ([.,]) (?=\d)", r"\1", title)


def _json(text: str, sidecar: Sidecar, notes: list[str]) -> object:
    try:
        return _loads(text)
    except ValueError:
        mended = re.sub(r'\\(?!["\\/bfnrtu])', r"\\\\", text)
    except RecursionError:
        raise ReadError(f"{sidecar.file}: expected a list of articles, found JSON nested too deep") from None
    try:
        found = _loads(mended)
    except (ValueError, RecursionError) as fault:
        told = (
            f"{fault.msg} at line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else "unreadable"
        )
        raise ReadError(f"{sidecar.file}: not JSON: {told}") from None
    notes.append("not well-formed JSON: stray backslashes escaped")
    return found


def _loads(text: str) -> object:
    found: object = json.loads(text, strict=False)
    return found


SOURCE = Source(
    id="feeds",
    title="News feeds and lists: RSS, Atom, Google News, GDELT DOC",
    table="documents",
    licence="The texts belong to their publishers: headline, link and date are kept, the wording is not",
    how="tonnage pull feeds, or save the feed, or the answer of the DOC API (ArtList, json), as a file",
    read=read,
    suffixes=(".xml", ".rss", ".atom", ".rdf", ".json"),
    days_in_file=True,
)
