"""CPU and memory of each part while the others work."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass

import psutil

EVERY_S = 5.0


@dataclass(frozen=True)
class Use:
    """CPU in shares of one core; memory in MB, as it began and as it ended."""

    cpu: float
    first_mb: float
    last_mb: float
    most_mb: float


class Watch:
    """`pids` by part; a part's children count with it."""

    def __init__(self, pids: dict[str, int]):
        self._parts = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._memory: dict[str, list[float]] = defaultdict(list)
        self._busy: dict[str, float] = {}
        self._began = 0.0

    async def run(self) -> None:
        """Until it is cancelled."""
        self._began = asyncio.get_running_loop().time()
        self._busy = {name: busy(part) for name, part in self._parts.items()}
        while True:
            for name, part in self._parts.items():
                self._memory[name].append(memory_mb(part))
            await asyncio.sleep(EVERY_S)

    def found(self) -> dict[str, Use]:
        seconds = asyncio.get_running_loop().time() - self._began
        uses = {}
        for name, part in self._parts.items():
            seen = self._memory[name] or [0.0]
            cpu = (busy(part) - self._busy.get(name, 0.0)) / seconds if seconds else 0.0
            uses[name] = Use(max(0.0, cpu), seen[0], seen[-1], max(seen))
        return uses


def family(part: psutil.Process) -> list[psutil.Process]:
    try:
        return [part, *part.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def busy(part: psutil.Process) -> float:
    """CPU seconds so far; those of children that have ended are left out."""
    total = 0.0
    for one in family(part):
        try:
            used = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += used.user + used.system
    return total


def memory_mb(part: psutil.Process) -> float:
    total = 0.0
    for one in family(part):
        try:
            total += one.memory_full_info().uss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6
