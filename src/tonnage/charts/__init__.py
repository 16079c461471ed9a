"""Tables to figures: each function takes frames or results and returns a matplotlib Figure."""

from tonnage.charts.counterfactual import alt_path, path
from tonnage.charts.donors import DONOR_LABELS, alt_donors, donors
from tonnage.charts.earlier import alt_base_rate, base_rate
from tonnage.charts.eventtime import event_time
from tonnage.charts.lines import lines
from tonnage.charts.months import monthly
from tonnage.charts.partners import alt_shares, shares
from tonnage.charts.ranges import Range, ranges
from tonnage.charts.results import plot
from tonnage.charts.sides import alt_mirror, mirror
from tonnage.charts.style import svg

__all__ = [
    "DONOR_LABELS",
    "Range",
    "alt_base_rate",
    "alt_donors",
    "alt_mirror",
    "alt_path",
    "alt_shares",
    "base_rate",
    "donors",
    "event_time",
    "lines",
    "mirror",
    "monthly",
    "path",
    "plot",
    "ranges",
    "shares",
    "svg",
]
