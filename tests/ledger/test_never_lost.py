"""Whatever happens to a writer or the disk: the old state or the new one, told, and nothing lost.

A writer is killed for real, at moments drawn over the length of its run and before every single change it
makes to the disk; a disk is full for real (a small tmpfs), and a folder read-only for real.
"""

from __future__ import annotations

import ast
import inspect
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
from tests.build_rows import BULLETIN, FLASH, PRESS, as_csv, contents, edit_sidecar, put, records
from tests.ledger.killed import Writers, prove_nothing, writers

from tonnage.errors import StoreError
from tonnage.ledger import build as building
from tonnage.ledger import disk, ingest, listing, store, verify
from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger

KILLS = 60
GIVEN = ("published=2026-03-18", "stage=bulletin", "flow=export")
TOLD = "run: tonnage build$"


def _bulletin(month: str, tonnes: int) -> bytes:
    row = records(BULLETIN)[1] | {"period": month, "month_quantity": str(tonnes), "ytd_quantity": ""}
    return as_csv([row])


def _change(data: Path) -> None:
    """A new file, one that conflicts with a print held, a sidecar that says another day, one file less."""
    put(data, "gacc-bulletin", "2026-03-19_bulletin.csv", _bulletin("2026-02", 5000))
    put(data, "gacc-bulletin", "2026-01-18_second.csv", _bulletin("2025-12", 4393))
    edit_sidecar(data / "raw" / "gacc-bulletin" / FLASH.name, published="2026-01-15")
    gone = data / "raw" / "gacc-bulletin" / "2025-07-18_bulletin.csv"
    gone.unlink()
    gone.with_name(f"{gone.name}.json").unlink()


def _rows(data: Path) -> pl.DataFrame:
    # Of the build as it stands, whether or not raw has changed since.
    return Ledger(data).prints().collect()


@pytest.fixture
def changed(built: Path) -> Path:
    """A build of a few files, after which data/raw has changed."""
    for month in (6, 7, 8):
        put(built, "gacc-bulletin", f"2025-0{month + 1}-18_bulletin.csv", _bulletin(f"2025-0{month}", 4000))
    build(built)
    _change(built)
    return built


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A file to ingest."""
    path = tmp_path / "2026-03-18_bulletin.csv"
    path.write_bytes(_bulletin("2026-01", 6061))
    return path


@pytest.fixture(scope="module")
def _program() -> Iterator[Writers]:
    with writers() as found:
        yield found


@pytest.fixture
def killable(_program: Writers, monkeypatch: pytest.MonkeyPatch) -> Writers:
    """Writers to be killed; what they write is compared with what is written here."""
    monkeypatch.setattr(building, "_violated", building._violated)  # put back at the end
    prove_nothing(building)
    return _program


def _copy(data: Path, name: str) -> Path:
    return Path(shutil.copytree(data, data.parent / name / "data", dirs_exist_ok=True))


class _Build:
    """A build that may be killed, and what must hold whenever it was."""

    def __init__(self, changed: Path) -> None:
        self.start = changed
        self.raw = contents(changed / "raw")
        self.old = _rows(changed)
        clean = _copy(changed, "clean")
        shutil.rmtree(clean / "processed")
        build(clean)
        self.clean = contents(clean / "processed")
        self.new = _rows(clean)

    def holds(self, data: Path) -> str:
        assert contents(data / "raw") == self.raw
        state = "new" if _rows(data).equals(self.new) else "old"
        if state == "new":
            assert open_ledger(data).digest
        else:
            assert _rows(data).equals(self.old)
            with pytest.raises(StoreError, match=TOLD):
                open_ledger(data)
        build(data)
        assert contents(data / "processed") == self.clean
        assert contents(data / "raw") == self.raw
        return state


def test_a_build_killed_at_any_moment_leaves_the_old_build_or_the_new(
    changed: Path, killable: Writers
) -> None:
    expected = _Build(changed)
    for data in killable.kill("build", changed, times=KILLS, seed=6):
        expected.holds(data)


def test_a_build_killed_before_each_change_it_makes_leaves_the_old_build_or_the_new(
    changed: Path, killable: Writers
) -> None:
    expected = _Build(changed)
    found: list[str] = []
    for step in range(1, 500):
        data = _copy(changed, f"step{step}")
        code = killable.run("build", data, step=step)
        found.append(expected.holds(data))
        shutil.rmtree(data.parent)
        if code == 0:
            break
        assert code == -9
    # All old, then all new: a single change decides.
    assert found == sorted(found, reverse=True)
    assert set(found) == {"old", "new"}
    assert len(found) > 30


class _Ingest:
    """An ingest that may be killed, and what must hold whenever it was."""

    def __init__(self, built: Path, release: Path) -> None:
        self.release = release
        self.old = contents(built / "raw")
        self.processed = contents(built / "processed")
        self.rows = _rows(built)
        clean = _copy(built, "clean")
        self.ingest(clean)
        self.new = contents(clean / "raw")
        self.bytes_only = {**self.old, f"gacc-bulletin/{release.name}": release.read_bytes()}

    def ingest(self, data: Path) -> None:
        ingest.ingest(data, "gacc-bulletin", self.release, **dict(pair.split("=") for pair in GIVEN))

    def holds(self, data: Path) -> str:
        raw = {name: found for name, found in contents(data / "raw").items() if not name.endswith(".tmp")}
        states = {"old": self.old, "bytes": self.bytes_only, "new": self.new}
        (state,) = [name for name, expected in states.items() if raw == expected]
        assert contents(data / "processed") == self.processed
        if state == "new":
            with pytest.raises(StoreError, match=TOLD):
                open_ledger(data)
        else:
            assert open_ledger(data).prints().collect().equals(self.rows)
        assert [p.name for p in store.orphans(data)] == ([self.release.name] if state == "bytes" else [])
        self.ingest(data)
        assert contents(data / "raw") == self.new
        return state


def test_an_ingest_killed_at_any_moment_leaves_the_old_store_or_the_new(
    built: Path, release: Path, killable: Writers
) -> None:
    expected = _Ingest(built, release)
    given = ("gacc-bulletin", str(release), *GIVEN)
    for data in killable.kill("ingest", built, *given, times=KILLS, seed=7):
        expected.holds(data)


def test_an_ingest_killed_before_each_change_it_makes_can_be_done_again(
    built: Path, release: Path, killable: Writers
) -> None:
    expected = _Ingest(built, release)
    found: list[str] = []
    for step in range(1, 50):
        data = _copy(built, f"step{step}")
        code = killable.run("ingest", data, "gacc-bulletin", str(release), *GIVEN, step=step)
        found.append(expected.holds(data))
        if code == 0:
            break
        assert code == -9
    assert list(dict.fromkeys(found)) == ["old", "bytes", "new"]


# --- what a killed run leaves ------------------------------------------------------------------------


@pytest.mark.parametrize("writer", ["build", "ingest"])
def test_the_next_writer_removes_what_a_killed_one_left_half_written(
    built: Path, release: Path, writer: str
) -> None:
    left = [
        built / "raw" / "gacc-bulletin" / ".x.csv.4194303.tmp",
        built / "processed" / ".build.json.1.tmp",
        built / "processed" / "flows" / "press" / f".a.parquet.{os.getpid()}.tmp",
    ]
    kept = built / "raw" / "gacc-bulletin" / ".notes.tmp"
    for path in (*left, kept):
        path.write_bytes(b"half")
    if writer == "build":
        build(built)
    else:
        _Ingest.ingest(_named(release), built)
    assert [path for path in left if path.exists()] == []
    assert kept.exists()


def _named(release: Path) -> _Ingest:
    made = _Ingest.__new__(_Ingest)
    made.release = release
    return made


def test_nothing_is_removed_while_another_process_writes(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "WAIT", 0.1)
    with disk.locked(built):
        path = built / "processed" / ".build.json.1.tmp"
        path.write_bytes(b"half")
        with pytest.raises(StoreError, match="another tonnage process is writing here"):
            build(built)
        assert path.exists()


# --- two at once -------------------------------------------------------------------------------------


def _command(data: Path, *arguments: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "tonnage.cli", "--data", str(data), *arguments]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_writers_at_once_wait_for_each_other(changed: Path, release: Path) -> None:
    given = [part for pair in GIVEN[1:] for part in ("--detail", pair)]
    added = ["ingest", "gacc-bulletin", "--file", str(release), "--published", "2026-03-18", *given]
    running = [_command(changed, *verb) for verb in (["build"], added)]
    for process in running:
        _, told = process.communicate()
        assert process.returncode == 0, told
    build(changed)
    clean = _copy(changed, "clean")
    shutil.rmtree(clean / "processed")
    build(clean)
    assert contents(changed) == contents(clean)


def test_a_writer_that_waits_in_vain_is_told(december: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of another process, which ends with it: even by kill -9."""
    monkeypatch.setattr(disk, "WAIT", 0.2)
    holds = "import sys,time; from pathlib import Path; from tonnage.ledger import disk\n"
    holds += "with disk.locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(600)"
    holder = subprocess.Popen([sys.executable, "-c", holds, str(december)], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        told = (
            r"processed: another tonnage process is writing here; waited 0\.2 s .* run the same command again"
        )
        with pytest.raises(StoreError, match=told):
            build(december)
        holder.kill()
    assert len(build(december).built) == 3


def test_a_lock_whose_folder_was_deleted_keeps_nobody_out_and_is_not_taken_for_one(december: Path) -> None:
    with disk.locked(december):
        shutil.rmtree(december / "processed")
        with disk.locked(december):
            pass
    assert len(build(december).built) == 3


# --- a disk that is full, a folder that is read-only -------------------------------------------------


@contextmanager
def _mounted(folder: Path, *how: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", *how, str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(folder: Path, free: int) -> Path:
    """Leave so many free pages."""
    filler = folder / "filler"
    with filler.open("wb") as handle:
        left = os.statvfs(folder)
        handle.write(b"\0" * max(0, left.f_bavail - free) * left.f_frsize)
    return filler


def _full_disk(data: Path, write: Callable[[Path], object], pages: int) -> list[str]:
    """Run a writer on disks with 0, 1, 2 ... free pages until it can; return what it said each time."""
    told: list[str] = []
    for free in range(pages):
        place = data.parent / f"small{free}"
        with _mounted(place, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
            root = Path(shutil.copytree(data, place / "data"))
            before = contents(root)
            filler = _fill(place, free)
            try:
                write(root)
            except StoreError as fault:
                told.append(str(fault))
                assert contents(root) == before
                filler.unlink()
                write(root)
                continue
            break
    return told


def test_a_build_on_a_full_disk_is_told_and_changes_nothing(changed: Path) -> None:
    told = _full_disk(changed, build, pages=60)
    expected = "cannot be written: No space left on device; make room on that disk, then run the same command"
    assert len(told) > 3
    assert [text for text in told if expected not in text or "/data/processed" not in text] == []
    assert len({text.split(":")[0] for text in told}) > 1  # at several points of the run


def test_an_ingest_on_a_full_disk_is_told_and_changes_nothing(built: Path, release: Path) -> None:
    told = _full_disk(built, lambda root: _named(release).ingest(root), pages=10)
    expected = "/data/raw/gacc-bulletin: cannot be written: No space left on device; make room on that disk"
    assert told
    assert [text for text in told if expected not in text] == []


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    if os.geteuid():
        every = [folder, *(p for p in folder.rglob("*") if p.is_dir())]
        for path in every:
            path.chmod(0o555)
        yield
        for path in every:
            path.chmod(0o755)
        return
    # Permissions do not stop root, a read-only mount does.
    with _mounted(folder, "--bind", str(folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield


def test_a_read_only_workspace_is_told_to_writers_and_read_as_ever(changed: Path, release: Path) -> None:
    build(changed)
    before = contents(changed)
    rows = _rows(changed)
    told = (
        r"processed: cannot be written: (Read-only file system|Permission denied); make the folder writable"
    )
    with _read_only(changed):
        with pytest.raises(StoreError, match=told):
            build(changed)
        with pytest.raises(StoreError, match=told):
            _named(release).ingest(changed)
        assert open_ledger(changed).prints().collect().equals(rows)
        assert verify.verify(changed).faults == ()
    assert contents(changed) == before


def test_a_read_only_raw_folder_is_built_from_and_not_ingested_into(changed: Path, release: Path) -> None:
    before = contents(changed / "raw")
    with _read_only(changed / "raw"):
        assert len(build(changed).built) == 3
        with pytest.raises(StoreError, match="raw/gacc-bulletin: cannot be written: "):
            _named(release).ingest(changed)
    assert contents(changed / "raw") == before


# --- a clock that jumps ------------------------------------------------------------------------------


def test_no_time_of_a_file_and_no_clock_decides_what_is_built(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(built)
    drawn = random.Random(8)  # noqa: S311 - no secret; the same times each run
    for moment in (0, 4_102_444_800, 1):  # 1970, 2100, 1970
        monkeypatch.setattr(time, "time", lambda now=moment: float(now))
        monkeypatch.setattr(time, "time_ns", lambda now=moment: now * 10**9)
        for path in built.rglob("*"):
            os.utime(path, (drawn.randrange(4_102_444_800), drawn.randrange(4_102_444_800)))
        done = build(built)
        assert (len(done.built), len(done.reused)) == (0, 3)
        assert open_ledger(built).digest
    assert contents(built) == before


@pytest.mark.parametrize("module", [disk, store, listing, ingest, building, verify])
def test_no_module_that_writes_asks_for_the_time(module: ModuleType) -> None:
    tree = ast.parse(inspect.getsource(module))
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    clocks = {"time_ns", "now", "utcnow", "today", "fromtimestamp", "getmtime", "getctime"}
    assert names & (clocks | {"st_mtime", "st_ctime", "st_mtime_ns", "st_ctime_ns"}) == set()
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    # A waiting time and a duration come from clocks that never jump.
    assert {c for c in calls if c.startswith("time.")} <= {
        "time.monotonic",
        "time.perf_counter",
        "time.sleep",
    }


def test_a_file_changed_within_its_size_and_time_is_built_again(built: Path) -> None:
    before = contents(built)
    path = next((built / "processed" / "flows" / "press").glob("*.parquet"))
    was = path.stat()
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    done = build(built)
    assert [Path(entry.file).name for entry in done.built] == [PRESS.name]
    assert len(done.repaired) == 1
    assert contents(built) == before
