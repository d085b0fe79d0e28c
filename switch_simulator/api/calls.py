"""Commands that make, join, move and end calls."""

from __future__ import annotations

import asyncio

from switch_simulator import applications, bridging, parking
from switch_simulator.api.registry import NO_CHANNEL, OK, command
from switch_simulator.causes import parse_cause
from switch_simulator.channel import Channel
from switch_simulator.dialstring import DialStringError, OriginateArguments, parse_originate
from switch_simulator.hangup import hang_up
from switch_simulator.originate import Attempt
from switch_simulator.switch import Switch

ORIGINATE_USAGE = (
    "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] "
    "[<timeout_sec>]\n"
)
TRANSFER_USAGE = "-USAGE: <uuid> [-bleg|-both] <dest-exten> [<dialplan>] [<context>]\n"
TRANSFER_DELAY = 0.02


@command("originate")
async def originate(switch: Switch, argument: str) -> str:
    """Calls, and lets the leg do something; the result when it has answered (or has early media), or the cause."""
    try:
        wanted = parse_originate(argument)
    except DialStringError:
        return ORIGINATE_USAGE
    if switch.shutting_down:
        return "-ERR SYSTEM_SHUTDOWN\n"
    finished: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def done(channel: Channel | None, cause: str) -> None:
        if channel is not None:
            _begin(channel, wanted)
        if not finished.done():
            finished.set_result(f"+OK {channel.uuid}\n" if channel else f"-ERR {cause}\n")

    caller_id = (wanted.caller_id_name, wanted.caller_id_number)
    Attempt(switch, wanted.dial, done, caller_id, wanted.timeout).start()
    return await finished


def _begin(channel: Channel, wanted: OriginateArguments) -> None:
    """The leg is answered: caller and callee change places, and it does what it was called for."""
    profile = channel.profile
    name, number = profile.caller_name, profile.caller_number
    if channel.presence_id:
        channel.emit("CHANNEL_OUTGOING", variables=False)
        channel.variables |= {
            "user_context": "operators",
            "effective_caller_id_name": profile.destination,
            "originate_endpoint": "user",
        }
    channel.set_variable("pre_transfer_caller_id_name", name)
    channel.variables |= {"pre_transfer_caller_id_number": number, "channel_cid_flipped": "yes"}
    profile.flip()
    channel.hit_dialplan = True
    channel.emit("CALL_UPDATE", [("Direction", "RECV")])
    # The job's result goes out before the leg's own thread reaches its application.
    channel.later(0.0005, lambda: applications.start(channel, wanted.application, wanted.argument))


@command("uuid_bridge")
def uuid_bridge(switch: Switch, argument: str) -> str:
    """Joins two legs. `+OK` only says that the command was taken."""
    words = argument.split()
    if len(words) < 2:
        return "-USAGE: <uuid> <other_uuid>\n"
    a, b = _up(switch, words[0]), _up(switch, words[1])
    if a is None or b is None or a is b:
        return "-ERR Invalid uuid\n"
    bridging.uuid_bridge(a, b)
    return f"+OK {b.uuid}\n"


@command("uuid_kill")
def uuid_kill(switch: Switch, argument: str) -> str:
    """Hangs a leg up, with a cause if one is given."""
    words = argument.split()
    if not words:
        return "-USAGE: <uuid> [cause]\n"
    channel = switch.channels.get(words[0])
    if channel is None:
        return NO_CHANNEL
    hang_up(channel, parse_cause(words[1] if len(words) > 1 else ""))
    return OK


@command("hupall")
def hupall(switch: Switch, argument: str) -> str:
    """Hangs up all legs, or those with a variable of a value."""
    words = argument.split()
    cause = parse_cause(words[0], "MANAGER_REQUEST") if words else "MANAGER_REQUEST"
    for channel in list(switch.channels.values()):
        if len(words) < 3 or channel.variables.get(words[1]) == words[2]:
            hang_up(channel, cause, by_peer=True)
    if len(words) >= 3:
        return f"+OK hangup all channels matching [{words[1]}]=[{words[2]}] with cause: {cause}\n"
    return f"+OK hangup all channels with cause {cause}\n"


@command("uuid_transfer")
def uuid_transfer(switch: Switch, argument: str) -> str:
    """Sends a leg (`-bleg` the other one, `-both`) to another place of the dial plan."""
    words = argument.split()
    if len(words) < 2:
        return TRANSFER_USAGE
    channel = _up(switch, words[0])
    if channel is None:
        return NO_CHANNEL
    which = words.pop(1).lower() if words[1].startswith("-") else ""
    if len(words) < 2:
        return TRANSFER_USAGE
    place, dialplan = words[1], words[2].lower() if len(words) > 2 else ""
    if which in ("-bleg", "-both") and channel.bridge is None:
        if which == "-bleg":
            return "-ERR No such channel!\n"
        which = ""
    switch.start_timer(TRANSFER_DELAY, lambda: _transfer(channel, which, place, dialplan))
    return OK


def _transfer(channel: Channel, which: str, place: str, dialplan: str) -> None:
    bridge = channel.bridge
    legs = [channel]
    if bridge is not None and which:
        other = bridge.other(channel)
        legs = [channel, other] if which == "-both" else [other]
    legs = [leg for leg in legs if leg.is_up]
    for leg in legs:
        if bridge is not None and leg is bridge.b and leg is not channel:
            profile = leg.profile
            leg.set_variable("pre_transfer_caller_id_name", profile.caller_name)
            leg.set_variable("pre_transfer_caller_id_number", profile.caller_number)
            profile.flip()
        _prepare_transfer(leg, place, dialplan)
    if bridge is not None and which == "-both":
        bridge.part()
    for leg in legs:
        if leg.bridge is not None:
            leg.bridge.leave_for_another(leg)
        parking.leave(leg)
    for leg in legs:
        if not leg.is_up:
            continue
        leg.go("CS_ROUTING")
        if dialplan == "inline":
            applications.transfer_inline(leg, place)
        else:
            # There is no dial plan behind the simulator but the inline one.
            hang_up(leg, "NO_ROUTE_DESTINATION", by_peer=True)


def _prepare_transfer(leg: Channel, place: str, dialplan: str) -> None:
    now = leg.switch.clock.micros()
    profile = leg.profile
    leg.target = "CS_ROUTING"
    leg.forget_other_leg()
    leg.variables.pop("signal_bond", None)
    leg.variables["max_forwards"] = "70"
    bridging.note_transfer(leg, f"{now // 1_000_000}:{leg.uuid}:bl_xfer:{place}/default/{dialplan or 'XML'}")
    profile.index += 1
    profile.times.profile_created = now
    profile.times.bridged = 0
    profile.dialplan = dialplan


@command("uuid_park")
def uuid_park(switch: Switch, argument: str) -> str:
    """Parks a leg; the one it talked to does what it does when the other leaves."""
    channel = _up(switch, argument)
    if channel is None:
        return NO_CHANNEL

    def park() -> None:
        if not channel.is_up:
            return
        if channel.bridge is not None:
            channel.bridge.leave_for_another(channel)
        parking.leave(channel)
        parking.park_by_state(channel)

    switch.start_timer(TRANSFER_DELAY, park)
    return OK


@command("uuid_answer", "uuid_pre_answer")
def uuid_answer(switch: Switch, argument: str) -> str:
    """Answers a leg that the other side has not answered: without effect on an outbound one."""
    return "-ERROR\n" if _up(switch, argument) is None else OK


@command("uuid_dual_transfer")
def uuid_dual_transfer(switch: Switch, argument: str) -> str:
    """Sends the two legs of a call to two places."""
    words = argument.split()
    if len(words) < 3:
        return (
            "-USAGE: <uuid> <A-dest-exten>[/<A-dialplan>][/<A-context>] <B-dest-exten>[/<B-dialplan>][/<B-context>]\n"
        )
    channel = _up(switch, words[0])
    if channel is None or channel.bridge is None:
        return NO_CHANNEL
    other = channel.bridge.other(channel)

    def move() -> None:
        if channel.bridge is not None:
            channel.bridge.part()
        for leg, text in ((channel, words[1]), (other, words[2])):
            if leg.is_up:
                place, _, rest = text.partition("/")
                _transfer(leg, "", place, rest.partition("/")[0].lower())

    switch.start_timer(TRANSFER_DELAY, move)
    return OK


@command("uuid_deflect")
def uuid_deflect(switch: Switch, argument: str) -> str:
    """Sends the other side elsewhere by REFER; nobody here follows it."""
    uuid = argument.split()[0] if argument else ""
    return f"-ERR No such channel {uuid}!\n" if _up(switch, uuid) is None else "+OK:\n"


def _up(switch: Switch, uuid: str) -> Channel | None:
    channel = switch.channels.get(uuid.strip())
    return channel if channel is not None and channel.is_up else None
