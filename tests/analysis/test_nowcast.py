"""A guess from the headline, with the error it had."""

from __future__ import annotations

import math

import polars as pl
import pytest
from tests.analysis.figures import CHILD, PARENT, bulletin, flagged, month, together, until, without

from tonnage.analysis import series
from tonnage.analysis.nowcast import WARNING, nowcast
from tonnage.errors import ContractError, NoDataError, ParameterError


def test_rare_earths_guessed_from_the_parent_line() -> None:
    found = nowcast(until(bulletin(CHILD), "2026-06"), bulletin(PARENT))
    share = sum(a / b for a, b in zip(CHILD[18:30], PARENT[18:30], strict=True)) / 12
    assert found.period == month("2026-07")
    assert found.estimate == pytest.approx(share * 10314)
    assert found.n == 18
    assert found.rmse == pytest.approx(0.193, abs=0.001)
    assert found.rmse_last == pytest.approx(0.291, abs=0.001)
    assert found.rmse_year == pytest.approx(0.224, abs=0.001)
    assert found.low == pytest.approx(found.estimate / math.exp(1.96 * (found.rmse or 0)))
    assert not any("printed by now" in a for a in found.assumptions)


def test_the_warning_is_part_of_every_sentence() -> None:
    found = nowcast(until(bulletin(CHILD), "2026-06"), bulletin(PARENT))
    for language, warning in WARNING.items():
        assert found.sentence(language).endswith(warning)
    assert found.sentence().startswith("2026-07, guessed from the headline: about 4,551 t (19 in 20:")
    assert found.to_frame()["sentence"].item() == found.sentence()


def test_a_constant_share_is_guessed_without_error() -> None:
    head = bulletin(PARENT)
    part = bulletin([v / 4 for v in PARENT])
    found = nowcast(part, head)
    assert found.estimate == pytest.approx(PARENT[-1] / 4)
    assert found.rmse == pytest.approx(0, abs=1e-12)
    assert any("printed by now" in a for a in found.assumptions)


def test_only_earlier_months_are_used() -> None:
    early = nowcast(bulletin(CHILD), bulletin(PARENT), month("2025-06"))
    cut = nowcast(until(bulletin(CHILD), "2025-05"), until(bulletin(PARENT), "2025-06"))
    assert (early.estimate, early.rmse) == (cut.estimate, cut.rmse)
    assert early.rmse is None
    assert "19 in 20" not in early.sentence()


def test_two_months_printed_together_lend_their_share_to_both() -> None:
    own = pl.concat([together(2024, 8774), series.monthly(bulletin(CHILD[2:12], first="2024-03"))])
    found = nowcast(own, bulletin(PARENT[:13]), month("2025-01"))
    shares = [8774 / (12144 + 6847)] * 2 + [a / b for a, b in zip(CHILD[2:12], PARENT[2:12], strict=True)]
    assert found.estimate == pytest.approx(sum(shares) / 12 * 12585)


def test_what_cannot_be_guessed_is_told() -> None:
    child, parent = bulletin(CHILD), bulletin(PARENT)
    with pytest.raises(NoDataError, match="expected twelve shares"):
        nowcast(without(child, "2026-02"), parent)
    with pytest.raises(NoDataError, match="expected twelve shares"):
        nowcast(flagged(child, "2026-01", "break"), parent)
    with pytest.raises(NoDataError, match="no figure of its own for 2026-08"):
        nowcast(child, parent, month("2026-08"))
    with pytest.raises(ParameterError, match="first day"):
        nowcast(child, parent, month("2026-07").replace(day=3))
    with pytest.raises(ContractError, match="one unit, found USD, t"):
        nowcast(child, bulletin(PARENT, "USD"))
    with pytest.raises(NoDataError, match="no single month"):
        nowcast(child, together(2026, 22745))
