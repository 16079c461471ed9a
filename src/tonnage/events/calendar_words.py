"""Words of the calendar, by language. Data only."""

# ruff: noqa: E501  (one pattern, one line: cut, it could not be read)

from __future__ import annotations

from typing import Final

__all__ = ["COUNTS", "MONTHS", "RELATIVE_DAYS", "WEEKDAYS", "YEAR_SHIFT"]

#: Month names -> number. English and German names are capitalised in print, and are matched so.
MONTHS: Final[dict[str, dict[str, int]]] = {
    "en": {"January": 1, "February": 2, "March": 3, "April": 4, "May": 5, "June": 6, "July": 7, "August": 8,
           "September": 9, "October": 10, "November": 11, "December": 12, "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4,
           "Jun": 6, "Jul": 7, "Aug": 8, "Sept": 9, "Sep": 9, "Oct": 10, "Nov": 11, "Dec": 12,
           "JANUARY": 1, "FEBRUARY": 2, "MARCH": 3, "APRIL": 4, "JUNE": 6, "JULY": 7, "AUGUST": 8,
           "SEPTEMBER": 9, "OCTOBER": 10, "NOVEMBER": 11, "DECEMBER": 12},
    "de": {"Januar": 1, "Jänner": 1, "Februar": 2, "März": 3, "April": 4, "Mai": 5, "Juni": 6, "Juli": 7,
           "August": 8, "September": 9, "Oktober": 10, "November": 11, "Dezember": 12, "Jan": 1, "Feb": 2,
           "Mrz": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sept": 9, "Sep": 9, "Okt": 10, "Nov": 11, "Dez": 12},
    "es": {"enero": 1, "febrero": 2, "marzo": 3, "abril": 4, "mayo": 5, "junio": 6, "julio": 7, "agosto": 8,
           "septiembre": 9, "setiembre": 9, "octubre": 10, "noviembre": 11, "diciembre": 12, "ene": 1, "feb": 2,
           "mar": 3, "abr": 4, "may": 5, "jun": 6, "jul": 7, "ago": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11,
           "dic": 12},
    "fr": {"janvier": 1, "février": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "août": 8,
           "septembre": 9, "octobre": 10, "novembre": 11, "décembre": 12, "janv": 1, "févr": 2, "fév": 2, "avr": 4,
           "juil": 7, "sept": 9, "oct": 10, "nov": 11, "déc": 12},
    "pt": {"janeiro": 1, "fevereiro": 2, "março": 3, "abril": 4, "maio": 5, "junho": 6, "julho": 7, "agosto": 8,
           "setembro": 9, "outubro": 10, "novembro": 11, "dezembro": 12, "jan": 1, "fev": 2, "mar": 3, "abr": 4,
           "mai": 5, "jun": 6, "jul": 7, "ago": 8, "set": 9, "out": 10, "nov": 11, "dez": 12},
}  # fmt: skip

#: Weekday names -> 0 (Monday) to 6 (Sunday).
WEEKDAYS: Final[dict[str, dict[str, int]]] = {
    "en": {"Monday": 0, "Tuesday": 1, "Wednesday": 2, "Thursday": 3, "Friday": 4, "Saturday": 5, "Sunday": 6,
           "Mon": 0, "Tue": 1, "Tues": 1, "Wed": 2, "Thu": 3, "Thurs": 3, "Fri": 4, "Sat": 5},
    "de": {"Montag": 0, "Dienstag": 1, "Mittwoch": 2, "Donnerstag": 3, "Freitag": 4, "Samstag": 5, "Sonnabend": 5,
           "Sonntag": 6},
    "es": {"lunes": 0, "martes": 1, "miércoles": 2, "jueves": 3, "viernes": 4, "sábado": 5, "domingo": 6},
    "fr": {"lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5, "dimanche": 6},
    "pt": {"segunda-feira": 0, "terça-feira": 1, "quarta-feira": 2, "quinta-feira": 3, "sexta-feira": 4,
           "sábado": 5, "domingo": 6},
    "vi": {"thứ hai": 0, "thứ ba": 1, "thứ tư": 2, "thứ năm": 3, "thứ sáu": 4, "thứ bảy": 5, "chủ nhật": 6,
           "thứ 2": 0, "thứ 3": 1, "thứ 4": 2, "thứ 5": 3, "thứ 6": 4, "thứ 7": 5},
    "cjk": {"月": 0, "火": 1, "水": 2, "木": 3, "金": 4, "土": 5, "日": 6, "一": 0, "二": 1, "三": 2, "四": 3,
            "五": 4, "六": 5, "天": 6, "월": 0, "화": 1, "수": 2, "목": 3, "금": 4, "토": 5, "일": 6},
}  # fmt: skip

#: Words for a day counted from the anchor. German "morgen" and Portuguese "amanhã" as "morning" stay out.
RELATIVE_DAYS: Final[dict[str, dict[str, int]]] = {
    "en": {"today": 0, "yesterday": -1, "tomorrow": 1},
    "de": {"heute": 0, "gestern": -1, "vorgestern": -2},
    "es": {"hoy": 0, "ayer": -1, "anteayer": -2},
    "fr": {"aujourd'hui": 0, "hier": -1, "avant-hier": -2, "demain": 1},
    "pt": {"hoje": 0, "ontem": -1, "anteontem": -2, "amanhã": 1},
    "vi": {"hôm nay": 0, "hôm qua": -1, "ngày mai": 1, "hôm kia": -2},
    "cjk": {"今日": 0, "今天": 0, "本日": 0, "오늘": 0, "きょう": 0, "昨日": -1, "昨天": -1, "어제": -1, "전날": -1, "きのう": -1,
            "明日": 1, "明天": 1, "あす": 1, "내일": 1, "前天": -2, "一昨日": -2, "おととい": -2, "그제": -2, "後天": 2,
            "后天": 2, "あさって": 2, "모레": 2},
}  # fmt: skip

#: Words before or after a month that give its year, counted from the anchor's year.
YEAR_SHIFT: Final[dict[str, int]] = {
    "今年": 0, "本年": 0, "올해": 0, "금년": 0, "去年": -1, "昨年": -1, "上年": -1, "지난해": -1, "작년": -1,
    "지난 해": -1, "一昨年": -2, "재작년": -2, "明年": 1, "来年": 1, "來年": 1, "내년": 1,
}  # fmt: skip

#: Words and Roman figures that count months, quarters and halves.
COUNTS: Final = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "zwei": 2, "beiden": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "dois": 2, "três": 3, "quatro": 4, "sete": 7, "oito": 8,
    "nove": 9, "dez": 10, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "十": 10, "十一": 11, "十二": 12, "first": 1, "second": 2, "third": 3, "fourth": 4, "ersten": 1, "erste": 1,
    "zweiten": 2, "zweite": 2, "dritten": 3, "dritte": 3, "vierten": 4, "vierte": 4, "primer": 1, "primeiro": 1,
    "primera": 1, "segundo": 2, "segunda": 2, "tercer": 3, "tercero": 3, "terceiro": 3, "cuarto": 4, "quarto": 4,
    "premier": 1, "première": 1, "deuxième": 2, "troisième": 3, "quatrième": 4, "i": 1, "ii": 2,
    "iii": 3, "iv": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "上": 1, "下": 2, "상": 1, "하": 2, "đầu": 1,
    "cuối": 2, "latter": 2, "1er": 1, "1º": 1, "2º": 2,
}  # fmt: skip
