"""A file goes in once, after it was read; what cannot be read leaves the store as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from tests.build_rows import BULLETIN, PRESS, contents, tree

from tonnage import sources
from tonnage.errors import ReadError, StoreError
from tonnage.ledger import disk, store
from tonnage.ledger.ingest import DETAILS, Ingested, ingest, read

OPTIONS: dict[str, Any] = {
    "published": "2026-01-18",
    "stage": "bulletin",
    "flow": "export",
    "publisher": "GACC",
}


def put_in(data: Path, path: Path = BULLETIN, **changes: Any) -> Ingested:
    return ingest(data, "gacc-bulletin", path, **{**OPTIONS, **changes})


def test_a_file_is_stored_with_what_was_said_of_it(data: Path) -> None:
    done = put_in(data, url="https://customs.example/", title="Table 13")
    assert (done.known, done.rows) == (False, 12)
    (stored,) = store.raw_files(data)
    assert stored.path.read_bytes() == BULLETIN.read_bytes()
    assert (stored.sidecar.published, stored.sidecar.basis) == (dt.date(2026, 1, 18), "given")
    assert (stored.sidecar.url, stored.sidecar.title) == ("https://customs.example/", "Table 13")
    assert stored.sidecar.details == {"stage": "bulletin", "flow": "export"}


def test_the_same_bytes_again_change_nothing(data: Path, tmp_path: Path) -> None:
    put_in(data)
    before = tree(data)
    again = tmp_path / "table-13-again.csv"
    again.write_bytes(BULLETIN.read_bytes())
    done = put_in(data, again)
    assert (done.known, done.file.path.name) == (True, BULLETIN.name)
    assert tree(data) == before


def test_another_file_of_a_stored_name_is_refused(data: Path, tmp_path: Path) -> None:
    put_in(data)
    before = tree(data)
    other = tmp_path / BULLETIN.name
    other.write_bytes(BULLETIN.read_bytes().replace(b"4392", b"4393"))
    with pytest.raises(
        StoreError, match="a file of that name is stored with other bytes; give the new one another"
    ):
        put_in(data, other)
    assert tree(data) == before


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no stage": ({"stage": ""}, "detail 'stage': expected one of .*it is missing; give stage="),
    "no day": ({"published": None}, "the day of release is neither in the file nor given"),
    "a bad day": ({"published": "18.1.2026"}, "published '18.1.2026': expected YYYY-MM-DD"),
    "an early day": ({"published": "2025-01-18"}, "day 2025-01-18: expected 2026-01-01 or later"),
    "an unknown basis": (
        {"basis": "usual"},
        "basis: expected one of .*found 'usual'; did you mean 'usual_day'",
    ),
    "an unknown detail": ({"stge": "flash"}, "detail 'stge': expected one of .*; did you mean 'stage'"),
    "a detail that is no detail": ({"source": "press"}, "detail 'source': expected one of"),
}


@pytest.mark.parametrize(("changes", "told"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_not_stored(data: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ReadError, match=rf"^2026-01-18_bulletin\.csv: .*{told}"):
        put_in(data, **changes)
    assert contents(data) == {}


def test_a_file_of_another_form_is_not_stored(data: Path) -> None:
    with pytest.raises(
        ReadError, match=r"^december_2025\.csv: line 1: expected the \d+ columns of this source; unknown: "
    ):
        put_in(data, PRESS)
    assert contents(data) == {}


def test_another_ending_is_refused(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.docx"
    path.write_bytes(b"PK")
    with pytest.raises(ReadError, match=r"^table\.docx: source gacc-bulletin reads files ending in \.csv"):
        put_in(data, path)


def test_a_missing_file_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"gone\.csv: cannot be read: No such file"):
        put_in(data, tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("name", "hint"),
    [("gacc-buletin", r"; did you mean 'gacc-bulletin' .*\? Known: [a-z]"), ("zz", r"\. Known: [a-z]")],
)
def test_an_unknown_source_is_refused_and_the_nearest_offered(data: Path, name: str, hint: str) -> None:
    with pytest.raises(ReadError, match=rf"^source '{name}': not one of the sources{hint}"):
        ingest(data, name, BULLETIN)


def test_a_file_is_read_without_a_store() -> None:
    reading = read("gacc-bulletin", BULLETIN, **OPTIONS)
    assert (reading.frame.height, reading.records) == (12, 3)
    assert read("press", PRESS).frame["published"].max() == dt.date(2026, 1, 20)


def test_a_day_may_be_a_date(data: Path) -> None:
    assert put_in(data, published=dt.date(2026, 1, 18)).file.sidecar.published == dt.date(2026, 1, 18)


def test_a_second_writer_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "WAIT", 0.1)
    with (
        disk.locked(data),
        pytest.raises(StoreError, match="another tonnage process is writing here"),
    ):
        put_in(data)
    assert contents(data) == {}


# --- what a killed ingest, another source or another day leave -----------------------------------------


@pytest.mark.parametrize("name", [BULLETIN.name, "table-13-again.csv"])
def test_bytes_without_a_sidecar_are_completed_by_the_same_file_again(
    data: Path, tmp_path: Path, name: str
) -> None:
    put_in(data)
    before = contents(data)
    (data / "raw" / "gacc-bulletin" / f"{BULLETIN.name}.json").unlink()
    again = tmp_path / name
    again.write_bytes(BULLETIN.read_bytes())
    assert put_in(data, again).file.path.name == BULLETIN.name
    assert contents(data) == before


def test_a_json_release_without_a_sidecar_is_an_orphan_and_no_broken_sidecar(data: Path) -> None:
    folder = data / "raw" / "feeds"
    folder.mkdir()
    (folder / "feed.json").write_bytes(b'{"version": "https://jsonfeed.org/version/1.1", "items": []}')
    assert store.orphans(data) == [folder / "feed.json"]
    assert store.raw_files(data) == []
    assert put_in(data).known is False


def test_the_same_bytes_under_another_source_are_refused(data: Path) -> None:
    put_in(data)
    before = tree(data)
    told = r"the same bytes are stored as data/raw/gacc-bulletin/2026-01-18_bulletin\.csv, and bytes have one"
    with pytest.raises(StoreError, match=told):
        ingest(data, "press", BULLETIN)
    assert tree(data) == before


def test_what_is_said_anew_of_known_bytes_is_told_and_not_taken_over(data: Path) -> None:
    put_in(data)
    before = tree(data)
    done = put_in(data, published="2026-01-19", stage="flash")
    assert sorted(done.differs) == ["published: 2026-01-18, not 2026-01-19", "stage: bulletin, not flash"]
    assert put_in(data).differs == ()
    assert tree(data) == before


def test_a_lost_file_keeps_its_sidecar(data: Path, tmp_path: Path) -> None:
    path = put_in(data).file.path
    path.unlink()
    before = tree(data)
    other = tmp_path / BULLETIN.name
    other.write_bytes(BULLETIN.read_bytes().replace(b"4392", b"4393"))
    with pytest.raises(StoreError, match=r"\.csv\.json: .*speaks of other bytes; give the new file another"):
        put_in(data, other)
    assert tree(data) == before


def test_every_detail_that_a_source_reads_may_be_given() -> None:
    read_by = {
        name
        for module in vars(sources).values()
        if isinstance(module, ModuleType)
        for name in getattr(module, "_DETAILS", ())
    }
    assert read_by
    assert read_by - set(DETAILS) == set()
