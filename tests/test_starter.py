"""`tonnage init`, stopped at every moment: no workspace or a whole one, and the next run completes it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tests.build_rows import contents
from tests.ledger.killed import STARTED_WITH, writers

from tonnage import starter
from tonnage.errors import StoreError
from tonnage.ledger import store


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter, "PARTS", STARTED_WITH)


def test_killed_before_each_change_it_makes_it_leaves_no_workspace_or_a_whole_one(
    few: None, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    starter.init(whole)
    expected = contents(whole)
    states: list[bool] = []
    with writers() as found:
        for step in range(1, 400):
            folder = tmp_path / f"kill{step}"
            code = found.run("init", folder, step=step)
            states.append((folder / "data").exists())
            if states[-1]:
                assert {k: v for k, v in contents(folder).items() if not k.startswith(".")} == expected
                assert store.find_root(folder / "data") == folder / "data"
            if code == 0:
                break
            assert code == -9
            if not states[-1]:
                starter.init(folder)
                assert contents(folder) == expected
    assert states == sorted(states)
    assert len(states) > 30


def test_what_is_there_in_part_is_completed(few: None, tmp_path: Path) -> None:
    first = starter.init(tmp_path)
    before = contents(tmp_path)
    lost = [path for path in first if path.parent.name == "quotas"]
    for path in lost:
        path.unlink()
    (tmp_path / "notebooks" / "mine.txt").write_text("mine")
    assert starter.init(tmp_path) == lost
    assert contents(tmp_path) == {**before, "notebooks/mine.txt": b"mine"}
    with pytest.raises(StoreError, match="is there already"):
        starter.init(tmp_path)


def test_a_full_disk_is_told_and_leaves_nothing(few: None, tmp_path: Path) -> None:
    place = tmp_path / "small"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        with pytest.raises(StoreError, match=r"No space left on device; make room on that disk"):
            starter.init(place / "mine")
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", str(place)], check=True)
