"""What a leg hears follows from its state in the switch alone: nothing has to be told when it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from switch_simulator.channel import Channel
from switch_simulator.media.ports import Mix, Port, Silence, Source, Tap
from switch_simulator.media.sounds import Sounds

PortOf = Callable[[str], Port | None]
"""A leg's port by its uuid; none for a leg without sound."""


@dataclass(frozen=True)
class Heard:
    """Whom a leg hears, what is played to it or mixed in, whom it listens in to (both sides), who speaks into it."""

    other: str | None = None
    playing: str | None = None
    mixed_in: tuple[str, ...] = ()
    listens_to: tuple[str, ...] = ()
    whispers: tuple[str, ...] = ()
    """Legs that listen in here, and are heard."""
    itself: bool = False
    """The echo test."""


def heard_by(channel: Channel) -> Heard:
    """A played sound covers the other leg, as in the switch; a displaced one is mixed in."""
    bridge, playback, listening = channel.bridge, channel.playback, channel.eavesdrop
    other = bridge.other(channel) if bridge is not None and bridge.joined else None
    targets: tuple[str, ...] = ()
    if listening is not None:
        target = listening.target
        beyond = target.bridge.other(target).uuid if target.bridge is not None and target.bridge.joined else None
        targets = (target.uuid,) if beyond is None else (target.uuid, beyond)
    return Heard(
        other.uuid if other is not None and other.is_up else None,
        playback.path if playback is not None and playback.started else None,
        tuple(channel.displaced),
        targets,
        _whispers(channel, bridge.other(channel) if bridge is not None and bridge.joined else None),
        channel.variables.get("current_application") == "echo",
    )


def _whispers(channel: Channel, other: Channel | None) -> tuple[str, ...]:
    into = [one for one in channel.listeners if one.to_target]
    if other is not None:
        into += [one for one in other.listeners if one.to_other]
    return tuple(one.listener.uuid for one in into)


def source_of(heard: Heard, own: Port, port_of: PortOf, sounds: Sounds) -> Source:
    parts: list[Source] = []
    if heard.playing is not None:
        parts.append(sounds.source(heard.playing))
    elif heard.other is not None and (port := port_of(heard.other)) is not None:
        parts.append(Tap(port))
    elif heard.itself:
        parts.append(Tap(own))
    parts += [Tap(port) for uuid in (*heard.listens_to, *heard.whispers) if (port := port_of(uuid)) is not None]
    parts += [sounds.source(name) for name in heard.mixed_in]
    if not parts:
        return Silence()
    return parts[0] if len(parts) == 1 else Mix(*parts)
