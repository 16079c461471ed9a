"""The worked case: what can and cannot be said of three acts, as of each release until July 2026."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest

from tonnage.errors import ParameterError
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.reports.curbs import Curbs, curbs

EVENTS = (
    "2025-04-04_CN_export_restriction.licensing_seven-rare-earths-and-magnets-effective",
    "2025-10-09_CN_export_restriction.licensing_announcements-61-62-parts-effective",
    "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-effective",
)


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


@pytest.fixture(scope="module")
def case(ledger: Ledger) -> Curbs:
    return curbs(
        ledger, "rare-earth-products", EVENTS, detail="rare-earth-magnets", partner="JPN", as_of="2026-07-31"
    )


def test_the_planted_truth_is_found_and_the_others_are_not(case: Curbs) -> None:
    april, october, january = (c.result for c in case.cases)
    assert april.significant
    assert april.high_pct is not None
    assert april.high_pct < 0
    assert not october.significant
    assert not january.significant
    assert "Event 3, 6 January 2026: too early to say" in case.answer.markdown


def test_every_event_asked_about_is_reported(case: Curbs) -> None:
    assert [row[0].partition(",")[0] for row in case.verdicts.rows] == ["Event 1", "Event 2", "Event 3"]
    assert any("sha256" in note for note in case.verdicts.notes)


def test_no_release_knows_a_later_month(case: Curbs) -> None:
    first = case.releases.rows[0]
    assert first[:3] == ("1", "18 May 2025", "April 2025")
    assert first[-1].startswith("Cannot be answered: too early")
    assert case.releases.rows[1][:4] == ("1", "18 June 2025", "May 2025", "1")
    assert case.releases.rows[-1][1] == "18 July 2026"


def test_japan_itself_is_not_answered(case: Curbs) -> None:
    told = " ".join(case.partner.paragraphs)
    assert "280 t in December 2025" in told
    assert told.count("This cannot be answered") == 3


def test_receipts_hold_each_month_after_the_events(case: Curbs) -> None:
    assert any("2,117" in cell for row in case.receipts.rows for cell in row)
    assert all(figure.receipts for figure in case.receipts.figures)


@pytest.mark.parametrize(
    ("language", "answer", "first"),
    [
        ("zh", "事件3，2026年1月6日：尚难断言。", "2025年5月18日"),
        ("ja", "出来事3、2026年1月6日：まだ判断できない。", "2025年5月18日"),
    ],
)
def test_the_case_is_told_in_chinese_and_japanese(
    ledger: Ledger, case: Curbs, language: Literal["zh", "ja"], answer: str, first: str
) -> None:
    told = curbs(
        ledger,
        "rare-earth-products",
        EVENTS,
        detail="rare-earth-magnets",
        partner="JPN",
        as_of="2026-07-31",
        language=language,
    )
    assert answer in told.answer.markdown
    assert told.releases.rows[0][1] == first
    # the same numbers in every language
    for mine, english in ((told.verdicts, case.verdicts), (told.releases, case.releases)):
        assert [[cell for cell in row[1:] if re.fullmatch(r"[\d.,+−%<]+", cell)] for row in mine.rows] == [
            [cell for cell in row[1:] if re.fullmatch(r"[\d.,+−%<]+", cell)] for row in english.rows
        ]
    written = " ".join(
        [
            *(c.title for c in (told.verdicts, told.releases)),
            *told.partner.paragraphs,
            told.levels.markdown,
            told.about.markdown,
            told.by_release.markdown,
        ]
    )
    assert not re.search(r"\b(Event|expected|months|interval|answered)\b", written)
    assert len(told.limits.paragraphs) == len(case.limits.paragraphs)


def test_what_is_not_known_is_an_error(ledger: Ledger) -> None:
    with pytest.raises(ParameterError, match="not in the register as known on 2025-12-31"):
        curbs(ledger, "rare-earth-products", EVENTS, as_of="2025-12-31")
    with pytest.raises(ParameterError, match="at least one"):
        curbs(ledger, "rare-earth-products", (), as_of="2026-07-31")
    with pytest.raises(ParameterError, match="language 'fr'"):
        curbs(ledger, "rare-earth-products", EVENTS, as_of="2026-07-31", language="fr")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="as_of"):
        curbs(ledger, "rare-earth-products", EVENTS, as_of="July 2026")
