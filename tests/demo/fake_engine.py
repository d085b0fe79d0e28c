"""A small engine for the robot: the real stream, the real views, the real database, and calls that go as told."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import redis.asyncio as aioredis

from exchange_domain import calls, claiming, database, shifts, transfers
from exchange_domain.claiming import Claim
from exchange_domain.messages import (
    COMMANDS,
    AnyCommand,
    CallView,
    Notice,
    OperatorView,
    TransferView,
    command_stream,
    masked,
    operator_channel,
    operator_snapshot_key,
)
from exchange_domain.words import CallState, EndpointKind, OperatorState, TransferState

SWITCH = "demo-test"
UNANSWERED = {"02": "USER_BUSY", "03": "NO_ANSWER", "04": "CALL_REJECTED", "06": "UNALLOCATED_NUMBER"}


def moment() -> datetime:
    return datetime.now(UTC)


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


@dataclass
class FakeEngine:
    """`commands` are those it received; `holds` until released: an engine that is away."""

    redis: aioredis.Redis
    operator_id: int
    view: OperatorView = field(init=False)
    commands: list[AnyCommand] = field(default_factory=list)
    refuses: dict[str, Notice] = field(default_factory=dict)
    """By kind of command: refused with this notice, once."""
    manager_answers: bool = True
    transferred: int = 0
    _claim: Claim | None = None
    _seen: dict[UUID, bool] = field(default_factory=dict)
    _last: str = "0"

    def __post_init__(self) -> None:
        self.view = OperatorView(operator_id=self.operator_id, version=0, state=OperatorState.OFF_SHIFT)

    async def run(self) -> None:
        while True:
            found = await self.redis.xread({command_stream(SWITCH): self._last}, block=200)
            for _, entries in found or ():
                for entry, fields in entries:
                    self._last = entry
                    command = COMMANDS.validate_json(fields["command"])
                    self.commands.append(command)
                    if command.key not in self._seen:
                        self._seen[command.key] = True
                        await self._handle(command)

    def kinds(self) -> list[str]:
        return [c.kind for c in self.commands]

    async def show(self, **changes: Any) -> None:
        self.view = self.view.model_copy(update={"version": self.view.version + 1, **changes})
        body = self.view.model_dump_json()
        async with self.redis.pipeline(transaction=True) as pipe:
            pipe.set(operator_snapshot_key(self.operator_id), body)
            pipe.publish(operator_channel(self.operator_id), body)
            await pipe.execute()

    async def show_call(self, now: OperatorState, /, **changes: Any) -> None:
        assert self.view.call is not None
        await self.show(state=now, call=self.view.call.model_copy(update=changes))

    async def _handle(self, command: AnyCommand) -> None:
        if notice := self.refuses.pop(command.kind, None):
            return await self.show(notice=notice, last_command=command.key)
        await self.show(last_command=command.key, notice=None)
        if self.view.call is None and command.kind in ("hang_up", "start_transfer", "complete_transfer", "close_call"):
            return
        if command.kind == "complete_transfer" and (self.view.call is None or self.view.call.transfer is None):
            return
        match command.kind:
            case "start_shift":
                await self._start(command.campaign_id)
            case "end_shift":
                await self._end_shift()
            case "call_next":
                await self._call(command.key)
            case "hang_up":
                await self._ended("NORMAL_CLEARING", "operator")
            case "start_transfer":
                await self._transfer()
            case "complete_transfer":
                await self._complete()
            case "return_to_contact":
                await self.show_call(OperatorState.TALKING, state=CallState.TALKING, transfer=None)
            case "close_call":
                await self._close(command)

    async def _start(self, campaign_id: int) -> None:
        async with database.session() as s:
            shift = await shifts.open(
                s, operator_id=self.operator_id, campaign_id=campaign_id, switch_name=SWITCH,
                endpoint_kind=EndpointKind.BROWSER, endpoint=f"operator-{self.operator_id}",
            )  # fmt: skip
        await self.show(state=OperatorState.CONNECTING, shift_id=shift.id, campaign_id=campaign_id)
        await self.show(state=OperatorState.READY)

    async def _end_shift(self) -> None:
        if self.view.shift_id is not None:
            async with database.session() as s:
                await shifts.end(s, self.view.shift_id, moment())
        await self.show(state=OperatorState.OFF_SHIFT, shift_id=None, call=None)

    async def _call(self, call_id: UUID) -> None:
        assert self.view.shift_id is not None
        async with database.session() as s:
            claim = await claiming.claim(
                s, call_id=call_id, operator_id=self.operator_id, shift_id=self.view.shift_id, now=moment(),
                lease=timedelta(minutes=5),
            )  # fmt: skip
            if not isinstance(claim, Claim):
                until = ms(claim.until) if claim.until else None
                return await self.show(notice=Notice(code=claim.code, at_ms=ms(moment()), until_ms=until))
            await calls.ringing(s, call_id, claim.fencing_token, moment())
        self._claim = claim
        view = CallView(
            call_id=call_id, contact_id=claim.contact_id, contact_name=claim.contact_name,
            person_name=claim.person_name, masked_number=masked(claim.e164), time_zone=claim.time_zone,
            attempt=claim.attempt, state=CallState.RINGING, claimed_ms=ms(moment()),
        )  # fmt: skip
        await self.show(state=OperatorState.RINGING, call=view)
        if cause := UNANSWERED.get(claim.e164[-2:]):
            return await self._ended(cause, "network")
        async with database.session() as s:
            await calls.answered(s, call_id, claim.fencing_token, moment(), None)
        await self.show_call(OperatorState.TALKING, state=CallState.TALKING, answered_ms=ms(moment()))

    async def _ended(self, cause: str, by: str) -> None:
        assert self._claim is not None and self.view.call is not None
        from exchange_domain.outcomes import proposed_outcome

        answered = self.view.call.answered_ms is not None
        async with database.session() as s:
            await calls.ended(s, self._claim.call_id, self._claim.fencing_token, moment(), cause=cause, ended_by=by)
        await self.show_call(
            OperatorState.WRAP_UP, state=CallState.WRAP_UP, ended_ms=ms(moment()), hangup_cause=cause, ended_by=by,
            proposed_outcome=proposed_outcome(cause, answered=answered, ended_by=by), transfer=None,
        )  # fmt: skip

    async def _transfer(self) -> None:
        assert self._claim is not None
        transfer_id, call_id = uuid4(), self._claim.call_id
        async with database.session() as s:
            manager = (await transfers.managers(s, self._claim.campaign_id))[0]
            await calls.transferring(s, call_id, self._claim.fencing_token, on=True)
            await transfers.start(s, transfer_id, call_id, manager.account_id, moment())
        shown = TransferView(
            transfer_id=transfer_id, state=TransferState.RINGING, manager_id=manager.account_id,
            manager_name=manager.name, started_ms=ms(moment()),
        )  # fmt: skip
        await self.show_call(OperatorState.TRANSFERRING, state=CallState.TRANSFERRING, transfer=shown)
        if not self.manager_answers:
            async with database.session() as s:
                await transfers.failed(s, transfer_id, moment(), "USER_BUSY")
                await calls.transferring(s, call_id, self._claim.fencing_token, on=False)
            await self.show_call(OperatorState.TALKING, state=CallState.TALKING, transfer=None)
            return await self.show(notice=Notice(code="manager_busy", at_ms=ms(moment())))
        async with database.session() as s:
            await transfers.answered(s, transfer_id, moment())
        there = shown.model_copy(update={"state": TransferState.CONSULTING, "answered_ms": ms(moment())})
        await self.show_call(OperatorState.TRANSFERRING, transfer=there)

    async def _complete(self) -> None:
        assert self._claim is not None and self.view.call is not None and self.view.call.transfer is not None
        async with database.session() as s:
            await transfers.completed(s, self.view.call.transfer.transfer_id, moment())
            await calls.wrap_up(s, self._claim.call_id, self._claim.fencing_token, moment() + timedelta(minutes=2))
        self.transferred += 1
        await self.show_call(OperatorState.WRAP_UP, state=CallState.WRAP_UP, transfer=None)

    async def _close(self, command: Any) -> None:
        assert self._claim is not None
        try:
            async with database.session() as s:
                await calls.close(
                    s, command.call_id, disposition_id=command.disposition_id, result=command.result, note=command.note,
                    call_back_at=command.call_back_at, at=moment(),
                )  # fmt: skip
        except calls.BadDisposition:
            return await self.show(notice=Notice(code="bad_disposition", at_ms=ms(moment())))
        await self.show(state=OperatorState.READY, call=None)
        if command.then == "end_shift":
            await self._end_shift()


async def until(happened: Any, seconds: float = 30) -> None:
    """Waits for a condition."""
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - several things are waited for at once
            await asyncio.sleep(0.01)
