"""Totals beside the live table: read at most once a second a campaign, only when a call of it has changed."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from exchange_app import live
from exchange_domain.messages import CallRow

from .call_lines import line_of

log = structlog.get_logger(__name__)
EVERY_S = 1.0

Read = Callable[[int], Awaitable[dict[str, Any]]]


@dataclass
class LiveTotals:
    """`read(campaign_id)` gives the vars to show; `room` is the name of the campaigns' rooms."""

    room: str
    read: Read
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _again: set[int] = field(default_factory=set)

    def row(self, message: CallRow) -> dict[str, Any] | None:
        """The row function of the room: a changed call is a reason to count anew. Who is only shown is no row."""
        if not message.dialled:
            return None
        self.touch(message.campaign_id)
        return line_of(message)

    def touch(self, campaign_id: int) -> None:
        if campaign_id in self._under_way:
            self._again.add(campaign_id)
            return
        task = asyncio.create_task(self._show(campaign_id), name=f"totals-{campaign_id}")
        self._under_way[campaign_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(campaign_id, None))

    async def _show(self, campaign_id: int) -> None:
        pause = EVERY_S
        while True:
            await asyncio.sleep(pause)
            self._again.discard(campaign_id)
            began = time.monotonic()
            try:
                await live.show(f"{self.room}:{campaign_id}", await self.read(campaign_id))
            except Exception:
                log.error("totals_failed", campaign_id=campaign_id, exc_info=True)
            if campaign_id not in self._again:
                return
            # Counting a very long list takes a while: it gets a twentieth of the time at most.
            pause = max(EVERY_S, 20 * (time.monotonic() - began))
