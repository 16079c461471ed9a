"""What was asked of a publisher and what came of it: one file a pull, a line a request, only ever added to.

A run of a pull begins with a line that says what is asked, and ends with one that counts what came of it. A
run without that end was interrupted; the next one continues it. Whoever reads the file can tell which bytes
came from which request, when, and in which version the publisher said they were.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from tonnage.errors import StoreError
from tonnage.ledger import disk

__all__ = ["Line", "Manifest", "stamp"]

Line = Mapping[str, Any]

#: Outcomes that stand when an interrupted run goes on; the others are asked again.
_SETTLED: Final = frozenset({"rows", "same", "empty", "list", "split"})
#: Outcomes that are the same again as long as the publisher's version of the data is.
_LASTING: Final = frozenset({"rows", "same", "empty", "split"})


class Manifest:
    """The manifest of one pull, open for the lines of one run.

    Attributes:
        continued: when the interrupted run began that this one goes on with; "" for a new run.
    """

    def __init__(self, path: Path, head: Line, now: dt.datetime, *, fresh: bool = False) -> None:
        self._path = path
        self._earlier: dict[str, Line] = {}
        self._own: dict[str, Line] = {}
        self.continued = ""
        self._open(head, now, fresh=fresh)

    def __enter__(self) -> Manifest:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def settled(self, request: str) -> Line | None:
        """Return what came of a request in this run, if it need not be asked again."""
        line = self._own.get(request)
        return line if line and line["outcome"] in _SETTLED else None

    def before(self, request: str) -> Line | None:
        """Return the last line of a request that tells what the publisher had for it."""
        return self._earlier.get(request)

    def add(self, line: Line) -> Line:
        """Write down what came of a request; it is on the disk when this returns."""
        self._write(line)
        self._own[line["id"]] = line
        return line

    def finish(self, now: dt.datetime, counts: Mapping[str, int]) -> None:
        """Write down that the run came to its end."""
        self._write({"finished": stamp(now), "outcomes": dict(counts)})

    def _open(self, head: Line, now: dt.datetime, *, fresh: bool) -> None:
        with disk.told(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("a+b")
        try:
            runs = self._read()
            if self.continued and not fresh:
                return
            self._own.clear()
            self.continued = ""
            self._write({"run": runs + 1, "started": stamp(now), **head})
        except BaseException:
            self._file.close()
            raise

    def _read(self) -> int:
        """Take in the lines that are there; what a killed run left of one is cut off. Return the runs."""
        self._file.seek(0)
        raw = self._file.read()
        whole = raw.rfind(b"\n") + 1
        if whole < len(raw):
            self._file.truncate(whole)
        runs = 0
        for number, text in enumerate(raw[:whole].splitlines(), start=1):
            line = self._parsed(text, number)
            if "run" in line:
                runs, self.continued = line["run"], line["started"]
                self._own.clear()
            elif "finished" in line:
                self._own.clear()
                self.continued = ""
            else:
                self._own[line["id"]] = line
                if line["outcome"] in _LASTING:
                    self._earlier[line["id"]] = line
        return runs

    def _parsed(self, text: bytes, number: int) -> dict[str, Any]:
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict) or not ({"run", "finished", "id"} & line.keys()):
            raise StoreError(f"{self._path}: line {number}: not a line of a manifest; remove it")
        return line

    def _write(self, line: Line) -> None:
        with disk.told(self._path.parent):
            self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())


def stamp(now: dt.datetime) -> str:
    """Return a time as it is written in a manifest."""
    return now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
