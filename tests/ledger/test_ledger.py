"""The shipped ledger as a whole: every fact is in it, and every question about a row is answered."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from tests.build_rows import BULLETIN, PRESS, as_csv, put, records

from tonnage import starter
from tonnage.errors import DefinitionError, NoDataError, NotYetReleased, ReadError, StoreError, TonnageError
from tonnage.ledger.build import build
from tonnage.ledger.ingest import ingest
from tonnage.ledger.ledger import Ledger, open_ledger
from tonnage.model import flows
from tonnage.model.definitions import definition, registry

ROOT = Path(__file__).parents[2]
FACTS = ROOT.parent / "shared" / "facts"
LINES = {"rare_earths", "rare_earths_and_products", "tungsten_products"}
MONTHS = [dt.date(year, month, 1) for year in (2024, 2025, 2026) for month in range(1, 13)][:31]

facts = pytest.mark.skipif(not FACTS.is_dir(), reason="no folder of published facts beside the repository")


def rows_of(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def printed(ledger: Ledger, *which: pl.Expr) -> pl.DataFrame:
    return ledger.prints().filter(*which).collect()


# --- the starter data --------------------------------------------------------------------------------


def test_table_13_is_there_for_31_months_and_three_lines(shipped: Ledger) -> None:
    """Month and year to date, quantity and amount; GACC printed no year to date for January 2026."""
    table = printed(shipped, pl.col("stage") == "bulletin")
    end = pl.col("period").dt.offset_by(pl.format("{}mo", pl.col("months") - 1))
    single = table.filter(pl.col("months") == 1).select("commodity", "period", "unit").unique()
    totals = (
        table.filter(pl.col("period").dt.month() == 1).select("commodity", end.alias("to"), "unit").unique()
    )
    wanted = {(line, month, unit) for line in LINES for month in MONTHS for unit in ("kg", "CNY")}
    assert set(single.iter_rows()) == wanted
    assert set(totals.iter_rows()) == wanted
    assert table.height == 31 * 3 * 4 - 3 * 2 * 3  # January is one row for month and total, in three years


def test_eight_flash_releases_are_there(shipped: Ledger) -> None:
    flash = printed(shipped, pl.col("stage") == "flash")
    assert flash["raw"].n_unique() == flash["published"].n_unique() == 8
    assert set(flash["commodity"]) == {"rare_earths"}


@pytest.mark.parametrize(("file", "records"), [("monthly_figures.csv", 337), ("cumulative_totals.csv", 118)])
def test_every_line_of_the_press_files_is_a_print(shipped: Ledger, file: str, records: int) -> None:
    found = printed(shipped, pl.col("source") == "press").filter(pl.col("raw") == _raw(shipped, file))
    assert found["line"].n_unique() == records


def _raw(ledger: Ledger, file: str) -> str:
    raws = printed(ledger, pl.col("source") == "press")["raw"].unique()
    (found,) = [raw for raw in raws if ledger.sidecar(raw).file == file]
    return str(found)


def test_nothing_shipped_was_set_aside_or_printed_before_its_month_was_over(shipped: Ledger) -> None:
    assert shipped.set_aside().is_empty()
    over = pl.col("period").dt.offset_by(pl.format("{}mo", pl.col("months")))
    assert printed(shipped, pl.col("published") < over).is_empty()


def test_every_print_keeps_the_contract_and_has_one_receipt(shipped: Ledger) -> None:
    rows = printed(shipped)
    flows.check(rows, "the ledger")
    assert rows.height == 891
    for name, partner in (
        ("rare-earths", "WLD"),
        ("rare-earth-products", "WLD"),
        ("rare-earth-magnets", "JPN"),
    ):
        for row in shipped.series(name, partner=partner).iter_rows(named=True):
            assert len(row["receipt"]) == (2 if definition(name).parts else 1)
            assert all(r["file"] and r["basis"] and r["publisher"] for r in row["receipt"])


@facts
def test_table_13_agrees_with_the_facts_figure_by_figure(shipped: Ledger) -> None:
    expected = set()
    for row in rows_of("gacc_bulletin_rare_earths.csv"):
        last, published = (
            dt.date.fromisoformat(f"{row['period']}-01"),
            dt.date.fromisoformat(row["published"]),
        )
        for span, first, months in (("month", last, 1), ("ytd", last.replace(month=1), last.month)):
            for column, unit, scale in (("quantity", "kg", 1000), ("amount_10k_cny", "CNY", 10_000)):
                if text := row[f"{span}_{column}"]:
                    value = float(Decimal(text) * scale)
                    expected.add((row["line"], first, months, unit, value, published))
    table = printed(shipped, pl.col("stage") == "bulletin")
    found = table.select("commodity", "period", "months", "unit", "value", "published")
    assert set(found.iter_rows()) == expected


@facts
def test_a_usual_day_of_table_13_is_marked_so(shipped: Ledger) -> None:
    rows = rows_of("gacc_bulletin_rare_earths.csv")
    usual = {r["published"] for r in rows if "usual" in r["published_basis"]}
    # January 2025 came out with February, whose day the printed calendar gives.
    sure = {r["published"] for r in rows if r["published"] not in usual} | {"2025-03-18"}
    table = printed(shipped, pl.col("stage") == "bulletin")
    marked = table.with_columns(
        pl.col("published").cast(pl.String), usual=pl.col("flags").list.contains("day_assumed")
    )
    assert set(marked.filter("usual")["published"]) == usual - sure
    assert set(marked.filter(~pl.col("usual"))["published"]) == sure


@facts
def test_the_flash_agrees_with_the_facts_figure_by_figure(shipped: Ledger) -> None:
    expected = set()
    for row in rows_of("gacc_express_rare_earths.csv"):
        last = dt.date.fromisoformat(f"{row['period']}-01")
        start = last.replace(month=1)
        spans = (
            ("month", last, 1),
            ("ytd", start, last.month),
            ("prior_ytd", start.replace(year=last.year - 1), last.month),
        )
        for span, first, months in spans:
            for column, unit, scale in (("quantity_t", "kg", 1000), ("amount_10k_cny", "CNY", 10_000)):
                if text := row[f"{span}_{column}"]:
                    expected.add((row["line"], first, months, unit, float(Decimal(text) * scale)))
    found = printed(shipped, pl.col("stage") == "flash").select(
        "commodity", "period", "months", "unit", "value"
    )
    assert {(*key, round(value, 3)) for *key, value in found.iter_rows()} == {
        (*key, round(value, 3)) for *key, value in expected
    }


@facts
@pytest.mark.parametrize(
    ("name", "file", "last"),
    [
        ("monthly_exports.csv", "monthly_figures.csv", "period"),
        ("ytd_totals.csv", "cumulative_totals.csv", "period_end"),
    ],
)
def test_the_press_agrees_with_the_facts_figure_by_figure(
    shipped: Ledger, name: str, file: str, last: str
) -> None:
    def figures() -> list[tuple[str, str, str, float, str]]:
        made = []
        for row in rows_of(name):
            mass, money = row["tonnes"], row["value_usd"]
            key = (row[last][:7], row["source_publisher"], row["release_date"])
            made += [(*key, float(Decimal(mass) * 1000), "kg")] if mass else []
            made += [(*key, float(Decimal(money)), "USD")] if money else []
        return made

    # Two rows without a day on their page were given the earliest day on which their claim was out.
    rows = printed(shipped, pl.col("raw") == _raw(shipped, file))
    end = pl.col("period").dt.offset_by(pl.format("{}mo", pl.col("months") - 1)).dt.strftime("%Y-%m")
    found = rows.select(end, "publisher", pl.col("published").cast(pl.String), "value", "unit").rows()
    dated = [f for f in figures() if f[2]]
    undated = [f for f in figures() if not f[2]]
    assert len(found) == len(dated) + len(undated)
    rest = list(found)
    for figure in dated:
        rest.remove(figure)
    assert sorted((m, p, v, u) for m, p, _, v, u in rest) == sorted((m, p, v, u) for m, p, _, v, u in undated)


@facts
def test_every_suspect_or_conflicting_fact_is_kept_and_flagged(shipped: Ledger) -> None:
    for vintage, flag in (("conflict_suspect", "suspect"), ("conflict", "conflict")):
        told = [r for r in rows_of("monthly_exports.csv") if r["vintage"] == vintage]
        for row in told:
            month = dt.date.fromisoformat(f"{row['period'][:7]}-01")
            same = printed(shipped, pl.col("publisher") == row["source_publisher"], pl.col("period") == month)
            marked = same.filter(pl.col("value") == float(Decimal(row["tonnes"]) * 1000))
            assert marked.height
            assert marked["flags"].list.contains(flag).all(), row


# --- as known on a day -------------------------------------------------------------------------------


def test_flows_are_one_row_a_figure(shipped: Ledger) -> None:
    for day in (None, "2026-01-15", dt.date(2011, 6, 30)):
        frame = shipped.flows(day).collect()
        assert frame.select(flows.FIGURE).is_unique().all()
        assert not frame["flags"].list.contains("suspect").any()
        if day:
            assert frame["published"].max() <= dt.date.fromisoformat(str(day))  # type: ignore[operator]


def test_flows_without_inferred_days(shipped: Ledger) -> None:
    sure = shipped.flows(assumed_days=False).collect()
    assert not sure["flags"].list.contains("day_assumed").any()
    assert 0 < sure.height < shipped.flows().collect().height


def test_the_misprint_of_october_2025_does_not_count(shipped: Ledger) -> None:
    """rawmaterials.net printed 4,345.5 t; the flash of 7 November 2025 had 4,343.5 t, as all others did."""
    on_the_day = shipped.series("rare-earths", as_of="2025-11-07", unit="t").row(-1, named=True)
    assert (on_the_day["period"], on_the_day["value"]) == (dt.date(2025, 10, 1), 4343.5)
    october = printed(shipped, pl.col("value") == 4_345_500.0)
    assert october["flags"].to_list() == [["aggregate", "conflict"]]


def test_the_revision_of_products_in_august_2025_is_kept(shipped: Ledger) -> None:
    """7,338 t as the press first had it, 7,336 t in December 2025."""
    august = (pl.col("commodity") == "rare_earth_products") & (pl.col("period") == dt.date(2025, 8, 1))
    found = shipped.revisions().filter(august).collect()
    assert found["value"].unique(maintain_order=True).to_list() == [7_338_000.0, 7_336_000.0]
    first = shipped.first_release().filter(august).collect()
    assert first["value"].to_list() == [7_338_000.0]


def test_an_event_is_there_from_the_day_on_which_it_became_known(shipped: Ledger) -> None:
    act = pl.col("act_id") == "CN-MOFCOM-2026-001"
    assert shipped.events("2026-01-05").filter(act).is_empty()
    assert shipped.events("2026-01-06").filter(act).height == 2
    assert shipped.events().height == 140


def test_the_calendar_is_sorted_by_day(shipped: Ledger) -> None:
    days = shipped.calendar().select(pl.coalesce("published", "due")).to_series()
    assert (len(days), days.is_sorted()) == (175, True)


# --- partners, differences, sums ---------------------------------------------------------------------


def test_partners_begin_with_the_world(shipped: Ledger) -> None:
    assert shipped.partners("rare-earth-magnets")[:4] == ["WLD", "DEU", "EU27", "IND"]
    assert shipped.partners("rare-earth-products") == ["WLD"]
    assert "JPN" in shipped.partners("rare-earths", spans="year_to_date")
    assert shipped.partners("rare-earth-magnets", as_of="2010-01-01") == []


def test_a_declared_difference_and_a_declared_sum(shipped: Ledger) -> None:
    products = shipped.difference("rare-earths-and-products", "rare-earths", as_of="2026-01-19", unit="t")
    assert products.row(-1, named=True)["value"] == 6745.0
    whole = shipped.total("rare-earths", "rare-earth-products", as_of="2026-01-19", unit="t")
    assert whole.row(-1, named=True)["value"] == 11137.0


@pytest.mark.parametrize(
    ("a", "b"), [("rare-earths", "rare-earth-magnets"), ("rare-earth-products", "rare-earth-magnets")]
)
def test_a_sum_that_is_not_declared_is_refused(shipped: Ledger, a: str, b: str) -> None:
    with pytest.raises(DefinitionError, match=f"sum {a} . {b}: not declared"):
        shipped.total(a, b)


#: Printed by code only, in files that are not shipped: the customs query, Comext, Comtrade, e-Stat.
NOT_SHIPPED = {
    *("antimony-oxides", "artificial-graphite", "metal-magnets", "natural-graphite", "rare-earth-compounds"),
    *("rare-earth-metals", "tungstates", "tungsten-metal", "unwrought-antimony", "unwrought-gallium"),
    *("unwrought-germanium", "yttrium-oxide"),
}


@pytest.mark.parametrize("name", sorted(NOT_SHIPPED))
def test_a_definition_without_figures_says_so(shipped: Ledger, name: str) -> None:
    assert shipped.partners(name) == []
    with pytest.raises(NoDataError, match=f"{name}, .*: the ledger holds no monthly figure"):
        shipped.series(name)


@pytest.mark.parametrize("name", sorted(set(registry()) - NOT_SHIPPED))
def test_every_other_definition_has_figures(shipped: Ledger, name: str) -> None:
    held = [(p, spans) for spans in ("monthly", "year_to_date") for p in shipped.partners(name, spans=spans)]
    partner, spans = held[0]
    assert shipped.series(name, partner=partner, spans=spans).height  # type: ignore[arg-type]


# --- back to the paper -------------------------------------------------------------------------------


def test_a_receipt_leads_back_to_the_line_of_the_raw_file(shipped: Ledger) -> None:
    row = shipped.series("rare-earths", as_of="2026-01-19").row(-1, named=True)
    (receipt,) = row["receipt"]
    text = shipped.raw_text(receipt["raw"], receipt["line"])
    assert text.startswith("rare_earths,稀土,2025-12,吨,4392,62585,")
    assert shipped.sidecar(receipt["raw"]).title.startswith("Bulletin table 13")
    assert receipt["file"] == "data/raw/gacc-bulletin/2026-01-18_bulletin.csv"


def test_a_line_separator_within_a_note_ends_no_line(data: Path) -> None:
    rows = records(BULLETIN)
    rows[0] |= {"note": "one\u2028two"}
    put(data, "gacc-bulletin", BULLETIN.name, as_csv(rows))
    build(data)
    ledger = open_ledger(data)
    (receipt,) = ledger.series("tungsten-products")["receipt"][0]
    assert ledger.raw_text(receipt["raw"], receipt["line"]).startswith("tungsten_products,")


def test_a_line_or_file_that_is_not_there_is_told(shipped: Ledger) -> None:
    raw = printed(shipped)["raw"][0]
    for line in (0, 10_000):
        with pytest.raises(NoDataError, match=f"expected a line of 1 to [0-9]+, found {line}"):
            shipped.raw_text(raw, line)
    for ask in (lambda: shipped.raw_text("0" * 16, 1), lambda: shipped.sidecar("0" * 16)):
        with pytest.raises(NoDataError, match="raw '0000000000000000': no raw file has that hash"):
            ask()


def test_what_was_set_aside_is_shown_with_file_line_and_reason(data: Path) -> None:
    rows = records(PRESS)
    rows[2] |= {"partner": "Japan"}
    put(data, "press", "press.csv", as_csv(rows))
    build(data)
    (row,) = open_ledger(data).set_aside().rows(named=True)
    assert (row["file"], row["line"]) == ("data/raw/press/press.csv", 4)
    assert row["reason"].startswith("country 'Japan': expected an ISO 3166 alpha-3 code")


def test_an_empty_ledger_answers_that_it_holds_nothing(data: Path) -> None:
    build(data)
    ledger = open_ledger(data)
    with pytest.raises(NoDataError, match="the ledger holds no monthly figure; partners it holds: none"):
        ledger.series("rare-earths")
    assert all(f.is_empty() for f in (ledger.events(), ledger.calendar(), ledger.check(), ledger.set_aside()))


@pytest.mark.parametrize("day", ["13.1.2026", "2026-1-13", ""])
def test_a_day_is_written_in_full(shipped: Ledger, day: str) -> None:
    for ask in (shipped.flows, shipped.events, lambda d: shipped.next_releases("rare-earths", d)):
        with pytest.raises(ReadError, match=f"day '{day}': expected YYYY-MM-DD"):
            ask(day)


def test_the_ledger_says_what_it_is(shipped: Ledger) -> None:
    assert "81 raw files, 891 printed figures, digest" in repr(shipped)


# --- tonnage init ------------------------------------------------------------------------------------


def test_a_new_workspace_holds_the_shipped_files(tmp_path: Path) -> None:
    written = starter.init(tmp_path / "mine")
    names = {str(p.relative_to(tmp_path / "mine")) for p in written}
    assert {"notebooks/briefing.ipynb", "data/raw/events/CN-MOFCOM-2026-001.toml"} <= names
    for name in names:
        assert (tmp_path / "mine" / name).read_bytes() == (ROOT / name).read_bytes()


def test_a_workspace_is_not_written_over(tmp_path: Path) -> None:
    taken = tmp_path / "notebooks" / "briefing.ipynb"
    taken.parent.mkdir()
    taken.write_text("mine")
    with pytest.raises(StoreError, match=r"briefing\.ipynb: is there already; give a new or empty folder"):
        starter.init(tmp_path)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [taken]
    assert taken.read_text() == "mine"


def test_a_file_is_no_folder_for_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("")
    with pytest.raises(StoreError, match="is a file; give a new or empty folder"):
        starter.init(tmp_path / "mine")


# --- documents ---------------------------------------------------------------------------------------

FEED = """<rss version="2.0"><channel><title>A Paper</title>
<item><title>Late</title>
<link>https://a.example/2</link><pubDate>Wed, 21 Jan 2026 09:00:00 +0900</pubDate></item>
<item><title>Early</title>
<link>https://a.example/1</link><pubDate>Tue, 06 Jan 2026 09:00:00 +0900</pubDate></item>
<item><title>Undated</title><link>https://a.example/3</link></item></channel></rss>"""


def test_documents_are_those_out_by_the_day(data: Path, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(FEED)
    ingest(data, "feeds", tmp_path / "feed.xml")
    build(data)
    ledger = open_ledger(data)
    assert ledger.documents()["headline"].to_list() == ["Early", "Late", "Undated"]
    assert ledger.documents("2026-01-20")["headline"].to_list() == ["Early"]
    assert ledger.documents("2026-01-05").is_empty()


def test_a_definition_by_partner_is_the_series_of_each(shipped: Ledger) -> None:
    name, day = "rare-earth-magnets", "2026-01-21"
    found = shipped.by_partner(name, day, "t")
    partners = shipped.partners(name, day)
    assert len(partners) > 2
    assert_frame_equal(found, pl.concat(shipped.series(name, p, day, "t") for p in partners))
    december = shipped.by_partner(name, day, "t", period="2025-12")
    assert dict(december.select("partner", "value").iter_rows())["JPN"] == 280
    assert december["partner"][0] == "WLD"
    assert shipped.by_partner(name, day, "t", period=dt.date(2025, 12, 31)).equals(december)


def test_a_difference_by_partner_is_that_of_the_world(shipped: Ledger) -> None:
    found = shipped.by_partner("rare-earth-products", "2026-01-19", "t", period="2025-12")
    assert found.select("partner", "value").rows() == [("WLD", 6745.0)]


def test_by_partner_says_why_there_is_nothing(shipped: Ledger) -> None:
    with pytest.raises(NotYetReleased, match="the first release is of"):
        shipped.by_partner("rare-earth-magnets", "2001-01-01")
    with pytest.raises(DefinitionError, match="rare-earth-magnets"):
        shipped.by_partner("rare-earth-magnet")
    with pytest.raises(TonnageError, match="2025-13"):
        shipped.by_partner("rare-earth-magnets", period="2025-13")
