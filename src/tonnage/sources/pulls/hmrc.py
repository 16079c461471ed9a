"""UK HMRC, overseas trade by commodity code: an OData service that is read page by page until a short one.

It gives no link to the next page, refuses `in (...)` and does not count; so partners and codes are written
out with `or`, and a page of exactly `_PAGE` rows is followed by another question.
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
    is_recent,
    readable,
    too_big,
)

__all__ = ["PULL"]

_URL: Final = "https://api.uktradeinfo.com/OTS"
_PAGE: Final = 10_000
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
        "codes": ",".join(commodities),
    }
    return [_page({"period": f"{month:%Y-%m}", **wanted}, 0) for month in asked.months()]


def _page(wanted: Mapping[str, str], skip: int) -> Request:
    """Return the question for a page of what is wanted."""
    conditions = (
        f"MonthId eq {wanted['period'].replace('-', '')}",
        _any(f"FlowTypeId eq {flow}" for flow in _values(wanted["flows"])),
        _any(f"CountryId eq {partner}" for partner in _values(wanted["partners"])),
        _any(_under(code) for code in _values(wanted["codes"])),
    )
    asked = " and ".join(filter(None, conditions))
    question = hashlib.sha256(asked.encode()).hexdigest()[:6]
    return Request(
        _URL,
        (("$filter", asked), ("$expand", "Commodity"), ("$top", str(_PAGE)), ("$skip", str(skip))),
        file=f"OTS_{wanted['period']}_{question}_{skip // _PAGE + 1:03}.json",
        covers=wanted,
        title=f"HMRC overseas trade statistics, {wanted['period']}",
    )


def _values(text: str) -> list[str]:
    return text.split(",") if text else []


def _any(conditions: Iterable[str]) -> str:
    joined = " or ".join(conditions)
    return f"({joined})" if joined else ""


def _under(code: str) -> str:
    """Return the condition for a code of the CN, or for all codes under a shorter one."""
    first, last = int(code.ljust(_CN, "0")), int(code.ljust(_CN, "9"))
    return (
        f"CommodityId eq {first}" if first == last else f"(CommodityId ge {first} and CommodityId le {last})"
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    if too_big(answer):
        return _split(request)
    plain = common(request, answer)
    if plain and plain.kind != "empty":
        return plain
    rows = [] if plain else _rows(answer)
    skip = int(request.param("$skip"))
    if rows:
        then = (_page(request.covers, skip + _PAGE),) if len(rows) == _PAGE else ()
        said = f"a full page of {_PAGE:,} rows; the next one is asked for" if then else ""
        return Outcome("rows", said, rows=len(rows), then=then, published=answer.day, basis="retrieved")
    if skip:
        return Outcome("list", "the page before was the last")
    month = dt.date.fromisoformat(f"{request.covers['period']}-01")
    early = is_recent(month, answer.day, _WAIT)
    return Outcome("unpublished" if early else "empty", "the publisher has no rows for this month")


def _rows(answer: Answer) -> list[object]:
    found = answer.json()
    rows = found.get("value") if isinstance(found, dict) else None
    if not isinstance(rows, list):
        raise PullError(f"expected a list under 'value', found {readable(answer.head)!r}")
    return rows


def _split(request: Request) -> Outcome:
    """Ask for half the codes, or half the partners: the whole question is one parameter of the address."""
    for name in ("codes", "partners"):
        values = _values(request.covers[name])
        if len(values) > 1:
            cut = len(values) // 2
            parts = (",".join(values[:cut]), ",".join(values[cut:]))
            then = tuple(_page({**request.covers, name: part}, 0) for part in parts)
            return Outcome(
                "split", f"too long for one question; asked again in two parts by {name}", then=then
            )
    return Outcome("refused", "too long for one question, and it cannot be split any further")


def _fingerprint(raw: bytes) -> str:
    """Return a hash of the rows in an order of our own."""
    rows = orjson.loads(raw)["value"]
    return hashlib.sha256(
        b"\n".join(sorted(orjson.dumps(r, option=orjson.OPT_SORT_KEYS) for r in rows))
    ).hexdigest()


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
    limits="pages of 10,000 rows; 60 calls a minute are kept to",
    pause=1.0,
    fingerprint=_fingerprint,
    publisher="HMRC",
    licence="Open Government Licence v3.0",
)
