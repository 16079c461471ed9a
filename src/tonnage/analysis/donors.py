"""Partners side by side: the months and donors that a comparison of partners can use, and why no others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from tonnage.analysis import observations
from tonnage.analysis.observations import Observations
from tonnage.analysis.verdicts import Reason, reason
from tonnage.errors import DefinitionError, NoDataError, ParameterError, nearest
from tonnage.model.codes import AGGREGATES, POOLS, resolve_country

if TYPE_CHECKING:
    from tonnage.ledger.ledger import Ledger

__all__ = ["FEWEST_DONORS", "Scale", "SideBySide", "Window", "assembled", "from_frames", "from_ledger"]

Scale = Literal["log", "level"]

#: With fewer there is no placebo to speak of.
FEWEST_DONORS: Final = 3
#: Months before: as `impact` asks.
_FEWEST_BEFORE: Final = 12
_PRINTED: Final = 2 / 3
#: Share of the rows before that a donor may lack; those rows are then left out for all.
_LACKING: Final = 0.1
_PAIR: Final = 2
#: Partners that are no one country.
_NO_COUNTRY: Final = frozenset({"WLD", *AGGREGATES, *POOLS})
_ONE: Final = ("definition", "reporter", "flow")

_Row = tuple[int, int]
_LeftOut = dict[str, str]


@dataclass(frozen=True, slots=True)
class Window:
    """What is asked: the day, full months after it, months of anticipation, months before at most."""

    day: dt.date
    after: int
    anticipation: int
    before: int

    def role(self, row: _Row) -> str:
        """What a row is to the event."""
        return observations.role(row, self.day, self.anticipation)


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A panel without a hole.

    Attributes:
        names: donors in order of name, then the treated partners.
        treated: how many of them are treated.
        rows: (first month, months covered), the same for all.
        roles: of each row: before, anticipation, event or after.
        exposed: share of each row's days from the event on.
        tonnes: of each partner, by row.
        scale: on which it can be compared.
        left_out: partner -> why it is no donor.
        notes: what a reader must be told.
    """

    names: tuple[str, ...]
    treated: int
    rows: tuple[_Row, ...]
    roles: tuple[str, ...]
    exposed: tuple[float, ...]
    tonnes: tuple[tuple[float, ...], ...]
    scale: Scale
    left_out: _LeftOut
    notes: tuple[str, ...]

    @property
    def before(self) -> int:
        """How many rows are before."""
        return self.roles.count("before")


def from_frames(
    series: Any, treated: Sequence[str], donors: Sequence[str] | None, by: str
) -> tuple[dict[str, Observations], _LeftOut]:
    """Return the partners of a long frame, or of a mapping from name to frame.

    Raises:
        ParameterError: it is neither; a partner asked for is not there, is both treated and donor, or is an
            aggregate; or the frames are of several reporters or flows.
        DefinitionError: they are of several definitions.
        NoDataError: a treated partner has no number; and what `observations.read` raises, by partner.
    """
    frames = _split(series, by)
    for name in (*treated, *(donors or ())):
        if name not in frames:
            raise ParameterError(
                f"partner {name!r}: not among the {len(frames)} partners of the series{nearest(name, frames)}"
            )
    chosen = [n for n in frames if n not in treated] if donors is None else list(donors)
    _check_names(treated, chosen)
    held, left_out = {}, {}
    for name in (*chosen, *treated):
        try:
            held[name] = observations.read(frames[name], f"partner {name}")
        except NoDataError:
            if name in treated:
                raise
            left_out[name] = "no printed number"
    _check_same(frames, (*chosen, *treated))
    return held, left_out


def from_ledger(
    ledger: Ledger, name: str, treated: Sequence[str], donors: Sequence[str] | None, **options: Any
) -> tuple[dict[str, Observations], _LeftOut]:
    """Return the partners a ledger holds of a definition, in tonnes, as known on a day.

    Args:
        ledger: where to look.
        name: a definition.
        treated: codes or English names of countries.
        donors: the same; by default every other country the ledger holds.
        options: `as_of`, `reporter` and `flow` of `Ledger.series`.

    Raises:
        ParameterError: a partner is both treated and donor, or no one country.
        NoDataError: the ledger holds nothing of a partner asked for.
    """
    own = [resolve_country(partner) for partner in treated]
    listed = ledger.partners(name, **options)
    left_out = {}
    if donors is None:
        left_out = {p: "no one country" for p in listed if p in _NO_COUNTRY and p not in own}
        chosen = [p for p in listed if p not in own and p not in left_out]
    else:
        chosen = [resolve_country(partner) for partner in donors]
    _check_names(own, chosen)
    held = {}
    for partner in (*chosen, *own):
        try:
            frame = ledger.series(name, partner=partner, unit="t", **options)
            held[partner] = observations.read(frame, f"partner {partner}")
        except NoDataError:
            if partner in own or donors is not None:
                raise
            left_out[partner] = "no printed number"
    return held, left_out


def assembled(
    held: Mapping[str, Observations],
    left_out: _LeftOut,
    treated: Sequence[str],
    window: Window,
    scale: Scale | None,
) -> SideBySide | Reason:
    """Return the panel that can answer, or why there is none."""
    own = [held[name] for name in treated]
    month = observations.month_number(window.day)
    for one in own:
        if not one.covered[0] <= month <= one.covered[1]:
            first, last = (f"{observations.month_start(n):%Y-%m}" for n in one.covered)
            return reason("outside", day=window.day, first=first, last=last)
    span = _span(window)
    held, notes = _merged(held, span)
    rows = [row for row in _common([held[name] for name in treated]) if span[0] <= row[0] < span[1]]
    roles = [window.role(row) for row in rows]
    found = _unanswerable([held[name] for name in treated], rows, roles)
    if found:
        return found
    kept, told = _eligible(held, treated, rows, roles)
    left_out = {**left_out, **told}
    shared = set(rows).intersection(*(held[name].rows for name in kept))
    whole = [row for row in rows if row in shared]
    notes = (*notes, *_gaps(rows, whole))
    kept, told, chosen = _on_scale(
        {n: _values(held[n], whole) for n in (*kept, *treated)}, treated, whole, window, scale
    )
    left_out = {**left_out, **told}
    # a placebo treats as many donors as were treated, and the others are its own donors
    least = FEWEST_DONORS + len(treated) - 1
    if len(kept) < least:
        return _few(len(kept), least, left_out)
    names = (*sorted(kept), *treated)
    roles = [window.role(row) for row in whole]
    return SideBySide(
        names=names,
        treated=len(treated),
        rows=tuple(whole),
        roles=tuple(roles),
        exposed=tuple(observations.exposure(row, window.day) for row in whole),
        tonnes=tuple(tuple(_values(held[name], whole)) for name in names),
        scale=chosen,
        left_out=left_out,
        notes=(*notes, *_stages(held, names, whole)),
    )


def _split(series: Any, by: str) -> dict[str, Any]:
    if isinstance(series, Mapping) and "value" not in series:
        return dict(series)
    if not hasattr(series, "columns"):
        raise ParameterError(
            f"series: expected a definition, a frame with {by!r}, or name -> frame, found"
            f" {type(series).__name__}"
        )
    frame = series if isinstance(series, pl.DataFrame) else pl.from_pandas(series)
    if by not in frame.columns:
        raise ParameterError(f"by: expected a column of the series, one of {frame.columns}, found {by!r}")
    return {str(part[by][0]): part for part in frame.partition_by(by, maintain_order=True)}


def _check_names(treated: Sequence[str], donors: Sequence[str]) -> None:
    both = sorted(set(treated) & set(donors))
    if both or not treated or len({*treated}) < len(treated) or len({*donors}) < len(donors):
        raise ParameterError(
            f"treated and donors: expected each partner once, found treated {list(treated)}"
            + (f" and {both} among the donors" if both else "")
        )
    blocs = sorted({*treated, *donors} & _NO_COUNTRY)
    if blocs:
        raise ParameterError(
            f"partners: expected single countries, found {blocs}: they hold goods of the others, or of no one"
            " country; leave them out, or name the donors"
        )


def _check_same(frames: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse partners that are not of one definition, reporter and flow."""
    for column in _ONE:
        held = {
            str(value)
            for name in names
            if column in list(getattr(frames[name], "columns", frames[name]))
            for value in set(frames[name][column])
        }
        if len(held) > 1:
            kind = DefinitionError if column == "definition" else ParameterError
            raise kind(f"{column}: expected one for all partners, found {sorted(held)}")


def _span(window: Window) -> tuple[int, int]:
    """Return the first month that may be used and the first that may not."""
    month = observations.month_number(window.day)
    full = month if window.day.day == 1 else month + 1
    return month - window.anticipation - window.before, full + window.after


def _merged(
    held: Mapping[str, Observations], span: tuple[int, int]
) -> tuple[Mapping[str, Observations], tuple[str, ...]]:
    """Take January and February together in every year, where some partner prints them only so."""
    paired = sorted(
        name
        for name, one in held.items()
        if any(months == _PAIR and span[0] <= start < span[1] for start, months in one.rows)
    )
    if not paired:
        return held, ()
    note = (
        f"January and February are one figure in every year, because {', '.join(paired[:4])}"
        f"{' and others' if len(paired) > 4 else ''} print them together"
    )
    return {name: _in_pairs(name, one) for name, one in held.items()}, (note,)


def _in_pairs(name: str, one: Observations) -> Observations:
    rows: dict[_Row, tuple[float, tuple[Any, ...], str]] = {}
    printed = dict(zip(one.rows, zip(one.tonnes, one.receipts, one.stages, strict=True), strict=True))
    for row, figure in printed.items():
        start, months = row
        if months == _PAIR and start % 12:
            raise ParameterError(
                f"partner {name}: expected January and February where two months are one figure, found"
                f" {observations.month_start(start):%Y-%m}"
            )
        if months == _PAIR or start % 12 > 1:
            rows[row] = figure
        elif start % 12 == 0 and (start + 1, 1) in printed:
            other = printed[(start + 1, 1)]
            rows[start, _PAIR] = (figure[0] + other[0], (*figure[1], *other[1]), figure[2])
    ordered = sorted(rows)
    return replace(
        one,
        rows=tuple(ordered),
        tonnes=tuple(rows[row][0] for row in ordered),
        receipts=tuple(rows[row][1] for row in ordered),
        stages=tuple(rows[row][2] for row in ordered),
    )


def _common(own: Sequence[Observations]) -> list[_Row]:
    return sorted(set(own[0].rows).intersection(*(one.rows for one in own[1:])))


def _unanswerable(own: Sequence[Observations], rows: list[_Row], roles: list[str]) -> Reason | None:
    if "after" not in roles:
        return reason("early")
    before = [row for row, role in zip(rows, roles, strict=True) if role == "before"]
    months = sum(n for _, n in before)
    if months < _FEWEST_BEFORE:
        return reason("short", months=months, least=_FEWEST_BEFORE)
    if any(_broken(one, rows) for one in own):
        return reason("break")
    span = before[-1][0] + before[-1][1] - before[0][0]
    if months < _PRINTED * span:
        return reason("gaps", months=months, span=span)
    if not all(any(_values(one, before)) for one in own):
        return reason("nothing")
    return None


def _broken(one: Observations, rows: Sequence[_Row]) -> bool:
    return any(rows[0][0] < at <= rows[-1][0] for at in one.breaks)


def _values(one: Observations, rows: Sequence[_Row]) -> list[float]:
    printed = dict(zip(one.rows, one.tonnes, strict=True))
    return [printed[row] for row in rows]


def _eligible(
    held: Mapping[str, Observations], treated: Sequence[str], rows: list[_Row], roles: list[str]
) -> tuple[list[str], _LeftOut]:
    """Return the donors that print the months, and why the others do not serve."""
    kept, left_out = [], {}
    for name, one in held.items():
        if name in treated:
            continue
        why = _unfit(one, rows, roles)
        if why:
            left_out[name] = why
        else:
            kept.append(name)
    return kept, left_out


def _unfit(one: Observations, rows: list[_Row], roles: list[str]) -> str:
    printed = dict(zip(one.rows, one.tonnes, strict=True))
    missing = [role for row, role in zip(rows, roles, strict=True) if row not in printed]
    if "after" in missing:
        return f"{missing.count('after')} of {roles.count('after')} months after not printed"
    before = roles.count("before")
    if missing.count("before") > _LACKING * before:
        return f"{missing.count('before')} of {before} months before not printed"
    if _broken(one, rows):
        return "its definition changes inside the window"
    if not any(printed.get(row) for row in rows):
        return "nothing shipped in any month"
    return ""


def _gaps(rows: list[_Row], whole: list[_Row]) -> tuple[str, ...]:
    """Tell the months that are not compared."""
    notes = []
    gone = sorted(set(rows) - set(whole))
    if gone:
        named = ", ".join(f"{observations.month_start(start):%Y-%m}" for start, _ in gone[:6])
        notes.append(f"{len(gone)} months that a donor did not print are left out for all ({named})")
    seen = {m for start, n in whole for m in range(start, start + n)} | {m for m, _ in gone}
    holes = sorted(set(range(min(seen), max(seen) + 1)) - seen)
    if holes:
        named = ", ".join(f"{observations.month_start(n):%Y-%m}" for n in holes[:6])
        notes.append(f"{len(holes)} months are missing for the treated partner ({named}); none was filled")
    return tuple(notes)


def _on_scale(
    tonnes: Mapping[str, list[float]],
    treated: Sequence[str],
    rows: list[_Row],
    window: Window,
    scale: Scale | None,
) -> tuple[list[str], _LeftOut, Scale]:
    """Return the donors that can be compared, why not the others, and the scale.

    Logarithms have no zero. A donor with one before the event is lumpy and left out; one with a zero after it
    is not, for that would choose donors by what became of them.
    """
    before = [k for k, row in enumerate(rows) if window.role(row) == "before"]
    donors = [name for name in tonnes if name not in treated]
    idle = [name for name in donors if not any(tonnes[name][k] for k in before)]
    left_out = dict.fromkeys(idle, "nothing shipped before the event")
    donors = [name for name in donors if name not in idle]
    lumpy = [name for name in donors if not all(tonnes[name][k] for k in before)]
    steady = [name for name in donors if name not in lumpy]
    stopped = [name for name in (*steady, *treated) if not all(tonnes[name])]
    if scale == "log" and stopped:
        raise ParameterError(f"scale: 'log' has no value for a month of 0 t, found in {stopped}; use 'level'")
    usable = not stopped and len(steady) >= max(FEWEST_DONORS, len(donors) / 2)
    if scale == "level" or (scale is None and not usable):
        return donors, left_out, "level"
    return steady, {**left_out, **dict.fromkeys(lumpy, "a month of 0 t before the event")}, "log"


def _few(count: int, least: int, left_out: _LeftOut) -> Reason:
    whys = sorted(set(left_out.values()))
    told = "; ".join(f"{why}: {', '.join(n for n, w in left_out.items() if w == why)}" for why in whys[:4])
    texts = {
        "en": f"too few donors: {count} partners print the months compared, at least {least} are needed",
        "zh": f"可比伙伴太少：有{count}个伙伴公布了同样的月份，至少需要{least}个",
        "ja": f"比較できる相手が少ない：同じ月を公表しているのは{count}、少なくとも{least}が必要",
    }
    return {k: f"{text} ({told})" if told and k == "en" else text for k, text in texts.items()}


def _stages(held: Mapping[str, Observations], names: Sequence[str], rows: Sequence[_Row]) -> tuple[str, ...]:
    asked = set(rows)
    found = sorted(
        {
            stage
            for name in names
            for row, stage in zip(held[name].rows, held[name].stages, strict=True)
            if row in asked
        }
    )
    if len(found) < _PAIR:
        return ()
    told = ", ".join(stage or "of no stage" for stage in found)
    return (f"the figures are of several stages ({told}): a flash figure may be revised or cut otherwise",)
