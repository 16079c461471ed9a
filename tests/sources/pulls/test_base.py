"""What all protocols share: how a question is written, split and kept, and what an answer is by its form."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import py7zr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import (
    FORMS,
    KINDS,
    Answer,
    Asked,
    Outcome,
    Protocol,
    Request,
    common,
    halves,
    is_whole,
    too_big,
)

TODAY = dt.date(2026, 11, 22)


def answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(status, headers, body[:65536], len(body), lambda: body, TODAY)


def asked(**given: str) -> Asked:
    return Asked(given, TODAY)


@pytest.mark.parametrize(
    ("status", "body", "form", "kind"),
    [
        (200, b'{"data": []}', "json", None),
        (200, b"\xef\xbb\xbf {}", "json", None),
        (200, b"", "json", "empty"),
        (204, b"", "json", "empty"),
        (304, b"", "json", "same"),
        (200, b"<!DOCTYPE html><html><title>Sorry</title>", "json", "blocked"),
        (200, b"\n<!-- hi --><HTML>", "7z", "blocked"),
        (200, b"<html>", "html", None),
        (200, b"Service unavailable", "json", "blocked"),
        (200, b"a,b\n1,2\n", "csv", None),
        (400, b"error: unknown variable 'X'", "json", "refused"),
        (401, b'{"message": "Access denied due to missing subscription key"}', "json", "refused"),
        (403, b"Forbidden", "json", "refused"),
        (403, b'{"message": "Out of call volume quota."}', "json", "quota"),
        (403, b"<html>our quota of patience</html>", "json", "refused"),
        (404, b"", "zip", "refused"),
        (413, b"EXTRACTION_TOO_BIG", "csv", "refused"),
    ],
)
def test_status_and_form_say_what_an_answer_is(status: int, body: bytes, form: str, kind: str | None) -> None:
    found = common(Request("https://example.org", form=form), answer(body, status))
    assert (found.kind if found else None) == kind
    assert found is None or found.kind in KINDS


def test_a_web_page_is_named_by_its_title() -> None:
    page = answer(b"<html><head><title>Missing Key</title></head></html>")
    found = common(Request("https://example.org"), page)
    assert found == Outcome("blocked", "expected json, found a web page titled 'Missing Key'")


def test_what_the_publisher_says_is_passed_on() -> None:
    found = common(Request("https://example.org"), answer(b"error: unknown\nvariable 'X'", 400))
    assert found
    assert found.said == "HTTP 400: the publisher refuses the question: error: unknown variable 'X'"


@pytest.mark.parametrize(
    ("status", "body", "big"),
    [(413, b"", True), (414, b"", True), (200, b"<S:Fault>EXTRACTION_TOO_BIG", True), (200, b"a,b", False)],
)
def test_too_big(status: int, body: bytes, big: bool) -> None:
    assert too_big(answer(body, status)) is big


def test_json_that_is_none_is_told() -> None:
    with pytest.raises(PullError, match="expected JSON, found 'oops'"):
        answer(b"oops").json()


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("a.csv", "a,b\n" * 50)
    return made.getvalue()


def _7z() -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as file:
        file.writestr("a,b\n" * 50, "a.csv")
    return made.getvalue()


@pytest.mark.parametrize(
    ("form", "body"),
    [("zip", _zip()), ("7z", _7z()), ("json", b'{"a": [1, 2]}\n'), ("xml", b"<a><b/></a>")],
    ids=["zip", "7z", "json", "xml"],
)
@given(cut=st.integers(1, 9))
def test_a_cut_body_is_not_whole(form: str, body: bytes, cut: int) -> None:
    assert is_whole(form, body, body, len(body))
    part = body[:-cut]
    if form in ("zip", "7z"):
        part = body[: len(body) - 25 - cut] if form == "zip" else part
        assert not is_whole(form, part, part, len(part))
    elif part[-1:] not in FORMS[form][1]:
        assert not is_whole(form, part, part, len(part))


def test_another_form_is_left_to_the_judge() -> None:
    assert is_whole("json", b"<html", b"<html", 5)


@pytest.mark.parametrize(
    ("period", "first", "last", "count"),
    [
        ("2026-01", "2026-01-01", "2026-01-01", 1),
        ("2025-11:2026-02", "2025-11-01", "2026-02-01", 4),
        ("2025", "2025-01-01", "2025-12-01", 12),
        ("2024:2025", "2024-01-01", "2025-12-01", 24),
    ],
)
def test_periods(period: str, first: str, last: str, count: int) -> None:
    months = asked(period=period).months()
    assert (months[0].isoformat(), months[-1].isoformat(), len(months)) == (first, last, count)


@pytest.mark.parametrize(
    "period", ["", "2026-13", "202601", "2026-02:2026-01", "2025:2026-01", "2027-01", "x"]
)
def test_bad_periods_are_told(period: str) -> None:
    with pytest.raises(ParameterError, match="--period"):
        asked(period=period).months()


def test_years_are_years_only_when_asked_in_years() -> None:
    assert asked(period="2024:2025").years() == [2024, 2025]
    assert asked(period="2024-01:2025-12").years() is None


def test_values_are_translated_and_unknown_ones_told() -> None:
    flows = {"export": "X", "import": "M"}
    assert asked(flow="import, export,import").chosen("flow", flows) == ["M", "X"]
    assert asked().chosen("flow", flows, "export") == ["X"]
    with pytest.raises(ParameterError, match="did you mean 'export'"):
        asked(flow="exports").chosen("flow", flows)


def test_a_parameter_the_source_does_not_take_is_told() -> None:
    protocol = Protocol("x", lambda a: [], lambda r, a: Outcome("rows"), {"period": "a month"}, "none")
    protocol.check({"period": "2026-01"})
    with pytest.raises(ParameterError, match="--level: x takes --period"):
        protocol.check({"level": "6"})


REQUEST = Request(
    "https://example.org/a",
    params=(("period", "1,2,3"), ("flow", "X")),
    data=(("a", "b"),),
    form="csv",
    file="f.csv",
    covers={"period": "2026"},
    published=TODAY,
    keyed=True,
)


def test_a_request_survives_the_manifest() -> None:
    assert Request.from_json(json.loads(json.dumps(REQUEST.as_json()))) == REQUEST
    assert Request("https://example.org").as_json() == {"url": "https://example.org"}


def test_the_id_is_that_of_the_question() -> None:
    assert REQUEST.id == Request(REQUEST.url, REQUEST.params, REQUEST.data, covers=REQUEST.covers).id
    assert REQUEST.id != REQUEST.having(period="1").id


def test_halves_are_the_whole() -> None:
    parts = halves(REQUEST, "period")
    assert [part.param("period") for part in parts] == ["1", "2,3"]
    assert {part.param("flow") for part in parts} == {"X"}
    assert halves(REQUEST, "flow") == ()
