"""Saved articles: a Markdown item with front matter (often several articles), a saved page, or plain text.

Nothing is executed and nothing is fetched. A row holds headline, link and date; `texts` gives the wording to
those who extract from it, and nobody stores it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from tonnage.errors import ReadError
from tonnage.sources import documents_names as names
from tonnage.sources.base import Reading, Sidecar, Source
from tonnage.sources.documents_common import Decoded, Found, Table, decoded, item_id, reading, table
from tonnage.sources.documents_dates import Stamp, first, stamp
from tonnage.sources.documents_html import cluster, page
from tonnage.sources.documents_text import body
from tonnage.sources.text_repair import mend

if TYPE_CHECKING:
    from yaml.nodes import Node  # type: ignore[import-untyped]

__all__ = ["SOURCE", "read", "texts"]

#: Longest front matter in characters, and how deep it may be nested.
_FRONT: Final = 16_000
_DEPTH: Final = 8

#: Longest body in characters: what extraction reads as well.
_LONGEST: Final = 4_000_000

#: Fields of a front matter that are read, and must be text there. Others are left alone.
_FIELDS: Final = ("title", "date", "link", "url", "source", "publisher", "language", "lang")

_HTML: Final = re.compile(
    r"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype html|html|head|body|article|main)\b", re.I | re.S
)
_XML: Final = re.compile(r"\s*<(?:\?xml|rss|feed|rdf:)", re.IGNORECASE)
_LIST: Final = re.compile(r"\s*<(?:ol|ul|li|a)[\s>]", re.IGNORECASE)

#: Lines at the top of a plain text that may tell publisher, date and headline.
_TOP: Final = 6
_NAME: Final = 60
_TITLE: Final = 300
_DATE_LABEL: Final = re.compile(
    r"^(?:published|posted|updated|date|发布时间|發布時間|时间|公開日?|掲載日?|配信|更新|입력|veröffentlicht|publié|publicado)"
    r"(?:\s+(?:on|am|le|el))?\s*[:：]?\s*",
    re.IGNORECASE,
)


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return DOCUMENTS, one row an article.

    Raises:
        ReadError: the file is no document (empty, binary, an archive, a feed, too large), or nothing in it is
            an article.
    """
    made, notes = _table(raw, sidecar)
    return reading(made, sidecar, notes)


def texts(raw: bytes, sidecar: Sidecar) -> list[tuple[str, str]]:
    """Return (doc_id, text) of each row of `read`, in its order: the headline, and below it the body if any.

    Damage is mended and tails are cut. The texts are for reading figures and dates, and are never stored.

    Raises:
        ReadError: as `read` does.
    """
    made, _ = _table(raw, sidecar)
    reading(made, sidecar, ())
    return made.texts


def _table(raw: bytes, sidecar: Sidecar) -> tuple[Table, list[str]]:
    file = decoded(raw, sidecar)
    if (_XML.match(file.text) and not _HTML.match(file.text)) or file.text.lstrip().startswith(("{", "[")):
        raise ReadError(
            f"{sidecar.file}: expected a saved article, found a feed or list; read it with source 'feeds'"
        )
    notes = [file.note]
    if re.match(r"---[ \t]*\r?\n", file.text):
        found = _markdown(file, sidecar, notes)
    elif _HTML.match(file.text):
        found = [_page(file, sidecar, notes)]
    else:
        found = [_plain(file, sidecar, notes)]
    return table(found, sidecar), notes


# -- Markdown with front matter ----------------------------------------------------------------------


def _markdown(file: Decoded, sidecar: Sidecar, notes: list[str]) -> list[Found]:
    text = file.text.replace("\r\n", "\n")
    end = re.compile(r"^---[ \t]*$", re.MULTILINE).search(text, 4)
    if end is None or end.start() > _FRONT:
        raise ReadError(
            f"{sidecar.file}: line 1: front matter: expected a closing --- within {_FRONT:,} characters,"
            " found none"
        )
    front = _front_matter(text[4 : end.start()], sidecar)
    rest, line = text[end.end() :], text.count("\n", 0, end.end()) + 1
    if not _LIST.match(rest):
        return [_single(front, file, rest, sidecar, notes)]
    articles = cluster(rest, line, sidecar)
    notes.append(f"one item of {len(articles)} articles")
    return [_of_cluster(found, front, file, len(articles)) for found in articles]


def _of_cluster(found: Found, front: Mapping[str, str], file: Decoded, count: int) -> Found:
    date, declared = stamp(front.get("date")), _declared(front)
    if count == 1:
        basis = "front_matter" if date else "none"
        return replace(found, stamp=date, basis=basis, declared=declared, flags=file.flags)
    item = item_id(front.get("link") or front.get("url"), front.get("title"))
    basis = "front_matter_of_cluster" if date else "none"
    return replace(found, basis=basis, item_date=date, declared=declared, cluster=item, flags=file.flags)


def _single(front: Mapping[str, str], file: Decoded, rest: str, sidecar: Sidecar, notes: list[str]) -> Found:
    text = page(rest, 1, sidecar).text if _HTML.match(rest) else rest
    printed = front.get("date")
    return _dated(
        Found(
            line=1,
            title=front.get("title", ""),
            publisher=front.get("publisher", ""),
            url=front.get("link") or front.get("url") or sidecar.url,
            text=_body(text, notes),
            declared=_declared(front),
            flags=file.flags,
        ),
        (("front_matter", printed),),
        sidecar,
    )


def _declared(front: Mapping[str, str]) -> str:
    told = front.get("language") or front.get("lang")
    try:
        # A Google News address names the language of its edition.
        return told or parse_qs(urlsplit(front.get("source", "")).query).get("hl", [""])[0]
    except ValueError:
        return ""


def _front_matter(text: str, sidecar: Sidecar) -> dict[str, str]:
    """Return the text fields of a front matter as they are written: NO stays "NO", 007 stays "007"."""
    import yaml  # type: ignore[import-untyped]

    try:
        _check_events(yaml.parse(text, Loader=yaml.BaseLoader), sidecar)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"line {mark.line + 2}: " if mark else ""
        problem = getattr(fault, "problem", None) or "unreadable"
        raise ReadError(f"{sidecar.file}: {where}front matter: not YAML: {problem}") from None
    if not isinstance(node, yaml.MappingNode):
        found = "none" if node is None else {"sequence": "a list"}.get(node.id, "a text")
        raise ReadError(f"{sidecar.file}: line 2: front matter: expected fields with values, found {found}")
    return dict(_fields(node.value, sidecar))


def _check_events(events: Iterator[Any], sidecar: Sidecar) -> None:
    """Refuse what a front matter has no need of and a bomb is made of, before anything is built from it."""
    import yaml

    depth = 0
    for event in events:
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) or depth > _DEPTH:
            what = "an alias" if isinstance(event, yaml.AliasEvent) else f"more than {_DEPTH} levels"
            line = event.start_mark.line + 2
            raise ReadError(f"{sidecar.file}: line {line}: front matter: expected plain fields, found {what}")


def _fields(pairs: list[tuple[Node, Node]], sidecar: Sidecar) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for key, value in pairs:
        if key.value not in _FIELDS:
            continue
        where = f"{sidecar.file}: line {key.start_mark.line + 2}: front matter: {key.value}:"
        if not isinstance(value.value, str):
            raise ReadError(
                f"{where} expected text, found a {'list' if value.id == 'sequence' else value.id}"
            )
        if key.value in seen:
            raise ReadError(f"{where} expected it once, found it twice")
        seen.add(key.value)
        yield key.value, value.value


# -- saved pages and plain text ----------------------------------------------------------------------


def _page(file: Decoded, sidecar: Sidecar, notes: list[str]) -> Found:
    mended = mend(file.text)
    found = page(mended.text, 1, sidecar)
    found = replace(
        found, text=_body(found.text, notes), repairs=mended.repairs, flags=found.flags | file.flags
    )
    return found if found.stamp else _dated(found, (), sidecar)


def _plain(file: Decoded, sidecar: Sidecar, notes: list[str]) -> Found:
    if len(file.text) > _LONGEST:
        raise ReadError(
            f"{sidecar.file}: expected at most {_LONGEST:,} characters, found {len(file.text):,}; split it"
        )
    mended = mend(file.text)
    lines = [(n, line.strip()) for n, line in enumerate(mended.text.splitlines(), start=1) if line.strip()]
    if not lines:
        raise ReadError(f"{sidecar.file}: expected a document, found none but white space")
    publisher, printed, title, rest = _header([line for _, line in lines])
    found = Found(
        line=lines[0][0],
        title=title,
        publisher=publisher,
        url=sidecar.url,
        text=_body("\n".join(rest), notes),
        repairs=mended.repairs,
        flags=file.flags,
    )
    return _dated(found, (("page", printed),), sidecar)


def _header(lines: list[str]) -> tuple[str, str, str, list[str]]:
    """Return publisher, printed date, headline and the rest; "" for what the first lines do not tell."""
    place = next((n for n, line in enumerate(lines[:_TOP]) if _is_date(line)), None)
    if place is None:
        return _undated_header(lines)
    above, below = lines[:place], lines[place + 1 :]
    printed = _DATE_LABEL.sub("", lines[place])
    if len(above) > 1:
        # Of two lines above the date the shorter is the name.
        publisher, title = sorted(above[:2], key=len)
        return publisher, printed, title, [*above[2:], *below]
    under = len(below) > 1 and _is_title(below[0])
    if above and not under:
        return "", printed, above[0], below
    return "".join(above), printed, below[0] if under else "", below[under:]


def _undated_header(lines: list[str]) -> tuple[str, str, str, list[str]]:
    publisher = (
        lines[0] if len(lines) > 1 and len(lines[0]) <= _NAME and names.known_publisher(lines[0]) else ""
    )
    rest = lines[1:] if publisher else lines
    if len(rest) > 1 and _is_title(rest[0]):
        return publisher, "", rest[0], rest[1:]
    return publisher, "", "", rest


def _is_date(line: str) -> bool:
    plain = _DATE_LABEL.sub("", line)
    return stamp(plain) is not None or bool(re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}(?: .{0,20})?", plain))


def _is_title(line: str) -> bool:
    return len(line) <= _TITLE and not line.endswith((".", "。"))


def _body(text: str, notes: list[str]) -> str:
    kept = body(text[:_LONGEST])
    notes.extend(f"tail cut: {cut}" for cut in kept.cuts)
    return kept.text


#: A whole date in a dateline: "BEIJING, May 9, 2023 (Reuters) -". One without its year is no date.
_DATELINE: Final = re.compile(
    r"^[^\n.]{2,40}?[,，\s(]\s*(?P<day>[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}|\d{1,2} [A-Z][a-z]{2,8} \d{4}"
    r"|\d{4}年\d{1,2}月\d{1,2}日)"
    r"[^\n]{0,30}?(?:[-–—]|[电電]|\))"
)


def _dated(found: Found, printed: tuple[tuple[str, str | None], ...], sidecar: Sidecar) -> Found:
    """Date an article: by what is printed, by a dateline with its year, or by the day that was given."""
    for basis, text in printed:
        if date := stamp(text):
            return replace(found, stamp=date, basis=basis)
    unclear = {"date_unclear"} if any(text for _, text in printed) else set()
    found = replace(found, flags=found.flags | unclear)
    dateline = _DATELINE.match(found.text)
    if dateline and (date := first(dateline["day"])):
        return replace(found, stamp=date, basis="dateline")
    if sidecar.published:
        return replace(found, stamp=Stamp(sidecar.published.isoformat(), "day"), basis="given")
    return found


SOURCE = Source(
    id="articles",
    title="Saved articles: news items as Markdown with front matter, saved pages, plain text",
    table="documents",
    licence="The texts belong to their publishers: headline, link and date are kept, the wording is not",
    how="Save the page, or the item of a feed reader, as a file and read it",
    read=read,
    suffixes=(".md", ".markdown", ".txt", ".html", ".htm", ".xhtml"),
    days_in_file=True,
)
