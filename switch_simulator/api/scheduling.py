"""Commands that do something later."""

from __future__ import annotations

import asyncio

from switch_simulator import applications
from switch_simulator.api.registry import NO_CHANNEL, OK, command
from switch_simulator.causes import parse_cause
from switch_simulator.switch import Switch

HANGUP_USAGE = "-USAGE: [+]<time> <uuid> [<cause>]\n"
BROADCAST_USAGE = "-USAGE: [[+]<time>|@time] <uuid> <path> [aleg|bleg|both]\n"


@command("sched_hangup")
def sched_hangup(switch: Switch, argument: str) -> str:
    """Hangs a leg up at a time, or in `+N` seconds."""
    words = argument.split()
    seconds = applications.seconds_from(words[0], switch.clock.now()) if words else None
    if len(words) < 2 or seconds is None:
        return HANGUP_USAGE
    channel = switch.channels.get(words[1])
    if channel is None or not channel.is_up:
        return NO_CHANNEL
    cause = parse_cause(words[2], "ALLOTTED_TIMEOUT") if len(words) > 2 else "ALLOTTED_TIMEOUT"
    applications.schedule_hangup(channel, seconds, cause)
    return OK


@command("sched_broadcast")
def sched_broadcast(switch: Switch, argument: str) -> str:
    """Plays something later; says it will even for legs that do not exist, as the switch does."""
    words = argument.split()
    seconds = applications.seconds_from(words[0], switch.clock.now()) if words else None
    if len(words) < 3 or seconds is None:
        return BROADCAST_USAGE
    uuid, path, side = words[1], words[2], words[3] if len(words) > 3 else "aleg"

    def play() -> None:
        channel = switch.channels.get(uuid)
        if channel is not None:
            applications.broadcast(channel, path, side)

    switch.scheduler.add(seconds, uuid, "sched_broadcast", play)
    return "+OK Message scheduled\n"


@command("sched_transfer")
def sched_transfer(switch: Switch, argument: str) -> str:
    """Transfers a leg later."""
    words = argument.split()
    seconds = applications.seconds_from(words[0], switch.clock.now()) if words else None
    if len(words) < 3 or seconds is None:
        return "-USAGE: [+]<time> <uuid> <extension> [<dialplan>] [<context>]\n"
    if words[1] not in switch.channels:
        return NO_CHANNEL
    from switch_simulator.api.calls import uuid_transfer

    rest = " ".join(words[1:])
    switch.scheduler.add(seconds, words[1], "sched_transfer", lambda: uuid_transfer(switch, rest))
    return OK


@command("sched_api")
def sched_api(switch: Switch, argument: str) -> str:
    """Runs an API command later."""
    words = argument.split(None, 2)
    seconds = applications.seconds_from(words[0], switch.clock.now()) if words else None
    if len(words) < 3 or seconds is None:
        return "-ERR Invalid syntax. USAGE: [+@]<time> <group_name> <command_string>[&]\n"
    from switch_simulator.api.registry import run

    name, _, rest = words[2].rstrip("&").partition(" ")

    async def later() -> None:
        await run(switch, name, rest)

    number = switch.scheduler.add(seconds, words[1], "sched_api_function", lambda: switch.start_task(later()))
    return f"+OK Added: {number}\n"


@command("sched_del")
def sched_del(switch: Switch, argument: str) -> str:
    """Removes a task, or all of a leg."""
    if not argument:
        return "-USAGE: <task_id>|<group_id>\n"
    return f"+OK Deleted: {switch.scheduler.delete(argument)}\n"


@command("msleep", "sleep")
async def msleep(switch: Switch, argument: str) -> str:
    """Waits; with `api` the connection's events wait too."""
    if argument.isdecimal():
        await asyncio.sleep(int(argument) / 1000)
    return "+OK"
