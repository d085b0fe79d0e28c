"""The engine's right to drive its switch, for a few seconds at a time.

The database decides whose the switch is. Between two renewals the engine goes by a clock of its own which also counts
the time in which the process was stopped or the machine slept: past the deadline it commands, shows and acknowledges
nothing, whatever is waiting in its queues.
"""

import asyncio
import time
from contextvars import ContextVar

from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import switches
from exchange_domain.switches import SwitchLeaseLost

MARGIN = 1 / 6
"""Share of the lease that is not used: for what was written and not yet read by the switch, and for clocks' drift."""


def clock_s() -> float:
    """Seconds that also pass while the process is stopped (SIGSTOP) or the machine is suspended."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Lease:
    """One term of one engine on one switch."""

    def __init__(self, switch_name: str, token: int, asked_at: float, length_s: float = switches.LEASE_S):
        """`asked_at`: by `clock_s`, before the database was asked, so that this lease never ends after the real one."""
        self.switch_name = switch_name
        self.token = token
        self.length_s = length_s
        self.lost = asyncio.Event()
        """Another engine drives the switch."""
        self._renewed = asyncio.Event()
        self._deadline = 0.0
        self.since = asked_at
        """Since when it holds without a gap."""
        self.prolong(asked_at)

    def prolong(self, asked_at: float) -> None:
        """The database was asked at that moment, and has said yes."""
        if self.lost.is_set():
            return
        if not self.holds():
            self.since = asked_at
        self._deadline = asked_at + self.length_s * (1 - MARGIN)
        self._renewed.set()

    def lose(self) -> None:
        """The database has said no."""
        self._deadline = 0.0
        self.lost.set()

    def remaining_s(self) -> float:
        return self._deadline - clock_s()

    def holds(self) -> bool:
        return self.remaining_s() > 0

    async def held(self) -> None:
        """Waits until it holds; for ever, once it is lost: who waits is cancelled with the engine."""
        while not self.holds():
            self._renewed.clear()
            await self._renewed.wait()

    async def fence(self, s: AsyncSession) -> None:
        """Lets a transaction begin; when the switch is another engine's, it never comes back from here.

        Whatever waits for the transaction must not go on either: it is cancelled with the engine.
        """
        try:
            await switches.fence(s, self.switch_name, self.token, self.length_s)
        except SwitchLeaseLost:
            await s.rollback()
            self.lose()
            await asyncio.Future()


current_lease: ContextVar[Lease | None] = ContextVar("current_lease", default=None)
"""The lease of the engine whose task this is. Every task of an engine inherits it, so no transaction can forget it."""
