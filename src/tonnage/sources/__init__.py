"""One publisher format a module, each the same shape; the registry is explicit."""

from __future__ import annotations

from typing import Final

from tonnage.sources import (
    acts,
    articles,
    baci,
    census,
    comext,
    comtrade,
    estat,
    feeds,
    gacc_bulletin,
    gacc_query,
    hmrc,
    korea_flash,
    press,
    register,
)
from tonnage.sources.base import Source

__all__ = ["SOURCES"]

#: Every source by id. Adding one takes a module, a line here and a specimen with expected figures.
SOURCES: Final[dict[str, Source]] = {
    source.id: source
    for source in (
        gacc_bulletin.SOURCE,
        gacc_query.SOURCE,
        comext.SOURCE,
        comtrade.SOURCE,
        baci.SOURCE,
        census.SOURCE,
        estat.SOURCE,
        hmrc.SOURCE,
        korea_flash.SOURCE,
        press.SOURCE,
        acts.SOURCE,
        register.CALENDAR,
        register.QUOTAS,
        articles.SOURCE,
        feeds.SOURCE,
    )
}
