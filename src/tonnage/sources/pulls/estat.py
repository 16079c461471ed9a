"""Japan customs on e-Stat: files by number, or the files that the list of a month names.

The list is a page for people. Of each file its number, title and day of publication are read from it; what it
does not say stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from bs4 import BeautifulSoup, Tag

from tonnage.errors import ParameterError
from tonnage.sources import base
from tonnage.sources.pulls.base import Answer, Asked, Outcome, Protocol, Request, common

__all__ = ["PULL"]

_SITE: Final = "https://www.e-stat.go.jp/stat-search"
_FLOWS: Final = {"export": "000001013181", "import": "000001013182"}
_ID: Final = re.compile(r"[0-9]{12}")
_LINK: Final = re.compile(r"file-download\?(?:[^\"]*&(?:amp;)?)?statInfId=([0-9]{12})\b")
_CSV: Final = "fileKind=1"
_DAY: Final = re.compile(r"(20[0-9]{2})[-年/]([0-9]{1,2})[-月/]([0-9]{1,2})")
#: How the site writes a month of the survey: its half, its quarter, itself.
_MONTHS: Final = (
    *("11010301", "11010302", "11010303", "12040604", "12040605", "12040606"),
    *("23070907", "23070908", "23070909", "24101210", "24101211", "24101212"),
)
_UP: Final = 6  # how far above a link its title and day stand


def _plan(asked: Asked) -> list[Request]:
    ids = asked.listed("id")
    if ids and asked.given.get("period"):
        raise ParameterError("--id or --period: expected one of them")
    for number in ids:
        if not _ID.fullmatch(number):
            raise ParameterError(f"--id {number!r}: expected the twelve digits after statInfId=")
    if ids:
        return [_file(number, {}, asked.given.get("title", "")) for number in ids]
    return [
        _list(f"{month:%Y-%m}", flow, 1)
        for month in asked.months()
        for flow in asked.chosen("flow", {name: name for name in _FLOWS}, "import,export")
    ]


def _list(month: str, flow: str, page: int) -> Request:
    params = {
        "page": str(page),
        "layout": "datalist",
        "toukei": "00350300",
        "tstat": "000001013141",
        "cycle": "1",
        "year": f"{month[:4]}0",
        "month": _MONTHS[int(month[5:]) - 1],
        "tclass1": "000001013180",
        "tclass2": _FLOWS[flow],
        "tclass3val": "0",
    }
    return Request(
        f"{_SITE}/files", tuple(params.items()), form="html", covers={"period": month, "flow": flow}
    )


def _file(number: str, covers: Mapping[str, str], title: str = "", day: str = "") -> Request:
    stem = "_".join(part for part in (covers.get("flow"), covers.get("period"), number) if part)
    return Request(
        f"{_SITE}/file-download",
        (("statInfId", number), ("fileKind", "1")),
        form="csv",
        file=f"{stem}.csv",
        covers=dict(covers),
        title=title,
        published=base.day(day) if day else None,
        basis="page" if day else "",
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    plain = common(request, answer)
    if plain:
        return plain
    if request.form == "html":
        return _files(request, answer)
    day, basis = (None, "") if request.published else (answer.day, "retrieved")
    return Outcome("rows", published=day, basis=basis)


def _files(request: Request, answer: Answer) -> Outcome:
    """Turn the list of a month into questions for its files, and for its next page if it has one."""
    soup = BeautifulSoup(answer.body(), "html.parser")
    found = {number: (title, day) for number, title, day in _listed(soup)}
    page = int(request.param("page"))
    month, flow = request.covers["period"], request.covers["flow"]
    if not found:
        kind = "unpublished" if page == 1 else "list"
        return Outcome(kind, "the list names no file of this month")
    then = [_file(number, request.covers, title, day) for number, (title, day) in found.items()]
    if soup.find("a", href=re.compile(rf"[?&]page={page + 1}(?:&|$)")):
        then.append(_list(month, flow, page + 1))
    return Outcome("list", f"{len(found)} files", rows=len(found), then=tuple(then))


def _listed(soup: BeautifulSoup) -> Iterator[tuple[str, str, str]]:
    for link in soup.find_all("a", href=_LINK):
        href = str(link["href"])
        number = _LINK.search(href)
        if number and _CSV in href:
            yield number[1], *_told(link)


def _told(link: Tag) -> tuple[str, str]:
    """Return the title and the day that stand with a link: in the nearest part of the page that has a day."""
    part: Tag = link
    for _ in range(_UP):
        if part.parent is None or len(_numbers(part.parent)) > 1:
            break
        part = part.parent
    text = " ".join(part.get_text(" ").split())
    day = _DAY.search(text)
    told = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else ""
    return text[:500], told


def _numbers(part: Tag) -> set[str]:
    found = (_LINK.search(str(link["href"])) for link in part.find_all("a", href=_LINK))
    return {number[1] for number in found if number}


PULL: Final = Protocol(
    source="estat",
    plan=_plan,
    judge=_judge,
    takes={
        "id": "numbers of files, as in statInfId=000040494507; or",
        "title": "with id: the title of the table, which says what stage its months are in",
        "period": "months, whose lists are read for the files of goods by country",
        "flow": "default: import and export (with period)",
    },
    limits="none stated; one request in two seconds is kept to",
    pause=2.0,
    publisher="Ministry of Finance Japan",
    licence="e-Stat: free reuse with the source named; say so where figures were edited",
)
