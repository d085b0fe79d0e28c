"""Commands of the app: read from the switch's stream, given to the operators, acknowledged when they are done."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from pydantic import ValidationError
from redis.exceptions import RedisError, ResponseError

from exchange_domain.clock import now_ms
from exchange_domain.messages import (
    COMMANDS,
    ENGINE_GROUP,
    AnyCommand,
    CloseCall,
    EndShift,
    HangUp,
    ListeningCommand,
    StopListening,
    command_stream,
)
from observability.tracing import span

from . import metrics
from .broker_fence import FencedBroker
from .core.events import Commanded
from .listening import Listening
from .operators import Operators

log = structlog.get_logger()

STALE_MS = 15_000
"""A press older than this is not carried out, if it would ring somebody or connect people."""
REMEMBER_S = 24 * 3600
KEEP_ENTRIES = 10_000
TRIM_EVERY = 1_000
BLOCK_MS = 2_000
COLLECT_S = 5.0
"""How often entries are taken over that an engine before this one read too late to know better."""
ALWAYS = (CloseCall, EndShift, HangUp, StopListening)
"""Commands that stay right however late they come."""


class CommandReader:
    """One reader of one stream: who reads it is the engine that owns the switch. Each lease is another consumer."""

    def __init__(
        self,
        broker: FencedBroker,
        operators: Operators,
        listening: Listening | None,
        switch_ready: Callable[[], Awaitable[None]],
    ):
        """`listening`: none where there is no switch to hear. `switch_ready` waits a moment for the switch, so that a
        restart refuses nothing that was possible before."""
        self._switch_ready = switch_ready
        self._ready_since: float | None = None
        self._broker, self._redis, self._lease = broker, broker.redis, broker.lease
        switch_name = self._lease.switch_name
        self._stream = command_stream(switch_name)
        self._consumer = str(self._lease.token)
        self._operators = operators
        self._listening = listening
        self._done_prefix = f"engine:{switch_name}:done:"
        self._acknowledging: set[asyncio.Task[None]] = set()
        self._in_hand: set[str] = set()
        """Entries taken and not acknowledged yet: after a loss of Redis they are handed out once more."""

    async def run(self) -> None:
        """Reads until cancelled; waits and goes on when Redis was away."""
        begun, taken, collect_at = False, 0, 0.0
        while True:
            try:
                if not begun:
                    await self._begin()
                    begun, collect_at = True, time.monotonic() + COLLECT_S
                if time.monotonic() >= collect_at:
                    await self._collect()
                    collect_at = time.monotonic() + COLLECT_S
                for _, entries in await self._next():
                    taken += len(entries)
                    for entry_id, fields in entries:
                        await self._take(entry_id, fields)
                if taken >= TRIM_EVERY:
                    await self._trim()
                    taken = 0
            except (RedisError, OSError) as error:
                log.warning("commands cannot be read", error=type(error).__name__)
                begun = False
                await asyncio.sleep(0.5)

    async def _next(self) -> list[Any]:
        """Never waits past the lease: what comes after it is the next engine's."""
        await self._lease.held()
        block = max(1, min(BLOCK_MS, int(self._lease.remaining_s() * 1_000)))
        found: Any = await self._redis.xreadgroup(
            ENGINE_GROUP, self._consumer, {self._stream: ">"}, count=64, block=block
        )
        return found or []

    async def _begin(self) -> None:
        """Makes the group, and takes up what an engine before this one read and did not finish."""
        await self._broker.begin()
        try:
            await self._redis.xgroup_create(self._stream, ENGINE_GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
        cursor = "0-0"
        while True:
            cursor, entries, *_ = await self._redis.xautoclaim(
                self._stream, ENGINE_GROUP, self._consumer, min_idle_time=0, start_id=cursor, count=100
            )
            for entry_id, fields in entries:
                await self._take(entry_id, fields)
            if _text(cursor) == "0-0":
                break
        await self._trim()

    async def _collect(self) -> None:
        """An engine that was stopped may have read on when it woke, before it knew: its entries are done here."""
        others: Any = await self._redis.xinfo_consumers(self._stream, ENGINE_GROUP)
        for other in others:
            name = _text(other["name"])
            if name == self._consumer or not other["pending"]:
                continue
            pending: Any = await self._redis.xpending_range(self._stream, ENGINE_GROUP, "-", "+", 100, name)
            ids: Any = [entry["message_id"] for entry in pending]
            claimed: Any = await self._redis.xclaim(self._stream, ENGINE_GROUP, self._consumer, 0, ids)
            for entry_id, fields in claimed:
                await self._take(entry_id, fields)
        await self._broker.forget_consumers(self._stream, ENGINE_GROUP)

    async def _trim(self) -> None:
        """The stream keeps its latest commands only; those not acknowledged are among them."""
        await self._redis.xtrim(self._stream, maxlen=KEEP_ENTRIES, approximate=True)

    async def _may_act(self) -> None:
        """What was read before the engine lost its lease for a while waits until it has it, and the switch, again."""
        await self._lease.held()
        if self._ready_since != self._lease.since:
            await self._switch_ready()
            self._ready_since = self._lease.since

    async def _take(self, entry_id: Any, fields: Any) -> None:
        await self._may_act()
        identity = _text(entry_id)
        if identity in self._in_hand:
            return
        command = _command(identity, fields)
        if command is None or await self._redis.exists(self._done_prefix + str(command.key)):
            await self._broker.acknowledge(self._stream, ENGINE_GROUP, identity, "", None)
            return
        age = now_ms() - int(identity.split("-")[0])
        metrics.COMMANDS.labels(command.kind).inc()
        metrics.COMMAND_LAG.observe(max(0, age) / 1000)
        stale = age > STALE_MS and not isinstance(command, ALWAYS)
        with span("command", command.key, kind=command.kind, operator_id=command.operator_id, age_ms=max(0, age)):
            pass
        log.info("command", command=command.kind, operator_id=command.operator_id, key=str(command.key), stale=stale)
        if isinstance(command, ListeningCommand):
            done = self._listening.post(command, stale=stale) if self._listening else _nothing_to_do()
        else:
            done = self._operators.of(command.operator_id).post(Commanded, command=command, stale=stale)
        self._in_hand.add(identity)
        task = asyncio.create_task(self._acknowledge(identity, command, done))
        self._acknowledging.add(task)
        task.add_done_callback(self._acknowledging.discard)

    async def _acknowledge(self, identity: str, command: AnyCommand, done: asyncio.Future[None]) -> None:
        """When its effects are persisted: remembered as done, then off the list of pending ones."""
        await done
        while True:
            try:
                done_key = self._done_prefix + str(command.key)
                await self._broker.acknowledge(self._stream, ENGINE_GROUP, identity, done_key, REMEMBER_S)
                self._in_hand.discard(identity)
                return
            except (RedisError, OSError):
                await asyncio.sleep(0.5)

    async def finished(self) -> None:
        """Waits until what was taken is acknowledged."""
        if self._acknowledging:
            await asyncio.wait(set(self._acknowledging))


def _nothing_to_do() -> asyncio.Future[None]:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    done.set_result(None)
    return done


def _command(identity: str, fields: Any) -> AnyCommand | None:
    raw = {_text(name): value for name, value in (fields or {}).items()}.get("command")
    if raw is None:
        return None
    try:
        return COMMANDS.validate_json(raw)
    except ValidationError as error:
        # The text may hold what a person typed; only where it is wrong is logged.
        log.error("command not understood", entry=identity, errors=[e["loc"] for e in error.errors()])
        return None


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
