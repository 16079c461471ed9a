"""pyproject.toml, environment.yml and the two locks say the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import metadata

import pytest
import yaml  # type: ignore[import-untyped]
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from tests import extras
from tests.house.tree import ROOT, pyproject

LOCK = "requirements.lock"
EXTRAS = "requirements-extras.lock"
#: What the second lock is made for, as the Makefile has it.
OPTIONAL = ("panel", "x13")
PEERS = "peers"


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


def _direct() -> list[tuple[str, str, SpecifierSet]]:
    """Lock, name and bounds of every package that pyproject.toml names for it."""
    document = pyproject()
    project, groups = document["project"], document["dependency-groups"]
    named = {
        LOCK: [
            *project["dependencies"],
            *(entry for group in groups if group != PEERS for entry in groups[group]),
            *document["build-system"]["requires"],
        ],
        EXTRAS: [*(e for extra in OPTIONAL for e in project["optional-dependencies"][extra]), *groups[PEERS]],
    }
    return [(lock, name, spec) for lock, entries in named.items() for name, spec in _bounds(entries).items()]


@cache
def _text(lock: str) -> str:
    return (ROOT / lock).read_text("utf-8")


@cache
def _pins(lock: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", _text(lock), re.M):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


@pytest.mark.parametrize(("lock", "name", "bounds"), sorted(_direct(), key=str))
def test_lock_holds_every_direct_dependency_within_its_bounds(
    lock: str, name: str, bounds: SpecifierSet
) -> None:
    versions = _pins(lock).get(name, [])
    assert versions, f"{name}: not in {lock}; run: make lock"
    outside = [str(v) for v in versions if v not in bounds]
    assert not outside, f"{name}: {outside} are outside {bounds}; run: make lock"


@pytest.mark.parametrize("lock", [LOCK, EXTRAS])
def test_every_pin_has_hashes(lock: str) -> None:
    entries = re.split(r"^(?=[A-Za-z0-9])", _text(lock), flags=re.M)[1:]
    assert len(entries) == sum(map(len, _pins(lock).values()))
    assert [e.split()[0] for e in entries if "--hash=sha256:" not in e] == []


@pytest.mark.parametrize("lock", [LOCK, EXTRAS])
def test_lock_names_no_address(lock: str) -> None:
    named = re.findall(r"^.*(?:://|@ |--(?:extra-)?index|--find-links|--trusted-host).*$", _text(lock), re.M)
    assert named == []


def test_no_package_is_in_both_locks() -> None:
    # So it has one version, and what `make briefing` installs does not change when the extras come.
    assert sorted(_pins(LOCK).keys() & _pins(EXTRAS).keys()) == []


def test_the_makefile_locks_what_is_tested_here() -> None:
    (line,) = re.findall(r"\$\(COMPILE\)(.*) -c requirements\.lock", (ROOT / "Makefile").read_text("utf-8"))
    assert line.split() == [*(word for extra in OPTIONAL for word in ("--extra", extra)), "--group", PEERS]


def test_in_ci_the_optional_libraries_are_there() -> None:
    """What keeps their tests from being skipped without a word: `make test` has put them in, as pinned."""
    found = {name: _installed(name) for name in _pins(EXTRAS) if not _elsewhere(name)}
    if not extras.IN_CI and not all(found.values()):
        pytest.skip("the optional libraries are not installed; make test does it")
    assert {name for name, version in found.items() if version not in _pins(EXTRAS)[name]} == set()


def test_a_missing_library_skips_a_test_here_and_fails_it_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "IN_CI", False)
    assert extras.needs("no_such_library").args == (True,)
    assert extras.needs("pytest").args == (False,)
    with pytest.raises(pytest.skip.Exception):
        extras.load("no_such_library")
    monkeypatch.setattr(extras, "IN_CI", True)
    assert extras.needs("no_such_library").args == (False,)
    with pytest.raises(ModuleNotFoundError):
        extras.load("no_such_library")


def _elsewhere(name: str) -> bool:
    """Whether the pins of a package are for other systems or Pythons alone."""
    markers = re.findall(rf"^{re.escape(name)}==[^ ;\\]+ *(?:; ([^\\\n]+))?", _text(EXTRAS), re.M)
    return not any(not marker or Marker(marker.strip()).evaluate() for marker in markers)


def _installed(name: str) -> Version | None:
    try:
        return Version(metadata.version(name))
    except metadata.PackageNotFoundError:
        return None


def test_one_pin_a_line_continues_to_its_hashes() -> None:
    # The Makefile takes uv's own lines out of the lock before there is anything else to read it with.
    one = r"    --hash=sha256:[0-9a-f]{64}"
    assert re.search(rf"^uv==[^\n]* \\\n(?:{one} \\\n)*{one}\n", _text(LOCK), re.M)
