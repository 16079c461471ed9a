"""Damage of each family is mended and counted; what may have been meant is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonnage.sources.text_repair import mend

ENGLISH = "China’s “export” ban – since 2010—was ‘soft’… a café in Zürich, dual‑use, €20 • more"
JAPANESE = "中国の輸出は12月に4,392トン、前年比“減”。"


def tis620(text: str) -> str:
    """As TIS-620 for A0-FF and windows-1252 for 80-9F, bytes without a sign dropped."""
    return "".join(
        bytes([b]).decode("iso8859-11" if b >= 0xA0 else "cp1252", "ignore") for b in text.encode()
    )


def cp1252(text: str) -> str:
    return text.encode().decode("cp1252", "ignore")


def latin1(text: str) -> str:
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(
    ("damage", "rule"),
    [(tis620, "utf8-as-tis620"), (cp1252, "utf8-as-windows1252"), (latin1, "utf8-as-windows1252")],
)
def test_single_bytes(damage, rule: str) -> None:  # type: ignore[no-untyped-def]
    mended = mend(damage(ENGLISH))
    assert mended.text == ENGLISH
    assert {name for name, _ in mended.repairs} == {rule}
    # The closing quotation mark lost its third byte, unless that byte was kept as a control.
    assert mended.repairs[rule, True] == (0 if damage is latin1 else 1)


@pytest.mark.parametrize("encoding", ["cp932", "gb18030"])
@pytest.mark.parametrize("loss", ["replace", "ignore"])
def test_pairs_of_bytes(encoding: str, loss: str) -> None:
    mended = mend(JAPANESE.encode().decode(encoding, loss))
    assert mended.text == JAPANESE
    assert set(mended.repairs) == {(f"utf8-as-{encoding}", True)}


@pytest.mark.parametrize("encoding", ["cp932", "gb18030", "cp1251", "mac_roman"])
def test_an_apostrophe_in_english(encoding: str) -> None:
    assert mend("It’s China’s rule".encode().decode(encoding)).text == "It’s China’s rule"


def test_a_dash_whose_third_byte_was_uncurled_is_assumed() -> None:
    mended = mend('a ban โ€" it says โ€™now')
    assert mended.text == "a ban — it says ’now"
    assert mended.repairs == {("utf8-as-tis620", False): 1, ("utf8-as-tis620", True): 1}


@pytest.mark.parametrize(
    "text",
    [
        "รถยนต์ของโขน",
        "The masked dance โขน is Thai",
        "BYD รถ, a car",
        "Bangkok (กรุงเทพ) and Chinaโ€™s rule",
        "“AMANHÔ, “UNIVERSITÄ“, «CAFÉ», © 2026 — naïve",
        "中国稀土出口，联通公布数据",
        "日本のレアアース輸入",
        "漢字",
        "数据：鐵、銅、鋁",
        "Экспорт магнитов",
        "plain ASCII",
        "",
    ],
)
def test_what_may_have_been_meant_is_left_alone(text: str) -> None:
    assert mend(text) == mend(text)
    assert mend(text).text == text
    assert not mend(text).repairs


WORDS = st.text(alphabet="abc ABC,.019’‘“–—…é ü", min_size=1, max_size=60)


@given(WORDS)
@settings(max_examples=150, deadline=2_000)
def test_round_trip_of_latin_text(text: str) -> None:
    for damage in (latin1, cp1252, tis620):
        # A letter alone may be real Thai, or a sign of two alphabets: a sure repair must stand beside it.
        whole = f"It’s {text} and China’s"
        assert mend(damage(whole)).text == whole


@given(st.text(alphabet="中国日本輸出は十二月にトン磁石。、", min_size=8, max_size=40))
@settings(max_examples=100, deadline=2_000)
def test_round_trip_of_pairs(text: str) -> None:
    for encoding in ("cp932", "gb18030"):
        try:
            damaged = text.encode().decode(encoding)
        except UnicodeDecodeError:
            continue
        assert mend(damaged).text == text


@given(st.text(alphabet=st.characters(min_codepoint=0x0E01, max_codepoint=0x0E3A), min_size=1, max_size=60))
@settings(max_examples=100, deadline=2_000)
def test_thai_is_never_touched(text: str) -> None:
    assert mend(f"{text} กรุงเทพ").text == f"{text} กรุงเทพ"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=2_000)
def test_any_text(text: str) -> None:
    mended = mend(text)
    assert (mended.text == text) or mended.repairs
