"""How each source is asked over the network: one protocol a module; the registry is explicit."""

from __future__ import annotations

from typing import Final

from tonnage.sources.pulls import baci, census, comext, comtrade, estat, feeds, hmrc, korea_flash
from tonnage.sources.pulls.base import Protocol

__all__ = ["BY_HAND", "PULLS"]

#: How each source is pulled, by id of the source.
PULLS: Final[dict[str, Protocol]] = {
    protocol.source: protocol
    for protocol in (
        baci.PULL,
        census.PULL,
        comext.PULL,
        comtrade.PULL,
        estat.PULL,
        feeds.PULL,
        hmrc.PULL,
        korea_flash.PULL,
    )
}

#: Sources that must not be asked by a program -> why, and how a person does it.
BY_HAND: Final = {
    "gacc-query": (
        "the site asks for a person (it answers programs with a challenge) and is not to be automated. Open"
        " http://stats.customs.gov.cn/indexEn, choose flow, currency, months, codes and partners, and save"
        " the CSV; more than 10,000 rows are cut without a word, so ask for fewer partners at a time"
    ),
}
