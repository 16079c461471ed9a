"""Workspaces for the tests of the ledger: a small one to change, the shipped one to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build_rows import BULLETIN, FLASH, PRESS, put

from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a new workspace: nothing in it yet."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    return tmp_path / "data"


@pytest.fixture
def december(data: Path) -> Path:
    """Flash, bulletin and press of December 2025, stored but not built."""
    for path in (FLASH, BULLETIN):
        put(data, "gacc-bulletin", path.name, path.read_bytes())
    put(data, "press", PRESS.name, PRESS.read_bytes())
    return data


@pytest.fixture
def built(december: Path) -> Path:
    build(december)
    return december


@pytest.fixture(scope="session")
def shipped(workspace: Path) -> Ledger:
    """The ledger of the shipped data."""
    return open_ledger(workspace / "data")
