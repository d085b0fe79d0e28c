"""One channel: its state, its variables, and the headers every event of it carries."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switch_simulator.behaviour import Behaviour
from switch_simulator.events import Event, Headers
from switch_simulator.profile import Profile

if TYPE_CHECKING:
    from switch_simulator.bridging import Bridge
    from switch_simulator.leg import Callee
    from switch_simulator.listening import Eavesdrop
    from switch_simulator.originate import Attempt
    from switch_simulator.playback import Playback
    from switch_simulator.recording import Recording
    from switch_simulator.switch import Switch

STATE_NUMBERS = {
    "CS_NONE": 0,
    "CS_INIT": 1,
    "CS_ROUTING": 2,
    "CS_SOFT_EXECUTE": 3,
    "CS_EXECUTE": 4,
    "CS_EXCHANGE_MEDIA": 5,
    "CS_PARK": 6,
    "CS_CONSUME_MEDIA": 7,
    "CS_HIBERNATE": 8,
    "CS_RESET": 9,
    "CS_HANGUP": 10,
    "CS_REPORTING": 11,
    "CS_DESTROY": 12,
}
NO_NAME = "N/A"
CALL_STATE_NUMBERS = {"DOWN": 0, "RINGING": 2, "EARLY": 3, "ACTIVE": 4, "HELD": 5, "RING_WAIT": 6, "HANGUP": 7}


@dataclass(slots=True)
class Application:
    """An application a channel executes."""

    name: str
    argument: str
    uuid: str


class Channel:
    """A leg. Two states, as in FreeSWITCH: `state` is where it stands, `target` where it goes; the header
    Channel-State shows the first, Channel-State-Number the second.
    """

    def __init__(self, switch: Switch, uuid: str, name: str, profile: Profile, behaviour: Behaviour) -> None:
        self.switch = switch
        self.uuid = uuid
        self.name = name
        self.profile = profile
        self.behaviour = behaviour
        self.session_id = switch.next_session_id()
        self.state = "CS_NONE"
        self.target = "CS_INIT"
        self.call_state = "DOWN"
        self.answer_state = "ringing"
        self.presence_id = ""
        self.call_uuid = uuid
        self.hit_dialplan = False
        self.has_codec = False
        self.hangup_cause = ""
        self.hangup_disposition = ""
        self.variables: dict[str, str] = {}
        self.other_type = ""
        self.other_leg: Headers = []
        self.attempt: Attempt | None = None
        self.callee: Callee | None = None
        self.bridge: Bridge | None = None
        self.waited_for_by: list[Channel] = []
        """Legs in limbo: about to be bridged with this one when another bridge took it."""
        self.application: Application | None = None
        self.parked = False
        self.playback: Playback | None = None
        self.recordings: dict[str, Recording] = {}
        self.displaced: dict[str, asyncio.TimerHandle | None] = {}
        self.listeners: list[Eavesdrop] = []
        self.eavesdrop: Eavesdrop | None = None
        self.applications_run: list[tuple[str, str, int]] = []
        self.on_application_end: Callable[[], None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    # -- what it is ------------------------------------------------------------------------------

    @property
    def is_up(self) -> bool:
        """Not hung up yet."""
        return self.answer_state != "hangup"

    @property
    def is_answered(self) -> bool:
        """The other side picked up, and nobody has hung up."""
        return self.answer_state == "answered"

    def flag(self, variable: str) -> bool:
        """A variable read as true or false."""
        return self.variables.get(variable, "").lower() in ("true", "yes", "on", "1", "t", "enabled", "active", "allow")

    def set_variable(self, name: str, value: str | None) -> None:
        """Sets a variable; an empty value removes it."""
        if value:
            self.variables[name] = value
        else:
            self.variables.pop(name, None)

    # -- time ------------------------------------------------------------------------------------

    def later(self, seconds: float, action: Callable[[], object]) -> asyncio.TimerHandle:
        """Does something later, unless the channel has been destroyed by then."""
        handle: asyncio.TimerHandle

        def fire() -> None:
            self._timers.discard(handle)
            action()

        handle = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(handle)
        return handle

    def cancel(self, handle: asyncio.TimerHandle | None) -> None:
        """Takes back what `later` promised."""
        if handle is not None:
            handle.cancel()
            self._timers.discard(handle)

    def cancel_all(self) -> None:
        """Nothing pending any more: the channel is gone."""
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()

    # -- events ----------------------------------------------------------------------------------

    def emit(
        self, name: str, extra: Headers | None = None, variables: bool = True, first: Headers | None = None
    ) -> None:
        """Publishes an event of this channel; it is put together only if someone listens."""

        def make() -> Event:
            headers = self.switch.base_headers(name)
            if first:
                headers += first
            headers += self.headers()
            if extra:
                headers += extra
            if variables:
                headers += self.variable_headers()
            return Event(name, headers)

        self.switch.publish(name, make)

    def headers(self) -> Headers:
        """The channel's headers without its variables."""
        headers: Headers = [
            ("Channel-State", self.state),
            ("Channel-Call-State", self.call_state),
            ("Channel-State-Number", str(STATE_NUMBERS[self.target])),
            ("Channel-Name", self.name),
            ("Unique-ID", self.uuid),
            ("Call-Direction", "outbound"),
            ("Presence-Call-Direction", "outbound"),
            ("Channel-HIT-Dialplan", "true" if self.hit_dialplan else "false"),
        ]
        if self.presence_id:
            headers.append(("Channel-Presence-ID", self.presence_id))
        headers += [("Channel-Call-UUID", self.call_uuid), ("Answer-State", self.answer_state)]
        if self.hangup_cause:
            headers.append(("Hangup-Cause", self.hangup_cause))
        if self.has_codec:
            for side in ("Read", "Write"):
                headers += [
                    (f"Channel-{side}-Codec-Name", "PCMU"),
                    (f"Channel-{side}-Codec-Rate", "8000"),
                    (f"Channel-{side}-Codec-Bit-Rate", "64000"),
                ]
        if self.name != NO_NAME:
            headers += self.profile.headers()
        if self.other_type:
            headers.append(("Other-Type", self.other_type))
            headers += self.other_leg
        return headers

    def variable_headers(self) -> Headers:
        """`variable_…`"""
        return [(f"variable_{name}", value) for name, value in self.variables.items()]

    # -- state -----------------------------------------------------------------------------------

    def go(self, state: str, target: str | None = None) -> None:
        """Stands in a new state (CHANNEL_STATE)."""
        self.target = target or state
        self.state = state
        self.switch.database.touch(self)
        self.emit("CHANNEL_STATE", variables=False)

    def set_call_state(self, call_state: str) -> None:
        """CHANNEL_CALLSTATE, when it changes."""
        if call_state == self.call_state:
            return
        original, self.call_state = self.call_state, call_state
        self.switch.database.touch(self)
        self.emit(
            "CHANNEL_CALLSTATE",
            [
                ("Original-Channel-Call-State", original),
                ("Channel-Call-State-Number", str(CALL_STATE_NUMBERS[call_state])),
            ],
            variables=False,
        )

    def presence(self, status: str) -> None:
        """PRESENCE_IN, of a user's channel."""
        if self.presence_id:
            self.emit(
                "PRESENCE_IN",
                [
                    ("proto", "any"),
                    ("login", "src/switch_channel.c"),
                    ("from", self.presence_id),
                    ("rpid", "unknown"),
                    ("status", status),
                    ("event_type", "presence"),
                    ("alt_event_type", "dialog"),
                    ("presence-call-direction", "outbound"),
                ],
                variables=False,
            )

    def meet(self, other: Channel, other_type: str) -> None:
        """Takes the other channel's profile as its Other-Leg headers."""
        self.other_type = other_type
        self.other_leg = other.profile.as_other_leg(with_times=other_type == "originatee")

    def forget_other_leg(self) -> None:
        """No Other-Leg headers any more (a transfer)."""
        self.other_type = ""
        self.other_leg = []
