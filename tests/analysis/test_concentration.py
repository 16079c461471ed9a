"""Shares and their bounds, on the partners published for magnets."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.figures import month

from tonnage.analysis.concentration import concentration, dependence
from tonnage.errors import CodeError, ContractError, NoDataError

#: Magnets, June 2025, tonnes as the customs query and the press gave them; South Korea was not found.
JUNE = {"WLD": 3188.0, "DEU": 764.0, "IND": 172.0, "JPN": 131.0, "USA": 353.0, "VNM": 340.0, "KOR": None}


def table(values: dict[str, float | None], **context: object) -> pl.DataFrame:
    rows = pl.DataFrame(
        {"partner": list(values), "value": list(values.values())}, schema_overrides={"value": pl.Float64}
    )
    named = {"period": month("2025-06"), "unit": "t", "reporter": "CHN", "flow": "export", **context}
    return rows.with_columns(pl.lit(v).alias(k) for k, v in named.items())


def test_bounds_come_from_what_is_not_printed() -> None:
    found = concentration(table(JUNE))
    printed = [764, 353, 340, 172, 131]
    low = sum((v / 3188) ** 2 for v in printed) * 10_000
    assert found.unlisted == 1428
    assert found.hhi_low == pytest.approx(low)
    assert found.hhi_high == pytest.approx(low + 10_000 * (1428 / 3188) ** 2)
    assert [s.partner for s in found.shares] == ["DEU", "USA", "VNM", "IND", "JPN", "KOR"]
    assert found.top(1) == pytest.approx((24.0, 44.8), abs=0.05)


def test_all_printed_and_the_bounds_meet() -> None:
    found = concentration(table({"WLD": 100.0, "JPN": 60.0, "USA": 40.0}))
    assert found.hhi_low == found.hhi_high == pytest.approx(5200)
    assert found.top(2) == (100, 100)
    assert "bounds" not in found.sentence()


def test_the_sentences() -> None:
    found = concentration(table(JUNE, definition="rare-earth-magnets"))
    assert found.sentence().startswith(
        "2025-06: the largest partner printed is Germany with 24.0% of 3,188 t; the three largest hold"
        " 45.7%–79.8%; HHI 857–2,863 of 10,000 (bounds: 44.8% of the total is not printed by partner)."
    )
    assert "44.8%未按伙伴公布" in found.sentence("zh")
    assert "44.8%は相手別に公表されていない" in found.sentence("ja")
    assert any("every magnet has the one code" in a for a in found.assumptions)


def test_the_frame_holds_every_partner_the_rest_and_the_world() -> None:
    rows = concentration(table(JUNE)).to_frame()
    assert rows["partner"].to_list()[-3:] == ["KOR", "(unlisted)", "WLD"]
    assert rows.filter(pl.col("partner") == "KOR").row(0)[1:3] == (None, 0.0)


def test_a_bloc_is_left_out_and_a_pool_is_unlisted() -> None:
    found = concentration(table({**JUNE, "EU27": 1364.0, "XXS": 50.0}))
    assert found.unlisted == 1428
    assert "EU27" not in [s.partner for s in found.shares]
    assert any("XXS is a pool" in a for a in found.assumptions)


def test_rounding_may_exceed_the_world_a_mistake_may_not() -> None:
    rounded = concentration(table({"WLD": 1000.0, "JPN": 501.0, "USA": 500.0}))
    assert rounded.unlisted == -1
    assert rounded.unlisted_pct == 0
    with pytest.raises(ContractError, match="exceed the total of 1000 by 100"):
        concentration(table({"WLD": 1000.0, "JPN": 600.0, "USA": 500.0}))


@pytest.mark.parametrize(
    ("values", "error", "says"),
    [
        ({"JPN": 1.0}, NoDataError, "as partner WLD"),
        ({"WLD": 0.0, "JPN": 0.0}, NoDataError, "above 0"),
        ({"WLD": 1.0, "JPN": None}, NoDataError, "at least one printed partner"),
        ({"WLD": 1.0, "JPN": -1.0}, ContractError, "0 or more"),
    ],
)
def test_what_cannot_be_answered_is_told(
    values: dict[str, float | None], error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        concentration(table(values))


def test_one_month_one_row_a_partner() -> None:
    two = pl.concat([table(JUNE), table({"USA": 1.0})])
    with pytest.raises(ContractError, match="found USA more than once"):
        concentration(two)
    mixed = pl.concat([table(JUNE), table({"FRA": 1.0}, period=month("2025-07"))])
    with pytest.raises(ContractError, match="expected one period, found 2025-06-01 to 2025-07-01"):
        concentration(mixed)
    with pytest.raises(ContractError, match="'partner'"):
        concentration(table(JUNE).drop("partner"))


def test_dependence_on_a_printed_partner() -> None:
    found = dependence(table(JUNE, definition="rare-earth-magnets"), "JPN")
    assert found.low_pct == found.high_pct == pytest.approx(4.1, abs=0.05)
    assert found.next_partner == "DEU"
    assert found.next_pct == pytest.approx(24.0, abs=0.05)
    assert found.sentence() == "2025-06: Japan took 4.1% of China's exports of rare-earth magnets."
    assert found.to_frame()["sentence"].item() == found.sentence()


def test_dependence_on_an_unprinted_partner_has_bounds() -> None:
    found = dependence(table(JUNE), "KOR")
    assert (found.value, found.low_pct) == (None, 0)
    assert found.high_pct == pytest.approx(44.8, abs=0.05)
    assert "0.0%–44.8%" in found.sentence()
    assert dependence(table(JUNE), "FRA").high_pct == found.high_pct


def test_a_secret_pool_may_hide_more_of_a_printed_partner() -> None:
    found = dependence(table({"WLD": 100.0, "CHN": 60.0, "XXS": 15.0}, reporter="JPN", flow="import"), "CHN")
    assert (found.low_pct, found.high_pct) == (60, 75)
    assert found.sentence().startswith("2025-06: China supplied 60.0%–75.0% of Japan's imports")


def test_an_unknown_partner_is_refused() -> None:
    with pytest.raises(CodeError, match="'Japan'"):
        dependence(table(JUNE), "Japan")


@given(st.lists(st.floats(0.5, 1e6), min_size=1, max_size=8), st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_bounds_hold_and_do_not_depend_on_the_unit(values: list[float], left: float, factor: float) -> None:
    codes = ["JPN", "USA", "DEU", "KOR", "VNM", "IND", "FRA", "ITA"][: len(values)]
    named = dict(zip(codes, values, strict=True))
    found = concentration(table({"WLD": sum(values) + left, **named}))
    assert 0 <= found.hhi_low <= found.hhi_high <= 10_000 + 1e-6
    scaled = concentration(
        table({"WLD": (sum(values) + left) * factor, **{k: v * factor for k, v in named.items()}})
    )
    assert scaled.hhi_low == pytest.approx(found.hhi_low)
    assert scaled.hhi_high == pytest.approx(found.hhi_high, rel=1e-6, abs=1e-6)
