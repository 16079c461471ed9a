"""What a notebook may declare, what may be given to it, and how a mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tonnage.errors import ParameterError, TonnageError
from tonnage.reports.parameters import TERMS, Parameter, check, declared

BRIEFING = """\
definition: str = "rare-earth-magnets"  # which figures
partner: str = "WLD"  # to whom
period: str = "2025-12"  # the month it is about
as_of: str = ""  # what was known on this day
since: str = ""  # leave out what was known before
months: int = 24  # length of the chart
language: str = "en"  # en, zh, ja
"""
READS_ALL = "print(definition, partner, period, as_of, since, months, language)"


def notebook(folder: Path, *cells: str, tags: dict[int, list[str]] | None = None) -> Path:
    """Write a notebook whose first cell is tagged parameters, or tags as given by cell number."""
    tagged = {1: ["parameters"]} if tags is None else tags
    made = [
        {"cell_type": "code", "source": text, "metadata": {"tags": tagged.get(n, [])}, "outputs": []}
        for n, text in enumerate(cells, 1)
    ]
    path = folder / "briefing.ipynb"
    path.write_text(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    return path


def checked(folder: Path, declaration: str, **given: Any) -> Any:
    """Return the value of the one parameter `x` declared by `declaration`."""
    return check(notebook(folder, f"x: {declaration}", "x"), given)["x"]


def told(folder: Path, given: dict[str, Any], *cells: str, **options: Any) -> list[str]:
    """Return the lines of the error that checking the notebook raises."""
    with pytest.raises(ParameterError) as caught:
        check(notebook(folder, *cells, **options), given)
    return str(caught.value).splitlines()


def test_a_parameter_is_an_annotated_literal_and_its_comment_is_its_help(tmp_path: Path) -> None:
    cell = (
        '# what the report is about\nperiod: str = "2025-12"  # the month  # of the data\n'
        "share: float = -1\nkeep: bool = True\n"
        'codes: list[str] = [\n  "010121",\n  "NO",\n]  # as text'
    )
    assert declared(notebook(tmp_path, cell)) == (
        Parameter("period", "str", "2025-12", "the month  # of the data"),
        Parameter("share", "float", -1.0, ""),
        Parameter("keep", "bool", True, ""),
        Parameter("codes", "list[str]", ["010121", "NO"], "as text"),
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("x = 1", "expected NAME: TYPE = LITERAL"),
        ("x: int", "expected a default, found none"),
        ("x: str | None = None", "expected a type of str, int, float, bool, list[str]; found 'str | None'"),
        ("x: Path = 'a'", "found 'Path'"),
        ("x: int = 1 + 1", "expected a whole number in decimal digits, written out; found 1 + 1"),
        ("x: str = f'{1}'", "written out"),
        ("x: str = print('run')", "written out"),
        ("x: str = 1", "expected text, written out; found 1"),
        ("x: int = True", "expected a whole number in decimal digits, written out; found True"),
        ("x: float = 1e999", "expected a finite number"),
        ("x: list[str] = ['a', 1]", "expected texts"),
        ("x: list[str] = ('a',)", "expected texts"),
        ("import os", "found 'import os'"),
        ("y.x: int = 1", "expected NAME"),
        ("x: int = 1; x: int = 2", "declared twice"),
        ("x: int = ", "expected Python, found invalid syntax"),
    ],
)
def test_anything_else_in_the_cell_is_refused_where_it_stands(tmp_path: Path, line: str, fault: str) -> None:
    with pytest.raises(ParameterError) as caught:
        declared(notebook(tmp_path, f"fine: int = 1\n{line}"))
    assert "briefing.ipynb, cell 1, line 2: " in str(caught.value)
    assert fault in str(caught.value)


def test_every_fault_of_the_cell_is_told_at_once(tmp_path: Path) -> None:
    assert len(told(tmp_path, {}, "a = 1\nb: int = 2\nc: Any = 3")) == 2


@pytest.mark.parametrize("cells", [{}, {1: ["parameters"], 2: ["parameters"]}])
def test_there_is_one_parameters_cell(tmp_path: Path, cells: dict[int, list[str]]) -> None:
    (line,) = told(tmp_path, {}, "x: int = 1", "x", tags=cells)
    assert "expected one code cell tagged 'parameters'" in line


def test_a_finished_report_is_not_a_source(tmp_path: Path) -> None:
    tags = {1: ["parameters"], 2: ["injected-parameters"]}
    (line,) = told(tmp_path, {}, "x: int = 1", "x = 2", "x", tags=tags)
    assert "found a finished report" in line


def test_a_missing_or_foreign_file_is_told(tmp_path: Path) -> None:
    notebook(tmp_path, "")
    with pytest.raises(TonnageError, match=r"no such file; did you mean 'briefing\.ipynb'"):
        check(tmp_path / "breifing.ipynb", {})
    (tmp_path / "old.ipynb").write_text('{"worksheets": []}')
    with pytest.raises(TonnageError, match="expected a notebook of format 4"):
        check(tmp_path / "old.ipynb", {})


# papermill's `-p` turned 010121 into 10121 and NO into False: here the declared type reads, and nothing else.
@pytest.mark.parametrize(
    ("declaration", "text", "value"),
    [
        ('str = ""', "010121", "010121"),
        ('str = ""', "NO", "NO"),
        ('str = ""', "1e5", "1e5"),
        ('str = ""', "null", "null"),
        ('str = ""', "", ""),
        ("int = 0", "0012", 12),
        ("int = 0", "-3", -3),
        ("float = 0", "1e5", 1e5),
        ("float = 0", ".5", 0.5),
        ("bool = False", "true", True),
        ("bool = True", "false", False),
        ("list[str] = []", "010121, NO,a b", ["010121", "NO", "a b"]),
        ("list[str] = ['a']", "", []),
    ],
)
def test_text_is_read_by_the_declared_type(tmp_path: Path, declaration: str, text: str, value: Any) -> None:
    found = checked(tmp_path, declaration, x=text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("declaration", "given", "expected"),
    [
        ("int = 0", "1.5", "a whole number in decimal digits (int), found str '1.5'"),
        ("int = 0", "0x10", "a whole number"),
        ("int = 0", "1_000", "a whole number"),
        ("int = 0", "٣", "a whole number"),
        ("int = 0", "", "a whole number"),
        ("int = 0", True, "a whole number in decimal digits (int), found bool True"),
        ("float = 0", "nan", "a finite number"),
        ("float = 0", "1e999", "a finite number"),
        ("bool = True", "True", "true or false (bool), found str 'True'"),
        ("bool = True", "no", "true or false"),
        ("bool = True", 1, "true or false"),
        ('str = ""', 10121, "text (str), found int 10121"),
        ('str = ""', None, "text (str), found NoneType None"),
        ('str = ""', "\udcff", "text (str)"),
        ("list[str] = []", "a,,b", "texts separated by commas"),
        ("list[str] = []", [1], "texts separated by commas"),
    ],
)
def test_what_does_not_fit_the_type_is_refused(
    tmp_path: Path, declaration: str, given: Any, expected: str
) -> None:
    (line,) = told(tmp_path, {"x": given}, f"x: {declaration}", "x")
    assert line.startswith(f"briefing.ipynb: parameter 'x': expected {expected}")


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_stays_as_it_is(tmp_path: Path, text: str) -> None:
    assert checked(tmp_path, 'str = ""', x=text) == text


def test_an_unknown_name_is_told_with_the_nearest_and_the_declared(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {"mnoths": "12"}, "months: int = 24\nlanguage: str = 'en'", "months, language")
    expected = "parameter 'mnoths': not declared; did you mean 'months'? declared are months, language"
    assert line == f"briefing.ipynb: {expected}"


@pytest.mark.parametrize("name", ["x = 1; import os #", "x\nimport os", "class", "__import__('os')"])
def test_a_name_carries_no_code(tmp_path: Path, name: str) -> None:
    (line,) = told(tmp_path, {name: "1"}, "x: int = 1", "x")
    assert "not declared" in line


@pytest.mark.parametrize(
    ("cell", "used"),
    [
        ("print(x)", True),
        ("f'{x:>5}'", True),
        ("def f():\n    return x", True),
        ("x += 1", True),
        ("%timeit f(x)", True),
        ("files = !ls {x}\nprint(files)", True),
        ("x = 2", False),
        ("# x", False),
        ("'x'", False),
        ("g(x=1)", False),
        ("a.x", False),
    ],
)
def test_a_parameter_no_later_cell_reads_is_an_error(tmp_path: Path, cell: str, used: bool) -> None:
    if used:
        assert check(notebook(tmp_path, "x: int = 1", cell), {}) == {"x": 1}
    else:
        assert "parameter 'x': unused" in told(tmp_path, {}, "x: int = 1", cell)[0]


@pytest.mark.parametrize("tag", ["lab-only", "skip-execution"])
def test_a_cell_that_does_not_run_reads_nothing(tmp_path: Path, tag: str) -> None:
    (line,) = told(tmp_path, {}, "x: int = 1", "x", tags={1: ["parameters"], 2: [tag]})
    assert "unused" in line


def test_a_cell_that_is_not_python_is_told_before_the_run(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {}, "x: int = 1", "x\nif:")
    assert line == "briefing.ipynb, cell 2, line 2: expected Python, found invalid syntax"


def test_names_mean_the_same_everywhere_and_are_made_regular(tmp_path: Path) -> None:
    path = notebook(tmp_path, BRIEFING, READS_ALL)
    found = check(path, {"definition": "magnets", "partner": "Japan", "as_of": "2026-01-20", "months": "36"})
    assert found == {
        "definition": "rare-earth-magnets",
        "partner": "JPN",
        "period": "2025-12",
        "as_of": "2026-01-20",
        "since": "",
        "months": 36,
        "language": "en",
    }


@pytest.mark.parametrize(
    ("name", "text", "told_as"),
    [
        ("definition", "rare-erth-magnets", "not in the registry; did you mean 'rare-earth-magnets'"),
        ("partner", "Japn", "did you mean 'Japan'"),
        ("reporter", "", "expected an ISO 3166 alpha-3 code"),
        ("flow", "exports", "expected export, import, re-export or re-import; found 'exports'"),
        ("period", "2025-13", "expected a month as YYYY-MM"),
        ("period", "2025-1", "expected a month as YYYY-MM"),
        ("period", "1989-12", "1990 to 2100"),
        ("period", "２０２５-12", "expected a month as YYYY-MM"),
        ("as_of", "2026-02-29", "expected the day of knowledge as YYYY-MM-DD"),
        ("as_of", "20260120", "expected the day of knowledge as YYYY-MM-DD"),
        ("as_of", "", "a report always has one"),
        ("since", "yesterday", 'or "" for none'),
        ("months", "0", "expected a number of months from 1 to 600; found 0"),
        ("months", "601", "found 601"),
        ("language", "fr", "expected one of en, zh, ja; found 'fr'"),
    ],
)
def test_an_impossible_value_says_what_is_allowed(tmp_path: Path, name: str, text: str, told_as: str) -> None:
    default = "1" if name == "months" else '"x"'
    (line,) = told(tmp_path, {name: text}, f"{name}: {TERMS[name].type} = {default}", name)
    assert told_as in line


def test_a_default_is_checked_like_a_given_value(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {}, BRIEFING, READS_ALL)
    assert "parameter 'as_of'" in line
    assert line.endswith("found '' (the notebook's default)")


def test_a_term_has_one_type(tmp_path: Path) -> None:
    (line,) = told(tmp_path, {}, 'months: str = "24"', "months")
    assert "expected the annotation int, found str" in line


@pytest.mark.parametrize(
    ("given", "told_as"),
    [
        (
            {"since": "2026-01-20"},
            "parameter 'since': expected a day before as_of 2026-01-20, found 2026-01-20",
        ),
        ({"period": "2026-02"}, "parameter 'period': expected a month begun by the as_of day 2026-01-20"),
    ],
)
def test_values_that_contradict_each_other_are_refused(
    tmp_path: Path, given: dict[str, str], told_as: str
) -> None:
    (line,) = told(tmp_path, {"as_of": "2026-01-20", **given}, BRIEFING, READS_ALL)
    assert told_as in line


def test_the_month_that_has_begun_may_be_asked_for(tmp_path: Path) -> None:
    given = {"as_of": "2026-01-20", "period": "2026-01", "since": "2026-01-19"}
    assert check(notebook(tmp_path, BRIEFING, READS_ALL), given)["period"] == "2026-01"


def test_every_mistake_is_told_at_once_one_a_line(tmp_path: Path) -> None:
    given = {"partnr": "JPN", "months": "many", "as_of": "2026-01-20", "period": "2027-01"}
    lines = told(tmp_path, given, BRIEFING + 'colour: str = "red"', READS_ALL)
    named = ["'partnr'", "'colour'", "'months'", "'period'"]
    assert [name in line for name, line in zip(named, lines, strict=True)] == [True] * 4


def test_nothing_is_run_and_papermill_is_not_imported(tmp_path: Path, python: Any) -> None:
    path = notebook(tmp_path, 'as_of: str = "2026-01-20"', "as_of; raise SystemExit")
    code = (
        "import sys, pathlib; from tonnage.reports.parameters import check;"
        f"check(pathlib.Path({str(path)!r}), {{}});"
        "print([m for m in ('papermill', 'nbformat', 'polars', 'IPython') if m in sys.modules])"
    )
    assert python(code) == "[]\n"


@pytest.fixture
def python() -> Any:
    """Run code in a Python of its own and return what it prints."""
    import subprocess
    import sys

    def run(code: str) -> str:
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    return run
