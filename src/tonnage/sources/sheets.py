"""Reading a whole sheet of text cells at once: what each column of FLOWS is said by, and what is refused.

A source of up to some millions of records describes its sheet: of every column an expression over the printed
cells, of every figure its unit, value and flags, and the conditions under which a record is refused. A record
is refused by the first condition that holds; it is set aside with that reason, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

import polars as pl

from tonnage.errors import ReadError, TonnageError, nearest
from tonnage.model import codes, flows, packed
from tonnage.sources.base import (
    REASONS,
    RECEIPTS,
    SET_ASIDE,
    Reading,
    Sidecar,
    aside_notes,
    flag_conflicts,
    nothing_read,
    too_early,
)

__all__ = [
    "Figure",
    "Read",
    "Sheet",
    "Units",
    "code",
    "number",
    "quantity",
    "read_sheet",
    "refuse_gaps",
    "said",
    "twice",
    "with_world_told",
]

#: Code -> what FLOWS says, or a function that raises TonnageError where it has none.
Meaning = Mapping[str, str] | Callable[[str], str]

#: Printed unit -> the unit of FLOWS, and how much of it one printed unit is.
Units = Mapping[str, tuple[str, Decimal]]

_NUMBER: Final = r"^[+-]?[0-9]+(\.[0-9]*)?$"
_THOUSANDS: Final = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$"
_DIGITS: Final = 15  # what a float64 gives back as it was printed
_PLACES: Final = 9
_SCALE: Final = pl.Decimal(38, 6)
_NEAR: Final = 1e-12  # what adding up floats may lose
_SAID: Final = ("reporter", "partner", "flow", "classification", "commodity", "period", "months")


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of a cell, and when the record is refused for it.

    Attributes:
        value: an expression over the cells; null where the record is refused or nothing is printed.
        refusals: (when, reason) in the order they are to be asked.
    """

    value: pl.Expr
    refusals: tuple[tuple[pl.Expr, pl.Expr], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of each record.

    Attributes:
        unit: as FLOWS has it; null where the record prints no such figure.
        value: null where the figure is there and no number is printed.
        flags: flag -> when it is set on this figure.
    """

    unit: Read
    value: Read
    flags: Mapping[str, pl.Expr] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the cells of one file become FLOWS.

    Attributes:
        columns: reporter, partner, flow, classification, commodity, period (Date) and months (Int8).
        figures: the figures of a record, at most three.
        flags: flag -> when it is set on every figure of the record.
        refusals: (when, reason) of records that are refused for what they are; asked first.
        stage: of the whole file, or of each record.
        weight: the value of a record as printed, for the share of it that is set aside.
        over: the first day after what a record covers, where that is not the end of its months.
        unfolded: whether a record stands on several rows (its months), which are then read or refused as one.
        part: the cell that tells parts of a figure apart: several codes of a publisher may be one partner,
            whose figures are then added up and flagged `derived`.
        part_is: what the parts are, for the note; codes are named there, others counted.
    """

    columns: Mapping[str, Read]
    figures: Sequence[Figure]
    stage: Read
    flags: Mapping[str, pl.Expr] = field(default_factory=dict)
    refusals: Sequence[tuple[pl.Expr, pl.Expr]] = ()
    weight: pl.Expr | None = None
    over: pl.Expr | None = None
    unfolded: bool = False
    part: str | None = None
    part_is: str = "codes"


def said(value: str | pl.Expr) -> Read:
    """Return what is the same for every record, or an expression that cannot fail."""
    return Read(value if isinstance(value, pl.Expr) else pl.lit(value))


def code(cells: pl.DataFrame, cell: str, meaning: Meaning, what: str) -> Read:
    """Return how a coded cell is read: each code that occurs is looked up once.

    Args:
        cells: the sheet.
        cell: the column of it.
        meaning: code -> what FLOWS says, or a function that raises TonnageError where it has none.
        what: what to call it in a reason ("partner code").
    """
    known, refused = _meanings(cells[cell].unique().to_list(), meaning, what)
    column = pl.col(cell).fill_null("")
    value = column.replace_strict(known, default=None, return_dtype=pl.String)
    reason = column.replace_strict(refused, default=None, return_dtype=pl.String)
    return Read(value, ((value.is_null(), reason),))


def _meanings(
    codes: Iterable[str | None], meaning: Meaning, what: str
) -> tuple[dict[str, str], dict[str, str]]:
    """Return code -> meaning of the codes that have one, and code -> reason of the others."""
    known: dict[str, str] = {}
    refused: dict[str, str] = {"": f"{what}: nothing is printed"}
    for printed in codes:
        if not printed:
            continue
        try:
            known[printed] = meaning(printed) if callable(meaning) else meaning[printed]
        except KeyError:
            refused[printed] = f"{what} {printed!r}: not one that is known"
        except TonnageError as fault:
            refused[printed] = str(fault)
    return known, refused


def number(
    cell: str, scale: int | pl.Expr = 1, missing: Sequence[str] = ("",), *, commas: bool = False
) -> Read:
    """Return how a printed number is read: exactly, before the one conversion to a float.

    Args:
        cell: the column of the sheet.
        scale: what one printed unit is, as a number or as an expression (Decimal or integer).
        missing: texts that say no number is printed.
        commas: whether thousands are set off by commas.
    """
    printed = pl.col(cell).str.strip_chars()
    none = printed.is_null() | printed.is_in(list(missing))
    plain = printed
    if commas:
        apart = printed.str.contains(_THOUSANDS)
        plain = pl.when(apart).then(printed.str.replace_all(",", "", literal=True)).otherwise(printed)
    exact = plain.cast(pl.Decimal(38, _PLACES), strict=False)
    fits = plain.str.contains(_NUMBER) & (plain.str.count_matches("[0-9]") <= _DIGITS) & exact.is_not_null()
    value = pl.when(fits & ~none).then((exact * scale).cast(pl.Float64))
    reason = pl.format(
        "{} '{}': expected a plain number of at most {} digits", pl.lit(cell), printed, pl.lit(_DIGITS)
    )
    return Read(value, ((~none & ~fits, reason),))


def quantity(
    cells: pl.DataFrame,
    cell: str,
    unit: str,
    units: Units,
    flags: Mapping[str, pl.Expr] | None = None,
    *,
    none: Sequence[str] = ("", "-"),
) -> Figure:
    """Return how a quantity and the unit printed beside it are read.

    A good that has no such quantity prints no unit, beside nothing or beside a zero: then there is no figure.

    Args:
        cells: the sheet.
        cell: the column of the number.
        unit: the column of its unit.
        units: every unit that is known; another refuses the record.
        flags: as `Figure` has them.
        none: what stands for no unit.
    """
    printed = pl.col(unit).fill_null("").str.strip_chars()
    there = ~printed.is_in(list(none))
    names, scales = ({k: v[i] for k, v in units.items()} for i in (0, 1))
    name = printed.replace_strict(names, default=None, return_dtype=pl.String)
    scale = printed.replace_strict(scales, default=None, return_dtype=_SCALE)
    known = sorted(set(cells[unit].drop_nulls().str.strip_chars()) - set(units) - set(none))
    hints = {text: nearest(text, units) for text in known}
    hint = printed.replace_strict(hints, default="", return_dtype=pl.String)
    strange = pl.format("unit '{}': not one that is known{}", printed, hint)
    value = number(cell, scale, ("", "-"))
    bare = number(cell, missing=("", "-")).value.fill_null(0) != 0
    unitless = pl.format("{} {}: printed without a unit", pl.lit(cell), pl.col(cell))
    refusals = ((there & name.is_null(), strange), (~there & bare, unitless))
    return Figure(Read(pl.when(there).then(name), refusals), value, flags or {})


def read_sheet(
    cells: pl.DataFrame, sheet: Sheet, sidecar: Sidecar, source: str, publisher: str, notes: Sequence[str]
) -> Reading:
    """Read every record of a sheet.

    Args:
        cells: a row a record: line (UInt32), text (the record as printed), and its cells (String); where
            there is a column `fault`, a record that has one is refused for it.
        sheet: what they say.
        sidecar: what is known of the file.
        source: id of the source.
        publisher: who printed it, where the sidecar does not say.
        notes: what is told of the file.

    Raises:
        ReadError: nothing says the day of release, or not one record can be read.
    """
    rows = cells.lazy().with_columns(_reason=_reason(cells, sheet, sidecar))
    if sheet.unfolded:
        rows = rows.with_columns(pl.col("_reason").drop_nulls().first().over("line"))
    done = (
        rows.with_columns(**_packed(sheet, sidecar))
        .with_columns(
            source=pl.lit(source),
            publisher=pl.lit(sidecar.publisher or publisher),
            published=pl.lit(sidecar.release_day()),
            raw=pl.lit(sidecar.raw),
        )
        .collect()
    )
    aside = _once(done.filter(pl.col("_reason").is_not_null()), sheet)
    kept = done.filter(pl.col("_reason").is_null()).select(packed.SCHEMA.names())
    records = cells["line"].n_unique() if sheet.unfolded else cells.height
    set_aside = aside.select("line", "text", reason="_reason").cast(SET_ASIDE)
    if not kept.height:
        raise nothing_read(sidecar, records, set_aside)
    frame = packed.unpack(kept.cast(packed.SCHEMA).lazy()).sort("line", maintain_order=True)
    if sheet.unfolded:
        # January is its own year to date: one figure that stands there twice.
        frame = frame.unique(maintain_order=True)
    figures, added = _added_up(flows.to_contract(frame).collect(), cells, sheet)
    figures = flag_conflicts(figures)
    return Reading(
        frame=flows.check(figures, sidecar.file),
        set_aside=set_aside,
        notes=(*notes, *_told(done, sheet), *added),
        records=records,
        receipts=_receipts(_once(kept, sheet)["line"], sidecar),
    )


def _once(rows: pl.DataFrame, sheet: Sheet) -> pl.DataFrame:
    return rows.unique("line", keep="first", maintain_order=True) if sheet.unfolded else rows


def _reason(cells: pl.DataFrame, sheet: Sheet, sidecar: Sidecar) -> pl.Expr:
    """Return why a record is refused, null where it is not."""
    fault = [(pl.col("fault").is_not_null(), pl.col("fault"))] if "fault" in cells.columns else []
    every = [*fault, *sheet.refusals]
    for name in _SAID:
        read = sheet.columns[name]
        every += [*read.refusals, (read.value.is_null(), pl.lit(f"{name}: nothing is printed"))]
    every += sheet.stage.refusals
    for figure in sheet.figures:
        every += [*figure.unit.refusals, *figure.value.refusals]
    every.append(
        (pl.all_horizontal(f.unit.value.is_null() for f in sheet.figures), pl.lit("nothing is printed in it"))
    )
    every.append(_early(sheet, sidecar))
    return pl.coalesce(pl.when(when).then(reason) for when, reason in every)


def _early(sheet: Sheet, sidecar: Sidecar) -> tuple[pl.Expr, pl.Expr]:
    """Refuse a figure that is printed before what it covers is over: a wrong day would show it too early."""
    day = pl.lit(sidecar.release_day())
    months = pl.format("{}mo", sheet.columns["months"].value.cast(pl.Int64))
    over = sheet.columns["period"].value.dt.offset_by(months) if sheet.over is None else sheet.over
    told = pl.format(too_early("{}", "{}"), day.cast(pl.String), over)
    out = ~sheet.flags.get("not_yet_published", pl.lit(value=False))
    return out & (day < over), told


def _packed(sheet: Sheet, sidecar: Sidecar) -> dict[str, pl.Expr]:
    columns = {name: read.value for name, read in sheet.columns.items()} | {"stage": sheet.stage.value}
    assumed = {"day_assumed": pl.lit(True)} if sidecar.day_assumed() else {}
    for place in range(1, packed.SLOTS + 1):
        unit, value, flags = packed.slot(place)
        figure = sheet.figures[place - 1] if place <= len(sheet.figures) else None
        columns[unit] = figure.unit.value if figure else pl.lit(None, dtype=pl.String)
        columns[value] = figure.value.value if figure else pl.lit(None, dtype=pl.Float64)
        own = figure.flags if figure else {}
        columns[flags] = packed.join_flags({**assumed, **sheet.flags, **own})
    return columns


def _added_up(frame: pl.DataFrame, cells: pl.DataFrame, sheet: Sheet) -> tuple[pl.DataFrame, list[str]]:
    """Add up the parts of one figure; a part that stands there twice leaves the figure as it is printed."""
    if sheet.part is None:
        return frame, []
    parts = cells.select("line", _part=sheet.part).unique("line", keep="first")
    lines = frame.select("line", "partner").unique().join(parts, on="line", how="inner")
    split = (
        lines.group_by("partner").agg(pl.col("_part").unique().sort()).filter(pl.col("_part").list.len() > 1)
    )
    mine = pl.col("partner").is_in(split["partner"].implode())
    held = frame.filter(mine).join(parts, on="line", how="left")
    several = (pl.len() > 1) & (pl.col("_part").n_unique() == pl.len())
    held = held.with_columns(_several=several.over(flows.KEY))
    whole = pl.when(pl.col("value").null_count() == 0).then(pl.col("value").sum())
    flags = pl.col("flags").explode(empty_as_null=False, keep_nulls=False).unique()
    sums = (
        held.filter("_several")
        .group_by(flows.KEY, maintain_order=True)
        .agg(whole, flags=flags, raw=pl.col("raw").first(), line=pl.col("line").min())
        .with_columns(flags=pl.col("flags").list.concat(pl.lit(["derived"])).list.unique().list.sort())
    )
    told = held.filter("_several").group_by("partner").agg(pl.col("_part").unique().sort()).sort("partner")
    notes = [_parts_told(iso, found, sheet.part_is) for iso, found in told.head(REASONS).iter_rows()]
    if told.height > REASONS:
        notes = [f"{told.height} partners: figures of several {sheet.part_is} are added up and flagged"]
    rest = held.filter(~pl.col("_several"))
    every = [frame.filter(~mine), *(rows.select(frame.columns) for rows in (rest, sums))]
    return pl.concat(every).sort("line", maintain_order=True), notes


def _parts_told(partner: str, parts: Sequence[str], what: str) -> str:
    shown = f"codes {', '.join(parts)}" if what == "codes" else f"{len(parts)} {what}"
    return f"partner {partner}: the figures of {shown} are added up"


def _told(done: pl.DataFrame, sheet: Sheet) -> list[str]:
    """Return the commonest reasons for which records were set aside, with the share of the file's value."""
    weight = pl.lit(None, dtype=pl.Float64) if sheet.weight is None else sheet.weight.cast(pl.Float64)
    weighed = done.select("_reason", "line", _weight=weight)
    whole = float(weighed["_weight"].sum())
    groups = (
        weighed.drop_nulls("_reason")
        .group_by("_reason")
        .agg(pl.col("line").n_unique(), pl.col("_weight").sum())
    )
    return aside_notes({reason: (count, value) for reason, count, value in groups.iter_rows()}, whole)


def _receipts(lines: pl.Series, sidecar: Sidecar) -> pl.DataFrame:
    told = {"raw": sidecar.raw, "address": sidecar.url, "basis": sidecar.basis, "note": ""}
    return (
        lines.to_frame("line")
        .with_columns(pl.lit(v).alias(k) for k, v in told.items())
        .select(RECEIPTS.names())
        .cast(RECEIPTS)
    )


def twice() -> tuple[pl.Expr, pl.Expr]:
    """Return the refusal of a record that stands on an earlier line too, as pages that overlap have it."""
    first = pl.col("line").first().over("text")
    told = pl.format("the same record stands on line {}: a figure is taken once", first)
    return pl.col("line") != first, told


def refuse_gaps(reading: Reading, sidecar: Sidecar, apart: tuple[str, ...] = ("partner code ",)) -> None:
    """Refuse a sum of parts of which one was not read: it would look whole.

    Args:
        reading: the reading.
        sidecar: what is known of the file.
        apart: how reasons begin that leave no sum short: then all figures of the partner are lacking.

    Raises:
        ReadError: a record is set aside for another reason.
    """
    short = ~pl.any_horizontal(pl.col("reason").str.starts_with(begin) for begin in apart)
    lost = reading.set_aside.filter(short)
    if lost.height:
        line, _, reason = lost.row(0)
        raise ReadError(
            f"{sidecar.file}: line {line}: {reason}; parts are added up only when every one can be read"
        )


def with_world_told(reading: Reading) -> Reading:
    """Add to a reading whether the publisher's world totals equal the sums of the countries beside them."""
    frame = reading.frame.filter(pl.col("value").is_not_null())
    key = [name for name in flows.KEY if name != "partner"]
    world = frame.filter(pl.col("partner") == "WLD").select(*key, "line", world="value")
    each = frame.filter(~pl.col("partner").is_in(list(codes.AGGREGATES)))
    sums = each.group_by(key).agg(parts=pl.col("value").sum())
    both = world.join(sums, on=key, how="inner")
    if not both.height:
        return reading
    near = (pl.col("world") - pl.col("parts")).abs() <= _NEAR * pl.col("world").abs()
    apart = both.filter(~near).sort("line")
    equal = both.height - apart.height
    told = f"world total and sum of countries: equal in {equal:,} of {both.height:,} figures"
    if apart.height:
        line, unit, total, parts = apart.select("line", "unit", "world", "parts").row(0)
        told += f"; line {line} prints {total:,.0f} {unit}, the countries add up to {parts:,.0f}"
    return replace(reading, notes=(*reading.notes, told))
