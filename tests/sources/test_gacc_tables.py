"""The national tables as published: pages and workbooks, Chinese and English, in renminbi and dollars."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, sidecar
from tests.house.tree import ROOT
from tests.sources.gacc_pages import (
    BULLETIN_HEAD,
    BULLETIN_ROWS,
    BULLETIN_TITLE,
    ENGLISH_HEAD,
    FLASH_HEAD,
    FLASH_ROWS,
    FLASH_TITLE,
    JANUARY_HEAD,
    page,
    workbook,
)

import tonnage as tn
from tonnage.cli import main
from tonnage.errors import CodeError, ReadError
from tonnage.sources import SOURCES, gacc_units
from tonnage.sources.base import Reading

SOURCE = SOURCES["gacc-bulletin"]
HERE = SPECIMENS / "gacc-bulletin"
SAMPLES = ROOT.parent / "shared" / "samples" / "gacc_headline"


def read(raw: bytes | str, file: str = "release.html", **changes: Any) -> Reading:
    given = raw.encode() if isinstance(raw, str) else raw
    known: dict[str, Any] = {"published": day("2026-01-18"), "basis": "given", "details": {}}
    return SOURCE.read(given, sidecar("gacc-bulletin", file, given, **(known | changes)))


def figures(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    wanted = columns or ("commodity", "period", "months", "unit", "value")
    return reading.frame.select(wanted).rows()


def month_of(reading: Reading, commodity: str) -> dict[str, float | None]:
    rows = reading.frame.filter((pl.col("months") == 1) & (pl.col("commodity") == commodity))
    return dict(rows.select("unit", "value").iter_rows())


# --- the specimens ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("2026-01-18_table13.html", "2026-01-18_table13"),
        ("2026-01-18_table13.xls", "2026-01-18_table13"),
        ("2026-01-14_flash_table.html", "2026-01-14_flash_table"),
    ],
)
def test_every_printed_figure_is_read_and_no_other(file: str, expected: str) -> None:
    table = pl.read_csv(
        HERE / f"{expected}.expected.csv", schema_overrides={"value": pl.Float64}, try_parse_dates=True
    )
    reading = read((HERE / file).read_bytes(), file, published=day(file[:10]))
    names = [name for name in table.columns if name != "line"]
    rows = reading.frame.with_columns(pl.col("flags").list.join(";")).select(names)
    assert sorted(rows.rows()) == sorted(table.select(names).rows())
    assert reading.set_aside.is_empty()
    assert reading.records == reading.receipts.height


def test_page_workbook_and_transcription_are_the_same_release() -> None:
    """What the page prints of the three lines of our transcription is what the transcription says."""
    ours = HERE / "2026-01-18_bulletin.csv"
    details = {"stage": "bulletin", "flow": "export"}
    mine = read(ours.read_bytes(), ours.name, details=details, publisher="GACC").frame
    for file in ("2026-01-18_table13.html", "2026-01-18_table13.xls"):
        theirs = read((HERE / file).read_bytes(), file).frame
        known = theirs.filter(pl.col("commodity").is_in(mine["commodity"].unique().to_list()))
        columns = [c for c in mine.columns if c not in ("raw", "line")]
        assert known.select(columns).sort(columns).equals(mine.select(columns).sort(columns))


def test_december_2025_has_its_numbers() -> None:
    bulletin, flash = (read((HERE / f).read_bytes(), f) for f in BOTH)
    assert month_of(bulletin, "rare_earths_and_products") == {"kg": 11_137_000.0, "CNY": 2_736_250_000.0}
    assert month_of(bulletin, "rare_earths") == {"kg": 4_392_000.0, "CNY": 447_160_000.0}
    assert month_of(flash, "rare_earths") == {"kg": 4_392_100.0, "CNY": 450_000_000.0}
    assert [r.frame["stage"].unique().to_list() for r in (bulletin, flash)] == [["bulletin"], ["flash"]]


BOTH = ("2026-01-18_table13.html", "2026-01-14_flash_table.html")

# --- the real samples ---------------------------------------------------------------------------------

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="no folder of third-party samples beside the repository"
)


def printed(value: float | None) -> str:
    return "-" if value is None else f"{value:,}"


def rows_of(items: Sequence[dict[str, Any]], spans: Sequence[str]) -> list[list[str]]:
    """The rows of a sample as the publication prints them, the level of a line as space before it."""
    rows = []
    for item in items:
        cells = ["　" * item.get("level", 0) + item["name"], item["unit"] or "-"]
        for span in spans:
            pair = item[span] or {"quantity": None, "amount": None}
            cells += [printed(pair["quantity"]), printed(pair["amount"])]
        rows.append(cells)
    return rows


def total(items: Sequence[dict[str, Any]], span: str, scale: int) -> float:
    return float(sum(Decimal(str(i[span]["amount"])) * scale for i in items if i[span]))


@needs_samples
@pytest.mark.parametrize("month", ["2024-01", "2025-11", "2025-12", "2026-01", "2026-02"])
@pytest.mark.parametrize("form", ["html", "xls"])
def test_every_line_of_the_sample_bulletins_is_read(month: str, form: str) -> None:
    sample = json.loads((SAMPLES / "bulletin_table13_exports_rmb.excerpt.json").read_text("utf-8"))[month]
    items, last = sample["items"], int(month[5:])
    spans = ["currentMonth", *(["ytdCurrentYear"] if items[0]["ytdCurrentYear"] else [])]
    heads = {"currentMonth": f"{last}月|2|1", "ytdCurrentYear": f"1至{last}月累计|2|1"}
    head = (
        ("商品名称|1|2", "计量单位|1|2", *(heads[s] for s in spans), "当月比去年同期±%|2|1"),
        ("数量", "金额") * (len(spans) + 1),
    )
    rows = rows_of(items, [*spans, "yoyYtdPercent"])
    title = f"（13）{sample['title']}（人民币值）"
    text = page(rows, head, title)
    raw = text.encode("gb18030") if form == "html" else workbook(rows, head, title)
    reading = read(raw, f"release.{form}", published=dt.date(2026, 3, 18))
    assert (reading.records, reading.set_aside.height) == (len(items), 0)
    money = reading.frame.filter((pl.col("unit") == "CNY") & (pl.col("months") == 1))
    assert money["value"].sum() == pytest.approx(total(items, "currentMonth", 10_000), rel=1e-15)
    parents = dict(zip(reading.receipts["line"], reading.receipts["note"], strict=True))
    nested = [i["name"] for i in items if i["parentName"] in {other["name"] for other in items}]
    assert sum("under " in note for note in parents.values()) >= len(nested)


@needs_samples
def test_every_line_of_the_sample_flash_is_read() -> None:
    sample = json.loads((SAMPLES / "2025-12_express_exports_rmb.json").read_text("utf-8"))
    spans = ["currentMonth", "ytdCurrentYear", "ytdSamePeriodLastYear", "yoyYtdPercent"]
    rows = rows_of(sample["items"], spans)
    text = page(rows, FLASH_HEAD, sample["meta"]["title"], sample["meta"]["unitNote"])
    reading = read(text)
    assert (reading.records, reading.set_aside.height) == (len(sample["items"]), 0)
    assert reading.receipts.filter(pl.col("note").str.contains("overlaps other lines")).height == sum(
        item["name"].endswith("*") for item in sample["items"]
    )
    for span, months, year in (("currentMonth", 1, 2025), ("ytdSamePeriodLastYear", 12, 2024)):
        money = reading.frame.filter(
            (pl.col("unit") == "CNY") & (pl.col("months") == months) & (pl.col("period").dt.year() == year)
        )
        assert money["value"].sum() == pytest.approx(total(sample["items"], span, 10**8), rel=1e-12)


@needs_samples
@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("release_section4_by_country_jan2018_cny.html", r"the table is a picture \(\\Excel\\4-RMB.png\)"),
    ],
)
def test_a_page_without_the_table_is_refused_by_name(file: str, told: str) -> None:
    with pytest.raises(ReadError, match=rf"^{re.escape(file)}: .*{told}"):
        read((SAMPLES / file).read_bytes(), file)


# --- title, unit, day ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "stage", "flow", "period"),
    [
        ("（13）2025年12月出口主要商品量值表（人民币值）", "bulletin", "export", "2025-12"),
        ("（15）2025年12月出口主要商品量值表", "bulletin", "export", "2025-12"),
        ("（14）2025年12月进口主要商品量值表（人民币值）", "bulletin", "import", "2025-12"),
        (
            "(13) Major Export Commodities in Quantity and Value, 12.2025 (in CNY)",
            "bulletin",
            "export",
            "2025-12",
        ),
        ("（14）Major Import Commodities in Quantity and Value,1-12.2025", "bulletin", "import", "2025-12"),
        (
            "(13) Major Export Commodities in Quantity and Value, December 2025",
            "bulletin",
            "export",
            "2025-12",
        ),
    ],
)
def test_a_title_says_by_words_what_a_table_is(title: str, stage: str, flow: str, period: str) -> None:
    frame = read(page(BULLETIN_ROWS, title=title)).frame
    assert frame.select("stage", "flow").unique().rows() == [(stage, flow)]
    assert frame["period"].dt.strftime("%Y-%m").max() == period


@pytest.mark.parametrize(
    ("title", "unit", "currency", "scale"),
    [
        (FLASH_TITLE, "单位∶亿元人民币", "CNY", 10**8),
        ("2025年12月全国出口重点商品量值表（美元值）", "单位∶百万美元", "USD", 10**6),
        (
            "(5) China's Major Exports by Quantity and Value, December 2025 (in USD)",
            "Unit: US$1 Million",
            "USD",
            10**6,
        ),
        (
            "(5) China's Major Exports by Quantity and Value, December 2025 (in CNY)",
            "Unit: CNY 100 Million",
            "CNY",
            10**8,
        ),
    ],
)
def test_the_scale_of_money_is_read_from_its_line(title: str, unit: str, currency: str, scale: int) -> None:
    frame = read(page(FLASH_ROWS, FLASH_HEAD, title, unit)).frame
    found = frame.filter((pl.col("commodity") == "rare_earths") & (pl.col("unit") != "kg"))
    assert found.select("unit", "value").rows()[0] == (currency, 4.5 * scale)
    assert frame["stage"].unique().to_list() == ["flash"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit": "单位：千美元"}, "the title speaks of .*CNY.*the line of units of USD"),
        ({"unit": ""}, "expected one line such as 单位：万元人民币"),
        ({"unit": "单位：元人民币"}, "unit '元人民币': expected thousands or more"),
        ({"unit": "单位：万"}, "unit '万': expected money"),
        ({"unit": "单位：亿元人民币"}, "the title speaks of a bulletin table, the unit of money"),
        ({"title": "2025年12月统计"}, "stage: expected the title to say one, found nothing"),
        ({"title": "出口主要商品量值表"}, "period: expected the title to say one, found nothing"),
        ({"title": "2025年3至12月出口主要商品量值表"}, "period: expected the title to say one"),
        ({"title": "2025年12月进出口主要商品量值表"}, "flow: expected the title to say one"),
    ],
)
def test_what_a_table_does_not_say_in_one_voice_is_refused(changes: dict[str, str], told: str) -> None:
    with pytest.raises(ReadError, match=rf"^release\.html: .*{told}"):
        read(page(BULLETIN_ROWS, **changes))


@pytest.mark.parametrize(
    ("details", "told"),
    [
        ({"flow": "import"}, r"flow: .*found \['export', 'import'\]"),
        ({"period": "2025-11"}, "period: .*found"),
        ({"period": "12.2025"}, "detail 'period': month"),
        ({"flwo": "import"}, "detail 'flwo': expected one of"),
    ],
)
def test_a_detail_that_contradicts_the_title_is_refused(details: dict[str, str], told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(page(BULLETIN_ROWS), details=details)


def test_a_workbook_without_its_line_of_units_needs_it_given() -> None:
    raw = workbook(BULLETIN_ROWS, unit="")
    with pytest.raises(ReadError, match="the scale of money is not assumed: give unit="):
        read(raw, "release.xls")
    given = read(raw, "release.xls", details={"unit": "万元人民币"})
    assert month_of(given, "rare_earths")["CNY"] == 447_160_000.0


def test_a_title_may_stand_beside_the_file() -> None:
    text = page(BULLETIN_ROWS, title="海关总署")
    assert read(text, title=BULLETIN_TITLE).records == 4
    assert read(text, "2026-01-18_2025年12月出口主要商品量值表.html").records == 4


@pytest.mark.parametrize("stated", ["2026-01-18", "2026/01/18", "01/18/2026", "2026年1月18日"])
def test_the_day_is_the_one_the_page_states(stated: str) -> None:
    reading = read(page(BULLETIN_ROWS, day=stated), published=None, basis="row")
    assert reading.frame["published"].unique().to_list() == [dt.date(2026, 1, 18)]
    assert reading.receipts["basis"].unique().to_list() == ["page"]


def test_the_day_given_counts_and_a_difference_is_told() -> None:
    reading = read(page(BULLETIN_ROWS, day="2026-01-23"))
    assert reading.frame["published"].unique().to_list() == [dt.date(2026, 1, 18)]
    assert "the page states the day 2026-01-23, 2026-01-18 was given" in reading.notes


@pytest.mark.parametrize("stated", ["", "2026-01-99", "yesterday"])
def test_without_a_day_there_is_no_reading(stated: str) -> None:
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read(page(BULLETIN_ROWS, day=stated), published=None, basis="row")


# --- columns ------------------------------------------------------------------------------------------


def test_january_has_the_month_alone() -> None:
    """2026-01: 稀土及其制品 12,866 t and 257,415 万元, 稀土 6,061 t."""
    rows = (
        ("稀土及其制品", "吨", "12,866", "257,415", "2.2", "0.4"),
        ("稀土", "吨", "6,061", "30,804", "", ""),
    )
    title = "（13）2026年1月出口主要商品量值表（人民币值）"
    frame = read(page(rows, JANUARY_HEAD, title), published=day("2026-02-18")).frame
    assert frame.select("period", "months").unique().rows() == [(dt.date(2026, 1, 1), 1)]
    assert frame["value"].to_list() == [12_866_000.0, 2_574_150_000.0, 6_061_000.0, 308_040_000.0]


def test_a_january_that_repeats_itself_as_year_to_date_is_one_figure() -> None:
    """2024-01: 5,854 t in both columns."""
    head = (
        ("商品名称|1|2", "计量单位|1|2", "1月|2|1", "1至1月累计|2|1", "比去年同期±%|2|1"),
        ("数量", "金额") * 3,
    )
    rows = (("稀土", "吨", "5,854", "32,147", "5,854", "32,147", "26.3", "-42.1"),)
    frame = read(page(rows, head, "2024年1月出口主要商品量值表"), published=day("2024-03-18")).frame
    assert frame.select("months", "unit", "value").rows() == [
        (1, "kg", 5_854_000.0),
        (1, "CNY", 321_470_000.0),
    ]


def test_january_and_february_together_are_a_year_to_date() -> None:
    head = (
        ("商品名称|1|2", "计量单位|1|2", "1至2月累计|2|1", "去年同期累计|2|1", "累计同比±%|2|1"),
        ("数量", "金额") * 3,
    )
    rows = (("稀土", "吨", "10,468.2", "6.1", "9,870", "5", "1", "2"),)
    text = page(rows, head, "2026年1至2月全国出口重点商品量值表", "单位∶亿元人民币")
    frame = read(text, published=day("2026-03-10")).frame
    assert frame.select("period", "months", "flags").unique(maintain_order=True).rows() == [
        (dt.date(2026, 1, 1), 2, ["aggregate"]),
        (dt.date(2025, 1, 1), 2, ["aggregate", "comparative"]),
    ]


def test_the_english_table_is_read_by_its_headings() -> None:
    rows = (
        ("Tungsten products", "T", "1,057", "8,000", "12,623", "66,000", "-41.1", "5.7"),
        ("Air conditioners", "10000N", "481", "669,343", "6,159", "8,987,530", "32.5", "35.0"),
        ("   of which: Electronic integrated circuits", "100MN", "1", "2", "3", "4", "5", "6"),
    )
    title = "(13) Major Export Commodities in Quantity and Value,1-12.2025"
    frame = read(page(rows, ENGLISH_HEAD, title, "Unit: US$1,000", "Note: figures.")).frame
    assert month_of(read(page(rows, ENGLISH_HEAD, title, "Unit: US$1,000")), "tungsten_products") == {
        "kg": 1_057_000.0,
        "USD": 8_000_000.0,
    }
    found = frame.filter(pl.col("months") == 1).select("commodity", "unit", "value").rows()[2:]
    assert found == [
        ("Air conditioners", "u", 4_810_000.0),
        ("Air conditioners", "USD", 669_343_000.0),
        ("Electronic integrated circuits", "u", 100_000_000.0),
        ("Electronic integrated circuits", "USD", 2000.0),
    ]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("12月|2|1", "11月|2|1", "column '11月 数量': expected the quantity or the value of 2025-12"),
        ("1至12月累计|2|1", "1至11月累计|2|1", "column '1至11月累计 数量'"),
        ("1至12月累计|2|1", "12月|2|1", "expected each column of figures once; twice"),
        ("12月|2|1", "库存|2|1", "column '库存 数量'"),
        ("12月|2|1", "2023年12月|2|1", "column '2023年12月 数量'"),
    ],
)
def test_a_heading_that_is_not_of_this_table_is_refused(was: str, now: str, told: str) -> None:
    head = (tuple(now if cell == was else cell for cell in BULLETIN_HEAD[0]), BULLETIN_HEAD[1])
    with pytest.raises(ReadError, match=re.escape(told)):
        read(page(BULLETIN_ROWS, head))


def test_a_heading_that_is_missing_is_not_replaced_by_its_neighbour() -> None:
    head = (tuple(cell for cell in BULLETIN_HEAD[0] if cell != "12月|2|1"), BULLETIN_HEAD[1])
    with pytest.raises(ReadError, match="the headings are short"):
        read(page(BULLETIN_ROWS, head))


@pytest.mark.parametrize("first", [(0, 0), (1, 1), (2, 0)])
@pytest.mark.parametrize("merge", [True, False])
def test_where_a_workbook_puts_its_table_changes_nothing(first: tuple[int, int], merge: bool) -> None:
    reading = read(workbook(BULLETIN_ROWS, first=first, merge=merge), "release.xls")
    assert sorted(figures(reading)) == sorted(figures(read(page(BULLETIN_ROWS))))


# --- lines --------------------------------------------------------------------------------------------


def one(*rows: Sequence[str]) -> Reading:
    """The flash of December 2025 with these rows."""
    return read(page([*FLASH_ROWS[2:], *rows], FLASH_HEAD, FLASH_TITLE, "单位∶亿元人民币"))


def line(name: str, unit: str, quantity: str = "1", amount: str = "2") -> list[str]:
    return [name, unit, quantity, amount, *["-"] * 6]


def test_a_line_the_registry_does_not_know_keeps_its_text() -> None:
    assert month_of(one(line("　鞋靴（含 配件）", "万双")), "鞋靴(含配件)") == {"2u": 10_000.0, "CNY": 2e8}


def test_a_line_that_is_near_to_a_known_one_is_told() -> None:
    notes = one(line("稀土及其 制成品", "吨")).notes
    assert "line '稀土及其制成品' is not in the registry; it is near to '稀土及其制品'" in notes


def test_a_starred_line_overlaps_others_and_is_an_aggregate() -> None:
    frame = one(line("机电产品*", "-", "-")).frame
    starred = frame.filter((pl.col("commodity") == "机电产品") & pl.col("value").is_not_null())
    assert starred.select("unit", "flags").rows() == [("CNY", ["aggregate"])]


def test_a_dash_is_no_number_and_a_zero_is_one() -> None:
    assert month_of(one(line("钢材", "万吨", "-", "0")), "钢材") == {"kg": None, "CNY": 0.0}


def test_a_line_of_two_units_prints_its_value_once() -> None:
    reading = one(line("轮胎", "万条", "3", "7"), line("轮胎", "万吨", "5", "7"))
    assert month_of(reading, "轮胎") == {"u": 30_000.0, "kg": 50_000_000.0, "CNY": 7e8}
    assert "conflict" not in {flag for flags in reading.frame["flags"] for flag in flags}
    # Its value of the month, and the dashes of value that follow.
    assert "figures stand there twice and are taken once" in reading.notes[-1]


def test_two_values_of_one_line_are_in_conflict() -> None:
    frame = one(line("轮胎", "万条", "3", "7"), line("轮胎", "万吨", "5", "8")).frame
    money = frame.filter(
        (pl.col("commodity") == "轮胎") & (pl.col("unit") == "CNY") & pl.col("value").is_not_null()
    )
    assert money.select("value", "flags").rows() == [(v, ["aggregate", "conflict"]) for v in (7e8, 8e8)]


def test_one_text_under_two_parents_is_two_lines() -> None:
    rows = [line("粮食", "吨"), line("　其他", "吨"), line("家具", "吨"), line("　其他", "吨", "9")]
    found = one(*rows).frame["commodity"].unique(maintain_order=True).to_list()
    assert found[1:] == ["粮食", "粮食 > 其他", "家具", "家具 > 其他"]


def test_lines_below_of_which_are_its_siblings() -> None:
    rows = [
        line("成品油", "吨"),
        line("　其中：汽油", "吨"),
        line("　　　　柴油", "吨"),
        line("氧化铝", "吨"),
    ]
    notes = one(*rows).receipts["note"].to_list()[1:]
    assert [note.split(";")[1] if "under" in note else "" for note in notes] == [
        "",
        " under 成品油",
        " under 成品油",
        "",
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (line("钢材", "箱子"), "unit '箱子': not a unit"),
        (line("钢材", "-"), "quantity 1 is printed without a unit"),
        (line("钢材", "吨", "1,23"), "number '1,23'"),
        (line("钢材", "吨", "abc"), "number 'abc'"),
        (line("", "吨"), "a row without the name of a line"),
        (["钢材", "吨", "1"], "the row is short: no cell stands in column 4"),
        ([*line("钢材", "吨"), "7"], "the cell '7' stands under no heading"),
        (["钢材", "吨", "1|2|1", *["-"] * 6], "the cell '1' spans more than one column"),
        (["其中：", *[""] * 9], "a row without the name of a line"),
        (["农产品", *[""] * 9], "nothing is printed in it"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason_and_no_other(row: list[str], reason: str) -> None:
    reading = one(row, line("氧化铝", "吨"))
    assert reading.set_aside["line"].to_list() == [5]
    assert reason in reading.set_aside["reason"][0]
    assert reading.frame["commodity"].unique(maintain_order=True).to_list() == ["rare_earths", "氧化铝"]
    assert reading.records == 3


# --- what is refused as a whole -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"PK\x03\x04....", "not an Excel workbook that can be read"),
        (b"%PDF-1.7", "found pdf"),
        (b"\x89PNG\r\n", "found picture"),
        (b"\xd0\xcf\x11\xe0 not a workbook", "not an Excel workbook that can be read"),
        (b"\x09\x08\x10\x00", "not an Excel workbook that can be read"),
        (b"<!DOCTYPE html><html></html>", "expected a table whose heading has"),
        (b"<html><article><img src='a.png'></article></html>", r"the table is a picture \(a\.png\)"),
        (b"<html>\xff\xff</html>", "expected text in utf-8-sig or gb18030"),
        (page([]).encode(), "not one of 0 records"),
    ],
    ids=repr,
)
def test_a_file_that_is_not_of_the_form_is_refused_by_name(raw: bytes, told: str) -> None:
    with pytest.raises(ReadError, match=rf"^release\.html: .*{told}"):
        read(raw)


# --- mutations: right, set aside, or refused; never a wrong number ---------------------------------------

SINGLE_HEAD = (
    "12月数量",
    "12月金额",
    "1至12月累计数量",
    "1至12月累计金额",
    "去年同期累计数量",
    "去年同期累计金额",
    "同比±%",
)
number = st.decimals(0, 10**8, places=1).map(lambda n: f"{n:,}")
cells = st.lists(st.one_of(number, st.just("-")), min_size=7, max_size=7)


@settings(max_examples=30, deadline=None)
@given(st.lists(cells, min_size=1, max_size=6), st.permutations(range(7)), st.booleans())
def test_columns_in_any_order_give_the_same_figures(
    values: list[list[str]], order: list[int], in_gbk: bool
) -> None:
    rows = [[f"商品{'甲乙丙丁戊己'[n]}", "吨", *row] for n, row in enumerate(values)]
    moved = [[*row[:2], *(row[2 + n] for n in order)] for row in rows]
    unit = "单位∶亿元人民币"
    heads = [
        [["商品名称", "计量单位", *SINGLE_HEAD]],
        [["商品名称", "计量单位", *(SINGLE_HEAD[n] for n in order)]],
    ]
    straight, shuffled = (
        page(table, [*head, []], FLASH_TITLE, unit) for table, head in zip((rows, moved), heads, strict=True)
    )
    expected, found = read(straight), read(shuffled.encode("gb18030" if in_gbk else "utf-8"))
    assert sorted(figures(found), key=str) == sorted(figures(expected), key=str)
    printed = sum(cell != "-" for row in values for cell in row[:6])
    assert found.frame["value"].drop_nulls().len() == printed
    assert found.frame.filter(pl.col("unit") == "kg")["value"].sum() == pytest.approx(
        sum(float(row[n].replace(",", "")) * 1000 for row in values for n in (0, 2, 4) if row[n] != "-")
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_page_is_right_or_refused(data: st.DataObject) -> None:
    text = page(BULLETIN_ROWS)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 40))
    junk = data.draw(st.sampled_from(["", "<td>", "</td>", "</tr><tr>", "<td></td>", "<table>", "万", "?"]))
    try:
        reading = read(text[:at] + junk + text[at + cut :])
    except ReadError:
        return
    assert reading.receipts.height + reading.set_aside.height == reading.records
    # One fault spoils one row at most: a digit or a unit may be cut, and nothing shows it. It never moves
    # the figures of other rows to another month, measure or scale.
    right = {row[:4]: row[4] for row in figures(read(text))}
    wrong = {row[0] for row in figures(reading) if right.get(row[:4], row[4]) != row[4]}
    assert len(wrong) <= 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5631), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(at: int, junk: bytes) -> None:
    raw = (HERE / "2026-01-18_table13.xls").read_bytes()
    try:
        reading = read(raw[:at] + junk + raw[at + len(junk) :], "release.xls")
    except ReadError:
        return
    assert reading.receipts.height + reading.set_aside.height == reading.records


# --- units and numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "code", "scale"),
    [
        ("吨", "kg", "1000"),
        ("万吨", "kg", "10000000"),
        ("千克", "kg", "1"),
        ("克", "kg", "0.001"),
        ("克拉", "kg", "0.0002"),
        ("T", "kg", "1000"),
        ("10000T", "kg", "10000000"),
        ("10000 T", "kg", "10000000"),
        ("KG", "kg", "1"),
        ("Kilogram", "kg", "1"),
        ("Gram", "kg", "0.001"),
        ("亿个", "u", "100000000"),
        ("100MN", "u", "100000000"),
        ("MN", "u", "1000000"),
        ("10000PR", "2u", "10000"),
        ("万双", "2u", "10000"),
        ("千升", "l", "1000"),
        ("亿千瓦时", "kWh", "100000000"),
        ("MKWH", "kWh", "1000000"),
        ("10000M", "m", "10000"),
        ("万平方米", "m2", "10000"),
        ("CUM", "m3", "1"),
        ("百万贝可", "Bq", "1000000"),
        ("总吨", "GT", "1"),
    ],
)
def test_units_as_printed(unit: str, code: str, scale: str) -> None:
    assert gacc_units.quantity(unit) == (code, Decimal(scale))


@pytest.mark.parametrize("unit", ["", "吨位", "1000000T", "万", "10T", "x", "千", "kgs"])
def test_a_unit_that_is_not_known_is_refused(unit: str) -> None:
    with pytest.raises(CodeError, match=rf"^unit {unit!r}: not a unit"):
        gacc_units.quantity(unit)


@pytest.mark.parametrize(
    ("unit", "currency", "scale"),
    [
        ("万元人民币", "CNY", 10**4),
        ("万元", "CNY", 10**4),
        ("亿元人民币", "CNY", 10**8),
        ("千美元", "USD", 10**3),
        ("百万美元", "USD", 10**6),
        ("亿美元", "USD", 10**8),
        ("US$1,000", "USD", 10**3),
        ("US$ 1 Million", "USD", 10**6),
        ("USD 100 million", "USD", 10**8),
        ("CNY 100 Million", "CNY", 10**8),
        ("RMB 10,000 Yuan", "CNY", 10**4),
    ],
)
def test_money_as_printed(unit: str, currency: str, scale: int) -> None:
    assert gacc_units.money(unit) == (currency, Decimal(scale))


@pytest.mark.parametrize("unit", ["", "万", "亿日元", "EUR 1,000", "US$1,000 CNY"])
def test_money_that_is_not_known_is_refused(unit: str) -> None:
    with pytest.raises(CodeError, match="expected money such as"):
        gacc_units.money(unit)


@pytest.mark.parametrize(
    "text", ["1,23", ",123", "1,2345", "1.234,5", "1e5", "12 345", "１，２", "0x10", "NaN", "inf"]
)
def test_a_number_is_read_whole_or_not_at_all(text: str) -> None:
    with pytest.raises(CodeError, match="number"):
        gacc_units.number(text)


@given(st.decimals(-(10**11), 10**11, places=2))
def test_a_number_with_separators_is_that_number(value: Decimal) -> None:
    assert gacc_units.number(f"{value:,}") == value


# --- through the store --------------------------------------------------------------------------------


@pytest.mark.parametrize("file", ["2026-01-18_table13.html", "2026-01-18_table13.xls"])
def test_a_release_is_ingested_built_and_asked(file: str, tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    data = ["--data", str(tmp_path / "data")]
    given = ["--file", str(HERE / file), *(["--published", "2026-01-18"] if file.endswith("xls") else [])]
    assert main([*data, "ingest", "gacc-bulletin", *given]) == 0
    assert main([*data, "build"]) == 0
    series = tn.open(tmp_path / "data").series("rare-earth-products", unit="t")
    assert series["value"].to_list() == [6745.0]
    assert series["published"].to_list() == [dt.date(2026, 1, 18)]
