"""Whole texts: what they state, what they leave open, and what hostile ones cannot do."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import time
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.events.snippets import SNIPPETS, Snippet

from tonnage.errors import CodeError, ReadError
from tonnage.events.extract import Extraction, extract, extract_jsonl
from tonnage.events.text import LIMIT

NEWS = Path(__file__).parents[3] / "shared" / "news"

#: Pieces that cues begin with and do not end.
_HOSTILE = (
    "no longer be ", "suspended of the ", "exports were ", "than the its ", "between ", "1,1.1 ", "(((",
    "from ", "12月3日", "暂停的", "輸出が", "the first ", "On Monday ", "announced by ",
    "305 tons ", "及び、",
)  # fmt: skip

#: Sentences the rules are known to read wrongly, with the reason. Strict: one that is mended must leave.
WEAK = {
    "Die Volksrepublik setzt": "a participle between article and noun is taken for the sentence's verb",
    "The Democratic Republic of Congo": "'a decision is due in June' names no act",
    "中国は21日以降": "the day of the telling comes after the act in one clause",
    "Les exportateurs chinois": "'depuis ce vendredi' stands before its verb",
}


def _cases() -> list[ParameterSet]:
    rows: list[ParameterSet] = []
    for snippet in SNIPPETS:
        reason = next((why for start, why in WEAK.items() if snippet.text.startswith(start)), None)
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        rows.append(pytest.param(snippet, marks=marks, id=snippet.text[:32]))
    return rows


@pytest.mark.parametrize("snippet", _cases())
def test_a_sentence_gives_its_figures_and_events(snippet: Snippet) -> None:
    found = extract(snippet.text, snippet.published)
    assert found.language == snippet.language
    figures = {(f.value_t, _widened(f.period), f.measure) for f in found.figures}
    assert figures == {(float(v), _widened(p), m) for v, p, m in snippet.figures}
    dated = {
        (str(e.date_start), str(e.date_end), e.type.partition(".")[0], e.stage)
        for e in found.events
        if e.date_start
    }
    assert {d[:2] for d in dated} == {e[:2] for e in snippet.events}
    assert set(snippet.events) <= dated


def _widened(period: str | None) -> str | None:
    return f"{period}-01/{period}-12" if period and len(period) == 4 else period


def test_every_found_thing_names_its_rules_and_place() -> None:
    text = "Customs said on Monday that 280 tons of magnets left for Japan in December, down 8% on November."
    found = extract(text, "2026-01-20")
    (figure,), (event,), (change,) = found.figures, found.events, found.changes
    assert figure.rules == ("mass.printed", "period.month.part")
    assert (text[figure.start : figure.end], figure.commodity, figure.partner) == (
        "280 tons",
        "rare-earth-magnets",
        "JPN",
    )
    assert event.rules == ("date.weekday.en", "type.data_release", "stage.occurred")
    assert (change.pct, change.rules) == (-8.0, ("change.percent", "change.down"))


def test_without_an_anchor_nothing_is_dated() -> None:
    found = extract(
        "In 2010 quotas were cut. On Tuesday the ministry announced a ban from Aug. 1; 280 tons left in May."
    )
    assert [e.date_start for e in found.events if e.date_text != "2010"][:2] == [None, None]
    assert [f.period for f in found.figures] == [None]


def test_a_month_of_publication_dates_months_but_no_weekdays() -> None:
    found = extract("On Tuesday a ban was announced. 280 tons were exported in May.", "2025-06")
    assert [e.date_start for e in found.events] == [None]
    assert [f.period for f in found.figures] == ["2025-05"]
    assert (
        extract("280 tons were exported in May.", "2025-06-15", precision="month").figures[0].period
        == "2025-05"
    )


def test_the_dateline_is_the_anchor_not_the_page() -> None:
    text = (
        "BEIJING, May 9 (Reuters) - Customs issued the data on Tuesday;"
        " 7.29 million tonnes of soybeans came in during April."
    )
    found = extract(text, "2023-05-08")
    assert (found.anchor, found.anchor_basis) == (dt.date(2023, 5, 9), "dateline")
    assert [e.date_start for e in found.events] == [dt.date(2023, 5, 9)]


def test_an_american_page_can_name_tomorrows_weekday() -> None:
    text = "Customs released the data on Tuesday: 280 tons of magnets were exported in December."
    (east,) = extract(text, "2026-01-19", zone="America/New_York").events
    (plain,) = extract(text, "2026-01-19").events
    assert (east.date_start, east.flags) == (dt.date(2026, 1, 20), ("edge_weekday",))
    assert (plain.date_start, plain.flags) == (dt.date(2026, 1, 13), ("edge_weekday",))


def test_a_weekday_that_is_not_its_dates_is_flagged() -> None:
    found = extract("The ministry announced the export ban on Monday, January 20, 2026.")
    (event,) = found.events
    assert (str(event.date_start), str(event.date_end)) == ("2026-01-19", "2026-01-20")
    assert "weekday_mismatch" in event.flags
    assert "weekday_mismatch" in found.flags


def test_errors_of_print_are_kept_and_flagged() -> None:
    (odd,) = extract("Exports of rare earths reached 38.563.6 tons in 2024.").figures
    assert (odd.value_t, odd.period, "malformed_number" in odd.flags) == (38563.6, "2024-01/2024-12", True)
    (huge,) = extract("China exported 62 million tonnes of rare earths in May 2025.").figures
    assert (huge.value_t, huge.flags) == (62_000_000.0, ("unit_suspect",))


def test_two_values_for_one_thing_are_told() -> None:
    text = (
        "China exported 4,343.5 tons of rare earths in October 2025."
        " Another page prints exports of 4,345.5 tons of rare earths in October 2025."
    )
    assert [f.flags for f in extract(text).figures] == [("sources_disagree",), ("sources_disagree",)]


def test_masses_that_are_no_record_are_set_aside() -> None:
    text = "Analysts expect exports of 7,000 tons. Exports fell by 1,791 tons. A price of $550 per ton holds."
    found = extract(text, "2026-01-20")
    assert found.figures == ()
    assert [(f.value, f.kind) for f in found.set_aside] == [(7000.0, "forecast"), (1791.0, "change")]


def test_a_prediction_is_the_line_of_the_format() -> None:
    line = '{"id": "a", "text": "No germanium was exported in August.", "published": "2023-09-20"}'
    (row,) = [json.loads(made) for made in extract_jsonl(["", line])]
    assert row["id"] == "a"
    assert [(f["value_t"], f["period"], f["measure"]) for f in row["figures"]] == [
        (0.0, "2023-08", "export_volume")
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 2: expected a JSON object"),
        ("[1]", "line 2: expected an object with id and text"),
        ('{"id": 1}', "line 2: expected an object with id and text"),
        ('{"id": 1, "text": 5}', "line 2: text: expected str, found int"),
        ('{"id": 1, "text": "x", "published": "20 May"}', "line 2: published: expected YYYY-MM-DD"),
        ('{"id": 1, "text": "x", "published": 5}', "line 2: published: expected text or null"),
        ('{"id": 1, "text": "x", "lang": "tlh"}', "line 2: language 'tlh'"),
        ("[" * 100_000, "line 2: expected a JSON object"),
    ],
)
def test_a_bad_line_is_named(line: str, says: str) -> None:
    good = '{"id": 0, "text": "280 tons"}'
    with pytest.raises(ReadError, match="(?s)" + says.replace("(", r"\(")):
        list(extract_jsonl([good, line]))


def test_what_is_no_text_or_language_is_refused() -> None:
    with pytest.raises(ReadError, match="expected str, found bytes"):
        extract(b"280 tons")  # type: ignore[arg-type]
    with pytest.raises(ReadError, match="published"):
        extract("x", 20260120)  # type: ignore[arg-type]
    with pytest.raises(ReadError, match="1900 to 2100"):
        extract("x", dt.date(9999, 12, 31))
    with pytest.raises(CodeError, match="klingon"):
        extract("x", language="klingon")


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1,",
        "(",
        " ",
        "305 tons ",
        "1万",
        "12月3日",
        "no exports ",
        "A. ",
        "in November than 3,000 tons, ",
    ],
)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    small, large = (_cost(unit * (size // len(unit))) for size in (4_000, 16_000))
    # Four times the text: four times the work, where a regex gone wild would take sixteen.
    assert large < 10 * small + 0.05


def _cost(text: str) -> float:
    """Return the least processor time of two readings, in seconds."""
    costs = []
    for _ in range(2):
        started = time.process_time()
        extract(text, "2026-01-20")
        costs.append(time.process_time() - started)
    return min(costs)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.sampled_from(_HOSTILE), min_size=1, max_size=5).map("".join))
def test_no_mixture_of_cues_makes_work_grow_faster_than_the_text(unit: str) -> None:
    small, large = (_cost(unit * (size // len(unit))) for size in (1_000, 4_000))
    assert large < 10 * small + 0.05


def test_ten_million_characters_are_cut_and_told() -> None:
    assert "text_cut" in extract("280 tons, " * 1_000_000, "2026-01-20").flags


def test_what_is_past_the_limit_is_not_read() -> None:
    assert extract(" " * LIMIT + "280 tons in May 2025").figures == ()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.none() | st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_any_text_gives_json(text: str, published: dt.date | None) -> None:
    found = extract(text, published)
    assert json.loads(json.dumps(found.to_dict()))["language"] == found.language
    json.dumps(found.to_prediction("x"))


_PIECES = (
    "tons of rare earths in 2月30日 31 February 29.2.2023 2,3.4 %から 令和 第二批 quota first batch 99月"
    " Tuesday next last month 0 ( ) ; ban until tấn tháng 13 ngày 31/2 el 31 de febrero le 30 février"
    " 上月31日 지난달 31일 of the previous year year to date FY2099/00 H2 Q4 0000 1900 2100"
    " rest of this year early mid- late"
    " fiscal 2,100 announced BEIJING, Dec 31 (Reuters) - Jan 1 tomorrow"
)
_WORDS = st.sampled_from(_PIECES.split())


@settings(max_examples=200, deadline=None)
@given(st.lists(_WORDS, max_size=25).map(" ".join), st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)))
def test_impossible_dates_are_no_dates(text: str, published: dt.date) -> None:
    found = extract(text, published)
    for event in found.events:
        assert event.date_start is None or (event.date_end is not None and event.date_start <= event.date_end)


@pytest.mark.skipif(not (NEWS / "dev.jsonl").exists(), reason="the labelled set is not part of the project")
def test_the_labelled_set_is_read_as_well_as_before() -> None:
    score = _module(NEWS / "score.py")
    rows = [json.loads(line) for line in (NEWS / "dev.jsonl").read_text("utf-8").splitlines()]
    result = score.score(rows, [_predicted(row) for row in rows])
    figures, events = result["figures"], result["events"]
    assert figures["f1_value"] >= 0.98
    assert figures["f1_value_period"] >= 0.96
    assert figures["f1_value_period_measure"] >= 0.95
    assert events["date_accuracy"] >= 0.97
    assert events["spurious_dates"] <= 2
    assert events["invented_dates_on_unresolvable"] == 0
    assert min(events["type_accuracy"], events["stage_accuracy"]) >= 0.95


def _predicted(row: dict[str, str]) -> dict[str, object]:
    read: Extraction = extract(
        row["text"], row["published"], precision=row["published_precision"], zone=row["published_tz"]
    )
    return read.to_prediction(row["id"])


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("news_score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
