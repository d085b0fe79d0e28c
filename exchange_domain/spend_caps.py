"""What a customer, or one campaign of it, may spend in a day: money held for calls plus what was charged today.

The day is the customer's own, by its time zone. A hold counts in full until the call is settled, then only the charge
does: what a call did not cost can be spent again the same day.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags, ledger, tariffs
from .hours import zone_of
from .tables import Campaign, Customer, Flag, SpendCap
from .words import FlagKind, LedgerKind


class CapReached(Exception):
    """The next call could cost more than is left of a day's cap. `campaign_id` None: the customer's own cap."""

    def __init__(self, customer_id: int, campaign_id: int | None, until: datetime):
        whose = f"customer {customer_id}" if campaign_id is None else f"campaign {campaign_id}"
        super().__init__(f"{whose}: the day's cap is reached")
        self.customer_id, self.campaign_id, self.until = customer_id, campaign_id, until


@dataclass(frozen=True)
class Spent:
    """Of the customer's day so far, in minor units."""

    customer: int
    campaign: int


@dataclass(frozen=True)
class Caps:
    """In minor units; None: no cap."""

    customer: int | None = None
    campaign: int | None = None

    def reached_by(self, spent: Spent, needed: int) -> str | None:
        """Whose cap does not leave `needed`: campaign, customer, or None. Pure."""
        if self.campaign is not None and spent.campaign + needed > self.campaign:
            return "campaign"
        if self.customer is not None and spent.customer + needed > self.customer:
            return "customer"
        return None


def day_of(time_zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of the day that it is in a time zone. Pure."""
    zone = zone_of(time_zone) or ZoneInfo("UTC")
    today = now.astimezone(zone).date()
    return datetime.combine(today, time(0), zone), datetime.combine(today + timedelta(days=1), time(0), zone)


# Calls that are not settled count with what is still held for them. What was claimed two days before the day and is
# not settled yet is no spending of this day.
SPENT = text("""
with counted as (
  select k.id, k.campaign_id, x.charge from call k left join settlement x on x.call_id = k.id
  where k.customer_id = :customer and k.claimed_at > :since and (x.call_id is null or x.settled_at >= :day)
), spent as (
  select campaign_id, coalesce(charge, (
    select sum(e.amount) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id
    where t.call_id = counted.id and e.account_id = :held), 0) as amount
  from counted
)
select coalesce(sum(amount), 0) as customer, coalesce(sum(amount) filter (where campaign_id = :campaign), 0) as campaign
from spent
""")


async def spent(s: AsyncSession, customer: Customer, campaign_id: int | None, now: datetime) -> Spent:
    assert customer.id is not None
    day, _ = day_of(customer.time_zone, now)
    held = await ledger.account(s, LedgerKind.CUSTOMER_HOLD, customer.currency, customer_id=customer.id)
    row = (
        await s.execute(
            SPENT,
            {"customer": customer.id, "campaign": campaign_id, "day": day, "since": day - timedelta(days=2),
             "held": held},
        )
    ).one()  # fmt: skip
    return Spent(int(row.customer), int(row.campaign))


async def caps_of(s: AsyncSession, customer_id: int, campaign_id: int | None = None) -> Caps:
    rows = await s.exec(
        select(SpendCap.campaign_id, SpendCap.per_day).where(
            SpendCap.customer_id == customer_id,
            or_(col(SpendCap.campaign_id).is_(None), SpendCap.campaign_id == campaign_id),
        )
    )
    found = {of: per_day for of, per_day in rows}
    return Caps(found.get(None), found.get(campaign_id) if campaign_id is not None else None)


async def check(s: AsyncSession, customer: Customer, campaign_id: int, needed: int, now: datetime) -> None:
    """Whether a hold of `needed` fits under the caps, decided under the lock of the hold itself. Raises CapReached."""
    assert customer.id is not None
    caps = await caps_of(s, customer.id, campaign_id)
    if caps == Caps():
        return
    funds = await ledger.account(s, LedgerKind.CUSTOMER_FUNDS, customer.currency, customer_id=customer.id)
    # From here to the end of the transaction no other hold of this customer is made; what is read next is all there is.
    await s.execute(text("select from ledger_account where id = :id for update"), {"id": funds})
    whose = caps.reached_by(await spent(s, customer, campaign_id, now), needed)
    if whose is not None:
        _, until = day_of(customer.time_zone, now)
        raise CapReached(customer.id, campaign_id if whose == "campaign" else None, until)


async def tell(s: AsyncSession, reached: CapReached, now: datetime) -> None:
    """Moderators hear of a reached cap once a day, also when they have dealt with the signal already."""
    whose = f"campaign:{reached.campaign_id}" if reached.campaign_id else f"customer:{reached.customer_id}"
    subject = f"{whose}:{reached.until - timedelta(hours=12):%Y-%m-%d}"
    told = select(Flag.id).where(Flag.kind == FlagKind.CAP_REACHED, Flag.subject == subject)
    if (await s.exec(told)).first() is None:
        await flags.raise_flag(
            s, FlagKind.CAP_REACHED, subject, now, customer_id=reached.customer_id, campaign_id=reached.campaign_id
        )


async def stands_until(s: AsyncSession, campaign_id: int, now: datetime) -> datetime | None:
    """When a campaign that stands because of a cap goes on; None: no cap is in its way."""
    campaign = await s.get_one(Campaign, campaign_id)
    caps = await caps_of(s, campaign.customer_id, campaign_id)
    if caps == Caps():
        return None
    customer = await s.get_one(Customer, campaign.customer_id)
    tariff = await tariffs.current(s, campaign.customer_id, customer.currency, now)
    if tariff is None:
        return None
    needed = tariffs.most(tariff, campaign.longest_call_s)
    if caps.reached_by(await spent(s, customer, campaign_id, now), needed) is None:
        return None
    return day_of(customer.time_zone, now)[1]


async def set_cap(s: AsyncSession, customer_id: int, campaign_id: int | None, per_day: int | None) -> None:
    """The cap of a customer, or of one campaign of it; None takes it away. It holds from the next claim on."""
    if per_day is None:
        await s.execute(
            delete(SpendCap).where(
                col(SpendCap.customer_id) == customer_id, col(SpendCap.campaign_id).is_not_distinct_from(campaign_id)
            )
        )
        return
    new = insert(SpendCap).values(customer_id=customer_id, campaign_id=campaign_id, per_day=per_day)
    await s.execute(new.on_conflict_do_update(index_elements=["customer_id", "campaign_id"], set_={"per_day": per_day}))
