"""The exhibits of a briefing: the chart, the partners, the numbers of the month."""

from __future__ import annotations

import datetime as dt

import polars as pl

from tonnage.analysis import series as tools
from tonnage.analysis.base_rate import base_rate
from tonnage.analysis.concentration import concentration
from tonnage.errors import ContractError, NoDataError
from tonnage.ledger.calendar import months_on
from tonnage.model.codes import AGGREGATES, country_name
from tonnage.model.definitions import Definition
from tonnage.reports import wording
from tonnage.reports.asked import Row, covering, lagged, month_row, recent
from tonnage.reports.blocks import Chart, Column, Figure, Table
from tonnage.reports.citations import figure, source_line
from tonnage.reports.findings import Findings
from tonnage.reports.sentences import alt_text, event_note, marked, neighbours, released, upper
from tonnage.reports.wording import month, percent, word

__all__ = ["chart", "numbers", "partners"]


def chart(f: Findings) -> Chart | None:
    """Return the months as a chart with the events that bear on them, or None without a figure."""
    first = months_on(f.asked.period, 1 - f.asked.months)
    end = months_on(f.row["period"], f.row["months"])
    rows = f.world.filter(pl.col("period") >= first, pl.col("period") < end)
    if not rows.drop_nulls("value").height:
        return None
    rows = tools.pair_january_february(rows)
    figures = tuple(_plain_figure(f, row) for row in rows.iter_rows(named=True))
    return Chart(
        svg=_svg(rows, f.shown, f.asked.day, f.language),
        title=word("chart", f.language, definition=upper(f.asked.entry.title[f.language])),
        alt=alt_text(rows, f.shown, f.asked.entry),
        notes=tuple(event_note(row, end, f.language) for row in f.shown.iter_rows(named=True)),
        source=source_line(figures, f.language),
        figures=figures,
    )


def _plain_figure(f: Findings, row: Row) -> Figure:
    return figure(row, f"{f.asked.entry.title['en']}, {month(row['period'], 'en', row['months'])}")


def _svg(rows: pl.DataFrame, events: pl.DataFrame, until: dt.date, language: str) -> str:
    from tonnage.charts import monthly, svg
    from tonnage.reports import fonts

    fonts.register_matplotlib()
    labels = {name: word(name, language) for name in ("unit", "pair", "provisional", "announced", "in_force")}
    return svg(monthly(rows, events, until=until, labels=labels, family=fonts.FAMILY))


def partners(f: Findings) -> Table | None:
    """Return the partners of the month: the same order every month, `..` where nothing is printed."""
    if f.detail is None:
        return None
    language = f.language
    known = {p: f.asked.known(f.detail.id, p) for p in _listed(f, f.detail)}
    shown = {p: rows for p, rows in known.items() if recent(rows, f.asked.period)}
    if not shown:
        return None
    world = f.asked.row(f.detail.id, "WLD")
    made_rows = [_partner_row(f, partner, rows, world) for partner, rows in shown.items()]
    heads = ("partner", "tonnes", "previous", "mom", "year_ago", "yoy", "share", "rank")
    columns = tuple(Column(word(h, language), "left" if h == "partner" else "right") for h in heads)
    blocs = [p for p in shown if p in AGGREGATES and p != "WLD"]
    notes = [word("bloc", language, partner=country_name(p, language)) for p in blocs]
    notes.append(word("rank_note", language))
    notes.extend(_concentrated(f, shown))
    made = tuple(figure for _, figures in made_rows for figure in figures)
    # The detail may cover another span than the headline: two months printed as one are told as such.
    spans = {row["months"] for rows in shown.values() if (row := covering(rows, f.asked.period))}
    pair = wording.month(f.asked.period.replace(month=1), language, 2)
    span = pair if spans == {2} else wording.month(f.asked.period, language)
    title = word("partners", language, definition=upper(f.detail.title[language]), month=span)
    if len(spans) > 1:
        mixed = [country_name(p, language) for p, rows in shown.items() if _paired(rows, f.asked.period)]
        notes.append(f"{pair}: {', '.join(mixed)}.")
    return Table(
        title,
        columns,
        tuple(cells for cells, _ in made_rows),
        tuple(notes),
        source_line(made, language),
        made,
    )


def _concentrated(f: Findings, known: dict[str, pl.DataFrame]) -> list[str]:
    """Return how the month is spread over its partners, with bounds for what is not printed by partner."""
    rows = [row for series in known.values() if (row := covering(series, f.asked.period))]
    if len(rows) < 2 or rows[0]["partner"] != "WLD":
        return []
    month_rows = pl.DataFrame(rows, schema=known["WLD"].schema)
    try:
        return [concentration(month_rows).sentence(f.language)]
    except (ContractError, NoDataError):
        # Partners printed by one outlet may exceed the total of another: then no share is told.
        return []


def _listed(f: Findings, detail: Definition) -> list[str]:
    """Return the partners in the order of every month: world, the one asked for, then by name, blocs last."""
    held = f.asked.ledger.partners(detail.id, f.asked.day)
    first = [p for p in dict.fromkeys(("WLD", f.asked.partner)) if p in held]
    rest = sorted((p for p in held if p not in first), key=lambda p: (p in AGGREGATES, country_name(p)))
    return [*first, *rest]


def _partner_row(
    f: Findings, partner: str, rows: pl.DataFrame, world: Row | None
) -> tuple[tuple[str, ...], list[Figure]]:
    row = covering(rows, f.asked.period)
    before = lagged(rows, row, 1) if row else month_row(rows, months_on(f.asked.period, -1))
    ago = lagged(rows, row, 12) if row else month_row(rows, months_on(f.asked.period, -12))
    figures = [f.cite.key(found)[1] for found in (row, before, ago) if found]
    bloc = "*" if partner in AGGREGATES and partner != "WLD" else ""
    value = row["value"] if row else None
    cells = (
        f"{country_name(partner, f.language)}{bloc}",
        marked(row),
        marked(before),
        percent(tools.percent(value, before["value"] if before else None)),
        marked(ago),
        percent(tools.percent(value, ago["value"] if ago else None)),
        percent(_share(row, world), signed=False),
        _rank(rows, row),
    )
    return cells, figures


def _paired(rows: pl.DataFrame, at: dt.date) -> bool:
    row = covering(rows, at)
    return row is not None and row["months"] == 2


def _share(row: Row | None, world: Row | None) -> float | None:
    if row is None or world is None or row["months"] != world["months"]:
        return None
    if row["value"] is None or not world["value"]:
        return None
    return 100 * float(row["value"]) / float(world["value"])


def _rank(rows: pl.DataFrame, row: Row | None) -> str:
    if row is None or row["months"] != 1:
        return wording.NOT_AVAILABLE
    try:
        found = base_rate(rows.filter(pl.col("period") <= row["period"]), period=row["period"])
    except NoDataError:
        return wording.NOT_AVAILABLE
    return f"{found.percentile:.0f}" if found.word and found.percentile is not None else wording.NOT_AVAILABLE


def numbers(f: Findings) -> Table | None:
    """Return the figures of the month that a reader may meet elsewhere, each under its own name."""
    language, figures = f.language, []
    lines = []
    for entry in neighbours(f.asked.entry):
        row = f.asked.row(entry.id, "WLD")
        if row is None or row["months"] != f.row["months"]:
            continue
        key, found = f.cite.key(row)
        figures.append(found)
        lines.append(
            (
                f"{upper(entry.title[language])} {key}",
                marked(row),
                upper(entry.said("printed_as", language)),
                released(row, language),
            )
        )
    if len(lines) < 2:
        return None
    columns = (
        Column(word("what", language)),
        Column(word("tonnes", language), "right"),
        Column(word("printed_as", language)),
        Column(word("released", language)),
    )
    made = tuple(figures)
    title = word("numbers", language, month=f.month)
    return Table(title, columns, tuple(lines), (), source_line(made, language), made)
