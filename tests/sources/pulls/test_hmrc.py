"""HMRC: a filter without `in`, full answers asked again for fewer codes, and a question that is too long."""

from __future__ import annotations

import json
import re
from itertools import pairwise

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
    assert (request.param("$top"), request.param("$expand")) == ("10000", "Commodity")
    assert re.fullmatch(r"OTS_2026-02_[0-9a-f]{6}\.json", request.file)


def _all_parts(request: Request, records: dict[int, int]) -> list[tuple[int, int]]:
    """The spans of codes that are asked for in the end, of a service with so many records of each code."""
    first, last = (int(end) for end in request.covers["codes"].split("-"))
    rows = sum(count for code, count in records.items() if first <= code <= last)
    found = judged(PULL, request, page(min(rows, 10_000)))
    if found.kind != "split":
        assert (found.kind, found.rows or 0) == ("rows" if rows else "empty", rows)
        return [(first, last)]
    return [span for then in found.then for span in _all_parts(then, records)]


def test_a_full_answer_is_asked_again_for_fewer_codes_until_it_is_short() -> None:
    records = {28053000 + n: 1500 for n in range(20)}
    spans = _all_parts(one(commodity="280530", period="2026-02"), records)
    assert spans[0][0] == 28053000
    assert spans[-1][1] == 28053099
    assert all(a[1] + 1 == b[0] for a, b in pairwise(spans))
    assert judged(PULL, one(commodity="280530"), page(9_999)).then == ()


def test_a_single_code_is_split_by_flow_and_then_by_partner() -> None:
    whole = one(commodity="85051110", partner="CHN,JPN")
    flows = judged(PULL, whole, page(10_000)).then
    assert [part.covers["flows"] for part in flows] == ["1", "3"]
    partners = judged(PULL, flows[0], page(10_000)).then
    assert [part.covers["partners"] for part in partners] == ["720", "732"]
    last = judged(PULL, partners[0], page(10_000))
    assert (last.kind, "cannot be split" in last.said) == ("refused", True)


def test_a_part_without_rows_is_no_month_that_is_not_out() -> None:
    parts = judged(PULL, one(commodity="28", period="2026-10"), page(10_000)).then
    assert judged(PULL, parts[0], page(0)).kind == "empty"


@pytest.mark.parametrize(("period", "kind"), [("2026-02", "empty"), ("2026-10", "unpublished")])
def test_no_rows(period: str, kind: str) -> None:
    assert judged(PULL, one(period=period), page(0)).kind == kind
    assert judged(PULL, one(period=period), b"", 204).kind == kind


def test_a_question_that_is_too_long_is_asked_in_parts() -> None:
    found = judged(PULL, one(), b"", 414)
    assert [part.covers["codes"] for part in found.then] == ["28053000-28053099", "85051110-85051110"]


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
