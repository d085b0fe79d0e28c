"""Many seeds, spread over the processors; what they covered, added up in the order of the seeds."""

import multiprocessing
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from .coverage import Coverage
from .planted import plant
from .run import Result, run
from .world import Counts

CHUNK = 20
"""Seeds that a process takes at a time."""


@dataclass
class Totals:
    seeds: int = 0
    counts: Counts = field(default_factory=Counts)
    coverage: Coverage = field(default_factory=Coverage)
    checked: list[int] = field(default_factory=lambda: [0] * 7)
    failures: list[Result] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, result: Result) -> None:
        self.seeds += 1
        self.counts.add(result.counts)
        self.coverage.add(result.coverage)
        self.checked = [a + b for a, b in zip(self.checked, result.checked, strict=True)]
        if result.failure is not None:
            self.failures.append(result)


def run_many(
    seeds: Iterable[int],
    steps: int,
    *,
    jobs: int,
    planted: str | None = None,
    progress: Callable[[Totals], None] | None = None,
    most_failures: int = 1,
) -> Totals:
    """Stops after so many failures. `planted`: the name of a bug that every process plants first."""
    totals, begun = Totals(), time.monotonic()
    for result in _results(seeds, steps, jobs, planted):
        totals.add(result)
        totals.seconds = time.monotonic() - begun
        if progress is not None:
            progress(totals)
        if len(totals.failures) >= most_failures:
            break
    return totals


def _results(seeds: Iterable[int], steps: int, jobs: int, planted: str | None) -> Iterator[Result]:
    if jobs <= 1:
        with plant(planted):
            yield from (run(seed, steps) for seed in seeds)
        return
    # Spawned, not forked: a process starts with nothing but its seed.
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(partial(_in_a_process, steps=steps, planted=planted), seeds, CHUNK)


def _in_a_process(seed: int, *, steps: int, planted: str | None) -> Result:
    with plant(planted):
        return run(seed, steps)
