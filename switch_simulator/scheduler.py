"""What the switch does by itself at a given second: sched_hangup, sched_broadcast, timeouts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from switch_simulator.clock import Clock


@dataclass(slots=True)
class ScheduledTask:
    """One thing to do."""

    number: int
    group: str
    description: str
    runtime: int
    handle: asyncio.TimerHandle


class Scheduler:
    """Tasks by number and by group (a channel's uuid); times are whole seconds of the switch's clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: dict[int, ScheduledTask] = {}
        self._groups: dict[str, set[int]] = {}
        self._last = 0

    def add(self, seconds: int, group: str, description: str, action: Callable[[], object]) -> int:
        """Does something `seconds` from now, up to one second early; returns the task's number."""
        self._last += 1
        number = self._last

        def run() -> None:
            self._forget(number)
            action()

        delay = self._clock.until_second(seconds)
        handle = asyncio.get_running_loop().call_later(delay, run)
        self._tasks[number] = ScheduledTask(number, group, description, int(self._clock.now()) + seconds, handle)
        self._groups.setdefault(group, set()).add(number)
        return number

    def delete(self, which: str) -> int:
        """Removes a task by its number, or all of a group; returns how many there were."""
        numbers = self._groups.get(which, set()) | ({int(which)} if which.isdigit() else set())
        found = [self._tasks[n] for n in numbers if n in self._tasks]
        for task in found:
            task.handle.cancel()
            self._forget(task.number)
        return len(found)

    def tasks(self) -> list[ScheduledTask]:
        """All that is pending, by number."""
        return list(self._tasks.values())

    def close(self) -> None:
        """Nothing is done any more."""
        for task in self._tasks.values():
            task.handle.cancel()
        self._tasks.clear()
        self._groups.clear()

    def _forget(self, number: int) -> None:
        task = self._tasks.pop(number, None)
        if task is not None:
            group = self._groups.get(task.group)
            if group is not None:
                group.discard(number)
                if not group:
                    del self._groups[task.group]
