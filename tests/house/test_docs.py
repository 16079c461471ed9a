"""The book builds without a warning and without the network, and its tutorial ran."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.house.tree import ROOT

from tonnage.model.definitions import registry
from tonnage.model.flows import FLAGS

# One worker builds the book for all of these.
pytestmark = pytest.mark.xdist_group("book")


@pytest.fixture(scope="session")
def book(workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages. The sources are copied, so that the tree stays as it is."""
    folder = tmp_path_factory.mktemp("book")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("_build"))
    for page in ("CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / page, folder)
    (folder / "data").symlink_to(workspace / "data")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "docs", "html"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return folder / "html"


def _words(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))


def test_tutorial_holds_the_figures_of_december_2025(book: Path) -> None:
    words = (book / "tutorial.html").read_text("utf-8")
    for figure in ("4,392.1", "11,137", "6,745", "6,958", "5,952", ">280<", ">305<"):
        assert figure in words, figure


def test_reference_is_made_from_the_code(book: Path) -> None:
    tables, method = _words(book / "reference/tables.html"), _words(book / "method/definitions.html")
    assert [flag for flag in FLAGS if flag not in tables] == []
    assert [name for name in registry() if name not in method] == []
    command = _words(book / "reference/command-line.html")
    assert "tonnage report" in command
    assert "--data DIR" in command
    assert "tonnage.open" in _words(book / "reference/python.html")


def test_pages_load_nothing_from_elsewhere(book: Path) -> None:
    loads = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"'](?:https?:)?//[^>]*>")
    found = {
        f"{page.relative_to(book)}: {tag}"
        for page in book.rglob("*.html")
        for tag in loads.findall(page.read_text("utf-8"))
        if 'rel="canonical"' not in tag
    }
    assert found == set()
    styles = "\n".join(p.read_text("utf-8") for p in book.rglob("*.css"))
    assert re.findall(r"(?:@import|url\()\s*[\"']?(?:https?:)?//[^)\"']*", styles) == []
