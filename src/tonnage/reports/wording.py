"""The words of a briefing's headings and labels, in the languages a briefing may have."""

from __future__ import annotations

import datetime as dt
from typing import Final

__all__ = ["NOT_AVAILABLE", "WORDS", "ZERO", "day_name", "month", "number", "percent", "tonnes", "word"]

#: Sign for a number that is not available, and for a printed zero.
NOT_AVAILABLE: Final = ".."
ZERO: Final = "–"

_MINUS: Final = "\u2212"

WORDS: Final[dict[str, dict[str, str]]] = {
    "title": {
        "en": "{reporter}: {flow}s of {definition}, {month}",
        "zh": "{reporter}{definition}{flow}，{month}",
        "ja": "{reporter}の{definition}{flow}、{month}",
    },
    "subtitle": {
        "en": "and {partner}, as known on {day}",
        "zh": "及对{partner}，截至{day}所知",
        "ja": "と{partner}、{day}時点の公表値",
    },
    "subtitle_world": {"en": "as known on {day}", "zh": "截至{day}所知", "ja": "{day}時点の公表値"},
    "export": {"en": "export", "zh": "出口", "ja": "輸出"},
    "import": {"en": "import", "zh": "进口", "ja": "輸入"},
    "re-export": {"en": "re-export", "zh": "再出口", "ja": "再輸出"},
    "re-import": {"en": "re-import", "zh": "再进口", "ja": "再輸入"},
    "stage": {"en": "Stage", "zh": "数据阶段", "ja": "公表段階"},
    "released": {"en": "Released", "zh": "公布日期", "ja": "公表日"},
    "retrieved": {"en": "retrieved", "zh": "取得", "ja": "取得"},
    "next": {"en": "Next release", "zh": "下次公布", "ja": "次回公表"},
    "sure": {"en": "Adds up", "zh": "核对", "ja": "照合"},
    "chart": {
        "en": "{definition}, tonnes a month",
        "zh": "{definition}，每月吨数",
        "ja": "{definition}、月別トン数",
    },
    "partners": {
        "en": "{definition} by partner, {month}",
        "zh": "{definition}，按贸易伙伴，{month}",
        "ja": "{definition}、相手国別、{month}",
    },
    "numbers": {
        "en": "The numbers printed for {month}, and what each is about",
        "zh": "{month}的各个数字及其口径",
        "ja": "{month}の各数字とその範囲",
    },
    "definition": {
        "en": "What the number holds",
        "zh": "该数字的口径",
        "ja": "この数字の範囲",
    },
    "unknown": {"en": "What this cannot show", "zh": "尚不能说明的", "ja": "ここから分からないこと"},
    "changed": {
        "en": "Changed since {day}",
        "zh": "{day}以来的变化",
        "ja": "{day}以降の変更",
    },
    "receipts": {"en": "Receipts", "zh": "数字出处", "ja": "数字の出典"},
    "partner": {"en": "Partner", "zh": "伙伴", "ja": "相手国"},
    "tonnes": {"en": "Tonnes", "zh": "吨", "ja": "トン"},
    "previous": {"en": "Month before", "zh": "上月", "ja": "前月"},
    "mom": {"en": "m/m", "zh": "环比", "ja": "前月比"},
    "year_ago": {"en": "Year before", "zh": "上年同月", "ja": "前年同月"},
    "yoy": {"en": "y/y", "zh": "同比", "ja": "前年比"},
    "share": {"en": "Share", "zh": "占比", "ja": "構成比"},
    "rank": {"en": "Change ranks", "zh": "变动位次", "ja": "変化の順位"},
    "key": {"en": "Key", "zh": "序号", "ja": "番号"},
    "figure": {"en": "Figure", "zh": "数字", "ja": "数字"},
    "printed_by": {"en": "Printed by", "zh": "发布者", "ja": "公表者"},
    "where": {"en": "File and line", "zh": "文件与行", "ja": "ファイルと行"},
    "what": {"en": "Name", "zh": "名称", "ja": "名称"},
    "printed_as": {"en": "Printed as", "zh": "原表名称", "ja": "原表の名称"},
    "unit": {"en": "tonnes", "zh": "吨", "ja": "トン"},
    "pair": {
        "en": "January and February together, at their monthly average",
        "zh": "1月和2月合并 (按月平均)",
        "ja": "1月と2月の合計 (月平均)",
    },
    "provisional": {"en": "provisional (flash)", "zh": "初步数 (快讯)", "ja": "速報値"},
    "announced": {"en": "announced", "zh": "已宣布", "ja": "発表"},
    "in_force": {"en": "in force", "zh": "已生效", "ja": "発効"},
    "draft": {"en": "check failed", "zh": "核对未通过", "ja": "照合不合格"},
    "quoted": {"en": "quoted", "zh": "媒体引述", "ja": "報道による"},
    "flash": {"en": "flash, provisional", "zh": "快讯（初步）", "ja": "速報"},
    "bulletin": {"en": "bulletin", "zh": "月刊", "ja": "月報"},
    "detail": {"en": "by country", "zh": "分国别", "ja": "国別"},
    "final": {"en": "final", "zh": "最终", "ja": "確定"},
    "derived": {"en": "derived", "zh": "推算", "ja": "算出"},
    "before_event": {
        "en": "{month} ended before the event of {day} ({summary}): it cannot show its effect.",
        "zh": "{month}早于{day}的事件（{summary}），数字不能显示其影响。",
        "ja": "{month}は{day}の出来事（{summary}）より前であり、数字はその影響を示さない。",
    },
    "cannot_show": {
        "en": "What it cannot show: {hides}",
        "zh": "该数字不能显示：{hides}",
        "ja": "この数字が示さないもの：{hides}",
    },
    "usual_days": {
        "en": " (usual days; no printed calendar held)",
        "zh": "（按惯例推定，未见公布日程）",
        "ja": "（通例による見込み、公表予定表なし）",
    },
    "identities": {
        "en": "{right} of {all} sums",
        "zh": "{all}项核对中{right}项相符",
        "ja": "{all}項目中{right}項目が一致",
    },
    "day_assumed": {"en": " (day assumed)", "zh": "（日期为推定）", "ja": "（日付は推定）"},
    "nothing_yet": {
        "en": "Nothing is out yet",
        "zh": "尚未公布",
        "ja": "未公表",
    },
}


def word(key: str, language: str, **values: str) -> str:
    """Return the words for a key in a language, filled in."""
    text = WORDS[key][language]
    return text.format(**values) if values else text


def month(day: dt.date, language: str, months: int = 1) -> str:
    """Return a month, or January and February, as a reader of the language writes it."""
    if language == "en":
        return f"{day:%B %Y}" if months == 1 else f"January–February {day.year}"
    return f"{day.year}年{day.month}月" if months == 1 else f"{day.year}年1–2月"


def day_name(day: dt.date, language: str) -> str:
    """Return a day as a reader of the language writes it."""
    return f"{day.day} {day:%B %Y}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def number(value: float | None) -> str:
    """Return a number as a table prints it: thousands apart, decimals only where the figure has them."""
    if value is None:
        return NOT_AVAILABLE
    if value == 0:
        return ZERO
    text = f"{abs(value):,.3f}".rstrip("0").rstrip(".")
    return f"{_MINUS}{text}" if value < 0 else text


def tonnes(value: float | None) -> str:
    """Return tonnes with their unit; a printed zero is told as 0."""
    return "0 t" if value == 0 else f"{number(value)} t"


def percent(value: float | None, *, signed: bool = True) -> str:
    """Return a percentage with one decimal."""
    if value is None:
        return NOT_AVAILABLE
    sign = (_MINUS if value < 0 else "+") if signed else ""
    return f"{sign}{abs(value):.1f}%"
