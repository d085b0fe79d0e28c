"""The mover of one switch's recordings: looks what is due every few seconds, for ever. It never touches a call."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from exchange_domain import database, erasing, recording_erasures, recording_signals, recordings
from exchange_domain.cancelling import cancelled
from exchange_domain.settings import Settings
from object_storage import Storage

from .deleting import Deleting
from .looking import Looking
from .moving import Clock, Moving

log = structlog.get_logger()

POLL_S = 2.0
MINUTE_S = 60.0
LOOK_S = 300.0
AWAY_S = (1.0, 30.0)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Mover:
    """Any number may run beside each other: each recording is moved by one."""

    def __init__(self, settings: Settings, now: Clock = utc_now):
        """Raises ValueError when the storage's address is none."""
        self._switch_name, self._now = settings.switch_name, now
        storage = Storage(settings.recording_storage)
        folder = settings.recordings_dir
        self.moving = Moving(storage, folder, self._switch_name, now)
        self.deleting = Deleting(storage, folder, self._switch_name, now)
        self.looking = Looking(folder, self._switch_name, settings.recordings_least_free_mb * 2**20, now)
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        self._stopping.set()

    async def run(self) -> None:
        """Until stop. A database that is away is waited for."""
        working = asyncio.create_task(self._work())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await cancelled(working, stopping)
            await database.dispose()

    async def _work(self) -> None:
        loop, pause = asyncio.get_running_loop(), AWAY_S[0]
        jobs: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (MINUTE_S, self.every_minute),
            (LOOK_S, self.looking.through),
        ]
        due = [0.0] * len(jobs)
        while True:
            try:
                for i, (period, job) in enumerate(jobs):
                    if loop.time() >= due[i]:
                        due[i] = loop.time() + period
                        await job()
                if not await self.once():
                    await asyncio.sleep(POLL_S)
                pause = AWAY_S[0]
            except (SQLAlchemyError, OSError) as error:
                log.warning("recordings wait", error=type(error).__name__, retry_s=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, AWAY_S[1])
            except Exception:
                log.exception("recordings wait")
                await asyncio.sleep(AWAY_S[1])

    async def once(self) -> bool:
        """One thing that is due: deletions first. Whether there was any."""
        return await self.deleting.once() or await self.moving.once()

    async def every_minute(self) -> None:
        async with database.session() as s:
            await recordings.end_forgotten(s, self._switch_name)
            await recording_erasures.expire_due(s, self._now())
            await recording_signals.watch_delay(s, self._switch_name, self._now())
            await erasing.sweep_late_records(s)
        await self.looking.space()
