"""Words beside a figure that tell what it is: compared, changed, forecast, imported, held, capped. Data only.

`BEFORE` patterns are matched against the text that ends where a figure starts, `AFTER` patterns where it
ends. Chinese, Japanese and Korean share one entry.
"""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

import re
from typing import Final

__all__ = [
    "BASES",
    "BATCH",
    "CHANGE_AFTER",
    "CHANGE_BEFORE",
    "COMPARE_AFTER",
    "COMPARE_BEFORE",
    "DOWN",
    "FORECAST",
    "FROM_CHINA",
    "FROM_TO",
    "GOAL_AFTER",
    "GOAL_BEFORE",
    "LINK",
    "MEASURES",
    "NOT_MASS_AFTER",
    "NOT_MASS_BEFORE",
    "PREPOSITIONS",
    "SINCE_AFTER",
    "SINCE_BEFORE",
    "STRONG_MARK",
    "SUPERLATIVE",
    "THEN",
    "TO",
    "UNITS",
    "UP",
    "VINTAGES",
    "ZERO",
]

#: Units of mass: pattern -> tonnes.
UNITS: Final[dict[str, dict[str, str]]] = {
    "en": {
        r"(?:metric[ -]?)?(?:tonnes?|tons?)\b(?! of (?:money|cash))|metric tonnes?|MTs?\b|mts?\b|mt\b|[tT](?![\w'/-])": "1",
        r"kilotonnes?\b|kilotons?\b|kt\b": "1000",
        r"Mt\b|MMT\b|mmt\b": "1000000",
        r"TMT\b": "1000",
        r"kilogram(?:me)?s?\b|kgs?\b|kilos?\b|KG\b|Kg\b": "0.001",
        r"short tons?\b": "0.90718474",
        r"long tons?\b": "1.0160469088",
        r"pounds?\b|lbs?\b": "0.00045359237",
    },
    "de": {r"(?:metrische[nr]? )?Tonnen?\b|t(?![\w'/-])": "1", r"Kilotonnen?\b|kt\b": "1000", r"Kilogramm\b|kg\b|Kilo\b": "0.001"},
    "es": {r"toneladas?(?: métricas?)?\b|tn?\b(?![\w'/-])|tm\b|TM\b": "1", r"kilotoneladas?\b|kt\b": "1000", r"kilogramos?\b|kg\b|kilos?\b": "0.001"},
    "fr": {r"tonnes?(?: métriques?)?\b|t(?![\w'/-])": "1", r"kilotonnes?\b|kt\b": "1000", r"kilogrammes?\b|kg\b|kilos?\b": "0.001"},
    "pt": {r"toneladas?(?: métricas?)?\b|t(?![\w'/-])": "1", r"kt\b": "1000", r"quilogramas?\b|quilos?\b|kg\b": "0.001"},
    "vi": {r"tấn\b|t(?![\w'/-])": "1", r"kg\b|kilôgam\b|ki-lô-gam\b|cân\b": "0.001", r"tạ\b": "0.1"},
    "cjk": {
        r"(?:公|メトリック|메트릭\s?)?(?:吨|噸|トン|㌧|톤)|t(?![\w'/-])|MT\b": "1",
        r"公斤|千克|キログラム|キロ(?!メ)|㌔|㎏|kg\b|킬로그램|킬로(?!미)": "0.001",
    },
}  # fmt: skip

_FILL_EN: Final = r"(?:(?:the|a|an|its|those|that|some|about|around|roughly|nearly|almost|record|just|only|figure|level|total|volume|tally|of|for|in|shipped|exported|imported|seen|posted|recorded|reported|revised|registered|what|were|was|had been|to|over|more|whole) )"

#: A figure or time after these words is what something else is compared with.
COMPARE_BEFORE: Final[dict[str, str]] = {
    "en": r"\b(?:than|from|against|compar(?:ed|es?|ing|ison) (?:with|to)|versus|vs\.?|after|following|below|above|under|beneath|on|(?<=% )over|(?<=percent )over|(?<=cent )over|short of|as against|relative to|surpass(?:ing|ed)|exceed(?:ing|ed)|topp(?:ing|ed)|beat(?:ing)?|trail(?:ing|ed)|up on|down on|ahead of|behind|shy of|next to|set beside|beside|previously|earlier|replacing|instead of) " + _FILL_EN + r"{0,6}\(?$",
    "de": r"\b(?:als|gegenüber|nach|im Vergleich (?:zu|zum|mit)|verglichen mit|statt|unter|über|vor) (?:(?:noch|den|dem|der|die|das|im|in|rund|etwa|knapp|gut|nur|zuvor|ihren|seinen|revidierten|im Monat) ){0,5}$",
    "es": r"\b(?:que|contra|frente a(?:l)?|respecto (?:a|de|al|del)|en comparación con|comparad[oa]s? con|tras|desde|después de|versus|por debajo de|por encima de|ante) ?(?:(?:las?|los|el|unas|en|de|a|al|casi|cerca de|registradas?|exportadas?|apenas|del) ){0,5}$",
    "fr": r"\b(?:contre|que|qu'|par rapport (?:à|au|aux)|comparé(?:e|s|es)? (?:à|au|aux)|face (?:à|aux?)|après|depuis|au lieu de) ?(?:(?:les?|la|l'|en|de|des|au|à|quelque|environ|près de|seulement|celles?|ceux) ?){0,5}$",
    "pt": r"\b(?:que|contra|ante|frente a(?:o|s|os)?|em relação (?:a|ao|à|às|aos)|em comparação (?:com|a|ao)|comparad[oa]s? (?:com|a|ao|às)|após|depois de|desde) ?(?:(?:as?|os?|em|no|na|de|do|cerca de|às|um|uns|umas) ){0,5}$",
    "vi": r"(?:so với|với|thấp hơn|cao hơn|từ|hơn|kém|từ mức|sau) ?(?:(?:mức|con số|khoảng|cùng|của|chỉ) ?){0,4}$",
    "cjk": r"(?:[比较較從从與与跟]|低[於于]|高[於于]|少[於于]|多[於于]|超過|超过|高過|高过|不及|相對|相对|對比|对比|对照)(?:[^。，、；,;)）\d]{0,8})$",
}  # fmt: skip

#: "From 305 to 280": before and after the figure that is left behind.
FROM_TO: Final[dict[str, tuple[str, str]]] = {
    "de": (r"\b[Vv]on (?:\w+ ){0,2}$", r"[^.;]{0,40}\bauf (?:\w+ ){0,2}\d"),
    "es": (r"\bde (?:las? )?$", r"[^.;]{0,40}\ba (?:las? |unas )?\d"),
    "fr": (r"\bde $", r"[^.;]{0,40}\bà \d"),
    "pt": (r"\bde $", r"[^.;]{0,40}\b(?:para|a) \d"),
    "vi": (r"\btừ $", r"[^.;]{0,40}\b(?:lên|xuống|còn) \d"),
}

COMPARE_AFTER: Final[dict[str, str]] = {
    "cjk": r"\s?\)?\s?(?:の?実績|の?水準|の?수준)?(?:より|から(?!の輸)|に比べ|と比べ|と比較|に対し|比で|比(?=\d)|を\s?\d|を上回|を下回|を超え|보다|에서|대비|에 견줘|에 비해|과 비교|와 비교|을 웃|를 웃|을 밑|相比|的水平|増から|の基準)",
}

#: A figure after these words is a change, not a level.
CHANGE_BEFORE: Final[dict[str, str]] = {
    "en": r"(?:\b(?:by|rise of|fall of|drop of|increase of|decrease of|decline of|gain of|growth of|difference of|reduction of|gap of|(?:rose|fell|dropped|climbed|grew|declined|slipped|sank|jumped|shrank|plunged|gained|lost|shed)(?: by)?)|(?:\bup|\bdown|\brising|\bfalling|\bgaining|\blosing)) (?:(?:about|around|roughly|nearly|almost|some|just|only|a|another|more than|over) ){0,3}$",
    "de": r"\bum (?:(?:rund|etwa|fast|knapp|gut|mehr als) )?$|\b(?:Plus|Minus|Anstieg|Rückgang) (?:von|um) $",
    "es": r"\b(?:aumento|incremento|caída|descenso|baja|alza|subida|reducción|diferencia) de (?:(?:casi|unas) )?$|\b(?:aumentó|cayó|subió|bajó|creció|disminuyó)(?:n|ron)? (?:en )?(?:casi |unas )?$",
    "fr": r"\b(?:hausse|baisse|recul|augmentation|diminution|progression|chute|bond|repli) de (?:(?:quelque|près de) )?$|\b(?:augmenté|reculé|baissé|progressé|diminué|chuté) de $",
    "pt": r"\b(?:aumento|queda|alta|redução|recuo|avanço|diferença) de (?:(?:cerca de|quase) )?$|\b(?:aumentou|caiu|subiu|recuou|cresceu)(?:ram)? (?:em )?$",
    "vi": r"\b(?:tăng|giảm)(?: thêm| khoảng| gần)? $",
    "cjk": r"(?:增加?了?|減少了?|减少了?|增长了?|增長了?|少了|多了|[少多減减降升]|下降了?|上升了?|增減)(?:约|約|近)?$",
}  # fmt: skip

CHANGE_AFTER: Final[dict[str, str]] = {
    "en": r"[ -](?:more|less|fewer|higher|lower|above|below|short of|increase|decrease|rise|fall|drop|decline|gain|jump)\b",
    "de": r" (?:mehr|weniger)\b",
    "es": r" (?:más|menos)\b",
    "fr": r" (?:de plus|de moins|supplémentaires)\b",
    "pt": r" (?:a mais|a menos|mais|menos)\b",
    "vi": r" (?:nhiều hơn|ít hơn)\b",
    "cjk": r"\s?(?:の)?(?:増|減|多(?!か)|少な|の?増加|の?減少|증가|감소|늘|줄|많|적은|적었|增|减)(?![^。,，、]{0,5}\d)",
}

#: In the clause of a forecast or target no figure is a record of trade.
FORECAST: Final[dict[str, str]] = {
    "en": r"\b(?:forecasts?|is expected|are expected|expects?|projected|projections?|predicts?|predicted|could (?:reach|rise|fall|hit|exceed|ship|export|amount)|may (?:reach|rise|fall|hit)|might (?:reach|rise|fall)|likely to|is seen|are seen|seen reaching|sees|targets?|targeted|aims? (?:to|for)|plans? to|outlook|will (?:\w+ )?(?:rise|fall|reach|climb|grow|drop|hit|total|bring|import|export|ship|buy|sell|produce|need|amount)|would (?:rise|fall|reach|total))\b",
    "de": r"\b(?:Prognose|prognostiziert|erwartet(?! hatte)|dürften?|werden voraussichtlich|voraussichtlich|Ziel von|peilt)\b",
    "es": r"\b(?:prev[éeí]\w*|pronostic\w+|se espera|esperan?|proyect\w+|alcanzar[áí]n?|podrían?|estiman? que)\b",
    "fr": r"\b(?:prévoi\w+|prévisions?|prévu|devrai(?:t|ent)|s'attend|attendu\w*|pourrai(?:t|ent)|objectif)\b",
    "pt": r"\b(?:prev[êe]\w*|previsão|projeta\w*|projeções|deve(?:m|rá|rão)? (?:chegar|atingir|alcançar|exportar)|espera-se|poderá|estima que)\b",
    "vi": r"(?:dự kiến|dự báo|ước đạt|có thể đạt|mục tiêu)",
    "cjk": r"(?:見通し|見込[みま]|予測|予想|予定量|预计|預計|预期|預期|预测|預測|有望|目标|目標|전망|예상|예측|될 것으로|목표)",
}  # fmt: skip

#: What makes a mass no figure of trade: a price, a threshold, a rate, a ship.
NOT_MASS_BEFORE: Final = (
    r"(?:\b(?:per|each|every|je|pro|par|por cada|por|cada) |每|per |1トン当たり|毎|(?:\$|€|£|¥|US\$)\s?|"
    r"(?i:threshold of|thresholds? (?:is|at)|shipments? (?:of )?(?:over|above|under|below|more than|less than|up to)|lots of|cargo(?:es)? of|vessels? of|ship of|"
    r"more than \d+ grams? or |average of |averag(?:ed|ing) |durchschnittlich |im Schnitt |promedio de |en moyenne |média de |trung bình )|"
    r"毎月|每月|月間|月均|平均(?:で|は)?|월평균\s?|평균\s?|突破)\s?(?:約|约|약\s?|およそ|about |around |rund |unas )?$"
)
NOT_MASS_AFTER: Final = (
    r"\s?(?:/|当たり|あたり|につき|당(?:\s|$)|每|(?:of \w+ )?(?:a|an|per|each|every) (?:day|month|week|hectare|acre|head|truck|tonne|ton)\b(?! (?:earlier|ago|before|prior|previously|on))|"
    r"per (?:day|month|week|hectare|acre|capita|head|shipment|cargo|vessel|truck)|-?(?: of)? (?:deadweight|vessel|ship|tanker|"
    r"bulk carrier|freighter|truck)\b|pro (?:Tag|Monat|Woche)|(?:al|por) (?:día|mes)|par (?:jour|mois)|por (?:dia|mês)|"
    r"以上の(?:輸出|出荷)ごと|級|级|(?:を)?超え(?:は|が|と|る|た)?(?=[^。]{0,12}(?:ぶり|連続|目|大台))|台(?!湾|灣)|割れ|の大台|大关|大關|关口|關口|대(?:\s|를|로|에)|[ -](?:mark|threshold|barrier|line)\b|-Marke\b|mỗi (?:ngày|tháng))"
)

#: Between a figure and the time after it ("tons in December", "tonnes of the", "tons (").
PREPOSITIONS: Final[dict[str, str]] = {
    "en": r"(?:, dat(?:es|ed|ing) )?\s?\(?(?:(?:that |which )?(?:left|exported|shipped|sold|imported|recorded|seen|posted|reported|registered|sent|bought|abroad|out|going|delivered|were|was|had been)? ?)(?:to [A-Z]\w+ ?)?(?:(?:in|of|for|during|over|from|throughout|at|as of|at the end of|by|a|the|back in|of the (?:latter|former) in|of the|in the|for the|during the) ?){0,3}",
    "de": r"\s?\(?(?:(?:im|in|vom|von|des|der|den|für|während|aus|aus dem|zum|per|dem|noch im|ausgeführt|exportiert) ?){0,4}",
    "es": r"\s?\(?(?:(?:en|de|del|durante|para|el|los|las|al|entre|exportadas|vendidas|registradas|a|un) ?){0,4}",
    "fr": r"\s?\(?(?:(?:en|de|du|au|pour|pendant|durant|sur|le|la|les|des|d'|exportées|expédiées|à|un|au cours) ?){0,4}",
    "pt": r"\s?\(?(?:(?:em|de|do|no|na|nos|durante|para|o|a|os|as|exportadas|registradas|embarcadas|um|ao) ?){0,4}",
    "vi": r"\s?\(?(?:(?:trong|của|vào|hồi|cho|ở) ?){0,3}",
    "cjk": r"\s?\(",
}  # fmt: skip

SINCE_BEFORE: Final = (
    r"(?i:\b(?:since|seit|depuis|desde|kể từ|từ)(?: (?:at least|the|el|le|la|dem|mindestens|au moins|al menos|pelo menos|início de|"
    r"last|tháng))*) $|(?:自从|自從|自)$|\b(?:record (?:of|in|set in|from|hit in)|peak (?:of|in)|high (?:of|in)) $"
)
SINCE_AFTER: Final = (
    r"\s?(?:以来|以來|来の|以降|이후|이래|부터(?!\s?\d)|之后|之後|起(?!码)| record| high\b| peak)"
)

#: Measure -> words for it. The nearest in the clause wins.
MEASURES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "export_quota": r"\bquotas?\b|\b(?:export )?(?:caps?|ceilings?|allowances?)\b|\bexport limits?\b|\bcapped\b|\bbatch\b",
        "import_volume": r"\bimport(?:s|ed|ing|ation)?\b|\bbrought in\b|\bpurchases?\b|\bbought\b|\binbound\b|\bbuying\b|\barrivals\b|\bcame in\b(?! at| \d| lower| higher| below| above| under| over| roughly| around| about)|\bin(?=:)|\bintake\b|\bbringing in\b",
        "export_volume": r"\bexport(?:s|ed|ing|ation|ers?)?\b|\bship(?:ped|ments?|ping)\b|\bsent\b|\boutbound\b|\bsold\b|\bsales\b|\bdeliver(?:ies|ed)\b|\bwent out\b|\blet (?:out|go)\b|\bmoved (?:out|abroad)\b|\boutflows?\b|\bleft\b|\bwent to\b",
        "stock": r"\bstocks?\b(?! exchange| market)|\bstockpiles?\b|\binventor(?:y|ies)\b|\bstored\b|\breserve stock\b",
        "reserves": r"\breserves?\b|\bresources? of\b|\bdeposits?\b|\bin the ground\b",
        "capacity": r"\bcapacit(?:y|ies)\b|\bcan (?:\w+ )?(?:treat|process|produce|smelt|refine|handle|make)\b",
        "other": r"\bproduction\b|\boutput\b|\bproduced?\b|\bmined\b|\bharvest(?:ed)?\b|\bconsum(?:ption|ed)\b|\btrade volume\b|\bimports and exports\b|\bexports and imports\b|\btwo-way\b|\bcrop\b|\btotal trade\b",
    },
    "de": {
        "export_quota": r"(?i:quoten?\b|kontingent\w*)",
        "import_volume": r"(?i:\beinfuhr\w*|\bimport\w*|eingeführt|bezog\w*|\bbezüge\b|\bkauft\w*)",
        "export_volume": r"(?i:\bausfuhr\w*|\bexport\w*|ausgeführt|\bliefer\w*|verschiff\w*|verkauf\w*)",
        "stock": r"(?i:lagerbest\w*|\bbestände?\b|\bvorräte\b)",
        "reserves": r"(?i:\breserven\b|vorkommen|lagerstätte\w*)",
        "capacity": r"(?i:kapazität\w*)",
        "other": r"(?i:produktion|förder\w+|erzeug\w+|produzier\w+|\bernte\b|verbrauch)",
    },
    "es": {
        "export_quota": r"\b(?:cuotas?|cupos?|contingentes?)\b",
        "import_volume": r"\bimport(?:a\w*|ó|ación|aciones)\b|\bcompr(?:as?|ó|aron)\b|\badquiri\w+",
        "export_volume": r"\bexport(?:a\w*|ó|ación|aciones|e)\b|\bventas\b|\benvíos?\b|\benvi(?:ó|aron)\b|\bdespach\w+|\bvendi\w+|\bembarques?\b|\bembarc\w+",
        "stock": r"\bexistencias\b|\binventarios?\b|\bstocks?\b",
        "reserves": r"\breservas\b|\byacimientos?\b",
        "capacity": r"\bcapacidad\b",
        "other": r"\bproducción\b|\bprodu(?:jo|jeron|cid)\w*|\bcosecha\b|\bconsumo\b",
    },
    "fr": {
        "export_quota": r"\bquotas?\b|\bcontingents?\b",
        "import_volume": r"\bimport(?:a\w*|é\w*|ations?|ateurs?)\b|\bachats?\b|\bacheté\w*|\bentrées\b",
        "export_volume": r"\bexport(?:a\w*|é\w*|ations?|ateurs?)\b|\bexpédi\w+|\bventes?\b|\bvendu\w*|\blivr\w+|\benvois?\b|\bsorties\b",
        "stock": r"\bstocks?\b",
        "reserves": r"\bréserves\b|\bgisements?\b",
        "capacity": r"\bcapacités?\b",
        "other": r"\bproduction\b|\bproduit\w*|\brécolte\b|\bconsommation\b",
    },
    "pt": {
        "export_quota": r"\bcotas?\b|\bquotas?\b|\bcontingentes?\b",
        "import_volume": r"\bimport(?:a\w*|ou|ação|ações)\b|\bcompr(?:as?|ou|aram)\b",
        "export_volume": r"\bexport(?:a\w*|ou|ação|ações)\b|\bembarques?\b|\bembarc\w+|\bvendas\b|\bvend(?:eu|idas)\b|\benvi(?:ou|os|aram|adas)\b",
        "stock": r"\bestoques?\b",
        "reserves": r"\breservas\b|\bjazidas\b",
        "capacity": r"\bcapacidade\b",
        "other": r"\bprodução\b|\bproduzi\w+|\bsafra\b|\bcolheita\b|\bconsumo\b",
    },
    "vi": {
        "export_quota": r"hạn ngạch",
        "import_volume": r"nhập khẩu|nhập về|mua vào",
        "export_volume": r"xuất khẩu|xuất sang|bán ra|xuất đi",
        "stock": r"tồn kho|dự trữ gạo",
        "reserves": r"trữ lượng",
        "capacity": r"công suất",
        "other": r"sản lượng|sản xuất|tiêu thụ",
    },
    "cjk": {
        "export_quota": r"配额|配額|輸出枠|割当|할당|쿼터|枠",
        "import_volume": r"进口|進口|輸入|수입|買い付け|调入",
        "export_volume": r"出口|輸出|수출|出荷|外运|外運|销往|銷往|供应|対日供給|運往|运往",
        "stock": r"库存|庫存|在庫|재고|备蓄|備蓄|비축",
        "reserves": r"储量|儲量|埋蔵量?|매장량",
        "capacity": r"产能|產能|生産能力|設備能力|処理能力|생산능력|능력",
        "other": r"产量|產量|生産(?!能力)|생산(?!능력)|进出口|進出口|輸出入|수출입|消費|消费|소비",
    },
}  # fmt: skip

#: "No exports": a printed zero.
ZERO: Final[dict[str, str]] = {
    "en": r"(?i:\b(?:zero|no|not a single) (?:kilo(?:gram)?s?|kg|tonnes?|tons?|metric tons?) of\b|\b(?:no|zero|nil)(?: [\w-]+){0,6}? (?:exports?|shipments?|imports?|deliveries)\b(?! (?:ban|curb|quota|licen|permit|control|restriction|rules?|tax|dut|limit|figure|data))|\bno(?: [\w-]+){1,7}? (?:(?:was|were|had been) (?:exported|shipped|imported|sold|sent|delivered)|left (?:the country|China)|(?:among|in) (?:[A-Z]\w+|last month's|the month's) exports)|\b(?:exports?|shipments?) (?:were|was|stood at|fell to|dropped to|came to|remained at|stayed at) (?:zero|nil|nothing)\b|\b(?:did not|didn't) (?:export|ship) any\b|\bnothing (?:was|were) (?:exported|shipped)\b)",
    "de": r"(?i:\bkeine(?:rlei)?(?: \w+){0,4} (?:exporte|ausfuhren|lieferungen|exportiert|ausgeführt)\b|\b(?:exporte|ausfuhren) (?:lagen bei|fielen auf|sanken auf) null\b)",
    "es": r"\b(?:no (?:hubo|se registraron|registró)(?: \w+){0,2} (?:exportaciones|envíos)|no exportó(?: \w+){0,3}|ningun[ao](?: \w+){0,3} (?:exportad\w+|exportación))\b|\bexportaciones (?:fueron|quedaron en) (?:nulas|cero)\b",
    "fr": r"\b(?:aucune?(?: \w+){0,4} (?:exportation|expédition|exportée?|expédiée?)|n'a (?:exporté|expédié) aucun\w*|exportations (?:ont été )?(?:nulles|tombées à zéro))\b",
    "pt": r"\b(?:não (?:houve|registrou)(?: \w+){0,2} (?:exportações|embarques)|nenhum[a]?(?: \w+){0,3} exportad[ao]|exportações (?:zeradas|foram nulas))\b",
    "vi": r"không xuất khẩu|không có lô hàng nào|xuất khẩu bằng không",
    "cjk": r"(?:出口|輸出)量?(?:は|が|为|為)?(?:いずれも|ともに|とも|全て|すべて|均|都)?(?:为|為)?(?:ゼロ|零(?!售)|0(?![\d.]))|零出口|(?:没有|沒有|未有|無|无)任?何?(?:出口|輸出)(?!限|管|许|許)|輸出(?:が|は)(?:な(?:かった|い)|皆無)|輸出実績(?:が|は)?(?:な|ゼロ)|수출(?:이|은|량은|량이)?\s?(?:전혀\s)?(?:없었|0(?![\d.])|제로)|一[吨噸公]?斤?(?:也|都)(?:没|沒)有?(?:出口)",
}  # fmt: skip

#: Directions of a change.
UP: Final = (
    r"(?i:\b(?:up|rose|rise|rises|rising|risen|gain\w*|increas\w+|grew|grow\w*|climb\w*|jump\w*|surg\w+|soar\w*|higher|more|above|"
    r"advanc\w+|expand\w*|step up|larger|topp\w+|exceed\w*|plus|mehr|stieg\w*|gestiegen|zuwachs|zunahme|anstieg|höher|zulegt\w*|"
    r"aument\w+|subi\w+|creci\w+|alza|más|mayor|incremento|hausse|augment\w+|progress\w+|plus|bond\w*|alta|cresce\w*|cresci\w*|mais|"
    r"tăng|cao hơn)\b)|增|升|涨|漲|多|高|上回|伸び|プラス|늘|증가|상승|웃|많|급증"
)
DOWN: Final = (
    r"(?i:\b(?:down|fell|fall\w*|drop\w*|declin\w*|decreas\w+|slid\w*|slip\w*|sank|sink\w*|plung\w+|plummet\w*|tumbl\w+|lower|less|"
    r"fewer|below|short|shr\w+|lost|los[es]\w*|weak\w*|cut|slump\w*|contract\w+|minus|weniger|sank\w*|gesunken|rückgang|fiel\w*|"
    r"gefallen|niedriger|einbruch|abnahme|cay\w+|caída|baj\w+|descen\w+|menos|menor|disminu\w+|baisse|recul\w*|chut\w+|moins|"
    r"diminu\w+|repli|queda|ca[ií]\w*|recu\w+|redu\w+|giảm|thấp hơn)\b)|减|減|少|降|跌|低|下回|マイナス|줄|감소|하락|밑|적|급감|둔화"
)

#: "The highest since January": what is compared with, not a running total.
SUPERLATIVE: Final = r"(?i:\b(?:highest|lowest|most|least|largest|smallest|biggest|best|worst|first|peak|weakest|strongest)(?: [\w-]+){0,4}) $"

VINTAGES: Final = {
    "preliminary": r"(?i:\bpreliminary\b|\bprovisional\b|\bflash\b|vorläufig|prelimin|provisoire|sơ bộ)|速報|快报|快報|初步|잠정",
    "revised": r"(?i:\brevised\b|\brevision\b|revidiert|revisad|révisé|điều chỉnh)|修订|修訂|改定|修正|수정치",
    "final": r"(?i:\bfinal (?:figure|data|count)|\bconfirmed (?:figure|data)|endgültig)|确报|確報|確定値|최종치|확정치",
}

FROM_CHINA: Final = re.compile(
    r"(?i:\b(?:from|aus|de|desde|da|từ) (?:china|trung quốc)|(?:chin(?:ese|as|esische\w*)|chinoises?|chin[oa]s) (?:\w+ ){0,2}(?:magnet|rare|goods))|"
    r"(?:从|從|自|由)(?:中国|中國|大陸)|中国(?:から|産)|중국(?:에서|산|으로부터)"
)

STRONG_MARK: Final = re.compile(
    r"[;；:：。—]|\bwhile\b|\bwhereas\b|\bwährend\b|\bmientras\b|\btandis\b|\benquanto\b|\btrong khi\b|一方|而"
)

BATCH: Final = re.compile(
    r"(?i:\b(?P<en>first|second|1st|2nd)\b(?:[ -][\w-]+){0,4}[ -](?:batch|lot|portion|instal\w+|round|tranche|half)\b)|第\s?(?P<zh>[一二12])\s?(?:批|弾|次|回)|(?P<one>首)批|(?P<ko>[12])차"
)

BASES: Final = {
    "mom": r"(?i:month[- ](?:on|over)[- ]month|\bm/m\b|\bmom\b|month earlier|previous month|prior month|month before|vormonat|"
           r"mes anterior|mois précédent|mês anterior|tháng trước)|环比|環比|前月比|前の月|上月|前月|전월|전달",
    "yoy": r"(?i:year[- ](?:on|over)[- ]year|\by/y\b|\byoy\b|year earlier|year ago|year before|annual|on the year|same (?:month|period)|"
           r"vorjahr|año (?:pasado|anterior)|interanual|mismo (?:mes|período|periodo)|an dernier|un an|même (?:mois|période)|"
           r"ano (?:passado|anterior)|mesmo (?:mês|período)|cùng kỳ|năm ngoái)|同比|前年|去年|上年|同期|전년|지난해",
}  # fmt: skip

TO: Final = re.compile(
    r"(?i)\b(?:to|at|auf|bei|a|hasta|à|pour|para|lên|xuống|at)\b(?: [\w,]+){0,2} ?$|[至到](?:约|約)?\s?$|[にへ]|으로|로\s"
)

# "H1 2024 with its 29,095 tonnes", "October, when 5,473 tons left".
LINK: Final = re.compile(
    r"(?i),? (?:with|when|which|had|whose|saw|was at|were at|mit|als|avec|quand|où|con|cuando|com|quando|với|khi)\b"
)

# "the least since February 2012, when 3,390 tonnes left", "(then 3,390 tonnes)".
THEN: Final = re.compile(
    r"\(|\b(?:record|peak|high|low) of\b|當時|当时|\b(?:when|then|als|damals|lorsque|quand|cuando|entonces|quando|khi)\b|時の|당시"
)

#: Before and after a country that goods go to.
GOAL_BEFORE: Final = re.compile(
    r"(?i:\b(?:to|for|towards?|nach|an|vers|au|aux|a|al|para|ao|sang|cho)(?: the| les| los| la)? $)|(?:输往|輸往|运往|運往|销往|銷往|出口|对|對|対|向)$"
)
GOAL_AFTER: Final = re.compile(r"向け|への|へ|に(?:輸出|出荷)|(?:으)?로\s|향\s|에\s수출")
