"""What happened: shifts, calls, transfers, drafts, the switch's records, settlements."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Text, UniqueConstraint, Uuid
from sqlalchemy import text as sql
from sqlmodel import Field

from ..words import CallState, EndpointKind, ManagerResult, Outcome, RecordSource, TransferState
from .columns import Table, created, document, flag, key, moment, points_at, text, whole, word


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
    fallback_number: str | None = text(nullable=True)
    """Rung when the operator asks for her telephone instead of an endpoint that does not answer."""
    started_at: datetime | None = created()
    ended_at: datetime | None = moment()
    sound_check_id: int | None = points_at("sound_check.id", nullable=True, ondelete="SET NULL")
    """The check of sound that was made before it."""

    __table_args__ = (
        Index("uq_shift_open", "operator_id", unique=True, postgresql_where=sql("ended_at is null")),
        Index("ix_shift_switch_open", "switch_name", postgresql_where=sql("ended_at is null")),
    )


class SeatEndpoint(Table, table=True):
    """How an operator wants to be rung: her page, a SIP telephone of her own, or a telephone number."""

    account_id: int = points_at("account.id", primary_key=True, ondelete="CASCADE")
    kind: EndpointKind = word(EndpointKind, default=EndpointKind.BROWSER)
    number: str | None = text(nullable=True)
    """E.164; rung when the kind is `number`, and at her wish when another endpoint is lost."""

    __table_args__ = (
        CheckConstraint("number ~ '^\\+[1-9][0-9]{6,14}$'", name="number_is_e164"),
        CheckConstraint("kind <> 'number' or number is not null", name="number_has_one"),
    )


class SeatLeg(Table, table=True):
    """A seat that is a call to a telephone number: its minutes cost the platform. Kept before it is dialled."""

    leg: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    shift_id: int = points_at("shift.id", index=True)
    per_minute: int = whole()
    """What a minute costs, in minor units of `currency`, by the tariff when it was dialled."""
    currency: str = text()
    called_at: datetime | None = created()
    billed_s: int | None = whole(nullable=True)
    """Of the switch's record; none until it is there."""
    cost: int | None = whole(nullable=True)

    __table_args__ = (
        Index("ix_seat_leg_unbilled", "called_at", postgresql_where=sql("cost is null")),
        CheckConstraint("(cost is null) = (billed_s is null)", name="cost_has_length"),
        CheckConstraint("per_minute >= 0 and cost >= 0 and billed_s >= 0", name="not_negative"),
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
    carrier_id: int | None = points_at("carrier.id", nullable=True)
    """Whom it goes out through; none: the gateway of the settings."""
    carrier_per_minute: int | None = whole(nullable=True)
    """The carrier's rate when it was claimed, in minor units of the carrier's currency."""
    dial_at: datetime | None = moment()
    """The moment reserved for dialling: neither carrier nor customer begins another call too near to it."""
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
    settled: bool = flag()
    """It has its settlement: kept here too, so that looking for calls without one costs the same at any size."""
    no_manager_at: datetime | None = moment()
    """When a transfer was tried and no manager could be had."""

    __table_args__ = (
        # What must always hold, kept by the database itself.
        Index("uq_call_number_on_the_line", "e164", unique=True,
              postgresql_where=sql("state in ('claimed', 'ringing', 'talking', 'transferring')")),
        Index("uq_call_operator_open", "operator_id", unique=True, postgresql_where=sql("state <> 'closed'")),
        Index("uq_call_contact_open", "contact_id", unique=True, postgresql_where=sql("state <> 'closed'")),
        Index("ix_call_campaign", "campaign_id", "claimed_at"),
        Index("ix_call_operator", "operator_id", "claimed_at"),
        Index("ix_call_number", "e164", "claimed_at"),
        Index("ix_call_unsettled", "closed_at", postgresql_where=sql("state = 'closed' and not settled")),
        # Lines in use, and moments of dialling, counted by each claim.
        Index("ix_call_carrier_live", "carrier_id", postgresql_where=sql("ended_at is null")),
        Index("ix_call_customer_live", "customer_id", postgresql_where=sql("ended_at is null")),
        Index("ix_call_carrier", "carrier_id", "claimed_at", postgresql_where=sql("carrier_id is not null")),
        Index("ix_call_customer", "customer_id", "claimed_at"),
        Index("ix_call_overran", "ended_at", postgresql_where=sql("overran")),
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
    prepared: str = text(default="")
    """The line that the exchange itself added to the note last."""
    place: str = text(default="")
    """Where in the script the operator is: numbers of the steps she came through, such as 1.3."""

    __table_args__ = (
        CheckConstraint("length(note) <= 10000", name="note_length"),
        CheckConstraint("place ~ '^([0-9]{1,3}(\\.[0-9]{1,3}){0,99})?$'", name="place_is_steps"),
    )


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
    manager_result: ManagerResult | None = word(ManagerResult, nullable=True)
    manager_note: str = text(default="")
    manager_said_at: datetime | None = moment()

    __table_args__ = (
        CheckConstraint("length(manager_note) <= 10000", name="manager_note_length"),
        Index("uq_transfer_live", "call_id", unique=True, postgresql_where=sql("state in ('ringing', 'consulting')")),
    )


class SwitchRecord(Table, table=True):
    """A call detail record as the switch posted it, one per leg (mod_json_cdr)."""

    leg: UUID = Field(sa_column=Column(Uuid, primary_key=True))
    call_id: UUID | None = Field(default=None)
    """The call whose contact leg this is, by the record's own `exchange_call` variable."""
    body: dict[str, Any] = document()
    received_at: datetime | None = created()
    applied_at: datetime | None = moment()
    """When the call's money followed it; none: not yet, or no contact's leg."""

    __table_args__ = (
        Index("ix_switch_record_call", "call_id"),
        Index("ix_switch_record_waiting", "leg", postgresql_where=sql("applied_at is null and call_id = leg")),
        Index(
            "ix_switch_record_of_nobody", "received_at",
            postgresql_where=sql("call_id is null and not jsonb_exists(body, 'erased')"),
        ),
    )  # fmt: skip


class Settlement(Table, table=True):
    """The one financial end of a call. Money in minor units.

    Settled without the switch's record, it is corrected once when the record comes: `source`, length, charge and pay
    are then the record's. What was charged before is in the transactions, which are only ever added.
    """

    call_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("call.id"), primary_key=True))
    source: RecordSource = word(RecordSource)
    answered: bool = flag()
    billed_s: int = whole()
    charge: int = whole()
    operator_pay: int = whole()
    limit_s: int = whole()
    """The longest time that could be billed for this call."""
    shortfall: int = whole(default=0)
    """What a correction should have charged and the customer did not have: borne by the platform."""
    overpaid: int = whole(default=0)
    """What a correction should have taken back from the operator and was paid out by then: borne by the platform."""
    transaction_id: int = points_at("ledger_transaction.id")
    settled_at: datetime | None = created()
    corrected_at: datetime | None = moment()
    correction_id: int | None = points_at("ledger_transaction.id", nullable=True)
    """The correcting transaction; none: never corrected, or the record agreed."""

    __table_args__ = (
        UniqueConstraint("transaction_id"),
        UniqueConstraint("correction_id"),
        CheckConstraint("shortfall >= 0 and overpaid >= 0 and limit_s >= 0", name="borne_not_negative"),
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
