"""The words of an impact: its verdict, and why there is none, in English, Chinese and Japanese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tonnage.analysis.impact import Impact

__all__ = ["ASSUMED", "CONTROL_ASSUMED", "EARLY", "Reason", "assumptions", "brief", "reason", "sentences"]

#: A reason in every language of a sentence.
Reason = dict[str, str]

#: With fewer full months after the event than this, it is early.
EARLY: Final = 3

_REASONS: Final[dict[str, Reason]] = {
    "outside": {
        "en": "the event of {day} is outside the months covered, {first} to {last}",
        "zh": "{day}的事件不在数据所涵盖的{first}至{last}之内",
        "ja": "{day}の出来事は、データのある{first}から{last}までの範囲外である",
    },
    "ahead": {
        "en": "too early to say: the event of {day} is outside the months covered, {first} to {last}",
        "zh": "为时尚早：{day}的事件不在数据所涵盖的{first}至{last}之内",
        "ja": "時期尚早：{day}の出来事は、データのある{first}から{last}までの範囲外である",
    },
    "break": {
        "en": "the definition changes inside the window (flag 'break'): the figures are not one series",
        "zh": "统计口径在所用时段内有变（标记'break'），前后数字不是同一序列",
        "ja": "対象期間内に品目の範囲が変わっており（'break'の印）、数字は一つの系列ではない",
    },
    "early": {
        "en": "too early to say: no full month after the event has been printed",
        "zh": "为时尚早：事件之后还没有公布过完整的一个月",
        "ja": "時期尚早：出来事の後の丸一か月の数字がまだ公表されていない",
    },
    "short": {
        "en": "too short: {months} months before the event, and at least {least} are needed",
        "zh": "序列太短：事件之前有{months}个月，至少需要{least}个月",
        "ja": "系列が短い：出来事の前は{months}か月、少なくとも{least}か月が必要",
    },
    "gaps": {
        "en": "not monthly enough: {months} of {span} months before the event are printed",
        "zh": "缺月太多：事件之前的{span}个月中只公布了{months}个月",
        "ja": "欠けた月が多い：出来事の前の{span}か月のうち公表は{months}か月",
    },
    "nothing": {
        "en": "nothing was shipped in any month",
        "zh": "所有月份均无出货",
        "ja": "どの月にも出荷がない",
    },
    "lumpy": {
        "en": "too lumpy: {months} months before the event had a shipment, {least} are needed",
        "zh": "出货过于零散：事件之前有出货的月份为{months}个，至少需要{least}个",
        "ja": "出荷がまばら：出来事の前に出荷のあった月は{months}、少なくとも{least}が必要",
    },
}


_BRIEF: Final[dict[str, Reason]] = {
    "below": {"en": "Below what was expected", "zh": "低于预期", "ja": "見込みを下回る"},
    "above": {"en": "Above what was expected", "zh": "高于预期", "ja": "見込みを上回る"},
    "none": {"en": "Cannot be answered: {why}", "zh": "无法回答：{why}", "ja": "答えられない：{why}"},
    "open": {"en": "Too early to say", "zh": "尚难断言", "ja": "まだ判断できない"},
    "quiet": {"en": "No sign of an effect", "zh": "未见影响", "ja": "影響の兆しは見られない"},
}


#: What has to hold.
ASSUMED: Final[tuple[Reason, ...]] = (
    {
        "en": "Without the event, trend, season, Chinese New Year and serial correlation would have gone"
        " on as"
        " before.",
        "zh": "若无该事件，趋势、季节、春节效应和序列相关会一如既往。",
        "ja": "出来事がなければ、趨勢、季節、春節の影響、系列相関はそれまで通り続いた。",
    },
    {
        "en": "Nothing else of weight happened in the same months; the method cannot tell two causes apart.",
        "zh": "同期没有发生其他重要的事；本方法无法区分两个原因。",
        "ja": "同じ月に他の重要なことは起きていない。この方法は二つの原因を区別できない。",
    },
    {
        "en": "The noise of the months after is as large, relative to their level, as that of the months"
        " before.",
        "zh": "事件之后各月的噪声，相对于其水平，与之前一样大。",
        "ja": "出来事の後の月の雑音は、水準に対して前の月と同じ大きさである。",
    },
    {
        "en": "The date was fixed before the figures were looked at.",
        "zh": "日期是在查看数字之前确定的。",
        "ja": "日付は数字を見る前に決められた。",
    },
)
#: What has to hold of a control besides.
CONTROL_ASSUMED: Final[Reason] = {
    "en": "The control shares no goods with the series; if the event moved it (diversion), its weight is"
    " reduced"
    " by how unusual its own months after are, not removed.",
    "zh": "对照序列与本序列没有共同的货物；若事件也影响了它（转移），其权重会按其自身之后各月的异常程度降低，"
    "但不剔除。",
    "ja": "対照系列は本系列と共通の品目を含まない。出来事が対照も動かした場合（迂回）、"
    "その後の月の異常さに応じて"
    "重みを下げるが、除きはしない。",
}


def assumptions(result: Impact, language: str) -> tuple[str, ...]:
    """Return what has to hold for an impact, in a language of a sentence."""
    return tuple(text[language] for text in (*ASSUMED, CONTROL_ASSUMED)[: len(result.assumptions)])


def brief(result: Impact, language: str) -> str:
    """Return the verdict in a few words, for a table."""
    if not result.answered:
        why = result.reason_in.get(language, result.reason)
        return _BRIEF["none"][language].format(why=why.partition(":")[0].partition("：")[0])
    if result.significant:
        return _BRIEF["below" if (result.effect_pct or 0) < 0 else "above"][language]
    return _BRIEF["open" if _wide(result) else "quiet"][language]


def reason(key: str, **values: object) -> Reason:
    """Return why there is no answer, in every language."""
    return {language: text.format(**values) for language, text in _REASONS[key].items()}


def sentences(result: Impact) -> dict[str, str]:
    """Return what may be printed of an impact, in every language."""
    if (
        result.effect_pct is None
        or result.low_pct is None
        or result.high_pct is None
        or result.p_value is None
    ):
        return {
            "en": f"This cannot be answered: {result.reason}.",
            "zh": f"现有数据无法回答：{result.reason_in.get('zh', result.reason)}。",
            "ja": f"現在のデータでは答えられない：{result.reason_in.get('ja', result.reason)}。",
        }
    words = _Words.of(result)
    if result.significant:
        return words.found()
    return words.open_question() if _wide(result) else words.no_sign()


def _wide(result: Impact) -> bool:
    """Whether effects that anyone would care about, -30%, are still inside the interval."""
    return result.low_pct is None or result.low_pct < -30 or result.months_after < EARLY


@dataclass(frozen=True, slots=True)
class _Words:
    """The pieces of a verdict."""

    effect: float
    low: str
    high: str
    p: str
    months: int
    day: str
    level: str
    tonnes: float

    @classmethod
    def of(cls, result: Impact) -> _Words:
        p = result.p_value or 0.0
        return cls(
            effect=result.effect_pct or 0.0,
            low=f"{result.low_pct:+.0f}%".replace("-", "−"),
            high=f"{result.high_pct:+.0f}%".replace("-", "−"),
            p="p < 0.001" if p < 0.001 else f"p = {p:.3f}",
            months=result.months_after,
            day=f"{result.event:%Y-%m-%d}",
            level=f"{100 * result.level:g}%",
            tonnes=result.tonnes or 0.0,
        )

    def found(self) -> dict[str, str]:
        size, amount = f"{abs(self.effect):.0f}%", f"{abs(self.tonnes):,.0f} t"
        span = f"{self.low} to {self.high}"
        down = self.effect < 0
        return {
            "en": f"In the {self._month_en()} after {self.day} shipments were {size}"
            f" {'below' if down else 'above'} what the months before lead one to expect"
            f" ({self.level} interval {span}, {self.p}), about {amount} {'less' if down else 'more'}.",
            "zh": f"{self.day}之后的{self.months}个月，出货量比此前走势所预示的{'低' if down else '高'}{size}"
            f"（{self.level}区间 {self.low} 至 {self.high}，{self.p}），约{'少' if down else '多'}{amount}。",
            "ja": f"{self.day}以降の{self.months}か月の出荷量は、それ以前の動きから見込まれる水準を{size}"
            f"{'下回った' if down else '上回った'}（{self.level}区間 {self.low}〜{self.high}、{self.p}）。"
            f"およそ{amount}の{'減少' if down else '増加'}にあたる。",
        }

    def open_question(self) -> dict[str, str]:
        span = f"{self.low} and {self.high}"
        return {
            "en": f"Too early to say: in the {self._month_en()} after {self.day} the effect lies between"
            f" {span} ({self.level} interval, {self.p}), which includes none and includes much.",
            "zh": f"尚难断言：{self.day}之后{self.months}个月的影响介于 {self.low} 与 {self.high} 之间"
            f"（{self.level}区间，{self.p}），既不排除没有影响，也不排除很大影响。",
            "ja": f"まだ判断できない：{self.day}以降{self.months}か月の影響は"
            f" {self.low} から {self.high} の間にあり（{self.level}区間、{self.p}）、"
            "影響なしも大きな影響も排除できない。",
        }

    def no_sign(self) -> dict[str, str]:
        return {
            "en": f"No sign of an effect: in the {self._month_en()} after {self.day} shipments were within"
            f" ordinary variation; effects beyond {self.low} or {self.high} are ruled out"
            f" at {self.level} ({self.p}).",
            "zh": f"未见影响：{self.day}之后{self.months}个月的出货量在正常波动之内；"
            f"可排除超出 {self.low} 至 {self.high} 的影响（{self.level}，{self.p}）。",
            "ja": f"影響の兆しは見られない：{self.day}以降{self.months}か月の出荷量は通常の変動の範囲内で、"
            f"{self.low}〜{self.high} を超える影響は排除される（{self.level}、{self.p}）。",
        }

    def _month_en(self) -> str:
        return "month" if self.months == 1 else f"{self.months} months"
