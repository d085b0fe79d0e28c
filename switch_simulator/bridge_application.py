"""The application `bridge`: a parked leg calls another one and is joined to it by the switch itself."""

from __future__ import annotations

import uuid as uuids

from switch_simulator.bridging import Bridge
from switch_simulator.channel import Channel
from switch_simulator.dialstring import DialStringError, parse_dial_string
from switch_simulator.hangup import hang_up
from switch_simulator.originate import Attempt

JOIN_DELAY = 0.001
_DIAL_STATUS = {
    "USER_BUSY": "BUSY",
    "NO_ANSWER": "NOANSWER",
    "ORIGINATOR_CANCEL": "CANCEL",
    "INVALID_GATEWAY": "INVALIDARGS",
    "NO_USER_RESPONSE": "NOANSWER",
}


class _BridgeRun:
    """One execution of the application."""

    def __init__(self, channel: Channel, argument: str, event_uuid: str) -> None:
        self.channel = channel
        self.headers = [
            ("Application", "bridge"),
            ("Application-Data", argument),
            ("Application-UUID", event_uuid or str(uuids.uuid4())),
        ]
        self.argument = argument
        self.attempt: Attempt | None = None
        self.over = False

    def begin(self) -> None:
        channel = self.channel
        channel.variables |= {
            "current_application": "bridge",
            "current_application_data": self.argument,
            "current_loop": "1",
            "total_loops": "1",
        }
        channel.applications_run.append(("bridge", self.argument, channel.switch.clock.micros()))
        channel.emit("CHANNEL_EXECUTE", self.headers)
        try:
            dial = parse_dial_string(self.argument)
        except DialStringError:
            self._failed("INVALID_NUMBER_FORMAT")
            return
        channel.on_application_end = self._originator_gone
        channel.variables |= {"originate_disposition": "failure", "DIALSTATUS": "INVALIDARGS"}
        channel.set_call_state("RING_WAIT")
        self.attempt = Attempt(channel.switch, dial, self._done, originator=channel)
        self.attempt.start()
        legs = self.attempt.legs
        if legs:
            callee = legs[0].profile
            channel.profile.callee_name, channel.profile.callee_number = callee.callee_name, callee.destination
            channel.variables["originated_legs"] = f"{legs[0].uuid};{callee.callee_name};{callee.destination}"

    def _done(self, leg: Channel | None, cause: str) -> None:
        channel = self.channel
        if channel.is_up:
            channel.set_call_state("ACTIVE")
        if leg is None:
            if channel.is_up:
                channel.on_application_end = None
                self._take_over_refusal()
                channel.later(0.02, lambda: self._failed(cause))
            return
        channel.variables |= {
            "originate_disposition": "SUCCESS",
            "DIALSTATUS": "SUCCESS",
            "originate_causes": f"{leg.uuid};NONE",
            "signal_bond": leg.uuid,
        }
        channel.variables.pop("originate_signal_bond", None)
        channel.meet(leg, "originatee")
        bridge = Bridge(channel, leg, application_end=self.complete)
        channel.bridge = leg.bridge = bridge
        channel.on_application_end = None
        channel.switch.start_timer(JOIN_DELAY, lambda: self._join(bridge))

    def _join(self, bridge: Bridge) -> None:
        if bridge.a.bridge is bridge and bridge.a.is_up and bridge.b.is_up:
            bridge.join()

    def _take_over_refusal(self) -> None:
        """The SIP refusal of the called leg stands on the calling one too."""
        refused = self.attempt.last_failed if self.attempt is not None else None
        if refused is None or "sip_term_status" not in refused.variables:
            return
        phrase = refused.variables["sip_invite_failure_phrase"]
        self.channel.variables |= {
            "sip_invite_failure_status": refused.variables["sip_invite_failure_status"],
            "sip_invite_failure_phrase": phrase,
            "sip_hangup_phrase": phrase,
            "last_bridge_proto_specific_hangup_cause": refused.variables["proto_specific_hangup_cause"],
        }

    def _failed(self, cause: str) -> None:
        channel = self.channel
        channel.variables |= {
            "originate_disposition": cause,
            "DIALSTATUS": _DIAL_STATUS.get(cause, "CHANUNAVAIL"),
            "originate_failed_cause": cause,
            "last_bridge_hangup_cause": cause,
        }
        self._note_causes(cause)
        self.complete()
        if channel.is_up and not self._continues(cause):
            hang_up(channel, cause, by_peer=True)

    def _note_causes(self, cause: str) -> None:
        failed = self.attempt.last_failed if self.attempt is not None else None
        if failed is not None:
            self.channel.variables["originate_causes"] = f"{failed.uuid};{cause}"

    def _continues(self, cause: str) -> bool:
        """`continue_on_fail`: true, or a list of causes."""
        listed = self.channel.variables.get("continue_on_fail", "")
        return self.channel.flag("continue_on_fail") or cause in listed.upper().split(",")

    def _originator_gone(self) -> None:
        channel = self.channel
        if self.attempt is not None:
            for leg in self.attempt.legs:
                leg.variables["last_bridge_hangup_cause"] = channel.hangup_cause
            self.attempt.cancel("ORIGINATOR_CANCEL")
        channel.variables |= {
            "originate_disposition": "ORIGINATOR_CANCEL",
            "DIALSTATUS": "CANCEL",
            "originate_failed_cause": "ORIGINATOR_CANCEL",
        }
        self._note_causes("ORIGINATOR_CANCEL")
        self.complete()

    def complete(self) -> None:
        """CHANNEL_EXECUTE_COMPLETE, once."""
        if not self.over:
            self.over = True
            self.channel.emit("CHANNEL_EXECUTE_COMPLETE", [*self.headers, ("Application-Response", "_none_")])
            for name in ("current_loop", "total_loops"):
                self.channel.variables.pop(name, None)


def run_bridge(channel: Channel, argument: str, event_uuid: str = "") -> None:
    """Executes `bridge ARGUMENT` on a leg."""
    _BridgeRun(channel, argument, event_uuid).begin()
