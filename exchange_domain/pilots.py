"""The pilot of a campaign: its first calls stop it, and its customer hears them before it goes on.

No operator is given a contact beyond the pilot's calls, however many press at once. The campaign is stopped by a job:
whoever closes a call holds locks under which the campaign must not be waited for.
"""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import jobs
from .call_rows import DIALLED
from .tables import Campaign
from .words import CampaignStatus, PilotState

CALLS = 10
TASK = "end_pilot"

_LOCK = text("select pg_advisory_xact_lock(hashtextextended('pilot', :campaign))")
_MADE = text("select coalesce(sum(calls), 0) from campaign_tally where campaign_id = :campaign")
_OPEN = text("select count(*) from call where campaign_id = :campaign and state <> 'closed'")
_FIRST = text(f"""
select k.id from call k where k.campaign_id = :campaign and {DIALLED} order by k.claimed_at, k.id limit :most
""")
STOPPED = (CampaignStatus.ACTIVE, CampaignStatus.OUT_OF_FUNDS, CampaignStatus.PAUSED)


async def is_full(s: AsyncSession, campaign: Campaign) -> bool:
    """Whether all calls of the pilot are made or on the line. One claim of such a campaign at a time asks."""
    if campaign.pilot is PilotState.OVER:
        return False
    await s.execute(_LOCK, {"campaign": campaign.id})
    made = (await s.execute(_MADE, {"campaign": campaign.id})).scalar_one()
    return made + (await s.execute(_OPEN, {"campaign": campaign.id})).scalar_one() >= CALLS


async def call_closed(s: AsyncSession, campaign: Campaign) -> None:
    """Has somebody look whether that was the last of the pilot. At each close: two that end together see neither."""
    if campaign.pilot is PilotState.DUE:
        await jobs.order(s, TASK, {"campaign_id": campaign.id})


async def end(s: AsyncSession, campaign_id: int) -> CampaignStatus | None:
    """Stops the campaign when the calls of its pilot are made; returns its status then. Repeated: None."""
    campaign = await s.get(Campaign, campaign_id, with_for_update=True)
    if campaign is None or campaign.pilot is not PilotState.DUE:
        return None
    if (await s.execute(_MADE, {"campaign": campaign_id})).scalar_one() < CALLS:
        return None
    campaign.pilot = PilotState.REVIEW
    if campaign.status in STOPPED:
        campaign.status = CampaignStatus.PAUSED
    s.add(campaign)
    await s.flush()
    return campaign.status


async def go_on(s: AsyncSession, campaign_id: int) -> None:
    """The customer has looked: from now on nothing stops after so many calls. Starting is a step of its own."""
    campaign = await s.get_one(Campaign, campaign_id, with_for_update=True)
    if campaign.pilot is PilotState.REVIEW:
        campaign.pilot = PilotState.OVER
        s.add(campaign)
        await s.flush()


async def choose(s: AsyncSession, campaign_id: int, wanted: PilotState) -> None:
    """With a pilot or without: while no call was made, or to do without one that is not over yet."""
    campaign = await s.get_one(Campaign, campaign_id, with_for_update=True)
    made = (await s.execute(_MADE, {"campaign": campaign_id})).scalar_one()
    if campaign.pilot is PilotState.REVIEW or wanted is PilotState.REVIEW or (wanted is PilotState.DUE and made):
        return
    campaign.pilot = wanted
    s.add(campaign)
    await s.flush()


async def first_calls(s: AsyncSession, campaign_id: int) -> list[UUID]:
    """The calls of the pilot, in their order."""
    return list((await s.execute(_FIRST, {"campaign": campaign_id, "most": CALLS})).scalars())
