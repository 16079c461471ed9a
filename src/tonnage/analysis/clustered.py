"""Errors from clusters: how few are too few, and what those that an event reached allow to say."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

__all__ = ["FEWEST", "FEWEST_SIDE", "Estimate", "estimate", "p_text", "quiet", "widened"]

#: The fewest clusters: with fewer, clustered standard errors are far too small.
FEWEST: Final = 20
#: The fewest clusters that an event reached, and that it did not reach, for the same reason.
FEWEST_SIDE: Final = 5


class Estimate(NamedTuple):
    """An effect with its standard error, the ends of its 95% interval and the p-value of no effect."""

    effect: float
    error: float
    low: float
    high: float
    p_value: float


def estimate(effect: float, error: float, freedom: float) -> Estimate:
    """Return an estimate with an interval of Student's t.

    Args:
        effect: the estimate.
        error: its standard error.
        freedom: degrees of freedom: the clusters on the smaller side (reached or not) less one, not all of
            them less one. The error is as uncertain as the few it rests on.
    """
    from scipy.stats import t

    half = float(t.ppf(0.975, freedom)) * error
    return Estimate(
        effect, error, effect - half, effect + half, 2 * float(t.sf(abs(effect) / error, freedom))
    )


def widened(error: float, clusters: float) -> float:
    """Return a clustered error with the divisor of a mean of so many: their number less one."""
    return error * math.sqrt(clusters / (clusters - 1))


def p_text(value: float) -> str:
    """Return a p-value as it is printed: "p = 0.031", "p < 0.001"."""
    return f"p = {value:.3f}" if value >= 0.001 else "p < 0.001"


@contextmanager
def quiet() -> Iterator[None]:
    """Keep back what pyfixest warns of: calls of pandas, and columns and rows it drops, which are counted."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
