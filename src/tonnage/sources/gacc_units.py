"""Units and numbers as China customs prints them, in Chinese and English.

A unit of mass becomes kg; every other unit keeps a code of its own, after its printed scale (万件 is ten
thousand `u`). Money keeps its currency.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Final

from tonnage.errors import CodeError, nearest
from tonnage.model import codes

__all__ = ["NO_NUMBER", "Measure", "currency", "money", "number", "quantity", "scaled"]

#: What stands in a cell where there is no number. An empty cell prints nothing at all.
NO_NUMBER: Final = ("?", "-", "--", "–", "—", "…")

#: The unit of a row and how much of it one printed unit is.
Measure = tuple[str, Decimal]

_KG: Final = {
    "千克": "1",
    "公斤": "1",
    "克": "0.001",
    "克拉": "0.0002",
    "吨": "1000",
    "公吨": "1000",
    "kg": "1",
    "kilogram": "1",
    "g": "0.001",
    "gr": "0.001",
    "gram": "0.001",
    "carat": "0.0002",
    "t": "1000",
    "mt": "1000",
    "ton": "1000",
    "tonne": "1000",
    "metric ton": "1000",
}

# Codes of the World Customs Organization's standard units, without their powers of ten.
_OTHER: Final = {
    "u": "台个辆件只套条艘头架张把株支幅枝片副盘座块根枚粒卷扇匹羽樽瓶包箱盒部",
    "2u": "双",
    "m": "米",
    "l": "升",
}
_OTHER_WORDS: Final = {
    "平方米": "m2",
    "立方米": "m3",
    "千瓦时": "kWh",
    "贝可": "Bq",
    "总吨": "GT",  # a ship's size, not a mass
    "载重吨": "DWT",
    "n": "u",
    "cr": "u",
    "number of item": "u",
    "piece": "u",
    "pr": "2u",
    "p": "2u",
    "pair": "2u",
    "m": "m",
    "metre": "m",
    "sm": "m2",
    "square metre": "m2",
    "cum": "m3",
    "cubic metre": "m3",
    "l": "l",
    "litre": "l",
    "kwh": "kWh",
    "kilowatt-hour": "kWh",
    "bq": "Bq",
    "gt": "GT",
}
_BASE: Final[dict[str, Measure]] = (
    {unit: ("kg", Decimal(factor)) for unit, factor in _KG.items()}
    | {sign: (code, Decimal(1)) for code, signs in _OTHER.items() for sign in signs}
    | {word: (code, Decimal(1)) for word, code in _OTHER_WORDS.items()}
    | {
        "in hundreds": ("u", Decimal(100)),
        "in thousands": ("u", Decimal(1000)),
        "kilolitre": ("l", Decimal(1000)),
        "million bq": ("Bq", Decimal(1_000_000)),
    }
)
_POWERS: Final = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
    "十亿": 1_000_000_000,
}
_CHINESE: Final = re.compile(r"(十亿|十万|百万|千万|[十百千万亿])(.+)")
_ENGLISH: Final = re.compile(r"(1(?:00|000|0000)|)(m?)([a-z]+)")

_CHINESE_MONEY: Final = re.compile(r"(十亿|百万|千万|[千万亿])?(元人民币|人民币元|人民币|元|美元)")
_ENGLISH_MONEY: Final = re.compile(
    r"(us\$|usd|cny|rmb|yuan)(1(?:0{0,8}))?(thousand|million|billion)?(yuan|dollars?)?"
)
_WORDS: Final = {"": 1, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000}
_CURRENCIES: Final = {
    "USD": re.compile(r"美元|us\s*\$|\busd\b|us dollar", re.I),
    "CNY": re.compile(r"人民币|万元|亿元|\bcny\b|\brmb\b|renminbi", re.I),
}
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?")


def quantity(unit: str) -> Measure:
    """Return the unit of a row for a printed unit, and the scale to reach it; mass is kg.

    Raises:
        CodeError: the unit is not known; the nearest are offered.
    """
    text = " ".join(unicodedata.normalize("NFKC", unit).split()).lower()
    found = _BASE.get(text) or _chinese(text) or _english(text.replace(" ", "").replace(",", ""))
    if found is None:
        raise CodeError(f"unit {unit!r}: not a unit of China customs that is known{nearest(text, _BASE)}")
    return found


def _chinese(text: str) -> Measure | None:
    match = _CHINESE.fullmatch(text)
    if match is None or match[2] not in _BASE:
        return None
    code, scale = _BASE[match[2]]
    return code, scale * _POWERS[match[1]]


def _english(text: str) -> Measure | None:
    """Read "10000T", "100MN", "MKWH": a number, M for million, the unit."""
    match = _ENGLISH.fullmatch(text)
    if match is None:
        return None
    # "10000M" is metres: M stands for million only before a unit.
    for power, rest in ((1, match[2] + match[3]), (1_000_000 if match[2] else 1, match[3])):
        if rest in _BASE:
            code, scale = _BASE[rest]
            return code, scale * power * Decimal(match[1] or 1)
    return None


def money(unit: str) -> Measure:
    """Return the currency and the scale of a printed unit of money.

    Raises:
        CodeError: the unit is not known; a currency or a scale is never assumed.
    """
    text = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", unit)).lower()
    chinese = _CHINESE_MONEY.fullmatch(text)
    if chinese:
        name = "USD" if chinese[2] == "美元" else "CNY"
        return name, Decimal(_POWERS.get(chinese[1] or "", 1))
    english = _ENGLISH_MONEY.fullmatch(text)
    if english:
        name = "USD" if english[1].startswith("us") else "CNY"
        return name, Decimal(english[2] or 1) * _WORDS[english[3] or ""]
    raise CodeError(f"unit {unit!r}: expected money such as 万元人民币, 百万美元 or 'US$1,000'")


def currency(text: str) -> str | None:
    """Return the one currency a text names, or None if it names none.

    Raises:
        CodeError: it names two.
    """
    found = [name for name, words in _CURRENCIES.items() if words.search(text)]
    if len(found) > 1:
        raise CodeError(f"{text!r}: expected one currency, found {found}")
    return found[0] if found else None


def number(text: str) -> Decimal | None:
    """Return a printed number exactly; None for a sign that says there is none.

    Raises:
        CodeError: it is not a number with correct thousands separators.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in NO_NUMBER:
        return None
    if not _NUMBER.fullmatch(plain):
        raise CodeError(f"number {text!r}: expected digits such as 21,681,409 or 4392.1")
    return codes.number(plain.replace(",", ""))


def scaled(value: Decimal | None, scale: Decimal) -> float | None:
    """Return the figure after its printed scale, computed exactly before the one conversion."""
    return None if value is None else float(value * scale)
