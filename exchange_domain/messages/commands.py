"""Commands: what the app asks of the engine that drives an operator's switch."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import Field, TypeAdapter

from ..words import ListeningMode
from .base import Message


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
    result: dict[str, Any] = Field(default_factory=dict)
    note: str = ""
    call_back_at: datetime | None = None
    call_back_by: Literal["operator", "anyone"] = "anyone"
    """Whether the call-back is kept for this operator, or made by whoever is free."""
    then: Literal["ready", "next", "end_shift"] = "ready"


class Listen(Command):
    """Let a moderator's page hear the operator's line. `key` becomes the uuid of the moderator's leg."""

    kind: Literal["listen"] = "listen"
    moderator_id: int


class ListenMode(Command):
    """Who hears the moderator from now on."""

    kind: Literal["listen_mode"] = "listen_mode"
    leg: UUID
    mode: ListeningMode


class StopListening(Command):
    """The moderator's leg ends; the call goes on."""

    kind: Literal["stop_listening"] = "stop_listening"
    leg: UUID


ListeningCommand = Listen | ListenMode | StopListening
"""About a moderator's leg; the operator's own state is untouched by it."""

OperatorCommand = (
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
    | CloseCall
)
AnyCommand = Annotated[OperatorCommand | ListeningCommand, Field(discriminator="kind")]
COMMANDS: TypeAdapter[AnyCommand] = TypeAdapter(AnyCommand)
