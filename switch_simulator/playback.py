"""Sounds played to a leg: tones, music, files. Nothing is heard; the events and the lengths are right."""

from __future__ import annotations

import asyncio
import re
import uuid as uuids
import wave
from dataclasses import dataclass, field
from pathlib import Path

from switch_simulator.channel import Channel
from switch_simulator.tones import read_tones

# A sound begins so long after its command: the leg's thread has to take the command and to open the file.
START_DELAY = 0.12
UNKNOWN_FILE_SECONDS = 2.0


@dataclass(slots=True)
class Playback:
    """What is played now, and what waits behind it."""

    path: str
    queue: list[str] = field(default_factory=list)
    started: bool = False
    begin: float = 0.0
    application_uuid: str = field(default_factory=lambda: str(uuids.uuid4()))
    timer: asyncio.TimerHandle | None = None


def broadcast(channel: Channel, path: str, delay: float = START_DELAY) -> None:
    """Plays a sound, after those that play already."""
    if channel.playback is not None:
        channel.playback.queue.append(path)
        return
    playback = Playback(path)
    channel.playback = playback
    playback.timer = channel.later(delay, lambda: _start(channel, playback))


def stop(channel: Channel, status: str = "done", everything: bool = True, at_its_end: bool = False) -> bool:
    """Ends what is played, with all that waits or with the next of it. False when there was nothing."""
    playback = channel.playback
    if playback is None:
        return False
    channel.playback = None
    channel.cancel(playback.timer)
    if playback.started:
        _stopped(channel, playback, status, "FILE PLAYED" if at_its_end else "PLAYBACK ERROR")
    if playback.queue and not everything and channel.is_up:
        broadcast(channel, playback.queue[0], 0.02)
        for path in playback.queue[1:]:
            broadcast(channel, path)
    return True


def _start(channel: Channel, playback: Playback) -> None:
    if channel.playback is not playback or not channel.is_up:
        return
    playback.started = True
    playback.begin = channel.switch.clock.now()
    channel.variables |= {
        "current_application": "playback",
        "current_application_data": playback.path,
        "current_loop": "1",
        "total_loops": "1",
    }
    channel.applications_run.append(("playback", playback.path, channel.switch.clock.micros()))
    channel.emit("CHANNEL_EXECUTE", _application(playback))
    channel.emit("PLAYBACK_START", _file(playback))
    length = duration(playback.path)
    if length is not None:
        playback.timer = channel.later(length, lambda: stop(channel, everything=False, at_its_end=True))


def _stopped(channel: Channel, playback: Playback, status: str, response: str) -> None:
    played = int((channel.switch.clock.now() - playback.begin) * 1000)
    channel.variables |= {
        "playback_last_offset_pos": str(played * 8),
        "playback_seconds": str(played // 1000),
        "playback_ms": str(played),
        "playback_samples": str(played * 8),
    }
    channel.emit("PLAYBACK_STOP", [*_file(playback), ("Playback-Status", status)])
    for name in ("current_loop", "total_loops"):
        channel.variables.pop(name, None)
    channel.variables["current_application_response"] = response
    channel.emit("CHANNEL_EXECUTE_COMPLETE", [*_application(playback), ("Application-Response", response)])


def _application(playback: Playback) -> list[tuple[str, str]]:
    return [
        ("Application", "playback"),
        ("Application-Data", playback.path),
        ("Application-UUID", playback.application_uuid),
    ]


def _file(playback: Playback) -> list[tuple[str, str]]:
    kind = playback.path.partition("://")[0] if "://" in playback.path else "file"
    return [("Playback-File-Type", kind), ("Playback-File-Path", playback.path)]


def duration(path: str) -> float | None:
    """Length of a sound in seconds; None is without end."""
    kind, _, rest = path.partition("://")
    if kind == "file_string":
        # One after the other: without end when one of them is.
        lengths = [duration(part) for part in rest.split("!")]
        return None if None in lengths else sum(filter(None, lengths))
    if kind == "local_stream":
        return None
    if kind == "silence_stream":
        milliseconds = re.match(r"-?\d+", rest)
        value = int(milliseconds.group()) if milliseconds else 0
        return None if value < 0 else value / 1000
    if kind == "tone_stream":
        return _tone_duration(rest)
    file = Path(path.removeprefix("file://"))
    try:
        with wave.open(str(file), "rb") as sound:
            return sound.getnframes() / sound.getframerate()
    except (OSError, wave.Error, EOFError):
        return UNKNOWN_FILE_SECONDS


def _tone_duration(script: str) -> float | None:
    tones, count = read_tones(script)
    return None if count < 0 else sum(tone.on_ms + tone.off_ms for tone in tones) * count / 1000
