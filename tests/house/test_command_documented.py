"""Every verb of the command says what it does, and a page shows it in use."""

from __future__ import annotations

import argparse

import pytest
from tests.house.tree import ROOT

from tonnage import cli


def _verbs() -> dict[str, argparse.ArgumentParser]:
    found: dict[str, argparse.ArgumentParser] = {}
    for action in cli.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            found.update(action.choices)
    return found


@pytest.mark.parametrize("verb", sorted(_verbs()))
def test_verb_is_documented(verb: str) -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    written = "\n".join(page.read_text("utf-8") for page in pages)
    assert f"tonnage {verb}" in written, f"no page shows `tonnage {verb}`"


def test_every_verb_says_what_it_does() -> None:
    for action in cli.parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            assert {a.dest for a in action._choices_actions if a.help} == set(action.choices)
