"""What Locust runs: everybody of the plan, come in within its ramp, for its time."""

import time
from pathlib import Path

import gevent
from locust import LoadTestShape, events

from loadtest.figures import figures
from loadtest.people import (
    CustomerWatching,
    ManagerThere,
    ModeratorListening,
    OperatorAtWork,
    SomebodySigningIn,
    cut_all_at,
    plan,
)

COUNTS: list[tuple[type, int]] = [
    (OperatorAtWork, len(plan.operators)), (CustomerWatching, len(plan.customers)),
    (ManagerThere, len(plan.managers)), (ModeratorListening, len(plan.moderators)),
    (SomebodySigningIn, 1 if plan.sign_ins else 0),
]  # fmt: skip


def _fix() -> None:
    """Not at the top level: a name of a class there would be one more class to Locust."""
    for kind, count in COUNTS:
        kind.fixed_count = count  # type: ignore[attr-defined]


_fix()
ALL = sum(count for _, count in COUNTS)


class Working(LoadTestShape):
    """A ramp, then everybody works until the time is over."""

    def tick(self) -> tuple[int, float] | None:
        if self.get_run_time() > plan.ramp_s + plan.minutes * 60:
            return None
        return ALL, max(1.0, ALL / max(plan.ramp_s, 1.0))


@events.test_start.add_listener
def _begin(**_: object) -> None:
    figures.since = time.time() + plan.ramp_s
    if plan.stampede_at_s:
        gevent.spawn(cut_all_at, plan.stampede_at_s)


@events.quitting.add_listener
def _end(**_: object) -> None:
    figures.write(Path(plan.figures))
