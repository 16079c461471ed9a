"""Figures that stand out from their neighbours: pointed at, never removed."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import polars as pl

from tonnage.analysis.results import Result
from tonnage.analysis.series import UNUSED, pair_january_february, receipts_of
from tonnage.analysis.wording import month, pick
from tonnage.errors import ParameterError

__all__ = ["LEAST", "METHOD", "Anomalies", "anomalies"]

#: Fewer comparable figures than this, and no score is given.
LEAST: Final = 12

METHOD: Final = (
    "Each figure a month is set against the median of up to three figures on either side, in logs, January"
    " and February as one so that Chinese New Year is no anomaly. The score is the distance from the middle"
    " of all such differences in units of 1.4826 times their median absolute deviation."
)

_SIDE: Final = 3
_NEIGHBOURS: Final = 3
_MAD: Final = 1.4826

_SOME: Final = {
    "en": "Unusual against the months around them: {told} ({n} figures compared). The figures"
    " do not say why.",
    "zh": "与前后月份相比异常：{told}（比较了{n}个数值）。数字本身不能说明原因。",
    "ja": "前後の月と比べて異常：{told}（比較した数値{n}個）。理由は数字からは分からない。",
}
_NONE: Final = {
    "en": "No figure is unusual against the months around it ({n} figures compared).",
    "zh": "与前后月份相比，没有异常数值（比较了{n}个数值）。",
    "ja": "前後の月と比べて異常な数値はない（比較した数値{n}個）。",
}
_UNTOLD: Final = {
    "en": "It cannot be told what is unusual: at least {least} figures that can be compared are needed.",
    "zh": "无法判断何为异常：至少需要{least}个可比数值。",
    "ja": "異常かどうかは判断できない：比較できる数値が少なくとも{least}個必要。",
}
_ASSUMED: Final = (
    "The months around a figure stand for what it should have been: of a lasting move only the edge is seen.",
    "Nothing is removed or changed: an unusual figure may be right.",
)

#: Month number, log of the value a month, number of breaks before.
_Point: TypeAlias = tuple[int, float, int]


@dataclass(frozen=True, slots=True, eq=False)
class Anomalies(Result):
    """A series with what stands out marked.

    Attributes:
        table: the columns of the series, January and February as one, and `expected` (median of the
            neighbours, in the unit of the row), `score` (null where it cannot be told), `unusual` (Boolean)
            and `note`: "" or why there is no score.
        threshold: score, in either direction, from which a figure is unusual.
        unit: of the series; "" where it names none.
        assumptions: one sentence each.
        receipts: those of the unusual figures.
    """

    table: pl.DataFrame
    threshold: float
    unit: str
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    @property
    def unusual(self) -> pl.DataFrame:
        """The rows of `table` that stand out."""
        return self.table.filter(pl.col("unusual"))

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        compared = self.table["score"].drop_nulls().len()
        rows = self.unusual.select("period", "months", pl.col("value") / pl.col("expected")).iter_rows()
        told = [f"{month(p, language, n)} ({100 * (ratio - 1):+.0f}%)" for p, n, ratio in rows]
        text = _UNTOLD if not compared else _SOME if told else _NONE
        joined = (", " if language == "en" else "、").join(told)
        return pick(text, language).format(told=joined, n=compared, least=LEAST)

    def to_frame(self) -> pl.DataFrame:
        """Return `table`."""
        return self.table


def anomalies(frame: pl.DataFrame, threshold: float = 3.5) -> Anomalies:
    """Return the series, January and February as one, with what stands out marked; no figure is dropped.

    Args:
        frame: as `series.monthly` takes it.
        threshold: score, in either direction, from which a figure is unusual.

    Raises:
        ParameterError: the threshold is not above 0.
        ContractError, DefinitionError, NoDataError: as `series.monthly`.
    """
    if not threshold > 0:
        raise ParameterError(f"threshold={threshold}: expected a number above 0")
    made = pair_january_february(frame)
    notes = [_note(value, flags) for value, flags in made.select("value", "flags").iter_rows()]
    points = _points(made, notes)
    medians = {at: _median(at, points) for at in points}
    known = {at: m for at, m in medians.items() if m is not None}
    scores = _scores({at: points[at][1] - m for at, m in known.items()})
    rows = list(enumerate(made["months"].to_list()))
    score = [scores.get(i) for i, _ in rows]
    table = made.with_columns(
        pl.Series(
            "expected", [math.exp(known[i]) * m if i in known else None for i, m in rows], dtype=pl.Float64
        ),
        pl.Series("score", score, dtype=pl.Float64),
        pl.Series("unusual", [s is not None and abs(s) >= threshold for s in score], dtype=pl.Boolean),
        pl.Series("note", [n or ("" if i in scores else "too few to compare") for i, n in enumerate(notes)]),
    )
    units = made["unit"].drop_nulls().to_list() if "unit" in made.columns else []
    return Anomalies(
        table=table,
        threshold=threshold,
        unit=str(units[0]) if units else "",
        assumptions=_ASSUMED,
        receipts=receipts_of(table.filter(pl.col("unusual"))),
    )


def _note(value: float | None, flags: list[str] | None) -> str:
    barred = [f for f in UNUSED if f in (flags or ())]
    if barred:
        return barred[0]
    return "no number printed" if value is None else "printed zero" if value == 0 else ""


def _points(made: pl.DataFrame, notes: list[str]) -> dict[int, _Point]:
    """Return the comparable rows by place: month number, log a month, stretch between breaks."""
    found: dict[int, _Point] = {}
    stretch = 0
    for i, (period, months, value, flags) in enumerate(
        made.select("period", "months", "value", "flags").iter_rows()
    ):
        stretch += "break" in (flags or ())
        if not notes[i]:
            found[i] = (_number(period), math.log(value / months), stretch)
    return found


def _median(at: int, points: dict[int, _Point]) -> float | None:
    """Return the median log of the neighbours of one place, or None where there are too few of them."""
    number, _, stretch = points[at]
    near = [
        level
        for i, (other, level, same) in points.items()
        if i != at and abs(i - at) <= _SIDE and abs(other - number) <= _SIDE + 1 and same == stretch
    ]
    return statistics.median(near) if len(near) >= _NEIGHBOURS else None


def _scores(differences: dict[int, float]) -> dict[int, float]:
    if len(differences) < LEAST:
        return {}
    middle = statistics.median(differences.values())
    spread = _MAD * statistics.median(abs(d - middle) for d in differences.values())
    return {at: (d - middle) / spread for at, d in differences.items()} if spread > 0 else {}


def _number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1
