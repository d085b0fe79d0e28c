"""`python -m benchmarks NAME`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from . import events, imports, live, pages, results, work
from .report import Report


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures beside what the machine can do.")
    names = parser.add_subparsers(dest="name", required=True)
    of_all = names.add_parser("all", help="events, live and work, one after the other")
    of_events = names.add_parser("events", help="the switch's events through the engine, beside a bare reader")
    of_live = names.add_parser("live", help="a change from the bus to a page, beside a bare emit")
    of_work = names.add_parser("work", help="claim, settlement, ledger, beside pgbench on the same statements")
    for each in (of_all, of_events, of_live, of_work):
        each.add_argument("--out", type=Path, metavar="FILE", help="writes the figures as JSON")
    for each in (of_all, of_events):
        each.add_argument("--events", type=int, default=20_000, metavar="N", help="default: 20000")
    for each in (of_all, of_live):
        each.add_argument("--changes", type=int, default=300, metavar="N", help="default: 300")
    for each in (of_all, of_work):
        each.add_argument("--contacts", type=int, default=1_000_000, metavar="N", help="of the list (1000000)")
        each.add_argument("--count", type=int, default=400, metavar="N", help="pieces of work of a kind (400)")
    of_import = names.add_parser("import", help="a list of a million rows: seconds, memory, operators' pages meanwhile")
    of_import.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="default: 1000000")
    of_import.add_argument("--sample", type=int, default=20_000, metavar="N", help="rows for row by row (20000)")
    of_results = names.add_parser("results", help="a live page of results: a short list beside a long one")
    of_results.add_argument("--short", type=int, default=1_000, metavar="N", help="contacts (1000)")
    of_results.add_argument("--long", type=int, default=1_000_000, metavar="N", help="contacts (1000000)")
    names.add_parser("pages", help="what the operator's page weighs, and when it is of use on a slow line")
    return measure(parser.parse_args())


def measure(chosen: argparse.Namespace) -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        # The database's own user walks through it.
        folder.chmod(0o755)
        if chosen.name == "results":
            return asyncio.run(results.run(folder, chosen.short, chosen.long))
        if chosen.name == "pages":
            return asyncio.run(pages.run(folder))
        if chosen.name == "import":
            return asyncio.run(imports.run(folder, chosen.rows, chosen.sample))
        if chosen.name in ("all", "events"):
            events.run(folder, chosen.events, report)
        if chosen.name in ("all", "live"):
            live.run(_own(folder, "live"), chosen.changes, report)
        if chosen.name in ("all", "work"):
            work.run(_own(folder, "work"), chosen.contacts, chosen.count, report)
    if chosen.out is not None:
        report.write(chosen.out)
    return 0


def _own(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


if __name__ == "__main__":
    sys.exit(main())
