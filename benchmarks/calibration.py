"""What the impact method attains on panels whose truth is known, beside what is commonly done.

python benchmarks/calibration.py            # writes docs/method/calibration.md, a quarter of an hour
python benchmarks/calibration.py --quick    # prints the same table from few panels, about a minute
"""

# ruff: noqa: E501 - the lines of the report are the report's

from __future__ import annotations

import argparse
import datetime as dt
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from tonnage.analysis import newyear
from tonnage.analysis.impact import impact, over_events
from tonnage.analysis.panels import KINDS, Panel, panel

PAGE: Final = Path(__file__).parents[1] / "docs" / "method" / "calibration.md"
#: Every calendar month starts as many panels; the holiday falls in other windows from year to year.
STARTS: Final = tuple(dt.date(2008 + month, month, 1) for month in range(1, 13))
EFFECT_PCT: Final = {"lumpy": -70.0}
COLUMNS: Final = ("coverage", "false positives", "power", "bias", "width")

#: What a method says of one panel: log effect, low, high, p-value.
Said = tuple[float, float, float, float]


def alone(made: Panel) -> Said:
    """Return M1 without a control."""
    return _said(impact(made.series, made.event))


def controlled(made: Panel) -> Said:
    """Return M1 with the control."""
    return _said(impact(made.series, made.event, made.control))


def _said(result: Any) -> Said:
    low = math.log1p(result.low_pct / 100) if result.low_pct > -100 else -math.inf
    return math.log1p(result.effect_pct / 100), low, math.log1p(result.high_pct / 100), result.p_value


def before_after(made: Panel) -> Said:
    """Return the t-test of logarithms after against before."""
    y, k = _logarithms(made)
    return _t_test(y[-k:], y[:-k])


def year_on_year(made: Panel) -> Said:
    """Return the t-test of changes on a year ago, after against before."""
    y, k = _logarithms(made)
    change = y[12:] - y[:-12]
    return _t_test(change[-k:], change[:-k])


def _logarithms(made: Panel) -> tuple[Any, int]:
    value = made.series["value"].to_numpy()
    if (value <= 0).any():
        raise ValueError("zeros have no logarithm")
    return np.log(value), int((made.series["period"] >= made.event).sum())


def _t_test(after: Any, before: Any) -> Said:
    from scipy import stats

    if len(after) + len(before) < 4:
        raise ValueError("too few")
    found = stats.ttest_ind(after, before)
    span = found.confidence_interval()
    return float(after.mean() - before.mean()), float(span.low), float(span.high), float(found.pvalue)


def newey_west(made: Panel) -> Said:
    """Return the step of an interrupted time series on logarithms, with Newey-West errors of 4 lags."""
    import statsmodels.api as sm

    y, k = _logarithms(made)
    n, first = len(y), made.series["period"][0]
    month = (first.month - 1 + np.arange(n)) % 12
    step = (np.arange(n) >= n - k).astype(float)
    x = np.column_stack(
        [step, np.ones(n), np.arange(n), month[:, None] == np.arange(11), newyear.regressors(first, n)]
    )
    fitted = sm.OLS(y, x).fit(cov_type="HAC", cov_kwds={"maxlags": 4}, use_t=True)
    low, high = fitted.conf_int()[0]
    return float(fitted.params[0]), float(low), float(high), float(fitted.pvalues[0])


METHODS: Final[dict[str, Callable[[Panel], Said]]] = {
    "tonnage": alone,
    "tonnage, with control": controlled,
    "t-test before/after": before_after,
    "t-test year on year": year_on_year,
    "Newey-West": newey_west,
}


def measure(kind: str, replications: int, seed: int) -> dict[str, list[float]]:
    """Return the columns of the table, by method."""
    effect = EFFECT_PCT.get(kind, -30.0)
    truth = math.log1p(effect / 100)
    found: dict[str, list[tuple[Said, Said]]] = {name: [] for name in METHODS}
    for place, start in enumerate(STARTS):
        for index in range(replications // len(STARTS)):
            number = seed + place * replications + index
            quiet, struck = (panel(kind, number, e, start=start) for e in (0.0, effect))
            for name, method in METHODS.items():
                try:
                    found[name].append((method(quiet), method(struck)))
                except ValueError:
                    continue
    return {name: _columns(said, truth) for name, said in found.items() if len(said) > replications / 2}


def _columns(said: list[tuple[Said, Said]], truth: float) -> list[float]:
    null = np.array([quiet for quiet, _ in said])
    real = np.array([struck for _, struck in said])
    return [
        float(((real[:, 1] <= truth) & (truth <= real[:, 2])).mean()),
        float((null[:, 3] < 0.05).mean()),
        float((real[:, 3] < 0.05).mean()),
        float(real[:, 0].mean() - truth),
        float(np.median(null[:, 2] - null[:, 1])),
    ]


def table(results: dict[str, dict[str, list[float]]]) -> str:
    """Return the results as a Markdown table."""
    lines = [f"| panels | method | {' | '.join(COLUMNS)} |", "| --- " * (2 + len(COLUMNS)) + "|"]
    for kind, by_method in results.items():
        for name, (coverage, false, power, bias, width) in by_method.items():
            cells = (
                f"{100 * coverage:.1f} | {100 * false:.1f} | {100 * power:.1f} | {bias:+.3f} | {width:.2f}"
            )
            lines.append(f"| {kind} | {name} | {cells} |")
    return "\n".join(lines)


def family_wise(kind: str, replications: int, seed: int) -> tuple[float, float]:
    """Return how often ten dates without an event hold a finding: without and with Holm's correction."""
    plain = corrected = 0
    for index in range(replications):
        made = panel(kind, seed + index, months=84)
        dates = made.series["period"].to_list()[36:76:4]
        found = over_events(made.series, {f"date {n}": day for n, day in enumerate(dates)})
        plain += bool((found["p_value"] < 0.05).any())
        corrected += bool((found["p_holm"] < 0.05).any())
    return plain / replications, corrected / replications


def speed() -> str:
    """Return processor time a series, in a sentence."""
    told = []
    for kind in ("dense", "lumpy"):
        for name in ("tonnage", "tonnage, with control"):
            made = panel(kind, 0)
            METHODS[name](made)
            spent = []
            for _ in range(50):
                begun = time.process_time()
                METHODS[name](made)
                spent.append(time.process_time() - begun)
            told.append(f"{kind}, {name}: {1000 * float(np.median(spent)):.1f} ms")
    return "; ".join(told)


def page(results: dict[str, dict[str, list[float]]], replications: int, seed: int, took: float) -> str:
    """Return the report."""
    ten = {kind: family_wise(kind, 60, seed) for kind in ("dense", "walk")}
    told = "; ".join(f"`{k}` {100 * p:.0f} without, {100 * c:.0f} with" for k, (p, c) in ten.items())
    kinds = "\n".join(f"- `{name}`: {what}." for name, what in KINDS.items())
    return f"""# Calibration of `impact`

Built by `python benchmarks/calibration.py --replications {replications} --seed {seed}`; {replications} panels a kind, a twelfth of
them starting in each calendar month, took {took / 60:.0f} minutes. Do not edit: run the command.

An interval of 95% should hold the truth 95 times in 100, and find something where there is nothing 5 times in 100. Both are
tried here on panels whose truth is planted. Coverage, false positives and power are per cent; coverage and power are at a planted
effect of -30% (lumpy: -70%) on six months (single: one); bias is of the logarithm of observed over expected; width is that of
the interval with no effect, in log points. With {replications} panels a coverage of 95% is known to within {196 * math.sqrt(0.0475 / replications):.1f} points.

{table(results)}

The t-tests and Newey-West work on logarithms, which lumpy series do not have; the t-test of one month after is that of an outlier.

Kinds of panels (`tonnage.analysis.panels`):

{kinds}

Ten dates on which nothing happened, on 84 months (60 panels): per cent with a finding somewhere, without and with Holm's
correction: {told}.

Processor time a series, after the first of its shape: {speed()}.

## What this shows, and what it does not

- It is a check of the code and of the size of the intervals, not an independent trial. The prior weights of the grid were picked from
  3,000 candidates by coverage and power on panels of these kinds (other seeds). The constants for control, zeros and season were
  adjusted after looking at early tables like this one, some from the same seeds.
- The noise of `dense`, `short`, `heavy`, `spill` and `holiday` was lowered once, after a first table had 72% power for `dense` without
  control: the t-test before/after then erred in 21 of 100, and was to err in about 14, as in the project's reference table. Newey-West
  still errs more often here than there (18), so the panels are not the same. Power depends on the noise chosen; coverage hardly.
- On a random walk and on the airline model the trend is not straight and the season moves: the model is wrong there, and the
  intervals are honest only because they are wide.
- A control that the event moves (`spill`) biases the estimate towards a larger effect. The method lowers its weight; it cannot
  know.
- `lumpy` with few shipments left has intervals that are long below: fewer than about three shipments in all do not measure an effect.
"""


def main() -> None:
    """Run the report."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--quick", action="store_true", help="48 panels a kind, printed and not written")
    options.add_argument("--replications", type=int, default=480, help="panels a kind, a multiple of 12")
    options.add_argument("--seed", type=int, default=20_260_000)
    options.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    given = options.parse_args()
    replications = 48 if given.quick else given.replications
    begun = time.monotonic()
    results = {}
    for kind in given.kinds:
        results[kind] = measure(kind, replications, given.seed)
        print(table({kind: results[kind]}), f"\n{time.monotonic() - begun:.0f} s", flush=True)
    if not given.quick and set(given.kinds) == set(KINDS):
        PAGE.write_text(page(results, replications, given.seed, time.monotonic() - begun), encoding="utf-8")


if __name__ == "__main__":
    main()
