"""Printed numbers of each language, read exactly; a malformed one is read as it stands and told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tonnage.events.language import CJK
from tonnage.events.number_words import DIGITS, SCALES, SIGNS, WORDS

__all__ = ["CORE", "Number", "decimal_mark", "number_pattern", "read_number"]

#: Digits with separators. A space groups only before exactly three digits.
CORE: Final = r"(?<![A-Za-z0-9.,])\d+(?:(?:[.,'·・，]|(?<=\d) (?=\d{3}(?!\d)))\d+)*"

_COMMA: Final = frozenset({"de", "es", "fr", "pt", "vi"})


_CJK_SCALE: Final = f"[{''.join(SIGNS)}]"
_CJK_NUMERAL: Final = "[〇零一二两兩三四五六七八九十百千][〇零一二两兩三四五六七八九十百千万萬億亿]{0,14}"
_PART: Final = re.compile(
    r"\s?(?P<core>\d[\d.,'·・，]*(?: \d{3}(?!\d))*)?(?P<scale>" + _CJK_SCALE + r"{0,3})"
)
_MARK: Final = re.compile(r"[.,'·・， ]")
_POINT: Final = re.compile(r"(?<![\d.,])\d{1,3}(?:(?:,\d{3})*\.\d{1,2}|(?:,\d{3})+\.\d+)(?![\d.,]*\d)")
_COMMA_POINT: Final = re.compile(
    r"(?<![\d.,])\d{1,3}(?:(?:[. ]\d{3})*,\d{1,2}|(?:[. ]\d{3})+,\d+)(?![\d.,]*\d)"
)
_INDIAN: Final = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as read: its value and whether its print keeps a known form."""

    value: Decimal
    malformed: bool = False


def number_pattern(language: str) -> str:
    """Return the pattern of a number with its scale words in `language`; one group: `num`."""
    if language in CJK:
        tail = rf"(?:\s?{_CJK_SCALE}{{1,3}}(?:\s?\d[\d.,]*)?){{0,3}}(?:\s?(?:million|mln))?"
        numerals = "" if language == "ko" else rf"|(?<![\d第]){_CJK_NUMERAL}"
        return rf"(?P<num>{CORE}{tail}{numerals})"
    scale = "|".join(re.escape(w) for w in sorted(SCALES[language], key=len, reverse=True))
    words = "|".join(re.escape(w) for w in sorted(WORDS[language], key=len, reverse=True))
    return rf"(?P<num>(?:{CORE}|\b(?:{words})(?=[\s-]))(?:[\s-]?\(?(?:{scale})(?![^\W\d_])){{0,2}})"


def decimal_mark(text: str, language: str) -> str:
    """Return the decimal sign of a text: its own plain cases outvote the language's habit."""
    own = "," if language in _COMMA else "."
    points, commas = len(_POINT.findall(text)), len(_COMMA_POINT.findall(text))
    if own == "," and points > commas:
        return "."
    if own == "." and commas > points and language not in CJK:
        return "," if commas > 1 and not points else "."
    return own


def read_number(text: str, language: str, mark: str | None = None) -> Number | None:
    """Return the number that `text` is as a whole, or None if it is none.

    Args:
        text: normalised text of one number with its scale words ("3만8,563.6", "1,21 millones").
        language: a code of `language.LANGUAGES`.
        mark: the decimal sign of the document, from `decimal_mark`; the language's habit if None.
    """
    sign = mark or ("," if language in _COMMA else ".")
    body = text.strip().lower()
    if language in CJK:
        return _cjk(body, sign)
    head, factor = _scaled(body, language)
    if head in WORDS[language]:
        return Number(Decimal(WORDS[language][head]) * factor)
    core = _core(head, sign)
    return core and Number(core.value * factor, core.malformed)


def _scaled(body: str, language: str) -> tuple[str, int]:
    """Return the text before the scale words, and their product."""
    factor = 1
    for word in sorted(SCALES[language], key=len, reverse=True):
        head = body.removesuffix(word)
        if head != body and head.strip(" -(") and not head[-1].isalpha():
            return (head.strip(" -("), SCALES[language][word]) if factor == 1 else (head, factor)
    return body, factor


def _cjk(body: str, sign: str) -> Number | None:
    if (body and body[0] in DIGITS) or body[:1] in ("十", "百", "千"):
        return _numeral(body)
    factor = 1
    for word in ("million", "mln"):
        if body.endswith(word):
            body, factor = body.removesuffix(word).strip(), 10**6
    total, malformed, at = Decimal(0), False, 0
    while at < len(body):
        part = _PART.match(body, at)
        core = part and part["core"] and _core(part["core"], sign)
        if not part or not core:
            return None
        total += core.value * _product(part["scale"])
        malformed |= core.malformed
        at = part.end()
    return Number(total * factor, malformed) if body else None


def _product(signs: str) -> int:
    value = 1
    for sign in signs:
        value *= SIGNS[sign]
    return value


def _numeral(body: str) -> Number | None:
    total = section = digit = 0
    for sign in body:
        value = SIGNS.get(sign)
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif value is None:
            return None
        elif value < 10**4:
            section += (digit or 1) * value
            digit = 0
        else:
            total += (section + digit) * value
            section = digit = 0
    return Number(Decimal(total + section + digit))


def _core(text: str, sign: str) -> Number | None:
    """Read digits with separators; `sign` is the document's decimal sign."""
    body = text.rstrip(".,·・，' ").replace("，", ",")
    marks = _MARK.findall(body)
    groups = _MARK.split(body)
    if not all(group.isdecimal() for group in groups):
        return None
    if not marks:
        return Number(Decimal(body))
    if len(set(marks)) == 1:
        return _one_kind(groups, marks, sign, body)
    # Two kinds: the last one is the decimal sign, what is before it groups by threes.
    value = Decimal("".join(groups[:-1]) + "." + groups[-1])
    grouped = len(set(marks[:-1])) == 1 and _by_threes(groups[:-1])
    return Number(value, malformed=not (grouped or _INDIAN.fullmatch(body)))


def _one_kind(groups: list[str], marks: list[str], sign: str, body: str) -> Number:
    mark = marks[0]
    whole = Decimal("".join(groups))
    if len(groups) > 2:
        if _by_threes(groups) or _INDIAN.fullmatch(body):
            return Number(whole)
        # 38.563.6: the last sign can only be the decimal one.
        return Number(Decimal("".join(groups[:-1]) + "." + groups[-1]), malformed=True)
    fraction = Decimal(".".join(groups))
    if mark in "·・":
        return Number(fraction)
    if mark in " '":
        return Number(whole, malformed=not _by_threes(groups))
    if mark == sign:
        return Number(fraction)
    return Number(whole) if _by_threes(groups) else Number(fraction, malformed=len(groups[1]) > 2)


def _by_threes(groups: list[str]) -> bool:
    return len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
