"""Why a running campaign has nobody to call just now, and until when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import daily_caps
from .hours import Hours, day_of
from .tables import Campaign
from .timetables import hours_of

# The zones of a campaign's waiting contacts with their first due time, by hops along the claim index.
ZONES = """
with recursive zone as (
  (select time_zone, due_at from contact where campaign_id = {campaign} and status = 'waiting'
   order by time_zone, due_at limit 1)
  union all
  select next.time_zone, next.due_at from zone cross join lateral (
    select time_zone, due_at from contact
    where campaign_id = {campaign} and status = 'waiting' and time_zone > zone.time_zone
    order by time_zone, due_at limit 1) next
)
select {wanted} from zone
"""
_OF_CAMPAIGN = text(ZONES.format(campaign=":campaign", wanted="time_zone, due_at"))
# The same as a column of a statement in which the campaign is `p`; what it holds goes to `zones_from`.
ZONES_COLUMN = ZONES.format(campaign="p.id", wanted="array_agg(row (time_zone, due_at))")


def zones_from(found: Sequence[tuple[str, datetime]] | None) -> Sequence[tuple[str, datetime]]:
    return found or ()


async def waiting_zones(s: AsyncSession, campaign_id: int) -> Sequence[Row]:
    """(time_zone, due_at) of a campaign's waiting contacts: each zone once, with its first due time."""
    return (await s.execute(_OF_CAMPAIGN, {"campaign": campaign_id})).all()


async def reason(s: AsyncSession, campaign: Campaign, now: datetime) -> tuple[str, datetime | None]:
    """list_done, daily_cap, outside_hours or nothing_due, and when the next contact can be called, if that is known.

    Asked when nobody was found; contacts that are due in open zones then are bound to others, or in use.
    """
    assert campaign.id is not None
    zones = await waiting_zones(s, campaign.id)
    hours = await hours_of(s, campaign.id)
    if not zones:
        return "list_done", None
    if await daily_caps.reached(s, campaign, now):
        _, tomorrow = day_of(campaign.time_zone, now)
        return "daily_cap", min((o for o, _, _ in _openings(hours, zones, tomorrow)), default=None)
    if any(due <= now and hours.is_open(zone, now) for zone, due in zones):
        return "nothing_due", None
    openings = _openings(hours, zones, now)
    until, zone, due = min(openings) if openings else (None, "", now)
    if zone and await daily_caps.number_waits(s, campaign.id, zone, due, now):
        return "daily_cap", until
    return "outside_hours" if any(due <= now for _, due in zones) else "nothing_due", until


def _openings(hours: Hours, zones: Sequence[Row], since: datetime) -> list[tuple[datetime, str, datetime]]:
    """When each zone's first contact can be called: (moment, zone, due time)."""
    return [(o, zone, due) for zone, due in zones if (o := hours.next_opening(zone, max(due, since))) is not None]
