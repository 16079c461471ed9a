"""Feeds that are followed: asked whether they changed, only headlines kept, one fault stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger.publisher import Publisher, Reply, Seen, publishing
from tests.ledger.pulling import connect

from tonnage.errors import NoDataError, ParameterError
from tonnage.ledger import pull
from tonnage.ledger.build import build
from tonnage.ledger.ledger import open_ledger

TOML = """[feed.good]
url = "https://good.example/rss"
[feed.gone]
url = "https://gone.example/rss"
[feed.page]
url = "https://page.example/"
"""
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>A Paper</title><language>en</language>
<lastBuildDate>%s</lastBuildDate>
<item><title>Ban on dual-use exports</title><link>https://a.example/1</link>
<description>The whole secret wording of an article that belongs to its publisher.</description>
<content:encoded xmlns:content="x">More of the secret wording.</content:encoded>
<pubDate>Tue, 06 Jan 2026 09:00:00 +0900</pubDate></item>
<item><title>Two</title><link>https://news.example/x</link>
<pubDate>Wed, 07 Jan 2026 00:00:00 GMT</pubDate>
<description>&lt;ol&gt;
&lt;li&gt;&lt;a href="https://b.example/1"&gt;First&lt;/a&gt; &lt;font&gt;B Paper&lt;/font&gt;&lt;/li&gt;
&lt;li&gt;&lt;a href="https://c.example/1"&gt;Second&lt;/a&gt; &lt;font&gt;C Paper&lt;/font&gt;&lt;/li&gt;
&lt;/ol&gt;</description></item></channel></rss>"""


def answers(seen: Seen) -> Reply:
    if "good.example" in seen.path:
        if {name.lower(): told for name, told in seen.headers.items()}.get("if-none-match") == '"1"':
            return Reply(status=304)
        return Reply(RSS % b"now", headers={"ETag": '"1"', "Content-Type": "text/html"})
    if "gone.example" in seen.path:
        return Reply(b"gone", status=404)
    return Reply(b"<!doctype html><html><title>Sign in</title></html>")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "data" / "feeds.toml").write_text(TOML)
    return tmp_path / "data"


def run(root: Path, publisher: Publisher, **given: str) -> pull.Pulled:
    return pull.pull(root, "feeds", given, connect=connect(publisher.url))


def test_headlines_links_and_dates_are_kept_and_no_text(root: Path) -> None:
    with publishing(answers) as publisher:
        done = run(root, publisher)
    assert done.counts == {"rows": 1, "passed": 2}
    done.settle()
    on_disk = [p.read_text("utf-8", "replace") for p in root.rglob("*") if p.is_file()]
    assert not any("secret wording" in text for text in on_disk)
    build(root)
    rows = open_ledger(root).documents().sort("headline")
    assert rows.select("headline", "url", "published", "item_date").rows() == [
        ("Ban on dual-use exports", "https://a.example/1", "2026-01-06T09:00:00+09:00", None),
        ("First", "https://b.example/1", None, "2026-01-07T00:00:00+00:00"),
        ("Second", "https://c.example/1", None, "2026-01-07T00:00:00+00:00"),
    ]


def test_a_feed_that_has_not_changed_is_not_sent_again(root: Path) -> None:
    with publishing(answers) as publisher:
        run(root, publisher, id="good")
        again = run(root, publisher, id="good")
        assert len(publisher.seen) == 2
    assert again.counts == {"same": 1}
    assert len(list((root / "raw" / "feeds").glob("*.xml"))) == 1


def test_the_same_articles_under_another_date_are_no_new_file(root: Path) -> None:
    counts = iter([b"monday", b"tuesday"])
    with publishing(lambda _: Reply(RSS % next(counts))) as publisher:
        run(root, publisher, id="good")
        assert run(root, publisher, id="good").counts == {"same": 1}
    assert len(list((root / "raw" / "feeds").glob("*.xml"))) == 1


def test_feeds_that_all_fail_are_told(root: Path) -> None:
    with publishing(answers) as publisher, pytest.raises(NoDataError, match="HTTP 404"):
        run(root, publisher, id="gone,page").settle()


BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaa">]><rss><channel><item><title>&a;</title></item></channel></rss>'


@pytest.mark.parametrize(
    "body", [b"", b"\x00\x01", b"PK\x03\x04zip", BOMB, b"<rss><channel>", b"{}", b"<rss/>"]
)
def test_hostile_answers_are_passed_over_and_not_kept(root: Path, body: bytes) -> None:
    with publishing(lambda _: Reply(body)) as publisher:
        done = run(root, publisher, id="good")
    assert set(done.counts) <= {"passed", "empty"}
    assert not (root / "raw" / "feeds").exists()
    assert list((root / "pulls" / "feeds" / "held").glob("*")) == []


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("", "expected the feeds to follow"),
        ("[feed.Good]\nurl = 'https://a.example'", "feed 'Good': expected a name"),
        ("[feed.a]\nurl = 'file:///etc/passwd'", "feed 'a': expected"),
        ("[feed.a]\nurl = 'https://me:secret@a.example'", "feed 'a': expected"),
        ("[feed.a]\nurl = 1", "feed 'a': expected"),
        ("[feed", "expected TOML"),
        ("x = 1", "expected the feeds to follow"),
    ],
)
def test_a_bad_list_of_feeds_is_told_before_anything_is_asked(root: Path, toml: str, told: str) -> None:
    (root / "feeds.toml").write_text(toml)
    with publishing(answers) as publisher:
        with pytest.raises(ParameterError, match=told):
            run(root, publisher)
        assert publisher.seen == []


def test_a_feed_that_is_not_configured(root: Path) -> None:
    with publishing(answers) as publisher, pytest.raises(ParameterError, match="did you mean 'good'"):
        run(root, publisher, id="god")
