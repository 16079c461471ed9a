"""From when until when a print counts, settled at the build, so that an as-of is a filter and no grouping.

`vintages.as_of` says which print of a figure counts on a day. To ask it of every figure groups every print
anew each time. Here its ladder is climbed once, at the build: a print counts from its release until another
that stands higher is out, the day it is `superseded`. A print that never counts is superseded on its own day.

These days are kept beside the processed files, one list a file, for processed files are made of their raw
file alone. After a new release only prints that can meet it are looked at: of files that share a block with
it (the trade and the months, `BLOCK`), those that count on its first day or later.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tonnage.ledger import disk, listing, slices, vintages
from tonnage.ledger.listing import Built, Content
from tonnage.model import flows, packed
from tonnage.sources.base import raw_id

__all__ = ["BLOCK", "BLOCKS", "LIST", "LISTED", "counting", "followed", "prints", "settle", "summary"]

#: What two prints of one figure share besides commodity, partner and unit: few values a file.
BLOCK: Final = ("reporter", "flow", "classification", "period", "months")

#: The blocks of a processed file; `alone` where no figure of it is in the file twice, or suspect.
BLOCKS: Final = pl.Schema(
    {**{name: pl.String() for name in BLOCK}, "period": pl.Date(), "months": pl.Int8(), "alone": pl.Boolean()}
)

#: The prints of a processed file that are superseded: figure of the record (0 unpacked), its row, the day.
LIST: Final = pl.Schema({"slot": pl.UInt8(), "row": pl.UInt32(), "superseded": pl.Date()})

#: Under which name an entry of the build lists its superseded prints.
LISTED: Final = "superseded"

_BUCKET: Final = 4_000_000  # superseded prints that are put in order at once
_EPOCH: Final = dt.date(1970, 1, 1)
_NEVER: Final = np.iinfo(np.int32).max

Days = npt.NDArray[np.int32]


# --- what a file holds ----------------------------------------------------------------------------


def summary(rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the blocks of the rows of a file (`BLOCKS`), and its `first`, `last` and `height` (see `Built`).

    Of packed rows they are counted as they are written (`bulk.write`).
    """
    blocks = rows.select(BLOCK).unique().sort(BLOCK).with_columns(alone=pl.lit(value=False))
    days = rows["published"].cast(pl.String)
    told = {"first": days.min() or "", "last": days.max() or "", "height": rows.height}
    return blocks.cast(BLOCKS), told


# --- reading ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stack:
    """Processed files of one form, read as one.

    Attributes:
        entries: of which files, in order.
        slot: which figure of a packed record; 0 where rows are not packed.
        rows: FLOWS as stored, and `_row`, which counts through all the files.
    """

    entries: list[Built]
    slot: int
    rows: pl.LazyFrame

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """The number of the first row of each file."""
        heights = [entry.height for entry in self.entries]
        return np.concatenate([[0], np.cumsum(heights, dtype=np.int64)[:-1]]).astype(np.int64)

    def superseded(self, root: Path) -> Days | None:
        """Return the day on which each row is superseded, in days since 1970; None if none ever is."""
        if not any(LISTED in entry.made for entry in self.entries):
            return None
        found = np.full(sum(entry.height for entry in self.entries), _NEVER, np.int32)
        for start, entry in zip(self.starts, self.entries, strict=True):
            if LISTED in entry.made:
                (path,) = listing.sound(root, [entry.made[LISTED]])
                told = pl.read_parquet(path).filter(pl.col("slot") == self.slot)
                found[start + told["row"].to_numpy()] = told["superseded"].to_physical().to_numpy()
        return found


def _stacks(root: Path, entries: Iterable[Built], apart: pl.DataFrame) -> Iterator[_Stack]:
    """Yield the prints of files, those in conflict flagged; as few readings as may be."""
    raws = set(apart["raw"])

    def form(entry: Built) -> tuple[bool, bool, bool]:
        return entry.made["flows"].path.startswith(listing.PACKED), LISTED in entry.made, entry.raw in raws

    for (is_packed, _, clashing), group in groupby(sorted(entries, key=form), key=form):
        files = list(group)
        contents = [entry.made["flows"] for entry in files]
        listing.sound(root, contents)
        paths = [root / "processed" / content.path for content in contents]
        rows = pl.scan_parquet(paths, row_index_name="_row")
        for slot in range(1, packed.SLOTS + 1) if is_packed else (0,):
            figures = packed.figures(rows, slot, "_row") if slot else rows
            yield _Stack(files, slot, _marked(figures, apart) if clashing else figures)


def _marked(rows: pl.LazyFrame, apart: pl.DataFrame) -> pl.LazyFrame:
    """Return FLOWS rows, those that are in conflict with another file flagged so.

    One line prints several figures, of which one may be in conflict.
    """
    flagged = pl.col("flags").list.concat(pl.lit(["conflict"])).list.unique().list.sort()
    named = apart.lazy().with_columns(_apart=pl.lit(value=True))
    joined = rows.join(named, on=["raw", "line", *flows.KEY], how="left", maintain_order="left")
    flags = pl.when(pl.col("_apart")).then(flagged).otherwise(pl.col("flags"))
    return joined.with_columns(flags=flags).drop("_apart")


def prints(root: Path, entries: Iterable[Built], apart: pl.DataFrame) -> pl.LazyFrame:
    """Return FLOWS lazily: every print of some files, those in conflict flagged; no list is read."""
    found = [flows.to_storage(flows.SCHEMA.to_frame()).lazy()]
    found += [stack.rows.drop("_row") for stack in _stacks(root, entries, apart)]
    return flows.to_contract(pl.concat(found))


def followed(root: Path, entries: Iterable[Built], apart: pl.DataFrame) -> pl.LazyFrame:
    """Return what `prints` does, and the day each print is `superseded`, null for none."""
    found = [flows.to_storage(flows.SCHEMA.to_frame()).lazy().with_columns(superseded=pl.lit(None, pl.Date))]
    for stack in _stacks(root, entries, apart):
        until = stack.superseded(root)
        day = pl.lit(None, pl.Date) if until is None else _looked_up(until, _as_day, pl.Date())
        found.append(stack.rows.with_columns(superseded=day).drop("_row"))
    return flows.to_contract(pl.concat(found))


def counting(
    root: Path, entries: Iterable[Built], apart: pl.DataFrame, day: dt.date | None = None
) -> pl.LazyFrame:
    """Return FLOWS lazily: the prints that count at the end of a day, as `vintages.as_of` chooses them.

    Files of which nothing counts on that day are not opened.

    Args:
        root: the data folder.
        entries: what the build made of files of FLOWS.
        apart: the prints that are in conflict with another file: raw, line and `flows.KEY`, as stored.
        day: None for the latest state.
    """
    on = day or dt.date.max
    shown = on.isoformat()
    open_then = [e for e in entries if e.first <= shown and not ("" < e.closed <= shown)]
    found = [flows.to_storage(flows.SCHEMA.to_frame()).lazy()]
    for stack in _stacks(root, open_then, apart):
        rows, until = stack.rows, stack.superseded(root)
        if until is not None:
            rows = rows.filter(_counts_after(until, on))
        if any(entry.last > shown for entry in stack.entries):
            rows = rows.filter(pl.col("published") <= on)
        found.append(rows.drop("_row"))
    return flows.to_contract(pl.concat(found))


def _counts_after(until: Days, day: dt.date) -> pl.Expr:
    """Whether a row is not yet superseded at the end of a day."""
    last = (day - _EPOCH).days
    return _looked_up(until, lambda found: pl.Series(found > last), pl.Boolean())


def _as_day(found: Days) -> pl.Series:
    series = pl.Series(found)
    return series.set(series == _NEVER, None).cast(pl.Date)


def _looked_up(until: Days, told: Callable[[Days], pl.Series], kind: pl.DataType) -> pl.Expr:
    # By number of the row: a join would take seven times as long, and an expression of its own would keep
    # a filter on commodity and partner from the scan.
    return pl.col("_row").map_batches(
        lambda rows: told(until[rows.to_numpy()]), return_dtype=kind, is_elementwise=True
    )


# --- settling ---------------------------------------------------------------------------------------


def settle(root: Path, entries: Sequence[Built], fresh: Iterable[Built], apart: pl.DataFrame) -> list[Built]:
    """Return the files of a build with what each print of them has become through those that are new.

    Args:
        root: the data folder.
        entries: all files of the build, the lists of those that are not new as the last build left them.
        fresh: those that are new. If a file is gone, or was read differently before, every file is new.
        apart: the prints that are in conflict with another file: raw, line and `flows.KEY`, as stored.

    Returns:
        the entries in their order, with new lists where prints were superseded; written, not yet synced.
    """
    new = {entry.name: replace(entry, closed="", made=_without_list(entry)) for entry in fresh}
    every = [new.get(entry.name, entry) for entry in entries]
    meeting = _meeting(root, [entry for entry in every if entry.table == "flows"], new.keys())
    if meeting is None:
        return every
    with disk.spool(root) as folder:
        buckets = _Buckets(folder, meeting.entries)
        for part in slices.slices(pl.concat(_open_rows(root, meeting, apart)), slices.ROWS):
            buckets.add(_outranked(part))
        settled = {e.name: e for e in buckets.settled(lambda e, found: _listed(root, e, found))}
    return [settled.get(entry.name, entry) for entry in every]


def _without_list(entry: Built) -> dict[str, Content]:
    return {table: content for table, content in entry.made.items() if table != LISTED}


@dataclass(frozen=True, slots=True)
class _Meeting:
    """What new files can change.

    Attributes:
        entries: the files of which a print may be of a figure of a new file, these among them.
        since: the first day of a new file: what was superseded before stays as it is.
        contested: the blocks in which they meet; None if they have no others.
    """

    entries: list[Built]
    since: dt.date
    contested: pl.DataFrame | None


def _meeting(root: Path, entries: list[Built], new: Iterable[str]) -> _Meeting | None:
    names = set(new)
    since = min((e.first for e in entries if e.name in names and e.first), default="")
    if not since:
        return None
    paths = listing.sound(root, [entry.made["blocks"] for entry in entries])
    files = pl.DataFrame({"path": [str(path) for path in paths], "name": [e.name for e in entries]})
    files = files.with_columns(new=pl.col("name").is_in(list(names)))
    found = pl.scan_parquet(paths, include_file_paths="path").join(files.lazy(), on="path").collect()
    shared = (pl.col("name").n_unique() > 1) | ~pl.col("alone").all()
    judged = found.group_by(BLOCK).agg(meet=shared & pl.col("new").any())
    contested = judged.filter("meet").select(BLOCK)
    inside = set(found.join(contested, on=BLOCK, how="semi")["name"])
    chosen = [e for e in entries if e.name in inside and (not e.closed or e.closed >= since)]
    if not chosen:
        return None
    return _Meeting(
        chosen, dt.date.fromisoformat(since), None if contested.height == judged.height else contested
    )


def _open_rows(root: Path, meeting: _Meeting, apart: pl.DataFrame) -> list[pl.LazyFrame]:
    """Return the prints that can change, each with its file and row there, and whether it is in a list."""
    before = meeting.since - dt.timedelta(days=1)
    number = {entry.name: place for place, entry in enumerate(meeting.entries)}
    found = []
    for stack in _stacks(root, meeting.entries, apart):
        rows, until = stack.rows, stack.superseded(root)
        listed = pl.lit(value=False)
        if until is not None:
            rows = rows.filter(_counts_after(until, before))
            listed = _looked_up(until, lambda days: pl.Series(days != _NEVER), pl.Boolean())
        if meeting.contested is not None:
            rows = rows.join(meeting.contested.lazy(), on=BLOCK, how="semi")
        places = np.array([number[entry.name] for entry in stack.entries], np.uint32)
        slot = pl.lit(stack.slot, pl.UInt8)
        found.append(rows.with_columns(_place(stack.starts, places), _slot=slot, _listed=listed))
    return found


def _place(starts: npt.NDArray[np.int64], places: npt.NDArray[np.uint32]) -> pl.Expr:
    """The file of a row, in place of its number through the files; `_row` becomes its number in that file."""

    def told(rows: pl.Series) -> pl.Series:
        numbers = rows.to_numpy()
        at = np.searchsorted(starts, numbers, side="right") - 1
        row = pl.Series("_row", (numbers - starts[at]).astype(np.uint32))
        return pl.DataFrame({"_file": places[at], "_row": row}).to_struct("_at")

    kind = pl.Struct({"_file": pl.UInt32(), "_row": pl.UInt32()})
    return pl.col("_row").map_batches(told, return_dtype=kind, is_elementwise=True).alias("_at")


def _outranked(part: pl.LazyFrame) -> pl.DataFrame:
    """Return when prints of whole figures are superseded, null for one that was and is not any more."""
    own = ("_at", "_slot", "_listed")
    ranked = vintages.ranked(part).select(*own, *flows.FIGURE, "published", *vintages.ORDER)
    words = [name for name in flows.FIGURE if name not in ("period", "months")]
    kept = ranked.with_columns(pl.col(words).cast(pl.Categorical)).collect()
    # A number for each figure, so that what has to be put in order is short.
    figure = pl.struct(pl.col(name).to_physical() for name in flows.FIGURE)
    ordered = kept.with_columns(_figure=figure).sort("_figure", *vintages.ORDER)
    higher = pl.col("published").shift(1).cum_min().over(pl.col("_figure").rle_id())
    suspect = pl.when("_suspect").then("published")
    found = ordered.select(*own, "published", superseded=pl.coalesce(suspect, higher))
    day = pl.when(pl.col("superseded").is_not_null()).then(pl.max_horizontal("superseded", "published"))
    told = found.filter(pl.col("superseded").is_not_null() | pl.col("_listed"))
    return told.select(pl.col("_at").struct.unnest(), slot="_slot", superseded=day).rename({"_row": "row"})


class _Buckets:
    """Superseded prints on the disk, those of neighbouring files together."""

    def __init__(self, folder: Path, entries: list[Built]) -> None:
        self._folder, self._entries = folder, entries
        rows = np.cumsum([entry.rows for entry in entries])
        self._bucket = pl.Series("_bucket", (rows // _BUCKET).astype(np.uint32))
        self._written: dict[int, list[Path]] = {}

    def add(self, found: pl.DataFrame) -> None:
        marked = found.with_columns(_bucket=self._bucket.gather(found["_file"]))
        for (number,), part in marked.partition_by("_bucket", as_dict=True, include_key=False).items():
            paths = self._written.setdefault(number, [])
            paths.append(self._folder / f"{number}-{len(paths)}.arrow")
            # Through Python, whose error of a full disk says which it is.
            paths[-1].write_bytes(part.write_ipc(None).getbuffer())

    def settled(self, listed: Callable[[Built, pl.DataFrame], Built]) -> Iterator[Built]:
        """Yield every file with what was found of it."""
        none = pl.DataFrame(schema=LIST)
        for number in sorted(set(self._bucket)):
            paths = self._written.get(number, [])
            found = pl.concat([pl.read_ipc(path) for path in paths]) if paths else None
            parts = {} if found is None else found.partition_by("_file", as_dict=True, include_key=False)
            for place in self._bucket.eq(number).arg_true():
                yield listed(self._entries[place], parts.get((place,), none).select(LIST.names()))


def _listed(root: Path, entry: Built, found: pl.DataFrame) -> Built:
    """Return a file with its list: what was found, and of its last list what was not looked at."""
    if LISTED in entry.made:
        (path,) = listing.sound(root, [entry.made[LISTED]])
        found = pl.concat([pl.read_parquet(path).join(found, on=["slot", "row"], how="anti"), found])
    found = found.filter(pl.col("superseded").is_not_null())
    if not found.height:
        return replace(entry, closed="", made=_without_list(entry))
    buffer = io.BytesIO()
    found.sort("slot", "row").write_parquet(buffer, compression="zstd", statistics=False)
    content = buffer.getvalue()
    # Named by what it holds: the list of the last build stays as it is until this build counts.
    stem = entry.name.removesuffix(".parquet")
    place = f"{LISTED}/{entry.source}/{stem}-{raw_id(content)[:8]}.parquet"
    made = {**_without_list(entry), LISTED: Content(place, len(content), raw_id(content))}
    disk.place(root / "processed" / place, content)
    last = found.select(pl.col("superseded").max().cast(pl.String)).item()
    return replace(entry, closed=last if found.height == entry.rows else "", made=made)
