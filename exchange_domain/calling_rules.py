"""Which contact may be called next, and what becomes of one whose numbers all are in the way.

The search takes the head of each queue: an own call-back, anybody's call-back, the list. A head that cannot be called
is moved on at once, with the reason in its row, so that no later claim walks past it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import daily_caps, do_not_call, timetables
from .hours import day_of
from .tables import Campaign

# A number is free when nobody's lease holds it and the larger of both campaigns' gaps is over: `not_before` was set by
# the campaign that called it last, `gap_ago` goes by the gap of the one that wants to.
PICK = """
select c.id, c.name, c.time_zone, c.attempts, n.id as number_id, n.e164, n.person_name
from contact c
left join lateral (
  select n.id, n.e164, n.person_name from contact_number n
  where n.contact_id = c.id and n.state = 'good' and n.refused_at is null
    and not exists ({forbidden})
    and not exists (select from number_lock l where l.e164 = n.e164
                    and (l.leased_until > :now or l.not_before > :now or l.called_at > :gap_ago or {in_a_call}))
    and ({calls_today}) < :number_cap
  order by n.call_back desc, n.attempts, n.position, n.id limit 1
) n on true
where c.campaign_id = :campaign and c.status = 'waiting' and c.due_at <= :now and {queue}
  and (c.added_by is null or c.added_by <> :operator)
  and not exists (select from contact_number mine join contact_number known on known.e164 = mine.e164
                  join contact entered on entered.id = known.contact_id
                  where mine.contact_id = c.id and entered.added_by = :operator)
  and c.id <> all(:tried)
order by c.due_at, c.id
limit 1
for update of c skip locked
"""
# Contact and manager may talk on after the lease, while no engine is there to renew it.
IN_A_CALL = "exists (select from call k where k.id = l.call_id and k.ended_at is null)"
DAY_OF_ZONE = (
    "(select z.starts from unnest(cast(:zones as text[]), cast(:starts as timestamptz[])) as z (name, starts) "
    "where z.name = c.time_zone)"
)
_CALL_BACK = "c.last_outcome = 'call_back' and c.time_zone = any(:zones) and c.bound_to "


def _pick(queue: str, day_start: str) -> Any:
    calls_today = daily_caps.CALLS.format(day_start=day_start)
    return text(PICK.format(queue=queue, forbidden=do_not_call.FORBIDS, calls_today=calls_today, in_a_call=IN_A_CALL))


OWN_CALL_BACK = _pick(_CALL_BACK + "= :operator", DAY_OF_ZONE)
CALL_BACK = _pick(_CALL_BACK + "is null", DAY_OF_ZONE)
LIST = _pick("c.time_zone = :zone and (c.bound_to is null or c.bound_to = :operator)", ":day_start")

# Judged without a lock and moved only when free: what another claim holds just then is left to it.
MOVE_ON = """
with head as ({head}),
number as (
  select h.id as contact_id, exists ({forbidden}) as forbidden,
         greatest(l.leased_until, l.not_before, l.called_at + cast(:gap as interval),
                  case when ({calls_today}) >= :number_cap then cast(:tomorrow as timestamptz) end) as free_at
  from head h join contact_number n on n.contact_id = h.id and n.state = 'good' and n.refused_at is null
  left join number_lock l on l.e164 = n.e164
),
judged as (
  select h.id, count(n.contact_id) > 0 as good, count(n.contact_id) filter (where not n.forbidden) > 0 as allowed,
         min(coalesce(n.free_at, :now)) filter (where not n.forbidden) as free_at
  from head h left join number n on n.contact_id = h.id group by h.id
),
free as (
  select c.id from contact c join judged j on j.id = c.id
  where c.status = 'waiting' and (not j.allowed or j.free_at > :now) for update of c skip locked
)
update contact c
set status = case when j.allowed then 'waiting' else 'done' end,
    last_outcome = case when j.allowed then c.last_outcome when j.good then 'do_not_call' else 'wrong_number' end,
    due_at = case when j.allowed then j.free_at else c.due_at end
from judged j where j.id = c.id and c.id in (select id from free)
returning c.id
"""


def _move_on(head: str) -> Any:
    calls_today = daily_caps.CALLS.format(day_start="cast(:day_start as timestamptz)")
    return text(MOVE_ON.format(head=head, forbidden=do_not_call.FORBIDS, calls_today=calls_today))


MOVE_ONE = _move_on("select cast(:contact as bigint) as id")
MOVE_HEAD = _move_on(
    "select c.id from contact c where c.campaign_id = :campaign and c.status = 'waiting' and c.due_at <= :now "
    "and c.time_zone = :zone order by c.due_at, c.id limit :most"
)
MOST_AT_ONCE = 1_000
ROUNDS = 40
"""How often one claim moves heads on: enough for some 35,000 contacts in the way, of which no claim meets one twice."""
TRIES = 50
"""How many contacts are let go because their number was taken in the same moment."""


@dataclass
class Search:
    """The candidates of one claim, best first. `next` until it is None or a number could be locked."""

    s: AsyncSession
    campaign: Campaign
    operator_id: int
    now: datetime
    zones: Sequence[str]
    """Zones that are open now, the longest due first."""
    call_backs: bool = True
    """Some contact of the campaign waits to be called back."""
    tried: list[int] = field(default_factory=list)
    _rounds: int = 0

    def _values(self, zone: str | None = None) -> dict[str, Any]:
        gap = timedelta(seconds=self.campaign.min_gap_s)
        values: dict[str, Any] = {
            "campaign": self.campaign.id, "customer": self.campaign.customer_id, "operator": self.operator_id,
            "now": self.now, "gap_ago": self.now - gap, "number_cap": daily_caps.of_a_number(), "tried": self.tried,
        }  # fmt: skip
        if zone is None:
            return values | {"zones": list(self.zones), "starts": [day_of(z, self.now)[0] for z in self.zones]}
        return values | {"zone": zone, "day_start": day_of(zone, self.now)[0]}

    async def next(self) -> Row | None:
        """A contact, locked, with the number to call it by; None when there is nobody."""
        if not self.zones:
            return None
        for queue in (OWN_CALL_BACK, CALL_BACK) if self.call_backs else ():
            if (found := await self._head(queue, None)) is not None:
                return found
        for zone in self.zones:
            if (found := await self._head(LIST, zone)) is not None:
                return found
        return None

    async def _head(self, queue: Any, zone: str | None) -> Row | None:
        most = 1
        while len(self.tried) < TRIES:
            found = (await self.s.execute(queue, self._values(zone))).one_or_none()
            if found is None or found.e164 is not None:
                return found
            if self._rounds >= ROUNDS or not await self._move_on(found, most if zone else 1):
                self.tried.append(found.id)
            most = min(most * 10, MOST_AT_ONCE)
        return None

    async def _move_on(self, blocked: Row, most: int) -> bool:
        """Whether any contact, at least this one, is out of the way now."""
        self._rounds += 1
        start, tomorrow = day_of(blocked.time_zone, self.now)
        values: dict[str, Any] = {
            "now": self.now, "customer": self.campaign.customer_id, "number_cap": daily_caps.of_a_number(),
            "gap": timedelta(seconds=self.campaign.min_gap_s), "day_start": start, "tomorrow": tomorrow,
        }  # fmt: skip
        if most == 1:
            moved = await self.s.execute(MOVE_ONE, values | {"contact": blocked.id})
        else:
            head = {"campaign": self.campaign.id, "zone": blocked.time_zone, "most": most}
            moved = await self.s.execute(MOVE_HEAD, values | head)
        return bool(moved.scalars().all())


MAY_DIAL = text(f"""
select c.time_zone, coalesce(l.fencing_token = n.fencing_token and l.leased_until > :now, false) as ours,
       exists ({do_not_call.FORBIDS.replace("cast(:customer as bigint)", "n.customer_id")}) as forbidden,
       {timetables.COLUMNS}
from call n join contact c on c.id = n.contact_id join campaign p on p.id = n.campaign_id
left join number_lock l on l.e164 = n.e164
where n.id = :call
""")


async def may_dial(s: AsyncSession, call_id: UUID, now: datetime) -> bool:
    """Whether a claimed call may still be placed: its number is ours, not forbidden since, and it is calling time.

    Asked right before dialling: between the claim and now somebody may have asked for peace, or the database was away.
    """
    asked = {"call": call_id, "now": now}
    found = (await s.execute(MAY_DIAL, asked)).one()
    if not found.ours or found.forbidden:
        return False
    return (await timetables.hours_from(found.hours, found.days, found.country)).is_open(found.time_zone, now)
