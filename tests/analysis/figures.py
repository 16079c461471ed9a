"""Published figures: customs bulletin table 13, tonnes and 10,000 yuan, January 2024 to July 2026."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

#: Line "rare earths and products".
PARENT = (
    *(12144, 6847, 9872, 10092, 11591, 10840, 10848, 10977, 9798, 10347, 10155, 9590),
    *(12585, 7437, 11671, 8167, 7982, 11547, 12416, 13128, 10538, 10516, 12452, 11137),
    *(12866, 9879, 10285, 11041, 10905, 11571, 10314),
)

#: Line "rare earths", the child of the line above.
CHILD = (
    *(5854, 2920, 4710, 4566, 6217, 4829, 4937, 4723, 4181, 4753, 4416, 3326),
    *(5294, 3217, 5666, 4785, 5865, 7742, 5994, 5792, 4000, 4343, 5494, 4392),
    *(6061, 4407, 4111, 5309, 5490, 5105, 4223),
)

#: Line "rare earths", 10,000 yuan.
CHILD_MONEY = (
    *(32147, 25866, 43651, 23452, 25698, 31047, 31442, 29119, 21555, 28145, 25961, 29551),
    *(38818, 19802, 33112, 15535, 13473, 16685, 26138, 39371, 42522, 40343, 34972, 44716),
    *(30804, 17527, 33117, 44347, 43318, 44207, 35497),
)

#: "Rare-earth products", printed by nobody: parent minus child.
PRODUCTS = tuple(a - b for a, b in zip(PARENT, CHILD, strict=True))

#: Magnets (HS 8505 11 10) to Japan, tonnes; August 2025 was not found.
MAGNETS_TO_JAPAN = {
    "2025-06": 131,
    "2025-07": 232,
    "2025-09": 228,
    "2025-10": 226,
    "2025-11": 305,
    "2025-12": 280,
}


def month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")


def months(first: str, count: int) -> list[dt.date]:
    start = month(first)
    numbers = range(start.year * 12 + start.month - 1, start.year * 12 + start.month - 1 + count)
    return [dt.date(n // 12, n % 12 + 1, 1) for n in numbers]


def frame(periods: Iterable[dt.date], values: Sequence[float | None], unit: str = "t") -> pl.DataFrame:
    rows = {"period": list(periods), "value": values, "unit": [unit] * len(values)}
    return pl.DataFrame(rows, schema={"period": pl.Date, "value": pl.Float64, "unit": pl.String})


def bulletin(values: Sequence[float | None], unit: str = "t", first: str = "2024-01") -> pl.DataFrame:
    return frame(months(first, len(values)), values, unit)


def until(series: pl.DataFrame, last: str) -> pl.DataFrame:
    return series.filter(pl.col("period") <= month(last))


def flagged(series: pl.DataFrame, at: str, flag: str) -> pl.DataFrame:
    flags = [[flag] if p == month(at) else [] for p in series["period"].to_list()]
    return series.with_columns(pl.Series("flags", flags, dtype=pl.List(pl.String)))


def without(series: pl.DataFrame, *gone: str) -> pl.DataFrame:
    return series.filter(~pl.col("period").is_in([month(g) for g in gone]))


def together(year: int, value: float) -> pl.DataFrame:
    """January and February of a year printed as one figure, with the columns of `monthly`."""
    row = {"period": dt.date(year, 1, 1), "value": value, "unit": "t", "months": 2, "flags": []}
    types = {"period": pl.Date, "value": pl.Float64, "unit": pl.String, "months": pl.Int8}
    return pl.DataFrame([row], schema={**types, "flags": pl.List(pl.String)})
