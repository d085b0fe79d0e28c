"""Everything that can happen to an operator's actor.

`at` is the moment (epoch milliseconds) and `fresh` an unused uuid: the core has neither clock nor chance of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid5

from exchange_domain.messages import OperatorCommand

from .state import CallFacts, Manager, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    at: int
    fresh: UUID


def new_leg(event: Event, purpose: str) -> UUID:
    """The uuid of a leg that this event makes: another one for each purpose."""
    return uuid5(event.fresh, purpose)


# --- from the app ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Commanded(Event):
    """`stale`: it lay too long to be still what the person wants (a call to be placed, a transfer)."""

    command: OperatorCommand
    stale: bool = False


# --- what became of effects in the database ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftOpened(Event):
    shift: Shift
    operator_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRefused(Event):
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Event):
    facts: CallFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRefused(Event):
    call_id: UUID
    code: str
    until_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagersListed(Event):
    call_id: UUID
    managers: tuple[Manager, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseRefused(Event):
    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseLost(Event):
    call_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """The call-back note stands in the call's draft."""

    call_id: UUID


# --- from the switch ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LegEvent(Event):
    leg: UUID


class Created(LegEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progressed(LegEvent):
    """It rings, or (`media`) the network is heard."""

    media: bool = False


class Answered(LegEvent):
    pass


class Parked(LegEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridged(LegEvent):
    other: UUID


class Unbridged(LegEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class HungUp(LegEvent):
    cause: str


class Destroyed(LegEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(LegEvent):
    started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding(LegEvent):
    """Something begins or ends to be played to the leg."""

    on: bool


class OriginateDone(LegEvent):
    """The originate's job said +OK: answered, or early media is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginateFailed(LegEvent):
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRefused(LegEvent):
    """The switch said -ERR to a command about these legs."""

    command: str
    other: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent(LegEvent):
    """An originate certainly did not go out: the connection was gone before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSignedOff(Event):
    """The seat's endpoint is not registered any more. `registration`: its Call-ID, the same as long as a page lives."""

    registration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointSignedOn(Event):
    registration: str = ""


class LegState(StrEnum):
    GONE = "gone"
    RINGING = "ringing"
    EARLY = "early"
    """Media before the answer."""
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Fact:
    """What the switch says of a leg when asked; of one that is gone, what its record says."""

    state: LegState
    connectable: bool = False
    """Its originate is over: parked or in a bridge."""
    other: UUID | None = None
    """The leg it is bridged with."""
    answered_ms: int | None = None
    cause: str | None = None
    ended_ms: int | None = None
    playing: bool = False
    """Music or a tone is played to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Event):
    """Answers to an Ask; legs that could not be asked about are not in it."""

    facts: Mapping[UUID, Fact] = field(default_factory=dict)
    asked_ms: int | None = None
    """When the switch was asked, if other events may have come before its answers were handled."""

    def older_than(self, moment_ms: int) -> bool:
        """Whether what was proven at that moment is newer than these answers."""
        return self.asked_ms is not None and self.asked_ms <= moment_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchLost(Event):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchBack(Facts):
    """Connected again, and all of the operator's legs were asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchDead(Event):
    """The switch stays away and is given up: what was on it has ended, at `heard`, when it was last heard."""

    heard: int


# --- from the clock ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFired(Event):
    name: str
