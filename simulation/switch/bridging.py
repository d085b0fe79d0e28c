"""Two legs that hear each other, and what is left when one goes: `uuid_bridge`, `uuid_transfer -both`, a hangup."""

from typing import TYPE_CHECKING
from uuid import UUID

from call_engine.core import events as ev

from .channel import INVALID, NO_CHANNEL, OK, Bridge, Channel

if TYPE_CHECKING:
    from .switch import Switch

BEGINS = (15, 25)
JOINS = (20, 45)
PARKS = (15, 30)
"""Milliseconds from the command to the legs leaving what they did, from there to the bridge, from a parting to PARK."""


def uuid_bridge(switch: "Switch", leg: UUID, other: UUID) -> str:
    """The answer only says that it was accepted; it can still come to nothing."""
    a, b = switch.live.get(leg), switch.live.get(other)
    if a is None or b is None or a is b:
        return INVALID
    switch.agenda.after(switch.chance.between(*BEGINS), lambda: _begin(switch, a, b), counts=False)
    return OK


def _begin(switch: "Switch", a: Channel, b: Channel) -> None:
    if not a.alive and not b.alive:
        return
    if a.rings or b.rings:
        # A leg that still rings is never bridged: both die.
        for one in (a, b):
            switch.hang_up(one, "NORMAL_CLEARING")
        return
    bridge = Bridge(a, b)
    for one in (a, b):
        if one.alive and one.bridge is not None:
            _leave(switch, one)
    if not (a.alive and b.alive):
        for one in (a, b):
            switch.hang_up(one, "ORIGINATOR_CANCEL")
        return
    a.bridge = b.bridge = bridge
    for one in (a, b):
        switch.stop_playing(one)
    switch.agenda.after(switch.chance.between(*JOINS), lambda: _join(switch, bridge), counts=False)


def _join(switch: "Switch", bridge: Bridge) -> None:
    if bridge.a.bridge is not bridge:
        return
    bridge.joined = True
    switch.watcher.joined(bridge.a, bridge.b)
    switch.say(bridge.a, ev.Bridged, other=bridge.b.leg)


def _leave(switch: "Switch", leaver: Channel) -> None:
    """A leg is taken out of its bridge alive, to be bridged with another one."""
    bridge = leaver.bridge
    assert bridge is not None
    stayer = bridge.other(leaver)
    bridge.a.bridge = bridge.b.bridge = None
    if not bridge.joined:
        return
    if leaver is bridge.a:
        _release(switch, stayer, leaver)
        switch.say(bridge.a, ev.Unbridged)
    else:
        switch.say(bridge.a, ev.Unbridged)
        _release(switch, stayer, leaver)


def left_by(switch: "Switch", leaver: Channel) -> None:
    """A leg has hung up. In a bridge that had not come about yet the other one ends with it."""
    bridge = leaver.bridge
    if bridge is None:
        return
    stayer = bridge.other(leaver)
    bridge.a.bridge = bridge.b.bridge = None
    if not bridge.joined:
        switch.hang_up(stayer, "ORIGINATOR_CANCEL")
    elif leaver is bridge.b:
        switch.say(stayer, ev.Unbridged)
        _release(switch, stayer, leaver)
    else:
        _release(switch, stayer, leaver)
        switch.say(leaver, ev.Unbridged)


def _release(switch: "Switch", stayer: Channel, leaver: Channel) -> None:
    """What the leg that stays does: an unanswered partner takes it along unless both further variables are set."""
    early = not (leaver.answered and stayer.answered)
    if not stayer.alive:
        return
    if stayer.parks and (stayer.parks_early or not early):
        _park_soon(switch, stayer)
    else:
        switch.hang_up(stayer, (leaver.cause if early else None) or "NORMAL_CLEARING")


def park_both(switch: "Switch", leg: UUID) -> str:
    """`uuid_transfer LEG -both park: inline`: both stay, each parked."""
    channel = switch.live.get(leg)
    if channel is None:
        return NO_CHANNEL
    switch.agenda.after(switch.chance.between(*BEGINS), lambda: _part(switch, channel), counts=False)
    return OK


def _part(switch: "Switch", channel: Channel) -> None:
    if not channel.alive:
        return
    bridge = channel.bridge
    if bridge is None:
        _park_soon(switch, channel)
        return
    bridge.a.bridge = bridge.b.bridge = None
    if bridge.joined:
        switch.say(bridge.a, ev.Unbridged)
    for one in (bridge.a, bridge.b):
        _park_soon(switch, one)


def _park_soon(switch: "Switch", channel: Channel) -> None:
    def park() -> None:
        if channel.alive and channel.bridge is None:
            switch.say(channel, ev.Parked)

    switch.agenda.after(switch.chance.between(*PARKS), park, counts=False)
