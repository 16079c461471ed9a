"""The RELEASES contract: tables in, tables out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from tonnage.errors import ContractError
from tonnage.model import flows, releases


def row(**changes: Any) -> dict[str, Any]:
    """The flash of January and February 2025 as the printed calendar has it, with some cells changed."""
    return {
        "source": "gacc-bulletin",
        "stage": "flash",
        "period": dt.date(2025, 1, 1),
        "months": 2,
        "due": dt.date(2025, 3, 7),
        "published": None,
        "basis": "printed_calendar",
        "publisher": "GACC 2025 calendar",
        "address": "",
        "note": "",
        "raw": "0123456789abcdef",
        "line": 2,
        **changes,
    }


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=releases.SCHEMA)


def test_a_plan_and_what_came_of_it_are_two_rows() -> None:
    came = row(due=None, published=dt.date(2025, 3, 7), basis="page", line=3)
    frame = table(row(), came)
    assert releases.check(frame, "calendar").equals(frame)


BAD = {
    "unknown stage": (row(stage="yearbook"), "stage: expected one of .*, found 'yearbook'"),
    "a quotation is no release": (row(stage="quoted"), "stage: expected one of"),
    "unknown basis": (row(basis="calender"), "basis: .* found 'calender'"),
    "not a month": (row(period=dt.date(2025, 1, 2)), "period: expected the first of a month"),
    "no months": (row(months=0), "months: expected 1 to 12, found 0"),
    "no day": (row(due=None), "due: basis 'printed_calendar' expects a day there"),
    "day in both columns": (row(published=dt.date(2025, 3, 7)), "and none under published"),
    "a plan called a fact": (row(basis="page"), "published: basis 'page' expects a day there"),
    "before the period is over": (
        row(due=dt.date(2025, 2, 28)),
        "due: expected 2025-03-01 or later, after the period; found 2025-02-28",
    ),
}


@pytest.mark.parametrize(("bad", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_refused(bad: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=told):
        releases.validate(bad)


def test_a_bad_table_names_the_line() -> None:
    with pytest.raises(ContractError, match=r"^calendar: line 9: months: expected 1 to 12, found 13$"):
        releases.check(table(row(), row(months=13, line=9)), "calendar")


def test_one_statement_stands_once() -> None:
    with pytest.raises(ContractError, match=r"found lines \[2, 8\] alike"):
        releases.check(table(row(), row(line=8)), "calendar")


def test_only_days_may_be_null() -> None:
    with pytest.raises(ContractError, match=r"columns \['publisher'\] hold nulls"):
        releases.check(table(row(publisher=None)), "calendar")


def test_other_columns_are_refused() -> None:
    with pytest.raises(ContractError, match="expected columns"):
        releases.check(table(row()).drop("basis"), "calendar")


@pytest.mark.parametrize(
    ("last", "months", "first"),
    [
        (dt.date(2025, 2, 1), 2, dt.date(2025, 1, 1)),
        (dt.date(2024, 12, 1), 12, dt.date(2024, 1, 1)),
        (dt.date(2025, 1, 1), 3, dt.date(2024, 11, 1)),
        (dt.date(2025, 12, 1), 1, dt.date(2025, 12, 1)),
    ],
)
def test_the_first_day_of_a_run_of_months(last: dt.date, months: int, first: dt.date) -> None:
    assert releases.first_day(last, months) == first


def test_period_months_and_stage_are_those_of_flows() -> None:
    for column in ("source", "stage", "period", "months", "published", "publisher", "raw", "line"):
        assert releases.SCHEMA[column] == flows.SCHEMA[column]
