"""From an executed notebook: blocks as they are, other outputs as tables, charts and text, code never."""

from __future__ import annotations

import base64
import struct
from typing import Any

import nbformat as untyped_nbformat
import polars as pl
import pytest
from tests.reports.sample import bars, blocks, document

from tonnage.errors import ContractError, TonnageError
from tonnage.reports.blocks import MIME, Block, Chart, Column, Front, Table, Text
from tonnage.reports.notebook import document as read

nbformat: Any = untyped_nbformat
v4 = nbformat.v4

FRONT = Front("T", "", "en", "2026-01-21")
PNG = base64.b64encode(
    b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">II", 200, 100) + b"rest"
).decode()


def code(*outputs: Any, source: str = "secret()", tags: tuple[str, ...] = (), **metadata: Any) -> Any:
    return v4.new_code_cell(
        source, outputs=list(outputs), metadata={"tags": list(tags), **metadata}, execution_count=5
    )


def shown(data: dict[str, Any], **metadata: Any) -> Any:
    return v4.new_output("display_data", data=data, metadata=metadata)


def block(of: Block) -> Any:
    return shown(of._repr_mimebundle_())


def read_cells(*cells: Any) -> tuple[Block, ...]:
    return read(v4.new_notebook(cells=list(cells)), front=FRONT).blocks


def test_blocks_come_out_as_they_went_in_through_a_file() -> None:
    report = document(draft="DRAFT")
    cells = [code(block(report.front)), *(code(block(b)) for b in report.blocks)]
    on_disk = nbformat.reads(nbformat.writes(v4.new_notebook(cells=cells)), as_version=4)
    assert read(on_disk) == report


def test_prose_and_outputs_keep_their_order_and_code_is_not_printed() -> None:
    found = read_cells(v4.new_markdown_cell("One"), code(block(Text("Two"))), v4.new_markdown_cell("Three"))
    assert found == (Text("One"), Text("Two"), Text("Three"))


def test_the_notebooks_own_title_is_not_printed_twice() -> None:
    assert read_cells(v4.new_markdown_cell("# T"), v4.new_markdown_cell("# Other")) == (Text("# Other"),)


@pytest.mark.parametrize(
    "tag", ["remove", "remove-cell", "lab-only", "parameters", "injected-parameters", "remove-output"]
)
def test_what_is_tagged_is_left_out(tag: str) -> None:
    assert read_cells(code(block(Text("x")), tags=(tag,))) == ()


def test_markdown_tagged_remove_is_left_out() -> None:
    assert read_cells(v4.new_markdown_cell("x", metadata={"tags": ["remove"]})) == ()


@pytest.mark.parametrize("tags", [(), ("remove",)])
def test_a_failed_cell_stops_the_report(tags: tuple[str, ...]) -> None:
    failed = v4.new_output("error", ename="NoDataError", evalue="no figure", traceback=[])
    with pytest.raises(TonnageError, match=r"cell 2 \[5\] \(secret\(\)\): .* NoDataError: no figure"):
        read_cells(v4.new_markdown_cell("x"), code(failed, tags=tags))


def test_one_front_is_needed() -> None:
    with pytest.raises(TonnageError, match=r"expected one front .*, found 0"):
        read(v4.new_notebook(cells=[]))
    with pytest.raises(TonnageError, match="found 2"):
        read(v4.new_notebook(cells=[code(block(FRONT), block(FRONT))]))


def test_the_notebooks_front_goes_before_the_default() -> None:
    own = Front("Own", "", "ja", "2026-01-20")
    assert read(v4.new_notebook(cells=[code(block(own))]), front=FRONT).front == own


def test_a_block_that_is_damaged_is_refused() -> None:
    with pytest.raises(ContractError, match="found 'poem'"):
        read_cells(code(shown({MIME: {"block": "poem"}})))


def test_a_pandas_frame_becomes_a_table() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"partner": ["Japan", "World"], "t": ["280", "5,952"]})
    data = {"text/html": frame._repr_html_(), "text/plain": str(frame)}
    assert read_cells(code(shown(data), title="Partners")) == (
        Table(
            "Partners",
            (Column("", "right"), Column("partner"), Column("t", "right")),
            (("0", "Japan", "280"), ("1", "World", "5,952")),
        ),
    )


def test_a_polars_frame_becomes_a_table_without_types_and_quotes() -> None:
    frame = pl.DataFrame({"partner": ["Japan", None], "t": [280.5, 5952.0]})
    (found,) = read_cells(code(shown({"text/html": frame._repr_html_()})))
    assert isinstance(found, Table)
    assert [c.name for c in found.columns] == ["partner", "t"]
    assert [c.align for c in found.columns] == ["left", "right"]
    assert found.rows == (("Japan", "280.5"), ("null", "5952.0"))


def test_merged_cells_are_repeated_and_heading_rows_joined() -> None:
    html = (
        "<table><caption>C</caption><thead><tr><th rowspan=2>p</th><th colspan=2>2025</th></tr>"
        "<tr><th>Nov</th><th>Dec</th></tr></thead>"
        "<tbody><tr><th rowspan=2>Japan</th><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>"
    )
    (found,) = read_cells(code(shown({"text/html": html})))
    assert found == Table(
        "C",
        (Column("p"), Column("2025 Nov", "right"), Column("2025 Dec", "right")),
        (("Japan", "1", "2"), ("Japan", "3", "")),
    )


def test_a_table_without_a_head_takes_its_first_row() -> None:
    (found,) = read_cells(code(shown({"text/html": "<table><tr><td>a</td></tr><tr><td>1</td></tr></table>"})))
    assert found == Table("", (Column("a", "right"),), (("1",),))


def test_other_html_becomes_its_text_and_scripts_vanish() -> None:
    html = "<style>x</style><script>y</script><div># not a heading</div>"
    assert read_cells(code(shown({"text/html": html}))) == (Text("    # not a heading"),)


@pytest.mark.parametrize(
    "cell",
    [
        code(shown({"image/svg+xml": bars()}, alt="24 bars", title="C")),
        code(shown({"image/svg+xml": bars()}, **{"image/svg+xml": {"alt": "24 bars", "title": "C"}})),
        code(shown({"image/svg+xml": bars()}), alt="24 bars", title="C"),
    ],
)
def test_a_picture_is_told_by_its_output_or_its_cell(cell: Any) -> None:
    assert read_cells(cell) == (Chart(bars(), "C", "24 bars"),)


def test_a_bitmap_is_framed_at_the_size_it_was_shown() -> None:
    (found,) = read_cells(code(shown({"image/png": PNG}, alt="x", **{"image/png": {"width": 100}})))
    assert isinstance(found, Chart)
    assert 'width="100" height="50" viewBox="0 0 200 100"' in found.svg


@pytest.mark.parametrize("data", [{"image/png": PNG}, {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"}])
def test_a_picture_nobody_told_is_refused(data: dict[str, str]) -> None:
    with pytest.raises(TonnageError, match=r"cell 1 \[5\] \(secret\(\)\): a picture without alt text"):
        read_cells(code(shown(data)))


def test_bytes_that_are_no_png_are_refused() -> None:
    with pytest.raises(TonnageError, match="expected PNG bytes"):
        read_cells(code(shown({"image/png": "AAAA"}, alt="x")))


def test_a_widget_is_refused() -> None:
    with pytest.raises(TonnageError, match="a widget prints nothing; tag the cell lab-only"):
        read_cells(code(shown({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "Slider()"})))


def test_printed_text_stays_literal_and_warnings_stay_in_the_lab() -> None:
    said = v4.new_output("stream", name="stdout", text="# 1\n\n*x*\n")
    warned = v4.new_output("stream", name="stderr", text="careful")
    assert read_cells(code(said, warned)) == (Text("    # 1\n\n    *x*"),)


@pytest.mark.parametrize("text", ["<Axes: >", "[<Line2D>]", "None", "Figure(640x480)", ""])
def test_what_a_plotting_call_returns_is_not_printed(text: str) -> None:
    assert read_cells(code(shown({"text/plain": text}))) == ()


def test_a_plain_result_and_markdown_are_printed() -> None:
    found = read_cells(
        code(shown({"text/plain": "5952"}), shown({"text/markdown": "**a**", "text/plain": "a"}))
    )
    assert found == (Text("    5952"), Text("**a**"))


def test_every_sample_block_is_known() -> None:
    assert read_cells(*(code(block(b)) for b in blocks("ja"))) == blocks("ja")
