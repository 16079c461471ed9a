"""A file goes in once, after it was read; what cannot be read leaves the store as it was."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from tests.build_rows import BULLETIN, PRESS, contents, tree

from tonnage.errors import ReadError, StoreError
from tonnage.ledger import store
from tonnage.ledger.ingest import Ingested, ingest, read

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
    assert (done.known, done.reading.frame.height) == (False, 12)
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
}


@pytest.mark.parametrize(("changes", "told"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_read_is_not_stored(data: Path, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ReadError, match=rf"^2026-01-18_bulletin\.csv: .*{told}"):
        put_in(data, **changes)
    assert contents(data) == {}


def test_a_file_of_another_form_is_not_stored(data: Path) -> None:
    with pytest.raises(ReadError, match=r"^december_2025\.csv: line 1: expected the columns"):
        put_in(data, PRESS)
    assert contents(data) == {}


def test_another_ending_is_refused(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "table.xlsx"
    path.write_bytes(b"PK")
    with pytest.raises(ReadError, match=r"^table\.xlsx: source gacc-bulletin reads files ending in \.csv"):
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


def test_a_second_writer_is_refused(data: Path) -> None:
    with (
        store.locked(data / "raw"),
        pytest.raises(StoreError, match="another tonnage process is writing here"),
    ):
        put_in(data)
    assert contents(data) == {}
