"""data/raw is written once: what does not agree with its sidecar is told, with what to do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from tests.build_rows import BULLETIN, contents, edit_sidecar, put, sidecar

from tonnage.errors import StoreError
from tonnage.ledger import disk, store

GOOD = BULLETIN.read_bytes()


@pytest.fixture
def raw(data: Path) -> Path:
    return put(data, "gacc-bulletin", BULLETIN.name, GOOD, url="https://customs.example/")


def only(data: Path) -> store.RawFile:
    (found,) = store.raw_files(data)
    return found


def test_what_was_stored_comes_back(data: Path, raw: Path) -> None:
    found = only(data)
    assert found.sidecar == sidecar("gacc-bulletin", BULLETIN.name, GOOD, url="https://customs.example/")
    assert (found.path, store.verified(found)) == (raw, GOOD)
    assert found.shown == "data/raw/gacc-bulletin/2026-01-18_bulletin.csv"


def test_a_sidecar_is_json_that_a_person_can_read(raw: Path) -> None:
    entry = json.loads(raw.with_name(f"{raw.name}.json").read_text("utf-8"))
    assert (entry["published"], entry["bytes"], entry["details"]["stage"]) == (
        "2026-01-18",
        len(GOOD),
        "bulletin",
    )


def test_a_file_changed_after_it_was_stored_is_told_with_both_hashes(data: Path, raw: Path) -> None:
    raw.write_bytes(GOOD.replace(b"4392", b"4393"))
    told = (
        r"^data/raw/gacc-bulletin/2026-01-18_bulletin\.csv: expected SHA-256 b03a7633cca6b97c\.\.\., found"
        r" [0-9a-f]{16}\.\.\.: the file was changed after it was stored\. Restore it; .* as a new file"
    )
    with pytest.raises(StoreError, match=told):
        store.verified(only(data))


def test_a_missing_file_is_told(data: Path, raw: Path) -> None:
    raw.unlink()
    with pytest.raises(
        StoreError, match=r"_bulletin\.csv: the sidecar is there, the file is not; restore it"
    ):
        store.verified(only(data))


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown field": (
        {"licnce": "x"},
        r"expected the fields .*unknown: licnce; missing: none; did you mean 'licence'",
    ),
    "a missing field": ({"sha256": ...}, r"unknown: none; missing: sha256"),
    "another source": (
        {"source": "press"},
        "names source 'press' .*expected those of its place, 'gacc-bulletin'",
    ),
    "another file": (
        {"file": "b.csv"},
        "names .*file 'b.csv'; .*'2026-01-18_bulletin.csv'; move it or correct",
    ),
    "no day": ({"published": "18 January 2026"}, "published: expected YYYY-MM-DD, found '18 January 2026'"),
    "a day that is a number": ({"published": 20260118}, r"expected text in \['published'\]"),
    "a hash that is a number": ({"sha256": 1}, r"expected text in \['sha256'\]"),
    "no details": ({"details": ["stage"]}, "details: expected an object"),
    "a detail that is a number": ({"details": {"stage": 1}}, r"expected text in \['details.stage'\]"),
}


@pytest.mark.parametrize(("changes", "told"), BAD.values(), ids=BAD.keys())
def test_a_bad_sidecar_is_told(data: Path, raw: Path, changes: dict[str, Any], told: str) -> None:
    edit_sidecar(raw, **changes)
    with pytest.raises(StoreError, match=rf"2026-01-18_bulletin\.csv\.json: .*{told}"):
        store.raw_files(data)


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_a_sidecar_that_is_no_json_object_is_told(data: Path, raw: Path, text: str) -> None:
    raw.with_name(f"{raw.name}.json").write_text(text)
    with pytest.raises(StoreError, match=r"\.json: expected a JSON object"):
        store.raw_files(data)


def test_a_day_may_be_null(data: Path) -> None:
    put(data, "press", "a.csv", b"", published=None)
    assert only(data).sidecar.published is None


def test_a_file_without_a_sidecar_is_an_orphan(data: Path, raw: Path) -> None:
    raw.with_name("stray.csv").write_bytes(b"")
    assert store.orphans(data) == [raw.with_name("stray.csv")]
    assert [f.path for f in store.raw_files(data)] == [raw]


def test_a_release_that_is_json_itself_has_a_sidecar_of_its_own(data: Path) -> None:
    path = put(data, "press", "figures.json", b'{"dataset": []}')
    assert [f.path for f in store.raw_files(data)] == [path]
    assert store.orphans(data) == []


def test_a_name_that_is_taken_keeps_its_bytes(data: Path, raw: Path) -> None:
    before = contents(data)
    with pytest.raises(
        StoreError, match="a file of that name is stored with other bytes; give the new one another"
    ):
        put(data, "gacc-bulletin", BULLETIN.name, GOOD + b"\n")
    assert contents(data) == before


def test_a_failed_write_leaves_the_old_bytes_and_no_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "build.json"
    disk.write_atomic(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tonnage.ledger.disk.os.fsync", full)
    with pytest.raises(
        StoreError, match="cannot be written: No space left on device; make room on that disk"
    ):
        disk.write_atomic(path, b"new")
    assert contents(tmp_path) == {"build.json": b"old"}


def test_a_second_writer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "WAIT", 0.1)
    told = r"another tonnage process is writing here; waited 0\.1 s for it; run the same command again"
    with (
        disk.locked(tmp_path),
        pytest.raises(StoreError, match=told),
        disk.locked(tmp_path),
    ):
        pass
    with disk.locked(tmp_path):
        pass  # the first one is done


def test_a_workspace_is_found_from_a_folder_below(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONNAGE_DATA", raising=False)
    (data.parent / "notebooks" / "drafts").mkdir(parents=True)
    monkeypatch.chdir(data.parent / "notebooks" / "drafts")
    assert store.find_root() == data


def test_a_workspace_may_be_named_by_the_environment(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONNAGE_DATA", str(data))
    monkeypatch.chdir("/")
    assert store.find_root() == data


def test_a_folder_without_raw_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError,
        match=r"expected the data folder of a workspace .* found none; .* make one: tonnage init DIR",
    ):
        store.find_root(tmp_path)


def test_a_sidecar_is_written_the_same_way_each_time() -> None:
    card = sidecar("gacc-bulletin", BULLETIN.name, GOOD, published=dt.date(2026, 1, 18))
    assert store.sidecar_text(card, len(GOOD)) == store.sidecar_text(card, len(GOOD))
    assert list(json.loads(store.sidecar_text(card, 1)))[:4] == ["source", "file", "sha256", "bytes"]
