"""`python -m benchmarks NAME`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from . import imports, results


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description="Measures beside what the machine can do.")
    names = parser.add_subparsers(dest="name", required=True)
    of_import = names.add_parser("import", help="a list of a million rows: seconds, memory, operators' pages meanwhile")
    of_import.add_argument("--rows", type=int, default=1_000_000, metavar="N", help="default: 1000000")
    of_import.add_argument("--sample", type=int, default=20_000, metavar="N", help="rows for row by row (20000)")
    of_results = names.add_parser("results", help="a live page of results: a short list beside a long one")
    of_results.add_argument("--short", type=int, default=1_000, metavar="N", help="contacts (1000)")
    of_results.add_argument("--long", type=int, default=1_000_000, metavar="N", help="contacts (1000000)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        # The database's own user walks through it.
        Path(name).chmod(0o755)
        if chosen.name == "results":
            return asyncio.run(results.run(Path(name), chosen.short, chosen.long))
        return asyncio.run(imports.run(Path(name), chosen.rows, chosen.sample))


if __name__ == "__main__":
    sys.exit(main())
