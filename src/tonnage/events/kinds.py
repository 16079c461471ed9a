"""What kind of event a date belongs to, and which stage of it. Words as data, then two small choices."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from tonnage.events import kind_words as say

__all__ = [
    "Kind",
    "act_in",
    "acts",
    "ahead_of",
    "expected",
    "immediate",
    "kind_at",
    "legal_reference",
    "of_measures",
    "second_hand",
    "stage_at",
    "starts_or_ends",
    "statistical",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of event with the words that told it and how far they stand from the date."""

    type: str
    rule: str
    words: str
    distance: float


@cache
def _types() -> list[tuple[str, int, re.Pattern[str]]]:
    return [(name, handicap, re.compile(pattern)) for name, (handicap, pattern) in say.TYPES.items()]


@cache
def _stages() -> dict[str, re.Pattern[str]]:
    return {stage: re.compile(pattern) for stage, pattern in say.STAGES.items()}


def kind_at(sentence: str, start: int, end: int, *, counted: bool = False) -> Kind | None:
    """Return the type of event the date at `start`:`end` of a sentence belongs to, or None.

    Args:
        sentence: one sentence.
        start: where the words of the date begin in it.
        end: where they end.
        counted: whether the sentence states figures or changes.
    """
    near: dict[str, Kind] = {}
    for name, handicap, low, high in _words_of(sentence):
        distance = handicap + _distance(sentence, start, end, low, high)
        if name not in near or distance < near[name].distance:
            near[name] = Kind(name, f"type.{name}", sentence[low:high], distance)
    if not near:
        return None
    found = list(near.values())
    best = min(found, key=lambda k: k.distance)
    return _settled(best, found, sentence, counted=counted)


@lru_cache(maxsize=256)
def _words_of(sentence: str) -> tuple[tuple[str, int, int, int], ...]:
    """Return the words of a sentence that name a type: type, handicap, start, end."""
    return tuple((name, handicap, *m.span()) for name, handicap, p in _types() for m in p.finditer(sentence))


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


def _settled(best: Kind, found: list[Kind], sentence: str, *, counted: bool) -> Kind:
    """Prefer what is done over the telling: a ban "said on Monday" is a ban, unless a spokesman comments."""
    if best.type == "data_release" and not counted and say.CUSTOMS.fullmatch(best.words):
        # Customs can announce a measure with a ministry: its name alone is no release of data.
        done = [k for k in found if k.type.startswith(_ACTS) and k.distance < best.distance + 60]
        return min(done, key=lambda k: k.distance) if done else best
    if best.type not in _TOLD:
        return best
    if counted and not any(k.type.startswith(_ACTS) for k in found) and not say.SPOKEN.search(sentence):
        return replace(best, type="data_release", rule="type.data_release.told_figures")
    permits = [k for k in found if k.type == "licence_practice"]
    if permits and best.type == "official_statement":
        return replace(permits[0], distance=best.distance)
    if best.type == "official_statement" and say.SPOKEN.search(sentence):
        return best
    done = [k for k in found if k.type not in _TOLD]
    if best.type == "media_report" and not say.SOURCES.fullmatch(best.words):
        done = [k for k in done if k.type == "data_release" and k.distance < best.distance + 25]
    if not done:
        return best
    act = min(done, key=lambda k: k.distance + (30 if k.type == "data_release" else 0))
    # The date stands by the telling: that is its distance.
    return replace(act, distance=best.distance)


def stage_at(sentence: str, start: int, end: int, kind: Kind) -> tuple[str, str]:
    """Return the stage of an event at a date of a sentence, and the id of the rule that told it."""
    before, after = sentence[max(0, start - 70) : start], sentence[end : end + 70]
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
    if family in ("official_statement", "protest", "agreement", "licence_practice"):
        return "occurred", "stage.occurred"
    return _restriction_stage(sentence, before, after, stops=say.STOPS_TRADE.search(kind.words) is not None)


def _clause(before: str, after: str) -> str:
    return say.SPLIT.split(before)[-1] + "|" + say.SPLIT.split(after)[0]


def _restriction_stage(sentence: str, before: str, after: str, *, stops: bool) -> tuple[str, str]:
    if say.UNTIL_BEFORE.search(before) or say.UNTIL_AFTER.match(after):
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
        return _undone(sentence, stops=stops) or ("effective", "stage.from")
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
    before, after = sentence[max(0, start - 70) : start], sentence[end : end + 30]
    clause = say.SPLIT.split(before)[-1]
    if say.AHEAD.search(clause) and not re.search(r"(?i)\bhad\b|\bwas\b|\bwere\b", clause):
        return True
    if say.AHEAD.search(say.SPLIT.split(after)[0]) and not clause.strip(" (（"):
        return True
    if say.AHEAD_AFTER.match(after):
        return True
    if say.LEANS.search(before[-30:]) or say.LEANS_AFTER.match(after):
        return False if say.PAST.search(clause) else None
    return False


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


def act_in(sentence: str) -> Kind | None:
    """Return the first restriction a sentence names, wherever its date stands."""
    for name, _, low, high in _words_of(sentence):
        if name.startswith(_ACTS[:2]):
            return Kind(name, f"type.{name}", sentence[low:high], 50.0)
    return None


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
    return bool(
        say.STATISTICAL.search(before[-30:])
        or re.match(r"(?i)[' ](?:s )?(?:exports?|imports?|shipments?|figure|data)", after)
    )
