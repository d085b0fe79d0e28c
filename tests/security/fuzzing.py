"""`python -m tests.security.fuzzing --minutes M`: each parser for its share of the time, always with other seeds.

Prints how much was tried and what was found; 1 when something was.
"""

import argparse
import sys
import time
import traceback

from hypothesis import HealthCheck, Phase, given, seed, settings

from .fuzz_targets import TARGETS, Target

AT_ONCE = 400
"""Examples between two looks at the clock."""


def fuzz(target: Target, seconds: float, first: int) -> tuple[int, str]:
    """How many examples were tried, and the error that one raised, if any."""
    tried = 0

    def counted(drawn: object) -> None:
        nonlocal tried
        tried += 1
        target.tried(drawn)

    until, number = time.monotonic() + seconds, first
    while time.monotonic() < until:
        run = settings(
            max_examples=AT_ONCE, deadline=None, database=None, suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )(seed(number)(given(target.drawn)(counted)))  # fmt: skip
        try:
            run()
        except Exception:
            return tried, traceback.format_exc(limit=-4)
        number += 1
    return tried, ""


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run fuzz", description="Parsers under whatever can be sent.")
    parser.add_argument("--minutes", type=float, default=5.0, metavar="M", help="for all together (5)")
    parser.add_argument(
        "--seed", type=int, default=int(time.time()), metavar="N", help="the first one; the time by default"
    )
    chosen = parser.parse_args()
    print(f"seeds from {chosen.seed}", flush=True)
    found = 0
    for target in TARGETS:
        began = time.monotonic()
        tried, error = fuzz(target, chosen.minutes * 60 / len(TARGETS), chosen.seed)
        verdict = "an error" if error else "nothing"
        print(f"{target.name:<24} {tried:>9,} tried in {time.monotonic() - began:5.0f} s: {verdict}", flush=True)
        if error:
            found += 1
            print(error, flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
