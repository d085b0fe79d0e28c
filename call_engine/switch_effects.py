"""Effects that are commands to the switch: sent, and what became of them put into the mailbox."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from exchange_domain.clock import now_ms

from .core.effects import (
    Ask,
    BridgeLegs,
    MaskLeg,
    OriginateContact,
    OriginateManager,
    OriginateSeat,
    ParkBoth,
    SwitchCommand,
)
from .core.events import CommandRefused, Fact, Facts, LegState, NotSent, OriginateFailed
from .dial_guard import NOT_ALLOWED, moment_to_dial, needs_proof, prove, refusal
from .mailbox import Mailbox
from .operators import Operators
from .switch.command_text import CommandText, UnsafeValue
from .switch.connection import SwitchConnection
from .switch.errors import CommandFailed, CommandNotSent, CommandUnconfirmed
from .switch.pacing import Pace, Paces
from .switch.reading import read_dump

log = structlog.get_logger()

AskRecord = Callable[[UUID], Awaitable[Fact | None]]
"""What the switch's record says of a leg that is gone; none when no record came."""


class SwitchEffects:
    """Nothing is sent twice: a command whose reply is missing is left to the question after the reconnect."""

    def __init__(self, connection: SwitchConnection, operators: Operators, text: CommandText, ask_record: AskRecord):
        self._connection = connection
        self._operators = operators
        self._text = text
        self._ask_record = ask_record
        self._pace = Pace()
        self._carriers = Paces()

    async def run(self, mailbox: Mailbox, effect: SwitchCommand) -> None:
        match effect:
            case OriginateSeat() | OriginateContact() | OriginateManager():
                await self._originate(mailbox, effect)
            case Ask():
                await self._answer(mailbox, effect)
            case _:
                await self._command(mailbox, effect)

    async def _originate(self, mailbox: Mailbox, effect: OriginateSeat | OriginateContact | OriginateManager) -> None:
        self._operators.expect_leg(effect.leg, mailbox.operator_id)
        if not await moment_to_dial(effect):
            mailbox.post(OriginateFailed, leg=effect.leg, cause=NOT_ALLOWED)
            return
        await self._pace.turn()
        proof = await prove(mailbox.state, effect) if needs_proof(effect) else None
        if proof is not None and await self._carriers.turn(proof.gateway, proof.per_second):
            proof = await prove(mailbox.state, effect)
        if proof is None and needs_proof(effect):
            log.warning("originate without proof", operator_id=mailbox.operator_id, leg=str(effect.leg))
            mailbox.post(OriginateFailed, leg=effect.leg, cause=refusal(effect))
            return
        try:
            text = self._text.originate(effect, proof)
        except UnsafeValue as refused:
            log.error("originate refused", operator_id=mailbox.operator_id, leg=str(effect.leg), reason=str(refused))
            mailbox.post(OriginateFailed, leg=effect.leg, cause="INVALID_NUMBER_FORMAT")
            return
        job = self._operators.new_job(mailbox.operator_id, effect.leg)
        try:
            await self._connection.background(text, job)
        except CommandNotSent:
            mailbox.post(NotSent, leg=effect.leg)
        except CommandFailed as failed:
            mailbox.post(OriginateFailed, leg=effect.leg, cause=(failed.reason.split() or ["NORMAL_UNSPECIFIED"])[0])
        except CommandUnconfirmed:
            log.warning("originate unconfirmed", operator_id=mailbox.operator_id, leg=str(effect.leg))

    async def _command(self, mailbox: Mailbox, effect: SwitchCommand) -> None:
        kind = type(effect).__name__
        try:
            await self._connection.api(self._text.api(effect))
        except CommandFailed as failed:
            log.info("command refused", operator_id=mailbox.operator_id, command=kind, reason=failed.reason)
            if isinstance(effect, BridgeLegs):
                mailbox.post(CommandRefused, command=kind, leg=effect.leg, other=effect.other)
            elif isinstance(effect, ParkBoth) or (isinstance(effect, MaskLeg) and effect.on):
                mailbox.post(CommandRefused, command=kind, leg=effect.leg)
        except (CommandNotSent, CommandUnconfirmed):
            log.warning("command without reply", operator_id=mailbox.operator_id, command=kind)

    async def _answer(self, mailbox: Mailbox, effect: Ask) -> None:
        asked_ms = now_ms()
        try:
            facts = await self.facts(effect.legs)
        except (CommandNotSent, CommandUnconfirmed):
            return
        mailbox.post(Facts, facts=facts, asked_ms=asked_ms)

    async def facts(self, legs: tuple[UUID, ...]) -> dict[UUID, Fact]:
        """Asks the switch about legs, and its records about gone ones. Raises CommandNotSent, -Unconfirmed."""
        answers = await asyncio.gather(*(self._fact(leg) for leg in legs))
        return dict(zip(legs, answers, strict=True))

    async def _fact(self, leg: UUID) -> Fact:
        try:
            fact = read_dump(await self._connection.api(f"uuid_dump {leg} json"))
        except CommandFailed:
            fact = Fact(LegState.GONE)
        if fact.state is LegState.GONE:
            return await self._ask_record(leg) or fact
        return fact
