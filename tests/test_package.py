"""`import tonnage` costs little: what is heavy loads with the first name that needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import tonnage as tn

HEAVY = ("polars", "pandas", "matplotlib", "numpy", "papermill", "typst", "pyarrow", "IPython")


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, tonnage; print(*(m for m in sys.argv[1:] if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("name", tn.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(tn, name) is not None


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'opne'"):
        tn.opne  # noqa: B018
