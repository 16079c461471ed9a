"""Dates as pages and feeds print them, read as far as they go: nothing is borrowed, nothing is filled in.

A time without a zone gives its day. A month gives a month. A day that could be two days gives nothing.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Stamp", "first", "stamp"]


@dataclass(frozen=True, slots=True)
class Stamp:
    """A date as far as it was printed.

    Attributes:
        text: YYYY-MM, YYYY-MM-DD, or a time with its offset.
        precision: month, day or minute.
    """

    text: str
    precision: str


#: Longest text that can be a date.
_LONGEST: Final = 100

#: Years a page can be of: 1970-01-01 is how a clock that was never set prints.
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio januari ene janv",
            "february feb februar février febrero fevereiro febbraio februari fév févr fev",
            "march mar märz mars marzo março maart mär",
            "april apr avril abril aprile abr avr",
            "may mai mayo maio maggio mei",
            "june jun juni juin junio junho giugno",
            "july jul juli juillet julio julho luglio juil",
            "august aug août agosto augustus ago",
            "september sep sept septembre septiembre setembro settembre set",
            "october oct oktober octobre octubre outubro ottobre okt out",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre diciembre dezembro dicembre dez dic déc",
        ),
        start=1,
    )
    for name in names.split()
}

#: Names of zones that mean one offset. CST and IST mean several and are left out.
_ZONES: Final = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "ut": 0,
    "jst": 540,
    "kst": 540,
    "hkt": 480,
    "sgt": 480,
    "cet": 60,
    "cest": 120,
    "est": -300,
    "edt": -240,
    "et": None,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
}

_TIME: Final = (
    r"(?:[T,\s]|at|um|à|a las|\||·|-)*"
    r"(?:(?P<half>上午|下午|午前|午後|오전|오후)\s*)?(?P<hour>\d{1,2})(?::|時|时|点|點|시\s*|h)(?P<minute>\d\d)?分?분?"
    r"(?::(?P<second>\d\d)(?:\.\d+)?)?\s*(?P<ampm>[ap]\.?m\.?)?\s*"
    r"\(?(?P<zone>[+-]\d\d:?\d\d|(?:utc|gmt)[+-]\d{1,2}(?::?\d\d)?|[a-z]{1,4})?\)?(?:\s*uhr)?"
)
_DAY_NAME: Final = r"(?:[^\W\d_]{2,10}\.?,?\s+)??"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<y>\d{4})[/.]\s?(?P<m>\d{1,2})[/.]\s?(?P<d>\d{1,2})\.?",
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)(?=$|T)",
        r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日號号일]\s*(?:[(（].{1,3}[)）])?",
        _DAY_NAME + r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?(?:\s+de)?[\s-]+"
        r"(?P<name>[^\W\d_]+)\.?,?(?:\s+del?)?[\s-]+(?P<y>\d{4})",
        _DAY_NAME + r"(?P<name>[^\W\d_]+)\.?\s+(?P<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<y>\d{4})",
        r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})",
        r"(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{4})",
    )
)
_MONTH_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})",
        r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]",
        r"(?P<name>[^\W\d_]+)\.?,?\s+(?P<y>\d{4})",
    )
)
_TIME_FORM: Final = re.compile(_TIME, re.IGNORECASE)
_GDELT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)Z?")


def stamp(text: str | None) -> Stamp | None:
    """Return the date that `text` is, as far as it is one; None where it is none, or could be two."""
    text = " ".join((text or "").split())
    if not text or len(text) > _LONGEST:
        return None
    if packed := _GDELT.fullmatch(text):
        text = "{}-{}-{}T{}:{}:{}Z".format(*packed.groups())
    for form in _FORMS:
        if found := form.match(text):
            day = _day(found)
            return _with_time(day, text[found.end() :]) if day else None
    return next(filter(None, (_month(form.fullmatch(text)) for form in _MONTH_FORMS)), None)


def first(*texts: str | None) -> Stamp | None:
    """Return the first of `texts` that is a date."""
    return next(filter(None, map(stamp, texts)), None)


def _day(found: re.Match[str]) -> dt.date | None:
    parts = found.groupdict()
    if "a" in parts:
        a, b = int(parts["a"]), int(parts["b"])
        # 01/02/2026 is January in one country and February in another.
        if a <= 12 and b <= 12 and a != b:
            return None
        month, day = (a, b) if a <= 12 else (b, a)
    else:
        month, day = _number(parts), int(parts["d"])
    return _date(int(parts["y"]), month, day)


def _number(parts: dict[str, str]) -> int:
    return _MONTHS.get(parts["name"].lower(), 0) if "name" in parts else int(parts["m"])


def _date(year: int, month: int, day: int) -> dt.date | None:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12):
        return None
    return dt.date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _month(found: re.Match[str] | None) -> Stamp | None:
    if found is None or not (day := _date(int(found["y"]), _number(found.groupdict()), 1)):
        return None
    return Stamp(f"{day:%Y-%m}", "month")


def _with_time(day: dt.date, rest: str) -> Stamp | None:
    """Return the moment, the day where the zone is not told, or None where `rest` is no time of day."""
    alone = Stamp(day.isoformat(), "day")
    if not rest.strip(" .,"):
        return alone
    found = _TIME_FORM.fullmatch(rest.strip())
    if not found:
        return None
    clock = _clock(found)
    offset = _offset((found["zone"] or "").lower())
    if clock is None or offset is None:
        return alone
    zone = dt.timezone(dt.timedelta(minutes=offset))
    moment = dt.datetime.combine(day, clock, zone)
    return Stamp(moment.isoformat(timespec="seconds" if found["second"] else "minutes"), "minute")


def _clock(found: re.Match[str]) -> dt.time | None:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    half = (found["ampm"] or "").lower()[:1] or {"下午": "p", "午後": "p", "오후": "p"}.get(found["half"], "")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute, min(second, 59)) if hour < 24 and minute < 60 else None


def _offset(zone: str) -> int | None:
    """Return minutes ahead of UTC, or None where that is not told."""
    if zone in _ZONES:
        return _ZONES[zone]
    digits = re.fullmatch(r"(?:utc|gmt)?(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d\d)?", zone)
    # RFC 5322: -0000 says that the zone is not known.
    if not digits or zone == "-0000":
        return None
    minutes = int(digits["h"]) * 60 + int(digits["m"] or 0)
    return (-minutes if digits["sign"] == "-" else minutes) if minutes < 24 * 60 else None
