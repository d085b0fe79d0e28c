"""Tells open pages that a campaign has changed."""

from exchange_app.broker import redis
from exchange_domain.messages import CampaignChanged, campaign_channel
from exchange_domain.words import CampaignStatus


async def announce(campaign_id: int, status: CampaignStatus) -> None:
    """Tells every open page that shows this campaign."""
    message = CampaignChanged(campaign_id=campaign_id, status=status)
    await redis().publish(campaign_channel(campaign_id), message.model_dump_json())
