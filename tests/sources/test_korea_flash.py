"""Korea customs: ten days are never a month, what is not out is no zero; trade by item in one XML answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, read_given

from tonnage.errors import ReadError
from tonnage.ledger import planning
from tonnage.ledger.calendar import agenda
from tonnage.model import releases
from tonnage.model.release_rules import rules
from tonnage.sources.base import Reading

#: Exports of August 2026 as of the 21st: total, semiconductors, steel, home appliances.
SPECIMEN = SPECIMENS / "korea-flash" / "2026-08-21_exports_goods.json"

MONTH: dict[str, Any] = {
    "lwprId": "202607",
    "curTitle": "2026년 07월",
    "itemUsdAmt1": "17,000,000",
    "itemUsdAmt2": "36,000,000",
    "itemUsdAmt3": "58,000,000",
}
CHINA = {
    "uprId": "202607",
    "curTitle": "중국",
    "itemUsdAmt1": "3000000",
    "itemUsdAmt2": "7000000",
    "itemUsdAmt3": "0",
}


def read(raw: bytes | str, published: str | None = "2026-08-21", **details: str) -> Reading:
    return read_given("korea-flash", raw, published, **{"flow": "export", **details})


def answer(*items: Any) -> str:
    return json.dumps({"items": items}, ensure_ascii=False)


def test_ten_and_twenty_days_are_told_from_the_month_and_what_is_not_out_is_no_zero() -> None:
    reading = read(SPECIMEN.read_bytes())
    total = reading.frame.filter(pl.col("commodity") == "TOTAL").sort("classification")
    assert total.select("classification", "period", "months", "stage", "unit", "value", "flags").rows() == [
        *(
            (f"KR-flash-{days}", day("2026-08-01"), 1, "flash", "USD", value, ["aggregate", "part_month"])
            for days, value in (("d10", 21_263_370_000), ("d20", 55_219_260_000))
        ),
        ("KR-flash-month", day("2026-08-01"), 1, "flash", "USD", None, ["aggregate", "not_yet_published"]),
    ]
    chips = reading.frame.filter(pl.col("commodity") == "반도체", pl.col("value").is_not_null())
    assert chips["value"].to_list() == [9_951_704_000, 26_034_569_000]
    assert (reading.records, reading.set_aside.height) == (4, 0)


def test_part_of_a_month_is_no_release_of_the_month() -> None:
    held = planning.held(read(SPECIMEN.read_bytes()).frame.lazy())
    asked = [rules()[name] for name in ("korea-flash-10", "korea-flash-20", "korea-flash")]
    found = agenda(
        releases.SCHEMA.to_frame(), held, "2026-08-22", day("2026-09-30"), asked, day("2026-08-01")
    )
    august = {r.series.id: r.state for r in found if r.expected.period == day("2026-08-01")}
    assert august == {"korea-flash-10": "seen", "korea-flash-20": "seen", "korea-flash": "coming"}


def test_countries_are_partners_and_a_zero_of_a_window_that_is_out_is_a_zero() -> None:
    reading = read(answer(MONTH, CHINA, {**CHINA, "curTitle": "유럽연합"}), "2026-08-01")
    month = reading.frame.filter(pl.col("classification") == "KR-flash-month")
    assert month.select("partner", "commodity", "value").rows() == [
        ("WLD", "TOTAL", 58_000_000_000),
        ("CHN", "TOTAL", 0),
        ("EU27", "TOTAL", 0),
    ]
    assert month["flags"].to_list() == [["aggregate"]] * 3


def test_a_country_that_is_not_known_is_set_aside_and_no_good() -> None:
    reading = read(answer(MONTH, CHINA, {**CHINA, "curTitle": "화성"}), "2026-08-01")
    assert reading.set_aside["reason"].to_list() == [
        "partner code '화성': not a country the flash is known to name"
    ]


def test_a_window_that_was_not_over_cannot_hold_a_figure() -> None:
    with pytest.raises(ReadError, match="day 2026-08-20: expected 2026-08-21 or later"):
        read(SPECIMEN.read_bytes(), "2026-08-20")
    assert read(SPECIMEN.read_bytes(), "2026-08-21").set_aside.height == 0


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({**CHINA, "uprId": "202613"}, "month '202613': expected YYYYMM"),
        ({**CHINA, "itemUsdAmt2": "7e6"}, "value '7e6': expected a plain number"),
        ("중국", "not a record"),
    ],
)
def test_an_item_that_is_not_plain_is_set_aside_whole(item: Any, reason: str) -> None:
    reading = read(answer(MONTH, CHINA, item), "2026-08-01")
    assert reading.records == 3
    assert reading.set_aside["line"].to_list() == [3]
    assert reason in reading.set_aside["reason"][0]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ('{"error": "true", "errortype": "x", "message": "invalid"}', "expected the chart answer"),
        ('{"items": []}', "expected the chart answer"),
        (answer({"priodMon": "202608", "priodDt": "01~10", "itemUsdAmt00": "1"}), "by their place"),
        (answer({"name": 1}), "expected \\['itemUsdAmt1'"),
        (answer(MONTH)[:-9], "expected a whole JSON document"),
    ],
)
def test_what_is_not_the_chart_answer_is_an_error(raw: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(raw)


def test_the_flow_and_the_day_have_to_be_given() -> None:
    with pytest.raises(ReadError, match="detail 'flow': expected one of"):
        read_given("korea-flash", SPECIMEN.read_bytes(), "2026-08-21")
    with pytest.raises(ReadError, match="the day of release is neither"):
        read(SPECIMEN.read_bytes(), None)


# -- trade by item -------------------------------------------------------------------------------------

#: Invented figures; the form is that of the service.
MAGNETS = {
    "year": "2026.06",
    "hsCd": "8505111000",
    "statCd": "CN",
    "statCdCntnKor1": "중국",
    "statKor": "금속으로 만든 것",
    "expDlr": "1000",
    "expWgt": "20",
    "impDlr": "9000000",
    "impWgt": "150000",
    "balPayments": "-8999000",
}
TOTAL = {"year": "총계", "hsCd": "-", "statCd": "-", "expDlr": "1000", "impDlr": "9000000"}


def xml(*items: dict[str, str], code: str = "00", more: str = "") -> str:
    listed = "".join(f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in i.items())}</item>" for i in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><response><header><resultCode>{code}</resultCode>'
        f"<resultMsg>OK</resultMsg></header><body><items>{listed}</items>{more}</body></response>"
    )


def items(raw: bytes | str, published: str | None = "2026-07-15") -> Reading:
    return read_given("korea-flash", raw, published)


def test_one_item_is_an_export_and_an_import_with_net_weight() -> None:
    reading = items(xml(TOTAL, MAGNETS))
    columns = ("partner", "flow", "classification", "commodity", "stage", "unit", "value", "flags")
    assert sorted(reading.frame.select(columns).rows()) == [
        ("CHN", "export", "HSK10-2026", "8505111000", "detail", "USD", 1000.0, []),
        ("CHN", "export", "HSK10-2026", "8505111000", "detail", "kg", 20.0, []),
        ("CHN", "import", "HSK10-2026", "8505111000", "detail", "USD", 9_000_000.0, []),
        ("CHN", "import", "HSK10-2026", "8505111000", "detail", "kg", 150_000.0, []),
    ]
    assert (reading.records, reading.receipts.height) == (2, 1)
    assert reading.set_aside["reason"].to_list() == [
        "the row of totals of the answer: no code and no month of its own"
    ]
    assert "the row of totals is the sum of the records" in reading.notes


def test_without_a_country_an_item_is_the_world_and_a_short_code_a_sum() -> None:
    item = {k: v for k, v in MAGNETS.items() if not k.startswith("statCd")} | {"hsCd": "850511"}
    frame = items(xml(item)).frame
    assert frame.select("partner", "flags").unique().rows() == [("WLD", ["aggregate"])]


def test_a_weight_of_nothing_beside_a_value_is_flagged() -> None:
    frame = items(xml({**MAGNETS, "expWgt": "0"})).frame
    light = frame.filter(pl.col("unit") == "kg", pl.col("flow") == "export")
    assert light.select("value", "flags").rows() == [(0.0, ["rounded"])]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (xml(code="99"), "the service tells of an error: 99 OK"),
        (
            "<OpenAPI_ServiceResponse><cmmMsgHeader><returnAuthMsg>SERVICE_KEY_IS_NOT_REGISTERED_ERROR"
            "</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>",
            "30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR",
        ),
        (xml(), "the answer holds none"),
        (xml(MAGNETS, more="<totalCount>7</totalCount>"), "holds 1 of 7 items"),
        (xml(MAGNETS)[:-20], "expected a whole XML answer"),
        ('<!DOCTYPE x [<!ENTITY e "x">]><response>&e;</response>', "expected a whole XML answer"),
    ],
)
def test_what_is_not_the_answer_is_an_error(raw: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        items(raw)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"statCd": "QQ"}, "partner code 'QQ'"),
        ({"hsCd": "505111000"}, "commodity code '505111000'"),
        ({"year": "2026"}, "year '2026': expected YYYY.MM"),
        ({"impWgt": "n/a"}, "mass 'n/a': expected a plain number"),
    ],
)
def test_an_item_that_cannot_be_read_is_set_aside(changes: dict[str, str], reason: str) -> None:
    reading = items(xml(MAGNETS, {**MAGNETS, **changes}))
    assert reading.set_aside["line"].to_list() == [2]
    assert reason in reading.set_aside["reason"][0]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["CN", "JP", "US", "VN"]), st.integers(0, 10**12), st.integers(0, 10**12)),
        min_size=1,
        max_size=8,
        unique_by=lambda row: row[0],
    ),
    st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["x", "1e5", "12,5.0", "５"])), max_size=3),
)
def test_every_item_is_read_or_set_aside(
    rows: list[tuple[str, int, int]], spoilt: list[tuple[int, str]]
) -> None:
    made = [{**MAGNETS, "statCd": c, "expDlr": str(v), "expWgt": str(w)} for c, v, w in rows]
    bad = {index % len(made) for index, _ in spoilt}
    for index, text in spoilt:
        made[index % len(made)]["expDlr"] = text
    if len(bad) == len(made):
        with pytest.raises(ReadError, match="not one of"):
            items(xml(*made))
        return
    reading = items(xml(*made))
    assert set(reading.set_aside["line"]) == {index + 1 for index in bad}
    exports = reading.frame.filter(pl.col("flow") == "export", pl.col("unit") == "USD")
    assert exports["value"].sum() == sum(v for i, (_, v, _) in enumerate(rows) if i not in bad)


def test_both_forms_go_through_the_ledger(tmp_path: Path) -> None:
    from tonnage.ledger.build import build
    from tonnage.ledger.ingest import ingest
    from tonnage.ledger.ledger import open_ledger

    data = tmp_path / "data"
    (data / "raw").mkdir(parents=True)
    path = tmp_path / "items.xml"
    path.write_text(xml(MAGNETS), "utf-8")
    ingest(data, "korea-flash", path, published="2026-07-15")
    ingest(data, "korea-flash", SPECIMEN, published="2026-08-21", flow="export")
    build(data)
    known = open_ledger(data).flows().collect().drop_nulls("value")
    assert sorted(known["classification"].unique()) == ["HSK10-2026", "KR-flash-d10", "KR-flash-d20"]
