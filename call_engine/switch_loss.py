"""A switch that stays away is given up: its calls are ended, its operators are told and may sit elsewhere."""

import asyncio
from datetime import UTC, datetime

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import flags, switches
from exchange_domain.clock import moment, ms_of, now_ms
from exchange_domain.words import FlagKind

from .core.events import SwitchDead
from .database_effects import while_away
from .lease import Lease, clock_s
from .operators import Operators
from .switch.connection import SwitchConnection

log = structlog.get_logger()

LOOK_S = 1.0


async def give_up(operators: Operators, switch_name: str, heard_ms: int) -> None:
    """Whatever was on the switch is over since `heard_ms`. Again and again it changes nothing more."""
    busy = [mailbox for mailbox in operators if mailbox.state.shift is not None or mailbox.state.handed_over]
    calls = sum(mailbox.state.call is not None for mailbox in operators)
    operators.connected = False
    # What still turns up on the switch later is nobody's, and ended as an orphan.
    operators.forget_all()
    waiting = [mailbox.post(SwitchDead, heard=heard_ms) for mailbox in operators]
    if waiting:
        await asyncio.wait(waiting)

    async def note(s: AsyncSession) -> bool:
        first = await switches.lose(s, switch_name)
        if first:
            await flags.raise_flag(
                s, FlagKind.SWITCH_LOST, f"switch:{switch_name}", datetime.now(UTC), switch=switch_name,
                operators=len(busy), calls=calls, heard_at=moment(heard_ms).isoformat(),
            )  # fmt: skip
        return first

    if await while_away(note):
        log.error("switch given up", switch=switch_name, operators=len(busy), calls=calls)


class SwitchLoss:
    """Watches how long the switch cannot be reached, counted only while this engine may reach for it."""

    def __init__(self, connection: SwitchConnection, operators: Operators, lease: Lease, dead_s: float):
        self._connection, self._operators, self._lease = connection, operators, lease
        self._dead_s = dead_s

    def is_dead(self) -> bool:
        if self._connection.up or not self._lease.holds():
            return False
        alone_since = max(self._connection.heard_s or 0.0, self._lease.since)
        return clock_s() - alone_since > self._dead_s

    async def run(self) -> None:
        """For ever. Who begins a shift on a switch that is given up is told within a second, too."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.is_dead() and self._somebody_is_on_it():
                await give_up(self._operators, self._lease.switch_name, await self._heard_ms())

    def _somebody_is_on_it(self) -> bool:
        states = (mailbox.state for mailbox in self._operators)
        return any(s.shift is not None or s.handed_over or (s.call is not None and s.call.on_the_line) for s in states)

    async def _heard_ms(self) -> int:
        """By this engine, or by the one before it; the moment it began to listen, when nobody ever heard it."""
        if (heard := self._connection.heard_s) is not None:
            return now_ms() - round((clock_s() - heard) * 1_000)
        return await heard_before(self._lease.switch_name)


async def heard_before(switch_name: str) -> int:
    """When engines last heard the switch, by the database; now, when none ever did."""
    heard = await while_away(lambda s: switches.heard_at(s, switch_name))
    return now_ms() if heard is None else ms_of(heard)
