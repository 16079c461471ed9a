"""The release rules: every entry can be what it says, and a wrong one is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tonnage.errors import ContractError
from tonnage.model.release_rules import parse_rules, rule, rules
from tonnage.model.releases import months_on


def entry(**changes: Any) -> dict[str, Any]:
    made = {
        "title": "China customs",
        "publisher": "GACC",
        "reporters": ["CHN"],
        "flows": ["export"],
        "family": "GACC8",
        "zone": "Asia/Shanghai",
        "weekends": True,
        "status": "seen",
        "basis": "calendars",
        "note": "",
        "stages": {"detail": {"partners": True}},
    }
    return {name: value for name, value in (made | changes).items() if value is not None}


def test_the_shipped_rules_name_the_publishers_of_our_notes() -> None:
    found = rules()
    assert found["census"].status == "guess"
    assert found["gacc-bulletin"].status == "seen"
    assert list(found["gacc-bulletin"].stages) == ["flash", "bulletin", "detail", "final"]
    assert found["comext"].printed[dt.date(2026, 1, 1)] == dt.date(2026, 3, 20)
    assert {s.stages["flash"].days for s in found.values() if s.scheme.startswith("KR-flash")} == {
        (11, 11),
        (21, 21),
        (1, 1),
    }


def test_eurostats_printed_days_lie_within_its_rule() -> None:
    comext = rules()["comext"]
    span = comext.stages["detail"].days_after
    assert span is not None
    lags = [(day - months_on(month, 1)).days + 1 for month, day in comext.printed.items()]
    assert (min(lags), max(lags)) == span


def test_an_unknown_source_is_told() -> None:
    with pytest.raises(ContractError, match="did you mean 'hmrc'"):
        rule("hmcr")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"zone": "Asia/Shangai"}, "Asia/Shangai"),
        ({"status": "sure"}, "status: expected some of"),
        ({"reporters": ["CHI"]}, "reporters: expected ISO"),
        ({"stages": {"details": {"partners": True}}}, "did you mean 'detail'"),
        ({"stages": {"detail": {"partners": True, "days": [1, 2]}}}, "days and month_after"),
        ({"stages": {"detail": {"partners": True, "days_after": [9, 2]}}}, "expected .least, most. days"),
        ({"title": None}, "title"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_entry_is_told(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=rf"^release_rules\.toml: x: .*{told}"):
        parse_rules({"x": entry(**changes)})
