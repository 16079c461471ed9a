"""UK HMRC: pages of the service; ports are parts of one figure, codes keep their zeros."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import SPECIMENS, day, read_given

from tonnage.errors import ReadError
from tonnage.sources import hmrc
from tonnage.sources.base import Reading

SPECIMEN = SPECIMENS / "hmrc" / "invented_imports_8507.json"

#: Invented figures; the form is that of the service.
MAGNETS: dict[str, Any] = {
    "MonthId": 202602,
    "FlowTypeId": 3,
    "SuppressionIndex": 0,
    "CommodityId": 85051110,
    "CommoditySitcId": 77884,
    "CountryId": 720,
    "PortId": 131,
    "Value": 148391.0,
    "NetMass": 5000.5,
    "SuppUnit": 0.0,
    "Commodity": {"CommodityId": 85051110, "Cn8Code": "85051110", "Hs2Code": "85"},
}
FELIXSTOWE = {**MAGNETS, "PortId": 8, "Value": 51609.0, "NetMass": 999.5}


def page(*records: Any, **more: Any) -> str:
    return json.dumps(
        {"@odata.context": "https://api.uktradeinfo.com/$metadata#OTS", "value": records, **more}
    )


def read(raw: bytes | str, published: str | None = "2026-04-16", **details: str) -> Reading:
    return read_given("hmrc", raw, published, **details)


def shown(reading: Reading, *columns: str) -> list[tuple[Any, ...]]:
    return reading.frame.select(columns or ("partner", "unit", "value", "flags")).rows()


def test_the_specimen_is_read_whole() -> None:
    reading = read(SPECIMEN.read_bytes())
    assert (reading.records, reading.set_aside.height) == (2, 0)
    assert shown(reading, "flow", "classification", "commodity", "period", "months", "unit", "value") == [
        ("import", "CN2026", "85076010", day("2026-02-01"), 1, "GBP", 731_250.0),
        ("import", "CN2026", "85076010", day("2026-02-01"), 1, "kg", 28_400.5),
    ]


def test_the_ports_of_one_figure_are_added_up_and_each_keeps_its_receipt() -> None:
    reading = read(page(MAGNETS, FELIXSTOWE))
    assert shown(reading) == [("CHN", "GBP", 200_000.0, ["derived"]), ("CHN", "kg", 6_000.0, ["derived"])]
    assert reading.receipts["line"].to_list() == [1, 2]
    assert "partner CHN: the figures of 2 ports are added up" in reading.notes


def test_a_part_that_is_not_printed_leaves_no_sum() -> None:
    kilograms = read(page(MAGNETS, {**FELIXSTOWE, "NetMass": None})).frame.filter(pl.col("unit") == "kg")
    assert kilograms.select("value", "flags").rows() == [(None, ["derived"])]


@pytest.mark.parametrize(("flow", "name"), [(1, "import"), (2, "export"), (3, "import"), (4, "export")])
def test_four_flow_types_are_two_flows(flow: int, name: str) -> None:
    assert read(page({**MAGNETS, "FlowTypeId": flow})).frame["flow"].unique().to_list() == [name]


def test_what_is_suppressed_is_kept_and_flagged_and_a_chapter_is_no_detail() -> None:
    secret = {**MAGNETS, "SuppressionIndex": 2, "NetMass": 0}
    chapter = {**MAGNETS, "Commodity": {"Cn8Code": "85"}, "CommodityId": 85}
    reading = read(page(secret, chapter))
    assert shown(reading, "commodity", "unit", "value", "flags") == [
        ("85051110", "GBP", 148_391.0, ["confidential"]),
        ("85051110", "kg", 0.0, ["confidential"]),
        ("85", "GBP", 148_391.0, ["aggregate"]),
        ("85", "kg", 5_000.5, ["aggregate"]),
    ]


def test_a_mass_of_nothing_beside_a_value_is_flagged() -> None:
    assert shown(read(page({**MAGNETS, "NetMass": 0.0})))[1] == ("CHN", "kg", 0.0, ["rounded"])


def test_without_the_commodity_its_number_gets_its_zeros_back() -> None:
    plain = {k: v for k, v in MAGNETS.items() if k != "Commodity"}
    reading = read(page({**plain, "CommodityId": 1012100}, {**plain, "CommodityId": 54}))
    assert reading.frame["commodity"].unique().to_list() == ["01012100"]
    assert reading.set_aside["reason"].to_list() == [
        "commodity code '' (number 54): expected 2, 4, 6 or 8 digits"
    ]
    with pytest.raises(ReadError, match=r"ask the service with \$expand=Commodity"):
        read(page({**plain, "CommodityId": -990}))


def test_pages_may_follow_each_other_or_stand_in_a_list_and_may_overlap() -> None:
    first, second = page(MAGNETS, FELIXSTOWE), page(FELIXSTOWE)
    whole = shown(read(page(MAGNETS, FELIXSTOWE)))
    for raw in (first + "\n" + second, f"[{first},{second}]", json.dumps([MAGNETS, FELIXSTOWE, FELIXSTOWE])):
        reading = read(raw)
        assert shown(reading) == whole
        assert reading.records == 3
        assert reading.set_aside.select("line", "reason").rows() == [
            (3, "the same record stands on line 2: a figure is taken once")
        ]


def test_a_full_last_page_is_a_cut_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hmrc, "LIMIT", 2)
    full, short = page(MAGNETS, FELIXSTOWE), page({**MAGNETS, "CountryId": 732})
    with pytest.raises(ReadError, match=r"the last page is full .* \$skip=2"):
        read(full)
    assert read(full, confirmed="yes").records == 2
    assert read(full + short).records == 3


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (
            '{"error": {"code": "", "message": "Could not find a property named Month"}}',
            "Could not find a prop",
        ),
        (page(), "the answer holds no record"),
        ("", "the answer holds no record"),
        (page(MAGNETS)[:-30], "expected a whole JSON document"),
        ("<html>403</html>", "expected a whole JSON document"),
        (page({"CountryId": 1, "CountryName": "France"}), "lacking: \\['MonthId'"),
        ('"text"', "expected pages of the service"),
    ],
)
def test_what_is_not_a_page_of_figures_is_an_error(raw: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        read(raw)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"CountryId": 4711}, "partner code '4711': not in the scheme 'hmrc'"),
        ({"Commodity": {"Cn8Code": "8505111"}}, "commodity code '8505111'"),
    ],
)
def test_a_code_that_is_not_known_costs_its_own_figures(changes: dict[str, Any], reason: str) -> None:
    reading = read(page(MAGNETS, {**FELIXSTOWE, **changes}))
    assert reading.set_aside["line"].to_list() == [2]
    assert reading.set_aside["reason"][0].startswith(reason)


@pytest.mark.parametrize(
    "changes", [{"MonthId": 202613}, {"FlowTypeId": 9}, {"Value": "n/a"}, {"NetMass": "1e3"}]
)
def test_a_part_that_cannot_be_read_is_an_error_since_the_sum_would_look_whole(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(ReadError, match=r"line 2: .* parts are added up only when every one can be read"):
        read(page(MAGNETS, {**FELIXSTOWE, **changes}))


def test_the_day_of_release_has_to_be_given() -> None:
    with pytest.raises(ReadError, match="the day of release is neither in the file nor given"):
        read(page(MAGNETS), None)


PORTS = st.lists(
    st.tuples(
        st.integers(1, 30),
        st.sampled_from([720, 732, 400, 728]),
        st.integers(0, 10**9),
        st.none() | st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=20,
    unique_by=lambda port: port[:2],
)


@settings(max_examples=15, deadline=None)
@given(PORTS, st.randoms(use_true_random=False))
def test_ports_in_any_order_add_up_to_what_is_printed(
    ports: list[tuple[int, int, Any, Any]], random: Any
) -> None:
    records = [
        {
            **MAGNETS,
            "PortId": port,
            "CountryId": country,
            "Value": float(value),
            "NetMass": mass and float(mass),
        }
        for port, country, value, mass in ports
    ]
    random.shuffle(records)
    reading = read(page(*records))
    money = reading.frame.filter(pl.col("unit") == "GBP")
    assert money["value"].sum() == pytest.approx(sum(r["Value"] for r in records), rel=1e-12)
    assert money.height == len({country for _, country, *_ in ports})
    kilograms = reading.frame.filter(pl.col("unit") == "kg")
    lacking = {country for _, country, _, mass in ports if mass is None}
    assert kilograms["value"].null_count() == len(lacking)
    assert reading.receipts.height == reading.records == len(records)
