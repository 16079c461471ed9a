"""What a question may get wrong: each told with what was expected, what was found and what is near."""

from __future__ import annotations

from typing import Any

import pytest

from tonnage.errors import CodeError, DefinitionError, NoDataError, NotYetReleased, ReadError
from tonnage.ledger.ledger import Ledger

MAGNETS = "rare-earth-magnets"


@pytest.mark.parametrize(
    ("name", "options", "error", "told"),
    [
        ("rare-earth-magnet", {}, DefinitionError, r"rare-earth-magnets"),
        (MAGNETS, {"partner": "Japn"}, CodeError, r"'Japn'.*Japan"),
        (MAGNETS, {"partner": "JP9"}, CodeError, r"'JP9'"),
        (MAGNETS, {"reporter": "XYZ1"}, CodeError, r"'XYZ1'"),
        (MAGNETS, {"flow": "exports"}, CodeError, r"flow 'exports': expected one of .*export"),
        (MAGNETS, {"unit": "tons"}, CodeError, r"unit 'tons': expected one of"),
        (MAGNETS, {"spans": "yearly"}, CodeError, r"spans 'yearly': expected one of"),
        (MAGNETS, {"as_of": "2026-1-20"}, ReadError, r"day '2026-1-20': expected YYYY-MM-DD"),
        (MAGNETS, {"as_of": "2026-02-30"}, ReadError, r"day '2026-02-30': expected YYYY-MM-DD"),
        (MAGNETS, {"as_of": "20 January 2026"}, ReadError, r"expected YYYY-MM-DD"),
        (
            MAGNETS,
            {"as_of": "1999-12-31"},
            NotYetReleased,
            r"nothing was out on 1999-12-31; the first .* of 20",
        ),
        (
            MAGNETS,
            {"partner": "CHN", "reporter": "JPN", "flow": "import"},
            NoDataError,
            "JPN import from CHN in kg: the ledger holds no monthly figure; partners it holds: none",
        ),
        (MAGNETS, {"partner": "LIE"}, NoDataError, r"partners it holds: WLD, .*JPN"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    shipped: Ledger, name: str, options: dict[str, Any], error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        shipped.series(name, **options)


@pytest.mark.parametrize("ask", ["flows", "events", "calendar", "check", "inferred", "proofs", "publishers"])
def test_no_question_takes_a_day_that_is_none(shipped: Ledger, ask: str) -> None:
    with pytest.raises(ReadError, match="day '2026-13-01': expected YYYY-MM-DD"):
        getattr(shipped, ask)("2026-13-01")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"names": ["rare-erths"]}, r"rare-earths"),
        ({"identities": ["months against years"]}, r"identity 'months against years': expected one of"),
    ],
)
def test_nothing_unknown_is_checked(shipped: Ledger, options: dict[str, Any], told: str) -> None:
    with pytest.raises((DefinitionError, CodeError), match=told):
        shipped.check(**options)
