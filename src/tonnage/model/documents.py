"""The DOCUMENTS table: one row is one article. Headline, link, date and our own summary; never its text."""

from __future__ import annotations

import re
from typing import Any, Final

import polars as pl

from tonnage.errors import ContractError, nearest

__all__ = ["BASES", "FLAGS", "HEADLINE", "KINDS", "PRECISIONS", "REPAIR", "SCHEMA", "check", "known_day"]

#: What kind of page it is.
KINDS: Final[dict[str, str]] = {
    "official": "a ministry, a customs office or another public body speaks for itself",
    "wire": "an agency's report, also where another site carries it under the agency's tag",
    "news": "a newspaper, a broadcaster or a news site, and every page nothing else is known of",
    "trade_press": "a price reporter or a site of one industry",
    "aggregator": "a site that carries other publishers' reports",
    "commentary": "an opinion piece: proposes nothing on its own",
    "machine_text": "written, rewritten or translated by a machine: proposes nothing on its own",
}

#: How exactly the day of publication is known.
PRECISIONS: Final = ("minute", "day", "month", "unknown")

#: Where the date is from -> whether it is the article's own. A date that is not stands in `item_date`.
BASES: Final[dict[str, bool]] = {
    "page": True,
    "feed": True,
    "front_matter": True,
    "dateline": True,
    "given": True,
    "front_matter_of_cluster": False,
    "feed_of_cluster": False,
    "seendate": False,
    "none": False,
}

#: The closed list of flags, each with its meaning.
FLAGS: Final[dict[str, str]] = {
    "cluster_date_only": "only the item it came in is dated, not the article",
    "date_unclear": "a date is printed, but its day and month cannot be told apart",
    "encoding_assumed": "the file does not say its encoding and is not UTF-8; the likeliest was taken",
    "machine_text": "written, rewritten or translated by a machine",
    "near_copy": "its wording is that of an earlier article of the same file: see copy_of",
    "no_headline": "no headline is told apart from the text",
    "opinion": "an opinion piece",
    "undated": "nothing says when it was published",
}

#: One kind of repair made in a document: how often, and whether another reading was possible.
REPAIR: Final = pl.Struct({"rule": pl.String(), "count": pl.UInt32(), "assumed": pl.Boolean()})

#: `published` is a month, a day, or a time with its offset, as far as it was printed; null stays null.
#: `item_date` is the date of the list or cluster it came in, which is not the article's.
SCHEMA: Final = pl.Schema(
    {
        "doc_id": pl.String(),
        "publisher": pl.String(),
        "headline": pl.String(),
        "url": pl.String(),
        "published": pl.String(),
        "published_precision": pl.Enum(list(PRECISIONS)),
        "published_basis": pl.Enum(list(BASES)),
        "item_date": pl.String(),
        "language": pl.String(),
        "kind": pl.Enum(list(KINDS)),
        "repairs": pl.List(REPAIR),
        "flags": pl.List(pl.String()),
        "cluster": pl.String(),
        "copy_of": pl.String(),
        "summary": pl.String(),
        "raw": pl.String(),
        "line": pl.UInt32(),
    }
)

#: Longest headline in characters. What is longer is a text, and no text is held.
HEADLINE: Final = 500

_NULLABLE: Final = ("headline", "url", "published", "item_date", "cluster", "copy_of")
_DOC_ID: Final = re.compile(r"[0-9a-f]{16}")
_DATE: Final[dict[str, re.Pattern[str]]] = {
    "minute": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?[+-]\d\d:\d\d"),
    "day": re.compile(r"\d{4}-\d\d-\d\d"),
    "month": re.compile(r"\d{4}-\d\d"),
}


def known_day() -> pl.Expr:
    """Return the day by whose end a document was out, null where nothing is dated.

    It is the calendar day as printed; a month counts from its last day; for a document that bears no date
    of its own it is the day of the list or cluster it came in.
    """
    text = pl.coalesce("published", "item_date")
    day = text.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    first = pl.concat_str(text.str.slice(0, 7), pl.lit("-01"))
    month = first.str.to_date("%Y-%m-%d", strict=False).dt.month_end()
    return pl.when(text.str.len_chars() > len("2026-01")).then(day).otherwise(month)


def check(frame: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return `frame` unchanged if it keeps the DOCUMENTS contract.

    Args:
        frame: rows with the columns of `SCHEMA`, in its order.
        where: what to name in an error, usually the raw file.

    Raises:
        ContractError: a column or type differs, a cell is null that may not be, a doc_id is used twice, a
            date is not of its precision and basis, a flag is unknown, or a headline is as long as a text.
    """
    if frame.schema != SCHEMA:
        raise ContractError(f"{where}: expected columns {dict(SCHEMA)}, found {dict(frame.schema)}")
    nulls = [c for c in frame.columns if c not in _NULLABLE and frame[c].null_count()]
    if nulls:
        raise ContractError(f"{where}: columns {nulls} hold nulls; only {list(_NULLABLE)} may")
    twice = frame.filter(pl.col("doc_id").is_duplicated())["doc_id"].unique().sort().to_list()
    if twice:
        raise ContractError(f"{where}: doc_id: expected each once, found {twice} more than once")
    known = set(frame["doc_id"])
    for row in frame.iter_rows(named=True):
        told = _date_fault(row) or _fault(row, known)
        if told:
            raise ContractError(f"{where}: line {row['line']}: {told}")
    return frame


def _fault(row: dict[str, Any], known: set[str]) -> str:
    unknown = [flag for flag in row["flags"] if flag not in FLAGS]
    if unknown:
        return f"flags: expected flags of {sorted(FLAGS)}, found {unknown}{nearest(unknown[0], FLAGS)}"
    if not _DOC_ID.fullmatch(row["doc_id"]):
        return f"doc_id: expected 16 hex digits, found {row['doc_id']!r}"
    if len(row["headline"] or "") > HEADLINE:
        return f"headline: expected at most {HEADLINE} characters, found {len(row['headline'])}"
    if row["copy_of"] is not None and row["copy_of"] not in known - {row["doc_id"]}:
        return f"copy_of: expected another doc_id of the file, found {row['copy_of']!r}"
    return ""


def _date_fault(row: dict[str, Any]) -> str:
    published, precision, basis = row["published"], row["published_precision"], row["published_basis"]
    if BASES[basis] != (published is not None):
        return (
            f"published: basis {basis!r} expects {'a date' if BASES[basis] else 'none'}, found {published!r}"
        )
    form = _DATE.get(precision)
    if (form is None) != (published is None) or (form and not form.fullmatch(published)):
        return f"published: precision {precision!r}: expected a date of that form, found {published!r}"
    if row["item_date"] is not None and not any(f.fullmatch(row["item_date"]) for f in _DATE.values()):
        return f"item_date: expected a month, a day or a time with its offset, found {row['item_date']!r}"
    return ""
