"""The review desk: what a person sees and decides, without a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.events.desk_rows import BAN, WIRE, workspace, write

from tonnage.errors import StoreError
from tonnage.events.desk import Desk
from tonnage.reports.desk import ReviewDesk, review

ANNOUNCED = "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-announced"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = workspace(tmp_path)
    write(tmp_path / "docs", ban=BAN, wire=WIRE.format(publisher="Metal Post"))
    return root


@pytest.fixture
def shown(root: Path, tmp_path: Path) -> ReviewDesk:
    return review(root, tmp_path / "docs", "a person")


def page(desk: ReviewDesk) -> str:
    return " ".join(part.value for part in (desk._head, desk._text, desk._told, desk._beside))


def test_text_candidate_and_neighbours_are_shown(shown: ReviewDesk) -> None:
    told = page(shown)
    assert "3 waiting" in told
    assert re.search(r"ministry on <mark [^>]*>Tuesday</mark> announced a ban", told)
    assert f"adds its sources to {ANNOUNCED}" in told
    assert "same stage" in told
    assert shown._fields["actor"].value == "CHN"
    assert shown._fields["commodities"].value == "dual-use goods"


def test_decisions_by_keys(shown: ReviewDesk, root: Path) -> None:
    shown._key.value = "a seen"
    assert f"accepted: {ANNOUNCED}" in page(shown)
    assert "2 waiting" in page(shown)
    shown._key.value = "e target=WLD"
    assert "becomes 2026-02-03_CN_export_restriction.licensing_" in page(shown)
    shown._key.value = "s"
    first = shown.candidate
    assert first is not None
    shown._key.value = "r a rumour"
    assert Desk(root).queue.get(first.id).told["why"] == "a rumour"
    shown._key.value = "a"
    assert shown.candidate is None
    assert "No candidate waits" in page(shown)


def test_a_field_that_cannot_be_is_told_at_once_and_refused(shown: ReviewDesk) -> None:
    shown._fields["date_end"].value = "2026-01-05"
    assert "date_end: expected" in page(shown)
    before = shown.candidate
    shown.accept()
    assert shown.candidate is before


def test_a_refusal_needs_its_reason(shown: ReviewDesk) -> None:
    before = shown.candidate
    shown.reject()
    assert shown.candidate is before
    assert "say why" in page(shown)


@pytest.mark.parametrize("line", ["x", "e colour=red", "e type=incident"])
def test_keys_that_are_none_change_nothing(shown: ReviewDesk, line: str) -> None:
    shown._key.value = line
    assert "expected" in page(shown)
    assert shown.edits() == {}


def test_a_script_in_a_headline_stays_text(root: Path, tmp_path: Path) -> None:
    hostile = BAN.replace("China bans", "<script>alert(1)</script><img src=x onerror=alert(1)> China bans")
    desk = review(root, write(tmp_path / "other", hostile=hostile)[0])
    assert "<script" not in page(desk)
    assert "<img" not in page(desk)
    assert "alert(1)" in page(desk)


def test_a_desk_without_candidates_and_without_a_workspace(tmp_path: Path) -> None:
    assert "No candidate waits" in page(review(workspace(tmp_path)))
    with pytest.raises(StoreError, match="nowhere: expected the data folder of a workspace"):
        review(tmp_path / "nowhere")
