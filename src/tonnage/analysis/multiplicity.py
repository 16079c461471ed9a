"""Many tests at once: corrections over a list of p-values, and ranks among units that had no event."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from tonnage.errors import ParameterError

__all__ = ["benjamini_hochberg", "holm", "rank_p_value"]


def holm(p_values: Sequence[float]) -> list[float]:
    """Return adjusted p-values that keep the chance of any false finding below their size.

    For a list of events that was frozen before the data were looked at.

    Raises:
        ParameterError: a p-value is not between 0 and 1.
    """
    order = _ordered(p_values)
    adjusted = [0.0] * len(order)
    running = 0.0
    for position, index in enumerate(order):
        running = max(running, (len(order) - position) * p_values[index])
        adjusted[index] = min(running, 1.0)
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return adjusted p-values that bound the expected share of false findings among all findings.

    For one event over many partners.

    Raises:
        ParameterError: a p-value is not between 0 and 1.
    """
    order = _ordered(p_values)
    adjusted = [0.0] * len(order)
    running = 1.0
    for position in range(len(order) - 1, -1, -1):
        running = min(running, p_values[order[position]] * len(order) / (position + 1))
        adjusted[order[position]] = running
    return adjusted


def rank_p_value(treated: float, others: Mapping[str, float] | Sequence[float]) -> float:
    """Return the share of units whose statistic is at least as far from 0, the treated one counted.

    Placebo in space: run the same event on partners it did not touch. With N others no p-value can fall
    below 1 / (N + 1), however large the effect.

    Args:
        treated: its statistic, such as effect over spread.
        others: the statistic of each unit without the event.

    Raises:
        ParameterError: there are no others.
    """
    values = list(others.values()) if isinstance(others, Mapping) else list(others)
    if not values:
        raise ParameterError(
            "others: expected the statistic of at least one unit without the event, found none"
        )
    return (1 + sum(abs(value) >= abs(treated) for value in values)) / (1 + len(values))


def _ordered(p_values: Sequence[float]) -> list[int]:
    for p in p_values:
        if not 0 <= p <= 1 or math.isnan(p):
            raise ParameterError(f"p_values: expected numbers from 0 to 1, found {p!r}")
    return sorted(range(len(p_values)), key=lambda i: p_values[i])
