"""Commands to the engine: an entry of its switch's stream, kept until the engine has carried it out."""

from exchange_app.broker import redis
from exchange_domain import database, switches
from exchange_domain.messages import Command, StartShift, command_stream, operator_switch_key
from exchange_domain.settings import settings

_MOST = 100_000
"""Entries a stream keeps; far more than an engine is ever behind."""
_KNOWN_S = 48 * 3600
"""How long it is remembered where an operator sits, longer than any shift; the database knows it as well."""


class NoSwitch(Exception):
    """No engine drives a switch on which the operator could be seated."""


async def send_command(command: Command, switch_name: str | None = None) -> None:
    """Appends a command to the stream of the operator's switch. The command's `key` makes it idempotent.

    A shift begins on the least loaded switch, and all that follows goes there. Raises NoSwitch.
    """
    stream = command_stream(switch_name or await _switch_of(command))
    await redis().xadd(stream, {"command": command.model_dump_json()}, maxlen=_MOST, approximate=True)


async def _switch_of(command: Command) -> str:
    key = operator_switch_key(command.operator_id)
    if isinstance(command, StartShift):
        async with database.session() as s:
            name = await switches.seat(s, command.operator_id)
        if name is None:
            raise NoSwitch
        await redis().set(key, name, ex=_KNOWN_S)
        return name
    if (known := await redis().get(key)) is not None:
        return known if isinstance(known, str) else known.decode()
    async with database.session() as s:
        return await switches.of_operator(s, command.operator_id) or settings().switch_name
