"""Two legs that talk: joined by `uuid_bridge` or by the application `bridge`, and what is left when one goes."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable

from switch_simulator import parking
from switch_simulator.channel import Channel
from switch_simulator.clock import Clock
from switch_simulator.hangup import hang_up

# From the command to the legs leaving what they did, and from there to CHANNEL_BRIDGE.
BEGIN_DELAY = 0.02
JOIN_DELAY = 0.03


class Bridge:
    """A and B. CHANNEL_BRIDGE and CHANNEL_UNBRIDGE are sent once, as events of A."""

    def __init__(self, a: Channel, b: Channel, application_end: Callable[[], None] | None = None) -> None:
        self.a = a
        self.b = b
        self.joined = False
        self.application_end = application_end

    def other(self, channel: Channel) -> Channel:
        """The one `channel` talks to."""
        return self.b if channel is self.a else self.a

    def join(self) -> None:
        """CHANNEL_BRIDGE."""
        a, b = self.a, self.b
        self.joined = True
        now = a.switch.clock.micros()
        a.profile.times.bridged = b.profile.times.bridged = now
        b.call_uuid = a.uuid
        b.variables["call_uuid"] = a.uuid
        b.target = "CS_EXCHANGE_MEDIA"
        a.switch.database.touch(a)
        a.emit("CHANNEL_BRIDGE", self._ids())
        b.go("CS_EXCHANGE_MEDIA")
        for one, other in ((a, b), (b, a)):
            one.variables |= {
                "bridge_to": other.uuid,
                "last_bridge_to": other.uuid,
                "bridge_channel": other.name,
                "bridge_uuid": other.uuid,
            }
        if a.is_answered and b.is_answered:
            self._tell_callees()
        self._watch_answer()

    def _tell_callees(self) -> None:
        """Each telephone is told whom it talks to."""
        for one, other in ((self.a, self.b), (self.b, self.a)):
            profile = one.profile
            if one is self.a:
                name, number = profile.callee_name, profile.callee_number
            else:
                name, number = profile.caller_name, profile.caller_number
            one.set_variable("last_sent_callee_id_name", name)
            one.set_variable("last_sent_callee_id_number", number)
            one.emit(
                "CALL_UPDATE",
                [
                    ("Direction", "SEND"),
                    ("Sent-Callee-ID-Name", name),
                    ("Sent-Callee-ID-Number", number),
                    ("Bridged-To", other.uuid),
                ],
            )

    def _watch_answer(self) -> None:
        """`bridge_answer_timeout` (s) of the leg that has not answered yet."""
        limit = self.b.variables.get("bridge_answer_timeout", "")
        if self.b.is_answered or not limit.isdecimal():
            return

        def too_long() -> None:
            if self.b.bridge is self and not self.b.is_answered:
                hang_up(self.b, "ALLOTTED_TIMEOUT", by_peer=True)

        self.b.later(_after_seconds(self.b.switch.clock, int(limit)), too_long)

    def answered(self, channel: Channel) -> None:
        """One leg was answered during the bridge; its limit before the answer is void by `is_answered`."""
        if self.joined and self.other(channel).is_answered:
            self._tell_callees()

    def left_by(self, leaver: Channel) -> None:
        """One leg has hung up."""
        stayer = self.other(leaver)
        self.a.bridge = self.b.bridge = None
        if not self.joined:
            if stayer.is_up:
                stayer.variables["last_bridge_hangup_cause"] = leaver.hangup_cause
                hang_up(stayer, "ORIGINATOR_CANCEL", by_peer=True)
            return
        if leaver is self.b:
            _note_end(stayer, leaver)
            self._unbridge()
            self._release(stayer, leaver)
        else:
            # B parks by itself before the bridge, which runs in the thread of A, has come to its end.
            cause = stayer.variables.get("bridge_hangup_cause", "")
            _note_end(stayer, leaver)
            stayer.set_variable("bridge_hangup_cause", cause)
            self._release(stayer, leaver)
            stayer.variables["bridge_hangup_cause"] = leaver.hangup_cause
            self._unbridge()
            self._end_application()

    def leave_for_another(self, leaver: Channel) -> None:
        """One leg is taken out of the bridge alive (another uuid_bridge, a park, a transfer of it alone)."""
        stayer = self.other(leaver)
        self.a.bridge = self.b.bridge = None
        if not self.joined:
            # Seen on a real switch: it goes on waiting, neither bridged nor parked, until the leaver ends.
            leaver.waited_for_by.append(stayer)
            return
        leaver.variables.pop("bridge_to", None)
        stayer.variables.pop("bridge_to", None)
        if leaver is self.a:
            self._release(stayer, leaver)
            self._unbridge()
            self._end_application()
        else:
            self._unbridge()
            self._release(stayer, leaver)

    def part(self) -> None:
        """Both legs leave, to do something else each (a transfer of both)."""
        self.a.bridge = self.b.bridge = None
        for one in (self.a, self.b):
            one.variables.pop("bridge_to", None)
            one.call_uuid = one.uuid
        if self.joined:
            self._unbridge()
        self._end_application()

    def _unbridge(self) -> None:
        self.a.switch.database.touch(self.a)
        self.a.emit("CHANNEL_UNBRIDGE", self._ids())

    def _end_application(self) -> None:
        end, self.application_end = self.application_end, None
        if end is not None:
            end()

    def _release(self, stayer: Channel, leaver: Channel) -> None:
        """What the leg that stays does now."""
        stayer.call_uuid = stayer.uuid
        stayer.variables["call_uuid"] = stayer.uuid
        by_application = stayer is self.a and self.application_end is not None
        early = not leaver.profile.times.answered or not stayer.profile.times.answered
        stays = stayer.flag("park_after_bridge")
        if early:
            stays = stays and stayer.flag("park_after_early_bridge") and stayer.flag("continue_on_fail")
        if not stayer.is_up:
            self._end_application()
        elif stays:
            stayer.target = "CS_PARK"
            if by_application:
                self._end_application()
                parking.leave(stayer)
            parking.park_by_state(stayer)
        elif by_application:
            self._end_application()
            if (early and not stayer.flag("continue_on_fail")) or stayer.flag("hangup_after_bridge"):
                hang_up(stayer, leaver.hangup_cause or "NORMAL_CLEARING", by_peer=True)
        elif early:
            hang_up(stayer, leaver.hangup_cause or "NORMAL_CLEARING", by_peer=True)
        else:
            if stayer is self.a:
                stayer.go("CS_EXECUTE")
            hang_up(stayer, "NORMAL_CLEARING", by_peer=True)

    def _ids(self) -> list[tuple[str, str]]:
        return [("Bridge-A-Unique-ID", self.a.uuid), ("Bridge-B-Unique-ID", self.b.uuid)]


def _after_seconds(clock: Clock, seconds: int) -> float:
    """Until more than `seconds` whole seconds have gone by on the clock."""
    return clock.until_second(seconds + 1)


def _note_end(stayer: Channel, leaver: Channel) -> None:
    stayer.variables.pop("bridge_to", None)
    leaver.variables.pop("bridge_to", None)
    stayer.variables["last_bridge_hangup_cause"] = leaver.hangup_cause
    stayer.variables["bridge_hangup_cause"] = leaver.hangup_cause
    specific = leaver.variables.get("proto_specific_hangup_cause")
    if specific:
        stayer.variables["last_bridge_proto_specific_hangup_cause"] = specific
        stayer.variables["sip_hangup_phrase"] = leaver.variables.get("sip_invite_failure_phrase", "OK")


def uuid_bridge(a: Channel, b: Channel) -> None:
    """Joins two legs: each leaves what it does 20 ms later, and 20 to 40 ms after that they talk."""
    a.switch.start_timer(BEGIN_DELAY, lambda: _begin(a, b))


def _begin(a: Channel, b: Channel) -> None:
    if not a.is_up and not b.is_up:
        return
    pending = next((one for one in (a, b) if one.is_up and one.attempt is not None), None)
    for one in (a, b):
        one.target = "CS_HIBERNATE" if one.is_up else one.target
    _introduce(a, b)
    bridge = Bridge(a, b)
    # The legs that were parked come out first, then the bridges that are given up.
    for one in (b, a):
        if one.is_up and one.parked:
            parking.leave(one)
    for one in (a, b):
        if one.is_up and one.bridge is not None:
            one.bridge.leave_for_another(one)
    if a.is_up and b.is_up:
        a.bridge = b.bridge = bridge
    for one in (a, b):
        if one.is_up:
            one.go("CS_HIBERNATE")
            one.go("CS_RESET")
            one.go("CS_SOFT_EXECUTE")
    if not (a.is_up and b.is_up):
        # One leg has gone since the command: the other finds nobody to talk to.
        a.switch.start_timer(JOIN_DELAY, lambda: _alone(bridge))
    elif pending is not None:
        _collide(bridge, pending)
    else:
        a.switch.start_timer(JOIN_DELAY, lambda: _join(bridge))


def _alone(bridge: Bridge) -> None:
    for one in (bridge.a, bridge.b):
        hang_up(one, "ORIGINATOR_CANCEL", by_peer=True)


def _collide(bridge: Bridge, ringing: Channel) -> None:
    """A leg that an originate still owns cannot be bridged: the originate loses it, and both legs die."""
    attempt, ringing.attempt = ringing.attempt, None
    if attempt is not None:
        attempt.lost(ringing, "ORIGINATOR_CANCEL")
    other = bridge.other(ringing)

    def die() -> None:
        ringing.bridge = other.bridge = None
        hang_up(ringing, "DESTINATION_OUT_OF_ORDER", by_peer=True)
        other.variables["last_bridge_hangup_cause"] = "DESTINATION_OUT_OF_ORDER"
        other.variables.pop("uuid_bridge", None)
        hang_up(other, "ORIGINATOR_CANCEL", by_peer=True)

    ringing.switch.start_timer(BEGIN_DELAY, die)


def _join(bridge: Bridge) -> None:
    a, b = bridge.a, bridge.b
    if a.bridge is not bridge or b.bridge is not bridge:
        return
    gone = next((one for one in (a, b) if not one.is_up), None)
    if gone is not None:
        # `left_by` of the leg that went tells the other; its own teardown is under way.
        return
    a.variables.pop("uuid_bridge", None)
    for one, other in ((a, b), (b, a)):
        one.emit("CHANNEL_EXECUTE", [("Application", "uuid_bridge"), ("Application-Data", other.uuid)])
    bridge.join()


def _introduce(a: Channel, b: Channel) -> None:
    """Profiles and variables as they are when two legs are bridged by the API."""
    now = a.switch.clock.micros()
    for one, other in ((a, b), (b, a)):
        profile = one.profile
        source = f"{now // 1_000_000}:{uuids.uuid4()}:uuid_br:{other.uuid}"
        one.variables |= {
            "bridge_channel": other.name,
            "bridge_uuid": other.uuid,
            "signal_bond": other.uuid,
            "original_destination_number": profile.destination,
            "original_caller_id_name": profile.caller_name,
            "original_caller_id_number": profile.caller_number,
        }
        note_transfer(one, source)
        profile.index += 1
        profile.times.profile_created = now
        profile.times.bridged = 0
    a.variables["uuid_bridge"] = b.uuid
    b.hit_dialplan = False
    # Each shows the other as it was before the bridge changed who calls whom.
    a.meet(b, "originatee")
    b.meet(a, "originator")
    # B appears to be called by what A is; A's callee becomes whom B was called by.
    b_number = b.profile.callee_number
    b.profile.caller_name, b.profile.caller_number = a.profile.caller_name, a.profile.caller_number
    a.profile.logical_direction = "inbound"
    a.profile.callee_name, a.profile.callee_number = b.profile.callee_name, b_number


def note_transfer(channel: Channel, source: str) -> None:
    """Adds to the leg's history of transfers."""
    old = channel.variables.get("transfer_history", "")
    if not old:
        history = source
    elif old.startswith("ARRAY::"):
        history = f"{old}|:{source}"
    else:
        history = f"ARRAY::{old}|:{source}"
    channel.variables |= {"transfer_history": history, "transfer_source": source}
    channel.profile.transfer_source = source
