"""Types and stages of events, by the words at their date."""

from __future__ import annotations

import pytest

from tonnage.events.extract import extract
from tonnage.events.kinds import immediate, legal_reference, second_hand


@pytest.mark.parametrize(
    ("text", "kind", "stage"),
    [
        ("China banned exports of gallium on Monday.", "export_restriction.ban", "announced"),
        ("Gallium exports need a licence from August 1, 2023.", "export_restriction.licensing", "effective"),
        ("The export ban runs until May 3, 2026.", "export_restriction.ban", "expires"),
        (
            "The export quota was scrapped on Monday: the government abolished it.",
            "export_restriction.quota",
            "lifted",
        ),
        ("Exports resume on Friday as the ban is lifted.", "export_restriction.ban", "lifted"),
        ("Beijing on Monday denied a ban on exports.", "export_restriction.ban", "denied"),
        (
            "Twenty firms were put on the export control list on Monday.",
            "export_restriction.entity_list",
            "announced",
        ),
        ("India imposed an export duty on Monday.", "export_restriction.tax", "announced"),
        ("Customs released the data on Monday.", "data_release", "occurred"),
        ("The data will be published on Friday.", "data_release", "scheduled"),
        ("Ministers met in Tokyo on Monday.", "meeting", "occurred"),
        ("They signed the accord on Monday.", "agreement", "occurred"),
        ("Tokyo protested on Monday.", "protest", "occurred"),
        ("A spokesman said on Monday that civilians need not worry.", "official_statement", "occurred"),
        ("The Wall Street Journal reported on Monday that firms were worried.", "media_report", "reported"),
        ("Beijing approved licence applications on Monday.", "licence_practice", "occurred"),
        ("China opened an anti-dumping probe on Monday.", "import_restriction", "announced"),
        ("商务部1月19日宣布禁止出口。", "export_restriction.ban", "announced"),
        ("輸出禁止は2026年5月3日まで続く。", "export_restriction.ban", "expires"),
        ("The weather was fine on Monday.", None, None),
    ],
)
def test_type_and_stage(text: str, kind: str | None, stage: str | None) -> None:
    found = [(e.type, e.stage) for e in extract(text, "2026-01-20").events]
    assert found == ([(kind, stage)] if kind else [])


def test_immediate_effect_takes_the_day_of_the_announcement() -> None:
    found = extract("The ministry on Monday announced an export ban with immediate effect.", "2026-01-20")
    assert [(e.stage, str(e.date_start)) for e in found.events] == [
        ("announced", "2026-01-19"),
        ("effective", "2026-01-19"),
    ]
    assert not immediate("The ban has no immediate effect.")


def test_an_act_told_before_is_what_takes_effect() -> None:
    found = extract("China announced export controls on graphite. The move takes effect on December 1, 2023.")
    assert [(e.type, e.stage, str(e.date_start)) for e in found.events] == [
        ("export_restriction.licensing", "effective", "2023-12-01")
    ]


def test_legal_acts_and_second_hand_news() -> None:
    assert legal_reference("announcement No. 1 of 2026 bans it") == "announcement No. 1 of 2026"
    assert legal_reference("商务部公告2026年第1号") is not None
    assert legal_reference("no act here") is None
    assert second_hand("sources said so, citing a report")
    assert not second_hand("customs said so")
