"""One definition as one series: rows of the ledger, chosen, combined and receipted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from tonnage.errors import CodeError, nearest
from tonnage.ledger import selection, vintages
from tonnage.model import codes, scopes
from tonnage.model.definitions import Definition, definition

__all__ = ["RECEIPT", "SCHEMA", "SPANS", "Question", "Spans", "series"]

Spans = Literal["monthly", "year_to_date"]
SPANS: Final[tuple[Spans, ...]] = ("monthly", "year_to_date")

#: Where one printed figure stands.
RECEIPT: Final = pl.Struct(
    {
        "publisher": pl.String(),
        "published": pl.Date(),
        "stage": pl.String(),
        "source": pl.String(),
        "commodity": pl.String(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "raw": pl.String(),
        "line": pl.UInt32(),
        "file": pl.String(),
        "address": pl.String(),
        "basis": pl.String(),
        "note": pl.String(),
    }
)

#: A series: one row a span of months, oldest first.
SCHEMA: Final = pl.Schema(
    {
        "period": pl.Date(),
        "months": pl.Int8(),
        "value": pl.Float64(),
        "stage": pl.String(),
        "published": pl.Date(),
        "flags": pl.List(pl.String()),
        "receipt": pl.List(RECEIPT),
        "definition": pl.String(),
        "reporter": pl.String(),
        "partner": pl.String(),
        "flow": pl.String(),
        "unit": pl.String(),
    }
)


_Stages = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the ledger: a definition seen from one reporter, towards one partner, on a day."""

    definition: str
    partner: str
    reporter: str
    flow: str
    unit: str
    as_of: dt.date | None
    assumed_days: bool = True
    spans: Spans = "monthly"


def series(
    prints: Callable[[], pl.LazyFrame],
    counting: Callable[[], pl.LazyFrame],
    question: Question,
    receipts: Callable[[pl.DataFrame], pl.DataFrame],
) -> pl.DataFrame:
    """Return the series (`SCHEMA`) that answers a question; no rows if nothing was printed by then.

    Args:
        prints: gives FLOWS, every print of the ledger; asked only where it is needed.
        counting: gives, of these, the ones that counted on the day asked about; likewise.
        question: what is asked.
        receipts: adds the columns file, address, basis and note to rows that have raw and line.
    """
    entry = definition(question.definition)
    known = {
        stages: receipts(_known(prints, counting, parts, question, stages))
        for stages, parts in _read_together(entry).items()
    }
    rows = _combined(entry, known, None)
    rows = _spans(rows, question.spans).sort("period", "months")
    return _in_unit(_with_breaks(rows, entry), question.unit).select(SCHEMA.names()).cast(SCHEMA)


def _read_together(entry: Definition, stages: _Stages = None) -> dict[_Stages, list[Definition]]:
    """Return the lines and codes a definition is made of, by the stages they are taken from (None: any)."""
    if entry.kind != "difference":
        return {stages: [entry]}
    found: dict[_Stages, list[Definition]] = {}
    for part in entry.parts:
        for kept, parts in _read_together(definition(part), _within(entry, stages)).items():
            found.setdefault(kept, []).extend(parts)
    return found


def _within(entry: Definition, stages: _Stages) -> _Stages:
    # Parts of one release only: a bulletin line minus a flash line would mix two vintages.
    own = frozenset(entry.stages)
    return own if stages is None else own & stages


def _known(
    prints: Callable[[], pl.LazyFrame],
    counting: Callable[[], pl.LazyFrame],
    parts: Sequence[Definition],
    question: Question,
    stages: _Stages,
) -> pl.DataFrame:
    """Return the prints that counted on the day asked about: those of all parts in one reading."""
    asked = (
        # By themselves, so that a file is read only where it has one of them.
        pl.col("commodity").is_in(sorted({code for part in parts for code in scopes.every_code(part.codes)})),
        pl.any_horizontal(scopes.selected(part.codes) for part in parts),
        pl.col("reporter") == question.reporter,
        pl.col("partner") == question.partner,
        pl.col("flow").cast(pl.String) == question.flow,
        pl.col("unit") == _stored_unit(question.unit),
    )
    if stages is None:
        return counting().filter(*asked).collect()
    # Of some stages alone, another print may count than of all.
    rows = prints().filter(pl.col("stage").cast(pl.String).is_in(sorted(stages)), *asked)
    return vintages.as_of(rows, question.as_of, assumed_days=question.assumed_days).collect()


def _combined(entry: Definition, known: Mapping[_Stages, pl.DataFrame], stages: _Stages) -> pl.DataFrame:
    if entry.kind == "difference":
        parts = [_combined(definition(part), known, _within(entry, stages)) for part in entry.parts]
        return _difference(parts[0], parts[1], entry)
    rows = selection.one_scheme(known[stages].lazy().filter(scopes.selected(entry.codes)))
    return _one_row_a_span(rows.collect(), entry)


def _one_row_a_span(rows: pl.DataFrame, entry: Definition) -> pl.DataFrame:
    """Sum over the codes of a definition, each of which is one row a span; one code is taken as it is."""
    receipt = pl.struct(pl.col(f.name).cast(f.dtype) for f in RECEIPT.fields)
    several = pl.len() > 1
    flags = pl.col("flags").explode(empty_as_null=False, keep_nulls=False).unique()
    none = pl.lit([], dtype=pl.List(pl.String()))
    added = pl.when(several).then(pl.lit(["derived"])).otherwise(none)
    lacking = (
        pl.when(pl.len() < scopes.counted(entry.codes).first()).then(pl.lit(["partial"])).otherwise(none)
    )
    grouped = rows.sort("commodity").group_by("period", "months", maintain_order=True)
    return (
        grouped.agg(
            # A sum with an unprinted part is no number.
            value=pl.when(pl.col("value").null_count() > 0).then(None).otherwise(pl.col("value").sum()),
            stage=pl.col("stage").min().cast(pl.String),
            published=pl.col("published").max(),
            flags=flags,
            _added=pl.concat_list(added.first(), lacking.first()),
            receipt=receipt,
            reporter=pl.col("reporter").first(),
            partner=pl.col("partner").first(),
            flow=pl.col("flow").first().cast(pl.String),
            unit=pl.col("unit").first(),
            _base=scopes.based(entry.codes).first(),
        )
        .with_columns(
            flags=pl.concat_list("flags", "_added").list.unique().list.sort(), definition=pl.lit(entry.id)
        )
        .drop("_added")
    )


def _difference(minuend: pl.DataFrame, subtrahend: pl.DataFrame, entry: Definition) -> pl.DataFrame:
    both = minuend.join(subtrahend, on=["period", "months"], how="inner", suffix="_less")
    flags = pl.concat_list("flags", "flags_less", pl.lit(["derived"])).list.unique().list.sort()
    return both.with_columns(
        value=pl.col("value") - pl.col("value_less"),
        published=pl.max_horizontal("published", "published_less"),
        flags=flags,
        receipt=pl.concat_list("receipt", "receipt_less"),
        definition=pl.lit(entry.id),
    ).select(minuend.columns)


def _spans(rows: pl.DataFrame, spans: Spans) -> pl.DataFrame:
    january = pl.col("period").dt.month() == 1
    if spans == "year_to_date":
        return rows.filter(january)
    single = rows.filter(pl.col("months") == 1)
    # January and February printed together stay one row of two months, unless both are printed singly too.
    pairs = rows.filter(january, pl.col("months") == 2)
    known = single["period"].implode()
    february = pl.col("period").dt.offset_by("1mo")
    alone = pairs.filter(~(pl.col("period").is_in(known) & february.is_in(known)))
    return pl.concat([single, alone])


def _with_breaks(rows: pl.DataFrame, entry: Definition) -> pl.DataFrame:
    """Flag the first row after a break of the definition, where rows stand on both sides of it.

    A break is declared, or follows from the codes: the goods of this row's are not those of the row before.
    """
    flagged = pl.col("flags").list.concat(pl.lit(["break"])).list.unique().list.sort()
    family = pl.col("_base").str.head(-len("2023"))
    goods_before = pl.col("_base").shift(1).over(family)
    rows = rows.with_columns(
        flags=pl.when(pl.col("_base") != goods_before).then(flagged).otherwise(pl.col("flags"))
    )
    for at in entry.breaks:
        before = rows.filter(pl.col("period") < at)
        after = rows.filter(pl.col("period") >= at)
        if before.height and after.height:
            first = pl.col("period") == after["period"].min()
            rows = rows.with_columns(flags=pl.when(first).then(flagged).otherwise(pl.col("flags")))
    return rows


def _stored_unit(unit: str) -> str:
    """Return the unit rows are stored in for a unit asked for: mass in kg, money in its currency."""
    if unit in codes.MASS_KG:
        return "kg"
    currencies = {currency for currency, _ in codes.MONEY.values()}
    if unit in currencies:
        return unit
    known = [*codes.MASS_KG, *sorted(currencies)]
    raise CodeError(f"unit {unit!r}: expected one of {known}{nearest(unit, known)}")


def _in_unit(rows: pl.DataFrame, unit: str) -> pl.DataFrame:
    if unit not in codes.MASS_KG:
        return rows
    return rows.with_columns(value=pl.col("value") / float(codes.MASS_KG[unit]), unit=pl.lit(unit))
