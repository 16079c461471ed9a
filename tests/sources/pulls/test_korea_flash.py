"""Korea: the flash tables are a form that is posted; goods by country are asked a year at a time."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sources.pulls.judging import PAGE, judged, plan

from tonnage.errors import ParameterError, PullError
from tonnage.sources.pulls.base import Request
from tonnage.sources.pulls.korea_flash import PULL

GOODS = b"<response><header><resultCode>%s</resultCode></header><body><items>%s</items></body></response>"
ERROR = b"<OpenAPI_ServiceResponse><returnReasonCode>%s</returnReasonCode></OpenAPI_ServiceResponse>"


def flash() -> Request:
    return plan(PULL, period="2026-09:2026-10", form="items", flow="export")[0]


def goods() -> Request:
    return plan(PULL, period="2026-01:2026-02", form="goods", commodity="280530", partner="CHN")[0]


def test_the_flash_tables_are_four_questions() -> None:
    found = plan(PULL, keyed=False, period="2026-09:2026-10")
    assert len(found) == len({request.id for request in found}) == 4
    sent = dict(found[0].data)
    assert (sent["statsKind"], sent["imexTpcd"], sent["priodFr"], sent["priodTo"]) == (
        "ETS_MNK_1050000A",
        "E",
        "202609",
        "202610",
    )
    assert ("isAjax", "true") in found[0].headers
    assert not any(request.keyed for request in found)
    assert found[0].file == "flash_items_export_202609-202610.json"
    assert found[0].details == {"flow": "export"}


def test_goods_are_asked_by_code_partner_and_year() -> None:
    found = plan(PULL, form="goods", period="2025-11:2026-02", commodity="280530,850511", partner="CHN,JPN")
    assert len(found) == 8
    assert found[0].url == "https://apis.data.go.kr/1220000/nitemtrade/getNitemtradeList"
    assert dict(found[0].params) == {
        "strtYymm": "202511",
        "endYymm": "202512",
        "hsSgn": "280530",
        "cntyCd": "CN",
    }
    assert found[0].keyed


@pytest.mark.parametrize(
    ("body", "kind"),
    [({"items": [{"lwprId": "202609"}]}, "rows"), ({"items": []}, "unpublished"), (PAGE, "blocked")],
)
def test_each_flash_answer_is_what_it_is(body: Any, kind: str) -> None:
    assert judged(PULL, flash(), body).kind == kind


@pytest.mark.parametrize("body", [{"error": "true", "message": "no"}, {"item": []}, [1]])
def test_a_flash_answer_of_another_shape_is_told(body: Any) -> None:
    with pytest.raises(PullError, match=r"publisher says|expected a list"):
        judged(PULL, flash(), body)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (GOODS % (b"00", b"<item><year>2026.01</year></item>"), "rows"),
        (GOODS % (b"00", b""), "empty"),
        (GOODS % (b"03", b""), "empty"),
        (ERROR % b"22", "quota"),
        (ERROR % b"30", "refused"),
        (b"<unknown/>", "refused"),
        (b'{"json": 1}', "blocked"),
    ],
)
def test_each_answer_on_goods_is_what_it_is(body: bytes, kind: str) -> None:
    assert judged(PULL, goods(), body).kind == kind


def test_goods_need_codes() -> None:
    with pytest.raises(ParameterError, match="--commodity"):
        plan(PULL, form="goods", period="2026-01")


def test_the_same_items_have_the_same_fingerprint() -> None:
    assert PULL.fingerprint
    one = GOODS % (b"00", b"<item>1</item>")
    assert PULL.fingerprint(one) == PULL.fingerprint(one.replace(b"<header>", b"<header><t>9</t>"))
