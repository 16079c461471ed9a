"""Do the data bear out what the registry declares?

Contains, difference, break, "must not be compared", and the codes of one year that are those of another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import polars as pl

from tonnage.ledger import facts, vintages
from tonnage.ledger.facts import TRADE
from tonnage.ledger.identities import ROW
from tonnage.model import scopes
from tonnage.model.definitions import Definition
from tonnage.model.scopes import Scope

__all__ = ["PROOFS", "breaks", "commodities", "prove", "violations"]

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


def prove(
    prints: pl.DataFrame, registry: Mapping[str, Definition], day: dt.date | None = None
) -> pl.DataFrame:
    """Try every relation of the registry on the figures as known on a day (`PROOFS`).

    `proved`: it held wherever it could be tried. `violated`: it did not. `not tried`: no figures for it yet.

    Args:
        prints: numbered prints.
        registry: definitions by id.
        day: only what was out by then.
    """
    rows = facts.figures(prints, list(registry.values()), day)
    rows = rows.filter(pl.col("value").is_not_null())
    made = [row for entry in registry.values() for row in _relations(entry, rows, registry)]
    out = vintages.known(prints.lazy(), day).collect().filter(pl.col("value").is_not_null())
    made += [row for entry in registry.values() for row in _renumberings(entry, out)]
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


def violations(proofs: pl.DataFrame) -> list[str]:
    """Return a line for each relation that the data contradict."""
    broken = proofs.filter(pl.col("verdict") == "violated")
    return [
        f"{row['definition']}: declared {row['relation']} {row['other']}: {row['told']}"
        for row in broken.iter_rows(named=True)
    ]


def _relations(
    entry: Definition, rows: pl.DataFrame, registry: Mapping[str, Definition]
) -> Iterator[Mapping[str, Any]]:
    for part in entry.contains:
        yield _contains(entry.id, "contains", part, _side_by_side(rows, entry.id, part))
    if entry.parts:
        both = _side_by_side(rows, entry.minuend, entry.subtrahend)
        yield _contains(entry.id, "difference of", " - ".join(entry.parts), both)
    for other in entry.incomparable:
        yield _differs(entry.id, "incomparable", other, _side_by_side(rows, entry.id, other))
    for at in entry.breaks:
        yield _break(entry, at, rows, registry)


def _renumbered(older: Scope, newer: Scope) -> bool:
    """Return whether two scopes hold the same goods under other codes."""
    return older.base == newer.base and bool(older.codes and newer.codes) and older.codes != newer.codes


def _renumberings(entry: Definition, out: pl.DataFrame) -> Iterator[Mapping[str, Any]]:
    """Yield the proof of each split and merge on the way of a definition: a code stands in its years only."""
    for older, newer in pairwise(entry.scopes):
        if _renumbered(older, newer):
            name = f"{older.family}{older.last} to {newer.family}{newer.first}"
            yield _renumbering(entry.id, name, out, older, newer)


def _renumbering(name: str, step: str, out: pl.DataFrame, older: Scope, newer: Scope) -> Mapping[str, Any]:
    """Return the proof that no code is printed in years to which it does not belong."""
    gone, come = set(older.codes) - set(newer.codes), set(newer.codes) - set(older.codes)
    trade = ["reporter", "partner", "flow", "unit"]
    code = pl.col("commodity")
    rows = out.filter(code.is_in([*gone, *come]), older.holds() | newer.holds()).with_columns(
        _new=newer.holds(), held=code.is_in([*come]) == newer.holds()
    )
    sides = rows.group_by(trade).agg(sides=pl.col("_new").n_unique()).filter(pl.col("sides") == 2)
    both = rows.join(sides, on=trade, how="semi").with_columns(
        value_other=pl.lit(None, dtype=pl.Float64), _mass=pl.col("unit") == "kg"
    )
    judged = both.sort("held", "_mass", "value", "period", descending=[False, True, True, False])
    told = f"{', '.join(sorted(gone))} and {', '.join(sorted(come))} each stand in their own years only"
    if judged.height and not judged["held"][0]:
        wrong = judged.row(0, named=True)
        told = f"{wrong['commodity']} is printed in {wrong['classification']}, where it is not a code"
    return _proof(name, "codes", step, judged, told)


def _side_by_side(rows: pl.DataFrame, one: str, other: str) -> pl.DataFrame:
    left = rows.filter(pl.col("definition") == one)
    right = rows.filter(pl.col("definition") == other).drop("definition")
    return left.join(right, on=_SPAN, suffix="_other").sort("period", "months", "partner", "unit")


def _contains(name: str, relation: str, other: str, both: pl.DataFrame) -> Mapping[str, Any]:
    """Return the proof that the first side is never below the second, by the span that comes closest."""
    room = pl.col("value") + pl.col("slack") + pl.col("slack_other") - pl.col("value_other")
    mass = pl.col("unit") == "kg"
    judged = both.with_columns(held=room >= 0, _share=pl.col("value_other") / pl.col("value"), _mass=mass)
    told = (
        "{other:,.0f} of {value:,.0f} {unit} in {period:%Y-%m} is the most"
        if judged["held"].all()
        else ("{other:,.0f} {unit} in {period:%Y-%m} is more than {value:,.0f}")
    )
    return _proof(
        name, relation, other, judged.sort("held", "_mass", "_share", descending=[False, True, True]), told
    )


def _differs(name: str, relation: str, other: str, both: pl.DataFrame) -> Mapping[str, Any]:
    """Return the proof that two definitions are not one quantity: a span in which they differ."""
    gap = (pl.col("value") - pl.col("value_other")).abs()
    apart = gap > pl.col("slack") + pl.col("slack_other")
    ratio = pl.max_horizontal("value", "value_other") / pl.min_horizontal("value", "value_other")
    judged = both.with_columns(_ratio=ratio, _apart=apart, _mass=pl.col("unit") == "kg")
    judged = judged.sort("_apart", "_mass", "_ratio", descending=True)
    # One span is enough; two goods may weigh the same in another.
    held = judged["_apart"].any() if judged.height else False
    judged = judged.head(1).with_columns(held=pl.lit(held))
    told = "{value:,.0f} against {other:,.0f} {unit} in {period:%Y-%m}"
    return _proof(name, relation, other, judged, told)


def _break(
    entry: Definition, at: dt.date, rows: pl.DataFrame, registry: Mapping[str, Definition]
) -> Mapping[str, Any]:
    """Return the proof of a break: in its first month two labels of the line give two different numbers."""
    shown = _break_pairs(entry, at, rows, registry)
    return (
        _differs(entry.id, "break", f"{at:%Y-%m}", shown)
        if shown.height
        else _proof(entry.id, "break", f"{at:%Y-%m}", shown.with_columns(held=pl.lit(value=False)), "")
    )


def _break_pairs(
    entry: Definition, at: dt.date, rows: pl.DataFrame, registry: Mapping[str, Definition]
) -> pl.DataFrame:
    """Return the figures of the month of a break under labels that must not be compared with each other."""
    near = [name for name in entry.incomparable if name in registry]
    pairs = [(one, other) for one in near for other in registry[one].incomparable if other != entry.id]
    month = rows.filter(pl.col("period") == at, pl.col("months") == 1)
    found = [_side_by_side(month, one, other) for one, other in pairs]
    return pl.concat(found) if found else _side_by_side(month.head(0), "", "")


def _proof(name: str, relation: str, other: str, judged: pl.DataFrame, told: str) -> Mapping[str, Any]:
    base = dict.fromkeys(PROOFS.names()) | {"definition": name, "relation": relation, "other": other}
    if not judged.height:
        return base | {
            "verdict": "not tried",
            "tried": 0,
            "held": 0,
            "told": "the ledger holds no figure of both",
        }
    row = judged.row(0, named=True)
    held = int(judged["held"].sum())
    best = {k: row[k] for k in ("reporter", "partner", "flow", "period", "months", "unit", "value")}
    words = told.format(value=row["value"], other=row["value_other"], unit=row["unit"], period=row["period"])
    verdict = "proved" if held == judged.height else "violated"
    counts = {"verdict": verdict, "tried": judged.height, "held": held}
    return base | best | counts | {"other_value": row["value_other"], "told": words}


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
            both = _break_pairs(entry, at, rows.filter(pl.col("value").is_not_null()), registry)
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
