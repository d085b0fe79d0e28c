"""What happened: shifts, calls, transfers, drafts, the switch's records, settlements."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import CallState, EndpointKind, Outcome, RecordSource, TransferState
from .columns import Table, created, document, key, moment, points_at, text, whole, word


class Shift(Table, table=True):
    """An operator's time at work on one switch, with one seat."""

    id: int | None = key()
    operator_id: int = points_at("account.id")
    campaign_id: int = points_at("campaign.id")
    switch_name: str = text()
    seat_leg: UUID | None = Field(default=None)
    """Channel uuid of the seat's present leg."""
    endpoint_kind: EndpointKind = word(EndpointKind, default=EndpointKind.BROWSER)
    endpoint: str = text()
    started_at: datetime | None = created()
    ended_at: datetime | None = moment()

    __table_args__ = (
        Index("uq_shift_open", "operator_id", unique=True, postgresql_where=sql("ended_at is null")),
        Index("ix_shift_switch_open", "switch_name", postgresql_where=sql("ended_at is null")),
    )


class Call(Table, table=True):
    """One attempt to reach one number. Its id is the channel uuid of the contact's leg."""

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    campaign_id: int = points_at("campaign.id")
    customer_id: int = points_at("customer.id")
    contact_id: int = points_at("contact.id", index=True)
    number_id: int | None = points_at("contact_number.id", nullable=True, ondelete="SET NULL")
    e164: str = text()
    person_name: str = text(default="")
    operator_id: int = points_at("account.id")
    shift_id: int = points_at("shift.id")
    script_id: int = points_at("script.id")
    tariff_id: int = points_at("tariff.id")
    switch_name: str = text()
    fencing_token: int = whole()
    attempt: int = Field(default=1, sa_column=Column(Integer, nullable=False, server_default="1"))
    state: CallState = word(CallState, default=CallState.CLAIMED)
    claimed_at: datetime | None = created()
    ringing_at: datetime | None = moment()
    answered_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    wrap_up_until: datetime | None = moment()
    closed_at: datetime | None = moment()
    hangup_cause: str | None = text(nullable=True)
    ended_by: str | None = text(nullable=True)
    """contact, operator, manager, limit, network, switch"""
    transferred: bool = Field(default=False)
    overran: bool = Field(default=False)
    """Ended by the longest allowed call."""
    recording_path: str | None = text(nullable=True)
    disposition_id: int | None = points_at("disposition.id", nullable=True, ondelete="SET NULL")
    outcome: Outcome | None = word(Outcome, nullable=True)
    result: dict[str, Any] = document()
    """The form's answers by field key."""
    note: str = text(default="")
    call_back_at: datetime | None = moment()

    __table_args__ = (
        # What must always hold, kept by the database itself.
        Index("uq_call_number_on_the_line", "e164", unique=True,
              postgresql_where=sql("state in ('claimed', 'ringing', 'talking', 'transferring')")),
        Index("uq_call_operator_open", "operator_id", unique=True, postgresql_where=sql("state <> 'closed'")),
        Index("uq_call_contact_open", "contact_id", unique=True, postgresql_where=sql("state <> 'closed'")),
        Index("ix_call_campaign", "campaign_id", "claimed_at"),
        Index("ix_call_operator", "operator_id", "claimed_at"),
        Index("ix_call_switch_open", "switch_name", postgresql_where=sql("state <> 'closed'")),
        Index("ix_call_erased", "id", postgresql_where=sql("e164 = ''")),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_has_time"),
        CheckConstraint("state <> 'closed' or outcome is not null", name="closed_has_outcome"),
        CheckConstraint("answered_at is null or ended_at is null or ended_at >= answered_at", name="ends_after_answer"),
        CheckConstraint("length(note) <= 10000", name="note_length"),
    )  # fmt: skip


class CallDraft(Table, table=True):
    """What the operator has typed so far; outlives page, web worker and engine."""

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True))
    result: dict[str, Any] = document()
    note: str = text(default="")
    saved_at: datetime | None = created()

    __table_args__ = (CheckConstraint("length(note) <= 10000", name="note_length"),)


class Transfer(Table, table=True):
    """One try to hand a contact to one manager. Its id is the channel uuid of the manager's leg."""

    id: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), nullable=False, index=True))
    manager_id: int = points_at("account.id", index=True)
    state: TransferState = word(TransferState, default=TransferState.RINGING)
    started_at: datetime | None = created()
    answered_at: datetime | None = moment()
    completed_at: datetime | None = moment()
    ended_at: datetime | None = moment()
    cause: str | None = text(nullable=True)

    __table_args__ = (
        Index("uq_transfer_live", "call_id", unique=True, postgresql_where=sql("state in ('ringing', 'consulting')")),
    )


class SwitchRecord(Table, table=True):
    """A call detail record as the switch posted it, one per leg (mod_json_cdr)."""

    leg: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    call_id: UUID | None = Field(default=None)
    """The call whose contact leg this is, by the record's own `exchange_call` variable."""
    body: dict[str, Any] = document()
    received_at: datetime | None = created()

    __table_args__ = (
        Index("ix_switch_record_call", "call_id"),
        Index(
            "ix_switch_record_of_nobody", "received_at",
            postgresql_where=sql("call_id is null and not jsonb_exists(body, 'erased')"),
        ),
    )  # fmt: skip


class Settlement(Table, table=True):
    """The one financial end of a call. Money in minor units."""

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), primary_key=True))
    source: RecordSource = word(RecordSource)
    billed_s: int = whole()
    charge: int = whole()
    operator_pay: int = whole()
    transaction_id: int = points_at("ledger_transaction.id")
    settled_at: datetime | None = created()

    __table_args__ = (
        UniqueConstraint("transaction_id"),
        CheckConstraint("billed_s >= 0 and charge >= 0 and operator_pay >= 0", name="not_negative"),
        Index("ix_settlement_settled_at", "settled_at"),
    )


class CampaignTally(Table, table=True):
    """Running totals of a campaign by outcome, so that a live total costs the same at any size."""

    campaign_id: int = points_at("campaign.id", primary_key=True, ondelete="CASCADE")
    outcome: Outcome = Field(sa_column=Column(Text, primary_key=True))
    calls: int = whole(default=0)
    answered: int = whole(default=0)
    talk_s: int = whole(default=0)
    charge: int = whole(default=0)
