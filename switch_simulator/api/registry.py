"""Which command does what: a name, a function of the switch and the argument, a result as text (or one to wait for)."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Awaitable, Callable
from inspect import isawaitable

from switch_simulator.switch import Switch

Result = str | Awaitable[str]
ApiFunction = Callable[[Switch, str], Result]

_log = logging.getLogger(__name__)

NO_CHANNEL = "-ERR No such channel!\n"
NO_SESSION = "-ERR Cannot locate session!\n"
OK = "+OK\n"

_COMMANDS: dict[str, ApiFunction] = {}
_GROUPS = ("calls", "channels", "media", "scheduling", "show", "sofia", "system")


def command(*names: str) -> Callable[[ApiFunction], ApiFunction]:
    """Registers a function as the API commands of these names."""

    def register(function: ApiFunction) -> ApiFunction:
        for name in names:
            _COMMANDS[name] = function
        return function

    return register


async def run(switch: Switch, name: str, argument: str) -> str:
    """Runs a command to its end; an unknown name is an error of the switch's own words."""
    function = _COMMANDS.get(name.lower())
    if function is None:
        return f"-ERR {name} Command not found!\n"
    try:
        result = function(switch, argument.strip())
        text = await result if isawaitable(result) else result
    except (ValueError, KeyError, IndexError) as error:
        # A fault of the simulator must not leave a client without its reply.
        _log.exception("the command %s failed", name)
        return f"-ERR {name} failed in the simulator: {error}\n"
    headers = [("API-Command", name)]
    if argument:
        headers.append(("API-Command-Argument", argument))
    switch.announce("API", headers)
    return text


def names() -> list[str]:
    """All commands there are."""
    return sorted(_COMMANDS)


for _group in _GROUPS:
    importlib.import_module(f"switch_simulator.api.{_group}")
