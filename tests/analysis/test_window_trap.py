"""Japan's imports from China in the autumn of 2010: the window alone makes the drop, or makes it go away.

The four figures are in data/raw/press (SMM, 27 December 2010, and Bloomberg, 27 January 2011, both from the
Ministry of Finance of Japan). July and August are not: the often quoted -50% and +4% cannot be computed from
what is shipped, but what they must be to each other can.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from statistics import mean

import pytest
from tests.house.tree import ROOT

from tonnage.analysis.base_rate import base_rate
from tonnage.analysis.impact import impact
from tonnage.errors import NotYetReleased
from tonnage.ledger.ledger import Ledger, open_ledger

SERIES = "japan-rare-earth-imports"
#: Press reports of a halt: 2010-09-22_CN_export_restriction.ban_alleged-rare-earth-embargo.
REPORTED = "2010-09-22"


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


def tonnes(ledger: Ledger, day: str | None = None) -> dict[int, float]:
    rows = ledger.series(SERIES, partner="CHN", unit="t", as_of=day)
    return {period.month: value for period, value in rows.select("period", "value").iter_rows()}


def test_the_figures_are_those_of_the_press(ledger: Ledger) -> None:
    assert tonnes(ledger) == {9: 2246.0, 10: 1278.0, 11: 634.0, 12: 4081.0}


def test_the_window_decides(ledger: Ledger) -> None:
    t = tonnes(ledger)
    changes = {last: 100 * (mean(t[m] for m in range(10, last + 1)) / t[9] - 1) for last in (10, 11, 12)}
    assert {k: round(v) for k, v in changes.items()} == {10: -43, 11: -57, 12: -11}


def test_one_month_more_doubles_the_average_whatever_it_is_compared_with(ledger: Ledger) -> None:
    t = tonnes(ledger)
    ratio = mean(t[m] for m in (10, 11, 12)) / mean(t[m] for m in (10, 11))
    assert ratio == pytest.approx(2.09, abs=0.005)
    # "-50%" and "+4%", both rounded to whole per cent, fit this ratio: they have one base between them
    assert 1.035 / 0.505 < ratio < 1.045 / 0.495


def test_who_looked_on_27_december_could_not_see_it(ledger: Ledger) -> None:
    with pytest.raises(NotYetReleased):
        tonnes(ledger, "2010-12-26")
    assert 12 not in tonnes(ledger, "2010-12-27")
    assert tonnes(ledger, "2011-01-27")[12] == 4081.0


def test_four_figures_are_no_evidence_and_the_methods_say_so(ledger: Ledger) -> None:
    rows = ledger.series(SERIES, partner="CHN", unit="t")
    found = impact(rows, REPORTED)
    assert not found.answered
    assert found.effect_pct is None
    rate = base_rate(rows, period=dt.date(2010, 11, 1))
    assert rate.word == ""
    assert "plunge" in rate.forbidden


def test_the_page_prints_the_same_numbers(ledger: Ledger) -> None:
    page = (ROOT / "docs" / "method" / "window-trap.md").read_text("utf-8")
    printed = {int(n.replace(",", "")) for n in re.findall(r"\| (\d,?\d{2,3}) \|", page)}
    assert printed == {int(v) for v in tonnes(ledger).values()}
    for change in ("−43%", "−57%", "−11%", "2.09"):
        assert change in page
