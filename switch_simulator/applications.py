"""Applications that a leg executes: by `originate … &app()`, by sendmsg, by execute_on_answer, by a broadcast."""

from __future__ import annotations

import re
import uuid as uuids
from collections.abc import Callable

from switch_simulator import listening, parking, playback, recording
from switch_simulator.causes import parse_cause
from switch_simulator.channel import Channel

Handler = Callable[[Channel, str], None]


def run_hooks(channel: Channel, variable: str) -> None:
    """Runs `execute_on_answer` and its numbered companions, in the order of their names."""
    names = [n for n in channel.variables if n == variable or n.startswith(variable + "_")]
    for name in sorted(names, key=lambda n: (len(n), n)):
        match = re.match(r"([^\s:]+)(?:::|\s+)?(.*)", channel.variables[name], re.DOTALL)
        if match:
            execute(channel, match.group(1), match.group(2).strip())


def start(channel: Channel, application: str, argument: str) -> None:
    """What a leg does once its originate has succeeded."""
    if not channel.is_up:
        return
    channel.hit_dialplan = True
    if application == "park":
        parking.park_by_application(channel)
        return
    channel.go("CS_EXECUTE")
    execute(channel, application, argument)
    if channel.is_up and application not in _LASTING:
        # The dial plan has come to its end.
        _hang_up(channel, "NORMAL_CLEARING")


def transfer_inline(channel: Channel, script: str) -> None:
    """`app:argument,app:argument` of an inline dial plan."""
    last = ""
    for item in script.split(","):
        application, _, argument = item.strip().partition(":")
        if not application or not channel.is_up:
            continue
        last = application
        if application == "park":
            parking.park_by_application(channel)
        else:
            execute(channel, application, argument)
    if channel.is_up and last not in _LASTING:
        _hang_up(channel, "NORMAL_CLEARING")


def execute(channel: Channel, application: str, argument: str, event_uuid: str = "") -> None:
    """CHANNEL_EXECUTE, the application, CHANNEL_EXECUTE_COMPLETE (at its end, if it lasts)."""
    if not channel.is_up:
        return
    if application == "park":
        # Parked already: the new park is the one that counts.
        if not channel.parked:
            parking.park_by_application(channel)
        return
    if application in ("playback", "endless_playback"):
        playback.broadcast(channel, argument, 0.02)
        return
    if application == "eavesdrop":
        target = channel.switch.channels.get(argument)
        if target is not None and target.is_up:
            listening.begin(channel, target)
        else:
            _hang_up(channel, "NORMAL_CLEARING")
        return
    if application == "bridge":
        from switch_simulator.bridge_application import run_bridge

        run_bridge(channel, argument, event_uuid)
        return
    headers = [("Application", application)]
    if argument:
        headers.append(("Application-Data", argument))
    headers.append(("Application-UUID", event_uuid or str(uuids.uuid4())))
    channel.variables["current_application"] = application
    channel.set_variable("current_application_data", argument)
    channel.applications_run.append((application, argument, channel.switch.clock.micros()))
    channel.emit("CHANNEL_EXECUTE", headers)
    handler = _HANDLERS.get(application)
    if handler is not None:
        handler(channel, argument)
    channel.emit("CHANNEL_EXECUTE_COMPLETE", [*headers, ("Application-Response", "_none_")])


def _hang_up(channel: Channel, argument: str) -> None:
    from switch_simulator.hangup import hang_up

    hang_up(channel, parse_cause(argument or "NORMAL_CLEARING"))


def _set(channel: Channel, argument: str) -> None:
    name, _, value = argument.partition("=")
    channel.set_variable(name.strip(), value.strip())


def _multiset(channel: Channel, argument: str) -> None:
    if argument.startswith("^^") and len(argument) > 2:
        separator, argument = argument[2], argument[3:]
    else:
        separator = " "
    for item in argument.split(separator):
        if "=" in item:
            _set(channel, item)


def _unset(channel: Channel, argument: str) -> None:
    channel.set_variable(argument.strip(), None)


def _sched_hangup(channel: Channel, argument: str) -> None:
    time, _, cause = argument.partition(" ")
    seconds = seconds_from(time, channel.switch.clock.now())
    if seconds is not None:
        schedule_hangup(channel, seconds, parse_cause(cause or "ALLOTTED_TIMEOUT", "ALLOTTED_TIMEOUT"))


def _sched_cancel(channel: Channel, argument: str) -> None:
    channel.switch.scheduler.delete(argument.strip() or channel.uuid)


def _sched_broadcast(channel: Channel, argument: str) -> None:
    time, _, rest = argument.partition(" ")
    path, _, side = rest.strip().partition(" ")
    seconds = seconds_from(time, channel.switch.clock.now())
    if seconds is not None and path:
        schedule_broadcast(channel, seconds, path, side.strip() or "aleg")


def _record_session(channel: Channel, argument: str) -> None:
    recording.start(channel, argument.split(" +")[0].strip())


def _stop_record_session(channel: Channel, argument: str) -> None:
    if argument.strip() == "all":
        recording.stop_all(channel)
    else:
        recording.stop(channel, argument.strip())


def _answer(channel: Channel, argument: str) -> None:
    if channel.callee is not None and not channel.is_answered:
        channel.callee.answer()


_HANDLERS: dict[str, Handler] = {
    "hangup": _hang_up,
    "set": _set,
    "export": _set,
    "multiset": _multiset,
    "unset": _unset,
    "sched_hangup": _sched_hangup,
    "sched_cancel": _sched_cancel,
    "sched_broadcast": _sched_broadcast,
    "record_session": _record_session,
    "stop_record_session": _stop_record_session,
    "answer": _answer,
}
_LASTING = frozenset(("park", "playback", "endless_playback", "eavesdrop", "bridge", "echo", "sleep", "hold"))


def seconds_from(text: str, now: float) -> int | None:
    """`+5` is five seconds from now, a plain number a time since the epoch; None for anything else."""
    text = text.strip()
    if text.startswith("+"):
        return int(text[1:]) if text[1:].isdecimal() else None
    return max(0, int(text) - int(now)) if text.isdecimal() else None


def schedule_hangup(channel: Channel, seconds: int, cause: str) -> int:
    """Hangs the leg up by itself later; the task's number."""
    from switch_simulator.hangup import hang_up

    return channel.switch.scheduler.add(
        seconds, channel.uuid, "heartbeat_hangup", lambda: hang_up(channel, cause, by_peer=True)
    )


def schedule_broadcast(channel: Channel, seconds: int, path: str, side: str) -> int:
    """Plays something to the leg later; the task's number."""
    return channel.switch.scheduler.add(
        seconds, channel.uuid, "sched_broadcast", lambda: broadcast(channel, path, side)
    )


def broadcast(channel: Channel, path: str, side: str) -> None:
    """Plays a sound (or runs `app::argument`) on a leg, on the one it talks to, or on both."""
    legs = []
    if side in ("aleg", "both", "holda", "holdb") or channel.bridge is None:
        legs.append(channel)
    if side in ("bleg", "both") and channel.bridge is not None:
        legs.append(channel.bridge.other(channel))
    for leg in legs:
        if not leg.is_up:
            continue
        application, separator, argument = path.partition("::")
        if not separator:
            application, argument = "playback", path
        if application == "playback":
            playback.broadcast(leg, argument)
        else:
            execute(leg, application.split("!")[0], argument)
