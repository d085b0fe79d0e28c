"""Commands about sound: broadcast, recording, DTMF, hold."""

from __future__ import annotations

from switch_simulator import applications, displacing, listening, playback, recording
from switch_simulator.api.registry import NO_CHANNEL, NO_SESSION, OK, command
from switch_simulator.channel import Channel
from switch_simulator.switch import Switch

RECORD_USAGE = "-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n"
DTMF_DURATION = "2000"


def _up(switch: Switch, uuid: str) -> Channel | None:
    channel = switch.channels.get(uuid)
    return channel if channel is not None and channel.is_up else None


@command("uuid_broadcast")
def uuid_broadcast(switch: Switch, argument: str) -> str:
    """Plays a sound to a leg (`aleg`), to the one it talks to (`bleg`) or to `both`."""
    words = argument.split()
    if len(words) < 2:
        return "-USAGE: <uuid> <path> [aleg|bleg|holda|holdb|both]\n"
    channel = _up(switch, words[0])
    if channel is None:
        return "-ERR invalid uuid\n"
    side = words[-1] if words[-1] in ("aleg", "bleg", "holda", "holdb", "both") and len(words) > 2 else ""
    path = " ".join(words[1:-1] if side else words[1:])
    applications.broadcast(channel, path, side or "aleg")
    return "+OK Message sent\n"


@command("uuid_break")
def uuid_break(switch: Switch, argument: str) -> str:
    """Ends what is played to a leg, with `all` also what waits."""
    words = argument.split()
    channel = _up(switch, words[0]) if words else None
    if channel is None:
        return NO_CHANNEL
    everything = "all" in words[1:] or "both" in words[1:]
    switch.start_timer(0.01, lambda: playback.stop(channel, "break", everything))
    return OK


@command("uuid_record")
def uuid_record(switch: Switch, argument: str) -> str:
    """Starts, stops, masks and unmasks a recording of a leg."""
    words = argument.split()
    if len(words) < 3:
        return RECORD_USAGE
    channel = _up(switch, words[0])
    if channel is None:
        return NO_SESSION
    action, path = words[1].lower(), words[2]
    if action == "start":
        return "+OK Success\n" if recording.start(channel, path) else "-ERR Cannot record session!\n"
    if action == "stop":
        if path == "all":
            recording.stop_all(channel)
            return "+OK Success\n"
        return "+OK Success\n" if recording.stop(channel, path) else "-ERR Cannot stop record session!\n"
    if action in ("mask", "unmask"):
        done = recording.mask(channel, path, action == "mask")
        return "+OK Success\n" if done else f"-ERR Cannot {action} recording session!\n"
    return RECORD_USAGE


@command("uuid_displace")
def uuid_displace(switch: Switch, argument: str) -> str:
    """Puts a sound in the place of a leg's speech, or (`mux`) into it."""
    words = argument.split()
    if len(words) < 3:
        return "-USAGE: <uuid> [start|stop] <path> [<limit>] [mux]\n"
    channel = _up(switch, words[0])
    if channel is None:
        return NO_SESSION
    if words[1].lower() == "start":
        return "+OK Success\n" if displacing.start(channel, words[2]) else "-ERR Cannot displace session!\n"
    return "+OK Success\n" if displacing.stop(channel, words[2]) else "-ERR Cannot stop displace session!\n"


@command("uuid_audio")
def uuid_audio(switch: Switch, argument: str) -> str:
    """Volume of a leg: heard by nobody here."""
    words = argument.split()
    if len(words) < 2:
        return "-USAGE: <uuid> [start [read|write] [mute|level <level>]|stop]\n"
    return OK if _up(switch, words[0]) else NO_CHANNEL


@command("uuid_fileman")
def uuid_fileman(switch: Switch, argument: str) -> str:
    """Moves within a sound that is played."""
    words = argument.split()
    return OK if words and _up(switch, words[0]) else NO_CHANNEL


@command("uuid_hold")
def uuid_hold(switch: Switch, argument: str) -> str:
    """A re-INVITE to the leg; says `+OK Success` even of legs that do not exist, as the switch does."""
    words = argument.split()
    if not words:
        return "-USAGE: [off|toggle] <uuid> [<display>]\n"
    off = words[0].lower() == "off"
    uuid = words[1] if words[0].lower() in ("off", "toggle") and len(words) > 1 else words[0]
    channel = _up(switch, uuid)
    if channel is not None and channel.is_answered:
        held = channel.call_state == "HELD"
        if off and held:
            channel.emit("CHANNEL_UNHOLD")
            channel.set_call_state("ACTIVE")
            if channel.bridge is not None:
                playback.stop(channel.bridge.other(channel), "break")
        elif not off and not held:
            channel.emit("CHANNEL_HOLD")
            channel.set_call_state("HELD")
            if channel.bridge is not None:
                # The music goes to the other leg, which is seldom what was wanted.
                playback.broadcast(channel.bridge.other(channel), "local_stream://moh")
    return "+OK Success\n"


@command("uuid_recv_dtmf")
def uuid_recv_dtmf(switch: Switch, argument: str) -> str:
    """As if the other side had sent these digits."""
    words = argument.split()
    channel = _up(switch, words[0]) if words else None
    if channel is None or len(words) < 2:
        return NO_SESSION
    digits = words[1].partition("@")[0]
    if channel.eavesdrop is not None:
        listening.press(channel, digits)
    else:
        channel.later(0.02, lambda: _digits(channel, digits))
    return f"+OK {channel.uuid} received DTMF {words[1]}.\n"


def _digits(channel: Channel, digits: str) -> None:
    if channel.eavesdrop is not None:
        # The application takes them for itself; elsewhere they are events.
        listening.press(channel, digits)
        return
    if "current_application" not in channel.variables:
        # They wait in the leg's queue for what it will execute.
        channel.later(0.02, lambda: _digits(channel, digits))
        return
    for digit in digits:
        if channel.is_up:
            channel.emit(
                "DTMF",
                [("DTMF-Digit", digit), ("DTMF-Duration", DTMF_DURATION), ("DTMF-Source", "APP")],
                variables=False,
            )


@command("uuid_send_dtmf")
def uuid_send_dtmf(switch: Switch, argument: str) -> str:
    """Digits to the other side, which does not care."""
    words = argument.split()
    channel = _up(switch, words[0]) if words else None
    if channel is None or len(words) < 2:
        return NO_SESSION
    return f"+OK {channel.uuid} sent DTMF {words[1]}.\n"
