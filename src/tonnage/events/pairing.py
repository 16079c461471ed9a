"""Which time belongs to which figure of a sentence.

Every figure takes the time nearest by words, not by letters alone: a comma, another figure or another time
between them is distance, a preposition or bracket joins, and what stands on the two sides of a comparison
does not mix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from tonnage.events import figure_cues as cues
from tonnage.events.language import CJK
from tonnage.events.mentions import Mention
from tonnage.events.periods import Context, Period, period_of
from tonnage.events.spots import Spot, cue

__all__ = ["Dated", "Placed", "Time", "date_sentence", "times_of"]


@dataclass(frozen=True, slots=True)
class Time:
    """A mention that may be a period, with its part in the sentence."""

    mention: Mention
    compared: bool
    inherent: bool
    since: bool
    percent: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A figure in its sentence: its side of a comparison, and whether a time right after is its own."""

    spot: Spot
    compared: bool
    timed: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """A figure with the period it was given and the rule that gave it."""

    spot: Spot
    period: Period | None
    rule: str
    compared: bool
    mention: Mention | None = None


_PERIODS: Final = frozenset(
    {
        "month",
        "months",
        "quarter",
        "half",
        "shift",
        "same",
        "samemonth",
        "year",
        "ytd",
        "fiscal",
        "rest",
        "wholeyear",
        "prior",
        "around",
    }
)
_SINCE_BEFORE: Final = re.compile(cues.SINCE_BEFORE)
_SUPERLATIVE: Final = re.compile(cues.SUPERLATIVE)
_SINCE_AFTER: Final = re.compile(cues.SINCE_AFTER)
_PERCENT: Final = re.compile(
    r"%|\bper ?cent\b|Prozent|pour cent|por ciento|por cento|phần trăm|퍼센트|パーセント|倍|\d割"
)
_BRACKET: Final = re.compile(r"\s?(?:の|은|는)?\s?\((?:同)?\s?")
# "6,745 tons (November: 6,958)": what follows the colon owns the time.
_COLON: Final = re.compile(r"\s?(?:[:：]|は|が|은|는|was|were|had|had been)\s?(?:約|约|약)?\s?")
_OWNED: Final = re.compile(rf"\s*|{_COLON.pattern}|{_BRACKET.pattern}")
_AND: Final = re.compile(r"[,，、;；。)(]|\b(?:and|und|y|et|e|và|to|sowie)\b|と|和|및")
# "Pushing the 2017 total to 51,199 tonnes": the year is the total's.
_ITS_TOTAL: Final = re.compile(r"(?:'s)? (?:total|tally|sum|figure|volume|quota|number|count)\b")
# "October 280 tons", "January's 6,357", "its June peak of 7,742.2".
_OWN: Final = re.compile(
    r"(?:'s)? ?(?:(?:all-time |record |revised |final )?"
    r"(?:peak|high|low|record|total|figure|level|tally|volume) )?(?:of )?"
)
_ASIDE: Final = 25
_FARTHEST: Final = 160
#: Figures and times of one sentence that are weighed against each other; a list longer than that is no prose.
_MOST: Final = 40


def times_of(text: str, mentions: list[Mention], language: str) -> list[Time]:
    """Return the mentions of a sentence that may be periods, with their part in it."""
    return [_time(text, m, language) for m in mentions if m.kind in _PERIODS or m.to_day]


def _time(text: str, mention: Mention, language: str) -> Time:
    before, after = text[max(0, mention.start - 80) : mention.start], text[mention.end : mention.end + 24]
    inherent = mention.kind in ("same", "samemonth") or (
        mention.kind == "shift" and mention.base == "main" and mention.shift != 0
    )
    compared = inherent or _compared(before, after, language)
    since = bool(_SINCE_BEFORE.search(before[-40:]) or _SINCE_AFTER.match(after)) or (
        mention.text[:5].lower() == "since" and _SUPERLATIVE.search(before) is not None
    )
    percent = bool(_PERCENT.search(before[-22:]))
    return Time(mention, compared, inherent, since, percent)


def _compared(before: str, after: str, language: str) -> bool:
    lead, tail = cue("COMPARE_BEFORE", language), cue("COMPARE_AFTER", language)
    if (lead and lead.search(before)) or (tail and tail.match(after)):
        return True
    start, goal = _from_to(language)
    return bool(start.search(before) and goal.match(after))


@cache
def _from_to(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    lead, goal = cues.FROM_TO.get(language, (r"(?!)", r"(?!)"))
    return re.compile(lead), re.compile(goal)


def place(text: str, spot: Spot, language: str) -> Placed:
    """Return a figure with its side of the comparison."""
    before, after = text[max(0, spot.start - 80) : spot.start], text[spot.end : spot.end + 60]
    return Placed(spot, _compared(before, after, language))


@cache
def _prepositions(language: str) -> re.Pattern[str]:
    return re.compile(cues.PREPOSITIONS["cjk" if language in CJK else language], re.IGNORECASE)


def _cost(
    text: str, figure: Placed, time: Time, others: list[Placed], times: list[Time], language: str
) -> float | None:
    """Return the distance of a figure and a time, or None where they cannot belong together."""
    spot, mention = figure.spot, time.mention
    after = mention.start >= spot.end
    gap = text[spot.end : mention.start] if after else text[mention.end : spot.start]
    tight = _tight(gap, after, language) and (after or not figure.timed)
    if _refused(text, figure, time, gap, others, after=after, tight=tight):
        return None
    if after and language in CJK and not tight:
        # There the time comes first, if it is not in brackets.
        return None
    low, high = (spot.end, mention.start) if after else (mention.end, spot.start)
    between = 40 * sum(low <= o.spot.start < high for o in others if o.spot is not spot)
    between += 20 * sum(low <= t.mention.start < high for t in times if t is not time)
    width = len(gap.encode()) / 1.5 if language in CJK else float(len(gap))
    marks = 12 * len(re.findall(r"[,，、]", gap)) + 30 * len(re.findall(r"[;；:：—]", gap))
    return width + between + marks + _leaning(figure, time, after=after, tight=tight)


def _refused(
    text: str, figure: Placed, time: Time, gap: str, others: list[Placed], *, after: bool, tight: bool
) -> bool:
    if time.since and (after or not cues.THEN.search(gap)):
        return True
    if not _may_join(figure, time, gap, after=after, tight=tight):
        return True
    if not after:
        return _passed_over(figure.spot, time.mention, gap, others)
    return _shut_off(text, figure, time, gap, others, tight=tight)


def _leaning(figure: Placed, time: Time, *, after: bool, tight: bool) -> float:
    """Return what joins (negative) or parts a figure and a time beside their distance."""
    cost = -30.0 if tight else 8.0 if after else 0.0
    if time.compared != figure.compared:
        cost += 15 if tight else 45
    if time.percent and after and not tight:
        cost += 60
    return cost + (6 if time.mention.kind == "year" else 0)


def _passed_over(spot: Spot, mention: Mention, gap: str, others: list[Placed]) -> bool:
    """Tell whether a time before a figure was used up: another figure took it, and a semicolon ended that."""
    if ")" in gap and any(o.timed and 0 <= mention.start - o.spot.end < _ASIDE for o in others):
        # "445 tons in January (529 tons in December); India had 160": the bracket is closed.
        return True
    between = any(mention.end <= o.spot.start < spot.start for o in others)
    return between and re.search(r"[;；]", gap) is not None


def _shut_off(text: str, figure: Placed, time: Time, gap: str, others: list[Placed], *, tight: bool) -> bool:
    """Tell whether a time after a figure is shut off from it: by a semicolon, or because another owns it."""
    start, end = time.mention.start, time.mention.end
    owner = next((o for o in others if o.spot.start >= end), None)
    owned = None if owner is None else text[end : owner.spot.start]
    if owner is not None and owned is not None and not owner.timed and _OWNED.fullmatch(owned):
        return True
    if tight:
        return False
    if owned is not None and _ITS_TOTAL.match(owned):
        return True
    beyond = owner is not None and owner.compared and not time.compared
    if re.search(r"[;；]", gap) or (
        owned is not None and not beyond and len(owned) <= 40 and not _AND.search(owned)
    ):
        return True
    return any(o.compared != figure.compared for o in others if figure.spot.end <= o.spot.start < start)


def _tight(gap: str, after: bool, language: str) -> bool:
    if after:
        return bool(_prepositions(language).fullmatch(gap))
    if language not in CJK and _OWN.fullmatch(gap):
        return True
    return bool(_BRACKET.fullmatch(gap)) or (
        language in CJK and len(gap) <= 3 and "," not in gap and "、" not in gap
    )


def _may_join(figure: Placed, time: Time, gap: str, *, after: bool, tight: bool) -> bool:
    if time.percent and after and not tight and not figure.compared:
        return not time.compared
    if figure.compared and not time.compared:
        # "than the 305 tons of October": joined; "in December, 305 tons less than": not.
        return tight or not after
    if time.compared and not figure.compared:
        if after:
            return tight and (time.inherent or not _PERCENT.search(gap))
        # "from October to 6,150": the figure is what the comparison leads to.
        if cues.LINK.match(gap):
            return len(gap) <= 50 and not _PERCENT.search(gap)
        return (
            (time.inherent or tight)
            and len(gap) <= 40
            and not cues.TO.search(gap)
            and not _PERCENT.search(gap)
        )
    return True


def date_sentence(
    text: str, spots: list[Spot], mentions: list[Mention], language: str, context: Context
) -> tuple[list[Dated], Period | None]:
    """Return the figures of a sentence with their periods, and the sentence's main period.

    Args:
        text: the whole normalised text.
        spots: the figures of the sentence.
        mentions: the times of the sentence.
        language: the text's language.
        context: the anchor and the main period of what came before.
    """
    times = times_of(text, mentions[:_MOST], language)
    placed = [place(text, spot, language) for spot in spots]
    placed = [replace(p, timed=_is_timed(text, p, times, language)) for p in placed]
    times = [_on_its_side(text, t, placed, language) for t in times]
    reference, at = _reference(times, context)
    context = replace(context, reference=reference, reference_at=at)
    main = _main_period(text, placed, times, language, context)
    back = main is not None and context.main is not None and main == context.main.moved(-1)
    own = replace(context, main=main or context.main, topic=context.main if back else None)
    dated: list[Dated] = []
    for figure in placed:
        base = next((d.period for d in reversed(dated) if d.period and not d.compared), own.main)
        dated.append(_dated(text, figure, placed, times, language, replace(own, beside=base)))
    return dated, None if back else main


def _is_timed(text: str, figure: Placed, times: list[Time], language: str) -> bool:
    after = next((t.mention.start for t in times if t.mention.start >= figure.spot.end), None)
    return after is not None and _tight(text[figure.spot.end : after], True, language)


def _on_its_side(text: str, time: Time, placed: list[Placed], language: str) -> Time:
    """Return the time as compared if it is joined to a compared figure ("with 650 kg in November")."""
    joined = (
        p.compared
        and 0 <= time.mention.start - p.spot.end <= 40
        and _tight(text[p.spot.end : time.mention.start], True, language)
        for p in placed
    )
    return replace(time, compared=True) if not time.compared and any(joined) else time


def _reference(times: list[Time], context: Context) -> tuple[Period | None, int]:
    """Return the month whose year the sentence prints, for the bare months beside it, and its place."""
    plain = replace(context, reference=None)
    for time in times:
        if (
            time.mention.kind in ("month", "months")
            and time.mention.year
            and not time.compared
            and not time.since
        ):
            return period_of(time.mention, plain), time.mention.start
    return None, 0


def _best(text: str, figure: Placed, placed: list[Placed], times: list[Time], language: str) -> Time | None:
    found: list[tuple[float, int, Time]] = []
    if len(placed) > _MOST:
        return None
    for index, time in enumerate(times):
        cost = _cost(text, figure, time, placed, times, language)
        if cost is not None and cost <= _FARTHEST:
            found.append((cost, index, time))
    return min(found, key=lambda f: f[:2])[2] if found else None


def _main_period(
    text: str, placed: list[Placed], times: list[Time], language: str, context: Context
) -> Period | None:
    for figure in placed:
        if figure.compared:
            continue
        best = _best(text, figure, placed, times, language)
        if best is None:
            # The sentence goes on about what came before; its other times are asides.
            return None if context.main else _from_comparison(times, context)
        if best.inherent and context.main:
            # "A month before it had been 305": about what came before.
            return None
        if not best.compared:
            return period_of(best.mention, context)
    plain = [t for t in times if not t.compared and not t.since and t.mention.kind != "year"]
    if plain:
        return period_of(plain[0].mention, context)
    return None if context.main else _from_comparison(times, context)


def _from_comparison(times: list[Time], context: Context) -> Period | None:
    """Return the month after the one a change is counted from ("down 8% from November", "13% above 2024")."""
    for time in times:
        if time.compared and time.percent and time.mention.kind == "year" and time.mention.year:
            after = period_of(time.mention, context)
            if after and not (context.anchor and context.anchor.day <= after.moved(12).last):
                return after.moved(12)
        if time.compared and time.percent and time.mention.kind == "month" and not time.mention.year:
            before = period_of(time.mention, context)
            after = before and before.moved(1)
            if after and context.anchor and after.last < context.anchor.day:
                return after
    return None


def _dated(
    text: str, figure: Placed, placed: list[Placed], times: list[Time], language: str, context: Context
) -> Dated:
    best = _best(text, figure, placed, times, language)
    if best is not None:
        set_beside = figure.compared or text[max(0, figure.spot.start - 1) : figure.spot.start] == "("
        period = _like_main(period_of(best.mention, context), best.mention, context, compared=set_beside)
        return Dated(figure.spot, period, f"period.{best.mention.rule}", figure.compared, best.mention)
    if figure.compared:
        return Dated(
            figure.spot, _compared_period(text, figure, times, context), "period.comparison", compared=True
        )
    return Dated(figure.spot, context.main, "period.topic", compared=False)


def _like_main(period: Period | None, mention: Mention, context: Context, *, compared: bool) -> Period | None:
    """Return the same months of "last year" where part of a year is compared with it."""
    main = context.beside or context.main
    relative = mention.kind == "year" and mention.year is None and compared
    if period is None or main is None or main.months >= 12 or period.last.year != main.last.year - 1:
        return period
    running = mention.kind == "year" and compared and main.months > 1 and main.first.month == 1
    return main.moved(-12) if relative or running else period


def _compared_period(text: str, figure: Placed, times: list[Time], context: Context) -> Period | None:
    """Return the period of a figure that is compared with and names no time of its own."""
    for time in times:
        if time.inherent:
            return period_of(time.mention, context)
    window = text[max(0, figure.spot.start - 120) : figure.spot.end + 60]
    if context.main and re.search(r"year[- ](?:on|over)[- ]year|同比|前年比|전년", window):
        return context.main.moved(-12)
    if context.main and re.search(
        r"month[- ](?:on|over)[- ]month|with?in a (?:single )?month|环比|環比|前月比|전월|1カ月で", window
    ):
        return context.main.moved(-1)
    return None
