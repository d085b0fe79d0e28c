"""Tells an operator's open pages that a moderator said something about their training."""

import structlog
from redis.exceptions import RedisError

from exchange_app.broker import redis
from exchange_domain.clock import now_ms
from exchange_domain.messages import PracticeMeasured, operator_channel

log = structlog.get_logger(__name__)


async def tell(operator_id: int) -> None:
    """Lost, it is no harm: the page reads it when it is opened."""
    body = PracticeMeasured(operator_id=operator_id, version=now_ms()).model_dump_json()
    try:
        await redis().publish(operator_channel(operator_id), body)
    except (RedisError, OSError) as failed:
        log.warning("training_not_told", error=type(failed).__name__)
