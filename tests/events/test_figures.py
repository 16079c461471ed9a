"""Masses in a text: which are figures, of what unit, period and measure."""

from __future__ import annotations

import pytest

from tonnage.events.extract import extract


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("exports of 5 t", 5),
        ("exports of 5 tons", 5),
        ("exports of 5 MT", 5),
        ("exports of 5 mt", 5),
        ("exports of 5 kt", 5_000),
        ("exports of 5 Mt", 5_000_000),
        ("exports of 5 kg", 0.005),
        ("exports of 245 '000 tons", 245_000),
        ("exports of 10 short tons", 9.0718474),
        ("a 5,000-ton export quota", 5_000),
        ("輸出は5トン", 5),
        ("輸出は６，７４５トン", 6745),
        ("輸出は5㌧", 5),
        ("出口5公斤", 0.005),
        ("出口5千克", 0.005),
        ("出口2万吨", 20_000),
        ("수출량은 5톤", 5),
        ("xuất khẩu 5 tấn gạo", 5),
        ("Ausfuhren von 5 Tonnen", 5),
        ("2 millones de toneladas exportadas", 2_000_000),
    ],
)
def test_a_unit_is_read_in_tonnes(text: str, tonnes: float) -> None:
    assert [f.value_t for f in extract(text).figures] == [tonnes]


@pytest.mark.parametrize(
    "text",
    [
        "It costs $550 per metric ton.",
        "Exports rose by 200 tons.",
        "Exports were 200 tons more.",
        "Exports are expected to reach 7,000 tons.",
        "800 dual-use items are listed.",
        "輸出は200トン増えた。",
        "鋼材の輸入は60万トン超えが7カ月ぶり。",
        "出口减少200吨。",
        "Die Ausfuhren stiegen um 200 Tonnen.",
        "每吨500元",
    ],
)
def test_what_is_no_level_is_no_figure(text: str) -> None:
    assert extract(text, "2026-01-20").figures == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exports fell to 6,745 tons from 6,958 tons in November.", [(6745, None), (6958, "2025-11")]),
        (
            "Exports were 6,745 tons in December, down from 6,958 in November.",
            [(6745, "2025-12"), (6958, "2025-11")],
        ),
        ("5 to 6 million tonnes were exported in 2024.", [(5e6, "2024"), (6e6, "2024")]),
        ("Exports in December: 280 tons (November: 305 tons).", [(280, "2025-12"), (305, "2025-11")]),
        ("The least since May 2020: 280 tons in December.", [(280, "2025-12")]),
        ("Quotas are 96,600 tonnes a year in 2026 and 2027.", [(96600, "2026"), (96600, "2027")]),
    ],
)
def test_a_figure_takes_its_own_time(text: str, expected: list[tuple[float, str | None]]) -> None:
    found = [(f.value_t, f.period) for f in extract(text, "2026-01-20").figures]
    wide = [(v, f"{p}-01/{p}-12" if p and len(p) == 4 else p) for v, p in expected]
    assert found == wide


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("China imported 280 tons in May 2025.", "import_volume"),
        ("Chinese customs data show Japan imported 280 tons from China in May 2025.", "export_volume"),
        ("Stocks were 280 tons at the end of May 2025.", "stock"),
        ("Reserves are 44 million tons.", "reserves"),
        ("Smelting capacity is 24 million tons a year.", "capacity"),
        ("The export quota for 2025 is 280 tons.", "export_quota"),
        ("Output was 280 tons in May 2025.", "other"),
        ("2025年5月进口280吨。", "import_volume"),
        ("2025年5月の在庫は280トン。", "stock"),
    ],
)
def test_the_measure_is_the_nearest_word(text: str, measure: str) -> None:
    assert [f.measure for f in extract(text).figures] == [measure]


def test_parties_goods_and_vintage_come_along() -> None:
    text = (
        "Preliminary data of Chinese customs put exports of rare earth magnets"
        " to Japan at about 280 tons in May 2025."
    )
    (figure,) = extract(text).figures
    assert (figure.reporter, figure.partner, figure.commodity) == ("CHN", "JPN", "rare-earth-magnets")
    assert (figure.vintage, figure.approx, figure.unit) == ("preliminary", True, "tons")


@pytest.mark.parametrize(
    ("text", "pct", "basis"),
    [
        ("Exports rose 12.5% year-on-year to 280 tons.", 12.5, "yoy"),
        ("Exports, 280 tons, fell 8% from the previous month.", -8.0, "mom"),
        ("輸出は280トンで前年同月比17・8%減った。", -17.8, "yoy"),
        ("出口280吨,环比下降15.6%。", -15.6, "mom"),
        ("Die Ausfuhren sanken um 15,6 Prozent auf 280 Tonnen.", -15.6, "other"),
    ],
)
def test_a_change_has_sign_and_basis(text: str, pct: float, basis: str) -> None:
    assert [(c.pct, c.basis) for c in extract(text, "2026-01-20").changes] == [(pct, basis)]
