"""What the ledger costs as it grows: queries and checks, beside pandas, DuckDB and a raw scan.

    python benchmarks/ledger.py make DIR --vintages 100 --figures 100000 [--part 0.5]
    python benchmarks/ledger.py run DIR [--rounds 3] [--only WORKLOAD ...]
    python benchmarks/ledger.py grow DIR DIR DIR          (1x, 4x, 16x: each made with as many vintages)

`make` writes what a build would into DIR/processed: a Parquet file a release, sorted by classification,
commodity, partner, stored as text, and the lists of superseded prints. With `--part` a release prints that
part of the figures, others each time. Each measurement is a process of its own; what is compared is processor
seconds (user and system, less those of a process that only starts) and the largest resident set, as medians.
Wall times depend on who else uses the machine. "settle" makes all lists anew, "release" those of one more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import math
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

DAY = dt.date(2035, 1, 1)
PARTNERS, MONTHS = 50, 24
BASKET = [str(28050000 + 100 * n) for n in (3, 4, 40)]
QUESTIONS = ("implied", "composition", "proofs", "publishers", "revised")
OURS = ("grouped", "check", "settle", "release", *QUESTIONS)  # what no other engine is asked
WORKLOADS = ("scan", "point", "as_of", "revisions", *OURS)
#: A code of the generated ones, and the line of the registry that stands in its place.
NAMED = {"28050900": "850511"}


# --- generated releases ------------------------------------------------------------------------------


def make(root: Path, vintages: int, figures: int, part: float) -> None:
    """Write releases that each print the same figures, a fiftieth of them with another number."""
    from tonnage.ledger import listing, standing

    (root / "processed" / "flows" / "bench").mkdir(parents=True)
    frame = _figures(figures)
    entries = []
    for number in range(vintages):
        printed = frame.filter(pl.col("_index").hash(number) % 1000 < 1000 * part)
        entries.append(_processed(root, number, _release(printed, number)))
        print(f"{number + 1} of {vintages}", end="\r", flush=True)
    apart = _none_apart()
    (root / "processed" / "apart.parquet").write_bytes(_parquet(apart))
    settled = standing.settle(root, entries, entries, apart)
    listing.write(root, settled, listing.content(root, "apart.parquet"), corrections="")


def _none_apart() -> pl.DataFrame:
    from tonnage.model import flows

    return flows.to_storage(flows.SCHEMA.to_frame()).select("raw", "line", *flows.KEY)


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=True)
    return buffer.getvalue()


def _processed(root: Path, number: int, rows: pl.DataFrame) -> Any:
    from tonnage.ledger import disk, listing, standing
    from tonnage.sources.base import RECEIPTS

    raw = f"{number:016x}"
    blocks, told = standing.summary(rows)
    tables = {"flows": rows, "blocks": blocks, "receipts": RECEIPTS.to_frame()}
    paths = {table: f"{table}/bench/{raw}.parquet" for table in tables}
    for table, frame in tables.items():
        disk.place(root / "processed" / paths[table], _parquet(frame))
    made = {table: listing.content(root, path) for table, path in paths.items()}
    count = rows.height
    return listing.Built("bench", f"bench/{raw}", raw, "key", "flows", count, count, 0, "", made, **told)


def _figures(count: int) -> pl.DataFrame:
    index = pl.int_range(count)
    partner = index // MONTHS % PARTNERS
    return (
        pl.select(_index=index)
        .with_columns(
            source=pl.lit("bench"),
            publisher=pl.lit("Customs"),
            reporter=pl.lit("CHN"),
            partner=pl.when(partner == 0).then(pl.lit("WLD")).otherwise(pl.format("P{}", partner)),
            flow=pl.lit("export"),
            classification=pl.lit("HS2022"),
            commodity=(index // (MONTHS * PARTNERS) * 100 + 28050000).cast(pl.String).replace(NAMED),
            period=pl.date(2020, 1, 1).dt.offset_by(pl.format("{}mo", index % MONTHS)),
            months=pl.lit(1, pl.Int8),
        )
        .sort("classification", "commodity", "partner", "period")
    )


def _release(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    seed = pl.col("_index")
    changed = (seed + number) % 50 == 0
    base = (seed.hash(1) % 1_000_000 + 1) * pl.when(pl.col("partner") == "WLD").then(100).otherwise(1)
    none, cut = pl.lit([], dtype=pl.List(pl.String)), pl.lit(["rounded"], dtype=pl.List(pl.String))
    return frame.with_columns(
        stage=pl.lit("detail" if number % 3 else "bulletin"),
        published=pl.lit(dt.date(2022, 1, 15) + dt.timedelta(days=3 * number)),
        unit=pl.lit("kg"),
        value=(base + pl.when(changed).then(number * 7).otherwise(0)).cast(pl.Float64),
        flags=pl.when(seed.hash(2) % 20 == 0).then(cut).otherwise(none),
        raw=pl.lit(f"{number:016x}"),
        line=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32),
    ).drop("_index")


# --- the workloads -----------------------------------------------------------------------------------


def _tonnage(work: str, files: list[str]) -> float:
    from tonnage.ledger import ledger as ledgers
    from tonnage.ledger import listing, vintages
    from tonnage.model import flows

    # As a large ledger: nothing is hashed before it is read, nothing is kept in memory.
    listing.HASHED = 0  # type: ignore[misc]
    ledgers._HELD_ROWS = 0  # type: ignore[misc]
    root = Path(files[0]).parents[3]
    ledger = ledgers.Ledger(root)
    rows = flows.to_contract(pl.scan_parquet(files))
    every = [pl.all().exclude("value").count(), pl.col("value").sum()]
    lazy: dict[str, Callable[[], pl.LazyFrame]] = {
        "scan": lambda: rows,
        "idle": lambda: rows.filter(*_asked()),
        "point": lambda: ledger.flows(DAY).filter(*_asked()),
        "as_of": lambda: ledger.flows(DAY),
        "grouped": lambda: vintages.as_of(rows, DAY),
        "revisions": ledger.revisions,
    }
    if work in lazy:
        return _sum(lazy[work]().select(every))
    asked: dict[str, Callable[[], pl.DataFrame]] = {
        "implied": lambda: ledger.implied("metal-magnets", "WLD"),
        "composition": lambda: ledger.composition("metal-magnets"),
        "proofs": ledger.proofs,
        "publishers": ledger.publishers,
        "revised": ledger.revised,
    }
    if work in asked:
        return float(asked[work]().height)
    return float(_odd(rows)) if work == "check" else _settled(root, new=None if work == "settle" else 1)


def _odd(rows: pl.LazyFrame) -> int:
    """Return how many rows of a check of everything ask something of the reader."""
    from tonnage.ledger import facts, parts, reconcile
    from tonnage.model.definitions import registry

    found = 0
    for prints in parts.parts(rows, together=facts.together(registry())):
        asked = reconcile.Asked(
            prints, list(registry().values()), registry(), _no_percentages(), _no_quotas()
        )
        found += reconcile.check(asked, None, _no_receipts, sound=False).rows.height
    return found


def _settled(root: Path, new: int | None) -> float:
    """Settle all files, or the last as if they had just come: what is listed already is found again."""
    from tonnage.ledger import listing, standing

    entries = list(listing.read(root).entries)
    found = standing.settle(root, entries, entries[-new:] if new else entries, _none_apart())
    return float(sum(standing.LISTED in entry.made for entry in found))


def _sum(rows: pl.LazyFrame) -> float:
    return float(rows.collect(engine="streaming")["value"].item())


def _asked() -> list[pl.Expr]:
    """One basket of three codes, one partner, all months."""
    return [pl.col("commodity").is_in(BASKET), pl.col("partner") == "P7", pl.col("flow") == "export"]


def _no_receipts(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, pl.String).alias(c) for c in ("file", "address", "basis", "note"))


def _no_percentages() -> pl.DataFrame:
    from tonnage.ledger import percentages

    return percentages.printed([])


def _no_quotas() -> pl.DataFrame:
    from tonnage.sources.register import QUOTAS_SCHEMA

    return pl.DataFrame(schema=QUOTAS_SCHEMA)


_FIGURE = "reporter, partner, flow, classification, commodity, period, months, unit"
_EVERY = (
    "source publisher reporter partner flow classification commodity period months stage published unit flags"
)
_BEST = f"""select sum(v.value) from (
    select {_FIGURE}, arg_max(
        struct_pack(value, stage, publisher, published, flags, raw, line),
        (case stage when 'detail' then 3 else 2 end, value is not null, published)) v
    from read_parquet($files) where """  # noqa: S608 - nothing of it is given from outside


def _duckdb(work: str, files: list[str]) -> float:
    import duckdb

    work = "point" if work == "idle" else work
    where = f"commodity in {tuple(BASKET)} and partner = 'P7' and flow = 'export'"
    counts = ", ".join(f"count({name})" for name in _EVERY.split())
    said = {
        # Nothing of these is given from outside.
        "scan": f"select sum(value), {counts}, max(raw), max(line) from read_parquet($files)",  # noqa: S608
        "point": f"{_BEST} {where} group by {_FIGURE})",
        "as_of": f"{_BEST} true group by {_FIGURE})",
        "revisions": f"""select sum(value) from (select value, min(value) over w as a, max(value) over w as b
            from read_parquet($files) window w as (partition by {_FIGURE})) where a < b""",  # noqa: S608
    }
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        row = connection.execute(said[work], {"files": files}).fetchone()
    return float(row[0] or 0) if row else math.nan


def _pandas(work: str, files: list[str]) -> float:
    import pandas as pd  # type: ignore[import-untyped]

    keys = _FIGURE.split(", ")
    if work in ("point", "idle"):
        filters = [("commodity", "in", BASKET), ("partner", "==", "P7"), ("flow", "==", "export")]
        rows = pd.concat([pd.read_parquet(file, filters=filters) for file in files])
    else:
        rows = pd.concat([pd.read_parquet(file) for file in files])
    if work == "scan":
        return float(rows["value"].sum())
    if work == "revisions":
        low, high = (rows.groupby(keys, sort=False)["value"].transform(how) for how in ("min", "max"))
        return float(rows["value"][low < high].sum())
    ranked = rows.assign(rank=rows["stage"].map({"bulletin": 2, "detail": 3}))
    best = ranked.sort_values(["rank", "published"]).drop_duplicates(keys, keep="last")
    return float(best["value"].sum())


ENGINES: dict[str, Callable[[str, list[str]], float]] = {
    "tonnage": _tonnage,
    "duckdb": _duckdb,
    "pandas": _pandas,
}


# --- measuring ---------------------------------------------------------------------------------------


def one(engine: str, work: str, files: list[str]) -> None:
    """Run one workload here and print what it took; "idle" only imports."""
    answer = ENGINES[engine](work, files[:1] if work == "idle" else files)
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / 1024
    print(json.dumps({"seconds": used.ru_utime + used.ru_stime, "peak": peak, "answer": answer}))


def measured(engine: str, work: str, files: list[Path]) -> dict[str, float]:
    """Return processor seconds, peak MB and the answer of a workload in a process of its own."""
    command = [sys.executable, __file__, "one", engine, work, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"seconds": math.nan, "peak": math.nan, "answer": math.nan}
    found: dict[str, float] = json.loads(done.stdout)
    return found


def taken(engine: str, work: str, files: list[Path], rounds: int) -> dict[str, float]:
    """Return medians, the seconds of an idle process taken off."""
    runs = [
        (measured(engine, work, files), measured(engine, "idle", files)["seconds"]) for _ in range(rounds)
    ]
    return {
        "seconds": statistics.median(run["seconds"] - idle for run, idle in runs),
        "peak": statistics.median(run["peak"] for run, _ in runs),
        "answer": runs[0][0]["answer"],
    }


def run(folder: Path, rounds: int, only: list[str], engines: list[str]) -> None:
    """Print a table: one line a workload and engine, with the ratio to our own scan of all columns."""
    files = _files(folder)
    rows = pl.scan_parquet(files).select(pl.len()).collect().item()
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} releases, {rows:,} rows, {size:.0f} MB, {rounds} rounds")
    print("| workload | engine | processor s | times the scan | peak MB | answer |")
    print("| --- | --- | --- | --- | --- | --- |")
    scan = taken("tonnage", "scan", files, rounds)["seconds"]
    for work in only or WORKLOADS:
        for engine in engines or ENGINES:
            if engine != "tonnage" and work in OURS:
                continue
            found = taken(engine, work, files, rounds)
            told = f"{found['seconds']:.2f} | {found['seconds'] / scan:.2f} | {found['peak']:.0f}"
            print(f"| {work} | {engine} | {told} | {found['answer']:.0f} |", flush=True)


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "processed" / "flows" / "bench").glob("*.parquet"))


def grow(folders: list[Path], rounds: int, only: list[str]) -> None:
    """Print how time and memory grow over 1x, 4x and 16x of the rows: exponents by least squares on logs."""
    print("| workload | processor s at 1x, 4x, 16x | exponent | peak MB at 1x, 4x, 16x | exponent |")
    print("| --- | --- | --- | --- | --- |")
    for work in only or WORKLOADS:
        found: list[dict[str, Any]] = [taken("tonnage", work, _files(at), rounds) for at in folders]
        seconds, peak = ([f[name] for f in found] for name in ("seconds", "peak"))
        told = " | ".join(
            f"{', '.join(f'{v:{form}}' for v in values)} | {_exponent(values):.2f}"
            for values, form in ((seconds, ".2f"), (peak, ".0f"))
        )
        print(f"| {work} | {told} |", flush=True)


def _exponent(values: list[float]) -> float:
    logs = [math.log(max(value, 1e-3)) for value in values]
    return (logs[2] - logs[0]) / (2 * math.log(4))


def main() -> None:
    """Read the command line."""
    top = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = top.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make")
    making.add_argument("folder", type=Path)
    making.add_argument("--vintages", type=int, default=100)
    making.add_argument("--figures", type=int, default=100_000)
    making.add_argument("--part", type=float, default=1.0)
    for name in ("run", "grow"):
        verb = verbs.add_parser(name)
        verb.add_argument("folder", type=Path, nargs=3 if name == "grow" else None)
        verb.add_argument("--rounds", type=int, default=3)
        verb.add_argument("--only", nargs="*", default=[], choices=WORKLOADS)
        if name == "run":
            verb.add_argument("--engines", nargs="*", default=[], choices=list(ENGINES))
    single = verbs.add_parser("one")
    single.add_argument("engine")
    single.add_argument("work")
    single.add_argument("files", nargs="+")
    asked = top.parse_args()
    if asked.verb == "make":
        make(asked.folder, asked.vintages, asked.figures, asked.part)
    elif asked.verb == "one":
        one(asked.engine, asked.work, asked.files)
    elif asked.verb == "run":
        run(asked.folder, asked.rounds, asked.only, asked.engines)
    else:
        grow(asked.folder, asked.rounds, asked.only)


if __name__ == "__main__":
    main()
