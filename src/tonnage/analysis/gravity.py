"""A measure between pairs of countries, against the rest of the same countries' trade: gravity by PPML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis import optional
from tonnage.analysis.clustered import FEWEST, FEWEST_SIDE, estimate, p_text, quiet, widened
from tonnage.analysis.results import Result
from tonnage.analysis.series import receipts_of
from tonnage.analysis.wording import pick
from tonnage.errors import ContractError, NoDataError, ParameterError

__all__ = ["GravityEffect", "gravity"]

_SHARES: Final = "exporter and month, importer and month, and pair"
_ROUNDS: Final = 200
#: Pairs of one size that each side must be worth at least: with one there is no variance to see.
_WORTH: Final = 1.5

_TEXT: Final = {
    "en": "Between the {treated} of {pairs} pairs of countries that it reached, trade differed by {effect}"
    " (95% interval {low} to {high}, {p}) from what the other trade of the same countries implies.",
    "zh": "在{pairs}个国家对中受影响的{treated}个之间，贸易与同一些国家的其他贸易所示水平相差{effect}"
    "（95%区间 {low} 至 {high}，{p}）。",
    "ja": "{pairs}組の国のうち対象となった{treated}組の間で、貿易は同じ国々の他の貿易が示す水平から{effect}"
    "異なった（95%区間 {low}〜{high}、{p}）。",
}


@dataclass(frozen=True, slots=True, eq=False)
class GravityEffect(Result):
    """The average effect of a measure on the trade between the pairs it reached, in log points.

    Attributes:
        effect: coefficient of the measure.
        error: standard error, clustered by pair, widened for few of them.
        low, high: ends of the 95% interval.
        p_value: of no effect.
        pairs, treated, exporters, importers: how many are in the estimate; treated = the measure changes.
        rows: rows in the estimate.
        empty: rows without a figure (null), left out.
        silent: rows that say nothing and are left out: a pair, or a country in a month, without any trade, or
            there once.
        controls: `name`, `effect` and `error` of each control.
        method: in one paragraph.
        assumptions: one sentence each.
        receipts: those of the rows, where the frame has them.
    """

    effect: float
    error: float
    low: float
    high: float
    p_value: float
    pairs: int
    treated: int
    exporters: int
    importers: int
    rows: int
    empty: int
    silent: int
    controls: pl.DataFrame
    method: str
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def effect_pct(self) -> float:
        """The effect in per cent."""
        return 100 * math.expm1(self.effect)

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        shown = [f"{100 * math.expm1(value):+.0f}%" for value in (self.effect, self.low, self.high)]
        return pick(_TEXT, language).format(
            effect=shown[0],
            low=shown[1],
            high=shown[2],
            p=p_text(self.p_value),
            treated=self.treated,
            pairs=self.pairs,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row with the numbers; `controls` has those of the controls."""
        names = ("effect", "error", "low", "high", "p_value", "pairs", "treated", "exporters", "importers")
        return pl.DataFrame([{n: getattr(self, n) for n in (*names, "rows", "empty", "silent")}])


def gravity(
    frame: pl.DataFrame,
    measure: str,
    *,
    exporter: str = "exporter",
    importer: str = "importer",
    time: str = "period",
    value: str = "value",
    controls: Sequence[str] = (),
) -> GravityEffect:
    """Return the average effect of a measure between pairs of countries, from the trade of many with many.

    Poisson pseudo maximum likelihood with effects of exporter and month, of importer and month, and of pair:
    what happens to all a country's exports, or imports, in a month is not the measure's. Zeros stay.

    Args:
        frame: one row an exporter, importer and month, in any order; a pair that did not trade has 0.
        measure: column of 0 and 1: whether the measure holds between the two in that month.
        exporter: column of the exporting country.
        importer: column of the importing country.
        time: column of the month.
        value: column of the trade, in one unit, mass or money; null = no figure: left out and counted.
        controls: columns of further numbers that vary within a pair: a tariff, an exchange rate.

    Raises:
        ContractError: a column is missing, a country or month is null, a row is there twice, trade is
            negative or not finite, the measure is not 0 or 1, or a control is no finite number.
        ParameterError: a control is named twice, or is the measure.
        NoDataError: fewer than 20 pairs, than 5 in which the measure changes, or than 5 in which it does not;
            one pair makes up nearly all trade of either; the measure or a control cannot be told from the
            effects; the fit does not end.
        MissingLibraryError: pyfixest is not installed.
    """
    names = {"exporter": exporter, "importer": importer, "time": time, "value": value, "measure": measure}
    data = _data(frame, names, controls)
    known = data.drop_nulls("value")
    _check_design(known, measure)
    coefficients, used = _fit(known, (measure, *controls))
    kept = known.filter(pl.Series(used, dtype=pl.Boolean))
    counts = _counts(kept)
    _check_counts(counts["pairs"], counts["treated"], measure)
    few = _worth(kept, measure)
    (effect, error), *others = coefficients
    return GravityEffect(
        **estimate(effect, widened(error, few), few - 1)._asdict(),
        **counts,
        empty=data.height - known.height,
        silent=known.height - kept.height,
        controls=_control_frame(controls, others),
        method=f"Gravity by Poisson pseudo maximum likelihood with effects of {_SHARES}; standard errors"
        f" clustered by pair, intervals of Student's t with {few - 1:.1f} degrees of freedom: the pairs of"
        " one size that those it reached, or did not reach, are worth, less one; fitted by pyfixest.",
        assumptions=_assumptions(data, known, kept),
        receipts=receipts_of(frame),
    )


def _data(frame: pl.DataFrame, names: dict[str, str], controls: Sequence[str]) -> pl.DataFrame:
    """Return exporter, importer, time, value, measure, controls c0, c1 ..., and a number for each effect."""
    if len({names["measure"], *controls}) != 1 + len(controls):
        raise ParameterError(f"gravity: controls {list(controls)}: expected each once, and not the measure")
    wanted = [*names.values(), *controls]
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise ContractError(f"gravity: expected columns {wanted}, {missing} not among {frame.columns}")
    numbers = {
        f"c{place}": pl.col(name).cast(pl.Float64, strict=False) for place, name in enumerate(controls)
    }
    data = frame.select(
        pl.col(names["exporter"]).cast(pl.String).alias("exporter"),
        pl.col(names["importer"]).cast(pl.String).alias("importer"),
        pl.col(names["time"]).alias("time"),
        pl.col(names["value"]).cast(pl.Float64, strict=False).alias("value"),
        pl.col(names["measure"]).cast(pl.Float64, strict=False).alias("measure"),
        **numbers,
    )
    _check_rows(data, names, dict(zip(numbers, controls, strict=True)))
    return data.sort("exporter", "importer", "time").with_columns(
        exporting=pl.struct("exporter", "time").rank("dense").cast(pl.Int64),
        importing=pl.struct("importer", "time").rank("dense").cast(pl.Int64),
        pair=pl.struct("exporter", "importer").rank("dense").cast(pl.Int64),
    )


def _check_rows(data: pl.DataFrame, names: dict[str, str], controls: dict[str, str]) -> None:
    key = ["exporter", "importer", "time"]
    if data.select(pl.any_horizontal(pl.col(*key).is_null()).any()).item():
        raise ContractError("gravity: expected exporter, importer and month in every row, found nulls")
    twice = data.height - data.unique(key).height
    if twice:
        raise ContractError(f"gravity: expected one row a pair and month, found {twice} more")
    figures = pl.col("value")
    traded = figures.is_null() | (figures.is_finite() & (figures >= 0))
    tests = {
        f"{names['value']}: expected 0 or more, or null": traded,
        f"{names['measure']}: expected 0 or 1": pl.col("measure").is_in([0.0, 1.0]),
        **{f"{name}: expected a finite number": pl.col(c).is_finite() for c, name in controls.items()},
    }
    for told, good in tests.items():
        bad = data.filter(~good.fill_null(value=False)).height
        if bad:
            raise ContractError(f"gravity: {told} in every row, found {bad} that are not")


def _check_design(known: pl.DataFrame, measure: str) -> None:
    """Refuse before the fit what no fit can answer."""
    if not known.filter(pl.col("value") > 0).height:
        raise NoDataError(f"gravity: expected trade, found {known.height} figures, none above 0")
    pairs = known.group_by("pair").agg(pl.col("measure").n_unique() > 1)
    _check_counts(pairs.height, int(pairs["measure"].sum()), measure)


def _check_counts(pairs: int, treated: int, measure: str) -> None:
    if pairs < FEWEST or min(treated, pairs - treated) < FEWEST_SIDE:
        raise NoDataError(
            f"gravity: expected at least {FEWEST} pairs, {FEWEST_SIDE} in which {measure!r} changes and"
            f" {FEWEST_SIDE} in which it does not, found {pairs}, {treated} and {pairs - treated}: clustered"
            " errors would be far too small; use impact()"
        )


def _worth(kept: pl.DataFrame, measure: str) -> float:
    """Return how many pairs of one size the smaller side is worth: the fit weighs a pair by its trade."""
    pairs = kept.group_by("pair").agg(pl.col("value").sum(), (pl.col("measure").n_unique() > 1).alias("side"))
    sides = pairs.group_by("side").agg(pl.col("value").sum() ** 2 / (pl.col("value") ** 2).sum())
    worth = float(sides["value"].min())  # type: ignore[arg-type]
    if worth < _WORTH:
        raise NoDataError(
            f"gravity: expected trade of several pairs on each side of {measure!r}, found one that makes up"
            f" nearly all of it (worth {worth:.1f} pairs of one size): use impact() for that pair"
        )
    return worth


def _fit(known: pl.DataFrame, names: Sequence[str]) -> tuple[list[tuple[float, float]], list[bool]]:
    """Return coefficient and error of the measure and the controls, and which rows the fit has used."""
    library = optional.load("pyfixest", "panel", "gravity")
    columns = ["measure", *(f"c{place}" for place in range(len(names) - 1))]
    data = known.select("value", *columns, "exporting", "importing", "pair").with_row_index("row").to_pandas()
    formula = f"value ~ {' + '.join(columns)} | exporting + importing + pair"
    try:
        with quiet():
            fit = library.fepois(formula, data, vcov={"CRV1": "pair"}, iwls_maxiter=_ROUNDS)
    except ValueError as error:
        if "collinear" not in str(error):
            raise
        raise _held_by_effects(names) from None
    except library.errors.NonConvergenceError as error:
        told = " ".join(str(error).split())
        raise NoDataError(f"gravity: expected a fit in {_ROUNDS} rounds, found none: {told}") from None
    held, errors = fit.coef(), fit.se()
    lost = [name for name, column in zip(names, columns, strict=True) if column not in held.index]
    if lost:
        raise _held_by_effects(lost)
    used = set(fit._data["row"])
    return [(float(held[c]), float(errors[c])) for c in columns], [r in used for r in range(known.height)]


def _held_by_effects(names: Sequence[str]) -> NoDataError:
    return NoDataError(
        f"gravity: {list(names)}: expected to vary beside the effects of {_SHARES}, found that these hold it"
        " all: a measure of a country against all others is not told from that country's month; use impact()"
    )


def _counts(kept: pl.DataFrame) -> dict[str, int]:
    changes = kept.group_by("pair").agg(pl.col("measure").n_unique() > 1)
    return {
        "pairs": changes.height,
        "treated": int(changes["measure"].sum()),
        "exporters": kept["exporter"].n_unique(),
        "importers": kept["importer"].n_unique(),
        "rows": kept.height,
    }


def _control_frame(names: Sequence[str], found: Sequence[tuple[float, float]]) -> pl.DataFrame:
    rows = [(name, *pair) for name, pair in zip(names, found, strict=True)]
    schema = {"name": pl.String, "effect": pl.Float64, "error": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _assumptions(data: pl.DataFrame, known: pl.DataFrame, kept: pl.DataFrame) -> tuple[str, ...]:
    possible = data["pair"].n_unique() * data["time"].n_unique()
    told = [
        "Without the measure, the pairs it reached would have traded as their countries' other trade does.",
        "The measure moves no trade to pairs it does not reach: goods diverted there would count twice.",
        "With three sets of effects the estimate has a bias of the order of one over the number of countries,"
        " and the interval is somewhat too narrow (Weidner and Zylkin 2021).",
    ]
    if data.height < possible:
        told.append(
            f"{possible - data.height} of {possible} pair-months have no row: left out, not taken for 0."
        )
    if known.height < data.height:
        told.append(f"{data.height - known.height} rows have no figure: left out, not taken for 0.")
    if kept.height < known.height:
        told.append(
            f"{known.height - kept.height} rows say nothing and are left out: of a pair, or of a country in a"
            " month, without any trade, or there once."
        )
    return tuple(told)
