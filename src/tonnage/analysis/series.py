"""Monthly series described: totals, changes, indexes, gaps, shares and unit values.

Every function takes a ledger series (or any frame of `period` and `value`) and returns a frame; none fills a
gap, none takes null for 0, and none compares across a `break`. January and February are customs' one
exception to the month: they may be printed together, as one row of two months that starts in January.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal

import polars as pl

from tonnage.errors import ContractError, DefinitionError, NoDataError, ParameterError
from tonnage.model.codes import AGGREGATES, MASS_KG
from tonnage.model.flows import STAGES

__all__ = [
    "CONTEXT",
    "REST",
    "UNUSED",
    "Basis",
    "changes",
    "contribution",
    "decompose",
    "gaps",
    "index",
    "monthly",
    "pair_january_february",
    "percent",
    "receipts_of",
    "rolling",
    "shares",
    "unit_value",
    "usable",
    "year_to_date",
]

Basis = Literal["mom", "yoy"]

#: Columns that must hold one value in a series, where they are there at all.
CONTEXT: Final = ("definition", "reporter", "partner", "flow", "unit")

#: Flags of figures that are shown but never computed with.
UNUSED: Final = ("not_yet_published", "suspect", "unit_suspect")

#: The key under which `shares` and `contribution` show what the listed parts leave of the whole.
REST: Final = "(rest)"

_PAIR: Final = 2
_LAGS: Final[dict[str, int]] = {"mom": 1, "yoy": 12}


def monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a series checked and sorted, with `months` (1) and `flags` (none) added where they are missing.

    A two-month row may stand beside the single months it covers: sums then take the singles where both are
    printed and the two-month row otherwise, never both.

    Args:
        frame: one row a figure: `period` (Date, first of a month) and `value` (kg unless a `unit` column says
            otherwise; null = not printed); optional `months` (1, or 2 for January with February), `flags`,
            `stage`, `published`, `receipt` and the columns of `CONTEXT`.

    Raises:
        ContractError: not a polars frame; a column is missing or of another type; a period is null, not the
            first of a month, or there twice; months is not 1, or 2 in January; a value is negative or not
            finite; more than one reporter, partner, flow or unit.
        DefinitionError: more than one definition.
        NoDataError: no row.
    """
    _check_columns(frame)
    if frame.is_empty():
        raise NoDataError("series: expected at least one row, found none")
    added = []
    if "months" not in frame.columns:
        added.append(pl.lit(1, dtype=pl.Int8).alias("months"))
    if "flags" not in frame.columns:
        added.append(pl.lit([], dtype=pl.List(pl.String)).alias("flags"))
    made = frame.with_columns(pl.col("value").cast(pl.Float64), *added)
    _check_rows(made)
    _check_context(made)
    return made.sort("period", "months")


def usable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return `monthly(frame)` with null for every figure whose flags bar it from use (`UNUSED`).

    Raises:
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    made = monthly(frame)
    barred = pl.col("flags").list.set_intersection(list(UNUSED)).list.len() > 0
    return made.with_columns(pl.when(barred).then(None).otherwise(pl.col("value")).alias("value"))


def pair_january_february(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the series with January and February of a year as one row of two months.

    Where both months are printed singly the row is their exact sum: flag `derived`, the less settled stage,
    the later day, the receipts of both. Otherwise a row that prints the two together stays as it is and
    stands for both. A year with only one of the two months keeps it as a single month, and a year with a
    `break` in February keeps the two apart.

    Raises:
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    made = monthly(frame)
    book = _Book.of(made)
    rows: list[pl.DataFrame] = []
    gone: set[int] = set()
    for january in sorted({_number(p) for p in made["period"].to_list() if p.month == 1}):
        if not book.same(january, january + 1):
            continue
        if book.both(january):
            rows.append(_paired(made, january))
        elif january in book.pair:
            rows.append(made.filter((pl.col("period") == _day(january)) & (pl.col("months") == _PAIR)))
        else:
            continue
        gone |= {january, january + 1}
    kept = made.filter(~pl.col("period").is_in([_day(n) for n in gone]))
    return pl.concat([kept, *rows]).sort("period", "months")


def changes(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the series with `previous`, `mom_pct`, `year_ago` and `yoy_pct` added.

    A change is there only where both months are printed and no `break` lies between them. February against
    January and March against February are computed, though Chinese New Year moves both: `base_rate` knows.
    A two-month row has no month before it (`mom_pct` is null) and compares with January and February together
    a year before, printed so or summed from the two. A percentage of 0 is null, not infinite.

    Raises:
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    made = monthly(frame)
    book = _Book.of(made)
    columns: dict[str, list[float | None]] = {"previous": [], "mom_pct": [], "year_ago": [], "yoy_pct": []}
    for at, months in _rows(made):
        now = book.value(at, months)
        before = book.value(at - 1, 1) if months == 1 and book.same(at - 1, at) else None
        year_ago = book.value(at - 12, months) if book.same(at - 12, at + months - 1) else None
        for name, value in (("previous", before), ("year_ago", year_ago)):
            columns[name].append(value)
        columns["mom_pct"].append(percent(now, before))
        columns["yoy_pct"].append(percent(now, year_ago))
    return made.with_columns(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items())


def year_to_date(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the series with `ytd`, `ytd_year_ago` and `ytd_pct`: January to the month of the row.

    Null where a month of the year is not printed, or a `break` lies within the months summed or compared.

    Raises:
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    made = monthly(frame)
    book = _Book.of(made)
    columns: dict[str, list[float | None]] = {"ytd": [], "ytd_year_ago": [], "ytd_pct": []}
    for at, months in _rows(made):
        first, last = at - at % 12, at + months - 1
        now = book.total(first, last)
        before = book.total(first - 12, last - 12) if book.same(first - 12, last) else None
        columns["ytd"].append(now)
        columns["ytd_year_ago"].append(before)
        columns["ytd_pct"].append(percent(now, before))
    return made.with_columns(pl.Series(name, values, dtype=pl.Float64) for name, values in columns.items())


def rolling(frame: pl.DataFrame, months: int = 12) -> pl.DataFrame:
    """Return the series with `rolling_<months>`: the total of that many months up to the row's last one.

    Only full windows have a number. A window that would cut a January and February printed only together, or
    that holds a `break` after its first month, has none.

    Raises:
        ParameterError: `months` is below 2.
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    if months < _PAIR:
        raise ParameterError(
            f"months={months}: expected 2 or more; the series itself is the total of one month"
        )
    made = monthly(frame)
    book = _Book.of(made)
    totals = [book.total(at + n - months, at + n - 1) for at, n in _rows(made)]
    return made.with_columns(pl.Series(f"rolling_{months}", totals, dtype=pl.Float64))


def index(frame: pl.DataFrame, base: int | dt.date) -> pl.DataFrame:
    """Return the series with `index`: the value a month, the average month of the base being 100.

    Args:
        frame: a series as `monthly` takes it; a two-month row counts with half its value.
        base: a year (all its twelve months) or the first day of one month.

    Raises:
        NoDataError: the base is not wholly printed, or is zero.
        ContractError, DefinitionError: as `monthly`.
    """
    made = monthly(frame)
    book = _Book.of(made)
    first, last = (base * 12, base * 12 + 11) if isinstance(base, int) else (_number(base), _number(base))
    total = book.total(first, last)
    if not total:
        found = "a total of 0" if total == 0 else "months missing or a break within"
        raise NoDataError(f"index: base {base}: expected every month of it printed, found {found}")
    mean = total / (last - first + 1)
    values: list[float | None] = []
    for at, months in _rows(made):
        value = book.value(at, months)
        joined = book.same(min(first, at), max(last, at + months - 1))
        values.append(100 * value / months / mean if value is not None and joined else None)
    return made.with_columns(pl.Series("index", values, dtype=pl.Float64))


def gaps(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the months between the first and the last row that have no usable figure.

    A month printed only together with its neighbour is no gap.

    Returns:
        `period` (Date) and `reason` (String): "no row", "no number printed", or the flag that bars its use.

    Raises:
        ContractError, DefinitionError, NoDataError: as `monthly`.
    """
    made = monthly(frame)
    book = _Book.of(made)
    told = {
        _number(r["period"]) + i: _why_unused(r["flags"]) for r in made.to_dicts() for i in range(r["months"])
    }
    missing = [n for n in range(min(told), max(told) + 1) if not book.covers(n)]
    rows = {"period": [_day(n) for n in missing], "reason": [told.get(n, "no row") for n in missing]}
    return pl.DataFrame(rows, schema={"period": pl.Date, "reason": pl.String})


def unit_value(mass: pl.DataFrame, money: pl.DataFrame) -> pl.DataFrame:
    """Return money for one unit of mass, month by month.

    Returns:
        One row for each period of either series: `period`, `months`, `mass`, `money`, `unit_value`, `unit`
        ("USD/kg"; "" where the series name no unit) and `reason`: why there is no unit value, else "".
        Null where either figure is missing or 0, and where either is flagged `estimated`: a publisher who
        estimates the mass from the value gives back its own assumption.

    Raises:
        ContractError: `mass` has a unit that is no mass or `money` one that is, or the two differ in
            definition, reporter, partner or flow.
        DefinitionError, NoDataError: as `monthly`.
    """
    pairs, unit = _matched(mass, money)
    reasons = [_no_unit_value(r) for r in pairs.to_dicts()]
    return pairs.with_columns(
        pl.Series("reason", reasons, dtype=pl.String), pl.lit(unit).alias("unit")
    ).select(
        "period",
        "months",
        "mass",
        "money",
        pl.when(pl.col("reason") == "").then(pl.col("money") / pl.col("mass")).alias("unit_value"),
        "unit",
        "reason",
    )


def decompose(value: pl.DataFrame, quantity: pl.DataFrame, basis: Basis = "yoy") -> pl.DataFrame:
    """Return the log change of value as that of quantity plus that of unit value.

    Args:
        value: money, as `monthly` takes it.
        quantity: mass of the same goods and partner.
        basis: "yoy" against a year before (the default: no season in it), "mom" against the month before.

    Returns:
        `period`, `months`, `log_value`, `log_quantity`, `log_unit_value` (natural logs; multiplied by 100
        they are roughly per cent); the first is the sum of the other two by construction. Null where a
        figure is missing, 0 or estimated, or a `break` lies between.

    Raises:
        ParameterError: basis is neither.
        ContractError, DefinitionError, NoDataError: as `unit_value`.
    """
    _lag(basis)
    pairs, _ = _matched(quantity, money=value)
    fit = pl.Series([_no_unit_value(r) == "" for r in pairs.to_dicts()], dtype=pl.Boolean)
    clean = [
        pairs.select("period", "months", "flags", pl.when(fit).then(pl.col(name)).alias("value"))
        for name in ("money", "mass")
    ]
    logs = [_log_changes(c, basis) for c in clean]
    return pairs.select("period", "months").with_columns(
        logs[0].alias("log_value"), logs[1].alias("log_quantity"), (logs[0] - logs[1]).alias("log_unit_value")
    )


def shares(parts: pl.DataFrame, whole: pl.DataFrame, by: str = "partner") -> pl.DataFrame:
    """Return what each part is of the whole, and what the parts leave.

    Args:
        parts: long frame of `period`, `by` and `value` (optional `months`, `flags` and context).
        whole: the publisher's own total as a series (never a sum of ours).
        by: the column that names a part.

    Returns:
        `period`, `months`, the `by` column, `value`, `whole`, `share_pct`; a row `REST` for every month
        is the whole less the printed parts: negative where parts exceed it, never hidden. A bloc (EU27)
        has a share but is not taken from the rest, for its members may be listed too.

    Raises:
        ContractError: `parts` holds the world total or names another unit than `whole`; or as `monthly`.
        DefinitionError, NoDataError: as `monthly`.
    """
    listed, total = _parts(parts, whole, by)
    rows: list[dict[str, object]] = []
    for at, months in _rows(monthly(whole)):
        size = total.value(at, months)
        values = {name: book.value(at, months) for name, book in listed.items()}
        values[REST] = _rest(size, values)
        rows += [
            {
                "period": _day(at),
                "months": months,
                by: name,
                "value": v,
                "whole": size,
                "share_pct": _ratio(v, size),
            }
            for name, v in values.items()
        ]
    schema = {"period": pl.Date, "months": pl.Int8, by: pl.String}
    return pl.DataFrame(rows, schema={**schema, **dict.fromkeys(("value", "whole", "share_pct"), pl.Float64)})


def contribution(
    parts: pl.DataFrame, whole: pl.DataFrame, by: str = "partner", basis: Basis = "yoy"
) -> pl.DataFrame:
    """Return how many percentage points each part adds to the change of the whole.

    Args:
        parts: as `shares` takes them.
        whole: as `shares` takes it.
        by: the column that names a part.
        basis: "yoy" or "mom"; two-month rows have only the former.

    Returns:
        `period`, `months`, the `by` column, `change` (in the unit of the series), `contribution_pp`,
        `whole_pct`. The row `REST` holds what the parts printed in both months do not explain, so that the
        rows of a month add up to `whole_pct` (a bloc is shown beside them, not among them).

    Raises:
        ParameterError, ContractError, DefinitionError, NoDataError: as `shares` and `decompose`.
    """
    lag = _lag(basis)
    listed, total = _parts(parts, whole, by)
    rows: list[dict[str, object]] = []
    for at, months in _rows(monthly(whole)):
        change, base = total.change(at, months, lag), total.value(at - lag, months)
        moved = {name: book.change(at, months, lag) for name, book in listed.items()}
        moved[REST] = _rest(change, moved)
        rows += [
            {
                "period": _day(at),
                "months": months,
                by: name,
                "change": m,
                "contribution_pp": _ratio(m, base) if change is not None else None,
                "whole_pct": _ratio(change, base),
            }
            for name, m in moved.items()
        ]
    schema = {"period": pl.Date, "months": pl.Int8, by: pl.String}
    return pl.DataFrame(
        rows, schema={**schema, **dict.fromkeys(("change", "contribution_pp", "whole_pct"), pl.Float64)}
    )


def percent(now: float | None, before: float | None) -> float | None:
    """Return the change in per cent, or None where a figure is missing or the earlier one is 0."""
    return None if now is None or not before else 100 * (now / before - 1)


def receipts_of(frame: pl.DataFrame) -> tuple[Any, ...]:
    """Return the receipts of all rows in order; none where the frame has no `receipt` column."""
    held = frame["receipt"].to_list() if "receipt" in frame.columns else []
    return tuple(r for one in held for r in (one if isinstance(one, list) else [one]))


@dataclass(frozen=True, slots=True)
class _Book:
    """The usable figures of one series by month number (year * 12 + month - 1)."""

    single: dict[int, float]
    pair: dict[int, float]
    breaks: tuple[int, ...]

    @classmethod
    def of(cls, made: pl.DataFrame) -> _Book:
        single: dict[int, float] = {}
        pair: dict[int, float] = {}
        breaks: set[int] = set()
        for period, months, value, flags in made.select("period", "months", "value", "flags").iter_rows():
            at = _number(period)
            if "break" in (flags or ()):
                breaks.add(at)
            if value is not None and not set(flags or ()) & set(UNUSED):
                (single if months == 1 else pair)[at] = value
        return cls(single, pair, tuple(sorted(breaks)))

    def same(self, first: int, last: int) -> bool:
        """Return whether no break lies after `first` and up to `last`."""
        return not any(first < b <= last for b in self.breaks)

    def both(self, january: int) -> bool:
        return january in self.single and january + 1 in self.single

    def covers(self, at: int) -> bool:
        return at in self.single or at in self.pair or (at % 12 == 1 and at - 1 in self.pair)

    def value(self, at: int, months: int) -> float | None:
        return self.single.get(at) if months == 1 else self.total(at, at + months - 1)

    def change(self, at: int, months: int, lag: int) -> float | None:
        """Return the difference from `lag` months before; None for two months against the one before."""
        now, before = self.value(at, months), self.value(at - lag, months)
        whole = months == 1 or lag % 12 == 0
        if now is None or before is None or not whole or not self.same(at - lag, at + months - 1):
            return None
        return now - before

    def total(self, first: int, last: int) -> float | None:
        """Return the sum of the months, or None where one is missing or a break lies within."""
        found: list[float] = []
        at = first
        while at <= last:
            if at in self.pair and at + 1 <= last and not self.both(at):
                found.append(self.pair[at])
                at += 2
            elif at in self.single:
                found.append(self.single[at])
                at += 1
            else:
                return None
        return _exact_sum(found) if self.same(first, last) else None


def _exact_sum(values: Iterable[float]) -> float:
    """Return the sum of decimals as printed: 0.1 and 0.2 make 0.3."""
    return float(sum((Decimal(repr(float(v))) for v in values), Decimal(0)))


def _number(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _day(number: int) -> dt.date:
    return dt.date(number // 12, number % 12 + 1, 1)


def _rows(made: pl.DataFrame) -> list[tuple[int, int]]:
    return [(_number(p), m) for p, m in made.select("period", "months").iter_rows()]


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else 100 * part / whole


def _rest(whole: float | None, parts: dict[str, float | None]) -> float | None:
    if whole is None:
        return None
    return _exact_sum([whole, *(-v for k, v in parts.items() if v is not None and k not in AGGREGATES)])


def _lag(basis: str) -> int:
    if basis not in _LAGS:
        raise ParameterError(f"basis={basis!r}: expected one of {sorted(_LAGS)}")
    return _LAGS[basis]


def _check_columns(frame: pl.DataFrame) -> None:
    if not isinstance(frame, pl.DataFrame):
        raise ContractError(
            f"series: expected a polars DataFrame, found {type(frame).__name__}; polars converts it"
        )
    missing = [c for c in ("period", "value") if c not in frame.columns]
    if missing:
        raise ContractError(
            f"series: expected columns 'period' and 'value', {missing} not among {frame.columns}"
        )
    if frame.schema["period"] != pl.Date:
        raise ContractError(
            f"series: period: expected Date, found {frame.schema['period']}; cast it to pl.Date"
        )
    if not (frame.schema["value"].is_numeric() or frame.schema["value"] == pl.Null):
        raise ContractError(f"series: value: expected numbers, found {frame.schema['value']}")


def _check_rows(made: pl.DataFrame) -> None:
    if made["period"].null_count():
        raise ContractError("series: period: expected a date in every row, found null")
    odd = made.filter(pl.col("period").dt.day() != 1)["period"].to_list()
    if odd:
        raise ContractError(
            f"series: period: expected the first of a month, found {odd[0]}; monthly figures only"
        )
    long = (pl.col("months") == _PAIR) & (pl.col("period").dt.month() == 1)
    wrong = made.filter(~((pl.col("months") == 1) | long).fill_null(value=False)).to_dicts()
    if wrong:
        found = f"{wrong[0]['months']} at {wrong[0]['period']:%Y-%m}"
        raise ContractError(f"series: months: expected 1, or 2 for January with February, found {found}")
    twice = made.filter(pl.struct("period", "months").is_duplicated())["period"].to_list()
    if twice:
        raise ContractError(
            f"series: {twice[0]:%Y-%m}: expected one row a month, found more;"
            " take one vintage and one definition"
        )
    bad = made.filter(
        pl.col("value").is_nan() | pl.col("value").is_infinite() | (pl.col("value") < 0)
    ).to_dicts()
    if bad:
        found = f"{bad[0]['value']} at {bad[0]['period']:%Y-%m}"
        raise ContractError(f"series: value: expected a finite number of 0 or more, or null; found {found}")


def _check_context(made: pl.DataFrame) -> None:
    for column in CONTEXT:
        found = _one(made, column)
        if len(found) > 1:
            kind = DefinitionError if column == "definition" else ContractError
            raise kind(f"series: expected one {column}, found {', '.join(found)}; keep one of them")


def _one(made: pl.DataFrame, column: str) -> list[str]:
    return sorted(str(v) for v in made[column].drop_nulls().unique()) if column in made.columns else []


def _paired(made: pl.DataFrame, january: int) -> pl.DataFrame:
    """Return January and February, both printed singly, as one row with the columns of `made`."""
    months = [_day(january), _day(january + 1)]
    rows = made.filter(pl.col("period").is_in(months) & (pl.col("months") == 1)).sort("period")
    total = _exact_sum(rows["value"].to_list())
    flags = sorted({f for kept in rows["flags"].to_list() for f in kept or ()} | {"derived"})
    columns = [
        pl.lit(_PAIR).cast(made.schema["months"]).alias("months"),
        pl.lit(total).alias("value"),
        pl.lit(flags, dtype=pl.List(pl.String)).alias("flags"),
    ]
    if "published" in made.columns:
        columns.append(pl.lit(rows["published"].max()).cast(made.schema["published"]).alias("published"))
    if "stage" in made.columns:
        stage = min(rows["stage"].cast(pl.String).to_list(), key=_settled)
        columns.append(pl.lit(stage).cast(made.schema["stage"]).alias("stage"))
    if isinstance(made.schema.get("receipt"), pl.List):
        columns.append(
            pl.lit(rows["receipt"].explode(empty_as_null=False).implode()).first().alias("receipt")
        )
    return rows.head(1).with_columns(columns)


def _settled(stage: str | None) -> int:
    return STAGES.index(stage) if stage in STAGES else -1


def _why_unused(flags: Sequence[str] | None) -> str:
    barred = [f for f in UNUSED if f in (flags or ())]
    return barred[0] if barred else "no number printed"


def _matched(mass: pl.DataFrame, money: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """Return both series side by side (period, months, mass, money, flags) and the unit of their ratio."""
    left, right = monthly(mass), monthly(money)
    for column in ("definition", "reporter", "partner", "flow"):
        a, b = _one(left, column), _one(right, column)
        if a and b and a != b:
            raise ContractError(f"unit value: {column}: expected the same in both, found {a[0]} and {b[0]}")
    per, of = _one(left, "unit"), _one(right, "unit")
    if (per and per[0] not in MASS_KG) or (of and of[0] in MASS_KG):
        raise ContractError(f"unit value: expected a mass, then money; found {per or '?'} and {of or '?'}")
    keys = ["period", "months"]
    joined = left.select(*keys, pl.col("value").alias("mass"), "flags").join(
        right.select(*keys, pl.col("value").alias("money"), pl.col("flags").alias("flags_right")),
        on=keys,
        how="full",
        coalesce=True,
    )
    empty = pl.lit([], dtype=pl.List(pl.String))
    flags = pl.concat_list(pl.col("flags").fill_null(empty), pl.col("flags_right").fill_null(empty))
    unit = f"{of[0]}/{per[0]}" if per and of else ""
    return joined.select(*keys, "mass", "money", flags.list.unique().list.sort().alias("flags")).sort(
        keys
    ), unit


def _no_unit_value(row: dict[str, object]) -> str:
    flags = row["flags"]
    barred = [f for f in ("estimated", *UNUSED) if isinstance(flags, list) and f in flags]
    if barred:
        return barred[0]
    for name in ("mass", "money"):
        if row[name] is None:
            return f"no {name} printed"
        if row[name] == 0:
            return f"{name} is 0"
    return ""


def _log_changes(frame: pl.DataFrame, basis: Basis) -> pl.Series:
    moved = changes(frame)
    before = moved["previous" if basis == "mom" else "year_ago"].to_list()
    logs = [
        math.log(now) - math.log(then) if now and then and (months == 1 or basis == "yoy") else None
        for now, then, months in zip(moved["value"].to_list(), before, moved["months"].to_list(), strict=True)
    ]
    return pl.Series(logs, dtype=pl.Float64)


def _parts(parts: pl.DataFrame, whole: pl.DataFrame, by: str) -> tuple[dict[str, _Book], _Book]:
    """Return the usable figures of every part, by name in order, and those of the whole."""
    total = monthly(whole)
    if by not in parts.columns:
        raise ContractError(f"parts: expected a column {by!r} that names each part, found {parts.columns}")
    listed: dict[str, _Book] = {}
    for name in sorted(parts[by].drop_nulls().unique().to_list()):
        if name == "WLD":
            raise ContractError("parts: found 'WLD', the total itself; give it as the whole, not as a part")
        part = monthly(parts.filter(pl.col(by) == name))
        units = {*_one(total, "unit"), *_one(part, "unit")}
        if len(units) > 1:
            raise ContractError(f"parts: {name}: expected the unit of the whole, found {sorted(units)}")
        listed[name] = _Book.of(part)
    return listed, _Book.of(total)
