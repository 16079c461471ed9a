"""Who publishes, what kind of page that makes it, and what of a title is headline and what is not."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from tonnage.sources.documents_text import words

__all__ = ["Headline", "headline", "host", "kind", "known_publisher", "link", "publisher_of", "wire_tag"]

#: Publisher -> the kind of page it makes; names and hosts of document_words.toml.
_KIND: Final = {name: kind for kind, names in words("publishers").items() for name in names}

#: Hosts of public bodies.
_OFFICIAL_HOST: Final = re.compile(
    r"(?:^|\.)(?:gov|gob|gouv|go|gc|govt|admin|europa)(?:\.[a-z]{2,3})?$|(?:^|\.)europa\.eu$|(?:^|\.)(?:wto|un)\.org$"
)
_OFFICIAL_NAME: Final = re.compile(
    r"^(?:the )?(?:ministry of|department of|office of the|bureau of|customs)\b", re.I
)

_OPINION: Final = "|".join(words("patterns")["opinion_label"])
_LABEL: Final = "|".join(words("patterns")["label"])

#: What a headline opens with that is not headline; o1 and o2 call it an opinion piece.
_PREFIX: Final = re.compile(
    rf"^(?:[\[【(]\s*(?:(?P<o1>{_OPINION})|{_LABEL})\s*[\]】)]\s*[:：|｜]?"
    rf"|(?:(?P<o2>{_OPINION})|{_LABEL})\s*(?:[|｜:：]|[-–—](?=\s))|update \d+\s?-)\s*",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(
    r"\s*(?:\s[-–—]\s|\s?[|｜]\s?|\s::\s|(?<=\S)[-_](?=[\u3040-\u9fff]))(?P<name>[^|｜]{2,60})$"
)
_OPINION_WORD: Final = re.compile(rf"(?:{_OPINION})", re.IGNORECASE)

#: The agency in a dateline: "BEIJING, May 9 (Reuters) -", "新华社北京1月20日电", "【北京共同】".
_TAGS: Final = "|".join(words("agencies")["tags"])
_WIRE_TAG: Final = re.compile(
    rf"^[^\n]{{0,60}}?\((?P<tag>{_TAGS})\)\s*[-–—.]"
    r"|^(?P<zh>新华社|新華社|中新社|中央社)[^\n]{0,30}?[电電]|^【[^】\n]{0,20}(?P<ja>共同|時事|ロイター)】"
    r"|^[^\n]{0,20}=(?P<ko>연합뉴스)",
    re.IGNORECASE,
)

_LONGEST_LINK: Final = 4_000
_SPACE_OR_CONTROL: Final = re.compile(r"[\s\x00-\x1f\x7f]")


class Headline(str):
    """A headline without its labels; `opinion` says that one of them called it an opinion piece."""

    __slots__ = ("opinion",)
    opinion: bool

    def __new__(cls, text: str, opinion: bool) -> Headline:
        """Return the headline with what its label said."""
        made = super().__new__(cls, text)
        made.opinion = opinion
        return made


def headline(title: str, publisher: str = "", url: str | None = None) -> Headline:
    """Return `title` without the publisher's name at its end and the label before it.

    Only a name that is the publisher's, its initials, its host or a listed one is cut: what follows a dash
    may belong to the headline.
    """
    text, opinion = " ".join(title.split()), False
    for _ in range(3):
        if found := _PREFIX.match(text):
            opinion = opinion or bool(found["o1"] or found["o2"])
            text = text[found.end() :] or text
        found = _SUFFIX.search(text)
        if not found or not (label := _named(found["name"], publisher, url)):
            break
        opinion = opinion or label == "opinion"
        text = text[: found.start()].rstrip()
    return Headline(text, opinion)


def publisher_of(title: str) -> str:
    """Return the listed publisher that a title ends with, or ""."""
    found = _SUFFIX.search(" ".join(title.split()))
    return found["name"].strip() if found and known_publisher(found["name"]) else ""


def _named(name: str, publisher: str, url: str | None) -> str:
    """Return "publisher" or "opinion" if what stands behind a dash is no headline, else ""."""
    if _OPINION_WORD.fullmatch(name.strip()):
        return "opinion"
    plain, own = _plain(name), _plain(publisher)
    if not plain:
        return ""
    hosts = {host(url), host(f"https://{publisher.lower()}")} - {""}
    same = plain == own or plain == _initials(publisher) or plain in {h.replace(".", "") for h in hosts}
    return "publisher" if same or plain in _LISTED or plain in {h.split(".")[0] for h in hosts} else ""


def _plain(name: str) -> str:
    return re.sub(r"[^\w]", "", name.lower().removeprefix("the "))


def _initials(name: str) -> str:
    words = [w for w in re.findall(r"\w+", name) if w.lower() not in ("the", "of", "and")]
    return "".join(w[0] for w in words).lower() if len(words) > 1 else ""


#: Names that end a title, as they are compared.
_LISTED: Final = {_plain(name) for name in _KIND}


def known_publisher(name: str) -> bool:
    """Whether `name` is a publisher of the lists, or a host such as dw.com."""
    return _plain(name) in _LISTED or bool(
        re.fullmatch(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}", name.strip().lower())
    )


def kind(publisher: str, url: str | None) -> str:
    """Return the kind of page a publisher makes, by its name, else by the host of its page."""
    name, place = publisher.strip().lower().removeprefix("the "), host(url)
    found = _kind_of(name)
    # A portal's link to somebody's report says nothing of who wrote it.
    if (found == "news" and _kind_of(place) != "aggregator") or not name:
        found = _kind_of(place)
    return found


def _kind_of(name: str) -> str:
    known = _KIND.get(name) or _KIND.get(name.partition(".")[0])
    official = _OFFICIAL_HOST.search(name) or _OFFICIAL_NAME.search(name)
    return known or ("official" if official else "news")


def wire_tag(text: str) -> str:
    """Return the agency that the dateline a text opens with names, or ""."""
    found = _WIRE_TAG.search(text[:200].lstrip())
    return found[found.lastgroup] if found and found.lastgroup else ""


def host(url: str | None) -> str:
    """Return the host of a link without www, or ""."""
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def link(text: str | None) -> str | None:
    """Return a link to a page, or None for anything else (javascript:, data:, a relative path)."""
    text = (text or "").strip()
    if not text.lower().startswith(("http://", "https://")) or len(text) > _LONGEST_LINK:
        return None
    return None if _SPACE_OR_CONTROL.search(text) or not host(text) else text
