"""UN Comtrade: the list of versions leads to the data; what is cut is asked again in parts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import Answer, Asked, Outcome, Request
from tonnage.sources.pulls.comtrade import PULL

TODAY = dt.date(2026, 11, 22)


def plan(*, keyed: bool = True, **given: str) -> list[Request]:
    return PULL.plan(Asked({"reporter": "CHN", "period": "2024-01", "level": "6", **given}, TODAY, keyed))


def judged(request: Request, body: Any, status: int = 200) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PULL.judge(request, Answer(status, {}, raw, len(raw), lambda: raw, TODAY))


def dataset(period: str = "202401", reporter: int = 156, **more: Any) -> dict[str, Any]:
    return {
        "reporterCode": reporter,
        "reporterISO": "CHN",
        "period": period,
        "datasetChecksum": -1349955130,
        "lastReleased": "2025-12-04T10:53:32.8266667",
        "totalRecords": 1,
        **more,
    }


def data(*, keyed: bool = True, **given: str) -> Request:
    (listing,) = plan(keyed=keyed, **given)
    return judged(listing, {"count": 1, "data": [dataset()]}).then[0]


def answer_of(rows: int) -> dict[str, Any]:
    return {"elapsedTime": "0.1 secs", "count": rows, "data": [{"n": n} for n in range(rows)], "error": ""}


def test_versions_are_asked_first() -> None:
    (request,) = plan(period="2024-01:2024-03", reporter="CHN,JPN")
    assert request.url == "https://comtradeapi.un.org/data/v1/getDa/C/M/HS"
    assert request.param("period") == "202401,202402,202403"
    assert {"156", "392"} <= set(request.param("reporterCode").split(","))
    assert (request.keyed, request.file) == (True, "")


def test_years_are_the_annual_datasets() -> None:
    (request,) = plan(keyed=False, period="2022:2024", classification="H6")
    assert request.url == "https://comtradeapi.un.org/public/v1/getDa/C/A/H6"
    assert (request.param("period"), request.keyed) == ("2022,2023,2024", False)


def test_long_periods_are_listed_in_parts() -> None:
    assert [
        len(r.param("period").split(",")) for r in plan(period="2023:2024-01".replace(":2024-01", ""))
    ] == [1]
    assert [len(r.param("period").split(",")) for r in plan(period="2023-01:2024-02")] == [12, 2]


def test_a_dataset_is_asked_by_reporter_and_period_with_its_version() -> None:
    request = data(partner="JPN", flow="export", commodity="280530,284690", level="")
    assert request.url == "https://comtradeapi.un.org/data/v1/get/C/M/HS"
    assert dict(request.params) == {
        "reporterCode": "156",
        "period": "202401",
        "partner2Code": "0",
        "partnerCode": request.param("partnerCode"),
        "cmdCode": "280530,284690",
        "flowCode": "X",
        "customsCode": "C00",
        "motCode": "0",
        "maxRecords": "250000",
    }
    assert "392" in request.param("partnerCode").split(",")
    assert (request.published, request.basis) == (dt.date(2025, 12, 4), "page")
    assert request.vintage == "-1349955130 of 2025-12-04T10:53:32.8266667"
    assert request.file.startswith("C-M-HS-156-202401-")
    assert request.keyed


def test_without_a_key_it_is_the_preview() -> None:
    request = data(keyed=False)
    assert request.url == "https://comtradeapi.un.org/public/v1/preview/C/M/HS"
    assert (request.param("maxRecords"), request.param("cmdCode"), request.keyed) == ("500", "AG6", False)


def test_of_two_versions_the_last_is_asked() -> None:
    (listing,) = plan()
    older = dataset(lastReleased="2024-05-01T00:00:00", datasetChecksum=1)
    found = judged(listing, {"data": [dataset(), older]})
    assert [then.published for then in found.then] == [dt.date(2025, 12, 4)]


def test_what_is_not_there_yet_is_named() -> None:
    (listing,) = plan(period="2024-01:2024-03", reporter="CHN,USA")
    found = judged(listing, {"data": [dataset(), dataset("202402", 842), dataset("202401", 842)]})
    assert found.missing == ("202402 of CHN", "202403 of CHN", "202403 of USA")
    assert len(found.then) == 3


@pytest.mark.parametrize(("keyed", "rows"), [(False, 500), (True, 100_000), (True, 250_000)])
def test_a_full_answer_is_cut_and_asked_again(keyed: bool, rows: int) -> None:
    found = judged(data(keyed=keyed), answer_of(rows))
    assert (found.kind, [then.param("flowCode") for then in found.then]) == ("split", ["M", "X"])
    assert f"exactly {rows:,} rows" in found.said
    assert len({then.file for then in found.then}) == 2
    assert {then.vintage for then in found.then} == {data().vintage}


@pytest.mark.parametrize(("keyed", "rows"), [(False, 499), (True, 500), (True, 99_999), (True, 100_001)])
def test_any_other_number_of_rows_is_whole(keyed: bool, rows: int) -> None:
    assert judged(data(keyed=keyed), answer_of(rows)).kind == "rows"


def _all_parts(request: Request, full: Callable[[Request], bool]) -> list[Request]:
    """The requests that are whole in the end, with the publisher's partners asked where it comes to that."""
    if request.covers["step"] == "areas":
        found = judged(request, {"results": [{"id": n} for n in (0, 156, 392, 842)]})
    elif full(request):
        found = judged(request, answer_of(500))
    else:
        return [request]
    return [part for then in found.then for part in _all_parts(then, full)]


def test_it_is_split_by_flow_then_commodity_then_partner_until_it_fits() -> None:
    whole = data(keyed=False, commodity="1,2,3", level="")
    assert _cells(_all_parts(whole, lambda r: "," in r.param("flowCode"))) == {
        ("M", "", "1,2,3"),
        ("X", "", "1,2,3"),
    }
    small = _all_parts(whole, lambda r: not r.param("partnerCode") or "," in r.param("partnerCode"))
    areas = ("0", "156", "392", "842")
    assert _cells(small) == {(flow, area, code) for flow in "MX" for area in areas for code in "123"}
    assert len(small) == len({part.file for part in small}) == 24


def test_given_partners_are_split_before_commodities() -> None:
    whole = data(keyed=False, commodity="1,2", level="", flow="export").having(partnerCode="156,392")
    small = _all_parts(whole, lambda r: "," in r.param("partnerCode") + r.param("cmdCode"))
    assert [part.param("partnerCode") for part in small] == ["156", "156", "392", "392"]
    assert [part.param("cmdCode") for part in small] == ["1", "2", "1", "2"]


def _cells(parts: list[Request]) -> set[tuple[str, str, str]]:
    return {(r.param("flowCode"), r.param("partnerCode"), r.param("cmdCode")) for r in parts}


def test_what_cannot_be_split_is_told() -> None:
    one = data(keyed=False, commodity="280530", level="", flow="export").having(partnerCode="392")
    found = judged(one, answer_of(500))
    assert (found.kind, "cannot be split" in found.said) == ("refused", True)


def test_an_address_that_is_too_long_is_split() -> None:
    found = judged(data(), b"Request URL Too Long", 414)
    assert (found.kind, len(found.then)) == ("split", 2)
    (listing,) = plan(period="2024-01:2024-04")
    assert [r.param("period") for r in judged(listing, b"", 414).then] == ["202401,202402", "202403,202404"]


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"count": 0, "data": [], "error": ""}, 200, "empty"),
        (b"<!DOCTYPE html><html></html>", 200, "blocked"),
        (b'{"statusCode":401,"message":"Access denied due to invalid subscription key"}', 401, "refused"),
        (b'{"statusCode":403,"message":"Out of call volume quota."}', 403, "quota"),
        (b"The resource you are looking for has been removed", 404, "refused"),
    ],
)
def test_each_failure_is_what_it_is(body: Any, status: int, kind: str) -> None:
    assert judged(data(), body, status).kind == kind


@pytest.mark.parametrize(
    "body",
    [{"count": 0, "data": [], "error": "bad"}, {"errorObject": {"errorMessage": "bad"}}, [1], {"data": None}],
)
def test_an_error_in_a_good_answer_is_told(body: Any) -> None:
    with pytest.raises(PullError, match=r"bad|expected"):
        judged(data(), body)


def test_bulk_files_come_from_their_list() -> None:
    (listing,) = plan(form="bulk", period="2023", level="")
    assert (listing.url, listing.keyed) == ("https://comtradeapi.un.org/bulk/v1/get/C/A/HS", True)
    row = {
        "fileUrl": "https://comtradeapi.un.org/bulk/v1/file/156/cfb2148e",
        "reporterCode": 156,
        "freqCode": "A",
        "classificationCode": "H6",
        "period": "2023",
        "isOriginalClassification": True,
        "publicationDate": "2024-03-14T05:41:55Z",
        "rowKey": "cfb2148e1c8e7f00",
        "timestamp": "2024-03-14T04:42:00.8869213+00:00",
        "eTag": "W/7",
    }
    (file,) = judged(listing, {"data": [row]}).then
    assert (file.file, file.form, file.vintage) == ("A-H6-156-2023-cfb214.txt.gz", "gz", "W/7")
    assert file.published == dt.date(2024, 3, 14)
    assert judged(file, b"\x1f\x8b\x08\x00").kind == "rows"
    assert judged(listing, {"data": []}).missing == ("2023 of CHN",)
    with pytest.raises(PullError, match="another address"):
        judged(listing, {"data": [{**row, "fileUrl": "https://elsewhere.example/x"}]})


def test_the_same_rows_have_the_same_fingerprint() -> None:
    assert PULL.fingerprint
    one = json.dumps({"elapsedTime": "1", "data": [{"a": 1, "b": 2}, {"a": 3}]}).encode()
    two = json.dumps({"data": [{"a": 3}, {"b": 2, "a": 1}], "elapsedTime": "9"}).encode()
    other = json.dumps({"data": [{"a": 3}, {"b": 2, "a": 2}]}).encode()
    assert PULL.fingerprint(one) == PULL.fingerprint(two) != PULL.fingerprint(other)


@pytest.mark.parametrize(
    "given",
    [
        {"level": "5"},
        {"commodity": "280530"},
        {"level": ""},
        {"flow": "exports"},
        {"reporter": ""},
        {"partner": "XX"},
    ],
)
def test_a_wrong_question_is_told_before_anything_is_asked(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--"):
        PULL.plan(Asked({"reporter": "CHN", "period": "2024-01", "level": "6", **given}, TODAY))
