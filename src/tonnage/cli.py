"""The command line: thin. Exit codes: 0 done, 1 an error told on stderr, 2 usage, 75 not yet released."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tonnage.errors import ComeBackLater, NotYetReleased, ParameterError, TonnageError, few

if TYPE_CHECKING:
    import polars as pl

    from tonnage.ledger.build import Build
    from tonnage.ledger.calendar import Release
    from tonnage.ledger.ingest import Ingested
    from tonnage.ledger.ledger import Ledger

__all__ = ["main", "parser"]

NOT_YET: Final = 75
_FORMATS: Final = ("table", "csv", "json", "parquet")
_OUTPUTS: Final = ("pdf", "html", "xlsx")
_ABOUT: Final = (
    "Customs tonnage that remembers who printed it, when, and on which line. First build; then series, claim,"
    " report. Exit codes: 0 done, 1 an error told on stderr, 2 usage, 75 not yet released."
)
_SHOWN_DAYS: Final = 60
_CALENDAR_COLUMNS: Final = ("first", "last", "state", "source", "stage", "period", "months", "basis", "note")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the `tonnage` command."""
    top = argparse.ArgumentParser(prog="tonnage", description=_ABOUT, allow_abbrev=False)
    top.add_argument(
        "--data", metavar="DIR", help="data folder of the workspace (default: data, here or above)"
    )
    top.add_argument("--version", action="version", version=_version())
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_init(verbs)
    _add_sources(verbs)
    _add_pull(verbs)
    _add_ingest(verbs)
    _add_inbox(verbs)
    _add_build(verbs)
    _add_check(verbs)
    _add_revisions(verbs)
    _add_series(verbs)
    _add_calendar(verbs)
    _add_events(verbs)
    _add_claim(verbs)
    _add_report(verbs)
    _add_watch(verbs)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
        sys.stdout.flush()
    except (NotYetReleased, ComeBackLater) as told:
        print(f"not yet: {told}", file=sys.stderr)
        return NOT_YET
    except ParameterError as told:
        print(f"tonnage: {told}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # Whoever read the output has read enough; the interpreter must not fail on closing it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (TonnageError, OSError) as told:
        print(f"tonnage: {told}", file=sys.stderr)
        return 1
    return code


def _version() -> str:
    # The package is loaded by now; importing it here would turn the direction of imports round.
    return f"tonnage {sys.modules['tonnage'].__version__}"


def _add_init(verbs: Any) -> None:
    verb = verbs.add_parser(
        "init", help="a workspace with the starter data and the notebooks", allow_abbrev=False
    )
    verb.add_argument("folder", metavar="DIR", type=Path, help="where to; made if it is not there")
    verb.set_defaults(run=_init)


def _init(asked: argparse.Namespace) -> int:
    from tonnage import starter

    written = starter.init(asked.folder)
    print(f"{asked.folder}: {len(written)} files written. Next: cd {asked.folder} && tonnage build")
    return 0


def _add_sources(verbs: Any) -> None:
    verb = verbs.add_parser(
        "sources", help="what each source is, holds, and how old that is", allow_abbrev=False
    )
    verb.set_defaults(run=_sources)


def _sources(asked: argparse.Namespace) -> int:
    from tonnage.ledger import build, store
    from tonnage.sources import SOURCES
    from tonnage.sources.pulls import PULLS

    try:
        entries = build.manifest(store.find_root(asked.data))
    except TonnageError as told:
        print(f"(no build to count: {told})", file=sys.stderr)
        entries = []
    for source in SOURCES.values():
        held = [e for e in entries if e.source == source.id]
        print(f"{source.id}: {source.title}")
        rows = f"{sum(e.rows for e in held):,} rows of {source.table}"
        print(f"  holds    {len(held)} files, {rows}{_newest(asked, source.id)}")
        print(f"  licence  {source.licence}")
        print(f"  get it   {source.how}")
        if source.id in PULLS:
            way = PULLS[source.id]
            key = f"; key in {way.key.variable}" if way.key else ""
            print(f"  pull     tonnage pull {source.id} {' '.join(f'--{name}' for name in way.takes)}{key}")
    return 0


def _newest(asked: argparse.Namespace, source: str) -> str:
    import polars as pl

    from tonnage.ledger.ledger import open_ledger

    with contextlib.suppress(TonnageError):
        out = ~pl.col("flags").list.contains("not_yet_published")
        rows = open_ledger(asked.data).prints().filter(pl.col("source") == source, out)
        found = rows.select(pl.col("published").max(), pl.col("period").max()).collect().row(0)
        if found[0]:
            return f", newest release {found[0]}, newest month {found[1]:%Y-%m}"
    return ""


def _add_pull(verbs: Any) -> None:
    from tonnage.sources.pulls.base import PARAMETERS

    verb = verbs.add_parser("pull", help="fetch releases from a publisher into data/raw", allow_abbrev=False)
    verb.add_argument("source", metavar="SOURCE", help="id of the source, see: tonnage sources")
    for name, told in PARAMETERS.items():
        verb.add_argument(f"--{name}", metavar=name.upper(), help=told)
    verb.add_argument("--fresh", action="store_true", help="begin anew instead of going on where it stopped")
    verb.set_defaults(run=_pull)


def _pull(asked: argparse.Namespace) -> int:
    from tonnage.ledger import pull, store
    from tonnage.sources.pulls.base import PARAMETERS

    given = {name: getattr(asked, name) for name in PARAMETERS if getattr(asked, name) is not None}
    root = store.find_root(asked.data)
    with _bar() as progress:
        done = pull.pull(root, asked.source, given, progress=progress, fresh=asked.fresh)
    if done.continued:
        print(f"{done.source}: went on with the pull of {done.continued}")
    if done.lines:
        counts = ", ".join(f"{count} {kind}" for kind, count in done.counts.items())
        print(f"{done.source}: {len(done.lines)} requests: {counts}")
        print(f"manifest: {done.manifest.relative_to(root.parent)}")
    for name in done.stored:
        print(f"data/raw/{done.source}/{name}: stored")
    if done.stored:
        print("Next: tonnage build")
    done.settle()
    return 0


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int, int, str], None]]:
    """Show on a terminal how many requests are done; a log is not filled with it."""
    from tqdm import tqdm

    with tqdm(disable=None, unit="request", file=sys.stderr, leave=False) as bar:

        def show(done: int, known: int, asked: str) -> None:
            bar.total = known
            bar.set_postfix_str(asked[-50:], refresh=False)
            bar.update(done - bar.n)

        yield show


def _add_ingest(verbs: Any) -> None:
    verb = verbs.add_parser("ingest", help="store a file of a release in data/raw", allow_abbrev=False)
    verb.add_argument("source", metavar="SOURCE", help="id of the source, see: tonnage sources")
    verb.add_argument("--file", required=True, type=Path, help="the file of the release, kept byte for byte")
    verb.add_argument("--published", metavar="DAY", help="day of release, where the file does not say it")
    verb.add_argument(
        "--detail",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the file cannot say itself: stage, flow, partner ..., publisher, title, url",
    )
    verb.set_defaults(run=_ingest)


def _ingest(asked: argparse.Namespace) -> int:
    from tonnage.ledger import ingest, store

    root = store.find_root(asked.data)
    details = _pairs(asked.detail, "--detail")
    if "published" in details:
        raise ParameterError(
            "--detail published: the day of release has an option of its own, --published DAY"
        )
    done = ingest.ingest(root, asked.source, asked.file, asked.published, **details)
    if done.known:
        became = "was lost or damaged; it is restored" if done.restored else "nothing changed"
        print(f"{done.file.shown}: the same bytes are stored already; {became}")
        for told in done.differs:
            print(f"  not taken over: the stored sidecar says {told}; to change it, edit it", file=sys.stderr)
        return 0
    print(f"{done.file.shown}: stored; {_read_as(done)}")
    for line, text, reason in done.set_aside.iter_rows():
        print(f"  set aside: line {line}: {reason}: {text[:120]}", file=sys.stderr)
    if more := done.aside - done.set_aside.height:
        print(f"  and {more:,} more set aside, all of them in Ledger.set_aside()", file=sys.stderr)
    print("Next: tonnage build")
    return 0


def _read_as(done: Ingested) -> str:
    counted = f"{done.records:,} records, {done.rows:,} rows, {done.aside:,} set aside"
    return "; ".join((counted, *done.notes))


def _add_inbox(verbs: Any) -> None:
    verb = verbs.add_parser(
        "inbox", help="take in what was dropped into a folder, of whatever source", allow_abbrev=False
    )
    verb.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        type=Path,
        help="the drop folder (default: inbox of the data folder)",
    )
    verb.set_defaults(run=_inbox)


def _inbox(asked: argparse.Namespace) -> int:
    from tonnage.ledger import inbox, store

    root = store.find_root(asked.data)
    folder = asked.folder or root / "inbox"
    if asked.folder is None:
        folder.mkdir(exist_ok=True)
    stored = stay = 0
    for found in inbox.inbox(root, folder):
        if found.done is None:
            stay += 1
            print(f"{found.path.name}: stays: {found.why}", file=sys.stderr)
            continue
        stored += not found.done.known
        became = "stored already; nothing changed" if found.done.known else f"stored; {_read_as(found.done)}"
        print(f"{found.path.name}: {found.source}: {found.done.file.shown}: {became}")
    print(f"{folder}: {stored} files stored, {stay} stay" + (". Next: tonnage build" if stored else ""))
    return 1 if stay else 0


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise ParameterError(f"{option} {pair!r}: expected NAME=VALUE")
        if name in found:
            raise ParameterError(f"{option} {name}: given twice")
        found[name] = value
    return found


def _add_build(verbs: Any) -> None:
    verb = verbs.add_parser(
        "build", help="raw to processed: offline, repeatable, incremental", allow_abbrev=False
    )
    verb.set_defaults(run=_build)


def _build(asked: argparse.Namespace) -> int:
    from tonnage.ledger import build, store

    done = build.build(store.find_root(asked.data))
    print(
        f"ledger: {len(done.built)} files built, {len(done.reused)} reused, {done.set_aside} rows set aside,"
        f" {done.conflicts} rows in conflict, {done.seconds:.2f} s"
    )
    for told in done.violated:
        print(f"  the figures contradict the registry: {told}", file=sys.stderr)
    for told in _disturbed(done):
        print(f"  {told}", file=sys.stderr)
    return 0


def _disturbed(done: Build) -> list[str]:
    return [
        *(f"was damaged and is made again: {told}" for told in done.repaired),
        *(f"not there any more, with its sidecar: {name}" for name in done.gone),
        *(f"its sidecar is not that of the last build: {name}" for name in done.resaid),
        *(
            f"not read: {name} has no sidecar; add it with: tonnage ingest SOURCE --file {name}"
            for name in done.orphans
        ),
    ]


def _add_check(verbs: Any) -> None:
    verb = verbs.add_parser("check", help="hashes, and whether the figures add up", allow_abbrev=False)
    verb.add_argument("--as-of", metavar="DAY", help="only what was out by the end of that day")
    verb.add_argument("--all", action="store_true", help="every residual, money and revisions included")
    verb.add_argument(
        "--deep", action="store_true", help="hash every file, build again from raw elsewhere and compare"
    )
    verb.set_defaults(run=_check)


def _check(asked: argparse.Namespace) -> int:
    import polars as pl

    from tonnage.ledger import reconcile, store
    from tonnage.ledger.ledger import open_ledger

    if asked.deep and not _deep(asked):
        return 1
    ledger = open_ledger(asked.data)
    files = store.raw_files(ledger.root)
    for file in files:
        store.verify(file)
    counts: Counter[str] = Counter()
    parts = []
    for found in ledger.checked(asked.as_of, sound=False):
        counts.update(found.verdicts)
        parts.append(found.rows)
    every = pl.concat(parts).sort(reconcile.ORDER)
    print(f"hashes: {len(files)} raw files are those their sidecars speak of")
    for verdict, count in counts.most_common():
        print(f"identities: {count} {verdict}")
    odd = every
    if not asked.all:
        odd = odd.filter(pl.col("unit") == "kg", ~pl.col("verdict").is_in(["revision", "unusual"]))
    for row in odd.iter_rows(named=True):
        print(_residual(row))
    if rest := every.height - odd.height:
        print(f"  and {rest} more in money, revisions and unit values; see them with: tonnage check --all")
    return 1 if every["blocks"].any() else 0


def _deep(asked: argparse.Namespace) -> bool:
    from tonnage.ledger import store
    from tonnage.ledger.verify import verify

    found = verify(store.find_root(asked.data))
    for told in found.faults:
        print(f"tonnage: {told}", file=sys.stderr)
    same = "each is the same, byte for byte" if not found.faults else f"{len(found.faults)} faults"
    print(
        f"deep: {found.raw} raw and {found.processed} processed files hashed,"
        f" {found.rebuilt} built again from raw; {same}"
    )
    return not found.faults


def _residual(row: dict[str, Any]) -> str:
    scale, unit = (1000, "t") if row["unit"] == "kg" else (1, row["unit"])
    where = "" if row["partner"] == "WLD" else f" to {row['partner']}"
    return (
        f"  {row['identity']}: {row['definition']}{where}, {row['months']} months from {row['period']:%Y-%m}:"
        f" {row['residual'] / scale:+,.1f} {unit} beside {row['expected'] / scale:,.1f} {unit}"
        f" (rounding allows {row['tolerance'] / scale:,.1f} {unit}): {row['verdict']}"
    )


def _add_revisions(verbs: Any) -> None:
    verb = verbs.add_parser("revisions", help="what was printed anew, and by how much", allow_abbrev=False)
    verb.add_argument(
        "definition", metavar="DEFINITION", nargs="?", help="id or alias (default: every figure)"
    )
    verb.add_argument("--as-of", metavar="DAY", help="only what was out by the end of that day")
    verb.add_argument("--all", action="store_true", help="also numbers that were only rounded or cut")
    verb.add_argument("--summary", action="store_true", help="counted by line, age of the month and kind")
    verb.add_argument("--format", choices=_FORMATS, default="table", help="how it is printed")
    verb.set_defaults(run=_revisions)


def _revisions(asked: argparse.Namespace) -> int:
    import polars as pl

    from tonnage.ledger import revisions
    from tonnage.ledger.ledger import open_ledger

    rows = open_ledger(asked.data).revised(asked.definition, asked.as_of)
    if not asked.all:
        rows = rows.filter(pl.col("kind") != "rounding")
    if asked.summary:
        rows = revisions.summary(rows)
    elif asked.format == "table":
        rows = _readable(rows)
    _print(rows, asked.format)
    return 0


def _readable(rows: pl.DataFrame) -> pl.DataFrame:
    """Return revisions as a person reads them: mass in tonnes, what changed beside who printed it."""
    import polars as pl

    mass = pl.when(pl.col("unit") == "kg")
    tonnes = {c: mass.then(pl.col(c) / 1000).otherwise(pl.col(c)) for c in ("first_value", "value", "change")}
    unit = mass.then(pl.lit("t")).otherwise(pl.col("unit"))
    when = pl.col("period").dt.strftime("%Y-%m") + pl.when(pl.col("months") > 1).then(
        pl.format(" +{}", pl.col("months") - 1)
    ).otherwise(pl.lit(""))
    return rows.with_columns(pl.col("pct").round(2), unit=unit, **tonnes).select(
        "commodity", "reporter", "partner", "flow", "unit", months=when,
        first="first_value", printed="first_published", by="first_publisher",
        now="value", reprinted="published", then_by="publisher", change="change", pct="pct", kind="kind",
    )  # fmt: skip


def _add_series(verbs: Any) -> None:
    verb = verbs.add_parser("series", help="one definition as a series", allow_abbrev=False)
    verb.add_argument(
        "definition",
        metavar="DEFINITION",
        nargs="?",
        help="id or alias of a definition (default: list them, with the months held)",
    )
    verb.add_argument(
        "--partner", default="WLD", metavar="P", help="code or English name (default: the world total)"
    )
    verb.add_argument(
        "--reporter", metavar="R", help="whose customs counted (default: that of the definition)"
    )
    verb.add_argument("--flow", metavar="F", help="export, import ... (default: that of the definition)")
    verb.add_argument("--as-of", metavar="DAY", help="only what was out by the end of that day")
    verb.add_argument("--unit", default="t", help="t, kg, or a currency as printed (default: t)")
    verb.add_argument("--year-to-date", action="store_true", help="the printed totals since January")
    verb.add_argument("--format", choices=_FORMATS, default="table", help="how it is printed")
    verb.set_defaults(run=_series)


def _series(asked: argparse.Namespace) -> int:
    from tonnage.ledger.ledger import open_ledger

    ledger = open_ledger(asked.data)
    if asked.definition is None:
        _print(_definitions(ledger, asked.as_of), asked.format)
        return 0
    rows = ledger.series(
        asked.definition,
        partner=asked.partner,
        as_of=asked.as_of,
        unit=asked.unit,
        reporter=asked.reporter,
        flow=asked.flow,
        spans="year_to_date" if asked.year_to_date else "monthly",
    )
    _print(rows, asked.format)
    for classifications, reason in ledger.refused(asked.definition, asked.reporter, asked.flow):
        print(f"(no row of {classifications}: {reason})", file=sys.stderr)
    return 0


def _definitions(ledger: Ledger, as_of: str | None) -> pl.DataFrame:
    """Return every definition, how many months of its world total are held, the newest, and the partners."""
    import polars as pl

    from tonnage.model.definitions import registry

    texts = dict.fromkeys(("definition", "title", "reporter", "flow"), pl.String)
    schema = {**texts, "months": pl.Int64, "newest": pl.Date, "partners": pl.String}
    rows = []
    for name, found in sorted(registry().items()):
        partners = ledger.partners(name, as_of)
        months = ledger.series(name, as_of=as_of)["period"].to_list() if "WLD" in partners else []
        held = (len(months), max(months, default=None), few(p for p in partners if p != "WLD"))
        rows.append((name, found.title["en"], found.reporter, found.flow, *held))
    return pl.DataFrame(rows, schema, orient="row")


def _add_calendar(verbs: Any) -> None:
    verb = verbs.add_parser("calendar", help="releases that are due, coming or late", allow_abbrev=False)
    verb.add_argument(
        "--on",
        metavar="DAY",
        help="as known by the end of that day, or a time with its offset (default: now)",
    )
    verb.add_argument(
        "--from", dest="since", metavar="DAY", help="the first day shown (default: that of --on)"
    )
    verb.add_argument("--to", metavar="DAY", help="the last day shown (default: 60 days after the first)")
    verb.add_argument("--late", action="store_true", help="what was expected by the day and not seen instead")
    verb.add_argument("--definition", metavar="D", help="only what gives figures of a definition")
    verb.add_argument("--partner", default="WLD", metavar="P", help="... for a partner, with its own figures")
    verb.add_argument(
        "--ics", type=Path, metavar="FILE", help="write them for a calendar program (iCalendar)"
    )
    verb.add_argument("--format", choices=_FORMATS, default="table", help="how it is printed")
    verb.set_defaults(run=_calendar)


def _calendar(asked: argparse.Namespace) -> int:
    from tonnage.ledger import calendar, disk, ics

    if asked.definition is None and asked.partner != "WLD":
        raise ParameterError(f"--partner {asked.partner}: expected a --definition with it")
    on = asked.on or dt.datetime.now(dt.UTC)
    found = _late(asked, on) if asked.late else _due(asked, on)
    if asked.ics is not None:
        disk.write_atomic(asked.ics, ics.as_ics(found, calendar.local_day(on, dt.UTC)))
        print(f"{asked.ics}: {len(found)} releases written")
        return 0
    rows = calendar.as_frame(found)
    if asked.format == "table" and not found:
        print("no release")
    else:
        _print(rows.select(_CALENDAR_COLUMNS) if asked.format == "table" else rows, asked.format)
    return 0


def _late(asked: argparse.Namespace, on: str | dt.datetime) -> list[Release]:
    from tonnage.ledger import planning
    from tonnage.ledger.ledger import open_ledger

    if asked.since or asked.to:
        raise ParameterError("--late: shows all that is late on a day; leave out --from and --to")
    found = planning.late(open_ledger(asked.data), on, asked.definition, asked.partner)
    late = [release for release in found if release.state == "late"]
    if len(found) > len(late):
        print(
            f"({len(found) - len(late)} older releases are not held; ledger.late(day) lists them)",
            file=sys.stderr,
        )
    return late


def _due(asked: argparse.Namespace, on: str | dt.datetime) -> list[Release]:
    from tonnage.ledger import calendar, planning
    from tonnage.ledger.ledger import open_ledger

    first = calendar.local_day(asked.since or on, dt.UTC)
    last = calendar.local_day(asked.to, dt.UTC) if asked.to else first + dt.timedelta(days=_SHOWN_DAYS)
    if last < first:
        raise ParameterError(f"--to {last}: expected {first} or later, the first day shown")
    return planning.due(open_ledger(asked.data), on, first, last, asked.definition, asked.partner)


def _add_events(verbs: Any) -> None:
    from tonnage.events import verbs as register

    events = verbs.add_parser("events", help=register.HELP, allow_abbrev=False)
    actions = events.add_subparsers(dest="action", required=True, metavar="ACTION")
    verb = actions.add_parser("list", help="the events of the register", allow_abbrev=False)
    verb.add_argument("--as-of", metavar="DAY", help="only what was knowable by the end of that day")
    verb.add_argument("--format", choices=_FORMATS, default="table", help="how it is printed")
    verb.set_defaults(run=_list_events)
    verb = actions.add_parser("extract", help="figures and events from texts, unreviewed", allow_abbrev=False)
    verb.add_argument(
        "--jsonl", type=Path, metavar="IN", required=True, help="one text a line, with id and text"
    )
    verb.add_argument("--out", type=Path, metavar="OUT", required=True, help="one line of findings a text")
    verb.set_defaults(run=_extract)
    register.add(actions)


def _extract(asked: argparse.Namespace) -> int:
    from tonnage.events.extract import extract_jsonl
    from tonnage.ledger.disk import write_atomic

    with asked.jsonl.open(encoding="utf-8") as lines:
        found = list(extract_jsonl(lines))
    write_atomic(asked.out, "".join(f"{line}\n" for line in found).encode())
    print(f"{asked.out}: {len(found)} texts read")
    return 0


def _list_events(asked: argparse.Namespace) -> int:
    import polars as pl

    from tonnage.ledger.ledger import open_ledger

    rows = open_ledger(asked.data).events(asked.as_of)
    if asked.format in ("table", "csv"):
        columns = ["date_start", "stage", "type", "actor", "target", "summary", "known_at", "event_id"]
        rows = rows.select(columns).with_columns(pl.col("stage", "type").cast(pl.String))
    _print(rows, asked.format)
    return 0


def _add_claim(verbs: Any) -> None:
    verb = verbs.add_parser(
        "claim", help="the figures of a sentence, judged by what was out on a day", allow_abbrev=False
    )
    verb.add_argument("text", metavar="TEXT", help="a sentence or an article; - reads standard input")
    verb.add_argument("--published", required=True, metavar="DAY", help="the day the text came out")
    verb.set_defaults(run=_claim)


def _claim(asked: argparse.Namespace) -> int:
    from tonnage.events.claims import check_claim
    from tonnage.ledger.ledger import open_ledger

    text = sys.stdin.read() if asked.text == "-" else asked.text
    found = check_claim(text, asked.published, open_ledger(asked.data))
    for claim in found:
        print(f"{claim.verdict}: {claim.sentence}")
    if not found:
        print("no figure and no percentage change was read in the text")
    return 0


def _print(rows: pl.DataFrame, form: str) -> None:
    if form == "parquet":
        rows.write_parquet(sys.stdout.buffer)
    elif form == "json":
        print(rows.write_json())
    elif form == "csv":
        print(_flat(rows).write_csv(), end="")
    else:
        _print_table(_flat(rows))


def _flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without nested columns: flags joined, receipts as publisher, file and line."""
    import polars as pl

    if "receipt" in rows.columns:
        one = pl.format(
            "{} {} {}:{}",
            pl.element().struct["publisher"],
            pl.element().struct["published"],
            pl.element().struct["file"],
            pl.element().struct["line"],
        )
        rows = rows.with_columns(receipt=pl.col("receipt").list.eval(one).list.join(" + "))
    lists = [name for name, kind in rows.schema.items() if kind == pl.List(pl.String)]
    return rows.with_columns(pl.col(lists).list.join(";"))


def _print_table(rows: pl.DataFrame) -> None:
    import polars as pl

    headed = ("definition", "reporter", "partner", "flow", "unit")
    shown = [c for c in headed if c in rows.columns and rows[c].n_unique() == 1]
    if shown:
        print(", ".join(f"{c} {rows[c][0]}" for c in shown))
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=240,
        fmt_str_lengths=120,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_formatting="ASCII_MARKDOWN",
        tbl_cell_numeric_alignment="RIGHT",
        fmt_float="full",
        thousands_separator=",",
    ):
        print(rows.drop(shown))


def _add_report(verbs: Any) -> None:
    verb = verbs.add_parser("report", help="run a notebook into a report", allow_abbrev=False)
    verb.add_argument("notebook", metavar="NOTEBOOK", type=Path, help="a notebook with a parameters cell")
    verb.add_argument(
        "-p",
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the notebook; may be given several times",
    )
    verb.add_argument(
        "--as-of", metavar="DAY", help="only what was known by the end of that day (parameter as_of)"
    )
    verb.add_argument(
        "--to", default=",".join(_OUTPUTS), metavar="FORMATS", help="of pdf,html,xlsx (default: all)"
    )
    verb.add_argument(
        "--out", type=Path, metavar="DIR", help="where reports go (default: reports/ of the workspace)"
    )
    verb.add_argument("--force", action="store_true", help="run even if the same report is there")
    verb.set_defaults(run=_report)


def _report(asked: argparse.Namespace) -> int:
    from tonnage.ledger import store
    from tonnage.reports import run

    given = _pairs(asked.parameter, "-p")
    if asked.as_of is not None and given.setdefault("as_of", asked.as_of) != asked.as_of:
        raise ParameterError(f"as_of: --as-of says {asked.as_of}, -p says {given['as_of']}")
    done = run.run(
        asked.notebook,
        store.find_root(asked.data),
        given,
        formats=_formats(asked.to),
        out=asked.out,
        force=asked.force,
        progress=_progress,
    )
    _progress("")
    if done.reused:
        print(f"report: reused, nothing it depends on has changed (run {done.run})")
    else:
        spent = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in done.seconds.items())
        print(f"report: run {done.run}: {spent}")
    for path in done.files.values():
        print(path)
    return 0


def _add_watch(verbs: Any) -> None:
    verb = verbs.add_parser("watch", help="run what is due when its data are there", allow_abbrev=False)
    verb.add_argument(
        "schedule",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="the schedule (default: watch.toml beside the data folder)",
    )
    verb.set_defaults(run=_watch)


def _watch(asked: argparse.Namespace) -> int:
    from tonnage.ledger import store
    from tonnage.reports import watch

    root = store.find_root(asked.data)
    schedule = watch.load(asked.schedule or root.parent / watch.FILE)
    states = set()
    for step in watch.watch(root, schedule, dt.datetime.now(dt.UTC)):
        states.add(step.state)
        bad = step.state in ("failed", "not yet")
        print(f"{step.name}: {step.state}: {step.said}", file=sys.stderr if bad else sys.stdout, flush=True)
    if "failed" in states:
        return 1
    return NOT_YET if "not yet" in states else 0


def _progress(text: str) -> None:
    """Show a step on one line of a terminal; a log is not filled with steps."""
    if sys.stderr.isatty():
        print(f"\r{text:<60}", end="", file=sys.stderr, flush=True)


def _formats(text: str) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys(text.split(",")))
    unknown = [f for f in asked if f not in _OUTPUTS]
    if unknown:
        raise ParameterError(f"--to {text!r}: expected some of {','.join(_OUTPUTS)}, found {unknown[0]!r}")
    return asked


if __name__ == "__main__":
    sys.exit(main())
