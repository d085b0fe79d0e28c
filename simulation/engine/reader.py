"""The app's commands: a durable stream, read by whoever drives the switch, acknowledged when all is noted."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from call_engine.core import events as ev
from exchange_domain.messages import AnyCommand, CloseCall, EndShift, HangUp

if TYPE_CHECKING:
    from .engine import Engine

STALE_MS = 15_000
ALWAYS = (CloseCall, EndShift, HangUp)
"""As call_engine/command_reader.py: commands that stay right however late they come."""


@dataclass(slots=True, eq=False)
class Entry:
    """A command in the stream. `taken_by`: the engine that read it last."""

    at: int
    command: AnyCommand
    taken_by: int = 0


class CommandReader:
    def __init__(self, engine: "Engine"):
        self._engine = engine
        self._reading = False

    def begin(self) -> None:
        """Takes up what an engine before this one read and did not finish, then what nobody read."""
        if not self._reading:
            self._reading = True
            self.read()

    def read(self) -> None:
        """Everything in the stream that this engine has not taken yet."""
        if not self._reading:
            return
        world = self._engine.world
        for entry in list(world.stream):
            if entry.taken_by == self._engine.number:
                continue
            entry.taken_by = self._engine.number
            if entry.command.key in world.done_keys:
                world.stream.remove(entry)
                continue
            stale = world.agenda.now - entry.at > STALE_MS and not isinstance(entry.command, ALWAYS)
            values = {"command": entry.command, "stale": stale}
            mailbox = self._engine.mailbox(entry.command.operator_id)
            mailbox.put(ev.Commanded, values, lambda e=entry: self._acknowledge(e))

    def _acknowledge(self, entry: Entry) -> None:
        world = self._engine.world
        world.done_keys[entry.command.key] = None
        if entry in world.stream:
            world.stream.remove(entry)
