"""A file that is cut short, changed by one bit or lost: told with its name, and made again or restored."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.build_rows import BULLETIN, contents, edit_sidecar

from tonnage.cli import main
from tonnage.errors import StoreError
from tonnage.ledger import disk, listing
from tonnage.ledger import ledger as ledgers
from tonnage.ledger.build import build, manifest
from tonnage.ledger.ingest import ingest
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.ledger.verify import verify
from tonnage.sources.base import raw_id

DRAWN = random.Random(9)  # noqa: S311 - no secret; the same bits each time


def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[DRAWN.randrange(len(raw))] ^= 1 << DRAWN.randrange(8)
    path.write_bytes(raw)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-2])


def lose(path: Path) -> None:
    path.unlink()


def ask(ledger: Ledger) -> None:
    ledger.series("rare-earths")
    ledger.set_aside()


def _raw(data: Path) -> Path:
    return data / "raw" / "gacc-bulletin" / BULLETIN.name


# --- processed files ---------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", [flip, cut, lose])
def test_every_damaged_processed_file_is_told_and_made_again(
    built: Path, spoil: Callable[[Path], None]
) -> None:
    before = contents(built)
    paths = [content.path for content in listing.read(built).contents]
    assert len(paths) == 15
    for path in paths:
        spoil(built / "processed" / path)
        (told,) = verify(built).faults
        assert path in told
        build(built)
        assert contents(built) == before


@pytest.mark.parametrize("table", ["flows", "receipts"])
def test_no_answer_is_given_from_a_flipped_file(built: Path, table: str) -> None:
    path = next((built / "processed" / table / "gacc-bulletin").iterdir())
    flip(path)
    with pytest.raises(StoreError, match=rf"{path.name}: expected SHA-256 .*, found .* run: tonnage build"):
        ask(open_ledger(built))


def test_a_file_is_hashed_once_while_it_stays_as_it_is(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: list[Path] = []
    hashed = disk.hashed

    def noted(path: Path) -> str:
        found.append(path)
        return hashed(path)

    monkeypatch.setattr(disk, "hashed", noted)
    ledger = open_ledger(built)
    for _ in range(3):
        ask(ledger)
    assert found
    assert len(found) == len(set(found))
    (apart,) = (path for path in found if path.name.startswith("conflicts"))
    times = apart.stat()
    flip(apart)
    os.utime(apart, ns=(times.st_atime_ns, times.st_mtime_ns))  # whoever writes may set it back
    with pytest.raises(StoreError, match=rf"{apart.name}: expected SHA-256"):
        ask(open_ledger(built))


@pytest.mark.parametrize("spoil", [cut, lose])
def test_a_ledger_with_a_short_or_lost_file_does_not_open(built: Path, spoil: Callable[[Path], None]) -> None:
    for entry in manifest(built):
        spoil(built / "processed" / entry.made["receipts"].path)
    told = (
        r"\.parquet(: expected [0-9,]+ bytes, found [0-9,]+| is missing) \(and 2 more\); run: tonnage build"
    )
    with pytest.raises(StoreError, match=told):
        open_ledger(built)


def test_the_error_of_the_engine_names_the_file_that_is_damaged(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large ledger is not hashed before each question; then the engine meets the damage first."""
    monkeypatch.setattr(listing, "HASHED", 0)
    monkeypatch.setattr(ledgers, "_HELD_ROWS", 0)
    for path in (built / "processed" / "flows").glob("*/*.parquet"):
        path.write_bytes(b"X" * path.stat().st_size)
    with pytest.raises(StoreError, match=r"expected SHA-256 .* \(and 2 more\); run: tonnage build"):
        open_ledger(built).series("rare-earths")


def test_each_flipped_bit_of_the_list_is_noticed_and_the_list_made_again(built: Path) -> None:
    path = built / "processed" / "build.json"
    before = contents(built)
    for _ in range(100):
        flip(path)
        with pytest.raises(StoreError, match=r"build\.json: not a list .* or damaged; run: tonnage build"):
            open_ledger(built)
        path.write_bytes(before["processed/build.json"])
    flip(path)
    assert len(build(built).built) == 3
    assert contents(built) == before


# --- raw files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", [flip, cut, lose])
def test_a_damaged_raw_file_is_told_and_restored_by_ingesting_the_true_one(
    built: Path, spoil: Callable[[Path], None]
) -> None:
    before = contents(built)
    spoil(_raw(built))
    told, second = verify(built).faults
    assert re.match(rf"data/raw/gacc-bulletin/{BULLETIN.name}: .*[Rr]estore it", told)
    assert second == "not built again: that takes every raw file as it was stored"
    with pytest.raises(StoreError, match=r"[Rr]estore it"):
        build(built)
    assert {k: v for k, v in contents(built).items() if k.startswith("processed")} == {
        k: v for k, v in before.items() if k.startswith("processed")
    }
    done = ingest(built, "gacc-bulletin", BULLETIN)
    assert (done.known, done.restored) == (True, True)
    assert contents(built) == before


def _look_at_everything(data: Path) -> None:
    # The size a sidecar states decides nothing, so that opening does not look at it; the deep check does.
    open_ledger(data)
    raise StoreError(*verify(data).faults)


@pytest.mark.parametrize("spoil", [flip, cut, lose])
def test_a_damaged_sidecar_never_passes_for_the_one_that_was_built(
    built: Path, spoil: Callable[[Path], None]
) -> None:
    card = _raw(built).with_name(f"{BULLETIN.name}.json")
    whole = card.read_bytes()
    for _ in range(30):
        spoil(card)
        with pytest.raises(StoreError, match=re.escape(BULLETIN.name)):
            _look_at_everything(built)
        card.write_bytes(whole)


def test_a_list_of_another_version_is_told_and_built_anew(built: Path) -> None:
    path = built / "processed" / "build.json"
    before = contents(built)
    body = path.read_bytes().split(b"\n", 1)[1].replace(b'"height":', b'"breadth":')
    path.write_bytes(b'{"sha256": "%s",\n' % raw_id(body).encode() + body)
    with pytest.raises(StoreError, match=r"build\.json: written by another version .* run: tonnage build"):
        open_ledger(built)
    build(built)
    assert contents(built) == before


def test_what_changed_under_a_build_is_named_by_the_next(built: Path) -> None:
    edit_sidecar(_raw(built), published="2026-01-19")
    (press,) = (built / "raw" / "press").glob("*.csv")
    for path in (press, press.with_name(f"{press.name}.json")):
        path.unlink()
    done = build(built)
    assert done.resaid == (f"data/raw/gacc-bulletin/{BULLETIN.name}",)
    assert done.gone == (f"data/raw/press/{press.name}",)
    again = build(built)
    assert (again.resaid, again.gone, again.repaired) == ((), (), ())


# --- the deep check ----------------------------------------------------------------------------------


def test_a_sound_workspace_is_proved(built: Path) -> None:
    before = contents(built)
    found = verify(built)
    assert (found.raw, found.processed, found.rebuilt, found.faults) == (3, 15, 15, ())
    assert contents(built) == before


def test_a_workspace_with_kept_text_is_proved(built: Path) -> None:
    # Acts have no sidecar: they are text that tonnage keeps itself.
    acts = Path(__file__).parents[2] / "data" / "raw" / "events" / "2010.toml"
    (built / "raw" / "events").mkdir()
    shutil.copy(acts, built / "raw" / "events")
    build(built)
    assert (verify(built).raw, verify(built).faults) == (4, ())


def test_processed_bytes_that_raw_does_not_give_are_found_though_the_list_vouches_for_them(
    built: Path, tmp_path: Path
) -> None:
    other = Path(shutil.copytree(built, tmp_path / "other" / "data"))
    edit_sidecar(_raw(other), title="another")
    build(other)
    # The list of the one, with the files of the other under their names.
    entries = [e for e in listing.read(built).entries if e.file.endswith(BULLETIN.name)]
    held = listing.read(built)
    (made,) = (built / "processed" / e.made["receipts"].path for e in entries)
    (press,) = (built / "processed" / "receipts" / "press").iterdir()
    made.write_bytes(press.read_bytes())
    forged = listing.Content(
        entries[0].made["receipts"].path, press.stat().st_size, raw_id(press.read_bytes())
    )
    lied = [
        listing.Built(
            **{n: getattr(e, n) for n in e.__dataclass_fields__} | {"made": {**e.made, "receipts": forged}}
        )
        if e in entries
        else e
        for e in held.entries
    ]
    more = {k: v for k, v in listing.values(built).items() if k not in ("sha256", "apart", "files")}
    listing.write(built, lied, held.apart, **more)
    (told,) = verify(built).faults
    assert re.search(rf"{made.name}: built again from raw it is .* bytes, .* the build has .* bytes", told)


def test_the_command_tells_each_fault_and_fails(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check = ["--data", str(built), "check", "--deep"]
    assert main(check) == 0
    assert (
        "3 raw and 15 processed files hashed, 15 built again from raw; each is the same"
        in capsys.readouterr().out
    )
    for table in ("flows", "receipts"):
        flip(next((built / "processed" / table / "gacc-bulletin").iterdir()))
    assert main(check) == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert all(line.startswith("tonnage: data/processed/") for line in told)
    assert main(["--data", str(built), "build"]) == 0
    assert capsys.readouterr().err.count("was damaged and is made again") == 2
    assert main(check) == 0
