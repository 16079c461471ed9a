"""Which events stand beside a candidate, and how."""

from __future__ import annotations

from typing import Any

import pytest

from tonnage.events.neighbours import RELATIONS, relation

BAN: dict[str, Any] = {
    "type": "export_restriction.ban", "stage": "announced", "actor": "CHN", "target": "JPN",
    "status": "accepted",
    "date_start": "2026-01-06", "date_end": "2026-01-06", "commodities": ["dual-use goods"],
    "legal_ref": "MOFCOM announcement 1 of 2026",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "same stage"),
        ({"type": "export_restriction"}, "same stage"),
        ({"date_start": "2026-01-01", "date_end": "2026-01-31"}, "same stage"),
        ({"date_start": "2026-01-08", "date_end": "2026-01-08"}, "contradicts"),
        ({"stage": "effective", "legal_ref": "announcement No. 1 of 2026"}, "same act"),
        ({"stage": "lifted", "date_start": "2027-01-06", "date_end": None}, "same act"),
        ({"target": "USA", "legal_ref": None}, "near"),
        ({"type": "meeting", "legal_ref": None, "actor": "USA;CHN"}, "near"),
        ({"type": "meeting", "legal_ref": None, "date_start": "2026-03-06", "date_end": None}, None),
        ({"actor": "JPN"}, None),
    ],
)
def test_relation(changes: dict[str, Any], expected: str | None) -> None:
    assert relation({**BAN, **changes}, BAN) == expected
    assert expected is None or expected in RELATIONS
