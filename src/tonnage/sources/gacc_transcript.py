"""China customs (GACC), national tables by line, as transcribed: our own CSV of one release.

A row is a line and month, with the numbers and units as printed. One row gives up to six figures: mass and
money of the month, of the year to date, and of the same months a year before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tonnage.errors import ReadError
from tonnage.model import codes, definitions, flows
from tonnage.sources.base import Reading, Row, Sidecar, flag_list, flows_reading, month

__all__ = ["SOURCE_ID", "read"]

SOURCE_ID = "gacc-bulletin"

_COLUMNS = (
    "line",
    "line_printed",
    "period",
    "quantity_unit",
    "month_quantity",
    "ytd_quantity",
    "prior_ytd_quantity",
    "amount_unit",
    "month_amount",
    "ytd_amount",
    "prior_ytd_amount",
    # Printed percentages are evidence of revisions, not figures of the FLOWS table.
    "change_month_quantity_pct",
    "change_month_amount_pct",
    "change_ytd_quantity_pct",
    "change_ytd_amount_pct",
    "flags",
    "address",
    "note",
)
_STAGES = ("flash", "bulletin")


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of one release; mass in kg, money in CNY.

    Raises:
        ReadError: the sidecar does not give stage, flow, day of release and how that day is known, or the
            file is not of this form.
    """
    sidecar.detail("stage", _STAGES)
    sidecar.detail("flow", flows.FLOWS)
    sidecar.release_day()
    sidecar.day_assumed()
    return flows_reading(raw, sidecar, _COLUMNS, _figures, _receipt)


def _figures(row: Row, sidecar: Sidecar) -> Iterator[flows.FlowRow]:
    last = month(row["period"])
    start = last.replace(month=1)
    spans: tuple[tuple[str, dt.date, int, list[str]], ...] = (
        ("month", last, 1, []),
        ("ytd", start, last.month, []),
        ("prior_ytd", start.replace(year=start.year - 1), last.month, ["comparative"]),
    )
    for name, period, months, marks in spans:
        for measure in ("quantity", "amount"):
            value = codes.number(row[f"{name}_{measure}"])
            if value is None:
                continue
            if measure == "quantity":
                unit, amount = "kg", codes.mass_kg(value, row["quantity_unit"])
            else:
                unit, amount = codes.money(value, row["amount_unit"])
            yield _row(row, sidecar, period, months, unit, amount, marks)


def _row(
    row: Row, sidecar: Sidecar, period: dt.date, months: int, unit: str, value: float | None, marks: list[str]
) -> flows.FlowRow:
    slug = definitions.line("GACC-lines", row["line"])
    if row["line_printed"] and definitions.line("GACC-lines", row["line_printed"]) != slug:
        raise ReadError(f"line {row['line']!r} is printed as {row['line_printed']!r}: two lines")
    flags = sorted({*flag_list(row["flags"]), *marks, "aggregate"})  # the world total of the publisher
    if sidecar.day_assumed():
        flags.append("day_assumed")
    return {
        "source": SOURCE_ID,
        "publisher": sidecar.publisher or "GACC",
        "reporter": "CHN",
        "partner": "WLD",
        "flow": sidecar.detail("flow", flows.FLOWS),
        "classification": "GACC-lines",
        "commodity": slug,
        "period": period,
        "months": months,
        "stage": sidecar.detail("stage", _STAGES),
        "published": sidecar.release_day(),
        "unit": unit,
        "value": value,
        "flags": flags,
    }


def _receipt(row: Row, sidecar: Sidecar) -> tuple[str, str, str]:
    return row["address"] or sidecar.url, sidecar.basis, row["note"]
