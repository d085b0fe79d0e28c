"""Legs to our own people over a carrier: they take its lines, and cost what its rate says."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from . import costs
from .carriers import Offer
from .records import read_record
from .tables import CarriedLeg, SeatLeg, SwitchRecord

# Legs whose record has come. Any number of engines may ask at once.
DUE = text("""
select l.leg from carried_leg l join switch_record r on r.leg = l.leg
where l.billed_s is null order by l.called_at limit :most for update of l skip locked
""")


async def carried(s: AsyncSession, leg: UUID, offer: Offer, currency: str, at: datetime) -> None:
    """The leg is about to be dialled through this offer. Again, nothing changes."""
    if offer.carrier_id is None:
        return
    # A seat's minutes have a price of their own, by the tariff (`seats.book_costs`).
    price = None if await s.get(SeatLeg, leg) is not None else offer.per_minute
    row = {"leg": leg, "carrier_id": offer.carrier_id, "per_minute": price, "currency": currency, "called_at": at}
    await s.execute(insert(CarriedLeg).values(row).on_conflict_do_nothing())


async def book_costs(s: AsyncSession, most: int = 100) -> int:
    """Books what carriers are owed for these legs, from the switch's records, once each. Returns how many."""
    due = (await s.execute(DUE, {"most": most})).scalars().all()
    for leg in due:
        kept, record = await s.get_one(CarriedLeg, leg, populate_existing=True), await s.get_one(SwitchRecord, leg)
        kept.billed_s = read_record(record.body).billed_s
        if kept.per_minute:
            await costs.book(s, leg, per_minute=kept.per_minute, billed_s=kept.billed_s, currency=kept.currency)
        s.add(kept)
    await s.flush()
    return len(due)
