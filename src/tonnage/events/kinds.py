"""What kind of event a date belongs to, and which stage of it. Words as data, then two small choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from tonnage.events import kind_words as say
from tonnage.events import type_words as words
from tonnage.events.language import CJK

__all__ = [
    "Kind",
    "act_in",
    "acts",
    "ahead_of",
    "announced_at",
    "announced_then",
    "expected",
    "immediate",
    "kind_at",
    "legal_reference",
    "named_by_day",
    "no_event",
    "of_measures",
    "second_hand",
    "stage_at",
    "starts_or_ends",
    "statistical",
    "tells_of",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event with the words that told it and how far they stand from the date.

    `stops` tells that the words stop trade itself ("suspended exports"), and name no measure.
    """

    type: str
    rule: str
    words: str
    distance: float
    stops: bool = False


@cache
def _types(family: str) -> list[tuple[str, bool, re.Pattern[str]]]:
    """Return (type, whether its words stop trade, pattern) for a language, or for those in Chinese signs."""
    edge = "" if family == "cjk" else r"\b"
    found = [
        (name, False, re.compile(f"{edge}(?:{cells[family]})", re.IGNORECASE))
        for name, cells in words.TYPES.items()
    ]
    return [*found, (_BAN, True, re.compile(_stopping(family), re.IGNORECASE))]


_BAN: Final = "export_restriction.ban"


def _stopping(family: str) -> str:
    """Return the pattern of "suspended exports" and "exports were suspended", with no measure between."""
    stop, trade, stopped, no = (
        table[family] for table in (words.STOP, words.TRADE, words.STOPPED, words.MEASURE_NOUNS)
    )
    if family == "cjk":
        between = rf"(?:(?!{no})[^。，,、；;]){{0,12}}"
        return f"(?:{stop}){between}(?:{trade})(?!{no})|(?:{trade}){between}(?:{stopped})"
    between = rf"(?:(?!(?:{no})\b)[\w'-]+ ){{0,9}}?"
    return rf"\b(?:{stop}) {between}(?:{trade})\b(?! (?:{no})\b)|\b(?:{trade}) {between}(?:{stopped})\b"


@cache
def _stages() -> dict[str, re.Pattern[str]]:
    return {stage: re.compile(pattern) for stage, pattern in say.STAGES.items()}


def kind_at(
    sentence: str, start: int, end: int, language: str, *, counted: bool = False, alone: bool = True
) -> Kind | None:
    """Return the type of event the date at `start`:`end` of a sentence belongs to, or None.

    Args:
        sentence: one sentence.
        start: where the words of the date begin in it.
        end: where they end.
        language: a code of `language.LANGUAGES`.
        counted: whether the sentence states figures or changes.
        alone: whether it is the sentence's only day.
    """
    near: dict[str, Kind] = {}
    for name, stops, low, high in _words_of(sentence, _family_of(language)):
        distance = words.HANDICAPS[name] + _distance(sentence, start, end, low, high)
        if name not in near or distance < near[name].distance:
            near[name] = Kind(name, f"type.{name}", sentence[low:high], distance, stops)
    if not near:
        return None
    found = _without_customs(list(near.values()), counted=counted)
    best = min(found, key=lambda k: k.distance)
    return _settled(best, found, sentence, counted=counted, alone=alone)


def _family_of(language: str) -> str:
    return "cjk" if language in CJK else language


def _without_customs(found: list[Kind], *, counted: bool) -> list[Kind]:
    """Leave out customs named beside a measure: they announce it with a ministry, and release no data."""
    if counted or not any(k.type.startswith(_ACTS) for k in found):
        return found
    return [k for k in found if k.type != "data_release" or not say.CUSTOMS.fullmatch(k.words)]


@lru_cache(maxsize=256)
def _words_of(sentence: str, family: str) -> tuple[tuple[str, bool, int, int], ...]:
    """Return the words of a sentence that name a type: type, whether they stop trade, start, end."""
    return tuple((name, stops, *m.span()) for name, stops, p in _types(family) for m in p.finditer(sentence))


def _distance(sentence: str, start: int, end: int, low: int, high: int) -> float:
    after = low >= end
    gap = sentence[end:low] if after else sentence[high:start]
    distance = _width(gap) + 10 * len(say.BREAK.findall(gap)) + 20 * len(say.HARD_BREAK.findall(gap))
    # In Latin letters the verb comes before its day: "met on Thursday and agreed".
    return distance + (6 + 10 * gap.count(" and ") if after and gap.isascii() else 0)


def _width(gap: str) -> float:
    return len(gap.encode()) / 2 if not gap.isascii() else float(len(gap))


_ACTS: Final = ("export_restriction", "import_restriction", "licence_practice")


def _family(name: str) -> str:
    return name.partition(".")[0]


_TOLD: Final = ("official_statement", "media_report")


def _settled(best: Kind, found: list[Kind], sentence: str, *, counted: bool, alone: bool) -> Kind:
    """Prefer what is done over the telling: a ban "said on Monday" is a ban, unless a spokesman comments."""
    if best.type not in _TOLD:
        return best
    if counted and not any(k.type.startswith(_ACTS) for k in found) and not say.SPOKEN.search(sentence):
        return replace(best, type="data_release", rule="type.data_release.told_figures")
    permits = [k for k in found if k.type == "licence_practice"]
    if permits and best.type == "official_statement":
        return replace(permits[0], distance=best.distance)
    if best.type == "official_statement" and say.SPOKEN.search(sentence) and not say.BEGINS.search(sentence):
        return best
    done = [k for k in found if k.type not in _TOLD]
    if best.type == "media_report" and not say.SOURCES.fullmatch(best.words):
        done = [k for k in done if k.type == "data_release" and k.distance < best.distance + 25]
    if not done:
        return best
    act = min(done, key=lambda k: k.distance + (30 if k.type == "data_release" else 0))
    if not alone and act.type in ("agreement", "meeting"):
        # That was on another day; on this one it is told.
        return best
    # The date stands by the telling: that is its distance.
    return replace(act, distance=best.distance)


def stage_at(
    sentence: str, start: int, end: int, kind: Kind, others: Sequence[tuple[int, int]] = ()
) -> tuple[str, str]:
    """Return the stage of an event at a date of a sentence, and the id of the rule that told it.

    Args:
        sentence: one sentence.
        start: where the words of the date begin in it.
        end: where they end.
        kind: the type found for it.
        others: the places of the sentence's other days: what they carry, this one does not.
    """
    before, after = _around(sentence, start, end, others)
    family = _family(kind.type)
    if family in ("data_release", "meeting"):
        stage = (
            "scheduled"
            if say.SCHEDULED.search(_clause(before, after)) or say.AHEAD.search(before)
            else "occurred"
        )
        return stage, f"stage.{stage}"
    if family == "media_report":
        return "reported", "stage.reported"
    if family == "agreement" and (say.UNTIL_BEFORE.search(before) or say.UNTIL_AFTER.match(after)):
        return "expires", "stage.until"
    if family in ("official_statement", "protest", "agreement", "licence_practice"):
        return "occurred", "stage.occurred"
    stage, rule = _restriction_stage(sentence, before, after, stops=kind.stops)
    if rule.endswith("_in_sentence") and any(_carries(sentence, day, others, kind) for day in others):
        # Taken back on the other day; on this one it is told.
        return "announced", "stage.announced"
    return stage, rule


def _carries(sentence: str, day: tuple[int, int], others: Sequence[tuple[int, int]], kind: Kind) -> bool:
    """Tell whether a day is that of an act, and not the end of one or the day an older one was announced."""
    before, after = _around(sentence, *day, [other for other in others if other != day])
    _, rule = _restriction_stage(sentence, before, after, stops=kind.stops)
    return rule not in ("stage.until", "stage.announced_on")


def _around(sentence: str, start: int, end: int, others: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """Return what stands before and after a day, up to the next day on each side."""
    low = max((high for _, high in others if high <= start), default=0)
    high = min((low for low, _ in others if low >= end), default=len(sentence))
    before, after = sentence[max(low, start - 70) : start], sentence[end : min(high, end + 70)]
    if others and say.ANNOUNCED.search(before):
        # "Announced on Thursday that it will lift": what is told has its own day.
        after = say.CONJUNCTION.split(after)[0]
    return before, after


def _clause(before: str, after: str) -> str:
    return say.SPLIT.split(before)[-1] + "|" + say.SPLIT.split(after)[0]


def _restriction_stage(sentence: str, before: str, after: str, *, stops: bool) -> tuple[str, str]:
    if say.UNTIL_BEFORE.search(before) or say.SPAN.fullmatch(before) or say.UNTIL_AFTER.match(after):
        return "expires", "stage.until"
    if say.JUST_ANNOUNCED.search(before) or say.ANNOUNCED_THEN.match(after):
        return "announced", "stage.announced_on"
    clause = _clause(before, after)
    starts = say.EFFECTIVE_BEFORE.search(before) or say.EFFECTIVE_AFTER.match(after)
    for stage, pattern in _stages().items():
        if stops and stage == "suspended":
            continue
        if pattern.search(clause) and not (starts and stage in ("considered", "amended")):
            return stage, f"stage.{stage}"
    if re.search(r"(?i)\bplann?ed for|\bscheduled|geplant|予定され|予定だった|예정", clause):
        return "scheduled", "stage.scheduled"
    if starts and re.search(r"(?i)\b(?:since|in place|in force|seit|depuis|desde|kể từ)\b", clause):
        return "effective", "stage.since"
    if starts:
        return _undone(clause, stops=stops) or ("effective", "stage.from")
    return _told_stage(sentence, clause, stops=stops)


def _told_stage(sentence: str, clause: str, *, stops: bool) -> tuple[str, str]:
    """Return the stage of a restriction at a day on which nothing is said to begin or end."""
    announced = say.ANNOUNCED.search(clause)
    if say.EFFECTIVE_NEAR.search(clause) and not announced:
        return "effective", "stage.effective"
    if announced and say.FROM_DAY.search(sentence) and not immediate(sentence):
        # It begins on a day of its own: this one is the day of the telling.
        return "announced", "stage.announced"
    rule = "stage.announced" if announced else "stage.default"
    return _undone(sentence, stops=stops) or ("announced", rule)


def _undone(sentence: str, *, stops: bool) -> tuple[str, str] | None:
    """Return the stage of a sentence that takes a measure back, for the day it is taken back."""
    for stage in ("lifted", "resumed") if stops else ("lifted", "suspended", "resumed"):
        if _stages()[stage].search(sentence):
            return stage, f"stage.{stage}_in_sentence"
    return None


def immediate(sentence: str) -> bool:
    """Tell whether a sentence says that its act applies at once."""
    return bool(say.IMMEDIATE.search(sentence)) and not say.NOT_YET.search(sentence)


def starts_or_ends(sentence: str, start: int, end: int) -> bool:
    """Tell whether the words at a date let something begin or end on it ("takes effect on", "until")."""
    before, after = sentence[max(0, start - 70) : start], sentence[end : end + 70]
    rules = ((say.EFFECTIVE_BEFORE, before), (say.UNTIL_BEFORE, before))
    if any(pattern.search(part) for pattern, part in rules):
        return True
    return bool(
        say.EFFECTIVE_AFTER.match(after)
        or say.UNTIL_AFTER.match(after)
        or say.EFFECTIVE_NEAR.search(_clause(before, after))
    )


def expected(sentence: str, start: int, end: int) -> bool:
    """Tell whether the clause at a date expects something on it."""
    return bool(say.SCHEDULED.search(_clause(sentence[max(0, start - 70) : start], sentence[end : end + 40])))


def ahead_of(sentence: str, start: int, end: int) -> bool | None:
    """Tell whether the words at a date look ahead: True, False, or None where they only lean forward."""
    before, after = sentence[max(0, start - 110) : start], sentence[end : end + 30]
    clause = _said_before(before)
    if announced_then(sentence, start):
        return False
    if say.AHEAD.search(clause) and not re.search(r"(?i)\bhad\b|\bwas\b|\bwere\b", clause):
        return True
    if say.AHEAD.search(say.SPLIT.split(after)[0]) and not clause.strip(" (（"):
        return True
    if say.AHEAD_AFTER.match(after):
        return True
    if say.LEANS.search(before[-30:]) or say.LEANS_AFTER.match(after):
        if not before.isascii() and say.UNTIL_AFTER.match(after):
            return None
        return False if say.PAST.search(say.SPLIT.split(before)[-1]) else None
    return False


#: A clause shorter than this before a day ("..., on Nov. 8 and") has no verb: the one before it has.
_NO_VERB: Final = 18


def _said_before(before: str) -> str:
    clauses = say.SPLIT.split(before)
    return "".join(clauses[-2:]) if len(clauses[-1]) < _NO_VERB and before.isascii() else clauses[-1]


def second_hand(text: str) -> bool:
    """Tell whether a text says it has its news from another medium."""
    return bool(say.SECOND_HAND.search(text))


def legal_reference(sentence: str) -> str | None:
    """Return the legal act a sentence names by number, as printed."""
    match = say.LEGAL.search(sentence)
    return match.group().strip() if match else None


def of_measures(sentence: str) -> bool:
    """Tell whether a sentence speaks of "the rules" or "the measures" told before."""
    return bool(say.MEASURES.search(sentence))


def act_in(sentence: str, language: str) -> Kind | None:
    """Return the first restriction a sentence names, wherever its date stands."""
    for name, stops, low, high in _words_of(sentence, _family_of(language)):
        if name.startswith(_ACTS[:2]):
            return Kind(name, f"type.{name}", sentence[low:high], 50.0, stops)
    return None


def no_event(sentence: str, start: int) -> bool:
    """Tell whether a date is a bound ("by the end of May"), of the page ("updated") or of an act's name."""
    before = sentence[max(0, start - 30) : start]
    named = any(low <= start < high for low, high in _acts_named(sentence))
    return named or bool(say.BY.search(before) or say.FURNITURE.search(before))


@lru_cache(maxsize=16)
def _acts_named(sentence: str) -> tuple[tuple[int, int], ...]:
    return tuple(m.span() for m in say.LEGAL.finditer(sentence))


def announced_then(sentence: str, start: int) -> bool:
    """Tell whether a date is the one a measure named before it was announced on ("the ban announced on")."""
    told = say.JUST_ANNOUNCED.search(sentence[max(0, start - 50) : start])
    return told is not None and not sentence[:start].endswith(f"be {told.group()}")


def named_by_day(sentence: str, start: int) -> bool:
    """Tell whether a date only names a measure ("the controls of October 9"), and is no step of the story."""
    return bool(say.OF_DAY.search(sentence[max(0, start - 20) : start]))


def announced_at(sentence: str, start: int, end: int) -> bool:
    """Tell whether the clause at a date announces something."""
    return bool(say.ANNOUNCED.search(_clause(sentence[max(0, start - 70) : start], sentence[end : end + 70])))


def tells_of(head: str, start: int, end: int) -> bool:
    """Tell whether `head` ends in a verb of telling and a day: what follows is another's doing.

    Args:
        head: a sentence up to the name of a country.
        start: where the day begins in it.
        end: where it ends.
    """
    return bool(say.TELLING.search(head[:start]) and say.THAT.fullmatch(head[end:])) or bool(
        say.THAT.fullmatch(say.TELLING_HEAD.sub("", head[end:])) and say.TELLING_HEAD.match(head[end:])
    )


def acts(sentence: str, start: int, end: int) -> bool:
    """Tell whether a month beside figures is still the month of an act ("its August 2024 announcement")."""
    return bool(
        say.ACT_AFTER.match(sentence, end) or say.ACT_BEFORE.search(sentence[max(0, start - 60) : start])
    )


def statistical(sentence: str, start: int, end: int) -> bool:
    """Tell whether a month stands for its figures ("exports in November fell"), not for an act."""
    before, after = sentence[max(0, start - 40) : start], sentence[end : end + 12]
    if say.EFFECTIVE_AFTER.match(after):
        return False
    if say.SUPERLATIVE_SINCE.search(before):
        return True
    return bool(
        say.STATISTICAL.search(before[-30:])
        or re.match(r"(?i)[' ](?:s )?(?:exports?|imports?|shipments?|figure|data)", after)
    )
