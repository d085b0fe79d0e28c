"""Keeps originates under the switch's limit of sessions a second: one above it would be refused."""

import asyncio

SESSIONS_PER_SECOND = 25
"""The switch's own limit is 30 unless it is configured otherwise."""


class Pace:
    """Gives out evenly spaced moments; who comes when none is waiting goes on at once."""

    def __init__(self, per_second: float = SESSIONS_PER_SECOND):
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> None:
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._interval
        if mine > now:
            await asyncio.sleep(mine - now)
