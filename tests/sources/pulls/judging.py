"""A protocol asked and answered without a server: questions in, verdicts out."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from tonnage.sources.pulls.base import Answer, Asked, Outcome, Protocol, Request

TODAY = dt.date(2026, 11, 22)
PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head></html>"


def plan(protocol: Protocol, *, keyed: bool = True, **given: str) -> list[Request]:
    protocol.check(given)
    return protocol.plan(Asked(given, TODAY, keyed))


def judged(protocol: Protocol, request: Request, body: Any, status: int = 200, **headers: str) -> Outcome:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return protocol.judge(request, Answer(status, sent, raw[:65536], len(raw), lambda: raw, TODAY))
