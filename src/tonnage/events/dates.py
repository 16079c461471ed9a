"""The anchor of a text, and the day, week or month its words mean for an event.

Nothing is made up: no year is taken from elsewhere, no missing day is filled in, and without an anchor a
relative word has no date.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Final

from tonnage.errors import ReadError
from tonnage.events.mentions import Mention

__all__ = ["Anchor", "EventDate", "find_anchor", "parse_published", "resolve"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day relative words count from: of the dateline if there is one, else of publication.

    With `precision` month the day is a stand-in and no day is counted from it.
    """

    day: dt.date
    precision: str = "day"
    basis: str = "published"
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class EventDate:
    """A resolved date: both ends inclusive, its precision, the rule, the words and what is odd about it."""

    start: dt.date
    end: dt.date
    precision: str
    rule: str
    words: str
    flags: tuple[str, ...] = ()


_DAY: Final = dt.timedelta(days=1)
#: Years a page can be of; outside them a day before or after might not exist.
_YEARS: Final = (1900, 2100)
_PUBLISHED: Final = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?(?:[T ].*)?")

# What follows the day of a dateline: "(Reuters) -", "--", ":", a wire's word in Chinese or Japanese.
_AFTER: Final = re.compile(
    r"[\s,.]{0,2}\)?[\s,.]{0,2}(?:\([^()\n]{1,40}\)\s?)?(?:/[^/\n]{2,40}/\s?)?(?:\.?\s?--?(?!\d)|—|:|\.-)|"
    r"\s?(?:电|電|訊|讯|发电|發電)|[^\n】\])]{0,24}[】\]]"
)
_BEFORE: Final = re.compile(r"[^。!?！？\n]{0,60}")
_PROSE: Final = re.compile(r"[a-zà-ÿ]{2,}[ ,]+[a-zà-ÿ]{2,}")


def parse_published(value: dt.date | str | None, precision: str | None = None) -> Anchor | None:
    """Return the anchor of a publication day: a date, "YYYY-MM-DD" or, to the month, "YYYY-MM".

    Raises:
        ReadError: it is none of them.
    """
    if value is None or precision == "unknown":
        return None
    found, precise = _published_day(value)
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise ReadError(f"published: expected a day in {_YEARS[0]} to {_YEARS[1]}, found {value}")
    return Anchor(found, "month" if precision == "month" or not precise else "day")


def _published_day(value: dt.date | str) -> tuple[dt.date, bool]:
    """Return the day, and whether it is one: a month alone stands for its first day."""
    if isinstance(value, dt.date):
        return (value.date() if isinstance(value, dt.datetime) else value), True
    try:
        match = _PUBLISHED.fullmatch(value)
        if match is None:
            raise ValueError
        year, month, day = match.groups()
        return dt.date(int(year), int(month), int(day or 1)), bool(day)
    except (TypeError, ValueError):
        raise ReadError(f"published: expected YYYY-MM-DD, YYYY-MM or a date, found {value!r}") from None


def find_anchor(
    text: str, mentions: Iterable[Mention], published: Anchor | None
) -> tuple[Anchor | None, Mention | None]:
    """Return the anchor of a text and the mention that is its dateline, if it has one."""
    for mention in mentions:
        if mention.start > 120:
            break
        if mention.kind not in ("day", "dayonly") or not _is_dateline(text, mention):
            continue
        day = _dateline_day(mention, published)
        if day is None:
            return published, mention
        return Anchor(day, "day", "dateline", published.zone if published else None), mention
    return published, None


def _is_dateline(text: str, mention: Mention) -> bool:
    head = text[: mention.start]
    if not _BEFORE.fullmatch(head) or _PROSE.search(head):
        return False
    return bool(_AFTER.match(text, mention.end))


def _dateline_day(mention: Mention, published: Anchor | None) -> dt.date | None:
    if mention.year and mention.month and mention.day:
        return _date(mention.year, mention.month, mention.day)
    if published is None or mention.day is None:
        return None
    last = published.day + _DAY
    if published.precision == "month":
        last = published.day.replace(day=monthrange(published.day.year, published.day.month)[1])
    if mention.month:
        return _latest(last, mention.month, mention.day)
    return _latest_day(last, mention.day)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _latest(last: dt.date, month: int, day: int) -> dt.date | None:
    for year in (last.year, last.year - 1):
        found = _date(year, month, day)
        if found and found <= last:
            return found
    return None


def _latest_day(last: dt.date, day: int) -> dt.date | None:
    first = last.replace(day=1)
    found = _date(last.year, last.month, day)
    if found and found <= last:
        return found
    before = first - _DAY
    return _date(before.year, before.month, day)


def _next_day(first: dt.date, day: int) -> dt.date | None:
    found = _date(first.year, first.month, day)
    if found and found >= first:
        return found
    later = first.replace(day=1) + dt.timedelta(days=32)
    return _date(later.year, later.month, day)


def resolve(
    mention: Mention, anchor: Anchor | None, *, ahead: bool | None = False, before: EventDate | None = None
) -> EventDate | None:
    """Return the date `mention` means for an event, or None where nothing fixes it.

    Args:
        mention: the words.
        anchor: the day relative words count from.
        ahead: whether the clause speaks of the future; None where it only leans that way, and the
            nearest is taken.
        before: the date named before in the text, for "the same day".
    """
    reader = _KINDS.get(mention.kind)
    if reader is None:
        return None
    looks_ahead = ahead if mention.ahead is None else mention.ahead
    found = reader(mention, anchor, looks_ahead, before)
    return found and _with_weekday(found, mention)


_Reader = Callable[[Mention, "Anchor | None", "bool | None", "EventDate | None"], "EventDate | None"]


def _made(mention: Mention, start: dt.date, end: dt.date, precision: str, *flags: str) -> EventDate:
    return EventDate(start, end, precision, mention.rule, mention.text.strip(), flags)


def _with_weekday(found: EventDate, mention: Mention) -> EventDate:
    """Flag a weekday that is not its date's; the date then spans both days."""
    if mention.weekday is None or mention.kind == "weekday" or found.start != found.end:
        return found
    off = (mention.weekday - found.start.weekday() + 3) % 7 - 3
    if off == 0:
        return found
    other = found.start + off * _DAY
    return replace(found, start=min(found.start, other), end=max(found.end, other), precision="range",
                   flags=(*found.flags, "weekday_mismatch"))  # fmt: skip


def _year_of(mention: Mention, anchor: Anchor | None, ahead: bool | None) -> int | None:
    """Return the year of a mention with a month: printed, or counted from the anchor."""
    if mention.year:
        return mention.year
    if anchor is None or mention.month is None:
        return None
    if mention.year_shift is not None:
        return anchor.day.year + mention.year_shift
    return _near_year(mention, anchor, ahead)


def _near_year(mention: Mention, anchor: Anchor, ahead: bool | None) -> int:
    base = anchor.day
    assert mention.month is not None  # noqa: S101  # the caller has seen to it
    this = (mention.month, mention.day or 1)
    if ahead is None:
        return _nearest_year(this, base)
    if ahead:
        now = (base.month, base.day if mention.day and anchor.precision == "day" else 1)
        return base.year if this >= now else base.year + 1
    now = (base.month, 31) if anchor.precision == "month" or not mention.day else (base.month, base.day)
    if this <= now or this == _tomorrow(base) or (mention.day and _soon(this, base)):
        return base.year
    return base.year - 1


#: A day of no year that was long ago but comes soon is the one that comes.
_SOON: Final = 150


def _soon(this: tuple[int, int], base: dt.date) -> bool:
    day = _date(base.year, *this)
    return day is not None and 0 < (day - base).days <= _SOON


def _nearest_year(this: tuple[int, int], base: dt.date) -> int:
    found = {year: _date(year, *this) for year in (base.year - 1, base.year, base.year + 1)}
    near = {year: abs((day - base).days) for year, day in found.items() if day}
    return min(near, key=near.__getitem__) if near else base.year


def _tomorrow(day: dt.date) -> tuple[int, int]:
    # A page dated in the west lies a day before the event in the east.
    later = day + _DAY
    return (later.month, later.day) if later.year == day.year else (12, 31)


def _day(
    mention: Mention, anchor: Anchor | None, ahead: bool | None, _: EventDate | None
) -> EventDate | None:
    if mention.shift is not None:
        return _day_of_month(mention, anchor)
    year = _year_of(mention, anchor, ahead)
    if year is None or mention.month is None or mention.day is None:
        return None
    start = _date(year, mention.month, mention.day)
    if start is None:
        return None
    if mention.to_day:
        end = _date(year, mention.month, mention.to_day)
        return _made(mention, start, end, "range") if end and end > start else None
    return _made(mention, start, start, "day")


def _day_of_month(mention: Mention, anchor: Anchor | None) -> EventDate | None:
    """Return a day of last, this or next month (先月4日), which a publication month is enough to fix."""
    if anchor is None or mention.day is None or mention.shift is None:
        return None
    index = anchor.day.year * 12 + anchor.day.month - 1 + mention.shift
    found = _date(index // 12, index % 12 + 1, mention.day)
    return _made(mention, found, found, "day") if found else None


def _day_only(
    mention: Mention, anchor: Anchor | None, ahead: bool | None, _: EventDate | None
) -> EventDate | None:
    if anchor is None or anchor.precision != "day" or mention.day is None:
        return None
    behind, coming = _latest_day(anchor.day + _DAY, mention.day), _next_day(anchor.day, mention.day)
    found = coming if ahead else behind
    if ahead is None and behind and coming:
        found = min(behind, coming, key=lambda day: abs((day - anchor.day).days))
    return _made(mention, found, found, "day") if found else None


def _weekday(
    mention: Mention, anchor: Anchor | None, ahead: bool | None, _: EventDate | None
) -> EventDate | None:
    if anchor is None or anchor.precision != "day" or mention.weekday is None:
        return None
    if mention.shift is not None:
        # "Tuesday last week", 上周二: of the week before, not the last Tuesday.
        found = anchor.day + (mention.weekday - anchor.day.weekday() + 7 * mention.shift) * _DAY
        return _made(mention, found, found, "day")
    back = (anchor.day.weekday() - mention.weekday) % 7
    if ahead or ahead is None:
        # "from Monday" leans ahead: a weekday that is past would be told as past; today's can be today.
        found = anchor.day + (0 if back == 0 and mention.ahead is None else 7 - back) * _DAY
        return _made(mention, found, found, "day")
    if back == 0 and mention.ahead is False:
        back = 7
    if back == 6:
        # A page in an American zone can say tomorrow's weekday: it is already that day in Asia.
        west = anchor.zone is not None and anchor.zone.startswith("America/") and anchor.basis == "published"
        found = anchor.day + _DAY if west else anchor.day - 6 * _DAY
        return _made(mention, found, found, "day", "edge_weekday")
    found = anchor.day - back * _DAY
    return _made(mention, found, found, "day")


def _relative_day(
    mention: Mention, anchor: Anchor | None, _a: bool | None, before: EventDate | None
) -> EventDate | None:
    if mention.base == "main_or_anchor" and before is None:
        return _day_of_anchor(mention, anchor)
    if mention.base.startswith("main"):
        if before is None or (mention.shift and before.start != before.end):
            return None
        moved = (mention.shift or 0) * _DAY
        return replace(before, start=before.start + moved, end=before.end + moved, rule=mention.rule,
                       words=mention.text)  # fmt: skip
    return _day_of_anchor(mention, anchor)


def _day_of_anchor(mention: Mention, anchor: Anchor | None) -> EventDate | None:
    if anchor is None or anchor.precision != "day" or mention.shift is None:
        return None
    found = anchor.day + mention.shift * _DAY
    return _made(mention, found, found, "day")


def _weekend(
    mention: Mention, anchor: Anchor | None, _a: bool | None, _b: EventDate | None
) -> EventDate | None:
    """Return the latest Saturday and Sunday of which one has come."""
    if anchor is None or anchor.precision != "day":
        return None
    start = anchor.day - ((anchor.day.weekday() - 5) % 7) * _DAY
    return _made(mention, start, start + _DAY, "range")


def _week(mention: Mention, anchor: Anchor | None, _a: bool | None, _b: EventDate | None) -> EventDate | None:
    if anchor is None or anchor.precision != "day" or mention.shift is None:
        return None
    start = anchor.day - (anchor.day.weekday() - 7 * mention.shift) * _DAY
    end = start + 6 * _DAY
    if mention.shift == 0 and re.search(r"(?i)earlier|früher|plus tôt|稍早|早些", mention.text):
        return _made(mention, start, anchor.day, "week")
    return _made(mention, start, end, "week")


def month_days(year: int, month: int, part: str | None = None) -> tuple[dt.date, dt.date]:
    """Return first and last day of a month, or of its early, mid or late third."""
    last = monthrange(year, month)[1]
    first_day, last_day = {"early": (1, 10), "mid": (11, 20), "late": (21, last)}.get(part or "", (1, last))
    return dt.date(year, month, first_day), dt.date(year, month, last_day)


def _month(
    mention: Mention, anchor: Anchor | None, ahead: bool | None, _: EventDate | None
) -> EventDate | None:
    year = _year_of(mention, anchor, ahead)
    if year is None or mention.month is None:
        return None
    start, end = month_days(year, mention.month, mention.part)
    return _made(mention, start, end, "range" if mention.part else "month")


def _shifted_month(
    mention: Mention, anchor: Anchor | None, _a: bool | None, _b: EventDate | None
) -> EventDate | None:
    if anchor is None or mention.shift is None or mention.base == "main":
        return None
    index = anchor.day.year * 12 + anchor.day.month - 1 + mention.shift
    start, end = month_days(index // 12, index % 12 + 1, mention.part)
    return _made(mention, start, end, "range" if mention.part else "month")


def _months(
    mention: Mention, anchor: Anchor | None, ahead: bool | None, _: EventDate | None
) -> EventDate | None:
    year = _year_of(mention, anchor, ahead)
    if year is None or not mention.month or not mention.to_month or mention.to_month < mention.month:
        return None
    return _made(mention, dt.date(year, mention.month, 1), month_days(year, mention.to_month)[1], "range")


def _earlier(
    mention: Mention, anchor: Anchor | None, _a: bool | None, _b: EventDate | None
) -> EventDate | None:
    if anchor is None or anchor.precision != "day":
        return None
    start = anchor.day.replace(day=1)
    if mention.part == "year":
        start = start.replace(month=1)
    return _made(mention, start, anchor.day, "range")


def _year(mention: Mention, anchor: Anchor | None, _a: bool | None, _b: EventDate | None) -> EventDate | None:
    year = mention.year
    if year is None and anchor and mention.year_shift is not None:
        year = anchor.day.year + mention.year_shift
    return _made(mention, dt.date(year, 1, 1), dt.date(year, 12, 31), "year") if year else None


_KINDS: Final[dict[str, _Reader]] = {
    "day": _day, "dayonly": _day_only, "weekday": _weekday, "relday": _relative_day, "week": _week,
    "weekend": _weekend,
    "month": _month, "shift": _shifted_month, "months": _months, "earlier": _earlier, "year": _year,
}  # fmt: skip
