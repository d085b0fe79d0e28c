"""Call-backs that a contact asked for: at that time, on that number, by the same operator or by anyone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import added_contacts, flags
from .tables import Call, Contact, NumberLock
from .timetables import hours_of
from .words import FlagKind

GRACE = timedelta(minutes=30)
"""How long a due call-back is kept for the operator it was promised by, while she is on shift."""

# The contact's time counts for more than the person: kept only while she is at work in this campaign, and not for long.
RELEASE = text("""
update contact set bound_to = null where id in (
  select c.id from contact c
  where c.campaign_id = :campaign and c.status = 'waiting' and c.bound_to is not null and c.due_at <= :now
    and (c.due_at <= :grace_over
         or not exists (select from shift t join account a on a.id = t.operator_id
                        where t.operator_id = c.bound_to and t.campaign_id = c.campaign_id and t.ended_at is null
                          and a.suspended_at is null))
  for update of c skip locked)
""")


async def release(s: AsyncSession, campaign_id: int, now: datetime) -> None:
    """Gives to anyone the due call-backs whose operator is gone, suspended, at another campaign, or let them wait."""
    await s.execute(RELEASE, {"campaign": campaign_id, "now": now, "grace_over": now - GRACE})


@dataclass(frozen=True)
class Promised:
    """A call-back that is kept for the operator who promised it."""

    contact_id: int
    contact: str
    campaign_id: int
    campaign: str
    due_at: datetime
    time_zone: str
    numbers: tuple[str, ...]
    """The contact's, in full: for whoever shows the name to an operator, to take them out of it."""


MINE = text("""
select c.id, c.name, p.id as campaign_id, p.name as campaign, c.due_at, c.time_zone,
       array(select n.e164 from contact_number n where n.contact_id = c.id) as numbers
from contact c join campaign p on p.id = c.campaign_id
where c.bound_to = :operator and c.status = 'waiting' and not p.practice order by c.due_at, c.id limit :most
""")


async def promised_by(s: AsyncSession, operator_id: int, most: int = 20) -> list[Promised]:
    """An operator's own call-backs, the next one first."""
    rows = await s.execute(MINE, {"operator": operator_id, "most": most})
    return [Promised(r.id, r.name, r.campaign_id, r.campaign, r.due_at, r.time_zone, tuple(r.numbers)) for r in rows]


async def due_at(s: AsyncSession, call: Call, contact: Contact, wanted: datetime) -> datetime:
    """When a call-back wanted at a moment can be made: not before the number's gap is over, and in calling hours."""
    lock = (await s.exec(select(NumberLock.not_before).where(NumberLock.e164 == call.e164))).one_or_none()
    after_gap = max(wanted, lock or wanted)
    return (await hours_of(s, call.campaign_id)).next_opening(contact.time_zone, after_gap) or after_gap


async def bound_to(s: AsyncSession, call: Call, at: datetime) -> int | None:
    """Her who asked for the call-back herself, unless she entered one of the contact's numbers: then anyone, and a flag
    is raised, because she tried to be given her own contact."""
    if not await added_contacts.entered_by(s, call.operator_id, call.contact_id):
        return call.operator_id
    await flags.raise_flag(
        s, FlagKind.OWN_CONTACT, f"operator:{call.operator_id}:contact:{call.contact_id}", at,
        customer_id=call.customer_id, campaign_id=call.campaign_id, operator_id=call.operator_id, call_id=call.id,
    )  # fmt: skip
    return None
