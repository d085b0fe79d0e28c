"""The engine's way to Redis: it never waits for ever, and nothing is repeated behind the engine's back."""

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

CONNECT_S = 2.0
ANSWER_S = 5.0
"""For one answer. Longer than a blocking read of the command stream waits by itself."""


def connected(url: str) -> Redis:
    """The client tries nothing again by itself: a read of the stream whose answer got lost has handed commands out
    already, and only who knows of the loss takes them up (`command_reader`). Publishing and acknowledging repeat on
    their own.
    """
    return Redis.from_url(
        url, socket_timeout=ANSWER_S, socket_connect_timeout=CONNECT_S, socket_keepalive=True,
        retry=Retry(NoBackoff(), 0), retry_on_timeout=False,
    )  # fmt: skip
