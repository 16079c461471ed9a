"""Documents to candidates: copies are one source, contradictions stand together, opinion is silent."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.events.desk_rows import BAN, OPINION, OTHER_DAY, WIRE, workspace, write

from tonnage.errors import ParameterError
from tonnage.events.candidates import Candidate, Queue
from tonnage.events.propose import Proposed, by_hand, propose, queue_up
from tonnage.model.evidence import origins

ANNOUNCED = "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-announced"


def run(tmp_path: Path, **texts: str) -> tuple[Path, Proposed]:
    root = workspace(tmp_path)
    return root, propose(root, write(tmp_path / "docs", **texts))


def only(root: Path, stage: str) -> Candidate:
    (found,) = [c for c in Queue(root).open() if c.record["stage"] == stage]
    return found


def test_a_stage_that_is_held_is_told_as_its_source(tmp_path: Path) -> None:
    root, done = run(tmp_path, ban=BAN)
    candidate = only(root, "announced")
    assert candidate.joins == ANNOUNCED
    assert candidate.record["act_id"] == "CN-MOFCOM-2026-001"
    assert (candidate.record["known_at"], candidate.record["known_at_basis"]) == (
        "2026-01-06T14:00+09:00",
        "page_timestamp",
    )
    assert (done.documents, len(done.new)) == (1, 1)


def test_nothing_of_a_text_is_stored_but_places_and_the_words_of_the_date(tmp_path: Path) -> None:
    root, _ = run(tmp_path, ban=BAN)
    candidate = only(root, "announced")
    stored = (Queue(root).folder / f"{candidate.id}.json").read_text("utf-8")
    assert "commerce ministry on" not in stored
    (evidence,) = candidate.evidence
    assert evidence.says == "Tuesday"
    assert evidence.closes > evidence.end > evidence.start > evidence.opens >= 0
    assert len(evidence.sentence) == 16


def test_an_opinion_piece_proposes_nothing(tmp_path: Path) -> None:
    root, done = run(tmp_path, opinion=OPINION)
    assert Queue(root).open() == []
    assert done.silent == 1


def test_an_opinion_piece_is_a_source_that_does_not_count(tmp_path: Path) -> None:
    root, _ = run(
        tmp_path, ban=BAN, opinion=OPINION.replace("Japan.\n", "Japan, announcement No. 1 of 2026.\n")
    )
    sources = only(root, "announced").record["sources"]
    assert [s["role"] for s in sources] == ["news", "commentary"]
    assert origins(sources) == 1


def test_ten_copies_of_one_wire_report_are_one_source(tmp_path: Path) -> None:
    root, _ = run(tmp_path, **{f"d{n}": WIRE.format(publisher=f"Paper {n}") for n in range(10)})
    candidate = only(root, "announced")
    assert len(candidate.record["sources"]) == 10
    assert origins(candidate.record["sources"]) == 1
    assert {s["publisher"].split(" via ")[0] for s in candidate.record["sources"]} == {"Reuters"}


def test_stages_of_one_document_are_of_one_act(tmp_path: Path) -> None:
    root, _ = run(tmp_path, wire=WIRE.format(publisher="Metal Post"))
    assert only(root, "announced").record["act_id"] == only(root, "effective").record["act_id"]


def test_contradicting_texts_stand_side_by_side(tmp_path: Path) -> None:
    root, _ = run(tmp_path, wire=WIRE.format(publisher="Metal Post"), other=OTHER_DAY)
    starts = [c for c in Queue(root).open() if c.record["stage"] == "effective"]
    assert [c.record["date_start"] for c in starts] == ["2026-03-01", "2026-03-03"]
    assert [c.against for c in starts] == [(starts[1].id,), (starts[0].id,)]
    assert all("sources_disagree" in c.record["flags"] for c in starts)


def test_what_was_asked_once_is_not_asked_again(tmp_path: Path) -> None:
    root, _ = run(tmp_path, ban=BAN)
    queue = Queue(root)
    queue.decide(only(root, "announced"), "rejected", by="me", why="no")
    again = propose(root, [tmp_path / "docs"])
    assert (again.new, again.grown, queue.open()) == ([], [], [])


def test_a_new_document_joins_an_open_candidate(tmp_path: Path) -> None:
    root, _ = run(tmp_path, ban=BAN)
    more = write(
        tmp_path / "more", other=BAN.replace("Asian Metals Daily", "Second Paper").replace("14:00", "12:00")
    )
    done = propose(root, more)
    assert (len(done.new), len(done.grown)) == (0, 1)
    grown = only(root, "announced")
    assert [s["publisher"] for s in grown.record["sources"]] == ["Asian Metals Daily", "Second Paper"]
    assert grown.record["known_at"] == "2026-01-06T12:00+09:00"


def test_undated_stays_undated(tmp_path: Path) -> None:
    root, _ = run(
        tmp_path, ban=BAN.replace("2026-01-06 14:00 +0900\n", "").replace(", announcement No. 1 of 2026", "")
    )
    assert [c.record["date_start"] for c in Queue(root).open()] in ([], [None])


def test_a_folder_of_hostile_files_is_told_file_by_file(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    folder = tmp_path / "docs"
    write(
        folder,
        ban=BAN,
        empty="",
        front="---\n- a\n- list\n---\ntext\n",
        script="A Paper\n2026-01-06\n<script>x</script>\n",
    )
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 50)
    (folder / "archive.txt").write_bytes(b"PK\x03\x04" + b"x" * 100)
    (folder / "bomb.xml").write_text(
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><channel><item>'
        "<title>&b;</title></item></channel></rss>"
    )
    (folder / "outside.xml").write_text(
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>'
    )
    with (folder / "giant.txt").open("wb") as giant:
        giant.truncate(3_000_000_000)
    done = propose(root, [folder])
    told = {Path(f.file).name: f.reason for f in done.failures}
    assert set(told) >= {
        "empty.txt",
        "front.txt",
        "binary.txt",
        "archive.txt",
        "bomb.xml",
        "outside.xml",
        "giant.txt",
    }
    assert "expected at most" in told["giant.txt"]
    assert len(done.new) == 1
    assert not any("root:" in p.read_text("utf-8") for p in Queue(root).folder.iterdir())


def test_a_candidate_by_hand(tmp_path: Path) -> None:
    root = workspace(tmp_path)
    edits = {"type": "official_statement", "actor": "CHN", "target": "JPN", "date_start": "2026-01-20"}
    source = {
        "publisher": "MOFCOM",
        "role": "official",
        "url": "https://mofcom.example/",
        "published": "2026-01-20",
    }
    done = Proposed()
    queue_up(root, [by_hand(edits, [source])], done)
    (candidate,) = done.new
    assert candidate.record["known_at_basis"] == "official_publication"
    assert candidate.record["summary"] == "China: statement, towards Japan"


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        ({"type": "meeting"}, "expected also"),
        ({"tipe": "meeting"}, "did you mean 'type'"),
        ({"sources": "x"}, "sources: expected one of"),
    ],
)
def test_a_candidate_by_hand_that_lacks_something(edits: dict[str, str], told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        by_hand(edits, [])
