"""Words and signs of numbers, by language. Data only."""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

from typing import Final

__all__ = ["ARTICLES", "DIGITS", "SCALES", "SIGNS", "WORDS"]

_EN: Final = {
    "hundred": 100, "thousand": 1_000, "k": 1_000, "million": 10**6, "mln": 10**6, "mn": 10**6, "mio": 10**6,
    "m": 10**6, "mil": 10**6, "billion": 10**9, "bn": 10**9, "bln": 10**9, "lakh": 10**5, "lakhs": 10**5,
    "lac": 10**5, "lacs": 10**5, "crore": 10**7, "crores": 10**7, "'000": 1_000, "000'": 1_000,
}  # fmt: skip

_WIRE: Final = {"mln": 10**6, "mio.": 10**6, "mio": 10**6, "million": 10**6}

#: Words that multiply a number, by language.
SCALES: Final[dict[str, dict[str, int]]] = {
    "en": _EN,
    "de": _WIRE | {"tausend": 1_000, "millionen": 10**6, "milliarden": 10**9, "milliarde": 10**9,
                   "mrd.": 10**9, "mrd": 10**9, "tsd.": 1_000, "tsd": 1_000},
    "es": _WIRE | {"mil": 1_000, "millones": 10**6, "millón": 10**6, "millon": 10**6, "mil millones": 10**9, "m": 10**6},
    "fr": _WIRE | {"mille": 1_000, "milliers": 1_000, "millions": 10**6, "milliards": 10**9, "milliard": 10**9},
    "pt": _WIRE | {"mil": 1_000, "milhões": 10**6, "milhão": 10**6, "milhoes": 10**6, "mi": 10**6,
                   "bilhões": 10**9, "bilhão": 10**9, "mil milhões": 10**9},
    "vi": _WIRE | {"nghìn": 1_000, "ngàn": 1_000, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9, "vạn": 10**4},
}  # fmt: skip

SIGNS: Final = {
    "十": 10, "百": 100, "千": 1_000, "천": 1_000, "백": 100, "万": 10**4, "萬": 10**4, "만": 10**4,
    "亿": 10**8, "億": 10**8, "억": 10**8, "兆": 10**12, "조": 10**12,
}  # fmt: skip

DIGITS: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"两": 2, "兩": 2, "零": 0}

#: Words for one that are articles as well: alone before a unit they count nothing ("$550 a ton").
ARTICLES: Final[dict[str, frozenset[str]]] = {
    "en": frozenset({"a"}), "de": frozenset({"eine"}), "es": frozenset({"un", "una"}),
    "fr": frozenset({"un", "une"}), "pt": frozenset({"um", "uma"}), "vi": frozenset({"một"}),
}  # fmt: skip

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {"a": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
           "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "half a": "0.5", "zero": "0"},
    "de": {"eine": "1", "zwei": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7",
           "acht": "8", "neun": "9", "zehn": "10", "eine halbe": "0.5", "null": "0"},
    "es": {"un": "1", "una": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7",
           "ocho": "8", "nueve": "9", "diez": "10", "medio": "0.5", "cero": "0"},
    "fr": {"un": "1", "une": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "six": "6", "sept": "7",
           "huit": "8", "neuf": "9", "dix": "10", "un demi": "0.5", "zéro": "0"},
    "pt": {"um": "1", "uma": "1", "dois": "2", "duas": "2", "três": "3", "quatro": "4", "cinco": "5", "seis": "6",
           "sete": "7", "oito": "8", "nove": "9", "dez": "10", "meio": "0.5", "zero": "0"},
    "vi": {"một": "1", "hai": "2", "ba": "3", "bốn": "4", "năm": "5", "sáu": "6", "bảy": "7", "tám": "8",
           "chín": "9", "mười": "10", "nửa": "0.5"},
}  # fmt: skip
