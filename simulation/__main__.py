"""`python -m simulation`: many seeds with totals, one seed with its trace, or the planted bugs."""

import argparse
import os
import sys

from .coverage import Blow
from .many import Totals, run_many
from .planted import PLANTS, plant
from .run import Result, explain, run, shorten

SEEDS_FOR_A_PLANT = 2_000
"""A planted bug that none of so many seeds finds is not found."""


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run simulate",
        description="Seeded runs of the engine's core in a world that breaks: docs/simulation.md.",
    )
    parser.add_argument("--seeds", type=int, metavar="N", help="so many runs (1 with --seed, else 100)")
    parser.add_argument("--steps", type=int, default=200, metavar="M", help="steps of each before it comes to rest")
    parser.add_argument("--seed", type=int, metavar="S", help="the first seed; without --seeds the only one")
    parser.add_argument("--trace", action="store_true", help="print every line of what happens")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes at a time")
    parser.add_argument("--plant", choices=sorted(PLANTS), metavar="NAME", help="with this bug planted")
    parser.add_argument("--planted", action="store_true", help="plant each bug in turn and show that it is found")
    parser.add_argument("--coverage", action="store_true", help="in which states each disturbance struck")
    chosen = parser.parse_args(arguments)
    if chosen.steps < 0 or (chosen.seeds is not None and chosen.seeds < 1) or chosen.jobs < 1:
        parser.error("--seeds and --jobs are at least 1, --steps at least 0")
    return chosen


def main(arguments: list[str]) -> int:
    chosen = parse(arguments)
    if chosen.planted:
        return _planted(chosen)
    if chosen.seed is not None and chosen.seeds is None:
        return _one(chosen)
    return _many(chosen)


def _one(chosen: argparse.Namespace) -> int:
    with plant(chosen.plant):
        result = run(chosen.seed, chosen.steps, trace_lines=None if chosen.trace else 30, live=chosen.trace)
    if result.failure is None:
        counts = result.counts
        print(
            f"seed {chosen.seed}: {counts.steps} steps, {counts.placed} calls, {counts.transfers} transfers, "
            f"{counts.deaths} engine deaths: all six invariants hold"
        )
        return 0
    if not chosen.trace:
        print("\n".join(result.lines))
    _say_failure(result, chosen.plant)
    return 1


def _many(chosen: argparse.Namespace) -> int:
    first = chosen.seed or 0
    seeds = range(first, first + (chosen.seeds or 100))
    totals = run_many(
        seeds, chosen.steps, jobs=chosen.jobs, planted=chosen.plant, progress=_progress(len(seeds), chosen.steps)
    )
    _say_totals(totals, chosen.steps, coverage=chosen.coverage)
    if not totals.failures:
        return 0
    found = totals.failures[0]
    with plant(chosen.plant):
        shorter = explain(shorten(found))
        found = explain(found)
    print(f"\nthe last lines of seed {shorter.seed} with {shorter.steps} steps:")
    print("\n".join(shorter.lines))
    _say_failure(found, chosen.plant)
    if shorter.steps < found.steps:
        print(f"the same sooner:  {_command(shorter, chosen.plant)}")
    return 1


def _planted(chosen: argparse.Namespace) -> int:
    """Each bug in turn, until a seed finds it."""
    missed = []
    for name, bug in PLANTS.items():
        totals = run_many(range(SEEDS_FOR_A_PLANT), chosen.steps, jobs=1, planted=name)
        if not totals.failures:
            missed.append(name)
            print(f"{bug.invariant}  {name:30} NOT FOUND in {totals.seeds} seeds")
            continue
        found = totals.failures[0]
        print(f"{bug.invariant}  {name:30} seed {found.seed}, step {found.at_step}: {(found.failure or '')[:150]}")
        if found.invariant != bug.invariant:
            missed.append(name)
            print(f"   expected to break invariant {bug.invariant}")
    print(f"planted: {len(PLANTS) - len(missed)} of {len(PLANTS)} bugs found")
    return 1 if missed else 0


def _command(result: Result, planted: str | None) -> str:
    bug = f" --plant {planted}" if planted else ""
    return f"./run simulate --seed {result.seed} --steps {result.steps}{bug} --trace"


def _say_failure(result: Result, planted: str | None) -> None:
    print(f"\nFAILED seed {result.seed} at step {result.at_step}: {result.failure}")
    print(f"again with all of its trace:  {_command(result, planted)}")


def _progress(of: int, steps: int):
    every = max(1, of // 20)

    def progress(totals: Totals) -> None:
        if totals.seeds % every == 0 or totals.seeds == of:
            per_second = totals.seeds / max(totals.seconds, 0.001)
            print(f"  {totals.seeds:,} of {of:,} seeds × {steps} steps, {per_second:,.0f} a second", flush=True)

    return progress


def _say_totals(totals: Totals, steps: int, *, coverage: bool) -> None:
    counts = totals.counts
    print(f"{totals.seeds:,} seeds × {steps} steps in {totals.seconds:.1f} s")
    for name, value in vars(counts).items():
        print(f"  {name.replace('_', ' '):18} {value:>12,}")
    print("  checks of the invariants: " + ", ".join(f"{n}: {totals.checked[n]:,}" for n in range(1, 7)))
    for blow in Blow:
        struck = sum(count for key, count in totals.coverage.hits.items() if key[0] == blow.value)
        states = sum(1 for key in totals.coverage.hits if key[0] == blow.value)
        missing = totals.coverage.missing(blow)
        never = f"; never in: {', '.join(missing)}" if missing else ""
        print(f"  {blow.value:18} {struck:>12,} operators' lines struck, in {states} states{never}")
    if coverage:
        print("\n".join(totals.coverage.table()))
    verdict = "all six invariants held" if not totals.failures else f"{len(totals.failures)} failed"
    print(f"simulate: {verdict}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
