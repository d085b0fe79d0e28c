"""An operator's actor: her shift, her seat, her call, its transfer, and the calls she handed over."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from exchange_domain.messages import Notice
from exchange_domain.words import EndpointKind


@dataclass(frozen=True, slots=True)
class Shift:
    """Work on one campaign; how the operator's seat is rung."""

    shift_id: int
    campaign_id: int
    endpoint_kind: EndpointKind
    endpoint: str
    started_ms: int
    idle_s: int = 1_800
    """A seat that waits for its operator's next press this long is released."""
    fallback_number: str | None = None
    """Rung instead, when the operator asks for it, if the tariff allows seats by telephone."""
    preview_s: int = 0
    """So long the next contact is shown before it is dialled by itself; 0: it is dialled at once."""


class SeatPhase(StrEnum):
    NONE = "none"
    CALLING = "calling"
    UP = "up"


@dataclass(frozen=True, slots=True)
class Seat:
    """The operator's audio leg. `back_by`: when a call that waits for a lost seat is given up."""

    leg: UUID | None = None
    phase: SeatPhase = SeatPhase.NONE
    lost_ms: int | None = None
    """When the engine last lost it and called again."""
    called_ms: int = 0
    back_by: int | None = None
    signed_off: str | None = None
    """The registration that ended while the leg still lives: of a closed page, or of one whose socket broke."""
    by_number: bool = False
    """The leg is a call to the fallback number."""
    ringing_tone: bool = False

    @property
    def up(self) -> bool:
        return self.phase is SeatPhase.UP


class Line(StrEnum):
    """The contact's leg."""

    PREVIEW = "preview"
    """Claimed and shown to the operator; nothing is dialled yet."""
    DIALLING = "dialling"
    RINGING = "ringing"
    EARLY = "early"
    """The network's announcement is heard; nobody answered."""
    ANSWERED = "answered"
    GONE = "gone"


class Bridge(StrEnum):
    """Of operator and contact."""

    NONE = "none"
    ASKED = "asked"
    UP = "up"
    LEAVING = "leaving"
    """The other side left it: the contact's PARK, or the switch when asked, says that nobody is there now."""


class Sound(StrEnum):
    """What the exchange plays to a contact who is with nobody."""

    MUSIC = "music"
    COMFORT = "comfort"


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What the claim gave: never changes."""

    call_id: UUID
    campaign_id: int
    customer_id: int
    contact_id: int
    contact_name: str
    person_name: str
    e164: str
    time_zone: str
    attempt: int
    token: int
    longest_call_s: int
    warning_s: int
    ring_s: int
    wrap_up_s: int
    recording: bool
    speech: str = "en"
    """Language of what the switch says to the contact: ru or en."""
    dial_at_ms: int = 0
    """The moment reserved for dialling it; past or zero: at once."""
    preview: bool = False
    """Claimed to be shown first: no moment is reserved yet."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call from its claim to its disposition. Its id is the uuid of the contact's leg."""

    facts: CallFacts
    claimed_ms: int
    line: Line = Line.DIALLING
    preview_until: int | None = None
    """When it is dialled by itself; none: it waits for a key."""
    dialled_ms: int = 0
    """When it was dialled after a preview."""
    seen: bool = False
    """The switch has shown a channel for it."""
    connectable: bool = False
    """The originate has succeeded: the leg may be bridged."""
    bridge: Bridge = Bridge.NONE
    bridge_tries: int = 0
    ordered_ms: int = 0
    """When a bridge of this call or its transfer was last asked for."""
    proven_ms: int = 0
    """When a bridge of this call or its transfer was last proven: older answers of the switch say nothing of it."""
    sound: Sound | None = None
    """What was started on the leg, and is not known to have ended."""
    sound_ms: int = 0
    """When it was started."""
    unreached_ms: int | None = None
    """When the last of the campaign's managers could not be had: the contact is to be called back."""
    noted: bool = False
    """The call-back note is in the draft."""
    answered_ms: int | None = None
    ended_ms: int | None = None
    cause: str | None = None
    ended_by: str | None = None
    ending_by: str | None = None
    """Who wants it ended: the leg is being killed."""
    lease_lost: bool = False
    wrap_up_until: int | None = None
    """Set when the operator is off the line."""
    handed_over: bool = False
    masked: bool | None = None
    """Whether the recording is paused; none: it never was, as far as this engine can know."""
    closing: bool = False
    """Its disposition is being written."""
    then: str | None = None
    next_call: UUID | None = None

    @property
    def call_id(self) -> UUID:
        return self.facts.call_id

    @property
    def on_the_line(self) -> bool:
        """The operator's seat belongs to it."""
        return self.wrap_up_until is None and self.line not in (Line.GONE, Line.PREVIEW)


@dataclass(frozen=True, slots=True)
class Manager:
    manager_id: int
    name: str
    kind: EndpointKind
    dial_name: str


class TransferPhase(StrEnum):
    ASKING = "asking"
    """The campaign's managers are being looked up; contact and operator still talk."""
    RINGING = "ringing"
    CONNECTING = "connecting"
    """A manager has answered: the bridge with the operator is not proven yet."""
    CONSULTING = "consulting"
    COMPLETING = "completing"
    """Contact and manager are to be joined: the bridge is not proven yet."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """A warm transfer in progress. `leg` is the present manager's channel and the try's id."""

    phase: TransferPhase
    started_ms: int
    leg: UUID | None = None
    rung_ms: int = 0
    manager: Manager | None = None
    waiting: tuple[Manager, ...] = ()
    """Managers to be rung after this one; while asking, those to begin with."""
    answered_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Contact and manager talk on without the operator; the number stays leased until the contact's leg ends."""

    call: Call
    transfer: Transfer
    completed_ms: int
    manager_gone: bool = False

    @property
    def call_id(self) -> UUID:
        return self.call.call_id


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A leg that is to end. `after_bridge`: killed while it is being bridged it would take the seat with it."""

    leg: UUID
    after_bridge: bool = False


@dataclass(frozen=True, slots=True)
class Operator:
    """All that one mailbox knows."""

    operator_id: int
    name: str = ""
    connected: bool = False
    """Whether the switch can be commanded now."""
    shift: Shift | None = None
    opening: bool = False
    """The shift is being opened in the database."""
    seat: Seat = Seat()
    claiming: UUID | None = None
    call: Call | None = None
    transfer: Transfer | None = None
    handed_over: tuple[HandedOver, ...] = ()
    unwanted: tuple[Unwanted, ...] = ()
    """Legs that were let go of, a manager's or an old seat's, and are not known to have ended."""
    notice: Notice | None = None
    last_command: UUID | None = None
    recent_keys: tuple[UUID, ...] = ()


RECENT_KEYS = 32
"""How many commands' keys an operator remembers, so that a doubled one does nothing."""


def talking_call(state: Operator) -> Call | None:
    """The call whose contact is on the operator's line, if any."""
    return state.call if state.call is not None and state.call.on_the_line else None


def previewed(state: Operator) -> Call | None:
    """The call whose contact is only shown so far, if any."""
    return state.call if state.call is not None and state.call.line is Line.PREVIEW else None


def leases_of(state: Operator) -> dict[UUID, int]:
    """Calls whose number must stay locked, with their tokens: the contact's leg may live, or will."""
    leases = {h.call_id: h.call.facts.token for h in state.handed_over}
    call = talking_call(state) or previewed(state)
    if call is not None and not call.lease_lost:
        leases[call.call_id] = call.facts.token
    return leases


def on_hold(state: Operator) -> bool:
    """Whether a transfer keeps operator and contact apart."""
    return state.transfer is not None and state.transfer.phase is not TransferPhase.ASKING


def legs(state: Operator) -> tuple[UUID, ...]:
    """Every leg the operator's actor answers for."""
    found: list[UUID] = []
    if state.seat.leg is not None:
        found.append(state.seat.leg)
    if (call := talking_call(state)) is not None:
        found.append(call.call_id)
    if state.transfer is not None and state.transfer.leg is not None:
        found.append(state.transfer.leg)
    for handed in state.handed_over:
        found.append(handed.call_id)
        if handed.transfer.leg is not None and not handed.manager_gone:
            found.append(handed.transfer.leg)
    found += [unwanted.leg for unwanted in state.unwanted]
    return tuple(found)
