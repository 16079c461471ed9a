"""What a notebook shows of a result when it ends a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Shown"]


class Shown:
    """Base of what a notebook shows in words, a chart and a table, and a report prints.

    Attributes:
        showing: returns the bundle of a cell's output. Reports stand below in the house and are not imported
            from here: the package puts `reports.shown.bundle` in this place when it is imported.
    """

    __slots__ = ()

    showing: ClassVar[Callable[[Any], dict[str, Any]]]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:  # noqa: ARG002
        return type(self).showing(self)
