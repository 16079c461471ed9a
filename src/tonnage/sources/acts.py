"""The event register: one text file an act, kept under version control (`tonnage.model.acts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.errors import ContractError, ReadError, TonnageError
from tonnage.model import acts, events
from tonnage.model.acts import Stage
from tonnage.sources.base import RECEIPTS, SET_ASIDE, Reading, Sidecar, Source, decode

__all__ = ["SOURCE", "Refused", "read", "stages"]

#: How much of a block that cannot be read is shown beside the reason.
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Refused:
    """A block that is not a good record: where it stands, its beginning, and the reason."""

    line: int
    text: str
    reason: str


def read(raw: bytes, sidecar: Sidecar) -> Reading:
    """Return EVENTS from the file of one act: one row a block.

    Raises:
        ReadError: the file is not text, or not one block of it can be read.
    """
    good, bad = _split(raw, sidecar)
    if not good:
        first = (
            f"the first reason, of line {bad[0].line}: {bad[0].reason}" if bad else "it holds no [[stage]]"
        )
        raise ReadError(f"{sidecar.file}: not one of {len(bad)} records could be read; {first}")
    records = [stage.record for stage in good.values()]
    frame = events.frame(records, sidecar.raw, list(good))
    receipts = [_receipt(record, sidecar.raw, line) for record, line in zip(records, good, strict=True)]
    return Reading(
        frame=events.check(frame, sidecar.file),
        set_aside=pl.DataFrame([(b.line, b.text, b.reason) for b in bad], schema=SET_ASIDE, orient="row"),
        notes=(),
        records=len(good) + len(bad),
        receipts=pl.DataFrame(receipts, schema=RECEIPTS, orient="row"),
    )


def stages(raw: bytes, sidecar: Sidecar) -> Iterator[tuple[int, Stage | Refused]]:
    """Yield each block of a file with its line: a good record with its history, or why it is refused.

    Raises:
        ReadError: the file is not text, too large, or its head is not that of an act.
    """
    text = _text(raw, sidecar)
    head, found = acts.blocks(text)
    _check_head(head, sidecar)
    refuse = _once()
    for line, block in found:
        try:
            stage = acts.parse(block)
            _accepted(stage, sidecar)
            refuse(stage.record["event_id"])
        except TonnageError as fault:
            at = line + acts.field_line(block, str(fault))
            yield at, Refused(at, " ".join(block.split())[:_SHOWN], str(fault))
        else:
            yield line, stage


def _split(raw: bytes, sidecar: Sidecar) -> tuple[dict[int, Stage], list[Refused]]:
    good: dict[int, Stage] = {}
    bad: list[Refused] = []
    for line, found in stages(raw, sidecar):
        if isinstance(found, Refused):
            bad.append(found)
        else:
            good[line] = found
    return good, bad


def _text(raw: bytes, sidecar: Sidecar) -> str:
    if len(raw) > acts.LONGEST:
        raise ReadError(f"{sidecar.file}: expected at most {acts.LONGEST:,} bytes, found {len(raw):,}")
    if not raw.strip():
        raise ReadError(f"{sidecar.file}: expected the file of an act, found an empty file")
    return decode(raw, sidecar)[0].replace("\r\n", "\n")


def _check_head(head: str, sidecar: Sidecar) -> None:
    import tomllib

    try:
        made = tomllib.loads(head)
    except (ValueError, RecursionError) as fault:
        raise ReadError(f"{sidecar.file}: line 1: the head of the file is not TOML: {fault}") from None
    if set(made) - {"title"} or not isinstance(made.get("title", ""), str):
        raise ReadError(
            f"{sidecar.file}: line 1: expected a title above the first [[stage]], found {sorted(made)}"
        )


def _accepted(stage: Stage, sidecar: Sidecar) -> None:
    """Refuse a record that breaks the contract, stands in the wrong file, or was changed without a word."""
    record = stage.record
    events.validate(record)
    name = record["event_id"]
    if record["status"] == "candidate":
        raise ContractError(f"event {name!r}: status: expected a person's word, found a candidate")
    if sidecar.file != (place := acts.file_of(record)):
        raise ContractError(
            f"event {name!r}: act_id: expected this record in {place}, found in {sidecar.file}"
        )
    if not stage.intact:
        last = stage.history[-1].at if stage.history else None
        what = f"changed after {last}" if last else "never accepted"
        raise ContractError(
            f"event {name!r}: {what}, and its history does not tell of it; restore the record, or tell the"
            f" change: tonnage events accept {name} --as-written --why WHY"
        )


def _once() -> Callable[[str], None]:
    seen: set[str] = set()

    def refuse(name: str) -> None:
        if name in seen:
            raise ReadError(f"event_id: expected each once, found the same again: {name}")
        seen.add(name)

    return refuse


def _receipt(record: Mapping[str, Any], raw: str, line: int) -> tuple[str, int, str, str, str]:
    first = record["sources"][0]
    return raw, line, first.get("url") or "", record.get("known_at_basis") or "", record.get("note") or ""


SOURCE = Source(
    id="events",
    title="Register of trade events: acts by stage, with their sources and when they became known",
    table="events",
    licence="Dates and facts in our own words; no text of the publishers is held",
    how="Kept in data/raw/events by tonnage events propose, review and accept; one text file an act",
    read=read,
    suffixes=(".toml",),
    days_in_file=True,
    kept=True,
)
