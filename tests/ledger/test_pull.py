"""A pull against a server that behaves as UN Comtrade does: what is stored, told, kept, and asked again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.build_rows import tree
from tests.ledger.comtrade_server import Comtrade
from tests.ledger.killed import writers
from tests.ledger.publisher import Publisher, Reply, publishing
from tests.ledger.pulling import connect, taking_all

from tonnage import cli
from tonnage.errors import (
    ComeBackLater,
    NoDataError,
    NotYetReleased,
    ParameterError,
    PullError,
    ReadError,
    StoreError,
)
from tonnage.ledger import disk, pull, store, web
from tonnage.ledger.manifests import Manifest
from tonnage.sources import SOURCES
from tonnage.sources.base import raw_id

KEY = "the-k3y"
ASKED = {"reporter": "CHN", "period": "2024-01", "commodity": "280530,284690"}
QUARTER = {**ASKED, "period": "2024-01:2024-03"}
RELEASED = {
    "202401": "2025-12-04T10:53:32.8266667",
    "202402": "2025-12-05T00:00:00",
    "202403": "2026-01-07T01:02:03.5",
}

Pull = Callable[..., pull.Pulled]


@pytest.fixture
def un() -> Comtrade:
    return Comtrade(released=dict(RELEASED))


@pytest.fixture
def server(un: Comtrade, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    monkeypatch.setitem(SOURCES, "comtrade", taking_all("comtrade"))
    monkeypatch.setenv("TONNAGE_COMTRADE_KEY", KEY)
    with publishing(un) as found:
        yield found


@pytest.fixture
def pulled(data: Path, server: Publisher) -> Pull:
    def run(asked: Mapping[str, str] = ASKED, **more: Any) -> pull.Pulled:
        return pull.pull(data, "comtrade", asked, connect=connect(server.url), **more)

    return run


def lines(done: pull.Pulled) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.manifest.read_text("utf-8").splitlines()]


def raw(data: Path) -> list[store.RawFile]:
    return store.raw_files(data)


def test_what_is_pulled_is_stored_with_what_the_request_knows(data: Path, pulled: Pull) -> None:
    done = pulled()
    done.settle()
    assert done.counts == {"list": 1, "rows": 1}
    (file,) = raw(data)
    assert len(json.loads(store.verified(file))["data"]) == 16
    sidecar = file.sidecar
    assert (str(sidecar.published), sidecar.basis, sidecar.publisher) == ("2025-12-04", "page", "UN Comtrade")
    assert sidecar.file.startswith("2025-12-04_C-M-HS-156-202401-")
    assert sidecar.url.startswith(
        "https://comtradeapi.un.org/data/v1/get/C/M/HS?reporterCode=156&period=202401"
    )
    assert sidecar.retrieved == "2026-11-22T10:00:00Z"
    assert sidecar.title == "UN Comtrade C/M/HS, CHN, 202401"
    assert not list((data / "pulls" / "comtrade" / "held").iterdir())


def test_the_manifest_tells_of_every_request(pulled: Pull) -> None:
    done = pulled()
    head, listing, figures, end = lines(done)
    assert (head["run"], head["source"], head["asked"]) == (1, "comtrade", ASKED)
    assert (listing["outcome"], len(listing["then"])) == ("list", 1)
    assert figures["vintage"] == f"{figures['vintage'].split()[0]} of {RELEASED['202401']}"
    assert (figures["outcome"], figures["rows"], figures["status"], figures["tries"]) == ("rows", 16, 200, 1)
    assert (len(figures["sha256"]), figures["at"], figures["file"]) == (
        64,
        "2026-11-22T10:00:00Z",
        done.stored[0],
    )
    assert end["outcomes"] == {"list": 1, "rows": 1}


def test_unchanged_data_are_not_asked_again_and_change_nothing(
    data: Path, pulled: Pull, server: Publisher
) -> None:
    pulled()
    before = tree(data / "raw")
    asked = len(server.seen)
    again = pulled()
    assert (again.counts, len(server.seen) - asked) == ({"list": 1, "same": 1}, 1)
    assert tree(data / "raw") == before


def test_a_new_version_is_a_new_vintage_beside_the_old(data: Path, pulled: Pull, un: Comtrade) -> None:
    pulled()
    un.released["202401"], un.value = "2026-02-01T00:00:00", 2.0
    assert pulled().counts == {"list": 1, "rows": 1}
    assert [str(file.sidecar.published) for file in raw(data)] == ["2025-12-04", "2026-02-01"]


def test_a_new_version_with_the_same_figures_is_no_new_file(data: Path, pulled: Pull, un: Comtrade) -> None:
    pulled()
    un.released["202401"] = "2026-02-01T00:00:00"
    before = tree(data / "raw")
    assert pulled().counts == {"list": 1, "same": 1}
    assert tree(data / "raw") == before
    assert pulled().counts == {"list": 1, "same": 1}


def test_two_versions_of_one_day_have_two_names(data: Path, pulled: Pull, un: Comtrade) -> None:
    pulled()
    un.released["202401"], un.value = "2025-12-04T23:00:00", 2.0
    pulled()
    one, two = sorted(file.path.name for file in raw(data))
    assert one != two
    assert one[:30] == two[:30]


def test_a_file_that_was_removed_is_asked_again(data: Path, pulled: Pull) -> None:
    pulled()
    (file,) = raw(data)
    file.path.unlink()
    store.card(file.path).unlink()
    assert pulled().counts == {"list": 1, "rows": 1}
    assert len(raw(data)) == 1


def test_a_cut_answer_is_asked_in_parts_and_nothing_is_missing(
    data: Path, pulled: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TONNAGE_COMTRADE_KEY")
    done = pulled({**ASKED, "commodity": ",".join(f"{n:06}" for n in range(150))})
    done.settle()
    assert done.counts == {"list": 1, "split": 3, "rows": 4}
    found = [row for file in raw(data) for row in json.loads(store.verified(file))["data"]]
    cells = {(row["flowCode"], row["partnerCode"], row["cmdCode"]) for row in found}
    assert len(found) == len(cells) == 2 * 4 * 150


def test_what_is_not_out_is_told_and_the_rest_is_stored(data: Path, pulled: Pull, un: Comtrade) -> None:
    del un.released["202403"]
    done = pulled(QUARTER)
    assert len(done.stored) == 2
    with pytest.raises(NotYetReleased, match="not out yet: 202403 of CHN"):
        done.settle()
    un.released["202403"] = RELEASED["202403"]
    again = pulled(QUARTER)
    again.settle()
    assert (again.counts, len(raw(data))) == ({"list": 1, "same": 2, "rows": 1}, 3)


def test_nothing_at_all_is_told(pulled: Pull, un: Comtrade) -> None:
    un.rows = lambda seen: []  # type: ignore[method-assign]
    with pytest.raises(NoDataError, match="no rows for this"):
        pulled().settle()


def test_a_spent_quota_stops_and_the_next_run_goes_on(
    data: Path, pulled: Pull, un: Comtrade, server: Publisher
) -> None:
    un.calls = 3
    done = pulled(QUARTER)
    assert (done.counts, len(raw(data))) == ({"list": 1, "rows": 2}, 2)
    with pytest.raises(ComeBackLater, match=r"13:15 UTC or later.*goes on from there"):
        done.settle()
    un.calls, asked = 10**6, len(server.seen)
    again = pulled(QUARTER)
    again.settle()
    assert again.continued == "2026-11-22T10:00:00Z"
    assert (len(server.seen) - asked, len(again.stored), len(raw(data))) == (1, 3, 3)


def test_a_fresh_pull_begins_anew(pulled: Pull, un: Comtrade, server: Publisher) -> None:
    un.calls = 3
    left = pulled(QUARTER).manifest.parent / "held" / "0123456789abcdef.part"
    left.touch()
    un.calls, asked = 10**6, len(server.seen)
    again = pulled(QUARTER, fresh=True)
    assert not left.exists()
    assert (again.continued, len(server.seen) - asked) == ("", 2)
    assert again.counts == {"list": 1, "same": 2, "rows": 1}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"down", 503),
        Reply(b"x", 429, {"Retry-After": "3"}),
        Reply(how="drop"),
        Reply(b'{"data": [', how="cut"),
    ],
    ids=["503", "429", "drop", "cut"],
)
def test_a_stumble_is_not_seen(data: Path, pulled: Pull, un: Comtrade, reply: Reply) -> None:
    un.bad = {"202401": reply}
    done = pulled()
    done.settle()
    assert (lines(done)[1]["tries"], len(raw(data))) == (2, 1)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(b"<html><title>Sorry</title></html>"), "found a web page titled 'Sorry'"),
        (Reply(b"no", 400), "HTTP 400: the publisher refuses the question: no"),
        (Reply(b'{"data": [], "error": "unknown period"}'), "unknown period"),
        (Reply(b"gone", 404), "nothing at this address"),
        (Reply(b"", 304), "never had"),
    ],
)
def test_a_refusal_stops_the_pull_and_the_next_run_goes_on(
    data: Path, pulled: Pull, un: Comtrade, reply: Reply, told: str
) -> None:
    un.bad = {"202402": reply}
    done = pulled(QUARTER)
    with pytest.raises(PullError, match=told):
        done.settle()
    assert (len(raw(data)), lines(done)[-1]["outcome"] in ("refused", "blocked")) == (1, True)
    pulled(QUARTER).settle()
    assert len(raw(data)) == 3


def test_what_cannot_be_read_is_kept_aside_and_the_rest_goes_on(
    data: Path, pulled: Pull, un: Comtrade
) -> None:
    def odd(seen: Any) -> list[dict[str, Any]]:
        return (
            [{"is": "unreadable"}]
            if seen.params["period"] == "202402"
            else [{"n": 1, "p": seen.params["period"]}]
        )

    un.rows = odd  # type: ignore[method-assign]
    done = pulled(QUARTER)
    assert (done.counts, len(raw(data))) == ({"list": 1, "rows": 2, "unread": 1}, 2)
    with pytest.raises(
        ReadError, match=r"1 answers could not be read; kept as data/pulls/comtrade/unread/2025"
    ):
        done.settle()
    kept = sorted((data / "pulls" / "comtrade" / "unread").iterdir())
    assert [path.suffix for path in kept] == [".json", ".json"]
    assert json.loads(kept[1].read_text())["sha256"] == raw_id(kept[0].read_bytes())


def test_the_bytes_are_on_the_disk_before_they_are_looked_at(
    data: Path, pulled: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[set[str]] = []

    def reader(raw: bytes, sidecar: Any) -> Any:
        held.append({path.suffix for path in (data / "pulls" / "comtrade" / "held").iterdir()})
        raise KeyboardInterrupt

    source = taking_all("comtrade")
    monkeypatch.setitem(
        SOURCES,
        "comtrade",
        type(source)(
            *[
                *[getattr(source, n) for n in ("id", "title", "table", "licence", "how")],
                reader,
                source.suffixes,
            ]
        ),
    )
    with pytest.raises(KeyboardInterrupt):
        pulled()
    assert held == [{"", ".json"}]


def test_two_pulls_of_a_source_do_not_meet(data: Path, pulled: Pull) -> None:
    with (
        disk.alone(data / "pulls" / "comtrade" / ".lock", "busy"),
        pytest.raises(StoreError, match="another pull of comtrade is running"),
    ):
        pulled()


def test_a_torn_line_of_the_manifest_is_cut_off(data: Path, pulled: Pull) -> None:
    done = pulled()
    whole = done.manifest.read_bytes()
    done.manifest.write_bytes(whole + b'{"id": "ab", "outc')
    pulled()
    assert done.manifest.read_bytes().startswith(whole + b'{"run": 2')


def test_a_manifest_that_is_none_is_told(data: Path, pulled: Pull) -> None:
    done = pulled()
    done.manifest.write_bytes(b"[1]\n")
    with pytest.raises(StoreError, match="line 1: not a line of a manifest"):
        pulled()
    assert len(raw(data)) == 1


# -- keys ---------------------------------------------------------------------------------------------


def test_no_key_on_the_disk(data: Path, pulled: Pull, server: Publisher) -> None:
    pulled(QUARTER)
    assert any(seen.headers.get("ocp-apim-subscription-key") == KEY for seen in server.seen)
    written = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    assert len(written) > 1000
    assert KEY.encode() not in written


def test_without_a_key_the_preview_is_asked(
    pulled: Pull, server: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TONNAGE_COMTRADE_KEY")
    pulled().settle()
    assert {seen.path.split("/")[2] for seen in server.seen} == {"public"}
    assert not any("ocp-apim-subscription-key" in seen.headers for seen in server.seen)


def test_a_key_that_is_needed_and_not_set_is_told(pulled: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONNAGE_COMTRADE_KEY")
    with pytest.raises(
        ParameterError, match="expected a key in the environment variable TONNAGE_COMTRADE_KEY"
    ):
        pulled({"reporter": "CHN", "period": "2023", "form": "bulk"})


def test_a_wrong_key_is_told_and_not_shown(pulled: Pull, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONNAGE_COMTRADE_KEY", "wr0ng")
    with pytest.raises(PullError, match="HTTP 401: the key is missing or not accepted") as told:
        pulled().settle()
    assert "wr0ng" not in str(told.value)


# -- the command --------------------------------------------------------------------------------------


@pytest.fixture
def command(data: Path, server: Publisher, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(web, "Client", connect(server.url))
    return lambda *words: cli.main(["--data", str(data), "pull", *words])


OPTIONS = ("comtrade", "--reporter", "CHN", "--commodity", "280530", "--period")


def test_the_command_says_what_it_did(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*OPTIONS, "2024-01") == 0
    out, err = capsys.readouterr()
    assert "comtrade: 2 requests: 1 list, 1 rows" in out
    assert "data/raw/comtrade/2025-12-04_C-M-HS-156-202401" in out
    assert "manifest: data/pulls/comtrade/" in out
    assert (out.splitlines()[-1], err) == ("Next: tonnage build", "")


def test_exit_codes(command: Callable[..., int], un: Comtrade, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(*OPTIONS, "2024-04") == 75
    assert command(*OPTIONS, "2024-4") == 2
    assert command("comtrade", "--release", "x") == 2
    assert command("comtrad") == 1
    assert command("press") == 1
    un.calls = 1
    assert command(*OPTIONS, "2024-01") == 75
    err = capsys.readouterr().err
    assert "not yet: comtrade: not out yet: 202404 of CHN" in err
    assert "did you mean 'comtrade'" in err
    assert "press: is not pulled. By hand:" in err
    assert "come back at 2026-11-22" in err
    assert KEY not in err


# -- killed -------------------------------------------------------------------------------------------


def _state(data: Path) -> dict[str, bytes]:
    """What is stored, but for the time in the sidecars and how long an answer took."""
    return {file.path.name: store.verified(file).partition(b'"count"')[2] for file in raw(data)}


def test_killed_at_any_moment_it_goes_on_where_it_stopped(tmp_path: Path, server: Publisher) -> None:
    asked = json.dumps({**ASKED, "period": "2024-01:2024-02"})
    states: list[dict[str, bytes]] = []
    codes: list[int] = []
    with writers() as found:
        while not codes or codes[-1]:
            data = tmp_path / f"kill{len(codes)}" / "data"
            (data / "raw").mkdir(parents=True)
            codes.append(found.run("pull", data, "comtrade", server.url, asked, step=3 * len(codes) + 1))
            for file in raw(data):
                store.verified(file)
            before = len(server.seen)
            assert found.run("pull", data, "comtrade", server.url, asked) == 0
            assert len(server.seen) - before <= 3
            states.append(_state(data))
            assert store.orphans(data) == []
            assert not list((data / "pulls" / "comtrade" / "held").iterdir())
    assert codes.count(-9) == len(codes) - 1 >= 15
    assert all(state == states[-1] for state in states)
    assert len(states[-1]) == 2


def test_a_manifest_is_closed_when_it_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(b"nonsense\n")
    with pytest.raises(StoreError, match="line 1"):
        Manifest(path, {}, connect("http://x")(None, 0).clock.now())
