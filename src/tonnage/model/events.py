"""The EVENTS table: one row is one stage of one act. `event.schema.json` is the contract.

The JSON Schema says what a record may hold; `validate` adds what a schema cannot say: that the days of a
record agree with each other and with its id.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from tonnage.errors import ContractError, nearest
from tonnage.model import evidence
from tonnage.model.lean import IRI_GRAMMAR, without

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

__all__ = ["CODES", "ENUMS", "SCHEMA", "SOURCES", "check", "frame", "json_schema", "validate"]


@cache
def json_schema() -> dict[str, Any]:
    """Return the contract as it stands in `event.schema.json`; treat it as read-only."""
    text = resources.files("tonnage.model").joinpath("event.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


#: The closed lists of the contract: property -> its values, in the order of the contract.
ENUMS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(rule["enum"]) for name, rule in json_schema()["properties"].items() if "enum" in rule
}

#: One source of a record. `published` stays text: it may be a day, a month or a time with its offset.
SOURCES: Final = pl.Struct(
    dict.fromkeys(json_schema()["properties"]["sources"]["items"]["properties"], pl.String)
)

#: Codes of other registers: Global Trade Alert, UNCTAD MAST, CAMEO.
CODES: Final = pl.Struct({"gta_type": pl.Int32, "mast": pl.String, "cameo": pl.String})

_DATES: Final = ("date_start", "date_end", "known_at")
_LISTS: Final = ("commodities", "hs", "flags")


def _type(name: str) -> pl.DataType | type[pl.DataType]:
    if name in ENUMS:
        return pl.Enum(list(ENUMS[name]))
    if name in _DATES:
        return pl.Date
    if name in _LISTS:
        return pl.List(pl.String)
    return {"sources": pl.List(SOURCES), "codes": CODES}.get(name, pl.String)


#: One column a property, in the order of the contract; what the event rests on (`model.evidence`), and the
#: receipt. `known_at` is the calendar day in the zone of the act, the same kind of day as `published` in
#: FLOWS; a time of day stays in the register.
SCHEMA: Final = pl.Schema(
    {
        **{name: _type(name) for name in json_schema()["properties"]},
        "evidence": pl.Enum(list(evidence.GRADES)),
        "origins": pl.Int32,
        "raw": pl.String,
        "line": pl.UInt32,
    }
)

#: How many letters of `date_start` an event_id of that precision opens with.
_PREFIX: Final = {"minute": 10, "day": 10, "month": 7, "year": 4}

#: Stages that nobody can know of before the day they bear. A start, an end or a suspension may be told ahead.
_NOT_BEFORE: Final = ("announced", "occurred", "reported", "denied")


def validate(record: Mapping[str, Any]) -> None:
    """Accept one record of the register, or say what is wrong with it.

    Raises:
        ContractError: the record breaks the JSON Schema, or its days contradict each other or its id. The
            message names the event_id, the field, what was expected and what was found.
    """
    faults = sorted(_validator().iter_errors(dict(record)), key=lambda f: (list(map(str, f.path)), f.message))
    if faults:
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        raise _error(record, _path(faults[0]), *_told(faults[0]), more)
    _check_days(record)
    _check_known_at(record)


def frame(
    records: Iterable[Mapping[str, Any]], raw: str = "", lines: Sequence[int] | None = None
) -> pl.DataFrame:
    """Return validated records as EVENTS rows, in their order.

    Args:
        records: records that `validate` accepts.
        raw: name of the file they stand in, for the receipt.
        lines: the line of each record; by default they are counted from 1.
    """
    rows = list(records)
    numbers = range(1, len(rows) + 1) if lines is None else lines
    return pl.DataFrame(
        [{**_row(r), "raw": raw, "line": n} for r, n in zip(rows, numbers, strict=True)], schema=SCHEMA
    )


def check(events: pl.DataFrame, where: str) -> pl.DataFrame:
    """Return `events` unchanged if it keeps the EVENTS contract as a table.

    Raises:
        ContractError: a column or type differs, or an event_id is used twice.
    """
    if events.schema != SCHEMA:
        raise ContractError(f"{where}: expected columns {dict(SCHEMA)}, found {dict(events.schema)}")
    twice = events.filter(pl.col("event_id").is_duplicated())["event_id"].unique().sort().to_list()
    if twice:
        raise ContractError(f"{where}: event_id: expected each once, found {twice} more than once")
    return events


@cache
def _validator() -> Draft202012Validator:
    with without(IRI_GRAMMAR):
        from jsonschema import Draft202012Validator, FormatChecker

    return Draft202012Validator(json_schema(), format_checker=FormatChecker(["date"]))


def _error(
    record: Mapping[str, Any], field: str, expected: str, found: object, more: str = ""
) -> ContractError:
    name = record.get("event_id")
    return ContractError(f"event {name!r}: {field}: expected {expected}, found {found}{more}")


def _path(fault: ValidationError) -> str:
    """Return the place of a fault as a reader writes it: sources[0].role."""
    rule, value = _rule(fault)
    if fault.validator == "required":
        lacking = [name for name in rule if name not in value]
        return _joined([*fault.path, lacking[0]])
    return _joined(fault.path) or "record"


def _rule(fault: ValidationError) -> tuple[Any, Any]:
    """Return the rule that was broken and the value that broke it."""
    return fault.validator_value, fault.instance


def _allowed_fields(fault: ValidationError) -> list[str]:
    schema: Any = fault.schema
    return list(schema["properties"])


def _joined(path: Iterable[str | int]) -> str:
    return "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")


def _told(fault: ValidationError) -> tuple[str, str]:
    """Return what was expected and what was found, in words."""
    rule, value = _rule(fault)
    match fault.validator:
        case "enum":
            hint = nearest(value, rule) if isinstance(value, str) else ""
            return f"one of {list(rule)}", f"{value!r}{hint}"
        case "required":
            return "a value", "none: the field is missing"
        case "additionalProperties":
            known = _allowed_fields(fault)
            unknown = [name for name in value if name not in known]
            return f"only the fields {known}", f"{unknown}{nearest(unknown[0], known)}"
        case "format":
            return f"a {rule} written YYYY-MM-DD", repr(value)
        case "pattern":
            return f"text of the form {rule}", repr(value)
        case "minItems":
            return f"at least {rule}", f"{len(value)}"
        case "maxLength":
            return f"at most {rule} characters", f"{len(value)}"
        case _:
            return f"{fault.validator} {rule}", repr(value)


def _check_days(record: Mapping[str, Any]) -> None:
    start, end, precision = record["date_start"], record["date_end"], record["precision"]
    if start and end and end < start:
        raise _error(record, "date_end", f"no day before date_start {start}", end)
    if precision in ("minute", "day") and start != end:
        raise _error(record, "date_end", f"date_start {start}, the precision being {precision}", end)
    written = record["event_id"].split("_")[0]
    if start and written != start[: _PREFIX.get(precision, len(written))]:
        expected = start[: _PREFIX.get(precision, len(written))]
        raise _error(record, "event_id", f"an id that opens with {expected} (precision {precision})", written)


def _check_known_at(record: Mapping[str, Any]) -> None:
    known, start = _known_day(record), record["date_start"]
    if record["stage"] in _NOT_BEFORE and record["precision"] != "upper_bound" and start and known < start:
        stage = record["stage"]
        raise _error(record, "known_at", f"no day before date_start {start}, the stage being {stage}", known)


def _known_day(record: Mapping[str, Any]) -> str:
    """Return the day of `known_at`, in the zone of the act where it is a time with an offset."""
    text = record["known_at"]
    try:
        if len(text) == len("2026-01-06"):
            return dt.date.fromisoformat(text).isoformat()
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise _error(record, "known_at", "an ISO date, or date-time with its offset", repr(text)) from None
    if moment.tzinfo is None:
        raise _error(record, "known_at", "a date-time with its offset", repr(text))
    zone = _zone(record)
    return (moment.astimezone(zone) if zone else moment).date().isoformat()


def _zone(record: Mapping[str, Any]) -> ZoneInfo | None:
    name = record.get("date_zone")
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, ZoneInfoNotFoundError):
        raise _error(record, "date_zone", "an IANA zone such as Asia/Shanghai", repr(name)) from None


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    dates = {name: record[name] and dt.date.fromisoformat(record[name]) for name in _DATES[:2]}
    known = dt.date.fromisoformat(_known_day(record))
    rests = {"evidence": evidence.grade(record), "origins": evidence.origins(record["sources"])}
    return {**dict.fromkeys(_LISTS, ()), **record, **dates, **rests, "known_at": known}
