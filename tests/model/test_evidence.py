"""Whose report a source is, and how well an event is founded."""

from __future__ import annotations

from typing import Any

import pytest

from tonnage.model.evidence import GRADES, grade, origin, origins


@pytest.mark.parametrize(
    ("publisher", "whose"),
    [
        ("Reuters via Kitco", "Reuters"),
        ("Taipei Times (NHK)", "NHK"),
        ("ckhq.net (Toutiao, Kyodo)", "Kyodo"),
        ("Mulem Studies (citing MOFCOM)", "MOFCOM"),
        ("GMT Eight (MOFCOM Q&A)", "MOFCOM"),
        ("Wikipedia (mirror)", "Wikipedia"),
        ("UDN", "UDN"),
        ("", ""),
    ],
)
def test_origin(publisher: str, whose: str) -> None:
    assert origin(publisher) == whose


def source(publisher: str, role: str = "news") -> dict[str, Any]:
    return {"publisher": publisher, "role": role, "published": None}


def test_ten_copies_of_one_wire_report_are_one_source() -> None:
    copies = [source(f"Reuters via Paper {n}") for n in range(9)] + [source("REUTERS", "wire")]
    assert origins(copies) == 1
    assert grade({"sources": copies}) == "one report"
    assert origins([*copies, source("Asahi")]) == 2


def test_comment_counts_only_for_the_report_it_carries() -> None:
    blog = [source("A Blog", "commentary"), source("A Rewriter", "machine_generated")]
    assert (origins(blog), grade({"sources": blog})) == (0, "comment alone")
    assert origins([*blog, source("A Gatherer (Kyodo)", "aggregator")]) == 1


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"sources": [source("MOFCOM", "official")]}, "official text"),
        (
            {"sources": [source("UDN")], "known_at_basis": "official_publication"},
            "official act, read in the press",
        ),
        ({"sources": [source("UDN"), source("NHK")]}, "independent reports"),
        ({"sources": [source("MOFCOM", "official")], "status": "disputed"}, "disputed"),
    ],
)
def test_grade(record: dict[str, Any], expected: str) -> None:
    assert grade(record) == expected
    assert expected in GRADES
