"""The publishers' own concordance workbooks, in small ones of our making and in theirs where they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt  # type: ignore[import-untyped]
from tests.house.tree import ROOT

from tonnage.errors import CodeError
from tonnage.model import concordance_files, concordances

SAMPLES = ROOT.parent / "shared" / "samples" / "concordance"
third_party = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no third-party samples beside the repository")

MAGNETS = [("850511", "850511", "n:1"), ("854921", "850511", "n:n"), ("280530", "280530", "1:1")]


def unsd(
    head: tuple[Any, ...], rows: list[tuple[Any, ...]], title: str = "HS2022-HS2017 Correlations"
) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "HS2022-HS2017 Conversions"
    sheet = book.create_sheet(title)
    for row in [("Between",), head, *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def eurostat(
    rows: list[tuple[Any, ...]], head: tuple[str, ...] = ("Period", "Origin code", "Destination code")
) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("relatnc")
    for at, row in enumerate([head, *rows]):
        for column, cell in enumerate(row):
            sheet.write(at, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("head", "place"),
    [
        (("HS2022", " HS2017", "Relationship"), lambda a, b, r: (a, b, r)),
        (("HS 2022", "HS 2017", "Relationship"), lambda a, b, r: (a, b, r)),
        (("HS2022", None, "HS2017", "Relationship"), lambda a, b, r: (a, None, b, r)),  # an empty column
    ],
)
def test_a_workbook_of_the_un_is_read_by_its_headings(head: tuple[Any, ...], place: Any) -> None:
    raw = unsd(head, [place(*row) for row in MAGNETS])
    assert concordance_files.read(raw, "a.xlsx") == {("HS2017", "HS2022"): {"850511": ("850511", "854921")}}


def test_the_list_of_eurostat_is_read_with_its_numbers_and_blanks() -> None:
    raw = eurostat([(20212022.0, "81129210", "81123100"), ("20222023", "8505 11 00", "8505 11 10")])
    assert concordance_files.read(raw, "a.xls") == {
        ("CN2021", "CN2022"): {"81129210": ("81123100",)},
        ("CN2022", "CN2023"): {"85051100": ("85051110",)},
    }


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"a,b\n", r"a: expected a workbook"),
        (unsd(("2022", "2017"), MAGNETS), "expected a heading with two years"),
        (unsd(("HS2022", "HS2017"), MAGNETS, "Sheet"), "expected a sheet of correlations among"),
        (unsd(("HS2022", "HS2017"), [("85051", "850511")]), "row 3: code '85051': expected 6 digits as text"),
        (unsd(("HS2022", "HS2017"), [("850511", None)]), "row 3: code '': expected 6 digits"),
        (eurostat([("2022", "85051100", "85051110")]), "row 2: period '2022': expected two years in a row"),
        (eurostat([("20222024", "85051100", "85051110")]), "period '20222024': expected two years"),
        (eurostat([("20222023", "850511", "85051110")]), "row 2: code '850511': expected 8 digits"),
        (eurostat([], ("Period", "From", "To")), r"expected the columns Period, Origin code"),
    ],
)
def test_what_is_no_concordance_is_refused(raw: bytes, told: str) -> None:
    with pytest.raises(CodeError, match=told):
        concordance_files.read(raw, "a")


def test_a_newer_file_takes_the_place_of_its_steps_and_leaves_the_others(tmp_path: Path) -> None:
    held, newer = tmp_path / "concordances.txt", tmp_path / "newer.xls"
    held.write_text("CN2022 > CN2023\n85051100 10\n\nHS2017 > HS2022\n850511 11 4921\n", "utf-8")
    newer.write_bytes(eurostat([("20222023", "85051100", "85051110"), ("20222023", "85051100", "85051190")]))
    assert concordance_files.write([newer], held) == ["CN2022 > CN2023: 1 codes changed"]
    assert concordances.parse_steps(held.read_text("utf-8")) == {
        ("CN2022", "CN2023"): {"85051100": ("85051110", "85051190")},
        ("HS2017", "HS2022"): {"850511": ("850511", "854921")},
    }
    assert concordance_files.write([newer], held) == []
    newer.write_bytes(b"damaged")
    before = held.read_bytes()
    with pytest.raises(CodeError, match=r"newer\.xls: expected a workbook"):
        concordance_files.write([newer], held)
    assert held.read_bytes() == before


@third_party
def test_what_is_shipped_is_what_the_publishers_files_say(tmp_path: Path) -> None:
    made = tmp_path / "made.txt"
    concordance_files.write(sorted(SAMPLES.iterdir()), made)
    shipped = ROOT / "src" / "tonnage" / "model" / "concordances.txt"
    assert made.read_text("utf-8") == shipped.read_text("utf-8")


@third_party
@pytest.mark.parametrize("older", ["HS2017", "HS2012"])
def test_the_kinds_are_those_the_un_prints(older: str) -> None:
    """Each pair comes with a kind; ours is worked out from the pairs alone."""
    book = openpyxl.load_workbook(
        SAMPLES / f"HS2022to{older}ConversionAndCorrelationTables.xlsx", read_only=True
    )
    sheet = next(book[name] for name in book.sheetnames if "Correlation" in name)
    printed: dict[str, set[str]] = {}
    for newer, _, kind in list(sheet.iter_rows(values_only=True))[2:]:
        printed.setdefault(str(newer).strip(), set()).add(str(kind))
    assert len(printed) == 5613
    simple = {code: kinds.pop() for code, kinds in printed.items() if kinds in ({"1:1"}, {"1:n"}, {"n:1"})}
    differ = {c: k for c, k in simple.items() if concordances.relation(c, "HS2022", older).kind != k}
    assert differ == {}
    mixed = [c for c in printed if c not in simple]
    assert {concordances.relation(c, "HS2022", older).kind for c in mixed} <= {"n:1", "n:m"}
