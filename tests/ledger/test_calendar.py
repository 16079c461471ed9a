"""What was out on a day, and what comes next: by GACC's printed calendar of 2025, or by its usual days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.build_rows import day

from tonnage.ledger.calendar import Expected, months_on, next_releases, released_on
from tonnage.ledger.ledger import Ledger
from tonnage.model import releases


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
