"""One engine drives one switch: who holds the database's lock of its name. A second one stands by."""

import asyncio
from collections.abc import Callable

import asyncpg
import structlog

log = structlog.get_logger()

POLL_S = 0.5
LOCK = "select pg_try_advisory_lock(hashtextextended('engine:' || $1, 0))"


class OwnedElsewhere(Exception):
    """Another engine drives this switch now."""


class Ownership:
    """The lock lives with its connection: it is free in the moment in which its engine dies."""

    def __init__(self, database_url: str, switch_name: str):
        self._url = database_url
        self._switch_name = switch_name
        self._connection: asyncpg.Connection | None = None
        self._lost = asyncio.Event()

    async def acquire(self, on_waiting: Callable[[], None]) -> None:
        """Waits until this engine is the one. `on_waiting` is called once if another one is."""
        told = False
        while not await self._try():
            if not told:
                on_waiting()
                told = True
            await asyncio.sleep(POLL_S)

    async def keep(self) -> None:
        """Takes the lock back after its connection was lost. Raises OwnedElsewhere when another engine was faster."""
        while True:
            await self._lost.wait()
            log.warning("ownership in doubt")
            if not await self._try_when_back():
                raise OwnedElsewhere

    async def _try_when_back(self) -> bool:
        while True:
            try:
                return await self._try()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(POLL_S)

    async def _try(self) -> bool:
        connection = self._connection
        if connection is None or connection.is_closed():
            self._lost.clear()
            connection = self._connection = await asyncpg.connect(self._url)
            connection.add_termination_listener(lambda _: self._lost.set())
        return bool(await connection.fetchval(LOCK, self._switch_name))

    async def release(self) -> None:
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close()
