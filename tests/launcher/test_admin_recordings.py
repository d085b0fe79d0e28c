"""`./run admin erase` and `./run admin recordings`."""

import json
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from sqlmodel import select

from exchange_domain.database import session
from exchange_domain.messages import CloseCall, command_stream, manager_snapshot_key, operator_snapshot_key
from exchange_domain.tables import DoNotCall, Erasure
from launcher.commands import admin
from tests.domain.conftest import Exchange, exchange

__all__ = ["exchange"]
NUMBER = "+78125550142"


async def said(*arguments: str) -> str:
    return await admin.carry_out(admin.parse(list(arguments)))


@pytest.fixture
def at_home(exchange: Exchange, redis_url: str, settings_env):
    settings_env(redis_url=redis_url)
    return exchange


async def closed_call(house: Exchange):
    campaign = await house.campaign()
    await house.contact(campaign, NUMBER)
    claim = await house.claim(await house.operator(campaign))
    await house.talk(claim, 3)
    await house.close(claim, "refused", note="просил не звонить")
    return claim


async def test_a_number_is_erased_and_what_went_is_said(at_home: Exchange, redis_url: str):
    claim = await closed_call(at_home)
    close = CloseCall(operator_id=claim.call_id.int % 9, call_id=claim.call_id, disposition_id=1, note="Ирина")
    other = CloseCall(operator_id=1, call_id=uuid4(), disposition_id=1, note="8 812 555-01-42 тоже его")
    kept = CloseCall(operator_id=1, call_id=uuid4(), disposition_id=1, note="другой")
    async with Redis.from_url(redis_url, decode_responses=True) as redis:
        for command in (close, other, kept):
            await redis.xadd(command_stream("main"), {"command": command.model_dump_json()})
        await redis.set(manager_snapshot_key(3), json.dumps({"number": NUMBER}))
        await redis.set(operator_snapshot_key(4), json.dumps({"call": {"call_id": str(claim.call_id)}}))
        await redis.set(operator_snapshot_key(5), json.dumps({"call": None}))
        text = await said("erase", "--number", " +7 812 5550142 ")
        assert "contacts 1, calls 1" in text and "messages and snapshots: 4" in text
        left = [json.loads(fields["command"])["note"] for _, fields in await redis.xrange(command_stream("main"))]
        assert left == ["другой"]
        assert await redis.keys("snapshot:*") == [operator_snapshot_key(5)]
    async with session() as s:
        (erasure,) = (await s.exec(select(Erasure))).all()
        assert erasure.asked_by.startswith("shell:")
        assert list(await s.exec(select(DoNotCall))) == []


async def test_with_the_wish_not_to_be_called(at_home: Exchange):
    await closed_call(at_home)
    await said("erase", "--number", NUMBER, "--do-not-call")
    async with session() as s:
        assert [row.e164 for row in await s.exec(select(DoNotCall))] == [NUMBER]


async def test_a_call_on_the_line_is_a_clear_refusal(at_home: Exchange):
    campaign = await at_home.campaign()
    await at_home.contact(campaign, NUMBER)
    await at_home.claim(await at_home.operator(campaign))
    with pytest.raises(admin.AdminRefused, match="is in a call that is not over; nothing was erased"):
        await said("erase", "--number", NUMBER)


async def test_a_text_that_is_no_number_is_refused(at_home: Exchange):
    with pytest.raises(admin.AdminRefused, match=r"\+, country code, number"):
        await said("erase", "--number", "8 812 555")


async def test_without_the_messages_nothing_is_erased(at_home: Exchange, settings_env):
    claim = await closed_call(at_home)
    settings_env(redis_url="redis://127.0.0.1:9/0")
    with pytest.raises(admin.AdminRefused, match="nothing was erased"):
        await said("erase", "--number", NUMBER)
    assert (await at_home.call(claim.call_id)).e164 == NUMBER


async def test_recordings_are_counted(at_home: Exchange):
    text = await said("recordings")
    assert text.splitlines()[:2] == ["recordings", "  expected          0"]
    assert text.endswith("to be deleted: 0")
