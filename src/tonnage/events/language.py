"""Which of the languages that the rules read a text is in."""

from __future__ import annotations

from typing import Final

from tonnage.errors import CodeError
from tonnage.model import language

__all__ = ["CJK", "LANGUAGES", "guess", "known"]

#: Languages the rules read.
LANGUAGES: Final = ("de", "en", "es", "fr", "ja", "ko", "pt", "vi", "zh-Hans", "zh-Hant")

#: Those of them that write without spaces or with CJK date signs.
CJK: Final = frozenset({"ja", "ko", "zh-Hans", "zh-Hant"})

_ALIASES: Final = {
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
}


def known(code: str) -> str:
    """Return the code of a language the rules read, for that code in any case or a near one ("zh-TW").

    Raises:
        CodeError: the rules do not read it.
    """
    wanted = code.strip().lower().replace("_", "-")
    by_lower = {name.lower(): name for name in LANGUAGES}
    found = _ALIASES.get(wanted) or by_lower.get(wanted) or by_lower.get(wanted.split("-")[0])
    if found is None:
        raise CodeError(f"language {code!r}: expected one of {list(LANGUAGES)}")
    return found


def guess(text: str) -> str:
    """Return the language of `text` among those the rules read; English where nothing tells."""
    found = language.guess(text)
    # Of two that are equally likely, either reads the same numbers and dates.
    likely = [found] if found != language.UNDETERMINED else language.tied(text)
    read = [code for code in likely if code in LANGUAGES]
    return "en" if "en" in read or not read else read[0]
