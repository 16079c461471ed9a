"""China customs (GACC), national tables: by line (flash, bulletin tables 13 and 14) and by country.

A file is the publication itself (an HTML page or an Excel workbook) or our transcription of it (CSV); which
of them it is, its content says.
"""

from __future__ import annotations

from tonnage.errors import ReadError
from tonnage.sources import gacc_grids, gacc_tables, gacc_transcript
from tonnage.sources.base import Reading, Sidecar, Source

__all__ = ["SOURCE"]

_READERS = {
    "html": gacc_tables.read_html,
    "xls": gacc_tables.read_xls,
    "xlsx": gacc_tables.read_xlsx,
    "text": gacc_transcript.read,
}


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return FLOWS of one release; mass in kg, other units under their own code, money in its currency.

    Raises:
        ReadError: the file is none of these forms, or does not say in one voice what it prints.
    """
    kind = gacc_grids.kind_of(raw)
    if kind not in _READERS:
        raise ReadError(
            f"{sidecar.file}: expected an HTML page, an Excel workbook or a transcription in CSV, found"
            f" {kind}"
        )
    return _READERS[kind](raw, sidecar)


SOURCE = Source(
    id=gacc_transcript.SOURCE_ID,
    title="China customs, national tables: by line (flash, bulletin tables 13 and 14) and by country",
    table="flows",
    licence="Statistics of the General Administration of Customs of China; quote with the source named",
    how="Save the page or the XLS of a release and ingest it with --published; or transcribe its rows into"
    " the columns of data/raw/gacc-bulletin and ingest the file with --published,"
    " --detail stage=flash|bulletin and --detail flow=export|import",
    read=read,
    suffixes=(".csv", ".xls", ".xlsx", ".html", ".htm"),
)
