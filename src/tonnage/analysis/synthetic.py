"""The effect of an event on one partner against a mixture of other partners: method M2.

docs/method/donors.md tells the method in words and formulas; docs/method/donors-calibration.md what it
attains.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tonnage.analysis import observations, synthetic_words
from tonnage.analysis.comparison import Comparison, compared
from tonnage.analysis.donors import Scale, SideBySide, Window, assembled, from_frames, from_ledger
from tonnage.analysis.doubts import doubts, targets
from tonnage.analysis.outcomes import percent
from tonnage.analysis.results import Result
from tonnage.analysis.sdid import ESTIMATORS, Estimator
from tonnage.analysis.wording import pick
from tonnage.errors import ParameterError
from tonnage.model.codes import resolve_country

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["Synthetic", "synthetic"]

#: As in `impact`.
_AFTER: Final = 6
_BEFORE: Final = 120
_FEWEST: Final = 12

_PATH: Final[dict[str, Any]] = {
    "period": pl.Date,
    "months": pl.Int8,
    "role": pl.Enum(["before", "anticipation", "event", "after"]),
    "observed": pl.Float64,
    "counterfactual": pl.Float64,
    "effect_pct": pl.Float64,
    "low_pct": pl.Float64,
    "high_pct": pl.Float64,
    "exposed": pl.Float64,
}
_DONORS: Final[dict[str, Any]] = {
    "partner": pl.String,
    "weight": pl.Float64,
    "effect_pct": pl.Float64,
    "score": pl.Float64,
    "without_pct": pl.Float64,
}
_TIMES: Final[dict[str, Any]] = {"period": pl.Date, "weight": pl.Float64}
_GAPS: Final[dict[str, Any]] = {"partner": pl.String, "period": pl.Date, "gap": pl.Float64}
_LEFT_OUT: Final[dict[str, Any]] = {"partner": pl.String, "reason": pl.String}

_ASSUMED: Final = (
    "Without the event, the treated partner would have gone on moving with the mixture of donors as before.",
    "The event does not reach the donors: diverted tonnage that they absorb counts twice, lost and gained.",
    "Any of the partners might have been the treated one: the donors' own moves stand for chance.",
    "Nothing else of weight happened to the treated partner alone in the same months.",
    "The date, the treated partner and the donors were fixed before the figures were looked at.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Synthetic(Result):
    """What can be said of an event by the other partners, or why nothing can.

    Attributes:
        answered: False: the figures cannot answer, `reason` says why, and every number is None.
        reason: why not; "" when answered.
        event: day from which the event can have worked.
        treated: the partners it was about.
        estimator: "sdid", "sc" or "did".
        level: of all intervals.
        effect_pct: average effect on the full months after, per cent of what would have been shipped; several
            treated partners count alike.
        low_pct: lower end of the interval.
        high_pct: upper end; infinite where what would have been shipped may be nothing.
        p_value: rank of the effect among the placebos, two-sided: `floor` or more.
        floor: 1 / (placebos + 1), the least p-value there can be.
        error: placebo standard error (algorithm 4 of the paper), in the unit of the scale.
        by_ranks: whether the interval holds what the ranks do not refuse; False: too few placebos at this
            level, the width is that of a t distribution.
        tonnes: shipped less what would have been, summed over the full months after and the treated partners.
        tonnes_low: lower end of its interval.
        tonnes_high: upper end.
        fit_pct: how far the mixture is from the treated partner in a month before, root mean square, per
            cent.
        months_after: full months after that entered the average.
        months_before: months before that the weights were found on.
        scale: "log" or "level" (tonnes over the usual month before).
        path: one row a month: period, months, role, observed and counterfactual (tonnes, treated partners
            together), effect_pct with low_pct and high_pct (after the months before only), exposed.
        donors: heaviest first: partner, weight, effect_pct and score (of the donor as a placebo; the score
            is its effect over its own error before), without_pct (the effect without it; of the heavy ones).
        time_weights: period and weight of the months before that the months after are compared with.
        gaps: partner, period and gap in the unit of the scale, of the treated partners together ("") and of
            each donor as a placebo.
        left_out: partner and reason.
        method: how it was done, in one paragraph.
        assumptions: what has to hold.
        warnings: what a reader must be told with the number.
        receipts: those of the treated partners' figures from the event on, then of the donors' with weight.
        reason_in: `reason` by language; empty when answered.
    """

    answered: bool
    reason: str
    event: dt.date
    treated: tuple[str, ...]
    estimator: Estimator
    level: float
    effect_pct: float | None = None
    low_pct: float | None = None
    high_pct: float | None = None
    p_value: float | None = None
    floor: float | None = None
    error: float | None = None
    by_ranks: bool = True
    tonnes: float | None = None
    tonnes_low: float | None = None
    tonnes_high: float | None = None
    fit_pct: float | None = None
    months_after: int = 0
    months_before: int = 0
    scale: Scale | None = None
    path: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_PATH))
    donors: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_DONORS))
    time_weights: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_TIMES))
    gaps: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_GAPS))
    left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_LEFT_OUT))
    method: str = ""
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    receipts: tuple[Any, ...] = ()
    reason_in: Mapping[str, str] = field(default_factory=dict)

    @property
    def significant(self) -> bool:
        """Whether the ranks refuse no effect at the level; False when nothing could be answered."""
        return self.p_value is not None and self.p_value <= 1 - self.level + 1e-9

    @property
    def verdict(self) -> str:
        """What may be said, in one English sentence or two."""
        return self.sentence("en")

    def sentence(self, language: str = "en") -> str:
        """Return the verdict in English, Chinese or Japanese.

        Raises:
            ParameterError: another language.
        """
        return pick(synthetic_words.sentences(self), language)

    def to_frame(self) -> pl.DataFrame:
        """Return one row with the numbers and the verdict; months are in `path`, weights in `donors`."""
        apart = ("path", "donors", "time_weights", "gaps", "left_out", "assumptions", "receipts", "reason_in")
        row = {f.name: getattr(self, f.name) for f in fields(Synthetic) if f.name not in apart}
        numbers = {
            name: pl.Float64
            for name in row
            if name.endswith(("_pct", "_value")) or "tonnes" in name or name in ("floor", "error")
        }
        lists = {name: [list(getattr(self, name))] for name in ("treated", "warnings")}
        return pl.DataFrame(
            {**row, **lists, "verdict": self.verdict},
            schema_overrides={**numbers, "scale": pl.String, "warnings": pl.List(pl.String)},
        )


def synthetic(
    series: Any,
    event: Any,
    treated: str | Sequence[str],
    donors: Sequence[str] | None = None,
    *,
    estimator: Estimator = "sdid",
    after: int | None = None,
    anticipation: int = 0,
    scale: Scale | None = None,
    level: float = 0.95,
    before: int = _BEFORE,
    by: str = "partner",
    ledger: Ledger | None = None,
    **asked: Any,
) -> Synthetic:
    """Return the effect of an event on partners, other partners standing for what would have been.

    Args:
        series: a definition, whose partners are read from the ledger; or a long frame with the column
            `by`; or a mapping from partner to frame. Frames as in `impact`: monthly tonnage of one
            definition.
        event: as in `impact`; of a row of the register the target is looked at too.
        treated: the partner (or partners) the event was about.
        donors: the partners it was not about; by default all others, of a ledger all other single countries.
        estimator: "sdid", "sc" (of each series less its mean before) or "did".
        after: full months after the event in the average; by default those observed, at most 6.
        anticipation: months before the event that may hold stockpiling: shown, not used.
        scale: "log" or "level"; by default logarithms, and where those have no value (a month of nothing)
            tonnes over the usual month before.
        level: of the intervals, from 0.5 to 0.999.
        before: months before the event that are used at most.
        by: column that tells the partners apart.
        ledger: where a definition is looked up; by default the workspace here.
        asked: `as_of`, `reporter` and `flow` of `Ledger.series`, with a definition.

    Returns:
        A `Synthetic`; with `answered` False, a `reason` and no number where the figures cannot answer: fewer
        than 3 usable donors, too few months, a break inside, the event outside the months covered.

    Raises:
        ParameterError: an option is impossible; a partner is not there, on both sides, or no single
            country; or the frames are no monthly tonnage of one reporter and flow.
        CodeError: a unit is not a mass.
        DefinitionError: there are two definitions, or the definition is unknown.
        NoDataError: the treated partner, or a donor that was named, has no figure.
    """
    _check_options(estimator, after, anticipation, level, before, scale)
    day = observations.event_day(event)
    own = (treated,) if isinstance(treated, str) else tuple(treated)
    if isinstance(series, str):
        held, left_out = from_ledger(ledger or _workspace(), series, own, donors, **asked)
        own = tuple(resolve_country(partner) for partner in own)
    elif asked:
        raise ParameterError(f"{sorted(asked)}: only with a definition of the ledger, not with frames")
    else:
        held, left_out = from_frames(series, own, donors, by)
    window = Window(day, _AFTER if after is None else after, anticipation, before)
    panel = assembled(held, left_out, own, window, scale)
    blank = Synthetic(False, "", day, own, estimator, level, left_out=_left_out(left_out))
    if not isinstance(panel, SideBySide):
        return replace(blank, reason=panel["en"], reason_in=panel)
    found = compared(panel, estimator, level)
    if not math.isfinite(found.percent(found.own.effect)):
        why = synthetic_words.NOTHING_EXPECTED
        return replace(blank, reason=why["en"], reason_in=why)
    return _answer(blank, found, held, targets(event, own))


def _workspace() -> Ledger:
    from tonnage.ledger.ledger import open_ledger

    return open_ledger()


def _check_options(
    estimator: str, after: int | None, anticipation: int, level: float, before: int, scale: str | None
) -> None:
    if estimator not in ESTIMATORS:
        raise ParameterError(f"estimator={estimator!r}: expected one of {sorted(ESTIMATORS)}")
    if after is not None and after < 1:
        raise ParameterError(f"after: expected at least 1 month, found {after}")
    if anticipation < 0:
        raise ParameterError(f"anticipation: expected 0 or more months, found {anticipation}")
    if not 0.5 <= level <= 0.999:
        raise ParameterError(f"level: expected 0.5 to 0.999, found {level}")
    if before < _FEWEST:
        raise ParameterError(f"before: expected at least {_FEWEST} months, found {before}")
    if scale not in (None, "log", "level"):
        raise ParameterError(f"scale: expected 'log', 'level' or None, found {scale!r}")


def _answer(
    blank: Synthetic,
    found: Comparison,
    held: Mapping[str, observations.Observations],
    notes: tuple[str, ...],
) -> Synthetic:
    panel, level, half = found.panel, blank.level, found.among.half
    low, effect, high = (found.percent(found.own.effect + shift) for shift in (-half, 0.0, half))
    tonnes_low, tonnes, tonnes_high = found.tonnes()
    table = _donors(found)
    return replace(
        blank,
        answered=True,
        effect_pct=effect,
        low_pct=low,
        high_pct=high,
        p_value=found.among.p_value,
        floor=1 / (found.sets + 1),
        error=found.among.error,
        by_ranks=found.among.by_ranks,
        tonnes=tonnes,
        tonnes_low=tonnes_low,
        tonnes_high=tonnes_high,
        fit_pct=found.miss_pct,
        months_after=found.months("after"),
        months_before=found.months("before"),
        scale=panel.scale,
        path=_path(found),
        donors=table,
        time_weights=pl.DataFrame(
            {"period": _periods(panel)[: panel.before], "weight": found.own.time_weights.tolist()},
            schema=_TIMES,
        ),
        gaps=_gaps(found),
        left_out=_left_out(panel.left_out),
        method=_method(found, effect, level),
        assumptions=_ASSUMED,
        warnings=(*notes, *panel.notes, *doubts(found, table, (low, effect, high), level)),
        receipts=_receipts(found, held),
    )


def _periods(panel: SideBySide) -> list[dt.date]:
    return [observations.month_start(start) for start, _ in panel.rows]


def _left_out(told: Mapping[str, str]) -> pl.DataFrame:
    rows = {"partner": list(told), "reason": list(told.values())}
    return pl.DataFrame(rows, schema=_LEFT_OUT).sort("partner")


def _path(found: Comparison) -> pl.DataFrame:
    import numpy as np

    panel = found.panel
    gaps = found.own.gaps.mean(axis=0).tolist()
    index = found.data.index[found.donors :].mean(axis=0).tolist()
    halves = [None] * panel.before + found.among.halves.tolist()

    def ends(side: int) -> list[float | None]:
        each = zip(gaps, index, halves, strict=True)
        return [None if half is None else percent(gap + side * half, i, panel.scale) for gap, i, half in each]

    return pl.DataFrame(
        {
            "period": _periods(panel),
            "months": [n for _, n in panel.rows],
            "role": panel.roles,
            "observed": np.array(panel.tonnes[found.donors :]).sum(axis=0).tolist(),
            "counterfactual": found.expected().sum(axis=0).tolist(),
            "effect_pct": [percent(gap, i, panel.scale) for gap, i in zip(gaps, index, strict=True)],
            "low_pct": ends(-1),
            "high_pct": ends(1),
            "exposed": panel.exposed,
        },
        schema=_PATH,
    )


def _donors(found: Comparison) -> pl.DataFrame:
    without, count = found.without(), found.donors
    scores = (
        found.among.scores[:-1].tolist()
        if found.panel.treated == 1
        else [one.effect / max(one.miss, 1e-12) for one in found.singles]
    )
    rows = {
        "partner": list(found.panel.names[:count]),
        "weight": found.own.weights.tolist(),
        "effect_pct": [found.donor_percent(place) for place in range(count)],
        "score": scores,
        "without_pct": [without.get(place) for place in range(count)],
    }
    return pl.DataFrame(rows, schema=_DONORS).sort("weight", "partner", descending=[True, False])


def _gaps(found: Comparison) -> pl.DataFrame:
    periods = _periods(found.panel)
    named = zip(found.panel.names, found.singles, strict=False)
    every = [("", found.own.gaps.mean(axis=0)), *((name, one.gaps[0]) for name, one in named)]
    return pl.DataFrame(
        {
            "partner": [name for name, _ in every for _ in periods],
            "period": periods * len(every),
            "gap": [value for _, gap in every for value in gap.tolist()],
        },
        schema=_GAPS,
    )


def _receipts(found: Comparison, held: Mapping[str, observations.Observations]) -> tuple[Any, ...]:
    panel = found.panel
    months = {m for start, n in panel.rows[panel.before :] for m in range(start, start + n)}
    heavy = [name for name, w in zip(panel.names, found.own.weights, strict=False) if w > 0]
    return tuple(
        receipt
        for name in (*panel.names[found.donors :], *heavy)
        for (start, _), receipts in zip(held[name].rows, held[name].receipts, strict=True)
        if start in months
        for receipt in receipts
    )


def _method(found: Comparison, effect: float, level: float) -> str:
    scale, season = found.panel.scale, found.data.season
    what = {"log": "the logarithm of tonnes", "level": "tonnes over the usual month before"}[scale]
    own = "" if season is None else f" and {100 * season:.0f}% of its own season"
    width = "the effects these ranks do not refuse" if found.among.by_ranks else "a t distribution of these"
    told = ESTIMATORS[found.estimator]
    return (
        f"{told[0].upper()}{told[1:]} on {what}, less each partner's mean before{own}:"
        f" {found.donors} donors, {found.months('before')} months before. The donors' weights"
        f" sum to one, so the"
        " season, the Chinese New Year and the demand that partners share cancel. The mixture"
        " misses the treated"
        f" partner by {found.miss_pct:.0f}% in a month before (root mean square); the effect is"
        f" {effect:+.0f}%."
        " Each donor in turn is treated as if the event had been its own; the p-value is the"
        " rank of the effect,"
        f" over the error before, among these {found.sets} placebos and cannot fall below"
        f" 1/{found.sets + 1}; the"
        f" {100 * level:g}% interval is of {width}. The same figures give the same digits."
    )
