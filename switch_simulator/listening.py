"""Listening in: a leg that executes `eavesdrop` on another."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass, field

from switch_simulator.channel import Channel


@dataclass(slots=True)
class Eavesdrop:
    """Who listens to whom."""

    listener: Channel
    target: Channel
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
    one = Eavesdrop(listener, target)
    listener.eavesdrop = one
    target.listeners.append(one)
    listener.variables["current_application"] = "eavesdrop"
    listener.variables["current_application_data"] = target.uuid
    listener.applications_run.append(("eavesdrop", target.uuid, listener.switch.clock.micros()))
    listener.emit("CHANNEL_EXECUTE", one.application())
    target.emit("MEDIA_BUG_START", first=one.bug())


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
