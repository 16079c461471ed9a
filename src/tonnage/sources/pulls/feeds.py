"""News feeds that a workspace follows: each is asked whether it has changed, and only its headlines are kept.

    # data/feeds.toml
    [feed.customs-news]
    url = "https://example.org/rss"

A feed that cannot be had is told and passed over; the others are asked all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from tonnage.errors import ParameterError, ReadError, nearest
from tonnage.sources import feeds as source
from tonnage.sources.pulls.base import Answer, Asked, Outcome, Protocol, Request, common

__all__ = ["PULL"]

_FILE: Final = "feeds.toml"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MOST: Final = 100
_SECONDS: Final = 60
_ACCEPTED: Final = "application/rss+xml, application/atom+xml, application/xml, application/json"


def _plan(asked: Asked) -> list[Request]:
    configured = _configured(asked.settings)
    wanted = asked.listed("id") or list(configured)
    for name in wanted:
        if name not in configured:
            known = f"{list(configured)}{nearest(name, configured)}"
            raise ParameterError(f"--id {name!r}: expected some of the feeds in data/{_FILE}: {known}")
    return [_request(name, configured[name]) for name in wanted]


def _configured(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the feeds of a workspace: name -> address.

    Raises:
        ParameterError: there is none, there are too many, or one is not of the form.
    """
    table = settings.get("feed")
    if not isinstance(table, Mapping) or not table or set(settings) - {"feed"}:
        raise ParameterError(
            f'data/{_FILE}: expected the feeds to follow, each as [feed.NAME] with url = "https://...";'
            f" found {sorted(settings) or 'none'}"
        )
    if len(table) > _MOST:
        raise ParameterError(f"data/{_FILE}: expected at most {_MOST} feeds, found {len(table)}")
    return {name: _address(name, entry) for name, entry in table.items()}


def _address(name: str, entry: Any) -> str:
    url = entry.get("url") if isinstance(entry, Mapping) and set(entry) == {"url"} else None
    if not _NAME.fullmatch(name) or not isinstance(url, str) or not _is_web(url):
        raise ParameterError(
            f"data/{_FILE}: feed {name!r}: expected a name of small letters, digits and '-', and"
            f' url = "https://..." alone; found {entry!r}'
        )
    return url


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return False


def _request(name: str, url: str) -> Request:
    headers = (("Accept", _ACCEPTED),)
    # The form is left open: a feed's type is said in many ways, and the reader decides.
    return Request(
        url, headers=headers, form="html", file=f"{name}.xml", title=f"feed {name}", seconds=_SECONDS
    )


def _judge(request: Request, answer: Answer) -> Outcome:
    plain = common(request, answer)
    if plain:
        stops = plain.kind in ("refused", "blocked")
        return Outcome("passed", plain.said) if stops else plain
    try:
        source.headlines(answer.body())
    except ReadError as fault:
        return Outcome("passed", str(fault))
    return Outcome("rows")


PULL: Final = Protocol(
    source="feeds",
    plan=_plan,
    judge=_judge,
    takes={"id": f"names of feeds in data/{_FILE} with commas between them (default: all of them)"},
    limits="5 seconds between two feeds; one that has not changed is not sent again; only headlines are kept",
    pause=5.0,
    kept=source.headlines,
    settings=_FILE,
    licence=source.SOURCE.licence,
)
