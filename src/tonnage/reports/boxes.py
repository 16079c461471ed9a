"""The boxes of a briefing: what the month cannot show, what changed, and what failed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from tonnage.analysis import relevance
from tonnage.ledger.calendar import months_on
from tonnage.model import scopes
from tonnage.model.definitions import registry
from tonnage.reports.blocks import Banner, Box
from tonnage.reports.findings import Findings
from tonnage.reports.sentences import evidence, to, upper
from tonnage.reports.wording import day_name, month, tonnes, word

__all__ = ["ROUNDING", "banner", "changed", "unknown"]

#: Tonnes: a print cut to whole tonnes is not a change.
ROUNDING: Final = 0.5

_DOUBTS: Final = ("suspect", "conflict")
_MOST: Final = 4


def banner(f: Findings) -> Banner | None:
    """Return the warning that a check has failed which must stop a report, or None."""
    failed = f.check.filter("blocks")
    if not failed.height:
        return None
    told = "; ".join(
        f"{r['identity']}: {r['definition']} {r['period']:%Y-%m}" for r in failed.iter_rows(named=True)
    )
    return Banner(f"{word('draft', f.language)}: {told}")


def unknown(f: Findings) -> Box | None:
    """Return the box of doubts: claims at odds with the figures, reports without proof, sums that miss."""
    told = [*_doubts(f), *_reports(f), *_residuals(f)]
    return Box(word("unknown", f.language), tuple(told)) if told else None


def _doubts(f: Findings) -> Iterator[str]:
    """Tell the prints of the month that are at odds with the others: kept, never used."""
    for entry, partner in [*f.pairs, *[(d, "WLD") for d in f.definitions[1:]]]:
        prints = f.asked.ledger.prints().filter(
            scopes.selected(entry.codes),
            pl.col("partner") == partner,
            pl.col("period") == f.row["period"],
            pl.col("months") == f.row["months"],
            pl.col("unit") == "kg",
            pl.col("published") <= f.asked.day,
            pl.col("flags").list.set_intersection(pl.lit(list(_DOUBTS))).list.len() > 0,
        )
        for row in prints.sort("published", "publisher").collect().iter_rows(named=True):
            yield word(
                "doubt",
                f.language,
                publisher=row["publisher"],
                value=tonnes(row["value"] / 1000),
                definition=entry.title[f.language],
                to=to(partner, f.language),
                why="; ".join(word(flag, f.language) for flag in row["flags"] if flag in _DOUBTS),
            )


def _reports(f: Findings) -> Iterator[str]:
    """Tell what is reported after the month and not confirmed by an official act."""
    end = months_on(f.row["period"], f.row["months"])
    materials = list(f.asked.entry.materials)
    rows = f.events.filter(
        pl.col("date_start") >= end,
        pl.col("stage").cast(pl.String).is_in(["reported", "considered", "denied"]),
        pl.col("actor") == f.asked.entry.reporter,
        pl.col("commodities").list.set_intersection(pl.lit(materials)).list.len() > 0,
    ).with_columns(evidence=relevance.evidence())
    if f.asked.partner != "WLD":
        rows = rows.filter(pl.col("target").is_in([f.asked.partner, "WLD"]))
    for row in rows.sort("date_start", descending=True).head(_MOST).sort("date_start").iter_rows(named=True):
        when, founded = day_name(row["date_start"], f.language), evidence(row["evidence"], f.language)
        yield word("report", f.language, day=when, summary=row["summary"], evidence=founded)


def _residuals(f: Findings) -> Iterator[str]:
    odd = f.check.filter(pl.col("verdict") == "unexplained", ~pl.col("blocks"))
    odd = odd.filter(pl.col("period").dt.year() == f.row["period"].year).sort(pl.col("residual").abs())
    for row in odd.tail(1).iter_rows(named=True):
        last = months_on(row["period"], row["months"] - 1)
        yield word(
            "less_than_total" if row["residual"] < 0 else "more_than_total",
            f.language,
            definition=upper(registry()[row["definition"]].title[f.language]),
            month=month(last, f.language),
            gap=tonnes(abs(row["residual"]) / 1000),
            count=str(odd.height),
        )


def changed(f: Findings) -> Box:
    """Return the box of what is new or revised since the day asked for."""
    told = [*_revised(f), *_new_events(f)]
    if not told:
        told = [word("unchanged", f.language)]
    return Box(word("changed", f.language, day=day_name(f.asked.since, f.language)), tuple(told))


def _revised(f: Findings) -> Iterator[str]:
    for entry, partner in f.pairs:
        now = f.asked.series(entry.id, partner)
        if now is None:
            continue
        name = f"{upper(entry.title[f.language])}{to(partner, f.language)}"
        before = f.asked.series(entry.id, partner, f.asked.since)
        if before is None:
            yield word("all_new", f.language, what=name, count=str(now.height))
            continue
        keys = ["period", "months"]
        new = now.join(before, on=keys, how="anti").height
        both = now.join(before.select(*keys, old="value"), on=keys, how="inner")
        moved = both.filter((pl.col("value") - pl.col("old")).abs() > ROUNDING)
        months = word("one_month" if new == 1 else "many_months", f.language, count=str(new))
        counts = {"moved": str(moved.height), "count": str(before.height)}
        yield word("new_months", f.language, what=name, new=months, **counts)
        for row in moved.tail(_MOST).iter_rows(named=True):
            values = {"old": tonnes(row["old"]), "new": tonnes(row["value"])}
            yield word(
                "then_now", f.language, month=month(row["period"], f.language, row["months"]), **values
            )


def _new_events(f: Findings) -> Iterator[str]:
    shown = f.shown
    known = f.events.filter(pl.col("known_at") > f.asked.since)["event_id"].to_list()
    for row in shown.iter_rows(named=True):
        if set(row["event_ids"]) & set(known):
            yield word("new_event", f.language, number=str(row["number"]), summary=row["summary"])
