"""Countries and goods as news texts name them. Data and one lookup."""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

import re
from functools import cache
from typing import Final

__all__ = ["CHINESE_CUSTOMS", "COUNTRIES", "GOODS", "compiled_country", "find_countries", "find_goods"]

#: ISO alpha-3 -> pattern of its names in the languages read.
COUNTRIES: Final[dict[str, str]] = {
    "CHN": r"\bChin(?:a|as|ese|esisch\w*|ois\w*|e)\b|\bBeijing\b|\bPeking\b|\bP[eé]kín\b|\bPékin\b|\bPequim\b|\bMOFCOM\b|\bGACC\b|\bchin[oe]s\w*\b|Trung Quốc|中国|中國|北京|중국|베이징|中方|mainland|商务部|商務部|海关总署|海關總署|해관",
    "JPN": r"\bJap[aã]o?n?(?:ese|s|isch\w*|ais\w*)?\b|\bTokyo\b|\bTokio\b|\bjapon(?:és|esa|es|ais\w*)\b|Nhật|日本|東京|东京|일본|도쿄|対日|对日|對日|日方",
    "USA": r"\bU\.?S\.?A?\b|\bUnited States\b|\bAmerican?s?\b|\bWashington\b|\bUSA\b|\bEE\.? ?UU\.?|\bEstados Unidos\b|\bÉtats-Unis\b|\bEtats-Unis\b|Hoa Kỳ|\bMỹ\b|美国|美國|米国|アメリカ|미국|対米|对美|對美",
    "KOR": r"\bSouth Korean?\b|\bSüdkorea\w*|\bCorea del Sur\b|\bCorée du Sud\b|\bCoreia do Sul\b|Hàn Quốc|韩国|韓国|韓國|한국",
    "DEU": r"\bGerman[ys]?\b|\bDeutsch\w+|\bAlemania\b|\bAllemagne\b|\bAlemanha\b|Đức|德国|德國|ドイツ|독일",
    "VNM": r"\bViet ?nam(?:ese)?\b|\bViệt Nam\b|越南|ベトナム|베트남",
    "IND": r"\bIndian?s?\b|\bNew Delhi\b|\bIndien\w*|\bInde\b|\bÍndia\b|Ấn Độ|印度(?!尼)|インド(?!ネ)|인도(?!네)",
    "IDN": r"\bIndonesi\w+|\bJakarta\b|\bIndonésie\b|\bIndonésia\b|印尼|印度尼西亚|インドネシア|인도네시아",
    "MYS": r"\bMalaysi\w+|\bMPOB\b|\bKuala Lumpur\b|馬來西亞|马来西亚|マレーシア|말레이시아",
    "AUS": r"\bAustrali\w+|澳大利亚|澳洲|オーストラリア|豪州|호주",
    "ZWE": r"\bZimbabw\w+|\bHarare\b|津巴布韦|ジンバブエ|짐바브웨",
    "COD": r"\bCongo\w*|\bDRC\b|\bRDC\b|\bKinshasa\b|刚果|コンゴ|콩고",
    "RUS": r"\bRussian?s?\b|\bRuss\w+|\bMoscow\b|\bRusia\b|\bRussie\b|\bRússia\b|俄罗斯|俄羅斯|ロシア|러시아",
    "UKR": r"\bUkrain\w+|\bKyiv\b|\bUcrania\b|乌克兰|烏克蘭|ウクライナ|우크라이나",
    "BRA": r"\bBra[sz]il\w*|巴西|ブラジル|브라질",
    "ARG": r"\bArgentin\w+|阿根廷|アルゼンチン|아르헨티나",
    "CHL": r"\bChile\w*|智利|チリ|칠레",
    "PER": r"\bPer[uú]\b|\bPeruvian\b|秘鲁|ペルー|페루",
    "MEX": r"\bM[eé]xi[ck]\w+|墨西哥|メキシコ|멕시코",
    "MMR": r"\bMyanmar\b|\bBurm\w+|缅甸|緬甸|ミャンマー|미얀마",
    "THA": r"\bThai\w*|泰国|泰國|タイ(?!プ|ミ|ト|ム|ヤ)|태국",
    "PHL": r"\bPhilippin\w+|\bManila\b|\bFilipinas\b|菲律宾|フィリピン|필리핀",
    "GIN": r"\bGuinean?\b|\bConakry\b|几内亚|ギニア|기니",
    "NLD": r"\bNetherlands\b|\bDutch\b|\bNiederlande?n?\b|\bPaíses Bajos\b|\bPays-Bas\b|荷兰|荷蘭|オランダ|네덜란드",
    "TWN": r"\bTaiwan\w*|台湾|台灣|臺灣|대만|タイワン",
    "EU27": r"\bE\.?U\.?\b|\bEuropean Union\b|\bEurop\w+|\bUE\b|欧盟|歐盟|欧州|유럽|EU",
}  # fmt: skip

#: Goods -> pattern. The first that matches names the series; the order keeps magnets and products apart.
GOODS: Final[dict[str, str]] = {
    "rare-earth-magnets": r"(?i:\bmagnet\w*|\bimanes?\b|\baimants?\b|\bím[aã]s?\b|nam châm)|磁[鐵铁石材体體]|磁石|자석|永磁",
    "rare-earth-products": r"(?i:rare[- ]earth[- ]products?|produkte? aus seltenen erden|productos de tierras raras|produits de terres rares)|稀土(?:及其)?(?:制品|製品)|レアアース製品|희토류\s?제품",
    "rare-earths": r"(?i:\brare[- ]earths?\b|\brare minerals?\b|17[- ]minerals?|17[- ]mineral|17 elements|seltene\w* erden?\w*|tierras raras|terres rares|terras raras|đất hiếm)|稀土|レアアース|希土|희토류",
    "gallium": r"(?i:\bgall?i(?:um|o)\b)|镓|鎵|ガリウム|갈륨",
    "germanium": r"(?i:\bgerman(?:ium|io)\b|germânio)|锗|鍺|ゲルマニウム|게르마늄|저마늄",
    "graphite": r"(?i:\bgra(?:ph|f)it\w*|graphite|grafito)|石墨|黒鉛|흑연",
    "antimony": r"(?i:\bantimon\w*)|锑|銻|アンチモン|안티몬|안티모니",
    "tungsten": r"(?i:\btungst\w*|\bwolfram\w*|tungstène)|钨|鎢|タングステン|텅스텐",
    "dual-use-goods": r"(?i:\bdual[- ]use\b|doble uso|double usage|duplo uso|doppelter? verwend\w*|dual-use|lưỡng dụng)|两用|兩用|軍民両用|デュアルユース|이중\s?용도",
    "lithium": r"(?i:\blit(?:h)?i(?:um|o)\b)|锂|鋰|リチウム|리튬",
    "nickel": r"(?i:\bnick?el\b|níquel)|镍|鎳|ニッケル|니켈",
    "cobalt": r"(?i:\bcobalto?\b|kobalt)|钴|鈷|コバルト|코발트",
    "copper": r"(?i:\bcopper\b|\bkupfer\w*|\bcobre\b|\bcuivre\b)|铜|銅|구리",
    "aluminium": r"(?i:\balumin\w+)|铝|鋁|アルミ|알루미늄",
    "steel": r"(?i:\bsteel\b|\bstahl\w*|\bacero\b|\bacier\b|\baço\b|thép)|钢|鋼|鉄鋼|철강",
    "ferrous-scrap": r"(?i:\bscrap\b|schrott)|鉄スクラップ|废钢|廢鋼|고철",
    "palm-oil": r"(?i:\bpalm oil\b|palmöl|aceite de palma|huile de palme|óleo de palma|dầu cọ)|棕榈油|棕櫚油|パーム油|팜유",
    "soy": r"(?i:\bsoy\w*|\bsoja\b)|大豆|대두",
    "rice": r"(?i:\brice\b|\breis\b|\barroz\b|\briz\b|\bgạo\b)|大米|白米|コメ|쌀",
    "wheat": r"(?i:\bwheat\b|\bweizen\b|\btrigo\b|\bblé\b|lúa mì)|小麦|小麥|밀",
    "sugar": r"(?i:\bsugar\b|\bzucker\b|\bazúcar\b|\bsucre\b|\baçúcar\b|\bđường\b)|食糖|砂糖|설탕",
    "coffee": r"(?i:\bcoffee\b|\bkaffee\b|\bcafé\b|cà phê)|咖啡|コーヒー|커피",
    "urea": r"(?i:\bur[eé]a\b|\burée\b)|尿素|요소",
    "coal": r"(?i:\bcoal\b|\bkohle\b|\bcarbón\b|\bcharbon\b|\bcarvão\b|than đá)|煤|石炭|석탄",
}  # fmt: skip


#: The customs of China as the body that counts.
CHINESE_CUSTOMS: Final = re.compile(
    r"(?i:chin(?:a's|ese) customs|chinesischen? zoll|general administration of customs|\bGACC\b|aduanas? (?:de )?chin\w*|"
    r"douanes? chinoises?|alfândega (?:da china|chinesa)|hải quan trung quốc)|海关总署|海關總署|中国海关|中國海關|中国の?税関|税関総署|"
    r"해관총서|중국 해관|중국 세관"
)


@cache
def _compiled(name: str, *, latin: bool = False) -> list[tuple[str, re.Pattern[str]]]:
    """Return the patterns of a table; `latin` leaves out the names that an ASCII text cannot hold."""
    table = {"countries": COUNTRIES, "goods": GOODS}[name]
    return [(code, re.compile(_latin(pattern) if latin else pattern)) for code, pattern in table.items()]


#: A name in signs at the end of a pattern: it holds no Latin letter and no bracket of its own.
_SIGNS: Final = re.compile(r"\|[^|()\[\]\\A-Za-z]+(?=\||$)")


def _latin(pattern: str) -> str:
    head, end = pattern, pattern.rfind(")")
    return head[: end + 1] + _SIGNS.sub("", head[end + 1 :])


@cache
def compiled_country(code: str) -> re.Pattern[str]:
    """Return the pattern of a country's names."""
    return dict(_compiled("countries"))[code]


def find_countries(text: str) -> list[tuple[int, str]]:
    """Return the countries named in `text` as (place, code), in order."""
    return _find("countries", text)


def find_goods(text: str) -> list[tuple[int, str]]:
    """Return the goods named in `text` as (place, code), in order."""
    return _find("goods", text)


def _find(name: str, text: str) -> list[tuple[int, str]]:
    tables = _compiled(name, latin=text.isascii())
    return sorted((m.start(), code) for code, pattern in tables for m in pattern.finditer(text))
