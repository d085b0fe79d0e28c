"""The engine of one switch, put together and taken apart."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from exchange_domain import database, overruns
from exchange_domain.cancelling import cancelled
from exchange_domain.settings import Settings
from exchange_domain.switches import Health

from . import metrics
from .broker import connected
from .broker_fence import FencedBroker
from .burial import bury_abandoned
from .command_reader import CommandReader
from .core.events import SwitchLost
from .database_effects import DatabaseEffects, record_fact
from .executor import EngineExecutor
from .lease import Lease, clock_s, current_lease
from .listening import Listening
from .operators import Operators
from .ownership import Ownership
from .places import places
from .publisher import Publisher
from .readiness import Readiness
from .stocktaking import Stocktaking
from .switch.command_text import CommandText
from .switch.connection import SwitchConnection
from .switch.health import SwitchHealth
from .switch.reading import first
from .switch_effects import SwitchEffects
from .switch_loss import SwitchLoss
from .taking_over import take_over
from .upkeep import Settler, renew_leases, watch_overruns

log = structlog.get_logger()

LEAVE_S = 2.0
"""How long a stopping engine lets what is under way come to its end."""


def measure(headers: Mapping[str, Any]) -> None:
    """How late the event is; the switch says its own time in microseconds."""
    metrics.EVENTS.inc()
    said = first(headers, "Event-Date-Timestamp") or ""
    if said.isdigit():
        metrics.EVENT_LAG.observe(max(0.0, time.time() - int(said) / 1_000_000))


class Engine:
    """Drives one switch from `run` until `stop`. Raises OwnedElsewhere when another engine took over."""

    def __init__(self, settings: Settings, *, say: Callable[[str], None]):
        self._settings = settings
        self._say = say
        self._places = {place.name: place for place in places(settings)}
        CommandText(settings)  # raises what is unusable in the settings before anything begins
        self._overruns = overruns.Rule(settings.overrun_calls, settings.overrun_share_percent)
        self._stopping = asyncio.Event()
        self._said = False
        self._readiness: Readiness | None = None
        self.operators: Operators | None = None
        """All mailboxes, while it drives."""

    def stop(self) -> None:
        """Calls go on: they belong to the switch."""
        self._stopping.set()

    def waits_for(self) -> str:
        """What it cannot drive without; empty while it drives, or stands by for one that does."""
        return "" if self._readiness is None or self._readiness.is_ready() else "switch, or the lease of it"

    async def run(self) -> None:
        ownership = Ownership(self._settings)
        waiting = asyncio.create_task(ownership.acquire(tuple(self._places), self._say_standing_by))
        try:
            await self._unless_stopped(waiting)
            if waiting.done() and not self._stopping.is_set():
                current_lease.set(waiting.result())
                await self._drive(ownership, waiting.result())
        finally:
            await cancelled(waiting)
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                await ownership.release(waiting.result())
            await ownership.close()
            current_lease.set(None)
            await database.dispose()

    def _say_standing_by(self) -> None:
        self._say(f"engine: standing by for switch {', '.join(self._places)}")

    async def _unless_stopped(self, *tasks: asyncio.Task[Any]) -> None:
        """Waits for the first task to end, or for stop; a task's failure is raised."""
        stop = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait({*tasks, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
        for task in done - {stop}:
            task.result()

    async def _drive(self, ownership: Ownership, lease: Lease) -> None:
        name = lease.switch_name
        redis = connected(self._settings.redis_url)
        broker = FencedBroker(redis, lease)
        operators = self.operators = Operators()
        publisher = Publisher(broker)
        text = CommandText(self._settings, lease.token)
        health = SwitchHealth()
        readiness = self._readiness = Readiness(lease)

        def event(headers: Mapping[str, Any]) -> None:
            measure(headers)
            health.take(headers)
            operators.event(headers)
            listening.event(headers)

        def lost() -> None:
            operators.connected = False
            readiness.lost()
            for mailbox in operators:
                mailbox.post(SwitchLost)

        async def up() -> None:
            await stock.after_connect()
            # At once: operators are seated on a switch that is said to be up.
            await ownership.renew_once(lease, state())
            readiness.connected()
            self._say_ready(name)

        def state() -> Health:
            heard = connection.heard_s
            silent_ms = None if heard is None else round((clock_s() - heard) * 1_000)
            return Health(connection.up, silent_ms, health.core_uuid, health.sessions)

        address = self._places[name].address
        connection = SwitchConnection(address, on_event=event, on_up=up, on_down=lost, lease=lease)
        switch = SwitchEffects(connection, operators, text, record_fact)
        rows = DatabaseEffects(name, text, publisher.campaign, readiness)
        listening = Listening(connection, operators, text, publisher, redis)
        stock = Stocktaking(connection, operators, switch, listening)
        operators.executor = EngineExecutor(switch, rows, publisher, operators)
        reader = CommandReader(broker, operators, listening, readiness.ready)
        loss = SwitchLoss(connection, operators, lease, self._settings.switch_dead_s)
        keeping = asyncio.create_task(ownership.keep(lease, state, connection.drop))
        tasks: list[asyncio.Task[Any]] = [keeping]
        try:
            taking = asyncio.create_task(take_over(operators, name))
            tasks.append(taking)
            await self._unless_stopped(keeping, taking)
            if not taking.done():
                return
            reading = asyncio.create_task(reader.run())
            works = (
                operators.leg_log.run(), publisher.run(), connection.run(), stock.audit(), stock.end_older(lease.token),
                listening.run(), renew_leases(operators), Settler(redis, publisher).run(), loss.run(),
                watch_overruns(self._overruns),
                bury_abandoned(ownership, lease, redis, text, self._settings.switch_dead_s),
            )  # fmt: skip
            tasks += [reading, *(asyncio.create_task(work) for work in works)]
            await self._unless_stopped(keeping, *tasks[2:])
            await self._leave(reading, reader, operators, publisher)
        finally:
            await cancelled(*tasks)
            await operators.close()
            await connection.close()
            await redis.aclose()

    def _say_ready(self, name: str) -> None:
        if not self._said:
            self._said = True
            address = self._places[name].address
            self._say(f"engine: driving switch {name} at {address.host}:{address.port}")

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
