"""How concentrated a trade is and how far one partner is depended on, with bounds for what is not printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis.results import Result
from tonnage.analysis.series import UNUSED, receipts_of
from tonnage.analysis.wording import amount, month, pick
from tonnage.errors import ContractError, NoDataError
from tonnage.model.codes import AGGREGATES, POOLS, country_name
from tonnage.model.definitions import registry

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["METHOD", "TOLERANCE", "Concentration", "Dependence", "Share", "concentration", "dependence"]

#: Partners may exceed the world total by this part of it, each being rounded; beyond it something is wrong.
TOLERANCE: Final = 0.005

METHOD: Final = (
    "Shares are of the publisher's own world total, never of the sum of the partners printed. What the"
    " partners leave of the total is unlisted. The Herfindahl-Hirschman index is the sum of squared shares, 0"
    " to 10,000: its lower bound spreads the unlisted part over many partners, its upper gives it to one."
)

_WORLD: Final = "WLD"
_CONTEXT: Final = ("period", "months", "definition", "reporter", "flow", "unit")

_CONCENTRATED: Final = {
    "en": "{when}: the largest partner printed is {name} with {share} of {world}; the three largest hold"
    " {three}; HHI {hhi} of 10,000{why}.",
    "zh": "{when}：已公布的最大伙伴是{name}，占{world}的{share}；前三位合计占{three}；"
    "HHI为{hhi}（满值10,000）{why}。",
    "ja": "{when}：公表された最大の相手は{name}で、{world}の{share}；上位3か国で{three}；"
    "HHIは{hhi}（最大10,000）{why}。",
}
_UNLISTED: Final = {
    "en": " (bounds: {share} of the total is not printed by partner)",
    "zh": "（区间：总量的{share}未按伙伴公布）",
    "ja": "（幅：総量の{share}は相手別に公表されていない）",
}
_DEPENDS: Final = {
    "export": {
        "en": "{when}: {partner} took {share} of {reporter}'s exports of {what}{why}.",
        "zh": "{when}：{partner}占{reporter}{what}出口的{share}{why}。",
        "ja": "{when}：{reporter}の{what}輸出に占める{partner}の割合は{share}{why}。",
    },
    "import": {
        "en": "{when}: {partner} supplied {share} of {reporter}'s imports of {what}{why}.",
        "zh": "{when}：{reporter}的{what}进口中，来自{partner}的占{share}{why}。",
        "ja": "{when}：{reporter}の{what}輸入に占める{partner}の割合は{share}{why}。",
    },
}
_HIDDEN: Final = {
    "en": " (bounds: the rest may be in what is not printed by partner)",
    "zh": "（区间：其余可能在未按伙伴公布的部分中）",
    "ja": "（幅：残りは相手別に公表されない部分に含まれうる）",
}
_GOODS: Final = {"en": "the goods in question", "zh": "该货物", "ja": "当該品目"}


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner holds of the total: value (None = not printed), per cent at least and at most."""

    partner: str
    value: float | None
    low_pct: float
    high_pct: float


@dataclass(frozen=True, slots=True, eq=False)
class Concentration(Result):
    """How concentrated one month's trade is.

    Attributes:
        period, months: the span; None and 1 where the frame names none.
        definition, reporter, flow, unit: context as the frame names it, else "".
        world: the publisher's total.
        unlisted: what the partners leave of it, pools of secret or unspecified partners included; a small
            negative number is the rounding of the partners.
        hhi_low, hhi_high: bounds of the Herfindahl-Hirschman index, 0 to 10,000.
        shares: printed partners by falling share, then those named without a number.
        assumptions: what the numbers rest on, one sentence each.
        receipts: those of the rows used.
    """

    period: dt.date | None
    months: int
    definition: str
    reporter: str
    flow: str
    unit: str
    world: float
    unlisted: float
    hhi_low: float
    hhi_high: float
    shares: tuple[Share, ...]
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    @property
    def unlisted_pct(self) -> float:
        """Per cent of the total that no printed partner holds, never below 0."""
        return max(0.0, 100 * self.unlisted / self.world)

    def top(self, count: int = 3) -> tuple[float, float]:
        """Return per cent, at least and at most, that the `count` largest partners hold together."""
        printed = [s.low_pct for s in self.shares if s.value is not None]
        most = sorted([*printed, self.unlisted_pct], reverse=True)[:count]
        return sum(printed[:count]), min(100.0, sum(most))

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        first = self.shares[0]
        share = _span(self.unlisted_pct, self.unlisted_pct)
        why = pick(_UNLISTED, language).format(share=share) if self.unlisted > 0 else ""
        return pick(_CONCENTRATED, language).format(
            when=_when(self.period, self.months, language),
            name=country_name(first.partner, language),
            share=_span(first.low_pct, first.high_pct),
            world=amount(self.world, self.unit),
            three=_span(*self.top(3)),
            hhi=_span(self.hhi_low, self.hhi_high, "{:,.0f}"),
            why=why,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return `partner`, `value`, `low_pct`, `high_pct` a partner; last "(unlisted)" and "WLD"."""
        part = self.unlisted_pct
        rows = [(s.partner, s.value, s.low_pct, s.high_pct) for s in self.shares]
        rows += [("(unlisted)", self.unlisted, part, part), (_WORLD, self.world, 100.0, 100.0)]
        schema = {"partner": pl.String, "value": pl.Float64, "low_pct": pl.Float64, "high_pct": pl.Float64}
        return pl.DataFrame(rows, schema=schema, orient="row")


@dataclass(frozen=True, slots=True, eq=False)
class Dependence(Result):
    """How much of a reporter's trade is with one partner.

    Attributes:
        period, months, definition, reporter, flow, unit: as in `Concentration`.
        partner: the partner asked about.
        value: its figure, None where it is not printed.
        world: the publisher's total.
        low_pct, high_pct: bounds of its share; equal where it is printed and no pool can hide more of it.
        next_partner, next_pct: the largest other partner printed and its share; "" and 0 where there is none.
        assumptions, receipts: as in `Concentration`.
    """

    period: dt.date | None
    months: int
    definition: str
    reporter: str
    flow: str
    unit: str
    partner: str
    value: float | None
    world: float
    low_pct: float
    high_pct: float
    next_partner: str
    next_pct: float
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        flow = "import" if "import" in self.flow else "export"
        known = registry().get(self.definition)
        what = pick(known.title if known else _GOODS, language)
        return pick(_DEPENDS[flow], language).format(
            when=_when(self.period, self.months, language),
            partner=country_name(self.partner, language),
            reporter=country_name(self.reporter, language) if self.reporter else "?",
            what=what,
            share=_span(self.low_pct, self.high_pct),
            why=pick(_HIDDEN, language) if self.high_pct - self.low_pct >= 0.05 else "",
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row: every number and the English sentence."""
        names = (*_CONTEXT, "partner", "value", "world", "low_pct", "high_pct", "next_partner", "next_pct")
        row = {name: getattr(self, name) for name in names}
        types: dict[str, pl.DataType] = {"period": pl.Date(), "months": pl.Int8(), "value": pl.Float64()}
        return pl.DataFrame([{**row, "sentence": self.sentence()}], schema_overrides=types)


def concentration(frame: pl.DataFrame) -> Concentration:
    """Return how concentrated the trade of one month is, with bounds.

    Args:
        frame: one row a partner: `partner` and `value` (null = not printed), with the publisher's total as
            partner WLD; optional `period`, `months`, `flags`, `receipt` and context columns, one value each.
            A bloc (EU27) is left out, for its members are listed too.

    Raises:
        ContractError: a column is missing, a partner stands twice, more than one period, definition,
            reporter, flow or unit, a value negative or not finite, or the partners exceed the total.
        NoDataError: no world total, a total of 0, or no partner printed.
    """
    table = _Table.of(frame)
    known = sorted(table.printed.items(), key=lambda item: (-item[1], item[0]))
    if not known:
        raise NoDataError("concentration: expected at least one printed partner beside WLD, found none")
    squares = sum((v / table.world) ** 2 for _, v in known)
    left = max(0.0, table.unlisted / table.world)
    shares = [Share(p, v, 100 * v / table.world, 100 * v / table.world) for p, v in known]
    shares += [Share(p, None, 0.0, 100 * left) for p in table.unprinted]
    return Concentration(
        **table.context,
        world=table.world,
        unlisted=table.unlisted,
        hhi_low=10_000 * squares,
        hhi_high=10_000 * min(1.0, squares + left**2),
        shares=tuple(shares),
        assumptions=table.assumptions,
        receipts=table.receipts,
    )


def dependence(frame: pl.DataFrame, on: str) -> Dependence:
    """Return how much of a reporter's trade of one month is with partner `on`, with bounds.

    Where the partner is printed the lower bound is its share; pools of secret or unspecified partners may
    hide more of it. Where it is not printed the share lies between 0 and all that is unlisted.

    Args:
        frame: as `concentration` takes it.
        on: the partner's code ("CHN").

    Raises:
        ContractError, NoDataError: as `concentration`.
        CodeError: `on` is no code of a country.
    """
    country_name(on)
    table = _Table.of(frame)
    value = table.printed.get(on)
    hidden = table.pooled if value is not None else max(0.0, table.unlisted)
    others = sorted(((v, p) for p, v in table.printed.items() if p != on), key=lambda o: (-o[0], o[1]))
    low = 100 * (value or 0.0) / table.world
    return Dependence(
        **table.context,
        partner=on,
        value=value,
        world=table.world,
        low_pct=low,
        high_pct=min(100.0, low + 100 * hidden / table.world),
        next_partner=others[0][1] if others else "",
        next_pct=100 * others[0][0] / table.world if others else 0.0,
        assumptions=table.assumptions,
        receipts=table.receipts,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """One month's partners, checked: those printed, those named without a number, and what is in pools."""

    world: float
    printed: dict[str, float]
    unprinted: tuple[str, ...]
    pooled: float
    context: dict[str, Any]
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...]

    @property
    def unlisted(self) -> float:
        return self.world - sum(self.printed.values())

    @classmethod
    def of(cls, frame: pl.DataFrame) -> _Table:
        values = _values(frame)
        world = values.pop(_WORLD, None)
        if not world:
            raise NoDataError(
                "concentration: expected the publisher's total, above 0, as partner WLD; found none"
            )
        single = {p: v for p, v in values.items() if p not in (*AGGREGATES, *POOLS)}
        table = cls(
            world=world,
            printed={p: v for p, v in single.items() if v is not None},
            unprinted=tuple(sorted(p for p, v in single.items() if v is None)),
            pooled=sum(values.get(p) or 0.0 for p in POOLS),
            context=_context(frame),
            assumptions=_assumptions(values, frame),
            receipts=receipts_of(frame),
        )
        if table.unlisted < -TOLERANCE * world:
            over = -table.unlisted
            raise ContractError(
                f"concentration: the partners exceed the total of {world:g} by {over:g}; expected one vintage"
                " and one definition, no sums among the partners"
            )
        return table


def _values(frame: pl.DataFrame) -> dict[str, float | None]:
    missing = [c for c in ("partner", "value") if c not in frame.columns]
    if missing:
        raise ContractError(f"concentration: expected columns 'partner' and 'value', {missing} not there")
    twice = frame.filter(pl.col("partner").is_duplicated())["partner"].to_list()
    if twice:
        raise ContractError(f"concentration: expected one row a partner, found {twice[0]} more than once")
    numbers = frame.with_columns(pl.col("value").cast(pl.Float64))
    value = pl.col("value")
    bad = numbers.filter(value.is_nan() | value.is_infinite() | (value < 0)).to_dicts()
    if bad:
        found = f"{bad[0]['value']} for {bad[0]['partner']}"
        raise ContractError(f"concentration: value: expected a finite number of 0 or more, found {found}")
    if "flags" in numbers.columns:
        barred = pl.col("flags").list.set_intersection(list(UNUSED)).list.len() > 0
        numbers = numbers.with_columns(value=pl.when(barred).then(None).otherwise(value))
    return dict(numbers.select("partner", "value").iter_rows())


def _context(frame: pl.DataFrame) -> dict[str, Any]:
    found: dict[str, Any] = {
        "period": None,
        "months": 1,
        "definition": "",
        "reporter": "",
        "flow": "",
        "unit": "",
    }
    for column in _CONTEXT:
        if column in frame.columns:
            held = frame[column].drop_nulls().unique().sort().to_list()
            if len(held) > 1:
                raise ContractError(f"concentration: expected one {column}, found {held[0]} to {held[-1]}")
            found[column] = held[0] if held else found[column]
    return found


def _assumptions(values: dict[str, float | None], frame: pl.DataFrame) -> tuple[str, ...]:
    told = ["Partners that are not listed are taken as unknown, not as 0."]
    blocs = sorted(p for p in values if p in AGGREGATES)
    if blocs:
        told.append(f"{', '.join(blocs)} is left out: its members are countries of their own.")
    pools = sorted(p for p in values if p in POOLS)
    if pools:
        told.append(f"{', '.join(pools)} is a pool of partners: counted as unlisted.")
    names = frame["definition"].drop_nulls().unique().to_list() if "definition" in frame.columns else []
    known = registry().get(names[0]) if names else None
    if known and known.hides:
        told.append(f"The figures do not show: {known.hides}")
    return tuple(told)


def _span(low: float, high: float, form: str = "{:.1f}%") -> str:
    """Return one number, or two where they differ as printed."""
    first, last = form.format(low), form.format(high)
    return first if first == last else f"{first}–{last}"


def _when(period: dt.date | None, months: int, language: str) -> str:
    return month(period, language, months) if period else "–"
