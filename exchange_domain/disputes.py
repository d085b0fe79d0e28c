"""A customer contests a charge: the money lies apart until it is decided, and then goes back or where it was.

Of the charge, what is the operator's and still pending is withheld from her; the rest comes from the platform's
revenue. A decision for the customer may leave the operator her pay: then the platform bears it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import calls, campaigns, ledger
from .settings import settings
from .tables import Call, Dispute, Review, Settlement, Tariff
from .words import DisputeState, ReviewPay
from .words import LedgerKind as Kind


class DisputeError(Exception):
    """Why nothing changed, as a code: not_yours, not_settled, nothing_charged, too_late, no_words, decided, unknown."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


async def of_call(s: AsyncSession, call_id: UUID) -> Dispute | None:
    """The call's dispute, as it is now."""
    found = select(Dispute).where(Dispute.call_id == call_id)
    return (await s.exec(found, execution_options={"populate_existing": True})).one_or_none()


async def contest(
    s: AsyncSession, call_id: UUID, customer_id: int, account_id: int | None, words: str, at: datetime
) -> Dispute:
    """Contests a call's charge, once: again, it gives the dispute that there is. Raises DisputeError."""
    # The settlement's lock keeps a correction, and a second press, out until this is done.
    settled = await s.get(Settlement, call_id, with_for_update=True, populate_existing=True)
    call = await s.get(Call, call_id)
    if call is None or call.customer_id != customer_id:
        raise DisputeError("not_yours")
    if (known := await of_call(s, call_id)) is not None:
        return known
    words = words.strip()[:2_000]
    if not words:
        raise DisputeError("no_words")
    if settled is None:
        raise DisputeError("not_settled")
    if not settled.charge:
        raise DisputeError("nothing_charged")
    if settled.settled_at is None or settled.settled_at < at - timedelta(days=settings().dispute_days):
        raise DisputeError("too_late")
    currency = (await s.get_one(Tariff, call.tariff_id)).currency
    pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=call.operator_id)
    revenue = await ledger.account(s, Kind.PLATFORM_REVENUE, currency)
    disputed = await ledger.account(s, Kind.DISPUTED, currency)
    has = await ledger.locked_balances(s, (pending,))
    # What a moderator's rejection has set apart lies there already.
    rejected = await s.get(Review, call_id, populate_existing=True)
    apart = rejected.withheld - rejected.cut if rejected and rejected.pay in (ReviewPay.WITHHELD, ReviewPay.KEPT) else 0
    withheld = max(0, min(settled.operator_pay - apart, settled.charge, has[pending]))
    made = (
        await s.execute(
            insert(Dispute)
            .values(
                call_id=call_id, customer_id=customer_id, opened_by=account_id, words=words, amount=settled.charge,
                withheld=withheld, opened_at=at,
            )
            .returning(col(Dispute.id))
        )
    ).scalar_one()  # fmt: skip
    await ledger.move(
        s, "dispute", f"dispute:{call_id}",
        {disputed: settled.charge, pending: -withheld, revenue: withheld - settled.charge}, call_id=call_id,
    )  # fmt: skip
    return await s.get_one(Dispute, made)


async def decide(
    s: AsyncSession,
    dispute_id: int,
    by: int | None,
    *,
    refund: bool,
    operator_keeps: bool = True,
    words: str = "",
    at: datetime,
) -> Dispute:
    """Ends a dispute. The same decision again changes nothing; another raises DisputeError("decided").

    `operator_keeps` says what becomes of her pay when the customer is right; when not, it is hers again anyway.
    """
    first = await s.get(Dispute, dispute_id)
    if first is None:
        raise DisputeError("unknown")
    # In the order of `contest`: the settlement first.
    settled = await s.get_one(Settlement, first.call_id, with_for_update=True, populate_existing=True)
    dispute = await s.get_one(Dispute, dispute_id, with_for_update=True, populate_existing=True)
    wanted = DisputeState.REFUNDED if refund else DisputeState.UPHELD
    if dispute.state is not DisputeState.OPEN:
        if (dispute.state, dispute.operator_keeps) == (wanted, operator_keeps or not refund):
            return dispute
        raise DisputeError("decided")
    call = await s.get_one(Call, dispute.call_id)
    currency = (await s.get_one(Tariff, call.tariff_id)).currency
    disputed = await ledger.account(s, Kind.DISPUTED, currency)
    revenue = await ledger.account(s, Kind.PLATFORM_REVENUE, currency)
    funds = await ledger.account(s, Kind.CUSTOMER_FUNDS, currency, customer_id=call.customer_id)
    pending = await ledger.account(s, Kind.OPERATOR_PENDING, currency, operator_id=call.operator_id)
    # A record that came meanwhile may have given part of the charge back already.
    back = min(dispute.amount, settled.charge) if refund else 0
    keeps = operator_keeps or not refund
    to_operator = dispute.withheld if keeps else 0
    await ledger.move(
        s, "refund" if refund else "uphold", f"dispute_end:{dispute.call_id}",
        {disputed: -dispute.amount, funds: back, pending: to_operator, revenue: dispute.amount - back - to_operator},
        call_id=dispute.call_id, dispute=dispute_id,
    )  # fmt: skip
    dispute.state, dispute.refunded, dispute.operator_keeps = wanted, back, keeps
    dispute.decided_by, dispute.decision, dispute.decided_at = by, words.strip()[:2_000], at
    s.add(dispute)
    await s.flush()
    if back:
        if call.outcome is not None:
            await calls.tally(s, call.campaign_id, call.outcome, charge=-back)
        await campaigns.resume_funded(s, call.customer_id)
    return dispute


async def open_ones(s: AsyncSession, limit: int = 100) -> list[Dispute]:
    """Those that wait for a decision, the oldest first."""
    found = select(Dispute).where(Dispute.state == DisputeState.OPEN).order_by(col(Dispute.id)).limit(limit)
    return list(await s.exec(found))


CHECKS = {
    "disputed money that is not that of open disputes and rejected calls": (
        "select count(*) from (select "
        "(select coalesce(sum(e.amount), 0) from ledger_entry e join ledger_account a on a.id = e.account_id "
        " where a.kind = 'disputed') as lies, "
        "(select coalesce(sum(amount), 0) from dispute where state = 'open') "
        "+ (select coalesce(sum(withheld - cut), 0) from review where pay = 'withheld') as due) x where lies <> due"
    ),
    "disputes whose customer did not get what was decided": (
        "select count(*) from dispute d where d.refunded <> "
        "(select coalesce(sum(e.amount), 0) from ledger_transaction t join ledger_entry e on e.transaction_id = t.id "
        " join ledger_account a on a.id = e.account_id "
        " where t.idempotency_key = 'dispute_end:' || d.call_id and a.kind = 'customer_funds')"
    ),
}
