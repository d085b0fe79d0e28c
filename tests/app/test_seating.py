"""Which switch a command goes to: a shift begins on the least loaded one, and all that follows goes there."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from exchange_app import live
from exchange_app.broker import redis
from exchange_domain import database, shifts, switches
from exchange_domain.messages import CallNext, Command, HangUp, StartShift, command_stream
from exchange_domain.settings import settings
from exchange_domain.switches import Health
from exchange_domain.words import EndpointKind
from tests.domain.conftest import Exchange

from .conftest import make_account


async def alive(*names: str) -> None:
    async with database.session() as s:
        for name in names:
            token = await switches.take(s, name, uuid4(), 60)
            assert token is not None
            await switches.renew(s, name, token, Health(up=True, silent_ms=0), 60)


async def where(command: Command) -> list[str]:
    """The switches whose streams have the command."""
    found = []
    for name in ("a", "b", settings().switch_name):
        entries = await redis().xrange(command_stream(name))
        found += [name for _, entry in entries if str(command.key) in entry["command"]]
    return found


async def campaign_of(operator: int, name: str | None = None) -> int:
    exchange = Exchange(datetime.now(UTC))
    await exchange.tariff()
    campaign = await exchange.campaign()
    if name is not None:
        async with database.session() as s:
            await shifts.open(
                s, operator_id=operator, campaign_id=campaign, switch_name=name, endpoint_kind=EndpointKind.SIP,
                endpoint="x",
            )  # fmt: skip
    return campaign


async def test_shifts_begin_on_the_least_loaded_switch_and_keep_to_it(world: None):
    await alive("a", "b")
    seated = []
    for i in range(4):
        operator = await make_account(f"o{i}@mail.example", "Мария Светлова", "operator")
        begin, follow = StartShift(operator_id=operator, campaign_id=1), CallNext(operator_id=operator)
        await live.send_command(begin)
        await live.send_command(follow)
        (name,) = await where(begin)
        assert await where(follow) == [name]
        seated.append(name)
    assert sorted(seated) == ["a", "a", "b", "b"]


async def test_without_a_switch_no_shift_begins(world: None, operator: int):
    begin = StartShift(operator_id=operator, campaign_id=1)
    with pytest.raises(live.NoSwitch):
        await live.send_command(begin)
    assert await where(begin) == []


async def test_where_she_sits_is_known_again_when_redis_forgot_it(world: None, operator: int):
    await alive("a", "b")
    campaign = await campaign_of(operator, "b")
    for command in (
        HangUp(operator_id=operator, call_id=uuid4()),
        StartShift(operator_id=operator, campaign_id=campaign),
    ):
        await live.send_command(command)
        assert await where(command) == ["b"]
