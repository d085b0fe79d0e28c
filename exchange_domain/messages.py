"""What the app and the engine say to each other: commands by stream, live changes by channel, snapshots by key.

Names of streams, channels and keys stand here too; neither side makes its own.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from .words import (
    CallState,
    CampaignStatus,
    ImportPhase,
    ImportState,
    ManagerResult,
    OperatorState,
    Outcome,
    TransferState,
)

VERSION = 1
"""Version of the message format; a reader refuses a greater one."""


def command_stream(switch_name: str) -> str:
    """Redis stream of an engine's commands; each entry has one field, `command`, with the JSON."""
    return f"engine:{switch_name}:commands"


ENGINE_GROUP = "engine"
"""Consumer group of every command stream: an entry is acknowledged when its effects are persisted."""


def operator_switch_key(operator_id: int) -> str:
    """Redis key of the name of the switch on which an operator sits, or was seated last."""
    return f"operator:{operator_id}:switch"


def operator_channel(operator_id: int) -> str:
    return f"live:operator:{operator_id}"


def manager_channel(manager_id: int) -> str:
    return f"live:manager:{manager_id}"


def campaign_channel(campaign_id: int) -> str:
    return f"live:campaign:{campaign_id}"


def operator_snapshot_key(operator_id: int) -> str:
    """Redis key of the latest OperatorView, as JSON."""
    return f"snapshot:operator:{operator_id}"


def manager_snapshot_key(manager_id: int) -> str:
    """Redis key of the latest ManagerView, as JSON."""
    return f"snapshot:manager:{manager_id}"


RECORD_CHANNEL = "live:records"
"""Says that a switch record was stored: the body is the leg's uuid."""


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    v: Literal[1] = VERSION


# --- commands: app → engine ---------------------------------------------------------------------------------------


class Command(Message):
    """Something a person asked for. `key` makes it idempotent: the same key twice is one command."""

    key: UUID = Field(default_factory=uuid4)
    operator_id: int


class StartShift(Command):
    """Seat the operator and let her work on a campaign; with a shift open, change its campaign."""

    kind: Literal["start_shift"] = "start_shift"
    campaign_id: int


class EndShift(Command):
    """Release the seat. Refused with `call_open` while a call is not closed."""

    kind: Literal["end_shift"] = "end_shift"


class RingSeat(Command):
    """Call the operator's lost seat again now; `by_number`: her telephone instead of her page."""

    kind: Literal["ring_seat"] = "ring_seat"
    by_number: bool = False


class CallNext(Command):
    """Claim the next contact and ring it. `key` becomes the call's id and the contact leg's channel uuid.

    While a contact is shown, that one is rung.
    """

    kind: Literal["call_next"] = "call_next"


class HoldPreview(Command):
    """Stop the countdown of the contact that is shown (`on`), or let it begin again."""

    kind: Literal["hold_preview"] = "hold_preview"
    call_id: UUID
    on: bool


SkipReason = Literal["known_person", "wrong_list", "bad_hour", "too_hard", "other"]
"""Why an operator passes over a contact; the pages have the words."""


class SkipContact(Command):
    """Not the contact that is shown: it rests, and the next one is shown. `key` becomes the id of that one's call."""

    kind: Literal["skip_contact"] = "skip_contact"
    call_id: UUID
    reason: SkipReason = "other"


class HangUp(Command):
    """End or cancel the call; during a consultation, the manager's leg as well."""

    kind: Literal["hang_up"] = "hang_up"
    call_id: UUID


class StartTransfer(Command):
    """Put the contact on hold with music and ring the campaign's managers in order."""

    kind: Literal["start_transfer"] = "start_transfer"
    call_id: UUID


class CompleteTransfer(Command):
    """Connect contact and manager; the operator goes to wrap-up."""

    kind: Literal["complete_transfer"] = "complete_transfer"
    call_id: UUID


class ReturnToContact(Command):
    """Give up the transfer and go back to the contact."""

    kind: Literal["return_to_contact"] = "return_to_contact"
    call_id: UUID


class NextManager(Command):
    """Let go of the manager who rings, or of the machine that answered, and ring the next one in order."""

    kind: Literal["next_manager"] = "next_manager"
    call_id: UUID


class DeclineTransfer(Command):
    """The manager is busy: the transfer that rings at this desk goes on to the next one."""

    kind: Literal["decline_transfer"] = "decline_transfer"
    call_id: UUID
    transfer_id: UUID
    manager_id: int


class MaskRecording(Command):
    """Keep nothing of what is said from now on (`on`), or go on keeping it. The length of the recording stays."""

    kind: Literal["mask_recording"] = "mask_recording"
    call_id: UUID
    on: bool


class CloseCall(Command):
    """The disposition: how the call ended, with the form's answers and the note."""

    kind: Literal["close_call"] = "close_call"
    call_id: UUID
    disposition_id: int
    result: dict[str, Any] = {}
    note: str = ""
    call_back_at: datetime | None = None
    call_back_by: Literal["operator", "anyone"] = "anyone"
    """Whether the call-back is kept for this operator, or made by whoever is free."""
    then: Literal["ready", "next", "end_shift"] = "ready"


AnyCommand = Annotated[
    StartShift
    | EndShift
    | RingSeat
    | CallNext
    | HoldPreview
    | SkipContact
    | HangUp
    | StartTransfer
    | CompleteTransfer
    | ReturnToContact
    | NextManager
    | DeclineTransfer
    | MaskRecording
    | CloseCall,
    Field(discriminator="kind"),
]
COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)


# --- views: engine → app ------------------------------------------------------------------------------------------


class TransferView(Message):
    """The transfer in progress, as operator and manager see it. Times are epoch milliseconds."""

    transfer_id: UUID
    state: TransferState
    manager_id: int
    manager_name: str
    started_ms: int
    answered_ms: int | None = None
    waiting: int = 0
    """How many managers can be rung after this one."""


class CallView(Message):
    """The call on an operator's screen. The number is masked here already: the full one never leaves the engine."""

    call_id: UUID
    contact_id: int
    contact_name: str
    person_name: str
    masked_number: str
    time_zone: str
    attempt: int
    state: CallState
    claimed_ms: int
    """Since when it is dialled, or, in a preview, shown."""
    preview: bool = False
    """The contact is only shown: nothing is dialled yet."""
    preview_until_ms: int | None = None
    """When it is dialled by itself; none: the countdown is stopped."""
    answered_ms: int | None = None
    ended_ms: int | None = None
    limit_ms: int | None = None
    """When the switch ends the call by itself."""
    warning_ms: int | None = None
    """When the warning tone sounds."""
    wrap_up_until_ms: int | None = None
    hangup_cause: str | None = None
    ended_by: str | None = None
    proposed_outcome: Outcome | None = None
    """What the switch says the end was, or a call-back when no manager could be had: preselected in wrap-up."""
    noted_ms: int | None = None
    """When the exchange last put a note into the draft by itself: the page reads the draft again."""
    transfer: TransferView | None = None
    recorded: bool = False
    masked: bool = False
    """The recording is paused: nothing of what is said is kept."""


class Notice(Message):
    """Something the person should know: a code that the page has the words for."""

    code: str
    """seat_unavailable, seat_lost, seat_not_back, seat_idle, no_seat_by_number, list_done, nothing_due, outside_hours,
    daily_cap, spend_cap, lines_busy, out_of_funds, campaign_not_active, no_certificate, call_open, no_manager,
    managers_unavailable, manager_unavailable, manager_left, contact_left, switch_lost, switch_dead, not_possible_now,
    bad_disposition, limit_reached, mask_failed, preview_over, pilot"""
    at_ms: int
    until_ms: int | None = None
    """For nothing_due, outside_hours, daily_cap and spend_cap: when the next contact can be called."""
    reason: str | None = None
    """For managers_unavailable, of the last one: manager_busy, manager_no_answer, manager_unavailable, skipped."""


class OperatorView(Message):
    """All an operator's page needs of the engine. `version` grows with each change of that operator's state."""

    kind: Literal["operator"] = "operator"
    operator_id: int
    version: int
    state: OperatorState
    shift_id: int | None = None
    campaign_id: int | None = None
    shift_started_ms: int | None = None
    call: CallView | None = None
    has_telephone: bool = False
    """Her telephone can be rung instead of an endpoint that is lost."""
    notice: Notice | None = None
    last_command: UUID | None = None
    """Key of the last command that was carried out or refused."""


class ManagerView(Message):
    """A manager's desk: the transfer that rings or talks there, or none."""

    kind: Literal["manager"] = "manager"
    manager_id: int
    version: int
    call_id: UUID | None = None
    campaign_id: int | None = None
    transfer: TransferView | None = None
    operator_name: str | None = None
    contact_name: str | None = None
    person_name: str | None = None
    number: str | None = None
    """In full: the contact is the manager's own customer."""
    with_contact: bool = False
    """The transfer is complete: manager and contact talk."""
    ended: bool = False


class DraftSaved(Message):
    """The operator has written more about a call that is at a manager's desk: read it again."""

    kind: Literal["draft"] = "draft"
    call_id: UUID
    version: int
    """Epoch milliseconds."""


class CallRow(Message):
    """One call as a row of the customer's live table."""

    kind: Literal["call"] = "call"
    campaign_id: int
    call_id: UUID
    contact_id: int
    contact_name: str
    person_name: str
    number: str
    operator_name: str
    """First name and initial only."""
    attempt: int
    state: CallState
    claimed_ms: int
    answered_ms: int | None = None
    ended_ms: int | None = None
    talk_s: int | None = None
    outcome: Outcome | None = None
    disposition: str | None = None
    """The customer's own words for the outcome, if any."""
    result: dict[str, Any] = {}
    note: str = ""
    transferred: bool = False
    manager_name: str | None = None
    manager_result: ManagerResult | None = None
    """What came of the transfer, as the manager says."""
    manager_note: str = ""
    charge: int | None = None
    """Minor units; none until settled."""
    settled: bool = False
    dialled: bool = True
    """No: the contact is only shown to an operator, or was passed over."""


class CampaignChanged(Message):
    """Status or money of a campaign changed: pages read what they show of it again."""

    kind: Literal["campaign"] = "campaign"
    campaign_id: int
    status: CampaignStatus


class ImportMoved(Message):
    """The import of a list has come further, or to its end."""

    kind: Literal["import"] = "import"
    campaign_id: int
    import_id: int
    state: ImportState
    phase: ImportPhase
    done_rows: int
    total_rows: int
    elapsed_ms: int
    """Since the work was begun."""


AnyLive = Annotated[
    OperatorView | ManagerView | DraftSaved | CallRow | CampaignChanged | ImportMoved, Field(discriminator="kind")
]
LIVE: TypeAdapter[AnyLive] = TypeAdapter(AnyLive)


def masked(e164: str) -> str:
    """A number as operators see it: country and area to tell it by, the last two digits, no more.

    >>> masked("+78121234567")
    '+7 812 •••-••-67'
    """
    digits = e164.lstrip("+")
    if digits.startswith("7") and len(digits) == 11:
        return f"+7 {digits[1:4]} •••-••-{digits[-2:]}"
    return f"+{digits[:2]} {'•' * max(len(digits) - 4, 3)} {digits[-2:]}"
