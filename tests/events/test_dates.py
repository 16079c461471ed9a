"""Words to days: what the anchor fixes, and what nothing fixes."""

from __future__ import annotations

import datetime as dt

import pytest

from tonnage.errors import ReadError
from tonnage.events.dates import Anchor, find_anchor, parse_published, resolve
from tonnage.events.mentions import Mention, find_mentions
from tonnage.events.text import normalise

TUESDAY = Anchor(dt.date(2026, 1, 20))


def _one(words: str, language: str) -> Mention:
    (mention,) = find_mentions(normalise(words), language)
    return mention


def _days(
    words: str, language: str, anchor: Anchor | None = TUESDAY, *, ahead: bool | None = False
) -> str | None:
    found = resolve(_one(words, language), anchor, ahead=ahead)
    if found is None:
        return None
    return str(found.start) if found.start == found.end else f"{found.start}/{found.end}"


@pytest.mark.parametrize(
    ("words", "language", "days"),
    [
        ("January 6, 2026", "en", "2026-01-06"),
        ("6 January 2026", "en", "2026-01-06"),
        ("2026-01-06", "en", "2026-01-06"),
        ("6. Januar 2026", "de", "2026-01-06"),
        ("6 de enero de 2026", "es", "2026-01-06"),
        ("1er février 2026", "fr", "2026-02-01"),
        ("6 de janeiro de 2026", "pt", "2026-01-06"),
        ("ngày 6/1/2026", "vi", "2026-01-06"),
        ("2026年1月6日", "ja", "2026-01-06"),
        ("2026년 1월 6일", "ko", "2026-01-06"),
        ("January 2026", "en", "2026-01-01/2026-01-31"),
    ],
)
def test_a_full_date_needs_no_anchor(words: str, language: str, days: str) -> None:
    assert _days(words, language, None) == days


@pytest.mark.parametrize(
    ("words", "language", "days"),
    [
        ("Sunday", "en", "2026-01-18"),
        ("Tuesday", "en", "2026-01-20"),
        ("yesterday", "en", "2026-01-19"),
        ("December 20", "en", "2025-12-20"),
        ("last November", "en", "2025-11-01/2025-11-30"),
        ("mid-September", "en", "2025-09-11/2025-09-20"),
        ("earlier this month", "en", "2026-01-01/2026-01-20"),
        ("last week", "en", "2026-01-12/2026-01-18"),
        ("Montag", "de", "2026-01-19"),
        ("ayer", "es", "2026-01-19"),
        ("vendredi", "fr", "2026-01-16"),
        ("quinta-feira", "pt", "2026-01-15"),
        ("hôm qua", "vi", "2026-01-19"),
        ("18日", "ja", "2026-01-18"),
        ("先月4日", "ja", "2025-12-04"),
        ("昨(19)日", "zh-Hant", "2026-01-19"),
        ("上周二", "zh-Hans", "2026-01-13"),
        ("週五", "zh-Hant", "2026-01-16"),
        ("去年12月20日", "zh-Hans", "2025-12-20"),
        ("지난달 15일", "ko", "2025-12-15"),
    ],
)
def test_a_relative_word_counts_from_the_anchor(words: str, language: str, days: str) -> None:
    assert _days(words, language) == days
    assert _days(words, language, None) is None


def test_a_future_clause_looks_ahead() -> None:
    assert _days("Sunday", "en", ahead=True) == "2026-01-25"
    assert _days("February 3", "en", ahead=True) == "2026-02-03"
    assert _days("5日", "ja", ahead=True) == "2026-02-05"
    assert _days("December 1", "en", ahead=None) == "2025-12-01"
    assert _days("February 1", "en", ahead=None) == "2026-02-01"


@pytest.mark.parametrize("words", ["Tuesday", "today", "the 20th", "last week", "earlier this month"])
def test_a_month_of_publication_fixes_no_day(words: str) -> None:
    (mention,) = find_mentions(f"on {words}", "en")
    assert resolve(mention, Anchor(dt.date(2026, 1, 1), "month")) is None


@pytest.mark.parametrize("words", ["February 30, 2026", "31 June 2025", "2026-13-01"])
def test_an_impossible_day_is_no_day(words: str) -> None:
    assert not [m for m in find_mentions(words, "en") if m.kind == "day"]


@pytest.mark.parametrize("text", ["It may march on.", "30日間の猶予", "for 2,025 tons", "最初の3カ月間で"])
def test_words_that_are_no_days_are_left_alone(text: str) -> None:
    language = "ja" if any(c > "\u3000" for c in text) else "en"
    assert [m for m in find_mentions(text, language) if m.kind in ("day", "dayonly", "month", "year")] == []


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("Monday (Jan 20)", "en"),
        ("周一(1月20日)", "zh-Hans"),
        ("1月20日(月)", "ja"),
        ("lunes 20 de enero", "es"),
    ],
)
def test_a_wrong_weekday_spans_both_days_and_is_flagged(words: str, language: str) -> None:
    found = resolve(_one(words, language), TUESDAY)
    assert found is not None
    assert (str(found.start), str(found.end), found.flags) == (
        "2026-01-19",
        "2026-01-20",
        ("weekday_mismatch",),
    )


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("BEIJING, Jan 19 (Reuters) - Exports rose.", "en", "2026-01-19"),
        ("(Jan 19): Exports rose.", "en", "2026-01-19"),
        ("Beijing, July 3, 2023 -- Exports rose.", "en", "2023-07-03"),
        ("PEKING, 19. Januar (dpa) - Die Ausfuhren stiegen.", "de", "2026-01-19"),
        ("Pekín, 19 ene (EFE).- Las ventas subieron.", "es", "2026-01-19"),
        ("[北京 19日 ロイター] 輸出が増えた。", "ja", "2026-01-19"),
        ("新华社北京1月19日电 出口增长。", "zh-Hans", "2026-01-19"),
    ],
)
def test_a_dateline_is_found(text: str, language: str, day: str) -> None:
    plain = normalise(text)
    anchor, mention = find_anchor(plain, find_mentions(plain, language), TUESDAY)
    assert anchor is not None
    assert mention is not None
    assert (str(anchor.day), anchor.basis) == (day, "dateline")


def test_a_day_in_a_sentence_is_no_dateline() -> None:
    text = "China said on Jan 19 - a Monday - that exports rose."
    assert find_anchor(text, find_mentions(text, "en"), TUESDAY) == (TUESDAY, None)


def test_a_dateline_without_year_needs_the_page() -> None:
    text = "BEIJING, Jan 19 (Reuters) - Exports rose."
    anchor, mention = find_anchor(text, find_mentions(text, "en"), None)
    assert anchor is None
    assert mention is not None


def test_published_is_a_day_a_month_or_refused() -> None:
    assert parse_published("2026-01-20") == TUESDAY
    assert parse_published("2026-01") == Anchor(dt.date(2026, 1, 1), "month")
    assert parse_published("2026-01-20", "unknown") is None
    with pytest.raises(ReadError, match="expected YYYY-MM-DD"):
        parse_published("20 January")
