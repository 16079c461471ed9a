"""The patterns that find times in a text, by language. Data only; macros are filled in by `mentions`.

Order is precedence: what a rule takes, no later rule sees. {MON} month name, {Y} year, {D} day of month,
{FULL} month name that is no short form, {WD} weekday, {REL} word for a day, {MN} month number, {YW} word for a year. `lastyear`, `thisyear`,
`nextyear`, `early`, `mid`, `late`, `ahead`, `back` are groups whose presence alone is the meaning.
"""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

__all__ = ["CJK_RULES", "LATIN_RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern: an id that stays, the kind of time it finds, and parts the words give by themselves."""

    id: str
    kind: str
    pattern: str
    fields: dict[str, Any] = field(default_factory=dict)


def _r(rule: str, kind: str, pattern: str, **fields: Any) -> Rule:
    return Rule(rule, kind, pattern, fields)


_ISO: Final = _r(
    "day.iso",
    "day",
    r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?![\d-])",
)
_DMY: Final = _r(
    "day.slash", "day",
    r"(?<![\d/])(?P<d>[12]\d|3[01]|0?[1-9])[/.](?P<m>1[0-2]|0?[1-9])[/.](?P<y>(?:19|20)\d\d)(?![\d/])",
)  # fmt: skip
_YMD: Final = _r(
    "day.ymd", "day",
    r"(?<![\d/])(?P<y>(?:19|20)\d\d)[/.](?P<m>1[0-2]|0?[1-9])[/.](?P<d>[12]\d|3[01]|0?[1-9])(?![\d/])",
)  # fmt: skip

_PART_EN: Final = r"(?:(?P<early>\b[Ee]arly[ -](?:in )?|\bthe (?:start|beginning) of )|(?P<mid>\b[Mm]id(?:dle of )?[ -]?)|(?P<late>\b[Ll]ate[ -](?:in )?|\bthe end of |\bend-))?"
_YEAR_EN: Final = r"(?:,? (?:of |in )?(?:{Y}|(?P<lastyear>(?:of )?last year|of the previous year)|(?P<thisyear>this year)|(?P<nextyear>next year)))?"
_DATE_EN: Final = (
    r"(?:,? (?:of )?(?:{Y}|(?P<lastyear>last year)|(?P<thisyear>this year)|(?P<nextyear>next year)))?"
)
_NUM_EN: Final = r"(?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven|[2-9]|1[01])"

_EN: Final = [
    _ISO,
    _YMD,
    _r("quarter.ended", "months", r"\b(?:the )?quarter (?:ended|ending|to)(?: on)? (?:\d{1,2} )?{MON}\b\.?(?: \d{1,2}\b)?(?:,? {Y})?", part="ending", to_month=3),
    _r("half.ended", "months", r"\b(?:the )?(?:half|half-year|six months) (?:ended|ending|to)(?: on)? (?:\d{1,2} )?{MON}\b\.?(?: \d{1,2}\b)?(?:,? {Y})?", part="ending", to_month=6),
    _r("year.ended", "months", r"\b(?:the )?(?:financial |fiscal |calendar )?year (?:ended|ending|to)(?: on)? (?:\d{1,2} )?{MON}\b\.?(?: \d{1,2}\b)?(?:,? {Y})?", part="ending", to_month=12),
    _r("day.first_of", "day", r"\bthe first of {MON}\b" + _DATE_EN, day=1),
    _r("day.new_year", "day", r"\bNew Year's Day\b(?:,? {Y})?", month=1, day=1),
    _r("day.range_mdy", "day", r"\b{MON}\.? {D}(?:st|nd|rd|th)?(?:-| ?to | ?and | through )(?P<d2>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?\b(?![\d,]*\d{3})" + _DATE_EN),
    _r("day.mdy", "day", r"\b{MON}\.? {D}(?:st|nd|rd|th)?\b" + _DATE_EN),
    _r("day.dmy", "day", r"{D}(?:st|nd|rd|th)?[ -](?:of |day of )?{MON}\b\.?" + _DATE_EN),
    _r("day.range_dmy", "day", r"{D}(?:-| to ){D2} {MON}\b\.?" + _DATE_EN),
    _r("months.range_full", "months", r"\b{MON}\.?,? {Y}(?: ?- ?| to | through | until | and )(?:the end of )?{MON2}\b\.?,? {Y2}"),
    _r("months.range", "months", r"\b(?:[Ff]rom |[Bb]etween )?{MON}\.?(?:-| ?- ?|/| to | through | until | till | thru )(?:the end of )?{MON2}\b\.?" + _YEAR_EN),
    _r("months.janfeb", "months", r"\b(?P<mon>Jan(?:uary)?)\.? (?:and|plus|&) (?P<mon2>Feb(?:ruary)?)\b\.?(?: combined| together)?" + _YEAR_EN),
    _r("months.first_n", "months", r"\b(?:[Tt]he |its |this year's |our )?(?:[Ff]irst|opening|initial) " + _NUM_EN + r"[ -]months?(?:' )?(?: of)?(?: the)?(?:,? (?:in )?(?:{Y}|(?P<lastyear>last year|the previous year|the year before)|(?P<thisyear>(?:this )?year|current year)))?", month=1),
    _r("months.last_n", "months", r"\b(?:the )?(?:last|final|closing) " + _NUM_EN + r" months of (?:{Y}|(?P<thisyear>this year|the year)|(?P<lastyear>last year))", part="closing"),
    _r("months.n_of_year", "months", r"\b(?:[Tt]he |[Oo]ver )?" + _NUM_EN.replace("two|", "[Tt]wo|").replace("eleven", "[Ee]leven").replace("ten|", "[Tt]en|").replace("nine|", "[Nn]ine|") + r" months of (?:{Y}|(?P<thisyear>this year|the year)|(?P<lastyear>last year))", month=1),
    _r("months.n_into", "months", r"\b(?P<n>[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|[Ee]ight|[Nn]ine|[Tt]en|[Ee]leven) months? into (?:{Y}|(?P<thisyear>this year|the year))", month=1),
    _r("quarter.named", "months", r"\b(?:the )?{MON} quarter\b(?: (?:of )?{Y})?", part="ending", to_month=3),
    _r("months.n_from", "months", r"\b(?:[Tt]he |over )?" + _NUM_EN + r"[ -]months? (?:from|since|starting|beginning)(?: in)? {MON}\b\.?(?:,? {Y})?", part="starting"),
    _r("prior.en", "prior", r"\b(?:the )?(?:preceding|previous|prior) (?:two|three|four|five|six|seven|eight|nine|ten|eleven) months\b|\bthe (?:two|three|four|five|six|seven|eight|nine|ten|eleven) months (?:before|earlier|prior)\b"),
    _r("months.n_total", "months", r"\b(?:the )?" + _NUM_EN + r"-month(?= (?:total|tally|sum|figure|period|volume|exports?|imports?|shipments?|arrivals?|sales|haul|count)\b)(?: (?:total|tally|period))?", month=1),
    _r("half.that", "around", r"\b[Hh]alf-year(?:ly)?\b(?! (?:high|low))", part="6"),
    _r("quarter.bare", "quarter", r"\b(?:in|of|from|than) the (?P<q>first|second|third|fourth)(?=[.,;)])"),
    _r("quarter.that", "around", r"\b(?:the )?(?:whole|entire|full) quarter\b|\b(?:for|over) the quarter\b|\b(?:that|this) quarter\b|\bthe quarter as a whole\b", part="3"),
    _r("months.n_to", "months", r"\b(?:[Tt]he |over )?" + _NUM_EN + r"[ -]months? (?:to|through|ended|ending|until|up to)(?: the end of)?(?: in)? {MON}\b\.?(?:,? {Y})?", part="ending"),
    _r("year.running", "ytd", r"\b(?:so far this year|this year so far|(?:the )?year[ -]to[ -]date|since (?:the (?:start|beginning) of (?:the|this) year)|since January)(?: through| to)?(?: {MON})?\b(?: (?:in |of )?{Y})?"),
    _r("rest.en", "rest", r"\b(?:the )?(?:rest|remainder|remaining months) of (?:{Y}|(?P<thisyear>this year|the year))"),
    _r("half.en", "half", r"\b(?:the )?(?P<q>[Ff]irst|[Ss]econd|latter)[ -]half(?: of)?(?: the)?(?: (?:of )?(?:{Y}|(?P<lastyear>last year|previous year)|(?P<thisyear>this year|year)))?(?!-)"),
    _r("half.h", "half", r"\bH(?P<q>[12])(?:[ /]?{Y})?\b"),
    _r("quarter.en", "quarter", r"\b(?:the )?(?P<q>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|1st|2nd|3rd|4th)[ -]quarter(?: of)?(?: the)?(?: (?:{Y}|(?P<lastyear>last year)|(?P<thisyear>this year|year)))?(?!-)"),
    _r("quarter.q", "quarter", r"\bQ(?P<q>[1-4])(?:[ /]?{Y})?\b"),
    _r("fiscal.year", "fiscal", r"\b(?:[Ff]iscal(?: year)?|FY|financial year)[ -]?{Y}(?:[-/](?:20)?\d\d)?|\b(?P<y1>(?:19|20)\d\d)[-/](?:20)?\d\d (?:fiscal|financial|marketing)"),
    _r("fiscal.bare", "fiscal", r"(?<![\d.,/-])\b(?P<y1>(?:19|20)\d\d)[-/](?:(?:19|20)\d\d|\d\d)\b(?![-/]\d)"),
    _r("wholeyear.en", "wholeyear", r"\b(?:for |over |in |across )?(?:the )?(?:full|whole|entire)[- ]year\b|\bthe (?:year's|annual) total\b|\bthe year's\b"),
    _r("weekday.of_week", "weekday", r"\b{WD} (?:of )?(?:(?P<lastweek>last week)|(?P<nextweek>next week)|this week)\b"),
    _r("week.relative", "week", r"\b(?:[Ee]arlier in the |[Ee]arlier |[Ll]ater |[Ll]ate |during the |over the )?(?:this|the) week\b|\b[Ee]arlier in the week\b", shift=0),
    _r("week.last", "week", r"\b(?:[Ee]arlier |[Ll]ate |[Ee]arly )?(?:last|the (?:past|previous|preceding)) week\b(?!end)", shift=-1),
    _r("week.next", "week", r"\b(?:next|the coming|the following) week\b(?!end)", shift=1),
    _r("earlier.month", "earlier", r"\b[Ee]arlier (?:this|in the) month\b", part="month"),
    _r("earlier.year", "earlier", r"\b[Ee]arlier (?:this|in the) year\b", part="year"),
    _r("same.month", "same", r"\b(?:the )?(?:same|like|corresponding|comparable|equivalent|matching|year-earlier|year-ago) (?:(?:two|three|four|five|six|seven|eight|nine|ten|eleven|first|\d+)[ -])*(?:month|period|time|span|stretch|months|quarter|half|weeks?)(?: of| in| a| from| during| the)*(?: (?:{Y}|(?:a|one) year (?:ago|earlier|before)|(?P<lastyear>last year|previous year|the year before|year before|prior year|year earlier)))?"),
    _r("same.named", "samemonth", r"\b(?:the )?(?:previous|prior|preceding|year-ago|year-earlier) {MON}\b"),
    _r("same.year", "same", r"\b(?:a|one|the) year (?:ago|earlier|before|prior|previously)\b|\b(?:the |a )?(?:previous|prior|preceding) year(?:'s)?\b|\b(?:12|twelve) months (?:ago|earlier|before)\b|\b(?:the )?year-(?:ago|earlier) (?:level|period|figure|volume|month|tally|total)\b|\byear-(?:ago|earlier)\b|\b(?:prev\.?|previous|last) yr\b|\byr (?:ago|earlier)\b"),
    _r("shift.before", "shift", r"\b(?:(?:a|one|the) month (?:ago|before|earlier|prior|previously|ago)|(?:the |a )?(?:previous|prior|preceding|foregoing) month|(?:the )?month before(?! last))\b(?:'s)?", shift=-1, base="main"),
    _r("shift.two", "shift", r"\b(?:two months (?:ago|before|earlier)|the month before last)\b", shift=-2, base="main"),
    _r("month.last_named", "month", r"\b(?P<back>[Ll]ast|back in|this past|in the past) {MON}\b"),
    _r("month.part", "month", _PART_EN + r"\b{MON}\b\.?(?:'s)?" + _YEAR_EN),
    _r("month.last", "shift", r"\b(?P<early>early )?(?P<late>late )?(?:[Ll]ast|the (?:past|latest)) month\b", shift=-1),
    _r("month.this", "shift", r"\b(?:(?P<early>early )|(?P<late>late(?:r)? ))?(?:this|the current) month\b", shift=0),
    _r("month.next", "shift", r"\b(?:next|the coming) month\b", shift=1),
    _r("weekday.next", "weekday", r"\b(?P<ahead>next|this coming|the following) {WD}\b"),
    _r("weekday.last", "weekday", r"\b(?P<back>last|this past) {WD}\b"),
    _r("weekday.en", "weekday", r"\b{WD}\b(?:'s)?"),
    _r("relday.after", "relday", r"\b(?:(?:a|one) day (?:later|on|afterwards?|after(?=[.,;)]|$))|(?:the )?(?:next|following) day)\b", shift=1, base="main"),
    _r("relday.two_after", "relday", r"\btwo days (?:later|on|after(?:wards?)?)\b", shift=2, base="main"),
    _r("weekend.en", "weekend", r"\b(?:over|at|during|on) the (?:past |last )?weekend\b|\blast weekend\b"),
    _r("relday.en", "relday", r"\b{REL}\b(?:'s)?(?! level)"),
    _r("relday.sameday", "relday", r"\b(?:on )?the same day\b|\bthat (?:same )?day\b|\blater that day\b", shift=0, base="main"),
    _r("relday.dayearlier", "relday", r"\b(?:a|one|the) day (?:earlier|before|ago)\b|\bthe (?:night|evening) before\b|\b(?:the )?previous day\b", shift=-1, base="main_or_anchor"),
    _r("relday.two_earlier", "relday", r"\btwo days (?:earlier|before|ago)\b", shift=-2, base="main_or_anchor"),
    _r("dayonly.en", "dayonly", r"\b(?:on )the {D}(?:st|nd|rd|th)\b(?! (?:anniversary|century))"),
    _r("year.last", "year", r"\b(?:all of |the whole of |full-year )?last year(?:'s)?\b|\bthe (?:previous|prior|preceding|past) year\b", year_shift=-1),
    _r("year.this", "year", r"\b(?:this|the current) year(?:'s)?\b", year_shift=0),
    _r("year.next", "year", r"\bnext year\b", year_shift=1),
    _r("year.plain", "year", r"(?<![\d.,/$-])\b(?:(?:the )?(?:full |whole |calendar )year )?{Y}(?:'s)?\b(?![-/]\d|\s?(?:%|percent|metric|kg|tons?\b|tonnes?\b|t\b))"),
]  # fmt: skip

_NUM_DE: Final = r"(?P<n>zwei|beiden|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|[2-9]|1[01])"
_YEAR_DE: Final = r"(?: (?:des Jahres )?(?:{Y}|(?P<lastyear>(?:des )?(?:vergangenen|vorigen|letzten) Jahres|(?:des )?Vorjahre?s)|(?P<thisyear>(?:dieses|des laufenden) Jahres)|(?P<nextyear>(?:des )?(?:kommenden|nächsten) Jahres)))?"
_DE: Final = [
    _ISO,
    _DMY,
    _r("day.range", "day", r"{D}\. ?(?:bis|und|-) ?{D2}\. {MON}\b\.?" + _YEAR_DE),
    _r("day.dmy", "day", r"{D}\. ?{MON}\b\.?" + _YEAR_DE),
    _r("day.numeric", "day", r"{D}\.(?P<m>1[0-2]|0?[1-9])\.(?!\d)"),
    _r("months.range_full", "months", r"\b{MON} {Y} bis {MON2} {Y2}"),
    _r("months.range", "months", r"\b{MON}\.?(?: bis (?:einschließlich |Ende )?|-| - |/){MON2}\b\.?" + _YEAR_DE),
    _r("months.between", "months", r"\b[Zz]wischen {MON} und {MON2}\b" + _YEAR_DE),
    _r("months.janfeb", "months", r"\b(?P<mon>Januar) und (?P<mon2>Februar)\b" + _YEAR_DE),
    _r("months.first_n", "months", r"\b(?:[Dd]en |[Dd]ie |[Dd]er )?(?:ersten|erste) " + _NUM_DE + r" Monaten?(?: (?:des Jahres )?(?:von )?(?:{Y}|(?P<lastyear>des (?:vergangenen|vorigen|letzten) Jahres|(?:des )?Vorjahre?s)|(?P<thisyear>(?:dieses|des laufenden|des) Jahres)))?", month=1),
    _r("year.running", "ytd", r"\b(?:seit (?:Jahresbeginn|Jahresanfang|Anfang des Jahres|Januar)|im bisherigen Jahresverlauf|im laufenden Jahr|bisher in diesem Jahr)\b"),
    _r("half.de", "half", r"\b(?:(?:ersten?|1\.) (?:Halbjahr|Jahreshälfte)(?:es|s)?)" + _YEAR_DE, part="1"),
    _r("half.de2", "half", r"\b(?:(?:zweiten?|2\.) (?:Halbjahr|Jahreshälfte)(?:es|s)?)" + _YEAR_DE, part="2"),
    _r("quarter.de", "quarter", r"\b(?P<q>ersten?|zweiten?|dritten?|vierten?|[1-4]\.) Quartals?" + _YEAR_DE),
    _r("week.this", "week", r"\b(?:[Dd]iese[rn]? Woche|[Aa]nfang der Woche|[Ff]rüher in der Woche)\b", shift=0),
    _r("week.last", "week", r"\b(?:[Ll]etzte|[Vv]ergangene|[Vv]orige|[Vv]ergangenen|[Ll]etzten|[Vv]origen)r? Woche\b|\bVorwoche\b", shift=-1),
    _r("week.next", "week", r"\b(?:[Nn]ächste|[Kk]ommende)[rn]? Woche\b", shift=1),
    _r("earlier.month", "earlier", r"\b(?:[Ff]rüher|[Ee]her|Anfang) (?:in )?diese[ns] Monats?\b|\bAnfang des Monats\b", part="month"),
    _r("same.de", "same", r"\b(?:im |dem |den |zum |des |der |das )?(?:Vorjahres(?:monats?|zeitraums?|zeit|wert|niveau|periode|quartal)\w?|Vorjahr(?:es)?\b|gleichen (?:Monat|Zeitraum|Monats|Zeitraums)(?: (?:des Vorjahres|{Y}|ein(?:es)? Jahre?s? (?:zuvor|davor)|im Vorjahr))?|(?:im )?Jahr(?:es)? (?:zuvor|davor)|(?:ein Jahr|zwölf Monate) (?:zuvor|davor|früher))"),
    _r("shift.before", "shift", r"\b(?:Vormonats?|(?:im|vom|des) (?:Monat davor|Monats davor)|(?:einen|ein) Monat (?:zuvor|davor|früher)|Monat zuvor|Monat davor)\b", shift=-1, base="main"),
    _r("month.part", "month", r"\b(?:(?P<early>[Aa]nfang |[Zz]u Beginn )|(?P<mid>[Mm]itte )|(?P<late>[Ee]nde ))?(?:(?P<back>[Ll]etzten |[Vv]ergangenen |[Vv]origen ))?{MON}\b\.?" + _YEAR_DE),
    _r("month.last", "shift", r"\b(?:[Ll]etzten|[Vv]ergangenen|[Vv]origen|[Zz]urückliegenden) Monat\b", shift=-1),
    _r("month.this", "shift", r"\b(?:diese[nm]|laufenden) Monat\b", shift=0),
    _r("weekday.next", "weekday", r"\b(?P<ahead>[Kk]ommenden|[Nn]ächsten) {WD}\b"),
    _r("weekday.last", "weekday", r"\b(?P<back>[Vv]ergangenen|[Ll]etzten|[Vv]origen) {WD}\b"),
    _r("weekday.de", "weekday", r"\b{WD}(?:s|abend|morgen|nachmittag|mittag|nacht|früh)?\b(?: (?P<lastweek>(?:der )?(?:vergangene[nr]|letzte[nr]|vorige[nr]) Woche))?"),
    _r("weekend.de", "weekend", r"\b[Aa]m (?:vergangenen |letzten )?Wochenende\b"),
    _r("relday.after", "relday", r"\b(?:[Aa]m (?:Tag darauf|(?:nächsten|folgenden) Tag)|[Tt]ags darauf|[Ee]inen Tag später)\b", shift=1, base="main"),
    _r("relday.sameday", "relday", r"\b(?:[Nn]och )?[Aa]m (?:selben|gleichen) Tag\b", shift=0, base="main"),
    _r("relday.before", "relday", r"\b(?:[Aa]m (?:Tag zuvor|Vortag)|[Tt]ags zuvor|[Ee]inen Tag zuvor)\b", shift=-1, base="main"),
    _r("relday.de", "relday", r"(?i:\b{REL}\b)"),
    _r("dayonly.de", "dayonly", r"\b(?:am|vom|zum|ab dem) {D}\.(?= [^A-ZÄÖÜ]|,)"),
    _r("year.last", "year", r"\b(?:[Ii]m )?(?:vergangenen|vorigen|letzten) Jahr\b|\bvergangenes Jahr\b|\bletztes Jahr\b", year_shift=-1),
    _r("year.this", "year", r"\b(?:in )?(?:diesem|laufenden) Jahr\b|\bdieses Jahr\b", year_shift=0),
    _r("year.plain", "year", r"(?<![\d.,/-])\b(?:(?:im )?(?:Gesamtj|J)ahre? )?{Y}\b(?![-/]\d|\s?(?:%|Prozent|kg|Tonnen|t\b))"),
]  # fmt: skip

_NUM_ES: Final = r"(?P<n>dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|[2-9]|1[01])"
_YEAR_ES: Final = r"(?:,?(?: de| del| del año| en)? (?:{Y}|(?P<lastyear>(?:el )?(?:año )?(?:pasado|anterior)|del año pasado)|(?P<thisyear>(?:este|presente|el presente) año|año en curso)|(?P<nextyear>(?:el )?(?:próximo año|año (?:próximo|que viene)))))?"
_ES: Final = [
    _ISO,
    _DMY,
    _r("day.range", "day", r"\b(?:del )?{D} (?:al|y|a) {D2} de {MON}\b\.?" + _YEAR_ES),
    _r("day.dmy", "day", r"{D}(?:º|\.º|ro)?(?: de)? {MON}\b\.?" + _YEAR_ES),
    _r("day.first", "day", r"\bprimero de {MON}\b" + _YEAR_ES, day=1),
    _r("day.dm", "day", r"(?<![\d/.,])(?P<d>[12]\d|3[01]|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?![\d/])"),
    _r("months.range_full", "months", r"\b{MON} (?:de|del) {Y} (?:a|y|hasta) {MON2} (?:de|del) {Y2}"),
    _r("months.range", "months", r"\b(?:entre |de )?{MON}(?: a | hasta | y |-| - |/){MON2}\b\.?" + _YEAR_ES),
    _r("months.first_n", "months", r"\b(?:[Ll]os )?(?:primeros " + _NUM_ES + r"|" + _NUM_ES.replace("?P<n>", "?P<n2>") + r" primeros) meses(?: (?:de|del)(?: año)?(?: (?:{Y}|(?P<lastyear>pasado|anterior)|(?P<thisyear>este año|en curso|actual)))?)?", month=1),
    _r("year.running", "ytd", r"\b(?:en lo que va de(?:l)? (?:este )?año|desde (?:principios|comienzos) de año|desde enero|hasta (?:ahora|la fecha) este año)\b"),
    _r("half.es", "half", r"\b(?P<q>primer|segundo) semestre" + _YEAR_ES),
    _r("half.es2", "half", r"\b(?P<q>primera|segunda) mitad(?: del año)?" + _YEAR_ES),
    _r("quarter.es", "quarter", r"\b(?P<q>primer|segundo|tercer|cuarto|último) trimestre" + _YEAR_ES),
    _r("quarter.that", "around", r"\ben el trimestre\b", part="3"),
    _r("third.that", "around", r"\ben el cuatrimestre\b", part="4"),
    _r("week.this", "week", r"\b(?:esta semana|(?:a )?(?:principios|comienzos) de (?:la|esta) semana)\b", shift=0),
    _r("week.last", "week", r"\b(?:la )?(?:semana (?:pasada|anterior)|pasada semana)\b", shift=-1),
    _r("week.next", "week", r"\b(?:la )?(?:próxima semana|semana (?:próxima|que viene))\b", shift=1),
    _r("earlier.month", "earlier", r"\b(?:a (?:principios|comienzos) de (?:este )?mes|antes este mes|a inicios de (?:este )?mes)\b", part="month"),
    _r("same.es", "same", r"\b(?:(?:el|del|al|un|los) )?(?:mism[oa]s?|igual) (?:mes|período|periodo|lapso|meses|tramo)(?: (?:de|del)(?: año)?(?: (?:{Y}|(?P<lastyear>pasado|anterior|año pasado|año anterior|el año pasado|previo)))?)?|\b(?:un año (?:antes|atrás)|hace un año|doce meses antes|el año previo)\b"),
    _r("shift.before", "shift", r"\b(?:el |del |al )?(?:mes (?:anterior|previo|precedente)|un mes (?:antes|atrás)|anterior mes)\b", shift=-1, base="main"),
    _r("month.part", "month", r"\b(?:(?P<early>(?:a )?(?:principios|inicios|comienzos) de )|(?P<mid>(?:a )?mediados de )|(?P<late>(?:a )?(?:finales|fines) de ))?(?:(?P<back>pasado (?:mes de )?|último ))?(?<![-/])\b{FULL}\b(?: (?P<back2>pasado|último))?" + _YEAR_ES),
    _r("month.last", "shift", r"\b(?:el |del )?(?:mes pasado|pasado mes|último mes)\b", shift=-1),
    _r("month.this", "shift", r"\b(?:este mes|mes en curso)\b", shift=0),
    _r("weekday.next", "weekday", r"\b(?P<ahead>próximo) {WD}\b"),
    _r("weekday.last", "weekday", r"\b(?P<back>pasado) {WD}\b"),
    _r("weekend.es", "weekend", r"\b(?:el|este) (?:pasado )?fin de semana\b"),
    _r("weekday.es", "weekday", r"\b{WD}\b(?: (?:(?P<lastweek>de la semana pasada)|(?P<back>pasado)))?"),
    _r("relday.after", "relday", r"\b(?:al día siguiente|un día después|un día más tarde)\b", shift=1, base="main"),
    _r("relday.sameday", "relday", r"\b(?:ese|este|el) mismo día\b", shift=0, base="main"),
    _r("relday.before", "relday", r"\b(?:un día antes|el día anterior|la víspera)\b", shift=-1, base="main"),
    _r("relday.es", "relday", r"\b{REL}\b(?! en día)"),
    _r("dayonly.es", "dayonly", r"\b(?:el|del|al|el pasado) (?:día )?{D}(?= (?!de )|[,.;)])(?! (?:%|por|puntos|millones|mil|toneladas|países|años|meses|empresas))"),
    _r("year.last", "year", r"\b(?:el )?año (?:pasado|anterior)\b", year_shift=-1),
    _r("year.this", "year", r"\b(?:este|presente) año\b", year_shift=0),
    _r("year.plain", "year", r"(?<![\d.,/-])\b(?:(?:todo )?(?:el )?(?:año )?){Y}\b(?![-/]\d|\s?(?:%|por ciento|kg|toneladas|t\b))"),
]  # fmt: skip

_NUM_FR: Final = r"(?P<n>deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|[2-9]|1[01])"
_YEAR_FR: Final = r"(?:,?(?: de)?(?: l'année)? (?:{Y}|(?P<lastyear>(?:de )?l'(?:an dernier|année dernière|an passé|année précédente)|dernier de l'an passé)|(?P<thisyear>de cette année|de l'année en cours|de l'année)|(?P<nextyear>de l'(?:année prochaine|an prochain))))?"
_FR: Final = [
    _ISO,
    _DMY,
    _r("day.range", "day", r"\b(?:du )?{D} (?:au|et|à) {D2} {MON}\b\.?" + _YEAR_FR),
    _r("day.dmy", "day", r"{D}(?:er)? {MON}\b\.?(?: dernier)?" + _YEAR_FR),
    _r("day.dm", "day", r"(?<![\d/.,])(?P<d>[12]\d|3[01]|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?![\d/])"),
    _r("months.range_full", "months", r"\b{MON} {Y} (?:à|et) {MON2} {Y2}"),
    _r("months.range", "months", r"\b(?:de |entre )?{MON}(?: à | jusqu'en |-| - |/){MON2}\b\.?" + _YEAR_FR),
    _r("months.janfeb", "months", r"\b(?P<mon>janvier) et (?P<mon2>février)\b" + _YEAR_FR),
    _r("months.first_n", "months", r"\b(?:[Ll]es )?(?:" + _NUM_FR + r" premiers|premiers " + _NUM_FR.replace("?P<n>", "?P<n2>") + r") mois(?: de| de l'année)?(?: (?:{Y}|(?P<lastyear>l'an dernier|l'année dernière)|(?P<thisyear>cette année|l'année)))?", month=1),
    _r("year.running", "ytd", r"\b(?:depuis (?:le début de l'année|janvier)|sur l'année en cours|depuis le 1er janvier)\b"),
    _r("half.fr", "half", r"\b(?P<q>premier|second|deuxième) semestre" + _YEAR_FR),
    _r("half.fr2", "half", r"\b(?P<q>première|seconde) moitié(?: de l'année)?" + _YEAR_FR),
    _r("quarter.fr", "quarter", r"\b(?P<q>premier|deuxième|troisième|quatrième|1er) trimestre" + _YEAR_FR),
    _r("week.this", "week", r"\b(?:cette semaine|(?:en )?début de semaine|plus tôt (?:dans la|cette) semaine)\b", shift=0),
    _r("week.last", "week", r"\b(?:la )?semaine (?:dernière|passée|précédente)\b", shift=-1),
    _r("week.next", "week", r"\bla semaine prochaine\b", shift=1),
    _r("earlier.month", "earlier", r"\b(?:plus tôt (?:ce|dans le) mois(?:-ci)?|(?:au|en) début (?:du|de) mois|début du mois)\b", part="month"),
    _r("same.fr", "same", r"\b(?:(?:le|au|du|à la|la) )?(?:même|mêmes) (?:mois|période)(?: (?:de|d')? ?(?:{Y}|un an (?:plus tôt|auparavant)|(?P<lastyear>l'an dernier|l'année dernière|l'an passé|l'année précédente|l'année d'avant)))?(?:,? un an (?:plus tôt|auparavant|avant))?|\bun an (?:plus tôt|auparavant|avant)\b|\bil y a un an\b|\bl'année précédente\b"),
    _r("shift.before", "shift", r"\b(?:le |du |au )?(?:mois (?:précédent|d'avant)|un mois (?:plus tôt|auparavant|avant))\b", shift=-1, base="main"),
    _r("month.part", "month", r"\b(?:(?P<early>(?:au )?début )|(?P<mid>(?:à la )?mi-)|(?P<late>(?:à la )?fin ))?(?<![-/]){FULL}\b\.?(?: (?P<back>dernier|passé))?" + _YEAR_FR),
    _r("month.last", "shift", r"\b(?:le |du )?mois (?:dernier|passé)\b", shift=-1),
    _r("month.this", "shift", r"\bce mois(?:-ci)?\b", shift=0),
    _r("weekend.fr", "weekend", r"\b(?:ce|le) week-end\b(?: dernier)?"),
    _r("weekday.fr", "weekday", r"\b{WD}\b(?: (?:(?P<lastweek>de la semaine (?:dernière|passée))|(?P<back>dernier|passé)|(?P<ahead>prochain)))?"),
    _r("relday.after", "relday", r"\b(?:le lendemain|un jour plus tard)\b", shift=1, base="main"),
    _r("relday.sameday", "relday", r"\ble (?:même jour|jour même)\b", shift=0, base="main"),
    _r("relday.before", "relday", r"\b(?:la veille|un jour plus tôt)\b", shift=-1, base="main"),
    _r("relday.fr", "relday", r"\b{REL}\b"),
    _r("dayonly.fr", "dayonly", r"\b(?:le|du|au) {D}(?=[,.;)]| (?!%|pour|mois|millions|tonnes|pays|ans|janv|fév|mars|avr|mai|juin|juil|août|sep|oct|nov|déc))"),
    _r("year.last", "year", r"\bl'(?:an (?:dernier|passé)|année dernière)\b", year_shift=-1),
    _r("year.this", "year", r"\bcette année\b", year_shift=0),
    _r("year.plain", "year", r"(?<![\d.,/-])\b(?:(?:l')?(?:année |ensemble de )?){Y}\b(?![-/]\d|\s?(?:%|pour cent|kg|tonnes|t\b))"),
]  # fmt: skip

_NUM_PT: Final = r"(?P<n>dois|três|quatro|cinco|seis|sete|oito|nove|dez|onze|[2-9]|1[01])"
_YEAR_PT: Final = r"(?:,?(?: de| do| do ano| em)? ?(?:{Y}|(?P<lastyear>(?:do )?ano passado|do ano anterior)|(?P<thisyear>(?:deste|este|do presente) ano)|(?P<nextyear>(?:do )?próximo ano|do ano que vem)))?"
_PT: Final = [
    _ISO,
    _DMY,
    _r("day.range", "day", r"\b{D} (?:a|e) {D2} de {MON}\b\.?" + _YEAR_PT),
    _r("day.dmy", "day", r"{D}(?:º|\.º)?(?: de)? {MON}\b\.?" + _YEAR_PT),
    _r("day.paren", "day", r"(?<![\d/.,])(?P<d>[12]\d|3[01]|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?![\d/])"),
    _r("months.range_full", "months", r"\b{MON} de {Y} a {MON2} de {Y2}"),
    _r("months.range", "months", r"\b(?:entre |de )?{MON}(?: a | até | e |-| - |/){MON2}\b\.?" + _YEAR_PT),
    _r("months.first_n", "months", r"\b(?:[Oo]s |[Nn]os )?(?:primeiros " + _NUM_PT + r"|" + _NUM_PT.replace("?P<n>", "?P<n2>") + r" primeiros) meses(?: (?:de|do|deste)(?: ano)?(?: (?:{Y}|(?P<lastyear>passado|anterior)))?)?", month=1),
    _r("year.running", "ytd", r"\b(?:no acumulado do ano|desde o início do ano|até agora (?:n?este|no) ano|acumulado (?:deste|no) ano|desde janeiro)\b"),
    _r("half.pt", "half", r"\b(?P<q>primeiro|segundo|1º|2º) semestre" + _YEAR_PT),
    _r("half.pt2", "half", r"\b(?P<q>primeira|segunda) metade(?: do ano)?" + _YEAR_PT),
    _r("quarter.pt", "quarter", r"\b(?P<q>primeiro|segundo|terceiro|quarto|1º|2º) trimestre" + _YEAR_PT),
    _r("week.this", "week", r"\b(?:esta|nesta|desta) semana\b|\bno início da semana\b", shift=0),
    _r("week.last", "week", r"\b(?:na |a )?(?:semana (?:passada|anterior)|última semana)\b", shift=-1),
    _r("week.next", "week", r"\b(?:na |a )?(?:próxima semana|semana que vem)\b", shift=1),
    _r("earlier.month", "earlier", r"\b(?:no início (?:do|deste) mês|mais cedo neste mês)\b", part="month"),
    _r("same.pt", "same", r"\b(?:o |no |do |ao |em )?(?:mesm[oa]|igual) (?:mês|período|intervalo)(?: (?:de|do)(?: ano)? ?(?:{Y}|(?P<lastyear>passado|anterior|ano passado|ano anterior))?)?|\b(?:um ano (?:antes|atrás)|há um ano|doze meses antes)\b"),
    _r("shift.before", "shift", r"\b(?:o |do |ao |no )?(?:mês (?:anterior|prévio)|um mês (?:antes|atrás))\b", shift=-1, base="main"),
    _r("month.part", "month", r"\b(?:(?P<early>(?:no )?início de )|(?P<mid>(?:em )?meados de )|(?P<late>(?:no )?(?:final|fim) de ))?(?<![-/])\b{FULL}\b(?: (?P<back>passado|último))?" + _YEAR_PT),
    _r("month.last", "shift", r"\b(?:o |no |do )?(?:mês passado|último mês)\b", shift=-1),
    _r("month.this", "shift", r"\b(?:este|neste|deste) mês\b", shift=0),
    _r("weekend.pt", "weekend", r"\b(?:no|neste|este) (?:último )?fim de semana\b"),
    _r("weekday.pt", "weekday", r"\b(?:(?P<ahead>próxima |próximo ))?(?:(?P<back>última |último ))?{WD}\b(?: passad[ao])?"),
    _r("relday.after", "relday", r"\b(?:no dia seguinte|um dia depois)\b", shift=1, base="main"),
    _r("relday.sameday", "relday", r"\bn?(?:o|esse|este) mesmo dia\b", shift=0, base="main"),
    _r("relday.before", "relday", r"\b(?:um dia antes|na véspera|no dia anterior)\b", shift=-1, base="main"),
    _r("relday.pt", "relday", r"\b{REL}\b"),
    _r("dayonly.pt", "dayonly", r"\b(?:dia|no dia|do dia) {D}\b(?! de)"),
    _r("year.last", "year", r"\b(?:o |no |do )?ano passado\b", year_shift=-1),
    _r("year.this", "year", r"\b(?:este|neste|deste) ano\b", year_shift=0),
    _r("year.plain", "year", r"(?<![\d.,/-])\b(?:(?:todo o )?(?:ano de )?){Y}\b(?![-/]\d|\s?(?:%|por cento|kg|toneladas|t\b))"),
]  # fmt: skip

_YEAR_VI: Final = r"(?:(?: năm |[/.-])(?:{Y})|(?P<lastyear> năm (?:ngoái|trước))|(?P<thisyear> năm nay|(?: của)? năm này)|(?P<nextyear> năm (?:sau|tới)))?"
_VI: Final = [
    _ISO,
    _DMY,
    _r("day.long", "day", r"\b(?:ngày |mùng )?{D} tháng (?P<m>1[0-2]|0?[1-9])\b" + _YEAR_VI),
    _r("day.short", "day", r"\b(?:ngày |mùng |\()(?P<d>[12]\d|3[01]|0?[1-9])[-/](?P<m>1[0-2]|0?[1-9])(?:[-/]{Y})?(?![\d/%])"),
    _r("day.bare", "day", r"(?<![\d/.,])(?P<d>[12]\d|3[01]|0?[1-9])/(?P<m>1[0-2]|0?[1-9])(?![\d/])"),
    _r("months.first_n", "months", r"\b(?P<n>hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|[2-9]|1[01]) tháng đầu(?: năm)?(?:(?: năm)? {Y}|(?P<lastyear> năm ngoái| ngoái)|(?P<thisyear> năm nay| nay))?", month=1),
    _r("months.range", "months", r"\btháng (?P<m>1[0-2]|0?[1-9]) ?(?:-|đến|tới|và)(?: tháng)? ?{MN2}\b" + _YEAR_VI),
    _r("year.running", "ytd", r"\b(?:(?:từ|kể từ) đầu năm(?: đến nay)?|lũy kế từ đầu năm)\b"),
    _r("half.vi", "half", r"\b(?:nửa|6 tháng) (?P<q>đầu|cuối) năm(?: {Y}|(?P<lastyear> ngoái)|(?P<thisyear> nay))?"),
    _r("quarter.vi", "quarter", r"\bquý (?P<q>[1-4]|I{1,3}V?|IV)\b" + _YEAR_VI),
    _r("week.this", "week", r"\b(?:đầu )?tuần này\b", shift=0),
    _r("week.last", "week", r"\btuần (?:trước|qua)\b", shift=-1),
    _r("week.next", "week", r"\btuần (?:sau|tới)\b", shift=1),
    _r("earlier.month", "earlier", r"\bđầu tháng này\b", part="month"),
    _r("same.vi", "same", r"\b(?:cùng (?:kỳ|tháng|thời điểm)(?: năm (?:ngoái|trước|{Y}))?|một năm trước)\b"),
    _r("shift.before", "shift", r"\b(?:(?:so với |với )tháng trước(?: đó)?|tháng (?:liền )?trước đó|tháng liền trước)\b", shift=-1, base="main"),
    _r("month.part", "month", r"\b(?:(?P<early>đầu )|(?P<mid>giữa )|(?P<late>cuối ))?tháng (?P<m>1[0-2]|0?[1-9])(?![\d,.]\d)" + _YEAR_VI),
    _r("month.last", "shift", r"\btháng (?:trước|qua|vừa qua)\b", shift=-1),
    _r("month.this", "shift", r"\btháng này\b", shift=0),
    _r("weekday.vi", "weekday", r"\b{WD}\b(?: (?:(?P<back>tuần trước|vừa qua)|(?P<ahead>tuần sau|tuần tới|tới)))?"),
    _r("relday.after", "relday", r"\b(?:một ngày sau(?: đó)?|ngày hôm sau|hôm sau)\b", shift=1, base="main"),
    _r("relday.sameday", "relday", r"\bcùng ngày\b", shift=0, base="main"),
    _r("relday.before", "relday", r"\b(?:một ngày trước đó|hôm trước)\b", shift=-1, base="main"),
    _r("relday.vi", "relday", r"\b{REL}\b"),
    _r("dayonly.vi", "dayonly", r"\bngày {D}(?![/\d-])"),
    _r("year.last", "year", r"\bnăm (?:ngoái|trước)\b", year_shift=-1),
    _r("year.this", "year", r"\bnăm nay\b", year_shift=0),
    _r("year.plain", "year", r"\b(?:cả )?năm {Y}\b"),
]  # fmt: skip

#: Rules by language written in Latin letters.
LATIN_RULES: Final[dict[str, list[Rule]]] = {"de": _DE, "en": _EN, "es": _ES, "fr": _FR, "pt": _PT, "vi": _VI}

_YC: Final = r"(?:(?:(?<!\d)(?P<y>(?:19|20)\d\d|[12]\d(?=[年년]\s?\d{1,2}[月월]))\s?[年년]|{YW})の?\s?)?"
_WDC: Final = r"(?:\s?\(\s?(?:星期|周|週|禮拜|礼拜)?(?P<wd>[月火水木金土日一二三四五六天월화수목금토일])(?:曜日?|요일)?\s?\))?"
_AHEAD: Final = r"(?:(?P<ahead>오는\s|来る|將於|将于)|(?P<back>지난\s|去る))?"

#: Rules for Chinese, Japanese and Korean, which share the signs of the calendar.
CJK_RULES: Final[list[Rule]] = [
    _ISO,
    _YMD,
    _DMY,
    _r("day.cjk_range", "day", _YC + r"{MN}\s?[月월]\s?(?P<d>\d{1,2})\s?[日號号일]?\s?(?:-|~|至|到|から|―|—|부터|、)\s?(?P<d2>\d{1,2})\s?[日號号일](?!間|间|以内)"),
    _r("day.cjk_of_month", "day", r"(?:(?P<lastmonth>先月|上個?月|上个月|지난\s?달)|(?P<thismonth>今月|本月|이달|이번\s?달)|(?P<nextmonth>来月|下個?月|下个月|다음\s?달))(?:の|\s)?(?P<d>[12]\d|3[01]|0?[1-9])\s?[日號号일]" + _WDC + r"(?!間|间|以内)"),
    _r("day.cjk", "day", _AHEAD + _YC + r"{MN}\s?[月월]\s?(?P<d>[12]\d|3[01]|0?[1-9])\s?[日號号일]" + _WDC + r"(?!間|间|以内)"),
    _r("day.cjk_slash", "day", r"(?<![\d/.])(?P<m>1[0-2]|0?[1-9])/(?P<d>[12]\d|3[01]|0?[1-9])(?=\s?[)(日])" + _WDC),
    _r("months.cjk_range_full", "months", r"(?P<y>(?:19|20)\d\d)[年년]\s?{MN}[月월]?\s?(?:-|~|至|到|から|―|—|부터)\s?(?P<y2>(?:19|20)\d\d)[年년]\s?{MN2}[月월]"),
    _r("months.cjk_range", "months", _YC + r"{MN}\s?[月월]?(?:份)?\s?(?:-|~|至|到|から|―|—|부터)\s?{MN2}\s?[月월](?!\s?\d)(?:份|期|까지|まで|累計|累计)?"),
    _r("months.cjk_janfeb", "months", _YC + r"(?<!\d)(?P<m>1)\s?[月월]?\s?[、和와과·・]\s?(?P<m2>2)\s?[月월](?:份)?"),
    _r("months.cjk_first", "months", _YC + r"(?:[前首头頭]|最初の|첫\s?|当初)(?P<n>\d{1,2}|[一二两兩三四五六七八九十]{1,2})\s?(?:个|個|[カか箇ヶケヵ]|개)\s?[月월]間?(?:累計|累计)?", month=1),
    _r("months.cjk_quarters3", "months", _YC + r"前三(?:季度?|個?季)", month=1, to_month=9),
    _r("half.cjk", "half", _YC + r"(?P<q>[上下])半[年期]"),
    _r("half.ko", "half", _YC + r"(?P<q>[상하])반기"),
    _r("quarter.cjk", "quarter", _YC + r"第?(?P<q>[1-4一二三四])(?:季度?|四半期|\s?분기)(?!度)"),
    _r("same.cjk", "same", r"(?:(?:去年|上年|前年|昨年|전년|지난해|작년)\s?の?(?:同期間?|同月|同じ(?:時期|月|期間)|동기|동월|같은\s?(?:기간|달|시기))|1年前|一年前|同比基期|1년\s?전)"),
    _r("same.cjk_bare", "same", r"(?<=[比较較])同期|前年比の基準|동기(?=의|\s?대비)"),
    _r("samemonth.cjk", "samemonth", r"(?:前年|上年|전년|전년도)の?\s?{MN}\s?[月월](?:份|分)?(?!\s?\d)", part="year"),
    _r("ytd.cjk", "ytd", r"(?:(?<!\d)[1一]月からの累計|年初からの累計|今年(?:以来|以來|に入って|初め?から|年初から|入って|迄今|至今)|年初来|年初來|年初至今|올해\s?들어|연초\s?이후)"),
    _r("fiscal.cjk", "fiscal", r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?年度(?!比)"),
    _r("year.whole", "year", r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[年년](?:全年|通年|1年間|一年間|1년간|年間|한\s?해)?(?!度|代|来|來|第\s?\d+[号號]|\s?\d{1,2}\s?[月월])"),
    _r("wholeyear.cjk", "wholeyear", r"(?:(?<![去今明上昨]年)全年|通年|연간|한\s?해\s?동안|年間(?=累計|輸出|出口|合計|計))"),
    _r("year.cjk_short", "year", r"(?<![\d一-龥第])(?P<y>[12]\d)年(?=(?:の|は)\s?\d)"),
    _r("same.cjk_year", "same", r"前年度(?!比)|(?:前年|上年|전년)(?!同|度|比|도|동|비|\s?대비|末|底|\s?\d)"),
    _r("shift.cjk_main", "shift", r"(?:(?<=[较較比與与跟])上个?月|(?<=[较較比與与跟])上個月|前の月|前月|전월|전달|한\s?달\s?전|1カ月前|1か月前|一個月前|一个月前|上月(?=相比|比))", shift=-1, base="main"),
    _r("earlier.cjk", "earlier", r"(?:本月|今月)(?:初め?|稍早|早些時候|早些时候|早前|上旬)|이달\s?초", part="month"),
    _r("shift.cjk_last", "shift", r"(?:上個?月|上个月|先月|지난\s?달)(?:份|分)?", shift=-1),
    _r("shift.cjk_this", "shift", r"(?:本月|今月|이번\s?달|이달)", shift=0),
    _r("shift.cjk_next", "shift", r"(?:下個?月|下个月|来月|다음\s?달)", shift=1),
    _r("same.cjk_that", "shift", r"(?:同月|当月|當月|해당\s?월|그달)(?:份|分)?", shift=0, base="main"),
    _r("month.cjk", "month", _YC + r"{MN}\s?[月월](?![間间])(?:份|分|度|期)?(?:(?P<early>上旬|初め?|초)|(?P<mid>中旬|중순)|(?P<late>下旬|末|底|하순|말))?"),
    _r("month.cjk_word", "month", _YC + r"(?<![第十一二三四五六七八九])(?P<cm>十[一二]|[一二三四五六七八九十])月(?:份)?(?!\d)"),
    _r("weekend.cjk", "weekend", r"(?:上)?[周週]末|지난\s?주말"),
    _r("relday.cjk_that", "relday", r"이날", shift=0, base="main_or_anchor"),
    _r("weekday.cjk_zh", "weekday", r"(?:(?P<lastweek>上個?|上个?)|(?P<nextweek>下個?|下个?)|本|這個?|这个?)?(?:星期|周|週|礼拜|禮拜)(?P<wd>[一二三四五六日天])(?!期|年|度)"),
    _r("weekday.cjk_ja", "weekday", r"(?:(?P<lastweek>先週の?)|(?P<nextweek>来週の?)|(?P<ahead>次の)|今週の?)?(?P<wd>[月火水木金土日])曜日?"),
    _r("weekday.cjk_ko", "weekday", r"(?:(?P<lastweek>지난\s?주\s)|(?P<back>지난\s)|(?P<nextweek>다음\s?주\s)|(?P<ahead>오는\s)|이번\s?주\s)?(?P<wd>[월화수목금토일])요일"),
    _r("week.cjk_last", "week", r"(?:上個?[周週]|上个星期|上個星期|先週|지난\s?주|上个?[周週])", shift=-1),
    _r("week.cjk_this", "week", r"(?:本[周週]|這[周週]|这周|今週|이번\s?주)(?:初め?|稍早|早些時候)?", shift=0),
    _r("week.cjk_next", "week", r"(?:下個?[周週]|下个?[周週]|来週|다음\s?주)", shift=1),
    _r("relday.cjk_after", "relday", r"(?:翌日|次日|隔日|隔天|第二天|翌(?=\d{1,2}日)|이튿날|다음\s?날)", shift=1, base="main"),
    _r("relday.cjk_before", "relday", r"(?:前一天|前一日|前日(?!本))", shift=-1, base="main"),
    _r("relday.cjk", "relday", r"(?<![\d一-龥](?=本日)){REL}(?!新聞|頭條|头条)"),
    _r("relday.cjk_same", "relday", r"(?:同日|同一天|当天|當天|같은\s?날|당일)", shift=0, base="main"),
    _r("dayonly.cjk_paren", "dayonly", r"[昨今本]\s?\(\s?{D}\s?\)\s?日"),
    _r("dayonly.cjk", "dayonly", _AHEAD + r"(?<![\d月월.,年년第/])(?P<d>[12]\d|3[01]|0?[1-9])\s?[日號号일]" + _WDC + r"(?!間|间|以内|以內|内|後|后|連続|연속|간|당|ぶり|あたり|当たり|문|令|本|元)"),
    _r("year.cjk_last", "year", r"(?:去年|昨年|上年|지난해|작년)(?:全年|通年|1年間|一年間|一年)?", year_shift=-1),
    _r("year.cjk_next", "year", r"(?:明年|来年|내년)", year_shift=1),
    _r("year.cjk_this", "year", r"(?:今年|本年|올해)", year_shift=0),
]  # fmt: skip
