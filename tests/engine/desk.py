"""An operator's or a manager's page without the page: sends commands, waits for what is shown."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import UUID

from redis.asyncio import Redis

from exchange_domain.messages import (
    LIVE,
    CallNext,
    CloseCall,
    Command,
    CompleteTransfer,
    DeclineTransfer,
    EndShift,
    HangUp,
    ListenerView,
    ManagerView,
    NextManager,
    OperatorView,
    OverheardView,
    ReturnToContact,
    StartShift,
    StartTransfer,
    command_stream,
    manager_channel,
    manager_snapshot_key,
    operator_channel,
    operator_snapshot_key,
)
from exchange_domain.words import OperatorState

WAIT_S = 40.0
View = TypeVar("View", OperatorView, ManagerView, ListenerView, OverheardView)


class Desk(Generic[View]):
    """One page: the snapshot first, then only newer versions, as the real one does it."""

    def __init__(self, redis: Redis, key: str, channel: str, kind: type[View]):
        self._redis, self._key, self._channel, self._kind = redis, key, channel, kind
        self.seen: list[View] = []

    async def view(self) -> View | None:
        raw = await self._redis.get(self._key)
        return None if raw is None else self._kind.model_validate_json(raw)

    async def wait(self, fits: Callable[[View], bool]) -> View:
        """The first view that fits: the present one, or a later. TimeoutError tells what was shown last."""
        last: View | None = None
        try:
            async with asyncio.timeout(WAIT_S), self._redis.pubsub() as subscriber:
                await subscriber.subscribe(self._channel)
                last = await self.view()
                if last is not None and fits(last):
                    return self._saw(last)
                async for message in subscriber.listen():
                    if message["type"] != "message":
                        continue
                    view = LIVE.validate_json(message["data"])
                    if not isinstance(view, self._kind):
                        continue
                    if last is not None and view.version <= last.version:
                        continue
                    last = view
                    if fits(view):
                        return self._saw(view)
        except TimeoutError:
            raise TimeoutError(f"never shown; last was {last!r}") from None
        raise AssertionError("the subscription ended")

    def _saw(self, view: View) -> View:
        self.seen.append(view)
        return view


class OperatorDesk(Desk[OperatorView]):
    def __init__(self, redis: Redis, operator_id: int, campaign_id: int, disposition_id: int, switch: str = "main"):
        super().__init__(redis, operator_snapshot_key(operator_id), operator_channel(operator_id), OperatorView)
        self.operator_id, self.campaign_id, self.disposition_id = operator_id, campaign_id, disposition_id
        self.sit_on(switch)

    def sit_on(self, switch: str) -> None:
        """Commands go to this switch from now on."""
        self._stream = command_stream(switch)

    async def send(self, command: Command) -> None:
        await self._redis.xadd(self._stream, {"command": command.model_dump_json()})

    async def state(self, *wanted: OperatorState) -> OperatorView:
        return await self.wait(lambda view: view.state in wanted)

    async def notice(self, code: str) -> OperatorView:
        return await self.wait(lambda view: view.notice is not None and view.notice.code == code)

    async def start_shift(self) -> OperatorView:
        await self.send(StartShift(operator_id=self.operator_id, campaign_id=self.campaign_id))
        return await self.state(OperatorState.READY)

    async def end_shift(self) -> None:
        await self.send(EndShift(operator_id=self.operator_id))

    async def call_next(self) -> UUID:
        """Presses "next"; the call's id."""
        command = CallNext(operator_id=self.operator_id)
        await self.send(command)
        await self.wait(lambda view: view.call is not None and view.call.call_id == command.key)
        return command.key

    async def talk(self) -> UUID:
        call_id = await self.call_next()
        await self.state(OperatorState.TALKING)
        return call_id

    async def hang_up(self, call_id: UUID) -> None:
        await self.send(HangUp(operator_id=self.operator_id, call_id=call_id))

    async def start_transfer(self, call_id: UUID) -> None:
        await self.send(StartTransfer(operator_id=self.operator_id, call_id=call_id))

    async def complete_transfer(self, call_id: UUID) -> None:
        await self.send(CompleteTransfer(operator_id=self.operator_id, call_id=call_id))

    async def return_to_contact(self, call_id: UUID) -> None:
        await self.send(ReturnToContact(operator_id=self.operator_id, call_id=call_id))

    async def next_manager(self, call_id: UUID) -> None:
        await self.send(NextManager(operator_id=self.operator_id, call_id=call_id))

    async def close(self, call_id: UUID, then: str = "ready") -> CloseCall:
        command = CloseCall.model_validate(
            {
                "operator_id": self.operator_id,
                "call_id": call_id,
                "disposition_id": self.disposition_id,
                "note": "ok",
                "then": then,
            }
        )
        await self.send(command)
        return command


class ManagerDesk(Desk[ManagerView]):
    def __init__(self, redis: Redis, manager_id: int):
        super().__init__(redis, manager_snapshot_key(manager_id), manager_channel(manager_id), ManagerView)
        self._commands = redis

    async def decline(self, operator_id: int, view: ManagerView, switch: str = "main") -> None:
        """Presses "busy" for the transfer that the view shows."""
        assert view.transfer is not None and view.call_id is not None
        command = DeclineTransfer(
            operator_id=operator_id, call_id=view.call_id, transfer_id=view.transfer.transfer_id,
            manager_id=view.manager_id,
        )  # fmt: skip
        await self._commands.xadd(command_stream(switch), {"command": command.model_dump_json()})
