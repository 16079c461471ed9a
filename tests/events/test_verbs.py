"""`tonnage events`: from documents to records in a terminal, and the words a person gets."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from tests.events.desk_rows import BAN, WIRE, workspace, write

from tonnage.cli import main
from tonnage.events.candidates import Queue


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = workspace(tmp_path)
    write(tmp_path / "docs", ban=BAN, wire=WIRE.format(publisher="Metal Post"))
    return root


def run(root: Path, *words: str) -> int:
    return main(["--data", str(root), "events", *words])


def test_from_documents_to_the_register(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(root, "propose", str(tmp_path / "docs")) == 0
    assert "2 documents read: 3 new candidates" in capsys.readouterr().out
    keys = "?\na\ne target=JPN\ne tarpet=JPN\na read in full\nr\nr a copy\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(keys))
    assert run(root, "review", "--by", "me") == 0
    out = capsys.readouterr().out
    assert "3 candidates wait" in out
    assert "announced a ban" in out
    assert "did you mean 'target'" in out
    assert "say why it is refused" in out
    assert out.rstrip().endswith("0 candidates wait")
    assert run(root, "verify") == 0
    assert "0 faults" in capsys.readouterr().out


def test_scripts_decide_too(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(root, "propose", str(tmp_path / "docs"))
    one, two, _ = (c.id for c in Queue(root).open())
    capsys.readouterr()
    assert (
        run(root, "accept", two, "--edit", "commodities=tungsten", "--edit", "target=WLD", "--by", "me") == 0
    )
    name = capsys.readouterr().out.split()[1].rstrip(";")
    assert run(root, "reject", one, "--why", "told already") == 0
    assert run(root, "show", name) == 0
    assert "accepted by me" in capsys.readouterr().out
    assert run(root, "accept", name, "--edit", "confidence=low") == 2
    assert "with a reason" in capsys.readouterr().err
    assert run(root, "accept", name, "--edit", "confidence=low", "--why", "one source", "--by", "me") == 0
    assert "confidence: high -> low" in capsys.readouterr().out
    assert run(root, "show", one) == 0
    assert "rejected" in capsys.readouterr().out
    assert run(root, "show", "CN-MOFCOM-2026-001") == 0


def test_verify_tells_file_line_and_reason(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "raw" / "events" / "CN-MOFCOM-2026-001.toml"
    path.write_text(path.read_text("utf-8").replace('stage = "effective"', 'stage = "efective"'), "utf-8")
    assert run(root, "verify") == 1
    told = capsys.readouterr().err
    line = path.read_text("utf-8").splitlines().index('stage = "efective"') + 1
    assert f"CN-MOFCOM-2026-001.toml:{line}: " in told
    assert "did you mean 'effective'" in told


@pytest.mark.parametrize("name", ["register.csv", "register.json", "register.ics"])
def test_export(root: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "export", "--out", str(tmp_path / name), "--as-of", "2026-01-21") == 0
    assert f"{name}: 9 events written" in capsys.readouterr().out
    assert (tmp_path / name).stat().st_size > 1_000


def test_export_elsewhere_is_refused(root: Path, tmp_path: Path) -> None:
    assert run(root, "export", "--out", str(tmp_path / "register.xls")) == 2


def test_import(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "gta.csv"
    head = "intervention_id,intervention_type,implementing_jurisdictions,date_announced"
    table.write_text(f"{head}\n7,Export tax,India,2025-01-02\n")
    assert run(root, "import", str(table)) == 0
    assert "1 new candidates" in capsys.readouterr().out


def test_a_candidate_by_hand(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = [
        "type=official_statement",
        "actor=CHN",
        "target=JPN",
        "date_start=2026-01-20",
        "summary=Answers",
    ]
    words = [word for field in fields for word in ("--edit", field)]
    source = "publisher=MOFCOM;role=official;url=https://mofcom.example/a;b=1;published=2026-01-20"
    assert run(root, "propose", *words, "--source", source) == 0
    (candidate,) = Queue(root).open()
    assert candidate.record["sources"][0]["url"] == "https://mofcom.example/a;b=1"
    assert run(root, "accept", candidate.id) == 0
    assert "accepted: 2026-01-20_CN_official_statement_jpn-occurred" in capsys.readouterr().out
