"""What a customer sees at a glance: campaigns with their counts, and why a campaign stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from exchange_domain import calls, contact_counts, daily_caps, spend_caps, standstill
from exchange_domain.call_rows import epoch_ms
from exchange_domain.tables import Campaign
from exchange_domain.timetables import hours_of
from exchange_domain.words import CampaignStatus, Outcome

CAMPAIGNS = text("""
select c.id, c.name, c.status, c.customer_id, c.script_id is not null as has_script, u.name as customer, u.currency,
       coalesce(n.contacts, 0) as contacts, coalesce(n.done, 0) as done,
       coalesce(t.calls, 0) as calls, coalesce(t.answered, 0) as answered, coalesce(t.successes, 0) as successes,
       coalesce(t.charge, 0) as charge
from campaign c
join customer u on u.id = c.customer_id
left join lateral (select sum(n) as contacts, sum(n) filter (where status = 'done') as done
                   from contact_count where campaign_id = c.id) n on true
left join lateral (select sum(calls) as calls, sum(answered) as answered, sum(charge) as charge,
                          sum(calls) filter (where outcome = 'success') as successes
                   from campaign_tally where campaign_id = c.id) t on true
where c.customer_id = any(:customers)
order by c.status = 'finished', c.id desc
""")

ON_SHIFT = text("select count(*) from shift where campaign_id = :campaign and ended_at is null")


def _percent(part: int, of: int) -> int:
    return round(100 * part / of) if of else 0


@dataclass(frozen=True)
class CampaignLine:
    """A campaign in the list. Money in minor units, `progress` in percent of its contacts."""

    id: int
    name: str
    status: str
    customer_id: int
    customer: str
    currency: str
    ready: bool
    """Has a script and contacts: what remains is to start it."""
    contacts: int
    done: int
    progress: int
    calls: int
    answered: int
    successes: int
    charge: int


async def campaigns_of(s: AsyncSession, customers: tuple[int, ...]) -> list[CampaignLine]:
    """Campaigns of these customers for the list, the newest first, finished ones last."""
    rows = (await s.execute(CAMPAIGNS, {"customers": list(customers)})).all()
    return [
        CampaignLine(
            id=r.id,
            name=r.name,
            status=r.status,
            customer_id=r.customer_id,
            customer=r.customer,
            currency=r.currency,
            ready=r.has_script and r.contacts > 0,
            contacts=int(r.contacts),
            done=int(r.done),
            progress=_percent(r.done, r.contacts),
            calls=int(r.calls),
            answered=int(r.answered),
            successes=int(r.successes),
            charge=int(r.charge),
        )
        for r in rows
    ]


@dataclass(frozen=True)
class Totals:
    """The sums of a campaign; they cost the same at any size."""

    calls: int = 0
    answered: int = 0
    successes: int = 0
    talk_s: int = 0
    charge: int = 0
    contacts: int = 0
    done: int = 0
    working: int = 0

    @property
    def per_success(self) -> int | None:
        """What a success has cost so far, in minor units; None before the first."""
        return -(-self.charge // self.successes) if self.successes else None

    def as_dict(self) -> dict[str, Any]:
        """With the shares a page shows, in percent."""
        return {
            "calls": self.calls,
            "answered": self.answered,
            "successes": self.successes,
            "talk_s": self.talk_s,
            "charge": self.charge,
            "contacts": self.contacts,
            "done": self.done,
            "working": self.working,
            "waiting": self.contacts - self.done - self.working,
            "per_success": self.per_success,
            "answered_share": _percent(self.answered, self.calls),
            "success_share": _percent(self.successes, self.answered),
            "done_share": _percent(self.done, self.contacts),
        }


async def totals(s: AsyncSession, campaign_id: int) -> Totals:
    tallies = await calls.totals(s, campaign_id)
    counted = await contact_counts.of_campaign(s, campaign_id)
    return Totals(
        calls=sum(t.calls for t in tallies),
        answered=sum(t.answered for t in tallies),
        successes=sum(t.calls for t in tallies if t.outcome == Outcome.SUCCESS),
        talk_s=sum(t.talk_s for t in tallies),
        charge=sum(t.charge for t in tallies),
        contacts=counted.contacts,
        done=counted.done,
        working=counted.working,
    )


@dataclass(frozen=True)
class Standing:
    """Why nothing is called, or that all is well. Times are epoch milliseconds."""

    code: str
    """draft, paused, out_of_funds, finished, no_contacts, list_done, outside_hours, nothing_due, daily_cap,
    spend_cap, no_operators, running"""
    until_ms: int | None = None
    """For outside_hours, nothing_due, daily_cap and spend_cap: when the next contact can be called."""
    waiting: int = 0
    closed_now: int = 0
    """Waiting contacts whose own clock is outside the calling hours."""
    resting: int = 0
    """Waiting contacts inside the hours that rest before their next attempt, of each zone a thousand at most."""
    operators: int = 0
    forbidden: int = 0
    """Contacts that are not called, or not any more, because they are on a do-not-call list."""


async def standing(s: AsyncSession, campaign: Campaign, now: datetime) -> Standing:
    """What the customer is told when calls are slower than hoped."""
    assert campaign.id is not None
    operators = (await s.execute(ON_SHIFT, {"campaign": campaign.id})).scalar_one()
    by_zone = await contact_counts.waiting_by_zone(s, campaign.id)
    hours = await hours_of(s, campaign.id)
    waiting = sum(by_zone.values())
    open_zones = [zone for zone in by_zone if hours.is_open(zone, now)]
    closed_now = waiting - sum(by_zone[zone] for zone in open_zones)
    resting = await contact_counts.resting(s, campaign.id, open_zones, now)
    counted = await contact_counts.of_campaign(s, campaign.id)
    first_due = {row.time_zone: row.due_at for row in await standstill.waiting_zones(s, campaign.id)}

    def said(code: str, until: datetime | None = None) -> Standing:
        return Standing(code, epoch_ms(until), waiting, closed_now, resting, operators, counted.forbidden)

    if campaign.status != CampaignStatus.ACTIVE:
        return said(campaign.status.value)
    if not waiting:
        return said("no_contacts" if not counted.contacts else "running" if counted.working else "list_done")
    if not any(first_due[zone] <= now for zone in open_zones if zone in first_due) or await daily_caps.reached(
        s, campaign, now
    ):
        return said(*await standstill.reason(s, campaign, now))
    if (until := await spend_caps.stands_until(s, campaign.id, now)) is not None:
        return said("spend_cap", until)
    return said("running" if operators else "no_operators")
