"""Articles that are copies of each other: the same wording, not the same story.

Successive months of one agency's template look more alike than two reports of one event, so the numbers of
two texts must be the same before their wording is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["copies"]

#: How alike two texts of the same numbers must be, in percent.
_ALIKE: Final = 95

#: Letters of a text that are compared, and those it must have: short headlines are alike by chance.
_COMPARED: Final = 2_000
_SHORTEST: Final = 30
_SHORTEST_DENSE: Final = 12

#: Each text is compared with this many neighbours in two sorted orders, so that work grows with the number.
_NEIGHBOURS: Final = 4

_NO_WORD: Final = re.compile(r"\W+")
_DIGITS: Final = re.compile(r"\d+")


def copies(texts: Sequence[str], order: Sequence[str]) -> list[int | None]:
    """Return for each text the place of the earliest one of its wording, or None where it is that one.

    Args:
        texts: headline and text of each article.
        order: what sorts by time; of equal ones the first place is the earliest.
    """
    plain = [_plain(text) for text in texts]
    group = list(range(len(texts)))
    for a, b in _pairs(plain):
        one, other = _root(group, a), _root(group, b)
        early, late = sorted((one, other), key=lambda place: (order[place], place))
        group[late] = early
    found = [_root(group, place) for place in range(len(texts))]
    return [None if root == place else root for place, root in enumerate(found)]


def _pairs(plain: list[str]) -> Iterator[tuple[int, int]]:
    from rapidfuzz import fuzz

    seen: dict[str, int] = {}
    for place, text in enumerate(plain):
        if text and seen.setdefault(text, place) != place:
            yield seen[text], place
    distinct = sorted(seen.values())
    for key in (lambda place: plain[place], lambda place: plain[place][::-1]):
        ordered = sorted(distinct, key=key)
        for here, place in enumerate(ordered):
            for other in ordered[here + 1 : here + 1 + _NEIGHBOURS]:
                same = _DIGITS.findall(plain[place]) == _DIGITS.findall(plain[other])
                if same and fuzz.ratio(plain[place], plain[other], score_cutoff=_ALIKE):
                    yield place, other


def _plain(text: str) -> str:
    """Return what is compared of a text: letters and digits, in one form; "" where that is too little."""
    folded = unicodedata.normalize("NFKC", text[: 2 * _COMPARED]).casefold()
    # One space, so that "1 2" is not "12".
    plain = _NO_WORD.sub(" ", folded).strip()[:_COMPARED]
    return plain if len(plain) >= (_SHORTEST if plain.isascii() else _SHORTEST_DENSE) else ""


def _root(group: list[int], place: int) -> int:
    while group[place] != place:
        place = group[place]
    return place
