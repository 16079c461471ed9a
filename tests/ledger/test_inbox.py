"""A drop folder: what is clear goes in and moves aside; what is not stays, with the reason beside it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.build_rows import BULLETIN, PRESS, SPECIMENS, tree

from tonnage import cli
from tonnage.errors import StoreError
from tonnage.ledger import disk, ingest, store
from tonnage.ledger.inbox import Dropped, inbox
from tonnage.sources.base import Sidecar, raw_id

TABLE = SPECIMENS / "gacc-bulletin" / "2026-01-18_table13.html"
QUERY = SPECIMENS / "gacc-query" / "2016_pork_offal_imports.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "dropped"
    made.mkdir()
    return made


def drop(folder: Path, path: Path, said: Mapping[str, object] | None = None) -> Path:
    dropped = Path(shutil.copy(path, folder))
    if said:
        store.card(dropped).write_text(json.dumps(said))
    return dropped


def taken(data: Path, folder: Path) -> list[Dropped]:
    return list(inbox(data, folder))


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_what_is_recognised_is_stored_and_moved_aside(data: Path, folder: Path) -> None:
    drop(folder, PRESS)
    drop(folder, TABLE)
    said = {"published": "2017-01-20", "details": {"flow": "import", "period": "2016-12"}}
    drop(folder, QUERY, said)
    found = taken(data, folder)
    assert [(one.source, one.why) for one in found] == [
        ("gacc-query", ""),
        ("gacc-bulletin", ""),
        ("press", ""),
    ]
    assert names(folder) == [
        f"done/{QUERY.name}",
        f"done/{QUERY.name}.json",
        f"done/{TABLE.name}",
        f"done/{PRESS.name}",
    ]
    stored = {file.sidecar.source: file for file in store.raw_files(data)}
    assert stored["gacc-query"].sidecar.details == said["details"]
    assert store.verified(stored["press"]) == PRESS.read_bytes()


def test_again_it_does_nothing(data: Path, folder: Path) -> None:
    drop(folder, PRESS)
    taken(data, folder)
    before = tree(folder)
    assert taken(data, folder) == []
    assert tree(folder) == before


def test_what_is_not_recognised_stays_with_the_reason(data: Path, folder: Path) -> None:
    (folder / "thesis.txt").write_text("nothing that is known")
    drop(folder, PRESS)
    before = (folder / "thesis.txt").read_bytes()
    thesis = taken(data, folder)[1]
    assert (thesis.path.name, thesis.done) == ("thesis.txt", None)
    assert "of no source that is known by its beginning" in thesis.why
    assert 'thesis.txt.json with {"source": "..."}' in thesis.why
    assert (folder / "thesis.txt").read_bytes() == before
    assert (folder / "thesis.txt.why.txt").read_text() == f"{thesis.why}\n"
    assert len(store.raw_files(data)) == 1


def test_the_reason_goes_when_the_file_does(data: Path, folder: Path) -> None:
    path = drop(folder, BULLETIN)
    (first,) = taken(data, folder)
    assert "published" in first.why or "stage" in first.why
    said = {
        "published": "2026-01-18",
        "publisher": "GACC",
        "details": {"stage": "bulletin", "flow": "export"},
    }
    store.card(path).write_text(json.dumps(said))
    (second,) = taken(data, folder)
    assert second.why == ""
    assert names(folder) == [f"done/{BULLETIN.name}", f"done/{BULLETIN.name}.json"]


def test_a_file_that_may_be_of_two_sources_stays(data: Path, folder: Path) -> None:
    (folder / "odd.json").write_bytes(
        b'{"articles": [{"seendate": ""}], "refPeriodId": 1, "cmdCode": 1, "partnerCode": 1}'
    )
    (found,) = taken(data, folder)
    assert "may be of comtrade or feeds" in found.why


def test_the_source_may_be_said(data: Path, folder: Path) -> None:
    plain = SPECIMENS / "articles" / "undated.txt"
    drop(folder, plain, {"source": "articles", "published": "2026-01-20"})
    (found,) = taken(data, folder)
    assert (found.source, found.why) == ("articles", "")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"publishd": "2026-01-18"}, "did you mean 'published'"),
        ({"published": "soon"}, "expected YYYY-MM-DD"),
        ({"sha256": "00"}, "speaks of other bytes"),
        ({"title": 7}, "expected text"),
        ({"details": "x"}, "expected text in every field, and an object"),
        ({"source": "pres"}, "did you mean 'press'"),
        ({"details": {"flwo": "x"}}, "did you mean 'flow'"),
        ({"source": "events"}, "files ending in"),
    ],
)
def test_what_is_wrongly_said_is_told_and_the_file_stays(
    data: Path, folder: Path, said: dict[str, object], why: str
) -> None:
    drop(folder, PRESS, said)
    (found,) = taken(data, folder)
    assert why in found.why
    assert names(folder) == sorted([PRESS.name, f"{PRESS.name}.json", f"{PRESS.name}.why.txt"])
    assert store.raw_files(data) == []


def test_words_beside_a_file_that_are_no_json_are_told(data: Path, folder: Path) -> None:
    path = drop(folder, PRESS)
    store.card(path).write_text("published: today")
    assert "expected a JSON object" in taken(data, folder)[0].why


def test_an_empty_file_stays(data: Path, folder: Path) -> None:
    (folder / "empty.csv").touch()
    assert "found an empty file" in taken(data, folder)[0].why


def test_a_file_that_is_being_written_stays(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(folder, PRESS)
    hashed = disk.hashed

    def growing(file: Path) -> str:
        found = hashed(file)
        with path.open("ab") as more:
            more.write(b"more")
        return found

    monkeypatch.setattr(disk, "hashed", growing)
    assert "is being written" in taken(data, folder)[0].why
    assert store.raw_files(data) == []


def test_the_same_bytes_again_are_moved_aside_and_change_nothing(data: Path, folder: Path) -> None:
    drop(folder, PRESS)
    taken(data, folder)
    before = tree(data / "raw")
    drop(folder, PRESS)
    (found,) = taken(data, folder)
    assert found.done
    assert found.done.known
    assert tree(data / "raw") == before
    assert names(folder) == sorted(
        [f"done/{PRESS.name}", f"done/{PRESS.stem}_{raw_id(PRESS.read_bytes())[:8]}.csv"]
    )


def test_a_sidecar_may_be_dropped_with_its_file(data: Path, folder: Path) -> None:
    path = drop(folder, BULLETIN)
    raw = path.read_bytes()
    details = {"stage": "bulletin", "flow": "export"}
    said = Sidecar(
        "gacc-bulletin",
        path.name,
        raw_id(raw),
        "GACC",
        dt.date(2026, 1, 18),
        "page",
        "Table 13",
        details=details,
    )
    store.card(path).write_text(store.sidecar_text(said, len(raw)))
    (found,) = taken(data, folder)
    assert found.done
    assert found.done.file.sidecar == said


def test_a_disk_that_fails_leaves_the_file(data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(folder, PRESS)

    def full(path: Path, content: bytes) -> None:
        with disk.told(path.parent):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "write_atomic", full)
    with pytest.raises(StoreError, match="No space left"):
        taken(data, folder)
    assert names(folder) == [PRESS.name]


def test_killed_between_storing_and_moving_it_goes_on(data: Path, folder: Path) -> None:
    path = drop(folder, PRESS)
    ingest.ingest(data, "press", path)
    (found,) = taken(data, folder)
    assert found.done
    assert names(folder) == [f"done/{PRESS.name}"]


def test_no_folder_is_told(data: Path, folder: Path) -> None:
    with pytest.raises(StoreError, match="expected a folder"):
        taken(data, folder / "nowhere")


def test_the_command(data: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> int:
        return cli.main(["--data", str(data), "inbox", *words])

    assert run() == 0
    assert (data / "inbox").is_dir()
    drop(data / "inbox", PRESS)
    assert run() == 0
    out = capsys.readouterr().out
    assert f"{PRESS.name}: press: data/raw/press/{PRESS.name}: stored; " in out
    assert "1 files stored, 0 stay. Next: tonnage build" in out
    (folder / "thesis.txt").write_text("nothing that is known")
    assert run(str(folder)) == 1
    assert "thesis.txt: stays: " in capsys.readouterr().err
