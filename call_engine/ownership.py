"""One engine drives one switch: by a lease in the database, taken when it is free and renewed while it drives."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import uuid4

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import switches
from exchange_domain.cancelling import cancelled
from exchange_domain.database import Session
from exchange_domain.settings import Settings
from exchange_domain.switches import Health

from .lease import Lease, clock_s

log = structlog.get_logger()

POLL_S = 0.5
"""How often a stand-by looks."""
RENEWALS = 3
"""Renewals in one length of the lease."""
AWAY = (OSError, TimeoutError, DBAPIError)
T = TypeVar("T")


class OwnedElsewhere(Exception):
    """Another engine drives this switch now."""


class Ownership:
    """Takes, renews and releases leases, over a connection that nothing else uses: it never waits for a full pool."""

    def __init__(self, settings: Settings):
        self.engine_id = uuid4()
        """This process."""
        self._length_s = settings.switch_lease_s
        limits = {"timeout": self._length_s / RENEWALS, "command_timeout": self._length_s / RENEWALS}
        self._database = create_async_engine(
            settings.sqlalchemy_url, pool_size=1, max_overflow=0, pool_pre_ping=True, connect_args=limits
        )

    async def acquire(self, names: Sequence[str], on_waiting: Callable[[], None]) -> Lease:
        """Waits until one of these switches is free, and takes the first that is. `on_waiting`: called if none is.

        Raises what the database's driver raises when it cannot be asked at the start; a stand-by waits for it.
        """
        told = False
        while True:
            try:
                for name in names:
                    if (lease := await self.take(name)) is not None:
                        return lease
            except AWAY as error:
                if not told:
                    raise
                log.warning("stand-by cannot look", error=type(error).__name__)
            if not told:
                on_waiting()
                told = True
            await asyncio.sleep(POLL_S)

    async def take(self, name: str) -> Lease | None:
        """None while another engine drives it."""
        asked_at = clock_s()
        token = await self._transaction(lambda s: switches.take(s, name, self.engine_id, self._length_s))
        if token is None:
            return None
        log.info("switch taken", switch=name, token=token, engine=str(self.engine_id))
        return Lease(name, token, asked_at, self._length_s)

    async def keep(self, lease: Lease, health: Callable[[], Health], on_lapse: Callable[[], None]) -> None:
        """Renews for ever. `on_lapse` is called when the deadline has passed and the database did not answer.

        Raises OwnedElsewhere when the switch is another engine's.
        """
        renewing = asyncio.create_task(self._renew(lease, health))
        lost = asyncio.create_task(lease.lost.wait())
        watching = asyncio.create_task(_watch(lease, on_lapse))
        try:
            await asyncio.wait({renewing, lost, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not lease.lost.is_set():
                # Neither ends by itself: one of them has failed.
                for task in (renewing, watching):
                    if task.done():
                        task.result()
        finally:
            await cancelled(renewing, lost, watching)
        on_lapse()
        log.warning("switch lost to another engine", switch=lease.switch_name, token=lease.token)
        raise OwnedElsewhere

    async def _renew(self, lease: Lease, health: Callable[[], Health]) -> None:
        while not lease.lost.is_set():
            await asyncio.sleep(lease.length_s / RENEWALS if lease.holds() else POLL_S)
            await self.renew_once(lease, health())

    async def renew_once(self, lease: Lease, health: Health) -> None:
        """Prolongs the lease, or marks it as lost; while the database is away it stays as it is."""
        asked_at = clock_s()
        try:
            kept = await self._transaction(
                lambda s: switches.renew(s, lease.switch_name, lease.token, health, lease.length_s)
            )
        except AWAY as error:
            log.warning("lease not renewed", switch=lease.switch_name, error=type(error).__name__)
            return
        if kept:
            lease.prolong(asked_at)
        else:
            lease.lose()

    async def release(self, lease: Lease) -> None:
        """The switch is free at once for who stands by."""
        if lease.lost.is_set():
            return
        try:
            await self._transaction(lambda s: switches.release(s, lease.switch_name, lease.token))
        except AWAY as error:
            log.warning("lease not released", switch=lease.switch_name, error=type(error).__name__)

    async def close(self) -> None:
        await self._database.dispose()

    async def _transaction(self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        async with asyncio.timeout(self._length_s), Session(self._database) as s, s.begin():
            await switches.bound(s, self._length_s)
            return await work(s)


async def _watch(lease: Lease, on_lapse: Callable[[], None]) -> None:
    """Says once for each gap that the lease does not hold."""
    while True:
        await asyncio.sleep(max(lease.remaining_s(), 0))
        if not lease.holds():
            log.warning("lease has lapsed", switch=lease.switch_name)
            on_lapse()
            await lease.held()
            log.info("lease holds again", switch=lease.switch_name)
