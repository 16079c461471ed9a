"""A publisher's server on this machine: it answers as a test says, also badly, and keeps what was asked."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Reply:
    """What is answered, and how.

    How: "" as it should be; "cut" stops half-way, "cut headers" in the headers; "drop" closes without a
    word; "reset" breaks the connection; "understated" and "overstated" name a wrong length; "drip" and
    "drip headers" send a byte at a time; "hang" never answers.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    how: str = ""


@dataclass(frozen=True)
class Seen:
    """What was asked."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


class Publisher:
    """The server: `replies` answers what is asked; `seen` is what was."""

    def __init__(self, replies: Callable[[Seen], Reply]) -> None:
        self.replies = replies
        self.seen: list[Seen] = []
        self.over = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def route(self, url: str) -> str:
        """Where the server stands for the publisher of an address."""
        parts = urlsplit(url)
        return f"{self.url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")


@contextmanager
def publishing(replies: Callable[[Seen], Reply]) -> Iterator[Publisher]:
    """A server that runs as long as the block."""
    publisher = Publisher(replies)
    thread = threading.Thread(target=publisher.server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield publisher
    finally:
        publisher.over.set()
        publisher.server.shutdown()
        publisher.server.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Callable[[Seen], Reply]:
    """One reply after another; the last one from then on."""
    left = list(replies)
    return lambda seen: left.pop(0) if len(left) > 1 else left[0]


def _handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    return type("Handler", (_Handler,), {"publisher": publisher})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    publisher: Publisher

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *given: object) -> None:
        pass

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        seen = Seen(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            dict(parse_qsl(sent, keep_blank_values=True)),
        )
        self.publisher.seen.append(seen)
        with suppress(OSError):
            self._send(self.publisher.replies(seen))

    def _send(self, reply: Reply) -> None:
        self.close_connection = reply.how != "" or reply.status == 204
        if reply.how in ("drop", "reset", "hang"):
            self._fail(reply.how)
            return
        length = {"understated": -3, "overstated": 3}.get(reply.how, 0) + len(reply.body)
        lines = [f"HTTP/1.1 {reply.status} told", f"Content-Length: {length}"]
        lines += [f"{name}: {value}" for name, value in reply.headers.items()]
        head = ("\r\n".join(lines) + "\r\n\r\n").encode()
        if reply.how == "cut headers":
            self.wfile.write(head[:20])
            return
        self._write(head, drip=reply.how == "drip headers")
        body = reply.body[: len(reply.body) // 2] if reply.how == "cut" else reply.body
        self._write(body, drip=reply.how == "drip")

    def _write(self, content: bytes, *, drip: bool) -> None:
        for at in range(len(content)) if drip else ():
            self.wfile.write(content[at : at + 1])
            if self.publisher.over.wait(0.02):
                return
        if not drip:
            self.wfile.write(content)

    def _fail(self, how: str) -> None:
        if how == "hang":
            self.publisher.over.wait(5)
        if how == "reset":
            now = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.connection.close()
