"""One upload or import of a customer at a time, over all web processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import LockError

from exchange_app.broker import redis

BUSY_S = 600
"""An upload or import that lasts longer has died: the customer may begin another."""


class Busy(Exception):
    """Another list of this customer is being uploaded or imported."""


@asynccontextmanager
async def one_at_a_time(customer_id: int) -> AsyncIterator[None]:
    """Only one upload or import of a customer, over all web processes. Raises Busy."""
    lock = redis().lock(_lock_name(customer_id), timeout=BUSY_S)
    if not await lock.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        with suppress(LockError):
            await lock.release()


async def under_way(customer_id: int) -> bool:
    """Whether a list of this customer is being uploaded or imported just now."""
    return bool(await redis().exists(_lock_name(customer_id)))


def _lock_name(customer_id: int) -> str:
    return f"customer:import:{customer_id}"
