"""What the ledger costs as it grows: queries and checks, beside pandas, DuckDB and a raw scan.

    python benchmarks/ledger.py make DIR --vintages 100 --figures 100000
    python benchmarks/ledger.py run DIR [--rounds 3] [--only WORKLOAD ...]
    python benchmarks/ledger.py grow DIR          (1x, 4x, 16x of the vintages in DIR / 16)

`make` writes what a build would: one Parquet file a release, sorted by classification, commodity, partner,
stored as text. Each measurement is a process of its own; what is compared is processor seconds (user and
system, less those of a process that asks one file) and the largest resident set, as medians. Wall times
depend on who else uses the machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

DAY = dt.date(2035, 1, 1)
PARTNERS, MONTHS = 50, 24
BASKET = [str(28050000 + 100 * n) for n in (3, 4, 40)]
QUESTIONS = ("implied", "composition", "proofs", "publishers", "revised")
WORKLOADS = ("scan", "point", "as_of", "revisions", "check", *QUESTIONS)
#: A code of the generated ones, and the line of the registry that stands in its place.
NAMED = {"28050900": "850511"}


# --- generated releases ------------------------------------------------------------------------------


def make(folder: Path, vintages: int, figures: int) -> None:
    """Write releases that each print the same figures, a fiftieth of them with another number."""
    folder.mkdir(parents=True, exist_ok=True)
    frame = _figures(figures)
    for number in range(vintages):
        _release(frame, number).write_parquet(
            folder / f"{number:05}.parquet", compression="zstd", statistics=True
        )


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
    from tonnage.ledger import vintages
    from tonnage.model import flows

    rows = flows.to_contract(pl.scan_parquet(files))
    total = [pl.col("value").sum(), pl.len()]
    if work == "scan":
        every = rows.select(pl.all().exclude("value").count(), pl.col("value").sum())
        return float(every.collect(engine="streaming")["value"].item())
    if work == "point":
        return _sum(vintages.as_of(rows.filter(*_asked()), DAY).select(total))
    if work == "as_of":
        return _sum(vintages.as_of(rows, DAY).select(total))
    if work == "revisions":
        return _sum(vintages.revisions(rows).select(total))
    if work in QUESTIONS:
        return float(_question(work, files).height)
    return float(_odd(rows))


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


def _question(work: str, files: list[str]) -> pl.DataFrame:
    """Ask a ledger whose build made these files."""
    from tonnage.ledger import ledger as ledgers
    from tonnage.ledger import listing
    from tonnage.model import flows
    from tonnage.sources.base import RECEIPTS

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "processed").mkdir()
        key = flows.to_storage(flows.SCHEMA.to_frame()).select("raw", "line", *flows.KEY)
        for name, frame in {"apart": key, "receipts": RECEIPTS.to_frame()}.items():
            frame.write_parquet(root / "processed" / f"{name}.parquet")
        apart, receipts = (listing.content(root, f"{name}.parquet") for name in ("apart", "receipts"))
        entries = [_built(Path(file), number, receipts) for number, file in enumerate(files)]
        listing.write(root, entries, apart, corrections="")
        # As a large ledger: nothing is hashed before it is read, nothing is kept in memory.
        listing.HASHED = 0  # type: ignore[misc]
        ledgers._HELD_ROWS = 0  # type: ignore[misc]
        ledger = ledgers.Ledger(root)
        asked: dict[str, Callable[[], pl.DataFrame]] = {
            "implied": lambda: ledger.implied("metal-magnets", "WLD"),
            "composition": lambda: ledger.composition("metal-magnets"),
            "proofs": ledger.proofs,
            "publishers": ledger.publishers,
            "revised": ledger.revised,
        }
        return asked[work]()


def _built(file: Path, number: int, receipts: Any) -> Any:
    from tonnage.ledger import listing

    rows = pl.scan_parquet(file).select(pl.len()).collect().item()
    made = {"flows": listing.Content(str(file.resolve()), file.stat().st_size, ""), "receipts": receipts}
    return listing.Built("bench", file.name, f"{number:016x}", "", "flows", rows, rows, 0, "", made)


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
    if work == "point":
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
    answer = math.nan
    if work == "idle":
        ENGINES[engine]("point", files[:1])
    else:
        answer = ENGINES[engine](work, files)
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
    files = sorted(folder.glob("*.parquet"))
    rows = pl.scan_parquet(files).select(pl.len()).collect().item()
    size = sum(file.stat().st_size for file in files) / 1e6
    print(f"{len(files)} releases, {rows:,} rows, {size:.0f} MB, {rounds} rounds")
    print("| workload | engine | processor s | times the scan | peak MB | answer |")
    print("| --- | --- | --- | --- | --- | --- |")
    scan = taken("tonnage", "scan", files, rounds)["seconds"]
    for work in only or WORKLOADS:
        for engine in engines or ENGINES:
            if work in ("check", *QUESTIONS) and engine != "tonnage":
                continue
            found = taken(engine, work, files, rounds)
            told = f"{found['seconds']:.2f} | {found['seconds'] / scan:.2f} | {found['peak']:.0f}"
            print(f"| {work} | {engine} | {told} | {found['answer']:.0f} |", flush=True)


def grow(folder: Path, rounds: int, only: list[str]) -> None:
    """Print how time and memory grow over 1x, 4x and 16x of the rows: exponents by least squares on logs."""
    files = sorted(folder.glob("*.parquet"))
    sizes = [len(files) // 16, len(files) // 4, len(files)]
    print("| workload | processor s at 1x, 4x, 16x | exponent | peak MB at 1x, 4x, 16x | exponent |")
    print("| --- | --- | --- | --- | --- |")
    for work in only or WORKLOADS:
        found: list[dict[str, Any]] = [taken("tonnage", work, files[:size], rounds) for size in sizes]
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
    for name in ("run", "grow"):
        verb = verbs.add_parser(name)
        verb.add_argument("folder", type=Path)
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
        make(asked.folder, asked.vintages, asked.figures)
    elif asked.verb == "one":
        one(asked.engine, asked.work, asked.files)
    elif asked.verb == "run":
        run(asked.folder, asked.rounds, asked.only, asked.engines)
    else:
        grow(asked.folder, asked.rounds, asked.only)


if __name__ == "__main__":
    main()
