"""Two sides of one trade, side by side and never blended."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import polars as pl
import pytest
from tests.analysis.figures import CHILD, bulletin, frame, month, months, without

from tonnage.analysis.diversion import diversion
from tonnage.analysis.mirror import mirror
from tonnage.errors import ContractError, DefinitionError, NoDataError, ParameterError


def side(
    values: Sequence[float | None], reporter: str, partner: str, flow: str, **more: object
) -> pl.DataFrame:
    rows = frame(months("2021-01", len(values)), values, str(more.pop("unit", "t")))
    named = {"reporter": reporter, "partner": partner, "flow": flow, **more}
    return rows.with_columns(pl.lit(v).alias(k) for k, v in named.items())


def exports(values: Sequence[float | None], **more: object) -> pl.DataFrame:
    return side(values, "CHN", "JPN", "export", **more)


def imports(values: Sequence[float | None], **more: object) -> pl.DataFrame:
    return side(values, "JPN", "CHN", "import", **more)


def walk(count: int, seed: int) -> list[float | None]:
    draw = random.Random(seed)  # noqa: S311
    return [300 * math.exp(draw.gauss(0, 0.3)) for _ in range(count)]


def test_both_numbers_stay_and_the_ratio_is_told() -> None:
    found = mirror(exports([100.0, 200.0, 300.0]), imports([90_000.0, None, 330_000.0], unit="kg"))
    assert found.to_frame().select("export_t", "import_t").rows() == [(100, 90), (200, None), (300, 330)]
    assert found.to_frame()["ratio"].to_list() == [pytest.approx(0.9), None, pytest.approx(1.1)]
    assert (found.n, found.export_t, found.import_t, found.ratio) == (2, 400, 420, 1.05)
    assert (found.exporter, found.importer) == ("CHN", "JPN")


def test_the_sides_are_told_apart_by_their_flow() -> None:
    a, b = exports([100.0]), imports([90.0])
    assert mirror(a, b) == mirror(b, a)
    assert mirror(a, b) != mirror(a, imports([91.0]))


def test_the_sentences_and_what_they_rest_on() -> None:
    found = mirror(exports([100.0, 200.0]), imports([90.0, 200.0]))
    assert found.sentence() == (
        "From 2021-01 to 2021-02 (2 months printed by both) China printed exports of 300 t to Japan and Japan"
        " imports of 290 t from China: 0.97 t in for each tonne out. No lag between the two can be told."
    )
    assert "双方均公布的2个月" in found.sentence("zh")
    assert "双方が公表した2か月" in found.sentence("ja")
    assert any("CIF" in a and "FOB" in a for a in found.assumptions)


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_a_planted_lag_is_found(lag: int) -> None:
    sent = walk(48, seed=7)
    arrived = [*walk(lag, seed=8), *sent[: 48 - lag]]
    found = mirror(exports(sent), imports(arrived))
    assert found.lag == lag
    assert found.lags[lag].correlation == pytest.approx(1)


def test_no_lag_is_told_of_unrelated_or_short_or_constant_series() -> None:
    short = mirror(exports(walk(10, 1)), imports(walk(10, 1)))
    assert short.lag is None
    assert [g.correlation for g in short.lags] == [None, None, None]
    flat = mirror(exports([5.0] * 30), imports([4.0] * 30))
    assert flat.lag is None


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (exports([1.0]), imports([1.0], unit="USD"), "unit 'USD': expected a mass"),
        (exports([1.0]), side([1.0], "USA", "CHN", "import"), "the exporter's partner to be .* JPN, USA"),
        (exports([1.0]), exports([1.0]), "found export twice"),
    ],
)
def test_what_is_no_mirror_is_refused(a: pl.DataFrame, b: pl.DataFrame, says: str) -> None:
    with pytest.raises(ContractError, match=says):
        mirror(a, b)


def test_definitions_that_share_no_goods_are_refused_and_others_are_named() -> None:
    products = imports([1.0], definition="rare-earth-products")
    with pytest.raises(DefinitionError, match=r"share no goods|none of it"):
        mirror(exports([1.0], definition="rare-earths"), products)
    found = mirror(exports([1.0], definition="rare-earth-magnets"), products)
    assert any("rare-earth-magnets and rare-earth-products" in a for a in found.assumptions)
    unknown = mirror(exports([1.0], definition="own-a"), imports([1.0], definition="own-b"))
    assert "Definitions differ: own-a and own-b." in unknown.assumptions


def test_no_common_month_is_no_data() -> None:
    with pytest.raises(NoDataError, match="at least one month printed by both"):
        mirror(exports([1.0, None]), imports([None, 1.0]))


# --- diversion


def third(values: dict[str, list[float | None]]) -> pl.DataFrame:
    return pl.concat([side(v, "CHN", p, "export") for p, v in values.items()])


def test_a_planted_diversion_is_out_of_the_ordinary() -> None:
    direct = exports([100.0] * 44 + [20.0] * 4)
    quiet: list[float] = [50.0 + (i % 5) for i in range(44)]
    found = diversion(direct, third({"HKG": [*quiet, *[90.0] * 4], "VNM": [10.0] * 48}), month("2024-09"))
    assert found.drop_t == 320
    assert found.excess_t == pytest.approx(4 * 90 - sum(quiet[32:36]))
    assert found.hubs == ("HKG",)
    assert found.ordinary is False
    assert found.share == pytest.approx(found.excess_t / 320)
    assert "no proof of where the goods went" in found.sentence()
    assert "第三国" in found.sentence("zh")
    assert "第三国" in found.sentence("ja")
    assert found.to_frame()["windows"].item() == found.windows


def test_an_ordinary_excess_is_called_so() -> None:
    noisy = walk(60, 3)
    found = diversion(exports(walk(60, 4)), third({"VNM": noisy}), month("2025-10"))
    assert found.low_t is not None
    assert found.ordinary == (found.low_t <= found.excess_t <= (found.high_t or 0))


def test_too_short_a_past_gives_no_bounds() -> None:
    found = diversion(exports([100.0] * 24), third({"VNM": [50.0] * 24}), month("2022-03"))
    assert (found.low_t, found.ordinary) == (None, None)
    assert found.share is None
    assert "12 are needed" in found.sentence()


def test_windows_do_not_cross_a_gap() -> None:
    gap = without(exports([1.0] * 48).with_columns(partner=pl.lit("VNM")), "2023-06")
    whole = exports([1.0] * 48).with_columns(partner=pl.lit("VNM"))
    direct = exports([1.0] * 48)
    counts = [diversion(direct, f, month("2024-09")).windows for f in (whole, gap)]
    assert counts[1] < counts[0]


def test_what_cannot_be_answered_is_told() -> None:
    direct = exports([100.0] * 24)
    with pytest.raises(ParameterError, match="first day of a month"):
        diversion(direct, third({"VNM": [1.0] * 24}), month("2022-03").replace(day=2))
    with pytest.raises(ContractError, match="WLD"):
        diversion(direct, third({"WLD": [1.0] * 24}), month("2022-03"))
    with pytest.raises(ContractError, match="column 'partner'"):
        diversion(direct, bulletin(CHILD), month("2022-03"))
    with pytest.raises(NoDataError, match="no month from 2030-01 on"):
        diversion(direct, third({"VNM": [1.0] * 24}), month("2030-01"))
