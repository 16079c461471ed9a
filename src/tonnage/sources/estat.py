"""Japan customs on e-Stat: the wide CSV by nine-digit code, alone or with the country, a column a month.

The file prints 0 for the months to come. Which months are out, and how settled each is, stands in the title
of the table ("1-6月：確報、7月：輸入9桁速報") and nowhere in the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from tonnage.errors import ReadError, few, nearest
from tonnage.model import partners
from tonnage.sources import sheets
from tonnage.sources.base import Reading, Sidecar, Source, refuse_details
from tonnage.sources.cells import RESERVED, delimited

__all__ = ["SOURCE"]

_FLOWS: Final = {"1": "export", "2": "import"}
_KEYS: Final = {
    "flow": ("Exp or Imp",),
    "year": ("Year",),
    "code": ("HS",),
    "country": ("Country",),
    "office": ("Custom", "Customs"),
    "unit_1": ("Unit1",),
    "unit_2": ("Unit2",),
}
_OPTIONAL: Final = ("country", "office")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_APRIL: Final = "Apl"  # as older files spell it
_MEASURES: Final = {"quantity_1": "Quantity1", "quantity_2": "Quantity2", "value": "Value"}
_YEAR: Final = 13  # the column after the twelve months: their sum

_UNITS: Final[sheets.Units] = {
    "KG": ("kg", Decimal(1)),
    "MT": ("kg", Decimal(1000)),
    "GR": ("kg", Decimal("0.001")),
    "CT": ("kg", Decimal("0.0002")),
    "NO": ("u", Decimal(1)),
    "DZ": ("u", Decimal(12)),
    "PR": ("2u", Decimal(1)),
    "M": ("m", Decimal(1)),
    "SM": ("m2", Decimal(1)),
    "CM": ("m3", Decimal(1)),
    "L": ("l", Decimal(1)),
    "KL": ("l", Decimal(1000)),
    "GT": ("GT", Decimal(1)),  # a ship's size, not a mass
}
_YEN: Final = 1000  # values are printed in thousands

#: The publisher's stages, the least settled first, and where they stand on the ladder.
_STAGES: Final = {
    "速報": "flash",
    "9桁速報": "bulletin",
    "確報": "detail",
    "確々報": "detail",
    "確定": "final",
}
_LADDER: Final = ("flash", "bulletin", "detail", "final")
_SPAN: Final = re.compile(
    r"(?P<flow>輸[出入])|(?P<first>\d{1,2})(?:月?[-~〜](?P<last>\d{1,2}))?月:?(?:輸[出入])?(?P<stage>9桁速報|速報|確々報|確報|確定)"
)


@dataclass(frozen=True, slots=True)
class _Out:
    """Which months are out: the stage of each, from January."""

    stages: tuple[str, ...]

    @property
    def months(self) -> int:
        return len(self.stages)

    @property
    def lowest(self) -> str:
        """The stage of the year to date: that of its least settled month."""
        return min(self.stages, key=_LADDER.index)


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of each month and of the year to date; mass in kg, other units apart, money in JPY.

    Raises:
        ReadError: it is not this table; neither the title nor details say which months are out, or the file
            prints figures of a month that is not; or the figures stand there by customs office.
    """
    refuse_details(sidecar, ("stage", "months", "place", "confirmed"))
    printed, notes = delimited(raw, sidecar, ("utf-8-sig", "cp932"))
    columns = _columns(printed, sidecar)
    printed = _clean(printed, columns)
    spans = _spans(printed)
    out = _out(printed, sidecar)
    _refuse_wrong_cut(printed, spans, out, sidecar)
    cells = pl.concat([_cells(printed, spans[n], n, out) for n in sorted(spans)])
    reading = sheets.read_sheet(
        cells,
        _sheet(cells),
        sidecar,
        SOURCE.id,
        "Ministry of Finance Japan",
        [*notes, *_cut_told(spans, out), *_years_told(cells)],
    )
    if "office" in columns:
        sheets.refuse_gaps(reading, sidecar)
    return reading


def _columns(printed: pl.DataFrame, sidecar: Sidecar) -> dict[str, str]:
    """Return our name -> the heading of every column that is not a month's."""
    headings = printed.columns[len(RESERVED) :]
    if "Commodity" in headings:
        raise ReadError(
            f"{sidecar.file}: this is the table by principal commodity; its lines have no codes of a"
            " nomenclature: download the table by HS code (品別表, 品別国別表)"
        )
    found = {name: h for name, known in _KEYS.items() for h in known if h in headings}
    monthly = {f"{m}-{n}" for m in _MEASURES.values() for n in (*_MONTHS, _APRIL, "Year")}
    unknown = [h for h in headings if h not in found.values() and h not in monthly]
    missing = [known[0] for name, known in _KEYS.items() if name not in found and name not in _OPTIONAL]
    if unknown or missing or not monthly & set(headings):
        hints = "".join(
            nearest(h, [*monthly, *(k for known in _KEYS.values() for k in known)]) for h in unknown
        )
        raise ReadError(
            f"{sidecar.file}: line 1: expected the columns of the table by HS code, such as 'Exp or Imp', HS"
            f" and Value-Jan; unknown: {few(unknown)}; missing: {few(missing)}{hints}"
        )
    if "office" in found and sidecar.details.get("place") != "sum":
        raise ReadError(
            f"{sidecar.file}: each figure is printed in parts, one for each customs office; download the"
            " table without them, or give place=sum to have the parts added up and flagged"
        )
    if "office" not in found and "place" in sidecar.details:
        raise ReadError(f"{sidecar.file}: detail place: the file has no column of customs offices to add up")
    return found


def _clean(printed: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the cells under our names, without blanks and quotes around codes."""
    own = [pl.col(heading).str.strip_chars("'\" ").alias(name) for name, heading in columns.items()]
    rest = [c for c in printed.columns if c not in columns.values() and c not in RESERVED]
    return printed.select(*RESERVED, *own, *(pl.col(c).str.strip_chars() for c in rest))


def _spans(printed: pl.DataFrame) -> dict[int, dict[str, str]]:
    """Return, for each month and the year that has a column, our name -> its heading."""
    found: dict[int, dict[str, str]] = {}
    for number, name in enumerate((*_MONTHS, "Year"), start=1):
        spelt = (name, _APRIL) if name == "Apr" else (name,)
        headings = {
            ours: f"{theirs}-{s}"
            for s in spelt
            for ours, theirs in _MEASURES.items()
            if f"{theirs}-{s}" in printed.columns
        }
        if headings:
            found[number] = headings
    return found


def _out(printed: pl.DataFrame, sidecar: Sidecar) -> _Out:
    """Settle which months are out, by the title or by details."""
    flows = printed.filter(pl.col("flow").is_in(list(_FLOWS)))["flow"].unique().sort().to_list()
    years = printed.filter(pl.col("year").str.contains("^[0-9]{4}$"))["year"].unique().sort().to_list()
    for name, found, wanted in (("Exp or Imp", flows, "1 or 2"), ("Year", years, "a year")):
        if len(found) != 1:
            raise ReadError(
                f"{sidecar.file}: {name}: expected {wanted}, one in the whole file; found {found[:5]}"
            )
    told = _by_title(sidecar.title, _FLOWS[flows[0]], sidecar)
    given = [name for name in ("stage", "months") if name in sidecar.details]
    if told and given:
        raise ReadError(
            f"{sidecar.file}: the title and the detail {given[0]!r} both say which months are out"
        )
    if told:
        return _Out(told)
    if len(given) != len(("stage", "months")):
        raise ReadError(
            f"{sidecar.file}: nothing says which months are out, and the file prints 0 for those to come;"
            ' give title= as on e-Stat ("1-6月：確報、7月：輸入9桁速報"), or months= and stage='
        )
    months = sidecar.detail("months", [str(n) for n in range(1, 13)])
    return _Out((sidecar.detail("stage", _LADDER),) * int(months))


def _by_title(title: str, flow: str, sidecar: Sidecar) -> tuple[str, ...]:
    """Return the stage of each month from January that a title tells, nothing if it tells none."""
    word = {"export": "輸出", "import": "輸入"}[flow]
    speaks_of = word
    stages: dict[int, str] = {}
    for match in _SPAN.finditer(unicodedata.normalize("NFKC", title).replace(" ", "")):
        if match["flow"]:
            speaks_of = match["flow"]
        elif speaks_of == word:
            first, last = int(match["first"]), int(match["last"] or match["first"])
            stages |= dict.fromkeys(range(first, last + 1), _STAGES[match["stage"]])
    if sorted(stages) != list(range(1, len(stages) + 1)) or len(stages) > len(_MONTHS):
        raise ReadError(
            f"{sidecar.file}: title {title!r}: expected stages of the months from January on, without a gap;"
            f" found months {sorted(stages)}"
        )
    return tuple(stages[month] for month in sorted(stages))


def _refuse_wrong_cut(
    printed: pl.DataFrame, spans: Mapping[int, Mapping[str, str]], out: _Out, sidecar: Sidecar
) -> None:
    """Refuse a file that prints figures of months said to be to come, or none of the last that is out."""
    lacking = [_MONTHS[n - 1] for n in range(1, out.months + 1) if n not in spans]
    if lacking:
        raise ReadError(f"{sidecar.file}: {lacking} are said to be out, and the file has no columns of them")
    for number in range(out.months + 1, _YEAR):
        if number in spans and (count := _printed_in(printed, spans[number])):
            raise ReadError(
                f"{sidecar.file}: {count} records print figures of {_MONTHS[number - 1]}, and only the first"
                f" {out.months} months are said to be out"
            )
    unseen = not _printed_in(printed, spans[out.months])
    if unseen and sidecar.details.get("confirmed") != "yes":
        raise ReadError(
            f"{sidecar.file}: {_MONTHS[out.months - 1]} is said to be out, and every figure of it is 0, as"
            " for a month to come; correct the months, or give confirmed=yes if nothing was traded"
        )


def _printed_in(printed: pl.DataFrame, headings: Mapping[str, str]) -> int:
    there = pl.any_horizontal(
        pl.col(h).cast(pl.Float64, strict=False).fill_null(0) != 0 for h in headings.values()
    )
    return int(printed.select(there.sum()).item())


def _cells(printed: pl.DataFrame, headings: Mapping[str, str], number: int, out: _Out) -> pl.DataFrame:
    """Return the cells of one month, or of the year to date, under common names."""
    none = pl.lit(None, dtype=pl.String)
    to_date = number == _YEAR
    stage = out.lowest if to_date else out.stages[min(number, out.months) - 1]
    optional = {name: pl.col(name) if name in printed.columns else none for name in _OPTIONAL}
    measures = {name: pl.col(headings[name]) if name in headings else none for name in _MEASURES}
    cells = printed.select(
        *RESERVED,
        *(name for name in _KEYS if name not in _OPTIONAL),
        **optional,
        **measures,
        month=pl.lit(1 if to_date else number, dtype=pl.Int8),
        months=pl.lit(out.months if to_date else 1, dtype=pl.Int8),
        stage=pl.lit(stage),
        to_date=pl.lit(to_date),
        to_come=pl.lit(not to_date and number > out.months),
    )
    where = pl.format("{} {}", "country", "year")
    return cells.with_columns(
        who=where if "country" in printed.columns else none,
        part=pl.format("{}/{}", optional["country"].fill_null("-"), optional["office"].fill_null("-")),
    )


def _sheet(cells: pl.DataFrame) -> sheets.Sheet:
    by_country = cells["who"].null_count() < cells.height
    partner = sheets.code(cells, "who", _partner, "partner code") if by_country else sheets.said("WLD")
    code = pl.col("code")
    form = pl.format(
        "HS '{}': expected nine digits, or digits and X for what is kept secret{}", code, _hint(code)
    )
    first = pl.date(pl.col("year").cast(pl.Int32, strict=False), "month", 1)
    value = sheets.number("value", _YEN, ("", "-"))
    figures = [_quantity(cells, n, value.value) for n in (1, 2)]
    money = pl.when(pl.col("value").is_not_null()).then(pl.lit("JPY"))
    to_come = pl.col("to_come")
    figures.append(sheets.Figure(sheets.said(money), value))
    figures = [_not_yet(figure, to_come) for figure in figures]
    strange_year = pl.format("Year '{}': expected four digits", "year")
    return sheets.Sheet(
        columns={
            "reporter": sheets.said("JPN"),
            "partner": partner,
            "flow": sheets.code(cells, "flow", _FLOWS, "Exp or Imp"),
            "classification": sheets.said(pl.format("JP9-{}", "year")),
            "commodity": sheets.Read(
                code, ((~code.str.contains(r"^([0-9]{9}|[0-9]{2}[0-9X]{6}[A-Z0-9])$"), form),)
            ),
            "period": sheets.Read(first, ((~pl.col("year").str.contains("^[0-9]{4}$"), strange_year),)),
            "months": sheets.said(pl.col("months")),
        },
        figures=figures,
        stage=sheets.said(pl.col("stage")),
        flags={
            "aggregate": partner.value == "WLD",
            "confidential": code.str.contains("X", literal=True),
            "not_yet_published": to_come,
        },
        weight=pl.when("to_date").then(value.value),
        unfolded=True,
        part="part",
        part_is="customs offices",
    )


def _partner(who: str) -> str:
    code, year = who.split(" ")
    return partners.resolve("jp3", code, int(year) if year.isdecimal() else None)


def _hint(code: pl.Expr) -> pl.Expr:
    short = code.str.contains("^[0-9]{8}$")
    return (
        pl.when(short).then(pl.lit("; has a spreadsheet taken its leading zero away?")).otherwise(pl.lit(""))
    )


def _quantity(cells: pl.DataFrame, place: int, value: pl.Expr) -> sheets.Figure:
    made = sheets.quantity(cells, f"quantity_{place}", f"unit_{place}", _UNITS, none=("",))
    there = pl.col(f"quantity_{place}").is_not_null()
    unit = sheets.Read(pl.when(there).then(made.unit.value), made.unit.refusals)
    return sheets.Figure(unit, made.value, {"rounded": (made.value.value == 0) & (value > 0)})


def _not_yet(figure: sheets.Figure, to_come: pl.Expr) -> sheets.Figure:
    """Return the figure without a number in months to come, whose 0 stands for nothing."""
    value = sheets.Read(pl.when(~to_come).then(figure.value.value), figure.value.refusals)
    flags = {name: when & ~to_come for name, when in figure.flags.items()}
    return sheets.Figure(figure.unit, value, flags)


def _cut_told(spans: Mapping[int, Mapping[str, str]], out: _Out) -> list[str]:
    parts: list[str] = []
    for stage in _LADDER:
        mine = [_MONTHS[i] for i, found in enumerate(out.stages) if found == stage]
        parts += [f"{stage} {mine[0]}" + (f" to {mine[-1]}" if len(mine) > 1 else "")] if mine else []
    coming = [n for n in spans if out.months < n < _YEAR]
    told = f"months out: {', '.join(parts)}"
    return [f"{told}; {len(coming)} months to come are null, not 0" if coming else told]


def _years_told(cells: pl.DataFrame) -> list[str]:
    """Tell whether the year of each record is the sum of its months, in all three measures."""
    numbers = [sheets.number(name, missing=("", "-")).value.fill_null(0).alias(name) for name in _MEASURES]
    sums = cells.select("line", "to_date", *numbers).group_by("line", "to_date").agg(pl.col(_MEASURES).sum())
    year, months = sums.filter("to_date"), sums.filter(~pl.col("to_date"))
    both = year.join(months, on="line", suffix="_months").sort("line")
    if not both.height:
        return []
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name}_months") for name in _MEASURES)
    apart: Sequence[int] = both.filter(~same)["line"].to_list()
    told = f"the year is the sum of its months in {both.height - len(apart):,} of {both.height:,} records"
    return [f"{told}; not in line {apart[0]}" if apart else told]


SOURCE = Source(
    id="estat",
    title="Japan customs (e-Stat): by nine-digit code, alone or with the country, and month",
    table="flows",
    licence="Trade Statistics of Japan, Ministry of Finance; use with the source named (terms of e-Stat)",
    how="Download the CSV of the table by HS code, or by HS code and country, from e-Stat and"
    " ingest it with --published and --detail title=..., the title of the table, which says the stages",
    read=read,
)
