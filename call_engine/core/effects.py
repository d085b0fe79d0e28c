"""What the core wants done, as values. The shell does them in the order in which they stand."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from exchange_domain.messages import ManagerView, OperatorView
from exchange_domain.words import EndpointKind, Outcome


class Effect:
    """Base of all effects."""

    __slots__ = ()


# --- commands to the switch ---


class SwitchCommand(Effect):
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OriginateSeat(SwitchCommand):
    leg: UUID
    operator_id: int
    kind: EndpointKind
    endpoint: str


@dataclass(frozen=True, slots=True)
class OriginateContact(SwitchCommand):
    """Rings the contact. The switch itself ends it unanswered after the ring time, and at the longest call."""

    leg: UUID
    operator_id: int
    token: int
    e164: str
    ring_s: int
    longest_call_s: int
    warning_s: int
    recording: bool
    claimed_ms: int
    dial_at: int = 0
    """Not before this moment: carrier and customer take only so many calls a second."""
    previewed: bool = False
    """It was shown first: whether it may still be called, and its moment, are asked when it is dialled."""


@dataclass(frozen=True, slots=True)
class OriginateManager(SwitchCommand):
    leg: UUID
    operator_id: int
    kind: EndpointKind
    dial_name: str
    ring_s: int
    longest_call_s: int
    """A consultation cannot outlast the call it is about."""


@dataclass(frozen=True, slots=True)
class BridgeLegs(SwitchCommand):
    leg: UUID
    other: UUID


@dataclass(frozen=True, slots=True)
class Kill(SwitchCommand):
    leg: UUID
    cause: str = "NORMAL_CLEARING"


@dataclass(frozen=True, slots=True)
class ParkBoth(SwitchCommand):
    """Parts a leg from the one it is bridged to; both stay."""

    leg: UUID


@dataclass(frozen=True, slots=True)
class PlayMusic(SwitchCommand):
    leg: UUID


@dataclass(frozen=True, slots=True)
class PlayRinging(SwitchCommand):
    leg: UUID


@dataclass(frozen=True, slots=True)
class PlayComfort(SwitchCommand):
    """A spoken word that the line is not dead, please wait; music after it. `speech`: its language."""

    leg: UUID
    speech: str


@dataclass(frozen=True, slots=True)
class StopPlaying(SwitchCommand):
    leg: UUID


@dataclass(frozen=True, slots=True)
class ParkAfterBridge(SwitchCommand):
    """Whether the leg stays, parked, when its partner leaves; off: the two end with each other."""

    leg: UUID
    on: bool


@dataclass(frozen=True, slots=True)
class MaskLeg(SwitchCommand):
    """Silence in the contact's recording, or sound again. Absolute: the same once more changes nothing."""

    leg: UUID
    on: bool
    claimed_ms: int


@dataclass(frozen=True, slots=True)
class Ask(SwitchCommand):
    """Ask the switch about these legs; a Facts event brings the answers."""

    legs: tuple[UUID, ...]


# --- the database ---


class Persist(Effect):
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class OpenShift(Persist):
    operator_id: int
    campaign_id: int


@dataclass(frozen=True, slots=True)
class SaveSeat(Persist):
    """`by_number`: the leg is a call to a telephone number, whose minutes cost."""

    shift_id: int
    leg: UUID | None
    by_number: bool = False


@dataclass(frozen=True, slots=True)
class EndShift(Persist):
    shift_id: int


@dataclass(frozen=True, slots=True)
class Claim(Persist):
    call_id: UUID
    operator_id: int
    shift_id: int
    preview: bool = False
    """Shown first; its moment to be dialled is reserved later."""


@dataclass(frozen=True, slots=True)
class CallPersist(Persist):
    """A change of a call's row, fenced by the token of its number's lock."""

    call_id: UUID
    token: int


@dataclass(frozen=True, slots=True)
class SaveRinging(CallPersist):
    at: int


@dataclass(frozen=True, slots=True)
class SaveAnswered(CallPersist):
    at: int
    recorded: bool
    claimed_ms: int


@dataclass(frozen=True, slots=True)
class SaveRecording(CallPersist):
    """The switch began or ended the file."""

    at: int
    started: bool


@dataclass(frozen=True, slots=True)
class SaveMasked(CallPersist):
    at: int
    on: bool


@dataclass(frozen=True, slots=True)
class SaveTransferring(CallPersist):
    on: bool


@dataclass(frozen=True, slots=True)
class SaveWrapUp(CallPersist):
    until: int


@dataclass(frozen=True, slots=True)
class SaveEnded(CallPersist):
    at: int
    cause: str | None
    ended_by: str
    overran: bool


@dataclass(frozen=True, slots=True)
class NoteUnreached(CallPersist):
    """No manager could be had: kept with the call, and a note about it put into the operator's draft."""

    at: int


@dataclass(frozen=True, slots=True)
class SaveReturned(CallPersist):
    """Nobody answered before the switch was lost, at `ended`: the contact waits again as if it had not been rung."""

    at: int
    ended: int


@dataclass(frozen=True, slots=True)
class SaveNotPlaced(CallPersist):
    at: int
    cause: str


@dataclass(frozen=True, slots=True)
class SaveSkipped(CallPersist):
    """The operator passed over a contact that was shown to her, and why."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Close(Persist):
    """Writes the disposition, or (none chosen in time) the outcome given or what the switch says."""

    call_id: UUID
    at: int
    disposition_id: int | None = None
    outcome: Outcome | None = None
    result: tuple[tuple[str, Any], ...] = ()
    note: str = ""
    call_back_at_ms: int | None = None
    call_back_bound: bool = False
    """Kept for the operator who promised it."""


@dataclass(frozen=True, slots=True)
class ListManagers(Persist):
    call_id: UUID
    campaign_id: int


@dataclass(frozen=True, slots=True)
class TransferPersist(Persist):
    transfer_id: UUID
    call_id: UUID
    at: int


@dataclass(frozen=True, slots=True)
class SaveTransferStarted(TransferPersist):
    manager_id: int


@dataclass(frozen=True, slots=True)
class SaveTransferAnswered(TransferPersist):
    pass


@dataclass(frozen=True, slots=True)
class SaveTransferCompleted(TransferPersist):
    pass


@dataclass(frozen=True, slots=True)
class SaveTransferReturned(TransferPersist):
    pass


@dataclass(frozen=True, slots=True)
class SaveTransferFailed(TransferPersist):
    cause: str


@dataclass(frozen=True, slots=True)
class SaveTransferEnded(TransferPersist):
    pass


# --- the clock ---


@dataclass(frozen=True, slots=True)
class SetTimer(Effect):
    """At most one of each name; setting it again moves it."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class CancelTimer(Effect):
    name: str


# --- the pages ---


@dataclass(frozen=True, slots=True)
class PublishOperator(Effect):
    """The version stands in when it goes out."""

    view: OperatorView


@dataclass(frozen=True, slots=True)
class PublishManager(Effect):
    view: ManagerView


@dataclass(frozen=True, slots=True)
class PublishRow(Effect):
    call_id: UUID
