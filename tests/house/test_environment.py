"""pyproject.toml, environment.yml and requirements.lock say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from tests.house.tree import ROOT, pyproject

LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def _bounds(entries: Iterable[str]) -> dict[str, SpecifierSet]:
    found = map(Requirement, entries)
    return {canonicalize_name(r.name): r.specifier for r in found}


@cache
def _environment() -> tuple[dict[str, SpecifierSet], list[str]]:
    """The bounds of environment.yml, conda's and pip's together, and what pip installs."""
    document = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert document["name"] == "tonnage"
    assert document["channels"] == ["conda-forge"]
    pip = next(entry["pip"] for entry in document["dependencies"] if isinstance(entry, dict))
    conda = [entry for entry in document["dependencies"] if isinstance(entry, str)]
    return _bounds([*conda, *(p for p in pip if not p.startswith("-"))]), pip


def test_conda_and_pyproject_agree() -> None:
    bounds, pip = _environment()
    project = pyproject()["project"]
    expected = {"python": SpecifierSet(project["requires-python"]), **_bounds(project["dependencies"])}
    assert {name: spec for name, spec in bounds.items() if name != "pip"} == expected
    assert "-e ." in pip


def _direct() -> dict[str, SpecifierSet]:
    document = pyproject()
    groups = [entry for group in document["dependency-groups"].values() for entry in group]
    return _bounds([*document["project"]["dependencies"], *groups, *document["build-system"]["requires"]])


@cache
def _pins() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.M):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


@pytest.mark.parametrize("name", sorted(_direct()))
def test_lock_holds_every_direct_dependency_within_its_bounds(name: str) -> None:
    versions = _pins().get(canonicalize_name(name), [])
    assert versions, f"{name}: not in requirements.lock; run: make lock"
    outside = [str(v) for v in versions if v not in _direct()[name]]
    assert not outside, f"{name}: {outside} are outside {_direct()[name]}; run: make lock"


def test_every_pin_has_hashes() -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.M)[1:]
    assert len(entries) == sum(map(len, _pins().values()))
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


def test_lock_names_no_address() -> None:
    named = re.findall(r"^.*(?:://|@ |--(?:extra-)?index|--find-links|--trusted-host).*$", LOCK, re.M)
    assert named == []


def test_one_pin_a_line_continues_to_its_hashes() -> None:
    # The Makefile takes uv's own lines out of the lock before there is anything else to read it with.
    one = r"    --hash=sha256:[0-9a-f]{64}"
    assert re.search(rf"^uv==[^\n]* \\\n(?:{one} \\\n)*{one}\n", LOCK, re.M)
