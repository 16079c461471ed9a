"""Pulls against a server of this machine, with a reader that takes all and a clock that does not wait."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from tonnage.errors import ReadError
from tonnage.ledger import pull, web
from tonnage.model import flows
from tonnage.sources import SOURCES
from tonnage.sources.base import RECEIPTS, SET_ASIDE, Reading, Sidecar, Source

NOW = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
CLIENT = web.Client
LIMITS = web.Limits(connect=2, silent=2, headers=2, wait=300)


def read_anything(raw: bytes, sidecar: Sidecar) -> Reading:
    """Read a file without a row of it; refuse one that says so."""
    if b"unreadable" in raw:
        raise ReadError(f"{sidecar.file}: expected figures, found none")
    empty = pl.DataFrame
    return Reading(flows.SCHEMA.to_frame(), empty(schema=SET_ASIDE), (), 1, empty(schema=RECEIPTS))


def taking_all(source: str) -> Source:
    """A source of that name whose reader takes anything."""
    suffixes = (".json", ".csv", ".xml", ".gz", ".7z", ".zip")
    return Source(source, source, "flows", "made for tests", "by test", read_anything, suffixes)


def connect(
    url: str, now: Callable[[], dt.datetime] = lambda: NOW
) -> Callable[[web.Secret | None, float], web.Client]:
    """Make clients that ask the server at `url` in place of every publisher's, and wait for nothing."""

    def route(address: str) -> str:
        parts = urlsplit(address)
        return f"{url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    def make(secret: web.Secret | None, pause: float) -> web.Client:
        return CLIENT(secret, 0, LIMITS, web.Clock(now=now, sleep=lambda _: None), route)

    return make


def pull_from(root: Path, source: str, url: str, asked: str) -> pull.Pulled:
    """Pull from the server at `url` what is asked as JSON."""
    SOURCES[source] = taking_all(source)
    return pull.pull(root, source, json.loads(asked), connect=connect(url))
