"""The engine of one switch, put together and taken apart."""

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from exchange_domain import database, overruns
from exchange_domain.settings import Settings

from . import broker
from .command_reader import CommandReader
from .core.events import SwitchLost
from .database_effects import DatabaseEffects, record_fact
from .executor import EngineExecutor
from .operators import Operators
from .ownership import Ownership
from .publisher import Publisher
from .stocktaking import Stocktaking
from .switch.address import parse_address
from .switch.command_text import CommandText
from .switch.connection import SwitchConnection
from .switch_effects import SwitchEffects
from .taking_over import take_over
from .upkeep import Settler, renew_leases, watch_overruns

log = structlog.get_logger()

FIRST_CONNECT_S = 3.0
CANCEL_AGAIN_S = 1.0
LEAVE_S = 2.0
"""How long a stopping engine lets what is under way come to its end."""


class Engine:
    """Drives one switch from `run` until `stop`. Raises OwnedElsewhere when another engine took over."""

    def __init__(self, settings: Settings, *, say: Callable[[str], None]):
        self._settings = settings
        self._say = say
        self._address = parse_address(settings.switch_url)
        self._text = CommandText(settings)
        self._overruns = overruns.Rule(settings.overrun_calls, settings.overrun_share_percent)
        self._stopping = asyncio.Event()
        self._ready = asyncio.Event()
        self.operators: Operators | None = None
        """All mailboxes, while it drives."""

    def stop(self) -> None:
        """Calls go on: they belong to the switch."""
        self._stopping.set()

    async def run(self) -> None:
        ownership = Ownership(self._settings.database_url, self._settings.switch_name)
        waiting = asyncio.create_task(ownership.acquire(self._say_standing_by))
        try:
            await self._unless_stopped(waiting)
            if waiting.done() and not self._stopping.is_set():
                await self._drive(ownership)
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await ownership.release()
            await database.dispose()

    def _say_standing_by(self) -> None:
        self._say(f"engine: standing by for switch {self._settings.switch_name}")

    async def _unless_stopped(self, *tasks: asyncio.Task[None]) -> None:
        """Waits for the first task to end, or for stop; a task's failure is raised."""
        stop = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({*tasks, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
        for task in done - {stop}:
            task.result()

    async def _drive(self, ownership: Ownership) -> None:
        name = self._settings.switch_name
        redis = broker.connected(self._settings.redis_url)
        operators = self.operators = Operators()
        publisher = Publisher(redis)

        def lost() -> None:
            operators.connected = False
            for mailbox in operators:
                mailbox.post(SwitchLost)

        async def up() -> None:
            await stock.after_connect()
            self._say_ready()

        connection = SwitchConnection(self._address, on_event=operators.event, on_up=up, on_down=lost)
        switch = SwitchEffects(connection, operators, self._text, record_fact)
        rows = DatabaseEffects(name, self._text, publisher.campaign)
        stock = Stocktaking(connection, operators, switch)
        operators.executor = EngineExecutor(switch, rows, publisher, operators)
        reader = CommandReader(redis, name, operators)
        tasks: list[asyncio.Task[None]] = []
        try:
            await take_over(operators, name)
            reading = asyncio.create_task(self._read_commands(reader))
            works = (
                operators.leg_log.run(), publisher.run(), connection.run(), stock.audit(), renew_leases(operators),
                Settler(redis, publisher).run(), ownership.keep(), watch_overruns(self._overruns),
            )  # fmt: skip
            tasks += [reading, *(asyncio.create_task(work) for work in works)]
            await self._unless_stopped(*tasks)
            await self._leave(reading, reader, operators, publisher)
        finally:
            await _cancelled(tasks)
            await operators.close()
            await connection.close()
            await redis.aclose()

    async def _read_commands(self, reader: CommandReader) -> None:
        """Commands wait a moment for the switch, so that a restart refuses nothing that was possible before it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_CONNECT_S):
                await self._ready.wait()
        await reader.run()

    def _say_ready(self) -> None:
        if not self._ready.is_set():
            self._ready.set()
            name = self._settings.switch_name
            self._say(f"engine: driving switch {name} at {self._address.host}:{self._address.port}")

    async def _leave(
        self, reading: asyncio.Task[None], reader: CommandReader, operators: Operators, publisher: Publisher
    ) -> None:
        """No new commands; those taken are finished and shown, if that does not take long."""
        reading.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                await asyncio.gather(*(mailbox.drained() for mailbox in operators))
                await reader.finished()
                await operators.leg_log.drained()
                await publisher.drained()


async def _cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """Ends tasks, and asks again those that go on: a cancellation that meets a timeout in a library can get lost."""
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCEL_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)
