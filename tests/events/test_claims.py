"""Claims: right, wrongly named, contradicted, too early; and nothing of a later day decides."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tonnage as tn
from tonnage.cli import main
from tonnage.errors import ReadError
from tonnage.events.agreement import Printed, agrees
from tonnage.events.claims import SCHEMA, VERDICTS, Claim, check_claim, to_frame
from tonnage.events.held import span_of
from tonnage.events.labels import find_labels
from tonnage.ledger.ledger import Ledger, open_ledger

PRODUCTS = "China exported 6,745 tons of rare-earth products in December, a drop from 6,958 tons in November"
MAGNETS = "{} tons of rare earth magnets to Japan in December"


@pytest.fixture(scope="module")
def ledger(workspace: Path) -> Ledger:
    return open_ledger(workspace / "data")


def one(text: str, day: str, ledger: Ledger) -> Claim:
    (claim,) = check_claim(text, day, ledger)
    return claim


def test_products_are_right_and_derived(ledger: Ledger) -> None:
    first, second, change = check_claim(PRODUCTS, "2026-01-19", ledger)
    assert [c.verdict for c in (first, second, change)] == ["exact"] * 3
    assert (first.value, first.kg, first.period, first.matched) == (
        6745.0, 6_745_000.0, "2025-12", "rare-earth-products",
    )  # fmt: skip
    assert "derived" in first.flags
    assert len(first.receipts) == 2
    assert (first.stage, first.vintage) == ("bulletin", dt.date(2026, 1, 18))
    assert (change.value, change.unit, "implied" in change.flags) == (-3.1, "%", True)
    assert "-3.1%" in change.sentence


def test_the_four_numbers_are_explained_once_they_are_out(ledger: Ledger) -> None:
    early, late = (check_claim(PRODUCTS, day, ledger)[0].sentence for day in ("2026-01-19", "2026-01-20"))
    assert all(number in late for number in ("4,392 t", "5,952 t", "6,745 t", "11,137 t"))
    assert "5,952" not in early
    assert "had no figure out by 2026-01-19" in early


def test_the_wrong_name_is_told(ledger: Ledger) -> None:
    text = PRODUCTS.replace("rare-earth products", "rare earths")
    claims = check_claim(text, "2026-01-19", ledger)
    assert {c.verdict for c in claims} == {"mislabelled"}
    assert {(c.stated, c.matched) for c in claims} == {("rare-earths", "rare-earth-products")}


def test_two_definitions_are_not_compared(ledger: Ledger) -> None:
    text = "rare earths exports fell to 4,392 tons in December from 6,958 tons in November"
    right, base, change = check_claim(text, "2026-01-19", ledger)
    assert (right.verdict, base.verdict, change.verdict) == ("exact", "two_definitions", "two_definitions")
    assert tn.comparable("rare-earths", "rare-earth-products").reason in base.sentence


@pytest.mark.parametrize(
    ("number", "day", "verdict"),
    [
        ("280", "2026-01-15", "not_yet_knowable"),
        ("280", "2026-01-19", "not_yet_knowable"),
        ("280", "2026-01-20", "exact"),
        ("411", "2026-01-15", "unsupported"),
        ("411", "2026-01-20", "contradicted"),
        ("281", "2026-01-20", "rounded"),
        ("279", "2026-01-20", "truncated"),
        ("282", "2026-01-20", "contradicted"),
        ("278", "2026-01-20", "contradicted"),
        ("305", "2026-01-20", "mislabelled"),
        ("5,952", "2026-01-20", "mislabelled"),
    ],
)
def test_magnets_to_japan(number: str, day: str, verdict: str, ledger: Ledger) -> None:
    claim = one(MAGNETS.format(number), day, ledger)
    assert (claim.verdict, claim.partner, claim.stated) == (verdict, "JPN", "rare-earth-magnets")


def test_not_yet_says_the_day(ledger: Ledger) -> None:
    assert "came out on 2026-01-20" in one(MAGNETS.format(280), "2026-01-15", ledger).sentence


def test_a_suspect_print_is_named_and_does_not_count(ledger: Ledger) -> None:
    claim = one(MAGNETS.format(411), "2026-01-21", ledger)
    assert claim.deviation == pytest.approx(131)
    assert "411.3 t by GlobalSpark News" in claim.sentence
    assert "suspect_print" in claim.flags
    assert {r["value"] for r in claim.receipts} == {280_000.0}


@pytest.mark.parametrize(
    ("text", "verdict", "matched"),
    [
        ("China exported 4,392 tons of rare earths in December", "exact", "rare-earths"),
        ("China exported 4,400 tons of rare earths in December", "rounded", "rare-earths"),
        ("China exported 4.3 thousand tons of rare earths in December", "truncated", "rare-earths"),
        ("China exported 4,500 tons of rare earths in December", "contradicted", "rare-earths"),
        ("China exported 4,329 tons of rare earths in December", "contradicted", "rare-earths"),
        ("Exports of rare earths and products came to 11,137 tons in December", "exact",
         "rare-earths-and-products"),
        ("China exported 5,952 tons of rare-earth permanent magnets in December", "exact",
         "rare-earth-magnets"),
        ("China exported 62,585 tons of rare earths in 2025", "exact", "rare-earths"),
        ("Exports were 5,952 tons in December", "exact", "rare-earth-magnets"),
        ("12月稀土出口4392吨", "exact", "rare-earths"),
        ("中国12月向日本出口稀土磁体280吨", "exact", "rare-earth-magnets"),
        ("China exported 9,871 tons of gallium to Japan in December", "unsupported", None),
        ("China's rare earth export quota was 98,765 tons in December", "unsupported", None),
        ("Japan imported 280 tons of rare earth magnets from China in December", "mislabelled",
         "rare-earth-magnets"),
        ("Japan imported 300 tons of rare earth magnets from China in December", "unsupported", None),
        ("China exported 17,575 tons of rare earth magnets in October-December 2025", "exact",
         "rare-earth-magnets"),
        ("China exported 17,485 tons of rare earth magnets in October-December 2025", "contradicted",
         "rare-earth-magnets"),
        ("China exported 17,575 tons of gallium in October-December 2025", "unsupported", None),
    ],
)  # fmt: skip
def test_one_figure(text: str, verdict: str, matched: str | None, ledger: Ledger) -> None:
    claim = one(text, "2026-01-21", ledger)
    assert (claim.verdict, claim.matched) == (verdict, matched)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ("down 3.1% from November", "exact"),
        ("down 3.1% from a month earlier", "exact"),
        ("down 3% from a month earlier", "rounded"),
        ("up 7.7% from a year earlier", "exact"),
        ("down 3.1% from a year earlier", "mislabelled"),
        ("down 5.1% from a month earlier", "contradicted"),
        ("up 3.1% from a month earlier", "contradicted"),
    ],
)
def test_percentages_are_recomputed(change: str, verdict: str, ledger: Ledger) -> None:
    text = f"China exported 6,745 tons of rare-earth products in December, {change}."
    _, pct = check_claim(text, "2026-01-21", ledger)
    assert (pct.unit, pct.verdict) == ("%", verdict)


def test_a_contradicted_figure_implies_no_change(ledger: Ledger) -> None:
    claims = check_claim(PRODUCTS.replace("6,745", "6,712"), "2026-01-19", ledger)
    assert [c.verdict for c in claims] == ["contradicted", "exact"]


def test_a_percentage_alone_is_not_judged(ledger: Ledger) -> None:
    assert one("Exports fell 20% in December.", "2026-01-21", ledger).verdict == "unsupported"


def test_a_frame_has_one_row_a_claim(ledger: Ledger) -> None:
    claims = check_claim(PRODUCTS, "2026-01-19", ledger)
    assert to_frame(claims).schema == SCHEMA
    assert to_frame(claims)["verdict"].to_list() == [c.verdict for c in claims]
    assert to_frame(()).schema == SCHEMA


def test_bad_questions_are_told(ledger: Ledger) -> None:
    with pytest.raises(ReadError, match="expected YYYY-MM-DD"):
        check_claim("", "2026-13-01", ledger)


def test_an_aware_moment_is_a_day(ledger: Ledger) -> None:
    moment = dt.datetime(2026, 1, 20, 12, tzinfo=dt.UTC)
    assert check_claim(MAGNETS.format(280), moment, ledger)[0].verdict == "exact"


TEXTS = [PRODUCTS, PRODUCTS.replace("rare-earth products", "magnets"),
         *(MAGNETS.format(n) for n in (280, 411)),
         "China exported 4,392 tons of rare earths in December, down 20% from November",
         "Exports were 6,958 tons in November"]  # fmt: skip
DAYS = st.dates(dt.date(2025, 10, 1), dt.date(2026, 9, 1))


@settings(max_examples=12, deadline=None)
@given(text=st.sampled_from(TEXTS), day=DAYS)
def test_nothing_of_a_later_day_decides(text: str, day: dt.date, ledger: Ledger) -> None:
    cut = open_ledger(ledger.root)
    until = pl.col("superseded")
    known_then = pl.when(until <= day).then(until)
    assert ledger._held is not None
    held = ledger._held.filter(pl.col("published") <= day).with_columns(superseded=known_then)
    cut.__dict__["_held"] = held
    known = check_claim(text, day, ledger)
    alone = check_claim(text, day, cut)
    if not any(c.verdict == "not_yet_knowable" for c in known):
        assert known == alone


PIECES = st.sampled_from([
    "6,745 tons", "280吨", "-3.1%", "of rare earths", "magnets", "in December", "2025年", "to Japan", "fell",
    "0 t", "1e309 tons", "9" * 40 + " tons", "from", ".", ",", "rose 5 percent", "Jan-Feb 2026", "tungsten",
    "\x00", "year on year",
])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    text=st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map(" ".join)),
    day=st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)),
)
def test_any_text_on_any_day_gives_a_tuple(text: str, day: dt.date, ledger: Ledger) -> None:
    claims = check_claim(text, day, ledger)
    assert isinstance(claims, tuple)
    for claim in claims:
        assert claim.verdict in VERDICTS
        assert claim.sentence.endswith(".")
        assert "\n" not in claim.sentence
    to_frame(claims)


@settings(deadline=None)
@given(held=st.integers(1_000, 99_999), off=st.integers(-30, 30))
def test_one_unit_of_the_last_digit_is_agreement(held: int, off: int) -> None:
    claimed = held + off
    printed = Printed(float(claimed), 1.0, 1.0, 5)
    assert (agrees(printed, float(held)) is not None) == (abs(off) <= 1)


def test_what_rounds_and_what_is_cut() -> None:
    assert agrees(Printed.of("411", 411), 411.3) == "rounded"
    assert agrees(Printed.of("279", 279), 279.9) == "truncated"
    assert agrees(Printed.of("412", 412), 411.3) is None
    assert agrees(Printed.of("4.4", 4.4, 1000), 4392) == "rounded"


def test_spans_are_read_as_they_are_written() -> None:
    assert span_of("2025-12") == (dt.date(2025, 12, 1), 1)
    assert span_of("2026-01/2026-02") == (dt.date(2026, 1, 1), 2)
    assert span_of("2025") == (dt.date(2025, 1, 1), 12)
    assert span_of("2025-12-03/2025-12-09") is None
    assert span_of(None) is None


def test_the_longest_name_wins_and_table_words_are_none() -> None:
    text = "total of rare earths and products, rare-earth magnets, magnets, rare earth exports"
    named = [label.definition for label in find_labels(text)]
    assert named == ["rare-earths-and-products", "rare-earth-magnets", "rare-earth-magnets", "rare-earths"]


def test_the_command_prints_a_line_a_claim(
    workspace: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = str(workspace / "data")
    assert main(["--data", data, "claim", PRODUCTS, "--published", "2026-01-19"]) == 0
    assert [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()] == ["exact"] * 3
    monkeypatch.setattr("sys.stdin", io.StringIO("Nothing was said."))
    assert main(["--data", data, "claim", "-", "--published", "2026-01-19"]) == 0
    assert "no figure" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "verdict", "flag", "partner"),
    [
        ("China's rare-earth magnet exports to Japan fell 8% in December from a month earlier.", "rounded",
         "recomputed", "JPN"),
        ("Rare earths exports fell 20 percent in December from the previous month.", "rounded",
         "recomputed", "WLD"),
        ("Exports of rare earth magnets rose 3.2% in December from a month earlier.", "contradicted",
         "wrong_direction", "WLD"),
        ("Exports of rare earth magnets fell 7% in December from a month earlier.", "contradicted",
         "recomputed", "WLD"),
        ("Exports of gallium rose 5% in December from a month earlier.", "unsupported", None, "WLD"),
    ],
)  # fmt: skip
def test_a_percentage_that_stands_alone(
    text: str, verdict: str, flag: str | None, partner: str, ledger: Ledger
) -> None:
    claim = one(text, "2026-01-21", ledger)
    assert (claim.verdict, claim.partner, claim.period) == (verdict, partner, "2025-12")
    assert flag is None or flag in claim.flags


def test_a_percentage_of_nothing_is_not_judged(ledger: Ledger) -> None:
    for text in ("Shipments fell 8% from a month earlier.", "Exports of rare earth magnets fell 8%."):
        assert one(text, "2026-01-21", ledger).verdict == "unsupported"
    both = "Rare earth magnet exports to Japan and Germany fell 8% in December from a month earlier."
    assert "names no goods and month" in one(both, "2026-01-21", ledger).sentence


def test_a_sum_says_what_it_is_made_of(ledger: Ledger) -> None:
    claim = one(
        "China exported 17,575 tons of rare earth magnets in October-December 2025", "2026-01-21", ledger
    )
    assert "the sum of its months" in claim.sentence
    assert {"derived", "summed"} <= set(claim.flags)
    assert len(claim.receipts) == 3
    early = one(
        "China exported 17,575 tons of rare earth magnets in October-December 2025", "2026-01-19", ledger
    )
    assert early.verdict == "unsupported"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("China's exports of rare-earth products rose to 6,745 tons in December from 6,958 tons in November",
         "contradicted"),
        ("China's exports of rare-earth products fell from 6,958 tons in November to 6,745 tons in December",
         "exact"),
        ("China's exports of rare-earth products rose from 6,958 tons in November to 6,745 tons in December",
         "contradicted"),
    ],
)  # fmt: skip
def test_the_word_beside_two_right_figures_is_judged(text: str, verdict: str, ledger: Ledger) -> None:
    *figures, change = check_claim(text, "2026-01-21", ledger)
    assert {c.verdict for c in figures} == {"exact"}
    assert (change.verdict, change.value, "implied" in change.flags) == (verdict, -3.1, True)
    assert ("wrong_direction" in change.flags) == (verdict == "contradicted")


def test_the_other_side_of_a_trade_is_shown(ledger: Ledger) -> None:
    right = one("Japan imported 280 tons of rare earth magnets from China in December", "2026-01-21", ledger)
    assert "it is no count of Japan" in right.sentence
    wrong = one("Japan imported 300 tons of rare earth magnets from China in December", "2026-01-21", ledger)
    assert "280 t" in wrong.sentence
    assert wrong.deviation == pytest.approx(20)
    assert "mirror" in wrong.flags
    assert wrong.receipts
