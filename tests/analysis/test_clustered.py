"""Few clusters: their number, not that of all, says how sure an error is."""

from __future__ import annotations

import pytest

from tonnage.analysis.clustered import estimate, p_text, widened


def test_the_interval_is_that_of_the_few() -> None:
    """Student's t of the tables: 2.776 with 4 degrees of freedom, 1.960 with very many."""
    few, many = estimate(1.0, 0.5, 4), estimate(1.0, 0.5, 10**7)
    assert (few.low, few.high) == pytest.approx((1 - 0.5 * 2.776, 1 + 0.5 * 2.776), abs=1e-3)
    assert many.high == pytest.approx(1 + 0.5 * 1.95996, abs=1e-5)
    assert many.p_value == pytest.approx(0.0455, abs=1e-4)
    assert estimate(0.5 * 2.776445, 0.5, 4).p_value == pytest.approx(0.05, abs=1e-6)


def test_an_error_of_five_has_the_divisor_four() -> None:
    assert widened(1.0, 5) == pytest.approx(1.25**0.5)


def test_a_small_p_is_not_printed_as_zero() -> None:
    assert (p_text(0.0311), p_text(0.0004)) == ("p = 0.031", "p < 0.001")
