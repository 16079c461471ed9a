"""Countries, units and numbers: exact, or refused with what was expected."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonnage.errors import CodeError
from tonnage.model import codes


@pytest.mark.parametrize(
    ("printed", "unit", "kg"),
    [
        ("4392", "吨", 4_392_000.0),  # GACC bulletin, 18 January 2026
        ("4392.1", "吨", 4_392_100.0),  # GACC flash, 14 January 2026
        ("26.037", "t", 26_037.0),  # dysprosium of June 2024, Strategic Metals Invest
        ("0.001", "t", 1.0),  # dysprosium of June 2025, the same
        ("430961", "千克", 430_961.0),
        ("430961", "kg", 430_961.0),
        ("1.29583", "万吨", 12_958_300.0),
        ("0.3", "kt", 300_000.0),
        ("1", "g", 0.001),
        ("0", "t", 0.0),
    ],
)
def test_mass_is_converted_to_kilograms_exactly(printed: str, unit: str, kg: float) -> None:
    assert codes.mass_kg(codes.number(printed), unit) == kg


@pytest.mark.parametrize(
    ("printed", "unit", "money"),
    [
        ("44716", "万元", ("CNY", 447_160_000.0)),  # GACC bulletin, 18 January 2026
        ("4.5", "亿元", ("CNY", 450_000_000.0)),  # GACC flash, 14 January 2026
        ("35497.1328", "万元", ("CNY", 354_971_328.0)),  # GACC flash, 7 August 2026
        ("106900000", "USD", ("USD", 106_900_000.0)),
        ("1.5", "百万美元", ("USD", 1_500_000.0)),
        ("7", "百万円", ("JPY", 7_000_000.0)),
    ],
)
def test_money_keeps_its_currency_and_loses_its_scale(
    printed: str, unit: str, money: tuple[str, float]
) -> None:
    assert codes.money(codes.number(printed), unit) == money


@pytest.mark.parametrize("empty", ["", " ", "\t"])
def test_an_empty_cell_is_no_number_and_never_zero(empty: str) -> None:
    assert codes.number(empty) is None
    assert codes.mass_kg(None, "t") is None
    assert codes.money(None, "万元") == ("CNY", None)


@pytest.mark.parametrize(
    "text",
    ["20,03.3", "38.563.6", "4 392", "n/a", "-", "—", "1e5", "NaN", "inf", "0x1", "４３９２", "4392t", "."],
)
def test_what_is_not_a_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CodeError, match=r"^number .*: expected digits and one decimal point$"):
        codes.number(text)


@pytest.mark.parametrize("text", ["9" * 16, "9" * 400, "0." + "0" * 400 + "1"])
def test_a_number_that_a_float_would_change_is_refused(text: str) -> None:
    with pytest.raises(CodeError, match="expected at most 15 digits"):
        codes.number(text)


@settings(max_examples=200, derandomize=True, deadline=None)
@given(grams=st.integers(0, 10**14))
def test_tonnes_of_any_size_give_the_gram(grams: int) -> None:
    printed = str(Decimal(grams).scaleb(-6)) if grams >= 1 else "0"
    if "E" not in printed:
        assert codes.mass_kg(codes.number(printed), "t") == grams / 1000


@pytest.mark.parametrize("unit", ["mt", "吨位", "", "T", "万元"])
def test_an_unknown_mass_is_refused(unit: str) -> None:
    with pytest.raises(CodeError, match=rf"^unit '{unit}': expected a mass, one of \["):
        codes.mass_kg(Decimal(1), unit)


@pytest.mark.parametrize("unit", ["RMB", "万", "", "t"])
def test_unknown_money_is_refused(unit: str) -> None:
    with pytest.raises(CodeError, match=rf"^unit '{unit}': expected money, one of \["):
        codes.money(Decimal(1), unit)


@pytest.mark.parametrize("code", ["JPN", "WLD", "EU27", "XXS", "XXU", "HKG", "TWN"])
def test_countries_aggregates_and_secret_partners_are_codes(code: str) -> None:
    assert codes.partner(code) == code


@pytest.mark.parametrize(("code", "hint"), [("Japn", "'Japan'"), ("JP", "'JPN'"), ("Chna", "'China'")])
def test_an_unknown_country_is_refused_and_the_nearest_offered(code: str, hint: str) -> None:
    with pytest.raises(
        CodeError, match=f"^country '{code}': expected an ISO 3166 alpha-3 .*did you mean.*{hint}"
    ):
        codes.partner(code)


@pytest.mark.parametrize(
    ("text", "code"),
    [("jpn", "JPN"), (" Japan ", "JPN"), ("South Korea", "KOR"), ("world", "WLD"), ("viet nam", "VNM")],
)
def test_a_reader_may_write_a_name(text: str, code: str) -> None:
    assert codes.resolve_country(text) == code


def test_a_row_may_not_hold_a_name() -> None:
    with pytest.raises(CodeError):
        codes.partner("Japan")


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("JPN", "en", "Japan"),
        ("JPN", "zh", "日本"),
        ("KOR", "ja", "韓国"),
        ("WLD", "zh", "全球"),
        ("NOR", "ja", "ノルウェー"),  # pycountry's own translation
    ],
)
def test_countries_have_names_in_three_languages(code: str, language: str, name: str) -> None:
    assert codes.country_name(code, language) == name


def test_an_aggregate_is_a_special_code() -> None:
    assert set(codes.AGGREGATES) < set(codes.SPECIAL)
