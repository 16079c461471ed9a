"""Customs tonnage that remembers who printed it, when, and on which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tonnage import charts
    from tonnage.errors import (
        CodeError,
        ContractError,
        DefinitionError,
        NoDataError,
        NotYetReleased,
        ParameterError,
        ReadError,
        StoreError,
        TonnageError,
    )
    from tonnage.ledger.ingest import read
    from tonnage.ledger.ledger import Ledger
    from tonnage.ledger.ledger import open_ledger as open
    from tonnage.model.definitions import comparable
    from tonnage.reports.briefing import Briefing, briefing

__version__ = "0.1.0"

_HOME = {
    "Briefing": "reports.briefing",
    "CodeError": "errors",
    "ContractError": "errors",
    "DefinitionError": "errors",
    "Ledger": "ledger.ledger",
    "NoDataError": "errors",
    "NotYetReleased": "errors",
    "ParameterError": "errors",
    "ReadError": "errors",
    "StoreError": "errors",
    "TonnageError": "errors",
    "briefing": "reports.briefing",
    "charts": "charts:",
    "comparable": "model.definitions",
    "open": "ledger.ledger:open_ledger",
    "read": "ledger.ingest",
}

__all__ = [
    "Briefing",
    "CodeError",
    "ContractError",
    "DefinitionError",
    "Ledger",
    "NoDataError",
    "NotYetReleased",
    "ParameterError",
    "ReadError",
    "StoreError",
    "TonnageError",
    "__version__",
    "briefing",
    "charts",
    "comparable",
    "open",
    "read",
]


def __getattr__(name: str) -> Any:
    # Heavy libraries load with the first name that needs them.
    if name not in _HOME:
        raise AttributeError(f"module 'tonnage' has no attribute {name!r}")
    from importlib import import_module

    # "module" holds the name itself, "module:other" another name, "module:" is the module.
    place, colon, other = _HOME[name].partition(":")
    module = import_module(f"tonnage.{place}")
    value = getattr(module, other or name) if other or not colon else module
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
