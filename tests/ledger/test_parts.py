"""A ledger asked a part at a time: the answers of one that is held whole, from the rows they need."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.build_rows import SPECIMENS, print_of

from tonnage.ledger import build, facts, ingest, parts, precision, proofs, reconcile, revisions
from tonnage.ledger import ledger as ledgers
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.model import flows
from tonnage.model.definitions import registry

DAY = "2025-12-20"

#: Lines and codes that relations of the registry speak of, and one of no definition.
LINES = [
    ("GACC-lines", "rare_earths"),
    ("GACC-lines", "rare_earths_and_products"),
    ("GACC8-2024", "85051110"),
    ("GACC8-2025", "85051110"),
    ("HS2022", "850511"),
    ("CN2022", "28053020"),
    ("CN2023", "28053020"),
    ("CN2023", "28053021"),
    ("HS2022", "010121"),
]

#: Every question about the whole ledger or a definition of it.
QUESTIONS: dict[str, Callable[[Ledger], pl.DataFrame]] = {
    "implied": lambda ledger: ledger.implied("rare-earth-magnets", as_of=DAY),
    "implied by a difference": lambda ledger: ledger.implied("rare-earth-products"),
    "inferred": lambda ledger: ledger.inferred(),
    "composition": lambda ledger: ledger.composition("rare-earth-magnets", DAY),
    "proofs": lambda ledger: ledger.proofs(),
    "publishers": lambda ledger: ledger.publishers(DAY),
    "revised": lambda ledger: ledger.revised(),
    "revised, a definition": lambda ledger: ledger.revised("rare-earths", DAY),
}


def drawn(seed: int, count: int) -> pl.LazyFrame:
    """Prints of few figures by several publishers on several days, rounded or not, true or not."""
    draw = random.Random(seed)  # noqa: S311 - no secret; the same prints each run
    return pl.DataFrame([_print(draw, line) for line in range(count)], flows.SCHEMA).lazy()


def _print(draw: random.Random, line: int) -> dict[str, Any]:
    scheme, code = draw.choice(LINES)
    # Whole kilograms, tonnes, or tens of them.
    value = draw.randint(1, 30) * draw.choice([1.0, 1000.0, 10000.0])
    release = draw.randint(1, 4)
    return print_of(
        None if draw.random() < 0.1 else value,
        classification=scheme,
        commodity=code,
        partner=draw.choice(["WLD", "JPN", "USA"]),
        publisher=draw.choice(["GACC", "Reuters", "Reuters via X", "Kyodo"]),
        stage=draw.choice(["flash", "bulletin", "detail"]),
        period=dt.date(2025, draw.randint(1, 4), 1),
        months=draw.choice([1, 1, 2]),
        unit=draw.choice(["kg", "kg", "USD"]),
        published=dt.date(2025, 12, release),
        flags=[flag for flag in ("comparative", "suspect", "rounded") if draw.random() < 0.1],
        raw=f"{release:016x}",
        line=line,
    )


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("held", [0, 1_000_000])
def test_the_shipped_ledger_answers_in_parts_as_it_does_whole(
    shipped: Ledger, monkeypatch: pytest.MonkeyPatch, size: int, held: int
) -> None:
    whole = {name: ask(shipped) for name, ask in QUESTIONS.items()}
    empty = [name for name, answer in whole.items() if not answer.height]
    assert empty == ["implied by a difference"]  # of the lines of table 13 every month is printed
    monkeypatch.setattr(parts, "ROWS", size)
    monkeypatch.setattr(ledgers, "_HELD_ROWS", held)
    again = open_ledger(shipped.root)
    for name, ask in QUESTIONS.items():
        assert_frame_equal(ask(again), whole[name], check_exact=True)


@pytest.mark.parametrize("size", [1, 7])
def test_packed_files_and_others_answer_in_parts_as_they_do_whole(
    december: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """Two releases of Comext that differ in a number, beside the bulletin."""
    first, other = SPECIMENS / "comext" / "full_v2_202402.dat", tmp_path / "again.dat"
    other.write_text(first.read_text().replace(",2700,2700,", ",2701,2701,"))
    for path, published in ((first, "2024-04-15"), (other, "2024-05-15")):
        ingest.ingest(december, "comext", path, published)
    build.build(december)
    asked: dict[str, Callable[[Ledger], pl.DataFrame]] = {
        **QUESTIONS,
        "revised, packed": lambda ledger: ledger.revised("rare-earth-magnets"),
        "check": lambda ledger: ledger.check(),
    }
    whole = {name: ask(open_ledger(december)) for name, ask in asked.items()}
    assert 2701.0 in whole["revised"]["value"].to_list()
    monkeypatch.setattr(parts, "ROWS", size)
    monkeypatch.setattr(ledgers, "_HELD_ROWS", 0)
    for name, ask in asked.items():
        assert_frame_equal(ask(open_ledger(december)), whole[name], check_exact=True)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([30, 200]), st.sampled_from([1, 7, 50]))
def test_parts_of_any_size_give_the_same_answers(seed: int, count: int, size: int) -> None:
    prints, whole = drawn(seed, count), [facts.numbered(drawn(seed, count).collect())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "ROWS", size)
        found = proofs.prove(proofs.parts(prints, registry()), registry())
        assert_frame_equal(found, proofs.prove(whole, registry()))
        styles = precision.styles(parts.parts(prints))
        assert_frame_equal(styles, precision.styles(whole))
        later = pl.concat(revisions.table(part) for part in parts.parts(prints))
        assert_frame_equal(later.sort(revisions.ORDER), revisions.table(whole[0]))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(LINES), st.sampled_from(["WLD", "JPN"]))
def test_a_choice_is_printed_as_finely_as_it_is_among_all_prints(
    seed: int, line: tuple[str, str], partner: str
) -> None:
    """A page of tonnes may hold one line of tens: the others on it say that this is chance."""
    which = [pl.col("commodity") == line[1], pl.col("partner") == partner]
    chosen = parts.chosen(drawn(seed, 100), *which)
    among_all = facts.numbered(drawn(seed, 100).collect()).filter(*which)
    assert_frame_equal(chosen.drop("print"), among_all.drop("print"))
    cut = pl.concat([chosen.clear(), *parts.parts(drawn(seed, 100), *which)])
    assert_frame_equal(cut.drop("print"), among_all.drop("print"), check_row_order=False)


@pytest.mark.parametrize(
    ("ask", "needed"),
    [
        (
            lambda ledger: ledger.implied("rare-earth-magnets"),
            (pl.col("partner") == "WLD") & (pl.col("unit") == "kg"),
        ),
        (lambda ledger: ledger.inferred(), pl.col("source") == "gacc-bulletin"),
        (
            lambda ledger: ledger.revised("rare-earths"),
            pl.col("commodity").is_in(facts.listed(registry()["rare-earths"])),
        ),
        (lambda ledger: ledger.proofs(), pl.col("commodity").is_in(proofs.commodities(registry()))),
    ],
)
def test_only_the_prints_that_a_question_is_about_are_held(
    shipped: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[Ledger], pl.DataFrame],
    needed: pl.Expr,
) -> None:
    held: list[pl.DataFrame] = []
    numbered = facts.numbered

    def noted(prints: pl.DataFrame, pages: pl.DataFrame | None = None) -> pl.DataFrame:
        held.append(prints)
        return numbered(prints, pages)

    monkeypatch.setattr(facts, "numbered", noted)
    assert ask(shipped).height
    every = pl.concat(held)
    assert 0 < every.height < shipped.prints().select(pl.len()).collect().item()
    assert every.select(needed.all()).item()


def test_an_implied_month_has_the_receipts_of_what_it_is_derived_from(shipped: Ledger) -> None:
    """Magnets of February 2025: a printed total less printed months, each with its line."""
    found = shipped.implied("rare-earth-magnets").filter(pl.col("period") == dt.date(2025, 2, 1))
    for row in found.iter_rows(named=True):
        whole, *less = [one["value"] for one in row["receipt"]]
        assert whole - sum(less) == row["value"]
        assert all(one["file"] and one["line"] for one in row["receipt"])


def test_a_check_of_definitions_reads_their_lines(shipped: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["rare-earth-products"]
    whole = shipped.check(names=names)
    monkeypatch.setattr(parts, "ROWS", 1)
    assert_frame_equal(open_ledger(shipped.root).check(names=names), whole)
    assert set(reconcile.SUMS) >= set(whole["identity"])
