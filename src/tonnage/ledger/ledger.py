"""The ledger: every print of every figure, and what was known on a day."""

from __future__ import annotations

import datetime as dt
import io
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

from tonnage.errors import CodeError, NoDataError, NotYetReleased, StoreError, nearest
from tonnage.ledger import build, reconcile, store, vintages
from tonnage.ledger import calendar as release_calendar
from tonnage.ledger import series as ledger_series
from tonnage.ledger.series import SPANS, Question, Spans
from tonnage.model import codes, events, flows, releases
from tonnage.model.definitions import Definition, definition, derived_as, registry
from tonnage.sources.base import RECEIPTS, Sidecar, day

__all__ = ["Ledger", "open_ledger"]

Day = str | dt.date
Name = TypeVar("Name", bound=str)

_HELD_ROWS: Final = 1_000_000


def open_ledger(path: str | Path | None = None) -> Ledger:
    """Open the ledger of a workspace.

    Args:
        path: its data folder; by default `data` here or in a folder above.

    Raises:
        StoreError: there is no workspace, no build, or data/raw has changed since the build.
    """
    root = store.find_root(path)
    build.current(root)
    return Ledger(root)


class Ledger:
    """What a workspace holds. Nothing in it writes; every answer is a function of the rows and of a day.

    Attributes:
        root: the data folder.
        digest: hash of everything built; equal digests give equal answers.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digest = build.digest(root)
        self._entries = build.manifest(root)
        self._answers: dict[Question, pl.DataFrame] = {}

    def __repr__(self) -> str:
        files = len(self._entries)
        figures = sum(e.rows for e in self._entries if e.table == "flows")
        return (
            f"<Ledger {self.root}: {files} raw files, {figures:,} printed figures, digest {self.digest[:8]}>"
        )

    def prints(self) -> pl.LazyFrame:
        """Return FLOWS lazily: every print of every figure (all releases)."""
        return self._held.lazy() if self._held is not None else self._stored()

    @cached_property
    def _held(self) -> pl.DataFrame | None:
        # A small ledger answers from memory; a large one is queried where it lies.
        rows = sum(e.rows for e in self._entries if e.table == "flows")
        return self._stored().collect() if rows <= _HELD_ROWS else None

    def _stored(self) -> pl.LazyFrame:
        rows = self._scan("flows", flows.to_storage(flows.SCHEMA.to_frame()).schema)
        found = self.root / "processed" / build.CONFLICTS
        apart = pl.read_parquet(found).with_columns(_apart=pl.lit(value=True))
        if not apart.height:
            return flows.to_contract(rows)
        flagged = pl.col("flags").list.concat(pl.lit(["conflict"])).list.unique().list.sort()
        # One line prints several figures, of which one may be in conflict.
        on = ["raw", "line", *flows.KEY]
        joined = rows.join(apart.lazy(), on=on, how="left", maintain_order="left")
        marked = pl.when(pl.col("_apart")).then(flagged).otherwise(pl.col("flags"))
        return flows.to_contract(joined.with_columns(flags=marked).drop("_apart"))

    def flows(self, as_of: Day | None = None, *, assumed_days: bool = True) -> pl.LazyFrame:
        """Return FLOWS lazily: one row a figure, as known at the end of a day.

        Args:
            as_of: ISO day or date; None for the latest state.
            assumed_days: False leaves out prints whose release day is inferred (flag `day_assumed`).
        """
        return vintages.as_of(self.prints(), _day(as_of), assumed_days=assumed_days)

    def first_release(self) -> pl.LazyFrame:
        """Return FLOWS lazily: one row a figure, its first own print."""
        return vintages.first_release(self.prints())

    def revisions(self) -> pl.LazyFrame:
        """Return FLOWS lazily: all prints of the figures that were printed with more than one value."""
        return vintages.revisions(self.prints())

    def series(
        self,
        name: str,
        partner: str = "WLD",
        as_of: Day | None = None,
        unit: str = "kg",
        *,
        reporter: str | None = None,
        flow: str | None = None,
        spans: Spans = "monthly",
        assumed_days: bool = True,
    ) -> pl.DataFrame:
        """Return one definition as a series, oldest month first.

        Args:
            name: id or alias of a definition.
            partner: code or English name; WLD is the publisher's own world total.
            as_of: only what was out by the end of that day; None for the latest state.
            unit: a mass (kg, t) or a currency as printed (CNY, USD); money is never converted.
            reporter: whose customs counted; by default that of the definition.
            flow: by default that of the definition.
            spans: "monthly" (January and February printed only together are one row of two months) or
                "year_to_date".
            assumed_days: False leaves out prints whose release day is inferred.

        Returns:
            period, months, value, stage, published, flags, receipt (a list: a derived figure has the receipts
            of its parts), then definition, reporter, partner, flow, unit.

        Raises:
            DefinitionError: the definition is unknown.
            CodeError: partner, reporter, flow, unit or spans is unknown.
            NotYetReleased: figures exist, but none was out on that day; the message names the first day.
            NoDataError: the ledger holds none at all; the message says which partners it holds.
        """
        question = self._question(name, partner, as_of, unit, reporter, flow, spans, assumed_days)
        rows = self._answer(question)
        if not rows.height:
            raise self._why_empty(question)
        return rows

    def difference(self, a: str, b: str, **options: Any) -> pl.DataFrame:
        """Return the series of `a` minus `b`, if the registry declares that difference; options as `series`.

        Raises:
            DefinitionError: it does not; the message says why.
        """
        return self.series(derived_as("difference", a, b).id, **options)

    def total(self, a: str, b: str, **options: Any) -> pl.DataFrame:
        """Return the series of `a` plus `b`, if the registry declares that sum; options as `series`.

        Raises:
            DefinitionError: it does not; the message says why.
        """
        return self.series(derived_as("sum", a, b).id, **options)

    def partners(self, name: str, as_of: Day | None = None, *, spans: Spans = "monthly") -> list[str]:
        """Return the partners a definition has figures for, as known on a day; the world total first."""
        entry = definition(name)
        parts = [definition(p) for p in entry.parts] or [entry]
        held = [self._partners(part, _day(as_of), spans) for part in parts]
        common = set.intersection(*map(set, held))
        return sorted(common, key=lambda p: (p != "WLD", p))

    def events(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return the EVENTS rows knowable at the end of a day, oldest first; rejected ones never."""
        rows = self._scan("events", events.SCHEMA).filter(~pl.col("status").is_in(["rejected", "superseded"]))
        if (day := _day(as_of)) is not None:
            rows = rows.filter(pl.col("known_at") <= day)
        return rows.sort("date_start", "event_id", nulls_last=True).collect()

    def calendar(self) -> pl.DataFrame:
        """Return RELEASES: every expected or observed release, by day."""
        rows = self._scan("releases", releases.SCHEMA)
        return rows.sort(pl.coalesce("published", "due"), "stage", "period").collect()

    def next_releases(self, name: str, as_of: Day) -> list[release_calendar.Expected]:
        """Return the next release of each stage that prints a definition, soonest first."""
        stages = definition(name).stages
        return release_calendar.next_releases(self.calendar(), stages, _parsed_day(as_of))

    def check(self, as_of: Day | None = None, names: Iterable[str] | None = None) -> pl.DataFrame:
        """Return what adds up and what does not, as known on a day (`reconcile.SCHEMA`).

        Identities: the months of a definition against its year-to-date figures; its declared parts against
        itself. Rows with `blocks` must stop a report.

        Args:
            as_of: only what was out by the end of that day; None for the latest state.
            names: definitions; None for all of them.
        """
        found = [pl.DataFrame(schema=reconcile.SCHEMA)]
        for entry in map(definition, registry() if names is None else names):
            monthly = self._plain(entry.id, as_of, "monthly")
            totals = self._plain(entry.id, as_of, "year_to_date")
            found.append(reconcile.months_against_totals(monthly, totals))
            for part in entry.contains:
                found.append(reconcile.part_within_whole(self._plain(part, as_of, "monthly"), monthly))
                found.append(reconcile.part_within_whole(self._plain(part, as_of, "year_to_date"), totals))
        return pl.concat(found).sort("identity", "definition", "period", "months")

    def set_aside(self) -> pl.DataFrame:
        """Return the rows that could not be read: file, line, text, reason."""
        schema = pl.Schema({"line": pl.UInt32, "text": pl.String, "reason": pl.String})
        found = [pl.DataFrame(schema={"file": pl.String, **schema})]
        for entry in self._entries:
            if entry.set_aside:
                path = self.root / "processed" / "set_aside" / entry.source / entry.name
                found.append(pl.read_parquet(path).select(pl.lit(entry.file).alias("file"), *schema))
        return pl.concat(found)

    def sidecar(self, raw: str) -> Sidecar:
        """Return what is known of a raw file besides its bytes, by the `raw` of any row.

        Raises:
            NoDataError: no raw file has that hash.
        """
        for file in self._raw_files:
            if file.sidecar.raw == raw:
                return file.sidecar
        raise NoDataError(f"raw {raw!r}: no raw file has that hash")

    def raw_text(self, raw: str, line: int) -> str:
        """Return a line of a raw file as it stands there, by the `raw` and `line` of any row.

        Raises:
            NoDataError: no raw file has that hash, or it has no such line.
        """
        for file in self._raw_files:
            if file.sidecar.raw == raw:
                # As the readers count: a line separator inside a note ends no line.
                text = store.verified(file).decode("utf-8-sig")
                lines = io.StringIO(text, newline="").readlines()
                if 1 <= line <= len(lines):
                    return lines[line - 1].rstrip("\r\n")
                raise NoDataError(f"{file.shown}: expected a line of 1 to {len(lines)}, found {line}")
        raise NoDataError(f"raw {raw!r}: no raw file has that hash")

    # -- inside ------------------------------------------------------------------------------------

    def _scan(self, table: str, schema: pl.Schema) -> pl.LazyFrame:
        paths = [
            self.root / "processed" / table / e.source / e.name for e in self._entries if e.table == table
        ]
        missing = [p.name for p in paths if not p.exists()]
        if missing:
            raise StoreError(
                f"{self.root / 'processed'}: {missing} of the build that was opened are gone;"
                " open the ledger again, after: tonnage build"
            )
        return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=schema)

    @cached_property
    def _raw_files(self) -> list[store.RawFile]:
        return store.raw_files(self.root)

    @cached_property
    def _receipts(self) -> pl.DataFrame:
        files = pl.DataFrame([{"raw": e.raw, "file": e.file} for e in self._entries])
        paths = [self.root / "processed" / "receipts" / e.source / e.name for e in self._entries]
        if not paths:
            return pl.DataFrame(schema={**RECEIPTS, "file": pl.String})
        return pl.read_parquet(paths).join(files, on="raw")

    def _with_receipts(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.join(self._receipts, on=["raw", "line"], how="left", maintain_order="left")

    def _question(
        self,
        name: str,
        partner: str,
        as_of: Day | None,
        unit: str,
        reporter: str | None,
        flow: str | None,
        spans: Spans,
        assumed_days: bool,
    ) -> Question:
        entry = definition(name)
        return Question(
            definition=entry.id,
            partner=codes.resolve_country(partner),
            reporter=codes.resolve_country(reporter or entry.reporter),
            flow=_listed("flow", flow or entry.flow, flows.FLOWS),
            unit=unit,
            as_of=_day(as_of),
            assumed_days=assumed_days,
            spans=_listed("spans", spans, SPANS),
        )

    def _answer(self, question: Question) -> pl.DataFrame:
        # A ledger never changes, so an answer holds for as long as it is open.
        if question not in self._answers:
            self._answers[question] = self._computed(question)
        return self._answers[question]

    def _computed(self, question: Question) -> pl.DataFrame:
        return ledger_series.series(self.prints(), question, self._with_receipts)

    def _plain(self, name: str, as_of: Day | None, spans: Spans) -> pl.DataFrame:
        return self._answer(self._question(name, "WLD", as_of, "kg", None, None, spans, assumed_days=True))

    def _why_empty(self, question: Question) -> NoDataError:
        trade = f"{question.reporter} {question.flow} to {question.partner}"
        what = f"{question.definition}, {trade} in {question.unit}"
        later = self._answer(replace(question, as_of=None))
        if later.height:
            first = self._first_day(question)
            return NotYetReleased(
                f"{what}: nothing was out on {question.as_of}; the first release is of {first}"
            )
        shown = ", ".join(self.partners(question.definition, spans=question.spans)) or "none"
        others = [name for name, other in _near(question).items() if self._answer(other).height]
        hint = f"; it has figures with {' or '.join(others)}" if others else ""
        span = question.spans.replace("_", " ")
        return NoDataError(f"{what}: the ledger holds no {span} figure; partners it holds: {shown}{hint}")

    def _first_day(self, question: Question) -> dt.date:
        """Return the first day on which a question that has an answer had one."""
        out = vintages.known(self.prints(), assumed_days=question.assumed_days)
        days: list[dt.date] = (
            out.select("published").unique().sort("published").collect()["published"].to_list()
        )

        def answered(day: dt.date) -> bool:
            return self._computed(replace(question, as_of=day)).height > 0

        # Once there is an answer there is one on every later day.
        return days[bisect_left(days, True, key=answered)]

    def _partners(self, entry: Definition, day: dt.date | None, spans: Spans) -> list[str]:
        listed = [code for found in entry.codes.values() for code in found]
        january = pl.col("period").dt.month() == 1
        single = (pl.col("months") == 1) | (january & (pl.col("months") == 2))
        rows = vintages.known(self.prints(), day).filter(
            pl.col("commodity").is_in(listed),
            pl.col("reporter") == entry.reporter,
            single if spans == "monthly" else january,
        )
        return rows.select(pl.col("partner").unique().sort()).collect()["partner"].to_list()


def _listed(what: str, value: Name, allowed: Sequence[Name]) -> Name:
    if value not in allowed:
        raise CodeError(f"{what} {value!r}: expected one of {list(allowed)}{nearest(value, allowed)}")
    return value


def _near(question: Question) -> dict[str, Question]:
    """Return the questions that differ from one in a single option, by what would have to be asked."""
    asked = replace(question, as_of=None)
    units = ("kg", *sorted({currency for currency, _ in codes.MONEY.values()}))
    return {
        **{f"spans={spans!r}": replace(asked, spans=spans) for spans in SPANS},
        **{f"unit={unit!r}": replace(asked, unit=unit) for unit in units},
        "assumed_days=True": replace(asked, assumed_days=True),
    }


def _day(value: Day | None) -> dt.date | None:
    return None if value is None else _parsed_day(value)


def _parsed_day(value: Day) -> dt.date:
    return value if isinstance(value, dt.date) else day(value)
