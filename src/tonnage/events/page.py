"""A text with what is looked up in it more than once: its language, goods and countries."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from tonnage.events.names import CHINESE_CUSTOMS, find_countries, find_goods

__all__ = ["Page", "read_page"]


_Named = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """Normalised text, its language, and every good and country it names as (place, code) in order."""

    text: str
    language: str
    goods: _Named
    countries: _Named
    by_chinese_customs: bool

    def goods_in(self, start: int, end: int) -> _Named:
        """Return the goods named from `start` to before `end`."""
        return _between(self.goods, start, end)

    def countries_in(self, start: int, end: int) -> _Named:
        """Return the countries named from `start` to before `end`."""
        return _between(self.countries, start, end)


def read_page(text: str, language: str) -> Page:
    """Return the page of normalised `text`."""
    customs = CHINESE_CUSTOMS.search(text) is not None
    return Page(text, language, tuple(find_goods(text)), tuple(find_countries(text)), customs)


def _between(found: _Named, start: int, end: int) -> _Named:
    return found[bisect_left(found, (start, "")) : bisect_left(found, (end, ""))]
