"""Bytes to a frame of text cells, one row a record, as `sheets.read_sheet` takes it.

Nothing is dropped: a record that has not the fields of the header keeps its line and its text, and is set
aside with the reason that stands in its column `fault`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn

import polars as pl

from tonnage.errors import ReadError
from tonnage.sources.base import Sidecar, decode

__all__ = ["RESERVED", "delimited", "documents", "named", "parse_json", "renamed", "table"]

#: Columns that every frame of cells has besides those of the file: where a record stands, its text as
#: printed, and why it could not be split (null where it could).
RESERVED: Final = {"line": pl.UInt32(), "text": pl.String(), "fault": pl.String()}


def delimited(
    raw: bytes, sidecar: Sidecar, encodings: Sequence[str] = ("utf-8-sig",), separators: str = ","
) -> tuple[pl.DataFrame, list[str]]:
    """Return the records of a delimited file below its header, and what is to be told of it.

    A comma that ends every line makes no field. Empty lines are no records.

    Args:
        raw: the bytes.
        sidecar: what is known of the file.
        encodings: tried strictly, in order.
        separators: signs one of which separates the fields; the first that the header holds does.

    Raises:
        ReadError: no encoding reads it, it holds a NUL, it has no header, or a name of it stands there twice.
    """
    text, encoding = decode(raw, sidecar, encodings)
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = next((sign for sign in separators if sign in first), separators[0])
    lines = _lines(text)
    frame = _parsed(text, separator, sidecar) if lines is None else _split(lines, separator, sidecar)
    return frame, [f"encoding {encoding}"]


def _lines(text: str) -> pl.DataFrame | None:
    """Return the lines that hold something; None where a field in quotes goes over several lines."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = pl.DataFrame({"text": plain.split("\n")}).with_row_index("line", 1)
    lines = lines.filter(pl.col("text").str.strip_chars() != "")
    quotes = pl.col("text").str.count_matches('"', literal=True)
    if lines.select((quotes % 2 != 0).any()).item():
        return None
    return lines.with_columns(quoted=quotes > 0)


def _split(lines: pl.DataFrame, separator: str, sidecar: Sidecar) -> pl.DataFrame:
    """Split lines into fields: those without a quote at once, the others by a CSV reader."""
    if not lines.height:
        raise ReadError(f"{sidecar.file}: expected a header and records below it; the file is empty")
    names = _names(next(_csv([lines["text"][0]], separator)), sidecar)
    body = lines.slice(1)
    plain = _by_engine(body.filter(~pl.col("quoted")), separator, names)
    quoted = body.filter("quoted")
    if not quoted.height:
        return plain
    rows = zip(quoted["line"], quoted["text"], _each(quoted["text"].to_list(), separator), strict=True)
    return pl.concat([plain, _by_hand(rows, names)]).sort("line")


def _by_engine(lines: pl.DataFrame, separator: str, names: Sequence[str]) -> pl.DataFrame:
    fields = len(names)
    found = pl.col("text").str.count_matches(separator, literal=True) + 1
    # A separator at the end of the line makes one empty field too many.
    whole = (found == fields) | ((found == fields + 1) & pl.col("text").str.ends_with(separator))
    parts = pl.col("text").str.split_exact(separator, fields)
    fault = pl.format("expected {} fields, found {}", pl.lit(fields), found)
    return lines.select(
        pl.col("line").cast(RESERVED["line"]),
        "text",
        pl.when(~whole).then(fault).alias("fault"),
        *(pl.when(whole).then(parts.struct[place]).alias(name) for place, name in enumerate(names)),
    )


def _each(lines: Sequence[str], separator: str) -> list[list[str] | str]:
    """Return the fields of each line, or why there are none."""
    try:
        return list(_csv(lines, separator))
    except csv.Error:
        pass
    found: list[list[str] | str] = []
    for line in lines:
        try:
            found.append(next(_csv([line], separator)))
        except csv.Error as fault:
            found.append(f"not a CSV record: {fault}")
    return found


def _csv(lines: Iterable[str], separator: str) -> Any:
    return csv.reader(lines, strict=True, delimiter=separator)


def _parsed(text: str, separator: str, sidecar: Sidecar) -> pl.DataFrame:
    """Read a file whose fields go over several lines; a record counts from its first."""
    reader = _csv(io.StringIO(text, newline=""), separator)
    rows: list[tuple[int, str, list[str] | str]] = []
    start = 1
    try:
        for fields in reader:
            if any(field.strip() for field in fields):
                rows.append((start, separator.join(fields), fields))
            start = reader.line_num + 1
    except csv.Error as fault:
        raise ReadError(f"{sidecar.file}: line {reader.line_num}: not a CSV record: {fault}") from fault
    if not rows:
        raise ReadError(f"{sidecar.file}: expected a header and records below it; the file is empty")
    return _by_hand(rows[1:], _names(rows[0][2], sidecar))


def _names(header: Sequence[str], sidecar: Sidecar) -> list[str]:
    names = [name.strip() for name in header]
    if names and names[-1] == "":
        names.pop()  # every line ends with a separator
    _refuse_twice(names, sidecar)
    return names


def _refuse_twice(names: Sequence[str], sidecar: Sidecar) -> None:
    twice = sorted({name for name in names if names.count(name) > 1 or name in RESERVED or not name})
    if twice or not names:
        raise ReadError(f"{sidecar.file}: expected a header of names, each of them once; found {twice}")


def _by_hand(rows: Iterable[tuple[int, str, Sequence[Any] | str]], names: Sequence[str]) -> pl.DataFrame:
    """Return the frame of rows of fields; a row of the wrong length keeps its text and says why."""
    fields = len(names)
    made: list[tuple[Any, ...]] = []
    for line, text, row in rows:
        whole = row[:-1] if len(row) == fields + 1 and row[-1] == "" and not isinstance(row, str) else row
        if isinstance(whole, str):
            made.append((line, text, whole, *(None for _ in names)))
        elif len(whole) != fields:
            fault = f"expected {fields} fields, found {len(whole)}"
            made.append((line, text, fault, *(None for _ in names)))
        else:
            made.append((line, text, None, *whole))
    schema = RESERVED | {name: pl.String() for name in names}
    return pl.DataFrame(made, schema=schema, orient="row")


def documents(raw: bytes, sidecar: Sidecar) -> list[Any]:
    """Return JSON documents that follow each other, as pages do that were saved into one file.

    Every number is the text it is printed as.

    Raises:
        ReadError: the bytes are no JSON: cut short, or a page that tells of an error.
    """
    text, _ = decode(raw, sidecar)
    reader = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)
    found: list[Any] = []
    place = _next(text, 0)
    try:
        while place < len(text):
            document, end = reader.raw_decode(text, place)
            found.append(document)
            place = _next(text, end)
    except ValueError as fault:
        start = " ".join(text[place : place + 120].split())
        raise ReadError(
            f"{sidecar.file}: expected a whole JSON document: {fault}; it begins {start!r}: was the answer"
            " cut, or is it a page that tells of an error?"
        ) from None
    return found


def _next(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def parse_json(raw: bytes, sidecar: Sidecar) -> Any:
    """Return one JSON document with every number as the text it is printed as.

    Raises:
        ReadError: the bytes are not one JSON document.
    """
    found = documents(raw, sidecar)
    if len(found) != 1:
        raise ReadError(f"{sidecar.file}: expected one JSON document, found {len(found)}")
    return found[0]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def table(rows: Any, sidecar: Sidecar) -> pl.DataFrame:
    """Return a list of lists, the first of them the names, as cells; line 1 is that of the names.

    A column that is there twice with the same cells, as a service repeats what it was asked for, is taken
    once.

    Raises:
        ReadError: it is not of that form, or a name stands over two different columns.
    """
    header = rows[0] if isinstance(rows, list) and rows else None
    if not isinstance(header, list) or not all(isinstance(name, str) for name in header):
        raise ReadError(f"{sidecar.file}: expected a list of lists, the first of them the names of columns")
    apart = [name if header.index(name) == place else f"{name} {place}" for place, name in enumerate(header)]
    names = _names(apart, sidecar)
    texts = (_text(row) for row in rows[1:])
    listed = (
        [_cell(cell) for cell in row] if isinstance(row, list) else "not a list of cells" for row in rows[1:]
    )
    cells = _by_hand(zip(range(2, len(rows) + 1), texts, listed, strict=True), names)
    return _without_repeats(cells, dict(zip(apart, header, strict=True)), sidecar)


def _without_repeats(cells: pl.DataFrame, headings: Mapping[str, str], sidecar: Sidecar) -> pl.DataFrame:
    again = {name: heading for name, heading in headings.items() if name != heading}
    for name, heading in again.items():
        if not cells.select((pl.col(name).eq_missing(pl.col(heading))).all()).item():
            raise ReadError(f"{sidecar.file}: the column {heading!r} is there twice, with different cells")
    return cells.drop(list(again))


def named(rows: Sequence[Any], names: Sequence[str], sidecar: Sidecar) -> pl.DataFrame:
    """Return records of named values as cells, counted from 1; a value that is not there is null.

    Args:
        rows: the records; one that is no mapping keeps its text and says why.
        names: the columns; what a record holds besides is in its text only.
        sidecar: what is known of the file.
    """
    _refuse_twice(names, sidecar)
    listed = (
        [_cell(row.get(name)) for name in names] if isinstance(row, Mapping) else "not a record"
        for row in rows
    )
    return _by_hand(zip(range(1, len(rows) + 1), map(_text, rows), listed, strict=True), names)


def _text(row: Any) -> str:
    return json.dumps(row, ensure_ascii=False)


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value)


def renamed(cells: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Return the cells with columns under our names, stripped of blanks; what is not named is left out.

    Args:
        cells: a frame of cells.
        columns: our name -> the heading in the file.
    """
    own = (pl.col(heading).str.strip_chars().alias(name) for name, heading in columns.items())
    return cells.select(*RESERVED, *own)
