"""Figures quoted by the press: one row a figure as printed by one publisher on one day."""

from __future__ import annotations

from collections.abc import Iterator

from tonnage.errors import CodeError, ReadError, nearest
from tonnage.model import codes, definitions, flows
from tonnage.sources.base import (
    BASES,
    Reading,
    Row,
    Sidecar,
    Source,
    day,
    flag_list,
    flows_reading,
    month,
)

__all__ = ["SOURCE"]

_COLUMNS = (
    "period",
    "months",
    "reporter",
    "partner",
    "flow",
    "classification",
    "commodity",
    "quantity",
    "quantity_unit",
    "amount",
    "amount_unit",
    "published",
    "basis",
    "quotes_stage",
    "flags",
    "publisher",
    "address",
    "note",
)
_BASES = {name: BASES[name] for name in ("page", "printed_calendar", "usual_day", "unverified")}
_QUOTED_STAGES = ("", *flows.OFFICIAL)


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `quoted`; mass in kg, money in its own currency.

    Raises:
        ReadError: the file is not of this form.
    """
    return flows_reading(raw, sidecar, _COLUMNS, _figures, _receipt)


def _figures(row: Row, sidecar: Sidecar) -> Iterator[flows.FlowRow]:
    common = _common(row, sidecar)
    quantity, amount = codes.number(row["quantity"]), codes.number(row["amount"])
    if quantity is None and amount is None:
        raise ReadError("neither quantity nor amount is printed")
    if quantity is not None:
        yield {**common, "unit": "kg", "value": codes.mass_kg(quantity, row["quantity_unit"])}
    if amount is not None:
        unit, value = codes.money(amount, row["amount_unit"])
        yield {**common, "unit": unit, "value": value}


def _common(row: Row, sidecar: Sidecar) -> flows.FlowRow:
    if row["flow"] not in flows.FLOWS:
        raise CodeError(
            f"flow {row['flow']!r}: expected one of {list(flows.FLOWS)}{nearest(row['flow'], flows.FLOWS)}"
        )
    return {
        "source": SOURCE.id,
        "publisher": row["publisher"] or sidecar.publisher,
        "reporter": codes.partner(row["reporter"]),
        "partner": codes.partner(row["partner"]),
        "flow": row["flow"],
        "classification": row["classification"],
        "commodity": _commodity(row),
        "period": month(row["period"]),
        "months": _months(row["months"]),
        "stage": "quoted",
        "published": day(row["published"]),
        "unit": "",
        "value": None,
        "flags": _flags(row),
    }


def _commodity(row: Row) -> str:
    """Return the code as text; a line of a table must be one the registry knows."""
    if definitions.lines(row["classification"]):
        return definitions.line(row["classification"], row["commodity"])
    name, code = codes.nomenclature(row["classification"]), row["commodity"]
    if not (code.isascii() and code.isalnum() and code[:2].isdigit()):
        raise CodeError(f"code {code!r} of classification {name!r}: expected a nomenclature code as text")
    return code


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 12):
        raise ReadError(f"months {text!r}: expected 1 to 12")
    return int(text)


def _flags(row: Row) -> list[str]:
    flags = flag_list(row["flags"])
    if row["basis"] not in _BASES:
        raise CodeError(
            f"basis {row['basis']!r}: expected one of {list(_BASES)}{nearest(row['basis'], _BASES)}"
        )
    if row["quotes_stage"] not in _QUOTED_STAGES:
        raise CodeError(f"quotes_stage {row['quotes_stage']!r}: expected one of {list(_QUOTED_STAGES)}")
    return [*flags, "day_assumed"] if _BASES[row["basis"]] else flags


def _receipt(row: Row, sidecar: Sidecar) -> tuple[str, str, str]:
    stage = f"quotes the {row['quotes_stage']} release" if row["quotes_stage"] else ""
    return row["address"] or sidecar.url, row["basis"], "; ".join(filter(None, (stage, row["note"])))


SOURCE = Source(
    id="press",
    title="Customs figures as quoted by news and trade sites",
    table="flows",
    licence="Figures and dates are facts; no text of the publishers is held",
    how="Write one row a figure into the columns of data/raw/press and ingest the file",
    read=read,
    days_in_file=True,
)
