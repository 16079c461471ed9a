"""The ledger: every print of every figure, and what was known on a day."""

from __future__ import annotations

import datetime as dt
import io
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import polars as pl

from tonnage.errors import CodeError, NoDataError, NotYetReleased, nearest
from tonnage.ledger import (
    build,
    composition,
    corrections,
    disk,
    evidence,
    facts,
    implied,
    listing,
    parts,
    percentages,
    planning,
    precision,
    proofs,
    reconcile,
    revisions,
    slices,
    standing,
    store,
    vintages,
)
from tonnage.ledger import calendar as release_calendar
from tonnage.ledger import series as ledger_series
from tonnage.ledger.series import SPANS, Question, Spans
from tonnage.model import codes, documents, events, flows, releases, scopes
from tonnage.model.definitions import Definition, definition, derived_as, registry
from tonnage.sources import SOURCES
from tonnage.sources.base import RECEIPTS, Sidecar, day, month
from tonnage.sources.register import QUOTAS_SCHEMA

__all__ = ["Ledger", "open_ledger"]

Day = str | dt.date
Name = TypeVar("Name", bound=str)

_HELD_ROWS: Final = 1_000_000

#: The codes of a definition by classification.
_CODES: Final = pl.Schema(
    {
        "classification": pl.String(),
        "codes": pl.List(pl.String()),
        "basis": pl.String(),
        "base": pl.String(),
        "reason": pl.String(),
    }
)


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
        self._listing = listing.read(root)
        self.digest = self._listing.digest
        self._entries = self._listing.entries
        self._corrections = corrections.load(root)
        self._answers: dict[Question, pl.DataFrame] = {}
        self._rows = sum(entry.rows for entry in self._entries if entry.table == "flows")

    def __repr__(self) -> str:
        files = len(self._entries)
        held = f"{files} raw files, {self._rows:,} printed figures"
        return f"<Ledger {self.root}: {held}, digest {self.digest[:8]}>"

    def prints(self) -> pl.LazyFrame:
        """Return FLOWS lazily: every print of every figure (all releases)."""
        return self._corrected(None)

    def _corrected(self, day: dt.date | None) -> pl.LazyFrame:
        """Return every print, with the corrections that were made by a day."""
        return corrections.apply(self._printed(), self._corrections, day)

    def _printed(self) -> pl.LazyFrame:
        """Return every print, without corrections."""
        if self._held is None:
            return standing.prints(self.root, self._files, self._apart)
        return self._held.lazy().drop("superseded")

    @cached_property
    def _held(self) -> pl.DataFrame | None:
        # A small ledger answers from memory; a large one is queried where it lies.
        if self._rows > _HELD_ROWS:
            return None
        with listing.damage_told(self.root, self._listing):
            return standing.followed(self.root, self._files, self._apart).collect()

    @cached_property
    def _files(self) -> list[listing.Built]:
        return [entry for entry in self._entries if entry.table == "flows"]

    @cached_property
    def _apart(self) -> pl.DataFrame:
        (found,) = listing.sound(self.root, [self._listing.apart])
        return pl.read_parquet(found)

    def _counting(self, day: dt.date | None) -> pl.LazyFrame:
        """Return the prints that count on a day; without corrections."""
        if self._held is None:
            return standing.counting(self.root, self._files, self._apart, day)
        until, on = pl.col("superseded"), day or dt.date.max
        counts = (pl.col("published") <= on) & (until.is_null() | (until > on))
        return self._held.lazy().filter(counts).drop("superseded")

    @cached_property
    def _amended(self) -> list[str]:
        """The commodities that corrections are about."""
        if not self._corrections:
            return []
        about = pl.any_horizontal(made.rows for made in self._corrections)
        return (
            self._printed()
            .filter(about)
            .select(pl.col("commodity").unique())
            .collect()["commodity"]
            .to_list()
        )

    def flows(self, as_of: Day | None = None, *, assumed_days: bool = True) -> pl.LazyFrame:
        """Return FLOWS lazily: one row a figure, as known at the end of a day.

        Args:
            as_of: ISO day or date; None for the latest state.
            assumed_days: False leaves out prints whose release day is inferred (flag `day_assumed`).
        """
        day = _day(as_of)
        if not assumed_days:
            return self._asked_of(
                self._corrected(day), lambda prints: vintages.as_of(prints, day, assumed_days=False)
            )
        if not self._amended:
            return self._counting(day)
        amended = pl.col("commodity").is_in(self._amended)
        # What a correction touches is chosen anew: it may change which print counts.
        chosen = vintages.as_of(self._corrected(day).filter(amended), day)
        return pl.concat([self._counting(day).filter(~amended), chosen])

    def export(self, path: str | Path) -> Path:
        """Write every print, corrections and conflicts applied, as one Parquet file that any engine reads.

        FLOWS with `flow` and `stage` as text. Rows stream: memory does not grow with the ledger. `vintages`,
        `selection` and `joins` take it on from there, on DuckDB or Spark.

        Raises:
            StoreError: the disk is full or read-only; what was there before is unchanged.
        """
        target = Path(path)
        staged = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        with disk.told(target.parent), listing.damage_told(self.root, self._listing):
            try:
                self.prints().with_columns(pl.col("flow", "stage").cast(pl.String)).sink_parquet(staged)
                staged.replace(target)
            finally:
                staged.unlink(missing_ok=True)
        return target

    def first_release(self) -> pl.LazyFrame:
        """Return FLOWS lazily: one row a figure, its first own print."""
        return self._asked_of(self.prints(), vintages.first_release)

    def revisions(self) -> pl.LazyFrame:
        """Return FLOWS lazily: all prints of the figures that were printed with more than one value.

        The prints of a figure stand together, oldest first.
        """
        return self._asked_of(self.prints(), vintages.revisions)

    def _asked_of(self, prints: pl.LazyFrame, ask: Callable[[pl.LazyFrame], pl.LazyFrame]) -> pl.LazyFrame:
        return ask(prints) if self._held is not None else slices.each(prints, ask)

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

    def partners(
        self,
        name: str,
        as_of: Day | None = None,
        *,
        spans: Spans = "monthly",
        reporter: str | None = None,
        flow: str | None = None,
    ) -> list[str]:
        """Return the partners a definition has figures for, as known on a day; the world total first.

        Reporter and flow are those of the definition where they are not given.
        """
        entry = definition(name)
        trade = (codes.resolve_country(reporter or entry.reporter), flow or entry.flow)
        parts = [definition(p) for p in entry.parts] or [entry]
        held = [self._partners(part, trade, _day(as_of), spans) for part in parts]
        common = set.intersection(*map(set, held))
        return sorted(common, key=lambda p: (p != "WLD", p))

    def by_partner(
        self,
        name: str,
        as_of: Day | None = None,
        unit: str = "kg",
        *,
        period: Day | None = None,
        reporter: str | None = None,
        flow: str | None = None,
        spans: Spans = "monthly",
        assumed_days: bool = True,
    ) -> pl.DataFrame:
        """Return a definition with every partner the ledger holds: their series, the world total first.

        One month of it is what `concentration` and `dependence` ask for.

        Args:
            name: id or alias of a definition.
            as_of: only what was out by the end of that day; None for the latest state.
            unit: a mass or a currency, as in `series`.
            period: "2025-12" or a day of that month: only the rows that begin in it.
            reporter: whose customs counted; by default that of the definition.
            flow: by default that of the definition.
            spans: as in `series`.
            assumed_days: as in `series`.

        Returns:
            the columns of `series`; no row for a partner without a figure.

        Raises:
            DefinitionError, CodeError, NotYetReleased, NoDataError: as `series` of the world total, if no
                partner has a figure.
        """
        question = self._question(name, "WLD", as_of, unit, reporter, flow, spans, assumed_days)
        trade = {"reporter": question.reporter, "flow": question.flow}
        listed = self.partners(name, question.as_of, spans=spans, **trade)
        found = list(self._every(question, listed))
        rows = pl.concat(found) if found else ledger_series.SCHEMA.to_frame()
        if not rows.height:
            raise self._why_empty(question)
        return rows if period is None else rows.filter(pl.col("period") == _month(period))

    def _every(self, question: Question, partners: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Yield the answers to a question with each partner; what they are made of is read once."""
        entries = facts.closure([definition(question.definition)], registry())
        trade = (pl.col("reporter") == question.reporter, pl.col("flow").cast(pl.String) == question.flow)

        def read(rows: pl.LazyFrame) -> pl.LazyFrame:
            return rows.filter(_lines(entries), *trade).collect().lazy()

        prints = cache(lambda: read(self._corrected(question.as_of)))
        counting = cache(lambda: read(self.flows(question.as_of, assumed_days=question.assumed_days)))
        with listing.damage_told(self.root, self._listing):
            for partner in partners:
                asked = replace(question, partner=partner)
                yield ledger_series.series(prints, counting, asked, self._with_receipts)

    def codes(self, name: str, reporter: str | None = None, flow: str | None = None) -> pl.DataFrame:
        """Return the codes of a definition in each classification the ledger holds figures in.

        A definition is followed through the concordances. In a year in which the same goods cannot be told
        apart it has no codes, and its series no row.

        Args:
            name: id or alias of a definition.
            reporter: whose customs counted; by default that of the definition.
            flow: by default that of the definition.

        Returns:
            classification, codes, basis (declared, followed, assumed or refused), base (the declaration they
            come from: classifications of one base hold the same goods) and reason, one row a classification.

        Raises:
            DefinitionError: the definition is unknown.
        """
        entry = definition(name)
        mine = (
            pl.col("reporter") == codes.resolve_country(reporter or entry.reporter),
            pl.col("flow").cast(pl.String) == (flow or entry.flow),
        )
        held = self.prints().filter(*mine).select(pl.col("classification").unique().sort()).collect()
        rows = [
            (at, list(one.codes), one.basis, one.base, one.reason)
            for at in held["classification"]
            for one in entry.scopes
            if one.takes_in(at)
        ]
        return pl.DataFrame(rows, schema=_CODES, orient="row")

    def refused(
        self, name: str, reporter: str | None = None, flow: str | None = None
    ) -> list[tuple[str, str]]:
        """Return the classifications a definition cannot be followed to, those of one reason as one; why."""
        followed = self.codes(name, reporter, flow).filter(pl.col("basis") == "refused")
        same = followed.group_by("reason", maintain_order=True).agg(pl.col("classification").str.join(", "))
        return same.select("classification", "reason").rows()

    def events(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return the EVENTS rows knowable at the end of a day, oldest first; rejected ones never."""
        rows = self._scan("events", events.SCHEMA).filter(~pl.col("status").is_in(["rejected", "superseded"]))
        if (day := _day(as_of)) is not None:
            rows = rows.filter(pl.col("known_at") <= day)
        return rows.sort("date_start", "event_id", nulls_last=True).collect()

    def documents(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return the DOCUMENTS rows out by the end of a day, oldest first: headline, link, date, no text.

        Args:
            as_of: ISO day or date; None for all. A document dated to the month counts from its last day, one
                that is not dated from the day of the list it came in, and without either on no day.
        """
        rows = self._scan("documents", documents.SCHEMA).collect()
        dated = rows.with_columns(_out=documents.known_day())
        if (day := _day(as_of)) is not None:
            dated = dated.filter(pl.col("_out") <= day)
        return dated.sort("_out", "doc_id", nulls_last=True).drop("_out")

    def calendar(self, on: Day | None = None) -> pl.DataFrame:
        """Return RELEASES, by day: what calendars printed and pages showed, on a day if one is given."""
        rows = self._scan("releases", releases.SCHEMA)
        found = rows.sort(pl.coalesce("published", "due"), "stage", "period").collect()
        return found if on is None else release_calendar.known(found, _parsed_day(on))

    def due(
        self,
        on: release_calendar.Moment,
        since: Day | None = None,
        until: Day | None = None,
        name: str | None = None,
        partner: str = "WLD",
    ) -> pl.DataFrame:
        """Return the releases that fall, or may fall, on some days, soonest first (`calendar.AGENDA`).

        Args:
            on: the day of knowledge, at its end; a time with its offset is the day there is in the zone of
                each publisher.
            since: the first of the days asked about; by default `on` itself.
            until: the last of them; by default `on` itself.
            name: only what speaks of a definition and `partner`; publishers of the mirror are then planned
                as well.
            partner: code or English name.

        Raises:
            ContractError: the calendar contradicts itself; the message names files and lines.
        """
        chosen = planning.due(self, on, _day(since), _day(until), name, partner)
        return release_calendar.as_frame(chosen)

    def late(
        self, on: release_calendar.Moment, name: str | None = None, partner: str = "WLD"
    ) -> pl.DataFrame:
        """Return the releases whose expected days have passed by a day and that were not seen.

        A release is seen when a page states its day or the ledger holds figures of it. State `late`: no
        later release of the stage was seen either. State `gap`: one was, so this one came and is not held.

        Raises:
            ContractError: the calendar contradicts itself; the message names files and lines.
        """
        return release_calendar.as_frame(planning.late(self, on, name, partner))

    def next_release(
        self, name: str, partner: str = "WLD", *, as_of: release_calendar.Moment
    ) -> evidence.Addition:
        """Return the next release after a day that adds to a definition and partner, and what it adds.

        Raises:
            NoDataError: no stage of the definition gives the partner, or no day can be planned.
            ContractError: the calendar contradicts itself; the message names files and lines.
        """
        return planning.next_release(self, name, partner, as_of)

    def first_evidence(
        self,
        event: str | dt.date,
        name: str,
        partner: str = "WLD",
        as_of: release_calendar.Moment | None = None,
    ) -> pl.DataFrame:
        """Return the releases that can show an event, the first one first (`evidence.EVIDENCE`).

        Own figures and those of the other side; of each stage those with some days on or after the event,
        up to the first that is wholly after it.

        Args:
            event: an event_id of the register, or a day.
            name: id or alias of a definition.
            partner: code or English name; WLD for the world, which has no mirror.
            as_of: only what was known by the end of that day; None for the latest state.

        Raises:
            NoDataError: the event is not in the register on that day, or no release can be planned.
            ContractError: the calendar contradicts itself; the message names files and lines.
        """
        return planning.first_evidence(self, event, name, partner, as_of)

    def releases_held(self) -> pl.DataFrame:
        """Return the first day on which the ledger had own figures of each release (`calendar.HELD`)."""
        return self._releases_held

    @cached_property
    def _releases_held(self) -> pl.DataFrame:
        return planning.held(self.prints())

    def raw_names(self) -> dict[str, str]:
        """Return raw -> file as a receipt names it."""
        return {entry.raw: entry.file for entry in self._entries}

    def next_releases(self, name: str, as_of: Day) -> list[release_calendar.Expected]:
        """Return the next release of each stage that prints a definition, soonest first."""
        stages = definition(name).stages
        return release_calendar.next_releases(self.calendar(), stages, _parsed_day(as_of))

    # -- does it add up? ---------------------------------------------------------------------------

    def check(
        self,
        as_of: Day | None = None,
        names: Iterable[str] | None = None,
        identities: Iterable[str] | None = None,
        *,
        sound: bool = True,
    ) -> pl.DataFrame:
        """Return what adds up and what does not, as known on a day (`reconcile.SCHEMA`).

        One row an identity, with both sides, their prints, the tolerance and its reason. Rows with `blocks`
        must stop a report.

        Args:
            as_of: only what was out by the end of that day; None for the latest state.
            names: definitions; None for all of them and for lines that no definition names.
            identities: some of `reconcile.IDENTITIES`. By default all of them; for named definitions the
                sums of their world totals, on which a report rests.
            sound: False leaves out what asks nothing of the reader (`reconcile.SOUND`): of a large ledger
                the rest alone is held in memory.

        Raises:
            DefinitionError: a definition is unknown.
            CodeError: an identity is unknown.
        """
        found = [part.rows for part in self.checked(as_of, names, identities, sound=sound)]
        return pl.concat([reconcile.SCHEMA.to_frame(), *found]).sort(reconcile.ORDER)

    def checked(
        self,
        as_of: Day | None = None,
        names: Iterable[str] | None = None,
        identities: Iterable[str] | None = None,
        *,
        sound: bool = True,
    ) -> Iterator[reconcile.Checked]:
        """Return what `check` finds a part of the ledger at a time: memory does not grow with the ledger.

        A part holds whole commodities, with all that are compared with them; arguments and errors as `check`.
        """
        entries = [definition(name) for name in (registry() if names is None else names)]
        wanted = reconcile.SUMS if identities is None and names is not None else identities
        asked = (
            None if wanted is None else [_listed("identity", w, list(reconcile.IDENTITIES)) for w in wanted]
        )
        day = _day(as_of)
        which = [] if names is None else [_lines(facts.closure(entries, registry()))]
        every = parts.parts(self._known(day), *which, together=facts.together(registry()))
        nothing = facts.numbered(flows.SCHEMA.to_frame())
        question = self._asked(next(every, nothing), day, entries, unnamed=names is None)
        yield reconcile.check(question, asked, self._with_receipts, sound=sound)
        for prints in every:
            question = replace(question, prints=prints, quotas=question.quotas.clear())
            yield reconcile.check(question, asked, self._with_receipts, sound=sound)

    def implied(self, name: str, partner: str = "WLD", as_of: Day | None = None) -> pl.DataFrame:
        """Return the months that nobody printed and that printed totals imply (`implied.IMPLIED`), in kg.

        Each has bounds from the rounding of the prints it is derived from, whose receipts it has. They are
        derived and never loaded as figures.

        Raises:
            DefinitionError: the definition is unknown.
        """
        entry, country = definition(name), codes.resolve_country(partner)
        entries = [entry, *(definition(part) for part in entry.parts)]
        trade = [pl.col("partner") == country, pl.col("unit") == "kg"]
        prints = parts.chosen(self._known(_day(as_of)), _lines(entries), *trade)
        figures = facts.figures(prints, entries).filter(pl.col("definition") == entry.id)
        found = implied.months(figures)
        told = reconcile.receipt(found["prints"], prints, self._with_receipts)
        return found.with_columns(told).select(implied.IMPLIED.names())

    def inferred(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return the numbers that printed percentages show to have been revised (`percentages.INFERRED`).

        Bounds, not figures: what a number must have become for the change printed a year later to be right.
        """
        pcts = self._percentages(_day(as_of))
        about = pl.col("commodity").is_in(pcts["commodity"].unique().to_list())
        prints = parts.chosen(self._known(_day(as_of)), pl.col("source") == percentages.SOURCE, about)
        named = facts.labels(prints, list(registry().values()), unnamed=True, quoted=True)
        return percentages.inferred(pcts, prints, named)

    def composition(self, name: str, as_of: Day | None = None) -> pl.DataFrame:
        """Return partners and codes that appear or vanish, month by month (`composition.COMPOSITION`).

        Raises:
            DefinitionError: the definition is unknown.
        """
        return composition.changes(self._corrected(_day(as_of)), definition(name), _day(as_of))

    def proofs(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return every relation the registry declares, and whether figures bear it out (`proofs.PROOFS`)."""
        return proofs.prove(proofs.parts(self._known(_day(as_of)), registry()), registry(), _day(as_of))

    def publishers(self, as_of: Day | None = None) -> pl.DataFrame:
        """Return how each publisher shortens its numbers (`precision.STYLES`): rounds, cuts, or not shown."""
        return precision.styles(parts.parts(self._known(_day(as_of))))

    def revised(self, name: str | None = None, as_of: Day | None = None) -> pl.DataFrame:
        """Return each later number beside the first print of its figure (`revisions.TABLE`).

        Args:
            name: a definition; None for every figure.
            as_of: only what was out by the end of that day; None for the latest state.

        Raises:
            DefinitionError: the definition is unknown.
        """
        which = [] if name is None else [_lines([definition(name)])]
        found = [revisions.TABLE.to_frame()]
        for prints in parts.parts(self._known(_day(as_of)), *which):
            if name is not None:
                named = facts.labels(prints, [definition(name)], quoted=True)
                prints = prints.join(named, on=["classification", "commodity"], how="semi")
            found.append(revisions.table(prints))
        return pl.concat(found).sort(revisions.ORDER)

    def _known(self, day: dt.date | None) -> pl.LazyFrame:
        """Return every print out by a day, suspect ones included."""
        return reconcile.known(self._corrected(day), day)

    def _percentages(self, day: dt.date | None) -> pl.DataFrame:
        files = [f for f in self._raw_files if f.sidecar.source == percentages.SOURCE]
        found = percentages.printed(files)
        return found if day is None else found.filter(pl.col("published") <= day)

    def _asked(
        self, prints: pl.DataFrame, day: dt.date | None, entries: list[Definition], *, unnamed: bool
    ) -> reconcile.Asked:
        return reconcile.Asked(
            prints=prints,
            entries=entries,
            registry=registry(),
            pcts=self._percentages(day),
            quotas=self._scan("quotas", QUOTAS_SCHEMA).collect(),
            unnamed=unnamed,
        )

    def set_aside(self) -> pl.DataFrame:
        """Return the rows that could not be read: file, line, text, reason."""
        schema = pl.Schema({"line": pl.UInt32, "text": pl.String, "reason": pl.String})
        found = [pl.DataFrame(schema={"file": pl.String, **schema})]
        for entry in self._entries:
            if entry.set_aside:
                (path,) = listing.sound(self.root, [entry.made["set_aside"]])
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
                return _line(file, line)
        raise NoDataError(f"raw {raw!r}: no raw file has that hash")

    # -- inside ------------------------------------------------------------------------------------

    def _scan(self, table: str, schema: pl.Schema) -> pl.LazyFrame:
        paths = listing.sound(self.root, [e.made[table] for e in self._entries if e.table == table])
        return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=schema)

    @cached_property
    def _raw_files(self) -> list[store.RawFile]:
        return store.raw_files(self.root)

    @cached_property
    def _receipts(self) -> pl.DataFrame:
        return self._receipts_of(self._entries).collect()

    def _receipts_of(self, entries: Sequence[listing.Built]) -> pl.LazyFrame:
        files = pl.DataFrame([(e.raw, e.file) for e in entries], ["raw", "file"], orient="row")
        paths = listing.sound(self.root, [e.made["receipts"] for e in entries])
        if not paths:
            return pl.LazyFrame(schema={**RECEIPTS, "file": pl.String})
        return pl.scan_parquet(paths).join(files.lazy(), on="raw")

    def _with_receipts(self, rows: pl.DataFrame) -> pl.DataFrame:
        on = ["raw", "line"]
        if self._held is not None:
            told = self._receipts
        else:
            # A large ledger may have a receipt a line: only those asked for, and those of whole files.
            raws = set(rows["raw"])
            every = self._receipts_of([entry for entry in self._entries if entry.raw in raws])
            asked = rows.lazy().select(on).unique()
            lines = every.filter(pl.col("line") > 0).join(asked, on=on, how="semi")
            told = pl.concat([every.filter(pl.col("line") == 0), lines]).collect()
        joined = rows.join(told, on=on, how="left", maintain_order="left")
        return corrections.noted(_whole_files(joined, told), self._corrections)

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
        with listing.damage_told(self.root, self._listing):
            return ledger_series.series(
                lambda: self._corrected(question.as_of),
                lambda: self.flows(question.as_of, assumed_days=question.assumed_days),
                question,
                self._with_receipts,
            )

    def _why_empty(self, question: Question) -> NoDataError:
        way = "from" if question.flow.endswith("import") else "to"
        trade = f"{question.reporter} {question.flow} {way} {question.partner}"
        what = f"{question.definition}, {trade} in {question.unit}"
        later = self._answer(replace(question, as_of=None))
        if later.height:
            first = self._first_day(question)
            return NotYetReleased(
                f"{what}: nothing was out on {question.as_of}; the first release is of {first}"
            )
        mine = {"reporter": question.reporter, "flow": question.flow}
        shown = ", ".join(self.partners(question.definition, spans=question.spans, **mine)) or "none"
        others = [name for name, other in _near(question).items() if self._answer(other).height]
        hint = f"; it has figures with {' or '.join(others)}" if others else ""
        span = question.spans.replace("_", " ")
        told = f"{what}: the ledger holds no {span} figure; partners it holds: {shown}{hint}"
        refused = self.refused(question.definition, **mine)
        return NoDataError("; ".join([told, *(f"not followed to {at}: {why}" for at, why in refused)]))

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

    def _partners(
        self, entry: Definition, trade: tuple[str, str], day: dt.date | None, spans: Spans
    ) -> list[str]:
        reporter, flow = trade
        january = pl.col("period").dt.month() == 1
        single = (pl.col("months") == 1) | (january & (pl.col("months") == 2))
        rows = vintages.known(self.prints(), day).filter(
            pl.col("commodity").is_in(scopes.every_code(entry.codes)),
            scopes.selected(entry.codes),
            pl.col("reporter") == reporter,
            pl.col("flow").cast(pl.String) == flow,
            single if spans == "monthly" else january,
        )
        return rows.select(pl.col("partner").unique().sort()).collect()["partner"].to_list()


def _lines(entries: Iterable[Definition]) -> pl.Expr:
    """Return whether a print may be of some definitions: the commodities they have in any year."""
    return pl.col("commodity").is_in([code for entry in entries for code in facts.listed(entry)])


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


def _month(value: Day) -> dt.date:
    return value.replace(day=1) if isinstance(value, dt.date) else month(value[:7])


def _parsed_day(value: Day) -> dt.date:
    return value if isinstance(value, dt.date) else day(value)


def _line(file: store.RawFile, line: int) -> str:
    chosen = SOURCES[file.sidecar.source].bulk(file.path.name)
    if chosen:
        with store.opened(file) as raw:
            text = next(islice(chosen.opened(raw, file.sidecar), max(line - 1, 0), None), None)
        if text is not None and line > 0:
            return text.decode("utf-8", "replace").rstrip("\r\n")
        raise NoDataError(f"{file.shown}: it has no line {line}")
    # As the readers count: a line separator inside a note ends no line.
    lines = io.StringIO(store.verified(file).decode("utf-8-sig"), newline="").readlines()
    if 1 <= line <= len(lines):
        return lines[line - 1].rstrip("\r\n")
    raise NoDataError(f"{file.shown}: expected a line of 1 to {len(lines)}, found {line}")


def _whole_files(rows: pl.DataFrame, receipts: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the receipt of their whole file where their line has none of its own."""
    told = receipts.filter(pl.col("line") == 0).drop("line")
    if not told.height:
        return rows
    names = [name for name in told.columns if name != "raw"]
    joined = rows.join(told, on="raw", how="left", suffix="_whole", maintain_order="left")
    filled = joined.with_columns(pl.coalesce(name, f"{name}_whole").alias(name) for name in names)
    return filled.select(rows.columns)
