"""For every test: no network but this machine's own, and a workspace that is built once."""

from __future__ import annotations

import ipaddress
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tonnage.ledger.build import build

ROOT = Path(__file__).parents[1]

# How long an example takes depends on who else uses the machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def _is_own(address: Any) -> bool:
    """Whether a socket address is a path of this machine or a loopback address."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every address but loopback, here and (by a proxy that is not there) in child processes."""
    true_connect, true_connect_ex, true_sendto = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.sendto,
    )
    true_resolve = socket.getaddrinfo

    def refuse(address: Any) -> None:
        if not _is_own(address):
            raise PermissionError(f"a test tried to reach {address!r}; tests use 127.0.0.1 only")

    def connect(self: socket.socket, address: Any) -> None:
        refuse(address)
        true_connect(self, address)

    def connect_ex(self: socket.socket, address: Any) -> int:
        refuse(address)
        return true_connect_ex(self, address)

    def sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        refuse(rest[-1])
        return true_sendto(self, data, *rest)

    def resolve(host: Any, *rest: Any, **named: Any) -> Any:
        refuse((host or "",))
        return true_resolve(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        patch.setattr(socket.socket, "sendto", sendto)
        patch.setattr(socket, "getaddrinfo", resolve)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            patch.setenv(name, "http://127.0.0.1:9")
            patch.setenv(name.upper(), "http://127.0.0.1:9")
        patch.setenv("no_proxy", "127.0.0.1,localhost,::1")
        yield


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shipped data/raw and notebooks, built; once a worker. To be read, not changed."""
    folder = tmp_path_factory.mktemp("workspace")
    shutil.copytree(ROOT / "data" / "raw", folder / "data" / "raw")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    build(folder / "data")
    return folder
