"""The queue: a file a candidate, written whole, read strictly; ids that stay what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tonnage.errors import NoDataError, ReadError
from tonnage.events.candidates import Candidate, Evidence, Queue, candidate_id

EVIDENCE = Evidence("0123456789abcdef", "docs/a.txt", "f" * 16, 1, 2, 0, 3, "e" * 16, "Tuesday", ("date.x",))
CANDIDATE = Candidate(candidate_id("a", None), {"type": "meeting", "date_start": None}, (EVIDENCE,))


def test_what_is_put_is_got(tmp_path: Path) -> None:
    queue = Queue(tmp_path)
    queue.put(CANDIDATE)
    assert queue.get(CANDIDATE.id) == CANDIDATE
    decided = queue.decide(CANDIDATE, "rejected", by="me", why="")
    assert (decided.told, queue.open()) == ({"by": "me"}, [])
    assert list(queue) == [decided]


def test_ids_tell_nothing_from_a_word_and_stay() -> None:
    assert candidate_id("a", None) == candidate_id("a", None) != candidate_id("a", "None")
    assert candidate_id("a", "b") != candidate_id("ab")


@pytest.mark.parametrize("name", ["c-0000000000", "../../etc/passwd", "", "c-zzzzzzzzzz"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(NoDataError, match="not in"):
        Queue(tmp_path).get(name)


GOOD = json.dumps({"id": "c-0000000000", "record": {}, "evidence": [], "against": []})


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", "null", "{" * 100_000, GOOD[:-1], GOOD.replace("c-0000000000", "c-1111111111"),
        GOOD.replace("{}", "[]"), GOOD.replace('"against"', '"colour"'),
        GOOD.replace("[]", '[{"doc_id": 1}]', 1),
        GOOD + " " * 1_000_001,
    ],
)  # fmt: skip
def test_a_file_that_is_no_candidate_is_told(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "candidates"
    folder.mkdir()
    (folder / "c-0000000000.json").write_text(text)
    with pytest.raises(ReadError, match=r"c-0000000000\.json"):
        Queue(tmp_path).get("c-0000000000")
