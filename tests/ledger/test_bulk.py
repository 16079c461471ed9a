"""Large files: whatever the size of blocks and of what is held, the same rows in the same order."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import polars as pl
import pytest
from benchmarks.bulk_files import comext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.ledger import build, bulk, ingest, listing, standing
from tonnage.ledger.ledger import open_ledger
from tonnage.model import flows, packed
from tonnage.sources import SOURCES
from tonnage.sources.base import Sidecar, raw_id

SPECIMEN = ROOT / "tests" / "specimens" / "comext" / "full_v2_202402.dat"
NAME = SPECIMEN.name
BULK = SOURCES["comext"].bulk(NAME)
assert BULK is not None
READ = SOURCES["comext"].read


def sidecar(raw: bytes) -> Sidecar:
    return Sidecar("comext", NAME, raw_id(raw), published=dt.date(2024, 4, 15), basis="given")


def made(rows: int) -> bytes:
    """Return a made-up month of so many records."""
    out = io.BytesIO()
    comext(rows, out)
    return out.getvalue()


MONTH = made(4000)
FEW = made(60)


def written(raw: bytes, root: Path, held: int, size: int = 2**20) -> tuple[bulk.Written, pl.DataFrame, bytes]:
    rows, aside = root / "processed" / "rows.parquet", root / "processed" / "aside.parquet"
    chosen = SOURCES["comext"].bulk(NAME)
    assert chosen is not None
    blocks = chosen.blocks
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(chosen), "blocks", lambda _self, file, card: blocks(file, card, size))
        done = bulk.write(io.BytesIO(raw), sidecar(raw), chosen, rows, aside, root, held)
    frame = flows.to_contract(packed.unpack(pl.scan_parquet(rows))).collect()
    return done, frame, rows.read_bytes()


def in_order(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.sort("line", "unit", "value")


def test_the_blocks_told_are_those_of_the_rows_written(tmp_path: Path) -> None:
    for held in (10**6, 300):
        done, _, _ = written(MONTH, tmp_path, held, 20_000)
        stored = pl.read_parquet(tmp_path / "processed" / "rows.parquet")
        told = stored.select(standing.BLOCK).unique().sort(standing.BLOCK).with_columns(alone=True)
        assert done.blocks.equals(told)
        assert done.blocks.schema == standing.BLOCKS
        assert done.rows == stored.height


@pytest.mark.parametrize(("held", "size"), [(10**6, 2**20), (10**6, 5_000), (700, 20_000), (150, 60_000)])
def test_blocks_and_spooled_buckets_give_the_rows_of_one_reading(
    held: int, size: int, tmp_path: Path
) -> None:
    done, frame, content = written(MONTH, tmp_path, held, size)
    reading = READ(MONTH, sidecar(MONTH))
    assert in_order(frame).equals(in_order(reading.frame))
    assert (done.records, done.figures, done.set_aside) == (4000, reading.frame.height, 0)
    assert list(done.notes) == list(reading.notes)
    assert content == written(MONTH, tmp_path, held, size)[2]
    assert not list((tmp_path / "processed").glob(".spool*"))


def test_rows_lie_in_the_order_of_their_commodities_and_partners(tmp_path: Path) -> None:
    written(MONTH, tmp_path, 300, 20_000)
    stored = pl.read_parquet(tmp_path / "processed" / "rows.parquet")
    assert stored.schema == packed.SCHEMA
    assert stored.equals(stored.sort("commodity", "partner", "reporter", "flow", maintain_order=True))


def test_the_sums_of_a_file_are_those_printed_in_it(tmp_path: Path) -> None:
    _, frame, _ = written(MONTH, tmp_path, 300)
    printed = pl.read_csv(MONTH)
    sums = dict(frame.group_by("unit").agg(pl.col("value").sum()).iter_rows())
    assert sums["EUR"] == printed["VALUE_EUR"].sum()
    assert sums["kg"] == printed["QUANTITY_KG"].sum()
    supplementary = printed.group_by("SUPPL_UNIT").agg(pl.col("QUANTITY_SUPPL_UNIT").sum())
    shown = dict(supplementary.iter_rows())
    assert (sums["u"], sums["m2"]) == (shown["NAR"], shown["MTK"])


GARBAGE = st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=60)


@given(
    st.lists(st.tuples(st.integers(1, 60), GARBAGE), max_size=6),
    st.integers(100, 4000),
    st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_whatever_is_injected_no_record_is_lost(
    injected: list[tuple[int, str]], size: int, end: bool
) -> None:
    lines = FEW.decode().splitlines()
    for place, text in injected:
        lines.insert(place, text)
    raw = ("\n".join(lines) + "\n" * end).encode()
    assert BULK is not None
    sound, set_aside = set(), set()
    for block in BULK.blocks(io.BytesIO(raw), sidecar(raw), size):
        sound |= set(block.rows["line"])
        set_aside |= set(block.set_aside["line"])
        for line, text, _ in block.set_aside.iter_rows():
            assert text == lines[line - 1]
    blank = {number for number, text in enumerate(lines, 1) if text == ""}
    assert sound | set_aside == set(range(2, len(lines) + 1)) - blank
    assert not sound & set_aside


def test_a_file_without_one_sound_record_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    raw = SPECIMEN.read_bytes().splitlines(keepends=True)[0] + b"x,y\n"
    with pytest.raises(ReadError, match=r"not one of 1 records could be read; .* line 2: expected 18 fields"):
        written(raw, tmp_path, 10)
    assert [p.name for p in (tmp_path / "processed").iterdir()] == []


def test_a_large_file_is_ingested_built_and_asked_for_like_any_other(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    done = ingest.ingest(root, "comext", SPECIMEN, "2024-04-15", url="https://ec.europa.eu/eurostat")
    assert (done.records, done.aside, done.known) == (9, 0, False)
    assert build.build(root).built[0].rows == 18
    ledger = open_ledger(root)
    rows = ledger.flows().filter(pl.col("commodity") == "85051110", pl.col("partner") == "GRC").collect()
    assert dict(rows.select("unit", "value").iter_rows()) == {"EUR": 1300.0, "kg": 60.0, "u": 9.0}
    told = ledger._with_receipts(rows)
    assert told.select("file", "address", "basis", "line").unique().rows() == [
        ("data/raw/comext/full_v2_202402.dat", "https://ec.europa.eu/eurostat", "given", 7)
    ]
    assert ledger.raw_text(rows["raw"][0], 7).startswith("DE,GR,I,85051110")
    assert ingest.ingest(root, "comext", SPECIMEN, "2024-04-15").known
    assert build.build(root).built == ()


def test_two_months_of_one_figure_in_conflict_are_found_across_files(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    ingest.ingest(root, "comext", SPECIMEN, "2024-04-15")
    other = tmp_path / "again.dat"
    other.write_text(SPECIMEN.read_text().replace(",2700,2700,", ",2701,2701,"))
    ingest.ingest(root, "comext", other, "2024-04-15")
    assert build.build(root).conflicts == 2
    rows = open_ledger(root).prints().filter(pl.col("flags").list.contains("conflict")).collect()
    assert sorted(rows["value"]) == [2700.0, 2701.0]


def test_a_processed_file_reads_back_through_the_list_of_the_build(tmp_path: Path) -> None:
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    ingest.ingest(root, "comext", SPECIMEN, "2024-04-15")
    build.build(root)
    (entry,) = listing.read(root).entries
    assert entry.made["flows"].path.startswith(listing.PACKED)
    stored = listing.flow_rows(root, [entry.made["flows"]])
    assert in_order(flows.to_contract(stored).collect()).equals(
        in_order(READ(SPECIMEN.read_bytes(), sidecar(SPECIMEN.read_bytes())).frame)
    )
