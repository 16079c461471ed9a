"""What the build keeps of superseded prints, against `vintages.as_of`, which asks all prints anew."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.build_rows import print_of, prints

from tonnage.errors import StoreError
from tonnage.ledger import disk, listing, slices, standing, vintages
from tonnage.ledger import ledger as ledgers
from tonnage.ledger.build import build
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.ledger.listing import Built, Content
from tonnage.model import flows, packed
from tonnage.sources.base import raw_id

DAYS = [dt.date(2026, 1, 14) + dt.timedelta(days=n) for n in range(6)]
FLAGS = ["suspect", "conflict", "rounded", "comparative", "estimated", "not_yet_published"]


# --- processed files of any prints ----------------------------------------------------------------


def stored(root: Path, number: int, frame: pl.DataFrame, rows: int, *, is_packed: bool) -> Built:
    """A processed file as a build would list it."""
    raw = f"{number:016x}"
    table = listing.PACKED.rstrip("/") if is_packed else "flows"
    figure = [name for name in flows.FIGURE if name != "unit"]
    once = is_packed and not frame.select(figure).is_duplicated().any()
    blocks, told = standing.summary(frame)
    if once:
        found = frame.group_by(standing.BLOCK).agg(alone=odd().any().not_())
        blocks = blocks.drop("alone").join(found, on=standing.BLOCK, maintain_order="left")
    made = {
        name: placed(root, f"{folder}/bench/{raw}-key.parquet", held)
        for name, folder, held in (("flows", table, frame), ("blocks", "blocks", blocks))
    }
    return Built("bench", f"data/raw/bench/{number}", raw, "key", "flows", rows, rows, 0, "", made, **told)


def odd() -> pl.Expr:
    """Whether a packed record prints two figures in one unit, or a suspect one."""
    one, two, three = (f"unit_{n}" for n in (1, 2, 3))
    twice = [pl.col(a) == pl.col(b) for a, b in ((one, two), (one, three), (two, three))]
    suspect = [pl.col(f"flags_{n}").str.contains("suspect") for n in (1, 2, 3)]
    return pl.any_horizontal(*twice, *suspect).fill_null(value=False)


def placed(root: Path, path: str, frame: pl.DataFrame) -> Content:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    disk.place(root / "processed" / path, buffer.getvalue())
    return Content(path, len(buffer.getvalue()), raw_id(buffer.getvalue()))


def plain(rows: Sequence[dict[str, Any]], number: int) -> pl.DataFrame:
    own = [{**row, "raw": f"{number:016x}", "line": line} for line, row in enumerate(rows, 1)]
    return flows.to_storage(prints(*own).collect().sort("commodity", "partner", "line"))


def bundled(rows: Sequence[dict[str, Any]], number: int) -> pl.DataFrame:
    """Records that print a mass and, for every other row, a value in money."""
    made = []
    for line, row in enumerate(rows, 1):
        kept = {k: v for k, v in row.items() if k not in ("unit", "value", "flags", "raw", "line")}
        flags = ";".join(sorted(row["flags"]))
        second = ("CNY", row["value"], "") if line % 2 else (None, None, "")
        slots = [(row["unit"], row["value"], flags), second, (None, None, "")]
        told = {
            name: cell
            for place, cells in enumerate(slots, 1)
            for name, cell in zip(packed.slot(place), cells, strict=True)
        }
        made.append({**kept, **told, "raw": f"{number:016x}", "line": line})
    return pl.DataFrame(made, schema=packed.SCHEMA).sort("commodity", "partner", "line")


def clashing(rows: pl.DataFrame) -> pl.DataFrame:
    several = (pl.col("raw").n_unique() > 1) & (pl.col("value").n_unique() > 1)
    return rows.filter(several.over(flows.KEY)).select("raw", "line", *flows.KEY)


def every(root: Path, entries: Sequence[Built]) -> pl.DataFrame:
    return listing.flow_rows(root, [entry.made["flows"] for entry in entries]).collect()


def settled(root: Path, arrivals: Sequence[Sequence[Built]]) -> tuple[list[Built], pl.DataFrame]:
    """The entries after builds in which some files each were new, and the prints in conflict."""
    entries: list[Built] = []
    apart = pl.DataFrame()
    for new in arrivals:
        entries = sorted([*entries, *new], key=lambda entry: entry.raw)
        apart = clashing(every(root, entries))
        entries = standing.settle(root, entries, new, apart)
    return entries, apart


def in_order(rows: pl.LazyFrame) -> pl.DataFrame:
    plain_flags = rows.with_columns(pl.col("flags").list.sort()).collect()
    return plain_flags.sort(*flows.FIGURE, "raw", "line", "value", "publisher", "stage", "published")


PRINTS = st.builds(
    print_of,
    st.one_of(st.none(), st.sampled_from([1.0, 2.0])),
    publisher=st.sampled_from(["GACC", "Reuters via A", "B"]),
    period=st.sampled_from([dt.date(2025, 11, 1), dt.date(2025, 12, 1)]),
    partner=st.sampled_from(["WLD", "JPN"]),
    stage=st.sampled_from(flows.STAGES),
    published=st.sampled_from(DAYS),
    flags=st.lists(st.sampled_from(FLAGS), max_size=2, unique=True).map(sorted),
)
# Without shrinking: it would take minutes here.
PHASES = [Phase.explicit, Phase.generate]
FILES = st.lists(st.tuples(st.lists(PRINTS, min_size=1, max_size=6), st.booleans()), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("standing")


def made_files(root: Path, files: Sequence[tuple[list[dict[str, Any]], bool]]) -> list[Built]:
    made = []
    for number, (rows, is_packed) in enumerate(files):
        frame = (bundled if is_packed else plain)(rows, number)
        held = packed.unpack(frame.lazy()).collect().height if is_packed else frame.height
        made.append(stored(root, number, frame, held, is_packed=is_packed))
    return made


@settings(max_examples=40, deadline=None, derandomize=True, phases=PHASES)
@given(files=FILES, data=st.data())
def test_what_counts_on_any_day_is_what_as_of_says_however_the_files_came(
    folders: Path, files: list[tuple[list[dict[str, Any]], bool]], data: st.DataObject
) -> None:
    root = folders / "data"
    shutil.rmtree(root, ignore_errors=True)
    made = made_files(root, files)
    order = data.draw(st.permutations(made))
    cut = data.draw(st.integers(1, len(order)))
    arrivals = [order[:cut], *([entry] for entry in order[cut:])]
    entries, apart = settled(root, arrivals)
    at_once, _ = settled(root, [made])
    assert entries == at_once  # the same lists, byte for byte
    rows = standing.followed(root, entries, apart)
    shown = standing.prints(root, entries, apart)
    for day in (None, *DAYS):
        expected = in_order(vintages.as_of(shown, day))
        assert_frame_equal(in_order(standing.counting(root, entries, apart, day)), expected)
        on, until = day or dt.date.max, pl.col("superseded")
        column = rows.filter(pl.col("published") <= on, until.is_null() | (until > on))
        assert_frame_equal(in_order(column.drop("superseded")), expected)


def test_parts_on_the_disk_give_what_one_piece_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        print_of(float(number), commodity=str(28050000 + number % 7), published=DAYS[number % 5])
        for number in range(40)
    ]
    files = [(rows[start : start + 8], start % 16 == 0) for start in range(0, 40, 8)]
    made = made_files(tmp_path / "data", files)
    whole, _ = settled(tmp_path / "data", [made])
    monkeypatch.setattr(slices, "ROWS", 3)
    monkeypatch.setattr(standing, "_BUCKET", 5)
    assert settled(tmp_path / "data", [made])[0] == whole
    assert sum(standing.LISTED in entry.made for entry in whole) == 5


# --- which files are opened ---------------------------------------------------------------------------


def release(root: Path, number: int, *periods: dt.date) -> Built:
    rows = [
        print_of(float(number), period=period, stage="bulletin", published=DAYS[number]) for period in periods
    ]
    return stored(root, number, plain(rows, number), len(rows), is_packed=False)


NOVEMBER, DECEMBER = dt.date(2025, 11, 1), dt.date(2025, 12, 1)


def test_a_file_is_not_opened_on_days_on_which_nothing_of_it_counts(tmp_path: Path) -> None:
    root = tmp_path / "data"
    first, second = release(root, 0, NOVEMBER), release(root, 1, NOVEMBER, DECEMBER)
    entries, apart = settled(root, [[first], [second]])
    assert [entry.closed for entry in entries] == [DAYS[1].isoformat(), ""]
    (root / "processed" / first.made["flows"].path).unlink()
    assert standing.counting(root, entries, apart).collect()["value"].to_list() == [1.0, 1.0]
    shutil.rmtree(root / "processed")
    assert standing.counting(root, entries, apart, dt.date(2026, 1, 13)).collect().is_empty()


def test_a_release_that_shares_no_month_with_another_opens_none(tmp_path: Path) -> None:
    root = tmp_path / "data"
    first, second = release(root, 0, NOVEMBER), release(root, 1, DECEMBER)
    entries, apart = settled(root, [[first]])
    (root / "processed" / first.made["flows"].path).unlink()
    after = standing.settle(root, [*entries, second], [second], apart)
    assert [standing.LISTED in entry.made for entry in after] == [False, False]


def test_months_that_a_release_does_not_print_stay_as_they_were(tmp_path: Path) -> None:
    root = tmp_path / "data"
    files = [release(root, 0, NOVEMBER, DECEMBER), release(root, 1, DECEMBER), release(root, 2, NOVEMBER)]
    in_turn, apart = settled(root, [[files[1]], [files[0]], [files[2]]])
    assert in_turn == settled(root, [files])[0]
    rows = standing.counting(root, in_turn, apart).select("period", "value").collect()
    assert sorted(rows.rows()) == [(NOVEMBER, 2.0), (DECEMBER, 1.0)]


def test_what_was_superseded_before_a_release_is_not_opened_for_it(tmp_path: Path) -> None:
    root = tmp_path / "data"
    files = [release(root, number, NOVEMBER) for number in range(3)]
    entries, apart = settled(root, [[files[0]], [files[1]]])
    (root / "processed" / files[0].made["flows"].path).unlink()
    after = standing.settle(root, [*entries, files[2]], [files[2]], apart)
    assert [entry.closed for entry in after] == [DAYS[1].isoformat(), DAYS[2].isoformat(), ""]


# --- through the ledger ---------------------------------------------------------------------------------


@pytest.mark.parametrize("held", [0, 1_000_000])
@pytest.mark.parametrize("day", ["2025-10-01", "2026-01-14", "2026-01-20", None])
def test_the_ledger_answers_as_all_prints_do(
    shipped: Ledger, monkeypatch: pytest.MonkeyPatch, held: int, day: str | None
) -> None:
    monkeypatch.setattr(ledgers, "_HELD_ROWS", held)
    ledger = open_ledger(shipped.root)
    on = None if day is None else dt.date.fromisoformat(day)
    expected = in_order(vintages.as_of(ledger.prints(), on))
    assert expected.height > 100
    assert_frame_equal(in_order(ledger.flows(day)), expected)


def test_lists_are_read_only_by_questions_of_what_counted(
    shipped: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(shipped.root, tmp_path / "data"))
    monkeypatch.setattr(ledgers, "_HELD_ROWS", 0)
    ledger = open_ledger(root)
    shutil.rmtree(root / "processed" / standing.LISTED)
    assert ledger.prints().collect().height == shipped.prints().collect().height
    # A difference takes its parts from some stages alone: of these, other prints may count.
    assert ledger.series("rare-earth-products").equals(shipped.series("rare-earth-products"))
    with pytest.raises(StoreError, match="run: tonnage build"):
        ledger.series("rare-earths")


CORRECTION = """
[[correction]]
match = {{ commodity = "rare_earths", period = "2025-12-01", stage = "bulletin" }}
action = "drop"
reason = "as if it had been withdrawn"
who = "a test"
when = "{when}"
"""


@pytest.mark.parametrize("held", [0, 1_000_000])
def test_a_correction_changes_which_print_counts_from_its_day_on(
    shipped: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    root = Path(shutil.copytree(shipped.root, tmp_path / "data"))
    (root / "raw" / "corrections.toml").write_text(CORRECTION.format(when="2026-02-01"))
    build(root)
    monkeypatch.setattr(ledgers, "_HELD_ROWS", held)
    ledger = open_ledger(root)
    december = (pl.col("commodity") == "rare_earths", pl.col("period") == DECEMBER, pl.col("unit") == "kg")
    stages = {
        day: ledger.flows(day).filter(*december, pl.col("months") == 1).collect()["stage"].to_list()
        for day in ("2026-01-31", "2026-02-01")
    }
    assert stages == {"2026-01-31": ["bulletin"], "2026-02-01": ["flash"]}
    for day in ("2026-01-31", "2026-02-01"):
        on = dt.date.fromisoformat(day)
        expected = vintages.as_of(ledger._corrected(on), on)
        assert_frame_equal(in_order(ledger.flows(day)), in_order(expected))


def test_a_release_settles_the_others_and_its_removal_restores_them(shipped: Ledger, tmp_path: Path) -> None:
    root = Path(shutil.copytree(shipped.root, tmp_path / "data"))
    before = {entry.name: entry for entry in listing.read(root).entries}
    (last,) = (root / "raw" / "gacc-bulletin").glob("2026-01-18*.csv")
    card = last.with_name(f"{last.name}.json")
    kept = {path: path.read_bytes() for path in (last, card)}
    for path in kept:
        path.unlink()
    build(root)
    without = {entry.name: entry for entry in listing.read(root).entries}
    assert {name for name in without if without[name] != before[name]}
    for path, content in kept.items():
        path.write_bytes(content)
    build(root)
    assert {entry.name: entry for entry in listing.read(root).entries} == before
