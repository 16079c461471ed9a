"""The moving holiday: every date is a new moon at Beijing, and every window is shared out whole."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from tonnage.analysis import newyear
from tonnage.errors import ParameterError

#: Holiday dates as announced by the State Council of China for the years of the shipped figures.
ANNOUNCED = (
    *("2010-02-14", "2011-02-03", "2012-01-23", "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08"),
    *("2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22"),
    *("2024-02-10", "2025-01-29", "2026-02-17"),
)

# J. Meeus, Astronomical Algorithms, ch. 49: coefficient, multiples of M, M', F and Omega, power of E.
_TERMS = (
    *(
        (-0.40720, 0, 1, 0, 0, 0),
        (0.17241, 1, 0, 0, 0, 1),
        (0.01608, 0, 2, 0, 0, 0),
        (0.01039, 0, 0, 2, 0, 0),
    ),
    *((0.00739, -1, 1, 0, 0, 1), (-0.00514, 1, 1, 0, 0, 1), (0.00208, 2, 0, 0, 0, 2)),
    *((-0.00111, 0, 1, -2, 0, 0), (-0.00057, 0, 1, 2, 0, 0), (0.00056, 1, 2, 0, 0, 1)),
    *((-0.00042, 0, 3, 0, 0, 0), (0.00042, 1, 0, 2, 0, 1), (0.00038, 1, 0, -2, 0, 1)),
    *((-0.00024, -1, 2, 0, 0, 1), (-0.00017, 0, 0, 0, 1, 0)),
)


def _new_moon(number: int) -> dt.datetime:
    """Return the instant of a new moon, Beijing time, to about two minutes; 0 is that of January 2000."""
    t = number / 1236.85
    shrink = 1 - 0.002516 * t
    angles = [
        math.radians(angle)
        for angle in (
            2.5534 + 29.10535670 * number,
            201.5643 + 385.81693528 * number + 0.0107582 * t * t,
            160.7108 + 390.67050284 * number - 0.0016118 * t * t,
            124.7746 - 1.56375588 * number,
        )
    ]
    days = 2451550.09766 + 29.530588861 * number + 0.00015437 * t * t
    for size, *multiples, power in _TERMS:
        phase = sum(m * a for m, a in zip(multiples, angles, strict=True))
        days += size * shrink**power * math.sin(phase)
    days += 0.000325 * math.sin(math.radians(299.77 + 0.107408 * number))
    seconds = 8 * 3600 - 69  # Beijing, and dynamical time's lead over universal time
    return dt.datetime(2000, 1, 1, 12) + dt.timedelta(days=days - 2451545, seconds=seconds)  # noqa: DTZ001


@pytest.mark.parametrize("day", newyear.DATES, ids=str)
def test_new_year_is_the_day_of_a_new_moon(day: dt.date) -> None:
    number = round((day - dt.date(2000, 1, 6)).days / 29.530588861)
    assert _new_moon(number).date() == day


def test_new_year_falls_between_21_january_and_21_february() -> None:
    assert all((1, 21) <= (day.month, day.day) <= (2, 21) for day in newyear.DATES)
    assert [day.year for day in newyear.DATES] == list(range(1990, 2041))


@pytest.mark.parametrize("text", ANNOUNCED)
def test_dates_are_those_announced(text: str) -> None:
    day = dt.date.fromisoformat(text)
    assert newyear.date(day.year) == day


def test_windows_are_shared_out_whole_and_centred() -> None:
    found = newyear.regressors(dt.date(1990, 1, 1), 12 * 51)
    assert found.shape == (612, 3)
    assert np.allclose(found.reshape(51, 12, 3).mean(axis=0), 0)
    assert np.allclose(found.sum(axis=0), 0)


def test_a_late_holiday_moves_days_from_january_to_february() -> None:
    january, february = newyear.regressors(dt.date(2026, 1, 1), 2)
    # 2026-02-17: the twenty days before run from 28 January, 4 of them in January
    late = newyear.regressors(dt.date(2025, 1, 1), 1)[0]  # 2025-01-29: the same days in January
    assert january[0] - late[0] == pytest.approx(4 / 20 - 1)
    assert january[1] < 0 < february[1]


def test_the_same_month_has_the_same_numbers_in_any_window() -> None:
    assert np.array_equal(
        newyear.regressors(dt.date(2020, 5, 1), 24)[8:], newyear.regressors(dt.date(2021, 1, 1), 16)
    )


@pytest.mark.parametrize("year", [1989, 2041])
def test_a_year_outside_the_table_is_refused(year: int) -> None:
    with pytest.raises(ParameterError, match="1990 to 2040"):
        newyear.date(year)
    with pytest.raises(ParameterError, match=str(year)):
        newyear.regressors(dt.date(year, 1, 1), 1)
