"""Legs made, answered, limited and ended. What each command does is freeswitch/ and FACTS as the simulator has them."""

from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from call_engine.core import effects as fx
from call_engine.core import events as ev
from call_engine.core.timings import EARLY_MEDIA_S, SEAT_RING_S

from ..agenda import Agenda
from ..chance import Chance
from .bridging import left_by, park_both, uuid_bridge
from .channel import NO_CHANNEL, NOT_RECORDED, OK, Channel, ChannelState, LegKind
from .far_ends import FarEnds

Originate = fx.OriginateSeat | fx.OriginateContact | fx.OriginateManager
AT_ONCE = ((96.0, (0, 5)), (4.0, (5, 1_500)))
"""How long a background originate takes to begin: milliseconds by weight."""
SHOWS_END = ((90.0, (5, 40)), (10.0, (40, 2_500)))
"""From the hangup to CHANNEL_DESTROY: the record is posted in between, in the leg's own thread."""


class Watcher(Protocol):
    """Who is told of what the switch does."""

    def said(self, channel: Channel, kind: type[ev.LegEvent], values: dict[str, Any]) -> None: ...
    def job_over(self, channel: Channel, reason: str | None) -> None: ...
    def made(self, channel: Channel) -> None: ...
    def joined(self, a: Channel, b: Channel) -> None: ...
    def recording(self, channel: Channel, started: bool) -> None: ...
    def cut_off(self, channel: Channel) -> None: ...
    def ended(self, channel: Channel) -> None: ...


class Switch:
    """All legs by uuid. Far ends do what chance gave them at the invitation."""

    def __init__(self, agenda: Agenda, chance: Chance, far_ends: FarEnds, watcher: Watcher):
        self.agenda, self.chance, self.far_ends, self.watcher = agenda, chance, far_ends, watcher
        self.channels: dict[UUID, Channel] = {}
        self.live: dict[UUID, Channel] = {}
        """Those that have not hung up."""
        self.away = False
        """No engine reaches it; its legs go on, if it lives."""
        self._boots = 0

    # --- originate ---

    def originate(self, effect: Originate, job: UUID, made_by: int = 0) -> None:
        """`bgapi originate`: accepted at once, begun a moment later in a thread of its own."""
        channel = self._channel(effect, job)
        channel.made_by = made_by
        boot = self._boots
        self.agenda.after(
            self.chance.span(AT_ONCE), lambda: self._begin(channel) if boot == self._boots else None, counts=False
        )

    def crash(self) -> None:
        """Everything on it is gone without a word; what was recorded lies on the disk."""
        self._boots += 1
        for channel in list(self.live.values()):
            channel.state, channel.cause, channel.ended_ms = ChannelState.GONE, "CRASH", self.agenda.now
            channel.bridge, channel.job_done = None, True
            for timer in (channel.limit, channel.media):
                if timer is not None:
                    timer.cancel()
            if channel.recording:
                channel.recording = False
                self.watcher.cut_off(channel)
        self.live.clear()

    def _channel(self, effect: Originate, job: UUID) -> Channel:
        now = self.agenda.now
        match effect:
            case fx.OriginateSeat():
                return Channel(
                    effect.leg, LegKind.SEAT, effect.operator_id, effect.endpoint, job, now, SEAT_RING_S,
                    early_media_counts=True, parks_early=True,
                )  # fmt: skip
            case fx.OriginateContact():
                return Channel(
                    effect.leg, LegKind.CONTACT, effect.operator_id, effect.e164, job, now, effect.ring_s,
                    longest_s=effect.longest_call_s, recorded=effect.recording, early_media_counts=True,
                )  # fmt: skip
            case fx.OriginateManager():
                return Channel(
                    effect.leg, LegKind.MANAGER, effect.operator_id, effect.dial_name, job, now, effect.ring_s,
                    longest_s=effect.longest_call_s,
                )  # fmt: skip

    def _begin(self, channel: Channel) -> None:
        refused = self.far_ends.refused_at_once(channel, self.live.values())
        if channel.leg in self.channels:
            refused = "DESTINATION_OUT_OF_ORDER"
        if refused is not None:
            self.watcher.job_over(channel, refused)
            return
        channel.created_ms = self.agenda.now
        self.channels[channel.leg] = self.live[channel.leg] = channel
        self.watcher.made(channel)
        self.say(channel, ev.Created)
        self.arm(channel, channel.ring_s * 1_000, "NO_ANSWER")
        self.far_ends.invite(self, channel)

    def arm(self, channel: Channel, ms: int, cause: str) -> None:
        """`sched_hangup`, or the originate's own timeout: the one before it is void."""
        if channel.limit is not None:
            channel.limit.cancel()
        channel.limit = self.agenda.after(ms, lambda: self.hang_up(channel, cause))

    # --- what far ends do ---

    def ring(self, channel: Channel) -> None:
        if channel.state is ChannelState.NEW:
            channel.state = ChannelState.RINGING
            self.say(channel, ev.Progressed, media=False)

    def early_media(self, channel: Channel) -> None:
        """183: from here on the announcement's own limit counts, not the originate's timeout."""
        if channel.state not in (ChannelState.NEW, ChannelState.RINGING):
            return
        channel.state = ChannelState.EARLY
        self.say(channel, ev.Progressed, media=True)
        if channel.early_media_counts:
            if channel.kind is LegKind.CONTACT:
                self.arm(channel, EARLY_MEDIA_S * 1_000, "NO_ANSWER")
            self._job_done(channel)

    def answer(self, channel: Channel) -> None:
        """200: the leg's own limit takes the place of what limited the ringing; the recording begins."""
        if not channel.alive or channel.answered:
            return
        channel.state, channel.answered_ms = ChannelState.ANSWERED, self.agenda.now
        if channel.limit is not None:
            channel.limit.cancel()
        self.say(channel, ev.Answered)
        self.arm_longest_call(channel)
        if channel.recorded:
            channel.recording = True
            self.watcher.recording(channel, True)
            self.say(channel, ev.Recording, started=True)
        if not channel.job_done:
            self._job_done(channel)

    def arm_longest_call(self, channel: Channel) -> None:
        """`execute_on_answer='sched_hangup +N allotted_timeout'`"""
        if channel.longest_s is not None:
            self.arm(channel, channel.longest_s * 1_000, "ALLOTTED_TIMEOUT")

    def _job_done(self, channel: Channel) -> None:
        channel.job_done = True
        self.watcher.job_over(channel, None)
        if channel.bridge is None:
            self.say(channel, ev.Parked)

    def hang_up(self, channel: Channel, cause: str) -> None:
        """The leg ends. Who was bridged with it parks or ends, as its variables say."""
        if not channel.alive:
            return
        channel.state, channel.cause, channel.ended_ms = ChannelState.GONE, cause, self.agenda.now
        del self.live[channel.leg]
        for timer in (channel.limit, channel.media):
            if timer is not None:
                timer.cancel()
        self.stop_playing(channel)
        self.say(channel, ev.HungUp, cause=cause)
        if not channel.job_done:
            self.watcher.job_over(channel, cause)
        if channel.recording:
            channel.recording = False
            self.watcher.recording(channel, False)
            self.say(channel, ev.Recording, started=False)
        self.watcher.ended(channel)
        left_by(self, channel)
        self.say(channel, ev.HungUp, cause=cause)
        self.agenda.after(self.chance.span(SHOWS_END), lambda: self._destroy(channel), counts=False)

    def stop_playing(self, channel: Channel) -> None:
        if channel.playing:
            channel.playing = False
            self.say(channel, ev.Sounding, on=False)

    def _destroy(self, channel: Channel) -> None:
        channel.destroyed = True
        self.say(channel, ev.Destroyed)

    def say(self, channel: Channel, kind: type[ev.LegEvent], **values: Any) -> None:
        self.watcher.said(channel, kind, values)

    # --- commands that are answered at once ---

    def command(self, effect: fx.SwitchCommand) -> str:
        """`api …`: its answer. Raises KeyError for a command that the simulated switch does not know."""
        return COMMANDS[type(effect)](self, effect)

    def dump(self, legs: tuple[UUID, ...]) -> dict[UUID, ev.Fact]:
        """`uuid_dump` of each."""
        gone = ev.Fact(ev.LegState.GONE)
        return {leg: channel.fact() if (channel := self.live.get(leg)) else gone for leg in legs}

    def kill(self, leg: UUID, cause: str = "NORMAL_CLEARING") -> str:
        channel = self.live.get(leg)
        if channel is None:
            return NO_CHANNEL
        self.hang_up(channel, cause)
        return OK


def _kill(switch: Switch, effect: fx.Kill) -> str:
    return switch.kill(effect.leg, effect.cause)


def _bridge(switch: Switch, effect: fx.BridgeLegs) -> str:
    return uuid_bridge(switch, effect.leg, effect.other)


def _park_both(switch: Switch, effect: fx.ParkBoth) -> str:
    return park_both(switch, effect.leg)


def _park_after_bridge(switch: Switch, effect: fx.ParkAfterBridge) -> str:
    channel = switch.live.get(effect.leg)
    if channel is None:
        return NO_CHANNEL
    channel.parks = effect.on
    return OK


def _play(switch: Switch, effect: fx.PlayMusic | fx.PlayRinging | fx.PlayComfort) -> str:
    channel = switch.live.get(effect.leg)
    if channel is None:
        return NO_CHANNEL
    switch.stop_playing(channel)
    channel.playing = True
    switch.say(channel, ev.Sounding, on=True)
    return OK


def _stop_playing(switch: Switch, effect: fx.StopPlaying) -> str:
    channel = switch.live.get(effect.leg)
    if channel is None:
        return NO_CHANNEL
    switch.stop_playing(channel)
    return OK


def _mask(switch: Switch, effect: fx.MaskLeg) -> str:
    channel = switch.live.get(effect.leg)
    if channel is None or not channel.recording:
        return NO_CHANNEL if channel is None else NOT_RECORDED
    channel.masked = effect.on
    return OK


COMMANDS: dict[type[fx.SwitchCommand], Callable[[Switch, Any], str]] = {
    fx.Kill: _kill,
    fx.BridgeLegs: _bridge,
    fx.ParkBoth: _park_both,
    fx.ParkAfterBridge: _park_after_bridge,
    fx.PlayMusic: _play,
    fx.PlayRinging: _play,
    fx.PlayComfort: _play,
    fx.StopPlaying: _stop_playing,
    fx.MaskLeg: _mask,
}
"""Every command that is answered at once. Originates and Ask go their own ways (engine/switch_effects.py)."""
