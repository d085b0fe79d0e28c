"""The parts of a load test's exchange, which can be taken away and brought back while people work."""

import contextlib
import os
import signal
from asyncio.subprocess import Process
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field

Begin = Callable[[], AbstractAsyncContextManager[Process]]


class Part:
    """One program. `begin` starts it, waits until it is ready, and ends it with the block."""

    def __init__(self, begin: Begin, *, stop_signal: int | None = None):
        """`stop_signal`: by which it is taken away; none: killed."""
        self._begin = begin
        self._stop_signal = stop_signal
        self._stack = AsyncExitStack()
        self._process: Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        self._stack = AsyncExitStack()
        self._process = await self._stack.enter_async_context(self._begin())

    async def take_away(self) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            if self._stop_signal is None:
                # With all that it has started: a web server's worker would go on without it.
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.send_signal(self._stop_signal)
        await self._process.wait()
        await self._stack.aclose()

    async def close(self) -> None:
        await self._stack.aclose()


@dataclass
class Parts:
    """Everything that runs, by what it is."""

    by_name: dict[str, Part] = field(default_factory=dict)
    urls: list[str] = field(default_factory=list)
    """Of the web processes."""
    metrics: dict[str, int] = field(default_factory=dict)
    """Ports of their metrics."""

    @property
    def pids(self) -> dict[str, int]:
        return {name: part.pid for name, part in self.by_name.items()}

    async def add(self, name: str, begin: Begin, *, stop_signal: int | None = None) -> None:
        part = self.by_name[name] = Part(begin, stop_signal=stop_signal)
        await part.start()

    async def close(self) -> None:
        """The last that was started ends first."""
        for part in reversed(self.by_name.values()):
            await part.close()
