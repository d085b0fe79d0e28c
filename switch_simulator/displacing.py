"""Sounds mixed into a leg's speech (uuid_displace): a media bug that lasts as long as the sound."""

from __future__ import annotations

from switch_simulator.channel import Channel
from switch_simulator.playback import duration


def start(channel: Channel, path: str) -> bool:
    """MEDIA_BUG_START. False when this sound is in already."""
    if path in channel.displaced:
        return False
    channel.emit("MEDIA_BUG_START", first=_bug(path))
    length = duration(path)
    channel.displaced[path] = None if length is None else channel.later(length, lambda: stop(channel, path))
    return True


def stop(channel: Channel, path: str) -> bool:
    """MEDIA_BUG_STOP. False when there is no such sound."""
    if path not in channel.displaced:
        return False
    channel.cancel(channel.displaced.pop(path))
    channel.emit("MEDIA_BUG_STOP", first=_bug(path))
    return True


def stop_all(channel: Channel) -> None:
    """The leg ends."""
    for path in list(channel.displaced):
        stop(channel, path)


def _bug(path: str) -> list[tuple[str, str]]:
    return [("Media-Bug-Function", "displace"), ("Media-Bug-Target", path)]
