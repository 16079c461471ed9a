"""A partner's figure guessed from a headline that is out before it, with the error such guesses had."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis.results import Result
from tonnage.analysis.series import pair_january_february, receipts_of, usable
from tonnage.analysis.wording import amount, month, pick
from tonnage.errors import ContractError, NoDataError, ParameterError

__all__ = ["LEAST", "METHOD", "WARNING", "Nowcast", "nowcast"]

#: Fewer earlier guesses than this, and no error is told.
LEAST: Final = 12

_YEAR: Final = 12

METHOD: Final = (
    "The partner's mean share of the headline in the twelve months before, times the headline. The error is"
    " the root mean square of log(printed / guessed) over every earlier month that could be guessed so; the"
    " range is the guess times and divided by exp(1.96 x error)."
)

#: What every use of a nowcast must carry.
WARNING: Final = {
    "en": "It assumes an unchanged share of the partner: it cannot show an effect on this partner alone.",
    "zh": "该估计假定该伙伴的份额不变，因此不能显示只影响该伙伴的变化。",
    "ja": "相手国の割合が変わらないと仮定するため、その国だけへの影響は示せない。",
}

_TEXT: Final = {
    "en": "{when}, guessed from the headline: about {estimate}{bounds}. {warning}",
    "zh": "{when}，据总量推算：约{estimate}{bounds}。{warning}",
    "ja": "{when}、総量からの推計：約{estimate}{bounds}。{warning}",
}
_BOUNDS: Final = {
    "en": " (19 in 20: {low} to {high}; error {rmse:.3f} log over {n} earlier months)",
    "zh": "（二十分之十九：{low}至{high}；此前{n}个月的对数误差{rmse:.3f}）",
    "ja": "（20回中19回：{low}〜{high}；過去{n}か月の対数誤差{rmse:.3f}）",
}


@dataclass(frozen=True, slots=True, eq=False)
class Nowcast(Result):
    """A guess that is no figure: never stored, never summed.

    Attributes:
        period: the month guessed.
        estimate: in the unit of the partner's series.
        low, high: 95% range; None where fewer than `LEAST` earlier months could be guessed.
        share_pct: mean share of the twelve months before.
        headline: the headline of the month.
        rmse: error of this method in logs, over `n` earlier months; None as `low`.
        rmse_last, rmse_year: errors over the same months of taking the month before, and a year before.
        n: earlier months guessed.
        unit: as the partner's series names it, else "".
        assumptions: what the guess rests on, one sentence each.
        receipts: those of the headline's month.
    """

    period: dt.date
    estimate: float
    low: float | None
    high: float | None
    share_pct: float
    headline: float
    rmse: float | None
    rmse_last: float | None
    rmse_year: float | None
    n: int
    unit: str
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, warning included, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        bounds = ""
        if self.rmse is not None and self.low is not None and self.high is not None:
            low, high = amount(self.low, self.unit), amount(self.high, self.unit)
            bounds = pick(_BOUNDS, language).format(low=low, high=high, rmse=self.rmse, n=self.n)
        return pick(_TEXT, language).format(
            when=month(self.period, language),
            estimate=amount(self.estimate, self.unit),
            bounds=bounds,
            warning=pick(WARNING, language),
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row: every number and the English sentence."""
        names = (
            "period",
            "estimate",
            "low",
            "high",
            "share_pct",
            "headline",
            "rmse",
            "rmse_last",
            "rmse_year",
            "n",
        )
        floats = dict.fromkeys(("low", "high", "rmse", "rmse_last", "rmse_year"), pl.Float64())
        row = {name: getattr(self, name) for name in names}
        return pl.DataFrame([{**row, "sentence": self.sentence()}], schema_overrides=floats)


def nowcast(partner: pl.DataFrame, headline: pl.DataFrame, period: dt.date | None = None) -> Nowcast:
    """Return the partner's figure of a month guessed from the headline of that month.

    Args:
        partner: the partner's series, as `series.monthly` takes it.
        headline: the series that is out earlier, in the same unit.
        period: first day of the month to guess; by default the last single month of the headline. Only months
            before it are used.

    Raises:
        ParameterError: period is not the first of a month.
        ContractError: the units differ; or as `series.monthly`.
        NoDataError: the headline has no figure of that month, or one of the twelve shares before it is
            missing (not printed, headline 0, or before a `break`).
        DefinitionError: as `series.monthly`.
    """
    own, total = usable(partner), usable(headline)
    unit = _unit(own, total)
    parts, heads = _months(own), _months(total)
    at = period or _last(heads)
    if at.day != 1:
        raise ParameterError(f"period={at}: expected the first day of a month")
    number = _number(at)
    if number not in heads:
        raise NoDataError(f"nowcast: the headline has no figure of its own for {at:%Y-%m}")
    shares = {m: s for m, s in _shares(own, total, at).items() if m < number}
    share = _mean_share(shares, number)
    if share is None:
        raise NoDataError(
            f"nowcast: {at:%Y-%m}: expected twelve shares in the months before, some are missing"
        )
    tested = [m for m in range(min(shares), number) if _testable(m, parts, heads, shares)]
    rmse = _rmse(tested, parts, lambda m: (_mean_share(shares, m) or 0.0) * heads[m])
    estimate = share * heads[number]
    spread = math.exp(1.96 * rmse) if rmse is not None else None
    told = ["Both series are as known now; on the day, the months before may have been printed otherwise."]
    if number in parts:
        told.append(f"{at:%Y-%m} is printed by now: use that figure.")
    return Nowcast(
        period=at,
        estimate=estimate,
        low=estimate / spread if spread else None,
        high=estimate * spread if spread else None,
        share_pct=100 * share,
        headline=heads[number],
        rmse=rmse,
        rmse_last=_rmse(tested, parts, lambda m: parts.get(m - 1, 0.0)),
        rmse_year=_rmse(tested, parts, lambda m: parts.get(m - _YEAR, 0.0)),
        n=len(tested),
        unit=unit,
        assumptions=tuple(told),
        receipts=receipts_of(total.filter(pl.col("period") == at)),
    )


def _unit(own: pl.DataFrame, total: pl.DataFrame) -> str:
    units = {str(u) for f in (own, total) if "unit" in f.columns for u in f["unit"].drop_nulls().unique()}
    if len(units) > 1:
        raise ContractError(f"nowcast: expected one unit, found {', '.join(sorted(units))}")
    return units.pop() if units else ""


def _months(made: pl.DataFrame) -> dict[int, float]:
    """Return the single months printed, by number."""
    rows = made.filter(pl.col("months") == 1).drop_nulls("value").select("period", "value")
    return {_number(p): v for p, v in rows.iter_rows()}


def _shares(own: pl.DataFrame, total: pl.DataFrame, at: dt.date) -> dict[int, float]:
    """Return the share of every month since the last break; January's and February's may be one share."""
    flagged = (f.filter(pl.col("flags").list.contains("break"))["period"].to_list() for f in (own, total))
    since = max((p for periods in flagged for p in periods if p <= at), default=dt.date.min)
    found: dict[int, float] = {}
    for part, whole in ((pair_january_february(own), pair_january_february(total)), (own, total)):
        both = part.join(whole, on=["period", "months"], suffix="_whole").filter(
            (pl.col("value_whole") > 0) & (pl.col("period") >= since)
        )
        rows = both.drop_nulls("value").select("period", "months", pl.col("value") / pl.col("value_whole"))
        for period, months, share in rows.iter_rows():
            found |= dict.fromkeys(range(_number(period), _number(period) + months), share)
    return found


def _mean_share(shares: dict[int, float], number: int) -> float | None:
    before = [shares[m] for m in range(number - _YEAR, number) if m in shares]
    return statistics.fmean(before) if len(before) == _YEAR else None


def _testable(m: int, parts: dict[int, float], heads: dict[int, float], shares: dict[int, float]) -> bool:
    """Return whether a month was printed above 0 and could be guessed in all three ways."""
    numbers = (parts.get(m), parts.get(m - 1), parts.get(m - _YEAR), heads.get(m), _mean_share(shares, m))
    return all(numbers)


def _rmse(tested: list[int], parts: dict[int, float], guess: Callable[[int], float]) -> float | None:
    if len(tested) < LEAST:
        return None
    return math.sqrt(statistics.fmean(math.log(parts[m] / guess(m)) ** 2 for m in tested))


def _last(heads: dict[int, float]) -> dt.date:
    if not heads:
        raise NoDataError("nowcast: the headline has no single month printed")
    return dt.date(max(heads) // _YEAR, max(heads) % _YEAR + 1, 1)


def _number(day: dt.date) -> int:
    return day.year * _YEAR + day.month - 1
