"""The switch's call detail records, taken as the app takes them: stored, said to be there, answered."""

import asyncio
import contextlib
import json
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from redis.asyncio import Redis

from exchange_domain import database, records
from exchange_domain.messages import RECORD_CHANNEL


class RecordReceiver:
    """Listens on `port`. `posted` keeps how often each leg's record came: a leg that was made twice posts twice."""

    def __init__(self, redis: Redis):
        self.port = 0
        self.posted: dict[UUID, int] = {}
        self.figures: dict[UUID, records.RecordedLeg] = {}
        self._redis = redis
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = next(
                    int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length")
                )
                await self._store(json.loads(await reader.readexactly(length)))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
        finally:
            writer.close()

    async def _store(self, body: dict[str, Any]) -> None:
        figures = records.read_record(body)
        self.posted[figures.leg] = self.posted.get(figures.leg, 0) + 1
        self.figures[figures.leg] = figures
        async with database.session() as s:
            await records.store_record(s, body)
        await self._redis.publish(RECORD_CHANNEL, str(figures.leg))
