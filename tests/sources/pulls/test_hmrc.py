"""HMRC: a filter without `in`, pages until a short one, and a question that is too long."""

from __future__ import annotations

import json
import re

import pytest
from tests.sources.pulls.judging import PAGE, judged, plan

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import Request
from tonnage.sources.pulls.hmrc import PULL


def one(**more: str) -> Request:
    given = {"commodity": "280530,85051110", "period": "2026-02", "partner": "CHN", "flow": "import", **more}
    return plan(PULL, **given)[0]  # type: ignore[arg-type]


def page(rows: int) -> dict[str, object]:
    return {"@odata.context": "x", "value": [{"n": n} for n in range(rows)]}


def test_the_filter_writes_everything_out() -> None:
    request = one()
    assert request.url == "https://api.uktradeinfo.com/OTS"
    assert request.param("$filter") == (
        "MonthId eq 202602 and (FlowTypeId eq 1 or FlowTypeId eq 3) and (CountryId eq 720)"
        " and ((CommodityId ge 28053000 and CommodityId le 28053099) or CommodityId eq 85051110)"
    )
    assert " in (" not in request.param("$filter")
    assert (request.param("$top"), request.param("$skip"), request.param("$expand")) == (
        "10000",
        "0",
        "Commodity",
    )
    assert re.fullmatch(r"OTS_2026-02_[0-9a-f]{6}_001\.json", request.file)


def test_a_full_page_is_followed_by_the_next_until_a_short_one() -> None:
    first = judged(PULL, one(), page(10_000))
    (second,) = first.then
    assert (first.kind, first.rows, second.param("$skip")) == ("rows", 10_000, "10000")
    assert second.file.endswith("_002.json")
    assert judged(PULL, second, page(9_999)).then == ()
    assert judged(PULL, second, page(0)).kind == "list"


@pytest.mark.parametrize(("period", "kind"), [("2026-02", "empty"), ("2026-10", "unpublished")])
def test_no_rows(period: str, kind: str) -> None:
    assert judged(PULL, one(period=period), page(0)).kind == kind
    assert judged(PULL, one(period=period), b"", 204).kind == kind


def test_a_question_that_is_too_long_is_asked_in_parts() -> None:
    found = judged(PULL, one(), b"", 414)
    assert [part.covers["codes"] for part in found.then] == ["280530", "85051110"]
    smaller = found.then[0]
    assert judged(PULL, smaller, b"", 414).kind == "refused"
    two = one(commodity="280530", partner="CHN,JPN")
    assert len(judged(PULL, two, b"", 414).then) == 2


@pytest.mark.parametrize(("body", "status"), [(PAGE, 200), (b"Forbidden", 403)])
def test_what_is_no_page_of_rows(body: bytes, status: int) -> None:
    assert judged(PULL, one(), body, status).kind in ("blocked", "refused")


def test_json_of_another_shape_is_told() -> None:
    with pytest.raises(PullError, match="expected a list under 'value'"):
        judged(PULL, one(), {"error": {"message": "x"}})


def test_the_same_rows_have_the_same_fingerprint() -> None:
    assert PULL.fingerprint
    a, b = ({"value": rows} for rows in ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}]))
    assert PULL.fingerprint(json.dumps(a).encode()) == PULL.fingerprint(json.dumps(b).encode())


def test_codes_are_needed_and_even() -> None:
    with pytest.raises(ParameterError, match="--commodity"):
        one(commodity="28053")
    with pytest.raises(ParameterError, match="--commodity"):
        plan(PULL, period="2026-02")
