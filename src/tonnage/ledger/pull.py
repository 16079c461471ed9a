"""A publisher is asked, and what it sends goes in: the bytes first, then what they are, then the rows.

    data/pulls/<source>/<pull>.jsonl     the manifest of a pull: see `manifests`
    data/pulls/<source>/held/            answers that are here and not yet settled
    data/pulls/<source>/unread/          answers the source could not read, each with its sidecar

An answer is on the disk, with what is known of it, before anyone looks into it. A pull that is stopped, by a
kill or by a quota, goes on where it stopped when the same is asked again. When it came to its end, asking
the same again asks only what has changed: by the version the publisher names, by the server's word, or by
what the answer says; the same figures in other bytes are no new release.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tomllib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import requests

from tonnage.errors import (
    ComeBackLater,
    NoDataError,
    NotYetReleased,
    ParameterError,
    PullError,
    ReadError,
    few,
)
from tonnage.ledger import disk, ingest, store, web
from tonnage.ledger.manifests import Line, Manifest, stamp
from tonnage.sources.base import Sidecar, raw_id
from tonnage.sources.pulls import BY_HAND, PULLS
from tonnage.sources.pulls.base import KINDS, Answer, Asked, Outcome, Protocol, Request

__all__ = ["Connect", "Pulled", "protocol", "pull", "secret"]

Connect = Callable[[web.Secret | None, float], web.Client]
Progress = Callable[[int, int, str], None]

_STOPS: Final = frozenset({"refused", "blocked", "quota"})
#: Forms of answers that may say the same in other bytes.
_COMPARED: Final = frozenset({"json", "csv", "xml"})
_SHOWN: Final = 5  # months, files ... named in a message
_NAMED: Final = ("etag", "last-modified", "content-type", "content-disposition")


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of a pull.

    Attributes:
        source: id of the source.
        manifest: the file that tells of every request.
        lines: one line a request of this run, as in the manifest.
        continued: when the interrupted run began that this one went on with, else "".
        missing: what the publisher does not have yet.
        fault: why it stopped before its end.
    """

    source: str
    manifest: Path
    lines: tuple[Line, ...]
    continued: str
    missing: tuple[str, ...]
    fault: PullError | None = None

    @property
    def counts(self) -> dict[str, int]:
        """Requests by outcome."""
        return dict(Counter(line["outcome"] for line in self.lines))

    @property
    def stored(self) -> list[str]:
        """Names of the files that are new."""
        return [line["file"] for line in self.lines if line["outcome"] == "rows"]

    def settle(self) -> None:
        """Raise what keeps the pull from being done.

        Raises:
            PullError: it stopped; or `ComeBackLater`, with the time.
            ReadError: an answer could not be read by the source.
            NotYetReleased: something asked for is not out yet.
            NoDataError: the publisher has no rows at all for the question.
        """
        if self.fault:
            raise type(self.fault)(
                f"{self.fault}. What was pulled is kept; the same command goes on from there"
            )
        unread = [line for line in self.lines if line["outcome"] == "unread"]
        if unread:
            first = unread[0]
            raise ReadError(
                f"{len(unread)} answers could not be read; kept as {first['file']} ...: {first['said']}"
            )
        if self.missing:
            raise NotYetReleased(f"{self.source}: not out yet: {few(dict.fromkeys(self.missing), _SHOWN)}")
        if self.lines and not any(line["outcome"] in ("rows", "same") for line in self.lines):
            said = next((line["said"] for line in self.lines if line["outcome"] in ("empty", "passed")), "")
            raise NoDataError(
                f"{self.source}: the publisher has no rows for this{f': {said}' if said else ''}"
            )


def protocol(name: str) -> Protocol:
    """Return how a source is pulled.

    Raises:
        PullError: it is not pulled, and how its files are had by hand.
        ReadError: there is no such source.
    """
    source = ingest.source(name)
    if name in PULLS:
        return PULLS[name]
    how = BY_HAND.get(name) or source.how
    raise PullError(
        f"{name}: is not pulled. By hand: {how}. Then: tonnage inbox, or tonnage ingest {name} --file FILE."
        f" Sources that are pulled: {', '.join(PULLS)}"
    )


def secret(way: Protocol, environment: Mapping[str, str] | None = None) -> web.Secret | None:
    """Return the key of a source from the environment, None where it takes none or none is set.

    Raises:
        ParameterError: it needs one.
    """
    if way.key is None:
        return None
    value = (os.environ if environment is None else environment).get(way.key.variable, "").strip()
    if value:
        return web.Secret(way.key, value)
    return None


def pull(
    root: Path,
    name: str,
    given: Mapping[str, str],
    *,
    connect: Connect | None = None,
    progress: Progress | None = None,
    fresh: bool = False,
) -> Pulled:
    """Ask a publisher and store what it sends.

    Args:
        root: the data folder of the workspace.
        name: id of the source.
        given: what is asked, by the names of `PARAMETERS`.
        connect: makes the client, of the key and the pause between requests (default: `web.Client`).
        progress: is told how many requests are done, how many are known, and what is asked.
        fresh: begin anew even if the last such pull was interrupted.

    Returns:
        What came of it; `settle()` raises if that is not all that was asked for.

    Raises:
        PullError: the source is not pulled.
        ParameterError: a parameter is missing, wrong, or not taken by the source; or the key is missing.
        StoreError: the disk failed, or another pull of the source is running.
    """
    way = protocol(name)
    way.check(given)
    key = secret(way)
    client = (connect or web.Client)(key, way.pause)
    try:
        now = client.clock.now()
        asked = Asked(given, now.date(), keyed=key is not None, settings=_settings(root, way))
        first = way.plan(asked)
        _refuse_without_key(way, key, first)
        folder = root / "pulls" / name
        head = {"source": name, "asked": dict(given)}
        path = folder / f"{_pull_id(head)}.jsonl"
        busy = f"another pull of {name} is running; wait for its end"
        with disk.alone(folder / ".lock", busy), Manifest(path, head, now, fresh=fresh) as manifest:
            if fresh:
                _clear(folder / "held")
            return _Run(root, way, client, manifest).work(first, path, progress)
    finally:
        client.close()


def _settings(root: Path, way: Protocol) -> dict[str, Any]:
    """Return what the workspace says of a source in a file of its own, nothing if there is no such file.

    Raises:
        ParameterError: the file is not TOML.
    """
    path = root / way.settings
    if not way.settings or not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as fault:
        raise ParameterError(f"{path}: expected TOML: {fault}") from None


def _refuse_without_key(way: Protocol, key: web.Secret | None, first: Iterable[Request]) -> None:
    if way.key and not key and any(request.keyed for request in first):
        raise ParameterError(
            f"{way.source}: expected a key in the environment variable {way.key.variable}, found none;"
            f" get one: {way.key.where}"
        )


def _clear(folder: Path) -> None:
    """Forget the answers that an interrupted run left."""
    for path in folder.iterdir() if folder.is_dir() else ():
        path.unlink()


def _pull_id(head: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()[:12]


class _Run:
    """One run of a pull."""

    def __init__(self, root: Path, way: Protocol, client: web.Client, manifest: Manifest) -> None:
        self._root = root
        self._way = way
        self._client = client
        self._manifest = manifest
        self._folder = root / "pulls" / way.source
        self._lines: list[Line] = []
        self._missing: list[str] = []

    def work(self, first: Iterable[Request], path: Path, progress: Progress | None) -> Pulled:
        """Ask everything, and what the answers lead to; stop at what another request would not change."""
        fault = None
        try:
            self._ask_all(first, progress or _silent)
            self._manifest.finish(self._client.clock.now(), Counter(x["outcome"] for x in self._lines))
        except PullError as told:
            fault = told
        lines = tuple(self._lines)
        return Pulled(self._way.source, path, lines, self._manifest.continued, tuple(self._missing), fault)

    def _ask_all(self, first: Iterable[Request], progress: Progress) -> None:
        todo = deque(first)
        seen: set[str] = set()
        while todo:
            request = todo.popleft()
            if request.id in seen:
                continue
            seen.add(request.id)
            progress(len(self._lines), len(self._lines) + len(todo) + 1, request.file or request.url)
            line = self._manifest.settled(request.id) or self._asked(request)
            self._drop(request)
            self._lines.append(line)
            self._missing += line.get("missing", ())
            todo.extendleft(reversed([Request.from_json(then) for then in line.get("then", ())]))
        progress(len(self._lines), len(self._lines), "")

    def _asked(self, request: Request) -> Line:
        known = self._known(request)
        if known and request.vintage and known.get("vintage") == request.vintage:
            return self._unchanged(request, known)
        card, answer = self._answer(request, known)
        try:
            judged = self._way.judge(request, answer)
        except PullError as told:
            judged = Outcome("blocked", str(told))
        if judged.kind == "same" and not known:
            judged = Outcome("blocked", "HTTP 304 for something that was never had")
        outcome, facts = self._settled(request, answer, judged, card, known)
        line = self._add(request, outcome, facts)
        if line["outcome"] in _STOPS:
            self._drop(request)
            raise self._stop(request, outcome)
        return line

    def _known(self, request: Request) -> Line | None:
        """Return what came of a request before, unless its bytes are not stored any more."""
        line = self._manifest.before(request.id)
        gone = (
            line and "file" in line and not (self._root / "raw" / self._way.source / line["file"]).is_file()
        )
        return None if gone else line

    def _unchanged(self, request: Request, known: Line) -> Line:
        """Take over what came of the same version of the data before, without asking."""
        then = tuple(Request.from_json(then) for then in known.get("then", ()))
        kind = "same" if "file" in known else known["outcome"]
        facts = {name: known[name] for name in ("file", "print", "headers") if name in known}
        said = "the publisher names the same version as when it was last asked"
        return self._add(request, Outcome(kind, said, then=then), facts)

    def _answer(self, request: Request, known: Line | None) -> tuple[dict[str, Any], Answer]:
        """Return the answer and what is known of it: the one that is held, or a new one."""
        body, own = self._held(request)
        card = _held_card(body, own)
        if card is None:
            body.parent.mkdir(parents=True, exist_ok=True)
            answer, tries = self._fetch(request, body, known)
            card = self._card(answer, tries, body)
            disk.write_atomic(own, json.dumps(card, ensure_ascii=False).encode())
        day = dt.date.fromisoformat(card["at"][:10])
        with body.open("rb") as file:
            head = file.read(1 << 16)
        return card, Answer(card["status"], card["headers"], head, card["bytes"], body.read_bytes, day)

    def _fetch(self, request: Request, body: Path, known: Line | None) -> tuple[Answer, int]:
        headers = known["headers"] if known and "file" in known else {}
        since = web.Validators(headers.get("etag", ""), headers.get("last-modified", ""))
        part = body.with_name(f"{body.name}.part")
        try:
            answer, tries = self._client.fetch(request, part, since)
        except ComeBackLater as told:
            self._add(request, Outcome("quota", str(told)), {})
            raise
        except PullError as told:
            self._add(request, Outcome("failed", str(told)), {})
            raise
        part.replace(body)
        return answer, tries

    def _card(self, answer: Answer, tries: int, body: Path) -> dict[str, Any]:
        sha256 = disk.hashed(body)
        named = {name: self._client.masked(answer.headers[name]) for name in _NAMED if name in answer.headers}
        return {
            "at": stamp(self._client.clock.now()),
            "status": answer.status,
            "tries": tries,
            "bytes": answer.size,
            "sha256": sha256,
            "headers": named,
        }

    def _settled(
        self, request: Request, answer: Answer, outcome: Outcome, card: dict[str, Any], known: Line | None
    ) -> tuple[Outcome, dict[str, Any]]:
        """Store what is new; return what came of it, and what the manifest says of it."""
        if known and outcome.kind == "same":
            then = tuple(Request.from_json(then) for then in known.get("then", ()))
            headers = {**known["headers"], **card["headers"]}
            facts = {**card, "file": known["file"], "print": known["print"], "headers": headers}
            return replace(outcome, then=then), facts
        if not KINDS[outcome.kind]:
            return outcome, card
        body, _ = self._held(request)
        if self._way.kept:
            part = self._way.kept(answer.body())
            disk.write_atomic(body, part)
            card = {**card, "sha256": raw_id(part), "bytes": len(part)}
        compared = self._way.fingerprint if request.form in _COMPARED else None
        print_ = compared(answer.body()) if compared else card["sha256"]
        if known and known.get("print") == print_:
            same = Outcome("same", "the same figures as when it was pulled", then=outcome.then)
            return same, {**card, "file": known["file"], "print": print_}
        sidecar = self._sidecar(request, answer, outcome, card)
        try:
            done = ingest.take(self._root, sidecar, body)
        except ReadError as told:
            unread = Outcome("unread", str(told), then=outcome.then)
            return unread, {**card, "file": self._keep_unread(sidecar, body)}
        kept = Outcome("same", "the same bytes are stored", then=outcome.then) if done.known else outcome
        return kept, {**card, "file": done.file.path.name, "print": print_}

    def _sidecar(
        self, request: Request, answer: Answer, outcome: Outcome, card: Mapping[str, Any]
    ) -> Sidecar:
        published = outcome.published or request.published
        url = requests.Request("GET", request.url, params=request.params).prepare().url or request.url
        return Sidecar(
            source=self._way.source,
            file=self._free_name(f"{published or answer.day}_{request.file}", card["sha256"]),
            sha256=card["sha256"],
            publisher=self._way.publisher,
            published=published,
            basis=outcome.basis or request.basis or ("page" if published else "row"),
            title=outcome.title or request.title,
            url=self._client.masked(url),
            retrieved=card["at"],
            licence=self._way.licence,
            details={**request.details, **outcome.details},
        )

    def _free_name(self, name: str, sha256: str) -> str:
        """Return the name, or one with the hash in it where another version of that day has taken it."""
        path = self._root / "raw" / self._way.source / name
        if not path.exists() or disk.hashed(path) == sha256:
            return name
        stem, dot, suffix = name.partition(".")
        return f"{stem}_{sha256[:8]}{dot}{suffix}"

    def _keep_unread(self, sidecar: Sidecar, body: Path) -> str:
        path = self._folder / "unread" / sidecar.file
        size = body.stat().st_size
        with disk.told(path.parent):
            path.parent.mkdir(exist_ok=True)
            body.replace(path)
        disk.write_atomic(store.card(path), store.sidecar_text(sidecar, size).encode())
        return str(path.relative_to(self._root.parent))

    def _add(self, request: Request, outcome: Outcome, facts: Mapping[str, Any]) -> Line:
        line = {
            "id": request.id,
            "outcome": outcome.kind,
            "said": self._client.masked(outcome.said),
            "request": request.as_json(),
            **({"at": stamp(self._client.clock.now())} if "at" not in facts else {}),
            **facts,
        }
        more = {
            "rows": outcome.rows,
            "vintage": request.vintage,
            "missing": list(outcome.missing) + ([_label(request)] if outcome.kind == "unpublished" else []),
            "then": [then.as_json() for then in outcome.then],
        }
        return self._manifest.add({**line, **{name: value for name, value in more.items() if value}})

    def _stop(self, request: Request, outcome: Outcome) -> PullError:
        said = self._client.masked(f"{request.url}: {outcome.said}")
        if outcome.kind == "quota":
            return web.come_back(said, self._client.clock.now(), outcome.wait)
        hint = ""
        if self._way.key and not self._client.keyed:
            hint = f"; a key in {self._way.key.variable} may help: {self._way.key.where}"
        return PullError(f"{said}{hint}")

    def _held(self, request: Request) -> tuple[Path, Path]:
        body = self._folder / "held" / request.id
        return body, body.with_name(f"{request.id}.json")

    def _drop(self, request: Request) -> None:
        for path in self._held(request):
            with suppress(OSError):
                path.unlink()


def _silent(done: int, known: int, asked: str) -> None:
    """Show no progress."""


def _held_card(body: Path, own: Path) -> dict[str, Any] | None:
    """Return what is known of a held answer, None unless it is there as it came."""
    if not body.is_file() or not own.is_file():
        return None
    card: dict[str, Any] = json.loads(own.read_text("utf-8"))
    return card if disk.hashed(body) == card["sha256"] else None


def _label(request: Request) -> str:
    return request.covers.get("period") or request.file or request.url
