"""How often a day: one telephone number over all campaigns, and one campaign altogether.

A number's calls are counted from the calls themselves, so a call that was never placed is not there to be given back. A
campaign's are a counter, one row a day: counting thousands of calls at each claim would cost more with each call.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from .hours import day_of, zone_of
from .settings import settings
from .tables import Campaign

# Calls of the number `n` since a moment; those for which the switch never made a channel are no calls.
CALLS = (
    "select count(*) from call k where k.e164 = n.e164 and k.claimed_at >= {day_start} "
    "and not (k.ended_at is not null and k.ringing_at is null and k.answered_at is null and k.ended_by = 'switch')"
)
CALLS_OF_NUMBER = text(CALLS.format(day_start=":day_start").replace("n.e164", ":e164"))

COUNT = text("""
insert into calls_of_day as d (campaign_id, day, calls) values (:campaign, :day, 1)
on conflict (campaign_id, day) do update set calls = d.calls + 1
  where cast(:cap as bigint) is null or d.calls < :cap
returning calls
""")
GIVE_BACK = text("update calls_of_day set calls = calls - 1 where campaign_id = :campaign and day = :day and calls > 0")
OF_DAY = text("select calls from calls_of_day where campaign_id = :campaign and day = :day")

# The contact that is due when its zone's next day begins waits for that day because of its numbers' calls.
WAITS = text(f"""
select exists (
  select from contact c join contact_number n on n.contact_id = c.id and n.state = 'good'
  where c.campaign_id = :campaign and c.time_zone = :zone and c.status = 'waiting' and c.due_at = :tomorrow
    and ({CALLS.format(day_start=":day_start")}) >= :number_cap)
""")


class CapReached(Exception):
    """The campaign has had its calls of this day: the claim is undone."""


def of_a_number() -> int:
    """Most calls a day to one number, over all campaigns."""
    return settings().max_calls_per_number_per_day


async def calls_to(s: AsyncSession, e164: str, since: datetime) -> int:
    """Calls placed to a number since a moment. Exact only for who holds the number's lock."""
    return int((await s.execute(CALLS_OF_NUMBER, {"e164": e164, "day_start": since})).scalar_one())


def _today(campaign: Campaign, at: datetime) -> date:
    return at.astimezone(zone_of(campaign.time_zone) or ZoneInfo("UTC")).date()


async def reached(s: AsyncSession, campaign: Campaign, now: datetime) -> bool:
    """Whether the campaign has had its calls of today (by its own zone)."""
    if campaign.max_calls_per_day is None:
        return False
    made = await s.execute(OF_DAY, {"campaign": campaign.id, "day": _today(campaign, now)})
    return int(made.scalar_one_or_none() or 0) >= campaign.max_calls_per_day


async def count(s: AsyncSession, campaign: Campaign, now: datetime) -> None:
    """Counts one more call of the campaign. Raises CapReached. The row is locked until the claim is done, so two claims
    never take the same last call."""
    values = {"campaign": campaign.id, "day": _today(campaign, now), "cap": campaign.max_calls_per_day}
    if (await s.execute(COUNT, values)).scalar_one_or_none() is None:
        raise CapReached


async def give_back(s: AsyncSession, campaign: Campaign, claimed_at: datetime) -> None:
    """A counted call was never placed."""
    await s.execute(GIVE_BACK, {"campaign": campaign.id, "day": _today(campaign, claimed_at)})


async def number_waits(s: AsyncSession, campaign_id: int, zone: str, due: datetime, now: datetime) -> bool:
    """Whether the contact due at this moment waits for tomorrow because its number had its calls of today."""
    start, tomorrow = day_of(zone, now)
    if due != tomorrow:
        return False
    values = {
        "campaign": campaign_id, "zone": zone, "tomorrow": tomorrow, "day_start": start, "number_cap": of_a_number(),
    }  # fmt: skip
    return bool((await s.execute(WAITS, values)).scalar_one())
