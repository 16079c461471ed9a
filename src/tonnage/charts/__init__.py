"""Tables to figures: each function takes frames and returns a matplotlib Figure."""

from tonnage.charts.months import monthly, svg

__all__ = ["monthly", "svg"]
