"""The customs query: files as downloaded, in every dress they come in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, sidecar
from tests.house.tree import ROOT

import tonnage as tn
from tonnage.cli import main
from tonnage.errors import ReadError
from tonnage.model import partners
from tonnage.sources import SOURCES
from tonnage.sources.base import Reading

SOURCE = SOURCES["gacc-query"]
SPECIMEN = SPECIMENS / "gacc-query" / "2016_pork_offal_imports.csv"
SAMPLES = ROOT.parent / "shared" / "samples" / "gacc_query"

ENGLISH = {
    "month": "Date of data",
    "code": "Commodity code",
    "name": "Commodity",
    "partner": "Trading partner code",
    "partner_name": "Trading partner",
    "regime": "Customs Regime code",
    "regime_name": "Customs Regime",
    "quantity_1": "Quantity",
    "unit_1": "Unit",
    "quantity_2": "Supplimentary Quantity",
    "unit_2": "Supplimentary Unit",
    "USD": "US dollar",
    "CNY": "Renminbi Yuan",
}
CHINESE = {
    "month": "数据年月",
    "code": "商品编码",
    "name": "商品名称",
    "partner": "贸易伙伴编码",
    "partner_name": "贸易伙伴名称",
    "regime": "贸易方式编码",
    "regime_name": "贸易方式名称",
    "quantity_1": "第一数量",
    "unit_1": "第一计量单位",
    "quantity_2": "第二数量",
    "unit_2": "第二计量单位",
    "USD": "美元",
    "CNY": "人民币",
}
# Invented figures; the form is that of the site.
ROW = {
    "month": "202512",
    "code": "85051110",
    "name": "稀土永磁体",
    "partner": "116",
    "partner_name": "日本",
    "quantity_1": "280,034",
    "unit_1": "千克",
    "quantity_2": "?",
    "unit_2": "?",
    "USD": "21,681,409",
}


def download(*rows: dict[str, str], names: dict[str, str] = CHINESE, end: str = ",") -> str:
    """A file as the site writes it: every cell in quotes, every line with a comma at its end."""
    lines = [[names[column] for column in rows[0]], *(list(row.values()) for row in rows)]
    return "".join(",".join('"' + c.replace('"', '""') + '"' for c in line) + f"{end}\n" for line in lines)


def read(text: str | bytes, encoding: str = "gb18030", **changes: Any) -> Reading:
    raw = text if isinstance(text, bytes) else text.encode(encoding)
    known: dict[str, Any] = {"published": day("2026-01-20"), "basis": "given", "details": {"flow": "export"}}
    return SOURCE.read(raw, sidecar("gacc-query", "query.csv", raw, **(known | changes)))


def brief(reading: Reading) -> list[tuple[Any, ...]]:
    return reading.frame.select("partner", "commodity", "unit", "value", "flags").rows()


# --- the specimen and the real files ------------------------------------------------------------------


def test_every_printed_figure_is_read_and_no_other() -> None:
    expected = pl.read_csv(
        SPECIMEN.with_suffix(".expected.csv"),
        schema_overrides={"commodity": pl.String, "value": pl.Float64},
        try_parse_dates=True,
    )
    reading = read(SPECIMEN.read_bytes(), details={"flow": "import", "period": "2016"})
    rows = reading.frame.with_columns(pl.col("flags").list.join(";")).select(expected.columns)
    assert rows.rows() == expected.rows()
    assert reading.notes == ("encoding gb18030",)
    assert (reading.records, reading.set_aside.height) == (6, 0)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no folder of third-party samples beside the repository")
@pytest.mark.parametrize(
    ("file", "records", "nuls"),
    [("en_leancut_2016.csv", 16, 0), ("en_leancut_2017.csv", 17, 17), ("en_offals_of_16.csv", 36, 0)],
)
def test_real_downloads_are_read_whole(file: str, records: int, nuls: int) -> None:
    raw = (SAMPLES / file).read_bytes()
    reading = read(raw, details={"flow": "import", "period": "2016" if "16" in file else "2017"})
    cells = csv.reader(io.StringIO(raw.replace(b"\0", b"").decode("gb18030"), newline=""))
    printed = [Decimal(row[4].replace(",", "")) for row in list(cells)[1:]]
    assert (reading.records, reading.set_aside.height) == (records, 0)
    assert reading.frame["value"].sum() == float(sum(printed))
    assert ("NUL" in " ".join(reading.notes)) == bool(nuls)


# --- dress ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [CHINESE, ENGLISH], ids=["Chinese", "English"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("end", [",", ""], ids=["trailing comma", "none"])
def test_language_encoding_and_trailing_comma_change_nothing(
    names: dict[str, str], encoding: str, end: str
) -> None:
    reading = read(download(ROW, names=names, end=end), encoding)
    assert brief(reading) == [
        ("JPN", "85051110", "kg", 280_034.0, []),
        ("JPN", "85051110", "USD", 21_681_409.0, []),
    ]
    assert reading.frame["classification"].unique().to_list() == ["GACC8-2025"]


def test_a_row_says_who_printed_what_and_when() -> None:
    row = read(download(ROW)).frame.row(0, named=True)
    named = ("source", "publisher", "reporter", "flow", "stage", "period", "months", "published", "line")
    assert [row[name] for name in named] == [
        "gacc-query",
        "GACC",
        "CHN",
        "export",
        "detail",
        dt.date(2025, 12, 1),
        1,
        dt.date(2026, 1, 20),
        2,
    ]


def test_a_name_may_hold_line_ends_and_a_nul() -> None:
    rows = [ROW | {"name": "稀土\r\n永磁体"}, ROW | {"partner": "502", "name": "\0"}]
    reading = read(download(*rows))
    assert reading.frame["line"].to_list() == [2, 2, 4, 4]
    assert "1 NUL bytes read as '?'" in reading.notes[1]


def test_the_currency_is_that_of_the_last_heading() -> None:
    row = {column: value for column, value in ROW.items() if column != "USD"} | {"CNY": "1,000"}
    assert brief(read(download(row)))[-1] == ("JPN", "85051110", "CNY", 1000.0, [])


# --- figures -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "figures"),
    [
        ({"quantity_1": "0"}, [("kg", 0.0)]),
        ({"quantity_1": "?"}, [("kg", None)]),
        ({"unit_1": "克"}, [("kg", 280.034)]),
        ({"unit_1": "Kilogram"}, [("kg", 280_034.0)]),
        ({"unit_1": "台"}, [("u", 280_034.0)]),
        ({"unit_1": "Number of item"}, [("u", 280_034.0)]),
        ({"unit_1": "台", "quantity_2": "1,500", "unit_2": "千克"}, [("u", 280_034.0), ("kg", 1500.0)]),
        ({"quantity_2": "2", "unit_2": "千个"}, [("kg", 280_034.0), ("u", 2000.0)]),
        ({"quantity_2": "0"}, [("kg", 280_034.0)]),
    ],
)
def test_mass_by_its_unit_and_other_units_beside_it(
    cells: dict[str, str], figures: list[tuple[str, float | None]]
) -> None:
    found = read(download(ROW | cells)).frame.filter(pl.col("unit") != "USD").select("unit", "value").rows()
    assert found == figures


def test_china_itself_the_unknown_and_taiwan_stay() -> None:
    rows = [ROW | {"partner": code} for code in ("142", "701", "143")]
    assert read(download(*rows)).frame["partner"].unique(maintain_order=True).to_list() == [
        "CHN",
        "XXU",
        "TWN",
    ]


def test_a_heading_is_a_sum_of_its_codes() -> None:
    assert read(download(ROW | {"code": "0203"})).frame["flags"].to_list() == [["aggregate"]] * 2


def test_parts_of_one_country_are_added_up_and_told() -> None:
    rows = [
        ROW | {"partner": "312"},
        ROW | {"partner": "207", "USD": "1"},
        ROW | {"partner": "210", "USD": "?"},
    ]
    reading = read(download(*rows[:2]))
    assert brief(reading) == [
        ("ESP", "85051110", "kg", 560_068.0, ["derived"]),
        ("ESP", "85051110", "USD", 21_681_410.0, ["derived"]),
    ]
    assert "partner ESP: the figures of codes 207, 312 are added up" in reading.notes
    assert reading.receipts["note"].to_list() == ["partner 312", "partner 207"]
    # A sum of which a part is not known is not known.
    assert brief(read(download(*rows)))[-1] == ("ESP", "85051110", "USD", None, ["derived"])


def test_one_figure_printed_twice_is_kept_and_flagged() -> None:
    reading = read(download(ROW, ROW | {"USD": "7"}))
    assert reading.frame.filter(pl.col("unit") == "USD").select("value", "flags").rows() == [
        (21_681_409.0, ["conflict"]),
        (7.0, ["conflict"]),
    ]


def test_the_same_record_twice_is_taken_once() -> None:
    reading = read(download(ROW, ROW))
    assert reading.frame.height == 2
    assert reading.set_aside["reason"].to_list() == [
        "the same record stands on line 2: a figure is taken once"
    ]


# --- what is set aside ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"partner": "888"}, "partner code '888': not in the scheme 'gacc'"),
        ({"partner": "?"}, "partner code '?'"),
        ({"code": "5051110"}, "has a spreadsheet taken its leading zero away?"),
        ({"code": "8.5E+07"}, "expected 2, 4, 6 or 8 digits"),
        ({"month": "2025"}, "month '2025': expected YYYYMM"),
        ({"month": "202513"}, "month '2025-13'"),
        ({"month": "202601"}, "expected 2026-02-01 or later"),
        ({"unit_1": "箱子"}, "unit '箱子': not a unit"),
        ({"unit_1": "?"}, "quantity '280,034' is printed without a unit"),
        ({"USD": "21,68,409"}, "number '21,68,409'"),
        ({"USD": "21.681.409"}, "number '21.681.409'"),
        ({"USD": "2.2E+07"}, "number '2.2E+07'"),
        ({"quantity_1": "28\x000,034"}, "number '28?0,034'"),
    ],
    ids=str,
)
def test_a_bad_cell_sets_its_record_aside_and_no_other(cells: dict[str, str], reason: str) -> None:
    reading = read(download(ROW, ROW | {"partner": "502"} | cells, ROW | {"partner": "133"}))
    assert reading.set_aside["line"].to_list() == [3]
    assert reason in reading.set_aside["reason"][0]
    assert reading.frame["partner"].unique(maintain_order=True).to_list() == ["JPN", "KOR"]


def test_an_unknown_partner_is_told_with_its_share_of_value() -> None:
    rows = [ROW | {"USD": "75"}, ROW | {"partner": "888", "USD": "25"}]
    assert (
        "partner code '888' is not in the table of codes: 1 records set aside, 25.00% of the value printed"
        in read(download(*rows)).notes
    )


def test_a_ragged_record_is_set_aside() -> None:
    text = download(ROW, ROW | {"partner": "502"}).replace('"日本","280', '"Korea","Rep.","280', 1)
    reading = read(text)
    assert reading.set_aside.select("line", "reason").rows() == [(2, "expected 10 fields, found 12")]


# --- what is refused -----------------------------------------------------------------------------------

FLOW = {"flow": "export"}


@pytest.mark.parametrize(
    ("drop", "changes", "told"),
    [
        ("", {"details": {}}, "detail 'flow': expected one of .*it is missing"),
        ("", {"published": None}, "the day of release is neither in the file nor given"),
        ("", {"details": FLOW | {"flwo": "x"}}, "detail 'flwo': expected one of .*did you mean 'flow'"),
        ("", {"details": FLOW | {"period": "2025-12"}}, "period: .*both say it"),
        ("", {"details": FLOW | {"months": "12"}}, "detail 'months' says nothing without period"),
        ("month", {}, "period: .*neither says it"),
        ("month", {"details": FLOW | {"period": "12/2025"}}, "detail 'period': month '12/2025'"),
        ("partner", {}, "partner: .*neither says it"),
        ("code", {}, "commodity: .*neither says it"),
        ("unit_1", {}, "'第一数量' has no column of its unit"),
        ("", {"details": FLOW | {"regime": "sum"}}, "detail regime=sum: the file has no such column"),
        ("", {"details": FLOW | {"stage": "flash"}}, "detail 'stage': expected one of"),
    ],
)
def test_what_the_file_cannot_say_must_be_given_once(drop: str, changes: dict[str, Any], told: str) -> None:
    row = {column: value for column, value in ROW.items() if column != drop}
    with pytest.raises(ReadError, match=rf"^query\.csv: .*{told}"):
        read(download(row), **changes)


@pytest.mark.parametrize(
    ("given", "start", "months"),
    [
        ({"period": "2016"}, dt.date(2016, 1, 1), 12),
        ({"period": "2025-12"}, dt.date(2025, 12, 1), 1),
        ({"period": "2025-01", "months": "2"}, dt.date(2025, 1, 1), 2),
    ],
)
def test_months_are_given_where_the_column_was_not_ticked(
    given: dict[str, str], start: dt.date, months: int
) -> None:
    row = {column: value for column, value in ROW.items() if column != "month"}
    frame = read(download(row), details=FLOW | given).frame
    assert frame.select("period", "months").unique().rows() == [(start, months)]
    assert frame["classification"].unique().to_list() == [f"GACC8-{start.year}"]


def test_partner_and_commodity_are_given_where_they_were_not_ticked() -> None:
    row = {c: v for c, v in ROW.items() if c not in ("partner", "partner_name", "code", "name")}
    frame = read(download(row), details=FLOW | {"partner": "WLD", "commodity": "85051110"}).frame
    assert frame.select("partner", "commodity").unique().rows() == [("WLD", "85051110")]


REGIMES = [
    ROW | {"regime": "10", "regime_name": "一般贸易"},
    ROW | {"regime": "15", "regime_name": "进料加工贸易", "USD": "1", "quantity_1": "1"},
    ROW | {"regime": "10", "regime_name": "一般贸易", "partner": "502"},
]


def test_figures_in_parts_are_refused_until_a_sum_is_asked_for() -> None:
    with pytest.raises(ReadError, match=r"in parts, one for each of 'Customs Regime code'.*regime=sum"):
        read(download(*REGIMES))


def test_parts_are_added_up_when_asked_for() -> None:
    reading = read(download(*REGIMES), details=FLOW | {"regime": "sum"})
    assert brief(reading) == [
        ("JPN", "85051110", "kg", 280_035.0, ["derived"]),
        ("JPN", "85051110", "USD", 21_681_410.0, ["derived"]),
        ("USA", "85051110", "kg", 280_034.0, []),
        ("USA", "85051110", "USD", 21_681_409.0, []),
    ]
    assert "parts by regime are added up" in reading.notes[-1]
    assert reading.receipts["note"].to_list()[:2] == ["partner 116, regime 10", "partner 116, regime 15"]


@pytest.mark.parametrize("fault", [{"USD": "x"}, {"unit_1": "箱子"}, {"code": "1"}], ids=str)
def test_parts_are_not_added_up_over_a_gap(fault: dict[str, str]) -> None:
    with pytest.raises(ReadError, match="parts are added up only when every one can be read"):
        read(download(REGIMES[0], REGIMES[1] | fault), details=FLOW | {"regime": "sum"})


def test_one_part_printed_twice_is_refused() -> None:
    with pytest.raises(ReadError, match="print one part of a figure twice"):
        read(download(REGIMES[0], REGIMES[0] | {"USD": "1"}), details=FLOW | {"regime": "sum"})


def many(count: int) -> str:
    rows = ({"month": "202512", "code": f"{n:08}", "partner": "116", "USD": "1"} for n in range(count))
    return download(*rows)


def test_a_file_of_ten_thousand_rows_was_cut() -> None:
    with pytest.raises(ReadError, match=r"exactly 10,000 rows, the most the query gives.*confirmed=yes"):
        read(many(10_000))


def test_a_file_of_ten_thousand_rows_may_be_confirmed() -> None:
    reading = read(many(10_000), details=FLOW | {"confirmed": "yes"})
    assert (reading.records, reading.frame["value"].sum()) == (10_000, 10_000.0)
    assert "said to be whole" in " ".join(reading.notes)
    assert read(many(9_999)).records == 9_999


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "expected columns of the customs query"),
        (download(ROW).replace("美元", "欧元").encode(), r"unknown: \['欧元'\]"),
        (download(ROW).replace("人民币", "美元").replace("商品名称", "美元").encode(), "each column once"),
        (download({"code": "0203", "partner": "116"}).encode(), "expected a quantity or a value"),
        (download(ROW).encode()[:-5], "not a CSV record"),
        (download(ROW).encode("utf-16"), "expected text in utf-8-sig or gb18030"),
        (b"\xff\xfe\xfa" + download(ROW).encode(), "some bytes of it are not"),
        (download(ROW).split("\n")[0].encode(), "a header and nothing else"),
        (b"<html>please drag the slider</html>", "expected columns of the customs query"),
    ],
)
def test_a_file_that_is_not_of_the_form_is_refused_by_name(raw: bytes, told: str) -> None:
    with pytest.raises(ReadError, match=rf"^query\.csv: .*{told}"):
        read(raw)


# --- mutations: right, set aside, or refused; never a wrong number ---------------------------------------

CODES = sorted(partners.partner_codes("gacc"))
number = st.integers(0, 10**12).map(lambda n: f"{n:,}")


@st.composite
def rows_of_a_file(draw: st.DrawFn) -> list[dict[str, str]]:
    keys = draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=12, unique=True))
    return [
        ROW | {"partner": code, "quantity_1": draw(number), "USD": draw(st.one_of(number, st.just("?")))}
        for code in keys
    ]


def totals(rows: list[dict[str, str]]) -> dict[str, float]:
    """What the rows print, by partner; a sum with a missing part is left out."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(partners.resolve("gacc", row["partner"]), []).append(row["USD"])
    return {
        iso: float(sum(int(v.replace(",", "")) for v in values))
        for iso, values in found.items()
        if "?" not in values
    }


@settings(max_examples=60, deadline=None)
@given(rows_of_a_file(), st.permutations(list(ROW)), st.sampled_from(["gb18030", "utf-8-sig"]), st.booleans())
def test_any_order_of_columns_and_either_encoding_give_the_same(
    rows: list[dict[str, str]], order: list[str], encoding: str, english: bool
) -> None:
    text = download(*({c: row[c] for c in order} for row in rows), names=ENGLISH if english else CHINESE)
    reading = read(text, encoding)
    money = reading.frame.filter(pl.col("unit") == "USD").drop_nulls("value")
    assert dict(money.select("partner", "value").iter_rows()) == totals(rows)
    assert reading.records == len(rows)


@settings(max_examples=60, deadline=None)
@given(rows_of_a_file(), st.data())
def test_garbage_never_becomes_a_number(rows: list[dict[str, str]], data: st.DataObject) -> None:
    text = download(*rows)
    at = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 3))
    junk = data.draw(st.text(alphabet='",\n\0;?x-. 千', max_size=3))
    try:
        reading = read(text[:at] + junk + text[at + cut :])
    except ReadError:
        return
    kept = reading.frame["line"].n_unique()
    assert reading.receipts.height + reading.set_aside.height == reading.records
    assert kept <= reading.records
    # A digit may be cut out of a number and nothing shows it; a number of more digits cannot arise.
    longest = max(
        len(row[c].replace(",", "").replace("?", "")) for row in rows for c in ("USD", "quantity_1")
    )
    values = reading.frame.drop_nulls("value").filter(~pl.col("flags").list.contains("derived"))["value"]
    assert all(len(str(int(value))) <= longest for value in values)


# --- through the store -----------------------------------------------------------------------------------


def test_a_download_is_read_ingested_built_and_asked(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    path = tmp_path / "202512.csv"
    path.write_bytes(download(ROW, ROW | {"partner": "502", "quantity_1": "1,000"}).encode("gb18030"))
    assert tn.read("gacc-query", path, published="2026-01-20", flow="export").frame.height == 4
    data = ["--data", str(tmp_path / "data")]
    asked = ["--file", str(path), "--published", "2026-01-20", "--detail", "flow=export"]
    assert main([*data, "ingest", "gacc-query", *asked]) == 0
    assert main([*data, "build"]) == 0
    series = tn.open(tmp_path / "data").series("rare-earth-magnets", partner="JPN", unit="t")
    assert series["value"].to_list() == [280.034]
    assert series["receipt"][0][0]["note"] == "partner 116"
