"""Does it add up? Each identity is computed on the rows as they stood on a day; every residual is a row."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl
import pyarrow as pa

from tonnage.ledger import agreement, facts, identities, joins, percentages, proofs, quotas
from tonnage.ledger import series as ledger_series
from tonnage.ledger.identities import ROW, SUMS
from tonnage.model.definitions import Definition

__all__ = [
    "IDENTITIES",
    "ORDER",
    "SCHEMA",
    "SOUND",
    "SUMS",
    "TERM",
    "VERDICTS",
    "Asked",
    "check",
    "known",
    "receipt",
]

#: What is said of a residual.
VERDICTS: Final[dict[str, str]] = {
    "break shown": "a declared break: the two numbers must differ, and do",
    "exact": "no residual; or a part that is not larger than its whole",
    "misprint suspected": "one number is at odds with several others that agree",
    "revision": "a later print by the same agency, or one that a printed percentage gives away",
    "rounding": "no more than the last digits of the terms allow",
    "side by side": "two countries' counts: never judged",
    "unexplained": "beyond rounding, and nothing in the ledger says why",
    "unusual": "far from its own history; a question, not a mistake",
}

#: Verdicts that ask nothing of the reader.
SOUND: Final = ("break shown", "exact", "rounding", "side by side")

#: One printed number of an identity: on which side it stands, what it is, who printed it, and where.
TERM: Final = pl.Struct(
    {
        "side": pl.String(),
        "commodity": pl.String(),
        "partner": pl.String(),
        "period": pl.Date(),
        "months": pl.Int8(),
        "value": pl.Float64(),
        "unit": pl.String(),
        "publisher": pl.String(),
        "stage": pl.String(),
        "published": pl.Date(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

#: One row an identity: what was compared, how far it misses, what is allowed and why, what that means.
SCHEMA: Final = pl.Schema(
    {
        "identity": pl.String(),
        "definition": pl.String(),
        "period": pl.Date(),
        "months": pl.Int8(),
        "expected": pl.Float64(),
        "found": pl.Float64(),
        "residual": pl.Float64(),
        "tolerance": pl.Float64(),
        "unit": pl.String(),
        "verdict": pl.String(),
        "blocks": pl.Boolean(),
        "receipt": pl.List(ledger_series.RECEIPT),
        "reporter": pl.String(),
        "partner": pl.String(),
        "flow": pl.String(),
        "reason": pl.String(),
        "terms": pl.List(TERM),
    }
)

#: The order of the rows.
ORDER: Final = ("identity", "definition", "partner", "unit", "period", "months", "found")

Receipts = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Asked:
    """What is to be checked.

    Attributes:
        prints: numbered prints (`facts.numbered`), known on the day, suspect ones included.
        entries: the definitions asked for.
        registry: all definitions by id.
        pcts: `percentages.PRINTED`, known on the day.
        quotas: the quotas held, as their source reads them.
        unnamed: also lines that no definition names.
    """

    prints: pl.DataFrame
    entries: Sequence[Definition]
    registry: Mapping[str, Definition]
    pcts: pl.DataFrame
    quotas: pl.DataFrame
    unnamed: bool = True

    @cached_property
    def needed(self) -> list[Definition]:
        """The definitions asked for and those their identities need."""
        return facts.closure(self.entries, self.registry)

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The figures of these definitions."""
        return facts.figures(self.prints, self.needed, unnamed=self.unnamed)

    @cached_property
    def own(self) -> pl.DataFrame:
        """The figures of the definitions asked for."""
        return self.rows if self.unnamed else self.rows.filter(pl.col("definition").is_in(self.ids))

    @cached_property
    def named(self) -> pl.DataFrame:
        """The printed lines that belong to the definitions asked for."""
        return facts.labels(self.prints, self.entries, unnamed=self.unnamed, quoted=True)

    @property
    def ids(self) -> list[str]:
        """The names of the definitions asked for."""
        return [entry.id for entry in self.entries]


def _parts(asked: Asked) -> Iterator[pl.DataFrame]:
    for entry in asked.entries:
        for part in entry.contains:
            yield identities.part_within_whole(asked.rows, part, entry.id)


def _quoted(asked: Asked) -> Iterator[pl.DataFrame]:
    for entry in asked.entries:
        if entry.quoted_as:
            yield identities.quoted_difference(asked.rows, asked.prints, entry)


#: Every identity by name.
IDENTITIES: Final[dict[str, Callable[[Asked], Iterable[pl.DataFrame]]]] = {
    identities.MONTHS: lambda a: [identities.months_against_totals(a.own)],
    identities.TOTALS: lambda a: [identities.totals_against_totals(a.own)],
    identities.PART: _parts,
    identities.QUOTED: _quoted,
    identities.WORLD: lambda a: [identities.partners_within_world(a.own)],
    identities.BLOC: lambda a: [identities.bloc_members(a.own)],
    proofs.BREAK: lambda a: [proofs.breaks(a.rows, a.entries, a.registry)],
    joins.PUBLISHERS: lambda a: [agreement.prints_of_one_figure(a.prints, a.named)],
    joins.LATER: lambda a: [agreement.reprints(a.prints, a.named)],
    agreement.MIRROR: lambda a: [agreement.mirrors(a.prints)] if a.unnamed else [],
    agreement.UNIT_VALUE: lambda a: [agreement.unit_values(a.prints, a.named)],
    percentages.IDENTITY: lambda a: [percentages.against_year_ago(a.pcts, a.prints, a.named)],
    quotas.IDENTITY: lambda a: [quotas.rounds_against_year(a.quotas)] if a.unnamed else [],
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a part of a ledger.

    Attributes:
        rows: `SCHEMA`.
        verdicts: how often each verdict was given, of all identities that were computed.
    """

    rows: pl.DataFrame
    verdicts: Mapping[str, int]


def check(asked: Asked, names: Iterable[str] | None, receipts: Receipts, *, sound: bool = True) -> Checked:
    """Return what adds up and what does not.

    Args:
        asked: what is to be checked.
        names: identities by name; None for all. `SUMS` alone keeps to world totals in kilograms.
        receipts: adds the columns file, address, basis and note to rows that have raw and line.
        sound: False leaves out the rows that ask nothing of the reader before anything is added to them.
    """
    wanted = list(IDENTITIES) if names is None else list(names)
    world = names is not None and set(wanted) <= set(SUMS)
    kept, verdicts = [ROW.to_frame()], Counter[str]()
    for rows in (rows for name in wanted for rows in IDENTITIES[name](asked)):
        found = rows.filter(pl.col("partner") == "WLD", pl.col("unit") == "kg") if world else rows
        verdicts.update(dict(found["verdict"].value_counts().iter_rows()))
        kept.append(found if sound else found.filter(~pl.col("verdict").is_in(list(SOUND))))
    made = _with_terms(pl.concat(kept), asked.prints, receipts)
    made = made.with_columns(residual=pl.col("found") - pl.col("expected"))
    return Checked(made.select(SCHEMA.names()).cast(SCHEMA).sort(ORDER), verdicts)


def _with_terms(rows: pl.DataFrame, prints: pl.DataFrame, receipts: Receipts) -> pl.DataFrame:
    """Add the prints that each side is made of, and where they stand."""
    lists = rows.select(print=pl.concat_list("expected_prints", "found_prints"))["print"]
    sides = pl.concat_list(
        pl.lit(side).repeat_by(pl.col(f"{side}_prints").list.len()) for side in ("expected", "found")
    )
    used = pl.DataFrame({"print": _flat(lists), "side": _flat(rows.select(side=sides)["side"])})
    every = _told(used, prints, receipts)
    count = lists.list.len().fill_null(0)
    kinds = {"terms": TERM, "receipt": ledger_series.RECEIPT}
    return rows.with_columns(_folded(every, count, kind).alias(name) for name, kind in kinds.items())


def receipt(numbers: pl.Series, prints: pl.DataFrame, receipts: Receipts) -> pl.Series:
    """Return where some prints stand: lists of `series.RECEIPT`, one to each list of numbers of prints.

    Args:
        numbers: lists of what `print` is in the rows.
        prints: numbered prints.
        receipts: as `check` takes them.
    """
    every = _told(pl.DataFrame({"print": _flat(numbers)}), prints, receipts)
    return _folded(every, numbers.list.len(), ledger_series.RECEIPT).alias("receipt")


def _told(used: pl.DataFrame, prints: pl.DataFrame, receipts: Receipts) -> pl.DataFrame:
    """Return the rows and receipts of prints by their numbers, in the order in which they are used."""
    known = prints.filter(pl.col("print").is_in(used["print"].unique().implode()))
    told = receipts(known.with_columns(pl.col("stage").cast(pl.String)))
    return used.join(told, on="print", how="left", maintain_order="left")


def _flat(lists: pl.Series) -> pl.Series:
    return lists.explode(empty_as_null=False, keep_nulls=False)


def _folded(rows: pl.DataFrame, count: pl.Series, kind: pl.Struct) -> pl.Series:
    """Return the rows as a column of lists, so many to each: the offsets are known, nothing is searched."""
    values = rows.select(pl.struct(pl.col(f.name).cast(f.dtype) for f in kind.fields)).to_series()
    ends = count.cast(pl.Int64).cum_sum()
    offsets = pl.concat([pl.Series([0], dtype=pl.Int64), ends])
    array = pa.LargeListArray.from_arrays(offsets.to_arrow(), values.to_arrow())
    return pl.Series(values=array, dtype=pl.List(kind))


def known(prints: pl.LazyFrame, day: dt.date | None) -> pl.LazyFrame:
    """Return the prints out by a day, suspect ones included."""
    return prints if day is None else prints.filter(pl.col("published") <= day)
