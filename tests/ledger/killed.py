"""A process that forks one writer after another, to be killed: the imports write nothing and are done once.

Run as a program. It reads a JSON list a line: [verb, root, step, arguments ...], forks, and the child builds,
ingests or pulls there; the pid is told at once. Any line then reaps the child, and its exit code is told.
With a step, the child kills itself right before it makes that change of the disk.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

#: Few of the starter files, so that there are few moments to be killed at.
STARTED_WITH = ("data/raw/quotas", "notebooks")

_CHANGES = ("os.mkdir", "os.remove", "os.rename", "os.truncate")


class Writers:
    """The program as a test sees it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, verb: str, root: Path, *given: str, step: int = 0, delay: float | None = None) -> int:
        """Run a writer, kill it after a delay if one is given, and return its exit code (-9 if killed)."""
        pid = int(self._told([verb, str(root), step, *given]))
        if delay is not None:
            time.sleep(delay)
            os.kill(pid, signal.SIGKILL)  # not reaped yet, so the pid is still its own
        return int(self._told([]))

    def kill(self, verb: str, start: Path, *given: str, times: int, seed: int) -> Iterator[Path]:
        """Kill a writer so many times, at moments drawn over the length of a run; yield what each left.

        A run that came to its end before it could be killed counts for nothing, but shows how long one takes.
        """
        drawn = random.Random(seed)  # noqa: S311 - no secret; the same fractions each time
        length, killed = 2.0, 0
        for number in range(10 * times):
            data = Path(shutil.copytree(start, start.parent / f"kill{number}" / "data"))
            delay = drawn.uniform(0, length)
            if self.run(verb, data, *given, delay=delay) == -9:
                killed += 1
                yield data
            else:
                length = delay
            shutil.rmtree(data.parent)
            if killed == times:
                return
        raise AssertionError(f"killed {killed} of {times}")

    def _told(self, line: list[Any]) -> str:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@contextmanager
def writers() -> Iterator[Writers]:
    """Start the program; end it when the test is done."""
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Writers(process)
        assert process.stdin
        process.stdin.close()


def prove_nothing(building: ModuleType) -> None:
    """Leave out the proof of the registry: it only reads, and takes most of a small build."""
    building._violated = lambda rows: []  # type: ignore[attr-defined]


def _main() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.ledger import pulling

    from tonnage import starter
    from tonnage.ledger import build as building
    from tonnage.ledger.build import build, reader_print
    from tonnage.ledger.ingest import ingest

    prove_nothing(building)

    def work(verb: str, root: Path, given: list[str]) -> None:
        if verb == "build":
            build(root)
        elif verb == "pull":
            pulling.pull_from(root, *given).settle()
        elif verb == "init":
            starter.PARTS = STARTED_WITH  # type: ignore[misc]
            starter.init(root)
        else:
            ingest(root, given[0], given[1], **dict(pair.split("=") for pair in given[2:]))

    reader_print()
    for line in sys.stdin:
        verb, root, step, *given = json.loads(line)
        pid = os.fork()
        if not pid:
            _child(partial(work, verb, Path(root), given), root, step)
        _tell(pid)
        sys.stdin.readline()
        _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _child(work: Callable[[], None], root: str, step: int) -> None:
    if step:
        _die_at(step, root)
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def _die_at(step: int, root: str) -> None:
    seen = 0

    def change() -> None:
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, details: tuple[Any, ...]) -> None:
        opened = event == "open" and isinstance(details[2], int) and details[2] & (os.O_WRONLY | os.O_RDWR)
        if (event in _CHANGES or opened) and str(details[0]).startswith(root):
            change()

    sync = os.fsync

    def counted(handle: Any) -> None:
        change()
        sync(handle)

    sys.addaudithook(hook)
    os.fsync = counted  # type: ignore[assignment]


if __name__ == "__main__":
    _main()
