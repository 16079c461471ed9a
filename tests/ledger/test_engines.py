"""One set of transformations on polars, DuckDB and Spark: handed other frames, the same rows come out."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tonnage.ledger import joins, selection, vintages
from tonnage.ledger.ledger import Ledger
from tonnage.model import flows, scopes
from tonnage.model.definitions import definition, registry

DAY = dt.date(2026, 1, 20)
MAGNETS = definition("rare-earth-magnets")

#: Every transformation, each a chain as it is used.
WORK: dict[str, Callable[[Any], Any]] = {
    "known": lambda rows: vintages.known(rows, DAY, assumed_days=False),
    "as_of": lambda rows: vintages.as_of(rows, DAY),
    "as_of, printed days only": lambda rows: vintages.as_of(rows, DAY, assumed_days=False),
    "latest": vintages.latest,
    "first_release": vintages.first_release,
    "revisions": vintages.revisions,
    "series": lambda rows: selection.one_scheme(vintages.as_of(selection.lines(rows, MAGNETS), DAY)),
    "shares": lambda rows: joins.shares(vintages.as_of(rows, DAY)),
    "mirrored": lambda rows: joins.mirrored(vintages.latest(rows)),
    "totals": lambda rows: joins.totals(vintages.latest(rows)),
    "partners": lambda rows: joins.partners(vintages.latest(rows)),
    "beside": lambda rows: joins.beside(rows, ["line"]),
    "apart": lambda rows: joins.apart(vintages.known(rows)),
    "a line": lambda rows: joins.series(rows, "rare-earth-magnets", DAY),
    "a difference": lambda rows: joins.series(rows, "rare-earth-products"),
    "within": lambda rows: joins.within(rows, "rare-earths", "rare-earths-and-products", DAY),
}


def _drawn(seed: int, count: int) -> pl.DataFrame:
    """Prints in which every rule has to decide: few figures, many prints, ties, flags, empty cells."""
    drawn = random.Random(seed)  # noqa: S311 - no secret; the same prints each run
    marks = (
        "rounded",
        "approximate",
        "conflict",
        "comparative",
        "suspect",
        "day_assumed",
        "not_yet_published",
    )

    def one(line: int) -> dict[str, Any]:
        export = drawn.random() < 0.6
        scheme, code = drawn.choice(
            [
                ("GACC8-2024", "85051110"),
                ("GACC8-2025", "85051110"),
                ("HS2022", "850511"),
                ("GACC-lines", "rare_earths"),
                ("GACC-lines", "rare_earths_and_products"),
            ]
        )
        here, there = ("CHN", drawn.choice(["JPN", "WLD", "EU27"])) if export else ("JPN", "CHN")
        flags = sorted(mark for mark in marks if drawn.random() < 0.12)
        months = drawn.choice([1, 1, 1, 2, 3])
        return {
            "source": drawn.choice(["one", "two"]),
            "publisher": drawn.choice(["GACC", "Reuters", "Kyodo via X", "希土网", "a"]),
            "reporter": here,
            "partner": there,
            "flow": "export" if export else "import",
            "classification": scheme,
            "commodity": code,
            "period": dt.date(2025, 1 if months > 1 else drawn.randint(1, 3), 1),
            "months": months,
            "stage": drawn.choice(flows.STAGES),
            "published": dt.date(2025, 12, 30) + dt.timedelta(days=drawn.choice([0, 1, 2, 21, 22])),
            "unit": drawn.choice(["kg", "USD"]),
            "value": None if drawn.random() < 0.1 else float(drawn.randint(0, 6)),
            "flags": flags,
            "raw": drawn.choice(["00aa", "00ab"]),
            "line": line // 3,
        }

    return pl.DataFrame([one(n) for n in range(count)], schema=flows.SCHEMA)


@pytest.fixture(scope="module")
def files(shipped: Ledger, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The shipped prints, with their corrections and conflicts, and drawn ones, as files any engine reads."""
    folder = tmp_path_factory.mktemp("engines")
    frames = {"shipped": shipped.prints().collect(), "drawn": _drawn(4, 4000)}
    for name, frame in frames.items():
        flows.to_storage(frame).write_parquet(folder / f"{name}.parquet")
    return {name: folder / f"{name}.parquet" for name in frames}


def _rows(native: Any) -> list[tuple[Any, ...]]:
    """Return an answer as rows that can be compared: types of the contract, in one order."""
    frame = nw.from_native(native).collect("polars").to_native()
    plain = {name: pl.String() if isinstance(kind, pl.Enum) else kind for name, kind in flows.SCHEMA.items()}
    own = {name: kind for name, kind in plain.items() if name in frame.columns}
    return sorted(frame.cast(own).select(sorted(frame.columns)).rows(), key=repr)


def _expected(path: Path, work: str) -> list[tuple[Any, ...]]:
    rows = _rows(WORK[work](flows.to_contract(pl.scan_parquet(path))))
    # Empty answers agree too easily; only the shipped ledger has no mirror.
    assert rows or (path.stem, work) == ("shipped", "mirrored")
    return rows


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("name", ["shipped", "drawn"])
def test_duckdb_gives_the_rows_that_polars_gives(files: dict[str, Path], name: str, work: str) -> None:
    with duckdb.connect() as connection:
        found = WORK[work](connection.read_parquet(str(files[name])))
        assert _rows(found) == _expected(files[name], work)


@pytest.mark.parametrize("name", [one.id for one in registry().values() if one.kind != "difference"])
def test_lines_are_those_of_the_registry_in_every_year(shipped: Ledger, name: str) -> None:
    """What is told of a definition once, in polars, holds on any engine."""
    entry = definition(name)
    schemes = sorted({f"{s.family}{year}" for s in entry.scopes for year in range(1995, 2028) if s.dated})
    some = pl.LazyFrame({"commodity": scopes.every_code(entry.codes)}).join(
        pl.LazyFrame({"classification": [*schemes, *entry.codes, "GACC8-x", "CN", "CN20230", "HS20220"]}),
        how="cross",
    )
    rows = pl.concat([some, shipped.prints().select("commodity", "classification")])
    assert_frame_equal(selection.lines(rows, entry), rows.filter(scopes.selected(entry.codes)))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="install tonnage[spark]")
    own = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    own |= dict.fromkeys(("spark.driver.bindAddress", "spark.driver.host"), "127.0.0.1")
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in own.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")  # Spark's own
@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("name", ["shipped", "drawn"])
def test_spark_gives_the_rows_that_polars_gives(
    spark: Any, files: dict[str, Path], name: str, work: str
) -> None:
    found = WORK[work](spark.read.parquet(str(files[name])))
    assert _rows(found) == _expected(files[name], work)
