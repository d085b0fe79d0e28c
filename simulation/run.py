"""One run of one seed, and what came of it."""

import traceback
from collections import Counter
from dataclasses import dataclass, field

from exchange_domain.words import RecordingState

from .coverage import Coverage
from .faults import Broken
from .rest import come_to_rest
from .world import Counts, World

TAIL = 30
"""How many lines of the trace a failure prints."""


@dataclass
class Result:
    seed: int
    steps: int
    counts: Counts
    coverage: Coverage
    checked: list[int]
    failure: str | None = None
    invariant: int | None = None
    """Which of the six; none with a failure: something in the core or the model raised."""
    at_step: int = 0
    lines: list[str] = field(default_factory=list)
    digest: str = ""


def run(seed: int, steps: int, *, trace_lines: int | None = 0, live: bool = False) -> Result:
    """`steps` steps with everything that can go wrong, then the way to rest. Never raises for what it looks for."""
    world = World(seed, trace_lines, live)
    result = Result(seed, steps, world.counts, world.coverage, world.invariants.checked)
    try:
        for _ in range(steps):
            if not world.step():
                break
        world.note("— nothing new goes wrong from here on —")
        come_to_rest(world)
    except Broken as broken:
        result.failure, result.invariant = str(broken), broken.invariant
    except Exception as error:
        result.failure = f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-6)}"
    result.at_step = world.counts.steps
    if result.failure is not None and world.trace is not None:
        result.failure = world.trace.named(result.failure)
    tables = world.database.tables
    world.counts.settled = len(tables.settlements)
    states = Counter(row.state for row in tables.recordings.values())
    world.counts.recordings, world.counts.lost_recordings = states[RecordingState.STORED], states[RecordingState.LOST]
    if world.trace is not None:
        result.lines, result.digest = list(world.trace.lines), world.trace.digest
    return result


def explain(result: Result) -> Result:
    """The same run again, with the last lines of its trace."""
    return run(result.seed, result.steps, trace_lines=TAIL)


def shorten(result: Result) -> Result:
    """The same failure with fewer steps before the rest begins, where there is one."""
    for steps in (0, 5, 10, 20, 40, 60, 80, 120, 160, 240, 320):
        if steps >= result.steps:
            break
        shorter = run(result.seed, steps)
        if shorter.failure is not None and shorter.invariant == result.invariant:
            return shorter
    return result
