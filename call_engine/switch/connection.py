"""The supervised connection to the event socket: Genesis carries, the rest is here.

Genesis has no timeouts and no reconnect: every send has a limit here, a silent switch is probed, and after a loss a
new `Inbound` is made, with growing pauses. A reply that never comes blocks those behind it, so a timeout ends the
connection.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import structlog
from genesis.exceptions import CommandStage, ConnectionLost, GenesisError

from ..lease import Lease, clock_s
from .address import SwitchAddress
from .errors import CommandFailed, CommandNotSent, CommandUnconfirmed
from .leased_inbound import LeasedInbound
from .reading import SUBSCRIPTION
from .transport import Transport

log = structlog.get_logger()

REPLY_S = 5.0
CONNECT_S = 10.0
SILENCE_S = 6.0
"""After this long without a word the switch is asked for one: what happens meanwhile nobody would be told of."""
BACK_OFF_S = (0.2, 1.0)
"""The switch is on this machine or beside it: knocking often costs nothing, and calls wait for it."""


class SwitchConnection:
    """One connection at a time. `on_event` gets each event's headers, in order, from the reading task."""

    def __init__(
        self,
        address: SwitchAddress,
        *,
        on_event: Callable[[Mapping[str, Any]], None],
        on_up: Callable[[], Awaitable[None]],
        on_down: Callable[[], None],
        lease: Lease | None = None,
    ):
        """Without a lease it may always command; with one, not a byte goes out and nothing is connected past it."""
        self._address = address
        self._on_event = on_event
        self._on_up = on_up
        self._on_down = on_down
        self._lease = lease
        self._inbound: Transport | None = None
        self._heard = 0.0
        self.heard_s: float | None = None
        """When the switch last said a word, by `clock_s`; none before the first."""

    @property
    def up(self) -> bool:
        return self._inbound is not None

    async def run(self) -> None:
        """Connects, and connects again, until cancelled."""
        pause = BACK_OFF_S[0]
        while True:
            if self._lease is not None:
                await self._lease.held()
            try:
                await self._one_connection()
                pause = BACK_OFF_S[0]
            except (GenesisError, OSError, TimeoutError) as error:
                log.warning("switch unreachable", error=type(error).__name__, retry_s=round(pause, 1))
            # Chance keeps several engines from knocking in step.
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(pause * 2, BACK_OFF_S[1])

    async def _one_connection(self) -> None:
        inbound = LeasedInbound(self._address, self._lease)
        inbound.event_processors.insert(0, self._process)
        try:
            async with asyncio.timeout(CONNECT_S):
                await inbound.start()
                reply = await inbound.send(f"event json {SUBSCRIPTION}")
            if not str(reply.get("Reply-Text", "")).startswith("+OK"):
                raise ConnectionLost(CommandStage.ACCEPTED, "the subscription was refused")
            self._heard = time.monotonic()
            self._inbound = inbound
            log.info("switch connected", host=self._address.host, port=self._address.port)
            await self._while_up(inbound)
        finally:
            was_up, self._inbound = self._inbound is not None, None
            if was_up:
                log.warning("switch connection lost")
                self._on_down()
            await _stopped(inbound)

    async def _while_up(self, inbound: Transport) -> None:
        resync = asyncio.create_task(self._announce_up())
        watch = asyncio.create_task(self._watch_silence(inbound))
        deaf = asyncio.create_task(self._watch_reading(inbound))
        try:
            await inbound.wait_lost(CommandStage.ACCEPTED)
        except ConnectionLost:
            return
        finally:
            for task in (resync, watch, deaf):
                task.cancel()
            await asyncio.gather(resync, watch, deaf, return_exceptions=True)

    async def _announce_up(self) -> None:
        try:
            await self._on_up()
        except (CommandNotSent, CommandUnconfirmed):
            log.warning("connection lost while taking stock")
        except Exception:
            log.exception("taking stock failed")

    async def _watch_reading(self, inbound: Transport) -> None:
        await inbound.reading_ended()
        # What was read before it ended is handled first; then a connection that nobody reads is closed.
        await asyncio.sleep(0.1)
        await _stopped(inbound)

    async def _watch_silence(self, inbound: Transport) -> None:
        while True:
            await asyncio.sleep(SILENCE_S / 5)
            if time.monotonic() - self._heard > SILENCE_S:
                try:
                    async with asyncio.timeout(REPLY_S):
                        await inbound.send("api uptime")
                except (TimeoutError, GenesisError):
                    log.warning("switch is silent")
                    await _stopped(inbound)
                    return
                self._heard = time.monotonic()

    def _process(self, _protocol: object, event: Any) -> None:
        """Called by Genesis for every message, in order, before all else. It must neither block nor raise."""
        self._heard, self.heard_s = time.monotonic(), clock_s()
        if event.get("Content-Type") != "text/event-json" or not event.body:
            return
        try:
            self._on_event(json.loads(event.body))
        except Exception:
            log.exception("event not understood")

    async def api(self, command: str) -> str:
        """Sends a command that is answered at once; its answer. Raises CommandFailed, -NotSent, -Unconfirmed."""
        reply = await self._send(f"api {command}")
        body = (reply.body or "").strip()
        if body.startswith(("-ERR", "-USAGE")):
            raise CommandFailed(body.removeprefix("-ERR").strip())
        return body

    async def background(self, command: str, job: UUID) -> None:
        """Sends a command that takes its time; BACKGROUND_JOB with this uuid brings the result."""
        reply = await self._send(f"bgapi {command}\nJob-UUID: {job}")
        text = str(reply.get("Reply-Text", ""))
        if text.startswith("-ERR"):
            raise CommandFailed(text.removeprefix("-ERR").strip())

    async def _send(self, text: str) -> Any:
        inbound = self._inbound
        if inbound is None or (self._lease is not None and not self._lease.holds()):
            raise CommandNotSent
        try:
            async with asyncio.timeout(REPLY_S):
                return await inbound.send(text)
        except TimeoutError:
            log.warning("no reply from the switch", command=text.split(" ", 2)[1])
            await _stopped(inbound)
            raise CommandUnconfirmed from None
        except ConnectionLost as lost:
            failed = CommandNotSent if lost.stage is CommandStage.NOT_SENT else CommandUnconfirmed
            raise failed from None
        except GenesisError:
            raise CommandNotSent from None
        except OSError:
            await _stopped(inbound)
            raise CommandUnconfirmed from None

    def drop(self) -> None:
        """Cuts the connection without a word, not even what is still in its buffer."""
        if (inbound := self._inbound) is not None and inbound.writer is not None:
            inbound.writer.transport.abort()

    async def close(self) -> None:
        """Leaves without a word: calls belong to the switch."""
        if self._inbound is not None:
            await _stopped(self._inbound)


async def _stopped(inbound: Transport) -> None:
    try:
        async with asyncio.timeout(REPLY_S):
            await inbound.stop()
    except (GenesisError, OSError, TimeoutError):
        log.warning("the old connection did not stop in order")
