"""The simulated clock: whole milliseconds, and what is to happen when. Things of one moment keep their order."""

from collections.abc import Callable
from heapq import heappop, heappush


class Entry:
    """Something to be done at a moment. `counts`: it is a step of the run, not the world's own housekeeping."""

    __slots__ = ("at", "counts", "do", "number")

    def __init__(self, at: int, number: int, do: Callable[[], object] | None, counts: bool):
        self.at, self.number, self.do, self.counts = at, number, do, counts

    def __lt__(self, other: "Entry") -> bool:
        return (self.at, self.number) < (other.at, other.number)

    def cancel(self) -> None:
        self.do = None


class Agenda:
    def __init__(self, now: int):
        self.now = now
        self._heap: list[Entry] = []
        self._number = 0

    def at(self, when: int, do: Callable[[], object], *, counts: bool = True) -> Entry:
        self._number += 1
        entry = Entry(max(when, self.now), self._number, do, counts)
        heappush(self._heap, entry)
        return entry

    def after(self, ms: int, do: Callable[[], object], *, counts: bool = True) -> Entry:
        return self.at(self.now + ms, do, counts=counts)

    def next(self) -> Entry | None:
        """Takes the next entry out and moves the clock to it."""
        while self._heap:
            entry = heappop(self._heap)
            if entry.do is not None:
                self.now = entry.at
                return entry
        return None
