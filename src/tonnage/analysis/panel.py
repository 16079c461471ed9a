"""Many units, staggered dates: a thin door to pyfixest that leaves the wrong estimator outside."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis import optional
from tonnage.analysis.results import Result
from tonnage.analysis.series import receipts_of
from tonnage.analysis.wording import pick
from tonnage.errors import ContractError, NoDataError, ParameterError

__all__ = ["ESTIMATORS", "FEWEST", "PanelEffect", "panel_effect"]

#: What `estimator` may be.
ESTIMATORS: Final = {"did2s": "two-stage differences in differences (Gardner 2022)"}

#: The fewest units: with fewer, standard errors clustered by unit are far too small.
FEWEST: Final = 20
_FEWEST_TREATED: Final = 5

_TWO_WAY: Final = (
    "static two-way fixed effects compare units treated late with units treated before, and may give an"
    " effect of the wrong sign; take 'did2s'"
)


_TEXT: Final = {
    "en": "Over {treated} of {units} units and {dates} dates the average effect is {effect}"
    " (95% interval {low} to {high}, {p}).",
    "zh": "在{units}个单位中的{treated}个、{dates}个日期上，平均影响为{effect}"
    "（95%区间 {low} 至 {high}，{p}）。",
    "ja": "{units}単位のうち{treated}単位、{dates}つの日付について、平均効果は{effect}"
    "（95%区間 {low}〜{high}、{p}）。",
}


@dataclass(frozen=True, slots=True, eq=False)
class PanelEffect(Result):
    """The average effect on treated units, in log points and in per cent.

    Attributes:
        effect: average over treated unit-months, in the unit of the outcome (log points where `log`).
        error: standard error, clustered by unit.
        low, high: ends of the 95% interval.
        p_value: of no effect.
        units, treated, dates: how many units, treated units, and different dates.
        estimator: key of `ESTIMATORS`.
        method: in one paragraph.
        assumptions: one sentence each.
        receipts: those of the rows, where the frame has them.
    """

    effect: float
    error: float
    low: float
    high: float
    p_value: float
    units: int
    treated: int
    dates: int
    estimator: str
    log: bool
    method: str
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def effect_pct(self) -> float | None:
        """The effect in per cent, where the outcome was in logarithms."""
        return 100 * math.expm1(self.effect) if self.log else None

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        ends = (self.effect, self.low, self.high)
        shown = [f"{100 * math.expm1(v):+.0f}%" if self.log else f"{v:+.3g}" for v in ends]
        return pick(_TEXT, language).format(
            effect=shown[0],
            low=shown[1],
            high=shown[2],
            p=f"p = {self.p_value:.3f}" if self.p_value >= 0.001 else "p < 0.001",
            units=self.units,
            treated=self.treated,
            dates=self.dates,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row with the numbers."""
        names = ("effect", "error", "low", "high", "p_value", "units", "treated", "dates", "estimator")
        return pl.DataFrame([{name: getattr(self, name) for name in names}])


def panel_effect(
    frame: pl.DataFrame,
    *,
    unit: str = "partner",
    time: str = "period",
    start: str = "start",
    value: str = "value",
    log: bool = True,
    estimator: str = "did2s",
) -> PanelEffect:
    """Return the average effect of an event that reached units at different dates, or some of them never.

    Args:
        frame: one row a unit and month.
        unit: column of the unit, also the cluster of the standard errors.
        time: column of the month (a date), or of whole numbers.
        start: column of the first month of the effect, of the type of `time`; null = never.
        value: column of the outcome.
        log: take its logarithm; 0 and null are then errors.
        estimator: a key of `ESTIMATORS`.

    Raises:
        ParameterError: the estimator is static two-way fixed effects, or unknown.
        ContractError: a column is missing, a unit has two dates, a unit-month is there twice, or a value is
            not above 0 (not finite, where `log` is False).
        NoDataError: fewer than 20 units, than 5 treated ones, or none that is still untreated at the end.
        MissingLibraryError: pyfixest is not installed.
    """
    chosen = _estimator(estimator)
    data = _data(frame, (unit, time, start, value), log)
    counts = _checked(data)
    effect, error, p_value, half = _fit(data)
    return PanelEffect(
        effect=effect,
        error=error,
        low=effect - half,
        high=effect + half,
        p_value=p_value,
        **counts,
        estimator=chosen,
        log=log,
        method=f"{ESTIMATORS[chosen]} with unit and month effects, standard errors clustered by unit;"
        " fitted by pyfixest.",
        assumptions=(
            "Without the event, treated and untreated units would have moved in parallel.",
            "The event does not reach untreated units: goods diverted to them would double the effect.",
            "Nobody acted before the date: stockpiling would be taken for the usual level.",
        ),
        receipts=receipts_of(frame),
    )


def _estimator(name: str) -> str:
    if name.lower() in ("twfe", "ols", "feols", "two-way"):
        raise ParameterError(f"estimator={name!r}: {_TWO_WAY}")
    if name not in ESTIMATORS:
        raise ParameterError(f"estimator={name!r}: expected one of {sorted(ESTIMATORS)}")
    return name


def _data(frame: pl.DataFrame, names: tuple[str, str, str, str], log: bool) -> pl.DataFrame:
    """Return unit, t (whole number), g (first treated t; 0 = never) and y."""
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise ContractError(f"panel: expected columns {list(names)}, {missing} not among {frame.columns}")
    unit, time, start, value = names
    y = pl.col(value).cast(pl.Float64)
    made = frame.select(
        unit=pl.col(unit).cast(pl.String),
        t=_number(frame, time),
        g=_number(frame, start).fill_null(0),
        y=y.log() if log else y,
    )
    bad = made.filter(~pl.col("y").is_finite().fill_null(value=False))
    if bad.height:
        wanted = "above 0 (a logarithm is taken)" if log else "finite"
        raise ContractError(
            f"panel: {value}: expected {wanted} in every row, found {bad.height} that are not"
        )
    return made.sort("unit", "t")


def _number(frame: pl.DataFrame, name: str) -> pl.Expr:
    kind = frame.schema[name]
    if kind == pl.Date:
        return pl.col(name).dt.year().cast(pl.Int64) * 12 + pl.col(name).dt.month() - 1
    if not kind.is_integer():
        raise ContractError(f"panel: {name}: expected dates or whole numbers, found {kind}")
    return pl.col(name).cast(pl.Int64)


def _checked(data: pl.DataFrame) -> dict[str, int]:
    if data.select(pl.struct("unit", "t").is_duplicated().any()).item():
        raise ContractError("panel: expected one row a unit and month, found more")
    dates = data.group_by("unit").agg(pl.col("g").n_unique().alias("n"), pl.col("g").first())
    if dates["n"].max() != 1:
        raise ContractError(
            "panel: expected one date a unit, found more: an effect that ends is another design"
        )
    treated = dates.filter(pl.col("g") > 0)
    counts = {"units": dates.height, "treated": treated.height, "dates": treated["g"].n_unique()}
    if dates.height < FEWEST or treated.height < _FEWEST_TREATED:
        raise NoDataError(
            f"panel: expected at least {FEWEST} units and {_FEWEST_TREATED} treated ones, found"
            f" {dates.height} and {treated.height}: clustered errors would be far too small; use impact()"
        )
    last = data["t"].max()
    if not dates.filter((pl.col("g") == 0) | (pl.col("g") > last)).height:
        raise NoDataError("panel: expected a unit that is never treated, found none: nothing to compare with")
    return counts


def _fit(data: pl.DataFrame) -> tuple[float, float, float, float]:
    """Return effect, standard error, p-value and half the 95% interval."""
    library = optional.load("pyfixest", "panel", "panel effects")
    frame = data.to_pandas()
    # a number for each unit: the library takes no text for a cluster
    frame["unit"] = frame["unit"].astype("category").cat.codes
    options = {"yname": "y", "idname": "unit", "tname": "t", "gname": "g", "cluster": "unit"}
    with warnings.catch_warnings():
        # pandas warns of calls inside pyfixest that a later pandas will drop: nothing a reader can act on
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        row = library.event_study(frame, estimator="did2s", att=True, **options).tidy().iloc[0]
    half = (row["97.5%"] - row["2.5%"]) / 2
    return float(row["Estimate"]), float(row["Std. Error"]), float(row["Pr(>|t|)"]), float(half)
