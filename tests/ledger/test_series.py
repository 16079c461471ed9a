"""One definition as one series: what is added, what is subtracted, and what never is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.build_rows import BULLETIN, day, edit_sidecar, print_of, prints

from tonnage.errors import CodeError, DefinitionError, NoDataError, NotYetReleased, ReadError
from tonnage.ledger import series as ledger_series
from tonnage.ledger import vintages
from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.ledger.series import Question, series
from tonnage.model.definitions import definition

DECEMBER = dt.date(2025, 12, 1)


def ask(*rows: dict[str, Any], name: str = "rare-earths", **changes: Any) -> pl.DataFrame:
    """The series in tonnes that rows give, each with an address of its own."""
    entry = definition(name)
    options: dict[str, Any] = {
        "definition": name,
        "partner": "WLD",
        "reporter": entry.reporter,
        "flow": entry.flow,
        "unit": "t",
        "as_of": None,
        **changes,
    }

    def receipts(found: pl.DataFrame) -> pl.DataFrame:
        address = pl.format("{}#{}", "raw", "line")
        return found.with_columns(
            file=pl.lit("a.csv"), address=address, basis=pl.lit("page"), note=pl.lit("")
        )

    question = Question(**options)
    known = vintages.as_of(prints(*rows), question.as_of, assumed_days=question.assumed_days)
    return series(lambda: prints(*rows), lambda: known, question, receipts)


def tonnes(frame: pl.DataFrame) -> list[tuple[Any, ...]]:
    return frame.select(pl.col("period").dt.strftime("%Y-%m"), "months", "value").rows()


def parent(value: float | None, **changes: Any) -> dict[str, Any]:
    return print_of(value, **{"commodity": "rare_earths_and_products", "line": 2, **changes})


# --- one figure --------------------------------------------------------------------------------------


def test_a_series_is_one_row_a_month_oldest_first() -> None:
    found = ask(print_of(4_392_000.0), print_of(5_494_000.0, period="2025-11-01", line=4))
    assert found.schema == ledger_series.SCHEMA
    assert tonnes(found) == [("2025-11", 1, 5494.0), ("2025-12", 1, 4392.0)]


def test_a_row_has_the_receipt_of_its_print() -> None:
    (receipt,) = ask(print_of(4_392_000.0))["receipt"][0].to_list()
    assert receipt == {
        "publisher": "GACC",
        "published": day("2026-01-18"),
        "stage": "bulletin",
        "source": "gacc-bulletin",
        "commodity": "rare_earths",
        "value": 4_392_000.0,
        "unit": "kg",
        "raw": "b03a7633cca6b97c",
        "line": 3,
        "file": "a.csv",
        "address": "b03a7633cca6b97c#3",
        "basis": "page",
        "note": "",
    }


def test_other_goods_partners_flows_and_reporters_are_other_series() -> None:
    others: list[dict[str, Any]] = [
        {"commodity": "tungsten_products"},
        {"partner": "JPN"},
        {"flow": "import"},
        {"reporter": "JPN"},
        {"classification": "quoted"},
        {"unit": "CNY"},
    ]
    assert tonnes(ask(print_of(1000.0), *[print_of(9.0, **o) for o in others])) == [("2025-12", 1, 1.0)]


@pytest.mark.parametrize(
    ("unit", "value"),
    [("kg", 4_392_100.0), ("t", 4392.1), ("kt", 4.3921), ("吨", 4392.1)],
)
def test_mass_is_shown_in_the_unit_asked_for(unit: str, value: float) -> None:
    found = ask(print_of(4_392_100.0), print_of(450_000_000.0, unit="CNY"), unit=unit)
    assert found.select("value", "unit").rows() == [(value, unit)]


@pytest.mark.parametrize("currency", ["CNY", "EUR", "GBP", "JPY", "KRW", "USD"])
def test_money_is_shown_as_printed_in_every_currency_of_a_source(currency: str) -> None:
    found = ask(print_of(4_392_100.0), print_of(450_000_000.0, unit=currency), unit=currency)
    assert found.select("value", "unit").rows() == [(450_000_000.0, currency)]


def test_money_is_never_converted() -> None:
    assert ask(print_of(450_000_000.0, unit="CNY"), unit="USD").is_empty()


def test_a_printed_zero_is_a_row_and_an_unprinted_number_is_no_zero() -> None:
    found = ask(print_of(0.0), print_of(None, period="2025-11-01"))
    assert tonnes(found) == [("2025-11", 1, None), ("2025-12", 1, 0.0)]


# --- several codes -----------------------------------------------------------------------------------

MAGNETS: dict[str, Any] = {"classification": "HTS10-2026", "reporter": "USA", "flow": "import"}


def magnets(value: float | None, code: str, **changes: Any) -> dict[str, Any]:
    return print_of(value, **{**MAGNETS, "commodity": code, "stage": "detail", **changes})


def ask_magnets(*rows: dict[str, Any]) -> pl.DataFrame:
    return ask(*rows, name="rare-earth-magnets", reporter="USA", flow="import")


def test_the_codes_of_a_definition_are_added_and_keep_their_receipts() -> None:
    rows = [magnets(1000.0, "8505110050", line=7), magnets(2000.0, "8505110070", line=8, flags=["rounded"])]
    found = ask_magnets(*rows)
    assert tonnes(found) == [("2025-12", 1, 3.0)]
    assert found["flags"].to_list() == [["derived", "rounded"]]
    assert [r["line"] for r in found["receipt"][0]] == [7, 8]


def test_a_sum_with_an_unprinted_part_is_no_number() -> None:
    assert tonnes(ask_magnets(magnets(1000.0, "8505110050"), magnets(None, "8505110070"))) == [
        ("2025-12", 1, None)
    ]


def test_a_sum_that_lacks_a_code_says_so() -> None:
    assert ask_magnets(magnets(1000.0, "8505110050"))["flags"].to_list() == [["partial"]]
    assert ask(
        print_of(1000.0, commodity="85051110", classification="GACC8-2025"), name="rare-earth-magnets"
    )["flags"].to_list() == [[]]


def test_a_sum_is_as_new_as_its_newest_part_and_as_unsettled_as_its_least_settled() -> None:
    rows = [magnets(1.0, "8505110050", stage="final", published="2026-02-20"), magnets(2.0, "8505110070")]
    found = ask_magnets(*rows)
    assert found.select("stage", "published").rows() == [("detail", day("2026-02-20"))]


def test_one_month_in_the_codes_of_two_years_is_not_added() -> None:
    """October 2024 under the codes of 2024, and under those of 2025 in a report a year later."""
    row: dict[str, Any] = {"commodity": "85051110", "period": "2024-10-01", "stage": "quoted"}
    old = print_of(4_725_000.0, **row, classification="GACC8-2024", published="2024-11-20")
    new = print_of(4_726_000.0, **row, classification="GACC8-2025", published="2025-11-20")
    assert tonnes(ask(old, new, name="rare-earth-magnets")) == [("2024-10", 1, 4726.0)]


def test_a_family_is_a_name_before_a_dash_and_not_any_beginning() -> None:
    row = print_of(1.0, commodity="85051110", classification="GACC80-2025")
    assert ask(row, name="rare-earth-magnets").is_empty()


# --- a difference ------------------------------------------------------------------------------------


def test_products_are_parent_line_minus_child_line_with_both_receipts() -> None:
    """11,137 t less 4,392 t: 6,745 t, from GACC's bulletin of 18 January 2026."""
    found = ask(parent(11_137_000.0), print_of(4_392_000.0), name="rare-earth-products")
    assert tonnes(found) == [("2025-12", 1, 6745.0)]
    assert found.select("stage", "flags", "definition").rows() == [
        ("bulletin", ["derived"], "rare-earth-products")
    ]
    assert [(r["commodity"], r["value"]) for r in found["receipt"][0]] == [
        ("rare_earths_and_products", 11_137_000.0),
        ("rare_earths", 4_392_000.0),
    ]


def test_a_bulletin_line_less_a_flash_line_is_no_figure() -> None:
    flash = print_of(4_392_100.0, stage="flash", published="2026-01-14")
    assert ask(parent(11_137_000.0), flash, name="rare-earth-products").is_empty()


def test_a_later_or_more_settled_print_of_another_stage_does_not_enter_a_difference() -> None:
    rows = [
        parent(11_137_000.0),
        print_of(4_392_000.0),
        print_of(4_400_000.0, stage="final", published="2026-09-30"),
    ]
    assert tonnes(ask(*rows, name="rare-earth-products")) == [("2025-12", 1, 6745.0)]


@pytest.mark.parametrize(("whole", "part"), [(None, 4.0), (11.0, None)])
def test_a_difference_with_an_unprinted_part_is_no_number(whole: float | None, part: float | None) -> None:
    assert tonnes(ask(parent(whole), print_of(part), name="rare-earth-products")) == [("2025-12", 1, None)]


def test_a_difference_has_the_flags_of_both_parts_and_the_later_day() -> None:
    rows = [parent(11.0, flags=["day_assumed"]), print_of(4.0, flags=["conflict"], published="2026-01-19")]
    found = ask(*rows, name="rare-earth-products")
    assert found.select("flags", "published").rows() == [
        (["conflict", "day_assumed", "derived"], day("2026-01-19"))
    ]


def test_spans_of_one_part_alone_have_no_difference() -> None:
    rows = [parent(11.0), print_of(4.0, period="2025-11-01")]
    assert ask(*rows, name="rare-earth-products").is_empty()


# --- spans -------------------------------------------------------------------------------------------


def span(value: float, period: str, months: int) -> dict[str, Any]:
    return print_of(value * 1000, period=period, months=months, published="2026-03-18")


def test_january_and_february_printed_only_together_are_one_row_of_two_months() -> None:
    assert tonnes(ask(span(8511, "2025-01-01", 2), span(5666, "2025-03-01", 1))) == [
        ("2025-01", 2, 8511.0),
        ("2025-03", 1, 5666.0),
    ]


def test_january_and_february_printed_singly_as_well_are_two_rows() -> None:
    """5,294 t and 3,217 t are the 8,511 t that the flash of March 2025 printed."""
    rows = [span(8511, "2025-01-01", 2), span(5294, "2025-01-01", 1), span(3217, "2025-02-01", 1)]
    assert tonnes(ask(*rows)) == [("2025-01", 1, 5294.0), ("2025-02", 1, 3217.0)]


def test_longer_spans_are_no_months() -> None:
    rows = [span(14177, "2025-01-01", 3), span(9, "2025-02-01", 2), span(62585, "2025-01-01", 12)]
    assert ask(*rows).is_empty()


def test_a_year_to_date_starts_in_january() -> None:
    rows = [
        span(5294, "2025-01-01", 1),
        span(8511, "2025-01-01", 2),
        span(9, "2025-02-01", 2),
        span(62585, "2025-01-01", 12),
    ]
    assert tonnes(ask(*rows, spans="year_to_date")) == [
        ("2025-01", 1, 5294.0),
        ("2025-01", 2, 8511.0),
        ("2025-01", 12, 62585.0),
    ]


# --- breaks ------------------------------------------------------------------------------------------


def test_the_first_month_after_a_break_is_flagged() -> None:
    """The headline line was redefined with the data of January 2011."""
    found = ask(span(1, "2010-12-01", 1), span(2, "2012-12-01", 1), span(3, "2015-01-01", 1))
    assert found["flags"].to_list() == [[], ["break"], []]


@pytest.mark.parametrize("period", ["2010-12-01", "2015-01-01"])
def test_months_on_one_side_of_a_break_are_one_series(period: str) -> None:
    assert ask(span(1, period, 1))["flags"].to_list() == [[]]


def test_a_break_shows_in_years_as_well() -> None:
    found = ask(span(39813, "2010-01-01", 12), span(16861, "2011-01-01", 12), spans="year_to_date")
    assert found["flags"].to_list() == [[], ["break"]]


# --- questions without an answer ---------------------------------------------------------------------


@pytest.fixture
def ledger(built: Path) -> Ledger:
    return open_ledger(built)


def test_before_its_release_a_figure_is_not_yet_there_and_the_day_is_named(ledger: Ledger) -> None:
    told = "CHN export to WLD in kg: nothing was out on 2026-01-13; the first release is of 2026-01-14"
    with pytest.raises(NotYetReleased, match=f"^rare-earths, {told}$"):
        ledger.series("rare-earths", as_of="2026-01-13")


def test_the_day_named_is_the_first_on_which_there_is_an_answer(shipped: Ledger) -> None:
    for name in ("rare-earths", "rare-earth-products", "rare-earth-magnets"):
        with pytest.raises(NotYetReleased, match="the first release is of") as fault:
            shipped.series(name, as_of="2009-12-31")
        first = dt.date.fromisoformat(str(fault.value)[-10:])
        assert shipped.series(name, as_of=first).height
        with pytest.raises(NotYetReleased):
            shipped.series(name, as_of=first - dt.timedelta(days=1))


def test_what_the_ledger_does_not_hold_is_told_with_the_partners_it_holds(ledger: Ledger) -> None:
    told = "CHN export to AUS in kg: the ledger holds no monthly figure; partners it holds: WLD, EU27, JPN"
    with pytest.raises(NoDataError, match=f"^rare-earth-magnets, {told}$") as fault:
        ledger.series("rare-earth-magnets", partner="Australia")
    assert not isinstance(fault.value, NotYetReleased)


@pytest.mark.parametrize(
    ("options", "instead"),
    [
        ({"unit": "JPY"}, "unit='kg' or unit='CNY'"),
        ({"unit": "USD", "spans": "year_to_date"}, "unit='kg' or unit='CNY'"),
    ],
)
def test_an_option_that_would_find_something_is_named(
    ledger: Ledger, options: dict[str, Any], instead: str
) -> None:
    with pytest.raises(NoDataError, match=f"; it has figures with {instead}$"):
        ledger.series("rare-earths", **options)


def test_figures_with_inferred_days_alone_are_told(december: Path) -> None:
    edit_sidecar(december / "raw" / "gacc-bulletin" / BULLETIN.name, basis="usual_day")
    build(december)
    assert open_ledger(december).series("tungsten-products")["flags"].to_list() == [
        ["aggregate", "day_assumed"]
    ]
    with pytest.raises(NoDataError, match="it has figures with assumed_days=True"):
        open_ledger(december).series("tungsten-products", assumed_days=False)


WRONG: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "definition": ({"name": "rare-erths"}, DefinitionError, "did you mean 'rare-earths'"),
    "partner": ({"partner": "Japn"}, CodeError, "country 'Japn': .*did you mean 'Japan'"),
    "reporter": ({"reporter": "Chna"}, CodeError, "country 'Chna': .*'China'"),
    "unit": ({"unit": "kgs"}, CodeError, "unit 'kgs': expected one of .*did you mean 'kg'"),
    "flow": ({"flow": "exports"}, CodeError, "flow 'exports': expected one of .*did you mean 'export'"),
    "spans": ({"spans": "month"}, CodeError, "spans 'month': expected one of .*did you mean 'monthly'"),
    "day": ({"as_of": "20260115"}, ReadError, "day '20260115': expected YYYY-MM-DD"),
}


@pytest.mark.parametrize("option", WRONG)
def test_a_question_that_means_nothing_is_refused_and_the_nearest_offered(
    ledger: Ledger, option: str
) -> None:
    changes, kind, told = WRONG[option]
    with pytest.raises(kind, match=told):
        ledger.series(**{"name": "rare-earths", **changes})


# --- codes that change their numbers -----------------------------------------------------------------


def eu(value: float, year: int, code: str, **changes: Any) -> dict[str, Any]:
    """One code of chapter 28 in January of a year, as Eurostat prints it."""
    scheme = {"classification": f"CN{year}", "commodity": code, "period": f"{year}-01-01"}
    mine = {"reporter": "DEU", "flow": "import", "stage": "detail", "published": f"{year}-03-20"}
    return print_of(value * 1e6, **{**scheme, **mine, **changes, "line": int(code) % 1000 + year})


#: Heading 2846 as imported: four codes of 2023 were two others before.
COMPOUNDS = [
    *(eu(v, 2022, c) for c, v in {"28461000": 20.0, "28469030": 30.0, "28469090": 36.6}.items()),
    *(eu(v, 2022, c) for c, v in {"28469010": 60.2, "28469020": 35.4}.items()),
    *(eu(v, 2023, c) for c, v in {"28461000": 20.5, "28469030": 31.0, "28469090": 36.8}.items()),
    *(eu(v, 2023, f"284690{n}") for n, v in {40: 50.0, 50: 11.0, 60: 20.0, 70: 15.0}.items()),
]
GERMANY = {"reporter": "DEU", "flow": "import", "unit": "kg"}


def test_a_split_of_codes_is_no_change() -> None:
    """A list of 2023 laid on 2022 gives 86.6, and in 2023 184.3: a doubling that nobody traded."""
    of_2023 = definition("rare-earth-compounds").codes["CN2023"]
    fixed = [
        sum(r["value"] for r in COMPOUNDS if r["classification"] == y and r["commodity"] in of_2023)
        for y in ("CN2022", "CN2023")
    ]
    assert [round(v / 1e6, 1) for v in fixed] == [86.6, 184.3]
    found = ask(*COMPOUNDS, name="rare-earth-compounds", **GERMANY)
    assert [round(v / 1e6, 1) for v in found["value"]] == [182.2, 184.3]
    assert found["flags"].to_list() == [["derived"], ["derived"]]


def test_years_to_which_a_definition_cannot_be_followed_have_no_row() -> None:
    """85051100 of 2022 held every metal magnet: put before 85051110 it would be a fall that never was."""
    rows = [eu(900.0, 2022, "85051100"), eu(610.0, 2023, "85051110"), eu(280.0, 2023, "85051190")]
    found = ask(*rows, name="rare-earth-magnets", **GERMANY)
    assert found.select(pl.col("period").dt.year(), "value").rows() == [(2023, 610e6)]
    both = ask(*rows, name="metal-magnets", **GERMANY)
    assert both["value"].to_list() == [900e6, 890e6]
    assert not both["flags"].list.contains("break").any()


def test_a_number_that_became_other_goods_is_a_break() -> None:
    """850511 lost waste magnets with HS 2022: the first row of the new edition says so."""
    editions = {2021: "HS2017", 2022: "HS2022"}
    rows = [eu(100.0, y, "850511", classification=editions[y]) for y in editions]
    found = ask(*rows, name="metal-magnets", **GERMANY)
    assert found["flags"].to_list() == [[], ["break"]]


def test_a_code_that_is_lacking_in_its_year_is_told() -> None:
    found = ask(*COMPOUNDS[:-1], name="rare-earth-compounds", **GERMANY)
    assert [("partial" in flags) for flags in found["flags"]] == [False, True]
