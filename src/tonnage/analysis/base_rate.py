"""How ordinary is a change: counted before it is called anything."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis import series as tools
from tonnage.analysis.results import Result
from tonnage.analysis.wording import month, percent_text, pick
from tonnage.errors import NoDataError, ParameterError

__all__ = ["LEAST", "METHOD", "WORDS", "BaseRate", "base_rate"]

#: Fewer earlier changes than this, and nothing is said.
LEAST: Final = 6

METHOD: Final = (
    "Counts how many earlier changes of the same series were at least as large in the same direction: only"
    " changes before the month in question, between printed neighbouring figures, within one definition, and"
    " comparable in the calendar. Chinese New Year moves between January and February, so changes into"
    " January, February and March are compared with the same change of other years only, and year-on-year"
    " changes of January and February with those of the two together. The word is set by (k + 1) / (n + 1):"
    " rare up to a tenth, uncommon up to a quarter, ordinary above."
)

#: Strong words by direction and language -> the highest rate and the smallest change, in per cent, they need.
WORDS: Final[dict[str, dict[str, dict[str, tuple[float, float]]]]] = {
    "fall": {
        "en": {
            "drop sharply": (0.25, 10),
            "slump": (0.25, 10),
            "tumble": (0.25, 10),
            "dive": (0.1, 20),
            "plummet": (0.1, 20),
            "plunge": (0.1, 20),
            "slash": (0.1, 20),
            "nosedive": (0.1, 30),
            "collapse": (0.1, 50),
            "crash": (0.1, 50),
        },
        "zh": {
            "大跌": (0.25, 10),
            "大幅下降": (0.25, 10),
            "锐减": (0.1, 20),
            "骤降": (0.1, 20),
            "暴跌": (0.1, 20),
            "崩溃": (0.1, 50),
        },
        "ja": {
            "大幅減": (0.25, 10),
            "急減": (0.1, 20),
            "急落": (0.1, 20),
            "激減": (0.1, 30),
            "暴落": (0.1, 30),
            "崩壊": (0.1, 50),
        },
    },
    "rise": {
        "en": {
            "rise sharply": (0.25, 10),
            "jump": (0.25, 10),
            "leap": (0.25, 10),
            "spike": (0.1, 20),
            "surge": (0.1, 20),
            "soar": (0.1, 20),
            "rocket": (0.1, 50),
            "skyrocket": (0.1, 100),
            "explode": (0.1, 100),
        },
        "zh": {
            "大涨": (0.25, 10),
            "大幅增长": (0.25, 10),
            "猛增": (0.1, 20),
            "激增": (0.1, 20),
            "飙升": (0.1, 20),
            "暴增": (0.1, 50),
        },
        "ja": {
            "大幅増": (0.25, 10),
            "急増": (0.1, 20),
            "急伸": (0.1, 20),
            "激増": (0.1, 30),
            "爆増": (0.1, 100),
        },
    },
}

_COLUMNS: Final[dict[str, pl.DataType]] = {
    "change_pct": pl.Float64(),
    "period": pl.Date(),
    "months": pl.Int8(),
    "basis": pl.String(),
    "k": pl.Int32(),
    "k_size": pl.Int32(),
    "n": pl.Int32(),
    "same_month_k": pl.Int32(),
    "same_month_n": pl.Int32(),
    "percentile": pl.Float64(),
    "first": pl.Date(),
    "last": pl.Date(),
    "word": pl.String(),
    "forbidden": pl.List(pl.String()),
    "sentence": pl.String(),
}

#: Changes nearer than this are the same change.
_EQUAL: Final = 1e-9

_UNCOMMON: Final = 0.25
_RARE: Final = 0.1
_NAMES: Final = {
    "ordinary": {"en": "ordinary", "zh": "寻常", "ja": "珍しくない"},
    "uncommon": {"en": "uncommon", "zh": "不多见", "ja": "やや珍しい"},
    "rare": {"en": "rare", "zh": "罕见", "ja": "まれ"},
}
_DIRECTIONS: Final = {
    "fall": {"en": "fall", "zh": "下降", "ja": "減少"},
    "rise": {"en": "rise", "zh": "上升", "ja": "増加"},
    "no change": {"en": "change", "zh": "变化", "ja": "変化"},
}
_AGAINST: Final = {
    "mom": {"en": "on the month before", "zh": "环比", "ja": "前月比"},
    "yoy": {"en": "on a year before", "zh": "同比", "ja": "前年同月比"},
}
_COUNTED: Final = {
    "en": "{how_many} of this size ({size} {against}) or more happened in {of} earlier months compared"
    " ({span}; {pool}): {word}.",
    "zh": "在可比的此前{n}个月（{span}；{pool}）中，有{k}个月出现这样大（{against}{size}）或更大的{what}："
    "{word}。",
    "ja": "比較できる過去{n}か月（{span}；{pool}）のうち、この規模（{against}{size}）以上の{what}は{k}か月："
    "{word}。",
}
_TOO_FEW: Final = {
    "en": "It cannot be told how ordinary a {what} of {size} {against} is; earlier months that can be"
    " compared ({pool}): {n}, needed: {least}.",
    "zh": "无法判断{against}{what}{size}是否寻常；可比的此前月份（{pool}）：{n}个，至少需要{least}个。",
    "ja": "{against}{size}の{what}がどの程度普通かは判断できない。比較できる過去の月（{pool}）：{n}か月、"
    "必要数：{least}か月。",
}
_POOLS: Final = {
    "mom": {"en": "April to December only", "zh": "只比4至12月", "ja": "4〜12月のみ"},
    "yoy": {
        "en": "January and February counted together",
        "zh": "1月和2月合并计算",
        "ja": "1月と2月は合算",
    },
}
_ONE_MONTH: Final = {"en": "{name} only", "zh": "只比各年{number}月", "ja": "各年の{number}月のみ"}


@dataclass(frozen=True, slots=True, eq=False)
class BaseRate(Result):
    """How often a change this large was seen before.

    Attributes:
        change_pct: the change in question, in per cent.
        period: the first day of the month it is of; only earlier changes are counted.
        months: 1; 2 where January and February are taken together.
        basis: "mom" against the month before, "yoy" against a year before.
        k: earlier comparable changes in the same direction and at least as large.
        k_size: those at least as large in either direction.
        n: earlier comparable changes.
        same_month_k, same_month_n: the same as `k` and `n` among changes into the same calendar month.
        percentile: mid-rank of the change among the `n`: 0 the lowest, 100 the highest; None where n is 0.
        first, last: the first and the last month compared; None where n is 0.
        word: "ordinary", "uncommon" or "rare"; "" where fewer than `LEAST` can be compared.
        compared: month and per cent of every change counted, in order.
        assumptions: what the count rests on, one sentence each.
        receipts: those of the figures of the month in question and the one it is compared with.
    """

    change_pct: float
    period: dt.date
    months: int
    basis: tools.Basis
    k: int
    k_size: int
    n: int
    same_month_k: int
    same_month_n: int
    percentile: float | None
    first: dt.date | None
    last: dt.date | None
    word: str
    compared: tuple[tuple[dt.date, float], ...]
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    @property
    def direction(self) -> str:
        """The direction of the change: "fall", "rise" or "no change"."""
        return "fall" if self.change_pct < 0 else "rise" if self.change_pct > 0 else "no change"

    @property
    def forbidden(self) -> tuple[str, ...]:
        """English words that the rate, or the size of the change, does not allow."""
        return self.forbidden_in("en")

    def forbidden_in(self, language: str) -> tuple[str, ...]:
        """Return the words of a language ("en", "zh", "ja") that may not be used for this change."""
        pick(_AGAINST[self.basis], language)
        rate = (self.k + 1) / (self.n + 1) if self.word else 1.0
        size = abs(self.change_pct)
        directions = [self.direction] if self.change_pct else list(WORDS)
        listed = [item for d in directions for item in WORDS[d][language].items()]
        return tuple(word for word, (commonest, least) in listed if rate > commonest or size < least)

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        words = {
            "what": pick(_DIRECTIONS[self.direction], language),
            "size": percent_text(self.change_pct),
            "against": pick(_AGAINST[self.basis], language),
            "n": self.n,
            "pool": _pool_name(self, language),
        }
        if not self.word:
            return pick(_TOO_FEW, language).format(**words, least=LEAST)
        span = "–".join(month(d, language) for d in (self.first, self.last) if d)
        counted = {
            "how_many": f"A {words['what']}" if self.k else f"No {words['what']}",
            "of": f"{self.k} of the {self.n}" if self.k else f"the {self.n}",
            "word": pick(_NAMES[self.word], language),
        }
        return pick(_COUNTED, language).format(**words, **counted, k=self.k, span=span)

    def to_frame(self) -> pl.DataFrame:
        """Return one row: the numbers, the word, the forbidden words and the English sentence."""
        told = {"forbidden": list(self.forbidden), "sentence": self.sentence()}
        return pl.DataFrame([{n: told[n] if n in told else getattr(self, n) for n in _COLUMNS}], _COLUMNS)


def base_rate(
    series: pl.DataFrame,
    change: float | None = None,
    *,
    period: dt.date | None = None,
    basis: tools.Basis = "mom",
) -> BaseRate:
    """Return how often a change this large was seen before.

    Args:
        series: as `series.monthly` takes it.
        change: per cent (-8.2); None takes the change of the series itself at `period`.
        period: first day of the month the change is of; by default the last month printed. It may lie after
            the series. Only changes into earlier months are counted.
        basis: "mom" against the month before, "yoy" against a year before.

    Raises:
        ParameterError: the basis is unknown, the change is not finite or below -100, or period is not the
            first of a month.
        NoDataError: no change is given and the series has none at that month; or the month is one of two that
            are printed together and the basis is "mom".
        ContractError, DefinitionError: as `series.monthly`.
    """
    if basis not in ("mom", "yoy"):
        raise ParameterError(f"basis={basis!r}: expected 'mom' or 'yoy'")
    made = tools.usable(series)
    at, months = _asked(made, period, basis)
    own = _own(made, at, months, basis)
    size = _size(change, own, at, basis)
    earlier = _earlier(made, at, basis)
    pool = [(p, v) for p, m, v in earlier if _season(p, m, basis) == _season(at, months, basis)]
    same = [v for p, m, v in earlier if (p.month, m) == (at.month, months)]
    values = [v for _, v in pool]
    k = _as_large(values, size)
    return BaseRate(
        change_pct=size,
        period=at,
        months=months,
        basis=basis,
        k=k,
        k_size=sum(abs(v) >= abs(size) - _EQUAL for v in values),
        n=len(values),
        same_month_k=_as_large(same, size),
        same_month_n=len(same),
        percentile=_percentile(values, size),
        first=pool[0][0] if pool else None,
        last=pool[-1][0] if pool else None,
        word=_word(k, len(values)),
        compared=tuple(pool),
        assumptions=_assumptions(made, size, own, at),
        receipts=_receipts(made, at, months, basis),
    )


def _asked(made: pl.DataFrame, period: dt.date | None, basis: tools.Basis) -> tuple[dt.date, int]:
    """Return the month in question and how many months it covers."""
    printed = [
        (p, m) for p, m, value in made.select("period", "months", "value").iter_rows() if value is not None
    ]
    if period is None:
        if not printed:
            raise NoDataError(
                "base rate: the series has no printed figure; give period=... or another series"
            )
        period = max(p for p, _ in printed)
    if period.day != 1:
        raise ParameterError(f"period={period}: expected the first day of a month")
    together = (period, 2) in printed and (period, 1) not in printed
    if together and basis == "mom":
        raise NoDataError(
            f"base rate: January and February {period.year} are printed together, with no month before;"
            " use basis='yoy'"
        )
    return period, 2 if together else 1


def _moved(made: pl.DataFrame, basis: tools.Basis) -> list[tuple[dt.date, int, float]]:
    """Return period, months and per cent of every change there is, in order."""
    column = f"{basis}_pct"
    rows = tools.changes(made).filter(pl.col("months") == 1)
    if basis == "yoy":
        pairs = tools.changes(tools.pair_january_february(made)).filter(pl.col("months") == 2)
        rows = pl.concat([rows, pairs])
    found = rows.drop_nulls(column).sort("period", "months")
    return list(found.select("period", "months", column).iter_rows())


def _own(made: pl.DataFrame, at: dt.date, months: int, basis: tools.Basis) -> float | None:
    return next((v for p, m, v in _moved(made, basis) if (p, m) == (at, months)), None)


def _size(change: float | None, own: float | None, at: dt.date, basis: tools.Basis) -> float:
    if change is not None:
        if not math.isfinite(change) or change < -100:
            raise ParameterError(f"change={change}: expected per cent, finite and not below -100")
        return float(change)
    if own is None:
        against = {"mom": "the month before", "yoy": "a year before"}[basis]
        raise NoDataError(
            f"base rate: {at:%Y-%m}: no change against {against}: a figure is missing or 0, or a break lies"
            " between"
        )
    return own


def _earlier(made: pl.DataFrame, at: dt.date, basis: tools.Basis) -> list[tuple[dt.date, int, float]]:
    """Return the changes before the month in question, within its definition."""
    breaks = [
        p for p, flags in made.select("period", "flags").iter_rows() if "break" in (flags or ()) and p <= at
    ]
    since = max(breaks, default=dt.date.min)
    return [(p, m, v) for p, m, v in _moved(made, basis) if since <= p < at]


def _season(period: dt.date, months: int, basis: tools.Basis) -> int:
    """Return the calendar month a change may only be compared with, or 0 for the pool of all others."""
    if basis == "mom":
        return period.month if period.month <= 3 else 0
    return period.month if period.month <= 2 and months == 1 else 0


def _as_large(values: list[float], size: float) -> int:
    if size < 0:
        return sum(v <= size + _EQUAL for v in values)
    return sum(v >= size - _EQUAL for v in values) if size > 0 else len(values)


def _percentile(values: list[float], size: float) -> float | None:
    if not values:
        return None
    equal = sum(abs(v - size) <= _EQUAL for v in values)
    below = sum(v < size - _EQUAL for v in values)
    return 100 * (below + equal / 2) / len(values)


def _word(k: int, n: int) -> str:
    if n < LEAST:
        return ""
    rate = (k + 1) / (n + 1)
    return "rare" if rate <= _RARE else "uncommon" if rate <= _UNCOMMON else "ordinary"


def _pool_name(result: BaseRate, language: str) -> str:
    season = _season(result.period, result.months, result.basis)
    if not season:
        return pick(_POOLS[result.basis], language)
    name = {1: "January", 2: "February", 3: "March"}[season]
    return pick(_ONE_MONTH, language).format(name=name, number=season)


def _assumptions(made: pl.DataFrame, size: float, own: float | None, at: dt.date) -> tuple[str, ...]:
    told = ["Earlier months are as the series knows them, revisions included."]
    if own is None:
        told.append(f"The series itself has no change at {at:%Y-%m}; the change was given.")
    elif abs(own - size) > 0.1:
        told.append(f"The change given is {size:.1f}%; that of the series at {at:%Y-%m} is {own:.1f}%.")
    missing = tools.gaps(made).height
    if missing:
        told.append(f"Months without a figure: {missing}; no change is counted across them.")
    return tuple(told)


def _receipts(made: pl.DataFrame, at: dt.date, months: int, basis: tools.Basis) -> tuple[Any, ...]:
    before = at.replace(year=at.year - 1) if basis == "yoy" else (at - dt.timedelta(days=1)).replace(day=1)
    wanted = {before, at}
    if months == 2:
        wanted |= {d.replace(month=2) for d in wanted}
    return tools.receipts_of(made.filter(pl.col("period").is_in(list(wanted))))
