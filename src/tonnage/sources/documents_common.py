"""What the sources of documents share: bytes to text, and articles as found to rows of DOCUMENTS.

A source says what it found of an article (`Found`); its text goes along for the language, the marks and the
copies, and is dropped: no row holds it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from tonnage.errors import ReadError
from tonnage.model import documents, language
from tonnage.sources import documents_names as names
from tonnage.sources.base import RECEIPTS, SET_ASIDE, Reading, Sidecar
from tonnage.sources.documents_copies import copies
from tonnage.sources.documents_dates import Stamp
from tonnage.sources.documents_text import is_machine_text, is_opinion
from tonnage.sources.text_repair import Repair, mend

__all__ = ["MAX_BYTES", "MAX_RECORDS", "Decoded", "Found", "Table", "decoded", "item_id", "reading", "table"]

#: Largest file and most articles in one. A saved page with its pictures is a tenth of it.
MAX_BYTES: Final = 20_000_000
MAX_RECORDS: Final = 2_000

#: How other kinds of file begin. An archive is refused, never unpacked.
_MAGIC: Final = {
    b"PK\x03\x04": "a zip archive",
    b"PK\x05\x06": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a rar archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\xd0\xcf\x11\xe0": "an old Office file",
}
_BOMS: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}

#: Where a file names its own encoding: XML declaration, HTML meta.
_DECLARED: Final = re.compile(
    rb"<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w.:-]{1,30})|<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,30})",
    re.IGNORECASE,
)

#: Encodings a page may name; a name of a part stands for the whole, since pages use more than they name.
_ENCODING: Final = re.compile(
    r"gb18030|cp932|euc-?jp|iso-2022-jp|euc-?kr|cp949|big5(?:-?hkscs)?|windows-\d{3,4}|iso-8859-\d{1,2}|koi8-[ru]"
    r"|tis-620|utf-16(?:le|be)?|us-ascii|latin-?1|macintosh"
)
_WIDER: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "iso-8859-1": "cp1252",
}

#: Encodings tried last -> characters that a text of them is full of, and the share they must have of what is
#: not ASCII.
_LIKELY: Final = {
    "gb18030": (re.compile("[的一是在有不了人国大年中出为口稀土月日]"), 0.05),
    "cp932": (re.compile("[\u3041-\u3096\u30a1-\u30f6]"), 0.2),
    "euc_kr": (re.compile("[\uac00-\ud7a3]"), 0.5),
    "big5": (re.compile("[的一是在有不了人國大年中出為口稀土月日]"), 0.05),
    "cp1252": (re.compile("[à-öù-ýÀÉÜÖÄßŠšœ‘’“”–—…€«»°\u00a0]"), 0.8),
}
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")

#: Controls, marks that turn the writing direction, and signs of no width: never part of a headline.
_INVISIBLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

_LANGUAGES: Final = {
    "english": "en",
    "chinese": "zh-Hans",
    "japanese": "ja",
    "korean": "ko",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "portuguese": "pt",
    "vietnamese": "vi",
    "italian": "it",
    "russian": "ru",
    "indonesian": "id",
    "dutch": "nl",
    "turkish": "tr",
    "polish": "pl",
    "arabic": "ar",
    "zh": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-hans": "zh-Hans",
    "zh-hant": "zh-Hant",
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as text, and how it came to be."""

    text: str
    encoding: str
    assumed: bool

    @property
    def flags(self) -> frozenset[str]:
        """The flags of every article in the file."""
        return frozenset({"encoding_assumed"}) if self.assumed else frozenset()

    @property
    def note(self) -> str:
        """What a reading says of it."""
        return f"encoding {self.encoding}{' (assumed)' if self.assumed else ''}"


@dataclass(frozen=True, slots=True)
class Found:
    """One article as a source found it.

    Attributes:
        title: as printed, with labels and suffixes; "" where none is told apart.
        text: of the article or its description; never stored.
        stamp, basis: when it was published, and where that stands.
        item_date: the date of the list or cluster it came in.
        declared: the language that the page or the list names.
        repairs, flags: what was mended and marked before it was taken apart.
    """

    line: int
    title: str
    publisher: str = ""
    url: str | None = None
    text: str = ""
    stamp: Stamp | None = None
    basis: str = "none"
    item_date: Stamp | None = None
    declared: str = ""
    cluster: str | None = None
    repairs: Counter[Repair] = field(default_factory=Counter)
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Articles as rows, each with its text beside it, and those set aside."""

    rows: list[dict[str, Any]]
    texts: list[tuple[str, str]]
    aside: list[tuple[int, str, str]]


def decoded(raw: bytes, sidecar: Sidecar) -> Decoded:
    """Return the bytes as text: strict UTF-8 first, then what the file says, then the likeliest.

    Raises:
        ReadError: the file is empty, larger than `MAX_BYTES`, an archive, a picture, or no text.
    """
    if not raw.strip():
        raise ReadError(f"{sidecar.file}: expected a document, found an empty file")
    if len(raw) > MAX_BYTES:
        raise ReadError(f"{sidecar.file}: expected at most {MAX_BYTES:,} bytes, found {len(raw):,}; split it")
    for magic, what in _MAGIC.items():
        if raw.startswith(magic):
            raise ReadError(
                f"{sidecar.file}: expected one document as text, found {what}; unpack or save it as text"
            )
    found = _decode(raw)
    if found is None or _CONTROL.search(found.text):
        raise ReadError(
            f"{sidecar.file}: expected text, found bytes of no known encoding: is it a text file?"
        )
    return found


def _decode(raw: bytes) -> Decoded | None:
    told = _DECLARED.search(raw[:4_000])
    named = (told[1] or told[2]).decode().lower() if told else ""
    named = _WIDER.get(named, named if _ENCODING.fullmatch(named) else "")
    for encoding in filter(None, ("utf-8-sig", _BOMS.get(raw[:2], ""), named)):
        text = _strict(raw, encoding)
        if text is not None:
            return Decoded(text, encoding.removesuffix("-sig"), assumed=False)
    weighed = {encoding: _weight(raw, encoding) for encoding in _LIKELY}
    best = max(weighed, key=lambda encoding: weighed[encoding])
    if weighed[best] >= 1:
        return Decoded(raw.decode(best), best, assumed=True)
    return _with_gaps(raw)


def _with_gaps(raw: bytes) -> Decoded | None:
    """Read UTF-8 of which a few bytes are broken; U+FFFD stands where they were."""
    text = raw.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    whole = len(_NOT_ASCII.findall(text)) - lost
    return Decoded(text, f"utf-8 with {lost} broken places", assumed=True) if 20 * lost <= whole else None


def _strict(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _weight(raw: bytes, encoding: str) -> float:
    text = _strict(raw, encoding)
    if text is None:
        return 0.0
    signs, share = _LIKELY[encoding]
    return len(signs.findall(text)) / len(_NOT_ASCII.findall(text)) / share


def item_id(*parts: str | None) -> str:
    """Return 16 hex digits that stay the same for the same parts."""
    return hashlib.sha256("\n".join(part or "" for part in parts).encode("utf-8", "replace")).hexdigest()[:16]


def table(found: Iterable[Found], sidecar: Sidecar) -> Table:
    """Return articles as rows; one that holds nothing, or stands there twice, is set aside."""
    made = Table([], [], [])
    seen: dict[str, int] = {}
    for entry in found:
        row, text = _row(entry, sidecar)
        reason = _refused(row, text, seen)
        if reason:
            made.aside.append((entry.line, _shown(entry), reason))
            continue
        seen[row["doc_id"]] = entry.line
        made.rows.append(row)
        made.texts.append((row["doc_id"], text))
    _link_copies(made)
    return made


def reading(made: Table, sidecar: Sidecar, notes: Sequence[str]) -> Reading:
    """Return the rows as a reading.

    Raises:
        ReadError: not one article could be read.
    """
    records = len(made.rows) + len(made.aside)
    if not made.rows:
        first = (
            f"the first reason, of line {made.aside[0][0]}: {made.aside[0][2]}"
            if made.aside
            else "it holds none"
        )
        raise ReadError(f"{sidecar.file}: not one of {records} articles could be read; {first}")
    frame = pl.DataFrame(made.rows, schema=documents.SCHEMA)
    # A line may hold several articles, but it has one receipt.
    lines = {row["line"]: row["url"] or sidecar.url for row in reversed(made.rows)}
    receipts = [(sidecar.raw, line, lines[line], sidecar.basis, "") for line in sorted(lines)]
    return Reading(
        frame=documents.check(frame, sidecar.file),
        set_aside=pl.DataFrame(made.aside, schema=SET_ASIDE, orient="row"),
        notes=(*notes, *_repair_notes(made.rows)),
        records=records,
        receipts=pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
    )


def _repair_notes(rows: list[dict[str, Any]]) -> list[str]:
    every: Counter[Repair] = Counter()
    for row in rows:
        every += Counter({(r["rule"], r["assumed"]): r["count"] for r in row["repairs"]})
    return [
        f"mended {rule}: {n}{' assumed' if assumed else ''}" for (rule, assumed), n in sorted(every.items())
    ]


def _row(entry: Found, sidecar: Sidecar) -> tuple[dict[str, Any], str]:
    """Return an article as its row, and its text with the headline on top."""
    repairs = Counter(entry.repairs)
    title, publisher, text = (_clean(part, repairs) for part in (entry.title, entry.publisher, entry.text))
    url = names.link(entry.url)
    publisher = publisher or names.publisher_of(title) or sidecar.publisher or names.host(url)
    headline = names.headline(title, publisher, url)
    whole = "\n\n".join(filter(None, (str(headline), text)))
    stamp = entry.stamp
    flags = _flags(entry, headline, whole, url)
    row = {
        "doc_id": _doc_id(headline or text[:200], publisher, url, stamp),
        "publisher": publisher,
        "headline": str(headline) or None,
        "url": url,
        "published": stamp.text if stamp else None,
        "published_precision": stamp.precision if stamp else "unknown",
        "published_basis": entry.basis,
        "item_date": entry.item_date.text if entry.item_date else None,
        "language": _language(whole, entry.declared),
        "kind": _kind(flags, publisher, url, text),
        "repairs": [{"rule": r, "count": n, "assumed": a} for (r, a), n in sorted(repairs.items()) if n],
        "flags": sorted(flags),
        "cluster": entry.cluster,
        "copy_of": None,
        "summary": "",
        "raw": sidecar.raw,
        "line": entry.line,
    }
    return row, whole


def _clean(text: str, repairs: Counter[Repair]) -> str:
    mended = mend(text)
    repairs += mended.repairs
    plain, count = _INVISIBLE.subn("", mended.text)
    if count:
        repairs["invisible-signs", False] += count
    return plain.strip()


def _doc_id(headline: str, publisher: str, url: str | None, stamp: Stamp | None) -> str:
    plain = " ".join(headline.casefold().split())
    # A link names its page; without one the publisher and the day do.
    return (
        item_id(url, plain) if url else item_id(publisher.casefold(), stamp.text[:10] if stamp else "", plain)
    )


def _flags(entry: Found, headline: names.Headline, whole: str, url: str | None) -> set[str]:
    found = set(entry.flags)
    if entry.stamp is None:
        found.add("cluster_date_only" if entry.basis.endswith("_of_cluster") else "undated")
    if not headline:
        found.add("no_headline")
    if headline.opinion or is_opinion(whole, url):
        found.add("opinion")
    if is_machine_text(whole):
        found.add("machine_text")
    return found


def _kind(flags: set[str], publisher: str, url: str | None, text: str) -> str:
    if "machine_text" in flags:
        return "machine_text"
    if "opinion" in flags:
        return "commentary"
    return "wire" if names.wire_tag(text) else names.kind(publisher, url)


def _language(whole: str, declared: str) -> str:
    """Return the language a text shows, else the one its page names."""
    guessed = language.guess(whole)
    if guessed != language.UNDETERMINED:
        return guessed
    named = declared.strip().lower().replace("_", "-")
    known = _LANGUAGES.get(named) or _LANGUAGES.get(named.split("-")[0])
    return known or (
        named.split("-")[0] if re.fullmatch(r"[a-z]{2,3}(-\w+)*", named) else language.UNDETERMINED
    )


def _refused(row: dict[str, Any], text: str, seen: dict[str, int]) -> str:
    if not text:
        return "neither headline nor text"
    if len(row["headline"] or "") > documents.HEADLINE:
        found = len(row["headline"])
        return f"headline: expected at most {documents.HEADLINE} characters, found {found}: it is a text"
    twin = seen.get(row["doc_id"])
    return f"expected each article once, found the link and headline of line {twin} again" if twin else ""


def _shown(entry: Found) -> str:
    # What is set aside is stored too: a headline's length of it, and the link.
    return " ".join(f"{entry.title[:100]} {(entry.url or '')[:300]}".split())


def _link_copies(made: Table) -> None:
    order = [_moment(row["published"]) for row in made.rows]
    for place, earliest in enumerate(copies([text for _, text in made.texts], order)):
        if earliest is not None:
            made.rows[place]["copy_of"] = made.rows[earliest]["doc_id"]
            made.rows[place]["flags"] = sorted({*made.rows[place]["flags"], "near_copy"})


def _moment(published: str | None) -> str:
    """Return what sorts by time; an undated article comes last."""
    if published is None:
        return "9"
    if "T" not in published:
        return published
    return dt.datetime.fromisoformat(published).astimezone(dt.UTC).isoformat()
