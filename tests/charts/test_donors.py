"""The chart of a comparison says in words what it shows, and draws a line for every placebo."""

from __future__ import annotations

import datetime as dt

import pytest

import tonnage as tn
from tonnage.analysis.donors import Scale
from tonnage.analysis.partner_panels import partner_panel
from tonnage.errors import NoDataError

PANEL = partner_panel("alike", 2, -40.0, donors=5, months=30)


@pytest.mark.parametrize("scale", ["log", "level"])
def test_every_placebo_has_its_line_and_the_words_have_the_months(scale: Scale) -> None:
    found = tn.synthetic(PANEL.series, PANEL.event, "P00", scale=scale)
    left, right = found.plot().axes
    assert len(left.get_lines()) == 3  # printed, mixture, event
    assert len(right.get_lines()) == 6 + 2  # treated and placebos, zero, event
    assert right.get_ylabel() == tn.charts.DONOR_LABELS[f"gap_{scale}"]
    told = tn.charts.alt_donors(found)
    assert found.verdict in told
    assert "2021-01: " in told
    assert "Heaviest donors: P0" in told


def test_no_answer_is_not_told() -> None:
    with pytest.raises(NoDataError, match="no answer"):
        tn.charts.alt_donors(tn.synthetic(PANEL.series, dt.date(2030, 1, 1), "P00"))
