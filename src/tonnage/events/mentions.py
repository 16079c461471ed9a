"""Where a text speaks of time: each place found with its rule, its parts as printed, and nothing resolved."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from tonnage.events.calendar_words import COUNTS, MONTHS, RELATIVE_DAYS, WEEKDAYS, YEAR_SHIFT
from tonnage.events.language import CJK
from tonnage.events.mention_rules import CJK_RULES, LATIN_RULES, Rule

__all__ = ["Mention", "find_mentions"]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name a time.

    `kind` is day, dayonly, weekday, relday, week, weekend, month, months, quarter, half, year, fiscal, ytd,
    rest (of a year), prior (the months before those), around (the quarter or half of the main month), earlier
    (this month), shift (months from the anchor or the main period), same (a year before the main period) or
    samemonth (that month before it).
    Parts that are not printed are None.
    """

    start: int
    end: int
    text: str
    rule: str
    kind: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    to_year: int | None = None
    to_month: int | None = None
    to_day: int | None = None
    shift: int | None = None
    year_shift: int | None = None
    base: str = "anchor"
    part: str | None = None
    ahead: bool | None = None


def find_mentions(text: str, language: str) -> list[Mention]:
    """Return the times named in normalised `text`, in order, none over another."""
    taken = bytearray(len(text))
    found: list[Mention] = []
    for rule, pattern in _compiled("cjk" if language in CJK else language):
        for match in pattern.finditer(text):
            start, end = match.span()
            if start == end or any(taken[start:end]):
                continue
            mention = _made(match, rule, language)
            if mention is not None:
                taken[start:end] = b"\x01" * (end - start)
                found.append(mention)
    found.sort(key=lambda m: m.start)
    return list(_joined(found, text))


@cache
def _compiled(family: str) -> list[tuple[Rule, re.Pattern[str]]]:
    rules = CJK_RULES if family == "cjk" else LATIN_RULES[family]
    return [(rule, re.compile(_expanded(rule.pattern, family), re.IGNORECASE)) for rule in rules]


def _expanded(pattern: str, family: str) -> str:
    macros = {
        "{WD}": _alternatives("wd", WEEKDAYS[family], family),
        "{REL}": _alternatives("rel", RELATIVE_DAYS[family]),
        "{Y}": r"(?P<y>(?:19|20)\d\d)(?![\d.,]?\d)",
        "{Y2}": r"(?P<y2>(?:19|20)\d\d)(?![\d.,]?\d)",
        "{D}": r"(?<![\d.,$€£])(?P<d>[12]\d|3[01]|0?[1-9])(?![\d%]|[.,:]\d)",
        "{D2}": r"(?P<d2>[12]\d|3[01]|0?[1-9])(?![\d%]|[.,]\d)",
        "{MN}": r"(?<!\d)(?P<m>1[0-2]|0?[1-9])",
        "{MN2}": r"(?P<m2>1[0-2]|0?[1-9])",
        "{YW}": _alternatives("yw", YEAR_SHIFT),
    }
    if family in MONTHS:
        macros["{MON}"] = _alternatives("mon", MONTHS[family], family)
        macros["{MON2}"] = _alternatives("mon2", MONTHS[family], family)
        macros["{FULL}"] = _alternatives("mon", _full(MONTHS[family]), family)
    for name, value in macros.items():
        pattern = pattern.replace(name, value)
    return pattern


def _full(names: dict[str, int]) -> dict[str, int]:
    """Return month names that are no short forms: French "sept" is seven, Portuguese "dez" is ten."""
    return {
        name: number
        for name, number in names.items()
        if not any(other != name and other.startswith(name) and names[other] == number for other in names)
    }


def _alternatives(name: str, words: dict[str, int], family: str = "") -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    # "may" and "march" are words; only with a capital are they months.
    case = "-i" if family in ("en", "de") else ""
    return f"(?P<{name}>(?{case}:{'|'.join(map(re.escape, longest_first))}))"


def _made(match: re.Match[str], rule: Rule, language: str) -> Mention | None:
    fields: dict[str, Any] = dict(rule.fields)
    family = "cjk" if language in CJK else language
    for name, value in match.groupdict().items():
        if value is not None and name in _READERS:
            fields.update(_READERS[name](value, family))
    if not _possible(fields):
        return None
    start, end = match.span()
    return Mention(start, end, match.group(), rule.id, rule.kind, **fields)


def _possible(fields: dict[str, Any]) -> bool:
    """Tell whether a day and month can stand together in some year."""
    month, day = fields.get("month"), fields.get("day")
    if not month or not day:
        return True
    try:
        dt.date(fields.get("year") or 2024, month, day)
    except ValueError:
        return False
    return True


def _lookup(table: dict[str, int], word: str) -> int:
    if word in table:
        return table[word]
    return {key.lower(): value for key, value in table.items()}[word.lower()]


def _count(word: str) -> int:
    bare = word.strip().strip(".").lower()
    return int(bare) if bare.isdigit() else COUNTS.get(bare, 0)


def _year(word: str) -> int:
    value = int(word)
    return value + 2000 if value < 100 else value


_READERS: Final[dict[str, Callable[[str, str], dict[str, Any]]]] = {
    "y": lambda v, _: {"year": _year(v)},
    "y2": lambda v, _: {"to_year": _year(v)},
    "m": lambda v, _: {"month": int(v)},
    "m2": lambda v, _: {"to_month": int(v)},
    "cm": lambda v, _: {"month": _count(v)},
    "d": lambda v, _: {"day": int(v)},
    "d2": lambda v, _: {"to_day": int(v)},
    "mon": lambda v, f: {"month": _lookup(MONTHS[f], v)},
    "mon2": lambda v, f: {"to_month": _lookup(MONTHS[f], v)},
    "wd": lambda v, f: {"weekday": _lookup(WEEKDAYS[f], v)},
    "rel": lambda v, f: {"shift": _lookup(RELATIVE_DAYS[f], v)},
    "yw": lambda v, _: {"year_shift": YEAR_SHIFT[v]},
    "lastweek": lambda _v, _f: {"shift": -1},
    "nextweek": lambda _v, _f: {"shift": 1},
    "lastmonth": lambda _v, _f: {"shift": -1},
    "thismonth": lambda _v, _f: {"shift": 0},
    "nextmonth": lambda _v, _f: {"shift": 1},
    "lastyear": lambda _v, _f: {"year_shift": -1},
    "thisyear": lambda _v, _f: {"year_shift": 0},
    "nextyear": lambda _v, _f: {"year_shift": 1},
    "y1": lambda v, _: {"year": _year(v)},
    "n2": lambda v, _: {"to_month": _count(v)},
    "back2": lambda _v, _f: {"ahead": False},
    "n": lambda v, _: {"to_month": _count(v)},
    "q": lambda v, _: {"part": str(_count(v))},
    "early": lambda _v, _f: {"part": "early"},
    "mid": lambda _v, _f: {"part": "mid"},
    "late": lambda _v, _f: {"part": "late"},
    "ahead": lambda _v, _f: {"ahead": True},
    "back": lambda _v, _f: {"ahead": False},
}

_GAP: Final = re.compile(r"[\s,(]{0,3}(?:(?:the|den|dem|el|le|ngày|dia|día)\s)?[\s(]?", re.IGNORECASE)


def _joined(found: list[Mention], text: str) -> Iterator[Mention]:
    """Yield mentions with a weekday beside its day made one ("Tuesday (Jan 20)", "Jan. 20, Tuesday")."""
    held: Mention | None = None
    for mention in found:
        pair = held and _pair(held, mention, text)
        if held and pair:
            held = pair
            continue
        if held:
            yield held
        held = mention
    if held:
        yield held


def _pair(first: Mention, second: Mention, text: str) -> Mention | None:
    kinds = {first.kind, second.kind}
    dated = first if first.kind in ("day", "dayonly") else second
    named = second if dated is first else first
    if kinds not in ({"day", "weekday"}, {"dayonly", "weekday"}, {"relday", "weekday"}, {"day", "relday"}):
        return None
    if dated.weekday is not None or not _GAP.fullmatch(text[first.end : second.start]):
        return None
    if "relday" in kinds:
        keep = (
            dated
            if dated.kind in ("day", "dayonly")
            else next(m for m in (first, second) if m.kind == "relday")
        )
        named = second if keep is first else first
        return replace(keep, start=first.start, end=second.end, text=text[first.start : second.end],
                       weekday=named.weekday)  # fmt: skip
    return replace(
        dated, start=first.start, end=second.end, text=text[first.start : second.end], weekday=named.weekday,
        rule=f"{dated.rule}+weekday", ahead=dated.ahead if dated.ahead is not None else named.ahead,
    )  # fmt: skip
