"""Claiming a contact: which one is next, whose number is locked, what it may cost. One transaction, all or nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, exists, literal, or_, text
from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from . import (
    call_backs,
    certificates,
    daily_caps,
    ledger,
    line_limits,
    pilots,
    routing,
    spend_caps,
    standstill,
    tariffs,
    timetables,
)
from .calling_rules import Search
from .campaigns import speech_of
from .carriers import Offer
from .hours import day_of
from .practice import aptitude
from .settings import settings
from .tables import Call, Campaign, Contact, Customer, Shift, Tariff
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
    speech: str
    """Language of what the switch says to the contact."""
    dial_at: datetime | None
    """The moment reserved for dialling: not before it. None: it is shown first, and gets one when it is dialled."""


@dataclass(frozen=True)
class Refusal:
    """Why nothing was claimed: a code of messages.Notice, and when it may be different."""

    code: str
    until: datetime | None = None


# A free lock is taken over with a new token; a held one gives no row, nor one in the minimum gap of the campaign that
# called last, or of this one. A leg may outlive its lease: contact and manager talk on while no engine renews it.
LOCK = text("""
insert into number_lock as l (e164, call_id, fencing_token, leased_until)
values (:e164, :call, nextval('fencing_token'), :until)
on conflict (e164) do update
  set call_id = excluded.call_id, fencing_token = excluded.fencing_token,
      leased_until = excluded.leased_until
  where l.leased_until <= :now and (l.not_before is null or l.not_before <= :now)
    and (l.called_at is null or l.called_at <= :gap_ago)
    and not exists (select from call k where k.id = l.call_id and k.ended_at is null)
returning fencing_token
""")

# The call, and its contact in work.
WRITE = text("""
with working as (update contact set status = 'working' where id = :contact_id and status = 'waiting')
insert into call (
  id, campaign_id, customer_id, contact_id, number_id, e164, person_name, operator_id, shift_id, script_id, tariff_id,
  switch_name, fencing_token, attempt, claimed_at, carrier_id, carrier_per_minute, dial_at,
  state, transferred, overran, note)
values (
  :id, :campaign_id, :customer_id, :contact_id, :number_id, :e164, :person_name, :operator_id, :shift_id, :script_id,
  :tariff_id, :switch_name, :fencing_token, :attempt, :claimed_at, :carrier_id, :carrier_per_minute, :dial_at,
  'claimed', false, false, '')
""")

UNLOCK = text("update number_lock set leased_until = :now where e164 = :e164 and call_id = :call")

# What a refusal takes back. Plain statements: the session's own nesting costs as much as a claim's reads.
BEFORE, UNDO = text("savepoint claim"), text("rollback to savepoint claim")
LINE_TRIES = 2


@cache
def _opening(aptitude_required: bool) -> Any:
    """Where the claim is made, for whom, at which price, whether she may, whether it was made before or another call is
    open: one statement, built once.

    The campaign's lock is shared: pausing waits for claims under way, and no claim slips in behind a pause.
    """
    operator_id, campaign = bindparam("operator_id"), Campaign
    tariff = tariffs.in_force(Customer.id, Customer.currency, bindparam("now")).correlate(Customer).scalar_subquery()
    certified = certificates.is_held(campaign.certificate_kind_id, operator_id).correlate(campaign)
    return (
        sql_select(
            Shift, campaign, Customer, Tariff,
            exists().where(col(Call.id) == bindparam("call_id")).label("made"),
            exists().where(col(Call.operator_id) == operator_id, col(Call.state) != CallState.CLOSED).label("busy"),
            or_(literal(not aptitude_required), col(campaign.practice), aptitude.is_there(operator_id))
            .label("admitted"),
            or_(col(campaign.certificate_kind_id).is_(None), certified).label("certified"),
        )
        .join(campaign, col(campaign.id) == col(Shift.campaign_id))
        .join(Customer, col(Customer.id) == col(campaign.customer_id))
        .outerjoin(Tariff, col(Tariff.id) == tariff)
        .where(col(Shift.id) == bindparam("shift_id"))
        .with_for_update(read=True, of=campaign)
    )  # fmt: skip


# What else a claim has to know before it looks for a contact. Most campaigns have no call-backs and no caps: then
# nothing more is asked about them.
FACTS = text(f"""
select {timetables.COLUMNS}, {routing.COLUMNS}, ({standstill.ZONES_COLUMN}) as zones,
  exists (select from contact c where c.campaign_id = p.id and c.status = 'waiting' and c.last_outcome = 'call_back')
    as call_backs,
  exists (select from contact c where c.campaign_id = p.id and c.status = 'waiting' and c.bound_to is not null
    and c.due_at <= :now) as kept_for_somebody,
  exists (select from customer_lines l where l.customer_id = u.id) as has_lines,
  exists (select from spend_cap x where x.customer_id = u.id and (x.campaign_id is null or x.campaign_id = p.id))
    as capped
from campaign p join customer u on u.id = p.customer_id where p.id = :campaign
""")


async def _claim(
    s: AsyncSession, *, call_id: UUID, operator_id: int, shift_id: int, now: datetime, lease: timedelta, preview: bool
) -> Claim | Refusal:
    where = {"call_id": call_id, "operator_id": operator_id, "shift_id": shift_id, "now": now}
    opening = (await s.execute(_opening(settings().aptitude_required), where)).one_or_none()
    if opening is None or opening.made:
        made = await s.get(Call, call_id)
        if made is None or made.operator_id != operator_id or made.state == CallState.CLOSED:
            return Refusal("not_possible_now")
        return await _again(s, made)
    shift, campaign, customer = opening.Shift, opening.Campaign, opening.Customer
    if shift.operator_id != operator_id or shift.ended_at is not None:
        return Refusal("not_possible_now")
    if opening.busy:
        return Refusal("call_open")
    if campaign.status == CampaignStatus.OUT_OF_FUNDS:
        return Refusal("out_of_funds")
    if campaign.status != CampaignStatus.ACTIVE or campaign.script_id is None:
        return Refusal("campaign_not_active")
    if not opening.admitted:
        return Refusal("no_aptitude")
    if not opening.certified:
        return Refusal("no_certificate")
    assert campaign.id is not None
    if await pilots.is_full(s, campaign):
        return Refusal("pilot")
    tariff = opening.Tariff
    if tariff is None:
        return Refusal("campaign_not_active")
    if await daily_caps.reached(s, campaign, now):
        return Refusal(*await standstill.reason(s, campaign, now))
    facts = (await s.execute(FACTS, {"campaign": campaign.id, "now": now})).one()
    router = await routing.router_of(s, campaign, routing.rules_from(facts, campaign, customer.currency), now)
    if router.no_room or (facts.has_lines and await line_limits.customer_is_full(s, campaign.customer_id)):
        return Refusal("lines_busy")
    picked = await _pick(s, campaign, facts, router, operator_id, call_id, now, lease)
    if isinstance(picked, Refusal):
        return picked
    row, token, offers = picked
    line = await line_limits.reserve(s, campaign.customer_id if facts.has_lines else None, offers, now)
    assert tariff.id is not None
    values = {
        "id": call_id, "campaign_id": campaign.id, "customer_id": campaign.customer_id, "contact_id": row.id,
        "number_id": row.number_id, "e164": row.e164, "person_name": row.person_name, "operator_id": operator_id,
        "shift_id": shift_id, "script_id": campaign.script_id, "tariff_id": tariff.id,
        "switch_name": shift.switch_name, "fencing_token": token, "attempt": row.attempts + 1, "claimed_at": now,
        "carrier_id": line.offer.carrier_id, "carrier_per_minute": line.offer.per_minute,
        "dial_at": None if preview else line.dial_at,
    }  # fmt: skip
    await s.execute(WRITE, values)
    await daily_caps.count(s, campaign, now)
    most = tariffs.most(tariff, campaign.longest_call_s)
    if facts.capped:
        await spend_caps.check(s, customer, campaign.id, most, now)
    await ledger.hold(s, campaign.customer_id, call_id, most, customer.currency)
    return _claim_of(SimpleNamespace(**values), campaign, row.name, row.time_zone)


async def _pick(
    s: AsyncSession,
    campaign: Campaign,
    facts: Row,
    router: routing.Router,
    operator_id: int,
    call_id: UUID,
    now: datetime,
    lease: timedelta,
) -> tuple[Row, int, tuple[Offer, ...]] | Refusal:
    """A contact row, locked, the fencing token of its number's lock, and who can carry the call."""
    assert campaign.id is not None
    zones = standstill.zones_from(facts.zones)
    if not zones:
        return Refusal("practice_over" if campaign.practice else "list_done")
    hours = await timetables.hours_from(facts.hours, facts.days, facts.country)
    open_now = [zone for due, zone in sorted((due, zone) for zone, due in zones if due <= now)
                if hours.is_open(zone, now)]  # fmt: skip
    if facts.kept_for_somebody and not campaign.practice:
        await call_backs.release(s, campaign.id, now)
    search = Search(s, campaign, operator_id, now, open_now, call_backs=facts.call_backs)
    values = {"call": call_id, "until": now + lease, "now": now, "gap_ago": now - timedelta(seconds=campaign.min_gap_s)}
    while not router.worn_out and (found := await search.next()) is not None:
        offers = await router.offers(found, found.time_zone)
        if offers is None:
            continue
        locked = await s.execute(LOCK, values | {"e164": found.e164}) if offers else None
        if locked is not None and (token := locked.scalar_one_or_none()) is not None:
            # Counted again by who holds the lock: a call between the look and the lock is seen now.
            if await daily_caps.calls_to(s, found.e164, day_of(found.time_zone, now)[0]) < daily_caps.of_a_number():
                return found, token, offers
            await s.execute(UNLOCK, {"e164": found.e164, "call": call_id, "now": now})
        search.tried.append(found.id)
    if router.busy:
        return Refusal("lines_busy")
    if campaign.practice:
        return Refusal("practice_over")
    # Read again: the search moved on who could not be called.
    return Refusal(*await standstill.reason(s, campaign, now))


async def _again(s: AsyncSession, call: Call) -> Claim:
    campaign = await s.get_one(Campaign, call.campaign_id)
    contact = await s.get_one(Contact, call.contact_id)
    return _claim_of(call, campaign, contact.name, contact.time_zone)


def _claim_of(call: Call | SimpleNamespace, campaign: Campaign, contact_name: str, time_zone: str) -> Claim:
    """`call`: its row, or what has just been written into it."""
    return Claim(
        call.id, call.campaign_id, call.customer_id, call.contact_id, contact_name, call.person_name, call.e164,
        time_zone, call.attempt, call.fencing_token, campaign.longest_call_s, campaign.warning_s, campaign.ring_s,
        campaign.wrap_up_s, campaign.recording, speech_of(campaign), call.dial_at,
    )  # fmt: skip


async def _claim_a_line(s: AsyncSession, **claim: Any) -> Claim | Refusal:
    """Tried again when somebody took the last line between the look at what is full and the reservation."""
    for _ in range(LINE_TRIES):
        await s.execute(BEFORE)
        try:
            return await _claim(s, **claim)
        except line_limits.LinesBusy:
            await s.execute(UNDO)
        except (spend_caps.CapReached, daily_caps.CapReached, ledger.InsufficientFunds):
            await s.execute(UNDO)
            raise
    return Refusal("lines_busy")


async def claim(
    s: AsyncSession,
    *,
    call_id: UUID,
    operator_id: int,
    shift_id: int,
    now: datetime,
    lease: timedelta,
    preview: bool = False,
) -> Claim | Refusal:
    """Takes the next callable contact of the shift's campaign. The same `call_id` again returns the same claim.

    `preview`: it is shown before it is dialled, so its moment to be dialled is reserved later (`line_limits.moment`).

    Writes: the contact is in work, its number locked under a new fencing token until `now + lease`, the call row
    exists, the most the call can cost is held. Without the money nothing of it stays and the campaign is out of funds;
    nor does anything when a day's cap or the lines do not allow it.
    """
    try:
        return await _claim_a_line(
            s, call_id=call_id, operator_id=operator_id, shift_id=shift_id, now=now, lease=lease, preview=preview
        )
    except spend_caps.CapReached as reached:
        await spend_caps.tell(s, reached, now)
        return Refusal("spend_cap", reached.until)
    except ledger.InsufficientFunds:
        shift = await s.get_one(Shift, shift_id)
        await s.execute(
            text("update campaign set status = 'out_of_funds' where id = :id and status = 'active'"),
            {"id": shift.campaign_id},
        )
        return Refusal("out_of_funds")
    except daily_caps.CapReached:
        shift = await s.get_one(Shift, shift_id)
        return Refusal(*await standstill.reason(s, await s.get_one(Campaign, shift.campaign_id), now))


async def renew(s: AsyncSession, leases: dict[UUID, int], until: datetime) -> set[UUID]:
    """Prolongs the leases of live calls. Returns the calls whose lease belongs to somebody else by now."""
    if not leases:
        return set()
    kept = await s.execute(
        text(
            "update number_lock l set leased_until = greatest(l.leased_until, :until) "
            "from unnest(cast(:calls as uuid[]), cast(:tokens as bigint[])) as mine(call_id, token) "
            "where l.call_id = mine.call_id and l.fencing_token = mine.token "
            # A call that ended while this was on its way has given its number back: it stays free.
            "and exists (select from call k where k.id = l.call_id and k.ended_at is null) returning l.call_id"
        ),
        {"until": until, "calls": list(leases), "tokens": list(leases.values())},
    )
    return set(leases) - {row[0] for row in kept}
