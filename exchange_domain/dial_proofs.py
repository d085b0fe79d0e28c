"""Proofs that a number may be rung now. Without one, no dial string to a carrier is ever made.

A contact is rung by the call that holds its number's lease, one of our own people by the rules of destinations. Only
the two functions here make proofs, each from what the database says at that moment; `call_engine/switch/
carrier_dial.py` makes a dial string of nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import flags, line_limits, own_legs, routing
from .carriers import ROBOTS
from .tables import Campaign, Customer
from .words import FlagKind


@dataclass(frozen=True, slots=True)
class DialProof:
    """What `leg` may dial: no other number, no other way. `gateway` None: that of the settings."""

    leg: UUID
    e164: str
    gateway: str | None
    per_second: float | None = None
    """How many calls a second the carrier takes."""


class Leased(DialProof):
    """A contact's number: its lock belongs to this call, under this call's fencing token, and has not run out."""

    __slots__ = ()


class Permitted(DialProof):
    """A manager's or an operator's own number, an allowed destination."""

    __slots__ = ()


HELD = text("""
select k.e164, case when p.practice then :robots else c.name end as gateway, c.calls_per_second from call k
join campaign p on p.id = k.campaign_id
join number_lock l on l.e164 = k.e164 and l.call_id = k.id and l.fencing_token = k.fencing_token
left join carrier c on c.id = k.carrier_id
where k.id = :call and k.fencing_token = :token and k.state = 'claimed' and l.leased_until > :now
""")


async def lease_held(s: AsyncSession, call_id: UUID, token: int, now: datetime) -> Leased | None:
    """The proof for a claimed call that was not dialled yet. None: its lease is over, another's, or never was."""
    found = (await s.execute(HELD, {"call": call_id, "token": token, "now": now, "robots": ROBOTS})).one_or_none()
    return None if found is None else Leased(call_id, found.e164, found.gateway, found.calls_per_second)


async def permitted(
    s: AsyncSession, leg: UUID, e164: str, campaign_id: int, subject: str, now: datetime
) -> Permitted | None:
    """The proof for the number of a manager or of a seat, by the rules of the campaign it is rung for.

    None: the number is no allowed destination, or no carrier has a line for it now; the former is flagged about
    `subject`. With the proof the leg counts as one of the carrier's lines.
    """
    campaign = await s.get(Campaign, campaign_id)
    if campaign is None:
        return None
    customer = await s.get_one(Customer, campaign.customer_id)
    verdict = (await routing.judge(s, await routing.rules_of(s, campaign, customer), [e164]))[e164]
    if verdict.refused is not None:
        await flags.raise_flag(
            s, FlagKind.DESTINATION_REFUSED, subject, now, customer_id=campaign.customer_id, campaign_id=campaign_id,
            reason=verdict.refused,
        )  # fmt: skip
    full = await line_limits.full_carriers(s, (o.carrier_id for o in verdict.offers if o.carrier_id is not None))
    offer = next((o for o in verdict.offers if o.carrier_id not in full), None)
    if offer is None:
        return None
    await own_legs.carried(s, leg, offer, customer.currency, now)
    return Permitted(leg, e164, offer.gateway)
