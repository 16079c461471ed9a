"""Which months a figure counts: a mention of time read as a statistical period."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tonnage.events.dates import Anchor
from tonnage.events.mentions import Mention

__all__ = ["Context", "Period", "period_of", "year_part"]


@dataclass(frozen=True, slots=True)
class Period:
    """Days covered, both ends inclusive."""

    first: dt.date
    last: dt.date

    def __str__(self) -> str:
        """Return YYYY-MM, YYYY-MM/YYYY-MM, or days where the period is not whole months."""
        whole = self.first.day == 1 and self.last.day == monthrange(self.last.year, self.last.month)[1]
        ends = [f"{day:%Y-%m}" if whole else day.isoformat() for day in (self.first, self.last)]
        return ends[0] if ends[0] == ends[1] else "/".join(ends)

    @property
    def months(self) -> int:
        """Months from the first to the last, both counted."""
        return _index(self.last) - _index(self.first) + 1

    def moved(self, months: int) -> Period:
        """Return the whole months `months` later."""
        return _span(_index(self.first) + months, _index(self.last) + months)


@dataclass(frozen=True, slots=True)
class Context:
    """What a period may lean on: the anchor, the main period, and a month whose year the sentence prints.

    `topic` is the main period of the text where the sentence only looks one month back from it;
    `beside` is that of the figure before.
    """

    anchor: Anchor | None
    main: Period | None = None
    reference: Period | None = None
    reference_at: int = 0
    fiscal_start: int = 4
    topic: Period | None = None
    beside: Period | None = None


def _index(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _span(first: int, last: int) -> Period:
    year, month = last // 12, last % 12 + 1
    return Period(dt.date(first // 12, first % 12 + 1, 1), dt.date(year, month, monthrange(year, month)[1]))


def _months(year: int, first: int, last: int) -> Period:
    return _span(year * 12 + first - 1, year * 12 + last - 1)


def year_part(year: int, half: int = 0) -> Period:
    """Return a year (0), or its first (1) or second (2) half."""
    first, last = {1: (1, 6), 2: (7, 12)}.get(half, (1, 12))
    return _months(year, first, last)


def period_of(mention: Mention, context: Context) -> Period | None:
    """Return the period `mention` means for a figure; None where its year cannot be known."""
    reader = _KINDS.get(mention.kind)
    found = reader(mention, context) if reader else None
    if found is not None and not 1900 <= found.first.year <= 2100:
        return None
    return found


def _year(mention: Mention, context: Context, last_month: int) -> int | None:
    """Return the year of a period that ends in `last_month`: printed, or the latest that is complete."""
    if mention.year:
        return mention.year
    if context.anchor and mention.year_shift is not None:
        return context.anchor.day.year + mention.year_shift
    if context.reference and (context.anchor is None or mention.start > context.reference_at):
        return _beside(context.reference.last, last_month, context.anchor)
    if context.anchor is None or mention.year_shift is not None:
        return None
    base = context.anchor.day
    this = last_month < base.month or (last_month == base.month and mention.to_day is not None)
    return base.year if this else base.year - 1


def _beside(base: dt.date, month: int, anchor: Anchor | None) -> int:
    """Return the year that puts `month` nearest to a month whose year is printed, and not in the future."""
    here = _index(base)
    near = sorted(
        (abs(year * 12 + month - 1 - here), year) for year in (base.year - 1, base.year, base.year + 1)
    )
    past = [year for _, year in near if anchor is None or year * 12 + month - 1 < _index(anchor.day)]
    return (past or [base.year - 1])[0]


def _month(mention: Mention, context: Context) -> Period | None:
    year = mention.month and _year(mention, context, mention.month)
    return _months(year, mention.month, mention.month) if year and mention.month else None


def _range(mention: Mention, context: Context) -> Period | None:
    if mention.part in ("ending", "starting") and mention.month:
        month, more = _month(mention, context), (mention.to_month or 1) - 1
        if month is None:
            return None
        at = _index(month.last)
        return _span(at - more, at) if mention.part == "ending" else _span(at, at + more)
    if mention.part == "closing":
        year = _year(mention, context, 12)
        return _months(year, 13 - (mention.to_month or 1), 12) if year else None
    if not mention.month or not mention.to_month:
        return None
    if mention.to_year and mention.year:
        return _span(mention.year * 12 + mention.month - 1, mention.to_year * 12 + mention.to_month - 1)
    year = _year(mention, context, mention.to_month)
    if year is None:
        return None
    start = year if mention.month <= mention.to_month else year - 1
    return _span(start * 12 + mention.month - 1, year * 12 + mention.to_month - 1)


def _part_of_year(size: int) -> Callable[[Mention, Context], Period | None]:
    def read(mention: Mention, context: Context) -> Period | None:
        number = int(mention.part or 0)
        if not 1 <= number <= 12 // size:
            return None
        year = _year(mention, context, number * size)
        return _months(year, (number - 1) * size + 1, number * size) if year else None

    return read


def _shift(mention: Mention, context: Context) -> Period | None:
    if mention.shift is None:
        return None
    if mention.base == "main":
        main = context.main
        if main is None:
            return _shift_from_anchor(context, mention.shift - 1)
        return _span(_index(main.last) + mention.shift, _index(main.last) + mention.shift)
    return _shift_from_anchor(context, mention.shift)


def _shift_from_anchor(context: Context, months: int) -> Period | None:
    if context.anchor is None:
        return None
    index = _index(context.anchor.day) + months
    return _span(index, index)


def _main(context: Context) -> Period | None:
    return context.main or _shift_from_anchor(context, -1)


def _same(mention: Mention, context: Context) -> Period | None:
    main = context.topic or context.beside or _main(context)
    if main is None:
        return None
    return main.moved(12 * (mention.year - main.last.year) if mention.year else -12)


def _same_month(mention: Mention, context: Context) -> Period | None:
    main = _main(context)
    if main is None or not mention.month:
        return None
    this = mention.month < main.last.month and mention.part != "year"
    year = main.last.year if this else main.last.year - 1
    return _months(year, mention.month, mention.month)


def _whole_year(mention: Mention, context: Context) -> Period | None:
    year = mention.year
    if year is None and context.anchor and mention.year_shift is not None:
        year = context.anchor.day.year + mention.year_shift
    if year is None:
        return None
    running = mention.year_shift == 0 and context.anchor is not None
    return _to_date(context, year) if running else _months(year, 1, 12)


def _to_date(context: Context, year: int) -> Period | None:
    main = _main(context)
    if main is None or main.last.year != year:
        return None
    return _months(year, 1, main.last.month)


def _running(mention: Mention, context: Context) -> Period | None:
    if mention.month:
        year = _year(mention, context, mention.month)
        return _months(year, 1, mention.month) if year else None
    main = _main(context)
    if main is None or (mention.year and mention.year != main.last.year):
        return None
    return _months(main.last.year, 1, main.last.month)


def _rest(mention: Mention, context: Context) -> Period | None:
    """Return the months from the one after the anchor's to December."""
    if context.anchor is None or (mention.year and mention.year != context.anchor.day.year):
        return None
    year, month = context.anchor.day.year, context.anchor.day.month
    return _months(year, month + 1, 12) if month < 12 else None


def _full_year(_mention: Mention, context: Context) -> Period | None:
    main = _main(context)
    return main and year_part(main.last.year)


def _prior(_mention: Mention, context: Context) -> Period | None:
    """Return as many months as the main period has, before it."""
    return context.main and context.main.moved(-context.main.months)


def _around(mention: Mention, context: Context) -> Period | None:
    """Return the quarter the main period ends in."""
    main, size = _main(context), int(mention.part or 3)
    if main is None:
        return None
    number = (main.last.month - 1) // size
    return _months(main.last.year, number * size + 1, (number + 1) * size)


def _fiscal(mention: Mention, context: Context) -> Period | None:
    if not mention.year:
        return None
    first = mention.year * 12 + context.fiscal_start - 1
    return _span(first, first + 11)


def _days(mention: Mention, context: Context) -> Period | None:
    """Return the days of a span inside a month ("February 1-25")."""
    month = _month(mention, context)
    if (
        month is None
        or not mention.day
        or not mention.to_day
        or not mention.day < mention.to_day <= month.last.day
    ):
        return None
    return Period(month.first.replace(day=mention.day), month.first.replace(day=mention.to_day))


_KINDS: Final[dict[str, Callable[[Mention, Context], Period | None]]] = {
    "month": _month, "months": _range, "quarter": _part_of_year(3), "half": _part_of_year(6), "shift": _shift,
    "same": _same, "samemonth": _same_month, "year": _whole_year, "ytd": _running, "rest": _rest,
    "wholeyear": _full_year, "prior": _prior, "around": _around,
    "fiscal": _fiscal, "day": _days,
}  # fmt: skip
