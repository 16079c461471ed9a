"""Corrections: what each action does, from which day, what it leaves to be seen, and what stops the build."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.build_rows import BULLETIN, contents, day, print_of, prints

from tonnage.errors import StoreError
from tonnage.ledger import corrections, vintages
from tonnage.ledger.build import build, digest
from tonnage.ledger.corrections import Correction
from tonnage.ledger.ledger import open_ledger

T = 1000.0
RAW = "b03a7633cca6b97c"  # the bulletin of 18 January 2026

OVERRIDE = f"""
# the parent line of December 2025, as if misprinted
[[correction]]
match = {{ raw = "{RAW}", line = 2, months = 1, unit = "kg", value = 11137000.0 }}
action = "override"
value = 11136000.0
reason = "one tonne too many: 12,452 and the change of 16.1% do not allow it"
who = "Hana Sato"
when = 2026-02-01
"""
FLAG = OVERRIDE.replace('"override"\nvalue = 11136000.0', '"flag"\nflags = ["suspect"]')
DROP = OVERRIDE.replace('"override"\nvalue = 11136000.0', '"drop"')


def write(root: Path, text: str) -> None:
    (root / corrections.FILE).write_text(text, "utf-8")


def one(**changes: Any) -> Correction:
    base: dict[str, Any] = {
        "match": {"line": 3, "unit": "kg"},
        "action": "flag",
        "reason": "because",
        "who": "Hana Sato",
        "when": day("2026-02-01"),
        "line": 1,
        "flags": ("suspect",),
    }
    return Correction(**{**base, **changes})


def applied(made: Correction, on: str | None = None) -> list[tuple[Any, ...]]:
    rows = corrections.apply(
        prints(print_of(4392 * T), print_of(7.0, line=2)), [made], day(on) if on else None
    )
    return rows.select("line", "value", "flags").collect().sort("line", "value").rows()


OTHER: tuple[Any, ...] = (2, 7.0, [])


# --- what an entry does ------------------------------------------------------------------------------


def test_a_flag_marks_the_rows_it_matches_and_no_other() -> None:
    assert applied(one()) == [OTHER, (3, 4392 * T, ["corrected", "suspect"])]


def test_an_override_keeps_the_printed_row_and_puts_the_corrected_one_beside_it() -> None:
    made = one(action="override", value=4393 * T, flags=())
    assert applied(made) == [OTHER, (3, 4392 * T, ["suspect"]), (3, 4393 * T, ["corrected"])]
    rows = corrections.apply(prints(print_of(4392 * T)), [made])
    assert vintages.as_of(rows).collect()["value"].to_list() == [4393 * T]


def test_a_dropped_row_is_in_no_answer() -> None:
    assert applied(one(action="drop", flags=())) == [OTHER]


def test_an_entry_counts_from_its_day_on_and_a_mistake_of_ours_on_every_day() -> None:
    untouched = [OTHER, (3, 4392 * T, [])]
    assert applied(one(), "2026-01-31") == untouched
    assert applied(one(), "2026-02-01") != untouched
    assert applied(one(retroactive=True), "2026-01-31") != untouched


def test_the_columns_of_a_match_may_be_of_any_type() -> None:
    match = {"stage": "bulletin", "published": day("2026-01-18"), "months": 1, "value": 4392 * T, "line": 3}
    assert applied(one(match=match))[1] == (3, 4392 * T, ["corrected", "suspect"])


# --- in a workspace ----------------------------------------------------------------------------------


def december(root: Path, **options: Any) -> dict[str, Any]:
    rows = open_ledger(root).series("rare-earths-and-products", unit="t", **options)
    return rows.filter(pl.col("period") == dt.date(2025, 12, 1)).row(0, named=True)


def test_the_corrected_value_counts_and_its_receipt_tells_the_printed_one(built: Path) -> None:
    write(built, OVERRIDE)
    build(built)
    row = december(built)
    assert (row["value"], row["flags"]) == (11136.0, ["aggregate", "corrected"])
    (receipt,) = row["receipt"]
    assert "override (printed: 11,137,000): one tonne too many" in receipt["note"]
    assert "Hana Sato, 2026-02-01; data/raw/corrections.toml line 3" in receipt["note"]
    assert december(built, as_of="2026-01-31")["value"] == 11137.0
    both = open_ledger(built).prints().filter(pl.col("value").is_in([11136 * T, 11137 * T])).collect()
    assert both.select("value", "flags").sort("value").rows() == [
        (11136 * T, ["aggregate", "corrected"]),
        (11137 * T, ["aggregate", "suspect"]),
    ]


def test_the_corrected_value_is_what_is_checked(built: Path) -> None:
    write(built, OVERRIDE)
    build(built)
    rows = open_ledger(built).check(identities=["difference against quoted"])
    assert rows.select("expected", "found", "verdict").unique().rows() == [(6744 * T, 6745 * T, "rounding")]


def test_a_changed_file_changes_the_digest_and_builds_no_file_anew(built: Path) -> None:
    before, tables = digest(built), contents(built / "processed" / "flows")
    write(built, OVERRIDE)
    with pytest.raises(StoreError, match=r"corrections.toml has changed .*run: tonnage build"):
        open_ledger(built)
    assert not build(built).built
    corrected = digest(built)
    assert corrected != before
    assert contents(built / "processed" / "flows") == tables
    write(built, "# none\n" + OVERRIDE)  # a comment corrects nothing
    build(built)
    assert digest(built) == corrected
    write(built, "")
    build(built)
    assert digest(built) == before


def test_one_that_matches_no_row_fails_the_build_with_file_line_and_reason(built: Path) -> None:
    before = contents(built / "processed")
    write(built, OVERRIDE.replace("value = 11137000.0", "value = 11138000.0"))
    with pytest.raises(StoreError) as told:
        build(built)
    assert "data/raw/corrections.toml: line 3: this correction matches no row" in str(told.value)
    assert "one tonne too many" in str(told.value)
    assert contents(built / "processed") == before


# --- mistakes in the file ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("line = 2", "lime = 2", r"line 4: match: unknown column 'lime'; did you mean 'line'"),
        ("line = 2", 'line = "2"', r"line 4: line: expected a number, found '2'"),
        ("months = 1", 'period = "2025-12"', r"line 4: period: expected a day YYYY-MM-DD, found '2025-12'"),
        ('unit = "kg"', "unit = 3", r"line 4: unit: expected text, found 3"),
        ('"override"', '"overide"', r"line 5: action: expected one of .*'overide'; did you mean 'override'"),
        ('"override"', '"drop"', r"line 6: value: only an override has one"),
        ('"override"', '"flag"', r"line 6: value: only an override has one"),
        ("value = 11136000.0\n", "", r"value: an override needs the corrected number"),
        ("value = 11136000.0", 'value = "11136"', r"line 6: value: an override needs .*'11136'"),
        ("reason =", "raeson =", r"line 7: unknown field 'raeson'; did you mean 'reason'"),
        ("who = ", "# who = ", r"who is missing"),
        ('"Hana Sato"', '"  "', r"line 8: who: expected words"),
        ("2026-02-01", '"1 February"', r"line 9: when: expected a day YYYY-MM-DD, found '1 February'"),
        ("2026-02-01", "2026-02-30", r"not TOML: .*line 9"),
        ("[[correction]]", "[[corection]]", r"line 3: expected \[\[correction\]\] only"),
        ("when", 'retroactive = "yes"\nwhen', r"line 9: retroactive: expected true or false, found 'yes'"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(data: Path, old: str, new: str, words: str) -> None:
    assert OVERRIDE.count(old) >= 1
    write(data, OVERRIDE.replace(old, new, 1))
    with pytest.raises(
        StoreError, match=rf"data/raw/corrections.toml: .*{words}" if "TOML" in words else words
    ):
        corrections.load(data)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('flags = ["suspect"]', 'flags = ["supsect"]', "flags: expected some of"),
        ('flags = ["suspect"]', "flags = []", "flags: expected some of"),
        ('"flag"', '"drop"', "flags: only a flag has them"),
    ],
)
def test_a_flag_needs_flags_of_the_list(data: Path, old: str, new: str, words: str) -> None:
    write(data, FLAG.replace(old, new, 1))
    with pytest.raises(StoreError, match=words):
        corrections.load(data)


def test_the_second_entry_is_pointed_at_by_its_own_line(data: Path) -> None:
    write(data, DROP + DROP.replace("Hana Sato", ""))
    with pytest.raises(StoreError, match=r"line 15: who is missing"):
        corrections.load(data)


def test_no_file_and_an_empty_file_correct_nothing(data: Path) -> None:
    assert corrections.load(data) == ()
    write(data, "# nothing yet\n")
    assert corrections.load(data) == ()
    assert corrections.digest(()) == ""


def test_the_shipped_file_is_sound_and_corrects_nothing(workspace: Path) -> None:
    assert (workspace / "data" / corrections.FILE).exists()
    assert corrections.load(workspace / "data") == ()


def test_the_bulletin_is_the_file_the_entries_speak_of() -> None:
    from tonnage.sources.base import raw_id

    assert raw_id(BULLETIN.read_bytes())[:16] == RAW
