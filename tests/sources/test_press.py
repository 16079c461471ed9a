"""Figures of December 2025 and before as Reuters, Kyodo, SCMP and others printed them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from tests.build_rows import PRESS, as_csv, records, sidecar

from tonnage.sources import SOURCES
from tonnage.sources.base import Reading

SOURCE = SOURCES["press"]
KYODO = 7  # 280 t to Japan, printed on 20 January 2026


def read(raw: bytes) -> Reading:
    return SOURCE.read(raw, sidecar("press", PRESS.name, raw))


def one(**cells: str) -> dict[str, Any]:
    """Kyodo's 280 t to Japan of 20 January 2026, with some cells changed, as its one row."""
    return read(as_csv([records(PRESS)[KYODO] | cells])).frame.row(0, named=True)


def test_every_printed_figure_is_read_and_no_other() -> None:
    path = PRESS.with_suffix(".expected.csv")
    types = {"value": pl.Float64, "commodity": pl.String, "flags": pl.String}
    expected = pl.read_csv(path, try_parse_dates=True, schema_overrides=types).fill_null("")
    reading = read(PRESS.read_bytes())
    rows = reading.frame.with_columns(flags=pl.col("flags").list.join(" "))
    assert rows.select(expected.columns).sort("line", "unit").rows() == expected.rows()
    assert reading.set_aside.is_empty()
    assert reading.records == 9


def test_a_quotation_has_the_stage_quoted_and_its_newspaper_as_publisher() -> None:
    row = one()
    assert (row["stage"], row["publisher"]) == ("quoted", "Kyodo via Shimotsuke")
    assert (row["reporter"], row["partner"], row["classification"]) == ("CHN", "JPN", "GACC8-2025")


def test_leading_zeros_of_a_code_stay() -> None:
    assert one(commodity="01012100", classification="CN2025")["commodity"] == "01012100"


def test_january_and_february_together_are_two_months() -> None:
    """10,763 t of magnets, printed only as a sum in 2026."""
    row = one(period="2026-01", months="2", quantity="10763", published="2026-03-20", partner="WLD")
    assert (row["period"], row["months"], row["value"]) == (dt.date(2026, 1, 1), 2, 10_763_000.0)


def test_money_alone_is_one_row_in_its_own_currency() -> None:
    row = one(quantity="", amount="18.7", amount_unit="百万美元")
    assert (row["unit"], row["value"]) == ("USD", 18_700_000.0)


@pytest.mark.parametrize(
    ("basis", "flags"),
    [("page", []), ("printed_calendar", []), ("usual_day", ["day_assumed"]), ("unverified", ["day_assumed"])],
)
def test_an_inferred_day_is_flagged(basis: str, flags: list[str]) -> None:
    assert one(basis=basis)["flags"] == flags


BAD = {
    "reporter": ("CN", "country 'CN': expected an ISO 3166 alpha-3 code"),
    "partner": ("Japan", "country 'Japan': expected an ISO 3166 alpha-3 code"),
    "flow": (
        "exports",
        "flow 'exports': expected one of ['export', 'import', 're-export', 're-import']; did you",
    ),
    "classification": ("GACC8_2025", "classification 'GACC8_2025': expected one of"),
    "commodity": ("magnets", "code 'magnets' of classification 'GACC8-2025': expected a nomenclature code"),
    "quantity": ("20,03.3", "number '20,03.3'"),
    "quantity_unit": ("tons", "unit 'tons': expected a mass, one of"),
    "published": ("20 January", "day '20 January': expected YYYY-MM-DD"),
    "period": ("2025-1", "month '2025-1': expected YYYY-MM"),
    "months": ("²", "months '²': expected 1 to 12"),
    "basis": ("pages", "basis 'pages': expected one of"),
    "quotes_stage": ("express", "quotes_stage 'express': expected one of"),
    "flags": ("suspicious", "found ['suspicious']; did you mean 'suspect'"),
}


@pytest.mark.parametrize("column", BAD)
def test_a_bad_cell_sets_its_row_aside_and_no_other(column: str) -> None:
    cell, reason = BAD[column]
    rows = records(PRESS)
    rows[KYODO] |= {column: cell}
    reading = read(as_csv(rows))
    assert reading.set_aside["line"].to_list() == [KYODO + 2]
    assert reason in reading.set_aside["reason"][0]
    assert reading.frame["line"].n_unique() == 8


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"months": "0"}, "months '0': expected 1 to 12"),
        ({"months": "13"}, "months '13': expected 1 to 12"),
        ({"quantity": ""}, "neither quantity nor amount is printed"),
        ({"commodity": "85０51110"}, "expected a nomenclature code"),
        ({"commodity": "8505 11 10"}, "expected a nomenclature code"),
        ({"classification": "GACC-lines"}, "line '85051110': not in the lines of GACC-lines"),
        ({"published": "2025-12-31"}, "day 2025-12-31: expected 2026-01-01 or later"),
    ],
)
def test_other_slips_are_set_aside_as_well(cells: dict[str, str], reason: str) -> None:
    rows = records(PRESS)
    rows[KYODO] |= cells
    aside = read(as_csv(rows)).set_aside
    assert aside["line"].to_list() == [KYODO + 2]
    assert reason in aside["reason"][0]


def test_two_values_of_one_newspaper_on_one_day_are_kept_and_flagged() -> None:
    kyodo = records(PRESS)[KYODO]
    frame = read(as_csv([kyodo, kyodo | {"quantity": "281"}])).frame
    assert frame.select("value", "flags").rows() == [(280_000.0, ["conflict"]), (281_000.0, ["conflict"])]


def test_two_newspapers_that_differ_are_no_conflict_of_the_file() -> None:
    kyodo = records(PRESS)[KYODO]
    frame = read(as_csv([kyodo, kyodo | {"quantity": "281", "publisher": "Reuters"}])).frame
    assert frame["flags"].to_list() == [[], []]


def test_a_receipt_tells_which_release_is_quoted() -> None:
    receipts = read(PRESS.read_bytes()).receipts
    assert receipts.filter(pl.col("line") == KYODO + 2).select("address", "basis", "note").rows() == [
        (
            "https://www.shimotsuke.co.jp/articles/-/1270277",
            "page",
            "quotes the detail release; +31.6% y/y (Reuters +31.4%)",
        )
    ]


def test_a_note_over_two_lines_does_not_move_the_lines_after_it() -> None:
    rows = records(PRESS)
    rows[0] |= {"note": "first\nsecond"}
    frame = read(as_csv(rows)).frame
    assert frame.filter(pl.col("partner") == "JPN")["line"].to_list() == [KYODO + 2, KYODO + 3]
