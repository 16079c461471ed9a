"""What was out on a day, and what comes next: by GACC's printed calendar of 2025, or by its usual days."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, as_csv, day, put

from tonnage.errors import ContractError, ReadError
from tonnage.ledger.build import build
from tonnage.ledger.calendar import (
    HELD,
    Expected,
    Release,
    agenda,
    due,
    late,
    months_on,
    next_releases,
    released_on,
)
from tonnage.ledger.contradictions import check_calendar, contradictions
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.model import flows, releases
from tonnage.model.release_rules import rules


def release(
    stage: str, period: str, due: str | None = None, published: str | None = None, months: int = 1
) -> dict[str, Any]:
    return {
        "source": "gacc-bulletin",
        "stage": stage,
        "period": day(period),
        "months": months,
        "due": day(due) if due else None,
        "published": day(published) if published else None,
        "basis": "printed_calendar" if due else "page",
        "publisher": "GACC",
        "address": "",
        "note": "",
        "raw": "cca9ff7cc9d6f090",
        "line": 2,
    }


def calendar(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=releases.SCHEMA)


#: The flash days that GACC printed for 2025: no release in February, January and February together in March.
FLASH_2025 = calendar(
    release("flash", "2024-12-01", "2025-01-13"),
    release("flash", "2025-01-01", "2025-03-07", months=2),
    release("flash", "2025-03-01", "2025-04-14"),
    *(
        release("flash", f"2025-{m - 1:02}-01", f"2025-{m:02}-{d:02}")
        for m, d in [(5, 9), (6, 9), (7, 14), (8, 7)]
    ),
    *(
        release("flash", f"2025-{m - 1:02}-01", f"2025-{m:02}-{d:02}")
        for m, d in [(9, 8), (10, 13), (11, 7), (12, 8)]
    ),
)


def flash_after(as_of: str, rows: pl.DataFrame = FLASH_2025) -> Expected | None:
    found = next_releases(rows, ["flash"], day(as_of))
    return found[0] if found else None


def test_a_printed_day_is_taken_as_it_is() -> None:
    eighth = day("2025-12-08")
    assert flash_after("2025-11-20") == Expected(
        "gacc-bulletin", "flash", day("2025-11-01"), 1, eighth, eighth, "printed_calendar"
    )


def test_what_comes_on_the_day_itself_is_out_and_no_longer_expected() -> None:
    found = flash_after("2025-11-07")
    assert found is not None
    assert found.first == day("2025-12-08")


def test_january_and_february_are_expected_together_in_march() -> None:
    found = flash_after("2025-01-13")
    assert found is not None
    assert (found.period, found.months, found.first) == (day("2025-01-01"), 2, day("2025-03-07"))


@pytest.mark.parametrize(
    ("as_of", "period", "months", "first", "last"),
    [
        ("2025-12-31", "2025-12-01", 1, "2026-01-07", "2026-01-14"),
        ("2026-01-14", "2026-01-01", 2, "2026-03-07", "2026-03-14"),
        ("2026-02-10", "2026-01-01", 2, "2026-03-07", "2026-03-14"),
        ("2026-06-20", "2026-06-01", 1, "2026-07-07", "2026-07-14"),
    ],
)
def test_without_a_calendar_the_days_of_the_last_one_give_the_range(
    as_of: str, period: str, months: int, first: str, last: str
) -> None:
    assert flash_after(as_of) == Expected(
        "gacc-bulletin", "flash", day(period), months, day(first), day(last), "usual_day"
    )


def test_a_day_seen_since_widens_the_range_but_a_slip_into_another_month_does_not() -> None:
    seen = release("flash", "2026-01-01", published="2026-03-16", months=2)
    slip = release("flash", "2026-03-01", published="2026-05-02")
    found = flash_after("2026-05-31", pl.concat([FLASH_2025, calendar(seen, slip)]))
    assert found is not None
    assert (found.first, found.last) == (day("2026-06-07"), day("2026-06-16"))


def test_a_release_that_a_page_shows_is_not_expected_again() -> None:
    """The flash of January and February 2026 came on 10 March, within the usual range."""
    seen = pl.concat([FLASH_2025, calendar(release("flash", "2026-01-01", published="2026-03-10", months=2))])
    before, after = flash_after("2026-03-09", seen), flash_after("2026-03-10", seen)
    assert before is not None
    assert after is not None
    assert (before.period, after.period) == (day("2026-01-01"), day("2026-03-01"))


def test_a_usual_day_that_a_month_does_not_have_is_its_last() -> None:
    plan = calendar(
        release("final", "2025-02-01", "2025-03-31"), release("final", "2025-03-01", "2025-04-30")
    )
    (found,) = next_releases(plan, ["final"], day("2026-04-02"))
    assert (found.first, found.last) == (day("2026-04-30"), day("2026-04-30"))


def test_the_soonest_of_several_stages_comes_first() -> None:
    rows = calendar(
        release("bulletin", "2025-12-01", "2026-01-18"), release("flash", "2025-12-01", "2026-01-14")
    )
    assert [e.stage for e in next_releases(rows, ["bulletin", "flash"], day("2026-01-01"))] == [
        "flash",
        "bulletin",
    ]


def test_a_stage_without_any_plan_is_not_expected() -> None:
    assert next_releases(FLASH_2025, ["detail"], day("2026-01-01")) == []


@pytest.mark.parametrize(
    ("period", "as_of", "out"),
    [
        ("2025-11-01", "2025-12-07", None),
        ("2025-11-01", "2025-12-08", "2025-12-08"),
        ("2025-01-01", "2025-03-07", "2025-03-07"),
        ("2025-02-01", "2025-03-07", "2025-03-07"),
        ("2026-01-01", "2026-12-31", None),
    ],
)
def test_the_day_a_month_came_out(period: str, as_of: str, out: str | None) -> None:
    assert released_on(FLASH_2025, "flash", day(period), day(as_of)) == (day(out) if out else None)


def test_a_page_is_believed_over_a_plan() -> None:
    rows = calendar(
        release("flash", "2025-12-01", due="2026-01-13"),
        release("flash", "2025-12-01", published="2026-01-14"),
    )
    assert released_on(rows, "flash", day("2025-12-01"), day("2026-02-01")) == day("2026-01-14")


def test_another_stage_is_another_release() -> None:
    assert released_on(FLASH_2025, "bulletin", day("2025-11-01"), day("2026-02-01")) is None


@pytest.mark.parametrize(
    ("months", "found"), [(0, "2025-12-01"), (1, "2026-01-01"), (-12, "2024-12-01"), (14, "2027-02-01")]
)
def test_months_on(months: int, found: str) -> None:
    assert months_on(dt.date(2025, 12, 31), months) == day(found)


# --- the shipped calendar ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "stage", "first", "last"),
    [
        ("2026-01-13", "flash", "2026-01-14", "2026-01-14"),
        ("2025-12-01", "flash", "2025-12-08", "2025-12-08"),
        ("2025-12-01", "bulletin", "2025-12-18", "2025-12-18"),
    ],
)
def test_the_next_release_of_the_headline_line(
    shipped: Ledger, as_of: str, stage: str, first: str, last: str
) -> None:
    found = {e.stage: e for e in shipped.next_releases("rare-earths", as_of)}
    assert set(found) == {"flash", "bulletin"}
    assert found[stage].first <= day(first) <= found[stage].last
    if day(as_of).year == 2025:
        assert found[stage].last == day(last)


# --- what is due -------------------------------------------------------------------------------------


def planned(rows: pl.DataFrame) -> list[tuple[str, str, int, str, str]]:
    """Stage, first month, months, and the days between which it is expected."""
    columns = rows.select("stage", pl.col("period", "first", "last").cast(pl.String), "months")
    return [(r["stage"], r["period"], r["months"], r["first"], r["last"]) for r in columns.to_dicts()]


def test_on_20_january_2026_the_detail_of_december_is_due(shipped: Ledger) -> None:
    """With countries, and on a Tuesday; seen on that very day by Kyodo."""
    found = shipped.due("2026-01-20")
    assert planned(found) == [("detail", "2025-12-01", 1, "2026-01-20", "2026-01-20")]
    assert found.select("basis", "state", "seen", "slip_days").row(0) == (
        "usual_day",
        "seen",
        day("2026-01-20"),
        0,
    )
    before = shipped.due("2026-01-19", since="2026-01-20", until="2026-01-20")
    assert before.select("state", "seen").row(0) == ("coming", None)
    assert "the calendar of 2025" in before["note"][0]


def test_nothing_is_due_in_february_2026(shipped: Ledger) -> None:
    assert shipped.due("2026-02-18", until="2026-02-20").is_empty()
    assert shipped.due("2026-01-21", since="2026-01-21", until="2026-02-28").is_empty()


def test_march_2026_brings_january_and_february_together(shipped: Ledger) -> None:
    ahead = shipped.due("2026-02-18", since="2026-03-01", until="2026-03-31")
    assert planned(ahead) == [
        ("flash", "2026-01-01", 2, "2026-03-07", "2026-03-14"),
        ("bulletin", "2026-01-01", 2, "2026-03-18", "2026-03-18"),
        ("detail", "2026-01-01", 2, "2026-03-20", "2026-03-20"),
    ]
    flash = shipped.due("2026-03-10").row(0, named=True)
    assert (flash["stage"], flash["seen"], flash["seen_by"]) == ("flash", day("2026-03-10"), "page")
    assert shipped.due("2026-03-09")["state"].to_list() == ["due"]
    assert shipped.due("2026-03-11").is_empty()


def test_figures_held_show_a_release_even_where_no_page_states_its_day(shipped: Ledger) -> None:
    """The bulletin of January and February 2026 is held; its day is assumed, so a slip is not known."""
    found = shipped.due("2026-03-18").row(0, named=True)
    assert (found["stage"], found["state"], found["seen_by"], found["slip_days"]) == (
        "bulletin",
        "seen",
        "figures_day_assumed",
        None,
    )


def test_releases_on_weekends_are_due_on_them(shipped: Ledger) -> None:
    sunday = day("2026-01-18")
    assert sunday.weekday() == 6
    assert shipped.due(sunday)["stage"].to_list() == ["bulletin"]


def test_all_27_observed_days_of_printed_years_are_the_printed_ones(shipped: Ledger) -> None:
    rows = shipped.calendar()
    key = ["source", "stage", "period", "months"]
    printed = rows.filter(pl.col("basis") == "printed_calendar").select(*key, "due")
    seen = rows.filter(pl.col("basis") == "page").select(*key, "published")
    both = seen.join(printed, on=key)
    assert both.height == 27
    assert both.filter(pl.col("due") != pl.col("published")).is_empty()


def test_a_day_begins_first_in_the_zone_of_the_publisher(shipped: Ledger) -> None:
    """18:00 in London on the 19th is the 20th in Beijing."""
    london = dt.datetime(2026, 1, 19, 18, tzinfo=dt.UTC)
    assert shipped.due(london)["stage"].to_list() == ["detail"]
    assert shipped.due("2026-01-20T07:00+08:00")["stage"].to_list() == ["detail"]
    assert shipped.due(london - dt.timedelta(hours=3)).is_empty()


def test_a_time_without_an_offset_is_refused(shipped: Ledger) -> None:
    with pytest.raises(ReadError, match=r"2026-01-20T10:00:00: expected an offset such as \+08:00"):
        shipped.due(dt.datetime(2026, 1, 20, 10))  # noqa: DTZ001 - that is the fault
    with pytest.raises(ReadError, match="time '2026-01-20Tten'"):
        shipped.due("2026-01-20Tten")


def test_a_definition_and_a_partner_bring_in_the_other_side(shipped: Ledger) -> None:
    found = shipped.due("2026-01-21", until="2026-03-31", name="magnets", partner="Japan")
    assert found.select("source", pl.col("stage", "period").cast(pl.String)).rows() == [
        ("estat", "bulletin", "2025-12-01"),
        ("estat", "detail", "2025-11-01"),
        ("estat", "bulletin", "2026-01-01"),
        ("estat", "detail", "2025-12-01"),
        ("gacc-bulletin", "detail", "2026-01-01"),
        ("estat", "bulletin", "2026-02-01"),
        ("estat", "detail", "2026-01-01"),
    ]
    assert set(found.select("source", "status").rows()) == {("estat", "untagged"), ("gacc-bulletin", "seen")}


# --- what is late ------------------------------------------------------------------------------------


def late_of(ledger: Ledger, on: str, state: str = "late") -> list[tuple[str, str]]:
    rows = ledger.late(on).filter(pl.col("state") == state, pl.col("stage") != "final")
    return [(r[0], f"{r[1]:%Y-%m}") for r in rows.select("stage", "period").iter_rows()]


def test_the_detail_of_january_and_february_2026_is_late_from_the_day_after(shipped: Ledger) -> None:
    """No page states its day, no figures of it are held; in April the next one is seen: it is a gap."""
    assert late_of(shipped, "2026-03-20") == []
    assert late_of(shipped, "2026-03-21") == [("detail", "2026-01")]
    assert late_of(shipped, "2026-04-20") == []
    assert ("detail", "2026-01") in late_of(shipped, "2026-04-20", "gap")


def test_the_plans_for_january_2020_do_not_stay_late(shipped: Ledger) -> None:
    """They were late in February; in March January came out with February."""
    assert ("flash", "2020-01") in late_of(shipped, "2020-02-10")
    for on in ("2020-03-10", "2020-04-15", "2026-01-20"):
        rows = shipped.late(on).filter(pl.col("period") == day("2020-01-01"), pl.col("months") == 1)
        assert rows.is_empty()
    joint = shipped.late("2020-04-01").filter(pl.col("period") == day("2020-01-01"))
    assert set(joint["months"]) == {2}
    assert set(joint["first"].cast(pl.String)) == {"2020-03-07", "2020-03-23", "2020-03-25"}


def test_from_2020_on_january_comes_with_february_though_the_last_calendar_says_otherwise(
    shipped: Ledger,
) -> None:
    (found,) = next_releases(shipped.calendar(), ["flash"], day("2021-01-20"))
    assert (found.period, found.months, found.first.month) == (day("2021-01-01"), 2, 3)


NOVEMBER = [
    release("detail", "2025-09-01", "2025-10-17"),
    release("detail", "2025-10-01", "2025-11-19"),
    release("detail", "2025-10-01", published="2025-11-21"),
]


def standing(on: str, rows: list[dict[str, Any]]) -> list[Release]:
    return agenda(calendar(*rows), pl.DataFrame(schema=HELD), on, day(on))


def test_a_slip_is_late_and_then_seen_with_its_days() -> None:
    """As Japan's figures for October 2025: planned for 19 November, out on the 21st."""
    (september, october) = standing("2025-11-20", NOVEMBER)
    assert [r.expected.period for r in late([september, october])] == [day("2025-09-01"), day("2025-10-01")]
    (september, october) = standing("2025-11-21", NOVEMBER)
    assert (september.state, october.state, october.slip_days) == ("gap", "seen", 2)
    assert due([september, october], day("2025-11-21"), day("2025-11-21")) == [october]
    assert due([september, october], day("2025-11-19"), day("2025-11-20")) == []


def test_nobody_waits_longer_than_a_year() -> None:
    assert standing("2026-10-18", NOVEMBER[:1])[0].state == "late"
    assert standing("2026-10-19", NOVEMBER[:1])[0].state == "gap"


def test_a_release_that_no_calendar_planned_is_on_the_day_it_was_seen(shipped: Ledger) -> None:
    found = shipped.due("2019-07-20").filter(pl.col("stage") == "detail").row(0, named=True)
    assert (found["basis"], found["first"], found["state"]) == ("page", day("2019-07-20"), "seen")


def test_a_calendar_is_not_known_before_its_year(shipped: Ledger) -> None:
    """In June 2018 the next flash is that of June, by the usual days, not that of the calendar of 2020."""
    (found,) = next_releases(shipped.calendar(), ["flash"], day("2018-06-01"))
    assert (found.first, found.last, found.basis) == (day("2018-06-08"), day("2018-06-13"), "usual_day")
    assert shipped.calendar(on="2024-12-31")["due"].max() == day("2020-12-25")


def test_two_publishers_of_one_calendar_are_one_release() -> None:
    twice = [release("detail", "2025-09-01", "2025-10-17"), release("detail", "2025-09-01", "2025-10-18")]
    (found,) = standing("2025-10-01", [{**row, "publisher": f"copy {n}"} for n, row in enumerate(twice)])
    assert found.expected.first == day("2025-10-17")


# --- any day -----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(on=st.dates(dt.date(2014, 1, 1), dt.date(2031, 12, 31)))
def test_any_day_has_one_consistent_answer(shipped: Ledger, on: dt.date) -> None:
    releases_ = agenda(shipped.calendar(), shipped.releases_held(), on, months_on(on, 15))
    ends = [
        (r.expected.source, r.expected.stage, r.expected.end) for r in releases_ if r.state != "overtaken"
    ]
    assert len(set(ends)) == len(ends)
    assert all(r.seen is None or r.seen <= on for r in releases_)
    assert all((r.state == "seen") == (r.seen is not None) for r in releases_)
    assert all(r.expected.last < on for r in late(releases_))
    assert all(r.expected.first > on for r in releases_ if r.state == "coming")
    assert all(r.days[0] <= on <= r.days[1] for r in due(releases_, on, on))
    missing = shipped.late(on)
    assert missing.equals(missing.sort("first", "last", maintain_order=True))
    coming = next_releases(shipped.calendar(), releases.STAGES, on)
    assert all(e.last > on for e in coming)
    assert len({e.stage for e in coming}) == len(coming)
    assert [e.first for e in coming] == sorted(e.first for e in coming)


# --- a calendar that contradicts itself --------------------------------------------------------------


CONTRADICTIONS = {
    "two printed days": (
        [release("flash", "2025-03-01", "2025-04-14"), release("flash", "2025-03-01", "2025-04-15")],
        "gacc-bulletin flash of 2025-03 has two printed days, 2025-04-14 and 2025-04-15",
    ),
    "before the one before": (
        [release("flash", "2025-03-01", "2025-05-14"), release("flash", "2025-04-01", "2025-05-09")],
        "gacc-bulletin flash of 2025-04 is due on 2025-05-09, not after gacc-bulletin flash of 2025-03",
    ),
    "a later stage first": (
        [release("flash", "2025-03-01", "2025-04-19"), release("bulletin", "2025-03-01", "2025-04-18")],
        "gacc-bulletin bulletin of 2025-03 is due on 2025-04-18, before the flash on 2025-04-19",
    ),
    "before the end of the period": (
        [
            release("flash", "2025-01-01", published="2025-02-20", months=2),
            release("flash", "2025-03-01", "2025-04-14"),
        ],
        "gacc-bulletin flash of 2025-01 to 2025-02 on 2025-02-20, before the period has ended",
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_is_told_with_file_and_lines(name: str) -> None:
    rows, told = CONTRADICTIONS[name]
    table = calendar(*({**row, "line": n} for n, row in enumerate(rows, start=7)))
    with pytest.raises(ContractError, match=r"data/raw/x\.csv:7") as error:
        check_calendar(table, {"cca9ff7cc9d6f090": "data/raw/x.csv"})
    assert told in str(error.value)


def test_the_shipped_calendar_does_not_contradict_itself(shipped: Ledger) -> None:
    assert contradictions(shipped.calendar()) == []


def test_a_workspace_with_a_contradiction_says_which_lines(data: Path) -> None:
    columns = [c for c in releases.SCHEMA if c not in ("raw", "line")]
    rows = [
        {**dict.fromkeys(columns, ""), "source": "gacc-bulletin", "stage": "flash", "period": "2025-03"}
        | {"months": "1", "due": due_, "basis": "printed_calendar", "publisher": "GACC"}
        for due_ in ("2025-04-14", "2025-04-15")
    ]
    put(data, "gacc-calendar", "days.csv", as_csv(rows))
    build(data)
    with pytest.raises(
        ContractError, match=r"^data/raw/gacc-calendar/days\.csv:2 and data/raw/gacc-calendar/days\.csv:3: "
    ):
        open_ledger(data).due("2025-04-14")


def test_a_source_without_a_rule_is_told() -> None:
    stranger = {**release("flash", "2025-03-01", "2025-04-14"), "source": "gacc-bulletins"}
    with pytest.raises(
        ContractError, match=r"'gacc-bulletins' of the calendar.*did you mean 'gacc-bulletin'"
    ):
        standing("2025-04-14", [stranger])


# --- publishers without a calendar -------------------------------------------------------------------


def followed(on: str, *held: tuple[str, str]) -> list[Release]:
    """Japan's releases on a day, with figures held of some months from some days on."""
    rows = [("JPN", "import", "JP9", "bulletin", day(end), day(out), False) for end, out in held]
    frame = pl.DataFrame(rows, schema=HELD, orient="row")
    found = agenda(calendar(), frame, on, day(on), [rules()["estat"]])
    return [release for release in found if release.expected.stage == "bulletin"]


def test_a_rule_gives_the_days_of_a_publisher_without_a_calendar() -> None:
    """Japan is followed once its figures are held: January 2026 was due by Friday 27 February."""
    (december, january) = followed("2026-03-01", ("2025-12-01", "2026-01-29"))[:2]
    assert (december.state, december.slip_days, december.seen_by) == ("seen", 0, "figures")
    assert (january.state, january.expected.last) == ("late", day("2026-02-27"))


def test_publishers_that_keep_weekends_are_expected_on_working_days() -> None:
    """30 and 31 May 2026 are a weekend."""
    spans = {r.expected.period: r.days for r in followed("2026-06-01", ("2025-12-01", "2026-01-29"))}
    assert spans[day("2026-04-01")] == (day("2026-05-26"), day("2026-05-29"))
    months = (day(f"2026-{month:02}-01") for month in range(1, 13))
    none, korea = pl.DataFrame(schema=HELD), [rules()["korea-flash-items"]]
    every = agenda(calendar(), none, "2026-06-01", day("2026-12-01"), korea, day("2026-01-01"))
    assert [r.expected.period for r in every] == list(months)
    assert all(d.weekday() < 5 for r in every for d in r.days)


def test_a_workspace_of_several_publishers_has_a_calendar(workspace: Path, tmp_path: Path) -> None:
    # Files whose rows are all filtered away stand before one that has some.
    given = SPECIMENS / "hmrc" / "invented_imports_8507.json"
    data = Path(shutil.copytree(workspace / "data", tmp_path / "data"))
    put(data, "hmrc", given.name, given.read_bytes(), published=day("2026-08-15"), basis="given")
    build(data)
    ledger = open_ledger(data)
    settled = ledger.prints().filter(pl.col("stage").is_in(["detail", "final"]))
    ends = settled.select(flows.months_later("period", pl.col("months"))).unique().collect()
    assert ends.to_series().to_list() == [day("2026-03-01")]
    held = ledger.releases_held().filter(pl.col("reporter") == "GBR")
    assert held.select("stage", "end", "day").rows() == [("detail", day("2026-02-01"), day("2026-08-15"))]
