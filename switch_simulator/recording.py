"""Recording a leg to a file: the events, and a file of the right length: silent, or with a tone on each side."""

from __future__ import annotations

import array
import math
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from switch_simulator.channel import Channel
from switch_simulator.switch import FileWriter

FORMATS = frozenset(
    [
        "wav",
        "ogg",
        "oga",
        "flac",
        "au",
        "aif",
        "aiff",
        "w64",
        "caf",
        "raw",
        "r8",
        "r16",
        "gsm",
        "ul",
        "al",
        "snd",
        "sf",
        "voc",
        "iff",
        "paf",
        "svx",
        "nist",
    ]
)
_UNWRITABLE = ("/proc/", "/sys/", "/dev/")
_RATE = 8000
_TONES = (440, 350)
"""What is heard of the contact and of the operator, where sound is wanted: Hz, each a whole number a second."""


@dataclass(slots=True)
class Recording:
    """One file that grows."""

    path: str
    file: Path | None
    begin: float
    stereo: bool
    masked: bool = False
    changes: list[float] = field(default_factory=list)
    """When it was masked and unmasked, in turn: seconds from its beginning."""
    writer: FileWriter | None = None
    """Writes what is really said; without sound the file is made up at the end."""


def start(channel: Channel, path: str) -> bool:
    """RECORD_START. False when the switch could not write such a file."""
    if Path(path).suffix.lstrip(".") not in FORMATS or path in channel.recordings:
        return False
    if path.startswith(_UNWRITABLE) or not Path(path).is_absolute():
        return False
    file: Path | None = Path(path)
    root = channel.switch.recordings
    if root is not None and not Path(path).is_relative_to(root):
        # Outside of the folder given for recordings: all but the file itself.
        file = None
    elif channel.switch.disk_full or not _create(Path(path)):
        return False
    stereo = channel.flag("RECORD_STEREO")
    recording = Recording(path, file, channel.switch.clock.now(), stereo)
    channel.recordings[path] = recording
    if file is not None:
        _write(file, 0.0, recording, sound=False)
        media = channel.switch.media
        recording.writer = media.recorder(channel, path, file, stereo=stereo) if media is not None else None
    channel.emit("RECORD_START", [("Record-File-Path", path)])
    channel.emit("MEDIA_BUG_START", first=_bug(path))
    return True


def stop(channel: Channel, path: str, cause: str = "success-maxtime") -> bool:
    """RECORD_STOP; the file is there with its full length by then. False when nothing was recorded to it."""
    recording = channel.recordings.pop(path, None)
    if recording is None:
        return False
    seconds = channel.switch.clock.now() - recording.begin
    if recording.writer is not None:
        recording.writer.close()
    elif recording.file is not None and not channel.switch.disk_full:
        _write(recording.file, seconds, recording, sound=channel.switch.recorded_sound)
    channel.variables |= {
        "record_file_size": str(int(seconds * _RATE) * (4 if recording.stereo else 2) + 44),
        "record_samples": str(int(seconds * _RATE)),
        "record_seconds": str(int(seconds)),
        "record_ms": str(int(seconds * 1000)),
        "record_completion_cause": cause,
    }
    channel.emit("RECORD_STOP", [("Record-File-Path", path), ("Record-Completion-Cause", cause)])
    channel.emit("MEDIA_BUG_STOP", first=_bug(path))
    return True


def stop_all(channel: Channel) -> None:
    """The leg ends, and its recordings with it."""
    for path in list(channel.recordings):
        stop(channel, path, "success-silence")


def mask(channel: Channel, path: str, masked: bool) -> bool:
    """Silence in the file from now on, or sound again. False when nothing is recorded to it."""
    recording = channel.recordings.get(path)
    if recording is None:
        return False
    if masked != recording.masked:
        recording.changes.append(channel.switch.clock.now() - recording.begin)
    recording.masked = masked
    return True


def _bug(path: str) -> list[tuple[str, str]]:
    return [("Media-Bug-Function", "session_record"), ("Media-Bug-Target", path)]


def _create(file: Path) -> bool:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError:
        return False
    return True


def _write(file: Path, seconds: float, recording: Recording, *, sound: bool) -> None:
    """A WAV file of silence, which takes no room on the disk; or of tones."""
    channels = 2 if recording.stereo else 1
    frames = int(max(0.0, seconds) * _RATE)
    size = frames * 2 * channels
    wav = file.suffix == ".wav"
    try:
        with file.open("wb") as out:
            if wav:
                out.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt ")
                out.write(struct.pack("<IHHIIHH", 16, 1, channels, _RATE, _RATE * 2 * channels, 2 * channels, 16))
                out.write(b"data" + struct.pack("<I", size))
            if wav and sound:
                out.writelines(_sound(frames, channels, recording.changes))
            elif wav or file.suffix in (".raw", ".r8", ".r16", ".ul", ".al"):
                out.truncate(out.tell() + size)
    except OSError:
        # The folder went away in mid-call: the switch loses the file too, and the call goes on.
        return


def _sound(frames: int, channels: int, changes: list[float]) -> Iterator[bytes]:
    """The tones, second by second, and digital silence where it was masked."""
    second = array.array("h", bytes(2 * channels * _RATE))
    for frame in range(_RATE):
        for channel in range(channels):
            tone = math.sin(2 * math.pi * _TONES[channel] * frame / _RATE)
            second[frame * channels + channel] = int(6000 * tone)
    if sys.byteorder == "big":
        second.byteswap()
    for start in range(0, frames, _RATE):
        piece = bytearray(second.tobytes()[: (min(frames, start + _RATE) - start) * 2 * channels])
        for begin, end in zip(changes[::2], [*changes[1::2], math.inf][: len(changes[::2])], strict=True):
            first = max(0, int(begin * _RATE) - start)
            last = _RATE if end == math.inf else min(_RATE, int(end * _RATE) - start)
            if first < last:
                part = slice(first * 2 * channels, last * 2 * channels)
                piece[part] = bytes(len(piece[part]))
        yield bytes(piece)
