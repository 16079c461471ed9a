"""Text as the rules read it: the same length as written, with one form for each sign, cut into sentences."""

from __future__ import annotations

import re
from typing import Final

from tonnage.errors import ReadError

__all__ = ["LIMIT", "checked", "normalise", "sentences"]

#: How many characters of a text are read: thirty news pages. The rest is left out, and told.
LIMIT: Final = 60_000

#: Longest sentence: what is longer is no prose and is cut, so that work stays linear in the text.
_LONGEST: Final = 1_200

_FULL_WIDTH: Final = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i) not in ",;!?"}
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\u3000\t\v\f", " "),
        **dict.fromkeys("‘’ʼ′`", "'"),
        **dict.fromkeys("“”„«»″", '"'),
        **dict.fromkeys("‐‑‒–−﹣", "-"),
        **dict.fromkeys("〜～∼", "~"),
        "\r": "\n",
    }
)

# A full stop after one of these ends no sentence.
_SHORT: Final = re.compile(
    r"(?:\b(?:jan|feb|febr|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez|janv|févr|avr|juil|déc|mr|mrs|ms|dr|st|nr|"
    r"vol|approx|ca|bzw|mio|mrd|mln|vs|art|inc|co|corp|ltd|gov|gen|z\.b|d\.h|u\.s|u\.k|e\.u|a\.m|p\.m|"
    r"i\.e|e\.g|ee\.uu|[a-su-z])|\d (?:de )?(?:mar|ene|abr|ago|dic|fev|set|out|mai))\.$",
    re.IGNORECASE,
)
_NUMBER_STOP: Final = re.compile(r"\b\d{1,2}\.$")
_ORDINAL_NEXT: Final = re.compile(
    r"\s+(?:jan|feb|mär|apr|mai|jun|jul|aug|sep|okt|nov|dez|hal|quart)", re.IGNORECASE
)
_STOP: Final = re.compile(
    r"[。!?！？\n]+[\"'」』）)]{0,2}|\.(?=[\"')」]{0,2}(?:\s+[\"'(¿¡]{0,2}[^\Wa-z_]|\s*$))[\"')]{0,2}"
)


def checked(text: object) -> str:
    """Return the first `LIMIT` characters of a text.

    Raises:
        ReadError: it is not a `str`.
    """
    if not isinstance(text, str):
        raise ReadError(f"text: expected str, found {type(text).__name__}; decode bytes before extracting")
    return text[:LIMIT]


def normalise(text: str) -> str:
    """Return `text` with one form for each sign; every character keeps its place."""
    return text.translate(_FULL_WIDTH).translate(_SIGNS)


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the sentences of normalised text as (start, end), in order and without gaps of meaning."""
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(text):
        if text[stop.start()] == "." and _goes_on(text, stop):
            continue
        _add(found, text, start, stop.end())
        start = stop.end()
    _add(found, text, start, len(text))
    return found


def _goes_on(text: str, stop: re.Match[str]) -> bool:
    head = text[max(0, stop.start() - 12) : stop.start() + 1]
    if _NUMBER_STOP.search(head):
        # "am 20. Januar" goes on; "in 2024." has four digits and "of 12." ends.
        return bool(_ORDINAL_NEXT.match(text, stop.end()))
    if head.lower().endswith((" no.", " nos.")):
        return text[stop.end() : stop.end() + 2].strip()[:1].isdigit()
    return bool(_SHORT.search(head))


def _add(found: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end:
        found.append((start, min(end, start + _LONGEST)))
        start += _LONGEST
