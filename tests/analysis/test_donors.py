"""Donors by name: every other single country that the ledger holds, as known on a day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from tests.build_rows import as_csv, put

import tonnage as tn
from tonnage.analysis.partner_panels import partner_panel
from tonnage.errors import NoDataError, ParameterError
from tonnage.ledger.build import build

MAGNETS = "rare-earth-magnets"
#: Partners by the codes of the customs query; Japan is the treated one of the panel.
CODES = {"116": "JPN", "304": "DEU", "502": "USA", "133": "KOR", "141": "VNM", "305": "FRA"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> tn.Ledger:
    """Two releases of one query: the second revises Japan's last month and adds nothing."""
    root = tmp_path_factory.mktemp("donors")
    series = partner_panel("calm", 3, -50.0, donors=5, months=40).series
    end = dt.date(2022, 4, 1)
    for published, revised in ((dt.date(2022, 6, 20), 1.0), (dt.date(2022, 7, 20), 2.0)):
        rows = []
        for (code, _), part in zip(CODES.items(), series.partition_by("partner"), strict=True):
            for period, value in part.select("period", "value").iter_rows():
                factor = revised if (code, period) == ("116", end) else 1.0
                rows.append(_line(period, code, round(1000 * value * factor)))
        name = f"{published}_magnets.csv"
        details = {"flow": "export"}
        put(root, "gacc-query", name, as_csv(rows), published=published, basis="given", details=details)
    build(root)
    return tn.open(root)


def _line(period: dt.date, code: str, kilograms: int) -> dict[str, str]:
    return {
        "Date of data": f"{period:%Y%m}",
        "Commodity code": "85051110",
        "Commodity": "Permanent magnets of rare-earth metals",
        "Trading partner code": code,
        "Trading partner": "as the code says",
        "Quantity": f"{kilograms:,}",
        "Unit": "Kilogram",
    }


def test_a_definition_and_a_partner_are_enough(ledger: tn.Ledger) -> None:
    event = "2021-11-01"
    found = tn.synthetic(MAGNETS, event, "Japan", ledger=ledger)
    assert found.answered
    assert found.treated == ("JPN",)
    assert sorted(found.donors["partner"].to_list()) == ["DEU", "FRA", "KOR", "USA", "VNM"]
    assert found.receipts
    frames = pl.concat([ledger.series(MAGNETS, partner=p, unit="t") for p in CODES.values()])
    given = tn.synthetic(frames, event, "JPN")
    assert (given.effect_pct, given.p_value, given.tonnes) == (found.effect_pct, found.p_value, found.tonnes)
    assert given.receipts == found.receipts


def test_it_is_answered_as_of_a_day(ledger: tn.Ledger) -> None:
    first, latest = (
        tn.synthetic(MAGNETS, "2021-11-01", "JPN", ledger=ledger, as_of=day) for day in ("2022-06-30", None)
    )
    assert first.path["observed"][-1] * 2 == pytest.approx(latest.path["observed"][-1], rel=1e-3)


def test_named_donors_are_the_only_ones_and_must_be_held(ledger: tn.Ledger) -> None:
    named = ["Germany", "USA", "South Korea"]
    found = tn.synthetic(MAGNETS, "2021-11-01", "JPN", named, ledger=ledger)
    assert sorted(found.donors["partner"].to_list()) == ["DEU", "KOR", "USA"]
    with pytest.raises(NoDataError, match="BRA"):
        tn.synthetic(MAGNETS, "2021-11-01", "JPN", [*named, "BRA"], ledger=ledger)
    with pytest.raises(ParameterError, match="expected single countries"):
        tn.synthetic(MAGNETS, "2021-11-01", "JPN", [*named, "WLD"], ledger=ledger)


def test_the_shipped_figures_are_too_few_and_it_says_so(workspace: Path) -> None:
    """The press quotes some partners in some months: no panel, and no number is made of it."""
    found = tn.synthetic(MAGNETS, "2025-10-09", "JPN", ledger=tn.open(workspace / "data"))
    assert not found.answered
    assert "too short" in found.reason
    assert found.left_out.rows() == [("EU27", "no one country"), ("WLD", "no one country")]
