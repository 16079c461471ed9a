"""as_of, rule by rule, with the prints of December 2025; then for any set of prints in any order."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import day, print_of, prints

from tonnage.ledger import vintages
from tonnage.model import flows

T = 1000.0


def quoted(
    tonnes: float | None, publisher: str = "Reuters", published: str = "2026-01-14", **more: Any
) -> dict[str, Any]:
    changes = {"publisher": publisher, "published": published, "stage": "quoted", "source": "press", **more}
    return print_of(None if tonnes is None else tonnes * T, **changes)


def flash(**more: Any) -> dict[str, Any]:
    return print_of(4392.1 * T, **{"stage": "flash", "published": "2026-01-14", **more})


def bulletin(**more: Any) -> dict[str, Any]:
    return print_of(4392.0 * T, **more)


def value(*rows: dict[str, Any], on: str | None = None, **options: Any) -> float | None:
    """The tonnes that counted on a day; an error if that is not exactly one row."""
    answer = vintages.as_of(prints(*rows), day(on) if on else None, **options).collect()
    found: float | None = answer["value"].item()
    return None if found is None else found / T


# --- 1 known -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "tonnes"),
    [("2026-01-14", 4392.1), ("2026-01-17", 4392.1), ("2026-01-18", 4392.0), ("2026-12-31", 4392.0)],
)
def test_a_print_counts_from_its_day_on(on: str, tonnes: float) -> None:
    assert value(flash(), bulletin(), on=on) == tonnes


def test_nothing_is_known_on_the_day_before() -> None:
    assert vintages.as_of(prints(flash(), bulletin()), day("2026-01-13")).collect().is_empty()


def test_a_suspect_print_never_counts_even_alone() -> None:
    """GlobalSpark's 411.3 t to Japan; Kyodo and Reuters printed 280 t on the same day."""
    invented = quoted(411.3, "GlobalSpark News", "2026-01-20", partner="JPN", flags=["suspect"])
    kyodo = quoted(280, "Kyodo via Shimotsuke", "2026-01-20", partner="JPN")
    assert value(invented, kyodo) == 280
    assert vintages.as_of(prints(invented)).collect().is_empty()
    assert vintages.first_release(prints(invented)).collect().is_empty()


def test_prints_of_inferred_days_can_be_left_out() -> None:
    usual = bulletin(flags=["day_assumed"])
    assert value(flash(), usual) == 4392.0
    assert value(flash(), usual, assumed_days=False) == 4392.1
    assert vintages.as_of(prints(usual), assumed_days=False).collect().is_empty()


# --- 2 stage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lower", "higher"), list(zip(flows.STAGES, flows.STAGES[1:], strict=False)))
def test_the_more_settled_stage_counts_even_if_it_is_older(lower: str, higher: str) -> None:
    settled = print_of(2 * T, stage=higher, published="2026-01-14")
    assert value(print_of(1 * T, stage=lower, published="2026-03-01"), settled) == 2


def test_an_official_print_stands_over_a_clean_quotation() -> None:
    assert value(quoted(4392), flash(flags=["rounded"])) == 4392.1


# --- a place holder ---------------------------------------------------------------------------------


def test_the_place_holder_of_a_month_that_is_not_out_hides_no_number() -> None:
    """The detail table of the year prints "-" for December until it is out; the bulletin has the number."""
    holder = print_of(None, stage="detail", published="2026-01-20", flags=["not_yet_published"])
    assert value(bulletin(), holder) == 4392.0
    assert vintages.first_release(prints(holder, bulletin())).collect()["value"].to_list() == [4392.0 * T]


def test_a_place_holder_alone_is_what_was_known() -> None:
    assert value(print_of(None, stage="detail", flags=["not_yet_published"])) is None


def test_an_empty_cell_that_is_meant_stands_over_a_lower_stage() -> None:
    confidential = print_of(None, stage="detail", published="2026-01-20", flags=["confidential"])
    assert value(bulletin(), confidential) is None


# --- 3 soundness -------------------------------------------------------------------------------------


def test_a_number_counts_over_an_empty_cell() -> None:
    assert value(quoted(4392, "A"), quoted(None, "B", "2026-01-20")) == 4392


@pytest.mark.parametrize("flag", ["rounded", "approximate", "estimated"])
def test_a_clean_print_counts_over_one_that_was_cut(flag: str) -> None:
    """305 t to Japan in November 2025; livedoor cut it to 304 and News1 two days later as well."""
    cut = quoted(304, "News1 Korea (TBS)", "2025-12-22", period="2025-11-01", partner="JPN", flags=[flag])
    clean = quoted(305, "Reuters via Astro Awani", "2025-12-20", period="2025-11-01", partner="JPN")
    assert value(cut, clean) == 305


def test_a_print_that_was_cut_counts_over_one_in_conflict() -> None:
    """rawmaterials.net printed 4,345.5 t for October 2025 against 4,343.5 t everywhere else."""
    misprint = quoted(4345.5, "rawmaterials.net", "2025-11-08", flags=["conflict"])
    assert value(misprint, quoted(4340, "TASS", "2025-11-07", flags=["rounded"])) == 4340


def test_a_number_in_conflict_counts_over_an_empty_cell() -> None:
    assert value(quoted(4345.5, "A", flags=["conflict"]), quoted(None, "B", "2026-02-01")) == 4345.5


# --- 4 to 6: own print, day, publisher ---------------------------------------------------------------


def test_an_own_print_counts_over_a_later_comparative() -> None:
    assert (
        value(
            quoted(5493.9, published="2025-12-08"),
            quoted(5494, published="2026-01-14", flags=["comparative"]),
        )
        == 5493.9
    )


def test_a_clean_comparative_counts_over_an_own_print_that_was_cut() -> None:
    assert (
        value(quoted(4000, flags=["rounded"]), quoted(4000.3, published="2026-02-01", flags=["comparative"]))
        == 4000.3
    )


def test_the_later_day_counts_over_the_earlier() -> None:
    """Rare-earth products of August 2025: 7,338 t in September and 7,336 t in December."""
    assert value(quoted(7336, published="2025-12-18"), quoted(7338, published="2025-09-18")) == 7336


def test_a_wire_counts_over_the_alphabet() -> None:
    assert value(quoted(1, "A Newspaper"), quoted(2, "Reuters via Goldsea"), quoted(3, "Z Blog")) == 2


@pytest.mark.parametrize("wire", vintages.WIRES)
def test_every_wire_is_one(wire: str) -> None:
    assert value(quoted(1, "A Newspaper"), quoted(2, f"News1 Korea ({wire})")) == 2


def test_the_alphabet_then_file_then_line_then_the_smaller_number_decide() -> None:
    assert value(quoted(1, "B"), quoted(2, "A")) == 2
    assert value(quoted(1, raw="b" * 16), quoted(2, raw="a" * 16)) == 2
    assert value(quoted(1, line=9), quoted(2, line=10)) == 1
    assert value(quoted(2), quoted(1)) == value(quoted(1), quoted(2)) == 1


@pytest.mark.parametrize("column", flows.FIGURE)
def test_prints_of_two_figures_do_not_stand_for_each_other(column: str) -> None:
    others = {
        "reporter": "JPN",
        "partner": "JPN",
        "flow": "import",
        "classification": "quoted",
        "commodity": "tungsten_products",
        "period": "2025-11-01",
        "months": 12,
        "unit": "CNY",
    }
    both = prints(bulletin(), flash(**{column: others[column]}))
    assert vintages.as_of(both).collect().height == 2


# --- any prints, in any order ------------------------------------------------------------------------

ROWS = st.builds(
    print_of,
    st.one_of(st.none(), st.sampled_from([1.0, 2.0, 3.0])),
    publisher=st.sampled_from(["GACC", "Reuters via A", "B"]),
    period=st.sampled_from([dt.date(2025, 11, 1), dt.date(2025, 12, 1)]),
    months=st.sampled_from([1, 1, 2]),
    partner=st.sampled_from(["WLD", "WLD", "JPN"]),
    stage=st.sampled_from(flows.STAGES),
    published=st.dates(dt.date(2026, 1, 14), dt.date(2026, 1, 20)),
    flags=st.lists(
        st.sampled_from(["suspect", "conflict", "rounded", "comparative", "day_assumed"]),
        max_size=2,
        unique=True,
    ),
    raw=st.sampled_from(["a" * 16, "b" * 16]),
    line=st.integers(2, 3),
)
MANY = st.lists(ROWS, min_size=1, max_size=12)


def answer(rows: list[dict[str, Any]], on: dt.date | None) -> list[tuple[Any, ...]]:
    # The flags are text here: a list cannot be compared row by row in a set.
    frame = (
        vintages.as_of(prints(*rows), on)
        .collect()
        .with_columns(flags=pl.col("flags").list.sort().list.join(" "))
    )
    return sorted(frame.rows(), key=str)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=MANY, on=st.dates(dt.date(2026, 1, 13), dt.date(2026, 1, 21)), seed=st.integers(0, 9))
def test_the_answer_is_one_row_a_figure_whatever_the_order_and_whatever_comes_later(
    rows: list[dict[str, Any]], on: dt.date, seed: int
) -> None:
    found = answer(rows, on)
    known = [r for r in rows if r["published"] <= on and "suspect" not in r["flags"]]
    figures = {tuple(r[c] for c in flows.FIGURE) for r in known}
    assert len(found) == len(figures)
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    assert answer(shuffled, on) == found
    assert answer([r for r in rows if r["published"] <= on] or rows, on) == found
    # Each answer is a print, never a mean of some.
    printed = {(*(r[c] for c in flows.FIGURE), r["value"], r["raw"], r["line"]) for r in known}
    names = flows.SCHEMA.names()
    kept = [names.index(c) for c in (*flows.FIGURE, "value", "raw", "line")]
    assert {tuple(row[i] for i in kept) for row in found} <= printed


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rows=MANY, seed=st.integers(0, 9))
def test_revisions_and_first_releases_do_not_depend_on_the_order_either(
    rows: list[dict[str, Any]], seed: int
) -> None:
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    values = [c for c in flows.SCHEMA.names() if c != "flags"]
    for ask in (vintages.revisions, vintages.first_release):
        first, second = (ask(prints(*order)).collect().sort(values) for order in (rows, shuffled))
        assert first.select(values).equals(second.select(values))


# --- first release and revisions ---------------------------------------------------------------------


def test_the_first_release_is_the_first_own_print_and_the_official_one_of_that_day() -> None:
    rows = prints(
        bulletin(),
        flash(),
        quoted(4392, published="2026-01-14"),
        quoted(4000, published="2026-01-10", flags=["comparative"]),
    )
    first = vintages.first_release(rows).collect()
    assert first.schema == flows.SCHEMA
    assert first.select("stage", "value").rows() == [("flash", 4392.1 * T)]


def test_a_figure_known_from_comparatives_alone_has_the_earliest_as_its_first_release() -> None:
    rows = [quoted(v, published=p, flags=["comparative"]) for v, p in ((2, "2026-02-20"), (1, "2026-01-20"))]
    assert vintages.first_release(prints(*rows)).collect()["value"].to_list() == [1 * T]


def test_first_releases_of_inferred_days_can_be_left_out() -> None:
    rows = prints(flash(flags=["day_assumed"]), bulletin())
    assert vintages.first_release(rows, assumed_days=False).collect()["value"].to_list() == [4392.0 * T]


def test_revisions_are_all_prints_of_a_figure_with_two_values_oldest_first() -> None:
    same = quoted(280, "Kyodo", "2026-01-20", partner="JPN")
    rows = prints(
        bulletin(),
        same,
        flash(),
        {**same, "publisher": "Reuters"},
        quoted(9, flags=["suspect"], partner="JPN"),
    )
    found = vintages.revisions(rows).collect()
    assert found.select("published", "value").rows() == [
        (dt.date(2026, 1, 14), 4392.1 * T),
        (dt.date(2026, 1, 18), 4392.0 * T),
    ]


def test_a_reconciled_figure_does_not_replace_what_the_reporter_printed() -> None:
    own = print_of(4392.0 * T, source="comtrade", stage="detail", published="2026-01-18")
    reconciled = print_of(
        4100.0 * T,
        source="baci",
        publisher="CEPII",
        stage="detail",
        published="2026-02-01",
        flags=["estimated"],
    )
    assert value(own, reconciled) == 4392.0
    assert value(reconciled) == 4100.0
