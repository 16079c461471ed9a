"""Mass figures and percentage changes: what was counted, by whom, in which months, as stated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from tonnage.events import figure_cues as cues
from tonnage.events.language import CJK
from tonnage.events.mentions import Mention
from tonnage.events.names import compiled_country
from tonnage.events.numbers import CORE, decimal_mark, read_number
from tonnage.events.page import Page
from tonnage.events.pairing import Dated, date_sentence
from tonnage.events.periods import Context, Period, year_part
from tonnage.events.spots import Spot, find_spots

__all__ = ["Change", "Figure", "find_changes", "find_figures"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One mass stated about trade, quotas, stocks, reserves or output.

    `value` is in `unit` as printed, `value_t` in tonnes; `period` is YYYY-MM, a pair joined by "/", or None
    where its year cannot be known. `kind` is stated, change, forecast or aside. `reporter` is who counted.
    """

    text: str
    unit: str
    value: float
    value_t: float
    period: str | None
    measure: str
    commodity: str | None
    reporter: str | None
    partner: str | None
    vintage: str | None
    approx: bool
    kind: str
    rules: tuple[str, ...]
    confidence: str
    flags: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Change:
    """One stated change, in percent. `basis` is yoy, mom, qoq or other."""

    text: str
    pct: float
    basis: str
    period: str | None
    measure: str
    rules: tuple[str, ...]
    flags: tuple[str, ...]
    start: int
    end: int


#: More tonnes than the world digs in a year: the unit or a zero is wrong.
_IMPLAUSIBLE: Final = {
    "rare-earths": 600_000.0, "rare-earth-products": 400_000.0, "rare-earth-magnets": 400_000.0,
    "gallium": 2_000.0, "germanium": 1_000.0,
}  # fmt: skip

#: How far back the goods of a sentence that names none are looked for.
_BACK: Final = 4_000

_CLAUSE_MARK: Final = re.compile(r"[,，、]")
#: How many names of countries are looked at to find who counts.
_MOST_NAMED: Final = 20

_JOINED: Final = re.compile(r"\b(?:and|und|y|et|e|và)\b")


def find_figures(
    page: Page, sentences: Sequence[tuple[int, int]], mentions: Sequence[Mention], context: Context
) -> list[Figure]:
    """Return the figures of a page, in order; the kinds that are no records come along, marked.

    Args:
        page: the text.
        sentences: its sentences as (start, end).
        mentions: the times named in it, the dateline left out.
        context: the anchor.
    """
    text = page.text
    spots = find_spots(text, page.language, [m.start for m in mentions])
    found: list[Figure] = []
    measure = "export_volume"
    for start, end, dated in _dated_sentences(text, sentences, spots, mentions, page.language, context):
        measures = _measure_words(text, start, end, page.language)
        vintage = _vintage(text[start:end]) if dated else None
        for item in dated:
            measure = _measure(page, item.spot, measures, measure)
            placed = (
                _quota_period(text[start:end], item.spot.start - start, item, context)
                if measure == "export_quota"
                else item
            )
            found += [_figure(page, (start, end), one, measure, vintage) for one in _each_year(text, placed)]
        if not dated and measures:
            measure = measures[0][1]
    return _conflicts(found)


def _dated_sentences(
    text: str, sentences: Sequence[tuple[int, int]], spots: list[Spot], mentions: Sequence[Mention],
    language: str, context: Context,
) -> list[tuple[int, int, list[Dated]]]:  # fmt: skip
    """Return each sentence with its figures; a topic period carries over from sentence to sentence."""
    rows: list[tuple[int, int, list[Dated]]] = []
    waiting: list[int] = []
    at_spot = at_mention = 0
    main: Period | None = None
    for start, end in sentences:
        at_spot, inside = _within(spots, at_spot, end)
        at_mention, times = _within(mentions, at_mention, end)
        now = replace(context, main=main)
        dated, found = date_sentence(text, inside, times, language, now)
        if found is not None and main is None:
            rows = _filled(rows, waiting, found)
        main = found or main
        if main is None:
            waiting.append(len(rows))
        rows.append((start, end, dated))
    return rows


def _within(items: Sequence[Spot] | Sequence[Mention], at: int, end: int) -> tuple[int, list]:  # type: ignore[type-arg]
    stop = at
    while stop < len(items) and items[stop].start < end:
        stop += 1
    return stop, list(items[at:stop])


def _filled(
    rows: list[tuple[int, int, list[Dated]]], waiting: list[int], main: Period
) -> list[tuple[int, int, list[Dated]]]:
    """Give figures that came before any time the first main period of the text."""
    for index in waiting:
        start, end, dated = rows[index]
        rows[index] = (start, end, [
            d if d.period or d.compared or d.mention else replace(d, period=main, rule="period.later_topic")
            for d in dated
        ])  # fmt: skip
    waiting.clear()
    return rows


_AND_YEAR: Final = re.compile(r"(?:,? (?:and|und|y|et|e|và) |[、和と])(?P<y>20\d\d)(?!\d|[.,]\d)")


def _each_year(text: str, item: Dated) -> list[Dated]:
    """Return a figure once for each year it is printed for ("96,600 tonnes in 2026 and 2027")."""
    mention = item.mention
    if mention is None or mention.kind != "year" or not mention.year or mention.start < item.spot.end:
        return [item]
    more = _AND_YEAR.match(text, mention.end)
    return [item, replace(item, period=year_part(int(more["y"])))] if more and item.period else [item]


#: A batch named so near before a figure is the figure's, whatever other time is near.
_ITS_BATCH: Final = 30
_SECOND: Final = frozenset({"second", "2nd", "二", "2"})


def _batch(sentence: str, at: int) -> tuple[int, bool]:
    """Return the half year of the batch of a figure at a place (0: none), and whether it is right before."""
    found = [(m.start(), m.end(), next(g for g in m.groups() if g)) for m in cues.BATCH.finditer(sentence)]
    before = [batch for batch in found if batch[0] < at]
    if not found:
        return 0, False
    _, end, number = before[-1] if before else found[0]
    near = 0 <= at - end <= _ITS_BATCH and not re.search(r"\d", sentence[end:at])
    return 2 if number.lower() in _SECOND else 1, near


def _quota_period(sentence: str, at: int, item: Dated, context: Context) -> Dated:
    """Give a quota the year it is for, or the half year of its batch."""
    mention = item.mention
    half, near = _batch(sentence, at)
    may_be = ("year", "shift", "month", "wholeyear") if near else ("year", "shift", "month")
    if mention is not None and mention.kind not in may_be:
        return item
    year = _year_of(item, context)
    if year is None or (not half and (mention is None or mention.kind != "year")):
        return item
    rule = "period.quota_batch" if half else "period.quota_year"
    return replace(item, period=year_part(year, half), rule=rule)


def _year_of(item: Dated, context: Context) -> int | None:
    """Return the year printed for a quota, else that of the anchor."""
    mention = item.mention
    named = mention if mention and mention.kind == "year" else None
    if named and named.year:
        return named.year
    if context.anchor is None:
        return None
    return context.anchor.day.year + ((named.year_shift or 0) if named else 0)


@cache
def _measure_pattern(language: str) -> re.Pattern[str]:
    table = cues.MEASURES["cjk" if language in CJK else language]
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in table.items()), re.IGNORECASE)


def _measure_words(text: str, start: int, end: int, language: str) -> list[tuple[int, str]]:
    found = [(m.start(), str(m.lastgroup)) for m in _measure_pattern(language).finditer(text, start, end)]
    quota = [at for at, name in found if name == "export_quota"]
    # "export quota" is about a quota: its "export" is no volume.
    return [
        (at, name)
        for at, name in found
        if name != "export_volume" or not any(_of_quota(text, at, q) for q in quota)
    ]


def _of_quota(text: str, at: int, quota: int) -> bool:
    return 0 < quota - at < 14 and not re.search(r"[\d,，、]", text[at:quota])


def _measure(page: Page, spot: Spot, words: list[tuple[int, str]], before: str) -> str:
    best = min(
        ((_measure_cost(page.text, spot, at, name), name) for at, name in words), default=(1e9, before)
    )[1]
    if best == "import_volume" and _counted_in_china(page, spot):
        return "export_volume"
    return best


def _measure_cost(text: str, spot: Spot, at: int, name: str) -> float:
    gap = text[spot.end : at] if at >= spot.end else text[at : spot.start]
    if at >= spot.end and re.search(r"[;；。]", gap):
        return 1_000.0
    cost = len(gap) + 25 * len(_CLAUSE_MARK.findall(gap)) + 60 * len(cues.STRONG_MARK.findall(gap))
    if at >= spot.end:
        cost += 12 + 35 * len(_JOINED.findall(gap))
        return cost
    return cost - (30 if name in ("export_quota", "capacity", "reserves", "stock", "other") else 0)


def _counted_in_china(page: Page, spot: Spot) -> bool:
    """Tell whether "imported from China" is a number of Chinese customs: then it is an export of China."""
    window = page.text[max(0, spot.start - 160) : spot.end + 160]
    return page.by_chinese_customs and cues.FROM_CHINA.search(window) is not None


def _figure(page: Page, sentence: tuple[int, int], item: Dated, measure: str, vintage: str | None) -> Figure:
    spot = item.spot
    commodity = _nearest(page, spot, sentence)
    reporter, partner = _parties(page, spot, sentence, measure)
    flags = _spot_flags(spot, commodity, measure)
    return Figure(
        text=spot.value_text, unit=spot.unit_text, value=spot.value, value_t=spot.tonnes,
        period=None if item.period is None else str(item.period), measure=measure, commodity=commodity,
        reporter=reporter, partner=partner, vintage=vintage, approx=spot.approx,
        kind=spot.kind, rules=(spot.rule, item.rule), confidence=_confidence(item, flags), flags=flags,
        start=spot.start, end=spot.end,
    )  # fmt: skip


def _confidence(item: Dated, flags: tuple[str, ...]) -> str:
    if flags or item.period is None or item.spot.rule == "mass.zero":
        return "low"
    return "high" if item.mention is not None else "medium"


def _spot_flags(spot: Spot, commodity: str | None, measure: str) -> tuple[str, ...]:
    if spot.malformed:
        return ("malformed_number", "unit_suspect")
    traded = measure in ("export_volume", "import_volume", "export_quota")
    if traded and spot.tonnes > _IMPLAUSIBLE.get(commodity or "", float("inf")):
        return ("unit_suspect",)
    return ()


def _nearest(page: Page, spot: Spot, sentence: tuple[int, int]) -> str | None:
    """Return the goods of the sentence nearest to a figure; else the last named before it."""
    inside = [(abs(at - spot.start), code) for at, code in page.goods_in(*sentence)]
    if inside:
        return min(inside)[1]
    before = page.goods_in(max(0, sentence[0] - _BACK), sentence[0])
    return before[-1][1] if before else None


def _parties(
    page: Page, spot: Spot, sentence: tuple[int, int], measure: str
) -> tuple[str | None, str | None]:
    """Return who counted and with whom: a country goods go to is the partner, the first other one counts."""
    named = [(at, code, _is_goal(page.text, at, code)) for at, code in page.countries[:_MOST_NAMED]]
    reporter = "CHN" if page.by_chinese_customs else next((code for _, code, goal in named if not goal), None)
    inside = [(at, code) for at, code in page.countries_in(*sentence) if code != reporter]
    near = sorted((not _is_goal(page.text, at, code), abs(at - spot.start), code) for at, code in inside)
    near = [n for n in near if n[1] <= 70]
    partner = near[0][2] if near else "WLD"
    return reporter, None if measure in ("reserves", "capacity", "export_quota") else partner


def _is_goal(text: str, at: int, code: str) -> bool:
    """Tell whether goods go to the country named at a place ("to Japan", "日本向け")."""
    name = compiled_country(code).match(text, at)
    end = name.end() if name else at
    return bool(cues.GOAL_BEFORE.search(text[max(0, at - 12) : at]) or cues.GOAL_AFTER.match(text, end))


def _vintage(sentence: str) -> str | None:
    return next((name for name, pattern in cues.VINTAGES.items() if re.search(pattern, sentence)), None)


def _conflicts(found: list[Figure]) -> list[Figure]:
    """Flag stated figures of one kind and period that differ: one of them is wrong, or says another thing."""

    def key(f: Figure) -> tuple[object, ...]:
        return (f.commodity, f.reporter, f.partner, f.measure, f.period)

    values: dict[tuple[object, ...], set[float]] = {}
    for figure in found:
        if figure.kind == "stated" and figure.period:
            values.setdefault(key(figure), set()).add(figure.value_t)
    return [
        replace(f, flags=(*f.flags, "sources_disagree"))
        if f.kind == "stated" and len(values.get(key(f), ())) > 1
        else f
        for f in found
    ]


_PCT: Final = re.compile(
    rf"(?P<num>{CORE})[\s-]?"
    r"(?:%|per ?cents?\b|percentage points|Prozent|pour cent|por ciento|por cento|phần trăm|"
    r"퍼센트|パーセント)"
)


def find_changes(text: str, language: str, figures: Sequence[Figure]) -> list[Change]:
    """Return the percentage changes of normalised `text`, each with the sign its words give."""
    mark = decimal_mark(text, language)
    found: list[Change] = []
    for match in _PCT.finditer(text):
        number = read_number(match["num"], "ja" if language in CJK else language, mark)
        sign, word = _direction(text, match.start(), match.end())
        if number is None or not sign:
            continue
        near = min(figures, key=lambda f: abs(f.start - match.start()), default=None)
        found.append(Change(
            match.group(), sign * float(number.value), _basis(text, match), near.period if near else None,
            near.measure if near else "export_volume", ("change.percent", f"change.{word}"),
            ("malformed_number", "unit_suspect") if number.malformed else (), match.start(), match.end(),
        ))  # fmt: skip
    return found


_UP: Final = re.compile(cues.UP)
_DOWN: Final = re.compile(cues.DOWN)
_STOPS: Final = re.compile(r"[。;；!?\n]|\. ")


def _direction(text: str, start: int, end: int) -> tuple[int, str]:
    before = _STOPS.split(text[max(0, start - 50) : start])[-1]
    after = _STOPS.split(text[end : end + 30])[0]
    found: list[tuple[int, int, str]] = []
    for sign, name, pattern in ((1, "up", _UP), (-1, "down", _DOWN)):
        found += [(len(before) - m.end(), sign, name) for m in pattern.finditer(before)]
        found += [(m.start() + 1, sign, name) for m in pattern.finditer(after)]
    return min(found)[1:] if found else (0, "")


def _basis(text: str, match: re.Match[str]) -> str:
    before = _STOPS.split(text[max(0, match.start() - 60) : match.start()])[-1]
    after = _STOPS.split(text[match.end() : match.end() + 60])[0]
    found: list[tuple[int, str]] = []
    for name, pattern in cues.BASES.items():
        found += [(m.start(), name) for m in re.finditer(pattern, after)]
        found += [(len(before) - m.end() + 10, name) for m in re.finditer(pattern, before)]
    return min(found)[1] if found else "other"
