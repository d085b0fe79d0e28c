"""After a connect, and each half minute: what the engine believes against what the switch has."""

import asyncio
import contextlib
import json
from uuid import UUID, uuid4

import structlog

from exchange_domain.clock import now_ms

from .core.events import Facts, SwitchBack
from .core.state import legs
from .listening import Listening, listener_of
from .mailbox import Mailbox
from .operators import Operators
from .switch.connection import SwitchConnection
from .switch.errors import CommandFailed, CommandNotSent, CommandUnconfirmed
from .switch.reading import is_ours, read_channels
from .switch_effects import SwitchEffects

log = structlog.get_logger()

AUDIT_S = 30.0
SOON_S = 10.0
"""After a connect there is one more audit so soon: what was sent before the loss may have arrived only now."""


class Stocktaking:
    def __init__(self, connection: SwitchConnection, operators: Operators, switch: SwitchEffects, listening: Listening):
        self._connection = connection
        self._operators = operators
        self._switch = switch
        self._listening = listening
        self._connected = asyncio.Event()

    async def end_older(self, token: int) -> None:
        """For ever: ends legs at once that an engine with an older token still made, in its last moment."""
        found: asyncio.Queue[UUID] = asyncio.Queue()

        def unknown(leg: UUID, made_by: int) -> None:
            if made_by < token:
                found.put_nowait(leg)

        self._operators.on_unknown_leg = unknown
        while True:
            leg = await found.get()
            log.warning("leg of an older engine ended", leg=str(leg))
            try:
                await self._connection.api(f"uuid_kill {leg} NORMAL_CLEARING")
            except (CommandNotSent, CommandUnconfirmed, CommandFailed):
                # The audit finds what is still there.
                continue

    async def after_connect(self) -> None:
        """Every operator's legs are asked about, in her own mailbox; then channels of nobody are ended."""
        self._connected.set()
        self._operators.connected = True
        waiting = [mailbox.post_work(self._take_up) for mailbox in self._operators]
        if waiting:
            await asyncio.wait(waiting)
        channels = await self._channels()
        self._note_seen(channels)
        await self.end_orphans(channels)
        await self._listening.show_all(channels)

    async def _take_up(self, mailbox: Mailbox) -> None:
        asked_ms = now_ms()
        try:
            facts = await self._switch.facts(legs(mailbox.state))
        except (CommandNotSent, CommandUnconfirmed):
            return
        await mailbox.handle(SwitchBack(at=now_ms(), fresh=uuid4(), facts=facts, asked_ms=asked_ms))

    async def audit(self) -> None:
        """For ever: a lost event is found out within a minute."""
        while True:
            await self._next_audit()
            try:
                await self.audit_once()
            except (CommandNotSent, CommandUnconfirmed, CommandFailed):
                continue
            except Exception:
                log.exception("audit failed")

    async def _next_audit(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AUDIT_S):
                await self._connected.wait()
                self._connected.clear()
                await asyncio.sleep(SOON_S)

    async def audit_once(self) -> None:
        if not self._connection.up:
            return
        channels = await self._channels()
        self._note_seen(channels)
        for mailbox in self._operators:
            if any(str(leg) not in channels for leg in legs(mailbox.state)):
                mailbox.post_work(self._ask)
        self._operators.forget_old({leg for mailbox in self._operators for leg in legs(mailbox.state)})
        await self.end_orphans(channels)

    def _note_seen(self, channels: set[str]) -> None:
        """Legs that live: should the switch die without a word, a talk surely lasted until here."""
        mine = {leg for mailbox in self._operators for leg in legs(mailbox.state)}
        self._operators.leg_log.seen({leg for leg in mine if str(leg) in channels})

    async def _ask(self, mailbox: Mailbox) -> None:
        asked_ms = now_ms()
        try:
            facts = await self._switch.facts(legs(mailbox.state))
        except (CommandNotSent, CommandUnconfirmed):
            return
        await mailbox.handle(Facts(at=now_ms(), fresh=uuid4(), facts=facts, asked_ms=asked_ms))

    async def _channels(self) -> set[str]:
        return read_channels(await self._connection.api("show channels as json"))

    async def end_orphans(self, channels: set[str]) -> None:
        """Ends channels that the exchange made and nobody answers for. Others' channels are none of its business."""
        self._listening.audit(channels)
        wanted = self._operators.wanted_legs() | self._listening.legs
        for uuid in channels:
            if not _is_leg(uuid) or UUID(uuid) in wanted:
                continue
            try:
                dump = await self._connection.api(f"uuid_dump {uuid} json")
                if (listener := listener_of(json.loads(dump))) is not None:
                    self._listening.found(listener)
                elif is_ours(dump):
                    log.warning("orphan ended", leg=uuid)
                    await self._connection.api(f"uuid_kill {uuid} NORMAL_CLEARING")
            except CommandFailed:
                continue


def _is_leg(uuid: str) -> bool:
    """The engine's own legs all have uuids; and only what is surely one gets into a command."""
    try:
        return bool(UUID(uuid))
    except ValueError:
        return False
