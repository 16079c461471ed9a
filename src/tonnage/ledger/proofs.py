"""Do the data bear out what the registry declares?

Contains, difference, break, "must not be compared", and the codes of one year that are those of another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Any, Final

import polars as pl

from tonnage.ledger import facts, vintages
from tonnage.ledger import parts as ledger_parts
from tonnage.ledger.facts import TRADE
from tonnage.ledger.identities import ROW
from tonnage.model import scopes
from tonnage.model.definitions import Definition
from tonnage.model.scopes import Scope

__all__ = ["PROOFS", "breaks", "commodities", "parts", "prove", "violations"]

#: One declared relation: on how many figures it was tried, how often it held, and what shows it best.
PROOFS: Final = pl.Schema(
    {
        "definition": pl.String(),
        "relation": pl.String(),
        "other": pl.String(),
        "verdict": pl.String(),
        "tried": pl.UInt32(),
        "held": pl.UInt32(),
        "reporter": pl.String(),
        "partner": pl.String(),
        "flow": pl.String(),
        "period": pl.Date(),
        "months": pl.Int64(),
        "unit": pl.String(),
        "value": pl.Float64(),
        "other_value": pl.Float64(),
        "told": pl.String(),
    }
)

BREAK: Final = "two labels of one month"
_SPAN: Final = [*(k for k in TRADE if k != "definition"), "period", "months"]
_TIES: Final = (
    "period",
    "months",
    "partner",
    "unit",
    "reporter",
    "flow",
    "classification",
    "commodity",
    "raw",
)


@dataclass(frozen=True, slots=True)
class _Figures:
    """A part of the ledger: the figures of definitions, and the prints that are out."""

    rows: pl.DataFrame
    out: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Relation:
    """One declared relation, and how it is tried.

    Attributes:
        tried: gives a row a figure on which it can be tried, with `held` and what `order` names.
        order: what shows it best comes first: column -> descending.
        told: words on that row.
        once: one figure is enough for it to hold.
    """

    definition: str
    relation: str
    other: str
    tried: Callable[[_Figures], pl.DataFrame]
    order: Mapping[str, bool]
    told: Callable[[Mapping[str, Any]], str]
    once: bool = False

    def in_order(self, figures: pl.DataFrame) -> pl.DataFrame:
        """Return figures, what shows the relation best first; the order is always the same one."""
        ties = [name for name in _TIES if name in figures.columns]
        return figures.sort([*self.order, *ties], descending=[*self.order.values(), *(False for _ in ties)])


@dataclass(slots=True)
class _Seen:
    """What the parts that were looked at say of a relation."""

    relation: _Relation
    tried: int = 0
    held: int = 0
    best: list[pl.DataFrame] = field(default_factory=list)

    def look(self, figures: _Figures) -> None:
        found = self.relation.tried(figures)
        if found.height:
            self.tried += found.height
            self.held += int(found["held"].sum())
            self.best.append(self.relation.in_order(found).head(1))

    def proof(self) -> Mapping[str, Any]:
        """Return a row of `PROOFS`."""
        one = self.relation
        named = {"definition": one.definition, "relation": one.relation, "other": one.other}
        base = dict.fromkeys(PROOFS.names()) | named
        if not self.tried:
            told = "the ledger holds no figure of both"
            return base | {"verdict": "not tried", "tried": 0, "held": 0, "told": told}
        row = one.in_order(pl.concat(self.best)).row(0, named=True)
        tried, held = (1, int(row["held"])) if one.once else (self.tried, self.held)
        best = {k: row[k] for k in ("reporter", "partner", "flow", "period", "months", "unit", "value")}
        counts = {"verdict": "proved" if held == tried else "violated", "tried": tried, "held": held}
        return base | best | counts | {"other_value": row["value_other"], "told": one.told(row)}


def prove(
    parts: Iterable[pl.DataFrame], registry: Mapping[str, Definition], day: dt.date | None = None
) -> pl.DataFrame:
    """Try every relation of the registry on the figures as known on a day (`PROOFS`).

    `proved`: it held wherever it could be tried. `violated`: it did not. `not tried`: no figures for it yet.

    Args:
        parts: numbered prints of `commodities`; those of one partner are in one part.
        registry: definitions by id.
        day: only what was out by then.
    """
    entries = list(registry.values())
    seen = [_Seen(relation) for entry in entries for relation in _relations(entry, registry)]
    number = pl.col("value").is_not_null()
    for prints in parts:
        rows = facts.figures(prints, entries, day).filter(number)
        figures = _Figures(rows, vintages.known(prints.lazy(), day).filter(number).collect())
        for one in seen:
            one.look(figures)
    made = [one.proof() for one in seen]
    return pl.DataFrame(made, schema=PROOFS).sort("definition", "relation", "other")


def commodities(registry: Mapping[str, Definition]) -> list[str]:
    """Return the codes of the definitions that a declared relation speaks of."""
    named = {
        name
        for entry in registry.values()
        for others in (entry.contains, entry.parts, entry.incomparable)
        for name in ((entry.id, *others) if others else ())
    }
    own = {code for name in named for code in scopes.every_code(registry[name].codes)}
    steps = [step for entry in registry.values() for step in pairwise(entry.scopes) if _renumbered(*step)]
    return sorted(own | {code for one, other in steps for code in set(one.codes) ^ set(other.codes)})


def parts(prints: pl.LazyFrame, registry: Mapping[str, Definition]) -> Iterator[pl.DataFrame]:
    """Return the prints that relations speak of as `prove` takes them: no relation joins two partners.

    Args:
        prints: FLOWS rows known on a day, suspect ones included.
        registry: definitions by id.
    """
    named = pl.col("commodity").is_in(commodities(registry))
    return ledger_parts.parts(prints, named, by="partner")


def violations(proofs: pl.DataFrame) -> list[str]:
    """Return a line for each relation that the data contradict."""
    broken = proofs.filter(pl.col("verdict") == "violated")
    return [
        f"{row['definition']}: declared {row['relation']} {row['other']}: {row['told']}"
        for row in broken.iter_rows(named=True)
    ]


def _relations(entry: Definition, registry: Mapping[str, Definition]) -> Iterator[_Relation]:
    for part in entry.contains:
        yield _contains(entry.id, "contains", part, entry.id, part)
    if entry.parts:
        yield _contains(entry.id, "difference of", " - ".join(entry.parts), *entry.parts)
    for other in entry.incomparable:
        both = partial(_side_by_side, one=entry.id, other=other)
        yield _differs(entry.id, "incomparable", other, both)
    for at in entry.breaks:
        # In the first month of a break two labels of the line give two different numbers.
        both = partial(_break_pairs, entry=entry, at=at, registry=registry)
        yield _differs(entry.id, "break", f"{at:%Y-%m}", both)
    for older, newer in pairwise(entry.scopes):
        if _renumbered(older, newer):
            name = f"{older.family}{older.last} to {newer.family}{newer.first}"
            yield _renumbering(entry.id, name, older, newer)


def _renumbered(older: Scope, newer: Scope) -> bool:
    """Return whether two scopes hold the same goods under other codes."""
    return older.base == newer.base and bool(older.codes and newer.codes) and older.codes != newer.codes


def _renumbering(name: str, step: str, older: Scope, newer: Scope) -> _Relation:
    """Return the relation of a split or merge: no code is printed in years to which it does not belong."""
    gone, come = set(older.codes) - set(newer.codes), set(newer.codes) - set(older.codes)
    trade = ["reporter", "partner", "flow", "unit"]
    code = pl.col("commodity")

    def tried(figures: _Figures) -> pl.DataFrame:
        rows = figures.out.filter(code.is_in([*gone, *come]), older.holds() | newer.holds()).with_columns(
            _new=newer.holds(), held=code.is_in([*come]) == newer.holds()
        )
        sides = rows.group_by(trade).agg(sides=pl.col("_new").n_unique()).filter(pl.col("sides") == 2)
        return rows.join(sides, on=trade, how="semi").with_columns(
            value_other=pl.lit(None, dtype=pl.Float64), _mass=pl.col("unit") == "kg"
        )

    def told(row: Mapping[str, Any]) -> str:
        if row["held"]:
            each = f"{', '.join(sorted(gone))} and {', '.join(sorted(come))}"
            return f"{each} each stand in their own years only"
        return f"{row['commodity']} is printed in {row['classification']}, where it is not a code"

    order = {"held": False, "_mass": True, "value": True, "period": False}
    return _Relation(name, "codes", step, tried, order, told)


def _side_by_side(rows: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    left = rows.filter(pl.col("definition") == one)
    right = rows.filter(pl.col("definition") == other).drop("definition")
    return left.join(right, on=_SPAN, suffix="_other")


def _contains(name: str, relation: str, other: str, whole: str, part: str) -> _Relation:
    """Return the relation of a whole that is never below its part, shown by the span that comes closest."""
    room = pl.col("value") + pl.col("slack") + pl.col("slack_other") - pl.col("value_other")
    share, mass = pl.col("value_other") / pl.col("value"), pl.col("unit") == "kg"

    def tried(figures: _Figures) -> pl.DataFrame:
        both = _side_by_side(figures.rows, whole, part)
        return both.with_columns(held=room >= 0, _share=share, _mass=mass)

    def told(row: Mapping[str, Any]) -> str:
        if row["held"]:
            return "{value_other:,.0f} of {value:,.0f} {unit} in {period:%Y-%m} is the most".format_map(row)
        return "{value_other:,.0f} {unit} in {period:%Y-%m} is more than {value:,.0f}".format_map(row)

    return _Relation(name, relation, other, tried, {"held": False, "_mass": True, "_share": True}, told)


def _differs(name: str, relation: str, other: str, both: Callable[[pl.DataFrame], pl.DataFrame]) -> _Relation:
    """Return the relation of two definitions that are not one quantity, shown by a span in which they differ.

    One span is enough; two goods may weigh the same in another.
    """
    gap = (pl.col("value") - pl.col("value_other")).abs()
    apart = gap > pl.col("slack") + pl.col("slack_other")
    ratio = pl.max_horizontal("value", "value_other") / pl.min_horizontal("value", "value_other")
    mass = pl.col("unit") == "kg"

    def tried(figures: _Figures) -> pl.DataFrame:
        return both(figures.rows).with_columns(_ratio=ratio, held=apart, _mass=mass)

    told = "{value:,.0f} against {value_other:,.0f} {unit} in {period:%Y-%m}".format_map
    order = {"held": True, "_mass": True, "_ratio": True}
    return _Relation(name, relation, other, tried, order, told, once=True)


def _break_pairs(
    rows: pl.DataFrame, entry: Definition, at: dt.date, registry: Mapping[str, Definition]
) -> pl.DataFrame:
    """Return the figures of the month of a break under labels that must not be compared with each other."""
    near = [name for name in entry.incomparable if name in registry]
    pairs = [(one, other) for one in near for other in registry[one].incomparable if other != entry.id]
    month = rows.filter(pl.col("period") == at, pl.col("months") == 1)
    found = [_side_by_side(month, one, other) for one, other in pairs]
    return pl.concat(found) if found else _side_by_side(month.head(0), "", "")


def breaks(
    rows: pl.DataFrame, entries: Sequence[Definition], registry: Mapping[str, Definition]
) -> pl.DataFrame:
    """Return declared breaks as rows of the reconciliation: two labels of one month, and how far apart.

    Args:
        rows: `facts.FIGURES`.
        entries: whose breaks.
        registry: definitions by id.
    """
    found = [ROW.to_frame()]
    for entry in entries:
        for at in entry.breaks:
            both = _break_pairs(rows.filter(pl.col("value").is_not_null()), entry, at, registry)
            times = (
                pl.max_horizontal("value", "value_other") / pl.min_horizontal("value", "value_other")
            ).round(1)
            made = both.select(
                identity=pl.lit(BREAK),
                definition=pl.lit(entry.id),
                **{k: pl.col(k) for k in _SPAN},
                expected="value_other",
                found="value",
                tolerance=pl.col("slack") + pl.col("slack_other"),
                verdict=pl.lit("break shown"),
                reason=pl.format(
                    "one label gives {} times the other: the break of {}", times, pl.lit(f"{at:%Y-%m}")
                ),
                blocks=pl.lit(value=False),
                expected_prints="prints_other",
                found_prints="prints",
            ).filter((pl.col("found") - pl.col("expected")).abs() > pl.col("tolerance"))
            found.append(made.select(ROW.names()).cast(ROW))
    # Declared from both sides, a pair comes twice.
    return pl.concat(found).filter(pl.col("found") > pl.col("expected")).unique(maintain_order=True)
