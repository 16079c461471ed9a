"""Panels other than those the method was made on: other noise, seasons, holidays, controls, shipments.

Each variant changes one or two things of an ordinary panel, within what real trade series show.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tonnage.analysis import newyear
from tonnage.analysis.panels import Panel

Array = NDArray[np.float64]

_WARM_UP: Final = 80


@dataclass(frozen=True)
class Recipe:
    """How a panel is made; deviations and effects are in log points.

    Attributes:
        kind: of `tonnage.analysis.panels` whose bar it has to meet.
        months: before and after together; `after` of them bear the effect.
        process: of the logarithms: "ar", "walk", "airline".
        rho: serial correlation of the AR1; `noise` its standard deviation (of a step, in a walk).
        white: standard deviation of noise without memory on top.
        tails: "normal", "t3", "mixed" (one month in twelve has four times the deviation), "laplace".
        trend: a month; `drift` of a walk.
        season: standard deviation of the calendar months.
        holiday: depth of Chinese New Year; `windows` the days it lasts, with weights.
        loading: how much of the common factor, of deviation `common`, is in the control.
        control_noise: deviation of what is the control's own.
        control_level: tonnes a month.
        level: tonnes a month of the series.
        lots: how tonnes are drawn from the mean: "" (as it is), "compound" (Poisson shipments of gamma
            size), "binomial" (negative), "hurdle" (a month has none or a lognormal lot), "tweedie",
            "containers" (Poisson shipments of one size).
        mean_lots: shipments a month; the share of zeros follows.
        path: "step", "ramp" (grows to 1.6 times over the months), "spread" (alternates).
        theta: of the airline model.
        spilled: share of the loss, in tonnes' rate, that the control gains.
        day: of the month the event falls on; after the first, its own month bears its share.
        paired: January and February printed as one row.
    """

    kind: str = "dense"
    months: int = 60
    after: int = 6
    process: str = "ar"
    rho: float = 0.3
    noise: float = 0.15
    white: float = 0.05
    tails: str = "normal"
    trend: float = 0.002
    drift: float = 0.0
    season: float = 0.12
    holiday: float = -0.25
    windows: tuple[tuple[int, int, float], ...] = ((-7, -1, 0.3), (0, 6, 1.0), (7, 14, 0.4))
    common: float = 0.10
    loading: float = 1.0
    control_noise: float = 0.08
    control_level: float = 30_000.0
    level: float = 800.0
    lots: str = ""
    mean_lots: float = 2.0
    path: str = "step"
    theta: tuple[float, float] = (0.4, 0.6)
    spilled: float = 0.0
    day: int = 1
    paired: bool = False


_DENSE: Final = Recipe()
_LUMPY: Final = replace(_DENSE, kind="lumpy", noise=0.1, common=0.05, lots="compound", mean_lots=1.6)
_WALK: Final = replace(_DENSE, kind="walk", process="walk", noise=0.08, white=0.0, common=0.05)
_AIR: Final = replace(_DENSE, kind="airline", process="airline", noise=0.09, white=0.0, common=0.0)

VARIANTS: Final[dict[str, Recipe]] = {
    "plain": _DENSE,
    "white noise 8%": replace(_DENSE, rho=0.0, noise=0.06, common=0.05, white=0.02),
    "white noise 15%": replace(_DENSE, rho=0.0, noise=0.12, common=0.09, white=0.0),
    "rho 0.5": replace(_DENSE, rho=0.5, white=0.0),
    "rho 0.6, alone": replace(_DENSE, rho=0.6, noise=0.18, white=0.0, common=0.02),
    "noise 35%": replace(_DENSE, noise=0.33),
    "no trend, no season": replace(_DENSE, trend=0.0, season=0.0),
    "trend 1.5% a month": replace(_DENSE, trend=0.015),
    "falling 1% a month": replace(_DENSE, trend=-0.01),
    "season 35%": replace(_DENSE, season=0.35),
    "no holiday": replace(_DENSE, holiday=0.0),
    "48 months": replace(_DENSE, months=48),
    "84 months": replace(_DENSE, months=84),
    "120 months": replace(_DENSE, months=120),
    "3 months after": replace(_DENSE, after=3),
    "ramp": replace(_DENSE, path="ramp"),
    "uneven effect": replace(_DENSE, path="spread"),
    "mid-month event": replace(_DENSE, day=17),
    "january+february as one": replace(_DENSE, paired=True),
    "control loads 0": replace(_DENSE, loading=0.0),
    "control loads 0.5": replace(_DENSE, loading=0.5),
    "control close": replace(_DENSE, noise=0.06, white=0.02, common=0.18, control_noise=0.03),
    "control noisy": replace(_DENSE, control_noise=0.3, control_level=900.0),
    "36 months, rho 0.5": replace(_DENSE, kind="short", months=36, rho=0.5),
    "36 months, noise 12%": replace(_DENSE, kind="short", months=36, noise=0.1, common=0.05),
    "36 months, season 30%": replace(_DENSE, kind="short", months=36, season=0.3, holiday=-0.4),
    "1 after, rho 0.5": replace(_DENSE, kind="single", after=1, rho=0.5),
    "1 after, noise 10%": replace(_DENSE, kind="single", after=1, noise=0.08, common=0.05),
    "1 after, holiday -50%": replace(_DENSE, kind="single", after=1, holiday=-0.7),
    "t3": replace(_DENSE, kind="heavy", tails="t3"),
    "t3, white": replace(_DENSE, kind="heavy", tails="t3", rho=0.0, noise=0.18, common=0.0),
    "mixed": replace(_DENSE, kind="heavy", tails="mixed", noise=0.10),
    "laplace": replace(_DENSE, kind="heavy", tails="laplace", rho=0.0),
    "compound, 1.6 lots": _LUMPY,
    "compound, 1.0 lots": replace(_LUMPY, mean_lots=1.0),
    "compound, 2.3 lots": replace(_LUMPY, mean_lots=2.3),
    "containers, 2 lots": replace(_LUMPY, lots="containers", mean_lots=2.0),
    "negative binomial": replace(_LUMPY, lots="binomial", mean_lots=4.0, noise=0.05),
    "hurdle, 20% zeros": replace(_LUMPY, lots="hurdle", mean_lots=0.8),
    "hurdle, 35% zeros": replace(_LUMPY, lots="hurdle", mean_lots=0.65),
    "tweedie": replace(_LUMPY, lots="tweedie", mean_lots=1.8),
    "lumpy, 48 months": replace(_LUMPY, months=48, mean_lots=2.0),
    "walk 5%": replace(_WALK, noise=0.05),
    "walk 12%": replace(_WALK, noise=0.12),
    "walk, drift and noise": replace(_WALK, drift=0.008, white=0.06),
    "walk, noise 12% on top": replace(_WALK, noise=0.05, white=0.12),
    "walk, 36 months": replace(_WALK, months=36),
    "walk, 84 months": replace(_WALK, months=84),
    "walk, t3": replace(_WALK, tails="t3"),
    "airline 0.2, 0.4": replace(_AIR, theta=(0.2, 0.4)),
    "airline 0.4, 0.6": _AIR,
    "airline 0.6, 0.8": replace(_AIR, theta=(0.6, 0.8)),
    "airline 0.8, 0.6": replace(_AIR, theta=(0.8, 0.6)),
    "airline 0.3, 0.3": replace(_AIR, theta=(0.3, 0.3)),
    "airline, 84 months": replace(_AIR, months=84),
    "spill 20%": replace(_DENSE, kind="spill", spilled=0.2),
    "spill 30%, close": replace(_DENSE, kind="spill", spilled=0.3, control_noise=0.05),
    "spill 50%": replace(_DENSE, kind="spill", spilled=0.5),
    "spill 50%, close": replace(_DENSE, kind="spill", spilled=0.5, control_noise=0.05),
    "holiday -50%": replace(_DENSE, kind="holiday", holiday=-0.7),
    "holiday of 3 weeks": replace(_DENSE, kind="holiday", holiday=-0.4, windows=((-5, 20, 1.0),)),
    "holiday a week late": replace(_DENSE, kind="holiday", holiday=-0.5, windows=((7, 20, 1.0),)),
    "holiday before": replace(_DENSE, kind="holiday", holiday=-0.5, windows=((-30, -10, -0.5), (-9, 5, 1.0))),
    "holiday, made up for": replace(
        _DENSE, kind="holiday", holiday=-0.6, windows=((-3, 14, 1.0), (15, 35, -0.3))
    ),
}


def make(recipe: Recipe, seed: int, effect_pct: float, start: dt.date) -> tuple[Panel, float]:
    """Return a panel and the truth: the mean effect in log points over the full months after."""
    random = np.random.default_rng([seed, list(VARIANTS.values()).index(recipe)])
    streams = random.spawn(6)
    n = recipe.months + (recipe.day > 1)
    first = start.year * 12 + start.month - 1
    period = [dt.date((first + t) // 12, (first + t) % 12 + 1, 1) for t in range(n)]
    common = _ar(streams[0], n, 0.4, recipe.common, "normal")
    linear = _calendar(streams[1], recipe, start, n) + common + _errors(streams[2], recipe, n)
    effect, truth = _effect(recipe, effect_pct, period)
    series = _drawn(streams[3], streams[4], recipe, linear, effect)
    beside = _calendar(streams[5], replace(recipe, trend=0.001), start, n)
    beside += recipe.loading * common + _ar(streams[5], n, 0.3, recipe.control_noise, "normal")
    control = recipe.control_level * np.exp(beside) * (1 - recipe.spilled * np.expm1(effect))
    event = period[n - recipe.after - (recipe.day > 1)].replace(day=recipe.day)
    frames = [_frame(period, values, recipe.paired) for values in (series, control)]
    return Panel(frames[0], frames[1], event, effect_pct), truth


def _effect(recipe: Recipe, effect_pct: float, period: list[dt.date]) -> tuple[Array, float]:
    """Return log effects by month and the mean of the full months after."""
    full = math.log1p(effect_pct / 100)
    k = recipe.after
    shapes = {
        "step": np.ones(k),
        "ramp": np.linspace(0.4, 1.6, k),
        "spread": np.where(np.arange(k) % 2, 1.5, 0.5),
    }
    path = shapes[recipe.path] * full
    effect = np.zeros(len(period))
    effect[-k:] = path
    if recipe.day > 1:
        days = ((period[-k]) - period[-k - 1]).days
        effect[-k - 1] = math.log1p((days - recipe.day + 1) / days * math.expm1(full))
    return effect, float(path.mean())


def _calendar(random: np.random.Generator, recipe: Recipe, start: dt.date, n: int) -> Array:
    month = (start.month - 1 + np.arange(n)) % 12
    pattern = random.normal(0, recipe.season, 12) if recipe.season else np.zeros(12)
    felt = np.zeros(n)
    first = start.year * 12 + start.month - 1
    strength = recipe.holiday * random.uniform(0.6, 1.4)
    for day in newyear.DATES:
        for begin, end, weight in recipe.windows:
            for offset in range(begin, end + 1):
                moved = day + dt.timedelta(days=offset)
                index = moved.year * 12 + moved.month - 1 - first
                if 0 <= index < n:
                    felt[index] += strength * weight / (end - begin + 1)
    return recipe.trend * np.arange(n) + pattern[month] + felt


def _ar(random: np.random.Generator, n: int, rho: float, deviation: float, tails: str) -> Array:
    shock = _shocks(random, n + _WARM_UP, tails) * deviation * math.sqrt(1 - rho**2)
    result = np.zeros(n + _WARM_UP)
    for t in range(1, len(result)):
        result[t] = rho * result[t - 1] + shock[t]
    return result[_WARM_UP:]


def _shocks(random: np.random.Generator, n: int, tails: str) -> Any:
    """Return shocks of unit variance."""
    if tails == "t3":
        return random.standard_t(3, n) / math.sqrt(3)
    if tails == "laplace":
        return random.laplace(0, 1 / math.sqrt(2), n)
    if tails == "mixed":
        wild = random.random(n) < 1 / 12
        return random.standard_normal(n) * np.where(wild, 4.0, 1.0) / math.sqrt(11 / 12 + 16 / 12)
    return random.standard_normal(n)


def _errors(random: np.random.Generator, recipe: Recipe, n: int) -> Array:
    white: Array = recipe.white * _shocks(random, n, recipe.tails)
    if recipe.process == "walk":
        level: Array = np.cumsum(recipe.drift + recipe.noise * _shocks(random, n, recipe.tails))
        return white + level
    if recipe.process == "airline":
        a, b = recipe.theta
        e = recipe.noise * random.standard_normal(n + _WARM_UP)
        y = np.zeros(n + _WARM_UP)
        for t in range(13, len(y)):
            y[t] = y[t - 1] + y[t - 12] - y[t - 13] + e[t] - a * e[t - 1] - b * e[t - 12] + a * b * e[t - 13]
        level = y[_WARM_UP:] - y[_WARM_UP]
        return white + level
    return white + _ar(random, n, recipe.rho, recipe.noise, recipe.tails)


def _drawn(
    before: np.random.Generator, after: np.random.Generator, recipe: Recipe, linear: Array, effect: Array
) -> Array:
    """Return tonnes; the luck of the months before does not depend on the effect."""
    if not recipe.lots:
        return np.asarray(recipe.level * np.exp(linear + effect))
    n = len(linear) - recipe.after
    parts = (before, linear[:n], effect[:n]), (after, linear[n:], effect[n:])
    return np.concatenate([_lots(random, recipe, base, moved) for random, base, moved in parts])


def _lots(random: np.random.Generator, recipe: Recipe, linear: Array, effect: Array) -> Array:
    rate = recipe.mean_lots * np.exp(linear + effect)
    size = recipe.level / 20
    if recipe.lots == "containers":
        return np.asarray(size * random.poisson(rate))
    if recipe.lots == "binomial":
        return np.asarray(size * random.poisson(rate * random.gamma(1.2, 1 / 1.2, len(rate))))
    if recipe.lots == "hurdle":
        # smaller lots after, as often as before
        share = np.clip(recipe.mean_lots * np.ones(len(rate)), 0, 1)
        lot = np.exp(linear + effect + random.normal(0, 0.6, len(rate)) - 0.18)
        return size * np.where(random.random(len(rate)) < share, lot, 0.0)
    each, mean = 3.0, size * np.ones(len(rate))
    if recipe.lots == "tweedie":
        # of power 1.5: a Poisson number of exponential lots, both of which grow with the mean
        each, mean = 1.0, size * np.sqrt(rate / recipe.mean_lots)
        rate = np.sqrt(rate * recipe.mean_lots)
    count = random.poisson(rate)
    drawn = random.gamma(np.maximum(each * count, 1e-9), mean / each)
    return np.where(count > 0, drawn, 0.0)


def _frame(period: list[dt.date], values: Array, paired: bool) -> pl.DataFrame:
    frame = pl.DataFrame({"period": period, "value": values, "months": 1})
    if not paired:
        return frame.drop("months")
    rows, held = [], dict(zip(period, values, strict=True))
    for day, value in held.items():
        after = held.get(day.replace(month=2)) if day.month == 1 else None
        if day.month == 2 and day.replace(month=1) in held:
            continue
        rows.append((day, float(value) + (after or 0.0), 1 if after is None else 2))
    return pl.DataFrame(rows, schema=["period", "value", "months"], orient="row")
