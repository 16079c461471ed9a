"""What every result can do: be compared, be put into a frame, be said in a sentence and be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tonnage.model.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl
    from matplotlib.figure import Figure

__all__ = ["Result"]


class Result(Shown):
    """Base of the results of an analysis, which are frozen dataclasses.

    Each also has `method` (one paragraph), `assumptions` (one sentence each) and `receipts` (those of the
    figures it was made from, where the series have them).

    Attributes:
        drawing: what `plot` calls. Charts stand below analysis in the house and are not imported from here:
            the package puts `charts.plot` in this place when it is imported.
    """

    __slots__ = ()

    drawing: ClassVar[Callable[..., Figure]]

    def __eq__(self, other: object) -> bool:
        """Return whether every number and word is the same, frames included."""
        if type(self) is not type(other):
            return NotImplemented
        names = [name for kind in type(self).__mro__ for name in getattr(kind, "__dataclass_fields__", ())]
        return all(_same(getattr(self, name), getattr(other, name)) for name in names)

    __hash__ = None  # type: ignore[assignment]  # some hold a frame

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.sentence()

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        raise NotImplementedError

    def to_frame(self) -> pl.DataFrame:
        """Return the numbers."""
        raise NotImplementedError

    def plot(self, **options: Any) -> Figure:
        """Return a chart of it; options as the function of `tonnage.charts` that draws this kind.

        Raises:
            NoDataError: there is nothing to draw.
        """
        return type(self).drawing(self, **options)


def _same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    return bool(a.equals(b)) if hasattr(a, "equals") else bool(a == b)
