"""A wire between the engine and its switch that a test can cut, hold up or chop into pieces."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self


class Wire:
    """Listens on `port`, passes everything on to the switch. One job: to be a bad network when told so."""

    def __init__(self, port: int):
        self._target = port
        self.port = 0
        self.piece = 65_536
        """Bytes passed on at a time."""
        self.cut_on: Callable[[bytes], bool] | None = None
        """Cuts the wire once when the engine sends this; what it sent arrives only if `delivers_before_cut`."""
        self.delivers_before_cut = True
        self.sent: list[tuple[float, bytes]] = []
        """What the engine sent, and when: `time.time()`."""
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def point_at(self, port: int) -> None:
        """Later connections go to another switch."""
        self._target = port

    def cut(self) -> None:
        for writer in set(self._writers):
            writer.transport.abort()

    def hold(self) -> None:
        """From now on nothing passes, and nobody is told."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, there[1]}
        for source, target, outgoing in ((reader, there[1], True), (there[0], writer, False)):
            task = asyncio.create_task(self._pass_on(source, target, outgoing))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, outgoing: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                if outgoing:
                    self.sent.append((time.time(), data))
                await self._open.wait()
                cutting = outgoing and self.cut_on is not None and self.cut_on(data)
                if cutting:
                    self.cut_on = None
                if not cutting or self.delivers_before_cut:
                    for start in range(0, len(data), self.piece):
                        target.write(data[start : start + self.piece])
                        await target.drain()
                        if self.piece < 65_536:
                            await asyncio.sleep(0)
                if cutting:
                    await asyncio.sleep(0.05)
                    self.cut()
        target.transport.abort()
        self._writers.discard(target)
