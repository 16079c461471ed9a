"""Is the register good? Every record against its contract, its seal, its neighbours and the queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tonnage.errors import ReadError
from tonnage.events.candidates import Queue
from tonnage.events.register import Fault, Held, Register
from tonnage.model import codes

__all__ = ["verify"]


def verify(root: Path) -> tuple[Register, list[Fault]]:
    """Return the register and all that is wrong with it, each with file, line and reason."""
    register = Register(root)
    found = list(register.faults)
    for held in register:
        found += [Fault(f"data/raw/events/{held.file}:{held.line}", told) for told in _faults(held, register)]
    try:
        list(Queue(root))
    except ReadError as fault:
        found.append(Fault("data/candidates", str(fault)))
    return register, found


def _faults(held: Held, register: Register) -> Iterator[str]:
    record = held.record
    name = record["event_id"]
    heir = record.get("supersedes")
    if heir and heir not in register:
        yield f"event {name!r}: supersedes: expected an event of the register, found {heir!r}"
    elif heir and register.get(heir).record["status"] != "superseded":
        yield f"event {name!r}: supersedes {heir}, whose status is {register.get(heir).record['status']}"
    for field in ("actor", "target"):
        unknown = [part for part in (record.get(field) or "").split(";") if part and not _country(part)]
        if unknown:
            yield f"event {name!r}: {field}: expected ISO alpha-3 codes parted by ;, found {unknown}"


def _country(code: str) -> bool:
    return code in codes.known_countries() or code in ("G7", "WTO", "EU")
