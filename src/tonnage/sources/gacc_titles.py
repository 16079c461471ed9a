"""What a table of China customs says of itself: stage, flow, month, currency and scale of money."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, TypeVar

from tonnage.errors import CodeError, ReadError
from tonnage.model import flows
from tonnage.sources import gacc_units
from tonnage.sources.base import Sidecar, month
from tonnage.sources.gacc_grids import Cell, Document

__all__ = [
    "CHANGE",
    "Facts",
    "country_facts",
    "dated",
    "facts",
    "folded",
    "names_countries",
    "numbered",
    "span_of",
]

Said = TypeVar("Said")

# Words of a title. In English the flash speaks of exports, the bulletin of export commodities.
_STAGES: Final = {
    "flash": re.compile(r"重点商品量值表|major (?:exports|imports) (?:by|in) quantity and value", re.I),
    "bulletin": re.compile(
        r"主要商品量值表|major (?:export|import) commodities (?:by|in) quantity and value", re.I
    ),
}
_FLOWS: Final = {
    "export": re.compile(r"(?<!进)出口|\bexports?\b", re.I),
    "import": re.compile(r"进口|\bimports?\b", re.I),
}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RANGE: Final = r"(?:至|-to-?|to|[-–—~～])"
_MONTH_NAME: Final = re.compile(
    r"\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?",
    re.I,
)
_PERIODS: Final = (
    re.compile(rf"(?P<y>(?:19|20)\d\d)年(?:(?P<a>\d\d?){_RANGE})?(?P<m>\d\d?)月"),
    re.compile(rf"(?<!\d)(?:(?P<a>\d\d?){_RANGE})?(?P<m>\d\d?)[.,]?(?P<y>(?:19|20)\d\d)(?!\d)"),
)
_PAGE_DAYS: Final = (
    re.compile(r"(?P<y>20\d\d)[-/.年](?P<m>\d\d?)[-/.月](?P<d>\d\d?)"),
    re.compile(r"(?P<m>\d\d?)/(?P<d>\d\d?)/(?P<y>20\d\d)"),  # the English site: 08/23/2019
)
#: Words of a heading over changes in per cent.
CHANGE: Final = re.compile(r"%|±|同比|比去年|比上年|change|year-on-year", re.I)
_PRIOR: Final = re.compile("去年|上年|last year|previous year|preceding year", re.I)
_YTD: Final = re.compile(rf"(?<!\d)(\d\d?){_RANGE}(\d\d?)(?!\d)|累计|cumulative|year to date", re.I)
_MONTH: Final = re.compile(r"(?<!\d)(\d\d?)月|^(\d\d?)$|当月|本月|current month", re.I)
_COUNTRY_TABLE: Final = re.compile(r"国别|by (?:major )?country", re.I)

# Not 主办单位, the office that keeps the page.
_MONEY_UNIT: Final = re.compile(r"(?:(?:(?<![\u4e00-\u9fff])|金额)单位|\bunits?)\s*:\s*(.+)", re.I)
_SMALL: Final = Decimal(1000)
_LARGE: Final = Decimal(1_000_000)  # the flash prints hundred millions or millions, the bulletin less


@dataclass(frozen=True, slots=True)
class Facts:
    """What is the same for every line of a table."""

    stage: str
    flow: str
    last: dt.date
    currency: str
    scale: Decimal


def folded(text: str) -> str:
    """Return a text with full-width signs made plain; the ratio sign (U+2236) stands for a colon."""
    return unicodedata.normalize("NFKC", text.replace("\u2236", ":")).strip()


def facts(document: Document, above: Sequence[Sequence[Cell]], sidecar: Sidecar) -> Facts:
    """Return what a table says of itself; `above` are the rows over its headings.

    Raises:
        ReadError: stage, flow, month, currency or scale is not said, or is said in two ways.
    """
    texts = [folded(cell.text) for row in above for cell in row if cell.text]
    # A page that was saved without its title may still have it beside the file.
    titles = _titles([*texts, *document.titles]) or _titles([sidecar.title, sidecar.file])
    currency, scale = _money(texts, document, titles, sidecar)
    return Facts(
        stage=_stage(titles, scale, sidecar),
        flow=_agreed("flow", titles, lambda text: _one_of(_FLOWS, text), sidecar, _detail_flow),
        last=_agreed("period", titles, _period, sidecar, _detail_month),
        currency=currency,
        scale=scale,
    )


def _titles(texts: Sequence[str]) -> list[str]:
    return [t for t in map(folded, texts) if any(words.search(t) for words in _STAGES.values())]


def _stage(titles: list[str], scale: Decimal, sidecar: Sidecar) -> str:
    """Return the stage by the word of the title, to which the scale of money must fit; or the one given."""
    if "stage" in sidecar.details:
        return sidecar.detail("stage", _STAGES)
    stage = _agreed("stage", titles, lambda text: _one_of(_STAGES, text), sidecar, None)
    if (stage == "flash") != (scale >= _LARGE):
        raise ReadError(
            f"{sidecar.file}: the title speaks of a {stage} table, the unit of money ({scale:,}) of the"
            " other; give stage=flash or stage=bulletin"
        )
    return stage


def _agreed(
    name: str,
    titles: list[str],
    find: Callable[[str], Said | None],
    sidecar: Sidecar,
    given: Callable[[Sidecar], Said] | None,
) -> Said:
    """Return the one thing that the titles, and a detail where it is given, all say."""
    found = {said for text in titles if (said := find(text)) is not None}
    if given and name in sidecar.details:
        found.add(given(sidecar))
    if len(found) != 1:
        shown = sorted(str(said) for said in found) or "nothing"
        raise ReadError(
            f"{sidecar.file}: {name}: expected the title to say one, found {shown} in {titles[:3]};"
            f" give {name}=... if the title does not say it"
        )
    return found.pop()


def _detail_flow(sidecar: Sidecar) -> str:
    return sidecar.detail("flow", flows.FLOWS)


def _detail_month(sidecar: Sidecar) -> dt.date:
    try:
        return month(sidecar.details["period"])
    except ReadError as fault:
        raise ReadError(f"{sidecar.file}: detail 'period': {fault}") from None


def _one_of(words: dict[str, re.Pattern[str]], text: str) -> str | None:
    found = [name for name, pattern in words.items() if pattern.search(text)]
    return found[0] if len(found) == 1 else None


def _period(text: str) -> dt.date | None:
    """Return the last month that a title names; the first, if it names one, must be January."""
    for pattern in _PERIODS:
        match = pattern.search(numbered(text))
        if match and match["a"] in (None, "1", "01") and 1 <= int(match["m"]) <= 12:
            return dt.date(int(match["y"]), int(match["m"]), 1)
    return None


def numbered(text: str) -> str:
    """Return a text without spaces and with months as numbers: "January-February 2025" as "1-22025"."""
    return re.sub(r"\s+", "", _MONTH_NAME.sub(_month_number, text))


def _month_number(match: re.Match[str]) -> str:
    return str(_MONTHS.index(match[1][:3].lower()) + 1)


def _money(texts: list[str], document: Document, titles: list[str], sidecar: Sidecar) -> gacc_units.Measure:
    """Return currency and scale of the amounts, as the line of units states them and the title agrees."""
    stated = _stated(texts) or _stated(map(folded, document.lines)) or [sidecar.details.get("unit", "")]
    try:
        found = {gacc_units.money(text) for text in stated if text}
        named = {name for text in titles if (name := gacc_units.currency(text))}
    except CodeError as fault:
        raise ReadError(f"{sidecar.file}: {fault}") from fault
    if len(found) != 1:
        raise ReadError(
            f"{sidecar.file}: expected one line such as 单位：万元人民币 or 'Unit: US$1,000', found {stated};"
            " the scale of money is not assumed: give unit=... as the release states it"
        )
    currency, scale = found.pop()
    if scale < _SMALL:
        raise ReadError(
            f"{sidecar.file}: unit {stated[0]!r}: expected thousands or more, as these tables print money"
        )
    if named - {currency}:
        raise ReadError(
            f"{sidecar.file}: the title speaks of {sorted(named)}, the line of units of {currency}"
            f" ({stated[0]!r}): one of them is wrong, and the file cannot say which"
        )
    return currency, scale


def _stated(texts: Iterable[str]) -> list[str]:
    return [match[1].strip(" )") for text in texts if (match := _MONEY_UNIT.search(text))]


def span_of(text: str, last: dt.date) -> str | None:
    """Return the span of months that a heading names, or None if it is not one of a table up to `last`."""
    year = re.search(r"((?:19|20)\d\d)年?", text)
    prior = bool(_PRIOR.search(text))
    if year:
        prior |= int(year[1]) == last.year - 1
        if not prior and int(year[1]) != last.year:
            return None
        text = text.replace(year[0], "")
    ytd, month = _YTD.search(text), _MONTH.search(text)
    if ytd:
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        if numbers not in ([], [last.month], [1, last.month]):
            return None
        return "prior_ytd" if prior else "ytd"
    if month and next((int(n) for n in month.groups() if n), last.month) == last.month:
        return "prior_month" if prior else "month"
    # "去年同期" alone, beside a year to date, could be of the month or of the year: not assumed.
    return None


def names_countries(text: str) -> bool:
    """Return whether a title is that of the table of total trade by country or region."""
    return bool(_COUNTRY_TABLE.search(folded(text)))


def country_facts(document: Document, above: Sequence[Sequence[Cell]], sidecar: Sidecar) -> Facts:
    """Return what a table by country says of itself; it prints both flows, so its own is empty.

    The flash and the bulletin have one title: the scale of money tells them apart.

    Raises:
        ReadError: month, currency or scale is not said, or is said in two ways.
    """
    texts = [folded(cell.text) for row in above for cell in row if cell.text]
    own = [folded(text) for text in (*texts, *document.titles) if names_countries(text)]
    titles = own or [folded(text) for text in (sidecar.title, sidecar.file) if names_countries(text)]
    currency, scale = _money(texts, document, titles, sidecar)
    by_scale = "flash" if scale >= _LARGE else "bulletin"
    return Facts(
        stage=sidecar.detail("stage", _STAGES) if "stage" in sidecar.details else by_scale,
        flow="",
        last=_agreed("period", titles, _period, sidecar, _detail_month),
        currency=currency,
        scale=scale,
    )


def dated(document: Document, sidecar: Sidecar) -> tuple[Sidecar, list[str]]:
    """Return the sidecar with the day of release (the one given, else the one the page states), and notes.

    Raises:
        ReadError: neither says it.
    """
    stated = next((found for text in document.days if (found := _page_day(text))), None)
    if sidecar.published is None and stated is not None:
        return replace(sidecar, published=stated, basis="page"), [f"the page states the day {stated}"]
    if stated not in (None, sidecar.release_day()):
        return sidecar, [f"the page states the day {stated}, {sidecar.published} was given"]
    sidecar.day_assumed()
    return sidecar, []


def _page_day(text: str) -> dt.date | None:
    for pattern in _PAGE_DAYS:
        if match := pattern.search(text):
            try:
                return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
    return None
