"""Whether the engine can command its switch now: it may by its lease, and the switch is connected and known."""

import asyncio
import contextlib

from .lease import Lease

WAIT_S = 3.0


class Readiness:
    def __init__(self, lease: Lease):
        self._lease = lease
        self._connected = asyncio.Event()

    def connected(self) -> None:
        """The switch is connected, and stock was taken."""
        self._connected.set()

    def lost(self) -> None:
        self._connected.clear()

    def is_ready(self) -> bool:
        """Commands can be given to the switch now."""
        return self._lease.holds() and self._connected.is_set()

    async def ready(self) -> None:
        """Waits as long as the lease does not hold, then a moment for the switch: without it the core refuses."""
        await self._lease.held()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WAIT_S):
                await self._connected.wait()
