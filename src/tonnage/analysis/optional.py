"""Libraries that only some analyses need: loaded when used, named when missing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tonnage.errors import MissingLibraryError

__all__ = ["load"]


def load(module: str, extra: str, what: str) -> Any:
    """Return a module of an optional library.

    Args:
        module: its import name.
        extra: the extra of tonnage that installs it.
        what: the analysis that needs it, for the message.

    Raises:
        MissingLibraryError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        raise MissingLibraryError(
            f"{what}: expected the library {library}, found none;"
            f' install it with: pip install "tonnage[{extra}]"'
        ) from None
