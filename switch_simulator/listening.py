"""Listening in: a leg that executes `eavesdrop` on another, and may be heard by it and whom it is bridged to.

https://developer.signalwire.com/freeswitch/FreeSWITCH-Explained/Modules/mod-dptools/6586732/
"""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass, field

from switch_simulator.channel import Channel


@dataclass(slots=True)
class Eavesdrop:
    """Who listens to whom, and who hears the listener."""

    listener: Channel
    target: Channel
    to_target: bool = False
    to_other: bool = False
    uuid: str = field(default_factory=lambda: str(uuids.uuid4()))

    def bug(self) -> list[tuple[str, str]]:
        """Headers of MEDIA_BUG_START and MEDIA_BUG_STOP."""
        return [("Media-Bug-Function", "eavesdrop"), ("Media-Bug-Target", self.target.uuid)]

    def application(self) -> list[tuple[str, str]]:
        """Headers of the listener's CHANNEL_EXECUTE."""
        return [
            ("Application", "eavesdrop"),
            ("Application-Data", self.target.uuid),
            ("Application-UUID", self.uuid),
        ]


def begin(listener: Channel, target: Channel) -> None:
    """CHANNEL_EXECUTE of the listener, MEDIA_BUG_START of the target."""
    one = Eavesdrop(
        listener,
        target,
        to_target=listener.variables.get("eavesdrop_whisper_bleg") == "true",
        to_other=listener.variables.get("eavesdrop_whisper_aleg") == "true",
    )
    listener.eavesdrop = one
    target.listeners.append(one)
    listener.variables["current_application"] = "eavesdrop"
    listener.variables["current_application_data"] = target.uuid
    listener.applications_run.append(("eavesdrop", target.uuid, listener.switch.clock.micros()))
    listener.emit("CHANNEL_EXECUTE", one.application())
    target.emit("MEDIA_BUG_START", first=one.bug())


def press(listener: Channel, digits: str) -> None:
    """2: speak with the target; 1: with whom it is bridged to; 3: with both; 0: with nobody. Others mean nothing."""
    one = listener.eavesdrop
    if one is None or listener.variables.get("eavesdrop_enable_dtmf") == "false":
        return
    for digit in digits:
        if digit in "0123":
            one.to_target, one.to_other = digit in "23", digit in "13"


def leave(listener: Channel) -> None:
    """The listener goes."""
    one, listener.eavesdrop = listener.eavesdrop, None
    if one is None:
        return
    if one in one.target.listeners:
        one.target.listeners.remove(one)
        one.target.emit("MEDIA_BUG_STOP", first=one.bug())
    listener.emit("CHANNEL_EXECUTE_COMPLETE", [*one.application(), ("Application-Response", "_none_")])


def target_gone(target: Channel) -> None:
    """The target goes, and those who listened to it with it."""
    from switch_simulator.hangup import hang_up

    for one in list(target.listeners):
        target.listeners.remove(one)
        target.emit("MEDIA_BUG_STOP", first=one.bug())
        hang_up(one.listener, "NORMAL_CLEARING", by_peer=True)
