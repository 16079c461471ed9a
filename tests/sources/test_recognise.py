"""Files are recognised by what stands at their beginning, and none as two sources at once."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from tests.house.tree import ROOT

from tonnage.sources import SOURCES
from tonnage.sources.recognise import HEAD, recognised

SHARED = ROOT.parent / "shared" / "samples"
EVERY = tuple(
    dict.fromkeys((*SOURCES, "comtrade", "estat", "comext", "census", "hmrc", "korea-flash", "baci"))
)
SPECIMENS = [
    path
    for path in sorted((ROOT / "tests" / "specimens").glob("*/*"))
    if path.is_file() and ".expected" not in path.name and not path.name.endswith((".json.json", ".toml"))
]


def of(path: Path) -> list[str]:
    return recognised(path.name, path.read_bytes()[:HEAD], EVERY)


def _reads(path: Path) -> bool:
    source = SOURCES.get(path.parent.name)
    return source is not None and not source.kept and path.name.endswith(source.suffixes)


@pytest.mark.parametrize(
    "path", [p for p in SPECIMENS if _reads(p)], ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_a_specimen_is_of_its_source_or_of_none(path: Path) -> None:
    plain = path.parent.name == "articles" and path.suffix == ".txt"
    assert of(path) == [path.parent.name] or (plain and of(path) == [])


RAW = sorted(p for p in (ROOT / "data" / "raw").glob("*/*.csv"))


@pytest.mark.parametrize("path", RAW, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_what_is_shipped_is_of_its_source(path: Path) -> None:
    assert of(path) == [path.parent.name]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("census/api_exports_hs_381800_2026-04.json", "census"),
        ("census/us_census_monthly_hs2_country_2023_2024.csv.gz", "census"),
        ("comext/full_v2_202402.AT-AD-exports.excerpt.csv", "comext"),
        ("comext/sdmx_csv_DS-045409.excerpt.csv", "comext"),
        ("japan/estat_I_2026-07_000040494507.excerpt.csv", "estat"),
        ("comtrade/bulk_C_A_32_2000_H0.first100.reserialised.txt.gz", "comtrade"),
        ("comtrade/api_v1_get_C_A_HS_response.json", "comtrade"),
        ("comtrade/comtradr_vignette/hs5_api.csv", "comtrade"),
        ("baci/FUZZED_BACI_HS92_Y2022_V202501.csv", "baci"),
        ("gacc_query/en_offals_of_16.csv", "gacc-query"),
        ("gacc_query/en_leancut_2017.csv", "gacc-query"),
        ("gacc_headline/release_section4_by_country_janfeb2025_cny.html", "gacc-bulletin"),
        ("gacc_codes/en-TradingPartner.csv", None),
        ("baci/country_codes_V202301.csv", None),
        ("japan/codes_country_eng.csv", None),
    ],
)
def test_real_files(file: str, source: str | None) -> None:
    path = SHARED / file
    if not path.exists():
        pytest.skip("no folder of third-party samples beside the repository")
    assert of(path) == ([source] if source else [])


HMRC = b'{"@odata.context":"x","value":[{"MonthId":202602,"FlowTypeId":1,"Value":1.0}]}'
GOODS = b"<response><item><hsCd>280530</hsCd><expDlr>1</expDlr></item></response>"


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("ots.json", HMRC, ["hmrc"]),
        ("flash.json", b'{"items": [{"itemUsdAmt1": "0"}]}', ["korea-flash"]),
        ("goods.xml", GOODS, ["korea-flash"]),
        ("full_v2_202602.7z", b"7z\xbc\xaf\x27\x1c\x00", ["comext"]),
        ("other.7z", b"7z\xbc\xaf\x27\x1c\x00", []),
        ("x.zip", b"PK\x03\x04....BACI_HS22_Y2022_V202501.csv", ["baci"]),
        ("x.zip", b"PK\x03\x04....thesis.docx", []),
        ("t.csv", "商品编码,商品名称,贸易伙伴编码,美元,\n".encode("gb18030"), ["gacc-query"]),
        ("t.csv", "商品编码,商品名称,美元,\n".encode("utf-8-sig"), ["gacc-query"]),
        ("x.txt", b"nothing that is known", []),
        ("x.bin", bytes(range(256)), []),
        ("x.gz", b"\x1f\x8bnot gzip", []),
        ("x.gz", gzip.compress(b"datasetCode\trefPeriodId\tpartnerCode\tcmdCode\n", mtime=0), ["comtrade"]),
        ("x", b"", []),
    ],
)
def test_openings(name: str, head: bytes, found: list[str]) -> None:
    assert recognised(name, head, EVERY) == found


def test_a_workbook_is_known_by_its_texts() -> None:
    for title, found in (("（13）2025年12月出口主要商品量值表", ["gacc-bulletin"]), ("Holidays", [])):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("xl/sharedStrings.xml", f"<sst><si><t>{title}</t></si></sst>")
        assert recognised("table.xlsx", made.getvalue(), EVERY) == found


def test_only_asked_sources_are_named() -> None:
    assert recognised("ots.json", HMRC, ["census"]) == []
    assert recognised("ots.json", HMRC, ["toy", "hmrc"]) == ["hmrc"]
