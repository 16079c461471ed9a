"""Interventions of Global Trade Alert become candidates, stage by stage; a bad row is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tonnage.errors import ReadError
from tonnage.events.gta import candidates

HEAD = (
    "Intervention ID,State Act ID,State Act Title,GTA Evaluation,Implementing Jurisdictions,"
    "Affected Jurisdictions,"
    "Intervention Type,Affected Products,Date Announced,Date Published,Date Implemented,Date Removed\n"
)
ROW = (
    '140001,90001,A made-up act,Red,China,"Japan, United States of America",Export licensing requirement,'
    '"850511, 284690",2025-04-04,2025-04-08,2025-04-04,2025-11-10\n'
)


def read(tmp_path: Path, text: str | bytes) -> tuple[list[dict[str, object]], list[str]]:
    path = tmp_path / "interventions.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    found, aside = candidates(path)
    return [dict(c.record) for c in found], [f"{a.file.rpartition(':')[2]}: {a.reason}" for a in aside]


def test_one_intervention_is_up_to_three_stages(tmp_path: Path) -> None:
    records, aside = read(tmp_path, HEAD + ROW)
    assert aside == []
    assert [(r["stage"], r["date_start"], r["direction"]) for r in records] == [
        ("announced", "2025-04-04", "restrictive"),
        ("effective", "2025-04-04", "restrictive"),
        ("lifted", "2025-11-10", "liberalising"),
    ]
    first = records[0]
    assert (first["actor"], first["target"], first["hs"]) == ("CHN", "JPN;USA", ["284690", "850511"])
    assert (first["type"], first["act_id"], first["known_at"]) == (
        "export_restriction.licensing",
        "GTA-90001",
        "2025-04-04",
    )
    assert first["codes"] == {"gta_type": 35, "mast": "P33", "cameo": "163"}


def test_the_names_of_the_interface_and_of_r_are_read_too(tmp_path: Path) -> None:
    dotted = (
        "intervention.id,intervention.type,implementing.jurisdiction,date.announced\n"
        "7,Export tax,India,2025-01-02\n"
    )
    records, _ = read(tmp_path, dotted)
    assert [(r["type"], r["actor"], r["target"]) for r in records] == [
        ("export_restriction.tax", "IND", "WLD")
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Export ban", "export_restriction.ban"),
        ("Export-related non-tariff measure, nes", "export_restriction"),
        ("Export subsidy", "other"),
        ("Import tariff", "import_restriction"),
        ("Anti-dumping", "import_restriction"),
        ("State loan", "other"),
    ],
)
def test_types(tmp_path: Path, kind: str, expected: str) -> None:
    records, _ = read(tmp_path, HEAD + ROW.replace("Export licensing requirement", f'"{kind}"'))
    assert {r["type"] for r in records} == {expected}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("140001", "x1", "2: intervention 'x1': expected a number"),
        ("Red,China", "Red,Chyna", "2: country 'Chyna'"),
        ("2025-11-10", "soon", "2: day 'soon': expected YYYY-MM-DD"),
        ("2025-04-04,2025-04-08,2025-04-04,2025-11-10", ",,,", "2: intervention 140001: no day"),
    ],
)
def test_a_bad_row_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    records, (reason,) = read(tmp_path, HEAD + ROW.replace(old, new))
    assert records == []
    assert reason.startswith(told)


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b'"unclosed\n'])
def test_a_file_that_is_none_is_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"interventions\.csv"):
        read(tmp_path, raw)
