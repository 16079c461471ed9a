"""Cells: bytes of delimited files and JSON in, a row of text cells a record out, none lost."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tonnage.errors import ReadError
from tonnage.sources import cells
from tonnage.sources.base import Sidecar

SIDECAR = Sidecar("port", "port.csv", "ab" * 32)


def split(text: str, separators: str = ",") -> list[tuple[object, ...]]:
    frame, _ = cells.delimited(text.encode(), SIDECAR, separators=separators)
    return frame.drop("text").rows()


def test_a_record_keeps_its_line_and_its_text_as_printed() -> None:
    frame, notes = cells.delimited(b"\xef\xbb\xbfHS,Value\r\n\r\n'0101',5\r\nNA,\n", SIDECAR)
    assert frame.columns == ["line", "text", "fault", "HS", "Value"]
    assert frame.rows() == [(3, "'0101',5", None, "'0101'", "5"), (4, "NA,", None, "NA", "")]
    assert notes == ["encoding utf-8-sig"]


def test_a_separator_that_ends_every_line_makes_no_field() -> None:
    assert split("a,b,\n1,2,\n3,4\n") == [(2, None, "1", "2"), (3, None, "3", "4")]


def test_a_ragged_record_says_what_it_lacks_and_the_others_stay() -> None:
    assert split('a,b\n1\n1,2\n1,2,3\n"x, y",2\n"x",2,3\n') == [
        (2, "expected 2 fields, found 1", None, None),
        (3, None, "1", "2"),
        (4, "expected 2 fields, found 3", None, None),
        (5, None, "x, y", "2"),
        (6, "expected 2 fields, found 3", None, None),
    ]


def test_a_line_end_in_quotes_is_part_of_its_field() -> None:
    assert split('a,b\n"two\nlines",1\nx,2\n') == [(2, None, "two\nlines", "1"), (4, None, "x", "2")]


def test_a_quote_out_of_place_spoils_its_own_record_only() -> None:
    found = split('a,b\n"x"y"z",1\n1,2\n"z",3\n')
    assert "not a CSV record" in str(found[0][1])
    assert [row[2:] for row in found[1:]] == [("1", "2"), ("z", "3")]


def test_the_separator_is_the_one_the_header_holds() -> None:
    assert split("a|b\n1,5|2\n", "|,") == [(2, None, "1,5", "2")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("a,a\n1,2\n", r"each of them once; found \['a'\]"),
        ("a,,b\n1,2,3\n", r"each of them once; found \[''\]"),
        ("line,b\n1,2\n", r"found \['line'\]"),
        ("a,b\n1,\x002\n", "holds a NUL character"),
    ],
)
def test_a_file_without_a_usable_header_is_an_error(text: str, told: str) -> None:
    with pytest.raises(ReadError, match=told):
        split(text)


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(FIELD, FIELD, FIELD), min_size=1, max_size=12))
def test_what_a_csv_writer_wrote_is_what_is_read(rows: list[tuple[str, str, str]]) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *rows])
    # A bare \r in quotes is read as it stands only where the reader sees the whole file.
    frame, _ = cells.delimited(buffer.getvalue().encode(), SIDECAR)
    kept = [row for row in rows if "".join(row).strip() or frame.height == len(rows)]
    plain = [tuple(field.replace("\r\n", "\n").replace("\r", "\n") for field in row) for row in kept]
    found = [
        tuple(str(field).replace("\r\n", "\n").replace("\r", "\n") for field in row)
        for row in frame.select("a", "b", "c").iter_rows()
    ]
    assert found == plain


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from('a1,"\n '), max_size=60))
def test_whatever_the_lines_hold_no_record_is_lost(body: str) -> None:
    try:
        frame, _ = cells.delimited(f"a,b\n{body}".encode(), SIDECAR)
    except ReadError:
        return
    assert frame["line"].is_sorted()
    if body.count('"') == 0:
        assert frame.height == sum(1 for line in body.split("\n") if line.strip())


def test_numbers_of_json_keep_the_digits_they_are_printed_with() -> None:
    rows = cells.parse_json(b'[{"Value": 148391144.0, "Mass": null, "Id": 202602}]', SIDECAR)
    frame = cells.named(rows, ["Id", "Value", "Mass"], SIDECAR)
    assert frame.drop("text").rows() == [(1, None, "202602", "148391144.0", None)]


def test_pages_saved_one_after_the_other_are_told_apart() -> None:
    assert cells.documents(b'{"a": 1}\n{"a": 2.50}[3]', SIDECAR) == [{"a": "1"}, {"a": "2.50"}, ["3"]]
    with pytest.raises(ReadError, match="expected one JSON document, found 2"):
        cells.parse_json(b"[] []", SIDECAR)
    with pytest.raises(ReadError, match="it begins '<html>'"):
        cells.documents(b'{"a": 1}\n<html>', SIDECAR)


def test_a_table_of_lists_counts_its_names_as_line_one() -> None:
    rows = cells.parse_json(b'[["A","B"],["1","2"],["1"],"x"]', SIDECAR)
    assert cells.table(rows, SIDECAR).drop("text").rows() == [
        (2, None, "1", "2"),
        (3, "expected 2 fields, found 1", None, None),
        (4, "not a list of cells", None, None),
    ]


def test_a_column_that_is_repeated_is_taken_once_and_two_of_one_name_are_an_error() -> None:
    rows = [["A", "B", "A"], ["1", "2", "1"], [None, "3", None]]
    assert cells.table(rows, SIDECAR).drop("text").rows() == [(2, None, "1", "2"), (3, None, None, "3")]
    with pytest.raises(ReadError, match="the column 'A' is there twice, with different cells"):
        cells.table([*rows, ["4", "5", "6"]], SIDECAR)


@pytest.mark.parametrize("raw", [b'[["A","B"],["1","2"', b"<html>", b"error: unknown variable", b"[NaN]"])
def test_what_is_not_one_whole_document_is_an_error_that_shows_its_beginning(raw: bytes) -> None:
    with pytest.raises(ReadError, match="expected a whole JSON document"):
        cells.parse_json(raw, SIDECAR)


@pytest.mark.parametrize("rows", [[], ["names"], [[1, 2]], [{"a": 1}, {"a": 2}], {"error": "x"}])
def test_what_is_no_table_is_an_error(rows: object) -> None:
    with pytest.raises(ReadError, match=r"expected a (list of lists|header)"):
        cells.table(json.loads(json.dumps(rows)), SIDECAR)


def test_columns_get_our_names_and_lose_their_blanks() -> None:
    frame, _ = cells.delimited(b"HS,Unit1,More\n'01', KG ,x\n", SIDECAR)
    assert cells.renamed(frame, {"code": "HS", "unit": "Unit1"}).rows() == [
        (2, "'01', KG ,x", None, "'01'", "KG")
    ]
