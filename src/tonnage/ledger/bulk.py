"""A file of millions of records becomes one processed file, sorted, in memory that does not grow with it.

Rows come block by block, and go into buckets by the first characters of their commodity. While they are few
they are held; beyond `HELD` they are spooled to the disk. Each bucket is sorted alone, in the order of the
buckets, small enough that the same memory serves for each. The same raw bytes give the same processed bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tonnage.ledger import disk, standing
from tonnage.model import packed
from tonnage.sources import bulk
from tonnage.sources.base import SET_ASIDE, Sidecar, nothing_read
from tonnage.sources.bulk import Bulk, Coding, Settled, Tally

__all__ = ["HELD", "Written", "count", "write"]

#: Rows held in memory before they are spooled: a month of the largest publisher.
HELD: Final = 5_000_000

_SORTED: Final = 2**20  # rows of buckets that are sorted at once

_SHOWN: Final = 20  # records set aside that are shown when a file is taken in
_GROUP: Final = 2**18  # rows of a row group: what a query reads or skips
_PREFIX: Final = 2  # characters of a commodity that name its bucket: the chapter
#: Columns by which a query skips row groups; statistics of the others cost more than they save.
_ASKED_FOR: Final = [*(name for name in bulk.WORDS if name != "span"), "period", "published"]
_SHARED: Final = pl.Schema({**dict.fromkeys(bulk.SHARED, pl.String()), "alone": pl.Boolean()})
_COMPRESSED: Final = {"compression": "zstd", "compression_level": 1, "store_schema": False}


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the records of a file.

    Attributes:
        records: how many the file has.
        figures: FLOWS rows that were written, packed.
        set_aside: records set aside.
        notes: what was told.
        blocks: `standing.BLOCKS`.
        rows: packed rows that were written.
    """

    records: int
    figures: int
    set_aside: int
    notes: tuple[str, ...]
    blocks: pl.DataFrame = field(default_factory=standing.BLOCKS.to_frame)
    rows: int = 0


def count(file: IO[bytes], sidecar: Sidecar, chosen: Bulk) -> tuple[Written, pl.DataFrame]:
    """Read a file to its end and keep nothing but what was counted, and the first records set aside.

    Sums of parts are not made here: figures counts them apart.

    Raises:
        ReadError: the file as a whole cannot be read, or not one record of it can.
    """
    counted, figures, first = Tally(), 0, SET_ASIDE.to_frame()
    for block in chosen.blocks(file, sidecar):
        counted.add(block)
        figures += _figures(block.rows)
        if first.height < _SHOWN:
            first = pl.concat([first, block.set_aside]).head(_SHOWN)
    if counted.records == counted.set_aside:
        raise nothing_read(sidecar, counted.records, first)
    notes = counted.notes(counted.records - counted.set_aside, chosen.layout)
    return Written(counted.records, figures, counted.set_aside, tuple(notes)), first


def _figures(rows: pl.DataFrame) -> int:
    return sum(int((rows[unit] != 0).sum()) for unit in bulk.UNITS)


def write(
    file: IO[bytes], sidecar: Sidecar, chosen: Bulk, rows: Path, aside: Path, root: Path, held: int = HELD
) -> Written:
    """Write the packed rows of a file, sorted, and the records set aside; both whole or not at all.

    Args:
        file: the raw file.
        sidecar: what is known of it.
        chosen: how it is read.
        rows: where to write the packed rows.
        aside: where to write the records set aside.
        root: the data folder, where rows are spooled meanwhile.
        held: rows held in memory before they are spooled.

    Raises:
        ReadError: as `count`.
        StoreError: the disk failed.
    """
    counted, first, figures, written = Tally(), SET_ASIDE.to_frame(), 0, 0
    blocks, shared, once = set(), set(), True
    with disk.placing(rows) as rows_to, disk.placing(aside) as aside_to, disk.spool(root) as folder:
        spool = _Spool(folder, held)
        with _writer(aside_to, SET_ASIDE.to_frame().to_arrow().schema) as lost:
            for block in chosen.blocks(file, sidecar):
                counted.add(block)
                spool.add(block.rows, block.coding)
                first = block.set_aside.head(1) if not first.height else first
                if block.set_aside.height:
                    lost.write_table(block.set_aside.to_arrow())
        if counted.records == counted.set_aside:
            raise nothing_read(sidecar, counted.records, first)
        words = _Words(spool.coding, chosen.fixed(sidecar), sidecar)
        with _writer(rows_to, _SCHEMA) as out:
            for part in spool.parts():
                ordered = bulk.settled(part, spool.coding, chosen.layout)
                figures += ordered.figures
                written += len(ordered)
                once = once and bool((ordered.key[1:] != ordered.key[:-1]).all())
                found, odd = ordered.blocks()
                blocks |= found
                shared |= odd
                for start in range(0, len(ordered), _GROUP):
                    out.write_table(words.table(ordered, slice(start, min(start + _GROUP, len(ordered)))))
    notes = tuple(counted.notes(written, chosen.layout))
    told = _blocks(blocks, blocks - shared if once else set())
    return Written(counted.records, figures, counted.set_aside, notes, told, written)


def _blocks(every: set[tuple[str, ...]], alone: set[tuple[str, ...]]) -> pl.DataFrame:
    """Return `standing.BLOCKS` of the words their rows share; `alone`: those that have each figure once."""
    found = pl.DataFrame([(*words, words in alone) for words in every], _SHARED, orient="row")
    first, months = (pl.col("span").str.split("/").list.get(place) for place in (0, 1))
    made = found.with_columns(period=first.str.to_date(), months=months.cast(pl.Int8))
    return made.select(standing.BLOCKS.names()).sort(standing.BLOCK)


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    numbers = [name for name in bulk.VALUES if name in schema.names]
    coded = [name for name in schema.names if name not in (*numbers, "line")]
    # Of numbers the bytes of one rank lie together: smaller than any other way here, and no slower.
    split = dict.fromkeys(numbers, "BYTE_STREAM_SPLIT")
    return pq.ParquetWriter(
        path,
        schema,
        use_dictionary=coded,
        column_encoding=split,
        write_statistics=_ASKED_FOR,
        write_batch_size=_GROUP,  # statistics are made a batch, which costs more than the writing
        **_COMPRESSED,
    )


class _Spool:
    """The rows of a file in buckets, one for each beginning of a commodity, held or on the disk."""

    def __init__(self, folder: Path, held: int, width: int = _PREFIX) -> None:
        self.coding = Coding()
        self._folder, self._most, self._width = folder, held, width
        self._at_once = min(held, _SORTED)
        self._held = 0
        self._buckets: dict[str, _Bucket] = {}
        self._of: list[int] = []  # number of a commodity -> that of its bucket
        self._numbers: dict[str, int] = {}

    def add(self, rows: pl.DataFrame, coding: Coding) -> None:
        """Take the rows of a block."""
        self.coding = coding
        for word in coding.words("commodity")[len(self._of) :]:
            self._of.append(self._numbers.setdefault(word[: self._width], len(self._numbers)))
        names = list(self._numbers)
        of = np.array(self._of, np.uint32)[rows["commodity"].to_numpy()]
        marked = rows.with_columns(_bucket=pl.Series(of))
        for (number,), part in marked.partition_by("_bucket", as_dict=True, include_key=False).items():
            name = names[number]
            if name not in self._buckets:
                self._buckets[name] = _Bucket(self._folder / f"{number}-{self._width}.arrow")
            self._buckets[name].add(part)
        self._held += rows.height
        if self._held > self._most:
            for bucket in self._buckets.values():
                bucket.spill()
            self._held = 0

    def parts(self) -> Iterator[pl.DataFrame]:
        """Yield all rows in parts that follow each other in the order of their commodities."""
        ready: list[pl.DataFrame] = []
        count = 0
        for name in sorted(self._buckets):
            bucket = self._buckets.pop(name)
            if count + bucket.rows > self._at_once:
                yield from _joined(ready)
                ready, count = [], 0
            if bucket.rows > self._at_once and self._splits(name):
                yield from self._split(bucket)
            else:
                ready.extend(bucket.read())
                count += bucket.rows
        yield from _joined(ready)

    def _splits(self, name: str) -> bool:
        """Whether more characters would tell the commodities of a bucket apart."""
        inside = [word for word in self.coding.words("commodity") if word[: self._width] == name]
        return len(inside) > 1

    def _split(self, bucket: _Bucket) -> Iterator[pl.DataFrame]:
        folder = self._folder / f"in-{bucket.path.stem}"
        folder.mkdir()
        finer = _Spool(folder, self._at_once, self._width + _PREFIX)
        for part in bucket.read():
            finer.add(part, self.coding)
        return finer.parts()


def _joined(parts: list[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    if parts:
        yield pl.concat(parts)


class _Bucket:
    """Rows of commodities that begin alike, in the order in which they came."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._held: list[pl.DataFrame] = []
        self._writer: Any = None

    def add(self, rows: pl.DataFrame) -> None:
        """Append rows."""
        self._held.append(rows)
        self.rows += rows.height

    def spill(self) -> None:
        """Write the rows that are held to the disk."""
        if not self._held:
            return
        table = pl.concat(self._held).to_arrow()
        self._held = []
        if self._writer is None:
            self._file = self.path.open("wb")
            self._writer = pa.ipc.new_stream(self._file, table.schema)
        self._writer.write_table(table)

    def read(self) -> Iterator[pl.DataFrame]:
        """Yield the rows that were appended and remove them from the disk; nothing can be added after."""
        if self._writer is not None:
            self._writer.close()
            self._file.close()
            with self.path.open("rb") as file, pa.ipc.open_stream(file) as stream:
                for batch in stream:
                    frame = pl.from_arrow(batch)
                    yield frame if isinstance(frame, pl.DataFrame) else frame.to_frame()
            self.path.unlink()
        while self._held:
            yield self._held.pop(0)


def _schema() -> pa.Schema:
    coded = pa.dictionary(pa.int32(), pa.string())
    kinds = {pl.String(): coded, pl.Date(): pa.date32(), pl.Int8(): pa.int8()}
    kinds |= {pl.Float64(): pa.float64(), pl.UInt32(): pa.uint32()}
    # Where a null cannot be, none has to be written or looked for.
    may_lack = {name for number in range(1, packed.SLOTS + 1) for name in packed.slot(number)[:2]}
    return pa.schema([pa.field(n, kinds[kind], n in may_lack) for n, kind in packed.SCHEMA.items()])


_SCHEMA: Final = _schema()


class _Words:
    """Rows in numbers, written as words: each group of rows with the words that occur in it."""

    def __init__(self, coding: Coding, fixed: Mapping[str, str], sidecar: Sidecar) -> None:
        self._fixed = {**fixed, "raw": sidecar.raw}
        self._day = sidecar.release_day()
        self._spans = {word: word.split("/") for word in coding.words("span")[1:]}

    def table(self, rows: Settled, part: slice) -> pa.Table:
        """Return some rows as they are written."""
        same = np.zeros(part.stop - part.start, np.uint32)
        columns = {name: _coded(same, [word]) for name, word in self._fixed.items()}
        columns |= {name: _coded(*rows.words(name, part)) for name in bulk.WORDS if name != "span"}
        for place in range(packed.SLOTS):
            unit, value, flags = packed.slot(place + 1)
            columns[unit] = _coded(*rows.unit(place, part), none="")
            columns[value] = pl.Series(rows.values[place][part], nan_to_null=True).to_arrow()
            columns[flags] = _coded(*rows.flag_words(place, part))
        spans, words = rows.words("span", part)
        told = [self._spans[word] for word in words]
        columns["period"] = pl.Series([day for day, _ in told]).str.to_date().gather(spans).to_arrow()
        columns["months"] = pl.Series([int(n) for _, n in told], dtype=pl.Int8).gather(spans).to_arrow()
        columns["published"] = pl.Series([self._day]).gather(same).to_arrow()
        columns["line"] = pl.Series(rows.line[part]).to_arrow()
        return pa.table([columns[name] for name in _SCHEMA.names], schema=_SCHEMA)


def _coded(places: npt.NDArray[np.uint32], words: list[str], none: str | None = None) -> pa.DictionaryArray:
    """Return words by their places; where the word is `none` there is a null."""
    found = pl.Series(places.astype(np.int32))
    if none is not None and none in words:
        found = found.set(found == words.index(none), None)
    dictionary = pl.Series(words, dtype=pl.String).to_arrow().cast(pa.string())
    return pa.DictionaryArray.from_arrays(found.to_arrow(), dictionary)
