"""Genesis' inbound connection, with two things mended that would leave it open and deaf."""

import asyncio

from genesis import Inbound


class Transport(Inbound):
    """Bodies that are no UTF-8 are read all the same: carriers put names into events in whatever encoding they use."""

    async def _connect(self) -> None:
        await super()._connect()
        assert self.reader is not None
        # Only what Genesis calls of a reader.
        self.reader = _Readable(self.reader)  # type: ignore[assignment]

    async def reading_ended(self) -> None:
        """Returns when the reading task is over, even if it failed and told nobody."""
        if self.producer is not None:
            await asyncio.wait({self.producer})


class _Readable:
    def __init__(self, reader: asyncio.StreamReader):
        self._reader = reader
        self.readline = reader.readline

    async def readexactly(self, length: int) -> bytes:
        data = await self._reader.readexactly(length)
        try:
            data.decode()
        except UnicodeDecodeError:
            return data.decode("utf-8", "replace").encode()
        return data
