"""US Census: what is asked a month, and what no content, a page, and the same rows in another order are."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from tests.sources.pulls.judging import PAGE, TODAY, judged, plan

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.census import PULL

ROWS = [["CTY_CODE", "GEN_VAL_MO"], ["5700", "12"], ["-", "12"]]


def test_one_question_a_month_flow_and_code() -> None:
    found = plan(PULL, commodity="8505110070,280530", period="2026-01:2026-02", flow="import")
    assert len(found) == 4
    first = found[0]
    assert first.url == "https://api.census.gov/data/timeseries/intltrade/imports/hs"
    assert dict(first.params) == {
        "get": "CTY_NAME,GEN_VAL_MO,GEN_QY1_MO,GEN_QY1_MO_FLAG,UNIT_QY1,"
        "GEN_QY2_MO,GEN_QY2_MO_FLAG,UNIT_QY2,CTY_CODE",
        "I_COMMODITY": "8505110070",
        "COMM_LVL": "HS10",
        "SUMMARY_LVL": "DET",
        "time": "2026-01",
    }
    assert (first.file, first.keyed) == ("imports_2026-01_8505110070-HS10_all.json", True)
    assert len({request.file for request in found}) == 4


def test_all_codes_under_a_shorter_one_and_one_country() -> None:
    (request,) = plan(PULL, commodity="280530", level="10", period="2026-01", flow="export", partner="CHN")
    assert request.param("E_COMMODITY") == "280530*"
    assert (request.param("COMM_LVL"), request.param("CTY_CODE")) == ("HS10", "5700")
    asked = [name for name, _ in request.params] + request.param("get").split(",")
    assert len(asked) == len(set(asked))
    assert request.file == "exports_2026-01_280530-HS10_5700.json"


@pytest.mark.parametrize(
    ("period", "body", "status", "kind"),
    [
        ("2026-01", ROWS, 200, "rows"),
        ("2026-01", b"", 204, "empty"),
        ("2026-10", b"", 204, "unpublished"),
        ("2026-09", b"", 204, "unpublished"),
        ("2026-08", b"", 204, "empty"),
        ("2026-10", b"", 404, "unpublished"),
        ("2026-01", ROWS[:1], 200, "empty"),
        ("2026-01", b"error: unknown variable 'X'", 400, "refused"),
        ("2026-01", PAGE, 200, "blocked"),
    ],
)
def test_each_answer_is_what_it_is(period: str, body: Any, status: int, kind: str) -> None:
    (request,) = plan(PULL, commodity="280530", period=period, flow="import")
    assert judged(PULL, request, body, status).kind == kind


def test_the_day_of_release_is_the_day_it_was_fetched() -> None:
    (request,) = plan(PULL, commodity="280530", period="2026-01", flow="import")
    found = judged(PULL, request, ROWS)
    assert (found.rows, found.published, found.basis) == (2, dt.date(2026, 11, 22), "retrieved")
    assert found.published == TODAY


def test_other_json_is_told() -> None:
    (request,) = plan(PULL, commodity="280530", period="2026-01", flow="import")
    with pytest.raises(PullError, match="expected a list of lists"):
        judged(PULL, request, {"error": "x"})


def test_the_order_of_rows_is_no_news() -> None:
    assert PULL.fingerprint
    head, *rows = ROWS
    one, two = (json.dumps([head, *order]).encode() for order in (rows, rows[::-1]))
    assert PULL.fingerprint(one) == PULL.fingerprint(two)
    assert PULL.fingerprint(one) != PULL.fingerprint(json.dumps([head, rows[0]]).encode())


@pytest.mark.parametrize("given", [{}, {"commodity": "28053"}, {"commodity": "280530", "level": "4"}])
def test_a_wrong_question_is_told(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--"):
        plan(PULL, period="2026-01", **given)  # type: ignore[arg-type]
