"""China customs tables of our own making, as a page and as a workbook, in the layout of the publications.

A table is rows of texts. A heading may be written `text|across|down`; space before a name is its indent.
"""

from __future__ import annotations

import html
import io
import warnings
from collections.abc import Sequence

Rows = Sequence[Sequence[str | float]]

#: Headings of the bulletin from February on: ten columns; the changes of the month stand last.
BULLETIN_HEAD = (
    (
        "商品名称|1|2",
        "计量单位|1|2",
        "12月|2|1",
        "1至12月累计|2|1",
        "累计比去年同期±%|2|1",
        "当月比去年同期±%|2|1",
    ),
    ("数量", "金额", "数量", "金额", "数量", "金额", "数量", "金额"),
)
#: In January 2026: the month alone.
JANUARY_HEAD = (
    ("商品名称|1|2", "计量单位|1|2", "1月|2|1", "比去年同期±%|2|1"),
    ("数量", "金额", "数量", "金额"),
)
#: Of the flash: month, year to date, the same months of the year before, and the change of the year to date.
FLASH_HEAD = (
    ("商品名称|1|2", "计量单位|1|2", "12月|2|1", "1至12月累计|2|1", "去年同期累计|2|1", "累计同比±%|2|1"),
    ("数量", "金额", "数量", "金额", "数量", "金额", "数量", "金额"),
)
ENGLISH_HEAD = (
    ("Commodity|1|2", "Quantity Unit|1|2", "12|2|1", "1to12|2|1", "Percentage Change|2|1"),
    ("Quantity", "Value", "Quantity", "Value", "Quantity", "Value"),
)

# Bulletin table 13 of 18 January 2026.
BULLETIN_ROWS: Rows = (
    ("钨品", "吨", "1,057", "56,968", "12,623", "467,030", "-", "-", "-41.1", "5.7"),
    ("稀土及其制品", "吨", "11,137", "273,625", "129,583", "2,500,891", "-", "-", "16.1", "26.5"),
    ("　　其中：稀土", "吨", "4,392", "44,716", "62,585", "365,519", "-", "-", "32.0", "51.3"),
    ("肥料", "万吨", "341", "580,641", "4,627", "9,841,941", "-", "-", "19.3", "16.0"),
)
# The flash of 14 January 2026.
FLASH_ROWS: Rows = (
    ("农产品*", "-", "-", "749.2", "-", "7451", "-", "7327.5", "-", "1.7"),
    ("成品油", "万吨", "536.7", "257.2", "5802", "2741.8", "5813.7", "2973.5", "-0.2", "-7.8"),
    ("稀土", "吨", "4392.1", "4.5", "62585.2", "36.6", "55431.1", "34.8", "12.9", "5.1"),
)
BULLETIN_TITLE = "（13）2025年12月出口主要商品量值表（人民币值）"
FLASH_TITLE = "2025年12月全国出口重点商品量值表（人民币值）"


def page(
    rows: Rows,
    head: Rows = BULLETIN_HEAD,
    title: str = BULLETIN_TITLE,
    unit: str = "单位：万元人民币",
    note: str = "注：本表商品列目的编码范围参见本年第1期附录。",
    day: str = "",
) -> str:
    """A page as the site writes it: layout of tabs and line ends, space of no-break spaces."""
    width = 2 + len(head[1])
    lines = [_tr([f"{unit}|{width}|1"]), *map(_tr, head), *map(_tr, rows), _tr([f"{note}|{width}|1"])]
    stated = f'<div class="atcl-date">{day}</div>' if day else ""
    return (
        '<!DOCTYPE html>\n<html>\n<head><meta charset="UTF-8">\n<title>海关总署</title></head>\n<body>\n'
        f'<div class="atcl-ttl">{html.escape(title)}</div>{stated}\n<div class="atcl-cnt"><table>\n<tbody>'
        + "\n".join(lines)
        + "\n</tbody></table></div>\n<p>主办单位：中华人民共和国海关总署</p>\n</body>\n</html>\n"
    )


def _tr(cells: Sequence[str | float]) -> str:
    return "\t<tr>\n" + "\n".join(_td(str(cell)) for cell in cells) + "\n\t</tr>"


def _td(cell: str) -> str:
    text, *spans = cell.split("|")
    across, down = spans or ("1", "1")
    marks = f' colspan="{across}"' * (across != "1") + f' rowspan="{down}"' * (down != "1")
    shown = html.escape(text).replace("　", "&nbsp;&nbsp;")
    return f"\t\t<td{marks}>\n\t\t\t<span>{shown}</span>\n\t\t</td>"


def workbook(
    rows: Rows,
    head: Rows = BULLETIN_HEAD,
    title: str = BULLETIN_TITLE,
    unit: str = "单位：万元人民币",
    note: str = "注：本表商品列目的编码范围参见本年第1期附录。",
    *,
    first: tuple[int, int] = (1, 1),
    merge: bool = True,
) -> bytes:
    """A workbook as the bulletin gives it: an empty row and column, merged headings, numbers as numbers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import xlwt  # type: ignore[import-untyped]
    book = xlwt.Workbook()
    sheet = book.add_sheet("13")
    top, left = first
    sheet.write(top, left, title)
    sheet.write(top + 1, left, unit)
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(head, start=top + 2):
        x = left
        for cell in row:
            while (y, x) in taken:
                x += 1
            text, *spans = str(cell).split("|")
            across, down = (int(n) for n in spans) if spans else (1, 1)
            taken |= {(y + dy, x + dx) for dy in range(down) for dx in range(across)}
            if merge and (across, down) != (1, 1):
                sheet.write_merge(y, y + down - 1, x, x + across - 1, text)
            else:
                sheet.write(y, x, text)
    for y, row in enumerate(rows, start=top + 4):
        for x, cell in enumerate(row, start=left):
            sheet.write(y, x, _value(str(cell)))
    sheet.write(top + 4 + len(rows), left, note)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _value(text: str) -> str | float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text
