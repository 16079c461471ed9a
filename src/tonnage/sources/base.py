"""What every source has in common: the sidecar, the reading, and a strict CSV reader.

A source is `read(raw bytes, sidecar) -> Reading`: no clock, no disk, no network.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

import polars as pl

from tonnage.errors import CodeError, ReadError, TonnageError, few, nearest
from tonnage.model import flows, releases

if TYPE_CHECKING:
    from tonnage.sources.bulk import Bulk

__all__ = [
    "BASES",
    "REASONS",
    "RECEIPTS",
    "SET_ASIDE",
    "Reading",
    "Row",
    "Sidecar",
    "Source",
    "aside_notes",
    "build_reading",
    "csv_rows",
    "day",
    "decode",
    "flag_conflicts",
    "flag_list",
    "flows_reading",
    "month",
    "nothing_read",
    "raw_id",
    "records_reading",
    "refuse_details",
    "too_early",
    "whole_receipt",
]

#: Rows that could not be read, and why.
SET_ASIDE: Final = pl.Schema({"line": pl.UInt32, "text": pl.String, "reason": pl.String})

#: Where a line was seen, how its release day is known, and what is to be said of it.
RECEIPTS: Final = pl.Schema(
    {"raw": pl.String, "line": pl.UInt32, "address": pl.String, "basis": pl.String, "note": pl.String}
)

#: Reasons that are told apart in the notes of a file; every record set aside has its own.
REASONS: Final = 5

Row = Mapping[str, str]

#: One record of a file, in whatever form its source reads it.
Record = TypeVar("Record")

#: How a release day may be known -> whether it is our inference, so that its rows are flagged.
BASES: Final[dict[str, bool]] = {
    "page": False,
    "printed_calendar": False,
    "file_name": False,
    "given": False,
    "usual_day": True,
    "retrieved": True,  # the day it was fetched: by then it was out
    "unverified": True,
}

_DAY: Final = re.compile(r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What is known of a raw file besides its bytes.

    Attributes:
        source: id of the source that reads it.
        file: name of the file beside the sidecar.
        sha256: 64 hex digits over the file's bytes.
        publisher: who printed the release; rows may name their own.
        published: day of release, None where each row names its own.
        basis: how that day is known: one of `BASES`, or row where each row says it.
        title, url, retrieved, licence: as far as known, else "".
        details: what a file cannot say itself, named as the FLOWS columns (stage, partner, flow ...).
    """

    source: str
    file: str
    sha256: str
    publisher: str = ""
    published: dt.date | None = None
    basis: str = "row"
    title: str = ""
    url: str = ""
    retrieved: str = ""
    licence: str = ""
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> str:
        """The first 16 hex digits of the hash: the file's name in every row."""
        return self.sha256[:16]

    def detail(self, name: str, allowed: Iterable[str]) -> str:
        """Return a detail that the file cannot say itself.

        Raises:
            ReadError: it is missing or not among `allowed`.
        """
        allowed = list(allowed)
        value = self.details.get(name, "")
        if value in allowed:
            return value
        found = f"found {value!r}" if value else "it is missing"
        raise ReadError(f"{self.file}: detail {name!r}: expected one of {allowed}, {found}; give {name}=...")

    def release_day(self) -> dt.date:
        """Return the day of release, or raise ReadError if nothing says it."""
        if self.published is None:
            raise ReadError(
                f"{self.file}: the day of release is neither in the file nor given;"
                " give published=YYYY-MM-DD (on the command line: --published YYYY-MM-DD)"
            )
        return self.published

    def day_assumed(self) -> bool:
        """Return whether the day of release is an inference, or raise ReadError if nothing says it."""
        if self.basis not in BASES:
            hint = nearest(self.basis, BASES)
            raise ReadError(f"{self.file}: basis: expected one of {list(BASES)}, found {self.basis!r}{hint}")
        return BASES[self.basis]


@dataclass(frozen=True, slots=True)
class Reading:
    """One raw file, read.

    Attributes:
        frame: the rows, in the contract of the source's table.
        set_aside: `SET_ASIDE`: lines that could not be read.
        notes: what was told: encoding, truncation, repairs, composition.
        records: records in the file; those in `frame` and those set aside add up to it.
        receipts: `RECEIPTS`: where each line was seen.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame
    notes: tuple[str, ...]
    records: int
    receipts: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Source:
    """One publisher format: what it is, how to get it, and the function that reads it.

    Attributes:
        table: flows, events, releases, quotas: the contract of the rows.
        suffixes: endings of file names it reads.
        days_in_file: True where each row names its own release day.
        day_in_name: the day of release as the publisher's file name says it, None where it does not.
        kept: True for text that tonnage itself writes and changes: it has no sidecar.
    """

    id: str
    title: str
    table: str
    licence: str
    how: str
    read: Callable[[bytes, Sidecar], Reading]
    suffixes: tuple[str, ...] = (".csv",)
    days_in_file: bool = False
    bulk: Callable[[str], Bulk | None] = lambda _name: None
    day_in_name: Callable[[str], dt.date | None] = lambda _name: None
    kept: bool = False


def nothing_read(sidecar: Sidecar, records: int, set_aside: pl.DataFrame) -> ReadError:
    """Return the error of a file of which not one record can be read, with the first reason."""
    told = f"{sidecar.file}: not one of {records} records could be read"
    for line, _, reason in set_aside.head(1).iter_rows():
        told += f"; the first reason, of line {line}: {reason}"
    return ReadError(told)


def aside_notes(reasons: Mapping[str, tuple[int, float]], printed: float) -> list[str]:
    """Return the commonest reasons for which records were set aside, with their share of the value printed.

    Args:
        reasons: reason -> (records, their value).
        printed: the value of the whole file.
    """
    ordered = sorted(reasons.items(), key=lambda item: (-item[1][0], item[0]))
    told = []
    for reason, (count, value) in ordered[:REASONS]:
        share = f", {value / printed:.2%} of the value printed" if printed else ""
        told.append(f"{count:,} set aside{share}: {reason}")
    more = len(ordered) - REASONS
    return [*told, f"and {more:,} other reasons"] if more > 0 else told


def whole_receipt(sidecar: Sidecar) -> pl.DataFrame:
    """Return the receipt of a file whose lines all have the same: line 0 stands for every one of them."""
    return pl.DataFrame([(sidecar.raw, 0, sidecar.url, sidecar.basis, "")], schema=RECEIPTS, orient="row")


def refuse_details(sidecar: Sidecar, allowed: Sequence[str]) -> None:
    """Refuse a detail that the source does not ask for: it would be said and not be heard.

    Raises:
        ReadError: there is one.
    """
    unknown = [name for name in sidecar.details if name not in allowed]
    if unknown:
        raise ReadError(
            f"{sidecar.file}: detail {unknown[0]!r}: expected one of {list(allowed)}"
            f"{nearest(unknown[0], allowed)}"
        )


def raw_id(raw: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 hex digits."""
    return hashlib.sha256(raw).hexdigest()


def decode(raw: bytes, sidecar: Sidecar, encodings: Sequence[str] = ("utf-8-sig",)) -> tuple[str, str]:
    """Return the text and the encoding that read every byte of it.

    Raises:
        ReadError: no encoding of the list does, or the text holds a NUL character.
    """
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise ReadError(f"{sidecar.file}: holds a NUL character: is it a text file?")
        return text, encoding
    raise ReadError(f"{sidecar.file}: expected text in {' or '.join(encodings)}; some bytes of it are not")


def csv_rows(text: str, sidecar: Sidecar, columns: Sequence[str]) -> Iterator[tuple[int, str, Row | str]]:
    """Yield (line, text, row) for each record of a CSV with exactly these columns, in any order.

    A ragged record comes as its reason (a string) in place of the row. `line` is the record's first line.

    Raises:
        ReadError: a column is unknown, missing or twice there, or there is no record.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        _check_header(header, sidecar, columns)
        start = reader.line_num + 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not cells:
                continue
            joined = ",".join(cells)
            if len(cells) != len(header):
                yield line, joined, f"expected {len(header)} fields, found {len(cells)}"
            else:
                yield line, joined, dict(zip(header, cells, strict=True))
    except csv.Error as fault:
        raise ReadError(f"{sidecar.file}: line {reader.line_num}: not a CSV record: {fault}") from fault


def _check_header(header: list[str], sidecar: Sidecar, columns: Sequence[str]) -> None:
    unknown = [c for c in header if c not in columns]
    missing = [c for c in columns if c not in header]
    if unknown or missing or len(set(header)) != len(header):
        hints = "".join(nearest(c, missing) for c in unknown)
        raise ReadError(
            f"{sidecar.file}: line 1: expected the {len(columns)} columns of this source; "
            f"unknown: {few(unknown)}; missing: {few(missing)}{hints}"
        )


def flows_reading(
    raw: bytes,
    sidecar: Sidecar,
    columns: Sequence[str],
    parse: Callable[[Row, Sidecar], Iterable[flows.FlowRow]],
    receipt: Callable[[Row, Sidecar], tuple[str, str, str]],
) -> Reading:
    """Read a CSV of figures: `parse` turns one record into its FLOWS rows, or raises why it cannot.

    `receipt` gives a record's address, basis of the release day, and note.
    """

    def rows(row: Row) -> Iterable[Mapping[str, Any]]:
        return [_after_its_period(figure) for figure in _without_twins(parse(row, sidecar))]

    reading = build_reading(raw, sidecar, columns, rows, receipt, flows.SCHEMA)
    frame = flag_conflicts(reading.frame)
    return Reading(
        flows.check(frame, sidecar.file), reading.set_aside, reading.notes, reading.records, reading.receipts
    )


def build_reading(
    raw: bytes,
    sidecar: Sidecar,
    columns: Sequence[str],
    parse: Callable[[Row], Iterable[Mapping[str, Any]]],
    receipt: Callable[[Row, Sidecar], tuple[str, str, str]],
    schema: pl.Schema,
) -> Reading:
    """Read a CSV record by record; a record that `parse` refuses is set aside with its reason.

    Raises:
        ReadError: the file as a whole cannot be read, or not one record of it can.
    """
    text, encoding = decode(raw, sidecar)
    rows: list[Mapping[str, Any]] = []
    aside: list[tuple[int, str, str]] = []
    receipts: list[tuple[str, int, str, str, str]] = []
    records = 0
    for line, shown, row in csv_rows(text, sidecar, columns):
        records += 1
        try:
            parsed = _parsed(row, parse)
        except TonnageError as fault:
            aside.append((line, shown, str(fault)))
            continue
        rows.extend({**values, "raw": sidecar.raw, "line": line} for values in parsed)
        if not isinstance(row, str):
            receipts.append((sidecar.raw, line, *receipt(row, sidecar)))
    if not rows:
        raise ReadError(f"{sidecar.file}: not one of {records} records could be read; {_first(aside)}")
    return Reading(
        frame=pl.DataFrame(rows, schema=schema),
        set_aside=pl.DataFrame(aside, schema=SET_ASIDE, orient="row"),
        notes=(f"encoding {encoding}",),
        records=records,
        receipts=pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
    )


def _parsed(row: Row | str, parse: Callable[[Row], Iterable[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    if isinstance(row, str):
        raise ReadError(row)
    found = list(parse(row))
    if not found:
        raise ReadError("nothing is printed in it")
    return found


def _first(aside: list[tuple[int, str, str]]) -> str:
    if not aside:
        return "the file has a header and nothing else"
    line, _, reason = aside[0]
    return f"the first reason, of line {line}: {reason}"


def _after_its_period(row: flows.FlowRow) -> flows.FlowRow:
    """Refuse a figure that is printed before its months are over: a wrong day would show it too early."""
    over = releases.months_on(row["period"], row["months"])
    if row["published"] < over:
        raise ReadError(too_early(row["published"], over))
    return row


def too_early(day: dt.date | str, over: dt.date | str) -> str:
    """Return why a figure is refused that is printed before what it covers is over.

    Args:
        day: of release, or the place of one in a text that is to be filled in.
        over: the first day after the months covered, or its place.
    """
    return f"day {day}: expected {over} or later, after the months covered"


def _without_twins(rows: Iterable[flows.FlowRow]) -> list[flows.FlowRow]:
    """Drop a row that one record prints twice (January: the month and the year to date are one figure)."""
    kept: list[flows.FlowRow] = []
    for row in rows:
        if row not in kept:
            kept.append(row)
    return kept


def flag_conflicts(frame: pl.DataFrame) -> pl.DataFrame:
    """Flag rows that share a key with another value; all are kept."""
    values = pl.col("value").n_unique().over(flows.KEY)
    flagged = pl.col("flags").list.concat(pl.lit(["conflict"])).list.unique().list.sort()
    return frame.with_columns(flags=pl.when(values > 1).then(flagged).otherwise(pl.col("flags").list.sort()))


def month(text: str) -> dt.date:
    """Return the first day of a month written YYYY-MM.

    Raises:
        ReadError: it is not so written.
    """
    try:
        return day(f"{text}-01")
    except ReadError:
        raise ReadError(f"month {text!r}: expected YYYY-MM") from None


def day(text: str) -> dt.date:
    """Return a day written YYYY-MM-DD.

    Raises:
        ReadError: it is not so written.
    """
    # "2025-1" may be a cut "2025-12", and fromisoformat reads "2025-W51-4" as well.
    try:
        if _DAY.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError:
        pass
    raise ReadError(f"day {text!r}: expected YYYY-MM-DD") from None


def flag_list(text: str) -> list[str]:
    """Return flags written with semicolons between them.

    Raises:
        CodeError: one is not in `flows.FLAGS`; the nearest are offered.
    """
    flags = [flag for flag in text.split(";") if flag]
    unknown = [flag for flag in flags if flag not in flows.FLAGS]
    if unknown:
        hint = nearest(unknown[0], flows.FLAGS)
        raise CodeError(f"flags: expected flags of {sorted(flows.FLAGS)}, found {unknown}{hint}")
    return flags


def records_reading(
    records: Iterable[tuple[int, str, Record | ReadError]],
    sidecar: Sidecar,
    parse: Callable[[Record], Iterable[flows.FlowRow]],
    receipt: Callable[[Record], tuple[str, str, str]],
    notes: Sequence[str],
) -> Reading:
    """Read figures record by record from any form of file; a record that is refused is set aside.

    Args:
        records: (line, text, record), or the reason why there is none in place of the record.
        sidecar: what is known of the file.
        parse: turns one record into its FLOWS rows, or raises why it cannot.
        receipt: a record's address, basis of the release day, and note.
        notes: what is told of the file.

    Raises:
        ReadError: not one record can be read.
    """
    rows: list[Mapping[str, Any]] = []
    aside: list[tuple[int, str, str]] = []
    receipts: list[tuple[str, int, str, str, str]] = []
    for line, shown, record in records:
        try:
            if isinstance(record, ReadError):
                raise record
            figures = [_after_its_period(figure) for figure in _without_twins(parse(record))]
            if not figures:
                raise ReadError("nothing is printed in it")
        except TonnageError as fault:
            aside.append((line, shown, str(fault)))
            continue
        rows.extend({**figure, "raw": sidecar.raw, "line": line} for figure in figures)
        receipts.append((sidecar.raw, line, *receipt(record)))
    count = len(receipts) + len(aside)
    if not rows:
        raise ReadError(f"{sidecar.file}: not one of {count} records could be read; {_first(aside)}")
    return Reading(
        frame=pl.DataFrame(rows, schema=flows.SCHEMA),
        set_aside=pl.DataFrame(aside, schema=SET_ASIDE, orient="row"),
        notes=tuple(notes),
        records=count,
        receipts=pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
    )
