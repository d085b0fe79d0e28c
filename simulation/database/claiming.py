"""Claims and leases: repeats exchange_domain/claiming.py (PICK, LOCK and the unique indexes of `call`)."""

from dataclasses import dataclass
from uuid import UUID

from exchange_domain import tariffs
from exchange_domain.clock import moment, ms_of
from exchange_domain.words import ON_THE_LINE, CallState, CampaignStatus, ContactStatus, NumberState

from .books import Books, InsufficientFunds
from .rows import Call, Campaign, Contact, Number, NumberLock, Tables

LEASE_MS = 60_000


@dataclass(slots=True)
class Refusal:
    code: str
    until_ms: int | None = None


def claim(
    t: Tables, books: Books, *, call_id: UUID, operator_id: int, shift_id: int, now: int, dial_at: int | None
) -> Call | Refusal:
    """One transaction, all or nothing. The same `call_id` again gives the same call."""
    if (made := t.calls.get(call_id)) is not None:
        mine = made.operator_id == operator_id and made.state is not CallState.CLOSED
        return made if mine else Refusal("not_possible_now")
    shift = t.shifts.get(shift_id)
    if shift is None or shift.operator_id != operator_id or shift.ended_at is not None:
        return Refusal("not_possible_now")
    if any(c.operator_id == operator_id and c.state is not CallState.CLOSED for c in t.open_calls.values()):
        return Refusal("call_open")
    campaign = t.campaigns[shift.campaign_id]
    if campaign.status is CampaignStatus.OUT_OF_FUNDS:
        return Refusal("out_of_funds")
    if campaign.status is not CampaignStatus.ACTIVE:
        return Refusal("campaign_not_active")
    picked = pick(t, campaign, operator_id, now)
    if isinstance(picked, Refusal):
        return picked
    contact, number = picked
    if breaks_an_index(t, contact, number):
        return Refusal("not_possible_now")
    try:
        most = tariffs.most(t.tariff, campaign.longest_call_s)
        books.hold(campaign.customer_id, call_id, most)
    except InsufficientFunds:
        campaign.status = CampaignStatus.OUT_OF_FUNDS
        return Refusal("out_of_funds")
    t.tokens += 1
    t.locks[number.e164] = NumberLock(call_id, t.tokens, now + LEASE_MS)
    contact.status = ContactStatus.WORKING
    call = Call(
        call_id, campaign.id, campaign.customer_id, contact.id, number.id, number.e164, operator_id, t.tokens,
        contact.attempts + 1, now, dial_at,
    )  # fmt: skip
    t.calls[call_id] = t.open_calls[call_id] = t.unsettled[call_id] = call
    return call


def pick(t: Tables, campaign: Campaign, operator_id: int, now: int) -> tuple[Contact, Number] | Refusal:
    """The longest due contact of the zones that are open now, and the number to be tried."""
    at = moment(now)
    waiting = [c for c in t.contacts.values() if c.campaign_id == campaign.id and c.status is ContactStatus.WAITING]
    if not waiting:
        return Refusal("list_done")
    first_due: dict[str, int] = {}
    for contact in waiting:
        first_due[contact.time_zone] = min(contact.due_at, first_due.get(contact.time_zone, contact.due_at))
    zones = sorted((due, zone) for zone, due in first_due.items() if due <= now and open_now(campaign, zone, now))
    for _, zone in zones:
        for contact in sorted(waiting, key=lambda c: (c.due_at, c.id)):
            if contact.time_zone != zone or contact.due_at > now or contact.added_by == operator_id:
                continue
            if (number := usable_number(t, campaign, contact, now)) is not None:
                return contact, number
    openings = [
        o for z, due in first_due.items() if (o := campaign.hours.next_opening(z, max(moment(due), at))) is not None
    ]
    if zones:
        return Refusal("nothing_due")
    closed = any(due <= now for due in first_due.values())
    return Refusal("outside_hours" if closed else "nothing_due", ms_of(min(openings)) if openings else None)


def open_now(campaign: Campaign, zone: str, now: int) -> bool:
    return campaign.hours.is_open(zone, moment(now))


def usable_number(t: Tables, campaign: Campaign, contact: Contact, now: int) -> Number | None:
    for number in sorted(contact.numbers, key=lambda n: (n.attempts, n.position, n.id)):
        forbidden = (number.e164, campaign.customer_id) in t.do_not_call
        if number.state is NumberState.GOOD and not forbidden and is_free(t, number.e164, now, campaign.min_gap_s):
            return number
    return None


def is_free(t: Tables, e164: str, now: int, gap_s: int) -> bool:
    """No lease holds the number, its last call's leg has ended, and both campaigns' minimum gaps are over."""
    lock = t.locks.get(e164)
    if lock is None:
        return True
    over = lock.leased_until <= now and (lock.not_before is None or lock.not_before <= now)
    over = over and (lock.called_at is None or lock.called_at <= now - gap_s * 1_000)
    return over and t.calls[lock.call_id].ended_at is not None


def breaks_an_index(t: Tables, contact: Contact, number: Number) -> bool:
    """uq_call_number_on_the_line, uq_call_contact_open."""
    return any(
        (c.e164 == number.e164 and c.state in ON_THE_LINE)
        or (c.contact_id == contact.id and c.state is not CallState.CLOSED)
        for c in t.open_calls.values()
    )  # fmt: skip


def renew(t: Tables, leases: dict[UUID, int], until: int) -> list[UUID]:
    """Prolongs leases. Returns the calls whose lease belongs to somebody else by now."""
    lost = []
    for call_id, token in leases.items():
        lock = t.locks.get(t.calls[call_id].e164)
        mine = lock is not None and lock.call_id == call_id and lock.token == token
        if lock is None or not mine or t.calls[call_id].ended_at is not None:
            lost.append(call_id)
        else:
            lock.leased_until = max(lock.leased_until, until)
    return lost


def lease_held(t: Tables, call_id: UUID, token: int, now: int) -> bool:
    """Repeats exchange_domain/dial_proofs.py: right before the number is dialled its lease is looked at once more."""
    call = t.calls.get(call_id)
    lock = None if call is None else t.locks.get(call.e164)
    if call is None or lock is None or call.token != token or call.state is not CallState.CLAIMED:
        return False
    return lock.call_id == call_id and lock.token == token and lock.leased_until > now


def after_a_preview(t: Tables, call_id: UUID, now: int) -> bool:
    """Repeats call_engine/dial_guard.py: whether a contact that was shown may still be called; its moment is kept."""
    call = t.calls[call_id]
    contact = t.contacts[call.contact_id]
    allowed = (call.e164, call.customer_id) not in t.do_not_call
    if not allowed or not open_now(t.campaigns[call.campaign_id], contact.time_zone, now):
        return False
    call.dial_at = call.dial_at or now
    return True
