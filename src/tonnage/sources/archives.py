"""What is inside a compressed file, as one stream: gzip, zip and 7z, or the file itself."""

from __future__ import annotations

import gzip
import io
import os
import threading
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Any, Final

from tonnage.errors import ReadError
from tonnage.sources.base import Sidecar

__all__ = ["opened"]

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_7Z: Final = b"7z\xbc\xaf\x27\x1c"
_PAGES: Final = (b"<!do", b"<htm", b"<HTM", b"<?xm")


def opened(file: IO[bytes], sidecar: Sidecar, wanted: Callable[[str], bool]) -> IO[bytes]:
    """Return the text of a file as a stream.

    Args:
        file: the file, from its beginning; it must allow seeking.
        sidecar: what is known of it.
        wanted: whether a member of an archive, by its name, holds records. Several are read one after the
            other in the order of their names, as one text: the headers after the first are left out.

    Raises:
        ReadError: the file is a web page, an archive is damaged or holds no such member, or the headers of
            its members differ.
    """
    magic = file.read(8)
    file.seek(0)
    if magic.lstrip()[:4].lower().startswith(_PAGES):
        raise ReadError(
            f"{sidecar.file}: a web page and not data: the release is not out, or the request was refused"
        )
    if magic.startswith(_GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=file))
    if magic.startswith(_ZIP):
        return _unzipped(file, sidecar, wanted)
    if magic.startswith(_7Z):
        return _un7zipped(file, sidecar, wanted)
    return file


def _unzipped(file: IO[bytes], sidecar: Sidecar, wanted: Callable[[str], bool]) -> IO[bytes]:
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as fault:
        raise ReadError(
            f"{sidecar.file}: not a zip archive, or cut short: {fault}; fetch it again"
        ) from fault
    names = _members(sorted(archive.namelist()), sidecar, wanted)
    streams = (archive.open(name) for name in names)
    return next(streams) if len(names) == 1 else io.BufferedReader(_Chain(streams, sidecar))


def _members(names: list[str], sidecar: Sidecar, wanted: Callable[[str], bool]) -> list[str]:
    found = [name for name in names if wanted(name)]
    if not found:
        raise ReadError(f"{sidecar.file}: the archive holds no file of records; it holds {names[:9]}")
    return found


class _Chain(io.RawIOBase):
    """Several texts with one header as one."""

    def __init__(self, streams: Iterator[IO[bytes]], sidecar: Sidecar) -> None:
        self._streams, self._sidecar = streams, sidecar
        self._now = next(streams)
        self._header = self._now.readline()
        self._held = self._header

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        while not self._held:
            self._held = self._now.read(len(buffer))
            if not self._held and not self._next():
                return 0
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _next(self) -> bool:
        following = next(self._streams, None)
        if following is None:
            return False
        self._now = following
        if self._now.readline().rstrip() != self._header.rstrip():
            raise ReadError(f"{self._sidecar.file}: the members of the archive have different headers")
        return True


def _un7zipped(file: IO[bytes], sidecar: Sidecar, wanted: Callable[[str], bool]) -> IO[bytes]:
    import py7zr

    try:
        archive = py7zr.SevenZipFile(file)
        (name,) = _members(sorted(archive.getnames()), sidecar, wanted)
    except (py7zr.exceptions.ArchiveError, EOFError, OSError, TypeError) as fault:
        raise ReadError(f"{sidecar.file}: not a 7z archive, or cut short: {fault}; fetch it again") from fault
    except ValueError:
        raise ReadError(f"{sidecar.file}: the archive holds several files of records; expected one") from None
    # The library hands out what it unpacks; a pipe turns that into a stream that is read as it comes.
    out, into = os.pipe()
    pump = _Pump(archive, name, into)
    pump.start()
    return io.BufferedReader(_Piped(out, pump, sidecar), 2**20)


class _Pump(threading.Thread):
    """Unpacks one member of a 7z archive into a pipe."""

    def __init__(self, archive: Any, name: str, into: int) -> None:
        super().__init__(daemon=True)
        self._archive, self._name, self._into = archive, name, into
        self.fault: Exception | None = None

    def run(self) -> None:
        try:
            with os.fdopen(self._into, "wb", buffering=2**20) as pipe:
                self._archive.extract(targets=[self._name], factory=_factory(pipe))
        except BrokenPipeError:
            pass  # the reader has seen enough
        except Exception as fault:  # noqa: BLE001 - a damaged archive fails in many ways; the reader tells it
            self.fault = fault


class _Piped(io.RawIOBase):
    """The reading end, which fails as the unpacking fails."""

    def __init__(self, out: int, pump: _Pump, sidecar: Sidecar) -> None:
        self._pipe = os.fdopen(out, "rb", buffering=0)
        self._pump, self._sidecar = pump, sidecar

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._pipe.readinto(buffer) or 0
        if not count:
            self._pump.join()
            if self._pump.fault:
                raise ReadError(
                    f"{self._sidecar.file}: the 7z archive is damaged or cut short: {self._pump.fault};"
                    " fetch it again"
                )
        return count

    def close(self) -> None:
        self._pipe.close()
        super().close()


def _factory(pipe: IO[bytes]) -> Any:
    from py7zr.io import Py7zIO, WriterFactory

    class Into(Py7zIO):
        written = 0

        def write(self, data: bytes | bytearray) -> int:
            pipe.write(data)
            self.written += len(data)
            return len(data)

        def read(self, _size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, _whence: int = 0) -> int:
            return offset

        def flush(self) -> None:
            pipe.flush()

        def size(self) -> int:
            return self.written

    class Factory(WriterFactory):
        def create(self, _filename: str) -> Py7zIO:
            return Into()

    return Factory()
