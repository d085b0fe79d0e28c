"""Commands to the engine: an entry of its stream, kept until the engine has carried it out."""

from exchange_app.broker import redis
from exchange_domain.messages import Command, command_stream
from exchange_domain.settings import settings

_MOST = 100_000
"""Entries a stream keeps; far more than an engine is ever behind."""


async def send_command(command: Command, switch_name: str | None = None) -> None:
    """Appends a command to the stream of a switch's engine. The command's `key` makes it idempotent."""
    stream = command_stream(switch_name or settings().switch_name)
    await redis().xadd(stream, {"command": command.model_dump_json()}, maxlen=_MOST, approximate=True)
