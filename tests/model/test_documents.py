"""The DOCUMENTS contract and the guess of a language."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tonnage.errors import ContractError
from tonnage.model import documents, language

ROW: dict[str, Any] = {
    "doc_id": "0123456789abcdef",
    "publisher": "Example Wire",
    "headline": "Magnets down 8%",
    "url": "https://www.example.org/a",
    "published": "2026-01-20",
    "published_precision": "day",
    "published_basis": "page",
    "item_date": None,
    "language": "en",
    "kind": "news",
    "repairs": [{"rule": "utf8-as-tis620", "count": 2, "assumed": False}],
    "flags": [],
    "cluster": None,
    "copy_of": None,
    "summary": "",
    "raw": "fedcba9876543210",
    "line": 1,
}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **row} for row in rows], schema=documents.SCHEMA)


GOOD: dict[str, dict[str, Any]] = {
    "a day": {},
    "a time": {"published": "2026-01-20T11:05:00+08:00", "published_precision": "minute"},
    "a month": {"published": "2026-01", "published_precision": "month"},
    "undated": {"published": None, "published_precision": "unknown", "published_basis": "none"},
    "of a cluster": {
        "published": None,
        "published_precision": "unknown",
        "published_basis": "front_matter_of_cluster",
        "item_date": "2026-01-09",
    },
    "no headline": {"headline": None, "url": None, "flags": ["no_headline"]},
}

BAD: dict[str, tuple[dict[str, Any], str]] = {
    "day for a month": ({"published_precision": "month"}, "precision 'month': expected a date of that form"),
    "no offset": (
        {"published": "2026-01-20T11:05:00", "published_precision": "minute"},
        "expected a date of that form",
    ),
    "date without basis": ({"published_basis": "none"}, "basis 'none' expects none"),
    "basis without date": (
        {"published": None, "published_precision": "unknown"},
        "basis 'page' expects a date",
    ),
    "cluster's date as the article's": (
        {"published_basis": "front_matter_of_cluster"},
        "basis 'front_matter_of_cluster' expects none",
    ),
    "item_date": ({"item_date": "January"}, "item_date: expected a month"),
    "flag": ({"flags": ["undatd"]}, "did you mean 'undated'"),
    "doc_id": ({"doc_id": "1"}, "expected 16 hex digits"),
    "a text as headline": ({"headline": "word " * 120}, "headline: expected at most 500 characters"),
    "copy of itself": ({"copy_of": ROW["doc_id"]}, "copy_of: expected another doc_id"),
    "null summary": ({"summary": None}, "hold nulls"),
}


@pytest.mark.parametrize("row", GOOD.values(), ids=list(GOOD))
def test_accepts(row: dict[str, Any]) -> None:
    given = frame(row)
    assert documents.check(given, "a.txt") is given


@pytest.mark.parametrize(("row", "told"), BAD.values(), ids=list(BAD))
def test_refuses(row: dict[str, Any], told: str) -> None:
    with pytest.raises(ContractError, match=told):
        documents.check(frame(row), "a.txt")


def test_refuses_an_id_twice_and_other_columns() -> None:
    with pytest.raises(ContractError, match="expected each once"):
        documents.check(frame({}, {}), "a.txt")
    with pytest.raises(ContractError, match="expected columns"):
        documents.check(frame({}).with_columns(body=pl.lit("text")), "a.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports of magnets to Japan fell in December", "en"),
        ("Die Ausfuhren von Magneten nach Japan sind im Dezember gesunken", "de"),
        ("Les exportations de terres rares ont reculé en décembre", "fr"),
        ("Las exportaciones de imanes cayeron en diciembre", "es"),
        ("As exportações de ímãs para o Japão caíram em dezembro", "pt"),
        ("Xuất khẩu đất hiếm của Trung Quốc giảm trong tháng 12", "vi"),
        ("レアアース磁石の輸出が減少", "ja"),
        ("12月稀土磁铁出口减少，海关数据显示", "zh-Hans"),
        ("12月稀土磁鐵出口減少，海關數據顯示", "zh-Hant"),
        ("희토류 자석 수출 감소", "ko"),
        ("Экспорт магнитов снизился", "ru"),
        ("Експорт магнітів знизився", "uk"),
        ("การส่งออกแม่เหล็ก", "th"),
        ("صادرات المغناطيس", "ar"),
        ("6,745 / 6,958", "und"),
        ("Kobalt Gallium", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, expected: str) -> None:
    assert language.guess(text) == expected
