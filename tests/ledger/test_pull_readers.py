"""What is pulled is read by its source as it is: from the publisher's answer to figures of the ledger."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import py7zr
import pytest
from tests.build_rows import SPECIMENS
from tests.ledger.publisher import Reply, Seen, publishing
from tests.ledger.pulling import connect

from tonnage.ledger import build, pull, store
from tonnage.ledger.ledger import open_ledger
from tonnage.sources import SOURCES
from tonnage.sources.recognise import HEAD, recognised


def census(seen: Seen) -> Reply:
    """One country and the total; what is filtered by comes back as a column."""
    head = [*seen.params["get"].split(","), *(name for name in seen.params if name not in ("get", "key"))]
    known = {"GEN_VAL_MO": "123", "GEN_QY1_MO": "45", "UNIT_QY1": "KG", "GEN_QY2_MO": "0", "UNIT_QY2": "-"}
    flags = {"GEN_QY1_MO_FLAG": None, "GEN_QY2_MO_FLAG": None}
    country = {
        **seen.params,
        **known,
        **flags,
        "I_COMMODITY": "2805300000",
        "CTY_CODE": "5700",
        "CTY_NAME": "CHINA",
    }
    total = {**country, "CTY_CODE": "-", "CTY_NAME": "TOTAL FOR ALL COUNTRIES"}
    return Reply(json.dumps([head, *([row[name] for name in head] for row in (country, total))]).encode())


def hmrc(seen: Seen) -> Reply:
    record = {
        "MonthId": 202602,
        "FlowTypeId": 3,
        "SuppressionIndex": 0,
        "CommodityId": 28053020,
        "CommoditySitcId": 1,
        "CountryId": 720,
        "PortId": 1,
        "Value": 123.0,
        "NetMass": 45.0,
        "SuppUnit": 0.0,
        "Commodity": {"CommodityId": 28053020, "Cn8Code": "28053020"},
    }
    return Reply(json.dumps({"@odata.context": "x", "value": [record]}).encode())


def estat(seen: Seen) -> Reply:
    if seen.path.endswith("/files"):
        title = "品別国別表 輸入 1-6月：確報、7月：輸入9桁速報 第28類 2026-08-28"
        link = '<a href="/stat-search/file-download?statInfId=000040494507&amp;fileKind=1">CSV</a>'
        return Reply(f"<!DOCTYPE html><html><li>{title} {link}</li></html>".encode())
    months = ("Year", *(f"{dt.date(2026, n, 1):%b}" for n in range(1, 13)))
    head = ["Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2"]
    head += [f"{measure}-{month}" for month in months for measure in ("Quantity1", "Quantity2", "Value")]
    cells = ["0,315,861", *["0,45,123"] * 7, *["0,0,0"] * 5]
    return Reply(f"{','.join(head)}\n2,2026,'284690210',105,  ,KG,{','.join(cells)}\n".encode())


def korea(seen: Seen) -> Reply:
    total = {"lwprId": "202602", "uprId": "", "curTitle": "2026년 02월"}
    windows = {"itemUsdAmt1": "100", "itemUsdAmt2": "123", "itemUsdAmt3": "0"}
    goods = {"lwprId": "", "uprId": "202602", "curTitle": "반도체"}
    return Reply(json.dumps({"items": [{**total, **windows}, {**goods, **windows}]}).encode())


def comtrade(seen: Seen) -> Reply:
    if "/getDa/" not in seen.path:
        return Reply((SPECIMENS / "comtrade" / "get-C-M-HS-156-201703.json").read_bytes())
    held = {
        "reporterCode": 156,
        "period": "201703",
        "datasetChecksum": 1,
        "lastReleased": "2018-05-03T10:00:00",
    }
    return Reply(json.dumps({"data": [held]}).encode())


def comext(seen: Seen) -> Reply:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as file:
        file.write(SPECIMENS / "comext" / "full_v2_202402.dat", "full_v2_202402.dat")
    return Reply(made.getvalue(), headers={"Last-Modified": "Wed, 17 Apr 2024 09:00:00 GMT"})


def baci(seen: Seen) -> Reply:
    made, name = io.BytesIO(), "BACI_HS92_Y2022_V202501.csv"
    with zipfile.ZipFile(made, "w") as file:
        file.write(SPECIMENS / "baci" / name, name)
    return Reply(made.getvalue(), headers={"Last-Modified": "Thu, 30 Jan 2025 09:00:00 GMT"})


@pytest.mark.parametrize(
    ("source", "replies", "given", "expected"),
    [
        (
            "comtrade",
            comtrade,
            {"reporter": "CHN", "period": "2017-03", "commodity": "250410"},
            ("JPN", "250410", "USD", 3000.0),
        ),
        ("comext", comext, {"form": "bulk", "period": "2024-02"}, ("AND", "38089490", "EUR", 2700.0)),
        (
            "baci",
            baci,
            {"release": "202501", "classification": "HS92"},
            ("TWN", "284690", "USD", 64_100.0),
        ),
        (
            "census",
            census,
            {"commodity": "280530", "level": "10", "period": "2026-02", "flow": "import"},
            ("CHN", "2805300000", "USD", 123.0),
        ),
        (
            "hmrc",
            hmrc,
            {"commodity": "280530", "period": "2026-02", "flow": "import"},
            ("CHN", "28053020", "GBP", 123.0),
        ),
        ("estat", estat, {"period": "2026-07", "flow": "import"}, ("CHN", "284690210", "JPY", 123_000.0)),
        (
            "korea-flash",
            korea,
            {"period": "2026-02", "form": "items", "flow": "export"},
            ("WLD", "TOTAL", "USD", 123_000.0),
        ),
    ],
)
def test_from_the_answer_to_the_figure(
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    replies: Callable[[Seen], Reply],
    given: dict[str, str],
    expected: tuple[Any, ...],
) -> None:
    if source not in SOURCES:
        pytest.skip(f"no source {source}")
    monkeypatch.setenv("TONNAGE_CENSUS_KEY", "the-k3y")
    monkeypatch.delenv("TONNAGE_COMTRADE_KEY", raising=False)
    with publishing(replies) as server:
        done = pull.pull(data, source, given, connect=connect(server.url))
        done.settle()
    build.build(data)
    rows = open_ledger(data).prints().filter(pl.col("source") == source).collect()
    assert expected in rows.select("partner", "commodity", "unit", "value").rows()
    (file,) = store.raw_files(data)
    assert recognised(file.path.name, store.verified(file)[:HEAD], SOURCES) == [source]
