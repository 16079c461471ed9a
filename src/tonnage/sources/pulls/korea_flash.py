"""Korea customs: the flash tables of the 10th, the 20th and the month, and goods by country and month.

The flash tables are what the portal's own page asks for: months by goods or by countries, cumulative to each
of three days, a day that is not out as 0. Goods by HS code and country come from data.go.kr, with a key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Final

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Key,
    Outcome,
    Protocol,
    Request,
    common,
    month_code,
    readable,
)

__all__ = ["PULL"]

_FLASH: Final = "https://tradedata.go.kr/cts/hmpg/retrieveChartTentativeValues.do"
_GOODS: Final = "https://apis.data.go.kr/1220000/nitemtrade/getNitemtradeList"
_TABLES: Final = {"items": "ETS_MNK_1050000A", "countries": "ETS_MNK_1050000B"}
_FORMS: Final = {name: name for name in (*_TABLES, "goods")}
_FLOWS: Final = {"export": "E", "import": "I"}
_NAMES: Final = {code: name for name, code in _FLOWS.items()}
#: What the page sends with each of its questions.
_AS_PAGE: Final = (
    ("X-Requested-With", "XMLHttpRequest"),
    ("isAjax", "true"),
    ("Referer", "https://tradedata.go.kr/cts/index.do"),
)
_CODE: Final = re.compile(rb"<(?:resultCode|returnReasonCode)>\s*([0-9]+)\s*<")
_GOOD: Final = ("00", "0")
_NO_ROWS: Final = ("03", "3")
_QUOTA: Final = ("22",)
_KEY: Final = Key(
    variable="TONNAGE_DATA_GO_KR_KEY",
    where="a free one at https://www.data.go.kr/en/data/15100475/openapi.do (the decoded form)",
    query="serviceKey",
    needed=False,
)


def _plan(asked: Asked) -> list[Request]:
    forms = asked.chosen("form", _FORMS, "items,countries")
    months = asked.months()
    made = [
        _flash(form, flow, months[0], months[-1])
        for form in forms
        if form in _TABLES
        for flow in asked.chosen("flow", _FLOWS, "export,import")
    ]
    return [*made, *(_goods(asked, months) if "goods" in forms else ())]


def _flash(table: str, flow: str, first: dt.date, last: dt.date) -> Request:
    sent = {
        "menuId": "ETS_MNU_00000134",
        "statsKind": _TABLES[table],
        "imexTpcd": flow,
        "priodKind": "MON",
        "priodFr": month_code(first),
        "priodTo": month_code(last),
        "priodDate": "",
        "selectPaging": "1",
        "showPagingLine": "100",
        "sortColumn": "",
        "sortOrder": "",
    }
    name = _NAMES[flow]
    return Request(
        _FLASH,
        data=tuple(sent.items()),
        headers=_AS_PAGE,
        file=f"flash_{table}_{name}_{month_code(first)}-{month_code(last)}.json",
        covers={"period": f"{first:%Y-%m}:{last:%Y-%m}", "flow": name},
        details={"flow": name},
        title=f"Korea customs, flash table by {table}, {name}",
    )


def _goods(asked: Asked, months: list[dt.date]) -> list[Request]:
    codes = asked.listed("commodity")
    if not codes:
        raise ParameterError("--commodity: expected HS codes for --form goods, e.g. 280530; it is missing")
    partners = [*asked.countries("partner", "korea")] or [""]
    years = sorted({month.year for month in months})
    spans = [[month for month in months if month.year == year] for year in years]
    return [
        _question(code, partner, span[0], span[-1])
        for span in spans
        for code in codes
        for partner in partners
    ]


def _question(code: str, partner: str, first: dt.date, last: dt.date) -> Request:
    params = [("strtYymm", month_code(first)), ("endYymm", month_code(last)), ("hsSgn", code)]
    params += [("cntyCd", partner)] if partner else []
    return Request(
        _GOODS,
        tuple(params),
        form="xml",
        file=f"goods_{code}_{partner or 'all'}_{month_code(first)}-{month_code(last)}.xml",
        covers={"period": f"{first:%Y-%m}:{last:%Y-%m}"},
        title=f"Korea customs, goods by country, HS {code}",
        keyed=True,
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    plain = common(request, answer)
    if plain:
        return plain
    return _judge_goods(answer) if request.form == "xml" else _judge_flash(answer)


def _judge_flash(answer: Answer) -> Outcome:
    found = answer.json()
    items = found.get("items") if isinstance(found, dict) else None
    if isinstance(found, dict) and str(found.get("error", "")).lower() == "true":
        raise PullError(f"the publisher says: {readable(answer.head)}")
    if not isinstance(items, list):
        raise PullError(f"expected a list under 'items', found {readable(answer.head)!r}")
    if not items:
        return Outcome("unpublished", "the table has no months yet", rows=0)
    return Outcome("rows", rows=len(items), published=answer.day, basis="retrieved")


def _judge_goods(answer: Answer) -> Outcome:
    found = _CODE.search(answer.head)
    code = found[1].decode() if found else ""
    if code in _QUOTA:
        return Outcome("quota", f"the calls of the key are used up: {readable(answer.head)}")
    if code in _NO_ROWS:
        return Outcome("empty", "no rows", rows=0)
    if code not in _GOOD:
        return Outcome("refused", f"the publisher says: {readable(answer.head)}")
    rows = answer.body().count(b"<item>")
    if not rows:
        return Outcome("empty", "no rows", rows=0)
    return Outcome("rows", rows=rows, published=answer.day, basis="retrieved")


def _fingerprint(raw: bytes) -> str:
    """Return a hash of the items alone."""
    items = raw[raw.find(b"<item>") :] if raw.startswith(b"<") else raw
    return hashlib.sha256(items).hexdigest()


PULL: Final = Protocol(
    source="korea-flash",
    plan=_plan,
    judge=_judge,
    takes={
        "form": "items and countries (default): the flash tables; goods: by HS code and country, with a key",
        "period": "months",
        "flow": "default: export and import (goods gives both at once)",
        "commodity": "HS codes of 2 to 10 digits, for goods",
        "partner": "ISO codes, for goods (default: every one)",
    },
    limits="10,000 calls a day for the key of goods; the portal states none: one request in two seconds",
    key=_KEY,
    pause=2.0,
    fingerprint=_fingerprint,
    publisher="Korea Customs Service",
    licence="Korea Customs Service: free use, no permission needed",
)
