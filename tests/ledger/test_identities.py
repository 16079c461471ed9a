"""Sums that must hold: what is exact, what rounding allows, what is not explained and what is a misprint."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import day, print_of, prints

from tonnage.ledger import facts, identities, percentages, reconcile
from tonnage.ledger.facts import FIGURES
from tonnage.model.definitions import registry

T = 1000.0
FIRST: list[tuple[str, int, float | None]] = [
    ("2025-01", 1, 5294.0),
    ("2025-02", 1, 3217.0),
    ("2025-03", 1, 5666.0),
]


def figures(
    *rows: tuple[str, int, float | None], name: str = "rare-earths", partner: str = "WLD"
) -> pl.DataFrame:
    """Figures in kg of (first month, months, tonnes), printed to the tonne; prints are numbered from 0."""
    made = [
        {
            "definition": name,
            "reporter": "CHN",
            "partner": partner,
            "flow": "export",
            "unit": "kg",
            "period": day(f"{period}-01"),
            "months": months,
            "value": None if tonnes is None else tonnes * T,
            "slack": 500.0,
            "prints": [number],
        }
        for number, (period, months, tonnes) in enumerate(rows)
    ]
    return pl.DataFrame(made, schema=FIGURES)


def told(rows: pl.DataFrame) -> list[tuple[Any, ...]]:
    residual = (pl.col("found") - pl.col("expected")) / T
    return rows.select(pl.col("period").dt.strftime("%Y-%m"), "months", residual.round(3), "verdict").rows()


def added(*totals: tuple[str, int, float | None], months: Any = None) -> pl.DataFrame:
    return identities.months_against_totals(figures(*(FIRST if months is None else months), *totals))


# --- months against totals ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "residual", "verdict"),
    [
        (14177.0, 0.0, "exact"),
        (14178.0, -1.0, "rounding"),  # what table 13 printed for January to March 2025
        (14175.0, 2.0, "rounding"),
        (14174.9, 2.1, "unexplained"),
        (14581.0, -404.0, "unexplained"),
    ],
)
def test_months_against_their_total(printed: float, residual: float, verdict: str) -> None:
    found = added(("2025-01", 3, printed))
    assert told(found) == [("2025-01", 3, residual, verdict)]
    assert found["blocks"].to_list() == [False]
    assert found["tolerance"].to_list() == [2000.0]


def test_a_total_is_compared_only_if_all_its_months_are_printed() -> None:
    months: list[tuple[str, int, float | None]] = [("2025-01", 1, 5294.0), ("2025-03", 1, 5666.0)]
    assert added(("2025-01", 3, 14178.0), months=months).is_empty()
    assert added(("2025-01", 3, 14178.0), months=[*months, ("2025-02", 1, None)]).is_empty()
    assert added(("2025-01", 3, None)).is_empty()


def test_months_of_another_year_are_not_added() -> None:
    assert added(("2024-01", 3, 14178.0)).is_empty()


def test_january_alone_is_its_own_total() -> None:
    assert added(("2025-01", 1, 5294.0), months=[]).is_empty()


def test_january_and_february_printed_together_are_one_term() -> None:
    """2020: 5,489.2 t and 5,551.4 t make the 11,040.6 t that Reuters printed on 14 April."""
    rows = figures(("2020-01", 2, 5489.2), ("2020-03", 1, 5551.4), ("2020-01", 3, 11040.6))
    assert told(identities.months_against_totals(rows)) == [("2020-01", 3, 0.0, "exact")]


def test_january_and_february_together_are_checked_against_the_two_months() -> None:
    """GACC: 5,294 t and 3,217 t; 8,511 t in the flash of 7 March 2025."""
    assert told(added(("2025-01", 2, 8511.0))) == [("2025-01", 2, 0.0, "exact")]


def test_a_row_names_the_prints_of_both_sides() -> None:
    found = added(("2025-01", 3, 14178.0))
    assert found.select("expected_prints", "found_prints").rows() == [([3], [0, 1, 2])]


# --- totals against each other -----------------------------------------------------------------------

# Table 13, "rare earths and products", 2025: bulletins of 18 August to 18 December.
YEAR = [
    ("2025-08", 1, 13128.0),
    ("2025-09", 1, 10538.0),
    ("2025-10", 1, 10516.0),
    ("2025-11", 1, 12452.0),
    ("2025-01", 7, 71807.0),
    ("2025-01", 8, 84937.0),
    ("2025-01", 9, 95875.0),
    ("2025-01", 10, 105991.0),
    ("2025-01", 11, 118447.0),
]


def test_95875_t_for_september_2025_is_suspected_because_its_neighbours_agree_without_it() -> None:
    found = identities.totals_against_totals(figures(*YEAR))
    assert told(found) == [
        ("2025-08", 1, -2.0, "unexplained"),
        ("2025-09", 1, -400.0, "misprint suspected"),
        ("2025-10", 1, 400.0, "misprint suspected"),
        ("2025-11", 1, -4.0, "unexplained"),
    ]
    blamed = found.filter(pl.col("verdict") == "misprint suspected")["reason"].to_list()
    assert all("the total to 2025-09 is off by as much both ways" in reason for reason in blamed)


def test_a_gap_that_stays_is_no_misprint_of_a_total() -> None:
    """2023: 11,837 t to March and 31,662 t to July leave 240 t more than the four months."""
    rows = [("2023-01", 3, 11837.0), *[(f"2023-{m:02}", 1, 4900.0) for m in range(4, 7)]]
    found = identities.totals_against_totals(
        figures(*rows, ("2023-01", 4, 16977.0), ("2023-01", 5, 21877.0), ("2023-01", 6, 26777.0))
    )
    assert told(found) == [
        ("2023-04", 1, -240.0, "unexplained"),
        ("2023-05", 1, 0.0, "exact"),
        ("2023-06", 1, 0.0, "exact"),
    ]


def test_totals_several_months_apart_are_compared_with_the_months_between() -> None:
    rows = figures(*YEAR[:3], YEAR[4], ("2025-01", 10, 105989.0))
    assert told(identities.totals_against_totals(rows)) == [("2025-08", 3, 0.0, "exact")]


# --- parts and wholes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "verdict", "blocks"),
    [
        (4392.0, "exact", False),
        (11137.0, "exact", False),
        (11138.0, "rounding", False),
        (11138.1, "unexplained", True),
    ],
)
def test_a_part_larger_than_its_whole_blocks(part: float, verdict: str, blocks: bool) -> None:
    whole = figures(("2025-12", 1, 11137.0), name="rare-earths-and-products")
    rows = pl.concat([figures(("2025-12", 1, part)), whole])
    found = identities.part_within_whole(rows, "rare-earths", "rare-earths-and-products")
    assert found.select("definition", "verdict", "blocks").rows() == [("rare-earths", verdict, blocks)]


@pytest.mark.parametrize(("part", "whole"), [(None, 11137.0), (4392.0, None)])
def test_an_unprinted_part_or_whole_is_not_compared(part: float | None, whole: float | None) -> None:
    rows = pl.concat([figures(("2025-12", 1, part)), figures(("2025-12", 1, whole), name="whole")])
    assert identities.part_within_whole(rows, "rare-earths", "whole").is_empty()


def test_a_part_and_a_whole_of_other_months_are_not_compared() -> None:
    rows = pl.concat([figures(("2025-12", 1, 4392.0)), figures(("2025-11", 1, 1.0), name="whole")])
    assert identities.part_within_whole(rows, "rare-earths", "whole").is_empty()


# --- partners ----------------------------------------------------------------------------------------


def partners(**tonnes: float) -> pl.DataFrame:
    return pl.concat(figures(("2025-07", 1, value), partner=name) for name, value in tonnes.items())


@pytest.mark.parametrize(
    ("tonnes", "verdict", "blocks"),
    [
        ({"WLD": 763, "DEU": 392, "JPN": 352, "RUS": 19}, "exact", False),  # germanium of July 2025, in kg
        ({"WLD": 763, "DEU": 392}, "exact", False),  # the others are not printed
        ({"WLD": 763, "DEU": 392, "JPN": 352, "RUS": 21}, "rounding", False),
        ({"WLD": 763, "DEU": 392, "JPN": 352, "RUS": 22}, "unexplained", True),
        ({"WLD": 763, "DEU": 392, "EU27": 700, "JPN": 371}, "exact", False),  # a bloc is no part
    ],
)
def test_partners_against_the_world(tonnes: dict[str, float], verdict: str, blocks: bool) -> None:
    found = identities.partners_within_world(partners(**tonnes))
    assert found.select("verdict", "blocks").rows() == [(verdict, blocks)]


def test_how_much_of_the_world_is_printed_by_partner_is_told() -> None:
    (reason,) = identities.partners_within_world(partners(WLD=5952, JPN=280, USA=564))["reason"]
    assert reason.startswith("2 printed partners make up 14.2%")


def test_members_may_not_exceed_their_bloc() -> None:
    """October 2025, magnets: 2,060.3 t to the European Union, of which Germany 1,119 t."""
    assert identities.bloc_members(partners(EU27=2060.3, DEU=1119))["verdict"].to_list() == ["exact"]
    assert identities.bloc_members(partners(EU27=1000, DEU=1119))["blocks"].to_list() == [True]
    assert identities.bloc_members(partners(EU27=1000, JPN=1119)).is_empty()


# --- any ledger --------------------------------------------------------------------------------------


def year(kilograms: list[int], shares: tuple[int, ...] = (3, 2)) -> list[dict[str, Any]]:
    """Twelve months, their totals since January, and partners, each printed to the tonne as table 13 is."""

    def printed(value: float, **changes: Any) -> dict[str, Any]:
        return print_of(round(value / T) * T, raw="a", published=f"{2027}-01-18", **changes)

    rows = []
    for month, value in enumerate(kilograms, start=1):
        period = f"2025-{month:02}-01"
        rows.append(printed(value, period=period, line=month))
        for number, share in enumerate(shares):
            rows.append(
                printed(value * share / 10, period=period, partner=("JPN", "USA")[number], line=month)
            )
        if month > 1:
            rows.append(printed(sum(kilograms[:month]), period="2025-01-01", months=month, line=month))
    return rows


def checked(rows: list[dict[str, Any]]) -> pl.DataFrame:
    asked = reconcile.Asked(
        prints=facts.numbered(prints(*rows).collect()),
        entries=list(registry().values()),
        registry=registry(),
        pcts=percentages.PRINTED.to_frame(),
        quotas=pl.DataFrame(),
    )
    return reconcile.check(
        asked,
        None,
        lambda frame: frame.with_columns(
            pl.lit(None, pl.String).alias(name) for name in ("file", "address", "basis", "note")
        ),
    ).rows


months = st.lists(st.integers(0, 9_999_999), min_size=12, max_size=12)


@settings(max_examples=25, deadline=None)
@given(months)
def test_a_consistent_year_has_no_row_that_does_not_add_up(kilograms: list[int]) -> None:
    found = checked(year(kilograms))
    assert set(found["verdict"]) <= {"exact", "rounding"}
    assert found.height == 11 + 10 + 12


@settings(max_examples=25, deadline=None)
@given(months, st.integers(0, 46), st.integers(20, 9000), st.sampled_from([1, -1]))
def test_a_planted_misprint_of_any_term_is_found(
    kilograms: list[int], which: int, tonnes: int, sign: int
) -> None:
    rows = year([k + 10_000_000 for k in kilograms])
    wrong = {**rows[which], "value": rows[which]["value"] + sign * tonnes * T}
    if wrong["partner"] != "WLD":
        # A partner that is not all of the world shows only where it is too large.
        wrong["value"] = 25_000_000.0
    found = checked([*rows[:which], wrong, *rows[which + 1 :]])
    odd = found.filter(pl.col("verdict").is_in(["unexplained", "misprint suspected"]))
    terms = odd.explode("terms").select(pl.col("terms").struct.field("value"))["value"].to_list()
    assert wrong["value"] in terms


def test_a_number_of_a_sum_that_is_cut_may_be_a_whole_step_off() -> None:
    """TASS cut 10,468.3 t to 10,460 t."""
    rows = facts.numbered(prints(print_of(10_460_000.0, flags=["rounded"])).collect())
    assert rows.select("step", "slack").rows() == [(10_000.0, 10_000.0)]
