"""A control given by name: another definition or partner of the same ledger, as known the same day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from tonnage.errors import CodeError, DefinitionError, ParameterError
from tonnage.model.codes import AGGREGATES, resolve_country
from tonnage.model.definitions import definition, share_goods

if TYPE_CHECKING:
    import datetime as dt

    from tonnage.ledger.ledger import Ledger

__all__ = ["named_control"]

_WORLD = "WLD"


def named_control(series: Any, name: str, ledger: Ledger | None = None) -> tuple[pl.DataFrame, str]:
    """Return the series a name stands for, and what it is in a sentence.

    A name of the registry of definitions is that definition, to the partner of the series; a country is
    the definition of the series, to that partner. The control is taken as it was known on the day of the
    newest print in the series, so that both are of one vintage.

    Args:
        series: as `Ledger.series` returns it: `definition`, `partner` and `published` are read.
        name: id or alias of a definition, or code or English name of a country.
        ledger: where to look; by default that of the workspace here.

    Raises:
        ParameterError: the series does not say what it is of; the name is neither a definition nor a country;
            or the control would hold goods of the series.
        NoDataError: the ledger holds no such series.
    """
    own = {column: _only(series, column, name) for column in ("definition", "partner", "reporter", "flow")}
    wanted, partner = _meant(name, own)
    if ledger is None:
        from tonnage.ledger.ledger import open_ledger

        ledger = open_ledger()
    day = max(series["published"].to_list())
    same = wanted == own["definition"]
    kept: dict[str, Any] = {"reporter": own["reporter"], "flow": own["flow"]} if same else {}
    frame = ledger.series(wanted, partner=partner, as_of=day, unit="t", **kept)
    return frame, _told(wanted, partner, day)


def _only(series: Any, column: str, name: str) -> str:
    columns = list(getattr(series, "columns", series))
    held = {str(v) for v in series[column] if v is not None} if column in columns else set()
    if len(held) != 1 or "published" not in columns:
        raise ParameterError(
            f"control {name!r}: expected a series that names its definition, reporter, partner, flow and days"
            f" of publication, as ledger.series returns it; found {column} {sorted(held) or 'not there'};"
            " give the control as a frame"
        )
    return held.pop()


def _meant(name: str, own: dict[str, str]) -> tuple[str, str]:
    """Return the definition and the partner a name stands for, which share no goods with the series."""
    try:
        wanted = definition(name).id
    except DefinitionError as unknown:
        return own["definition"], _partner(name, own, unknown)
    if share_goods(wanted, own["definition"]):
        raise ParameterError(
            f"control {name!r}: expected goods other than the series', but {wanted} and {own['definition']}"
            " share some"
        )
    return wanted, own["partner"]


def _partner(name: str, own: dict[str, str], unknown: DefinitionError) -> str:
    try:
        partner = resolve_country(name)
    except CodeError:
        raise ParameterError(f"control {name!r}: expected a definition or a country; {unknown}") from None
    blocs = {_WORLD, *AGGREGATES}
    if partner == own["partner"] or partner in blocs or own["partner"] in blocs:
        raise ParameterError(
            f"control {name!r}: expected a partner whose goods are not in the series, which is that to"
            f" {own['partner']}"
        )
    return partner


def _told(name: str, partner: str, day: dt.date) -> str:
    return f"the control is {name} to {partner} as known on {day}"
