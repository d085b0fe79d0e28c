"""Claiming a contact: which one is next, whose number is locked, what it may cost. One transaction, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger, tariffs
from .campaigns import hours_of
from .hours import Hours
from .tables import Call, Campaign, Contact, Customer, Shift
from .words import CallState, CampaignStatus


@dataclass(frozen=True)
class Claim:
    """The right to call one number of one contact, while `fencing_token` is the number lock's."""

    call_id: UUID
    campaign_id: int
    customer_id: int
    contact_id: int
    contact_name: str
    person_name: str
    e164: str
    time_zone: str
    attempt: int
    fencing_token: int
    longest_call_s: int
    warning_s: int
    ring_s: int
    wrap_up_s: int
    recording: bool


@dataclass(frozen=True)
class Refusal:
    """Why nothing was claimed: a code of messages.Notice, and when it may be different."""

    code: str
    until: datetime | None = None


# A contact is taken by its row lock, not by waiting for it: two operators never queue for the same one.
# A number is usable when no lease holds it, its last call's leg has ended, its minimum gap is over and nobody forbade
# it. A leg may outlive its lease: contact and manager talk on while no engine is there to renew it.
PICK = text("""
select c.id, c.name, c.time_zone, c.attempts, n.id as number_id, n.e164, n.person_name
from contact c
cross join lateral (
  select n.id, n.e164, n.person_name from contact_number n
  where n.contact_id = c.id and n.state = 'good'
    and not exists (select from do_not_call d where d.e164 = n.e164
                    and (d.customer_id is null or d.customer_id = :customer))
    and not exists (select from number_lock l where l.e164 = n.e164
                    and (l.leased_until > :now or l.not_before > :now
                         or exists (select from call k where k.id = l.call_id and k.ended_at is null)))
  order by n.attempts, n.position, n.id limit 1
) n
where c.campaign_id = :campaign and c.time_zone = :zone and c.status = 'waiting' and c.due_at <= :now
  and (c.bound_to is null or c.bound_to = :operator)
  and (c.added_by is null or c.added_by <> :operator)
  and c.id <> all(:tried)
order by c.due_at, c.id
limit 1
for update of c skip locked
""")

# The zones of a campaign's waiting contacts with their first due time, by hops along the claim index.
ZONES = text("""
with recursive zone as (
  (select time_zone, due_at from contact where campaign_id = :campaign and status = 'waiting'
   order by time_zone, due_at limit 1)
  union all
  select next.time_zone, next.due_at from zone cross join lateral (
    select time_zone, due_at from contact
    where campaign_id = :campaign and status = 'waiting' and time_zone > zone.time_zone
    order by time_zone, due_at limit 1) next
)
select time_zone, due_at from zone
""")

# A free lock is taken over with a new token; a held one, or one in its minimum gap, gives no row.
LOCK = text("""
insert into number_lock as l (e164, call_id, fencing_token, leased_until)
values (:e164, :call, nextval('fencing_token'), :until)
on conflict (e164) do update
  set call_id = excluded.call_id, fencing_token = excluded.fencing_token,
      leased_until = excluded.leased_until, not_before = null
  where l.leased_until <= :now and (l.not_before is null or l.not_before <= :now)
    and not exists (select from call k where k.id = l.call_id and k.ended_at is null)
returning fencing_token
""")

TRIES = 50
"""How many contacts are looked at before the claim gives up: their numbers may be in use elsewhere."""


async def _claim(
    s: AsyncSession, *, call_id: UUID, operator_id: int, shift_id: int, now: datetime, lease: timedelta
) -> Claim | Refusal:
    if (made := await s.get(Call, call_id)) is not None:
        if made.operator_id != operator_id or made.state == CallState.CLOSED:
            return Refusal("not_possible_now")
        return await _again(s, made)
    shift = await s.get(Shift, shift_id)
    if shift is None or shift.operator_id != operator_id or shift.ended_at is not None:
        return Refusal("not_possible_now")
    if (await s.exec(select(Call.id).where(Call.operator_id == operator_id, Call.state != CallState.CLOSED))).first():
        return Refusal("call_open")
    # A shared lock: pausing waits for claims under way, and no claim slips in behind a pause.
    campaign = (await s.exec(select(Campaign).where(Campaign.id == shift.campaign_id).with_for_update(read=True))).one()
    customer = await s.get_one(Customer, campaign.customer_id)
    if campaign.status == CampaignStatus.OUT_OF_FUNDS:
        return Refusal("out_of_funds")
    if campaign.status != CampaignStatus.ACTIVE or campaign.script_id is None:
        return Refusal("campaign_not_active")
    assert campaign.id is not None
    tariff = await tariffs.current(s, campaign.customer_id, customer.currency, now)
    if tariff is None:
        return Refusal("campaign_not_active")
    picked = await _pick(s, campaign, operator_id, call_id, now, lease)
    if isinstance(picked, Refusal):
        return picked
    row, token = picked
    assert tariff.id is not None
    call = Call(
        id=call_id, campaign_id=campaign.id, customer_id=campaign.customer_id, contact_id=row.id,
        number_id=row.number_id, e164=row.e164, person_name=row.person_name, operator_id=operator_id,
        shift_id=shift_id, script_id=campaign.script_id, tariff_id=tariff.id, switch_name=shift.switch_name,
        fencing_token=token, attempt=row.attempts + 1, claimed_at=now,
    )  # fmt: skip
    s.add(call)
    await s.flush()
    await s.execute(text("update contact set status = 'working' where id = :id and status = 'waiting'"), {"id": row.id})
    await ledger.hold(s, call.customer_id, call.id, tariffs.most(tariff, campaign.longest_call_s), customer.currency)
    return _claim_of(call, campaign, row.name, row.time_zone)


async def _pick(
    s: AsyncSession, campaign: Campaign, operator_id: int, call_id: UUID, now: datetime, lease: timedelta
) -> tuple[Row, int] | Refusal:
    """A contact row, locked, and the fencing token of its number's lock."""
    assert campaign.id is not None
    zones = (await s.execute(ZONES, {"campaign": campaign.id})).all()
    if not zones:
        return Refusal("list_done")
    hours = await hours_of(s, campaign.id)
    open_now = sorted((due, zone) for zone, due in zones if due <= now and hours.is_open(zone, now))
    tried: list[int] = []
    for _, zone in open_now:
        while len(tried) < TRIES:
            found = (
                await s.execute(
                    PICK,
                    {"campaign": campaign.id, "customer": campaign.customer_id, "zone": zone, "now": now,
                     "operator": operator_id, "tried": tried},
                )
            ).one_or_none()  # fmt: skip
            if found is None:
                break
            locked = await s.execute(LOCK, {"e164": found.e164, "call": call_id, "until": now + lease, "now": now})
            if (token := locked.scalar_one_or_none()) is not None:
                return found, token
            tried.append(found.id)
    return _why_nothing(hours, zones, now, bool(open_now))


def _why_nothing(hours: Hours, zones: Sequence[Row], now: datetime, something_open: bool) -> Refusal:
    """Waiting contacts exist, yet none can be called: not due, outside hours, or in use elsewhere."""
    openings = [o for zone, due in zones if (o := hours.next_opening(zone, max(due, now))) is not None]
    if something_open:
        return Refusal("nothing_due")
    due_but_closed = any(due <= now for _, due in zones)
    return Refusal("outside_hours" if due_but_closed else "nothing_due", min(openings, default=None))


async def _again(s: AsyncSession, call: Call) -> Claim:
    campaign = await s.get_one(Campaign, call.campaign_id)
    contact = await s.get_one(Contact, call.contact_id)
    return _claim_of(call, campaign, contact.name, contact.time_zone)


def _claim_of(call: Call, campaign: Campaign, contact_name: str, time_zone: str) -> Claim:
    return Claim(
        call.id, call.campaign_id, call.customer_id, call.contact_id, contact_name, call.person_name, call.e164,
        time_zone, call.attempt, call.fencing_token, campaign.longest_call_s, campaign.warning_s, campaign.ring_s,
        campaign.wrap_up_s, campaign.recording,
    )  # fmt: skip


async def claim(
    s: AsyncSession, *, call_id: UUID, operator_id: int, shift_id: int, now: datetime, lease: timedelta
) -> Claim | Refusal:
    """Takes the next callable contact of the shift's campaign. The same `call_id` again returns the same claim.

    Writes: the contact is in work, its number locked under a new fencing token until `now + lease`, the call row
    exists, the most the call can cost is held. Without the money nothing of it stays and the campaign is out of funds.
    """
    try:
        async with s.begin_nested():
            return await _claim(s, call_id=call_id, operator_id=operator_id, shift_id=shift_id, now=now, lease=lease)
    except ledger.InsufficientFunds:
        shift = await s.get_one(Shift, shift_id)
        await s.execute(
            text("update campaign set status = 'out_of_funds' where id = :id and status = 'active'"),
            {"id": shift.campaign_id},
        )
        return Refusal("out_of_funds")


async def renew(s: AsyncSession, leases: dict[UUID, int], until: datetime) -> set[UUID]:
    """Prolongs the leases of live calls. Returns the calls whose lease belongs to somebody else by now."""
    if not leases:
        return set()
    kept = await s.execute(
        text(
            "update number_lock l set leased_until = greatest(l.leased_until, :until) "
            "from unnest(cast(:calls as uuid[]), cast(:tokens as bigint[])) as mine(call_id, token) "
            "where l.call_id = mine.call_id and l.fencing_token = mine.token returning l.call_id"
        ),
        {"until": until, "calls": list(leases), "tokens": list(leases.values())},
    )
    return set(leases) - {row[0] for row in kept}
