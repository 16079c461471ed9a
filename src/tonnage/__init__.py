"""Customs tonnage that remembers who printed it, when, and on which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tonnage.analysis.results import Result as _Result
from tonnage.model.shown import Shown as _Shown

if TYPE_CHECKING:
    from tonnage import charts
    from tonnage.analysis.anomalies import anomalies
    from tonnage.analysis.base_rate import base_rate
    from tonnage.analysis.changepoints import changepoints
    from tonnage.analysis.concentration import concentration, dependence
    from tonnage.analysis.diversion import diversion
    from tonnage.analysis.gravity import gravity
    from tonnage.analysis.impact import impact
    from tonnage.analysis.impacts import impacts, over_events
    from tonnage.analysis.mirror import mirror
    from tonnage.analysis.nowcast import nowcast
    from tonnage.analysis.panel import panel_effect
    from tonnage.analysis.seasonal import seasonally_adjusted
    from tonnage.analysis.synthetic import synthetic
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
    from tonnage.events.claims import check_claim
    from tonnage.events.extract import extract
    from tonnage.ledger import joins, selection, vintages
    from tonnage.ledger.ingest import read
    from tonnage.ledger.ledger import Ledger
    from tonnage.ledger.ledger import open_ledger as open
    from tonnage.model.definitions import comparable
    from tonnage.reports.briefing import Briefing, briefing
    from tonnage.reports.curbs import Curbs, curbs
    from tonnage.reports.desk import review
    from tonnage.reports.tables import table

__version__ = "0.1.0"

_HOME = {
    "Briefing": "reports.briefing",
    "CodeError": "errors",
    "ContractError": "errors",
    "Curbs": "reports.curbs",
    "DefinitionError": "errors",
    "Ledger": "ledger.ledger",
    "NoDataError": "errors",
    "NotYetReleased": "errors",
    "ParameterError": "errors",
    "ReadError": "errors",
    "StoreError": "errors",
    "TonnageError": "errors",
    "anomalies": "analysis.anomalies",
    "base_rate": "analysis.base_rate",
    "briefing": "reports.briefing",
    "changepoints": "analysis.changepoints",
    "charts": "charts:",
    "check_claim": "events.claims",
    "comparable": "model.definitions",
    "concentration": "analysis.concentration",
    "curbs": "reports.curbs",
    "dependence": "analysis.concentration",
    "diversion": "analysis.diversion",
    "extract": "events.extract",
    "gravity": "analysis.gravity",
    "impact": "analysis.impact",
    "impacts": "analysis.impacts",
    "joins": "ledger.joins:",
    "mirror": "analysis.mirror",
    "nowcast": "analysis.nowcast",
    "open": "ledger.ledger:open_ledger",
    "over_events": "analysis.impacts",
    "panel_effect": "analysis.panel",
    "read": "ledger.ingest",
    "review": "reports.desk",
    "seasonally_adjusted": "analysis.seasonal",
    "selection": "ledger.selection:",
    "synthetic": "analysis.synthetic",
    "table": "reports.tables",
    "vintages": "ledger.vintages:",
}

__all__ = [
    "Briefing",
    "CodeError",
    "ContractError",
    "Curbs",
    "DefinitionError",
    "Ledger",
    "NoDataError",
    "NotYetReleased",
    "ParameterError",
    "ReadError",
    "StoreError",
    "TonnageError",
    "__version__",
    "anomalies",
    "base_rate",
    "briefing",
    "changepoints",
    "charts",
    "check_claim",
    "comparable",
    "concentration",
    "curbs",
    "dependence",
    "diversion",
    "extract",
    "gravity",
    "impact",
    "impacts",
    "joins",
    "mirror",
    "nowcast",
    "open",
    "over_events",
    "panel_effect",
    "read",
    "review",
    "seasonally_adjusted",
    "selection",
    "synthetic",
    "table",
    "vintages",
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


def _drawn(result: _Result, **options: Any) -> Any:
    from tonnage.charts import plot

    return plot(result, **options)


def _bundle(result: Any) -> dict[str, Any]:
    from tonnage.reports.shown import bundle

    return bundle(result)


# Analysis may not import charts and reports, which stand below it: the package plugs them together.
_Result.drawing = _drawn
_Shown.showing = _bundle


def __dir__() -> list[str]:
    return __all__
