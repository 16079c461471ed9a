"""The words of a comparison with donors, in English, Chinese and Japanese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tonnage.analysis.verdicts import EARLY, Reason
from tonnage.analysis.wording import LANGUAGES
from tonnage.model.codes import country_name, known_countries

if TYPE_CHECKING:
    from tonnage.analysis.synthetic import Synthetic

__all__ = ["NOTHING_EXPECTED", "sentences"]

#: Why there is no number where the mixture, in tonnes over the usual month, comes out below zero.
NOTHING_EXPECTED: Final[Reason] = {
    "en": "the donors lead one to expect nothing at all, so there is no per cent of it",
    "zh": "其他伙伴所预示的贸易量为零，无从计算百分比",
    "ja": "他の相手から見込まれる量がゼロとなり、百分率を計算できない",
}


def sentences(result: Synthetic) -> dict[str, str]:
    """Return what may be printed of a comparison with donors, in every language."""
    if not result.answered:
        return {
            "en": f"This cannot be answered: {result.reason}.",
            "zh": f"现有数据无法回答：{result.reason_in.get('zh', result.reason)}。",
            "ja": f"現在のデータでは答えられない：{result.reason_in.get('ja', result.reason)}。",
        }
    if result.significant:
        return _found(result)
    return _open(result) if _wide(result) else _none(result)


def _wide(result: Synthetic) -> bool:
    """Whether effects that anyone would care about, -30%, are still inside, or the ranks cannot tell."""
    return not result.by_ranks or (result.low_pct or 0) < -30 or result.months_after < EARLY


def _who(result: Synthetic, language: str) -> str:
    known = set(known_countries())
    names = [country_name(n, language) if n in known else n for n in result.treated]
    return {"en": ", ", "zh": "、", "ja": "、"}[language].join(names)


def _span(result: Synthetic) -> tuple[str, str]:
    low, high = (f"{v:+,.0f}%".replace("-", "−") for v in (result.low_pct or 0.0, result.high_pct or 0.0))
    return low, high.replace("+inf%", "∞")


def _interval(result: Synthetic, language: str) -> str:
    """Return the interval at its level, and what it supposes where the ranks bound nothing."""
    low, high = _span(result)
    level = f"{100 * result.level:g}%"
    span = {
        "en": f"{level} interval {low} to {high}",
        "zh": f"{level}区间 {low} 至 {high}",
        "ja": f"{level}区間 {low}〜{high}",
    }
    supposed = {"en": " if noise is normal", "zh": "（假定噪声为正态）", "ja": "（雑音が正規分布なら）"}
    return span[language] + ("" if result.by_ranks else supposed[language])


def _p(result: Synthetic, language: str) -> str:
    """Return the rank p-value, and that it is the least there can be where it is."""
    told = f"p = {result.p_value:.3f}"
    if result.p_value != result.floor:
        return {"en": f"rank {told}", "zh": f"排序 {told}", "ja": f"順位による {told}"}[language]
    sets = round(1 / (result.floor or 1)) - 1
    return {
        "en": f"rank {told}, the least that {sets} placebos allow",
        "zh": f"排序 {told}，为{sets}个安慰剂检验所能达到的最小值",
        "ja": f"順位による {told}、{sets}個のプラセボで可能な最小値",
    }[language]


def _found(result: Synthetic) -> dict[str, str]:
    size, amount = f"{abs(result.effect_pct or 0):,.0f}%", f"{abs(result.tonnes or 0):,.0f} t"
    down, n, day = (result.effect_pct or 0) < 0, result.donors.height, result.event
    tail = {language: _interval(result, language) for language in LANGUAGES}
    return {
        "en": f"In the {_months(result)} after {day} the tonnage traded with {_who(result, 'en')} was {size}"
        f" {'below' if down else 'above'} what {n} other partners lead one to expect"
        f" ({tail['en']}, {_p(result, 'en')}), about {amount} {'less' if down else 'more'}.",
        "zh": f"{day}之后的{result.months_after}个月，与{_who(result, 'zh')}的贸易量比其他{n}个伙伴所预示的"
        f"{'低' if down else '高'}{size}（{tail['zh']}，{_p(result, 'zh')}），约"
        f"{'少' if down else '多'}{amount}。",
        "ja": f"{day}以降の{result.months_after}か月、{_who(result, 'ja')}との貿易量は他の{n}相手から"
        f"見込まれる水準を{size}{'下回った' if down else '上回った'}（{tail['ja']}、{_p(result, 'ja')}）。"
        f"およそ{amount}の{'減少' if down else '増加'}にあたる。",
    }


def _open(result: Synthetic) -> dict[str, str]:
    n, day = result.donors.height, result.event
    effect = f"{result.effect_pct or 0:+,.0f}%".replace("-", "−")
    tail = {language: _interval(result, language) for language in LANGUAGES}
    return {
        "en": f"This does not settle it: in the {_months(result)} after {day} the tonnage traded with"
        f" {_who(result, 'en')} was {effect} against what {n} other partners lead one to expect,"
        f" but chance is"
        f" not ruled out ({tail['en']}, {_p(result, 'en')}).",
        "zh": f"尚难断言：{day}之后的{result.months_after}个月，与{_who(result, 'zh')}的贸易量与其他{n}个伙伴"
        f"所预示的相比为 {effect}，但不能排除偶然（{tail['zh']}，{_p(result, 'zh')}）。",
        "ja": f"まだ判断できない：{day}以降の{result.months_after}か月、{_who(result, 'ja')}との貿易量は"
        f"他の{n}相手から見込まれる水準に対し {effect} だが、偶然を排除できない"
        f"（{tail['ja']}、{_p(result, 'ja')}）。",
    }


def _none(result: Synthetic) -> dict[str, str]:
    low, high = _span(result)
    n, day, level = result.donors.height, result.event, f"{100 * result.level:g}%"
    return {
        "en": f"No sign of an effect: in the {_months(result)} after {day} the tonnage traded with"
        f" {_who(result, 'en')} moved as {n} other partners lead one to expect; effects beyond"
        f" {low} or {high}"
        f" are ruled out at {level} ({_p(result, 'en')}).",
        "zh": f"未见影响：{day}之后的{result.months_after}个月，与{_who(result, 'zh')}的贸易量与其他{n}个伙伴"
        f"所预示的相符；可排除超出 {low} 至 {high} 的影响（{level}，{_p(result, 'zh')}）。",
        "ja": f"影響の兆しは見られない：{day}以降の{result.months_after}か月、"
        f"{_who(result, 'ja')}との貿易量は"
        f"他の{n}相手から見込まれる通りで、{low}〜{high} を超える影響は排除される"
        f"（{level}、{_p(result, 'ja')}）。",
    }


def _months(result: Synthetic) -> str:
    return "month" if result.months_after == 1 else f"{result.months_after} months"
