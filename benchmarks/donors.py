"""What a comparison with donor partners attains on panels whose truth is known, and what it costs.

python benchmarks/donors.py            # writes docs/method/donors-calibration.md, about ten minutes on two cores
python benchmarks/donors.py --quick    # prints the same tables from few panels
"""

# ruff: noqa: E501 - the lines of the report are the report's

from __future__ import annotations

import argparse
import datetime as dt
import math
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

from tonnage.analysis.partner_panels import PARTNER_KINDS, partner_panel
from tonnage.analysis.sdid import ESTIMATORS
from tonnage.analysis.synthetic import Synthetic, synthetic

PAGE: Final = Path(__file__).parents[1] / "docs" / "method" / "donors-calibration.md"
#: Every calendar month starts as many panels; the holiday falls in other windows from year to year.
STARTS: Final = tuple(dt.date(2008 + month, month, 1) for month in range(1, 13))
EFFECT_PCT: Final = -30.0
DEEPER_PCT: Final = {"lumpy": -70.0}
#: Not looked at while the method was made.
SEED: Final = 616_000_000
SIZES: Final = (5, 10, 40)

HEAD: Final = """# Calibration of `synthetic`

Built by `python benchmarks/donors.py --replications {n}` in {minutes:.0f} minutes on two cores; {n} panels a row, a twelfth of them starting
in each calendar month, from seed {seed:,} on, which was not looked at while the method was made. Do not edit: run the command.

Panels of 60 months, 6 of them after the event. Coverage, false positives and power are per cent: coverage of the 95% interval and power
at a planted effect of -30% (lumpy: -70%) on the treated partner, false positives (p of at most 0.05) at none; bias is of the logarithm of shipped over expected;
width is that of the interval with no effect, its median in log points. With {n} panels a rate of 95% is known to within {error:.1f} points.

## Kinds of panels, twenty donors

| panels | what makes them hard |
| --- | --- |
{kinds}

| panels | estimator | coverage | false positives | power | bias | width |
| --- | --- | --- | --- | --- | --- | --- |
{table}

The p-value of a rank is valid whatever the noise is like, as long as any of the partners might have been the treated one: false positives
are near 5 in all kinds (with 20 donors the nearest rank is 1/21). In `factors` and `walk` partners part ways, and what SDID gains over equal weights is
width. In `noisy` and `calm` the treated partner is not like the donors; each effect is measured in its own error before, which is what keeps
these rows near the others. In `spill` the bias is the diverted tonnage that donors absorb, which no interval knows of; and the takers' own moves
spoil the ranks, so power is halved: name the donors that cannot have taken the goods. Where partners do move alike, equal weights are as good or
better; where they part, the width of SDID is what makes it the default. In `lumpy` the scale is `level`: the interval in per cent divides by what little was
shipped and holds less often than it says, the result warns of it, and `tn.impact` counts shipments instead.

## Number of donors

With fewer than 19 donors no rank has a p-value of 0.05: power is nil by construction, and the interval rests on a t distribution of the placebos,
which holds a little less often than it says.

| panels | donors | coverage | false positives | power | bias | width |
| --- | --- | --- | --- | --- | --- | --- |
{sizes}

## Cost

One call of `synthetic` on a frame of 40 donors and 60 months, everything included (41 fits, as many again for the weights of the months,
up to 12 without a donor): {cost:.0f} ms of processor time (SDID), {cheap:.0f} ms (equal weights).
"""


def one(seed: int, kind: str, donors: int, estimators: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    """Return what each estimator says of the quiet and of the struck panel."""
    start = STARTS[seed % len(STARTS)]
    made = [partner_panel(kind, seed, effect, donors=donors, start=start) for effect in (0.0, _planted(kind))]
    found: dict[str, tuple[Any, Any]] = {}
    for name in estimators:
        quiet, struck = (_said(synthetic(p.series, p.event, p.treated, estimator=name)) for p in made)  # type: ignore[arg-type]
        found[name] = (quiet, struck)
    return found


def _planted(kind: str) -> float:
    return DEEPER_PCT.get(kind, EFFECT_PCT)


def _said(result: Synthetic) -> tuple[float, float, float, float]:
    """Return log effect, low, high and p-value."""
    low, effect, high = (_log(v) for v in (result.low_pct, result.effect_pct, result.high_pct))
    return effect, low, high, result.p_value or 1.0


def _log(value: float | None) -> float:
    if value is None or value <= -100:
        return -math.inf
    return math.log1p(value / 100)


def row(said: list[tuple[Any, Any]], kind: str) -> str:
    """Return the cells of a line of the table."""
    null, real = np.array([q for q, _ in said]), np.array([s for _, s in said])
    truth = math.log1p(_planted(kind) / 100)
    usable = np.isfinite(real[:, 0])
    cells = (
        f"{100 * np.mean((real[:, 1] <= truth) & (truth <= real[:, 2])):.1f}",
        f"{100 * np.mean(null[:, 3] <= 0.05 + 1e-9):.1f}",
        f"{100 * np.mean(real[:, 3] <= 0.05 + 1e-9):.1f}",
        f"{np.mean(real[usable, 0] - truth):+.3f}",
        f"{np.median(null[:, 2] - null[:, 1]):.2f}",
    )
    return " | ".join(cells)


def cost(estimator: str) -> float:
    """Return milliseconds of processor time of one call, the least of five."""
    made = partner_panel("factors", 1, donors=40)
    spent = []
    for _ in range(6):
        began = time.process_time()
        synthetic(made.series, made.event, made.treated, estimator=estimator)  # type: ignore[arg-type]
        spent.append(time.process_time() - began)
    return 1000 * min(spent[1:])


def report(replications: int, workers: int) -> str:
    """Return the page."""
    began = time.time()
    seeds = range(SEED, SEED + replications)
    table, sizes = [], []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for kind in PARTNER_KINDS:
            done = list(
                pool.map(
                    partial(one, kind=kind, donors=20, estimators=tuple(ESTIMATORS)), seeds, chunksize=10
                )
            )
            table += [f"| {kind} | {name} | {row([d[name] for d in done], kind)} |" for name in ESTIMATORS]
        for kind in ("alike", "factors"):
            for donors in SIZES:
                done = list(
                    pool.map(
                        partial(one, kind=kind, donors=donors, estimators=("sdid",)), seeds, chunksize=10
                    )
                )
                sizes.append(f"| {kind} | {donors} | {row([d['sdid'] for d in done], kind)} |")
    return HEAD.format(
        n=replications,
        seed=SEED,
        minutes=(time.time() - began) / 60,
        error=196 * math.sqrt(0.95 * 0.05 / replications),
        kinds="\n".join(f"| {kind} | {said} |" for kind, said in PARTNER_KINDS.items()),
        table="\n".join(table),
        sizes="\n".join(sizes),
        cost=cost("sdid"),
        cheap=cost("did"),
    )


def main() -> None:
    """Write the page, or print it from few panels."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=240)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    if asked.quick:
        print(report(24, asked.workers))
        return
    PAGE.write_text(report(asked.replications, asked.workers), encoding="utf-8")


if __name__ == "__main__":
    main()
