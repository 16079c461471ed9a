"""UK HMRC, overseas trade by commodity code: an OData service that gives at most 10,000 records an answer.

It gives no link to the next page, refuses `in (...)` and does not count; so everything is written out with
`or`. A figure comes in parts, one a port, which have to stand in one answer to be added up: so a full answer
is not followed by its next page, but asked again for fewer codes, until each answer is short.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

import orjson

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Outcome,
    Protocol,
    Request,
    common,
    hash_of_rows,
    is_recent,
    readable,
    too_big,
)

__all__ = ["PULL"]

_URL: Final = "https://api.uktradeinfo.com/OTS"
_MOST: Final = 10_000
_WAIT: Final = 60
_FLOWS: Final = {"import": "1,3", "export": "2,4"}  # with the EU and with the rest of the world
_CN: Final = 8
_CODE: Final = re.compile(r"(?:[0-9]{2}){1,4}")


def _plan(asked: Asked) -> list[Request]:
    commodities = asked.listed("commodity")
    if not commodities:
        raise ParameterError("--commodity: expected CN codes of 2 to 8 digits, e.g. 280530; it is missing")
    for code in commodities:
        if not _CODE.fullmatch(code):
            raise ParameterError(f"--commodity {code!r}: expected 2, 4, 6 or 8 digits")
    wanted = {
        "flows": ",".join(asked.chosen("flow", _FLOWS, "import,export")),
        "partners": ",".join(asked.countries("partner", "hmrc")),
        "codes": ",".join(f"{code.ljust(_CN, '0')}-{code.ljust(_CN, '9')}" for code in commodities),
    }
    return [_question({"period": f"{month:%Y-%m}", **wanted}) for month in asked.months()]


def _question(wanted: Mapping[str, str]) -> Request:
    conditions = (
        f"MonthId eq {wanted['period'].replace('-', '')}",
        _any(f"FlowTypeId eq {flow}" for flow in _values(wanted["flows"])),
        _any(f"CountryId eq {partner}" for partner in _values(wanted["partners"])),
        _any(_within(*_span(codes)) for codes in _values(wanted["codes"])),
    )
    asked = " and ".join(filter(None, conditions))
    question = hashlib.sha256(asked.encode()).hexdigest()[:6]
    return Request(
        _URL,
        (("$filter", asked), ("$expand", "Commodity"), ("$top", str(_MOST))),
        file=f"OTS_{wanted['period']}_{question}.json",
        covers=wanted,
        title=f"HMRC overseas trade statistics, {wanted['period']}",
    )


def _values(text: str) -> list[str]:
    return text.split(",") if text else []


def _any(conditions: Iterable[str]) -> str:
    joined = " or ".join(conditions)
    return f"({joined})" if joined else ""


def _span(codes: str) -> tuple[int, int]:
    first, last = codes.split("-")
    return int(first), int(last)


def _within(first: int, last: int) -> str:
    return (
        f"CommodityId eq {first}" if first == last else f"(CommodityId ge {first} and CommodityId le {last})"
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    if too_big(answer):
        return _split(request, "too long for one question")
    plain = common(request, answer)
    if plain and plain.kind != "empty":
        return plain
    rows = [] if plain else _rows(answer)
    if len(rows) >= _MOST:
        return _split(request, f"exactly {len(rows):,} rows, the most the service gives")
    if rows:
        return Outcome("rows", rows=len(rows), published=answer.day, basis="retrieved")
    month = dt.date.fromisoformat(f"{request.covers['period']}-01")
    early = "part" not in request.covers and is_recent(month, answer.day, _WAIT)
    return Outcome("unpublished" if early else "empty", "the publisher has no rows for this month")


def _rows(answer: Answer) -> list[object]:
    found = answer.json()
    rows = found.get("value") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise PullError(f"expected a list under 'value', found {readable(answer.head)!r}")
    return rows


def _split(request: Request, why: str) -> Outcome:
    """Ask again in two parts: by codes, down to a single one, then by flow, then by partner."""
    spans = _values(request.covers["codes"])
    for name in ("codes", "flows", "partners"):
        parts = (
            _halved_span(spans[0]) if name == "codes" and len(spans) == 1 else _halves(request.covers[name])
        )
        if parts:
            then = tuple(_question({**request.covers, name: part, "part": "yes"}) for part in parts)
            return Outcome("split", f"{why}; asked again in two parts by {name}", then=then)
    return Outcome("refused", f"{why}, and the question cannot be split any further")


def _halves(text: str) -> tuple[str, ...]:
    values = _values(text)
    cut = len(values) // 2
    return (",".join(values[:cut]), ",".join(values[cut:])) if cut else ()


def _halved_span(codes: str) -> tuple[str, ...]:
    first, last = _span(codes)
    middle = (first + last) // 2
    return (f"{first}-{middle}", f"{middle + 1}-{last}") if first < last else ()


def _fingerprint(raw: bytes) -> str:
    """Return a hash of the rows in an order of our own."""
    return hash_of_rows(orjson.loads(raw)["value"])


PULL: Final = Protocol(
    source="hmrc",
    plan=_plan,
    judge=_judge,
    takes={
        "commodity": "CN codes of 8 digits, or of 2, 4 or 6 for all under them; needed",
        "flow": "default: import and export, each with EU and non-EU",
        "partner": "ISO codes (default: every partner)",
        "period": "months",
    },
    limits="10,000 records an answer; one request a second is kept to",
    pause=1.0,
    fingerprint=_fingerprint,
    publisher="HMRC",
    licence="Open Government Licence v3.0",
)
