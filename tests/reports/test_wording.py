"""The words of a briefing, language by language."""

from __future__ import annotations

import datetime as dt
import string

import pytest

from tonnage.analysis.wording import LANGUAGES
from tonnage.model.evidence import GRADES
from tonnage.reports.sentences import evidence
from tonnage.reports.wording import WORDS, month


@pytest.mark.parametrize("key", WORDS)
def test_every_key_has_every_language_and_the_same_gaps_to_fill(key: str) -> None:
    assert set(WORDS[key]) == set(LANGUAGES)
    gaps = {
        language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for language, text in WORDS[key].items()
    }
    assert gaps["zh"] == gaps["en"] == gaps["ja"]


@pytest.mark.parametrize(
    ("months", "told"),
    [
        (1, ("January 2026", "2026年1月")),
        (2, ("January–February 2026", "2026年1–2月")),
        (9, ("January–September 2026", "2026年1–9月")),
        (12, ("2026", "2026年")),
        (14, ("January 2026–February 2027", "2026年1月–2027年2月")),
    ],
)
def test_months_printed_as_one_are_named(months: int, told: tuple[str, str]) -> None:
    day = dt.date(2026, 1, 1)
    assert (month(day, "en", months), month(day, "zh", months)) == told
    assert month(day, "ja", months) == told[1]


@pytest.mark.parametrize("grade", GRADES)
def test_every_grade_of_evidence_has_its_words(grade: str) -> None:
    told = f"3 {grade}" if grade == "independent reports" else grade
    assert evidence(told, "en") == told
    assert evidence(told, "ja") != told
