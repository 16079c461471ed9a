"""A briefing holds what its reader needs: each point of it is a test."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import polars as pl
import pytest

import tonnage as tn
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.reports.blocks import Chart, Strip, Table
from tonnage.reports.briefing import Briefing, briefing


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


@pytest.fixture(scope="module")
def brief(ledger: Ledger) -> Briefing:
    return briefing(ledger, "rare-earth-products", "JPN", period="2025-12", as_of="2026-01-21")


def table(block: Table | None) -> dict[str, tuple[str, ...]]:
    assert block is not None
    return {row[0]: row[1:] for row in block.rows}


def test_the_answer_is_number_unit_month_comparison_and_what_it_cannot_show(brief: Briefing) -> None:
    told = brief.answer.markdown
    assert "China exported **6,745 t** [1] of rare-earth products in December 2025" in told
    assert "3.1% less than in November (6,958 t [2])" in told
    assert "Rare-earth magnets to Japan: **280 t** [4], 8.2% less than in November (305 t [5])" in told
    assert "December 2025 ended before the event of 6 January 2026" in told


def test_the_strip_tells_stage_release_and_what_comes_next(brief: Briefing) -> None:
    assert isinstance(brief.status, Strip)
    told = dict(brief.status.items)
    assert told["Stage"] == "Rare-earth products: bulletin, derived; Rare-earth magnets: quoted"
    assert told["Released"].startswith("18 January 2026; 20 January 2026")
    assert "18 March 2026: bulletin, January–February 2026" in told["Next release"]
    assert "usual days" in told["Next release"]


def test_the_chart_has_24_months_at_most_four_events_and_words_for_who_cannot_see(brief: Briefing) -> None:
    assert isinstance(brief.chart, Chart)
    # 24 months, of which two pairs of January and February.
    assert len(brief.chart.figures) == 22
    assert len(brief.chart.notes) == 4
    assert "after the months shown" in brief.chart.notes[-1]
    assert "last 6,745 t in December 2025" in brief.chart.alt
    assert "Lowest 2,117 t in May 2025" in brief.chart.alt


def test_partners_stand_in_one_order_with_share_and_what_is_not_printed_is_not_available(
    brief: Briefing,
) -> None:
    rows = table(brief.partners)
    assert list(rows)[:3] == ["World", "Japan", "United States"]
    assert rows["Japan"][:5] == ("280", "305", "−8.2%", "..", "..")
    assert rows["Japan"][5] == "4.7%"
    assert rows["World"][0] == "5,952"
    assert brief.partners is not None
    assert "HHI 112–7,477 of 10,000 (bounds: 85.8%" in brief.partners.notes[-1]


def test_every_number_that_could_be_taken_for_this_one_stands_under_its_own_name(brief: Briefing) -> None:
    rows = table(brief.numbers)
    printed = {re.sub(r" \[\d+\]", "", name): cells[0] for name, cells in rows.items()}
    assert printed == {
        "Rare earths": "4,392",
        "Rare earths and products": "11,137",
        "Rare-earth products": "6,745",
        "Rare-earth magnets": "5,952",
    }


def test_the_base_rate_is_counted_before_anything_is_called_large(brief: Briefing) -> None:
    assert brief.base_rate is not None
    assert "5 of the 17 earlier months" in brief.base_rate.markdown
    assert "cannot be told" in brief.base_rate.markdown


def test_every_key_in_the_text_leads_to_a_receipt_with_publisher_day_and_line(brief: Briefing) -> None:
    rows = table(brief.receipts)
    used = set(re.findall(r"\[\d+\]", brief.answer.markdown)) | set(
        re.findall(r"\[\d+\]", " ".join(table(brief.numbers)))
    )
    assert used <= set(rows)
    assert rows["[1]"][2:] == ("GACC, bulletin, 2026-01-18", "b03a7633:2,3")
    assert brief.receipts is not None
    assert all(figure.receipts for figure in brief.receipts.figures)


def test_the_definition_box_tells_what_is_in_it_what_it_hides_and_what_it_must_not_be_compared_with(
    brief: Briefing,
) -> None:
    told = " ".join(brief.definition.paragraphs)
    for words in (
        "printed by nobody at customs",
        "Hidden:",
        "Not to be compared with: rare earths",
        "85051110",
    ):
        assert words in told


def test_doubtful_claims_stand_beside_the_figures_with_their_grade(brief: Briefing) -> None:
    assert brief.unknown is not None
    told = "\n".join(brief.unknown.paragraphs)
    assert "GlobalSpark News prints 411.3 t" in told
    assert "8 January 2026: WSJ" in told
    assert "(one report)" in told


def test_changes_since_the_last_briefing_are_counted_and_new_events_named(brief: Briefing) -> None:
    assert brief.changed is not None
    assert brief.changed.title == "Changed since 21 December 2025"
    assert "Rare-earth products: 1 new month, 0 of 23 earlier months revised." in brief.changed.paragraphs
    assert any("New event 4" in p for p in brief.changed.paragraphs)


def test_a_failed_check_is_a_banner(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    true = Ledger.check

    def failing(self: Ledger, *asked: object) -> pl.DataFrame:
        return true(self, *asked).with_columns(blocks=pl.int_range(pl.len()) == 0)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "check", failing)
    found = briefing(ledger, "rare-earth-products", period="2025-12", as_of="2026-01-21").banner
    assert found is not None
    assert found.text.startswith("check failed: ")


def test_a_sound_ledger_has_no_banner(brief: Briefing) -> None:
    assert brief.banner is None


def test_a_month_that_is_not_out_is_not_yet_released_and_the_message_says_when(ledger: Ledger) -> None:
    with pytest.raises(tn.NotYetReleased, match=r"2025-12: not out on 2026-01-13. Expected: 18 January 2026"):
        briefing(ledger, "rare-earth-products", period="2025-12", as_of="2026-01-13")


def test_a_notice_says_so_on_one_page_instead(ledger: Ledger) -> None:
    found = briefing(ledger, "rare-earth-products", period="2025-12", as_of="2026-01-13", notice=True)
    assert "Nothing is out yet" in found.answer.markdown
    assert (found.chart, found.partners, found.receipts) == (None, None, None)


def test_a_notice_tells_when_it_comes_in_the_language_asked_for(ledger: Ledger) -> None:
    asked = {"period": "2026-01", "as_of": "2026-02-20", "notice": True}
    found = briefing(ledger, "rare-earth-products", language="ja", **asked)  # type: ignore[arg-type]
    assert found.answer.markdown == "**未公表。** 公表見込み：2026年3月18日: 月報, 2026年1–2月。"


def test_a_month_outside_the_data_says_what_the_data_hold(ledger: Ledger) -> None:
    with pytest.raises(tn.NoDataError, match=r"2023-12: the ledger holds no figure .* 2024-01 to 2026-07"):
        briefing(ledger, "rare-earth-products", period="2023-12", as_of="2026-01-21")


def test_figures_of_partners_without_a_world_total_are_named(ledger: Ledger) -> None:
    told = "japan-rare-earth-imports, 2010-10: .* no world total of any month, .* only of China"
    with pytest.raises(tn.NoDataError, match=told):
        briefing(ledger, "japan-rare-earth-imports", "CHN", period="2010-10", as_of="2011-02-01")


def test_january_and_february_printed_together_are_reported_together(ledger: Ledger) -> None:
    found = briefing(ledger, "rare-earth-magnets", "USA", period="2026-02", as_of="2026-03-25")
    assert "**10,763 t**" in found.answer.markdown
    assert "January–February 2026" in found.front.title


def test_a_detail_of_two_months_is_not_told_as_the_month_of_the_headline(ledger: Ledger) -> None:
    found = briefing(ledger, "rare-earth-products", "USA", period="2026-02", as_of="2026-03-21")
    assert "**5,472 t** [1] of rare-earth products in February 2026" in found.answer.markdown
    assert "United States: **994 t** [4] in January–February 2026" in found.answer.markdown
    assert found.partners is not None
    assert found.partners.title == "Rare-earth magnets by partner, January–February 2026"
    assert table(found.partners)["World"][0] == "10,763"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ja", "2025年12月の中国のレアアース製品輸出は**6,745 t**"),
        ("zh", "2025年12月中国出口稀土制品**6,745 t**"),
    ],
)
def test_headings_and_the_answer_speak_the_language_asked_for(
    ledger: Ledger, language: str, words: str
) -> None:
    found = briefing(
        ledger, "rare-earth-products", "JPN", period="2025-12", as_of="2026-01-21", language=language
    )
    assert words in found.answer.markdown


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_all_of_a_briefing_but_summaries_and_names_speaks_the_language(ledger: Ledger, language: str) -> None:
    found = briefing(
        ledger, "rare-earth-products", "JPN", period="2025-12", as_of="2026-01-21", language=language
    )
    assert found.chart is not None
    assert found.partners is not None
    assert found.numbers is not None
    assert found.unknown is not None
    assert found.changed is not None
    told = [
        *found.chart.notes,
        *found.partners.notes,
        found.partners.source,
        *(row[2] for row in found.numbers.rows),
        *found.unknown.paragraphs,
        *found.changed.paragraphs,
        *found.definition.paragraphs,
        found.legend.markdown,
    ]
    summaries = ledger.events(as_of="2026-01-21")["summary"].to_list()
    for text in told:
        own = text
        for summary in summaries:
            own = own.replace(summary, "")
        words = re.findall(r"[A-Za-z]{3,}", own)
        names = {"GlobalSpark", "News", "GACC", "HTS", "Reuters", "via", "Goldsea", "Astro", "Awani", "Kyodo"}
        assert set(words) <= {*names, "Shimotsuke", "HHI", "rare", "earth", "products", "magnets"}, text


def test_nothing_known_later_is_in_it(ledger: Ledger) -> None:
    early = briefing(ledger, "rare-earth-products", "JPN", period="2025-11", as_of="2025-12-22")
    shown = " ".join(str(getattr(early, f.name)) for f in dataclasses.fields(early))
    assert "2026-01" not in re.sub(r"January.February 2026", "", shown)
    assert "6,745" not in shown


def test_any_commodity_reads_the_same_way(ledger: Ledger) -> None:
    found = briefing(ledger, "tungsten-products", period="2026-06", as_of="2026-08-01")
    assert "China exported **1,075 t** [1] of tungsten products in June 2026" in found.answer.markdown
    assert found.partners is None


def test_the_same_question_gives_the_same_blocks(ledger: Ledger, brief: Briefing) -> None:
    again = briefing(ledger, "rare-earth-products", "JPN", period="2025-12", as_of="2026-01-21")
    assert again == brief
