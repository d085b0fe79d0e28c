"""Tells open pages what a job has done, over the same bus as the engine. A word that is lost is no harm."""

import redis.asyncio as aioredis
import structlog
from pydantic import BaseModel
from redis.exceptions import RedisError

from exchange_domain.settings import settings

log = structlog.get_logger(__name__)


class Bus:
    """A connection to Redis for saying things."""

    def __init__(self) -> None:
        self._redis = aioredis.from_url(settings().redis_url, socket_connect_timeout=5, socket_timeout=5)

    async def say(self, channel: str, message: BaseModel) -> None:
        try:
            await self._redis.publish(channel, message.model_dump_json())
        except (RedisError, OSError) as error:
            log.warning("not told", channel=channel.partition(":")[0], error=type(error).__name__)

    async def close(self) -> None:
        await self._redis.aclose()
