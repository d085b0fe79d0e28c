"""How many sign-ins may be tried: per account and per address, counted in Redis in fixed windows."""

import hashlib
from dataclasses import dataclass

from exchange_app.broker import redis


@dataclass(frozen=True)
class Limit:
    """At most `tries` in `window_s` seconds."""

    name: str
    tries: int
    window_s: int


PER_ACCOUNT = Limit("account", 8, 15 * 60)
PER_ADDRESS = Limit("address", 60, 15 * 60)
JOIN_PER_ADDRESS = Limit("join", 30, 15 * 60)


@dataclass(frozen=True)
class Count:
    left: int
    retry_after_s: int
    """0 while tries are left."""


def _key(limit: Limit, subject: str) -> str:
    # A digest: neither addresses nor e-mails lie about in Redis.
    return f"limit:{limit.name}:{hashlib.sha256(subject.casefold().encode()).hexdigest()[:32]}"


async def take(limit: Limit, subject: str) -> Count:
    """Counts one try before it is made, so that parallel tries cannot slip through together."""
    key = _key(limit, subject)
    async with redis().pipeline() as pipe:
        pipe.incr(key)
        pipe.expire(key, limit.window_s, nx=True)
        pipe.ttl(key)
        used, _, rest = await pipe.execute()
    if used > limit.tries:
        return Count(0, max(int(rest), 1))
    return Count(limit.tries - used, 0)


async def clear(limit: Limit, subject: str) -> None:
    """Forgets the tries, after a success."""
    await redis().delete(_key(limit, subject))
