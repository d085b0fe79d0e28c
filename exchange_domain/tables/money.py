"""Money that comes and goes: customers' payments, contested charges, operators' payouts. Minor units throughout."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import BatchState, DisputeState, PaymentProvider, PaymentState, PayoutState
from .columns import Table, created, document, flag, key, moment, points_at, text, whole, word


class Dispute(Table, table=True):
    """A charge that its customer contests. The money lies apart until somebody has decided."""

    id: int | None = key()
    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), nullable=False))
    customer_id: int = points_at("customer.id", index=True)
    opened_by: int | None = points_at("account.id", nullable=True)
    words: str = text()
    """What the customer says."""
    amount: int = whole()
    """The charge as it was."""
    withheld: int = whole(default=0)
    """Of it what was taken from the operator's pending pay."""
    state: DisputeState = word(DisputeState, default=DisputeState.OPEN)
    refunded: int = whole(default=0)
    operator_keeps: bool = flag()
    """Whether the operator was paid for the call all the same."""
    decided_by: int | None = points_at("account.id", nullable=True)
    decision: str = text(default="")
    opened_at: datetime | None = created()
    decided_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("call_id"),
        CheckConstraint("amount > 0 and withheld between 0 and amount and refunded between 0 and amount", name="sane"),
        CheckConstraint("length(words) <= 2000 and length(decision) <= 2000", name="words_length"),
        CheckConstraint("(state = 'open') = (decided_at is null)", name="decided_when_decided"),
        Index("ix_dispute_open", "id", postgresql_where=sql("state = 'open'")),
    )


class EarningRelease(Table, table=True):
    """How much of a call's pay has become available to its operator."""

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), primary_key=True))
    amount: int = whole()
    released_at: datetime | None = created()

    __table_args__ = (CheckConstraint("amount >= 0", name="not_negative"),)


class PayoutBatch(Table, table=True):
    """Payouts that are sent together, after enough people have approved."""

    id: int | None = key()
    currency: str = text()
    total: int = whole()
    state: BatchState = word(BatchState, default=BatchState.OPEN)
    approvals_needed: int = whole(default=1)
    created_by: int | None = points_at("account.id", nullable=True)
    created_at: datetime | None = created()
    exported_at: datetime | None = moment()

    __table_args__ = (CheckConstraint("total > 0 and approvals_needed between 1 and 2", name="sane"),)


class PayoutApproval(Table, table=True):
    """One person's word that a batch may be sent."""

    batch_id: int = points_at("payout_batch.id", primary_key=True, ondelete="CASCADE")
    account_id: int = points_at("account.id", primary_key=True)
    approved_at: datetime | None = created()


class Payout(Table, table=True):
    """An operator's wish to be paid."""

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    """Given by the page, so that a second press is the same wish."""
    operator_id: int = points_at("account.id", index=True)
    amount: int = whole()
    currency: str = text()
    target: str = text()
    """Card, account or telephone, as she wrote it."""
    state: PayoutState = word(PayoutState, default=PayoutState.REQUESTED)
    batch_id: int | None = points_at("payout_batch.id", nullable=True, index=True)
    why: str = text(default="")
    """Why it failed."""
    requested_at: datetime | None = created()
    ended_at: datetime | None = moment()

    __table_args__ = (
        CheckConstraint("amount > 0", name="something"),
        CheckConstraint("length(target) between 4 and 200 and length(why) <= 500", name="words_length"),
        Index("ix_payout_requested", "currency", "requested_at", postgresql_where=sql("state = 'requested'")),
    )


class Payment(Table, table=True):
    """A customer's payment through a provider."""

    id: UUID = Field(default_factory=uuid4, sa_column=Column(Uuid, primary_key=True))
    """Given by the page, and the provider's idempotency key: a second press is the same payment."""
    customer_id: int = points_at("customer.id", index=True)
    account_id: int | None = points_at("account.id", nullable=True)
    provider: PaymentProvider = word(PaymentProvider)
    provider_id: str | None = text(nullable=True)
    amount: int = whole()
    currency: str = text()
    state: PaymentState = word(PaymentState, default=PaymentState.NEW)
    pay_at: str = text(default="")
    """The provider's page."""
    created_at: datetime | None = created()
    ended_at: datetime | None = moment()

    __table_args__ = (
        UniqueConstraint("provider", "provider_id"),
        CheckConstraint("amount > 0", name="something"),
    )


class PaymentNotice(Table, table=True):
    """What a provider has told, once each: a repeated or late one changes nothing."""

    id: int | None = key()
    provider: PaymentProvider = word(PaymentProvider)
    notice_id: str = text()
    provider_id: str = text()
    status: str = text()
    result: str = text()
    """paid, cancelled, repeated, unknown, mismatch, ignored"""
    details: dict[str, Any] = document()
    received_at: datetime | None = created()

    __table_args__ = (UniqueConstraint("provider", "notice_id"),)
