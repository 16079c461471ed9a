"""Feeds and lists of articles: specimens of our own making, and bad input."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tonnage as tn
from tonnage.errors import ReadError
from tonnage.model import documents
from tonnage.sources import feeds
from tonnage.sources.base import Reading, Sidecar, raw_id
from tonnage.sources.documents_copies import copies

SPECIMENS = Path(__file__).parents[1] / "specimens" / "feeds"


def sidecar(raw: bytes) -> Sidecar:
    return Sidecar("feeds", "a.xml", raw_id(raw))


def read(text: str | bytes) -> Reading:
    raw = text.encode() if isinstance(text, str) else text
    return feeds.read(raw, sidecar(raw))


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f"<rss><channel><title>Example Wire</title>{inside}</channel></rss>"


def rows(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    return reading.frame.select(columns).rows()


# --- specimens ---------------------------------------------------------------------------------------


def test_rss() -> None:
    reading = tn.read("feeds", SPECIMENS / "rss.xml")
    assert (reading.records, reading.frame.height, reading.set_aside.height) == (6, 5, 1)
    assert rows(reading, "publisher", "published", "published_precision", "line")[:3] == [
        ("Example Wire", "2026-01-09T08:00:00+00:00", "minute", 4),
        # CST is a zone of two continents, so the day is all that is told.
        ("Mirror Daily", "2026-01-10", "day", 6),
        ("Example Wire", None, "unknown", 8),
    ]
    first, copy, unclear, other, script = reading.frame.to_dicts()
    assert first["headline"] == copy["headline"] == "Antimony licences & delays for the ports of the south"
    assert (copy["copy_of"], copy["flags"]) == (first["doc_id"], ["near_copy"])
    assert unclear["flags"] == ["date_unclear", "undated"]
    assert other["copy_of"] is None
    assert (script["headline"], script["url"]) == ("<script>alert(1)</script> tungsten", None)
    assert reading.set_aside["reason"][0] == (
        "expected each article once, found the link and headline of line 9 again"
    )


def test_google_news_gives_single_articles_and_clusters() -> None:
    reading = tn.read("feeds", SPECIMENS / "google.xml")
    assert rows(reading, "publisher", "headline", "published", "published_basis", "language") == [
        ("Example Gazette", "Magnet maker opens a plant", "2026-01-20T03:10:00+00:00", "feed", "en"),
        ("The Example Times", "Port counts fewer boxes", None, "feed_of_cluster", "en"),
        ("Beispielblatt", "Weniger Kisten im Hafen", None, "feed_of_cluster", "de"),
    ]
    assert reading.frame["item_date"].to_list() == [None, *["2026-01-21T03:10:00+00:00"] * 2]


def test_atom() -> None:
    reading = tn.read("feeds", SPECIMENS / "atom.xml")
    assert rows(reading, "publisher", "headline", "url", "published", "language") == [
        (
            "見本新聞",
            "レアアース磁石の輸出が280トンに",
            "https://a.example.jp/1",
            "2026-01-20T12:30:00+09:00",
            "ja",
        )
    ]
    raw = (SPECIMENS / "atom.xml").read_bytes()
    assert feeds.texts(raw, sidecar(raw))[0][1].endswith("12月は前の月より8%少ない。")


def test_gdelt_saw_a_page_and_does_not_say_when_it_was_published() -> None:
    reading = tn.read("feeds", SPECIMENS / "gdelt.json")
    assert rows(reading, "publisher", "published", "published_basis", "item_date", "kind", "language") == [
        ("example.com", None, "seendate", "2026-01-09T12:15:00+00:00", "news", "en"),
        ("mofcom.gov.cn", None, "seendate", "2026-01-06T03:00:00+00:00", "official", "zh-Hans"),
    ]
    assert reading.frame["headline"][0] == "Exports of magnets at 12,5 percent of last year"
    assert not any("may be cut" in note for note in reading.notes)


def test_a_gdelt_list_of_250_may_be_cut() -> None:
    listed = [{"url": f"https://a.example/{n}", "title": f"Antimony report {n}"} for n in range(250)]
    assert any("may be cut" in note for note in read(json.dumps({"articles": listed})).notes)
    assert not any("may be cut" in note for note in read(json.dumps({"articles": listed[:249]})).notes)


# --- parts -------------------------------------------------------------------------------------------


def test_stray_signs_are_mended_and_told() -> None:
    reading = read(
        rss("<title>S&P on R&amp;D&nbsp;of magnets</title><link>https://a.example/?x=1&y=2</link>")
    )
    assert rows(reading, "headline", "url") == [("S&P on R&D of magnets", "https://a.example/?x=1&y=2")]
    assert "not well-formed XML: stray signs escaped" in reading.notes
    reading = read(r'{"articles": [{"url": "https://a.example/", "title": "It\'s out"}]}')
    assert "not well-formed JSON: stray backslashes escaped" in reading.notes


def test_damage_is_mended_item_by_item() -> None:
    reading = read(rss("<title>Japanโ€™s magnets</title>", "<title>ข่าวแม่เหล็ก</title>"))
    assert reading.frame["headline"].to_list() == ["Japan’s magnets", "ข่าวแม่เหล็ก"]
    assert reading.frame["repairs"].list.len().to_list() == [1, 0]


def test_an_item_without_anything_and_a_text_as_headline_are_set_aside() -> None:
    reading = read(
        rss(
            "<title>Magnets down</title>",
            "<link>https://a.example/</link>",
            f"<title>{'word ' * 200}</title>",
        )
    )
    assert (reading.records, reading.frame.height) == (3, 1)
    assert reading.set_aside["reason"].to_list() == [
        "neither headline nor text",
        "headline: expected at most 500 characters, found 999: it is a text",
    ]
    assert reading.set_aside["text"].str.len_chars().max() == 99


def test_copies_are_of_one_wording_and_of_the_same_numbers() -> None:
    template = "China exported {} tonnes of rare earths in {} while prices for magnets hardly moved at all"
    texts = [
        template.format("4,392", "December"),
        template.format("5,494", "November"),
        template.format("4,392", "December").upper() + "!",
        "Short",
        "Short",
        template.format("4,392", "December").replace("hardly", "barely"),
    ]
    assert copies(texts, ["2026", "2026", "2025", "9", "9", "2027"]) == [2, None, None, None, None, 2]


# --- bad input ---------------------------------------------------------------------------------------

_LOL = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
BAD: dict[str, tuple[str, str]] = {
    "empty": ("", "found an empty file"),
    "page": ("<html><body>x</body></html>", "read a saved page with source 'articles'"),
    "cut": ("<rss><channel><item>", "not well-formed XML"),
    "text": ("hello", "line 1, column 0: not well-formed XML"),
    "no items": ("<rss><channel></channel></rss>", "it holds none"),
    "entity bomb": (f'<!DOCTYPE r [<!ENTITY l0 "x">{_LOL}]>{rss("<title>&l8;</title>")}', "refused"),
    "external entity": (
        f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>{rss("<title>&x;</title>")}',
        "refused",
    ),
    "external definition": (
        f'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">{rss("<title>x</title>")}',
        "refused",
    ),
    "deep": ("<rss>" + "<a>" * 100_000, "at most 64 levels"),
    "too many": (rss(*["<title>x</title>"] * 2_001), "at most 2,000 items"),
    "other JSON": ("{}", "expected a GDELT list"),
    "broken JSON": ('{"articles": [', "not JSON"),
    "deep JSON": ("[" * 100_000, "nested too deep"),
    "long number": ('{"articles": [' + "9" * 5_000 + "]}", "not JSON"),
    "no records": ('{"articles": []}', "not one of 0 articles"),
}


@pytest.mark.parametrize(("text", "told"), BAD.values(), ids=list(BAD))
def test_bad_input_is_refused_with_a_word(text: str, told: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ReadError, match=told):
        read(text)
    assert time.perf_counter() - start < 5


def test_a_zip_of_thousands_is_refused_unopened() -> None:
    with pytest.raises(ReadError, match="a zip archive"):
        read(b"PK\x03\x04" + bytes(1_000))


@given(st.binary(max_size=300))
@settings(max_examples=150, deadline=3_000)
def test_any_bytes_give_a_reading_or_a_word(raw: bytes) -> None:
    for head, tail in (
        (b"", b""),
        (b"<rss><channel><item><title>", b"</title></item></channel></rss>"),
        (b'{"articles":[', b"]}"),
    ):
        try:
            reading = read(head + raw + tail)
        except ReadError:
            continue
        assert reading.records == reading.frame.height + reading.set_aside.height
        documents.check(reading.frame, "a")
