"""Third countries' excess beside the direct flow's drop: arithmetic on two flows, with its uncertainty."""

from __future__ import annotations

import datetime as dt
import statistics
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

import polars as pl

from tonnage.analysis.mirror import tonnes
from tonnage.analysis.results import Result
from tonnage.analysis.series import changes, pair_january_february, receipts_of
from tonnage.analysis.wording import month, pick
from tonnage.errors import ContractError, NoDataError, ParameterError
from tonnage.model.codes import AGGREGATES

__all__ = ["HUBS", "LEAST", "METHOD", "Diversion", "diversion"]

#: Entrepots: goods seen there may be bound for elsewhere.
HUBS: Final = ("ARE", "BEL", "HKG", "NLD", "SGP")

#: Fewer earlier windows than this, and it is not told whether the excess is ordinary.
LEAST: Final = 12

#: First day and months of one figure.
_Span: TypeAlias = tuple[dt.date, int]

METHOD: Final = (
    "Each flow is compared with the same months a year before, January and February as one. The excess of the"
    " third countries after the event is set against the same sum over every earlier unbroken run of as many"
    " figures: nine in ten of those lie between the bounds."
)

_TEXT: Final = {
    "en": "{first} to {last} against a year before: the direct flow {drop:+,.0f} t, third countries"
    " {excess:+,.0f} t; {verdict}",
    "zh": "{first}至{last}，与上年同期相比：直接贸易{drop:+,.0f}吨，第三国{excess:+,.0f}吨；{verdict}",
    "ja": "{first}〜{last}の前年同期比：直接の流れ{drop:+,.0f}トン、第三国{excess:+,.0f}トン；{verdict}",
}
_WITHIN: Final = {
    "en": "nine in ten of {n} earlier windows: {low:+,.0f} to {high:+,.0f} t, so no diversion can be told.",
    "zh": "此前{n}个同长时段中九成在{low:+,.0f}至{high:+,.0f}吨之间，看不出转移。",
    "ja": "過去{n}区間の9割は{low:+,.0f}〜{high:+,.0f}トンで、迂回とは言えない。",
}
_BEYOND: Final = {
    "en": "nine in ten of {n} earlier windows: {low:+,.0f} to {high:+,.0f} t: out of the ordinary,"
    " which is no proof of where the goods went.",
    "zh": "此前{n}个同长时段中九成在{low:+,.0f}至{high:+,.0f}吨之间：异于寻常，但不能证明货物去向。",
    "ja": "過去{n}区間の9割は{low:+,.0f}〜{high:+,.0f}トン：通常の範囲外だが、行き先の証明ではない。",
}
_UNTOLD: Final = {
    "en": "earlier windows: {n}, and {least} are needed to tell whether that is ordinary.",
    "zh": "此前时段：{n}个，至少需要{least}个才能判断是否寻常。",
    "ja": "過去の区間：{n}、普通かどうかの判断には{least}が必要。",
}
_ASSUMED: Final = (
    "A year before stands for what would have been; overlapping earlier windows stand for chance.",
    "Third countries gain for reasons of their own; an entrepot's gain may be bound for anywhere.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Diversion(Result):
    """Whether third countries took what the direct flow lost.

    Attributes:
        first, last: the first and the last figure after the event.
        drop_t: tonnes the direct flow lost against a year before (negative = it rose).
        excess_t: tonnes the third countries gained against a year before.
        low_t, high_t: nine in ten earlier windows of this length had an excess between these.
        windows: how many there were.
        share: `excess_t` over `drop_t`; None where the direct flow did not fall.
        hubs: entrepots among the third countries.
        assumptions: what the numbers rest on, one sentence each.
        receipts: those of the figures from the event on, of the direct flow and then of the others.
    """

    first: dt.date
    last: dt.date
    drop_t: float
    excess_t: float
    low_t: float | None
    high_t: float | None
    windows: int
    share: float | None
    hubs: tuple[str, ...]
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    @property
    def ordinary(self) -> bool | None:
        """Whether the excess lies within what earlier windows show; None where there are too few."""
        if self.low_t is None or self.high_t is None:
            return None
        return self.low_t <= self.excess_t <= self.high_t

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        verdict = {None: _UNTOLD, True: _WITHIN, False: _BEYOND}[self.ordinary]
        return pick(_TEXT, language).format(
            first=month(self.first, language),
            last=month(self.last, language),
            drop=-self.drop_t,
            excess=self.excess_t,
            verdict=pick(verdict, language).format(
                low=self.low_t or 0.0, high=self.high_t or 0.0, n=self.windows, least=LEAST
            ),
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row: every number and the English sentence."""
        names = ("first", "last", "drop_t", "excess_t", "low_t", "high_t", "windows", "share")
        floats = dict.fromkeys(("low_t", "high_t", "share"), pl.Float64())
        row = {name: getattr(self, name) for name in names}
        return pl.DataFrame([{**row, "sentence": self.sentence()}], schema_overrides=floats)


def diversion(direct: pl.DataFrame, others: pl.DataFrame, since: dt.date, by: str = "partner") -> Diversion:
    """Return the drop of the direct flow beside the excess of third countries, each against a year before.

    The uncertainty is that of earlier windows of the same length: how large was the same excess when nothing
    happened. It is arithmetic on two flows, no proof that one became the other.

    Args:
        direct: the flow to the partner in question, as `series.monthly` takes it; mass.
        others: long frame of the third countries, the column `by` naming them; no aggregates among them.
        since: first month after the event; the window runs to the last month that all print.
        by: the column of `others` that names a country.

    Raises:
        ParameterError: `since` is not the first of a month.
        ContractError: `others` has no such column or holds an aggregate, or a unit is no mass.
        NoDataError: no month since then, or a month a year before it, is printed by all.
    """
    if since.day != 1:
        raise ParameterError(f"since={since}: expected the first day of a month")
    names, gains = _summed_gains(others, by)
    own = _gains(direct)
    after = sorted(span for span in own.keys() & gains.keys() if span[0] >= since)
    if not after:
        raise NoDataError(
            f"diversion: no month from {since:%Y-%m} on is printed by all, with the one a year before"
        )
    quiet = sorted(span for span in gains if _after(span) <= since)
    sums = [sum(gains[span] for span in run) for run in _runs(quiet, len(after))]
    low, high = _inner(sums)
    drop, excess = -sum(own[span] for span in after), sum(gains[span] for span in after)
    return Diversion(
        first=after[0][0],
        last=after[-1][0],
        drop_t=drop,
        excess_t=excess,
        low_t=low,
        high_t=high,
        windows=len(sums),
        share=excess / drop if drop > 0 else None,
        hubs=tuple(n for n in names if n in HUBS),
        assumptions=_ASSUMED,
        receipts=tuple(r for f in (direct, others) for r in receipts_of(f.filter(pl.col("period") >= since))),
    )


def _gains(frame: pl.DataFrame) -> dict[_Span, float]:
    """Return the tonnes gained on a year before, by month, January and February as one span of two."""
    rows = changes(pair_january_february(tonnes(frame))).drop_nulls(["value", "year_ago"])
    rows = rows.filter((pl.col("months") == 2) | (pl.col("period").dt.month() > 2))
    found = rows.select("period", "months", pl.col("value") - pl.col("year_ago"))
    return {(period, months): gain for period, months, gain in found.iter_rows()}


def _summed_gains(others: pl.DataFrame, by: str) -> tuple[list[str], dict[_Span, float]]:
    """Return the countries and their gain together, in the months that every one of them prints."""
    if by not in others.columns:
        raise ContractError(f"diversion: expected a column {by!r} that names each country, found none")
    names = sorted(others[by].drop_nulls().unique().to_list())
    mixed = [n for n in names if n in AGGREGATES]
    if mixed or not names:
        raise ContractError(f"diversion: expected single countries, found {mixed or 'none'}")
    each = [_gains(others.filter(pl.col(by) == name)) for name in names]
    shared = set(each[0]).intersection(*each[1:])
    return names, {span: sum(g[span] for g in each) for span in shared}


def _after(span: _Span) -> dt.date:
    """Return the first day after a span of months."""
    years, number = divmod(span[0].year * 12 + span[0].month - 1 + span[1], 12)
    return dt.date(years, number + 1, 1)


def _runs(spans: list[_Span], length: int) -> list[list[_Span]]:
    """Return every run of `length` spans that follow each other without a gap."""
    runs = [spans[i : i + length] for i in range(len(spans) - length + 1)]
    return [run for run in runs if all(_after(a) == b[0] for a, b in pairwise(run))]


def _inner(sums: list[float]) -> tuple[float | None, float | None]:
    """Return the fifth and the ninety-fifth percentile, or None where there are too few."""
    if len(sums) < LEAST:
        return None, None
    cuts = statistics.quantiles(sums, n=20, method="inclusive")
    return cuts[0], cuts[-1]
