"""UN Comtrade: what is available in which version, then the data of each reporter and period.

Comtrade serves one version of a dataset, the last. The list of available datasets names it by checksum and
day of release; a dataset of the same version is not asked for again. An answer of exactly as many rows as
the publisher gives at most is cut: it is asked for again in parts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import orjson

from tonnage.errors import ParameterError, PullError
from tonnage.model import partners
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Key,
    Outcome,
    Protocol,
    Request,
    common,
    halves,
    hash_of_rows,
    month_code,
    readable,
    too_big,
)

__all__ = ["PULL"]

_HOST: Final = "https://comtradeapi.un.org"
_FLOWS: Final = {"import": "M", "export": "X", "re-import": "RM", "re-export": "RX"}
_PREVIEW: Final = "500"
_KEYED: Final = "250000"
#: Rows of an answer that was cut, by what was asked for; a free key gives fewer than a paid one.
_LIMITS: Final = {_PREVIEW: (500,), _KEYED: (100_000, 250_000)}
_LEVELS: Final = ("2", "4", "6")
_AREAS: Final = f"{_HOST}/files/v1/app/reference/partnerAreas.json"
_PERIODS_A_LIST: Final = 12
_KEY: Final = Key(
    variable="TONNAGE_COMTRADE_KEY",
    where="a free one at https://comtradedeveloper.un.org",
    header="Ocp-Apim-Subscription-Key",
    needed=False,
)


def _plan(asked: Asked) -> list[Request]:
    """Ask what is available; the answer leads to the data."""
    years = asked.years()
    periods = [str(year) for year in years] if years else [month_code(month) for month in asked.months()]
    form = asked.chosen("form", {"api": "api", "bulk": "bulk"}, "api")[0]
    way = "/".join(("C", "A" if years else "M", asked.text("classification", "HS")))
    reporters = asked.countries("reporter", "m49")
    if not reporters:
        raise ParameterError("--reporter: expected whose customs counted, e.g. CHN; it is missing")
    if form == "bulk":
        return [
            _listing(f"{_HOST}/bulk/v1/get/{way}", reporters, part, "bulk", {}, True)
            for part in _parts(periods)
        ]
    wanted = {
        "partnerCode": ",".join(asked.countries("partner", "m49")),
        "cmdCode": _commodities(asked),
        "flowCode": ",".join(asked.chosen("flow", _FLOWS, "import,export")),
    }
    door = "data" if asked.keyed else "public"
    url = f"{_HOST}/{door}/v1/getDa/{way}"
    return [_listing(url, reporters, part, "available", wanted, asked.keyed) for part in _parts(periods)]


def _parts(periods: list[str]) -> list[list[str]]:
    return [periods[at : at + _PERIODS_A_LIST] for at in range(0, len(periods), _PERIODS_A_LIST)]


def _listing(
    url: str, reporters: list[str], periods: list[str], step: str, wanted: Mapping[str, str], keyed: bool
) -> Request:
    params = (("reporterCode", ",".join(reporters)), ("period", ",".join(periods)))
    return Request(url, params, covers={"step": step, **wanted}, keyed=keyed)


def _commodities(asked: Asked) -> str:
    codes, level = asked.listed("commodity"), asked.given.get("level", "")
    if bool(codes) == bool(level):
        raise ParameterError("--commodity or --level: expected one of them, e.g. --commodity 280530,284690")
    if level and level not in _LEVELS:
        raise ParameterError(f"--level {level!r}: expected one of {', '.join(_LEVELS)}")
    return ",".join(codes) or f"AG{level}"


def _judge(request: Request, answer: Answer) -> Outcome:
    step = request.covers.get("step", "data")
    if too_big(answer):
        return _split(request, "the address is too long")
    plain = common(request, answer)
    if plain:
        return plain
    if step == "file":
        return Outcome("rows")
    found = answer.json()
    _refuse_error(found)
    return _STEPS[step](request, found)


def _refuse_error(found: Any) -> None:
    if not isinstance(found, dict):
        raise PullError(f"expected a JSON object, found {type(found).__name__}")
    error = found.get("error") or found.get("errorObject")
    if error:
        raise PullError(f"the publisher says: {readable(json.dumps(error).encode())}")


def _rows(found: Mapping[str, Any], name: str = "data") -> list[dict[str, Any]]:
    rows = found.get(name)
    if not isinstance(rows, list):
        raise PullError(f"expected a list under {name!r}, found the names {list(found)[:8]}")
    return rows


def _available(request: Request, found: Mapping[str, Any]) -> Outcome:
    """Turn the list of available datasets into questions for their data."""
    sets: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(_rows(found), key=lambda row: str(row["lastReleased"])):
        sets[str(row["reporterCode"]), str(row["period"])] = row
    then = tuple(_data(request, row) for _, row in sorted(sets.items()))
    said = f"{len(then)} datasets are available"
    return Outcome("list", said, rows=len(sets), then=then, missing=_missing(request, sets))


def _missing(request: Request, found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Name what is asked for and not there; a country may have several codes, and reports under one."""
    held = {(_reporter(code), period) for code, period in found}
    reporters = dict.fromkeys(map(_reporter, request.param("reporterCode").split(",")))
    asked = [(reporter, period) for reporter in reporters for period in request.param("period").split(",")]
    return tuple(f"{period} of {reporter}" for reporter, period in asked if (reporter, period) not in held)


def _reporter(code: str) -> str:
    known = partners.partner_codes("m49").get(code)
    return known[-1].iso if known else code


def _data(request: Request, row: Mapping[str, Any]) -> Request:
    way = request.url.partition("/getDa/")[2]
    door = "data/v1/get" if request.keyed else "public/v1/preview"
    reporter, period = str(row["reporterCode"]), str(row["period"])
    wanted = {name: value for name, value in request.covers.items() if name != "step" and value}
    params = {
        "reporterCode": reporter,
        "period": period,
        "partner2Code": "0",
        **wanted,
        "customsCode": "C00",
        "motCode": "0",
        "maxRecords": _KEYED if request.keyed else _PREVIEW,
    }
    made = Request(
        f"{_HOST}/{door}/{way}",
        tuple(params.items()),
        covers={"step": "data", "period": period},
        title=f"UN Comtrade {way}, {row.get('reporterISO') or reporter}, {period}",
        published=dt.date.fromisoformat(str(row["lastReleased"])[:10]),
        basis="page",
        vintage=f"{row['datasetChecksum']} of {row['lastReleased']}",
        keyed=request.keyed,
    )
    return _named(made)


def _named(request: Request) -> Request:
    way = request.url.rpartition("/v1/")[2].split("/")
    parts = [*way[1:], request.param("reporterCode"), request.param("period"), request.id[:6]]
    return replace(request, file=f"{'-'.join(parts)}.json")


def _figures(request: Request, found: Mapping[str, Any]) -> Outcome:
    count = len(_rows(found))
    if count in _LIMITS[request.param("maxRecords")]:
        return _split(request, f"exactly {count:,} rows, which is where the publisher cuts")
    if count == 0:
        return Outcome("empty", "no rows; a code the publisher does not know gives none either", rows=0)
    return Outcome("rows", rows=count)


def _split(request: Request, why: str) -> Outcome:
    """Ask again in parts: by period, flow, partner, commodity.

    Every partner at once is only at the end split by the publisher's list of partners, which may lack one.
    """
    for name in ("period", "flowCode", "partnerCode", "cmdCode"):
        parts = halves(request, name) if request.param(name) else ()
        if parts:
            named = tuple(_named(part) if part.file else part for part in parts)
            return Outcome("split", f"{why}; asked again in two parts by {name}", then=named)
    if request.param("cmdCode") and not request.param("partnerCode"):
        asks = replace(request, covers={**request.covers, "step": "data"}).as_json()
        areas = Request(_AREAS, covers={"step": "areas", "for": json.dumps(asks)})
        return Outcome("split", f"{why}; asked again by partner", then=(areas,))
    return Outcome("refused", f"{why}, and the question cannot be split any further")


def _areas(request: Request, found: Mapping[str, Any]) -> Outcome:
    """Ask for the two halves of the publisher's partners what could not be had for all of them at once."""
    codes = sorted({int(row["id"]) for row in _rows(found, "results")})
    whole = Request.from_json(json.loads(request.covers["for"]))
    whole = whole.having(partnerCode=",".join(map(str, codes)))
    return Outcome("list", f"{len(codes)} partners", then=tuple(map(_named, halves(whole, "partnerCode"))))


def _bulk(request: Request, found: Mapping[str, Any]) -> Outcome:
    """Turn the list of bulk files into questions for them."""
    rows = _rows(found)
    then = tuple(_file(row) for row in rows)
    held = {(str(row["reporterCode"]), str(row["period"])): row for row in rows}
    return Outcome("list", f"{len(then)} files", rows=len(rows), then=then, missing=_missing(request, held))


def _file(row: Mapping[str, Any]) -> Request:
    url = str(row["fileUrl"])
    if not url.startswith(f"{_HOST}/"):
        raise PullError(
            f"a file of the list is at another address, {readable(url.encode())}: the key stays here"
        )
    parts = [str(row[name]) for name in ("freqCode", "classificationCode", "reporterCode", "period")]
    original = "" if row.get("isOriginalClassification", True) else "-converted"
    day = str(row.get("publicationDate") or row["timestamp"])[:10]
    return Request(
        url,
        form="gz",
        file=f"{'-'.join(parts)}{original}-{str(row['rowKey'])[:6]}.txt.gz",
        covers={"step": "file", "period": parts[-1]},
        title=f"UN Comtrade bulk file C/{'/'.join(parts)}{original}",
        published=dt.date.fromisoformat(day),
        basis="page",
        vintage=str(row.get("eTag") or row["timestamp"]),
        keyed=True,
        seconds=3600,
    )


_STEPS: Final = {"available": _available, "data": _figures, "areas": _areas, "bulk": _bulk}


def _fingerprint(raw: bytes) -> str:
    """Return a hash of the rows: an answer also tells how long it took, and may change their order."""
    return hash_of_rows(orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))["data"])


PULL: Final = Protocol(
    source="comtrade",
    plan=_plan,
    judge=_judge,
    takes={
        "reporter": "ISO codes, needed",
        "partner": "ISO codes; WLD for the publisher's own total (default: every partner and the total)",
        "flow": "default: import and export",
        "commodity": "codes of the classification; or",
        "level": "every code of 2, 4 or 6 digits",
        "period": "months are the monthly datasets, years the annual ones",
        "classification": "HS as reported (default), H0 to H6, S1 to S4",
        "form": "api (default), or bulk: whole files of a reporter and period",
    },
    limits=(
        "without a key 500 rows an answer and one call a second; with a free key 500 calls a day of 100,000"
        " rows each, with a paid one 250,000"
    ),
    key=_KEY,
    pause=1.1,
    fingerprint=_fingerprint,
    publisher="UN Comtrade",
    licence="UN Comtrade: free for reuse with the source named, bulk re-dissemination needs permission",
)
