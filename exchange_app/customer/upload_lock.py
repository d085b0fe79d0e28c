"""One upload of a customer at a time, over all web processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.exceptions import LockError

from exchange_app.broker import redis

BUSY_S = 600
"""An upload that lasts longer has died: the customer may begin another."""


class Busy(Exception):
    """Another list of this customer is being uploaded."""


@asynccontextmanager
async def one_at_a_time(customer_id: int) -> AsyncIterator[None]:
    """Only one upload of a customer, over all web processes. Raises Busy."""
    lock = redis().lock(_lock_name(customer_id), timeout=BUSY_S)
    if not await lock.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        with suppress(LockError):
            await lock.release()


def _lock_name(customer_id: int) -> str:
    return f"customer:import:{customer_id}"
