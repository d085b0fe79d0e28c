"""Rows as far as a run needs them. Times are epoch milliseconds."""

from dataclasses import dataclass, field
from uuid import UUID

from exchange_domain.hours import Hours
from exchange_domain.tables import Tariff
from exchange_domain.words import (
    CallState,
    CampaignStatus,
    ContactStatus,
    EndpointKind,
    NumberState,
    Outcome,
    RecordingState,
    RecordSource,
    TransferState,
)


@dataclass(slots=True)
class Campaign:
    id: int
    customer_id: int
    hours: Hours
    managers: tuple[int, ...]
    """In the order in which they are asked."""
    dispositions: dict[int, Outcome]
    retry_delay_s: dict[Outcome, int]
    longest_call_s: int
    warning_s: int
    ring_s: int
    wrap_up_s: int
    max_attempts: int
    min_gap_s: int
    recording: bool
    status: CampaignStatus = CampaignStatus.ACTIVE


@dataclass(slots=True)
class Number:
    id: int
    e164: str
    position: int
    state: NumberState = NumberState.GOOD
    attempts: int = 0


@dataclass(slots=True)
class Contact:
    id: int
    campaign_id: int
    name: str
    time_zone: str
    due_at: int
    numbers: tuple[Number, ...]
    added_by: int | None = None
    status: ContactStatus = ContactStatus.WAITING
    attempts: int = 0
    last_outcome: Outcome | None = None


@dataclass(slots=True)
class NumberLock:
    call_id: UUID
    token: int
    leased_until: int
    not_before: int | None = None
    called_at: int | None = None


@dataclass(slots=True)
class Manager:
    id: int
    name: str
    kind: EndpointKind
    dial_name: str


@dataclass(slots=True)
class Shift:
    id: int
    operator_id: int
    campaign_id: int
    endpoint: str
    started_at: int
    idle_s: int
    fallback_number: str | None
    preview_s: int = 0
    seat_leg: UUID | None = None
    ended_at: int | None = None


@dataclass(slots=True)
class Call:
    id: UUID
    campaign_id: int
    customer_id: int
    contact_id: int
    number_id: int
    e164: str
    operator_id: int
    token: int
    attempt: int
    claimed_at: int
    dial_at: int | None
    """None: it is only shown so far."""
    state: CallState = CallState.CLAIMED
    ringing_at: int | None = None
    answered_at: int | None = None
    ended_at: int | None = None
    wrap_up_until: int | None = None
    closed_at: int | None = None
    hangup_cause: str | None = None
    ended_by: str | None = None
    overran: bool = False
    transferred: bool = False
    outcome: Outcome | None = None
    call_back_at: int | None = None
    no_manager_at: int | None = None


@dataclass(slots=True)
class Transfer:
    id: UUID
    call_id: UUID
    manager_id: int
    started_at: int
    state: TransferState = TransferState.RINGING
    answered_at: int | None = None
    completed_at: int | None = None
    ended_at: int | None = None
    cause: str | None = None


@dataclass(slots=True)
class Record:
    """The switch's call detail record of a leg, as far as settlement and recovery read it."""

    leg: UUID
    answered_at: int | None
    ended_at: int
    billed_s: int
    cause: str


@dataclass(slots=True)
class LegLog:
    """What the switch's events said of a leg, by the switch's clock, and until when an audit saw it live."""

    answered_at: int | None = None
    ended_at: int | None = None
    seen_at: int | None = None


@dataclass(slots=True)
class Recording:
    """`masked`: stretches in which nothing is kept; the last one is open while it goes on."""

    call_id: UUID
    state: RecordingState = RecordingState.EXPECTED
    started_at: int | None = None
    stopped_at: int | None = None
    masked: list[tuple[int, int | None]] = field(default_factory=list)
    next_try_at: int = 0

    @property
    def masked_now(self) -> bool:
        return bool(self.masked) and self.masked[-1][1] is None


@dataclass(slots=True)
class Settlement:
    call_id: UUID
    source: RecordSource
    billed_s: int
    charge: int
    operator_pay: int


@dataclass(slots=True)
class Tables:
    """Everything, by key; dicts keep the order in which rows were made."""

    tariff: Tariff
    campaigns: dict[int, Campaign] = field(default_factory=dict)
    contacts: dict[int, Contact] = field(default_factory=dict)
    managers: dict[int, Manager] = field(default_factory=dict)
    shifts: dict[int, Shift] = field(default_factory=dict)
    calls: dict[UUID, Call] = field(default_factory=dict)
    open_calls: dict[UUID, Call] = field(default_factory=dict)
    """Those that an engine takes up: not closed, or their contact's leg has not ended."""
    unsettled: dict[UUID, Call] = field(default_factory=dict)
    transfers: dict[UUID, Transfer] = field(default_factory=dict)
    locks: dict[str, NumberLock] = field(default_factory=dict)
    do_not_call: dict[tuple[str, int], UUID] = field(default_factory=dict)
    records: dict[UUID, Record] = field(default_factory=dict)
    leg_log: dict[UUID, LegLog] = field(default_factory=dict)
    recordings: dict[UUID, Recording] = field(default_factory=dict)
    seat_legs: dict[UUID, None] = field(default_factory=dict)
    """Seats by telephone number: their minutes cost."""
    settlements: dict[UUID, Settlement] = field(default_factory=dict)
    tokens: int = 0
