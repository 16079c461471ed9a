"""A source is added by a module with a SOURCE and one line in the registry; all else finds it there."""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tonnage.ledger.build import build
from tonnage.ledger.ingest import ingest, read
from tonnage.ledger.ledger import open_ledger
from tonnage.model import codes, flows
from tonnage.sources import SOURCES, base


def toy_module() -> types.SimpleNamespace:
    """All that a new file in sources/ would hold: the exports a port office prints by destination."""

    def figures(row: base.Row, sidecar: base.Sidecar) -> Iterator[flows.FlowRow]:
        yield {
            "source": "port-office",
            "publisher": "Port Office",
            "reporter": "CHN",
            "partner": codes.partner(row["destination"]),
            "flow": "export",
            "classification": "GACC8-2025",
            "commodity": row["code"],
            "period": base.month(row["month"]),
            "months": 1,
            "stage": "detail",
            "published": sidecar.release_day(),
            "unit": "kg",
            "value": codes.mass_kg(codes.number(row["tonnes"]), "t"),
            "flags": [],
        }

    def receipt(row: base.Row, sidecar: base.Sidecar) -> tuple[str, str, str]:
        return sidecar.url, sidecar.basis, ""

    def read_port(raw: bytes, sidecar: base.Sidecar) -> base.Reading:
        return base.flows_reading(raw, sidecar, ("month", "code", "destination", "tonnes"), figures, receipt)

    return types.SimpleNamespace(
        SOURCE=base.Source(
            id="port-office",
            title="A port office",
            table="flows",
            licence="ours",
            how="by hand",
            read=read_port,
            suffixes=(".txt",),
        )
    )


PORT = "month,code,destination,tonnes\n2025-12,85051110,JPN,280.5\n2025-12,85051110,Nippon,1\n"


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    module = toy_module()
    monkeypatch.setitem(SOURCES, module.SOURCE.id, module.SOURCE)
    path = tmp_path / "december.txt"
    path.write_text(PORT, "utf-8")
    return path


def test_a_new_source_is_read_without_a_store(port: Path) -> None:
    reading = read("port-office", port, published="2026-01-20")
    assert (reading.frame["value"].to_list(), reading.set_aside["line"].to_list()) == ([280_500.0], [3])


def test_a_new_source_is_ingested_built_and_asked(port: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "raw").mkdir(parents=True)
    ingest(data, "port-office", port, published="2026-01-20", url="https://port.example/")
    assert build(data).set_aside == 1
    ledger = open_ledger(data)
    series = ledger.series("rare-earth-magnets", partner="Japan", unit="t")
    assert series["value"].to_list() == [280.5]
    receipt = series["receipt"][0][0]
    assert (receipt["file"], receipt["line"], receipt["address"], receipt["basis"]) == (
        "data/raw/port-office/december.txt",
        2,
        "https://port.example/",
        "given",
    )
    assert ledger.partners("rare-earth-magnets") == ["JPN"]
    assert ledger.set_aside().select("file", "line").rows() == [("data/raw/port-office/december.txt", 3)]
    assert ledger.prints().select(pl.col("source").unique()).collect().item() == "port-office"
