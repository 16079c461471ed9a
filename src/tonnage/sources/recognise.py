"""Which source a file is of, by what stands at its beginning: never by its name alone, and never a guess.

A source without marks here is not recognised; its files need to be named as its own.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["HEAD", "recognised"]

#: Bytes of a file that are looked at.
HEAD: Final = 1 << 20

_TEXT: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"
_7Z: Final = b"7z\xbc\xaf\x27\x1c"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"

_TABLE_TITLE: Final = re.compile(
    r"[出进]口[^<\n]{0,8}商品量值表|进出口商品国别"
    r"|(?:exports?|imports?)[^<\n]{0,20} in quantity and value|values? by (?:major )?country",
    re.I,
)
_HTML: Final = re.compile(r"<(?:!doctype html|html)\b", re.I)
_NEWS: Final = re.compile(r"NewsArticle|property=[\"']?(?:og|article):|<article\b", re.I)
_FRONT: Final = re.compile(r"---\r?\n(?:.*\n)*?(?:title|date)\s*:")
_DATED: Final = re.compile(r"(?:[^\n]{1,120}\n)?(?:19|20)\d\d-\d\d-\d\d\r?\n\s*\n")
_FEED: Final = re.compile(r"<(?:rss|feed|rdf:RDF)\b")


@dataclass(frozen=True, slots=True)
class _File:
    """The beginning of a file, as bytes and as text, and the names in its first line."""

    name: str
    head: bytes
    text: str
    columns: frozenset[str]

    def has(self, *names: str) -> bool:
        """Return whether all these are names in the first line."""
        return self.columns.issuperset(names)

    def says(self, *marks: str) -> bool:
        """Return whether all these stand in the text."""
        return all(mark in self.text for mark in marks)


def recognised(name: str, head: bytes, among: Iterable[str]) -> list[str]:
    """Return the sources a file may be of: one where it is clear, none or several where it is not.

    Args:
        name: name of the file.
        head: its first `HEAD` bytes, or all of it.
        among: ids of the sources that are considered.
    """
    text = _text(head)
    first = next((line for line in text.splitlines() if line.strip()), "")
    columns = frozenset(cell.strip().strip('"').lower() for cell in re.split(r"[,;\t]", first))
    file = _File(name, head, text, columns)
    return [source for source in among if source in _MARKS and _MARKS[source](file)]


def _text(head: bytes) -> str:
    """Return the beginning as text, also of what is packed with gzip; "" for what is no text."""
    if head.startswith(_GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, _TEXT)
        except zlib.error:
            return ""
    if head.startswith((_7Z, _ZIP, _OLE)):
        return ""
    for encoding in ("utf-8-sig", "gb18030", "cp932"):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(head[:_TEXT])
        except UnicodeDecodeError:
            continue
    return head[:_TEXT].decode("latin-1")


def _sheet_texts(head: bytes) -> str:
    """Return the texts of a workbook, "" of what is none or is longer than its beginning."""
    try:
        with zipfile.ZipFile(io.BytesIO(head)) as book:
            return book.read("xl/sharedStrings.xml").decode("utf-8", "replace")
    except (zipfile.BadZipFile, KeyError, zlib.error):
        return ""


def _gacc_bulletin(file: _File) -> bool:
    if file.head.startswith(_ZIP):
        return bool(_TABLE_TITLE.search(_sheet_texts(file.head)))
    if file.head.startswith(_OLE):
        titles = ("量值表", "Quantity and Value")
        return any(title.encode(form) in file.head for title in titles for form in ("utf-16-le", "utf-8"))
    page = bool(_HTML.search(file.text)) and bool(_TABLE_TITLE.search(file.text))
    return page or file.has("line_printed", "month_quantity", "ytd_quantity")


def _gacc_query(file: _File) -> bool:
    codes = {"commodity code", "商品编码", "trading partner code", "贸易伙伴编码"}
    money = {"us dollar", "renminbi yuan", "美元", "人民币"}
    return bool(codes & file.columns) and bool(money & file.columns)


def _articles(file: _File) -> bool:
    if _HTML.search(file.text):
        return bool(_NEWS.search(file.text)) and not _TABLE_TITLE.search(file.text)
    return bool(_FRONT.match(file.text) or _DATED.match(file.text))


def _feeds(file: _File) -> bool:
    listed = file.text.lstrip().startswith("{") and file.says('"articles"', '"seendate"')
    return listed or bool(_FEED.search(file.text[:2000]))


def _census(file: _File) -> bool:
    rows = file.text.lstrip().startswith("[[") and file.says('"CTY_CODE"')
    code = "i_commodity" in file.columns or "e_commodity" in file.columns
    return rows or (code and file.has("cty_code"))


def _comext(file: _File) -> bool:
    archive = file.head.startswith(_7Z) and "full_" in file.name
    figures = file.has("dataflow", "last update", "reporter", "product", "indicators")
    bulk = file.has("reporter", "partner", "product_nc") or file.has("declarant_iso", "product_nc")
    return archive or figures or bulk


def _korea_flash(file: _File) -> bool:
    goods = file.says("<hsCd>") and (file.says("<expDlr>") or file.says("<impDlr>"))
    return goods or file.says('"itemUsdAmt1"')


def _baci(file: _File) -> bool:
    archive = file.head.startswith(_ZIP) and b"BACI_HS" in file.head
    return archive or file.columns == frozenset("tijkvq")


_MARKS: Final[dict[str, Callable[[_File], bool]]] = {
    "gacc-bulletin": _gacc_bulletin,
    "gacc-query": _gacc_query,
    "gacc-calendar": lambda file: file.has("source", "stage", "due", "published", "basis"),
    "quotas": lambda file: file.has("commodity", "year", "round", "tonnes"),
    "press": lambda file: file.has("quotes_stage", "quantity_unit", "publisher"),
    "articles": _articles,
    "feeds": _feeds,
    "comtrade": lambda file: file.says("refPeriodId", "cmdCode", "partnerCode"),
    "estat": lambda file: file.has("exp or imp", "hs"),
    "comext": _comext,
    "census": _census,
    "hmrc": lambda file: file.says('"FlowTypeId"', '"MonthId"'),
    "korea-flash": _korea_flash,
    "baci": _baci,
}
