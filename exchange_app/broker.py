"""The web process's connection pool to Redis: sessions, limits, commands and live changes."""

from functools import cache

import redis.asyncio as aioredis

from exchange_domain.settings import settings


@cache
def _client(url: str) -> aioredis.Redis:
    return aioredis.from_url(url, decode_responses=True, health_check_interval=30, socket_connect_timeout=5)


def redis() -> aioredis.Redis:
    """The client of `REDIS_URL`. One event loop per process is assumed."""
    return _client(settings().redis_url)


async def close() -> None:
    """Closes the pool, before the event loop ends."""
    await redis().aclose()
    _client.cache_clear()
