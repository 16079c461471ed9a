"""What of a page is its article: tails in another language, newsletters, disclaimers and link lists are cut.

Also what a text says of itself: that it is an opinion, or that a machine wrote it.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from tonnage.model import language

__all__ = ["Body", "body", "is_machine_text", "is_opinion", "words"]


class Body(NamedTuple):
    """The text of an article without its tail, and what was cut."""

    text: str
    cuts: tuple[str, ...]


@cache
def words(section: str) -> dict[str, list[str]]:
    """Return a section of document_words.toml: names and words by which a document is known."""
    text = resources.files("tonnage.sources").joinpath("document_words.toml").read_text(encoding="utf-8")
    found: dict[str, list[str]] = tomllib.loads(text)[section]
    return found


def _pattern(name: str, form: str = "{}") -> re.Pattern[str]:
    return re.compile(form.format("|".join(words("patterns")[name])), re.IGNORECASE)


#: A paragraph of another script is a tail from this many letters on; below it may be a name.
_FOREIGN: Final = 4

#: A paragraph of this many characters tells its language.
_TELLING: Final = 40

_TAIL: Final = _pattern("tail", r"(?:^|\n|(?<=[.!?。！？]))\s*(?:{})")

#: How far from the end a tail may begin: this share of the text, and never in its first part.
_LAST_SHARE: Final = 0.4

#: What a page says of itself stands near its top or its end: so many characters of either are looked at.
_ENDS: Final = 20_000

_OPINION: Final = _pattern("opinion")
_OPINION_PATH: Final = re.compile(
    r"/(?:opinions?|op-ed|commentary|commentisfree|editorials?|columns?|columnists?|blogs?|meinung|kommentare|debats?"
    r"|opinion-?\w*|guandian|pinglun)(?:[/?_-]|$)",
    re.IGNORECASE,
)

_MADE: Final = _pattern("machine_made")
_GARBLED: Final = _pattern("garbled")

#: Characters that could not be read, as a share of a text, from which on it is garbled.
_LOST: Final = 0.01
_MANY: Final = 2


def body(text: str) -> Body:
    """Return `text` without its tail: first what is in another script, then what a page adds at its end."""
    kept, cuts = _without_foreign_tail(text.strip())
    start = len(kept) - min(int(len(kept) * _LAST_SHARE), _ENDS)
    found = _TAIL.search(kept, start)
    if found and kept[: found.start()].strip():
        cuts = (*cuts, f"{len(kept) - found.start():,} characters of the page's own")
        kept = kept[: found.start()]
    return Body(kept.rstrip(), cuts)


def _without_foreign_tail(text: str) -> tuple[str, tuple[str, ...]]:
    """Cut trailing paragraphs that are in another script or language than the first one."""
    lines = text.split("\n")
    # The tail may be the longer part, so the first paragraph of some length decides.
    own = next((line for line in lines if len(line) >= _TELLING), text)
    if len(lines) == 1 or not language.script(own):
        return text, ()
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or _is_foreign(lines[end - 1], own)):
        end -= 1
    kept = "\n".join(lines[:end]).rstrip()
    cut = text[len(kept) :].strip()
    if not cut:
        return text, ()
    return kept, (f"{len(cut):,} characters in {language.guess(cut)} at the end",)


def _is_foreign(line: str, own: str) -> bool:
    found, expected = language.script(line), language.script(own)
    if not found or len(line.strip()) < _FOREIGN:
        return False
    if found == expected:
        # A short line of one alphabet hardly tells its language.
        told = language.guess(line) if len(line) >= _TELLING else language.UNDETERMINED
        return found == "Latn" and told not in (language.UNDETERMINED, language.guess(own))
    return not {found, expected} <= {"Hani", "Kana"}


def is_opinion(text: str, url: str | None = None) -> bool:
    """Whether a page calls itself an opinion piece, in its words or its address."""
    return bool(_OPINION.search(_ends(text)) or (url and _OPINION_PATH.search(url)))


def is_machine_text(text: str) -> bool:
    """Whether a page says that a machine made it, or shows the words of one."""
    ends = _ends(text)
    if _MADE.search(ends) or len({m[0].lower() for m in _GARBLED.finditer(ends)}) >= _MANY:
        return True
    # One such word in a headline is enough: headlines are short.
    if len(text) <= 300 and _GARBLED.search(text):
        return True
    return text.count("\ufffd") > max(_MANY, _LOST * len(text))


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _ENDS else f"{text[:_ENDS]}\n{text[-_ENDS:]}"
