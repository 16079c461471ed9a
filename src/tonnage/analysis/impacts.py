"""One event over many series, many events over one series: with what the looking costs."""

from __future__ import annotations

import datetime as dt
import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis import observations
from tonnage.analysis.impact import Impact, impact
from tonnage.analysis.multiplicity import benjamini_hochberg, holm, rank_p_value
from tonnage.analysis.results import Result
from tonnage.analysis.wording import pick
from tonnage.errors import ParameterError, nearest

__all__ = ["Impacts", "fingerprint", "impacts", "over_events"]

_FINDING: Final = 0.05

_METHOD: Final = (
    " Each series was asked alone. `p_bh` bounds the expected share of false findings among all findings at"
    " its size (Benjamini and Hochberg); `rank` compares one series with those the event did not concern."
)
_TEXT: Final = {
    "en": "Of {n} series asked, {answered} can be answered; after correction for their number {found} show an"
    " effect{told}.",
    "zh": "共检验{n}个序列，其中{answered}个可以回答；按序列个数校正后，{found}个显示出影响{told}。",
    "ja": "{n}系列のうち{answered}系列に答えられる。系列数で補正すると、{found}系列に影響が見られる{told}。",
}


@dataclass(frozen=True, slots=True, eq=False)
class Impacts(Result, Mapping[str, Impact]):
    """The effect of one event on many series: a mapping from name to `Impact`.

    Attributes:
        results: the impacts by name, in the order asked.
        event: day from which the event can have worked.
    """

    results: Mapping[str, Impact]
    event: dt.date

    def __getitem__(self, name: str) -> Impact:
        if name not in self.results:
            raise KeyError(f"{name!r}: not among the series asked{nearest(name, self.results)}")
        return self.results[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def p_bh(self) -> dict[str, float]:
        """The p-values of the series that can be answered, corrected by Benjamini and Hochberg."""
        told = {name: r.p_value for name, r in self.results.items() if r.p_value is not None}
        return dict(zip(told, benjamini_hochberg(list(told.values())), strict=True))

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        first = next((r.method for r in self.results.values() if r.answered), "")
        return first + _METHOD

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What has to hold, one sentence each."""
        return tuple(dict.fromkeys(a for r in self.results.values() for a in r.assumptions))

    @property
    def receipts(self) -> tuple[Any, ...]:
        """Those of all series, in order."""
        return tuple(receipt for r in self.results.values() for receipt in r.receipts)

    def rank(self, name: str) -> float:
        """Return the p-value of one series by its rank among all others, which the event did not concern.

        The statistic is the effect over the width of its interval, in logarithms. With N others it cannot
        fall below 1 / (N + 1).

        Raises:
            KeyError: the series was not asked.
            ParameterError: it cannot be answered, or no other can.
        """
        if not self[name].answered:
            raise ParameterError(f"rank: {name}: cannot be answered: {self[name].reason}")
        others = {n: _distance(r) for n, r in self.results.items() if r.answered and n != name}
        return rank_p_value(_distance(self[name]), others)

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        corrected = self.p_bh
        found = [n for n, p in corrected.items() if p < _FINDING]
        each = [f"{n} {self.results[n].effect_pct:+.0f}%" for n in found]
        told = {"en": f" ({', '.join(each)})", "zh": f"（{'、'.join(each)}）", "ja": f"（{'、'.join(each)}）"}
        return pick(_TEXT, language).format(
            n=len(self), answered=len(corrected), found=len(found), told=told[language] if each else ""
        )

    def to_frame(self) -> pl.DataFrame:
        """Return one row a series: `name`, the columns of `Impact.to_frame`, and `p_bh`."""
        corrected = self.p_bh
        return _stacked(self.results, corrected, "p_bh")


def impacts(
    series: Any,
    event: Any,
    control: Any = None,
    *,
    by: str | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | bool | None = None,
    **options: Any,
) -> Impacts:
    """Return the effect of one event on many series, by name, the same whatever the number of workers.

    Args:
        series: name -> frame, or one frame with the column `by`.
        event: as in `impact`.
        control: one control for all, as in `impact`.
        by: column that tells the series apart.
        workers: processes; more than one needs a script that is guarded by `if __name__ == "__main__"`.
        progress: True for a bar, by default only where the errors go to a terminal; False for none; or a
            function that is called with how many are done, of how many.
        options: as in `impact`.

    Raises:
        ParameterError: neither a mapping nor a column; and what `impact` raises, named by its series.
    """
    frames = _split(series, by)
    jobs = [(name, frame, event, control, options) for name, frame in frames.items()]
    results: dict[str, Impact] = {}
    with _told(progress, len(jobs)) as tell:
        for name, result in _mapped(jobs, workers):
            results[name] = result
            tell(len(results), len(jobs))
    return Impacts(results, observations.event_day(event))


def over_events(series: Any, events: Mapping[str, Any], control: Any = None, **options: Any) -> pl.DataFrame:
    """Return the effect of each event of a list on one series, with p-values corrected for the looking.

    Of ten dates on which nothing happened, one in two or three has a p-value below 0.05 somewhere. The list
    is to be frozen before the figures are looked at; its `fingerprint` stands in every row.

    Args:
        series: as in `impact`.
        events: name -> event, as in `impact`.
        control: as in `impact`.
        options: as in `impact`.

    Returns:
        One row an event, in the order of the list: `name`, the columns of `Impact.to_frame`, `p_holm`, null
        where the figures cannot answer, and `event_list`, the fingerprint of the list.
    """
    found = {name: impact(series, event, control, **options) for name, event in events.items()}
    answered = {name: r.p_value for name, r in found.items() if r.p_value is not None}
    adjusted = dict(zip(answered, holm(list(answered.values())), strict=True))
    return _stacked(found, adjusted, "p_holm").with_columns(event_list=pl.lit(fingerprint(events)))


def fingerprint(events: Mapping[str, Any]) -> str:
    """Return 16 hex digits that change when an event is added to a list, left out, renamed or moved."""
    from hashlib import sha256

    lines = sorted(f"{name}\t{observations.event_day(event)}" for name, event in events.items())
    return sha256("\n".join(lines).encode()).hexdigest()[:16]


@contextmanager
def _told(
    progress: Callable[[int, int], None] | bool | None, total: int
) -> Iterator[Callable[[int, int], object]]:
    """Yield what is called after each series: the caller's function, or the bar."""
    if callable(progress):
        yield progress
        return
    from tqdm import tqdm

    # tqdm takes None for: not where the errors go to a file
    hidden = None if progress is None else not progress
    with tqdm(total=total, unit="series", disable=hidden, file=sys.stderr, leave=False) as bar:
        yield lambda done, _: bar.update(done - bar.n)


def _split(series: Any, by: str | None) -> dict[str, Any]:
    if by is None:
        if not isinstance(series, Mapping):
            raise ParameterError(
                f"series: expected name -> frame, or a frame and by=, found {type(series).__name__}"
            )
        return dict(series)
    frame = series if isinstance(series, pl.DataFrame) else pl.from_pandas(series)
    if by not in frame.columns:
        raise ParameterError(f"by: expected a column of the series, one of {frame.columns}, found {by!r}")
    return {str(part[by][0]): part for part in frame.partition_by(by, maintain_order=True)}


_Job = tuple[str, Any, Any, Any, dict[str, Any]]


def _one(job: _Job) -> tuple[str, Impact]:
    name, frame, event, control, options = job
    try:
        return name, impact(frame, event, control, **options)
    except ParameterError as fault:
        raise ParameterError(f"{name}: {fault}") from None


def _mapped(jobs: list[_Job], workers: int) -> Any:
    """Yield results in the order of the jobs."""
    if workers <= 1:
        yield from map(_one, jobs)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # a fresh interpreter: a fork would inherit the locks of polars' threads
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_one, jobs, chunksize=max(1, len(jobs) // (8 * workers)))


def _distance(result: Impact) -> float:
    """Return the effect over half the width of its interval above, in logarithms."""
    effect, high = math.log1p((result.effect_pct or 0) / 100), math.log1p((result.high_pct or 0) / 100)
    return effect / max(high - effect, 1e-12)


def _stacked(found: Mapping[str, Impact], adjusted: Mapping[str, float], column: str) -> pl.DataFrame:
    if not found:
        raise ParameterError("expected at least one series or event, found none")
    rows = [
        r.to_frame().with_columns(
            pl.lit(name).alias("name"), pl.lit(adjusted.get(name), pl.Float64).alias(column)
        )
        for name, r in found.items()
    ]
    return pl.concat(rows).select("name", pl.exclude("name"))
