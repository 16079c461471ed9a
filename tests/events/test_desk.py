"""Decisions: what is accepted keeps its history, a change says who, when and why, a crash changes nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.events.desk_rows import BAN, WIRE, workspace, write

from tonnage.errors import ContractError, NoDataError, ParameterError, StoreError
from tonnage.events.candidates import Candidate
from tonnage.events.desk import Desk, edited
from tonnage.events.propose import propose
from tonnage.events.verify import verify

ANNOUNCED = "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-announced"
ACT = "CN-MOFCOM-2026-001.toml"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = workspace(tmp_path)
    propose(root, write(tmp_path / "docs", ban=BAN, wire=WIRE.format(publisher="Metal Post")))
    return Desk(root, "a person", dt.date(2026, 1, 21))


def waiting(desk: Desk, stage: str = "announced", joined: bool = False) -> Candidate:
    return next(c for c in desk.queue.open() if c.record["stage"] == stage and bool(c.joins) == joined)


def test_an_accepted_candidate_is_a_record_with_its_history(desk: Desk) -> None:
    candidate = waiting(desk)
    name = desk.accept(candidate, {"commodities": "tungsten", "target": "WLD"}, why="read in full")
    held = Desk(desk.root).register.get(name)
    assert name == "2026-02-03_CN_export_restriction.licensing_tungsten-wld-announced"
    assert held.record["summary"].startswith("China: export licensing announced: tungsten")
    assert (held.record["reviewer"], held.record["status"]) == ("a person", "accepted")
    (deed,) = held.stage.history
    assert (deed.did, deed.by, deed.at, deed.why) == (
        "accepted",
        "a person",
        "2026-01-21",
        f"read in full ({candidate.id})",
    )
    assert desk.queue.get(candidate.id).told["event_id"] == name
    assert verify(desk.root)[1] == []


def test_the_text_is_shown_with_the_words_of_the_date(desk: Desk) -> None:
    (passage,) = desk.passages(waiting(desk, joined=True))
    assert passage.text[slice(*passage.words)] == "Tuesday"
    assert "announced a ban" in passage.text[slice(*passage.sentence)]


def test_a_document_that_changed_is_not_shown(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "docs" / "ban.txt").write_text("Something else\n2026-01-06\nElse\nNothing.\n")
    (passage,) = desk.passages(waiting(desk, joined=True))
    assert passage.text == ""


def test_accepting_what_is_held_adds_its_source_and_tells_it(desk: Desk) -> None:
    before = desk.register.get(ANNOUNCED)
    assert desk.accept(waiting(desk, joined=True)) == ANNOUNCED
    after = Desk(desk.root).register.get(ANNOUNCED)
    assert [s["publisher"] for s in after.record["sources"]] == ["Geopolitechs", "Asian Metals Daily"]
    assert after.stage.history[: len(before.stage.history)] == before.stage.history
    assert after.stage.history[-1].changed == ("sources: 1 sources -> 2 sources",)


def test_no_other_block_is_touched(desk: Desk) -> None:
    path = desk.register.folder / ACT
    old = path.read_text("utf-8").split("[[stage]]")
    desk.amend(ANNOUNCED, {"note": "Read again."}, "a note")
    new = path.read_text("utf-8").split("[[stage]]")
    assert new[0] == old[0]
    assert new[2] == old[2]
    assert new[1] != old[1]


def test_an_amendment_tells_who_when_why_and_what(desk: Desk) -> None:
    changed = desk.amend(ANNOUNCED, {"confidence": "medium", "target": "JPN"}, "one source only")
    deed = Desk(desk.root).register.get(ANNOUNCED).stage.history[-1]
    assert changed == deed.changed == ("confidence: high -> medium",)
    assert (deed.did, deed.by, deed.at, deed.why) == ("edited", "a person", "2026-01-21", "one source only")
    assert desk.amend(ANNOUNCED, {"confidence": "medium"}, "again") == ()


@pytest.mark.parametrize(
    ("edits", "why", "kind", "told"),
    [
        ({"confidence": "low"}, " ", ParameterError, "with a reason"),
        ({"confidence": "sure"}, "x", ContractError, "confidence: expected one of"),
        ({"date_start": "2026-01-07"}, "x", ContractError, "date_end: expected"),
        ({"event_id": "2026-01-06_CN_other_x"}, "x", ContractError, "stays what it is"),
        ({"act_id": "CN-MOFCOM-2026-002"}, "x", ContractError, "act_id: stays"),
        ({"colour": "red"}, "x", ParameterError, "colour: expected one of"),
    ],
)
def test_a_bad_amendment_changes_nothing(
    desk: Desk, edits: dict[str, str], why: str, kind: type[Exception], told: str
) -> None:
    before = (desk.register.folder / ACT).read_bytes()
    with pytest.raises(kind, match=told):
        desk.amend(ANNOUNCED, edits, why)
    assert (desk.register.folder / ACT).read_bytes() == before


def test_a_candidate_that_is_no_good_record_stays_open(desk: Desk) -> None:
    with pytest.raises(ContractError, match="type: expected one of"):
        desk.accept(waiting(desk), {"type": "incident"})
    assert waiting(desk).state == "open"
    assert verify(desk.root)[1] == []


def test_a_decision_is_made_once(desk: Desk) -> None:
    candidate = waiting(desk)
    with pytest.raises(ParameterError, match="say why"):
        desk.reject(candidate, "")
    desk.reject(candidate, "a rumour")
    decided = desk.queue.get(candidate.id)
    assert (decided.state, decided.told["why"]) == ("rejected", "a rumour")
    with pytest.raises(ParameterError, match="rejected before"):
        desk.accept(decided)


def test_a_change_by_hand_is_told_and_can_be_taken_in(desk: Desk) -> None:
    path = desk.register.folder / ACT
    path.write_text(path.read_text("utf-8").replace('confidence = "high"', 'confidence = "low"', 1), "utf-8")
    _, (fault,) = verify(desk.root)
    assert fault.where == f"data/raw/events/{ACT}:3"
    assert "changed after 2026-11-22, and its history does not tell of it" in fault.reason
    with pytest.raises(StoreError, match="mend that first"):
        desk.amend("2026-01-06_CN_export_restriction.ban_dual-use-to-japan-effective", {"note": "x"}, "y")
    desk.adopt(ANNOUNCED, "the paper was wrong")
    assert verify(desk.root)[1] == []
    assert Desk(desk.root).register.get(ANNOUNCED).stage.history[-1].why == "the paper was wrong"


def test_a_bad_record_by_hand_is_not_taken_in(desk: Desk) -> None:
    path = desk.register.folder / ACT
    path.write_text(path.read_text("utf-8").replace('stage = "announced"', 'stage = "told"', 1), "utf-8")
    before = path.read_bytes()
    with pytest.raises(ContractError, match="stage: expected one of"):
        desk.adopt(ANNOUNCED, "so it is")
    assert path.read_bytes() == before


def test_a_full_disk_leaves_the_old_register(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {p.name: p.read_bytes() for p in desk.register.folder.iterdir()}
    candidate = waiting(desk)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tonnage.ledger.disk.os.fsync", full)
    with pytest.raises(StoreError, match="make room"):
        desk.accept(candidate)
    assert {p.name: p.read_bytes() for p in desk.register.folder.iterdir()} == before
    assert desk.queue.get(candidate.id).state == "open"


def test_a_run_that_was_killed_between_register_and_queue_is_completed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidate = waiting(desk)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(desk.queue, "decide", killed)
        with pytest.raises(KeyboardInterrupt):
            desk.accept(candidate)
    count = len(desk.register)
    again = Desk(desk.root, "a person")
    name = again.accept(again.queue.get(candidate.id))
    assert (len(again.register), again.queue.get(candidate.id).state) == (count, "accepted")
    assert name in again.register


def test_ids_are_never_used_again(desk: Desk) -> None:
    with pytest.raises(ContractError, match="ids are never reused"):
        desk.accept(
            waiting(desk), {"event_id": ANNOUNCED, "date_start": "2026-01-06", "date_end": "2026-01-06"}
        )


def test_what_is_not_there_is_told(desk: Desk) -> None:
    with pytest.raises(NoDataError, match="did you mean"):
        desk.register.get(ANNOUNCED[:-1])
    with pytest.raises(NoDataError, match=r"candidate 'c-0000000000'"):
        desk.queue.get("c-0000000000")


def test_fields_from_text() -> None:
    made = edited(
        {"hs": ["85"]}, {"hs": "8505; 2846", "note": "", "codes.gta_type": "19", "codes.mast": "P31"}
    )
    assert made == {"hs": ["8505", "2846"], "note": None, "codes": {"gta_type": 19, "mast": "P31"}}
    with pytest.raises(ParameterError, match=r"codes\.x"):
        edited({}, {"codes.x": "1"})
