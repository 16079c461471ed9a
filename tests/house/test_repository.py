"""What may be in the repository, and what may not."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]
from tests.house.tree import ROOT, pyproject, repository_files, shown, text

from tonnage import __version__
from tonnage.ledger.store import is_kept

LARGEST_BYTES = 1_000_000
# Written so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.}~)])/(?:work|farm|root|home|Users)/")
REGISTRY_HOST = re.compile(
    r"p[y]pi[.]org|p[y]thonhosted|registry[.]n[p]mjs|deb[.]d[e]bian|conda[.]an[a]conda"
)
SHARED = ROOT.parent / "shared"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY_HOST], ids=["machine path", "registry host"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    found = [
        f"{shown(path)}:{number}: {line.strip()[:120]}"
        for path in repository_files()
        for number, line in enumerate((text(path) or "").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_large_file() -> None:
    large = {shown(p): p.stat().st_size for p in repository_files() if p.stat().st_size > LARGEST_BYTES}
    assert large == {}


def test_nothing_built_is_kept() -> None:
    built = re.compile(r"^(data/processed|reports|docs/_build|dist)/|\.(parquet|pdf|xlsx|pyc)$")
    outside = [p for p in repository_files() if not shown(p).startswith(("tests/specimens/", "data/raw/"))]
    assert [shown(p) for p in outside if built.search(shown(p))] == []


def test_versions_agree() -> None:
    newest = re.search(r"^## \[?([0-9][^\]\s]*)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    expected = pyproject()["project"]["version"]
    assert newest is not None
    assert (newest[1], citation["version"], __version__) == (expected, expected, expected)
    assert citation["license"] == pyproject()["project"]["license"]


def _raw_files() -> list[Path]:
    every = (ROOT / "data" / "raw").glob("*/*")
    return sorted(p for p in every if not p.name.startswith(".") and not is_kept(p))


def test_every_raw_file_has_its_sidecar_and_every_sidecar_its_file() -> None:
    every = _raw_files()
    assert every
    sidecars = {p.with_suffix("") for p in every if p.suffix == ".json"}
    assert {p for p in every if p.suffix != ".json"} == sidecars


@pytest.mark.parametrize("sidecar", [p for p in _raw_files() if p.suffix == ".json"], ids=shown)
def test_raw_file_is_the_one_its_sidecar_speaks_of(sidecar: Path) -> None:
    entry = json.loads(sidecar.read_text("utf-8"))
    raw = sidecar.with_suffix("")
    assert entry["sha256"] == _sha256(raw), f"{shown(raw)} was changed after it was stored"
    assert (entry["source"], entry["file"]) == (raw.parent.name, raw.name)
    assert entry.get("bytes", raw.stat().st_size) == raw.stat().st_size


@pytest.mark.skipif(not SHARED.is_dir(), reason="no folder of third-party samples beside the repository")
def test_no_third_party_sample_is_in_the_repository() -> None:
    folders = (SHARED / "samples", SHARED / "articles")
    samples = {_sha256(p) for folder in folders for p in folder.rglob("*") if p.is_file()}
    copied = [shown(p) for p in repository_files() if p.stat().st_size and _sha256(p) in samples]
    assert copied == []
