"""Commands are handed out by Redis more than once when a connection is lost: each is carried out once, none is lost."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from call_engine import broker
from call_engine.broker_fence import FencedBroker
from call_engine.command_reader import CommandReader
from call_engine.core.events import Commanded
from call_engine.lease import Lease, clock_s
from call_engine.operators import Operators
from exchange_domain.cancelling import cancelled
from exchange_domain.messages import ENGINE_GROUP, CallNext, command_stream


class Slow(Operators):
    """Operators who need a while for everything."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []
        self.done: list[asyncio.Future[None]] = []

    def of(self, operator_id: int) -> Any:
        return self

    def post(self, kind: type, **values: Any) -> asyncio.Future[None]:
        assert kind is Commanded
        self.asked.append(values["command"])
        self.done.append(asyncio.get_running_loop().create_future())
        return self.done[-1]


async def ready() -> None:
    """The switch is there."""


def reader_of(redis: Redis, operators: Operators) -> CommandReader:
    return CommandReader(FencedBroker(redis, Lease("main", 1, clock_s(), 600)), operators, None, ready)


async def until(fits) -> None:
    async with asyncio.timeout(10):
        while not fits():  # noqa: ASYNC110 - nothing tells that a command was read
            await asyncio.sleep(0.01)


async def test_a_command_in_hand_is_not_carried_out_again_after_a_loss_of_redis(redis_url: str):
    operators = Slow()
    async with broker.connected(redis_url) as redis:
        reader = reader_of(redis, operators)
        reading = asyncio.create_task(reader.run())
        stream = command_stream("main")
        command = CallNext(operator_id=1, key=uuid4())
        await redis.xadd(stream, {"command": command.model_dump_json()})
        await until(lambda: len(operators.asked) == 1)
        await redis.client_kill_filter(_type="normal", skipme=True)
        second = CallNext(operator_id=1, key=uuid4())
        await redis.xadd(stream, {"command": second.model_dump_json()})
        await until(lambda: len(operators.asked) == 2)
        assert operators.asked == [command, second]
        for done in operators.done:
            done.set_result(None)
        await reader.finished()
        assert (await redis.xpending(stream, ENGINE_GROUP))["pending"] == 0
        await cancelled(reading)


async def test_a_command_handed_out_to_a_lost_connection_is_taken_up(redis_url: str):
    """What Redis gave away in an answer that never arrived is pending: the next reader, or this one, takes it."""
    operators = Slow()
    async with broker.connected(redis_url) as redis, Redis.from_url(redis_url) as lost:
        reader = reader_of(redis, operators)
        stream = command_stream("main")
        await redis.xgroup_create(stream, ENGINE_GROUP, id="0", mkstream=True)
        await redis.xadd(stream, {"command": CallNext(operator_id=1).model_dump_json()})
        await lost.xreadgroup(ENGINE_GROUP, "1", {stream: ">"})
        reading = asyncio.create_task(reader.run())
        await until(lambda: len(operators.asked) == 1)
        await cancelled(reading)


def test_the_client_repeats_nothing_by_itself():
    """A read of the stream that is repeated behind our back leaves what the lost answer held pending for ever."""
    retry = broker.connected("redis://127.0.0.1:1/0").get_retry()
    assert retry is not None and retry._retries == 0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("call_engine.command_reader.BLOCK_MS", 200)
