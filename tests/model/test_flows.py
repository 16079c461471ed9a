"""The FLOWS contract: what a table of figures must be before anything reads it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.build_rows import print_of

from tonnage.errors import ContractError, TonnageError
from tonnage.model import flows


def table(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=flows.SCHEMA)


def test_the_print_of_the_bulletin_keeps_the_contract() -> None:
    frame = table(print_of(4_392_000.0), print_of(None, line=4), print_of(0.0, line=5))
    assert flows.check(frame, "a.csv").equals(frame)


def test_a_key_is_everything_but_the_number_and_where_it_stands() -> None:
    assert set(flows.SCHEMA) - set(flows.KEY) == {"value", "flags", "raw", "line"}


def test_a_figure_is_a_key_without_who_printed_it_and_when() -> None:
    assert set(flows.KEY) - set(flows.FIGURE) == {"source", "publisher", "stage", "published"}


BAD = {
    "a period within a month": (print_of(1.0, period=dt.date(2025, 12, 2)), r"line 3: expected a period"),
    "no months": (print_of(1.0, months=0), "line 3: .* months of at least 1"),
    "an infinite number": (print_of(float("inf")), "a finite value or none"),
    "not a number": (print_of(float("nan")), "a finite value or none"),
    "an unknown flag": (print_of(1.0, flags=["suspicious"]), r"unknown flags \['suspicious'\]; known are"),
    "no publisher": (print_of(1.0, publisher=None), r"columns \['publisher'\] hold nulls; only \['value'\]"),
    "no list of flags": (print_of(1.0, flags=None), r"columns \['flags'\] hold nulls"),
}


@pytest.mark.parametrize(("row", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_refused_and_the_file_named(row: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=rf"^a\.csv: .*{told}"):
        flows.check(table(print_of(1.0, line=2), row), "a.csv")


@pytest.mark.parametrize(
    "frame",
    [
        table(print_of(1.0)).drop("line"),
        table(print_of(1.0)).with_columns(extra=pl.lit(1)),
        table(print_of(1.0)).with_columns(pl.col("value").cast(pl.Float32)),
        table(print_of(1.0)).select(reversed(flows.SCHEMA.names())),
    ],
    ids=["a column short", "a column more", "another type", "another order"],
)
def test_other_columns_are_refused(frame: pl.DataFrame) -> None:
    with pytest.raises(ContractError, match=r"^a\.csv: expected columns"):
        flows.check(frame, "a.csv")


@pytest.mark.parametrize("changes", [{"stage": "express"}, {"flow": "exports"}])
def test_an_unknown_stage_or_flow_cannot_be_a_row(changes: dict[str, str]) -> None:
    # polars makes it a null, which the contract does not allow.
    with pytest.raises(
        ContractError, match=rf"^a\.csv: columns {list(changes)} hold nulls".replace("[", r"\[")
    ):
        flows.check(table(print_of(1.0, **changes)), "a.csv")


def test_stored_rows_come_back_as_they_were() -> None:
    frame = table(print_of(4_392_000.0, flags=["rounded"]), print_of(None, stage="quoted", flow="re-export"))
    stored = flows.to_storage(frame)
    assert stored.schema["stage"] == stored.schema["flow"] == pl.String
    assert flows.to_contract(stored.lazy()).collect().equals(frame)


def test_a_broken_contract_is_also_a_value_error() -> None:
    assert issubclass(ContractError, TonnageError)
    assert issubclass(ContractError, ValueError)


def test_months_later_keeps_the_day_where_the_month_has_it() -> None:
    rows = pl.DataFrame({"period": [dt.date(2026, 1, 31), dt.date(2025, 12, 1)], "n": [1, -2]})
    later = rows.select(flows.months_later("period", pl.col("n"))).to_series().to_list()
    assert later == [dt.date(2026, 2, 28), dt.date(2025, 10, 1)]
