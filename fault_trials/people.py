"""Operators as the trials know them: keys pressed, and what the engine shows."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from redis.asyncio import Redis

from exchange_domain.messages import (
    CallNext,
    CloseCall,
    Command,
    EndShift,
    OperatorView,
    StartShift,
    command_stream,
    operator_snapshot_key,
)
from exchange_domain.words import OperatorState

SWITCH = "main"


class Situation(StrEnum):
    """What an operator is doing when the fault begins."""

    RINGING = "ringing"
    TALKING = "talking"
    CONSULTING = "consulting"
    WRAP_UP = "wrap-up"
    PROBE = "probe"
    """Ready, and the first to press a key when the fault is over."""


ON_THE_LINE = (Situation.RINGING, Situation.TALKING, Situation.CONSULTING)


@dataclass
class Desk:
    """One operator. `place` tells those in the same situation apart."""

    redis: Redis
    operator_id: int
    campaign_id: int
    disposition_id: int
    situation: Situation
    place: int
    call_id: UUID | None = None
    """The call she works on in this trial."""
    made: list[UUID] = field(default_factory=list)
    """All calls she asked for in this trial."""

    async def press(self, command: Command) -> UUID:
        """The command's key."""
        await self.redis.xadd(command_stream(SWITCH), {"command": command.model_dump_json()})
        return command.key

    async def handled(self, key: UUID) -> bool:
        """Whether the engine has done all that a command asked for, or refused it."""
        return bool(await self.redis.exists(f"engine:{SWITCH}:done:{key}"))

    async def view(self) -> OperatorView | None:
        raw = await self.redis.get(operator_snapshot_key(self.operator_id))
        return None if raw is None else OperatorView.model_validate_json(raw)

    async def shows(self, *states: OperatorState) -> bool:
        view = await self.view()
        return view is not None and view.state in states

    async def start_shift(self) -> None:
        await self.press(StartShift(operator_id=self.operator_id, campaign_id=self.campaign_id))

    async def end_shift(self) -> None:
        await self.press(EndShift(operator_id=self.operator_id))

    async def call_next(self) -> UUID:
        self.call_id = await self.press(CallNext(operator_id=self.operator_id))
        self.made.append(self.call_id)
        return self.call_id

    def close(self, call_id: UUID, then: str = "ready") -> CloseCall:
        return CloseCall.model_validate(
            {
                "operator_id": self.operator_id,
                "call_id": call_id,
                "disposition_id": self.disposition_id,
                "then": then,
            }
        )
