"""Commands that look into a leg or change its variables."""

from __future__ import annotations

from switch_simulator.api.registry import NO_CHANNEL, OK, command
from switch_simulator.events import Event
from switch_simulator.switch import Switch

MULTI_USAGE = "-USAGE: <uuid> <var>=<value>;<var>=<value>...\n"


@command("uuid_exists")
def uuid_exists(switch: Switch, argument: str) -> str:
    """`true` or `false`, without a newline."""
    return "true" if argument in switch.channels else "false"


@command("uuid_getvar")
def uuid_getvar(switch: Switch, argument: str) -> str:
    """A variable's value; `_undef_` for an unset one."""
    words = argument.split()
    if len(words) < 2:
        return "-USAGE: <uuid> <var>\n"
    channel = switch.channels.get(words[0])
    if channel is None:
        return NO_CHANNEL
    return channel.variables.get(words[1], "_undef_")


@command("uuid_setvar")
def uuid_setvar(switch: Switch, argument: str) -> str:
    """Sets a variable; without a value it is removed."""
    words = argument.split(None, 2)
    if len(words) < 2:
        return "-USAGE: <uuid> <var> [value]\n"
    channel = switch.channels.get(words[0])
    if channel is None:
        return NO_CHANNEL
    channel.set_variable(words[1], words[2] if len(words) > 2 else None)
    return OK


@command("uuid_setvar_multi")
def uuid_setvar_multi(switch: Switch, argument: str) -> str:
    """Sets several; on an unknown leg the switch adds its usage to the error."""
    uuid, _, rest = argument.partition(" ")
    channel = switch.channels.get(uuid)
    if channel is None:
        return NO_CHANNEL + MULTI_USAGE
    for item in rest.split(";"):
        name, separator, value = item.partition("=")
        if separator:
            channel.set_variable(name.strip(), value.strip())
    return OK


@command("uuid_dump")
def uuid_dump(switch: Switch, argument: str) -> str:
    """All that a leg has, as the headers of an event (CHANNEL_DATA), plain or as JSON."""
    words = argument.split()
    if not words:
        return "-USAGE: <uuid> [format]\n"
    channel = switch.channels.get(words[0])
    if channel is None:
        return NO_CHANNEL
    headers = switch.base_headers("CHANNEL_DATA") + channel.headers() + channel.variable_headers()
    event = Event("CHANNEL_DATA", headers)
    return event.json_text() if len(words) > 1 and words[1].lower() == "json" else event.text()


@command("uuid_buglist")
def uuid_buglist(switch: Switch, argument: str) -> str:
    """The media bugs of a leg as XML; nothing at all for an unknown one."""
    channel = switch.channels.get(argument)
    if channel is None:
        return ""
    bugs = [("session_record", path) for path in channel.recordings]
    bugs += [("eavesdrop", one.target.uuid) for one in channel.listeners]
    inner = "".join(
        f"  <media-bug>\n    <function>{name}</function>\n    <target>{target}</target>\n  </media-bug>\n"
        for name, target in bugs
    )
    return f"<media-bugs>\n{inner}</media-bugs>\n"


@command("uuid_limit")
def uuid_limit(switch: Switch, argument: str) -> str:
    """Limits are not kept here."""
    if len(argument.split()) < 4:
        return (
            "USAGE: uuid_limit <uuid> <backend> <realm> <resource> [<max>[/interval]] [number [dialplan [context]]]\n"
        )
    return OK if argument.split()[0] in switch.channels else NO_CHANNEL


@command("uuid_phone_event", "uuid_media", "uuid_redirect", "uuid_video_refresh")
def operation(switch: Switch, argument: str) -> str:
    """Messages to the endpoint, which has nothing to do for them."""
    words = argument.split()
    known = any(word in switch.channels for word in words[:2])
    return "+OK Success\n" if known else "-ERR Operation failed\n"


@command("uuid_preprocess")
def uuid_preprocess(switch: Switch, argument: str) -> str:
    """Audio filters are not kept here."""
    return "-USAGE: <>\n" if len(argument.split()) < 2 else OK
