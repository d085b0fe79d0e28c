"""A leg as the switch has it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from call_engine.core.events import Fact, LegEvent, LegState

from ..agenda import Entry

OK = "+OK"
NO_CHANNEL = "-ERR No such channel!"
INVALID = "-ERR Invalid uuid"
NOT_RECORDED = "-ERR Operation failed"


class ChannelState(StrEnum):
    NEW = "new"
    """Invited; the far end has not said anything yet."""
    RINGING = "ringing"
    EARLY = "early"
    ANSWERED = "answered"
    GONE = "gone"


class LegKind(StrEnum):
    SEAT = "seat"
    CONTACT = "contact"
    MANAGER = "manager"


@dataclass(slots=True, eq=False)
class Channel:
    """One leg. Its variables are those that call_engine/switch/command_text.py gives the leg of this kind."""

    leg: UUID
    kind: LegKind
    operator_id: int
    address: str
    """What was dialled: a number, or the endpoint's name."""
    job: UUID
    created_ms: int
    ring_s: int
    longest_s: int | None = None
    """`sched_hangup` at the answer; none for a seat."""
    recorded: bool = False
    early_media_counts: bool = False
    """`ignore_early_media=false`: the originate is over at the first media."""
    parks: bool = True
    """`park_after_bridge`"""
    parks_early: bool = False
    """`park_after_early_bridge` and `continue_on_fail`"""
    state: ChannelState = ChannelState.NEW
    job_done: bool = False
    bridge: "Bridge | None" = None
    answered_ms: int | None = None
    ended_ms: int | None = None
    cause: str | None = None
    limit: Entry | None = None
    """What ends it by the switch's clock: ring time, announcement, longest call."""
    media: Entry | None = None
    """`media_timeout`: the far end has fallen silent."""
    recording: bool = False
    masked: bool = False
    """`uuid_record … mask`: silence is kept until it is unmasked."""
    playing: bool = False
    """Music or a tone; a bridge ends it by itself."""
    made_by: int = 0
    """Number of the engine that asked for it."""
    destroyed: bool = False

    @property
    def alive(self) -> bool:
        return self.state is not ChannelState.GONE

    @property
    def answered(self) -> bool:
        return self.answered_ms is not None

    @property
    def rings(self) -> bool:
        return self.alive and not self.job_done

    def fact(self) -> Fact:
        """`uuid_dump`: only a bridge that has come about counts."""
        if not self.alive:
            return Fact(LegState.GONE)
        joined = self.bridge is not None and self.bridge.joined
        other = self.bridge.other(self).leg if joined and self.bridge is not None else None
        state = LegState.RINGING if self.state is ChannelState.NEW else LegState(self.state.value)
        return Fact(state, self.job_done, other, self.answered_ms, playing=self.playing)


@dataclass(frozen=True, slots=True)
class Said:
    """An event on its way, with the times that its headers have."""

    leg: UUID
    kind: type[LegEvent]
    values: dict[str, Any]
    made_by: int
    answered_ms: int | None
    ended_ms: int | None

    @classmethod
    def of(cls, channel: Channel, kind: type[LegEvent], values: dict[str, Any]) -> "Said":
        return cls(channel.leg, kind, values, channel.made_by, channel.answered_ms, channel.ended_ms)


class Bridge:
    """Two legs; they hear each other from `joined` on. Events about it are the first leg's."""

    __slots__ = ("a", "b", "joined")

    def __init__(self, a: Channel, b: Channel):
        self.a, self.b, self.joined = a, b, False

    def other(self, channel: Channel) -> Channel:
        return self.b if channel is self.a else self.a
