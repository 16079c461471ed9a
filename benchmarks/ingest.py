"""What it costs to turn a publisher's big file into processed rows, beside reading its columns and no more.

    python benchmarks/ingest.py [records of 1x] [sizes, e.g. 1 4]

Each step is a process of its own: tonnage's build stage (`ledger.bulk.write`: read, judged, sorted, written),
polars' scan of the same columns of the same file, and pandas'. Processor seconds and peak memory are those
the operating system counted: the least of `_ROUNDS` rounds of all steps, for others use the machine too.
Every step must find the same number of records.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tonnage.sources.bulk import Bulk

_ROUNDS: Final = 3

_NAMES: Final = {
    "comext": "full_v2_202402.dat",
    "comtrade": "COMTRADE-FINAL-CA156202301H6[2025-12-04].txt",
    "baci": "BACI_HS22_Y2023_V202501.csv",
}


def _chosen(form: str, path: Path) -> Bulk:
    from tonnage.sources import SOURCES

    chosen = SOURCES[form].bulk(path.name)
    if chosen is None:
        raise SystemExit(f"{path.name}: not read block by block")
    return chosen


def _build(form: str, path: Path) -> float:
    from tonnage.ledger import bulk
    from tonnage.sources.base import Sidecar

    chosen = _chosen(form, path)
    sidecar = Sidecar(form, path.name, "0" * 64, published=dt.date(2025, 12, 4), basis="given")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, path.open("rb") as file:
        root = Path(folder)
        done = bulk.write(file, sidecar, chosen, root / "rows.parquet", root / "aside.parquet", root)
    return float(done.records)


def _columns(form: str, path: Path) -> tuple[str, list[str], list[str]]:
    chosen = _chosen(form, path)
    layout = chosen.layout
    return layout.separator, list(layout.codes), list(layout.numbers)


def _polars(form: str, path: Path) -> float:
    import polars as pl

    separator, codes, numbers = _columns(form, path)
    kinds = dict.fromkeys(codes, pl.String()) | dict.fromkeys(numbers, pl.Float64())
    frame = (
        pl.scan_csv(path, separator=separator, schema_overrides=kinds, quote_char=None, glob=False)
        .select(*codes, *numbers)
        .collect()
    )
    return float(frame.height)


def _pandas(form: str, path: Path) -> float:
    import pandas as pd  # type: ignore[import-untyped]

    separator, codes, numbers = _columns(form, path)
    kinds: Any = dict.fromkeys(codes, str) | dict.fromkeys(numbers, float)
    frame = pd.read_csv(path, sep=separator, usecols=[*codes, *numbers], dtype=kinds, na_filter=True)
    return float(len(frame))


_STEPS: Final = {"build": _build, "polars scan": _polars, "pandas": _pandas}


def _written(form: str, records: int, path: Path) -> None:
    writer = Path(__file__).with_name("bulk_files.py")
    subprocess.run([sys.executable, str(writer), form, str(records), str(path)], check=True)


def _measured(step: str, form: str, path: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--step", step, form, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _step(step: str, form: str, path: Path) -> None:
    started = time.perf_counter()
    records = _STEPS[step](form, path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "records": records,
                "wall": time.perf_counter() - started,
                "processor": used.ru_utime + used.ru_stime,
                "peak": _peak(),
            }
        )
    )


def _processor(cost: dict[str, float]) -> float:
    return cost["processor"]


def _peak() -> float:
    """Return the peak memory of this process in MiB; getrusage would count that of the one it came from."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    """Write the files, measure each step on each, and print the table."""
    if sys.argv[1:2] == ["--step"]:
        _step(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
        return
    unit = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    sizes = [int(size) for size in sys.argv[2:]] or [1, 4]
    print("| file | records | step | processor s | times the scan | wall s | peak MiB |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for form, name in _NAMES.items():
            for size in sizes:
                path = Path(folder) / name
                _written(form, unit * size, path)
                rounds = [{step: _measured(step, form, path) for step in _STEPS} for _ in range(_ROUNDS)]
                found = {step: min((r[step] for r in rounds), key=_processor) for step in _STEPS}
                scan = found["polars scan"]["processor"]
                for step, cost in found.items():
                    if cost["records"] != unit * size:
                        raise SystemExit(f"{form}, {step}: found {cost['records']:,.0f} records")
                    ratio = cost["processor"] / scan
                    print(
                        f"| {form} | {unit * size:,} | {step} | {cost['processor']:.2f} | {ratio:.1f} |"
                        f" {cost['wall']:.2f} | {cost['peak']:,.0f} |",
                        flush=True,
                    )


if __name__ == "__main__":
    main()
