"""Gravity: a planted measure is found beside what happens to whole countries, and zeros stay."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from tests import extras

from tonnage.analysis.gravity import gravity
from tonnage.errors import ContractError, NoDataError, ParameterError

EFFECT = -0.5
NAMES = "ABCDEFGH"


def made(seed: int = 1, months: int = 8) -> pl.DataFrame:
    """Eight countries; each moves by itself, and a measure takes a part of some pairs' trade."""
    draw = np.random.default_rng(seed)
    out, into = draw.normal(0, 0.3, (2, 8, months))
    pair = draw.normal(0, 1, (8, 8))
    rows = []
    for i, j in ((i, j) for i in range(8) for j in range(8) if i != j):
        for m in range(months):
            held = int((i + 2 * j) % 4 == 1 and m >= 4)
            mean = math.exp(2 + out[i, m] + into[j, m] + pair[i, j] + EFFECT * held)
            rows.append((NAMES[i], NAMES[j], dt.date(2025, m + 1, 1), float(draw.poisson(mean)), held))
    return pl.DataFrame(rows, schema=["exporter", "importer", "period", "value", "ban"], orient="row")


def where(frame: pl.DataFrame, column: str, value: object, **key: object) -> pl.DataFrame:
    """`frame` with another value in the rows of a key."""
    found = pl.all_horizontal(pl.col(name) == wanted for name, wanted in key.items())
    return frame.with_columns(pl.when(found).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))


@extras.needs("pyfixest")
def test_a_planted_measure_is_found() -> None:
    found = gravity(made(), "ban")
    assert found.low < EFFECT < found.high < 0
    assert found.effect == pytest.approx(EFFECT, abs=0.15)
    assert found.effect_pct == pytest.approx(100 * math.expm1(found.effect))
    assert (found.pairs, found.exporters, found.importers, found.rows) == (56, 8, 8, 448)
    assert found.treated == made().filter(pl.col("ban") == 1)["exporter", "importer"].n_unique()
    assert (found.empty, found.silent) == (0, 0)
    assert found == gravity(made().sample(fraction=1, shuffle=True, seed=2), "ban")


@extras.needs("pyfixest")
def test_it_is_the_poisson_regression_on_all_dummies() -> None:
    """The same coefficient and error from statsmodels' GLM with a column for each effect.

    The clustered error has the usual factor g/(g-1) (n-1)/(n-k): 56 pairs, 448 rows, and as k the measure and
    the effects that are not of pairs, 2 x 64 less the one that is redundant.
    """
    import statsmodels.api as sm
    from scipy.linalg import qr

    frame = made()
    keys = (["exporter", "period"], ["importer", "period"], ["exporter", "importer"])
    numbers = [frame.select(pl.struct(key).rank("dense")).to_series().to_numpy() for key in keys]
    design = np.column_stack(
        [frame["ban"].to_numpy(), *(np.equal.outer(n, np.unique(n)) for n in numbers)]
    ).astype(float)
    _, r, order = qr(design[:, 1:], mode="economic", pivoting=True)
    kept = 1 + order[: int((abs(np.diag(r)) > 1e-8).sum())]
    fit = sm.GLM(frame["value"].to_numpy(), design[:, [0, *kept]], family=sm.families.Poisson()).fit(
        cov_type="cluster", cov_kwds={"groups": numbers[2], "use_correction": False}
    )
    found = gravity(frame, "ban")
    totals = frame.group_by("exporter", "importer").agg(pl.col("value").sum(), pl.col("ban").max())
    worth = totals.group_by("ban").agg(pl.col("value").sum() ** 2 / (pl.col("value") ** 2).sum())
    few = min(worth["value"].to_list())
    factor = few / (few - 1) * 56 / 55 * 447 / (448 - 128)
    assert found.error == pytest.approx(fit.bse[0] * math.sqrt(factor), rel=1e-4)


@extras.needs("pyfixest")
def test_a_measure_on_one_large_pair_is_as_sure_as_one_pair() -> None:
    """The fit weighs by trade: beside a giant, the other pairs it reached hardly count."""
    one = made().filter(pl.col("ban") == 1).row(0, named=True)
    giant = (pl.col("exporter") == one["exporter"]) & (pl.col("importer") == one["importer"])
    grown = [
        made().with_columns(
            pl.when(giant).then(pl.col("value") * by + 1).otherwise(pl.col("value")).alias("value")
        )
        for by in (1, 20)
    ]
    widths = [found.high - found.low for found in (gravity(frame, "ban") for frame in grown)]
    assert widths[1] > 2 * widths[0]
    with pytest.raises(NoDataError, match="one that makes up nearly all of it"):
        gravity(
            made().with_columns(pl.when(giant).then(1e5).otherwise(pl.col("value")).alias("value")), "ban"
        )


@extras.needs("pyfixest")
def test_a_fall_of_all_a_countrys_trade_is_not_the_measures() -> None:
    """Exporter A ships a tenth from May on: the estimate stays, the effects of A's months hold it."""
    late = (pl.col("exporter") == "A") & (pl.col("period") >= dt.date(2025, 5, 1))
    scaled = made().with_columns(
        pl.when(late).then(pl.col("value") / 10).otherwise(pl.col("value")).alias("value")
    )
    assert gravity(scaled, "ban").effect == pytest.approx(gravity(made(), "ban").effect, abs=0.1)


@extras.needs("pyfixest")
def test_what_says_nothing_is_counted_and_told() -> None:
    """A pair that never traded, a month in which a country shipped nothing, and a null hold no answer."""
    silent = where(made(), "value", 0.0, exporter="A", importer="B")
    silent = where(silent, "value", 0.0, exporter="C", period=dt.date(2025, 1, 1))
    silent = where(silent, "value", None, exporter="D", importer="E", period=dt.date(2025, 2, 1))
    found = gravity(silent[1:], "ban")
    assert (found.empty, found.rows + found.silent) == (1, 446)
    assert found.silent == 14  # 7 of A to B (one row is not there) and 7 of C in January
    told = " ".join(found.assumptions)
    assert "1 of 448 pair-months have no row" in told
    assert "1 rows have no figure" in told
    assert "14 rows say nothing" in told


@extras.needs("pyfixest")
def test_a_control_has_its_coefficient() -> None:
    """A tariff that takes a fifth a unit is told from the measure."""
    draw = np.random.default_rng(4)
    tariff = draw.integers(0, 3, made().height).astype(float)
    frame = made().with_columns(
        pl.Series("tariff", tariff), (pl.col("value") * np.exp(-0.2 * tariff)).alias("value")
    )
    found = gravity(frame, "ban", controls=["tariff"])
    assert found.controls["name"].to_list() == ["tariff"]
    assert found.controls["effect"].item() == pytest.approx(-0.2, abs=0.05)
    assert found.low < EFFECT < found.high


@extras.needs("pyfixest")
def test_it_is_said_in_three_languages_and_drawn() -> None:
    found = gravity(made(), "ban")
    assert f"Between the {found.treated} of 56 pairs" in found.sentence()
    assert "56个国家对" in found.sentence("zh")
    assert "56組の国" in found.sentence("ja")
    assert found.plot().axes[0].get_xlabel() == "effect, %"
    assert found.to_frame()["effect"].item() == found.effect


@extras.needs("pyfixest")
def test_a_measure_of_a_whole_country_is_not_told_from_its_months() -> None:
    whole = made().with_columns(
        ban=((pl.col("exporter") == "A") & (pl.col("period") >= dt.date(2025, 5, 1))).cast(pl.Int8)
    )
    with pytest.raises(NoDataError, match=r"\['ban'\]: expected to vary .* use impact\(\)"):
        gravity(whole, "ban")
    steady = made().with_columns(wealth=pl.col("period").dt.month().cast(pl.Float64))
    with pytest.raises(NoDataError, match=r"\['wealth'\]: expected to vary"):
        gravity(steady, "ban", controls=["wealth"])


@pytest.mark.parametrize(
    ("frame", "error", "told"),
    [
        (made().drop("ban"), ContractError, r"\['ban'\] not among"),
        (where(made(), "ban", 2, exporter="A"), ContractError, "ban: expected 0 or 1 .* found 56"),
        (where(made(), "ban", None, exporter="A"), ContractError, "ban: expected 0 or 1"),
        (where(made(), "value", -1.0, exporter="A"), ContractError, "value: expected 0 or more, or null"),
        (where(made(), "value", math.inf, exporter="A"), ContractError, "value: expected 0 or more"),
        (where(made(), "exporter", None, importer="A"), ContractError, "found nulls"),
        (pl.concat([made(), made()[:2]]), ContractError, "one row a pair and month, found 2 more"),
        (made().with_columns(value=pl.lit(0.0)), NoDataError, "none above 0"),
        (made().filter(pl.col("exporter") < "C"), NoDataError, "at least 20 pairs"),
        (where(made(), "ban", 0, importer="A").filter(pl.col("ban") == 0), NoDataError, "found 56, 0 and 56"),
    ],
)
def test_what_cannot_be_answered_is_refused(frame: pl.DataFrame, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        gravity(frame, "ban")


def test_a_control_is_a_column_of_its_own() -> None:
    with pytest.raises(ParameterError, match="expected each once, and not the measure"):
        gravity(made(), "ban", controls=["ban"])
    with pytest.raises(ContractError, match="text: expected a finite number"):
        gravity(made().with_columns(text=pl.lit("x")), "ban", controls=["text"])
