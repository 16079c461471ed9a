"""Saved articles: specimens of our own making, the real ones beside the repository, and bad input."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tonnage as tn
from tonnage.errors import ReadError
from tonnage.ledger.build import build, manifest
from tonnage.ledger.ingest import ingest
from tonnage.model import documents
from tonnage.sources import articles
from tonnage.sources.base import Reading, Sidecar, raw_id
from tonnage.sources.documents_common import MAX_BYTES
from tonnage.sources.documents_dates import stamp
from tonnage.sources.documents_names import headline, kind, link
from tonnage.sources.documents_text import body

ROOT = Path(__file__).parents[2]
SPECIMENS = ROOT / "tests" / "specimens" / "articles"
SHARED = ROOT.parent / "shared" / "articles"


def sidecar(raw: bytes, **known: Any) -> Sidecar:
    return Sidecar("articles", "a.txt", raw_id(raw), **known)


def read(text: str | bytes, **known: Any) -> Reading:
    raw = text.encode() if isinstance(text, str) else text
    return articles.read(raw, sidecar(raw, **known))


def specimen(name: str) -> Reading:
    return tn.read("articles", SPECIMENS / name)


def only(reading: Reading) -> dict[str, Any]:
    (row,) = reading.frame.to_dicts()
    return row


# --- specimens ---------------------------------------------------------------------------------------


def test_one_item_is_several_articles_and_its_date_is_not_theirs() -> None:
    reading = specimen("cluster.md")
    assert reading.records == reading.frame.height == 3
    columns = ("publisher", "headline", "language", "published", "item_date", "line")
    assert reading.frame.select(columns).rows() == [
        ("The Example Times", "Magnet shipments slow at the border", "en", None, "2026-01-09", 10),
        ("Example Gazette", "Ministry weighs a ban", "en", None, "2026-01-09", 11),
        ("見本新聞", "磁石の輸出、12月は280トン", "ja", None, "2026-01-09", 12),
    ]
    assert set(reading.frame["published_basis"]) == {"front_matter_of_cluster"}
    assert set(reading.frame["flags"].explode()) == {"cluster_date_only"}
    assert reading.frame["cluster"].n_unique() == 1
    assert reading.frame["url"][1] == "https://news.example.org/rss/articles/two?oc=5"


def test_plain_text_with_publisher_date_headline_body_and_tail() -> None:
    reading = specimen("plain.txt")
    row = only(reading)
    assert (row["publisher"], row["headline"]) == (
        "Example Ledger",
        "Fewer magnets cross the border in December",
    )
    # A time without its zone says a day.
    assert (row["published"], row["published_precision"], row["published_basis"]) == (
        "2026-01-18",
        "day",
        "page",
    )
    assert (row["language"], row["kind"], row["repairs"], row["flags"]) == ("en", "news", [], [])
    assert [note.split(":")[0] for note in reading.notes] == ["encoding utf-8", "tail cut", "tail cut"]
    ((doc_id, text),) = articles.texts((SPECIMENS / "plain.txt").read_bytes(), sidecar(b""))
    assert doc_id == row["doc_id"]
    assert text.startswith("Fewer magnets")
    assert text.endswith("Like our weekly numbers?")


def test_damage_is_mended_and_counted() -> None:
    row = only(specimen("damaged.txt"))
    assert row["headline"] == 'Ministry says “no comment" on Japan’s licences'
    assert row["repairs"] == [
        {"rule": "utf8-as-tis620", "count": 6, "assumed": False},
        {"rule": "utf8-as-tis620", "count": 1, "assumed": True},
    ]


def test_a_saved_page_says_it_itself() -> None:
    reading = specimen("page.html")
    row = only(reading)
    assert (row["publisher"], row["headline"]) == ("Example Wire", "Magnets down 8%")
    assert row["url"] == "https://www.example.org/markets/magnets-down"
    # Not the day of change.
    assert (row["published"], row["published_precision"]) == ("2026-01-20T11:05:00+08:00", "minute")
    assert (row["kind"], row["flags"]) == ("commentary", ["opinion"])
    raw = (SPECIMENS / "page.html").read_bytes()
    assert articles.texts(raw, sidecar(raw))[0][1] == (
        "Magnets down 8%\n\nShipments of magnets to Japan were 280 tons in December.\n"
        "They had been 305 tons in November."
    )


def test_undated_stays_undated() -> None:
    row = only(specimen("undated.txt"))
    assert (row["published"], row["published_precision"], row["published_basis"]) == (None, "unknown", "none")
    assert (row["headline"], row["flags"]) == (None, ["no_headline", "undated"])


def test_machine_text_is_marked() -> None:
    row = only(specimen("machine.txt"))
    assert (row["kind"], row["flags"], row["published"]) == ("machine_text", ["machine_text"], "2026-02-01")


def test_no_text_is_in_the_table() -> None:
    for path in SPECIMENS.iterdir():
        raw = path.read_bytes()
        reading = articles.read(raw, sidecar(raw))
        held = str(reading.frame.to_dicts()) + str(reading.set_aside.rows()) + str(reading.receipts.rows())
        for _, text in articles.texts(raw, sidecar(raw)):
            for sentence in re.split(r"[.\n]", text)[1:]:
                assert not sentence.strip() or sentence.strip() not in held, path.name


# --- the real ones -----------------------------------------------------------------------------------

TRUE = {
    "000": {
        "publishers": [
            "The Japan Times",
            "The Wall Street Journal",
            "dw.com",
            "Bloomberg.com",
            "South China Morning Post",
        ],
        "published": {None},
        "item_date": {"2026-01-09"},
    },
    "002": {"publishers": ["Cryptopolitan"], "published": {"2026-01-18"}, "item_date": {None}},
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of real articles beside the repository")
def test_the_real_articles() -> None:
    paths = sorted(SHARED.iterdir())
    assert paths
    for path in paths:
        raw = path.read_bytes()
        reading = articles.read(raw, sidecar(raw))
        frame, told = reading.frame, TRUE.get(path.name[:3])
        assert reading.records == frame.height + reading.set_aside.height
        assert len(articles.texts(raw, sidecar(raw))) == frame.height
        if told:
            assert frame["publisher"].to_list() == told["publishers"]
            assert set(frame["published"]) == told["published"]
            assert set(frame["item_date"]) == told["item_date"]
            assert set(frame["language"]) == {"en"}
            assert set(frame["kind"].cast(str)) == {"news"}
            assert frame["repairs"].list.len().sum() == 0
            assert not frame["headline"].str.contains(r" - |\|").any()


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of real articles beside the repository")
def test_the_tail_of_the_real_article_is_cut() -> None:
    raw = next(SHARED.glob("002*")).read_bytes()
    ((_, text),) = articles.texts(raw, sidecar(raw))
    assert text.isascii() or not re.search(r"[\u4e00-\u9fff]", text)
    assert "newsletter" not in text
    assert len(text) > 2_500


# --- parts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("2026-01-18 10:53:27", "2026-01-18"),
        ("2026-01-18T10:53:27Z", "2026-01-18T10:53:27+00:00"),
        ("20260109T120000Z", "2026-01-09T12:00:00+00:00"),
        ("Fri, 09 Jan 2026 08:00:00 JST", "2026-01-09T08:00:00+09:00"),
        ("Fri, 09 Jan 2026 08:00:00 CST", "2026-01-09"),
        ("Fri, 09 Jan 2026 08:00:00 -0000", "2026-01-09"),
        ("Jan. 18, 2026 at 10:53 PM EST", "2026-01-18T22:53-05:00"),
        ("18. Januar 2026, 14:05 Uhr", "2026-01-18"),
        ("18 de enero de 2026", "2026-01-18"),
        ("2026年1月20日(火) 10時53分", "2026-01-20"),
        ("2026년 1월 20일 오후 3:05", "2026-01-20"),
        ("13/02/2026", "2026-02-13"),
        ("January 2026", "2026-01"),
        ("01/02/2026", None),
        ("1970-01-01", None),
        ("2026-02-30", None),
        ("Jan 6", None),
        ("2026", None),
        ("three hours ago", None),
        ("", None),
    ],
)
def test_dates_as_far_as_they_go(printed: str, expected: str | None) -> None:
    found = stamp(printed)
    assert (found.text if found else None) == expected


@pytest.mark.parametrize(
    ("title", "publisher", "expected"),
    [
        ("China Deprives Japan - WSJ", "The Wall Street Journal", "China Deprives Japan"),
        ("Exclusive | China Deprives Japan", "", "China Deprives Japan"),
        ("UPDATE 2-China exports fall", "Reuters", "China exports fall"),
        ("Magnets down | Reuters", "", "Magnets down"),
        ("Magnets down - again", "Reuters", "Magnets down - again"),
        ("China: exports down", "", "China: exports down"),
        ("【独自】磁石の輸出", "", "磁石の輸出"),
        ("磁石の輸出減 - 日本経済新聞", "", "磁石の輸出減"),
        ("Magnets down - example.org", "example.org", "Magnets down"),
    ],
)
def test_what_is_headline(title: str, publisher: str, expected: str) -> None:
    assert headline(title, publisher) == expected


@pytest.mark.parametrize(
    ("publisher", "url", "expected"),
    [
        ("Reuters", None, "wire"),
        ("", "https://www.mofcom.gov.cn/a", "official"),
        ("", "https://www.meti.go.jp/a", "official"),
        ("The Japan Times", "https://news.google.com/rss/articles/x", "news"),
        ("Yahoo Finance", "https://finance.yahoo.com/x", "aggregator"),
        ("Fastmarkets", None, "trade_press"),
        ("Nobody's Blog", "https://nobody.example/x", "news"),
    ],
)
def test_kinds(publisher: str, url: str | None, expected: str) -> None:
    assert kind(publisher, url) == expected


def test_an_agency_in_the_dateline_makes_a_wire_report() -> None:
    head = "Example Ledger\n2026-01-20\nMagnets down in the month"
    text = f"{head}\nBEIJING, Jan 20 (Reuters) - Exports fell by 8%."
    assert only(read(text))["kind"] == "wire"


def test_a_dateline_dates_a_text_only_with_its_year() -> None:
    dated = "Magnets down in the month\nBEIJING, May 9, 2023 (Reuters) - Exports fell to 280 tons."
    row = only(read(dated))
    assert (row["published"], row["published_basis"]) == ("2023-05-09", "dateline")
    row = only(read(dated.replace(", 2023", "")))
    assert (row["published"], row["flags"]) == (None, ["undated"])


def test_a_day_given_dates_a_text_that_has_none() -> None:
    row = only(read("One line of text, and no more.", published=dt.date(2026, 1, 9)))
    assert (row["published"], row["published_basis"]) == ("2026-01-09", "given")


def test_links_are_pages_or_nothing() -> None:
    assert link("https://a.example/x") == "https://a.example/x"
    for bad in ("javascript:alert(1)", "data:text/html,x", "/x", "https://a.example/x y", "http://[", None):
        assert link(bad) is None


def test_a_tail_in_another_latin_language_is_cut() -> None:
    own = "Die Ausfuhren von Magneten nach Japan sind im Dezember auf 280 Tonnen gesunken, sagt der Zoll."
    tail = "This page is for general information and it is not advice of any kind for you or for others."
    assert body(f"{own}\n{tail}").text == own


def test_yaml_reads_words_as_they_are_written() -> None:
    row = only(read("---\ntitle: NO\ndate: 2026-01-09\ncode: 007\n---\nA body of one line."))
    assert (row["headline"], row["published"], row["published_basis"]) == ("NO", "2026-01-09", "front_matter")


def test_an_id_stays_the_same_for_the_same_link_and_headline() -> None:
    one = "---\ntitle: Magnets down\nlink: https://a.example/x\n---\nOne body."
    other = "---\ntitle: Magnets  down\nlink: https://a.example/x\ndate: 2026-01-09\n---\nAnother body."
    assert only(read(one))["doc_id"] == only(read(other))["doc_id"]


@pytest.mark.parametrize("encoding", ["gb18030", "cp932", "euc_kr", "utf-16"])
def test_other_encodings_are_read_and_marked(encoding: str) -> None:
    texts = {
        "gb18030": "海关总署公布的数据显示，12月中国的稀土出口为4392吨",
        "cp932": "レアアース磁石の輸出は、12月に280トンでした",
        "euc_kr": "지난해 12월 일본으로 수출된 희토류 자석은 280톤",
        "utf-16": "海关总署公布的数据显示",
    }
    text = f"{texts[encoding]}\n{texts[encoding]}。"
    row = only(read(text.encode(encoding)))
    assert row["headline"] == texts[encoding]
    assert ("encoding_assumed" in row["flags"]) == (encoding != "utf-16")


# --- bad input ---------------------------------------------------------------------------------------

BAD: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "found an empty file"),
    "white space": (b" \n\t", "found an empty file"),
    "binary": (bytes(range(256)) * 8, "is it a text file"),
    "zip": (b"PK\x03\x04" + bytes(99), "a zip archive"),
    "pdf": (b"%PDF-1.7 x", "a PDF file"),
    "gigantic": (b"a" * (MAX_BYTES + 1), "expected at most 20,000,000 bytes"),
    "gigantic text": (b"a b " * 1_000_001, "expected at most 4,000,000 characters"),
    "feed": (b"<?xml version='1.0'?><rss></rss>", "read it with source 'feeds'"),
    "list": (b'{"articles": []}', "read it with source 'feeds'"),
    "front matter of a list": (b"---\n- a\n---\nx", "expected fields with values, found a list"),
    "front matter of a text": (b"---\nhello\n---\nx", "found a text"),
    "front matter of nothing": (b"---\n---\nx", "found none"),
    "front matter open": (b"---\na: b\n", "expected a closing ---"),
    "front matter broken": (b"---\na: [\n---\nx", "not YAML"),
    "front matter bomb": (b"---\na: &a [x]\nb: [*a, *a]\n---\nx", "line 3: .* found an alias"),
    "front matter deep": (b"---\na: " + b"[" * 9_000 + b"\n---\nx", "more than 8 levels"),
    "front matter code": (
        b"---\ntitle: !!python/object/apply:os.system ['exit 1']\n---\nx",
        "title: expected text, found a list",
    ),
    "title twice": (b"---\ntitle: a\ntitle: b\n---\nx", "expected it once, found it twice"),
    "page of tags": (b"<html>" + b"<p>x" * 30_000, "save the page as text"),
    "item of links": (b"---\na: b\n---\n" + b"<li><a href='http://a.b/'>t</a></li>" * 9_000, "save the page"),
}


@pytest.mark.parametrize(("raw", "told"), BAD.values(), ids=list(BAD))
def test_bad_input_is_refused_with_a_word(raw: bytes, told: str) -> None:
    start = time.perf_counter()
    with pytest.raises(ReadError, match=told):
        read(raw)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<![CDATA[", "<a b", '<a b="', "</", "<?", "<!", "<div>", "&", "<script>"]
)
def test_hostile_markup_takes_no_long_time(piece: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(ReadError):
        read(f"<html><body>{piece * 15_000}</body>")
    assert time.perf_counter() - start < 5


def test_scripts_and_signs_that_turn_the_writing_are_plain_text_or_gone() -> None:
    row = only(
        read("Example Ledger\n2026-01-01\n<script>alert(1)</script> \u202erare\u200b earths\n\nA body.")
    )
    assert row["headline"] == "<script>alert(1)</script> rare earths"
    assert {"rule": "invisible-signs", "count": 2, "assumed": False} in row["repairs"]


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=3_000)
def test_any_bytes_give_a_reading_or_a_word(raw: bytes) -> None:
    for head in (b"", b"---\n", b"<html>", b"A\n2026-01-01\n"):
        try:
            reading = read(head + raw)
        except ReadError:
            continue
        assert reading.records == reading.frame.height + reading.set_aside.height
        documents.check(reading.frame, "a")


# --- the ledger --------------------------------------------------------------------------------------


def test_documents_flow_through_a_build(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    ingest(root, "articles", SPECIMENS / "cluster.md")
    built = build(root)
    assert [(e.table, e.rows) for e in manifest(root)] == [("documents", 3)]
    assert build(root).reused == built.built
