"""China's total trade by country: both flows side by side, blocs among the countries, sums checked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, sidecar
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading

SOURCE = SOURCES["gacc-bulletin"]
SPECIMEN = SPECIMENS / "gacc-bulletin" / "2025-03-11_countries.html"
SAMPLES = ROOT.parent / "shared" / "samples" / "gacc_headline"
SAMPLE = SAMPLES / "release_section4_by_country_janfeb2025_cny.html"
PICTURE = SAMPLES / "release_section4_by_country_jan2018_cny.html"

TITLE = "（4）2025年12月进出口商品主要国别（地区）总值表（人民币值）"
HEAD = (
    "<tr><td rowspan=2>进口原产国（地）出口最终目的国（地）</td><td colspan=2>进出口</td>"
    "<td colspan=2>出口</td><td colspan=2>进口</td><td colspan=3>累计比去年同期±%</td></tr>"
    f"<tr>{'<td>12月</td><td>1至12月</td>' * 3}<td>进出口</td><td>出口</td><td>进口</td></tr>"
)
#: Invented figures.
JAPAN = ("　日本", "30", "300", "10", "100", "20", "200", "1.0", "-2.0", "3.5")


def page(*rows: tuple[str, ...], title: str = TITLE, unit: str = "单位：亿元人民币", head: str = HEAD) -> str:
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><h1>{title}</h1><p>{unit}</p><table>{head}{body}</table></html>"


def read(raw: bytes | str, published: str | None = "2026-01-14", **changes: Any) -> Reading:
    data = raw if isinstance(raw, bytes) else raw.encode()
    own: dict[str, Any] = {"published": day(published) if published else None, "details": {}}
    return SOURCE.read(
        data, sidecar("gacc-bulletin", "countries.html", data, **{"basis": "given", **own, **changes})
    )


def shown(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    return reading.frame.select(columns).rows()


def test_the_specimen_is_two_months_of_both_flows() -> None:
    """January and February 2025, in hundred millions of renminbi; Japan 1,728.9 and 1,511.8."""
    reading = read(SPECIMEN.read_bytes(), None)
    japan = reading.frame.filter(pl.col("partner") == "JPN")
    assert japan.select("flow", "period", "months", "stage", "published", "unit", "value").rows() == [
        ("export", day("2025-01-01"), 2, "flash", day("2025-03-11"), "CNY", 172_890_000_000.0),
        ("import", day("2025-01-01"), 2, "flash", day("2025-03-11"), "CNY", 151_180_000_000.0),
    ]
    assert reading.frame["partner"].unique(maintain_order=True).to_list() == [
        "WLD",
        "EU27",
        "DEU",
        "USA",
        "ASEAN",
        "VNM",
        "JPN",
        "HKG",
        "KOR",
        "TWN",
        "LATAM",
        "RCEP",
        "BRI",
    ]
    assert reading.frame.select("classification", "commodity").unique().rows() == [("GACC-total", "TOTAL")]
    assert "both flows together are exports and imports in 13 of 13 figures" in reading.notes
    assert (reading.records, reading.set_aside.height) == (13, 0)


def test_a_chinese_table_has_the_month_and_the_year_to_date() -> None:
    reading = read(page(JAPAN))
    assert shown(reading, "flow", "period", "months", "value") == [
        ("export", day("2025-12-01"), 1, 1e9),
        ("export", day("2025-01-01"), 12, 1e10),
        ("import", day("2025-12-01"), 1, 2e9),
        ("import", day("2025-01-01"), 12, 2e10),
    ]
    assert reading.receipts["note"].to_list() == ["日本; changes printed, %: 1.0, -2.0, 3.5"]


@pytest.mark.parametrize(
    ("unit", "stage", "currency", "value"),
    [
        ("单位：亿元人民币", "flash", "CNY", 1e9),
        ("单位：万元人民币", "bulletin", "CNY", 1e5),
        ("单位：千美元", "bulletin", "USD", 1e4),
    ],
)
def test_the_scale_of_money_tells_the_flash_from_the_bulletin(
    unit: str, stage: str, currency: str, value: float
) -> None:
    title = TITLE if currency == "CNY" else TITLE.replace("人民币值", "美元值")
    frame = read(page(JAPAN, title=title, unit=unit)).frame
    assert frame.select("stage", "unit").unique().rows() == [(stage, currency)]
    assert frame["value"][0] == value


def test_the_union_is_that_of_its_members_of_the_time() -> None:
    union = ("欧盟", *JAPAN[1:])
    old = page(union, title=TITLE.replace("2025", "2018"))
    assert read(page(union)).frame["partner"].unique().to_list() == ["EU27"]
    assert read(old).frame["partner"].unique().to_list() == ["XEU"]


def test_a_sum_of_both_flows_that_is_none_is_told() -> None:
    wrong = ("中国香港", "40", *JAPAN[2:])
    told = read(page(JAPAN, wrong)).notes
    assert any("in 3 of 4 figures; not in row" in note for note in told)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("日木", *JAPAN[1:]), "partner name '日木': not one that is known"),
        ((*JAPAN[:3], "1O", *JAPAN[4:]), "number '1O'"),
        (JAPAN[:4], "the row has no name, is short"),
        ((*JAPAN, "9"), "has a cell under no heading"),
    ],
)
def test_a_row_that_cannot_be_read_is_set_aside(row: tuple[str, ...], reason: str) -> None:
    reading = read(page(("美国", *JAPAN[1:]), row))
    assert reading.records == 2
    assert reason in reading.set_aside["reason"][0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (page(JAPAN, title="主要国别（地区）总值表"), "period: expected the title to say one"),
        (page(JAPAN, unit=""), "the scale of money is not assumed"),
        (page(JAPAN, title=TITLE.replace("人民币", "美元")), "the title speaks of"),
        (page(JAPAN, head=HEAD.replace("12月", "11月")), "expected exports, imports or both"),
    ],
)
def test_a_table_that_does_not_say_what_it_prints_is_an_error(text: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(text)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["日本", "韩国", "德国", "越南", "火星", "非洲"]),
            st.integers(0, 10**6),
            st.integers(0, 10**6),
        ),
        min_size=1,
        max_size=6,
        unique_by=lambda row: row[0],
    )
)
def test_every_row_is_read_or_set_aside(rows: list[tuple[str, int, int]]) -> None:
    made = [(n, f"{e + i}", f"{e + i}", f"{e}", f"{e}", f"{i}", f"{i}", "1", "1", "1") for n, e, i in rows]
    unknown = sum(name == "火星" for name, *_ in rows)
    if unknown == len(rows):
        with pytest.raises(ReadError, match="not one of 1 records"):
            read(page(*made))
        return
    reading = read(page(*made))
    assert (reading.records, reading.set_aside.height) == (len(rows), unknown)
    month = reading.frame.filter(pl.col("months") == 1)
    known = [(e, i) for name, e, i in rows if name != "火星"]
    assert month["value"].sum() == 1e8 * sum(e + i for e, i in known)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not here")
def test_the_sample_page_is_read_whole_and_its_total_is_its_own() -> None:
    reading = read(SAMPLE.read_bytes(), None)
    assert (reading.records, reading.set_aside.height) == (30, 0)
    assert "both flows together are exports and imports in 30 of 30 figures" in reading.notes
    world = reading.frame.filter(pl.col("partner") == "WLD")
    assert world["value"].to_list() == [3_881_210_000_000.0, 2_655_150_000_000.0]


@pytest.mark.skipif(not PICTURE.exists(), reason="the shared samples are not here")
def test_a_page_whose_table_is_a_picture_says_so() -> None:
    with pytest.raises(ReadError, match="the table is a picture"):
        read(PICTURE.read_bytes(), "2018-03-08")


# -- a workbook of today's Excel ------------------------------------------------------------------------


def workbook(rows: Sequence[Sequence[Any]], merged: tuple[str, ...] = ()) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for span in merged:
        sheet.merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


BULLETIN: list[list[Any]] = [
    ["（13）2025年12月出口主要商品量值表（人民币值）"],
    ["单位：万元人民币"],
    ["商品名称", "计量单位", "12月", None, "1至12月累计", None],
    [None, None, "数量", "金额", "数量", "金额"],
    ["稀土及其制品", "吨", 11137, 273625, 129583, 2500891],
    ["  其中：稀土", "吨", 4392, 44716, 62585, 366000],
]
MERGED = ("A3:A4", "B3:B4", "C3:D3", "E3:F3")


def test_a_bulletin_as_xlsx_is_the_bulletin() -> None:
    """11,137 t and 4,392 t, December 2025."""
    reading = read(workbook(BULLETIN, MERGED), "2026-01-18")
    month = reading.frame.filter(pl.col("months") == 1, pl.col("unit") == "kg")
    assert month.select("commodity", "value").rows() == [
        ("rare_earths_and_products", 11_137_000.0),
        ("rare_earths", 4_392_000.0),
    ]
    assert reading.notes[0] == "XLSX, sheets Sheet"


def test_a_truth_value_or_a_date_in_a_workbook_is_no_figure() -> None:
    spoilt: list[list[Any]] = [*BULLETIN[:5], ["其中：稀土", "吨", True, 44716, day("2025-12-01"), 366000]]
    reading = read(workbook(spoilt, MERGED), "2026-01-18")
    assert reading.set_aside["line"].to_list() == [6]


def test_the_english_name_of_the_line_is_the_line() -> None:
    rows: list[list[Any]] = [
        ["(13) Major Export Commodities in Quantity and Value, December 2025 (in CNY)"],
        ["Unit: CNY 10,000"],
        ["Commodity", "Unit", "12", None, "1 to 12", None],
        [None, None, "Quantity", "Value", "Quantity", "Value"],
        ["Rare-earth ore, metals, compounds", "Ton", 4392, 44716, 62585, 366000],
    ]
    frame = read(workbook(rows, MERGED), "2026-01-18").frame
    assert frame["commodity"].unique().to_list() == ["rare_earths"]
