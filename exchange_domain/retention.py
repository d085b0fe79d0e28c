"""How long recordings are kept: a campaign's choice, within the rules of the house."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import recordings
from .tables import Campaign


class KeptTooLong(ValueError):
    """The house keeps no recording for so long; `days` is the most."""

    def __init__(self, days: int):
        super().__init__(f"recordings are kept for at most {days} days")
        self.days = days


async def keep(s: AsyncSession, campaign: Campaign, days: int) -> None:
    """From now on the campaign's recordings are kept so long after their call; those that are stored already too."""
    campaign.keep_recordings_days = days
    s.add(campaign)
    await s.flush()
    assert campaign.id is not None
    await recordings.keep_for(s, campaign.id, days)


async def shorten(s: AsyncSession, most_days: int) -> int:
    """No campaign keeps recordings for longer than this. How many kept them for longer."""
    longer = select(Campaign).where(col(Campaign.keep_recordings_days) > most_days).order_by(col(Campaign.id))
    found = (await s.exec(longer.with_for_update())).all()
    for campaign in found:
        await keep(s, campaign, most_days)
    return len(found)
