"""What a review does to the operator's pay for its call.

Accepted, it is hers at once; rejected, it lies apart until the time to appeal is over.

Carried out by what the rows say, so that it can be called again at any time: the settlement may come after the verdict,
and a charge that its customer contests waits for that decision first.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from . import disputes, earnings, ledger
from .tables import Appeal, Call, EarningRelease, Review, Settlement, Tariff
from .words import AppealState, DisputeState, ReviewPay, Verdict
from .words import LedgerKind as Kind

_DUE = text("""
select v.call_id from review v where v.pay in ('due', 'withheld') and (
  v.pay = 'due' or exists (select from appeal a where a.call_id = v.call_id and a.state <> 'open')
  or (v.appeal_until < :now and not exists (select from appeal a where a.call_id = v.call_id)))
  and exists (select from settlement x where x.call_id = v.call_id)
  and not exists (select from dispute d where d.call_id = v.call_id and d.state = 'open')
order by v.call_id limit :most
""")


async def due(s: AsyncSession, now: datetime, most: int = 200) -> list[UUID]:
    """Calls whose money waits for `carry_out`: in a transaction each, so that none waits for another crosswise."""
    return list((await s.execute(_DUE, {"now": now, "most": most})).scalars())


async def carry_out(s: AsyncSession, call_id: UUID, now: datetime) -> ReviewPay | None:
    """Moves the money of one call as its review says; None: there is no verdict. Again, it changes nothing."""
    # The settlement first, as a contest takes it; the review after it.
    settled = await s.get(Settlement, call_id, with_for_update=True, populate_existing=True)
    review = await s.get(Review, call_id, with_for_update=True, populate_existing=True)
    if review is None or review.verdict is None:
        return None
    dispute = await disputes.of_call(s, call_id)
    if settled is None or (dispute is not None and dispute.state is DisputeState.OPEN):
        return review.pay
    call = await s.get_one(Call, call_id)
    currency = (await s.get_one(Tariff, call.tariff_id)).currency
    if review.pay is ReviewPay.DUE and review.verdict is Verdict.ACCEPTED:
        await earnings.release_call(s, call_id, now)
        review.pay = ReviewPay.RELEASED
    elif review.pay is ReviewPay.DUE:
        kept = (
            dispute.withheld if dispute and dispute.state is DisputeState.REFUNDED and not dispute.operator_keeps else 0
        )
        await _withhold(s, review, settled.operator_pay - kept, currency)
    if review.pay is ReviewPay.WITHHELD:
        await _end(s, review, currency, now)
    s.add(review)
    await s.flush()
    return review.pay


async def _withhold(s: AsyncSession, review: Review, pay: int, currency: str) -> None:
    pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=review.operator_id)
    disputed = await ledger.account(s, Kind.DISPUTED, currency)
    has = await ledger.locked_balances(s, (pending,))
    # What is available to her already stays hers: the time to review it was over.
    released = await s.get(EarningRelease, review.call_id, populate_existing=True)
    review.withheld = max(0, min(pay - (released.amount if released else 0), has[pending]))
    await ledger.move(
        s, "withhold", f"withhold:{review.call_id}", {pending: -review.withheld, disputed: review.withheld},
        call_id=review.call_id,
    )  # fmt: skip
    review.pay = ReviewPay.WITHHELD


async def _end(s: AsyncSession, review: Review, currency: str, now: datetime) -> None:
    """Back to her when the appeal was granted, the platform's when it was refused or none came in time."""
    appeal = await appeal_of(s, review.call_id)
    disputed = await ledger.account(s, Kind.DISPUTED, currency)
    apart = review.withheld - review.cut
    if appeal is not None and appeal.state is AppealState.GRANTED:
        pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=review.operator_id)
        await ledger.move(
            s, "withhold_back", f"withhold_end:{review.call_id}",
            {disputed: -apart, pending: apart}, call_id=review.call_id,
        )  # fmt: skip
        review.pay = ReviewPay.RETURNED
        s.add(review)
        await s.flush()
        await earnings.release_call(s, review.call_id, now)
    elif (appeal is None and review.appeal_until is not None and review.appeal_until < now) or (
        appeal is not None and appeal.state is AppealState.REFUSED
    ):
        revenue = await ledger.account(s, Kind.PLATFORM_REVENUE, currency)
        await ledger.move(
            s, "withhold_kept", f"withhold_end:{review.call_id}",
            {disputed: -apart, revenue: apart}, call_id=review.call_id,
        )  # fmt: skip
        review.pay = ReviewPay.KEPT


async def appeal_of(s: AsyncSession, call_id: UUID) -> Appeal | None:
    found = await s.execute(text("select id from appeal where call_id = :call"), {"call": call_id})
    appeal_id = found.scalar_one_or_none()
    return None if appeal_id is None else await s.get_one(Appeal, appeal_id, populate_existing=True)


CHECKS = {
    "rejected calls whose pay is neither withheld nor given back nor kept": (
        "select count(*) from review v where v.pay in ('withheld', 'returned', 'kept') and v.withheld <> "
        "(select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id "
        " join ledger_account a on a.id = e.account_id "
        " where t.idempotency_key = 'withhold:' || v.call_id and a.kind = 'disputed')"
    ),
    "withheld pay that did not come back as it was decided": (
        "select count(*) from review v where v.pay in ('returned', 'kept') and not "
        "(select coalesce(sum(e.amount), 0) between v.withheld - v.cut and v.withheld "
        " from ledger_transaction t join ledger_entry e on e.transaction_id = t.id "
        " join ledger_account a on a.id = e.account_id where t.idempotency_key = 'withhold_end:' || v.call_id "
        " and a.kind = case v.pay when 'returned' then 'operator_pending' else 'platform_revenue' end)"
    ),
}
