"""How ordinary a change is, counted on the customs bulletin's own figures."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.figures import (
    CHILD,
    MAGNETS_TO_JAPAN,
    PRODUCTS,
    bulletin,
    flagged,
    frame,
    month,
    together,
    until,
    without,
)

from tonnage.analysis import series
from tonnage.analysis.base_rate import LEAST, WORDS, base_rate
from tonnage.errors import NoDataError, ParameterError

CHANGES = st.floats(-60, 200).map(lambda v: round(v, 1))


def december() -> pl.DataFrame:
    """Rare-earth products to December 2025: 6,958 t, then 6,745 t."""
    return until(bulletin(PRODUCTS), "2025-12")


def test_a_fall_of_3_1_percent_is_ordinary_and_no_plunge() -> None:
    found = base_rate(december())
    assert found.change_pct == pytest.approx(-3.1, abs=0.05)
    assert found.period == month("2025-12")
    # April to December of 2024 and April to November of 2025, counted by hand.
    assert (found.k, found.n) == (5, 17)
    assert (found.first, found.last) == (month("2024-04"), month("2025-11"))
    assert (found.same_month_k, found.same_month_n) == (0, 1)
    assert found.word == "ordinary"
    assert {"plunge", "collapse", "slump"} <= set(found.forbidden)
    assert "soar" not in found.forbidden


def test_the_sentences() -> None:
    found = base_rate(december())
    assert found.sentence() == (
        "A fall of this size (3.1% on the month before) or more happened in 5 of the 17 earlier months"
        " compared (2024-04–2025-11; April to December only): ordinary."
    )
    assert "有5个月出现这样大（环比3.1%）或更大的下降：寻常。" in found.sentence("zh")
    assert "この規模（前月比3.1%）以上の減少は5か月：珍しくない。" in found.sentence("ja")
    with pytest.raises(ParameterError, match="language 'fr'"):
        found.sentence("fr")


def test_the_licences_of_april_2025_allow_plunge_but_not_collapse() -> None:
    found = base_rate(december(), period=month("2025-04"))
    assert found.change_pct == pytest.approx(-43.7, abs=0.05)
    assert (found.k, found.n, found.word) == (0, 9, "rare")
    assert found.forbidden == ("collapse", "crash")
    assert found.forbidden_in("zh") == ("崩溃",)
    assert found.sentence().startswith(
        "No fall of this size (43.7% on the month before) or more happened in the 9"
    )


def test_too_few_changes_and_nothing_is_said() -> None:
    japan = frame([month(p) for p in MAGNETS_TO_JAPAN], list(MAGNETS_TO_JAPAN.values()))
    found = base_rate(japan)
    assert found.change_pct == pytest.approx(-8.2, abs=0.05)
    assert (found.n, found.word) == (3, "")
    assert set(found.forbidden) == set(WORDS["fall"]["en"])
    assert found.sentence().startswith("It cannot be told how ordinary a fall of 8.2% on the month before is")
    assert str(LEAST) in found.sentence("ja")


def test_january_to_march_are_compared_with_themselves_only() -> None:
    february = base_rate(bulletin(CHILD), period=month("2026-02"))
    assert [p for p, _ in february.compared] == [month("2024-02"), month("2025-02")]
    assert [v for _, v in february.compared] == pytest.approx([-50.1, -39.2], abs=0.05)
    others = base_rate(bulletin(CHILD), period=month("2026-04"))
    assert all(p.month > 3 for p, _ in others.compared)


def test_year_on_year_counts_january_and_february_as_one() -> None:
    found = base_rate(december(), basis="yoy")
    periods = [p for p, _ in found.compared]
    assert periods == [month("2025-01"), *(dt.date(2025, m, 1) for m in range(3, 12))]
    assert found.compared[0][1] == pytest.approx(100 * (11511 / 10217 - 1))
    assert "on a year before" in found.sentence()


def test_a_pair_printed_together_has_a_base_rate_against_a_year_before_only() -> None:
    rows = pl.concat([series.monthly(bulletin(CHILD[:24])), together(2026, 10468)])
    found = base_rate(rows, basis="yoy")
    assert (found.period, found.months) == (month("2026-01"), 2)
    assert found.change_pct == pytest.approx(23.0, abs=0.05)
    with pytest.raises(NoDataError, match="printed together"):
        base_rate(rows)


def test_only_what_stands_before_the_month_is_counted() -> None:
    full, short = bulletin(PRODUCTS), december()
    a, b = base_rate(full, period=month("2025-12")), base_rate(short)
    assert (a.k, a.n, a.compared) == (b.k, b.n, b.compared)


def test_nothing_before_a_break_and_nothing_across_a_gap() -> None:
    broken = base_rate(flagged(december(), "2025-03", "break"))
    assert broken.first == month("2025-04")
    assert broken.n == 8
    gap = base_rate(without(december(), "2025-08"))
    assert gap.n == 17 - 2
    assert any("Months without a figure: 1;" in a for a in gap.assumptions)


def test_a_change_given_may_lie_after_the_series() -> None:
    found = base_rate(until(december(), "2025-11"), -3.1, period=month("2025-12"))
    assert (found.k, found.n) == (5, 17)
    assert "the change was given" in found.assumptions[1]
    other = base_rate(december(), -30.0)
    assert "The change given is -30.0%; that of the series at 2025-12 is -3.1%." in other.assumptions


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"change": math.nan}, ParameterError, "change=nan"),
        ({"change": -101.0}, ParameterError, "not below -100"),
        ({"basis": "qoq"}, ParameterError, "basis='qoq'"),
        ({"period": dt.date(2025, 12, 15)}, ParameterError, "first day of a month"),
        ({"period": month("2026-01")}, NoDataError, "no change against the month before"),
    ],
)
def test_what_cannot_be_answered_is_told(given: dict[str, object], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        base_rate(december(), **given)  # type: ignore[arg-type]


def test_no_printed_figure_is_no_answer() -> None:
    with pytest.raises(NoDataError, match="no printed figure"):
        base_rate(bulletin([None, None]))


def test_no_change_forbids_every_strong_word() -> None:
    found = base_rate(december(), 0.0)
    assert {"plunge", "soar"} <= set(found.forbidden)
    assert found.k == found.n


def test_the_result_is_a_row_is_frozen_and_is_the_same_each_time() -> None:
    found = base_rate(december())
    row = found.to_frame().row(0, named=True)
    assert (row["k"], row["n"], row["word"]) == (5, 17, "ordinary")
    assert row["sentence"] == found.sentence()
    assert base_rate(december()) == found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.k = 0  # type: ignore[misc]


def test_receipts_of_both_months_come_along() -> None:
    lines = pl.Series([[{"raw": "aa", "line": n}] for n in range(24)])
    found = base_rate(december().with_columns(receipt=lines))
    assert found.receipts == ({"raw": "aa", "line": 22}, {"raw": "aa", "line": 23})


@given(st.lists(st.integers(1, 10**6), min_size=12, max_size=40), CHANGES, st.floats(1e-3, 1e3))
def test_counts_are_counts_and_do_not_depend_on_the_unit(
    values: list[int], change: float, factor: float
) -> None:
    found = base_rate(bulletin(values), change)
    assert 0 <= found.k <= found.k_size <= found.n
    assert found.same_month_k <= found.same_month_n
    assert found.percentile is None or 0 <= found.percentile <= 100
    assert bool(found.word) == (found.n >= LEAST)
    scaled = base_rate(bulletin([v * factor for v in values]), change)
    assert scaled.n == found.n
    assert abs(scaled.k - found.k) <= 1
