"""How a source is asked over the network, as plans and verdicts: nothing here opens a connection or a file.

A protocol is two pure functions. `plan` turns what is asked into the first requests. `judge` reads one answer
and says what it is and what is asked next: the next page, the files of a list, the halves of what was cut.
The ledger does the rest: it sends, waits, stores, remembers, and goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from tonnage.errors import CodeError, ParameterError, PullError, nearest
from tonnage.model import partners
from tonnage.model.codes import resolve_country
from tonnage.model.releases import months_on

__all__ = [
    "FORMS",
    "KINDS",
    "PARAMETERS",
    "Answer",
    "Asked",
    "Key",
    "Outcome",
    "Protocol",
    "Request",
    "common",
    "dated",
    "halves",
    "hash_of_rows",
    "is_recent",
    "is_whole",
    "looks_like_html",
    "month_code",
    "months_between",
    "readable",
    "refused",
    "speaks_of_quota",
    "too_big",
]

#: What may be asked, named as the FLOWS columns where there is one.
PARAMETERS: Final[dict[str, str]] = {
    "reporter": "whose customs counted: ISO codes with commas between them",
    "partner": "ISO codes with commas between them, WLD for the publisher's own world total",
    "flow": "export, import, re-export, re-import; commas between them",
    "commodity": "codes as the publisher writes them, commas between them",
    "period": "a month (2026-01), months (2025-01:2025-12), a year (2025) or years (2024:2025)",
    "classification": "the scheme of the codes, as the publisher names it",
    "level": "digits of the codes, instead of single codes",
    "form": "which of the publisher's ways of giving its data",
    "id": "the publisher's numbers of single files, commas between them",
    "release": "which release, where a publisher numbers them",
    "title": "the title of a table, where the publisher's page does not give it",
}

#: What an answer may turn out to be, and whether its bytes are kept.
KINDS: Final[dict[str, bool]] = {
    "rows": True,  # data
    "empty": False,  # a good question without rows
    "unpublished": False,  # not out yet
    "list": False,  # says what to ask next
    "split": False,  # cut at a limit: asked again in parts
    "same": False,  # nothing new since it was last asked
    "quota": False,  # no more calls today
    "refused": False,  # the question, the key or the address is wrong
    "blocked": False,  # something else than data: a page for people, a challenge
    "passed": False,  # one of many that could not be had; the others are asked all the same
}

#: Forms of an answer -> what a complete one begins and ends with, where that is fixed.
FORMS: Final[dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]]] = {
    "json": ((b"{", b"["), (b"}", b"]")),
    "xml": ((b"<",), (b">",)),
    "html": ((), ()),
    "csv": ((), ()),
    "gz": ((b"\x1f\x8b",), ()),
    "7z": ((b"7z\xbc\xaf\x27\x1c",), ()),
    "zip": ((b"PK\x03\x04",), ()),
}

_BOM: Final = b"\xef\xbb\xbf"
_BLANK: Final = b" \t\r\n"
_ZIP_END: Final = b"PK\x05\x06"
_7Z_HEADER: Final = 32
_TOLD: Final = 300  # characters of a publisher's message that are shown

_MONTH: Final = re.compile(r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_QUOTA: Final = re.compile(r"quota|rate limit|too many requests", re.I)
_HTML: Final = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)


@dataclass(frozen=True, slots=True)
class Key:
    """The key a publisher asks for. It is read from the environment and is never part of a `Request`.

    Attributes:
        variable: the environment variable that holds it.
        header, query: the name under which it is sent; one of them.
        needed: False where there is a public way without it.
        where: where a key is had.
    """

    variable: str
    where: str
    header: str = ""
    query: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask; without the key, so that it can be shown and stored.

    Attributes:
        url, params, data, headers: what is sent; with `data` it is a POST of a form.
        form: what is expected back, one of `FORMS`.
        file: name of the file in the store; "" for a list that is read and not kept.
        covers: what is asked for, named as the parameters; a protocol may keep its own notes there.
        details, title, published, basis: what the request itself knows for the sidecar.
        vintage: which version of the data it will give, where the publisher says so; the same again is not
            asked for.
        keyed: whether the key goes with it.
        seconds: the time it may take in all.
    """

    url: str
    params: tuple[tuple[str, str], ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    form: str = "json"
    file: str = ""
    covers: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    published: dt.date | None = None
    basis: str = ""
    vintage: str = ""
    keyed: bool = False
    seconds: int = 300

    @property
    def id(self) -> str:
        """What names the question in a manifest: a hash of what is sent and of what it is for."""
        sent = json.dumps([self.url, self.params, self.data, dict(self.covers)])
        return hashlib.sha256(sent.encode()).hexdigest()[:16]

    def param(self, name: str) -> str:
        """Return a parameter that is sent, "" if it is not."""
        return dict(self.params).get(name, "")

    def having(self, **params: str) -> Request:
        """Return the same question with other values of some parameters, in their places."""
        kept = tuple((name, params.pop(name, value)) for name, value in self.params)
        return replace(self, params=(*kept, *params.items()))

    def as_json(self) -> dict[str, Any]:
        """Return what `from_json` makes it of again, without what is at its default."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if self.published:
            values["published"] = self.published.isoformat()
        blank = Request("")
        return {k: v for k, v in values.items() if k == "url" or v != getattr(blank, k)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Request:
        """Return the request that `as_json` wrote."""
        made = dict(values)
        for name in ("params", "data", "headers"):
            made[name] = tuple((k, v) for k, v in values.get(name, ()))
        if made.get("published"):
            made["published"] = dt.date.fromisoformat(made["published"])
        return cls(**made)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers (names in lower case), the first bytes, and the rest on demand.

    Attributes:
        day: the day it came, in UTC.
    """

    status: int
    headers: Mapping[str, str]
    head: bytes
    size: int
    body: Callable[[], bytes]
    day: dt.date

    @property
    def text(self) -> str:
        """The whole of it as text; what is not UTF-8 is shown as such."""
        return self.body().decode("utf-8-sig", "replace")

    def json(self) -> Any:
        """Return it as JSON.

        Raises:
            PullError: it is none.
        """
        try:
            return orjson.loads(self.body().removeprefix(_BOM))
        except orjson.JSONDecodeError as fault:
            raise PullError(f"expected JSON, found {readable(self.head)!r}: {fault}") from None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer is.

    Attributes:
        kind: one of `KINDS`.
        said: why, in words for the user.
        rows: records in it, where they were counted.
        then: what is asked next.
        missing: what a list of the publisher does not hold yet of what was asked for.
        published, basis, title, details: what the answer itself says for the sidecar.
        wait: seconds until the publisher answers again, where it says so.
    """

    kind: str
    said: str = ""
    rows: int | None = None
    then: tuple[Request, ...] = ()
    missing: tuple[str, ...] = ()
    published: dt.date | None = None
    basis: str = ""
    title: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user asks of a source.

    Attributes:
        given: parameters as given, each one of `PARAMETERS`.
        today: the day it is asked.
        keyed: whether the key of the source is set.
        settings: what the workspace's own file for the source holds (`Protocol.settings`).
    """

    given: Mapping[str, str]
    today: dt.date
    keyed: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as given.

        Raises:
            ParameterError: it is needed and not given.
        """
        value = self.given.get(name, default)
        if not value:
            raise ParameterError(f"--{name}: expected {PARAMETERS[name]}; it is missing")
        return value

    def listed(self, name: str, default: str = "") -> list[str]:
        """Return the values of a parameter that takes several, each once; none without a default."""
        text = self.given.get(name, default)
        return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))

    def chosen(self, name: str, codes: Mapping[str, str], default: str = "") -> list[str]:
        """Return the publisher's codes for the values of a parameter.

        Raises:
            ParameterError: a value is none of those.
        """
        found = self.listed(name, default)
        for value in found:
            if value not in codes:
                hint = nearest(value, codes)
                raise ParameterError(f"--{name} {value!r}: expected some of {list(codes)}{hint}")
        return [codes[value] for value in found]

    def countries(self, name: str, scheme: str, default: str = "") -> list[str]:
        """Return the publisher's codes for the countries of a parameter: ISO codes, or its own as given.

        Raises:
            ParameterError: the publisher has no code for a country, or there is no such country or code.
        """
        return [code for value in self.listed(name, default) for code in _codes(name, scheme, value)]

    def months(self) -> list[dt.date]:
        """Return the months of the period.

        Raises:
            ParameterError: it is missing or not written so, ends before it begins, or lies in the future.
        """
        text = self.text("period")
        first, last = _ends(text)
        if last < first:
            raise ParameterError(f"--period {text!r}: expected the earlier month first")
        if first > self.today:
            raise ParameterError(f"--period {text!r}: lies after today, {self.today}")
        return list(months_between(first, last))

    def years(self) -> list[int] | None:
        """Return the years of a period given in years, None if it is given in months."""
        if all(_YEAR.fullmatch(part) for part in self.text("period").split(":")):
            return sorted({month.year for month in self.months()})
        return None


@dataclass(frozen=True, slots=True)
class Protocol:
    """How one source is pulled.

    Attributes:
        source: id of the source that reads what is pulled.
        plan: what is asked first.
        judge: what an answer is, and what is asked next.
        takes: the parameters it knows -> what they are for this source.
        limits: what the publisher allows, in words.
        key: the key it takes, if any.
        pause: least seconds between two requests to the publisher.
        fingerprint: a hash of what an answer says, where the same data come in other bytes each time.
        kept: what of an answer is stored, where not all of it may be.
        settings: name of a TOML file in the data folder that says what is pulled.
        publisher, licence: for the sidecar.
    """

    source: str
    plan: Callable[[Asked], list[Request]]
    judge: Callable[[Request, Answer], Outcome]
    takes: Mapping[str, str]
    limits: str
    key: Key | None = None
    pause: float = 1.0
    fingerprint: Callable[[bytes], str] | None = None
    kept: Callable[[bytes], bytes] | None = None
    settings: str = ""
    publisher: str = ""
    licence: str = ""

    def check(self, given: Mapping[str, str]) -> None:
        """Accept parameters this source takes.

        Raises:
            ParameterError: one is not taken.
        """
        for name in given:
            if name not in self.takes:
                hint = nearest(name, self.takes)
                raise ParameterError(
                    f"--{name}: {self.source} takes {', '.join(f'--{n}' for n in self.takes)}{hint}"
                )


def common(request: Request, answer: Answer) -> Outcome | None:
    """Return what an answer is when its status or its form alone say so, None when the source has to look.

    200 with a page for people, 200 without a byte and 204 are three things: blocked, and twice no rows.
    """
    if answer.status == 304:
        return Outcome("same", "not changed since it was last asked")
    if answer.status == 204 or (answer.status == 200 and answer.size == 0):
        return Outcome("empty", "no rows")
    if answer.status != 200:
        return refused(answer)
    if request.form != "html" and looks_like_html(answer):
        return Outcome("blocked", f"expected {request.form}, found a web page{_heading(answer)}")
    starts, _ = FORMS[request.form]
    if starts and not answer.head.removeprefix(_BOM).lstrip(_BLANK).startswith(starts):
        return Outcome("blocked", f"expected {request.form}, found {readable(answer.head)!r}")
    return None


def refused(answer: Answer) -> Outcome:
    """Return the outcome of an answer whose status is an error; 403 is as often a quota as a key."""
    if answer.status == 403 and speaks_of_quota(answer):
        return Outcome("quota", readable(answer.head))
    words = {
        400: "the publisher refuses the question",
        401: "the key is missing or not accepted",
        403: "not allowed: the key, or access from here, is refused",
        404: "there is nothing at this address",
        410: "there is nothing at this address any more",
        413: "the question is too big",
        414: "the address is too long",
    }
    told = words.get(answer.status, "the publisher refuses")
    message = "" if looks_like_html(answer) else readable(answer.head)
    return Outcome("refused", f"HTTP {answer.status}: {told}" + (f": {message}" if message else ""))


def speaks_of_quota(answer: Answer) -> bool:
    """Return whether a publisher's message is about how often it may be asked."""
    return bool(_QUOTA.search(readable(answer.head))) and not looks_like_html(answer)


def too_big(answer: Answer) -> bool:
    """Return whether the publisher says that the question has to be split."""
    marks = (b"EXTRACTION_TOO_BIG", b"Request URL Too Long")
    return answer.status in (413, 414) or any(mark in answer.head for mark in marks)


def looks_like_html(answer: Answer) -> bool:
    """Return whether an answer is a page for people."""
    return bool(_HTML.match(answer.head.removeprefix(_BOM)))


def _heading(answer: Answer) -> str:
    found = re.search(rb"<title[^>]*>(.*?)</title>", answer.head, re.I | re.S)
    return f" titled {readable(found[1])!r}" if found else ""


def readable(raw: bytes) -> str:
    """Return the beginning of some bytes as one line of text."""
    return " ".join(raw[: 4 * _TOLD].decode("utf-8", "replace").split())[:_TOLD]


def is_whole(form: str, head: bytes, tail: bytes, size: int) -> bool:
    """Return whether a body ends as one of its form does: a server may cut one and still call it complete.

    Args:
        form: one of `FORMS`.
        head: the first bytes.
        tail: the last bytes.
        size: bytes in all.
    """
    starts, ends = FORMS[form]
    if starts and not head.removeprefix(_BOM).lstrip(_BLANK).startswith(starts):
        return True  # something else than asked for: the judge says what
    if form == "zip":
        return _ZIP_END in tail
    if form == "7z":
        return size >= _7z_length(head)
    return not ends or tail.rstrip(_BLANK).endswith(ends)


def _7z_length(head: bytes) -> int:
    """Return how long an archive says it is: its end is named at its beginning."""
    offset, length = (int.from_bytes(head[at : at + 8], "little") for at in (12, 20))
    return _7Z_HEADER + offset + length


def halves(request: Request, name: str, separator: str = ",") -> tuple[Request, ...]:
    """Return the question in two, each with half the values of a parameter; nothing if there is only one."""
    values = request.param(name).split(separator)
    if len(values) < 2:
        return ()
    cut = len(values) // 2
    return tuple(request.having(**{name: separator.join(part)}) for part in (values[:cut], values[cut:]))


def _codes(name: str, scheme: str, value: str) -> list[str]:
    """Return the codes by which a publisher names a country today."""
    table = partners.partner_codes(scheme)
    if value in table and not value.isalpha():
        return [value]
    try:
        iso = resolve_country(value)
    except CodeError as told:
        raise ParameterError(f"--{name}: {told}") from None
    found = [code for code, said in table.items() if said[-1].iso == iso and said[-1].until is None]
    if not found:
        raise ParameterError(f"--{name} {value!r}: the publisher's list ({scheme}) has no code for {iso}")
    return found


def _ends(text: str) -> tuple[dt.date, dt.date]:
    first, colon, last = text.partition(":")
    ends = (first, last if colon else first)
    if all(_MONTH.fullmatch(end) for end in ends):
        return dt.date.fromisoformat(f"{ends[0]}-01"), dt.date.fromisoformat(f"{ends[1]}-01")
    if all(_YEAR.fullmatch(end) for end in ends):
        return dt.date(int(ends[0]), 1, 1), dt.date(int(ends[1]), 12, 1)
    raise ParameterError(f"--period {text!r}: expected {PARAMETERS['period']}")


def months_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield the first day of each month from one to another, both included."""
    month = first
    while month <= last:
        yield month
        month = months_on(month, 1)


def is_recent(month: dt.date, today: dt.date, days: int) -> bool:
    """Return whether a month has been over for fewer days than a publisher may take, or is not over yet."""
    return today < months_on(month, 1) + dt.timedelta(days=days)


def hash_of_rows(rows: Iterable[Any]) -> str:
    """Return a hash of the rows of an answer in an order of our own: the publisher's is not stable."""
    told = sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS) for row in rows)
    return hashlib.sha256(b"\n".join(told)).hexdigest()


def dated(answer: Answer) -> tuple[dt.date, str]:
    """Return the day of an answer and its basis: that of the file by the server's word, else when it came."""
    try:
        return parsedate_to_datetime(answer.headers.get("last-modified", "")).date(), "page"
    except (TypeError, ValueError):
        return answer.day, "retrieved"


def month_code(month: dt.date) -> str:
    """Return a month as YYYYMM."""
    return f"{month:%Y%m}"
