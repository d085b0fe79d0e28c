"""The board's cards for one operator: what all see alike is read once for everybody who looks within some seconds."""

import asyncio
import time
from datetime import datetime

from exchange_domain import board, database
from exchange_domain.board import BoardCard, Shared
from exchange_domain.settings import settings

_kept: list[Shared] = []
_until = 0.0
_reading: asyncio.Task[list[Shared]] | None = None


async def of_operator(operator_id: int, now: datetime) -> list[BoardCard]:
    everybody = await _shared(now)
    async with database.session() as s:
        return await board.fitted(s, everybody, operator_id, now)


async def _shared(now: datetime) -> list[Shared]:
    """As it was at most BOARD_FRESH_S ago. Who comes while it is being read waits for that, with no connection held."""
    global _reading
    if time.monotonic() < _until:
        return _kept
    if _reading is None or _reading.done():
        _reading = asyncio.create_task(_read(now))
    return await asyncio.shield(_reading)


async def _read(now: datetime) -> list[Shared]:
    global _kept, _until
    async with database.session() as s:
        found = await board.shared(s, now)
    _kept, _until = found, time.monotonic() + settings().board_fresh_s
    return found
