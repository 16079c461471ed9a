"""Everything tonnage raises on purpose.

TonnageError
├── DefinitionError      an unknown definition, or an operation the registry does not allow
├── CodeError            an unknown country, unit, stage, flow, flag or classification
├── ContractError        a table that does not keep its contract
├── ReadError            a file its source cannot read
├── StoreError           data/raw or data/processed is missing, damaged or out of date
├── NoDataError          the question is clear, the ledger holds no figure that answers it
│   └── NotYetReleased   ... and the release that will is not out on that day
├── PullError            a publisher refuses, cannot be reached, or sends something else than asked for
│   └── ComeBackLater    ... and says from when on it answers again
├── ParameterError       a notebook parameter that is unknown, mistyped, impossible or unused
└── MissingLibraryError  an optional library is not installed

A message says where, what was expected, what was found and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class TonnageError(Exception):
    """Base of every error raised on purpose."""


class DefinitionError(TonnageError, ValueError):
    """A definition is unknown, or two of them may not be combined."""


class CodeError(TonnageError, ValueError):
    """A country, unit, stage, flow, flag or classification is not in its list."""


class ContractError(TonnageError, ValueError):
    """A table breaks its contract: columns, types, nulls, key or lists."""


class ReadError(TonnageError, ValueError):
    """A raw file cannot be read by its source as a whole."""


class StoreError(TonnageError, OSError):
    """The raw or processed store is missing, damaged or out of date."""


class NoDataError(TonnageError, LookupError):
    """The ledger holds no figure for a well-formed question."""


class NotYetReleased(NoDataError):  # noqa: N818 - a state of the world, not a fault
    """The figure exists one day, but its release is not out on the day asked for."""


class PullError(TonnageError, RuntimeError):
    """A publisher refuses a question, cannot be reached, or sends something else than asked for."""


class ComeBackLater(PullError):  # noqa: N818 - a state of the world, not a fault
    """The publisher will answer, but not before a time that is too far to wait for."""


class ParameterError(TonnageError, ValueError):
    """A notebook parameter is unknown, mistyped, impossible or unused."""


class MissingLibraryError(TonnageError, ImportError):
    """An optional library is not installed; the message says how to get it."""


def few(names: Iterable[str], count: int = 4) -> str:
    """Return the first `count` names and how many more there are: "a, b, c, d and 14 more"."""
    listed = list(names)
    rest = len(listed) - count
    return f"{', '.join(listed[:count])}{f' and {rest} more' if rest > 0 else ''}" or "none"


def nearest(name: str, known: Iterable[str], count: int = 3) -> str:
    """Return ", did you mean 'x' or 'y'?" for names near `name`, or "" when none is near."""
    matches = get_close_matches(name.lower(), {k.lower(): k for k in known}, n=count, cutoff=0.5)
    by_lower = {k.lower(): k for k in known}
    found = [repr(by_lower[m]) for m in matches]
    return f"; did you mean {' or '.join(found)}?" if found else ""
