"""Many units, staggered dates: a thin door to pyfixest that leaves the wrong estimator outside."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis import optional
from tonnage.analysis.clustered import FEWEST, FEWEST_SIDE, Estimate, estimate, p_text, quiet, widened
from tonnage.analysis.results import Result
from tonnage.analysis.series import receipts_of
from tonnage.analysis.wording import pick
from tonnage.errors import ContractError, NoDataError, ParameterError, nearest

__all__ = ["ESTIMATORS", "PanelEffect", "panel_effect"]

#: What `estimator` may be.
ESTIMATORS: Final = {
    "did2s": "two-stage differences in differences (Gardner 2022)",
    "sun-abraham": "a saturated event study, averaged over cohorts by their shares (Sun and Abraham 2021)",
}

#: The fewest units of one date, where each date has effects of its own: one has no variance.
_FEWEST_COHORT: Final = 2
_SHOWN: Final = 6
#: The event time that stands for "never" and for the month all others of Sun and Abraham are measured from.
_NEVER: Final = -(10**6)
_REFERENCE: Final = -1

_TWO_WAY: Final = (
    "static two-way fixed effects compare units treated late with units treated before, and may give an"
    " effect of the wrong sign; take 'did2s' or 'sun-abraham'"
)

_PATH: Final = pl.Schema(
    {
        "month": pl.Int64(),
        "effect": pl.Float64(),
        "error": pl.Float64(),
        "low": pl.Float64(),
        "high": pl.Float64(),
        "units": pl.Int64(),
    }
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
        error: standard error, clustered by unit, widened for few of them.
        low, high: ends of the 95% interval.
        p_value: of no effect.
        units, treated, dates: how many units, treated units, and different dates.
        estimator: key of `ESTIMATORS`.
        log: whether the outcome is in logarithms.
        path: by event time: `month` (0 = the first month of the effect, below 0 = before), `effect`, `error`,
            `low`, `high` (95%, of this month alone) and `units` it rests on. Before the event it should be 0;
            by "sun-abraham" it is measured from month -1, which is not listed.
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
    path: pl.DataFrame
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
            p=p_text(self.p_value),
            units=self.units,
            treated=self.treated,
            dates=self.dates,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row with the numbers; `path` has those by month."""
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
        frame: one row a unit and month, in any order, none missing.
        unit: column of the unit, also the cluster of the standard errors.
        time: column of the month (a date), or of whole numbers.
        start: column of the first month of the effect, of the type of `time`; null = never.
        value: column of the outcome.
        log: take its logarithm; 0 and null are then errors.
        estimator: a key of `ESTIMATORS`.

    Raises:
        ParameterError: the estimator is static two-way fixed effects, or unknown.
        ContractError: a column is missing, a unit has two dates, a unit-month is there twice or not at all,
            or a value is not above 0 (not finite, where `log` is False).
        NoDataError: fewer than 20 units, than 5 treated ones, than 5 that are still untreated at the end, a
            unit without a month before its date, or for "sun-abraham" a date that reached one unit only.
        MissingLibraryError: pyfixest is not installed.
    """
    chosen = _estimator(estimator)
    data = _data(frame, (unit, time, start, value), log)
    counts = _checked(data, chosen)
    fitted, path = (_two_stages if chosen == "did2s" else _saturated)(_prepared(data))
    return PanelEffect(
        **fitted._asdict(),
        **counts,
        estimator=chosen,
        log=log,
        path=path,
        method=f"{ESTIMATORS[chosen]} with unit and month effects, standard errors clustered by unit,"
        " intervals of Student's t with the degrees of freedom of the treated or the untreated units,"
        " whichever are fewer; fitted by pyfixest.",
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
        raise ParameterError(
            f"estimator={name!r}: expected one of {sorted(ESTIMATORS)}{nearest(name, ESTIMATORS)}"
        )
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
        wanted = "above 0 (a logarithm is taken; gravity() takes zeros)" if log else "finite"
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


def _checked(data: pl.DataFrame, estimator: str) -> dict[str, int]:
    _check_rows(data)
    dates = data.group_by("unit").agg(
        pl.col("g").n_unique().alias("n"), pl.col("g").first(), pl.col("t").min().alias("first")
    )
    if dates["n"].max() != 1:
        raise ContractError(
            "panel: expected one date a unit, found more: an effect that ends is another design"
        )
    last = data["t"].max()
    treated = dates.filter((pl.col("g") > 0) & (pl.col("g") <= last))
    counts = {"units": dates.height, "treated": treated.height, "dates": treated["g"].n_unique()}
    untreated = dates.height - treated.height
    if dates.height < FEWEST or min(treated.height, untreated) < FEWEST_SIDE:
        raise NoDataError(
            f"panel: expected at least {FEWEST} units, {FEWEST_SIDE} treated and {FEWEST_SIDE} never treated,"
            f" found {dates.height}, {treated.height} and {untreated}: clustered errors would be far too"
            " small; use impact()"
        )
    _check_cohorts(treated, estimator)
    return counts


def _check_rows(data: pl.DataFrame) -> None:
    if data.select(pl.struct("unit", "t").is_duplicated().any()).item():
        raise ContractError("panel: expected one row a unit and month, found more")
    units, months = data["unit"].n_unique(), data["t"].unique().sort()
    span = months[-1] - months[0] + 1 if months.len() else 0
    if data.height != units * span:
        fewest = data.group_by("unit").len().sort("len", "unit").row(0)
        raise ContractError(
            f"panel: expected {units} units in each of {span} months, found {data.height} rows of"
            f" {units * span} (unit {fewest[0]}: {fewest[1]}): a unit that is there when it ships and not"
            " when it does not would hide the effect; a month without trade is 0, which gravity() takes"
        )


def _check_cohorts(treated: pl.DataFrame, estimator: str) -> None:
    always = treated.filter(pl.col("g") <= pl.col("first"))["unit"].sort().to_list()
    if always:
        raise NoDataError(
            f"panel: expected a month before the event in every treated unit, found none in {len(always)}"
            f" ({', '.join(always[:_SHOWN])}): leave them out, or take months before"
        )
    cohorts = treated.group_by("g").len().sort("len", "g")
    if estimator == "sun-abraham" and cohorts["len"].min() < _FEWEST_COHORT:  # type: ignore[operator]
        raise NoDataError(
            f"estimator='sun-abraham': expected at least {_FEWEST_COHORT} units of each date, found 1 of one:"
            " an effect of its own has no variance there; use 'did2s'"
        )


def _prepared(data: pl.DataFrame) -> Any:
    """Return the pandas frame that pyfixest takes: unit as a number, `treat`, and `rel`, the event time."""
    reached = (pl.col("g") > 0) & (pl.col("g") <= data["t"].max())
    # pyfixest takes no text for a cluster
    return data.select(
        "t",
        "y",
        unit=pl.col("unit").rank("dense").cast(pl.Int64),
        g=pl.when(reached).then(pl.col("g")).otherwise(0),
        treat=reached & (pl.col("t") >= pl.col("g")),
        rel=pl.when(reached).then(pl.col("t") - pl.col("g")).otherwise(_NEVER),
    ).to_pandas()


def _two_stages(frame: Any) -> tuple[Estimate, pl.DataFrame]:
    """Return the estimate over all treated unit-months, and the path."""
    library = optional.load("pyfixest", "panel", "panel effects")
    options = {"yname": "y", "first_stage": "~ 0 | unit + t", "treatment": "treat", "cluster": "unit"}
    with quiet():
        # each call writes into its frame
        whole = library.did2s(frame.copy(), second_stage="~ i(treat, ref=False)", **options)
        monthly = library.did2s(frame.copy(), second_stage=f"~ i(rel, ref={_NEVER})", **options)
    sizes, others = _sizes(frame)
    found = zip(monthly.coef().index, monthly.coef(), monthly.se(), strict=True)
    path = []
    for month, effect, error in ((int(n.rpartition("::")[2]), float(e), float(s)) for n, e, s in found):
        behind = sum(count for cohort, count in sizes.items() if _reaches(frame, cohort, month))
        few = min(behind, others)
        path.append((month, estimate(effect, widened(error, few), few - 1), behind))
    few = min(sum(sizes.values()), others)
    error = widened(float(whole.se().iloc[0]), few)
    return estimate(float(whole.coef().iloc[0]), error, few - 1), _path(path)


def _saturated(frame: Any) -> tuple[Estimate, pl.DataFrame]:
    """Return the same from an effect of every date and event time, each weighted by its units."""
    import numpy as np

    library = optional.load("pyfixest", "panel", "panel effects")
    sizes, others = _sizes(frame)
    with quiet():
        fit = library.feols(
            f"y ~ i(rel, g, ref={_REFERENCE}, ref2=0) | unit + t",
            frame.assign(rel=frame["rel"].where(frame["g"] > 0, _REFERENCE)),
            vcov={"CRV1": "unit"},
        )
    # "rel::-3:g::24242"
    named = [name.replace(":g::", "::").split("::") for name in fit.coef().index]
    months, cohorts = (np.array([int(parts[place]) for parts in named]) for place in (1, 2))
    size = np.array([sizes[cohort] for cohort in cohorts.tolist()], dtype=float)
    values = np.asarray(fit.coef(), dtype=float)
    root = np.sqrt(size / (size - 1))
    variance = np.asarray(fit._vcov, dtype=float) * np.outer(root, root)

    def average(chosen: Any) -> Estimate:
        share = size * chosen / (size * chosen).sum()
        reached = sum(sizes[cohort] - 1 for cohort in set(cohorts[chosen].tolist()))
        error = math.sqrt(float(share @ variance @ share))
        return estimate(float(share @ values), error, min(reached, others - 1))

    path = [(m, average(months == m), int(size[months == m].sum())) for m in sorted(set(months.tolist()))]
    return average(months >= 0), _path(path)


def _sizes(frame: Any) -> tuple[dict[int, int], int]:
    """Return the units of each date, and how many are never treated."""
    units = frame.drop_duplicates("unit")["g"].value_counts()
    return {int(g): int(n) for g, n in units.items() if g > 0}, int(units[0])


def _reaches(frame: Any, cohort: int, month: int) -> bool:
    return bool(frame["t"].min() <= cohort + month <= frame["t"].max())


def _path(rows: list[tuple[int, Estimate, int]]) -> pl.DataFrame:
    made = [(month, *found[:4], units) for month, found, units in sorted(rows)]
    return pl.DataFrame(made, schema=_PATH, orient="row")
