"""A wire that can be dropped, stalled and half-closed. Bytes pass it unchanged and in order, or not at all."""

import asyncio
import contextlib
import socket
import struct
from enum import StrEnum
from types import TracebackType
from typing import Self

CHUNK = 65_536


class Fault(StrEnum):
    DROP = "drop"
    """Every connection is reset, and so is each new one until the fault is over."""
    STALL = "stall"
    """Nothing passes and nobody is told; new connections are taken, and nothing passes them either. Then all of it
    arrives, even what somebody who has given up long since had sent."""
    SILENCE = "silence"
    """Nothing passes the connections there are, ever again, and nobody is told. New connections are whole."""
    HALF_CLOSE = "half-close"
    """Connections are shut in one direction, in turns; the other goes on. New connections are whole."""


class _Pair:
    """One connection through the wire: the client's side and the server's."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter):
        self.client, self.server = client, server
        self.passing = asyncio.Event()
        self.passing.set()
        self.silent = False

    def reset(self) -> None:
        for writer in (self.client, self.server):
            _reset(writer)

    def shut(self, towards_client: bool) -> None:
        """One side is told that nothing comes any more, although the other still sends."""
        writer = self.client if towards_client else self.server
        with contextlib.suppress(OSError, RuntimeError):
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with RST instead of FIN: as a broken one, not as one that is done."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


class Proxy:
    """Listens on `port` and passes everything on to the target's port on this machine."""

    def __init__(self, target: int):
        self.target, self.port = target, 0
        self._dropping = self._stalled = False
        self._pairs: list[_Pair] = []
        self._tasks: set[asyncio.Task[None]] = set()
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
        for pair in self._pairs:
            pair.reset()
        for task in set(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, fault: Fault) -> None:
        match fault:
            case Fault.DROP:
                self._dropping = True
                for pair in self._pairs:
                    pair.reset()
            case Fault.STALL:
                self._stalled = True
                for pair in self._pairs:
                    pair.passing.clear()
            case Fault.SILENCE:
                for pair in self._pairs:
                    pair.passing.clear()
                    pair.silent = True
            case Fault.HALF_CLOSE:
                # What has died without a word before does not say one now.
                for number, pair in enumerate(pair for pair in self._pairs if not pair.silent):
                    pair.shut(towards_client=number % 2 == 0)

    def end(self) -> None:
        """The wire is as good as ever from now on."""
        self._dropping = self._stalled = False
        for pair in self._pairs:
            if not pair.silent:
                pair.passing.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._dropping:
            _reset(writer)
            return
        try:
            there, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = _Pair(writer, to_server)
        if self._stalled:
            pair.passing.clear()
        self._pairs.append(pair)
        ways = [
            asyncio.create_task(self._pass_on(pair, reader, to_server)),
            asyncio.create_task(self._pass_on(pair, there, writer)),
        ]
        self._tasks.update(ways)
        await asyncio.wait(ways)
        self._tasks.difference_update(ways)
        for side in (pair.client, pair.server):
            side.transport.abort()
        self._pairs.remove(pair)

    async def _pass_on(self, pair: _Pair, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        """Until the source ends; then the target is told, once what was sent before has passed."""
        with contextlib.suppress(OSError, RuntimeError):
            while data := await source.read(CHUNK):
                await pair.passing.wait()
                target.write(data)
                await target.drain()
            await pair.passing.wait()
            if target.can_write_eof():
                target.write_eof()
