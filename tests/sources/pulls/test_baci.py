"""BACI: one archive a release and nomenclature."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.sources.pulls.judging import PAGE, judged, plan

from tonnage.errors import ParameterError
from tonnage.sources.pulls.baci import PULL


def test_one_archive_a_nomenclature() -> None:
    one, two = plan(PULL, release="V202501", classification="HS92,HS22")
    assert one.url == "https://www.cepii.fr/DATA_DOWNLOAD/baci/data/BACI_HS92_V202501.zip"
    assert (two.file, two.form) == ("BACI_HS22_V202501.zip", "zip")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"PK\x03\x04", 200, "rows"),
        (PAGE, 200, "unpublished"),
        (b"", 404, "unpublished"),
        (b"", 304, "same"),
        (b"no", 403, "refused"),
    ],
)
def test_each_answer_is_what_it_is(body: bytes, status: int, kind: str) -> None:
    (request,) = plan(PULL, release="202501")
    assert judged(PULL, request, body, status).kind == kind


def test_the_day_is_the_servers_word() -> None:
    (request,) = plan(PULL, release="202501")
    found = judged(PULL, request, b"PK\x03\x04", last_modified="Thu, 30 Jan 2025 09:00:00 GMT")
    assert (found.published, found.basis) == (dt.date(2025, 1, 30), "page")


@pytest.mark.parametrize("given", [{}, {"release": "x"}, {"release": "202501", "classification": "HS23"}])
def test_a_wrong_question_is_told(given: dict[str, str]) -> None:
    with pytest.raises(ParameterError, match="--"):
        plan(PULL, **given)  # type: ignore[arg-type]
