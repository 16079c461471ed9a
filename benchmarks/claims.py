"""How long a claim takes, beside one series of the ledger in the same run: `python benchmarks/claims.py`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import tonnage as tn
from tonnage.ledger.ledger import Ledger, open_ledger

CLAIMS = {
    "two figures, right": (
        "China exported 6,745 tons of rare-earth products in December, a drop from 6,958 tons in November"
    ),
    "one figure, wrong name": "China exported 6,745 tons of rare earths in December",
    "contradicted": "China exported 7,123 tons of rare earth magnets in November, up 12%.",
    "a percentage alone": "Rare-earth magnet exports to Japan fell 8% in December from a month earlier.",
}
DAY = "2026-01-21"
ROUNDS = 7


def seconds(ask: Callable[[Ledger], object]) -> tuple[float, float]:
    """Return the median seconds with a ledger opened just now, and with the same one again."""
    first: list[float] = []
    again: list[float] = []
    for _ in range(ROUNDS):
        ledger = open_ledger()
        for taken in (first, again):
            start = time.perf_counter()
            ask(ledger)
            taken.append(time.perf_counter() - start)
    return statistics.median(first), statistics.median(again)


def _series(ledger: Ledger) -> object:
    return ledger.series("rare-earth-magnets", as_of=DAY, unit="t")


def _claim(text: str, ledger: Ledger) -> object:
    return tn.check_claim(text, DAY, ledger)


def main() -> None:
    """Print the table."""
    for text in CLAIMS.values():
        tn.check_claim(text, DAY)
    print("| | new ledger, s | again, s |\n| --- | --- | --- |")
    rows: dict[str, Callable[[Ledger], object]] = {"one series": _series}
    rows.update({name: partial(_claim, text) for name, text in CLAIMS.items()})
    for name, ask in rows.items():
        first, again = seconds(ask)
        print(f"| {name} | {first:.3f} | {again:.3f} |")


if __name__ == "__main__":
    main()
