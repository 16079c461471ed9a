"""Two prints of one figure: stage against stage, publisher against publisher, first against later, mirror.

Each function takes numbered prints (`facts.numbered`) known on a day and gives `identities.ROW`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.ledger import joins, precision, vintages
from tonnage.ledger.identities import ROW
from tonnage.ledger.joins import LATER, STAGES
from tonnage.model import flows

__all__ = ["mirrors", "prints_of_one_figure", "reprints", "unit_values"]

MIRROR: Final = "mirror against mirror"
UNIT_VALUE: Final = "unit value against its history"

# What a print is compared with: columns of `joins.beside` by the names that `precision` asks for.
_KNOWN: Final = {
    "step": "value_step",
    "counts": "known",
    "counts_step": "known_step",
    "counts_print": "known_print",
    "counts_stage": "known_stage",
    "counts_published": "known_day",
}
_LEAST: Final = 12  # months of history below which no unit value is called unusual
_SCORE: Final = 6.0
_TO_DEVIATION: Final = 1.4826  # median absolute deviation -> standard deviation, if normal
_SCALE: Final = 0.05  # a history of equal unit values still has some play
_SUBHEADING: Final = 6  # digits of a code that all countries share


def prints_of_one_figure(prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Compare every other number printed for a figure with the print that counts.

    Two stages of the agency itself are "stage against stage", any other two prints "publisher against
    publisher". A number that is the other one rounded or cut is `rounding`. A later print of the same agency,
    or one called revised, is a `revision`. What one publisher prints and two or more others contradict, or
    what is flagged at odds with the rest, is `misprint suspected`.

    Args:
        prints: numbered prints known on the day, suspect ones included.
        named: `facts.labels`.
    """
    rows = joins.beside(prints.lazy(), ("step", "print")).collect()
    pairs = rows.rename(_KNOWN).with_columns(
        pl.col("stage", "known_stage").cast(pl.String),
        who=precision.agency(),
        known_who=precision.agency("counts_publisher"),
    )
    same = pairs.filter(pl.col("value") == pl.col("known"))
    backing = same.group_by(flows.FIGURE).agg(backing=pl.col("who").n_unique())
    # The agency's own of the same stage is compared by `reprints`.
    others = pairs.filter(pl.col("print") != pl.col("known_print"), pl.col("between") != LATER)
    found = _gathered(others.join(backing, on=flows.FIGURE))
    return _named(_verdicts(found), named)


def _gathered(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return one row a figure and number: who printed it, how finely, and with which marks."""
    return (
        pairs.sort("published", "print")
        .group_by(*flows.FIGURE, "between", "value", maintain_order=True)
        .agg(
            pl.col("known", "known_step", "known_print", "backing", "known_who", "known_day").first(),
            value_step=pl.col("value_step").max(),
            found_prints=pl.col("print"),
            who=pl.col("who").unique().sort(),
            stage=pl.col("stage").first(),
            known_stage=pl.col("known_stage").first(),
            comparative=_has("comparative").all(),
            doubtful=(_has("suspect") | _has("conflict")).all(),
            revised=(_has("revised") | _has("corrected")).any(),
            first_day=pl.col("published").min(),
        )
    )


def _verdicts(rows: pl.DataFrame) -> pl.DataFrame:
    equal, near = pl.col("value") == pl.col("known"), precision.near()
    stages = pl.col("between") == STAGES
    step = pl.max_horizontal("value_step", "known_step")
    alone = pl.col("who").list.len() == 1
    same = pl.col("who").list.contains(pl.col("known_who"))
    later = pl.col("comparative") & stages & (pl.col("first_day") > pl.col("known_day"))
    restated = ~pl.col("doubtful") & (pl.col("revised") | later | same)
    # A doubt noted in the data counts; so do two agencies against one publisher.
    misprint = pl.col("doubtful") | (alone & ~stages & (pl.col("backing") > 1))
    verdict = (
        pl.when(equal)
        .then(pl.lit("exact"))
        .when(pl.col("revised") & ~pl.col("doubtful"))
        .then(pl.lit("revision"))
        .when(near)
        .then(pl.lit("rounding"))
        .when(restated)
        .then(pl.lit("revision"))
        .when(misprint)
        .then(pl.lit("misprint suspected"))
        .otherwise(pl.lit("unexplained"))
    )
    told = pl.format(
        "{} against {}; the coarser is printed to {} {}, and may be rounded or cut",
        pl.col("who").list.join(", "),
        "known_who",
        _plain(step),
        "unit",
    )
    return rows.with_columns(
        verdict=verdict,
        tolerance=precision.room(),
        identity="between",
        reason=told,
        expected="known",
        found="value",
        expected_prints=pl.concat_list("known_print"),
    )


def _plain(value: pl.Expr) -> pl.Expr:
    return pl.when(value >= 1).then(value.cast(pl.Int64).cast(pl.String)).otherwise(value.cast(pl.String))


def reprints(prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Compare each later print of a figure by the agency, at one stage, with its first: silent revisions.

    Args:
        prints: numbered prints known on the day.
        named: `facts.labels`.
    """
    rows = prints.filter(
        pl.col("value").is_not_null(), pl.col("stage").cast(pl.String).is_in(list(flows.OFFICIAL))
    )
    same = [*flows.FIGURE, "publisher", "stage"]
    ordered = rows.sort(*same, "published", "print")
    first = {
        f"known{tail}": pl.col(name).first().over(same)
        for name, tail in (("value", ""), ("step", "_step"), ("print", "_print"), ("published", "_day"))
    }
    later = ordered.with_columns(**first).filter(pl.col("published") > pl.col("known_day"))
    later = later.rename({"step": "value_step"})
    step = pl.max_horizontal("value_step", "known_step")
    equal = pl.col("value") == pl.col("known")
    verdict = pl.when(equal).then(pl.lit("exact")).when(precision.near()).then(pl.lit("rounding"))
    told = pl.format(
        "{} on {} against {}; printed to {} {}", "publisher", "published", "known_day", _plain(step), "unit"
    )
    return _named(
        later.with_columns(
            identity=pl.lit(LATER),
            verdict=verdict.otherwise(pl.lit("revision")),
            reason=told,
            tolerance=precision.room(),
            expected="known",
            found="value",
            expected_prints=pl.concat_list("known_print"),
            found_prints=pl.concat_list("print"),
        ),
        named,
    )


def _named(rows: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return `ROW`, with the first definition that names the line; none of these blocks a report."""
    once = named.unique(["classification", "commodity"], keep="first", maintain_order=True)
    found = rows.join(once, on=["classification", "commodity"], how="inner")
    found = found.with_columns(
        pl.col("flow").cast(pl.String), pl.col("months").cast(pl.Int64), blocks=pl.lit(value=False)
    )
    return found.select(ROW.names()).cast(ROW)


def mirrors(prints: pl.DataFrame) -> pl.DataFrame:
    """Put what one country counts as exports beside what the other counts as imports; they are never judged.

    Codes are compared at the six digits that all countries share, each side with what is printed of them.

    Args:
        prints: numbered prints known on the day.
    """
    count = vintages.as_of(prints.lazy()).collect().filter(pl.col("value").is_not_null())
    code = pl.col("commodity").str.replace_all(r"\D", "")
    coded = count.filter(pl.col("commodity").str.contains(r"^\d{6,}$")).with_columns(
        pl.col("flow").cast(pl.String), pl.col("months").cast(pl.Int64), _code=code.str.head(_SUBHEADING)
    )
    keys = ["reporter", "partner", "flow", "unit", "period", "months", "_code"]
    sides = coded.group_by(keys).agg(
        value=pl.col("value").sum(), slack=pl.col("slack").sum(), prints=pl.col("print").sort()
    )
    exports = sides.filter(pl.col("flow") == "export")
    imports = sides.filter(pl.col("flow") == "import").drop("flow")
    imports = imports.rename({"reporter": "partner", "partner": "reporter"})
    both = exports.join(imports, on=[k for k in keys if k != "flow"], suffix="_mirror")
    return both.select(
        identity=pl.lit(MIRROR),
        definition=pl.format("HS {}", "_code"),
        reporter="reporter",
        partner="partner",
        flow="flow",
        unit="unit",
        period="period",
        months="months",
        expected="value",
        found="value_mirror",
        tolerance=pl.lit(None, pl.Float64),
        verdict=pl.lit("side by side"),
        reason=pl.lit(
            "two countries' counts: FOB and CIF, origin and route, time at sea; never judged equal"
        ),
        blocks=pl.lit(value=False),
        expected_prints="prints",
        found_prints="prints_mirror",
    ).cast(ROW)


def unit_values(prints: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """Return the months whose money by mass is far from that of the other months; they block nothing.

    Money and mass of one line of one release; the distance is that of the logarithm from its median, in
    standard deviations taken from the median absolute deviation.

    Args:
        prints: numbered prints known on the day.
        named: `facts.labels`.
    """
    usable = prints.filter(pl.col("value") > 0, ~_has("suspect"), ~_has("estimated"))
    mass = usable.filter(pl.col("unit") == "kg").select(
        "raw", "line", "period", "months", "stage", "partner", kilograms="value", mass_print="print"
    )
    money = usable.filter(pl.col("unit").str.contains("^[A-Z]{3}$"))
    both = money.join(mass, on=["raw", "line", "period", "months", "stage", "partner"])
    both = both.filter(pl.col("months") == 1).with_columns(price=pl.col("value") / pl.col("kilograms"))
    figure = [c for c in flows.FIGURE if c not in ("period", "months")]
    once = both.sort("stage", "published").unique(flows.FIGURE, keep="last", maintain_order=True)
    log = pl.col("price").log()
    centre = log.median().over(figure)
    spread = pl.max_horizontal((log - centre).abs().median().over(figure) * _TO_DEVIATION, pl.lit(_SCALE))
    scored = once.with_columns(_months=pl.len().over(figure), _centre=centre, _spread=spread)
    far = scored.filter(
        pl.col("_months") >= _LEAST, (log - pl.col("_centre")).abs() > _SCORE * pl.col("_spread")
    )
    usual = pl.col("_centre").exp()
    return _named(
        far.with_columns(
            identity=pl.lit(UNIT_VALUE),
            verdict=pl.lit("unusual"),
            unit=pl.format("{}/kg", "unit"),
            expected=usual,
            found="price",
            tolerance=usual * ((_SCORE * pl.col("_spread")).exp() - 1),
            reason=pl.format(
                "median of {} months; more than {} robust deviations away", "_months", pl.lit(_SCORE)
            ),
            expected_prints=pl.concat_list("mass_print"),
            found_prints=pl.concat_list("print"),
        ),
        named,
    )


def _has(flag: str) -> pl.Expr:
    return pl.col("flags").list.contains(flag)
