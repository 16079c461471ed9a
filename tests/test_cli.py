"""The command line: what each verb prints, how it fails, and with which code."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from tonnage.cli import main
from tonnage.sources import SOURCES

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: its code, its output, its messages."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return ran


@pytest.fixture
def data(workspace: Path) -> str:
    return str(workspace / "data")


@pytest.fixture
def own(workspace: Path, tmp_path: Path) -> Path:
    """A workspace that a test may change."""
    return Path(shutil.copytree(workspace, tmp_path / "own"))


def test_init_makes_a_workspace_that_builds_and_answers(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    assert run("init", str(folder))[0] == 0
    assert (folder / "notebooks" / "briefing.ipynb").exists()
    assert run("--data", str(folder / "data"), "build")[0] == 0
    code, out, _ = run(
        "--data",
        str(folder / "data"),
        "series",
        "rare-earth-products",
        "--as-of",
        "2026-01-19",
        "--format",
        "csv",
    )
    assert code == 0
    assert out.splitlines()[-1].startswith("2025-12-01,1,6745.0,bulletin,2026-01-18,aggregate;derived,")


def test_init_refuses_a_folder_that_holds_one_of_its_files_and_writes_nothing(
    run: Run, tmp_path: Path
) -> None:
    taken = tmp_path / "notebooks" / "briefing.ipynb"
    taken.parent.mkdir()
    taken.write_text("mine")
    code, _, told = run("init", str(tmp_path))
    assert code == 1
    assert "is there already" in told
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [taken]
    assert taken.read_text() == "mine"


def test_build_says_what_it_built_and_the_second_time_what_it_reused(run: Run, own: Path) -> None:
    shutil.rmtree(own / "data" / "processed")
    assert "81 files built, 0 reused, 0 rows set aside" in run("--data", str(own / "data"), "build")[1]
    assert "0 files built, 81 reused" in run("--data", str(own / "data"), "build")[1]


def test_sources_tells_what_each_holds_and_how_old_that_is(run: Run, data: str) -> None:
    code, out, _ = run("--data", data, "sources")
    assert code == 0
    assert "36 files, 400 rows of flows, newest release 2026-08-18, newest month 2026-07" in out
    assert out.count("\n  licence ") == len(SOURCES)


@pytest.mark.parametrize("form", ["table", "csv", "json", "parquet"])
def test_series_comes_in_four_forms(data: str, form: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["--data", data, "series", "rare-earths", "--format", form]) == 0
    out = capfdbinary.readouterr().out
    if form == "parquet":
        assert pl.read_parquet(io.BytesIO(out))["unit"].unique().to_list() == ["t"]
    else:
        assert b"4392" in out.replace(b",", b"")


def test_series_shows_the_receipt_of_every_row(run: Run, data: str) -> None:
    _, out, _ = run("--data", data, "series", "rare-earths", "--as-of", "2026-01-15", "--format", "csv")
    assert "GACC 2026-01-14 data/raw/gacc-bulletin/2026-01-14_flash.csv:2" in out.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["series", "rare-erths"], 1, "did you mean 'rare-earths'"),
        (["series", "rare-earths", "--partner", "Japn"], 1, "did you mean 'Japan'"),
        (["series", "rare-earths", "--unit", "tons"], 1, "unit 'tons'"),
        (["series", "rare-earths", "--flow", "imports"], 1, "did you mean 'import'"),
        (["series", "rare-earths", "--as-of", "21.1.2026"], 1, "expected YYYY-MM-DD"),
        (["series", "rare-earth-magnets", "--as-of", "2010-01-01"], 75, "not yet: rare-earth-magnets"),
        (["series", "rare-earth-magnets", "--partner", "BRA"], 1, "partners it holds: WLD, DEU"),
        (["report", "nowhere.ipynb"], 1, "nowhere.ipynb"),
        (["seris"], 2, "invalid choice"),
    ],
)
def test_a_wrong_word_is_told_in_one_place_with_its_code(
    run: Run, data: str, arguments: list[str], code: int, words: str
) -> None:
    found, out, told = run("--data", data, *arguments)
    assert (found, out) == (code, "")
    assert words in told
    assert "Traceback" not in told


def test_a_folder_that_is_no_workspace_is_told_with_what_to_do(run: Run, tmp_path: Path) -> None:
    code, _, told = run("--data", str(tmp_path), "build")
    assert code == 1
    assert "tonnage init DIR" in told


def test_ingest_stores_a_release_and_the_same_bytes_again_change_nothing(run: Run, own: Path) -> None:
    header = (own / "data/raw/gacc-bulletin/2026-01-18_bulletin.csv").read_text().splitlines()[0]
    columns = header.split(",")
    row = {"line": "tungsten_products", "period": "2026-08", "quantity_unit": "吨", "month_quantity": "1001"}
    file = own.parent / "2026-09-18_bulletin.csv"
    file.write_text(f"{header}\n{','.join(row.get(c, '') for c in columns)}\n", encoding="utf-8")
    asked = ["--data", str(own / "data"), "ingest", "gacc-bulletin", "--file", str(file)]
    asked += ["--published", "2026-09-18", "--detail", "stage=bulletin", "--detail", "flow=export"]
    asked += ["--detail", "publisher=GACC"]
    code, out, _ = run(*asked)
    assert code == 0
    assert "stored; 1 records, 1 rows, 0 set aside" in out
    assert "nothing changed" in run(*asked)[1]
    assert run("--data", str(own / "data"), "series", "tungsten-products")[0] == 1
    assert run("--data", str(own / "data"), "build")[0] == 0
    _, out, _ = run("--data", str(own / "data"), "series", "tungsten-products", "--format", "csv")
    assert out.splitlines()[-1].startswith("2026-08-01,1,1001.0,bulletin,2026-09-18")


@pytest.mark.parametrize("detail", ["stage", "=bulletin", ""])
def test_a_detail_without_name_or_value_is_usage(run: Run, data: str, detail: str) -> None:
    code, _, told = run("--data", data, "ingest", "press", "--file", "f.csv", "--detail", detail)
    assert code == 2
    assert "expected NAME=VALUE" in told


def test_check_names_every_total_that_does_not_add_up(run: Run, data: str) -> None:
    code, out, _ = run("--data", data, "check")
    assert code == 0
    assert "rare-earths-and-products, 9 months from 2025-01: -404.0 t beside 95,875.0 t" in out


def test_check_finds_a_raw_file_that_was_changed(run: Run, own: Path) -> None:
    path = own / "data/raw/gacc-bulletin/2026-01-18_bulletin.csv"
    path.write_text(path.read_text().replace("11137", "11138"))
    code, _, told = run("--data", str(own / "data"), "check")
    assert code == 1
    assert "2026-01-18_bulletin.csv: expected SHA-256 b03a7633" in told


def test_events_lists_only_what_was_known(run: Run, data: str) -> None:
    early = run("--data", data, "events", "list", "--as-of", "2026-01-05", "--format", "csv")[1]
    late = run("--data", data, "events", "list", "--as-of", "2026-01-06", "--format", "csv")[1]
    ban = "2026-01-06_CN_export_restriction.ban_dual-use-to-japan-announced"
    assert ban not in early
    assert ban in late


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        ("definitoin=rare-earths", "definition"),
        ("months=many", "months"),
        ("months=0", "months"),
        ("period=2025-13", "period"),
        ("partner=Japn", "JPN"),
        ("definition=rare-erths", "rare-earths"),
        ("period=2026-03", "2026-01-21"),
        ("language=fr", "en"),
    ],
)
def test_a_wrong_parameter_stops_the_report_before_anything_starts(
    run: Run, workspace: Path, data: str, parameter: str, words: str
) -> None:
    notebook = str(workspace / "notebooks" / "briefing.ipynb")
    code, _, told = run("--data", data, "report", notebook, "-p", parameter)
    assert code == 2
    assert parameter.split("=")[0] in told
    assert words in told
    assert not (workspace / "reports").exists()


def test_two_different_as_of_days_are_a_contradiction(run: Run, workspace: Path, data: str) -> None:
    notebook = str(workspace / "notebooks" / "briefing.ipynb")
    asked = ["--data", data, "report", notebook, "-p", "as_of=2026-01-19", "--as-of", "2026-01-21"]
    assert run(*asked)[0] == 2


def test_an_unknown_output_is_usage(run: Run, workspace: Path, data: str) -> None:
    notebook = str(workspace / "notebooks" / "briefing.ipynb")
    code, _, told = run("--data", data, "report", notebook, "--to", "pdf,docx")
    assert code == 2
    assert "docx" in told


def test_a_notebook_for_the_lab_alone_is_told_before_a_kernel_starts(
    run: Run, workspace: Path, data: str
) -> None:
    code, out, told = run("--data", data, "report", str(workspace / "notebooks" / "review.ipynb"))
    assert (code, out) == (1, "")
    assert told == (
        "tonnage: review.ipynb: is for JupyterLab, nothing of it can be printed; open it there: jupyter lab\n"
    )
    assert not (workspace / "reports").exists()


def test_revisions_name_the_partner_of_each_line_in_tonnes(run: Run, data: str) -> None:
    code, out, _ = run("--data", data, "revisions", "--as-of", "2026-01-21")
    head, names, *lines = out.splitlines()
    assert (code, head) == (0, "reporter CHN, flow export, unit t")
    assert [cell.strip() for cell in names.split("|")[1:3]] == ["commodity", "partner"]
    german = next(line for line in lines if "| DEU " in line)
    assert "1,118 |" in german
    assert "1,119 |" in german


def test_series_without_a_name_lists_the_definitions(run: Run, data: str) -> None:
    code, out, _ = run("--data", data, "series", "--format", "csv")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "definition,title,reporter,flow,months,newest,partners"
    assert "rare-earth-products,rare-earth products,CHN,export,31,2026-07-01,none" in lines
    assert "artificial-graphite,artificial graphite,CHN,export,0,,none" in lines
