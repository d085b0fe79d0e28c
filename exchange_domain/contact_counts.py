"""How many contacts campaigns have, without counting them: sums of the changes that the database writes down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.types import BigInteger
from sqlmodel.ext.asyncio.session import AsyncSession

RESTING_COUNTED = 1_000
"""Contacts of a zone that rest are counted up to here: more of them are said to be so many."""
MANY_CHANGES = 200
"""Rows of a campaign from which summing them up is worth it."""

SUMS = text("""
select coalesce(sum(n), 0) as contacts, coalesce(sum(n) filter (where status = 'done'), 0) as done,
       coalesce(sum(n) filter (where status = 'working'), 0) as working,
       coalesce(sum(n) filter (where forbidden), 0) as forbidden
from contact_count where campaign_id = :campaign
""")
WAITING = text("""
select time_zone, sum(n) as waiting from contact_count
where campaign_id = :campaign and status = 'waiting' group by time_zone having sum(n) > 0
""")
# Along the claim index: from the first that is not due yet.
RESTING = text("""
select count(*) from (
  select from contact where campaign_id = :campaign and status = 'waiting' and time_zone = :zone and due_at > :now
  limit :most) x
""")
# Who sums up deletes what it has read, so changes that come meanwhile stay and no two sum up the same.
SUM_UP = text("""
with gone as (delete from contact_count where campaign_id = :campaign returning time_zone, status, forbidden, n)
insert into contact_count (campaign_id, time_zone, status, forbidden, n)
select :campaign, time_zone, status, forbidden, sum(n) from gone group by time_zone, status, forbidden
having sum(n) <> 0
""").bindparams(bindparam("campaign", type_=BigInteger))
LONG_ONES = text("select campaign_id from contact_count group by campaign_id having count(*) > :many")

CHECKS = {
    "campaigns whose contacts are not as many as was counted": """
        select coalesce(k.campaign_id, t.campaign_id) as id from
          (select campaign_id, time_zone, status, forbidden, sum(n) as n from contact_count
           group by 1, 2, 3, 4 having sum(n) <> 0) k
        full join
          (select campaign_id, time_zone, status,
                  status = 'done' and last_outcome is not distinct from 'do_not_call' as forbidden, count(*) as n
           from contact group by 1, 2, 3, 4) t using (campaign_id, time_zone, status, forbidden)
        where k.n is distinct from t.n""",
}


@dataclass(frozen=True)
class Counts:
    contacts: int = 0
    done: int = 0
    working: int = 0
    forbidden: int = 0
    """Done, because they are on a do-not-call list."""


async def of_campaign(s: AsyncSession, campaign_id: int) -> Counts:
    row = (await s.execute(SUMS, {"campaign": campaign_id})).one()
    return Counts(int(row.contacts), int(row.done), int(row.working), int(row.forbidden))


async def waiting_by_zone(s: AsyncSession, campaign_id: int) -> dict[str, int]:
    return {zone: int(n) for zone, n in await s.execute(WAITING, {"campaign": campaign_id})}


async def resting(s: AsyncSession, campaign_id: int, zones: Sequence[str], now: datetime) -> int:
    """Waiting contacts of these zones that are not due yet, each zone's counted up to RESTING_COUNTED."""
    found = 0
    for zone in zones:
        values = {"campaign": campaign_id, "zone": zone, "now": now, "most": RESTING_COUNTED}
        found += (await s.execute(RESTING, values)).scalar_one()
    return found


async def to_sum_up(s: AsyncSession) -> list[int]:
    """Campaigns with many changes."""
    return list((await s.execute(LONG_ONES, {"many": MANY_CHANGES})).scalars())


async def sum_up(s: AsyncSession, campaign_id: int) -> None:
    """Makes one row of all changes of a zone and state."""
    await s.execute(SUM_UP, {"campaign": campaign_id})
