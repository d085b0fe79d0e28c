"""A campaign's exceptions to its weekdays: own days off, and days worked although they would be off."""

from datetime import UTC, date, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from .days_off import MOST_DAYS, NO_COUNTRY, DaysOff, read_ahead
from .tables import Campaign, CampaignDay


class TooManyDays(Exception):
    """The campaign has MOST_DAYS exceptions already."""


async def days_off_of(s: AsyncSession, campaign_id: int) -> DaysOff:
    campaign = await s.get_one(Campaign, campaign_id)
    days = await own(s, campaign_id)
    country = campaign.country if campaign.holidays_off else NO_COUNTRY
    if country:
        await read_ahead(country, datetime.now(UTC).year)
    return DaysOff(
        country, frozenset(d.day for d in days if not d.working), frozenset(d.day for d in days if d.working)
    )


async def own(s: AsyncSession, campaign_id: int) -> list[CampaignDay]:
    """The campaign's own exceptions, the earliest first."""
    found = await s.exec(
        select(CampaignDay).where(CampaignDay.campaign_id == campaign_id).order_by(col(CampaignDay.day))
    )
    return list(found)


async def put(s: AsyncSession, campaign_id: int, day: date, *, working: bool) -> None:
    """Makes a date a day off, or a working one. Raises TooManyDays."""
    await s.get_one(Campaign, campaign_id, with_for_update=True)
    kept = await s.get(CampaignDay, (campaign_id, day))
    if kept is None and len(await own(s, campaign_id)) >= MOST_DAYS:
        raise TooManyDays
    kept = kept or CampaignDay(campaign_id=campaign_id, day=day, working=working)
    kept.working = working
    s.add(kept)
    await s.flush()


async def take_back(s: AsyncSession, campaign_id: int, day: date) -> None:
    """The date is like its weekday again."""
    kept = await s.get(CampaignDay, (campaign_id, day))
    if kept is not None:
        await s.delete(kept)
        await s.flush()
