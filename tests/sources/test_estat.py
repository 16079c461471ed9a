"""Japan customs on e-Stat: months to come are no figures, the title tells the stages, the year is a sum."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, read_given
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.sources.base import Reading

SPECIMEN = SPECIMENS / "estat" / "2026-07_imports_hs.csv"
SAMPLE = ROOT.parent / "shared" / "samples" / "japan" / "estat_I_2026-07_000040494507.excerpt.csv"
TITLE = "品別表 輸入 1-6月：確報、7月：輸入9桁速報"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

#: Invented figures of two months; the form is that of the table by HS code and country.
HEAD = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year"
JANUARY = "Quantity1-Jan,Quantity2-Jan,Value-Jan,Quantity1-Feb,Quantity2-Feb,Value-Feb"
MAGNETS = "2,2026,'850511000',105,  ,KG,0,300,50,0,100,20,0,200,30"
OUT = {"months": "2", "stage": "detail"}


def read(raw: bytes | str, published: str | None = "2026-08-28", title: str = "", **details: str) -> Reading:
    return read_given("estat", raw, published, title=title, **details)


def specimen() -> Reading:
    return read(SPECIMEN.read_bytes(), title=TITLE)


def table(*records: str, head: str = f"{HEAD},{JANUARY}") -> str:
    return "\n".join((head, *records, ""))


def of(reading: Reading, code: str, unit: str, *, months: int = 1) -> list[float | None]:
    rows = reading.frame.filter(
        pl.col("commodity") == code, pl.col("unit") == unit, pl.col("months") == months
    )
    return rows.sort("period")["value"].to_list()


def test_a_month_is_a_row_and_mass_is_kilograms_by_the_unit_of_the_line() -> None:
    reading = specimen()
    assert of(reading, "280530000", "kg")[:7] == [471154, 868540, 586609, 770288, 954070, 701261, 940093]
    assert of(reading, "271111000", "kg")[0] == 6_243_802_000  # printed in tonnes
    assert of(reading, "284443000", "kg")[0] == 515.594  # printed in grams
    assert of(reading, "850511000", "JPY")[6] == 11_200_014_000  # printed in thousands of yen
    assert of(reading, "000000091", "GT")[0] == 219_925  # gross tonnage is a ship's size, not a mass
    assert of(reading, "000000091", "kg") == []
    assert of(reading, "290919010", "l")[0] == 147_672_000  # printed in kilolitres
    assert of(reading, "850520000", "u")[0] == 101_638


def test_the_price_of_yttrium_oxide_survives() -> None:
    reading = specimen()
    price = [
        yen / kilograms
        for yen, kilograms in zip(
            of(reading, "284690210", "JPY"), of(reading, "284690210", "kg"), strict=True
        )
        if yen is not None and kilograms is not None
    ]
    assert (round(price[0] / 1000, 1), round(price[5] / 1000, 1), len(price)) == (9.4, 105.8, 7)


def test_months_to_come_hold_no_number_and_stages_are_those_of_the_title() -> None:
    reading = specimen()
    rows = reading.frame.filter(
        pl.col("commodity") == "280530000", pl.col("unit") == "kg", pl.col("months") == 1
    )
    shown = rows.sort("period").select("stage", "value", "flags").rows()
    assert [row[0] for row in shown[:7]] == ["detail"] * 6 + ["bulletin"]
    assert shown[7:] == [("bulletin", None, ["aggregate", "not_yet_published"])] * 5
    assert "months out: bulletin Jul, detail Jan to Jun; 5 months to come are null, not 0" in reading.notes


def test_the_year_is_the_sum_of_the_months_that_are_out() -> None:
    reading = specimen()
    rows = reading.frame.filter(pl.col("commodity") == "284690210", pl.col("months") == 7)
    assert rows.select("period", "stage", "unit", "value").rows() == [
        (day("2026-01-01"), "bulletin", "kg", 243_827),
        (day("2026-01-01"), "bulletin", "JPY", 14_850_887_000),
    ]
    assert "the year is the sum of its months in 11 of 11 records" in reading.notes
    spoilt = SPECIMEN.read_text("utf-8").replace(",243827,", ",243828,")
    told = read(spoilt, title=TITLE).notes
    assert any(note.startswith("the year is the sum of its months in 10 of 11") for note in told)


def test_what_is_secret_stays_under_its_own_code_and_a_zero_beside_a_value_is_flagged() -> None:
    frame = specimen().frame
    secret = frame.filter(pl.col("commodity") == "28XXXXXXA", pl.col("unit") == "kg", pl.col("months") == 7)
    assert secret.select("value", "flags").rows() == [(200_613_990, ["aggregate", "confidential"])]
    gas = frame.filter(
        pl.col("commodity") == "271121000", pl.col("unit") == "kg", pl.col("period") == day("2026-01-01")
    )
    assert gas.filter(pl.col("months") == 1).select("value", "flags").rows() == [
        (0.0, ["aggregate", "rounded"])
    ]


def test_with_countries_a_partner_is_iso_and_nothing_is_a_sum() -> None:
    reading = read(table(MAGNETS), **OUT)
    rows = reading.frame.filter(pl.col("months") == 1).sort("period", "unit")
    assert rows.select("partner", "classification", "flow", "unit", "value", "flags").rows() == [
        ("CHN", "JP9-2026", "import", "JPY", 20_000, []),
        ("CHN", "JP9-2026", "import", "kg", 100, []),
        ("CHN", "JP9-2026", "import", "JPY", 30_000, []),
        ("CHN", "JP9-2026", "import", "kg", 200, []),
    ]


def test_january_is_its_own_year_to_date() -> None:
    reading = read(
        table(MAGNETS.replace("300,50,", "100,20,").replace("200,30", "0,0")), months="1", stage="detail"
    )
    january = reading.frame.filter(pl.col("period") == day("2026-01-01"))
    assert january.select("months", "unit", "value").rows() == [(1, "kg", 100.0), (1, "JPY", 20_000.0)]


def test_older_files_spell_april_their_own_way_and_may_be_in_cp932() -> None:
    names = f"{HEAD},Quantity1-Apl,Quantity2-Apl,Value-Apl"
    early = ",".join(f"{m}-{n}" for n in ("Jan", "Feb", "Mar") for m in ("Quantity1", "Quantity2", "Value"))
    record = f"1,2008,'850511000',105,  ,KG,0,10,5,{'0,0,0,' * 3}0,10,5,メモ"
    head = names.replace("Quantity1-Apl", f"{early},Quantity1-Apl")
    with pytest.raises(ReadError, match="unknown: 備考;"):
        read(f"{head},備考\n{record}\n".encode("cp932"), "2008-05-29", months="4", stage="detail")
    reading = read(f"{head}\n{record[:-3]}\n".encode("cp932"), "2008-05-29", months="4", stage="detail")
    april = reading.frame.filter(pl.col("period") == day("2008-04-01"), pl.col("unit") == "kg")
    assert april.select("flow", "classification", "value").rows() == [("export", "JP9-2008", 10)]


def test_parts_by_customs_office_are_refused_or_added_up_when_asked() -> None:
    head = f"{HEAD},{JANUARY}".replace("HS,", "Custom,HS,")
    tokyo, kobe = (MAGNETS.replace("2026,", f"2026,{office},") for office in ("100", "300"))
    with pytest.raises(ReadError, match="one for each customs office"):
        read(table(tokyo, kobe, head=head), **OUT)
    reading = read(table(tokyo, kobe, head=head), **OUT, place="sum")
    february = reading.frame.filter(pl.col("period") == day("2026-02-01"), pl.col("unit") == "kg")
    assert february.select("value", "flags", "line").rows() == [(400.0, ["derived"], 2)]
    assert reading.receipts["line"].to_list() == [2, 3]
    with pytest.raises(ReadError, match="parts are added up only when every one can be read"):
        read(table(tokyo, kobe.replace("KG", "XX"), head=head), **OUT, place="sum")


@pytest.mark.parametrize(
    ("title", "stages"),
    [
        ("輸入 1-6月：確報、7月：輸入9桁速報", ["detail"] * 6 + ["bulletin"]),
        ("輸入　１～６月：確報、７月：輸入９桁速報", ["detail"] * 6 + ["bulletin"]),
        ("輸出 1-7月：確報、輸入 1-6月：確報、7月：輸入9桁速報", ["detail"] * 6 + ["bulletin"]),
        ("1-7月：確報", ["detail"] * 7),
        ("1月：確定、2-7月：確々報", ["final"] + ["detail"] * 6),
    ],
)
def test_a_title_says_which_months_are_out_and_how_settled_they_are(title: str, stages: list[str]) -> None:
    frame = read(SPECIMEN.read_bytes(), title=title).frame
    rows = frame.filter(pl.col("months") == 1, ~pl.col("flags").list.contains("not_yet_published"))
    assert rows.select("period", "stage").unique().sort("period")["stage"].to_list() == stages


@pytest.mark.parametrize(
    ("title", "details", "told"),
    [
        ("", {}, "nothing says which months are out"),
        ("統計品別表", {}, "nothing says which months are out"),
        ("", {"months": "7"}, "nothing says which months are out"),
        ("", {"months": "13", "stage": "detail"}, "detail 'months': expected one of"),
        ("", {"months": "7", "stage": "quoted"}, "detail 'stage': expected one of"),
        (TITLE, {"stage": "detail"}, "the title and the detail 'stage' both say"),
        ("2-7月：確報", {}, "without a gap"),
        ("輸入 1-6月：確報", {}, "11 records print figures of Jul"),
        ("輸入 1-8月：確報", {}, "Aug is said to be out, and every figure of it is 0"),
        (TITLE, {"partner": "CHN"}, "detail 'partner': expected one of"),
        (TITLE, {"place": "sum"}, "no column of customs offices"),
    ],
)
def test_a_wrong_word_on_what_is_out_is_an_error(title: str, details: dict[str, str], told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(SPECIMEN.read_bytes(), title=title, **details)


def test_a_last_month_of_zeros_is_taken_when_it_is_confirmed() -> None:
    frame = read(SPECIMEN.read_bytes(), "2026-09-29", months="8", stage="detail", confirmed="yes").frame
    august = frame.filter(pl.col("period") == day("2026-08-01"))
    assert august["value"].unique().to_list() == [0.0]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (MAGNETS.replace(",105,", ",999,"), "partner code '999': not in the scheme 'jp3'"),
        (MAGNETS.replace(",105,", ",,"), "partner code '': not in the scheme 'jp3'"),
        (MAGNETS.replace("'850511000'", "50511000"), "has a spreadsheet taken its leading zero away"),
        (MAGNETS.replace("KG", "LB"), "unit 'LB': not one that is known"),
        (MAGNETS.replace("KG", "  "), "quantity_2 100: printed without a unit"),
        (MAGNETS.replace("200,30", "200,n/a"), "value 'n/a': expected a plain number"),
        (MAGNETS.replace("2,2026", "3,2026"), "Exp or Imp '3': not one that is known"),
        (MAGNETS.replace("2,2026", "2,26"), "Year '26': expected four digits"),
        (f"{MAGNETS},7", "expected 15 fields, found 16"),
    ],
)
def test_a_record_that_is_not_plain_is_set_aside_whole_with_its_reason(record: str, reason: str) -> None:
    reading = read(table(MAGNETS.replace(",105,", ",106,"), record), **OUT)
    assert reading.records == 2
    assert reading.set_aside["line"].to_list() == [3]
    assert reason in reading.set_aside["reason"][0]
    assert reading.set_aside["text"][0] == record
    assert set(reading.frame["line"]) == {2}


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (table(MAGNETS).replace("HS,", "Commodity,"), "table by principal commodity"),
        (table(MAGNETS).replace("Unit2", "Unit 2"), "did you mean 'Unit2'"),
        (
            table(MAGNETS, MAGNETS.replace("2,2026", "1,2026")),
            "Exp or Imp: expected 1 or 2, one in the whole",
        ),
        (table(MAGNETS, MAGNETS.replace("2026", "2025")), "Year: expected a year, one in the whole file"),
        (table(), "Exp or Imp: expected 1 or 2"),
        ("<html></html>", "expected the columns of the table by HS code"),
        (table(MAGNETS).encode("utf-16"), "expected text in utf-8-sig or cp932|NUL"),
    ],
)
def test_what_is_not_this_table_is_an_error(raw: str | bytes, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(raw, **OUT)


def test_the_day_of_release_has_to_be_given() -> None:
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read(SPECIMEN.read_bytes(), None, title=TITLE)


def test_a_month_that_is_not_over_on_the_day_is_set_aside() -> None:
    with pytest.raises(ReadError, match="day 2026-07-31: expected 2026-08-01 or later"):
        read(SPECIMEN.read_bytes(), "2026-07-31", title=TITLE)


def _figure(text: str) -> bool:
    return text.replace(".", "").isascii() and text[:1].isdigit()


def printed(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text("utf-8"))))


def written(rows: Sequence[Sequence[str]], end: str = "\n") -> str:
    return "".join(",".join(row) + end for row in rows)


@settings(max_examples=10, deadline=None)
@given(
    st.randoms(use_true_random=False),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    st.sampled_from(["\n", "\r\n", ",\n"]),
)
def test_columns_encoding_and_line_ends_change_no_figure(random: Random, encoding: str, end: str) -> None:
    names, *rows = printed(SPECIMEN)
    order = list(range(len(names)))
    random.shuffle(order)
    mixed = written([[row[i] for i in order] for row in [names, *rows]], end).encode(encoding)
    columns = ["commodity", "period", "months", "stage", "unit", "value", "flags", "line"]
    found = read(mixed, title=TITLE).frame.select(columns)
    assert found.equals(specimen().frame.select(columns))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 11),
            st.integers(0, 43),
            st.sampled_from(["", "-", "NA", "1e9", "'", "105", "KG", "999999999", "1.5", "ｘ"]),
        ),
        max_size=8,
    )
)
def test_garbage_in_a_cell_costs_its_record_and_no_other(spoilt: list[tuple[int, int, str]]) -> None:
    names, *_ = rows = printed(SPECIMEN)
    for row, column, text in spoilt:
        rows[row][column] = text
    touched = {row + 1 for row, *_ in spoilt}
    if any(names[column][-3:] in MONTHS[7:] and _figure(text) for _, column, text in spoilt):
        with pytest.raises(ReadError, match="print figures of"):
            read(written(rows), title=TITLE)
        return
    reading = read(written(rows), title=TITLE)
    assert set(reading.set_aside["line"]) <= touched
    assert reading.frame["line"].n_unique() + reading.set_aside.height == reading.records == 11
    clean = specimen().frame.filter(~pl.col("line").is_in(touched)).drop("raw")
    assert reading.frame.filter(~pl.col("line").is_in(touched)).drop("raw").equals(clean)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the shared samples are not here")
def test_the_sample_is_read_whole_and_its_totals_are_its_own() -> None:
    reading = read(SAMPLE.read_bytes(), title=TITLE)
    assert (reading.records, reading.set_aside.height) == (35, 0)
    assert "the year is the sum of its months in 35 of 35 records" in reading.notes
    names, *rows = printed(SAMPLE)
    yen = reading.frame.filter(pl.col("unit") == "JPY")
    for number, month in enumerate(MONTHS, start=1):
        total = sum(int(row[names.index(f"Value-{month}")]) for row in rows)
        mine = yen.filter(pl.col("months") == 1, pl.col("period").dt.month() == number)
        assert mine["value"].sum() == 1000 * total
        assert (mine["value"].null_count() == 35) == (number > 7)
    kilograms = {"KG": 1.0, "MT": 1000.0, "GR": 0.001}
    unit, year = names.index("Unit2"), names.index("Quantity2-Year")
    mass = sum(int(row[year]) * kilograms.get(row[unit].strip(), 0) for row in rows)
    held = reading.frame.filter(pl.col("unit") == "kg", pl.col("months") == 7)["value"].sum()
    assert held == pytest.approx(mass, rel=1e-12)
