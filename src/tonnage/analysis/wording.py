"""How analysis words its sentences in English, Chinese and Japanese."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from tonnage.errors import ParameterError, nearest
from tonnage.model.codes import MASS_KG

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "Language", "amount", "month", "percent_text", "pick"]

Language = Literal["en", "zh", "ja"]

#: Every sentence of a result exists in these.
LANGUAGES: Final = ("en", "zh", "ja")


def pick(texts: Mapping[str, str], language: str) -> str:
    """Return the text of a language.

    Raises:
        ParameterError: the language is not in `LANGUAGES`.
    """
    if language not in LANGUAGES:
        raise ParameterError(
            f"language {language!r}: expected one of {list(LANGUAGES)}{nearest(language, LANGUAGES)}"
        )
    return texts[language]


def amount(value: float, unit: str) -> str:
    """Return an amount with its unit, mass in tonnes: "3,188 t", "1,000 USD"."""
    if unit not in MASS_KG:
        return f"{value:,.0f} {unit}".strip()
    tonnes = value * float(MASS_KG[unit]) / 1000
    return f"{tonnes:,.0f} t" if tonnes >= 10 or tonnes == 0 else f"{tonnes:.2g} t"


def month(day: dt.date, language: str, months: int = 1) -> str:
    """Return a month as a reader of the language writes it: "2025-12", "2025年12月"."""
    plain = f"{day:%Y-%m}" if months == 1 else f"{day:%Y}-01/02"
    named = f"{day.year}年{day.month}月" if months == 1 else f"{day.year}年1-2月"
    return pick({"en": plain, "zh": named, "ja": named}, language)


def percent_text(value: float) -> str:
    """Return a size in per cent, without its sign: "8.2%", "0.03%"."""
    size = abs(value)
    return f"{size:.1f}%" if size >= 0.1 or size == 0 else f"{size:.2g}%"
