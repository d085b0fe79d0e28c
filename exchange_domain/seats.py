"""How operators are rung, and what seats by telephone cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import costs, tariffs
from .records import read_record
from .sip_users import sip_user
from .tables import Campaign, Customer, SeatEndpoint, SeatLeg, Shift, SwitchRecord, Tariff
from .words import EndpointKind, Role


class NoSeatByNumber(Exception):
    """The campaign's tariff does not pay for seats by telephone."""


@dataclass(frozen=True)
class Seat:
    """What is dialled for a shift: a SIP user's name, or an E.164 number when the kind is `number`."""

    kind: EndpointKind
    endpoint: str
    fallback_number: str | None
    """Another way to the same operator, when the endpoint is lost and the tariff allows it."""


async def chosen(s: AsyncSession, operator_id: int) -> SeatEndpoint:
    """The operator's choice; who never chose is rung in her page."""
    return await s.get(SeatEndpoint, operator_id) or SeatEndpoint(account_id=operator_id)


async def choose(s: AsyncSession, operator_id: int, kind: EndpointKind, number: str | None) -> None:
    """Holds from the next shift on. `number` is E.164. Raises ValueError when the kind needs one and none is given."""
    if kind is EndpointKind.NUMBER and number is None:
        raise ValueError("a seat by telephone needs a number")
    values = {"kind": kind, "number": number}
    await s.execute(
        insert(SeatEndpoint)
        .values(account_id=operator_id, **values)
        .on_conflict_do_update(index_elements=["account_id"], set_=values)
    )


async def _tariff(s: AsyncSession, campaign_id: int, at: datetime) -> Tariff | None:
    campaign = await s.get_one(Campaign, campaign_id)
    customer = await s.get_one(Customer, campaign.customer_id)
    return await tariffs.current(s, campaign.customer_id, customer.currency, at)


async def endpoint_for(s: AsyncSession, operator_id: int, campaign_id: int, at: datetime) -> Seat:
    """How the operator is rung for a campaign. Raises NoSeatByNumber."""
    wish = await chosen(s, operator_id)
    tariff = await _tariff(s, campaign_id, at) if wish.number is not None else None
    allowed = tariff is not None and tariff.number_seats
    if wish.kind is not EndpointKind.NUMBER:
        return Seat(wish.kind, sip_user(Role.OPERATOR, operator_id, wish.kind), wish.number if allowed else None)
    if not allowed or wish.number is None:
        raise NoSeatByNumber
    return Seat(wish.kind, wish.number, None)


async def save(s: AsyncSession, shift_id: int, leg: UUID | None, *, by_number: bool, at: datetime) -> None:
    """The shift's present leg, before it is dialled; one that costs is kept with its price. Again, nothing changes."""
    shift = await s.get_one(Shift, shift_id)
    shift.seat_leg = leg
    s.add(shift)
    if leg is not None and by_number:
        tariff = await _tariff(s, shift.campaign_id, at)
        price = (0, "RUB") if tariff is None else (tariff.number_seat_per_minute, tariff.currency)
        row = {"leg": leg, "shift_id": shift_id, "per_minute": price[0], "currency": price[1], "called_at": at}
        await s.execute(insert(SeatLeg).values(row).on_conflict_do_nothing())
    await s.flush()


async def by_telephone(s: AsyncSession, legs: Sequence[UUID]) -> set[UUID]:
    """Those of these legs that are calls to a telephone number."""
    return set(await s.exec(select(SeatLeg.leg).where(col(SeatLeg.leg).in_(legs))))


# Seats by telephone whose record has come. Any number of engines may ask at once.
DUE = text("""
select l.leg from seat_leg l join switch_record r on r.leg = l.leg
where l.cost is null order by l.called_at limit :most for update of l skip locked
""")


async def book_costs(s: AsyncSession, most: int = 100) -> int:
    """Books what seats by telephone cost, from the switch's records, once each. Returns how many."""
    due = (await s.execute(DUE, {"most": most})).scalars().all()
    for leg in due:
        kept, record = await s.get_one(SeatLeg, leg, populate_existing=True), await s.get_one(SwitchRecord, leg)
        kept.billed_s = read_record(record.body).billed_s
        kept.cost = costs.of(kept.per_minute, kept.billed_s)
        await costs.book(s, leg, per_minute=kept.per_minute, billed_s=kept.billed_s, currency=kept.currency)
        s.add(kept)
    await s.flush()
    return len(due)
