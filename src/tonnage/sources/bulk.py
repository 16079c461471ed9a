"""Reading files of millions of records, block by block, so that memory does not grow with the file.

A block is read by the engine with its types. Where that fails, or a line has not the fields of the header,
the block is read again line by line, so that a bad record is set aside and the others go on; both ways give
the same rows. Codes are looked up once each, not once a record: a row holds numbers that stand for words
(`Coding`).
"""

from __future__ import annotations

import datetime as dt
import gzip
import io
import lzma
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tonnage.errors import ReadError, TonnageError, few
from tonnage.model import flows, packed, releases
from tonnage.sources.base import (
    SET_ASIDE,
    Reading,
    Sidecar,
    aside_notes,
    nothing_read,
    too_early,
    whole_receipt,
)

__all__ = [
    "SCHEMA",
    "SHARED",
    "UNITS",
    "VALUES",
    "WORDS",
    "Block",
    "Bulk",
    "Coding",
    "Layout",
    "Part",
    "Printed",
    "Settled",
    "Tally",
    "settled",
]

_PLACES: Final = 12  # decimal places of a product that are looked for

#: Bytes of text read at a time; of more, each block would be given memory anew by the operating system.
BLOCK: Final = 16 * 2**20

#: Columns that hold words, in the order rows are sorted by; `span` is the first day and the months covered.
WORDS: Final = ("commodity", "partner", "reporter", "flow", "classification", "span")

#: All but commodity and partner.
SHARED: Final = WORDS[2:]

#: Columns of the figures of a row.
UNITS: Final = tuple(packed.slot(n)[0] for n in range(1, packed.SLOTS + 1))
VALUES: Final = tuple(packed.slot(n)[1] for n in range(1, packed.SLOTS + 1))

#: A row in numbers: words (0: none), units (0: no such figure), values, flags as bits, and the line.
SCHEMA: Final = pl.Schema(
    {
        "commodity": pl.UInt32(),
        **dict.fromkeys((*WORDS[1:], *UNITS), pl.UInt16()),
        **dict.fromkeys(VALUES, pl.Float64()),
        "flags": pl.UInt64(),
        "line": pl.UInt32(),
    }
)

# The flags of the figures of a row are bits of one number, a field for each figure.
_FIELD: Final = 21
_BITS: Final = {flag: 1 << place for place, flag in enumerate(sorted(flows.FLAGS))}
_FIELD_MASK: Final = np.uint64((1 << _FIELD) - 1)

Ids = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Meaning = Callable[[str], str]


class Coding:
    """The words of one file by number, from 1 in the order in which they were met; 0 stands for none."""

    def __init__(self) -> None:
        self._words: dict[str, list[str]] = {}
        self._ids: dict[str, dict[str, int]] = {}
        self._sorted: dict[str, list[str]] = {}

    def words(self, column: str) -> list[str]:
        """Return the words of a column by number; the word of 0 is empty."""
        return self._words.setdefault(_family(column), [""])

    def id(self, column: str, word: str) -> int:
        """Return the number of a word, a new one if it was not met before."""
        words = self.words(column)
        ids = self._ids.setdefault(_family(column), {})
        found = ids.get(word)
        if found is None:
            found = ids[word] = len(words)
            words.append(word)
        return found

    def in_order(self, column: str) -> list[str]:
        """Return the words of a column in order; a word's place in it is its rank, that of none is 0."""
        words = self.words(column)
        if len(self._sorted.get(column, ())) != len(words):
            self._sorted[column] = sorted(words)
        return self._sorted[column]

    def ranks(self, column: str) -> npt.NDArray[np.uint64]:
        """Return for each number the rank of its word."""
        rank = {word: place for place, word in enumerate(self.in_order(column))}
        return np.array([rank[word] for word in self.words(column)], np.uint64)

    def field(self, column: str) -> tuple[int, int]:
        """Return where the rank of a column lies in a key: how far it is shifted, and its bits.

        Raises:
            ReadError: the words of all columns do not fit into one key.
        """
        bits = [max(len(self.words(name)) - 1, 1).bit_length() for name in WORDS]
        if sum(bits) > 64:
            raise ReadError("more different codes than one file can hold; split it by period")
        place = WORDS.index(column)
        return sum(bits[place + 1 :]), bits[place]


def _family(column: str) -> str:
    return "unit" if column in UNITS else column


class _Column:
    """The distinct codes printed in one column, by number in the order in which they were met."""

    def __init__(self, name: str) -> None:
        self.printed: list[str] = []
        self._kind = pl.Categorical(pl.Categories.random(name))
        # The engine forgets the numbers of its categories when the last column that uses them is gone.
        self._kept = pl.Series([], dtype=self._kind)

    def ids(self, cells: pl.Series) -> Ids:
        """Return the number of each cell's code; codes not met before are added to `printed`."""
        if len(cells) > 1 and cells[0] == cells[-1] and (cells == cells[0]).all():
            return np.full(len(cells), self.ids(cells.head(1))[0])
        coded = cells.cast(self._kind)
        self._kept = coded.head(1)
        ids = coded.to_physical()
        if len(ids) and int(ids.max() or 0) >= len(self.printed):  # type: ignore[arg-type]
            fresh = coded.filter(ids >= len(self.printed)).unique()
            order = fresh.to_physical().arg_sort()
            self.printed.extend(fresh.cast(pl.String).gather(order).to_list())
        found = ids.to_numpy().astype(np.uint32, copy=False)
        if len(found) and self.printed[int(found[-1])] != cells[-1]:
            raise AssertionError("the engine has numbered its categories anew")
        return found


@dataclass(slots=True)
class _Lookup:
    """What the codes of a column mean in one column of FLOWS, by number of the code."""

    ids: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of every record of a block.

    Attributes:
        unit: number of the unit for each record, 0 where the record prints no such figure.
        value: NaN where no number is printed.
        flags: flag -> where it is set.
    """

    unit: Ids
    value: Numbers
    flags: Mapping[str, Truths] = field(default_factory=dict)


class Printed:
    """The cells of one block, and the ways to read them."""

    def __init__(self, cells: pl.DataFrame, state: _State) -> None:
        self.cells = cells
        self._state = state
        self._ids: dict[str, Ids] = {}
        self.refusals: list[tuple[Truths, Callable[[int], str], Ids]] = []
        self.coding = state.coding

    def __len__(self) -> int:
        return self.cells.height

    def code(self, cell: str, column: str, meaning: Meaning) -> Ids:
        """Return the number of the word each code means in `column`.

        `meaning` raises TonnageError where the code has none; the records are then set aside with its words.
        """
        return self._looked_up(self._codes(cell), (cell, column), column, self._state.printed(cell), meaning)

    def code_in(self, cell: str, other: str, column: str, meaning: Callable[[str, str], str]) -> Ids:
        """Return the same where what a code means depends on another cell of few different values."""
        ids, within = self._codes(cell), self._codes(other)
        found = np.zeros(len(self), np.uint32)
        for place in np.flatnonzero(np.bincount(within)):
            there = within == place
            said = self._state.printed(other)[place]
            key = (cell, f"{column} in {other} {said}")
            codes = self._state.printed(cell)
            words = self._looked_up(ids, key, column, codes, partial(meaning, said), there)
            np.copyto(found, words, where=there)
        return found

    def _looked_up(
        self,
        ids: Ids,
        key: tuple[str, str],
        column: str,
        codes: list[str],
        meaning: Meaning,
        there: Truths | None = None,
    ) -> Ids:
        lookup = self._state.lookup(key, column, codes, meaning)
        found = np.array(lookup.ids, np.uint32)[ids]
        if lookup.refused:
            refused = np.zeros(len(lookup.ids), np.bool_)
            refused[list(lookup.refused)] = True  # a code may also mean that there is no such figure
            lost = refused[ids] if there is None else refused[ids] & there
            self.refuse(lost, lookup.refused.__getitem__, ids)
        return found

    def where(self, cell: str, holds: Callable[[str], bool]) -> Truths:
        """Return where the code of a cell is one for which `holds` is true; each code is asked once."""
        ids = self._codes(cell)
        truths = self._state.truths(cell, holds)
        return np.array(truths, np.bool_)[ids]

    def words(self, column: str, ids: Ids, holds: Callable[[str], bool]) -> Truths:
        """Return where the word of a column is one for which `holds` is true."""
        return np.array([holds(word) for word in self.coding.words(column)], np.bool_)[ids]

    def _codes(self, cell: str) -> Ids:
        if cell not in self._ids:
            self._ids[cell] = self._state.column(cell).ids(self.cells[cell])
        return self._ids[cell]

    def numbers(self, cell: str) -> Numbers:
        """Return the numbers of a cell, NaN where none is printed."""
        return self.cells[cell].fill_null(np.nan).to_numpy()

    def scaled(self, cell: str, factor: int) -> Numbers:
        """Return the numbers of a cell times a whole number, as it is in decimals: 1.001 by 1000 is 1001."""
        return _times(self.numbers(cell), factor)

    def word(self, column: str, word: str) -> Ids:
        """Return the number of one word, the same for every record."""
        return np.full(len(self), self._state.coding.id(column, word), np.uint32)

    def refuse_code(self, cell: str, holds: Callable[[str], bool], reason: Callable[[str], str]) -> None:
        """Set aside the records whose code in a cell is one for which `holds` is true; `reason` says why."""
        ids, printed = self._codes(cell), self._state.printed(cell)
        self.refuse(self.where(cell, holds), lambda code: reason(printed[code]), ids)

    def refuse(self, when: Truths, reason: Callable[[int], str], of: Ids | None = None) -> None:
        """Set records aside; the first reason counts.

        `reason` is asked once for each number in `of`; where that is not given, of each record by its place.
        """
        self.refusals.append((when, reason, np.arange(len(self), dtype=np.uint32) if of is None else of))


def _times(numbers: Numbers, factor: int) -> Numbers:
    """Return decimals of at most 15 digits times a whole number, each the float nearest to the product.

    The product of the floats is off by its last bits. The fewest decimal places at which it is a whole number
    but for those bits are the places of the exact product; that number divided by a power of ten is rounded
    once.
    """
    rough = numbers * factor
    exact, open_ = rough.copy(), np.flatnonzero(np.isfinite(rough))
    for place in range(_PLACES + 1):
        shifted = rough[open_] * 10.0**place
        whole = np.rint(shifted)
        near = np.abs(shifted - whole) <= np.abs(shifted) * 2.0**-51
        exact[open_[near]] = whole[near] / 10.0**place
        open_ = open_[~near]
    return exact


def _never(_partner: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Layout:
    """How one publisher's big file is read.

    Attributes:
        separator: between the fields; fields are not quoted.
        codes: columns read as text.
        numbers: columns read as numbers; an empty cell is none.
        rows: the words of `WORDS` and up to three parts, of one block.
        optional: columns of `codes` and `numbers` that older files lack; then they are empty.
        added: of a partner, whether records of one key are parts of one figure, which is their sum, flagged
            `derived`; where they are not, records of one key that differ are flagged as in conflict.
        note: what is to be said of such sums.
        missing: texts that say no number is printed, besides an empty cell.
    """

    separator: str
    codes: tuple[str, ...]
    numbers: tuple[str, ...]
    rows: Callable[[Printed, Sidecar], tuple[Mapping[str, Ids], Sequence[Part]]]
    optional: tuple[str, ...] = ()
    added: Callable[[str], bool] = _never
    note: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Some records of a file, read.

    Attributes:
        rows: in the schema of this module, unsorted.
        set_aside: `SET_ASIDE`.
        records: how many there were.
        coding: the words of the file so far; one object for all its blocks.
        printed: the sum of the first figure over the records whose numbers could be read.
        aside: reason -> (records, their part of that sum).
    """

    rows: pl.DataFrame
    set_aside: pl.DataFrame
    records: int
    coding: Coding
    printed: float
    aside: Mapping[str, tuple[int, float]]


class _State:
    """What is kept from block to block."""

    def __init__(self) -> None:
        self.coding = Coding()
        self._columns: dict[str, _Column] = {}
        self._lookups: dict[tuple[str, str], _Lookup] = {}
        self._truths: dict[tuple[str, Any], list[bool]] = {}

    def column(self, cell: str) -> _Column:
        if cell not in self._columns:
            self._columns[cell] = _Column(cell)
        return self._columns[cell]

    def printed(self, cell: str) -> list[str]:
        return self.column(cell).printed

    def lookup(self, key: tuple[str, str], column: str, codes: list[str], meaning: Meaning) -> _Lookup:
        found = self._lookups.setdefault(key, _Lookup())
        for place in range(len(found.ids), len(codes)):
            try:
                word = meaning(codes[place])
                found.ids.append(self.coding.id(column, word) if word else 0)
            except TonnageError as fault:
                found.ids.append(0)
                found.refused[place] = str(fault)
        return found

    def truths(self, cell: str, holds: Callable[[str], bool]) -> list[bool]:
        found = self._truths.setdefault((cell, holds), [])
        printed = self.column(cell).printed
        found.extend(holds(code) for code in printed[len(found) :])
        return found


def _header(stream: IO[bytes], sidecar: Sidecar, layout: Layout) -> list[str]:
    with _whole(sidecar):
        first = stream.readline()
    try:
        names = first.decode("utf-8-sig").rstrip("\r\n").split(layout.separator)
    except UnicodeDecodeError:
        raise ReadError(f"{sidecar.file}: line 1: expected names of columns in UTF-8") from None
    wanted = [n for n in (*layout.codes, *layout.numbers) if n not in layout.optional]
    missing = [name for name in wanted if name not in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing or twice:
        raise ReadError(
            f"{sidecar.file}: line 1: expected the {len(wanted)} columns of this source once each;"
            f" missing: {few(missing)}; twice there: {few(twice)}"
        )
    return names


@contextmanager
def _whole(sidecar: Sidecar) -> Iterator[None]:
    """Turn the ways in which a compressed stream ends too early into one error."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as fault:
        raise ReadError(
            f"{sidecar.file}: the compressed file is damaged or cut short ({fault}); fetch it again"
        ) from fault


def _lines(stream: IO[bytes], sidecar: Sidecar, size: int) -> bytes:
    with _whole(sidecar):
        text = stream.read(size)
        if text and not text.endswith(b"\n"):
            text += stream.readline()
    return text.replace(b"\r\n", b"\n") if b"\r" in text else text


def _count(text: bytes, sign: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == sign[0]))


def _kinds(header: Sequence[str], layout: Layout) -> dict[str, pl.DataType]:
    return {name: pl.Float64() if name in layout.numbers else pl.String() for name in header}


def _cells(
    text: bytes, line: int, header: list[str], sidecar: Sidecar, layout: Layout
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the cells of the sound lines of a block, the others with reasons, and how many lines it has."""
    wanted = [name for name in header if name in (*layout.codes, *layout.numbers)]
    bad = SET_ASIDE.to_frame()
    fast = _fast(text, header, wanted, layout)
    if fast is None:
        cells, bad = _slow(text, line, header, wanted, sidecar, layout)
        lines = _count(text, b"\n")
    else:
        cells, lines = fast.with_row_index("line", line), fast.height
    lacking = {n: _empty(n, layout) for n in layout.optional if n not in header}
    return cells.with_columns(**lacking), bad, lines


def _empty(name: str, layout: Layout) -> pl.Expr:
    return pl.lit(None, dtype=pl.Float64()) if name in layout.numbers else pl.lit("")


def _fast(text: bytes, header: list[str], wanted: list[str], layout: Layout) -> pl.DataFrame | None:
    """Return the cells as the engine reads them at once, None unless every line is plainly sound."""
    if b'"' in text:
        return None
    try:
        cells = pl.read_csv(
            text,
            has_header=False,
            schema=_kinds(header, layout),
            columns=[header.index(name) for name in wanted],
            separator=layout.separator,
            quote_char=None,
            empty_string_is_null=False,
            null_values=_nulls(wanted, layout),
        )
    except pl.exceptions.PolarsError:
        return None
    finite = all(cells[n].is_finite().all() for n in layout.numbers if n in wanted)  # of those printed
    return cells if finite and _whole_lines(text, cells, header, layout) else None


def _nulls(wanted: list[str], layout: Layout) -> dict[str, str] | None:
    """Return the first text for a missing number, by column: the engine knows one a column."""
    return {n: layout.missing[0] for n in layout.numbers if n in wanted} if layout.missing else None


def _whole_lines(text: bytes, cells: pl.DataFrame, header: list[str], layout: Layout) -> bool:
    """Whether no line has too few fields: the engine refuses too many and fills up too few with nulls."""
    last = header[-1]
    if last in layout.numbers and not cells[last].null_count():
        return True
    return _count(text, layout.separator.encode()) == cells.height * (len(header) - 1)


def _slow(
    text: bytes, line: int, header: list[str], wanted: list[str], sidecar: Sidecar, layout: Layout
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read a block line by line: what cannot be read is told apart from what can."""
    try:
        printed = pl.Series("text", text.decode("utf-8").rstrip("\n").split("\n"), dtype=pl.String)
    except UnicodeDecodeError as fault:
        at = line + text.count(b"\n", 0, fault.start)
        raise ReadError(f"{sidecar.file}: line {at}: expected text in UTF-8") from None
    rows = printed.to_frame().with_row_index("line", line).filter(pl.col("text") != "")
    fields = pl.col("text").str.split(layout.separator)
    rows = rows.with_columns(_fields=fields)
    count = pl.col("_fields").list.len()
    whole = pl.format("expected {} fields, found {}", pl.lit(len(header)), count)
    named = {n: pl.col("_fields").list.get(header.index(n), null_on_oob=True) for n in wanted}
    return _sound(rows.with_columns(**named, fault=pl.when(count != len(header)).then(whole)), wanted, layout)


def _sound(rows: pl.DataFrame, wanted: list[str], layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the records whose cells are numbers where they should be, and the others with their reasons.

    `rows` has line, text, fault (null where a record could be split into its cells) and the cells as text.
    """
    numbers = [name for name in layout.numbers if name in wanted]
    printed = {name: pl.col(name).fill_null("").str.strip_chars() for name in numbers}
    none = {name: cell.is_in(["", *layout.missing]) for name, cell in printed.items()}
    made = {name: cell.cast(pl.Float64, strict=False) for name, cell in printed.items()}
    reasons = [pl.col("fault")]
    for name in numbers:
        bad = ~none[name] & ~made[name].is_finite().fill_null(value=False)
        told = pl.format("{} '{}': expected a number", pl.lit(name), pl.col(name))
        reasons.append(pl.when(bad).then(told))
    rows = rows.with_columns(_reason=pl.coalesce(reasons))
    sound = rows.filter(pl.col("_reason").is_null()).select("line", *wanted)
    sound = sound.with_columns(**{name: pl.when(~none[name]).then(made[name]) for name in numbers})
    aside = rows.filter(pl.col("_reason").is_not_null()).select("line", "text", reason="_reason")
    return sound, aside.cast(SET_ASIDE)


#: Lines of some records -> the text of each as printed.
Shown = Callable[[Ids], list[str]]


def _block(printed: Printed, bad: pl.DataFrame, shown: Shown, sidecar: Sidecar, layout: Layout) -> Block:
    words, parts = layout.rows(printed, sidecar)
    _refuse_early(printed, words["span"], sidecar)
    coding, count = printed.coding, len(printed)
    columns: dict[str, Any] = dict(words)
    for place in range(packed.SLOTS):
        part = parts[place] if place < len(parts) else None
        columns[UNITS[place]] = part.unit if part else np.zeros(count, np.uint16)
        columns[VALUES[place]] = part.value if part else np.full(count, np.nan)
    columns["flags"] = _flags(parts, sidecar, count)
    columns["line"] = printed.cells["line"].to_numpy()
    rows = pl.DataFrame(columns, schema=SCHEMA, nan_to_null=False)
    refused, reasons = _refused(printed)
    printed.refusals.clear()  # a reason may hold the block that holds it; the memory is wanted for the next
    weights = rows[VALUES[0]].fill_nan(0.0)
    records = count + bad.height
    aside = {reason: (n, 0.0) for reason, n in Counter(bad["reason"]).items()}
    if refused.any():
        lost = pl.DataFrame({"reason": reasons, "weight": weights.filter(pl.Series(refused))})
        for reason, n, weight in lost.group_by("reason").agg(pl.len(), pl.col("weight").sum()).iter_rows():
            aside[reason] = (n, weight)
        lines = columns["line"][refused]
        told = pl.DataFrame({"line": lines, "text": shown(lines), "reason": reasons}, schema=SET_ASIDE)
        bad = pl.concat([bad, told]).sort("line")
        rows = rows.filter(~pl.Series(refused))
    return Block(rows, bad, records, coding, float(weights.sum()), aside)


def _refuse_early(printed: Printed, spans: Ids, sidecar: Sidecar) -> None:
    """Refuse a figure that is printed before its months are over: a wrong day would show it too early."""
    day, words = sidecar.release_day(), printed.coding.words("span")

    def over(span: str) -> dt.date:
        first, months = span.split("/")
        return releases.months_on(dt.date.fromisoformat(first), int(months))

    early = printed.words("span", spans, lambda span: bool(span) and day < over(span))
    printed.refuse(early, lambda span: too_early(day, over(words[span])), spans)


def _flags(parts: Sequence[Part], sidecar: Sidecar, count: int) -> npt.NDArray[np.uint64]:
    """Return the flags of all figures as bits; figures often share them, so each condition is asked once."""
    bits: dict[int, tuple[Truths, int]] = {}
    for place, part in enumerate(parts):
        for flag, where in part.flags.items():
            seen = bits.get(id(where), (where, 0))[1]
            bits[id(where)] = (where, seen | _BITS[flag] << _FIELD * place)
    always = (
        sum(_BITS["day_assumed"] << _FIELD * n for n in range(len(parts))) if sidecar.day_assumed() else 0
    )
    made = np.full(count, always, np.uint64)
    for where, mask in bits.values():
        if where.any():
            made[where] |= np.uint64(mask)
    return made


def _refused(printed: Printed) -> tuple[Truths, pl.Series]:
    """Return which records are set aside, and the reason of each of them."""
    refused = np.zeros(len(printed), np.bool_)
    reasons = np.zeros(len(printed), np.int64)
    told: list[str] = []
    for when, reason, of in printed.refusals:
        fresh = np.flatnonzero(when & ~refused)
        numbers, places = np.unique(of[fresh], return_inverse=True)
        reasons[fresh] = places + len(told)
        told += [reason(int(number)) for number in numbers]
        refused[fresh] = True
    return refused, pl.Series(told, dtype=pl.String).gather(reasons[refused])


def _texts(text: bytes, line: int, lines: Ids) -> list[str]:
    starts = np.concatenate(
        [[0], np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n")) + 1, [len(text) + 1]]
    )
    places = lines.astype(np.int64) - line
    cuts = zip(starts[places].tolist(), (starts[places + 1] - 1).tolist(), strict=True)
    return [text[start:end].decode("utf-8", "replace") for start, end in cuts]


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows in the order of their words, no two of one key that should be one.

    Attributes:
        key: a number a row that sorts as its words do, and holds them.
        units: numbers of the unit of each figure.
        values: NaN where no number is printed.
        flags: bits, a field for each figure.
        line: the first line of each row.
        coding: the words.
    """

    key: Keys
    units: tuple[Ids, ...]
    values: tuple[Numbers, ...]
    flags: npt.NDArray[np.uint64]
    line: Ids
    coding: Coding

    def __len__(self) -> int:
        return len(self.key)

    @property
    def figures(self) -> int:
        """FLOWS rows that they hold."""
        return sum(int(np.count_nonzero(unit)) for unit in self.units)

    def words(self, column: str, part: slice | npt.NDArray[np.int64]) -> tuple[Ids, list[str]]:
        """Return the words of a column of some rows: places in the list of those that occur, in order."""
        return _occurring(_ranks(self.key[part], self.coding, column), self.coding.in_order(column))

    def unit(self, place: int, part: slice) -> tuple[Ids, list[str]]:
        """Return the units of one figure likewise; the word of rows that have no such figure is empty."""
        return _occurring(self.units[place][part].astype(np.int64), self.coding.words(UNITS[place]))

    def flag_words(self, place: int, part: slice) -> tuple[Ids, list[str]]:
        """Return the flags of one figure likewise, joined as packed rows hold them."""
        masks = (self.flags[part] >> np.uint64(_FIELD * place)) & _FIELD_MASK
        places, words = np.zeros(len(masks), np.uint32), [""]
        left = np.flatnonzero(masks)
        while len(left):  # a handful of different masks: one look at all of them for each is the fastest
            mask = masks[left[0]]
            alike = masks[left] == mask
            places[left[alike]] = len(words)
            words.append(";".join(flag for flag, bit in _BITS.items() if int(mask) & bit))
            left = left[~alike]
        return places, words

    def blocks(self) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
        """Return the words of `SHARED` that occur, and those that do where a row is no plain print.

        That is one with two figures in one unit, or a suspect one.
        """
        below, bits = self.coding.field(SHARED[0])
        shared = self.key & np.uint64((1 << below + bits) - 1)
        return self._shared(shared), self._shared(shared[self._odd()])

    def _shared(self, keys: Keys) -> set[tuple[str, ...]]:
        found = np.unique(keys)
        told = [(_ranks(found, self.coding, column), self.coding.in_order(column)) for column in SHARED]
        return set(zip(*([words[rank] for rank in ranks] for ranks, words in told), strict=True))

    def _odd(self) -> Truths:
        suspect = sum(_BITS["suspect"] << _FIELD * place for place in range(packed.SLOTS))
        odd: Truths = self.flags & np.uint64(suspect) != 0
        for one, other in combinations(self.units, 2):
            odd |= (one == other) & (one != 0)
        return odd


def _occurring(numbers: npt.NDArray[np.int64], words: Sequence[str]) -> tuple[Ids, list[str]]:
    used = np.flatnonzero(np.bincount(numbers))
    place = np.zeros(int(used[-1]) + 1, np.uint32)
    place[used] = np.arange(len(used), dtype=np.uint32)
    return place[numbers], [words[int(number)] for number in used]


def settled(rows: pl.DataFrame, coding: Coding, layout: Layout) -> Settled:
    """Return rows in the order of their words, those of one key added up or flagged as in conflict.

    All rows of a key must be among them, and all words of the file must have been met.

    Raises:
        ReadError: parts of one figure have different units, or a file has more codes than can be told apart.
    """
    key, order = _ordered(_key(rows, coding))
    parts = _parts(key, coding, layout)
    made = _taken(rows, key, order, ~parts, coding)
    if parts.any():
        _add(made, _taken(rows, key, order, parts, coding))
    first = _firsts(made.key)
    return made if first.all() else _in_conflict(made, first)


def _ordered(key: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return keys in order, and which they are; those that are alike as they came."""
    bits = len(key).bit_length()
    if int(key.max()).bit_length() + bits > key.itemsize * 8:
        order = np.argsort(key, kind="stable")
        return key[order], order
    # The number of the row in the bits the key leaves free: numbers are sorted many times faster than places.
    both = np.sort(key << np.uint64(bits) | np.arange(len(key), dtype=np.uint64))
    return both >> np.uint64(bits), (both & np.uint64((1 << bits) - 1)).astype(np.int64)


def _taken(
    rows: pl.DataFrame, key: Keys, order: npt.NDArray[np.int64], chosen: Truths, coding: Coding
) -> Settled:
    """Return some of the rows in their order."""
    places = order[chosen]

    def column(name: str) -> npt.NDArray[Any]:
        return rows[name].to_numpy()[places]

    return Settled(
        key[chosen],
        tuple(column(unit) for unit in UNITS),
        tuple(column(value) for value in VALUES),
        column("flags"),
        column("line"),
        coding,
    )


def _firsts(key: Keys) -> Truths:
    """Whether each row is the first of its key."""
    return np.concatenate([[True], key[1:] != key[:-1]])


def _parts(key: Keys, coding: Coding, layout: Layout) -> Truths:
    """Whether each row is a part of the figure of the row before it."""
    again = np.flatnonzero(~_firsts(key))
    added = np.array([layout.added(word) for word in coding.in_order("partner")], np.bool_)
    parts = np.zeros(len(key), np.bool_)
    parts[again] = added[_ranks(key[again], coding, "partner")]
    return parts


def _key(rows: pl.DataFrame, coding: Coding) -> Keys:
    """Return one number a row that sorts as its words do."""
    key = np.zeros(rows.height, np.uint64)
    for column in WORDS:
        shift, _ = coding.field(column)
        key |= (coding.ranks(column) << np.uint64(shift))[rows[column].to_numpy()]
    return key


def _ranks(key: Keys, coding: Coding, column: str) -> npt.NDArray[np.int64]:
    """Return the ranks of the words of a column that keys hold."""
    shift, bits = coding.field(column)
    return (key >> np.uint64(shift) & np.uint64((1 << bits) - 1)).view(np.int64)


def _add(rows: Settled, more: Settled) -> None:
    """Add to rows, one a key, those that follow one of the same key; the rows are changed in place."""
    heads = np.searchsorted(rows.key, more.key, side="right") - 1
    runs = np.flatnonzero(np.diff(heads, prepend=-1))  # where those that follow one row begin
    several, counts = heads[runs], np.diff(np.append(runs, len(heads)))
    rows.flags[several] |= np.bitwise_or.reduceat(more.flags, runs)
    for place, (unit, value) in enumerate(zip(rows.units, rows.values, strict=True)):
        own, parts = unit[several], more.units[place]
        there = parts != 0
        common = np.maximum(own, np.maximum.reduceat(parts, runs))
        odd = there & (parts != np.repeat(common, counts)) | np.repeat((own != 0) & (own != common), counts)
        if odd.any():
            line = more.line[odd][0]
            raise ReadError(f"line {line}: the parts of one figure are printed in different units")
        # A part that prints no such figure adds nothing; one that prints it without a number leaves none.
        value[unit == 0] = 0.0
        value[several] += np.add.reduceat(np.where(there, more.values[place], 0.0), runs)
        unit[several] = common
        printed = (own != 0) + np.add.reduceat(there.astype(np.int64), runs)
        rows.flags[several[printed > 1]] |= np.uint64(_BITS["derived"] << _FIELD * place)


def _in_conflict(rows: Settled, first: Truths) -> Settled:
    """Flag the figures of one key that differ; all are kept."""
    shared = np.flatnonzero(~first | ~np.append(first[1:], True))  # rows of keys that others have too
    starts = np.flatnonzero(first[shared])
    counts = np.diff(np.append(starts, len(shared)))
    flags = rows.flags.copy()
    for place, (units, values) in enumerate(zip(rows.units, rows.values, strict=True)):
        there, value = units[shared] != 0, values[shared]
        shown = np.where(there, value, np.nan)
        gaps = np.add.reduceat((there & np.isnan(value)).astype(np.int64), starts)
        figures = np.add.reduceat(there.astype(np.int64), starts)
        apart = np.fmin.reduceat(shown, starts) < np.fmax.reduceat(shown, starts)
        apart |= (gaps > 0) & (gaps < figures)
        flags[shared[np.repeat(apart, counts) & there]] |= np.uint64(_BITS["conflict"] << _FIELD * place)
    return replace(rows, flags=flags)


def _decoded(rows: Settled, sidecar: Sidecar, fixed: Mapping[str, str]) -> pl.DataFrame:
    """Return rows in words: packed rows."""
    every = slice(None)

    def text(found: tuple[Ids, list[str]], missing: str | None) -> pl.Series:
        return pl.Series([word or missing for word in found[1]], dtype=pl.String).gather(found[0])

    made = {column: text(rows.words(column, every), None) for column in WORDS}
    for place in range(packed.SLOTS):
        unit, value, flags = packed.slot(place + 1)
        made[unit] = text(rows.unit(place, every), None)
        made[value] = pl.Series(rows.values[place], nan_to_null=True)
        made[flags] = text(rows.flag_words(place, every), "")
    span = made.pop("span").str.split("/")
    constant = {**fixed, "published": sidecar.release_day(), "raw": sidecar.raw}
    return (
        pl.DataFrame({**made, "line": rows.line})
        .with_columns(period=span.list.get(0).str.to_date(), months=span.list.get(1).cast(pl.Int8))
        .with_columns(**{name: pl.lit(value) for name, value in constant.items()})
        .select(packed.SCHEMA.names())
        .cast(packed.SCHEMA)
    )


class Tally:
    """What became of the records of a file, block after block."""

    def __init__(self) -> None:
        self.records = self.set_aside = 0
        self.printed = 0.0
        self._aside: dict[str, tuple[int, float]] = {}

    def add(self, block: Block) -> None:
        """Count one block."""
        self.records += block.records
        self.set_aside += block.set_aside.height
        self.printed += block.printed
        for reason, (count, weight) in block.aside.items():
            before = self._aside.get(reason, (0, 0.0))
            self._aside[reason] = (before[0] + count, before[1] + weight)

    def notes(self, rows: int, layout: Layout) -> list[str]:
        """Return what is to be told: sums, and the commonest reasons with their share of the value."""
        taken = self.records - self.set_aside
        told = (
            [f"{taken:,} records make {rows:,} rows: {layout.note}"] if layout.note and rows < taken else []
        )
        return [*told, *aside_notes(self._aside, self.printed)]


@dataclass(frozen=True, slots=True)
class Bulk:
    """A file that is read block by block.

    Attributes:
        layout: of the text in it.
        fixed: source, publisher and stage, the same for every record; ReadError where nothing says one.
        opened: the text of a file, which may be compressed, as a stream.
    """

    layout: Layout
    fixed: Callable[[Sidecar], Mapping[str, str]]
    opened: Callable[[IO[bytes], Sidecar], IO[bytes]]

    def blocks(self, file: IO[bytes], sidecar: Sidecar, size: int = BLOCK) -> Iterator[Block]:
        """Yield the records of a file; each flag, word and number of a row stands for itself.

        Raises:
            ReadError: the file as a whole cannot be read, or nothing says its day of release or stage.
        """
        self.fixed(sidecar)
        sidecar.release_day()
        sidecar.day_assumed()
        stream = self.opened(file, sidecar)
        header = _header(stream, sidecar, self.layout)
        state, line = _State(), 2
        while text := _lines(stream, sidecar, size):
            cells, bad, lines = _cells(text, line, header, sidecar, self.layout)
            yield _block(Printed(cells, state), bad, partial(_texts, text, line), sidecar, self.layout)
            line += lines

    def read(self, raw: bytes, sidecar: Sidecar, notes: Sequence[str] = ()) -> Reading:
        """Read a file as a whole, in memory.

        Raises:
            ReadError: as `blocks`, or not one record can be read.
        """
        return self._reading(list(self.blocks(io.BytesIO(raw), sidecar)), sidecar, notes)

    def read_cells(self, cells: pl.DataFrame, sidecar: Sidecar, notes: Sequence[str] = ()) -> Reading:
        """Read a file whose records are cells of text already: the same rows from another form.

        Args:
            cells: line, text and fault as `cells.RESERVED`, and the columns of the layout as text.
            sidecar: what is known of the file.
            notes: what is told of it.

        Raises:
            ReadError: as `read`.
        """
        self.fixed(sidecar)
        wanted = [*self.layout.codes, *self.layout.numbers]
        sound, bad = _sound(cells, wanted, self.layout)
        sound = sound.with_columns(pl.col(self.layout.codes).fill_null(""))

        def shown(lines: Ids) -> list[str]:
            found = pl.DataFrame({"line": lines}).join(cells, on="line", how="left", maintain_order="left")
            return found["text"].to_list()

        block = _block(Printed(sound, _State()), bad, shown, sidecar, self.layout)
        return self._reading([block], sidecar, notes)

    def _reading(self, every: Sequence[Block], sidecar: Sidecar, notes: Sequence[str]) -> Reading:
        tally = Tally()
        for block in every:
            tally.add(block)
        aside = pl.concat([SET_ASIDE.to_frame(), *(block.set_aside for block in every)])
        if tally.records == tally.set_aside:
            raise nothing_read(sidecar, tally.records, aside)
        coding = every[0].coding
        rows = settled(pl.concat([block.rows for block in every]), coding, self.layout)
        words = _decoded(rows, sidecar, self.fixed(sidecar))
        frame = flows.to_contract(packed.unpack(words.lazy())).sort("line", maintain_order=True).collect()
        return Reading(
            frame=flows.check(frame, sidecar.file),
            set_aside=aside,
            notes=(*notes, *tally.notes(len(rows), self.layout)),
            records=tally.records,
            receipts=whole_receipt(sidecar),
        )
