"""What happens by the clock and beside the calls: leases, settlement, the database and the broker away."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from call_engine import upkeep
from call_engine.engine import Engine
from exchange_domain import books, database, ledger, settling
from exchange_domain.messages import LIVE, RECORD_CHANNEL, CallNext, CallRow, CampaignChanged, campaign_channel
from exchange_domain.settings import settings
from exchange_domain.words import CallState, CampaignStatus, OperatorState

from .conftest import EngineProcess, House, running_engine
from .wire import Wire

pytestmark = pytest.mark.switch


async def live(house: House, fits: Callable[[object], bool], subscriber) -> object:
    async with asyncio.timeout(20):
        while True:
            message = await subscriber.get_message(timeout=1)
            if message and message["type"] == "message":
                said = LIVE.validate_json(message["data"])
                if fits(said):
                    return said


async def test_a_closed_call_is_settled_when_its_record_comes(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    async with house.redis.pubsub() as subscriber:
        await subscriber.subscribe(campaign_channel(house.campaign_id))
        await desk.close(call_id)
        await house.until_call(call_id, lambda c: c.state == CallState.CLOSED)
        variables = {
            "uuid": str(call_id), "exchange_call": str(call_id), "billsec": "60", "answer_uepoch": "1795389217483617",
            "end_uepoch": "1795389277483617", "hangup_cause": "NORMAL_CLEARING",
        }  # fmt: skip
        async with database.session() as s:
            await settling.store_record(s, {"variables": variables})
        await house.redis.publish(RECORD_CHANNEL, str(call_id))
        row = await live(house, lambda m: isinstance(m, CallRow) and m.settled, subscriber)
        assert isinstance(row, CallRow) and row.charge == 160
        await live(house, lambda m: isinstance(m, CampaignChanged), subscriber)
    async with database.session() as s:
        assert await books.check(s) == []


async def test_a_campaign_without_money_is_said_to_be_out_of_funds(house: House, engine: Engine):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    async with database.session() as s:
        left = (await ledger.balance(s, house.customer_id)).available
        await ledger.hold(s, house.customer_id, CallNext(operator_id=0).key, left, "RUB")
    async with house.redis.pubsub() as subscriber:
        await subscriber.subscribe(campaign_channel(house.campaign_id))
        await desk.send(CallNext(operator_id=desk.operator_id))
        await desk.notice("out_of_funds")
        changed = await live(house, lambda m: isinstance(m, CampaignChanged), subscriber)
    assert isinstance(changed, CampaignChanged) and changed.status == CampaignStatus.OUT_OF_FUNDS


async def test_leases_are_renewed_and_a_lost_one_ends_the_call(
    house: House, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    call = await house.call(call_id)

    async def leased_until() -> datetime:
        async with database.session() as s:
            lock = await s.execute(text("select leased_until from number_lock where e164 = :e"), {"e": call.e164})
            return lock.scalar_one()

    before = await leased_until()
    monkeypatch.setattr(upkeep, "LEASE", timedelta(seconds=600))
    operators = engine.operators
    assert operators is not None
    await upkeep.renew_once(operators)
    assert await leased_until() > before
    assert await leased_until() > datetime.now(UTC) + timedelta(seconds=300)
    async with database.session() as s:
        await s.execute(text("update number_lock set fencing_token = fencing_token + 1000000"))
    await upkeep.renew_once(operators)
    await house.until_switch(lambda channels: str(call_id) not in channels)
    await desk.state(OperatorState.WRAP_UP)


async def test_no_name_and_no_number_gets_into_the_logs(house: House, engine_process: EngineProcess):
    number = await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    await desk.start_transfer(call_id)
    await house.manager().wait(lambda v: v.transfer is not None and v.transfer.answered_ms is not None)
    await desk.complete_transfer(call_id)
    await desk.state(OperatorState.WRAP_UP)
    await desk.close(call_id)
    await desk.state(OperatorState.READY)
    await house.redis.xadd("engine:main:commands", {"command": '{"kind": "close_call", "note": "Ирина"}'})
    await desk.end_shift()
    await desk.state(OperatorState.OFF_SHIFT)
    await engine_process.stop()
    log = engine_process.log_text()
    assert "command" in log
    for secret in (number, number[1:], "Ирина", "Ромашка", "Мария", "Менеджер", "s3cret"):
        assert secret not in log
    assert not re.search(r'Traceback|"event": "not persisted"', log)


@pytest.fixture
async def database_wire(house: House, settings_env: Callable[..., None]) -> AsyncIterator[Wire]:
    """A wire that only the engine uses."""
    await house.furnish()
    real = urlsplit(settings().database_url)
    assert real.port is not None
    async with Wire(real.port) as wire:
        yield wire


async def test_the_database_is_away_for_a_moment(house: House, database_wire: Wire, engine_processes):
    url = re.sub(r":\d+/", f":{database_wire.port}/", settings().database_url, count=1)
    engine = engine_processes(DATABASE_URL=url)
    await engine.start()
    await house.contact()
    desk = await house.operator()
    await desk.start_shift()
    call_id = await desk.talk()
    database_wire.hold()
    database_wire.cut()
    house.switch.peer_hangs_up(str(call_id))
    await desk.state(OperatorState.WRAP_UP)
    assert (await house.call(call_id)).ended_at is None, "shown before it could be noted"
    database_wire.release()
    call = await house.until_call(call_id, lambda c: c.ended_at is not None)
    assert call.ended_by == "contact"
    await desk.close(call_id)
    await desk.state(OperatorState.READY)


async def test_the_broker_is_away_for_a_moment(house: House, settings_env: Callable[..., None]):
    await house.furnish()
    await house.contact()
    real = urlsplit(settings().redis_url)
    assert real.port is not None
    async with Wire(real.port) as wire:
        settings_env(redis_url=f"redis://127.0.0.1:{wire.port}{real.path}")
        async with running_engine():
            desk = await house.operator()
            await desk.start_shift()
            call_id = await desk.talk()
            wire.hold()
            wire.cut()
            house.switch.peer_hangs_up(str(call_id))
            await house.until_call(call_id, lambda c: c.ended_at is not None)
            wire.release()
            view = await desk.state(OperatorState.WRAP_UP)
            assert view.call is not None and view.call.call_id == call_id
            await desk.close(call_id)
            await desk.state(OperatorState.READY)
