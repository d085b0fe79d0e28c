"""Operators are paid: a wish sets available money aside, a batch is approved, handed to the bank, and accounted for.

A batch below a limit needs one person's approval, from there on two people's; nobody counts twice, and no operator's
own wish is approved by herself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import ledger
from .settings import settings
from .tables import Payout, PayoutApproval, PayoutBatch
from .words import BatchState, PayoutState
from .words import LedgerKind as Kind

LEAST_TARGET, LONGEST_TARGET = 4, 200


class PayoutError(Exception):
    """Why nothing changed, as a code: too_little, not_enough, no_target, not_yours, too_late, unknown, not_open,
    own_payout, not_approved, not_exported."""

    def __init__(self, code: str, **params: int):
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True)
class BatchLine:
    """One payout as it goes to the bank."""

    id: UUID
    operator: str
    target: str
    amount: int
    currency: str


async def ask(
    s: AsyncSession, payout_id: UUID, operator_id: int, amount: int, currency: str, target: str, at: datetime
) -> Payout:
    """An operator asks to be paid; again with the same id, it is the same wish. Raises PayoutError."""
    if (known := await _known(s, payout_id, operator_id)) is not None:
        return known
    target = " ".join(target.split())
    if not LEAST_TARGET <= len(target) <= LONGEST_TARGET:
        raise PayoutError("no_target")
    if amount < settings().payout_least:
        raise PayoutError("too_little", least=settings().payout_least)
    available = await ledger.account(s, Kind.OPERATOR_AVAILABLE, currency, operator_id=operator_id)
    aside = await ledger.account(s, Kind.OPERATOR_PAYOUT, currency, operator_id=operator_id)
    has = await ledger.locked_balances(s, (available,))
    # The same press may have gone before, while this one waited for the lock.
    if (known := await _known(s, payout_id, operator_id)) is not None:
        return known
    if has[available] < amount:
        raise PayoutError("not_enough", available=has[available])
    wish = Payout(
        id=payout_id, operator_id=operator_id, amount=amount, currency=currency, target=target, requested_at=at
    )  # fmt: skip
    s.add(wish)
    await s.flush()
    lines = {available: -amount, aside: amount}
    await ledger.move(s, "payout", f"payout:{payout_id}", lines, payout=str(payout_id))
    return wish


async def _known(s: AsyncSession, payout_id: UUID, operator_id: int) -> Payout | None:
    known = await s.get(Payout, payout_id, populate_existing=True)
    if known is not None and known.operator_id != operator_id:
        raise PayoutError("not_yours")
    return known


async def cancel(s: AsyncSession, payout_id: UUID, operator_id: int, at: datetime) -> Payout:
    """The operator thinks better of it, while it is in no batch. Raises PayoutError."""
    payout = await s.get(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout is None or payout.operator_id != operator_id:
        raise PayoutError("not_yours")
    if payout.state is PayoutState.CANCELLED:
        return payout
    if payout.state is not PayoutState.REQUESTED:
        raise PayoutError("too_late")
    return await _give_back(s, payout, PayoutState.CANCELLED, "", at)


async def gather(s: AsyncSession, by: int | None, currency: str) -> PayoutBatch | None:
    """A batch of all wishes of a currency that are in none; None when there are none."""
    wishes = list(
        await s.exec(
            select(Payout)
            .where(Payout.state == PayoutState.REQUESTED, Payout.currency == currency)
            .order_by(col(Payout.requested_at), col(Payout.id))
            .with_for_update(skip_locked=True)
        )
    )
    if not wishes:
        return None
    total = sum(wish.amount for wish in wishes)
    batch = PayoutBatch(
        currency=currency, total=total, created_by=by, approvals_needed=2 if total >= settings().two_people_from else 1
    )
    s.add(batch)
    await s.flush()
    for wish in wishes:
        wish.state, wish.batch_id = PayoutState.BATCHED, batch.id
        s.add(wish)
    await s.flush()
    return batch


async def approve(s: AsyncSession, batch_id: int, by: int) -> PayoutBatch:
    """One person's word; the batch is approved when enough people have given theirs. Raises PayoutError."""
    batch = await s.get(PayoutBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise PayoutError("unknown")
    own = select(Payout.id).where(Payout.batch_id == batch_id, Payout.operator_id == by).limit(1)
    if (await s.exec(own)).first() is not None:
        raise PayoutError("own_payout")
    if batch.state is not BatchState.OPEN:
        return batch
    await s.execute(insert(PayoutApproval).values(batch_id=batch_id, account_id=by).on_conflict_do_nothing())
    given = select(func.count()).select_from(PayoutApproval).where(PayoutApproval.batch_id == batch_id)
    if (await s.exec(given)).one() >= batch.approvals_needed:
        batch.state = BatchState.APPROVED
        s.add(batch)
        await s.flush()
    return batch


_LINES = text("""
select p.id, a.display_name as operator, p.target, p.amount, p.currency from payout p
join account a on a.id = p.operator_id where p.batch_id = :batch and p.state = 'batched' order by p.requested_at, p.id
""")


async def export(s: AsyncSession, batch_id: int, at: datetime) -> list[BatchLine]:
    """What goes to the bank; from now on the batch is sent. Again: what is not accounted for. Raises PayoutError."""
    batch = await s.get(PayoutBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise PayoutError("unknown")
    if batch.state is BatchState.OPEN:
        raise PayoutError("not_approved")
    if batch.state is BatchState.APPROVED:
        batch.state, batch.exported_at = BatchState.EXPORTED, at
        s.add(batch)
        await s.flush()
    return [BatchLine(**row._mapping) for row in await s.execute(_LINES, {"batch": batch_id})]


async def account_for(s: AsyncSession, payout_id: UUID, *, paid: bool, why: str = "", at: datetime) -> Payout:
    """The bank has paid, or has not (`why`): then the money is available again. Once; raises PayoutError."""
    payout = await s.get(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout is None:
        raise PayoutError("unknown")
    wanted = PayoutState.PAID if paid else PayoutState.FAILED
    if payout.state is wanted:
        return payout
    batch = await s.get(PayoutBatch, payout.batch_id) if payout.batch_id else None
    if payout.state is not PayoutState.BATCHED or batch is None or batch.state is not BatchState.EXPORTED:
        raise PayoutError("not_exported")
    if not paid:
        return await _give_back(s, payout, PayoutState.FAILED, why, at)
    aside = await ledger.account(s, Kind.OPERATOR_PAYOUT, payout.currency, operator_id=payout.operator_id)
    sent = await ledger.account(s, Kind.PAYOUTS, payout.currency)
    await ledger.move(
        s, "payout_paid", f"payout_end:{payout.id}", {aside: -payout.amount, sent: payout.amount}, payout=str(payout.id)
    )
    return await _end(s, payout, PayoutState.PAID, "", at)


async def _give_back(s: AsyncSession, payout: Payout, state: PayoutState, why: str, at: datetime) -> Payout:
    available = await ledger.account(s, Kind.OPERATOR_AVAILABLE, payout.currency, operator_id=payout.operator_id)
    aside = await ledger.account(s, Kind.OPERATOR_PAYOUT, payout.currency, operator_id=payout.operator_id)
    await ledger.move(
        s, "payout_back", f"payout_end:{payout.id}", {aside: -payout.amount, available: payout.amount},
        payout=str(payout.id),
    )  # fmt: skip
    return await _end(s, payout, state, why, at)


async def _end(s: AsyncSession, payout: Payout, state: PayoutState, why: str, at: datetime) -> Payout:
    payout.state, payout.why, payout.ended_at = state, why.strip()[:500], at
    s.add(payout)
    await s.flush()
    return payout


async def of_operator(s: AsyncSession, operator_id: int, limit: int = 50) -> Sequence[Payout]:
    """An operator's wishes, the latest first."""
    found = select(Payout).where(Payout.operator_id == operator_id)
    return (await s.exec(found.order_by(col(Payout.requested_at).desc(), col(Payout.id)).limit(limit))).all()


CHECKS = {
    "money set aside that is not that of the open payouts": (
        "select count(*) from ledger_account a where a.kind = 'operator_payout' and a.balance <> "
        "(select coalesce(sum(amount), 0) from payout p where p.operator_id = a.operator_id "
        " and p.currency = a.currency and p.state in ('requested', 'batched'))"
    ),
    "paid out that is not that of the paid payouts": (
        "select count(*) from ledger_account a where a.kind = 'payouts' and "
        "(select coalesce(sum(e.amount), 0) from ledger_entry e join ledger_transaction t on t.id = e.transaction_id "
        " where e.account_id = a.id and t.kind = 'payout_paid') <> "
        "(select coalesce(sum(amount), 0) from payout p where p.currency = a.currency and p.state = 'paid')"
    ),
    "batches that are not the sum of their payouts": (
        "select count(*) from payout_batch b where b.total <> "
        "(select coalesce(sum(amount), 0) from payout p where p.batch_id = b.id)"
    ),
    "batches sent without enough people's word": (
        "select count(*) from payout_batch b where b.state <> 'open' and b.approvals_needed > "
        "(select count(*) from payout_approval a where a.batch_id = b.id)"
    ),
}
