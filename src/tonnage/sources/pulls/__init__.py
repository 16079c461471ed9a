"""How each source is asked over the network: one protocol a module; the registry is explicit."""

from __future__ import annotations

from typing import Final

from tonnage.sources.pulls import comtrade
from tonnage.sources.pulls.base import Protocol

__all__ = ["PULLS"]

#: How each source is pulled, by id of the source.
PULLS: Final[dict[str, Protocol]] = {protocol.source: protocol for protocol in (comtrade.PULL,)}
