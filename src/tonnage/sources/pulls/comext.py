"""Eurostat Comext: whole months as archives, or single figures by the API as SDMX-CSV.

The service for archives knows no 404: a month that is not out is a web page with status 200. The API gives at
most five million cells; a question that is too big is asked again a year at a time, then in smaller parts.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from tonnage.errors import ParameterError
from tonnage.model.releases import months_on
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Outcome,
    Protocol,
    Request,
    common,
    dated,
    looks_like_html,
    month_code,
    months_between,
    readable,
    too_big,
)

__all__ = ["PULL"]

_BULK: Final = "https://ec.europa.eu/eurostat/api/dissemination/files/"
_API: Final = "https://ec.europa.eu/eurostat/api/comext/dissemination/sdmx/2.1/data"
_FLOWS: Final = {"import": "1", "export": "2"}
_INDICATORS: Final = {
    "DS-045409": "VALUE_IN_EUROS+QUANTITY_IN_100KG+SUPPLEMENTARY_QUANTITY",
    "DS-059322": "VALUE_EUR+QUANTITY_KG+QUANTITY_SUPPL_UNIT",
    "DS-059341": "VALUE_EUR",
}
_PARTS: Final = ("product", "partner", "reporter")
_UPDATED: Final = re.compile(rb"[0-9]{2}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def _plan(asked: Asked) -> list[Request]:
    forms = {"api": _api, "bulk": _bulk}
    return forms[asked.chosen("form", {name: name for name in forms}, "api")[0]](asked)


def _bulk(asked: Asked) -> list[Request]:
    extra = [n for n in ("reporter", "partner", "flow", "commodity", "classification") if asked.given.get(n)]
    if extra:
        raise ParameterError(f"--{extra[0]}: a bulk file holds everything of its month; leave it out")
    years = asked.years()
    periods = [f"{year}52" for year in years] if years else [month_code(month) for month in asked.months()]
    return [_archive(period) for period in periods]


def _archive(period: str) -> Request:
    name = f"full_v2_{period}.7z"
    return Request(
        _BULK,
        (("file", f"comext/COMEXT_DATA/PRODUCTS/{name}"),),
        form="7z",
        file=name,
        covers={"period": f"{period[:4]}-{period[4:]}" if period[4:] != "52" else period[:4]},
        title=f"Comext bulk file {name}",
        seconds=3600,
    )


def _api(asked: Asked) -> list[Request]:
    if not asked.listed("commodity"):
        raise ParameterError("--commodity: expected CN codes, e.g. 85051110; for every code: --form bulk")
    dataset = asked.text("classification", "DS-045409")
    if dataset not in _INDICATORS:
        raise ParameterError(f"--classification {dataset!r}: expected one of {', '.join(_INDICATORS)}")
    months = asked.months()
    wanted = {
        "dataset": dataset,
        # Greece is EL as a reporter and GR as a partner.
        "reporter": "+".join(code for code in asked.countries("reporter", "geonom") if code != "GR"),
        "partner": "+".join(code for code in asked.countries("partner", "geonom") if code != "EL"),
        "product": "+".join(asked.listed("commodity")),
        "flow": "+".join(asked.chosen("flow", _FLOWS, "import,export")),
        "first": f"{months[0]:%Y-%m}",
        "last": f"{months[-1]:%Y-%m}",
    }
    return [_figures(wanted)]


def _figures(wanted: Mapping[str, str]) -> Request:
    dataset, first, last = wanted["dataset"], wanted["first"], wanted["last"]
    dimensions = (
        "M",
        *(wanted[name] for name in ("reporter", "partner", "product", "flow")),
        _INDICATORS[dataset],
    )
    key = ".".join(dimensions)
    period = first if first == last else f"{first}:{last}"
    question = hashlib.sha256(key.encode()).hexdigest()[:6]
    return Request(
        f"{_API}/{dataset}/{key}",
        (("startPeriod", first), ("endPeriod", last), ("format", "SDMX-CSV")),
        form="csv",
        file=f"{dataset}_{period.replace(':', '_')}_{question}.csv",
        covers={"period": period, **wanted},
        title=f"Comext {dataset}, {period}",
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    return _judge_archive(request, answer) if request.form == "7z" else _judge_figures(request, answer)


def _judge_archive(request: Request, answer: Answer) -> Outcome:
    if answer.status in (200, 404) and (looks_like_html(answer) or answer.status == 404):
        return Outcome(
            "unpublished", "the publisher sends a web page, as it does for a month that is not out"
        )
    plain = common(request, answer)
    if plain:
        return plain
    day, basis = dated(answer)
    return Outcome("rows", published=day, basis=basis)


def _judge_figures(request: Request, answer: Answer) -> Outcome:
    if too_big(answer):
        return _split(request)
    if b"NO_RESULTS" in answer.head or (answer.status == 404 and b"No results" in answer.head):
        return Outcome("empty", "no rows; a code the publisher does not know gives none either")
    plain = common(request, answer)
    if plain:
        return plain
    if not answer.head.lstrip(b"\xef\xbb\xbf").startswith(b"DATAFLOW"):
        return Outcome("blocked", f"expected SDMX-CSV, found {readable(answer.head)!r}")
    rows = len(answer.body().splitlines()) - 1
    if not rows:
        return Outcome("empty", "a header and no rows; a code the publisher does not know gives none either")
    found = _UPDATED.search(answer.head)
    if not found:
        return Outcome("rows", rows=rows, published=answer.day, basis="retrieved")
    day, month, year = (int(part) for part in found[0][:8].split(b"/"))
    return Outcome("rows", rows=rows, published=dt.date(2000 + year, month, day), basis="page")


def _split(request: Request) -> Outcome:
    """Ask again: a year at a time, then half the months, then half the codes of a dimension."""
    wanted = {name: value for name, value in request.covers.items() if name != "period"}
    first, last = (dt.date.fromisoformat(f"{wanted[name]}-01") for name in ("first", "last"))
    spans = _years(first, last) if first.year != last.year else _halves(first, last)
    if len(spans) > 1:
        then = [_figures({**wanted, "first": f"{a:%Y-%m}", "last": f"{b:%Y-%m}"}) for a, b in spans]
        return Outcome(
            "split", f"too big for one question; asked again in {len(then)} spans", then=tuple(then)
        )
    for name in _PARTS:
        values = wanted[name].split("+")
        if len(values) > 1:
            cut = len(values) // 2
            parts = ("+".join(values[:cut]), "+".join(values[cut:]))
            then = [_figures({**wanted, name: part}) for part in parts]
            return Outcome(
                "split", f"too big for one question; asked again in two parts by {name}", then=tuple(then)
            )
    return Outcome("refused", "too big for one question, and it cannot be split any further")


def _years(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    years = range(first.year, last.year + 1)
    return [(max(first, dt.date(y, 1, 1)), min(last, dt.date(y, 12, 1))) for y in years]


def _halves(first: dt.date, last: dt.date) -> list[tuple[dt.date, dt.date]]:
    months = list(months_between(first, last))
    if len(months) < 2:
        return [(first, last)]
    middle = months[len(months) // 2]
    return [(first, months_on(middle, -1)), (middle, last)]


def _fingerprint(raw: bytes) -> str:
    """Return a hash of what it says without the time of the last update, which moves with other data too."""
    return hashlib.sha256(_UPDATED.sub(b"", raw)).hexdigest()


PULL: Final = Protocol(
    source="comext",
    plan=_plan,
    judge=_judge,
    takes={
        "form": "api (default): single codes; or bulk: the archive of every code of a month or year",
        "reporter": "ISO codes of EU members (default: every one; api only)",
        "partner": "ISO codes (default: every one; api only)",
        "flow": "default: import and export (api only)",
        "commodity": "CN codes; needed for the api",
        "period": "months; for bulk also years, whose archives hold the yearly figures",
        "classification": "the dataset of the api: DS-045409 (default), DS-059322, DS-059341",
    },
    limits="five million cells an answer of the api; an archive is 40 to 60 MB",
    pause=1.0,
    fingerprint=_fingerprint,
    publisher="Eurostat",
    licence="Eurostat: free reuse with the source named",
)
