"""Two countries' figures of one trade, side by side: compared, lag-tested, never blended."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from tonnage.analysis.results import Result
from tonnage.analysis.series import changes, receipts_of, usable
from tonnage.analysis.wording import month, pick
from tonnage.errors import ContractError, DefinitionError, NoDataError
from tonnage.model.codes import MASS_KG, country_name
from tonnage.model.definitions import comparable, registry

__all__ = ["LAGS", "LEAST", "METHOD", "Lag", "Mirror", "mirror", "tonnes"]

#: Months by which imports may follow exports.
LAGS: Final = (0, 1, 2)

#: Fewer pairs of changes than this, and no lag is told.
LEAST: Final = 12

METHOD: Final = (
    "Both sides are put in tonnes, month by month, and stay apart: no figure is an average of the two. The"
    " ratio is the import over the export, of the months that both print. The lag is the one of 0, 1 and 2"
    " months at which the month-on-month log changes of imports follow those of exports most closely; it is"
    " told only where that correlation is above what chance gives (1.96 over the root of the pairs)."
)

_ASSUMED: Final = (
    "Imports are usually valued with freight and insurance (CIF), exports without (FOB): that moves values,"
    " not tonnes; tonnes may still differ between gross and net mass.",
    "Importers record the country of origin, exporters the last known destination: goods through an entrepot"
    " (Hong Kong, Singapore, the Netherlands ...) are seen by one side only.",
    "Shipping takes weeks: an export of late December is an import of January or February.",
)
_COLUMNS: Final = ("export_t", "import_t")
_TEXT: Final = {
    "en": "From {first} to {last} ({n} months printed by both) {exporter} printed exports of {a:,.0f} t to"
    " {importer} and {importer} imports of {b:,.0f} t from {exporter}: {ratio:.2f} t in for each tonne out."
    " {lag}",
    "zh": "{first}至{last}（双方均公布的{n}个月），{exporter}公布对{importer}出口{a:,.0f}吨，"
    "{importer}公布自{exporter}进口{b:,.0f}吨：每出口1吨对应进口{ratio:.2f}吨。{lag}",
    "ja": "{first}〜{last}（双方が公表した{n}か月）、{exporter}の{importer}向け輸出は{a:,.0f}トン、"
    "{importer}の{exporter}からの輸入は{b:,.0f}トン：輸出1トンにつき輸入{ratio:.2f}トン。{lag}",
}
_LAG: Final = {
    "en": "Imports follow exports by {lag} months (correlation of changes {r:.2f}).",
    "zh": "进口滞后出口{lag}个月（变化的相关系数{r:.2f}）。",
    "ja": "輸入は輸出に{lag}か月遅れる（変化の相関{r:.2f}）。",
}
_NO_LAG: Final = {
    "en": "No lag between the two can be told.",
    "zh": "无法判断两者之间的时滞。",
    "ja": "両者の時差は判断できない。",
}


@dataclass(frozen=True, slots=True)
class Lag:
    """How closely imports follow exports at one lag: correlation (None = too few pairs) and pairs."""

    months: int
    correlation: float | None
    pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Mirror(Result):
    """One trade as its exporter and its importer print it.

    Attributes:
        exporter, importer: codes, "" where the series name none.
        table: `period`, `months`, `export_t`, `import_t` (tonnes, null = not printed) and `ratio`.
        n: months printed by both.
        export_t, import_t: their totals in tonnes.
        ratio: the second over the first.
        lags: one entry for each of `LAGS`.
        lag: the lag told, None where none stands out.
        assumptions: differences between the two sides, one sentence each.
        receipts: those of both series.
    """

    exporter: str
    importer: str
    table: pl.DataFrame
    n: int
    export_t: float
    import_t: float
    ratio: float
    lags: tuple[Lag, ...]
    lag: int | None
    assumptions: tuple[str, ...]
    receipts: tuple[Any, ...] = ()

    @property
    def method(self) -> str:
        """The method in one paragraph."""
        return METHOD

    def sentence(self, language: str = "en") -> str:
        """Return what may be printed, in "en", "zh" or "ja".

        Raises:
            ParameterError: another language.
        """
        found = next((g for g in self.lags if g.months == self.lag), None)
        if found and found.correlation is not None:
            told = pick(_LAG, language).format(lag=found.months, r=found.correlation)
        else:
            told = pick(_NO_LAG, language)
        both = self.table.drop_nulls(_COLUMNS)["period"].to_list()
        sides = {"exporter": self.exporter, "importer": self.importer}
        return pick(_TEXT, language).format(
            **{k: country_name(code, language) if code else "?" for k, code in sides.items()},
            first=month(both[0], language),
            last=month(both[-1], language),
            n=self.n,
            a=self.export_t,
            b=self.import_t,
            ratio=self.ratio,
            lag=told,
        )

    def to_frame(self) -> pl.DataFrame:
        """Return `table`."""
        return self.table


def mirror(a: pl.DataFrame, b: pl.DataFrame) -> Mirror:
    """Return both countries' figures of one trade side by side, in tonnes.

    Args:
        a: the exporter's series, as `series.monthly` takes it; mass (kg where there is no `unit` column).
        b: the importer's series. Given the other way round by their `flow`, the two are exchanged.

    Raises:
        ContractError: a unit is no mass, both name the same flow, or the reporter of one is not the partner
            of the other.
        DefinitionError: the registry says the two definitions must not be compared.
        NoDataError: no month is printed by both, or the exports of those months are 0.
    """
    out, into = _ordered(tonnes(a), tonnes(b))
    reason = _check_sides(out, into)
    keys = ["period", "months"]
    table = (
        out.select(*keys, pl.col("value").alias("export_t"))
        .join(into.select(*keys, pl.col("value").alias("import_t")), on=keys, how="full", coalesce=True)
        .sort(keys)
        .with_columns(
            pl.when(pl.col("export_t") > 0).then(pl.col("import_t") / pl.col("export_t")).alias("ratio")
        )
    )
    both = table.drop_nulls(_COLUMNS)
    exported, imported = float(both["export_t"].sum()), float(both["import_t"].sum())
    if not exported:
        raise NoDataError("mirror: expected at least one month printed by both sides with exports above 0")
    lags = tuple(_lag(out, into, lag) for lag in LAGS)
    return Mirror(
        exporter=_name(out, into, "reporter", "partner"),
        importer=_name(out, into, "partner", "reporter"),
        table=table,
        n=both.height,
        export_t=exported,
        import_t=imported,
        ratio=imported / exported,
        lags=lags,
        lag=_told(lags),
        assumptions=(*_ASSUMED, *reason),
        receipts=(*receipts_of(out), *receipts_of(into)),
    )


def tonnes(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the usable figures of a series of mass in tonnes; kg where it names no unit.

    Raises:
        ContractError: its unit is no mass; or as `series.monthly`.
        DefinitionError, NoDataError: as `series.monthly`.
    """
    made = usable(frame)
    unit = _only(made, "unit") or "kg"
    if unit not in MASS_KG:
        raise ContractError(f"mirror: unit {unit!r}: expected a mass, one of {sorted(MASS_KG)}")
    factor = float(MASS_KG[unit]) / 1000
    columns = [pl.col("value") * factor]
    if "unit" in made.columns:
        columns.append(pl.lit("t").alias("unit"))
    return made.with_columns(columns)


def _only(frame: pl.DataFrame, column: str) -> str:
    held = frame[column].drop_nulls().to_list() if column in frame.columns else []
    return str(held[0]) if held else ""


def _name(out: pl.DataFrame, into: pl.DataFrame, mine: str, theirs: str) -> str:
    return _only(out, mine) or _only(into, theirs)


def _ordered(a: pl.DataFrame, b: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    first, second = "import" in _only(a, "flow"), "import" in _only(b, "flow")
    if _only(a, "flow") and _only(b, "flow") and first == second:
        raise ContractError(
            f"mirror: expected exports of one and imports of the other, found {_only(a, 'flow')} twice"
        )
    return (b, a) if first else (a, b)


def _check_sides(out: pl.DataFrame, into: pl.DataFrame) -> tuple[str, ...]:
    """Return what is to be said of the two definitions, once the sides are known to face each other."""
    for mine, theirs in (("reporter", "partner"), ("partner", "reporter")):
        a, b = _only(out, mine), _only(into, theirs)
        if a and b and a != b:
            raise ContractError(
                f"mirror: expected the exporter's {mine} to be the importer's {theirs}: {a}, {b}"
            )
    a, b = _only(out, "definition"), _only(into, "definition")
    if not a or not b or a == b:
        return ()
    known = registry()
    if a not in known or b not in known:
        return (f"Definitions differ: {a} and {b}.",)
    found = comparable(a, b)
    if b in known[a].incomparable or a in known[b].incomparable:
        raise DefinitionError(f"mirror: {found.reason}")
    return (f"Definitions differ, {a} and {b}: {found.reason}.",)


def _moves(frame: pl.DataFrame) -> dict[dt.date, float]:
    rows = changes(frame).filter((pl.col("months") == 1) & (pl.col("value") > 0) & (pl.col("previous") > 0))
    return {
        p: math.log(now / then) for p, now, then in rows.select("period", "value", "previous").iter_rows()
    }


def _lag(out: pl.DataFrame, into: pl.DataFrame, lag: int) -> Lag:
    exports, imports = _moves(out), _moves(into)
    pairs = [(exports[e], move) for p, move in imports.items() if (e := _earlier(p, lag)) in exports]
    if len(pairs) < LEAST:
        return Lag(lag, None, len(pairs))
    try:
        return Lag(lag, statistics.correlation(*zip(*pairs, strict=True)), len(pairs))
    except statistics.StatisticsError:  # one side never changes
        return Lag(lag, None, len(pairs))


def _earlier(day: dt.date, months: int) -> dt.date:
    years, number = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(years, number + 1, 1)


def _told(lags: tuple[Lag, ...]) -> int | None:
    clear = [
        (g.correlation, -g.months)
        for g in lags
        if g.correlation is not None and g.correlation > 1.96 / math.sqrt(g.pairs)
    ]
    return -max(clear)[1] if clear else None
