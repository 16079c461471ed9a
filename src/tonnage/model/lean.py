"""Imports of other libraries without optional parts that nothing here uses."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["IRI_GRAMMAR", "without"]

#: What jsonschema compiles at import, for seconds, to check international web addresses: never asked for.
IRI_GRAMMAR: Final = "rfc3987_syntax"


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Let an import inside the block fail for these modules, unless they are loaded already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None makes an import of the name fail
    try:
        yield
    finally:
        for name in hidden:
            sys.modules.pop(name, None)
