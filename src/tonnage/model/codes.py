"""Countries and units: the codes a row may hold, and nothing else."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from tonnage.errors import CodeError, nearest

__all__ = [
    "AGGREGATES",
    "MASS_KG",
    "MONEY",
    "NOMENCLATURES",
    "POOLS",
    "SPECIAL",
    "country_name",
    "known_countries",
    "mass_kg",
    "money",
    "nomenclature",
    "number",
    "partner",
    "resolve_country",
]

#: Partners that ISO 3166-1 does not have, each with its name. They stay in totals and are never dropped.
SPECIAL: Final[dict[str, dict[str, str]]] = {
    "WLD": {"en": "World", "zh": "全球", "ja": "世界"},
    "XXS": {"en": "Secret partner", "zh": "保密伙伴", "ja": "秘匿"},
    "XXU": {"en": "Unspecified partner", "zh": "未列明", "ja": "不明"},
    "XXO": {"en": "Several territories", "zh": "多个地区", "ja": "複数地域"},
    "XXB": {"en": "Stores, bunkers and high seas", "zh": "船用物料及公海", "ja": "船用品・公海"},
    "XXZ": {"en": "Free zones and bonded areas", "zh": "自由贸易区和保税区", "ja": "自由地域・保税地域"},
    "XKX": {"en": "Kosovo", "zh": "科索沃", "ja": "コソボ"},
    "XGB": {"en": "Great Britain", "zh": "大不列颠", "ja": "グレートブリテン"},
    "XNI": {"en": "Northern Ireland", "zh": "北爱尔兰", "ja": "北アイルランド"},
    "EU27": {"en": "European Union (27)", "zh": "欧盟27国", "ja": "EU27か国"},
    "EU28": {"en": "European Union (28)", "zh": "欧盟28国", "ja": "EU28か国"},
    "XEU": {"en": "European Union of the time", "zh": "当时的欧盟", "ja": "当時のEU"},
    "XEI": {"en": "Inside the EU (27)", "zh": "欧盟27国内部", "ja": "EU27か国域内"},
    "XEX": {"en": "Outside the EU (27)", "zh": "欧盟27国以外", "ja": "EU27か国域外"},
    "XEA": {"en": "Euro area", "zh": "欧元区", "ja": "ユーロ圏"},
    "APEC": {"en": "APEC", "zh": "亚太经合组织", "ja": "APEC"},
    "ASEAN": {"en": "ASEAN", "zh": "东盟", "ja": "ASEAN"},
    "CACM": {"en": "Central American Common Market", "zh": "中美洲共同市场", "ja": "中米共同市場"},
    "CAFTA-DR": {"en": "CAFTA-DR", "zh": "中美洲自由贸易协定", "ja": "CAFTA-DR"},
    "BRI": {"en": "Belt and Road countries", "zh": "共建“一带一路”国家", "ja": "「一帯一路」共同建設国"},
    "LAFTA": {
        "en": "Latin American Free Trade Area",
        "zh": "拉美自由贸易协会",
        "ja": "中南米自由貿易連合",
    },
    "LATAM": {"en": "Latin America", "zh": "拉丁美洲", "ja": "中南米"},
    "LAR20": {"en": "Twenty Latin American republics", "zh": "拉美二十国", "ja": "中南米20共和国"},
    "NATO": {"en": "NATO", "zh": "北约", "ja": "NATO"},
    "OECD": {"en": "OECD", "zh": "经合组织", "ja": "OECD"},
    "PACRIM": {"en": "Pacific Rim", "zh": "环太平洋", "ja": "環太平洋"},
    "RCEP": {
        "en": "Regional Comprehensive Economic Partnership",
        "zh": "区域全面经济伙伴关系协定",
        "ja": "地域的な包括的経済連携",
    },
    "USMCA": {"en": "USMCA", "zh": "美墨加协定", "ja": "USMCA"},
    "AFRICA": {"en": "Africa", "zh": "非洲", "ja": "アフリカ"},
    "ASIA": {"en": "Asia", "zh": "亚洲", "ja": "アジア"},
    "EUROPE": {"en": "Europe", "zh": "欧洲", "ja": "欧州"},
    "OCEANIA": {"en": "Oceania", "zh": "大洋洲", "ja": "オセアニア"},
    "N-AMERICA": {"en": "North America", "zh": "北美洲", "ja": "北米"},
    "C-AMERICA": {"en": "Central America and Caribbean", "zh": "中美洲和加勒比", "ja": "中米・カリブ"},
    "S-AMERICA": {"en": "South America", "zh": "南美洲", "ja": "南米"},
}

#: Partners of which no one country is told: figures that stand beside those of countries.
POOLS: Final = ("XXB", "XXO", "XXS", "XXU", "XXZ")

#: Partners that overlap others of the same publisher, as a bloc does its members: never added to them.
AGGREGATES: Final = tuple(sorted(set(SPECIAL) - set(POOLS) - {"XKX"}))

# ISO's formal names are not what a reader calls these countries.
_NAMES: Final[dict[str, dict[str, str]]] = {
    "CHN": {"en": "China", "zh": "中国", "ja": "中国"},
    "DEU": {"en": "Germany", "zh": "德国", "ja": "ドイツ"},
    "FRA": {"en": "France", "zh": "法国", "ja": "フランス"},
    "GBR": {"en": "United Kingdom", "zh": "英国", "ja": "英国"},
    "HKG": {"en": "Hong Kong", "zh": "中国香港", "ja": "香港"},
    "IND": {"en": "India", "zh": "印度", "ja": "インド"},
    "ITA": {"en": "Italy", "zh": "意大利", "ja": "イタリア"},
    "JPN": {"en": "Japan", "zh": "日本", "ja": "日本"},
    "KOR": {"en": "South Korea", "zh": "韩国", "ja": "韓国"},
    "NLD": {"en": "Netherlands", "zh": "荷兰", "ja": "オランダ"},
    "PRK": {"en": "North Korea", "zh": "朝鲜", "ja": "北朝鮮"},
    "RUS": {"en": "Russia", "zh": "俄罗斯", "ja": "ロシア"},
    "THA": {"en": "Thailand", "zh": "泰国", "ja": "タイ"},
    "TWN": {"en": "Taiwan", "zh": "台湾", "ja": "台湾"},
    "USA": {"en": "United States", "zh": "美国", "ja": "米国"},
    "VNM": {"en": "Viet Nam", "zh": "越南", "ja": "ベトナム"},
}

#: Families of codes by nomenclature, without the year in which they hold.
NOMENCLATURES: Final = ("CN", "GACC8-", "HS", "HTS10-", "JP9-", "ScheduleB-")

#: Kilograms in one unit of mass, as units are printed on the rows of the sources.
MASS_KG: Final[dict[str, Decimal]] = {
    "g": Decimal("0.001"),
    "kg": Decimal(1),
    "t": Decimal(1000),
    "kt": Decimal(1_000_000),
    "千克": Decimal(1),
    "吨": Decimal(1000),
    "万吨": Decimal(10_000_000),
}

#: Currency and scale of a printed unit of money. The currency is kept; only the scale is applied.
MONEY: Final[dict[str, tuple[str, Decimal]]] = {
    "CNY": ("CNY", Decimal(1)),
    "万元": ("CNY", Decimal(10_000)),
    "亿元": ("CNY", Decimal(100_000_000)),
    "USD": ("USD", Decimal(1)),
    "千美元": ("USD", Decimal(1000)),
    "百万美元": ("USD", Decimal(1_000_000)),
    "EUR": ("EUR", Decimal(1)),
    "GBP": ("GBP", Decimal(1)),
    "JPY": ("JPY", Decimal(1)),
    "KRW": ("KRW", Decimal(1)),
    "千円": ("JPY", Decimal(1000)),
    "百万円": ("JPY", Decimal(1_000_000)),
}

_DIGITS: Final = 15  # what a float64 gives back as it was printed


@cache
def _iso() -> dict[str, str]:
    import pycountry

    # Figures of past years name countries that are gone: Serbia and Montenegro, the Netherlands Antilles.
    past = {c.alpha_3: c.name for c in pycountry.historic_countries if hasattr(c, "alpha_3")}
    return past | {c.alpha_3: getattr(c, "common_name", c.name) for c in pycountry.countries}


@cache
def known_countries() -> frozenset[str]:
    """Return every code a reporter or partner may have: ISO alpha-3 and the special codes."""
    return frozenset(_iso()) | frozenset(SPECIAL)


def partner(code: str) -> str:
    """Return `code` if it is an ISO 3166-1 alpha-3 or special code.

    Raises:
        CodeError: it is neither; near codes and names are offered.
    """
    if code in known_countries():
        return code
    named = {name: c for c, name in _iso().items()}
    hint = nearest(code, [*known_countries(), *named])
    raise CodeError(
        f"country {code!r}: expected an ISO 3166 alpha-3 code such as JPN, WLD for the world, or the code of"
        f" a group or an unnamed partner such as EU27 or XXS{hint}"
    )


def resolve_country(text: str) -> str:
    """Return the code for a code in any case or for an English name ("jpn", "Japan")."""
    code = text.strip()
    if code.upper() in known_countries():
        return code.upper()
    by_name = {country_name(c).lower(): c for c in known_countries()}
    return by_name.get(code.lower()) or partner(code)


def country_name(code: str, language: str = "en") -> str:
    """Return the short name of a country or special code, English where no translation is held."""
    names = SPECIAL.get(code) or _NAMES.get(code)
    if names:
        return names[language]
    return _translated(_iso()[partner(code)], language)


@cache
def _translated(name: str, language: str) -> str:
    """Return pycountry's own translation of an ISO name; the ISO name where it has none."""
    import gettext

    import pycountry

    locale = {"zh": "zh_CN", "ja": "ja"}.get(language)
    if locale is None:
        return name
    return gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [locale], fallback=True).gettext(name)


def nomenclature(name: str) -> str:
    """Return the name of a nomenclature with its year, as `NOMENCLATURES` writes it: "GACC8-2025".

    Raises:
        CodeError: the name is not so written; a misspelt one would hide its figures from every definition.
    """
    family, year = name.rstrip("0123456789"), name[len(name.rstrip("0123456789")) :]
    if family in NOMENCLATURES and len(year) == len("2025"):
        return name
    shown = [f"{f}2025" for f in NOMENCLATURES]
    raise CodeError(
        f"classification {name!r}: expected one of {shown} with its own year{nearest(name, shown)}"
    )


def number(text: str) -> Decimal | None:
    """Return a printed number exactly, or None for an empty cell.

    Raises:
        CodeError: the text is not a plain decimal number ("20,03.3", "n/a", "1e5"), or has more digits than
            a float holds exactly.
    """
    if not text.strip():
        return None
    if set(text) - set("+-.0123456789"):
        raise CodeError(f"number {text!r}: expected digits and one decimal point")
    if sum(character.isdigit() for character in text) > _DIGITS:
        raise CodeError(f"number {text!r}: expected at most {_DIGITS} digits")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise CodeError(f"number {text!r}: expected digits and one decimal point") from None


def mass_kg(value: Decimal | None, unit: str) -> float | None:
    """Return kilograms, computed exactly before the one conversion to a float.

    Raises:
        CodeError: the unit is not a unit of mass that `MASS_KG` knows.
    """
    if unit not in MASS_KG:
        raise CodeError(f"unit {unit!r}: expected a mass, one of {sorted(MASS_KG)}{nearest(unit, MASS_KG)}")
    return None if value is None else float(value * MASS_KG[unit])


def money(value: Decimal | None, unit: str) -> tuple[str, float | None]:
    """Return the currency and the amount after its printed scale; never another currency.

    Raises:
        CodeError: the unit is not in `MONEY`.
    """
    if unit not in MONEY:
        raise CodeError(f"unit {unit!r}: expected money, one of {sorted(MONEY)}{nearest(unit, MONEY)}")
    currency, scale = MONEY[unit]
    return currency, None if value is None else float(value * scale)
