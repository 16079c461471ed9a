"""US Census, international trade: one question a flow, commodity, country and month.

An answer without content stands for a month that is not out and for a good question without rows alike; a
month that is over for less than `_WAIT` days is taken as not out. The key can only go in the address.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Final

import orjson

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import (
    Answer,
    Asked,
    Key,
    Outcome,
    Protocol,
    Request,
    common,
    is_recent,
    readable,
)

__all__ = ["PULL"]

_URL: Final = "https://api.census.gov/data/timeseries/intltrade"
_COLUMNS: Final = {
    "imports": "CTY_NAME,GEN_VAL_MO,GEN_QY1_MO,GEN_QY1_MO_FLAG,UNIT_QY1,GEN_QY2_MO,GEN_QY2_MO_FLAG,UNIT_QY2",
    "exports": "CTY_NAME,ALL_VAL_MO,QTY_1_MO,QTY_1_MO_FLAG,UNIT_QY1,QTY_2_MO,QTY_2_MO_FLAG,UNIT_QY2",
}
_FLOWS: Final = {"import": "imports", "export": "exports"}
_CODE: Final = {"imports": "I_COMMODITY", "exports": "E_COMMODITY"}
_LEVELS: Final = ("2", "4", "6", "10")
_DIGITS: Final = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10}")
_WAIT: Final = 60
_KEY: Final = Key(
    variable="TONNAGE_CENSUS_KEY",
    where="a free one at https://api.census.gov/data/key_signup.html",
    query="key",
)


def _plan(asked: Asked) -> list[Request]:
    commodities = asked.listed("commodity")
    if not commodities:
        raise ParameterError("--commodity: expected HTS or Schedule B codes, e.g. 8505110070; it is missing")
    partners = [*asked.countries("partner", "census4")] or [""]
    return [
        _request(flow, code, asked.given.get("level", ""), partner, month)
        for month in asked.months()
        for flow in asked.chosen("flow", _FLOWS, "import,export")
        for code in commodities
        for partner in partners
    ]


def _request(flow: str, code: str, level: str, partner: str, month: dt.date) -> Request:
    if not _DIGITS.fullmatch(code):
        raise ParameterError(f"--commodity {code!r}: expected 2, 4, 6 or 10 digits")
    level = level or str(len(code))
    if level not in _LEVELS or int(level) < len(code):
        raise ParameterError(f"--level {level!r}: expected one of {', '.join(_LEVELS)}, {len(code)} or more")
    stem = code if len(code) == int(level) else f"{code}*"
    # What is filtered by comes back as a column; asked for as well, it would come back twice. DET leaves out
    # the groups of countries, which overlap, and keeps the total of all.
    wanted, filtered = (f"{_COLUMNS[flow]},CTY_CODE", ("SUMMARY_LVL", "DET"))
    if partner:
        wanted, filtered = _COLUMNS[flow], ("CTY_CODE", partner)
    params = [
        ("get", wanted),
        (_CODE[flow], stem),
        ("COMM_LVL", f"HS{level}"),
        filtered,
        ("time", f"{month:%Y-%m}"),
    ]
    name = "_".join(
        part for part in (flow, f"{month:%Y-%m}", f"{code}-HS{level}", partner.strip("-") or "all") if part
    )
    return Request(
        f"{_URL}/{flow}/hs",
        tuple(params),
        file=f"{name}.json",
        covers={"period": f"{month:%Y-%m}"},
        title=f"US Census, {flow}, {stem} at HS{level}, {month:%Y-%m}",
        keyed=True,
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    month = dt.date.fromisoformat(f"{request.covers['period']}-01")
    plain = common(request, answer)
    if answer.status == 404 or (plain and plain.kind == "empty"):
        early = is_recent(month, answer.day, _WAIT)
        return Outcome("unpublished" if early else "empty", "the publisher has no rows for this month")
    if plain:
        return plain
    rows = answer.json()
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise PullError(f"expected a list of lists, found {readable(answer.head)!r}")
    if len(rows) < 2:
        return Outcome("empty", "a header and no rows", rows=0)
    return Outcome("rows", rows=len(rows) - 1, published=answer.day, basis="retrieved")


def _fingerprint(raw: bytes) -> str:
    """Return a hash of the rows in an order of our own: the publisher's is not stable."""
    head, *rows = orjson.loads(raw)
    return hashlib.sha256(orjson.dumps([head, *sorted(rows)])).hexdigest()


PULL: Final = Protocol(
    source="census",
    plan=_plan,
    judge=_judge,
    takes={
        "commodity": "HTS (imports) or Schedule B (exports) codes of 2, 4, 6 or 10 digits, needed",
        "level": "6 or 10: every code of so many digits under the given ones",
        "flow": "default: import and export",
        "partner": "ISO codes (default: every country and the total)",
        "period": "months",
    },
    limits="500 calls a day for an address without a key; since a key is asked for, none that is stated",
    key=_KEY,
    pause=0.5,
    fingerprint=_fingerprint,
    publisher="US Census Bureau",
    licence="US government work, in the public domain; name the US Census Bureau as the source",
)
