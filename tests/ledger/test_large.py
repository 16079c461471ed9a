"""A ledger too large to hold: a question reads what it needs, and gives what it gives on a small one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tonnage.errors import StoreError
from tonnage.ledger import joins, slices, vintages
from tonnage.ledger import ledger as ledgers
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.model import flows

Question = Callable[[Ledger], pl.LazyFrame]

MAGNETS_TO_JAPAN = (pl.col("commodity") == "85051110", pl.col("partner") == "JPN")


@pytest.fixture
def large(shipped: Ledger, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(ledgers, "_HELD_ROWS", 0)
    return open_ledger(shipped.root)


@pytest.mark.parametrize("name", ["rare-earths", "rare-earth-products", "rare-earth-magnets"])
def test_a_series_is_the_same_wherever_the_rows_are(large: Ledger, shipped: Ledger, name: str) -> None:
    assert_frame_equal(large.series(name, as_of="2026-01-20"), shipped.series(name, as_of="2026-01-20"))


def test_figures_are_the_same_wherever_the_rows_are(large: Ledger, shipped: Ledger) -> None:
    found, expected = large.flows("2026-01-20").collect(), shipped.flows("2026-01-20").collect()
    assert_frame_equal(found, expected, check_row_order=False)


@pytest.mark.parametrize("day", [None, "2026-01-20"])
def test_a_choice_of_lines_reaches_the_files_through_as_of(large: Ledger, day: str | None) -> None:
    """Files are sorted by commodity and partner: chosen at the scan, other row groups are not read."""
    plan = large.flows(day).filter(*MAGNETS_TO_JAPAN).explain(engine="streaming")
    scans = [line for line in plan.splitlines() if "SELECTION:" in line]
    assert len(scans) == plan.count("Parquet SCAN") == 2  # files with superseded prints, and without
    for chosen in scans:
        assert 'col("commodity") == "85051110"' in chosen
        assert 'col("partner") == "JPN"' in chosen


def test_an_exported_ledger_is_read_by_another_engine(shipped: Ledger, tmp_path: Path) -> None:
    path = shipped.export(tmp_path / "prints.parquet")
    day = dt.date(2026, 1, 20)
    with duckdb.connect() as connection:
        prints = connection.read_parquet(str(path))
        known = vintages.as_of(prints, day)
        (tonnes,) = known.filter(
            "commodity = '85051110' and partner = 'JPN' and period = '2025-12-01' and unit = 'kg'"
        ).fetchall()
        names = known.columns
        assert tonnes[names.index("value")] == 280_000
        found = joins.shares(known).pl()
    expected = joins.shares(shipped.flows(day)).collect()
    plain = expected.with_columns(pl.col("flow").cast(pl.String))
    assert_frame_equal(found, plain, check_row_order=False, check_dtypes=False)


def test_an_export_that_fails_leaves_what_was_there(shipped: Ledger, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"missing: cannot be written: .*"):
        shipped.export(tmp_path / "missing" / "prints.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [1, 50, 1_000_000])
@pytest.mark.parametrize(
    "ask",
    [
        lambda ledger: ledger.revisions(),
        lambda ledger: ledger.first_release(),
        lambda ledger: ledger.flows("2026-01-20", assumed_days=False),
    ],
    ids=["revisions", "first_release", "without inferred days"],
)
def test_what_is_asked_in_parts_is_what_is_asked_at_once(
    large: Ledger, shipped: Ledger, monkeypatch: pytest.MonkeyPatch, ask: Question, size: int
) -> None:
    monkeypatch.setattr(slices, "ROWS", size)
    expected = ask(shipped).collect()
    assert_frame_equal(ask(large).collect(), expected, check_row_order=False)
    chosen = ask(large).filter(*MAGNETS_TO_JAPAN, pl.col("value") > 280_000).select("period", "value").head(2)
    every = expected.filter(*MAGNETS_TO_JAPAN, pl.col("value") > 280_000).select("period", "value").rows()
    found = chosen.collect().rows()
    assert len(found) == min(2, len(every)) > 0
    assert set(found) <= set(every)


def test_the_prints_of_a_revised_figure_stand_together_oldest_first(large: Ledger) -> None:
    rows = large.revisions().select(_figure=pl.struct(flows.FIGURE), day=pl.col("published")).collect()
    runs = rows["_figure"].rle_id().max()
    assert runs is not None
    assert runs == rows["_figure"].n_unique() - 1
    assert rows.select(pl.col("day").diff().over(pl.col("_figure").rle_id()).min()).item() >= dt.timedelta(0)
