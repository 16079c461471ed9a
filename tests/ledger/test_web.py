"""The way to a server: what is tried again, what is waited for, what is told, and that no key is shown."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.publisher import Publisher, Reply, Seen, in_turn, publishing

from tonnage.errors import ComeBackLater, PullError
from tonnage.ledger import web
from tonnage.sources.pulls.base import Answer, Key, Request

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
GOOD = Reply(b'{"count": 1, "data": [1]}')
KEY = "s3cr+t/k y"
LIMITS = web.Limits(connect=1, silent=0.4, headers=0.4, wait=300)


@dataclass
class Sleeper:
    """A clock that stands still but for what is slept; real time passes for time limits only."""

    slept: list[float] = field(default_factory=list)

    def clock(self) -> web.Clock:
        return web.Clock(now=lambda: NOW + dt.timedelta(seconds=sum(self.slept)), sleep=self.slept.append)


@dataclass
class Try:
    """A client, what it slept, and the server it speaks to."""

    client: web.Client
    sleeper: Sleeper
    server: Publisher
    into: Path

    def fetch(self, **more: object) -> tuple[Answer, int]:
        known = more.pop("known", None)
        assert known is None or isinstance(known, web.Validators)
        return self.client.fetch(Request("https://example.org/data", **more), self.into, known)  # type: ignore[arg-type]


@contextmanager
def trying(
    into: Path, replies: Callable[[Seen], Reply], secret: web.Secret | None = None, pause: float = 0.0
) -> Iterator[Try]:
    with publishing(replies) as server:
        sleeper = Sleeper()
        client = web.Client(secret, pause, LIMITS, sleeper.clock(), server.route)
        yield Try(client, sleeper, server, into / "body")
        client.close()


def test_an_answer_is_on_the_disk_with_its_headers(tmp_path: Path) -> None:
    with trying(tmp_path, lambda seen: Reply(GOOD.body, headers={"ETag": '"7"'})) as it:
        answer, tries = it.fetch(params=(("period", "2025"),))
    assert (answer.status, answer.headers["etag"], tries) == (200, '"7"', 1)
    assert (tmp_path / "body").read_bytes() == GOOD.body == answer.body()
    assert answer.json()["count"] == 1
    assert it.server.seen[0].path == "/example.org/data"
    assert it.server.seen[0].params == {"period": "2025"}


def test_a_form_is_posted(tmp_path: Path) -> None:
    with trying(tmp_path, lambda seen: GOOD) as it:
        it.fetch(data=(("priodFr", "202601"),))
    assert (it.server.seen[0].method, it.server.seen[0].form) == ("POST", {"priodFr": "202601"})


@pytest.mark.parametrize(
    "bad",
    [
        Reply(GOOD.body, how="cut"),
        Reply(how="drop"),
        Reply(how="reset"),
        Reply(GOOD.body, how="overstated"),
        Reply(GOOD.body, how="understated"),
        Reply(b'{"count": 1, "data": [1, '),
        Reply(GOOD.body, how="drip headers"),
        Reply(GOOD.body, how="cut headers"),
        Reply(how="hang"),
        Reply(b"oops", 500),
        Reply(b"<html>bad gateway</html>", 502),
        Reply(b"", 503),
    ],
    ids=lambda r: r.how or f"{r.status} {r.body[:9]!r}",
)
def test_what_fails_once_is_tried_again(tmp_path: Path, bad: Reply) -> None:
    with trying(tmp_path, in_turn(bad, bad, GOOD)) as it:
        answer, tries = it.fetch()
    assert (answer.body(), tries, it.sleeper.slept) == (GOOD.body, 3, [2.0, 4.0])


def test_a_drip_ends_when_the_time_for_it_is_over(tmp_path: Path) -> None:
    with trying(tmp_path, in_turn(Reply(b"[" + b" " * 500 + b"]", how="drip"), GOOD)) as it:
        answer, tries = it.fetch(seconds=0.2)
    assert (answer.body(), tries) == (GOOD.body, 2)


def test_five_tries_and_no_more(tmp_path: Path) -> None:
    with (
        trying(tmp_path, lambda seen: Reply(b"down for maintenance", 503)) as it,
        pytest.raises(PullError, match=r"https://example.org/data: gave up after 5 tries.*maintenance"),
    ):
        it.fetch()
    assert len(it.server.seen) == web.TRIES
    assert it.sleeper.slept == [2.0, 4.0, 8.0, 16.0]


def test_no_server_at_all_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        client = web.Client(None, 0, LIMITS, Sleeper().clock(), lambda _: url)
        with pytest.raises(PullError, match=r"gave up after 5 tries.*refused"):
            client.fetch(Request("https://example.org"), tmp_path / "body")


@pytest.mark.parametrize("status", [200, 204, 304, 400, 401, 404, 413, 414])
def test_what_another_try_would_not_change_is_answered_at_once(tmp_path: Path, status: int) -> None:
    with trying(tmp_path, lambda seen: Reply(b"" if status in (204, 304) else b"{}", status)) as it:
        answer, tries = it.fetch()
    assert (answer.status, tries, it.sleeper.slept) == (status, 1, [])


RATE = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 34 seconds."}'
QUOTA = b'{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in %s."}'


@pytest.mark.parametrize(
    ("reply", "wait"),
    [
        (Reply(b"", 429, {"Retry-After": "7"}), 7),
        (Reply(b"", 503, {"Retry-After": "Sun, 22 Nov 2026 10:02:00 GMT"}), 120),
        (Reply(b"", 503, {"Retry-After": "Sun, 22 Nov 2026 09:00:00 GMT"}), 0),
        (Reply(b"", 503, {"Retry-After": "soon"}), 2),
        (Reply(RATE, 429), 34),
        (Reply(RATE, 429, {"Retry-After": "40"}), 40),
        (Reply(b"try again in 2 minutes", 429), 120),
        (Reply(QUOTA % b"00:03:20", 403), 200),
        (Reply(b"", 429), 2),
    ],
)
def test_the_publisher_says_how_long_to_wait(tmp_path: Path, reply: Reply, wait: float) -> None:
    with trying(tmp_path, in_turn(reply, GOOD)) as it:
        assert it.fetch()[1] == 2
    assert it.sleeper.slept == [wait]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(QUOTA % b"03:14:17", 403), "2026-11-22 13:15 UTC"),
        (Reply(QUOTA % b"20.09:58:55", 403), "2026-12-12 19:59 UTC"),
        (Reply(b"", 429, {"Retry-After": "86400"}), "2026-11-23 10:01 UTC"),
    ],
)
def test_a_long_wait_is_told_and_not_slept(tmp_path: Path, reply: Reply, told: str) -> None:
    with trying(tmp_path, lambda seen: reply) as it, pytest.raises(ComeBackLater, match=told):
        it.fetch()
    assert (it.sleeper.slept, len(it.server.seen)) == ([], 1)


def test_403_without_a_word_on_quota_is_no_matter_of_waiting(tmp_path: Path) -> None:
    with trying(tmp_path, lambda seen: Reply(b"Access denied", 403, {"Retry-After": "5"})) as it:
        answer, tries = it.fetch()
    assert (answer.status, tries) == (403, 1)


def test_requests_to_one_host_keep_their_distance(tmp_path: Path) -> None:
    with trying(tmp_path, lambda seen: GOOD, pause=30.0) as it:
        it.fetch()
        it.fetch()
    assert len(it.sleeper.slept) == 1
    assert 25 < it.sleeper.slept[0] <= 30


def test_asked_whether_it_has_changed(tmp_path: Path) -> None:
    def replies(seen: Seen) -> Reply:
        same = seen.headers.get("if-none-match") == '"7"'
        return Reply(b"", 304) if same else GOOD

    with trying(tmp_path, replies) as it:
        answer, _ = it.fetch(known=web.Validators('"7"', "Sun, 22 Nov 2026 10:00:00 GMT"))
    assert answer.status == 304
    assert it.server.seen[0].headers["if-modified-since"] == "Sun, 22 Nov 2026 10:00:00 GMT"


IN_HEADER = web.Secret(Key("TONNAGE_TEST_KEY", "the test", header="X-Key"), KEY)
IN_QUERY = web.Secret(Key("TONNAGE_TEST_KEY", "the test", query="key"), KEY)


@pytest.mark.parametrize("secret", [IN_HEADER, IN_QUERY], ids=["header", "query"])
def test_a_key_goes_only_with_requests_that_take_one(tmp_path: Path, secret: web.Secret) -> None:
    with trying(tmp_path, lambda seen: GOOD, secret) as it:
        it.fetch(keyed=True)
        it.fetch()
    with_key, without = it.server.seen
    assert KEY in (with_key.headers.get("x-key"), with_key.params.get("key"))
    assert "x-key" not in without.headers
    assert "key" not in without.params


@pytest.mark.parametrize("secret", [IN_HEADER, IN_QUERY], ids=["header", "query"])
@pytest.mark.parametrize("how", ["drop", "echo"])
def test_no_key_in_errors_nor_in_logs(tmp_path: Path, secret: web.Secret, how: str) -> None:
    logged = io.StringIO()
    handler = logging.StreamHandler(logged)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def echo(seen: Seen) -> Reply:
        return Reply(json.dumps({**seen.params, **seen.headers}).encode(), 503)

    try:
        with (
            trying(tmp_path, echo if how == "echo" else lambda seen: Reply(how="drop"), secret) as it,
            pytest.raises(PullError) as told,
        ):
            it.fetch(keyed=True)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    seen = f"{told.value} {told.value.__cause__!r} {logged.getvalue()} {secret!r}"
    assert "127.0.0.1" in logged.getvalue()
    for form in (KEY, "s3cr%2Bt%2Fk+y", "s3cr%2Bt/k%20y", "s3cr%2Bt%2Fk%20y"):
        assert form not in seen


@pytest.mark.parametrize("secret", [IN_HEADER, IN_QUERY], ids=["header", "query"])
def test_a_key_that_is_sent_back_is_not_kept(tmp_path: Path, secret: web.Secret) -> None:
    def echo(seen: Seen) -> Reply:
        return Reply(json.dumps({**seen.params, **seen.headers}).encode(), 400 if "bad" in seen.path else 200)

    with trying(tmp_path, echo, secret) as it:
        with pytest.raises(PullError, match="repeats the key"):
            it.fetch(keyed=True)
        assert it.into.read_bytes() == b""
        answer, _ = it.client.fetch(Request("https://example.org/bad", keyed=True), it.into)
        assert (answer.status, b"***" in answer.body(), KEY.encode() in answer.body()) == (400, True, False)


def test_a_key_does_not_follow_to_another_host(tmp_path: Path) -> None:
    with publishing(lambda seen: GOOD) as other:
        away = Reply(b"", 302, {"Location": f"{other.url}/elsewhere"})
        with trying(tmp_path, lambda seen: away, IN_HEADER) as it:
            it.fetch(keyed=True)
    assert it.server.seen[0].headers["x-key"] == KEY
    assert "x-key" not in other.seen[0].headers


def test_redirects_without_end_are_told(tmp_path: Path) -> None:
    with (
        trying(tmp_path, lambda seen: Reply(b"", 302, {"Location": "/example.org/data"})) as it,
        pytest.raises(PullError, match="redirects"),
    ):
        it.fetch()


def test_a_disk_that_fails_is_no_reason_to_ask_again(tmp_path: Path) -> None:
    with (
        trying(tmp_path / "is not there", lambda seen: GOOD) as it,
        pytest.raises(OSError, match="cannot be"),
    ):
        it.fetch()
    assert len(it.server.seen) == 1


def test_tests_stay_on_this_machine(tmp_path: Path) -> None:
    client = web.Client(clock=Sleeper().clock())
    with pytest.raises(PermissionError, match=r"127\.0\.0\.1 only"), socket.socket() as way:
        way.connect(("192.0.2.1", 80))
    with pytest.raises(PullError, match="gave up"):
        client.fetch(Request("http://192.0.2.1/"), tmp_path / "body")


@given(st.integers(0, 40), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_any_time_of_a_quota_is_read(days: int, hours: int, minutes: int, seconds: int) -> None:
    said = f"{days}.{hours:02}:{minutes:02}:{seconds:02}" if days else f"{hours:02}:{minutes:02}:{seconds:02}"
    answer = Answer(403, {}, QUOTA % said.encode(), 1, lambda: b"", NOW.date())
    expected = dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert web.waiting_time(answer, NOW) == expected.total_seconds()
