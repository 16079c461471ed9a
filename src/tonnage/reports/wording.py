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
    "first_print": {
        "en": " (first print {value})",
        "zh": "（首次公布为{value}）",
        "ja": "（初回公表は{value}）",
    },
    "event_note": {
        "en": "{day}, {acts}{after}: {summary} ({evidence}).",
        "zh": "{day}，{acts}{after}：{summary}（{evidence}）。",
        "ja": "{day}、{acts}{after}：{summary}（{evidence}）。",
    },
    "acts_and": {"en": " and ", "zh": "并", "ja": "・"},
    "reported": {"en": "reported", "zh": "据报道", "ja": "報道"},
    "after_shown": {"en": "; after the months shown", "zh": "；晚于图中各月", "ja": "；図の月より後"},
    "official text": {"en": "official text", "zh": "官方文本", "ja": "公式文書"},
    "official act, read in the press": {
        "en": "official act, read in the press",
        "zh": "官方措施，据媒体报道",
        "ja": "公式の措置、報道による",
    },
    "independent reports": {
        "en": "{count} independent reports",
        "zh": "{count}个独立报道",
        "ja": "独立した報道{count}件",
    },
    "one report": {"en": "one report", "zh": "仅一个报道", "ja": "報道一件のみ"},
    "comment alone": {"en": "comment alone", "zh": "仅有评论", "ja": "論評のみ"},
    "disputed": {"en": "disputed", "zh": "有争议", "ja": "争いあり"},
    "to": {"en": " to {partner}", "zh": "（对{partner}）", "ja": "（{partner}向け）"},
    "doubt": {
        "en": "{publisher} prints {value} of {definition}{to}: {why}.",
        "zh": "{publisher}刊出{definition}{to}{value}：{why}。",
        "ja": "{publisher}は{definition}{to}を{value}とする：{why}。",
    },
    "suspect": {
        "en": "looks invented or mislabelled: kept, never used",
        "zh": "疑为杜撰或误标，保留但不采用",
        "ja": "創作または取り違えの疑い。保存するが使わない",
    },
    "conflict": {
        "en": "at odds with another print of the same figure",
        "zh": "与同一数字的另一次刊出不符",
        "ja": "同じ数字の別の公表と食い違う",
    },
    "report": {
        "en": "{day}: {summary} ({evidence}).",
        "zh": "{day}：{summary}（{evidence}）。",
        "ja": "{day}：{summary}（{evidence}）。",
    },
    "less_than_total": {
        "en": "{definition}, January to {month}: the printed months add up to {gap} less than the printed"
        " total, which rounding does not explain ({count} such totals in the year).",
        "zh": "{definition}，截至{month}的累计：各月公布值之和比公布的累计值少{gap}，"
        "四舍五入无法解释（当年此类累计值{count}个）。",
        "ja": "{definition}、{month}までの累計：公表された各月の和は公表累計より{gap}少なく、"
        "四捨五入では説明できない（その年のこうした累計は{count}件）。",
    },
    "more_than_total": {
        "en": "{definition}, January to {month}: the printed months add up to {gap} more than the printed"
        " total, which rounding does not explain ({count} such totals in the year).",
        "zh": "{definition}，截至{month}的累计：各月公布值之和比公布的累计值多{gap}，"
        "四舍五入无法解释（当年此类累计值{count}个）。",
        "ja": "{definition}、{month}までの累計：公表された各月の和は公表累計より{gap}多く、"
        "四捨五入では説明できない（その年のこうした累計は{count}件）。",
    },
    "unchanged": {
        "en": "Nothing: no printed month was revised, no event that bears on it became known.",
        "zh": "无：没有月份被修订，也没有新的相关事件。",
        "ja": "なし：改訂された月も、新たに判明した関係する出来事もない。",
    },
    "all_new": {
        "en": "{what}: all {count} months are new.",
        "zh": "{what}：{count}个月全部为新增。",
        "ja": "{what}：{count}か月すべてが新規。",
    },
    "new_months": {
        "en": "{what}: {new}, {moved} of {count} earlier months revised.",
        "zh": "{what}：新增{new}，此前{count}个月中有{moved}个月被修订。",
        "ja": "{what}：新規{new}、以前の{count}か月のうち{moved}か月が改訂。",
    },
    "one_month": {"en": "1 new month", "zh": "1个月", "ja": "1か月"},
    "many_months": {"en": "{count} new months", "zh": "{count}个月", "ja": "{count}か月"},
    "then_now": {
        "en": "{month}: {old} then, {new} now.",
        "zh": "{month}：当时{old}，现为{new}。",
        "ja": "{month}：当時{old}、現在{new}。",
    },
    "new_event": {
        "en": "New event {number}: {summary}.",
        "zh": "新事件{number}：{summary}。",
        "ja": "新しい出来事{number}：{summary}。",
    },
    "bloc": {
        "en": "* {partner} holds its members: never added to them.",
        "zh": "* {partner}已含其成员，不与成员相加。",
        "ja": "* {partner}は加盟国を含み、加盟国と合算しない。",
    },
    "rank_note": {
        "en": "Change ranks: place of the monthly change among comparable earlier ones, 0 lowest,"
        " 100 highest.",
        "zh": "变动位次：本月变动在以往可比变动中的位置，0为最低，100为最高。",
        "ja": "変化の順位：その月の変化が比較できる過去の変化の中で占める位置。0が最低、100が最高。",
    },
    "more_publishers": {
        "en": "; and {count} more publishers",
        "zh": "；另有{count}个发布者",
        "ja": "；ほか{count}者",
    },
    "codes": {"en": "Codes: {codes}.", "zh": "编码：{codes}。", "ja": "コード：{codes}。"},
    "hidden": {"en": "Hidden: {hides}", "zh": "看不出的：{hides}", "ja": "見えないもの：{hides}"},
    "apart": {
        "en": "Not to be compared with: {others}.",
        "zh": "不可与之比较：{others}。",
        "ja": "比較してはならないもの：{others}。",
    },
    "apart_one": {"en": "{definition} ({why})", "zh": "{definition}（{why}）", "ja": "{definition}（{why}）"},
    "break": {"en": "Break: {breaks}.", "zh": "口径变更：{breaks}。", "ja": "範囲の変更：{breaks}。"},
    "legend": {
        "en": "All quantities in tonnes (t). p provisional, r revised, e estimated or approximate,"
        " c confidential; {zero} printed zero; {none} not available. [n] leads to the receipts.",
        "zh": "数量单位均为吨（t）。p 初步数，r 修订数，e 估计或约数，c 保密；"
        "{zero} 公布为零；{none} 无数据。[n] 指向数字出处。事件摘要照录登记册的英文。",
        "ja": "数量の単位はすべてトン（t）。p 速報、r 改訂、e 推計または概数、c 秘匿；"
        "{zero} 公表値がゼロ；{none} データなし。[n] は数字の出典を示す。出来事の要約は登録簿の英文のまま。",
    },
    "due": {"en": "Expected: {due}", "zh": "预计公布：{due}", "ja": "公表見込み：{due}"},
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
    """Return a month, months printed as one, or a year, as a reader of the language writes it."""
    if months == 1:
        return f"{day:%B %Y}" if language == "en" else f"{day.year}年{day.month}月"
    if (day.month, months) == (1, 12):
        return f"{day.year}" if language == "en" else f"{day.year}年"
    years, place = divmod(day.month + months - 2, 12)
    last = dt.date(day.year + years, place + 1, 1)
    if years:
        return f"{month(day, language)}–{month(last, language)}"
    return f"{day:%B}–{last:%B} {day.year}" if language == "en" else f"{day.year}年{day.month}–{last.month}月"


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
