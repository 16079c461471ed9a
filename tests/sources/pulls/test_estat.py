"""e-Stat: the list of a month is a page for people; its files, their titles and days are read from it."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.sources.pulls.judging import PAGE, judged, plan

from tonnage.errors import ParameterError
from tonnage.sources.pulls.base import Request
from tonnage.sources.pulls.estat import PULL

ENTRY = """<article><div><ul><li>{title}</li><li>公開（更新）日 {day}</li>
<li><a href="/stat-search/file-download?statInfId={id}&amp;fileKind=1">CSV</a>
<a href="/stat-search/file-download?statInfId={id}&amp;fileKind=0">EXCEL</a></li></ul></div></article>"""


def listing(*entries: tuple[str, str, str], more: str = "") -> bytes:
    made = "".join(ENTRY.format(id=number, title=title, day=day) for number, title, day in entries)
    return f"<!DOCTYPE html><html><body>{made}{more}</body></html>".encode()


FIRST = ("000040494507", "品別国別表 輸入 1-6月：確報、7月：輸入9桁速報 第28類", "2026-08-28")
SECOND = ("000040494508", "品別国別表 輸入 第85類", "2026年8月28日")


def month() -> Request:
    (request,) = plan(PULL, period="2026-07", flow="import")
    return request


def test_a_month_is_asked_for_its_list() -> None:
    request = month()
    assert request.url == "https://www.e-stat.go.jp/stat-search/files"
    assert (request.param("year"), request.param("month"), request.param("page")) == (
        "20260",
        "23070907",
        "1",
    )
    assert (request.param("tclass2"), request.form, request.file) == ("000001013182", "html", "")
    assert len(plan(PULL, period="2026-07")) == 2


def test_the_files_of_a_list_come_with_title_and_day() -> None:
    found = judged(PULL, month(), listing(FIRST, SECOND))
    assert (found.kind, found.rows, len(found.then)) == ("list", 2, 2)
    one, two = found.then
    assert one.url == "https://www.e-stat.go.jp/stat-search/file-download"
    assert dict(one.params) == {"statInfId": "000040494507", "fileKind": "1"}
    assert (one.file, one.published, one.basis) == (
        "import_2026-07_000040494507.csv",
        dt.date(2026, 8, 28),
        "page",
    )
    assert "1-6月：確報、7月：輸入9桁速報" in one.title
    assert "第85類" not in one.title
    assert two.published == dt.date(2026, 8, 28)


def test_what_a_list_does_not_say_stays_empty() -> None:
    bare = b'<html><a href="file-download?statInfId=000040494507&fileKind=1">CSV</a></html>'
    (file,) = judged(PULL, month(), bare).then
    assert (file.published, file.basis) == (None, "")
    found = judged(PULL, file, b"Exp or Imp,Year\n")
    assert (found.published, found.basis) == (dt.date(2026, 11, 22), "retrieved")


def test_the_next_page_of_a_list_is_asked_for() -> None:
    more = '<a href="/stat-search/files?layout=datalist&amp;page=2">2</a>'
    *_, page = judged(PULL, month(), listing(FIRST, more=more)).then
    assert page.param("page") == "2"
    assert judged(PULL, page, listing(SECOND)).then[0].file == "import_2026-07_000040494508.csv"
    assert judged(PULL, page, listing()).kind == "list"


def test_a_list_without_files_is_a_month_that_is_not_out() -> None:
    assert judged(PULL, month(), listing()).kind == "unpublished"


def test_files_by_number() -> None:
    (request,) = plan(PULL, id="000040494507")
    assert (request.file, request.form) == ("000040494507.csv", "csv")
    assert judged(PULL, request, PAGE).kind == "blocked"
    assert judged(PULL, request, b"gone", 404).kind == "refused"


@pytest.mark.parametrize("given", [{"id": "404945"}, {"id": "000040494507", "period": "2026-07"}, {}])
def test_a_wrong_question_is_told(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--"):
        plan(PULL, **given)  # type: ignore[arg-type]
