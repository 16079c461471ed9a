"""The shipped facts: everything that does not add up is found without being told where."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.build_rows import BULLETIN, as_csv, put, records

from tonnage.errors import CodeError, DefinitionError
from tonnage.ledger import facts, parts, reconcile
from tonnage.ledger.build import build
from tonnage.ledger.identities import MONTHS, PART
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.model.definitions import registry

T = 1000.0


@pytest.fixture(scope="module")
def found(shipped: Ledger) -> pl.DataFrame:
    return shipped.check()


def misses(rows: pl.DataFrame, identity: str = MONTHS) -> dict[tuple[str, str, int], float]:
    """Mass to the world that is unexplained: definition, first month, months -> tonnes."""
    odd = rows.filter(
        pl.col("identity") == identity,
        ~pl.col("verdict").is_in(list(reconcile.SOUND)),
        pl.col("partner") == "WLD",
        pl.col("unit") == "kg",
    )
    shown = odd.select("definition", pl.col("period").dt.strftime("%Y-%m"), "months", pl.col("residual") / T)
    return {(name, start, months): residual for name, start, months, residual in shown.iter_rows()}


def test_the_table_has_the_columns_and_words_it_promises(found: pl.DataFrame) -> None:
    assert found.schema == reconcile.SCHEMA
    assert set(found["verdict"]) <= set(reconcile.VERDICTS)
    assert set(reconcile.SOUND) <= set(reconcile.VERDICTS)
    assert found.filter(pl.col("reason") == "").is_empty()


def test_the_totals_that_table_13_prints_and_its_months_do_not_give(found: pl.DataFrame) -> None:
    """GACC revises months in the year to date and never prints the new month."""
    whole = "rare-earths-and-products"
    assert misses(found) == {
        (whole, "2024-01", 8): 5.0,
        (whole, "2024-01", 9): 6.0,
        (whole, "2024-01", 10): 6.0,
        (whole, "2025-01", 9): -404.0,
        (whole, "2025-01", 11): -8.0,
        (whole, "2025-01", 12): -7.0,
        ("rare-earth-products", "2025-01", 9): -403.0,
    }


def test_the_steps_between_totals_show_where_it_happened(found: pl.DataFrame) -> None:
    whole, products = "rare-earths-and-products", "rare-earth-products"
    assert misses(found, "year to date against year to date") == {
        ("rare-earths", "2023-04", 4): -240.0,
        (whole, "2024-05", 1): 3.0,
        (whole, "2024-08", 1): 2.0,
        (whole, "2025-07", 1): -2.0,
        (whole, "2025-08", 1): -2.0,
        (whole, "2025-09", 1): -400.0,
        (whole, "2025-10", 1): 400.0,
        (whole, "2025-11", 1): -4.0,
        (products, "2025-09", 1): -399.0,
        (products, "2025-10", 1): 400.0,
        (products, "2025-11", 1): -4.0,
    }


def test_6745_is_11137_less_4392_and_is_what_bloomberg_prints(found: pl.DataFrame) -> None:
    row = found.filter(
        pl.col("identity") == "difference against quoted", pl.col("period") == dt.date(2025, 12, 1)
    )
    assert row.select("expected", "found", "verdict").rows() == [(6745 * T, 6745 * T, "exact")]
    terms = row["terms"].item().to_list()
    assert [(t["commodity"], t["value"] / T) for t in terms if t["side"] == "expected"] == [
        ("rare_earths_and_products", 11137.0),
        ("rare_earths", 4392.0),
    ]
    assert {t["publisher"] for t in terms if t["side"] == "found"} == {
        "Cryptopolitan",
        "Steel & Metal News Korea (Mining.com, Bloomberg)",
    }


def test_bloomberg_printed_7338_t_and_later_the_7336_t_that_the_bulletin_gives(found: pl.DataFrame) -> None:
    assert misses(found, "difference against quoted") == {
        ("rare-earth-products", "2025-06", 1): 3.0,
        ("rare-earth-products", "2025-08", 1): 2.0,
    }


def test_2011_is_a_break_because_two_labels_of_january_differ_six_times(found: pl.DataFrame) -> None:
    row = found.filter(pl.col("verdict") == "break shown")
    assert row.select("definition", "period", "expected", "found").rows() == [
        ("rare-earths", dt.date(2011, 1, 1), 646.8 * T, 4087 * T)
    ]


@pytest.mark.parametrize(
    ("publisher", "printed", "expected", "verdict"),
    [
        ("GlobalSpark News", 411.3, 280.0, "misprint suspected"),  # magnets to Japan, December 2025
        ("rawmaterials.net", 4345.5, 4343.0, "misprint suspected"),  # headline, October 2025
        ("WowNews24x7", 4343.5, 5473.0, "misprint suspected"),  # the headline under magnets
        ("JOGMEC News Flash (GACC)", 1640.0, 1642.0, "misprint suspected"),  # August 2020
        ("CGTN (MOFCOM)", 22800.0, 22736.0, "unexplained"),  # no rounding of 22,736
        ("TASS", 10460.0, 10468.0, "rounding"),  # cut
        ("Kyodo via Gifu Shimbun", 3187.0, 3188.0, "rounding"),  # cut; Reuters rounds
        ("News1 Korea (TBS)", 6149.0, 6150.0, "rounding"),
        ("Segye Ilbo (Reuters)", 6356.0, 6357.0, "rounding"),  # magnets, January 2025
        ("Bloomberg via Business Standard", 7338.0, 7336.0, "revision"),
    ],
)
def test_publishers_that_differ(
    found: pl.DataFrame, publisher: str, printed: float, expected: float, verdict: str
) -> None:
    rows = found.filter(
        pl.col("identity") == "publisher against publisher",
        (pl.col("found") - printed * T).abs() < 1,
        (pl.col("expected") - expected * T).abs() < 1,
        pl.col("receipt").list.eval(pl.element().struct["publisher"].str.starts_with(publisher)).list.any(),
    )
    assert rows["verdict"].to_list() == [verdict]


def test_customs_restated_the_first_quarter_of_2025_without_a_word(found: pl.DataFrame) -> None:
    """14,177.566 t in the flash of 14 April 2025, 14,177.686 t a year later; and 310,000 yuan more."""
    rows = found.filter(pl.col("identity") == "first print against later print")
    assert rows.select("unit", "expected", "found", "verdict").sort("unit").rows() == [
        ("CNY", 917_320_573.0, 917_630_527.0, "revision"),
        ("kg", 14_177_566.0, 14_177_686.0, "revision"),
    ]


def test_the_unit_value_of_may_2025_stands_out(found: pl.DataFrame) -> None:
    rows = found.filter(pl.col("verdict") == "unusual", pl.col("definition") == "rare-earths-and-products")
    assert rows.select("period", "unit").rows() == [(dt.date(2025, 5, 1), "CNY/kg")]
    assert not rows["blocks"].any()


def test_two_numbers_for_the_quota_of_2012_and_of_2013(found: pl.DataFrame) -> None:
    rows = found.filter(pl.col("definition") == "quota:rare earths").sort("period", "found")
    assert rows.select(pl.col("expected") / T, pl.col("found") / T, "verdict").rows() == [
        (30966.0, 30996.0, "unexplained"),
        (30999.0, 31001.0, "unexplained"),
        (30611.0, 30611.0, "exact"),
    ]


def test_nothing_shipped_stops_a_report(found: pl.DataFrame) -> None:
    assert not found["blocks"].any()


def test_every_term_leads_to_its_line(found: pl.DataFrame) -> None:
    rows = found.filter(~pl.col("definition").str.starts_with("quota:"))
    assert rows.select((pl.col("terms").list.len() == pl.col("receipt").list.len()).all()).item()
    assert rows.select(
        pl.col("receipt").list.eval(pl.element().struct["file"].is_not_null()).list.all().all()
    ).item()


def test_september_2025_is_short_by_404_t_of_a_printed_95875_t(shipped: Ledger) -> None:
    row = shipped.check(names=["rare-earths-and-products"]).filter(
        pl.col("verdict") == "unexplained", pl.col("period") == dt.date(2025, 1, 1), pl.col("months") == 9
    )
    assert row.select("expected", "found", "residual").rows() == [(95_875_000.0, 95_471_000.0, -404_000.0)]
    receipts = row["receipt"].item().to_list()
    assert {r["stage"] for r in receipts} == {"bulletin"}
    assert len({r["file"] for r in receipts}) >= 8  # one release a month, January and February in one


def test_for_named_definitions_only_the_sums_of_their_world_totals_are_checked(shipped: Ledger) -> None:
    """What a briefing calls "sums": 9 of its words rest on this."""
    rows = shipped.check(names=["rare-earths-and-products", "rare-earth-magnets"])
    assert set(rows["identity"]) == {MONTHS, PART}
    assert set(rows["partner"]) == {"WLD"}
    assert set(rows["unit"]) == {"kg"}
    more = shipped.check(names=["rare-earth-magnets"], identities=["publisher against publisher"])
    assert set(more["definition"]) == {"rare-earth-magnets"}
    assert {"JPN", "USA", "WLD"} <= set(more["partner"])


def test_a_miss_is_not_known_before_the_total_is_out(shipped: Ledger) -> None:
    key = ("rare-earths-and-products", "2025-01", 9)
    before = misses(shipped.check("2025-10-17", ["rare-earths-and-products"]))
    after = misses(shipped.check("2025-10-18", ["rare-earths-and-products"]))
    assert (key in before, after[key]) == (False, -404.0)


def test_every_year_to_date_of_the_three_lines_was_compared(shipped: Ledger) -> None:
    names = ["rare-earths-and-products", "tungsten-products", "rare-earth-products"]
    done = shipped.check(names=names).filter(pl.col("identity") == MONTHS).group_by("definition").len()
    assert dict(done.iter_rows()) == dict.fromkeys(names, 28)  # 2 to 12 of two years, 2 to 7 of 2026


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"names": ["rare-erths"]}, DefinitionError, "'rare-erths': not in the registry"),
        ({"identities": ["months against yaer to date"]}, CodeError, "did you mean 'months against year"),
    ],
)
def test_what_does_not_exist_cannot_be_checked(
    shipped: Ledger, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        shipped.check(**options)


def test_a_misprint_that_makes_the_part_larger_than_the_whole_blocks(data: Path) -> None:
    """Child and parent line of the bulletin of 18 January 2026, exchanged."""
    rows = records(BULLETIN)[:2]
    swapped = [rows[0] | {"month_quantity": "4392"}, rows[1] | {"month_quantity": "11137"}]
    put(data, "gacc-bulletin", BULLETIN.name, as_csv(swapped))
    done = build(data)
    assert any("rare-earths-and-products: declared contains rare-earths" in told for told in done.violated)
    assert build(data).violated == done.violated  # also when nothing is built anew
    blocking = open_ledger(data).check().filter(pl.col("blocks"))
    assert blocking.select("identity", "definition", "period", "residual").rows() == [
        (PART, "rare-earths", dt.date(2025, 12, 1), 6_745_000.0)
    ]


# --- a part at a time --------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [{}, {"as_of": "2025-12-20"}, {"names": ["rare-earth-products"]}])
def test_a_ledger_checked_in_parts_says_what_it_says_as_a_whole(
    shipped: Ledger, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    whole = shipped.check(**asked)
    monkeypatch.setattr(parts, "ROWS", 40)
    again = open_ledger(shipped.root)
    every = list(again.checked(**asked))
    assert len(every) > (3 if "names" not in asked else 0)
    assert_frame_equal(again.check(**asked), whole, check_row_order=False)
    odd = whole.filter(~pl.col("verdict").is_in(list(reconcile.SOUND)))
    assert (
        again.check(**asked, sound=False)["verdict"]
        .value_counts(sort=True)
        .equals(odd["verdict"].value_counts(sort=True))
    )


def test_what_is_compared_stays_together() -> None:
    group = facts.together(registry())
    assert group("rare_earths") == group("rare_earths_and_products")  # 11,137 - 4,392
    assert group("85051110") == group("850511") == group("850511000")  # mirrors
    assert len({group("rare_earths"), group("tungsten"), group("x"), group("01012100")}) == 4
