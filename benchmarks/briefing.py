"""What the main road costs: import, build, a question, a briefing, and the second time.

    python benchmarks/briefing.py

Everything runs in a temporary workspace; each step is a process of its own, as a user starts it. Wall times
depend on the machine: the ratios are what to compare.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
RUNS = 5
REPORT = ["report", str(ROOT / "notebooks" / "briefing.ipynb")]


def main() -> None:
    """Print one line a step: median wall seconds of `RUNS`, and the ratio to starting Python."""
    with tempfile.TemporaryDirectory() as room:
        shutil.copytree(ROOT / "data" / "raw", Path(room) / "data" / "raw")
        bare = median([sys.executable, "-c", "pass"], room)
        show("python -c pass", bare, bare)
        show("import tonnage", median([sys.executable, "-c", "import tonnage"], room), bare)
        show("tonnage build, from nothing", median(tonnage("build"), room, remove="data/processed"), bare)
        show("tonnage build, nothing changed", median(tonnage("build"), room), bare)
        show("tonnage series", median(tonnage("series", "rare-earth-products"), room), bare)
        show("tonnage report, first", median(tonnage(*REPORT), room, remove="reports"), bare)
        show("tonnage report, reused", median(tonnage(*REPORT), room), bare)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"{'largest process':34} {peak:8.0f} MB")
        size = next(Path(room).glob("reports/*/*/briefing.pdf")).stat().st_size / 1000
        print(f"{'briefing.pdf':34} {size:8.0f} kB")


def tonnage(*arguments: str) -> list[str]:
    """Return the command line of a verb."""
    return [sys.executable, "-m", "tonnage.cli", *arguments]


def median(command: list[str], room: str, remove: str = "") -> float:
    """Return the median wall seconds of a command, what it made being removed before each run."""
    spent = []
    for _ in range(RUNS):
        if remove:
            shutil.rmtree(Path(room) / remove, ignore_errors=True)
        start = time.perf_counter()
        subprocess.run(command, cwd=room, check=True, capture_output=True)
        spent.append(time.perf_counter() - start)
    return statistics.median(spent)


def show(step: str, seconds: float, bare: float) -> None:
    """Print a step."""
    print(f"{step:34} {seconds:8.3f} s {seconds / bare:8.1f} x")


if __name__ == "__main__":
    main()
