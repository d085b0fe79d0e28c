"""Recording a leg to a file: the events, and a silent file of the right length."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from switch_simulator.channel import Channel

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


@dataclass(slots=True)
class Recording:
    """One file that grows."""

    path: str
    file: Path | None
    begin: float
    stereo: bool
    masked: bool = False


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
    elif not _create(Path(path)):
        return False
    stereo = channel.flag("RECORD_STEREO")
    recording = Recording(path, file, channel.switch.clock.now(), stereo)
    channel.recordings[path] = recording
    if file is not None:
        _write(file, 0.0, stereo)
    channel.emit("RECORD_START", [("Record-File-Path", path)])
    channel.emit("MEDIA_BUG_START", first=_bug(path))
    return True


def stop(channel: Channel, path: str, cause: str = "success-maxtime") -> bool:
    """RECORD_STOP; the file is there with its full length by then. False when nothing was recorded to it."""
    recording = channel.recordings.pop(path, None)
    if recording is None:
        return False
    seconds = channel.switch.clock.now() - recording.begin
    if recording.file is not None:
        _write(recording.file, seconds, recording.stereo)
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


def _write(file: Path, seconds: float, stereo: bool) -> None:
    """A WAV file of silence; the silence takes no room on the disk."""
    channels = 2 if stereo else 1
    size = int(max(0.0, seconds) * _RATE) * 2 * channels
    wav = file.suffix == ".wav"
    try:
        with file.open("wb") as out:
            if wav:
                out.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt ")
                out.write(struct.pack("<IHHIIHH", 16, 1, channels, _RATE, _RATE * 2 * channels, 2 * channels, 16))
                out.write(b"data" + struct.pack("<I", size))
            if wav or file.suffix in (".raw", ".r8", ".r16", ".ul", ".al"):
                out.truncate(out.tell() + size)
    except OSError:
        # The folder went away in mid-call: the switch loses the file too, and the call goes on.
        return
