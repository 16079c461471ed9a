"""The words of a worked case, in the languages a report may have."""

from __future__ import annotations

from typing import Final

__all__ = ["BASE_RATE", "HEADS", "PATH", "RELEASE_HEADS", "say"]

_WORDS: Final[dict[str, dict[str, str]]] = {
    "subtitle": {
        "en": "{definition}, as known on {day}",
        "zh": "{definition}，截至{day}所知",
        "ja": "{definition}、{day}時点の公表値",
    },
    "event": {"en": "Event {number}", "zh": "事件{number}", "ja": "出来事{number}"},
    "event_day": {"en": "Event {number}, {day}", "zh": "事件{number}，{day}", "ja": "出来事{number}、{day}"},
    "between": {"en": ": ", "zh": "：", "ja": "："},
    "stop": {"en": ".", "zh": "。", "ja": "。"},
    "gap": {"en": " ", "zh": "", "ja": ""},
    "none_shows": {
        "en": "None of the events shows in the figures.",
        "zh": "数字中看不出任何一个事件的影响。",
        "ja": "どの出来事も数字には表れていない。",
    },
    "about": {
        "en": "Acts of one government, and one series that all of them could have touched. The list is a"
        " parameter of"
        " this report, its hash is printed, and every act in it is reported, found or not. It was written in"
        " hindsight: these acts are known because people spoke of them. The first one is here as a test"
        " of the"
        " method: a method that misses what nobody doubts can be trusted with nothing else.",
        "zh": "同一政府的若干措施，以及它们都可能触及的一个序列。清单是本报告的参数，"
        "其哈希值已列出；其中每项措施无论是否"
        "看出影响都会报告。清单是事后写成的：这些措施因为有人谈论才为人所知。第一项用来检验方法：连无人怀疑的影响都看不出的方法，"
        "不足为信。",
        "ja": "一つの政府による措置と、そのすべてが影響しえた一つの系列。一覧は本報告の引数で、"
        "ハッシュ値を示し、影響の有無に"
        "かかわらずすべての措置を報告する。一覧は後から書かれた。これらの措置は語られたからこそ知られている。最初のものは方法の"
        "検査である。誰も疑わないものを見落とす方法は、他の何についても信用できない。",
    },
    "sure": {"en": "The case nobody doubts", "zh": "无人怀疑的一例", "ja": "誰も疑わない例"},
    "disputed": {"en": "The cases in dispute", "zh": "有争议的各例", "ja": "議論のある例"},
    "disputed_note": {
        "en": 'Each band is what the months before allow. Where it holds both "nothing" and "half", the'
        " figures have not spoken.",
        "zh": "每条色带是此前各月所容许的范围。若其中既有“毫无影响”也有“减半”，数字便还没有说话。",
        "ja": "帯は前の月から許される範囲である。「影響なし」も「半減」も含むなら、"
        "数字はまだ何も語っていない。",
    },
    "by_release": {"en": "Release by release", "zh": "逐次公布", "ja": "公表ごとに"},
    "by_release_note": {
        "en": "What a careful reader could have said on each release day. A verdict that comes and goes"
        " with one more"
        " month was none.",
        "zh": "细心的读者在每个公布日可以说什么。多一个月便来去不定的结论，不成其为结论。",
        "ja": "注意深い読者が各公表日に言えたこと。一か月増えただけで現れたり消えたりする判断は、"
        "判断ではない。",
    },
    "verdicts": {
        "en": "What the figures say of each event",
        "zh": "数字对每个事件说明了什么",
        "ja": "数字がそれぞれの出来事について語ること",
    },
    "verdict_note": {
        "en": "Effect: average of the full months after, against what the months before lead one to expect."
        " p, Holm: adjusted for the number of events asked about. Rank p: against fake dates before the"
        " event,"
        " where the series is long enough for any.",
        "zh": "影响：事件之后各整月的平均值，与此前走势所预示的水平相比。p（Holm）：按所检验的事件个数校正。"
        "位次p：与事件之前的虚拟日期相比（序列足够长时才有）。",
        "ja": "効果：出来事の後の丸々の月の平均を、それ以前の動きから見込まれる水準と比べたもの。p（Holm）："
        "検定した出来事の数で補正。順位p：出来事の前の架空の日付との比較（系列が十分に長い場合のみ）。",
    },
    "hash_note": {
        "en": "The list of events has the sha256 {digest}; another list has another.",
        "zh": "事件清单的sha256为{digest}；清单不同，该值即不同。",
        "ja": "出来事の一覧のsha256は{digest}。一覧が違えば値も違う。",
    },
    "releases": {
        "en": "What could be said, release by release",
        "zh": "每次公布时可以说什么",
        "ja": "公表のたびに何が言えたか",
    },
    "releases_note": {
        "en": "Each line uses the figures that were out at the end of that day and nothing later. Releases"
        " that changed nothing are left out.",
        "zh": "每一行只使用当日结束时已公布的数字。未带来变化的公布不列出。",
        "ja": "各行はその日の終わりまでに公表された数字だけを使う。何も変えなかった公表は省く。",
    },
    "assumed_days": {
        "en": "Release days of some months are assumed, not printed (flag day_assumed).",
        "zh": "部分月份的公布日期为推定，并非原载（标记day_assumed）。",
        "ja": "一部の月の公表日は推定であり、記載はない（day_assumedの印）。",
    },
    "path": {
        "en": "Event {number}: printed months and what was expected without it",
        "zh": "事件{number}：公布值与无该事件时的预期",
        "ja": "出来事{number}：公表値と、それがなかった場合の見込み",
    },
    "path_note": {
        "en": "Bands: the interval of each month alone, cut at the top of the chart; that of the average is"
        " narrower.",
        "zh": "色带：各月单独的区间，超出图顶的部分截去；平均值的区间更窄。",
        "ja": "帯：各月単独の区間（図の上端で切る）。平均の区間はこれより狭い。",
    },
    "before": {
        "en": "Event {number}: the change in its month among earlier ones",
        "zh": "事件{number}：当月变动与以往变动的比较",
        "ja": "出来事{number}：その月の変化と過去の変化",
    },
    "levels": {
        "en": "**Without any date given.** A search for changes of level that is told of no event: {found}",
        "zh": "**不给定任何日期**：在不告知任何事件的情况下寻找水平变动：{found}",
        "ja": "**日付を与えない場合**：出来事を知らせずに水準の変化を探した結果：{found}",
    },
    "no_levels": {
        "en": "**Without any date given.** {why}.",
        "zh": "**不给定任何日期**：无法判断（{why}）。",
        "ja": "**日付を与えない場合**：判断できない（{why}）。",
    },
    "partner": {
        "en": "What the figures of {name} itself allow",
        "zh": "{name}自身的数字能说明什么",
        "ja": "{name}自体の数字から言えること",
    },
    "partner_held": {
        "en": "{definition} to {name}: {n} monthly figures are in the ledger, the last one {value} t in"
        " {month}.",
        "zh": "{definition}，对{name}：账本中有{n}个月度数字，最近一个为{month}的{value}吨。",
        "ja": "{name}向け{definition}：台帳にある月次の数字は{n}個、最後は{month}の{value}トン。",
    },
    "partner_none": {
        "en": "{why}.",
        "zh": "账本中没有这一数字（{why}）。",
        "ja": "台帳にその数字はない（{why}）。",
    },
    "world": {
        "en": "A total for the world says little of one country: goods may go to others instead, and a"
        " share of"
        " the past applied to a total of today cannot show an effect on that share.",
        "zh": "对世界的总量难以说明某一国的情况：货物可能转往他国；用过去的份额推算今天的总量，"
        "也无法显示该份额所受的影响。",
        "ja": "世界全体の数字は一国についてほとんど語らない。貨物は他国へ向かうかもしれず、過去の構成比を"
        "今日の総量に当てはめても、その構成比への影響は分からない。",
    },
    "limits": {"en": "What this cannot show", "zh": "尚不能说明的", "ja": "ここから分からないこと"},
    "overlap": {
        "en": "The months before event {number} hold {others}: what it moved counts as noise there, and the"
        " band is as wide as it is because of it.",
        "zh": "事件{number}之前的月份中包含{others}：其造成的变动在此被当作噪声，区间因此较宽。",
        "ja": "出来事{number}の前の月には{others}が含まれる。それによる動きはここでは雑音とみなされ、"
        "帯はその分だけ広い。",
    },
    "and": {"en": " and ", "zh": "和", "ja": "と"},
    "method": {"en": "How it was done", "zh": "方法", "ja": "方法"},
    "same_method": {
        "en": "Event {number}: as event {first}, with {before} months before and {after} full months after.",
        "zh": "事件{number}：同事件{first}，用此前{before}个月和此后{after}个整月。",
        "ja": "出来事{number}：出来事{first}と同じ方法、前{before}か月と後の丸{after}か月。",
    },
    "known": {
        "en": "Event {number}: {id}, known on {day}.",
        "zh": "事件{number}：{id}，可知于{day}。",
        "ja": "出来事{number}：{id}、{day}に判明。",
    },
    "ledger": {"en": "Ledger {digest}.", "zh": "账本 {digest}。", "ja": "台帳 {digest}。"},
    "to": {"en": "{low} to {high}", "zh": "{low} 至 {high}", "ja": "{low}〜{high}"},
    "over": {"en": "over {high}", "zh": "超过 {high}", "ja": "{high} 超"},
}

#: Headings of the table of verdicts, in order.
HEADS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Event", "Months", "Effect", "95% interval", "Tonnes", "p", "p, Holm", "Rank p", "Verdict"),
    "zh": ("事件", "月数", "影响", "95%区间", "吨", "p", "p（Holm）", "位次p", "结论"),
    "ja": ("出来事", "月数", "効果", "95%区間", "トン", "p", "p（Holm）", "順位p", "判断"),
}

#: Headings of the table of releases, in order.
RELEASE_HEADS: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Event", "Released", "Newest month", "Months after", "Effect", "95% interval", "Could be said"),
    "zh": ("事件", "公布日期", "最新月份", "之后月数", "影响", "95%区间", "可以说的"),
    "ja": ("出来事", "公表日", "最新の月", "後の月数", "効果", "95%区間", "言えたこと"),
}

#: Words in the chart of an impact.
PATH: Final[dict[str, dict[str, str]]] = {
    "en": {
        "unit": "tonnes a month",
        "observed": "printed",
        "counterfactual": "expected without the event",
        "interval": "95% interval of each month",
        "event": "event",
    },
    "zh": {
        "unit": "吨/月",
        "observed": "公布值",
        "counterfactual": "无该事件时的预期",
        "interval": "各月95%区间",
        "event": "事件",
    },
    "ja": {
        "unit": "トン/月",
        "observed": "公表値",
        "counterfactual": "出来事がない場合の見込み",
        "interval": "各月の95%区間",
        "event": "出来事",
    },
}

#: Words in the chart of a base rate.
BASE_RATE: Final[dict[str, dict[str, str]]] = {
    "en": {
        "mom": "change on the month before, %",
        "yoy": "change on a year before, %",
        "earlier": "earlier changes compared",
        "this": "this change",
    },
    "zh": {"mom": "环比，%", "yoy": "同比，%", "earlier": "可比的以往变动", "this": "本次变动"},
    "ja": {"mom": "前月比、%", "yoy": "前年同月比、%", "earlier": "比較した過去の変化", "this": "今回の変化"},
}


def say(key: str, language: str, **values: object) -> str:
    """Return the words for a key in a language, filled in."""
    return _WORDS[key][language].format(**values)
