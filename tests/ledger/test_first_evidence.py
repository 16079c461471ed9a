"""Which release can show an event first, and what the next release adds."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import day

from tonnage.errors import NoDataError
from tonnage.ledger.evidence import EVIDENCE, event_day, exposure
from tonnage.ledger.ledger import Ledger

#: China's ban on dual-use exports to Japanese military users, in force on the day it was announced.
BAN = "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-effective"


def shown(rows: pl.DataFrame) -> list[tuple[str, str, str, int, str, str]]:
    text = pl.col("stage", "period", "first", "last").cast(pl.String)
    return rows.with_columns(text).select("reporter", "stage", "period", "months", "first", "last").rows()


def test_the_ban_of_6_january_2026_shows_first_in_japans_own_figures(shipped: Ledger) -> None:
    """About the end of February; China's first figure with countries is of two months, on 20 March."""
    found = shipped.first_evidence(BAN, "rare-earth-magnets", "JPN", as_of="2026-01-21")
    assert found.schema == EVIDENCE
    assert shown(found) == [
        ("JPN", "bulletin", "2026-01-01", 1, "2026-02-26", "2026-02-27"),
        ("CHN", "detail", "2026-01-01", 2, "2026-03-20", "2026-03-20"),
        ("JPN", "detail", "2026-01-01", 1, "2026-03-26", "2026-03-31"),
        ("JPN", "bulletin", "2026-02-01", 1, "2026-03-26", "2026-03-31"),
        ("CHN", "detail", "2026-03-01", 1, "2026-04-20", "2026-04-20"),
        ("JPN", "detail", "2026-02-01", 1, "2026-04-27", "2026-04-30"),
    ]
    assert found["kind"].to_list() == ["mirror", "own", "mirror", "mirror", "own", "mirror"]
    assert set(found.select("kind", "basis").rows()) == {("mirror", "rule"), ("own", "usual_day")}


def test_partial_exposure_is_told_by_month(shipped: Ledger) -> None:
    found = shipped.first_evidence(BAN, "rare-earth-magnets", "JPN", as_of="2026-01-21")
    assert found.select("exposed", "exposed_days", "days").rows()[:2] == [
        ("2026-01: 26 of 31 days", 26, 31),
        ("2026-01: 26 of 31 days; 2026-02: 28 of 28 days", 54, 59),
    ]
    assert found["exposure"].to_list() == pytest.approx([26 / 31, 54 / 59, 26 / 31, 1, 1, 1])


def test_certainty_and_codes_are_carried_over(shipped: Ledger) -> None:
    """The rule on Japan has no word of certainty; that on the US is a guess."""
    japan = shipped.first_evidence(BAN, "rare-earth-magnets", "JPN", as_of="2026-01-21").row(0, named=True)
    assert japan["status"] == "untagged"
    assert "counted on arrival" in japan["note"]
    states = shipped.first_evidence(BAN, "rare-earth-magnets", "USA", as_of="2026-01-21")
    mirror = states.filter(pl.col("kind") == "mirror").row(0, named=True)
    assert (mirror["status"], mirror["codes_declared"]) == ("guess", True)
    assert (mirror["first"], mirror["last"]) == (day("2026-03-04"), day("2026-03-06"))


def test_a_printed_day_of_the_mirror_is_taken_as_it_is(shipped: Ledger) -> None:
    """Eurostat prints 20 March 2026 for January, the day of China's own detail."""
    found = shipped.first_evidence(BAN, "rare-earth-magnets", "Germany", as_of="2026-01-21")
    first = found.row(0, named=True)
    assert (first["source"], first["basis"], first["first"]) == (
        "comext",
        "printed_calendar",
        day("2026-03-20"),
    )
    before = shipped.first_evidence("2025-10-09", "rare-earth-magnets", "Germany", as_of="2025-12-31")
    assert set(before.filter(pl.col("source") == "comext")["basis"]) == {"rule"}


def test_a_stage_without_countries_shows_the_world_alone(shipped: Ledger) -> None:
    found = shipped.first_evidence(BAN, "rare-earths", "JPN", as_of="2026-01-21")
    own = found.filter(pl.col("kind") == "own")
    assert set(own["stage"].cast(pl.String)) == {"flash", "bulletin"}
    assert set(own["scope"]) == {"WLD"}
    assert found.filter(pl.col("kind") == "mirror")["scope"].unique().to_list() == ["JPN"]


def test_of_the_world_there_is_no_mirror(shipped: Ledger) -> None:
    found = shipped.first_evidence(BAN, "rare-earth-products")
    assert shown(found)[0] == ("CHN", "bulletin", "2026-01-01", 2, "2026-03-18", "2026-03-18")
    assert set(found["kind"]) == {"own"}


def test_the_other_side_of_an_import_is_the_export(shipped: Ledger) -> None:
    found = shipped.first_evidence(BAN, "japan-rare-earth-imports", "CHN", as_of="2026-01-21")
    assert found.select("kind", "reporter", "source").rows()[:2] == [
        ("own", "JPN", "estat"),
        ("mirror", "CHN", "gacc-bulletin"),
    ]


def test_a_release_that_has_come_has_its_day(shipped: Ledger) -> None:
    """The controls of 4 April 2025: the detail of May, the first month wholly after them, on 20 June."""
    found = shipped.first_evidence("2025-04-04", "rare-earth-magnets", as_of="2025-12-31")
    assert found.select(pl.col("period").cast(pl.String), "state", "exposed").rows() == [
        ("2025-04-01", "gap", "2025-04: 27 of 30 days"),
        ("2025-05-01", "seen", "2025-05: 31 of 31 days"),
    ]
    assert found["seen"][1] == day("2025-06-20")


def test_a_publisher_of_whom_nothing_is_held_is_not_called_late(shipped: Ledger) -> None:
    found = shipped.first_evidence(BAN, "rare-earth-magnets", "JPN", as_of="2026-04-15")
    states = found.select("source", pl.col("state").cast(pl.String)).rows()
    assert states == [
        ("estat", "unfollowed"),
        ("gacc-bulletin", "late"),
        ("estat", "unfollowed"),
        ("estat", "unfollowed"),
        ("gacc-bulletin", "coming"),
        ("estat", "coming"),
    ]
    assert set(shipped.late("2026-04-15", "magnets", "JPN")["source"]) == {"gacc-bulletin"}


def test_an_event_on_the_first_of_a_month_needs_one_release(shipped: Ledger) -> None:
    found = shipped.first_evidence(dt.date(2025, 12, 1), "rare-earth-magnets", as_of="2025-12-01")
    assert found["exposure"].to_list() == [1.0]
    late_in_november = dt.datetime(2025, 11, 30, 17, tzinfo=dt.UTC)
    assert shipped.first_evidence(late_in_november, "rare-earth-magnets", as_of="2025-12-01").equals(found)


@pytest.mark.parametrize(
    ("event", "as_of", "told"),
    [
        ("2026-01-06_CN_export_restriction.ban_dual-use-to-japan", None, "did you mean"),
        (BAN, "2026-01-05", "not in the register as known on the day"),
        ("1990-01-01", "1990-02-01", "no printed calendar of CHN is held for 1990"),
    ],
)
def test_what_cannot_be_answered_is_told(shipped: Ledger, event: str, as_of: str | None, told: str) -> None:
    with pytest.raises(NoDataError, match=told):
        shipped.first_evidence(event, "rare-earth-magnets", as_of=as_of)


def test_an_event_known_to_the_month_counts_from_its_last_day() -> None:
    """Before that it may not have begun."""
    rows = pl.DataFrame(
        {
            "event_id": ["a", "b"],
            "date_start": [day("2025-12-01"), None],
            "date_end": [day("2025-12-31"), None],
        },
        schema={"event_id": pl.String, "date_start": pl.Date, "date_end": pl.Date},
    )
    assert event_day(rows, "a") == day("2025-12-31")
    with pytest.raises(NoDataError, match="gives it no day"):
        event_day(rows, "b")


def test_exposure_counts_the_day_itself() -> None:
    assert exposure(day("2026-01-01"), 2, day("2026-01-06")) == [
        (day("2026-01-01"), 31, 26),
        (day("2026-02-01"), 28, 28),
    ]
    assert exposure(day("2026-01-01"), 1, day("2026-02-01")) == [(day("2026-01-01"), 31, 0)]


@settings(max_examples=25, deadline=None)
@given(on=st.dates(dt.date(2015, 1, 1), dt.date(2028, 12, 31)))
def test_any_event_is_shown_in_order_and_only_after_it(shipped: Ledger, on: dt.date) -> None:
    found = shipped.first_evidence(on, "rare-earths", "JPN", as_of=on)
    assert found["exposure"].is_between(0, 1, closed="right").all()
    assert (found["first"] > on).all()
    assert found["first"].is_sorted()
    tracks = found.group_by("source", "stage").agg(pl.col("exposure").max(), pl.len())
    assert tracks["exposure"].to_list() == [1.0] * tracks.height
    assert tracks["len"].max() in (1, 2)
    assert found.select("source", "stage", "period").is_duplicated().sum() == 0


# --- what the next release adds ----------------------------------------------------------------------


def test_after_december_the_next_figures_for_japan_are_those_of_march(shipped: Ledger) -> None:
    found = shipped.next_release("rare-earth-magnets", "JPN", as_of="2026-01-21")
    assert (found.expected.stage, found.expected.first, found.expected.months) == (
        "detail",
        day("2026-03-20"),
        2,
    )
    assert found.adds == (
        "rare-earth magnets, Japan: the first figure of 2026-01 and 2026-02 together (detail);"
        " known until now to 2025-12"
    )


def test_on_14_january_the_bulletin_settles_december(shipped: Ledger) -> None:
    found = shipped.next_release("rare-earths", as_of="2026-01-14")
    assert found.expected.first == day("2026-01-18")
    assert found.adds.startswith("rare earths: the figure that settles 2025-12 (bulletin)")


def test_in_beijing_it_is_the_20th_already(shipped: Ledger) -> None:
    evening = dt.datetime(2026, 1, 19, 17, tzinfo=dt.UTC)
    assert shipped.next_release("magnets", "JPN", as_of=evening).expected.period == day("2026-01-01")
    noon = evening - dt.timedelta(hours=5)
    assert shipped.next_release("magnets", "JPN", as_of=noon).expected.period == day("2025-12-01")


@pytest.mark.parametrize(
    ("name", "partner", "as_of", "told"),
    [
        ("rare-earths", "JPN", "2026-01-21", r"its stages \(flash, bulletin\) give the world total only"),
        ("rare-earth-magnets", "WLD", "2012-01-01", "the calendar holds no printed year"),
    ],
)
def test_where_nothing_can_come_the_reason_is_told(
    shipped: Ledger, name: str, partner: str, as_of: str, told: str
) -> None:
    with pytest.raises(NoDataError, match=told):
        shipped.next_release(name, partner, as_of=as_of)


@settings(max_examples=25, deadline=None)
@given(on=st.dates(dt.date(2015, 1, 1), dt.date(2028, 12, 31)))
def test_the_next_release_comes_after_any_day(shipped: Ledger, on: dt.date) -> None:
    found = shipped.next_release("rare-earths", as_of=on).expected
    assert found.first <= found.last
    assert found.last > on
    # A release on whose day nothing is known yet is no more than a few months ahead.
    assert (found.first - on).days < 92
