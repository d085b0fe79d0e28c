"""The double-entry ledger and the tariffs that feed it. Money in minor units of its currency."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field

from ..words import LedgerKind
from .columns import Table, created, document, key, moment, points_at, text, whole, word


class Tariff(Table, table=True):
    """Prices from a date on: of one customer, or (no customer) of everybody."""

    id: int | None = key()
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    currency: str = text(default="RUB")
    valid_from: datetime = moment(nullable=False)
    per_answered_call: int = whole(default=0)
    per_minute: int = whole(default=0)
    """Counted by the second, rounded up to the minor unit."""
    per_success: int = whole(default=0)
    operator_share_bp: int = Field(sa_column=Column(Integer, nullable=False))
    """The operator's part of what the customer is charged, in basis points."""
    operator_per_call: int = whole(default=0)
    """What the operator is paid for each placed call besides the share, answered or not."""
    registration_bonus: int = whole(default=0)
    number_seats: bool = False
    """Whether operators may be rung at a telephone number."""
    number_seat_per_minute: int = whole(default=0)
    """What a minute of such a seat costs the platform."""

    __table_args__ = (
        UniqueConstraint("customer_id", "currency", "valid_from", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "least(per_answered_call, per_minute, per_success, operator_per_call, registration_bonus, "
            "number_seat_per_minute) >= 0",
            name="not_negative",
        ),
        CheckConstraint("operator_share_bp between 0 and 10000", name="share_range"),
    )


class LedgerAccount(Table, table=True):
    """An account of the books. The database keeps `balance` from the entries, for customers and operators only."""

    id: int | None = key()
    kind: LedgerKind = word(LedgerKind)
    customer_id: int | None = points_at("customer.id", nullable=True)
    operator_id: int | None = points_at("account.id", nullable=True)
    currency: str = text()
    balance: int | None = whole(nullable=True)

    __table_args__ = (
        UniqueConstraint("kind", "customer_id", "operator_id", "currency", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "(kind in ('customer_funds', 'customer_hold')) = (customer_id is not null)", name="customers_own"
        ),
        CheckConstraint(
            "(kind in ('operator_pending', 'operator_available', 'operator_payout')) = (operator_id is not null)",
            name="operators_own",
        ),
        CheckConstraint("(customer_id is null and operator_id is null) = (balance is null)", name="balance_of_people"),
        CheckConstraint("balance >= 0", name="never_below_zero"),
    )


class LedgerTransaction(Table, table=True):
    """A movement of money, made once: its key says what it is for."""

    id: int | None = key()
    kind: str = text()
    """bonus, deposit, hold, settle, correct, cost, dispute, refund, uphold, release, payout, payout_paid,
    payout_back"""
    idempotency_key: str = text()
    call_id: UUID | None = Field(default=None, index=True)
    details: dict[str, Any] = document()
    created_at: datetime | None = created()

    __table_args__ = (UniqueConstraint("idempotency_key"),)


class LedgerEntry(Table, table=True):
    """One line of a transaction. Only ever added; a transaction's lines sum to zero in each currency."""

    id: int | None = key()
    transaction_id: int = points_at("ledger_transaction.id", index=True)
    account_id: int = points_at("ledger_account.id")
    amount: int = whole()

    __table_args__ = (
        CheckConstraint("amount <> 0", name="moves_something"),
        Index("ix_ledger_entry_account", "account_id", "id"),
    )
