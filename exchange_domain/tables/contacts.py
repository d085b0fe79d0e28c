"""Whom a campaign calls: contacts, their numbers, the numbers' locks, and who must not be called."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Sequence,
    Text,
    UniqueConstraint,
    func,
)  # fmt: skip
from sqlalchemy import (
    text as sql,
)
from sqlmodel import Field, SQLModel

from ..words import ContactStatus, DoNotCallSource, NumberState, Outcome
from .columns import Table, created, document, flag, key, moment, points_at, text, whole, word

E164 = "^\\+[1-9][0-9]{6,14}$"


class Contact(Table, table=True):
    """A firm or a person to be reached in one campaign."""

    id: int | None = key()
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    name: str = text(default="")
    fields: dict[str, Any] = document()
    """The list's other columns by heading; usable in the script."""
    time_zone: str = text()
    status: ContactStatus = word(ContactStatus, default=ContactStatus.WAITING)
    due_at: datetime = Field(
        default=None, sa_column=Column(DateTime(timezone=True), nullable=False, server_default=func.now())
    )
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    last_outcome: Outcome | None = Field(default=None, sa_column=Column(Text, nullable=True))
    last_call_at: datetime | None = moment()
    """When it was called last."""
    bound_to: int | None = points_at("account.id", nullable=True)
    """Only this operator is given the contact: a call-back she promised, until it is given to anyone (call_backs)."""
    added_by: int | None = points_at("account.id", nullable=True)
    """The operator who entered it; she is never given it."""
    added_in_call: UUID | None = Field(default=None)
    refused_at: datetime | None = moment()
    """When it was done without a call, because none of its numbers may be dialled (exchange_domain.routing)."""
    import_id: int | None = points_at("list_import.id", nullable=True, ondelete="SET NULL")
    created_at: datetime | None = created()

    __table_args__ = (
        CheckConstraint("length(name) <= 200", name="name_length"),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("added_by is null or bound_to is null or added_by <> bound_to", name="not_bound_to_adder"),
        # Claiming walks this: a campaign's zones that are open now, the longest due first.
        Index(
            "ix_contact_claim", "campaign_id", "time_zone", "due_at", "id", postgresql_where=sql("status = 'waiting'")
        ),
        # Call-backs come before the list: an operator's own, then anyone's.
        Index(
            "ix_contact_call_back",
            "campaign_id",
            "bound_to",
            "due_at",
            "id",
            postgresql_where=sql("status = 'waiting' and last_outcome = 'call_back'"),
        ),
        Index(
            "ix_contact_bound",
            "campaign_id",
            "due_at",
            postgresql_where=sql("status = 'waiting' and bound_to is not null"),
        ),
        # Whom an operator entered she is never given: few rows, asked for at each claim.
        Index("ix_contact_added_by", "added_by", postgresql_where=sql("added_by is not null")),
        Index("ix_contact_campaign", "campaign_id", "id"),
        # The customer's table of contacts, by each of its orders and filters.
        Index("ix_contact_name", "campaign_id", sql("lower(name)"), "id"),
        Index(
            "ix_contact_called", "campaign_id", "last_call_at", "id",
            postgresql_where=sql("last_call_at is not null"),
        ),
        Index("ix_contact_done", "campaign_id", "last_outcome", "id", postgresql_where=sql("status = 'done'")),
    )  # fmt: skip


class ContactCount(Table, table=True):
    """Changes of how many contacts a campaign has, by zone and state: their sum is how many there are.

    The database adds a row for each statement that changes contacts; `contact_counts` sums them up now and then.
    """

    id: int | None = key()
    campaign_id: int = points_at("campaign.id", index=True, ondelete="CASCADE")
    time_zone: str = text()
    status: str = text()
    forbidden: bool = flag()
    """Done because nobody may call: on a do-not-call list."""
    n: int = whole()


class ContactNumber(Table, table=True):
    """A telephone number of a contact, with the name of the person who answers it."""

    id: int | None = key()
    contact_id: int = points_at("contact.id", index=True, ondelete="CASCADE")
    campaign_id: int = points_at("campaign.id", ondelete="CASCADE")
    e164: str = text()
    person_name: str = text(default="")
    note: str = text(default="")
    position: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    state: NumberState = word(NumberState, default=NumberState.GOOD)
    attempts: int = Field(default=0, sa_column=Column(Integer, nullable=False, server_default="0"))
    call_back: bool = Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=sql("false")))
    """The contact asked to be called back on this one: it is tried first."""
    refused_at: datetime | None = moment()
    """When it was found to be no allowed destination; it is not picked until the rules change."""

    __table_args__ = (
        UniqueConstraint("campaign_id", "e164"),
        CheckConstraint(f"e164 ~ '{E164}'", name="is_e164"),
        CheckConstraint("length(person_name) <= 200", name="person_name_length"),
        Index("ix_contact_number_e164", "e164"),
    )


FENCING_TOKENS = Sequence("fencing_token", metadata=SQLModel.metadata, data_type=BigInteger)
"""Each lease takes the next; a larger token is a later lease."""


class NumberLock(Table, table=True):
    """The lease of one telephone number, over all campaigns. Free when `leased_until` and `not_before` have passed,
    and the gap of the campaign that wants to call since `called_at`."""

    e164: str = Field(sa_column=Column(Text, primary_key=True))
    call_id: UUID
    fencing_token: int = whole()
    leased_until: datetime = moment(nullable=False)
    not_before: datetime | None = moment()
    """The minimum gap of the campaign that called last: no call to this number before it."""
    called_at: datetime | None = moment()
    """When the last call to it ended."""

    __table_args__ = (CheckConstraint(f"e164 ~ '{E164}'", name="is_e164"),)


class DoNotCall(Table, table=True):
    """A number nobody may call: for one customer, or (no customer) for the whole platform. It outlives contacts."""

    id: int | None = key()
    e164: str = text()
    customer_id: int | None = points_at("customer.id", nullable=True, ondelete="CASCADE")
    source: DoNotCallSource = word(DoNotCallSource, default=DoNotCallSource.CALL)
    reason: str = text(default="")
    added_by: int | None = points_at("account.id", nullable=True)
    call_id: UUID | None = Field(default=None)
    """The call in which it was asked for; the call may be gone."""
    created_at: datetime | None = created()

    __table_args__ = (
        UniqueConstraint("e164", "customer_id", postgresql_nulls_not_distinct=True),
        CheckConstraint(f"e164 ~ '{E164}'", name="is_e164"),
        CheckConstraint("length(reason) <= 200", name="reason_length"),
        Index("ix_do_not_call_customer", "customer_id", "id"),
    )
