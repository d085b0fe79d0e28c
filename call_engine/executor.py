"""Effects, each to the part that does it."""

from typing import Protocol
from uuid import UUID

from observability.tracing import span

from .core.effects import Effect, Persist, PublishManager, SwitchCommand
from .database_effects import DatabaseEffects
from .desks import shown_at
from .mailbox import Mailbox
from .operators import Operators
from .publisher import Publisher


def trace_of(mailbox: Mailbox, effect: Effect) -> UUID | None:
    """The call that the effect is about, by itself or by what its operator is doing."""
    own = getattr(effect, "call_id", None)
    if own is None and mailbox.state.call is not None:
        own = mailbox.state.call.facts.call_id
    return own


class SwitchCommands(Protocol):
    """Takes commands to the switch; what became of them comes back as events."""

    async def run(self, mailbox: Mailbox, effect: SwitchCommand) -> None: ...


class EngineExecutor:
    def __init__(self, switch: SwitchCommands, rows: DatabaseEffects, publisher: Publisher, operators: Operators):
        self._operators = operators
        self._switch = switch
        self._rows = rows
        self._publisher = publisher

    async def run(self, mailbox: Mailbox, effect: Effect) -> None:
        with span(type(effect).__name__, trace_of(mailbox, effect), operator_id=mailbox.operator_id):
            await self._do(mailbox, effect)

    async def _do(self, mailbox: Mailbox, effect: Effect) -> None:
        match effect:
            case SwitchCommand():
                await self._switch.run(mailbox, effect)
            case Persist():
                await self._rows.run(mailbox, effect)
            case PublishManager():
                view = shown_at(effect.view, (other.state for other in self._operators))
                self._publisher.publish(PublishManager(view))
            case _:
                self._publisher.publish(effect)
