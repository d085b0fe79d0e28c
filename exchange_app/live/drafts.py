"""What operators write while a transfer is on a manager's desk reaches that desk by itself."""

from collections.abc import Iterable
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from exchange_app.broker import redis
from exchange_domain.clock import now_ms
from exchange_domain.messages import CallRow, DraftSaved, campaign_channel, manager_channel

log = structlog.get_logger(__name__)


async def tell_managers(manager_ids: Iterable[int], call_id: UUID) -> None:
    """A missed word is no harm: the next one brings all, and so does reading again."""
    body = DraftSaved(call_id=call_id, version=now_ms()).model_dump_json()
    for manager_id in manager_ids:
        try:
            await redis().publish(manager_channel(manager_id), body)
        except RedisError as failed:
            log.warning("draft_not_told", manager_id=manager_id, error=type(failed).__name__)


async def tell_campaign(row: CallRow) -> None:
    """A call as the customer's open pages show it has changed, by no doing of the engine."""
    try:
        await redis().publish(campaign_channel(row.campaign_id), row.model_dump_json())
    except RedisError as failed:
        log.warning("row_not_told", campaign_id=row.campaign_id, error=type(failed).__name__)
