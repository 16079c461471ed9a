"""Whether a number as printed is a number as held: exact, rounded or truncated at its last digit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

__all__ = ["Printed", "agrees"]

_EPSILON: Final = 1e-6
#: From how many trailing zeros on a number is taken for one that may be rounded there.
_ZEROS: Final = 2


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as a text prints it.

    Attributes:
        value: the number.
        step: one unit of its last printed digit.
        coarse: one unit of the last digit that is not a trailing zero, where there are enough of them.
        digits: how many digits carry meaning.
    """

    value: float
    step: float
    coarse: float
    digits: int

    @classmethod
    def of(cls, text: str, value: float, scale: float = 1.0, *, approx: bool = False) -> Printed:
        """Return the number `value`, printed as `text`, in units of which one is `scale` of ours."""
        shown = "".join(re.findall(r"\d", text)).lstrip("0") or "0"
        size = abs(value)
        top = math.floor(math.log10(size) + _EPSILON) if size > 0 and math.isfinite(size) else 0
        step = 10.0 ** max(-12, min(12, top - len(shown) + 1)) * scale
        zeros = len(shown) - len(shown.rstrip("0")) if shown != "0" else 0
        coarse = step * 10.0**zeros if zeros >= (1 if approx else _ZEROS) else step
        return cls(value * scale, step, coarse, len(shown.rstrip("0")))


def agrees(printed: Printed, held: float, *, strict: bool = False) -> str | None:
    """Return "exact", "rounded" or "truncated" if the number as printed is the one held, else None.

    One unit of the last printed digit is agreement where the number held is printed no finer than that: it
    may itself be rounded or cut. `strict` leaves that out.
    """
    near = _EPSILON * max(1.0, abs(held))
    if abs(printed.value - held) <= near:
        return "exact"
    for step in (printed.step, printed.coarse):
        if abs(_rounded(held, step) - printed.value) <= near:
            return "rounded"
        if abs(math.trunc(held / step) * step - printed.value) <= near:
            return "truncated"
    plain = abs(_rounded(held, printed.step) - held) <= near
    if strict or not plain or abs(printed.value - held) > printed.step + near:
        return None
    return "rounded" if abs(printed.value) > abs(held) else "truncated"


def _rounded(value: float, step: float) -> float:
    return math.copysign(math.floor(abs(value) / step + 0.5) * step, value)
