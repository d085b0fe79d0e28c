"""Placing calls: one Attempt for each `originate` or `bridge`, from the dial string to a leg or a cause."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable

from switch_simulator import sip_variables
from switch_simulator.behaviour import Behaviour
from switch_simulator.causes import parse_cause
from switch_simulator.channel import NO_NAME, Channel
from switch_simulator.dialstring import DialString, Leg
from switch_simulator.hangup import destroy, hang_up
from switch_simulator.leg import Callee
from switch_simulator.profile import Profile, Times
from switch_simulator.sip_variables import Route
from switch_simulator.switch import Switch

DEFAULT_TIMEOUT = 60
START_DELAY = 0.002
DONE_DELAY = 0.018


class Attempt:
    """Calls the legs of a dial string, group after group, until one succeeds.

    `done(channel, cause)` is called once: with the leg that may be used (cause empty), or with None and a cause.
    """

    def __init__(
        self,
        switch: Switch,
        dial: DialString,
        done: Callable[[Channel | None, str], None],
        caller_id: tuple[str, str] = ("", ""),
        timeout: int | None = None,
        originator: Channel | None = None,
    ) -> None:
        self.switch = switch
        self.dial = dial
        self.caller_id = caller_id
        self.originator = originator
        self.legs: list[Channel] = []
        self.last_failed: Channel | None = None
        self._done: Callable[[Channel | None, str], None] | None = done
        self._groups = list(dial.groups)
        self._last_cause = "NORMAL_CLEARING"
        own = dial.variables.get("originate_timeout", "")
        self._timeout = int(own) if own.isdecimal() else (timeout or DEFAULT_TIMEOUT)
        self._ignores_early_media = dial.variables.get("ignore_early_media", "").lower() in ("true", "yes", "1", "on")

    def start(self) -> None:
        """Calls the first group."""
        clock = self.switch.clock
        progress = self.dial.variables.get("progress_timeout", "")
        # More than N whole seconds for the progress, N for the answer; the progress is looked at first.
        if progress.isdecimal():
            self.switch.start_timer(max(0.0, clock.until_second(int(progress) + 1) - 0.005), self._no_progress)
        self.switch.start_timer(clock.until_second(self._timeout), lambda: self._give_up("NO_ANSWER"))
        self._next_group()

    def cancel(self, cause: str) -> None:
        """The one who wanted the call is gone."""
        self._give_up(cause)

    # -- what the legs report --------------------------------------------------------------------

    def progressed(self, channel: Channel) -> None:
        """180 or 183: with early media that is not ignored the attempt has succeeded."""
        if channel.answer_state == "early" and not self._ignores_early_media:
            self._succeed(channel, "EARLY MEDIA")

    def answered(self, channel: Channel) -> None:
        """200."""
        self._succeed(channel, "ANSWER")

    def failed(self, channel: Channel, cause: str) -> None:
        """A leg has ended before it could be used."""
        if channel in self.legs:
            self.legs.remove(channel)
        self._last_cause = cause
        self.last_failed = channel
        gateway = channel.variables.get("sip_gateway_name")
        if gateway:
            failures = self.switch.failed_calls
            failures[gateway] = failures.get(gateway, 0) + 1
        if not self.legs and self._done is not None:
            if self._groups:
                self._next_group()
            else:
                self._finish(None, cause)

    def lost(self, channel: Channel, cause: str) -> None:
        """A leg was taken away from the attempt."""
        if channel in self.legs:
            self.legs.remove(channel)
        self._finish(None, cause)

    # -- inside ----------------------------------------------------------------------------------

    def _succeed(self, channel: Channel, disposition: str) -> None:
        for loser in [leg for leg in self.legs if leg is not channel]:
            self.legs.remove(loser)
            loser.attempt = None
            hang_up(loser, "LOSE_RACE")

        def settle() -> None:
            if self._done is None or channel.attempt is not self or not channel.is_up:
                return
            channel.attempt = None
            channel.variables["endpoint_disposition"] = disposition
            self._finish(channel, "")

        channel.later(DONE_DELAY, settle)

    def _finish(self, channel: Channel | None, cause: str) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(channel, cause)

    def _no_progress(self) -> None:
        if not any(leg.profile.times.progress or leg.profile.times.progress_media for leg in self.legs):
            self._give_up("PROGRESS_TIMEOUT")

    def _give_up(self, cause: str) -> None:
        if self._done is None or any(leg.answer_state == "answered" for leg in self.legs):
            return
        self._groups.clear()
        for leg in list(self.legs):
            hang_up(leg, cause, by_peer=True)
        if not self.legs:
            self._finish(None, cause)

    def _next_group(self) -> None:
        while self._groups and not self.legs:
            for leg in self._groups.pop(0):
                cause = self._call(leg)
                if cause:
                    self._last_cause = cause
        if not self.legs:
            self._finish(None, self._last_cause)

    def _call(self, leg: Leg) -> str:
        """Starts one leg; returns the cause when there is no leg to start."""
        variables = {**self.dial.variables, **leg.variables}
        uuid = variables.get("origination_uuid") or str(uuids.uuid4())
        if uuid in self.switch.channels:
            return "DESTINATION_OUT_OF_ORDER"
        target = resolve(self.switch, leg, variables)
        if isinstance(target, str):
            if leg.endpoint == "sofia":
                self._stillborn(uuid)
            return target
        route, behaviour = target
        channel = self._channel(uuid, leg, route, behaviour, variables)
        channel.attempt = self
        self.legs.append(channel)
        self.switch.add(channel)
        channel.later(START_DELAY, lambda: self._launch(channel, route))
        limit = variables.get("leg_timeout", "")
        if limit.isdecimal():
            self._limit_leg(channel, int(limit))
        return ""

    def _limit_leg(self, channel: Channel, seconds: int) -> None:
        def too_long() -> None:
            if channel.attempt is self and not channel.is_answered:
                hang_up(channel, "ALLOTTED_TIMEOUT", by_peer=True)

        channel.later(self.switch.clock.until_second(seconds + 1), too_long)

    def _channel(self, uuid: str, leg: Leg, route: Route, behaviour: Behaviour, variables: dict[str, str]) -> Channel:
        name = f"sofia/{route.profile}/{route.destination}"
        if not route.gateway:
            name += f"@{route.host}:{route.port}"
        channel = Channel(self.switch, uuid, name, self._profile(uuid, name, route, variables), behaviour)
        originator = self.originator
        call_uuid = originator.uuid if originator else uuid
        own = sip_variables.at_invite(route, name, uuid, call_uuid, channel.session_id)
        if originator is not None:
            own |= {"max_forwards": "70", "originator": originator.uuid, "signal_bond": originator.uuid}
            own["originating_leg_uuid"] = originator.uuid
            originator.variables["originate_signal_bond"] = uuid
            channel.call_uuid = originator.uuid
            channel.meet(originator, "originator")
        own |= variables
        if route.domain:
            own |= {
                "dialed_user": route.destination,
                "dialed_domain": route.domain,
                "sip_invite_domain": route.domain,
                "presence_id": f"{route.destination}@{route.domain}",
            }
        own |= sip_variables.of_media(route, not self._ignores_early_media)
        channel.variables = own
        media = self.switch.media
        channel.callee = Callee(channel, route) if media is None else media.callee(channel, route)
        return channel

    def _profile(self, uuid: str, name: str, route: Route, variables: dict[str, str]) -> Profile:
        caller_name = variables.get("origination_caller_id_name", self.caller_id[0])
        caller_number = variables.get("origination_caller_id_number", self.caller_id[1])
        now = self.switch.clock.micros()
        profile = Profile(
            uuid=uuid,
            channel_name=name,
            destination=route.destination,
            caller_name=caller_name,
            caller_number=caller_number or "0000000000",
            original_name=caller_name,
            original_number=caller_number or "0000000000",
            callee_name="Outbound Call",
            callee_number=route.destination,
            ani=caller_number or "0000000000",
            times=Times(profile_created=now, created=now),
        )
        originator = self.originator
        if originator is not None:
            profile.caller_name = caller_name or originator.variables.get(
                "effective_caller_id_name", originator.profile.caller_name
            )
            profile.caller_number = caller_number or originator.profile.caller_number
            profile.original_name = originator.profile.original_name
            profile.original_number = originator.profile.original_number
            profile.ani = originator.profile.ani
            profile.network_address = "127.0.0.1"
        return profile

    def _launch(self, channel: Channel, route: Route) -> None:
        if channel.is_up:
            channel.emit("CHANNEL_OUTGOING", variables=False)
            channel.presence_id = channel.variables.get("presence_id", "")
            channel.go("CS_INIT")
            channel.target = "CS_ROUTING"
            channel.emit("CHANNEL_CREATE")
            channel.emit("CHANNEL_ORIGINATE")
            channel.go("CS_ROUTING")
            channel.presence("CS_ROUTING")
            channel.go("CS_CONSUME_MEDIA")
            if route.gateway:
                calls = self.switch.outbound_calls
                calls[route.gateway] = calls.get(route.gateway, 0) + 1
            assert channel.callee is not None
            channel.callee.invite()

    def _stillborn(self, uuid: str) -> None:
        """A session that never became a channel: nothing of it is seen but its destruction."""
        profile = Profile(uuid, NO_NAME, "", "", "", "", "", "", "", "")
        channel = Channel(self.switch, uuid, NO_NAME, profile, Behaviour())
        channel.target = "CS_NONE"
        channel.variables = {
            "direction": "outbound",
            "is_outbound": "true",
            "uuid": uuid,
            "call_uuid": uuid,
            "session_id": str(channel.session_id),
        }
        destroy(channel, bare=True)


def resolve(switch: Switch, leg: Leg, variables: dict[str, str]) -> tuple[Route, Behaviour] | str:
    """Where a leg goes and who is there, or the cause why nothing goes anywhere."""
    plan = switch.dialplan
    if leg.endpoint == "user":
        name, _, domain = leg.address.partition("@")
        own = switch.media.user(name) if switch.media is not None else None
        behaviour = own or plan.user(name)
        if not behaviour.exists or (domain and domain != plan.domain):
            return "SUBSCRIBER_ABSENT"
        if not behaviour.registered:
            return "USER_NOT_REGISTERED"
        return Route("internal", name, "127.0.0.1", plan.port_of(name), domain=plan.domain), behaviour
    if leg.endpoint == "error":
        return parse_cause(leg.address, "NORMAL_CLEARING")
    if leg.endpoint != "sofia":
        return "CHAN_NOT_IMPLEMENTED"
    kind, _, rest = leg.address.partition("/")
    voicemail = variables.get(plan.no_voicemail_variable, "").lower() not in ("true", "yes", "1", "on")
    if kind == "gateway":
        name, _, number = rest.partition("/")
        gateway = plan.gateways.get(name)
        if gateway is None:
            return "INVALID_GATEWAY"
        if not gateway.up:
            return "GATEWAY_DOWN"
        host, _, port = gateway.proxy.partition(":")
        route = Route("carrier", number, host, int(port or 5060), name, 5080)
        return route, plan.number(number, voicemail)
    if kind not in plan.profiles:
        return "INVALID_PROFILE"
    number, _, address = rest.removeprefix("sip:").partition("@")
    host, _, port = address.partition(":")
    local_port = int(plan.profiles[kind].partition(":")[2] or 5060)
    route = Route(kind, number, host or "127.0.0.1", int(port) if port.isdecimal() else 5060, local_port=local_port)
    if plan.user(number).exists and not number.isdecimal():
        return route, plan.user(number)
    return route, plan.number(number, voicemail)
