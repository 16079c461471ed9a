"""Where a text prints a mass: number, unit, tonnes, and whether it is a statement of trade at all."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

from tonnage.events import figure_cues as cues
from tonnage.events.language import CJK
from tonnage.events.number_words import ARTICLES
from tonnage.events.numbers import CORE, Number, decimal_mark, number_pattern, read_number

__all__ = ["Spot", "cue", "find_spots"]


@dataclass(frozen=True, slots=True)
class Spot:
    """One mass as printed.

    `kind` is stated, change, forecast or aside (a price, rate, threshold); only stated ones are figures.
    """

    start: int
    end: int
    value_text: str
    unit_text: str
    value: float
    tonnes: float
    rule: str
    kind: str = "stated"
    malformed: bool = False
    approx: bool = False


#: How far a cue may stand from a figure.
_REACH: Final = 90

_APPROX: Final = re.compile(
    r"(?i:\b(?:about|around|roughly|nearly|almost|some|approximately|more than|over|rund|etwa|knapp|gut|"
    r"fast|circa|ca\.|casi|unas|cerca de|alrededor de|más de|environ|quelque|près de|plus de|quase|"
    r"aproximadamente|khoảng|gần|hơn))\s$|"
    r"(?:约|約|近|逾|超过|超過|およそ|ほぼ|약|거의)\s?$"
)
_ZERO_BOUND: Final = re.compile(r"(?i:\b(?:may|can|shall|will|would|must|should|could|longer|if)\b)")


@cache
def cue(group: str, language: str) -> re.Pattern[str] | None:
    """Return the compiled cue of a group of `figure_cues` for a language, or None if it has none."""
    table: dict[str, str] = getattr(cues, group)
    pattern = table.get("cjk" if language in CJK else language)
    return re.compile(pattern, re.IGNORECASE) if pattern else None


@cache
def _units(language: str) -> tuple[re.Pattern[str], list[tuple[re.Pattern[str], Decimal]]]:
    """Return the pattern of a mass, and each unit's pattern with its tonnes."""
    own = cues.UNITS["cjk" if language in CJK else language]
    table = own if language == "en" else own | {k: v for k, v in cues.UNITS["en"].items() if k not in own}
    if language in CJK:
        table = own | {r"kt\b": "1000", r"(?:metric )?tons?\b|tonnes?\b": "1"}
    # Longest words first: "kt" before "t", "long tons" before "tons".
    order = sorted(table, key=lambda p: (table[p] == "1", p))
    units = "|".join(f"(?:{p})" for p in order)
    joint = (
        r"\s?(?:余|餘|多|여|強|弱|超)?\s?"
        if language in CJK
        else r"[\s-]?\(?(?:'000 )?(?:(?:de|d'|von|of)\s?)?(?:(?:wet|dry|gross) )?(?:metric )?"
    )
    mass = re.compile(rf"{number_pattern(language)}(?P<joint>{joint})(?P<unit>{units})", _flags(language))
    return mass, [(re.compile(p, _flags(language)), Decimal(table[p])) for p in order]


def _flags(language: str) -> re.RegexFlag:
    # "Mt" and "mt" differ in English; other languages print units in any case.
    return re.RegexFlag(0) if language in CJK or language == "en" else re.IGNORECASE


def find_spots(text: str, language: str, times: Sequence[int] = ()) -> list[Spot]:
    """Return the masses printed in normalised `text`, in order.

    Args:
        text: normalised text.
        language: a code of `language.LANGUAGES`.
        times: where the text names times: a bare number right before one can share a unit near by.
    """
    mark = decimal_mark(text, language)
    mass, _ = _units(language)
    found: list[Spot] = []
    for match in mass.finditer(text):
        spot = _spot(text, match, language, mark)
        if spot is not None:
            found.extend(_elided_before(text, spot, language, mark))
            found.append(spot)
            found.extend(_elided_after(text, spot, language, mark))
    found.extend(_orphans(text, language, mark, found, times))
    found.extend(_zeros(text, language, found))
    return sorted(found, key=lambda s: s.start)


def _spot(text: str, match: re.Match[str], language: str, mark: str) -> Spot | None:
    number = read_number(match["num"], language, mark)
    if number is None or _after_month(text, match, language) or _is_article(match["num"], language):
        return None
    thousand = 1000 if "'000" in match["joint"] else 1
    tonnes = number.value * thousand * _tonnes(match["unit"], language)
    spot = Spot(
        match.start(), match.end(), match["num"].strip(), match["unit"], float(number.value * thousand),
        float(tonnes), "mass.printed", malformed=number.malformed, approx=_is_approx(text, match.start()),
    )  # fmt: skip
    return _classified(text, spot, language)


def _after_month(text: str, match: re.Match[str], language: str) -> bool:
    """Tell whether a space-grouped number starts with the day of a date ("May 9 300 tons")."""
    if language in CJK or " " not in match["num"]:
        return False
    return (
        bool(re.search(r"\b[A-Z][a-z]{2,8}\.? $", text[max(0, match.start() - 11) : match.start()]))
        and bool(re.match(r"[0-3]?\d ", match["num"]))
        and language == "en"
    )


def _is_article(printed: str, language: str) -> bool:
    """Tell whether a number is no more than an article: "$60,000 a tonne", "une tonne"."""
    return language not in CJK and printed.strip().lower() in ARTICLES[language]


def _tonnes(unit: str, language: str) -> Decimal:
    for pattern, tonnes in _units(language)[1]:
        if pattern.fullmatch(unit):
            return tonnes
    return Decimal(1)


def _is_approx(text: str, start: int) -> bool:
    return bool(_APPROX.search(text[max(0, start - 20) : start]))


_NOT_BEFORE: Final = re.compile(cues.NOT_MASS_BEFORE)
_NOT_AFTER: Final = re.compile(cues.NOT_MASS_AFTER)
_A_YEAR: Final = re.compile(
    r" (?:a|per|each|every) year\b(?! (?:ago|earlier|before|prior))|"
    r" pro Jahr\b| (?:al|por) año| par an\b| por ano\b|/年"
)
_AVERAGE: Final = re.compile(r"(?i:\baverag|durchschnitt|promedi|en moyenne|em média|trung bình)|平均|평균")
_CLAUSE: Final = re.compile(
    r"[。;；!?\n]|\. |, (?:while|but|and|whereas|mais|pero|aber|während)\b|[,，、](?:而|但|一方)"
)


def _classified(text: str, spot: Spot, language: str) -> Spot:
    """Return the spot with its kind; its rule names the cue."""
    before = text[max(0, spot.start - _REACH) : spot.start]
    after = text[spot.end : spot.end + _REACH]
    if _NOT_BEFORE.search(before) or (
        _NOT_AFTER.match(after) and not _says(language, "capacity", before + after)
    ):
        return _as(spot, "aside", "mass.aside")
    allowed = ("capacity", "export_quota", "reserves")
    if _A_YEAR.match(after) and not any(_says(language, name, before + after) for name in allowed):
        return _as(spot, "aside", "mass.rate")
    if _change(before, after, language):
        return _as(spot, "change", "mass.change")
    clause = _CLAUSE.split(before)[-1] + "|" + _CLAUSE.split(after)[0]
    if _AVERAGE.search(clause):
        return _as(spot, "aside", "mass.average")
    forecast = cue("FORECAST", language)
    if forecast and forecast.search(clause):
        return _as(spot, "forecast", "mass.forecast")
    return spot


def _as(spot: Spot, kind: str, rule: str) -> Spot:
    return Spot(spot.start, spot.end, spot.value_text, spot.unit_text, spot.value, spot.tonnes, rule, kind,
                spot.malformed, spot.approx)  # fmt: skip


def _change(before: str, after: str, language: str) -> bool:
    lead, tail = cue("CHANGE_BEFORE", language), cue("CHANGE_AFTER", language)
    return bool(lead and lead.search(before)) or bool(tail and tail.match(after))


def _says(language: str, measure: str, clause: str) -> bool:
    pattern = cues.MEASURES["cjk" if language in CJK else language][measure]
    return re.search(pattern, clause, re.IGNORECASE) is not None


@cache
def _elisions(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    if language in CJK:
        before = rf"({CORE})\s?(?:-|~|から|至|到|에서)\s?$"
        after = r"(?!)"
    else:
        number = number_pattern(language)
        before = rf"{number} ?(?:to|or|-|bis|auf|a|à|al|đến|lên|from|and) ?$"
        after = (
            r"(?:,? (?:down |up |compared )?(?:from|against|versus|vs\.?|than|with|nach|von|gegenüber|contre|"
            rf"frente a(?: las)?|desde(?: las)?|ante|so với|từ)) (?:the |about |just |some )?{number}"
            r"(?![.,]?\d)"
            r"(?=[,;)]|\.(?!\d)| (?:in|a year|a month|the|one|recorded|im|en|em|au|le|un|last|of)\b|$)"
        )
    return re.compile(before), re.compile(after)


def _elided_before(text: str, spot: Spot, language: str, mark: str) -> list[Spot]:
    """Return the number that shares the unit after it ("6,745 to 6,958 tons")."""
    head = text[max(0, spot.start - 24) : spot.start]
    match = _elisions(language)[0].search(head)
    number = match and read_number(match[1], language, mark)
    scaled = re.search(r"[^\W\d]{2,}", spot.value_text) is not None
    if not match or not number or spot.kind == "aside" or (_is_year_or_day(match[1]) and not scaled):
        return []
    start = spot.start - len(head) + match.start(1)
    return [_shared(spot, number, match[1], start, _factor(spot, match[1]))]


def _elided_after(text: str, spot: Spot, language: str, mark: str) -> list[Spot]:
    """Return the number that shares the unit before it ("6,745 tons, down from 6,958")."""
    match = _elisions(language)[1].match(text, spot.end)
    number = match and read_number(match["num"], language, mark)
    if not match or not number or spot.kind == "aside" or _is_year_or_day(match["num"]):
        return []
    return [_shared(spot, number, match["num"], match.start("num"), _factor(spot, match["num"]))]


def _factor(spot: Spot, printed: str) -> Decimal:
    """Return tonnes in one of the shared number: the unit's, and the scale's unless it has its own."""
    plain = Decimal(re.sub(r"\D", "", spot.value_text) or 1)
    scaled = bool(re.search(r"[^\W\d]{2,}", spot.value_text)) and not re.search(r"[^\W\d]{2,}", printed)
    unit = Decimal(str(spot.tonnes)) / Decimal(str(spot.value)) if spot.value else Decimal(1)
    if not scaled or not spot.value:
        return unit
    lead = re.match(r"[\d.,]+", spot.value_text)
    digits = (
        Decimal(lead.group().replace(",", "."))
        if lead and lead.group().count(".") + lead.group().count(",") < 2
        else plain
    )
    return unit * (Decimal(str(spot.value)) / digits if digits else 1)


def _shared(spot: Spot, number: Number, printed: str, start: int, factor: Decimal) -> Spot:
    # The number before "tons more" is no change: only the one with the unit is.
    kind = "stated" if spot.kind == "change" else spot.kind
    return Spot(
        start, start + len(printed), printed.strip(), spot.unit_text, float(number.value),
        float(number.value * factor), "mass.shared_unit", kind, number.malformed,
    )  # fmt: skip


def _is_year_or_day(printed: str) -> bool:
    bare = printed.strip()
    return (bare.isdigit() and (len(bare) <= 2 or (len(bare) == 4 and bare[:2] in ("19", "20")))) or not bare[
        :1
    ].isdigit()


_NO_MASS: Final = (
    r"(?! ?(?:%|per ?cent|Prozent|por cien|pour cent|por cento|phần|kg|t\b|euros?\b|dollars?\b))"
)


@cache
def _bare(language: str) -> re.Pattern[str]:
    """Return the pattern of a number without a unit."""
    return re.compile(rf"{number_pattern(language)}(?![.,]?\d)(?=[ (,;.)]|$){_NO_MASS}")


def _orphans(text: str, language: str, mark: str, found: list[Spot], times: Sequence[int]) -> list[Spot]:
    """Return numbers that share a unit near by ("from 305 in May to 280 tons", "in May it had been 305")."""
    if language in CJK or not found:
        return []
    taken = {place for s in found for place in range(s.start, s.end)}
    more: list[Spot] = []
    starts = [s.start for s in found]
    for match in _bare(language).finditer(text):
        if match.start() in taken:
            continue
        at = bisect_left(starts, match.start())
        near = min(found[max(0, at - 1) : at + 1], key=lambda s: abs(s.start - match.start()))
        number = _orphan(text, match, near, times, language, mark)
        if number:
            more.append(_shared(near, number, match.group(), match.start(), _factor(near, match.group())))
    return more


#: How far a number may stand from the figure whose unit it shares.
_SHARED: Final = 130
_GROUPED: Final = re.compile(r"\d[.,' ]\d|\d[\s-]?[^\W\d]{2,}|(?<!\d)\d{3,4}(?!\d)")
_ENDS: Final = re.compile(r"[,;)]|\.(?!\d)|$")
_MONEY: Final = re.compile(r"(?:[$€£¥]|\b(?:No|Nr|n[º°])\.?)\s?$")
_LISTED: Final = re.compile(r"(?:,? (?:and|und|y|et|e|và)|[,;])? (?:[^\W\d_]+ ){1,4}(?:the )?")


def _orphan(
    text: str, match: re.Match[str], near: Spot, times: Sequence[int], language: str, mark: str
) -> Number | None:
    """Return the number if it stands like a mass beside `near`: grouped, and joined to a time or a list."""
    printed, start, end = match.group(), match.start(), match.end()
    if abs(near.start - start) > _SHARED or _is_year_or_day(printed) or near.kind == "aside":
        return None
    if not _GROUPED.search(printed) or _MONEY.search(text[max(0, start - 4) : start]):
        return None
    joined = _leads_to_time(text, end, times, language) or (
        _ENDS.match(text, end) and _follows(text, start, near, times, language)
    )
    return read_number(printed, language, mark) if joined else None


def _leads_to_time(text: str, end: int, times: Sequence[int], language: str) -> bool:
    joint, at = cue("PREPOSITIONS", language), bisect_left(times, end)
    near = at < len(times) and times[at] - end <= 24
    return near and joint is not None and joint.fullmatch(text, end, times[at]) is not None


def _follows(text: str, start: int, near: Spot, times: Sequence[int], language: str) -> bool:
    """Tell whether a time, a comparison or a figure's list leads to a number with nothing counted between."""
    compare, at = cue("COMPARE_BEFORE", language), bisect_left(times, start)
    if compare and compare.search(text, max(0, start - 60), start):
        return True
    if near.end <= start and start - near.end <= 40 and _LISTED.fullmatch(text, near.end, start):
        return True
    gap = text[times[at - 1] : start] if at and start - times[at - 1] <= 45 else ""
    return bool(gap) and _AFTER_TIME.search(gap) is not None


#: Between a time and a number without a unit: "in November it had been", "(November:".
_AFTER_TIME: Final = re.compile(
    r"(?i:(?:\b(?:was|were|been|had|saw|brought|record|is|at|to|waren es|war es|noch|fueron|eran|était|"
    r"étaient|foram|era|là)|'s|"
    r"\b(?:high|low|level|record|total|figure|tally|peak|trough) of|[:(,])"
    r" ?(?:a |the |about |only |some |just |rund |noch )?)$"
)


def _zeros(text: str, language: str, found: list[Spot]) -> list[Spot]:
    pattern = cue("ZERO", language)
    zeros: list[Spot] = []
    for match in pattern.finditer(text) if pattern else ():
        start, end = match.span()
        if _ZERO_BOUND.search(match.group() + text[end : end + 40].split(".")[0]) or any(
            s.start < end and start < s.end for s in found
        ):
            continue
        zeros.append(Spot(start, end, match.group()[:40], "", 0.0, 0.0, "mass.zero"))
    return zeros
