"""US Census, international trade API: imports and exports by HTS or Schedule B code, country and month.

The JSON of the API (a list of lists) or the same table as CSV. General imports are the import figure; imports
for consumption are held under a classification of their own, so that the two are never taken for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from tonnage.errors import ReadError, nearest
from tonnage.model import codes, partners
from tonnage.sources import sheets
from tonnage.sources.base import Reading, Sidecar, Source, refuse_details
from tonnage.sources.cells import RESERVED, delimited, parse_json, table

__all__ = ["SOURCE"]

_FLOWS: Final = {"I_COMMODITY": "import", "E_COMMODITY": "export"}
_FULL_DIGITS: Final = 10
_LEVELS: Final = {"HS2": 2, "HS4": 4, "HS6": 6, "HS10": 10}
#: Columns that print one figure in parts; "-" stands for the whole.
_SPLITS: Final = ("DF", "DISTRICT", "PORT", "STATE", "RP", "CTY_SUBCODE")
_NO_UNIT: Final = ("", "-", "X")

_KG: Final = {"KG": "1", "K": "1", "T": "1000", "G": "0.001", "GM": "0.001", "CAR": "0.0002"}
_OTHER: Final = {
    "NO": ("u", "1"),
    "PCS": ("u", "1"),
    "DOZ": ("u", "12"),
    "HUN": ("u", "100"),
    "GRS": ("u", "144"),
    "THS": ("u", "1000"),
    "PRS": ("2u", "1"),
    "DPR": ("2u", "12"),
    "M": ("m", "1"),
    "LNM": ("m", "1"),
    "M2": ("m2", "1"),
    "SQM": ("m2", "1"),
    "M3": ("m3", "1"),
    "L": ("l", "1"),
    "KWH": ("kWh", "1"),
    "MWH": ("kWh", "1000"),
}
#: Units that are kept as they are printed: content weights, barrels and others that are no plain mass.
_OWN: Final = ("BBL", "CC", "CGM", "CKG", "CTN", "CYK", "DS", "FBM", "GBQ", "JWL", "MBQ", "PFL", "PK", "SQ")
_UNITS: Final[sheets.Units] = (
    {name: ("kg", Decimal(scale)) for name, scale in _KG.items()}
    | {name: (unit, Decimal(scale)) for name, (unit, scale) in _OTHER.items()}
    | {name: (name, Decimal(1)) for name in _OWN}
)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A value with its quantities, as the columns of one concept and span."""

    flow: str
    family: str
    to_date: bool
    value: str
    quantities: tuple[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.value, *self.quantities)


def _measures() -> Iterator[_Measure]:
    for span, to_date in (("MO", False), ("YR", True)):
        for prefix, family in (("GEN", "HTS10"), ("CON", "consumption-HTS10")):
            pair = (f"{prefix}_QY1_{span}", f"{prefix}_QY2_{span}")
            yield _Measure("import", family, to_date, f"{prefix}_VAL_{span}", pair)
        pair = (f"QTY_1_{span}", f"QTY_2_{span}")
        yield _Measure("export", "ScheduleB", to_date, f"ALL_VAL_{span}", pair)


_MEASURES: Final = tuple(_measures())


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of stage `detail` or the stage given; mass in kg, other units apart, money in USD.

    Raises:
        ReadError: it is not the table of the API, has no code, country, month or figure in it, or nothing
            says the day of release.
    """
    refuse_details(sidecar, ("stage",))
    printed, notes = _printed(raw, sidecar)
    code = _code_column(printed, sidecar)
    measures = _measures_of(printed, code, sidecar)
    cells = pl.concat([_cells(printed, code, measure) for measure in measures])
    reading = sheets.read_sheet(
        cells,
        _sheet(cells, sidecar, unfolded=len(measures) > 1),
        sidecar,
        SOURCE.id,
        "US Census Bureau",
        [*notes, *_unread(printed, measures)],
    )
    return sheets.with_world_told(reading)


def _printed(raw: bytes, sidecar: Sidecar) -> tuple[pl.DataFrame, list[str]]:
    if raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"[", b"{", b"<", b"error")):
        return table(parse_json(raw, sidecar), sidecar), ["JSON of the API"]
    return delimited(raw, sidecar)


def _code_column(printed: pl.DataFrame, sidecar: Sidecar) -> str:
    found = [name for name in _FLOWS if name in printed.columns]
    lacking = [name for name in ("CTY_CODE",) if name not in printed.columns]
    if "time" not in printed.columns:
        lacking += [name for name in ("YEAR", "MONTH") if name not in printed.columns]
    if len(found) != 1 or lacking:
        wanted = "one of I_COMMODITY and E_COMMODITY, CTY_CODE, and YEAR and MONTH or time"
        hints = "".join(nearest(name, printed.columns) for name in lacking)
        raise ReadError(
            f"{sidecar.file}: expected the columns {wanted}; found {printed.columns[len(RESERVED) :]}{hints}"
        )
    return found[0]


def _measures_of(printed: pl.DataFrame, code: str, sidecar: Sidecar) -> list[_Measure]:
    mine = [m for m in _MEASURES if m.flow == _FLOWS[code]]
    found = [m for m in mine if set(m.columns) & set(printed.columns)]
    if not found:
        raise ReadError(
            f"{sidecar.file}: expected a value or a quantity among {[m.value for m in mine]} and their"
            f" quantities; found {printed.columns[len(RESERVED) :]}"
        )
    return found


def _cells(printed: pl.DataFrame, code: str, measure: _Measure) -> pl.DataFrame:
    """Return the cells of one measure under common names; what is not in the file is null."""

    def cell(name: str) -> pl.Expr:
        there = name in printed.columns
        return pl.col(name).str.strip_chars() if there else pl.lit(None, dtype=pl.String)

    year, month = cell("YEAR"), cell("MONTH").str.zfill(2)
    if "time" in printed.columns:
        year, month = cell("time").str.slice(0, 4), cell("time").str.slice(5)
    parts = [
        pl.when(cell(name).is_in(["", "-"])).then(None).otherwise(pl.format(f"{name} {{}}", cell(name)))
        for name in _SPLITS
    ]
    flags = {f"flag_{n}": cell(f"{name}_FLAG") for n, name in enumerate(measure.quantities, start=1)}
    return printed.select(
        *RESERVED,
        **{f"quantity_{n}": cell(name) for n, name in enumerate(measure.quantities, start=1)},
        **{f"unit_{n}": cell(f"UNIT_QY{n}") for n in (1, 2)},
        **flags,
        code=cell(code),
        country=cell("CTY_CODE"),
        year=year,
        month=month,
        level=cell("COMM_LVL"),
        value=cell(measure.value),
        part=pl.coalesce(parts),
        family=pl.lit(measure.family),
        flow=pl.lit(measure.flow),
        to_date=pl.lit(measure.to_date),
        valued=pl.lit(measure.value in printed.columns),
    ).with_columns(who=pl.format("{} {}", "country", "year"))


def _sheet(cells: pl.DataFrame, sidecar: Sidecar, *, unfolded: bool) -> sheets.Sheet:
    partner = sheets.code(cells, "who", _partner, "partner code")
    code, level = (
        pl.col("code"),
        pl.col("level").replace_strict(_LEVELS, default=None, return_dtype=pl.UInt32),
    )
    month = pl.format("{}-{}-01", "year", "month").str.to_date("%Y-%m-%d", strict=False)
    to_date = pl.col("to_date")
    period = pl.when(to_date).then(month.dt.truncate("1y")).otherwise(month)
    aggregate = partner.value.is_in(list(codes.AGGREGATES)) | (code.str.len_chars() < _FULL_DIGITS)
    whole = code == "-"
    stage = sidecar.detail("stage", ("detail", "final")) if "stage" in sidecar.details else "detail"
    valued = pl.when("valued").then(pl.lit("USD"))
    amount = sheets.number("value", missing=("", "-"))
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("USA"),
            "partner": partner,
            "flow": sheets.said(pl.col("flow")),
            "classification": sheets.said(pl.format("{}-{}", "family", "year")),
            "commodity": sheets.Read(
                pl.when(whole).then(pl.lit("TOTAL")).otherwise(code), _codes(code, level)
            ),
            "period": sheets.Read(period, ((month.is_null(), _month_told()),)),
            "months": sheets.said(pl.when(to_date).then(month.dt.month()).otherwise(1).cast(pl.Int8)),
        },
        figures=[
            sheets.Figure(sheets.said(valued), amount),
            *(_quantity(cells, n, amount.value) for n in (1, 2)),
        ],
        stage=sheets.said(stage),
        flags={"aggregate": aggregate},
        refusals=[
            (
                pl.col("part").is_not_null(),
                pl.format("{}: a part of the figure; ask the API without that column", "part"),
            )
        ],
        weight=pl.when(~partner.value.is_in(list(codes.AGGREGATES)).fill_null(value=False)).then(
            amount.value
        ),
        unfolded=unfolded,
        part="country",
    )


def _partner(who: str) -> str:
    code, year = who.split(" ")
    return partners.resolve("census4", code, int(year) if year.isdecimal() else None)


def _codes(code: pl.Expr, level: pl.Expr) -> tuple[tuple[pl.Expr, pl.Expr], ...]:
    hint = "; has a spreadsheet taken its leading zero away?"
    form = pl.format(
        "commodity code '{}': expected 2, 4, 6 or 10 digits, or '-' for all{}", code, pl.lit(hint)
    )
    length = code.str.len_chars()
    digits = code.str.contains("^[0-9]+$") & length.is_in(list(_LEVELS.values()))
    apart = pl.format("commodity code '{}': the level {} has another number of digits", code, "level")
    unknown = pl.format("level '{}': expected one of {}", "level", pl.lit(" ".join(_LEVELS)))
    return (
        (~digits & (code != "-"), form),
        (pl.col("level").is_not_null() & level.is_null() & (code != "-"), unknown),
        (level.is_not_null() & (length != level) & (code != "-"), apart),
    )


def _month_told() -> pl.Expr:
    return pl.format("month '{}-{}': expected a year and a month 01 to 12", "year", "month")


def _quantity(cells: pl.DataFrame, place: int, value: pl.Expr) -> sheets.Figure:
    """Return a quantity; "M" beside it says that its 0 stands for a number that is missing."""
    flag = pl.col(f"flag_{place}").fill_null("")
    made = sheets.quantity(cells, f"quantity_{place}", f"unit_{place}", _UNITS, none=_NO_UNIT)
    there = pl.col(f"quantity_{place}").is_not_null()
    shown = pl.when(flag != "M").then(made.value.value)
    strange = (~flag.is_in(["", "M"]), pl.format("quantity flag '{}': expected nothing or M", flag))
    return sheets.Figure(
        sheets.Read(pl.when(there).then(made.unit.value), made.unit.refusals),
        sheets.Read(shown, (*made.value.refusals, strange)),
        {"rounded": (shown == 0) & (value > 0)},
    )


def _unread(printed: pl.DataFrame, measures: list[_Measure]) -> list[str]:
    """Tell which columns hold figures that FLOWS has no place for."""
    used = {name for measure in measures for name in measure.columns}
    rest = [n for n in printed.columns if n.endswith(("_MO", "_YR")) and n not in used]
    notes = [f"columns that are not read: {', '.join(rest)}"] if rest else []
    if any(m.family.startswith("consumption") for m in measures):
        notes.append("imports for consumption are held as consumption-HTS10, apart from general imports")
    return notes


SOURCE = Source(
    id="census",
    title="US Census Bureau, international trade: by HTS or Schedule B code, country and month",
    table="flows",
    licence="US government work, in the public domain; name the US Census Bureau as the source",
    how="Ask the API of api.census.gov (intltrade/imports/hs, intltrade/exports/hs; a key is needed), save"
    " the answer and ingest it with --published; the docs name the variables to ask for",
    read=read,
    suffixes=(".json", ".csv"),
)
