"""A record that comes after its call was settled without one still has the last word: the settlement is corrected.

Once per call, by a transaction of differences. Nobody falls below zero by it: what a customer does not have any more,
and what an operator was paid out already, the platform bears.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import costs, ledger, lengths, recordings
from .calls import tally
from .flags import raise_flag
from .ledger import Kind
from .records import read_record
from .settling import Settled, price
from .tables import Call, Review, Settlement, SwitchRecord, Tariff
from .words import FlagKind, RecordSource, ReviewPay

LATE = text("""
select r.leg from switch_record r join settlement x on x.call_id = r.leg
where r.applied_at is null and r.call_id = r.leg
order by r.leg limit :most
for update of r skip locked
""")


@dataclass(frozen=True)
class Difference:
    """What a correction moves. The customer's and the operator's parts, and what of each the platform bears."""

    charge: int
    pay: int
    from_pending: int
    from_available: int
    shortfall: int
    overpaid: int


def difference(charge: int, pay: int, *, funds: int, pending: int, available: int) -> Difference:
    """`charge` and `pay` are what would have to be added (less than zero: given back), the rest is what people have."""
    charged = min(charge, funds)
    taken_back = min(max(0, -pay), pending + available)
    paid = pay if pay >= 0 else -taken_back
    of_pending = min(taken_back, pending)
    return Difference(charged, paid, of_pending, taken_back - of_pending, charge - charged, paid - pay)


async def correct_due(s: AsyncSession, now: datetime, most: int = 100) -> list[Settled]:
    """Applies records that came after their calls were settled. Any number of workers may run it at once."""
    late = (await s.execute(LATE, {"most": most})).scalars().all()
    return [done for call_id in late if (done := await _correct(s, call_id, now)) is not None]


async def _correct(s: AsyncSession, call_id: UUID, now: datetime) -> Settled | None:
    record = await s.get_one(SwitchRecord, call_id, populate_existing=True)
    record.applied_at = now
    s.add(record)
    before = await s.get_one(Settlement, call_id, populate_existing=True, with_for_update=True)
    if before.source == RecordSource.RECORD:
        return None
    call = await s.get_one(Call, call_id)
    tariff = await s.get_one(Tariff, call.tariff_id)
    said = read_record(record.body)
    length = lengths.of_record(said)
    await recordings.record_said(s, call, said, now)
    await costs.book_call(s, call, length.seconds, tariff.currency)
    billed_s, cost = price(tariff, call, length, before.limit_s)
    due = min(cost.charge, await ledger.held_for(s, call_id))
    moved, correction = await _move(
        s, call, tariff.currency, due - before.charge, cost.operator_pay - before.operator_pay
    )
    if correction is not None:
        await raise_flag(
            s, FlagKind.SETTLEMENT_CORRECTED, f"call:{call_id}", now, customer_id=call.customer_id,
            campaign_id=call.campaign_id, operator_id=call.operator_id, call_id=call_id, charged=before.charge,
            charge=before.charge + moved.charge, billed_s=billed_s, was_billed_s=before.billed_s,
            shortfall=moved.shortfall, overpaid=moved.overpaid,
        )  # fmt: skip
    if call.outcome is not None:
        await tally(s, call.campaign_id, call.outcome, talk_s=billed_s - before.billed_s, charge=moved.charge)
    await _answer_flag(s, call_id, now)
    before.source, before.answered, before.billed_s = RecordSource.RECORD, length.answered, billed_s
    before.charge, before.shortfall = before.charge + moved.charge, moved.shortfall
    before.operator_pay, before.overpaid = before.operator_pay + moved.pay, moved.overpaid
    before.corrected_at, before.correction_id = now, correction
    s.add(before)
    await s.flush()
    return Settled(
        call_id, call.campaign_id, call.customer_id, call.operator_id, before.charge, before.operator_pay, before.source
    )


async def _move(s: AsyncSession, call: Call, currency: str, charge: int, pay: int) -> tuple[Difference, int | None]:
    """The difference that could be moved, and its transaction; none when the record agrees with what was settled."""
    if charge == 0 and pay == 0:
        return Difference(0, 0, 0, 0, 0, 0), None
    funds = await ledger.account(s, Kind.CUSTOMER_FUNDS, currency, customer_id=call.customer_id)
    pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=call.operator_id)
    available = await ledger.account(s, Kind.OPERATOR_AVAILABLE, currency, operator_id=call.operator_id)
    revenue = await ledger.account(s, Kind.PLATFORM_REVENUE, currency)
    cut, lies = await _of_rejected(s, call, pay)
    has = await ledger.locked_balances(s, (funds, pending, available))
    moved = difference(charge, pay + cut, funds=has[funds], pending=has[pending], available=has[available])
    lines = {
        funds: -moved.charge,
        pending: max(0, moved.pay) - moved.from_pending,
        available: -moved.from_available,
        revenue: moved.charge - moved.pay + lies,
    }
    if lies:
        lines[await ledger.account(s, Kind.DISPUTED, currency)] = -lies
    moved = replace(moved, pay=moved.pay - cut)
    made = await ledger.move(
        s, "correct", f"correct:{call.id}", lines, call_id=call.id, charge=moved.charge, operator_pay=moved.pay,
        campaign_id=call.campaign_id,
    )  # fmt: skip
    return moved, made


async def _of_rejected(s: AsyncSession, call: Call, pay: int) -> tuple[int, int]:
    """How much less pay comes out of what a moderator's rejection has withheld, and how much of that lies apart still.

    It was never hers: nothing is taken from the pay of her other calls for it.
    """
    review = await s.get(Review, call.id, with_for_update=True, populate_existing=True)
    if review is None or review.pay not in (ReviewPay.WITHHELD, ReviewPay.KEPT):
        return 0, 0
    cut = min(review.withheld - review.cut, max(0, -pay))
    review.cut += cut
    s.add(review)
    return cut, cut if review.pay is ReviewPay.WITHHELD else 0


async def _answer_flag(s: AsyncSession, call_id: UUID, now: datetime) -> None:
    """The record is not missing any more: nobody has to look into that."""
    await s.execute(
        text(
            "update flag set resolved_at = :now, resolution = 'record_came' "
            "where kind = :kind and subject = :subject and resolved_at is null"
        ),
        {"now": now, "kind": FlagKind.RECORD_MISSING.value, "subject": f"call:{call_id}"},
    )
