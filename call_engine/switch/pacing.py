"""Keeps originates under the switch's limit of sessions a second: one above it would be refused."""

import asyncio

SESSIONS_PER_SECOND = 25
"""The switch's own limit is 30 unless it is configured otherwise."""


class Pace:
    """Gives out evenly spaced moments; who comes when none is waiting goes on at once."""

    def __init__(self, per_second: float = SESSIONS_PER_SECOND):
        self._interval = 1 / per_second
        self._next = 0.0

    async def turn(self) -> float:
        """Waits for the next moment; how many seconds that took."""
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._interval
        if mine > now:
            await asyncio.sleep(mine - now)
        return mine - now


class Paces:
    """One pace for each gateway that says how fast it takes calls.

    The claim has given each call its own moment; this keeps calls apart that are late for theirs.
    """

    def __init__(self) -> None:
        self._by_gateway: dict[str, tuple[float, Pace]] = {}

    async def turn(self, gateway: str | None, per_second: float | None) -> float:
        if gateway is None or per_second is None:
            return 0.0
        kept = self._by_gateway.get(gateway)
        if kept is None or kept[0] != per_second:
            kept = self._by_gateway[gateway] = (per_second, Pace(per_second))
        return await kept[1].turn()
