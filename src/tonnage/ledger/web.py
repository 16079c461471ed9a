"""The one way to a publisher's server: time limits, tries, waiting, keys. It decides nothing about the data.

A request is tried at most five times. What is worth another try: a connection that fails or is cut, a body
that is not whole, a server's own fault, and "too many requests". How long is waited is what the publisher
says (Retry-After, or the time in its message), else twice as long each time. A wait that is too long to sit
through is told with the time when it ends.
"""

from __future__ import annotations

import datetime as dt
import logging
import mmap
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, quote_plus, urlsplit

import requests
import tenacity
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError

from tonnage.errors import ComeBackLater, PullError
from tonnage.ledger import disk
from tonnage.sources.pulls.base import (
    Answer,
    Key,
    Request,
    is_whole,
    looks_like_html,
    readable,
    speaks_of_quota,
)

__all__ = ["TRIES", "Client", "Clock", "Limits", "Secret", "Validators", "come_back", "waiting_time"]

#: How often a request is sent at most.
TRIES: Final = 5

_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_CHUNK: Final = 1 << 18
_HEAD: Final = 1 << 16
_TAIL: Final = 1 << 16
_FIRST_WAIT: Final = 2.0
_LONGEST_GUESS: Final = 60.0
_LOGGERS: Final = ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry")
_MASK: Final = "***"
_AGENT: Final = "tonnage (customs statistics; one request at a time)"

_TRY_AGAIN: Final = re.compile(r"try again in (\d+) (second|minute)", re.I)
_REPLENISHED: Final = re.compile(r"replenished in (?:(\d+)\.)?(\d+):(\d+):(\d+)", re.I)
# What urllib3 sets before a reason: the address, which the message names already.
_WHERE: Final = re.compile(r"\A(?:\w+\(.*?\): )+")
_WORTH_ANOTHER_TRY: Final = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.HTTPError,
)


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from, so that a test need not wait."""

    now: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, without a byte, until the headers are there, and the longest wait between tries.

    The time a request may take in all is its own: `Request.seconds`.
    """

    connect: float = 10.0
    silent: float = 60.0
    headers: float = 180.0
    wait: float = 300.0


@dataclass(frozen=True, slots=True)
class Secret:
    """A key and how it is sent. Its value is never shown."""

    key: Key
    value: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The header that carries it."""
        return {self.key.header: self.value} if self.key.header else {}

    @property
    def params(self) -> tuple[tuple[str, str], ...]:
        """The parameter that carries it."""
        return ((self.key.query, self.value),) if self.key.query else ()

    @property
    def _written(self) -> list[str]:
        """The ways in which it may be written, the longest first."""
        forms = {self.value, quote(self.value), quote(self.value, ""), quote_plus(self.value)}
        return sorted(forms, key=len, reverse=True)

    def masked(self, text: str) -> str:
        """Return a text without the key, however it is written in it."""
        for form in self._written:
            text = text.replace(form, _MASK)
        return text

    def stands_in(self, path: Path) -> bool:
        """Return whether a file holds it; however large, it is not read into memory."""
        if not path.stat().st_size:
            return False
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
            return any(body.find(form.encode()) >= 0 for form in self._written)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of an answer, so that it can be asked whether it has changed."""

    etag: str = ""
    modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a conditional request."""
        both = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in both.items() if value}


class _Again(Exception):  # noqa: N818 - not an error yet
    """Worth another try: why, and after how many seconds, if the publisher says so."""

    def __init__(self, said: str, after: float | None = None) -> None:
        super().__init__(said)
        self.after = after


class Client:
    """Sends requests one after another.

    Args:
        secret: the key, for the requests that take one.
        pause: least seconds between two requests to one host.
        limits: times; the defaults are for the publishers' servers.
        clock: where time comes from.
        route: where an address is really asked: a mirror, or the server of a test.
    """

    def __init__(
        self,
        secret: Secret | None = None,
        pause: float = 1.0,
        limits: Limits | None = None,
        clock: Clock | None = None,
        route: Callable[[str], str] = str,
    ) -> None:
        self._route = route
        self._secret = secret
        self._pause = pause
        self._limits = limits or Limits()
        self._clock = clock or Clock()
        self._session = _session(self._limits, secret)
        self._last: dict[str, float] = {}

    def fetch(self, request: Request, into: Path, known: Validators | None = None) -> tuple[Answer, int]:
        """Send a request and write the body to a file; return the answer and how often it was sent.

        Args:
            request: what is asked.
            into: the file for the body; it is overwritten, and on the disk when this returns.
            known: ask only whether it has changed.

        Raises:
            ComeBackLater: the publisher says to wait longer than `Limits.wait`.
            PullError: it was tried five times, or cannot be sent at all.
        """
        tried = 0

        def once() -> Answer:
            nonlocal tried
            tried += 1
            return self._once(request, into, known or Validators())

        tries = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(TRIES),
            retry=tenacity.retry_if_exception_type(_Again),
            wait=self._wait,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            with _masked_logs(self.masked):
                return tries(once), tried
        except _Again as told:
            raise PullError(self.masked(f"{request.url}: gave up after {tried} tries: {told}")) from None

    def masked(self, text: str) -> str:
        """Return a text without the key."""
        return self._secret.masked(text) if self._secret else text

    @property
    def keyed(self) -> bool:
        """Whether it has a key."""
        return self._secret is not None

    @property
    def clock(self) -> Clock:
        """Its clock."""
        return self._clock

    def close(self) -> None:
        """Close its connections."""
        self._session.close()

    def _wait(self, state: tenacity.RetryCallState) -> float:
        told = state.outcome.exception() if state.outcome else None
        if isinstance(told, _Again) and told.after is not None:
            return told.after
        return float(min(_FIRST_WAIT * 2 ** (state.attempt_number - 1), _LONGEST_GUESS))

    def _once(self, request: Request, into: Path, known: Validators) -> Answer:
        self._keep_pace(request.url)
        end = self._clock.monotonic() + request.seconds
        try:
            with self._send(request, known) as response:
                return self._answer(request, response, into, end)
        except (requests.exceptions.SSLError, requests.TooManyRedirects) as fault:
            raise PullError(self.masked(f"{request.url}: {_short(fault)}")) from None
        except _WORTH_ANOTHER_TRY as fault:
            raise _Again(_short(fault)) from None
        except requests.RequestException as fault:
            raise PullError(self.masked(f"{request.url}: {_short(fault)}")) from None

    def _keep_pace(self, url: str) -> None:
        host = urlsplit(url).netloc
        if host in self._last:
            rest = self._last[host] + self._pause - self._clock.monotonic()
            if rest > 0:
                self._clock.sleep(rest)
        self._last[host] = self._clock.monotonic()

    def _send(self, request: Request, known: Validators) -> requests.Response:
        own = self._secret if request.keyed else None
        headers = {**known.headers, **dict(request.headers), **(own.headers if own else {})}
        params = (*request.params, *(own.params if own else ()))
        return self._session.request(
            "POST" if request.data else "GET",
            self._route(request.url),
            params=params,
            data=request.data or None,
            headers=headers,
            timeout=(self._limits.connect, self._limits.silent),
            stream=True,
        )

    def _answer(self, request: Request, response: requests.Response, into: Path, end: float) -> Answer:
        with disk.told(into.parent), into.open("wb") as file:
            size = 0
            for chunk in self._chunks(response, end):
                size += file.write(chunk)
        self._keep_key_out(request, into, response.status_code)
        with into.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
        disk.sync([into], into.parent)
        now = self._clock.now()
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, head, size, into.read_bytes, now.date())
        self._refuse_wait(answer, now)
        if answer.status == 200:
            _refuse_cut(request, answer, tail)
        return answer

    def _keep_key_out(self, request: Request, body: Path, status: int) -> None:
        """Take the key out of a message that repeats it; data that repeat it are not kept."""
        if self._secret is None or not self._secret.stands_in(body):
            return
        message = self.masked(body.read_text("utf-8", "replace")) if status != 200 else ""
        body.write_text(message, "utf-8")
        if status == 200:
            raise PullError(f"{request.url}: the answer repeats the key; it is not kept")

    def _chunks(self, response: requests.Response, end: float) -> Iterator[bytes]:
        # read1 gives what is there: a server that sends a byte now and then cannot outlast the limit.
        while True:
            chunk = response.raw.read1(_CHUNK, decode_content=True)
            if not chunk:
                return
            yield chunk
            if self._clock.monotonic() > end:
                raise _Again("the answer drips in too slowly; the time for it is over")

    def _refuse_wait(self, answer: Answer, now: dt.datetime) -> None:
        """Raise if the answer is not to be used but to be waited for."""
        after = waiting_time(answer, now)
        if answer.status not in _AGAIN and after is None:
            return
        message = "" if looks_like_html(answer) else readable(answer.head)
        said = self.masked(f"HTTP {answer.status}{f': {message}' if message else ''}")
        if after is not None and after > self._limits.wait:
            raise come_back(said, now, after)
        raise _Again(said, after)


def _refuse_cut(request: Request, answer: Answer, tail: bytes) -> None:
    """Raise if a body ends too early, although nothing in how it was sent says so."""
    framed = "content-length" in answer.headers or "transfer-encoding" in answer.headers
    if not answer.size and not framed:
        raise _Again("the answer is cut: it has neither a body nor a length")
    if not is_whole(request.form, answer.head, tail, answer.size):
        raise _Again(f"the answer is cut: {answer.size} bytes of {request.form} without its end")


def come_back(said: str, now: dt.datetime, after: float | None) -> ComeBackLater:
    """Return the error that says when a publisher answers again."""
    if after is None:
        return ComeBackLater(f"{said}; it does not say until when: try again tomorrow")
    until = now + dt.timedelta(seconds=after + 60)
    return ComeBackLater(f"{said}; come back at {until:%Y-%m-%d %H:%M} UTC or later")


def waiting_time(answer: Answer, now: dt.datetime) -> float | None:
    """Return the seconds a publisher asks to wait; None where it asks for none.

    A status of 403 is one of waiting only where its message speaks of a quota or a time.
    """
    if answer.status not in (403, 429, 503):
        return None
    message = readable(answer.head)
    if answer.status == 403 and not speaks_of_quota(answer):
        return None
    named = _named_wait(message)
    header = _retry_after(answer.headers.get("retry-after", ""), now)
    waits = [wait for wait in (named, header) if wait is not None]
    return max(waits) if waits else None


def _named_wait(message: str) -> float | None:
    if found := _TRY_AGAIN.search(message):
        return float(found[1]) * (60 if found[2].lower() == "minute" else 1)
    if found := _REPLENISHED.search(message):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    return None


def _retry_after(value: str, now: dt.datetime) -> float | None:
    if value.strip().isdigit():
        return float(value)
    with suppress(ValueError, TypeError):
        until = parsedate_to_datetime(value)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or dt.UTC) - now).total_seconds())
    return None


def _short(fault: BaseException) -> str:
    """Return the innermost reason of a failed connection in a few words."""
    inner: Any = fault
    while isinstance(inner.args[0] if inner.args else None, BaseException):
        inner = inner.args[0]
    reason = getattr(inner, "reason", None) or inner
    told = _WHERE.sub("", str(reason).split(" (Caused by")[0])
    return f"no network here, or no such host: {told}" if isinstance(reason, NameResolutionError) else told


@contextmanager
def _masked_logs(masked: Callable[[str], str]) -> Iterator[None]:
    """Take the key out of what the libraries log of their requests."""

    def cover(record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = masked(record.getMessage()), (), None
        return True

    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addFilter(cover)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(cover)


def _session(limits: Limits, secret: Secret | None) -> requests.Session:
    session = _Session(secret)
    session.headers.update({"User-Agent": _AGENT, "Accept": "*/*"})
    adapter = _Adapter(limits.headers)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Session(requests.Session):
    """A session that gives its key to the host it was meant for and to no other."""

    def __init__(self, secret: Secret | None) -> None:
        super().__init__()
        self._names = list(secret.headers) if secret else []

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        before, after = urlsplit(response.request.url or ""), urlsplit(prepared_request.url or "")
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            for name in self._names:
                prepared_request.headers.pop(name, None)
        super().rebuild_auth(prepared_request, response)  # type: ignore[no-untyped-call]


class _Adapter(HTTPAdapter):
    """Connections whose headers must be there in time: the usual limit is only one between two bytes."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        super().__init__()

    def init_poolmanager(self, *given: Any, **named: Any) -> None:
        super().init_poolmanager(*given, **named)
        self._bound(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **named)
        self._bound(manager)
        return manager

    def _bound(self, manager: Any) -> None:
        manager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self._seconds),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self._seconds),
        }


def _pool(pool: Any, connection: Any, seconds: float) -> Any:
    class Bounded(connection):  # type: ignore[misc]
        def getresponse(self) -> Any:
            over = threading.Event()
            watch = threading.Timer(seconds, _cut, [self, over])
            watch.daemon = True
            watch.start()
            try:
                response = super().getresponse()
            finally:
                watch.cancel()
            if over.is_set():  # headers that are cut can still be read as headers
                response.close()
                raise urllib3.exceptions.ProtocolError(f"its headers were not there after {seconds:g} s")
            return response

    return type(pool.__name__, (pool,), {"ConnectionCls": Bounded})


def _cut(connection: Any, over: threading.Event) -> None:
    over.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
