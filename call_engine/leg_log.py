"""The log of legs' events, written behind everything else: it delays no voice, and no operator's rows.

One writer for the whole engine, many events in one statement. What an engine that is killed had not written yet is
what the switch's record, or the question after the restart, has to say.
"""

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from exchange_domain import leg_events
from exchange_domain.leg_events import Said

from .database_effects import while_away

log = structlog.get_logger()

REST_S = 0.1
AT_ONCE = 500
"""Events in one statement."""
BEHIND = timedelta(seconds=1)
"""The switch's list of channels is behind its events by so much at the most, in ordinary times far less."""


class LegLog:
    """`put` and `seen` never wait; `run` writes, for ever."""

    def __init__(self) -> None:
        self._waiting: list[Said] = []
        self._seen: tuple[frozenset[UUID], datetime] | None = None
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, said: Said) -> None:
        self._waiting.append(said)
        self._wake()

    def seen(self, legs: Collection[UUID]) -> None:
        """The switch has just listed these legs as its own."""
        if legs:
            self._seen = (frozenset(legs), datetime.now(UTC) - BEHIND)
            self._wake()

    def _wake(self) -> None:
        self._idle.clear()
        self._changed.set()

    async def run(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._waiting or self._seen:
                try:
                    await self._write()
                    # What is said meanwhile is written together.
                    await asyncio.sleep(REST_S)
                except Exception:
                    log.exception("leg events not written")
            self._idle.set()

    async def _write(self) -> None:
        if self._waiting:
            part, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            await while_away(lambda s: leg_events.append(s, part))
        if self._seen is not None:
            (legs, at), self._seen = self._seen, None
            await while_away(lambda s: leg_events.seen(s, legs, at))

    async def drained(self) -> None:
        """Waits until everything put so far is written."""
        await self._idle.wait()
