"""What every source shares: a file is refused, or each of its records is read or set aside with a reason."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build_rows import BULLETIN, PRESS, as_csv, records, sidecar

from tonnage.errors import CodeError, ReadError
from tonnage.model import flows
from tonnage.sources import SOURCES, base
from tonnage.sources.base import Reading

HEADER = tuple(records(BULLETIN)[0])


def read(raw: bytes, source: str = "gacc-bulletin", file: str = "2026-01-18_bulletin.csv") -> Reading:
    return SOURCES[source].read(raw, sidecar(source, file, raw))


def attempt(raw: bytes, source: str, file: str) -> Reading | str:
    """The reading, or the message of the one error that may be raised."""
    try:
        return read(raw, source, file)
    except ReadError as fault:
        return str(fault)


def figures(reading: Reading, line: int) -> list[tuple[dt.date, int, str, float]]:
    rows = reading.frame.filter(pl.col("line") == line).sort("period", "months", "unit")
    return rows.select("period", "months", "unit", "value").rows()


#: What GACC printed on 18 January 2026 for December 2025 and for the year, by line of table 13.
PRINTED = {
    "rare_earths_and_products": (11_137_000.0, 2_736_250_000.0, 129_583_000.0, 25_008_910_000.0),
    "rare_earths": (4_392_000.0, 447_160_000.0, 62_585_000.0, 3_655_190_000.0),
    "tungsten_products": (1_057_000.0, 569_680_000.0, 12_623_000.0, 4_670_300_000.0),
}


def printed(slug: str) -> list[tuple[dt.date, int, str, float]]:
    month, month_cny, total, total_cny = PRINTED[slug]
    year, december = dt.date(2025, 1, 1), dt.date(2025, 12, 1)
    return [
        (year, 12, "CNY", total_cny),
        (year, 12, "kg", total),
        (december, 1, "CNY", month_cny),
        (december, 1, "kg", month),
    ]


# --- a file with faults, put together record by record -----------------------------------------------


@dataclass(frozen=True)
class Part:
    """A piece of a file: its text, and what must become of it (a slug, set aside, or no record at all)."""

    text: str
    slug: str = ""
    aside: bool = False


FAULTS = {
    "line": ("rare_earth", "稀土", "", "RARE_EARTHS"),
    "line_printed": ("钨品及其他",),
    "period": ("2025-1", "2025-13", "2025/12", "", "Dec 2025", "0001-12", "２０２５-１２", "2026-02"),
    "quantity_unit": ("mt", "", "万元"),
    "amount_unit": ("RMB", "", "吨"),
    "month_quantity": ("20,03.3", "38.563.6", "n/a", "1e5", "9" * 400, "NaN", "-"),
    "ytd_amount": ("2 500 891", "—", "inf"),
    "flags": ("suspicious", "rounded,suspect", "Rounded"),
}
# "稀土" is a name of the line, so that it is read; the printed name is left to say which line it is.
GOOD_AFTER_ALL = {("line", "稀土")}


def _written(cells: list[str], end: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator=end).writerow(cells)
    return text.getvalue()


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, list[Part]]:
    """A file in the form of a bulletin, with faults, and what each of its records must become."""
    columns = draw(st.permutations(HEADER))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    kinds = st.sampled_from(["good", "good", "noted", "fault", "ragged", "long", "empty", "blank"])
    parts = []
    for kind in draw(st.lists(kinds, min_size=1, max_size=8)):
        row = dict(draw(st.sampled_from(records(BULLETIN))))
        slug = row["line"]
        if kind == "blank":
            parts.append(Part(end))
            continue
        if kind == "noted":
            row["note"] = draw(
                st.sampled_from(["two\nlines", 'a "word", quoted', "sep\u2028arated", "中文；注"])
            )
        if kind == "empty":
            row |= {c: "" for c in row if c.endswith(("_quantity", "_amount"))}
        if kind == "fault":
            column = draw(st.sampled_from(sorted(FAULTS)))
            row[column] = draw(st.sampled_from(FAULTS[column]))
            if (column, row[column]) in GOOD_AFTER_ALL and slug == "rare_earths":
                kind = "good"
        cells = [row[c] for c in columns]
        if kind == "ragged":
            cells = cells[: draw(st.integers(1, len(cells) - 1))]
        if kind == "long":
            cells.append("more")
        good = kind in ("good", "noted")
        parts.append(Part(_written(cells, end), slug if good else "", aside=not good))
    bom = draw(st.sampled_from(["", "\ufeff"]))
    text = bom + _written(list(columns), end) + "".join(p.text for p in parts)
    return text.encode(), parts


@settings(max_examples=150, deadline=None, derandomize=True)
@given(made=files())
def test_every_record_is_read_right_or_set_aside_with_its_reason(made: tuple[bytes, list[Part]]) -> None:
    raw, parts = made
    if not any(p.slug for p in parts):
        with pytest.raises(
            ReadError, match=r"^2026-01-18_bulletin\.csv: not one of \d+ records could be read"
        ):
            read(raw)
        return
    reading = read(raw)
    good, aside, line = {}, [], 2
    for part in parts:
        if part.slug:
            good[line] = printed(part.slug)
        elif part.aside:
            aside.append(line)
        line += part.text.count("\n")
    assert {n: figures(reading, n) for n in reading.frame["line"].unique()} == good
    assert reading.set_aside["line"].to_list() == aside
    assert reading.set_aside["reason"].str.len_chars().min() != 0
    assert reading.records == len(good) + len(aside)
    assert set(reading.receipts["line"]) == set(good)


@st.composite
def damaged(draw: st.DrawFn, path: Path) -> bytes:
    """The bytes of a specimen with a few of them cut, doubled or replaced."""
    raw = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        at, size = draw(st.integers(0, len(raw))), draw(st.integers(0, 6))
        noise = draw(
            st.one_of(
                st.binary(max_size=4),
                st.sampled_from(
                    [b",", b'"', b"\n", b"\r", b"0", b".", b"-", b"\x00", b"\x93", b"\xef\xbb\xbf"]
                ),
            )
        )
        raw[at : at + size] = noise
    if draw(st.booleans()):
        del raw[draw(st.integers(0, len(raw))) :]
    return bytes(raw)


SCALE: dict[str, Decimal | int] = {
    "t": 1000,
    "吨": 1000,
    "g": Decimal("0.001"),
    "kg": 1,
    "千克": 1,
    "kt": 10**6,
    "万吨": 10**7,
}


@pytest.mark.parametrize(
    ("source", "path", "masses"),
    [
        ("gacc-bulletin", BULLETIN, ("month_quantity", "ytd_quantity", "prior_ytd_quantity")),
        ("press", PRESS, ("quantity",)),
    ],
)
def test_a_damaged_file_is_refused_by_name_or_loses_no_record(
    source: str, path: Path, masses: tuple[str, ...]
) -> None:
    @settings(max_examples=250, deadline=None, derandomize=True)
    @given(raw=damaged(path))
    def check(raw: bytes) -> None:
        reading = attempt(raw, source, path.name)
        if isinstance(reading, str):
            assert reading.startswith(f"{path.name}: ")
            return
        kept, aside = set(reading.frame["line"]), set(reading.set_aside["line"])
        assert not kept & aside
        assert reading.records == len(kept) + reading.set_aside.height
        flows.check(reading.frame, path.name)
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
        by_line, last = {}, 1
        for row in rows:
            # DictReader skips blank lines: the record ends where the reader stands.
            by_line[rows.line_num] = row
            last = rows.line_num
        for line, unit, value in reading.frame.select("line", "unit", "value").iter_rows():
            row = by_line[min(n for n in by_line if n >= line)]
            if unit == "kg":
                assert value in {
                    float(Decimal(row[m]) * SCALE[row["quantity_unit"]]) for m in masses if row[m].strip()
                }
        assert last >= max(kept)

    check()


# --- a file as a whole -------------------------------------------------------------------------------


GOOD = BULLETIN.read_bytes()
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (
        b"",
        r"line 1: expected the 18 columns .* missing: line, .* more",
    ),
    "a header alone": (GOOD.split(b"\n")[0] + b"\n", "the file has a header and nothing else"),
    "cp1252": (GOOD + "“note”".encode("cp1252"), "expected text in utf-8-sig; some bytes of it are not"),
    "GB 18030": (GOOD.decode().encode("gb18030"), "expected text in utf-8-sig"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "expected text in utf-8-sig|NUL"),
    "a NUL": (GOOD.replace(b"4392", b"43\x0092"), "holds a NUL character"),
    "an open quote": (GOOD.replace(b",,Ex-C", b',,"Ex-C', 1), "line 4: not a CSV record"),
    "an open quote in the header": (b'"' + GOOD, "line 4: not a CSV record"),
    "an unknown column": (
        GOOD.replace(b"month_quantity", b"month_quantty", 1),
        r"unknown: month_quantty; missing: month_quantity; did you mean 'month_quantity'",
    ),
    "a column twice": (GOOD.replace(b"note", b"flags", 1), r"missing: note"),
    "a web page": (b"<!DOCTYPE html>\n<html></html>\n", "expected"),
}


@pytest.mark.parametrize(("raw", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_not_of_the_form_is_refused_by_name(raw: bytes, told: str) -> None:
    with pytest.raises(ReadError, match=rf"^2026-01-18_bulletin\.csv: .*{told}"):
        read(raw)


def test_a_file_of_which_nothing_can_be_read_tells_the_first_reason() -> None:
    rows = [{**row, "quantity_unit": "mt"} for row in records(BULLETIN)]
    with pytest.raises(
        ReadError, match=r"not one of 3 records could be read; the first reason, of line 2: unit 'mt'"
    ):
        read(as_csv(rows))


def test_what_is_set_aside_keeps_its_text() -> None:
    reading = read(GOOD + b"rare_earths,2026-01\n")
    assert reading.set_aside.rows() == [(5, "rare_earths,2026-01", "expected 18 fields, found 2")]


def test_a_record_that_prints_nothing_is_set_aside_and_not_lost() -> None:
    rows = records(BULLETIN)
    rows[1] |= {c: "" for c in rows[1] if c.endswith(("_quantity", "_amount"))}
    reading = read(as_csv(rows))
    assert reading.set_aside.select("line", "reason").rows() == [(3, "nothing is printed in it")]


def test_a_figure_printed_before_its_month_is_over_is_set_aside() -> None:
    """The commonest slip of January: the day of release with last year's number."""
    with pytest.raises(
        ReadError, match="day 2025-01-18: expected 2026-01-01 or later, after the months covered"
    ):
        SOURCES["gacc-bulletin"].read(GOOD, sidecar("gacc-bulletin", "2025-01-18_bulletin.csv", GOOD))


def test_the_encoding_is_told() -> None:
    assert read(GOOD).notes == ("encoding utf-8-sig",)


def test_reading_is_pure() -> None:
    first, second = read(GOOD), read(GOOD)
    assert first.frame.equals(second.frame)
    assert first.receipts.equals(second.receipts)


# --- one figure printed twice ------------------------------------------------------------------------


def test_two_values_under_one_key_are_both_kept_and_flagged() -> None:
    rows = records(BULLETIN)[1:2]
    reading = read(as_csv([*rows, {**rows[0], "month_quantity": "4393"}]))
    december = reading.frame.filter(pl.col("months") == 1).sort("line", "unit")
    assert december.select("line", "unit", "value", "flags").rows() == [
        (2, "CNY", 447_160_000.0, ["aggregate"]),
        (2, "kg", 4_392_000.0, ["aggregate", "conflict"]),
        (3, "CNY", 447_160_000.0, ["aggregate"]),
        (3, "kg", 4_393_000.0, ["aggregate", "conflict"]),
    ]


def test_the_same_value_twice_is_no_conflict() -> None:
    row = records(BULLETIN)[1]
    reading = read(as_csv([row, row]))
    assert reading.frame.height == 8
    assert not reading.frame["flags"].list.contains("conflict").any()


# --- days, months, flags, sidecars -------------------------------------------------------------------


def test_a_month_and_a_day_are_written_in_full() -> None:
    assert base.month("2025-12") == dt.date(2025, 12, 1)
    assert base.day("2026-01-18") == dt.date(2026, 1, 18)


@pytest.mark.parametrize("text", ["2025-1", "2025-13", "202512", "2025-12-01", "12-2025", "", "1825-12"])
def test_another_month_is_refused(text: str) -> None:
    with pytest.raises(ReadError, match=f"^month '{text}': expected YYYY-MM$"):
        base.month(text)


@pytest.mark.parametrize("text", ["20260118", "2026-W03-7", "2026-02-30", "18.01.2026", "2026-1-18", ""])
def test_another_day_is_refused(text: str) -> None:
    with pytest.raises(ReadError, match=f"^day '{text}': expected YYYY-MM-DD$"):
        base.day(text)


def test_flags_stand_with_semicolons() -> None:
    assert base.flag_list("") == []
    assert base.flag_list("rounded;aggregate") == ["rounded", "aggregate"]
    with pytest.raises(CodeError, match=r"found \['agregate'\]; did you mean 'aggregate'"):
        base.flag_list("rounded;agregate")


def test_a_detail_the_file_cannot_say_must_be_given() -> None:
    card = sidecar("gacc-bulletin", "a.csv", b"")
    assert card.detail("stage", flows.STAGES) == "bulletin"
    with pytest.raises(
        ReadError, match=r"^a\.csv: detail 'stage': expected one of .*found 'express'; give stage="
    ):
        replace(card, details={"stage": "express"}).detail("stage", flows.STAGES)
    with pytest.raises(ReadError, match=r"it is missing; give stage=\.\.\.$"):
        replace(card, details={}).detail("stage", flows.STAGES)


def test_a_release_day_must_be_given() -> None:
    with pytest.raises(
        ReadError, match=r"^a\.csv: the day of release is neither in the file nor given; give"
    ):
        replace(sidecar("gacc-bulletin", "a.csv", b""), published=None).release_day()


@pytest.mark.parametrize(
    ("basis", "assumed"),
    [
        ("page", False),
        ("printed_calendar", False),
        ("file_name", False),
        ("given", False),
        ("usual_day", True),
    ],
)
def test_a_usual_day_is_an_inference(basis: str, assumed: bool) -> None:
    assert replace(sidecar("gacc-bulletin", "a.csv", b""), basis=basis).day_assumed() is assumed


def test_an_unknown_basis_is_refused() -> None:
    with pytest.raises(ReadError, match=r"^a\.csv: basis: .*found 'usual_days'; did you mean 'usual_day'"):
        replace(sidecar("gacc-bulletin", "a.csv", b""), basis="usual_days").day_assumed()


def test_the_name_of_a_file_is_the_beginning_of_its_hash() -> None:
    hashed = base.raw_id(GOOD)
    assert (len(hashed), sidecar("gacc-bulletin", "a.csv", GOOD).raw) == (64, hashed[:16])


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_a_source_says_what_it_is_and_how_to_get_it(source: base.Source) -> None:
    assert SOURCES[source.id] is source
    assert all((source.title, source.licence, source.how, source.suffixes))
    assert source.table in ("flows", "events", "releases", "quotas", "documents")
