"""Batches of our own labelled texts, each written before the rules had seen it: what is found stays found.

The labels are in the form of the labelled news set. How each batch scored at first sight is told in
docs/method/extraction.md; here each is held to what the rules have reached since.
"""

from __future__ import annotations

import calendar
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tonnage.events.extract import Extraction, extract

BATCHES = sorted((Path(__file__).parents[1] / "specimens" / "news").glob("batch-*.jsonl"))

Row = dict[str, Any]


def _read(row: Row) -> Extraction:
    return extract(
        row["text"], row["published"], precision=row["published_precision"], zone=row["published_tz"]
    )


def _wide(period: str | None) -> str | None:
    """Return a period as its first and last day."""
    if period is None:
        return None
    first, _, last = period.partition("/")
    last = last or first
    first += {4: "-01-01", 7: "-01"}.get(len(first), "")
    if len(last) == 4:
        last += "-12"
    if len(last) == 7:
        last += f"-{calendar.monthrange(int(last[:4]), int(last[5:]))[1]}"
    return f"{first}/{last}"


def _same(label: Row, value: float, period: str | None, measure: str) -> bool:
    """Tell whether a figure found is a labelled one, with its months and measure."""
    near = abs(value - label["value_t"]) <= max(1e-9, 0.0005 * label["value_t"])
    wanted = [f"{label['period_start']}/{label['period_end']}" if label["period_start"] else None]
    wanted += [label["period_alt"]] if "period_alt" in label else []
    timeless = label["measure"] in ("reserves", "capacity")
    return near and measure == label["measure"] and (timeless or _wide(period) in map(_wide, wanted))


def _count(row: Row, found: Extraction) -> Counter[str]:
    """Return what of a text's labels was found, and what beyond them."""
    counts: Counter[str] = Counter()
    for label in row["figures"]:
        if not label.get("optional"):
            counts["figures"] += 1
            counts["read"] += any(_same(label, f.value_t, f.period, f.measure) for f in found.figures)
    values = [label["value_t"] for label in row["figures"]]
    counts["invented"] = sum(all(abs(f.value_t - v) > 0.0005 * v for v in values) for f in found.figures)
    dated = {(str(e.date_start), str(e.date_end)) for e in found.events if e.date_start}
    labelled = [(e["date_start"], e["date_end"]) for e in row["events"] if e["resolvable"]]
    counts["days"] = len(labelled)
    counts["dated"] = sum(day in dated for day in labelled)
    counts["spurious"] = len(dated - set(labelled))
    return counts


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _total(counts: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
def test_a_batch_is_read_as_well_as_before(path: Path) -> None:
    total = _total(_count(row, _read(row)) for row in _rows(path))
    assert total["figures"] - total["read"] <= max(1, 0.06 * total["figures"])
    assert total["invented"] <= 0.02 * total["figures"]
    assert total["dated"] >= 0.88 * total["days"]
    assert total["spurious"] <= 0.05 * total["days"]


def test_no_text_without_a_datable_event_gets_a_date() -> None:
    rows = [row for path in BATCHES for row in _rows(path)]
    unknown = [row for row in rows if row["events"] and not any(e["resolvable"] for e in row["events"])]
    assert unknown
    assert [(row["id"], e.date_text) for row in unknown for e in _read(row).events if e.date_start] == []


def test_a_weekday_that_contradicts_its_date_is_flagged() -> None:
    rows = [row for path in BATCHES for row in _rows(path)]
    odd = [row for row in rows if any(e.get("expect_flag") for e in row["events"])]
    assert odd
    assert all("weekday_mismatch" in _read(row).flags for row in odd)
