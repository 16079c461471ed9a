"""UN Comtrade: bulk files, answers of the API and CSV of the web page in, the same rows out."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.house.tree import ROOT

from tonnage.errors import ReadError
from tonnage.ledger.ingest import ingest, read
from tonnage.sources.base import Reading, Sidecar, raw_id
from tonnage.sources.comtrade import LIMITS, SOURCE

# The rows of TOTAL and of 0306 are as UN Comtrade printed them; the others are made up in its form.
SPECIMENS = ROOT / "tests" / "specimens" / "comtrade"
BULK = SPECIMENS / "C_A_32_2000_H0.txt"
PAGE = SPECIMENS / "get-C-M-HS-156-201703.json"
WEB = SPECIMENS / "TradeData.csv"
SAMPLES = ROOT.parent / "shared" / "samples" / "comtrade"
DAY = "2024-01-31"
at_hand = pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not at hand")


def text_of(name: str, text: bytes, **details: str) -> Reading:
    sidecar = Sidecar(
        "comtrade", name, raw_id(text), published=dt.date(2024, 1, 31), basis="given", details=details
    )
    return SOURCE.read(text, sidecar)


def figures(frame: pl.DataFrame, line: int) -> list[tuple[Any, ...]]:
    return frame.filter(pl.col("line") == line).sort("unit").select("unit", "value", "flags").rows()


def test_a_bulk_file_in_dollars_kilograms_and_other_units() -> None:
    frame = read("comtrade", BULK, published=DAY).frame
    said = frame.select("reporter", "flow", "classification", "period", "months", "stage").unique()
    assert said.rows() == [("ARG", "export", "HS1992", dt.date(2000, 1, 1), 12, "detail")]
    assert figures(frame, 2) == [("USD", 26_341_029_193.0, ["aggregate"])]
    assert figures(frame, 3) == [("USD", 69_888_036.0, ["aggregate"])]
    assert figures(frame, 15) == [
        ("USD", 900.25, []),
        ("kg", 12.5, ["estimated"]),
        ("u", 1234.0, ["estimated"]),
    ]


def test_the_world_is_the_sum_of_its_partners_and_flagged_so_that_nothing_is_counted_twice() -> None:
    frame = read("comtrade", BULK, published=DAY).frame
    nickel = frame.filter(pl.col("commodity") == "750210", pl.col("unit") == "kg")
    world = nickel.filter(pl.col("partner") == "WLD")
    partners = nickel.filter(~pl.col("flags").list.contains("aggregate"))
    assert world.select("value", "flags").rows() == [(3000.0, ["aggregate"])]
    assert partners["value"].sum() == 3000.0
    assert sorted(partners["partner"]) == ["TWN", "USA", "XXU"]


def test_partners_not_specified_are_parts_of_one_figure() -> None:
    frame = read("comtrade", BULK, published=DAY).frame
    assert figures(frame, 8) == [("USD", 10_000.0, ["derived"]), ("kg", 500.0, ["derived"])]


def test_the_same_record_with_another_number_is_a_conflict_and_never_a_sum() -> None:
    lines = BULK.read_text().splitlines()
    lines.append(lines[5].replace("1000.0", "1100.0"))
    frame = text_of(BULK.name, "\n".join(lines).encode()).frame
    both = frame.filter(pl.col("partner") == "USA", pl.col("unit") == "kg").sort("line")
    assert both.select("value", "flags").rows() == [(1000.0, ["conflict"]), (1100.0, ["conflict"])]


def test_parts_by_transport_procedure_or_second_partner_are_set_aside_and_counted() -> None:
    reading = read("comtrade", BULK, published=DAY)
    assert reading.records == 17
    whole = "the whole has a record of its own"
    assert reading.set_aside.select("line", "reason").rows() == [
        (10, f"motCode '2100': a part of a figure, by mode of transport; {whole}"),
        (11, f"customsCode 'C01': a part of a figure, by customs procedure; {whole}"),
        (12, f"partner2Code '591': a part of a figure, by second partner; {whole}"),
        (13, "flowCode 'DX': a part of another flow, or none of M, X, RM, RX; not in the FLOWS table"),
        (18, "partner code '9999': not in the scheme 'm49' of partners.toml"),
    ]


def test_a_weight_of_0_beside_a_value_is_unknown_and_headings_are_sums() -> None:
    frame = read("comtrade", BULK, published=DAY).frame
    assert figures(frame, 14) == [("USD", 500.0, []), ("kg", None, []), ("u", 40.0, [])]
    assert figures(frame, 16) == [("USD", 70.0, ["aggregate"]), ("kg", 7.0, ["aggregate", "estimated"])]


def test_a_quantity_in_carats_is_a_mass() -> None:
    assert figures(read("comtrade", BULK, published=DAY).frame, 17) == [
        ("USD", 80_000.0, []),
        ("kg", 1.0, []),
    ]


def test_imputed_weights_of_a_page_of_the_api_keep_their_flag() -> None:
    reading = read("comtrade", PAGE, published=DAY)
    frame = reading.frame
    assert reading.records == 4
    assert frame.select("reporter", "classification", "period", "months").unique().rows() == [
        ("CHN", "HS2017", dt.date(2017, 3, 1), 1)
    ]
    assert figures(frame, 2) == [("USD", 1500.75, []), ("kg", 1000.5, ["estimated"])]
    weights = frame.filter(pl.col("unit") == "kg")
    assert weights["flags"].list.contains("estimated").all()
    assert weights.filter(pl.col("partner") != "WLD")["value"].sum() == 3400.5
    assert sorted(weights["partner"]) == ["JPN", "TWN", "USA", "WLD"]


def test_the_csv_of_the_web_page_with_a_comma_too_many_and_in_latin_1() -> None:
    reading = read("comtrade", WEB, published=DAY)
    frame = reading.frame.filter(pl.col("unit") == "USD")
    assert reading.set_aside.height == 0
    assert frame.select("reporter", "partner", "commodity", "value").rows() == [
        ("FRA", "WLD", "0306", 1067110546.649),
        ("DEU", "WLD", "0306", 444614858.431),
        ("FRA", "CIV", "0306", 99.0),
    ]
    assert reading.notes == ("encoding latin-1",)


def as_json(rows: list[dict[str, str]]) -> bytes:
    return json.dumps({"count": len(rows), "data": rows}).encode()


def test_every_form_of_the_same_records_gives_the_same_rows() -> None:
    with BULK.open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wanted = read("comtrade", BULK, published=DAY)
    drop = ("raw", "line")
    turned = [dict(reversed(row.items())) for row in rows]
    csv_text = "\n".join([",".join(turned[0]), *(",".join(row.values()) for row in turned)]).encode()
    for name, raw in (
        ("x.txt.gz", gzip.compress(BULK.read_bytes())),
        ("x.json", as_json(rows)),
        ("x.csv", csv_text),
        ("x.csv.gz", gzip.compress(csv_text)),
    ):
        found = text_of(name, raw)
        assert found.frame.drop(drop).equals(wanted.frame.drop(drop)), name
        assert found.set_aside["reason"].to_list() == wanted.set_aside["reason"].to_list(), name


@pytest.mark.parametrize(
    ("code", "year", "country"),
    [
        *(("842", "2012", "USA"), ("841", "1975", "USA"), ("840", "2012", "USA"), ("490", "2012", "TWN")),
        *(("251", "2012", "FRA"), ("757", "2012", "CHE"), ("699", "2012", "IND"), ("97", "2021", "EU27")),
        *(("S19", "2012", "TWN"), ("W00", "2012", "WLD"), ("975", "2012", "ASEAN")),
    ],
)
def test_codes_of_countries_past_and_present(code: str, year: str, country: str) -> None:
    row = {"period": year, "reporterCode": "156", "flowCode": "X", "partnerCode": code}
    frame = text_of(
        "x.json", as_json([{**row, "classificationCode": "H4", "cmdCode": "280530", "primaryValue": "5"}])
    ).frame
    assert frame["partner"].to_list() == [country]
    assert frame["flags"].to_list() == [["aggregate"] if country in ("WLD", "EU27", "ASEAN") else []]


@pytest.mark.parametrize(
    ("classification", "product", "name", "aggregate"),
    [
        *(("H6", "280530", "HS2022", False), ("H0", "2805", "HS1992", True), ("H5", "28", "HS2017", True)),
        *(("S4", "28533", "SITC4", False), ("S1", "2853", "SITC1", True), ("H4", "9999AA", "HS2012", False)),
    ],
)
def test_the_classification_stands_on_each_row_and_headings_are_sums_of_it(
    classification: str, product: str, name: str, aggregate: bool
) -> None:
    row = {"period": "202401", "reporterCode": "156", "flowCode": "RX", "partnerCode": "392"}
    raw = as_json([{**row, "classificationCode": classification, "cmdCode": product, "primaryValue": "5"}])
    sidecar = Sidecar("comtrade", "x.json", raw_id(raw), published=dt.date(2025, 1, 1), basis="given")
    frame = SOURCE.read(raw, sidecar).frame
    assert frame.select("flow", "classification", "months").rows() == [("re-export", name, 1)]
    assert frame["flags"].to_list() == [["aggregate"] if aggregate else []]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"elapsedTime":"0.1","count":0,"data":[],"error":""}', "the answer has no rows"),
        (
            '{"statusCode":403,"message":"Out of call volume quota."}',
            "the publisher says: 'Out of call volume",
        ),
        ('{"errorObject":{"errorMessage":"bad code"}}', "the publisher says: 'bad code'"),
        ("<!DOCTYPE html><html></html>", "a web page and not data"),
        ('{"data":[{"period":"2020"', "expected a whole JSON document"),
    ],
)
def test_an_answer_without_rows_says_what_it_is(body: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        text_of("x.json", body.encode())


def test_an_answer_of_as_many_rows_as_the_publisher_gives_is_told_to_be_cut() -> None:
    row = {"period": "2020", "reporterCode": "156", "flowCode": "X", "partnerCode": "392"}
    rows = [
        {**row, "classificationCode": "H5", "cmdCode": f"{code:06d}", "primaryValue": "5"}
        for code in range(LIMITS[0])
    ]
    notes = text_of("x.json", as_json(rows)).notes
    assert [note for note in notes if note.startswith("exactly 500 rows, which is where the publisher cuts")]
    assert text_of("x.json", as_json(rows[1:])).notes == ()
    short = json.dumps({"count": 500, "data": rows[1:]}).encode()
    assert text_of("x.json", short).notes == ("the answer says it has 500 rows and holds 499",)


def test_the_day_of_release_stands_in_the_name_of_a_bulk_file_or_is_given(tmp_path: Path) -> None:
    named = tmp_path / "COMTRADE-FINAL-CA032200001H0[2025-12-04].gz"
    named.write_bytes(gzip.compress(BULK.read_bytes()))
    root = tmp_path / "data"
    (root / "raw").mkdir(parents=True)
    kept = ingest(root, "comtrade", named).file.sidecar
    assert (kept.published, kept.basis) == (dt.date(2025, 12, 4), "file_name")
    assert read("comtrade", named).frame["published"].unique().to_list() == [dt.date(2025, 12, 4)]
    assert read("comtrade", named, published=DAY).frame["published"][0] == dt.date(2024, 1, 31)
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read("comtrade", PAGE)


def test_a_day_before_the_period_is_over_is_refused() -> None:
    with pytest.raises(ReadError, match="expected 2017-04-01 or later, after the months covered"):
        read("comtrade", PAGE, published="2017-03-20")


def test_a_missing_column_and_a_missing_classification_are_named() -> None:
    with pytest.raises(ReadError, match=r"missing: partnerCode or partnerISO, primaryValue"):
        text_of("x.csv", b"period,reporterCode,flowCode,cmdCode\n2020,156,X,280530\n")
    plain = b"refYear,reporterISO,flowDesc,partnerISO,cmdCode,primaryValue\n2020,AUT,Import,S19,4401,7.087\n"
    with pytest.raises(ReadError, match="detail 'classification': expected one of"):
        text_of("x.csv", plain)
    frame = text_of("x.csv", plain, classification="HS2017").frame
    assert frame.select("reporter", "partner", "flow", "unit", "value").rows() == [
        ("AUT", "TWN", "import", "USD", 7.087)
    ]


LINES = BULK.read_text().splitlines()
# Without the parts of one figure: a part that prints no number leaves a sum that is not known.
ROWS = st.sampled_from([row for row in range(1, 18) if row not in (7, 8)])
CUT = st.builds(lambda row, at: (row, lambda text: text[:at]), ROWS, st.integers(0, 90))
SWAP = st.builds(
    lambda row, cell, text: (row, lambda line: "\t".join(_put(line.split("\t"), cell, text))),
    ROWS,
    st.integers(0, 33),
    st.sampled_from(["", "x", "0", "-1", "9999", "1e5", "NaN", "inf", "C99", "\u00e9", '"', " 7 "]),
)


def _put(fields: list[str], cell: int, text: str) -> list[str]:
    return [text if place == cell else field for place, field in enumerate(fields)]


@given(st.lists(st.one_of(CUT, SWAP), max_size=8))
@settings(max_examples=25, deadline=None)
def test_whatever_is_done_to_a_file_each_record_is_read_or_set_aside(
    changes: list[tuple[int, Callable[[str], str]]],
) -> None:
    lines = list(LINES)
    for row, change in changes:
        lines[row] = change(lines[row])
    reading = text_of("x.txt", "\n".join(lines).encode())
    aside = set(reading.set_aside["line"])
    blank = {number for number, line in enumerate(lines, 1) if not line}
    records = set(range(2, len(lines) + 1)) - blank
    assert reading.records == len(records)
    assert aside <= records
    # Parts of one figure have the line of the first of them.
    assert records - aside >= set(reading.frame["line"])
    kept = [lines[number - 1].split("\t") for number in sorted(records - aside)]
    printed = sum(float(fields[30]) for fields in kept if fields[30].strip())
    assert reading.frame.filter(pl.col("unit") == "USD")["value"].sum() == pytest.approx(printed, rel=1e-12)


@at_hand
@pytest.mark.parametrize(
    ("name", "records"),
    [
        ("api_v1_get_C_A_HS_response.json", 4),
        ("api_meta/api_v1_get_C_A_HS_goods.json", 4),
        ("bulk_C_A_32_2000_H0.first100.reserialised.txt.gz", 100),
        ("comtradr_vignette/bulk_schema_argentina_2000.csv", 100),
        ("comtradr_vignette/china_exports_api.csv", 33),
        ("comtradr_vignette/hs0_api.csv", 2),
        ("comtradr_vignette/hs5_api.csv", 4),
    ],
)
def test_every_row_of_the_samples_is_read(name: str, records: int) -> None:
    reading = read("comtrade", SAMPLES / name, published=DAY)
    assert (reading.records, reading.set_aside.height) == (records, 0)
    if name.endswith("csv"):
        printed = pl.read_csv(SAMPLES / name)["primaryValue"].sum()
        assert reading.frame.filter(pl.col("unit") == "USD")["value"].sum() == printed


@at_hand
def test_the_bulk_file_and_the_csv_of_the_same_year_are_the_same_rows() -> None:
    one = read("comtrade", SAMPLES / "bulk_C_A_32_2000_H0.first100.reserialised.txt.gz", published=DAY).frame
    other = read(
        "comtrade", SAMPLES / "comtradr_vignette/bulk_schema_argentina_2000.csv", published=DAY
    ).frame
    assert one.drop("raw").equals(other.drop("raw"))
    assert one.filter(pl.col("partner") == "WLD")["value"].to_list() == [26_341_029_193.0]


@at_hand
def test_five_years_of_imports_of_27_countries_add_up_to_their_file() -> None:
    path = SAMPLES / "comtradr_vignette" / "eu27_imports_by_partner_hs_173k.csv.gz"
    reading = read("comtrade", path, published=DAY, classification="HS2017")
    printed = pl.read_csv(gzip.decompress(path.read_bytes()), schema_overrides={"cmdCode": pl.String})
    assert (reading.records, reading.set_aside.height) == (printed.height, 0) == (173_358, 0)
    by_country = reading.frame.group_by("reporter").agg(pl.col("value").sum()).sort("reporter")
    wanted = printed.group_by("reporterISO").agg(pl.col("primaryValue").sum()).sort("reporterISO")
    assert by_country["reporter"].to_list() == wanted["reporterISO"].to_list()
    assert by_country["value"].to_list() == pytest.approx(wanted["primaryValue"].to_list(), rel=1e-12)
