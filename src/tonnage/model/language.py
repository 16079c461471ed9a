"""Which language a text is in: by script first, by stop words after. "und" where nothing tells.

Codes are BCP 47. Sources and events both need this, so it stands above both.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

__all__ = ["UNDETERMINED", "guess", "script", "tied"]

#: The code of a language that nothing tells.
UNDETERMINED: Final = "und"

#: How much of a text is looked at: a page's language shows in its first lines.
_HEAD: Final = 2_000

#: Script -> the code points that only it uses. Kana before Han: Japanese is written with both.
_SCRIPTS: Final[dict[str, re.Pattern[str]]] = {
    "Hang": re.compile(r"[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "Kana": re.compile(r"[\u3040-\u30fa\u30fd-\u30ff\uff66-\uff9d]"),
    "Hani": re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]"),
    "Thai": re.compile(r"[\u0e01-\u0e3a\u0e40-\u0e5b]"),
    "Cyrl": re.compile(r"[\u0400-\u04ff]"),
    "Arab": re.compile(r"[\u0620-\u06ff]"),
    "Hebr": re.compile(r"[\u05d0-\u05ea]"),
    "Grek": re.compile(r"[\u0370-\u03ff]"),
    "Deva": re.compile(r"[\u0900-\u097f]"),
    "Beng": re.compile(r"[\u0980-\u09ff]"),
    "Taml": re.compile(r"[\u0b80-\u0bff]"),
    "Latn": re.compile(r"[A-Za-z\u00c0-\u024f\u1ea0-\u1ef9]"),
}

#: A sign of Han, kana or Hangul says about as much as this many letters.
_LETTERS_A_SIGN: Final = 3
_DENSE: Final = ("Hang", "Kana", "Hani")

#: Scripts that one language of the news stands for.
_BY_SCRIPT: Final = {
    "Hang": "ko",
    "Thai": "th",
    "Hebr": "he",
    "Grek": "el",
    "Deva": "hi",
    "Beng": "bn",
    "Taml": "ta",
}

_HANT: Final = frozenset("國對貨噸個這關數據與產實連單過較萬億為來發開將會應戶務門業華經貿請價總獲稱")
_HANS: Final = frozenset("国对货吨个这关数据与产实连单过较万亿为来发开将会应户务门业华经贸请价总获称")
_VIET: Final = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_UKRAINIAN: Final = re.compile(r"[іїєґ]", re.IGNORECASE)
_PERSIAN: Final = re.compile(r"[پچژگ]")

_STOP_WORDS: Final = {
    "de": "der die das und von den im mit nach auf für eine ist dem des sich als nicht wurden hat über bei",
    "en": "the of and in to a that was for on by from with as at is are were it has its over after can an",
    "es": "el la de los las en y del que un una por con se su al más fue para como tras",
    "fr": "le la les de des du et en un une au aux par sur dans est pour qui que plus",
    "id": "yang dan di ke dari untuk dengan pada ini itu akan tidak dalam oleh adalah",
    "it": "il lo la gli di del della dei e che in un una per con si su al nel sono più",
    "nl": "de het een en van in op te dat die is met voor niet aan door naar bij",
    "pl": "i w na z do się nie że jest od po dla przez oraz jak za",
    "pt": "o a os as de do da dos das em no na e um uma que por com foi para ao mais",
    "tr": "ve bir bu için ile olarak da de daha olan en gibi sonra kadar",
}
_LATIN: Final = {code: frozenset(words.split()) for code, words in _STOP_WORDS.items()}
_WORD: Final = re.compile(r"[^\W\d_]+")


def script(text: str) -> str:
    """Return the script most of `text` is written in (ISO 15924; Kana for Japanese), or "" for none."""
    counts = _counts(text[:_HEAD])
    best = max(counts, key=lambda name: counts[name])
    if not counts[best]:
        return ""
    # Japanese has more Han than kana, and hardly a Chinese text has kana.
    return "Kana" if best == "Hani" and counts["Kana"] * 12 > counts["Hani"] else best


def guess(text: str) -> str:
    """Return the language of `text`, or `UNDETERMINED` where nothing tells."""
    head = text[:_HEAD]
    found = script(head)
    if found == "Latn":
        return _by_words(head)
    if found == "Hani":
        return _chinese(head)
    if found == "Cyrl":
        return "uk" if _UKRAINIAN.search(head) else "ru"
    if found == "Arab":
        return "fa" if _PERSIAN.search(head) else "ar"
    return "ja" if found == "Kana" else _BY_SCRIPT.get(found, UNDETERMINED)


def _counts(head: str) -> dict[str, int]:
    # Most pages are ASCII at their top, and those are in one script.
    signs = {"Latn": _SCRIPTS["Latn"]} if head.isascii() else _SCRIPTS
    found = dict.fromkeys(_SCRIPTS, 0) | {name: len(sign.findall(head)) for name, sign in signs.items()}
    return {name: n * (_LETTERS_A_SIGN if name in _DENSE else 1) for name, n in found.items()}


def _chinese(head: str) -> str:
    hant = sum(c in _HANT and c not in _HANS for c in head)
    hans = sum(c in _HANS and c not in _HANT for c in head)
    return "zh-Hant" if hant > hans else "zh-Hans"


def tied(text: str) -> list[str]:
    """Return the languages in Latin letters that a text is equally likely in, in alphabetical order."""
    return _winners(text[:_HEAD])[0]


def _winners(head: str) -> tuple[list[str], int]:
    words = Counter(_WORD.findall(head.lower()))
    if len(_VIET.findall(head)) * 12 > words.total():
        return ["vi"], 1
    scores = {code: sum(words[word] for word in stop) for code, stop in _LATIN.items()}
    best = max(scores.values())
    return sorted(code for code, score in scores.items() if score == best), best


def _by_words(head: str) -> str:
    winners, best = _winners(head)
    # A tie tells nothing, unless English has a part in it: most pages are English.
    if not best or (len(winners) > 1 and "en" not in winners):
        return UNDETERMINED
    return "en" if "en" in winners else winners[0]
