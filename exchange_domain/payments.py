"""Customers pay in through a provider: a payment is begun, and booked once when the provider says that it is paid.

Notices may come twice, late, in any order, or for what nobody knows. Each is kept with what became of it; money moves
by the payment's own key, so however often it is told, it is booked once.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from . import campaigns, ledger
from .tables import Customer, Payment, PaymentNotice
from .words import PaymentProvider, PaymentState

LEAST, MOST = 10_000, 100_000_000
"""Of one payment, in minor units."""


class PaymentError(Exception):
    """Why nothing was begun, as a code: too_little, too_much, not_yours."""

    def __init__(self, code: str, **params: int):
        super().__init__(code)
        self.code, self.params = code, params


class Noticed(StrEnum):
    """What a notice has changed."""

    PAID = "paid"
    CANCELLED = "cancelled"
    REPEATED = "repeated"
    """It was told before."""
    IGNORED = "ignored"
    """It says nothing new: a step on the way, or a cancellation of what is paid."""
    UNKNOWN = "unknown"
    """No payment of ours."""
    MISMATCH = "mismatch"
    """Another amount or currency than was asked for: nothing is booked, somebody must look."""


@dataclass(frozen=True)
class Notice:
    """What a provider says, verified by its adapter. Amount in minor units."""

    provider: PaymentProvider
    notice_id: str
    provider_id: str
    state: PaymentState
    amount: int
    currency: str


async def begin(
    s: AsyncSession, payment_id: UUID, customer_id: int, account_id: int | None, amount: int, provider: PaymentProvider
) -> Payment:
    """A payment that is to be made; again with the same id, it is the same one. Raises PaymentError."""
    if amount < LEAST:
        raise PaymentError("too_little", least=LEAST)
    if amount > MOST:
        raise PaymentError("too_much", most=MOST)
    currency = (await s.get_one(Customer, customer_id)).currency
    await s.execute(
        insert(Payment)
        .values(
            id=payment_id, customer_id=customer_id, account_id=account_id, provider=provider, amount=amount,
            currency=currency,
        )
        .on_conflict_do_nothing()
    )  # fmt: skip
    payment = await s.get_one(Payment, payment_id, populate_existing=True)
    if payment.customer_id != customer_id:
        raise PaymentError("not_yours")
    return payment


async def sent(s: AsyncSession, payment_id: UUID, provider_id: str, pay_at: str) -> Payment:
    """The provider knows it by this id, and takes the money at this address."""
    payment = await s.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    payment.provider_id, payment.pay_at = provider_id, pay_at
    if payment.state is PaymentState.NEW:
        payment.state = PaymentState.PENDING
    s.add(payment)
    await s.flush()
    return payment


async def notice(s: AsyncSession, told: Notice, at: datetime, details: dict[str, Any] | None = None) -> Noticed:
    """Takes a verified notice; whatever is told twice, or in another order, ends the same."""
    kept = await s.execute(
        insert(PaymentNotice)
        .values(
            provider=told.provider, notice_id=told.notice_id, provider_id=told.provider_id, status=told.state.value,
            result=Noticed.REPEATED.value, details=details or {}, received_at=at,
        )
        .on_conflict_do_nothing()
        .returning(col(PaymentNotice.id))
    )  # fmt: skip
    kept_id = kept.scalar_one_or_none()
    if kept_id is None:
        return Noticed.REPEATED
    result = await _apply(s, told, at)
    row = await s.get_one(PaymentNotice, kept_id)
    row.result = result.value
    s.add(row)
    await s.flush()
    return result


async def _apply(s: AsyncSession, told: Notice, at: datetime) -> Noticed:
    found = (
        select(Payment)
        .where(Payment.provider == told.provider, Payment.provider_id == told.provider_id)
        .with_for_update()
    )
    payment = (await s.exec(found, execution_options={"populate_existing": True})).one_or_none()
    if payment is None:
        return Noticed.UNKNOWN
    if (told.amount, told.currency) != (payment.amount, payment.currency):
        return Noticed.MISMATCH
    if told.state is PaymentState.PAID and payment.state is not PaymentState.PAID:
        # Also after a cancellation: the money has come.
        await ledger.deposit(
            s, payment.customer_id, payment.amount, payment.currency, f"{told.provider.value}:{told.provider_id}"
        )
        payment.state, payment.ended_at = PaymentState.PAID, at
        s.add(payment)
        await s.flush()
        await campaigns.resume_funded(s, payment.customer_id)
        return Noticed.PAID
    if told.state is PaymentState.CANCELLED and payment.state in (PaymentState.NEW, PaymentState.PENDING):
        payment.state, payment.ended_at = PaymentState.CANCELLED, at
        s.add(payment)
        return Noticed.CANCELLED
    return Noticed.IGNORED


CHECKS = {
    "paid payments that are not booked, or booked ones that are not paid": (
        "select count(*) from payment p full join ledger_transaction t "
        "on t.idempotency_key = 'deposit:' || p.provider || ':' || p.provider_id "
        "where coalesce(p.state = 'paid', false) <> (t.id is not null) and (p.id is not null "
        " or t.idempotency_key ~ '^deposit:(yookassa|stripe|sandbox):')"
    ),
}
