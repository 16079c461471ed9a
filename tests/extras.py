"""Tests of optional libraries: skipped where one is not installed, and never skipped in CI."""

from __future__ import annotations

import importlib
import importlib.util
import os
from typing import Any

import pytest

#: `.ci/run` says CI=true: what `make test` should have installed and has not is then an error, not a skip.
IN_CI = os.environ.get("CI") == "true"


def needs(module: str) -> pytest.MarkDecorator:
    """A mark for tests that call an optional library through tonnage."""
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing and not IN_CI, reason=f"{module} is not installed; make test does it")


def load(module: str) -> Any:
    """An optional library for a test that calls it itself."""
    return importlib.import_module(module) if IN_CI else pytest.importorskip(module)
