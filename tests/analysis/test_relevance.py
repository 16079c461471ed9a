"""The events that stand beside a series are few, chosen by stated rules, and never from the future."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from tonnage.analysis.relevance import SCHEMA, relevant
from tonnage.ledger.ledger import Ledger, open_ledger

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 1, 21)


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


def shown(ledger: Ledger, as_of: str, partner: str = "JPN", limit: int = 4) -> pl.DataFrame:
    last = dt.date.fromisoformat(as_of)
    return relevant(ledger.events(as_of), "rare-earth-products", partner, FIRST, last, limit)


def test_the_four_of_january_2026_are_two_packages_a_suspension_and_the_ban(ledger: Ledger) -> None:
    rows = shown(ledger, "2026-01-21")
    assert rows.schema == SCHEMA
    assert rows["date"].to_list() == [
        dt.date(2025, 4, 4),
        dt.date(2025, 10, 9),
        dt.date(2025, 11, 7),
        dt.date(2026, 1, 6),
    ]
    assert rows["number"].to_list() == [1, 2, 3, 4]


def test_nothing_is_shown_before_it_was_known(ledger: Ledger) -> None:
    assert dt.date(2026, 1, 6) not in shown(ledger, "2026-01-05")["date"].to_list()
    assert dt.date(2025, 11, 7) not in shown(ledger, "2025-11-06")["date"].to_list()


def test_an_act_announced_and_in_force_on_one_day_is_one_marker_of_both_kinds(ledger: Ledger) -> None:
    ban = shown(ledger, "2026-01-21").filter(pl.col("date") == dt.date(2026, 1, 6)).row(0, named=True)
    assert (ban["announced"], ban["in_force"], ban["target"]) == (True, True, "JPN")
    assert len(ban["event_ids"]) == 2


def test_a_start_that_was_suspended_is_never_shown_as_in_force(ledger: Ledger) -> None:
    days = shown(ledger, "2026-07-01", limit=100)["date"].to_list()
    assert dt.date(2025, 11, 8) not in days
    assert dt.date(2025, 12, 1) not in days


def test_an_act_against_another_country_is_not_shown_beside_japan(ledger: Ledger) -> None:
    events = ledger.events("2026-01-21")
    japan = relevant(events, "gallium", "JPN", FIRST, LAST, 100)["target"].to_list()
    world = relevant(events, "gallium", "WLD", FIRST, LAST, 100)["target"].to_list()
    assert "USA" not in japan
    assert "USA" in world


def test_a_report_ranks_below_an_official_act(ledger: Ledger) -> None:
    rows = shown(ledger, "2026-01-21", limit=100)
    official = rows.filter(pl.col("evidence") == "official act, read in the press")["score"]
    reports = rows.filter(pl.col("evidence") == "one report")["score"]
    assert reports.len() > 0
    assert min(official.to_list()) >= max(reports.to_list())
