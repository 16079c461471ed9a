"""Sums that must hold: months and totals, parts and wholes, partners and the world.

Each function takes `facts.FIGURES` and gives `ROW`, one row an identity that can be computed.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tonnage.ledger import facts
from tonnage.ledger.facts import TRADE
from tonnage.model import codes, flows
from tonnage.model.definitions import Definition

__all__ = [
    "EU27",
    "ROW",
    "SUMS",
    "between",
    "bloc_members",
    "judged",
    "months_against_totals",
    "part_within_whole",
    "partners_within_world",
    "quoted_difference",
    "totals_against_totals",
]

#: What an identity hands over: the two sides as numbers and as the prints they are made of.
ROW: Final = pl.Schema(
    {
        "identity": pl.String(),
        **dict.fromkeys(TRADE, pl.String()),
        "period": pl.Date(),
        "months": pl.Int64(),
        "expected": pl.Float64(),
        "found": pl.Float64(),
        "tolerance": pl.Float64(),
        "verdict": pl.String(),
        "reason": pl.String(),
        "blocks": pl.Boolean(),
        "expected_prints": pl.List(pl.UInt32()),
        "found_prints": pl.List(pl.UInt32()),
    }
)

MONTHS: Final = "months against year to date"
TOTALS: Final = "year to date against year to date"
PART: Final = "part within whole"
WORLD: Final = "partners within world"
BLOC: Final = "members within bloc"
QUOTED: Final = "difference against quoted"

#: The identities a briefing on one definition rests on.
SUMS: Final = (MONTHS, PART)

#: The members of the bloc EU27.
EU27: Final = (
    *("AUT", "BEL", "BGR", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GRC", "HRV", "HUN"),
    *("IRL", "ITA", "LTU", "LUX", "LVA", "MLT", "NLD", "POL", "PRT", "ROU", "SVK", "SVN", "SWE"),
)

_SPAN: Final = ("period", "months")


def judged(rows: pl.DataFrame, identity: str, *, blocking: bool = False) -> pl.DataFrame:
    """Return `ROW` of rows that have both sides, a tolerance and a reason for it: exact, rounding or not.

    Args:
        rows: the columns of `ROW` without identity, verdict and blocks.
        identity: its name.
        blocking: whether a residual beyond the tolerance must stop a report.
    """
    size = (pl.col("found") - pl.col("expected")).abs()
    # Sums of floats: a millionth of the tolerance is no residual.
    limit = pl.col("tolerance") * (1 + 1e-6) + 1e-6
    verdict = pl.when(size <= 1e-6).then(pl.lit("exact")).when(size <= limit).then(pl.lit("rounding"))
    found = rows.with_columns(identity=pl.lit(identity), verdict=verdict.otherwise(pl.lit("unexplained")))
    found = found.with_columns(blocks=pl.lit(blocking) & (pl.col("verdict") == "unexplained"))
    return found.select(ROW.names()).cast(ROW)


def months_against_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare the printed months of a year with each printed total since January, annual totals included.

    A gap beyond the rounding of the terms may be a revision inside the total. It never blocks a report.
    """
    totals = rows.filter(pl.col("months") > 1, pl.col("value").is_not_null())
    spans = totals.rename({"value": "expected", "slack": "_slack", "prints": "expected_prints"})
    found = between(spans, facts.monthly(rows)).filter((pl.col("terms") > 1) | (pl.col("months") > 2))
    return judged(_with_tolerance(found), MONTHS)


def between(spans: pl.DataFrame, months: pl.DataFrame) -> pl.DataFrame:
    """Add up the months inside each span; spans of which a month is not printed are left out.

    Args:
        spans: `TRADE`, period, months, and what else is to be kept.
        months: `facts.monthly`.

    Returns:
        The spans with found, terms, found_slack and found_prints.
    """
    numbered = spans.with_row_index("_span")
    last = flows.months_later("period", pl.col("months") - 1)
    inside = numbered.select(
        "_span", *TRADE, "months", month=pl.date_ranges(pl.col("period"), last, "1mo")
    ).explode("month", empty_as_null=False, keep_nulls=False)
    terms = months.select(*TRADE, "value", "slack", "prints", month="period", _covers="months")
    sums = (
        inside.join(terms, on=[*TRADE, "month"])
        .sort("_span", "month")
        .group_by("_span", "months", maintain_order=True)
        .agg(
            found=pl.col("value").sum(),
            found_slack=pl.col("slack").sum(),
            found_prints=pl.col("prints").explode(empty_as_null=False, keep_nulls=False),
            terms=pl.len(),
            _covered=pl.col("_covers").sum(),
        )
        .filter(pl.col("_covered") == pl.col("months"))
        .drop("_covered", "months")
    )
    return numbered.join(sums, on="_span", how="inner", maintain_order="left").drop("_span")


def _with_tolerance(rows: pl.DataFrame) -> pl.DataFrame:
    """Allow each term half its last digit.

    A gap that stays in the totals to come is the month's own, or that of an earlier month restated in them.
    """
    told = pl.format(
        "the total and {} printed {}, each off by half its last digit at most",
        pl.col("terms"),
        pl.when(pl.col("terms") == 1).then(pl.lit("figure")).otherwise(pl.lit("figures")),
    )
    return rows.with_columns(tolerance=pl.col("_slack") + pl.col("found_slack"), reason=told)


def totals_against_totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Compare what one total since January adds to the total before it with the months between the two.

    Two residuals in a row that cancel out lay the blame on the total between them: a misprint is suspected.
    """
    totals = rows.filter(
        pl.col("months") > 1, pl.col("value").is_not_null(), pl.col("period").dt.month() == 1
    )
    pairs = _pairs(totals)
    found = between(pairs, facts.monthly(rows))
    steps = judged(_with_tolerance(found), TOTALS)
    return _blamed(steps)


def _pairs(totals: pl.DataFrame) -> pl.DataFrame:
    """Return the steps between neighbouring totals of a year: their months, and what they must be."""
    year = [*TRADE, "period"]
    ordered = totals.sort(*year, "months")
    before = {name: pl.col(name).shift(1).over(year) for name in ("months", "value", "slack", "prints")}
    both = ordered.with_columns(**{f"{name}_before": made for name, made in before.items()})
    both = both.filter(pl.col("months_before").is_not_null())
    return both.select(
        *TRADE,
        period=flows.months_later("period", pl.col("months_before")),
        months=pl.col("months") - pl.col("months_before"),
        expected=pl.col("value") - pl.col("value_before"),
        _slack=pl.col("slack") + pl.col("slack_before"),
        expected_prints=pl.concat_list("prints", "prints_before"),
    )


def _blamed(steps: pl.DataFrame) -> pl.DataFrame:
    residual = pl.col("found") - pl.col("expected")
    rows = steps.sort(*TRADE, "period").with_columns(_residual=residual)
    end = flows.months_later("period", pl.col("months"))
    same_year = pl.col("period").dt.year()
    odd = pl.col("verdict") == "unexplained"
    cancels = (
        odd
        & odd.shift(-1).over(TRADE)
        & (end == pl.col("period").shift(-1).over(TRADE))
        & (same_year == same_year.shift(-1).over(TRADE))
        & (
            (pl.col("_residual") + pl.col("_residual").shift(-1).over(TRADE)).abs()
            <= pl.col("tolerance") + pl.col("tolerance").shift(-1).over(TRADE)
        )
    ).fill_null(value=False)
    rows = rows.with_columns(_first=cancels).with_columns(
        _second=pl.col("_first").shift(1).over(TRADE).fill_null(value=False)
    )
    until = (
        pl.when(pl.col("_first"))
        .then(end.dt.offset_by("-1mo"))
        .otherwise(pl.col("period").dt.offset_by("-1mo"))
    )
    told = pl.format(
        "{}; the total to {} is off by as much both ways: without it its neighbours agree",
        pl.col("reason"),
        until.dt.strftime("%Y-%m"),
    )
    blamed = pl.col("_first") | pl.col("_second")
    return rows.with_columns(
        verdict=pl.when(blamed).then(pl.lit("misprint suspected")).otherwise(pl.col("verdict")),
        reason=pl.when(blamed).then(told).otherwise(pl.col("reason")),
    ).select(ROW.names())


def part_within_whole(rows: pl.DataFrame, part: str, whole: str) -> pl.DataFrame:
    """Check that a part is never larger than what contains it, span by span. A larger one blocks a report."""
    on = [*(k for k in TRADE if k != "definition"), *_SPAN]
    inner = rows.filter(pl.col("definition") == part, pl.col("value").is_not_null())
    outer = rows.filter(pl.col("definition") == whole, pl.col("value").is_not_null()).drop("definition")
    both = inner.join(outer, on=on, suffix="_whole")
    share = (pl.col("value") / pl.col("value_whole") * 100).round(1)
    return judged(
        both.select(
            *TRADE,
            *_SPAN,
            expected="value_whole",
            found=pl.max_horizontal("value", "value_whole"),
            tolerance=pl.col("slack") + pl.col("slack_whole"),
            reason=pl.format(
                "not larger than {}, of which it is {}%; each off by half its last digit",
                pl.lit(whole),
                share,
            ),
            expected_prints="prints_whole",
            found_prints="prints",
        ),
        PART,
        blocking=True,
    )


def partners_within_world(rows: pl.DataFrame) -> pl.DataFrame:
    """Check that the printed partners are not more than the publisher's world total. More blocks a report."""
    parts = rows.filter(~pl.col("partner").is_in(list(codes.AGGREGATES)))
    return _within(parts, rows.filter(pl.col("partner") == "WLD"), WORLD)


def bloc_members(rows: pl.DataFrame) -> pl.DataFrame:
    """Check that the printed members of a bloc are not more than the bloc. More blocks a report."""
    parts = rows.filter(pl.col("partner").is_in(list(EU27)))
    return _within(parts, rows.filter(pl.col("partner") == "EU27"), BLOC)


def _within(parts: pl.DataFrame, whole: pl.DataFrame, identity: str) -> pl.DataFrame:
    on = [*(k for k in TRADE if k != "partner"), *_SPAN]
    printed = pl.col("value").is_not_null()
    sums = (
        parts.filter(printed)
        .group_by(on)
        .agg(
            added=pl.col("value").sum(),
            added_slack=pl.col("slack").sum(),
            found_prints=pl.col("prints").explode(empty_as_null=False, keep_nulls=False),
            listed=pl.len(),
        )
    )
    both = whole.filter(printed).join(sums, on=on)
    share = (pl.col("added") / pl.col("value") * 100).round(1)
    # Partners that are not printed may make up the rest: only an excess is a residual, unless all are there.
    complete = (pl.col("added") - pl.col("value")).abs() <= pl.col("slack") + pl.col("added_slack")
    larger = pl.max_horizontal("added", "value")
    return judged(
        both.select(
            *TRADE,
            *_SPAN,
            expected="value",
            found=pl.when(complete).then(pl.col("added")).otherwise(larger),
            tolerance=pl.col("slack") + pl.col("added_slack"),
            reason=pl.format(
                "{} printed partners make up {}%; each off by half its last digit", "listed", share
            ),
            expected_prints="prints",
            found_prints="found_prints",
        ),
        identity,
        blocking=True,
    )


def quoted_difference(rows: pl.DataFrame, prints: pl.DataFrame, entry: Definition) -> pl.DataFrame:
    """Compare a difference with what is quoted of it: 11,137 t less 4,392 t is the 6,745 t Bloomberg prints.

    Args:
        rows: `FIGURES`, with those of the difference.
        prints: numbered prints known on the day.
        entry: a definition with `quoted_as`.
    """
    quoted = [(family, code) for family, listed in entry.quoted_as.items() for code in listed]
    names = pl.DataFrame(quoted, {"classification": pl.String, "commodity": pl.String}, orient="row")
    told = prints.join(names, on=["classification", "commodity"], how="semi").filter(
        pl.col("value").is_not_null()
    )
    told = told.with_columns(pl.col("flow").cast(pl.String), pl.col("months").cast(pl.Int64))
    on = [*(k for k in TRADE if k != "definition"), *_SPAN]
    said = told.group_by(*on, "value").agg(found_prints=pl.col("print").sort(), step=pl.col("slack").max())
    own = rows.filter(pl.col("definition") == entry.id, pl.col("value").is_not_null())
    both = own.join(said, on=on, suffix="_quoted")
    return judged(
        both.select(
            *TRADE,
            *_SPAN,
            expected="value",
            found="value_quoted",
            tolerance=pl.col("slack") + pl.col("step"),
            reason=pl.format(
                "{} is printed by nobody at customs; three numbers, each off by half its last digit",
                "definition",
            ),
            expected_prints="prints",
            found_prints="found_prints",
        ),
        QUOTED,
    )
