"""Codes from raw file to series: followed through a split, refused where the goods cannot be told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.build_rows import PRESS, as_csv, put, records

from tonnage.cli import main
from tonnage.errors import NoDataError
from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger

#: Month, classification, code, tonnes: what Germany imported, invented.
FIGURES = [
    ("2022-12", "CN2022", "28053020", "40"),
    ("2022-12", "CN2022", "28053080", "2"),
    ("2023-01", "CN2023", "28053021", "25"),
    ("2023-01", "CN2023", "28053029", "16"),
    ("2023-01", "CN2023", "28053080", "2"),
    ("2022-12", "CN2022", "85051100", "900"),
    ("2023-01", "CN2023", "85051110", "610"),
    ("2023-01", "CN2023", "85051190", "280"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("codes") / "data"
    like = {**records(PRESS)[0], "reporter": "DEU", "flow": "import", "flags": "", "published": "2023-03-20"}
    rows = [
        {**like, "period": month, "classification": scheme, "commodity": code, "quantity": tonnes}
        for month, scheme, code, tonnes in FIGURES
    ]
    raw = as_csv(rows)
    put(root, "press", "germany.csv", raw)
    assert build(root).violated == ()
    return root


@pytest.fixture(scope="module")
def ledger(data: Path) -> Ledger:
    return open_ledger(data)


GERMANY = {"reporter": "DEU", "flow": "import", "unit": "t"}


def test_a_series_goes_through_a_split(ledger: Ledger) -> None:
    found = ledger.series("rare-earth-metals", **GERMANY)  # type: ignore[arg-type]
    assert found["value"].to_list() == [42.0, 43.0]
    assert not found["flags"].list.contains("break").any()


def test_the_codes_of_each_year_are_told(ledger: Ledger) -> None:
    found = ledger.codes("rare-earth-magnets", "Germany", "import")
    assert found.select("classification", "codes", "basis", "base").rows() == [
        ("CN2022", [], "refused", "CN2023"),
        ("CN2023", ["85051110"], "declared", "CN2023"),
    ]
    assert (
        found["reason"][0] == "85051100 of CN2022 holds goods of 85051190 of CN2023 too, which are not in it"
    )
    assert ledger.codes("rare-earth-products").is_empty()


def test_a_year_that_is_refused_is_told_with_the_series(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["series", "rare-earth-magnets", "--reporter", "DEU", "--flow", "import", "--format", "csv"]
    assert main(["--data", str(data), *asked]) == 0
    out, told = capsys.readouterr()
    assert [line.split(",")[:3] for line in out.splitlines()[1:]] == [["2023-01-01", "1", "610.0"]]
    why = "85051100 of CN2022 holds goods of 85051190 of CN2023 too, which are not in it"
    assert told == f"(no row of CN2022: {why})\n"


def test_no_figure_at_all_says_which_year_was_refused(ledger: Ledger) -> None:
    with pytest.raises(
        NoDataError, match="not followed to CN2022: 85051100 of CN2022 holds goods of 85051190"
    ):
        ledger.series("rare-earth-magnets", partner="JPN", **GERMANY)  # type: ignore[arg-type]


def test_the_split_is_proved_at_the_build(ledger: Ledger) -> None:
    found = ledger.proofs().filter(relation="codes", verdict="proved").select("definition", "other").rows()
    assert found == [("metal-magnets", "CN2022 to CN2023"), ("rare-earth-metals", "CN2022 to CN2023")]


def test_a_code_in_a_wrong_year_is_told_by_the_build(tmp_path: Path) -> None:
    like = {**records(PRESS)[0], "reporter": "DEU", "flow": "import", "flags": "", "published": "2023-04-20"}
    late = [("2022-12", "CN2022", "28053020"), ("2023-02", "CN2023", "28053020")]
    rows = [{**like, "period": m, "classification": c, "commodity": x, "quantity": "4"} for m, c, x in late]
    put(tmp_path / "data", "press", "late.csv", as_csv(rows))
    told = build(tmp_path / "data").violated
    assert [line.split(": ")[-1] for line in told] == [
        "28053020 is printed in CN2023, where it is not a code"
    ]
