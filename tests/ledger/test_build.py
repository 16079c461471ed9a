"""Raw to processed: only what changed, the same bytes each time, and nothing at all when it fails."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl
import pytest
from tests.build_rows import BULLETIN, FLASH, PRESS, as_csv, contents, edit_sidecar, put, records, tree

from tonnage.errors import ReadError, StoreError, TonnageError
from tonnage.ledger import disk, slices
from tonnage.ledger.build import Built, build, digest, manifest, stale
from tonnage.ledger.ledger import open_ledger
from tonnage.sources import SOURCES


def bulletin(data: Path) -> Path:
    return data / "raw" / "gacc-bulletin" / BULLETIN.name


def names(entries: Iterable[Built]) -> list[str]:
    return sorted(Path(entry.file).name for entry in entries)


# --- what a build makes ------------------------------------------------------------------------------


def test_each_raw_file_gives_its_rows_receipts_and_what_was_set_aside(december: Path) -> None:
    done = build(december)
    assert [(e.file, e.records, e.rows, e.set_aside) for e in manifest(december)] == [
        ("data/raw/gacc-bulletin/2026-01-14_flash.csv", 1, 6, 0),
        ("data/raw/gacc-bulletin/2026-01-18_bulletin.csv", 3, 12, 0),
        ("data/raw/press/december_2025.csv", 9, 10, 0),
    ]
    assert (len(done.built), len(done.reused), done.conflicts, done.orphans) == (3, 0, 0, ())


def test_a_second_build_writes_nothing(built: Path) -> None:
    before = tree(built)
    done = build(built)
    assert (len(done.built), len(done.reused)) == (0, 3)
    assert tree(built) == before


def test_only_a_new_file_is_read(built: Path) -> None:
    before = tree(built / "processed")
    row = records(BULLETIN)[1] | {"period": "2026-01", "month_quantity": "6061", "ytd_quantity": ""}
    put(built, "gacc-bulletin", "2026-03-18_bulletin.csv", as_csv([row]))
    done = build(built)
    assert names(done.built) == ["2026-03-18_bulletin.csv"]
    after = tree(built / "processed")
    kept = [name for name in before if name.count("/") == 2]
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert after["build.json"] != before["build.json"]


def test_a_changed_sidecar_rebuilds_just_its_file(built: Path) -> None:
    before = digest(built)
    edit_sidecar(bulletin(built), published="2026-01-19")
    done = build(built)
    assert (names(done.built), len(done.reused)) == ([BULLETIN.name], 2)
    days = open_ledger(built).prints().filter(pl.col("stage") == "bulletin").collect()["published"]
    assert days.unique().to_list() == [dt.date(2026, 1, 19)]
    assert digest(built) != before


def test_a_removed_raw_file_disappears(built: Path) -> None:
    for path in (bulletin(built), bulletin(built).with_name(f"{BULLETIN.name}.json")):
        path.unlink()
    build(built)
    assert set(open_ledger(built).prints().collect()["stage"].unique()) == {"flash", "quoted"}
    assert not list((built / "processed").glob("*/*/b03a7633cca6b97c-*"))


def test_a_lost_processed_file_is_made_again(built: Path) -> None:
    before = contents(built)
    next((built / "processed" / "receipts" / "press").iterdir()).unlink()
    assert names(build(built).built) == [PRESS.name]
    assert contents(built) == before


@pytest.mark.parametrize("name", ["conflicts-*.parquet", "build.json"])
def test_a_lost_list_is_made_again(built: Path, name: str) -> None:
    before = contents(built)
    (path,) = (built / "processed").glob(name)
    path.unlink()
    build(built)
    assert contents(built) == before


def test_processed_can_be_deleted_and_comes_back_byte_for_byte(built: Path) -> None:
    before = contents(built / "processed")
    shutil.rmtree(built / "processed")
    build(built)
    assert contents(built / "processed") == before


def test_the_order_in_which_files_came_does_not_matter(built: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "data"
    (other / "raw").mkdir(parents=True)
    for path in (PRESS, BULLETIN, FLASH):
        put(other, "press" if path is PRESS else "gacc-bulletin", path.name, path.read_bytes())
        build(other)
    assert contents(other / "processed") == contents(built / "processed")


def test_an_empty_workspace_is_built_and_opened(data: Path) -> None:
    done = build(data)
    assert (done.built, done.reused) == ((), ())
    assert open_ledger(data).flows().collect().is_empty()


def test_an_orphan_is_told_and_not_read(built: Path) -> None:
    (built / "raw" / "press" / "stray.csv").write_bytes(PRESS.read_bytes())
    done = build(built)
    assert done.orphans == ("data/raw/press/stray.csv",)
    assert len(manifest(built)) == 3


# --- a build that fails ------------------------------------------------------------------------------


def _change_raw(data: Path) -> None:
    bulletin(data).write_bytes(BULLETIN.read_bytes().replace(b"4392", b"4393"))


def _lose_raw(data: Path) -> None:
    bulletin(data).unlink()


def _bad_sidecar(data: Path) -> None:
    edit_sidecar(bulletin(data), licnce="x")


def _wrong_folder(data: Path) -> None:
    folder = bulletin(data).parent.rename(data / "raw" / "gacc")
    assert folder.is_dir()


def _twins(data: Path) -> None:
    put(data, "gacc-bulletin", "2026-01-19_again.csv", BULLETIN.read_bytes())


def _twins_of_two_sources(data: Path) -> None:
    put(data, "quotas", BULLETIN.name, BULLETIN.read_bytes())


def _unknown_source(data: Path) -> None:
    put(data, "presss", "a.csv", b"x")


def _no_stage(data: Path) -> None:
    edit_sidecar(bulletin(data), details={"flow": "export"})


def _not_of_the_form(data: Path) -> None:
    put(data, "press", "zz_last.csv", b"a,b\n1,2\n")


FAILURES: dict[str, tuple[Callable[[Path], None], type[TonnageError], str]] = {
    "a changed raw file": (
        _change_raw,
        StoreError,
        "2026-01-18_bulletin.csv: expected SHA-256 .*, found .* Restore",
    ),
    "a missing raw file": (_lose_raw, StoreError, "2026-01-18_bulletin.csv: .*the file is not; restore it"),
    "a bad sidecar": (_bad_sidecar, StoreError, r"bulletin.csv.json: expected the fields .*unknown: licnce"),
    "a folder of another name": (
        _wrong_folder,
        StoreError,
        "names source 'gacc-bulletin' .* its place, 'gacc'",
    ),
    "the same bytes twice": (
        _twins,
        StoreError,
        "2026-01-19_again.csv: holds the same bytes as .*18_bulletin.csv; rem",
    ),
    "the same bytes in two sources": (
        _twins_of_two_sources,
        StoreError,
        "holds the same bytes as data/raw/gacc-b",
    ),
    "an unknown source": (
        _unknown_source,
        StoreError,
        "presss/a.csv: no source 'presss'; did you mean 'press'",
    ),
    "a sidecar without a stage": (
        _no_stage,
        ReadError,
        "^data/raw/gacc-bulletin/2026-01-18_bulletin.csv: detail 'st",
    ),
    "a file of another form": (
        _not_of_the_form,
        ReadError,
        r"^data/raw/press/zz_last.csv: line 1: expected the 18 columns of this source; unknown: a, b",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failed_build_names_the_file_and_leaves_processed_as_it_was(built: Path, failure: str) -> None:
    spoil, kind, told = FAILURES[failure]
    # A good file that is new: it must not be built by half.
    row = records(BULLETIN)[1] | {"period": "2025-11", "month_quantity": "5494", "ytd_quantity": "58193"}
    put(built, "gacc-bulletin", "2025-12-18_bulletin.csv", as_csv([row]))
    spoil(built)
    before = tree(built / "processed")
    with pytest.raises(kind, match=told):
        build(built)
    assert tree(built / "processed") == before


def test_a_fault_inside_a_reader_is_not_taken_for_an_unknown_source(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes, sidecar: object) -> object:
        raise KeyError("period")

    source = SOURCES["press"]
    fields = {name: getattr(source, name) for name in source.__dataclass_fields__}
    monkeypatch.setitem(SOURCES, "press", type(source)(**(fields | {"read": broken})))
    edit_sidecar(built / "raw" / "press" / PRESS.name, title="new")
    with pytest.raises(KeyError, match="period"):
        build(built)


def test_a_second_builder_is_refused(december: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "WAIT", 0.1)
    with (
        disk.locked(december),
        pytest.raises(StoreError, match="processed: another tonnage process is writing here"),
    ):
        build(december)
    assert contents(december / "processed") == {}


def test_a_damaged_list_of_built_files_says_how_to_get_a_new_one(built: Path) -> None:
    path = built / "processed" / "build.json"
    path.write_text(json.dumps({"files": [{"name": "x"}]}))
    with pytest.raises(StoreError, match=r"build\.json: not a list of built files .*run: tonnage build$"):
        open_ledger(built)
    before = contents(built / "raw")
    build(built)
    assert open_ledger(built).digest
    assert contents(built / "raw") == before


# --- a ledger is of one build ------------------------------------------------------------------------


def test_there_is_no_ledger_before_a_build(december: Path) -> None:
    with pytest.raises(StoreError, match="nothing is built yet; run: tonnage build"):
        open_ledger(december)


def test_a_stale_ledger_is_refused_with_the_command_to_run(built: Path) -> None:
    edit_sidecar(bulletin(built), published="2026-01-19")
    assert stale(built) == ["data/raw/gacc-bulletin/2026-01-18_bulletin.csv"]
    with pytest.raises(
        StoreError, match=r"1 raw files differ .*2026-01-18_bulletin\.csv\); run: tonnage build"
    ):
        open_ledger(built)


def test_a_new_and_a_removed_file_make_a_ledger_stale(built: Path) -> None:
    bulletin(built).with_name(f"{BULLETIN.name}.json").unlink()
    put(built, "press", "new.csv", as_csv(records(PRESS)[:1]))
    assert stale(built) == ["data/raw/gacc-bulletin/2026-01-18_bulletin.csv", "data/raw/press/new.csv"]


def test_a_reader_sees_the_old_build_or_the_new(built: Path) -> None:
    old = open_ledger(built)
    before = old.series("rare-earths", unit="t")
    edit_sidecar(bulletin(built), published="2026-01-19")
    build(built)
    assert old.series("rare-earths", unit="t").equals(before)
    assert old.flows("2026-01-18").filter(pl.col("stage") == "bulletin").collect().height == 12
    assert open_ledger(built).flows("2026-01-18").filter(pl.col("stage") == "bulletin").collect().is_empty()


def test_a_reader_that_comes_too_late_is_told_to_open_again(built: Path) -> None:
    old = open_ledger(built)
    edit_sidecar(bulletin(built), published="2026-01-19")
    build(built)
    with pytest.raises(StoreError, match=r"\.parquet is missing.*then open the ledger again"):
        old.series("rare-earths")


def test_equal_workspaces_have_equal_digests(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built, tmp_path / "copy" / "data")
    assert digest(tmp_path / "copy" / "data") == digest(built)


# --- prints in conflict ------------------------------------------------------------------------------


def test_two_files_with_another_value_for_one_print_are_kept_and_flagged(built: Path) -> None:
    """A second transcription of table 13 that differs in one figure: 4,393 t for 4,392 t."""
    row = records(BULLETIN)[1] | {"month_quantity": "4393"}
    put(built, "gacc-bulletin", "2026-01-18_second.csv", as_csv([row]))
    assert build(built).conflicts == 2
    ledger = open_ledger(built)
    line = (
        ledger.prints().filter(pl.col("commodity") == "rare_earths", pl.col("stage") == "bulletin").collect()
    )
    in_conflict = line.filter(pl.col("flags").list.contains("conflict")).sort("value")
    assert in_conflict.select("months", "unit", "value").rows() == [
        (1, "kg", 4_392_000.0),
        (1, "kg", 4_393_000.0),
    ]
    assert line.height == 8
    # Of two equals the answer is one of them, always the same: the first by hash of the file, never a mean.
    shown = ledger.series("rare-earths", unit="t").filter(pl.col("period") == dt.date(2025, 12, 1))
    first = in_conflict.sort("raw").row(0, named=True)
    assert shown["value"].item() * 1000 == first["value"]
    assert shown["flags"].item().to_list() == ["aggregate", "conflict"]


def test_conflicts_are_sought_among_files_that_share_a_day_and_in_parts_alike(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newspapers print on many days; a second clipping of one of them differs in one number."""
    row = next(r for r in records(PRESS) if r["quantity"])
    row |= {"quantity": str(float(row["quantity"]) + 1), "amount": ""}
    put(built, "press", "again.csv", as_csv([row]))
    put(built, "gacc-bulletin", "2026-01-18_second.csv", as_csv([records(BULLETIN)[1]]))
    assert build(built).conflicts == 2
    (whole,) = (built / "processed").glob("conflicts-*.parquet")
    found = whole.read_bytes()
    shutil.rmtree(built / "processed")
    monkeypatch.setattr(slices, "ROWS", 1)
    assert build(built).conflicts == 2
    assert whole.read_bytes() == found


def test_a_conflict_ends_with_the_file_that_made_it(built: Path) -> None:
    row = records(BULLETIN)[1] | {"month_quantity": "4393"}
    path = put(built, "gacc-bulletin", "2026-01-18_second.csv", as_csv([row]))
    build(built)
    path.unlink()
    path.with_name(f"{path.name}.json").unlink()
    assert build(built).conflicts == 0
    assert not open_ledger(built).prints().collect()["flags"].list.contains("conflict").any()
