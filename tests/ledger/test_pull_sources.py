"""Each source pulled from a server that behaves as its publisher's does, limits and failures included."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import py7zr
import pytest
from tests.build_rows import tree
from tests.ledger.publisher import Publisher, Reply, Seen, publishing
from tests.ledger.pulling import connect, taking_all

from tonnage.errors import ComeBackLater, NotYetReleased, ParameterError, PullError
from tonnage.ledger import pull, store
from tonnage.sources import SOURCES
from tonnage.sources.pulls import BY_HAND, PULLS

PAGE = Reply(b"<!DOCTYPE html><html><head><title>Not here</title></head></html>")
KEY = "k3y/with+signs=="


@contextmanager
def publisher_of(source: str, replies: Callable[[Seen], Reply]) -> Iterator[Publisher]:
    with pytest.MonkeyPatch.context() as patch, publishing(replies) as server:
        patch.setitem(SOURCES, source, taking_all(source))
        key = PULLS[source].key
        if key:
            patch.setenv(key.variable, KEY)
        yield server


def asked(data: Path, source: str, server: Publisher, **given: str) -> pull.Pulled:
    done = pull.pull(data, source, given, connect=connect(server.url))
    written = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert KEY.encode() not in written
    assert b"k3y%2Fwith" not in written
    return done


def as_json(body: Any) -> Reply:
    return Reply(json.dumps(body).encode())


def test_every_protocol_says_what_it_takes_and_allows() -> None:
    for name, way in PULLS.items():
        assert way.source == name
        assert way.takes
        assert way.limits
        assert way.licence
        assert way.key is None or (bool(way.key.header) != bool(way.key.query) and way.key.where)
    assert not BY_HAND.keys() & PULLS.keys()


def test_what_must_not_be_automated_says_how_it_is_done(data: Path) -> None:
    with pytest.raises(
        PullError, match=r"gacc-query: is not pulled\. By hand: .*stats\.customs\.gov\.cn.*inbox"
    ):
        pull.pull(data, "gacc-query", {})
    assert not (data / "pulls").exists()


# -- census -------------------------------------------------------------------------------------------


def census(seen: Seen) -> Reply:
    if seen.params.get("key") != KEY:
        return Reply(b"", 302, {"Location": "/api.census.gov/missing_key.html"})
    if seen.params["time"] > "2026-08":
        return Reply(b"", 204)
    code = "I_COMMODITY" if "imports" in seen.path else "E_COMMODITY"
    if not seen.params[code].strip("*").isdigit():
        return Reply(b"error: unknown commodity", 400)
    head, row = ["CTY_CODE", code, "time"], [seen.params[code], seen.params["time"]]
    return as_json([head, ["5700", *row], ["-", *row]])


def test_census(data: Path) -> None:
    with publisher_of("census", census) as server:
        done = asked(data, "census", server, commodity="280530", period="2026-07:2026-09", flow="import")
        assert done.counts == {"rows": 2, "unpublished": 1}
        with pytest.raises(NotYetReleased, match="census: not out yet: 2026-09"):
            done.settle()
        assert [file.sidecar.basis for file in store.raw_files(data)] == ["retrieved", "retrieved"]
        assert all("key=" not in file.sidecar.url for file in store.raw_files(data))
        again = asked(data, "census", server, commodity="280530", period="2026-07:2026-09", flow="import")
        assert again.counts == {"same": 2, "unpublished": 1}


def test_census_without_a_key(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with publisher_of("census", lambda seen: PAGE if "missing" in seen.path else census(seen)) as server:
        monkeypatch.setenv("TONNAGE_CENSUS_KEY", "wrong")
        done = asked(data, "census", server, commodity="280530", period="2026-07", flow="import")
        with pytest.raises(PullError, match="found a web page titled 'Not here'"):
            done.settle()
        monkeypatch.delenv("TONNAGE_CENSUS_KEY")
        with pytest.raises(ParameterError, match="TONNAGE_CENSUS_KEY"):
            asked(data, "census", server, commodity="280530", period="2026-07")


# -- hmrc ---------------------------------------------------------------------------------------------


def hmrc(rows: int) -> Callable[[Seen], Reply]:
    """A service with one record a code from 28000000 on."""

    def reply(seen: Seen) -> Reply:
        if " in (" in seen.params["$filter"]:
            return Reply(b"Forbidden", 403)
        spans = re.findall(r"CommodityId ge ([0-9]+) and CommodityId le ([0-9]+)", seen.params["$filter"])
        codes = [code for a, b in spans for code in range(int(a), int(b) + 1) if code < 28_000_000 + rows]
        found = [{"CommodityId": code} for code in codes[: int(seen.params["$top"])]]
        return as_json({"@odata.context": "x", "value": found})

    return reply


@pytest.mark.parametrize(("rows", "files"), [(3, 1), (9_999, 1), (10_000, 2), (25_000, 3)])
def test_hmrc_is_asked_until_every_answer_is_short(data: Path, rows: int, files: int) -> None:
    with publisher_of("hmrc", hmrc(rows)) as server:
        asked(data, "hmrc", server, commodity="28", period="2026-02").settle()
        assert len(store.raw_files(data)) == files
        found = [row for file in store.raw_files(data) for row in json.loads(store.verified(file))["value"]]
        assert sorted(row["CommodityId"] for row in found) == list(range(28_000_000, 28_000_000 + rows))
        before = tree(data / "raw")
        asked(data, "hmrc", server, commodity="28", period="2026-02").settle()
        assert tree(data / "raw") == before


# -- comext -------------------------------------------------------------------------------------------


def archive() -> bytes:
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as file:
        file.writestr("REPORTER,PARTNER\n", "full_v2.dat")
    return made.getvalue()


def test_comext_archives(data: Path) -> None:
    body = archive()
    tag = {"ETag": '"1"', "Last-Modified": "Fri, 17 Apr 2026 09:00:00 GMT"}

    def reply(seen: Seen) -> Reply:
        if "202603" in seen.params["file"]:
            return PAGE
        same = seen.headers.get("if-none-match") == '"1"'
        return Reply(b"", 304) if same else Reply(body, headers=tag)

    with publisher_of("comext", reply) as server:
        done = asked(data, "comext", server, form="bulk", period="2026-02:2026-03")
        with pytest.raises(NotYetReleased, match="comext: not out yet: 2026-03"):
            done.settle()
        (file,) = store.raw_files(data)
        assert (store.verified(file), file.path.name) == (body, "2026-04-17_full_v2_202602.7z")
        for _ in range(2):
            again = asked(data, "comext", server, form="bulk", period="2026-02:2026-03")
            assert again.counts == {"same": 1, "unpublished": 1}


def test_a_comext_archive_that_is_cut_is_fetched_again(data: Path) -> None:
    body = archive()
    short = [Reply(body[:-5]), Reply(body, how="cut")]
    with publisher_of("comext", lambda seen: short.pop() if short else Reply(body)) as server:
        asked(data, "comext", server, form="bulk", period="2026-02").settle()
        assert (store.verified(store.raw_files(data)[0]), len(server.seen)) == (body, 3)


def test_the_comext_api_is_asked_a_year_at_a_time(data: Path) -> None:
    def reply(seen: Seen) -> Reply:
        first, last = seen.params["startPeriod"], seen.params["endPeriod"]
        if first[:4] != last[:4]:
            return Reply(b"<S:Fault><faultstring>EXTRACTION_TOO_BIG</faultstring></S:Fault>", 413)
        return Reply(f"DATAFLOW,LAST UPDATE\nX,15/09/26 11:00:00,{first}\n".encode())

    with publisher_of("comext", reply) as server:
        done = asked(data, "comext", server, commodity="85051110", reporter="DEU", period="2023-01:2025-06")
        done.settle()
        assert done.counts == {"split": 1, "rows": 3}
        days = {str(file.sidecar.published) for file in store.raw_files(data)}
        assert days == {"2026-09-15"}


# -- e-Stat -------------------------------------------------------------------------------------------


def estat(seen: Seen) -> Reply:
    if seen.path.endswith("/files"):
        page, last = seen.params["page"], "2"
        link = f'<a href="?layout=datalist&amp;page={last}">next</a>' if page != last else ""
        number = f"00004049450{page}"
        entry = (
            f'<li>第28類 2026-08-28 <a href="/file-download?statInfId={number}&amp;fileKind=1">CSV</a></li>'
        )
        return Reply(f"<!DOCTYPE html><html>{entry}{link}</html>".encode())
    return Reply(f"Exp or Imp,Year,{seen.params['statInfId']}\n".encode())


def test_estat(data: Path) -> None:
    with publisher_of("estat", estat) as server:
        done = asked(data, "estat", server, period="2026-07", flow="import")
        done.settle()
        assert done.counts == {"list": 2, "rows": 2}
        assert [file.path.name for file in store.raw_files(data)] == [
            "2026-08-28_import_2026-07_000040494501.csv",
            "2026-08-28_import_2026-07_000040494502.csv",
        ]
        assert "第28類" in store.raw_files(data)[0].sidecar.title


# -- Korea --------------------------------------------------------------------------------------------


def korea(calls: int = 9) -> Callable[[Seen], Reply]:
    left = [calls]

    def reply(seen: Seen) -> Reply:
        if seen.method == "POST":
            good = seen.headers.get("isajax") == "true" and seen.form["imexTpcd"] in "EI"
            return as_json({"items": [dict(seen.form)]}) if good else Reply(b"", 500)
        left[0] -= 1
        if left[0] < 0:
            return Reply(b"<R><returnReasonCode>22</returnReasonCode><m>LIMITED NUMBER OF REQUESTS</m></R>")
        if seen.params["serviceKey"] != KEY:
            return Reply(b"<R><returnReasonCode>30</returnReasonCode></R>")
        code = seen.params["hsSgn"].encode()
        return Reply(b"<r><resultCode>00</resultCode><items><item>%s</item></items></r>" % code)

    return reply


def test_korea_flash_tables(data: Path) -> None:
    with publisher_of("korea-flash", korea()) as server:
        done = asked(data, "korea-flash", server, period="2026-10:2026-11")
        done.settle()
        assert done.counts == {"rows": 4}
        assert {seen.form["statsKind"][-1] for seen in server.seen} == {"A", "B"}


def test_korea_goods_until_the_calls_are_used_up(data: Path) -> None:
    with publisher_of("korea-flash", korea(1)) as server:
        done = asked(data, "korea-flash", server, form="goods", commodity="280530,850511", period="2026-09")
        assert done.counts == {"rows": 1}
        with pytest.raises(ComeBackLater, match=r"used up.*try again tomorrow"):
            done.settle()


# -- BACI ---------------------------------------------------------------------------------------------


def test_baci(data: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("BACI_HS22_Y2022_V202501.csv", "t,i,j,k,v,q\n")
    replies = [Reply(made.getvalue()[:-30]), Reply(made.getvalue())]
    with publisher_of("baci", lambda seen: replies.pop(0) if "V202501" in seen.path else PAGE) as server:
        asked(data, "baci", server, release="202501").settle()
        assert store.verified(store.raw_files(data)[0]) == made.getvalue()
        with pytest.raises(NotYetReleased, match="release 202601 in HS22"):
            asked(data, "baci", server, release="202601").settle()
