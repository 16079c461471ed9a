"""Comext: a web page is a month that is not out; a question that is too big is asked in parts."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.sources.pulls.judging import PAGE, judged, plan

from tonnage.errors import ParameterError
from tonnage.sources.pulls.base import Request
from tonnage.sources.pulls.comext import PULL

MODIFIED = "Fri, 17 Apr 2026 09:00:00 GMT"
HEAD = b"DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE\n"
LINE = b"ESTAT:DS-045409(1.0),15/09/26 11:00:00,M,DE,CN,85051110,1,VALUE_IN_EUROS,2025-01,7\n"
FAULT = b'<S:Fault xmlns:S="x"><faultstring>EXTRACTION_TOO_BIG</faultstring></S:Fault>'


def one(**more: str) -> Request:
    given = {"reporter": "DEU,GRC", "partner": "CHN", "commodity": "85051110", "flow": "import", **more}
    return plan(PULL, **{"period": "2025-01:2025-12", **given})[0]  # type: ignore[arg-type]


def bulk(period: str = "2026-02") -> Request:
    return plan(PULL, form="bulk", period=period)[0]


def test_archives_of_months_and_years() -> None:
    assert bulk().param("file") == "comext/COMEXT_DATA/PRODUCTS/full_v2_202602.7z"
    assert bulk("2025").file == "full_v2_202552.7z"
    assert len(plan(PULL, form="bulk", period="2025-01:2025-03")) == 3


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"7z\xbc\xaf\x27\x1c rest", 200, "rows"),
        (PAGE, 200, "unpublished"),
        (b"", 404, "unpublished"),
        (b"something else", 200, "blocked"),
        (b"", 304, "same"),
    ],
)
def test_each_archive_is_what_its_first_bytes_say(body: bytes, status: int, kind: str) -> None:
    assert judged(PULL, bulk(), body, status).kind == kind


def test_the_day_of_an_archive_is_the_servers_word() -> None:
    found = judged(PULL, bulk(), b"7z\xbc\xaf\x27\x1c", last_modified=MODIFIED)
    assert (found.published, found.basis) == (dt.date(2026, 4, 17), "page")
    assert judged(PULL, bulk(), b"7z\xbc\xaf\x27\x1c").basis == "retrieved"


def test_the_key_of_the_api() -> None:
    request = one()
    indicators = "VALUE_IN_EUROS+QUANTITY_IN_100KG+SUPPLEMENTARY_QUANTITY"
    assert request.url.endswith(f"/sdmx/2.1/data/DS-045409/M.DE+EL.CN.85051110.1.{indicators}")
    assert ".DE.GR.85051110." in one(reporter="DEU", partner="GRC").url
    assert dict(request.params) == {"startPeriod": "2025-01", "endPeriod": "2025-12", "format": "SDMX-CSV"}


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (HEAD + LINE, 200, "rows"),
        (HEAD, 200, "empty"),
        (b"<S:Fault>NO_RESULTS</S:Fault>", 404, "empty"),
        (b"<S:Fault>something else</S:Fault>", 200, "blocked"),
        (PAGE, 200, "blocked"),
        (FAULT, 413, "split"),
        (FAULT, 200, "split"),
    ],
)
def test_each_answer_of_the_api_is_what_it_is(body: bytes, status: int, kind: str) -> None:
    assert judged(PULL, one(), body, status).kind == kind


def test_the_day_is_that_of_the_last_update() -> None:
    found = judged(PULL, one(), HEAD + LINE)
    assert (found.rows, found.published, found.basis) == (1, dt.date(2026, 9, 15), "page")


def test_too_big_is_asked_a_year_at_a_time_then_by_months_then_by_codes() -> None:
    spans = [part.covers["period"] for part in judged(PULL, one(period="2023-06:2025-02"), FAULT, 413).then]
    assert spans == ["2023-06:2023-12", "2024-01:2024-12", "2025-01:2025-02"]
    months = [part.covers["period"] for part in judged(PULL, one(period="2025-01:2025-03"), FAULT, 413).then]
    assert months == ["2025-01", "2025-02:2025-03"]
    codes = judged(PULL, one(period="2025-01", commodity="1,2,3"), FAULT, 413).then
    assert [part.covers["product"] for part in codes] == ["1", "2+3"]
    reporters = judged(PULL, one(period="2025-01"), FAULT, 413).then
    assert len(reporters) == 2
    last = judged(PULL, one(period="2025-01", reporter="DEU"), FAULT, 413)
    assert (last.kind, "cannot be split" in last.said) == ("refused", True)


def test_a_new_time_of_update_alone_is_no_news() -> None:
    assert PULL.fingerprint
    later = LINE.replace(b"15/09/26 11", b"15/10/26 12")
    assert PULL.fingerprint(HEAD + LINE) == PULL.fingerprint(HEAD + later)
    assert PULL.fingerprint(HEAD + LINE) != PULL.fingerprint(HEAD + LINE.replace(b",7", b",8"))


@pytest.mark.parametrize(
    "given",
    [{"period": "2025-01"}, {"commodity": "1", "period": "2025-01", "classification": "X"}, {"form": "x"}],
)
def test_a_wrong_question_is_told(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--"):
        plan(PULL, **given)  # type: ignore[arg-type]


def test_an_archive_takes_no_codes() -> None:
    with pytest.raises(ParameterError, match="--partner: a bulk file holds everything"):
        plan(PULL, form="bulk", period="2025-01", partner="CHN")
