"""Chinese New Year, the holiday that moves: its dates, and what it does to the months around it."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tonnage.errors import ParameterError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["DATES", "WINDOWS", "date", "regressors"]

# First day of the first month of the Chinese calendar (GB/T 33661-2017, Beijing time, UTC+8), written down as
# that calendar is generally published and then checked: each is the day of a new moon at Beijing, which
# tests/analysis/test_newyear.py computes anew with the series of J. Meeus, Astronomical Algorithms, ch. 49.
# The closest calls are 2027 (new moon at 23:56) and 2030 (at 00:07): Korea and Viet Nam may count other days.
_TABLE: Final = """
1990-01-27 1991-02-15 1992-02-04 1993-01-23 1994-02-10 1995-01-31 1996-02-19 1997-02-07 1998-01-28 1999-02-16
2000-02-05 2001-01-24 2002-02-12 2003-02-01 2004-01-22 2005-02-09 2006-01-29 2007-02-18 2008-02-07 2009-01-26
2010-02-14 2011-02-03 2012-01-23 2013-02-10 2014-01-31 2015-02-19 2016-02-08 2017-01-28 2018-02-16 2019-02-05
2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13
2030-02-03 2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 2037-02-15 2038-02-04 2039-01-24
2040-02-12
"""

#: One date a year, 1990 to 2040.
DATES: Final[tuple[dt.date, ...]] = tuple(dt.date.fromisoformat(text) for text in _TABLE.split())

#: Days before, during and after the holiday, counted from its first day, both ends included.
WINDOWS: Final = ((-20, -1), (0, 6), (7, 20))


def date(year: int) -> dt.date:
    """Return the first day of Chinese New Year.

    Raises:
        ParameterError: the year is not in the table, 1990 to 2040.
    """
    first = DATES[0].year
    if not first <= year < first + len(DATES):
        raise ParameterError(f"year {year}: Chinese New Year is known from {first} to {DATES[-1].year}")
    return DATES[year - first]


def regressors(first: dt.date, months: int) -> NDArray[np.float64]:
    """Return how much of each holiday window falls in each month, less the mean of that calendar month.

    The definition of the moving holiday of the US Census Bureau's `genhol`: what is usual for a January or a
    February belongs to the seasonal pattern, only what the moving date adds is left.

    Args:
        first: any day of the first month.
        months: how many months, from the first.

    Returns:
        Shape (months, 3): days -20..-1, 0..6 and 7..20, each as a share of its window.

    Raises:
        ParameterError: a month lies outside the table.
    """
    import numpy as np

    start = first.year * 12 + first.month - 1
    for year in (start // 12, (start + months - 1) // 12):
        date(year)
    shares, means = _shares()
    numbers = np.arange(start, start + months)
    result: NDArray[np.float64] = shares[numbers - DATES[0].year * 12] - means[numbers % 12]
    return result


@cache
def _shares() -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the shares of every month of the table, shape (612, 3), and their means by month, (12, 3)."""
    import numpy as np

    origin = DATES[0].year * 12
    shares = np.zeros((12 * len(DATES), len(WINDOWS)))
    for holiday in DATES:
        for column, (begin, end) in enumerate(WINDOWS):
            for offset in range(begin, end + 1):
                day = holiday + dt.timedelta(days=offset)
                shares[day.year * 12 + day.month - 1 - origin, column] += 1 / (end - begin + 1)
    return shares, shares.reshape(-1, 12, len(WINDOWS)).mean(axis=0)
