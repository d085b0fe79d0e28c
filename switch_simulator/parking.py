"""Parking: as an application (`&park()`, `park: inline`) and as a state (`park_after_bridge`)."""

from __future__ import annotations

import uuid as uuids

from switch_simulator import playback
from switch_simulator.channel import Application, Channel


def park_by_application(channel: Channel) -> None:
    """The leg executes `park`: CHANNEL_EXECUTE, CHANNEL_PARK, in CS_EXECUTE."""
    channel.go("CS_EXECUTE")
    channel.hit_dialplan = True
    application = Application("park", "", str(uuids.uuid4()))
    channel.application = application
    channel.variables["current_application"] = "park"
    channel.set_variable("current_application_data", None)
    channel.applications_run.append(("park", "", channel.switch.clock.micros()))
    channel.emit("CHANNEL_EXECUTE", [("Application", "park"), ("Application-UUID", application.uuid)])
    channel.parked = True
    channel.emit("CHANNEL_PARK")


def park_by_state(channel: Channel) -> None:
    """The leg parks after a bridge: CHANNEL_PARK alone, in CS_PARK."""
    channel.go("CS_PARK")
    channel.parked = True
    channel.emit("CHANNEL_PARK")


def leave(channel: Channel) -> None:
    """The leg stops being parked: what is played to it ends, CHANNEL_UNPARK, and the application's end."""
    if not channel.parked:
        return
    playback.stop(channel)
    channel.parked = False
    channel.emit("CHANNEL_UNPARK")
    application, channel.application = channel.application, None
    if application is not None:
        channel.emit(
            "CHANNEL_EXECUTE_COMPLETE",
            [
                ("Application", application.name),
                ("Application-Response", "_none_"),
                ("Application-UUID", application.uuid),
            ],
        )
