"""The publishers' own concordance tables, read: workbooks of the UN, and Eurostat's list of CN changes.

A concordance is no source: it prints no figure, and two workspaces that followed a definition through
different tables would give different numbers from the same raw files. So it is part of the model, made anew
from newer files with `make concordances FILES="..."` and reviewed as a change of `concordances.txt`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from tonnage.errors import CodeError
from tonnage.model import concordances
from tonnage.model.concordances import Pairs

__all__ = ["read", "write"]

_XLSX: Final = b"PK\x03\x04"
_XLS: Final = b"\xd0\xcf\x11\xe0"
_HS: Final = re.compile(r"HS ?([0-9]{4})")

_HEAD: Final = """Codes whose goods are in other codes of the next classification. Facts in our own layout,
made by concordance_files.py; concordances.py says how a line is read. From:
  UN Statistics Division, HS correlation tables (workbooks HS2022toHS2017..., HS2022toHS2012...)
  Eurostat, Combined Nomenclature, changes from year to year (CN_concordances_1988_2025)"""

Steps = dict[tuple[str, str], Pairs]
_Rows = Iterable[Sequence[Any]]
_Found = Iterator[tuple[tuple[str, str], str, str]]


def read(raw: bytes, name: str) -> Steps:
    """Return older code -> newer codes by step, of one file as published; only codes that changed.

    Args:
        raw: the bytes of an xlsx of the UN Statistics Division or of the xls of Eurostat.
        name: of the file, for errors.

    Raises:
        CodeError: it is neither, or a row is no pair of codes.
    """
    if raw.startswith(_XLSX):
        return _changed(_unsd(raw, name))
    if raw.startswith(_XLS):
        return _changed(_eurostat(raw, name))
    raise CodeError(f"{name}: expected a workbook (xlsx of the UN, xls of Eurostat)")


def _unsd(raw: bytes, name: str) -> _Found:
    """Yield (step, older, newer) of the sheet of correlations; its columns are told by their headings."""
    import openpyxl

    book = openpyxl.load_workbook(BytesIO(raw), read_only=True)
    titles = [title for title in book.sheetnames if "correlation" in title.lower()]
    if not titles:
        raise CodeError(f"{name}: expected a sheet of correlations among {book.sheetnames}")
    rows = enumerate(book[titles[0]].iter_rows(values_only=True), 1)
    columns: list[tuple[str, int]] = []
    for _, cells in rows:
        columns = [
            (f"HS{found[1]}", at)
            for at, cell in enumerate(cells)
            if (found := _HS.fullmatch(str(cell or "").strip()))
        ]
        if columns:
            break
    if len(columns) != len({scheme for scheme, _ in columns}) or len(columns) != 2:
        raise CodeError(
            f"{name}: {titles[0]}: expected a heading with two years such as 'HS 2022', 'HS 2017'"
        )
    (older, old_at), (newer, new_at) = sorted(columns)
    for line, cells in rows:
        pair = [str(cells[at] or "").strip() if at < len(cells) else "" for at in (old_at, new_at)]
        if any(str(cell or "").strip() for cell in cells):
            yield (older, newer), *_pair(pair, concordances.DIGITS["HS"], f"{name}: {titles[0]}: row {line}")


def _eurostat(raw: bytes, name: str) -> _Found:
    """Yield (step, older, newer) of the list of changes: period 20222023, origin code, destination code."""
    import xlrd  # type: ignore[import-untyped]

    sheet = xlrd.open_workbook(file_contents=raw).sheet_by_index(0)
    head = [str(cell).strip().lower() for cell in sheet.row_values(0)]
    if head[:3] != ["period", "origin code", "destination code"]:
        raise CodeError(f"{name}: expected the columns Period, Origin code, Destination code, found {head}")
    for row in range(1, sheet.nrows):
        period, *codes = [str(cell).split(".")[0].replace(" ", "") for cell in sheet.row_values(row)[:3]]
        where = f"{name}: row {row + 1}"
        if not re.fullmatch("[0-9]{8}", period) or int(period[4:]) != int(period[:4]) + 1:
            raise CodeError(f"{where}: period {period!r}: expected two years in a row, as 20222023")
        yield (f"CN{period[:4]}", f"CN{period[4:]}"), *_pair(codes, concordances.DIGITS["CN"], where)


def _pair(codes: Sequence[str], digits: int, where: str) -> tuple[str, str]:
    older, newer = codes
    for code in codes:
        if not re.fullmatch(f"[0-9]{{{digits}}}", code):
            raise CodeError(f"{where}: code {code!r}: expected {digits} digits as text")
    return older, newer


def _changed(found: _Found) -> Steps:
    """Group pairs by step and drop the codes that are in both with the same goods."""
    steps: dict[tuple[str, str], dict[str, set[str]]] = {}
    for step, older, newer in found:
        steps.setdefault(step, {}).setdefault(older, set()).add(newer)
    return {step: _without_same(pairs) for step, pairs in steps.items()}


def _without_same(pairs: dict[str, set[str]]) -> Pairs:
    shared: dict[str, int] = {}
    for targets in pairs.values():
        for target in targets:
            shared[target] = shared.get(target, 0) + 1
    return {
        code: tuple(sorted(targets))
        for code, targets in sorted(pairs.items())
        if targets != {code} or shared[code] > 1
    }


def write(paths: Sequence[Path], to: Path) -> list[str]:
    """Put the steps of some files into the text of concordances, beside those it has, and tell what changed.

    A step that the files hold takes the place of the one that was there.

    Raises:
        CodeError: a file cannot be read; nothing is written then.
    """
    held = concordances.parse_steps(to.read_text("utf-8")) if to.exists() else {}
    made = dict(held)
    for path in paths:
        made |= read(path.read_bytes(), path.name)
    to.write_text(concordances.render_steps(made, _HEAD), "utf-8")
    return [
        f"{older} > {newer}: {len(pairs)} codes changed"
        for (older, newer), pairs in sorted(made.items())
        if held.get((older, newer)) != pairs
    ]


if __name__ == "__main__":
    beside = Path(__file__).with_name("concordances.txt")
    told = write([Path(name) for name in sys.argv[1:]], beside)
    sys.stdout.write("\n".join(told or ["nothing changed"]) + "\n")
