"""The figures in README.md are those of the ledger on the day each row names."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl
import pytest
from tests.house.tree import ROOT

import tonnage as tn

DECEMBER = dt.date(2025, 12, 1)
ROW = re.compile(
    r"^\| (?P<day>2026-\d\d-\d\d) \| `(?P<definition>[a-z-]+)`(?: to (?P<partner>\w+))?"
    r" \| (?P<tonnes>[\d,]+|none) \|",
    re.M,
)
ROWS = [m.groupdict() for m in ROW.finditer((ROOT / "README.md").read_text("utf-8"))]


def test_all_rows_are_read() -> None:
    assert [row["tonnes"] for row in ROWS] == ["none", "4,392", "11,137", "6,745", "5,952", "280"]


@pytest.mark.parametrize("row", ROWS, ids=lambda r: f"{r['day']} {r['definition']} {r['partner']}")
def test_row_is_what_the_ledger_says(row: dict[str, str], workspace: Path) -> None:
    ledger = tn.open(workspace / "data")
    day = dt.date.fromisoformat(row["day"])
    for as_of, expected in ((day, row["tonnes"]), (day - dt.timedelta(days=1), None)):
        rows = ledger.series(row["definition"], partner=row["partner"] or "WLD", as_of=as_of, unit="t")
        found = rows.filter(pl.col("period") == DECEMBER)["value"].to_list()
        if expected and expected != "none":
            assert [f"{value:,.0f}" for value in found] == [expected]
        else:
            assert found == []
