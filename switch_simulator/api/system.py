"""Commands about the switch itself."""

from __future__ import annotations

import re
import uuid as uuids

from switch_simulator.api.registry import OK, command, names
from switch_simulator.switch import VERSION, VERSION_TEXT, Switch

MAX_SESSIONS = 4000
SESSIONS_PER_SECOND = 200
MODULES = [
    "mod_commands",
    "mod_dptools",
    "mod_dialplan_xml",
    "mod_event_socket",
    "mod_sndfile",
    "mod_tone_stream",
    "mod_local_stream",
    "mod_opus",
    "mod_json_cdr",
    "mod_sofia",
    "mod_logfile",
    "mod_loopback",
    "mod_xml_curl",
    "CORE_PCM_MODULE",
]


def uptime_text(switch: Switch) -> str:
    """`0 years, 0 days, …` since the start."""
    micros = int((switch.clock.now() - switch.started) * 1_000_000)
    seconds, rest = divmod(micros, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    years, days = divmod(days, 365)
    parts = ((years, "year"), (days, "day"), (hours, "hour"), (minutes, "minute"), (seconds, "second"))
    parts += ((rest // 1000, "millisecond"), (rest % 1000, "microsecond"))
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts)


@command("status")
def status(switch: Switch, argument: str) -> str:
    """How the switch is."""
    count = len(switch.channels)
    return (
        f"UP {uptime_text(switch)}\n"
        f"FreeSWITCH (Version {VERSION_TEXT}) is ready\n"
        f"{switch.sessions} session(s) since startup\n"
        f"{count} session(s) - peak {switch.peak}, last 5min {switch.peak} \n"
        f"0 session(s) per Sec out of max {SESSIONS_PER_SECOND}, peak 0, last 5min 0 \n"
        f"{MAX_SESSIONS} session(s) max\n"
        "min idle cpu 0.00/80.00\n"
        "Current Stack Size/Max 240K/8192K\n"
    )


@command("version")
def version(switch: Switch, argument: str) -> str:
    """Which FreeSWITCH this pretends to be."""
    if argument == "short":
        return "1.11.3-dev\n"
    return f"FreeSWITCH Version {VERSION} (git cc93a68 2026-08-21 14:10:14Z 64bit)\n"


@command("uptime")
def uptime(switch: Switch, argument: str) -> str:
    """Seconds since the start, or `ms`, `us`."""
    factor = {"ms": 1000, "us": 1_000_000}.get(argument, 1)
    return f"{int((switch.clock.now() - switch.started) * factor)}\n"


@command("hostname", "switchname")
def hostname(switch: Switch, argument: str) -> str:
    """The machine's name."""
    return switch.hostname


@command("strepoch")
def strepoch(switch: Switch, argument: str) -> str:
    """The time in seconds since the epoch."""
    return str(int(switch.clock.now()))


@command("create_uuid")
def create_uuid(switch: Switch, argument: str) -> str:
    """A new uuid."""
    return str(uuids.uuid4())


@command("echo")
def echo(switch: Switch, argument: str) -> str:
    """The argument."""
    return argument


@command("eval", "expand")
def evaluate(switch: Switch, argument: str) -> str:
    """The argument with `${name}` replaced by global variables (after `uuid:UUID`, by a leg's)."""
    variables = dict(switch.globals)
    match = re.match(r"uuid:(\S+)\s+(.*)", argument, re.DOTALL)
    if match:
        channel = switch.channels.get(match.group(1))
        if channel is None:
            return "-ERR No such channel!\n"
        variables |= channel.variables
        argument = match.group(2)
    return re.sub(r"\$\$?\{([^}]+)\}", lambda m: variables.get(m.group(1), ""), argument)


@command("global_getvar")
def global_getvar(switch: Switch, argument: str) -> str:
    """A global variable, or all of them."""
    if not argument:
        return "".join(f"{name}={value}\n" for name, value in switch.globals.items())
    return switch.globals.get(argument, "")


@command("global_setvar")
def global_setvar(switch: Switch, argument: str) -> str:
    """Sets a global variable."""
    name, separator, value = argument.partition("=")
    if not separator:
        return "-USAGE: <var>=<value> [=<value2>]\n"
    switch.globals[name] = value
    return OK


@command("module_exists")
def module_exists(switch: Switch, argument: str) -> str:
    """Whether a module is loaded."""
    return "true" if argument in MODULES else "false"


@command("reloadxml")
def reloadxml(switch: Switch, argument: str) -> str:
    """Reads the configuration again."""
    switch.announce("RELOADXML", [])
    return "+OK [Success]\n"


@command("reload", "load", "unload")
def reload(switch: Switch, argument: str) -> str:
    """A module is as it is."""
    return "+OK Reloading XML\n+OK module reloaded\n" if argument in MODULES else f"-ERR unknown module {argument}\n"


@command("help")
def help_text(switch: Switch, argument: str) -> str:
    """All commands."""
    return "Valid Commands:\n\n" + "".join(f"{name},,,\n" for name in names()) + "\n+OK\n"


@command("fsctl")
def fsctl(switch: Switch, argument: str) -> str:
    """Controls of the switch: limits, and its end."""
    words = argument.split()
    what = words[0].lower() if words else ""
    if what == "shutdown":
        if switch.on_shutdown is not None:
            switch.on_shutdown()
        return OK
    answers = {
        "max_sessions": f"+OK max sessions: {MAX_SESSIONS}\n",
        "sps": f"+OK sessions per second: {SESSIONS_PER_SECOND}\n",
        "last_sps": "+OK last sessions per second: 0\n",
        "loglevel": "+OK log level: DISABLE [-1]\n",
        "ready_check": "true\n"[:-1],
        "hupall": "+OK\n",
        "sync_clock": "+OK clock synchronized\n",
        "pause": "+OK\n",
        "resume": "+OK\n",
        "reclaim_mem": "+OK\n",
    }
    return answers.get(what, "-USAGE: [shutdown|max_sessions|sps|last_sps|loglevel|ready_check|…]\n")
